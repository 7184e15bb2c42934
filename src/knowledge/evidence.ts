import { ALWAYS, type Level, NEVER, RARE, SELDOM, SOME, USUAL } from "./levels.ts";

/** One answer to a question: what its button says, and what it means. */
interface Words {
	readonly label: string;
	readonly means: string;
}

interface Answer extends Words {
	/** How usual it is when nothing is known of the cause. */
	readonly usually: Level;
	/**
	 * What it is that the answer says, when it is not a fact about the fault. `nothing`: that nothing of the kind is there; people seldom tell
	 * what is not there, so that counts of public cases say nothing about how often it is so. `asker`: who asks, which no mechanism changes.
	 */
	readonly says?: "nothing" | "asker";
}

/** An answer that means "one of these": its likelihood is the sum of theirs. */
interface CoarseAnswer extends Words {
	/** Answers of the same question. */
	readonly of: readonly string[];
}

/** One question of the playbook, whole: its words, its answers, what it costs. */
interface Question {
	/** Short name of the key in a sentence: "what the origin's log shows". */
	readonly name: string;
	readonly ask: string;
	/** How to find out. */
	readonly how: string;
	/**
	 * What an answer costs the person who is asked: 1 what anyone affected can say at once; 1.5 what has to be recalled, tried or fetched; 2
	 * what needs several places; 3 what says next to nothing about a 520.
	 */
	readonly cost: number;
	/**
	 * How often people know it: in so many public cases it was said, of those in which no request from outside had shown it (119 cases, read
	 * in 2026-11). What a direct request to the origin would show counts, because the person asked can make it.
	 */
	readonly answered: { readonly by: number; readonly of: number };
	/** Asked before everything else: it costs one sentence, and no request from outside shows it. */
	readonly first?: true;
	/** Several answers can hold at once: the key takes a list. */
	readonly many?: true;
	/** Every fine answer that there is, most usual first: the order of the buttons. */
	readonly values: Readonly<Record<string, Answer>>;
	/** What people know who know less: behind the fine answers. */
	readonly coarse?: Readonly<Record<string, CoarseAnswer>>;
	/** Why the answers are as usual as they are: what faults do that say nothing about this key; also the noise that every row is mixed with. */
	readonly whyUsual: string;
}

/** What is asked about a case (the contract's evidence keys). Keys and values are never used again for anything else. */
const LIST = {
	"edge-pattern": {
		name: "which requests fail",
		ask: "Which requests fail?",
		how: "Open the failing URL, the start page and a picture, a few times, also from a phone outside the office network.",
		cost: 1,
		answered: { by: 23, of: 25 },
		first: true,
		values: {
			all: { label: "All of them", means: "the whole host is hit", usually: SOME },
			"some-urls": { label: "Only some pages", means: "a handler, a file or one kind of request", usually: USUAL },
			"some-visitors": { label: "Only some visitors", means: "a ban or a route", usually: RARE },
			random: { label: "Random ones", means: "connections, HTTP/2 or a throttle", usually: SOME },
			bursts: { label: "In bursts", means: "load, restarts or a rollout", usually: RARE },
			"after-idle": { label: "The first after a pause", means: "sleeping workers or idle connections", usually: RARE },
			"not-reproduced": { label: "None when we test", means: "cookies, one account or one program", usually: SOME },
		},
		whyUsual: "shape as public cases (some URLs in a third), levels only",
	},
	"direct-origin": {
		name: "what the origin returns without Cloudflare",
		ask: "What does the origin return without Cloudflare?",
		how: "Give me its IP address privately and I check it, or run the command on the origin and paste the output.",
		cost: 1.5,
		answered: { by: 30, of: 119 },
		values: {
			ok: { label: "A complete page", means: "it works without Cloudflare", usually: USUAL },
			"closed-empty": { label: "Empty reply (curl 52)", means: "a crash or a deliberate close", usually: SOME },
			"closed-mid-body": { label: "Cut off (curl 18)", means: "the process died, or the length is wrong", usually: SELDOM },
			malformed: { label: "Malformed response", means: "a header line is wrong", usually: SELDOM },
			"header-section-too-large": { label: "Headers over 128 KB", means: "cookies or debugging headers", usually: SELDOM },
			reset: { label: "Reset (curl 56)", means: "a crash or a firewall", usually: SELDOM },
			"tls-failure": { label: "TLS error (curl 35)", means: "certificate, protocol or alert", usually: SELDOM },
			"client-certificate-wanted": { label: "Wants client certificate", means: "Authenticated Origin Pulls", usually: SELDOM },
			"wrong-protocol": { label: "Not HTTP on this port", means: "wrong port or SSL/TLS mode", usually: SELDOM },
			"server-error": { label: "Its own 5xx error", means: "the application fails and says so", usually: SELDOM },
			slow: { label: "Timed out (curl 28)", means: "load, a lock or a slow query", usually: SELDOM },
			refused: { label: "Refused (curl 7)", means: "nothing listens", usually: SELDOM },
			"no-route": { label: "Cannot be reached", means: "firewall or wrong IP address", usually: SELDOM },
		},
		whyUsual:
			"most origins respond to a plain request; a silent close is the most common fault (public cases); every other value is rare",
	},
	variants: {
		name: "what makes it work",
		ask: "What makes it work?",
		how: "Try a private window (no cookies), curl instead of the browser, http instead of https, a shorter URL.",
		cost: 1.5,
		answered: { by: 12, of: 111 },
		values: {
			same: { label: "Nothing helps", means: "the request does not matter", usually: SOME, says: "nothing" },
			cookies: { label: "Without cookies", means: "headers or requests that grow", usually: RARE },
			"request-bytes": { label: "A smaller request", means: "a limit at the origin", usually: SELDOM },
			"amount-of-work": { label: "Fewer rows or items", means: "a timeout or a full worker", usually: SELDOM },
			"response-size": { label: "A smaller response", means: "the response is too much, or takes too long", usually: SELDOM },
			scheme: { label: "Only http or only https", means: "one port is wrong", usually: RARE },
			"user-agent": { label: "Another user agent", means: "a bot filter", usually: SELDOM },
			"request-field": { label: "Another header or value", means: "one header or value cannot be handled", usually: SELDOM },
			method: { label: "Another method", means: "one kind of request fails", usually: SELDOM },
			encoding: { label: "Without compression", means: "compression changes the response", usually: SELDOM },
			"http-version": { label: "Another HTTP version", means: "the HTTP version matters", usually: RARE },
			"ip-version": { label: "Another IP version", means: "one IP address of the origin", usually: RARE },
		},
		coarse: {
			"request-size": {
				label: "Asking for less",
				means: "its bytes or its work, unknown which",
				of: ["request-bytes", "amount-of-work"],
			},
			"method-agent-or-encoding": {
				label: "Another client",
				means: "something in the request, unknown what",
				of: ["user-agent", "request-field", "method", "encoding"],
			},
		},
		whyUsual: "most faults do not follow a variant; each single variant is rare",
	},
	"time-to-failure": {
		name: "how long it takes to fail",
		ask: "How long until the error appears?",
		how: "Run curl -s -o /dev/null -w '%{time_total}' URL, or read it on Cloudflare's error page.",
		cost: 1.5,
		answered: { by: 11, of: 112 },
		values: {
			instant: { label: "Under 1 second", means: "refused, crashed or malformed", usually: USUAL },
			seconds: { label: "A few seconds, varies", means: "work, then a failure", usually: SOME },
			"round-number": { label: "Always the same time", means: "a configured timeout", usually: RARE },
			"two-minutes": { label: "About two minutes", means: "Cloudflare's own limit", usually: RARE },
		},
		whyUsual: "most wire faults show at once",
	},
	"origin-log": {
		name: "what the origin's log shows",
		ask: "What does the origin's log show for this request?",
		how: "Search the access and error logs in the window of the Ray ID, and add the wait: nginx writes its line at the end of a request. nginx: /var/log/nginx/; Apache: /var/log/apache2/ or /var/log/httpd/; Caddy, Gunicorn, Node: journalctl -u NAME; HAProxy: /var/log/haproxy.log; PHP-FPM: /var/log/php*-fpm.log; IIS: C:\\Windows\\System32\\LogFiles\\HTTPERR; Docker: docker logs --timestamps NAME; Kubernetes: kubectl logs --timestamps POD --previous.",
		cost: 1.5,
		answered: { by: 30, of: 119 },
		values: {
			"complete-200": {
				label: "A complete 200",
				means: "the response left the server, so check its headers and framing",
				usually: SOME,
			},
			nothing: {
				label: "No entry at all",
				means: "another server, a firewall, TLS, or a crash before it was logged",
				usually: SOME,
			},
			crash: { label: "A crash or kill", means: "the process died", usually: RARE },
			"refused-or-444": { label: "444 or another 4xx", means: "a rule or a limit", usually: RARE },
			"client-closed-499": {
				label: "499 (client closed)",
				means: "the other side closed first, because the response was too slow",
				usually: RARE,
			},
			"no-access": { label: "I cannot see the logs", means: "someone else must check them", usually: SOME, says: "asker" },
		},
		whyUsual: "200 or no line are the two ordinary findings (public cases)",
	},
	"who-is-hit": {
		name: "who sees the error",
		ask: "Who sees the error?",
		how: "Ask two people on other networks, and one who is not signed in.",
		cost: 1,
		answered: { by: 63, of: 119 },
		first: true,
		values: {
			everyone: { label: "Everyone", means: "the server or its path", usually: USUAL },
			"signed-in": { label: "Only signed-in users", means: "cookies, headers that grow", usually: RARE },
			"one-network-or-country": { label: "One network or country", means: "a ban or a block", usually: RARE },
			"one-client": { label: "One program or library", means: "what that client sends", usually: RARE },
			"under-load": { label: "Everyone when busy", means: "workers, connections, throttles", usually: RARE },
			"own-rate": { label: "Only rapid callers", means: "a rate limit", usually: RARE },
		},
		whyUsual: "most faults do not depend on the person; others are rare",
	},
	"what-changed": {
		name: "what changed before",
		ask: "What changed just before it started?",
		how: "Check deployments, updates, plugins, a new host or firewall, DNS, certificates, and settings at Cloudflare (its audit log).",
		cost: 1.5,
		answered: { by: 24, of: 119 },
		values: {
			deploy: { label: "A deploy or update", means: "new code or configuration", usually: SOME },
			"firewall-or-host": { label: "Firewall or hosting", means: "blocks and routes", usually: RARE },
			"tls-dns-or-cloudflare": { label: "TLS, DNS or Cloudflare", means: "modes, records, settings", usually: RARE },
			nothing: { label: "Nothing we know of", means: "growth, load, expiry", usually: SOME, says: "nothing" },
		},
		whyUsual: "judged, after how often each is reported",
	},
	"host-health": {
		name: "how the server is doing",
		ask: "How is the server doing?",
		how: "Run uptime, free -m, df -h, docker ps, and journalctl -k | grep -i oom.",
		cost: 1.5,
		answered: { by: 13, of: 119 },
		many: true,
		values: {
			"restarted-or-oom": { label: "Restarted or OOM-killed", means: "a crash", usually: RARE },
			saturated: { label: "CPU, RAM or workers full", means: "load", usually: RARE },
			normal: { label: "Normal", means: "resources are not the problem", usually: USUAL, says: "nothing" },
		},
		whyUsual: "a healthy host is the ordinary case",
	},
	"cloudflare-features": {
		name: "which Cloudflare features this URL uses",
		ask: "Which Cloudflare features does this URL use?",
		how: "Check Workers routes, Rules, HTTP/2 to Origin, Authenticated Origin Pulls and Tunnel in the zone's dashboard.",
		cost: 1.5,
		answered: { by: 15, of: 117 },
		many: true,
		values: {
			"worker-on-route": { label: "A Worker on this URL", means: "its code makes or changes the response", usually: SELDOM },
			"worker-as-caller": { label: "My Worker calls this URL", means: "the server may reject Workers", usually: SELDOM },
			"http2-to-origin": { label: "HTTP/2 to Origin", means: "streams that break", usually: RARE },
			"origin-pulls": { label: "Origin Pulls (mTLS)", means: "client certificates", usually: RARE },
			tunnel: { label: "Cloudflare Tunnel", means: "its routes and connectors", usually: RARE },
			rules: { label: "Rules or rewrites", means: "headers, ports, hosts", usually: RARE },
			none: { label: "None of these", means: "the origin or its network", usually: ALWAYS, says: "nothing" },
		},
		coarse: {
			worker: { label: "A Worker", means: "on this URL, or one that calls it", of: ["worker-on-route", "worker-as-caller"] },
		},
		whyUsual: "most zones name nothing special",
	},
	"colo-spread": {
		name: "from which data centers it fails",
		ask: "Do the Ray IDs name several data centers?",
		how: "Paste more Ray IDs from people in other places.",
		cost: 2,
		answered: { by: 1, of: 105 },
		values: {
			many: { label: "Several", means: "the origin, seen from everywhere", usually: USUAL },
			one: { label: "Always the same one", means: "a route or a throttle of one place", usually: RARE },
		},
		whyUsual: "an origin fault shows through every data center (article; public cases)",
	},
	"edge-trace": {
		name: "whether the edge works",
		ask: "Does /cdn-cgi/trace load on this host?",
		how: "Open https://HOST/cdn-cgi/trace.",
		cost: 3,
		answered: { by: 0, of: 118 },
		values: {
			ok: { label: "It loads", means: "the edge works", usually: ALWAYS },
			failed: { label: "It fails", means: "the edge itself, or not behind Cloudflare", usually: NEVER },
		},
		whyUsual: "a 520 is made by an edge that works",
	},
	"other-codes": {
		name: "which other errors this host shows",
		ask: "Which other errors does this host show?",
		how: "Check error pages of the last hour, or the status codes in Cloudflare's analytics.",
		cost: 1.5,
		answered: { by: 2, of: 116 },
		many: true,
		values: {
			timeouts: { label: "522 or 524", means: "load, a firewall or the network", usually: RARE },
			"refused-or-tls": { label: "521 or 525", means: "the process, the port or the certificate", usually: RARE },
			"origin-5xx": { label: "Its own 500 to 504", means: "the application fails and says so", usually: RARE },
			none: { label: "No other errors", means: "one kind of request or response", usually: USUAL, says: "nothing" },
		},
		whyUsual: "a fault usually keeps to one code; each other one is rare (public cases name one in 5 of 119)",
	},
	"waits-for": {
		name: "what this request waits for",
		ask: "What does this request wait for?",
		how: "Mail, payment, a model or another API, or the site's own database or queue.",
		cost: 1,
		answered: { by: 7, of: 119 },
		values: {
			"third-party": { label: "An outside service", means: "its slowness becomes the failure", usually: SOME },
			"own-backend": { label: "Our database or queue", means: "a slow query, a lock or a full queue", usually: SOME },
			nothing: { label: "Nothing", means: "the request itself is quick", usually: USUAL, says: "nothing" },
		},
		whyUsual: "most requests wait for nothing; the others wait for their own database or for an outside service",
	},
	"edge-saw": {
		name: "which origin status Cloudflare saw",
		ask: "Which origin status does Cloudflare Analytics show?",
		how: "Check the origin status code of the failing requests in Cloudflare Analytics (OriginResponseStatus in logs). 0 means no status.",
		cost: 2,
		answered: { by: 1, of: 119 },
		values: {
			"no-status": { label: "No status", means: "nothing usable came back", usually: USUAL },
			success: { label: "A success (2xx or 3xx)", means: "the response came, and Cloudflare rejected or cut it", usually: SOME },
			error: { label: "An error (4xx or 5xx)", means: "something changes status codes", usually: RARE },
		},
		whyUsual:
			"most 520s have no status from the origin; 200 appears with headers that Cloudflare rejects (Cloudflare's documentation)",
	},
} as const satisfies Readonly<Record<string, Question>>;

export type EvidenceKey = keyof typeof LIST;
/** The fine values of one key: what a cause's row can name. */
export type FineValueOf<K extends EvidenceKey> = keyof (typeof LIST)[K]["values"] & string;
type CoarseValueOf<K extends EvidenceKey> = (typeof LIST)[K] extends { readonly coarse: infer C } ? keyof C & string : never;
/** The values of one key, fine and coarse. */
export type ValueOf<K extends EvidenceKey> = FineValueOf<K> | CoarseValueOf<K>;

export const EVIDENCE: Readonly<Record<EvidenceKey, Question>> = LIST;
export const EVIDENCE_KEYS = Object.keys(LIST) as readonly EvidenceKey[];
export const isEvidenceKey = (word: string): word is EvidenceKey => Object.hasOwn(LIST, word);

/** The fine values of a key: each excludes the others, and together they are everything that can be so. */
export const fineValues = (key: EvidenceKey): readonly string[] => Object.keys(EVIDENCE[key].values);

const answersOf = (key: EvidenceKey): Readonly<Record<string, Words>> => ({ ...EVIDENCE[key].values, ...EVIDENCE[key].coarse });

/** The answers of a key, in the order of the buttons: the coarse ones are the last resort. */
export const answers = (key: EvidenceKey): readonly ({ readonly value: string } & Words)[] =>
	Object.entries(answersOf(key)).map(([value, { label, means }]) => ({ value, label, means }));

/** The values of a key, in the order of the buttons. */
export const allValues = (key: EvidenceKey): readonly string[] => Object.keys(answersOf(key));

/** Whether a key has this value, fine or coarse. */
export const isValue = <K extends EvidenceKey>(key: K, value: string): value is ValueOf<K> =>
	Object.hasOwn(LIST[key].values, value) || Object.hasOwn(EVIDENCE[key].coarse ?? {}, value);

/** The fine values that a value stands for: itself, or those of a coarse one; none for a value that the key does not have. */
export function fineOf(key: EvidenceKey, value: string): readonly string[] {
	const { values, coarse = {} } = EVIDENCE[key];
	if (Object.hasOwn(values, value)) return [value];
	return Object.hasOwn(coarse, value) ? (coarse[value]?.of ?? []) : [];
}

/** What the button of a value says; a value that the key does not have says itself. */
export const labelOf = (key: EvidenceKey, value: string): string =>
	isValue(key, value) ? (answersOf(key)[value]?.label ?? value) : value;

/** What is known of a case. A list only for a key where several things can be so at once ({@link Question.many}). */
export type Evidence = Readonly<Partial<Record<EvidenceKey, string | readonly string[]>>>;

/**
 * What is known of one key, as things that are so, each the fine values that it can be. A list holds each thing once: what is said in fine
 * words is not counted again in coarse ones.
 */
export function toldOf(evidence: Evidence, key: EvidenceKey): readonly (readonly string[])[] {
	const value = evidence[key];
	if (value === undefined) return [];
	if (typeof value === "string") return [fineOf(key, value)];
	const each = [...new Set(value)].map((one) => fineOf(key, one));
	const fine = new Set(each.filter(({ length }) => length === 1).flat());
	return each.filter((one) => one.length === 1 || !one.some((value) => fine.has(value)));
}

/**
 * What is known of a key after one more answer to it. Where several things can be so at once ({@link Question.many}), it adds to what was
 * told, in the order of the buttons; "nothing of the kind" and what is there exclude each other, so that the later one stands. Of every
 * other key the later answer stands.
 * @param known what was told so far; undefined for nothing
 * @param said values of the key
 */
export function withAnswer(
	key: EvidenceKey,
	known: string | readonly string[] | undefined,
	said: string | readonly string[],
): string | readonly string[] {
	const { many, values, coarse = {} } = EVIDENCE[key];
	if (many !== true || known === undefined) return said;
	const says = (value: string) => values[value]?.says;
	const added = [said].flat();
	const before = [known].flat();
	if ([...added, ...before].some((value) => says(value) === "nothing")) return said;
	const all = new Set([...before, ...added]);
	// "A Worker" is nothing more beside what says which.
	const isSaidFinely = (value: string) => coarse[value]?.of.some((fine) => all.has(fine)) === true;
	const together = allValues(key).filter((value) => all.has(value) && !isSaidFinely(value));
	const [only] = together;
	return together.length === 1 && only !== undefined ? only : together;
}
