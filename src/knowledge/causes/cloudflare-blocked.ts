import { ALWAYS, SOME, USUAL } from "../levels.ts";
import { IPS } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const cloudflareBlocked = {
	family: "refusal",
	articleCause: null,
	title: "Cloudflare's IP addresses blocked",
	what: "A firewall, rate limit or plugin rejects or throttles Cloudflare.",
	fixes: [
		"Allow all Cloudflare IP ranges; exempt them from limits.",
		"Restore the visitor's IP address (real_ip, mod_remoteip), so limits count people.",
		"Ask the hosting provider whether they throttle.",
	],
	source: IPS,
	prior: {
		base: 1,
		why: "documented (Error 520 page), but a packet filter gives 521 or 522; only a throttle in the application gives 520",
	},
	given: {
		"edge-pattern": {
			values: { random: USUAL, bursts: SOME, all: SOME, "some-visitors": SOME },
			why: "throttling by IP address lets the first requests through (a full block would be 521 or 522); where cloud networks are blocked, callers there fail and homes do not",
		},
		"direct-origin": { values: { ok: ALWAYS }, why: "only Cloudflare's IP addresses are hit" },
		variants: { values: { same: ALWAYS }, why: "the IP address decides" },
		"time-to-failure": { values: { instant: USUAL, seconds: SOME }, why: "closed on arrival" },
		"origin-log": {
			values: { "refused-or-444": USUAL, nothing: SOME, "no-access": SOME },
			why: "throttle or ban line, or a filter before the log; someone who calls another server from a Worker sees none",
		},
		"who-is-hit": {
			values: { everyone: USUAL, "under-load": SOME, "one-network-or-country": SOME },
			why: "a limit counts all visitors as few IP addresses; a block can name cloud networks",
		},
		"what-changed": {
			values: { "firewall-or-host": USUAL, deploy: SOME, "tls-dns-or-cloudflare": SOME },
			why: "new security software or the move behind Cloudflare",
		},
		"host-health": { values: { normal: ALWAYS }, why: "the server works" },
		"colo-spread": { values: { many: USUAL, one: SOME }, why: "a limit by IP address can hit one data center" },
		"other-codes": {
			values: { none: SOME, timeouts: SOME, "refused-or-tls": SOME },
			why: "a packet filter gives 521 or 522, a limit of the application a 520",
		},
		"cloudflare-features": {
			values: { "worker-as-caller": SOME, none: USUAL },
			why: "a Worker calls from Cloudflare's IP addresses, which someone else's server may block",
		},
		"edge-saw": { values: { "no-status": ALWAYS }, why: "the connection closes without a response" },
	},
} as const satisfies Cause;
