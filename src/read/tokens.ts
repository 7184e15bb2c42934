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

const QUOTES = "[\"'`*_(\u2018-\u201f]{0,3}";
const LABEL_CHARS = String.raw`[\p{L}\p{N}_-]`;
/** A name with a dot, whole, with its port. */
const HOST = String.raw`(?:${LABEL_CHARS}{1,63}\.){1,10}\p{L}${LABEL_CHARS}{1,62}(?!${LABEL_CHARS}|\.${LABEL_CHARS})`;
/** What stands before a host: `<` opens a chat's link. */
const LINK = String.raw`${QUOTES}<?(?:https?:\/\/)?`;
/** Words that come before `connect`, and those between it and the host. */
const ADDRESSED = String.raw`(?:\s{0,5}(?:<@[!&]?\w{1,40}(?:\|[^>\s]{0,80})?>|[/@]?cf520|please|(?:can|could|would) you)[,:]?){0,3}`;
const FILLER = String.raw`(?:(?:the|my|our|this)\s{1,5})?(?:(?:zone|site|website|domain|host)(?:\s{1,5}(?:of|for))?:?\s{1,5})?`;
const VERB = String.raw`${ADDRESSED}\s{0,5}${QUOTES}(?:re)?connect:?\s{1,5}`;
/**
 * `connect` with its host, as chats write it: whatever is behind is a secret in the wrong place, and so is what is before it as a user's
 * name and password, or as a word that can only be a token. Masked, it is one too.
 */
const CONNECT = new RegExp(
	`^(${VERB}${FILLER}${LINK})([^\\s/@<>]{1,300}@)?(${HOST})(:\\d{1,5}(?![^\\s/|>]))?([^\\s]*)([\\s\\S]*)$`,
	"iu",
);
const TOKEN_FIRST = new RegExp(
	`^(${VERB}${QUOTES})((?=[\\w-]{0,200}\\d)(?=[\\w-]{0,200}[a-z])[\\w-]{16,200}|\\*{16,200})(${QUOTES}\\s{1,5}(?:(?:to|for|on)\\s{1,5})?${FILLER}${LINK})(${HOST})([^\\s]*)([\\s\\S]*)$`,
	"iu",
);

/** A question to connect, in its parts, in their order. */
interface ConnectText {
	readonly before: string;
	/** A login, or a token. */
	readonly first: string;
	/** With what is between the two, and its port. */
	readonly at: string;
	/** Joined to the host. */
	readonly joined: string;
	/** From the next blank on. */
	readonly rest: string;
	readonly host: string;
	/** Something beside the host was typed that may be a secret. */
	readonly hasMore: boolean;
}

function connectText(text: string): ConnectText | null {
	const usual = CONNECT.exec(text);
	if (usual !== null) {
		const [, before = "", first = "", host = "", port = "", joined = "", rest = ""] = usual;
		const hasMore = first !== "" || isMore(joined) || rest.trim() !== "";
		return { before, first, at: host + port, joined, rest, host, hasMore };
	}
	const [, before = "", first, between = "", host = "", joined = "", rest = ""] = TOKEN_FIRST.exec(text) ?? [];
	return first === undefined ? null : { before, first, at: between + host, joined, rest, host, hasMore: true };
}

/** Whether what is joined to a host is more than a path, a chat's name of the link and punctuation. */
const isMore = (joined: string): boolean =>
	!/^(?:\/[^?#=&;,:]*)?$/.test(joined.replace(/\|[^>]*/, "").replace(/[>.,;:"'`*_)\u2018-\u201f]{0,6}$/, ""));

/** Joined to a host, the marks stay by which a link is read; behind a blank nothing does. */
const hidden = (part: string): string => part.replace(/[^\s/?#|<>:=,;.@]/g, "*");

/** What people say behind a host without meaning it. */
const POLITE =
	/^(?:please|pls|now|thanks|thank|you|again|asap|here|today|for|me|us|to|the|this|my|our|zone|site|domain|cloudflare|account)[.,!?]{0,3}$/i;
/** A second host, masked or not. */
const HOST_LIKE = /^(?:[a-z0-9*-]{1,63}\.){1,10}(?:[a-z]{2,24}|\*{2,24})\/?$/;
/** Whether a word behind the host may be a secret: whatever is neither of these, in any form. `*` stands for what was none. */
const mayBeSecret = (word: string): boolean => word !== "" && word !== "*" && !POLITE.test(word) && !HOST_LIKE.test(word);
/** Whether something behind the host of `connect` may be a secret, masked or not. */
export const holdsSecret = (rest: string): boolean => rest.split(/\s+/).some(mayBeSecret);
const maskedRest = (rest: string): string =>
	rest.replace(/\S+/g, (word) =>
		POLITE.test(word) ? word : HOST_LIKE.test(word) ? word.replace(/[^.]/g, "*") : "*".repeat(word.length),
	);
const MASKED_TOKEN = "*".repeat(40);

/**
 * A question to connect without what was typed beside its host: `connect shop.example`, and ` *` where that was something, as many as a token
 * has where it may be a secret; null for any other text.
 */
export function plainConnect(text: string): string | null {
	const asked = connectText(text);
	if (asked === null) return null;
	const { host, first, joined, rest, hasMore } = asked;
	const more = first !== "" || isMore(joined) || holdsSecret(rest) ? MASKED_TOKEN : "*";
	return `connect ${host}${hasMore ? ` ${more}` : ""}`;
}

/**
 * A text as it may be kept while its question is open: tokens, and whatever was typed behind the host of `connect`, as asterisks. Linear;
 * total.
 * @param text as it came from a chat, with its markup
 */
export function withoutSecrets(text: string): string {
	const asked = connectText(text);
	if (asked === null) return maskTokens(text);
	const { before, first, at, joined, rest } = asked;
	return maskTokens(before + hidden(first) + at + hidden(joined) + maskedRest(rest));
}
