import type { Signature } from "./signature.ts";

/** Lines of Varnish. */
export const varnish: readonly Signature[] = [
	{
		id: "varnish-fetch-error",
		server: "varnish (varnishlog)",
		looks:
			/FetchError\s{1,20}(?:HTC |http first read error|first byte timeout|no backend connection|backend \S{1,80}: |straight insufficient bytes|Resource temporarily unavailable)/,
		speaksFor: "503",
		originLog: null,
		meaning: "The backend closed the connection without a response, or does not accept one",
		fix: "Find its crash; compare keep-alive timeouts",
		source: "https://varnish-cache.org/docs/trunk/reference/vsl.html",
		example: "-   FetchError     HTC eof (-1)",
	},
	{
		id: "varnish-child",
		server: "varnish",
		looks: /Child \(\d+\) (?:died signal=\d+|not responding to CLI, killed it)|Child \(\d+\) Panic/,
		speaksFor: "origin-crashed",
		originLog: "crash",
		of: "host",
		meaning: "Varnish's worker process died: every connection it had was closed",
		fix: "Read the panic: varnishadm panic.show",
		source: "https://varnish-cache.org/docs/trunk/users-guide/troubleshooting.html",
		example: "Nov 24 09:14:07 web1 varnishd[771]: Child (812) died signal=6",
	},
];
