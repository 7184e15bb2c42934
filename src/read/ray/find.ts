import { decodeRay, type NotARay, type Ray } from "./decode.ts";

/** What a text holds. `rays` in order of first appearance, one entry per id. */
export interface FoundRays {
	readonly rays: readonly Ray[];
	/** Ids that were meant to be Ray IDs but are not complete or not genuine; at most {@link NOT_RAYS_MAX}. */
	readonly notRays: readonly NotARay[];
	/** Distinct ids beyond {@link RAYS_MAX} that were left out. */
	readonly leftOut: number;
}

/** Enough for any incident paste; a reply cannot show more. */
const RAYS_MAX = 200;
const NOT_RAYS_MAX = 5;
/** How far before an id its label may end: `Ray ID:</span> <strong class="font-semibold">` and its escaped forms fit in this. */
const LABEL_REACH_CHARS = 160;

/** Hyphen, and what chat and word processors make of it (U+2010 to U+2015, U+2212). */
const HYPHENS = "-\u2010-\u2015\u2212";
/** A hex run of 15 or 16 digits that stands alone. */
const CANDIDATE = /(?<![0-9A-Za-z])[0-9A-Fa-f]{15,16}(?![0-9A-Za-z])/g;
const SUFFIX = new RegExp(`^[${HYPHENS}]([A-Z]{3})(?![0-9A-Za-z])`);
/** A log that was lower-cased: taken behind a label only. */
const LOWERED_SUFFIX = new RegExp(`^[${HYPHENS}]([a-z]{3})(?![0-9A-Za-z])`);
/** The cookie `cf_ob_info=520:<ray>:<COLO>` joins the code with a colon. */
const COOKIE_BEFORE = /cf_ob_info=\d{3}:$/;
const COOKIE_SUFFIX = /^:([A-Z]{3})(?![0-9A-Za-z])/;

/** Markup that may stand between a label and its id: tags, escaped tags, entities, escaped line ends. Blanked before looking for the label. */
const MARKUP = /<[^<>]{0,120}>|&lt;(?:(?!&[lg]t;)[^<>]){0,120}&gt;|&(?:nbsp|quot|apos|#\d{1,4});|\\[rnt"]/g;
/**
 * A label with a word boundary before it ("stray id" and "X-Ray ID" are not labels), then only punctuation, white space and quotes up
 * to the id. Applied to a bounded piece of text that ends where the id starts.
 */
const LABEL =
	/(?:(?<![0-9A-Za-z])(?<!X-)(?:cf[-_ ]ray(?:[-_ ]?id)?|ray[-_ ]?id|parentrayid|cray)|(?<=[?&; "'{(,]|^)ray(?==))[\s\u00a0:=*|`"'“”‘’«»()[\]{}<>\\_~,.#…-]*$/i;
/** Something where an id should stand after an unmistakable label: told about, never decoded. */
const LABELLED_OTHER =
	/(?<![0-9A-Za-z-])(?:cf-ray|ray id)["'*`]{0,4}\s{0,4}[:=]\s{0,4}["'*`<]{0,4}([0-9A-Za-z]{4,40}(?:-[A-Za-z]{3})?)(?![0-9A-Za-z-])/gi;
/** A full id and suffix with letters that are no hex digits, or too few digits with a suffix. */
const BROKEN_WITH_SUFFIX = /(?<![0-9A-Za-z-])([0-9A-Za-z]{6,20}-[A-Z]{3})(?![0-9A-Za-z-])/g;

/**
 * Finds every Ray ID in `text`, in any of the forms that pages, headers, logs and chats give it. An id counts only with a suffix
 * (`-DFW`) or a label (`Ray ID:`): a bare 16-digit hex string may be a span id, an ETag or a card number. Linear in the text.
 * @param text anything, any length
 * @param nowMs Unix milliseconds
 * @param labelled true when the person said that ids follow (`ray …`): then bare ids count too
 */
export function findRays(text: string, nowMs: number, labelled = false): FoundRays {
	const byId = new Map<string, Ray>();
	const notRays = new Map<string, NotARay>();
	let leftOut = 0;
	const told = (found: NotARay) => {
		if (notRays.size < NOT_RAYS_MAX) notRays.set(found.text, found);
	};

	for (const match of text.matchAll(CANDIDATE)) {
		const digits = match[0];
		const end = match.index + digits.length;
		const before = text.slice(Math.max(0, match.index - LABEL_REACH_CHARS), match.index);
		const after = text.slice(end, end + 6);
		const bySuffix = SUFFIX.exec(after)?.[1];
		const byLabel = bySuffix === undefined && (labelled || LABEL.test(before.replace(MARKUP, " ")));
		const colo =
			bySuffix ??
			(byLabel ? LOWERED_SUFFIX.exec(after)?.[1]?.toUpperCase() : undefined) ??
			(COOKIE_BEFORE.test(before) ? COOKIE_SUFFIX.exec(after)?.[1] : undefined) ??
			null;
		if (colo === null && !byLabel) continue;
		const found = decodeRay(digits, colo, nowMs);
		if ("why" in found) {
			told(found);
			continue;
		}
		const known = byId.get(found.id);
		if (known === undefined) {
			if (byId.size >= RAYS_MAX) leftOut += 1;
			else byId.set(found.id, found);
		} else if (known.colo === null && found.colo !== null) {
			byId.set(found.id, found);
		}
	}

	if (byId.size === 0) {
		for (const pattern of [LABELLED_OTHER, BROKEN_WITH_SUFFIX]) {
			for (const match of text.matchAll(pattern)) {
				const broken = match[1] ?? "";
				// A word such as `example-COM` is no broken id; one that is mostly digits is.
				if (/\d.*\d/.test(broken) && !/^[0-9a-f]{15,16}(?:-[A-Z]{3})?$/i.test(broken) && !/^\d+$/.test(broken)) {
					told({ why: "incomplete", text: broken });
				}
			}
		}
	}
	return { rays: [...byId.values()], notRays: [...notRays.values()], leftOut };
}
