import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { captureFiles } from "../../src/adapters/terminal/capture.ts";
import { seeded } from "../reference/random.ts";
import { found, freePort } from "./programs.ts";

/** Real loopback TCP, recorded by tcpdump into a ring of files: what was planted is found in it, and nothing else. */

const big = (n: number) => "x".repeat(n);
const length = (content: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${content.length}\r\n\r\n${content}`;
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Ending {
	readonly server: (socket: Socket) => void;
	/** The client leaves in this way, when so much came. */
	readonly leaves?: { readonly how: "fin" | "reset" | "close"; readonly bytes: number };
	/** What is to be found; null: nothing. */
	readonly want: readonly [proxy: string, finding: string, closedFirst: "client" | "server" | null] | null;
	/** The connection cannot be used again. */
	readonly last?: true;
}

const ENDINGS: Readonly<Record<string, Ending>> = {
	whole: { server: (s) => s.write(length(big(700))), want: null },
	large: { server: (s) => s.write(length(big(300_000))), want: null },
	chunked: {
		server: (s) => s.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`),
		want: null,
	},
	"its own error": { server: (s) => s.write("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"), want: null },
	"until it closes": { server: (s) => s.end("HTTP/1.0 200 OK\r\n\r\nhello"), want: null, last: true },
	malformed: {
		server: (s) => s.write("HTTP/1.1 200 OK\r\nX Y: 1\r\nContent-Length: 2\r\n\r\nok"),
		want: ["rejects", "bad-field-name", null],
	},
	"two lengths": {
		server: (s) => s.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok"),
		want: ["rejects", "content-length-differs", null],
	},
	"closed in the content": {
		server: (s) => s.end(length(big(50_000)).slice(0, 20_000)),
		want: ["truncates", "content-short", "server"],
		last: true,
	},
	"reset in the content": {
		server: (s) => s.write(length(big(50_000)).slice(0, 20_000), () => setTimeout(() => s.resetAndDestroy(), 20)),
		want: ["truncates", "content-short", "server"],
		last: true,
	},
	"closed empty": { server: (s) => s.end(), want: ["rejects", "no-bytes", "server"], last: true },
	"reset empty": { server: (s) => s.resetAndDestroy(), want: ["rejects", "no-bytes", "server"], last: true },
	"half a header section": {
		server: (s) => s.end("HTTP/1.1 200 OK\r\nContent-Le"),
		want: ["rejects", "incomplete-header-section", "server"],
		last: true,
	},
	"the client gives up": {
		server: () => {},
		leaves: { how: "fin", bytes: 0 },
		want: ["waits", "client-closed-first", "client"],
		last: true,
	},
	"the client closes, and the response comes then": {
		server: (s) => void setTimeout(() => s.write(length("late")), 120),
		leaves: { how: "close", bytes: 0 },
		want: ["waits", "client-closed-first", "client"],
		last: true,
	},
	"the client resets": {
		server: (s) => s.write(length(big(50_000)).slice(0, 20_000)),
		leaves: { how: "reset", bytes: 20_000 },
		want: ["waits", "client-closed-first", "client"],
		last: true,
	},
};
const NAMES = Object.keys(ENDINGS);

/** Serves each request as its path says. */
const serve = (port: number) =>
	new Promise<{ close: () => void }>((resolve) => {
		const server = createServer({ allowHalfOpen: true }, (socket) => {
			let text = "";
			socket.on("error", () => {});
			socket.on("end", () => setTimeout(() => socket.end(), 200));
			socket.on("data", (bytes) => {
				text += bytes.toString("latin1");
				for (let end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n")) {
					const nth = Number(/^GET \/(\d+)/.exec(text)?.[1]);
					text = text.slice(end + 4);
					ENDINGS[NAMES[nth] ?? ""]?.server(socket);
				}
			});
		});
		server.listen(port, "127.0.0.1", () => resolve({ close: () => server.close() }));
	});

/** One connection with these requests, one after the other. */
async function ask(port: number, wanted: readonly { readonly name: string; readonly ray: string }[]): Promise<void> {
	const socket = connect(port, "127.0.0.1");
	socket.on("error", () => {});
	let received = 0;
	let last = "";
	let wake = () => {};
	let isOver = false;
	socket.on("data", (bytes) => {
		received += bytes.length;
		last = bytes.toString("latin1");
		wake();
	});
	socket.on("close", () => {
		isOver = true;
		wake();
	});
	for (const { name, ray } of wanted) {
		received = 0;
		last = "";
		const { leaves, last: isLast } = ENDINGS[name] ?? {};
		socket.write(`GET /${NAMES.indexOf(name)}?secret=1 HTTP/1.1\r\nHost: a\r\nCF-Ray: ${ray}-FRA\r\n\r\n`);
		const isDone = () => {
			if (isOver) return true;
			if (leaves !== undefined) return received >= leaves.bytes;
			if (isLast === true) return false;
			return /(?:x|ok|\r\n\r\n)$/.test(last) && (name !== "large" || received > 300_000) && received > 30;
		};
		while (!isDone())
			await new Promise<void>((resolve) => {
				wake = resolve;
				if (isDone()) resolve();
			});
		if (leaves === undefined) continue;
		await later(20);
		if (leaves.how === "fin") socket.end();
		else if (leaves.how === "close") socket.destroy();
		else socket.resetAndDestroy();
	}
	socket.end();
	while (!isOver)
		await new Promise<void>((resolve) => {
			wake = resolve;
			if (isOver) resolve();
		});
}

const tcpdump = found("tcpdump");
// Recording needs root or CAP_NET_RAW.
const mayRecord = tcpdump !== null && process.getuid?.() === 0;

describe("a recording of real connections", { skip: mayRecord ? false : "tcpdump is not installed, or may not record" }, () => {
	for (const seed of [1, 2, 3])
		it(`shows what was planted, seed ${seed}`, async () => {
			const folder = mkdtempSync(join(tmpdir(), "cf520-tcpdump-"));
			const port = await freePort();
			const server = await serve(port);
			const file = join(folder, "ring.pcap");
			const recorder = spawn(
				tcpdump ?? "",
				[
					"-i",
					"lo",
					"-s",
					"0",
					"-B",
					"65536",
					"-Z",
					"root",
					"--immediate-mode",
					"-U",
					"-C",
					"1",
					"-W",
					"50",
					"-w",
					file,
					`tcp port ${port}`,
				],
				{ stdio: ["ignore", "ignore", "pipe"] },
			);
			try {
				let said = "";
				await new Promise<void>((resolve, reject) => {
					recorder.once("exit", () => reject(new Error(said)));
					recorder.stderr.on("data", (data) => {
						said += data;
						if (said.includes("listening on")) resolve();
					});
				});
				const random = seeded(seed);
				const planted: string[] = [];
				const wholeRays: string[] = [];
				let nth = 0;
				const connections = Array.from({ length: 60 }, () => {
					const wanted: { name: string; ray: string }[] = [];
					for (let left = 1 + random(6); left > 0; left -= 1) {
						const name = NAMES[random(NAMES.length)] ?? "whole";
						const ray = (0xa6046cc000000000n + BigInt(seed * 100_000 + nth)).toString(16);
						nth += 1;
						wanted.push({ name, ray });
						const { want, last } = ENDINGS[name] ?? {};
						if (want !== null && want !== undefined) planted.push(`${ray} ${want.join(" ")}`);
						else wholeRays.push(ray);
						if (last === true) break;
					}
					return wanted;
				});
				for (let at = 0; at < connections.length; at += 10)
					await Promise.all(connections.slice(at, at + 10).map((wanted) => ask(port, wanted)));
				await ask(port, [{ name: "whole", ray: "ffffffffffffffff" }]);
				const files = () => readdirSync(folder).map((name) => join(folder, name));
				// The last packets are on their way.
				while (!files().some((name) => readFileSync(name).includes("ffffffffffffffff"))) await later(50);
				await later(500);
				const ended = new Promise((resolve) => recorder.once("exit", resolve));
				recorder.kill("SIGINT");
				await ended;
				assert.match(said, /0 packets dropped by kernel/);
				const told = async (...words: string[]) => {
					let out = "";
					const style = { colour: false, width: 100, askPrefix: "" };
					await captureFiles(
						[...files(), ...words],
						true,
						style,
						(text) => {
							out += text;
						},
						(text) => assert.fail(text),
					);
					return JSON.parse(out) as {
						exchanges: { ray: string; proxy: string; closedFirst: string | null; findings: { id: string }[]; path: string }[];
						summary: { exchanges: number; gaps: number };
					};
				};
				const { exchanges, summary } = await told();
				assert.ok(files().length > 1, "a ring of several files");
				assert.deepEqual([summary.exchanges, summary.gaps], [nth + 1, 0]);
				const ids = new Set(Object.values(ENDINGS).flatMap(({ want }) => (want === null ? [] : [want[1]])));
				const found = exchanges.map(
					({ ray, proxy, findings, closedFirst }) =>
						`${ray} ${proxy} ${findings.find(({ id }) => ids.has(id))?.id} ${closedFirst ?? ""}`,
				);
				// Who closed a connection whose last response was malformed but complete is free.
				const comparable = (lines: readonly string[]) =>
					lines.map((line) => line.replace(/((?:bad-field-name|content-length-differs) ).*/, "$1")).sort();
				assert.deepEqual(comparable(found), comparable(planted));
				const [asked] = (await told(`${wholeRays[3]}-FRA`)).exchanges;
				assert.deepEqual([asked?.ray, asked?.proxy], [wholeRays[3], "accepts"]);
			} finally {
				if (recorder.exitCode === null) recorder.kill("SIGKILL");
				server.close();
				rmSync(folder, { recursive: true });
			}
		});
});
