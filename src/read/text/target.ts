import { domainToUnicode } from "node:url";

/** A URL that may be looked at, as far as its text can tell. The address behind the name is the guard's to check. */
export interface Target {
	/** Normalised, without fragment: `https://shop.example/a?b=1`. The host is in its ASCII (punycode) form. */
	readonly url: string;
	readonly scheme: "http" | "https";
	/** ASCII form; an IPv6 literal without brackets. */
	readonly host: string;
	/** The Unicode form where it differs from `host`; show both. */
	readonly unicodeHost: string | null;
	readonly port: number;
	/** Path and query as they go on the request line. */
	readonly path: string;
}

/** Why a text is not a URL that we look at. Data; the words are in `reply`. */
export type Refusal =
	| { readonly why: "not-a-url" }
	| { readonly why: "too-long"; readonly chars: number }
	| { readonly why: "scheme"; readonly scheme: string }
	| { readonly why: "credentials" }
	| { readonly why: "cloudflares-own"; readonly site: string }
	| { readonly why: "special-name"; readonly host: string }
	| { readonly why: "port"; readonly port: number };

/** Cloudflare's limit for a URL is 16 KB (connection-limits page, 2026-07-23); a chat cannot carry more than this anyway. */
const URL_MAX_CHARS = 2048;

/**
 * The ports that Cloudflare proxies
 * (https://developers.cloudflare.com/fundamentals/reference/network-ports/).
 */
export const PORTS: ReadonlySet<number> = new Set([80, 443, 8080, 8880, 2052, 2082, 2086, 2095, 2053, 2083, 2087, 2096, 8443]);

const SPECIAL_SUFFIXES = ["localhost", "local", "internal", "intranet", "lan", "home", "corp", "onion", "arpa", "invalid"];
const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/**
 * Reads what a person typed as a URL or a bare host name. One parser (WHATWG URL) decides what is meant, so that odd spellings of addresses
 * (decimal, octal, hex, short) are canonical before they are checked.
 * @param text one word, already cleaned of chat markup
 */
export function readTarget(text: string): Target | Refusal {
	if (text.length > URL_MAX_CHARS) return { why: "too-long", chars: text.length };
	const scheme = /^([a-z][a-z0-9+.-]*):(?=\/\/|[^\d/])/i.exec(text)?.[1]?.toLowerCase();
	if (scheme !== undefined && scheme !== "http" && scheme !== "https") return { why: "scheme", scheme };
	// Backslashes, blanks and control characters make two parsers disagree about the host: refuse instead of repairing.
	if (/[\s\\\u0000-\u0020\u007f]/u.test(text)) return { why: "not-a-url" };
	let url: URL;
	try {
		url = new URL(scheme === undefined ? `https://${text.replace(/^\/\//, "")}` : text);
	} catch {
		return { why: "not-a-url" };
	}
	if (url.username !== "" || url.password !== "" || /^[^/?#]*@/.test(text.replace(/^[a-z]+:\/\//i, "")))
		return { why: "credentials" };
	const protocol = url.protocol === "http:" ? "http" : "https";
	const host = url.hostname
		.replace(/^\[|\]$/g, "")
		.replace(/\.$/, "")
		.toLowerCase();
	if (!host.includes(":") && !IPV4.test(host)) {
		const labels = host.split(".");
		if (host.length > 253 || !labels.every((label) => LABEL.test(label))) return { why: "not-a-url" };
		if (labels.length < 2 && host !== "localhost") return { why: "not-a-url" };
	}
	const port = url.port === "" ? (protocol === "http" ? 80 : 443) : Number(url.port);
	const unicode = domainToUnicode(host);
	const authority = `${host.includes(":") ? `[${host}]` : host}${url.port === "" ? "" : `:${url.port}`}`;
	return {
		url: `${protocol}://${authority}${url.pathname}${url.search}`,
		scheme: protocol,
		host,
		unicodeHost: unicode !== "" && unicode !== host ? unicode : null,
		port,
		path: `${url.pathname}${url.search}`,
	};
}

/** Whether two host names are of one site: apex and www are. */
export const sameSite = (a: string, b: string): boolean => withoutWww(a) === withoutWww(b);

const withoutWww = (host: string): string => host.toLowerCase().replace(/^www\./, "");

/** The same host and scheme with another path; `path` starts with a slash. */
export function withPath(target: Target, path: string): Target {
	return { ...target, path, url: target.url.slice(0, target.url.length - target.path.length) + path };
}

/** Names that never belong to a public site: refused unless every address behind them is an allowed laboratory. */
export function isSpecialName(host: string): boolean {
	return SPECIAL_SUFFIXES.some((suffix) => host === suffix || host.endsWith(`.${suffix}`));
}

/** Whether the text could be a host name at all: at least two labels, the last one not a number. Used to find one in prose. */
export function looksLikeHost(text: string): boolean {
	return /^[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*\.(?:\p{L}{2,63}|xn--[a-z0-9-]+)$/u.test(text);
}
