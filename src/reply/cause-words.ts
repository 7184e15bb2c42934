import type { CauseId } from "../knowledge/causes/causes.ts";

/** What each cause is, in words: a title for verdicts, what happens, what to do (common first), where it is documented. */
export interface CauseWords {
	readonly title: string;
	readonly what: string;
	readonly do: readonly string[];
	readonly source: readonly [words: string, url: string];
}

const E520 = [
	"Cloudflare: Error 520",
	"https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/error-520/",
] as const;
const LIMITS = [
	"Cloudflare: Connection limits",
	"https://developers.cloudflare.com/fundamentals/reference/connection-limits/",
] as const;
const RFC9112 = ["RFC 9112", "https://www.rfc-editor.org/rfc/rfc9112"] as const;
const AOP = [
	"Cloudflare: Authenticated Origin Pulls",
	"https://developers.cloudflare.com/ssl/origin-configuration/authenticated-origin-pull/",
] as const;
const H2 = [
	"Cloudflare: HTTP/2 to Origin",
	"https://developers.cloudflare.com/speed/optimization/protocol/http2-to-origin/",
] as const;
const DNS = ["Cloudflare: DNS records", "https://developers.cloudflare.com/dns/manage-dns-records/"] as const;
const IPS = ["Cloudflare: IP addresses", "https://www.cloudflare.com/ips/"] as const;

export const CAUSE_WORDS: Readonly<Record<CauseId, CauseWords>> = {
	"closed-mid-response": {
		title: "The origin closes the connection in the middle of its answer",
		what: "A worker dies, is killed or times out while it sends. What was sent goes on to the visitor and is cut there; before the headers are out it is a 520.",
		do: [
			"Look for a killed or timed-out worker in the application's log at that second.",
			"Compare worker time-outs (PHP-FPM, Gunicorn, uWSGI) with how long the request takes.",
			"Count Content-Length after compression, or leave it to the server.",
		],
		source: E520,
	},
	"headers-missing": {
		title: "The origin sends no usable header section",
		what: "The answer ends before its headers do, or only interim (1xx) responses come.",
		do: [
			"Look what writes the response: a handler that returns nothing, a CGI that prints no headers.",
			"Run origin or curl --raw and look at the first bytes.",
		],
		source: E520,
	},
	"response-too-large": {
		title: "The response is too large",
		what: "Cloudflare sets no cap on the size of response content, only on response headers (128 KB). This is seldom it.",
		do: ["Look at the size of the headers instead: headers shows it."],
		source: LIMITS,
	},
	"headers-malformed": {
		title: "The origin's headers are malformed",
		what: "A line of the header section is none: a wrong byte, a missing colon, a second status line, text of a warning. curl and browsers often take it.",
		do: [
			"Ask the origin directly: the finding names the line and the byte.",
			"Clean values that come from users or files (cookies, redirects, file names) before they go into a header.",
			"Look for output before the headers: PHP warnings, debug prints.",
		],
		source: E520,
	},
	"tls-broken": {
		title: "TLS to the origin breaks after the handshake",
		what: "An alert, a reset or bytes that are no TLS end the connection before the answer is complete.",
		do: [
			"Look in the error log of the server that ends TLS; it names the alert.",
			"Look for boxes in between that inspect TLS.",
			"Try without Authenticated Origin Pulls and with TLS 1.2 for a minute.",
		],
		source: E520,
	},
	"headers-too-large": {
		title: "The response headers are too large",
		what: "Cloudflare takes 128 KB of response headers in all. Cookies that are set again and again, Link fields and debugging headers grow beyond that.",
		do: [
			"Ask for headers of the failing page, signed in if only signed-in people see it: the biggest fields are named.",
			"Set each cookie once, and expire those that are not needed.",
			"Switch debugging headers off in production.",
		],
		source: LIMITS,
	},
	"origin-crashed": {
		title: "The application crashes, is killed or restarts",
		what: "The process that talks to Cloudflare goes away before it has answered: an uncaught error, no memory, a restart, a deployment.",
		do: [
			"Look for a stack trace, a kill line or an OOM message at that second (journalctl -k, the application's log).",
			"Look at restarts: docker ps, kubectl get pods, systemctl status.",
			"Roll the last deployment back if it began then.",
		],
		source: E520,
	},
	"deliberate-close": {
		title: "A rule at the origin closes the connection on purpose",
		what: "nginx return 444, HAProxy http-request reject, ModSecurity drop or a bot filter hang up without an answer: Cloudflare can only show a 520 for that.",
		do: [
			"Search the configuration for 444, reject, drop and deny, and the access log for status 444 at that second.",
			"Check that the site's name is among the server names, and not caught by a default server that returns 444.",
			"Return 403 instead of hanging up, so that people see what it is.",
		],
		source: E520,
	},
	"visitor-banned": {
		title: "The origin bans or throttles this visitor",
		what: "fail2ban, a rate limit or a host's protection looks at the forwarded address and hangs up on one person or network.",
		do: [
			"Look for the visitor's address in the ban lists at that second.",
			"Let the limit answer 429 instead of hanging up.",
			"Check that the server sees the visitor's address (CF-Connecting-IP), not Cloudflare's.",
		],
		source: E520,
	},
	"cloudflare-blocked": {
		title: "The origin blocks or throttles Cloudflare's addresses",
		what: "All visitors come from few addresses, Cloudflare's. A rate limit, fail2ban or security plug-in takes that for an attack.",
		do: [
			"Allow all of Cloudflare's address ranges in every firewall, and exempt them from limits.",
			"Restore the visitor's address (real_ip, mod_remoteip) so that limits count people.",
			"Ask the hosting provider whether they throttle.",
		],
		source: IPS,
	},
	"origin-overloaded": {
		title: "The origin is overloaded",
		what: "Workers, connections, memory or processor are full. Requests wait, are dropped or cut.",
		do: [
			"Look at load, memory, workers and connections at that time.",
			"Find the slow requests: a job, a query, a crawler.",
			"Raise workers only if memory allows; cache or limit the rest.",
		],
		source: E520,
	},
	"middle-timeout": {
		title: "Something in the middle gives up after its own time-out",
		what: "A worker, proxy or load balancer cuts the request at a round number of seconds, before Cloudflare's 125 s.",
		do: [
			"Find what is set to that number of seconds, from the application outwards.",
			"Make the request faster, or move the work to the background.",
			"Raise the time-outs so that the inner one is shorter than the outer one.",
		],
		source: E520,
	},
	"request-too-large": {
		title: "The request is too large for the origin",
		what: "A long address, many cookies or a large body passes Cloudflare (16 KB of address, 128 KB of headers, 100 MB of content) and is too much for the origin, which hangs up.",
		do: [
			"Look for 400, 413, 414, 431 or 494 in the access log at that second.",
			"nginx: large_client_header_buffers and client_max_body_size; Apache: LimitRequestFieldSize.",
			"Shorten the address or the cookies.",
		],
		source: LIMITS,
	},
	"protocol-mismatch": {
		title: "The port speaks another protocol",
		what: "TLS is spoken to a plain port or plain HTTP to a TLS port, or another service listens there.",
		do: [
			"Compare Cloudflare's SSL/TLS mode with what the port speaks: Full (strict) with a certificate on 443 is right.",
			"Look which program listens on the port: ss -ltnp.",
			"Check Origin Rules that change the port.",
		],
		source: ["Cloudflare: SSL modes", "https://developers.cloudflare.com/ssl/origin-configuration/ssl-modes/"],
	},
	"http2-to-origin": {
		title: "HTTP/2 between Cloudflare and the origin breaks",
		what: "Cloudflare uses HTTP/2 where the origin offers it. Streams that are reset, GOAWAY or HTTP/1 text on such a connection become a 520.",
		do: [
			"Switch HTTP/2 to Origin off at Cloudflare (Speed, Settings, Protocol Optimization) as a test.",
			"Update the server, or switch HTTP/2 off there.",
			"Raise http2_max_requests or similar limits that end connections.",
		],
		source: H2,
	},
	"idle-race": {
		title: "The origin closes idle connections that Cloudflare reuses",
		what: "Cloudflare keeps connections for up to 900 s. An origin that closes them after 5 or 60 s may close just when the next request comes; a POST cannot be sent twice.",
		do: [
			"Keep idle connections longer than 900 s at the origin and everything in front of it.",
			"As a test, answer with Connection: close.",
		],
		source: LIMITS,
	},
	"cold-start": {
		title: "The application is not up yet",
		what: "A container or worker sleeps or starts, and the front takes requests before it can answer.",
		do: [
			"Add a readiness check, so that traffic comes only when it is up.",
			"Keep one instance warm.",
			"Start the new version before the old one ends.",
		],
		source: E520,
	},
	"wrong-target": {
		title: "The name leads to another server",
		what: "An old address in DNS, a wrong Origin Rule or tunnel route: another machine answers, or hangs up.",
		do: [
			"Compare the A and AAAA records at Cloudflare with the server's address.",
			"Check Origin Rules, load balancers and tunnel routes.",
			"Look whether the request shows up in the server's log at all.",
		],
		source: DNS,
	},
	"origin-pulls": {
		title: "The origin wants a client certificate and does not get the right one",
		what: "Authenticated Origin Pulls on one side only, an expired or other certificate: TLS ends with an alert, or nginx answers 400.",
		do: [
			"Switch Authenticated Origin Pulls on at Cloudflare, or stop demanding the certificate.",
			"Check which authority the origin trusts, and until when the uploaded certificate is valid.",
		],
		source: AOP,
	},
	"upgrade-or-1xx": {
		title: "An upgrade or an interim response goes wrong",
		what: "The origin switches protocols unasked, or sends 100 or 103 and no final answer.",
		do: [
			"Switch early hints (103) at the origin off as a test.",
			"Send 101 only to a request that asks for it.",
			"WebSockets: check that the application answers the upgrade completely.",
		],
		source: RFC9112,
	},
	"framing-conflict": {
		title: "The response says two things about its length",
		what: "Two Content-Length fields, a wrong one, or broken chunks: parsers disagree where the message ends, and Cloudflare's refuses.",
		do: [
			"Let one layer set Content-Length: the application or the server, not both.",
			"Look at middleware that compresses or rewrites.",
			"Ask the origin directly: the finding names the bytes.",
		],
		source: RFC9112,
	},
	"relabelled-5xx": {
		title: "A server error is shown as a 520",
		what: "The application answers 500 or 503, or a platform in front turns its failure into the number 520.",
		do: ["Look in the application's log at that second.", "Look whether a platform or proxy in between rewrites status codes."],
		source: E520,
	},
	"edge-feature": {
		title: "Something at Cloudflare in the way",
		what: "A Worker, a rule or a rewriting feature makes or changes the answer.",
		do: [
			"Switch the Worker's route or the rule off for that address as a test.",
			"Look into the Worker's log (wrangler tail).",
			"Look whether the Worker itself returns 520.",
		],
		source: ["Cloudflare: Workers errors", "https://developers.cloudflare.com/workers/observability/errors/"],
	},
	"odd-client-request": {
		title: "One client sends requests that break",
		what: "A program or library sends something that only it sends, and the origin or Cloudflare cannot pass it on.",
		do: ["Compare the request with one of curl that works: headers, length, HTTP version.", "Update the library."],
		source: RFC9112,
	},
};
