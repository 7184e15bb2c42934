import { type Paste, readPaste } from "../../paste.ts";
import { looksLikeServerPaste } from "../../server-paste.ts";

/** A response in a text. */
export interface ResponseClue {
	/** null: it is not HTTP, or has no status line. */
	readonly status: number | null;
	readonly throughEdge: boolean;
	/** The bytes, to be judged. */
	readonly paste: Paste;
}

const STATUS_LINE = /^(?:< ?|<= ?)?(HTTP\/\d(?:\.\d)?) +(\d{3})\b/m;
/** A field of a response; `Host` is one of a request. */
const FIELD = /^(?:< )?(?!host:|user-agent:|accept:|cookie:|authorization:|referer:|origin:)[\w!#$%&'*+.^|~-]{1,80}:[ \t]/im;
const TRACE = /^(?:\S+ )?(?:<= Recv (?:header|data)|== Info: )/m;
const HAR = /^\s*\{[\s\S]{0,4000}"(?:httpVersion|entries)"/;

/** The first response in a text; null when there is none. Total; linear. */
export function findResponse(text: string): ResponseClue | null {
	const har = HAR.test(text.slice(0, 5_000));
	const trace = TRACE.test(text);
	const isOfServer = !har && looksLikeServerPaste(text);
	const line = har || trace || isOfServer ? null : STATUS_LINE.exec(text);
	if (!har && !trace && !isOfServer && line === null) return null;
	const from = line === null ? text : text.slice(line.index);
	if (line !== null) {
		// A status line alone is a quotation; a response has header lines right after it.
		const next = from.slice(from.indexOf("\n") + 1 || from.length, 100_000);
		const section = /^[\s\S]*?(?=\n\r?\n|\n< ?\n|$)/.exec(next.slice(0, 20_000))?.[0] ?? "";
		if (!FIELD.test(section)) return null;
	}
	const paste = readPaste(from);
	if (paste === null || paste.bytes.length === 0) return null;
	const status = Number(
		/^HTTP\/\d(?:\.\d)? +(\d{3})/.exec(Buffer.from(paste.bytes.subarray(0, 64)).toString("latin1"))?.[1] ?? Number.NaN,
	);
	// What a server program calls a response is one, whatever it is.
	if (!Number.isInteger(status) && !isOfServer) return null;
	return { status: Number.isInteger(status) ? status : null, throughEdge: paste.throughEdge, paste };
}
