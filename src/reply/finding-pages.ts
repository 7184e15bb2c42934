import { ours, type Text, text } from "../message/text.ts";
import type { FindingId } from "./findings.ts";

/** One remedy: where it is done, what, and what to paste there. */
export interface Fix {
	readonly where: string;
	readonly do: string;
	readonly command?: string;
}

/** What the page of a finding says beside its first sentence. */
export interface FindingPage {
	/** Why it matters behind Cloudflare. */
	readonly why: string;
	/** The clause that it deviates from; null where nothing forbids it. */
	readonly rfc: string | null;
	/** What curl 7.88 makes of it with its usual options: exit status and words; measured for findings in bytes, by its documentation for those of a look. */
	readonly curl: string | null;
	/** Who takes it and who refuses it, measured 2026-11 (versions: {@link PARSERS_MEASURED}); mixed: depends on the details. */
	readonly take: readonly string[];
	readonly refuse: readonly string[];
	/** From common to rare. */
	readonly fixes: readonly Fix[];
}

/** What was compared. */
export const PARSERS_MEASURED =
	"Cloudflare's open-source proxy Pingora (c0845a8), workerd 1.20261117, Node 24 (llhttp 9.4), undici 8.12, Go 1.19, curl 7.88, Python 3.11, nginx 1.22, HAProxy 2.6, Apache 2.4, Varnish 7.1";

export const FINDING_PAGES: Readonly<Record<FindingId, FindingPage>> = {
	"no-bytes": {
		why: "The connection closed before a single byte came. Cloudflare has nothing to show, so visitors get a 520.",
		rfc: null,
		curl: "52 (Empty reply from server)",
		take: [],
		refuse: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache"],
		fixes: [
			{
				where: "any",
				do: "Look in the application and web server error log at the second of the request. A crash, a killed worker or an out-of-memory stop shows there.",
			},
			{
				where: "any",
				do: "Let Cloudflare's addresses through the firewall and the rate limits of the server, for example fail2ban or ModSecurity. The list is at https://www.cloudflare.com/ips/.",
			},
			{
				where: "Node",
				do: "Keep idle connections longer than Cloudflare does (900 seconds). Set `server.keepAliveTimeout` in milliseconds.",
				command: "server.keepAliveTimeout = 905_000;",
			},
			{
				where: "nginx",
				do: "Keep idle connections longer than Cloudflare does: `keepalive_timeout`.",
				command: "keepalive_timeout 905s;",
			},
			{ where: "nginx", do: "Look for `return 444;` in the configuration. It closes the connection without an answer." },
		],
	},
	"leading-empty-lines": {
		why: "Cloudflare skips empty lines before the status line. curl, Go and Python refuse the answer, so tests with them fail.",
		rfc: "RFC 9112 §2.1",
		curl: "1 (Received HTTP/0.9 when not allowed)",
		take: ["Pingora", "workerd", "Node", "undici", "HAProxy", "Apache", "Varnish"],
		refuse: ["Go", "curl", "Python"],
		fixes: [
			{ where: "any", do: "Remove output before the status line." },
			{
				where: "any",
				do: "In your own server send exactly the declared number of bytes on a kept connection: left-over line ends show up before the next answer.",
			},
			{
				where: "any",
				do: "Let the web server or framework write the response. Do not write header lines to the socket yourself.",
			},
		],
	},
	"not-http": {
		why: "Cloudflare cannot read the answer, so visitors get a 520. The port speaks something else, or text was sent before the status line.",
		rfc: "RFC 9112 §2.1, §4",
		curl: "1 (Received HTTP/0.9 when not allowed)",
		take: [],
		refuse: ["Pingora", "workerd", "Go", "curl"],
		fixes: [
			{ where: "any", do: "Check that the origin address and port are the web server, not SSH, mail, a database or PHP-FPM." },
			{
				where: "any",
				do: "Check whether the port expects TLS and Cloudflare speaks plain HTTP, or the other way round. Set the SSL/TLS mode to match.",
			},
			{
				where: "nginx",
				do: "PHP-FPM speaks FastCGI: use `fastcgi_pass`, not `proxy_pass`.",
				command: "fastcgi_pass unix:/run/php/php-fpm.sock;",
			},
			{ where: "any", do: "If a load balancer sends or expects the PROXY protocol, set both ends the same." },
			{
				where: "any",
				do: "A CGI script that runs on its own must write a status line. Behind a web server that does it, check that the CGI handler is used.",
			},
		],
	},
	"wrong-version": {
		why: "Cloudflare cannot read the answer, so visitors get a 520. Only HTTP/1.0 and HTTP/1.1 are read in a status line. nginx and Apache may pass it, so it can work in a test.",
		rfc: "RFC 9112 §2.3",
		curl: "0 (takes it)",
		take: [],
		refuse: ["Pingora", "workerd"],
		fixes: [
			{ where: "any", do: "Write exactly `HTTP/1.1` in the status line, in capitals." },
			{
				where: "PHP",
				do: "Correct the call that sets the status: use `http_response_code()` instead of `header('HTTP/2 200 OK')`.",
				command: "http_response_code(200);",
			},
			{
				where: "any",
				do: "Let the web server or framework write the response. Do not write header lines to the socket yourself.",
			},
		],
	},
	"bad-status-line": {
		why: "Cloudflare cannot read the answer, so visitors get a 520. Exactly one space must follow the version.",
		rfc: "RFC 9112 §4",
		curl: "1 (Unsupported HTTP version in response)",
		take: ["Python", "Apache"],
		refuse: ["Pingora", "workerd", "Node", "undici", "Go", "curl"],
		fixes: [
			{ where: "any", do: "Write `HTTP/1.1`, one space, three digits, one space, then the reason." },
			{ where: "PHP", do: "Set the status with `http_response_code()`.", command: "http_response_code(404);" },
			{
				where: "any",
				do: "Let the web server or framework write the response. Do not write header lines to the socket yourself.",
			},
		],
	},
	"bad-status-code": {
		why: "Cloudflare cannot read the answer, so visitors get a 520. The status is not three digits between single spaces. nginx, HAProxy and Apache let most such lines pass.",
		rfc: "RFC 9112 §4",
		curl: "1 (Unsupported response code in HTTP response)",
		take: ["Apache"],
		refuse: ["Pingora", "workerd", "Node", "undici"],
		fixes: [
			{ where: "any", do: "Send exactly three digits. A sub-status such as 404.3 belongs in the log, not in the status line." },
			{
				where: "PHP",
				do: "Set the status with `http_response_code()`, not with `header()`.",
				command: "http_response_code(404);",
			},
			{
				where: "any",
				do: "Let the web server or framework write the response. Do not write header lines to the socket yourself.",
			},
		],
	},
	"status-below-100": {
		why: "Cloudflare cannot read the answer, so visitors get a 520. A status below 100 does not exist.",
		rfc: "RFC 9110 §15",
		curl: "1 (Unsupported response code in HTTP response)",
		take: ["Node", "Go", "nginx", "HAProxy", "Apache"],
		refuse: ["Pingora", "workerd", "undici", "curl", "Python", "Varnish"],
		fixes: [
			{ where: "any", do: "Send a status from 100 to 599. Look for a status variable that is 0 or unset." },
			{ where: "PHP", do: "Set the status with `http_response_code()` and a real number.", command: "http_response_code(500);" },
			{
				where: "any",
				do: "Look in the application and web server error log at the second of the request. A crash, a killed worker or an out-of-memory stop shows there.",
			},
		],
	},
	"control-in-reason": {
		why: "Cloudflare cannot read the answer, so visitors get a 520. The text after the status holds a control character. Most clients ignore it, so it seems to work.",
		rfc: "RFC 9112 §4",
		curl: "0 (takes it)",
		take: ["Go", "Python", "nginx"],
		refuse: ["Pingora", "workerd", "Varnish"],
		fixes: [
			{ where: "any", do: "Use a fixed reason text, or none. Do not put an error message there." },
			{ where: "Java", do: "Do not put exception text into the status line; on old servers avoid `setStatus(code, message)`." },
			{ where: "Python", do: "Give the WSGI status as a constant such as `500 Internal Server Error`." },
		],
	},
	"bare-lf": {
		why: "Cloudflare takes it. Node and undici refuse it. A bare line feed inside a value can also be an injected header.",
		rfc: "RFC 9112 §2.2",
		curl: "0 (takes it)",
		take: ["Pingora", "workerd", "Go", "curl", "Python", "nginx", "HAProxy", "Apache", "Varnish"],
		refuse: ["Node", "undici"],
		fixes: [
			{ where: "any", do: "End each header line with CRLF, not LF." },
			{ where: "any", do: "Remove line breaks from header values." },
			{
				where: "nginx",
				do: "Check `add_header` values that run over two lines in the configuration: nginx sends the line break as it is.",
			},
			{
				where: "Python",
				do: "Run behind gunicorn or uvicorn and set headers through the framework. `http.server` writes what it is given without a check.",
			},
		],
	},
	"bare-cr": {
		why: "Cloudflare cannot read the answer, so visitors get a 520. A carriage return stands alone in the header section.",
		rfc: "RFC 9112 §2.2",
		curl: "0 (takes it)",
		take: ["Python"],
		refuse: ["Pingora", "workerd", "Node", "undici", "nginx", "HAProxy", "Apache", "Varnish"],
		fixes: [
			{
				where: "any",
				do: "Strip CR and LF from values before they become a header. Encode text that comes from users or files, for example percent-encode it in Location or use `filename*=` in Content-Disposition.",
			},
			{ where: "any", do: "End each header line with CRLF. A template saved with old Mac line ends gives single CRs." },
			{ where: "Node", do: "Use `res.setHeader()`, which refuses invalid names and values. Do not write to `res.socket`." },
			{
				where: "nginx",
				do: "If the field is not needed, drop it: `proxy_hide_header` with its name (for PHP `fastcgi_hide_header`). This works only when nginx itself can read the response.",
				command: "proxy_hide_header X-Example;",
			},
		],
	},
	"space-before-first-field": {
		why: "Cloudflare's published parser refuses this. Its own build may be more lenient. Visitors may get a 520.",
		rfc: "RFC 9112 §2.2",
		curl: "43 (A libcurl function was given a bad argument)",
		take: ["Python"],
		refuse: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "nginx", "HAProxy", "Apache", "Varnish"],
		fixes: [
			{ where: "any", do: "Remove the blank before the first header line." },
			{
				where: "any",
				do: "Let the web server or framework write the response. Do not write header lines to the socket yourself.",
			},
			{ where: "any", do: "Check scripts that write header lines from an indented text block." },
		],
	},
	"space-before-colon": {
		why: "Cloudflare takes it and the field is kept. nginx, HAProxy, Apache, Varnish, Node and Cloudflare Workers refuse it.",
		rfc: "RFC 9112 §5.1",
		curl: "0 (takes it)",
		take: ["Pingora", "Go", "curl", "Python"],
		refuse: ["workerd", "Node", "undici", "nginx", "HAProxy", "Apache", "Varnish"],
		fixes: [
			{ where: "any", do: "Remove the blank between the header name and the colon." },
			{ where: "PHP", do: "Find the `header()` call that sends this field and correct the name or the value." },
			{
				where: "any",
				do: "Let the web server or framework write the response. Do not write header lines to the socket yourself.",
			},
		],
	},
	"empty-field-name": {
		why: "Cloudflare's published parser refuses a header line without a name. Visitors may get a 520.",
		rfc: "RFC 9110 §5.1; RFC 9112 §5",
		curl: "0 (takes it)",
		take: ["Go", "curl", "Python"],
		refuse: ["Pingora", "workerd", "Node", "undici", "nginx", "HAProxy", "Apache", "Varnish"],
		fixes: [
			{ where: "any", do: "Find the code that sends a header whose name is an empty variable." },
			{ where: "PHP", do: "Find the `header()` call that sends this field and correct the name or the value." },
			{ where: "Node", do: "Use `res.setHeader()`, which refuses invalid names and values. Do not write to `res.socket`." },
		],
	},
	"missing-colon": {
		why: "Cloudflare's published parser refuses a header line without a colon. Visitors may get a 520.",
		rfc: "RFC 9112 §5",
		curl: "8 (Header without colon)",
		take: ["Python"],
		refuse: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "HAProxy", "Varnish"],
		fixes: [
			{
				where: "any",
				do: "Find what prints text before the headers are complete, often an error message or a second status line.",
			},
			{ where: "PHP", do: "Keep error text out of the output and put it in the log.", command: "display_errors = Off" },
			{ where: "PHP", do: "Find the `header()` call that sends this field and correct the name or the value." },
			{ where: "any", do: "In a CGI script print every header as `Name: value`, then one empty line." },
		],
	},
	"bad-field-name": {
		why: "Cloudflare's published parser refuses such a name, and curl does not. Visitors may get a 520 while your test works.",
		rfc: "RFC 9110 §5.1, §5.6.2",
		curl: "0 (takes it)",
		take: ["Go", "curl", "Python"],
		refuse: ["Pingora", "workerd", "Node", "undici", "HAProxy", "Apache", "Varnish"],
		fixes: [
			{ where: "any", do: "Use letters, digits and hyphens in header names. No space, no bracket, no letters such as ä." },
			{ where: "PHP", do: "Find the `header()` call that sends this field and correct the name or the value." },
			{
				where: "PHP",
				do: "An error text among the headers looks like this as well: keep it out of the output.",
				command: "display_errors = Off",
			},
			{
				where: "Apache",
				do: "If the field is not needed, remove it with `Header always unset` and its name (and `Header unset` for one set without `always`).",
				command: "Header always unset X-Example",
			},
			{ where: "Node", do: "Use `res.setHeader()`, which refuses invalid names and values. Do not write to `res.socket`." },
		],
	},
	"field-name-too-long": {
		why: "Cloudflare cannot read the answer, so visitors get a 520. A header name over 65,535 bytes cannot be stored by its parser.",
		rfc: null,
		curl: "0 (takes it)",
		take: ["curl"],
		refuse: ["Pingora", "workerd", "Node", "undici", "Python"],
		fixes: [
			{ where: "any", do: "Find the code that puts data into the header name instead of the value." },
			{ where: "PHP", do: "Find the `header()` call that sends this field and correct the name or the value." },
			{
				where: "Apache",
				do: "If the field is not needed, remove it with `Header always unset` and its name (and `Header unset` for one set without `always`).",
				command: "Header always unset X-Example",
			},
		],
	},
	"nul-byte": {
		why: "Cloudflare cannot read the answer, so visitors get a 520. A NUL byte stands in the header section. Go and Python do not mind.",
		rfc: "RFC 9110 §5.5",
		curl: "8 (Nul byte in header)",
		take: ["Go", "Python", "HAProxy"],
		refuse: ["Pingora", "workerd", "Node", "undici", "curl", "nginx", "Apache", "Varnish"],
		fixes: [
			{
				where: "any",
				do: "Strip NUL bytes from values before they become a header. Encode text that comes from users or files, for example percent-encode it in Location or use `filename*=` in Content-Disposition.",
			},
			{ where: "any", do: "Look for a value read from a fixed-size or binary buffer, such as a file name or a cookie." },
			{ where: "PHP", do: "Find the `header()` call that sends this field and correct the name or the value." },
			{ where: "Node", do: "Use `res.setHeader()`, which refuses invalid names and values. Do not write to `res.socket`." },
			{
				where: "Apache",
				do: "If the field is not needed, remove it with `Header always unset` and its name (and `Header unset` for one set without `always`).",
				command: "Header always unset X-Example",
			},
		],
	},
	"control-in-value": {
		why: "Cloudflare's published parser refuses control characters in a value; curl, nginx and HAProxy do not. Visitors may get a 520.",
		rfc: "RFC 9110 §5.5",
		curl: "0 (takes it)",
		take: ["workerd", "Go", "curl", "Python", "nginx", "HAProxy"],
		refuse: ["Pingora", "Node", "undici", "Apache", "Varnish"],
		fixes: [
			{
				where: "any",
				do: "Strip control characters from values before they become a header. Encode text that comes from users or files, for example percent-encode it in Location or use `filename*=` in Content-Disposition.",
			},
			{ where: "PHP", do: "Find the `header()` call that sends this field and correct the name or the value." },
			{ where: "Node", do: "Use `res.setHeader()`, which refuses invalid names and values. Do not write to `res.socket`." },
			{
				where: "HAProxy",
				do: "If the field is not needed, remove it with `http-response del-header`. This works only when HAProxy itself can read the response.",
				command: "http-response del-header X-Example",
			},
			{
				where: "Apache",
				do: "If the field is not needed, remove it with `Header always unset` and its name (and `Header unset` for one set without `always`).",
				command: "Header always unset X-Example",
			},
		],
	},
	"folded-line": {
		why: "Cloudflare takes it, but nginx, Node and Cloudflare Workers refuse it. Folding is outdated.",
		rfc: "RFC 9112 §5.2",
		curl: "0 (takes it)",
		take: ["Pingora", "Go", "curl", "Python", "HAProxy", "Apache", "Varnish"],
		refuse: ["workerd", "Node", "undici", "nginx"],
		fixes: [
			{ where: "any", do: "Send the whole value on one line." },
			{
				where: "any",
				do: "Take line breaks out of long values such as Content-Security-Policy or Set-Cookie in templates and configuration.",
			},
			{ where: "Python", do: "`email` header classes fold long values; do not use them for HTTP headers." },
		],
	},
	"too-many-fields": {
		why: "Cloudflare's published parser takes 256 header lines. More may give visitors a 520.",
		rfc: null,
		curl: "0 (takes it)",
		take: ["workerd", "Go", "curl", "Apache"],
		refuse: ["Pingora", "Python", "HAProxy", "Varnish"],
		fixes: [
			{ where: "any", do: "Find the header that repeats, mostly Set-Cookie or Link, and send it once." },
			{ where: "PHP", do: "Call `setcookie()` and `header()` once, not in a loop." },
			{
				where: "nginx",
				do: "If the field is not needed, drop it: `proxy_hide_header` with its name (for PHP `fastcgi_hide_header`). This works only when nginx itself can read the response.",
				command: "proxy_hide_header X-Example;",
			},
			{
				where: "Apache",
				do: "If the field is not needed, remove it with `Header always unset` and its name (and `Header unset` for one set without `always`).",
				command: "Header always unset X-Example",
			},
		],
	},
	"header-section-endless": {
		why: "Cloudflare cannot read the answer, so visitors get a 520. The header section is over one megabyte or never ends.",
		rfc: null,
		curl: "56 (Too large response headers: 310699 > 307200)",
		take: [],
		refuse: ["Pingora", "workerd", "Node", "undici", "curl", "Python", "nginx", "HAProxy", "Varnish"],
		fixes: [
			{ where: "any", do: "Find the loop that writes headers." },
			{
				where: "any",
				do: "Find the biggest fields and shrink them. Mostly it is Set-Cookie, Content-Security-Policy or a debug header.",
			},
			{
				where: "any",
				do: "Look in the application and web server error log at the second of the request. A crash, a killed worker or an out-of-memory stop shows there.",
			},
		],
	},
	"header-section-over-128k": {
		why: "Cloudflare documents a limit of 128 KB for all response headers. Beyond that visitors get a 520.",
		rfc: null,
		curl: "27 (Out of memory)",
		take: ["Pingora", "workerd", "Go"],
		refuse: ["Node", "undici", "curl", "Python", "nginx", "HAProxy", "Apache", "Varnish"],
		fixes: [
			{
				where: "any",
				do: "Find the biggest fields and shrink them. Mostly it is Set-Cookie, Content-Security-Policy or a debug header.",
			},
			{ where: "any", do: "Keep session data on the server and send only a short id in the cookie." },
			{
				where: "PHP",
				do: "Turn off debug bars and loggers that put data into headers, such as FirePHP, ChromePHP or Clockwork.",
			},
			{
				where: "nginx",
				do: "If the field is not needed, drop it: `proxy_hide_header` with its name (for PHP `fastcgi_hide_header`). This works only when nginx itself can read the response.",
				command: "proxy_hide_header X-Example;",
			},
		],
	},
	"header-section-large": {
		why: "Cloudflare takes it today: its limit is 128 KB. Node, nginx and HAProxy in the way stop at 4 to 16 KB.",
		rfc: null,
		curl: "0 (takes it)",
		take: ["Pingora", "workerd", "Go", "curl", "Python"],
		refuse: ["Node", "undici", "nginx", "HAProxy", "Varnish"],
		fixes: [
			{
				where: "any",
				do: "Find the biggest fields and shrink them. Mostly it is Set-Cookie, Content-Security-Policy or a debug header.",
			},
			{ where: "any", do: "Keep session data on the server and send only a short id in the cookie." },
			{
				where: "PHP",
				do: "Turn off debug bars and loggers that put data into headers, such as FirePHP, ChromePHP or Clockwork.",
			},
			{
				where: "nginx",
				do: "If your own nginx refuses it, raise the buffer: `proxy_buffer_size` (PHP: `fastcgi_buffer_size`), and `proxy_busy_buffers_size` with it.",
				command: "proxy_buffer_size 64k;",
			},
			{
				where: "Apache",
				do: "If your own Apache proxy refuses it, raise `responsefieldsize` on `ProxyPass`.",
				command: "ProxyPass / http://127.0.0.1:8080/ responsefieldsize=65536",
			},
		],
	},
	"incomplete-header-section": {
		why: "Cloudflare cannot read the answer, so visitors get a 520. The connection ended before the empty line that ends the headers. curl and Python show it as a success.",
		rfc: "RFC 9112 §2.1, §8",
		curl: "0 (takes it)",
		take: ["Python"],
		refuse: ["Pingora", "workerd", "Node", "undici", "Go", "nginx", "HAProxy", "Apache", "Varnish"],
		fixes: [
			{
				where: "any",
				do: "Look in the application and web server error log at the second of the request. A crash, a killed worker or an out-of-memory stop shows there.",
			},
			{ where: "any", do: "In your own server or CGI script send an empty line (CRLF) after the last header." },
			{
				where: "PHP",
				do: "Look for a PHP-FPM worker that was killed: `request_terminate_timeout`, memory limit, segmentation fault in the log.",
			},
			{ where: "any", do: "Let the server finish open requests before it stops in a deployment or scale-down." },
		],
	},
	"content-length-repeated": {
		why: "Cloudflare's published parser refuses a second Content-Length, even the same one. curl and most proxies take it, so this works in every test but not behind Cloudflare.",
		rfc: "RFC 9110 §8.6; RFC 9112 §6.3 item 5",
		curl: "0 (takes it)",
		take: ["workerd", "Go", "curl", "Python", "nginx", "HAProxy", "Apache", "Varnish"],
		refuse: ["Pingora", "Node", "undici"],
		fixes: [
			{ where: "any", do: "Let the server compute Content-Length. Remove the code that sets it by hand." },
			{
				where: "nginx",
				do: "Remove `add_header Content-Length`: nginx adds a second line. `proxy_hide_header Content-Length` does not help, nginx writes its own line anyway.",
			},
			{
				where: "PHP",
				do: "Remove `header('Content-Length: ...')`, or call `header_remove` before the output.",
				command: "header_remove('Content-Length');",
			},
			{ where: "Apache", do: "Remove `Header add Content-Length` or `Header always set Content-Length` from the configuration." },
		],
	},
	"content-length-differs": {
		why: "Cloudflare cannot read the answer, so visitors get a 520. Two Content-Length lines name different sizes. It is not clear where the answer ends, and that is a security risk.",
		rfc: "RFC 9112 §6.3 item 5",
		curl: "18 (transfer closed with 4 bytes remaining to read)",
		take: ["Python", "Apache", "Varnish"],
		refuse: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "nginx", "HAProxy"],
		fixes: [
			{ where: "any", do: "Let the server compute Content-Length. Remove the code that sets it by hand." },
			{
				where: "nginx",
				do: "Remove `add_header Content-Length`: nginx adds a second line. `proxy_hide_header Content-Length` does not help, nginx writes its own line anyway.",
			},
			{
				where: "PHP",
				do: "Remove `header('Content-Length: ...')`, or call `header_remove` before the output.",
				command: "header_remove('Content-Length');",
			},
			{
				where: "PHP",
				do: "Do not set Content-Length while PHP compresses the output: turn `zlib.output_compression` off or drop the header.",
				command: "zlib.output_compression = Off",
			},
			{
				where: "any",
				do: "Look for a proxy, plug-in or CDN module that changes the content after the size was set, for example by compressing it.",
			},
		],
	},
	"content-length-list": {
		why: "Cloudflare's published parser refuses `33, 33` as a length. Some proxies make such a list out of two identical lines.",
		rfc: "RFC 9110 §8.6; RFC 9112 §6.3 item 5",
		curl: "0 (takes it)",
		take: ["workerd", "curl", "Python", "nginx", "HAProxy"],
		refuse: ["Pingora", "Node", "undici", "Go", "Apache", "Varnish"],
		fixes: [
			{ where: "any", do: "Let the server compute Content-Length. Remove the code that sets it by hand." },
			{
				where: "nginx",
				do: "Remove `add_header Content-Length`: nginx adds a second line. `proxy_hide_header Content-Length` does not help, nginx writes its own line anyway.",
			},
			{
				where: "PHP",
				do: "Remove `header('Content-Length: ...')`, or call `header_remove` before the output.",
				command: "header_remove('Content-Length');",
			},
			{ where: "any", do: "Look for a proxy that joins two Content-Length lines into one, and fix the server behind it." },
		],
	},
	"content-length-invalid": {
		why: "Cloudflare cannot read the answer, so visitors get a 520. Content-Length is not a whole number. curl ignores some of these and nginx nearly all.",
		rfc: "RFC 9110 §8.6; RFC 9112 §6.3 item 5",
		curl: "8 (Invalid Content-Length: value)",
		take: ["nginx"],
		refuse: ["Pingora", "workerd", "Node", "undici", "HAProxy", "Apache", "Varnish"],
		fixes: [
			{ where: "any", do: "Let the server compute Content-Length. Remove the code that sets it by hand." },
			{
				where: "any",
				do: "Send digits only, without unit, quotes, sign or decimals. Look for an empty variable or a -1 for an unknown size.",
			},
			{
				where: "PHP",
				do: "Remove `header('Content-Length: ...')`, or call `header_remove` before the output.",
				command: "header_remove('Content-Length');",
			},
			{
				where: "Java",
				do: "Do not pass -1 as text for an unknown size; leave the length unset, or call `setContentLengthLong(size)`.",
			},
		],
	},
	"content-length-sign": {
		why: "Cloudflare's published parser takes `+5`. Go, Node, HAProxy, Apache and Cloudflare Workers refuse it.",
		rfc: "RFC 9110 §8.6",
		curl: "0 (takes it)",
		take: ["Pingora", "curl", "Python", "nginx"],
		refuse: ["workerd", "Node", "undici", "Go", "HAProxy", "Apache", "Varnish"],
		fixes: [
			{ where: "any", do: "Send digits only, without a plus sign." },
			{ where: "any", do: "Let the server compute Content-Length. Remove the code that sets it by hand." },
			{
				where: "PHP",
				do: "Remove `header('Content-Length: ...')`, or call `header_remove` before the output.",
				command: "header_remove('Content-Length');",
			},
		],
	},
	"length-and-transfer-encoding": {
		why: "Cloudflare drops the Content-Length and reads chunks. Node and Varnish refuse it. Two lengths for one answer are a security risk.",
		rfc: "RFC 9112 §6.2, §6.3 item 3",
		curl: "0 (takes it)",
		take: ["Pingora", "workerd", "Go", "curl", "Python", "nginx", "Apache"],
		refuse: ["Node", "undici", "Varnish"],
		fixes: [
			{ where: "any", do: "Send one of the two. With chunks leave out Content-Length." },
			{
				where: "PHP",
				do: "Remove `header('Content-Length: ...')`, or call `header_remove` before the output.",
				command: "header_remove('Content-Length');",
			},
			{ where: "PHP", do: "Remove `header('Transfer-Encoding: chunked')`: PHP does not write chunks itself." },
			{
				where: "Python",
				do: "A WSGI application must not set Transfer-Encoding; it is a hop-by-hop field. Remove it from the response headers.",
			},
			{
				where: "Node",
				do: 'Remove `res.setHeader("Transfer-Encoding", ...)`; Node chunks on its own when no Content-Length is set.',
			},
		],
	},
	"transfer-encoding-not-chunked": {
		why: "Cloudflare then reads until the connection closes, and cannot see whether the answer was cut. Go and HAProxy refuse it.",
		rfc: "RFC 9112 §6.1, §6.3 item 4",
		curl: "0 (takes it)",
		take: ["Pingora", "workerd", "Node", "undici"],
		refuse: ["Go", "Varnish"],
		fixes: [
			{ where: "any", do: "Do not set Transfer-Encoding in the application. The server chooses and writes the framing." },
			{ where: "PHP", do: "Remove `header('Transfer-Encoding: chunked')`: PHP does not write chunks itself." },
			{
				where: "Python",
				do: "A WSGI application must not set Transfer-Encoding; it is a hop-by-hop field. Remove it from the response headers.",
			},
			{
				where: "Node",
				do: 'Remove `res.setHeader("Transfer-Encoding", ...)`; Node chunks on its own when no Content-Length is set.',
			},
			{ where: "any", do: "Compress with Content-Encoding, not with Transfer-Encoding." },
		],
	},
	"chunked-in-http-1.0": {
		why: "Cloudflare's published parser reads the chunks. Cloudflare Workers refuse the answer.",
		rfc: "RFC 9112 §6.1",
		curl: "0 (takes it)",
		take: ["Pingora", "Node", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache", "Varnish"],
		refuse: ["workerd"],
		fixes: [
			{ where: "any", do: "Answer with HTTP/1.1, or leave out Transfer-Encoding and close the connection at the end." },
			{ where: "nginx", do: "Speak HTTP/1.1 to the backend with `proxy_http_version`.", command: "proxy_http_version 1.1;" },
			{ where: "Apache", do: "Remove `force-response-1.0` and `downgrade-1.0` from the configuration." },
		],
	},
	"single-field-repeated": {
		why: "Cloudflare takes it. Which of the two values counts is up to the browser.",
		rfc: "RFC 9110 §5.3",
		curl: "0 (takes it)",
		take: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache", "Varnish"],
		refuse: [],
		fixes: [
			{ where: "any", do: "Send the field once. Mostly the application and the web server both add it." },
			{
				where: "nginx",
				do: "Hide the copy of the backend when nginx adds its own: `proxy_hide_header` with the name.",
				command: "proxy_hide_header Content-Type;",
			},
			{
				where: "Apache",
				do: "Use `Header set`, which replaces, instead of `Header add`.",
				command: 'Header set X-Example "value"',
			},
			{
				where: "PHP",
				do: "Leave the second argument of `header()` at its default true, which replaces the field; `header('...', false)` adds one.",
			},
		],
	},
	"upgrade-unasked": {
		why: "Cloudflare passes the 101 on, and the visitor has no page. Nobody asked to change the protocol.",
		rfc: "RFC 9110 §7.8, §15.2.2",
		curl: "52 (Empty reply from server)",
		take: ["Pingora", "workerd", "Node", "Go", "Python", "nginx"],
		refuse: ["undici", "HAProxy", "Apache", "Varnish"],
		fixes: [
			{ where: "any", do: "Send 101 only to a request with an Upgrade header." },
			{
				where: "nginx",
				do: "Do not send a fixed `Upgrade` to the backend; pass on what the visitor sent.",
				command: "proxy_set_header Upgrade $http_upgrade;",
			},
			{ where: "Apache", do: "Offer no upgrade on this port.", command: "Protocols http/1.1" },
		],
	},
	"only-interim": {
		why: "Only a 1xx status came, then the connection ended. Without a final answer visitors get a 520.",
		rfc: "RFC 9110 §15.2",
		curl: "52 (Empty reply from server)",
		take: [],
		refuse: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache", "Varnish"],
		fixes: [
			{ where: "any", do: "Send a final status after 100 or 103." },
			{
				where: "any",
				do: "Look in the application and web server error log at the second of the request. A crash, a killed worker or an out-of-memory stop shows there.",
			},
			{ where: "Node", do: "After `res.writeContinue()` or `res.writeEarlyHints()` always end with `res.end()`." },
			{ where: "any", do: "Turn off Early Hints (103) at the origin until it is fixed." },
		],
	},
	"content-short": {
		why: "Cloudflare has already passed the headers on, so visitors get a cut page, not a 520. Browsers say ERR_CONTENT_LENGTH_MISMATCH.",
		rfc: "RFC 9112 §6.3 item 6, §8",
		curl: "18 (transfer closed with 100 bytes remaining to read)",
		take: [],
		refuse: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache", "Varnish"],
		fixes: [
			{
				where: "any",
				do: "Look in the application and web server error log at the second of the request. A crash, a killed worker or an out-of-memory stop shows there.",
			},
			{ where: "any", do: "Let the server compute Content-Length. Remove the code that sets it by hand." },
			{
				where: "PHP",
				do: "Do not set Content-Length while PHP compresses the output: turn `zlib.output_compression` off or drop the header.",
				command: "zlib.output_compression = Off",
			},
			{
				where: "nginx",
				do: "If a proxy of yours gives up first, raise its limit above the slowest page: `proxy_read_timeout` (PHP: `fastcgi_read_timeout`).",
				command: "proxy_read_timeout 90s;",
			},
			{ where: "any", do: "Check for a full disk or temporary folder on your proxy." },
		],
	},
	"chunk-size-bad": {
		why: "Cloudflare passes on what came before and then breaks off. Visitors get a cut page.",
		rfc: "RFC 9112 §7.1",
		curl: "56 (Illegal or missing hexadecimal sequence in chunked-encoding)",
		take: [],
		refuse: ["Pingora", "workerd", "Node", "undici", "Apache"],
		fixes: [
			{ where: "any", do: "Do not write chunk lines by hand. Hand plain content to the server and let it chunk." },
			{ where: "PHP", do: "Remove `header('Transfer-Encoding: chunked')` and self-made chunk output." },
			{ where: "Node", do: "Use `res.write()` and `res.end()`, not `res.socket.write()`." },
			{ where: "any", do: "In your own server write each chunk as hex size, CRLF, data, CRLF, and end with `0` CRLF CRLF." },
		],
	},
	"chunk-size-empty": {
		why: "Cloudflare's published parser takes an empty size line as the end. The rest of the page is lost without an error.",
		rfc: "RFC 9112 §7.1",
		curl: "56 (Illegal or missing hexadecimal sequence in chunked-encoding)",
		take: ["Pingora", "Go"],
		refuse: ["workerd", "Node", "undici", "curl", "Python", "nginx", "HAProxy", "Apache", "Varnish"],
		fixes: [
			{ where: "any", do: "Do not write chunk lines by hand. Hand plain content to the server and let it chunk." },
			{ where: "PHP", do: "Remove `header('Transfer-Encoding: chunked')` and self-made chunk output." },
			{ where: "Node", do: "Use `res.write()` and `res.end()`, not `res.socket.write()`." },
			{ where: "any", do: "In your own server write each chunk as hex size, CRLF, data, CRLF, and end with `0` CRLF CRLF." },
		],
	},
	"chunk-line-too-long": {
		why: "Cloudflare gives up on a size line over 64 KB and the page is cut.",
		rfc: null,
		curl: "0 (takes it)",
		take: ["undici", "curl", "nginx"],
		refuse: ["Pingora", "workerd", "Node", "Go", "Python", "HAProxy", "Apache", "Varnish"],
		fixes: [
			{ where: "any", do: "Do not send chunk extensions, the text after `;` in the size line." },
			{ where: "any", do: "Do not write chunk lines by hand. Hand plain content to the server and let it chunk." },
			{ where: "Node", do: "Use `res.write()` and `res.end()`, not `res.socket.write()`." },
		],
	},
	"chunk-end-missing": {
		why: "The line end after a chunk is missing or the size is wrong. Cloudflare breaks off and the page is cut.",
		rfc: "RFC 9112 §7.1",
		curl: "56 (Malformed encoding found in chunked-encoding)",
		take: [],
		refuse: ["Pingora", "workerd", "Node", "undici", "Go", "Python", "Apache"],
		fixes: [
			{ where: "any", do: "Count the bytes of a chunk, not the characters: ä is two bytes in UTF-8." },
			{ where: "any", do: "Do not write chunk lines by hand. Hand plain content to the server and let it chunk." },
			{ where: "PHP", do: "Remove `header('Transfer-Encoding: chunked')` and self-made chunk output." },
			{ where: "Node", do: "Use `res.write()` and `res.end()`, not `res.socket.write()`." },
			{ where: "any", do: "In your own server write each chunk as hex size, CRLF, data, CRLF, and end with `0` CRLF CRLF." },
		],
	},
	"chunks-cut": {
		why: "The last chunk never came. Visitors get a cut page and the browser says ERR_INCOMPLETE_CHUNKED_ENCODING.",
		rfc: "RFC 9112 §7.1, §8",
		curl: "18 (transfer closed with outstanding read data remaining)",
		take: [],
		refuse: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "nginx", "HAProxy", "Apache", "Varnish"],
		fixes: [
			{
				where: "any",
				do: "Look in the application and web server error log at the second of the request. A crash, a killed worker or an out-of-memory stop shows there.",
			},
			{
				where: "PHP",
				do: "Look for a fatal error, a time limit or a memory limit in the middle of the page: `max_execution_time`, `memory_limit`, `request_terminate_timeout`.",
			},
			{
				where: "nginx",
				do: "If a proxy of yours gives up first, raise its limit above the slowest page: `proxy_read_timeout` (PHP: `fastcgi_read_timeout`).",
				command: "proxy_read_timeout 90s;",
			},
			{
				where: "Node",
				do: "Call `res.end()` on every path, also after an error in a stream. `stream.pipeline()` closes both ends.",
			},
			{ where: "PHP", do: "Remove `header('Transfer-Encoding: chunked')` and self-made chunk output." },
		],
	},
	"trailer-line-end-bad": {
		why: "Cloudflare breaks off at the end of the answer. Visitors may see a broken download or page.",
		rfc: "RFC 9112 §2.2, §7.1.2",
		curl: "0 (takes it)",
		take: ["Python"],
		refuse: ["Pingora", "workerd", "Node", "undici", "Apache", "Varnish"],
		fixes: [
			{ where: "any", do: "End each trailer line with CRLF, or send no trailers." },
			{ where: "Node", do: "Use `res.write()` and `res.end()`, not `res.socket.write()`." },
		],
	},
	"trailer-without-colon": {
		why: "Cloudflare's published parser does not look at trailers. Node, Go, Apache, curl and Cloudflare Workers refuse this one.",
		rfc: "RFC 9112 §5, §7.1.2",
		curl: "43 (Failed reading the chunked-encoded stream)",
		take: ["Pingora", "Python", "nginx"],
		refuse: ["workerd", "Node", "undici", "Go", "curl", "HAProxy", "Apache", "Varnish"],
		fixes: [
			{ where: "any", do: "After the last chunk send only `Name: value` lines, or nothing but the final CRLF." },
			{ where: "any", do: "Do not write chunk lines by hand. Hand plain content to the server and let it chunk." },
		],
	},
	"trailers-too-large": {
		why: "Cloudflare takes 64 KB of trailers. Beyond that it breaks off at the end of the answer.",
		rfc: null,
		curl: "56 (Out of memory in chunked-encoding)",
		take: ["nginx"],
		refuse: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "Python", "HAProxy", "Apache", "Varnish"],
		fixes: [
			{ where: "any", do: "Send less, or send the data in the content." },
			{ where: "Node", do: "Remove `res.addTrailers()` or shorten what it adds." },
		],
	},
	"bytes-after-the-end": {
		why: "Cloudflare throws the extra bytes away and does not use the connection again. Part of the page may be missing because Content-Length is too small.",
		rfc: "RFC 9112 §6.3 (last paragraph)",
		curl: "0 (takes it)",
		take: ["Pingora", "workerd", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache", "Varnish"],
		refuse: [],
		fixes: [
			{ where: "any", do: "Let the server compute Content-Length. Remove the code that sets it by hand." },
			{ where: "any", do: "Count bytes, not characters, for Content-Length." },
			{ where: "PHP", do: "Remove output after the content, such as blank lines after `?>` or an error text." },
			{ where: "any", do: "Look for a plug-in that adds to the page after its size was set." },
		],
	},
	"bytes-after-no-content": {
		why: "A 204, 304 or an answer to HEAD has no content. Cloudflare ignores the bytes and opens a new connection next time.",
		rfc: "RFC 9112 §6.3 item 1; RFC 9110 §6.4.1",
		curl: "0 (takes it)",
		take: ["Pingora", "workerd", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache"],
		refuse: ["Node"],
		fixes: [
			{ where: "any", do: "Send no content with 204 and 304, and none to a HEAD request." },
			{ where: "PHP", do: "Stop after the status.", command: "http_response_code(204); exit;" },
			{ where: "Node", do: "End without data.", command: "res.writeHead(204).end();" },
		],
	},
	"content-coding-broken": {
		why: "The content is not what Content-Encoding says. Cloudflare passes it or shows a 502 when it has to decode it; browsers say ERR_CONTENT_DECODING_FAILED. It is no 520.",
		rfc: "RFC 9110 §8.4, §8.4.1",
		curl: "0 (takes it (curl decodes only when asked))",
		take: ["Pingora", "Node", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache", "Varnish"],
		refuse: ["workerd"],
		fixes: [
			{ where: "any", do: "Compress in one place only. Remove Content-Encoding when the content is not compressed." },
			{ where: "PHP", do: "Turn off PHP compression when the web server compresses.", command: "zlib.output_compression = Off" },
			{
				where: "nginx",
				do: "Ask the backend for plain content and let nginx or Cloudflare compress.",
				command: 'proxy_set_header Accept-Encoding "";',
			},
			{ where: "Apache", do: "Switch compression off as a test.", command: "SetEnv no-gzip 1" },
			{ where: "any", do: "Remove output before or after the compressed data, such as a byte order mark or an error text." },
		],
	},
	"h2-http1-text": {
		why: "The origin agreed to HTTP/2 and then answered in HTTP/1.1 text. Cloudflare documents this as a 520.",
		rfc: "RFC 9113 §3.2, §3.4",
		curl: "52 (Empty reply from server)",
		take: [],
		refuse: ["Pingora", "undici", "Go", "curl"],
		fixes: [
			{
				where: "Cloudflare",
				do: "As a test and a quick way out turn off HTTP/2 to Origin: Speed > Settings > Protocol Optimization. Cloudflare then uses HTTP/1.1.",
			},
			{ where: "any", do: "The part that ends TLS must not offer h2 in ALPN when the program behind it speaks HTTP/1.1 only." },
			{
				where: "HAProxy",
				do: "Offer HTTP/1.1 only: set `alpn http/1.1` on the `bind` line.",
				command: "bind :443 ssl crt /path/site.pem alpn http/1.1",
			},
			{
				where: "nginx",
				do: "Switch HTTP/2 off at the server: `http2 off;` (nginx 1.25.1 and later), or remove `http2` from the `listen` line.",
				command: "http2 off;",
			},
			{
				where: "Node",
				do: "Use `https.createServer()`, or `http2.createSecureServer()` with `allowHTTP1`; do not list `h2` in `ALPNProtocols` of a plain TLS server.",
			},
		],
	},
	"h2-settings-missing": {
		why: "An HTTP/2 server must send SETTINGS first. Without it Cloudflare waits, and visitors get a timeout or a 520.",
		rfc: "RFC 9113 §3.4",
		curl: "52 (Empty reply from server)",
		take: [],
		refuse: ["Pingora", "Node", "curl"],
		fixes: [
			{
				where: "any",
				do: "Something that is no HTTP/2 server took the connection. The part that ends TLS must not offer h2 when the program behind it does not speak it.",
			},
			{
				where: "Cloudflare",
				do: "As a test and a quick way out turn off HTTP/2 to Origin: Speed > Settings > Protocol Optimization. Cloudflare then uses HTTP/1.1.",
			},
			{
				where: "nginx",
				do: "Switch HTTP/2 off at the server: `http2 off;` (nginx 1.25.1 and later), or remove `http2` from the `listen` line.",
				command: "http2 off;",
			},
			{
				where: "HAProxy",
				do: "Offer HTTP/1.1 only: set `alpn http/1.1` on the `bind` line.",
				command: "bind :443 ssl crt /path/site.pem alpn http/1.1",
			},
			{
				where: "any",
				do: "Update the server or the HTTP/2 library. A mature server in front, such as nginx, HAProxy or Caddy, writes correct HTTP/2.",
			},
		],
	},
	"h2-bad-settings": {
		why: "The first frame of the origin breaks the rules, so no request gets through over HTTP/2. Visitors get a 520 unless Cloudflare falls back.",
		rfc: "RFC 9113 §6.5, §6.5.2",
		curl: "52 (Empty reply from server)",
		take: [],
		refuse: ["Node", "curl"],
		fixes: [
			{
				where: "Cloudflare",
				do: "As a test and a quick way out turn off HTTP/2 to Origin: Speed > Settings > Protocol Optimization. Cloudflare then uses HTTP/1.1.",
			},
			{
				where: "any",
				do: "Update the server or the HTTP/2 library. A mature server in front, such as nginx, HAProxy or Caddy, writes correct HTTP/2.",
			},
			{
				where: "nginx",
				do: "Switch HTTP/2 off at the server: `http2 off;` (nginx 1.25.1 and later), or remove `http2` from the `listen` line.",
				command: "http2 off;",
			},
			{ where: "Apache", do: "Offer HTTP/1.1 only with `Protocols`.", command: "Protocols http/1.1" },
			{
				where: "HAProxy",
				do: "Offer HTTP/1.1 only: set `alpn http/1.1` on the `bind` line.",
				command: "bind :443 ssl crt /path/site.pem alpn http/1.1",
			},
		],
	},
	"h2-bad-frame": {
		why: "The origin sends HTTP/2 frames that break the rules. Cloudflare may try again over HTTP/1.1, which hides it, or show a 520.",
		rfc: "RFC 9113 §4.2, §5.1, §6.1, §6.2",
		curl: "52 (Empty reply from server)",
		take: [],
		refuse: ["Pingora", "undici", "Go", "curl"],
		fixes: [
			{
				where: "Cloudflare",
				do: "As a test and a quick way out turn off HTTP/2 to Origin: Speed > Settings > Protocol Optimization. Cloudflare then uses HTTP/1.1.",
			},
			{
				where: "any",
				do: "Update the server or the HTTP/2 library. A mature server in front, such as nginx, HAProxy or Caddy, writes correct HTTP/2.",
			},
			{
				where: "nginx",
				do: "Switch HTTP/2 off at the server: `http2 off;` (nginx 1.25.1 and later), or remove `http2` from the `listen` line.",
				command: "http2 off;",
			},
			{ where: "Apache", do: "Offer HTTP/1.1 only with `Protocols`.", command: "Protocols http/1.1" },
			{
				where: "HAProxy",
				do: "Offer HTTP/1.1 only: set `alpn http/1.1` on the `bind` line.",
				command: "bind :443 ssl crt /path/site.pem alpn http/1.1",
			},
		],
	},
	"h2-frame-large": {
		why: "The frame is larger than 16,384 bytes, the most a server may send unless the other side allows more. Cloudflare allows 64 KB; other clients may break off.",
		rfc: "RFC 9113 §4.2, §6.5.2",
		curl: "28 (Operation timed out after N milliseconds with 0 bytes received)",
		take: ["Pingora", "Go", "curl"],
		refuse: ["undici"],
		fixes: [
			{
				where: "any",
				do: "Update the server or the HTTP/2 library. A mature server in front, such as nginx, HAProxy or Caddy, writes correct HTTP/2.",
			},
			{
				where: "any",
				do: "In your own server keep frames within the SETTINGS_MAX_FRAME_SIZE that the client sent, 16,384 bytes if it sent none.",
			},
			{
				where: "Cloudflare",
				do: "As a test and a quick way out turn off HTTP/2 to Origin: Speed > Settings > Protocol Optimization. Cloudflare then uses HTTP/1.1.",
			},
		],
	},
	"h2-goaway": {
		why: "The origin gave up the whole HTTP/2 connection. Before the headers visitors get a 520, later a cut page. Over HTTP/1.1 the same origin may be fine.",
		rfc: "RFC 9113 §6.8, §5.4.1",
		curl: "16 (Error in the HTTP2 framing layer)",
		take: [],
		refuse: ["Pingora", "undici", "Go", "curl"],
		fixes: [
			{
				where: "Cloudflare",
				do: "As a test and a quick way out turn off HTTP/2 to Origin: Speed > Settings > Protocol Optimization. Cloudflare then uses HTTP/1.1.",
			},
			{
				where: "any",
				do: "Look in the application and web server error log at the second of the request. A crash, a killed worker or an out-of-memory stop shows there.",
			},
			{
				where: "any",
				do: "Update the server or the HTTP/2 library. A mature server in front, such as nginx, HAProxy or Caddy, writes correct HTTP/2.",
			},
			{
				where: "nginx",
				do: "Switch HTTP/2 off at the server: `http2 off;` (nginx 1.25.1 and later), or remove `http2` from the `listen` line.",
				command: "http2 off;",
			},
			{ where: "Apache", do: "Offer HTTP/1.1 only with `Protocols`.", command: "Protocols http/1.1" },
		],
	},
	"h2-stream-reset": {
		why: "The origin dropped this request. Before the headers visitors get a 520, later a cut page. HTTP_1_1_REQUIRED and REFUSED_STREAM are retried.",
		rfc: "RFC 9113 §6.4, §5.4.2",
		curl: "92 (HTTP/2 stream 1 was not closed cleanly: INTERNAL_ERROR (err 2))",
		take: [],
		refuse: ["Pingora", "Go", "curl"],
		fixes: [
			{
				where: "Cloudflare",
				do: "As a test and a quick way out turn off HTTP/2 to Origin: Speed > Settings > Protocol Optimization. Cloudflare then uses HTTP/1.1.",
			},
			{
				where: "any",
				do: "Look in the application and web server error log at the second of the request. A crash, a killed worker or an out-of-memory stop shows there.",
			},
			{
				where: "any",
				do: "If the code is CANCEL or INTERNAL_ERROR, look for a worker that crashed or a backend of your proxy that failed.",
			},
			{
				where: "nginx",
				do: "If a proxy of yours gives up first, raise its limit above the slowest page: `proxy_read_timeout` (PHP: `fastcgi_read_timeout`).",
				command: "proxy_read_timeout 90s;",
			},
			{
				where: "nginx",
				do: "Switch HTTP/2 off at the server: `http2 off;` (nginx 1.25.1 and later), or remove `http2` from the `listen` line.",
				command: "http2 off;",
			},
		],
	},
	"h2-bad-header-block": {
		why: "The compressed headers cannot be decoded. Cloudflare may try again over HTTP/1.1, which hides it; if that fails visitors get a 520.",
		rfc: "RFC 9113 §4.3; RFC 7541 §2.3.3",
		curl: "52 (Empty reply from server)",
		take: [],
		refuse: ["Pingora", "undici", "Go", "curl"],
		fixes: [
			{
				where: "Cloudflare",
				do: "As a test and a quick way out turn off HTTP/2 to Origin: Speed > Settings > Protocol Optimization. Cloudflare then uses HTTP/1.1.",
			},
			{
				where: "any",
				do: "Update the server or the HTTP/2 library. A mature server in front, such as nginx, HAProxy or Caddy, writes correct HTTP/2.",
			},
			{
				where: "nginx",
				do: "Switch HTTP/2 off at the server: `http2 off;` (nginx 1.25.1 and later), or remove `http2` from the `listen` line.",
				command: "http2 off;",
			},
			{ where: "Apache", do: "Offer HTTP/1.1 only with `Protocols`.", command: "Protocols http/1.1" },
			{
				where: "any",
				do: "Look for a middle box that mixes several HTTP/2 connections: the header compression belongs to one connection.",
			},
		],
	},
	"h2-bad-field": {
		why: "A header that HTTP/1.1 forgives makes the answer malformed in HTTP/2. Connection, Upgrade and Transfer-Encoding give a 520; bad names and values are often hidden by a retry over HTTP/1.1.",
		rfc: "RFC 9113 §8.2.1, §8.2.2, §8.1.1",
		curl: "92 (HTTP/2 stream 1 was not closed cleanly: PROTOCOL_ERROR (err 1))",
		take: [],
		refuse: ["Pingora", "curl"],
		fixes: [
			{ where: "any", do: "Do not send Connection, Keep-Alive, Proxy-Connection, Transfer-Encoding or Upgrade over HTTP/2." },
			{
				where: "Apache",
				do: "If the field is Upgrade, unset it: Apache may announce `h2,h2c`.",
				command: "Header always unset Upgrade",
			},
			{ where: "nginx", do: "Hide the field when nginx passes a backend on over HTTP/2.", command: "proxy_hide_header Upgrade;" },
			{ where: "any", do: "Write names in lower case, without spaces, and keep NUL, CR and LF out of values." },
			{
				where: "Cloudflare",
				do: "As a test and a quick way out turn off HTTP/2 to Origin: Speed > Settings > Protocol Optimization. Cloudflare then uses HTTP/1.1.",
			},
		],
	},
	"h2-bad-status": {
		why: "The status is not a number of three digits from 100 up. Cloudflare may try again over HTTP/1.1; if that fails visitors get a 520.",
		rfc: "RFC 9113 §8.3.2; RFC 9110 §15",
		curl: "92 (HTTP/2 stream 1 was not closed cleanly: PROTOCOL_ERROR (err 1))",
		take: ["Go"],
		refuse: ["Pingora", "undici", "curl"],
		fixes: [
			{ where: "any", do: "Send a status from 100 to 599, as three digits. Look for a status variable that is 0 or unset." },
			{ where: "any", do: "Do not send 101: HTTP/2 has none." },
			{
				where: "Cloudflare",
				do: "As a test and a quick way out turn off HTTP/2 to Origin: Speed > Settings > Protocol Optimization. Cloudflare then uses HTTP/1.1.",
			},
			{
				where: "any",
				do: "Update the server or the HTTP/2 library. A mature server in front, such as nginx, HAProxy or Caddy, writes correct HTTP/2.",
			},
		],
	},
	"h2-status-missing": {
		why: "The origin sent headers without a status. The library of Cloudflare takes it as 200; curl, Go and Node refuse it.",
		rfc: "RFC 9113 §8.3.2",
		curl: "92 (HTTP/2 stream 1 was not closed cleanly: PROTOCOL_ERROR (err 1))",
		take: ["Pingora"],
		refuse: ["undici", "Go", "curl"],
		fixes: [
			{ where: "any", do: "Send `:status` as the first field of every response." },
			{
				where: "any",
				do: "Update the server or the HTTP/2 library. A mature server in front, such as nginx, HAProxy or Caddy, writes correct HTTP/2.",
			},
			{
				where: "Cloudflare",
				do: "As a test and a quick way out turn off HTTP/2 to Origin: Speed > Settings > Protocol Optimization. Cloudflare then uses HTTP/1.1.",
			},
			{ where: "any", do: "Look for trailers that were sent before the headers, as gRPC servers do after an error." },
		],
	},
	"h2-content-length-repeated": {
		why: "Over HTTP/2 Cloudflare's published proxy takes two identical lengths. curl and Node refuse them, and over HTTP/1.1 Cloudflare refuses them too.",
		rfc: "RFC 9110 §8.6; RFC 9113 §8.1.1",
		curl: "92 (HTTP/2 stream 1 was not closed cleanly: PROTOCOL_ERROR (err 1))",
		take: ["Pingora", "Go"],
		refuse: ["undici", "curl"],
		fixes: [
			{ where: "any", do: "Let the server compute Content-Length. Remove the code that sets it by hand." },
			{
				where: "nginx",
				do: "Remove `add_header Content-Length`: nginx adds a second line. `proxy_hide_header Content-Length` does not help, nginx writes its own line anyway.",
			},
			{
				where: "PHP",
				do: "Remove `header('Content-Length: ...')`, or call `header_remove` before the output.",
				command: "header_remove('Content-Length');",
			},
		],
	},
	"h2-content-length-mismatch": {
		why: "Content-Length and the data sent differ. Cloudflare has passed the headers on, so visitors get a cut page.",
		rfc: "RFC 9113 §8.1.1",
		curl: "92 (HTTP/2 stream 1 was not closed cleanly: PROTOCOL_ERROR (err 1))",
		take: [],
		refuse: ["Pingora", "undici", "Go", "curl"],
		fixes: [
			{ where: "any", do: "Let the server compute Content-Length. Remove the code that sets it by hand." },
			{
				where: "PHP",
				do: "Do not set Content-Length while PHP compresses the output: turn `zlib.output_compression` off or drop the header.",
				command: "zlib.output_compression = Off",
			},
			{
				where: "any",
				do: "Look in the application and web server error log at the second of the request. A crash, a killed worker or an out-of-memory stop shows there.",
			},
			{ where: "any", do: "Count bytes, not characters, for Content-Length." },
			{
				where: "Cloudflare",
				do: "As a test and a quick way out turn off HTTP/2 to Origin: Speed > Settings > Protocol Optimization. Cloudflare then uses HTTP/1.1.",
			},
		],
	},
	"closed-before-the-end": {
		why: "The connection closed before the answer was complete. Before the end of the headers visitors get a 520, later a cut page.",
		rfc: "RFC 9112 §8; RFC 9113 §5.4.3",
		curl: "18 (HTTP/2 stream 1 was not closed cleanly before end of the underlying stream)",
		take: [],
		refuse: ["Pingora", "undici", "Go", "curl"],
		fixes: [
			{
				where: "any",
				do: "Look in the application and web server error log at the second of the request. A crash, a killed worker or an out-of-memory stop shows there.",
			},
			{
				where: "nginx",
				do: "If a proxy of yours gives up first, raise its limit above the slowest page: `proxy_read_timeout` (PHP: `fastcgi_read_timeout`).",
				command: "proxy_read_timeout 90s;",
			},
			{ where: "any", do: "Let the server finish open requests before it stops in a deployment or scale-down." },
		],
	},
	reset: {
		why: "The origin broke the connection off. Before the end of the headers visitors get a 520, later a cut page.",
		rfc: "RFC 9112 §8, §9.6",
		curl: "56 (Recv failure: Connection reset by peer)",
		take: [],
		refuse: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache", "Varnish"],
		fixes: [
			{
				where: "any",
				do: "Look in the application and web server error log at the second of the request. A crash, a killed worker or an out-of-memory stop shows there.",
			},
			{
				where: "any",
				do: "Let Cloudflare's addresses through the firewall and the rate limits of the server, for example fail2ban or ModSecurity. The list is at https://www.cloudflare.com/ips/.",
			},
			{
				where: "any",
				do: "Look for a firewall, load balancer or DDoS protection that sends resets, with a packet capture on the server.",
				command: 'tcpdump -ni any "tcp[tcpflags] & tcp-rst != 0 and (port 80 or port 443)"',
			},
			{
				where: "Node",
				do: "Keep idle connections longer than Cloudflare does (900 seconds). Set `server.keepAliveTimeout` in milliseconds.",
				command: "server.keepAliveTimeout = 905_000;",
			},
			{ where: "any", do: "In your own server read the whole request before closing: a close with unread bytes sends a reset." },
		],
	},
	"tls-alert": {
		why: "The origin ended the encrypted connection with an error after the handshake. For Cloudflare that is a 520 before the headers and a cut page after them.",
		rfc: "RFC 8446 §6.2",
		curl: "56 (OpenSSL SSL_read: OpenSSL/3.0.19: error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0)",
		take: [],
		refuse: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache"],
		fixes: [
			{
				where: "any",
				do: "If the alert says certificate required, the origin wants a client certificate. Turn on Authenticated Origin Pulls at Cloudflare, or stop demanding it.",
			},
			{ where: "nginx", do: "Stop demanding a client certificate.", command: "ssl_verify_client off;" },
			{
				where: "Apache",
				do: "Stop demanding a client certificate; look in `Location` and `Directory` blocks as well.",
				command: "SSLVerifyClient none",
			},
			{ where: "any", do: "For internal_error or bad_record_mac look in the TLS log, and update OpenSSL and the server." },
		],
	},
	"tls-garbage": {
		why: "Something on the encrypted connection is not TLS. Cloudflare cannot read it: a 520 before the headers, a cut page after them.",
		rfc: "RFC 8446 §5.1, §5.2",
		curl: "56 (OpenSSL SSL_read: OpenSSL/3.0.19: error:0A00010B:SSL routines::wrong version number, errno 0)",
		take: [],
		refuse: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache"],
		fixes: [
			{ where: "any", do: "Look for a process or module that writes to the socket past the TLS layer, often an error text." },
			{ where: "any", do: "Look for a middle box or load balancer that injects plain text." },
			{ where: "any", do: "Update the server and its TLS library." },
		],
	},
	silence: {
		why: "The origin kept the connection open and sent nothing more. Without complete headers Cloudflare shows a 524 after its limit; later the page is cut.",
		rfc: null,
		curl: "28 (Operation timed out), with --max-time only",
		take: [],
		refuse: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "Python", "nginx", "Apache", "Varnish"],
		fixes: [
			{ where: "any", do: "Find what the request waits for: a slow query, a lock, another service, a full worker pool." },
			{
				where: "PHP",
				do: "Check whether all PHP-FPM workers are busy, and raise `pm.max_children` if memory allows.",
				command: "pm.max_children = 50",
			},
			{ where: "any", do: "Move work over a minute to a background job and answer at once." },
			{ where: "any", do: "If the content is complete, send Content-Length or the last chunk, or close the connection." },
		],
	},
	whole: {
		why: "The answer is complete and nothing in it stands out. The cause of a 520 is not in these bytes.",
		rfc: null,
		curl: "0 (takes it)",
		take: ["Pingora"],
		refuse: [],
		fixes: [
			{
				where: "any",
				do: "Ask for the same page several times, also through Cloudflare, and compare with the log at that second.",
			},
			{
				where: "any",
				do: "Let Cloudflare's addresses through the firewall and the rate limits of the server, for example fail2ban or ModSecurity. The list is at https://www.cloudflare.com/ips/.",
			},
		],
	},
	"origin-refused": {
		why: "Nothing listens on that address and port, or a firewall answers with a refusal. Visitors get a 521, not a 520.",
		rfc: null,
		curl: "7 (Failed to connect)",
		take: [],
		refuse: [],
		fixes: [
			{ where: "any", do: "Check that the web server runs and listens on that port.", command: "ss -ltnp" },
			{ where: "any", do: "Check that the firewall lets Cloudflare's addresses in: https://www.cloudflare.com/ips/" },
			{ where: "Docker", do: "Check that the port is published on the host's public address, not on 127.0.0.1 only." },
		],
	},
	"origin-unreachable": {
		why: "No connection came about from here. An origin that admits only Cloudflare's addresses looks the same, and that is good practice, not a fault: then this look says nothing.",
		rfc: null,
		curl: "28 or 7 (Connection timed out, No route to host)",
		take: [],
		refuse: [],
		fixes: [
			{ where: "any", do: "Run the curl command of the answer on the origin itself and paste what it prints." },
			{ where: "any", do: "Compare the address with the A and AAAA records in Cloudflare's DNS page." },
			{ where: "any", do: "If visitors get 522 or 523, look at the firewall and the routes of the server." },
		],
	},
	"plain-http-on-tls-port": {
		why: "Cloudflare starts TLS with this port in the modes Full and Full (strict), and the port answers in plain HTTP. Visitors get a 525, or a 520.",
		rfc: "RFC 8446 §5.1",
		curl: "35 (SSL connect error, wrong version number)",
		take: [],
		refuse: [],
		fixes: [
			{ where: "nginx", do: "Add `ssl` to the listen line and a certificate.", command: "listen 443 ssl;" },
			{ where: "Apache", do: "Switch TLS on in that virtual host.", command: "SSLEngine on" },
			{ where: "HAProxy", do: "Add `ssl crt` to the bind line.", command: "bind :443 ssl crt /etc/haproxy/site.pem" },
			{
				where: "Cloudflare",
				do: "For the time being SSL/TLS mode Flexible asks port 80; the way to the origin is not encrypted then.",
			},
		],
	},
	"tls-on-plain-port": {
		why: "The request went out in plain HTTP and the port wants TLS. Cloudflare does that in the mode Flexible, or when an Origin Rule sends the request to a TLS port.",
		rfc: "RFC 8446 §5.1",
		curl: "1 or 0 (a 400 page)",
		take: [],
		refuse: [],
		fixes: [
			{ where: "Cloudflare", do: "Set SSL/TLS to Full (strict), or take the port out of the Origin Rule." },
			{ where: "nginx", do: "Serve plain HTTP on a port without `ssl`.", command: "listen 80;" },
			{ where: "any", do: "Look which port the DNS record and the Origin Rules lead to." },
		],
	},
	"client-certificate-wanted": {
		why: "The origin wants a client certificate (Authenticated Origin Pulls). Only Cloudflare has it, so a direct look cannot see past this. When Cloudflare does not send it, or sends another one, visitors get a 520, a 525 or a 400.",
		rfc: "RFC 8446 §4.3.2, §6.2",
		curl: "56 (TLS 1.3) or 35 (TLS 1.2), or a 400 page of nginx",
		take: [],
		refuse: [],
		fixes: [
			{ where: "Cloudflare", do: "Switch Authenticated Origin Pulls on for the zone or the host name: SSL/TLS > Origin Server." },
			{
				where: "nginx",
				do: "Trust Cloudflare's authority, or your own if you uploaded a certificate.",
				command: "ssl_client_certificate /etc/nginx/authenticated_origin_pull_ca.pem;",
			},
			{
				where: "nginx",
				do: "To find out whether that is it, let requests without a certificate pass for a minute.",
				command: "ssl_verify_client optional;",
			},
			{ where: "Apache", do: "The same for Apache.", command: "SSLVerifyClient optional" },
			{ where: "any", do: "Check that the uploaded certificate has not expired." },
		],
	},
	"handshake-failed": {
		why: "TLS did not come about, so there was no request. Cloudflare shows 525 for that.",
		rfc: "RFC 8446 §6.2",
		curl: "35 (SSL connect error)",
		take: [],
		refuse: [],
		fixes: [
			{ where: "any", do: "Look in the error log of the server that ends TLS; it names the alert." },
			{
				where: "nginx",
				do: "Allow TLS 1.2 and 1.3 and let the server choose usual ciphers.",
				command: "ssl_protocols TLSv1.2 TLSv1.3;",
			},
			{
				where: "any",
				do: "Check that the server has a certificate for this name (SNI).",
				command: "openssl s_client -connect 127.0.0.1:443 -servername shop.example",
			},
			{ where: "any", do: "Check that really a TLS server listens on the port." },
		],
	},
	"certificate-expired": {
		why: "Full takes any certificate. Full (strict) refuses this one: visitors get a 526.",
		rfc: "RFC 5280 §4.1.2.5",
		curl: "60 (certificate has expired)",
		take: ["Cloudflare in the mode Full"],
		refuse: ["Cloudflare in the mode Full (strict)"],
		fixes: [
			{ where: "any", do: "Renew the certificate and reload the server." },
			{ where: "certbot", do: "Renew and look why the timer did not.", command: "certbot renew" },
			{
				where: "Cloudflare",
				do: "An Origin CA certificate is valid for up to 15 years: SSL/TLS > Origin Server > Create Certificate.",
			},
		],
	},
	"certificate-wrong-name": {
		why: "The certificate is for other names. Full takes it; Full (strict) refuses it, and visitors get a 526. It may also be that the request landed at another site of the same server.",
		rfc: "RFC 9525 §6.3",
		curl: "60 (no alternative certificate subject name matches)",
		take: ["Cloudflare in the mode Full"],
		refuse: ["Cloudflare in the mode Full (strict)"],
		fixes: [
			{ where: "any", do: "Install a certificate that has this name." },
			{
				where: "nginx",
				do: "Check that a server block for this name exists; else the first one answers.",
				command: "server_name shop.example;",
			},
			{ where: "Apache", do: "Check ServerName and ServerAlias of the virtual host.", command: "apachectl -S" },
			{ where: "Cloudflare", do: "Or create an Origin CA certificate for the name." },
		],
	},
	"certificate-untrusted": {
		why: "No public authority signed the certificate, or the chain is not complete. Full takes it; Full (strict) refuses it with a 526, unless it is from Cloudflare's own Origin CA.",
		rfc: "RFC 5280 §6.1",
		curl: "60 (unable to get local issuer certificate, self-signed certificate)",
		take: ["Cloudflare in the mode Full"],
		refuse: ["Cloudflare in the mode Full (strict)"],
		fixes: [
			{ where: "Cloudflare", do: "Create an Origin CA certificate and install it: SSL/TLS > Origin Server." },
			{ where: "nginx", do: "Send the whole chain: `ssl_certificate` wants the certificate and the intermediates in one file." },
			{ where: "any", do: "Or get a certificate from a public authority." },
		],
	},
	"certificate-origin-ca": {
		why: "The certificate is from Cloudflare's Origin CA. Cloudflare trusts it in Full (strict); browsers and curl do not, and need not.",
		rfc: null,
		curl: "60 (curl does not know the authority)",
		take: ["Cloudflare in all modes"],
		refuse: ["browsers and curl, when they reach the origin directly"],
		fixes: [],
	},
	"own-error": {
		why: "The origin answers with a server error of its own. Cloudflare passes 500 and 503 on, puts its own page over 502 and 504, and a proxy in between may have made one of Cloudflare's numbers of it.",
		rfc: "RFC 9110 §15.6",
		curl: "0 (takes it)",
		take: [],
		refuse: [],
		fixes: [
			{ where: "any", do: "Look in the application's log at that second." },
			{
				where: "nginx",
				do: '502 and 504 come from the upstream: see the error log for "upstream".',
				command: "tail -n 50 /var/log/nginx/error.log",
			},
			{ where: "PHP", do: '503 is often a full or stopped pool: see the PHP-FPM log for "max_children".' },
		],
	},
	"stops-at-round-second": {
		why: "The failure came at a round number of seconds, as only a time-out does: something in the middle gave up and hung up. Cloudflare itself waits 125 s.",
		rfc: null,
		curl: "52 or 18, after that time",
		take: [],
		refuse: [],
		fixes: [
			{ where: "Gunicorn", do: "Raise the worker time-out, or make the request shorter.", command: "--timeout 120" },
			{
				where: "PHP",
				do: "`request_terminate_timeout` kills the worker in mid-answer.",
				command: "request_terminate_timeout = 120s",
			},
			{ where: "HAProxy", do: "`timeout server` ends the answer.", command: "timeout server 120s" },
			{ where: "AWS", do: "The idle timeout of an Application Load Balancer is 60 s by default." },
			{ where: "any", do: "Find what is set to that number of seconds, from the application outwards." },
		],
	},
	"reused-connection-fails": {
		why: "The first request on a connection works, the second one on the same connection does not. Cloudflare keeps connections for up to 900 s, so for it the second case is the usual one. A POST cannot be tried again and becomes a 520.",
		rfc: "RFC 9112 §9.3.1",
		curl: "0 (curl tries again on a new connection)",
		take: [],
		refuse: [],
		fixes: [
			{ where: "Node", do: "Keep idle connections longer than Cloudflare does.", command: "server.keepAliveTimeout = 905_000" },
			{
				where: "Gunicorn",
				do: "Put nginx in front, or use the gthread worker with a long `--keep-alive`.",
				command: "--keep-alive 905",
			},
			{ where: "nginx", do: "Raise the idle time.", command: "keepalive_timeout 905s;" },
			{
				where: "Apache",
				do: "Its proxy hangs up on purpose when the backend dies on a later request: mend the backend (AH01102 in the error log).",
				command: "KeepAliveTimeout 905",
			},
			{ where: "any", do: "As a test, answer with `Connection: close`." },
		],
	},
	"http2-worse": {
		why: "Over HTTP/1.1 the origin answers well, over HTTP/2 it does not. Cloudflare uses HTTP/2 when the origin offers it and HTTP/2 to Origin is on.",
		rfc: "RFC 9113",
		curl: "16, 52, 55 or 92 with --http2; 0 with --http1.1",
		take: [],
		refuse: [],
		fixes: [
			{ where: "Cloudflare", do: "Switch HTTP/2 to Origin off: Speed > Settings > Protocol Optimization." },
			{ where: "nginx", do: "Switch HTTP/2 off.", command: "http2 off;" },
			{ where: "Apache", do: "Offer HTTP/1.1 only.", command: "Protocols http/1.1" },
			{ where: "any", do: "Update the server; look in its error log for the reason." },
		],
	},
	"encoding-matters": {
		why: "With Accept-Encoding, as Cloudflare always sends it, the answer is broken; without it, it is fine. curl without --compressed sees nothing.",
		rfc: "RFC 9110 §12.5.3",
		curl: "0 without --compressed",
		take: [],
		refuse: [],
		fixes: [
			{ where: "any", do: "Let one layer compress: switch compression off in the application or in the server." },
			{ where: "PHP", do: "Switch its own compression off.", command: "zlib.output_compression = Off" },
			{ where: "nginx", do: "Switch it off as a test.", command: "gzip off;" },
			{ where: "any", do: "Do not set Content-Length before compressing." },
		],
	},
	"method-matters": {
		why: "GET works and HEAD does not. Health checks and caches use HEAD; visitors do not notice.",
		rfc: "RFC 9110 §9.3.2",
		curl: "differs between curl and curl -I",
		take: [],
		refuse: [],
		fixes: [
			{ where: "any", do: "Answer HEAD as GET, without content." },
			{ where: "any", do: "Do not send content in answer to HEAD." },
		],
	},
	"answered-by-cloudflare": {
		why: "The answer carries Cloudflare's own marks (Server: cloudflare and CF-RAY), so that the look went through Cloudflare after all. An origin whose record leads back to Cloudflare loops, and visitors get a 1000 or a 520.",
		rfc: null,
		curl: "0 (takes it)",
		take: [],
		refuse: [],
		fixes: [
			{ where: "any", do: "Ask again with the server's own address." },
			{ where: "Cloudflare", do: "Check that no A or AAAA record of the site holds an address of Cloudflare." },
		],
	},
	"address-matters": {
		why: "One address of the origin answers well, another one does not. Cloudflare picks among all A and AAAA records, so that a part of the requests fails.",
		rfc: null,
		curl: "differs between the addresses",
		take: [],
		refuse: [],
		fixes: [
			{ where: "Cloudflare", do: "Take the failing address out of DNS until it is mended." },
			{
				where: "any",
				do: "Check that all servers run the same version, and that the service listens on IPv6 too where there is an AAAA record.",
			},
		],
	},
};

const OURS = "Pingora";

/** `a, b and c`. */
function enumerated(names: readonly string[]): Text {
	const last = names.at(-1) ?? "";
	return ours(names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`);
}

/** Where the parsers of the world disagree about a finding; null where they do not, or were not asked. */
export function disagreement(id: FindingId): Text | null {
	const { take, refuse } = FINDING_PAGES[id];
	const others = (names: readonly string[]) => names.filter((name) => name !== OURS);
	if (refuse.includes(OURS) && others(take).length > 0)
		return text`${enumerated(others(take))} ${others(take).length === 1 ? "takes" : "take"} this, Cloudflare's published parser does not${others(take).includes("curl") ? text`: that is why it works with curl` : text``}.`;
	if (take.includes(OURS) && others(refuse).length > 0)
		return text`Cloudflare's published parser takes this; ${enumerated(others(refuse))} ${others(refuse).length === 1 ? "does" : "do"} not.`;
	return null;
}
