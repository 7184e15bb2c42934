import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { got, originOf, rayOf, requestOf, tapFor } from "./tapping.ts";

/** Exchanges that are right, each in its own way: bytes and ending as without the tap, and nothing is kept. */
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const H = "Host: shop.example\r\n";
/** Answers once this much of a request is there. */
const after = (ends: string | RegExp, work: (s: Socket, all: string) => void) => (s: Socket) => {
	let all = "";
	let done = false;
	s.on("data", (piece) => {
		all += piece.toString("latin1");
		if (done || (typeof ends === "string" ? !all.endsWith(ends) : !ends.test(all))) return;
		done = true;
		work(s, all);
	});
};
const RIGHT: Readonly<Record<string, { asks: string; serve: (s: Socket) => void; halfCloses?: true }>> = {
	"HTTP/1.0 until it closes": {
		asks: `GET / HTTP/1.0\r\n\r\n`,
		serve: after("\r\n\r\n", (s) => s.end("HTTP/1.0 200 OK\r\n\r\nhello")),
	},
	"three pipelined requests": {
		asks: `GET /1 HTTP/1.1\r\n${H}\r\nGET /2 HTTP/1.1\r\n${H}\r\nGET /3 HTTP/1.1\r\n${H}\r\n`,
		serve: after(/\/3 [\s\S]*\r\n\r\n$/, (s) => s.end(OK.repeat(3))),
	},
	"a HEAD with a length": {
		asks: `HEAD / HTTP/1.1\r\n${H}\r\n`,
		serve: after("\r\n\r\n", (s) => s.end("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")),
	},
	"a 304 with a length": {
		asks: `GET / HTTP/1.1\r\n${H}\r\n`,
		serve: after("\r\n\r\n", (s) => s.end("HTTP/1.1 304 Not Modified\r\nContent-Length: 900\r\n\r\n")),
	},
	"interim responses before the final one": {
		asks: `GET / HTTP/1.1\r\n${H}\r\n`,
		serve: after("\r\n\r\n", (s) => s.end(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${OK}`)),
	},
	"trailers behind chunks": {
		asks: `GET / HTTP/1.1\r\n${H}TE: trailers\r\n\r\n`,
		serve: after("\r\n\r\n", (s) =>
			s.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n"),
		),
	},
	"an upload that looks like a request": {
		asks: `POST / HTTP/1.1\r\n${H}Content-Length: 26\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r`,
		serve: after("\n\r", (s) => s.end(OK)),
	},
	"a response before the upload is complete": {
		asks: `POST / HTTP/1.1\r\n${H}Content-Length: 900000\r\n\r\nbegins`,
		serve: after("begins", (s) => s.end("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")),
	},
	"a client that closes its side with its request": {
		asks: `GET / HTTP/1.1\r\n${H}\r\n`,
		serve: (s) => s.resume().prependListener("end", () => s.end(OK)),
		halfCloses: true,
	},
	"a CONNECT, and bytes behind it": {
		asks: `CONNECT a:443 HTTP/1.1\r\n${H}\r\n`,
		serve: after("\r\n\r\n", (s) => s.end("HTTP/1.1 200 OK\r\n\r\n\x16\x03\x01 no HTTP")),
	},
};
for (const [what, { asks, serve, halfCloses = false }] of Object.entries(RIGHT))
	test(`${what}: passes through as it is, and nothing of it is kept`, async () => {
		await using origin = await originOf(serve);
		const tap = await tapFor(origin.port);
		const direct = await got(origin.port, asks, halfCloses);
		assert.ok(direct.bytes.length > 0);
		assert.equal((await got(tap.port, asks, halfCloses)).mark, direct.mark);
		assert.deepEqual(await tap.ended(), []);
	});

test("Expect: 100-continue goes there and back", async () => {
	await using origin = await originOf(
		after("\r\n\r\n", (s) => {
			s.write("HTTP/1.1 100 Continue\r\n\r\n");
			s.once("data", (piece) => s.end(`HTTP/1.1 200 OK\r\nContent-Length: ${piece.length}\r\n\r\n${piece}`));
		}),
	);
	const tap = await tapFor(origin.port);
	const socket = connect({ port: tap.port, host: "127.0.0.1" });
	socket.write(`POST / HTTP/1.1\r\n${H}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n`);
	assert.match(String((await once(socket, "data"))[0]), /100 Continue/);
	socket.write("hello");
	assert.match(String((await once(socket, "data"))[0]), /\r\n\r\nhello$/);
	assert.deepEqual(await tap.ended(), []);
});

test("a client that sends one byte at a time is read the same", async () => {
	await using origin = await originOf(after("\r\n\r\n", (s) => s.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")));
	const tap = await tapFor(origin.port);
	const socket = connect({ port: tap.port, host: "127.0.0.1", noDelay: true });
	for (const byte of requestOf(5, "/slowly"))
		await new Promise<void>((next) => void socket.write(byte, () => setImmediate(next)));
	socket.resume();
	await once(socket, "close");
	assert.deepEqual(
		(await tap.ended()).map(({ ray, path, proxy }) => [ray, path, proxy]),
		[[rayOf(5), "/slowly", "truncates"]],
	);
});

test("an origin that closes its side first still gets what the client sends", async () => {
	const rest = Promise.withResolvers<string>();
	await using origin = await originOf((s) => {
		let all = "";
		s.on("data", (piece) => {
			all += piece;
			if (all.endsWith("\r\n\r\n")) s.end(OK);
		}).on("end", () => rest.resolve(all.slice(all.indexOf("\r\n\r\n") + 4)));
	});
	const tap = await tapFor(origin.port);
	const socket = connect({ port: tap.port, host: "127.0.0.1", allowHalfOpen: true });
	socket.write(`POST / HTTP/1.1\r\n${H}Content-Length: 5\r\n\r\n`);
	socket.resume();
	await once(socket, "end");
	socket.end("hello");
	assert.equal(await rest.promise, "hello");
	await tap.ended();
});

test("the same visitor has the same mark, and no IP address is kept", async () => {
	await using origin = await originOf((s) => s.once("data", () => void s.end()));
	const tap = await tapFor(origin.port);
	for (const address of ["192.0.2.77", "192.0.2.77", "192.0.2.78"])
		await got(tap.port, `GET / HTTP/1.1\r\n${H}CF-Connecting-IP: ${address}\r\nX-Forwarded-For: ${address}\r\n\r\n`);
	const marks = (await tap.ended()).map(({ request }) => request?.headers.find(({ name }) => name === "CF-Connecting-IP")?.value);
	assert.match(marks[0] ?? "", /^[0-9a-f]{12}$/);
	assert.deepEqual([marks[1] === marks[0], marks[2] === marks[0]], [true, false]);
	assert.ok(![...tap.out, ...tap.aside].join("").includes("192.0.2"));
});

test("--for ends it by itself", async () => {
	await using origin = await originOf(after("\r\n\r\n", (s) => s.end(OK)));
	const tap = await tapFor(origin.port, "--for", "1s");
	await got(tap.port, requestOf(1));
	assert.equal(await tap.status, 0);
	assert.match(tap.aside[0] ?? "", /It ends at .* UTC\. Point the proxy back/);
	assert.match(tap.aside.at(-1) ?? "", /The one response is complete/);
});

test("stopped a second time, it resets what is still open", async () => {
	const asked = Promise.withResolvers<void>();
	await using origin = await originOf((s) => s.once("data", () => asked.resolve()));
	const tap = await tapFor(origin.port);
	const open = got(tap.port, requestOf(1));
	await asked.promise;
	tap.stop();
	tap.stop();
	assert.equal((await open).ending, "reset");
	assert.equal(await tap.status, 0);
});

test("an application that does not run is said once, however many come", async () => {
	const tap = await tapFor(1);
	for (let nth = 0; nth < 5; nth += 1) assert.equal((await got(tap.port, requestOf(nth))).ending, "reset");
	await tap.ended();
	assert.equal(tap.aside.join("").split("does not accept connections").length, 2);
	assert.match(tap.aside.at(-1) ?? "", /did not accept 5 connections/);
});

test("of thousands that fail, people read a line a second with a count, and every one is kept", async (t) => {
	t.mock.timers.enable({ apis: ["Date"], now: Date.UTC(2026, 10, 26, 12) });
	await using origin = await originOf((s) =>
		s.on("data", () => void s.write("HTTP/1.1 200 OK\r\nX Y: 1\r\nContent-Length: 0\r\n\r\n")),
	);
	const tap = await tapFor(origin.port);
	const socket = connect({ port: tap.port, host: "127.0.0.1" });
	for (let nth = 0; nth < 1_500; nth += 1) {
		if (nth === 700 || nth === 1_200) t.mock.timers.tick(1_000);
		socket.write(requestOf(nth));
		await once(socket, "data");
	}
	socket.destroy();
	assert.equal((await tap.ended()).length, 1_500);
	const lines = tap.aside.filter((line) => line.includes("rejected (520)") && !line.startsWith("---"));
	assert.deepEqual(
		lines.map((line) => Math.round(Number(/\(and (\d+) more since the last line\)$/.exec(line)?.[1] ?? 0) / 100)),
		[0, 7, 5],
	);
	// A thousand are told one by one, the others counted.
	assert.match(tap.aside.at(-1) ?? "", /1,495 more\. To list all of them/);
});
