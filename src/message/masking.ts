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
	[/[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g, "[masked e-mail]"],
];

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
	return SECRET_PARTS.reduce((out, [pattern, by]) => out.replace(pattern, by), value.slice(0, 4096));
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
