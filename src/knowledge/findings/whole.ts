import type { FindingEntry } from "./finding.ts";
import { admitCloudflare } from "./fixes.ts";

export const whole = {
	shownBy: "ending",
	level: "good",
	cause: null,
	say: "The message is complete, and nothing in it stands out.",
	fix: null,
	why: "The answer is complete and nothing in it stands out. The cause of a 520 is not in these bytes.",
	rfc: null,
	curl: "0 (takes it)",
	accept: ["Pingora"],
	reject: [],
	fixes: [
		{
			where: "any",
			do: "Ask for the same page several times, also through Cloudflare, and compare with the log at that second.",
		},
		admitCloudflare,
	],
} as const satisfies FindingEntry;
