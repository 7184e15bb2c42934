/**
 * Why an origin's answer becomes a 520. Ids are words and never used again for anything else. The number is the one of the five causes
 * of the article that this project was built from; null where it names none.
 */
export const CAUSES = {
	"closed-mid-response": 1,
	"headers-missing": 2,
	"response-too-large": 3,
	"headers-malformed": 4,
	"tls-broken": 5,
	"headers-too-large": 4,
	"origin-crashed": 1,
	"deliberate-close": null,
	"visitor-banned": null,
	"cloudflare-blocked": null,
	"origin-overloaded": null,
	"middle-timeout": null,
	"request-too-large": null,
	"protocol-mismatch": null,
	"http2-to-origin": null,
	"idle-race": null,
	"cold-start": null,
	"wrong-target": null,
	"origin-pulls": null,
	"upgrade-or-1xx": null,
	"framing-conflict": null,
	"relabelled-5xx": null,
	"edge-feature": null,
	"odd-client-request": null,
} as const;

export type CauseId = keyof typeof CAUSES;
export const CAUSE_IDS = Object.keys(CAUSES) as readonly CauseId[];
export const isCause = (word: string): word is CauseId => Object.hasOwn(CAUSES, word);

/** Closes a case whose cause is none of these. */
export const SOMETHING_ELSE = "something-else";

/** The article's number of a cause; null for none, and for a code that stands as its own cause. */
export const articleCauseOf = (cause: string): number | null => (isCause(cause) ? CAUSES[cause] : null);
