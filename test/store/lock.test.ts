import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { lockFile } from "../../src/store/lock.ts";
import { lockedStores } from "../../src/store/sqlite/locked.ts";
import { realClock } from "../clock.ts";

const folder = mkdtempSync(join(tmpdir(), "cf520-lock-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("the lock is ours alone to read, also where an older version left it open", () => {
	const path = join(folder, "2.sqlite");
	writeFileSync(`${path}.lock`, "", { mode: 0o644 });
	lockFile(path)?.();
	assert.equal(statSync(`${path}.lock`).mode & 0o777, 0o600);
	assert.throws(() => lockFile(join(folder, "nowhere", "3.sqlite")));
});

test("a file that another process has is not changed, and is brought up to date once it is free", async () => {
	const path = join(folder, "4.sqlite");
	const old = new DatabaseSync(path);
	old.exec("CREATE TABLE seen (id TEXT); DROP TABLE seen");
	old.close();
	const before = readFileSync(path);
	const free = lockFile(path);
	assert.equal(lockedStores(path, realClock, {}, 50), null);
	assert.deepEqual(readFileSync(path), before);
	assert.equal(existsSync(`${path}.key`), false, "nor is a key made beside it");
	free?.();
	const stores = lockedStores(path, realClock, {}, 50);
	assert.ok(stores !== null);
	assert.equal(lockFile(path, 50), null);
	await stores.close();
	lockFile(path, 50)?.();
	assert.notDeepEqual(readFileSync(path), before);
});

test("one file belongs to one process at a time, and to the next one when that has ended", () => {
	const path = join(folder, "1.sqlite");
	const free = lockFile(path);
	assert.ok(free !== null);
	assert.equal(lockFile(path, 50), null);
	free();
	const again = lockFile(path, 50);
	assert.ok(again !== null);
	again();
});
