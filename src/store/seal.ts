import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";

/** Makes text unreadable for whoever has the file and not the key. */
export interface Seal {
	seal(text: string): string;
	/** null: sealed with another key, or changed since. */
	open(sealed: string): string | null;
}

const PLAIN = "p.";
const SEALED = "s.";
/** NIST SP 800-38D §5.2.1.1: 96 bits of initialisation vector, 128 bits of tag. */
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM with a key; without one the text as it is.
 * @param key 32 bytes, or null
 */
export function sealWith(key: Uint8Array | null): Seal {
	return {
		seal: (text) => {
			if (key === null) return PLAIN + text;
			const iv = randomBytes(IV_BYTES);
			const cipher = createCipheriv("aes-256-gcm", key, iv);
			const hidden = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
			return SEALED + Buffer.concat([iv, cipher.getAuthTag(), hidden]).toString("base64");
		},
		open: (sealed) => {
			if (sealed.startsWith(PLAIN)) return sealed.slice(PLAIN.length);
			if (key === null || !sealed.startsWith(SEALED)) return null;
			const bytes = Buffer.from(sealed.slice(SEALED.length), "base64");
			if (bytes.length < IV_BYTES + TAG_BYTES) return null;
			const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_BYTES));
			decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
			try {
				return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString("utf8");
			} catch {
				return null;
			}
		},
	};
}

const HASH_CHARS = 32;

/**
 * Makes a word that is the same for the same text and means nothing to whoever has not got the key: for what is searched for or counted.
 * @param key 32 bytes
 */
export const hashWith =
	(key: Uint8Array): ((text: string) => string) =>
	(text) =>
		createHmac("sha256", key).update(text).digest("hex").slice(0, HASH_CHARS);
