import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { WebClient } from "@slack/web-api";
import { isOutsider, type SlackContext, type SlackPlace } from "../../src/adapters/slack/context.ts";
import { SlackConversation } from "../../src/adapters/slack/conversation.ts";
import { sdkLogger } from "../../src/adapters/slack/delivery.ts";
import { HeldBack } from "../../src/adapters/slack/held-back.ts";
import { isAdmin, isFullMember } from "../../src/adapters/slack/people.ts";
import { RefusedWidgets } from "../../src/adapters/slack/refused.ts";
import { SharedChannels } from "../../src/adapters/slack/shared.ts";
import { startSlack } from "../../src/adapters/slack/slack.ts";
import type { Stores } from "../../src/desk/stores.ts";
import { fields, grid, type Message, message, note, say, title } from "../../src/message/message.ts";
import { ask, text } from "../../src/message/text.ts";
import type { DeskAction } from "../../src/read/action.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { realClock } from "../clock.ts";
import { type FakeSlack, fakeSlack, type SlackMessage } from "../fakes/slack.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { flatSlack } from "../normal.ts";
import { slackLines } from "../slack-lines.ts";
import { aCase, aWatch } from "../store/values.ts";
import { countingDesk } from "./contract.ts";

const PLACE: SlackPlace = {
	team: "T1",
	enterprise: null,
	channel: "C1",
	user: "U1",
	threadTs: null,
	isNewThread: false,
	responseUrl: null,
	alone: false,
	userTeam: "T1",
	open: true,
	shared: false,
};
const until = async (holds: () => boolean) => {
	while (!holds()) await setImmediate();
};

describe("who is of a workspace", () => {
	const rows: readonly (readonly [what: string, user: object, member: "yes" | "no"])[] = [
		["its own member", { team_id: "T1" }, "yes"],
		["a member of another workspace", { team_id: "T2" }, "no"],
		["of its organization, and of it", { team_id: "T2", enterprise_user: { teams: ["T2", "T1"] } }, "yes"],
		["of its organization, and not of it", { team_id: "T2", enterprise_user: { teams: ["T2", "T3"] } }, "no"],
		["a guest of it", { team_id: "T1", is_restricted: true }, "no"],
	];
	for (const [what, user, member] of rows)
		it(`${what}: ${member}`, async () => {
			const call = (async () => ({ user: { ...user, is_admin: true } })) as SlackContext["call"];
			const context = { call, team: "T1", admins: new Set<string>(), log: () => {} };
			assert.equal(await isFullMember(context, "U1"), member);
			if (!("is_restricted" in user)) assert.equal(await isAdmin(context, "U1"), member);
		});

	for (const [userTeam, enterprise, outside] of [
		["T1", null, false],
		["T2", null, true],
		["E1", "E1", false],
		["E2", "E1", true],
		[null, null, false],
	] as const)
		it(`somebody of ${userTeam} where the organization is ${enterprise} is ${outside ? "an outsider" : "none"}`, () => {
			assert.equal(isOutsider({ team: "T1", enterprise, userTeam }), outside);
		});
});

describe("a message on its way to Slack", () => {
	let slack: FakeSlack;
	let logs: string[] = [];
	before(async () => {
		slack = await fakeSlack();
	});
	after(() => slack.close());
	/** A new process: nothing is remembered. */
	const opened = (): SlackContext => {
		logs = [];
		const log = (line: { readonly event: string }) => logs.push(JSON.stringify(line));
		const client = new WebClient("xoxb-test", {
			slackApiUrl: slack.apiUrl,
			logger: sdkLogger(() => {}),
			retryConfig: { retries: 0 },
		});
		return {
			team: "T1",
			enterprise: null,
			isOneOfMany: false,
			installed: async () => ({ client, token: "xoxb-test", botUserId: "U0BOT", botId: null, scopes: null }),
			isResponseUrl: () => true,
			call: (work) => work(client),
			nameOf: async () => "Ann",
			admins: new Set(),
			fetch,
			widgets: new RefusedWidgets(log),
			shared: new SharedChannels(),
			heldBack: new HeldBack(),
			hasReplicas: false,
			log,
		};
	};
	const conversation = (context = opened(), place: Partial<SlackPlace> = {}) =>
		new SlackConversation(context, { ...PLACE, ...place });
	const last = () => slackLines(slack.messages.at(-1) as SlackMessage).slice(1);
	const chart: Message["blocks"][number] = {
		kind: "chart",
		title: "Checks",
		categories: ["12:00"],
		series: [{ name: "failed", values: [1] }],
		text: text`1 of 1 failed.`,
	};
	const whole = message("bad", title(text`a`), chart, grid(["h"], [["1"]]), fields({ name: "n", value: text`v` }), note(text`c`));
	const WHOLE = ["# 🔴 a", "chart: Checks: failed 12:00=1", "| h |", "| 1 |", ":: n: v", "-# c"];
	const plain = { chart: ["1 of 1 failed."], table: ["```", "h", "1", "```"], header: ["🔴 **a**"] };

	it("goes out with Slack's own widgets", async () => {
		await conversation().begin(whole);
		assert.deepEqual(last(), WHOLE);
	});

	for (const [types, expected] of [
		[["data_visualization"], ["# 🔴 a", ...plain.chart, "| h |", "| 1 |", ...WHOLE.slice(4)]],
		[["table"], [...WHOLE.slice(0, 2), ...plain.table, ...WHOLE.slice(4)]],
		[["header"], [...plain.header, ...WHOLE.slice(1)]],
		[
			["data_visualization", "table"],
			["# 🔴 a", ...plain.chart, ...plain.table, ...WHOLE.slice(4)],
		],
		[
			["section", "context", "header", "table", "data_visualization"],
			[...plain.header, ...plain.chart, ...plain.table, "- n: v", "c"],
		],
	] as const)
		for (const names of [true, false])
			it(`where ${types.join(" and ")} is refused${names ? "" : " and Slack does not say which block it was"}: in plain form, once, and not tried again`, async () => {
				const context = opened();
				for (const type of types) slack.unknownBlocks.add(type);
				slack.namesBlocks = names;
				const posts = () => slack.calls.filter(({ method }) => method === "chat.postMessage").length;
				const standing = slack.messages.length;
				try {
					const one = conversation(context);
					await one.begin(whole);
					assert.deepEqual(last(), expected);
					assert.equal(slack.messages.length, standing + 1);
					const calls = posts();
					await one.followUp(whole);
					await one.update(whole);
					assert.equal(posts(), calls + 1, "it was tried again");
					assert.deepEqual(slackLines(slack.messages.at(-2) as SlackMessage).slice(1), expected);
					assert.equal(logs.length, new Set(logs).size);
					const refused = logs.filter((line) => line.includes("widget-refused")).length;
					assert.equal(refused, names || types.length === 1 ? types.length : refused);
					// An edit and a private message learn it too, and another process begins anew.
					await conversation().begin(whole);
					assert.deepEqual(last(), expected);
				} finally {
					slack.unknownBlocks.clear();
					slack.namesBlocks = true;
				}
			});

	it("where everything is refused, the error is Slack's, and nothing is remembered", async () => {
		const context = opened();
		slack.unknownBlocks.add("rich_text").add("header");
		try {
			await assert.rejects(conversation(context).begin(message("bad", title(text`a`), say(text`b`))), /invalid_blocks/);
		} finally {
			slack.unknownBlocks.clear();
		}
		await conversation(context).begin(message("bad", title(text`a`), say(text`b`)));
		assert.deepEqual(last(), ["# 🔴 a", "b"]);
	});

	it("a private message by a response URL goes out in plain form too", async () => {
		slack.unknownBlocks.add("table");
		const base = slack.apiUrl.replace("/api/", "");
		try {
			const one = conversation(opened(), { responseUrl: `${base}/respond/C9/U1/key-of-test` });
			await one.replyPrivately(message("neutral", say(text`a`), grid(["h"], [["1"]])));
		} finally {
			slack.unknownBlocks.clear();
		}
		assert.deepEqual(last(), ["a", "```", "h", "1", "```"]);
		assert.equal(slack.messages.at(-1)?.onlyFor, "U1");
	});

	it("a recovery calls people and is read in the channel, once: an edit does neither", async () => {
		const recovered: Message = {
			...message("good", title(text`a recovered`)),
			notify: { people: ["slack U2"], broadcast: true },
		};
		const one = conversation();
		await one.begin(message("bad", title(text`a`)));
		const ref = await one.followUp(recovered);
		const [head, reply] = slack.messages.slice(-2);
		const posted = slack.calls.filter(({ method }) => method === "chat.postMessage").slice(-2);
		assert.deepEqual(
			posted.map(({ args }) => [args.thread_ts, args.reply_broadcast]),
			[
				[undefined, undefined],
				[head?.ts, true],
			],
		);
		assert.deepEqual(slackLines(reply as SlackMessage), ["text: <@U2> 🟢 a recovered.", "<@U2> 🟢 **a recovered**"]);
		await one.edit(ref ?? "", recovered);
		await one.update(recovered);
		for (const { args } of slack.calls.filter(({ method }) => method === "chat.update").slice(-2)) {
			assert.doesNotMatch(JSON.stringify(args), /U2|broadcast/);
			assert.equal(args.text, "🟢 a recovered.");
		}
	});

	it("a recovery that opens a thread of its own, or that one person alone reads, is no broadcast", async () => {
		const recovered: Message = {
			...message("good", title(text`a recovered`)),
			notify: { people: ["slack U2"], broadcast: true },
		};
		await conversation().begin(recovered);
		assert.equal(slack.calls.at(-1)?.args.reply_broadcast, undefined);
		await conversation(opened(), { alone: true }).followUp(recovered);
		assert.doesNotMatch(JSON.stringify(slack.calls.at(-1)?.args), /<@|broadcast/);
	});

	it("what is in a thread recommends mentions, also when it is edited later; a head recommends the command", async () => {
		const asks = message("neutral", say(text`a ${ask("help")}`));
		const one = conversation();
		await one.begin(asks);
		assert.deepEqual(last(), ["a `/cf520 help`"]);
		const ref = await one.followUp(asks);
		assert.deepEqual(last(), ["a `@cf520 help`"]);
		await one.edit(ref ?? "", asks);
		assert.deepEqual(last(), ["a `@cf520 help`"]);
		await one.update(asks);
		assert.match(JSON.stringify(slack.messages.at(-2)?.blocks), /\/cf520 help/);
		// As it was kept before threads were noted.
		await one.edit(JSON.stringify(["C1", slack.messages.at(-1)?.ts]), asks);
		assert.deepEqual(last(), ["a `/cf520 help`"]);
		const there = conversation(opened(), { threadTs: "1.1" });
		await there.begin(asks);
		assert.deepEqual(last(), ["a `@cf520 help`"]);
		await there.replyPrivately(asks);
		assert.deepEqual([last(), slack.messages.at(-1)?.onlyFor], [["a `@cf520 help`"], "U1"]);
	});
});

describe("controls of Slack", () => {
	let lab: Lab;
	before(async () => {
		lab = await openLab();
	});
	after(() => lab.close());

	const withBot = async (
		run: (
			slack: FakeSlack,
			done: { readonly asked: (string | DeskAction)[]; settled(n: number): Promise<void> },
			stores: Stores,
		) => Promise<void>,
	) => {
		const slack = await fakeSlack();
		const stores = memoryStores(realClock);
		const asked: (string | DeskAction)[] = [];
		const desk = countingDesk(labDesk(lab, { stores }));
		const counted = {
			...desk,
			handle: (...[what, ...more]: Parameters<typeof desk.handle>) => {
				asked.push(what);
				return desk.handle(what, ...more);
			},
		};
		const bot = await startSlack({ botToken: "xoxb-test", appToken: "xapp-test", apiUrl: slack.apiUrl }, counted, () => {});
		try {
			await run(slack, { asked, settled: desk.settled }, stores);
		} finally {
			await bot.stop();
			await slack.close();
		}
	};
	const now = Date.now();
	const own = (id: string, more = {}) =>
		aCase(id, {
			lastAtMs: now,
			openedAtMs: now,
			threadKey: `slack C1 ${id}`,
			messageRef: `["C1","${id}"]`,
			workspace: "slack T1",
			asker: { key: "slack U1", name: "ann" },
			followers: [],
			head: message("bad", title(text`${id} fails`)),
			...more,
		});

	it("a choice in a menu does what a button with its value does", () =>
		withBot(async (slack, { asked, settled }) => {
			await slack.command(lab.url("closes-empty"));
			await settled(1);
			const question = slack.messages.at(-1) as SlackMessage;
			for (const [nth, menu] of (["overflow", "static_select"] as const).entries()) {
				await slack.press(question, `a:case-1:origin-log:${nth === 0 ? "nothing" : "crash"}`, { menu });
				await settled(2 + nth);
			}
			assert.deepEqual(asked.slice(1), [
				{ do: "answer", case: "case-1", key: "origin-log", value: "nothing" },
				{ do: "answer", case: "case-1", key: "origin-log", value: "crash" },
			]);
		}));

	it("a choice that is none of ours does nothing", () =>
		withBot(async (slack, { asked, settled }) => {
			await slack.command("help");
			await settled(1);
			for (const value of ["", "zzz", "a:1:2:3", "x".repeat(3_000)])
				await slack.press(slack.messages[0] as SlackMessage, value, { menu: "static_select" });
			assert.equal(asked.length, 1);
		}));

	it("the form that closes a case: a choice, a line of one's own, or neither", () =>
		withBot(async (slack, { asked, settled }) => {
			await slack.command(lab.url("closes-empty"));
			await settled(1);
			const question = slack.messages.at(-1) as SlackMessage;
			await slack.press(question, "d:case-1");
			const form = await slack.view(0);
			const choose = (value: string) => ({ choice: { choice: { type: "static_select", selected_option: { value } } } });
			assert.deepEqual(await slack.submit(form, { cause: { cause: "" } }), {
				response_action: "errors",
				errors: { choice: "Choose a cause, or write one below." },
			});
			assert.deepEqual(await slack.submit(form, choose("no-such-cause")), {});
			await slack.submit(form, { ...choose("origin-crashed"), cause: { cause: " the deploy " } });
			await settled(2);
			await slack.press(question, "d:case-1");
			await slack.submit(await slack.view(1), choose("origin-crashed"));
			await settled(3);
			assert.deepEqual(asked.slice(1), [
				{ do: "it-was", case: "case-1", cause: "the deploy" },
				{ do: "it-was", case: "case-1", cause: "origin-crashed" },
			]);
		}));

	it("the form that closes a case has its likeliest causes first", () =>
		withBot(async (slack, { settled }) => {
			await slack.command(lab.url("closes-empty"));
			await settled(1);
			const question = slack.messages.at(-1) as SlackMessage;
			await slack.press(question, "a:case-1:origin-log:refused-or-444");
			await settled(2);
			await slack.press(question, "d:case-1");
			const known = JSON.stringify((await slack.view(0)).blocks);
			assert.match(known, /"options":\[\{[^}]*"Connection dropped by a rule"/);
			await slack.press(question, "d:no-such-case");
			assert.match(JSON.stringify((await slack.view(1)).blocks), /"options":\[\{[^}]*"Response cut off midway"/);
		}));

	it("a case that one person alone is told of stays with them through its forms", () =>
		withBot(async (slack, { settled }) => {
			slack.admins = new Set(["U1"]);
			await slack.command(lab.url("closes-empty"), { channel: "G9", channelName: "privategroup" });
			await settled(1);
			const [told] = slack.messages;
			assert.equal(told?.onlyFor, "U1");
			slack.members.add("G9");
			await slack.press(told, "p:case-1", { channelName: "privategroup" });
			await slack.submit(await slack.view(0), {
				paste: { paste: "2026/11/22 12:00:05 [error] 7#7: *6 upstream prematurely closed connection" },
			});
			await settled(2);
			assert.deepEqual([...new Set(slack.messages.map(({ onlyFor }) => onlyFor))], ["U1"]);
		}));

	it("the app's own page shows a person's own cases and watches, with links, and nobody else's", () =>
		withBot(async (slack, { settled }, { cases, watches }) => {
			for (const one of [
				own("mine"),
				own("followed", { asker: { key: "slack U9", name: "x" }, followers: ["slack U1"], room: "slack G1", isOpen: false }),
				own("solved", { solved: { cause: "origin-crashed", who: "Ben", atMs: now } }),
				own("old", { lastAtMs: now - 25 * 3_600_000 }),
				own("others", { asker: { key: "slack U2", name: "bob" } }),
				own("elsewhere", { workspace: "slack T2" }),
				own("nobody", { asker: null }),
			])
				await cases.open(one);
			const most = { host: 9, hostInAll: 9, workspace: 9, all: 9 };
			for (const [id, asker] of [
				["w1", "slack U1"],
				["w2", "slack U2"],
			] as const)
				await watches.begin(
					aWatch(id, { asker, workspace: "slack T1", url: `https://shop.example/${id}`, messageRef: `["C1","${id}"]` }),
					most,
				);
			await slack.openHome("U1");
			await until(() => slack.homes.has("U1"));
			const shown = flatSlack(slack.homes.get("U1") as { blocks: unknown[] });
			assert.match(shown, /mine fails.*followed fails|followed fails.*mine fails/s);
			assert.match(shown, /shop\.example\D*w1/);
			assert.doesNotMatch(shown, /solved fails|old fails|others fails|elsewhere fails|nobody fails|w2/);
			assert.doesNotMatch(shown, /Settings/);
			const page = JSON.stringify(slack.homes.get("U1"));
			assert.equal(page.split("https://lab.slack.com/archives/C1/p").length, 4);
			await slack.openHome("U2");
			await until(() => slack.homes.has("U2"));
			assert.doesNotMatch(flatSlack(slack.homes.get("U2") as { blocks: unknown[] }), /mine|followed/);
			// What Slack cannot open has no link, and the page is there all the same.
			slack.fail("chat.getPermalink", ...Array.from({ length: 9 }, () => ({ error: "message_not_found" })));
			await slack.pressHome("U1", "cf520_press_9", "u:w1");
			await settled(1);
			assert.notEqual((await watches.get("w1"))?.ended, null);
		}));

	it("what is asked on the app's own page is answered in the direct conversation", () =>
		withBot(async (slack, { asked, settled }) => {
			await slack.openHome("U1");
			await until(() => slack.homes.has("U1"));
			await slack.pressHome("U1", "cf520_ask", "8a7d5e2fbcd1a1c3-DFW");
			await settled(1);
			await slack.pressHome("U1", "cf520_press_1", "i:");
			await slack.submit(await slack.view(0), { url: { url: lab.url("healthy") } });
			await settled(2);
			assert.deepEqual(asked, ["8a7d5e2fbcd1a1c3-DFW", lab.url("healthy")]);
			assert.deepEqual([...new Set(slack.messages.map(({ channel, onlyFor }) => `${channel} ${onlyFor}`))], ["D1 null"]);
			const [head] = slack.messages;
			assert.match(flatSlack(head as SlackMessage), /Dallas/);
			assert.equal(slack.messages.length, 2);
		}));

	it("a case's button on the app's own page acts in the thread of the case", () =>
		withBot(async (slack, { asked, settled }, { cases }) => {
			await cases.open(own("mine", { room: "slack C1", threadKey: "slack C1 1600000000.000100" }));
			await cases.open(own("theirs", { asker: { key: "slack U2", name: "bob" }, room: "slack G1", isOpen: false }));
			await slack.pressHome("U1", "cf520_press_3", "r:mine");
			await settled(1);
			assert.deepEqual(asked, [{ do: "report", case: "mine" }]);
			assert.deepEqual(
				[...new Set(slack.messages.map(({ channel, threadTs }) => `${channel} ${threadTs}`))],
				["C1 1600000000.000100"],
			);
			const from = slack.messages.length;
			await slack.pressHome("U1", "cf520_press_3", "r:theirs");
			await settled(2);
			assert.deepEqual(
				slack.messages.slice(from).map(({ channel }) => channel),
				["D1"],
			);
			assert.match(flatSlack(slack.messages.at(-1) as SlackMessage), /do not know/);
		}));

	it("admins decide in a form, which asks what they would type; nobody else gets it", () =>
		withBot(async (slack, { asked, settled }, { policies }) => {
			slack.admins = new Set(["U1"]);
			for (const user of ["U1", "U2"]) {
				await slack.openHome(user);
				await until(() => slack.homes.has(user));
				assert.equal(/Settings/.test(JSON.stringify(slack.homes.get(user))), user === "U1");
				await slack.pressHome(user, "cf520_settings");
			}
			const form = await slack.view(0);
			const chosen = (field: string, value: string) => ({
				[field]: { [field]: { type: "static_select", selected_option: { value } } },
			});
			const values = {
				...chosen("privacy", "private"),
				retention: { retention: "14" },
				person: { person: "15" },
				channel: { channel: "40" },
				workspace: { workspace: "150" },
				...chosen("channels", "these"),
				channel_list: { channel_list: { type: "multi_conversations_select", selected_conversations: [] } },
				...chosen("origins", "all"),
				origin_list: { origin_list: { type: "plain_text_input", value: null } },
			};
			assert.deepEqual(await slack.submit(form, values), {
				response_action: "errors",
				errors: { channel_list: "Name at least one, or choose another option above." },
			});
			assert.deepEqual(await slack.submit(form, { ...values, ...chosen("channels", "all") }), {});
			await settled(2);
			assert.deepEqual(asked, ["admin privacy private", "admin retention 14"]);
			const decided = await policies.of("slack T1");
			assert.deepEqual([decided.privately, decided.keepDays], [true, 14]);
			assert.deepEqual([...new Set(slack.messages.map(({ channel }) => channel))], ["D1"]);
			// A form opened by someone else is rejected like the words.
			await slack.submit({ ...form, id: "V0OTHER" }, { ...values, ...chosen("channels", "none") }, { user: "U2" });
			await settled(3);
			assert.equal((await policies.of("slack T1")).channels, null);
			assert.equal(slack.views.length, 1);
		}));
});
