import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { askForFiles, fileOrigin, freePort, got, type KeptLine, originOf, rayOf, requestOf, rightOfFiles } from "./tapping.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The tap as one file, alone in a folder of its own: made as `npm run bundle:tap` makes it. */
export function bundled() {
	const folder = mkdtempSync(join(tmpdir(), "bundled-"));
	const alone = join(folder, "alone");
	mkdirSync(alone);
	const file = join(alone, "cf520-tap.mjs");
	execFileSync(process.execPath, [join(root, "src/bundle-tap.mjs"), file]);
	return { alone, file, text: readFileSync(file, "utf8"), remove: () => rmSync(folder, { recursive: true }) };
}

/** Started as its user would start it, with nothing else around. */
async function started(node: string, alone: string, originPort: number) {
	const port = await freePort();
	const words = ["cf520-tap.mjs", "--listen", `127.0.0.1:${port}`, "--to", `127.0.0.1:${originPort}`, "--keep", "kept.jsonl"];
	const child = spawn(node, words, { cwd: alone, env: { PATH: "/usr/bin:/bin" }, stdio: ["ignore", "pipe", "pipe"] });
	let out = "";
	let aside = "";
	child.stdout.on("data", (piece) => {
		out += piece;
	});
	const begun = Promise.withResolvers<void>();
	child.stderr.on("data", (piece) => {
		aside += piece;
		if (aside.includes("passes everything on")) begun.resolve();
	});
	const closed = once(child, "close");
	await Promise.race([begun.promise, closed]);
	assert.equal(child.exitCode, null, aside);
	return {
		port,
		[Symbol.asyncDispose]: async () => {
			child.kill("SIGKILL");
			await closed;
			rmSync(join(alone, "kept.jsonl"), { force: true });
		},
		ended: async () => {
			child.kill("SIGTERM");
			assert.deepEqual(await closed, [0, null], aside);
			assert.equal(readFileSync(join(alone, "kept.jsonl"), "utf8"), out);
			rmSync(join(alone, "kept.jsonl"));
			const lines = out.split("\n").filter(Boolean);
			return { out, aside, kept: lines.map((line) => JSON.parse(line) as KeptLine) };
		},
	};
}

/**
 * An exchange that is whole and one that fails.
 * @param node which Node.js runs it
 */
export async function runBundled(node: string, alone: string): Promise<void> {
	await using origin = await originOf((s) =>
		s.once("data", (request) =>
			s.end(`HTTP/1.1 200 OK\r\nSet-Cookie: a=s3cr3t\r\nContent-Length: ${request.includes("/short") ? 900 : 2}\r\n\r\nok`),
		),
	);
	await using tap = await started(node, alone, origin.port);
	const { port, ended } = tap;
	for (const [nth, path] of ["/whole", "/short"].entries()) {
		const { bytes, ending } = await got(port, requestOf(nth, path));
		assert.deepEqual([bytes.toString().endsWith("\r\n\r\nok"), ending], [true, "fin"]);
	}
	const { out, aside, kept } = await ended();
	assert.deepEqual(
		kept.map(({ ray, proxy, masked }) => [ray, proxy, masked]),
		[[rayOf(1), "truncates", true]],
	);
	assert.ok(!`${out}${aside}`.includes("s3cr3t"));
	assert.match(aside, /tap: \d\d:\d\d:\d\d\.\d{3} UTC GET \/short .*cut off after 2 of 900 bytes/);
	assert.match(aside, /-{72}\n.*tap: 1 of 2 responses would fail behind Cloudflare\.\n[\s\S]*\n-{72}\n$/);
}

/** Every file of test/origins through it. */
export async function filesThroughBundled(node: string, alone: string): Promise<void> {
	await using origin = await fileOrigin();
	await using tap = await started(node, alone, origin.port);
	const { port, ended } = tap;
	assert.deepEqual(await askForFiles(port, origin.port), []);
	rightOfFiles((await ended()).kept);
}
