import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { lookAtDatabase } from "../../src/doctor/database.ts";
import { type DatabaseSeen, databaseLine } from "../../src/doctor/findings/database.ts";
import { givenOf } from "../../src/doctor/given.ts";
import type { Level } from "../../src/reply/doctor.ts";
import { readSettingsPart } from "../../src/settings.ts";
import { postgresStores } from "../../src/store/postgres/postgres.ts";
import { realClock } from "../clock.ts";
import { type Bouncer, bouncerProgram, type Postgres, postgresFolder, startBouncer, startPostgres } from "../postgres.ts";
import { beside } from "../store/postgres-engine.ts";

/** What `doctor` says of a real PostgreSQL and PgBouncer; the fake of `doctor.test.ts` has to be like these. */

const missing = postgresFolder() === null ? "PostgreSQL is not installed" : false;
const missingBouncer = missing || (bouncerProgram() === null ? "PgBouncer is not installed" : false);
const KEY = "07".repeat(32);
const MODES = ["transaction", "session", "statement"] as const;
let postgres: Postgres;
const bouncers = new Map<string, Bouncer>();

before(async () => {
	if (missing === false) postgres = await startPostgres();
	if (missingBouncer === false) for (const poolMode of MODES) bouncers.set(poolMode, await startBouncer(postgres, { poolMode }));
});
after(async () => {
	for (const bouncer of bouncers.values()) await bouncer.end();
	await postgres?.end();
});

async function check(url: string, level: Level, says: RegExp): Promise<DatabaseSeen> {
	const part = readSettingsPart({ DATABASE_URL: url, CF520_KEY: KEY });
	const given = givenOf(part, { channels: [], publicUrl: null }, "0.1.0");
	const seen = await lookAtDatabase(given, { signal: AbortSignal.timeout(15_000), secrets: part.secrets });
	assert.ok(seen !== null);
	const line = databaseLine(seen);
	assert.deepEqual([line.level, says.test(line.say)], [level, true], line.say);
	assert.ok(!JSON.stringify(line).includes(postgres.password));
	return seen;
}

/** A database that a cf520 has used. */
async function used(): Promise<string> {
	const url = await postgres.database();
	const stores = await postgresStores(url, realClock, { key: Buffer.from(KEY, "hex"), version: "0.1.0" });
	await stores.close();
	return url;
}

describe("doctor and PostgreSQL", { skip: missing }, () => {
	test("an empty database, and nothing is made in it", async () => {
		const url = await postgres.database();
		await check(url, "ok", /will be created/);
		const { rows } = await beside(url, (client) =>
			client.query("SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = 'public'"),
		);
		assert.equal(rows[0]?.n, 0);
	});
	test("one that is in use: up to date, and the key opens it", async () => {
		const seen = await check(await used(), "ok", /without a pooler: up to date/);
		assert.equal(seen.kind === "read" && seen.opens, true);
	});
	test("another key", async () => {
		const url = await used();
		await beside(url, (client) => client.query("UPDATE meta SET value = 'v2.AAAA' WHERE key = 'key'"));
		const seen = await check(url, "ok", /up to date/);
		assert.equal(seen.kind === "read" && seen.opens, false);
	});
	test("a newer version's", async () => {
		const url = await used();
		await beside(url, (client) => client.query("UPDATE meta SET value = '99' WHERE key IN ('schema', 'oldest_reader')"));
		await check(url, "fix", /cannot read them/);
	});
	test("read-only", async () => {
		const url = await used();
		await beside(url, (client) =>
			client.query(`ALTER DATABASE ${new URL(url).pathname.slice(1)} SET default_transaction_read_only = on`),
		);
		await check(url, "fix", /takes no changes/);
	});
	test("a user who may not create tables", async () => {
		const url = new URL(await postgres.database());
		await beside(url.href, async (client) => {
			await client.query("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
			await client.query(`DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN PASSWORD '${postgres.password}'`);
		});
		url.username = "guest";
		await check(url.href, "fix", /may not create/);
	});
	test("another password, another database, another port", async () => {
		const url = await postgres.database();
		await check(url.replace(postgres.password, `${postgres.password}x`), "fix", /rejects the user or password/);
		await check(`${url}x`, "fix", /does not exist/);
		await check(url.replace(/:\d+\//, ":9/"), "fix", /ECONNREFUSED/);
	});
});

describe("doctor and PgBouncer", { skip: missingBouncer }, () => {
	for (const [mode, level, says] of [
		["transaction", "ok", /through a pooler in transaction mode: up to date/],
		["session", "ok", /through a pooler in session mode: up to date/],
		["statement", "fix", /pools by statement/],
	] as const)
		test(`in ${mode} mode`, async () => {
			const bouncer = bouncers.get(mode);
			assert.ok(bouncer !== undefined);
			await check(bouncer.through(await used()), level, says);
		});
	test("with another password, and before a database that is not there", async () => {
		const bouncer = bouncers.get("transaction");
		const url = bouncer?.through(await postgres.database()) ?? "";
		await check(
			url.replace(postgres.password, `${postgres.password}x`),
			"fix",
			/rejects the user or password|returned error 08P01/,
		);
		await check(`${url}x`, "fix", /does not exist|returned error/);
	});
});
