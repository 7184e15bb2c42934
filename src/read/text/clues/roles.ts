import { TALK } from "../../../knowledge/talk/list.ts";
import type { CodeClue } from "./codes.ts";
import { spoken } from "./talk.ts";
import { isInside, isServiceLink, siteKey, type TargetClue } from "./targets.ts";

/**
 * What a site is in its text. `fails`: the error is next to it; `named`: called the URL that is meant; `plain`: nothing said; `caller`:
 * where a request came from; `works`: said to work; `aside`: a link to a monitor, a ticket, a picture, a hoster; `last`: it looks like one
 * of these, or is an address inside, and may be the site all the same.
 */
type Role = "fails" | "named" | "plain" | "caller" | "last" | "works" | "aside";

export interface SiteClue extends TargetClue {
	readonly role: Role;
}

/** Words before the URL that is meant. */
const NAMED =
	/(?:\b(?:(?:request(?:ed)?|target|check(?:ed)?|monitor(?:ed)?|failing|affected|full|page|site|web ?site|web)[ _-]?)?(?:url|uri|link|endpoint|host(?:name)?|domain|site|web ?site|zone|page|dest(?:ination)?|target|resource|address|adresse|seite|webseite|sitio|p[aá]gina|lien)|for url|get|post|put|patch|delete|head|options|fetche?[sd]?|fetching|getting|requesting|download(?:ing)?|visit(?:ing)?|access(?:ing)?|reach(?:ing)?|load(?:ing)?|open(?:ing)?|response from|request to|connect(?:ing)? to|calling|call to)["'`*)\]]{0,3}[\s:=>|-]{1,6}["'`*(<[]{0,3}$/i;
/** Words before a link to another site. */
const ASIDE =
	/(?:\b(?:refer+er|view|details?|more info(?:rmation)?|documentation|dashboard|runbook|playbook|incident|ticket|screenshot|screen ?shot|picture|recording|attachment|graph|acknowledge|ack|resolve|unsubscribe|manage|status ?page|read more|similar to|unlike|siehe|voir|link to (?:the )?(?:ticket|incident|monitor|dashboard)|proxy|upstream|originservice|backend|img|src|href)(?: (?!(?:on|for|of|in|with|about|affecting|opened|started|triggered|created|declared|detected)\b)\w{1,20})?["'`*)\]]{0,3}[\s:=>|(-]{1,6}["'`*(<[]{0,3}$)/i;
const UPSTREAM = /\b(?:upstream|backend|proxy)["'`*)\]]{0,3}[\s:=(]{1,4}$/i;
/** A page of the site itself. */
const OWN_PAGE =
	/(?:\b(?:my|our|their|his|her|your)|'s) (?:\w{1,20} )?(?:dashboard|documentation|picture|graph)(?: (?:at|on|under))?[\s(<]{1,3}$/i;
/** Words that may also precede the site: aside only without a code after it. `Monitor DOWN https://…` is an alert about the site. */
const PERHAPS_ASIDE =
	/\b(?:info|docs?|monitor|issue|screen|image|pic|video|chart|trace|report|logs? at|help|support|source|via|like|reference|cf\.?|wiki|ver|cdn)(?: (?!(?:down|up|alert|failed|failing|failure|triggered|critical|error|offline)\b)\w{1,20})?["'`*)\]]{0,3}[\s:=>|(-]{1,6}["'`*(<[]{0,3}$/i;
const SEE = /\b(?:see(?: also)?|look at|siehe|ver|voir)[\s:]{1,3}["'`*(<[]{0,3}$/i;
const HOSTED =
	/(?:\b(?:origin|hosted|hoster|hosting|host|server|backend|runs?|running|deployed|lives?|lebt|gehostet|alojado|h[eé]berg[eé])\b(?: \w{1,12})?\s+(?:(?:is|are|it)\s+)?(?:at|on|by|with|bei|en|chez|na|no|auf)\s+|\b(?:origin|backend|upstream|hoster|provider|originservice|proxy_pass|fastcgi_pass)["']?\s{0,2}[:=]?\s{0,2}(?:is\s+)?["'(]{0,2})$/i;
const CALLER =
	/(?:\b(?:from origin|origin|initiator|initiated by|called (?:from|by)|embedded (?:in|on)|on page|in our app|from (?:our |the |my )?(?:page|app|front ?end|site|server|website)|von|desde|depuis|from)["'`*]{0,2}[\s:]{1,4}["'`*(<]{0,3})$/i;
/** Behind a page that asks another site for something. */
const CALLS =
	/^["'`*)\]]{0,3} (?:embeds|includes|calls|loads|fetches|requests|polls|queries|talks to|depends on|pulls|ruft|l[aä]dt|bindet|holt|llama a|carga|consulta|appelle|charge|interroge|chama|carrega) /i;
/** A clause ends here, as far as what is said of a site goes. */
const CLAUSE_END =
	/\n|[;。！？]|[.!?](?=\s)|,?\s(?:but|while(?! \w+ing\b)|whereas|although|though|however|yet|aber|doch|wohingegen|w[aä]hrend|pero|mientras|aunque|mas|enquanto|por[eé]m|mais|alors que|tandis que|cependant)\s|,但|但是|しかし|ですが|けど/giu;
const ALL_WORKS = new RegExp(TALK.map(({ works }) => works.source).join("|"), "i");
const ALL_FAILS = new RegExp(TALK.map(({ fails }) => fails.source).join("|"), "i");
/** What names of other sites say is not said of this one: https://healthy.shop.example. */
const URLS = /\bhttps?:\/\/[^\s"'`<>)]{1,300}/gi;
/** "Is … up?" and "does … work?" say nothing of whether it does. */
const ASKED_BEFORE =
	/(?:^|[\n.!?,;:])\s*(?:(?:hey|hi|so|and|please|cf520)[ ,]+){0,3}(?:is|are|does|do|will|can (?:you|anyone|anybody|someone) (?:tell me |check |see )?(?:if|whether))\s+["'`*(<[]{0,3}$/i;
const isAsked = (text: string, { start }: TargetClue): boolean => ASKED_BEFORE.test(text.slice(Math.max(0, start - 60), start));
/** A whole response to it. */
const STATUS_OK = /(?:^|[\s:=>(-])(?:2\d\d|30[1-8])\b(?![.,]\d|\s?(?:ms|s\b|kb|mb|%))/i;

/** The sites of a text with what they are in it. Linear in the text; sites of one clause are compared with each other. */
export function findRoles(text: string, targets: readonly TargetClue[], codes: readonly CodeClue[]): SiteClue[] {
	if (targets.length === 0) return [];
	const out: SiteClue[] = [];
	const hosts = new Set(targets.map(({ target }) => siteKey(target.host)));
	let from = 0;
	let nth = 0;
	const clause = (to: number) => {
		const here: TargetClue[] = [];
		for (let one = targets[nth]; one !== undefined && one.start < to; one = targets[nth]) {
			here.push(one);
			nth += 1;
		}
		if (here.length > 0) {
			const about = codes.filter(({ at }) => at >= from && at < to);
			const meant = here.filter((one) => isServiceLink(one.target) !== "surely");
			const parts = partsOf(text, from, to, meant);
			for (const one of here)
				out.push({
					...one,
					role: roleOf(text, one, {
						meant: meant.length,
						parts,
						codes: about,
						isOnly: hosts.size === 1,
						hasCodes: codes.length > 0,
					}),
				});
		}
		from = to;
	};
	for (const match of text.matchAll(CLAUSE_END)) {
		if (nth >= targets.length) break;
		const inside = targets[nth];
		// A dot inside a URL ends nothing.
		if (inside !== undefined && match.index > inside.start && match.index < inside.end) continue;
		if (inside !== undefined && inside.start >= match.index + match[0].length) {
			from = match.index + match[0].length;
			continue;
		}
		clause(match.index + match[0].length);
	}
	clause(text.length + 1);
	return out;
}

/** A clause of a text. */
interface Clause {
	/** How many of its sites are no links to monitors and tickets, and the part of the text that speaks of each of them. */
	readonly meant: number;
	readonly parts: ReadonlyMap<TargetClue, readonly [number, number]>;
	readonly codes: readonly CodeClue[];
	/** The whole text names one host. */
	readonly isOnly: boolean;
	/** The whole text tells a code. */
	readonly hasCodes: boolean;
}

function roleOf(text: string, one: TargetClue, clause: Clause): Role {
	const { meant, parts, codes } = clause;
	const before = text.slice(Math.max(0, one.start - 60), one.start);
	const line = before.slice(before.lastIndexOf("\n") + 1);
	// The label may be on the line before, as DevTools copies it.
	const labelled = line.trim() === "" ? `${before.trimEnd()} ` : line;
	const part = parts.get(one);
	if (part === undefined) return "aside";
	const isNamed = NAMED.test(labelled);
	const isToldBehind = codes.some(({ at }) => at >= one.end && at < one.end + 60 && !text.slice(one.end, at).includes("://"));
	// What a program calls its upstream is the site where that is what failed.
	const isUpstream = isToldBehind && UPSTREAM.test(line);
	if (!isUpstream && (HOSTED.test(line) || (ASIDE.test(labelled) && !isNamed && !OWN_PAGE.test(line)))) return "aside";
	const isService = isServiceLink(one.target) === "perhaps";
	if (SEE.test(line)) return isService ? "aside" : "last";
	if (PERHAPS_ASIDE.test(labelled) && !isNamed && !isToldBehind) return "aside";
	if (isInside(one.target)) return "last";
	if (isService && !codes.some(({ at }) => at >= one.end && at < one.end + 12)) return "last";
	const [start, end] = part;
	const said = spoken(
		[text.slice(Math.max(start, one.start - 200), one.start), text.slice(one.end, Math.min(end, one.end + 200))]
			.map((beside) => beside.replace(URLS, " "))
			.join(" § "),
	);
	const told =
		one.codeAsPort !== null ||
		codes.some(({ at, strong }) => at >= start && at < end && (meant > 1 || strong || Math.abs(at - one.end) < 80));
	const works = !isAsked(text, one) && (ALL_WORKS.test(said) || STATUS_OK.test(said));
	if (works && !told && !ALL_FAILS.test(said)) return "works";
	const isCaller = CALLER.test(line) || (meant > 1 && CALLS.test(text.slice(one.end, one.end + 40)));
	if (isCaller && !clause.isOnly) return "caller";
	if (told || (ALL_FAILS.test(said) && !works)) return "fails";
	return isNamed ? "named" : "plain";
}

/** Joins sites of which the same is said. */
const JOINED = /^[\s"'`)>]*(?:,|and|und|y|e|et|&|\+|or|\/|と|や|和|及|,? ?(?:and|und|y|e|et|or))[\s"'`(<]*(?:also |auch )?$/iu;

/**
 * The parts of a clause that speak of its sites: of all that are joined, from the comma after the site before them to the comma before the
 * next one.
 */
function partsOf(
	text: string,
	from: number,
	to: number,
	here: readonly TargetClue[],
): Map<TargetClue, readonly [number, number]> {
	const out = new Map<TargetClue, readonly [number, number]>();
	let first = 0;
	for (let last = 0; last < here.length; last += 1) {
		const next = here[last + 1];
		const end = here[last]?.end ?? to;
		if (next !== undefined && JOINED.test(text.slice(end, next.start))) continue;
		const before = here[first - 1];
		const begin = here[first]?.start ?? from;
		const comma = next === undefined ? -1 : text.slice(end, next.start).lastIndexOf(",");
		const part: readonly [number, number] = [
			before === undefined ? from : before.end + Math.max(0, text.slice(before.end, begin).lastIndexOf(",") + 1),
			next === undefined ? to : comma >= 0 ? end + comma : next.start,
		];
		for (; first <= last; first += 1) {
			const one = here[first];
			if (one !== undefined) out.set(one, part);
		}
	}
	return out;
}

/** The sites that a text leaves as the one that failed, best first: of the best kind that there is, one for each host. */
export function sitesLeft(sites: readonly SiteClue[]): SiteClue[] {
	const ranks: readonly ((one: SiteClue) => boolean)[] = [
		(one) => one.role === "fails" && one.schemed,
		(one) => one.role === "fails",
		(one) => one.role === "named",
		(one) => one.role === "plain" && one.schemed,
		(one) => one.role === "plain",
		(one) => one.role === "caller",
		(one) => one.role === "last",
	];
	for (const rank of ranks) {
		const left = sites.filter(rank);
		if (left.length === 0) continue;
		const byHost = new Map<string, SiteClue>();
		for (const one of left) {
			const key = `${siteKey(one.target.host)}:${one.target.port === 80 ? 443 : one.target.port}`;
			const known = byHost.get(key);
			// The page rather than the start page of the same host.
			if (known === undefined || (known.target.path === "/" && one.target.path !== "/")) byHost.set(key, one);
		}
		return [...byHost.values()];
	}
	return [];
}
