import assert from "node:assert/strict";
import { test } from "node:test";
import { autopsy } from "../../src/judge/autopsy.ts";
import { directOriginOfBytes, lookFindings } from "../../src/judge/origin-findings.ts";
import type { Answered } from "../../src/looks/observation.ts";

/** A whole response with this status, straight from an origin. */
function seen(status: number): { readonly evidence: string; readonly findings: readonly string[] } {
	const bytes = Buffer.from(`HTTP/1.1 ${status} X\r\nContent-Length: 2\r\n\r\nok`);
	const look: Answered = {
		kind: "answered",
		asked: { route: "direct-to-origin", purpose: "origin", url: "https://shop.example/", method: "GET", startedAtMs: 0 },
		protocol: "http/1.1",
		family: 4,
		cloudflareAddress: false,
		bytes,
		received: bytes.length,
		ending: "fin",
		tls: null,
		secondOpinion: null,
		content: new Uint8Array(),
		timings: { dnsMs: null, connectedMs: 1, securedMs: null, sentMs: 2, firstByteMs: 3, lastByteMs: 4, endedMs: 5 },
	};
	const found = autopsy(bytes, "fin", "GET");
	return {
		evidence: directOriginOfBytes(found, "fin"),
		findings: lookFindings({ look, of: "get", found }, { plain: null, http2Only: false }, 0).map((one) => one.id),
	};
}

for (const [status, evidence, findings] of [
	[499, "ok", []],
	[500, "server-error", ["own-error"]],
	[599, "server-error", ["own-error"]],
	[600, "ok", []],
	[999, "ok", []],
] as const)
	test(`an origin that returns ${status}: ${evidence}`, () => assert.deepEqual(seen(status), { evidence, findings }));
