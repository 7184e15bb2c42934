import { maskTokens } from "../read/tokens.ts";

/** Fields whose values are secrets or name a person: shown by name and size only. */
const SECRET = /^(?:set-cookie2?|cookie)$|token|secret|api-?key|session|csrf|auth|xsrf|password|credential|jwt|signature/i;
/** Secrets inside an ordinary value: query parameters, bearer tokens and long opaque strings, and addresses of persons. */
const SECRET_PARTS: readonly (readonly [RegExp, string])[] = [
	[
		/([#?&;\s,](?:[\w-]{0,30}(?:token|key|sig|signature|secret|code|session|password|auth)[\w-]{0,30})=)[^&;\s,"]+/gi,
		"$1[masked]",
	],
	[/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, "$1 [masked]"],
	[/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, "[masked token]"],
	[/[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g, "[masked email]"],
];

const SECRET_NAME = /token|key|sig|secret|code|session|password|auth|pin|otp/i;
/** A value of up to three digits (a page, a step) is not a secret, and often tells which page it is. */
const HARMLESS = /^\d{1,3}$/;
const QUERY_VALUE = /([?&])([^=&#?\s"'<>]*)=([^&#\s"'<>]+)/g;
/** Without a name: a word of a site's own, unless it is long. */
const BARE_VALUE = /([?&])[^=&#?\s"'<>]{21,}(?=[&#\s"'<>]|$)/g;

/**
 * A URL, or its path and query, as it may be shown and kept: the values of its query masked. What has to request it again needs the URL
 * itself. Without brackets, which curl would expand.
 */
export const maskedUrl = (url: string): string =>
	url
		.replace(QUERY_VALUE, (all, before: string, name: string, value: string) =>
			HARMLESS.test(value) && !SECRET_NAME.test(name) ? all : `${before}${name}=***`,
		)
		.replace(BARE_VALUE, "$1***");

/** What tells one visitor's page from another's: a UUID, four digits or more, a long hex number, an email address, a long word of no language. */
const ID_PARTS =
	/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}|\d{4,}|[^/]*(?:@|%40)[^/]*|(?=[\w~-]*\d)(?=[\w~-]*[A-Za-z])[\w~-]{24,}/gi;

/** A URL's path as it may be shown and kept: without its query, ids as `…`. Paths that differ by ids alone are one. */
export const maskedPath = (path: string): string => (path.split(/[?#]/, 1)[0] ?? "").slice(0, 2_000).replace(ID_PARTS, "…");

/** Fields whose values are URLs, or hold some. */
const OF_URLS = /^(?:content-location|link|location|referer|refresh|report-to|reporting-endpoints|sourcemap)$/i;

/** A field's value as it may be shown: cookies keep their names and attributes, other secrets only their size. */
export function maskedValue(name: string, value: string): string {
	if (/^set-cookie2?$/i.test(name)) {
		const [pair = "", ...attributes] = value.split(";");
		if (!pair.includes("=")) return `[masked, ${value.length} characters]`;
		const cookie = pair.split("=")[0]?.trim() ?? "";
		return [
			`${cookie}=[masked, ${Math.max(0, pair.length - cookie.length - 1)} characters]`,
			...attributes.map((one) => one.trim()),
		].join("; ");
	}
	if (SECRET.test(name)) return `[masked, ${value.length} characters]`;
	const shown = maskTokens(value.slice(0, 4096));
	return SECRET_PARTS.reduce((out, [pattern, by]) => out.replace(pattern, by), OF_URLS.test(name) ? maskedUrl(shown) : shown);
}

const LINE_MAX_BYTES = 4_096;

/**
 * Bytes as they may be shown in a hex view: where a line holds a secret, its printable characters become `*`; what is odd about it
 * (control bytes, length, place) stays.
 * @param from first byte that will be shown
 * @param to byte after the last one
 */
export function maskedBytes(bytes: Uint8Array, from: number, to: number): Uint8Array {
	const start = Math.max(0, from - LINE_MAX_BYTES);
	const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(bytes.length, to + LINE_MAX_BYTES) - start).toString(
		"latin1",
	);
	const out = bytes.slice(from, to);
	for (const match of text.matchAll(/[^\n]+/g)) {
		const lineStart = start + match.index;
		const line = match[0];
		if (lineStart + line.length <= from || lineStart >= to) continue;
		const colon = line.indexOf(":");
		const name = colon < 0 ? "" : line.slice(0, colon).trim();
		const value = colon < 0 ? line : line.slice(colon + 1).trim();
		if (maskedValue(name, value) === value.slice(0, 4096)) continue;
		for (let at = Math.max(from, lineStart + colon + 1); at < Math.min(to, lineStart + line.length); at += 1) {
			const byte = out[at - from] ?? 0;
			if (byte > 0x20 && byte < 0x7f) out[at - from] = 0x2a;
		}
	}
	return out;
}
