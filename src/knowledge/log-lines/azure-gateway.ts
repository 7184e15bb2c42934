import type { Signature } from "./signature.ts";

/** Lines of the Application Gateway of Azure. */
export const azureGateway: readonly Signature[] = [
	{
		id: "azure-closed-early",
		server: "azure application gateway",
		looks: /ERRORINFO_UPSTREAM_(?:CLOSED_CONNECTION|RESET|PREMATURELY_CLOSED)/,
		speaksFor: "502",
		originLog: null,
		meaning: "The backend closed the connection before its response",
		fix: "Find its crash; compare keep-alive timeouts",
		source: "https://learn.microsoft.com/azure/application-gateway/application-gateway-diagnostics",
		example:
			'{"timeStamp":"2026-11-24T09:14:07Z","category":"ApplicationGatewayAccessLog","properties":{"clientIP":"192.0.2.10","httpMethod":"GET","requestUri":"/cart","httpStatus":502,"sentBytes":0,"error_info":"ERRORINFO_UPSTREAM_CLOSED_CONNECTION","host":"shop.example"}}',
	},
	{
		id: "azure-no-backend",
		server: "azure application gateway",
		looks: /ERRORINFO_UPSTREAM_NO_LIVE/,
		speaksFor: "502",
		originLog: null,
		meaning: "No backend is healthy",
		fix: "Read the health probes",
		source: "https://learn.microsoft.com/azure/application-gateway/application-gateway-diagnostics",
		example:
			'{"timeStamp":"2026-11-24T09:14:07Z","category":"ApplicationGatewayAccessLog","properties":{"clientIP":"192.0.2.10","httpMethod":"GET","requestUri":"/cart","httpStatus":502,"sentBytes":0,"error_info":"ERRORINFO_UPSTREAM_NO_LIVE","host":"shop.example"}}',
	},
	{
		id: "azure-timeout",
		server: "azure application gateway",
		looks: /ERRORINFO_UPSTREAM_TIMED_OUT/,
		speaksFor: "504",
		originLog: null,
		meaning: "The backend took longer than the request timeout",
		fix: "Find what is slow; compare the request timeout (20 s by default)",
		source: "https://learn.microsoft.com/azure/application-gateway/application-gateway-diagnostics",
		example:
			'{"timeStamp":"2026-11-24T09:14:07Z","category":"ApplicationGatewayAccessLog","properties":{"clientIP":"192.0.2.10","httpMethod":"GET","requestUri":"/cart","httpStatus":504,"sentBytes":0,"error_info":"ERRORINFO_UPSTREAM_TIMED_OUT","host":"shop.example"}}',
	},
	{
		id: "azure-client-left",
		server: "azure application gateway",
		looks: /ERRORINFO_CLIENT_(?:CLOSED_REQUEST|TIMED_OUT)/,
		speaksFor: "524",
		originLog: "client-closed-499",
		meaning: "The visitor or Cloudflare closed the connection first",
		fix: "Read its duration: about 125 s is a 524, less is the visitor",
		source: "https://learn.microsoft.com/azure/application-gateway/application-gateway-diagnostics",
		example:
			'{"timeStamp":"2026-11-24T09:14:07Z","category":"ApplicationGatewayAccessLog","properties":{"clientIP":"192.0.2.10","httpMethod":"GET","requestUri":"/cart","httpStatus":499,"sentBytes":0,"error_info":"ERRORINFO_CLIENT_CLOSED_REQUEST","host":"shop.example"}}',
	},
];
