import type { CasePlaces } from "../judge/case.ts";
import { DECIDES_FROM, type PlaceAnswer, type PlaceSeen, type PlacesVerdict } from "../judge/places.ts";
import { shortCountry } from "../knowledge/places.ts";
import { maskedUrl } from "../message/masking.ts";
import { type Block, type Button, buttons, grid, type Message, message, note, say } from "../message/message.ts";
import { show } from "../message/show.ts";
import { ask, bold, code, join, type Text, text } from "../message/text.ts";
import type { AskedPlaces, UnaskedPlaces } from "../read/text/places.ts";
import type { Target } from "../read/text/target.ts";
import type { PublicPart } from "../services/public-part.ts";
import { ageWords, pageWords, seconds, shortPlace } from "./words.ts";

/** What came of asking other places. */
export type PlacesResult =
	| {
			readonly kind: "told";
			readonly verdict: PlacesVerdict;
			/** What was sent of the URL. */
			readonly part: PublicPart;
			/** The code that visitors get, by the case or our own requests; null: none. */
			readonly caseCode: string | null;
	  }
	| { readonly kind: "off" }
	/** An IP address, or a name of internal use. */
	| { readonly kind: "not-public" }
	| { readonly kind: "unreachable" }
	/** The operator's token is wrong or expired. */
	| { readonly kind: "unauthorized" }
	/** Globalping does not take this host. */
	| { readonly kind: "rejected" }
	| { readonly kind: "no-probes" }
	/** `host`: this host, just now; `hour`: the workspace's share; `tests`: of all there are, more with a token; `target`: the host's own limit. */
	| {
			readonly kind: "limit";
			readonly why: "host" | "hour" | "tests" | "target";
			readonly againMs: number;
			/** A token raises the limit, and there is none. */
			readonly tokenHelps: boolean;
	  };

const OTHER_PLACES = "Other places";
/** Requests a page from eight places over the globe, as `from world` does. */
export const otherPlacesButton = (target: Target): Button => ({
	label: OTHER_PLACES,
	action: { do: "places", url: target.url },
});
/** The same for the page of a case. */
export const casePlacesButton = (caseId: string): Button => ({
	label: OTHER_PLACES,
	action: { do: "case-places", case: caseId },
});

/**
 * A question about a site had words about places, and none was asked: that it was not, and how to ask. For the asker alone. Pure.
 * @param isOff other places are switched off
 */
export function placesNotAsked(target: Target, { words, places }: UnaskedPlaces, isOff: boolean): Message {
	const names = places === null || places.key === "world" ? words : places.places.map(({ name }) => name);
	const were = names.length === 1 && places?.key !== "world" ? "was" : "were";
	if (isOff && names.length > 0)
		return message("neutral", say(text`I can only check from here; ${listed(names)} ${were} not asked.`));
	if (isOff) return message("neutral", say(text`Other places are switched off here.`));
	const site = maskedUrl(target.url);
	if (places === null)
		return message(
			"neutral",
			say(
				names.length === 0 ? text`No place was named.` : text`I cannot check from "${listed(names)}", because it is not a place.`,
			),
			buttons(text`To ask other places: ${ask(`${site} from germany, us`)}`, otherPlacesButton(target)),
		);
	const asked = places.key === "world" ? "world" : places.words.join(", ");
	const label = names.length === 1 ? "Ask this place" : "Ask these places";
	return message(
		"neutral",
		say(text`I checked from here; ${listed(names)} ${were} not asked.`),
		buttons(
			text`To ask: ${ask(`${site} from ${asked}`)}`,
			places.key === "world" ? otherPlacesButton(target) : { label, action: { do: "ask", text: `${target.url} from ${asked}` } },
		),
	);
}

/** Names of a sentence at most; the table has them all. */
const NAMED_MAX = 3;

/** The first sign of life, in the thread; the result takes its place. */
export const askingPlaces = (target: Target, { places }: AskedPlaces): Message =>
	message(
		"neutral",
		say(
			places.length === 0
				? text`Requesting ${pageWords(target)} from other places…`
				: text`Requesting ${pageWords(target)} from ${listed(places.map(({ name }) => name))}…`,
		),
	);

/** The same page was asked for here within the minute, and nothing has changed: for the one who asks again. */
export const placesAbove: Message = message(
	"neutral",
	say(text`Other places were asked a moment ago. The result is in the thread.`),
);

/** Mentions the person who asked, when it took long: the result is in the message above. */
export const placesArrived: Message = message("neutral", say(text`Other places have answered, see above.`));

/**
 * What other places told, as one change in the thread: the sentence, every place, what was not asked. Pure.
 * @param asks whether it may end in a question: not where another one is open
 */
export function placesMessage(target: Target, asked: AskedPlaces, result: PlacesResult, asks = true): Message {
	if (result.kind !== "told") return message("neutral", say(troubleWords(result, asked)), ...notes([notAsked(asked)]));
	const { verdict, part, caseCode } = result;
	return message(
		// The state of a case is its head's alone.
		"neutral",
		say(conclusionWords(verdict, caseCode, asks)),
		table(verdict.places),
		...notes([notSent(part), notThere(verdict), notAsked(asked), elsewhere(verdict)]),
		verdict.conclusion.kind === "list"
			? buttons(text`To ask more places: ${ask(`${maskedUrl(target.url)} from world`)}`, otherPlacesButton(target))
			: null,
	);
}

function troubleWords(result: Exclude<PlacesResult, { readonly kind: "told" }>, { places }: AskedPlaces): Text {
	switch (result.kind) {
		case "off":
			return text`Other places are switched off here.`;
		case "not-public":
			return text`Other places are asked for public hostnames only.`;
		case "unreachable":
			return text`Other places could not be asked.`;
		case "unauthorized":
			return text`Other places could not be asked: Globalping rejects the operator's token.`;
		case "rejected":
			return text`Other places could not be asked: Globalping does not accept this host.`;
		case "no-probes":
			return text`No probe in ${listed(places.map(({ name }) => name))}.`;
		case "limit": {
			const again = text`Try again in ${ageWords(Math.max(1_000, result.againMs))}.`;
			switch (result.why) {
				case "host":
					return text`Other places were asked about this host a moment ago. ${again}`;
				case "target":
					return text`This host has reached its limit of requests per hour. ${again}`;
				default:
					return text`No more checks from other places this hour. ${again}${
						result.tokenHelps ? text` (The operator can set ${code("CF520_GLOBALPING_TOKEN")}.)` : text``
					}`;
			}
		}
	}
}

function conclusionWords(verdict: PlacesVerdict, caseCode: string | null, asks: boolean): Text {
	const { conclusion, places } = verdict;
	const failure = verdict.code === null ? "an error" : `${verdict.code}`;
	const the = verdict.code === null ? "an error" : `the ${verdict.code}`;
	switch (conclusion.kind) {
		case "list":
			return conclusion.hereOnly ? text`${eachPlace(places)} My own requests fail.` : eachPlace(places);
		case "few":
			// Each by its name is no more, and long.
			if (places.length >= DECIDES_FROM && places.every(({ first }) => first.kind === "silent"))
				return text`${bold(`None of ${places.length} places got a response.`)} They cannot tell why.`;
			return text`${eachPlace(places)} Too few places to tell location from chance.`;
		case "challenged":
			return places.some(({ first }) => first.kind === "challenged")
				? text`Cloudflare challenges these places, so they cannot tell us anything.`
				: text`The site rejects these places, so they cannot tell us anything.`;
		case "everywhere": {
			const every = places.length === verdict.failing ? "Every place" : "Every place that got through";
			return text`${bold(`${every} gets ${the}.`)} It is not your network.`;
		}
		case "nowhere": {
			const what = caseCode === null ? "an error" : `a ${caseCode}`;
			if (conclusion.hereOnly)
				return text`${bold(`No other place gets ${what}, only my own requests do.`)} It depends on where requests come from, or on the moment.`;
			return text`${bold(`No place gets ${what} right now.`)} It depends on the session, the moment or the visitor.${asks ? text` Who is affected?` : text``}`;
		}
		case "mixed":
			return mixedWords(verdict, failure);
		case "steady": {
			// One that was not there the second time is not among them.
			const twice = places.filter(({ first, second }) => first.kind === "failing" && second?.kind === "failing").length;
			const same = twice === 1 ? "The same one" : `The same ${numberWord(twice)}`;
			const entered =
				conclusion.colo === null
					? text``
					: text` ${twice === 2 ? "Both" : `All ${numberWord(twice)}`} entered at ${shortPlace(conclusion.colo)}.`;
			return text`${mixedWords(verdict, failure)} ${same} failed again, so it depends on where the visitor is, or on the data center that contacts your server.${entered}`;
		}
		case "chance": {
			const which = conclusion.again === 0 ? "None" : "Different places";
			return text`${mixedWords(verdict, failure)} ${which} failed the second time: this is chance or load, not location.`;
		}
	}
}

/** `6 of 8 places`: those that fail. */
export const failingShare = ({ failing, of }: Pick<CasePlaces, "failing" | "of">): string => `${failing} of ${of} places`;

/** `520 from 3 of 8 places; the other 5 are fine.` */
function mixedWords({ places, failing, fine, cached }: PlacesVerdict, failure: string): Text {
	const count = (kind: PlaceAnswer["kind"]) => places.filter(({ first }) => first.kind === kind).length;
	const head = `${failure.slice(0, 1).toUpperCase()}${failure.slice(1)} from ${failing} of ${places.length} places`;
	if (failing + fine === places.length) return text`${bold(`${head}; the other ${fine === 1 ? "one is" : `${fine} are`} fine.`)}`;
	const others = [
		fine === 0 ? null : `${fine} ${fine === 1 ? "is" : "are"} fine`,
		cached === 0 ? null : `${cached} from Cloudflare's cache`,
		count("silent") === 0 ? null : `${count("silent")} without a response`,
		count("challenged") === 0 ? null : `${count("challenged")} challenged`,
		count("refusing") === 0 ? null : `${count("refusing")} rejected`,
		count("not-cloudflare") === 0 ? null : `${count("not-cloudflare")} without Cloudflare`,
	].filter((one) => one !== null);
	return text`${bold(`${head}; ${others.join(", ")}.`)}`;
}

const NUMBERS = ["", "one", "two", "three", "four", "five", "six", "seven"];
const numberWord = (n: number): string => NUMBERS[n] ?? String(n);

/** `From Germany: 520 at Frankfurt (FRA). US, Japan: 200.` */
function eachPlace(places: readonly PlaceSeen[]): Text {
	const groups = new Map<string, string[]>();
	for (const one of places) {
		const { first } = one;
		const at = first.kind === "failing" && first.colo !== null ? ` at ${shortPlace(first.colo)}` : "";
		const what = `${resultWords(first)}${at}`;
		groups.set(what, [...(groups.get(what) ?? []), nameOf(one)]);
	}
	const all = [...groups].map(([what, names], nth): Text => text`${nth === 0 ? "From " : ""}${names.join(", ")}: ${what}.`);
	return join(all);
}

const SHOWN_MAX_CHARS = 24;
const cut = (name: string): string => show(name, SHOWN_MAX_CHARS);

/** As it was asked for; else its town. */
const nameOf = ({ asked, place }: PlaceSeen): string =>
	cut(asked?.name ?? (place.city !== "" ? place.city : countryOf(place.country)));
const countryOf = (country: string): string => (country === "" ? "unknown place" : shortCountry(country));

function resultWords({ kind, code: number, cached, offline }: PlaceAnswer): string {
	switch (kind) {
		case "silent":
			return offline ? "probe offline" : "no response";
		case "challenged":
			return "challenge";
		case "not-cloudflare":
			return `${number}, not Cloudflare`;
		default:
			return cached ? `${number} (cache)` : String(number);
	}
}

function table(places: readonly PlaceSeen[]): Block | null {
	return grid(
		["Place", "Network", "Data center", "Code", "Time"],
		places.map(({ place, first, second }) => {
			const results = [resultWords(first), ...(second === null ? [] : [resultWords(second)])];
			return [
				[cut(place.city), cut(countryOf(place.country))].filter((part) => part !== "").join(", "),
				place.kind === null ? "other" : NETWORK[place.kind],
				first.colo === null ? "-" : first.colo,
				[...new Set(results)].length === 2 ? results.join(", then ") : (results[0] ?? ""),
				first.tookMs === null ? "-" : seconds(first.tookMs),
			];
		}),
	);
}

const NETWORK = { eyeball: "home", datacenter: "hosting" } as const;

const notes = (all: readonly (Text | null)[]): Block[] => {
	const said = all.filter((one) => one !== null);
	return said.length === 0 ? [] : [note(join(said))];
};

/** What of the URL a third party did not get. */
function notSent({ path, withoutQuery, withoutSegment }: PublicPart): Text | null {
	if (withoutSegment)
		return text`Asked for ${code(path, 60)} only: the rest of the ${withoutQuery ? "URL" : "path"} may be a secret.`;
	return withoutQuery ? text`Asked without the part after ${code("?")}.` : null;
}

function notThere({ dropped, unsure }: PlacesVerdict): Text | null {
	const said = [
		dropped.length === 0 ? null : text`No probe in ${listed(dropped.map(({ name }) => name))}.`,
		unsure.length === 0 ? null : text`Not sure which of these is ${listed(unsure.map(({ name }) => name))}.`,
	].filter((one) => one !== null);
	return said.length === 0 ? null : join(said);
}

function notAsked({ leftOut, notPlaces }: AskedPlaces): Text | null {
	const said = [
		leftOut.length === 0 ? null : text`Eight at most: ${listed(leftOut)} not asked.`,
		notPlaces.length === 0 ? null : text`Not a place: ${listed(notPlaces)}.`,
	].filter((one) => one !== null);
	return said.length === 0 ? null : join(said);
}

/** Where the name leads to another server. */
function elsewhere({ places }: PlacesVerdict): Text | null {
	const there = places.filter(({ first }) => first.kind === "not-cloudflare");
	return there.length === 0 || there.length === places.length ? null : text`DNS differs in ${listed(there.map(nameOf))}.`;
}

/** `Germany, US and 3 more`. */
function listed(names: readonly string[]): string {
	const shown = names.slice(0, NAMED_MAX).map(cut);
	return names.length > NAMED_MAX ? `${shown.join(", ")} and ${names.length - NAMED_MAX} more` : shown.join(", ");
}

/** Words about places that ask none, for `--json`. */
export const notAskedData = ({ words }: UnaskedPlaces): Readonly<Record<string, unknown>> => ({ kind: "not-asked", words });

/** The same for `--json`; never the number of a measurement. */
export function placesData(result: PlacesResult): Readonly<Record<string, unknown>> {
	if (result.kind !== "told") return { kind: result.kind };
	const { verdict } = result;
	return {
		kind: "told",
		conclusion: verdict.conclusion.kind,
		failing: verdict.failing,
		fine: verdict.fine,
		code: verdict.code === null ? null : String(verdict.code),
		places: verdict.places.map(({ place, asked, first, second }) => ({
			asked: asked?.word ?? null,
			city: place.city,
			country: place.country,
			network: place.kind,
			colo: first.colo,
			code: first.code,
			kind: first.kind,
			again: second?.kind ?? null,
			ms: first.tookMs,
		})),
		dropped: verdict.dropped.map(({ word }) => word),
		evidence: verdict.evidence,
	};
}
