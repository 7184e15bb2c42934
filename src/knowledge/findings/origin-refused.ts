import type { FindingEntry } from "./finding.ts";

export const originRefused = {
	shownBy: "look",
	level: "fault",
	cause: null,
	confidence: null,
	say: "The IP address rejects connections on that port.",
	fix: "Check that the server runs, listens on that port and accepts Cloudflare's IP addresses.",
	why: "Nothing listens on that IP address and port, or a firewall rejects the connection. Visitors get a 521, not a 520.",
	rfc: null,
	curl: "7 (Failed to connect)",
	accept: [],
	reject: [],
	fixes: [
		{ where: "any", do: "Check that the web server runs and listens on that port.", command: "sudo ss -ltnp" },
		{ where: "any", do: "Check that the firewall accepts Cloudflare's IP addresses: https://www.cloudflare.com/ips/" },
		{ where: "Docker", do: "Check that the port is published on the host's public IP address, not only on 127.0.0.1." },
	],
} as const satisfies FindingEntry;
