import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { E520 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const visitorBanned = {
	family: "refusal",
	articleCause: null,
	title: "Visitor banned or rate-limited",
	what: "The origin rejects one visitor or network.",
	fixes: [
		"Find that IP address in the ban lists.",
		"Return 429 instead of closing the connection.",
		"Check that the server sees the visitor's IP address (CF-Connecting-IP), not Cloudflare's.",
	],
	source: E520,
	prior: { base: 1, why: "reported only: the ban uses the forwarded IP address (public cases)" },
	given: {
		"edge-pattern": {
			values: { "some-visitors": USUAL, "not-reproduced": USUAL },
			why: "one IP address fails, my requests come from another",
		},
		"direct-origin": { values: { ok: ALWAYS }, why: "my IP address is not banned" },
		variants: {
			values: { same: ALWAYS, "ip-version": RARE, "user-agent": RARE },
			why: "the IP address decides; a person has two, and bans begin with an agent",
		},
		"time-to-failure": { values: { instant: USUAL, seconds: SOME }, why: "dropped on arrival" },
		"origin-log": {
			values: { "no-access": USUAL, "refused-or-444": USUAL, nothing: SOME },
			why: "a banned person usually has no access to the server; its owner sees a ban line",
		},
		"who-is-hit": {
			values: { "one-network-or-country": ALWAYS, "own-rate": USUAL, "under-load": RARE, "one-client": RARE },
			why: "the IP address decides; a rate limit hits only rapid callers",
		},
		"what-changed": { values: { nothing: USUAL, "firewall-or-host": SOME }, why: "a ban needs no deployment" },
		"host-health": { values: { normal: ALWAYS }, why: "the server works" },
		"edge-saw": { values: { "no-status": ALWAYS }, why: "the connection closes without a response" },
		"colo-spread": { values: { many: SOME, one: SOME }, why: "a banned visitor comes through one data center" },
	},
} as const satisfies Cause;
