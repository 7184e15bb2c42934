import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { homedir, hostname } from "node:os";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { bundled, runBundled } from "./bundled.ts";

const made = bundled();
after(made.remove);
const root = fileURLToPath(new URL("../../", import.meta.url));
const node = (...words: string[]) =>
	execFileSync(process.execPath, ["cf520-tap.mjs", ...words], { cwd: made.alone, encoding: "utf8" });

test("one file alone in a folder passes on, keeps what fails and says so", async () => {
	await runBundled(process.execPath, made.alone);
});

test("the one file says which version it is, and how it is started", () => {
	const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
	assert.equal(node("--version"), `cf520-tap ${version}\n`);
	assert.match(node("--help"), /\n {4}node cf520-tap\.mjs --listen 127\.0\.0\.1:8081 --to 127\.0\.0\.1:8080 --for 1h\n/);
	assert.match(made.text, /^#!\/usr\/bin\/env node\n/);
});

test("the one file imports Node.js alone, and tells nothing of the machine that made it", () => {
	const imported = [...made.text.matchAll(/^import [^;]*?from "([^"]+)";$/gm)].map(([, from = ""]) => from);
	assert.ok(imported.length > 3);
	for (const from of imported) assert.ok(builtinModules.includes(from.replace(/^node:/, "")), from);
	assert.doesNotMatch(made.text, /\brequire\(|\bimport\(/);
	for (const secret of [root, root.replace(/\/$/, ""), made.alone, "node_modules", hostname()])
		assert.ok(!made.text.includes(secret), secret);
	if (homedir() !== "/root") assert.ok(!made.text.includes(homedir()));
});

/** What Node.js 20 does not have, and esbuild does not write in other words. */
const NEWER: readonly RegExp[] = [
	/Promise\.(?:withResolvers|try)\b/,
	/\bArray\.fromAsync\b|\bObject\.groupBy\b|\bMap\.groupBy\b/,
	/\.(?:union|intersection|difference|symmetricDifference|isSubsetOf|isSupersetOf|isDisjointFrom)\(/,
	/\.(?:values|keys|entries)\(\)\s*\.(?:map|filter|take|drop|flatMap|reduce|toArray|forEach|some|every|find)\(/,
	/\bmatchAll\([^\n]*?\)\)?\.(?:map|filter|toArray|some|every|find)\(/,
	/\bURL\.(?:parse|canParse)\b/,
	/\b(?:RegExp\.escape|Error\.isError|Uint8Array\.fromBase64|Math\.sumPrecise)\b|\.(?:toHex|toBase64)\(\)/,
	/\bgetBuiltinModule\b|\bstyleText\b|\bzstd|import\.meta\.(?:dirname|filename|main)|\bSymbol\.(?:asyncD|d)ispose\b|\(\?[ims-]+:/,
];
for (const newer of NEWER)
	test(`the one file has nothing that Node.js 20 lacks: ${newer.source.slice(0, 40)}`, () => {
		const [found] = newer.exec(made.text) ?? [];
		assert.equal(found, undefined);
	});
