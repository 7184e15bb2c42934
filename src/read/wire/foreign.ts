const PAGE = "a page without headers (HTTP/0.9)";
const TEXT = "plain text (HTTP/0.9)";

/** What the first bytes look like when they are not an HTTP/1 response. Names as people say them. */
const KINDS: readonly (readonly [what: string, looks: RegExp])[] = [
	["an SSH server's greeting", /^SSH-/],
	["an FTP server's greeting", /^220[ -][^\r\n]*ftp/i],
	["an SMTP server's greeting", /^220[ -]/],
	["a POP3 server's greeting", /^\+OK/],
	["an IMAP server's greeting", /^\* (?:OK|BYE|PREAUTH)/],
	["a TLS alert", /^\x15\x03[\x00-\x04]/],
	["a TLS record", /^[\x14\x16\x17]\x03[\x00-\x04]/],
	["an HTTP/2 preface", /^PRI \* HTTP\/2/],
	// Length, type 4 (SETTINGS), flags, stream 0 (RFC 9113 §6.5).
	["HTTP/2 frames", /^\x00[\s\S]{2}\x04[\x00\x01]\x00\x00\x00\x00/],
	["a PROXY protocol header", /^(?:PROXY |\x00\r\nQUIT\n)/],
	["gzip-compressed bytes", /^\x1f\x8b/],
	["a FastCGI record", /^\x01[\x01-\x0b]\x00/],
	["CGI headers without a status line", /^(?:Status|Content-Type|X-Powered-By|Set-Cookie|Location|Cache-Control):/i],
	["a byte order mark", /^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/],
	["an HTTP request", /^(?:GET|POST|HEAD|PUT|OPTIONS|DELETE|CONNECT) \S* ?(?:HTTP\/)?/],
	[PAGE, /^\s*(?:<|\{|\[)/],
	["a MySQL server's greeting", /^[\s\S]{3}\x00[\x09\x0a]\d+\./],
	["a Redis server's response", /^-(?:ERR|NOAUTH|DENIED)/],
	["a status line in other letters or after whitespace", /^\s*http\/\d/i],
	[TEXT, /^[\t\r\n\x20-\x7e]+/],
];

/** How many bytes of the beginning are looked at. */
export const FOREIGN_BYTES = 48;

/**
 * Names what is not HTTP.
 * @param first the first bytes of the input, at most {@link FOREIGN_BYTES} are used
 * @returns null for bytes that look like nothing known
 */
export function foreignProtocol(first: Uint8Array): string | null {
	const raw = Buffer.from(first.subarray(0, FOREIGN_BYTES)).toString("latin1");
	const text = raw.replace(/^(?:\r?\n)+/, "");
	return KINDS.find(([, looks]) => looks.test(text))?.[0] ?? null;
}

/** Of the names above, those that a TLS handshake meets when another service listens on the port. */
export const FOREIGN_PLAIN = /greeting|answer|page|text|PROXY/;

/** What a port answers to a TLS greeting that speaks HTTP without TLS: a response, or a page without one (a server's error page in HTTP/0.9). */
export function isPlainHttp(first: Uint8Array): boolean {
	return /^HTTP\/\d/.test(Buffer.from(first.subarray(0, FOREIGN_BYTES)).toString("latin1")) || foreignProtocol(first) === PAGE;
}

/** Whether a plain request would tell what a port speaks that answered a TLS greeting with these bytes, or with none. */
export function mayBePlainHttp(first: Uint8Array): boolean {
	return first.length === 0 || isPlainHttp(first) || foreignProtocol(first) === TEXT;
}
