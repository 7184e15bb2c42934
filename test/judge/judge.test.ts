import assert from "node:assert/strict";
import { test } from "node:test";
import { classify } from "../../src/judge/classify.ts";
import { type ClassifiedLook, isFailure, patternOf } from "../../src/judge/pattern.ts";
import { shareOf } from "../../src/judge/share.ts";
import { judgeSite } from "../../src/judge/verdict.ts";
import type { Answered, Asked } from "../../src/looks/observation.ts";
import { maskedValue } from "../../src/message/masking.ts";
import type { Ending } from "../../src/read/wire/ending.ts";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const RAY = "a5e80000bcd1a1c3";
const EDGE = `server: cloudflare\r\ncf-ray: ${RAY}-DFW\r\n`;

/** An observation with these bytes, as a look would have kept it. */
function seen(
	bytes: string,
	{ purpose = "page", ending = "enough", ms = 200 }: { purpose?: Asked["purpose"]; ending?: Ending; ms?: number } = {},
): ClassifiedLook {
	const look: Answered = {
		kind: "answered",
		asked: { route: "through-edge", purpose, url: "https://shop.example/", method: "GET", startedAtMs: NOW },
		protocol: "http/1.1",
		family: 4,
		cloudflareAddress: false,
		bytes: Buffer.from(bytes, "latin1"),
		received: bytes.length,
		ending,
		tls: null,
		secondOpinion: { kind: "refused", error: "unused" },
		content: new Uint8Array(),
		timings: {
			dnsMs: null,
			connectedMs: 1,
			securedMs: null,
			sentMs: 2,
			firstByteMs: 2 + ms,
			lastByteMs: 3 + ms,
			endedMs: 3 + ms,
		},
	};
	return { look, classification: classify(look, NOW) };
}
const response = (status: number, fields: string, body = "") =>
	`HTTP/1.1 ${status} X\r\n${fields}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const structured = (code: number, more = {}) =>
	JSON.stringify({ cloudflare_error: true, error_code: code, ray_id: RAY, ...more });
const page = (code: number, ray = RAY, more = "") =>
	`<div id="cf-wrapper"><span class="code-label">Error code ${code}</span>Cloudflare Ray ID: <strong>${ray}</strong>${more}</div>`;

const cases: readonly (readonly [what: string, bytes: string, kind: string, code: number | null, maker: string])[] = [
	["nothing of Cloudflare on it", response(200, "server: nginx\r\n"), "not-cloudflare", 200, "origin"],
	["cf-ray without a server field", response(200, `cf-ray: ${RAY}-DFW\r\n`), "passed-on", 200, "origin"],
	["a challenge by header", response(403, `${EDGE}cf-mitigated: challenge\r\n`), "challenge", 403, "cloudflare"],
	["a challenge by page", response(503, EDGE, "<title>Just a moment...</title>"), "challenge", 503, "cloudflare"],
	["a block page", response(403, EDGE, "Sorry, you have been blocked"), "block", 403, "cloudflare"],
	[
		"a block by category",
		response(403, EDGE, structured(1020, { error_category: "access_denied" })),
		"block",
		1020,
		"cloudflare",
	],
	["a banned client as HTML page", response(403, EDGE, page(1010)), "block", 1010, "cloudflare"],
	["a rate limit by header", response(429, `${EDGE}cf-error-type: 1015\r\n`), "block", 1015, "cloudflare"],
	["a structured 520", response(520, EDGE, structured(520)), "cloudflare-error", 520, "cloudflare"],
	["a 530 with its number", response(530, EDGE, structured(1016)), "cloudflare-error", 1016, "cloudflare"],
	["a 520 page with its own Ray ID", response(520, EDGE, page(520)), "cloudflare-error", 520, "cloudflare"],
	["a 520 page with another Ray ID", response(520, EDGE, page(520, "a5e80000bcd1ffff")), "edge-code", 520, "unclear"],
	["the plain form", response(520, EDGE, "error code: 520"), "cloudflare-error", 520, "cloudflare"],
	["a 520 of the origin's own", response(520, EDGE, "oops"), "edge-code", 520, "unclear"],
	["a branded 502", response(502, EDGE, page(502)), "gateway-error", 502, "origin"],
	["a blank 502 that names Cloudflare", response(502, EDGE, "<center>cloudflare</center>"), "gateway-error", 502, "cloudflare"],
	["a structured 502, which does not tell who failed", response(502, EDGE, structured(502)), "gateway-error", 502, "unclear"],
	["a 502 without marks", response(502, EDGE, "bad gateway"), "gateway-error", 502, "unclear"],
	[
		"an origin's 500 that loads a script from a Cloudflare host",
		response(500, EDGE, '<script src="https://cdnjs.cloudflare.com/x.js"></script>Fatal error'),
		"passed-on",
		500,
		"origin",
	],
	["a 500 that Cloudflare wrote", response(500, EDGE, "<center>cloudflare</center>"), "cloudflare-error", 500, "cloudflare"],
	["a page about Cloudflare errors, answered with 200", response(200, EDGE, page(520)), "passed-on", 200, "origin"],
	["a 404", response(404, EDGE), "passed-on", 404, "origin"],
	["no bytes", "", "broken", null, "unclear"],
	["another protocol", "SSH-2.0-OpenSSH_9.2\r\n", "broken", null, "unclear"],
];
for (const [what, bytes, kind, code, maker] of cases) {
	test(`${what} is ${kind}`, () => {
		const { classification } = seen(bytes);
		assert.deepEqual([classification.kind, classification.code, classification.maker], [kind, code, maker]);
	});
}

test("content that stops early is cut; content that we stopped waiting for is not", () => {
	const bytes = `HTTP/1.1 200 OK\r\n${EDGE}content-length: 50\r\n\r\nhello`;
	assert.deepEqual(
		[
			seen(bytes, { ending: "fin" }).classification.kind,
			seen(bytes, { ending: "reset" }).classification.kind,
			seen(bytes, { ending: "deadline" }).classification.kind,
		],
		["cut", "cut", "passed-on"],
	);
});

test("a page's time counts only on Cloudflare's own page and when it is a time", () => {
	assert.equal(seen(response(500, EDGE, "build 2024-01-01 00:00:00 UTC")).classification.waitMs, null);
	assert.equal(seen(response(520, EDGE, page(520, RAY, "2026-99-99 99:99:99 UTC"))).classification.waitMs, null);
	const ray = seen(response(520, EDGE)).classification.ray;
	const later = new Date((ray?.receivedAtMs ?? 0) + 30_000).toISOString();
	assert.equal(seen(response(520, EDGE, structured(520, { timestamp: later }))).classification.waitMs, 30_000);
});

test("an answer from the cache says nothing about the origin", () => {
	const cached = seen(response(200, `${EDGE}cf-cache-status: HIT\r\n`), { purpose: "other-url" });
	assert.equal(isFailure(cached.classification), null);
	const pages = Array.from({ length: 5 }, () => seen(response(520, EDGE, structured(520))));
	assert.equal(patternOf([...pages, cached]).kind, null);
	assert.deepEqual(judgeSite([cached, ...pages]).ruledOut.includes("whole-host"), false);
});

test("a 500 or 503 that Cloudflare wrote is Cloudflare's, the origin's own is not", () => {
	for (const status of [500, 503]) {
		assert.equal(judgeSite([seen(response(status, EDGE, "<center>cloudflare</center>"))]).owner, "cloudflare");
		assert.equal(judgeSite([seen(response(status, EDGE, "busy"))]).owner, "origin");
	}
});

const error = response(520, EDGE, structured(520));
const fine = response(200, EDGE);
const patterns: readonly (readonly [what: string, pages: readonly string[], other: string | null, kind: string | null])[] = [
	["all fail, the other URL too", [error, error, error], error, "all"],
	["all fail, the other URL answers", [error, error, error], fine, "some-urls"],
	["all fail, no other URL", [error, error, error], null, null],
	["some fail", [error, fine, fine], fine, "random"],
	["none fails", [fine, fine, fine], fine, "not-reproduced"],
];
for (const [what, pages, other, kind] of patterns) {
	test(`${what}: ${kind}`, () => {
		const all = [
			...pages.map((bytes) => seen(bytes)),
			...(other === null ? [] : [seen(other, { purpose: "other-url" })]),
			seen(fine, { purpose: "structured" }),
		];
		const pattern = patternOf(all);
		assert.deepEqual([pattern.kind, pattern.share?.of], [kind, pages.length]);
	});
}

test("where the structured look alone fails, its failure is counted, and no pattern is claimed", () => {
	const all = [seen(fine), seen(fine), seen(error, { purpose: "structured" }), seen(fine, { purpose: "other-url" })] as const;
	assert.equal(judgeSite(all).fails, true);
	const { kind, share } = patternOf(all);
	assert.deepEqual([kind, share?.hits, share?.of], [null, 1, 3]);
});

const times: readonly (readonly [ms: readonly number[], expected: string])[] = [
	[[200, 400], "instant"],
	[[3_000, 5_000], "seconds"],
	[[30_050, 30_200], "round-number"],
	[[10_000, 30_000], "seconds"],
	[[124_300, 124_600], "two-minutes"],
	[[200, 60_000], "seconds"],
];
for (const [ms, expected] of times)
	test(`failures after ${ms.join(" and ")} ms: ${expected}`, () =>
		assert.equal(patternOf(ms.map((one) => seen(error, { ms: one }))).timeToFailure, expected));

test("the interval is Wilson's: 0 of 5 leaves up to 43 %, 5 of 5 at least 57 %", () => {
	assert.deepEqual(
		[shareOf(0, 5).low, shareOf(0, 5).high.toFixed(3), shareOf(5, 5).low.toFixed(3), shareOf(5, 5).high],
		[0, "0.434", "0.566", 1],
	);
});

for (const [name, value, shown] of [
	["Set-Cookie", "sid=abc; Path=/; HttpOnly", "sid=[masked, 3 characters]; Path=/; HttpOnly"],
	["Set-Cookie", "supersecretvalue; Path=/", "[masked, 24 characters]"],
	["X-Auth", "hunter2", "[masked, 7 characters]"],
	["X-Api-Key", "k", "[masked, 1 characters]"],
	["Location", "https://a.example/cb#access_token=abc&x=1", "https://a.example/cb#access_token=[masked]&x=1"],
	["Location", "/login?code=12&next=/a", "/login?code=[masked]&next=***"],
	["Link", "<mailto:ann@a.example>", "<mailto:[masked email]>"],
	["Content-Type", "text/html", "text/html"],
] as const) {
	test(`${name}: ${value} is shown as ${shown}`, () => assert.equal(maskedValue(name, value), shown));
}
