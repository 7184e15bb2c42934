import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, it } from "node:test";
import { SLACK_PATH } from "../../src/adapters/slack/delivery.ts";
import { StoreAway, type Stores } from "../../src/desk/stores.ts";
import { DEFAULT_POLICY } from "../../src/read/policy.ts";
import { memoryStores, sqliteStores } from "../../src/store/sqlite/sqlite.ts";
import { realClock } from "../clock.ts";
import { fakeSlack } from "../fakes/slack.ts";
import { commandFor, eventFor, FakeInstalls, mentionFor } from "../fakes/slack-installs.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { flatSlack } from "../normal.ts";
import { aCase, anAccess, aWatch } from "../store/values.ts";
import { KEY, type Many, until, withMany } from "./slack-many.ts";

/** Many workspaces in one process, through the real Bolt: whose token answers, what crosses, and what becomes of one that leaves. */

const TEN_MINUTES = 600_000;
const ENOUGH = { host: 9, hostInAll: 9, workspace: 9, all: 9 };
const mention = (many: Many, ...of: Parameters<typeof mentionFor>) => many.slack.deliver("events_api", mentionFor(...of));
const command = (many: Many, text: string, team: string, channel: string, user: string) =>
	many.slack.deliver(
		"slash_commands",
		commandFor(text, team, { channel, user, responseUrl: many.slack.responseUrl(channel, user) }),
	);
const said = ({ slack }: Many, channel: string) =>
	slack.messages
		.filter((one) => one.channel === channel)
		.map(flatSlack)
		.join("\n");
const VIEW = {
	id: "V1",
	type: "modal",
	callback_id: "cf520_paste",
	private_metadata: "{}",
	blocks: [{ type: "input", block_id: "paste", element: { type: "plain_text_input", action_id: "paste" } }],
	state: { values: {} },
};
const audited = ({ lines }: Many, event: string) => lines.filter((line) => line.audit === true && line.event === event);

/** Something of every kind that is kept of a workspace. */
async function fill(stores: Stores, team: string): Promise<void> {
	const workspace = `slack ${team}`;
	await stores.cases.open(aCase(`case ${team}`, { workspace, threadKey: `slack ${team} C 1.1` }));
	await stores.watches.begin(aWatch(`watch ${team}`, { workspace, resumeRef: "{}", nextAtMs: Date.now() + 3_600_000 }), ENOUGH);
	await stores.policies.change(workspace, (now) => ({ ...now, keepDays: 365 }));
	await stores.accesses.put(anAccess({ workspace }));
}

/** What is kept of it; nothing of it, or all. */
async function standing(stores: Stores, team: string): Promise<"all" | "nothing" | "some"> {
	const workspace = `slack ${team}`;
	const kept = [
		(await stores.cases.get(`case ${team}`)) !== null,
		(await stores.watches.get(`watch ${team}`)) !== null,
		(await stores.policies.of(workspace)).keepDays !== DEFAULT_POLICY.keepDays,
		(await stores.accesses.of({ platform: "slack", workspace })).length > 0,
		(await stores.installs.get("slack", team)) !== null,
	];
	return kept.every(Boolean) ? "all" : kept.some(Boolean) ? "some" : "nothing";
}

describe("two workspaces in one process", () => {
	let lab: Lab;
	before(async () => {
		lab = await openLab();
	});
	after(() => lab.close());

	it("are each answered with their own token, whatever way a question takes", () =>
		withMany(lab, async (many) => {
			await many.install("T1");
			await many.install("T2");
			many.posters();
			await mention(many, "8a7d5e2fbcd1a1c3-DFW", { team: "T1" }, { channel: "C1", user: "U1" });
			await many.settled(1);
			assert.deepEqual(Object.keys(many.posters()), ["T1"]);
			await command(many, lab.url("closes-empty"), "T2", "C2", "U2");
			await many.settled(2);
			assert.deepEqual(Object.keys(many.posters()), ["T2"]);
			assert.match(said(many, "C1"), /Dallas/);
			assert.match(said(many, "C2"), /520/);
			assert.doesNotMatch(said(many, "C1"), /closes-empty/);
		}));

	it("that are not installed get no answer", () =>
		withMany(lab, async (many) => {
			await many.install("T1");
			await mention(many, "help", { team: "T2" }, { channel: "C2", user: "U2" });
			await mention(many, "8a7d5e2fbcd1a1c3-DFW", { team: "T1" }, { channel: "C1", user: "U1" });
			await many.settled(1);
			assert.equal(said(many, "C2"), "");
			assert.ok(many.lines.some(({ event }) => event === "slack-listener-failed"));
		}));

	for (const [what, type, more] of [
		["a command", "slash_commands", null],
		[
			"a button",
			"interactive",
			{ type: "block_actions", actions: [{ type: "button", action_id: "cf520_press_0", value: "q:help" }] },
		],
		[
			"a button of the app's page",
			"interactive",
			{ type: "block_actions", actions: [{ type: "button", action_id: "cf520_settings" }] },
		],
		["a shortcut", "interactive", { type: "message_action", callback_id: "diagnose_520", message: { ts: "1.1", text: "520" } }],
		["a form", "interactive", { type: "view_submission", view: VIEW }],
	] as const)
		it(`${what} from a workspace that is not installed is refused at once, in words`, () =>
			withMany(lab, async (many) => {
				await many.install("T1");
				const responseUrl = many.slack.responseUrl("C2", "U2");
				const person = { team: { id: "T2", domain: "lab" }, user: { id: "U2", name: "ann", team_id: "T2" } };
				const at = {
					channel: { id: "C2", name: "incidents" },
					container: { type: "message", channel_id: "C2", message_ts: "1.1" },
				};
				const said =
					more === null
						? await many.slack.deliver(type, commandFor("help", "T2", { channel: "C2", user: "U2", responseUrl }))
						: await many.slack.deliver(type, { ...person, ...at, ...more, trigger_id: "t1", response_url: responseUrl });
				await until(() => many.lines.some(({ event }) => event === "slack-listener-failed"));
				assert.equal(many.lines.find(({ event }) => event === "slack-listener-failed")?.error, "NotInstalled");
				const read = JSON.stringify([said, many.slack.messages.filter(({ onlyFor }) => onlyFor === "U2")]);
				assert.equal(
					read.split("cf520 is not installed in your workspace. Ask an admin there to install it.").length > 1,
					true,
					read,
				);
				assert.deepEqual(
					[...new Set(many.installs.calls.map(({ token }) => token))].filter((token) => token?.includes("T2")),
					[],
				);
			}));

	it("a step of a workspace that is not installed is ended with a sentence, and its workflow does not wait", () =>
		withMany(lab, async (many) => {
			await many.install("T1");
			const run = await many.slack.step({ url: lab.url("closes-empty") }, { team: "T2" });
			assert.deepEqual((await many.slack.ended(run)).end, {
				error: "cf520 is not installed in your workspace. Ask an admin there to install it.",
			});
			assert.deepEqual(many.slack.messages, []);
		}));

	it("share no decision, no earlier case, no watch and no limit, also where one person is in both", () =>
		withMany(lab, async (many) => {
			await many.install("T1");
			await many.install("T2");
			many.slack.admins = new Set(["U1"]);
			for (const workspace of ["slack T1", "slack T2"])
				await many.stores.policies.change(workspace, (now) => ({ ...now, perPerson: 1, perChannel: 1 }));
			const url = lab.url("closes-empty", "/checkout");
			await command(many, url, "T1", "C1", "U1");
			await many.settled(1);
			await command(many, lab.url("cut-content", "/cart"), "T1", "C1", "U1");
			await many.settled(2);
			assert.match(said(many, "C1"), /1 check/);
			await command(many, "admin privacy private", "T1", "C1", "U1");
			await many.settled(3);
			await command(many, url, "T2", "C2", "U1");
			await many.settled(4);
			const there = said(many, "C2");
			assert.match(there, /520/);
			assert.doesNotMatch(there, /[Ee]arlier|limit/);
			assert.equal(many.slack.messages.find(({ channel }) => channel === "C2")?.onlyFor, null, "T2 decided nothing");
			await many.stores.policies.change("slack T1", (now) => ({ ...now, perPerson: 9, perChannel: 9 }));
			await command(many, `watch ${url} privately`, "T1", "C1", "U1");
			await many.settled(5);
			await command(many, "unwatch", "T2", "C2", "U1");
			await many.settled(6);
			assert.equal((await many.stores.watches.open({ workspace: "slack T1" }, 9)).length, 1, "goes on");
			await command(many, "unwatch", "T1", "C1", "U1");
			await many.settled(7);
			assert.equal((await many.stores.watches.open({ workspace: "slack T1" }, 9)).length, 0);
		}));

	it("are found in a store that does not answer as soon as it does: until then nothing is acknowledged, nothing is lost", () => {
		const memory = memoryStores(realClock);
		const database = { isAway: false };
		const installs: Stores["installs"] = {
			...memory.installs,
			get: (...of) => (database.isAway ? Promise.reject(new StoreAway()) : memory.installs.get(...of)),
		};
		return withMany(
			lab,
			async (many) => {
				await many.install("T1");
				await many.install("T2");
				await mention(many, "8a7d5e2fbcd1a1c3-DFW", { team: "T1" }, { channel: "C1", user: "U1" });
				await many.settled(1);
				many.clock.turn(61_000);
				database.isAway = true;
				// What was known a minute ago goes on.
				await mention(many, "8a7d5e2fbcd1a1c3-DFW", { team: "T1" }, { channel: "C1", user: "U1" });
				await many.settled(2);
				const event = mentionFor("8a7d5e2fbcd1a1c3-DFW", { team: "T2" }, { channel: "C2", user: "U2" });
				let isAcknowledged = false;
				const first = many.slack.deliver("events_api", event).then(() => (isAcknowledged = true));
				void first.catch(() => {});
				for (let nth = 0; nth < 200; nth += 1) await new Promise(setImmediate);
				assert.equal(isAcknowledged, false);
				database.isAway = false;
				await many.slack.deliver("events_api", event);
				await many.settled(3);
				assert.match(said(many, "C2"), /Dallas/);
			},
			{ stores: { ...memory, installs } },
		);
	});

	it("that share a channel have cases of their own in one thread", () =>
		withMany(lab, async (many) => {
			await many.install("T1");
			await many.install("T2");
			many.slack.members.add("C1");
			const at = { channel: "C1", threadTs: "1690000000.9" };
			await mention(many, lab.url("closes-empty"), { team: "T1" }, { ...at, user: "U1" });
			await many.settled(1);
			await mention(many, "status", { team: "T2" }, { ...at, user: "U2" });
			await many.settled(2);
			const cases = await many.stores.cases.ofWorkspace("slack T1", 0, 9);
			assert.deepEqual(
				cases.map(({ threadKey }) => threadKey),
				["slack T1 C1 1690000000.9"],
			);
			assert.equal(await many.stores.cases.inThread("slack T2 C1 1690000000.9"), null);
		}));

	describe("a person of another organization in a shared channel", () => {
		for (const [what, installed] of [
			["that has not installed the app", ["T1"]],
			["that has it too", ["T1", "T2"]],
		] as const)
			it(`${what}, is answered by the channel's workspace, as a stranger`, () =>
				withMany(lab, async (many) => {
					for (const team of installed) await many.install(team);
					many.posters();
					await mention(many, lab.url("closes-empty"), { team: "T2", context: "T1" }, { channel: "C1", user: "U2" });
					await many.settled(1);
					assert.deepEqual(Object.keys(many.posters()), ["T1"]);
					const asked = many.lines.find(({ event }) => event === "question");
					assert.equal(asked?.workspace, "slack T1");
					const [one] = await many.stores.cases.ofWorkspace("slack T1", 0, 9);
					assert.equal(one?.isOpen, false, "of this channel only");
					assert.deepEqual(await many.stores.cases.ofWorkspace("slack T2", 0, 9), []);
					// A button names the workspace of the message, and of the person beside them.
					const [head] = many.slack.messages;
					assert.ok(head !== undefined);
					await many.slack.press(head, `r:${one?.id}`, { user: "U2", team: "T2" });
					await many.settled(2);
					assert.deepEqual(Object.keys(many.posters()), ["T1"]);
				}));
	});

	it("a workspace of an organization is answered with the organization's token, unless it has its own", () =>
		withMany(lab, async (many) => {
			await many.install("E1");
			await many.install("T12");
			many.posters();
			await mention(many, "8a7d5e2fbcd1a1c3-DFW", { team: "T11", ofAll: true }, { channel: "C11", user: "U1" });
			await many.settled(1);
			assert.deepEqual(Object.keys(many.posters()), ["E1"]);
			await mention(many, "8a7d5e2fbcd1a1c3-DFW", { team: "T12" }, { channel: "C12", user: "U1" });
			await many.settled(2);
			assert.deepEqual(Object.keys(many.posters()), ["T12"]);
			await command(many, "8a7d5e2fbcd1a1c3-DFW", "T11", "C11", "U1");
			await many.settled(3);
			assert.deepEqual(Object.keys(many.posters()), ["E1"]);
			const workspaces = many.lines.filter(({ event }) => event === "question").map(({ workspace }) => workspace);
			assert.deepEqual(workspaces, ["slack T11", "slack T12", "slack T11"]);
		}));

	it("a watch goes on in another process with the token of its place, in an organization too", async () => {
		const stores = memoryStores(realClock);
		const slack = await fakeSlack();
		await withMany(
			lab,
			async (many) => {
				await many.install("E1");
				await mention(many, `watch ${lab.url("closes-empty")}`, { team: "T11", ofAll: true }, { channel: "C11", user: "U1" });
				await many.settled(1);
			},
			{ stores, slack },
		);
		const [watch] = await stores.watches.open({ workspace: "slack T11" }, 9);
		const { team, enterprise } = JSON.parse(watch?.resumeRef ?? "");
		assert.deepEqual([team, enterprise], ["T11", "E1"]);
		await withMany(
			lab,
			async (many) => {
				many.posters();
				await stores.watches.change(watch?.id ?? "", (one) => ({ ...one, untilMs: Date.now(), nextAtMs: Date.now() }));
				const token = many.installs.tokenOf("E1");
				const since = many.installs.calls.length;
				// The process notices what is due when something else begins or ends.
				await mention(many, "unwatch nothing.example", { team: "T11", ofAll: true }, { channel: "C11", user: "U1" });
				await until(() => many.installs.calls.slice(since).some(({ method }) => method === "chat.update"));
				assert.deepEqual([...new Set(many.installs.calls.slice(since).map((call) => call.token))], [token]);
			},
			{ stores, slack },
		);
		await slack.close();
	});

	it("a button of an organization's installation names no workspace: only people of workspaces that it serves are answered", () =>
		withMany(lab, async (many) => {
			await many.install("E1");
			await mention(many, "8a7d5e2fbcd1a1c3-DFW", { team: "T11", ofAll: true }, { channel: "C11", user: "U1" });
			await many.settled(1);
			const pressed = (user: string, team: string) =>
				many.slack.deliver("interactive", {
					type: "block_actions",
					team: null,
					enterprise: { id: "E1", name: "Hive" },
					is_enterprise_install: true,
					user: { id: user, name: "ann", team_id: team },
					api_app_id: "A1",
					token: "x",
					trigger_id: `trigger ${user}`,
					channel: { id: "C11", name: "incidents" },
					container: { type: "message", channel_id: "C11", message_ts: many.slack.messages[0]?.ts, is_ephemeral: false },
					actions: [{ type: "button", action_id: "cf520_press_0", block_id: "b", value: "q:explain 520", action_ts: "1.1" }],
				});
			void pressed("U2", "T2").catch(() => {});
			await until(() => many.lines.some(({ event }) => event === "slack-listener-failed"));
			many.posters();
			await pressed("U1", "T11");
			await many.settled(2);
			assert.deepEqual(many.posters(), { E1: 1 });
			const asked = many.lines.filter(({ event }) => event === "question" || event === "press").map(({ workspace }) => workspace);
			assert.deepEqual(asked, ["slack T11", "slack T11"]);
		}));

	it("installed again, the new token is used at once, and the old one nowhere", () =>
		withMany(lab, async (many) => {
			await many.install("T1");
			await mention(many, "8a7d5e2fbcd1a1c3-DFW", { team: "T1" }, { channel: "C1", user: "U1" });
			await many.settled(1);
			const old = many.installs.tokenOf("T1");
			await many.install("T1");
			const before = many.installs.calls.length;
			await mention(many, "8a7d5e2fbcd1a1c3-DFW", { team: "T1" }, { channel: "C1", user: "U1" });
			await many.settled(2);
			const used = new Set(many.installs.calls.slice(before).map(({ token }) => token));
			assert.deepEqual([...used], [many.installs.tokenOf("T1")]);
			assert.ok(!used.has(old));
		}));

	it("removed and installed again by another process, the new token is used at once where Slack rejects the old one", () =>
		withMany(lab, (first) =>
			withMany(
				lab,
				async (second) => {
					const ask = async () => {
						const before = first.installs.calls.length;
						await mention(first, "8a7d5e2fbcd1a1c3-DFW", { team: "T1" }, { channel: "C1", user: "U1" });
						await until(
							() => first.installs.calls.slice(before).filter(({ method }) => method === "chat.postMessage").length >= 1,
						);
					};
					await first.install("T1");
					for (let nth = 0; nth < 4; nth += 1) await ask();
					first.installs.refuse("T1", "token_revoked");
					await second.install("T1");
					for (let nth = 0; nth < 4; nth += 1) await ask();
					await until(() => first.slack.messages.length === 8);
					assert.deepEqual(
						[first, second].map(({ bot }) => bot.workspacesRefused?.()),
						[0, 0],
					);
					assert.doesNotMatch(said(first, "C1"), /rejects/);
				},
				{ stores: first.stores, slack: first.slack },
			),
		));

	it("installed again by another process, the new token is used within a minute", () =>
		withMany(lab, (first) =>
			withMany(
				lab,
				async (second) => {
					await second.install("T1");
					await mention(second, "8a7d5e2fbcd1a1c3-DFW", { team: "T1" }, { channel: "C1", user: "U1" });
					await Promise.race([first.settled(1), second.settled(1)]);
					await second.install("T1");
					for (const { clock } of [first, second]) clock.turn(60_000);
					const before = second.installs.calls.length;
					await mention(second, "8a7d5e2fbcd1a1c3-DFW", { team: "T1" }, { channel: "C1", user: "U1" });
					await until(() => second.installs.calls.slice(before).some(({ method }) => method === "chat.postMessage"));
					const used = second.installs.calls.slice(before).map(({ token }) => token);
					assert.deepEqual([...new Set(used)], [second.installs.tokenOf("T1")]);
				},
				{ stores: first.stores, slack: first.slack },
			),
		));

	it("what a process before this one accepted is answered with the token of its workspace", async () => {
		const stores = memoryStores(realClock);
		await withMany(lab, async (many) => void (await many.install("T2")), { stores: { ...stores, close: async () => {} } });
		const place = { team: "T2", channel: "C2", user: "U2", threadTs: null, responseUrl: null, alone: false };
		const body = JSON.stringify({ kind: "ask", place, text: "8a7d5e2fbcd1a1c3-DFW", files: [], who: "ann" });
		await stores.inbox.open("q1", "event", "slack", body, "slack T2");
		await stores.inbox.release();
		const slack = await fakeSlack();
		slack.installs = new FakeInstalls();
		slack.installs.tokens.set(JSON.parse((await stores.installs.get("slack", "T2"))?.body ?? "").bot.token, {
			team: { id: "T2", name: "Bees", enterprise: null },
			botUser: "U0BOTT2",
			refused: null,
		});
		await withMany(
			lab,
			async (many) => {
				await many.settled(1);
				assert.match(said(many, "C2"), /Dallas/);
			},
			{ stores, slack },
		);
		await slack.close();
	});

	it("a file is read with the token of its workspace, and one sentence says where people declined that", () =>
		withMany(lab, async (many) => {
			const { slack } = many;
			await many.install("T1");
			many.installs.granted = "app_mentions:read,chat:write";
			await many.install("T2");
			slack.files.set("ray.txt", "Ray ID: 8a7d5e2fbcd1a1c3-DFW");
			const files = [{ url_private: slack.fileUrl("ray.txt"), size: 28 }];
			await mention(many, "", { team: "T1" }, { channel: "C1", user: "U1", files });
			await many.settled(1);
			assert.match(said(many, "C1"), /Dallas/);
			await mention(many, "ray", { team: "T2" }, { channel: "C2", user: "U2", files });
			await many.settled(2);
			assert.match(said(many, "C2"), /I cannot read files here\. Paste the text, or ask an admin to grant files:read/);
			assert.doesNotMatch(said(many, "C2"), /Dallas/);
		}));
});

describe("a workspace's token that Slack rejects", () => {
	let lab: Lab;
	before(async () => {
		lab = await openLab();
	});
	after(() => lab.close());

	it("is that workspace's matter: its question ends, others are answered, and one line says so", () =>
		withMany(lab, async (many) => {
			await many.install("T1");
			await many.install("T2");
			many.installs.refuse("T1", "token_revoked");
			many.slack.responseUrlsWork = false;
			await Promise.all([
				command(many, lab.url("closes-empty"), "T1", "C1", "U1"),
				command(many, "8a7d5e2fbcd1a1c3-DFW", "T2", "C2", "U2"),
			]);
			await many.settled(2);
			assert.match(said(many, "C2"), /Dallas/);
			assert.deepEqual([many.bot.ready(), many.bot.refused(), many.bot.workspacesRefused?.()], [true, false, 1]);
			assert.deepEqual(audited(many, "workspace-refused"), [
				{ event: "workspace-refused", audit: true, platform: "slack", workspace: "T1", error: "token_revoked" },
			]);
			await many.stores.inbox.release();
			assert.deepEqual(await many.stores.inbox.unfinished("slack", 9), [], "nothing of it is open");
		}));

	it("where an answer can still be sent, it says whom to ask", () =>
		withMany(lab, async (many) => {
			await many.install("T1");
			many.installs.refuse("T1", "account_inactive");
			await command(many, lab.url("closes-empty"), "T1", "C1", "U1");
			await many.settled(1);
			assert.match(said(many, "C1"), /Slack rejects my token\. Ask a workspace admin to install the app again\./);
		}));

	for (const team of ["T1", "E1"])
		it(`${team} is not counted any more as soon as the app is installed again there`, () =>
			withMany(lab, async (many) => {
				await many.install(team);
				await many.install("T2");
				for (const one of [team, "T2"]) many.installs.refuse(one, "token_revoked");
				await command(many, "8a7d5e2fbcd1a1c3-DFW", team === "E1" ? "T11" : team, "C11", "U1");
				await command(many, "8a7d5e2fbcd1a1c3-DFW", "T2", "C2", "U2");
				await many.settled(2);
				assert.equal(many.bot.workspacesRefused?.(), 2);
				await many.install(team);
				assert.equal(many.bot.workspacesRefused?.(), 1);
			}));

	it("a workspace that left while nobody listened is noticed by asking once a day, by one process", () => {
		let isHeld = false;
		const leases: Stores["leases"] = {
			hold: async () => {
				const isFree = !isHeld;
				isHeld = true;
				return isFree;
			},
			drop: async () => {},
		};
		return withMany(
			lab,
			(first) =>
				withMany(
					lab,
					async (second) => {
						for (const team of ["T1", "T2"]) {
							await first.install(team);
							await fill(first.stores, team);
						}
						first.installs.refuse("T1", "account_inactive");
						const both = [first, second];
						const before = first.installs.calls.length;
						for (const { clock } of both) clock.turn(60_000);
						await until(() => both.some(({ bot }) => bot.workspacesRefused?.() === 1));
						const tokens = first.installs.calls.slice(before).map(({ token }) => token);
						assert.equal(tokens.filter((token) => token === first.installs.tokenOf("T2")).length, 1, "asked once");
						for (let nth = 0; nth < 50; nth += 1) await new Promise(setImmediate);
						for (const { clock } of both) clock.turn(TEN_MINUTES);
						await until(async () => (await standing(first.stores, "T1")) === "nothing");
						assert.equal(await standing(first.stores, "T2"), "all");
					},
					{ stores: first.stores, slack: first.slack, leases },
				),
			{ leases },
		);
	});

	it("who stops in the middle of asking once a day leaves it to another process at once", () => {
		let holder: string | null = null;
		const leasesOf = (name: string): Stores["leases"] => ({
			hold: async () => {
				holder ??= name;
				return holder === name;
			},
			drop: async () => {
				if (holder === name) holder = null;
			},
		});
		return withMany(
			lab,
			(second) =>
				withMany(
					lab,
					async (first) => {
						await second.install("T1");
						await fill(second.stores, "T1");
						first.clock.turn(60_000);
						await until(() => holder === "first");
						second.clock.turn(60_000);
						second.installs.refuse("T1", "account_inactive");
						await first.bot.stop();
						second.clock.turn(60_000);
						await until(() => second.bot.workspacesRefused?.() === 1);
						assert.equal(holder, "second");
					},
					{ stores: second.stores, slack: second.slack, leases: leasesOf("first") },
				),
			{ leases: leasesOf("second") },
		);
	});

	for (const [what, first, again] of [
		["a workspace", "T1", "T1"],
		["a workspace of an organization that has it", "E1", "T11"],
	] as const)
		it(`${what} that is no longer listed and tries to install again is refused, and keeps what it has`, async () => {
			const stores = memoryStores(realClock);
			await withMany(lab, async (many) => void (await many.install(first)), { stores });
			await fill(stores, first);
			await withMany(
				lab,
				async (many) => {
					assert.equal((await many.install(again)).status, 403);
					assert.ok(!many.installs.calls.some(({ method }) => method === "auth.revoke"), "Slack would tell that the app left");
					assert.equal(await standing(stores, first), "all");
					assert.equal((await many.install("T2")).status, 403);
					assert.ok(
						many.installs.calls.some(({ method }) => method === "auth.revoke"),
						"nothing is kept of that one",
					);
				},
				{ stores, workspaces: ["T9"] },
			);
		});

	it("a workspace that is no longer listed is not answered, and still deleted when it leaves", async () => {
		const stores = memoryStores(realClock);
		await withMany(lab, async (many) => void (await many.install("T1")), { stores });
		await fill(stores, "T1");
		await withMany(
			lab,
			async (many) => {
				await mention(many, "help", { team: "T1" }, { channel: "C1", user: "U1" });
				assert.ok(many.lines.some(({ event }) => event === "slack-listener-failed"));
				assert.equal(await standing(stores, "T1"), "all");
				const atS = Math.floor(Date.now() / 1_000) + 60;
				await many.slack.deliver("events_api", eventFor({ type: "app_uninstalled" }, { team: "T1", atS }));
				assert.equal(await standing(stores, "T1"), "nothing");
			},
			{ stores, workspaces: ["T2"] },
		);
	});

	/** What auth.test says, minute by minute, and what becomes of the workspace. */
	const rows: readonly (readonly [
		what: string,
		words: readonly (readonly [afterMs: number, word: string | null])[],
		left: boolean,
	])[] = [
		["token_revoked twice, ten minutes apart", [[TEN_MINUTES, "token_revoked"]], true],
		["account_inactive, then token_revoked ten minutes later", [[TEN_MINUTES, "account_inactive"]], true],
		["token_revoked twice, nine minutes apart", [[TEN_MINUTES - 60_000, "token_revoked"]], false],
		[
			"token_revoked once, and then it works",
			[
				[60_000, null],
				[TEN_MINUTES, null],
			],
			false,
		],
		["invalid_auth for an hour", Array.from({ length: 6 }, () => [TEN_MINUTES, "invalid_auth"] as const), false],
		[
			"token_revoked, invalid_auth, token_revoked",
			[
				[TEN_MINUTES, "invalid_auth"],
				[60_000, "token_revoked"],
			],
			false,
		],
	];
	for (const [what, words, left] of rows)
		it(`${what}: ${left ? "the workspace left, and everything of it is deleted" : "nothing is deleted"}`, () =>
			withMany(lab, async (many) => {
				for (const team of ["T1", "T2"]) {
					await many.install(team);
					await fill(many.stores, team);
				}
				const asked = () => many.installs.calls.filter(({ method }) => method === "auth.test").length;
				many.installs.refuse(
					"T1",
					words[0]?.[1] === "invalid_auth" && !what.startsWith("token") ? "invalid_auth" : "token_revoked",
				);
				many.slack.responseUrlsWork = false;
				let tests = asked();
				await command(many, "8a7d5e2fbcd1a1c3-DFW", "T1", "C1", "U1");
				await many.settled(1);
				await until(() => asked() > tests);
				// The first word is heard before time goes on.
				for (let nth = 0; nth < 50; nth += 1) await new Promise(setImmediate);
				for (const [afterMs, word] of words) {
					many.installs.refuse("T1", word);
					tests = asked();
					many.clock.turn(afterMs);
					if (many.bot.workspacesRefused?.() === 1) await until(() => asked() > tests);
					for (let nth = 0; nth < 50; nth += 1) await new Promise(setImmediate);
				}
				if (left) await until(() => audited(many, "workspace-left").length === 1);
				assert.equal(await standing(many.stores, "T1"), left ? "nothing" : "all");
				assert.equal(await standing(many.stores, "T2"), "all");
				assert.equal(audited(many, "workspace-left").length, left ? 1 : 0);
			}));
});

describe("a workspace that removes the app", () => {
	let lab: Lab;
	before(async () => {
		lab = await openLab();
	});
	after(() => lab.close());

	const LATER = Math.floor(Date.now() / 1_000) + 3_600;
	const BEFORE = Math.floor(Date.now() / 1_000) - 60;
	const uninstalled = (team: string, atS = LATER, ofAll = false) => eventFor({ type: "app_uninstalled" }, { team, atS, ofAll });
	const revoked = (tokens: object, team = "T1", atS = LATER) => eventFor({ type: "tokens_revoked", tokens }, { team, atS });
	const rows: readonly (readonly [what: string, events: readonly object[], left: boolean])[] = [
		["app_uninstalled", [uninstalled("T1")], true],
		["the bot's token is revoked", [revoked({ bot: ["U0BOTT1"] })], true],
		["both, the token first", [revoked({ bot: ["U0BOTT1"], oauth: ["U1"] }), uninstalled("T1")], true],
		["both, the token last", [uninstalled("T1"), revoked({ bot: ["U0BOTT1"] })], true],
		["the event comes twice", [uninstalled("T1"), uninstalled("T1")], true],
		["the event is of before it was installed", [uninstalled("T1", BEFORE), revoked({ bot: ["U0BOTT1"] }, "T1", BEFORE)], false],
		["tokens of users are revoked", [revoked({ oauth: ["U1", "U0BOTT1"] })], false],
		["the token of another bot is revoked", [revoked({ bot: ["U0BOTT9"] })], false],
		["no token is named", [revoked({})], false],
		["it is another workspace's", [uninstalled("T9"), revoked({ bot: ["U0BOTT9"] }, "T9")], false],
	];
	for (const [what, events, left] of rows)
		it(`${what}: ${left ? "everything of it is deleted, and one line says so" : "nothing is deleted"}`, () =>
			withMany(lab, async (many) => {
				for (const team of ["T1", "T2"]) {
					await many.install(team);
					await fill(many.stores, team);
				}
				const before = many.installs.calls.length;
				many.installs.refuse("T1", "account_inactive");
				for (const event of events) await many.slack.deliver("events_api", event as Record<string, unknown>);
				assert.equal(await standing(many.stores, "T1"), left ? "nothing" : "all");
				assert.equal(await standing(many.stores, "T2"), "all");
				const lines = audited(many, "workspace-left");
				assert.deepEqual(
					lines.map(({ leftAt: _, ...line }) => line),
					left
						? [{ event: "workspace-left", audit: true, platform: "slack", workspace: "slack T1", cases: 1, watches: 1, zones: 1 }]
						: [],
				);
				assert.deepEqual(many.installs.calls.slice(before), [], "Slack is asked nothing with a dead token");
			}));

	it("late news of an earlier installation touch no later one", () =>
		withMany(lab, async (many) => {
			await many.install("T1");
			const leftAtS = Math.floor(Date.now() / 1_000) - 1;
			await many.install("T1");
			await fill(many.stores, "T1");
			await many.slack.deliver("events_api", uninstalled("T1", leftAtS));
			await many.slack.deliver("events_api", revoked({ bot: ["U0BOTT1"] }, "T1", leftAtS));
			assert.equal(await standing(many.stores, "T1"), "all");
			await mention(many, "8a7d5e2fbcd1a1c3-DFW", { team: "T1" }, { channel: "C1", user: "U1" });
			await many.settled(1);
			assert.match(said(many, "C1"), /Dallas/);
		}));

	it("an organization takes its workspaces with it, but for those with an installation of their own", () =>
		withMany(lab, async (many) => {
			await many.install("E1");
			await many.install("T2");
			for (const [team, channel] of [
				["T11", "C11"],
				["T12", "C12"],
			] as const) {
				await mention(many, "8a7d5e2fbcd1a1c3-DFW", { team, ofAll: true }, { channel, user: "U1" });
				await fill(many.stores, team);
			}
			await fill(many.stores, "T2");
			await many.settled(2);
			await many.install("T12");
			await many.slack.deliver("events_api", uninstalled("T11", BEFORE, true));
			assert.equal(audited(many, "organization-left").length, 0, "older than its installation");
			await many.slack.deliver("events_api", uninstalled("T11", LATER, true));
			assert.deepEqual(await Promise.all(["T11", "T12", "T2"].map((team) => standing(many.stores, team))), [
				"nothing",
				"all",
				"all",
			]);
			assert.equal(await many.stores.installs.get("slack", "E1"), null);
			assert.deepEqual(audited(many, "organization-left"), [
				{ event: "organization-left", audit: true, platform: "slack", workspace: "E1", workspaces: 1 },
			]);
			many.posters();
			await mention(many, "8a7d5e2fbcd1a1c3-DFW", { team: "T12" }, { channel: "C12", user: "U1" });
			await many.settled(3);
			assert.deepEqual(Object.keys(many.posters()), ["T12"]);
		}));

	it("one workspace of an organization that leaves by itself leaves the organization installed", () =>
		withMany(lab, async (many) => {
			await many.install("E1");
			await many.install("T12");
			await fill(many.stores, "T12");
			await many.slack.deliver("events_api", uninstalled("T12"));
			assert.equal(await standing(many.stores, "T12"), "nothing");
			assert.notEqual(await many.stores.installs.get("slack", "E1"), null);
		}));

	for (const [what, question] of [
		["a check", "closes-empty"],
		["a watch that begins", "watch"],
	] as const)
		it(`${what} that is under way just then ends, and leaves nothing behind`, () => {
			const memory = memoryStores(realClock);
			const [asked, open] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
			const held = async <T>(work: () => Promise<T>): Promise<T> => {
				asked.resolve();
				await open.promise;
				return work();
			};
			const { requestCounts, watches } = memory;
			// A check reads what else its host shows once all requests have been made.
			const stores: Stores =
				question === "watch"
					? { ...memory, requestCounts: { ...requestCounts, reserve: (asks) => held(() => requestCounts.reserve(asks)) } }
					: { ...memory, watches: { ...watches, open: (...of) => held(() => watches.open(...of)) } };
			return withMany(
				lab,
				async (many) => {
					await many.install("T1");
					const url = lab.url("closes-empty");
					await command(many, question === "watch" ? `watch ${url}` : url, "T1", "C1", "U1");
					await asked.promise;
					await many.slack.deliver("events_api", uninstalled("T1"));
					open.resolve();
					await many.settled(1);
					assert.deepEqual(await stores.cases.ofWorkspace("slack T1", 0, 9), []);
					assert.deepEqual(await memory.watches.open({ workspace: "slack T1" }, 9), []);
				},
				{ stores },
			);
		});

	it("what fails to be deleted is not acknowledged, and Slack's next delivery deletes it", () => {
		const memory = memoryStores(realClock);
		const disk = { isFull: true };
		const stores: Stores = {
			...memory,
			forgetWorkspace: (of) => (disk.isFull ? Promise.reject(new Error("disk")) : memory.forgetWorkspace(of)),
		};
		return withMany(
			lab,
			async (many) => {
				await many.install("T1");
				await fill(stores, "T1");
				let isAcknowledged = false;
				void many.slack.deliver("events_api", uninstalled("T1")).then(
					() => (isAcknowledged = true),
					() => {},
				);
				await until(() => many.lines.some(({ event }) => event === "slack-listener-failed"));
				assert.deepEqual([isAcknowledged, await standing(stores, "T1")], [false, "all"]);
				disk.isFull = false;
				await many.slack.deliver("events_api", uninstalled("T1"));
				assert.equal(await standing(stores, "T1"), "nothing");
			},
			{ stores },
		);
	});

	it("leaves the rows of every other workspace as they are, byte for byte", async () => {
		const folder = mkdtempSync(join(tmpdir(), "cf520-many-"));
		const file = join(folder, "data.sqlite");
		const rows = () => {
			const data = new DatabaseSync(file, { readOnly: true });
			const all = ["cases", "watches", "policies", "accesses", "installs", "pending"].map(
				(table) =>
					[
						table,
						data
							.prepare(`SELECT * FROM ${table}`)
							.all()
							.map((row) =>
								JSON.stringify(row, (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value)),
							),
					] as const,
			);
			data.close();
			return Object.fromEntries(all.map(([table, of]) => [table, of.sort()]));
		};
		const stores = sqliteStores(file, realClock, { key: KEY });
		try {
			await withMany(
				lab,
				async (many) => {
					await many.install("T2");
					await fill(stores, "T2");
					await stores.inbox.open("q T2", "event T2", "elsewhere", "{}", "slack T2");
					const before = rows();
					await many.install("T1");
					await fill(stores, "T1");
					await stores.inbox.open("q T1", "event T1", "elsewhere", "{}", "slack T1");
					for (const [table, of] of Object.entries(rows())) assert.equal(of.length, 2 * (before[table]?.length ?? 0), table);
					await many.slack.deliver("events_api", uninstalled("T1"));
					assert.deepEqual(rows(), before);
				},
				{ stores },
			);
		} finally {
			await stores.close();
			rmSync(folder, { recursive: true });
		}
	});

	it("over HTTP is heard the same way", async () => {
		const signingSecret = "0123456789abcdef0123456789abcdef";
		await withMany(
			lab,
			async (many) => {
				await many.install("T1");
				await fill(many.stores, "T1");
				const body = JSON.stringify(uninstalled("T1"));
				const timestamp = String(Math.floor(Date.now() / 1_000));
				const signature = `v0=${createHmac("sha256", signingSecret).update(`v0:${timestamp}:${body}`).digest("hex")}`;
				const response = await fetch(`http://127.0.0.1:${many.own.port}${SLACK_PATH}`, {
					method: "POST",
					headers: {
						"content-type": "application/json",
						"x-slack-request-timestamp": timestamp,
						"x-slack-signature": signature,
						connection: "close",
					},
					body,
				});
				assert.equal(response.status, 200);
				assert.equal(await standing(many.stores, "T1"), "nothing");
				assert.equal(many.bot.ready(), true);
			},
			{ signingSecret },
		);
	});
});
