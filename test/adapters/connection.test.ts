import assert from "node:assert/strict";
import { after, before, describe, it, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { startDiscord } from "../../src/adapters/discord/discord.ts";
import { ReachedState } from "../../src/adapters/reached.ts";
import { type FakeDiscord, fakeDiscord } from "../fakes/discord.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";

/** Whether a bot is connected, as `/readyz`, the metric and the watchdog see it: the real SDK, before a gateway that goes and comes. */

type Line = { readonly event: string; readonly [key: string]: unknown };

describe("Discord's gateway", () => {
	let lab: Lab;
	before(async () => {
		lab = await openLab();
	});
	after(() => lab.close());

	async function withBot(
		run: (discord: FakeDiscord, bot: Awaited<ReturnType<typeof startDiscord>>, lines: Line[]) => Promise<void>,
	): Promise<void> {
		const discord = await fakeDiscord();
		const lines: Line[] = [];
		const bot = await start(discord, lines);
		try {
			await run(discord, bot, lines);
		} finally {
			await bot.stop();
			await discord.close();
		}
	}
	const start = (discord: FakeDiscord, lines: Line[]) =>
		startDiscord({ token: "aaaaaaaaaa.bbbb.cccc", apiUrl: discord.apiUrl, guildId: undefined }, labDesk(lab), (line) =>
			lines.push(line),
		);
	const until = async (isSo: () => boolean) => {
		while (!isSo()) await setImmediate();
	};

	it("ended, and its port closed: not ready at once, one line however often the SDK tries", () =>
		withBot(async (discord, bot, lines) => {
			assert.equal(bot.ready(), true);
			lines.length = 0;
			await discord.goDown();
			await until(() => !bot.ready());
			assert.deepEqual(lines, [{ event: "discord-reconnecting", shard: 0 }]);
			await discord.comeBack();
		}));

	it("refusing every try: one line, and one more when it is back", () =>
		withBot(async (discord, bot, lines) => {
			lines.length = 0;
			discord.gateway = "refused";
			discord.disconnect();
			await discord.connections(4);
			assert.equal(bot.ready(), false);
			assert.deepEqual(lines, [{ event: "discord-reconnecting", shard: 0 }]);
			discord.gateway = "open";
			await until(() => bot.ready());
			assert.deepEqual(lines.slice(1), [{ event: "discord-connected", shard: 0, resumed: true }]);
		}));

	it("closed for good: the token is refused when that is why, and nothing is tried again", () =>
		withBot(async (discord, bot, lines) => {
			lines.length = 0;
			discord.disconnect(4_004);
			await until(() => !bot.ready());
			assert.equal(bot.refused(), true);
			assert.deepEqual(
				lines.map(({ event }) => event),
				["token-refused", "discord-disconnected"],
			);
		}));

	it("a bot that is stopped between two tries tries no more", () =>
		withBot(async (discord, bot) => {
			discord.gateway = "refused";
			discord.disconnect();
			const before = await discord.connections(2);
			// The refusal has arrived, and the SDK pauses.
			for (let turns = 0; turns < 100; turns += 1) await setImmediate();
			await bot.stop();
			discord.gateway = "open";
			// A bot of its own meanwhile connects, is dropped and resumes: longer than the SDK pauses between tries.
			const other = await start(discord, []);
			discord.disconnect();
			await until(() => !other.ready());
			await until(() => other.ready());
			assert.equal(await discord.connections(0), before + 2);
			await other.stop();
		}));

	it("a bot that is stopped while it connects leaves no error that nobody listens to", () =>
		withBot(async (discord, bot) => {
			discord.gateway = "silent";
			discord.disconnect();
			await discord.connections(2);
			const thrown: unknown[] = [];
			const note = (error: unknown) => thrown.push(error);
			process.on("uncaughtException", note);
			await bot.stop();
			await discord.goDown();
			await discord.comeBack();
			await setImmediate();
			process.off("uncaughtException", note);
			assert.deepEqual(thrown, []);
		}));
});

describe("a chat that delivers over HTTP", () => {
	const answer = (status: number) => async () => ({ status });
	const nothing = async () => Promise.reject(new Error("reset"));

	test("is reached until two calls in a row fail, and again with the first that does not; a line a change", async () => {
		const events: string[] = [];
		const state = new ReachedState(
			"slack",
			({ event }) => events.push(event),
			() => 0,
		);
		const made: boolean[] = [];
		for (const call of [
			answer(503),
			answer(200),
			nothing,
			nothing,
			nothing,
			answer(500),
			answer(404),
			answer(503),
			answer(429),
		]) {
			await state.count<{ status: number }>(call).catch(() => {});
			made.push(state.reached);
		}
		assert.deepEqual(made, [true, true, true, false, false, false, true, true, true]);
		assert.deepEqual(events, ["slack-not-reached", "slack-reached"]);
	});

	test("what failed long ago says nothing of now, and silence leaves it in doubt", async () => {
		let now = 0;
		const state = new ReachedState(
			"slack",
			() => {},
			() => now,
		);
		await state.count(answer(200));
		assert.equal(state.inDoubt, false);
		now = 31_000;
		assert.deepEqual([state.reached, state.inDoubt], [true, true]);
		for (const _ of [1, 2]) await state.count(answer(500));
		assert.deepEqual([state.reached, state.inDoubt], [false, true]);
		now += 300_001;
		assert.equal(state.reached, true);
	});
});
