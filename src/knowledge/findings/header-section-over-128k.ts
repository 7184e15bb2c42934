import type { FindingEntry } from "./finding.ts";
import { nginxHideField, phpNoDebugHeaders, sessionOnServer, shrinkBiggestFields } from "./fixes.ts";

export const headerSectionOver128k = {
	shownBy: "bytes",
	level: "fault",
	outcome: "accepts",
	certainty: "medium",
	cause: "headers-too-large",
	say: "The headers are well-formed, but exceed the 128 KB that Cloudflare accepts.",
	fix: "Find the biggest headers, usually cookies or debugging headers, and shrink them.",
	why: "Cloudflare documents a limit of 128 KB for all response headers together. Beyond that visitors get a 520.",
	rfc: null,
	curl: "27 (Out of memory)",
	accept: ["Pingora", "workerd", "Go"],
	reject: ["Node", "undici", "curl", "Python", "nginx", "HAProxy", "Apache", "Varnish"],
	fixes: [shrinkBiggestFields, sessionOnServer, phpNoDebugHeaders, nginxHideField],
} as const satisfies FindingEntry;
