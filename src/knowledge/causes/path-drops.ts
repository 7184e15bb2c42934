import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import type { Cause } from "./cause.ts";

export const pathDrops = {
	family: "way",
	side: "the path to the origin",
	articleCause: null,
	title: "Connections dropped on the way",
	what: "A tunnel or the network between Cloudflare and the origin drops connections.",
	fixes: [
		"Read cloudflared's log, or test for packet loss.",
		"Compare IPv4 and IPv6: remove the AAAA record for a test if only IPv6 fails.",
		"Run mtr from the origin to a Cloudflare IP address, and ask the hosting provider.",
	],
	source: [
		"Cloudflare: Tunnel errors",
		"https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/troubleshoot-tunnels/common-errors/",
	],
	prior: {
		base: 0.5,
		why: "a path that drops is usually a 522; cloudflared returns 502 for failures at its own end (Tunnel documentation), so a 520 needs a connection that dies in use",
	},
	given: {
		"edge-pattern": {
			values: { random: USUAL, bursts: SOME, "some-visitors": SOME, "some-urls": RARE },
			why: "every request in flight is lost; some data centers have another path; cached URLs never use it",
		},
		"direct-origin": { values: { ok: ALWAYS, "no-route": RARE }, why: "the origin itself works" },
		variants: { values: { same: USUAL, "ip-version": SOME }, why: "any request can be lost, or one IP version" },
		"time-to-failure": {
			values: { instant: SOME, seconds: USUAL, "round-number": RARE },
			why: "a drop shows when the connection is given up",
		},
		"origin-log": {
			values: { nothing: ALWAYS, "client-closed-499": RARE },
			why: "the request does not arrive, or its other side closes",
		},
		"who-is-hit": { values: { everyone: USUAL, "one-network-or-country": SOME }, why: "a path can be that of one region" },
		"what-changed": { values: { nothing: ALWAYS, "firewall-or-host": RARE }, why: "a link fails without a change" },
		"host-health": { values: { normal: ALWAYS }, why: "the network, not the host" },
		"cloudflare-features": { values: { tunnel: USUAL, none: SOME }, why: "a tunnel is one more connection that can drop" },
		"colo-spread": { values: { many: SOME, one: SOME }, why: "the tunnel of all, or the link of one data center" },
		"other-codes": {
			values: { timeouts: USUAL, none: SOME, "refused-or-tls": RARE },
			why: "a connection that cannot begin is a 522",
		},
		"edge-saw": { values: { "no-status": ALWAYS }, why: "the response does not arrive" },
	},
} as const satisfies Cause;
