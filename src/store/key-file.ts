import { randomBytes } from "node:crypto";
import {
	closeSync,
	constants,
	fchmodSync,
	fstatSync,
	fsyncSync,
	linkSync,
	openSync,
	readFileSync,
	unlinkSync,
	writeSync,
} from "node:fs";
import { codeOf } from "../read/error.ts";

const KEY_BYTES = 32;
const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY, O_NONBLOCK } = constants;

/** The file is there, and is not a key of ours. */
export class BadKeyFile extends Error {
	override readonly name = "BadKeyFile";
}

/**
 * The key beside a file, made at the first call. A link in its place is never followed.
 * @param path of the key: 64 hex digits, mode 0600
 * @returns 32 bytes
 * @throws BadKeyFile when there is something else; other errors where it cannot be read or written
 */
export function keyBeside(path: string): Uint8Array {
	return read(path) ?? made(path);
}

/**
 * The key beside a file, as it is: nothing is made or changed.
 * @returns null when there is none
 * @throws as {@link keyBeside}
 */
export const keyIn = (path: string): Uint8Array | null => read(path, false);

/**
 * null: there is none.
 * @param guards takes rights from others that they should not have
 */
function read(path: string, guards = true): Uint8Array | null {
	let file: number;
	try {
		file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
	} catch (error) {
		if (codeOf(error) === "ENOENT") return null;
		// POSIX open(): a symbolic link with O_NOFOLLOW.
		if (codeOf(error) === "ELOOP") throw new BadKeyFile();
		throw error;
	}
	try {
		const found = fstatSync(file);
		if (!found.isFile() || found.size > 2 * KEY_BYTES + 1) throw new BadKeyFile();
		if (guards && (found.mode & 0o077) !== 0) fchmodSync(file, 0o600);
		const hex = readFileSync(file, "latin1").trim();
		if (!/^[0-9a-f]{64}$/.test(hex)) throw new BadKeyFile();
		return Buffer.from(hex, "hex");
	} finally {
		closeSync(file);
	}
}

/** Written in full under another name first, so that half a key is never read. Of two that make one at once, one wins. */
function made(path: string): Uint8Array {
	const key = randomBytes(KEY_BYTES);
	const draft = `${path}.${randomBytes(8).toString("hex")}`;
	const file = openSync(draft, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600);
	try {
		writeSync(file, `${key.toString("hex")}\n`);
		fsyncSync(file);
		closeSync(file);
		// link() replaces nothing, unlike rename().
		linkSync(draft, path);
		return key;
	} catch (error) {
		const other = codeOf(error) === "EEXIST" ? read(path) : null;
		if (other === null) throw error;
		return other;
	} finally {
		unlinkSync(draft);
	}
}
