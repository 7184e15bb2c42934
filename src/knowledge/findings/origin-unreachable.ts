import type { FindingEntry } from "./finding.ts";

export const originUnreachable = {
	shownBy: "look",
	level: "note",
	cause: null,
	confidence: null,
	say: "No connection to the address came about from here. An origin that admits only Cloudflare does the same, and that is no fault.",
	fix: "Run the command below on the origin itself and paste what it prints.",
	why: "No connection came about from here. An origin that admits only Cloudflare's addresses looks the same, and that is good practice, not a fault: then this look says nothing.",
	rfc: null,
	curl: "28 or 7 (Connection timed out, No route to host)",
	accept: [],
	reject: [],
	fixes: [
		{ where: "any", do: "Run the curl command of the answer on the origin itself and paste what it prints." },
		{ where: "any", do: "Compare the address with the A and AAAA records in Cloudflare's DNS page." },
		{ where: "any", do: "If visitors get 522 or 523, look at the firewall and the routes of the server." },
	],
} as const satisfies FindingEntry;
