import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { test } from "node:test";
import { type Onlooker, pass } from "../../src/tap/pass.ts";
import { allOriginFiles, findingFiles } from "../lab/origin-files.ts";

const NOBODY: Onlooker = { fromClient: () => {}, fromServer: () => {}, closed: () => {}, over: () => {}, broke: () => {} };

async function listening(server: Server): Promise<number> {
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return (server.address() as AddressInfo).port;
}

/** An origin on loopback, and a tap in front of it; both ports. */
async function tapped(serve: (socket: Socket) => void, onlooker: () => Onlooker = () => NOBODY) {
	const sockets = new Set<Socket>();
	const origin = createServer({ allowHalfOpen: true }, (socket) => {
		sockets.add(socket);
		socket.on("error", () => {});
		serve(socket);
	});
	const originPort = await listening(origin);
	let open = 0;
	const tap = createServer({ allowHalfOpen: true }, (client) => {
		open += 1;
		sockets.add(client);
		pass(client, { host: "127.0.0.1", port: originPort, preface: null }, onlooker(), () => {
			open -= 1;
		});
	});
	const tapPort = await listening(tap);
	return {
		originPort,
		tapPort,
		open: () => open,
		[Symbol.asyncDispose]: async () => {
			for (const socket of sockets) socket.destroy();
			await Promise.all([tap, origin].map((one) => new Promise((done) => one.close(done))));
		},
	};
}

/** What a client gets of a port: the hash of the bytes, how many, and how it ended. */
async function got(port: number, request: string, halfCloses = false): Promise<string> {
	const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
	const hash = createHash("sha256");
	let bytes = 0;
	let ending = "";
	socket.on("data", (piece) => {
		hash.update(piece);
		bytes += piece.length;
	});
	socket.on("end", () => {
		ending ||= "fin";
		socket.end();
	});
	socket.on("error", (error: NodeJS.ErrnoException) => {
		ending ||= error.code === "ECONNRESET" || error.code === "EPIPE" ? "reset" : String(error.code);
	});
	socket.write(request);
	if (halfCloses) socket.end();
	await once(socket, "close").catch(() => {});
	return `${bytes} ${hash.digest("hex").slice(0, 16)} ${ending}`;
}

const REQUEST = "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n";
const BINARY = randomBytes(300_000);
/** Once the request is there: nothing is left unread, so that an end is an end. */
const onRequest = (socket: Socket, work: () => void) => void socket.once("data", work);

const ENDINGS: Record<string, { serve: (socket: Socket) => void; halfCloses?: boolean }> = {
	"an end after a part": { serve: (s) => onRequest(s, () => s.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")) },
	"a reset after a part": {
		serve: (s) => onRequest(s, () => s.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", () => s.resetAndDestroy())),
	},
	"an end without a byte": { serve: (s) => onRequest(s, () => s.end()) },
	"a reset without a byte": { serve: (s) => onRequest(s, () => s.resetAndDestroy()) },
	"300,000 binary bytes": { serve: (s) => onRequest(s, () => s.end(BINARY)) },
	"300,000 binary bytes, then a reset": { serve: (s) => onRequest(s, () => s.write(BINARY, () => s.resetAndDestroy())) },
	"a response after the client's half-close": {
		halfCloses: true,
		serve: (s) => {
			s.resume();
			s.on("end", () => s.end("HTTP/1.1 200 OK\r\n\r\nlate"));
		},
	},
};

for (const [what, { serve, halfCloses }] of Object.entries(ENDINGS))
	test(`the tap passes on ${what}`, async () => {
		await using pair = await tapped(serve);
		const direct = await got(pair.originPort, REQUEST, halfCloses);
		assert.equal(await got(pair.tapPort, REQUEST, halfCloses), direct);
		assert.match(direct, / (?:fin|reset)$/);
	});

for (const file of [...allOriginFiles(), ...findingFiles()].filter(({ ending }) => ending === "fin" || ending === "reset"))
	test(`the tap passes on ${file.name}: ${file.what}`, async () => {
		const serve = (s: Socket) =>
			onRequest(s, () => (file.ending === "fin" ? s.end(file.bytes) : s.write(file.bytes, () => s.resetAndDestroy())));
		await using pair = await tapped(serve);
		assert.equal(await got(pair.tapPort, REQUEST), await got(pair.originPort, REQUEST));
	});

test("an onlooker that throws at random does not touch the stream", async () => {
	let nth = 0;
	const maybe = () => {
		nth += 1;
		if ((nth * 2_654_435_761) % 4_294_967_296 < 1_400_000_000) throw new Error("broken");
	};
	const broken: Onlooker = { fromClient: maybe, fromServer: maybe, closed: maybe, over: maybe, broke: maybe };
	await using pair = await tapped(
		(s) => onRequest(s, () => s.end(BINARY)),
		() => broken,
	);
	const direct = await got(pair.originPort, REQUEST);
	for (let round = 0; round < 40; round += 1) assert.equal(await got(pair.tapPort, REQUEST), direct);
	assert.ok(nth > 40);
});

test("an origin that refuses is a reset for the client", async () => {
	const pair = await tapped(() => {});
	const { tapPort } = pair;
	const origin = createServer();
	const freePort = await listening(origin);
	await new Promise((done) => origin.close(done));
	const reasons: unknown[] = [];
	const tap = createServer({ allowHalfOpen: true }, (client) => {
		pass(client, { host: "127.0.0.1", port: freePort, preface: null }, NOBODY, (why) => reasons.push(why));
	});
	const port = await listening(tap);
	assert.match(await got(port, REQUEST), /^0 .* reset$/);
	assert.deepEqual(reasons, ["refused"]);
	tap.close();
	assert.ok(tapPort > 0);
	await pair[Symbol.asyncDispose]();
});

test("a client that resets is a reset for the origin, and one that stops reading stops the origin", async () => {
	let sent = 0;
	let ending = "";
	let stalled: () => void = () => {};
	const standsStill = new Promise<void>((resolve) => {
		stalled = resolve;
	});
	const chunk = Buffer.alloc(64 * 1024);
	const ended = Promise.withResolvers<void>();
	await using pair = await tapped((s) => {
		s.on("error", (error: NodeJS.ErrnoException) => {
			ending = String(error.code);
		});
		s.on("close", () => ended.resolve());
		const more = () => {
			while (s.write(chunk)) sent += chunk.length;
			sent += chunk.length;
			// No drain follows once everything between is full.
			setTimeout(() => s.writableLength > 0 && stalled(), 200);
			s.once("drain", more);
		};
		onRequest(s, more);
	});
	const socket = connect({ port: pair.tapPort, host: "127.0.0.1" });
	socket.pause();
	socket.write(REQUEST);
	await standsStill;
	assert.ok(sent < 64 * 1024 * 1024, `${sent} bytes were taken from the origin`);
	socket.resetAndDestroy();
	await ended.promise;
	assert.match(ending, /ECONNRESET|EPIPE/);
});

test("1,000 connections one after another leave nothing open", async () => {
	await using pair = await tapped((s) => onRequest(s, () => s.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")));
	for (let nth = 0; nth < 1_000; nth += 1) assert.match(await got(pair.tapPort, REQUEST), /^40 .* fin$/);
	while (pair.open() > 0) await new Promise((next) => setImmediate(next));
});
