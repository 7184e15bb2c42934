import { isIP } from "node:net";
import { findColo } from "../../knowledge/colos/colos.ts";
import { foldedPlace, isWorld, meaningName, NO_PLACES, placeMeanings } from "../../knowledge/places.ts";
import { looksLikeHost } from "./target.ts";

/** A place that somebody asks to look from. */
export interface Place {
	/** In the person's words. */
	readonly word: string;
	/** As a sentence names it: `Germany` for `de`; the word itself where it is in no table. */
	readonly name: string;
	/** The same for every spelling of one place. */
	readonly key: string;
	/** What is sent, at most 128 characters. */
	readonly magic: string;
}

/** The places of one question. */
export interface AskedPlaces {
	/** Eight at most, each once; none: the whole globe. */
	readonly places: readonly Place[];
	/** The person's words, in their order, also of those that are left out. */
	readonly words: readonly string[];
	/** Names of those beyond the eighth: they are not asked. */
	readonly leftOut: readonly string[];
	/** URLs, IP addresses and Ray IDs among them: no places. */
	readonly notPlaces: readonly string[];
	/** Normal form, by which equal asks are joined: `de,us`, or `world`. */
	readonly key: string;
}

/** Probes that one question asks at most: from here eight, and as many once more where they differ. */
export const PLACES_MAX = 8;
/** Words that are read at most. */
const WORDS_MAX = 20;
/** A list of eight long names. */
const LIST_MAX_CHARS = 400;
/** What is looked at to find them: ten thousand commas are one. */
const SAID_MAX_CHARS = 20_000;
const WORD_MAX_CHARS = 60;

export const WORLD: AskedPlaces = { places: [], words: ["world"], leftOut: [], notPlaces: [], key: "world" };

/** Words behind `from` that are no places. */
const NO_PLACE =
	/\b(?:my|our|your|his|her|their|the|an?|curl|server|here|there|now|today|yesterday|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday|time|inside|outside|it|this|that|these|those|some(?:one|body)|another|different|network|isp|connection|device|computer|laptop|pc|machine|house|country|users?|customers?|visitors?|clients?|apps?|scripts?|referer|since|at|until|to|but|not|only|by|with|when|while|is|are|was|works?|fails?)\b/i;
/** A cloud's region, a tag of Globalping's or of a user: `aws-us-east-1`, `eyeball-network`, `u-name:tag`. */
const TAG = /^[a-z]{1,20}(?:-[a-z0-9]{1,20}){1,5}(?::[\w-]{1,40})?$/i;
const AS_NUMBER = /^as\d{1,10}$/i;
/** `AS 3320`, `ASN 3320`. */
const SPACED_AS_NUMBER = /^asn? ?(\d{1,10})$/i;
/** A region as its cloud calls it: `eu-west-1`, `europe-west1`. Globalping's tags have the cloud's name in front. */
const AWS_REGION =
	/^(?:us|eu|ap|sa|ca|me|af|il|mx|cn)-(?:gov-)?(?:north|south|east|west|central|northeast|southeast|northwest|southwest)-\d$/i;
const GCP_REGION =
	/^(?:us|europe|asia|australia|northamerica|southamerica|me|africa)-(?:north|south|east|west|central|northeast|southeast|northwest|southwest)\d{1,2}$/i;
/** `germany and japan` in the languages that the bot is talked to in. */
const BETWEEN = /[,;&\n]|\s\+\s|\s(?:and|und|y|e|et|or|oder|ou|o|plus)(?=\s)/i;

const isAddress = (word: string): boolean =>
	/^https?:/i.test(word) ||
	isIP(word.replace(/^\[|\]$/g, "")) !== 0 ||
	looksLikeHost(word.split(/[/?#:]/, 1)[0] ?? "") ||
	/^[0-9a-f]{15,16}(?:-[a-z]{3})?$/i.test(word);

/** The flag of a country: two regional indicators. */
const FLAG = /^[\u{1f1e6}-\u{1f1ff}]{2}$/u;
const lettersOf = (flag: string): string =>
	[...flag].map((sign) => String.fromCharCode((sign.codePointAt(0) ?? 0) - 0x1f1e6 + 65)).join("");

/** A name as it is sent and compared: what people write around it is left out. */
function plainPlace(said: string): string {
	const word = said.replace(/^(?:\S{1,10} ){0,2}(?:places|locations|cities|countries|probes) in (?:the )?/i, "");
	if (FLAG.test(word)) return lettersOf(word);
	const [, outer = "", inner = ""] = /^([^()]{2,40}?) ?\(([^()]{2,40})\)$/.exec(word) ?? [];
	// "Frankfurt (FRA)", "USA (Texas)".
	if (outer !== "") return findColo(inner.toUpperCase()) === undefined ? `${outer}+${inner}` : outer;
	const number = SPACED_AS_NUMBER.exec(word)?.[1];
	if (number !== undefined) return `AS${number}`;
	if (AWS_REGION.test(word)) return `aws-${word.toLowerCase()}`;
	if (GCP_REGION.test(word)) return `gcp-${word.toLowerCase()}`;
	const colo = /^[a-z]{3}$/i.test(word) && placeMeanings(word).length === 0 ? findColo(word.toUpperCase()) : undefined;
	return colo?.city ?? word;
}

/** A name that is in a table of ours, or has the form of a tag or a network's number. */
function isKnown(said: string): boolean {
	const word = plainPlace(said);
	// In small letters a data center's code may be a word.
	if (/^[a-z]{3}$/.test(said) && word !== said) return false;
	return (
		placeMeanings(word).length > 0 ||
		AS_NUMBER.test(word) ||
		(word.includes("+") && word.split("+").every(isKnown)) ||
		(TAG.test(word) && /\d|:|^(?:eyeball|datacenter)-network$/i.test(word))
	);
}

/** Codes of countries that are words too: alone, and in small letters, they are no places. */
const CODE_OR_WORD = /^(?:as|at|be|by|do|in|is|it|me|my|no|so|to)$/;

const isPlace = (said: string): boolean => {
	if (NO_PLACES.has(foldedPlace(said))) return false;
	if (isKnown(said)) return true;
	const word = plainPlace(said);
	return (
		!NO_PLACE.test(word) &&
		!/\d/.test(word) &&
		word.split(" ").length <= 4 &&
		/^[\p{L}\p{M}][\p{L}\p{M}.'\u2019+ -]{1,39}$/u.test(word)
	);
};

/** Names in a row without commas, "usa germany japan", where each of them is a country or a continent; else the name as it is. */
function separated(said: string): readonly string[] {
	const words = said.split(" ");
	if (words.length < 2 || isKnown(said)) return [said];
	const out: string[] = [];
	for (let at = 0; at < words.length; ) {
		const longest = [4, 3, 2, 1].find((count) => {
			const name = words.slice(at, at + count).join(" ");
			return at + count <= words.length && (count > 1 || IN_A_ROW.test(name)) && isWide(name);
		});
		if (longest === undefined) return [said];
		out.push(words.slice(at, at + longest).join(" "));
		at += longest;
	}
	return out;
}

/** Two small letters are words of many languages. */
const IN_A_ROW = /^(?:us|uk|eu|[A-Z]{2}|\S{3,})$|^[\u{1f1e6}-\u{1f1ff}]{2}$/u;
/** It is a country or a continent and nothing else: "georgia usa" may be one place. */
function isWide(name: string): boolean {
	const meanings = placeMeanings(plainPlace(name));
	return meanings.length > 0 && meanings.every(({ kind }) => kind === "country" || kind === "continent");
}

const placeOf = (said: string): Place => {
	const word = plainPlace(said);
	const meanings = placeMeanings(word);
	const [only] = meanings;
	const name = only === undefined || meanings.length > 1 ? null : meaningName(only);
	const key = only === undefined ? foldedPlace(word) : meanings.map(keyOf).join("|");
	const isForeign = name !== null && only?.kind === "country" && !ENGLISH.test(word) && foldedPlace(name) !== foldedPlace(word);
	const isRegion = AWS_REGION.test(said) || GCP_REGION.test(said);
	return { word: said, name: name ?? asName(isRegion ? said : word), key, magic: isForeign ? name : word };
};

/** A name in no table, with its capitals: `Bavaria` for `bavaria`. */
function asName(word: string): string {
	if (AS_NUMBER.test(word)) return word.toUpperCase();
	if (TAG.test(word) || word.includes("+") || word !== word.toLowerCase()) return word;
	return word.replace(/(?<=^| )\p{L}/gu, (letter) => letter.toUpperCase());
}

/** A code, or a name of ICU's or of people's that Globalping has too. */
const ENGLISH = /^(?:[a-z]{2,3}|united .*|great britain|america|england|south korea|czech republic|hong kong|turkey)$/i;

const keyOf = (meaning: ReturnType<typeof placeMeanings>[number]): string => {
	switch (meaning.kind) {
		case "country":
			return meaning.code.toLowerCase();
		case "state":
			return `us-${meaning.code.toLowerCase()}`;
		case "continent":
			return `continent-${meaning.code.toLowerCase()}`;
		default:
			return meaning.name;
	}
};

/** Marks of direction and width that chats and editors put between letters. */
const INVISIBLE = /[\p{Cf}\p{Cc}\u115f\u1160\u3164\uffa0]/gu;

/**
 * Reads a list of places, as it comes behind `from` or `--from`. Linear and bounded, whatever it holds.
 * @param said `germany, us and japan`
 * @param isCertain it is known that these are places, as behind `--from`
 * @returns null: none of it is a place, or it is a sentence
 */
export function readPlaces(said: string, isCertain = false): AskedPlaces | null {
	const whole = said
		.slice(0, SAID_MAX_CHARS)
		.replace(INVISIBLE, " ")
		.replace(/[^\S\n]+/g, " ")
		.replace(/\s?[,;][\s,;]*/g, ", ");
	// A name that is cut may be another one: "niger" of "nigeria".
	const text = (whole.length <= LIST_MAX_CHARS ? whole : whole.slice(0, LIST_MAX_CHARS).replace(/[^\s,]*$/, ""))
		.replace(/(?:,?\s(?:please|pls|thanks|thank you|right now|now|too|as well|for me|only|again|instead)){1,3}[\s.!?]*$/i, "")
		.replace(/[\s.,!?]+$/, "")
		.replace(/^([^(]*)\)$/, "$1")
		.replace(/^[\s,]+/, "");
	if (isWorld(text)) return { ...WORLD, words: [text] };
	const words = text
		.split(BETWEEN, WORDS_MAX * 2)
		.flatMap((one) => (/[.:]/.test(one) ? [one] : one.split("/")))
		.map((one) =>
			one
				.trim()
				.replace(/^(?:(?:and|und|or|oder|the|then|also|from|only|just|maybe)\s+){1,3}/i, "")
				.replace(/\s+/g, " "),
		)
		.filter((one) => one !== "" && !/^(?:and|und|or)$/i.test(one))
		.flatMap(separated)
		.slice(0, WORDS_MAX);
	if (words.length === 0 || words.some((word) => word.length > WORD_MAX_CHARS)) return null;
	const notPlaces = words.filter(isAddress);
	const rest = words.filter((word) => !isAddress(word));
	const world = rest.find(isWorld);
	if (world !== undefined) return { ...WORLD, words: [world] };
	const [only] = rest;
	if (!rest.every(isPlace) || (words.length === 1 && only !== undefined && CODE_OR_WORD.test(only))) return null;
	// A list in which an address is named is one only where a place is known in it.
	if (rest.length === 0 || (notPlaces.length > 0 && !isCertain && !rest.some(isKnown))) return null;
	const each = new Map(rest.map((word) => [placeOf(word).key, placeOf(word)] as const).reverse());
	const all = rest.map((word) => each.get(placeOf(word).key)).filter((one) => one !== undefined);
	const distinct = [...new Set(all)];
	const places = distinct.slice(0, PLACES_MAX);
	return {
		places,
		words: rest,
		leftOut: distinct.slice(PLACES_MAX).map(({ name }) => name),
		notPlaces,
		key: places
			.map(({ key }) => key)
			.sort()
			.join(","),
	};
}

/** What may come between a site and `from` in a question: "is it 520 from germany", "is it down from us". */
const GAP =
	/^["'`>)\]]{0,3}(?:\s+(?:an?|the|error|code|status|http|with|5\d\d|10\d\d|down|up|online|reachable|accessible|available|loads?|opens?|works?|responds?|slow|broken|working|failing|also|still|ok|okay|fine))*\s*$/i;
const QUESTION_BEFORE =
	/^(?:(?:please|pls|hey|hi|cf520|\/cf520|@cf520|can you|could you)[ ,:]+)*(?:is|are|does|do|can|why is|check|test|try|look at|open|load|fetch|get|request|diagnose|recheck)\s+(?:if\s+|whether\s+)?["'`<(]{0,3}$/i;
/** Between a site and `from`: nothing, or nothing of weight. */
const DIRECT = /^["'`>)\]]{0,3}[,;:]?(?:\s+(?:only|just|also))?\s*\(?$/i;
const FROM = /(?:^|\s|\()(?:--from[= ]|(?:from|via|aus|desde|depuis)\s)\s*/i;

/**
 * The places behind a site in a text: `shop.example from germany, us and japan`, `is shop.example 520 from germany?`,
 * `shop.example --from de`. `from` counts directly behind the site only: "520 error from nginx" is what it is.
 * @param before what comes before the site
 * @param behind what comes after it
 */
export function placesBehind(before: string, behind: string): AskedPlaces | null {
	// What goes on after the line is no list.
	if (/\n\s*\S/.test(behind.slice(0, SAID_MAX_CHARS))) return null;
	const from = FROM.exec(behind.slice(0, LIST_MAX_CHARS));
	if (from === null) return null;
	const option = /--from/i.test(from[0]);
	const gap = behind.slice(0, from.index);
	const direct = DIRECT.test(gap);
	if (!direct && !option && !(GAP.test(gap) && (QUESTION_BEFORE.test(before.slice(-80)) || /^["'`>)\]]{0,3}\s+5\d\d$/.test(gap))))
		return null;
	if (option && gap.length > 60) return null;
	const asked = readPlaces(behind.slice(from.index + from[0].length), option);
	// Beside a code only what is known as a place: "shop.example 520 from varnish".
	return asked === null || direct || option || asked.key === "world" || asked.words.some(isKnown) ? asked : null;
}

/** A text that is nothing but `from germany, us`, where the site is known from its thread; only of places that are known. */
export function placesAlone(text: string): AskedPlaces | null {
	const said = saidAlone(text);
	const asked = said === null ? null : readPlaces(said);
	return asked === null || asked.key === "world" || asked.words.every(isKnown) ? asked : null;
}

/** `what about japan?`, `and in the us?`, `japan?`: known places and nothing else, asked back. */
const GOES_ON =
	/^\s*(?:(?:(?:ok(?:ay)?|hm+|so|and|but|now|then)[ ,]+){0,3}(?:(?:what|how) about|what of|and)[ ,]+|(?=[^\n]*[?\uff1f]))(?:(?:from|in|at)\s+)?(?:the\s+)?([^\n?\uff1f]+?)[\s?\uff1f!.]*$/i;

/** The places that a text in the thread of a page asks for: as alone, in a question that goes on, or behind `from` in no table of ours. */
export function placesInThread(text: string): AskedPlaces | null {
	const alone = placesAlone(text);
	if (alone !== null) return alone;
	// Whether a probe is there, the service knows.
	const from = saidAlone(text);
	if (from !== null) return VANTAGE.test(from) ? null : readPlaces(from);
	const [, said = ""] = GOES_ON.exec(text.slice(0, LIST_MAX_CHARS)) ?? [];
	const asked = said === "" ? null : readPlaces(said);
	return asked !== null && (asked.key === "world" || asked.words.every(isKnown)) ? asked : null;
}

const ALONE =
	/^\s*(?:(?:please|pls|and|now|check|recheck|retry|look|ask|try|test|again|it|this|that)[ ,]+){0,4}(?:(?:from|--from)[= ]\s*([^\n]+)|((?:other places|other locations|everywhere|elsewhere)[\s.!?]*))$/i;

/** What stands behind `from` where there is nothing else. */
function saidAlone(text: string): string | null {
	const [, list, world] = ALONE.exec(text.slice(0, LIST_MAX_CHARS)) ?? [];
	return list ?? world ?? null;
}

/** Words about places in a question that asks none of them. */
export interface UnaskedPlaces {
	/** In the person's words. */
	readonly words: readonly string[];
	/** What of them can be asked; null: none is known as a place. */
	readonly places: AskedPlaces | null;
}

/** What is longer is a paste, and asks nothing. */
const UNASKED_MAX_CHARS = 400;
/** Words that may come before a place, in the languages that the bot is talked to in. */
const BEFORE_PLACE =
	/(?<![\p{L}\p{N}/.-])(from|via|about|aus|desde|depuis|von|dalla?|dall['\u2019]|da|du|des|del?|do|in|im|en|em)(?:\s+|(?<=['\u2019])|(?=\s*:))/giu;
/** What is there belongs to the server, and not to who looks. */
const OF_SERVER =
	/\b(?:origin|server|host(?:ed|ing)?|backend|data ?cent(?:er|re)|region|cluster|instance|vm|vps|droplet|bucket|database|running|runs|deployed|located|provider)\b/i;
/** Devices, networks and rooms from which people look. */
const VANTAGE =
	/\b(?:(?:smart)?phones?|mobile|cell|laptops?|computers?|pc|desktop|machine|tablet|ipad|iphone|android|home|house|office|work|school|hotel|vpn|wi-?fi|network|isp|connection|localhost|country|city|town|region|continent|countries|places?|locations?|browser|abroad|outside|roaming|[45]g|lte|tor)\b|^me$/i;

/** Other places, without a word before them that asks. */
const SOMEWHERE = /\b(?:other (?:places|locations|countries|regions)|somewhere else|elsewhere)\b/i;

/** The longest run of words at the beginning that is known as a place; null: none. */
function knownAtStart(said: string, isFrom: boolean): string | null {
	const words = said.replace(/^(?:the|la|le|les|el|los|las|der|die|den)\s+/i, "").split(/\s+/, 4);
	const hasArticle = /^the\s/i.test(said);
	for (let count = words.length; count > 0; count -= 1) {
		const name = words
			.slice(0, count)
			.join(" ")
			.replace(/[.,;:!?)]+$/, "");
		// Two letters in small ones are words of many languages.
		const isName =
			name.length > 3 ||
			name === name.toUpperCase() ||
			(hasArticle && name.length > 1) ||
			(isFrom && /^(?:us|uk|eu)$/.test(name));
		if (isName && isKnown(name) && (isFrom || placeMeanings(name).length > 0) && isPlace(name)) return name;
	}
	return null;
}

/** Known places behind a word that may come before one, with those that follow by comma or "and". */
function knownPlaces(text: string): readonly string[] {
	const out: string[] = [];
	for (const match of text.matchAll(BEFORE_PLACE)) {
		const isFrom = /^(?:from|via)$/i.test(match[1] ?? "");
		if (!isFrom && OF_SERVER.test(text.slice(Math.max(0, match.index - 60), match.index))) continue;
		const list = text.slice(match.index + match[0].length, match.index + match[0].length + LIST_MAX_CHARS);
		for (const one of list.split(BETWEEN, WORDS_MAX)) {
			const name = knownAtStart(one.trim().replace(/^(?:(?:and|und|not|but|from|in)\s+){1,3}/i, ""), isFrom);
			if (name === null) break;
			out.push(name);
		}
	}
	return [...new Set(out)];
}

/**
 * The words about places in a question about a site that asks none: "is shop.example down in Japan?", "shop.example from my phone". They are
 * told to the person, so that no one takes an answer from here for one from there. `from nginx` and the like are about no place.
 * @param text the whole question
 */
export function unaskedPlaces(text: string): UnaskedPlaces | null {
	const said = text.replace(INVISIBLE, " ").trim();
	if (said.length > UNASKED_MAX_CHARS || said.split("\n").length > 4) return null;
	// Names in a URL are no words.
	const words = said.replace(/\bhttps?:\/\/[^\s"'`<>)]+/gi, (url) => `x.${"x".repeat(url.length)}`);
	const known = knownPlaces(words);
	if (known.length > 0) return { words: known, places: readPlaces(known.join(", "), true) };
	if (SOMEWHERE.test(words)) return { words: ["other places"], places: WORLD };
	const alone = saidAlone(words);
	if (alone !== null && !isProgram(alone)) {
		const places = readPlaces(alone);
		if (places !== null || (VANTAGE.test(alone) && alone.split(" ").length <= 3))
			return { words: [alone.replace(/[\s.,!?]+$/, "").slice(0, 60)], places };
	}
	const behind = /(?:\s|\()(?:--from(?:[= ]|$)|(?:from|via)\s+)\s*((?:[^\n.!?;)]|\.(?=\S)){0,80})/i.exec(words);
	if (behind === null) return null;
	const one = (behind[1] ?? "").replace(/[\s.,!?]+$/, "");
	if (/--from/i.test(behind[0])) return { words: one === "" ? [] : [one], places: null };
	const named = one.replace(/^(?:the|an?|my|our|your|his|her|their)\s+/i, "");
	// Behind a site, as a place would be asked for.
	const gap = /\.[^\s"'`<>)]*([^\n]*)$/.exec(words.slice(0, behind.index))?.[1] ?? null;
	if (gap === null || !(DIRECT.test(gap) || GAP.test(gap)) || one === "" || one.split(/\s+/).length > 5 || isProgram(named))
		return null;
	if (VANTAGE.test(one) || isIP(one) !== 0) return { words: [one], places: null };
	const isQuestion = /\?\s*$/.test(words) || QUESTION_BEFORE.test(words.replace(/\S*\..*$/s, ""));
	return isQuestion && isPlace(one) ? { words: [one], places: readPlaces(one, true) } : null;
}

/** Programs: "520 from nginx". */
const isProgram = (name: string): boolean => NO_PLACES.has(foldedPlace(name)) && !VANTAGE.test(name);
