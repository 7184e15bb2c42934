import type { FindingEntry } from "./finding.ts";

export const clientClosedFirst = {
	shownBy: "capture",
	level: "fault",
	cause: "middle-timeout",
	say: "The client closed the connection before the response was complete.",
	fix: "Find the timeout of what sends requests to this server: a proxy, a load balancer or cloudflared.",
	why: "What sent the request gave up first. Between a proxy and the application that is usually the proxy's timeout, after the same number of seconds each time. Visitors get what the proxy then returns, or a 520 when it closes its connection too.",
	rfc: null,
	curl: null,
	accept: [],
	reject: [],
	fixes: [
		{ where: "nginx", do: "`proxy_read_timeout` is 60 s by default.", command: "proxy_read_timeout 120s;" },
		{ where: "HAProxy", do: "`timeout server` ends the wait.", command: "timeout server 120s" },
		{ where: "Apache", do: "`ProxyTimeout` ends the wait.", command: "ProxyTimeout 120" },
		{ where: "any", do: "Find out why the application takes that long: compare the seconds with its own log." },
	],
} as const satisfies FindingEntry;
