import assert from "node:assert/strict";
import { test } from "node:test";
import { originEvidence } from "../../src/judge/case-evidence.ts";
import { classify } from "../../src/judge/classify.ts";
import { judgeOrigin } from "../../src/judge/origin.ts";
import type { ClassifiedLook } from "../../src/judge/pattern.ts";
import { failureMs } from "../../src/judge/pattern.ts";
import type { Answered, Observation, OriginLook, Unreached } from "../../src/looks/observation.ts";
import { readTarget } from "../../src/read/text/target.ts";
import type { Ending } from "../../src/read/wire/ending.ts";
import { originReply } from "../../src/reply/origin.ts";
import { flat } from "../flat.ts";
import { frame as frameOf } from "../lab/frame.ts";
import { findingsOf } from "../looks/origin-looks.ts";
import { words } from "../words.ts";

/** What follows from several looks together: data in, verdict out. */

const NOW = Date.UTC(2026, 10, 26, 12);
const TLS = { protocol: "TLSv1.3", alpn: "http/1.1", refusedBecause: null, certificate: null };

interface Met {
	readonly bytes: string;
	readonly ending: Ending;
	/** Milliseconds after the request: first byte, last byte, end. */
	readonly times: readonly [first: number | null, last: number | null, end: number];
}

const met = (bytes: string, ending: Ending = "enough", times: Met["times"] = [5, 6, 7]): Met => ({ bytes, ending, times });
const OK = met("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
const OWN_502 = met("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nbad");
const EMPTY = met("", "fin", [null, null, 7]);
const BAD = met("HTTP/1.1 200 OK\r\nBad Name: 1\r\nContent-Length: 2\r\n\r\nok");
const SHORT = (got: string, end: number, last = 6, first = 5) =>
	met(`HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n${got}`, "fin", [first, last, end]);
const REFUSED = "ECONNREFUSED";

const frame = (type: number, flags: number, payload: Buffer, stream = 1) => frameOf(type, flags, stream, payload);
const SETTINGS = Buffer.concat([frame(4, 0, Buffer.alloc(0), 0), frame(4, 1, Buffer.alloc(0), 0)]);
const h2 = (...frames: Buffer[]) => met(Buffer.concat([SETTINGS, ...frames]).toString("latin1"));
const H2_OK = h2(frame(1, 4, Buffer.from([0x88])), frame(0, 1, Buffer.from("ok")));
const H2_RESET = h2(frame(3, 0, Buffer.from([0, 0, 0, 2])));
/** RFC 7541 appendix A: index 28 is content-length. */
const H2_SHORT = h2(frame(1, 4, Buffer.from("\x88\x0f\x0d\x03100", "latin1")), frame(0, 1, Buffer.from("hello")));
const H2_LARGE_FRAME = h2(frame(1, 4, Buffer.from([0x88])), frame(0, 1, Buffer.alloc(40_000, 0x78)));

function observed(of: OriginLook, one: Met | string, secured: boolean): Observation {
	const isHttp2 = of === "http2" || of === "http2-again";
	const asked = {
		route: "direct-to-origin",
		purpose: "origin",
		originLook: of,
		url: "https://shop.example/",
		method: of === "head" ? "HEAD" : "GET",
		startedAtMs: NOW,
	} as const;
	const timings = { dnsMs: null, connectedMs: 1, securedMs: 2, sentMs: 3, firstByteMs: null, lastByteMs: null, endedMs: 4 };
	if (typeof one === "string") return { kind: "unreached", asked, stage: "connect", code: one, timings } satisfies Unreached;
	const bytes = new Uint8Array(Buffer.from(one.bytes, "latin1"));
	const [first, last, end] = one.times.map((ms) => (ms === null ? null : ms + 3));
	return {
		kind: "answered",
		asked,
		protocol: isHttp2 ? "h2" : "http/1.1",
		...(isHttp2 ? { announcedFrameBytes: 65_536 } : {}),
		family: 4,
		cloudflareAddress: false,
		bytes,
		received: bytes.length,
		ending: one.ending,
		tls: secured ? TLS : null,
		secondOpinion: null,
		content: new Uint8Array(),
		persists: one === OK || one === OWN_502,
		timings: { ...timings, firstByteMs: first ?? null, lastByteMs: last ?? null, endedMs: end ?? 0 },
	} satisfies Answered;
}

type Looks = Partial<Record<OriginLook, Met | string>>;
const observations = (looks: Looks) =>
	Object.entries(looks).map(([of, one]) => observed(of as OriginLook, one, "http2" in looks)) as [Observation, ...Observation[]];
const verdictOf = (looks: Looks, edge: ClassifiedLook | null = null, caseCode: number | null = null) =>
	judgeOrigin(observations(looks), edge, NOW, caseCode);

/** Findings that compare looks. */
const COMPARING = /^(?:encoding-matters|reused-connection-fails|http2-worse|address-matters|method-matters|some-requests-fail)/;

for (const [what, looks, directOrigin, comparing] of [
	["every look is well", { get: OK, again: OK, "no-encoding": OK, head: OK, http2: H2_OK }, "ok", []],
	["one look gets a fault and the other the server's own 502", { get: BAD, "no-encoding": OWN_502 }, "malformed", []],
	["a 502, and a fault on the same connection", { get: OWN_502, again: BAD, "no-encoding": OWN_502 }, "malformed", []],
	["a 502, and a fault over HTTP/2", { get: OWN_502, again: OWN_502, "no-encoding": OWN_502, http2: H2_RESET }, "malformed", []],
	[
		"a fault with Accept-Encoding only, each time",
		{ get: BAD, "no-encoding": OK, "once-more": BAD },
		"malformed",
		["encoding-matters"],
	],
	[
		"a fault once, and not the next time",
		{ get: BAD, "no-encoding": OK, "once-more": OK },
		"malformed",
		["some-requests-fail (1 of 3)"],
	],
	[
		"a fault with Accept-Encoding, but not over HTTP/2",
		{ get: BAD, "no-encoding": OK, http2: H2_OK },
		"malformed",
		["some-requests-fail (1 of 3)"],
	],
	[
		"HTTP/2 alone, each time",
		{ get: OK, again: OK, "no-encoding": OK, http2: H2_RESET, "http2-again": H2_RESET },
		"malformed",
		["http2-worse"],
	],
	[
		"HTTP/2 once, and not the next time",
		{ get: OK, again: OK, "no-encoding": OK, http2: H2_RESET, "http2-again": H2_OK },
		"malformed",
		["some-requests-fail (1 of 5)"],
	],
	[
		"HTTP/2 and a request without Accept-Encoding",
		{ get: OK, again: OK, "no-encoding": EMPTY, http2: H2_RESET },
		"closed-empty",
		["some-requests-fail (2 of 4)"],
	],
	[
		"every second request gets a 502",
		{ get: OK, again: OWN_502, "no-encoding": OK, head: OWN_502 },
		"server-error",
		["some-requests-fail (2 of 4)"],
	],
	[
		"two of four get a 502, the plain one not",
		{ get: OK, again: OK, "no-encoding": OWN_502, http2: h2(frame(1, 5, Buffer.from([0x8e]))) },
		"server-error",
		["some-requests-fail (2 of 4)"],
	],
	[
		"two of four get a 502, the plain one too",
		{ get: OWN_502, again: OK, "no-encoding": OWN_502, head: OK },
		"server-error",
		["some-requests-fail (2 of 4)"],
	],
	["HTTP/1.1 each time, and HTTP/2 not", { get: BAD, again: BAD, "no-encoding": BAD, http2: H2_OK }, "malformed", []],
	[
		"HTTP/1.1 once, and HTTP/2 not",
		{ get: BAD, again: OK, "no-encoding": OK, http2: H2_OK, "once-more": OK },
		"malformed",
		["some-requests-fail (1 of 5)"],
	],
	["HEAD alone fails", { get: OK, again: OK, "no-encoding": OK, head: EMPTY }, "ok", ["method-matters"]],
	["HEAD alone gets a 502", { get: OK, again: OK, "no-encoding": OK, head: OWN_502 }, "ok", []],
	[
		"one of two addresses refuses",
		{ get: OK, again: OK, "no-encoding": OK, "other-address": REFUSED },
		"refused",
		["address-matters"],
	],
	[
		"the first of two addresses fails",
		{ get: EMPTY, "no-encoding": EMPTY, "other-address": OK },
		"closed-empty",
		["address-matters"],
	],
	[
		"one of two addresses answers with a 502",
		{ get: OK, again: OK, "no-encoding": OK, "other-address": OWN_502 },
		"server-error",
		["some-requests-fail (1 of 4)"],
	],
	[
		"reuse fails each time",
		{ get: OK, again: EMPTY, "no-encoding": OK, "once-more": OK, "again-later": EMPTY },
		"closed-empty",
		["reused-connection-fails"],
	],
	[
		"reuse fails once",
		{ get: OK, again: EMPTY, "no-encoding": OK, "once-more": OK, "again-later": OK },
		"closed-empty",
		["some-requests-fail (1 of 5)"],
	],
	["a status above 599", { get: met("HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n"), again: OK, "no-encoding": OK }, "ok", []],
] as const)
	test(`${what}: ${directOrigin}${comparing.length === 0 ? ", and no comparison" : `, ${comparing.join(", ")}`}`, () => {
		const verdict = verdictOf(looks);
		assert.deepEqual([verdict.directOrigin, findingsOf(verdict).filter((one) => COMPARING.test(one))], [directOrigin, comparing]);
	});

test("so many of the looks failed is said in the head", () => {
	const target = readTarget("https://shop.example/");
	assert.ok("url" in target);
	const verdict = verdictOf({ get: OK, again: OWN_502, "no-encoding": OK, head: OWN_502 });
	assert.match(flat(originReply(target, verdict).head), /2 of 4 requests/);
});

const CLOSED_OK = { ...OK, ending: "fin" as const };
for (const [what, looks, closes] of [
	["before the second request", { get: CLOSED_OK, "no-encoding": CLOSED_OK }, true],
	["while the second request is on its way", { get: OK, again: EMPTY, "no-encoding": CLOSED_OK }, true],
	["with a reset at the second request", { get: OK, again: met("", "reset", [null, null, 90]), "no-encoding": CLOSED_OK }, true],
	["long after the response", { get: OK, again: EMPTY, "no-encoding": OK, "once-more": CLOSED_OK }, true],
	["some time after the last request", { get: OK, again: CLOSED_OK, "no-encoding": CLOSED_OK }, true],
	["never", { get: OK, again: OK, "no-encoding": OK }, false],
	["now and then", { get: OK, again: OK, "no-encoding": CLOSED_OK }, false],
	["on another port", { get: { ...OK, ending: "enough" }, again: OK, "no-encoding": OK, "plain-port": CLOSED_OK }, false],
] as const)
	test(`a server that closes its connections unannounced, ${what}: ${closes ? "one warning" : "nothing"}`, () => {
		const looked = observations(looks).map((one) =>
			one.kind === "answered" && one.received > 0 ? { ...one, persists: true } : one,
		);
		const verdict = judgeOrigin(looked as [Observation, ...Observation[]], null, NOW);
		assert.deepEqual(
			[verdict.directOrigin, verdict.code, verdict.cause, findingsOf(verdict)],
			["ok", null, null, closes ? ["closes-unannounced"] : []],
		);
	});

for (const [what, looks, cause, findings] of [
	...[10_000, 20_200, 30_000, 60_000, 60_200].map(
		(ms) =>
			[
				`all content at once, closed after ${ms} ms`,
				{ get: SHORT("hello", ms), "no-encoding": SHORT("hello", ms) },
				"closed-mid-response",
				["length-too-long (5 of 100 bytes)"],
			] as const,
	),
	[
		"content until the round second",
		{ get: SHORT("hello", 30_010, 30_000), "no-encoding": SHORT("hello", 30_010, 30_000) },
		"middle-timeout",
		["stops-at-round-second (30)"],
	],
	[
		"nothing until the round second",
		{ get: met("", "fin", [null, null, 30_010]), "no-encoding": met("", "fin", [null, null, 30_010]) },
		"middle-timeout",
		["stops-at-round-second (30)"],
	],
	[
		"a burst at the round second",
		{ get: SHORT("hello", 30_010, 30_005, 30_000), "no-encoding": SHORT("hello", 30_010, 30_005, 30_000) },
		"middle-timeout",
		["stops-at-round-second (30)"],
	],
	[
		"stops at different bytes",
		{ get: SHORT("hello", 30_010), "no-encoding": SHORT("hell", 30_010) },
		"middle-timeout",
		["stops-at-round-second (30)"],
	],
	["closed at once", { get: SHORT("hello", 8), "no-encoding": SHORT("hello", 8) }, "closed-mid-response", []],
	[
		"proven over HTTP/2 although it flowed",
		{ get: SHORT("hello", 30_010, 30_000), "no-encoding": SHORT("hello", 30_010, 30_000), http2: H2_SHORT },
		"closed-mid-response",
		["length-too-long (5 of 100 bytes)"],
	],
	[
		"proven over HTTP/2 while we waited in vain",
		{ get: { ...SHORT("hello", 65_000), ending: "deadline" }, http2: H2_SHORT },
		"closed-mid-response",
		["length-too-long (5 of 100 bytes)"],
	],
] as const)
	test(`less content than promised, ${what}: ${cause}`, () => {
		const verdict = verdictOf(looks as Looks);
		assert.equal(verdict.cause, cause);
		assert.deepEqual(
			findingsOf(verdict).filter((one) => /^(?:length-too-long|stops-at-round)/.test(one)),
			findings,
		);
	});

/** A handshake that was under way when the process died. */
const TORN = "ECONNRESET in the handshake";
const CUT = met("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n", "tls-eof");
for (const [what, looks, direct, cause] of [
	[
		"without a byte",
		{ get: met("", "tls-eof", [null, null, 7]), "no-encoding": TORN, head: TORN, http2: REFUSED },
		"closed-empty",
		null,
	],
	["in the middle", { get: CUT, "no-encoding": CUT, head: TORN, http2: REFUSED }, "closed-mid-body", "closed-mid-response"],
	["while all connect", { get: TORN, "no-encoding": TORN, head: TORN, http2: REFUSED }, "tls-failure", "tls-broken"],
] as const)
	test(`a server that dies ${what}, and handshakes with it: ${cause ?? "no cause"}`, () => {
		const torn = observations(looks).map((one) =>
			one.kind === "unreached" && one.code === TORN ? { ...one, stage: "tls" as const, code: "ECONNRESET" } : one,
		);
		const verdict = judgeOrigin(torn as [Observation, ...Observation[]], null, NOW);
		assert.deepEqual([verdict.directOrigin, verdict.cause], [direct, cause]);
	});

for (const [what, looks, cause] of [
	["gets its own 502", { get: OWN_502, "no-encoding": OWN_502, http2: H2_RESET, "http2-again": H2_RESET }, "relabelled-5xx"],
	["works", { get: OK, "no-encoding": OK, http2: H2_RESET, "http2-again": H2_RESET }, "http2-to-origin"],
] as const)
	test(`HTTP/2 fails where HTTP/1.1 ${what}: ${cause}`, () => {
		assert.equal(verdictOf(looks).cause, cause);
	});

const WRONG_STATUS = "HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\n";
const WRONG_CHUNK = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";
for (const [what, bytes, cause, findings] of [
	["a wrong status line", WRONG_STATUS, "headers-malformed", []],
	["a wrong chunk", WRONG_CHUNK, "framing-conflict", []],
	["half a header section", "HTTP/1.1 200 OK\r\nContent-", "middle-timeout", ["stops-at-round-second (10)"]],
	["early hints alone", "HTTP/1.1 103 Early Hints\r\n\r\n", "middle-timeout", ["stops-at-round-second (10)"]],
] as const)
	test(`${what}, and the connection is closed after 10 s: ${cause}`, () => {
		const one = met(bytes, "fin", [5, 6, 10_004]);
		const verdict = verdictOf({ get: one, "no-encoding": one });
		assert.deepEqual([verdict.cause, findingsOf(verdict).filter((id) => id.startsWith("stops-at"))], [cause, findings]);
	});

test("a page that is cut when its server is tired of waiting did not take that long to fail", () => {
	for (const [looks, ms] of [
		[{ get: SHORT("hello", 30_010) }, null],
		[{ get: SHORT("hello", 30_010, 30_000) }, 30_010],
		[{ get: SHORT("hello", 400) }, 400],
	] as const) {
		const [look] = observations(looks);
		assert.equal(failureMs({ look, classification: { ...classify(look, NOW), kind: "cut" } }), ms);
	}
});

test("frames as large as a look of ours allows are nothing odd", () => {
	assert.deepEqual(findingsOf(verdictOf({ get: OK, again: OK, "no-encoding": OK, http2: H2_LARGE_FRAME })), []);
});

/** The page through Cloudflare. */
const through = (status: number, more = ""): ClassifiedLook => {
	const bytes = met(
		`HTTP/1.1 ${status} X\r\nServer: cloudflare\r\nCF-RAY: a5e80000bcd1a1c3-DFW\r\n${more}Content-Length: 0\r\n\r\n`,
	);
	const look = {
		...observed("get", bytes, true),
		asked: { ...observed("get", OK, true).asked, route: "through-edge", purpose: "page" },
	} as Answered;
	return { look, classification: classify(look, NOW) };
};
const HUGE = met(`HTTP/1.1 200 OK\r\nX-Debug: ${"x".repeat(140_000)}\r\nContent-Length: 2\r\n\r\nok`);
const TLS_OF_400 = met(
	"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nThis combination of host and port requires TLS.",
	"fin",
);

for (const [what, looks, edge, caseCode, other, evidence] of [
	["refused, and visitors get 520", { get: REFUSED }, 520, null, [520, 521], null],
	["refused, and visitors get 521", { get: REFUSED }, 521, null, null, "refused"],
	["refused, the page works just now, its case is about 521", { get: REFUSED }, 200, 521, null, "refused"],
	["refused, the page works just now, its case is about 520", { get: REFUSED }, 200, 520, [520, 521], null],
	["refused, and the page works", { get: REFUSED }, 200, null, [200, 521], null],
	["no answer, and visitors get 520", { get: "ETIMEDOUT" }, 520, null, [520, 522], null],
	["no answer, and visitors get 522", { get: "ETIMEDOUT" }, 522, null, null, "no-route"],
	["no route, and visitors get 520", { get: "EHOSTUNREACH" }, 520, null, [520, 523], null],
	["closed without a byte, and the page works just now", { get: EMPTY }, 200, 520, null, "closed-empty"],
	["closed without a byte, and visitors get 520", { get: EMPTY }, 520, 520, null, "closed-empty"],
	["its own 502, and visitors get 520", { get: OWN_502 }, 520, 520, null, "server-error"],
	["well, and visitors get 520", { get: OK, again: OK, "no-encoding": OK }, 520, 520, null, "ok"],
	["a TLS port asked in plain HTTP, and visitors get 520", { get: TLS_OF_400 }, 520, null, [520, 400], null],
	["a TLS port asked in plain HTTP, and visitors get 400", { get: TLS_OF_400 }, 400, null, null, "wrong-protocol"],
	["refused, and nobody knows what visitors get", { get: REFUSED }, null, null, null, "refused"],
	[
		"refused, and plain HTTP on port 80 shows the 520",
		{ get: REFUSED, flexible: HUGE },
		520,
		520,
		null,
		"header-section-too-large",
	],
	["refused, and plain HTTP on port 80 works", { get: REFUSED, flexible: OK }, 520, 520, [520, 521], null],
] as const)
	test(`${what}: ${evidence === null ? "no evidence" : `evidence ${evidence}`}`, () => {
		const verdict = verdictOf(looks as Looks, edge === null ? null : through(edge), caseCode);
		assert.deepEqual(verdict.otherCode, other === null ? null : { visitors: other[0], here: other[1] });
		assert.deepEqual(originEvidence(verdict), evidence === null ? null : { "direct-origin": evidence });
	});

test("a page from the cache, a challenge or a block says nothing about what Cloudflare meets", () => {
	for (const edge of [through(200, "CF-Cache-Status: HIT\r\n"), through(403, "CF-Mitigated: challenge\r\n")])
		assert.equal(verdictOf({ get: REFUSED }, edge).otherCode, null);
});

test("with nothing read at the origin, the edge is not compared with itself", () => {
	const target = readTarget("https://shop.example/");
	assert.ok("url" in target);
	for (const code of [520, 521]) {
		const verdict = verdictOf({ get: REFUSED }, through(code));
		assert.equal(verdict.edge?.difference, null);
		assert.doesNotMatch(flat(originReply(target, verdict).head), /[Bb]oth routes|Cloudflare returns|differs/);
	}
});

test("another code than visitors get is said with both codes, and asks for address, port and mode", () => {
	const target = readTarget("https://shop.example/");
	assert.ok("url" in target);
	const { head, thread, data } = originReply(target, verdictOf({ get: REFUSED, flexible: REFUSED }, through(520)));
	assert.match(flat(head), /Visitors get 520\. This IP address rejects connections, which would be a 521\./);
	assert.match(flat(head), /probably not the IP address or port that Cloudflare uses/);
	assert.match(flat(head), /IP address, port and SSL\/TLS mode.*Flexible port 80/s);
	assert.doesNotMatch([head, ...thread].map(flat).join("\n"), /Fix:|Points to/);
	assert.ok(words(head) <= 110, flat(head));
	assert.deepEqual(data.evidence, {});
});
