import type { Signature } from "./signature.ts";

/** Lines of IIS (HTTPERR, written by http.sys). */
export const iis: readonly Signature[] = [
	{
		id: "iis-abandoned",
		server: "iis http.sys (HTTPERR)",
		looks: /Connection_Abandoned_By_(?:AppPool|ReqQueue)/,
		speaksFor: "origin-crashed",
		originLog: "crash",
		meaning: "The worker process quit with requests pending (crash, recycling)",
		fix: "Crash dump, event log WAS; recycling settings",
		source: "https://learn.microsoft.com/en-us/windows/win32/http/types-of-errors-logged-by-the-http-server-api",
		example:
			"2026-11-22 10:00:00 192.0.2.10 51544 198.51.100.7 443 HTTP/1.1 GET /x - 1 Connection_Abandoned_By_ReqQueue ShopPool",
	},
	{
		id: "iis-dropped",
		server: "iis http.sys (HTTPERR)",
		looks: / Connection_Dropped(?:_List_Full)? /,
		speaksFor: "524",
		originLog: "client-closed-499",
		meaning: "The client side closed first",
		fix: "Correlate with time and Ray",
		source: "https://learn.microsoft.com/en-us/windows/win32/http/types-of-errors-logged-by-the-http-server-api",
		example: "2026-11-22 10:00:00 192.0.2.10 51544 198.51.100.7 443 HTTP/1.1 GET /x - 1 Connection_Dropped ShopPool",
	},
	{
		id: "iis-idle",
		server: "iis http.sys (HTTPERR)",
		looks: /Timer_ConnectionIdle/,
		speaksFor: "idle-race",
		originLog: null,
		meaning: "Idle time-out",
		fix: "Raise connectionTimeout when 520s line up with it",
		source: "https://learn.microsoft.com/en-us/windows/win32/http/types-of-errors-logged-by-the-http-server-api",
		example: "2026-11-22 10:00:00 192.0.2.10 51544 198.51.100.7 443 - - - - - Timer_ConnectionIdle -",
	},
	{
		id: "iis-503",
		server: "iis http.sys (HTTPERR)",
		looks: / 503 \S{1,12} (?:AppOffline|QueueFull|AppPoolTimer|AppShutdown|ConnLimit|Disabled) /,
		speaksFor: "503",
		originLog: null,
		meaning: "Pool stopped or overloaded",
		fix: "Restart the pool; rapid-fail protection",
		source: "https://learn.microsoft.com/en-us/windows/win32/http/types-of-errors-logged-by-the-http-server-api",
		example: "2026-11-22 10:00:00 192.0.2.10 51544 198.51.100.7 443 HTTP/1.1 GET /x 503 1 AppOffline ShopPool",
	},
];
