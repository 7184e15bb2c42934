import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { autopsyLines } from "../../src/adapters/terminal/autopsy.ts";
import { linesToFile } from "../../src/tap/lines.ts";
import { runTap } from "../../src/tap/tap.ts";
import { askForFiles, fileOrigin, freePort, got, originOf, REQUEST, rayOf, requestOf, rightOfFiles, tapFor } from "./tapping.ts";

const MAIN = new URL("../../src/main.ts", import.meta.url).pathname;
const EXAMPLE = ["--listen", "127.0.0.1:8081", "--to", "127.0.0.1:8080"];

/** What each wrong line of flags is answered with. */
const WRONG: readonly (readonly [flags: readonly string[], says: RegExp])[] = [
	[["--to", "8080"], /--listen is missing/],
	[["--listen", "8081"], /--to is missing/],
	[["--listen", "shop", "--to", "8080"], /--listen needs an IP address and a port/],
	[["--listen", "127.0.0.1:99999", "--to", "8080"], /--listen needs/],
	[["--listen", "1.2.3:80", "--to", "8080"], /--listen needs/],
	[["--listen", "8081", "--to", "[::1"], /--to needs/],
	[["--listen", "0x7f.1:8081", "--to", "8080"], /--listen needs/],
	[["--listen", "127.1:8081", "--to", "8080"], /--listen needs/],
	[["--listen", "2130706433:8081", "--to", "8080"], /--listen needs/],
	[["--listen", "shop.example:8081", "--to", "8080", "--anywhere", "--proxy-protocol"], /--listen needs/],
	[["--listen", "127.0.0.1:0", "--to", "8080"], /--listen needs/],
	[["--listen", "127.0.0.1:65536", "--to", "8080"], /--listen needs/],
	[["--listen", "[::ffff:127.0.0.1]:8081", "--to", "8080"], /not a loopback IP address.*--anywhere/],
	[["--listen", "localhost.shop.example:8081", "--to", "8080"], /--listen needs/],
	[["--listen", "8081", "--to", "0x7f.1:8080", "--anywhere"], /--to needs/],
	[["--listen", "8081", "--to", "0x7f000001:8080", "--anywhere"], /--to needs/],
	[["--listen", "8081", "--to", "127.1:8080"], /--to needs/],
	[["--listen", "8081", "--to", "127.0.0.1:0"], /--to needs/],
	[["--listen", "8081", "--to", "http://127.0.0.1:8080"], /--to needs/],
	[["--listen", "8081", "--to", "localhost.shop.example:8080"], /--to is not a loopback IP address/],
	[["--listen", "8081", "--to", "8081"], /only connect to itself/],
	[["--listen", "localhost:8081", "--to", "[::1]:8081"], /only connect to itself/],
	[["--listen", "127.0.0.1:8081", "--to", "localhost:8081"], /only connect to itself/],
	[["--listen", "[0:0::1]:8081", "--to", "[::1]:8081"], /only connect to itself/],
	[["--listen", "0.0.0.0:8081", "--to", "127.0.0.9:8081", "--anywhere", "--proxy-protocol"], /only connect to itself/],
	[["--listen", "8081", "--to", "0.0.0.0:8081", "--anywhere"], /only connect to itself/],
	[["--listen", "0.0.0.0:8081", "--to", "8080"], /not a loopback IP address.*--anywhere/],
	[["--listen", "[::]:8081", "--to", "8080"], /not a loopback IP address.*--anywhere/],
	[["--listen", "8081", "--to", "10.0.0.5:8080"], /--to is not a loopback IP address.*--anywhere/],
	[["--listen", "8081", "--to", "app:8080"], /--to is not a loopback IP address/],
	[["--listen", "0.0.0.0:8081", "--to", "8080", "--anywhere"], /--proxy-protocol/],
	[["--listen", "1.1.1.1:8081", "--to", "8080", "--anywhere"], /--proxy-protocol/],
	[[...EXAMPLE, "--for", "soon"], /--for needs a time/],
	[[...EXAMPLE, "--for", "0s"], /--for needs a time/],
	[[...EXAMPLE, "--for", "99d"], /--for needs a time/],
	[[...EXAMPLE, "--for", "1e9"], /--for needs a time/],
	[[...EXAMPLE, "--for", "0"], /--for needs a time/],
	[[...EXAMPLE, "--for=-1h"], /--for needs a time/],
	[[...EXAMPLE, "--ray", "hello"], /--ray needs a Ray ID/],
	[[...EXAMPLE, "--ray", "a6046ccef050d1c3", "--ray", "hello"], /--ray needs a Ray ID/],
	[[...EXAMPLE, "--keep="], /--keep needs the name/],
	[[...EXAMPLE, "--cert", "x"], /do not know --cert\./],
	[[...EXAMPLE, "more"], /do not know more\./],
	[[...EXAMPLE, "--for"], /lacks its value/],
	[["127.0.0.1:8081", "127.0.0.1:8080"], /do not know 127\.0\.0\.1:8081\./],
	[[...EXAMPLE, "--\u001b[2J"], /^(?!.*\u001b).*do not know /],
];
for (const [flags, says] of WRONG)
	test(`tap ${flags.join(" ")} is refused in one sentence`, async () => {
		const lines: string[] = [];
		const to = { add: (line: string) => lines.push(line) > 0, written: async () => {}, unwritten: 0 };
		const status = await runTap(flags, {
			...{ out: to, aside: to, isTerminal: false, command: "tap", version: "" },
			render: () => "",
			onStop: () => assert.fail(),
		});
		assert.equal(status, 2);
		assert.equal(lines.length, 1);
		assert.match(lines[0] ?? "", /^cf520: /);
		assert.match(lines[0] ?? "", says);
	});

const SECRET = "s3cr3tOfTheSite42";
/** What an origin answers to each path, and what is kept of it; null: nothing. */
const ANSWERS: Readonly<Record<string, { answer: (s: Socket) => void; want: readonly [proxy: string, finding: string] | null }>> =
	{
		"/whole": { answer: (s) => s.end(`HTTP/1.1 200 OK\r\nSet-Cookie: a=${SECRET}\r\nContent-Length: 2\r\n\r\nok`), want: null },
		"/error": { answer: (s) => s.end("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"), want: null },
		"/until-it-closes": { answer: (s) => s.end("HTTP/1.0 200 OK\r\n\r\nhello"), want: null },
		"/short": {
			answer: (s) => s.end(`HTTP/1.1 200 OK\r\nSet-Cookie: a=${SECRET}\r\nContent-Length: 900\r\n\r\ntoken ${SECRET}`),
			want: ["truncates", "content-short"],
		},
		"/empty": { answer: (s) => s.end(), want: ["rejects", "no-bytes"] },
		"/reset": { answer: (s) => s.resetAndDestroy(), want: ["rejects", "no-bytes"] },
		"/malformed": {
			answer: (s) => s.end(`HTTP/1.1 200 OK\r\nX Y: 1\r\nX-Token: ${SECRET}\r\nContent-Length: 2\r\n\r\nok`),
			want: ["rejects", "bad-field-name"],
		},
		"/half": {
			answer: (s) => s.end(`HTTP/1.1 200 OK\r\nSet-Cookie: a=${SECRET}`),
			want: ["rejects", "incomplete-header-section"],
		},
		"/long": { answer: (s) => s.end(`HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n${"x".repeat(3_000_000)}`), want: null },
		"/long-and-short": {
			answer: (s) => s.end(`HTTP/1.1 200 OK\r\nContent-Length: 3000001\r\n\r\n${"x".repeat(3_000_000)}`),
			want: ["truncates", "content-short"],
		},
	};
const answer = (socket: Socket, request: Buffer) =>
	ANSWERS[/^\w+ (\S+?)[? ]/.exec(request.toString())?.[1] ?? ""]?.answer(socket);
const answering = (socket: Socket) => void socket.once("data", (request) => answer(socket, request));

/** Asks for every path once, in order; the rays are their places. */
async function askAll(port: number) {
	for (const [nth, path] of Object.keys(ANSWERS).entries()) await got(port, requestOf(nth, `${path}?page=${SECRET}`));
}

async function autopsied(lines: readonly string[]) {
	const out: { proxy: string; findings: { id: string }[] }[] = [];
	await autopsyLines(Readable.from(lines.map((line) => `${line}\n`)), (line) => void out.push(JSON.parse(line)));
	return out;
}

test("exactly what a proxy would not accept whole is kept, masked, and autopsy reads the same of it", async () => {
	const folder = mkdtempSync(join(tmpdir(), "tap-"));
	const file = join(folder, "kept.jsonl");
	await using origin = await originOf(answering);
	const tap = await tapFor(origin.port, "--keep", file);
	await askAll(tap.port);
	const kept = await tap.ended();
	const wanted = Object.entries(ANSWERS).flatMap(([path, { want }], nth) => (want === null ? [] : [[rayOf(nth), path, ...want]]));
	assert.deepEqual(
		kept.map(({ ray, path, proxy, findings }) => [
			ray,
			path,
			proxy,
			findings.find(({ id }) => wanted.some((one) => one[3] === id))?.id,
		]),
		wanted,
	);
	assert.deepEqual(
		(await autopsied(tap.out)).map(({ proxy }) => proxy),
		// Of what is longer than what is kept, the end is not there.
		kept.map(({ proxy, bytesCut }) => (bytesCut === true ? "accepts" : proxy)),
	);
	assert.equal(new Set(kept.map(({ id }) => id)).size, kept.length);
	assert.deepEqual(
		kept[0]?.request?.headers.map(({ name, value }) => [name, value]),
		[
			["Host", "shop.example"],
			["CF-Ray", `${kept[0]?.ray}-FRA`],
			["Cookie", undefined],
		],
	);
	const inFile = readFileSync(file, "utf8");
	assert.equal(inFile, tap.out.map((line) => `${line}\n`).join(""));
	assert.equal(statSync(file).mode & 0o777, 0o600);
	for (const { bytes_b64 } of kept) assert.ok(!Buffer.from(bytes_b64, "base64").includes(SECRET));
	for (const secret of [SECRET, "of-the-visitor"])
		for (const text of [inFile, ...tap.aside]) assert.ok(!text.includes(secret), text);
	const summary = tap.aside.at(-1) ?? "";
	assert.match(summary, /^-+\n/);
	assert.match(summary, /6 of 10 responses would fail behind Cloudflare/);
	assert.match(summary, /\n-+$/);
	rmSync(folder, { recursive: true });
});

test("every file of test/origins passes through, and is kept with what autopsy says of it", async () => {
	await using origin = await fileOrigin();
	const tap = await tapFor(origin.port);
	assert.deepEqual(await askForFiles(tap.port, origin.port), []);
	rightOfFiles(await tap.ended());
});

test("of a request line, neither query nor credentials nor tokens are kept", async () => {
	const opens = "eyJhbGciOiJIUzI1NiJ9abcdef0123456789";
	await using origin = await originOf((s) => s.once("data", () => void s.end()));
	const tap = await tapFor(origin.port);
	for (const target of [`/reset/${opens}?mail=${SECRET}`, `http://user:${SECRET}@shop.example/a?b=${SECRET}`, `/a#${SECRET}`])
		await got(tap.port, `GET ${target} HTTP/1.1\r\nHost: shop.example\r\nX-Token: ${SECRET}\r\n\r\n`);
	const kept = await tap.ended();
	assert.equal(kept.length, 3);
	for (const secret of [SECRET, opens]) for (const text of [...tap.out, ...tap.aside]) assert.ok(!text.includes(secret), text);
	assert.equal(kept[0]?.path, "/reset/…");
	const all = await tapFor(origin.port, "--whole");
	await got(all.port, `GET /reset/${opens} HTTP/1.1\r\nHost: shop.example\r\n\r\n`);
	assert.equal((await all.ended())[0]?.path, `/reset/${opens}`);
});

test("--whole keeps the bytes as they came", async () => {
	await using origin = await originOf(answering);
	const tap = await tapFor(origin.port, "--whole");
	await got(tap.port, requestOf(1, "/short"));
	const [kept] = await tap.ended();
	assert.ok(Buffer.from(kept?.bytes_b64 ?? "", "base64").includes(`Set-Cookie: a=${SECRET}`));
	assert.equal(kept?.masked, false);
	assert.match(tap.aside.join(""), /--whole keeps cookies/);
});

for (const [what, answer] of [
	["headers over 128 KB", `HTTP/1.1 200 OK\r\nX-Debug: ${"a".repeat(140_000)}\r\nContent-Length: 2\r\n\r\nok`],
	[
		"content that is not in its coding",
		`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9000\r\n\r\n${"a".repeat(9_000)}`,
	],
] as const)
	for (const flags of [[], ["--whole"]])
		test(`what a proxy passes on and visitors do not get is kept, its beginning without --whole: ${what} ${flags.join("")}`, async () => {
			await using origin = await originOf((s) => s.once("data", () => s.end(answer)));
			const tap = await tapFor(origin.port, ...flags);
			await got(tap.port, requestOf(1));
			await tap.ended();
			const [kept, ...more] = tap.out.map((line) => JSON.parse(line) as { bytes_b64: string; bytesCut?: boolean; proxy: string });
			assert.deepEqual([kept?.proxy, kept?.bytesCut, more.length], ["accepts", flags.length === 0 ? true : undefined, 0]);
			const bytes = Buffer.from(kept?.bytes_b64 ?? "", "base64").length;
			assert.equal(bytes, flags.length === 0 ? 4_096 : answer.length);
			assert.match(tap.aside.join(""), /GET \S+ \(Ray ID/);
		});

test("--ray keeps that exchange alone, also when it was whole", async () => {
	await using origin = await originOf(answering);
	for (const [path, proxy] of [
		["/whole", "accepts"],
		["/long", "accepts"],
		["/short", "truncates"],
	] as const) {
		const tap = await tapFor(origin.port, "--ray", `${rayOf(77).toUpperCase()}-FRA`);
		await got(tap.port, requestOf(1, "/empty"));
		await got(tap.port, requestOf(77, path));
		const kept = await tap.ended();
		assert.deepEqual(
			kept.map(({ ray, proxy }) => [ray, proxy]),
			[[rayOf(77), proxy]],
		);
		if (proxy === "accepts") assert.match(tap.aside.at(-1) ?? "", /returned this response completely/);
		assert.equal((await autopsied(tap.out))[0]?.proxy, proxy);
	}
});

test("of many requests on one connection exactly the malformed responses are kept", async () => {
	const whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
	const malformed = "HTTP/1.1 200 OK\r\nX Y: 1\r\nContent-Length: 2\r\n\r\nok";
	let nth = 0;
	await using origin = await originOf((s) => s.on("data", () => void s.write(nth++ % 10 === 3 ? malformed : whole)));
	const tap = await tapFor(origin.port);
	const socket = connect({ port: tap.port, host: "127.0.0.1" });
	for (let request = 0; request < 200; request += 1) {
		socket.write(requestOf(request));
		await once(socket, "data");
	}
	socket.destroy();
	const kept = await tap.ended();
	assert.deepEqual(
		kept.map(({ ray }) => ray),
		Array.from({ length: 20 }, (_, ten) => rayOf(ten * 10 + 3)),
	);
	assert.ok(kept.every(({ bytes_b64 }) => Buffer.from(bytes_b64, "base64").toString().replace("**", "ok") === malformed));
});

test("another protocol passes both ways after 101, and nothing of it is judged", async () => {
	await using origin = await originOf((s) => {
		s.once("data", () => {
			s.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
			s.on("data", (piece) => void s.write(piece));
		});
	});
	const tap = await tapFor(origin.port);
	const socket = connect({ port: tap.port, host: "127.0.0.1" });
	socket.write("GET /live HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
	await once(socket, "data");
	socket.write("HTTP/1.1 no request at all\r\n\r\n");
	assert.match(String((await once(socket, "data"))[0]), /no request at all/);
	socket.destroy();
	assert.deepEqual(await tap.ended(), []);
});

test("TLS and HTTP/2 pass, and are told as not read", async () => {
	await using origin = await originOf((s) => s.once("data", (piece) => void s.end(piece)));
	for (const [bytes, says] of [
		[Buffer.from("16030100050102030405", "hex"), /Only TLS passed/],
		[Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), /Only HTTP\/2 passed/],
	] as const) {
		const tap = await tapFor(origin.port);
		assert.deepEqual((await got(tap.port, bytes)).bytes, bytes);
		await tap.ended();
		assert.match(tap.aside.at(-1) ?? "", says);
	}
});

test("--proxy-protocol tells the origin who connected, in front of everything", async () => {
	const first = Promise.withResolvers<string>();
	await using origin = await originOf((s) => {
		s.on("data", (piece) => {
			first.resolve(piece.toString());
			s.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
		});
	});
	const tap = await tapFor(origin.port, "--proxy-protocol");
	await got(tap.port, REQUEST);
	assert.match(await first.promise, new RegExp(`^PROXY TCP4 127\\.0\\.0\\.1 127\\.0\\.0\\.1 \\d+ ${tap.port}\\r\\n`));
	await tap.ended();
});

test("a file that was made is gone again when the tap cannot listen", async () => {
	const folder = mkdtempSync(join(tmpdir(), "tap-"));
	await using origin = await originOf(answering);
	const file = join(folder, "kept");
	for (const [listen, says] of [
		[`127.0.0.1:${origin.port}`, /already listens/],
		["192.0.2.1:8081", /does not have the IP address/],
	] as const) {
		const aside: string[] = [];
		const lines = { add: (line: string) => aside.push(line) > 0, written: async () => {}, unwritten: 0 };
		const words = ["--listen", listen, "--to", "8080", "--anywhere", "--proxy-protocol", "--keep", file];
		const streams = { out: lines, aside: lines, isTerminal: false, command: "tap", version: "" };
		assert.equal(await runTap(words, { ...streams, render: () => "", onStop: () => assert.fail() }), 2);
		assert.match(aside.join(""), says);
		assert.ok(!existsSync(file));
	}
	rmSync(folder, { recursive: true });
});

test("at a terminal, lines for people are all that is written, unless there is a file", async () => {
	await using origin = await originOf(answering);
	const tap = await tapFor(origin.port, "at a terminal");
	for (let nth = 0; nth < 7; nth += 1) await got(tap.port, requestOf(nth, "/short"));
	assert.deepEqual(await tap.ended(), []);
	assert.match(tap.aside.join("\n"), /This is a terminal.*--keep FILE/);
	assert.match(tap.aside.at(-1) ?? "", /2 more. To list all of them, add --keep FILE/);
});

test("--keep goes to a new file alone, never through a link", async () => {
	const folder = mkdtempSync(join(tmpdir(), "tap-"));
	const target = join(folder, "target");
	for (const exists of [true, false]) {
		if (exists) writeFileSync(target, "mine");
		const link = join(folder, `link-${exists}`);
		symlinkSync(target, link);
		for (const file of exists ? [link, target, folder, "/dev/null"] : [link, join(folder, "no", "folder")]) {
			const tap = await tapFor(1, "--keep", file);
			assert.equal(await tap.status, 2);
			assert.match(tap.aside.join(""), /exists already, or I cannot create it/);
		}
		if (exists) assert.equal(readFileSync(target, "utf8"), "mine");
		rmSync(target, { force: true });
	}
	rmSync(folder, { recursive: true });
});

test("a file at its largest size keeps the newer lines, whole", async () => {
	const folder = mkdtempSync(join(tmpdir(), "tap-"));
	const file = await linesToFile(join(folder, "kept"), () => assert.fail(), 10_000);
	assert.ok(file !== null);
	for (let nth = 0; nth < 1_000; nth += 1) assert.ok(file.add(JSON.stringify({ nth, filler: "x".repeat(nth % 90) })));
	await file.written();
	await file.close();
	const text = readFileSync(join(folder, "kept"), "utf8");
	assert.ok(text.length <= 10_000);
	const numbers = text
		.trimEnd()
		.split("\n")
		.map((line) => (JSON.parse(line) as { nth: number }).nth);
	assert.equal(numbers.at(-1), 999);
	for (const [at, nth] of numbers.entries()) assert.equal(nth, (numbers[0] ?? 0) + at);
	rmSync(folder, { recursive: true });
});

test("a line longer than the file may be is left out, and so is what waits too long to be written", async () => {
	const folder = mkdtempSync(join(tmpdir(), "tap-"));
	const file = await linesToFile(join(folder, "kept"), () => assert.fail(), 1_000);
	assert.ok(file !== null);
	for (const length of [10, 20, 2_000]) assert.ok(file.add("x".repeat(length)));
	await file.written();
	assert.ok(statSync(join(folder, "kept")).size <= 1_000);
	assert.match(readFileSync(join(folder, "kept"), "utf8"), /\nx{20}\n$|^x{20}\n$/);
	// Nothing is written before this turn ends.
	const long = "x".repeat(1024 * 1024);
	const taken = Array.from({ length: 40 }, () => file.add(long)).filter(Boolean).length;
	assert.ok(taken > 20 && taken <= 32, `${taken} MB wait`);
	await file.written();
	await file.close();
	rmSync(folder, { recursive: true });
});

test("stopped, it lets an open request end, and closes idle connections", async () => {
	const asked = Promise.withResolvers<Socket>();
	await using origin = await originOf((s) =>
		s.on("data", (request) => {
			if (request.includes("/slow")) asked.resolve(s);
			else s.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
		}),
	);
	const tap = await tapFor(origin.port);
	const idle = connect({ port: tap.port, host: "127.0.0.1" });
	idle.write(REQUEST);
	await once(idle, "data");
	const slow = got(tap.port, requestOf(1, "/slow"));
	const socket = await asked.promise;
	const idleEnded = once(idle, "end");
	tap.stop();
	await idleEnded;
	socket.end("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate");
	assert.match((await slow).bytes.toString(), /late$/);
	assert.equal(await tap.status, 0);
	assert.match(tap.aside.join(""), /accept no new connections. 2 connections are still open/);
});

/** The program as a process: its port, once it listens. */
async function spawned(originPort: number, options: { before?: string; flags?: string[] } = {}) {
	const port = await freePort();
	const words = [MAIN, "tap", "--listen", String(port), "--to", String(originPort), ...(options.flags ?? [])];
	const child = spawn("/bin/sh", ["-c", `${options.before ?? "true"} && exec "$0" "$@"`, process.execPath, ...words], {
		stdio: ["ignore", "pipe", "pipe"],
	});
	let aside = "";
	await new Promise<void>((ready) =>
		child.stderr.on("data", (piece) => {
			aside += piece;
			if (aside.includes("passes everything on")) ready();
		}),
	);
	return { port, child, aside: () => aside };
}

test("killed in the middle, it leaves whole lines, and both sides a closed connection", async () => {
	const folder = mkdtempSync(join(tmpdir(), "tap-"));
	const file = join(folder, "kept");
	const waits = Promise.withResolvers<Socket>();
	await using origin = await originOf((s) =>
		s.once("data", (request) => (request.includes("/wait") ? waits.resolve(s) : answer(s, request))),
	);
	const tap = await spawned(origin.port, { flags: ["--keep", file] });
	await got(tap.port, requestOf(1, "/short"));
	const open = got(tap.port, requestOf(2, "/wait"));
	const socket = await waits.promise;
	const closed = new Promise((done) => socket.on("close", done));
	const written = new Promise<void>((done) => tap.child.stdout.once("data", () => done()));
	await written;
	tap.child.kill("SIGKILL");
	assert.notEqual((await open).ending, "");
	await closed;
	for (const line of readFileSync(file, "utf8").split("\n").filter(Boolean))
		assert.equal((JSON.parse(line) as { ray: string }).ray, rayOf(1));
	rmSync(folder, { recursive: true });
});

test("the summary says how many lines nobody took", async () => {
	await using origin = await originOf(answering);
	const tap = await spawned(origin.port);
	// Its standard output is not read; a pipe holds 64 kB.
	for (let nth = 0; nth < 400; nth += 1) await got(tap.port, requestOf(nth, "/short"));
	const said = new Promise<void>((done) => tap.child.stderr.on("data", () => /written/.test(tap.aside()) && done()));
	tap.child.kill("SIGTERM");
	await said;
	const [, lost = "0"] = /(\d+) exchanges could not be written/.exec(tap.aside()) ?? [];
	assert.ok(Number(lost) > 0 && Number(lost) < 400, tap.aside());
	tap.child.stdout.resume();
	await once(tap.child, "close");
});

test("SIGTERM ends it in order, with the summary", async () => {
	await using origin = await originOf(answering);
	const tap = await spawned(origin.port);
	tap.child.stdout.resume();
	await got(tap.port, requestOf(1, "/short"));
	tap.child.kill("SIGTERM");
	const [code] = await once(tap.child, "close");
	assert.equal(code, 0);
	assert.match(tap.aside(), /1 of 1 response would fail behind Cloudflare/);
});

test("out of descriptors, new connections are refused and open ones go on; said once", async () => {
	const held: Socket[] = [];
	await using origin = await originOf((s) => s.once("data", () => void held.push(s)));
	const tap = await spawned(origin.port, { before: "ulimit -n 80" });
	tap.child.stdout.resume();
	const all = Array.from({ length: 70 }, (_, nth) => got(tap.port, requestOf(nth)));
	// Those that found no descriptor are over; the others wait for the origin.
	let over = 0;
	for (const one of all)
		void one.then(() => {
			over += 1;
		});
	while (over + held.length < all.length || over === 0) await new Promise((next) => setImmediate(next));
	assert.ok(held.length > 10, `${held.length} passed`);
	// Also one that has sent nothing yet.
	assert.equal((await got(tap.port, "")).ending, "reset");
	for (const socket of held) socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
	const results = await Promise.all(all);
	assert.equal(results.filter(({ bytes }) => bytes.toString().endsWith("ok")).length, held.length);
	tap.child.kill("SIGTERM");
	await once(tap.child, "close");
	assert.equal(tap.aside().split("No file descriptors are left").length, 2, tap.aside());
});

test("a reader of its output that does not read holds nothing up", async () => {
	await using origin = await originOf((s) =>
		s.once("data", () => void s.end(`HTTP/1.1 200 OK\r\nX Y: 1\r\nContent-Length: 200000\r\n\r\n${"x".repeat(200_000)}`)),
	);
	const tap = await spawned(origin.port);
	// Nobody reads: its pipe is full after the first lines, and stays so to the end.
	for (let nth = 0; nth < 40; nth += 1) assert.equal((await got(tap.port, requestOf(nth))).bytes.length > 200_000, true);
	tap.child.kill("SIGTERM");
	const [code] = await once(tap.child, "exit");
	assert.equal(code, 0);
	tap.child.stdout.destroy();
	assert.match(tap.aside(), /40 of 40 responses would fail/);
});
