import type { Signature } from "./signature.ts";

/** Lines of Traefik. */
export const traefik: readonly Signature[] = [
	{
		id: "traefik-eof",
		server: "traefik",
		looks: /502 Bad Gateway'? (?:caused by: |error=\\?"?)(?:unexpected )?EOF/,
		speaksFor: "502",
		originLog: null,
		meaning: "The backend closed the connection without a response",
		fix: "Find its crash; compare keep-alive timeouts",
		source: "Traefik 2 and 3, debug level",
		example: 'time="2026-11-24T09:14:07Z" level=debug msg="\'502 Bad Gateway\' caused by: EOF"',
	},
	{
		id: "traefik-reset",
		server: "traefik",
		looks: /502 Bad Gateway'? (?:caused by: |error=\\?"?).{0,200}(?:connection reset by peer|broken pipe)/,
		speaksFor: "502",
		originLog: null,
		meaning: "The backend reset the connection before its response",
		fix: "Find its crash; compare keep-alive timeouts",
		source: "Traefik 2 and 3, debug level: pkg/proxy/httputil/proxy.go",
		example:
			'time="2026-11-24T09:14:07Z" level=debug msg="\'502 Bad Gateway\' caused by: read tcp 10.0.0.2:41234->10.0.0.5:80: read: connection reset by peer"',
	},
	{
		id: "traefik-refused",
		server: "traefik",
		looks: /502 Bad Gateway'? (?:caused by: |error=\\?"?)dial tcp /,
		speaksFor: "502",
		originLog: null,
		meaning: "The backend does not accept connections",
		fix: "Start it; check its port and network",
		source: "Traefik 2 and 3, debug level: pkg/proxy/httputil/proxy.go",
		example:
			'2026-11-24T09:14:07Z DBG github.com/traefik/traefik/v3/pkg/proxy/httputil/proxy.go:121 > 502 Bad Gateway error="dial tcp 10.0.0.5:80: connect: connection refused"',
	},
	{
		id: "traefik-timeout",
		server: "traefik",
		looks: /504 Gateway Timeout'? (?:caused by: |error=)/,
		speaksFor: "504",
		originLog: null,
		meaning: "The backend took longer than Traefik waits",
		fix: "Find what is slow; compare the timeouts of forwardingTimeouts",
		source: "Traefik 2 and 3, debug level: pkg/proxy/httputil/proxy.go",
		example: 'time="2026-11-24T09:14:37Z" level=debug msg="\'504 Gateway Timeout\' caused by: dial tcp 10.0.0.5:80: i/o timeout"',
	},
	{
		id: "traefik-client-left",
		server: "traefik",
		looks: /499 Client Closed Request'? (?:caused by: |error=)/,
		speaksFor: "524",
		originLog: "client-closed-499",
		meaning: "The visitor or Cloudflare closed the connection before the response",
		fix: "Read its duration: about 125 s is a 524, less is the visitor",
		source: "Traefik 2 and 3, debug level: pkg/proxy/httputil/proxy.go",
		example: 'time="2026-11-24T09:14:07Z" level=debug msg="\'499 Client Closed Request\' caused by: context canceled"',
	},
];
