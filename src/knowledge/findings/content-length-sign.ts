import type { FindingEntry } from "./finding.ts";
import { phpDropLength, serverCountsLength } from "./fixes.ts";

export const contentLengthSign = {
	shownBy: "bytes",
	level: "warn",
	outcome: "accepts",
	certainty: "medium",
	cause: null,
	say: "Content-Length has a plus sign.",
	fix: "Send digits only.",
	why: "Cloudflare's open-source parser accepts `+5`. Go, Node, HAProxy, Apache and Cloudflare Workers reject it.",
	rfc: "RFC 9110 §8.6",
	curl: "0 (accepts it)",
	accept: ["Pingora", "curl", "Python", "nginx"],
	reject: ["workerd", "Node", "undici", "Go", "HAProxy", "Apache", "Varnish"],
	fixes: [{ where: "any", do: "Send digits only, without a plus sign." }, serverCountsLength, phpDropLength],
} as const satisfies FindingEntry;
