import type { FindingEntry } from "./finding.ts";
import { phpNoDebugHeaders, sessionOnServer, shrinkBiggestFields } from "./fixes.ts";

export const headerSectionLarge = {
	shownBy: "bytes",
	level: "warn",
	outcome: "accepts",
	certainty: "high",
	cause: null,
	say: "The header section is large: over 32 KB in all, or a header over 16 KB. Cloudflare accepted no more until October 2025, and other proxies still do not.",
	fix: "Shrink the biggest headers before they grow.",
	why: "Cloudflare accepts it today: its limit is 128 KB. Node, nginx and HAProxy on the way stop at 4 to 16 KB.",
	rfc: null,
	curl: "0 (accepts it)",
	accept: ["Pingora", "workerd", "Go", "curl", "Python"],
	reject: ["Node", "undici", "nginx", "HAProxy", "Varnish"],
	fixes: [
		shrinkBiggestFields,
		sessionOnServer,
		phpNoDebugHeaders,
		{
			where: "nginx",
			do: "If your own nginx rejects it, raise the buffer: `proxy_buffer_size` (PHP: `fastcgi_buffer_size`), and `proxy_busy_buffers_size` with it.",
			command: "proxy_buffer_size 64k;",
		},
		{
			where: "Apache",
			do: "If your own Apache proxy rejects it, raise `responsefieldsize` on `ProxyPass`.",
			command: "ProxyPass / http://127.0.0.1:8080/ responsefieldsize=65536",
		},
	],
} as const satisfies FindingEntry;
