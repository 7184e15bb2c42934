import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import type { Stores } from "../../src/desk/stores.ts";
import type { Case } from "../../src/judge/case.ts";
import type { Watch } from "../../src/judge/watch.ts";
import { LIMITS, openLimits } from "../../src/looks/limits.ts";
import { NewerDatabase } from "../../src/store/sqlite/migrations.ts";
import { memoryStores, type SqliteOptions, sqliteStores } from "../../src/store/sqlite/sqlite.ts";
import { handClock } from "../clock.ts";
import { accessesContract, contract, sharedContract } from "./contract.ts";
import { aCase, aWatch, NOW } from "./values.ts";

const folder = mkdtempSync(join(tmpdir(), "cf520-stores-"));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const file = () => join(folder, `${++files}.sqlite`);
const at = (path: string, ms = NOW, options: SqliteOptions = {}) => sqliteStores(path, handClock(ms), options);
const ENOUGH = { host: 1_000, hostInAll: 1_000, workspace: 1_000, all: 1_000 };

contract({ name: "memory", place: async () => async (clock) => memoryStores(clock) });
const sqlite = {
	name: "SQLite",
	place: async () => {
		const path = file();
		return async (clock: Parameters<typeof sqliteStores>[1], leaseMs: number | null) => sqliteStores(path, clock, { leaseMs });
	},
};
contract(sqlite);
sharedContract({ ...sqlite, name: "SQLite, two handles on one file" });
accessesContract({ name: "memory", place: async () => async (clock) => memoryStores(clock) }, false);
accessesContract({ ...sqlite, name: "SQLite with the key beside the file" }, false);
const keyed = async () => {
	const path = file();
	return async (clock: Parameters<typeof sqliteStores>[1]) => sqliteStores(path, clock, { key: Buffer.alloc(32, 7) });
};
accessesContract({ name: "SQLite with a key from outside", place: keyed }, true);

/** What the process before this one left, as it is after `kill -9`: nothing was closed. */
async function killed(path: string, options: SqliteOptions = {}): Promise<Stores> {
	const stores = at(path, NOW, options);
	await stores.cases.open(aCase("a"));
	await stores.watches.begin(aWatch("w"), ENOUGH);
	assert.equal(await stores.inbox.open("q", "event", "slack", '{"responseUrl":"https://hooks.slack.com/sesame"}'), true);
	await stores.inbox.begin("q");
	await stores.inbox.outbox("q").sending("0");
	await stores.watches.claim("slack", NOW, { all: 10, workspace: 10, person: 10 }, 3_600_000);
	return stores;
}

test("what was kept is there after kill -9, and what the killed process had under way is free at once", async () => {
	const path = file();
	const first = await killed(path);
	const second = at(path, NOW + 1_000);
	assert.deepEqual([await second.cases.get("a"), await second.watches.get("w")], [aCase("a"), aWatch("w")]);
	assert.equal(await second.inbox.open("q2", "event", "slack", "{}"), false);
	assert.equal((await second.inbox.unfinished("slack", 10))[0]?.deaths, 1);
	await second.inbox.begin("q");
	assert.deepEqual(await second.inbox.outbox("q").get("0"), { messageRef: null, sent: false });
	assert.equal(await second.watches.nextAtMs("slack"), NOW);
	assert.equal(
		(await second.watches.claim("slack", NOW, { all: 10, workspace: 10, person: 10 }, 1_000)).length,
		1,
		"a claim ends with its process",
	);
	assert.deepEqual(await second.watches.claim("slack", NOW, { all: 10, workspace: 10, person: 10 }, 1_000), []);
	const third = at(path, NOW + 1_000);
	assert.equal((await third.inbox.unfinished("slack", 10))[0]?.deaths, 2);
	for (const stores of [first, second, third]) await stores.close();
});

test("old cases are forgotten at the start", async () => {
	const path = file();
	const first = at(path);
	await first.cases.open(aCase("a"));
	await first.close();
	const later = at(path, NOW + 31 * 24 * 3_600_000);
	assert.equal(await later.cases.get("a"), null);
	await later.close();
});

test("in memory, only the newest cases are kept", async () => {
	const stores = memoryStores(handClock(NOW), 20);
	for (let nth = 0; nth < 100; nth += 1) await stores.cases.open(aCase(`${nth}`, { lastAtMs: NOW + nth, threadKey: `${nth}` }));
	assert.deepEqual([await stores.cases.get("0"), (await stores.cases.get("99"))?.id], [null, "99"]);
	assert.ok((await stores.cases.ofHost("slack T1", "shop.example", 1_000)).length <= 40);
	await stores.close();
});

test("with a key, the file does not show what was asked and where to answer it; with another key nobody reads it", async () => {
	const path = file();
	const key = Buffer.alloc(32, 7);
	await (await killed(path, { key })).close();
	assert.doesNotMatch(readFileSync(path, "latin1"), /sesame|responseUrl/);
	assert.equal(statSync(path).mode & 0o077, 0, "nobody else on the machine reads it");
	for (const other of [Buffer.alloc(32, 8), null]) {
		let told = 0;
		const again = at(path, NOW, { key: other, otherKey: () => (told += 1) });
		assert.equal(told, 1, "and the operator is told so");
		assert.equal((await again.inbox.unfinished("slack", 10))[0]?.body, null, "that something was asked is all that is known");
		await again.close();
	}
	const own = at(path, NOW, { key });
	assert.match((await own.inbox.unfinished("slack", 10))[0]?.body ?? "", /sesame/);
	await own.close();
});

test("what was answered leaves the file, also without a key", async () => {
	const path = file();
	const stores = at(path);
	await stores.inbox.open("q", "event", "slack", '{"text":"origin shop.example 198.51.100.7 sesame"}');
	await stores.inbox.end("q");
	await stores.close();
	assert.doesNotMatch(readFileSync(path, "latin1"), /sesame|198\.51/);
});

test("a file of the first version is brought up to date, with what is in it", async () => {
	const path = file();
	const old = new DatabaseSync(path);
	old.exec(`CREATE TABLE cases (id TEXT PRIMARY KEY, place TEXT, last_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
		CREATE TABLE seen (id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID; PRAGMA user_version = 1;`);
	const { workspace: _, ...body } = aCase("a");
	old.prepare("INSERT INTO cases VALUES (?, ?, ?, ?)").run("a", body.threadKey, NOW, JSON.stringify(body));
	old.close();
	const stores = at(path);
	assert.deepEqual(await stores.cases.get("a"), aCase("a", { workspace: null }));
	assert.equal((await stores.cases.ofHost(null, "shop.example", 5)).length, 1);
	await stores.close();
});

/** The tables of 0.1.0 as they were released. */
const SECOND_VERSION = `CREATE TABLE cases (id TEXT PRIMARY KEY, place TEXT, last_at INTEGER NOT NULL, body TEXT NOT NULL, workspace TEXT, host TEXT) STRICT;
	CREATE INDEX cases_by_place ON cases (place, last_at);
	CREATE INDEX cases_by_age ON cases (last_at);
	CREATE TABLE seen (id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
	CREATE INDEX seen_by_age ON seen (at);
	CREATE INDEX cases_by_host ON cases (host, workspace, last_at);
	CREATE TABLE pending (id TEXT PRIMARY KEY, platform TEXT NOT NULL, at INTEGER NOT NULL, tries INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
	CREATE TABLE slots (owner TEXT NOT NULL, slot TEXT NOT NULL, ref TEXT, sure INTEGER NOT NULL, PRIMARY KEY (owner, slot)) STRICT, WITHOUT ROWID;
	CREATE TABLE watches (id TEXT PRIMARY KEY, platform TEXT NOT NULL, workspace TEXT, host TEXT NOT NULL, url TEXT NOT NULL, place TEXT, asker TEXT, due_at INTEGER, last_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
	CREATE INDEX watches_by_due ON watches (platform, due_at) WHERE due_at IS NOT NULL;
	CREATE TABLE policies (workspace TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
	CREATE TABLE taken (host TEXT NOT NULL, at INTEGER NOT NULL, amount INTEGER NOT NULL) STRICT;
	PRAGMA user_version = 2;`;

/** A body as 0.1.0 wrote it. */
const formerBody = ({ messageRef, threadKey, ...more }: Case | Watch): string => {
	const one: Record<string, unknown> = { ...more, ref: messageRef, place: threadKey };
	const former = { resumeRef: "door", isPrivate: "alone", announced: "told", toAnnounce: "telling" };
	for (const [name, before] of Object.entries(former)) {
		if (name in one) one[before] = one[name];
		delete one[name];
	}
	return JSON.stringify(one);
};

test("a file of 0.1.0 goes on: its questions, messages, cases, watches and what it requested", async () => {
	const path = file();
	const old = new DatabaseSync(path);
	old.exec(SECOND_VERSION);
	old
		.prepare("INSERT INTO cases VALUES (?, ?, ?, ?, ?, ?)")
		.run("a", aCase("a").threadKey, NOW, formerBody(aCase("a")), "slack T1", "shop.example");
	old.prepare("INSERT INTO pending VALUES (?, ?, ?, ?, ?)").run("q", "slack", NOW, 3, 'p.{"text":"x"}');
	old.prepare("INSERT INTO slots VALUES (?, ?, ?, ?)").run("q", "0", "ref", 1);
	old.prepare("INSERT INTO slots VALUES (?, ?, ?, ?)").run("w1", "1", null, 0);
	const put = (one: Watch, due: number | null) =>
		old
			.prepare("INSERT INTO watches VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
			.run(one.id, one.platform, one.workspace, "shop.example", one.url, one.threadKey, one.asker, due, NOW, formerBody(one));
	const page = { url: "https://shop.example/page" };
	// Two at once of one page were possible then.
	put(aWatch("w1", page), NOW);
	put(aWatch("w2", page), NOW);
	put(aWatch("ended", { ...page, ended: { why: "time", who: null, atMs: NOW } }), null);
	old
		.prepare("INSERT INTO watches VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
		.run("bad", "slack", null, "x", "https://x/", null, null, NOW, NOW, "{");
	old.prepare("INSERT INTO taken VALUES (?, ?, ?)").run("shop.example", NOW, 395);
	old.close();

	const stores = at(path);
	assert.deepEqual(await stores.cases.get("a"), aCase("a"));
	assert.deepEqual(await stores.inbox.unfinished("slack", 10), [{ id: "q", body: '{"text":"x"}', atMs: NOW, deaths: 0 }]);
	assert.deepEqual(await stores.inbox.outbox("q").get("0"), { messageRef: "ref", sent: true });
	assert.equal((await stores.watches.open({ workspace: "slack T1" }, 10)).length, 2);
	const claimed = await stores.watches.claim("slack", NOW, { all: 10, workspace: 10, person: 10 }, 60_000);
	assert.deepEqual(claimed.map(({ watch }) => watch.id).toSorted(), ["w1", "w2"], "both go on");
	const first = claimed.find(({ watch }) => watch.id === "w1");
	assert.deepEqual(await stores.watches.outbox("w1", first?.epoch ?? -1).get("1"), { messageRef: null, sent: false });
	const end = (one: Watch): Watch => ({ ...one, ended: { why: "time", who: null, atMs: NOW } });
	for (const id of ["w1", "w2"]) {
		assert.ok("same" in (await stores.watches.begin(aWatch("w3", page), ENOUGH)));
		assert.equal((await stores.watches.change(id, end))?.after.ended?.why, "time");
	}
	assert.ok("begun" in (await stores.watches.begin(aWatch("w3", page), ENOUGH)));
	const counts = {
		counts: stores.requestCounts,
		now: () => NOW,
		hashed: stores.hashed,
		storeFailed: () => assert.fail("the disk is whole"),
	};
	const limits = openLimits(LIMITS, counts);
	const ask = (requests: number) => limits.reserve({ host: { name: "shop.example", addresses: [], requests } });
	assert.deepEqual(await ask(6), { why: "host", againMs: 3_600_000 });
	assert.equal(await ask(5), null);
	await stores.close();
});

test("a case or watch that nobody can read anymore is none, and does not come back for ever", async () => {
	const path = file();
	const stores = at(path);
	await stores.cases.open(aCase("a"));
	await stores.watches.begin(aWatch("w"), ENOUGH);
	await stores.watches.begin(aWatch("x"), ENOUGH);
	await stores.policies.change("slack T1", (now) => ({ ...now, privately: true }));
	const beside = new DatabaseSync(path);
	beside.exec("UPDATE cases SET body = '{'; UPDATE watches SET body = iif(id = 'w', '[]', '{'); UPDATE policies SET body = '{'");
	beside.close();
	assert.deepEqual([await stores.cases.get("a"), await stores.cases.change("a", (one) => one)], [null, null]);
	assert.deepEqual((await stores.cases.open(aCase("a"))).id, "a", "its place is free");
	assert.deepEqual(await stores.watches.open({}, 10), []);
	assert.deepEqual(await stores.watches.claim("slack", NOW, { all: 5, workspace: 5, person: 5 }, 1_000), []);
	assert.equal(await stores.watches.nextAtMs("slack"), null);
	assert.equal((await stores.policies.of("slack T1")).privately, false);
	const decided = await stores.policies.change("slack T1", (now) => ({ ...now, keepDays: 3 }));
	assert.deepEqual([decided.after, await stores.policies.of("slack T1")], [decided.after, decided.after]);
	await stores.close();
});

test("a file that is no database is refused", () => {
	const path = file();
	writeFileSync(path, "this is no database, whatever its name says".repeat(50));
	assert.throws(() => at(path));
	assert.equal(existsSync(`${path}.key`), false, "no key is made beside it");
	assert.throws(() => at(join(folder, "no", "such", "folder.sqlite")));
});

test("a file of a newer version is refused with the version that wrote it, and not changed", async () => {
	for (const version of ["0.3.0", null, "'; DROP TABLE cases"]) {
		const path = file();
		await at(path, NOW, { version }).close();
		const database = new DatabaseSync(path);
		database.exec("PRAGMA user_version = 99; PRAGMA journal_mode = DELETE");
		database.close();
		const before = readFileSync(path);
		assert.throws(
			() => at(path, NOW, { version: "0.2.0" }),
			(error) => error instanceof NewerDatabase && error.version === (version === "0.3.0" ? version : null),
		);
		assert.deepEqual(readFileSync(path), before);
	}
});

test("where the end of a question cannot be written, the thread goes on, and it is written later", async () => {
	const path = file();
	const stores = at(path);
	for (const id of ["a", "b"]) await stores.inbox.open(id, id, "slack", "{}");
	await stores.inbox.turn("a", "t", 1);
	const beside = new DatabaseSync(path);
	beside.exec("CREATE TRIGGER full BEFORE DELETE ON pending BEGIN SELECT RAISE(ABORT, 'disk full'); END");
	await assert.rejects(stores.inbox.end("a"), /disk full/);
	assert.equal(await stores.inbox.turn("b", "t", 1), "now");
	beside.exec("DROP TRIGGER full");
	await stores.policies.change("slack T1", (now) => ({ ...now, keepDays: 3 }));
	assert.deepEqual(
		beside
			.prepare("SELECT id FROM pending")
			.all()
			.map(({ id }) => id),
		["b"],
	);
	beside.close();
	await stores.close();
});
