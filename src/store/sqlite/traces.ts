import { accessSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { keyBeside } from "../key-file.ts";
import { namesIn } from "../names.ts";
import { vaultWith } from "../seal.ts";
import { KEY_SUFFIX } from "./sqlite.ts";

/**
 * When something was counted in a file, read beside the process that has it, and without changing anything.
 * @param key 32 bytes; null: those of the key beside the file
 * @param keyOf the count's key, made with the store's own hash
 * @returns milliseconds since 1970, oldest first
 * @throws when the file or the key beside it cannot be read, or is none of ours
 */
export function countedAt(file: string, key: Uint8Array | null, keyOf: (hashed: (text: string) => string) => string): number[] {
	const keyFile = `${file}${KEY_SUFFIX}`;
	// A key made now would find nothing.
	if (key === null) accessSync(keyFile);
	const names = namesIn(vaultWith(key ?? keyBeside(keyFile)));
	const database = new DatabaseSync(file, { readOnly: true });
	try {
		return database
			.prepare("SELECT at FROM counts WHERE key = ? ORDER BY at")
			.all(names.count(keyOf(names.text)))
			.map((row) => Number(row.at));
	} finally {
		database.close();
	}
}
