import type { CauseId } from "../causes/list.ts";

/**
 * What people call a cause when they say what it was. The patterns meet a sentence in small letters, without accents; of two that fit, the
 * first one counts. Names of products are the same in every language.
 */
export const NAMED_CAUSES: readonly (readonly [cause: CauseId, says: RegExp])[] = [
	["visitor-banned", /\b(?:fail2ban|crowdsec|rate[ -]?limit\w*|too many requests|banned (?:ip|visitor|address)\w*|ip bans?)\b/],
	[
		"cloudflare-blocked",
		/\b(?:firewall|iptables|ufw|csf|security group\w*)\b.{0,40}\bcloudflare\b|\bcloudflare\b.{0,30}\b(?:blocked|banned|blacklisted|denied)\b|\bblock(?:ed|s|ing) cloudflare\b/,
	],
	[
		"edge-feature",
		/\bcloudflare worker\b|\bworker script\b|\b(?:the|our|a) workers?\b(?! (?:process|crash|died|was killed|thread|timeout|timed))|\b(?:transform|redirect|page|snippet) rules?\b/,
	],
	[
		"deliberate-close",
		/(?<!cloudflare )(?<!cloudflare's )\bwaf\b|\b(?:mod_?sec\w*|naxsi|coraza|imunify\w*|wordfence|return 444|a 444|444|deny rules?|firewall rules?|block(?:ing)? rules?)\b/,
	],
	[
		"headers-too-large",
		/\b(?:cookies?|headers?)\b.{0,30}\b(?:too (?:large|big|long|many)|huge|128 ?kb)\b|\b(?:too (?:large|big|many)|huge|giant) (?:response )?(?:cookies?|headers?)\b|\bset-cookie (?:loop|flood)\b/,
	],
	["idle-race", /\bkeep-?alive\w*\b|\bidle (?:connections?|time-?outs?)\b/],
	["http2-to-origin", /\bhttp\/?2\b|\bh2\b/],
	["tls-broken", /\b(?:tls|ssl)\b.{0,30}\b(?:broke|broken|alert|fail\w*|renegotiat\w*)\b/],
	["origin-pulls", /\b(?:authenticated origin pulls?|client cert\w*|mtls)\b/],
	["protocol-mismatch", /\bwrong (?:protocol|port)\b|\bhttps? on (?:the )?(?:wrong )?port\b/],
	[
		"wrong-target",
		/\bwrong (?:origin|server|host|ip|dns|address|backend|machine)\b|\bold (?:server|ip|dns|host)\b|\bdns (?:record )?(?:was|is|pointed) (?:wrong|to the (?:wrong|old))\b/,
	],
	[
		"origin-overloaded",
		/\b(?:overload\w*|out of workers|no free workers|max_?children|worker_?connections|too many connections|high load|cpu at|out of (?:cpu|connections|file descriptors)|ddos)\b/,
	],
	[
		"origin-crashed",
		/\b(?:crash\w*|seg-?fault\w*|sigsegv|sigkill|signal (?:9|11)|oom(?:[ -]?kill\w*)?|out of memory|memory leak|killed (?:process|worker)|core dump\w*|fatal error)\b/,
	],
	[
		"middle-timeout",
		/\b(?:proxy|haproxy|load balancer|gateway|upstream|nginx) time-?outs?\b|\btimed? ?out in (?:the )?(?:proxy|nginx|haproxy)\b/,
	],
	["cold-start", /\b(?:cold starts?|still starting|warm(?:ing)?[ -]?up|not ready yet|container (?:was )?starting)\b/],
	["request-too-large", /\b(?:request|upload|body|post)\b.{0,20}\btoo (?:large|big|long)\b|\bclient_max_body_size\b/],
	["response-too-large", /\bresponse\b.{0,20}\btoo (?:large|big|long)\b/],
	["framing-conflict", /\bcontent-length\b/],
];
