import { maskedBytes } from "../message/masking.ts";
import { autopsy } from "./autopsy.ts";
import { type ClassifiedLook, failureMs, isFailure } from "./pattern.ts";
import {
	CLEAN_LOOKS,
	type KeptFailure,
	type Watch,
	type WatchChange,
	type WatchEnd,
	type WatchLook,
	type WatchState,
} from "./watch.ts";

/** As many looks as the timeline shows. */
export const RECENT_MAX = 60;
/** The first failures say how it began, the last ones how it is. */
const KEPT_FIRST = 1;
const KEPT_LAST = 3;
const COLOS_TOLD_MAX = 8;
const CODES_TOLD_MAX = 8;
/** So many hidden answers in a row, and nothing is known any more. */
const HIDDEN_LOOKS = 3;
const AROUND_BEFORE = 16;
const AROUND_BYTES = 64;

/** A code says more than a kind; an answer with an ordinary status that is cut or broken has none. */
const whatFailed = ({ classification }: ClassifiedLook): string => {
	const code = classification.code ?? classification.status;
	const without =
		classification.kind === "cut" ||
		classification.kind === "broken" ||
		classification.kind === "silent" ||
		classification.kind === "unreached";
	return without || code === null ? classification.kind : String(code);
};

/** One look as a watch counts it. */
export function watchLook(seen: ClassifiedLook): WatchLook {
	const { look, classification } = seen;
	const fails = isFailure(classification);
	return {
		atMs: look.asked.startedAtMs,
		outcome: fails === null ? "unclear" : fails ? "failing" : "working",
		what: fails === true ? whatFailed(seen) : null,
		colo: classification.ray?.colo ?? null,
	};
}

/** What is kept of a failing look, secrets masked; null for one that did not fail. */
export function keptFailure(seen: ClassifiedLook): KeptFailure | null {
	const { look, classification } = seen;
	if (isFailure(classification) !== true) return null;
	// What Cloudflare wrote itself says nothing about the bytes of the origin.
	const read =
		look.kind === "answered" &&
		look.protocol === "http/1.1" &&
		(classification.kind === "cut" || classification.kind === "broken")
			? { bytes: look.bytes, found: autopsy(look.bytes, look.ending, look.asked.method) }
			: null;
	const faults = read?.found.findings.filter(({ level }) => level === "fault" || level === "warn") ?? [];
	const start = faults.find(({ span }) => span !== undefined)?.span?.start;
	const from = start === undefined ? 0 : Math.max(0, start - AROUND_BEFORE);
	return {
		atMs: look.asked.startedAtMs,
		what: whatFailed(seen),
		ray: classification.ray?.id ?? null,
		colo: classification.ray?.colo ?? null,
		ms: failureMs(seen),
		findings: faults.map(({ id }) => id).slice(0, 5),
		around:
			read === null || start === undefined || read.bytes.length === 0
				? null
				: {
						at: from,
						bytes: Buffer.from(maskedBytes(read.bytes, from, Math.min(read.bytes.length, from + AROUND_BYTES))).toString(
							"base64",
						),
					},
	};
}

/**
 * A watch after one more look: its state, and what of it is new. Pure.
 * The states: `failing` from the first failure on; `flapping` once it fails again after a look without failure; `recovered` after
 * {@link CLEAN_LOOKS} in a row without failure, when there was a failure before; `working` when none was met at all; `hidden` when
 * challenges or blocks hide the answer.
 */
export function advanceWatch(watch: Watch, look: WatchLook, kept: KeptFailure | null): Watch {
	if (watch.ended !== null) return watch;
	const recent = [...watch.recent, look].slice(-RECENT_MAX);
	const state = nextState(watch, recent, look);
	const changes: WatchChange[] = [];
	if (state !== watch.state && watch.state !== "starting")
		changes.push({
			kind: "state",
			from: watch.state,
			to: state,
			// With a gap in between, the duration is unknown.
			afterMs: watch.toAnnounce.some(({ kind }) => kind === "gap") ? null : look.atMs - watch.sinceMs,
			...failsNewly(watch, look),
		});
	const failing = look.outcome === "failing";
	const code = look.what !== null && !watch.codes.includes(look.what) && watch.codes.length < CODES_TOLD_MAX ? look.what : null;
	const before = watch.codes.at(-1);
	if (code !== null && before !== undefined) changes.push({ kind: "code", from: before, to: code });
	const newColo = look.colo !== null && !watch.colos.includes(look.colo) && watch.colos.length < COLOS_TOLD_MAX;
	if (newColo && watch.colos.length > 0) changes.push({ kind: "colo", colo: look.colo ?? "" });
	const after: Watch = {
		...watch,
		recent,
		state,
		sinceMs: state === watch.state ? watch.sinceMs : look.atMs,
		looks: watch.looks + (look.outcome === "unclear" ? 0 : 1),
		failures: watch.failures + (failing ? 1 : 0),
		kept: kept === null ? watch.kept : keep(watch.kept, kept),
		codes: code === null ? watch.codes : [...watch.codes, code],
		colos: newColo && look.colo !== null ? [...watch.colos, look.colo] : watch.colos,
		toAnnounce: [...watch.toAnnounce, ...changes],
	};
	return state === "recovered" ? endWatch(after, { why: "recovered", who: null, atMs: look.atMs }) : after;
}

/** Whether a failing look is the first, or comes after one that worked. A watch that a case began has failed before. */
function failsNewly(watch: Watch, look: WatchLook): { readonly fails?: "first" | "again" } {
	if (look.outcome !== "failing") return {};
	const failedBefore = watch.failures > 0 || watch.caseId !== null;
	if (!failedBefore) return { fails: "first" };
	return watch.recent.findLast(({ outcome }) => outcome !== "unclear")?.outcome === "working" ? { fails: "again" } : {};
}

/** The end of a watch, to be told. */
export function endWatch(watch: Watch, ended: WatchEnd): Watch {
	if (watch.ended !== null) return watch;
	return {
		...watch,
		ended,
		nextAtMs: ended.atMs,
		toAnnounce: [...watch.toAnnounce, { kind: "ended", why: ended.why, who: ended.who }],
	};
}

/** How many of the newest looks in a row worked; those that were hidden do not count. */
export function cleanLooks({ recent }: Pick<Watch, "recent">): number {
	const clear = recent.filter(({ outcome }) => outcome !== "unclear");
	return clear.length - 1 - clear.findLastIndex(({ outcome }) => outcome === "failing");
}

/**
 * When a watched page recovered: the first of the looks in a row that worked, and how long it had failed by then.
 * @returns `afterMs` null: no failure was met
 */
export function recoveryOf(watch: Watch): { readonly atMs: number; readonly afterMs: number | null } {
	const clear = watch.recent.filter(({ outcome }) => outcome !== "unclear");
	const atMs = clear.at(-cleanLooks(watch))?.atMs ?? watch.sinceMs;
	const [first] = watch.kept;
	return { atMs, afterMs: first === undefined ? null : Math.max(0, atMs - first.atMs) };
}

/**
 * Checks missed during a gap: reported once, and the interval restarts now.
 * @returns the same watch when none was missed
 */
export function withGap(watch: Watch, nowMs: number): Watch {
	// Less than a look late is a busy process, more is an absence.
	if (watch.ended !== null || nowMs - watch.nextAtMs < watch.everyMs) return watch;
	const fromMs = watch.recent.at(-1)?.atMs ?? watch.openedAtMs;
	return { ...watch, nextAtMs: nowMs, toAnnounce: [...watch.toAnnounce, { kind: "gap", fromMs, toMs: nowMs }] };
}

function nextState(watch: Watch, recent: readonly WatchLook[], look: WatchLook): WatchState {
	if (look.outcome === "unclear")
		return recent.slice(-HIDDEN_LOOKS).filter(({ outcome }) => outcome === "unclear").length === HIDDEN_LOOKS
			? "hidden"
			: watch.state;
	const clear = recent.filter(({ outcome }) => outcome !== "unclear");
	const last = clear.slice(-CLEAN_LOOKS);
	const allOf = (outcome: WatchLook["outcome"]) => last.length === CLEAN_LOOKS && last.every((one) => one.outcome === outcome);
	const everFailed = watch.failures > 0 || look.outcome === "failing" || watch.caseId !== null;
	if (look.outcome === "working") {
		if (!everFailed) return "working";
		if (allOf("working")) return "recovered";
		return watch.state === "starting" || watch.state === "hidden" ? "working" : watch.state;
	}
	if (watch.state === "flapping") return allOf("failing") ? "failing" : "flapping";
	const workedBetween = watch.failures > 0 && clear.at(-2)?.outcome === "working";
	return workedBetween ? "flapping" : "failing";
}

function keep(kept: readonly KeptFailure[], one: KeptFailure): KeptFailure[] {
	const all = [...kept, one];
	return all.length <= KEPT_FIRST + KEPT_LAST ? all : [...all.slice(0, KEPT_FIRST), ...all.slice(-KEPT_LAST)];
}
