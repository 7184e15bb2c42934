import { accessSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { keyBeside } from "../key-file.ts";
import { namesIn } from "../names.ts";
import { OtherKey } from "../other-key.ts";
import { vaultWith } from "../seal.ts";
import { opensWith } from "./database.ts";
import { KEY_SUFFIX } from "./sqlite.ts";

/**
 * When something was counted in a file, read beside the process that has it, and without changing anything.
 * @param key 32 bytes; null: those of the key beside the file
 * @param keyOf the count's key, made with the store's own hash
 * @returns milliseconds since 1970, oldest first
 * @throws OtherKey, with which nothing would be found; anything else when the file or the key beside it cannot be read, or is none of ours
 */
export function countedAt(file: string, key: Uint8Array | null, keyOf: (hashed: (text: string) => string) => string): number[] {
	const keyFile = `${file}${KEY_SUFFIX}`;
	// A key made now would find nothing.
	if (key === null) accessSync(keyFile);
	const vault = vaultWith(key ?? keyBeside(keyFile));
	const names = namesIn(vault);
	const database = new DatabaseSync(file, { readOnly: true });
	try {
		if (opensWith(database, vault) === false) throw new OtherKey();
		return database
			.prepare("SELECT at FROM counts WHERE key = ? ORDER BY at")
			.all(names.count(keyOf(names.text)))
			.map((row) => Number(row.at));
	} finally {
		database.close();
	}
}
