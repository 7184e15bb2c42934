import assert from "node:assert/strict";
import { test } from "node:test";
import { type Case, type Fact, newCase, rankCase, withFact } from "../../src/judge/case.ts";

const AT = Date.UTC(2026, 10, 22, 12);
const fact = (key: Fact["key"], value: string, by: Fact["by"]): Fact => ({
	key,
	value,
	by,
	who: by === "look" ? null : "Ann",
	atMs: AT,
});

/** A 520 for every request, at once. */
const open: Case = [fact("edge-pattern", "all", "look"), fact("time-to-failure", "instant", "look")].reduce(
	withFact,
	newCase(
		{
			id: "c",
			code: "520",
			url: "https://shop.example/",
			workspace: null,
			rays: [],
			head: { mood: "neutral", blocks: [] },
			messageRef: null,
			threadKey: null,
			room: null,
			isOpen: true,
		},
		AT,
	),
);

/** By how much a fact moves the likeliest cause that it moves most, as a factor. */
function movedBy(added: Fact): number {
	const before = new Map(rankCase(open).ranked.map(({ cause, probability }) => [cause, probability]));
	const after = rankCase(withFact(open, added));
	return Math.max(...after.ranked.map(({ cause, probability }) => probability / (before.get(cause) ?? 1)));
}

for (const value of ["refused", "no-route", "tls-failure", "wrong-protocol"])
	for (const by of ["person", "paste"] as const)
		test(`a direct request that met ${value}, as a ${by} tells it, names no cause while visitors get a 520`, () => {
			const told = fact("direct-origin", value, by);
			assert.ok(rankCase(withFact(open, told)).abstains);
			assert.ok(movedBy(told) < movedBy({ ...told, by: "look" }), "it weighs less than a request of ours");
		});

test("what would be the same code weighs as much whoever tells it", () => {
	const told = fact("direct-origin", "closed-empty", "person");
	assert.equal(movedBy(told), movedBy({ ...told, by: "look" }));
});
