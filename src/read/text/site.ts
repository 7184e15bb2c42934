import type { Question, Unread } from "./kinds.ts";
import { looksLikeHost, readTarget, type Target, withPath } from "./target.ts";
import { bareWord } from "./words.ts";

/**
 * The site that one word names.
 * @returns why there is none to ask about, otherwise
 */
export function readSite(word: string): Target | Unread {
	const target = readTarget(bareWord(word));
	return "why" in target ? { kind: "misread", why: "target", text: word, refusal: target } : orCloudflares(target);
}

/** Pages under /cdn-cgi/ are Cloudflare's: /cdn-cgi/error/520 is a sample made on request, with a real Ray ID, and proves nothing. */
export function orCloudflares(target: Target): Target | Unread {
	if (!target.path.startsWith("/cdn-cgi/")) return target;
	return {
		kind: "misread",
		why: "target",
		text: target.url,
		refusal: { why: "cloudflares-own", site: withPath(target, "/").url },
	};
}

/** A question about a site; what could not be read as one stays misread. */
export const aboutSite = (kind: "site" | "headers", site: Target | Unread): Question | Unread =>
	"kind" in site ? site : { kind, target: site };

/** Hosts of Cloudflare's own pages and links are in every pasted error page and are never what is asked about. */
const NOT_MEANT = /(?:^|\.)(?:cloudflare\.com|cloudflareinsights\.com|cloudflarestatus\.com)$/;
const WORDS_READ_MAX = 2_000;
/** The longest URL that is read, and some. */
const WORD_MAX_CHARS = 2_200;
const FILE_NAME = /\.(?:log|conf|js|ts|py|php|json|html|txt|md|yml|yaml|gz|css|png)$/i;

/** URLs and host names in prose, in order of appearance, without Cloudflare's own. */
export function targetsIn(text: string): Target[] {
	const out: Target[] = [];
	for (const split of text.split(/[\s<>"'|]+/, WORDS_READ_MAX)) {
		if (split.length > WORD_MAX_CHARS) continue;
		const word = bareWord(split);
		const schemed = /^https?:\/\//i.test(word);
		const host = word.replace(/^https?:\/\//i, "").split(/[/?#:]/)[0] ?? "";
		if (!schemed && !looksLikeHost(host)) continue;
		// Without a scheme, email addresses and file names such as access.log are not sites.
		if (!schemed && (word.includes("@") || FILE_NAME.test(host))) continue;
		const target = readTarget(word);
		if (!("why" in target) && !NOT_MEANT.test(target.host)) out.push(target);
	}
	return out;
}

/** The site that a text names, when all its URLs and host names are of one host; null otherwise. */
export function onlyTarget(text: string): Target | null {
	const targets = targetsIn(text.slice(0, 20_000));
	return new Set(targets.map((target) => target.host)).size === 1 ? (targets[0] ?? null) : null;
}
