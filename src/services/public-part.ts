import { isSpecialName, type Target } from "../read/text/target.ts";

/** What of a URL a third party may read, and what was kept from it. */
export interface PublicPart {
	/** Without the query; ends before the first segment that looks like a secret. */
	readonly path: string;
	/** There was something after `?`. */
	readonly withoutQuery: boolean;
	/** A segment looks like a secret: it and what follows were left out. */
	readonly withoutSegment: boolean;
}

/** A digest, a UUID or a key in hex: 64 bits are too many to be guessed. */
const HEX = /(?<![0-9a-z])[0-9a-f]{16,}(?![0-9a-z])/i;
/** Letters and digits mixed: a random name of at least 20. */
const LONG_RUN = /[0-9a-z]{20,}/gi;
/** The same in base64url, where words of a title are in small letters. */
const BASE64_RUN = /[\w-]{20,}/g;
/** Groups of a code: `ABCD-1234-EF56`. */
const GROUPS = /[0-9a-z]{2,}(?:[-_.][0-9a-z]{2,}){2,}/gi;
const isMixed = (run: string): boolean => /\d/.test(run) && /[a-z]/i.test(run);
/** A value that is called a secret, as in `;jsessionid=…` and `key:…`; and a query whose `?` is encoded. */
const CALLED_SECRET =
	/(?:token|secret|key|pass(?:word|wd|code)?|pwd|auth|session(?:id)?|sid|sig(?:nature)?|code|otp|pin|jwt|credentials?|ticket|nonce|hash)["']?[=:]|[?#&][^/]*=/i;
/** Behind such a segment a short code is one too: `/reset-password/x7k2p9`, `/invite/123456`. */
const BEFORE_SECRET =
	/^(?:.*[-_.])?(?:tokens?|secrets?|keys?|pass(?:word|wd|code)?s?|pwd|auth|sessions?|magic(?:-?link)?|reset(?:password)?|recover(?:y)?|invit(?:e|es|ation|ations)|verify|verification|confirm(?:ation)?|activat(?:e|ion)|unsubscribe|otp|pin|login-?link|share[ds]?|join|redeem|vouchers?|coupons?)$/i;
const isShortCode = (plain: string): boolean =>
	(/^[0-9a-z]{4,}$/i.test(plain) && isMixed(plain)) || /^\d{5,}$/.test(plain) || /^[a-z]{16,}$/i.test(plain);
/** The numbers of an IPv4 address, with points; in names of providers also with hyphens. */
const IPV4_NAMED = /(?<![\d.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:[.-](?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?!\d)/;
const IPV4 = /(?<![\d.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?!\d)/;
const PHONE = /\+\d{8,}/;

/**
 * Whether a segment of a path may be a secret, or names a person. Pure; linear.
 * @param before the segment before it; "": none
 */
export function looksSecret(segment: string, before = ""): boolean {
	const plain = decoded(segment);
	// A UUID is hex in groups.
	if (HEX.test(plain) || HEX.test(plain.replace(/[-_:]/g, ""))) return true;
	// Whoever it is, a person's name is nobody else's business; nor is where an origin is.
	if (/[^@/]@[^@/]+\.[a-z]/i.test(plain) || PHONE.test(plain) || IPV4.test(plain)) return true;
	if (CALLED_SECRET.test(plain) || (BEFORE_SECRET.test(decoded(before)) && isShortCode(plain))) return true;
	if ((plain.match(LONG_RUN) ?? []).some(isMixed)) return true;
	if ((plain.match(BASE64_RUN) ?? []).some((run) => isMixed(run) && /[a-z]/.test(run) && /[A-Z]/.test(run))) return true;
	return (plain.match(GROUPS) ?? []).some((run) => {
		const groups = run.split(/[-_.]/);
		return run.replace(/[-_.]/g, "").length >= 20 && groups.filter(isMixed).length >= 2;
	});
}

/** Encoded again and again, in wide letters, or with marks that no one sees in between, it is the same. */
const DECODED_MAX = 5;

function decoded(segment: string): string {
	let plain = segment;
	for (let nth = 0; nth < DECODED_MAX; nth += 1) {
		const next = decodedOnce(plain);
		if (next === plain) break;
		plain = next;
	}
	return plain.normalize("NFKC").replace(/[\p{Cf}\p{Cc}]/gu, "");
}

/** What is not encoded rightly stays as it is; the rest of the segment is read all the same. */
const decodedOnce = (text: string): string =>
	text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
		try {
			return decodeURIComponent(run);
		} catch {
			return run;
		}
	});

/**
 * What a third party is asked for, of a page. A path segment of 16 or more hex digits, or of 20 or more letters and digits mixed, may be a
 * secret (`/reset/9f8a…`, an invitation): whoever has the number of a measurement can read its path for a week. Pure; linear.
 * @param path path and query, as in `Target.path`
 */
export function publicPart(path: string): PublicPart {
	const at = path.search(/[?#]/);
	const whole = at < 0 ? path : path.slice(0, at);
	const segments = whole.split("/");
	const secret = segments.findIndex((segment, nth) => looksSecret(segment, segments[nth - 1] ?? ""));
	return {
		path: secret < 0 ? whole : `${segments.slice(0, secret).join("/")}/`,
		withoutQuery: at >= 0 && path.slice(at).length > 1,
		withoutSegment: secret >= 0,
	};
}

/**
 * Whether a host may be told to a third party: a public name; no IP address, which may be an origin's, also not as a part of a name
 * (`203-0-113-9.compute.example`), and no name of internal use.
 */
export const isPublicHost = ({ host }: Pick<Target, "host">): boolean =>
	host.includes(".") && !host.includes(":") && !/^[\d.]+$/.test(host) && !IPV4_NAMED.test(host) && !isSpecialName(host);
