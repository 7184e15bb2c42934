import { isIP } from "node:net";
import { stripped } from "../stripped.ts";
import type { OriginAddress, Question, Unread } from "./kinds.ts";
import { readSite } from "./site.ts";

const ADDRESSES_MAX = 2;
/** An IPv6 address in brackets with a port has up to 53 characters; the rest is for the punctuation around it. */
const WORD_MAX_CHARS = 200;

/** `origin <url> <address[:port]> …`. */
export function originQuestion(site: string, words: readonly string[]): Question | Unread {
	const target = readSite(site);
	if ("kind" in target) return target;
	const addresses = words
		.slice(0, ADDRESSES_MAX)
		.map((word) => (word.length > WORD_MAX_CHARS ? null : readOriginAddress(stripped(word, "`\"'<(", "`\"'>),;."))));
	if (words.length > ADDRESSES_MAX || addresses.includes(null)) return { kind: "misread", why: "origin-address" };
	return { kind: "origin", target, addresses: addresses.filter((one) => one !== null) };
}

/** `198.51.100.7`, `198.51.100.7:8443`, `2001:db8::7`, `[2001:db8::7]:8443`; null for anything else, host names too. */
function readOriginAddress(text: string): OriginAddress | null {
	const [, v4, v6, bracketed, digits] =
		/^(?:(\d{1,3}(?:\.\d{1,3}){3})|([0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*)|\[([0-9a-f:.]+)\])(?::(\d{1,5}))?$/i.exec(text) ?? [];
	// An IPv6 address takes a port in brackets only.
	const address =
		v4 ?? bracketed ?? (digits === undefined ? v6 : undefined) ?? (v6 === undefined ? undefined : `${v6}:${digits}`);
	if (address === undefined || isIP(address) === 0) return null;
	const port = v6 !== undefined || digits === undefined ? null : Number(digits);
	return port !== null && (port < 1 || port > 65_535) ? null : { address, port };
}
