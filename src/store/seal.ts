import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";

/** Encrypts what is stored, so that the file is useless without the key. */
export interface Vault {
	/**
	 * Makes a text unreadable.
	 * @param place table and row: what is sealed for one opens in no other
	 */
	seal(place: string, text: string): string;
	/** null: none, sealed with another key or for another place, or changed since. */
	open(place: string, sealed: unknown): string | null;
	/**
	 * A word that is the same for the same text: for what is searched for or counted.
	 * @param of what it is; the same text as something else is another word
	 */
	hash(of: string, text: string): string;
}

const SEALED = "v2.";
/** NIST SP 800-38D §5.2.1.1: 96 bits of initialization vector, 128 bits of tag. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** RFC 5869: one key for each use, so that what is learned of one says nothing about the other. */
const derived = (key: Uint8Array, use: string): Buffer => Buffer.from(hkdfSync("sha256", key, "", `cf520 ${use}`, KEY_BYTES));

/** @returns null: this is not what that key sealed for that place */
function opened(key: Uint8Array, bytes: Uint8Array, place: string | null): string | null {
	if (bytes.length < IV_BYTES + TAG_BYTES) return null;
	const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
	decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
	if (place !== null) decipher.setAAD(Buffer.from(place));
	try {
		return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString("utf8");
	} catch {
		return null;
	}
}

/**
 * AES-256-GCM and HMAC-SHA-256, each with a key of its own made from this one.
 * @param key 32 bytes
 */
export function vaultWith(key: Uint8Array): Vault {
	const [sealing, naming] = [derived(key, "seal"), derived(key, "names")];
	const hashed = hashWith(naming);
	return {
		seal: (place, text) => {
			const iv = randomBytes(IV_BYTES);
			const cipher = createCipheriv("aes-256-gcm", sealing, iv, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(place));
			const hidden = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
			return SEALED + Buffer.concat([iv, cipher.getAuthTag(), hidden]).toString("base64");
		},
		open: (place, sealed) =>
			typeof sealed === "string" && sealed.startsWith(SEALED)
				? opened(sealing, Buffer.from(sealed.slice(SEALED.length), "base64"), place)
				: null,
		hash: (of, text) => hashed(`${of}\0${text}`),
	};
}

/**
 * What an earlier version kept of a question: as it was (`p.`), or sealed with the key itself (`s.`).
 * @returns null: sealed with another key
 */
export function openFormer(key: Uint8Array | null, kept: string): string | null {
	if (kept.startsWith("p.")) return kept.slice(2);
	return key === null || !kept.startsWith("s.") ? null : opened(key, Buffer.from(kept.slice(2), "base64"), null);
}

const HASH_CHARS = 32;

/**
 * Makes a keyed hash of a text, for what is searched for or counted.
 * @param key 32 bytes
 */
export const hashWith =
	(key: Uint8Array): ((text: string) => string) =>
	(text) =>
		createHmac("sha256", key).update(text).digest("hex").slice(0, HASH_CHARS);
