import { CURL_EXIT_NUMBERS, CURL_EXITS } from "../../../knowledge/curl-exits.ts";
import type { ShellCommand } from "./shell.ts";

/** What curl, or another client, said of how a request ended. */
export interface CurlClue {
	/** Its number; null where only another program's words tell it. */
	readonly exit: number | null;
	/** Value of `direct-origin` that the words give, for a request straight to the origin; null for none. */
	readonly direct: string | null;
	/** Value of `direct-origin` that the words suggest and do not show. */
	readonly asksBack: string | null;
	/** The text is the tool's own output, not a report of another program. */
	readonly isOutput: boolean;
	/** A whole exchange failed, or was asked for: not only an HTTP error that a program reports. */
	readonly leads: boolean;
}

/** curl's own forms (https://curl.se/libcurl/c/libcurl-errors.html), and those of the bindings: PHP, Guzzle, pycurl, git. */
const SAID: readonly RegExp[] = [
	/\bcurl: \((\d{1,3})\)/i,
	/\bcurl(?:'s)? (?:error|err|errno|exit(?:ed)?(?: code| status| with)*|returned|code|rc|status|exit code (?:is|was))[ :#=(]{1,3}(\d{1,3})\b(?!\d|%)/i,
	/\bcurl[_ ]?errno[ :=(]{1,3}(\d{1,2})\b/i,
	/\bpycurl\.error: \((\d{1,2}),/i,
	/\bcurl (\d{1,2}) (?:the requested|empty|recv|failed|ssl|operation|http\/2|transfer|could|openssl|connection|send)/i,
	/\bcurl(?:\.exe)?\b[^\n]{0,60}\b(?:exit(?:s|ed)?|code)(?: code| status| with| was| is)*[ :=]{1,3}(\d{1,2})\b(?!\d)/i,
];
/** `exit code was 7` says it is curl's only where curl was asked for. */
const EXIT_ALONE =
	/^(?:it |the |its |my |our |this |and |ok,? |result: ?|got |says |prints |printed )*(?:exit(?:ed)?(?: code| status| with| value)*|rc|return code|error code|code|\$\?)(?: (?:was|is|with|of|code))*[ :=]{1,3}(\d{1,2})[ .!]*$/im;
/** Words of curl without its number, and of other clients: the number that curl has for it. */
const WORDS: readonly (readonly [number, RegExp])[] = [
	[52, /\bEmpty reply from server\b/i],
	[18, /\btransfer closed with (?:\d+ bytes|outstanding)/i],
	[92, /\bHTTP\/2 stream \d+ was not closed cleanly/i],
	[56, /\bRecv failure: /i],
	[7, /\bFailed to connect to \S{1,255} port \d+[^\n]{0,60}(?:refused|Couldn't connect|Could not connect)/i],
	[28, /\b(?:Operation|Connection) timed out after \d+ m(?:illi)?s/i],
	[35, /\b(?:OpenSSL SSL_connect|LibreSSL SSL_connect): /],
];

/** What each of curl's exit codes says of an origin that was asked directly. */
const OF_EXIT: ReadonlyMap<number, string> = new Map(
	CURL_EXIT_NUMBERS.flatMap((number) => {
		const shows = CURL_EXITS[number]?.shows ?? null;
		return shows === null ? [] : [[number, shows] as const];
	}),
);

/** Words after an ambiguous exit code, and what they show. The first match counts. */
const OF_WORDS: readonly (readonly [exits: readonly number[], value: string, RegExp])[] = [
	[[56], "header-section-too-large", /Too large response headers/i],
	[[56], "malformed", /chunked-encoding|hexadecimal sequence|chunk hex-length|Malformed encoding/i],
	[[56, 35], "client-certificate-wanted", /alert (?:certificate required|bad certificate)|certificate required/i],
	[[56], "reset", /Connection reset by peer/i],
	[[56], "tls-failure", /SSL_read: [^\n]{0,200}(?:alert|wrong version|bad record|packet length|decryption)/i],
	[[1], "malformed", /Unsupported (?:HTTP version|response code|HTTP\/)/i],
	[[7], "no-route", /No route to host|Network is unreachable/i],
];
/** A connection under TLS that ended without TLS's own end: how far the answer came tells what that is. */
const TLS_CUT = /unexpected eof|non-properly terminated|close notify|SSL_read: [^\n]{0,60}SSL_ERROR_SYSCALL/i;
/** A header line is longer than curl takes, 100 KB (27, since curl 8.6: 100): near Cloudflare's limit, but not past it for sure. */
const LONG_HEADER: ReadonlySet<number> = new Set([27, 100]);
/** Exits of the shell: not found, not allowed, interrupted. */
const SHELLS_FROM = 126;

/** Words of other clients for how a connection ended. */
const OTHERS: readonly (readonly [string, RegExp])[] = [
	[
		"closed-empty",
		/\bNo data received\b|\bRemoteDisconnected\b|Remote end closed connection without response|\bReadError \(Unexpected end\b|Server disconnected without sending a response|\bsocket hang up\b|\bempty reply\b|NoHttpResponseException|\bfailed to respond\b|ERR_EMPTY_RESPONSE|\bend of file reached\b|The server (?:unexpectedly )?closed the connection|other side closed|ServerDisconnectedError/i,
	],
	[
		"closed-mid-body",
		/\bIncompleteRead\b|\bPremature end of (?:Content-Length|chunk)|\bConnection closed at byte \d+|ERR_(?:INCOMPLETE_CHUNKED_ENCODING|CONTENT_LENGTH_MISMATCH)|\bunexpected end of (?:stream|file from server)|terminated: other side closed|peer closed connection without sending complete message/i,
	],
	[
		"tls-failure",
		/\bSSL alert number \d+|\balert (?:handshake failure|protocol version|internal error|unrecognized name)\b|\bSSLError\b|\bSSL_ERROR_\w+|\bsslv3 alert|\btlsv1 alert|no peer certificate available|\bSSL_connect returned|\bSSLHandshakeException\b|ERR_SSL_\w+|\bwrong version number\b|handshake_failure|UNEXPECTED_EOF_WHILE_READING|\bEOF occurred in violation of protocol|\bunexpected eof while reading/i,
	],
	[
		"reset",
		/\bConnection reset by peer\b|\bECONNRESET\b|ERR_CONNECTION_RESET|\bSocketException: Connection reset\b|ConnectionResetError|Read error \(Connection reset/i,
	],
	["refused", /\bConnection refused\b|\bECONNREFUSED\b|ERR_CONNECTION_REFUSED|NewConnectionError/i],
	[
		"slow",
		/\bETIMEDOUT\b|\bConnection timed out\b|ReadTimeout(?:Error)?\b|ERR_TIMED_OUT|ERR_CONNECTION_TIMED_OUT|\bSocketTimeoutException\b|Operation timed out/i,
	],
];

/** A client's own word for an exchange that failed without a response. */
const CLIENT =
	/\b(?:\w+(?:Error|Exception|Disconnected)|wget|Connecting to|CONNECTED\(|openssl|s_client|HTTP request sent|ERR_[A-Z_]+|Caused by|Traceback)\b/;

/** What the command that is printed with the open question writes at its end. */
const PRINTED = /\bstatus (\d{3}), (\d{1,12}) bytes? of headers?(?:, first byte after (\d{1,6}(?:[.,]\d{1,9})?) s)?\b/i;
const HEADERS_MAX_BYTES = 128 * 1024;
/** Cloudflare waits so long for the first byte. */
const READ_TIMEOUT_S = 125;
/**
 * An origin that admits only Cloudflare, or wants its client certificate, answers others so (nginx: 400 "No required SSL certificate was sent"): what
 * Cloudflare gets is not shown.
 */
export const TURNED_AWAY: ReadonlySet<number> = new Set([400, 403, 421, 429, 495, 496, 497]);

/** Lines that curl prints. */
const OUTPUT = /^\s*(?:\$ )?(?:\* [A-Z]|curl: \(\d|curl exit \d|status \d{3}, \d)/m;

/** A request that goes past Cloudflare. */
const PAST =
	/--connect-to\s|--resolve\s|\bcurl\b[^\n]{0,200}(?:https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\]|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)|-H ["']?Host:[^\n]{0,100}https?:\/\/\d)|--unix-socket|\bs_client\b[^\n]{0,200}-connect ["']?(?:127\.|localhost|\[::1\]|10\.|192\.168\.)/i;
const PAST_URL = /https?:\/\/(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:]{2,45}\])(?=[:/\s'"]|$)/i;

/** Where a request went, by its command: past Cloudflare, to an address or the own machine; to the public name, through Cloudflare as visitors' do. */
export type Went = "past" | "public" | null;

/** Where a request went, by the command in the text; null when there is none. */
export function wentBy(text: string, commands: readonly ShellCommand[]): Went {
	const asked = commands.filter((one) => one.tool === "curl" && /https?:\/\//i.test(one.text));
	const ends = headAndTail(text);
	// The line that our own command writes.
	if (PAST.test(ends) || PRINTED.test(ends) || asked.some((one) => PAST_URL.test(one.text))) return "past";
	return asked.length > 0 ? "public" : null;
}

const headAndTail = (text: string) => (text.length > 200_000 ? text.slice(0, 100_000) + text.slice(-100_000) : text);

/**
 * The last words of curl and of other clients.
 * @param directAsked the open question is what the origin answers when asked directly
 * @param went where the request went, by its command
 */
export function findCurl(text: string, directAsked: boolean, went: Went): CurlClue | null {
	const head = headAndTail(text);
	const ofCurl = directAsked || went === "past" || /\bcurl\b/i.test(head);
	const said = SAID.map((form) => form.exec(head)?.[1]).find((found) => found !== undefined);
	const alone = said === undefined && ofCurl ? EXIT_ALONE.exec(head.slice(0, 2_000))?.[1] : undefined;
	const number = said ?? alone;
	const byWords = number === undefined ? WORDS.find(([, looks]) => looks.test(head))?.[0] : undefined;
	const exit = number === undefined ? (byWords ?? null) : Number(number);
	const other = OTHERS.find(([, looks]) => looks.test(head))?.[0] ?? null;
	const printed = PRINTED.exec(head);
	if (exit === null && printed === null && (other === null || !(CLIENT.test(head) || directAsked))) return null;
	if (exit !== null && exit >= SHELLS_FROM) return null;
	return {
		exit: exit ?? (printed !== null && printed[1] !== "000" ? 0 : null),
		direct: directOf(exit, printed, other, head),
		asksBack: LONG_HEADER.has(exit ?? -1) && directOf(exit, printed, other, head) === null ? "header-section-too-large" : null,
		isOutput: OUTPUT.test(head),
		leads: exit !== 22,
	};
}

function directOf(exit: number | null, printed: RegExpExecArray | null, other: string | null, text: string): string | null {
	const [, status = "000", size = "0", seconds = "0"] = printed ?? [];
	if (Number(size) > HEADERS_MAX_BYTES) return "header-section-too-large";
	if (exit !== null && exit !== 0) {
		if (exit === 56 && printed !== null && TLS_CUT.test(text)) return status === "000" ? "closed-empty" : "closed-mid-body";
		const byWords = OF_WORDS.find(([exits, , looks]) => exits.includes(exit) && looks.test(text));
		return byWords?.[1] ?? OF_EXIT.get(exit) ?? null;
	}
	if (printed !== null && status !== "000") {
		if (TURNED_AWAY.has(Number(status))) return null;
		if (Number(seconds.replace(",", ".")) >= READ_TIMEOUT_S) return "slow";
		return Number(status) >= 500 ? "server-error" : "ok";
	}
	return exit === null ? other : null;
}
