import type { Signature } from "./signature.ts";

/** Lines of Caddy. */
export const caddy: readonly Signature[] = [
	{
		id: "caddy-incomplete",
		server: "caddy",
		looks: /aborting with incomplete response/,
		speaksFor: "closed-mid-response",
		originLog: null,
		meaning: "The upstream died in the middle of the content",
		fix: "Find the crash of the upstream",
		source: "caddyserver/caddy@0cf03d3: modules/caddyhttp/reverseproxy/reverseproxy.go:1297",
		example:
			'{"level":"warn","ts":1795340211.7,"logger":"http.handlers.reverse_proxy","msg":"aborting with incomplete response","upstream":"127.0.0.1:8080","duration":0.2,"error":"unexpected EOF"}',
	},
	{
		id: "caddy-502",
		server: "caddy",
		looks: /reverseproxy\.statusError/,
		speaksFor: "502",
		originLog: null,
		meaning: "The upstream could not be reached, or closed early (EOF)",
		fix: "Start or fix the upstream",
		source: "caddyserver/caddy@0cf03d3: modules/caddyhttp/reverseproxy/reverseproxy.go:1616",
		example:
			'{"level":"error","ts":1795340211.7,"logger":"http.log.error","msg":"dial tcp 127.0.0.1:8080: connect: connection refused","request":{"proto":"HTTP/1.1","method":"GET","host":"shop.example","uri":"/cart"},"duration":0.001,"status":502,"err_id":"6pue15j76","err_trace":"reverseproxy.statusError (reverseproxy.go:1626)"}',
	},
	{
		id: "caddy-503",
		server: "caddy",
		looks: /no upstreams available/,
		speaksFor: "503",
		originLog: null,
		meaning: "All upstreams are unhealthy",
		fix: "Read the health checks",
		source: "caddyserver/caddy@0cf03d3: modules/caddyhttp/reverseproxy/reverseproxy.go:1887",
		example:
			'{"level":"error","ts":1795340211.7,"logger":"http.log.error","msg":"no upstreams available","request":{"method":"GET","host":"shop.example","uri":"/cart"},"status":503}',
	},
];
