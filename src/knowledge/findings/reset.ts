import type { FindingEntry } from "./finding.ts";
import { admitCloudflare, nodeKeepAlive, readErrorLog } from "./fixes.ts";

export const reset = {
	shownBy: "ending",
	level: "fault",
	cause: null,
	say: "The origin reset the connection before the response was complete.",
	fix: "A crash, a firewall or a middlebox resets it. Read the origin's log, or check without the middlebox.",
	why: "The origin reset the connection. Before the end of the headers visitors get a 520, after it a page that is cut off.",
	rfc: "RFC 9112 §8, §9.6",
	curl: "56 (Recv failure: Connection reset by peer)",
	accept: [],
	reject: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache", "Varnish"],
	fixes: [
		readErrorLog,
		admitCloudflare,
		{
			where: "any",
			do: "Look for a firewall, load balancer or DDoS protection that sends resets: capture packets on the server.",
			command: 'tcpdump -ni any "tcp[tcpflags] & tcp-rst != 0 and (port 80 or port 443)"',
		},
		nodeKeepAlive,
		{ where: "any", do: "In your own server, read the whole request before you close: closing with unread bytes sends a reset." },
	],
} as const satisfies FindingEntry;
