import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { type Case, type Fact, newCase, withFact } from "../../src/judge/case.ts";
import { findCode } from "../../src/knowledge/codes/codes.ts";
import { message, title } from "../../src/message/message.ts";
import { plainText, text } from "../../src/message/text.ts";
import { readTarget } from "../../src/read/text/target.ts";
import { firstQuestion, isCutOff } from "../../src/reply/case-question.ts";
import { visitorStep } from "../../src/reply/next-step.ts";
import { CUT_OFF, codeSide, sideOf } from "../../src/reply/words.ts";
import { flat } from "../flat.ts";

const AT = Date.UTC(2026, 10, 22, 12);
const BLANK = {
	id: "c",
	url: "https://shop.example/",
	workspace: null,
	rays: [],
	head: { mood: "neutral", blocks: [] },
	messageRef: null,
	threadKey: null,
	room: null,
	isOpen: true,
} as const;

/** A case of this code, every request of which fails at once. */
function caseOf(code: string, more: Readonly<Partial<Record<Fact["key"], string>>> = {}, url: string = BLANK.url): Case {
	const seen = { "edge-pattern": "all", "time-to-failure": "instant", ...more };
	return Object.entries(seen).reduce(
		(one, [key, value]) => withFact(one, { key: key as Fact["key"], value, by: "look", who: null, atMs: AT }),
		newCase({ ...BLANK, code, url }, AT),
	);
}
/** Its question, as text. */
function asked(one: Case): string {
	const question = firstQuestion(one, null, false);
	assert.ok(question !== null);
	return flat(question);
}

for (const [url, fills] of [
	["https://shop.example/", false],
	["https://shop.example/?page=2", false],
	["https://shop.example/?token=0123456789abcdef", true],
	["https://shop.example/pay?a=1&session=2&user=bob", true],
] as const)
	test(`a command says what to fill in, and only then: ${url}`, () => {
		const question = asked(caseOf("520", {}, url));
		assert.match(question, /--connect-to/);
		assert.equal(question.includes("Replace *** with the real values."), fills, question);
	});

for (const [code, side] of [
	[520, "the origin"],
	[521, "the origin"],
	[522, "the origin"],
	[523, "the origin, or its record in Cloudflare DNS"],
	[1016, "the site's Cloudflare settings"],
] as const)
	test(`at fault behind a ${code}: ${side}`, () => {
		const entry = findCode(code);
		assert.ok(entry !== undefined);
		assert.equal(codeSide(entry), side);
		assert.equal(sideOf({ owner: entry.owner, code, throughCloudflare: true }), side);
	});

test("a page that is cut off is told as one to its visitors, and curl's exit for it is offered first", () => {
	const head = message("bad", title(text`shop.example returns 200, ${CUT_OFF}`));
	const one: Case = { ...caseOf("520"), head };
	assert.match(asked(one), /^\[Cut off \(18\)\]/m);
	assert.doesNotMatch(asked(caseOf("520")), /^\[Cut off/m);
	assert.ok(isCutOff(one) && !isCutOff(caseOf("520")));
	const target = readTarget(one.url);
	assert.ok("url" in target);
	const step = plainText(visitorStep(target, { code: "520", isCut: true, rays: [], atMs: null }));
	assert.match(step, /the response is cut off midway, the URL/);
	assert.doesNotMatch(step, /error 520/);
});

for (const [code, labels] of [
	["521", /^\[Nothing listens\] \[It listens\]/m],
	["522", /^\[It responds\] \[Timed out \(28\)\]/m],
	["523", /^\[There is a route\]|^\[No route\]/m],
] as const)
	test(`the commonest answers under a ${code} come first`, () => assert.match(asked(caseOf(code)), labels));

test("what a search in the web server's folders finds is not called the application's log", async () => {
	const source = await readFile(new URL("../../src/reply/site-next.ts", import.meta.url), "utf8");
	assert.doesNotMatch(source, /application's log/);
});
