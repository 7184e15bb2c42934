import assert from "node:assert/strict";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import { classify } from "../../src/judge/classify.ts";
import { ranges } from "../../src/looks/addresses.ts";
import { type LookOptions, look } from "../../src/looks/exchange.ts";
import { checkTarget } from "../../src/looks/guard.ts";
import type { Observation } from "../../src/looks/observation.ts";
import { readTarget } from "../../src/read/text/target.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { closed, listening, type RunningOrigin, serveOrigin } from "../lab/origin.ts";
import { allOriginFiles, readOriginFile } from "../lab/origin-files.ts";

let lab: Lab;
before(async () => {
	lab = await openLab();
});
after(() => lab.close());

async function see(url: string, address: string, changes: Partial<LookOptions> = {}): Promise<Observation> {
	const target = readTarget(url);
	assert.ok(!("why" in target));
	const checked = await checkTarget(target, {
		allow: ranges(["127.0.0.0/8", "::1"]),
		resolve: new Map([[`${target.host}:${target.port}`, [address]]]),
		resolver: async () => [],
	});
	assert.ok(!("why" in checked));
	const asked = { route: "through-edge", purpose: "page", url, method: "GET", startedAtMs: 0 } as const;
	return look(
		checked,
		asked,
		{ accept: "application/problem+json", "accept-encoding": "gzip, br" },
		{ ca: lab.certificates.ca, insecure: false, httpVersion: 1, userAgent: "test", limitMs: 700, ...changes },
	);
}

test("over HTTP/2 the same error is proven as over HTTP/1.1, and the frames are kept", async () => {
	for (const [httpVersion, protocol] of [
		[1, "http/1.1"],
		[2, "h2"],
	] as const) {
		const seen = await see(lab.url("closes-empty"), "127.0.0.1", { httpVersion, limitMs: 5_000 });
		assert.ok(seen.kind === "answered");
		const answer = classify(seen, Date.now());
		assert.deepEqual(
			[seen.protocol, answer.kind, answer.code, answer.basis, answer.ray?.colo],
			[protocol, "cloudflare-error", 520, "structured", "DFW"],
		);
		assert.ok(seen.bytes.length > 100);
	}
});

test("content without a length that is longer than we read ends the look, and not the process", async () => {
	// undici finishes what it has aborted when such a connection closes, and throws in nobody's hands.
	const head = Buffer.from("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n");
	for (const bytes of [60_000, 65_536, 65_537, 200_000, 2_000_000]) {
		const server = createServer((socket) =>
			socket.on("error", () => {}).once("data", () => socket.end(Buffer.concat([head, Buffer.alloc(bytes, "x")]))),
		);
		const port = await listening(server);
		const seen = await see(`http://long.lab.example:${port}/`, "127.0.0.1", { limitMs: 5_000 });
		assert.equal(seen.kind === "answered" && classify(seen, Date.now()).status, 200);
		for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
		await closed(server, []);
	}
});

test("over IPv6 a look works as over IPv4", async (t) => {
	if (!lab.edge.ipv6) return t.diagnostic("this machine has no ::1: only IPv4 was looked at");
	const seen = await see(lab.url("healthy"), "::1", { limitMs: 5_000 });
	assert.deepEqual([seen.kind, seen.kind === "answered" && seen.family, classify(seen, Date.now()).status], ["answered", 6, 200]);
});

test("a certificate that a browser refuses ends the look before anything is asked, unless told to go on", async () => {
	const strict = await see(lab.url("healthy"), "127.0.0.1", { ca: null, limitMs: 5_000 });
	assert.deepEqual([strict.kind, strict.kind === "unreached" && strict.stage], ["unreached", "certificate"]);
	const insecure = await see(lab.url("healthy"), "127.0.0.1", { ca: null, insecure: true, limitMs: 5_000 });
	assert.ok(insecure.kind === "answered");
	assert.notEqual(insecure.tls?.refusedBecause, null);
});

/** What a look straight at each misbehaving origin keeps: every byte, and how they ended. */
const ENDINGS: Readonly<Record<string, string>> = { fin: "fin", reset: "reset", deadline: "deadline" };
for (const file of allOriginFiles()) {
	test(`every byte and the ending of ${file.name} are kept`, async () => {
		const origin: RunningOrigin = await serveOrigin(() => file);
		const seen = await see(`http://direct.example:${origin.port}/`, "127.0.0.1");
		await origin.close();
		assert.ok(seen.kind === "answered");
		assert.equal(Buffer.compare(Buffer.from(seen.bytes), file.bytes), 0);
		// A message that is whole by its own framing is let go of before the other side ends it; what is not HTTP is not waited for.
		const whole = seen.secondOpinion?.kind === "read" && seen.secondOpinion.whole;
		assert.equal(seen.ending, whole ? "enough" : file.name === "ssh-banner" ? "enough" : ENDINGS[file.ending]);
	});
}

test("an endless answer is cut at our cap and still tells its status", async () => {
	const endless = {
		...readOriginFile("healthy"),
		bytes: Buffer.concat([Buffer.from("HTTP/1.1 200 OK\r\n\r\n"), Buffer.alloc(2_000_000, "x")]),
	};
	const origin = await serveOrigin(() => endless);
	const seen = await see(`http://direct.example:${origin.port}/`, "127.0.0.1", { limitMs: 5_000 });
	await origin.close();
	assert.ok(seen.kind === "answered");
	assert.ok(seen.bytes.length <= 330_000);
	assert.equal(classify(seen, Date.now()).status, 200);
});
