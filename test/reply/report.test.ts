import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { renderTerminal } from "../../src/adapters/terminal/render.ts";
import { type Case, type Fact, newCase, withFact } from "../../src/judge/case.ts";
import { allValues, EVIDENCE_KEYS } from "../../src/knowledge/evidence.ts";
import { command, fields, grid, list, message, note, say, table, title } from "../../src/message/message.ts";
import { ask, bold, code, text, time } from "../../src/message/text.ts";
import { AUDIENCES } from "../../src/read/action.ts";
import { answerSentence } from "../../src/reply/fact-sentences.ts";
import { reportHtml } from "../../src/reply/html/report.ts";
import { reportChooser, reportFileName, reportMessage, statement, statementMessage } from "../../src/reply/report.ts";
import { flat } from "../flat.ts";
import { HOSTILE_TEXTS } from "../hostile-texts.ts";
import { checkPage } from "./markup.ts";

const AT = Date.UTC(2026, 10, 22, 13, 56, 10);
const NOW = AT + 300_000;
const VERSION = "1.2.3";

const fact = (key: Fact["key"], value: Fact["value"], by: Fact["by"], who: string | null, seconds: number): Fact => ({
	key,
	value,
	by,
	who,
	atMs: AT + seconds * 1_000,
});

/** A 520 of one page: checked by us, answered and pasted by people. */
const shop = (changes: Partial<Case> = {}): Case => ({
	...[
		fact("edge-pattern", "some-urls", "look", null, 0),
		fact("time-to-failure", "instant", "look", null, 0),
		fact("direct-origin", "closed-empty", "look", null, 100),
		fact("origin-log", "crash", "paste", "Carol", 200),
		fact("what-changed", "deploy", "person", "Bob", 260),
	].reduce(
		withFact,
		newCase(
			{
				id: "c",
				code: "520",
				url: "https://shop.example/checkout?ticket=s3cret",
				workspace: "slack T1",
				rays: ["a5e86f7c780ad1c3", "a5e86f7bfd0ad1c3"],
				head: message("bad", title(text`shop.example fails with 520`), say(text`for ${"Alice Liddell"}`)),
				asker: { key: "slack U1", name: "Alice Liddell" },
				evidence: message(
					"neutral",
					title(text`Evidence`),
					say(text`Alice Liddell asked; the origin at ${"198.51.100.7"} and ${"2001:db8::7"} closed at ${time(AT)}.`),
					list([text`${bold("5 of 5")} requests to ${code("/checkout")} failed at 13:56:10.`]),
					grid(
						["request", "status"],
						[
							["page", "520"],
							["trace", "200"],
						],
					),
					note(text`Say ${ask("check again")}.`),
				),
			},
			AT,
		),
	),
	counted: { failed: 5, of: 5, atMs: AT },
	colos: { a5e86f7c780ad1c3: "DFW" },
	codes: [{ code: "520", atMs: AT }],
	bytes: { total: 1_204, headersEnd: 211, content: 993, promised: 5_000, faultAt: 1_204 },
	...changes,
});

/** Nothing failed when it was checked. */
const works = (): Case => ({
	...withFact(
		newCase({ id: "w", code: "520", url: "https://shop.example/", workspace: null, rays: [], head: message("good") }, AT),
		fact("edge-pattern", "not-reproduced", "look", null, 0),
	),
	counted: { failed: 0, of: 5, atMs: AT },
});

/** The same, and a person says who gets the error. */
const reported = (): Case => withFact(works(), fact("who-is-hit", "everyone", "person", "Bob", 10));

/** Other places, of which some fail. */
const elsewhere = (failing: number, seconds = 60): NonNullable<Case["places"]> => ({
	atMs: AT + seconds * 1_000,
	of: 8,
	failing,
	fine: 8 - failing,
	silent: 0,
	code: failing === 0 ? null : 520,
	hereOnly: false,
});

/** Rows: what it is, the case, whom it is for, what it says, what it does not say. */
const ROWS: readonly (readonly [what: string, one: Case, audience: (typeof AUDIENCES)[number], says: RegExp, never?: RegExp])[] =
	[
		[
			"the hosting provider reads what, since when, an example and what to check",
			shop(),
			"host",
			/^Subject: shop\.example returns Cloudflare error 520 since 2026-11-22 13:56:0\d UTC\n\nHello,\nsince 2026-11-22 13:56:0\d UTC, all of our requests to https:\/\/shop\.example\/checkout have failed with Cloudflare error 520\. Cloudflare reached the server, but got no valid HTTP response\. Requested directly, the origin closes the connection without a response \(measured\)\. .*\nExample: Ray ID a5e86f7c780ad1c3, 13:56:05 UTC, data center Dallas \(DFW\)\. Most likely cause: Application crash or restart \(likely\)\.\nCould you please check the server from 13:56:03 to 13:56:07 UTC for:\n1\. crashes.*\n2\. .*https:\/\/www\.cloudflare\.com\/ips\/\),\n3\. .*\n\nThank you\.$/s,
		],
		[
			"the developer gets the first fix, the command and the window",
			shop(),
			"developer",
			/has returned 520 since .*: all of our requests\. .*\nMost likely: Application crash or restart \(likely\)\. Start here: Find the stack trace.*\nTo reproduce it on the server: `curl .*` \(currently exit 52\)\. Replace \*\*\* with the real values\.\nLog window: 13:56:03 to 13:56:07 UTC\. Ray IDs: a5e86f7c780ad1c3, a5e86f7bfd0ad1c3\.$/s,
		],
		[
			"Cloudflare gets the zone, the Ray IDs with their data centers, and what the origin did",
			shop(),
			"cloudflare",
			/^Zone shop\.example: https:\/\/shop\.example\/checkout has returned 520 since .* UTC \(all of our requests, last at 13:56:10 UTC\)\.\nRay IDs: a5e86f7c780ad1c3 \(DFW, 13:56:05 UTC\), a5e86f7bfd0ad1c3 \(13:56:0\d UTC\)\.\nRequested directly at 13:57:50 UTC, the origin closed the connection without a response\. Its log shows a crash or kill for these Ray IDs\. .*\nWhich response did your proxy receive for these Ray IDs, and why did it reject it\?\nAttached: \/cdn-cgi\/trace output, a HAR file and the raw origin response\.$/s,
		],
		[
			"a named cause is being fixed",
			shop(),
			"status",
			/^Identified: We found the cause and are working on a fix\. Next update by 14:35 UTC\.$/,
		],
		[
			"without a cause it is investigated",
			shop({ facts: [] }),
			"status",
			/^Investigating \(2026-11-22 13:56:0\d UTC\): Some requests to shop\.example return an error page\. Next update by 14:35 UTC\.$/,
		],
		[
			"what works again is watched",
			shop({ counted: { failed: 0, of: 5, atMs: NOW }, failedAtMs: AT }),
			"status",
			/^Monitoring: The fix is in place, and we are monitoring the results\.$/,
		],
		[
			"what was solved is resolved, with how long it took",
			shop({ counted: { failed: 0, of: 5, atMs: NOW }, solved: { cause: "origin-crashed", who: "Alice Liddell", atMs: NOW } }),
			"status",
			/^Resolved \(2026-11-22 14:01:10 UTC\): shop\.example works again after 5 min of errors\. We apologize for the disruption\.$/,
		],
		[
			"what only other places meet is no fix of anybody's",
			{ ...works(), rays: ["a5e86f7c780ad1c3"], places: elsewhere(6) },
			"status",
			/^Investigating \(.*Some requests to shop\.example return an error page/,
		],
		[
			"what works again for us and fails elsewhere is no fix either",
			shop({ counted: { failed: 0, of: 5, atMs: NOW }, failedAtMs: AT, facts: [], places: elsewhere(1) }),
			"status",
			/^Investigating/,
		],
		[
			"what nobody has met is not told as failing",
			works(),
			"status",
			/^No failure of https:\/\/shop\.example\/ was seen here: our 5 requests at 2026-11-22 13:56:10 UTC worked\.$/,
		],
		["the same for who would be asked to look", works(), "host", /^No failure .* worked\.$/, /Subject|Visitors/],
		[
			"what other places meet is reported by no visitor",
			{ ...works(), places: elsewhere(6) },
			"host",
			/^Subject: shop\.example returns Cloudflare error 520 in other places\n\nHello,\nRequests from other places to https:\/\/shop\.example\/ get Cloudflare error 520\. Our 5 requests .* worked\./,
			/[Vv]isitors/,
		],
		[
			"what was solved while our newest check failed does not work again yet",
			shop({ solved: { cause: "origin-crashed", who: "Alice Liddell", atMs: NOW } }),
			"status",
			/^Monitoring: The cause is known, and we are checking whether shop\.example works again\. Next update by 14:35 UTC\.$/,
		],
		[
			"what was solved while other places still failed neither",
			shop({
				counted: { failed: 0, of: 5, atMs: AT },
				places: elsewhere(2),
				solved: { cause: "origin-crashed", who: "Alice Liddell", atMs: NOW },
			}),
			"status",
			/^Monitoring: The cause is known/,
		],
		[
			"where others work, ours are requests from one place",
			shop({ places: elsewhere(6) }),
			"host",
			/, all of our requests from one place to https:.*6 of 8 get the 520, 2 work/,
		],
		[
			"the log is wanted from the first failure on",
			shop({ beganAtMs: AT - 1_800_000 }),
			"host",
			/check the server from 13:26:08 to 13:56:07 UTC/,
		],
		[
			"what was solved is told in the past, with its cause",
			shop({ solved: { cause: "origin-crashed", who: "Alice Liddell", atMs: NOW } }),
			"host",
			/^Subject: shop\.example returned .* from .* to 2026-11-22 14:01:10 UTC\n.*failed with Cloudflare error 520\..*Cause: Application crash or restart \(confirmed\)\./s,
		],
		[
			"somebody's own words for a cause are not passed on",
			shop({ solved: { cause: "Bob broke it with token abc", who: "Alice Liddell", atMs: NOW } }),
			"host",
			/\nExample: /,
			/Bob|token|cause/i,
		],
		[
			"what nobody could reproduce says so, with the requests that worked",
			reported(),
			"host",
			/^Subject: Visitors of shop\.example report Cloudflare error 520\n\nHello,\nVisitors report Cloudflare error 520 on https:\/\/shop\.example\/\. Our 5 requests at 2026-11-22 13:56:10 UTC worked\..*\nThe cause is not known yet\.\n/s,
			/Example|Ray ID/,
		],
		[
			"the same for the developer",
			reported(),
			"developer",
			/^Visitors report Cloudflare error 520 .* worked\..*\nThe cause is not known yet\./,
			/Ray IDs/,
		],
		[
			"the same for Cloudflare",
			reported(),
			"cloudflare",
			/^Zone shop\.example: Visitors report .*\nWhich response did your proxy receive for these requests/s,
		],
		["some of the requests are counted", shop({ counted: { failed: 2, of: 5, atMs: AT } }), "host", /, 2 of 5 requests to https/],
		[
			"nobody counted: no number is made up",
			shop({ counted: null, facts: [] }),
			"host",
			/, requests to https:\/\/shop\.example\/checkout have failed .*\nExample: .* The cause is not known yet\./s,
			/all (?:of our )?requests/,
		],
		["a cause that somebody says it is not", shop({ denied: ["origin-crashed"] }), "host", /^Subject/, /Application crash/],
		["without Ray IDs, the example is left out", shop({ rays: [] }), "host", /Most likely cause/, /Example/],
		[
			"another code of Cloudflare's",
			shop({ code: "521", facts: [] }),
			"host",
			/Cloudflare error 521\. The origin rejected Cloudflare's connection\./,
		],
		["an origin's own code", shop({ code: "503", facts: [] }), "host", /returns error 503 since/, /Cloudflare error/],
		[
			"a path with a secret",
			shop({ url: "https://shop.example/a/eyJhbGciOiJI.eyJzdWIiOiIx.abcdef" }),
			"host",
			/masked/,
			/eyJzdWIi/,
		],
		[
			"an address as the host has no zone",
			shop({ url: "https://203.0.113.5/" }),
			"cloudflare",
			/^https:\/\/203\.0\.113\.5\/ has returned/,
		],
	];

for (const [what, one, audience, says, never] of ROWS)
	test(`statement for ${audience}: ${what}`, () => {
		const said = statement(one, audience, NOW);
		assert.match(said, says);
		if (never !== undefined) assert.doesNotMatch(said, never);
	});

test("statements hold nothing private, and no placeholder", () => {
	for (const audience of AUDIENCES)
		for (const one of [shop(), works(), shop({ facts: [], rays: [], counted: null })]) {
			const said = statement(one, audience, NOW);
			assert.doesNotMatch(said, /s3cret|Alice|Bob|Carol|198\.51|2001:db8|undefined|NaN/);
			assert.doesNotMatch(said.replace(/`[^`]+`/g, ""), /null|\{/);
		}
});

test("every answer to every question has a sentence of its own", () => {
	const all = EVIDENCE_KEYS.flatMap((key) => allValues(key).map((value) => answerSentence(key, value)));
	for (const sentence of all) assert.match(sentence, /^\S.{10,}\.$/);
	assert.equal(new Set(all).size, all.length);
	assert.equal(answerSentence("variants", "constructor"), "");
});

const wordsOf = (said: string) => said.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

test("what everybody reads of a report is at most 40 words, and the choice is by buttons", () => {
	assert.ok(wordsOf(flat(reportMessage(shop()))) <= 40, flat(reportMessage(shop())));
	assert.equal(
		flat(reportChooser(shop())),
		"Who should get it?\n[Hosting provider] [Developer] [Cloudflare support] [Status page]",
	);
	for (const audience of AUDIENCES) {
		const { blocks } = statementMessage(shop(), audience, NOW);
		assert.equal(
			blocks.find(({ kind }) => kind === "table"),
			blocks[1],
			"one block to copy",
		);
		const shown = renderTerminal(statementMessage(shop(), audience, NOW), { colour: false, width: 80, askPrefix: "" });
		for (const line of statement(shop(), audience, NOW).split("\n")) assert.ok(shown.includes(line));
	}
});

test("the report of one case, as its reader gets it", (t: TestContext) => {
	const page = reportHtml(shop({ followers: ["slack U2"] }), NOW, VERSION);
	checkPage(page);
	t.assert.fileSnapshot(page, new URL("../golden/report.html", import.meta.url).pathname, { serializers: [String] });
	assert.equal(reportFileName(shop(), Date.UTC(2026, 10, 25)), "cf520-shop.example-2026-11-25.html");
});

for (const [what, one] of [
	["one that was solved", shop({ solved: { cause: "origin-crashed", who: "Alice Liddell", atMs: NOW } })],
	["one that works", works()],
	["one of which nothing is known", shop({ facts: [], rays: [], codes: [], counted: null, evidence: null, bytes: null })],
	["one without a byte", shop({ bytes: { total: 0, headersEnd: null, content: 0, promised: null, faultAt: 0 } })],
	["one of another code", shop({ code: "522", facts: [] })],
	["one whose host is an address", shop({ url: "https://[2001:db8::7]/" })],
] as const)
	test(`a report is a page without script, links and private things: ${what}`, () => {
		const page = reportHtml(one, NOW, VERSION);
		const elements = checkPage(page);
		assert.ok(elements.filter(({ name }) => name === "details").length === AUDIENCES.length + 1);
		assert.doesNotMatch(page, /s3cret|Alice|Bob|Carol|198\.51\.100|slack [UT]|undefined|NaN/);
		assert.match(
			page,
			/content="default-src &#39;none&#39;|content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"/,
		);
	});

/** What a page can be broken with, beside texts that keep readers busy. */
const BREAKING: Readonly<Record<string, string>> = {
	script: "</pre></script><script>alert(1)</script>",
	attribute: `" onload="alert(1)" x='`,
	"an end of CDATA": "]]>--><!--",
	NUL: "a\0b\u0001\u001b[31m",
	bidi: "\u202egpj.exe\u202c\u2066x\u2069",
	"half pairs": "\ud800 \udc00",
	"what XML forbids": "\ufffe\uffff\u2028\u2029",
	entities: "&lt;script&gt;&#60;&nbsp;",
	style: "</style><style>*{background:url(https://evil.example/)}",
	"10,000 characters": "A".repeat(10_000),
};

/** A case with foreign text wherever there can be any; names are other texts, because they are taken out of everything else. */
const foreign = (words: string): Case => {
	const name = `${words} by name`;
	const path = `/${encodeURIComponent(words.slice(0, 100).toWellFormed())}`;
	const one = shop({ url: `https://shop.example${path}`, solved: { cause: words, who: name, atMs: NOW } });
	return {
		...one,
		asker: { key: null, name },
		facts: one.facts.map((each) => ({ ...each, who: each.by === "look" ? null : name })),
		rays: ["a5e86f7c780ad1c3", words],
		colos: { a5e86f7c780ad1c3: words },
		codes: [{ code: words, atMs: AT }],
		evidence: message(
			"bad",
			{ kind: "title", text: [{ t: "plain", s: words }], aside: [{ t: "bold", s: words }] },
			{
				kind: "say",
				text: [
					{ t: "code", s: words },
					{ t: "ask", s: words },
					{ t: "link", url: words, s: words },
				],
			},
			{ kind: "list", items: [[{ t: "plain", s: words }]] },
			command([{ t: "plain", s: words }], words),
			table([words]),
			grid([words], [[words]]),
			fields({ name: words, value: [{ t: "plain", s: words }] }),
			note([{ t: "plain", s: words }]),
		),
	};
};
const shapeOf = (one: Case) => checkPage(reportHtml(one, NOW, VERSION)).map(({ name, depth }) => `${depth} ${name}`);

test("whatever others wrote, a report has our elements and no other", () => {
	const harmless = shapeOf(foreign("harmless"));
	const texts = { ...BREAKING, ...Object.fromEntries(Object.entries(HOSTILE_TEXTS).map(([what, of]) => [what, of(1_000)])) };
	assert.ok(Object.keys(texts).length > 40);
	for (const [what, words] of Object.entries(texts)) assert.deepEqual(shapeOf(foreign(words)), harmless, what);
});

test("a case with 600 marks is a page of less than 200 KB", () => {
	const codes = Array.from({ length: 600 }, (_, nth) => ({ code: "520", atMs: AT + nth * 1_000 }));
	const page = reportHtml(shop({ codes }), NOW + 600_000, VERSION);
	checkPage(page);
	assert.ok(page.length < 200_000, String(page.length));
	const more = reportHtml(
		shop({ codes: [...codes, ...codes.map((each) => ({ ...each, atMs: each.atMs + 600_000 }))] }),
		NOW * 2,
		VERSION,
	);
	assert.ok(more.length < 200_000, String(more.length));
	assert.match(more, /events in the middle are left out/);
});
