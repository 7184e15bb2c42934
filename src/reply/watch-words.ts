import type { Watch, WatchState } from "../judge/watch.ts";
import { findColo } from "../knowledge/colos/colos.ts";
import { maskedUrl } from "../message/masking.ts";
import type { Mood } from "../message/message.ts";
import { show } from "../message/show.ts";
import { readTarget } from "../read/text/target.ts";

/** Words that several messages of a watch share. */

export const STATE_MOOD: Readonly<Record<WatchState, Mood>> = {
	starting: "neutral",
	failing: "bad",
	flapping: "bad",
	working: "good",
	hidden: "unclear",
	recovered: "good",
};

export const STATE_WORDS: Readonly<Record<Exclude<WatchState, "starting">, string>> = {
	failing: "failing",
	flapping: "intermittent",
	working: "works",
	hidden: "hidden behind a challenge or block",
	recovered: "recovered",
};

/** What failed where no code says it: by itself, and after "fails". */
const KIND_WORDS: Readonly<Record<string, readonly [name: string, how: string]>> = {
	cut: ["response cut off", "with a response cut off midway"],
	silent: ["no response", "without a response"],
	broken: ["invalid HTTP", "with invalid HTTP"],
	unreached: ["no connection", "without a connection"],
};

/** `520`, or what it was without a code. */
export const whatFailed = (what: string): string => KIND_WORDS[what]?.[0] ?? what;
/** What follows "fails": `with 520`. */
export const howItFails = (what: string): string => KIND_WORDS[what]?.[1] ?? `with ${what}`;

const HOST_SHOWN_MAX = 80;
const PATH_SHOWN_MAX = 40;

/** A watched page as people read it: `shop.example/checkout`, the path where it is not the start page. Safe to show. */
export function pageName({ url }: Pick<Watch, "url">): string {
	const target = readTarget(url);
	if ("why" in target) return show(maskedUrl(url), HOST_SHOWN_MAX + PATH_SHOWN_MAX);
	const { host, port } = new URL(target.url);
	const unicode = target.unicodeHost === null ? null : `${target.unicodeHost}${port === "" ? "" : `:${port}`}`;
	const name =
		unicode === null ? show(host, HOST_SHOWN_MAX) : `${show(unicode, HOST_SHOWN_MAX)} (${show(target.host, HOST_SHOWN_MAX)})`;
	return target.path === "/" ? name : `${name}${show(maskedUrl(target.path), PATH_SHOWN_MAX)}`;
}

/** `14:40`, in UTC. */
export const hourAndMinute = (ms: number): string => new Date(ms).toISOString().slice(11, 16);

/** `14:40 UTC`, with the day in front where that is not the day of `nowMs`. */
export function minute(ms: number, nowMs: number): string {
	const day = new Date(ms).toISOString().slice(0, 10);
	return `${day === new Date(nowMs).toISOString().slice(0, 10) ? "" : `${day} `}${hourAndMinute(ms)} UTC`;
}

/** `Frankfurt (FRA)`; the bare code where it is not listed. */
export function cityOf(colo: string): string {
	const city = findColo(colo)?.city;
	return city === undefined ? show(colo, 10) : `${city} (${colo})`;
}

/** The name of an unnamed person. */
const NAMELESS = /^some(?:body|one)$/i;
/** Who asked, as the chat shows them; null when unknown. */
export const askedBy = ({ who }: Pick<Watch, "who">): string | null => (NAMELESS.test(who) ? null : who);

const CODES_SHOWN_MAX = 3;
/** ` (520)`: what the watch met, the newest last; nothing where it met no failure. */
export function codesMet({ codes }: Pick<Watch, "codes">): string {
	return codes.length === 0 ? "" : ` (${codes.slice(-CODES_SHOWN_MAX).map(whatFailed).join(", ")})`;
}
