import type { FindingEntry } from "./finding.ts";
import { admitCloudflare, nodeKeepAlive, readErrorLog } from "./fixes.ts";

export const reset = {
	shownBy: "ending",
	level: "fault",
	cause: null,
	say: "The connection was reset before the message was complete.",
	fix: "A crash, a firewall or a box in between: the origin's log and a look without the box tell.",
	why: "The origin broke the connection off. Before the end of the headers visitors get a 520, later a cut page.",
	rfc: "RFC 9112 §8, §9.6",
	curl: "56 (Recv failure: Connection reset by peer)",
	accept: [],
	reject: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache", "Varnish"],
	fixes: [
		readErrorLog,
		admitCloudflare,
		{
			where: "any",
			do: "Look for a firewall, load balancer or DDoS protection that sends resets, with a packet capture on the server.",
			command: 'tcpdump -ni any "tcp[tcpflags] & tcp-rst != 0 and (port 80 or port 443)"',
		},
		nodeKeepAlive,
		{ where: "any", do: "In your own server read the whole request before closing: a close with unread bytes sends a reset." },
	],
} as const satisfies FindingEntry;
