import type { CauseId } from "../src/knowledge/causes/list.ts";

/** Whole incidents, from the first question to the end, as people live them: what they type, press and paste, in order. */
export type Person = "ann" | "bob";

interface By {
	/** ann where nobody is named: she asked. */
	readonly by?: Person;
}
export type Step = By &
	(
		| {
				/** A button, or an option of a menu, by its label. */
				readonly press: RegExp;
				/** What is said in the thread where no such control is offered. */
				readonly or: string;
		  }
		/** Said in the thread; a paste has several lines. */
		| { readonly say: string }
		| { readonly paste: string }
		/** The private form: the address of the lab's origin of that name. */
		| { readonly origin: string }
		/** Closes the case. */
		| { readonly solved: CauseId }
	);

export interface Incident {
	readonly name: string;
	readonly what: string;
	/** Host of the laboratory. */
	readonly host: string;
	/** What ann asks; `URL` is the page. */
	readonly asks?: string;
	readonly steps: readonly Step[];
	readonly ends: {
		/** What the last state of the head says. */
		readonly head: RegExp;
		/** What was told in the thread on the way; none where it only ends. */
		readonly thread?: RegExp;
		/** One message of the thread. Two people are needed for it: there is one at a terminal. */
		readonly inChats?: RegExp;
	};
}

const solved = (title: string): RegExp => new RegExp(`solved[\\s\\S]*${title}|${title}[\\s\\S]*solved`, "i");
const CRASH =
	"[22-Nov-2026 12:00:11] WARNING: [pool www] child 4711 exited on signal 11 (SIGSEGV - core dumped) after 12.3 seconds from start";

/** What `capture` prints of a recording in which three requests of three hundred fail (`golden/captures/pasted.txt` has more of them). */
const RECORDED = [
	"🔴 ring.pcap00: 3 of 300 responses would fail behind Cloudflare.",
	...["11:59:30.118 a5e7c4b53801d1c3", "11:59:50.124 a5e7c5324802d1c3", "12:00:10.131 a5e7c5af5803d1c3"].map(
		(one) =>
			`- ${one.slice(0, 12)} UTC GET /checkout (Ray ID ${one.slice(13)}): no status, rejected (520). The connection\n  closed without a single byte. Closed first by the server, after 9 ms.`,
	),
	"- Fails at random: 3 of 300 requests to the failing pages.",
	"- Response headers: median 0.2 KB, p99 0.3 KB, largest 0.3 KB.",
	"- Time to respond: median 12 ms, p99 15 ms, largest 15 ms.",
	"Recorded 2026-11-22 11:59:10 to 12:00:10 UTC: 300 connections to port 8080 for\none-in-a-hundred.lab.example, 2,700 packets.",
].join("\n");

export const INCIDENTS: readonly Incident[] = [
	{
		name: "closed-mid-response",
		what: "1 of the article: a worker is killed while it sends",
		host: "cut-content",
		steps: [
			{ origin: "cut-content" },
			{ paste: "[2026-11-22 12:00:11 +0000] [7] [ERROR] Error handling request", by: "bob" },
			{ solved: "closed-mid-response" },
		],
		ends: { head: solved("Response cut off midway"), thread: /Response cut off midway/i },
	},
	{
		name: "headers-missing",
		what: "2 of the article: the headers end before they are complete",
		host: "half-header",
		steps: [
			{ origin: "half-header" },
			{ press: /^A complete 200/, or: "answer origin-log complete-200", by: "bob" },
			{ solved: "headers-missing" },
		],
		ends: { head: solved("Response without headers"), thread: /Response without headers/i },
	},
	{
		name: "too-large",
		what: "3 of the article: the page works when it is asked for fewer rows",
		host: "some-urls",
		steps: [
			{ press: /^Fewer rows/, or: "answer variants amount-of-work" },
			{ press: /^A complete 200/, or: "answer origin-log complete-200", by: "bob" },
			{ solved: "response-too-large" },
		],
		ends: { head: solved("Response too large") },
	},
	{
		name: "headers-malformed",
		what: "4 of the article: a blank in a header's name",
		host: "space-in-name",
		steps: [
			{ origin: "space-in-name" },
			{ press: /^A deploy/, or: "we just deployed", by: "bob" },
			{ solved: "headers-malformed" },
		],
		ends: { head: solved("Malformed response headers"), thread: /Malformed response headers/i },
	},
	{
		name: "tls-broken",
		what: "5 of the article: the connection breaks after the handshake",
		host: "resets",
		steps: [
			{
				paste:
					"* Connected to 127.0.0.1 (127.0.0.1) port 443 (#0)\n> GET / HTTP/1.1\n> \n* OpenSSL SSL_read: Connection reset by peer, errno 104\ncurl: (56) OpenSSL SSL_read: Connection reset by peer, errno 104",
			},
			{ press: /^TLS, DNS or Cloudflare/, or: "answer what-changed tls-dns-or-cloudflare", by: "bob" },
			{ solved: "tls-broken" },
		],
		ends: { head: solved("TLS broken after the handshake") },
	},
	{
		name: "cookies",
		what: "cookies that grow for signed-in people, over 128 KB",
		host: "huge-headers",
		steps: [
			{ paste: "status 200, 141872 bytes of headers\ncurl exit 0" },
			{ press: /^Only signed-in/, or: "answer who-is-hit signed-in", by: "bob" },
			{ solved: "headers-too-large" },
		],
		ends: { head: solved("Response headers over 128 KB"), thread: /Response headers over 128 KB/i },
	},
	{
		name: "deliberate-444",
		what: "a rule of nginx closes the connection on purpose",
		host: "closes-empty",
		steps: [
			{ press: /^Empty reply/, or: "answer direct-origin closed-empty" },
			{ paste: '198.51.100.7 - - [22/Nov/2026:12:00:11 +0000] "GET /checkout HTTP/2.0" 444 0 "-" "Mozilla/5.0"', by: "bob" },
			{ solved: "deliberate-close" },
		],
		ends: { head: solved("Connection dropped by a rule"), thread: /Connection dropped by a rule/i },
	},
	{
		name: "cloudflare-blocked",
		what: "a security plugin throttles Cloudflare's IP addresses",
		host: "now-and-then",
		steps: [
			{ press: /^A complete page/, or: "answer direct-origin ok" },
			{ press: /^444 or another 4xx/, or: "answer origin-log refused-or-444", by: "bob" },
			{ press: /^Firewall or hosting/, or: "answer what-changed firewall-or-host", by: "bob" },
			{ solved: "cloudflare-blocked" },
		],
		ends: { head: solved("Cloudflare's IP addresses blocked"), thread: /Cloudflare's IP addresses blocked/i },
	},
	{
		name: "http2-to-origin",
		what: "HTTP/2 between Cloudflare and the origin",
		host: "now-and-then",
		steps: [
			{ press: /^HTTP\/2 to Origin/, or: "answer cloudflare-features http2-to-origin" },
			{ press: /^A complete page/, or: "answer direct-origin ok", by: "bob" },
			{ press: /^Another HTTP version/, or: "answer variants http-version" },
			{ solved: "http2-to-origin" },
		],
		ends: { head: solved("Broken HTTP/2 to the origin"), thread: /Broken HTTP\/2 to the origin/i },
	},
	{
		name: "middle-timeout",
		what: "a load balancer gives up after 30 s",
		host: "healthy",
		steps: [
			{ press: /^Always the same time/, or: "answer time-to-failure round-number" },
			{ press: /^499/, or: "answer origin-log client-closed-499", by: "bob" },
			{ say: "report" },
			{ solved: "middle-timeout" },
		],
		ends: { head: solved("Worker or proxy timeout"), thread: /Worker or proxy timeout/i },
	},
	{
		name: "cannot-reproduce",
		what: "nothing fails when we look",
		host: "healthy",
		steps: [
			{ press: /^One network or country/, or: "answer who-is-hit one-network-or-country" },
			{ press: /^I cannot see the logs/, or: "answer origin-log no-access", by: "bob" },
			{ solved: "visitor-banned" },
		],
		ends: { head: solved("Visitor banned or rate-limited") },
	},
	{
		name: "one-in-a-hundred",
		what: "one request in a hundred is closed: found in a recording",
		host: "one-in-a-hundred",
		steps: [
			{ press: /^Record it/, or: "record" },
			{ paste: RECORDED, by: "bob" },
			{ paste: CRASH, by: "bob" },
			{ solved: "origin-crashed" },
		],
		ends: {
			head: solved("Application crash or restart"),
			thread: /3 of 300 recorded responses fail[\s\S]*without a single byte/,
		},
	},
	{
		name: "visitor",
		what: "a visitor who owns nothing of it",
		host: "closes-empty",
		steps: [
			{ press: /^I (?:cannot run this|do not know)/, or: "I do not know" },
			{ press: /^Not my server/, or: "answer origin-log no-access" },
			{ say: "is it me?" },
			{ say: "thanks" },
		],
		ends: { head: /520/, thread: /Glad to help/ },
	},
	{
		name: "api-user",
		what: "a user of somebody else's API pastes an exception",
		host: "closes-empty",
		asks: "requests.exceptions.HTTPError: 520 Server Error: <none> for url: URL",
		steps: [
			{ press: /^I (?:cannot run this|do not know)/, or: "I do not know" },
			{ press: /^Not my server/, or: "answer origin-log no-access" },
			{ press: /^One program/, or: "answer who-is-hit one-client" },
			{ say: "report" },
		],
		ends: { head: /520/ },
	},
	{
		name: "two-disagree",
		what: "two people say different things within a minute",
		host: "closes-empty",
		steps: [
			{ press: /^Empty reply/, or: "answer direct-origin closed-empty" },
			{ say: "answer direct-origin ok", by: "bob" },
			{ press: /empty reply|^ann\b/i, or: "answer direct-origin closed-empty" },
			{ paste: CRASH, by: "bob" },
			{ solved: "origin-crashed", by: "bob" },
		],
		ends: {
			head: solved("Application crash or restart"),
			inChats: /^(?=[\s\S]*\bann\b)(?=[\s\S]*\bbob\b)[\s\S]*which/i,
		},
	},
	{
		name: "wrong-address",
		what: "the IP address of another server, whose port refuses, while visitors get a 520",
		host: "closes-empty",
		steps: [
			{ origin: "refuses" },
			{ origin: "closes-empty", by: "bob" },
			{ paste: CRASH, by: "bob" },
			{ solved: "origin-crashed" },
		],
		ends: { head: solved("Application crash or restart"), thread: /Application crash or restart/i },
	},
];
