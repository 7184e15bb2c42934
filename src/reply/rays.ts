import { findColo } from "../knowledge/colos/colos.ts";
import { maskedUrl } from "../message/masking.ts";
import { type Block, type Button, controls, grid, message, note, say, title } from "../message/message.ts";
import { show } from "../message/show.ts";
import { ask, bold, clock, code, join, plainText, type Text, text, utc } from "../message/text.ts";
import type { NotARay, Ray } from "../read/ray/decode.ts";
import type { FoundRays } from "../read/ray/find.ts";
import { type LogWindow, logMinutes, logWindow } from "../read/ray/log-window.ts";
import { spreadOf } from "../read/ray/spread.ts";
import type { Target } from "../read/text/target.ts";
import { logSearch } from "./commands.ts";
import { rayData } from "./json.ts";
import type { Reply } from "./reply.ts";
import { toRun } from "./to-run.ts";
import { ageWords, dataCenter, seconds } from "./words.ts";

/** Data centers out of today's list that are named; the rest are in the table. */
const ODD_PLACES_MAX = 2;
/** Rows of the table of several Ray IDs. */
const ROWS_MAX = 6;
/** Characters of a data center in the table: it is 40 columns wide. */
const PLACE_MAX_CHARS = 12;
/** Cloudflare waits up to 125 s; a page's time further from its Ray ID is not the page's own. */
const PAGE_TIME_MS_MAX = 130_000;
/** Until then ids had 15 digits, and with 16 they begin with a zero. */
const PADDED_UNTIL_MS = Date.UTC(2014, 1, 21);
/** Ids within this belong to one search in the log. */
const TOGETHER_MS = 10 * 60_000;
/** Ids further apart than this need not be of one incident. */
const ONE_INCIDENT_MS = 86_400_000;
/** Older than this, an id was probably copied from an earlier page. */
const OLD_MS = 60 * 86_400_000;

type Rays = readonly [Ray, ...Ray[]];

/** The answer to one or more Ray IDs: one message. Pure. */
export function raysReply(
	found: FoundRays & { readonly rays: Rays },
	target: Target | null,
	pageAtMs: number | null,
	nowMs: number,
): Reply {
	const { rays } = found;
	const [first] = rays;
	const spread = spreadOf(rays);
	// Ids that lie far apart have no window in common: the newest is the one whose log is still there.
	const together = spread.lastMs - spread.firstMs <= TOGETHER_MS;
	const waitMs = rays.length === 1 && pageAtMs !== null ? pageWait(pageAtMs - first.receivedAtMs) : null;
	const window = logWindow(together ? spread.firstMs : spread.lastMs, spread.lastMs, waitMs ?? 0);
	const search = logSearch(
		rays.map((ray) => ray.id),
		minutesOf(together ? rays : [...rays].filter((ray) => ray.receivedAtMs === spread.lastMs), waitMs ?? 0),
	);
	const stepAsk = text`Search your origin's log from ${spanWords(window)}${together ? text`` : text`, around the newest`}:`;
	const pageAfterMs = pageAtMs === null ? null : pageAtMs - first.receivedAtMs;
	const told = rays.length > 1 ? severalBlocks(found, nowMs) : [say(join(oneWords(first, pageAfterMs, nowMs)))];
	return {
		private: false,
		head: message("neutral", ...told, ...toRun(stepAsk, search), ...notRayNotes(found.notRays), controlsOf(target)),
		thread: [],
		data: {
			verdict: { kind: "ray", code: null, cause: null, articleCause: null, confidence: "certain", owner: "unknown" },
			ranked: [],
			ruledOut: [],
			findings: [
				...(rays.length > 1 ? severalWords(rays) : oneWords(first, pageAfterMs, nowMs)),
				...found.notRays.map(notARayWords),
			].map((say, index) => ({ id: `ray-${index + 1}`, say: plainText(say) })),
			rays: rays.map(rayData),
			pattern: null,
			next: { step: "origin-log", ask: plainText(stepAsk), command: search },
			looks: [],
		},
	};
}

function controlsOf(target: Target | null): Block {
	const check: Button =
		target === null
			? { label: "Check the site…", action: { do: "url-form" }, primary: true }
			: { label: "Check the site", action: { do: "ask", text: target.url }, primary: true };
	const rarer: Button[] = [
		{ label: "Paste logs…", action: { do: "text-form" } },
		{ label: "Explain 520", action: { do: "ask", text: "explain 520" } },
		...(target === null ? [] : [{ label: "Watch", action: { do: "watch", url: target.url } } as const]),
	];
	const otherwise =
		target === null ? text`To check the site, send its URL.` : text`To check the site: ${ask(maskedUrl(target.url))}`;
	return controls(otherwise, [check], [{ label: "⋯", options: rarer }]);
}

/** The minutes of all of them, each once. */
const minutesOf = (rays: readonly Ray[], waitMs: number): number[] => [
	...new Map(
		rays.flatMap(({ receivedAtMs }) => logMinutes(receivedAtMs, waitMs)).map((ms) => [Math.floor(ms / 60_000), ms] as const),
	).values(),
];

/** `13:56:03 to 13:56:07 UTC`. */
const spanWords = ({ fromMs, toMs }: LogWindow): string => `${utc(fromMs).slice(11, 19)} to ${utc(toMs).slice(11)}`;

/** One Ray ID: when and where, and what is odd about it. */
function oneWords(ray: Ray, pageAfterMs: number | null, nowMs: number): Text[] {
	const ageMs = nowMs - ray.receivedAtMs;
	const age = ageMs < 0 ? "" : `, ${ageWords(ageMs)} ago`;
	const place = ray.colo === null ? text`` : text`, at ${dataCenter(ray.colo)}`;
	const odd = [
		ageMs < 0 ? text`That is ${ageWords(-ageMs)} in the future. One of the clocks is wrong.` : null,
		ray.receivedAtMs < PADDED_UNTIL_MS
			? text`That early, IDs had 15 digits: this one is probably mistyped. Copy it again.`
			: ageMs > OLD_MS
				? text`For a current error, copy a new Ray ID.`
				: null,
		pageAfterMs === null ? null : pageTimeWords(pageAfterMs),
		ray.colo === null ? NO_PLACE : null,
	];
	return [
		text`Ray ${code(ray.id)}: received ${bold(clock(ray.receivedAtMs, nowMs))}${age}${place}.`,
		...odd.filter((one) => one !== null),
	];
}

/** How long Cloudflare waited, by the time on its page; null where that time is not the page's own. */
const pageWait = (afterMs: number): number | null =>
	afterMs < -1_000 || afterMs > PAGE_TIME_MS_MAX ? null : Math.max(0, afterMs);

/** The page prints its own time: later than the Ray by what Cloudflare waited for the origin. */
function pageTimeWords(afterMs: number): Text {
	const waitMs = pageWait(afterMs);
	if (waitMs === null) return text`The time next to it does not match. Trust the Ray ID.`;
	return waitMs < 1_000 ? text`Cloudflare gave up within 1 s.` : text`Cloudflare waited about ${seconds(waitMs)} for the origin.`;
}

function severalBlocks(found: FoundRays & { readonly rays: Rays }, nowMs: number): (Block | null)[] {
	const { rays, leftOut } = found;
	const { firstMs, lastMs } = spreadOf(rays);
	const isOneDay = utc(firstMs).slice(0, 10) === utc(lastMs).slice(0, 10);
	const from = isOneDay ? clock(firstMs, nowMs) : utc(firstMs);
	const until = isOneDay ? utc(lastMs).slice(11) : utc(lastMs);
	const when = firstMs === lastMs || from.endsWith(until) ? from : `${from.replace(/ UTC$/, "")} to ${until}`;
	const hidden = rays.length + leftOut - Math.min(rays.length, ROWS_MAX);
	return [
		title(text`${String(rays.length + leftOut)} Ray IDs`, text`${when}`),
		say(join(severalWords(rays))),
		grid(["Ray ID", "UTC", "At"], rayRows(rays, isOneDay)),
		hidden > 0 ? note(text`The newest ${ROWS_MAX} are shown.`) : null,
	];
}

/** What the spread of several Ray IDs shows, and what not. */
function severalWords(rays: Rays): Text[] {
	const { colos, firstMs, lastMs, sameMachine } = spreadOf(rays);
	const apart = lastMs - firstMs > ONE_INCIDENT_MS;
	const [machine] = sameMachine;
	const odd = colos.length === 1 ? [] : colos.flatMap(({ colo }) => oddPlace(colo)).slice(0, ODD_PLACES_MAX);
	return [
		placesWords(rays, apart),
		...odd,
		...(apart ? [text`They are ${ageWords(lastMs - firstMs)} apart, so they may not be one incident.`] : []),
		...(machine === undefined || colos.length > 1
			? []
			: [text`${machine.rays} passed the same Cloudflare server (${code(machine.machine)}).`]),
	];
}

function placesWords(rays: Rays, apart: boolean): Text {
	const { colos, withoutColo } = spreadOf(rays);
	const [place] = colos;
	if (place === undefined) return NO_PLACE;
	if (colos.length === 1) {
		const how = withoutColo === 0 ? "All are" : `${rays.length - withoutColo} of ${rays.length} are`;
		return text`${how} from ${dataCenter(place.colo)}; from one person, that is normal.`;
	}
	return apart
		? text`They name ${String(colos.length)} data centers.`
		: text`They are from ${bold(`${colos.length} data centers`)}. If all failed, the origin is at fault (likely).`;
}

const NO_PLACE = text`Error pages omit the data center; the ${code("cf-ray")} header has it.`;

/** A data center that is not of today's list. */
function oddPlace(colo: string): Text[] {
	const found = findColo(colo);
	if (found === undefined) return [text`${bold(colo)} is not in my list.`];
	if (found.lastSeen === undefined) return [];
	return [text`${bold(colo)} is no longer listed${found.lastSeen === "?" ? "" : `, last seen ${found.lastSeen}`}.`];
}

/** The newest first; of one day with their second, else with their day. */
function rayRows(rays: readonly Ray[], oneDay: boolean): string[][] {
	const shown = [...rays].sort((a, b) => b.receivedAtMs - a.receivedAtMs).slice(0, ROWS_MAX);
	const whole = shown.map(({ colo }) => (colo === null ? "-" : [findColo(colo)?.city ?? "", colo].join(" ").trim()));
	// Cities in all rows or in none.
	const fits = oneDay && whole.every((place) => place.length <= PLACE_MAX_CHARS);
	return shown.map(({ id, receivedAtMs, colo }, nth) => [
		id,
		oneDay ? utc(receivedAtMs).slice(11, 19) : utc(receivedAtMs).slice(0, 16),
		show((fits ? whole[nth] : colo) ?? "-"),
	]);
}

const NOT_RAYS_SHOWN = 2;

function notRayNotes(notRays: readonly NotARay[]): Block[] {
	return notRays.slice(0, NOT_RAYS_SHOWN).map((one) => note(notARayWords(one)));
}

/** Why something in the place of a Ray ID is not one. */
export function notARayWords(one: NotARay): Text {
	return one.why === "future"
		? text`${code(one.text, 40)} is not a Ray ID: its time is in the future.`
		: text`${code(one.text, 40)} is incomplete. Copy all 16 hex digits.`;
}
