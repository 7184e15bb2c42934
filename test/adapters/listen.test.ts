import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startDiscord } from "../../src/adapters/discord/discord.ts";
import { startSlack } from "../../src/adapters/slack/slack.ts";
import { DEFAULT_POLICY, type Listening } from "../../src/read/policy.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { realClock } from "../clock.ts";
import { CHANNEL, fakeDiscord, GUILD } from "../fakes/discord.ts";
import { type FakeSlack, fakeSlack, type SlackMessage } from "../fakes/slack.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { flatSlack } from "../normal.ts";
import { countingDesk } from "./contract.ts";

/** What is said without a mention: heard where an admin said so, for the case of its thread, or with one small offer; else nothing. */
let lab: Lab;
before(async () => {
	lab = await openLab();
});
after(() => lab.close());

interface Heard {
	readonly slack: FakeSlack;
	/** Asks by mention in a channel, and waits for the answer. */
	readonly ask: (text: string, more?: { ts?: string; threadTs?: string }) => Promise<void>;
	/** Says something without a mention, then something that is certainly answered; returns what came of the first. */
	readonly say: (text: string, more?: Parameters<FakeSlack["message"]>[1], answers?: number) => Promise<readonly SlackMessage[]>;
	readonly keptTexts: () => Promise<string>;
}

async function inSlack(to: Listening["to"] | null, run: (chat: Heard) => Promise<void>): Promise<void> {
	const slack = await fakeSlack();
	const stores = memoryStores(realClock);
	await stores.policies.change("slack T1", () => ({ ...DEFAULT_POLICY, listens: to === null ? [] : [{ channel: "C1", to }] }));
	const kept: string[] = [];
	const inbox = {
		...stores.inbox,
		open: (id: string, event: string, platform: string, body: string) => {
			kept.push(body);
			return stores.inbox.open(id, event, platform, body);
		},
	};
	const desk = countingDesk(labDesk(lab, { stores: { ...stores, inbox } }));
	const bot = await startSlack({ botToken: "xoxb-test", appToken: "xapp-test", apiUrl: slack.apiUrl }, desk, () => {});
	let settled = 0;
	try {
		await run({
			slack,
			ask: async (text, more = {}) => {
				await slack.mention(text, more);
				settled += 1;
				await desk.settled(settled);
			},
			say: async (text, more = {}, answers = 0) => {
				const before = slack.messages.length;
				await slack.message(text, { channel: "C1", channelType: "channel", ...more });
				await slack.message("help", { channel: "D9", user: "U9" });
				settled += 1 + answers;
				await desk.settled(settled);
				return slack.messages.slice(before).filter((one) => one.channel !== "D9");
			},
			keptTexts: async () => kept.join("\n"),
		});
	} finally {
		await bot.stop();
		await slack.close();
	}
}

const LOG_LINES = "worker 31337 exited\n2026-11-22 12:00:05 kernel: Out of memory: Killed process 812 (node) total-vm:1kB";

describe("in a thread of a case, without a mention", () => {
	const ts = "1600000000.000700";
	const FOR_US: readonly (readonly [what: string, text: string])[] = [
		["log lines", `\`\`\`${LOG_LINES}\`\`\``],
		["curl's last words", "curl: (52) Empty reply from server"],
		["a Ray ID", "cf-ray: 8a7d5e2fbcd1a1c3-DFW"],
		["a sentence that answers a question", "only logged-in users see it"],
	];
	for (const [what, text] of FOR_US) {
		it(`${what}: taken where an admin said so`, () =>
			inSlack("threads", async ({ ask, say }) => {
				await ask(lab.url("closes-empty"), { ts });
				assert.notDeepEqual(await say(text, { threadTs: ts }, 1), []);
			}));
		it(`${what}: nothing where no admin said so`, () =>
			inSlack(null, async ({ ask, say, keptTexts }) => {
				await ask(lab.url("closes-empty"), { ts });
				assert.deepEqual(await say(text, { threadTs: ts }), []);
				assert.doesNotMatch(await keptTexts(), /curl: |Out of memory|logged-in|8a7d5e2fbcd1a1c3/);
			}));
	}
	const FOR_OTHERS = [
		"lunch at twelve?",
		"thanks!",
		"I will look at it in a minute",
		"status",
		"check again",
		"is it us or cloudflare?",
	];
	it("everything else gets silence, and is kept nowhere", () =>
		inSlack("everywhere", async ({ ask, say, keptTexts }) => {
			await ask(lab.url("closes-empty"), { ts });
			for (const text of FOR_OTHERS) assert.deepEqual(await say(text, { threadTs: ts }), [], text);
			assert.doesNotMatch(await keptTexts(), /lunch|thanks|minute|check again/);
		}));
	it("what other apps write enters no case", () =>
		inSlack("everywhere", async ({ ask, say }) => {
			await ask(lab.url("closes-empty"), { ts });
			const more = { subtype: "bot_message", bot_id: "B2" };
			assert.deepEqual(await say("curl: (52) Empty reply from server", { threadTs: ts, more }), []);
		}));
	it("a mention that comes as a message too is answered once", () =>
		inSlack("threads", async ({ slack, ask, say }) => {
			await ask(lab.url("closes-empty"), { ts });
			const own = "1600000000.000701";
			await ask("curl: (52) Empty reply from server", { ts: own, threadTs: ts });
			const before = slack.messages.length;
			await say("<@UBOT> curl: (52) Empty reply from server", { ts: own, threadTs: ts });
			assert.equal(slack.messages.slice(before).filter((one) => one.channel === "C1").length, 0);
		}));
});

describe("anywhere in a channel", () => {
	const alert = "[FIRING] GET https://shop.example/checkout returned 520";
	it("an error page gets one small offer under it, and no look", () =>
		inSlack("everywhere", async ({ slack, say }) => {
			const offered = await say(alert, { ts: "1600000000.000800" });
			assert.deepEqual(
				offered.map((one) => [one.threadTs, /Diagnose/.test(JSON.stringify(one.blocks))]),
				[["1600000000.000800", true]],
			);
			assert.match(offered.map(flatSlack).join("\n"), /shop\.example, 520/);
			assert.match(JSON.stringify(offered[0]?.blocks), /q:https:\/\/shop\.example\/checkout/);
			assert.deepEqual(await say(alert, { ts: "1600000000.000801", threadTs: "1600000000.000800" }), [], "once a thread");
			assert.doesNotMatch(slack.messages.map(flatSlack).join("\n"), /requests|Looking|Checking/);
		}));
	it("alerts of other apps get it too, but not each of many", () =>
		inSlack("everywhere", async ({ say }) => {
			const more = { subtype: "bot_message", bot_id: "B2", user: undefined };
			let offers = 0;
			for (let nth = 0; nth < 9; nth += 1) offers += (await say(alert, { ts: `1600000000.0009${10 + nth}`, more })).length;
			assert.equal(offers, 5);
		}));
	for (const [to, what] of [
		["threads", "where only threads are heard"],
		[null, "where nothing is"],
	] as const)
		it(`nothing ${what}`, () => inSlack(to, async ({ say }) => assert.deepEqual(await say(alert), [])));
	for (const text of ["the build took 520 seconds", "see https://shop.example/checkout", "invoice 8a7d5e2fbcd1a1c3", "lunch?"])
		it(`nothing for “${text}”`, () => inSlack("everywhere", async ({ say }) => assert.deepEqual(await say(text), [])));
});

describe("in Discord", () => {
	const token = "aaaaaaaaaa.bbbb.cccc";
	for (const messageContent of [true, false])
		it(`with the switch of the application ${messageContent ? "on" : "off"}`, async () => {
			const discord = await fakeDiscord();
			const stores = memoryStores(realClock);
			await stores.policies.change(`discord ${GUILD}`, () => ({
				...DEFAULT_POLICY,
				listens: [{ channel: CHANNEL, to: "everywhere" }],
			}));
			const desk = countingDesk(labDesk(lab, { stores }));
			const bot = await startDiscord({ token, apiUrl: discord.apiUrl, guildId: undefined, messageContent }, desk, () => {});
			try {
				discord.say("GET https://shop.example/checkout returned 520");
				discord.say("lunch?");
				await discord.command("help");
				await desk.settled(1);
				const sent = discord.messages.filter((one) => one.author === "bot" && /q:https/.test(JSON.stringify(one.sent)));
				assert.equal(sent.length, messageContent ? 1 : 0);
			} finally {
				await bot.stop();
				await discord.close();
			}
		});
});
