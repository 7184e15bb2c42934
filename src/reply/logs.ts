import { CAUSES, isCause } from "../knowledge/causes/list.ts";
import { list, message, note, say, title } from "../message/message.ts";
import { ask, bold, code, ours, text, time } from "../message/text.ts";
import type { LogAside, WeighedLogs } from "../read/logs/evidence.ts";
import type { LogReading } from "../read/logs/read.ts";
import type { Reply } from "./reply.ts";

const SHOWN_MAX = 8;
/** The answer to pasted log lines: what was recognised, what it means, what it is evidence for. The lines themselves are not said back. Pure. */
export function logsReply(
	reading: LogReading,
	{ evidence, aside }: WeighedLogs,
	window: { readonly fromMs: number; readonly toMs: number } | null,
): Reply {
	const { recognised, access } = reading;
	const outside = (atMs: number | null) =>
		window !== null && atMs !== null && (atMs < window.fromMs - 1_000 || atMs > window.toMs + 1_000);
	// A line may be both: an access line that is known.
	const late = new Set([...recognised, ...access].filter((one) => outside(one.atMs)).map(({ line }) => line)).size;
	// What a line speaks for is said of those that count, and of those whose time may only be in another zone.
	const uncounted = new Set(aside.filter(({ why }) => why !== "outside").map(({ line }) => line));
	const odd = access.filter(({ status, bytes }) => status >= 400 || status < 100 || bytes === 0 || bytes === null);
	const found = recognised.length + access.length;
	const zone =
		window === null
			? null
			: zoneOff(
					[...recognised, ...access].flatMap(({ atMs }) => atMs ?? []),
					window,
				);
	return {
		private: false,
		head: message(
			evidence.some((one) => one.value === "crash") ? "bad" : "neutral",
			title(
				found === 0
					? reading.lines === 1
						? text`I do not know this line.`
						: text`I know none of these ${reading.lines} lines.`
					: text`${counted(reading.lines, "line")}: ${recognised.length} of trouble that I know, ${counted(access.length, "request")}.`,
			),
			list(
				recognised
					.slice(0, SHOWN_MAX)
					.map(
						({ signature, line, atMs, zoneUnknown }) =>
							text`Line ${line}${atMs === null ? text`` : text`, ${time(atMs)}${zoneUnknown ? " (no zone there: taken for UTC)" : ""}`}, ${signature.server}: ${ours(signature.meaning)}.${uncounted.has(line) ? text`` : text` Speaks for ${ours(isCause(signature.speaksFor) ? CAUSES[signature.speaksFor].title : `a ${signature.speaksFor} rather than a 520`)}. ${ours(signature.fix)}.`}`,
					),
			),
			list(
				odd
					.slice(0, SHOWN_MAX)
					.map(
						({ line, status, bytes, atMs }) =>
							text`Line ${line}${atMs === null ? text`` : text`, ${time(atMs)}`}: status ${code(String(status))}, ${bytes === null ? "no size" : `${bytes} bytes`}.`,
					),
			),
			evidence.length === 0
				? null
				: say(text`${bold("That says:")} ${evidence.map((one) => `${one.key} ${one.value} (line ${one.line})`).join(", ")}.`),
			list(
				[...new Set(evidence.filter(({ belongsBy }) => belongsBy === "ray").map(({ line }) => line))].map(
					(line) => text`Line ${line} has this request's own Ray ID. No evidence is better.`,
				),
			),
			list(asideWords(aside)),
			late === 0 || window === null
				? null
				: say(
						text`${counted(late, "line")} outside ${time(window.fromMs)} to ${time(window.toMs)}, when the request was there: not counted.${
							zone === null
								? text``
								: text` All of them by about ${zone}: that is the log's time zone or the server's clock rather than a missing line. Paste the lines of that hour, or set the log to UTC.`
						}`,
					),
			found === 0
				? note(
						text`I know lines of web servers, load balancers, application servers, containers, cloudflared, systemd, the Linux kernel and firewalls. If there is no line of that second at all, that is an answer too: ${ask("answer origin-log nothing")}.`,
					)
				: null,
		),
		thread: [],
		data: {
			verdict: null,
			ranked: [],
			ruledOut: [],
			findings: recognised.map(({ signature, line }) => ({ id: signature.id, say: signature.meaning, line })),
			rays: [],
			pattern: null,
			next: null,
			looks: [],
			evidence: Object.fromEntries(evidence.map((one) => [one.key, one.value])),
		},
	};
}

/** Why lines were not counted, in words; those of another time are counted in a sentence of their own. */
const ASIDE: Readonly<Record<Exclude<LogAside, "outside">, readonly [one: string, more: string]>> = {
	client: ["is of a program that received the 520", "are of a program that received the 520"],
	version: ["is a version, not a crash", "are versions, not crashes"],
	"health-check": ["is a health check, not a visitor's request", "are health checks, not visitors' requests"],
	"other-ray": ["has another Ray ID", "have other Ray IDs"],
	"other-request": ["is of another request", "are of other requests"],
	"no-bytes": ["is a 200 without content, not a complete response", "are 200s without content, not complete responses"],
	visitor: ["names an IP address that is not Cloudflare's", "name IP addresses that are not Cloudflare's"],
	"not-web": ["is not about a web server", "are not about a web server"],
};

function asideWords(aside: WeighedLogs["aside"]) {
	return Object.entries(ASIDE).flatMap(([why, [one, more]]) => {
		const lines = aside.filter((each) => each.why === why).map(({ line }) => line);
		if (lines.length === 0) return [];
		if (lines.length === 1) return [text`Not counted: line ${lines[0] ?? 0} ${one}.`];
		const shown = lines.slice(0, lines.length > SHOWN_MAX ? SHOWN_MAX : -1).join(", ");
		const last = lines.length > SHOWN_MAX ? `${lines.length - SHOWN_MAX} more` : `${lines.at(-1)}`;
		return [text`Not counted: lines ${shown} and ${last} ${more}.`];
	});
}

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

const counted = (n: number, word: string) => `${n} ${word}${n === 1 ? "" : "s"}`;
