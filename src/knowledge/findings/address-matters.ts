import type { FindingEntry } from "./finding.ts";

export const addressMatters = {
	shownBy: "look",
	level: "fault",
	cause: null,
	confidence: null,
	say: "One IP address of the origin works, another one does not.",
	fix: "Remove the failing IP address from DNS until it is fixed.",
	why: "One IP address of the origin works, another one does not. Cloudflare picks among all A and AAAA records, so some requests fail.",
	rfc: null,
	curl: "differs between the IP addresses",
	accept: [],
	reject: [],
	fixes: [
		{ where: "Cloudflare", do: "Remove the failing IP address from DNS until it is fixed." },
		{
			where: "any",
			do: "Check that all servers run the same version, and that the service also listens on IPv6 if there is an AAAA record.",
		},
	],
} as const satisfies FindingEntry;
