import type { FindingEntry } from "./finding.ts";
import { readErrorLog, shrinkBiggestFields } from "./fixes.ts";

export const headerSectionEndless = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "medium",
	cause: "headers-too-large",
	say: "The header section is not complete within 1 MiB.",
	fix: "Something writes content, or a loop writes fields, before the empty line.",
	why: "Cloudflare cannot read the answer, so visitors get a 520. The header section is over one megabyte or never ends.",
	rfc: null,
	curl: "56 (Too large response headers: 310699 > 307200)",
	accept: [],
	reject: ["Pingora", "workerd", "Node", "undici", "curl", "Python", "nginx", "HAProxy", "Varnish"],
	fixes: [{ where: "any", do: "Find the loop that writes headers." }, shrinkBiggestFields, readErrorLog],
} as const satisfies FindingEntry;
