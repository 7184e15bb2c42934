import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, createReadStream, createWriteStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type TestContext, test } from "node:test";
import { captureFiles } from "../../src/adapters/terminal/capture.ts";
import { type CaptureAbout, weighCaptures } from "../../src/judge/told-capture.ts";
import { understand } from "../../src/judge/understand.ts";
import { EVIDENCE_KEYS } from "../../src/knowledge/evidence.ts";
import { wordsInText } from "../../src/message/count-words.ts";
import { plainText } from "../../src/message/text.ts";
import { readToldCaptures } from "../../src/read/capture/told.ts";
import { captureDelta, capturePasteReply } from "../../src/reply/capture-paste.ts";
import { flat } from "../flat.ts";
import { Conversation, type Frame, PLAIN, recording, request, response } from "../packets.ts";
import { BROUGHT } from "../recordings.ts";

const START = Date.UTC(2026, 10, 25, 23, 27, 36, 500);
/** Ray IDs of that second, one after the other. */
const rayOf = (nth: number): string => (0xa6046ccef050d1c3n + BigInt(nth) * 0x10000n).toString(16);
const big = (n: number) => "x".repeat(n);
const SECRET = "sEcReT0123456789";

/** Requests to a shop, a few of which fail in ways that nobody sees from outside. */
function shop(ends: Readonly<Record<number, (on: Conversation) => Conversation>>, connections: number): Frame[] {
	const frames: Frame[] = [];
	for (let nth = 0; nth < connections; nth += 1) {
		const on = new Conversation({ atMs: START + nth * 2_000, clientPort: 30_000 + nth }).open();
		const cookie = `Cookie: session=${SECRET}\r\nAuthorization: Bearer ${SECRET}\r\n`;
		for (let k = 0; k < 3; k += 1) {
			on.wait(20)
				.client(request(`/orders/${nth}?token=${SECRET}`, `${rayOf(nth * 10 + k)}-FRA`, cookie))
				.wait(15 + nth);
			const end = k === 2 ? ends[nth] : undefined;
			if (end === undefined) on.server(response(big(500), `Set-Cookie: session=${SECRET}${"a".repeat(nth * 20)}; Path=/\r\n`));
			else end(on);
		}
		frames.push(...on.frames);
	}
	return frames.sort((a, b) => a.atMs - b.atMs);
}

const cutShort = (on: Conversation) => on.server(response(big(5_000)).slice(0, 2_000)).fin("server");
const givesUp = (on: Conversation) => on.wait(60_000).fin("client").fin("server");
const malformed = (on: Conversation) => on.server("HTTP/1.1 200 OK\r\nX Cart: 1\r\nContent-Length: 0\r\n\r\n");
const cookies = (bytes: number) => (on: Conversation) =>
	on.server(response("hi", `Set-Cookie: cart=${"a".repeat(bytes)}; Path=/\r\n`));

const TLS = new Conversation({ atMs: START })
	.open()
	.client("\x16\x03\x01\x00\x05hello")
	.server("\x16\x03\x03\x00\x05hello")
	.fin("server").frames;

const RECORDINGS: Readonly<Record<string, Buffer>> = {
	"one.pcap": recording(shop({ 4: cutShort }, 12), PLAIN),
	"many.pcapng": recording(
		shop({ 2: givesUp, 3: cutShort, 5: givesUp, 7: malformed, 8: givesUp, 9: cookies(140_000), 11: cutShort }, 30),
		{ ...PLAIN, form: "pcapng", nanoseconds: true },
	),
	"healthy.pcap": recording(shop({}, 12), PLAIN),
	"close.pcap": recording(shop({ 3: cookies(70_000), 4: cookies(80_000) }, 12), PLAIN),
	"tls.pcap": recording(TLS, PLAIN),
	"fastcgi.pcap": recording(
		new Conversation({ atMs: START, serverPort: 9_000 })
			.open()
			.client("\x01\x01\0\x01\0\x08\0\0\0\x01\0\0\0\0\0\0")
			.server("\x01\x06\0\x01")
			.fin("server").frames,
		PLAIN,
	),
	// The proxy's own port, and the application's behind it.
	"two-hops.pcap": recording(
		[80, 8_080].flatMap(
			(serverPort, nth) =>
				new Conversation({ atMs: START + nth * 5, serverPort, clientPort: 40_000 + nth })
					.open()
					.client(request("/cart", rayOf(7)))
					.server(serverPort === 80 ? response("HTTP/1.1 is fine") : response(big(900)).slice(0, 500))
					.fin("server").frames,
		),
		PLAIN,
	),
	"empty.pcap": recording([], PLAIN),
	"left.pcap": recording(
		new Conversation({ atMs: START })
			.open()
			.client(request("/orders/4", rayOf(1)))
			.server(response("ok"))
			.client(request("/orders/5", rayOf(2)))
			.server("HTTP/1.1 200 OK\r\nSet Cookie: a=b\r\n\r\nhello")
			.wait(60_000)
			.fin("client")
			.fin("server").frames,
		PLAIN,
	),
	"lossy.pcap": recording(
		shop({}, 12).filter((_, nth) => nth % 9 !== 8),
		{ ...PLAIN, snap: 400 },
	),
	"cut.pcap": recording(shop({ 4: cutShort }, 12), PLAIN).subarray(0, 30_000),
};

const folder = mkdtempSync(join(tmpdir(), "cf520-capture-"));
for (const [name, bytes] of Object.entries(RECORDINGS)) writeFileSync(join(folder, name), bytes);
// A ring of two files: the connection goes on in the second one.
const [ringA, ringB] = [join(folder, "ring.pcap00"), join(folder, "ring.pcap01")];
// Large segments, as loopback has them.
const ring = new Conversation({ atMs: START, segmentBytes: 65_480 })
	.open()
	.client(request("/a", rayOf(1)))
	.server(response(big(200_000)).slice(0, 190_000))
	.fin("server").frames;
writeFileSync(ringB, recording(ring.slice(0, 6), PLAIN));
writeFileSync(ringA, recording(ring.slice(6), PLAIN));
writeFileSync(join(folder, "no.txt"), "GET / HTTP/1.1\r\n\r\n");
writeFileSync(join(folder, "nothing.pcap"), "");
writeFileSync(join(folder, "nothing.pcap01"), "");
writeFileSync(join(folder, "packed.pcap.gz"), Buffer.from("1f8b0800000000000003", "hex"));
test.after(() => rmSync(folder, { recursive: true }));

async function run(words: readonly string[], json = false): Promise<{ status: number; out: string; aside: string }> {
	let out = "";
	let aside = "";
	const style = { colour: false, width: 100, askPrefix: "npm start -- " };
	const named = words.map((word, nth) => (nth === 0 || /\.(?:pcap|txt)/.test(word) ? join(folder, word) : word));
	const status = await captureFiles(
		named,
		json,
		style,
		(text) => {
			out += text;
		},
		(text) => {
			aside += text.replaceAll(folder, "");
		},
	);
	return { status, out, aside };
}

const ASKED: Readonly<Record<string, readonly string[]>> = {
	one: ["one.pcap"],
	many: ["many.pcapng"],
	healthy: ["healthy.pcap"],
	close: ["close.pcap"],
	tls: ["tls.pcap"],
	empty: ["empty.pcap"],
	fastcgi: ["fastcgi.pcap"],
	"two-hops": ["two-hops.pcap"],
	"two-hops-ray": ["two-hops.pcap", rayOf(7)],
	left: ["left.pcap"],
	"left-ray": ["left.pcap", rayOf(2)],
	lossy: ["lossy.pcap"],
	"cut-file": ["cut.pcap"],
	"one-part": ["one.pcap", "from", "23:27:40", "to", "23:27:41"],
	"one-no-part": ["one.pcap", "from", "22:00", "to", "22:10"],
	"ray-failed": ["one.pcap", `${rayOf(42).toUpperCase()}-FRA`],
	"ray-whole": ["one.pcap", "ray", rayOf(41)],
	"ray-large": ["many.pcapng", rayOf(92)],
	"ray-in-part": ["lossy.pcap", rayOf(41)],
	"ray-elsewhere": ["one.pcap", "a6046cd0f050d1c3-FRA"],
	"ray-later": ["one.pcap", "a6056cd0f050d1c3-FRA"],
	ring: ["ring.pcap00", "ring.pcap01"],
};

for (const [name, words] of Object.entries(ASKED))
	test(`capture ${words.join(" ")}`, async (t: TestContext) => {
		const { status, out, aside } = await run(words);
		assert.equal(`${status} ${aside}`, "0 ");
		t.assert.fileSnapshot(
			`capture ${words.join(" ")}\n\n${out}`,
			new URL(`../golden/captures/${name}.txt`, import.meta.url).pathname,
			{ serializers: [String] },
		);
		const json = (await run(words, true)).out;
		for (const secret of [SECRET, "192.0.2", "192.168"]) assert.ok(!`${out}${json}`.includes(secret), `${secret} is told`);
		const { id, exchanges, summary } = JSON.parse(json);
		assert.ok(typeof id === "string" && Array.isArray(exchanges) && typeof summary === "object");
	});

for (const [words, says] of [
	[[], /capture needs a file/],
	[["none.pcap"], /There is no file .*none\.pcap\.\n$/],
	[["."], /is a directory\. Name the files in it: capture .*\/\*\n$/],
	[["nothing.pcap"], /nothing\.pcap is empty\. .*Ctrl-C/],
	[["nothing.pcap", "nothing.pcap01"], /nothing\.pcap is empty\./],
	[["one.pcap", "no.txt"], /no\.txt is not a packet capture/],
	[["one.pcap", "packed.pcap.gz"], /packed\.pcap\.gz is compressed with gzip\. .*gunzip -k .*packed\.pcap\.gz\n$/],
	[["one.pcap", "from", "2026-11-25", "23:30", "to", "2026-11-25", "23:20"], /second time is before the first/],
	[["no.txt"], /not a packet capture.*tcpdump/],
	[["packed.pcap.gz"], /gzip.*gunzip/],
	[["one.pcap", "yesterday"], /not a Ray ID/],
	[["one.pcap", "from", "noon", "to", "one"], /cannot read these times/],
	[["one.pcap", "from"], /cannot read these times/],
] as const)
	test(`capture ${words.join(" ")} says what is wrong`, async () => {
		const { status, out, aside } = await run(words);
		assert.equal(status, 2);
		assert.equal(out, "");
		assert.match(aside, says);
	});

test("files of a ring are read in the order of their first packets, also where the newest is empty; pipes as they are named", async () => {
	const [first, second] = ["ring.pcap01", "ring.pcap00"];
	const whole = (await run([second, first])).out;
	assert.match(whole, /2 files: /);
	assert.equal((await run([second, first, "nothing.pcap"])).out.replace("3 files", "2 files"), whole);
	const pipes = ["a.pcap", "b.pcap"].map((name) => join(folder, `pipe-${name}`));
	execFileSync("mkfifo", pipes);
	const feeding = [first, second].map((name, nth) =>
		pipeline(createReadStream(join(folder, name)), createWriteStream(pipes[nth] ?? "")),
	);
	const piped = await run(["pipe-a.pcap", "pipe-b.pcap"]);
	await Promise.all(feeding);
	assert.equal(piped.out, whole);
});

test("what a proxy passes on and visitors do not get is no whole response", async () => {
	const coded = response(big(500), "Content-Encoding: gzip\r\n");
	const on = new Conversation({ atMs: START })
		.open()
		.client(request("/gz", rayOf(3)))
		.server(coded)
		.fin("server");
	writeFileSync(join(folder, "coded.pcap"), recording(on.frames, PLAIN));
	for (const words of [["coded.pcap", rayOf(3)], ["coded.pcap"]]) {
		const { out } = await run(words);
		assert.match(out, /Content-Encoding/);
		assert.doesNotMatch(out, /between here and Cloudflare/);
		assert.equal(understand(out, PAGE, LATER).evidence["origin-log"], undefined);
	}
	// The lines for tools keep to what a proxy does not accept.
	assert.deepEqual((JSON.parse((await run(["coded.pcap"], true)).out) as { exchanges: unknown[] }).exchanges, []);
});

test("what may not be read is said", async () => {
	const isRoot = process.geteuid?.() === 0;
	chmodSync(join(folder, "close.pcap"), 0);
	// root may read everything.
	if (isRoot) process.seteuid?.(65_534);
	try {
		assert.match((await run(["close.pcap"])).aside, /I may not read .*close\.pcap/);
	} finally {
		if (isRoot) process.seteuid?.(0);
		chmodSync(join(folder, "close.pcap"), 0o600);
	}
});

test("times are of the day, exact, or past midnight", async () => {
	const failed = async (...words: string[]) =>
		(JSON.parse((await run(["one.pcap", ...words], true)).out) as { exchanges: unknown[] }).exchanges.length;
	for (const [words, want] of [
		["from 23:27 to 23:27", 1],
		["from 23:27:44 to 23:27:44", 1],
		["from 23:27:45 to 23:28", 0],
		["from 23:28 to 01:00", 0],
		["from 23:27:44.5 to 23:27:44.6", 1],
		["from 2026-11-25T23:27:44Z to 23:28", 1],
		["from 2026-11-25 23:27:44 UTC to 2026-11-25 23:27:45 UTC", 1],
		["from 2026-11-26 00:00 to 2026-11-26 23:59", 0],
		["from 2026-11-26T01:27:44+02:00 to 01:28 +0200", 1],
		["from 00:27:44 +01:00 to 00:27:44+01:00", 1],
		["from 18:27:44-05:00 to 18:27:44 -05:00", 1],
		["from 23:27:44+02:00 to 23:27:44+02:00", 0],
		["from 23:00", 1],
		["to 23:00", 0],
		["until 23:30", 1],
	] as const)
		assert.equal(await failed(...words.split(" ")), want, words);
});

/** What a recording is evidence for, pasted in the thread of a case about this page. */
const MOVES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	one: { "direct-origin": "closed-mid-body", "time-to-failure": "instant", "edge-pattern": "random" },
	many: { "time-to-failure": "round-number", "edge-pattern": "random" },
	left: { "direct-origin": "malformed", "time-to-failure": "round-number" },
	"left-ray": { "direct-origin": "malformed", "time-to-failure": "round-number" },
	"cut-file": { "direct-origin": "closed-mid-body", "time-to-failure": "instant", "edge-pattern": "random" },
	"ray-failed": { "direct-origin": "closed-mid-body", "time-to-failure": "instant" },
	"ray-large": { "direct-origin": "header-section-too-large", "time-to-failure": "instant" },
	"ray-whole": { "origin-log": "complete-200" },
};
const PAGE = { url: "https://shop.example/orders/4", code: "520" };
const LATER = START + 3_600_000;

for (const [name, words] of Object.entries(ASKED))
	test(`what capture ${words.join(" ")} prints is read back, and moves the case as far as it is its own`, async () => {
		for (const json of [false, true]) {
			const { out } = await run(words, json);
			for (const asks of [null, ...EVIDENCE_KEYS])
				for (const [how, text] of pasted(out)) {
					const read = understand(text, { ...PAGE, asks }, LATER);
					assert.deepEqual(
						[read.evidence, read.answer, read.candidates, read.response],
						[MOVES[name] ?? {}, null, [], null],
						`${asks}, ${how}: ${text}`,
					);
					// A terminal may have cut the name.
					assert.ok(read.target === null || "https://shop.example/".endsWith(read.target.slice(8)), `${read.target}`);
				}
			const told = [...out.matchAll(/\b[0-9a-f]{16}\b/g)].map(([id]) => id);
			const read = understand(out, {}, LATER);
			assert.deepEqual(read.rays.map(({ id }) => id).sort(), [...new Set(told)].sort(), out);
			if (MOVES[name] !== undefined) assert.equal(read.intent, "autopsy");
		}
	});

/** As people bring it. */
const pasted = (out: string): readonly (readonly [how: string, text: string])[] => [
	...Object.entries(BROUGHT).map(([how, bring]) => [how, bring(out)] as const),
	...(out.startsWith("{") ? [] : ([["in one line", out.replace(/\s+/g, " ")]] as const)),
];

// Of failures that differ, a part may show one kind alone.
for (const [name, words] of Object.entries(ASKED))
	test(`a part of what capture ${words.join(" ")} prints never says what all of it does not`, async () => {
		for (const json of [false, true]) {
			const { out } = await run(words, json);
			for (let part = 1; part < 20; part += 1) {
				const at = Math.floor((out.length * part) / 20);
				for (const cut of [out.slice(0, at), out.slice(at)]) {
					const read = understand(cut, PAGE, LATER);
					assert.equal(read.answer, null, cut);
					if (read.intent !== "autopsy") continue;
					for (const [key, value] of Object.entries(read.evidence))
						if (name !== "many" || key === "edge-pattern") assert.equal(MOVES[name]?.[key], value, `${key} of ${cut}`);
				}
			}
		}
	});

test("how sure a recording is of which requests fail is in the data", async () => {
	const [told] = readToldCaptures((await run(["one.pcap"])).out);
	assert.ok(told !== undefined);
	const { data } = capturePasteReply(told, weighCaptures([told], null).weighed);
	const { pattern } = (data as { paste: { pattern: { lower: number; upper: number; failed: number; of: number } } }).paste;
	assert.ok(pattern.lower > 0 && pattern.lower < pattern.failed / pattern.of && pattern.upper > pattern.failed / pattern.of);
});

for (const [name, words, thread, moves] of [
	["another host", ["one.pcap"], { ...PAGE, url: "https://other.example/orders/4" }, {}],
	["www of the host", ["ray-one"], { ...PAGE, url: "https://www.shop.example/orders/4" }, MOVES.one],
	["another page", ["one.pcap"], { ...PAGE, url: "https://shop.example/login" }, {}],
	["the start page stands for all", ["one.pcap"], { ...PAGE, url: "https://shop.example/" }, MOVES.one],
	["another Ray ID", ["one.pcap", rayOf(42)], { ...PAGE, rays: [rayOf(7)] }, {}],
	["a whole one of another Ray ID", ["one.pcap", rayOf(41)], { ...PAGE, rays: [rayOf(7)] }, {}],
	["its own Ray ID", ["one.pcap", rayOf(42)], { ...PAGE, rays: [rayOf(7), rayOf(42)] }, MOVES["ray-failed"]],
	["its own Ray ID, whole", ["one.pcap", rayOf(41)], { ...PAGE, rays: [rayOf(41)] }, MOVES["ray-whole"]],
	[
		"its own Ray ID among all",
		["many.pcapng"],
		{ ...PAGE, rays: [rayOf(32)] },
		{ ...MOVES["ray-failed"], "edge-pattern": "random" },
	],
	[
		"its own Ray ID on another page",
		["many.pcapng"],
		{ ...PAGE, url: "https://shop.example/", rays: [rayOf(72)] },
		{ "direct-origin": "malformed", "edge-pattern": "random" },
	],
] as const)
	test(`of ${name}, a recording says as much as it can`, async () => {
		for (const json of [false, true]) {
			const { out } = await run(words[0] === "ray-one" ? ["one.pcap"] : words, json);
			const { evidence } = understand(out, thread, LATER);
			const told = json && "direct-origin" in (moves ?? {}) ? { ...evidence, "time-to-failure": undefined } : evidence;
			assert.deepEqual({ ...told, "time-to-failure": undefined }, { ...moves, "time-to-failure": undefined }, out);
		}
	});

test("what is said of each paste, alone and in the thread of a case", async (t: TestContext) => {
	const said: string[] = [];
	for (const words of Object.values(ASKED)) {
		const [first] = readToldCaptures((await run(words)).out);
		if (first === undefined) continue;
		const of = (about: CaptureAbout | null) => weighCaptures([first], about);
		const alone = capturePasteReply(first, of(null).weighed);
		const about = { url: PAGE.url, rays: [], pattern: "not-reproduced" };
		const delta = captureDelta(first, of(about).weighed);
		const of7 = captureDelta(first, of({ ...about, rays: [rayOf(7)] }).weighed);
		assert.ok(wordsInText(delta) <= 35 && wordsInText(of7) <= 35, "no room for the next question");
		said.push(
			`capture ${words.join(" ")}\n\n${flat(alone.head)}\n\nin a case: ${plainText(delta)}\nin a case with another Ray ID: ${plainText(of7)}\n`,
		);
	}
	t.assert.fileSnapshot(said.join("\n"), new URL("../golden/captures/pasted.txt", import.meta.url).pathname, {
		serializers: [String],
	});
});

test("a summary says nothing in words of its own", () => {
	const line = "23:27:44.598 UTC GET /<script> (Ray ID a6046ccef07ad1c3) to evil.example: 200, rejected (520). ";
	const [told] = readToldCaptures(`${line}The content is shorter than Content-Length promises (after me).`);
	assert.deepEqual(told?.exchanges[0]?.findings, [{ id: "content-short" }]);
	assert.ok(told !== undefined);
	const { head } = capturePasteReply(told, weighCaptures([told], null).weighed);
	assert.doesNotMatch(flat(head), /script|evil|after me/);
});
