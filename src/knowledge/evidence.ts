/** What is asked about a case, and every answer that there is (DESIGN: evidence keys). */
export const EVIDENCE = {
	"edge-pattern": ["all", "some-urls", "some-visitors", "random", "bursts", "after-idle", "not-reproduced"],
	"direct-origin": [
		"ok",
		"closed-empty",
		"closed-mid-body",
		"malformed",
		"header-section-too-large",
		"reset",
		"tls-failure",
		"client-certificate-wanted",
		"wrong-protocol",
		"server-error",
		"slow",
		"refused",
		"no-route",
	],
	variants: ["same", "cookies", "request-size", "scheme", "method-agent-or-encoding", "http-version", "ip-version"],
	"time-to-failure": ["instant", "seconds", "round-number", "two-minutes"],
	"origin-log": ["complete-200", "nothing", "crash", "refused-or-444", "client-closed-499", "no-access"],
	"who-is-hit": ["everyone", "signed-in", "one-network-or-country", "one-client", "under-load"],
	"what-changed": ["deploy", "firewall-or-host", "tls-dns-or-cloudflare", "nothing"],
	"host-health": ["restarted-or-oom", "saturated", "normal"],
	"cloudflare-features": ["worker", "http2-to-origin", "origin-pulls", "tunnel", "rules", "none"],
	"colo-spread": ["many", "one"],
	"edge-trace": ["ok", "failed"],
} as const;

export type EvidenceKey = keyof typeof EVIDENCE;
export const EVIDENCE_KEYS = Object.keys(EVIDENCE) as readonly EvidenceKey[];
export const isEvidenceKey = (word: string): word is EvidenceKey => Object.hasOwn(EVIDENCE, word);

/** Whether a key has this value. */
export function isValue(key: EvidenceKey, value: string): boolean {
	return (EVIDENCE[key] as readonly string[]).includes(value);
}

/** What is known of a case. Several values only for `cloudflare-features`, where several things can be on. */
export type Evidence = Readonly<Partial<Record<EvidenceKey, string | readonly string[]>>>;

/**
 * What an answer costs the person who is asked: 1 what anybody who was hit can say at once; 1.5 what has to be recalled, tried or
 * fetched; 2 what needs several places; 3 what says next to nothing about a 520.
 */
export const COST: Readonly<Record<EvidenceKey, number>> = {
	"edge-pattern": 1,
	"who-is-hit": 1,
	"time-to-failure": 1.5,
	"what-changed": 1.5,
	variants: 1.5,
	"cloudflare-features": 1.5,
	"host-health": 1.5,
	"origin-log": 1.5,
	"direct-origin": 1.5,
	"colo-spread": 2,
	"edge-trace": 3,
};
