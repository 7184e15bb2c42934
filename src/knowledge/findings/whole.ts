import type { FindingEntry } from "./finding.ts";
import { admitCloudflare } from "./fixes.ts";

export const whole = {
	shownBy: "ending",
	level: "good",
	cause: null,
	say: "The response is complete and valid.",
	fix: null,
	why: "The response is complete and valid. These bytes do not show the cause of a 520.",
	rfc: null,
	curl: "0 (accepts it)",
	accept: ["Pingora"],
	reject: [],
	fixes: [
		{
			where: "any",
			do: "Request the same page several times, also through Cloudflare, and compare with the log at that second.",
		},
		admitCloudflare,
	],
} as const satisfies FindingEntry;
