import type { Rows } from "../causes/cause.ts";
import type { CauseId } from "../causes/list.ts";
import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";

/** The codes themselves as causes, for questions about codes other than 520. */
const LIST = {
	"502": {
		"direct-origin": { values: { "server-error": ALWAYS }, why: "the origin sent it (Error 502/504 page)" },
		"edge-pattern": { values: { all: SOME, "some-urls": SOME, random: SOME }, why: "a dead backend behind a front end" },
	},
	"503": {
		"direct-origin": { values: { "server-error": ALWAYS }, why: "the origin sent it (Error 503 page)" },
		"edge-pattern": { values: { all: USUAL, bursts: USUAL }, why: "overload or maintenance" },
	},
	"504": {
		"direct-origin": { values: { "server-error": USUAL, slow: USUAL }, why: "the origin sent it (Error 502/504 page)" },
		"time-to-failure": { values: { "round-number": ALWAYS }, why: "the front end's own limit" },
		"edge-pattern": { values: { "some-urls": ALWAYS }, why: "the slow handler" },
	},
	"521": {
		"direct-origin": { values: { refused: ALWAYS }, why: "521 = TCP refused (Error 521 page)" },
		"edge-pattern": { values: { all: ALWAYS }, why: "the port is closed for all" },
	},
	"522": {
		"direct-origin": { values: { "no-route": ALWAYS }, why: "522 = SYN or ACK unanswered (Error 522 page)" },
		variants: { values: { scheme: USUAL, same: SOME }, why: "one port is filtered; one IP version that fails is path-drops" },
		"edge-pattern": {
			values: { all: USUAL, "some-urls": USUAL, "some-visitors": SOME },
			why: "the IP address, one port, uncached URLs, or a route from one region",
		},
		"who-is-hit": { values: { everyone: USUAL, "one-network-or-country": SOME }, why: "a dead route can be regional" },
		"host-health": { values: { normal: ALWAYS }, why: "the network, not the host" },
	},
	"523": {
		"direct-origin": { values: { "no-route": ALWAYS }, why: "no route (Error 523 page)" },
		"edge-pattern": { values: { all: ALWAYS }, why: "the IP address" },
		"host-health": { values: { normal: ALWAYS }, why: "the network, not the host" },
	},
	"524": {
		"direct-origin": { values: { slow: ALWAYS }, why: "no byte within 125 s (Error 524 page)" },
		"time-to-failure": {
			values: { "two-minutes": ALWAYS, "round-number": SOME },
			why: "125 s, older texts 100 and 120 (Cloudflare's documentation)",
		},
		"edge-pattern": { values: { "some-urls": ALWAYS }, why: "the slow handler" },
		"origin-log": { values: { "client-closed-499": USUAL, "complete-200": SOME }, why: "Cloudflare gave up first" },
		"waits-for": {
			values: { "third-party": USUAL, "own-backend": USUAL, nothing: SOME },
			why: "a handler that is slow usually waits",
		},
	},
	"525": {
		"direct-origin": { values: { "tls-failure": ALWAYS }, why: "handshake failed (Error 525 page)" },
		"edge-pattern": { values: { all: USUAL, random: RARE, "some-urls": RARE }, why: "the TLS port is wrong for all" },
		"what-changed": { values: { "tls-dns-or-cloudflare": USUAL, deploy: SOME }, why: "certificate or TLS setup" },
	},
	"526": {
		"direct-origin": { values: { ok: SOME, "tls-failure": USUAL }, why: "certificate not valid (Error 526 page)" },
		"edge-pattern": { values: { all: ALWAYS }, why: "the certificate" },
		"what-changed": { values: { "tls-dns-or-cloudflare": USUAL, nothing: SOME }, why: "renewal failed, strict mode" },
	},
	"530": {
		"edge-pattern": { values: { all: ALWAYS }, why: "the name or the tunnel" },
		"cloudflare-features": {
			values: { tunnel: USUAL, none: SOME },
			why: "usually a tunnel without connector (1033), or a name (1016)",
		},
	},
	"1016": {
		"edge-pattern": { values: { all: ALWAYS }, why: "the name" },
		"what-changed": { values: { "tls-dns-or-cloudflare": ALWAYS }, why: "a record or a load balancer" },
	},
	"1033": {
		"cloudflare-features": { values: { tunnel: ALWAYS }, why: "no connector (Tunnel documentation)" },
		"edge-pattern": { values: { all: ALWAYS }, why: "whole tunnel" },
	},
	"cloudflare-incident": {
		"edge-pattern": { values: { all: ALWAYS }, why: "everything at once" },
		"colo-spread": { values: { many: ALWAYS }, why: "many places" },
		"direct-origin": { values: { ok: ALWAYS }, why: "the origin works" },
		"edge-trace": { values: { failed: USUAL, ok: USUAL }, why: "the edge itself may fail" },
	},
} as const satisfies Readonly<Record<string, Rows>>;

/** A code that can stand as its own cause. */
type CodeCause = keyof typeof LIST;
export const CODE_ROWS: Readonly<Record<CodeCause, Rows>> = LIST;
export const isCodeCause = (word: string): word is CodeCause => Object.hasOwn(LIST, word);

interface Weight {
	readonly weight: number;
	readonly why: string;
	/** What one sees of the cause when it shows as this code, where that is something else than behind a 520. */
	readonly given?: Rows;
}

/**
 * A front end that runs out of workers or time responds itself: 503 where all are busy, 504 where its limit ends the wait. Behind a 520 that
 * is rare, because Cloudflare passes these on unchanged.
 */
const BUSY_FRONT_END: Rows = {
	"direct-origin": {
		values: { slow: USUAL, "server-error": USUAL, ok: SOME, "closed-empty": RARE, reset: RARE },
		why: "the request waits in the queue, or a front end without a free worker returns 503 or 504 (Error 503 page)",
	},
};
const OWN_LIMIT: Rows = {
	"direct-origin": {
		values: { slow: USUAL, "server-error": USUAL, "closed-empty": SOME, ok: RARE },
		why: "a direct request is slow, or the front end ends it with its own 504 (nginx-upstream-timeout)",
	},
};

/** What can lie behind codes other than 520: causes, or the code itself where it says all. Weights by the documentation of each code. */
export const BEHIND_OTHER_CODES: Readonly<Record<string, Readonly<Partial<Record<CauseId | CodeCause, Weight>>>>> = {
	"400": {
		"origin-pulls": { weight: 0.3, why: '"No required SSL certificate" (nginx-aop-missing)' },
		"request-too-large": { weight: 0.3, why: "header too large" },
		"protocol-mismatch": { weight: 0.3, why: "plain HTTP sent to HTTPS port" },
		"odd-client-request": { weight: 0.1, why: "malformed request" },
	},
	"502": {
		"502": { weight: 0.3, why: "the origin's own (Error 502/504 page)" },
		"origin-crashed": { weight: 0.3, why: "a front end responds for the dead backend (measured)" },
		"wrong-target": { weight: 0.3, why: "cloudflared cannot reach its service (Tunnel documentation)" },
		"headers-too-large": { weight: 0.1, why: "the front end's header buffer (nginx-big-hdr)" },
		"http2-to-origin": { weight: 0.1, why: "GOAWAY through cloudflared or Gateway (Error 502/504 page)" },
		"framing-conflict": { weight: 0.1, why: "unusable gzip or length (Error 502/504 page)" },
		"origin-overloaded": { weight: 0.1, why: "backend queue full", given: BUSY_FRONT_END },
		"protocol-mismatch": { weight: 0.1, why: "cfd-malformed" },
	},
	"503": {
		"503": { weight: 0.3, why: "the origin's own" },
		"origin-overloaded": { weight: 0.6, why: "Error 503 page", given: BUSY_FRONT_END },
		"origin-crashed": { weight: 0.3, why: "backend gone" },
		"visitor-banned": { weight: 0.1, why: "limit_req returns 503" },
	},
	"504": {
		"504": { weight: 0.3, why: "the origin's own" },
		"middle-timeout": { weight: 0.6, why: "a front end's limit (nginx-upstream-timeout)", given: OWN_LIMIT },
		"origin-overloaded": { weight: 0.3, why: "queue", given: BUSY_FRONT_END },
	},
	"521": {
		"521": { weight: 0.6, why: "TCP refused (Error 521 page)" },
		"origin-crashed": {
			weight: 0.3,
			why: "nothing listens (Cloudflare's open-source proxy)",
			given: { "direct-origin": { values: { refused: ALWAYS }, why: "the port of a dead process rejects connections" } },
		},
		"cloudflare-blocked": { weight: 0.3, why: "a firewall that rejects Cloudflare (fail2ban-ban)" },
		"cold-start": {
			weight: 0.1,
			why: "not listening yet",
			given: { "direct-origin": { values: { refused: USUAL, ok: SOME }, why: "refused until it listens" } },
		},
		"wrong-target": { weight: 0.1, why: "wrong IP address" },
		"origin-overloaded": { weight: 0.1, why: "backlog refused" },
	},
	"522": {
		"522": { weight: 0.6, why: "SYN or ACK unanswered (Error 522 page)" },
		"origin-overloaded": { weight: 0.3, why: "full backlog drops SYN (kernel-synflood; cases chatter, supabase-50009)" },
		"cloudflare-blocked": { weight: 0.3, why: "a firewall that drops Cloudflare" },
		"visitor-banned": { weight: 0.1, why: "a ban that drops one visitor (weserv-254)" },
		"edge-feature": { weight: 0.1, why: "a Worker on a custom domain that fetches itself (Error 522 page)" },
		"path-drops": {
			weight: 0.1,
			why: "packet loss, or one IP version that fails (Error 522 page)",
			given: {
				"edge-pattern": {
					values: { random: SOME, "some-urls": SOME, "some-visitors": SOME, bursts: SOME, all: RARE },
					why: "part of the connections fail; cached URLs need none",
				},
				variants: { values: { "ip-version": USUAL, same: SOME }, why: "one IP version fails" },
			},
		},
		"origin-crashed": {
			weight: 0.1,
			why: "the machine is down, or its network with it",
			given: { "direct-origin": { values: { "no-route": ALWAYS, slow: SOME }, why: "a machine that is down does not respond" } },
		},
		"wrong-target": { weight: 0.1, why: "dead IP address" },
	},
	"523": {
		"523": { weight: 0.6, why: "no route (Error 523 page)" },
		"wrong-target": { weight: 0.3, why: "wrong or withdrawn IP address" },
		"origin-overloaded": { weight: 0.1, why: "host falls off the network" },
		"origin-crashed": { weight: 0.02, why: "the machine is down" },
		"path-drops": { weight: 0.1, why: "a route that comes and goes" },
	},
	"524": {
		"524": { weight: 0.6, why: "125 s without a byte (Error 524 page)" },
		"origin-overloaded": { weight: 0.3, why: "queue longer than the limit", given: BUSY_FRONT_END },
		"origin-crashed": {
			weight: 0.1,
			why: "a front end accepts, the application is dead",
			given: {
				"direct-origin": {
					values: { slow: USUAL, "server-error": RARE },
					why: "the front end waits for the application; one that returns 502 at once shows as a 502, not as this",
				},
			},
		},
		"middle-timeout": { weight: 0.1, why: "several limits on one path", given: OWN_LIMIT },
		"http2-to-origin": { weight: 0.02, why: "a stream that stalls" },
	},
	"525": {
		"525": { weight: 0.6, why: "handshake failed (Error 525 page)" },
		"protocol-mismatch": { weight: 0.3, why: "plain text on the TLS port (Cloudflare's open-source proxy)" },
		"origin-pulls": { weight: 0.1, why: "client certificate under TLS 1.2" },
		"origin-overloaded": { weight: 0.1, why: "handshakes cost processor time" },
		"origin-crashed": { weight: 0.02, why: "the TLS server is gone, and something else listens" },
		"wrong-target": { weight: 0.1, why: "another server, unknown name" },
	},
	"526": {
		"526": { weight: 0.6, why: "certificate not valid (Error 526 page)" },
		"wrong-target": { weight: 0.1, why: "another server's certificate" },
	},
	"530": {
		"530": { weight: 0.6, why: "the 1xxx number on the page says what failed (Error 530 page)" },
		"1033": { weight: 0.3, why: "a tunnel without connector" },
		"wrong-target": { weight: 0.3, why: "1016: a name that does not resolve" },
	},
	"1016": {
		"1016": { weight: 0.9, why: "origin name does not resolve (Error 530 page)" },
		"wrong-target": { weight: 0.3, why: "a record that leads elsewhere" },
	},
	"1033": {
		"1033": { weight: 0.9, why: "no connector (Tunnel documentation)" },
		"origin-crashed": { weight: 0.02, why: "host down" },
	},
	"1034": { "wrong-target": { weight: 0.9, why: "the name leads to an IP address that is not the zone's (1xxx page)" } },
	"5xx incident": { "cloudflare-incident": { weight: 0.9, why: "all zones of a platform at one minute" } },
};
