import assert from "node:assert/strict";
import { after, before, describe, it, test } from "node:test";
import { plainFromSlack } from "../../src/adapters/slack/plain.ts";
import { renderSlack } from "../../src/adapters/slack/render.ts";
import { startSlack } from "../../src/adapters/slack/slack.ts";
import { command, list, message, say, table, title } from "../../src/message/message.ts";
import { code, text } from "../../src/message/text.ts";
import { type FakeSlack, fakeSlack, type SlackMessage } from "../fakes/slack.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { serveOrigin } from "../lab/origin.ts";
import { readOriginFile } from "../lab/origin-files.ts";
import { flatSlack } from "../normal.ts";
import { CAPTURES, isCaptureName, until } from "./attached-captures.ts";
import { conversationContract, countingDesk, type Standing } from "./contract.ts";

const tokens = { botToken: "xoxb-test", appToken: "xapp-test" };

function standing(slack: FakeSlack): Standing {
	const shown = slack.messages.filter((one) => one.onlyFor === null);
	const heads = shown.filter((one) => one.threadTs === null);
	return {
		heads: heads.map((one) => ({ text: flatSlack(one), edits: one.edits, id: one.ts })),
		thread: shown.filter((one) => one.threadTs !== null).map((one) => ({ text: flatSlack(one), under: one.threadTs ?? "" })),
		private: slack.messages.filter((one) => one.onlyFor !== null).map(flatSlack),
	};
}

const elementsOf = ({ blocks }: SlackMessage) =>
	(blocks as { elements?: { action_id?: string; value?: string }[] }[]).flatMap(({ elements = [] }) => elements);
/** A button of a message, by its id. */
const buttonOf = (message: SlackMessage, id: string): { readonly value: string } => ({
	value: elementsOf(message).find(({ action_id }) => action_id === id)?.value ?? "",
});

/** Unescaped angle brackets in what Slack parses as markup; dates are ours. */
const pings = (slack: FakeSlack) =>
	slack.messages.map((one) => one.text.replace(/<!date\^[^<>]*>/g, "")).filter((one) => /[<>]/.test(one));

conversationContract("slack", async (desk) => {
	const slack = await fakeSlack();
	const bot = await startSlack({ ...tokens, apiUrl: slack.apiUrl }, desk, () => {});
	let asked = 0;
	return {
		ask: async (question) => {
			const mine = ++asked;
			await slack.command(question);
			await desk.settled(mine);
		},
		askTwice: async (question) => {
			await slack.command(question, { triggerId: "same" });
			await slack.command(question, { triggerId: "same" });
			await slack.mention(question, { eventId: "EvSame", threadTs: "1.1", channel: "C1" });
			await slack.mention(question, { eventId: "EvSame", threadTs: "1.1", channel: "C1" });
			await desk.settled(2);
		},
		standing: () => standing(slack),
		editsInPlace: true,
		pings: () => pings(slack),
		close: async () => {
			await bot.stop();
			await slack.close();
		},
	};
});

describe("in Slack", () => {
	let lab: Lab;
	before(async () => {
		lab = await openLab();
	});
	after(() => lab.close());

	const withBot = async (run: (slack: FakeSlack, settled: (n: number) => Promise<void>, logs: string[]) => Promise<void>) => {
		const slack = await fakeSlack();
		const desk = countingDesk(labDesk(lab));
		const logs: string[] = [];
		const bot = await startSlack({ ...tokens, apiUrl: slack.apiUrl }, desk, (line) => logs.push(JSON.stringify(line)));
		try {
			await run(slack, desk.settled, logs);
		} finally {
			await bot.stop();
			await slack.close();
		}
	};

	it("an origin's address is asked for in a private form, and stands nowhere", () =>
		withBot(async (slack, settled, logs) => {
			const origin = await serveOrigin(() => readOriginFile("findings/content-length-repeated"));
			after(() => origin.close());
			await slack.command(`origin http://origin.lab.example:${origin.port}/cart`);
			const view = await slack.view(0);
			assert.deepEqual(await slack.submit(view, { address: { address: "not an address" } }), {
				response_action: "errors",
				errors: { address: "Enter an IP address such as 198.51.100.7, not a hostname." },
			});
			assert.deepEqual(await slack.submit(view, { address: { address: "169.254.169.254" } }), {
				response_action: "errors",
				errors: { address: "That is a private IP address, and I only check public ones" },
			});
			assert.deepEqual(await slack.submit(view, { address: { address: "127.0.0.1" } }), {});
			await settled(1);
			const { heads, thread } = standing(slack);
			assert.match(heads[0]?.text ?? "", /sends a response that Cloudflare rejects/);
			assert.match(thread.map((one) => one.text).join("\n"), /What the origin sent/);
			// The one place for a loopback address is the command to run on the origin itself.
			const said = JSON.stringify([slack.messages, logs]).replaceAll(`:127.0.0.1:${origin.port}`, "");
			assert.doesNotMatch(said, /127\.0\.0\.1(?! if it does not)/);
		}));

	it("by mention, a verb with a URL is that verb", () =>
		withBot(async (slack, settled) => {
			await slack.mention(`watch ${lab.url("closes-empty")} for 30m every 1m`, { threadTs: "1.1" });
			await settled(1);
			assert.match(slack.messages.map(flatSlack).join("\n"), /watching/i);
		}));

	it("asked in a thread that is gone meanwhile: the answer opens one beside it, once", () =>
		withBot(async (slack, settled) => {
			slack.goneThreads.add("1.1");
			await slack.mention(lab.url("closes-empty"), { threadTs: "1.1" });
			await settled(1);
			const [head, ...under] = slack.messages;
			assert.match(flatSlack(head as SlackMessage), /Dallas/);
			assert.deepEqual(
				slack.messages.map(({ threadTs, onlyFor }) => [threadTs, onlyFor]),
				[[null, null], ...under.map(() => [head?.ts, null])],
			);
			assert.ok(under.length > 0);
			await slack.mention("help", { threadTs: "1.1", user: "U3" });
			await settled(2);
			assert.deepEqual([slack.messages.at(-1)?.threadTs, slack.messages.at(-1)?.onlyFor], [null, "U3"]);
		}));

	it("what happened in a private channel stays there, and another organization's people act in their shared channel alone", () =>
		withBot(async (slack, settled) => {
			for (const one of ["C2", "C3"]) slack.members.add(one);
			let done = 0;
			const next = async (work: Promise<void>) => {
				const from = slack.messages.length;
				await work;
				done += 1;
				await settled(done);
				return slack.messages.slice(from);
			};
			const text = (all: readonly SlackMessage[]) => all.map(flatSlack).join("\n");
			const hidden = { channel: "C2", channelName: "privategroup" };
			const opened = await next(slack.command(lab.url("closes-empty", "/hidden"), hidden));
			const question = opened.find((one) => /"value":"c:/.test(JSON.stringify(one.blocks))) as SlackMessage;
			const solved = /"value":"c:([^"]+)"/.exec(JSON.stringify(question.blocks))?.[1] ?? "";
			const it = `w:${solved}:origin-crashed`;
			const elsewhere = { ...question, channel: "C1", ts: "9.9", threadTs: null };
			for (const more of [{ user: "U2" }, { user: "U3", team: "T2" }]) {
				const told = text(await next(slack.press(elsewhere, it, more)));
				assert.match(told, /I do not know that case anymore/);
				assert.doesNotMatch(told, /hidden/);
			}
			assert.doesNotMatch(
				text(await next(slack.press(question, it, { user: "U2", channelName: "privategroup" }))),
				/do not know/,
			);
			assert.doesNotMatch(text(await next(slack.command(lab.url("closes-empty", "/a")))), /fails again|Before:/);
			assert.match(text(await next(slack.command(lab.url("closes-empty", "/b"), hidden))), /fails again\. Reopen\?/);

			const shared = await next(slack.command(lab.url("closes-empty", "/c"), { channel: "C3", user: "U3", team: "T2" }));
			assert.doesNotMatch(text(shared), /fails again|Before:/);
			const theirs = shared.find((one) => /"value":"r:/.test(JSON.stringify(one.blocks))) as SlackMessage;
			const report = /"value":"(r:[^"]+)"/.exec(JSON.stringify(theirs.blocks))?.[1] ?? "";
			assert.match(text(await next(slack.press(theirs, report, { user: "U3", team: "T2" }))), /Report on .*Who should get it\?/s);
		}));

	it("the thread goes on: answers by button, late clicks, taking back, a paste, a report, solved", () =>
		withBot(async (slack, settled) => {
			await slack.command(lab.url("closes-empty"));
			await settled(1);
			const thread = () => slack.messages.filter((one) => one.threadTs !== null && one.onlyFor === null);
			const last = () => flatSlack(thread().at(-1) as SlackMessage);
			const question = thread().at(-1) as SlackMessage;
			assert.match(last(), /^Next: run this on the origin server\. What does it print\?/);
			await slack.press(question, "a:case-1:origin-log:refused-or-444", { user: "U2" });
			await settled(2);
			assert.match(last(), /^ann said 444 or another 4xx: .*Likely: connection dropped by a rule\./s);
			const head = slack.messages.find((one) => one.threadTs === null && one.onlyFor === null);
			assert.match(flatSlack(head as SlackMessage), /Likely: connection dropped by a rule \(\d+%\)/);
			await slack.press(question, "a:case-1:origin-log:refused-or-444");
			await settled(3);
			const [whispered] = slack.messages.filter((one) => one.onlyFor !== null);
			assert.match(flatSlack(whispered as SlackMessage), /Already noted: 444 or another 4xx/);
			await slack.press(question, "b:case-1:origin-log");
			await settled(4);
			assert.match(last(), /ann undid the answer "444 or another 4xx"\./);
			await slack.mention(
				"logs 2026/11/22 12:00:05 [error] 7#7: *6 upstream prematurely closed connection while reading upstream",
				{
					threadTs: head?.ts ?? "",
				},
			);
			await settled(5);
			assert.match(last(), /^Line 1: |^1 line/);
			await slack.press(question, "r:case-1");
			await settled(6);
			assert.match(last(), /Report on closes-empty\.lab\.example/);
			assert.match(slack.uploads[0]?.content ?? "", /<summary>For the hosting provider<\/summary>[\s\S]*Cloudflare error 520/);
			const alone = () => flatSlack(slack.messages.filter((one) => one.onlyFor !== null).at(-1) as SlackMessage);
			assert.match(alone(), /Who should get it\?.*\[Hosting provider\]/s);
			await slack.press(question, "t:case-1:status");
			await settled(7);
			assert.match(alone(), /For the status page.*Investigating/s);
			await slack.press(question, "p:case-1");
			const form = await slack.view(0);
			await slack.submit(form, { paste: { paste: 'x - - [22/Nov/2026:12:00:05 +0000] "GET /a HTTP/1.1" 499 0 "-" "x"' } });
			await settled(8);
			assert.match(thread().map(flatSlack).join("\n"), /Line 1: |499|1 line/);
			await slack.press(question, "a:no-such-case:origin-log:nothing");
			await settled(9);
			assert.match(
				slack.messages
					.filter((one) => one.onlyFor !== null)
					.map(flatSlack)
					.join("\n"),
				/I do not know that case anymore/,
			);
			await slack.press(question, "w:case-1:deliberate-close");
			await settled(10);
			assert.match(flatSlack(head as SlackMessage), /solved.*By ann after .* · connection dropped by a rule/s);
			await slack.press(question, "a:case-1:origin-log:nothing");
			await settled(11);
			assert.match(
				slack.messages
					.filter((one) => one.onlyFor !== null)
					.map(flatSlack)
					.join("\n"),
				/This case is solved: connection dropped by a rule, by ann\./,
			);
		}));

	it("an attached file is read, from Slack's own file host only and up to a size", () =>
		withBot(async (slack, settled) => {
			slack.files.set("reply.txt", "HTTP/1.1 200 OK\r\nX Bad: 1\r\n\r\nhello");
			await slack.mention("autopsy", {
				threadTs: "1700000000.000777",
				files: [{ url_private: slack.fileUrl("reply.txt"), size: 40 }],
			});
			await settled(1);
			assert.match(slack.messages.map(flatSlack).join("\n"), /A header name contains a byte that is not allowed/);
			const before = slack.messages.length;
			await slack.mention("autopsy", {
				files: [
					{ url_private: "http://169.254.169.254/latest/meta-data/", size: 40 },
					{ url_private: slack.fileUrl("reply.txt"), size: 40_000_000 },
				],
			});
			await settled(2);
			const said = slack.messages.slice(before);
			assert.match(said.map(flatSlack).join("\n"), /2 files not read/);
			assert.ok(said.every((one) => one.onlyFor === "U1"));
		}));

	for (const [how, name, content] of CAPTURES)
		it(`an attached capture is not taken: ${how}`, () =>
			withBot(async (slack, settled) => {
				slack.files.set(name, content);
				await slack.mention("", { files: [{ url_private: slack.fileUrl(name), size: 90_000_000, name }] });
				// A capture alone never gets to the desk.
				await (isCaptureName(name) ? until(() => slack.messages.length > 0) : settled(1));
				const said = slack.messages.map(flatSlack).join("\n");
				assert.match(said, /Captures contain other people's data, so I did not read this one/);
				assert.match(said, /npm start -- capture (?:FILE|[\w.-]+\.\w+)/);
				assert.ok(slack.messages.every((one) => one.onlyFor === "U1"));
				if (isCaptureName(name)) {
					assert.equal(slack.messages.length, 1, said);
					assert.ok(!slack.fetched.includes(name), "it was fetched");
				}
			}));

	for (const said of ["", "here is the recording", "The pcap from the server."])
		it(`several captures get one refusal that names them, whatever they are called: ${said}`, () =>
			withBot(async (slack) => {
				const files = ["ring.pcap00", "ring.pcap01"].map((name) => ({
					url_private: slack.fileUrl(name),
					size: 90_000_000,
					name,
				}));
				await slack.mention(said, { files });
				await until(() => slack.messages.length > 0);
				const [first, ...more] = slack.messages.map(flatSlack);
				assert.match(
					first ?? "",
					/I did not read these: run npm start -- capture ring\.pcap00 ring\.pcap01 where they were recorded/,
				);
				assert.deepEqual(more, []);
			}));

	it("asked by mention, the form comes by a button that only the asker sees", () =>
		withBot(async (slack, settled) => {
			await slack.mention("origin https://shop.example/", { threadTs: "1700000000.000777" });
			await settled(1);
			const [asked] = slack.messages;
			assert.equal(asked?.onlyFor, "U1");
			assert.ok(asked);
			await slack.press(asked, "o:https://shop.example/");
			await slack.press(asked, "something else");
			assert.match(String((await slack.view(0)).private_metadata), /"threadTs":"1700000000.000777"/);
		}));

	it("a mention in a thread is answered in that thread", () =>
		withBot(async (slack, settled) => {
			await slack.mention("<http://closes-empty.lab.example|closes-empty.lab.example> Ray ID: 8a7d5e2fbcd1a1c3", {
				threadTs: "1600000000.000100",
			});
			await settled(1);
			assert.deepEqual([...new Set(slack.messages.map((one) => one.threadTs))], ["1600000000.000100"]);
			assert.match(flatSlack(slack.messages[0] as SlackMessage), /8a7d5e2fbcd1a1c3/);
		}));

	it("where the bot cannot post nobody is asked to mention it", () =>
		withBot(async (slack, settled) => {
			await slack.command(lab.url("closes-empty"), { channel: "C9", channelName: "privategroup" });
			await settled(1);
			const [head] = slack.messages;
			assert.ok(head !== undefined);
			assert.match(flatSlack(head), /I cannot post here/);
			await slack.press(head, buttonOf(head, "cf520_rest").value, { actionId: "cf520_rest" });
			for (let nth = 0; nth < 200 && slack.messages.length < 2; nth += 1) await new Promise((done) => setTimeout(done, 10));
			const asked = flatSlack(slack.messages.at(-1) as SlackMessage);
			assert.match(asked, /Next: run this on the origin server/);
			assert.doesNotMatch(asked, /mention/);
		}));

	it("in a direct conversation nobody is asked to mention the bot", () =>
		withBot(async (slack, settled) => {
			await slack.message(lab.url("closes-empty"), { user: "U1" });
			await settled(1);
			const asked = flatSlack(slack.messages.at(-1) as SlackMessage);
			assert.match(asked, /Next: run this on the origin server/);
			assert.doesNotMatch(asked, /mention/);
		}));

	it("in a direct conversation every message is a question, answered in its thread", () =>
		withBot(async (slack, settled) => {
			await slack.message("what is 8a7d5e2fbcd1a1c3-DFW ?", { ts: "1600000000.000300" });
			await settled(1);
			assert.deepEqual([...new Set(slack.messages.map((one) => `${one.channel} ${one.threadTs}`))], ["D1 1600000000.000300"]);
			assert.match(flatSlack(slack.messages[0] as SlackMessage), /Dallas/);
		}));

	it("a private answer is shown where Slack shows it: beside a message that nobody replied to, in a thread that goes on", () =>
		withBot(async (slack, settled) => {
			const ts = "1600000000.000310";
			const shown = () => slack.messages.map(({ threadTs, onlyFor }) => [threadTs, onlyFor]);
			await slack.mention("help", { ts });
			await settled(1);
			assert.deepEqual(shown(), [[null, "U1"]]);
			await slack.mention("help", { threadTs: ts, user: "U2" });
			await settled(2);
			assert.deepEqual(shown().slice(1), [[ts, "U2"]]);
			slack.responseUrlsWork = false;
			await slack.shortcut({ ts: "1600000000.000311", text: "lunch at twelve" });
			await settled(3);
			assert.deepEqual(shown().slice(2), [[null, "U1"]]);
			await slack.shortcut({ ts: "1600000000.000312", thread_ts: ts, text: "lunch at twelve" });
			await settled(4);
			assert.deepEqual(shown().slice(3), [[ts, "U1"]]);
		}));

	it("yes to what a sentence was taken for moves the case in front of everybody, and so does which site was meant", () =>
		withBot(async (slack, settled) => {
			const ts = "1600000000.000330";
			await slack.mention(lab.url("closes-empty"), { ts });
			await settled(1);
			await slack.mention("only logged-in users see it", { threadTs: ts, user: "U2" });
			await settled(2);
			const asked = slack.messages.at(-1) as SlackMessage;
			assert.deepEqual([asked.threadTs, asked.onlyFor], [ts, "U2"]);
			let before = slack.messages.length;
			await slack.press(asked, "y:case-1:who-is-hit:signed-in", { user: "U2", name: "bob" });
			await settled(3);
			assert.match(slack.messages.slice(before).map(flatSlack).join("\n"), /^bob said Only signed-in users: /m);
			assert.deepEqual([slack.messages.at(-1)?.threadTs, slack.messages.at(-1)?.onlyFor], [ts, null]);
			const [first, second] = [lab.url("closes-empty"), lab.url("healthy")];
			await slack.mention(`${first} and ${second} both fail`, { ts: "1600000000.000331" });
			await settled(4);
			const which = slack.messages.at(-1) as SlackMessage;
			assert.match(flatSlack(which), /Which site\?/);
			assert.equal(which.onlyFor, "U1");
			before = slack.messages.length;
			await slack.press(which, `q:${first}`);
			await settled(5);
			assert.deepEqual([...new Set(slack.messages.slice(before).map(({ onlyFor }) => onlyFor))], [null]);
		}));

	it("in a direct conversation, private answers are messages that stay, also where answers are private by default", () =>
		withBot(async (slack, settled) => {
			const ts = "1600000000.000320";
			slack.admins = new Set(["U1"]);
			await slack.message("admin privacy private", { ts });
			await slack.message("help", { ts: "1600000000.000321" });
			await slack.message(lab.url("closes-empty"), { ts: "1600000000.000322" });
			await settled(3);
			await slack.message("thanks", { threadTs: "1600000000.000322" });
			await settled(4);
			assert.deepEqual(
				slack.messages.filter(({ channel, onlyFor }) => channel !== "D1" || onlyFor !== null),
				[],
			);
			assert.deepEqual([...new Set(slack.messages.map(({ threadTs }) => threadTs))].sort(), [
				ts,
				"1600000000.000321",
				"1600000000.000322",
			]);
			assert.match(slack.messages.map(flatSlack).join("\n"), /Glad to help/);
		}));

	it("the app's own page says what to send; its other tab draws nothing", () =>
		withBot(async (slack, settled) => {
			await slack.openHome("U7", "messages");
			await slack.openHome("U8");
			await slack.message("help");
			await settled(1);
			while (slack.homes.size === 0) await new Promise((resolve) => setImmediate(resolve));
			assert.deepEqual([...slack.homes.keys()], ["U8"]);
			const view = slack.homes.get("U8") ?? {};
			assert.equal(view.type, "home");
			assert.match(JSON.stringify(view.blocks), /a URL, a Ray ID, an error, log lines/);
		}));

	it("a message that comes as a mention and as a message is answered once", () =>
		withBot(async (slack, settled) => {
			const ts = "1600000000.000400";
			await slack.mention("8a7d5e2fbcd1a1c3-DFW", { channel: "D1", ts });
			await slack.message("<@UBOT> 8a7d5e2fbcd1a1c3-DFW", { channel: "D1", ts });
			await slack.message("help", { ts: "1600000000.000401" });
			await settled(2);
			assert.equal(slack.messages.filter((one) => /Dallas/.test(flatSlack(one))).length, 1);
		}));

	it("edits, joins, other bots and messages in channels are nothing to it", () =>
		withBot(async (slack, settled) => {
			const ray = "8a7d5e2fbcd1a1c3-DFW";
			await slack.message(ray, { more: { subtype: "message_changed" } });
			await slack.message(ray, { more: { subtype: "bot_message", bot_id: "B2" } });
			await slack.message(ray, { more: { bot_id: "B2" } });
			await slack.message(ray, { channel: "C1", channelType: "channel" });
			await slack.message(ray, { channel: "G1", channelType: "group" });
			await slack.message("help", { ts: "1600000000.000500" });
			await settled(1);
			assert.doesNotMatch(slack.messages.map(flatSlack).join("\n"), /Dallas/);
		}));

	it("the shortcut reads the message and its attachments, and answers in its thread", () =>
		withBot(async (slack, settled) => {
			await slack.shortcut({
				text: "ALERT",
				ts: "1600000000.000200",
				attachments: [{ text: "cf-ray: 8a7d5e2fbcd1a1c3-DFW", fallback: "" }],
			});
			await settled(1);
			assert.ok(slack.messages.every((one) => one.threadTs === "1600000000.000200"));
			assert.match(flatSlack(slack.messages[0] as SlackMessage), /Dallas/);
		}));

	for (const channel of ["C9", "G9"]) {
		it(`where the bot is no member (${channel}) the asker gets one short private message with the way to invite it; the rest when they ask`, () =>
			withBot(async (slack, settled) => {
				await slack.command(lab.url("closes-empty"), { channel });
				await settled(1);
				const { heads, thread, private: whispered } = standing(slack);
				assert.deepEqual([heads.length, thread.length, whispered.length], [0, 0, 1]);
				assert.match(whispered[0] ?? "", /520.*\/invite me to start a thread\..*\[Show the rest\]/s);
				assert.doesNotMatch(whispered[0] ?? "", /Checking|Next:/);
				const [told] = slack.messages;
				assert.ok(told);
				const { value } = buttonOf(told, "cf520_rest");
				const rest = async (user: string) => {
					const from = slack.messages.length;
					await slack.press(told, value, { user, actionId: "cf520_rest" });
					while (slack.messages.length === from) await new Promise((resolve) => setImmediate(resolve));
					// What comes after it in the same order has come by then.
					await slack.command("help", { channel, user });
					await settled(++asked);
					return slack.messages
						.slice(from)
						.filter((one) => one.onlyFor === user)
						.map(flatSlack)
						.join("\n");
				};
				let asked = 1;
				assert.match(await rest("U2"), /no longer have the rest/, "it is nobody else's");
				assert.match(await rest("U1"), /run this on the origin server/);
				assert.match(await rest("U1"), /no longer have the rest/, "it is shown once");
			}));
	}

	it("progress of slow looks never uses up the private answers", () =>
		withBot(async (slack, settled) => {
			await slack.command(lab.url("slow-520"), { channel: "G9" });
			await settled(1);
			const { private: whispered } = standing(slack);
			assert.equal(whispered.length, 1);
			assert.match(whispered[0] ?? "", /520.*\/invite.*Show the rest/s);
			assert.doesNotMatch(whispered[0] ?? "", /Checking|requests done/);
		}));

	it("every message has words beside its blocks, no unfurling, and posts no more than once", () =>
		withBot(async (slack, settled) => {
			await slack.command(lab.url("healthy"));
			await settled(1);
			const posts = slack.calls.filter((call) => call.method === "chat.postMessage");
			assert.equal(posts.length, 1);
			for (const { args } of posts) {
				assert.ok(String(args.text).length > 10);
				assert.deepEqual([args.unfurl_links, args.unfurl_media], [false, false]);
			}
		}));

	it("Slack answering 429 and 500 once each delays the verdict but loses nothing", () =>
		withBot(async (slack, settled) => {
			slack.fail("chat.postMessage", { status: 500 });
			slack.fail("chat.update", { status: 429, retryAfter: 1 });
			await slack.command(lab.url("closes-empty"));
			await settled(1);
			const { heads, thread } = standing(slack);
			assert.deepEqual([heads.length, thread.length], [1, 1]);
			assert.match(heads[0]?.text ?? "", /520/);
		}));

	it("when Slack refuses to edit, the asker is told with a case id instead of silence", () =>
		withBot(async (slack, settled, logs) => {
			slack.fail("chat.update", ...Array.from({ length: 50 }, () => ({ error: "internal_error" })));
			await slack.command(lab.url("closes-empty"));
			await settled(1);
			assert.match(standing(slack).private.join("\n"), /Something went wrong on my side.*\(`?case-1`?\)/s);
			assert.doesNotMatch(logs.join("\n"), /xoxb|xapp|respond\//);
		}));

	it("the bot reconnects after Slack refreshes the connection", () =>
		withBot(async (slack, settled) => {
			slack.disconnect();
			const connected = () => slack.calls.filter((call) => call.method === "apps.connections.open").length;
			while (connected() < 2 || slack.sockets() === 0) await new Promise((resolve) => setImmediate(resolve));
			await slack.command("help");
			await settled(1);
			assert.equal(standing(slack).private.length, 1);
		}));

	it("wrong tokens end the start with a sentence for the operator", async () => {
		const slack = await fakeSlack();
		slack.fail("auth.test", { error: "invalid_auth" });
		await assert.rejects(
			startSlack({ ...tokens, apiUrl: slack.apiUrl }, labDesk(lab), () => {}),
			/no longer valid/,
		);
		await slack.close();
	});
});

for (const [markup, plain] of [
	["<http://example.com|example.com>", "example.com"],
	["<https://example.com/a?b=1&amp;c=2>", "https://example.com/a?b=1&c=2"],
	["<https://example.com/x|click here>", "https://example.com/x"],
	["<@U123|ann> <#C1|general> <!here> hi", "   C1    hi"],
	["&lt;strong&gt;x", "<strong>x"],
	["<mailto:a@b.example|a@b.example>", "a@b.example"],
] as const) {
	test(`Slack's ${markup} is read as ${plain}`, () =>
		assert.equal(plainFromSlack(markup).replace(/\s+/g, " ").trim(), plain.replace(/\s+/g, " ").trim()));
}

test("blocks stay within Slack's limits however long the text is", () => {
	const long = "ä".repeat(5_000);
	const { text: fallback, blocks } = renderSlack(
		message(
			"bad",
			title(text`${code(long)}`),
			say([{ t: "plain", s: long }]),
			list(Array.from({ length: 100 }, () => text`${long}`)),
			table(Array.from({ length: 500 }, () => long)),
			command(text`x`, long),
		),
	);
	assert.ok(fallback.length <= 4_000);
	assert.ok(blocks.length <= 50);
	for (const block of blocks) assert.ok(JSON.stringify(block).length < 30_000);
});
