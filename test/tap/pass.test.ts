import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { type Onlooker, pass } from "../../src/tap/pass.ts";
import { allOriginFiles, findingFiles } from "../lab/origin-files.ts";
import { freePort, got, listening, REQUEST } from "./tapping.ts";

const NOBODY: Onlooker = { fromClient: () => {}, fromServer: () => {}, closed: () => {}, over: () => {}, broke: () => {} };

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
	const first = Promise.withResolvers<Socket>();
	const tap = createServer({ allowHalfOpen: true }, (client) => {
		open += 1;
		sockets.add(client);
		first.resolve(client);
		pass(client, { host: "127.0.0.1", port: originPort, preface: null }, onlooker(), () => {
			open -= 1;
		});
	});
	const tapPort = await listening(tap);
	return {
		originPort,
		tapPort,
		open: () => open,
		/** The tap's side of the first client. */
		client: first.promise,
		[Symbol.asyncDispose]: async () => {
			for (const socket of sockets) socket.destroy();
			await Promise.all([tap, origin].map((one) => new Promise((done) => one.close(done))));
		},
	};
}

/** What a client gets of a port: how many bytes, their hash, and how it ended. */
const mark = async (port: number, halfCloses = false): Promise<string> => (await got(port, REQUEST, halfCloses)).mark;

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
		const direct = await mark(pair.originPort, halfCloses);
		assert.equal(await mark(pair.tapPort, halfCloses), direct);
		assert.match(direct, / (?:fin|reset)$/);
	});

for (const file of [...allOriginFiles(), ...findingFiles()].filter(({ ending }) => ending === "fin" || ending === "reset"))
	test(`the tap passes on ${file.name}: ${file.what}`, async () => {
		const serve = (s: Socket) =>
			onRequest(s, () => (file.ending === "fin" ? s.end(file.bytes) : s.write(file.bytes, () => s.resetAndDestroy())));
		await using pair = await tapped(serve);
		assert.equal(await mark(pair.tapPort), await mark(pair.originPort));
	});

for (const file of [...allOriginFiles(), ...findingFiles()].filter(({ ending }) => ending === "deadline"))
	test(`the tap passes on ${file.name}, which goes silent: ${file.what}`, async () => {
		const silent = Promise.withResolvers<void>();
		await using pair = await tapped((s) => {
			s.on("end", () => s.end());
			onRequest(s, () => s.write(file.bytes, () => silent.resolve()));
		});
		for (const port of [pair.originPort, pair.tapPort]) {
			const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
			const pieces: Buffer[] = [];
			let length = 0;
			socket.on("data", (piece) => {
				pieces.push(piece);
				length += piece.length;
			});
			socket.write(REQUEST);
			await silent.promise;
			while (length < file.bytes.length) await new Promise((next) => setImmediate(next));
			assert.equal(socket.readableEnded, false);
			// It ends because we do, and not before.
			socket.end();
			await new Promise((closed) => socket.on("close", closed));
			assert.deepEqual(Buffer.concat(pieces), file.bytes);
		}
	});

for (const { ms, times } of [
	{ ms: 260, times: 1 },
	{ ms: 160, times: 4 },
	{ ms: 80, times: 7 },
])
	test(`an onlooker that keeps the stream waiting is told nothing more: ${ms} ms for each piece`, async (t) => {
		let clock = 0;
		t.mock.method(performance, "now", () => clock);
		let told = 0;
		let broke = 0;
		const slow: Onlooker = {
			...NOBODY,
			fromServer: () => {
				told += 1;
				clock += ms;
			},
			broke: () => {
				broke += 1;
			},
		};
		let answers = 0;
		await using pair = await tapped(
			(s) => {
				s.on("data", () => {
					answers += 1;
					s.write(String(answers));
				});
				s.on("end", () => s.end());
			},
			() => slow,
		);
		const socket = connect({ port: pair.tapPort, host: "127.0.0.1" });
		for (let nth = 0; nth < 7; nth += 1) {
			socket.write(REQUEST);
			await once(socket, "data");
		}
		assert.deepEqual([told, broke, answers], [times, times < 7 ? 1 : 0, 7]);
		socket.destroy();
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
	const direct = await mark(pair.originPort);
	for (let round = 0; round < 40; round += 1) assert.equal(await mark(pair.tapPort), direct);
	assert.ok(nth > 40);
});

test("an origin that refuses is a reset for the client", async () => {
	const freed = await freePort();
	const reasons: unknown[] = [];
	const tap = createServer({ allowHalfOpen: true }, (client) => {
		pass(client, { host: "127.0.0.1", port: freed, preface: null }, NOBODY, (why) => reasons.push(why));
	});
	const port = await listening(tap);
	assert.match(await mark(port), /^0 .* reset$/);
	assert.deepEqual(reasons, ["refused"]);
	tap.close();
});

test("a client that stops reading stops the origin, and its reset reaches it", async () => {
	let ending = "";
	let sent = 0;
	const chunk = Buffer.alloc(64 * 1024);
	const ended = Promise.withResolvers<void>();
	await using pair = await tapped((s) => {
		s.on("error", (error: NodeJS.ErrnoException) => {
			ending = String(error.code);
		});
		s.on("close", () => ended.resolve());
		const more = () => {
			do sent += chunk.length;
			while (s.write(chunk));
			s.once("drain", more);
		};
		onRequest(s, more);
	});
	const socket = connect({ port: pair.tapPort, host: "127.0.0.1" });
	socket.pause();
	socket.write(REQUEST);
	// The tap's own memory is full, then that of the system on both sides.
	const waiting = await pair.client;
	const turn = () => new Promise((next) => setImmediate(next));
	while (waiting.writableLength < 256 * 1024) await turn();
	for (let turns = 0; turns < 2_000; turns += 1) {
		await turn();
		assert.ok(waiting.writableLength < 512 * 1024, `${waiting.writableLength} bytes wait`);
	}
	assert.ok(sent < 64 * 1024 * 1024, `${sent} bytes were taken from the origin`);
	socket.resetAndDestroy();
	await ended.promise;
	assert.match(ending, /ECONNRESET|EPIPE/);
});

const LARGE = 24 * 1024 * 1024;

test("a client that stops and reads on gets every byte, and its end", async () => {
	const all = Buffer.alloc(LARGE, randomBytes(1_021));
	await using pair = await tapped((s) => onRequest(s, () => s.end(all)));
	const socket = connect({ port: pair.tapPort, host: "127.0.0.1" });
	socket.pause();
	socket.write(REQUEST);
	const waiting = await pair.client;
	const hash = createHash("sha256");
	for (let stops = 0; stops < 3; stops += 1) {
		while (waiting.writableLength < 256 * 1024) await new Promise((next) => setImmediate(next));
		for (let turns = 0; turns < 200; turns += 1) {
			await new Promise((next) => setImmediate(next));
			assert.ok(waiting.writableLength < 768 * 1024, `${waiting.writableLength} bytes wait`);
		}
		let read = 0;
		while (read < 4 * 1024 * 1024) {
			const piece: Buffer | null = socket.read();
			if (piece === null) await once(socket, "readable");
			else {
				read += piece.length;
				hash.update(piece);
			}
		}
	}
	for await (const piece of socket) hash.update(piece);
	assert.equal(hash.digest("hex"), createHash("sha256").update(all).digest("hex"));
});

test("what waits for a slow client is not written over by what comes after it", async () => {
	const asked = Promise.withResolvers<Socket>();
	await using pair = await tapped((s) => onRequest(s, () => asked.resolve(s)));
	const socket = connect({ port: pair.tapPort, host: "127.0.0.1" });
	socket.pause();
	socket.write(REQUEST);
	const [origin, waiting] = [await asked.promise, await pair.client];
	let sent = 0;
	const send = async () => {
		sent += 1;
		origin.write(Buffer.alloc(16 * 1024, sent % 251));
		while (waiting.bytesWritten < sent * 16 * 1024) await new Promise((next) => setImmediate(next));
	};
	while (waiting.writableLength === 0) await send();
	for (let more = 0; more < 6; more += 1) await send();
	origin.end();
	let at = 0;
	for await (const piece of socket) for (const byte of piece as Buffer) assert.equal(byte, (1 + Math.floor(at++ / 16_384)) % 251);
	assert.equal(at, sent * 16 * 1024);
});

test("an origin that stops and reads on gets every byte of an upload, in bounded memory", async () => {
	const all = Buffer.alloc(LARGE, randomBytes(1_021));
	const taken = Promise.withResolvers<Socket>();
	await using pair = await tapped((s) => {
		s.pause();
		taken.resolve(s);
	});
	const socket = connect({ port: pair.tapPort, host: "127.0.0.1" });
	socket.on("error", () => {});
	socket.end(all);
	const origin = await taken.promise;
	const client = await pair.client;
	// The tap takes no more once its own memory is full.
	let before = -1;
	let still = 0;
	while (still < 500) {
		await new Promise((next) => setImmediate(next));
		still = client.bytesRead === before ? still + 1 : 0;
		before = client.bytesRead;
	}
	assert.ok(before < LARGE / 2, `${before} bytes were taken`);
	const hash = createHash("sha256");
	for await (const piece of origin) hash.update(piece);
	assert.equal(hash.digest("hex"), createHash("sha256").update(all).digest("hex"));
});

test("1,000 connections one after another leave nothing open", async () => {
	await using pair = await tapped((s) => onRequest(s, () => s.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")));
	for (let nth = 0; nth < 1_000; nth += 1) assert.match(await mark(pair.tapPort), /^40 .* fin$/);
	while (pair.open() > 0) await new Promise((next) => setImmediate(next));
});
