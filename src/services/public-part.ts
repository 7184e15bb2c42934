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

/** Whether a segment of a path may be a secret, or names a person. Pure; linear. */
export function looksSecret(segment: string): boolean {
	const plain = decoded(decoded(segment));
	// A UUID is hex in groups.
	if (HEX.test(plain) || HEX.test(plain.replace(/[-_:]/g, ""))) return true;
	// Whoever it is, a person's name is nobody else's business.
	if (/[^@/]@[^@/]+\.[a-z]/i.test(plain)) return true;
	if ((plain.match(LONG_RUN) ?? []).some(isMixed)) return true;
	if ((plain.match(BASE64_RUN) ?? []).some((run) => isMixed(run) && /[a-z]/.test(run) && /[A-Z]/.test(run))) return true;
	return (plain.match(GROUPS) ?? []).some((run) => {
		const groups = run.split(/[-_.]/);
		return run.replace(/[-_.]/g, "").length >= 20 && groups.filter(isMixed).length >= 2;
	});
}

function decoded(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		return segment;
	}
}

/**
 * What a third party is asked for, of a page. A path segment of 16 or more hex digits, or of 20 or more letters and digits mixed, may be a
 * secret (`/reset/9f8a…`, an invitation): whoever has the number of a measurement can read its path for a week. Pure; linear.
 * @param path path and query, as in `Target.path`
 */
export function publicPart(path: string): PublicPart {
	const at = path.search(/[?#]/);
	const whole = at < 0 ? path : path.slice(0, at);
	const segments = whole.split("/");
	const secret = segments.findIndex(looksSecret);
	return {
		path: secret < 0 ? whole : `${segments.slice(0, secret).join("/")}/`,
		withoutQuery: at >= 0 && path.slice(at).length > 1,
		withoutSegment: secret >= 0,
	};
}

/** Whether a host may be told to a third party: a public name; no IP address, which may be an origin's, and no name of internal use. */
export const isPublicHost = ({ host }: Pick<Target, "host">): boolean =>
	host.includes(".") && !host.includes(":") && !/^[\d.]+$/.test(host) && !isSpecialName(host);
