import type { Told } from "../../reply/doctor.ts";
import { databaseWords } from "../../reply/doctor-database.ts";
import { isTlsCode } from "../../store/postgres/tls.ts";

/** What was read of PostgreSQL. */
export type DatabaseSeen =
	| { readonly kind: "unusable" }
	/** `code`: SQLSTATE, or the system's word. */
	| { readonly kind: "failed"; readonly code: string }
	| {
			readonly kind: "read";
			/** As `server_version_num` has it: 150020. */
			readonly version: number;
			readonly pooler: "none" | "session" | "transaction" | "statement";
			readonly isReadOnly: boolean;
			readonly mayCreate: boolean;
			/** How many migrations it has (null: no tables of ours), and how many there are. */
			readonly schema: number | null;
			readonly schemaKnown: number;
			/** The oldest program that goes on beside it, by how many migrations it knows. */
			readonly oldestReader: number;
			readonly writtenBy: string | null;
			/** Whether our key opens its mark; null: it has none, or there is no key. */
			readonly opens: boolean | null;
			/** Workspaces that installed the Slack app; null: no tables of ours. */
			readonly installs: number | null;
	  };

/** Older ones are not maintained. */
const VERSION_MIN = 130_000;

/** Invalid authorization; no such database; no connection left. PgBouncer has 08P01 for the first two. */
const PASSWORD: ReadonlySet<string> = new Set(["28P01", "28000"]);
const FULL: ReadonlySet<string> = new Set(["53300", "53400"]);
const STARTING: ReadonlySet<string> = new Set(["57P01", "57P02", "57P03"]);
const AWAY = /^(?:E[A-Z_]+|timeout|connection lost)$/;

function failedLine(code: string): Told {
	if (PASSWORD.has(code)) return databaseWords.password();
	if (code === "3D000") return databaseWords.noDatabase();
	if (FULL.has(code)) return databaseWords.full();
	if (STARTING.has(code)) return databaseWords.starting();
	if (code === "NO_TLS") return databaseWords.noTls();
	if (code === "ENOENT") return databaseWords.noFile();
	if (isTlsCode(code)) return databaseWords.tls(code);
	return AWAY.test(code) ? databaseWords.away(code) : databaseWords.error(code);
}

export function databaseLine(seen: DatabaseSeen): Told {
	if (seen.kind === "unusable") return databaseWords.unusable();
	if (seen.kind === "failed") return failedLine(seen.code);
	const { version: number, pooler, isReadOnly, mayCreate, schema, schemaKnown, oldestReader, writtenBy } = seen;
	const version = `${Math.floor(number / 10_000)}.${number % 10_000}`;
	if (number < VERSION_MIN) return databaseWords.old(version);
	if (pooler === "statement") return databaseWords.statementMode();
	if (isReadOnly) return databaseWords.readOnly();
	if (schema !== null && schema > schemaKnown)
		return oldestReader > schemaKnown ? databaseWords.newer(writtenBy) : databaseWords.beside(writtenBy);
	if (schema === schemaKnown) return databaseWords.good(version, pooler);
	if (!mayCreate) return databaseWords.mayNotCreate();
	return schema === null ? databaseWords.willBeMade(version, pooler) : databaseWords.older(version, pooler);
}
