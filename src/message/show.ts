import { maskTokens } from "../read/tokens.ts";

/** The longest shown text of others; more is cut with an ellipsis. */
const SHOWN_MAX_CHARS = 200;
/** The longest token, with the word before it. */
const TOKEN_MAX_CHARS = 300;

/**
 * The one escaping function: makes foreign text safe to read in a line of ours. Control characters, line ends, invisible and
 * direction-changing characters become visible; tokens of Cloudflare's API are masked; long text is cut. Markup of the platforms is the renderers' part, after this.
 * @param max characters kept
 */
export function show(foreign: string, max = SHOWN_MAX_CHARS): string {
	let out = "";
	let count = 0;
	// One more than can be shown is enough to know that it must be cut, however long the text is. A token is whole in what is read.
	for (const char of maskTokens(foreign.slice(0, max * 2 + 2 + TOKEN_MAX_CHARS))) {
		if (count >= max) return `${out}…`;
		out += visible(char);
		count += 1;
	}
	return out;
}

/** Format characters (bidi marks, zero width, tags), surrogates, private use, line and paragraph separators, combining piles. */
const INVISIBLE = /[\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Mn}\u115f\u1160\u3164\uffa0]/u;

function visible(char: string): string {
	const point = char.codePointAt(0) ?? 0;
	if (point < 0x20 || (point >= 0x7f && point < 0xa0)) return `«${point.toString(16).padStart(2, "0")}»`;
	if (INVISIBLE.test(char)) return `«U+${point.toString(16).toUpperCase().padStart(4, "0")}»`;
	return char;
}

/** For a POSIX shell: the text as one word, quoted so that nothing in it has a meaning. */
export function shellQuote(text: string): string {
	return /^[A-Za-z0-9_./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
