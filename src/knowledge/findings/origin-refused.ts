import type { FindingEntry } from "./finding.ts";

export const originRefused = {
	shownBy: "look",
	level: "fault",
	cause: null,
	confidence: null,
	say: "The address refuses connections on that port.",
	fix: "Check that the server runs, listens on that port and lets Cloudflare's addresses in.",
	why: "Nothing listens on that address and port, or a firewall answers with a refusal. Visitors get a 521, not a 520.",
	rfc: null,
	curl: "7 (Failed to connect)",
	accept: [],
	reject: [],
	fixes: [
		{ where: "any", do: "Check that the web server runs and listens on that port.", command: "sudo ss -ltnp" },
		{ where: "any", do: "Check that the firewall lets Cloudflare's addresses in: https://www.cloudflare.com/ips/" },
		{ where: "Docker", do: "Check that the port is published on the host's public address, not on 127.0.0.1 only." },
	],
} as const satisfies FindingEntry;
