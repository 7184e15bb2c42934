import { show } from "../message/show.ts";
import { fix, note, ok, unknown } from "./doctor.ts";

/** How what is between us and PostgreSQL hands out connections, as the end of a sentence. */
const POOLER_WORDS = {
	none: "without a pooler",
	session: "through a pooler in session mode",
	transaction: "through a pooler in transaction mode",
} as const;

/** PostgreSQL. */
export const databaseWords = {
	good: (version: string, pooler: keyof typeof POOLER_WORDS) =>
		ok("database", `PostgreSQL ${version}, ${POOLER_WORDS[pooler]}: up to date.`),
	willBeMade: (version: string, pooler: keyof typeof POOLER_WORDS) =>
		ok("database", `PostgreSQL ${version}, ${POOLER_WORDS[pooler]}: its tables will be created at the first start.`),
	older: (version: string, pooler: keyof typeof POOLER_WORDS) =>
		ok("database", `PostgreSQL ${version}, ${POOLER_WORDS[pooler]}: the next start brings its tables up to date.`),
	beside: (by: string | null) =>
		note(
			"database",
			`${by === null ? "A newer cf520" : `cf520 ${show(by, 20)}`} has changed the tables. This version still works beside it.`,
			"Update every process to that version.",
		),
	newer: (by: string | null) =>
		fix(
			"database",
			`${by === null ? "A newer cf520" : `cf520 ${show(by, 20)}`} has changed the tables, and this version cannot read them.`,
			"Start the newer version.",
		),
	old: (version: string) => fix("database", `PostgreSQL ${version} is too old.`, "Update it to 13 or newer."),
	readOnly: () =>
		fix("database", "The database takes no changes: it is a standby, or read-only.", "Set DATABASE_URL to the primary."),
	mayNotCreate: () =>
		fix(
			"database",
			"The user of DATABASE_URL may not create tables in this database.",
			"As its owner, run GRANT CREATE ON SCHEMA public TO that user.",
		),
	statementMode: () =>
		fix(
			"database",
			"PgBouncer pools by statement, which allows no transactions.",
			"Set pool_mode to transaction or session for this database.",
		),
	password: () =>
		fix(
			"database",
			"PostgreSQL rejects the user or password of DATABASE_URL.",
			"Copy both again. Encode special characters of the password, such as %40 for @.",
		),
	noDatabase: () =>
		fix("database", "The database that DATABASE_URL names does not exist.", "Create it, or correct the end of DATABASE_URL."),
	full: () =>
		fix("database", "PostgreSQL has no connection left for this user.", "Raise max_connections, or put PgBouncer in front."),
	starting: () => unknown("database", "PostgreSQL is starting or stopping.", "Run doctor again in a minute."),
	away: (code: string) =>
		fix(
			"database",
			`PostgreSQL cannot be reached at the host of DATABASE_URL (${code}).`,
			"Check host, port and firewall, and that PostgreSQL runs.",
		),
	tls: (code: string) =>
		fix(
			"database",
			`PostgreSQL's certificate is not accepted (${code}).`,
			"Set sslmode and sslrootcert in DATABASE_URL as its operator says.",
		),
	noTls: () =>
		fix(
			"database",
			"PostgreSQL has no TLS, which sslmode in DATABASE_URL asks for.",
			"Turn on TLS in PostgreSQL, or set sslmode=disable.",
		),
	noFile: () =>
		fix(
			"database",
			"A file that DATABASE_URL names does not exist: a socket, or a certificate (ENOENT).",
			"Correct its path, and give it to the user that cf520 runs as.",
		),
	error: (code: string) =>
		fix(
			"database",
			`PostgreSQL, or the pooler in front, returned error ${code}.`,
			"Search the error code in PostgreSQL's documentation, appendix A, and read its log.",
		),
	unusable: () =>
		unknown("database", "DATABASE_URL is not usable as it is set.", "Fix the settings first, then run doctor again."),
};
