import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { startDiscord } from "../../src/adapters/discord/discord.ts";
import type { Stores } from "../../src/desk/stores.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { realClock } from "../clock.ts";
import { discordControls } from "../discord-lines.ts";
import { CHANNEL, type FakeDiscord, fakeDiscord, GUILD } from "../fakes/discord.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { countingDesk } from "./contract.ts";

/** Several sessions of one shard, and several shards of one bot: whatever comes is answered once, through the real discord.js. */

const token = "aaaaaaaaaa.bbbb.cccc";
const SECOND = "200000000004194305";
const shardOf = (guild: string) => Number((BigInt(guild) >> 22n) % 2n);

describe("sessions of Discord's gateway", () => {
	let lab: Lab;
	before(async () => {
		lab = await openLab();
	});
	after(() => lab.close());

	const start = (discord: FakeDiscord, stores: Stores, lines: string[]) => {
		const desk = countingDesk(labDesk(lab, { stores }));
		const settings = { token, apiUrl: discord.apiUrl, guildId: undefined };
		const { installs, leases } = stores;
		return startDiscord(settings, desk, (line) => lines.push(JSON.stringify(line)), { installs, leases }).then((bot) => ({
			bot,
			desk,
		}));
	};

	const callbacks = (discord: FakeDiscord) => discord.calls.filter(({ route }) => route.endsWith("/callback")).length;
	const said = (discord: FakeDiscord, pattern: RegExp) =>
		discord.messages.filter((one) => one.author === "bot" && !one.deleted && pattern.test(one.content)).length;
	const DALLAS = /Dallas/;
	/** What people do, how often Discord may be called back for it, and what comes of it once. */
	const rows: readonly (readonly [
		what: string,
		act: (discord: FakeDiscord) => Promise<unknown>,
		acknowledged: number,
		answer: (discord: FakeDiscord) => number,
	])[] = [
		["a command", (discord) => discord.command("8a7d5e2fbcd1a1c3-DFW"), 1, (discord) => said(discord, DALLAS)],
		[
			"a message command",
			(discord) => discord.messageCommand("cf-ray: 8a7d5e2fbcd1a1c3-DFW"),
			1,
			(discord) => said(discord, DALLAS),
		],
		["a mention", async (discord) => discord.mention("8a7d5e2fbcd1a1c3-DFW"), 0, (discord) => said(discord, DALLAS)],
		[
			"a direct message",
			async (discord) => discord.direct("what is 8a7d5e2fbcd1a1c3-DFW ?"),
			0,
			(discord) => said(discord, DALLAS),
		],
		[
			"a form that a command opens",
			(discord) => discord.command("origin https://lab.example/", { interactionId: "950000000000000007" }),
			1,
			(discord) => discord.calls.filter(({ body }) => body.type === 9).length,
		],
		[
			"what was written in a form",
			(discord) => discord.submit("j:", { text: "8a7d5e2fbcd1a1c3-DFW" }),
			1,
			(discord) => said(discord, DALLAS),
		],
		// Both answer it: it is not kept, and Discord takes the first.
		["words while typing", (discord) => discord.autocomplete("he"), 2, () => 1],
	];
	for (const [what, act, acknowledged, answer] of rows)
		it(`of two on one shard, one takes ${what}, and neither logs anything`, async () => {
			const discord = await fakeDiscord();
			const stores = memoryStores(realClock);
			await stores.policies.change(`discord ${GUILD}`, (now) => ({ ...now, openOrigins: ["lab.example"] }));
			const lines: string[] = [];
			const both = [await start(discord, stores, lines), await start(discord, stores, lines)];
			try {
				lines.length = 0;
				await act(discord);
				// What comes afterwards is answered once both are done with this.
				while (answer(discord) === 0 || callbacks(discord) < acknowledged) await setImmediate();
				await discord.command("help", { interactionId: "950000000000000099" });
				while (callbacks(discord) < acknowledged + 1 || said(discord, /Cloudflare/) === 0) await setImmediate();
				assert.deepEqual([answer(discord), callbacks(discord), lines], [1, acknowledged + 1, []]);
				await stores.inbox.release();
			} finally {
				for (const { bot } of both) await bot.stop();
				await discord.close();
			}
		});

	it("of two on one shard, one acts on a button", async () => {
		const discord = await fakeDiscord();
		const stores = memoryStores(realClock);
		const lines: string[] = [];
		const both = [await start(discord, stores, lines), await start(discord, stores, lines)];
		try {
			await discord.command(lab.url("closes-empty"));
			while (said(discord, /^\*\*Next:/) === 0) await setImmediate();
			const question = discord.messages.find(({ content }) => content.startsWith("**Next:"));
			const [answer] = discordControls(question?.sent ?? {});
			assert.ok(question !== undefined && answer !== undefined);
			await discord.press(question, answer.action);
			while (question.edits === 0) await setImmediate();
			assert.equal(callbacks(discord), 2);
			const one = await stores.cases.inThread(`discord ${question.channelId}`);
			assert.equal(one?.facts.filter(({ by }) => by === "person").length, 1);
			assert.deepEqual(
				lines.filter((line) => !line.includes("discord-connected")),
				[],
			);
		} finally {
			for (const { bot } of both) await bot.stop();
			await discord.close();
		}
	});

	it("as many shards as Discord recommends are opened; each brings its servers, the first one direct messages", async () => {
		assert.deepEqual([GUILD, SECOND].map(shardOf).toSorted(), [0, 1]);
		const discord = await fakeDiscord();
		discord.shards = 2;
		discord.guilds = [GUILD, SECOND];
		const stores = memoryStores(realClock);
		// Kept of either shard, and left: each shard speaks for its own.
		const gone = ["200000000000000009", "200000000004194309"];
		for (const id of gone) await stores.installs.put({ platform: "discord", id, atMs: 1, body: "{}" });
		const lines: string[] = [];
		const { bot, desk } = await start(discord, stores, lines);
		try {
			assert.equal(bot.ready(), true);
			assert.deepEqual(discord.identified.toSorted(), [
				[0, 2],
				[1, 2],
			]);
			await discord.command("8a7d5e2fbcd1a1c3-DFW");
			await discord.command("8a7d5e2fbcd1a1c3-DFW", { guild: SECOND, channel: "300000000000000002" });
			discord.direct("what is 8a7d5e2fbcd1a1c3-DFW ?");
			await desk.settled(3);
			assert.deepEqual(
				discord.messages
					.filter((one) => DALLAS.test(one.content))
					.map(({ channelId }) => channelId)
					.toSorted(),
				[CHANNEL, "300000000000000002", "500000000000000001"].toSorted(),
			);
			const kept = async () => (await stores.installs.all("discord", 9)).map(({ id }) => id).toSorted();
			while ((await kept()).join() !== [GUILD, SECOND].toSorted().join()) await setImmediate();
			assert.equal(lines.filter((line) => line.includes("discord-connected")).length, 1);
		} finally {
			await bot.stop();
			await discord.close();
		}
	});

	it("a shard that Discord closes because there are too few is not tried again; the next start opens as many as it wants", async () => {
		const discord = await fakeDiscord();
		const stores = memoryStores(realClock);
		const lines: string[] = [];
		const { bot } = await start(discord, stores, lines);
		discord.shards = 2;
		discord.disconnect(4_011);
		while (bot.ready()) await setImmediate();
		assert.match(lines.at(-1) ?? "", /"discord-disconnected","shard":0,"code":4011/);
		await bot.stop();
		const { bot: next } = await start(discord, stores, lines);
		assert.deepEqual(discord.identified.slice(1).toSorted(), [
			[0, 2],
			[1, 2],
		]);
		assert.equal(next.ready(), true);
		await next.stop();
		await discord.close();
	});

	it("without logins left nothing is opened, and the operator is told why", async () => {
		const discord = await fakeDiscord();
		discord.shards = 3;
		discord.loginsLeft = 2;
		await assert.rejects(start(discord, memoryStores(realClock), []), /no more logins for this token\. Try again in 2 minutes/);
		assert.deepEqual(discord.identified, []);
		await discord.close();
	});
});
