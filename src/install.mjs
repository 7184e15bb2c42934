// Installs what is missing before `npm start`, `npm test` and the like. Plain JavaScript without imports of ours: it runs on the
// machine's own Node.js (20 or newer), before the dependencies, and with them the Node.js that the code is written for, are there.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** @returns {boolean} whether every package of the lockfile that this platform wants is there in its locked version */
function complete() {
	try {
		const wanted = JSON.parse(readFileSync(`${root}package-lock.json`, "utf8")).packages;
		const present = JSON.parse(readFileSync(`${root}node_modules/.package-lock.json`, "utf8")).packages;
		const names = Object.keys(wanted).filter((name) => name !== "" && !wanted[name].optional && !wanted[name].peer);
		return names.every((name) => present[name]?.version === wanted[name].version) && existsSync(`${root}node_modules/.bin/node`);
	} catch {
		return false;
	}
}

if (!complete()) {
	process.stderr.write("cf520: installing dependencies (npm ci, about a minute, only once) ...\n");
	// npm tells its own path to the scripts that it runs; without it (node src/install.mjs by hand) the shell finds npm.
	const npm = process.env.npm_execpath;
	const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
	const options = { cwd: root, stdio: ["ignore", 2, 2] };
	const done = npm
		? spawnSync(process.execPath, [npm, ...args], options)
		: spawnSync("npm", args, { ...options, shell: process.platform === "win32" });
	if (done.status !== 0) {
		process.stderr.write("cf520: npm ci failed. Check that the npm registry is reachable, and run `npm ci` to see why.\n");
		process.exit(1);
	}
}
