import { CAUSES, isCause } from "../knowledge/causes/list.ts";
import { list, message, note, say, title } from "../message/message.ts";
import { ask, bold, code, ours, text, time } from "../message/text.ts";
import type { LogEvidence } from "../read/logs/evidence.ts";
import type { LogReading } from "../read/logs/read.ts";
import type { Reply } from "./reply.ts";

const SHOWN_MAX = 8;
/** The answer to pasted log lines: what was recognised, what it means, what it is evidence for. The lines themselves are not said back. Pure. */
export function logsReply(
	reading: LogReading,
	evidence: readonly LogEvidence[],
	window: { readonly fromMs: number; readonly toMs: number } | null,
): Reply {
	const { recognised, access } = reading;
	const outside = (atMs: number | null) =>
		window !== null && atMs !== null && (atMs < window.fromMs - 1_000 || atMs > window.toMs + 1_000);
	// A line may be both: an access line that is known.
	const late = new Set([...recognised, ...access].filter((one) => outside(one.atMs)).map(({ line }) => line)).size;
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
			evidence.some((one) => one.value === "crash") ? "bad" : found === 0 ? "warn" : "neutral",
			title(
				found === 0
					? text`I know none of ${reading.lines === 1 ? text`this line` : text`these ${reading.lines} lines`}.`
					: text`${counted(reading.lines, "line")}: ${recognised.length} of trouble that I know, ${counted(access.length, "request")}.`,
			),
			list(
				recognised
					.slice(0, SHOWN_MAX)
					.map(
						({ signature, line, atMs, zoneUnknown }) =>
							text`Line ${line}${atMs === null ? text`` : text`, ${time(atMs)}${zoneUnknown ? " (no zone there: taken for UTC)" : ""}`}, ${signature.server}: ${ours(signature.meaning)}. Speaks for ${ours(isCause(signature.speaksFor) ? CAUSES[signature.speaksFor].title : `a ${signature.speaksFor} rather than a 520`)}. ${ours(signature.fix)}.`,
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
						text`I know lines of nginx, Apache, HAProxy, Caddy, IIS, PHP-FPM, Gunicorn, Node, cloudflared, systemd, the kernel and fail2ban. If there is no line of that second at all, that is an answer too: ${ask("answer origin-log nothing")}.`,
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

const HALF_HOUR_MS = 1_800_000;
const ZONE_WITHIN_MS = 300_000;

/** By how much a log's times are off, when all of them are off by the same half hours: `2 h ahead`. null for anything else. */
function zoneOff(times: readonly number[], window: { readonly fromMs: number; readonly toMs: number }): string | null {
	if (times.length === 0) return null;
	const middle = (window.fromMs + window.toMs) / 2;
	const offs = times.map((at) => at - middle);
	const steps = Math.round((offs[0] ?? 0) / HALF_HOUR_MS);
	if (steps === 0 || Math.abs(steps) > 28 || !offs.every((off) => Math.abs(off - steps * HALF_HOUR_MS) <= ZONE_WITHIN_MS))
		return null;
	return `${Math.abs(steps) / 2} h ${steps > 0 ? "ahead" : "behind"}`;
}

const counted = (n: number, word: string) => `${n} ${word}${n === 1 ? "" : "s"}`;
