import type { Signature } from "./signature.ts";

/** Lines of fail2ban. */
export const fail2ban: readonly Signature[] = [
	{
		id: "fail2ban-ban",
		server: "fail2ban",
		looks: /fail2ban\.actions.{0,60}\] (?:Restore )?Ban /,
		speaksFor: "cloudflare-blocked",
		originLog: "refused-or-444",
		of: "address",
		meaning: "An IP address was banned",
		fix: "Compare with Cloudflare's ranges; ban by the visitor's IP address at Cloudflare instead",
		source: "fail2ban log format in public logs",
		example: "2026-11-22 10:35:12,345 fail2ban.actions        [1234]: NOTICE  [nginx-botsearch] Ban 198.51.100.10",
	},
];
