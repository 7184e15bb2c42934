import type { EvidenceKey } from "../knowledge/evidence.ts";

/** One question of the playbook: what is asked, and what each answer is called on a button and means. */
export interface StepWords {
	/** Short name of the key in a sentence: "what the origin's log shows". */
	readonly name: string;
	readonly ask: string;
	/** How to find out. */
	readonly how: string;
	/** Labels of the answers, most usual first; values as in `causes/evidence`. */
	readonly answers: readonly (readonly [value: string, label: string, means: string])[];
}

export const STEP_WORDS: Readonly<Record<EvidenceKey, StepWords>> = {
	"edge-pattern": {
		name: "which requests fail",
		ask: "Which requests fail?",
		how: "Open the failing address, the start page and a picture, a few times, also from a phone without the office network.",
		answers: [
			["all", "all of them", "the whole host is hit"],
			["some-urls", "only some addresses", "a handler, a file or one kind of request"],
			["random", "now and then, any address", "connections, HTTP/2 or a throttle"],
			["bursts", "all together, for a while", "load, restarts or a rollout"],
			["some-visitors", "only for some networks", "a ban or a route"],
			["after-idle", "the first after a pause", "sleeping workers or idle connections"],
			["not-reproduced", "not for an anonymous look", "cookies, one account or one program"],
		],
	},
	"direct-origin": {
		name: "what the origin answers when asked directly",
		ask: "What does the origin answer without Cloudflare?",
		how: "I can look myself when you give me its address in private, or you run the command on the origin and paste what it prints.",
		answers: [
			["ok", "a complete answer", "the way from Cloudflare is what differs"],
			["closed-empty", "nothing, closed (curl 52)", "a crash or a close on purpose"],
			["reset", "reset (curl 56)", "a crash, a firewall"],
			["closed-mid-body", "cut in the middle (18)", "a worker dies while it sends"],
			["malformed", "something malformed", "a line of the headers is wrong"],
			["header-section-too-large", "headers over 128 KB", "cookies or debugging headers"],
			["server-error", "a 5xx of its own", "the application fails and says so"],
			["slow", "nothing for long (28)", "load, a lock or a slow query"],
			["tls-failure", "TLS fails (35)", "certificate, protocol, alert"],
			["client-certificate-wanted", "wants a client certificate", "Authenticated Origin Pulls"],
			["wrong-protocol", "another protocol", "wrong port or SSL mode"],
			["refused", "connection refused (7)", "nothing listens"],
			["no-route", "no connection", "firewall or wrong address"],
		],
	},
	variants: {
		name: "what changes the result",
		ask: "What changes the result for the same address?",
		how: "Try a private window (no cookies), curl against the browser, http against https, a shorter address.",
		answers: [
			["same", "nothing does", "the server is at fault, not the request"],
			["cookies", "without cookies it works", "headers or requests that grow"],
			["request-size", "a shorter request works", "a limit at the origin"],
			["method-agent-or-encoding", "another client works", "what the request says decides"],
			["scheme", "http and https differ", "one port is wrong"],
			["http-version", "HTTP/1 and 2 differ", "HTTP/2 to the origin"],
			["ip-version", "IPv4 and IPv6 differ", "one address of the origin"],
		],
	},
	"time-to-failure": {
		name: "how long it takes to fail",
		ask: "How long does it take until the error comes?",
		how: "curl -s -o /dev/null -w '%{time_total}' tells; Cloudflare's own answers say when they gave up.",
		answers: [
			["instant", "at once (under 1 s)", "refused, crashed or malformed"],
			["seconds", "some seconds, varying", "work, then a failure"],
			["round-number", "always the same, e.g. 30 s", "a time-out that somebody set"],
			["two-minutes", "about two minutes", "Cloudflare's own limit"],
		],
	},
	"origin-log": {
		name: "what the origin's log shows",
		ask: "What does the origin's log show at that second?",
		how: "Look at access and error log in the window of the Ray ID, and add the wait: nginx writes its line at the end of a request. nginx: /var/log/nginx/; Apache: /var/log/apache2/ or /var/log/httpd/; Caddy, Gunicorn, Node: journalctl -u NAME; HAProxy: /var/log/haproxy.log; PHP-FPM: /var/log/php*-fpm.log; IIS: C:\\Windows\\System32\\LogFiles\\HTTPERR; Docker: docker logs --timestamps NAME; Kubernetes: kubectl logs --timestamps POD --previous.",
		answers: [
			["complete-200", "a complete 200", "the answer left the server: its headers or framing"],
			["nothing", "nothing there", "another server, a firewall, TLS, or a crash before the line"],
			["crash", "a crash or kill", "the process goes away"],
			["refused-or-444", "444 or 4xx", "a rule or a limit"],
			["client-closed-499", "499", "the other side left first: it was too slow"],
			["no-access", "no access to logs", "then others have to tell"],
		],
	},
	"who-is-hit": {
		name: "who is hit",
		ask: "Who is hit?",
		how: "Ask two people on other networks, and one who is not signed in.",
		answers: [
			["everyone", "everyone", "the server or its way"],
			["signed-in", "only signed-in people", "cookies, headers that grow"],
			["one-network-or-country", "one network or country", "a ban or a block"],
			["one-client", "one program or library", "what that client sends"],
			["under-load", "only under load", "workers, connections, throttles"],
		],
	},
	"what-changed": {
		name: "what changed before",
		ask: "What changed shortly before it began?",
		how: "Deployments, updates, plug-ins, a new host or firewall, DNS, certificates, settings at Cloudflare (its audit log).",
		answers: [
			["deploy", "a deployment or update", "new code or configuration"],
			["firewall-or-host", "firewall or hosting", "blocks and routes"],
			["tls-dns-or-cloudflare", "TLS, DNS or Cloudflare", "modes, records, settings"],
			["nothing", "nothing that we know", "growth, load, expiry"],
		],
	},
	"host-health": {
		name: "how the server is",
		ask: "How is the server itself?",
		how: "uptime, free -m, df -h, docker ps, journalctl -k | grep -i oom.",
		answers: [
			["normal", "normal", "not a matter of resources"],
			["saturated", "CPU, memory or workers full", "load"],
			["restarted-or-oom", "restarted, or out of memory", "a crash"],
		],
	},
	"cloudflare-features": {
		name: "what of Cloudflare is in the way",
		ask: "Which of Cloudflare's features are on this way?",
		how: "Workers routes, Rules, HTTP/2 to Origin, Authenticated Origin Pulls, Tunnel: the zone's dashboard.",
		answers: [
			["none", "none of these", "the origin or its network"],
			["worker", "a Worker", "its code makes or changes the answer"],
			["rules", "rules or rewriting", "headers, ports, hosts"],
			["http2-to-origin", "HTTP/2 to Origin", "streams that break"],
			["origin-pulls", "Authenticated Origin Pulls", "client certificates"],
			["tunnel", "a Tunnel", "its routes and connectors"],
		],
	},
	"colo-spread": {
		name: "from which data centers it fails",
		ask: "Do the Ray IDs of failures come from several data centers?",
		how: "Paste more Ray IDs from people in other places.",
		answers: [
			["many", "from several", "the origin, seen from everywhere"],
			["one", "always the same one", "a route or a throttle of one place"],
		],
	},
	"edge-trace": {
		name: "whether the edge answers",
		ask: "Does /cdn-cgi/trace of the same host answer?",
		how: "Open https://HOST/cdn-cgi/trace.",
		answers: [
			["ok", "it answers", "the edge is well"],
			["failed", "it fails", "the edge itself, or not behind Cloudflare"],
		],
	},
};
