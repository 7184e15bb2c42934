import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { E520 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const deliberateClose = {
	family: "refusal",
	articleCause: null,
	title: "Connection dropped by a rule",
	what: "A rule such as nginx `return 444` closes the connection without a response.",
	fixes: [
		"Search the configuration for 444, reject, drop and deny.",
		"Look for status 444 in the access log at that second.",
		"Check that the hostname is among the server names, and does not reach a default server that returns 444.",
		"Return 403 instead, so people can see the reason.",
	],
	source: E520,
	prior: {
		base: 2,
		why: 'nginx 444 and HAProxy reject send zero bytes (measured): the "empty response" of the Error 520 page',
	},
	given: {
		"edge-pattern": {
			values: { all: USUAL, "some-urls": USUAL, "not-reproduced": SOME, "some-visitors": RARE },
			why: "a rule names a host, path, scheme or agent and applies to everyone who sends that; my requests have another agent",
		},
		"direct-origin": {
			values: { "closed-empty": ALWAYS, reset: RARE, ok: RARE },
			why: "444 and reject send zero bytes (measured)",
		},
		variants: {
			values: { "user-agent": USUAL, same: USUAL, method: RARE, scheme: RARE },
			why: "rules check the host, path, method or, most often, the agent; they rarely sit in one scheme's server block",
		},
		"time-to-failure": { values: { instant: ALWAYS }, why: "no work is done" },
		"origin-log": {
			values: { "refused-or-444": ALWAYS, nothing: RARE, "no-access": SOME },
			why: "444 0, PR-- or a ModSecurity line (measured); the owner of a rejected program often has no access to the server",
		},
		"who-is-hit": {
			values: { everyone: USUAL, "one-client": SOME, "one-network-or-country": RARE },
			why: "the content of the request decides, not the sender",
		},
		"what-changed": {
			values: { "firewall-or-host": USUAL, "tls-dns-or-cloudflare": SOME, deploy: RARE },
			why: "rules come with an attack, a host or the move behind Cloudflare",
		},
		"host-health": { values: { normal: ALWAYS }, why: "the server works" },
		"edge-saw": { values: { "no-status": ALWAYS }, why: "444 and reject send zero bytes" },
	},
} as const satisfies Cause;
