import type { Signature } from "./signature.ts";

/** Lines of the load balancers of Google Cloud. */
export const googleLoadBalancer: readonly Signature[] = [
	{
		id: "gcp-closed-early",
		server: "google cloud load balancer",
		looks: /backend_connection_closed_before_data_sent_to_client/,
		speaksFor: "502",
		originLog: null,
		meaning: "The backend closed the connection before it sent any data",
		fix: "Set its keep-alive timeout above 600 s; find its crash",
		source: "https://cloud.google.com/load-balancing/docs/https/https-logging-monitoring",
		example:
			'{"httpRequest":{"requestMethod":"GET","requestUrl":"https://shop.example/cart","status":502,"responseSize":"447"},"timestamp":"2026-11-24T09:14:07.123456Z","jsonPayload":{"statusDetails":"backend_connection_closed_before_data_sent_to_client"}}',
	},
	{
		id: "gcp-cut",
		server: "google cloud load balancer",
		looks: /backend_connection_closed_after_partial_response_sent/,
		speaksFor: "closed-mid-response",
		originLog: null,
		meaning: "The backend closed the connection in the middle of its response",
		fix: "Find a killed or timed-out worker at that second",
		source: "https://cloud.google.com/load-balancing/docs/https/https-logging-monitoring",
		example:
			'{"httpRequest":{"requestMethod":"GET","requestUrl":"https://shop.example/cart","status":200,"responseSize":"447"},"timestamp":"2026-11-24T09:14:07.123456Z","jsonPayload":{"statusDetails":"backend_connection_closed_after_partial_response_sent"}}',
	},
	{
		id: "gcp-no-backend",
		server: "google cloud load balancer",
		looks: /failed_to_(?:pick_backend|connect_to_backend)/,
		speaksFor: "502",
		originLog: null,
		meaning: "No backend is healthy, or it does not accept connections",
		fix: "Read the health checks; start it; open its firewall",
		source: "https://cloud.google.com/load-balancing/docs/https/https-logging-monitoring",
		example:
			'{"httpRequest":{"requestMethod":"GET","requestUrl":"https://shop.example/cart","status":502,"responseSize":"447"},"timestamp":"2026-11-24T09:14:07.123456Z","jsonPayload":{"statusDetails":"failed_to_connect_to_backend"}}',
	},
	{
		id: "gcp-timeout",
		server: "google cloud load balancer",
		looks: /\bbackend_timeout\b/,
		speaksFor: "504",
		originLog: null,
		meaning: "The backend took longer than the timeout of its service",
		fix: "Find what is slow; compare the timeout of the backend service",
		source: "https://cloud.google.com/load-balancing/docs/https/https-logging-monitoring",
		example:
			'{"httpRequest":{"requestMethod":"GET","requestUrl":"https://shop.example/cart","status":504,"responseSize":"447"},"timestamp":"2026-11-24T09:14:07.123456Z","jsonPayload":{"statusDetails":"backend_timeout"}}',
	},
	{
		id: "gcp-client-left",
		server: "google cloud load balancer",
		looks: /client_disconnected_(?:before_any|after_partial)_response/,
		speaksFor: "524",
		originLog: "client-closed-499",
		meaning: "The visitor or Cloudflare closed the connection first",
		fix: "Read its latency: about 125 s is a 524, less is the visitor",
		source: "https://cloud.google.com/load-balancing/docs/https/https-logging-monitoring",
		example:
			'{"httpRequest":{"requestMethod":"GET","requestUrl":"https://shop.example/cart","status":0,"responseSize":"447"},"timestamp":"2026-11-24T09:14:07.123456Z","jsonPayload":{"statusDetails":"client_disconnected_before_any_response"}}',
	},
];
