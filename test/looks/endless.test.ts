import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { after, test } from "node:test";
import { createSecureContext, TLSSocket } from "node:tls";
import { classify } from "../../src/judge/classify.ts";
import { judgeOrigin, type OriginVerdict } from "../../src/judge/origin.ts";
import { ranges } from "../../src/looks/addresses.ts";
import { http2End } from "../../src/looks/end-detector.ts";
import { look } from "../../src/looks/exchange.ts";
import { checkOrigin, checkTarget, type GuardRules } from "../../src/looks/guard.ts";
import type { Answered, Observation } from "../../src/looks/observation.ts";
import { lookAtOrigin } from "../../src/looks/origin.ts";
import { readTarget } from "../../src/read/text/target.ts";
import { FIELDS_KEPT } from "../../src/read/wire/reading.ts";
import { makeCertificates } from "../lab/ca.ts";
import { frame } from "../lab/frame.ts";
import { closed, listening } from "../lab/origin.ts";

/**
 * Servers that repeat something without end, on real sockets. A look at each ends by a bound and not by its time limit, after few bytes,
 * and with a finding of its own. A server stops by itself after {@link SENT_MAX_BYTES}, so that a broken bound fails and harms nobody.
 */

const SENT_MAX_BYTES = 80 * 1024 * 1024;
const LIMIT_MS = 20_000;
/** A bound, and what was on its way when it was reached. */
const RECEIVED_MAX_BYTES = 2 * 1024 * 1024;
const certificates = await makeCertificates();
const open = new Set<Socket>();
const servers: ReturnType<typeof createServer>[] = [];
after(() => Promise.all(servers.map((server) => closed(server, open))));

interface Flood {
	/** Sent once. */
	readonly first: Buffer;
	/** Sent again and again. */
	readonly again: Buffer;
	/** Over TLS, to whoever agrees on HTTP/2; others get a small page. */
	readonly http2?: boolean;
	/** Nothing that the other side writes is read. */
	readonly deaf?: boolean;
}

const PAGE = Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

async function serve(flood: Flood): Promise<{ readonly port: number; readonly heard: () => number }> {
	let heard = 0;
	const server = createServer((tcp) => {
		open.add(tcp);
		tcp.on("error", () => {}).on("close", () => open.delete(tcp));
		const talk = (socket: Socket, floods: boolean) => {
			socket.on("error", () => {});
			socket.on("data", (chunk: Buffer) => {
				heard += chunk.length;
				if (!floods) socket.write(PAGE);
			});
			socket.once("data", () => {
				if (!floods) return;
				if (flood.deaf === true) socket.pause();
				let sent = 0;
				const piece = Buffer.concat(Array.from({ length: Math.ceil(65_536 / flood.again.length) }, () => flood.again));
				const more = () => {
					while (!socket.destroyed && sent < SENT_MAX_BYTES) {
						sent += piece.length;
						if (!socket.write(piece)) return void socket.once("drain", more);
					}
				};
				socket.write(flood.first);
				more();
			});
		};
		if (flood.http2 !== true) return talk(tcp, true);
		const secured = new TLSSocket(tcp, {
			isServer: true,
			secureContext: createSecureContext({ key: certificates.edge.key, cert: certificates.edge.cert }),
			ALPNProtocols: ["h2", "http/1.1"],
		});
		secured.on("error", () => {}).on("secure", () => talk(secured, secured.alpnProtocol === "h2"));
	});
	servers.push(server);
	return { port: await listening(server), heard: () => heard };
}

const RULES: GuardRules = { allow: ranges(["127.0.0.0/8"]), resolve: new Map(), resolver: async () => [] };
const options = { ca: certificates.ca, insecure: true, userAgent: "cf520-test", limitMs: LIMIT_MS };

function target(flood: Flood, port: number) {
	const site = readTarget(`${flood.http2 === true ? "https" : "http"}://origin.lab.example:${port}/`);
	assert.ok("url" in site);
	return site;
}

async function atOrigin(flood: Flood): Promise<{ verdict: OriginVerdict; flooded: Answered; heard: number }> {
	const { port, heard } = await serve(flood);
	const checked = checkOrigin(target(flood, port), "127.0.0.1", port, RULES);
	assert.ok(!("why" in checked));
	const looks = await lookAtOrigin([checked], { ...options, httpVersion: 1 }, Date.now);
	const flooded = looks.find((one) => flood.http2 !== true || one.asked.originLook === "http2");
	assert.ok(flooded?.kind === "answered");
	return { verdict: judgeOrigin(looks as [Observation, ...Observation[]], null, Date.now()), flooded, heard: heard() };
}

async function atSite(flood: Flood): Promise<Answered> {
	const { port } = await serve(flood);
	const site = target(flood, port);
	const checked = await checkTarget(site, { ...RULES, resolve: new Map([[`${site.host}:${port}`, ["127.0.0.1"]]]) });
	assert.ok(!("why" in checked));
	const asked = { route: "through-edge", purpose: "page", url: site.url, method: "GET", startedAtMs: 0 } as const;
	const seen = await look(checked, asked, {}, { ...options, httpVersion: flood.http2 === true ? 2 : 1 });
	assert.ok(seen.kind === "answered");
	return seen;
}

const SETTINGS = frame(4, 0, 0);
/** `:status: 200`, then a header of 4,000 bytes that goes into the table. */
const BLOCK = `\x88\x40\x01x\x7f\xa1\x1e${"a".repeat(4_000)}`;
const NOTHING = Buffer.alloc(0);
const text = (bytes: string) => Buffer.from(bytes, "latin1");
const CHUNKED = text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");

const FLOODS: readonly (readonly [what: string, finding: string, flood: Flood])[] = [
	["PING", "h2-endless-frames", { http2: true, first: SETTINGS, again: frame(6, 0, 0, "pingping") }],
	["PING, reading nothing", "h2-endless-frames", { http2: true, deaf: true, first: SETTINGS, again: frame(6, 0, 0, "pingping") }],
	["SETTINGS", "h2-endless-frames", { http2: true, deaf: true, first: NOTHING, again: SETTINGS }],
	["acknowledgements", "h2-bad-settings", { http2: true, first: SETTINGS, again: frame(4, 1, 0) }],
	["frames of an unknown type", "h2-endless-frames", { http2: true, first: SETTINGS, again: frame(99, 0, 0, "x".repeat(900)) }],
	[
		"empty DATA",
		"h2-endless-frames",
		{ http2: true, first: Buffer.concat([SETTINGS, frame(1, 4, 1, "\x88")]), again: frame(0, 0, 1) },
	],
	...[
		["DATA of padding alone", frame(0, 8, 1, `\xff${"\0".repeat(255)}`)] as const,
		["empty DATA with the shortest padding", frame(0, 8, 1, "\0")] as const,
		["DATA of mostly padding", frame(0, 8, 1, `\xff${"a".repeat(20)}${"\0".repeat(255)}`)] as const,
		["DATA of one byte", frame(0, 0, 1, "a")] as const,
	].map(([what, again]): readonly [string, string, Flood] => [
		what,
		"h2-endless-frames",
		{ http2: true, first: Buffer.concat([SETTINGS, frame(1, 4, 1, "\x88")]), again },
	]),
	[
		"CONTINUATION",
		"h2-endless-header-block",
		{ http2: true, first: Buffer.concat([SETTINGS, frame(1, 0, 1, "\x88")]), again: frame(9, 0, 1) },
	],
	["103 over HTTP/2", "endless-interim", { http2: true, first: SETTINGS, again: frame(1, 4, 1, "\x08\x03103") }],
	[
		"trailers of one entry, thousands of times",
		"h2-fields-endless",
		{
			http2: true,
			first: Buffer.concat([SETTINGS, frame(1, 4, 1, BLOCK)]),
			again: frame(1, 5, 1, "\xbe".repeat(4_000)),
		},
	],
	["103", "endless-interim", { first: NOTHING, again: text("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n") }],
	["100 of 2 KB", "endless-interim", { first: NOTHING, again: text(`HTTP/1.1 100 Continue\r\nX: ${"x".repeat(2_000)}\r\n\r\n`) }],
	["header fields", "header-section-endless", { first: text("HTTP/1.1 200 OK\r\n"), again: text("a:b\r\n") }],
	["folded lines", "header-section-endless", { first: text("HTTP/1.1 200 OK\r\nA: b\r\n"), again: text(" c\r\n") }],
	["empty lines", "header-section-endless", { first: NOTHING, again: text("\r\n") }],
	["tiny chunks", "endless-chunks", { first: CHUNKED, again: text("1\r\na\r\n") }],
	["tiny chunks with extensions", "endless-chunks", { first: CHUNKED, again: text(`1;${"e".repeat(9_000)}\r\na\r\n`) }],
	["trailers", "trailers-too-large", { first: Buffer.concat([CHUNKED, text("0\r\n")]), again: text("a: b\r\n") }],
];

for (const [what, finding, flood] of FLOODS)
	test(`an origin that sends ${what} without end is left after few bytes, and named`, async () => {
		const { verdict, flooded, heard } = await atOrigin(flood);
		const seen = verdict.seen.find((one) => one.look === flooded);
		const findings = seen?.found?.findings.map((one) => one.id) ?? [];
		assert.ok(findings.includes(finding as never), `${finding} is not among ${findings.join(", ")}`);
		assert.equal(flooded.ending, "enough");
		assert.ok(flooded.received < RECEIVED_MAX_BYTES, `${flooded.received} bytes`);
		assert.ok(heard < 20_000, `${heard} bytes were written to it`);
		assert.ok((seen?.found?.reading.fields.length ?? 0) < FIELDS_KEPT + 100);
	});

for (const [what, , flood] of FLOODS)
	test(`a site that sends ${what} without end is left after few bytes`, async () => {
		const seen = await atSite(flood);
		assert.equal(seen.ending, "enough");
		assert.ok(seen.received < RECEIVED_MAX_BYTES, `${seen.received} bytes`);
		const { reading } = classify(seen, Date.now());
		assert.ok(reading.fields.length < FIELDS_KEPT + 100);
	});

test("a page with 10,000 trailers is read to its end by us alone", async () => {
	const first = Buffer.concat([CHUNKED, text(`2\r\nok\r\n0\r\n${"a:\r\n".repeat(10_000)}\r\n`)]);
	const seen = await atSite({ first, again: text("x") });
	assert.deepEqual([classify(seen, Date.now()).reading.complete, seen.ending], [true, "enough"]);
	const { secondOpinion } = seen;
	assert.ok(secondOpinion?.kind === "refused" || secondOpinion?.whole === false, "undici made two buffers of each");
});

test("a page with 64,000 header fields is read to its end, and a few hundred of them are kept", async () => {
	const first = text(`HTTP/1.1 200 OK\r\n${"a:\r\n".repeat(64_000)}Server: cloudflare\r\nContent-Length: 2\r\n\r\nok`);
	const flood = { first, again: NOTHING };
	const seen = await atSite({ ...flood, again: text("x") });
	const { reading, status, kind } = classify(seen, Date.now());
	assert.deepEqual([status, reading.fieldCount, reading.framing], [200, 64_002, { kind: "length", declared: 2 }]);
	assert.equal(reading.fields.length, FIELDS_KEPT + 2);
	assert.equal(kind, "passed-on", "who made it stands after all the others");
	assert.deepEqual(seen.secondOpinion, { kind: "refused", error: "BOUND" });
});

test("PING and SETTINGS are answered 100 and 10 times, and not at all when the answers are not read", () => {
	for (const [what, bytes, most] of [
		["PING", frame(6, 0, 0, "pingping"), 100],
		["SETTINGS", SETTINGS, 10],
	] as const) {
		const detector = http2End();
		let answers = 0;
		const answer = () => {
			answers += 1;
			return true;
		};
		const progress = Array.from({ length: most }, () => detector.push(bytes, answer));
		assert.deepEqual([...new Set(progress)], ["more"], what);
		assert.equal(detector.push(Buffer.concat([bytes, bytes]), answer), "bound");
		assert.equal(answers, most);
		assert.equal(
			http2End().push(bytes, () => false),
			"bound",
		);
	}
});

test("a GOAWAY that allows our stream does not end the look, and one that does not ends it", () => {
	const pushed = (payload: string) => http2End().push(Buffer.concat([SETTINGS, frame(7, 0, 0, payload)]), () => true);
	assert.equal(pushed("\0\0\0\x01\0\0\0\x0bdebug"), "more");
	assert.equal(pushed("\x7f\xff\xff\xff\0\0\0\0"), "more");
	assert.equal(pushed("\0\0\0\0\0\0\0\x0b"), "over");
	assert.equal(pushed("\0\0"), "over");
});

test("the end of a stream is found however the frames are split", () => {
	const bytes = Buffer.concat([
		SETTINGS,
		frame(6, 0, 0, "pingping"),
		frame(7, 0, 0, "\0\0\0\x01\0\0\0\x0bdebug"),
		frame(1, 4, 1, "\x88"),
		frame(0, 8, 1, "\x02he\0\0"),
		frame(0, 1, 1, "llo"),
	]);
	for (let size = 1; size <= bytes.length; size += 1) {
		const detector = http2End();
		const written: Buffer[] = [];
		const write = (answer: Buffer) => written.push(answer) > 0;
		const progress: string[] = [];
		for (let at = 0; at < bytes.length; at += size) progress.push(detector.push(bytes.subarray(at, at + size), write));
		assert.equal(progress.at(-1), "over");
		assert.deepEqual(Buffer.concat(written), Buffer.concat([frame(4, 1, 0), frame(6, 1, 0, "pingping")]));
	}
});
