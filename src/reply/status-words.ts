import { type StatusNamed, type StatusNow, type StatusThen, statusNow, statusThen } from "../judge/cloudflare-status.ts";
import { findColo } from "../knowledge/colos/colos.ts";
import { COLO_TABLE_DATE } from "../knowledge/colos/table.ts";
import { wordsInText } from "../message/count-words.ts";
import { type Block, type Message, message, note, say } from "../message/message.ts";
import { bold, clock, code, link, type Text, text } from "../message/text.ts";
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

function incidentWords(
	{ title, sinceMs, untilMs }: Extract<StatusNamed, { kind: "incident" }>,
	nowMs: number,
	maxWords: number,
): Text {
	const span = spanWords(sinceMs, untilMs, nowMs);
	const left = maxWords - 2 - span.split(" ").length;
	// One word of a title says nothing.
	return left < 2 ? text`Cloudflare incident ${span}.` : text`Cloudflare incident ${span}: ${titleWords(title, left)}`;
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
function lineOf(named: StatusNamed, nowMs: number): Text {
	if (named.kind === "incident") return incidentWords(named, nowMs, TITLE_MAX_WORDS + 5);
	return namedWords(named, shortPlace(named.colo), nowMs);
}

const THE_PAGE = "https://www.cloudflarestatus.com";
const seePage: Block = note(text`Details: ${link(THE_PAGE, "cloudflarestatus.com")}`);

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
			return { kind: named.kind, title: named.title, colo: named.colo, since: isoOf(named.sinceMs), until: isoOf(named.untilMs) };
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
}

/** The answer to `status`. Pure. @param nowMs Unix milliseconds */
export function statusReply({ colo, ray }: StatusAsked, read: StatusRead, nowMs: number): Reply {
	if (read.kind === "unreadable")
		return reply({ readable: false }, say(text`I could not read Cloudflare's status page. Try again in a minute.`));
	if (ray !== null) return thenReply(statusThen(read.page, { colo: ray.colo, atMs: ray.receivedAtMs }), ray, nowMs);
	if (colo !== null) return thenReply(statusThen(read.page, { colo, atMs: nowMs }), null, nowMs);
	return nowReply(statusNow(read.page, nowMs), nowMs);
}

/** A data center at a time. */
function thenReply(then: StatusThen, ray: StatusAsked["ray"], nowMs: number): Reply {
	const { colo, named, isListed } = then;
	const when = ray === null ? null : say(text`Ray ${code(ray.id)}: received ${bold(clock(ray.receivedAtMs, nowMs))}.`);
	const data = { readable: true, colo, at: isoOf(then.atMs), listed: isListed, named: named.map(namedData) };
	const [first, ...others] = named;
	if (first === undefined)
		return reply(data, when, say(silenceWords(then, ray !== null)), colo === null ? note(NO_PLACE) : unknownPlace(colo));
	const isMaintained = first.kind === "maintenance";
	return reply(
		data,
		when,
		say(lineOf(first, nowMs)),
		isMaintained ? say(text`That moves traffic elsewhere; it rarely causes a 520.`) : null,
		first.kind === "incident" ? say(whereWords(first.colo)) : null,
		...others.slice(0, isMaintained ? 0 : 1).map((one) => say(lineOf(one, nowMs))),
		first.kind === "incident" ? seePage : null,
	);
}

const whereWords = (colo: string | null): Text =>
	colo === null ? text`It names no single data center.` : text`It names ${shortPlace(colo)}.`;

const NO_PLACE = text`Error pages omit the data center; the ${code("cf-ray")} header has it.`;

const unknownPlace = (colo: string): Block | null =>
	findColo(colo) === undefined ? note(text`${colo} is not in my list of ${COLO_TABLE_DATE}.`) : null;

/** The page names nothing: what follows of that. */
function silenceWords({ colo, isListed }: StatusThen, isPast: boolean): Text {
	if (!isListed) return text`Cloudflare's status page no longer lists that time.`;
	const of = colo === null ? text`all of Cloudflare` : findColo(colo) === undefined ? text`${bold(colo)}` : dataCenter(colo);
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
