import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, describe, it, test } from "node:test";
import type { Case } from "../../src/judge/case.ts";
import type { Watch } from "../../src/judge/watch.ts";
import { DEFAULT_POLICY } from "../../src/read/policy.ts";
import { lockFile } from "../../src/store/lock.ts";
import { KEPT_MS, memoryStore, type Store, sqliteStore } from "../../src/store/store.ts";

const folder = mkdtempSync(join(tmpdir(), "cf520-store-"));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const file = () => join(folder, `${++files}.sqlite`);
const NOW = Date.UTC(2026, 10, 22, 12);

const one = (id: string, more: Partial<Case> = {}): Case => ({
	id,
	code: "520",
	url: "https://shop.example/a",
	workspace: "slack T1",
	facts: [{ key: "origin-log", value: "nothing", by: "person", who: "Ann", atMs: NOW }],
	found: null,
	unknown: ["variants"],
	rays: ["8a7d5e2fbcd1a1c3"],
	openedAtMs: NOW,
	lastAtMs: NOW,
	messageRef: '["C1","1.2"]',
	threadKey: "slack C1 1.2",
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
			assert.deepEqual(store.cases.inThread("slack C1 1.2"), one("a"));
			assert.equal(store.cases.get("b"), null);
			assert.equal(store.cases.inThread("elsewhere"), null);
			store.close();
		});

		it("a changed case takes the place of the older one; of two in a thread the newer one counts", () => {
			const store = open(() => NOW);
			store.cases.put(one("a"));
			store.cases.put(one("a", { solved: { cause: "origin-crashed", who: "Ben", atMs: NOW } }));
			assert.equal(store.cases.get("a")?.solved?.who, "Ben");
			store.cases.put(one("b", { lastAtMs: NOW + 1 }));
			assert.equal(store.cases.inThread("slack C1 1.2")?.id, "b");
			store.close();
		});

		it("earlier cases of a host come back, the newest first, of this workspace only", () => {
			const store = open(() => NOW);
			for (const [id, at, workspace] of [
				["a", 1, "slack T1"],
				["b", 3, "slack T1"],
				["c", 2, "slack T1"],
				["d", 4, "slack T2"],
			] as const)
				store.cases.put(one(id, { lastAtMs: NOW + at, workspace }));
			store.cases.put(one("e", { url: "https://other.example/" }));
			assert.deepEqual(
				store.cases.ofHost("slack T1", "shop.example", 2).map(({ id }) => id),
				["b", "c"],
			);
			store.close();
		});

		it("an event is taken on the first time only, and again when its time is over", () => {
			let now = NOW;
			const store = open(() => now);
			const first = (id: string, event: string) => store.inbox.open(id, event, "slack", "{}");
			assert.deepEqual([first("1", "x"), first("2", "x"), first("3", "y")], [true, false, true]);
			now += KEPT_MS + 1;
			assert.equal(first("4", "x"), true);
			store.close();
		});

		it("what was taken on and not ended is left over, and remembers what of it stands", () => {
			const store = open(() => NOW);
			store.inbox.open("q", "event", "slack", '{"asked":"é «1b»"}');
			store.inbox.open("other", "event 2", "discord", "{}");
			const slots = store.inbox.outbox("q");
			slots.sending("0");
			slots.sending("1");
			slots.sent("0", "ref");
			slots.sending("0");
			slots.sending("2");
			slots.failed("2");
			slots.failed("0");
			assert.deepEqual(
				["0", "1", "2"].map((slot) => slots.get(slot)),
				[{ ref: "ref", sure: true }, { ref: null, sure: false }, null],
			);
			assert.deepEqual(store.inbox.unfinished("slack"), [{ id: "q", body: '{"asked":"é «1b»"}', atMs: NOW, tries: 0 }]);
			assert.equal(store.inbox.unfinished("slack")[0]?.tries, 1);
			store.inbox.end("q");
			assert.deepEqual([store.inbox.unfinished("slack"), store.inbox.outbox("q").get("0")], [[], null]);
			store.close();
		});

		it("watches come back when they are due, by chat, and no more once their end was told", () => {
			const store = open(() => NOW);
			for (const [id, nextAtMs, platform] of [
				["late", NOW + 10, "slack"],
				["soon", NOW - 10, "slack"],
				["elsewhere", NOW - 10, "discord"],
			] as const)
				store.watches.put(watch(id, { nextAtMs, platform }));
			const due = () => store.watches.due("slack", NOW, 10).map(({ id }) => id);
			assert.deepEqual([due(), store.watches.nextAtMs("slack"), store.watches.nextAtMs("none")], [["soon"], NOW - 10, null]);
			const ended = watch("soon", {
				ended: { why: "time", who: null, atMs: NOW },
				toAnnounce: [{ kind: "ended", why: "time", who: null }],
			});
			store.watches.put(ended);
			assert.deepEqual([due(), store.watches.get("soon")], [["soon"], ended], "its end has still to be told");
			assert.deepEqual(
				store.watches.open({ workspace: "slack T1" }, 10).map(({ id }) => id),
				["late", "elsewhere"],
			);
			store.watches.put({ ...ended, toAnnounce: [] });
			assert.deepEqual(due(), []);
			assert.equal(store.watches.count({ host: "shop.example" }), 2);
			assert.equal(store.watches.count({ host: "shop.example", workspace: "slack T9" }), 0);
			store.close();
		});

		it("decisions of admins come back; where nobody decided, the default holds", () => {
			const store = open(() => NOW);
			const policy = { ...DEFAULT_POLICY, channels: ["C1"], privately: true, keepDays: 7 };
			store.policies.put("slack T1", policy);
			assert.deepEqual(
				[store.policies.of("slack T1"), store.policies.of("slack T2"), store.policies.of(null)],
				[policy, DEFAULT_POLICY, DEFAULT_POLICY],
			);
			store.close();
		});

		it("a host is forgotten with its cases and watches, in that workspace only", () => {
			const store = open(() => NOW);
			store.cases.put(one("a"));
			store.cases.put(one("b", { workspace: "slack T2" }));
			store.cases.put(one("c", { url: "https://sub.shop.example/" }));
			store.watches.put(watch("w"));
			store.cases.put(one("d", { url: "https://othershop.example/" }));
			assert.deepEqual(store.forget("slack T1", "shop.example"), { cases: 2, watches: 1 }, "and its subdomains");
			assert.deepEqual(
				["a", "b", "c", "d"].map((id) => store.cases.get(id)?.id ?? null),
				[null, "b", null, "d"],
			);
			assert.equal(store.watches.get("w"), null);
			store.close();
		});

		it("cases are kept as long as the admins decided", () => {
			let now = NOW;
			const store = open(() => now);
			store.policies.put("slack T1", { ...DEFAULT_POLICY, keepDays: 2 });
			store.cases.put(one("short"));
			store.cases.put(one("long", { workspace: "slack T2" }));
			now += 3 * 24 * 3_600_000;
			for (let nth = 0; nth < 250; nth += 1) store.taken.add("x.example", now, 1);
			assert.deepEqual([store.cases.get("short"), store.cases.get("long")?.id], [null, "long"]);
			store.close();
		});
	});
}

const watch = (id: string, more: Partial<Watch> = {}): Watch => ({
	id,
	url: "https://shop.example/a",
	workspace: "slack T1",
	who: "Ann",
	asker: "slack U1",
	platform: "slack",
	resumeRef: "{}",
	messageRef: null,
	threadKey: null,
	isPrivate: false,
	caseId: null,
	everyMs: 60_000,
	openedAtMs: NOW,
	untilMs: NOW + 1_800_000,
	nextAtMs: NOW,
	state: "failing",
	sinceMs: NOW,
	looks: 1,
	failures: 1,
	recent: [{ atMs: NOW, outcome: "failing", what: "520", colo: "DFW" }],
	kept: [
		{
			atMs: NOW,
			what: "cut",
			ray: null,
			colo: "DFW",
			ms: 12,
			findings: ["short-content"],
			around: { at: 0, bytes: "AAA=" },
		},
	],
	codes: ["520"],
	colos: ["DFW"],
	announced: 0,
	toAnnounce: [],
	ended: null,
	...more,
});

contract("memory", memoryStore);
contract("SQLite", (now) => sqliteStore(file(), now));

test("what was told is there after the file was closed and opened again, and after it was never closed", () => {
	const path = file();
	const first = sqliteStore(path, () => NOW);
	first.cases.put(one("a"));
	first.watches.put(watch("w"));
	assert.equal(first.inbox.open("q", "event", "slack", "{}"), true);
	first.inbox.outbox("q").sending("0");
	// As after kill -9: a second one opens while the first was not closed.
	const second = sqliteStore(path, () => NOW + 1_000);
	assert.deepEqual([second.cases.get("a"), second.watches.get("w")], [one("a"), watch("w")]);
	assert.equal(second.inbox.open("q2", "event", "slack", "{}"), false);
	assert.deepEqual(second.inbox.outbox("q").get("0"), { ref: null, sure: false });
	first.close();
	second.close();
});

test("old cases are forgotten at the start", () => {
	const path = file();
	const first = sqliteStore(path, () => NOW);
	first.cases.put(one("a"));
	first.close();
	const later = sqliteStore(path, () => NOW + 31 * 24 * 3_600_000);
	assert.equal(later.cases.get("a"), null);
	later.close();
});

test("in memory, only the newest cases are kept", () => {
	const store = memoryStore(() => NOW, 20);
	for (let nth = 0; nth < 100; nth += 1) store.cases.put(one(`${nth}`, { lastAtMs: NOW + nth }));
	assert.deepEqual([store.cases.get("0"), store.cases.get("99")?.id], [null, "99"]);
	assert.ok(store.cases.ofHost("slack T1", "shop.example", 1_000).length <= 40);
});

test("with a key, the file does not show what was asked and where to answer it; with another key nobody reads it", () => {
	const path = file();
	const key = Buffer.alloc(32, 7);
	const first = sqliteStore(path, () => NOW, key);
	first.inbox.open("q", "event", "slack", '{"responseUrl":"https://hooks.slack.com/sesame"}');
	assert.match(first.inbox.unfinished("slack")[0]?.body ?? "", /sesame/);
	first.close();
	assert.doesNotMatch(readFileSync(path, "latin1"), /sesame|responseUrl/);
	assert.equal(statSync(path).mode & 0o077, 0, "nobody else on the machine reads it");
	for (const other of [Buffer.alloc(32, 8), null]) {
		const again = sqliteStore(path, () => NOW, other);
		assert.equal(again.inbox.unfinished("slack")[0]?.body, "", "that something was asked is all that is known");
		again.close();
	}
});

test("what was answered leaves the file, also without a key", () => {
	const path = file();
	const store = sqliteStore(path, () => NOW);
	store.inbox.open("q", "event", "slack", '{"text":"origin shop.example 198.51.100.7 sesame"}');
	store.inbox.end("q");
	store.close();
	assert.doesNotMatch(readFileSync(path, "latin1"), /sesame|198\.51/);
});

test("one file belongs to one process at a time, and to the next one when that has ended", () => {
	const path = file();
	const free = lockFile(path);
	assert.ok(free !== null);
	assert.equal(lockFile(path, 50), null);
	free();
	const again = lockFile(path, 50);
	assert.ok(again !== null);
	again();
	assert.ok(lockFile(undefined) !== null, "in memory there is nothing to share");
});

test("a file of an earlier version is brought up to date, with what stands in it", () => {
	const path = file();
	const old = new DatabaseSync(path);
	old.exec(`CREATE TABLE cases (id TEXT PRIMARY KEY, place TEXT, last_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
		CREATE TABLE seen (id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID; PRAGMA user_version = 1;`);
	const { workspace: _, ...body } = one("a");
	old.prepare("INSERT INTO cases VALUES (?, ?, ?, ?)").run("a", body.threadKey, NOW, JSON.stringify(body));
	old.close();
	const store = sqliteStore(path, () => NOW);
	assert.deepEqual(store.cases.get("a"), one("a", { workspace: null }));
	assert.equal(store.cases.ofHost(null, "shop.example", 5).length, 1);
	store.close();
});

test("a case or watch that cannot be read any more is none, and does not come back for ever", () => {
	const path = file();
	const store = sqliteStore(path, () => NOW);
	store.cases.put(one("a"));
	store.watches.put(watch("w"));
	const beside = new DatabaseSync(path);
	beside.exec("UPDATE cases SET body = '{'; UPDATE watches SET body = '[]'");
	beside.close();
	assert.equal(store.cases.get("a"), null);
	assert.deepEqual(store.watches.due("slack", NOW, 5), []);
	assert.equal(store.watches.nextAtMs("slack"), null);
	store.close();
});

test("a file that is no database, or of a newer version, is refused", () => {
	const path = file();
	writeFileSync(path, "this is no database, whatever its name says".repeat(50));
	assert.throws(() => sqliteStore(path, () => NOW));
	assert.throws(() => sqliteStore(join(folder, "no", "such", "folder.sqlite"), () => NOW));
	const newer = file();
	const database = new DatabaseSync(newer);
	database.exec("PRAGMA user_version = 99");
	database.close();
	assert.throws(() => sqliteStore(newer, () => NOW), /newer version/);
});
