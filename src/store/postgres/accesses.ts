import { ACCESSES_MAX, type Access, type AccessOwner } from "../../desk/stores.ts";
import { ACCESS_COLUMNS, accessRowsIn, byZone } from "../access-rows.ts";
import { isOfHost, type KeptAccesses } from "../memory-accesses.ts";
import type { Vault } from "../seal.ts";
import type { Database } from "./database.ts";
import { type Sql, textOf } from "./query.ts";

const PUT = `INSERT INTO accesses (${ACCESS_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
	ON CONFLICT (owner, zone) DO UPDATE SET zone_id = excluded.zone_id, zone_name = excluded.zone_name, sealed = excluded.sealed, token_id = excluded.token_id,
	by = excluded.by, at = excluded.at, state = excluded.state`;

/** @param salt hexadecimal, of this database */
export function accessesIn({ sql, atOnce }: Database, vault: Vault, salt: string): KeptAccesses {
	const { ownerOf, zoneIn, opened, valuesOf } = accessRowsIn(vault, async () => salt);
	const rowsOf = async (on: Sql, name: string) =>
		(await on("SELECT * FROM accesses WHERE owner = $1 ORDER BY zone LIMIT $2", name, 2 * ACCESSES_MAX)).rows;
	const drop = async (on: Sql, name: string, zone: unknown): Promise<number> =>
		(await on("DELETE FROM accesses WHERE owner = $1 AND zone = $2", name, textOf(zone) ?? "")).changes;
	/** Deletes those that fit. */
	const removeIn = async (on: Sql, name: string, owner: AccessOwner, isIt: (one: Access | null) => boolean): Promise<number> => {
		let count = 0;
		for (const row of await rowsOf(on, name)) {
			const one = opened(row, owner);
			if (isIt("unreadable" in one ? null : one)) count += await drop(on, name, row.zone);
		}
		return count;
	};
	return {
		durable: true,
		of: async (owner) => byZone((await rowsOf(sql, await ownerOf(owner))).map((row) => opened(row, owner))),
		put: async (access) => {
			const name = await ownerOf(access);
			const zone = zoneIn(access, access.zoneId);
			return atOnce([`accesses ${name}`], async (on) => {
				await removeIn(on, name, access, (one) => one === null);
				const others = (await rowsOf(on, name)).filter((row) => row.zone !== zone);
				if (others.length >= ACCESSES_MAX) return false;
				await on(PUT, ...valuesOf(access, name));
				return true;
			});
		},
		note: async (access, state) => {
			const of = [await ownerOf(access), zoneIn(access, access.zoneId), access.atMs] as const;
			await sql("UPDATE accesses SET state = $1 WHERE owner = $2 AND zone = $3 AND at = $4", JSON.stringify(state), ...of);
		},
		remove: async (owner, zoneName) => {
			const name = await ownerOf(owner);
			// An unreadable one is of nobody any more.
			return atOnce([`accesses ${name}`], (on) => removeIn(on, name, owner, (one) => one === null || one.zoneName === zoneName));
		},
		removeAll: async (owner, untilMs) =>
			(await sql("DELETE FROM accesses WHERE owner = $1 AND at <= $2", await ownerOf(owner), untilMs)).changes,
		forget: async (workspace, host) => {
			for (const row of (await sql("SELECT DISTINCT platform FROM accesses")).rows) {
				const owner = { platform: textOf(row.platform) ?? "", workspace };
				const name = await ownerOf(owner);
				await atOnce([`accesses ${name}`], (on) =>
					removeIn(on, name, owner, (one) => one !== null && isOfHost(one.zoneName, host)),
				);
			}
		},
	};
}
