import type { Signature } from "./signature.ts";

/** Lines of HAProxy. */
export const haproxy: readonly Signature[] = [
	{
		id: "haproxy-SH",
		server: "haproxy",
		looks: / 502 \d{1,12} \S{1,64} \S{1,64} SH[-A-Za-z]{2} \d+\//,
		speaksFor: "502",
		originLog: null,
		meaning: "The server closed before its headers were complete",
		fix: "Find the crash of the server; check keep-alive and http-reuse; set option http-server-close as a test",
		source: "haproxy/haproxy@50872da: doc/configuration.txt section 8.5; src/http_ana.c abort_keep_alive",
		example:
			'Nov 22 11:18:50 lb1 haproxy[15415]: 192.0.2.10:36086 [22/Nov/2026:11:18:50.275] web app/s1 0/0/0/-1/0 502 209 - - SH-- 1/1/0/0/0 0/0 "GET /cart HTTP/1.1"',
	},
	{
		id: "haproxy-SD",
		server: "haproxy",
		looks: / \d{1,5} \d{1,12} \S{1,64} \S{1,64} SD[-A-Za-z]{2} \d+\//,
		speaksFor: "closed-mid-response",
		originLog: null,
		meaning: "The server died in the middle of the content",
		fix: "Find the crash of the server",
		source: "haproxy/haproxy@50872da: doc/configuration.txt section 8.5",
		example:
			'Nov 22 11:18:50 lb1 haproxy[15415]: 192.0.2.10:36086 [22/Nov/2026:11:18:50.275] web app/s1 0/0/0/0/201 200 2054 - - SD-- 1/1/0/0/0 0/0 "GET /cart HTTP/1.1"',
	},
	{
		id: "haproxy-sD",
		server: "haproxy",
		looks: / \d{1,5} \d{1,12} \S{1,64} \S{1,64} sD[-A-Za-z]{2} \d+\//,
		speaksFor: "middle-timeout",
		originLog: null,
		meaning: '"timeout server" expired in the middle of the content',
		fix: "Make the backend faster, or raise timeout server",
		source: "haproxy/haproxy@50872da: doc/configuration.txt section 8.5",
		example:
			'Nov 22 11:18:50 lb1 haproxy[15415]: 192.0.2.10:36086 [22/Nov/2026:11:18:50.275] web app/s1 0/0/0/12/60012 200 2054 - - sD-- 1/1/0/0/0 0/0 "GET /cart HTTP/1.1"',
	},
	{
		id: "haproxy-PH",
		server: "haproxy",
		looks: / 502 \d{1,12} \S{1,64} \S{1,64} PH[-A-Za-z]{2} \d+\//,
		speaksFor: "502",
		originLog: null,
		meaning: "HAProxy rejected the response: invalid, over tune.bufsize (16,384), over 101 headers, or a bad chunk",
		fix: "Fix the headers; check tune.bufsize and tune.http.maxhdr",
		source: "haproxy/haproxy@50872da: doc/configuration.txt section 8.5",
		example:
			'Nov 22 11:18:50 lb1 haproxy[15415]: 192.0.2.10:36086 [22/Nov/2026:11:18:50.275] web app/s1 0/0/0/-1/0 502 209 - - PH-- 1/1/0/0/0 0/0 "GET /cart HTTP/1.1"',
	},
	{
		id: "haproxy-PD",
		server: "haproxy",
		looks: / \d{1,5} \d{1,12} \S{1,64} \S{1,64} PD[-A-Za-z]{2} \d+\//,
		speaksFor: "closed-mid-response",
		originLog: null,
		meaning: "The chunk framing after the headers is broken",
		fix: "Fix the application",
		source: "haproxy/haproxy@50872da: doc/configuration.txt section 8.5",
		example:
			'Nov 22 11:18:50 lb1 haproxy[15415]: 192.0.2.10:36086 [22/Nov/2026:11:18:50.275] web app/s1 0/0/0/1/2 200 512 - - PD-- 1/1/0/0/0 0/0 "GET /cart HTTP/1.1"',
	},
	{
		id: "haproxy-sH",
		server: "haproxy",
		looks: / 504 \d{1,12} \S{1,64} \S{1,64} sH[-A-Za-z]{2} \d+\//,
		speaksFor: "504",
		originLog: null,
		meaning: '"timeout server" expired before the headers',
		fix: "Make the backend faster, or raise timeout server",
		source: "haproxy/haproxy@50872da: doc/configuration.txt section 8.5",
		example:
			'Nov 22 11:18:50 lb1 haproxy[15415]: 192.0.2.10:36086 [22/Nov/2026:11:18:50.275] web app/s1 0/0/0/-1/2001 504 198 - - sH-- 1/1/0/0/0 0/0 "GET /cart HTTP/1.1"',
	},
	{
		id: "haproxy-SC",
		server: "haproxy",
		looks: / 50[234] \d{1,12} \S{1,64} \S{1,64} [Ss]C[-A-Za-z]{2} \d+\//,
		speaksFor: "503",
		originLog: null,
		meaning: "The server rejected the connection, or it timed out",
		fix: "Start it; check routes and firewall",
		source: "haproxy/haproxy@50872da: doc/configuration.txt section 8.5",
		example:
			'Nov 22 11:18:50 lb1 haproxy[15415]: 192.0.2.10:36086 [22/Nov/2026:11:18:50.275] web app/s1 0/0/-1/-1/3 503 217 - - SC-- 1/1/0/0/3 0/0 "GET /cart HTTP/1.1"',
	},
	{
		id: "haproxy-PR0",
		server: "haproxy",
		looks: / -1 0 \S{1,64} \S{1,64} PR[-A-Za-z]{2} \d+\//,
		speaksFor: "deliberate-close",
		originLog: "refused-or-444",
		meaning: "A reject or drop rule matched",
		fix: "Exempt Cloudflare's IP addresses",
		source: "haproxy/haproxy@50872da: doc/configuration.txt section 8.5",
		example:
			'Nov 22 11:21:44 lb1 haproxy[15415]: 192.0.2.10:51854 [22/Nov/2026:11:21:44.291] web web/<NOSRV> -1/-1/-1/-1/0 -1 0 - - PR-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"',
	},
	{
		id: "haproxy-client-left",
		server: "haproxy",
		looks: / -?\d{1,5} \d{1,12} \S{1,64} \S{1,64} C[CDHQ][-A-Za-z]{2} \d+\//,
		speaksFor: "524",
		originLog: "client-closed-499",
		meaning: "The client (Cloudflare, or the visitor through it) closed while waiting or receiving",
		fix: "Read the total time: about 125,000 ms is a 524",
		source: "haproxy/haproxy@50872da: doc/configuration.txt section 8.5",
		example:
			'Nov 22 11:18:50 lb1 haproxy[15415]: 192.0.2.10:36086 [22/Nov/2026:11:18:50.275] web app/s1 0/0/0/-1/61000 -1 0 - - CH-- 1/1/0/0/0 0/0 "GET /cart HTTP/1.1"',
	},
];
