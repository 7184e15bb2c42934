import pg from "pg";
import { StoreAway } from "../../desk/stores.ts";
import { connectCodeOf, namingTls } from "./tls.ts";

/** A value of a statement. */
export type Value = string | number | boolean | null | readonly (string | number | null)[];

type Row = Readonly<Record<string, unknown>>;

interface Result {
	readonly rows: readonly Row[];
	/** Rows that it added, changed, deleted or found. */
	readonly changes: number;
}

/** Runs one statement, whose values are `$1`, `$2` … */
export type Sql = (text: string, ...values: readonly Value[]) => Promise<Result>;

/** A statement, or the connection for it, failed. No text of PostgreSQL's: it may hold values, an address or a password. */
export class QueryFailed extends Error {
	override readonly name = "QueryFailed";
	/** SQLSTATE, or the system's word. */
	readonly code: string;
	/** The connection is of no more use; else PostgreSQL has answered. */
	readonly isBroken: boolean;

	constructor(code: string, isBroken: boolean) {
		super(code);
		this.code = code;
		this.isBroken = isBroken;
	}
}

/** What the ports reject with. */
export class DatabaseAway extends StoreAway {
	/** SQLSTATE, or a word. */
	readonly code: string;

	constructor(code: string) {
		super(code);
		this.code = code;
	}
}

/**
 * Classes of SQLSTATE (appendix A) after which there is no connection, or no use in it: connection (08), operator (57P), system (58), an
 * idle transaction (25P03), too many connections (53300), and a server that became a standby (25006): another connection may find the other one.
 */
const BROKEN = /^(?:08|57P|58|25P03|25006|53300)/;
const NO_CODE = "connection lost";

/** What an error of `pg` says, without its text. */
export function queryFailed(error: unknown): QueryFailed {
	if (error instanceof QueryFailed) return error;
	const code = connectCodeOf(error) ?? NO_CODE;
	return new QueryFailed(code, !(error instanceof pg.DatabaseError) || BROKEN.test(code));
}

/** PostgreSQL has no text with a NUL in it: whoever sends one as an id is to find nothing. */
const storable = (value: Value): Value =>
	typeof value === "string" && value.includes("\0") ? value.replaceAll("\0", "\ufffd") : value;

/** @returns a statement on this connection, without a name: PgBouncer gives each transaction another one of PostgreSQL's */
export const sqlOn =
	(client: pg.ClientBase): Sql =>
	async (text, ...values) => {
		try {
			const { rows, rowCount } = await client.query<Record<string, unknown>>(text, values.map(storable));
			return { rows, changes: rowCount ?? 0 };
		} catch (error) {
			throw queryFailed(error);
		}
	};

const INT8 = 20;

/**
 * How `pg` connects. PgBouncer rejects other settings at a connection's start (see `database.ts` for the one that is tried).
 * @param url with a password: never logged
 */
export const configOf = (url: string, connectMs: number): pg.ClientConfig => ({
	connectionString: namingTls(url),
	connectionTimeoutMillis: connectMs,
	keepAlive: true,
	application_name: "cf520",
	types: {
		// Times in milliseconds, numbers of rows: all within 2^53.
		getTypeParser: ((oid: number, format: "text") =>
			oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
	},
});

/** Text of a column; null for none. */
export const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** A condition on a column that may be null, which uses the column's index (IS NOT DISTINCT FROM does not). */
export const is = (column: string, value: string): string =>
	`(${column} = ${value} OR (${value}::text IS NULL AND ${column} IS NULL))`;
