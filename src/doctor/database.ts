import pg from "pg";
import { z } from "zod";
import { MIGRATIONS } from "../store/postgres/migrations.ts";
import { KEY_MARK } from "../store/postgres/postgres.ts";
import { connectCodeOf, namingTls } from "../store/postgres/tls.ts";
import { vaultWith } from "../store/seal.ts";
import type { Reading } from "./ask.ts";
import { keyOf } from "./data.ts";
import type { DatabaseSeen } from "./findings/database.ts";
import type { Given } from "./given.ts";

const CONNECT_MS_MAX = 3_000;
const QUERY_MS_MAX = 3_000;

/** Reads PostgreSQL, and changes nothing. null: DATABASE_URL is not set. */
export async function lookAtDatabase({ values, isSet }: Given, { signal }: Reading): Promise<DatabaseSeen | null> {
	const { DATABASE_URL: url, CF520_KEY: key } = values;
	if (url === undefined) return isSet("DATABASE_URL") ? { kind: "unusable" } : null;
	const ended = new Promise<DatabaseSeen>((resolve) => {
		signal.addEventListener("abort", () => resolve({ kind: "failed", code: "timeout" }), { once: true });
	});
	const clients: pg.Client[] = [];
	try {
		return await Promise.race([read(url, key === undefined ? null : keyOf(key), clients), ended]);
	} catch (error) {
		// The message may hold the host, the user or the password.
		return { kind: "failed", code: connectCodeOf(error) ?? (isLate(error) ? "timeout" : "connection lost") };
	} finally {
		for (const client of clients) end(client);
	}
}

const isLate = (error: unknown): boolean => error instanceof Error && /time-?out/i.test(error.message);

/** At once, also where nobody answers: a socket that is left would keep the process alive. */
function end(client: pg.Client): void {
	const { connection } = client as unknown as { readonly connection?: { readonly stream?: { destroy(): void } } };
	client.end().catch(() => undefined);
	setTimeout(() => connection?.stream?.destroy(), END_MS).unref();
}
const END_MS = 200;

const Server = z.object({
	version: z.coerce.number(),
	recovery: z.boolean(),
	read_only: z.enum(["on", "off"]),
	creates: z.boolean().nullable(),
	meta: z.string().nullable(),
	installs: z.string().nullable(),
});
const Count = z.object({ n: z.coerce.number() });
const Meta = z.array(z.object({ key: z.string(), value: z.string() }));

async function read(url: string, key: Uint8Array | null, clients: pg.Client[]): Promise<DatabaseSeen> {
	const open = async (): Promise<pg.Client> => {
		// Whatever else is asked for at a connection's start, PgBouncer rejects.
		const client = new pg.Client({
			connectionString: namingTls(url),
			connectionTimeoutMillis: CONNECT_MS_MAX,
			query_timeout: QUERY_MS_MAX,
			application_name: "cf520 doctor",
		});
		client.on("error", () => {});
		clients.push(client);
		await client.connect();
		return client;
	};
	const client = await open();
	const { rows } = await client.query(
		`SELECT current_setting('server_version_num') AS version, pg_is_in_recovery() AS recovery, current_setting('transaction_read_only') AS read_only,
			has_schema_privilege(current_schema(), 'CREATE') AS creates, to_regclass('meta')::text AS meta, to_regclass('installs')::text AS installs`,
	);
	const server = Server.parse(rows[0]);
	const noted = server.meta === null ? [] : Meta.parse((await client.query("SELECT key, value FROM meta")).rows);
	const meta = new Map(noted.map((row) => [row.key, row.value]));
	const installs =
		server.installs === null
			? null
			: Count.parse((await client.query("SELECT count(*) AS n FROM installs WHERE platform = 'slack'")).rows[0]).n;
	const mark = meta.get(KEY_MARK);
	const schema = meta.get("schema");
	return {
		kind: "read",
		version: server.version,
		pooler: await poolerOf(client, open),
		isReadOnly: server.recovery || server.read_only === "on",
		mayCreate: server.creates === true,
		schema: schema === undefined ? null : Number(schema),
		schemaKnown: MIGRATIONS.length,
		oldestReader: Number(meta.get("oldest_reader") ?? 0),
		installs,
		writtenBy: meta.get("version") ?? null,
		opens: mark === undefined || key === null ? null : vaultWith(key).open(KEY_MARK, mark) !== null,
	};
}

const Pid = z.object({ pid: z.number() });
const pidOn = async (client: pg.Client): Promise<number> =>
	Pid.parse((await client.query("SELECT pg_backend_pid() AS pid")).rows[0]).pid;
const POOLER_TRIES = 3;

/**
 * A pooler tells a process number of its own when one connects. In transaction mode a second client gets the connection of PostgreSQL's that
 * the first one had just now; in session mode that stays the first one's. Nothing is left behind, as LISTEN or SET would.
 */
async function poolerOf(
	client: pg.Client,
	open: () => Promise<pg.Client>,
): Promise<"none" | "session" | "transaction" | "statement"> {
	const { processID } = client as unknown as { readonly processID: number | null };
	if (processID === (await pidOn(client))) return "none";
	const second = await open();
	for (let tries = 0; tries < POOLER_TRIES; tries += 1) {
		const first = await pidOn(client);
		try {
			await second.query("BEGIN");
		} catch (error) {
			if (error instanceof pg.DatabaseError) return "statement";
			throw error;
		}
		const other = await pidOn(second);
		await second.query("ROLLBACK");
		if (first === other) return "transaction";
	}
	return "session";
}
