import { chmodSync, closeSync, openSync } from "node:fs";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { z } from "zod";
import type { Cases, Inbox, Policies, Watches, WatchFilter } from "../desk/stores.ts";
import type { Case } from "../judge/case.ts";
import type { Watch } from "../judge/watch.ts";
import type { Taken } from "../looks/limits.ts";
import { DEFAULT_POLICY, POLICY_MAX, type Policy } from "../read/policy.ts";
import { caseWithTodaysNames, watchWithTodaysNames } from "./former-names.ts";
import { type Seal, sealWith } from "./seal.ts";

/** What outlives a question. One port; SQLite in a file or in memory is its one engine so far. */
export interface Store {
	readonly cases: Cases;
	readonly inbox: Inbox;
	readonly watches: Watches;
	readonly policies: Policies;
	readonly taken: Taken;
	/** Everything about a host and its subdomains in a workspace; how many cases and watches that were. */
	forget(workspace: string, host: string): { readonly cases: number; readonly watches: number };
	/** What is there survives the end of the process. */
	readonly durable: boolean;
	close(): void;
}

/** Chats redeliver for up to about five minutes; ten are kept. */
export const KEPT_MS = 10 * 60_000;
/** Requests to a host count for an hour. */
const TAKEN_KEPT_MS = 3_600_000;
/** What nobody finished is given up after this. */
const PENDING_KEPT_MS = 24 * 3_600_000;
/** Watches that ended are there a while: their buttons say so. */
const WATCHES_KEPT_MS = 7 * 24 * 3_600_000;
const DAY_MS = 24 * 3_600_000;
/** In memory, only the newest are kept. */
const IN_MEMORY_MAX = 2_000;
const BUSY_MS_MAX = 5_000;
/** Old rows are cleared away now and then, not at every write. */
const CLEAR_EVERY = 200;
const CLEAR_EVERY_MS = 10 * 60_000;

/** In order; the number of those that were applied stands in the database (PRAGMA user_version). Never change one that was released. */
const MIGRATIONS: readonly ((database: DatabaseSync) => void)[] = [
	(database) =>
		database.exec(`CREATE TABLE cases (id TEXT PRIMARY KEY, place TEXT, last_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
	 CREATE INDEX cases_by_place ON cases (place, last_at);
	 CREATE INDEX cases_by_age ON cases (last_at);
	 CREATE TABLE seen (id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
	 CREATE INDEX seen_by_age ON seen (at);`),
	(database) => {
		database.exec(`ALTER TABLE cases ADD COLUMN workspace TEXT;
	 ALTER TABLE cases ADD COLUMN host TEXT;
	 CREATE INDEX cases_by_host ON cases (host, workspace, last_at);
	 CREATE TABLE pending (id TEXT PRIMARY KEY, platform TEXT NOT NULL, at INTEGER NOT NULL, tries INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
	 CREATE TABLE slots (owner TEXT NOT NULL, slot TEXT NOT NULL, ref TEXT, sure INTEGER NOT NULL, PRIMARY KEY (owner, slot)) STRICT, WITHOUT ROWID;
	 CREATE TABLE watches (id TEXT PRIMARY KEY, platform TEXT NOT NULL, workspace TEXT, host TEXT NOT NULL, url TEXT NOT NULL, place TEXT, asker TEXT, due_at INTEGER, last_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
	 CREATE INDEX watches_by_due ON watches (platform, due_at) WHERE due_at IS NOT NULL;
	 CREATE INDEX watches_by_host ON watches (host) WHERE due_at IS NOT NULL;
	 CREATE INDEX watches_by_workspace ON watches (workspace) WHERE due_at IS NOT NULL;
	 CREATE TABLE policies (workspace TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
	 CREATE TABLE taken (host TEXT NOT NULL, at INTEGER NOT NULL, amount INTEGER NOT NULL) STRICT;
	 CREATE INDEX taken_by_host ON taken (host, at);
	 CREATE INDEX taken_by_age ON taken (at);`);
		const put = database.prepare("UPDATE cases SET host = ? WHERE id = ?");
		for (const row of database.prepare("SELECT id, body FROM cases").all()) {
			const one = caseOf(row);
			if (one !== null) put.run(hostOf(one.url), one.id);
		}
	},
];

/** What has to hold of a case that comes back; the head is a message of ours and is rendered like every other. */
const KeptCase = z.object({
	id: z.string(),
	code: z.string(),
	url: z.url(),
	workspace: z.string().nullable().default(null),
	facts: z.array(
		z.object({
			key: z.string(),
			value: z.union([z.string(), z.array(z.string())]),
			by: z.string(),
			who: z.string().nullable(),
			atMs: z.number(),
		}),
	),
	found: z
		.object({ cause: z.string(), confidence: z.enum(["likely", "possible"]) })
		.nullable()
		.default(null),
	unknown: z.array(z.string()),
	rays: z.array(z.string()),
	openedAtMs: z.number(),
	lastAtMs: z.number(),
	messageRef: z.string().nullable(),
	threadKey: z.string().nullable(),
	head: z.object({ mood: z.string(), blocks: z.array(z.looseObject({ kind: z.string() })) }),
	solved: z.object({ cause: z.string(), who: z.string(), atMs: z.number() }).nullable(),
});

const KeptWatch = z.object({
	id: z.string(),
	url: z.url(),
	workspace: z.string().nullable(),
	who: z.string(),
	asker: z.string().nullable(),
	platform: z.string(),
	resumeRef: z.string(),
	messageRef: z.string().nullable(),
	threadKey: z.string().nullable(),
	isPrivate: z.boolean(),
	caseId: z.string().nullable(),
	everyMs: z.number(),
	openedAtMs: z.number(),
	untilMs: z.number(),
	nextAtMs: z.number(),
	state: z.string(),
	sinceMs: z.number(),
	looks: z.number(),
	failures: z.number(),
	recent: z.array(z.object({ atMs: z.number(), outcome: z.string(), what: z.string().nullable(), colo: z.string().nullable() })),
	kept: z.array(z.looseObject({ atMs: z.number(), what: z.string() })),
	codes: z.array(z.string()),
	colos: z.array(z.string()),
	announced: z.number(),
	toAnnounce: z.array(z.looseObject({ kind: z.string() })),
	ended: z.object({ why: z.string(), who: z.string().nullable(), atMs: z.number() }).nullable(),
});

const amount = (max: number, usual: number) => z.number().int().min(1).max(max).catch(usual);
const KeptPolicy = z.object({
	channels: z.array(z.string()).max(POLICY_MAX.channels).nullable(),
	origins: z.array(z.string()).max(POLICY_MAX.origins).nullable(),
	perPerson: amount(POLICY_MAX.perPerson, DEFAULT_POLICY.perPerson),
	perChannel: amount(POLICY_MAX.perChannel, DEFAULT_POLICY.perChannel),
	perWorkspace: amount(POLICY_MAX.perWorkspace, DEFAULT_POLICY.perWorkspace),
	privately: z.boolean(),
	keepDays: amount(POLICY_MAX.keepDays, DEFAULT_POLICY.keepDays),
});

/** The host itself and its subdomains. */
const OF_HOST = "(host = ?2 OR substr(host, -length(?2) - 1) = '.' || ?2)";

/** Gone with the process. */
export const memoryStore = (now: () => number, max = IN_MEMORY_MAX): Store => openStore(":memory:", now, sealWith(null), max);

/**
 * In an SQLite file, with a write-ahead log: what was told is there after `kill -9`.
 * @param key 32 bytes that make what was asked and where to answer it unreadable in the file; null for none
 * @throws when the file cannot be opened or is none
 */
export function sqliteStore(file: string, now: () => number, key: Uint8Array | null = null): Store {
	// What people asked is nobody else's on this machine; the log beside the file gets the same rights as the file.
	closeSync(openSync(file, "a", 0o600));
	try {
		chmodSync(file, 0o600);
	} catch {
		// Another's file, which we may write to all the same.
	}
	return openStore(file, now, sealWith(key), null);
}

function openStore(file: string, now: () => number, seal: Seal, max: number | null): Store {
	const database = new DatabaseSync(file);
	database.exec(
		`PRAGMA busy_timeout = ${BUSY_MS_MAX}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;`,
	);
	migrate(database);
	const prepared = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
	const sql = (text: string) => {
		const known = prepared.get(text) ?? database.prepare(text);
		prepared.set(text, known);
		return known;
	};
	const atOnce = <T>(work: () => T): T => {
		database.exec("BEGIN IMMEDIATE");
		try {
			const result = work();
			database.exec("COMMIT");
			return result;
		} catch (error) {
			database.exec("ROLLBACK");
			throw error;
		}
	};

	const policyOf = (workspace: string | null): Policy => {
		const row = workspace === null ? undefined : sql("SELECT body FROM policies WHERE workspace = ?").get(workspace);
		return parsed(row, KeptPolicy) ?? DEFAULT_POLICY;
	};
	const clear = () => {
		const at = now();
		sql("DELETE FROM seen WHERE at < ?").run(at - KEPT_MS);
		sql("DELETE FROM taken WHERE at < ?").run(at - TAKEN_KEPT_MS);
		sql("DELETE FROM watches WHERE due_at IS NULL AND last_at < ?").run(at - WATCHES_KEPT_MS);
		for (const row of sql("SELECT DISTINCT workspace FROM cases").all()) {
			const workspace = (row as { workspace: string | null }).workspace;
			sql("DELETE FROM cases WHERE workspace IS ? AND last_at < ?").run(workspace, at - policyOf(workspace).keepDays * DAY_MS);
		}
		if (max !== null)
			sql("DELETE FROM cases WHERE id IN (SELECT id FROM cases ORDER BY last_at DESC, rowid DESC LIMIT -1 OFFSET ?)").run(max);
		sql("DELETE FROM pending WHERE at < ?").run(at - PENDING_KEPT_MS);
		sql(
			"DELETE FROM slots WHERE owner NOT IN (SELECT id FROM pending) AND owner NOT IN (SELECT id FROM watches WHERE due_at IS NOT NULL)",
		).run();
	};
	let writes = 0;
	const wrote = () => {
		writes += 1;
		if (writes % CLEAR_EVERY === 0) clear();
	};
	clear();
	// By the clock too: a quiet bot writes little, and what is old has to go all the same.
	const clearing = setInterval(() => {
		try {
			clear();
			// What was deleted leaves the write-ahead log too.
			database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
		} catch {
			// A full or broken disk must not end the process; whoever writes next says so.
		}
	}, CLEAR_EVERY_MS);
	clearing.unref();

	const cases: Cases = {
		get: (id) => caseOf(sql("SELECT body FROM cases WHERE id = ?").get(id)),
		inThread: (place) =>
			caseOf(sql("SELECT body FROM cases WHERE place = ? ORDER BY last_at DESC, rowid DESC LIMIT 1").get(place)),
		ofHost: (workspace, host, most) =>
			sql("SELECT body FROM cases WHERE host = ? AND workspace IS ? ORDER BY last_at DESC, rowid DESC LIMIT ?")
				.all(host, workspace, most)
				.flatMap((row) => caseOf(row) ?? []),
		put: (one) => {
			sql(
				"INSERT INTO cases (id, place, workspace, host, last_at, body) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET place = excluded.place, workspace = excluded.workspace, host = excluded.host, last_at = excluded.last_at, body = excluded.body",
			).run(one.id, one.threadKey, one.workspace, hostOf(one.url), one.lastAtMs, JSON.stringify(one));
			wrote();
			if (max !== null && writes % 20 === 0) clear();
		},
	};

	const inbox: Inbox = {
		open: (id, event, platform, body) =>
			atOnce(() => {
				const at = now();
				sql("DELETE FROM seen WHERE id = ? AND at < ?").run(event, at - KEPT_MS);
				if (sql("INSERT OR IGNORE INTO seen (id, at) VALUES (?, ?)").run(event, at).changes !== 1) return false;
				sql("INSERT INTO pending (id, platform, at, tries, body) VALUES (?, ?, ?, 0, ?)").run(id, platform, at, seal.seal(body));
				wrote();
				return true;
			}),
		outbox: (id) => ({
			get: (slot) => {
				const row = sql("SELECT ref, sure FROM slots WHERE owner = ? AND slot = ?").get(id, slot) as
					| { ref: string | null; sure: number }
					| undefined;
				return row === undefined ? null : { ref: row.ref, sure: row.sure === 1 };
			},
			sending: (slot) => void sql("INSERT OR IGNORE INTO slots (owner, slot, ref, sure) VALUES (?, ?, NULL, 0)").run(id, slot),
			failed: (slot) => void sql("DELETE FROM slots WHERE owner = ? AND slot = ? AND sure = 0").run(id, slot),
			sent: (slot, ref) =>
				void sql(
					"INSERT INTO slots (owner, slot, ref, sure) VALUES (?, ?, ?, 1) ON CONFLICT (owner, slot) DO UPDATE SET ref = excluded.ref, sure = 1",
				).run(id, slot, ref),
		}),
		unfinished: (platform) =>
			atOnce(() => {
				const rows = sql("SELECT id, body, at, tries FROM pending WHERE platform = ? ORDER BY at, rowid").all(platform) as {
					id: string;
					body: string;
					at: number;
					tries: number;
				}[];
				sql("UPDATE pending SET tries = tries + 1 WHERE platform = ?").run(platform);
				return rows.map(({ id, body, at, tries }) => ({ id, body: seal.open(body) ?? "", atMs: at, tries }));
			}),
		end: (id) =>
			atOnce(() => {
				sql("DELETE FROM pending WHERE id = ?").run(id);
				sql("DELETE FROM slots WHERE owner = ?").run(id);
			}),
	};

	const matching = (filter: WatchFilter): { where: string; values: SQLInputValue[] } => {
		const columns = { workspace: "workspace", host: "host", url: "url", threadKey: "place", asker: "asker" } as const;
		const fields = (["workspace", "host", "url", "threadKey", "asker"] as const).filter((field) => filter[field] !== undefined);
		return {
			where: ["due_at IS NOT NULL", ...fields.map((field) => `${columns[field]} IS ?`)].join(" AND "),
			values: fields.map((field) => filter[field] ?? null),
		};
	};
	const watches: Watches = {
		get: (id) => watchOf(sql("SELECT body FROM watches WHERE id = ?").get(id)),
		put: (one) => {
			// Ended and told: it is due no more.
			const due = one.ended === null || one.toAnnounce.length > 0 ? one.nextAtMs : null;
			sql(
				"INSERT INTO watches (id, platform, workspace, host, url, place, asker, due_at, last_at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET place = excluded.place, due_at = excluded.due_at, last_at = excluded.last_at, body = excluded.body",
			).run(
				one.id,
				one.platform,
				one.workspace,
				hostOf(one.url),
				one.url,
				one.threadKey,
				one.asker,
				due,
				now(),
				JSON.stringify(one),
			);
			if (due === null) sql("DELETE FROM slots WHERE owner = ?").run(one.id);
			wrote();
		},
		due: (platform, nowMs, most) =>
			sql("SELECT id, body FROM watches WHERE due_at IS NOT NULL AND platform = ? AND due_at <= ? ORDER BY due_at LIMIT ?")
				.all(platform, nowMs, most)
				.flatMap((row) => {
					const one = watchOf(row);
					if (one !== null) return one;
					// Nobody can read it any more: it must not stay due for ever.
					sql("DELETE FROM watches WHERE id = ?").run(String(row.id));
					return [];
				}),
		nextAtMs: (platform) =>
			(
				sql("SELECT MIN(due_at) AS at FROM watches WHERE due_at IS NOT NULL AND platform = ?").get(platform) as
					| { at: number | null }
					| undefined
			)?.at ?? null,
		open: (filter, most) => {
			const { where, values } = matching(filter);
			return sql(`SELECT body FROM watches WHERE ${where} AND json_extract(body, '$.ended') IS NULL ORDER BY rowid LIMIT ?`)
				.all(...values, most)
				.flatMap((row) => watchOf(row) ?? []);
		},
		count: (filter) => {
			const { where, values } = matching(filter);
			return Number((sql(`SELECT COUNT(*) AS n FROM watches WHERE ${where}`).get(...values) as { n: number }).n);
		},
	};

	return {
		cases,
		inbox,
		watches,
		policies: {
			of: policyOf,
			put: (workspace, policy) => {
				sql(
					"INSERT INTO policies (workspace, body) VALUES (?, ?) ON CONFLICT (workspace) DO UPDATE SET body = excluded.body",
				).run(workspace, JSON.stringify(policy));
				// A shorter retention holds from now on.
				clear();
			},
		},
		taken: {
			since: (host, atMs) =>
				sql("SELECT at, amount FROM taken WHERE host = ? AND at > ? ORDER BY at")
					.all(host, atMs)
					.map((row) => ({ at: Number(row.at), amount: Number(row.amount) })),
			add: (host, atMs, requests) => {
				sql("INSERT INTO taken (host, at, amount) VALUES (?, ?, ?)").run(host, atMs, requests);
				wrote();
			},
		},
		forget: (workspace, host) =>
			atOnce(() => ({
				cases: Number(sql(`DELETE FROM cases WHERE workspace = ?1 AND ${OF_HOST}`).run(workspace, host).changes),
				watches: Number(sql(`DELETE FROM watches WHERE workspace = ?1 AND ${OF_HOST}`).run(workspace, host).changes),
			})),
		durable: max === null,
		close: () => {
			clearInterval(clearing);
			database.close();
		},
	};
}

function migrate(database: DatabaseSync): void {
	const { user_version: applied } = z.object({ user_version: z.number() }).parse(database.prepare("PRAGMA user_version").get());
	if (applied > MIGRATIONS.length) throw new Error("the database is of a newer version");
	for (const [index, migration] of MIGRATIONS.entries()) {
		if (index < applied) continue;
		database.exec("BEGIN IMMEDIATE");
		migration(database);
		database.exec(`PRAGMA user_version = ${index + 1}; COMMIT;`);
	}
}

const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, "");

/** As it was put; null for none, and for one that cannot be read any more. */
function parsed<T>(row: unknown, shape: z.ZodType<T>, today: (body: unknown) => unknown = (body) => body): T | null {
	const body = (row as { body?: unknown } | undefined)?.body;
	if (typeof body !== "string") return null;
	try {
		return shape.parse(today(JSON.parse(body)));
	} catch {
		return null;
	}
}

const caseOf = (row: unknown): Case | null => parsed(row, KeptCase, caseWithTodaysNames) as unknown as Case | null;
const watchOf = (row: unknown): Watch | null => parsed(row, KeptWatch, watchWithTodaysNames) as unknown as Watch | null;
