import { shareOf } from "../judge/share.ts";
import {
	CLEAN_LOOKS,
	type KeptFailure,
	WATCHES_MAX,
	type Watch,
	type WatchChange,
	type WatchLook,
	type WatchState,
} from "../judge/watch.ts";
import { maskedUrl } from "../message/masking.ts";
import { buttons, list, type Message, type Mood, message, note, say, table, title } from "../message/message.ts";
import { ask, bold, code, type Text, text, time } from "../message/text.ts";
import { readTarget } from "../read/text/target.ts";
import { ageWords, codeWords, dataCenter, hostWords, percent, seconds } from "./words.ts";

const STATE_WORDS: Record<WatchState, string> = {
	starting: "the first look is on its way",
	failing: "failing",
	flapping: "flapping: it fails now and then",
	working: "working",
	hidden: "hidden: a challenge or a block stands before it",
	recovered: "recovered",
};
const SHORT_WORDS: Record<WatchState, string> = { ...STATE_WORDS, flapping: "flapping", hidden: "hidden" };
const STATE_MOOD: Record<WatchState, Mood> = {
	starting: "neutral",
	failing: "bad",
	flapping: "bad",
	working: "good",
	hidden: "unclear",
	recovered: "good",
};
/** What failed when no code says it. */
const KIND_WORDS: Readonly<Record<string, string>> = {
	cut: "an answer cut short",
	silent: "no answer",
	broken: "no usable HTTP",
	unreached: "no connection",
};
const LAST_WORDS: Record<WatchLook["outcome"], string> = { failing: "failed", working: "worked", unclear: "was hidden" };
const SIGNS: Record<WatchLook["outcome"], string> = { failing: "x", working: ".", unclear: "?" };
const SHOWN_PER_LINE = 30;
const FAILURES_SHOWN = 4;

/** A watched page as people read it: its host, and its path where it is not the start page. */
function pageWords(watch: Watch): Text {
	const target = readTarget(watch.url);
	if ("why" in target) return text`${code(maskedUrl(watch.url), 120)}`;
	return target.path === "/" ? hostWords(target) : text`${hostWords(target)} ${code(maskedUrl(target.path), 80)}`;
}

const clock = (ms: number) => new Date(ms).toISOString().slice(11, 16);

/** `14:02  xx.x......  14:12 UTC`, a character a look. */
function timeline(watch: Watch): string[] {
	const lines: string[] = [];
	for (let at = 0; at < watch.recent.length; at += SHOWN_PER_LINE) {
		const some = watch.recent.slice(at, at + SHOWN_PER_LINE);
		const [first] = some;
		const last = some.at(-1);
		if (first !== undefined && last !== undefined)
			lines.push(`${clock(first.atMs)}  ${some.map(({ outcome }) => SIGNS[outcome]).join("")}  ${clock(last.atMs)} UTC`);
	}
	return lines;
}

/** How many looks failed, with the range in which the true share lies. */
function shareWords(watch: Watch): Text {
	if (watch.looks === 0) return text`No look says anything so far.`;
	const share = shareOf(watch.failures, watch.looks);
	return text`${bold(`${watch.failures} of ${watch.looks}`)} looks failed (between ${percent(share.low)} and ${percent(share.high)} of requests, 95 % interval).`;
}

const whatWords = (what: string): Text => (/^\d+$/.test(what) ? codeWords(Number(what)) : text`${KIND_WORDS[what] ?? what}`);

function timelineBlocks(watch: Watch) {
	const lines = timeline(watch);
	return lines.length === 0 ? [] : [table(lines), note(text`A character a look: x failed, . answered, ? hidden.`)];
}

/** The head of a watch: how it is, how often it failed, how long it goes on. */
export function watchHead(watch: Watch, nowMs: number): Message {
	const { ended } = watch;
	const stop = watch.platform === "terminal" ? text`Ctrl-C ends it.` : text`${ask(`unwatch ${maskedUrl(watch.url)}`)} ends it.`;
	return message(
		ended === null ? STATE_MOOD[watch.state] : endMood(watch),
		title(
			ended === null
				? text`Watching ${pageWords(watch)}: ${STATE_WORDS[watch.state]}`
				: text`Watched ${pageWords(watch)}: ${endWords(watch)}`,
		),
		ended === null
			? say(
					text`One look about every ${seconds(watch.everyMs)} until ${time(watch.untilMs)}, or until ${CLEAN_LOOKS} looks in a row work after a failure. Changes are told here.${watch.who === "Somebody" ? text`` : text` Asked for by ${watch.who}.`}`,
				)
			: say(text`It took ${ageWords(Math.max(1_000, ended.atMs - watch.openedAtMs))}.`),
		watch.looks === 0 ? null : say(shareWords(watch)),
		ended === null ? cleanWords(watch) : null,
		...(watch.state === "starting" ? [] : timelineBlocks(watch)),
		ended === null && watch.state !== "starting" && nowMs - watch.sinceMs > watch.everyMs
			? say(text`${[{ t: "bold", s: "Since" } as const]} ${time(watch.sinceMs)}: ${STATE_WORDS[watch.state]}.`)
			: null,
		ended === null ? buttons(stop, { label: "Stop watching", action: { do: "unwatch", watch: watch.id } }) : null,
	);
}

/** Some looks in a row worked, not yet enough for a recovery. */
function cleanWords(watch: Watch) {
	if (watch.failures === 0 || (watch.state !== "failing" && watch.state !== "flapping")) return null;
	const clear = watch.recent.filter(({ outcome }) => outcome !== "unclear");
	const clean = clear.length - 1 - clear.findLastIndex(({ outcome }) => outcome === "failing");
	return clean === 0
		? null
		: say(text`${clean === 1 ? "The last look" : `The last ${clean} looks`} worked; ${CLEAN_LOOKS} in a row are a recovery.`);
}

function endMood(watch: Watch): Mood {
	if (watch.ended?.why === "recovered") return "good";
	return watch.failures === 0 ? "neutral" : STATE_MOOD[watch.state];
}

function endWords(watch: Watch): Text {
	switch (watch.ended?.why) {
		case "recovered":
			return text`recovered, ${CLEAN_LOOKS} looks in a row worked`;
		case "time":
			return watch.failures === 0
				? text`the time is up, and no look failed`
				: text`the time is up; the last look ${LAST_WORDS[watch.recent.at(-1)?.outcome ?? "unclear"]}`;
		case "stopped":
			return watch.ended.who === null || watch.ended.who === "Somebody" ? text`stopped` : text`stopped by ${watch.ended.who}`;
		case "refused":
			return text`it cannot be looked at any more: its name leads to an internal or special address now`;
		default:
			return text`ended`;
	}
}

/** What changed, for the thread. At the end with the evidence of what failed. */
export function watchChange(watch: Watch, changes: readonly WatchChange[], nowMs: number): Message {
	const over = watch.ended !== null;
	const state = changes.find((change) => change.kind === "state");
	return message(
		over ? endMood(watch) : state === undefined ? "neutral" : STATE_MOOD[watch.state],
		title(over ? text`${pageWords(watch)}: ${endWords(watch)}` : text`${pageWords(watch)}: ${titleWords(changes)}`),
		list(changes.filter((change) => change.kind !== "ended").map((change) => changeWords(change))),
		watch.looks === 0 ? null : say(shareWords(watch)),
		...timelineBlocks(watch),
		...(over || changes.some((change) => change.kind === "state" && change.to !== "working") ? evidenceBlocks(watch) : []),
		over && watch.failures === 0
			? note(text`That does not prove health: it says how rare a failure would have to be not to be met.`)
			: null,
		over
			? note(
					text`Watched from ${time(watch.openedAtMs)} to ${time(watch.ended?.atMs ?? nowMs)}. ${ask(`watch ${maskedUrl(watch.url)}`)} begins again.`,
				)
			: null,
	);
}

function titleWords(changes: readonly WatchChange[]): Text {
	for (const change of changes) {
		if (change.kind === "state") return text`${SHORT_WORDS[change.from]} → ${STATE_WORDS[change.to]}`;
	}
	const [first] = changes;
	if (first?.kind === "code") return text`now another code`;
	if (first?.kind === "colo") return text`now another data center`;
	return text`the watch goes on`;
}

function changeWords(change: Exclude<WatchChange, { kind: "ended" }>): Text {
	switch (change.kind) {
		case "state":
			return change.afterMs === null
				? text`It was ${SHORT_WORDS[change.from]} when I last looked.`
				: text`It was ${SHORT_WORDS[change.from]} for ${ageWords(Math.max(1_000, change.afterMs))}.`;
		case "code":
			return text`It fails with ${whatWords(change.to)} now; before, with ${whatWords(change.from)}.`;
		case "colo":
			return text`Answered by ${dataCenter(change.colo)} now: another data center, another way to the origin.`;
		case "gap":
			return text`I was not there from ${time(change.fromMs)} to ${time(change.toMs)}, so nothing is known of that time.`;
	}
}

/** The failing answers that were kept: what to show when it works again. */
function evidenceBlocks(watch: Watch) {
	const kept = watch.kept.slice(-FAILURES_SHOWN);
	if (kept.length === 0) return [];
	return [
		say(text`${bold("What failed,")} kept for whoever looks when it works again:`),
		list(kept.map(failureWords)),
		...kept.flatMap(({ around }) => (around === null ? [] : [table(bytesAround(around))])).slice(-1),
	];
}

function failureWords(one: KeptFailure): Text {
	return text`${time(one.atMs)}: ${whatWords(one.what)}${one.ms === null ? text`` : text`, after ${seconds(one.ms)}`}${
		one.ray === null ? text`` : text`, Ray ID ${code(one.ray)}`
	}${one.colo === null ? text`` : text`, ${one.colo}`}${one.findings.length === 0 ? text`` : text`: ${one.findings.join(", ")}`}.`;
}

/** Sixteen bytes a line, as hex and as text, secrets masked. */
function bytesAround({ at, bytes }: NonNullable<KeptFailure["around"]>): string[] {
	const masked = Buffer.from(bytes, "base64");
	const lines: string[] = [];
	for (let from = 0; from < masked.length; from += 16) {
		const row = [...masked.subarray(from, from + 16)];
		const hex = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
		const shown = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
		lines.push(`${(at + from).toString(16).padStart(8, "0")}  ${hex.padEnd(47)}  ${shown}`);
	}
	return lines;
}

export const watchedAlready = (watch: Watch): Message =>
	message(
		"neutral",
		say(
			text`${pageWords(watch)} is watched already, until ${time(watch.untilMs)}; ${watch.who} asked for it. ${ask(`unwatch ${maskedUrl(watch.url)}`)} ends it.`,
		),
	);

export const watchedAlone = (watch: Watch): Message =>
	message(
		"neutral",
		say(text`I watch ${pageWords(watch)} until ${time(watch.untilMs)}, and tell you alone, in a direct message.`),
	);

export const watchEnded = (watch: Watch | null): Message =>
	message(
		"neutral",
		say(
			watch === null
				? text`That watch is over, and I know nothing of it any more.`
				: text`That watch is over: ${pageWords(watch)}, ${endWords(watch)}.`,
		),
	);

export const notYourWatch = (watch: Watch): Message =>
	message(
		"neutral",
		say(text`Only ${watch.who}, the people in its channel, or an admin can end the watch of ${pageWords(watch)}.`),
	);

export const stoppedWatching = (watches: readonly Watch[]): Message =>
	message(
		"neutral",
		say(
			text`${watches.length === 1 ? "One watch is" : `${watches.length} watches are`} ended; the thread of each has what was seen.`,
		),
	);

export const nothingWatched: Message = message(
	"neutral",
	say(text`Nothing is watched here, and nothing for you. ${ask("watch shop.example for 30m")} begins.`),
);

export const justBegun: Message = message(
	"neutral",
	say(text`Somebody has just asked for the same; that watch stands in a moment.`),
);

export const nowhereToTell: Message = message(
	"neutral",
	say(
		text`I can neither tell this channel nor write to you, so there is nobody to tell when it changes. Invite me to the channel, or allow direct messages from me.`,
	),
);

const MANY_WORDS = {
	host: `Here that host is watched ${WATCHES_MAX.host} times already, which is as often as I do`,
	hostInAll: `That host is watched ${WATCHES_MAX.hostInAll} times already, which is as often as I do for everyone together`,
	workspace: `Here ${WATCHES_MAX.workspace} pages are watched already, which is as many as I do`,
	all: "I watch as many pages as I can",
} as const;
export const tooManyWatches = (of: keyof typeof MANY_WORDS): Message =>
	message("neutral", say(text`${MANY_WORDS[of]}: end one with ${ask("unwatch shop.example")} first.`));
