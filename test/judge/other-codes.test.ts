import assert from "node:assert/strict";
import { test } from "node:test";
import { newCase, withFact } from "../../src/judge/case.ts";
import { codesOfWatch, withCodes } from "../../src/judge/other-codes.ts";

const AT = Date.UTC(2026, 10, 22, 12);
const minutes = (n: number) => AT - n * 60_000;
const start = {
	id: "c",
	code: "520",
	url: "https://shop.example/",
	workspace: "T",
	rays: [],
	head: { mood: "neutral", blocks: [] },
} as const;
const seen = (...codes: readonly (readonly [code: string, ago: number])[]) =>
	codes.map(([code, ago]) => ({ code, atMs: minutes(ago) }));

for (const [what, code, codes, value] of [
	["only its own code", "520", seen(["520", 0]), undefined],
	["a time-out and a refused connection", "520", seen(["520", 0], ["521", 3], ["522", 5]), ["timeouts", "refused-or-tls"]],
	[
		"a TLS failure, and a 5xx of the origin's own",
		"520",
		seen(["520", 0], ["525", 3], ["503", 3]),
		["refused-or-tls", "origin-5xx"],
	],
	["a code of an hour and a half ago", "520", seen(["520", 0], ["522", 90]), undefined],
	["a code that is newer than the last of its own", "520", seen(["520", 50], ["524", 0]), ["timeouts"]],
	["a case of a time-out, and the other time-out", "522", seen(["522", 0], ["524", 1]), ["timeouts"]],
	["codes that say nothing", "520", seen(["520", 0], ["526", 0], ["1020", 0], ["404", 0]), undefined],
] as const)
	test(`other codes of the host: ${what}`, () => {
		const one = withCodes(newCase({ ...start, code }, AT), codes, AT);
		assert.deepEqual(one.facts.find(({ key }) => key === "other-codes")?.value, value);
	});

test("what people told of other codes stays beside what was seen, but for none", () => {
	const told = (value: string) => withFact(newCase(start, AT), { key: "other-codes", value, by: "person", who: "Ann", atMs: AT });
	const value = (one: ReturnType<typeof told>) => one.facts.find(({ key }) => key === "other-codes")?.value;
	assert.deepEqual(value(withCodes(told("origin-5xx"), seen(["522", 0]), AT)), ["timeouts", "origin-5xx"]);
	assert.deepEqual(value(withCodes(told("none"), seen(["522", 0]), AT)), ["timeouts"]);
	assert.equal(value(withCodes(told("none"), seen(["520", 0]), AT)), "none");
});

test("a case that turns out to be about the other code has that one no more", () => {
	const one = withCodes(newCase(start, AT), seen(["520", 1], ["522", 0]), AT);
	const after = withCodes({ ...one, code: "522" }, seen(["522", 0]), AT);
	assert.deepEqual(
		after.facts.map(({ key }) => key),
		[],
	);
});

test("a case keeps the newest codes only, each once", () => {
	const codes = Array.from({ length: 40 }, (_, nth) => ({ code: String(500 + (nth % 20)), atMs: AT + nth }));
	const one = withCodes(newCase(start, AT), codes, AT);
	assert.equal(one.codes.length, 10);
	assert.deepEqual(one.codes[0], { code: "519", atMs: AT + 39 });
});

test("what a watch met counts where nobody has to know who made it", () => {
	const look = (what: string | null) => ({ atMs: AT, outcome: "failing", what, colo: null }) as const;
	assert.deepEqual(
		codesOfWatch({ recent: ["520", "522", "503", "cut", null].map(look) }).map(({ code }) => code),
		["522"],
	);
});
