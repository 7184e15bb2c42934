import type { FineValueOf } from "./evidence.ts";

/** What one of curl's exit codes means. */
interface CurlExit {
	/** curl's own words (https://curl.se/libcurl/c/libcurl-errors.html). */
	readonly says: string;
	/** What it means for a request straight to an origin, in one sentence. */
	readonly means: string;
	/** The answer that it is to what the origin returns without Cloudflare; null where it says nothing about the origin. */
	readonly shows: FineValueOf<"direct-origin"> | null;
}

/** The exit codes of curl that people meet when a response is broken, and those of its usual mistakes. */
export const CURL_EXITS: Readonly<Record<number, CurlExit>> = {
	0: { says: "OK", means: "curl accepted the response, but curl also accepts responses that Cloudflare rejects.", shows: null },
	1: { says: "Unsupported protocol", means: "The first bytes are not an HTTP/1 status line.", shows: "wrong-protocol" },
	3: { says: "URL malformed", means: "The URL is mistyped, so curl sent nothing.", shows: null },
	6: { says: "Could not resolve host", means: "The hostname does not exist in DNS, so curl sent nothing.", shows: null },
	7: { says: "Failed to connect", means: "The connection was refused, or the host cannot be reached.", shows: "refused" },
	8: { says: "Weird server reply", means: "curl could not read the headers.", shows: "malformed" },
	16: { says: "Error in the HTTP/2 framing layer", means: "The HTTP/2 frames are broken.", shows: "malformed" },
	18: { says: "Partial file", means: "The response ended before its announced length.", shows: "closed-mid-body" },
	22: { says: "HTTP page not retrieved", means: "With `--fail`: the status is 400 or higher.", shows: null },
	23: { says: "Write error", means: "curl could not decode or save the content.", shows: null },
	27: { says: "Out of memory", means: "The response was larger than curl could hold.", shows: null },
	28: { says: "Operation timeout", means: "No response, or not all of it, came in time.", shows: "slow" },
	35: { says: "SSL connect error", means: "The TLS handshake failed.", shows: "tls-failure" },
	43: { says: "Bad function argument", means: "A header line is one that curl rejects.", shows: "malformed" },
	47: { says: "Too many redirects", means: "With `-L`: the redirects lead in a circle.", shows: null },
	52: {
		says: "Empty reply from server",
		means: "The server closed the connection without sending a byte.",
		shows: "closed-empty",
	},
	55: { says: "Failed sending network data", means: "The connection broke while curl sent the request.", shows: "reset" },
	56: {
		says: "Failure in receiving network data",
		means: "The connection broke while curl received the response.",
		shows: "reset",
	},
	60: {
		says: "Peer certificate cannot be authenticated",
		means: "curl does not trust the certificate. Repeat the command with `-k`.",
		shows: null,
	},
	61: { says: "Unrecognized transfer encoding", means: "The content is not compressed in the way its headers say.", shows: null },
	92: { says: "HTTP/2 stream error", means: "The HTTP/2 stream was reset before the response was complete.", shows: "reset" },
};

/** Where curl describes them. */
export const CURL_EXITS_PAGE = ["curl: error codes", "https://curl.se/libcurl/c/libcurl-errors.html"] as const;

export const CURL_EXIT_NUMBERS: readonly number[] = Object.keys(CURL_EXITS).map(Number);
