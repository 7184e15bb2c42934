import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startDiscord } from "../src/adapters/discord/discord.ts";
import { startSlack } from "../src/adapters/slack/slack.ts";
import { countingDesk } from "./adapters/contract.ts";
import { CHANNEL, fakeDiscord } from "./fakes/discord.ts";
import { fakeSlack, type SlackFault } from "./fakes/slack.ts";
import { labDesk } from "./lab/desk.ts";
import { type Lab, openLab } from "./lab/lab.ts";
import { flatSlack } from "./normal.ts";

/** Failures of a platform: each question ends in a known state, and the person is told. */

describe("a platform that makes trouble", () => {
	let lab: Lab;
	before(async () => {
		lab = await openLab();
	});
	after(() => lab.close());

	interface Expect {
		/** Public heads (null: the details are among them), and private messages. */
		readonly heads: number | null;
		readonly head?: RegExp;
		readonly alone?: RegExp;
		readonly refused?: boolean;
	}
	const slackCases: readonly (readonly [what: string, method: string, faults: readonly SlackFault[], expect: Expect])[] = [
		[
			"a rate limit",
			"chat.postMessage",
			[
				{ status: 429, retryAfter: 0 },
				{ status: 429, retryAfter: 0 },
			],
			{ heads: 1, head: /520/ },
		],
		["trouble of its own", "chat.postMessage", [{ status: 500 }, { status: 503 }], { heads: 1, head: /520/ }],
		["trouble in Slack's own word", "chat.postMessage", [{ error: "internal_error" }], { heads: 1, head: /520/ }],
		["a rate limit in Slack's own word", "chat.postMessage", [{ error: "ratelimited" }], { heads: 1, head: /520/ }],
		[
			"an error after which it may have been posted",
			"chat.postMessage",
			[{ error: "fatal_error" }],
			{ heads: 0, alone: /520.*did not confirm/s },
		],
		[
			"an answer lost at the head: nothing is posted twice",
			"chat.postMessage",
			[{ loseAnswer: true }],
			{ heads: 1, head: /Checking /, alone: /520.*did not confirm/s },
		],
		["an answer lost at an edit", "chat.update", [{ loseAnswer: true }, { status: 500 }], { heads: 1, head: /520/ }],
		[
			"a rate limit longer than anybody waits",
			"chat.postMessage",
			[{ status: 429, retryAfter: 3_600 }],
			{ heads: 0, alone: /520.*did not confirm/s },
		],
		["an archived channel", "chat.postMessage", [{ error: "is_archived" }], { heads: 0, alone: /520/ }],
		["no rights here", "chat.postMessage", [{ error: "restricted_action_thread_only_channel" }], { heads: 0, alone: /520/ }],
		[
			"a revoked token",
			"chat.postMessage",
			[{ error: "token_revoked" }],
			{ heads: 0, alone: /520.*rejects my token/s, refused: true },
		],
		[
			"a removed app",
			"chat.postMessage",
			[{ error: "account_inactive" }],
			{ heads: 0, alone: /rejects my token/, refused: true },
		],
		["a missing scope", "chat.postMessage", [{ error: "missing_scope" }], { heads: 0, alone: /Something went wrong on my side/ }],
		["a head that somebody deleted", "chat.update", [{ error: "message_not_found" }], { heads: 1 }],
	];
	for (const [what, method, faults, expect] of slackCases) {
		it(`Slack, ${what}`, async () => {
			const slack = await fakeSlack();
			const desk = countingDesk(labDesk(lab));
			const logs: string[] = [];
			const bot = await startSlack({ botToken: "xoxb-test", appToken: "xapp-test", apiUrl: slack.apiUrl }, desk, (line) =>
				logs.push(JSON.stringify(line)),
			);
			try {
				slack.fail(method, ...faults);
				await slack.command(lab.url("closes-empty"));
				await desk.settled(1);
				const shown = slack.messages.filter((one) => one.onlyFor === null && one.threadTs === null).map(flatSlack);
				const alone = slack.messages.filter((one) => one.onlyFor === "U1").map(flatSlack);
				assert.equal(shown.length, expect.heads, shown.join("\n"));
				if (expect.head !== undefined) assert.match(shown[0] ?? "", expect.head);
				if (expect.alone !== undefined) assert.match(alone.join("\n"), expect.alone);
				assert.deepEqual([bot.refused(), bot.ready()], [expect.refused === true, expect.refused !== true]);
				assert.equal(logs.filter((line) => line.includes("token-refused")).length, expect.refused === true ? 1 : 0);
				const under = slack.messages.filter((one) => one.onlyFor === null && one.threadTs !== null).map(flatSlack);
				assert.equal(new Set(under).size, under.length, "nothing twice");
				// The next one is a question like every other, unless the token is gone.
				await slack.command("8a7d5e2fbcd1a1c3-DFW");
				await desk.settled(2);
				assert.match(slack.messages.map(flatSlack).join("\n"), /Dallas/);
			} finally {
				await bot.stop();
				await slack.close();
			}
		});
	}

	it("Slack, an answer lost under the head: that message stands once, the others follow", async () => {
		const slack = await fakeSlack();
		const desk = countingDesk(labDesk(lab));
		const bot = await startSlack({ botToken: "xoxb-test", appToken: "xapp-test", apiUrl: slack.apiUrl }, desk, () => {});
		try {
			await slack.command(lab.url("closes-empty"));
			await desk.settled(1);
			const whole = slack.messages.filter((one) => one.threadTs !== null).length;
			const before = slack.messages.length;
			slack.afterNext("chat.postMessage", { loseAnswer: true });
			await slack.command(lab.url("resets", "/2"));
			await desk.settled(2);
			const under = slack.messages.slice(before).filter((one) => one.threadTs !== null);
			assert.equal(under.length, whole);
		} finally {
			await bot.stop();
			await slack.close();
		}
	});

	it("Slack, a response URL that is used up or over: the answer comes another way", async () => {
		const slack = await fakeSlack();
		const desk = countingDesk(labDesk(lab));
		const bot = await startSlack({ botToken: "xoxb-test", appToken: "xapp-test", apiUrl: slack.apiUrl }, desk, () => {});
		try {
			slack.responseUrlsWork = false;
			await slack.command("help");
			await desk.settled(1);
			assert.deepEqual(
				slack.messages.map((one) => one.onlyFor),
				["U1"],
			);
			assert.equal(slack.calls.at(-1)?.method, "chat.postEphemeral");
		} finally {
			await bot.stop();
			await slack.close();
		}
	});

	/** A chat that takes calls of one kind only in an hour: what people read of the answer then, and how often. */
	const HOUR_S = 3_600;
	const slackDelays: readonly (readonly [what: string, methods: RegExp])[] = [
		["edits", /^chat\.update$/],
		["edits and messages", /^chat\.(?:update|postMessage)$/],
	];
	for (const [what, methods] of slackDelays)
		it(`Slack, ${what} that it takes in an hour: the answer and its question stand once, in another message`, async () => {
			const slack = await fakeSlack();
			const desk = countingDesk(labDesk(lab));
			const logs: string[] = [];
			const bot = await startSlack({ botToken: "xoxb-test", appToken: "xapp-test", apiUrl: slack.apiUrl }, desk, (line) =>
				logs.push(JSON.stringify(line)),
			);
			try {
				await slack.command(lab.url("resets"));
				await desk.settled(1);
				const before = slack.messages.length;
				slack.chaos = (method) => (methods.test(method) ? { status: 429, retryAfter: HOUR_S } : null);
				await slack.command(lab.url("closes-empty"));
				await desk.settled(2);
				const shown = slack.messages.slice(before).map(flatSlack);
				assert.equal(shown.filter((one) => /closes-empty\S* fails with 520/.test(one)).length, 1, shown.join("\n\n"));
				assert.equal(shown.filter((one) => one.includes("Next:")).length, 1, shown.join("\n\n"));
				assert.doesNotMatch(shown.join("\n"), /went wrong/);
				assert.doesNotMatch(logs.join("\n"), /"broke"/);
				slack.chaos = null;
				await slack.command("8a7d5e2fbcd1a1c3-DFW");
				await desk.settled(3);
				assert.match(slack.messages.map(flatSlack).join("\n"), /Dallas/);
			} finally {
				await bot.stop();
				await slack.close();
			}
		});

	const discordDelays: readonly (readonly [what: string, routes: RegExp])[] = [
		["the command's answer", /^PATCH .*@original/],
		["edits", /^PATCH /],
		["threads", /^POST .*\/threads$/],
		["messages in threads", new RegExp(`^POST /channels/(?!${CHANNEL})\\d+/messages$`)],
		["messages and threads", /^POST \/channels\//],
	];
	/** A bot in Discord, and what it logs. */
	async function discordBot() {
		const discord = await fakeDiscord();
		const desk = countingDesk(labDesk(lab));
		const logs: string[] = [];
		const bot = await startDiscord({ token: "aaaaaaaaaa.bbbb.cccc", apiUrl: discord.apiUrl, guildId: undefined }, desk, (line) =>
			logs.push(JSON.stringify(line)),
		);
		const dispose = async () => {
			await bot.stop();
			await discord.close();
		};
		return { discord, desk, logs, bot, [Symbol.asyncDispose]: dispose };
	}
	for (const [what, routes] of discordDelays)
		it(`Discord, ${what} that it takes in an hour: the answer and its question stand once, in another way`, async () => {
			await using started = await discordBot();
			const { discord, desk, logs } = started;
			let delayed = 0;
			discord.chaos = (route) => {
				if (!routes.test(route)) return null;
				delayed += 1;
				return { status: 429, retryAfter: HOUR_S };
			};
			void discord.command(lab.url("closes-empty"));
			await desk.settled(1);
			assert.ok(delayed > 0, "it was tried");
			const shown = discord.messages.filter((one) => one.author === "bot" && !one.deleted).map(({ content }) => content);
			assert.equal(shown.filter((one) => /closes-empty\S* fails with 520/.test(one)).length, 1, shown.join("\n\n"));
			assert.equal(shown.filter((one) => one.includes("Next:")).length, 1, shown.join("\n\n"));
			assert.doesNotMatch(shown.join("\n"), /went wrong/);
			assert.doesNotMatch(logs.join("\n"), /"broke"/);
		});

	const discordCases: readonly (readonly [
		what: string,
		route: RegExp,
		faults: readonly { status: number; code?: number; retryAfter?: number }[],
		expect: Expect,
	])[] = [
		["a rate limit", /PATCH .*@original/, [{ status: 429, retryAfter: 0.01 }], { heads: 1, head: /520/ }],
		["trouble of its own", /PATCH .*@original/, [{ status: 500 }, { status: 502 }], { heads: 1, head: /520/ }],
		["an interaction that came too late", /POST \/interactions/, [{ status: 404, code: 10_062 }], { heads: 1, head: /520/ }],
		[
			"an interaction that is over",
			/PATCH .*@original/,
			[
				{ status: 404, code: 10_015 },
				{ status: 404, code: 10_015 },
			],
			{ heads: 1, head: /520/ },
		],
		["no right to make threads", /POST .*threads/, [{ status: 403, code: 50_013 }], { heads: null, head: /520/ }],
		["an interaction whose token is over (401)", /PATCH .*@original/, [{ status: 401, code: 50_027 }], { heads: 1, head: /520/ }],
		["a refused token", /POST .*threads/, [{ status: 401 }], { heads: 1, head: /520|went wrong/, refused: true }],
	];
	for (const [what, route, faults, expect] of discordCases) {
		it(`Discord, ${what}`, async () => {
			await using started = await discordBot();
			const { discord, desk, logs, bot } = started;
			discord.fail(route, ...faults);
			void discord.command(lab.url("closes-empty"));
			await desk.settled(1);
			const shown = discord.messages.filter(
				(one) => one.author === "bot" && !one.deleted && one.onlyFor === null && one.channelId === CHANNEL && one.content !== "",
			);
			if (expect.heads === null) assert.match(shown.map((one) => one.content).join("\n"), /Next:/);
			else assert.equal(shown.length, expect.heads, JSON.stringify(shown.map((one) => one.content.slice(0, 80))));
			if (expect.head !== undefined) assert.match(shown[0]?.content ?? "", expect.head);
			assert.equal(bot.refused(), expect.refused === true);
			assert.doesNotMatch(logs.join("\n"), /token-\d/, "no interaction token");
		});
	}
});
