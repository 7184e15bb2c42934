import type { FindingEntry } from "./finding.ts";
import { cloudflareHttp2Off, updateHttp2Server } from "./fixes.ts";

export const h2StatusMissing = {
	shownBy: "bytes",
	level: "warn",
	outcome: "accepts",
	certainty: "medium",
	cause: null,
	say: "The status (:status) is missing, which counts as 200.",
	fix: "Send :status, once and first.",
	why: "The origin sent headers without a status. Cloudflare's HTTP/2 library reads it as 200. curl, Go and Node reject it.",
	rfc: "RFC 9113 §8.3.2",
	curl: "92 (HTTP/2 stream 1 was not closed cleanly: PROTOCOL_ERROR (err 1))",
	accept: ["Pingora"],
	reject: ["undici", "Go", "curl"],
	fixes: [
		{ where: "any", do: "Send `:status` as the first header of every response." },
		updateHttp2Server,
		cloudflareHttp2Off,
		{ where: "any", do: "Look for trailers that were sent before the headers, as gRPC servers do after an error." },
	],
} as const satisfies FindingEntry;
