import assert from "node:assert/strict";
import { after, before, describe, it, test } from "node:test";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { choicesFor } from "../../src/adapters/discord/commands.ts";
import { startDiscord } from "../../src/adapters/discord/discord.ts";
import { partsOf } from "../../src/adapters/discord/parts.ts";
import { plainFromDiscord } from "../../src/adapters/discord/plain.ts";
import { containersOf, contentsOf } from "../../src/adapters/discord/render.ts";
import { command, list, type Message, message, say, table, title } from "../../src/message/message.ts";
import { code, text } from "../../src/message/text.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { allowingOrigins } from "../allowing.ts";
import { realClock } from "../clock.ts";
import { discordControls, discordTexts } from "../discord-lines.ts";
import { CHANNEL, type FakeDiscord, fakeDiscord } from "../fakes/discord.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { serveOrigin } from "../lab/origin.ts";
import { readOriginFile } from "../lab/origin-files.ts";
import { CAPTURES, isCaptureName, until } from "./attached-captures.ts";
import { conversationContract, countingDesk, type Standing } from "./contract.ts";
import { messageRefusal } from "./discord-limits.ts";

const token = "aaaaaaaaaa.bbbb.cccc";

function standing(discord: FakeDiscord): Standing {
	const own = discord.messages.filter((one) => one.author === "bot" && !one.deleted);
	const shown = own.filter((one) => one.onlyFor === null);
	return {
		heads: shown.filter((one) => one.channelId === CHANNEL).map((one) => ({ text: one.content, edits: one.edits, id: one.id })),
		thread: shown.filter((one) => one.channelId !== CHANNEL).map((one) => ({ text: one.content, under: one.channelId })),
		private: own.filter((one) => one.onlyFor !== null).map((one) => one.content),
	};
}

const pings = (discord: FakeDiscord) =>
	discord.calls
		.filter(
			({ route, body }) =>
				/messages|webhooks/.test(route) &&
				("content" in body || "components" in body) &&
				JSON.stringify((body.allowed_mentions as { parse?: unknown } | undefined)?.parse) !== "[]",
		)
		.map(({ route }) => route);

conversationContract("discord", async (desk) => {
	const discord = await fakeDiscord();
	const bot = await startDiscord({ token, apiUrl: discord.apiUrl, guildId: undefined }, desk, () => {});
	let asked = 0;
	return {
		ask: async (question) => {
			const mine = ++asked;
			await discord.command(question);
			await desk.settled(mine);
		},
		askTwice: async (question) => {
			await discord.command(question, { interactionId: "950000000000000001" });
			await Promise.race([discord.command(question, { interactionId: "950000000000000001" }), desk.settled(1)]);
			await desk.settled(1);
		},
		standing: () => standing(discord),
		editsInPlace: true,
		pings: () => pings(discord),
		close: async () => {
			await bot.stop();
			await discord.close();
		},
	};
});

describe("in Discord", () => {
	let lab: Lab;
	before(async () => {
		lab = await openLab();
	});
	after(() => lab.close());

	const withBot = async (
		run: (discord: FakeDiscord, settled: (n: number) => Promise<void>, logs: string[]) => Promise<void>,
		prepare: (discord: FakeDiscord) => void = () => {},
	) => {
		const discord = await fakeDiscord();
		prepare(discord);
		const stores = allowingOrigins(memoryStores(realClock), "lab.example", "shop.example");
		const desk = countingDesk(labDesk(lab, { stores }));
		const logs: string[] = [];
		const bot = await startDiscord({ token, apiUrl: discord.apiUrl, guildId: undefined }, desk, (line) =>
			logs.push(JSON.stringify(line)),
		);
		try {
			await run(discord, desk.settled, logs);
		} finally {
			await bot.stop();
			await discord.close();
		}
	};

	it("in a server, the origin of a host that no admin allowed is not looked at; an admin gets a button that allows it", async () => {
		const discord = await fakeDiscord();
		const stores = memoryStores(realClock);
		const desk = countingDesk(labDesk(lab, { stores }));
		const bot = await startDiscord({ token, apiUrl: discord.apiUrl, guildId: undefined }, desk, () => {});
		await discord.command("origin https://closes-empty.lab.example/ 127.0.0.1");
		await desk.settled(1);
		assert.match(standing(discord).private.join("\n"), /only if an admin of this server allows it/);
		assert.doesNotMatch(JSON.stringify(discord.messages), /"h:closes-empty/);
		await bot.stop();
		await discord.close();
	});

	it("an origin's address is asked for in a private form, and stands nowhere", () =>
		withBot(async (discord, settled, logs) => {
			const origin = await serveOrigin(() => readOriginFile("findings/content-length-repeated"));
			after(() => origin.close());
			await discord.command(`origin http://origin.lab.example:${origin.port}/cart`);
			const form = discord.calls.find((one) => one.body.type === 9)?.body.data as { custom_id: string } | undefined;
			assert.ok(form);
			await discord.submit(form.custom_id, { address: "127.0.0.1" });
			await settled(1);
			const { heads, thread } = standing(discord);
			assert.match(heads[0]?.text ?? "", /sends a response that Cloudflare rejects/);
			assert.match(thread.map((one) => one.text).join("\n"), /What the origin sent/);
			const said = JSON.stringify([discord.messages, logs]).replaceAll(`:127.0.0.1:${origin.port}`, "");
			assert.doesNotMatch(said, /127\.0\.0\.1(?! if it does not)/);
			for (const [address, why] of [
				["169.254.169.254", /private IP address/],
				["origin.shop.example", /IP address/],
			] as const) {
				const before = standing(discord).private.length;
				await discord.submit(form.custom_id, { address });
				const answer = () => discord.messages.findLast((one) => one.onlyFor !== null && one.content !== "");
				while (standing(discord).private.length === before || !why.test(answer()?.content ?? "")) await setImmediate();
				assert.deepEqual(
					discordControls(answer()?.sent ?? {}).map(({ action }) => action),
					[form.custom_id],
					"the form again",
				);
			}
		}));

	it("a form that two processes are asked for is opened by the one that took it on, and nothing of it is left to resume", async () => {
		const discord = await fakeDiscord();
		const stores = allowingOrigins(memoryStores(realClock), "shop.example");
		const bots = await Promise.all(
			[1, 2].map(() => startDiscord({ token, apiUrl: discord.apiUrl, guildId: undefined }, labDesk(lab, { stores }), () => {})),
		);
		const forms = () => discord.calls.filter((one) => one.body.type === 9);
		try {
			const asked = "origin https://shop.example/";
			await discord.command(asked, { interactionId: "950000000000000002" });
			await discord.command(asked, { interactionId: "950000000000000002" });
			const left = async () => {
				await stores.inbox.release();
				return stores.inbox.unfinished("discord", 10);
			};
			// Long enough for the other one to open it too.
			do await sleep(200);
			while ((await left()).length > 0);
			assert.equal(forms().length, 1);
		} finally {
			for (const bot of bots) await bot.stop();
			await discord.close();
		}
	});

	it("yes to what a sentence was taken for moves the case in front of everybody, and so does which site was meant", () =>
		withBot(async (discord, settled) => {
			await discord.command(lab.url("closes-empty"));
			await settled(1);
			const channel = discord.messages.filter((one) => one.author === "bot").at(-1)?.channelId;
			assert.ok(channel !== undefined && channel !== CHANNEL);
			await discord.command("only logged-in users see it", { channel });
			await settled(2);
			const asked = discord.messages.findLast((one) => /Only signed-in users/.test(one.content));
			assert.ok(asked);
			assert.notEqual(asked.onlyFor, null);
			await discord.press(asked, "y:case-1:who-is-hit:signed-in");
			await settled(3);
			await discord.command("thanks!", { channel });
			await settled(4);
			const told = discord.messages.filter((one) => one.onlyFor === null && one.channelId === channel);
			assert.match(told.map(({ content }) => content).join("\n"), /Only signed-in users.*Glad to help/s);
			const [first, second] = [lab.url("closes-empty"), lab.url("healthy")];
			await discord.command(`${first} and ${second} both fail`);
			await settled(5);
			const which = discord.messages.findLast((one) => /Which site/.test(one.content));
			assert.ok(which);
			assert.notEqual(which.onlyFor, null);
			const before = discord.messages.length;
			await discord.press(which, `q:${first}`);
			await settled(6);
			assert.deepEqual([...new Set(discord.messages.slice(before).map(({ onlyFor }) => onlyFor))], [null]);
		}));

	it("what a control of a head does is told in the thread of that head", () =>
		withBot(async (discord, settled) => {
			await discord.command(lab.url("closes-empty"));
			await settled(1);
			const head = discord.messages.find((one) => one.author === "bot" && one.channelId === CHANNEL);
			assert.ok(head);
			for (const [nth, action] of ["c:case-1", "S:case-1", "e:case-1", "x:case-1"].entries()) {
				await discord.press(head, action);
				await settled(2 + nth);
			}
			const { heads, thread } = standing(discord);
			assert.deepEqual(
				heads.map(({ id }) => id),
				[head.id],
			);
			assert.ok(thread.some(({ text, under }) => under === head.id && /Checked again: \*\*still\*\* 520/.test(text)));
			assert.deepEqual([...new Set(thread.map(({ under }) => under))], [head.id]);
		}));

	it("the thread goes on: an answer by button moves the case and the head, a second one is noted", () =>
		withBot(async (discord, settled) => {
			await discord.command(lab.url("closes-empty"));
			await settled(1);
			const head = discord.messages.find((one) => one.author === "bot" && one.channelId === CHANNEL);
			const question = discord.messages.filter((one) => one.author === "bot").at(-1);
			assert.ok(head && question);
			assert.match(question.content, /^\*\*Next:\*\* run this on the origin server/);
			assert.ok(Array.isArray(question.sent.components) && question.sent.components.length > 0);
			await discord.press(question, "a:case-1:origin-log:refused-or-444");
			await settled(2);
			assert.match(discord.messages.map((one) => one.content).join("\n"), /444 or another 4xx/);
			assert.match(head.content, /likely: connection dropped by a rule \(\d+%\)/);
			await discord.press(question, "a:case-1:origin-log:refused-or-444");
			await settled(3);
			assert.match(standing(discord).private.at(-1) ?? "", /Already noted/);
			const form = await discord.press(question, "p:case-1");
			assert.equal(form.type, 9);
			await discord.submit(
				"p:case-1",
				{ paste: '… [22/Nov/2026:12:00:05 +0000] "GET /a HTTP/1.1" 499 0 "-" "x"' },
				{ channel: question.channelId },
			);
			await settled(4);
			assert.match(discord.messages.map((one) => one.content).join("\n"), /1 line, none counted: it is from another time/);
			await discord.press(question, "r:case-1");
			await settled(5);
			assert.match(
				JSON.stringify(discord.calls.map((one) => one.body)),
				/cf520-closes-empty\.lab\.example-[\d-]{10}\.html.*Report on error 520 at closes-empty/,
			);
			// In words, by mention and by command: both say something in the thread.
			discord.mention("answer what-changed deploy", { channel: question.channelId });
			await settled(6);
			assert.match(discord.messages.at(-1)?.content ?? "", /A deploy or update/);
			await discord.command("answer who-is-hit everyone", { channel: question.channelId });
			await settled(7);
			assert.match(discord.messages.map((one) => one.content).join("\n"), / said Everyone: /);
			assert.ok(
				discord.messages.every((one) => one.content !== "" || one.deleted || one.sent.form !== undefined),
				"no answer stays empty",
			);
		}));

	it("an attached file is read, from Discord's own file hosts only", () =>
		withBot(async (discord, settled) => {
			discord.mention("autopsy", { attachments: [{ url: `${new URL(discord.apiUrl).origin}/files/reply.txt`, size: 40 }] });
			await settled(1);
			assert.match(standing(discord).heads[0]?.text ?? "", /A header name contains a byte that is not allowed/);
			discord.mention("autopsy", { attachments: [{ url: "http://169.254.169.254/latest/meta-data/", size: 40 }] });
			await settled(2);
			assert.match(
				standing(discord)
					.heads.map((one) => one.text)
					.join("\n"),
				/1 file not read/,
			);
		}));

	for (const [how, name, content] of CAPTURES)
		it(`an attached capture is not taken: ${how}`, () =>
			withBot(async (discord, settled) => {
				discord.files.set(name, content);
				const url = `${new URL(discord.apiUrl).origin}/files/${name}`;
				discord.mention("autopsy", { attachments: [{ url, size: 40, filename: name }] });
				// A capture alone never gets to the desk.
				await (isCaptureName(name) ? until(() => standing(discord).heads.length > 0) : settled(1));
				const said = standing(discord)
					.heads.map((one) => one.text)
					.join("\n");
				assert.match(said, /Captures contain other people's data, so I did not read this one/);
				assert.match(said, /npm start -- capture (?:FILE|[\w.-]+\.\w+)/);
				if (isCaptureName(name)) assert.ok(!discord.fetched.includes(name), "it was fetched");
			}));

	it("asked by mention, the form comes by a button", () =>
		withBot(async (discord, settled) => {
			discord.mention("origin https://shop.example/");
			await settled(1);
			const asked = discord.messages.find((one) => one.author === "bot");
			assert.ok(asked);
			const answer = await discord.press(asked, discordControls(asked.sent)[0]?.action ?? "");
			assert.equal(answer.type, 9);
		}));

	it("by mention, a verb with a URL is that verb", () =>
		withBot(async (discord, settled) => {
			discord.mention(`watch ${lab.url("closes-empty")} for 30m every 1m`);
			await settled(1);
			assert.match(standing(discord).heads[0]?.text ?? "", /watching/i);
		}));

	it("a mention is answered with a reply, details in a thread under it", () =>
		withBot(async (discord, settled) => {
			discord.mention(`what is wrong with ${lab.url("closes-empty")} ?`);
			await settled(1);
			const { heads, thread } = standing(discord);
			assert.match(heads[0]?.text ?? "", /Dallas/);
			assert.equal(thread.length, 1);
		}));

	it("a direct message is a question without a mention, answered there", () =>
		withBot(async (discord, settled) => {
			discord.direct("what is 8a7d5e2fbcd1a1c3-DFW ?");
			await settled(1);
			const told = discord.messages.filter((one) => one.author === "bot");
			assert.match(told[0]?.content ?? "", /Dallas/);
			assert.deepEqual([...new Set(told.map((one) => one.channelId))], ["500000000000000001"]);
		}));

	const display = (content: string) => ({ type: 10, id: 2, content });
	const parts = (one: Record<string, unknown>) => ({ content: "", embeds: [], components: [], type: 0, ...one });
	for (const [what, said] of [
		["a description of an embed", { embeds: [{ type: "rich", title: "520", description: "Ray ID: 8a7d5e2fbcd1a1c3-DFW" }] }],
		[
			"a field of an embed",
			{ embeds: [{ type: "rich", title: "520", fields: [{ name: "cf-ray", value: "8a7d5e2fbcd1a1c3-DFW" }] }] },
		],
		["the end of an embed", { embeds: [{ type: "rich", title: "520", footer: { text: "cf-ray: 8a7d5e2fbcd1a1c3-DFW" } }] }],
		[
			"a text in a container of Components V2",
			{
				flags: 32_768,
				components: [
					{
						type: 17,
						id: 1,
						accent_color: 0xff0000,
						components: [
							display("520"),
							{
								type: 9,
								id: 3,
								components: [display("cf-ray: 8a7d5e2fbcd1a1c3-DFW")],
								accessory: { type: 2, id: 4, style: 5, label: "Open", url: "https://monitor.example/" },
							},
						],
					},
				],
			},
		],
		[
			"a message that was forwarded",
			{
				message_reference: { type: 1, channel_id: CHANNEL, message_id: "900000000000000001" },
				message_snapshots: [
					{
						message: parts({
							content: "cf-ray: 8a7d5e2fbcd1a1c3-DFW",
							timestamp: "2026-11-22T12:00:00.000Z",
							mentions: [],
							mention_roles: [],
							attachments: [],
							flags: 0,
							edited_timestamp: null,
						}),
					},
				],
			},
		],
	] as const)
		it(`the message command reads ${what}`, () =>
			withBot(async (discord, settled) => {
				await discord.messageCommand("", said);
				await settled(1);
				assert.match(standing(discord).heads.at(-1)?.text ?? "", /Dallas/);
			}));

	it("the message command reads a message of any shape", () =>
		withBot(async (discord, settled) => {
			let deep: Record<string, unknown> = display("deep");
			for (let level = 0; level < 500; level += 1) deep = { type: 17, id: level, components: [deep] };
			await discord.messageCommand("8a7d5e2fbcd1a1c3-DFW", { components: [deep, { type: 99, id: 1 }], embeds: [{ fields: [] }] });
			await settled(1);
			assert.match(standing(discord).heads.at(-1)?.text ?? "", /Dallas/);
		}));

	const BASE = 1024n + 2048n + 16384n + 65536n;
	for (const [what, permissions] of [
		["may not create threads", BASE + (1n << 38n)],
		["may not write in threads", BASE + (1n << 35n)],
	] as const) {
		it(`where the bot ${what} the details follow in the channel`, () =>
			withBot(
				async (discord, settled) => {
					await discord.command(lab.url("closes-empty"));
					await settled(1);
					assert.deepEqual([standing(discord).heads.length, discord.threads.size], [2, 0]);
				},
				(discord) => {
					discord.permissions = permissions;
				},
			));
	}

	it("where the bot may not even write in the channel the details come through the command's own answers", () =>
		withBot(
			async (discord, settled) => {
				await discord.command(lab.url("closes-empty"));
				await settled(1);
				assert.equal(standing(discord).heads.length, 2);
				assert.equal(discord.calls.filter(({ route }) => route === `POST /channels/${CHANNEL}/messages`).length, 0);
			},
			(discord) => {
				discord.permissions = 1024n;
			},
		));

	it("commands are registered once and left alone while they are the same", async () => {
		const discord = await fakeDiscord();
		for (const [nth, wrote] of [true, false].entries()) {
			const bot = await startDiscord({ token, apiUrl: discord.apiUrl, guildId: undefined }, labDesk(lab), () => {});
			await bot.stop();
			assert.equal(discord.calls.filter(({ route }) => route.startsWith("PUT")).length, 1, `start ${nth}, wrote ${wrote}`);
		}
		await discord.close();
	});

	it("an interaction that Discord no longer knows is noted, and the next one is answered", () =>
		withBot(async (discord, settled, logs) => {
			discord.fail(/callback/, { status: 404, code: 10_062 });
			void discord.command("help");
			while (!logs.some((line) => line.includes("discord-too-late"))) await setImmediate();
			await discord.command("help");
			await settled(1);
			assert.equal(standing(discord).private.length, 1);
			assert.doesNotMatch(logs.join("\n"), /token-/);
		}));

	it("Discord answering 429 and 500 once each delays the verdict but loses nothing", () =>
		withBot(async (discord, settled) => {
			discord.fail(/^PATCH/, { status: 429, retryAfter: 0.2 });
			discord.fail(/threads$/, { status: 500 });
			await discord.command(lab.url("closes-empty"));
			await settled(1);
			const { heads, thread } = standing(discord);
			assert.equal(heads.length, 1);
			assert.match(thread.map((one) => one.text).join("\n"), /run this on the origin server.*curl /s);
		}));

	it("where Discord makes no thread, whatever it is asked, the question comes in the channel", () =>
		withBot(async (discord, settled) => {
			discord.fail(/threads$/, ...Array.from({ length: 8 }, () => ({ status: 500 })));
			await discord.command(lab.url("closes-empty"));
			await settled(1);
			const told = standing(discord)
				.heads.map((one) => one.text)
				.join("\n");
			assert.match(told, /fails with 520/);
			assert.match(told, /run this on the origin server/);
			assert.doesNotMatch(told, /went wrong/);
		}));

	it("autocomplete offers the verbs", () =>
		withBot(async (discord) => {
			assert.deepEqual(
				(await discord.autocomplete("he")).map((one) => one.value),
				["he", "headers shop.example", "help"],
			);
		}));
});

test("choices fit Discord's limits whatever was typed", () => {
	for (const typed of ["", "h", "x".repeat(6000), "shop.example", "explain 5", "\u0000"])
		for (const { name, value } of choicesFor(typed)) assert.ok(name.length <= 100 && value.length <= 100);
});

for (const [markup, plain] of [
	["<@123> <https://example.com/a_b>", "https://example.com/a_b"],
	["[click](https://example.com/x)", "https://example.com/x"],
	["`8a7d5e2fbcd1a1c3-DFW`", "`8a7d5e2fbcd1a1c3-DFW`"],
	["shop\\_x.example", "shop_x.example"],
] as const) {
	test(`Discord's ${markup} is read as ${plain}`, () => assert.equal(plainFromDiscord(markup).trim(), plain));
}

const allTexts = (one: Message): string[] => [
	...containersOf(one).flatMap((container) => discordTexts({ components: [container] })),
	...contentsOf(one).map(({ content }) => content),
];

test("a link that somebody put into an address stays inside its code block, however long the address is", () => {
	const forged = `curl https://shop.example/${"a".repeat(3_950)}[Official-fix](https://evil.example/x)`;
	for (const content of allTexts(message("neutral", command(text`Run this:`, forged)))) {
		const outside = content.split(/```(?:\w*\n)?/).filter((_, index) => index % 2 === 0);
		assert.doesNotMatch(outside.join(""), /evil|\]\(/);
	}
});

test("messages stay within Discord's limits however long the text is, and fences are closed", () => {
	const long = "wörd ".repeat(1_000);
	const one = message(
		"bad",
		title(text`${code(long)}`),
		say([{ t: "plain", s: long }]),
		list(Array.from({ length: 100 }, () => text`${long}`)),
		table(Array.from({ length: 200 }, () => "x".repeat(90))),
		command(text`about`, "y".repeat(3_500)),
	);
	const calls = Array.from({ length: 25 }, (_, nth) => String(10n ** 18n + BigInt(nth)));
	for (const form of ["container", "content"] as const)
		for (const { allowedMentions, ...part } of partsOf(one, form, calls))
			assert.equal(messageRefusal({ ...part, allowed_mentions: allowedMentions }), null);
	for (const content of allTexts(one)) assert.equal((content.match(/```/g) ?? []).length % 2, 0);
});
