import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** `npm run bundle:tap`: the tap as one file that runs with a plain Node.js 20 or newer, without our tree. */

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const outfile = at("cf520-tap.mjs");
await build({
	bundle: true,
	entryPoints: [at("src/tap-main.ts")],
	platform: "node",
	target: "node20",
	format: "esm",
	banner: { js: "#!/usr/bin/env node" },
	logLevel: "warning",
	outfile,
});
process.stdout.write(`${outfile}\n`);
