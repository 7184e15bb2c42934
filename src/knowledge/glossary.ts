import { AOP, DNS, E520, H2, IPS, LIMITS, RFC9112, type Source } from "./sources.ts";

/** One word that the bot uses, and what it means by it. */
export interface Term {
	/** As it is written in a sentence. */
	readonly word: string;
	/** Other spellings and forms, in small letters. */
	readonly also: readonly string[];
	/** In one or two sentences. */
	readonly means: string;
	/** Where it is documented; null for the bot's own words and for words without a page. */
	readonly doc: Source | null;
}

const cloudflare = (title: string, path: string): Source => [`Cloudflare: ${title}`, `https://developers.cloudflare.com/${path}`];
const mdn = (title: string, path: string): Source => [`MDN: ${title}`, `https://developer.mozilla.org/docs/${path}`];

const SSL_MODES = cloudflare("SSL/TLS modes", "ssl/origin-configuration/ssl-modes/");
const HEADERS = cloudflare("HTTP headers", "fundamentals/reference/http-headers/");
const CDN_CGI = cloudflare("/cdn-cgi/ endpoint", "fundamentals/reference/cdn-cgi-endpoint/");
const E499 = cloudflare("Error 499", "support/troubleshooting/http-status-codes/4xx-client-error/error-499/");
const RFC9110: Source = ["RFC 9110", "https://www.rfc-editor.org/rfc/rfc9110"];
const RFC9113: Source = ["RFC 9113", "https://www.rfc-editor.org/rfc/rfc9113"];
const RFC8446: Source = ["RFC 8446", "https://www.rfc-editor.org/rfc/rfc8446"];
const RFC7541: Source = ["RFC 7541", "https://www.rfc-editor.org/rfc/rfc7541"];
const RFC9293: Source = ["RFC 9293", "https://www.rfc-editor.org/rfc/rfc9293"];

const row = (word: string, also: readonly string[], means: string, doc: Source | null = null): Term => ({
	word,
	also,
	means,
	doc,
});

/** The bot's own words first, then Cloudflare's, HTTP's, and those of servers and programs. */
export const GLOSSARY: readonly Term[] = [
	// The conversation
	row("check", ["checks", "check again", "recheck"], "All that cf520 does for one question, or one round of a watch."),
	row("request", ["requests"], "One HTTP request. Failures are counted in requests: 5 of 5 failed.", RFC9110),
	row("response", ["responses"], "What a server returns: a status, headers and usually content.", RFC9110),
	row("answer", ["answers"], "What a person says or presses. It changes how likely each cause is."),
	row(
		"question",
		["questions", "evidence question"],
		"What cf520 asks next: the question whose answer narrows the causes down most.",
	),
	row("case", ["cases"], "One incident in one thread. It closes after a day without activity."),
	row("finding", ["findings"], "A fact seen in bytes. What a proxy does with it is certain or nearly so."),
	row("cause", ["causes", "usual causes"], "What explains the evidence, more or less likely."),
	row("fix", ["fixes", "first fix"], "What a person does about a cause. The first one is easy to undo."),
	row(
		"evidence",
		["fact", "facts"],
		"What was measured, pasted or answered about a case. Measured evidence beats told evidence.",
	),
	row("verdict", ["result", "results"], "What cf520 concludes from a check: what is wrong, and who has to fix it."),
	row("next step", ["next", "step", "check first"], "The one thing to do now: a command to run, or a question to answer."),
	row(
		"at fault",
		["fault", "owner", "whose side", "side"],
		"Who has to act: the origin, the site's Cloudflare settings, Cloudflare, or the visitor.",
	),
	row("certain", ["certainty"], "Cloudflare or the bytes prove it."),
	row("likely", ["most likely", "likely cause"], "A probability of 60% or more, by the evidence so far."),
	row("possible", ["possibly"], "A probability of 40% or more, by the evidence so far."),
	row("unknown", ["unsure"], "The evidence does not decide it yet. The next step says what would."),
	row("ruled out", ["ruled-out"], "A cause that the evidence excludes, always with the reason."),
	row("intermittent", ["flapping", "now and then"], "The same request fails sometimes and works sometimes."),
	row(
		"family",
		["families", "family of causes"],
		"A group of causes that the same person usually fixes, for example load or a timeout.",
	),
	row("visitor", ["visitors"], "The person or program that requests the site through Cloudflare."),
	row("site owner", ["owner of the site"], "The person who manages the site and its Cloudflare account."),
	row("operator", [], "The person who runs this cf520."),
	row("admin", ["admins"], "A person who may change cf520's settings here: an admin of the Slack workspace or Discord server."),
	row("workspace", ["server (discord)"], "A Slack workspace or a Discord server. Settings, limits and cases belong to one."),
	row(
		"limit",
		["limits", "checks per 5 minutes"],
		"How many checks a person, a channel and a workspace can ask for in 5 minutes.",
	),
	row("recovered", ["recovery"], "Five checks in a row worked after a failure."),
	row("solved", [], "A person confirmed the cause, so the case is closed. Anyone can reopen it."),

	// Cloudflare
	row(
		"Cloudflare",
		[],
		"The service between visitors and the origin. Visitors connect to it, and it requests pages from the origin.",
		cloudflare("How Cloudflare works", "fundamentals/concepts/how-cloudflare-works/"),
	),
	row(
		"origin",
		["origin server", "the origin", "backend"],
		"The server behind Cloudflare that holds the site.",
		cloudflare("How Cloudflare works", "fundamentals/concepts/how-cloudflare-works/"),
	),
	row(
		"edge",
		["cloudflare's edge"],
		"Cloudflare's side: the servers that visitors connect to.",
		cloudflare("How Cloudflare works", "fundamentals/concepts/how-cloudflare-works/"),
	),
	row(
		"data center",
		["data centers", "colo", "colos", "datacenter"],
		"The Cloudflare location that handled a request, for example Dallas (DFW). The three letters are a nearby airport's.",
		["Cloudflare: System status", "https://www.cloudflarestatus.com/"],
	),
	row(
		"Ray ID",
		["ray", "ray ids", "rays", "rayid", "ray-id"],
		"Cloudflare's name for one request: 16 hex digits, with or without a data center such as `-DFW`. It tells the exact second.",
		cloudflare("Ray ID", "fundamentals/reference/cloudflare-ray-id/"),
	),
	row("cf-ray", ["cf-ray header"], "The response header that carries the Ray ID and the data center.", HEADERS),
	row(
		"CF-Connecting-IP",
		["x-forwarded-for", "cf-connecting-ip header"],
		"The request header in which Cloudflare tells the origin the visitor's IP address.",
		HEADERS,
	),
	row(
		"cf-error-type",
		["cf-error-type header"],
		"A response header that only Cloudflare sets, on errors that it generated.",
		cloudflare("Error responses", "fundamentals/reference/error-responses/"),
	),
	row(
		"cf-cache-status",
		["cache status", "dynamic", "hit", "miss"],
		"The response header that says whether the page came from Cloudflare's cache. HIT means the origin was not asked.",
		cloudflare("Cache statuses", "cache/concepts/cache-responses/"),
	),
	row(
		"cache",
		["cloudflare's cache", "cached"],
		"Copies of pages that Cloudflare keeps. A cached page works even while the origin fails.",
		cloudflare("Cache", "cache/"),
	),
	row(
		"error page",
		["branded page", "custom error page"],
		"The page that Cloudflare shows instead of a response. It names the code and the Ray ID.",
		cloudflare("Error pages", "rules/custom-errors/"),
	),
	row(
		"/cdn-cgi/trace",
		["cdn-cgi", "cdn-cgi/trace", "/cdn-cgi/", "trace", "edge trace"],
		"A page that Cloudflare generates on every site behind it. If it loads, the edge works.",
		CDN_CGI,
	),
	row(
		"Cloudflare Analytics",
		["analytics", "originresponsestatus", "edgeresponsestatus"],
		"Cloudflare's own statistics of a site, in the dashboard. They show which status the origin returned.",
		cloudflare("Analytics", "analytics/"),
	),
	row("dashboard", ["cloudflare dashboard"], "Where the site owner changes Cloudflare's settings: dash.cloudflare.com.", [
		"Cloudflare dashboard",
		"https://dash.cloudflare.com/",
	]),
	row(
		"Security Events",
		["waf", "firewall rule"],
		"Cloudflare's list of requests that a rule blocked or challenged. Search it by Ray ID.",
		cloudflare("Security Events", "waf/analytics/security-events/"),
	),
	row(
		"challenge",
		["challenges", "captcha", "turnstile"],
		"A page on which Cloudflare tests whether the visitor is a person. It hides the origin's response.",
		cloudflare("Challenges", "cloudflare-challenges/"),
	),
	row(
		"Browser Integrity Check",
		["bic"],
		"A Cloudflare setting that rejects requests with the headers of known bots.",
		cloudflare("Browser Integrity Check", "waf/tools/browser-integrity-check/"),
	),
	row(
		"zone",
		["zones"],
		"One domain in a Cloudflare account, with its settings.",
		cloudflare("Accounts and zones", "fundamentals/concepts/accounts-and-zones/"),
	),
	row(
		"proxied",
		["orange cloud", "proxy status", "dns-only", "grey cloud"],
		"A DNS record whose traffic goes through Cloudflare. DNS-only records lead straight to the origin.",
		cloudflare("Proxy status", "dns/proxy-status/"),
	),
	row(
		"A record",
		["aaaa record", "a and aaaa records", "dns record", "dns records", "cname"],
		"The DNS record that holds the origin's IPv4 address. AAAA holds IPv6, CNAME another name.",
		DNS,
	),
	row("DNS", [], "The system that turns a hostname into IP addresses.", DNS),
	row("DNSSEC", [], "Signatures for DNS. Wrong ones make a name fail to resolve.", cloudflare("DNSSEC", "dns/dnssec/")),
	row(
		"Cloudflare IP addresses",
		["cloudflare's ip addresses", "cloudflare ip ranges", "ip ranges"],
		"The IP addresses from which Cloudflare connects to origins. Firewalls and rate limits must let them through.",
		IPS,
	),
	row(
		"SSL/TLS mode",
		["ssl mode", "ssl/tls modes", "ssl modes", "encryption mode", "mode"],
		"How Cloudflare connects to the origin: Flexible, Full or Full (strict).",
		SSL_MODES,
	),
	row(
		"Flexible",
		["flexible mode"],
		"An SSL/TLS mode: Cloudflare connects to the origin in plain HTTP on port 80.",
		cloudflare("Flexible", "ssl/origin-configuration/ssl-modes/flexible/"),
	),
	row(
		"Full",
		["full mode"],
		"An SSL/TLS mode: Cloudflare connects with TLS and accepts any certificate.",
		cloudflare("Full", "ssl/origin-configuration/ssl-modes/full/"),
	),
	row(
		"Full (strict)",
		["full strict", "strict"],
		"An SSL/TLS mode: Cloudflare connects with TLS and requires a valid certificate. Otherwise visitors get a 526.",
		cloudflare("Full (strict)", "ssl/origin-configuration/ssl-modes/full-strict/"),
	),
	row(
		"Origin CA",
		["origin ca certificate", "cloudflare origin ca", "ca"],
		"Cloudflare's own certificates for origins. Cloudflare trusts them; browsers and curl do not.",
		cloudflare("Origin CA", "ssl/origin-configuration/origin-ca/"),
	),
	row(
		"Authenticated Origin Pulls",
		["origin pulls", "aop", "mtls", "origin pulls (mtls)"],
		"Cloudflare shows the origin a client certificate, and the origin rejects everyone who has none.",
		AOP,
	),
	row(
		"client certificate",
		["client certificates"],
		"A certificate with which the caller proves who it is. Authenticated Origin Pulls uses one.",
		AOP,
	),
	row(
		"HTTP/2 to Origin",
		["http2 to origin", "http/2 to the origin", "http2-to-origin setting"],
		"A Cloudflare setting: Cloudflare speaks HTTP/2 to origins that offer it. Turn it off as a test.",
		H2,
	),
	row(
		"tunnel",
		["cloudflare tunnel", "argo tunnel", "tunnels", "connector"],
		"Connects an origin to Cloudflare from the inside, through the program cloudflared.",
		cloudflare("Tunnel", "cloudflare-one/networks/connectors/cloudflare-tunnel/"),
	),
	row(
		"cloudflared",
		[],
		"The program that keeps a tunnel connected. Its log shows dropped connections.",
		cloudflare(
			"Tunnel: common errors",
			"cloudflare-one/networks/connectors/cloudflare-tunnel/troubleshoot-tunnels/common-errors/",
		),
	),
	row(
		"Worker",
		["workers", "cloudflare worker", "cloudflare workers", "subrequest"],
		"A program that runs at Cloudflare and can make or change responses.",
		cloudflare("Workers", "workers/"),
	),
	row(
		"Snippet",
		["snippets"],
		"A short program that runs at Cloudflare for chosen requests.",
		cloudflare("Snippets", "rules/snippets/"),
	),
	row(
		"Rule",
		["rules", "page rule", "page rules", "cloudflare rule"],
		"A setting at Cloudflare that changes, redirects or blocks chosen requests.",
		cloudflare("Rules", "rules/"),
	),
	row(
		"Origin Rule",
		["origin rules"],
		"A Cloudflare rule that sends requests to another host or port.",
		cloudflare("Origin Rules", "rules/origin-rules/"),
	),
	row(
		"Transform Rule",
		["transform rules", "rewrite", "rewrites"],
		"A Cloudflare rule that rewrites the URL or the headers.",
		cloudflare("Transform Rules", "rules/transform/"),
	),
	row(
		"Load Balancing",
		["load-balancer", "load balancer at cloudflare"],
		"A Cloudflare service that spreads requests over several origins.",
		cloudflare("Load Balancing", "load-balancing/"),
	),
	row(
		"Speed Brain",
		[],
		"A Cloudflare setting that lets browsers prefetch pages. Rejected prefetches show as 503 in logs only.",
		cloudflare("Speed Brain", "speed/optimization/content/speed-brain/"),
	),
	row("Railgun", [], "A retired Cloudflare product. Its error was 527."),
	row(
		"Pingora",
		["cloudflare's open-source proxy", "cloudflare's published parser", "cloudflare's parser"],
		"Cloudflare's open-source proxy. cf520 measured how it reads broken responses; Cloudflare's own build can differ.",
		["Pingora on GitHub", "https://github.com/cloudflare/pingora"],
	),
	row("workerd", [], "The open-source program that runs Cloudflare Workers.", [
		"workerd on GitHub",
		"https://github.com/cloudflare/workerd",
	]),
	row(
		"keep-alive",
		["keepalive", "keep alive", "keep-alive timeout", "kept-alive", "idle connection"],
		"A connection stays open for the next request. Cloudflare keeps idle ones for up to 900 s, so the origin must wait longer.",
		LIMITS,
	),
	row(
		"125 s",
		["125 seconds", "proxy read timeout"],
		"How long Cloudflare waits between two reads from the origin. After that visitors get a 524.",
		LIMITS,
	),
	row("128 KB", ["header limit", "131,072 bytes"], "The most that Cloudflare accepts of all response headers together.", LIMITS),
	row(
		"status page",
		["cloudflarestatus.com", "incident at cloudflare", "cloudflare status", "incident"],
		"Cloudflare's page of current incidents.",
		["Cloudflare status", "https://www.cloudflarestatus.com/"],
	),
	row("520", ["error 520", "5xx"], "Cloudflare reached the server, but got no valid HTTP response.", E520),

	// HTTP
	row("HTTP", ["http/1.1", "http/1", "http/1.0"], "The protocol of the web. HTTP/1.1 sends text lines, HTTP/2 frames.", RFC9112),
	row("HTTPS", [], "HTTP inside TLS.", RFC9110),
	row("URL", ["urls", "page", "link"], "The location of a page: https://shop.example/checkout.", mdn("URL", "Glossary/URL")),
	row("hostname", ["host", "hosts"], "The name in a URL: shop.example.", mdn("Host", "Glossary/Host")),
	row(
		"IP address",
		["ip", "ip addresses", "ipv4", "ipv6", "ip version"],
		"The number under which a server is reached, for example 198.51.100.7.",
		mdn("IP address", "Glossary/IP_Address"),
	),
	row(
		"port",
		["ports"],
		"The number of a service at an IP address: 443 for HTTPS, 80 for HTTP. Cloudflare proxies only some ports.",
		cloudflare("Network ports", "fundamentals/reference/network-ports/"),
	),
	row(
		"status",
		["status code", "status codes", "status line", "http status"],
		"The three-digit result of a response, for example 200. The status line is its first line.",
		mdn("HTTP status codes", "Web/HTTP/Reference/Status"),
	),
	row(
		"header",
		["headers", "response headers", "header line", "header section", "field", "fields"],
		"A line `Name: value` before the content of a request or response.",
		mdn("HTTP headers", "Web/HTTP/Reference/Headers"),
	),
	row("trailer", ["trailers"], "A header line after the last chunk.", RFC9112),
	row("content", ["body", "mid-response"], "What comes after the headers: the page itself.", RFC9110),
	row(
		"cookie",
		["cookies"],
		"Data that a site stores in the browser. Big ones make headers too large.",
		mdn("Cookies", "Web/HTTP/Guides/Cookies"),
	),
	row("Set-Cookie", [], "The response header that stores a cookie.", mdn("Set-Cookie", "Web/HTTP/Reference/Headers/Set-Cookie")),
	row(
		"Content-Length",
		["length", "announced length"],
		"The header that announces how many bytes the content has. Two of them, or a wrong one, break responses.",
		mdn("Content-Length", "Web/HTTP/Reference/Headers/Content-Length"),
	),
	row(
		"Transfer-Encoding",
		[],
		"The header that announces chunks.",
		mdn("Transfer-Encoding", "Web/HTTP/Reference/Headers/Transfer-Encoding"),
	),
	row(
		"Content-Encoding",
		["compression", "gzip", "encoding", "accept-encoding", "content coding", "br", "brotli"],
		"The header that names how the content is compressed. Cloudflare asks for it with Accept-Encoding.",
		mdn("Content-Encoding", "Web/HTTP/Reference/Headers/Content-Encoding"),
	),
	row(
		"chunked",
		["chunk", "chunks", "chunked encoding", "last chunk"],
		"Content sent in pieces, each with its size. The last piece has size 0.",
		RFC9112,
	),
	row("framing", [], "How a parser knows where a response ends: by Content-Length, by chunks, or by the close.", RFC9112),
	row(
		"CRLF",
		["cr lf", "cr", "lf", "line end", "line ends", "carriage return", "line feed"],
		"The two bytes that end a header line: CR and LF.",
		RFC9112,
	),
	row("NUL", ["nul byte"], "The byte with the value 0. Headers must not contain it.", RFC9110),
	row(
		"Location",
		["redirect", "redirects"],
		"The header that sends the browser to another URL. cf520 does not follow it.",
		mdn("Location", "Web/HTTP/Reference/Headers/Location"),
	),
	row(
		"Content-Disposition",
		["content-security-policy", "referer", "host header", "link header"],
		"A header of HTTP; MDN lists what each one means.",
		mdn("HTTP headers", "Web/HTTP/Reference/Headers"),
	),
	row(
		"User-Agent",
		["user agent"],
		"The header that names the program that sends a request. Some servers reject some programs.",
		mdn("User-Agent", "Web/HTTP/Reference/Headers/User-Agent"),
	),
	row(
		"Connection: close",
		["connection header"],
		"The header that says the connection ends after this response.",
		mdn("Connection", "Web/HTTP/Reference/Headers/Connection"),
	),
	row(
		"Upgrade",
		["101", "switching protocols", "websocket"],
		"The request to switch protocols, for example to WebSocket. 101 is the response that does so.",
		mdn("Upgrade", "Web/HTTP/Reference/Headers/Upgrade"),
	),
	row(
		"interim response",
		["1xx", "100", "103", "early hints", "interim"],
		"A 1xx response before the final one, for example 103 Early Hints.",
		cloudflare("Early Hints", "cache/advanced-configuration/early-hints/"),
	),
	row(
		"GET",
		["head", "post", "put", "method", "methods"],
		"A method says what a request wants: GET fetches, HEAD fetches headers only, POST sends data.",
		mdn("HTTP methods", "Web/HTTP/Reference/Methods"),
	),
	row(
		"HTTP/2",
		["http2", "h2"],
		"A version of HTTP that sends several requests at once over one connection, in frames.",
		RFC9113,
	),
	row(
		"frame",
		["frames", "frame type", "data", "data frame", "ping", "continuation"],
		"A piece of an HTTP/2 connection: headers, data, settings.",
		RFC9113,
	),
	row("stream", ["streams"], "One request and its response inside an HTTP/2 connection.", RFC9113),
	row(
		"GOAWAY",
		["go away", "enhance_your_calm", "protocol_error", "internal_error"],
		"The HTTP/2 frame with which a server ends the connection. It says which requests it did not handle.",
		RFC9113,
	),
	row(
		"SETTINGS",
		["settings frame", "settings_max_frame_size"],
		"The first HTTP/2 frame of each side, with its limits.",
		RFC9113,
	),
	row(
		"RST_STREAM",
		["refused_stream", "stream reset"],
		"The HTTP/2 frame that cancels one request. REFUSED_STREAM means that it can be repeated.",
		RFC9113,
	),
	row("HTTP_1_1_REQUIRED", [], "An HTTP/2 error code: the server wants this request over HTTP/1.1.", RFC9113),
	row("HPACK", ["header block", "header compression"], "The compression of headers in HTTP/2.", RFC7541),
	row("RFC", ["rfcs"], "A document of the internet's standards, for example RFC 9112 for HTTP/1.1.", RFC9112),
	row("HAR", ["har file", "har entry"], "A recording of requests that browsers save from their network panel.", [
		"Cloudflare: HAR files",
		"https://developers.cloudflare.com/support/troubleshooting/general-troubleshooting/gathering-information-for-troubleshooting-sites/",
	]),
	row(
		"proxy",
		["proxies", "reverse proxy", "load balancer", "middle"],
		"A server that passes requests on to another one, for example nginx before an application.",
		mdn("Proxy servers", "Web/HTTP/Guides/Proxy_servers_and_tunneling"),
	),
	row("parser", ["parsers"], "The part of a program that reads a response. Parsers differ in what they accept."),
	row(
		"500",
		["own 5xx error", "server error", "5xx error"],
		"The origin's own error: the application failed and said so.",
		mdn("500", "Web/HTTP/Reference/Status/500"),
	),
	row(
		"499",
		["client closed", "client closed request"],
		"The client left before the response was complete. In the origin's log the client is Cloudflare.",
		E499,
	),
	row(
		"444",
		["return 444", "nginx 444"],
		"nginx's own status for closing the connection without a response. Visitors get a 520.",
		["nginx: return", "https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#return"],
	),
	row(
		"494",
		["request header too large", "431"],
		"nginx's own status for request headers that are too large. Others return 431.",
		[
			"nginx: large_client_header_buffers",
			"https://nginx.org/en/docs/http/ngx_http_core_module.html#large_client_header_buffers",
		],
	),
	row(
		"429",
		["rate limit", "rate limits", "rate limiting", "rate-limited", "throttle"],
		"Too many requests: the server or a rule limits how often one caller may ask.",
		mdn("429", "Web/HTTP/Reference/Status/429"),
	),
	row(
		"403",
		["forbidden", "deny", "deny rule"],
		"The server understood the request and rejects it.",
		mdn("403", "Web/HTTP/Reference/Status/403"),
	),

	// Connections and TLS
	row("connection", ["connections", "tcp", "syn", "syn+ack"], "What a client and a server open before they talk (TCP).", RFC9293),
	row(
		"reset",
		["connection reset", "rst"],
		"The other side aborts the connection at once, often after a crash or by a firewall.",
		RFC9293,
	),
	row(
		"refused",
		["connection refused", "refuse"],
		"Nothing accepts connections on that port, or a firewall rejects them. Visitors get a 521.",
		RFC9293,
	),
	row("timeout", ["timeouts", "timed out", "time-out", "time out"], "Something waited for a set time and gave up.", LIMITS),
	row("empty reply", ["no byte", "empty response"], "The server closed the connection without sending a byte: curl exit 52."),
	row("TLS", ["ssl", "ssl/tls", "encryption"], "The encryption under HTTPS.", RFC8446),
	row(
		"handshake",
		["tls handshake", "tls greeting"],
		"The start of a TLS connection, in which both sides agree on keys and certificates. If it fails, visitors get a 525.",
		RFC8446,
	),
	row("alert", ["tls alert"], "A message with which one side ends a TLS connection because of an error.", RFC8446),
	row(
		"certificate",
		["certificates", "chain", "certificate chain"],
		"Proves which hostnames a server may serve. It must be valid, complete and for the right name.",
		SSL_MODES,
	),
	row("SNI", ["server name"], "The hostname that a client names in the TLS handshake.", RFC8446),
	row("ALPN", [], "The part of the TLS handshake that chooses HTTP/1.1 or HTTP/2.", [
		"RFC 7301",
		"https://www.rfc-editor.org/rfc/rfc7301",
	]),
	row(
		"firewall",
		["firewalls", "security plug-in", "security plugin", "modsecurity", "fail2ban", "ban", "ban list"],
		"A program or device that rejects connections by rules. It must let Cloudflare's IP addresses through.",
		IPS,
	),
	row("packet loss", ["packets", "route", "network"], "Packets that get lost between Cloudflare and the origin."),
	row("loopback", ["127.0.0.1", "localhost"], "The IP address of the machine itself. On the origin, 127.0.0.1 is the origin."),
	row(
		"private IP address",
		["internal name", "internal", "special ip", "private ip"],
		"An IP address that works only inside one network. cf520 checks public sites only.",
	),

	// Servers
	row(
		"log",
		["logs", "log line", "log lines", "access log", "error log", "origin's log"],
		"What a server writes down. The access log lists requests, the error log problems.",
	),
	row("log window", ["window"], "The seconds around a Ray ID in which the origin wrote its log lines."),
	row("UTC", ["zone of the log", "time zone"], "World time without a time zone. cf520 shows all times in it."),
	row(
		"crash",
		["crashed", "stack trace", "exception", "traceback", "signal", "segfault", "signal 11"],
		"A program ends by an error. The log shows a stack trace or a signal, for example 11.",
	),
	row(
		"OOM",
		["oom kill", "oom-killed", "out of memory", "out-of-memory", "oom killer"],
		"Out of memory: Linux kills a process because memory is full. `journalctl -k | grep -i oom` shows it.",
		["Linux kernel: out of memory", "https://docs.kernel.org/admin-guide/mm/concepts.html"],
	),
	row("CPU", ["ram", "memory", "disk", "resources", "load"], "What a server can run out of: processor time, memory or disk."),
	row(
		"worker process",
		["worker (server)", "workers full", "process", "processes"],
		"A process of the origin that handles requests. When all are busy, requests wait or fail.",
	),
	row(
		"deploy",
		["deploys", "deployment", "rollout", "roll back", "rollback"],
		"Putting a new version of the application online. Rolling back restores the old one.",
	),
	row(
		"readiness check",
		["readiness probe", "readiness", "cold start"],
		"A test that lets requests in only when the application is ready.",
		["Kubernetes: probes", "https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/"],
	),
	row(
		"health check",
		["health checks", "liveness"],
		"A request with which a load balancer tests whether a server works. It is not a visitor's request.",
	),
	row("application", ["app", "handler", "script"], "The program behind the web server that makes the pages."),
	row(
		"database",
		["queue", "lock", "slow query"],
		"What an application often waits for. A slow query or a lock becomes a timeout.",
	),
	row(
		"third party",
		["third-party", "outside service", "another api", "api"],
		"A service of someone else that a page waits for, for example a payment provider.",
	),
	row("hosting provider", ["provider", "hosting"], "The company that runs the origin's machine."),
	row("KB", ["mb", "mib"], "128 KB are 131,072 bytes; 1 MB is 1,024 KB."),
	row("NTLM", ["windows authentication"], "The sign-in of Windows servers. It works over HTTP/1.1 only."),
	row("documentation", ["docs", "source"], "Where a page's facts come from, usually Cloudflare's own documentation."),
	row(
		"retry",
		["retries", "retry-after"],
		"Sending the same request again. Cloudflare's error page can name the seconds to wait.",
	),
	row(
		"robots.txt",
		["/robots.txt"],
		"A small file that nearly every site has. cf520 requests it as the second URL of a start page.",
	),
	row(
		"hex digits",
		["hex", "hexadecimal", "byte", "bytes", "hex dump"],
		"Digits from 0 to f, two for each byte. cf520 marks the faulty byte with >.",
	),
	row(
		"curl",
		["curl exit", "exit", "exit code"],
		"A program that sends HTTP requests from the command line. Its exit code says how the request ended: `explain curl 52`.",
		["curl: error codes", "https://curl.se/libcurl/c/libcurl-errors.html"],
	),
	row("nginx", [], "A web server and reverse proxy. Its error log is usually /var/log/nginx/error.log.", [
		"nginx documentation",
		"https://nginx.org/en/docs/",
	]),
	row("Apache", ["httpd"], "A web server. Its error log is usually /var/log/apache2/error.log.", [
		"Apache documentation",
		"https://httpd.apache.org/docs/2.4/",
	]),
	row("HAProxy", [], "A load balancer and reverse proxy.", ["HAProxy documentation", "https://docs.haproxy.org/"]),
	row("Varnish", ["caddy", "traefik", "envoy"], "A reverse proxy, like nginx, HAProxy, Caddy, Traefik and Envoy."),
	row("IIS", ["windows server"], "Microsoft's web server.", ["IIS documentation", "https://learn.microsoft.com/iis/"]),
	row("PHP-FPM", ["php", "fastcgi", "cgi"], "Runs PHP for a web server. Its log shows killed and timed-out workers.", [
		"PHP-FPM documentation",
		"https://www.php.net/manual/install.fpm.php",
	]),
	row(
		"Node.js",
		["node", "undici", "llhttp"],
		"Runs JavaScript on servers. Its idle timeout of 5 s is shorter than Cloudflare's 900 s.",
		["Node.js: keepAliveTimeout", "https://nodejs.org/api/http.html#serverkeepalivetimeout"],
	),
	row("Gunicorn", ["python", "wsgi", "uwsgi"], "Runs Python applications. It kills workers after 30 s without a sign.", [
		"Gunicorn: timeout",
		"https://docs.gunicorn.org/en/stable/settings.html#timeout",
	]),
	row("Go", ["java", "ruby", "rust"], "A programming language with an HTTP parser of its own."),
	row(
		"Docker",
		["kubernetes", "container", "containers", "pod", "systemd"],
		"Runs applications in containers. `docker logs --timestamps NAME` shows their logs.",
		["Docker: logs", "https://docs.docker.com/reference/cli/docker/container/logs/"],
	),
];
