/**
 * What Pingora makes of an unfinished HTTP/1 header section and of chunked content, written down once more: simple and slow, a regular
 * expression for each rule, and nothing of `src` in it. Rules: cloudflare/pingora @ c0845a8, seanmonstar/httparse @ ac44a38.
 */

/** Lines that are complete. */
const STATUS_LINE = /^HTTP\/1\.[01] [0-9]{3}(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const FIELD_LINE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+[ \t]*:[\t\x20-\x7e\x80-\xff]*$/;
const FOLDED_LINE = /^[ \t][\t\x20-\x7e\x80-\xff]*$/;
/** The same as far as they have come; a CR at the end may still get its LF where a line may end. */
const STATUS_BEGUN =
	/^(?:H(?:T(?:T(?:P(?:\/(?:1(?:\.(?:[01](?: (?:[0-9](?:[0-9](?:[0-9](?: [\t\x20-\x7e\x80-\xff]*)?\r?)?)?)?)?)?)?)?)?)?)?)?)?$/;
const FIELD_BEGUN = /^(?:\r?|[!#$%&'*+.^_`|~0-9A-Za-z-]+[ \t]*(?::[\t\x20-\x7e\x80-\xff]*\r?)?)$/;
const FOLDED_BEGUN = /^[ \t][\t\x20-\x7e\x80-\xff]*\r?$/;

/**
 * @param text Latin-1, without interim responses
 * @returns whether a header section is complete in it, can still become right, or is wrong at some byte
 */
export function headerSection(text: string): "complete" | "waits" | "rejects" {
	// Empty lines before the status line are skipped; the last one may be half there.
	const rest = text.replace(/^(?:\r?\n)+/, "");
	if (rest === "" || rest === "\r") return "waits";
	const lines = rest.split("\n");
	const begun = lines.pop() ?? "";
	let nth = 0;
	for (const line of lines.map((one) => one.replace(/\r$/, ""))) {
		if (nth > 0 && line === "") return "complete";
		const right = nth === 0 ? STATUS_LINE.test(line) : FIELD_LINE.test(line) || (nth > 1 && FOLDED_LINE.test(line));
		if (!right) return "rejects";
		nth += 1;
	}
	const right = nth === 0 ? STATUS_BEGUN.test(begun) : FIELD_BEGUN.test(begun) || (nth > 1 && FOLDED_BEGUN.test(begun));
	return right ? "waits" : "rejects";
}

/** @returns the length of the content when the chunks in this Latin-1 text are a whole message, null when they are cut or broken */
export function chunkedContent(text: string): number | null {
	const size = /([0-9A-Fa-f]{0,16})[ \t]*(?:;[^\r]*)?\r\n/y;
	const end = /\r\n/y;
	const trailers = /(?:[^\r\n]+\r\n)*\r\n/y;
	let length = 0;
	let at = 0;
	for (;;) {
		size.lastIndex = at;
		const read = size.exec(text);
		if (read === null) return null;
		const bytes = Number.parseInt(read[1] || "0", 16);
		if (bytes === 0) {
			trailers.lastIndex = size.lastIndex;
			return trailers.test(text) ? length : null;
		}
		end.lastIndex = size.lastIndex + bytes;
		if (end.lastIndex > text.length || !end.test(text)) return null;
		length += bytes;
		at = end.lastIndex;
	}
}
