import type { FindingId } from "../knowledge/findings/list.ts";
import { askedHosts } from "./asked-hosts.ts";
import { failedEntries } from "./har.ts";
import { looksLikeServerPaste, readServerPaste, type ServerPaste } from "./server-paste.ts";
import type { Ending } from "./wire/ending.ts";

/** What people paste, by the tool that printed it. */
export type PasteKind = "curl -i" | "curl -v" | "curl --trace-ascii" | "curl --trace" | "HAR" | "raw" | ServerPaste["kind"];

/** By a program on the server, between it and the application: what visitors get is not in it. */
export const isFromServer = ({ kind }: Pick<Paste, "kind">): boolean => SERVER_KINDS.has(kind);
const SERVER_KINDS: ReadonlySet<PasteKind> = new Set(["HAProxy show errors", "strace", "nginx debug log"]);

/** What such a text cannot show. */
export type Lost = "line-ends" | "content" | "content-as-sent" | "ending" | "frames" | "end-of-headers";

/** A response as a pasted text shows it. */
export interface Paste {
	readonly kind: PasteKind;
	/** The response as bytes, as far as the text holds it; line ends of the header section are put back as CR LF where they were lost. */
	readonly bytes: Uint8Array;
	readonly ending: Ending;
	readonly method: "GET" | "HEAD";
	readonly lost: readonly Lost[];
	/** What curl said at its end: its number; null for nothing. */
	readonly curlExit: number | null;
	/** What that number says where no response came that could be read; null: the bytes decide. */
	readonly told: NamedFinding | null;
	/** The response came over HTTP/2 or 3, which the tool shows as text. */
	readonly version: "1" | "2" | "3";
	/** It came through Cloudflare: what the origin sent is not in it. */
	readonly throughEdge: boolean;
	/** The sites that were asked, where the tool names any. */
	readonly asked: readonly string[];
}

/** What each reader finds: where the request went is read once for all. */
type Found = Omit<Paste, "asked"> & { readonly url?: string };

/** A finding that curl's words name. */
export interface NamedFinding {
	readonly id: FindingId;
	readonly what?: string;
}

const TEXT_MAX_CHARS = 1_000_000;

/** Whether a text looks like one of these at all; a quick look before the reading. */
export function looksPasted(text: string): boolean {
	return (
		/^HTTP\/\d(?:\.\d)? \d{3}/.test(text) ||
		/^(?:< HTTP\/|\* (?:Trying|Connected to| {2})|<= Recv |== Info: )/m.test(text) ||
		/^curl: \(\d{1,3}\)/m.test(text) ||
		/^\s*\{[\s\S]{0,2000}"(?:httpVersion|entries)"/.test(text) ||
		looksLikeServerPaste(text)
	);
}

/** Reads a pasted text as a response. null when there is none in it. Total; linear. */
export function readPaste(text: string): Paste | null {
	const bounded = unquoted(text.slice(0, TEXT_MAX_CHARS).replace(/^```[a-z]*\n?|\n?```\s*$/g, ""));
	const found = readHar(bounded) ?? readOfServer(bounded) ?? readTrace(bounded) ?? readVerbose(bounded) ?? readPlain(bounded);
	if (found === null) return null;
	const { url, ...paste } = found;
	const host = url === undefined ? null : (URL.parse(url)?.hostname ?? null);
	return { ...paste, asked: paste.kind !== "HAR" ? askedHosts(text) : host === null ? [] : [host] };
}

/** What a program on the server shows of a response. */
function readOfServer(text: string): Found | null {
	const read = readServerPaste(text);
	if (read === null) return null;
	const { kind, bytes, ending, method, contentLost, headIsCut, isDecoded } = read;
	const head = bytes.subarray(0, 16_384).toString("latin1").split("\r\n\r\n", 1)[0] ?? "";
	return {
		...{ kind, bytes, ending, method },
		lost: [
			...(isDecoded ? (["line-ends", "content-as-sent"] as const) : []),
			...(contentLost ? (["content"] as const) : []),
			...(ending === "enough" ? (["ending"] as const) : []),
			...(headIsCut ? (["end-of-headers"] as const) : []),
		],
		...{ curlExit: null, told: null, version: "1" },
		throughEdge: /^(?:cf-ray:|server: *cloudflare\s*$)/im.test(head),
	};
}

/** Without what quoting and indenting put before every line. */
function unquoted(text: string): string {
	const lines = text.split("\n");
	const filled = lines.filter((line) => line.trim() !== "");
	for (const prefix of [/^ {4}/, /^\t/, /^ {2}/, /^> ?(?=[<>*{}] |HTTP\/|curl: |$)/])
		if (filled.length > 1 && filled.every((line) => prefix.test(line)) && !/^> (?:GET|HEAD|POST) /.test(filled[0] ?? ""))
			return lines.map((line) => line.replace(prefix, "")).join("\n");
	return text;
}

/** curl's last words. */
const CURL_SAID = /curl: \((\d{1,3})\)/;
/** What -v says before them, for texts that were cut or made with -s alone. */
const CURL_LINES: readonly (readonly [number, RegExp])[] = [
	[52, /^(?:\* |== Info: )Empty reply from server/m],
	// Content without a line end at its end runs into this one.
	[18, /(?:\* |== Info: )transfer closed with .{0,80}remaining/],
	[92, /^(?:\* |== Info: )HTTP\/2 stream \d+ was not closed cleanly/m],
	[28, /^(?:\* |== Info: )(?:Operation|Connection) timed out/m],
	[7, /^(?:\* |== Info: )(?:connect to .{0,200}failed: Connection refused|Failed to connect)/m],
	[56, /^(?:\* |== Info: )(?:Recv failure|OpenSSL SSL_read)/m],
];

/** curl's number: what it said, or what its lines say. */
function curlExitOf(text: string): number | null {
	const said = CURL_SAID.exec(text)?.[1];
	return said === undefined ? (CURL_LINES.find(([, looks]) => looks.test(text))?.[0] ?? null) : Number(said);
}

/** The progress meter that curl draws when its output is not a terminal. */
const METER = /^\s*(?:% Total|Dload|\d{1,3} +\d|\* )/;

/** Exits with which curl itself stops: it cannot write (23: also where `head` has enough), or a header line is too long for it (27, since curl 8.6: 100). */
const CURL_STOPPED: ReadonlySet<number> = new Set([23, 27, 100]);
/** curl's own limit of 300 KB for all headers, which is past Cloudflare's. */
const TOO_LARGE = /Too large response headers/i;

/** How the connection ended, by what curl said (https://curl.se/libcurl/c/libcurl-errors.html) and the lines it prints with -v. */
function endingOf(text: string, exit: number | null): Ending | null {
	if (/alert/i.test(text) && /SSL(?:_read|_write| read)|TLS alert|OpenSSL/.test(text) && (exit === 56 || exit === 35))
		return "tls-alert";
	if (exit !== null && CURL_STOPPED.has(exit)) return null;
	if (/Recv failure: Connection reset|Connection reset by peer/.test(text)) return "reset";
	if (/Operation timed out|Connection timed out/.test(text)) return "deadline";
	switch (exit) {
		case 52:
		case 18:
		case 92:
		case 16:
			return "fin";
		case 28:
			return "deadline";
		case 56:
			return "reset";
		default:
			return /Empty reply from server|transfer closed with|Closing connection/.test(text) && !/left intact/.test(text)
				? "fin"
				: null;
	}
}

/** RFC 9113 §7, as curl writes it: `HTTP/2 stream 1 was not closed cleanly: INTERNAL_ERROR (err 2)`. */
const H2_ERROR = /not closed cleanly: ([A-Z0-9_]{3,30})/;

/** What curl's number says when no response came that could be read. */
function toldBy(text: string, exit: number | null): NamedFinding | null {
	if (exit === 56 && TOO_LARGE.test(text)) return { id: "header-section-over-128k" };
	switch (exit) {
		case 1:
			return { id: "not-http" };
		case 7:
			return /refused/i.test(text) ? { id: "origin-refused" } : { id: "origin-unreachable" };
		case 8:
			return { id: "bad-status-line" };
		case 43:
			return { id: "space-before-first-field" };
		case 35:
			return /wrong version number|packet length too long/.test(text)
				? { id: "plain-http-on-tls-port" }
				: { id: "handshake-failed" };
		case 60:
			return /expired/.test(text)
				? { id: "certificate-expired" }
				: /subject name/.test(text)
					? { id: "certificate-wrong-name" }
					: { id: "certificate-untrusted" };
		case 56:
			return /alert certificate required|bad certificate/.test(text) ? { id: "client-certificate-wanted" } : null;
		case 16:
			return { id: "h2-bad-frame" };
		case 92: {
			const what = H2_ERROR.exec(text)?.[1];
			if (what === "HTTP_1_1_REQUIRED") return { id: "h2-asks-for-http1" };
			return what === undefined ? { id: "h2-stream-reset" } : { id: "h2-stream-reset", what };
		}
		default:
			return null;
	}
}

interface Parts {
	readonly kind: PasteKind;
	/** Lines of the header section, without line ends. */
	readonly head: readonly string[];
	readonly content: string;
	readonly text: string;
	readonly lost: readonly Lost[];
	/** The tool marks where the header section ends, and the text does not hold that. */
	readonly headIsCut?: boolean;
}

/** The common end of all readers: one response out of its parts. */
function responseOf({ kind, head: given, content, text, lost, headIsCut = false }: Parts): Found | null {
	const curlExit = curlExitOf(text);
	// What curl counted is past the limit, whatever part of it was pasted.
	const head = curlExit === 56 && TOO_LARGE.test(text) ? [] : given;
	const said = endingOf(text, curlExit);
	const told = head.length === 0 ? (curlExit === 18 ? { id: "content-short" as const } : toldBy(text, curlExit)) : null;
	if (head.length === 0 && (curlExit === null || said === null) && told === null) return null;
	const version = /^HTTP\/([23])/.exec(head[0] ?? "")?.[1] as "2" | "3" | undefined;
	const lines = version === undefined ? head : [(head[0] ?? "").replace(/^HTTP\/[23](?:\.0)?/, "HTTP/1.1"), ...head.slice(1)];
	const field = (name: string) =>
		lines
			.find((line) => line.toLowerCase().startsWith(`${name}:`))
			?.slice(name.length + 1)
			.trim() ?? null;
	const section = lines.length === 0 ? "" : `${lines.join("\r\n")}${headIsCut ? "" : "\r\n\r\n"}`;
	const cut =
		said !== null && (curlExit === 18 || said === "reset" || said === "deadline" || said === "tls-alert" || curlExit === 92);
	// Only what curl itself calls cut is judged by its content: a paste often holds the beginning only, and decoded.
	const declared = Number(field("content-length") ?? Number.NaN);
	const remaining = Number(/transfer closed with (\d{1,15}) bytes remaining/.exec(text)?.[1] ?? Number.NaN);
	const came = Number.isNaN(declared) ? content.length : Math.max(0, declared - (Number.isNaN(remaining) ? 1 : remaining));
	// Without --raw curl takes the chunks apart: what it prints is none.
	const isUnpacked =
		/\bchunked\b/i.test(field("transfer-encoding") ?? "") && !/^[0-9a-f]{1,8}[ \t]*(?:;|\r?\n)/i.test(content.slice(0, 64));
	const kept = cut && lines.length > 0 && !isUnpacked ? content.slice(0, came) : "";
	return {
		kind,
		bytes: Buffer.from(`${section}${kept}`, "latin1"),
		ending: said ?? "enough",
		method: cut || lines.length === 0 ? "GET" : "HEAD",
		lost: [
			...lost,
			...(isUnpacked && cut ? (["content"] as const) : []),
			...(said === null ? (["ending"] as const) : []),
			...(headIsCut && said === null ? (["end-of-headers"] as const) : []),
			...(version === undefined ? [] : (["frames"] as const)),
		],
		curlExit,
		told,
		version: version ?? "1",
		throughEdge: field("cf-ray") !== null || /^cloudflare$/i.test(field("server") ?? ""),
	};
}

/** The last header section of a text (after redirects and interim responses) and what follows it. */
function lastSection(lines: readonly string[]): { head: string[]; rest: string[]; hasEnd: boolean } {
	let start = -1;
	let end = lines.length;
	for (let nth = 0; nth < lines.length; nth += 1) {
		if (!/^HTTP\/\d(?:\.\d)? /.test(lines[nth] ?? "") || (start >= 0 && nth < end)) continue;
		// A status line in the middle of content is content.
		if (start >= 0 && end < nth - 1 && !isInterim(lines[start] ?? "")) break;
		start = nth;
		end = lines.indexOf("", nth + 1);
		if (end < 0) end = lines.length;
	}
	return start < 0
		? { head: [], rest: [], hasEnd: false }
		: { head: lines.slice(start, end), rest: lines.slice(end + 1), hasEnd: end < lines.length };
}

const isInterim = (line: string) => /^HTTP\/\S+ (?:1\d\d|30\d)\b/.test(line);

/** `curl -i`, or the response itself. */
function readPlain(text: string): Found | null {
	const crlf = /\r\n/.test(text);
	const lines = text.split(/\r?\n/).map((line) => line.trimEnd());
	const { head, rest } = lastSection(
		lines.slice(
			Math.max(
				0,
				lines.findIndex((line) => /^HTTP\/\d/.test(line)),
			),
		),
	);
	const content = rest.filter((line) => !CURL_SAID.test(line)).join("\n");
	// With its line ends, from a file: every byte counts, and its end is the end.
	if (crlf && /^HTTP\/1\.[01] /.test(text) && !CURL_SAID.test(text))
		return {
			kind: "raw",
			bytes: Buffer.from(text, "latin1"),
			ending: "enough",
			method: "GET",
			lost: ["ending"],
			curlExit: null,
			told: null,
			version: "1",
			throughEdge: /^cf-ray:/im.test(head.join("\n")),
		};
	return responseOf({ kind: "curl -i", head, content, text, lost: ["line-ends", "content-as-sent"] });
}

/** `curl -v`: lines that begin with <, > and *. */
function readVerbose(text: string): Found | null {
	const lines = text.split(/\r?\n/);
	if (!lines.some((line) => /^[<>*] ?/.test(line) && (/^< HTTP\//.test(line) || /^\* /.test(line)))) return null;
	const received = lines.filter((line) => /^<( |$)/.test(line)).map((line) => line.slice(2).trimEnd());
	const { head, hasEnd } = lastSection(received);
	const content = lines.filter((line) => !/^(?:[<>*{}]( |$)|curl: )/.test(line) && !METER.test(line)).join("\n");
	if (head.length === 0 && curlExitOf(text) === null) return null;
	const headIsCut = head.length > 0 && !hasEnd && !/left intact/.test(text) && !lines.some((line) => /^[{}] \[/.test(line));
	return responseOf({ kind: "curl -v", head, content, text, lost: ["line-ends", "content-as-sent"], headIsCut });
}

const TRACE_ROW = /^[0-9a-f]{4,8}: (.*)$/;
const HEX_ROW = /^[0-9a-f]{4,8}: ((?:[0-9a-f]{2} ){1,16})/;

/** The empty line at the end of a header section, as curl writes it. */
const TRACED_END = /<= Recv header, 2 bytes/;

/** `curl --trace` (every byte in hex) and `--trace-ascii`. */
function readTrace(text: string): Found | null {
	const lines = text.split(/\r?\n/);
	if (!lines.some((line) => /^(?:\S+ )?(?:<= Recv|=> Send|== Info)/.test(line))) return null;
	let receiving: "header" | "data" | null = null;
	const head: string[] = [];
	const content: string[] = [];
	const bytes: Buffer[] = [];
	let hex = false;
	for (const line of lines) {
		const mark = /(?:<= Recv (header|data)|=> Send|== Info)/.exec(line);
		if (mark !== null) {
			receiving = (mark[1] as "header" | "data" | undefined) ?? null;
			continue;
		}
		if (receiving === null) continue;
		const inHex = HEX_ROW.exec(line)?.[1];
		if (inHex !== undefined && (inHex.length === 48 || / {2}/.test(line.slice(6 + inHex.length - 1)))) {
			hex = true;
			bytes.push(Buffer.from(inHex.replaceAll(" ", ""), "hex"));
			continue;
		}
		const row = TRACE_ROW.exec(line)?.[1];
		if (row !== undefined) (receiving === "header" ? head : content).push(row);
	}
	if (hex) {
		const all = Buffer.concat(bytes);
		const curlExit = curlExitOf(text);
		const said = endingOf(text, curlExit);
		return {
			kind: "curl --trace",
			bytes: all,
			ending: said ?? "enough",
			method: "GET",
			lost: said === null ? ["ending"] : [],
			curlExit,
			told: all.length === 0 ? toldBy(text, curlExit) : null,
			version: "1",
			throughEdge: /\r\ncf-ray:/i.test(all.subarray(0, 16_384).toString("latin1")),
		};
	}
	const { head: last, hasEnd } = lastSection(head);
	return responseOf({
		headIsCut: last.length > 0 && !hasEnd && content.length === 0 && !TRACED_END.test(text),
		kind: "curl --trace-ascii",
		head: last,
		content: content.join("\n"),
		text,
		lost: ["line-ends", "content-as-sent"],
	});
}

/** What Chromium calls a failed response (net/base/net_error_list.h), as curl says it. */
const CURL_WORDS: readonly (readonly [RegExp, string])[] = [
	[/EMPTY_RESPONSE/, "curl: (52)"],
	[/CONNECTION_RESET/, "curl: (56)"],
	[/CONTENT_LENGTH_MISMATCH|INCOMPLETE_CHUNKED/, "curl: (18)"],
];

/** A HAR file or one entry of it (http://www.softwareishard.com/blog/har-12-spec/): the first entry that failed, else the first. */
function readHar(text: string): Found | null {
	if (!/^\s*[{[]/.test(text)) return null;
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch {
		return null;
	}
	const of = (value: unknown, key: string): unknown =>
		typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
	const entries = of(of(json, "log"), "entries") ?? of(json, "entries") ?? [json];
	if (!Array.isArray(entries)) return null;
	const first = entries.slice(0, 5_000);
	const entry = failedEntries(first)[0] ?? first[0];
	const response = of(entry, "response") ?? entry;
	const status = Number(of(response, "status"));
	const headers = of(response, "headers");
	if (!Array.isArray(headers) || !Number.isInteger(status)) return null;
	const word = (value: unknown) => (typeof value === "string" ? value.replace(/[\r\n]/g, " ") : "");
	const version = word(of(response, "httpVersion")).toLowerCase();
	const shown =
		version.startsWith("h2") || version.startsWith("http/2") ? "HTTP/2" : /3/.test(version.slice(0, 7)) ? "HTTP/3" : "HTTP/1.1";
	// A browser writes 0 for an answer that never came.
	const head =
		status === 0
			? []
			: [
					`${shown} ${String(status).padStart(3, "0")} ${word(of(response, "statusText"))}`.trimEnd(),
					...headers
						.slice(0, 2_000)
						.map((one) => `${word(of(one, "name"))}: ${word(of(one, "value"))}`)
						.filter((line) => !line.startsWith(":")),
				];
	const failed = word(of(response, "_error"));
	const curlWords = CURL_WORDS.find(([pattern]) => pattern.test(failed))?.[1] ?? "";
	const read = responseOf({ kind: "HAR", head, content: "", text: curlWords, lost: ["line-ends", "content", "content-as-sent"] });
	return read === null ? null : { ...read, url: word(of(of(entry, "request"), "url")) };
}
