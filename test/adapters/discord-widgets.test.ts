import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { startDiscord } from "../../src/adapters/discord/discord.ts";
import { DISCORD_PATH } from "../../src/adapters/discord/http.ts";
import type { Conversation, ConversationOpener } from "../../src/desk/conversation.ts";
import type { Desk } from "../../src/desk/desk.ts";
import { serve } from "../../src/http-server.ts";
import { type Message, message, say, title } from "../../src/message/message.ts";
import { text } from "../../src/message/text.ts";
import { DEFAULT_POLICY } from "../../src/read/policy.ts";
import { misreadReply } from "../../src/reply/misread.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { realClock } from "../clock.ts";
import { discordControls, discordLines } from "../discord-lines.ts";
import { CHANNEL, type DiscordFakeMessage, type FakeDiscord, fakeDiscord, GUILD } from "../fakes/discord.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { countingDesk } from "./contract.ts";

/** Discord's widgets through the real SDK: the fake refuses what Discord refuses. */

const ANN = "400000000000000001";

interface Bot {
	readonly discord: FakeDiscord;
	readonly settled: (n: number) => Promise<void>;
	readonly stores: ReturnType<typeof memoryStores>;
	readonly restart: () => Promise<void>;
}

describe("Discord's widgets", () => {
	let lab: Lab;
	before(async () => {
		lab = await openLab();
	});
	after(() => lab.close());

	async function withBot(run: (bot: Bot) => Promise<void>, changes: Partial<Desk> = {}, overHttp = false): Promise<void> {
		const discord = await fakeDiscord();
		const stores = memoryStores(realClock);
		const own = overHttp ? await serve("127.0.0.1", 0, null) : null;
		const { publicKey, privateKey } = generateKeyPairSync("ed25519");
		const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
		const desk = countingDesk({ ...labDesk(lab, { stores }), ...changes });
		const start = () =>
			startDiscord(
				{ token: "aaaaaaaaaa.bbbb.cccc", apiUrl: discord.apiUrl, guildId: undefined, publicKey: overHttp ? raw : null },
				desk,
				() => {},
				{ mount: own?.mount ?? null },
			);
		let bot = await start();
		if (own !== null) discord.overHttp(`http://127.0.0.1:${own.port}${DISCORD_PATH}`, privateKey);
		const restart = async () => {
			await bot.stop();
			bot = await start();
		};
		try {
			await run({ discord, settled: desk.settled, stores, restart });
			assert.deepEqual(discord.refused, []);
		} finally {
			await bot.stop();
			await own?.close();
			await discord.close();
		}
	}
	const told = (discord: FakeDiscord) => discord.messages.filter((one) => one.author === "bot" && !one.deleted);
	const lastTold = (discord: FakeDiscord): DiscordFakeMessage => told(discord).at(-1) as DiscordFakeMessage;

	for (const [way, overHttp] of [
		["the gateway", false],
		["HTTP", true],
	] as const) {
		it(`over ${way}, what is chosen in a select does what a button does`, () =>
			withBot(
				async ({ discord, settled }) => {
					await discord.command(lab.url("closes-empty"));
					await settled(1);
					await discord.choose(lastTold(discord), "menu:0", "a:case-1:origin-log:crash");
					await settled(2);
					assert.match(lastTold(discord).content, /A crash or kill/);
				},
				{},
				overHttp,
			));

		it(`over ${way}, the form for a solved case takes a title, or a sentence`, () =>
			withBot(
				async ({ discord, settled, stores }) => {
					await discord.command(lab.url("closes-empty"));
					await settled(1);
					const form = await discord.press(lastTold(discord), "d:case-1");
					assert.equal(form.type, 9);
					await discord.submit("d:case-1", { titles: ["tls-broken"], cause: "" }, { message: lastTold(discord) });
					await settled(2);
					assert.equal((await stores.cases.get("case-1"))?.solved?.cause, "tls-broken");
					await discord.submit("d:case-1", { titles: [], cause: "cold-start" }, { message: lastTold(discord) });
					await settled(3);
					await discord.submit("d:case-1", { titles: [], cause: "" }, { message: lastTold(discord) });
					await settled(4);
					assert.notEqual(lastTold(discord).content, "", "nothing was chosen or written, and that is answered");
				},
				{},
				overHttp,
			));
	}

	it("a server that takes no containers gets plain messages with the same controls, and is not asked again", () =>
		withBot(async ({ discord, settled }) => {
			discord.refusesV2 = true;
			await discord.command(lab.url("closes-empty"));
			await settled(1);
			assert.ok(told(discord).every((one) => !one.isV2 && one.content !== ""));
			assert.ok(discordControls(lastTold(discord).sent).length > 0);
			const containers = () => discord.calls.filter(({ body }) => Number(body.flags ?? 0) === 1 << 15).length;
			const before = containers();
			await discord.press(lastTold(discord), "a:case-1:origin-log:crash");
			await settled(2);
			assert.match(lastTold(discord).content, /A crash or kill/);
			assert.equal(containers(), before);
		}));

	it("a head that an earlier version posted as content becomes a container by its next edit", async () => {
		const discord = await fakeDiscord();
		discord.refusesV2 = true;
		const stores = memoryStores(realClock);
		const run = async (work: (settled: (n: number) => Promise<void>) => Promise<void>) => {
			const desk = countingDesk(labDesk(lab, { stores }));
			const bot = await startDiscord(
				{ token: "aaaaaaaaaa.bbbb.cccc", apiUrl: discord.apiUrl, guildId: undefined },
				desk,
				() => {},
			);
			await work(desk.settled);
			await bot.stop();
		};
		await run(async (settled) => {
			await discord.command(lab.url("closes-empty"));
			await settled(1);
		});
		const head = told(discord)[0] as DiscordFakeMessage;
		assert.equal(head.isV2, false);
		discord.refusesV2 = false;
		await run(async (settled) => {
			await discord.press(lastTold(discord), "a:case-1:origin-log:crash");
			await settled(1);
		});
		assert.equal(head.isV2, true);
		assert.ok(head.content.length > 0);
		await discord.close();
	});

	/** A desk that says something of the test's own. */
	const saying = (handle: (conversation: Conversation<Message>) => Promise<void>): Partial<Desk> => ({
		handle: async (_what, conversation) => {
			await handle(conversation);
			return { caseId: "c", kind: "answered", verdict: null, reply: misreadReply({ kind: "misread", why: "empty" }) };
		},
	});
	const head = message("bad", title(text`shop.example fails with 520`));

	it("a message that calls people mentions them once, when it is posted; edits and all else mention nobody", () =>
		withBot(
			async ({ discord, settled }) => {
				await discord.command("shop.example");
				await settled(1);
				const sent = discord.calls.filter(({ body }) => "components" in body);
				assert.ok(sent.length >= 4);
				for (const { route, body } of sent) {
					const users = (body.allowed_mentions as { users?: string[] }).users ?? [];
					const text = discordLines(body).join("\n");
					const isCall = route.startsWith("POST") && /recovered/.test(text);
					assert.deepEqual(users, isCall ? [ANN] : [], route);
					assert.equal(/<@\d/.test(text), isCall, text);
				}
			},
			saying(async (conversation) => {
				const called = { ...message("good", title(text`shop.example recovered`)), notify: { people: [`discord ${ANN}`] } };
				await conversation.begin({ ...head, notify: called.notify });
				const ref = await conversation.followUp(called);
				assert.ok(ref !== null);
				await conversation.edit(ref, called);
				await conversation.update({ ...head, notify: called.notify });
			}),
		));

	it("a thread is named by the state when it is made, and after it when the state changes; nobody waits for that", () =>
		withBot(
			async ({ discord, settled }) => {
				await discord.command("shop.example");
				await settled(1);
				const [thread] = discord.threads.values();
				while (thread?.name !== "✅ shop.example: solved") await setImmediate();
				const named = discord.calls.filter(({ route }) => /^(?:POST .*threads|PATCH \/channels\/\d+)$/.test(route));
				assert.deepEqual(
					named.map(({ body }) => body.name),
					["🔴 shop.example: 520", "✅ shop.example: solved"],
				);
			},
			saying(async (conversation) => {
				await conversation.begin(head);
				await conversation.followUp(message("neutral", say(text`more`)));
				await conversation.renameThread(message("solved", title(text`shop.example: solved`)));
				await conversation.renameThread(message("solved", title(text`shop.example: solved`)));
			}),
		));

	it("Discord refusing a name changes nothing else", () =>
		withBot(
			async ({ discord, settled }) => {
				discord.fail(/^PATCH \/channels\/\d+$/, { status: 403, code: 50_013 });
				await discord.command("shop.example");
				await settled(1);
				while (!discord.calls.some(({ route }) => /^PATCH \/channels\/\d+$/.test(route))) await setImmediate();
				assert.deepEqual(
					[...discord.threads.values()].map(({ name }) => name),
					["🔴 shop.example: 520"],
				);
			},
			saying(async (conversation) => {
				await conversation.begin(head);
				await conversation.followUp(message("neutral", say(text`more`)));
				await conversation.renameThread(message("solved", title(text`shop.example: solved`)));
			}),
		));

	it("what comes later of a head without a thread names the thread by what it says", () => {
		const chat: { open: ConversationOpener } = { open: () => null };
		return withBot(
			async ({ discord, settled }) => {
				await discord.command("shop.example");
				await settled(1);
				assert.deepEqual(
					[...discord.threads.values()].map(({ name }) => name),
					["🟢 shop.example recovered"],
				);
			},
			{
				connect: (_platform, open) => {
					chat.open = open;
				},
				...saying(async (conversation) => {
					await conversation.begin(head);
					const later = chat.open(conversation.resumeRef(false) ?? "");
					assert.ok(later !== null);
					later.resumeAt(conversation.location().messageRef);
					await later.followUp(message("good", title(text`shop.example recovered`)));
				}),
			},
		);
	});

	it("a control of a head is answered in the thread under it", () =>
		withBot(async ({ discord, settled }) => {
			await discord.command(lab.url("closes-empty"));
			await settled(1);
			const first = told(discord).find((one) => one.channelId === CHANNEL) as DiscordFakeMessage;
			await discord.press(first, "a:case-1:origin-log:crash");
			await settled(2);
			assert.equal(lastTold(discord).channelId, first.id);
			assert.equal(discord.threads.size, 1);
		}));

	for (const [name, type] of [
		["cf520-shop.example.html", "text/html; charset=utf-8"],
		["cf520-shop.example.txt", "text/plain; charset=utf-8"],
	] as const)
		it(`a file is sent with what it holds in words: ${name}`, () =>
			withBot(
				async ({ discord, settled }) => {
					await discord.command("shop.example");
					await settled(1);
					const sent = discord.calls.find(({ body }) => body.form !== undefined)?.body ?? {};
					assert.deepEqual(sent.attachments, [{ id: "0", description: "Report of shop.example" }]);
					assert.ok(String(sent.form).includes(`filename="${name}"`) && String(sent.form).toLowerCase().includes(type));
				},
				saying(async (conversation) => {
					await conversation.begin(head);
					await conversation.attach(name, "<p>hello", "Report of shop.example");
				}),
			));

	for (const [what, file] of [
		["a question", null],
		["a file", "/files/reply.txt"],
	] as const)
		it(`where admins have the bot answer elsewhere, ${what} is deferred privately and told to the asker alone`, () =>
			withBot(async ({ discord, settled, stores }) => {
				await stores.policies.change(`discord ${GUILD}`, () => ({ ...DEFAULT_POLICY, channels: ["300000000000000777"] }));
				await (file === null
					? discord.command(lab.url("closes-empty"))
					: discord.commandWithFile({ url: `${new URL(discord.apiUrl).origin}${file}`, size: 40 }));
				await settled(1);
				assert.match(
					told(discord)
						.map(({ content }) => content)
						.join("\n"),
					/not enabled in this channel/,
				);
				assert.deepEqual([...new Set(discord.messages.map(({ onlyFor }) => onlyFor))], [ANN]);
				assert.ok(discord.messages.every(({ deleted }) => !deleted));
			}));

	for (const said of ["frobnicate", "help", "privacy", "http://169.254.169.254/", "admin", "explain 999", "watch"])
		it(`a mention that says ${said} gets one short line where everybody reads it`, () =>
			withBot(async ({ discord, settled }) => {
				discord.mention(said);
				await settled(1);
				const lines = told(discord).flatMap(({ sent }) => discordLines(sent));
				assert.equal(lines.filter((line) => !line.startsWith("[")).length, 1, lines.join("\n"));
				assert.ok((lines[0] ?? "").length <= 200, lines[0]);
				discord.direct(said);
				await settled(2);
				assert.ok(told(discord).length >= 2, "in a direct message all of it is told");
			}));
});
