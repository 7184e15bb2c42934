import type { FindingEntry } from "./finding.ts";
import { cloudflareHttp2Off, nginxHttp2Off } from "./fixes.ts";

export const h2AsksForHttp1 = {
	shownBy: "bytes",
	level: "note",
	// cloudflare/pingora pingora-core/src/protocols/http/v2/client.rs, handle_read_header_error: H2Downgrade, the same request over HTTP/1.
	outcome: "ends",
	certainty: "high",
	cause: null,
	say: "The server asks for HTTP/1.1 (HTTP_1_1_REQUIRED) instead of a response over HTTP/2.",
	fix: "Nothing needs fixing. To save a round trip, turn off HTTP/2 for this host.",
	why: "Cloudflare sends the same request again over HTTP/1.1, so visitors get the page. IIS does this for Windows authentication (NTLM).",
	rfc: "RFC 9113 §7",
	curl: "0 (asks again over HTTP/1.1)",
	accept: ["Pingora", "curl"],
	reject: [],
	fixes: [cloudflareHttp2Off, nginxHttp2Off],
} as const satisfies FindingEntry;
