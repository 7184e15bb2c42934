import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/**
 * `npm run bundle:tap [-- FILE]`: the tap as one file that runs with a plain Node.js 20 or newer, without our tree. Nothing in it tells where
 * it was made.
 */

const root = fileURLToPath(new URL("..", import.meta.url));
const outfile = resolve(process.argv[2] ?? `${root}cf520-tap.mjs`);
const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
await build({
	absWorkingDir: root,
	bundle: true,
	entryPoints: ["src/tap-main.ts"],
	platform: "node",
	target: "node20",
	format: "esm",
	banner: { js: "#!/usr/bin/env node" },
	define: { TAP_VERSION: JSON.stringify(version) },
	logLevel: "warning",
	outfile,
});
process.stdout.write(`${outfile}\n`);
