import type { FindingEntry } from "./finding.ts";
import { readErrorLog, shrinkBiggestFields } from "./fixes.ts";

export const headerSectionEndless = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "medium",
	cause: "headers-too-large",
	say: "The header section is not complete within 1 MiB.",
	fix: "Something writes content before the empty line, or a loop writes headers.",
	why: "Cloudflare cannot parse the response, so visitors get a 520. The header section exceeds one megabyte or never ends.",
	rfc: null,
	curl: "56 (Too large response headers: 310699 > 307200)",
	accept: [],
	reject: ["Pingora", "workerd", "Node", "undici", "curl", "Python", "nginx", "HAProxy", "Varnish"],
	fixes: [{ where: "any", do: "Find the loop that writes headers." }, shrinkBiggestFields, readErrorLog],
} as const satisfies FindingEntry;
