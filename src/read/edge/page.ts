import { findRays } from "../ray/find.ts";

/** What a body says about itself as one of Cloudflare's own pages. A body alone proves nothing: look-alike generators exist. */
export interface PageMarks {
	/** `challenge`, `block`, `error` (branded error page), `plain` ("error code: 520"), or null for any other content. */
	readonly kind: "challenge" | "block" | "error" | "plain" | null;
	/** The number that the page names (52x, 50x or 1xxx), or null. */
	readonly code: number | null;
	/** The Ray ID in the page, 16 hex digits, or null. */
	readonly ray: string | null;
	/** The page's own UTC time, Unix milliseconds, whole seconds; or null. */
	readonly atMs: number | null;
	/** A short page that shows the word "cloudflare", as Cloudflare's own unbranded pages do. */
	readonly namesCloudflare: boolean;
	readonly empty: boolean;
}

/** Pages are about 6 KB; the marks are in the first 64 KB. */
const LOOKED_AT_CHARS = 64 * 1024;

/** Cloudflare's unbranded pages hold a title and two lines. */
const OWN_PAGE_MAX_CHARS = 1_000;

/** Which of Cloudflare's branded pages it is; a challenge and a block say so in words of their own. */
function brandedKind(text: string, branded: boolean): PageMarks["kind"] {
	if (/\/cdn-cgi\/challenge-platform\/|<title>Just a moment\.\.\.<\/title>/.test(text)) return "challenge";
	if (/Attention Required! \| Cloudflare|Sorry, you have been blocked/.test(text)) return "block";
	return branded ? "error" : null;
}

/**
 * Finds the marks of Cloudflare's pages (captures of 2023 to 2026; facts in the developers' documentation name only the status).
 * @param content decoded text of the body
 * @param nowMs for the Ray ID's plausibility
 */
export function readPage(content: string, nowMs: number): PageMarks {
	const text = content.slice(0, LOOKED_AT_CHARS);
	const plain = /^\s*error code: (\d{3,4})\s*$/.exec(text);
	const utc = /(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) UTC/.exec(text);
	const code =
		/<span class="(?:code-label|cf-error-code)">(?:Error code )?(\d{3,4})<\/span>/.exec(text) ??
		/Error code:? (\d{3,4})\b/i.exec(text);
	const branded = /id="cf-(?:wrapper|error-details)"|class="cf-error-(?:type|code|footer)"/.test(text);
	const kind = plain ? "plain" : brandedKind(text, branded);
	const at = utc ? Date.parse(`${utc[1]}T${utc[2]}Z`) : Number.NaN;
	// Addresses of scripts (cdnjs.cloudflare.com, cloudflareinsights.com) do not count: only words that a visitor reads.
	const shown = text.replace(/<[^<>]{0,2000}>/g, " ").replace(/https?:\/\/\S{1,500}/g, " ");
	return {
		kind,
		code: plain ? Number(plain[1]) : branded && code ? Number(code[1]) : null,
		ray: kind === "error" ? (findRays(text, nowMs).rays[0]?.id ?? null) : null,
		atMs: kind === "error" && !Number.isNaN(at) ? at : null,
		namesCloudflare: shown.length <= OWN_PAGE_MAX_CHARS && /cloudflare/i.test(shown),
		empty: text.trim() === "",
	};
}
