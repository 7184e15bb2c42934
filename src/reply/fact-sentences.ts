import type { Fact } from "../judge/case.ts";
import { SETTING_NAMES } from "../knowledge/analytics.ts";
import { type EvidenceKey, isValue, type ValueOf } from "../knowledge/evidence.ts";
import { ageWords } from "./words.ts";

/** What each answer to each question of the playbook says, as a sentence for people who have not seen the question. */
const SENTENCES: { readonly [K in EvidenceKey]: { readonly [V in ValueOf<K>]: string } } = {
	"edge-pattern": {
		all: "Other pages on the host fail too.",
		"some-urls": "Other pages on the host work.",
		"some-visitors": "Only some visitors get the error.",
		random: "Requests fail at random.",
		bursts: "The errors come in bursts.",
		"after-idle": "The first request after a pause fails.",
		"not-reproduced": "Test requests work.",
	},
	"direct-origin": {
		ok: "Requested directly, the origin returns a complete page.",
		"closed-empty": "Requested directly, the origin closes the connection without a response.",
		"closed-mid-body": "Requested directly, the origin closes the connection before its response is complete.",
		malformed: "Requested directly, the origin sends a malformed response.",
		"header-section-too-large": "Requested directly, the origin sends more than 128 KB of headers.",
		reset: "Requested directly, the origin resets the connection.",
		"tls-failure": "Requested directly, the origin fails the TLS handshake.",
		"client-certificate-wanted": "Requested directly, the origin requires Cloudflare's client certificate.",
		"wrong-protocol": "Requested directly, the origin speaks another protocol on this port.",
		"server-error": "Requested directly, the origin returns its own 5xx error.",
		slow: "Requested directly, the origin sends nothing in time.",
		refused: "Requested directly, the origin rejects the connection.",
		"no-route": "Requested directly, the origin cannot be reached.",
	},
	variants: {
		same: "No other form of the request works.",
		cookies: "Requests without cookies work.",
		"request-bytes": "Smaller requests work.",
		"amount-of-work": "Requests for fewer rows or items work.",
		"response-size": "Requests for a smaller response work.",
		scheme: "Only one of http and https fails.",
		"user-agent": "Requests with another user agent work.",
		"request-field": "Requests with another header or value work.",
		method: "Requests with another method work.",
		encoding: "Requests without compression work.",
		"http-version": "Requests with another HTTP version work.",
		"ip-version": "Requests with another IP version work.",
		"request-size": "Requests for less data work.",
		"method-agent-or-encoding": "Requests from another client work.",
	},
	"time-to-failure": {
		instant: "The error appears in under 1 second.",
		seconds: "The error appears after a few seconds.",
		"round-number": "The error always appears after the same time.",
		"two-minutes": "The error appears after about two minutes.",
	},
	"origin-log": {
		"complete-200": "The origin's log shows a complete 200 for the request.",
		nothing: "The origin's log has no entry for the request.",
		crash: "The origin's log shows a crash or kill.",
		"refused-or-444": "The origin's log shows a 444 or another 4xx.",
		"client-closed-499": "The origin's log shows a 499 (client closed the request).",
		"no-access": "The origin's log was not available.",
	},
	"who-is-hit": {
		everyone: "Everyone gets the error.",
		"signed-in": "Only signed-in users get the error.",
		"one-network-or-country": "Only one network or country gets the error.",
		"one-client": "Only one program gets the error.",
		"under-load": "Everyone gets the error when the site is busy.",
		"own-rate": "Only rapid callers get the error.",
	},
	"what-changed": {
		deploy: "A deploy or update came just before.",
		"firewall-or-host": "The firewall or the hosting changed just before.",
		"tls-dns-or-cloudflare": "TLS, DNS or Cloudflare settings changed just before.",
		nothing: "Nothing is known to have changed just before.",
	},
	"host-health": {
		"restarted-or-oom": "A process on the server restarted or was killed for memory.",
		saturated: "CPU, memory or workers of the server are full.",
		normal: "CPU, memory and workers of the server are normal.",
	},
	"cloudflare-features": {
		"worker-on-route": "A Cloudflare Worker runs on this URL.",
		"worker-as-caller": "A Cloudflare Worker calls this URL.",
		"http2-to-origin": "HTTP/2 to Origin is on.",
		"origin-pulls": "Authenticated Origin Pulls is on.",
		tunnel: "The site uses Cloudflare Tunnel.",
		rules: "Cloudflare rules change this request or its response.",
		none: "No Worker, tunnel or Cloudflare rule applies to this URL.",
		worker: "A Cloudflare Worker runs on this URL or calls it.",
	},
	"colo-spread": {
		many: "Several Cloudflare data centers return the error.",
		one: "Only one Cloudflare data center returns the error.",
	},
	"edge-trace": {
		ok: "/cdn-cgi/trace loads on this host, so Cloudflare's edge works.",
		failed: "/cdn-cgi/trace does not load on this host.",
	},
	"other-codes": {
		timeouts: "The host also returns 522 or 524.",
		"refused-or-tls": "The host also returns 521 or 525.",
		"origin-5xx": "The host also returns its own 500 to 504.",
		none: "The host returns no other errors.",
	},
	"waits-for": {
		"third-party": "The request waits for an outside service.",
		"own-backend": "The request waits for the site's own database or queue.",
		nothing: "The request waits for no other service.",
	},
	"edge-saw": {
		"no-status": "Cloudflare Analytics shows no origin status for the request.",
		success: "Cloudflare Analytics shows a 2xx or 3xx from the origin for the request.",
		error: "Cloudflare Analytics shows a 4xx or 5xx from the origin for the request.",
	},
};

/** The sentence of one answer; "" for a value that its question does not have. */
export function answerSentence(key: EvidenceKey, value: string): string {
	const ofKey: Readonly<Record<string, string>> = SENTENCES[key];
	return isValue(key, value) ? (ofKey[value] ?? "") : "";
}

/** Where the sentence already says where it is from, or whose request it was is plain. */
const PLAIN: ReadonlySet<EvidenceKey> = new Set(["edge-pattern", "edge-trace", "other-codes"]);

function sourceOf({ key, by }: Pick<Fact, "key" | "by">): string | null {
	switch (by) {
		case "look":
			return PLAIN.has(key) ? null : "measured";
		case "places":
			return "measured from other places";
		case "analytics":
			return key === "edge-saw" ? null : "Cloudflare Analytics";
		case "paste":
			return "from pasted output";
		case "person":
			return "reported";
	}
}

/** A fact as sentences, one for each thing that is so, each with its source. */
export function factSentences(fact: Pick<Fact, "key" | "value" | "by" | "changes">): readonly string[] {
	const source = sourceOf(fact);
	if (fact.by === "analytics" && fact.changes !== undefined)
		return fact.changes.map(
			({ setting, beforeMs }) =>
				`The setting ${SETTING_NAMES[setting]} was changed ${ageWords(beforeMs)} before the errors began (zone settings).`,
		);
	return [fact.value]
		.flat()
		.map((value) => answerSentence(fact.key, value))
		.filter((sentence) => sentence !== "")
		.map((sentence) => (source === null ? sentence : `${sentence.slice(0, -1)} (${source}).`));
}

/** Words that keep their capital letter inside a sentence. */
const PROPER = /^(?:Authenticated|Cloudflare|CPU|HTTP|TLS)\b/;

/** A sentence as a clause: `because the origin's log shows a crash`. */
export const clauseOf = (sentence: string): string =>
	`${PROPER.test(sentence) ? sentence.slice(0, 1) : sentence.slice(0, 1).toLowerCase()}${sentence.slice(1).replace(/\.$/, "")}`;
