import assert from "node:assert/strict";
import { describe, it, test } from "node:test";
import { understand } from "../../src/judge/understand.ts";
import { clean } from "../../src/read/text/clean.ts";
import { isSlipOf } from "../../src/read/text/clues/slips.ts";
import { HOSTILE_TEXTS } from "../hostile-texts.ts";
import { differences, readCase, textCases } from "./understood.ts";

for (const [file, what] of [
	["texts.jsonl", "what people bring is understood"],
	["texts-more.jsonl", "so are the same kinds with other hosts, programs and languages, and their neighbors"],
] as const)
	describe(what, () => {
		for (const one of textCases(file)) {
			it(`${one.id}: ${one.text.replace(/\s+/g, " ").slice(0, 70)}`, () => assert.deepEqual(differences(readCase(one), one), []));
		}
	});

const FIELDS = [
	...[
		"intent",
		"target",
		"candidates",
		"code",
		"rays",
		"askedRay",
		"errorTime",
		"curlExit",
		"response",
		"logs",
		"evidence",
		"answer",
	],
	...["places", "since", "asks"],
];

const TEXTS: Readonly<Record<string, (chars: number) => string>> = {
	...HOSTILE_TEXTS,
	nothing: () => "",
	"a NUL": () => "\0",
	"half a character": () => "\ud83d",
};

test("every field is always there, whatever the text", () => {
	const now = Date.UTC(2026, 10, 24, 9, 30);
	const threads = [
		{},
		{
			url: "https://shop.example/",
			code: "520",
			rays: ["a5f74d31c0a1c3d5"],
			fromMs: now - 60_000,
			toMs: now,
			asks: "origin-log",
		},
	];
	for (const [what, make] of Object.entries(TEXTS))
		for (const thread of threads) assert.deepEqual(Object.keys(understand(make(3_000), thread, now)), FIELDS, what);
});

test("a case of a thread that is no case decides nothing", () => {
	const read = understand(
		"check again",
		{ url: "not a url", rays: ["zz"], asks: "no-such-key", fromMs: Number.NaN, toMs: Number.NaN },
		0,
	);
	assert.equal(read.intent, "recheck");
});

describe("a text is cleaned once", () => {
	for (const [name, dirty, plain] of [
		["a fence with its language", "```http\nHTTP/1.1 200 OK\n```", "HTTP/1.1 200 OK\n"],
		["a block that begins on the fence's own line", "it prints:\n```curl exit 52```", "it prints:\ncurl exit 52\n"],
		["quotation marks", "> a\n> b", "a\nb"],
		["what curl -v sent stays marked", "> GET / HTTP/1.1\n> Host: shop.example", "> GET / HTTP/1.1\n> Host: shop.example"],
		["colors", "\u001b[31mred\u001b[0m and [1mbold[0m", "red and bold"],
		["colors written out", "\\u001b[31mred\\x1b[0m", "red"],
		["entities, once", "&quot;a&quot; &amp;lt;b&gt;", '"a" &lt;b>'],
		["zero-width and no-break characters", "a\u200bb\u00a0c", "ab c"],
		["typographic quotes and dashes", "\u201ca\u201d \u00abb\u00bb \u2013", '"a" "b" -'],
		["full-width characters", "\uff15\uff12\uff10\uff1a", "520:"],
		["links of Slack", "<https://shop.example/x|shop.example/x> 520", " https://shop.example/x  520"],
		["a link made harmless", "hxxps://shop[.]example", "https://shop.example"],
		["one line as code", "`curl: (52) Empty reply`", "curl: (52) Empty reply"],
	] as const)
		it(name, () => assert.equal(clean(dirty), plain));
});

test("a slip is two letters that changed places, one missing, one too many; another letter is another word", () => {
	for (const [word, meant, is] of [
		["explian", "explain", true],
		["exlpain", "explain", true],
		["chanels", "channels", true],
		["chekc", "check", true],
		["statuss", "status", true],
		["match", "watch", false],
		["explain", "explain", false],
		["hel", "help", true],
		["ad", "add", false],
	] as const)
		assert.equal(isSlipOf(word, meant), is, `${word} for ${meant}`);
});
