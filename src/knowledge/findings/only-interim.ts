import type { FindingEntry } from "./finding.ts";
import { readErrorLog } from "./fixes.ts";

export const onlyInterim = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "high",
	cause: "upgrade-or-1xx",
	say: "Only interim (1xx) responses arrived, never a final one.",
	fix: "Turn off early hints (103) as a test, and find out why the final response is missing.",
	why: "Only a 1xx status arrived, then the connection closed. Without a final response visitors get a 520.",
	rfc: "RFC 9110 §15.2",
	curl: "52 (Empty reply from server)",
	accept: [],
	reject: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache", "Varnish"],
	fixes: [
		{ where: "any", do: "Send a final status after 100 or 103." },
		readErrorLog,
		{ where: "Node", do: "After `res.writeContinue()` or `res.writeEarlyHints()`, always end with `res.end()`." },
		{ where: "any", do: "Turn off Early Hints (103) at the origin until it is fixed." },
	],
} as const satisfies FindingEntry;
