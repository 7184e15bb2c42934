import assert from "node:assert/strict";
import { test } from "node:test";
import { type Fact, type Source, staysBeside } from "../../src/judge/case.ts";

/** Which of two sources holds where they differ: the newer one, unless places or analytics are one of them and the other counts more. */

const fact = (by: Source, value: string, more: Partial<Fact> = {}): Fact => ({
	key: "edge-pattern",
	value,
	by,
	who: null,
	atMs: 0,
	...more,
});
const many = { n: 50 };
const few = { n: 49 };

const ROWS: readonly (readonly [what: string, known: Fact, told: Fact, stays: boolean])[] = [
	["a paste stays beside analytics", fact("paste", "bursts"), fact("analytics", "random", many), true],
	["analytics give way to a paste", fact("analytics", "random", many), fact("paste", "bursts"), false],
	[
		"a direct look stays beside analytics",
		fact("look", "ok", { key: "direct-origin" }),
		fact("analytics", "reset", { key: "direct-origin", ...many }),
		true,
	],
	[
		"the failing request's own row stays beside many rows",
		fact("analytics", "success", { key: "edge-saw", n: 1, own: true }),
		fact("analytics", "no-status", { key: "edge-saw", ...many }),
		true,
	],
	[
		"many rows give way to the failing request's own row",
		fact("analytics", "no-status", { key: "edge-saw", ...many }),
		fact("analytics", "success", { key: "edge-saw", n: 1, own: true }),
		false,
	],
	["analytics stay beside places", fact("analytics", "random", many), fact("places", "some-visitors"), true],
	["places give way to analytics", fact("places", "some-visitors"), fact("analytics", "random", many), false],
	["places stay beside our own requests", fact("places", "some-visitors"), fact("look", "random"), true],
	["our own requests give way to places", fact("look", "random"), fact("places", "some-visitors"), false],
	["our own requests stay beside few rows", fact("look", "random"), fact("analytics", "bursts", few), true],
	["few rows give way to our own requests", fact("analytics", "bursts", few), fact("look", "random"), false],
	["places stay beside what a person says", fact("places", "some-visitors"), fact("person", "random"), true],
	["what a person says gives way to places", fact("person", "random"), fact("places", "some-visitors"), false],
	["what was confirmed stays beside everything", fact("person", "random", { confirmed: true }), fact("paste", "bursts"), true],
	["between our requests and people the newer one holds", fact("look", "random"), fact("person", "bursts"), false],
	["all and none are two moments: a page that works again", fact("places", "all"), fact("look", "not-reproduced"), false],
	["all and none are two moments: a page that fails again", fact("places", "not-reproduced"), fact("look", "all"), false],
	["a page that works here and fails for some", fact("analytics", "random", many), fact("look", "not-reproduced"), true],
];
for (const [what, known, told, stays] of ROWS) test(what, () => assert.equal(staysBeside(known, told), stays));
