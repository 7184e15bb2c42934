import type { FindingEntry } from "./finding.ts";
import { apacheDropField, nginxHideField } from "./fixes.ts";

export const tooManyFields = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "medium",
	cause: "headers-too-large",
	say: "There are more than 256 headers.",
	fix: "Find what adds them in a loop, usually Set-Cookie, Link or debugging headers.",
	why: "Cloudflare's open-source parser accepts 256 headers. With more, visitors may get a 520.",
	rfc: null,
	curl: "0 (accepts it)",
	accept: ["workerd", "Go", "curl", "Apache"],
	reject: ["Pingora", "Python", "HAProxy", "Varnish"],
	fixes: [
		{ where: "any", do: "Find the header that repeats, usually Set-Cookie or Link, and send it once." },
		{ where: "PHP", do: "Call `setcookie()` and `header()` once, not in a loop." },
		nginxHideField,
		apacheDropField,
	],
} as const satisfies FindingEntry;
