import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { lockFile } from "../../src/store/lock.ts";

const folder = mkdtempSync(join(tmpdir(), "cf520-lock-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("the lock is ours alone to read, also where an older version left it open", () => {
	const path = join(folder, "2.sqlite");
	writeFileSync(`${path}.lock`, "", { mode: 0o644 });
	lockFile(path)?.();
	assert.equal(statSync(`${path}.lock`).mode & 0o777, 0o600);
	assert.throws(() => lockFile(join(folder, "nowhere", "3.sqlite")));
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
	assert.ok(lockFile(undefined) !== null, "in memory there is nothing to share");
});
