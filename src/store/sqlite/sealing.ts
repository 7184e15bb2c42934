import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { type Names, namesIn, sealedAt } from "../names.ts";
import { hostOf, readWatch, watchedFor } from "../rows.ts";
import { openFormer, type Vault } from "../seal.ts";

/** Counts that an earlier version wrote run out within the hour. */
const HOUR_MS = 3_600_000;

/** Requests to a host were counted under its name; the limits ask for them by its hash now. */
const formerKeyOf = (key: string, names: Names): string => (key.startsWith("host ") ? `host ${names.text(key)}` : key);

/** Everything of an earlier version that stood in clear, or that opened in any row: sealed for its own row, or made a hash. */
export function sealAll(database: DatabaseSync, vault: Vault, formerKey: Uint8Array | null): void {
	database.exec(`CREATE TABLE marks (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
	 ALTER TABLE cases ADD COLUMN domains TEXT;
	 ALTER TABLE watches ADD COLUMN domains TEXT;
	 ALTER TABLE watches ADD COLUMN ended INTEGER NOT NULL DEFAULT 0;
	 ALTER TABLE counts ADD COLUMN item TEXT;
	 ALTER TABLE counts ADD COLUMN until_at INTEGER NOT NULL DEFAULT 0;
	 CREATE INDEX counts_by_end ON counts (until_at);
	 DROP INDEX counts_by_age;
	 DROP TABLE IF EXISTS taken;`);
	const names = namesIn(vault);
	const each = (select: string, update: string, change: (row: Record<string, unknown>) => readonly SQLInputValue[]) => {
		const put = database.prepare(update);
		for (const row of database.prepare(select).all()) put.run(...change(row), row.rowid as number);
	};
	let rows = 0;
	const counted = <T>(one: T): T => {
		rows += 1;
		return one;
	};
	const text = (value: unknown): string => (typeof value === "string" ? value : "");
	const orNull = (value: unknown): string | null => (typeof value === "string" ? value : null);
	each(
		"SELECT rowid, * FROM cases",
		"UPDATE cases SET place = ?, workspace = ?, host = ?, domains = ?, body = ? WHERE rowid = ?",
		({ id, place, workspace, host, body }) =>
			counted([
				names.place(orNull(place)),
				names.workspace(orNull(workspace)),
				host === null ? null : names.host(text(host)),
				names.domains(text(host)),
				vault.seal(sealedAt("cases", text(id)), text(body)),
			]),
	);
	each(
		"SELECT rowid, * FROM watches",
		"UPDATE OR IGNORE watches SET workspace = ?, host = ?, domains = ?, url = ?, place = ?, asker = ?, watched_for = ?, ended = ?, body = ? WHERE rowid = ?",
		({ id, workspace, host, url, place, asker, watched_for: of, body }) => {
			const one = readWatch(body);
			return counted([
				names.workspace(orNull(workspace)),
				names.host(one === null ? text(host) : hostOf(one.url)),
				names.domains(text(host)),
				names.url(text(url)),
				names.place(orNull(place)),
				names.person(orNull(asker)),
				one === null || of === null ? null : names.watchedFor(watchedFor(one)),
				one === null || one.ended !== null ? 1 : 0,
				vault.seal(sealedAt("watches", text(id)), text(body)),
			]);
		},
	);
	each("SELECT rowid, * FROM pending", "UPDATE pending SET lane = ?, body = ? WHERE rowid = ?", ({ id, lane, body }) => {
		const kept = openFormer(formerKey, text(body));
		// Undecryptable rows stay as they are.
		return counted([names.lane(orNull(lane)), kept === null ? "" : vault.seal(sealedAt("pending", text(id)), kept)]);
	});
	each("SELECT rowid, * FROM counts", "UPDATE counts SET key = ?, until_at = ? WHERE rowid = ?", ({ key, at }) =>
		counted([names.count(formerKeyOf(text(key), names)), Number(at) + HOUR_MS]),
	);
	// Tables without row ids are found by their keys.
	for (const { id, at } of database.prepare("SELECT id, at FROM seen").all()) {
		database.prepare("DELETE FROM seen WHERE id = ?").run(text(id));
		database.prepare("INSERT INTO seen (id, at) VALUES (?, ?)").run(counted(names.event(text(id))), Number(at));
	}
	const slot = database.prepare("UPDATE slots SET ref = ? WHERE owner = ? AND slot = ?");
	for (const { owner, slot: of, ref } of database.prepare("SELECT owner, slot, ref FROM slots WHERE ref IS NOT NULL").all())
		slot.run(counted(vault.seal(sealedAt("slots", `${owner} ${of}`), text(ref))), text(owner), text(of));
	for (const { workspace, body } of database.prepare("SELECT workspace, body FROM policies").all()) {
		const name = counted(names.workspace(text(workspace)));
		database.prepare("DELETE FROM policies WHERE workspace = ?").run(text(workspace));
		database
			.prepare("INSERT INTO policies (workspace, body) VALUES (?, ?)")
			.run(name, vault.seal(sealedAt("policies", name), text(body)));
	}
	if (rows > 0) database.exec("INSERT INTO marks (name, value) VALUES ('converted', '')");
}
