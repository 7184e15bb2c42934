import assert from "node:assert/strict";
import { createSecureServer, constants as http2, type ServerHttp2Stream } from "node:http2";
import { createServer, type Server, type Socket } from "node:net";
import { test } from "node:test";
import { judgeOrigin } from "../../src/judge/origin.ts";
import { roundSecond } from "../../src/judge/round-second.ts";
import { ranges } from "../../src/looks/addresses.ts";
import { checkOrigin } from "../../src/looks/guard.ts";
import type { Observation } from "../../src/looks/observation.ts";
import { lookAtOrigin } from "../../src/looks/origin.ts";
import { readTarget } from "../../src/read/text/target.ts";
import { makeCertificates } from "../lab/ca.ts";
import { serveOrigin } from "../lab/origin.ts";
import { type OriginFile, readOriginFile } from "../lab/origin-files.ts";
import { findingsOf, judged } from "./origin-looks.ts";

const RULES = { allow: ranges(["127.0.0.0/8"]), resolve: new Map(), resolver: async () => [] };

/** Looks at an origin that sends these bytes, and judges. */
async function look(bytes: string, ending: OriginFile["ending"]) {
	const origin = await serveOrigin(() => ({ ...readOriginFile("findings/whole"), bytes: Buffer.from(bytes, "latin1"), ending }));
	const site = readTarget(`http://origin.lab.example:${origin.port}/`);
	assert.ok("url" in site);
	const checked = checkOrigin(site, "127.0.0.1", origin.port, RULES);
	assert.ok(!("why" in checked));
	const looks = await lookAtOrigin(
		[checked],
		{ ca: null, insecure: true, httpVersion: 1, userAgent: "cf520-test", limitMs: 3_000 },
		Date.now,
	);
	await origin.close();
	return { looks, verdict: judgeOrigin(looks as [Observation, ...Observation[]], null, Date.now()) };
}

for (const [what, bytes] of [
	["says Connection: close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"],
	["speaks HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"],
] as const)
	test(`an origin that ${what} and closes is not asked again on that connection, and is well`, async () => {
		const { looks, verdict } = await look(bytes, "fin");
		assert.deepEqual(
			looks.map((one) => one.asked.originLook).filter((one) => one === "again"),
			[],
		);
		assert.equal(verdict.directOrigin, "ok");
		assert.deepEqual(verdict.findings, []);
	});

test("a page larger than what we keep is no broken page", async () => {
	const size = 3_000_000;
	const { verdict } = await look(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n${"x".repeat(size)}`, "deadline");
	assert.equal(verdict.directOrigin, "ok");
});

test("what fails with HEAD alone is a warning, not a 520", async () => {
	const { verdict } = await look("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "deadline");
	const [first, ...others] = verdict.seen.map((one) => one.look);
	const broken = others.map((one) =>
		one.asked.originLook === "head" && one.kind === "answered"
			? { ...one, bytes: new Uint8Array(), ending: "fin" as const }
			: one,
	);
	const judged = judgeOrigin([first, ...broken] as [Observation, ...Observation[]], null, Date.now());
	assert.deepEqual(
		[judged.directOrigin, judged.findings.map(({ id, level }) => `${level} ${id}`)],
		["ok", ["warn method-matters"]],
	);
});

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
/** Answers a connection's first request, and does the rest as told. */
const once = (answered: (socket: Socket) => void, second: (socket: Socket) => void = () => {}): Server =>
	createServer((socket) => {
		let requests = 0;
		socket.on("data", (chunk) => {
			requests += 1;
			if (requests > 1) return second(socket);
			socket.write(chunk.toString("latin1").startsWith("HEAD ") ? OK.slice(0, -2) : OK);
			answered(socket);
		});
	});

for (const ms of [0, 20, 150, 400])
	test(`a server that closes every connection ${ms} ms after its response, and does not say so, is warned of and is well`, async () => {
		const verdict = await judged(
			once((socket) => void setTimeout(() => socket.end(), ms)),
			"http",
		);
		assert.deepEqual(
			[verdict.directOrigin, verdict.code, verdict.cause, findingsOf(verdict)],
			["ok", null, null, ["closes-unannounced"]],
		);
	});

for (const [what, second] of [
	["closes", (socket: Socket) => void socket.end()],
	["resets", (socket: Socket) => void socket.resetAndDestroy()],
] as const)
	test(`a server that ${what} a connection at its second request fails for Cloudflare, however long it was idle`, async () => {
		const verdict = await judged(
			once(() => {}, second),
			"http",
		);
		assert.deepEqual([verdict.code, verdict.cause], [520, "idle-race"]);
		assert.ok(findingsOf(verdict).includes("reused-connection-fails"));
		assert.ok(!findingsOf(verdict).includes("closes-unannounced"));
	});

test("a difference between two single requests is asked about once more", async () => {
	let encoded = 0;
	const verdict = await judged(
		createServer((socket) =>
			socket.on("data", (chunk) => {
				const request = chunk.toString("latin1");
				const fails = request.startsWith("GET ") && /^accept-encoding:/im.test(request) && encoded++ === 0;
				if (fails) socket.end();
				else socket.write(request.startsWith("HEAD ") ? OK.slice(0, -2) : OK);
			}),
		),
		"http",
	);
	assert.deepEqual(findingsOf(verdict), ["some-requests-fail (1 of 4)", "no-bytes"]);
});

const certificates = await makeCertificates();
for (const [what, code, faulty] of [
	["HTTP_1_1_REQUIRED, as IIS does for NTLM", http2.NGHTTP2_HTTP_1_1_REQUIRED, false],
	["INTERNAL_ERROR", http2.NGHTTP2_INTERNAL_ERROR, true],
] as const)
	test(`a server that resets a request over HTTP/2 with ${what}: ${faulty ? "HTTP/2 is worse" : "nothing is at fault"}`, async () => {
		const { key, cert } = certificates.edge;
		const server = createSecureServer({ key, cert, allowHTTP1: true }, (request, response) => {
			if (request.httpVersion === "1.1") response.end("ok");
		});
		server.on("stream", (stream) => stream.on("error", () => {}).close(code));
		const verdict = await judged(server as unknown as Server, "https", { ca: certificates.ca });
		assert.equal(findingsOf(verdict).includes("http2-worse"), faulty);
		assert.deepEqual([verdict.code, verdict.cause], faulty ? [520, "http2-to-origin"] : [null, null]);
		assert.equal(
			verdict.findings.some(({ level }) => level === "fault"),
			faulty,
		);
	});

/** An HTTP/2 server that sends this, and a healthy page over HTTP/1.1. */
function overHttp2(answer: (stream: ServerHttp2Stream) => void): Server {
	const { key, cert } = certificates.edge;
	const server = createSecureServer({ key, cert, allowHTTP1: true }, (request, response) => {
		if (request.httpVersion === "1.1") response.end("ok");
	});
	server.on("stream", (stream) => answer(stream.on("error", () => {})));
	return server as unknown as Server;
}

test("a GOAWAY that allows our stream ends nothing, however late the answer comes", async () => {
	const verdict = await judged(
		overHttp2((stream) => {
			stream.session?.goaway(http2.NGHTTP2_NO_ERROR, 1);
			setTimeout(() => {
				stream.respond({ ":status": 200 });
				stream.end("ok");
			}, 250);
		}),
		"https",
		{ ca: certificates.ca },
	);
	assert.deepEqual([verdict.directOrigin, verdict.code, verdict.findings], ["ok", null, []]);
	assert.equal(verdict.seen.find(({ of }) => of === "http2")?.found?.reading.status, 200);
});

test("time-outs are told by their round second, and chance is not", () => {
	for (const ms of [29_800, 30_000, 30_350, 30_700, 60_100, 100_000]) assert.notEqual(roundSecond(ms), null, String(ms));
	for (const ms of [3_100, 5_000, 12_000, 31_000, 47_000, 120_000]) assert.equal(roundSecond(ms), null, String(ms));
});

test("an address that no origin may have is refused before any packet leaves", () => {
	const site = readTarget("https://shop.example/");
	assert.ok("url" in site);
	const rules = { ...RULES, allow: null };
	for (const [address, why] of [
		["127.0.0.1", "special-origin"],
		["10.0.0.5", "special-origin"],
		["169.254.169.254", "special-origin"],
		["::1", "special-origin"],
		["::ffff:10.0.0.5", "special-origin"],
		["64:ff9b::a00:5", "special-origin"],
		["104.16.1.1", "cloudflare-origin"],
		["2606:4700::1", "cloudflare-origin"],
		["origin.shop.example", "no-such-name"],
	] as const) {
		const refused = checkOrigin(site, address, 443, rules);
		assert.equal("why" in refused ? refused.why : "looked at", why, address);
	}
	const port = checkOrigin(site, "93.184.216.34", 22, rules);
	assert.equal("why" in port ? port.why : "looked at", "port");
});
