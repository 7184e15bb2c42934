import type { Evidence } from "../knowledge/evidence.ts";
import { foldedPlace, type PlaceMeaning, placeMeanings } from "../knowledge/places.ts";
import type { Ray } from "../read/ray/decode.ts";
import type { AskedPlaces, Place } from "../read/text/places.ts";
import type { ProbePlace, Told } from "../services/globalping.ts";
import type { Case, CasePlaces } from "./case.ts";
import { classifyReading, EMPTY_READING } from "./classify.ts";
import { isFailure } from "./pattern.ts";

/** What a page does in one place. */
export interface PlaceAnswer {
	readonly kind:
		| "failing"
		/** A success, or a redirect: what a visitor takes for a page. */
		| "fine"
		/** A challenge hides the page. */
		| "challenged"
		/** The site rejects this client: a block, 403 or 429. */
		| "refusing"
		/** No response; never why, which a probe cannot tell from an origin's own fault. */
		| "silent"
		/** Another server than Cloudflare. */
		| "not-cloudflare";
	/** The number that a visitor sees; null: no response. */
	readonly code: number | null;
	/** The data center that answered, by its Ray ID. */
	readonly colo: string | null;
	readonly ray: Ray | null;
	/** Milliseconds; null: not told. */
	readonly tookMs: number | null;
	/** From Cloudflare's cache: a page for the visitor, and nothing about the origin. */
	readonly cached: boolean;
	/** The probe was not there. */
	readonly offline: boolean;
}

/** One place, and what it told, once or twice. */
export interface PlaceSeen {
	readonly place: ProbePlace;
	/** The place that was asked for, where it is known to be this one. */
	readonly asked: Place | null;
	readonly first: PlaceAnswer;
	/** The same probe again; null: not asked again, or it does not tell. */
	readonly second: PlaceAnswer | null;
}

/** What several places decide together. */
export type PlacesConclusion =
	/** Fewer than four were asked: what each told is all. `hereOnly`: all of them work, and our own requests fail at the same time. */
	| { readonly kind: "list"; readonly hereOnly: boolean }
	| { readonly kind: "few" }
	| { readonly kind: "challenged" }
	| { readonly kind: "everywhere" }
	/** `hereOnly`: our own requests fail at the same time. */
	| { readonly kind: "nowhere"; readonly hereOnly: boolean }
	/** Some fail, and the same probes were not asked again, or too few of them told. */
	| { readonly kind: "mixed" }
	/** `colo`: the one data center in which all failing ones entered; null: several. */
	| { readonly kind: "steady"; readonly colo: string | null }
	/** `again`: how many failed the second time. */
	| { readonly kind: "chance"; readonly again: number };

export interface PlacesVerdict {
	readonly places: readonly PlaceSeen[];
	readonly conclusion: PlacesConclusion;
	/** The first time: of those that tell whether the page works. */
	readonly failing: number;
	readonly fine: number;
	/** Successes from Cloudflare's cache; not among the others. */
	readonly cached: number;
	/** The code of all failing ones; null: several codes, or none fails. */
	readonly code: number | null;
	/** Asked places without a probe. */
	readonly dropped: readonly Place[];
	/** Asked places of which nobody can say which result is theirs. */
	readonly unsure: readonly Place[];
	/** The Ray IDs of failures. */
	readonly rays: readonly Ray[];
	readonly evidence: Evidence;
}

/** What our own requests for the page met; null: nothing that tells. */
export interface OwnLook {
	readonly fails: boolean;
	/** Another page of the host works. */
	readonly onlyThisPage: boolean;
}

/**
 * From so many places on something is concluded. All of two fail by chance in 25 of 100 runs where every second request does, all of four in
 * 6, all of eight in 0.4.
 */
export const DECIDES_FROM = 4;
/** So many fail, or work, before a data center or a network is named: one is anybody's own trouble. */
const NAMES_FROM = 2;

/**
 * What one place told, by the order of decisions that our own requests have. Pure; total.
 * @param nowMs Unix milliseconds, for the Ray ID's plausibility
 */
export function placeAnswer({ answer }: Told, nowMs: number): PlaceAnswer {
	const nothing = { code: null, colo: null, ray: null, tookMs: null, cached: false } as const;
	if (answer.kind !== "answered") return { ...nothing, kind: "silent", offline: answer.kind === "offline" };
	const { status, content, tookMs } = answer;
	const fields = answer.fields.map(({ name, value }) => ({ name, value, span: { start: 0, end: 0 } }));
	const found = classifyReading({ ...EMPTY_READING, status, fields, fieldCount: fields.length, complete: true }, content, nowMs);
	const { code, ray, cached } = found;
	const facts = { code: code ?? status, ray, colo: ray?.colo ?? null, tookMs, cached, offline: false } as const;
	switch (found.kind) {
		case "not-cloudflare":
			return { ...facts, kind: "not-cloudflare" };
		case "challenge":
			return { ...facts, kind: "challenged" };
		case "block":
			return { ...facts, kind: "refusing" };
		default:
			if (isFailure(found) === true) return { ...facts, kind: "failing" };
			return { ...facts, kind: status === 403 || status === 429 ? "refusing" : "fine" };
	}
}

/** It tells whether the page works: not from the cache, and neither hidden nor elsewhere. */
const tells = ({ kind, cached }: PlaceAnswer): boolean => kind === "failing" || (kind === "fine" && !cached);

/** Whether the same probes are worth asking again: some places fail, others do not, and they are enough. */
export function isMixed(told: readonly Told[], nowMs: number): boolean {
	const telling = told.map((one) => placeAnswer(one, nowMs)).filter(tells);
	const failing = telling.filter(({ kind }) => kind === "failing").length;
	return telling.length >= DECIDES_FROM && failing > 0 && failing < telling.length;
}

/**
 * Judges what places told, once or twice. Never an origin's fault: a probe cannot tell one from another. Pure.
 * @param again the same probes, in the same order; null: not asked again
 * @param own what our own requests met
 */
export function judgePlaces(
	asked: AskedPlaces,
	told: readonly Told[],
	again: readonly Told[] | null,
	own: OwnLook | null,
	nowMs: number,
): PlacesVerdict {
	const { of, dropped, unsure } = matched(asked.places, told);
	const places = told.map((one, nth): PlaceSeen => {
		const second = again?.[nth];
		const isSame = second !== undefined && sameProbe(one.place, second.place);
		return {
			place: one.place,
			asked: of[nth] ?? null,
			first: placeAnswer(one, nowMs),
			second: isSame ? placeAnswer(second, nowMs) : null,
		};
	});
	const telling = places.filter(({ first }) => tells(first));
	const failing = telling.filter(({ first }) => first.kind === "failing");
	const codes = new Set(failing.map(({ first }) => first.code));
	const [code = null] = codes;
	const conclusion = conclude(asked, places, own);
	return {
		places,
		conclusion,
		failing: failing.length,
		fine: telling.length - failing.length,
		cached: places.filter(({ first }) => first.kind === "fine" && first.cached).length,
		code: codes.size === 1 ? code : null,
		dropped,
		unsure,
		rays: places.flatMap(({ first, second }) =>
			[first, second].flatMap((one) => (one?.kind === "failing" && one.ray !== null ? [one.ray] : [])),
		),
		evidence: evidenceOf(conclusion, failing, telling, own),
	};
}

/** The verdict in numbers, for the case. Pure. @param atMs Unix milliseconds */
export const placesInCase = ({ places, conclusion, failing, fine, cached, code }: PlacesVerdict, atMs: number): CasePlaces => ({
	atMs,
	of: places.length,
	failing,
	fine: fine + cached,
	silent: places.filter(({ first }) => first.kind === "silent").length,
	code,
	hereOnly: conclusion.kind === "nowhere" && conclusion.hereOnly,
});

/** What other places told of so long ago says nothing about now. */
const PLACES_HOLD_MS = 30 * 60_000;

/**
 * What other places told of the page of a case, where they were enough and it still holds; null: it does not. Pure.
 * @param nowMs Unix milliseconds
 */
export function placesAt({ places }: Pick<Case, "places">, nowMs: number): CasePlaces | null {
	if (places === null || places.outdated === true || nowMs - places.atMs > PLACES_HOLD_MS) return null;
	return places.failing + places.fine >= DECIDES_FROM ? places : null;
}

/** The same at the newest check of the case. Pure. */
export const placesBeside = (one: Case): CasePlaces | null => placesAt(one, one.counted?.atMs ?? 0);

/** The newest check met no failure, and other places do; null: not so. Pure. */
export function failsElsewhere(one: Case): CasePlaces | null {
	const places = one.head.mood === "good" ? placesBeside(one) : null;
	return places !== null && places.failing > 0 ? places : null;
}

/** Our own requests meet another outcome than when other places were asked. Pure. */
export const withOutdatedPlaces = (one: Case): Case =>
	one.places === null || one.places.outdated === true ? one : { ...one, places: { ...one.places, outdated: true } };

function conclude(asked: AskedPlaces, places: readonly PlaceSeen[], own: OwnLook | null): PlacesConclusion {
	const answered = places.filter(({ first }) => first.kind !== "silent");
	const hidden = answered.filter(({ first }) => first.kind === "challenged" || first.kind === "refusing");
	// A challenge says why it is not known; that it is not known says less.
	if (hidden.length > 0 && hidden.length * 2 > answered.length) return { kind: "challenged" };
	if (asked.key !== "world" && asked.places.length < DECIDES_FROM)
		return {
			kind: "list",
			hereOnly: own?.fails === true && places.length > 0 && places.every(({ first }) => first.kind === "fine" && !first.cached),
		};
	const telling = places.filter(({ first }) => tells(first));
	if (telling.length < DECIDES_FROM) return { kind: "few" };
	const failing = telling.filter(({ first }) => first.kind === "failing");
	if (failing.length === telling.length) return { kind: "everywhere" };
	if (failing.length === 0) return { kind: "nowhere", hereOnly: own?.fails === true };
	const twice = telling.flatMap((one) => (one.second !== null && tells(one.second) ? [{ ...one, second: one.second }] : []));
	const failedOnce = twice.filter(({ first }) => first.kind === "failing");
	if (twice.length < DECIDES_FROM || failedOnce.length === 0 || failedOnce.length === twice.length) return { kind: "mixed" };
	if (twice.every(({ first, second }) => first.kind === second.kind)) {
		const colos = new Set(failedOnce.flatMap(({ first, second }) => [first.colo, second.colo]));
		const [colo = null] = colos;
		return { kind: "steady", colo: colos.size === 1 && failedOnce.length >= NAMES_FROM ? colo : null };
	}
	return { kind: "chance", again: twice.filter(({ second }) => second.kind === "failing").length };
}

/** What the places are evidence for, each value with its own least number. */
function evidenceOf(
	conclusion: PlacesConclusion,
	failing: readonly PlaceSeen[],
	telling: readonly PlaceSeen[],
	own: OwnLook | null,
): Evidence {
	const fine = telling.filter((one) => !failing.includes(one));
	switch (conclusion.kind) {
		case "everywhere": {
			// In one data center alone it may be that data center.
			if (colosOf(failing).size < NAMES_FROM) return {};
			// Where our own requests work, it is not everyone; where another page works, not the whole host.
			return {
				...(own?.fails === true && !own.onlyThisPage ? { "edge-pattern": "all" } : {}),
				...(own?.fails === false ? {} : { "who-is-hit": "everyone" }),
				"colo-spread": "many",
			};
		}
		case "nowhere":
			// Our own requests, which fail, are a place too.
			return conclusion.hereOnly ? {} : { "edge-pattern": "not-reproduced" };
		case "chance":
			return { "edge-pattern": "random" };
		case "steady": {
			const { colo } = conclusion;
			const elsewhere = fine.filter(({ first }) => first.colo !== null && first.colo !== colo);
			const isOneColo = colo !== null && failing.length >= NAMES_FROM && elsewhere.length >= NAMES_FROM;
			return {
				"edge-pattern": "some-visitors",
				...(sharesNetwork(failing, fine) ? { "who-is-hit": "one-network-or-country" } : {}),
				...(isOneColo ? { "colo-spread": "one" } : {}),
			};
		}
		default:
			return {};
	}
}

const colosOf = (places: readonly PlaceSeen[]): Set<string> => new Set(places.flatMap(({ first }) => first.colo ?? []));

/** The failing ones are of one country, or one network, in which those that work are not all. */
function sharesNetwork(failing: readonly PlaceSeen[], fine: readonly PlaceSeen[]): boolean {
	if (failing.length < NAMES_FROM) return false;
	return [({ country }: ProbePlace) => country, ({ asn }: ProbePlace) => (asn === null ? "" : String(asn))].some((of) => {
		const [only = "", ...others] = new Set(failing.map(({ place }) => of(place)));
		return only !== "" && others.length === 0 && fine.filter(({ place }) => of(place) !== only).length >= NAMES_FROM;
	});
}

/** A former measurement's id brings the same probes in the same order; one that is described otherwise is another. */
const sameProbe = (a: ProbePlace, b: ProbePlace): boolean =>
	a.country === b.country && a.city === b.city && a.asn === b.asn && a.network === b.network;

interface Matched {
	/** By result: the place that was asked for; null: none, or not known. */
	readonly of: readonly (Place | null)[];
	readonly dropped: readonly Place[];
	readonly unsure: readonly Place[];
}

/**
 * Which result is of which asked place. Globalping drops a place without a probe silently, and does not say which place a result is of.
 * As many places as possible get a result; eight at most, so that trying them all is quick.
 */
function matched(places: readonly Place[], told: readonly Told[]): Matched {
	const fits = places.map((place) => told.map((one) => isIn(place, one.place)));
	const owner: number[] = told.map(() => -1);
	const place = (nth: number, tried: Set<number>): boolean =>
		(fits[nth] ?? []).some((fit, result) => {
			if (!fit || tried.has(result)) return false;
			tried.add(result);
			const holder = owner[result] ?? -1;
			if (holder >= 0 && !place(holder, tried)) return false;
			owner[result] = nth;
			return true;
		});
	// A town before its country: "germany, frankfurt".
	const order = places.map((_, nth) => nth).sort((a, b) => choices(fits[a]) - choices(fits[b]));
	const without = order.filter((nth) => !place(nth, new Set()));
	const free = owner.filter((one) => one < 0).length;
	const of = owner.map((nth) => places[nth] ?? null);
	const inOrder = places.filter((_, nth) => without.includes(nth));
	// A country or a state that no result is in has no probe; of a name that no table has, one of the free results may be it.
	const mayBeThere = (one: Place): boolean => free > 0 && !isSure(one);
	return { of, dropped: inOrder.filter((one) => !mayBeThere(one)), unsure: inOrder.filter(mayBeThere) };
}

const choices = (fits: readonly boolean[] | undefined): number => (fits ?? []).filter(Boolean).length;

/** Whether it can be told of every probe if it is there: not of a town, which others call otherwise. */
const isSure = ({ magic }: Place): boolean => {
	const meanings = placeMeanings(magic);
	return meanings.length > 0 && meanings.every(({ kind }) => kind !== "town");
};

function isIn({ magic }: Place, probe: ProbePlace): boolean {
	return magic.split("+").every((part) => {
		const folded = foldedPlace(part);
		if (folded === "") return false;
		if (placeMeanings(part).some((meaning) => isMeant(meaning, probe))) return true;
		if (folded === `as${probe.asn}`) return true;
		const tags = probe.tags.map(foldedPlace);
		if (tags.some((tag) => tag === folded || tag === `${folded}-network`)) return true;
		return isNamed(folded, probe.city) || isNamed(folded, probe.network) || foldedPlace(probe.region) === folded;
	});
}

/** As whole words of a name: `frankfurt` of "Frankfurt am Main". */
const isNamed = (folded: string, name: string): boolean => folded.length >= 3 && ` ${foldedPlace(name)} `.includes(` ${folded} `);

function isMeant(meaning: PlaceMeaning, probe: ProbePlace): boolean {
	switch (meaning.kind) {
		case "country":
			return probe.country === meaning.code;
		case "state":
			return probe.country === "US" && probe.state === meaning.code;
		case "continent":
			return probe.continent === meaning.code;
		case "region":
			return foldedPlace(probe.region) === meaning.name;
		case "town":
			return foldedPlace(probe.city) === meaning.name;
	}
}
