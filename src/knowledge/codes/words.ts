import { findCode } from "./codes.ts";

/** A code in words for people: what it is called, and one plain sentence of what it means. */
interface CodeWords {
	readonly title: string;
	readonly means: string;
}

/** Codes that mostly say themselves what is wrong (Cloudflare: 5xx errors, 1xxx errors). Titles fit after "Most likely:". */
const WORDS: Readonly<Record<string, CodeWords>> = {
	"502": { title: "502 Bad gateway", means: "The origin, or a proxy in front of it, returned this error itself." },
	"503": { title: "503 Service unavailable", means: "The origin returned this error itself." },
	"504": { title: "504 Gateway timeout", means: "The origin, or a proxy in front of it, returned this error itself." },
	"520": { title: "520 Unknown error", means: "Cloudflare reached the server, but got no valid HTTP response." },
	"521": { title: "521 Connection refused", means: "The origin rejected Cloudflare's connection." },
	"522": { title: "522 Connection timed out", means: "The origin did not respond to Cloudflare's connection in time." },
	"523": { title: "523 No route to the origin", means: "Cloudflare found no route to the origin's IP address." },
	"524": { title: "524 No response in 125 s", means: "The origin accepted the request and sent nothing for 125 s." },
	"525": { title: "525 TLS handshake failed", means: "The TLS handshake between Cloudflare and the origin failed." },
	"526": {
		title: "526 Invalid origin certificate",
		means: "Cloudflare does not accept the origin's certificate in Full (strict) mode.",
	},
	"530": { title: "530 See the 1xxx error", means: "The 1xxx number on the error page says what failed." },
	"1016": { title: "1016 Unresolvable origin name", means: "Cloudflare cannot resolve the origin's hostname." },
	"1033": { title: "1033 Tunnel down", means: "No connector of the tunnel is connected to Cloudflare." },
	"cloudflare-incident": { title: "Incident at Cloudflare", means: "Many sites fail in the same minute." },
};

/** What a code is called and what it means; by our table where it has no words of its own. */
export function codeWordsOf(code: string): CodeWords {
	if (Object.hasOwn(WORDS, code) && WORDS[code] !== undefined) return WORDS[code];
	const entry = /^\d{3,4}$/.test(code) ? findCode(Number(code)) : undefined;
	return entry === undefined ? { title: code, means: "" } : { title: `${code} ${entry.name}`, means: `${entry.saw}.` };
}
