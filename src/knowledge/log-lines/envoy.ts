import type { Signature } from "./signature.ts";

/** Lines of Envoy, and of what is built on it (Istio, Contour, Emissary, App Mesh). */
export const envoy: readonly Signature[] = [
	{
		id: "envoy-uc",
		server: "envoy access",
		looks: /\\?" \d{3} (?:[A-Z]{2,4},)?UC(?:,[A-Z]{2,4})* |"response_flags":\s?"(?:[A-Z]{2,4},)?UC(?:,[A-Z]{2,4})*"/,
		speaksFor: "503",
		originLog: null,
		meaning: "The backend closed the connection before its response",
		fix: "Find its crash; compare keep-alive timeouts",
		source: "https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage",
		example:
			'[2026-11-24T09:14:07.123Z] "GET /cart HTTP/1.1" 503 UC upstream_reset_before_response_started{connection_termination} - "-" 0 95 1 - "192.0.2.10" "Mozilla/5.0" "e4b2" "shop.example" "10.0.0.5:8080"',
	},
	{
		id: "envoy-uf",
		server: "envoy access",
		looks: /\\?" \d{3} (?:[A-Z]{2,4},)?UF(?:,[A-Z]{2,4})* |"response_flags":\s?"(?:[A-Z]{2,4},)?UF(?:,[A-Z]{2,4})*"/,
		speaksFor: "503",
		originLog: null,
		meaning: "The backend could not be reached",
		fix: "Start it; check its port, and its certificate if it uses TLS",
		source: "https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage",
		example:
			'[2026-11-24T09:14:07.512Z] "POST /pay HTTP/2" 503 UF upstream_reset_before_response_started{remote_connection_failure} - "-" 310 91 2 - "192.0.2.10" "Mozilla/5.0" "77ab" "shop.example" "10.0.0.9:8443"',
	},
	{
		id: "envoy-uh",
		server: "envoy access",
		looks: /\\?" \d{3} (?:[A-Z]{2,4},)?UH(?:,[A-Z]{2,4})* |"response_flags":\s?"(?:[A-Z]{2,4},)?UH(?:,[A-Z]{2,4})*"/,
		speaksFor: "503",
		originLog: null,
		meaning: "No backend is healthy",
		fix: "Read the health checks of its cluster",
		source: "https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage",
		example:
			'[2026-11-24T09:14:07.123Z] "GET /cart HTTP/1.1" 503 UH no_healthy_upstream - "-" 0 95 1 - "192.0.2.10" "Mozilla/5.0" "e4b2" "shop.example" "10.0.0.5:8080"',
	},
	{
		id: "envoy-ut",
		server: "envoy access",
		looks: /\\?" \d{3} (?:[A-Z]{2,4},)?UT(?:,[A-Z]{2,4})* |"response_flags":\s?"(?:[A-Z]{2,4},)?UT(?:,[A-Z]{2,4})*"/,
		speaksFor: "504",
		originLog: null,
		meaning: "The backend took longer than the route allows",
		fix: "Find what is slow; compare the timeout of the route (15 s by default)",
		source: "https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage",
		example:
			'[2026-11-24T09:14:07.123Z] "GET /cart HTTP/1.1" 504 UT response_timeout - "-" 0 95 1 - "192.0.2.10" "Mozilla/5.0" "e4b2" "shop.example" "10.0.0.5:8080"',
	},
	{
		id: "envoy-upe",
		server: "envoy access",
		looks: /\\?" \d{3} (?:[A-Z]{2,4},)?UPE(?:,[A-Z]{2,4})* |"response_flags":\s?"(?:[A-Z]{2,4},)?UPE(?:,[A-Z]{2,4})*"/,
		speaksFor: "502",
		originLog: null,
		meaning: "The backend sent something that is not HTTP, or malformed headers",
		fix: "Request the backend directly; check its protocol and port",
		source: "https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage",
		example:
			'[2026-11-24T09:14:07.123Z] "GET /cart HTTP/1.1" 502 UPE upstream_reset_before_response_started{protocol_error} - "-" 0 95 1 - "192.0.2.10" "Mozilla/5.0" "e4b2" "shop.example" "10.0.0.5:8080"',
	},
	{
		id: "envoy-dc",
		server: "envoy access",
		looks: /\\?" \d{1,3} (?:[A-Z]{2,4},)?DC(?:,[A-Z]{2,4})* |"response_flags":\s?"(?:[A-Z]{2,4},)?DC(?:,[A-Z]{2,4})*"/,
		speaksFor: "524",
		originLog: "client-closed-499",
		meaning: "The visitor or Cloudflare closed the connection first",
		fix: "Read its duration: about 125 s is a 524, less is the visitor",
		source: "https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage",
		example:
			'[2026-11-24T09:14:07.123Z] "GET /cart HTTP/1.1" 0 DC downstream_remote_disconnect - "-" 0 95 1 - "192.0.2.10" "Mozilla/5.0" "e4b2" "shop.example" "10.0.0.5:8080"',
	},
];
