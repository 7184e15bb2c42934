import { accessSync, closeSync, constants, existsSync, lstatSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { codeOf } from "../read/error.ts";
import { BadKeyFile, keyIn } from "../store/key-file.ts";
import { isLocked } from "../store/lock.ts";
import { vaultWith } from "../store/seal.ts";
import { opensWith } from "../store/sqlite/database.ts";
import { SCHEMA, schemaIn } from "../store/sqlite/migrations.ts";
import { KEY_SUFFIX } from "../store/sqlite/sqlite.ts";
import type { DataSeen, KeySeen } from "./findings/machine.ts";
import type { Given } from "./given.ts";

const { W_OK, R_OK, X_OK } = constants;

const may = (path: string, mode: number): boolean => {
	try {
		accessSync(path, mode);
		return true;
	} catch {
		return false;
	}
};

/** What was found of a file: all that it has to do with the key, too. */
export interface StoredSeen {
	/** Workspaces that installed the Slack app; null: it was not read. */
	readonly installs: number | null;
	readonly data: DataSeen;
	readonly key: KeySeen;
}

export const keyOf = (value: string): Uint8Array => Buffer.from(value, value.length === 64 ? "hex" : "base64");

/** Reads the SQLite file beside the process that may have it, and changes nothing: it makes no file, no key, no log beside it. */
export function lookAtFile({ values, isSet }: Given): StoredSeen {
	const { CF520_DATA: path, CF520_KEY: ownKey } = values;
	const own = ownKey !== undefined ? "usable" : isSet("CF520_KEY") ? "unusable" : "absent";
	if (path === undefined)
		return {
			installs: null,
			data: { kind: isSet("CF520_DATA") ? "unusable" : "memory" },
			key: { own, beside: "absent", stored: false, opens: null },
		};
	const beside = besideKey(`${path}${KEY_SUFFIX}`);
	const key = ownKey === undefined ? beside.key : keyOf(ownKey);
	const found = statOf(path);
	if (found === null) {
		const directory = dirname(path);
		const isThere = existsSync(directory);
		const kind = !isThere ? "missing" : may(directory, W_OK | X_OK) ? "writable" : "not-writable";
		return {
			installs: null,
			data: { kind: "missing", path, directory: kind },
			key: { own, beside: beside.state, stored: false, opens: null },
		};
	}
	const file = { kind: "file", path, mode: found.mode, inUse: false, schema: 0, schemaKnown: SCHEMA, writtenBy: null } as const;
	if (!found.isFile())
		return {
			installs: null,
			data: { ...file, what: "not-a-file" },
			key: { own, beside: beside.state, stored: false, opens: null },
		};
	const read = may(path, R_OK | W_OK) && may(dirname(path), W_OK | X_OK) ? readDatabase(path, found.size, key) : "not-writable";
	if (typeof read === "string")
		return {
			installs: null,
			data: { ...file, what: read },
			key: { own, beside: beside.state, stored: found.size > 0, opens: null },
		};
	const { opens, installs, ...about } = read;
	return {
		installs,
		data: { ...file, ...about, what: "file" },
		key: { own, beside: beside.state, stored: about.schema > 0, opens },
	};
}

/** A link at its end is followed, as SQLite does. */
function statOf(path: string): Stats | null {
	try {
		return statSync(path);
	} catch {
		return lstatOf(path);
	}
}

/** A link that leads nowhere is there all the same. */
function lstatOf(path: string): Stats | null {
	try {
		return lstatSync(path);
	} catch {
		return null;
	}
}

function besideKey(path: string): { readonly state: KeySeen["beside"]; readonly key: Uint8Array | null } {
	try {
		const key = keyIn(path);
		return key === null ? { state: "absent", key } : { state: "usable", key };
	} catch (error) {
		return { state: error instanceof BadKeyFile ? "broken" : "not-readable", key: null };
	}
}

/** Every SQLite file begins with it; one of no bytes is a database that nothing was written to. */
const MAGIC = "SQLite format 3\0";

interface DatabaseRead {
	readonly inUse: boolean;
	readonly schema: number;
	readonly writtenBy: string | null;
	/** Whether our key opens its mark; null: it has none, or there is no key. */
	readonly opens: boolean | null;
	readonly installs: number | null;
}

function readDatabase(
	path: string,
	size: number,
	key: Uint8Array | null,
): DatabaseRead | "not-a-database" | "not-closed" | "not-writable" {
	const inUse = isLocked(path);
	if (size === 0) return { inUse, schema: 0, writtenBy: null, opens: null, installs: null };
	if (beginningOf(path) !== MAGIC) return "not-a-database";
	const log = statOf(`${path}-wal`);
	const isClosed = log === null || log.size === 0;
	let database: DatabaseSync | null = null;
	try {
		// Opened as one that does not change, it gets no files beside it, which another user's process could not use later.
		const url = pathToFileURL(path);
		if (!inUse) url.searchParams.set("immutable", "1");
		database = new DatabaseSync(url, { readOnly: true });
		const { number, version } = schemaIn(database);
		const opens = key === null || number > SCHEMA ? null : opensWith(database, vaultWith(key));
		return { inUse, schema: number, writtenBy: version, opens, installs: installsIn(database) };
	} catch (error) {
		if (codeOf(error) === "EACCES") return "not-writable";
		return isClosed ? "not-a-database" : "not-closed";
	} finally {
		database?.close();
	}
}

/** null: it is of a version that had none. */
function installsIn(database: DatabaseSync): number | null {
	if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'installs'").get() === undefined) return null;
	return Number(database.prepare("SELECT count(*) AS n FROM installs WHERE platform = 'slack'").get()?.n);
}

function beginningOf(path: string): string | null {
	try {
		const file = openSync(path, "r");
		try {
			const bytes = Buffer.alloc(MAGIC.length);
			readSync(file, bytes, 0, bytes.length, 0);
			return bytes.toString("latin1");
		} finally {
			closeSync(file);
		}
	} catch {
		return null;
	}
}
