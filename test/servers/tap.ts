import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { bundled, filesThroughBundled, runBundled } from "../tap/bundled.ts";
import { found, freePort } from "./programs.ts";

/** The tap under many connections: the origin and the tap are processes of their own, the clients are this one. */

const MAIN = new URL("../../src/main.ts", import.meta.url).pathname;
const ORIGIN = new URL("tap-origin.ts", import.meta.url).pathname;

/** What a process prints, until this is in it. */
function printed(child: ChildProcess, what: RegExp): Promise<string> {
	return new Promise((done) => {
		let all = "";
		const take = (piece: Buffer) => {
			all += piece;
			const found = what.exec(all)?.[1];
			if (found !== undefined) done(found);
		};
		for (const stream of [child.stdout, child.stderr]) stream?.on("data", take);
	});
}

async function tapped(t: TestContext) {
	const origin = spawn(process.execPath, [ORIGIN], { stdio: ["ignore", "pipe", "inherit"] });
	t.after(() => origin.kill());
	const originPort = await printed(origin, /(\d+)\n/);
	const port = await freePort();
	const tap = spawn(process.execPath, [MAIN, "tap", "--listen", String(port), "--to", originPort], {
		stdio: ["ignore", "pipe", "pipe"],
	});
	// What is open when a test fails would keep it waiting.
	t.after(() => tap.kill("SIGKILL"));
	let lines = "";
	tap.stdout.on("data", (piece) => {
		lines += piece;
	});
	let aside = "";
	tap.stderr.on("data", (piece) => {
		aside += piece;
	});
	await printed(tap, /(passes everything on)/);
	return {
		port,
		memoryMb: () => Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${tap.pid}/status`, "latin1"))?.[1]) / 1_024,
		ended: async () => {
			tap.kill("SIGTERM");
			await once(tap, "close");
			return { lines: lines.split("\n").filter(Boolean), aside };
		},
	};
}

/** Bytes of one response on a connection of its own. */
function asked(port: number, path: string): Promise<number> {
	return new Promise((done) => {
		let bytes = 0;
		const socket = connect({ port, host: "127.0.0.1" });
		socket.on("data", (piece) => {
			bytes += piece.length;
		});
		socket.on("error", () => {}).on("close", () => done(bytes));
		socket.write(`GET ${path} HTTP/1.1\r\nHost: shop.example\r\n\r\n`);
	});
}

/** The machine's own Node.js, where it is another one than this and may run the one file; else why not. */
function otherNode(): { readonly node: string; readonly version: string } | string {
	const node = found("node");
	if (node === null) return "no other Node.js is installed";
	const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
	if (version === process.version) return "the machine's Node.js is this one";
	return Number(/^v(\d+)/.exec(version)?.[1]) >= 20 ? { node, version } : `the machine's Node.js is ${version}`;
}
const other = otherNode();

describe("the tap as one file", { skip: typeof other === "string" ? other : false }, () => {
	it(`runs with the machine's own Node.js${typeof other === "string" ? "" : ` (${other.version})`}`, async () => {
		assert.ok(typeof other !== "string");
		const made = bundled();
		try {
			await runBundled(other.node, made.alone);
			await filesThroughBundled(other.node, made.alone);
		} finally {
			made.remove();
		}
	});
});

describe("the tap under many connections", { skip: process.platform === "linux" ? false : "reads /proc" }, () => {
	it("passes 10,000 connections one after another, keeps the 200 bad ones, and does not grow", async (t) => {
		const { port, memoryMb, ended } = await tapped(t);
		let atFirst = 0;
		const sizes = new Map<number, number>();
		for (let nth = 0; nth < 10_000; nth += 1) {
			const bytes = await asked(port, "/some");
			sizes.set(bytes, (sizes.get(bytes) ?? 0) + 1);
			if (nth === 2_000) atFirst = memoryMb();
		}
		assert.deepEqual(
			[...sizes.values()].sort((a, b) => a - b),
			[100, 100, 9_800],
		);
		const after = memoryMb();
		assert.ok(after < atFirst + 60, `${atFirst} MB, then ${after} MB`);
		const { lines, aside } = await ended();
		assert.equal(lines.length, 200);
		assert.match(aside, /200 of 10,000 responses would fail/);
	});

	it("holds 2,000 connections at once", async (t) => {
		const { port, memoryMb, ended } = await tapped(t);
		const sockets: Socket[] = [];
		const answers: Promise<unknown>[] = [];
		for (let nth = 0; nth < 2_000; nth += 1) {
			const socket = connect({ port, host: "127.0.0.1" });
			socket.on("error", () => {});
			answers.push(once(socket, "data").then(() => socket.resume()));
			sockets.push(socket);
		}
		await Promise.all(sockets.map((socket) => once(socket, "connect")));
		for (const socket of sockets) socket.write("GET /2kB HTTP/1.1\r\nHost: shop.example\r\n\r\n");
		await Promise.all(answers);
		assert.ok(memoryMb() < 400, `${memoryMb()} MB`);
		for (const socket of sockets) socket.end();
		const { lines, aside } = await ended();
		assert.equal(lines.length, 0);
		assert.match(aside, /All 2,000 responses are complete and valid/);
	});

	it("stands still with a reader that stopped, in bounded memory", async (t) => {
		const { port, memoryMb, ended } = await tapped(t);
		const sockets = Array.from({ length: 20 }, () => connect({ port, host: "127.0.0.1" }));
		for (const socket of sockets) {
			socket.on("error", () => {});
			socket.pause();
			for (let nth = 0; nth < 10; nth += 1) socket.write("GET /big HTTP/1.1\r\nHost: shop.example\r\n\r\n");
		}
		// Nothing tells that it stands still but its memory, over some time.
		let most = 0;
		for (let turn = 0; turn < 30; turn += 1) {
			await new Promise((next) => setTimeout(next, 100));
			most = Math.max(most, memoryMb());
		}
		assert.ok(most < 300, `${most} MB`);
		for (const socket of sockets) socket.destroy();
		await ended();
	});
});
