/** What is behind a token's kind; masked ones are tokens too, so that masking twice is masking once. */
const OPAQUE = "[A-Za-z0-9_*-]";

/**
 * Tokens of Cloudflare's API (developers.cloudflare.com, token formats, 2026-08): since 2026 by their first letters; before, 40 characters
 * behind a word that says so, and the 37 hex digits of a global key behind its header. A query's `?token=` is a page's own.
 */
const FORMS: readonly RegExp[] = [
	new RegExp(`(?<![A-Za-z0-9_])(cf(?:ut|at|k)_)(${OPAQUE}{16,})`, "gi"),
	new RegExp(
		`((?<![A-Za-z0-9_])(?:Bearer|(?<![?&;])token|(?:CLOUDFLARE|CF)_[A-Z_]{0,30}(?:TOKEN|KEY)|X-Auth-Key)(?:["'\`]?\\s{0,3}(?:[:=]|is)?\\s{0,3}["'\`]?))(?<![A-Za-z0-9_])(${OPAQUE}{40})(?!${OPAQUE})`,
		"gi",
	),
	/((?<![A-Za-z0-9_])X-Auth-Key(?:["'`]?\s{0,3}[:=]?\s{0,3}["'`]?))([0-9a-f*]{37})(?![0-9a-f*])/gi,
];
const MAY_HOLD = /cf(?:ut|at|k)_|bearer|token|_key|auth-key/i;

/** A text with every token of Cloudflare's API as asterisks, so that every place in it stays. Linear; total. */
export function maskTokens(text: string): string {
	if (!MAY_HOLD.test(text)) return text;
	return FORMS.reduce(
		(out, form) => out.replace(form, (_, before: string, token: string) => before + "*".repeat(token.length)),
		text,
	);
}

/** Whether a text holds such a token, masked or not. */
export const holdsToken = (text: string): boolean => MAY_HOLD.test(text) && FORMS.some((form) => text.search(form) >= 0);

/** `connect` with its host, as chats write it: whatever is behind is a secret in the wrong place. */
const CONNECT =
	/^((?:\s{0,5}(?:<@[!&]?\w{1,40}(?:\|[^>\s]{0,80})?>|[/@]?cf520|please)[,:]?){0,3}\s{0,5}["'`*_]{0,3}(?:re)?connect:?\s{1,5}["'`*_(]{0,3}<?(?:https?:\/\/)?(?:[\w-]{1,63}\.){1,10}[A-Za-z][\w-]{1,62}\/?(?:\|[^>\s]{0,300})?>?[.,;:"'`*_)]{0,3})(\s[\s\S]*)$/i;

/**
 * A text as it may be kept while its question is open: tokens, and whatever was typed behind the host of `connect`, as asterisks. Linear;
 * total.
 * @param text as it came from a chat, with its markup
 */
export const withoutSecrets = (text: string): string =>
	maskTokens(text.replace(CONNECT, (_, before: string, rest: string) => before + rest.replace(/\S/g, "*")));
