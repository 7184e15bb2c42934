import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { startDiscord } from "../../src/adapters/discord/discord.ts";
import { DISCORD_PATH } from "../../src/adapters/discord/http.ts";
import type { Conversation } from "../../src/desk/conversation.ts";
import type { Desk } from "../../src/desk/desk.ts";
import type { Outcome } from "../../src/desk/outcome.ts";
import type { Stores } from "../../src/desk/stores.ts";
import { serve } from "../../src/http-server.ts";
import { list, type Message, message, say } from "../../src/message/message.ts";
import { text } from "../../src/message/text.ts";
import { openCloudflare } from "../../src/services/cloudflare/cloudflare.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { realClock } from "../clock.ts";
import { discordControls, discordLines } from "../discord-lines.ts";
import { CHANNEL, type DiscordFakeMessage, type FakeDiscord, fakeDiscord, GUILD } from "../fakes/discord.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { countingDesk } from "./contract.ts";

/** People who added the bot to themselves: their workspace is theirs, wherever they ask, and Discord takes only a few answers there. */

const token = "aaaaaaaaaa.bbbb.cccc";
const ANN = "400000000000000001";
const BOB = "400000000000000002";
const byAnn = { installedBy: { "1": ANN } };
const PERSON = `discord person ${ANN}`;

for (const overHttp of [false, true])
	describe(`someone who added the Discord bot to themselves, ${overHttp ? "over HTTP" : "over the gateway"}`, () => {
		let lab: Lab;
		before(async () => {
			lab = await openLab();
		});
		after(() => lab.close());

		interface Chat {
			readonly discord: FakeDiscord;
			readonly stores: Stores;
			/** Waits until one more question is handled; `null`: what was done is no question. */
			readonly done: (what: Promise<unknown>) => Promise<void>;
			/** As the command, by Ann, through her own installation. */
			readonly ask: (text: string, more?: Parameters<FakeDiscord["command"]>[1]) => Promise<readonly DiscordFakeMessage[]>;
			/** What was sent to a channel, not through an interaction. */
			readonly toChannels: () => readonly string[];
			readonly lines: readonly string[];
		}

		async function withBot(run: (chat: Chat) => Promise<void>, handle?: Desk["handle"]): Promise<void> {
			const discord = await fakeDiscord();
			const stores = memoryStores(realClock);
			const lines: string[] = [];
			const client = openCloudflare({ base: "http://127.0.0.1:9", userAgent: "cf520-test" }, realClock);
			const real = labDesk(lab, { stores, accounts: { client, own: null }, log: (line) => lines.push(JSON.stringify(line)) });
			const desk = countingDesk(handle === undefined ? real : { ...real, handle });
			const { publicKey, privateKey } = generateKeyPairSync("ed25519");
			const hex = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
			const own = await serve("127.0.0.1", 0, null);
			const settings = { token, apiUrl: discord.apiUrl, guildId: undefined, publicKey: overHttp ? hex : null };
			const bot = await startDiscord(settings, desk, (line) => lines.push(JSON.stringify(line)), { mount: own.mount });
			if (overHttp) discord.overHttp(`http://127.0.0.1:${own.port}${DISCORD_PATH}`, privateKey);
			let asked = 0;
			const done = async (what: Promise<unknown>) => {
				asked += 1;
				await what;
				await desk.settled(asked);
			};
			try {
				await run({
					discord,
					stores,
					done,
					lines,
					ask: async (question, more = {}) => {
						const from = discord.messages.length;
						await done(discord.command(question, { user: ANN, as: byAnn, ...more }));
						return discord.messages.slice(from).filter((one) => !one.deleted);
					},
					toChannels: () => discord.calls.map(({ route }) => route).filter((route) => /^\S+ \/channels\//.test(route)),
				});
				assert.deepEqual(discord.refused, []);
				assert.deepEqual(
					lines.filter((line) => /failed/.test(line)),
					[],
				);
			} finally {
				await bot.stop();
				await own.close();
				await discord.close();
			}
		}
		const caseOf = async (stores: Stores) => {
			const [one] = await stores.cases.ofWorkspace(PERSON, 0, 10);
			assert.ok(one);
			return one;
		};
		const read = (all: readonly DiscordFakeMessage[]) => all.map(({ content }) => content).join("\n");

		it("gets the answer where they asked, without a thread or a message of the bot's own, and the server does not have the case", () =>
			withBot(async ({ discord, stores, ask, toChannels }) => {
				const [head, question] = await ask(lab.url("closes-empty"));
				assert.match(head?.content ?? "", /520/);
				assert.match(question?.content ?? "", /^\*\*Next:\*\* run this/);
				assert.deepEqual([head?.onlyFor, question?.onlyFor, question?.channelId], [null, null, CHANNEL]);
				assert.doesNotMatch(question?.content ?? "", /mention/i);
				assert.deepEqual([toChannels(), discord.threads.size], [[], 0]);
				assert.equal((await caseOf(stores)).room, `discord ${CHANNEL}`);
				assert.deepEqual(await stores.cases.ofWorkspace(`discord ${GUILD}`, 0, 10), []);
			}));

		for (const [what, isOver] of [
			["before the answer", () => true],
			["between the head and the question", (method: string) => method === "POST"],
		] as const)
			it(`reads all of it directly when the interaction ends ${what}`, () =>
				withBot(async ({ discord, done, lines }) => {
					const from = discord.messages.length;
					discord.chaos = (route) => {
						const [method = "", path = ""] = route.split(" ");
						return path.includes("/webhooks/") && isOver(method) ? { status: 401, code: 50_027 } : null;
					};
					await done(discord.command(lab.url("closes-empty"), { user: ANN, as: byAnn }));
					const said = discord.messages.slice(from).filter(({ author, content }) => author === "bot" && content !== "");
					assert.equal(said.filter(({ content }) => /fails with 520/.test(content)).length, 1);
					const [question, ...others] = said.filter(({ content }) => /^\*\*Next:/.test(content));
					assert.deepEqual([question !== undefined && question.channelId !== CHANNEL, others], [true, []]);
					assert.doesNotMatch(said.map(({ content }) => content).join(), /went wrong/);
					assert.ok(!lines.some((line) => line.includes('"broke"')));
				}));

		it("has cases, limits and decisions of their own in a server that has the bot too", () =>
			withBot(async ({ discord, stores, done, ask }) => {
				discord.personPermissions |= 32n;
				await done(discord.command("admin channels none", { user: BOB }));
				await done(discord.command("admin privacy private", { user: BOB }));
				const [head] = await ask(lab.url("closes-empty"));
				assert.match(head?.content ?? "", /520/);
				assert.equal(head?.onlyFor, null, "the server's privacy is not theirs");
				await ask("admin retention 7d");
				assert.equal((await stores.policies.of(PERSON)).keepDays, 7);
				assert.equal((await stores.policies.of(`discord ${GUILD}`)).keepDays, 30);
				await ask("admin privacy private");
				const alone = await ask(lab.url("healthy"));
				assert.deepEqual([...new Set(alone.map(({ onlyFor }) => onlyFor))], [ANN], "their own is");
				// Both installed it: the server's is meant.
				const [server] = await ask(lab.url("closes-empty"), { as: { installedBy: { "0": GUILD, "1": ANN } } });
				assert.match(server?.content ?? "", /not enabled in this channel/);
			}));

		it("does not reach a case of the server in its own thread, nor the server theirs", () =>
			withBot(async ({ discord, stores, done, ask }) => {
				await done(discord.command(lab.url("closes-empty"), { user: BOB }));
				const [thread] = [...discord.threads.keys()];
				assert.ok(thread);
				const theServers = async () =>
					(await stores.cases.ofWorkspace(`discord ${GUILD}`, 0, 10)).map((one) => JSON.stringify(one));
				const before = await theServers();
				for (const said of ["thanks!", "answer what-changed deploy", "solved", lab.url("closes-empty"), "solved it was a deploy"])
					await ask(said, { channel: thread });
				assert.deepEqual(await theServers(), before);
				const name = discord.threads.get(thread)?.name;
				assert.match(name ?? "", /520/);
				const theirs = JSON.stringify(await stores.cases.ofWorkspace(PERSON, 0, 10));
				await done(discord.command("answer what-changed nothing", { user: BOB, channel: thread }));
				assert.equal(JSON.stringify(await stores.cases.ofWorkspace(PERSON, 0, 10)), theirs);
			}));

		it("goes on in words and by buttons: the question's own message becomes the answer, and what follows comes below it", () =>
			withBot(async ({ discord, stores, done, ask, toChannels }) => {
				const [, question] = await ask(lab.url("closes-empty"));
				assert.ok(question);
				const [answer] = discordControls(question.sent);
				assert.match(answer?.action ?? "", /^a:case-1:direct-origin:/);
				await done(discord.press(question, answer?.action ?? "", { as: byAnn }));
				assert.equal(question.edits, 1);
				assert.match(question.content, new RegExp(`user${ANN}`));
				assert.deepEqual(
					discordControls(question.sent).map(({ label }) => label),
					["Undo"],
					"it is answered",
				);
				assert.match(discord.messages.at(-1)?.content ?? "", /\*\*Next:\*\*|most likely/i);
				const told = await ask("answer what-changed deploy");
				assert.match(read(told), /deploy/i);
				assert.equal((await caseOf(stores)).facts.length >= 2, true);
				assert.deepEqual(toChannels(), []);
			}));

		it("sees a check again as one message that changes", () =>
			withBot(async ({ discord, done, ask }) => {
				const [, question] = await ask(lab.url("closes-empty"));
				assert.ok(question);
				const posts = () => discord.calls.filter(({ route }) => route.startsWith("POST /webhooks")).length;
				const before = posts();
				await done(discord.press(question, "c:case-1", { as: byAnn }));
				assert.ok(posts() - before <= 2, `${posts() - before} messages`);
				assert.match(read(discord.messages.slice(-2)), /Checked again/);
			}));

		it("alone sees answers where they may not use such apps in public; nothing of it counts as public", () =>
			withBot(async ({ discord, stores, done, ask, toChannels }) => {
				discord.personPermissions = 2048n;
				const all = await ask(lab.url("closes-empty"));
				assert.deepEqual([...new Set(all.map(({ onlyFor }) => onlyFor))], [ANN]);
				const one = await caseOf(stores);
				assert.deepEqual([one.room, one.threadKey], [`discord ${ANN}`, null]);
				const question = all.at(-1);
				assert.ok(question);
				await done(discord.press(question, "a:case-1:origin-log:nothing", { as: byAnn }));
				assert.deepEqual([...new Set(discord.messages.map(({ onlyFor }) => onlyFor))], [ANN]);
				assert.match((await caseOf(stores)).facts.map(({ value }) => value).join(), /nothing/);
				assert.deepEqual(toChannels(), []);
			}));

		for (const [what, faults] of [
			["can be written to", []],
			["takes no direct messages", [{ status: 403, code: 50_007 }]],
		] as const)
			it(`and ${what}: a watch tells them directly, or says that it cannot`, () =>
				withBot(async ({ discord, stores, ask }) => {
					discord.fail(/^POST \/channels\/5\d+\/messages$/, ...faults);
					const [head] = await ask(`watch ${lab.url("closes-empty")} for 30m every 1m`);
					const open = await stores.watches.open({ workspace: PERSON }, 10);
					const direct = discord.messages.filter(({ channelId }) => channelId !== CHANNEL);
					if (faults.length === 0) {
						assert.match(head?.content ?? "", /I will message you directly/);
						assert.deepEqual(
							open.map(({ isPrivate, room }) => [isPrivate, room]),
							[[true, `discord ${ANN}`]],
						);
						assert.match(read(direct), /watching/);
					} else {
						assert.match(head?.content ?? "", /I cannot watch this, because I cannot message you/);
						assert.deepEqual([open, direct], [[], []]);
					}
				}));

		it("in a conversation of people among themselves, the bot writes only through the command", () =>
			withBot(async ({ discord, stores, ask, toChannels }) => {
				const among = { as: { ...byAnn, direct: true, among: true }, channel: "500000000000000009" };
				const all = await ask(lab.url("closes-empty"), among);
				assert.equal(all.length, 2);
				assert.deepEqual(toChannels(), []);
				assert.equal((await caseOf(stores)).workspace, PERSON);
				assert.ok(discord.calls.length > 0);
			}));

		it("in a direct conversation with the bot has the same workspace, by command and in words", () =>
			withBot(async ({ discord, stores, done, ask }) => {
				const direct = { as: { ...byAnn, direct: true }, channel: `5${ANN.slice(1)}` };
				await ask("admin retention 7d", direct);
				assert.equal((await stores.policies.of(PERSON)).keepDays, 7);
				if (overHttp) await ask(lab.url("closes-empty"), direct);
				else await done(Promise.resolve(discord.direct(lab.url("closes-empty"), { user: ANN })));
				assert.equal((await stores.cases.ofWorkspace(PERSON, 0, 10)).length, 1);
			}));

		it("a button that someone else presses acts in the workspace of the person whose message it is, and gives no rights there", () =>
			withBot(async ({ discord, stores, done, ask }) => {
				const [, question] = await ask(lab.url("closes-empty"));
				assert.ok(question);
				await done(discord.press(question, "a:case-1:origin-log:nothing", { user: BOB, as: byAnn }));
				assert.match((await caseOf(stores)).facts.map(({ who }) => who).join(), new RegExp(`user${BOB}`));
				assert.deepEqual(await stores.cases.ofWorkspace(`discord person ${BOB}`, 0, 10), []);
				await ask("forget lab.example", { user: BOB });
				assert.equal((await stores.cases.ofWorkspace(PERSON, 0, 10)).length, 1, "not theirs to delete");
				await ask("forget lab.example");
				assert.deepEqual(await stores.cases.ofWorkspace(PERSON, 0, 10), []);
			}));

		it("decides what is theirs, and is told what is not", async (t) => {
			await withBot(async ({ ask }) => {
				const said: string[] = [];
				for (const question of [
					"admin",
					"admin privacy private",
					"admin channels here",
					"admin origins shop.example",
					"admin limits person 10 channel 30 workspace 100",
					"account",
					"connect shop.example",
					"numbers shop.example",
					"origin https://shop.example/ 192.0.2.1",
					"forget shop.example",
				]) {
					const all = await ask(question);
					assert.deepEqual([...new Set(all.map(({ onlyFor }) => onlyFor))], [ANN], question);
					said.push(`» ${question}`, ...all.flatMap(({ sent }) => discordLines(sent)), "");
				}
				t.assert.fileSnapshot(said.join("\n"), "test/golden/discord-person.txt", { serializers: [String] });
			});
		});

		const nothing = { private: true, head: message("neutral"), thread: [], data: {} };
		const ANSWERED: Outcome = { caseId: "case-1", kind: "answered", reply: nothing, verdict: null };
		/** What a desk does that says so many things of so many lines each. */
		const saying =
			(many: number, lines: number): Desk["handle"] =>
			async (_what, conversation: Conversation<Message>) => {
				await conversation.begin(message("neutral", say(text`head`)));
				for (let nth = 1; nth <= many; nth += 1) {
					const rows = Array.from({ length: lines }, (_, row) => text`${`row ${row} ${"x".repeat(80)}`}`);
					await conversation.followUp(message("neutral", say(text`message ${String(nth)}`), list(rows)));
					await conversation.update(message("neutral", say(text`head ${String(nth)}`)));
				}
				return ANSWERED;
			};
		const LAST = /This was my last message here\. To go on, press a button or ask again\./;
		for (const [many, lines, sent] of [
			[4, 1, 4],
			[5, 1, 5],
			[6, 1, 5],
			[9, 1, 5],
			[1, 400, 5],
			[2, 200, 5],
		] as const)
			it(`of ${many} messages of ${lines} lines beside the head gets ${sent}, the fifth of which says how to go on`, () =>
				withBot(
					async ({ discord, ask, toChannels }) => {
						const [head, ...others] = await ask("ray 8a7d5e2fbcd1a1c3");
						assert.equal(head?.content, `head ${many}`);
						assert.equal(others.length, sent);
						assert.deepEqual(
							others.map(({ content }) => LAST.test(content)),
							others.map((_, index) => index === 4),
						);
						assert.equal(
							discord.calls.filter(({ route }) => route.startsWith("POST /webhooks")).length,
							sent,
							"no sixth is tried",
						);
						assert.deepEqual(toChannels(), []);
					},
					saying(many, lines),
				));

		it("what a button says beyond five is edited, not posted", () =>
			withBot(
				async ({ discord, done, ask }) => {
					const [head] = await ask("ray 8a7d5e2fbcd1a1c3");
					assert.ok(head);
					const from = discord.messages.length;
					await done(discord.press(head, "c:case-1", { as: byAnn }));
					const came = discord.messages.slice(from);
					assert.deepEqual([came.length, came[0]?.content], [1, "state 8"]);
				},
				async (_what, conversation) => {
					await conversation.begin(message("neutral", say(text`state`)));
					for (let nth = 1; nth <= 8; nth += 1) await conversation.progress(message("neutral", say(text`state ${String(nth)}`)));
					return ANSWERED;
				},
			));

		it("controls of their messages are those of every other one", () =>
			withBot(async ({ ask }) => {
				const [head] = await ask(lab.url("closes-empty"));
				assert.ok(discordControls(head?.sent ?? {}).length > 0);
			}));
	});
