import type { FindingId as ByteFindingId } from "../judge/autopsy.ts";
import type { OriginFindingId } from "../judge/origin-findings.ts";

/** Everything that has a page: what bytes show, and what looking at an origin shows. */
export type FindingId = ByteFindingId | OriginFindingId;

/** What each finding says, in one sentence, and what to do about it. */
export const FINDING_WORDS: Readonly<Record<FindingId, { readonly say: string; readonly fix: string | null }>> = {
	"no-bytes": {
		say: "The connection carried no byte at all.",
		fix: "Look in the origin's log at that second: a 444 or a deny rule means that it was meant, a crash or a restart that it was not.",
	},
	"leading-empty-lines": {
		say: "Empty lines stand before the status line; they are skipped.",
		fix: "Something prints before the headers: look for output ahead of the response.",
	},
	"not-http": {
		say: "The first bytes are no HTTP/1 response.",
		fix: "Another service listens on that port, or a program prints before its status line.",
	},
	"wrong-version": {
		say: "The version is not exactly HTTP/1.0 or HTTP/1.1.",
		fix: "Answer HTTP/1.1 on a connection that did not negotiate HTTP/2.",
	},
	"bad-status-line": {
		say: "After the version there has to be exactly one space.",
		fix: "Write the status line as HTTP/1.1 200 OK.",
	},
	"bad-status-code": {
		say: "The status is not three digits.",
		fix: "Send a three-digit status; a CGI's Status field goes through the server.",
	},
	"status-below-100": { say: "The status is below 100, and there is none.", fix: "Send a status from 100 to 599." },
	"control-in-reason": {
		say: "The reason phrase holds a control character.",
		fix: "Leave the reason phrase away, or keep it to plain text.",
	},
	"bare-lf": {
		say: "Lines end with LF alone.",
		fix: "End header lines with CR LF.",
	},
	"bare-cr": {
		say: "A CR without LF stands in the header section.",
		fix: "Take line ends out of header values before setting them.",
	},
	"space-before-first-field": {
		say: "Blanks stand before the first field line.",
		fix: "Start field lines at the beginning of the line.",
	},
	"space-before-colon": {
		say: "Blanks stand between a field's name and its colon.",
		fix: "Write Name: value.",
	},
	"empty-field-name": { say: "A field line has no name.", fix: "Do not set headers with empty names." },
	"missing-colon": {
		say: "A line of the header section has no colon.",
		fix: "Something prints into the headers (a warning, a second status line): remove it.",
	},
	"bad-field-name": {
		say: "A field's name holds a byte that no name may have.",
		fix: "Use letters, digits and hyphens in header names; never text from users.",
	},
	"field-name-too-long": { say: "A field's name is longer than 65,535 bytes.", fix: "Text of a page has got into the headers." },
	"nul-byte": {
		say: "A NUL byte stands in the header section.",
		fix: "Take NUL bytes out of header values.",
	},
	"control-in-value": {
		say: "A control character stands in a field's value.",
		fix: "Encode what users wrote before it goes into a header (cookies, redirects, file names).",
	},
	"folded-line": {
		say: "A field goes on in the next line.",
		fix: "Write each field in one line.",
	},
	"too-many-fields": {
		say: "There are more than 256 field lines.",
		fix: "Find what adds them in a loop, mostly Set-Cookie, Link or debugging headers.",
	},
	"header-section-endless": {
		say: "The header section is not complete within 1 MiB.",
		fix: "Something writes content, or a loop writes fields, before the empty line.",
	},
	"header-section-over-128k": {
		say: "The header section is larger than the 128 KB that Cloudflare takes, though it is well-formed.",
		fix: "Find the biggest fields, mostly cookies or debugging headers, and cut them.",
	},
	"header-section-large": {
		say: "The header section is large: over 32 KB in all, or a field over 16 KB. Cloudflare took no more until October 2025, and other proxies still do not.",
		fix: "Cut the biggest fields before they grow.",
	},
	"incomplete-header-section": {
		say: "The header section is not complete: it ends before its empty line.",
		fix: "The process died or was killed while it wrote the headers: look in its log at that second.",
	},
	"content-length-repeated": {
		say: "Content-Length stands twice with the same value.",
		fix: "Set it once: either the application or the server in front, not both.",
	},
	"content-length-differs": {
		say: "Content-Length stands twice with different values.",
		fix: "Set it once, after compression and other filters.",
	},
	"content-length-list": {
		say: "Content-Length is a list of one number.",
		fix: "A proxy has joined two fields: set it once.",
	},
	"content-length-invalid": { say: "Content-Length is no whole number.", fix: "Send digits only." },
	"content-length-sign": { say: "Content-Length has a plus sign.", fix: "Send digits only." },
	"length-and-transfer-encoding": {
		say: "Both Content-Length and Transfer-Encoding are there; the length is ignored.",
		fix: "Send one of them: two parsers may cut the message in two places.",
	},
	"transfer-encoding-not-chunked": {
		say: "Transfer-Encoding does not end in chunked, so the content lasts until the close.",
		fix: "End it with chunked, or leave it away.",
	},
	"chunked-in-http-1.0": { say: "Transfer-Encoding stands in an HTTP/1.0 response.", fix: "Answer HTTP/1.1." },
	"single-field-repeated": { say: "A field that a message carries once stands twice.", fix: "Set it in one place." },
	"upgrade-unasked": {
		say: "The response switches protocols, which nobody asked for.",
		fix: "Send 101 only as the answer to an Upgrade request.",
	},
	"only-interim": {
		say: "Only interim (1xx) responses came, never the final one.",
		fix: "Switch early hints (103) off to test; look why the final response is missing.",
	},
	"content-short": {
		say: "The content is shorter than Content-Length promises.",
		fix: "A worker died or timed out while sending, or the length was counted before compression.",
	},
	"chunk-size-bad": {
		say: "A chunk's size line is no hexadecimal number with CR LF.",
		fix: "Content got between the chunks: let one layer do the chunking.",
	},
	"chunk-size-empty": {
		say: "A chunk's size line is empty, which counts as the last chunk: what follows is lost without an error.",
		fix: "Let one layer do the chunking.",
	},
	"chunk-line-too-long": { say: "A chunk's size line is longer than 64 KB.", fix: "Leave chunk extensions away." },
	"chunk-end-missing": {
		say: "A chunk is not followed by CR LF where its size says it ends.",
		fix: "The size does not fit the data: count bytes, not characters.",
	},
	"chunks-cut": {
		say: "The last chunk never came.",
		fix: "A worker died or timed out while sending: look in its log at that second.",
	},
	"trailer-line-end-bad": { say: "A trailer line does not end with CR LF.", fix: "Leave trailers away, or end them with CR LF." },
	"trailer-without-colon": { say: "A trailer line has no colon.", fix: "Leave trailers away, or write Name: value." },
	"trailers-too-large": { say: "The trailers are larger than 64 KB.", fix: "Leave trailers away." },
	"bytes-after-the-end": {
		say: "More bytes follow after the end of the message; they are thrown away and the connection is not used again.",
		fix: "Content-Length is too small, or something prints after the content.",
	},
	"bytes-after-no-content": { say: "Bytes follow a response that has no content; they are ignored.", fix: null },
	"content-coding-broken": {
		say: "The content is not in the coding that Content-Encoding names: browsers show an error, Cloudflare may answer 502.",
		fix: "Let one layer compress, and drop Content-Encoding where the content is plain.",
	},
	"h2-http1-text": {
		say: "HTTP/1.1 text came on a connection that had agreed on HTTP/2.",
		fix: "Switch HTTP/2 off in the origin's TLS (ALPN), or make the server behind it speak it; at Cloudflare: switch HTTP/2 to Origin off.",
	},
	"h2-settings-missing": {
		say: "The server's SETTINGS frame never came; nothing counts without it.",
		fix: "Something that is no HTTP/2 server took the connection: look what ends TLS there.",
	},
	"h2-bad-settings": {
		say: "A SETTINGS frame holds what none may hold.",
		fix: "Update the HTTP/2 server; until then switch HTTP/2 to Origin off.",
	},
	"h2-bad-frame": {
		say: "A frame is malformed or stands where none may stand.",
		fix: "Update the HTTP/2 server; until then switch HTTP/2 to Origin off.",
	},
	"h2-frame-large": {
		say: "A frame is larger than the 16,384 bytes that a peer may send unasked.",
		fix: "Keep frames to SETTINGS_MAX_FRAME_SIZE.",
	},
	"h2-goaway": {
		say: "The server gave the connection up (GOAWAY) before the response was complete.",
		fix: "The name of the error tells where to look: ENHANCE_YOUR_CALM is a limit of the server, PROTOCOL_ERROR and INTERNAL_ERROR are in its error log.",
	},
	"h2-stream-reset": {
		say: "The server gave up this one response (RST_STREAM) before it was complete.",
		fix: "The application behind the HTTP/2 server failed or was cut off: its log at that second tells. HTTP_1_1_REQUIRED makes Cloudflare ask again over HTTP/1.1.",
	},
	"h2-bad-header-block": {
		say: "The header block cannot be decompressed (HPACK), so the whole connection is lost.",
		fix: "Update the HTTP/2 server; until then switch HTTP/2 to Origin off.",
	},
	"h2-bad-field": {
		say: "A field is one that HTTP/2 does not allow.",
		fix: "Take the field out, or clean its value, in the application; Connection, Transfer-Encoding and Upgrade have no place in HTTP/2.",
	},
	"h2-bad-status": { say: "The status (:status) is not three digits from 100 on.", fix: "Send a three-digit status." },
	"h2-status-missing": {
		say: "The status (:status) is missing, which counts as 200.",
		fix: "Send :status, once and first.",
	},
	"h2-content-length-repeated": {
		say: "Content-Length stands twice.",
		fix: "Set it once.",
	},
	"h2-content-length-mismatch": {
		say: "The content is not as long as Content-Length says.",
		fix: "Count the length after compression, or leave it away: HTTP/2 needs none.",
	},
	"closed-before-the-end": {
		say: "The connection was closed before the message was complete.",
		fix: "Look for a killed or timed-out worker at that second.",
	},
	reset: {
		say: "The connection was reset before the message was complete.",
		fix: "A crash, a firewall or a box in between: the origin's log and a look without the box tell.",
	},
	"tls-alert": {
		say: "A TLS alert ended the connection before the message was complete.",
		fix: "A client certificate may be demanded (Authenticated Origin Pulls), or the server's TLS broke: its error log names the alert.",
	},
	"tls-garbage": {
		say: "Bytes that are no TLS came over the TLS connection.",
		fix: "Something writes plain text past TLS, often an error message of a proxy.",
	},
	silence: {
		say: "Nothing more came until the time was up.",
		fix: "Find what the origin waits for: a database, a lock, another service.",
	},
	"origin-refused": {
		say: "The address refuses connections on that port.",
		fix: "Check that the server runs, listens on that port and lets Cloudflare's addresses in.",
	},
	"origin-unreachable": {
		say: "No connection to the address came about from here. An origin that admits only Cloudflare does the same, and that is no fault.",
		fix: "Run the command below on the origin itself and paste what it prints.",
	},
	"plain-http-on-tls-port": {
		say: "The port answers in plain HTTP, and TLS was spoken to it.",
		fix: "Switch TLS on for that port, or set Cloudflare's SSL/TLS mode to what the origin speaks.",
	},
	"tls-on-plain-port": {
		say: "The port wants TLS, and plain HTTP was spoken to it.",
		fix: "Set Cloudflare's SSL/TLS mode to Full (strict), or ask the plain port.",
	},
	"client-certificate-wanted": {
		say: "The origin wants a client certificate (Authenticated Origin Pulls), which only Cloudflare has: a direct look cannot see past that.",
		fix: "Check that Authenticated Origin Pulls is on at Cloudflare and that the origin trusts the certificate that Cloudflare sends.",
	},
	"handshake-failed": {
		say: "The TLS handshake failed, so nothing could be asked.",
		fix: "The error log of the server that ends TLS names the reason.",
	},
	"certificate-expired": {
		say: "The certificate is not valid at this time: Full takes it, Full (strict) answers 526.",
		fix: "Renew it and reload the server.",
	},
	"certificate-wrong-name": {
		say: "The certificate is for other names: Full takes it, Full (strict) answers 526.",
		fix: "Install one for this name, or check that the server has a site of this name at all.",
	},
	"certificate-untrusted": {
		say: "No authority that browsers know signed the certificate: Full takes it, Full (strict) answers 526.",
		fix: "Use a certificate of Cloudflare's Origin CA or of a public authority, with its chain.",
	},
	"certificate-origin-ca": { say: "The certificate is from Cloudflare's Origin CA, which Full (strict) takes.", fix: null },
	"own-error": {
		say: "The origin answers with a server error of its own.",
		fix: "Look in the application's log at that second.",
	},
	"stops-at-round-second": {
		say: "The failure came at a round number of seconds, as a time-out does.",
		fix: "Find what is set to that time, from the application outwards: worker time-out, proxy, load balancer.",
	},
	"reused-connection-fails": {
		say: "The first request works, the second one on the same connection does not. Cloudflare keeps connections open, so for it that is the usual case.",
		fix: "Keep idle connections longer than 900 s, or answer with Connection: close as a test.",
	},
	"http2-worse": {
		say: "Over HTTP/1.1 the answer is well, over HTTP/2 it is not.",
		fix: "Switch HTTP/2 to Origin off at Cloudflare, or mend the origin's HTTP/2.",
	},
	"encoding-matters": {
		say: "With Accept-Encoding, as Cloudflare always sends it, the answer is broken; without it, it is well.",
		fix: "Let one layer compress, and count Content-Length after that.",
	},
	"method-matters": { say: "GET works and HEAD does not.", fix: "Answer HEAD as GET, without content." },
	"address-matters": {
		say: "One address of the origin answers well and another one does not.",
		fix: "Take the failing one out of DNS until it is mended.",
	},
	"answered-by-cloudflare": {
		say: "That address is answered by Cloudflare itself: it is the edge, not the origin.",
		fix: "Take the address of the server behind it: Cloudflare's DNS page has it, or the hosting provider.",
	},
	whole: { say: "The message is complete, and nothing in it stands out.", fix: null },
};

/** A finding's sentence with what it was more precisely: `… no HTTP/1 response (an SSH server's greeting).` Our own words only. */
export function findingSentence({ id, what }: { readonly id: FindingId; readonly what?: string }): string {
	const { say } = FINDING_WORDS[id];
	return what === undefined ? say : `${say.slice(0, -1)} (${what}).`;
}
