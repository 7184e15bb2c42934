/** What curl, or another client, said of how a request ended. */
export interface CurlClue {
	/** Its number; null where only another program's words tell it. */
	readonly exit: number | null;
	/** Value of `direct-origin` that the words give, for a request straight to the origin; null for none. */
	readonly direct: string | null;
	/** The request went past Cloudflare: to an address, the own machine. */
	readonly past: boolean;
	/** The text is the tool's own output, not a report of another program. */
	readonly isOutput: boolean;
	/** A whole exchange failed, or was asked for: not only an HTTP error that a program reports. */
	readonly leads: boolean;
}

/** curl's own forms (https://curl.se/libcurl/c/libcurl-errors.html), and those of the bindings: PHP, Guzzle, pycurl, git. */
const SAID: readonly RegExp[] = [
	/\bcurl: \((\d{1,2})\)/i,
	/\bcurl(?:'s)? (?:error|err|errno|exit(?:ed)?(?: code| status| with)*|returned|code|rc|status|exit code (?:is|was))[ :#=(]{1,3}(\d{1,2})\b(?!\d|%)/i,
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

/** What each of curl's numbers says of an origin that was asked directly. */
const OF_EXIT: ReadonlyMap<number, string> = new Map([
	[52, "closed-empty"],
	[18, "closed-mid-body"],
	[92, "reset"],
	[56, "reset"],
	[55, "reset"],
	[35, "tls-failure"],
	[7, "refused"],
	[28, "slow"],
	[8, "malformed"],
	[43, "malformed"],
	[1, "wrong-protocol"],
]);

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
		/\bSSL alert number \d+|\balert (?:handshake failure|protocol version|internal error|unrecognized name)\b|\bSSLError\b|\bSSL_ERROR_\w+|\bsslv3 alert|\btlsv1 alert|no peer certificate available|\bSSL_connect returned|\bSSLHandshakeException\b|ERR_SSL_\w+|\bwrong version number\b|handshake_failure/i,
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
const PRINTED = /\bstatus (\d{3}), (\d{1,12}) bytes? of headers?\b/i;
const HEADERS_MAX_BYTES = 128 * 1024;

/** Lines that curl prints. */
const OUTPUT = /^\s*(?:\$ )?(?:\* [A-Z]|curl: \(\d|curl exit \d|status \d{3}, \d)/m;

/** A request that goes past Cloudflare. */
const PAST =
	/--connect-to\s|--resolve\s|\bcurl\b[^\n]{0,200}(?:https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\]|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)|-H ["']?Host:[^\n]{0,100}https?:\/\/\d)|--unix-socket/i;

/**
 * The last words of curl and of other clients.
 * @param directAsked the open question is what the origin answers when asked directly
 */
export function findCurl(text: string, directAsked: boolean): CurlClue | null {
	const head = text.length > 200_000 ? text.slice(0, 100_000) + text.slice(-100_000) : text;
	const past = PAST.test(head);
	const ofCurl = directAsked || past || /\bcurl\b/i.test(head);
	const said = SAID.map((form) => form.exec(head)?.[1]).find((found) => found !== undefined);
	const alone = said === undefined && ofCurl ? EXIT_ALONE.exec(head.slice(0, 2_000))?.[1] : undefined;
	const number = said ?? alone;
	const byWords = number === undefined ? WORDS.find(([, looks]) => looks.test(head))?.[0] : undefined;
	const exit = number === undefined ? (byWords ?? null) : Number(number);
	const other = OTHERS.find(([, looks]) => looks.test(head))?.[0] ?? null;
	const printed = PRINTED.exec(head);
	if (exit === null && printed === null && (other === null || !(CLIENT.test(head) || directAsked))) return null;
	if (exit !== null && exit > 99) return null;
	return {
		exit: exit ?? (printed !== null && printed[1] !== "000" ? 0 : null),
		direct: directOf(exit, printed, other),
		past,
		isOutput: OUTPUT.test(head),
		leads: exit !== 22,
	};
}

function directOf(exit: number | null, printed: RegExpExecArray | null, other: string | null): string | null {
	if (exit !== null && exit !== 0) return OF_EXIT.get(exit) ?? null;
	if (printed !== null && printed[1] !== "000") {
		if (Number(printed[2]) > HEADERS_MAX_BYTES) return "header-section-too-large";
		return Number(printed[1]) >= 500 ? "server-error" : "ok";
	}
	return exit === null ? other : null;
}
