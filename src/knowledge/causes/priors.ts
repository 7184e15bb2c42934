import type { CauseId } from "./causes.ts";

/** How likely a cause is before anything is known of a case. */
export interface Prior {
	/** 3 named first by the documentation and reproduced; 2 documented for 520, or reproduced with no byte; 1 documented in part, or reported; 0.5 seldom a 520; 0.1 contradicted by the documentation. */
	readonly base: number;
	/** Solved public 520 cases with this cause, of 35 (read in 2026-11); half a point each, so that they come second. */
	readonly cases: number;
	readonly why: string;
}

export const PRIORS: Readonly<Record<CauseId, Prior>> = {
	"origin-crashed": {
		base: 3,
		cases: 5,
		why: "first cause in the 520 page (Error 520 page) and zero bytes in the lab for Gunicorn, Node, Apache segv (measured)",
	},
	"deliberate-close": {
		base: 2,
		cases: 4,
		why: 'nginx 444 / HAProxy reject send zero bytes (measured): exactly "empty response" of Error 520 page',
	},
	"headers-too-large": { base: 2, cases: 3, why: "documented: headers over 128 KB, often cookies (Error 520 page)" },
	"headers-malformed": {
		base: 2,
		cases: 1,
		why: "documented: empty or malformed answer (Error 520 page); every parser rule of Cloudflare's open-source proxy rejects",
	},
	"http2-to-origin": {
		base: 2,
		cases: 2,
		why: 'documented twice: Error 520 page and HTTP/2 to Origin page "5xx, particularly 520"; on by default',
	},
	"origin-overloaded": {
		base: 2,
		cases: 4,
		why: "dropped or timed out before headers counts as 520 (Error 520 page, Cloudflare's documentation)",
	},
	"middle-timeout": {
		base: 2,
		cases: 3,
		why: "a hop with its own limit closes with zero bytes (gunicorn sync <= 21, measured; haproxy) instead of the edge's 524",
	},
	"visitor-banned": { base: 1, cases: 3, why: "reported only: the ban looks at the forwarded address (public cases)" },
	"cloudflare-blocked": {
		base: 1,
		cases: 1,
		why: "documented (Error 520 page), but a packet filter gives 521 or 522; only an application-level throttle gives 520",
	},
	"idle-race": {
		base: 1,
		cases: 0,
		why: "documented (Connection limits page: 900 s, 30 s) but a GET on a reused connection is retried (Cloudflare's open-source proxy)",
	},
	"cold-start": { base: 1, cases: 2, why: "reported on platforms whose front is up before the application (public cases)" },
	"origin-pulls": {
		base: 1,
		cases: 1,
		why: "documented (Error 520 page); needs TLS 1.3 alert or a reset, nginx answers 400 instead (measured)",
	},
	"protocol-mismatch": {
		base: 1,
		cases: 1,
		why: "non-HTTP bytes are rejected (Cloudflare's open-source proxy) and nginx relays them (8.1)",
	},
	"wrong-target": { base: 1, cases: 1, why: "another server behind the address answers or hangs up (measured)" },
	"request-too-large": {
		base: 1,
		cases: 1,
		why: "origins answer 4xx themselves; a 520 only where a hop hangs up (log line nginx-client-too-large)",
	},
	"closed-mid-response": {
		base: 1,
		cases: 0,
		why: "article cause 1, but a head already passed on gives a cut 200, not a 520 (Cloudflare's open-source proxy; Cloudflare's documentation)",
	},
	"framing-conflict": {
		base: 1,
		cases: 0,
		why: "a second Content-Length is rejected (Cloudflare's open-source proxy), other conflicts are accepted",
	},
	"upgrade-or-1xx": {
		base: 0.5,
		cases: 1,
		why: "needs an upgrade or only interim responses (Cloudflare's open-source proxy); few sites",
	},
	"relabelled-5xx": {
		base: 0.5,
		cases: 1,
		why: "Cloudflare passes 5xx on; only a platform in front relabels (Cloudflare's open-source proxy server-error)",
	},
	"odd-client-request": { base: 0.5, cases: 1, why: "needs a client that breaks HTTP" },
	"tls-broken": {
		base: 0.5,
		cases: 0,
		why: "article cause 5: right in kind, reproduced only with client certificates (Cloudflare's documentation)",
	},
	"edge-feature": {
		base: 0.5,
		cases: 0,
		why: "Workers fail as 1101/1102, rules as 1035-1041 or 500 (Cloudflare's documentation); a Worker may return 520 itself",
	},
	"headers-missing": { base: 0.1, cases: 0, why: "a head without fields is legal and accepted (Cloudflare's documentation)" },
	"response-too-large": { base: 0.1, cases: 0, why: "no cap on response content exists (Cloudflare's documentation)" },
};

/** A point of evidence for a cause from one public case. */
export const CASE_WEIGHT = 0.5;

/** What can lie behind codes other than 520: causes, or the code itself where it says all. Weights by the documentation of each code. */
export const BEHIND_OTHER_CODES: Readonly<
	Record<string, Readonly<Record<string, { readonly weight: number; readonly why: string }>>>
> = {
	"521": {
		"521": { weight: 0.6, why: "TCP refused (Error 521 page)" },
		"origin-crashed": { weight: 0.3, why: "nothing listens (Cloudflare's open-source proxy)" },
		"cloudflare-blocked": { weight: 0.3, why: "a firewall that rejects Cloudflare (fail2ban-ban)" },
		"cold-start": { weight: 0.1, why: "not listening yet" },
		"wrong-target": { weight: 0.1, why: "wrong address" },
		"origin-overloaded": { weight: 0.1, why: "backlog refused" },
	},
	"522": {
		"522": { weight: 0.6, why: "SYN or ACK unanswered (Error 522 page)" },
		"origin-overloaded": { weight: 0.3, why: "full backlog drops SYN (kernel-synflood; cases chatter, supabase-50009)" },
		"cloudflare-blocked": { weight: 0.3, why: "a firewall that drops Cloudflare" },
		"visitor-banned": { weight: 0.1, why: "a ban that drops one visitor (weserv-254)" },
		"edge-feature": { weight: 0.1, why: "a Worker on a custom domain that fetches itself (Error 522 page)" },
		"wrong-target": { weight: 0.1, why: "dead address" },
	},
	"523": {
		"523": { weight: 0.6, why: "no route (Error 523 page)" },
		"wrong-target": { weight: 0.3, why: "wrong or withdrawn address" },
		"origin-overloaded": { weight: 0.1, why: "host falls off the network" },
	},
	"524": {
		"524": { weight: 0.6, why: "125 s without a byte (Error 524 page)" },
		"origin-overloaded": { weight: 0.3, why: "queue longer than the limit" },
		"origin-crashed": { weight: 0.1, why: "front accepts, application is dead" },
		"middle-timeout": { weight: 0.1, why: "several limits on one way" },
		"http2-to-origin": { weight: 0.02, why: "a stream that stalls" },
	},
	"525": {
		"525": { weight: 0.6, why: "handshake failed (Error 525 page)" },
		"protocol-mismatch": { weight: 0.3, why: "plain text on the TLS port (Cloudflare's open-source proxy)" },
		"origin-pulls": { weight: 0.1, why: "client certificate under TLS 1.2" },
		"wrong-target": { weight: 0.1, why: "another server, unknown name" },
	},
	"526": {
		"526": { weight: 0.6, why: "certificate not valid (Error 526 page)" },
		"wrong-target": { weight: 0.1, why: "another server's certificate" },
	},
	"502": {
		"502": { weight: 0.3, why: "the origin's own (Error 502/504 page)" },
		"origin-crashed": { weight: 0.3, why: "a front answers for the dead backend (measured)" },
		"wrong-target": { weight: 0.3, why: "cloudflared cannot reach its service (Tunnel documentation)" },
		"headers-too-large": { weight: 0.1, why: "front's header buffer (nginx-big-hdr)" },
		"http2-to-origin": { weight: 0.1, why: "GOAWAY through cloudflared or Gateway (Error 502/504 page)" },
		"framing-conflict": { weight: 0.1, why: "unusable gzip or length (Error 502/504 page)" },
		"origin-overloaded": { weight: 0.1, why: "backend queue full" },
		"protocol-mismatch": { weight: 0.1, why: "cfd-malformed" },
	},
	"503": {
		"503": { weight: 0.3, why: "the origin's own" },
		"origin-overloaded": { weight: 0.6, why: "Error 503 page" },
		"origin-crashed": { weight: 0.3, why: "backend gone" },
		"visitor-banned": { weight: 0.1, why: "limit_req answers 503" },
	},
	"504": {
		"504": { weight: 0.3, why: "the origin's own" },
		"middle-timeout": { weight: 0.6, why: "a front's limit (nginx-upstream-timeout)" },
		"origin-overloaded": { weight: 0.3, why: "queue" },
	},
	"1033": {
		"1033": { weight: 0.9, why: "no connector (Tunnel documentation)" },
		"origin-crashed": { weight: 0.02, why: "host down" },
	},
	"1034": {
		"wrong-target": { weight: 0.9, why: "the name points to an address that is not the zone's (1xxx page)" },
	},
	"1016": {
		"wrong-target": { weight: 0.9, why: "origin name does not resolve (Error 530 page)" },
	},
	"530": {
		"wrong-target": { weight: 0.6, why: "1016" },
		"1033": { weight: 0.3, why: "1033" },
	},
	"400": {
		"origin-pulls": { weight: 0.3, why: '"No required SSL certificate" (nginx-aop-missing)' },
		"request-too-large": { weight: 0.3, why: "header too large" },
		"protocol-mismatch": { weight: 0.3, why: "plain HTTP sent to HTTPS port" },
		"odd-client-request": { weight: 0.1, why: "malformed request" },
	},
	"5xx incident": {
		"cloudflare-incident": { weight: 0.9, why: "all zones of a platform at one minute" },
	},
};
