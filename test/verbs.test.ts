import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";
import { z } from "zod";
import { COMMANDS, choicesFor } from "../src/adapters/discord/commands.ts";
import { plainFromDiscord } from "../src/adapters/discord/plain.ts";
import { plainFromSlack } from "../src/adapters/slack/plain.ts";
import { hear } from "../src/read/text/hear.ts";
import { readQuestion } from "../src/read/text/question.ts";
import { isVerb, needsMore, VERB_LIST, type Verb, verbRow } from "../src/read/text/verbs.ts";
import { VERB_WORDS } from "../src/reply/help.ts";
import { misreadReply } from "../src/reply/misread.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const ROWS = "src/read/text/verbs.ts";
const WORDS = "src/reply/help.ts";
const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

const Hint = z.object({ features: z.object({ slash_commands: z.array(z.object({ usage_hint: z.string() })).length(1) }) });
const hint = Hint.parse(parse(read("manifest.yml"))).features.slash_commands[0]?.usage_hint.split(" | ") ?? [];
const [, asked = ""] = /^## What you can ask\n(.*?)^#/ms.exec(read("README.md")) ?? [];
const documented = [...asked.matchAll(/^\| `([^`]+)` \|/gm)].map(([, usage = ""]) => usage);

/** As the row says it; what the text without the word means has a line of its own everywhere. */
const isWordOfHelp = (verb: Verb) => verbRow(verb).usage.split(" ")[0] === verb;

/** What is missing of a verb, one line a thing, with the file to write. */
function missing(verb: Verb): string[] {
	const { usage, example, read: reader, asks = verb } = verbRow(verb);
	const words = Object.hasOwn(VERB_WORDS, verb) ? VERB_WORDS[verb] : null;
	const out: string[] = [];
	if (typeof reader !== "function") out.push(`${verb} has no reader: write \`read\` in its row in ${ROWS}`);
	else {
		const { kind } = readQuestion(example, NOW);
		if (kind !== asks) out.push(`${verb}: its example \`${example}\` is read as ${kind}, not as ${asks}: fix its row in ${ROWS}`);
	}
	if (words === null || words.gives === "")
		out.push(`${verb} has no line in help: add \`${verb}: { gives: "…", needs: … }\` to VERB_WORDS in ${WORDS}`);
	else if (needsMore(verb) && words.needs === null)
		out.push(`${verb} does not say what it needs: write \`needs\` in VERB_WORDS.${verb} in ${WORDS}`);
	else if (!needsMore(verb) && words.needs !== null)
		out.push(
			`${verb} needs nothing after its usage: take \`needs\` out of VERB_WORDS.${verb} in ${WORDS}, or give the row in ${ROWS} a <…>`,
		);
	if (!documented.includes(usage)) out.push(`${verb} has no line in README.md: add "| \`${usage}\` | … |" to "What you can ask"`);
	if (isWordOfHelp(verb) && !hint.some((one) => one.split(" ")[0] === verb))
		out.push(
			`${verb} is missing in usage_hint of manifest.yml: add "| ${usage.replace(/<([^>]*)>/g, "[$1]")}" in short to HINT in src/adapters/slack/manifest.ts, then npm start -s -- manifest > manifest.yml`,
		);
	return out;
}

for (const verb of VERB_LIST)
	test(`${verb} has a reader, a line in help, in README and in the manifest's hint`, () => {
		const lines = missing(verb);
		assert.ok(lines.length === 0, lines.join("\n"));
	});

for (const verb of VERB_LIST)
	test(`${verb} behind a mention is what it is alone`, () => {
		const { example } = verbRow(verb);
		const alone = hear(example, NOW);
		for (const before of [plainFromSlack("<@U012AB3CD> "), plainFromDiscord("<@100000000000000001> "), "\n"])
			assert.deepEqual(hear(before + example, NOW), alone, before + example);
	});

for (const verb of VERB_LIST.filter((verb) => needsMore(verb) && Object.hasOwn(VERB_WORDS, verb)))
	test(`${verb} alone is misread, and an example that is enough is shown`, () => {
		const alone = readQuestion(verb, NOW);
		assert.deepEqual(alone, { kind: "misread", why: "needs", verb });
		const { misread } = z.object({ misread: z.object({ example: z.string() }) }).parse(misreadReply(alone).data);
		assert.equal(readQuestion(misread.example, NOW).kind, verbRow(verb).asks ?? verb);
	});

test("README and the manifest's hint name no verb that there is not", () => {
	const usages = VERB_LIST.map((verb) => verbRow(verb).usage);
	assert.deepEqual(
		documented.filter((usage) => usage !== "<url or host>" && usage !== "<url> from <places>" && !usages.includes(usage)),
		[],
		'take these lines out of "What you can ask" in README.md',
	);
	assert.deepEqual(
		hint.slice(1).filter((one) => !isVerb(one.split(" ")[0] ?? "")),
		[],
		"take these out of HINT in src/adapters/slack/manifest.ts, then npm start -s -- manifest > manifest.yml",
	);
});

test("Discord offers every verb, and takes what is registered", () => {
	for (const verb of VERB_LIST)
		assert.ok(
			choicesFor(verb).some(({ value }) => value === (verbRow(verb).offered ?? verbRow(verb).example)),
			`${verb} is not offered: src/adapters/discord/commands.ts`,
		);
	const [command] = COMMANDS;
	for (const { length } of [command.description, ...command.options.map((option) => option.description)])
		assert.ok(
			length >= 1 && length <= 100,
			`Discord takes 100 characters of a description, not ${length}: shorten it in src/adapters/discord/commands.ts`,
		);
	for (const verb of VERB_LIST.filter((verb) => verbRow(verb).admins))
		assert.ok(command.description.includes(verb), `${verb} is missing in the command: src/adapters/discord/commands.ts`);
});
