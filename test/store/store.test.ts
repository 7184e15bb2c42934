import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it, test } from "node:test";
import type { Case } from "../../src/core/case.ts";
import { KEPT_MS } from "../../src/store/seen.ts";
import { CASES_KEPT_MS, memoryStore, type Store, sqliteStore } from "../../src/store/store.ts";

const folder = mkdtempSync(join(tmpdir(), "cf520-store-"));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const file = () => join(folder, `${++files}.sqlite`);
const NOW = Date.UTC(2026, 10, 22, 12);

const one = (id: string, more: Partial<Case> = {}): Case => ({
	id,
	code: "520",
	url: "https://shop.example/a",
	facts: [{ key: "origin-log", value: "nothing", by: "person", who: "Ann", atMs: NOW }],
	found: null,
	unknown: ["variants"],
	rays: ["8a7d5e2fbcd1a1c3"],
	openedAtMs: NOW,
	lastAtMs: NOW,
	ref: '["C1","1.2"]',
	place: "slack C1 1.2",
	head: { mood: "bad", blocks: [{ kind: "say", text: [{ t: "plain", s: "hello «1b» <!channel>" }] }] },
	solved: null,
	...more,
});

/** The suite that every store passes. */
function contract(name: string, open: (now: () => number) => Store): void {
	describe(`${name}, as a store`, () => {
		it("a case comes back as it was put, by its id and by its thread", () => {
			const store = open(() => NOW);
			store.cases.put(one("a"));
			assert.deepEqual(store.cases.get("a"), one("a"));
			assert.deepEqual(store.cases.inPlace("slack C1 1.2"), one("a"));
			assert.equal(store.cases.get("b"), null);
			assert.equal(store.cases.inPlace("elsewhere"), null);
			store.close();
		});

		it("a changed case takes the place of the older one; of two in a thread the newer one counts", () => {
			const store = open(() => NOW);
			store.cases.put(one("a"));
			store.cases.put(one("a", { solved: { cause: "origin-crashed", who: "Ben", atMs: NOW } }));
			assert.equal(store.cases.get("a")?.solved?.who, "Ben");
			store.cases.put(one("b", { lastAtMs: NOW + 1 }));
			assert.equal(store.cases.inPlace("slack C1 1.2")?.id, "b");
			store.close();
		});

		it("an event is handled the first time only, and again when its time is over", () => {
			let now = NOW;
			const store = open(() => now);
			assert.deepEqual([store.seen.first("x"), store.seen.first("x"), store.seen.first("y")], [true, false, true]);
			now += KEPT_MS + 1;
			for (let nth = 0; nth < 60; nth += 1) store.seen.first(`z${nth}`);
			assert.equal(store.seen.first("x"), true);
			store.close();
		});
	});
}

contract("memory", memoryStore);
contract("SQLite", (now) => sqliteStore(file(), now));

test("cases and handled events are there after the file was closed and opened again, and after it was never closed", () => {
	const path = file();
	const first = sqliteStore(path, () => NOW);
	first.cases.put(one("a"));
	assert.equal(first.seen.first("event"), true);
	// As after kill -9: a second one opens while the first was not closed.
	const second = sqliteStore(path, () => NOW + 1_000);
	assert.deepEqual(second.cases.get("a"), one("a"));
	assert.equal(second.seen.first("event"), false);
	first.close();
	second.close();
});

test("old cases are forgotten at the start", () => {
	const path = file();
	const first = sqliteStore(path, () => NOW);
	first.cases.put(one("a"));
	first.close();
	const later = sqliteStore(path, () => NOW + CASES_KEPT_MS + 1);
	assert.equal(later.cases.get("a"), null);
	later.close();
});

test("a file that is no database, or of a newer version, is refused", () => {
	const path = file();
	writeFileSync(path, "this is no database, whatever its name says".repeat(50));
	assert.throws(() => sqliteStore(path, () => NOW));
	assert.throws(() => sqliteStore(join(folder, "no", "such", "folder.sqlite"), () => NOW));
});
