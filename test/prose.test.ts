import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Node, SyntaxKind } from "typescript/unstable/ast";
import {
	isNoSubstitutionTemplateLiteral,
	isPropertyAssignment,
	isStringLiteral,
	isTemplateExpression,
} from "typescript/unstable/ast/is";
import { API } from "typescript/unstable/sync";

const root = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** A word that people do not read here, what to say instead, and a sentence of each kind. */
interface Refused {
	readonly word: RegExp;
	readonly instead: string;
	readonly wrong: string;
	readonly right: string;
	/** A word of our code: allowed in the two maps, src/README.md and test/README.md. */
	readonly code?: true;
}

const REFUSED: readonly Refused[] = [
	{
		word: /\b(?:mend(?:s|ed|ing)?|repair(?:s|ed|ing)?|remed(?:y|ies))\b/i,
		instead: "fix",
		wrong: "Mend the backend.",
		right: "Fix the backend.",
	},
	{
		word: /\bhangs? up\b|\bhung up\b/i,
		instead: "closes the connection",
		wrong: "It hangs up.",
		right: "It closes the connection.",
	},
	{
		word: /\brefus(?:e|es|ing)\b/i,
		instead: "reject",
		wrong: "Full (strict) refuses it.",
		right: "Full (strict) rejects it: 521 Connection refused.",
	},
	{
		word: /\b(?:some|any|every)body\b/i,
		instead: "someone, anyone, everyone",
		wrong: "Somebody has begun.",
		right: "Someone has just begun.",
	},
	{
		word: /\bwhoever\b/i,
		instead: "the operator, or the person who",
		wrong: "Tell whoever runs me.",
		right: "Tell the operator.",
	},
	{
		word: /(?<!\bthere )\b(?:is|are|was) no\b(?! (?:longer|more|less|one))/i,
		instead: "is not a",
		wrong: "That is no URL.",
		right: "That is not a URL. There is no open case.",
	},
	{
		word: /\b(?:stands?|stood|standing)\b/i,
		instead: "is, contains, appears",
		wrong: "A CR stands alone.",
		right: "The line contains a CR. I understand.",
	},
	{
		word: /\b(?:is|are|answers?|all) well\b(?!-)/i,
		instead: "works",
		wrong: "The origin is well.",
		right: "The origin works. It is well-formed.",
	},
	{
		word: /\bmatter of\b/i,
		instead: "intermittent, or the thing itself",
		wrong: "It is a matter of luck.",
		right: "Intermittent: it failed and then worked.",
	},
	{ word: /\bcame about\b/i, instead: "I could not connect", wrong: "No connection came about.", right: "I could not connect." },
	{
		word: /\bspeaks? (?:for|against)\b/i,
		instead: "points to; but",
		wrong: "That speaks for a crash.",
		right: "Points to a crash.",
	},
	{
		word: /\bmostly\b|\bnot quite sure\b/i,
		instead: "usually; one of certain, likely, possible, unknown",
		wrong: "Mostly cookies.",
		right: "Usually cookies.",
	},
	{ word: /\bseldom\b/i, instead: "rarely", wrong: "Seldom.", right: "Rarely." },
	{
		word: /\bany more\b/i,
		instead: "no longer",
		wrong: "It is not valid any more.",
		right: "It is no longer valid. Send no more than three.",
	},
	{ word: /\bcause [1-5]\b/i, instead: "the cause's title", wrong: "A kind of cause 4.", right: "Malformed response headers." },
	{ word: /\d %/, instead: "77%", wrong: "77 % of them.", right: "77% of them." },
	{ word: /\btime-outs?\b/i, instead: "timeout", wrong: "A time-out.", right: "A timeout." },
	{ word: /\bhost names?\b/i, instead: "hostname", wrong: "The host name.", right: "The hostname." },
	{ word: /\be-mails?\b/i, instead: "email", wrong: "An e-mail.", right: "An email." },
	{
		word: /\b(?:cancelled|recognis\w+|normalis\w+|colours?|behaviours?|judgement|artefacts?|whilst)\b/i,
		instead: "US spelling",
		wrong: "It was cancelled.",
		right: "It was canceled.",
	},
	{
		word: /\b(?:do|does|did|is|are|was|were|has|have|could|would|should|wo|ca)n['’]t\b|\b(?:I|it|you|we|they|that)['’](?:s|m|re|ve|ll)\b/i,
		instead: "the words in full",
		wrong: "It doesn't work.",
		right: "It does not work. The site's owner knows.",
	},
	{
		word: /\blook(?:s|ed|ing)?\b(?! (?:for|like|up)\b)/i,
		instead: "check (as a whole) or request (in counts); read or search a log",
		wrong: "5 of 5 looks failed.",
		right: "Look for a crash: 5 of 5 requests failed.",
		code: true,
	},
	{ word: /\bfields?\b/i, instead: "header", wrong: "Set-Cookie fields.", right: "Set-Cookie headers.", code: true },
	{
		word: /(?<!\b(?:IP(?:v[46])?|email|web)[ -])(?<![<[:-])\baddress(?:es)?\b(?!\[)/i,
		instead: "URL or IP address",
		wrong: "The address of the origin.",
		right: "The origin's IP address; host:port:address.",
		code: true,
	},
	{
		word: /\b(?:origin|server|edge|host|site|Cloudflare|backend|proxy|port|application)(?:'s)? (?:also |itself |never |always |only |then )?answer(?:s|ed)?\b|\banswers? (?:with )?(?:HTTP|\d{3})\b/i,
		instead: "response, returns, responds",
		wrong: "The origin answers 502.",
		right: "The origin returns 502. Your answer: bob said so.",
		code: true,
	},
];

/** Properties that hold what others wrote, what is pasted, or where something comes from. */
const OF_OTHERS: ReadonlySet<string> = new Set(["example", "source", "command", "rfc"]);
const SKIPPED: ReadonlySet<SyntaxKind> = new Set([
	SyntaxKind.ImportDeclaration,
	SyntaxKind.ExportDeclaration,
	SyntaxKind.LiteralType,
	SyntaxKind.TypeAliasDeclaration,
	SyntaxKind.InterfaceDeclaration,
	SyntaxKind.RegularExpressionLiteral,
]);

/** Source files with text for people. Not `knowledge/talk` and `knowledge/hosts.ts`: they hold what people say to us. */
const SOURCES = globSync(["src/{reply,knowledge,adapters}/**/*.ts", "src/{settings,main,supervisor}.ts"], { cwd: root })
	.map((path) => path.replaceAll("\\", "/"))
	.filter((path) => !/^src\/knowledge\/(?:talk\/|hosts\.ts)/.test(path))
	.toSorted();

/** Files that still have to be rewritten. The list only shrinks: a file without a refused word has to leave it. */
const STILL: ReadonlySet<string> = new Set([]);

/** The words of a text; what has none is an id. Values that a template puts in are left out. */
function words(node: Node): string {
	if (isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node)) return node.text;
	if (isTemplateExpression(node)) return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join("…");
	return "";
}

/** Every text of a file that has more than one word, without those of others. */
function textsOf(node: Node): readonly string[] {
	const out: string[] = [];
	const visit = (one: Node): void => {
		if (SKIPPED.has(one.kind)) return;
		if (isPropertyAssignment(one) && OF_OTHERS.has(one.name.getText())) return;
		const said = words(one);
		if (/\s/.test(said.trim())) out.push(said);
		one.forEachChild((child) => {
			visit(child);
		});
	};
	visit(node);
	return out;
}

/** Markdown as it is read: without code, the targets of links, and comments. */
const prose = (markdown: string): string =>
	markdown
		.replace(/^ {0,3}```.*?^ {0,3}```/gms, "")
		.replace(/^ {4}\S.*$/gm, "")
		.replace(/`[^`\n]*`/g, "…")
		.replace(/\]\([^)\s]*\)/g, "]")
		.replace(/^\[[^\]]+\]: \S+$/gm, "")
		.replace(/<[^>\n]+>/g, "");

const refusedIn = (said: string, map = false): readonly string[] =>
	REFUSED.filter(({ code, word }) => !(map && code === true) && word.test(said.replace(/`[^`\n]*`/g, "…"))).map(
		({ word, instead }) => `"${word.exec(said)?.[0] ?? ""}" (say: ${instead}) in: ${said.slice(0, 200)}`,
	);

test("every row refuses its wrong sentence, and no row refuses a right one", () => {
	for (const { word, wrong, right } of REFUSED) {
		assert.match(wrong, word);
		assert.deepEqual(refusedIn(right), []);
	}
});

test("no text for people has a refused word", async (t) => {
	const api = new API({ cwd: root });
	t.after(() => api.close());
	const [project] = api.updateSnapshot({ openProject: join(root, "tsconfig.json") }).getProjects();
	assert.ok(project);
	const left = new Set<string>();
	for (const path of SOURCES) {
		const file = project.program.getSourceFile(join(root, path));
		assert.ok(file, path);
		const found = textsOf(file).flatMap((said) => refusedIn(said));
		if (found.length > 0) left.add(path);
		if (!STILL.has(path)) await t.test(path, () => assert.deepEqual(found, []));
	}
	const done = [...STILL].filter((path) => !left.has(path));
	assert.deepEqual(done, [], "these files are done: take them out of STILL");
});

test("no document has a refused word", async (t) => {
	for (const path of ["README.md", "CHANGELOG.md", "src/README.md", "test/README.md", "manifest.yml"]) {
		const paragraphs = prose(read(path)).split("\n");
		await t.test(path, () =>
			assert.deepEqual(
				paragraphs.flatMap((line) => refusedIn(line, /^(?:src|test)\//.test(path))),
				[],
			),
		);
	}
});
