import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { renderTerminal } from "../src/adapters/terminal/render.ts";
import { CAUSE_IDS, CAUSES, isCause } from "../src/knowledge/causes/list.ts";
import { BEHIND_OTHER_CODES, CODE_ROWS } from "../src/knowledge/codes/behind.ts";
import { answers, EVIDENCE, EVIDENCE_KEYS, fineOf, isEvidenceKey } from "../src/knowledge/evidence.ts";
import { FAMILIES } from "../src/knowledge/families.ts";
import { FINDING_IDS, FINDINGS, isFinding } from "../src/knowledge/findings/list.ts";
import { SIGNATURES } from "../src/knowledge/log-lines/list.ts";
import { readLogs } from "../src/read/logs/read.ts";
import { explainPages } from "../src/reply/pages.ts";

/** What is known stands in one place an idea, and nothing about it is missing. A failure says, a line each, which file to write. */

const root = fileURLToPath(new URL("..", import.meta.url));

/** Fails with these lines, if there are any. */
const complete = (missing: readonly string[]) => assert.ok(missing.length === 0, `\n${missing.join("\n")}\n`);

/** Files of a folder without their ends, but for these. */
const names = (folder: string, end: string, but: readonly string[] = []) =>
	readdirSync(`${root}${folder}`)
		.filter((file) => file.endsWith(end))
		.map((file) => file.slice(0, -end.length))
		.filter((name) => !but.includes(name));

/** Every file of a folder is in its list, under its own name. */
function listed(folder: string, ids: readonly string[], but: readonly string[]): string[] {
	const files = names(folder, ".ts", ["list", ...but]);
	return [
		...files
			.filter((name) => !ids.includes(name))
			.map((name) => `${folder}/${name}.ts is not in ${folder}/list.ts: add it there`),
		...ids.filter((id) => !files.includes(id)).map((id) => `${id} has no file of its name: write ${folder}/${id}.ts`),
	];
}

/** All pages of a topic as a terminal shows them. */
function pageOf(id: string): string {
	return explainPages(id)
		.map((page) => renderTerminal(page, { colour: false, width: Number.POSITIVE_INFINITY, askPrefix: "" }))
		.join("\n\n");
}

/** The sources of a conversation, each with its path. */
const sources = (folder: string) =>
	readdirSync(`${root}${folder}`, { recursive: true, encoding: "utf8" })
		.filter((file) => file.endsWith(".ts"))
		.map((file) => ({ path: `${folder}/${file}`, text: readFileSync(`${root}${folder}/${file}`, "utf8") }));
const READ = sources("src/read/wire");
const JUDGE = sources("src/judge");
const CAPTURES = readFileSync(`${root}test/read/capture.test.ts`, "utf8");

test("every finding is in the list", () => complete(listed("src/knowledge/findings", FINDING_IDS, ["finding", "fixes"])));

for (const id of FINDING_IDS)
	test(`${id}: the finding has its words, is emitted, and has an origin that shows it`, () => {
		const file = `src/knowledge/findings/${id}.ts`;
		const { shownBy, say, why, fix, fixes } = FINDINGS[id];
		const emitters = shownBy === "bytes" ? READ : JUDGE;
		// What only a recording of both directions shows has its rows in a test of its own.
		const isShownByOrigin = shownBy !== "capture";
		const origin = `test/origins/findings/${id}.http`;
		const unseen = ["terminal", "slack", "discord"].filter(
			(adapter) => !existsSync(`${root}test/golden/findings/${adapter}/${id}.txt`),
		);
		complete([
			...(say?.endsWith(".") && why
				? []
				: [`${id} does not say what it is and why it matters, in whole sentences: write it in ${file}`]),
			...(fix === null || fixes?.length ? [] : [`${id} has no fixes: write one in ${file}`]),
			...(emitters.some(({ text }) => text.includes(`"${id}"`))
				? []
				: [`${id} is emitted nowhere: write the line that shows it in ${shownBy === "bytes" ? "src/read/wire" : "src/judge"}`]),
			...(isShownByOrigin || CAPTURES.includes(id) ? [] : [`${id} has no recording: write a row in test/read/capture.test.ts`]),
			...(!isShownByOrigin || existsSync(`${root}${origin}`) ? [] : [`${id} has no origin: write ${origin}`]),
			...(!isShownByOrigin || unseen.length === 0
				? []
				: [`${id} has no golden in ${unseen.join(", ")}: run npm run golden and read test/golden/findings/*/${id}.txt`]),
		]);
		const page = pageOf(id);
		assert.match(page, /^[A-Z].*\./);
		assert.doesNotMatch(page, /undefined|null\b|\[object/);
	});

test("every origin of a finding, and everything that is emitted as one, is a finding", () => {
	const emitted = /(?:#odd|#note|#fail|\badd|\bis|\bshown|\bended)\(((?:[^(),]|\([^()]*\))*)|odd\.push\(\{ kind: ([^,]*)/g;
	const literal = /"([a-z][a-z0-9]*-[a-z0-9.-]*)"/g;
	complete([
		...names("test/origins/findings", ".http")
			.filter((name) => !isFinding(name) && !existsSync(`${root}src/knowledge/findings/${name}.ts`))
			.map(
				(name) => `test/origins/findings/${name}.http shows no finding that there is: write src/knowledge/findings/${name}.ts`,
			),
		...[...READ, ...JUDGE].flatMap(({ path, text }) =>
			[...text.matchAll(emitted)]
				.flatMap(([, one, other]) => [...(one ?? other ?? "").matchAll(literal)].map(([, id = ""]) => id))
				.filter((id) => !isFinding(id))
				.map((id) => `${path} emits ${id}, which is no finding: write src/knowledge/findings/${id}.ts`),
		),
	]);
});

test("every cause is in the list", () => complete(listed("src/knowledge/causes", CAUSE_IDS, ["cause"])));

for (const id of CAUSE_IDS)
	test(`${id}: the cause has a title, a fix, and a reason for each of its numbers`, () => {
		const file = `src/knowledge/causes/${id}.ts`;
		const { family, title, what, fixes, source, prior, given } = CAUSES[id];
		complete([
			...(FAMILIES[family] ? [] : [`${id} is in no family: write it in ${file}`]),
			...(title ? [] : [`${id} has no title: write it in ${file}`]),
			...(what ? [] : [`${id} does not say what happens: write it in ${file}`]),
			...(fixes?.length ? [] : [`${id} has no fix: write one in ${file}`]),
			...(source?.[1]?.startsWith("https:") ? [] : [`${id} has no source: write it in ${file}`]),
			...(prior?.base > 0 && prior.why ? [] : [`${id} has no prior with its reason: write it in ${file}`]),
			...rowsWithFaults(given ?? {}, `in ${file}`),
		]);
	});

for (const id of CAUSE_IDS)
	test(`the page of ${id}`, (t) => {
		const page = pageOf(id);
		// One fix alone has no order.
		const fixes =
			CAUSES[id].fixes.length > 1 ? /How to fix it, most common first:.*Typical signs:/s : /How to fix it:.*Typical signs:/s;
		assert.match(page, fixes);
		assert.match(page, /Documentation: https:/);
		assert.doesNotMatch(page, /undefined|null\b|\[object/);
		const golden = `test/golden/causes/${id}.txt`;
		try {
			t.assert.fileSnapshot(`${page}\n`, `${root}${golden}`, { serializers: [String] });
		} catch (error) {
			if (existsSync(`${root}${golden}`)) throw error;
			complete([`${id} has no golden: run npm run golden and read ${golden}`]);
		}
	});

/** Rows of P(value | cause): each of a key and of values that there are, each with its mechanism. */
function rowsWithFaults(rows: object, where: string): string[] {
	return Object.entries(rows).flatMap(([key, { values, why }]: [string, { values: object; why: string }]) =>
		isEvidenceKey(key)
			? [
					...Object.entries(values).flatMap(([value, level]) => [
						...(fineOf(key, value)[0] === value ? [] : [`${value} is no fine value of ${key}: correct the row ${where}`]),
						...(level > 0 && level < 1 ? [] : [`${key} ${value} has no level: write one of levels.ts ${where}`]),
					]),
					...(why?.length > 5 ? [] : [`the row ${key} has no reason: write its mechanism ${where}`]),
				]
			: [`${key} is no evidence key: correct the row ${where}`],
	);
}

test("every number about a code has its reason", () => {
	const where = "in src/knowledge/codes/behind.ts";
	complete([
		...Object.values(CODE_ROWS).flatMap((rows) => rowsWithFaults(rows, where)),
		...Object.entries(BEHIND_OTHER_CODES).flatMap(([code, causes]) =>
			Object.entries(causes).flatMap(([cause, { why, given }]) => [
				...(why ? [] : [`${cause} behind ${code} has no reason: write it ${where}`]),
				...rowsWithFaults(given ?? {}, where),
			]),
		),
	]);
});

/** What a button shows on a phone. */
const LABEL_MAX_CHARS = 24;

for (const key of EVIDENCE_KEYS)
	test(`${key}: the question has its words and its answers, and every answer what it is called, what it means and how usual it is`, () => {
		const where = "write it in src/knowledge/evidence.ts";
		const { name, ask, how, cost, values, coarse, whyUsual } = EVIDENCE[key];
		complete([
			...Object.entries({ name, ask, how, cost, whyUsual }).flatMap(([what, words]) =>
				words ? [] : [`${key} has no ${what}: ${where}`],
			),
			...(Object.keys(values ?? {}).length > 1 ? [] : [`${key} has fewer than two answers: ${where}`]),
			...Object.entries(values ?? {}).flatMap(([value, { label, means, usually }]) =>
				Object.entries({ label, means, usually }).flatMap(([what, words]) =>
					words ? [] : [`${key} ${value} has no ${what}: ${where}`],
				),
			),
			...Object.entries(coarse ?? {}).flatMap(([value, { label, means, of }]) => [
				...Object.entries({ label, means }).flatMap(([what, words]) =>
					words ? [] : [`${key} ${value} has no ${what}: ${where}`],
				),
				...(of?.length > 1 ? [] : [`${key} ${value} stands for fewer than two answers: ${where}`]),
				...of
					.filter((one) => !Object.hasOwn(values, one))
					.map((one) => `${key} ${value} stands for ${one}, which is no fine answer: ${where}`),
			]),
			...answers(key)
				.filter(({ label }) => label.length > LABEL_MAX_CHARS)
				.map(({ value }) => `the label of ${key} ${value} is longer than ${LABEL_MAX_CHARS} characters: ${where}`),
		]);
	});

test("every program's log lines are in the list, and every line has a name of its own", () => {
	const folder = "src/knowledge/log-lines";
	const list = readFileSync(`${root}${folder}/list.ts`, "utf8");
	const ids = SIGNATURES.map(({ id }) => id);
	complete([
		...names(folder, ".ts", ["list", "signature"])
			.filter((program) => !list.includes(`"./${program}.ts"`))
			.map((program) => `${folder}/${program}.ts is not in ${folder}/list.ts: add it there`),
		...ids.filter((id, nth) => ids.indexOf(id) !== nth).map((id) => `two log lines are called ${id}: rename one in ${folder}`),
	]);
});

for (const { id, server, looks, speaksFor, betterThan, meaning, fix, source, example } of SIGNATURES)
	test(`a line of ${id} is recognised, and says what it means and where it is from`, () => {
		const where = "in src/knowledge/log-lines";
		const found = readLogs(example ?? "").recognised.map((one) => one.signature.id);
		// Matched anywhere in one line, quotes escaped as inside JSON too.
		const escaped = (example ?? "").replaceAll('"', '\\"').split("\n");
		complete([
			...Object.entries({ server, meaning, fix, source, example }).flatMap(([what, words]) =>
				words ? [] : [`${id} has no ${what}: write it ${where}`],
			),
			...(isCause(speaksFor) || /^\d{3,4}$/.test(speaksFor)
				? []
				: [`${id} speaks for ${speaksFor}, which is neither a cause nor a code: correct it ${where}`]),
			...(betterThan === undefined || SIGNATURES.some((one) => one.id === betterThan)
				? []
				: [`${id} is better than ${betterThan}, which is no log line: correct it ${where}`]),
			...(found.includes(id)
				? []
				: [`the example of ${id} is read as ${found.join(", ") || "nothing"}: correct its looks or its example ${where}`]),
			...(escaped.some((line) => looks.test(line))
				? []
				: [`${id} is not recognised inside JSON: let its looks take \\" for " ${where}`]),
		]);
	});
