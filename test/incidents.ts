/** Whole incidents, from the first question to the end, as people live them: what they type, press and paste, in order. */
export type Step =
	| { readonly say: string }
	/** In the thread of the case. */
	| { readonly inThread: string }
	| { readonly press: string }
	/** The private form: the address of the lab's origin of that name. */
	| { readonly origin: string };

export interface Incident {
	readonly name: string;
	readonly what: string;
	/** Host of the laboratory. */
	readonly host: string;
	readonly steps: readonly Step[];
	/** What the last state of the head says. */
	readonly ends: RegExp;
}

const solved = (cause: string): Step => ({ press: `w:CASE:${cause}` });
const answer = (key: string, value: string): Step => ({ press: `a:CASE:${key}:${value}` });

export const INCIDENTS: readonly Incident[] = [
	{
		name: "closed-mid-response",
		what: "1 of the article: a worker is killed while it sends",
		host: "cut-content",
		steps: [
			{ inThread: "logs [2026-11-22 12:00:05 +0000] [7] [ERROR] Error handling request" },
			{ origin: "cut-content" },
			solved("closed-mid-response"),
		],
		ends: /Solved: Response cut off midway/,
	},
	{
		name: "headers-missing",
		what: "2 of the article: the headers end before they are complete",
		host: "half-header",
		steps: [{ origin: "half-header" }, answer("origin-log", "complete-200"), solved("headers-missing")],
		ends: /Solved: Response without headers/,
	},
	{
		name: "too-large",
		what: "3 of the article, as it really is: the response headers are too large",
		host: "huge-headers",
		steps: [{ origin: "huge-headers" }, solved("headers-too-large")],
		ends: /Solved: Response headers over 128 KB/,
	},
	{
		name: "wrong-port",
		what: "somebody gives an address whose port refuses, while visitors get a 520",
		host: "closes-empty",
		steps: [{ origin: "refuses" }, { origin: "closes-empty" }, solved("origin-crashed")],
		ends: /Solved: /,
	},
	{
		name: "headers-malformed",
		what: "4 of the article: a blank in a header's name",
		host: "space-in-name",
		steps: [{ origin: "space-in-name" }, answer("what-changed", "deploy"), solved("headers-malformed")],
		ends: /Solved: Malformed response headers/,
	},
	{
		name: "tls-broken",
		what: "5 of the article: the connection breaks after the handshake",
		host: "resets",
		steps: [
			answer("what-changed", "tls-dns-or-cloudflare"),
			{
				inThread:
					"* Connected to shop.example (192.0.2.1) port 443 (#0)\n> GET / HTTP/1.1\n> \n* OpenSSL SSL_read: Connection reset by peer, errno 104\ncurl: (56) OpenSSL SSL_read: Connection reset by peer, errno 104",
			},
			solved("tls-broken"),
		],
		ends: /Solved: TLS broken after the handshake/,
	},
	{
		name: "cookies",
		what: "only signed-in people see it: cookies that grow",
		host: "healthy",
		steps: [
			answer("who-is-hit", "signed-in"),
			answer("variants", "cookies"),
			answer("origin-log", "complete-200"),
			solved("headers-too-large"),
		],
		ends: /Solved: Response headers over 128 KB/,
	},
	{
		name: "deliberate-444",
		what: "a rule of nginx hangs up on purpose",
		host: "closes-empty",
		steps: [
			{ inThread: 'logs 198.51.100.7 - - [22/Nov/2026:12:00:12 +0000] "GET /checkout HTTP/2.0" 444 0 "-" "Mozilla/5.0"' },
			{ origin: "closes-empty" },
			solved("deliberate-close"),
		],
		ends: /Solved: Connection dropped by a rule/,
	},
	{
		name: "cloudflare-blocked",
		what: "a security plug-in throttles Cloudflare's addresses",
		host: "now-and-then",
		steps: [
			answer("what-changed", "firewall-or-host"),
			answer("direct-origin", "ok"),
			answer("origin-log", "refused-or-444"),
			solved("cloudflare-blocked"),
		],
		ends: /Solved: Cloudflare's IP addresses blocked/,
	},
	{
		name: "http2-to-origin",
		what: "HTTP/2 between Cloudflare and the origin",
		host: "now-and-then",
		steps: [
			answer("cloudflare-features", "http2-to-origin"),
			answer("direct-origin", "ok"),
			answer("variants", "http-version"),
			solved("http2-to-origin"),
		],
		ends: /Solved: Broken HTTP\/2 to the origin/,
	},
	{
		name: "middle-timeout",
		what: "a load balancer gives up after 30 s",
		host: "some-urls",
		steps: [
			answer("time-to-failure", "round-number"),
			answer("origin-log", "client-closed-499"),
			{ press: "r:CASE" },
			solved("middle-timeout"),
		],
		ends: /Solved: Worker or proxy timeout/,
	},
	{
		name: "cannot-reproduce",
		what: "nothing fails when we look",
		host: "healthy",
		steps: [
			answer("who-is-hit", "one-network-or-country"),
			answer("origin-log", "no-access"),
			answer("variants", "same"),
			solved("visitor-banned"),
		],
		ends: /Solved: Visitor banned or rate-limited/,
	},
	{
		name: "visitor",
		what: "a visitor who owns nothing of it",
		host: "closes-empty",
		steps: [
			answer("origin-log", "no-access"),
			{ press: "a:CASE:direct-origin:?" },
			answer("who-is-hit", "everyone"),
			{ inThread: "report" },
		],
		ends: /Cause: unknown so far|Likeliest:/,
	},
];
