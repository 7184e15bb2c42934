import {
	type StatusAnywhere,
	type StatusNamed,
	type StatusNow,
	type StatusThen,
	statusAnywhere,
	statusNow,
	statusThen,
} from "../judge/cloudflare-status.ts";
import { findColo } from "../knowledge/colos/colos.ts";
import { COLO_TABLE_DATE } from "../knowledge/colos/table.ts";
import { wordsInText } from "../message/count-words.ts";
import { type Block, type Message, message, note, say } from "../message/message.ts";
import { ask, bold, clock, code, link, type Text, text } from "../message/text.ts";
import type { Ray } from "../read/ray/decode.ts";
import type { StatusRead } from "../services/status-page.ts";
import type { Reply } from "./reply.ts";
import { nothing } from "./reply.ts";
import { dataCenter, shortPlace } from "./words.ts";

/** What is told of Cloudflare's status page: a clause beside other answers, and the answer to `status`. */

/** Of a clause in another answer. */
const CLAUSE_MAX_WORDS = 15;
const TITLE_MAX_CHARS = 90;
/** Titles of incidents in one answer, and words of each: the whole is 45 words. */
const INCIDENTS_SHOWN = 2;
const TITLE_MAX_WORDS = 7;
/** Data centers that are named in one answer. */
const COLOS_SHOWN = 2;

/** `09:20`; with the day in front where it is another one than that of `ofMs`. */
const minute = (ms: number, ofMs: number): string => clock(ms, ofMs).replace(/:\d\d UTC$/, "");

/** `since 09:20 UTC`, `from 09:20 to 10:05 UTC`. */
function spanWords(fromMs: number, untilMs: number | null, nowMs: number): string {
	return untilMs === null
		? `since ${minute(fromMs, nowMs)} UTC`
		: `from ${minute(fromMs, nowMs)} to ${minute(untilMs, fromMs)} UTC`;
}

/** The beginning of a foreign title, on one line and ended like a sentence. */
function titleWords(title: string, maxWords: number): string {
	const all = title.split(/\s+/).filter((word) => word !== "");
	const kept = all.slice(0, Math.max(1, maxWords)).join(" ");
	const isCut = all.length > maxWords || kept.length > TITLE_MAX_CHARS;
	const shown = kept.slice(0, TITLE_MAX_CHARS).trimEnd();
	return isCut ? `${shown.replace(/[.,:;]+$/, "")}…` : /[.!?…]$/.test(shown) ? shown : `${shown}.`;
}

type Incident = Extract<StatusNamed, { kind: "incident" }>;

/** What an incident is called; how severe it is only where it is. */
const INCIDENT: Readonly<Record<Incident["impact"], string>> = {
	critical: "Critical Cloudflare incident",
	major: "Major Cloudflare incident",
	minor: "Cloudflare incident",
	none: "Cloudflare incident",
};

function incidentWords({ title, sinceMs, untilMs }: Incident, nowMs: number, maxWords: number, what = INCIDENT.none): Text {
	const span = spanWords(sinceMs, untilMs, nowMs);
	const left = maxWords - 2 - span.split(" ").length;
	// One word of a title says nothing.
	return left < 2 ? text`${what} ${span}.` : text`${what} ${span}: ${titleWords(title, left)}`;
}

const MARKED: Readonly<Record<Extract<StatusNamed, { kind: "marked" }>["status"], string>> = {
	degraded_performance: "has degraded performance",
	major_outage: "has an outage",
	under_maintenance: "is under maintenance",
};

/** @param place the data center as it is called in this sentence */
function namedWords(named: Exclude<StatusNamed, { kind: "incident" }>, place: string, nowMs: number): Text {
	switch (named.kind) {
		case "maintenance": {
			const verb = named.untilMs < nowMs ? "was" : "is";
			return text`${place} ${verb} under scheduled maintenance ${spanWords(named.fromMs, named.untilMs, nowMs)}.`;
		}
		case "marked":
			return text`${place} ${MARKED[named.status]}, says Cloudflare's status page.`;
		case "re-routed":
			return text`Re-routed: traffic for ${place} enters elsewhere. Normal operation, no cause for a 520.`;
	}
}

/**
 * The clause about something that the status page names, for other answers: at most 15 words. Pure.
 * @param nowMs Unix milliseconds
 * @param room words that the other answer has room for
 */
export function statusClause(named: StatusNamed, nowMs: number, room: number = CLAUSE_MAX_WORDS): Text {
	const maxWords = Math.min(room, CLAUSE_MAX_WORDS);
	if (named.kind === "incident") return incidentWords(named, nowMs, maxWords);
	const whole = namedWords(named, shortPlace(named.colo), nowMs);
	// Some cities have four or five words.
	return wordsInText(whole) <= maxWords ? whole : namedWords(named, named.colo, nowMs);
}

/** Something that the page names, as a line of the answer to `status`. */
function lineOf(named: StatusNamed, nowMs: number, titleMaxWords = TITLE_MAX_WORDS): Text {
	if (named.kind === "incident") return incidentWords(named, nowMs, titleMaxWords + 5, INCIDENT[named.impact]);
	return namedWords(named, shortPlace(named.colo), nowMs);
}

const THE_PAGE = "https://www.cloudflarestatus.com";
const seePage: Block = note(text`Details: ${link(THE_PAGE, "cloudflarestatus.com")}`);
/** The same, with what was not said. @param more how many incidents */
const seeMore = (more: number): Block =>
	more <= 0 ? seePage : note(text`${String(more)} more. Details: ${link(THE_PAGE, "cloudflarestatus.com")}`);

const reply = (data: Readonly<Record<string, unknown>>, ...blocks: readonly (Block | null)[]): Reply => ({
	private: false,
	head: message("neutral", ...blocks),
	thread: [],
	data: { ...nothing, cloudflareStatus: data },
});

/** The service is switched off. */
export const statusOff: Message = message("neutral", say(text`Cloudflare's status page is switched off here.`));

const isoOf = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
const namedData = (named: StatusNamed) => {
	switch (named.kind) {
		case "incident":
			return {
				kind: named.kind,
				title: named.title,
				impact: named.impact,
				colo: named.colo,
				since: isoOf(named.sinceMs),
				until: isoOf(named.untilMs),
			};
		case "maintenance":
			return { kind: named.kind, colo: named.colo, since: isoOf(named.fromMs), until: isoOf(named.untilMs) };
		case "marked":
			return { kind: named.status, colo: named.colo };
		case "re-routed":
			return { kind: named.kind, colo: named.colo };
	}
};

/** What `status` was asked about: now and everywhere, a data center now, or a Ray ID's data center at its time. */
export interface StatusAsked {
	/** Three capitals; null: none in particular. */
	readonly colo: string | null;
	readonly ray: Pick<Ray, "id" | "colo" | "receivedAtMs"> | null;
	/** Data centers that were named too: they are not answered. */
	readonly others?: readonly string[];
}

/** The answer to `status`. Pure. @param nowMs Unix milliseconds */
export function statusReply(asked: StatusAsked, read: StatusRead, nowMs: number): Reply {
	const [other] = asked.others ?? [];
	const one = statusOfOne(asked, read, nowMs);
	// Of several, no one may take the answer for all.
	return other === undefined ? one : { ...one, head: withNote(one.head, text`One at a time. Next: ${ask(`status ${other}`)}`) };
}

const withNote = (head: Message, words: Text): Message => ({ ...head, blocks: [...head.blocks, note(words)] });

function statusOfOne({ colo, ray }: StatusAsked, read: StatusRead, nowMs: number): Reply {
	if (read.kind === "unreadable") return unreadable();
	const { page } = read;
	const of = ray === null ? colo : ray.colo;
	const atMs = ray === null ? nowMs : ray.receivedAtMs;
	if (of !== null) {
		const then = statusThen(page, { colo: of, atMs });
		return page.unread && then.named.length === 0 ? unreadable() : thenReply({ ...then, colo: of }, ray, nowMs);
	}
	if (ray !== null) {
		const then = statusAnywhere(page, atMs);
		return page.unread && then.open.length === 0 ? unreadable() : anywhereReply(then, ray, nowMs);
	}
	const now = statusNow(page, nowMs);
	return page.unread && now.open.length === 0 ? unreadable() : nowReply(now, nowMs);
}

const unreadable = (): Reply =>
	reply({ readable: false }, say(text`I could not read Cloudflare's status page. Try again in a minute.`));

const receivedLine = ({ id, receivedAtMs }: NonNullable<StatusAsked["ray"]>, nowMs: number): Block =>
	say(text`Ray ${code(id)}: received ${bold(clock(receivedAtMs, nowMs))}.`);

const NOT_LISTED = text`Cloudflare's status page no longer lists that time.`;
const NO_PLACE = text`Error pages omit the data center; the ${code("cf-ray")} header has it.`;

/** A Ray ID without its data center: what was open anywhere, as it may be there. */
function anywhereReply({ open, isListed }: StatusAnywhere, ray: NonNullable<StatusAsked["ray"]>, nowMs: number): Reply {
	const data = { readable: true, colo: null, at: isoOf(ray.receivedAtMs), listed: isListed, named: open.map(namedData) };
	const when = receivedLine(ray, nowMs);
	if (open.length === 0)
		return reply(
			data,
			when,
			say(isListed ? text`Cloudflare's status page lists no incident at that time.` : NOT_LISTED),
			note(NO_PLACE),
		);
	const shown = open.slice(0, INCIDENTS_SHOWN);
	// The line of the Ray ID and the note take words too.
	const lines = shown.map((one) => say(lineOf(one, nowMs, TITLE_MAX_WORDS - 1)));
	return reply(data, when, ...lines, note(NO_PLACE), seeMore(open.length - shown.length));
}

type ThenOfColo = Pick<StatusThen, "atMs" | "named" | "isListed"> & { readonly colo: string };

/** A data center at a time. */
function thenReply(then: ThenOfColo, ray: StatusAsked["ray"], nowMs: number): Reply {
	const { colo, named, isListed } = then;
	const when = ray === null ? null : receivedLine(ray, nowMs);
	const data = { readable: true, colo, at: isoOf(then.atMs), listed: isListed, named: named.map(namedData) };
	const [first, ...others] = named;
	if (first === undefined) return reply(data, when, say(silenceWords(then, ray !== null)), unknownPlace(colo));
	const isMaintained = first.kind === "maintenance";
	return reply(
		data,
		when,
		say(lineOf(first, nowMs)),
		isMaintained ? say(text`That moves traffic elsewhere; it rarely causes a 520.`) : null,
		first.kind === "incident" ? say(whereWords(first.colo)) : null,
		...others.slice(0, isMaintained ? 0 : 1).map((one) => say(lineOf(one, nowMs))),
		first.kind === "incident" ? seeMore(others.filter(({ kind }) => kind === "incident").length - 1) : null,
	);
}

const whereWords = (colo: string | null): Text =>
	colo === null ? text`It names no single data center.` : text`It names ${shortPlace(colo)}.`;

const unknownPlace = (colo: string): Block | null =>
	findColo(colo) === undefined ? note(text`${colo} is not in my list of ${COLO_TABLE_DATE}.`) : null;

/** The page names nothing: what follows of that. */
function silenceWords({ colo, isListed }: ThenOfColo, isPast: boolean): Text {
	if (!isListed) return NOT_LISTED;
	const of = findColo(colo) === undefined ? text`${bold(colo)}` : dataCenter(colo);
	return text`Cloudflare's status page lists nothing for ${of} ${isPast ? "at that time" : "now"}.`;
}

/** `Frankfurt (FRA), Charlotte (CLT) and 3 more`. */
function placesWords(colos: readonly string[]): string {
	const shown = colos.slice(0, COLOS_SHOWN).map(shortPlace).join(", ");
	return colos.length > COLOS_SHOWN ? `${shown} and ${colos.length - COLOS_SHOWN} more` : shown;
}

/** Now, wherever. */
function nowReply({ open, maintained, rerouted, marked }: StatusNow, nowMs: number): Reply {
	const line = (what: string, colos: readonly string[]): Block | null =>
		colos.length === 0 ? null : say(text`${what}: ${placesWords(colos)}.`);
	const data = { readable: true, colo: null, at: isoOf(nowMs), named: open.map(namedData), maintained, rerouted, marked };
	const more = open.length - INCIDENTS_SHOWN;
	return reply(
		data,
		...(open.length === 0
			? [say(text`Cloudflare's status page lists no open incident.`)]
			: open.slice(0, INCIDENTS_SHOWN).map((one) => say(lineOf(one, nowMs)))),
		more > 0 ? say(text`${String(more)} more ${more === 1 ? "incident is" : "incidents are"} open.`) : null,
		line("Outage", marked),
		// Normal operation: said where nothing else is.
		open.length === 0 ? line("Maintenance", maintained) : null,
		open.length === 0 ? line("Re-routed, which is normal operation", rerouted) : null,
		open.length === 0 ? null : seePage,
	);
}
