import type { Signature } from "./signature.ts";

/** Lines of ModSecurity in Apache. */
export const modsecurity: readonly Signature[] = [
	{
		id: "modsec-drop",
		server: "modsecurity (apache)",
		looks: /ModSecurity: Access denied with connection close/,
		speaksFor: "deliberate-close",
		originLog: "refused-or-444",
		meaning: 'A rule with the action "drop" matched; often a flood rule that counts Cloudflare\'s addresses as one visitor',
		fix: "Count the visitor's address (mod_remoteip); except Cloudflare's ranges",
		source: "owasp-modsecurity/ModSecurity (v2): apache2/mod_security2.c perform_interception",
		example:
			'[Sun Nov 22 11:18:14.420911 2026] [security2:error] [pid 309:tid 310] [client 192.0.2.10:40112] ModSecurity: Access denied with connection close (phase 1). Operator EQ matched 0 at IP. [id "912120"]',
	},
];
