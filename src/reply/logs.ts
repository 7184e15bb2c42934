import { CAUSES, isCause } from "../knowledge/causes/list.ts";
import { codeWordsOf } from "../knowledge/codes/words.ts";
import { wordsInText } from "../message/count-words.ts";
import { list, message, note, say, title } from "../message/message.ts";
import { bold, ours, type Text, text, utc } from "../message/text.ts";
import type { LogAside, WeighedLogs } from "../read/logs/evidence.ts";
import type { AccessLine, LogLine, LogReading } from "../read/logs/read.ts";
import { nothing, type Reply } from "./reply.ts";
import { counted } from "./words.ts";

/** Lines that one sentence names. */
const SHOWN_MAX = 5;
/** Words of the reply but for its first and last sentence (CONVERSATION: budgets). */
const ITEMS_MAX_WORDS = 100;

interface Window {
	readonly fromMs: number;
	readonly toMs: number;
}

/** The answer to pasted log lines: what was recognized, what it points to, what was not counted. The lines themselves are not repeated. Pure. */
export function logsReply(reading: LogReading, { evidence, aside }: WeighedLogs, window: Window | null): Reply {
	const { recognised, access, above } = reading;
	const known = [...recognised, ...access];
	const outside = (atMs: number | null) =>
		window !== null && atMs !== null && (atMs < window.fromMs - 1_000 || atMs > window.toMs + 1_000);
	// A line may be both: an access line that is known.
	const late = new Set(known.filter((one) => outside(one.atMs)).map(({ line }) => line)).size;
	// What a line points to is said of those that count, and of those whose time may only be in another zone.
	const uncounted = new Set(aside.filter(({ why }) => why !== "outside").map(({ line }) => line));
	const odd = access.filter(({ status, bytes }) => status >= 400 || status < 100 || bytes === 0 || bytes === null);
	const own = evidence.filter(({ belongsBy }) => belongsBy === "ray").map(({ line }) => line);
	return {
		private: false,
		head: message(
			evidence.some((one) => one.value === "crash") ? "bad" : "neutral",
			title(titleWords(reading)),
			list(
				withinWords([
					...(own.length === 0
						? []
						: [text`${linesWords(own, above)} ${own.length === 1 ? "has" : "have"} this request's own Ray ID.`]),
					...recognisedWords(recognised, uncounted, above),
					...accessWords(odd, above),
					...asideWords(aside, above),
				]),
			),
			late === 0 || window === null ? null : say(lateWords(late, known, window)),
			known.length > 0
				? null
				: note(
						text`I recognize lines of web servers, load balancers, application servers, containers, cloudflared, systemd, the Linux kernel and firewalls.`,
					),
		),
		thread: [],
		data: {
			...nothing,
			findings: recognised.map(({ signature, line }) => ({ id: signature.id, say: signature.meaning, line: line - above })),
			evidence: Object.fromEntries(evidence.map((one) => [one.key, one.value])),
		},
	};
}

function titleWords({ lines, recognised, access }: LogReading): Text {
	if (recognised.length + access.length > 0)
		return text`${counted(lines, "line")}: ${counted(recognised.length, "known error")}, ${counted(access.length, "request")}.`;
	return lines === 1 ? text`I do not recognize this line.` : text`I recognize none of these ${counted(lines, "line")}.`;
}

/** As many as the budget allows, and how many are left. */
function withinWords(items: readonly Text[]): Text[] {
	const out: Text[] = [];
	let room = ITEMS_MAX_WORDS;
	for (const item of items) {
		room -= wordsInText(item);
		if (room < 0 && out.length > 0) return [...out, text`${items.length - out.length} more.`];
		out.push(item);
	}
	return out;
}

/** Known lines, each kind once: where, when it came first, what it means and points to. */
function recognisedWords(recognised: readonly LogLine[], uncounted: ReadonlySet<number>, above: number): Text[] {
	const kinds = Map.groupBy(recognised, ({ signature }) => signature.id);
	return [...kinds.values()].flatMap((all) => {
		const [first] = all;
		if (first === undefined) return [];
		const { signature, atMs, zoneUnknown } = first;
		const when = atMs === null ? text`` : text`, ${zoneUnknown ? `${utc(atMs).slice(0, 19)} (assuming UTC)` : utc(atMs)}`;
		const lines = all.map(({ line }) => line);
		const counts = lines.some((line) => !uncounted.has(line));
		return [
			text`${linesWords(lines, above)}${when}, ${signature.server}: ${ours(ended(signature.meaning))}${
				counts ? text` Points to: ${bold(pointsTo(signature.speaksFor))}. ${ours(ended(signature.fix))}` : text``
			}`,
		];
	});
}

const ended = (s: string): string => (/[.?!]$/.test(s) ? s : `${s}.`);
const pointsTo = (cause: string): string => (isCause(cause) ? CAUSES[cause].title : codeWordsOf(cause).title);

/** Access lines with an error or without content, each kind once. */
function accessWords(odd: readonly AccessLine[], above: number): Text[] {
	const kinds = Map.groupBy(odd, ({ status, bytes }) => `${status} ${bytes === null ? "?" : Math.sign(bytes)}`);
	return [...kinds.values()].flatMap((all) => {
		const [first] = all;
		if (first === undefined) return [];
		const size = first.bytes === 0 ? ", without content" : first.bytes === null ? ", no size" : "";
		return [
			text`${linesWords(
				all.map(({ line }) => line),
				above,
			)}: status ${String(first.status)}${size}.`,
		];
	});
}

/** `Line 4`, `Lines 4 and 9`, `Lines 1, 2, 3, 4, 5 and 12 more`, as the person counts them. */
function linesWords(lines: readonly number[], above: number): Text {
	const all = [...new Set(lines.map((line) => line - above))];
	if (all.length === 1) return text`Line ${all[0] ?? 0}`;
	const shown = all.slice(0, all.length > SHOWN_MAX ? SHOWN_MAX : -1).join(", ");
	const last = all.length > SHOWN_MAX ? `${all.length - SHOWN_MAX} more` : `${all.at(-1)}`;
	return text`Lines ${shown} and ${last}`;
}

/** Lines of another time, and whether all of them are off by a time zone. */
function lateWords(late: number, known: readonly { readonly atMs: number | null }[], window: Window): Text {
	const zone = zoneOff(
		known.flatMap(({ atMs }) => atMs ?? []),
		window,
	);
	const off =
		zone === null
			? text``
			: text` All are ${zone}, probably the log's time zone. Paste the lines of that hour, or set the log to UTC.`;
	return text`${counted(late, "line")} ignored, because ${late === 1 ? "it is" : "they are"} outside ${utc(window.fromMs).slice(11, 19)} to ${utc(window.toMs).slice(11)}.${off}`;
}

/** Why lines were not counted, in words; those of another time are counted in a sentence of their own. */
const ASIDE: Readonly<Record<Exclude<LogAside, "outside">, readonly [one: string, more: string]>> = {
	client: ["is from a program that received the 520", "are from programs that received the 520"],
	version: ["names a version, not a crash", "name versions, not crashes"],
	"health-check": ["is a health check, not a visitor's request", "are health checks, not visitors' requests"],
	"other-ray": ["has another Ray ID", "have other Ray IDs"],
	"other-request": ["belongs to another request", "belong to other requests"],
	"no-bytes": ["is a 200 without content, not a complete response", "are 200s without content, not complete responses"],
	visitor: ["names an IP address that is not Cloudflare's", "name IP addresses that are not Cloudflare's"],
	"not-web": ["is not about a web server", "are not about a web server"],
};

function asideWords(aside: WeighedLogs["aside"], above: number): Text[] {
	return Object.entries(ASIDE).flatMap(([why, [one, more]]) => {
		const lines = [...new Set(aside.filter((each) => each.why === why).map(({ line }) => line))];
		return lines.length === 0 ? [] : [text`Not counted: ${small(linesWords(lines, above))} ${lines.length === 1 ? one : more}.`];
	});
}

/** `line 4` in the middle of a sentence. */
const small = (words: Text): Text =>
	words.map((span, at) =>
		at === 0 && span.t === "plain" ? { ...span, s: `${span.s.charAt(0).toLowerCase()}${span.s.slice(1)}` } : span,
	);

const HALF_HOUR_MS = 1_800_000;
const ZONE_WITHIN_MS = 300_000;

/** By how much a log's times are off, when all of them are off by the same half hours: `2 h ahead`. null for anything else. */
export function zoneOff(times: readonly number[], window: { readonly fromMs: number; readonly toMs: number }): string | null {
	if (times.length === 0) return null;
	const middle = (window.fromMs + window.toMs) / 2;
	const offs = times.map((at) => at - middle);
	const steps = Math.round((offs[0] ?? 0) / HALF_HOUR_MS);
	if (steps === 0 || Math.abs(steps) > 28 || !offs.every((off) => Math.abs(off - steps * HALF_HOUR_MS) <= ZONE_WITHIN_MS))
		return null;
	return `${Math.abs(steps) / 2} h ${steps > 0 ? "ahead" : "behind"}`;
}
