import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { type Call, type Called, call, type Service } from "../../src/services/call.ts";

/** The client for third parties, against a real server on loopback that answers as its paths say. */

const TOKEN = "s3cret-token-of-a-service";
const MAX_BYTES = 1_000_000;
/** For calls that have to end by it. */
const SHORT_MS = 150;
const LONG_MS = 20_000;

/** What a path answers; it may leave the answer open. */
type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const json =
	(body: string, status = 200, headers: Record<string, string> = {}): Answer =>
	(_request, response) =>
		void response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(body);
/** Different at each request, the last one from then on. */
const inTurn = (...answers: readonly Answer[]): Answer => {
	let nth = 0;
	return (request, response) => {
		const answer = answers[Math.min(nth, answers.length - 1)];
		nth += 1;
		answer?.(request, response);
	};
};
const reset: Answer = (request) => void request.socket.resetAndDestroy();

const five = Buffer.alloc(5_000_000, " ");
const bomb = Buffer.alloc(50_000_000, " ");
const noise = gzipSync(randomBytes(2_000_000), { level: 0 });
const coded =
	(coding: string, body: Buffer): Answer =>
	(_request, response) =>
		void response.writeHead(200, { "Content-Encoding": coding }).end(body);
const ANSWERS: Readonly<Record<string, Answer>> = {
	"/fine": json('{"a":1}'),
	"/large": (_request, response) => void response.writeHead(200).end(five),
	"/large-chunked": (_request, response) => {
		response.writeHead(200).write(five.subarray(0, 2_000_000));
		response.end(five.subarray(0, 3_000_000));
	},
	"/html": (_request, response) =>
		void response.writeHead(403, { "Content-Type": "text/html" }).end("<html><h1>Forbidden</h1></html>"),
	"/away": (_request, response) => void response.writeHead(302, { Location: `${elsewhere.base}/got` }).end(),
	"/hang": () => {},
	"/hang-in-content": (_request, response) => void response.writeHead(200, { "Content-Length": "10" }).write('{"a"'),
	"/reset": reset,
	"/cut": (_request, response) => {
		response.writeHead(200, { "Content-Length": "10" }).write('{"a"', () => response.socket?.destroy());
	},
	"/busy-once": inTurn(json("{}", 503), json('{"second":true}')),
	"/busy-once-not-again": inTurn(json("{}", 503), json('{"second":true}')),
	"/busy": json('{"nth":1}', 500),
	"/reset-once": inTurn(reset, json('{"second":true}')),
	"/reset-once-not-again": inTurn(reset, json('{"second":true}')),
	"/limited": json("{}", 429, { "Retry-After": "5" }),
	"/gzip": coded("gzip", gzipSync('{"a":1}')),
	"/gzip-old-name": coded("X-GZip ", gzipSync('{"a":1}')),
	"/br": coded("br", brotliCompressSync('{"a":1}')),
	"/deflate": coded("deflate", deflateSync('{"a":1}')),
	"/twice-coded": coded("gzip, br", brotliCompressSync(gzipSync('{"a":1}'))),
	"/gzip-bomb": coded("gzip", gzipSync(bomb)),
	"/br-bomb": coded("br", brotliCompressSync(bomb)),
	"/gzip-noise": coded("gzip", noise),
	"/gzip-cut": coded("gzip", gzipSync('{"a":1}').subarray(0, 15)),
	"/gzip-broken": coded("gzip", Buffer.from('{"a":1}')),
	"/deep": (_request, response) => void response.writeHead(200).end("[".repeat(400_000)),
	"/deep-whole": (_request, response) => void response.writeHead(200).end(`${"[".repeat(400_000)}${"]".repeat(400_000)}`),
	"/proto": json('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}', 200, {
		["__proto__"]: "x",
	}),
	"/casing": json("{}", 200, { ETAG: '"v1"', "X-RateLimit-Remaining": "249", "x-Request-COST": "8" }),
	"/twice": (_request, response) => {
		response.setHeader("X-Note", ["one", "two"]);
		response.end("{}");
	},
	"/cached": (request, response) => {
		const known = request.headers["if-none-match"] === '"v1"';
		response.writeHead(known ? 304 : 200, { ETag: '"v1"' }).end(known ? undefined : '{"a":1}');
	},
	"/headers-too-large": (_request, response) => void response.writeHead(200, { "X-Large": "x".repeat(40_000) }).end("{}"),
};

/** One server and what it was asked. */
interface Told {
	readonly base: string;
	readonly asked: { readonly path: string; readonly headers: IncomingMessage["headers"]; readonly body: string }[];
	readonly server: Server;
}
async function served(answers: Readonly<Record<string, Answer>>): Promise<Told> {
	const asked: Told["asked"] = [];
	const server = createServer((request, response) => {
		const parts: Buffer[] = [];
		request.on("data", (part: Buffer) => parts.push(part));
		request.on("end", () => {
			asked.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(parts).toString() });
			(answers[request.url ?? ""] ?? json("{}", 404))(request, response);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, server };
}

let here: Told;
let elsewhere: Told;
before(async () => {
	elsewhere = await served({ "/got": json('{"stolen":true}') });
	here = await served(ANSWERS);
});
after(() => {
	for (const { server } of [here, elsewhere]) {
		server.closeAllConnections();
		server.close();
	}
});

const service = (base = here.base): Service => ({ base, userAgent: "cf520-test", token: TOKEN });
const get = (path: string, changes: Partial<Call> = {}): Call => ({
	method: "GET",
	path,
	maxBytes: MAX_BYTES,
	deadlineMs: LONG_MS,
	again: false,
	...changes,
});
const timesAsked = (path: string): number => here.asked.filter((one) => one.path === path).length;
/** Neither the token nor where the service is are in what comes of a call. */
const isDiscreet = (called: Called): void => {
	const said = JSON.stringify(called);
	assert.ok(!said.includes(TOKEN), "the token is in a result");
	assert.ok(!said.includes(here.base), "the URL is in a result");
};

/** What comes of one call; `asks`: how many requests that makes. */
interface Row {
	readonly what: string;
	readonly path: string;
	readonly call?: Partial<Call>;
	readonly wants: Record<string, unknown>;
	readonly asks?: number;
}
const ROWS: readonly Row[] = [
	{ what: "an answer is its status and what it says", path: "/fine", wants: { kind: "answered", status: 200, json: { a: 1 } } },
	{ what: "5 MB are not kept", path: "/large", wants: { kind: "failed", why: "too-large" } },
	{ what: "5 MB in pieces are not kept", path: "/large-chunked", wants: { kind: "failed", why: "too-large" } },
	{ what: "a page is an answer without content", path: "/html", wants: { kind: "answered", status: 403, json: undefined } },
	{ what: "a redirect is refused", path: "/away", wants: { kind: "failed", why: "redirected" } },
	{
		what: "a redirect is refused, asked again or not",
		path: "/away",
		call: { again: true },
		wants: { kind: "failed", why: "redirected" },
	},
	{
		what: "silence ends by the deadline",
		path: "/hang",
		call: { deadlineMs: SHORT_MS },
		wants: { kind: "failed", why: "deadline" },
	},
	{
		what: "silence in the middle of the content ends by the deadline",
		path: "/hang-in-content",
		call: { deadlineMs: SHORT_MS },
		wants: { kind: "failed", why: "deadline" },
	},
	{
		what: "silence is not asked again",
		path: "/hang",
		call: { deadlineMs: SHORT_MS, again: true },
		wants: { kind: "failed", why: "deadline" },
	},
	{ what: "a reset connection is not reachable", path: "/reset", wants: { kind: "failed", why: "unreachable" } },
	{ what: "content that is cut is not reachable", path: "/cut", wants: { kind: "failed", why: "unreachable" } },
	{
		what: "a 5xx is asked once more",
		path: "/busy-once",
		call: { again: true },
		wants: { kind: "answered", status: 200, json: { second: true } },
		asks: 2,
	},
	{
		what: "a 5xx is not asked again where that would count twice",
		path: "/busy-once-not-again",
		wants: { kind: "answered", status: 503 },
	},
	{
		what: "a 5xx that stays is asked twice, no more",
		path: "/busy",
		call: { again: true },
		wants: { kind: "answered", status: 500 },
		asks: 2,
	},
	{
		what: "a lost connection is asked once more",
		path: "/reset-once",
		call: { again: true },
		wants: { kind: "answered", status: 200, json: { second: true } },
		asks: 2,
	},
	{
		what: "a lost connection is not asked again where that would count twice",
		path: "/reset-once-not-again",
		wants: { kind: "failed", why: "unreachable" },
	},
	{ what: "a 429 is not asked again", path: "/limited", call: { again: true }, wants: { kind: "answered", status: 429 } },
	{ what: "gzip is read", path: "/gzip", wants: { kind: "answered", status: 200, json: { a: 1 } } },
	{ what: "gzip by its old name is read", path: "/gzip-old-name", wants: { kind: "answered", json: { a: 1 } } },
	{ what: "Brotli is read", path: "/br", wants: { kind: "answered", status: 200, json: { a: 1 } } },
	...["/deflate", "/twice-coded"].map((path) => ({
		what: `content that is compressed in a way that was not asked for says nothing: ${path}`,
		path,
		wants: { kind: "answered", status: 200, json: undefined },
	})),
	...["/gzip-bomb", "/br-bomb", "/gzip-noise"].map((path) => ({
		what: `what is too large only decompressed, or only on the wire, is not kept: ${path}`,
		path,
		wants: { kind: "failed", why: "too-large" },
	})),
	{ what: "gzip that is cut is not reachable", path: "/gzip-cut", wants: { kind: "failed", why: "unreachable" } },
	{ what: "what is no gzip is not reachable", path: "/gzip-broken", wants: { kind: "failed", why: "unreachable" } },
	{
		what: "content that nests deep without end says nothing",
		path: "/deep",
		wants: { kind: "answered", status: 200, json: undefined },
	},
	{ what: "headers over 16 KiB are refused", path: "/headers-too-large", wants: { kind: "failed", why: "unreachable" } },
];
for (const { what, path, call: changes, wants, asks = 1 } of ROWS)
	test(`a call to a third party: ${what}`, async () => {
		const before = timesAsked(path);
		const called: Readonly<Record<string, unknown>> & Called = await call(service(), get(path, changes));
		assert.deepEqual(Object.fromEntries(Object.keys(wants).map((name) => [name, called[name]])), wants);
		assert.equal(timesAsked(path) - before, asks, "requests");
		isDiscreet(called);
	});

/** By what a path does: how its requests are counted, each. */
const COUNTED: readonly (readonly [path: string, changes: Partial<Call>, ...results: string[]])[] = [
	["/fine", {}, "answered"],
	["/html", {}, "refused"],
	["/limited", { again: true }, "refused"],
	["/busy", { again: true }, "failed", "failed"],
	["/away", {}, "redirected"],
	["/large", {}, "too-large"],
	["/reset", { again: true }, "unreachable", "unreachable"],
	["/hang", { deadlineMs: SHORT_MS }, "deadline"],
];
for (const [path, changes, ...results] of COUNTED)
	test(`operators see every request to a third party, and what came of it: ${path}`, async () => {
		const counted: string[] = [];
		await call({ ...service(), counted: (result) => void counted.push(result) }, get(path, changes));
		assert.deepEqual(counted, results);
	});

test("a bomb ends the call before it is whole, and leaves nothing open", async () => {
	const before = process.memoryUsage().rss;
	for (const path of ["/gzip-bomb", "/br-bomb"])
		await Promise.all(Array.from({ length: 8 }, () => call(service(), get(path, { maxBytes: 100_000 }))));
	assert.ok(process.memoryUsage().rss - before < 100_000_000, "400 MB were not held");
});

test("a token follows no redirect: the other host hears nothing", async () => {
	await call(service(), get("/away", { again: true }));
	assert.deepEqual(elsewhere.asked, []);
});

test("a call says who asks, and carries the token in its one header alone", async () => {
	await call(service(), get("/fine?x=1"));
	await call(service(), { ...get("/posted"), method: "POST", body: { of: "a host" } });
	const [asked, posted] = here.asked.slice(-2);
	assert.equal(asked?.headers.authorization, `Bearer ${TOKEN}`);
	assert.equal(asked.headers["user-agent"], "cf520-test");
	assert.equal(asked.headers["accept-encoding"], "br, gzip");
	assert.deepEqual([posted?.headers["content-type"], posted?.body], ["application/json", '{"of":"a host"}']);
	for (const { path, headers, body } of here.asked) {
		const { authorization, ...others } = headers;
		assert.ok(!JSON.stringify([path, others, body]).includes(TOKEN), "the token is elsewhere too");
	}
});

test("without a token there is no authorization header", async () => {
	await call({ base: here.base, userAgent: "cf520-test" }, get("/fine"));
	assert.equal(here.asked.at(-1)?.headers.authorization, undefined);
});

test("headers are found by their names in small letters, of several the first", async () => {
	const cased = await call(service(), get("/casing"));
	assert.ok(cased.kind === "answered");
	assert.deepEqual(
		[cased.headers.etag, cased.headers["x-ratelimit-remaining"], cased.headers["x-request-cost"]],
		['"v1"', "249", "8"],
	);
	const twice = await call(service(), get("/twice"));
	assert.equal(twice.kind === "answered" ? twice.headers["x-note"] : null, "one");
});

test("what was not changed is a 304 without content", async () => {
	const first = await call(service(), get("/cached"));
	assert.ok(first.kind === "answered");
	const { etag = "" } = first.headers;
	const second = await call(service(), get("/cached", { etag }));
	assert.ok(second.kind === "answered");
	assert.deepEqual([second.status, second.json], [304, undefined]);
});

test("names that mean something in JavaScript change no prototype", async () => {
	const called = await call(service(), get("/proto"));
	assert.ok(called.kind === "answered");
	assert.equal(({} as Record<string, unknown>).polluted, undefined);
	assert.equal(Object.getPrototypeOf(called.headers), null);
	assert.equal(Object.getPrototypeOf(called.json), Object.prototype);
	isDiscreet(called);
});

test("content that nests as deep as it is allowed to ends nothing", async () => {
	const called = await call(service(), get("/deep-whole"));
	assert.equal(called.kind, "answered");
});

test("a call that somebody ends is over at once, and is not asked again", async () => {
	const before = timesAsked("/hang");
	const stop = new AbortController();
	const calling = call(service(), get("/hang", { again: true }), stop.signal);
	while (timesAsked("/hang") === before) await new Promise((resolve) => setImmediate(resolve));
	stop.abort();
	assert.deepEqual(await calling, { kind: "failed", why: "deadline" });
	assert.equal(timesAsked("/hang") - before, 1);
	assert.deepEqual(await call(service(), get("/fine"), AbortSignal.abort()), { kind: "failed", why: "deadline" });
});

test("nothing listens there: not reachable, in no words of the system's", async () => {
	const { base, server } = await served({});
	await new Promise((resolve) => server.close(resolve));
	const called = await call(service(base), get("/fine", { again: true }));
	assert.deepEqual(called, { kind: "failed", why: "unreachable" });
});

test("a path in the base URL stays in front of what is asked", async () => {
	await call(service(`${here.base}/below/it`), get("/fine"));
	assert.equal(here.asked.at(-1)?.path, "/below/it/fine");
});
