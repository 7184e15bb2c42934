import type { Signature } from "./signature.ts";

/** Lines of CrowdSec. */
export const crowdsec: readonly Signature[] = [
	{
		id: "crowdsec-ban",
		server: "crowdsec",
		looks: /\bban on [Ii]p \S{3,45}/,
		speaksFor: "cloudflare-blocked",
		originLog: "refused-or-444",
		of: "address",
		meaning: "An IP address was banned",
		fix: "Compare it with Cloudflare's IP ranges; decide by the visitor's IP address",
		source: "crowdsecurity/crowdsec: pkg/csprofiles",
		example:
			'time="2026-11-24T09:14:07Z" level=info msg="(localhost/crowdsec) crowdsecurity/http-probing by ip 172.68.1.2 (US/13335) : 4h ban on Ip 172.68.1.2"',
	},
];
