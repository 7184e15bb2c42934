import { isCause } from "../core/causes/causes.ts";
import type { LogEvidence, LogReading } from "../core/logs/read.ts";
import { CAUSE_WORDS } from "./cause-words.ts";
import { list, message, note, type Reply, say, title } from "./reply.ts";
import { bold, code, type Text, text, time } from "./text.ts";

const SHOWN_MAX = 8;
const asIs = (s: string): Text => [{ t: "plain", s }];

/** The answer to pasted log lines: what was recognised, what it means, what it is evidence for. The lines themselves are not said back. Pure. */
export function logsReply(
	reading: LogReading,
	evidence: readonly LogEvidence[],
	window: { readonly fromMs: number; readonly toMs: number } | null,
): Reply {
	const { recognised, access } = reading;
	const outside = (atMs: number | null) =>
		window !== null && atMs !== null && (atMs < window.fromMs - 1_000 || atMs > window.toMs + 1_000);
	const late = [...recognised, ...access].filter((one) => outside(one.atMs)).length;
	const odd = access.filter(({ status, bytes }) => status >= 400 || status < 100 || bytes === 0 || bytes === null);
	const found = recognised.length + access.length;
	return {
		private: false,
		head: message(
			evidence.some((one) => one.value === "crash") ? "bad" : found === 0 ? "warn" : "neutral",
			title(
				found === 0
					? text`I recognise none of these ${reading.lines} lines.`
					: text`${counted(reading.lines, "line")}: ${recognised.length} of trouble that I know, ${counted(access.length, "request")}.`,
			),
			list(
				recognised
					.slice(0, SHOWN_MAX)
					.map(
						({ signature, line, atMs, zoneUnknown }) =>
							text`Line ${line}${atMs === null ? text`` : text`, ${time(atMs)}${zoneUnknown ? " (no zone there: taken for UTC)" : ""}`}, ${signature.server}: ${asIs(signature.meaning)}. Speaks for ${asIs(isCause(signature.speaksFor) ? CAUSE_WORDS[signature.speaksFor].title : `a ${signature.speaksFor} rather than a 520`)}. ${asIs(signature.fix)}.`,
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
						text`${late} of the lines are outside ${time(window.fromMs)} to ${time(window.toMs)}, when the request was there, and do not count. If all of them are by the same amount, the server's clock or its zone is off.`,
					),
			found === 0
				? note(
						text`I know lines of nginx, Apache, HAProxy, Caddy, IIS, PHP-FPM, Gunicorn, Node, cloudflared, systemd, the kernel and fail2ban.`,
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

const counted = (n: number, word: string) => `${n} ${word}${n === 1 ? "" : "s"}`;
