import type { FindingEntry } from "./finding.ts";
import { phpHeaderCall, serverWritesResponse } from "./fixes.ts";

export const spaceBeforeColon = {
	shownBy: "bytes",
	level: "warn",
	outcome: "accepts",
	certainty: "medium",
	cause: null,
	say: "There is whitespace between a header name and its colon.",
	fix: "Write Name: value.",
	why: "Cloudflare accepts it and the header is kept. nginx, HAProxy, Apache, Varnish, Node and Cloudflare Workers reject it.",
	rfc: "RFC 9112 §5.1",
	curl: "0 (accepts it)",
	accept: ["Pingora", "Go", "curl", "Python"],
	reject: ["workerd", "Node", "undici", "nginx", "HAProxy", "Apache", "Varnish"],
	fixes: [
		{ where: "any", do: "Remove the whitespace between the header name and the colon." },
		phpHeaderCall,
		serverWritesResponse,
	],
} as const satisfies FindingEntry;
