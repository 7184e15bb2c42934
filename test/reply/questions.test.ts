import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { type Case, type Fact, newCase, withFact } from "../../src/judge/case.ts";
import { findCode } from "../../src/knowledge/codes/codes.ts";
import { message, title } from "../../src/message/message.ts";
import { plainText, text } from "../../src/message/text.ts";
import { readTarget } from "../../src/read/text/target.ts";
import { caseHead } from "../../src/reply/case-head.ts";
import { firstQuestion, isCutOff, isRecordable } from "../../src/reply/case-question.ts";
import { visitorStep } from "../../src/reply/next-step.ts";
import { recordMessage } from "../../src/reply/record.ts";
import { CUT_OFF, codeSide, sideOf } from "../../src/reply/words.ts";
import { flat } from "../flat.ts";
import { words } from "../words.ts";

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

const CURL_OK = { "direct-origin": "ok" } as const;
for (const [what, more, change, offered] of [
	["fails at random", { "edge-pattern": "random" }, {}, true],
	["fails in bursts", { "edge-pattern": "bursts" }, {}, true],
	["works when checked", { "edge-pattern": "not-reproduced" }, {}, true],
	["the origin returned one complete page", { "edge-pattern": "random", ...CURL_OK }, {}, true],
	["fails always", { "edge-pattern": "all" }, {}, false],
	["fails after a pause", { "edge-pattern": "after-idle" }, {}, false],
	["another code", { "edge-pattern": "random" }, { code: "522" }, false],
	["the origin's bytes are known", { "edge-pattern": "random", "direct-origin": "closed-empty" }, {}, false],
	["a recording showed why", { "edge-pattern": "random" }, { found: { cause: "middle-timeout", confidence: "likely" } }, false],
	["not their server", { "edge-pattern": "random" }, { access: "none" }, false],
	["a platform's server", { "edge-pattern": "random" }, { url: "https://shop.onrender.com/" }, false],
	["solved", { "edge-pattern": "random" }, { solved: { cause: "x", who: "ann", atMs: AT } }, false],
] as const)
	test(`a recording is offered where it helps: ${what}`, () => {
		const one: Case = { ...caseOf("520", more), ...change };
		assert.equal(isRecordable(one), offered);
		assert.equal(/Record it/.test(flat(caseHead(one)) + (firstQuestion(one, null, false) === null ? "" : asked(one))), offered);
	});

const RAY = "a6046ccef050d1c3";
for (const [what, rays, printed] of [
	["without a Ray ID", [], null],
	["with one", [RAY], /recording at 23:27:36 UTC:[\s\S]*npm start -- capture ring\.pcap\* a6046ccef050d1c3$/m],
] as const)
	test(`how to record the next failure is made for the case, ${what}`, () => {
		const one: Case = { ...caseOf("520", { "edge-pattern": "random" }), rays, lastAtMs: Date.UTC(2026, 10, 26) };
		const told = recordMessage(one);
		if (printed === null) assert.doesNotMatch(flat(told), /If you were recording/);
		else assert.match(flat(told), printed);
		assert.ok(words(told) <= 50, `${words(told)} words`);
		// tcpdump of Debian and Ubuntu writes its files as another user, who may not.
		assert.match(flat(told), /sudo tcpdump .* -Z root -w ring\.pcap/);
		assert.match(flat(told), /paste the result here/);
	});
