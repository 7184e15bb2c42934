import { randomBytes } from "node:crypto";
import { ACCESSES_MAX, type Access, type AccessOwner } from "../../desk/stores.ts";
import { ACCESS_COLUMNS, accessRowsIn, byZone, SALT_MARK } from "../access-rows.ts";
import { isOfHost, type KeptAccesses } from "../memory-accesses.ts";
import { type Connection, textOf } from "./database.ts";

const PUT = `INSERT INTO accesses (${ACCESS_COLUMNS})
	VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
	ON CONFLICT (owner, zone) DO UPDATE SET zone_id = excluded.zone_id, zone_name = excluded.zone_name, sealed = excluded.sealed, token_id = excluded.token_id,
	by = excluded.by, at = excluded.at, state = excluded.state`;

/**
 * In the file, sealed with the key from outside.
 * @param checkpoint what was deleted leaves the write-ahead log
 */
export function accessesIn({ sql, atOnce, vault }: Connection, checkpoint: () => void): KeptAccesses {
	const { ownerOf, zoneIn, opened, valuesOf } = accessRowsIn(vault, async () => {
		const kept = () => textOf(sql("SELECT value FROM marks WHERE name = ?").get(SALT_MARK)?.value);
		// Of two processes that make one at once, one wins.
		if (kept() === null)
			sql("INSERT OR IGNORE INTO marks (name, value) VALUES (?, ?)").run(SALT_MARK, randomBytes(16).toString("hex"));
		return kept() ?? "";
	});
	const rowsOf = (name: string) =>
		sql("SELECT * FROM accesses WHERE owner = ? ORDER BY zone LIMIT ?").all(name, 2 * ACCESSES_MAX);
	const drop = (name: string, zone: unknown): number =>
		Number(sql("DELETE FROM accesses WHERE owner = ? AND zone = ?").run(name, textOf(zone) ?? "").changes);
	/** Deletes those that fit; an unreadable one is of nobody any more. */
	const remove = (name: string, owner: AccessOwner, isIt: (one: Access) => boolean): number =>
		atOnce(() =>
			rowsOf(name).reduce((count, row) => {
				const one = opened(row, owner);
				return "unreadable" in one || isIt(one) ? count + drop(name, row.zone) : count;
			}, 0),
		);
	return {
		durable: true,
		of: async (owner) => byZone(rowsOf(await ownerOf(owner)).map((row) => opened(row, owner))),
		put: async (access) => {
			const name = await ownerOf(access);
			const zone = zoneIn(access, access.zoneId);
			const kept = atOnce(() => {
				for (const row of rowsOf(name)) if ("unreadable" in opened(row, access)) drop(name, row.zone);
				const others = rowsOf(name).filter((row) => row.zone !== zone);
				if (others.length >= ACCESSES_MAX) return false;
				sql(PUT).run(...valuesOf(access, name));
				return true;
			});
			checkpoint();
			return kept;
		},
		note: async (access, state) => {
			const name = await ownerOf(access);
			sql("UPDATE accesses SET state = ? WHERE owner = ? AND zone = ? AND at = ?").run(
				JSON.stringify(state),
				name,
				zoneIn(access, access.zoneId),
				access.atMs,
			);
		},
		remove: async (owner, zoneName) => {
			const count = remove(await ownerOf(owner), owner, (one) => one.zoneName === zoneName);
			checkpoint();
			return count;
		},
		removeAll: async (owner, untilMs) => {
			const name = await ownerOf(owner);
			const count = Number(sql("DELETE FROM accesses WHERE owner = ? AND at <= ?").run(name, untilMs).changes);
			checkpoint();
			return count;
		},
		forget: async (workspace, host) => {
			for (const row of sql("SELECT DISTINCT platform FROM accesses").all()) {
				const owner = { platform: textOf(row.platform) ?? "", workspace };
				const name = await ownerOf(owner);
				atOnce(() => {
					for (const one of rowsOf(name)) {
						const access = opened(one, owner);
						if (!("unreadable" in access) && isOfHost(access.zoneName, host)) drop(name, one.zone);
					}
				});
			}
		},
	};
}
