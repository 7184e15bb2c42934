import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** `npm run bundle:tap`: the tap as one file that runs with a plain Node.js 20 or newer, without our tree. */

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const bundler = at("node_modules/.bin/esbuild");
const outfile = at("cf520-tap.mjs");
if (!existsSync(bundler)) {
	process.stderr.write("cf520: bundle:tap needs esbuild, which is not installed: npm install --no-save esbuild@0.28.2\n");
	process.exit(2);
}
const { status } = spawnSync(
	bundler,
	[
		at("src/tap-main.ts"),
		"--bundle",
		"--platform=node",
		"--target=node20",
		"--format=esm",
		"--banner:js=#!/usr/bin/env node",
		"--log-level=warning",
		`--outfile=${outfile}`,
	],
	{ stdio: "inherit" },
);
if (status === 0) process.stdout.write(`${outfile}\n`);
process.exit(status ?? 1);
