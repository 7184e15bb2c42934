import type { FindingEntry } from "./finding.ts";

export const addressMatters = {
	shownBy: "look",
	level: "fault",
	cause: null,
	confidence: null,
	say: "One address of the origin answers well and another one does not.",
	fix: "Take the failing one out of DNS until it is mended.",
	why: "One address of the origin answers well, another one does not. Cloudflare picks among all A and AAAA records, so that a part of the requests fails.",
	rfc: null,
	curl: "differs between the addresses",
	accept: [],
	reject: [],
	fixes: [
		{ where: "Cloudflare", do: "Take the failing address out of DNS until it is mended." },
		{
			where: "any",
			do: "Check that all servers run the same version, and that the service listens on IPv6 too where there is an AAAA record.",
		},
	],
} as const satisfies FindingEntry;
