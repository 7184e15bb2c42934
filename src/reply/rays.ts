import { findColo } from "../knowledge/colos/colos.ts";
import { maskedUrl } from "../message/masking.ts";
import { type Block, columns, command, list, message, note, say, table, title } from "../message/message.ts";
import { show } from "../message/show.ts";
import { ask, bold, code, join, plainText, type Text, text, time, utc } from "../message/text.ts";
import type { NotARay, Ray } from "../read/ray/decode.ts";
import type { FoundRays } from "../read/ray/find.ts";
import { logMinutes, logWindow } from "../read/ray/log-window.ts";
import { spreadOf } from "../read/ray/spread.ts";
import type { Target } from "../read/text/target.ts";
import { rayData } from "./json.ts";
import { logCommands } from "./next-step.ts";
import type { Reply } from "./reply.ts";
import { ageWords, dataCenter, placeOf, seconds } from "./words.ts";

const SHOWN_RAYS_MAX = 12;
/** Cloudflare waits up to 125 s; a page's time further from its Ray ID is not the page's own. */
const PAGE_TIME_MS_MAX = 130_000;
/** Until then ids had 15 digits, and with 16 they begin with a zero. */
const PADDED_UNTIL_MS = Date.UTC(2014, 1, 21);
/** Most systems rotate and compress logs after a day or two. */
const ROTATED_MS = 2 * 86_400_000;
/** Ids within this belong to one look at the log. */
const TOGETHER_MS = 10 * 60_000;
/** Ids further apart than this need not be of one incident. */
const ONE_INCIDENT_MS = 86_400_000;
/** Older than this, an id was probably copied from an earlier page. */
const OLD_MS = 60 * 86_400_000;

/** The answer to one or more Ray IDs. Pure. */
export function raysReply(
	found: FoundRays & { readonly rays: readonly [Ray, ...Ray[]] },
	target: Target | null,
	pageAtMs: number | null,
	nowMs: number,
): Reply {
	const { rays } = found;
	const [first] = rays;
	const many = rays.length > 1;
	const spread = spreadOf(rays);
	// Ids that lie far apart have no window in common: the newest is the one whose log is still there.
	const together = spread.lastMs - spread.firstMs <= TOGETHER_MS;
	const window = logWindow(together ? spread.firstMs : spread.lastMs, spread.lastMs);
	const grep = logCommands(
		window,
		rays.map((ray) => ray.id),
		minutesOf(together ? rays : [...rays].filter((ray) => ray.receivedAtMs === spread.lastMs)),
	);
	const stepAsk = many
		? text`What does the origin's log show from ${time(window.fromMs)} to ${time(window.toMs)}${together ? text`` : text` (around the newest), and at the other times in the table`}? Look for these Ray IDs, for a 444, 499 or 5xx, for a 200 with too few bytes, for a crash, or for no line at all.`
		: text`What does the origin's log show from ${time(window.fromMs)} on, for as long as the application may run (Cloudflare waits up to 125 s, so until ${time(window.toMs)})? Look for this Ray ID, for a 444, 499 or 5xx, for a 200 with too few bytes, for a crash, or for no line at all.`;
	const lookToo = target === null ? text`` : text` To look at the site too: ${ask(maskedUrl(target.url))}`;
	const head = many
		? message(
				"neutral",
				title(
					text`${rays.length} Ray IDs${found.leftOut > 0 ? text` (and ${found.leftOut} more that were left out)` : text``}, from ${time(spread.firstMs)} to ${time(spread.lastMs)}.`,
				),
				say(spreadWords(rays)),
				say(text`Log window and commands follow.${lookToo}`),
			)
		: message(
				"neutral",
				title(oneRay(first)),
				say(ageLine(first, nowMs)),
				...(pageAtMs === null ? [] : [say(pageTimeWords(pageAtMs - first.receivedAtMs))]),
				say(text`Log window and commands follow.${lookToo}`),
			);

	const facts: Block[] = many
		? [
				title(text`The Ray IDs`),
				table(rayTable(rays)),
				...([list(spreadFacts(rays))].filter((block) => block !== null) as Block[]),
			]
		: [title(text`What a Ray ID tells`), ...([list(oneFacts(first))].filter((block) => block !== null) as Block[])];
	const notes = found.notRays.map((one) => note(notARayWords(one)));
	return {
		private: false,
		head,
		thread: [
			message("neutral", ...facts, ...notes),
			message(
				"neutral",
				title(text`Next step, for the owner`),
				say(stepAsk),
				...grep.map((one) => command(one.about, one.command)),
				note(
					text`nginx writes the time at the end of a request, Apache the time at its start: for slow requests look later in nginx's log. The clock of the origin may be off.`,
				),
				nowMs - spread.lastMs > ROTATED_MS
					? note(text`Logs of that age are compressed or gone: zgrep in place of grep reads the compressed ones, file by file.`)
					: null,
				note(
					text`For visitors: send the owner ${many ? "these Ray IDs and times" : "this Ray ID and the time"}; try again in a minute.`,
				),
			),
		],
		data: {
			verdict: { kind: "ray", code: null, cause: null, articleCause: null, confidence: "certain", owner: "unknown" },
			ranked: [],
			ruledOut: [],
			findings: [...(many ? [spreadWords(rays), ...spreadFacts(rays)] : oneFacts(first)), ...found.notRays.map(notARayWords)].map(
				(say, index) => ({ id: `ray-${index + 1}`, say: plainText(say) }),
			),
			rays: rays.map(rayData),
			pattern: null,
			next: { step: "origin-log", ask: plainText(stepAsk), ...(grep[0] === undefined ? {} : { command: grep[0].command }) },
			looks: [],
		},
	};
}

/** The minutes of all of them, each once. */
const minutesOf = (rays: readonly Ray[]): number[] => [
	...new Map(
		rays.flatMap(({ receivedAtMs }) => logMinutes(receivedAtMs)).map((ms) => [Math.floor(ms / 60_000), ms] as const),
	).values(),
];

function oneRay(ray: Ray): Text {
	return text`Ray ID ${code(ray.id)}: Cloudflare received this request at ${time(ray.receivedAtMs)} (± 1 s). Data center: ${dataCenter(ray.colo)}.`;
}

function ageLine(ray: Ray, nowMs: number): Text {
	const age = nowMs - ray.receivedAtMs;
	if (age < 0) return text`That lies ${ageWords(-age)} ahead of our clock: one of the clocks is off.`;
	if (ray.receivedAtMs < PADDED_UNTIL_MS)
		return text`That was ${ageWords(age)} ago. No Ray ID of that time could be checked: it is probably a placeholder, mistyped, or lost a digit in copying (ids of then had 15 digits). If the error is recent, copy it again.`;
	if (age > OLD_MS)
		return text`That was ${ageWords(age)} ago. If the error happens now, this id was probably copied from an earlier page: take a fresh one.`;
	return text`That was ${ageWords(age)} ago.`;
}

/** The page prints its own time: later than the Ray by what Cloudflare waited for the origin. */
function pageTimeWords(afterMs: number): Text {
	if (afterMs < -1_000 || afterMs > PAGE_TIME_MS_MAX)
		return text`The time beside it lies ${ageWords(Math.abs(afterMs))} ${afterMs < 0 ? "before" : "after"} that: it is not the page's own, or a clock is wrong. Trust the Ray ID.`;
	if (afterMs < 1_000) return text`The time beside it is within a second of that: Cloudflare gave up at once.`;
	return text`The time beside it is ${seconds(afterMs)} later: Cloudflare waited about that long for the origin.`;
}

function oneFacts(ray: Ray): Text[] {
	return [
		...coloFacts(ray.colo),
		text`The time is inferred from the Ray ID (10 ms ticks; Cloudflare does not document it; it held on 4,230 dated pairs from 2014 to 2026).`,
		text`A Ray ID from a saved or cached page tells when that page was made, not when it was seen.`,
		text`The owner can look it up at Cloudflare: Security, Events in the dashboard (any plan, only requests that a rule handled), Log Explorer or Logpush (exact), or support.`,
	];
}

function coloFacts(colo: string | null): Text[] {
	if (colo === null)
		return [
			text`No data center: the error page shows the id without its suffix, the response header ${code("cf-ray")} has it. Without a suffix nothing can tell.`,
		];
	return [
		text`The data center is the Cloudflare location on this Ray, not a cause: one visitor always enters at one place, and far-away codes are normal for some networks.`,
	];
}

/** What the spread of several Ray IDs proves, and what not. */
function spreadWords(rays: readonly [Ray, ...Ray[]]): Text {
	const { colos, withoutColo, firstMs, lastMs } = spreadOf(rays);
	const known = rays.length - withoutColo;
	if (known === 0)
		return text`None of them carries a data center: they come from error pages; the header ${code("cf-ray")} has the suffix.`;
	if (colos.length === 1) {
		return text`All ${known === rays.length ? text`` : text`${known} that name one `}from one data center, ${dataCenter(colos[0]?.colo ?? null)}. If one person collected them, that is ordinary: one caller always sees one data center. From several people in several places it would point at the region.`;
	}
	return text`From ${bold(`${colos.length} data centers`)}: ${join(
		colos.slice(0, 6).map((one) => text`${one.colo} × ${one.rays}`),
		", ",
	)}${colos.length > 6 ? text` …` : text``}. ${lastMs - firstMs > ONE_INCIDENT_MS ? text`They lie ${ageWords(lastMs - firstMs)} apart, so they need not be one incident; within one, failures at several data centers mean that it is almost certainly the origin's.` : text`If all of these requests failed, the failure does not depend on one location, so it is almost certainly the origin's.`}`;
}

function spreadFacts(rays: readonly [Ray, ...Ray[]]): Text[] {
	const { sameMachine, withoutColo, firstMs, lastMs } = spreadOf(rays);
	return [
		lastMs - firstMs < 1_000 ? text`All within a second.` : text`Spread over ${ageWords(lastMs - firstMs)}.`,
		...(withoutColo > 0 && withoutColo < rays.length ? [text`${withoutColo} of them without a data center.`] : []),
		...sameMachine
			.slice(0, 3)
			.map(
				(group) => text`${group.rays} passed the same Cloudflare server (last four digits ${code(group.machine)}, within a day).`,
			),
	];
}

function rayTable(rays: readonly Ray[]): string[] {
	const rows = rays.slice(0, SHOWN_RAYS_MAX).map((ray) => {
		const colo = ray.colo === null ? undefined : findColo(ray.colo);
		return [
			ray.id,
			utc(ray.receivedAtMs),
			ray.colo ?? "-",
			colo === undefined
				? ray.colo === null
					? "no suffix"
					: "not in our table"
				: `${placeOf(colo)}${colo.lastSeen === undefined ? "" : `, no longer listed (last seen ${colo.lastSeen})`}`,
		];
	});
	const more = rays.length > SHOWN_RAYS_MAX ? [`… and ${rays.length - SHOWN_RAYS_MAX} more`] : [];
	return [...columns(rows).map((line) => show(line, 120)), ...more];
}

/** Why something in the place of a Ray ID is none. */
export function notARayWords(one: NotARay): Text {
	return one.why === "future"
		? text`${code(one.text, 40)} is not a genuine Ray ID: it would lie in the future. It was edited or made up.`
		: text`${code(one.text, 40)} is not a complete Ray ID: that is 16 hex digits, with a three-letter code behind it in the response header.`;
}
