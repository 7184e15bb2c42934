import type { Fix } from "./finding.ts";

/** What to do about several findings. */
export const readErrorLog = {
	where: "any",
	do: "Search the application and web server error logs at the second of the request for a crash, a killed worker or an out-of-memory kill.",
} as const satisfies Fix;

export const cloudflareHttp2Off = {
	where: "Cloudflare",
	do: "As a test, turn off HTTP/2 to Origin: Speed > Settings > Protocol Optimization. Cloudflare then uses HTTP/1.1.",
} as const satisfies Fix;

export const serverCountsLength = {
	where: "any",
	do: "Let the server compute Content-Length. Remove the code that sets it by hand.",
} as const satisfies Fix;

export const updateHttp2Server = {
	where: "any",
	do: "Update the server or the HTTP/2 library. A mature server in front, such as nginx, HAProxy or Caddy, writes correct HTTP/2.",
} as const satisfies Fix;

export const phpHeaderCall = {
	where: "PHP",
	do: "Find the `header()` call that sends this header and correct the name or the value.",
} as const satisfies Fix;

export const phpDropLength = {
	where: "PHP",
	do: "Remove `header('Content-Length: ...')`, or call `header_remove` before the output.",
	command: "header_remove('Content-Length');",
} as const satisfies Fix;

export const nginxHttp2Off = {
	where: "nginx",
	do: "Turn off HTTP/2 at the server: `http2 off;` (nginx 1.25.1 and later), or remove `http2` from the `listen` line.",
	command: "http2 off;",
} as const satisfies Fix;

export const serverWritesResponse = {
	where: "any",
	do: "Let the web server or framework write the response. Do not write header lines to the socket yourself.",
} as const satisfies Fix;

export const nodeSetHeader = {
	where: "Node",
	do: "Use `res.setHeader()`, which rejects invalid names and values. Do not write to `res.socket`.",
} as const satisfies Fix;

export const apacheDropField = {
	where: "Apache",
	do: "If you do not need the header, remove it with `Header always unset` and its name (and `Header unset` for one set without `always`).",
	command: "Header always unset X-Example",
} as const satisfies Fix;

export const noHandmadeChunks = {
	where: "any",
	do: "Do not write chunk lines by hand. Give plain content to the server and let it chunk.",
} as const satisfies Fix;

export const nodeWriteAndEnd = {
	where: "Node",
	do: "Use `res.write()` and `res.end()`, not `res.socket.write()`.",
} as const satisfies Fix;

export const nginxNoAddedLength = {
	where: "nginx",
	do: "Remove `add_header Content-Length`, because nginx adds a second line. `proxy_hide_header Content-Length` does not help, because nginx writes its own line anyway.",
} as const satisfies Fix;

export const nginxReadTimeout = {
	where: "nginx",
	do: "If one of your proxies gives up first, raise its limit above the slowest page: `proxy_read_timeout` (PHP: `fastcgi_read_timeout`).",
	command: "proxy_read_timeout 90s;",
} as const satisfies Fix;

export const phpNoHandmadeChunks = {
	where: "PHP",
	do: "Remove `header('Transfer-Encoding: chunked')` and handwritten chunks.",
} as const satisfies Fix;

export const haproxyHttp1Only = {
	where: "HAProxy",
	do: "Offer HTTP/1.1 only: set `alpn http/1.1` on the `bind` line.",
	command: "bind :443 ssl crt /path/site.pem alpn http/1.1",
} as const satisfies Fix;

export const apacheHttp1Only = {
	where: "Apache",
	do: "Offer HTTP/1.1 only with `Protocols`.",
	command: "Protocols http/1.1",
} as const satisfies Fix;

export const admitCloudflare = {
	where: "any",
	do: "Allow Cloudflare's IP addresses in the firewall and the rate limits of the server, for example fail2ban or ModSecurity. The list is at https://www.cloudflare.com/ips/.",
} as const satisfies Fix;

export const nginxHideField = {
	where: "nginx",
	do: "If you do not need the header, remove it: `proxy_hide_header` with its name (for PHP `fastcgi_hide_header`). This works only if nginx itself can parse the response.",
	command: "proxy_hide_header X-Example;",
} as const satisfies Fix;

export const shrinkBiggestFields = {
	where: "any",
	do: "Find the biggest headers and shrink them. Usually they are Set-Cookie, Content-Security-Policy or a debug header.",
} as const satisfies Fix;

export const phpNoLengthWithCompression = {
	where: "PHP",
	do: "Do not set Content-Length while PHP compresses the output: turn off `zlib.output_compression` or remove the header.",
	command: "zlib.output_compression = Off",
} as const satisfies Fix;

export const chunksOfYourOwn = {
	where: "any",
	do: "In your own server, write each chunk as hex size, CRLF, data, CRLF, and end with `0` CRLF CRLF.",
} as const satisfies Fix;

export const nodeKeepAlive = {
	where: "Node",
	do: "Keep idle connections longer than Cloudflare does (900 seconds). Set `server.keepAliveTimeout` in milliseconds.",
	command: "server.keepAliveTimeout = 905_000;",
} as const satisfies Fix;

export const sessionOnServer = {
	where: "any",
	do: "Keep session data on the server and send only a short id in the cookie.",
} as const satisfies Fix;

export const phpNoDebugHeaders = {
	where: "PHP",
	do: "Turn off debug bars and loggers that put data into headers, such as FirePHP, ChromePHP or Clockwork.",
} as const satisfies Fix;

export const finishOpenRequests = {
	where: "any",
	do: "Let the server finish open requests before it stops in a deployment or scale-down.",
} as const satisfies Fix;

export const phpNoTransferEncoding = {
	where: "PHP",
	do: "Remove `header('Transfer-Encoding: chunked')`: PHP does not write chunks itself.",
} as const satisfies Fix;

export const wsgiNoTransferEncoding = {
	where: "Python",
	do: "A WSGI application must not set Transfer-Encoding, because it is a hop-by-hop header. Remove it from the response headers.",
} as const satisfies Fix;

export const nodeNoTransferEncoding = {
	where: "Node",
	do: 'Remove `res.setHeader("Transfer-Encoding", ...)`. Node chunks by itself when no Content-Length is set.',
} as const satisfies Fix;

export const countBytes = { where: "any", do: "Count bytes, not characters, for Content-Length." } as const satisfies Fix;
