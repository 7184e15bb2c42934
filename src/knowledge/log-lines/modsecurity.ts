import type { Signature } from "./signature.ts";

/** Lines of ModSecurity and of Coraza, which writes as it does. */
export const modsecurity: readonly Signature[] = [
	{
		id: "modsec-drop",
		server: "modsecurity (apache)",
		looks: /ModSecurity: Access denied with connection close/,
		speaksFor: "deliberate-close",
		originLog: "refused-or-444",
		meaning: 'A rule with the action "drop" matched; often a flood rule that counts Cloudflare\'s IP addresses as one visitor',
		fix: "Count the visitor's IP address (mod_remoteip); exempt Cloudflare's ranges",
		source: "owasp-modsecurity/ModSecurity (v2): apache2/mod_security2.c perform_interception",
		example:
			'[Sun Nov 22 11:18:14.420911 2026] [security2:error] [pid 309:tid 310] [client 192.0.2.10:40112] ModSecurity: Access denied with connection close (phase 1). Operator EQ matched 0 at IP. [id "912120"]',
	},
	{
		id: "modsec-deny",
		server: "modsecurity (nginx, apache, coraza)",
		looks: /(?:ModSecurity|Coraza): Access denied (?:with (?:code \d{3}|redirection)|\(phase)/,
		speaksFor: "403",
		originLog: "refused-or-444",
		meaning: "A rule of the web application firewall matched",
		fix: "Find the rule by its id; exempt the request, or fix it",
		source: "owasp-modsecurity/ModSecurity (v2, v3): the deny action",
		example:
			'2026/11/24 09:14:08 [error] 71#71: *6 [client 192.0.2.10] ModSecurity: Access denied with code 403 (phase 2). Matched "Operator `Ge\' with parameter `5\'" [id "949110"], client: 192.0.2.10, server: shop.example, request: "GET /cart HTTP/1.1", host: "shop.example"',
	},
];
