import type { FindingEntry } from "./finding.ts";

export const upgradeUnasked = {
	shownBy: "bytes",
	level: "warn",
	outcome: "accepts",
	certainty: "high",
	cause: null,
	say: "The response switches protocols although the request did not ask for it.",
	fix: "Send 101 only in response to an Upgrade request.",
	why: "Cloudflare passes the 101 on, and the visitor gets no page. The request did not ask for another protocol.",
	rfc: "RFC 9110 §7.8, §15.2.2",
	curl: "52 (Empty reply from server)",
	accept: ["Pingora", "workerd", "Node", "Go", "Python", "nginx"],
	reject: ["undici", "HAProxy", "Apache", "Varnish"],
	fixes: [
		{ where: "any", do: "Send 101 only to a request with an Upgrade header." },
		{
			where: "nginx",
			do: "Do not send a fixed `Upgrade` to the backend; pass on what the visitor sent.",
			command: "proxy_set_header Upgrade $http_upgrade;",
		},
		{ where: "Apache", do: "Offer no upgrade on this port.", command: "Protocols http/1.1" },
	],
} as const satisfies FindingEntry;
