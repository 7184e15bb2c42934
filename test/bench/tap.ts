import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { found, freePort } from "../servers/programs.ts";

const MAIN = new URL("../../src/main.ts", import.meta.url).pathname;
const ORIGIN = new URL("../servers/tap-origin.ts", import.meta.url).pathname;
const UNREAD = new URL("./tap-unread.ts", import.meta.url).pathname;
/** Where the ratio is missed: how much of the rate reading may take. */
const READING_MAX = 1.5;
const ROUNDS = 5;
const ROUND_MS = 1_000;
const LOADS = [
	{ name: "tap-2kb-one-at-a-time", path: "/2kB", bytes: 2_066, atOnce: 1, least: 0.8 },
	{ name: "tap-2kb-16-at-a-time", path: "/2kB", bytes: 2_066, atOnce: 16, least: 0.8 },
	{ name: "tap-10mb", path: "/big", bytes: 10 * 1024 * 1024 + 45, atOnce: 4, least: 0.7 },
] as const;

/** Responses a second through a port, on connections that stay open. */
async function rate(port: number, { path, bytes, atOnce }: (typeof LOADS)[number]): Promise<number> {
	let count = 0;
	const since = performance.now();
	await Promise.all(
		Array.from(
			{ length: atOnce },
			() =>
				new Promise<void>((done) => {
					const socket = connect({ port, host: "127.0.0.1", noDelay: true });
					let got = 0;
					const ask = () => {
						got = 0;
						socket.write(`GET ${path} HTTP/1.1\r\nHost: shop.example\r\nCF-Ray: a6046ccef050d1c3-FRA\r\n\r\n`);
					};
					socket.on("connect", ask).on("close", () => done());
					socket.on("data", (piece) => {
						got += piece.length;
						if (got < bytes) return;
						count += 1;
						if (performance.now() - since < ROUND_MS) ask();
						else socket.end();
					});
				}),
		),
	);
	return (count * 1_000) / (performance.now() - since);
}

const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** A process that prints its port. */
async function started(running: ChildProcess[], file: string, ...words: string[]): Promise<number> {
	const child = spawn(process.execPath, [file, ...words], { stdio: ["ignore", "pipe", "inherit"] });
	running.push(child);
	return Number(String((await once(child.stdout, "data"))[0]));
}

/**
 * The tap against HAProxy's TCP mode, in turns on the same cores: ratios of rates, at least so much; where they are missed, what reading
 * costs, against passing on alone.
 */
export async function benchTap(
	tell: (bench: string, figures: Record<string, number>, value: number, limit: number) => void,
): Promise<void> {
	const program = found("haproxy");
	if (program === null) {
		process.stdout.write(`${JSON.stringify({ bench: "tap", skipped: "HAProxy is not installed" })}\n`);
		return;
	}
	const folder = mkdtempSync(join(tmpdir(), "bench-tap-"));
	const running: ChildProcess[] = [];
	try {
		const originPort = await started(running, ORIGIN);
		const unreadPort = await started(running, UNREAD, String(originPort));
		const [proxyPort, tapPort] = [await freePort(), await freePort()];
		const file = join(folder, "haproxy.cfg");
		writeFileSync(
			file,
			`defaults\n mode tcp\n timeout connect 5s\n timeout client 60s\n timeout server 60s\nlisten a\n bind 127.0.0.1:${proxyPort}\n server o 127.0.0.1:${originPort}\n`,
		);
		running.push(spawn(program, ["-f", file, "-db"], { stdio: "ignore" }));
		const tap = spawn(process.execPath, [MAIN, "tap", "--listen", String(tapPort), "--to", String(originPort)], {
			stdio: ["ignore", "ignore", "pipe"],
		});
		running.push(tap);
		await once(tap.stderr, "data");
		for (const load of LOADS) {
			const rates = { direct: [] as number[], haproxy: [] as number[], unread: [] as number[], tap: [] as number[] };
			await rate(tapPort, load);
			await rate(unreadPort, load);
			for (let round = 0; round < ROUNDS; round += 1) {
				rates.direct.push(await rate(originPort, load));
				rates.haproxy.push(await rate(proxyPort, load));
				rates.unread.push(await rate(unreadPort, load));
				rates.tap.push(await rate(tapPort, load));
			}
			const [direct, haproxy, unread, ours] = [
				middle(rates.direct),
				middle(rates.haproxy),
				middle(rates.unread),
				middle(rates.tap),
			];
			const ratio = ours / haproxy;
			const figures = { direct, haproxy, unread, tap: ours, ratio, least: load.least, unreadRatio: unread / haproxy };
			// A limit is from above: how many times the wanted rate ours is missed by.
			if (ratio >= load.least) tell(load.name, figures, haproxy / ours, 1 / load.least);
			else tell(`${load.name}-reading`, figures, unread / ours, READING_MAX);
		}
	} finally {
		for (const child of running) child.kill();
		rmSync(folder, { recursive: true });
	}
}
