import assert from "node:assert/strict";
import {
	copyFileSync,
	existsSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { keyBeside } from "../../src/store/key-file.ts";
import { lockFile } from "../../src/store/lock.ts";
import { vaultWith } from "../../src/store/seal.ts";
import { sqliteStores } from "../../src/store/sqlite/sqlite.ts";
import { handClock } from "../clock.ts";
import { plant, question, SECRETS, SUB_HOST, THREAD, URL_WITH_TOKEN } from "./planted.ts";
import { aCase, anAccess, aWatch, NOW } from "./values.ts";

const folder = mkdtempSync(join(tmpdir(), "cf520-at-rest-"));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const file = () => join(folder, `${++files}.sqlite`);
const KEYS = [
	["with CF520_KEY", Buffer.alloc(32, 7)],
	["with the key beside the file", null],
] as const;
const ENOUGH = { host: 1_000, hostInAll: 1_000, workspace: 1_000, all: 1_000 };

/** Which of them stand in the file, its log or its shared memory. */
function readIn(path: string): string[] {
	const all = readdirSync(dirname(path)).filter((name) => name.startsWith(basename(path)));
	const text = all.map((name) => readFileSync(join(dirname(path), name), "latin1")).join("\n");
	return Object.entries(SECRETS).flatMap(([name, secret]) => (text.includes(secret) ? [name] : []));
}

/** The files as they stand at this moment: what kill -9 leaves. */
function killedCopy(path: string): string {
	const copy = file();
	for (const end of ["", "-wal", "-shm", ".key"]) if (existsSync(path + end)) copyFileSync(path + end, copy + end);
	return copy;
}

for (const [name, key] of KEYS) {
	test(`${name}, no file shows what was asked, by whom, where or about which host; not after kill -9 and a start either`, async () => {
		const path = file();
		const clock = handClock(NOW);
		const stores = sqliteStores(path, clock, { key });
		await plant(stores);
		assert.deepEqual(readIn(path), [], "while the question is open");
		const open = killedCopy(path);
		await stores.inbox.end("q");
		clock.turn(5_000);
		assert.equal(statSync(`${path}-wal`).size, 0, "what ended has left the log within five seconds");
		await stores.cases.change("a", (one) => ({ ...one, rays: [] }));
		assert.ok(statSync(`${path}-wal`).size > 0);
		assert.deepEqual(
			await stores.forget(SECRETS.workspace, SECRETS.host),
			{ cases: 1, watches: 1 },
			"a domain is its subdomains too",
		);
		assert.equal(statSync(`${path}-wal`).size, 0, "and so has what was forgotten");
		assert.deepEqual(readIn(path), []);

		const again = sqliteStores(open, handClock(NOW), { key });
		assert.equal(statSync(`${open}-wal`).size, 0, "the start empties the log");
		assert.deepEqual(readIn(open), []);
		const [unfinished] = await again.inbox.unfinished("slack", 1);
		assert.equal(unfinished?.body, question);
		assert.deepEqual(await again.inbox.outbox("q").get("0"), { messageRef: `["${SECRETS.channel}","1.2"]`, sent: true });
		assert.deepEqual((await again.cases.inThread(THREAD))?.rays, [SECRETS.logLine]);
		assert.equal((await again.cases.ofHost(SECRETS.workspace, SUB_HOST, 5)).length, 1);
		assert.equal((await again.watches.open({ workspace: SECRETS.workspace, url: URL_WITH_TOKEN }, 5)).length, 1);
		assert.equal((await again.watches.open({ asker: SECRETS.person, threadKey: THREAD, host: SUB_HOST }, 5)).length, 1);
		assert.deepEqual((await again.policies.of(SECRETS.workspace)).origins, [SECRETS.host]);
		assert.deepEqual(await again.forget(SECRETS.workspace, "ted.example"), { cases: 0, watches: 0 });
		await again.close();
		await stores.close();
		assert.deepEqual([...readIn(path), ...readIn(open)], []);
	});
}

test("a body that is put into another row does not open there", async () => {
	const path = file();
	const stores = sqliteStores(path, handClock(NOW));
	for (const id of ["a", "b"]) {
		await stores.cases.open(aCase(id, { threadKey: id }));
		await stores.watches.begin(aWatch(id), ENOUGH);
		await stores.inbox.open(id, id, "slack", `{"text":"${id}"}`);
		await stores.inbox.outbox(id).sent("0", id);
	}
	const beside = new DatabaseSync(path);
	for (const table of ["cases", "watches", "pending"])
		beside.exec(
			`CREATE TEMP TABLE was AS SELECT id, body FROM ${table}; UPDATE ${table} SET body = (SELECT body FROM was WHERE was.id <> ${table}.id); DROP TABLE was`,
		);
	beside.exec("UPDATE slots SET ref = (SELECT ref FROM slots AS other WHERE other.owner = 'b') WHERE owner = 'a'");
	beside.close();
	assert.deepEqual(
		[await stores.cases.get("a"), await stores.watches.get("a"), await stores.cases.inThread("b")],
		[null, null, null],
	);
	assert.equal((await stores.inbox.outbox("a").get("0"))?.messageRef, null);
	await stores.close();
	const again = sqliteStores(path, handClock(NOW));
	assert.deepEqual(
		(await again.inbox.unfinished("slack", 5)).map(({ body }) => body),
		[null, null],
	);
	await again.close();
	const vault = vaultWith(Buffer.alloc(32, 1));
	assert.equal(vault.open("cases a", vault.seal("cases a", "text")), "text");
	assert.equal(vault.open("watches a", vault.seal("cases a", "text")), null);
});

test("after the loss of its key, what a file held cannot be read, the operator is told once, and new things are kept", async () => {
	const path = file();
	const before = sqliteStores(path, handClock(NOW));
	await plant(before);
	await before.close();
	rmSync(`${path}.key`);
	let told = 0;
	const open = () => sqliteStores(path, handClock(NOW), { otherKey: () => (told += 1) });
	const stores = open();
	assert.equal(told, 1);
	assert.equal((await stores.inbox.unfinished("slack", 5))[0]?.body, null);
	assert.deepEqual(
		[await stores.cases.get("a"), await stores.watches.get("w"), await stores.watches.open({}, 5)],
		[null, null, []],
	);
	assert.deepEqual(await stores.watches.claim("slack", NOW, { all: 5, workspace: 5, person: 5 }, 1_000), []);
	await plant(stores).catch(() => {});
	assert.equal((await stores.cases.open(aCase("new"))).id, "new");
	await stores.close();
	const again = open();
	assert.equal(told, 1);
	assert.equal((await again.cases.get("new"))?.id, "new");
	await again.close();
});

test("the key is made once, for its owner alone, and never through a link", () => {
	const path = `${file()}.key`;
	const key = keyBeside(path);
	assert.deepEqual([key.length, keyBeside(path), statSync(path).mode & 0o777], [32, key, 0o600]);
	assert.deepEqual(
		readdirSync(folder).filter((name) => name.startsWith(`${basename(path)}.`)),
		[],
		"no draft stays",
	);
	const link = `${file()}.key`;
	const aim = join(folder, "aim");
	symlinkSync(aim, link);
	assert.throws(() => keyBeside(link), { name: "BadKeyFile" });
	assert.equal(existsSync(aim), false, "nothing is written where the link points");
	writeFileSync(aim, `${"ab".repeat(32)}\n`);
	assert.throws(() => keyBeside(link), { name: "BadKeyFile" });
	for (const bad of ["", "ab", "zz".repeat(32), "ab".repeat(33)]) {
		const other = `${file()}.key`;
		writeFileSync(other, bad);
		assert.throws(() => keyBeside(other), { name: "BadKeyFile" }, bad);
	}
});

test("every file beside the store is its owner's alone", async () => {
	const path = file();
	const free = lockFile(path);
	const stores = sqliteStores(path, handClock(NOW));
	await plant(stores);
	for (const name of readdirSync(folder).filter((one) => one.startsWith(basename(path))))
		assert.equal(statSync(join(folder, name)).mode & 0o077, 0, name);
	await stores.close();
	free?.();
});

/** The tables as earlier versions left them, by the number in the file. */
const SECOND_VERSION = `PRAGMA journal_mode = WAL; PRAGMA secure_delete = OFF;
	CREATE TABLE cases (id TEXT PRIMARY KEY, place TEXT, last_at INTEGER NOT NULL, body TEXT NOT NULL, workspace TEXT, host TEXT) STRICT;
	CREATE TABLE seen (id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
	CREATE TABLE pending (id TEXT PRIMARY KEY, platform TEXT NOT NULL, at INTEGER NOT NULL, tries INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
	CREATE TABLE slots (owner TEXT NOT NULL, slot TEXT NOT NULL, ref TEXT, sure INTEGER NOT NULL, PRIMARY KEY (owner, slot)) STRICT, WITHOUT ROWID;
	CREATE TABLE watches (id TEXT PRIMARY KEY, platform TEXT NOT NULL, workspace TEXT, host TEXT NOT NULL, url TEXT NOT NULL, place TEXT, asker TEXT, due_at INTEGER, last_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
	CREATE TABLE policies (workspace TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
	CREATE TABLE taken (host TEXT NOT NULL, at INTEGER NOT NULL, amount INTEGER NOT NULL) STRICT;
	PRAGMA user_version = 2;`;
const THIRD_VERSION = `${SECOND_VERSION}
	CREATE TABLE replicas (id TEXT PRIMARY KEY, beat_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
	ALTER TABLE cases ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
	ALTER TABLE pending ADD COLUMN owner TEXT;
	ALTER TABLE pending ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
	ALTER TABLE pending ADD COLUMN lane TEXT;
	ALTER TABLE pending ADD COLUMN ticket INTEGER;
	ALTER TABLE watches ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
	ALTER TABLE watches ADD COLUMN owner TEXT;
	ALTER TABLE watches ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
	ALTER TABLE watches ADD COLUMN lease_until INTEGER;
	ALTER TABLE watches ADD COLUMN watched_for TEXT;
	CREATE UNIQUE INDEX watches_one_a_page ON watches (platform, coalesce(workspace, ''), watched_for, url) WHERE watched_for IS NOT NULL;
	CREATE TABLE counts (key TEXT NOT NULL, at INTEGER NOT NULL, amount INTEGER NOT NULL) STRICT;
	CREATE INDEX counts_by_key ON counts (key, at);
	CREATE INDEX counts_by_age ON counts (at);
	PRAGMA user_version = 3;`;

/** Written by an earlier version, deleted content and log included. */
function earlier(path: string, version: string, pending: string): void {
	const old = new DatabaseSync(path);
	old.exec(version);
	const at = { workspace: SECRETS.workspace, threadKey: THREAD, url: URL_WITH_TOKEN };
	const one = aCase("a", { ...at, rays: [SECRETS.cookie] });
	old
		.prepare("INSERT INTO cases (id, place, last_at, body, workspace, host) VALUES (?, ?, ?, ?, ?, ?)")
		.run(...["a", THREAD, NOW, JSON.stringify(one), SECRETS.workspace, SUB_HOST]);
	const watch = aWatch("w", { ...at, asker: SECRETS.person, isPrivate: true });
	old
		.prepare(
			"INSERT INTO watches (id, platform, workspace, host, url, place, asker, due_at, last_at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		)
		.run(...["w", "slack", SECRETS.workspace, SUB_HOST, URL_WITH_TOKEN, THREAD, SECRETS.person, NOW, NOW, JSON.stringify(watch)]);
	old.prepare("INSERT INTO pending (id, platform, at, tries, body) VALUES (?, ?, ?, ?, ?)").run("q", "slack", NOW, 1, pending);
	old.prepare("INSERT INTO slots VALUES (?, ?, ?, ?)").run("q", "0", `["${SECRETS.channel}","1.2"]`, 1);
	old.prepare("INSERT INTO seen VALUES (?, ?)").run(SECRETS.event, NOW);
	old
		.prepare("INSERT INTO policies VALUES (?, ?)")
		.run(SECRETS.workspace, JSON.stringify({ channels: null, origins: [SECRETS.host], privately: true }));
	if (version === THIRD_VERSION) {
		old.exec(`UPDATE watches SET watched_for = asker; UPDATE pending SET lane = 'looks ${THREAD}', ticket = 1`);
		old.prepare("INSERT INTO counts VALUES (?, ?, ?)").run(`host ${SUB_HOST}`, NOW, 395);
	} else old.prepare("INSERT INTO taken VALUES (?, ?, ?)").run(SUB_HOST, NOW, 395);
	// What was deleted without being overwritten stands in free pages.
	for (let nth = 0; nth < 300; nth += 1)
		old.prepare("INSERT INTO seen VALUES (?, ?)").run(`${SECRETS.logLine} ${nth} ${SECRETS.address} ${"x".repeat(400)}`, 0);
	old.exec("DELETE FROM seen WHERE at = 0");
	copyFileSync(path, `${path}.copy`);
	copyFileSync(`${path}-wal`, `${path}.copy-wal`);
	old.close();
	copyFileSync(`${path}.copy`, path);
	copyFileSync(`${path}.copy-wal`, `${path}-wal`);
	for (const end of [".copy", ".copy-wal"]) rmSync(path + end);
}

/** `{"text":"sealed before"}` under the key of 32 bytes 7, as 0.1.0 sealed it. */
const sealedBefore = (key: Buffer, text: string): string => {
	const { createCipheriv } = process.getBuiltinModule("node:crypto");
	const cipher = createCipheriv("aes-256-gcm", key, Buffer.alloc(12, 1));
	const hidden = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
	return `s.${Buffer.concat([Buffer.alloc(12, 1), cipher.getAuthTag(), hidden]).toString("base64")}`;
};

for (const [version, tables] of [
	["0.1.0", SECOND_VERSION],
	["the version before sealing", THIRD_VERSION],
] as const)
	for (const [name, key] of KEYS)
		test(`a file of ${version} is converted at the start, ${name}: it goes on, and nothing stands in clear`, async () => {
			const path = file();
			earlier(path, tables, key === null ? `p.${question}` : sealedBefore(key, question));
			assert.ok(readIn(path).length > 8, "all of it stood there");
			const stores = sqliteStores(path, handClock(NOW), { key, otherKey: () => assert.fail("this is no other key") });
			assert.deepEqual(readIn(path), []);
			assert.equal((await stores.inbox.unfinished("slack", 1))[0]?.body, question);
			assert.equal(await stores.inbox.open("q2", SECRETS.event, "slack", "{}"), false, "the event is known");
			assert.equal((await stores.inbox.outbox("q").get("0"))?.messageRef, `["${SECRETS.channel}","1.2"]`);
			assert.equal((await stores.cases.inThread(THREAD))?.url, URL_WITH_TOKEN);
			assert.equal((await stores.cases.ofHost(SECRETS.workspace, SUB_HOST, 5)).length, 1);
			assert.equal((await stores.watches.open({ asker: SECRETS.person, url: URL_WITH_TOKEN }, 5)).length, 1);
			const twice = aWatch("w2", { workspace: SECRETS.workspace, url: URL_WITH_TOKEN, asker: SECRETS.person, isPrivate: true });
			assert.ok("same" in (await stores.watches.begin(twice, ENOUGH)));
			assert.equal((await stores.policies.of(SECRETS.workspace)).privately, true);
			const ask = { key: `host ${stores.hashed(`host ${SUB_HOST}`)}`, amount: 6, max: 400, windowMs: 3_600_000 };
			assert.equal((await stores.requestCounts.reserve([ask]))?.key, ask.key);
			assert.deepEqual(await stores.forget(SECRETS.workspace, SECRETS.host), { cases: 1, watches: 1 });
			await stores.close();
			assert.deepEqual(readIn(path), []);
		});

/** Parts of an access that nobody reads in a file. */
const ACCESS = anAccess({
	workspace: SECRETS.workspace,
	zoneName: SECRETS.host,
	token: `cfut_${SECRETS.token}`,
	by: SECRETS.person,
});
const accessText = (path: string) =>
	readdirSync(dirname(path))
		.filter((name) => name.startsWith(basename(path)))
		.map((name) => readFileSync(join(dirname(path), name), "latin1"))
		.join("\n");
const isInFiles = (path: string): boolean =>
	readIn(path).length > 0 ||
	[ACCESS.zoneId, ACCESS.tokenId ?? "", ACCESS.token].some((secret) => accessText(path).includes(secret));

test("an owner's token is sealed with the key from outside: no file shows it, nor whose it is; not after kill -9 and a start either", async () => {
	const path = file();
	const key = Buffer.alloc(32, 7);
	const stores = sqliteStores(path, handClock(NOW), { key });
	await stores.accesses.put(ACCESS);
	await stores.accesses.note(ACCESS, { kind: "refused", sinceMs: NOW });
	assert.equal(isInFiles(path), false);
	const copy = killedCopy(path);
	const again = sqliteStores(copy, handClock(NOW), { key });
	assert.equal(isInFiles(copy), false);
	assert.deepEqual(await again.accesses.of(ACCESS), [{ ...ACCESS, state: { kind: "refused", sinceMs: NOW } }]);
	assert.equal(await again.accesses.remove(ACCESS, SECRETS.host), 1);
	assert.equal(statSync(`${copy}-wal`).size, 0, "and what was disconnected has left the log");
	for (const one of [stores, again]) await one.close();
});

test("with the key beside the file, a token is in no file at all: it ends with the process", async () => {
	const path = file();
	const stores = sqliteStores(path, handClock(NOW));
	await stores.accesses.put(ACCESS);
	const database = new DatabaseSync(path);
	assert.equal(database.prepare("SELECT count(*) AS n FROM accesses").get()?.n, 0);
	database.close();
	await stores.close();
	const again = sqliteStores(path, handClock(NOW));
	assert.deepEqual(await again.accesses.of(ACCESS), []);
	await again.close();
});

test("with another key an access is told as unreadable to its workspace, and to no other; connecting anew replaces it", async () => {
	const path = file();
	const stores = sqliteStores(path, handClock(NOW), { key: Buffer.alloc(32, 7) });
	await stores.accesses.put(ACCESS);
	await stores.close();
	const again = sqliteStores(path, handClock(NOW), { key: Buffer.alloc(32, 8) });
	assert.deepEqual(await again.accesses.of(ACCESS), [{ unreadable: true }]);
	assert.deepEqual(await again.accesses.of({ ...ACCESS, workspace: "slack T1" }), []);
	await again.accesses.put({ ...ACCESS, atMs: NOW + 1 });
	assert.deepEqual(await again.accesses.of(ACCESS), [{ ...ACCESS, atMs: NOW + 1 }]);
	await again.close();
});

test("a sealed token that is copied to another row opens in none", async () => {
	const path = file();
	const key = Buffer.alloc(32, 7);
	const stores = sqliteStores(path, handClock(NOW), { key });
	const theirs = { ...ACCESS, workspace: "slack T1", token: "theirs" };
	const zone = { ...ACCESS, zoneId: "1".repeat(32), zoneName: "zone.example", token: "another" };
	for (const one of [ACCESS, theirs, zone]) await stores.accesses.put(one);
	await stores.close();
	const database = new DatabaseSync(path);
	const rows = database.prepare("SELECT owner, zone, sealed FROM accesses").all();
	for (const row of rows) {
		const other = rows.find((one) => one.sealed !== row.sealed);
		database
			.prepare("UPDATE accesses SET sealed = ? WHERE owner = ? AND zone = ?")
			.run(String(other?.sealed), String(row.owner), String(row.zone));
	}
	database.close();
	const again = sqliteStores(path, handClock(NOW), { key });
	for (const owner of [ACCESS, theirs]) assert.ok((await again.accesses.of(owner)).every((one) => "unreadable" in one));
	await again.close();
});
