import { namesIn } from "../names.ts";
import { OtherKey } from "../other-key.ts";
import { vaultWith } from "../seal.ts";
import { connectClient, drop } from "./line.ts";
import { KEY_MARK } from "./postgres.ts";
import { sqlOn } from "./query.ts";

/**
 * When something was counted in a database, without changing anything there.
 * @param keysOf the counts' keys, made with the store's own hash
 * @returns for each key milliseconds since 1970, oldest first
 * @throws OtherKey, with which nothing would be found; anything else when the database cannot be read, or is none of ours
 */
export async function countedAt(
	url: string,
	key: Uint8Array,
	keysOf: (hashed: (text: string) => string) => readonly string[],
): Promise<readonly (readonly number[])[]> {
	const vault = vaultWith(key);
	const names = namesIn(vault);
	const client = await connectClient(url);
	const sql = sqlOn(client);
	try {
		const mark = (await sql("SELECT value FROM meta WHERE key = $1", KEY_MARK)).rows[0]?.value;
		if (mark !== undefined && vault.open(KEY_MARK, mark) === null) throw new OtherKey();
		const all: number[][] = [];
		for (const one of keysOf(names.text)) {
			const { rows } = await sql("SELECT at FROM counts WHERE key = $1 ORDER BY at", names.count(one));
			all.push(rows.map(({ at }) => Number(at)));
		}
		return all;
	} finally {
		drop(client);
	}
}
