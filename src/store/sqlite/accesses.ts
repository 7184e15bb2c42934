import { randomBytes, scrypt } from "node:crypto";
import { ACCESSES_MAX, type Access, type AccessOwner, type Unreadable } from "../../desk/stores.ts";
import { isOfHost, type KeptAccesses } from "../memory-accesses.ts";
import { readAccessState } from "../rows.ts";
import { type Connection, textOf } from "./database.ts";
import { sealedAt } from "./names.ts";

const SALT_MARK = "accesses salt";
/** RFC 7914: slow on purpose, because a workspace's id is short; once a workspace and process. */
const COST = { N: 16_384, r: 8, p: 1 } as const;
const OWNER_BYTES = 16;
const OWNERS_MAX = 1_000;

const PUT = `INSERT INTO accesses (owner, platform, zone, zone_id, zone_name, sealed, token_id, by, at, state)
	VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
	ON CONFLICT (owner, zone) DO UPDATE SET zone_id = excluded.zone_id, zone_name = excluded.zone_name, sealed = excluded.sealed, token_id = excluded.token_id,
	by = excluded.by, at = excluded.at, state = excluded.state`;

/**
 * In the file, sealed with the key from outside. The rows of a workspace are found with any key, so that one that does not open is told.
 * @param checkpoint what was deleted leaves the write-ahead log
 */
export function accessesIn({ sql, atOnce, vault }: Connection, checkpoint: () => void): KeptAccesses {
	const owners = new Map<string, Promise<string>>();
	const salt = (): Buffer => {
		const kept = () => textOf(sql("SELECT value FROM marks WHERE name = ?").get(SALT_MARK)?.value);
		// Of two processes that make one at once, one wins.
		if (kept() === null)
			sql("INSERT OR IGNORE INTO marks (name, value) VALUES (?, ?)").run(SALT_MARK, randomBytes(16).toString("hex"));
		return Buffer.from(kept() ?? "", "hex");
	};
	const ownerOf = ({ platform, workspace }: AccessOwner): Promise<string> => {
		const text = `${platform}\0${workspace}`;
		const known = owners.get(text);
		if (known !== undefined) return known;
		const made = new Promise<string>((resolve, reject) =>
			scrypt(text, salt(), OWNER_BYTES, COST, (error, key) => (error === null ? resolve(key.toString("hex")) : reject(error))),
		);
		owners.set(text, made);
		const [oldest] = owners.keys();
		if (owners.size > OWNERS_MAX && oldest !== undefined) owners.delete(oldest);
		made.catch(() => owners.delete(text));
		return made;
	};
	/** What it is sealed for: the column, the platform, the workspace and the zone. */
	const at = (column: string, { platform, workspace }: AccessOwner, zone: string) =>
		sealedAt("accesses", `${column}\0${platform}\0${workspace}\0${zone}`);

	const opened = (row: Readonly<Record<string, unknown>>, owner: AccessOwner): Access | Unreadable => {
		const zone = textOf(row.zone) ?? "";
		const read = (column: string) => vault.open(at(column, owner, zone), row[column]);
		const [token, zoneName, zoneId] = [read("sealed"), read("zone_name"), read("zone_id")];
		const [by, details] = [read("by"), read("token_id")];
		const state = readAccessState(row.state);
		if (token === null || zoneName === null || zoneId === null || by === null || details === null || state === null)
			return { unreadable: true };
		const [tokenId = "", plan = ""] = details.split("\0");
		return {
			platform: owner.platform,
			workspace: owner.workspace,
			zoneId,
			zoneName,
			token,
			tokenId: tokenId === "" ? null : tokenId,
			plan: plan === "" ? null : plan,
			by,
			atMs: Number(row.at),
			state,
		};
	};
	/** The row's own name of a zone. */
	const zoneIn = (owner: AccessOwner, zoneId: string) => vault.hash("zone", `${owner.platform}\0${owner.workspace}\0${zoneId}`);
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
		of: async (owner) => {
			const all = rowsOf(await ownerOf(owner)).map((row) => opened(row, owner));
			const nameOf = (one: Access | Unreadable) => ("unreadable" in one ? "" : one.zoneName);
			return all.sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
		},
		put: async (access) => {
			const name = await ownerOf(access);
			const zone = zoneIn(access, access.zoneId);
			const kept = atOnce(() => {
				for (const row of rowsOf(name)) if ("unreadable" in opened(row, access)) drop(name, row.zone);
				const others = rowsOf(name).filter((row) => row.zone !== zone);
				if (others.length >= ACCESSES_MAX) return false;
				const seal = (column: string, text: string) => vault.seal(at(column, access, zone), text);
				sql(PUT).run(
					name,
					access.platform,
					zone,
					seal("zone_id", access.zoneId),
					seal("zone_name", access.zoneName),
					seal("sealed", access.token),
					seal("token_id", `${access.tokenId ?? ""}\0${access.plan ?? ""}`),
					seal("by", access.by),
					access.atMs,
					JSON.stringify(access.state),
				);
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
