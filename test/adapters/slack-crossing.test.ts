import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { commandFor, eventFor, mentionFor } from "../fakes/slack-installs.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { flatSlack } from "../normal.ts";
import { type Many, withMany } from "./slack-many.ts";

/** What could cross between two workspaces that both installed the app: shared channels, people of the operator, steps of workflows. */

const said = ({ slack }: Many, channel: string) =>
	slack.messages
		.filter((one) => one.channel === channel)
		.map(flatSlack)
		.join("\n");

describe("between two workspaces", () => {
	let lab: Lab;
	before(async () => {
		lab = await openLab();
	});
	after(() => lab.close());

	it("that share a channel, what one of them hears without a mention is not taken from the other, to whom it is said", () =>
		withMany(lab, async (many) => {
			await many.install("T1");
			await many.install("T2");
			await many.stores.policies.change("slack T2", (now) => ({ ...now, listens: [{ channel: "C1", to: "everywhere" }] }));
			const at = { channel: "C1", user: "U1" };
			const toT1 = mentionFor("8a7d5e2fbcd1a1c3-DFW", { team: "T1" }, at);
			const heardByT2 = eventFor(
				{
					...toT1.event,
					type: "message",
					channel_type: "channel",
					text: `${toT1.event.text} Error 520 Ray ID: 8a7d5e2fbcd1a1c3`,
				},
				{ team: "T1", context: "T2" },
			);
			await many.slack.deliver("events_api", heardByT2);
			many.posters();
			await many.slack.deliver("events_api", toT1);
			await many.settled(1);
			assert.match(said(many, "C1"), /Dallas/);
			assert.deepEqual(Object.keys(many.posters()), ["T1"]);
		}));

	it("someone on the operator's list of admins decides in their own workspace, and in no other that they share a channel with", () =>
		withMany(
			lab,
			async (many) => {
				await many.install("T1");
				await many.install("T2");
				const ask = (of: { team: string; context?: string }) =>
					many.slack.deliver("events_api", mentionFor("admin privacy private", of, { channel: "C1", user: "U7" }));
				await ask({ team: "T1", context: "T2" });
				await many.settled(1);
				assert.equal((await many.stores.policies.of("slack T2")).privately, false);
				await ask({ team: "T1" });
				await many.settled(2);
				assert.equal((await many.stores.policies.of("slack T1")).privately, true);
			},
			{ admins: ["U7"] },
		));

	it("each one's step is answered and ended in it, also where the organization installed the app", () =>
		withMany(lab, async (many) => {
			const { slack } = many;
			for (const team of ["T1", "T2", "E1"]) await many.install(team);
			await many.stores.policies.change("slack T2", (now) => ({ ...now, channels: ["C2"] }));
			many.posters();
			const url = lab.url("closes-empty", "/checkout");
			const withoutToken = { event: { bot_access_token: undefined } };
			const runs = [
				await slack.step({ url, channel: "C1" }, { team: "T1", ...withoutToken }),
				await slack.step({ url, channel: "C1" }, { team: "T2", ...withoutToken }),
				await slack.step({ url, channel: "C2" }, { team: "T2" }),
				await slack.step({ url, channel: "C11" }, { team: "T11", enterprise: "E1" }),
			];
			const ends = await Promise.all(runs.map(async (id) => (await slack.ended(id)).end));
			await many.settled(4);
			assert.deepEqual(
				ends.map((end) => (end !== null && "outputs" in end ? end.outputs.code : end?.error)),
				[
					"520",
					"I am not enabled in the step's channel. Choose another channel, or ask an admin to enable me there.",
					"520",
					"520",
				],
			);
			assert.deepEqual(Object.keys(many.posters()).toSorted(), ["E1", "T1", "T2"]);
			const [first, refused] = runs.map((id) => slack.runs.get(id)?.tries);
			assert.match(JSON.stringify(first), /^\[\{"token":"xoxb-T1-\d+","said":""\}\]$/);
			assert.match(JSON.stringify(refused), /^\[\{"token":"xoxb-T2-\d+","said":""\}\]$/);
			for (const [team, channel] of [
				["T1", "C1"],
				["T2", "C2"],
				["T11", "C11"],
			])
				assert.deepEqual(
					(await many.stores.cases.ofWorkspace(`slack ${team}`, 0, 9)).map(({ room }) => room),
					[`slack ${channel}`],
				);
		}));

	it("a step of a workspace whose token is dead fails there, and the other goes on", () =>
		withMany(lab, async (many) => {
			const { slack, installs } = many;
			for (const team of ["T1", "T2"]) await many.install(team);
			installs.refuse("T1", "token_revoked");
			const url = lab.url("closes-empty", "/checkout");
			const dead = await slack.step({ url, channel: "C1" }, { team: "T1" });
			const other = await slack.step({ url, channel: "C2" }, { team: "T2" });
			const [first, second] = await Promise.all([slack.ended(dead), slack.ended(other)]);
			await many.settled(2);
			assert.match(JSON.stringify(first.end), /Slack rejects my token\. Ask an admin to install the app again\./);
			assert.match(JSON.stringify(second.end), /"code":"520"/);
			assert.deepEqual([many.bot.ready(), many.bot.refused(), many.bot.workspacesRefused?.()], [true, false, 1]);
		}));

	it("a command in a workspace takes nothing from a step's limits in another", () =>
		withMany(lab, async (many) => {
			const { slack } = many;
			for (const team of ["T1", "T2"]) await many.install(team);
			for (const workspace of ["slack T1", "slack T2"])
				await many.stores.policies.change(workspace, (now) => ({ ...now, perWorkspace: 1 }));
			const at = { channel: "C1", user: "U1", responseUrl: slack.responseUrl("C1", "U1") };
			await slack.deliver("slash_commands", commandFor(lab.url("healthy"), "T1", at));
			await many.settled(1);
			const ends = [];
			for (const team of ["T1", "T2"])
				ends.push((await slack.ended(await slack.step({ url: lab.url("healthy") }, { team }))).end);
			await many.settled(3);
			assert.deepEqual(
				ends.map((end) => end !== null && "outputs" in end),
				[false, true],
			);
		}));
});
