import { findColo } from "../../knowledge/colos/colos.ts";
import { decodeRay, type NotARay, type Ray } from "./decode.ts";
import { isCalledOther } from "./other-ids.ts";

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
/** A hex run of 15 or 16 digits that stands alone, or with a data center glued to its end. */
const CANDIDATE = /(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{16}(?=[A-Z]{3}(?![0-9A-Za-z]))|[0-9A-Fa-f]{15,16}(?![0-9A-Za-z]))/g;
/** An id that a blank cut in two, behind its label. */
const CUT_IN_TWO = /(?<![0-9A-Za-z])(?=[0-9A-Fa-f]{1,15} [0-9A-Fa-f])([0-9A-Fa-f]{4,12}) ([0-9A-Fa-f]{4,12})(?![0-9A-Za-z])/g;
const SUFFIX = new RegExp(`^[${HYPHENS}]([A-Z]{3})(?![0-9A-Za-z])`);
const GLUED_SUFFIX = /^([A-Z]{3})(?![0-9A-Za-z])/;
/** The data center in words behind its id: `colo FRA`, `at FRA`, `(FRA)`. */
const WORD_SUFFIX =
	/^["'`*]{0,3}[,;]?\s{1,3}(?:\(|(?:colo|at|in|via|from|pop|data ?cent(?:er|re)|location|edge)[:=]?\s{1,3}(?:colo[:=]?\s)?)([A-Z]{3})(?![0-9A-Za-z])/;
/** A code that our table does not hold is believed for an id of these days: the table misses one or two new ones a month. */
const NEW_COLO_DAYS = 60;
/** A log that was lower-cased: taken behind a label only. */
const LOWERED_SUFFIX = new RegExp(`^[${HYPHENS}]([a-z]{3})(?![0-9A-Za-z])`);
/** The cookie `cf_ob_info=520:<ray>:<COLO>` joins the code with a colon. */
const COOKIE_BEFORE = /cf_ob_info=\d{3}:$/;
const COOKIE_SUFFIX = /^:([A-Z]{3})(?![0-9A-Za-z])/;

/** Markup that may separate a label and its ID: tags, escaped tags, entities, escaped line ends. Blanked before looking for the label. */
const MARKUP = /<[^<>]{0,120}>|&lt;(?:(?!&[lg]t;)[^<>]){0,120}&gt;|&(?:nbsp|quot|apos|#\d{1,4});|\\[rnt"]/g;
/**
 * A label with a word boundary before it ("stray id" and "X-Ray ID" are not labels), then only punctuation, white space and quotes up
 * to the id. Applied to a bounded piece of text that ends where the id starts.
 */
const LABEL =
	/(?:(?<![0-9A-Za-z])(?<!X-)(?:cf[-_ ]ray(?:[-_ ]?id)?|ray[-_ ]?ids?|parentrayid|cray)|(?<=[?&; "'{(,]|^)ray(?==)|(?<![\p{L}\p{N}_-])(?<!x )(?:ray|rays|rayo|rayon|raio|raggio|レイ|레이|рэй|луча?|промен[ья]|promie(?:nia|ń)|stråle|straal|paprsku?|ışın)(?:[-_\s]{1,2}(?:ids?|cloudflare|of|de|da|do|du|is|was|number|no|nr|ident\p{L}{0,12}|kimli\p{L}{1,3}|識別子|番号|编号|識別碼|标识符|아이디|식별자))*|レイ ?ID|레이 ?(?:ID|아이디)|射[线線] ?ID|(?<![\p{L}\p{N}_-])(?<!x[- ])ray[-_ ]?ids?[\p{L} ()'"/-]{1,40}[:=：])[\s\u00a0:=*|`"'“”‘’«»()[\]{}<>\\_~,.#…：-]*$/iu;
/** An unmistakable label with words of a sentence behind it, in any language: "Ray ID shown to me was …". */
const LABEL_IN_PROSE = /(?<![\p{L}\p{N}_-])(?<!x[- ])ray[-_ ]?ids?(?![\p{L}\p{N}])[\p{L}\p{M} ()'"/:：-]{1,40}$/iu;
/** Something in place of an ID after an unmistakable label: reported, never decoded. */
const LABELLED_OTHER =
	/(?<![0-9A-Za-z-])(?:cf-ray|ray id)["'*`]{0,4}\s{0,4}[:=]\s{0,4}["'*`<]{0,4}([0-9A-Za-z]{4,40}(?:-[A-Za-z]{3})?)(?![0-9A-Za-z-])/gi;
/** An ID with a suffix that has non-hex letters or too few digits. */
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
		const suffix = SUFFIX.exec(after)?.[1];
		// Orders, invoices and spans have a hyphen and capitals behind them too.
		const bySuffix = suffix !== undefined && isBelieved(suffix, digits, before, nowMs) ? suffix : undefined;
		const byLabel = bySuffix === undefined && (labelled || isLabelled(before.replace(MARKUP, " ")));
		const colo =
			bySuffix ??
			(byLabel ? (suffix ?? LOWERED_SUFFIX.exec(after)?.[1]?.toUpperCase()) : undefined) ??
			listed(GLUED_SUFFIX.exec(after)?.[1]) ??
			(byLabel ? listed(WORD_SUFFIX.exec(text.slice(end, end + 40))?.[1]) : undefined) ??
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
		for (const match of text.slice(0, CUT_READ_CHARS).matchAll(CUT_IN_TWO)) {
			const digits = `${match[1]}${match[2]}`;
			const before = text.slice(Math.max(0, match.index - LABEL_REACH_CHARS), match.index);
			if (digits.length !== 16 || !/[a-f]/i.test(digits) || !LABEL.test(before.replace(MARKUP, " "))) continue;
			const found = decodeRay(digits, null, nowMs);
			if (!("why" in found)) byId.set(found.id, found);
		}
	}
	if (byId.size === 0) {
		for (const pattern of [LABELLED_OTHER, BROKEN_WITH_SUFFIX]) {
			for (const match of text.matchAll(pattern)) {
				const broken = match[1] ?? "";
				// A word such as `example-COM` is not a broken ID; one of mostly digits is.
				if (/\d.*\d/.test(broken) && !/^[0-9a-f]{15,16}(?:-[A-Z]{3})?$/i.test(broken) && !/^\d+$/.test(broken)) {
					told({ why: "incomplete", text: broken });
				}
			}
		}
	}
	return { rays: [...byId.values()], notRays: [...notRays.values()], leftOut };
}

const isLabelled = (before: string): boolean => LABEL.test(before) || (LABEL_IN_PROSE.test(before) && !isCalledOther(before));

/** An id that a blank cut is looked for in the beginning of a text only. */
const CUT_READ_CHARS = 20_000;

const listed = (code: string | undefined): string | undefined =>
	code !== undefined && findColo(code) !== undefined ? code : undefined;

/** Whether three capitals behind an id without a label are a data center. */
function isBelieved(code: string, digits: string, before: string, nowMs: number): boolean {
	const hasLetter = /[a-f]/i.test(digits);
	if (findColo(code) !== undefined) return hasLetter || !isCalledOther(before);
	const ray = decodeRay(digits, code, nowMs);
	return !("why" in ray) && hasLetter && !isCalledOther(before) && nowMs - ray.receivedAtMs < NEW_COLO_DAYS * 24 * 3_600_000;
}
