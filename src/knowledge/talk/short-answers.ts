/** Words and numbers that people use for a value, by key: `answer 444`. */
export const SHORT_ANSWERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	"origin-log": {
		...{
			"444": "refused-or-444",
			"403": "refused-or-444",
			"429": "refused-or-444",
			refused: "refused-or-444",
			denied: "refused-or-444",
		},
		...{
			"499": "client-closed-499",
			"200": "complete-200",
			none: "nothing",
			empty: "nothing",
			killed: "crash",
			segfault: "crash",
		},
	},
	"direct-origin": {
		...{
			"52": "closed-empty",
			"56": "reset",
			"18": "closed-mid-body",
			"35": "tls-failure",
			"7": "refused",
			"28": "slow",
			"8": "malformed",
		},
		...{ empty: "closed-empty", timeout: "slow", "0": "ok", "200": "ok" },
	},
	"host-health": { oom: "restarted-or-oom", restarted: "restarted-or-oom", full: "saturated", fine: "normal", ok: "normal" },
	"what-changed": {
		...{ firewall: "firewall-or-host", waf: "firewall-or-host", host: "firewall-or-host", hosting: "firewall-or-host" },
		...{
			dns: "tls-dns-or-cloudflare",
			tls: "tls-dns-or-cloudflare",
			ssl: "tls-dns-or-cloudflare",
			certificate: "tls-dns-or-cloudflare",
		},
		...{ cloudflare: "tls-dns-or-cloudflare", release: "deploy", deployment: "deploy", update: "deploy", none: "nothing" },
	},
	"who-is-hit": { all: "everyone", everybody: "everyone", "logged-in": "signed-in", load: "under-load" },
};
