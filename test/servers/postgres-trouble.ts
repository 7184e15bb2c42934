import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { type Stores, TakenOver } from "../../src/desk/stores.ts";
import type { Clock } from "../../src/store/clock.ts";
import { NewerDatabase } from "../../src/store/newer-database.ts";
import { openDatabase } from "../../src/store/postgres/database.ts";
import type { Line } from "../../src/store/postgres/line.ts";
import { MIGRATIONS, migrate } from "../../src/store/postgres/migrations.ts";
import { DatabaseRefused, type PostgresOptions, postgresStores } from "../../src/store/postgres/postgres.ts";
import { sqlOn } from "../../src/store/postgres/query.ts";
import { awaitedClock, realClock } from "../clock.ts";
import { type Bouncer, bouncerProgram, type Postgres, postgresFolder, startBouncer, startPostgres } from "../postgres.ts";
import { losingProxy } from "../store/answer-losing.ts";
import { plant, question, SECRETS, SUB_HOST, THREAD } from "../store/planted.ts";
import { beside, databaseWithHandClock, KEY, settledIn, turnDatabase } from "../store/postgres-engine.ts";
import { aCase, anAccess, anInstall, aWatch, NOW } from "../store/values.ts";

/** What only a database in another process can do to its stores, and what only it shows to others. */

const missing = postgresFolder() === null || bouncerProgram() === null ? "PostgreSQL or PgBouncer is not installed" : false;
const LEASE_MS = 15_000;
const ENOUGH = { host: 1_000, hostInAll: 1_000, workspace: 1_000, all: 1_000 };
let postgres: Postgres;
let bouncer: Bouncer;
const opened: Stores[] = [];

async function open(url: string, options: Partial<PostgresOptions> = {}, clock: Clock = realClock): Promise<Stores> {
	const stores = await postgresStores(url, clock, { key: KEY, leaseMs: LEASE_MS, ...options });
	opened.push(stores);
	return stores;
}

/** Becomes true when a database came back. */
function outage() {
	const { promise: away, resolve: isAway } = Promise.withResolvers<string>();
	const { promise: back, resolve: isBack } = Promise.withResolvers<void>();
	return { away, back, told: (code: string | null) => (code === null ? isBack() : isAway(code)) };
}

const outcome = (call: Promise<unknown>): Promise<string> =>
	call.then(
		() => "done",
		(error: unknown) => (error instanceof Error ? error.name : "?"),
	);

describe("PostgreSQL, alone and in trouble", { skip: missing }, () => {
	before(async () => {
		postgres = await startPostgres();
		bouncer = await startBouncer(postgres);
	});
	after(async () => {
		for (const stores of opened) await stores.close().catch(() => {});
		await bouncer.end();
		await postgres.end();
	});

	it("over twenty connections, no more requests go to a host than may", async () => {
		const url = await postgres.database();
		const all = await Promise.all([open(url), open(url), open(url)]);
		for (let round = 0; round < 3; round += 1) {
			const ask = { key: `host ${round}`, amount: 8, max: 400, windowMs: 3_600_000 };
			const asked = Array.from({ length: 100 }, (_, nth) => all[nth % all.length]?.requestCounts.reserve([ask]));
			const taken = (await Promise.all(asked)).filter((one) => one === null).length;
			assert.equal(taken, 50, `round ${round}`);
		}
	});

	it("replicas that start at once on an empty database all come up", async () => {
		const url = await postgres.database();
		const all = await Promise.all(Array.from({ length: 5 }, () => open(bouncer.through(url), { version: "0.9.1" })));
		const accepted = await Promise.all(all.map(({ inbox }, nth) => inbox.open(`${nth}`, "event", "slack", "{}")));
		assert.equal(accepted.filter((one) => one).length, 1);
		await all[0]?.accesses.put(anAccess());
		assert.deepEqual(await all[4]?.accesses.of(anAccess()), [anAccess()], "one salt for all");
		const { rows } = await beside(url, (client) => client.query("SELECT key, value FROM meta ORDER BY key"));
		const noted = Object.fromEntries(rows.map(({ key, value }) => [key, value]));
		assert.deepEqual([noted.schema, noted.oldest_reader, noted.version], [String(MIGRATIONS.length), "1", "0.9.1"]);
	});

	it("a newer release's additions leave the older one running, and starting; what it cannot read names the newer version", async () => {
		const url = await postgres.database();
		const older = await open(url, { version: "0.2.0" });
		const further = (sql: string, oldestReader: number) => ({ sql, oldestReader });
		const added = [...MIGRATIONS, further("ALTER TABLE cases ADD COLUMN more text", MIGRATIONS.length)];
		const newer = await open(url, { version: "0.3.0", migrations: added });
		await older.cases.open(aCase("a"));
		await newer.cases.change("a", (one) => ({ ...one, rays: ["b".repeat(16)] }));
		assert.deepEqual((await older.cases.get("a"))?.rays, ["b".repeat(16)]);
		const again = await open(url, { version: "0.2.0" });
		assert.equal((await again.cases.get("a"))?.id, "a");
		const removed = [...added, further("ALTER TABLE cases DROP COLUMN more", added.length)];
		await beside(url, (client) => migrate(sqlOn(client), "0.4.0", removed));
		await assert.rejects(postgresStores(url, realClock, { key: KEY, version: "0.2.0" }), (error) => {
			assert.ok(error instanceof NewerDatabase);
			assert.equal(error.version, "0.4.0");
			return true;
		});
	});

	it("a database of another key is told, and goes on with this one", async () => {
		const url = await postgres.database();
		const before = await open(url);
		await plant(before);
		await before.inbox.release();
		let told = 0;
		const other = { key: Buffer.alloc(32, 8), otherKey: () => (told += 1) };
		await assert.rejects(open(url, other), { name: "OtherKey" }, "each would take over what it cannot read of the other");
		assert.equal((await before.cases.get("a"))?.id, "a");
		assert.equal((await (await open(url)).cases.get("a"))?.id, "a", "the key that runs is still the database's");
		for (const stores of opened.splice(0)) await stores.close();
		const stores = await open(url, other);
		assert.equal(told, 1);
		assert.equal((await stores.inbox.unfinished("slack", 5))[0]?.body, null);
		assert.equal(await stores.cases.get("a"), null);
		assert.equal((await stores.cases.open(aCase("new"))).id, "new");
		await open(url, other);
		assert.equal(told, 1);
	});

	it("PostgreSQL that stops in the middle ends nothing but what was under way; away, it says so at once; back, all goes on", async () => {
		const url = await postgres.database();
		const { away, back, told } = outage();
		const stores = await open(url, { away: told });
		await stores.cases.open(aCase("a"));
		const { promise: inTheMiddle, resolve: begun } = Promise.withResolvers<void>();
		const outcomes: string[] = [];
		let isOver = false;
		const busy = Array.from({ length: 12 }, async (_, nth) => {
			while (!isOver) {
				outcomes.push(
					await outcome(stores.requestCounts.reserve([{ key: `host ${nth}`, amount: 1, max: 100_000, windowMs: 1_000 }])),
				);
				if (outcomes.length > 100) begun();
				await setImmediate();
			}
		});
		await inTheMiddle;
		await postgres.stop();
		assert.match(await away, /\w/);
		const answered = await Promise.race([outcome(stores.cases.get("a")), setImmediate("waits")]);
		assert.equal(answered, "StoreAway", "nobody waits for a database that is known to be away");
		await postgres.start();
		await back;
		isOver = true;
		await Promise.all(busy);
		assert.deepEqual(new Set(outcomes), new Set(["done", "StoreAway"]));
		assert.equal((await stores.cases.get("a"))?.id, "a");
	});

	for (const [what, through, bound] of [
		["PostgreSQL itself ends a single statement, too", (url: string) => url, "5s"],
		["PgBouncer takes no setting, and all goes on without it", (url: string) => bouncer.through(url), "0"],
	] as const)
		it(`a statement that takes too long: ${what}`, async () => {
			const line: Line = {
				sql: async () => ({ rows: [], changes: 0 }),
				awaySince: () => null,
				suspect: () => {},
				close: async () => {},
			};
			const database = openDatabase(through(await postgres.database()), line, () => "1");
			const bounds = () => database.sql("SHOW statement_timeout").then(({ rows }) => rows[0]?.statement_timeout);
			try {
				assert.deepEqual(new Set(await Promise.all(Array.from({ length: 20 }, bounds))), new Set([bound]), "many at once");
				database.dropAll("again");
				assert.equal(await bounds(), bound, "and after an outage");
				const inTransaction = await database.atOnce(["a"], (sql) => sql("SHOW statement_timeout"));
				assert.equal(inTransaction.rows[0]?.statement_timeout, "5s");
				assert.equal(await bounds(), bound);
			} finally {
				await database.close();
			}
		});

	it("what is under way when PgBouncer is killed rejects, and goes on when it is back", async () => {
		const url = bouncer.through(await postgres.database());
		const { away, back, told } = outage();
		const stores = await open(url, { away: told });
		await bouncer.stop();
		assert.equal(await outcome(stores.cases.get("a")), "StoreAway");
		await away;
		await bouncer.start();
		await back;
		assert.equal(await stores.cases.get("a"), null);
	});

	it("a database that is there and silent is away within three seconds, for everybody who waits", async () => {
		const url = bouncer.through(await postgres.database());
		const { back, told } = outage();
		const stores = await open(url, { away: told });
		const pid = bouncer.pid() ?? 0;
		process.kill(pid, "SIGSTOP");
		const began = performance.now();
		const calls = Array.from({ length: 40 }, (_, nth) => outcome(stores.inbox.open(`${nth}`, `${nth}`, "slack", "{}")));
		assert.deepEqual(new Set(await Promise.all(calls)), new Set(["StoreAway"]));
		assert.ok(performance.now() - began < 3_000, `${performance.now() - began} ms`);
		process.kill(pid, "SIGCONT");
		await back;
		assert.equal(await stores.inbox.open("later", "later", "slack", "{}"), true);
	});

	it("a start waits for a database that is not there yet, until it is there or the process is to stop", async () => {
		const url = await postgres.database();
		await postgres.stop();
		const { away, back, told } = outage();
		const starting = open(url, { away: told });
		const behind = outage();
		const startingBehind = open(bouncer.through(url), { away: behind.told });
		assert.match(await behind.away, /\w/, "a PgBouncer before it changes nothing");
		const stopping = new AbortController();
		const stopped = outcome(postgresStores(url, realClock, { key: KEY, signal: stopping.signal }));
		assert.equal(await away, "ECONNREFUSED");
		stopping.abort();
		assert.equal(await stopped, "StoreAway");
		await postgres.start();
		await back;
		assert.equal(await (await starting).cases.get("a"), null);
		assert.equal(await (await startingBehind).cases.get("a"), null);
	});

	it("what waiting does not cure is refused, by a word without the address and the password", async () => {
		const url = await postgres.database();
		const wrong = new URL(url);
		wrong.password = "sesame";
		const nowhere = new URL(url);
		nowhere.pathname = "/nowhere";
		for (const [address, code] of [
			[wrong.href, "28P01"],
			[nowhere.href, "3D000"],
			["sesame", "not a URL"],
			[`${url}?sslmode=require`, "NO_TLS"],
		] as const)
			await assert.rejects(postgresStores(address, realClock, { key: KEY }), (error) => {
				assert.ok(error instanceof DatabaseRefused);
				assert.deepEqual([error.code, error.message], [code, code]);
				assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /sesame|127\.0\.0\.1|nowhere/);
				return true;
			});
	});

	it("who is being taken over sends nothing, however close it is", async () => {
		const url = await postgres.database();
		const stores = await open(url);
		await stores.inbox.open("q", "event", "slack", "{}");
		await stores.watches.begin(aWatch("w"), ENOUGH);
		const [claim] = await stores.watches.claim("slack", NOW, { all: 1, workspace: 1, person: 1 }, 600_000);
		for (const [table, outbox] of [
			["pending", stores.inbox.outbox("q")],
			["watches", stores.watches.outbox("w", claim?.epoch ?? -1)],
		] as const)
			await beside(url, async (other) => {
				await outbox.sending("0");
				await other.query("BEGIN");
				await other.query(`UPDATE ${table} SET owner = 'another', epoch = epoch + 1`);
				const sending = outcome(outbox.sending("1"));
				// It must not be done before the other's takeover is.
				const locks =
					"SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
				while ((await other.query<{ n: number }>(locks)).rows[0]?.n === 0) assert.equal(await stays(sending), true, table);
				await other.query("COMMIT");
				assert.equal(await sending, "TakenOver", table);
				assert.equal(await outbox.get("1"), null);
			});
	});

	it("what a frozen process had is another's once it wakes up", async () => {
		const url = await databaseWithHandClock(postgres);
		const clock = awaitedClock(NOW, async (nowMs) => void (await turnDatabase(url, nowMs)));
		const [frozen, other] = [await open(url, {}, clock.frozen()), await open(url, {}, clock)];
		await frozen.inbox.open("q", "event", "slack", "{}");
		const outbox = frozen.inbox.outbox("q");
		await outbox.sending("0");
		await clock.turn(LEASE_MS);
		assert.equal((await other.inbox.unfinished("slack", 5)).length, 1);
		await assert.rejects(outbox.sending("1"), TakenOver);
		assert.deepEqual(await frozen.inbox.unfinished("slack", 5), []);
	});

	it("who starts after an outage of all takes nothing over before the others had time to be heard", async () => {
		const url = await databaseWithHandClock(postgres);
		const clock = awaitedClock(NOW, async (nowMs) => void (await turnDatabase(url, nowMs)));
		const before = await open(url, {}, clock.frozen());
		await before.inbox.open("q", "event", "slack", "{}");
		await clock.turn(4 * LEASE_MS);
		const started = await open(url, {}, clock);
		assert.deepEqual(await started.inbox.unfinished("slack", 5), []);
		await clock.turn(LEASE_MS - 1);
		assert.deepEqual(await started.inbox.unfinished("slack", 5), []);
		await clock.turn(1);
		assert.equal((await started.inbox.unfinished("slack", 5)).length, 1);
	});

	it("of what was accepted while the answer was lost, a second try is accepted, and a sweep finds the rest: nothing is lost", async () => {
		const proxy = await losingProxy(postgres.port);
		const url = await postgres.database();
		const stores = await open(proxy.through(url));
		const accept = (id: string) => stores.inbox.open(id, `event ${id}`, "slack", `{"nth":"${id}"}`);
		const lose = async (id: string) => {
			proxy.loseAnswerTo("INSERT INTO pending");
			assert.equal(await outcome(accept(id)), "StoreAway");
		};
		await lose("again");
		assert.equal(await accept("again"), true);
		assert.deepEqual(await stores.inbox.unfinished("slack", 5), [], "ours, and on its way");
		await lose("left");
		const [left, ...more] = await stores.inbox.unfinished("slack", 5);
		assert.deepEqual([left?.id, left?.body, left?.deaths, more], ["left", '{"nth":"left"}', 0, []]);
		assert.equal(await accept("left"), false, "it is on its way");
		await stores.inbox.outbox("left").sending("0");
		proxy.loseAnswerTo("UPDATE pending SET tries");
		const other = await open(url);
		await other.inbox.open("freed", "event freed", "slack", "{}");
		await other.inbox.release();
		assert.equal(await outcome(stores.inbox.unfinished("slack", 5)), "StoreAway");
		assert.equal((await stores.inbox.unfinished("slack", 5))[0]?.id, "freed", "taken over, and known to be so by the next sweep");
		proxy.loseAnswerTo("DELETE FROM pending");
		assert.equal(await outcome(stores.inbox.end("left")), "StoreAway");
		assert.deepEqual(await stores.inbox.unfinished("slack", 5), [], "what has ended is not answered again");
		await stores.close();
		await proxy.close();
	});

	it("what is accepted during a sweep is not taken from whoever works on it", async () => {
		const url = await postgres.database();
		const stores = await open(url);
		let isOver = false;
		const sweeps = (async () => {
			const found: string[] = [];
			while (!isOver) found.push(...(await stores.inbox.unfinished("slack", 50)).map(({ id }) => id));
			return found;
		})();
		// More than there are connections: a sweep waits behind what is accepted after it began.
		const work = async (of: number) => {
			for (let nth = 0; nth < 20; nth += 1) {
				const id = `${of} ${nth}`;
				assert.equal(await stores.inbox.open(id, id, "slack", "{}"), true);
				await stores.inbox.outbox(id).sending("0");
			}
		};
		await Promise.all(Array.from({ length: 24 }, (_, of) => work(of)));
		isOver = true;
		assert.deepEqual(await sweeps, []);
	});

	it("what cannot be deleted in one table keeps nothing old in the others", async () => {
		const url = await postgres.database();
		await (await open(url)).close();
		await beside(url, async (client) => {
			await client.query(
				"CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'too long'; END $$",
			);
			await client.query("CREATE TRIGGER fails BEFORE DELETE ON counts FOR EACH STATEMENT EXECUTE FUNCTION fails()");
			await client.query("INSERT INTO leases (name, owner, until_at) VALUES ('old', 'nobody', 0)");
		});
		await open(url);
		assert.deepEqual(await beside(url, async (client) => (await client.query("SELECT name FROM leases")).rows), []);
	});

	it("who stops wakes the others up", async () => {
		const url = await postgres.database();
		const [stopping, other] = [await open(url), await open(url)];
		await stopping.inbox.open("q", "event", "slack", "{}");
		const freed = new Promise<void>((resolve) => other.whenFreed?.(resolve));
		await stopping.inbox.release();
		await freed;
		assert.equal((await other.inbox.unfinished("slack", 5))[0]?.id, "q");
	});

	it("nothing in the database shows what was asked, by whom, where or about which host", async () => {
		const url = await postgres.database();
		const stores = await open(url);
		await plant(stores);
		await stores.accesses.put(
			anAccess({ workspace: SECRETS.workspace, zoneName: SECRETS.host, token: SECRETS.token, by: SECRETS.person }),
		);
		await stores.installs.put(anInstall(SECRETS.workspace, { body: SECRETS.token }));
		const dump = () => execFileSync(join(postgres.bin, "pg_dump"), [url], { encoding: "latin1" });
		const shown = Object.entries({ ...SECRETS, zone: anAccess().zoneId, account: anAccess().tokenId ?? "" });
		assert.deepEqual(
			shown.flatMap(([name, secret]) => (dump().includes(secret) ? [name] : [])),
			[],
		);
		await stores.inbox.release();
		assert.equal((await stores.inbox.unfinished("slack", 1))[0]?.body, question);
		assert.equal((await stores.cases.inThread(THREAD))?.id, "a");
		assert.equal((await stores.watches.open({ asker: SECRETS.person, host: SUB_HOST }, 5)).length, 1);
		assert.deepEqual(await stores.forget(SECRETS.workspace, SECRETS.host), { cases: 1, watches: 1 });
	});

	it("a workspace that is left leaves no row of its own, and the other's rows byte for byte", async () => {
		const url = await postgres.database();
		const stores = await open(url);
		const fill = async (workspace: string) => {
			const at = { workspace, threadKey: `thread ${workspace}` };
			await stores.cases.open(aCase(`case ${workspace}`, at));
			await stores.watches.begin(aWatch(`watch ${workspace}`, at), ENOUGH);
			await stores.policies.change(workspace, (now) => ({ ...now, privately: true }));
			await stores.inbox.open(`question ${workspace}`, `event ${workspace}`, "slack", "{}", workspace);
			await stores.inbox.outbox(`question ${workspace}`).sending("0");
			await stores.accesses.put(anAccess({ workspace }));
		};
		const tables = ["cases", "watches", "policies", "pending", "slots", "accesses"];
		const rows = () =>
			beside(url, async (client) => {
				const all: string[][] = [];
				for (const table of tables) {
					const { rows: some } = await client.query<{ row: string }>(`SELECT t.*::text AS row FROM ${table} AS t`);
					all.push(some.map(({ row }) => row).sort());
				}
				return all;
			});
		await fill("slack T2");
		const other = await rows();
		await fill("slack T1");
		assert.deepEqual(await stores.forgetWorkspace({ platform: "slack", workspace: "slack T1" }), { cases: 1, watches: 1 });
		assert.deepEqual(await rows(), other);
		await assert.rejects(stores.inbox.outbox("question slack T1").sending("1"), TakenOver);
		await settledIn(url);
	});
});

/** Whether a promise is open still after all that does not wait. */
const stays = async (promise: Promise<unknown>): Promise<boolean> =>
	Promise.race([promise.then(() => false), setImmediate(true)]);
