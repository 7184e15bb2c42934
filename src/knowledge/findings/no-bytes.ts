import type { FindingEntry } from "./finding.ts";
import { admitCloudflare, nodeKeepAlive, readErrorLog } from "./fixes.ts";

export const noBytes = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "high",
	cause: null,
	say: "The connection closed without a single byte.",
	fix: "A 444 or deny rule means it was deliberate. A crash or restart means it was not.",
	why: "The connection closed without a single byte. Cloudflare has nothing to show, so visitors get a 520.",
	rfc: null,
	curl: "52 (Empty reply from server)",
	accept: [],
	reject: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache"],
	fixes: [
		readErrorLog,
		admitCloudflare,
		nodeKeepAlive,
		{
			where: "nginx",
			do: "Keep idle connections longer than Cloudflare does: `keepalive_timeout`.",
			command: "keepalive_timeout 905s;",
		},
		{ where: "nginx", do: "Look for `return 444;` in the configuration. It closes the connection without a response." },
	],
} as const satisfies FindingEntry;
