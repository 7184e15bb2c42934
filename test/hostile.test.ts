import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { after, before, describe, it } from "node:test";
import { callsOf, partsOf } from "../src/adapters/discord/parts.ts";
import { plainFromDiscord } from "../src/adapters/discord/plain.ts";
import { plainFromSlack } from "../src/adapters/slack/plain.ts";
import { renderSlack } from "../src/adapters/slack/render.ts";
import { WIDGETS } from "../src/adapters/slack/widgets.ts";
import { renderTerminal } from "../src/adapters/terminal/render.ts";
import {
	buttons,
	command,
	controls,
	fields,
	grid,
	list,
	type Message,
	message,
	note,
	say,
	table,
	title,
} from "../src/message/message.ts";
import { show } from "../src/message/show.ts";
import { ask, bold, code, text } from "../src/message/text.ts";
import { memoryStores } from "../src/store/sqlite/sqlite.ts";
import { messageRefusal } from "./adapters/discord-limits.ts";
import { calledIn, messageProblems } from "./adapters/slack-limits.ts";
import { chat } from "./chat.ts";
import { realClock } from "./clock.ts";
import { discordControls, discordTexts } from "./discord-lines.ts";
import { HOSTILE } from "./hostile-words.ts";
import { labDesk } from "./lab/desk.ts";
import { type Lab, openLab } from "./lab/lab.ts";
import { closed } from "./lab/origin.ts";

/** Hostile text in every field that can reach a reply: no ping, no link, no broken layout, valid blocks, in every chat. */

const utf8 = (text: string) => Buffer.from(text, "utf8");
/** What a field line may hold without ending it. */
const inLine = (text: string) => text.replace(/[\r\n]/g, " ").slice(0, 4_000);

describe("hostile text", () => {
	let lab: Lab;
	let origin: Server;
	const open = new Set<Socket>();
	let answer: Buffer = Buffer.alloc(0);
	let port = 0;
	before(async () => {
		lab = await openLab();
		origin = createServer((socket) => {
			open.add(socket);
			socket.on("close", () => open.delete(socket)).on("error", () => {});
			socket.once("data", () => socket.end(answer));
		}).listen(0, "127.0.0.1");
		await once(origin, "listening");
		const address = origin.address();
		port = typeof address === "object" && address !== null ? address.port : 0;
	});
	after(async () => {
		await closed(origin, open);
		await lab.close();
	});
	const resolve = () => new Map([...lab.resolve, [`hostile.lab.example:${port}`, ["127.0.0.1"]]]);

	/** Every message that a conversation was given, in whatever way. */
	function listening(place: string | null = null) {
		const messages: Message[] = [];
		const take = async (message: Message) => void messages.push(message);
		const conversation = chat({
			begin: take,
			progress: take,
			update: take,
			followUp: async (message) => {
				messages.push(message);
				return null;
			},
			replyPrivately: take,
			edit: async (_ref, message) => take(message),
			askAddress: async (_url, message) => take(message),
			location: () => ({ messageRef: place === null ? null : "head", threadKey: place }),
			workspace: "slack T1",
			channel: "C1",
			asker: "slack U1",
			isAdmin: async () => "yes",
			resumeRef: () => "here",
		});
		return { conversation, messages };
	}
	const desk = () =>
		labDesk(lab, {
			rules: {
				allow: null,
				resolve: new Map(),
				resolver: async () => {
					throw Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
				},
			},
		});
	const labRules = () => ({ ...labDeskRules(), resolve: resolve() });
	const labDeskRules = () => ({
		allow: LOOPBACK,
		resolver: async () => {
			throw Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
		},
	});

	/** What a person typed, pasted or named: given to the desk as the chats would. */
	const TYPED: Readonly<Record<string, (text: string) => string>> = {
		"the whole text": (text) => text,
		"behind every verb: ray": (text) => `ray ${text}`,
		headers: (text) => `headers ${text}`,
		origin: (text) => `origin shop.example ${text}`,
		explain: (text) => `explain ${text}`,
		solved: (text) => `solved ${text}`,
		answer: (text) => `answer ${text} ${text}`,
		watch: (text) => `watch shop.example ${text}`,
		"watch what": (text) => `watch ${text}`,
		unwatch: (text) => `unwatch ${text}`,
		"admin channels": (text) => `admin channels ${text}`,
		"admin origins": (text) => `admin origins ${text}`,
		forget: (text) => `forget ${text}`,
		"a path": (text) => `https://shop.example/${text}`,
		"a host": (text) => `https://${text}.example/`,
		"a paste's header": (text) =>
			`autopsy HTTP/1.1 200 ${inLine(text)}\nX-${inLine(text)}: ${inLine(text)}\nServer: ${inLine(text)}\n\n${text}`,
		"what curl said": (text) =>
			`* Connected to ${inLine(text)} (192.0.2.1) port 443 (#0)\n> GET / HTTP/1.1\n> \n* ${inLine(text)}\ncurl: (56) ${inLine(text)}`,
		"an error page": (text) => `${text} Error 520 Ray ID: 8a7d5e2fbcd1a1c3 • ${text} cf-ray: a5e6c0a1bcd1a1c3-DFW`,
		"a log line": (text) =>
			`logs 2026/11/22 12:00:05 [error] 7#7: *6 upstream prematurely closed connection, client: ${inLine(text)}, server: ${inLine(text)}\n192.0.2.1 - - [22/Nov/2026:12:00:05 +0000] "GET /${inLine(text)} HTTP/1.1" 444 0 "-" "${inLine(text)}"`,
		"a HAR entry": (text) =>
			JSON.stringify({
				log: {
					entries: [
						{
							request: { method: "GET", url: text },
							response: {
								status: 520,
								statusText: text,
								httpVersion: text,
								headers: [{ name: text, value: text }],
								content: { text },
							},
						},
					],
				},
			}),
	};
	for (const [field, build] of Object.entries(TYPED))
		for (const [what, text] of Object.entries(HOSTILE))
			it(`${what} as ${field}`, async () => {
				for (const plain of [(markup: string) => markup, plainFromSlack, plainFromDiscord]) {
					const { conversation, messages } = listening();
					await desk().handle(plain(build(text)), conversation, text);
					assert.ok(messages.length > 0);
					for (const message of messages) check(message, text);
				}
			});

	/** What a foreign server sends, over a real socket. */
	const SERVED: Readonly<Record<string, (text: string) => Buffer>> = {
		"the reason phrase": (text) => utf8(`HTTP/1.1 500 ${inLine(text)}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`),
		"field names and values": (text) =>
			utf8(
				`HTTP/1.1 200 OK\r\nX-Note: ${inLine(text)}\r\nServer: ${inLine(text)}\r\nX${inLine(text).replace(/[\s:]/g, "")}: 1\r\nSet-Cookie: ${inLine(text)}=1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
			),
		"a redirect": (text) =>
			utf8(
				`HTTP/1.1 302 Found\r\nLocation: https://evil.example/${inLine(text)}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
			),
		"the Ray ID and the page": (text) =>
			utf8(
				`HTTP/1.1 520 \r\nServer: cloudflare\r\nCF-RAY: ${inLine(text)}\r\nConnection: close\r\n\r\n<title>${text}</title>Error 520 Ray ID: ${text}`,
			),
		"Cloudflare's structured answer": (text) =>
			utf8(
				`HTTP/1.1 520 \r\nServer: cloudflare\r\nCF-RAY: a5e6c0a1bcd1a1c3-${inLine(text).slice(0, 3)}\r\ncf-error-type: ${inLine(text)}\r\nContent-Type: application/problem+json\r\nConnection: close\r\n\r\n${JSON.stringify({ cloudflare_error: true, error_code: 520, error_name: text, error_category: text, ray_id: text, timestamp: text, retry_after: 60 })}`,
			),
		"no HTTP at all": (text) => utf8(text),
	};
	for (const [field, build] of Object.entries(SERVED))
		for (const [what, text] of Object.entries(HOSTILE))
			it(`${what} in ${field}`, async () => {
				answer = build(text.slice(0, 60_000));
				const one = labDesk(lab, { rules: labRules(), stores: memoryStores(realClock) });
				for (const ask of ["", "headers ", "origin "]) {
					const { conversation, messages } = listening("thread");
					const url = `http://hostile.lab.example:${port}/`;
					await one.handle(`${ask}${url}${ask === "origin " ? ` 127.0.0.1:${port}` : ""}`, conversation, text);
					assert.ok(messages.length > 0);
					for (const message of messages) check(message, text);
				}
			});

	for (const [what, hostile] of Object.entries(HOSTILE))
		it(`${what} in every widget of Discord's`, () => {
			const shown = show(hostile, 80);
			const button = { label: shown, action: { do: "ask", text: hostile.slice(0, 60) } } as const;
			const said = text`${hostile} ${bold(hostile)} ${code(hostile)} ${ask(hostile)}`;
			const all = message(
				"bad",
				title(said, said),
				say(said),
				list([said, said]),
				command(said, shown),
				table([shown, shown]),
				grid([shown, shown], [[shown, shown]]),
				fields({ name: shown, value: said }, { name: shown, value: said }),
				{ kind: "chart", title: shown, categories: [shown], series: [{ name: shown, values: [1] }], text: said },
				note(said),
				controls(said, [{ ...button, primary: true }], [{ label: shown, options: [{ ...button, action: { do: "leave" } }] }]),
				buttons(said, { ...button, action: { do: "ask", text: hostile.padEnd(200, "x") } }),
			);
			discord(all, hostile);
			for (const form of ["container", "content"] as const)
				for (const part of partsOf(all, form, callsOf({ ...all, notify: { people: [hostile, `discord ${hostile}`] } })))
					assert.deepEqual(part.allowedMentions, { parse: [], repliedUser: false });
		});

	for (const [what, text] of Object.entries(HOSTILE))
		it(`${what} as the name of a person who answers, watches and solves`, async () => {
			const one = labDesk(lab);
			const { conversation, messages } = listening("thread");
			await one.handle(lab.url("closes-empty", `/${encodeURIComponent(text.slice(0, 60).toWellFormed())}`), conversation, text);
			await one.handle({ do: "answer", case: "case-1", key: "origin-log", value: "crash" }, conversation, text);
			await one.handle({ do: "answer", case: "case-1", key: "variants", value: null }, conversation, text);
			await one.handle({ do: "take-back", case: "case-1", key: "origin-log" }, conversation, text);
			await one.handle({ do: "report", case: "case-1" }, conversation, text);
			await one.handle(`watch ${lab.url("healthy")}`, conversation, text);
			await one.handle("unwatch", conversation, text);
			await one.handle({ do: "it-was", case: "case-1", cause: "origin-crashed" }, conversation, text);
			await one.handle({ do: "solved", case: "case-1" }, conversation, text);
			assert.ok(messages.length > 8);
			for (const message of messages) check(message, text);
		});
});

const LOOPBACK = (await import("../src/looks/addresses.ts")).ranges(["127.0.0.0/8"]);
const UNSAFE = /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]|\p{Cs}/u;
/** Ours: line ends, and the zero-width spaces that keep @ from pinging and addresses from being links in Discord. */
const bare = (text: string) => text.replace(/\n/g, "").replaceAll("@\u200b", "@").replaceAll(":/\u200b/", "://");

function check(message: Message, hostile: string): void {
	slack(message);
	discord(message, hostile);
	const terminal = renderTerminal(message, { colour: false, width: 100, askPrefix: "npm start -- " });
	assert.doesNotMatch(terminal.replace(/\n/g, ""), UNSAFE, "terminal");
}

/** What Slack takes of it, in a thread and outside, with its own widgets and without. */
function slack(message: Message): void {
	for (const target of [{ calls: true }, { inThread: true, plain: new Set(WIDGETS) }]) {
		const payload = renderSlack(message, target);
		assert.deepEqual(messageProblems(payload), []);
		assert.deepEqual(calledIn(payload), [], "it calls somebody");
		assert.doesNotMatch(payload.text, /[<>]/, "markup in the notification");
		const shown = payload.text.replace(/&(?:amp|lt|gt);/g, "&");
		assert.ok(shown.length <= 200, `a notification of ${shown.length} characters`);
		for (const text of textsIn(payload)) assert.doesNotMatch(bare(text), UNSAFE, "Slack");
		// Only addresses that are written in our own source.
		for (const url of JSON.stringify(payload).matchAll(/"url":"([^"]*)"/g))
			assert.match(url[1] ?? "", /^https:\/\/(?!evil)[\w.-]+\//);
	}
}

/** Every string that a person may read. */
function textsIn(value: unknown): string[] {
	if (typeof value === "string") return [value];
	if (Array.isArray(value)) return value.flatMap(textsIn);
	return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function discord(message: Message, hostile: string): void {
	for (const form of ["container", "content"] as const)
		for (const { allowedMentions, ...part } of partsOf(message, form, [])) {
			assert.equal(messageRefusal({ ...part, allowed_mentions: allowedMentions }), null);
			for (const text of discordTexts(part)) discordText(text, hostile);
			for (const { label } of discordControls(part)) assert.doesNotMatch(label, UNSAFE, "a label");
		}
}

function discordText(content: string, hostile: string): void {
	assert.doesNotMatch(bare(content), UNSAFE, "Discord");
	// Fences in pairs; outside of code nothing of these stands unescaped.
	const fences = content.match(/```/g) ?? [];
	assert.equal(fences.length % 2, 0, `an open fence:\n${content}`);
	const prose = content
		.replace(/```[\s\S]*?```/g, "")
		.replace(/`[^`\n]*`/g, "")
		.replace(/<t:\d+:[dT]>/g, "")
		.replace(/<https:\/\/(?:developers\.cloudflare\.com|[\w.-]+)\/[^\s<>]*>/g, (link) => (link.includes("evil") ? link : ""));
	assert.doesNotMatch(
		prose,
		/@(?!\u200b)(?:everyone|here)|(?<!\\)<(?:@|#|:|a:|\/|t:)/,
		`a ping or mark-up: ${prose.slice(0, 300)}`,
	);
	assert.doesNotMatch(prose, /(?<!\\)\[[^\]\n]*\]\(|https?:\/\/evil/, "a link");
	if (hostile.includes("||")) assert.doesNotMatch(prose, /(?<!\\)\|(?<!\\)\|spoiler/);
}
