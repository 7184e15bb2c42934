import { ALWAYS, type Level, NEVER, RARE, SELDOM, SOME, USUAL } from "./levels.ts";

/** One answer to a question: what its button says, what it means, and how usual it is when nothing is known of the cause. */
interface Answer {
	readonly label: string;
	readonly means: string;
	readonly usually: Level;
}

/** One question of the playbook, whole: its words, its answers, what it costs. */
interface Question {
	/** Short name of the key in a sentence: "what the origin's log shows". */
	readonly name: string;
	readonly ask: string;
	/** How to find out. */
	readonly how: string;
	/**
	 * What an answer costs the person who is asked: 1 what anybody who was hit can say at once; 1.5 what has to be recalled, tried or
	 * fetched; 2 what needs several places; 3 what says next to nothing about a 520.
	 */
	readonly cost: number;
	/** Several answers can hold at once. */
	readonly many?: true;
	/** Every answer that there is, most usual first: the order of the buttons. */
	readonly values: Readonly<Record<string, Answer>>;
	/** Why the answers are as usual as they are: what faults do that say nothing about this key; also the noise that every row is mixed with. */
	readonly whyUsual: string;
}

/** What is asked about a case (DESIGN: evidence keys). Keys and values are never used again for anything else. */
const LIST = {
	"edge-pattern": {
		name: "which requests fail",
		ask: "Which requests fail?",
		how: "Open the failing address, the start page and a picture, a few times, also from a phone without the office network.",
		cost: 1,
		values: {
			all: { label: "all of them", means: "the whole host is hit", usually: SOME },
			"some-urls": { label: "only some addresses", means: "a handler, a file or one kind of request", usually: SOME },
			random: { label: "now and then, any address", means: "connections, HTTP/2 or a throttle", usually: SOME },
			bursts: { label: "all together, for a while", means: "load, restarts or a rollout", usually: RARE },
			"some-visitors": { label: "only for some networks", means: "a ban or a route", usually: RARE },
			"after-idle": { label: "the first after a pause", means: "sleeping workers or idle connections", usually: RARE },
			"not-reproduced": { label: "not for an anonymous look", means: "cookies, one account or one program", usually: SOME },
		},
		whyUsual: "judged; shape as public cases, levels only",
	},
	"direct-origin": {
		name: "what the origin answers when asked directly",
		ask: "What does the origin answer without Cloudflare?",
		how: "I can look myself when you give me its address in private, or you run the command on the origin and paste what it prints.",
		cost: 1.5,
		values: {
			ok: { label: "a complete answer", means: "the way from Cloudflare is what differs", usually: USUAL },
			"closed-empty": { label: "nothing, closed (curl 52)", means: "a crash or a close on purpose", usually: SOME },
			reset: { label: "reset (curl 56)", means: "a crash, a firewall", usually: SELDOM },
			"closed-mid-body": { label: "cut in the middle (18)", means: "a worker dies while it sends", usually: SELDOM },
			malformed: { label: "something malformed", means: "a line of the headers is wrong", usually: SELDOM },
			"header-section-too-large": { label: "headers over 128 KB", means: "cookies or debugging headers", usually: SELDOM },
			"server-error": { label: "a 5xx of its own", means: "the application fails and says so", usually: SELDOM },
			slow: { label: "nothing for long (28)", means: "load, a lock or a slow query", usually: SELDOM },
			"tls-failure": { label: "TLS fails (35)", means: "certificate, protocol, alert", usually: SELDOM },
			"client-certificate-wanted": { label: "wants a client certificate", means: "Authenticated Origin Pulls", usually: SELDOM },
			"wrong-protocol": { label: "another protocol", means: "wrong port or SSL mode", usually: SELDOM },
			refused: { label: "connection refused (7)", means: "nothing listens", usually: SELDOM },
			"no-route": { label: "no connection", means: "firewall or wrong address", usually: SELDOM },
		},
		whyUsual: "most origins answer a plain look; a silent close is the commonest fault (public cases); every other value rare",
	},
	variants: {
		name: "what changes the result",
		ask: "What changes the result for the same address?",
		how: "Try a private window (no cookies), curl against the browser, http against https, a shorter address.",
		cost: 1.5,
		values: {
			same: { label: "nothing does", means: "the server is at fault, not the request", usually: SOME },
			cookies: { label: "without cookies it works", means: "headers or requests that grow", usually: RARE },
			"request-size": { label: "a shorter request works", means: "a limit at the origin", usually: RARE },
			"method-agent-or-encoding": { label: "another client works", means: "what the request says decides", usually: RARE },
			scheme: { label: "http and https differ", means: "one port is wrong", usually: RARE },
			"http-version": { label: "HTTP/1 and 2 differ", means: "HTTP/2 to the origin", usually: RARE },
			"ip-version": { label: "IPv4 and IPv6 differ", means: "one address of the origin", usually: RARE },
		},
		whyUsual: "most faults do not follow a variant; each single variant rare",
	},
	"time-to-failure": {
		name: "how long it takes to fail",
		ask: "How long does it take until the error comes?",
		how: "curl -s -o /dev/null -w '%{time_total}' tells; Cloudflare's own answers say when they gave up.",
		cost: 1.5,
		values: {
			instant: { label: "at once (under 1 s)", means: "refused, crashed or malformed", usually: USUAL },
			seconds: { label: "some seconds, varying", means: "work, then a failure", usually: SOME },
			"round-number": { label: "always the same, e.g. 30 s", means: "a time-out that somebody set", usually: RARE },
			"two-minutes": { label: "about two minutes", means: "Cloudflare's own limit", usually: RARE },
		},
		whyUsual: "most wire faults show at once",
	},
	"origin-log": {
		name: "what the origin's log shows",
		ask: "What does the origin's log show at that second?",
		how: "Look at access and error log in the window of the Ray ID, and add the wait: nginx writes its line at the end of a request. nginx: /var/log/nginx/; Apache: /var/log/apache2/ or /var/log/httpd/; Caddy, Gunicorn, Node: journalctl -u NAME; HAProxy: /var/log/haproxy.log; PHP-FPM: /var/log/php*-fpm.log; IIS: C:\\Windows\\System32\\LogFiles\\HTTPERR; Docker: docker logs --timestamps NAME; Kubernetes: kubectl logs --timestamps POD --previous.",
		cost: 1.5,
		values: {
			"complete-200": { label: "a complete 200", means: "the answer left the server: its headers or framing", usually: SOME },
			nothing: { label: "nothing there", means: "another server, a firewall, TLS, or a crash before the line", usually: SOME },
			crash: { label: "a crash or kill", means: "the process goes away", usually: RARE },
			"refused-or-444": { label: "444 or 4xx", means: "a rule or a limit", usually: RARE },
			"client-closed-499": { label: "499", means: "the other side left first: it was too slow", usually: RARE },
			"no-access": { label: "no access to logs", means: "then others have to tell", usually: RARE },
		},
		whyUsual: "200 or no line are the two ordinary findings (public cases)",
	},
	"who-is-hit": {
		name: "who is hit",
		ask: "Who is hit?",
		how: "Ask two people on other networks, and one who is not signed in.",
		cost: 1,
		values: {
			everyone: { label: "everyone", means: "the server or its way", usually: USUAL },
			"signed-in": { label: "only signed-in people", means: "cookies, headers that grow", usually: RARE },
			"one-network-or-country": { label: "one network or country", means: "a ban or a block", usually: RARE },
			"one-client": { label: "one program or library", means: "what that client sends", usually: RARE },
			"under-load": { label: "only under load", means: "workers, connections, throttles", usually: RARE },
		},
		whyUsual: "most faults do not look at the person; others rare",
	},
	"what-changed": {
		name: "what changed before",
		ask: "What changed shortly before it began?",
		how: "Deployments, updates, plug-ins, a new host or firewall, DNS, certificates, settings at Cloudflare (its audit log).",
		cost: 1.5,
		values: {
			deploy: { label: "a deployment or update", means: "new code or configuration", usually: SOME },
			"firewall-or-host": { label: "firewall or hosting", means: "blocks and routes", usually: RARE },
			"tls-dns-or-cloudflare": { label: "TLS, DNS or Cloudflare", means: "modes, records, settings", usually: RARE },
			nothing: { label: "nothing that we know", means: "growth, load, expiry", usually: SOME },
		},
		whyUsual: "judged, after how often each is reported",
	},
	"host-health": {
		name: "how the server is",
		ask: "How is the server itself?",
		how: "uptime, free -m, df -h, docker ps, journalctl -k | grep -i oom.",
		cost: 1.5,
		values: {
			normal: { label: "normal", means: "not a matter of resources", usually: USUAL },
			saturated: { label: "CPU, memory or workers full", means: "load", usually: RARE },
			"restarted-or-oom": { label: "restarted, or out of memory", means: "a crash", usually: RARE },
		},
		whyUsual: "a healthy host is the ordinary case",
	},
	"cloudflare-features": {
		name: "what of Cloudflare is in the way",
		ask: "Which of Cloudflare's features are on this way?",
		how: "Workers routes, Rules, HTTP/2 to Origin, Authenticated Origin Pulls, Tunnel: the zone's dashboard.",
		cost: 1.5,
		many: true,
		values: {
			none: { label: "none of these", means: "the origin or its network", usually: USUAL },
			worker: { label: "a Worker", means: "its code makes or changes the answer", usually: RARE },
			rules: { label: "rules or rewriting", means: "headers, ports, hosts", usually: RARE },
			"http2-to-origin": { label: "HTTP/2 to Origin", means: "streams that break", usually: RARE },
			"origin-pulls": { label: "Authenticated Origin Pulls", means: "client certificates", usually: RARE },
			tunnel: { label: "a Tunnel", means: "its routes and connectors", usually: RARE },
		},
		whyUsual: "most zones name nothing special",
	},
	"colo-spread": {
		name: "from which data centers it fails",
		ask: "Do the Ray IDs of failures come from several data centers?",
		how: "Paste more Ray IDs from people in other places.",
		cost: 2,
		values: {
			many: { label: "from several", means: "the origin, seen from everywhere", usually: USUAL },
			one: { label: "always the same one", means: "a route or a throttle of one place", usually: RARE },
		},
		whyUsual: "an origin fault shows through every data center (article; public cases)",
	},
	"edge-trace": {
		name: "whether the edge answers",
		ask: "Does /cdn-cgi/trace of the same host answer?",
		how: "Open https://HOST/cdn-cgi/trace.",
		cost: 3,
		values: {
			ok: { label: "it answers", means: "the edge is well", usually: ALWAYS },
			failed: { label: "it fails", means: "the edge itself, or not behind Cloudflare", usually: NEVER },
		},
		whyUsual: "a 520 is made by an edge that works",
	},
} as const satisfies Readonly<Record<string, Question>>;

export type EvidenceKey = keyof typeof LIST;
/** The values of one key. */
export type ValueOf<K extends EvidenceKey> = keyof (typeof LIST)[K]["values"] & string;

export const EVIDENCE: Readonly<Record<EvidenceKey, Question>> = LIST;
export const EVIDENCE_KEYS = Object.keys(LIST) as readonly EvidenceKey[];
export const isEvidenceKey = (word: string): word is EvidenceKey => Object.hasOwn(LIST, word);

/** The values of a key, in the order of the buttons. */
export const allValues = (key: EvidenceKey): readonly string[] => Object.keys(EVIDENCE[key].values);

/** Whether a key has this value. */
export const isValue = <K extends EvidenceKey>(key: K, value: string): value is ValueOf<K> =>
	Object.hasOwn(LIST[key].values, value);

/** What the button of a value says; a value that the key does not have says itself. */
export const labelOf = (key: EvidenceKey, value: string): string =>
	isValue(key, value) ? (EVIDENCE[key].values[value]?.label ?? value) : value;

/** What is known of a case. Several values only for a key where several things can be so at once. */
export type Evidence = Readonly<Partial<Record<EvidenceKey, string | readonly string[]>>>;
