import type { FindingEntry } from "./finding.ts";

export const originUnreachable = {
	shownBy: "look",
	level: "note",
	cause: null,
	confidence: null,
	say: "I could not connect. An origin open only to Cloudflare does the same.",
	fix: "Run the command below on the origin and paste the output.",
	why: "I could not connect from here. An origin open only to Cloudflare does the same. That is good practice, not a fault, and this check then shows nothing.",
	rfc: null,
	curl: "28 or 7 (Connection timed out, No route to host)",
	accept: [],
	reject: [],
	fixes: [
		{ where: "any", do: "Run the curl command of the reply on the origin and paste the output." },
		{ where: "any", do: "Compare the IP address with the A and AAAA records on Cloudflare's DNS page." },
		{ where: "any", do: "If visitors get 522 or 523, check the firewall and the routes of the server." },
	],
} as const satisfies FindingEntry;
