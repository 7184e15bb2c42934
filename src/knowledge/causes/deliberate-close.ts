import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { E520 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const deliberateClose = {
	articleCause: null,
	title: "A rule at the origin closes the connection on purpose",
	what: "nginx return 444, HAProxy http-request reject, ModSecurity drop or a bot filter hang up without an answer: Cloudflare can only show a 520 for that.",
	fixes: [
		"Search the configuration for 444, reject, drop and deny, and the access log for status 444 at that second.",
		"Check that the site's name is among the server names, and not caught by a default server that returns 444.",
		"Return 403 instead of hanging up, so that people see what it is.",
	],
	source: E520,
	prior: {
		base: 2,
		cases: 4,
		why: 'nginx 444 / HAProxy reject send zero bytes (measured): exactly "empty response" of Error 520 page',
	},
	given: {
		"edge-pattern": {
			values: { all: USUAL, "some-urls": USUAL, "some-visitors": RARE, "not-reproduced": RARE },
			why: "a rule names a host, path, scheme or agent and holds for everybody",
		},
		"direct-origin": {
			values: { "closed-empty": ALWAYS, reset: RARE, ok: RARE },
			why: "444 and reject send zero bytes (measured)",
		},
		variants: {
			values: { same: USUAL, "method-agent-or-encoding": SOME, scheme: RARE },
			why: "rules look at Host, path or agent; seldom they live in one scheme's server block",
		},
		"time-to-failure": { values: { instant: ALWAYS }, why: "no work is done" },
		"origin-log": { values: { "refused-or-444": ALWAYS, nothing: RARE }, why: "444 0, PR-- or a ModSecurity line (measured)" },
		"who-is-hit": {
			values: { everyone: USUAL, "one-client": SOME, "one-network-or-country": RARE },
			why: "what the request says decides, not who sends it",
		},
		"what-changed": {
			values: { "firewall-or-host": USUAL, "tls-dns-or-cloudflare": SOME, deploy: RARE },
			why: "rules come with an attack, a host or the move behind Cloudflare",
		},
		"host-health": { values: { normal: ALWAYS }, why: "the server is well" },
	},
} as const satisfies Cause;
