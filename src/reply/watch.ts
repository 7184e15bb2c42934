import { CLEAN_LOOKS, type Watch, type WatchChange, type WatchLook } from "../judge/watch.ts";
import { cleanLooks, recoveryOf } from "../judge/watch-look.ts";
import { maskedUrl } from "../message/masking.ts";
import {
	type Block,
	type Button,
	buttons,
	type Message,
	type Mood,
	message,
	type Notify,
	say,
	title,
} from "../message/message.ts";
import { ask, bold, code, join, type Text, text } from "../message/text.ts";
import { checksChart } from "./watch-chart.ts";
import { failureBlocks } from "./watch-evidence.ts";
import { askedBy, cityOf, codesMet, howItFails, minute, pageName, STATE_MOOD, STATE_WORDS, whatFailed } from "./watch-words.ts";
import { ageWords, seconds } from "./words.ts";

/** The head of a watch: how it is, how often it failed, how long it goes on. It is edited; nothing of it is posted twice. */
export function watchHead(watch: Watch, nowMs: number): Message {
	const { ended } = watch;
	const who = askedBy(watch);
	return message(
		ended === null ? STATE_MOOD[watch.state] : endMood(watch),
		ended === null ? openTitle(watch, nowMs) : endTitle(watch, nowMs),
		countWords(watch),
		watch.state === "starting" ? null : checksChart(watch),
		say(
			join([
				ended === null ? paceWords(watch, nowMs) : text`Watched for ${ageOf(ended.atMs - watch.openedAtMs)}.`,
				// The name comes with the first edit, because in a posted message it could notify.
				...(who === null || watch.state === "starting" ? [] : [text`Requested by ${who}.`]),
			]),
		),
		headControls(watch),
	);
}

function openTitle(watch: Watch, nowMs: number): Block {
	const { state } = watch;
	const name = text`${pageName(watch)}: watching`;
	if (state === "starting") return title(name);
	const since = text`${STATE_WORDS[state]} since ${minute(watch.sinceMs, nowMs)}`;
	return title(name, state === "failing" || state === "flapping" ? text`${since}${codesMet(watch)}` : since);
}

/** `All 12 checks`, `The first check`; `3 of 9 checks failed`. */
function countOf({ looks, failures, ended }: Watch): string {
	if (failures > 0 && failures < looks) return `${failures} of ${looks} checks failed`;
	if (looks > 1) return looks === 2 ? "Both checks" : `All ${looks} checks`;
	return ended === null ? "The first check" : "The only check";
}

/** How many checks failed, and how near a recovery is; null as long as no check says anything. */
function countWords(watch: Watch): Block | null {
	const { looks, failures, ended } = watch;
	if (looks === 0) return null;
	const count = text`${countOf(watch)}${failures === 0 ? " worked" : failures === looks ? " failed" : ""}.`;
	const clean = failures === 0 || ended !== null ? 0 : cleanLooks(watch);
	const near = `${clean === 1 ? "The last check" : `The last ${clean} checks`} worked; ${CLEAN_LOOKS} in a row count as recovered.`;
	return say(clean === 0 ? count : text`${count} ${near}`);
}

/** A page that never failed is watched to the end: a rare failure is what people wait for. */
function paceWords(watch: Watch, nowMs: number): Text {
	const until = text`Checking every ${seconds(watch.everyMs)} until ${minute(watch.untilMs, nowMs)}`;
	return watch.failures > 0 || watch.caseId !== null
		? text`${until}, or until ${CLEAN_LOOKS} checks in a row work.`
		: text`${until}. After a failure, ${CLEAN_LOOKS} working checks in a row end it.`;
}

const ageOf = (ms: number): string => ageWords(Math.max(1_000, ms));

const stopButton = (watch: Watch): Button => ({ label: "Stop watching", action: { do: "unwatch", watch: watch.id } });
const againButton = (watch: Watch): Button => ({ label: "Watch again", action: { do: "watch", url: watch.url } });
const evidenceButton = (watch: Watch): readonly Button[] =>
	watch.kept.length === 0 ? [] : [{ label: "Evidence", action: { do: "watch-evidence", watch: watch.id } }];
/** The case whose buttons a message of the watch may have: a direct message has none of a case in a channel. */
const caseOf = ({ caseId, isPrivate }: Watch): string | null => (isPrivate ? null : caseId);
/** In a case, its own check; else a new one. */
function checkButton(watch: Watch): Button {
	const id = caseOf(watch);
	return { label: "Check again", action: id === null ? { do: "ask", text: watch.url } : { do: "recheck", case: id } };
}

const isInTerminal = ({ platform }: Watch): boolean => platform === "terminal";

function headControls(watch: Watch): Block | null {
	const { url, ended } = watch;
	if (isInTerminal(watch)) return ended === null ? say(text`Ctrl-C stops watching.`) : null;
	return ended === null
		? buttons(
				text`${ask(`unwatch ${maskedUrl(url)}`)} stops watching.`,
				stopButton(watch),
				checkButton(watch),
				...evidenceButton(watch),
			)
		: buttons(text`To watch again: ${ask(`watch ${maskedUrl(url)}`)}`, againButton(watch), ...evidenceButton(watch));
}

function endMood(watch: Watch): Mood {
	switch (watch.ended?.why) {
		case "recovered":
			return "good";
		case "stopped":
		case "refused":
		case "gone":
			return "neutral";
		default:
			break;
	}
	switch (watch.recent.at(-1)?.outcome) {
		case "failing":
			return "bad";
		case "working":
			return watch.failures === 0 ? "good" : "unclear";
		default:
			return "unclear";
	}
}

/** How it ended, after the page's name: the watch stopped, not the page. */
export function endWords(watch: Watch): string {
	switch (watch.ended?.why) {
		case "recovered":
			return "recovered";
		case "time":
			return "time is up";
		default:
			return "watch stopped";
	}
}

const LAST_WORDS: Readonly<Record<WatchLook["outcome"], string>> = {
	failing: "failed",
	working: "worked",
	unclear: "was hidden by a challenge or block",
};
const lastWords = ({ recent }: Watch): string => {
	const last = recent.at(-1);
	return last === undefined ? "No check was possible" : `The last check ${LAST_WORDS[last.outcome]}`;
};

function endTitle(watch: Watch, nowMs: number): Block {
	const ended = text`${pageName(watch)}: ${endWords(watch)}`;
	switch (watch.ended?.why) {
		case "recovered":
			return title(text`${ended} ${recoveredWords(watch, nowMs)}`);
		case "time":
			return title(ended, text`${lastWords(watch).replace(/^./, (first) => first.toLowerCase())}`);
		case "stopped": {
			const who = watch.ended.who === null ? null : askedBy({ who: watch.ended.who });
			return title(who === null ? ended : text`${ended} by ${who}`);
		}
		default:
			return title(ended, text`now resolves to a private IP address`);
	}
}

/** `at 14:22 UTC after 26 min (520)`. */
function recoveredWords(watch: Watch, nowMs: number): Text {
	const { atMs, afterMs } = recoveryOf(watch);
	const after = afterMs === null ? text`` : text` after ${ageOf(afterMs)}`;
	return text`at ${minute(atMs, nowMs)}${after}${codesMet(watch)}`;
}

/**
 * What changed, in the thread: one short message.
 * @param followers whom to mention besides the person who asked, as in `Conversation.asker`
 */
export function watchChange(watch: Watch, changes: readonly WatchChange[], followers: readonly string[], nowMs: number): Message {
	const about = headlineOf(changes);
	// At the end only news is left: the failure was already named.
	const extras = changes.filter(
		(one) => one !== about && (one.kind === "gap" || (watch.ended === null && (one.kind === "code" || one.kind === "colo"))),
	);
	const said = [
		...(about === null ? [] : afterHeadline(watch, about)),
		...newestOfEach(extras).map((one) => extraWords(one, about, nowMs)),
	];
	const notify = notifyOf(watch, changes, followers);
	const one = message(
		about === null ? "neutral" : moodOf(watch, about),
		say(about === null ? text`${bold(pageName(watch))}: still watching.` : headline(watch, about, nowMs)),
		said.length === 0 ? null : say(join(said)),
		// Where there are no buttons, the end shows what they would.
		...(isInTerminal(watch) ? (watch.ended === null ? [] : failureBlocks(watch, nowMs)) : [changeControls(watch, about)]),
	);
	return notify === null ? one : { ...one, notify };
}

/** The change that the message is about: the end, else the newest state, else what else is new. */
function headlineOf(changes: readonly WatchChange[]): WatchChange | null {
	for (const kind of ["ended", "state", "code", "colo", "gap"] as const) {
		const found = changes.findLast((one) => one.kind === kind);
		if (found !== undefined) return found;
	}
	return null;
}

const newestOfEach = (changes: readonly WatchChange[]): readonly WatchChange[] =>
	changes.filter((one, at) => !changes.slice(at + 1).some(({ kind }) => kind === one.kind));

function moodOf(watch: Watch, about: WatchChange): Mood {
	switch (about.kind) {
		case "ended":
			return endMood(watch);
		case "state":
			return STATE_MOOD[about.to];
		case "code":
			return "bad";
		default:
			return "neutral";
	}
}

/** The first sentence: it is the notification too. */
function headline(watch: Watch, about: WatchChange, nowMs: number): Text {
	const page = pageName(watch);
	switch (about.kind) {
		case "ended":
			return about.why === "recovered"
				? text`${bold(`${page} recovered`)} ${recoveredWords(watch, nowMs)}.`
				: text`${bold(`${page}: ${endWords(watch)}.`)}${about.why === "refused" ? text` It now resolves to a private IP address.` : text``}`;
		case "state":
			return stateHeadline(watch, about, nowMs);
		case "code":
			return text`${bold(`${page} now fails ${howItFails(about.to)}`)} (before: ${whatFailed(about.from)}).`;
		case "colo":
			return text`${bold(page)} is now served from another data center: ${cityOf(about.colo)}.`;
		case "gap":
			return text`${bold(`${page}:`)} ${changeWords(about, nowMs)}`;
	}
}

function stateHeadline(watch: Watch, { to, fails }: Extract<WatchChange, { kind: "state" }>, nowMs: number): Text {
	const page = pageName(watch);
	const at = minute(watch.sinceMs, nowMs);
	const how = howItFails(watch.kept.at(-1)?.what ?? "broken");
	switch (to) {
		case "failing":
			if (fails === undefined) return text`${bold(`${page} now fails on every check`)}${codesMet(watch)}.`;
			return text`${bold(`${page} ${fails === "first" ? "fails" : "fails again"} ${how}`)} as of ${at}.`;
		case "flapping":
			return text`${bold(`${page} fails again ${how}`)} as of ${at}.`;
		case "hidden":
			return text`${bold(`${page} is hidden`)} behind a challenge or block as of ${at}.`;
		default:
			return text`${bold(`${page} works`)} as of ${at}.`;
	}
}

/** What the first sentence leaves open. */
function afterHeadline(watch: Watch, about: WatchChange): Text[] {
	if (about.kind === "state") {
		if (about.to === "hidden") return [text`I cannot tell whether it works.`];
		if (about.to !== "failing" && about.to !== "flapping") return [];
		const failure = watch.kept.at(-1);
		return [
			...(about.to === "flapping" ? [text`Intermittent: ${watch.failures} of ${watch.looks} checks failed.`] : []),
			...(failure?.ray == null
				? []
				: [text`Ray ID ${code(failure.colo === null ? failure.ray : `${failure.ray}-${failure.colo}`)}.`]),
		];
	}
	if (about.kind !== "ended") return [];
	if (about.why === "recovered") return [text`${CLEAN_LOOKS} checks in a row worked.`];
	if (about.why !== "time") return [];
	const { failures, looks } = watch;
	if (looks === 0) return [text`${lastWords(watch)}.`];
	if (failures === 0) return [text`${countOf(watch)} worked. An intermittent failure is still possible.`];
	return [failures === looks ? text`${countOf(watch)} failed.` : text`${lastWords(watch)}. ${countOf(watch)}.`];
}

/** What changed besides; a failing state names already how it fails now. */
function extraWords(change: WatchChange, about: WatchChange | null, nowMs: number): Text {
	const named = about?.kind === "state" && about.fails !== undefined;
	return named && change.kind === "code" ? text`Before: ${whatFailed(change.from)}.` : changeWords(change, nowMs);
}

function changeWords(change: WatchChange, nowMs: number): Text {
	switch (change.kind) {
		case "code":
			return text`It now fails ${howItFails(change.to)} (before: ${whatFailed(change.from)}).`;
		case "colo":
			return text`Now served from another data center: ${cityOf(change.colo)}.`;
		case "gap":
			return text`I was offline from ${minute(change.fromMs, nowMs)} to ${minute(change.toMs, nowMs)}, so that period is unknown.`;
		default:
			return text``;
	}
}

function changeControls(watch: Watch, about: WatchChange | null): Block | null {
	const url = maskedUrl(watch.url);
	if (watch.ended !== null) {
		const isDone = watch.ended.why === "recovered" || watch.ended.why === "time";
		const id = isDone ? caseOf(watch) : null;
		const report: readonly Button[] = id === null ? [] : [{ label: "Report…", action: { do: "report", case: id } }];
		return buttons(text`To watch again: ${ask(`watch ${url}`)}`, ...report, againButton(watch), ...evidenceButton(watch));
	}
	const isFailing = about?.kind === "code" || (about?.kind === "state" && (about.to === "failing" || about.to === "flapping"));
	return isFailing ? buttons(text`To check it: ${ask(url)}`, checkButton(watch), ...evidenceButton(watch)) : null;
}

/**
 * Whom a change mentions: a recovery, a new failure and the end of the time mention the person who asked and those who follow the case, of
 * a private watch only the person who asked.
 */
function notifyOf(watch: Watch, changes: readonly WatchChange[], followers: readonly string[]): Notify | null {
	// A direct message notifies by itself.
	if (watch.isPrivate) return null;
	const isRecovery = watch.ended?.why === "recovered";
	const calls = changes.some(
		(one) =>
			(one.kind === "state" && one.fails !== undefined) ||
			(one.kind === "ended" && (one.why === "recovered" || one.why === "time")),
	);
	if (!calls) return null;
	const people = [...new Set([...(watch.asker === null ? [] : [watch.asker]), ...followers])];
	return isRecovery ? { people, broadcast: true } : people.length === 0 ? null : { people };
}

/** What a thread of a watch is called after a change: only a recovery and a new failure change it, because renames are rationed. */
export function watchThreadName(watch: Watch, changes: readonly WatchChange[]): Message | null {
	if (watch.ended?.why === "recovered") return message("good", title(text`${pageName(watch)} recovered`));
	const fails = watch.ended === null && changes.some((one) => one.kind === "state" && one.fails === "again");
	return fails ? message("bad", title(text`${pageName(watch)} fails again`)) : null;
}
