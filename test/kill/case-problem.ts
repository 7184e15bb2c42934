import { AWAY, asks, CHECKED, CHECKED_BELOW, countOf, GAVE_UP, isPublic, PERHAPS_TWICE, type Person, type Seen } from "./seen.ts";

/** What people did with a case, in order, as far as it can be read. */
export interface Flow {
	readonly asker: Person;
	readonly steps: Step[];
	look(): Seen[];
}
export interface Step {
	readonly kind: StepKind;
	readonly who: Person;
	/** The message that was pressed. */
	readonly at: string;
}
export type StepKind = "answer" | "undo" | "recheck" | "solve" | "reopen";
export const FLOW: readonly StepKind[] = ["answer", "undo", "answer", "recheck", "solve", "reopen", "answer", "solve"];

/** What must stand once for a step, in public. */
const STANDS: Readonly<Record<StepKind, (name: string) => readonly RegExp[]>> = {
	answer: (name) => [new RegExp(`✅ ${name}: `)],
	undo: (name) => [new RegExp(`^${name} undid the answer "`, "m"), new RegExp(`↩ ${name} undid the answer to: `)],
	recheck: () => [],
	solve: (name) => [new RegExp(`Solved by ${name} after `)],
	reopen: (name) => [new RegExp(`^${name} reopened this case\\.`, "m")],
};

/** Those that were refused in words. */
const refusedOf = ({ steps }: Flow, all: readonly Seen[]): readonly Step[] =>
	steps.filter(({ who }) => all.some((one) => one.onlyFor === who.user && AWAY.test(one.says)));

/** The steps that were not refused in words: what is done next comes after these. */
export const doneOf = (flow: Flow): readonly Step[] => {
	const refused = refusedOf(flow, flow.look());
	return flow.steps.filter((one) => !refused.includes(one));
};

/** Every selection of some things. */
function subsets<T>([first, ...rest]: readonly T[]): readonly (readonly T[])[] {
	if (first === undefined) return [[]];
	const without = subsets(rest);
	return [...without, ...without.map((set) => [first, ...set])];
}

/**
 * What is wrong with a case; null for nothing. A step that was refused in words may have been done all the same, because the refusal is
 * said where the database did not answer: the case has to be right with it or without it.
 * @param acknowledged everything that was done with it
 */
export function caseProblem(flow: Flow, acknowledged: boolean): string | null {
	const all = flow.look();
	const refused = refusedOf(flow, all);
	let problem: string | null = null;
	for (const undone of subsets(refused)) {
		const steps = flow.steps.filter((one) => !undone.includes(one));
		problem = problemOf(flow.asker, steps, all, acknowledged);
		if (problem === null) return null;
	}
	return refused.length === 0 ? problem : mixedProblem(flow, refused, all, acknowledged);
}

/** What was refused may come later, between what others did since: then only what each did tells something. */
function mixedProblem({ steps }: Flow, refused: readonly Step[], all: readonly Seen[], acknowledged: boolean): string | null {
	const open = all.filter(isPublic);
	const heads = open.filter((one) => one.isHead).length;
	if (heads > 1) return `${heads} heads`;
	for (const step of steps) {
		const { kind, who } = step;
		for (const stands of STANDS[kind](who.name)) {
			const times = countOf(open, stands);
			if (times > 1) return `${stands} stands ${times} times`;
		}
		// What was undone does not name who said it.
		const isUndone = kind === "answer" && steps.some((one) => one.kind === "undo");
		const isTold = kind === "recheck" || isUndone || all.some((one) => one.says.includes(who.name) || one.onlyFor === who.user);
		if (acknowledged && !isTold && !refused.includes(step)) return `what ${who.name} did (${kind}) is lost`;
	}
	return null;
}

/**
 * The whole state of a case: one head with what is so now; in its thread one message for the first question and one for each step; one
 * open question, none where it is solved; each answer with its way back.
 */
function problemOf(asker: Person, steps: readonly Step[], all: readonly Seen[], acknowledged: boolean): string | null {
	const [open, alone] = [all.filter(isPublic), all.filter((one) => !isPublic(one))];
	const heads = open.filter((one) => one.isHead);
	const thread = open.filter((one) => !one.isHead && !CHECKED_BELOW.test(one.says.trim()));
	if (heads.length > 1) return `${heads.length} heads`;
	const [head] = heads;
	const isTold = head !== undefined && /fails with 520|: solved/.test(head.says);
	if (!isTold) return acknowledged ? untold(asker, head, alone) : null;
	if (!acknowledged) return null;
	// A message that may have arrived can be in the channel, and is repeated privately. So is a check whose first message was being sent.
	const checkers = steps.flatMap(({ kind, who }) => (kind === "recheck" ? [who.user] : []));
	const checkedAlone = alone.filter((one) => checkers.includes(one.onlyFor ?? "") && CHECKED.test(one.says)).length;
	const perhaps = countOf(alone, PERHAPS_TWICE) + checkedAlone;
	const posts = 1 + steps.length;
	if (thread.length > posts || thread.length < posts - perhaps)
		return `${thread.length} messages in the thread for ${posts} things`;
	const solved = steps.findLast(({ kind }) => kind === "solve" || kind === "reopen");
	const isSolved = solved?.kind === "solve";
	for (const [nth, step] of steps.entries()) {
		const problem = stepProblem(step, steps[nth + 1], open, perhaps);
		if (problem !== null) return problem;
	}
	const rechecks = steps.filter(({ kind }) => kind === "recheck").length;
	const checked = countOf(thread, CHECKED);
	if (checked > rechecks || checked + checkedAlone < rechecks) return `checked again ${checked} times for ${rechecks}`;
	const backs = steps.reduce((sum, { kind }) => sum + (kind === "answer" ? 1 : kind === "undo" ? -1 : 0), 0);
	const undo = thread.filter((one) => one.actions.some((action) => action.startsWith("b:"))).length;
	if (perhaps === 0 && undo !== backs) return `${undo} answers can be undone of ${backs}`;
	return stateProblem(head, thread, isSolved ? (solved?.who.name ?? "") : null, perhaps);
}

/** There is no answer in public, and it was acknowledged: it was told alone, given up or refused in words, or it is lost. */
function untold(asker: Person, head: Seen | undefined, alone: readonly Seen[]): string | null {
	const told = alone.filter((one) => one.onlyFor === asker.user);
	if (told.some((one) => /fails with 520/.test(one.says) || AWAY.test(one.says) || GAVE_UP.test(one.says))) return null;
	if (head !== undefined) return GAVE_UP.test(head.says) ? null : `left at: ${head.says.slice(0, 120)}`;
	return `no answer: ${alone
		.map((one) => one.says)
		.join(" / ")
		.slice(0, 200)}`;
}

function stepProblem({ kind, who, at }: Step, next: Step | undefined, open: readonly Seen[], perhaps: number): string | null {
	// An undone answer is shown as undone.
	const isUndone = kind === "answer" && next?.kind === "undo";
	if (isUndone) return null;
	for (const stands of STANDS[kind](who.name)) {
		const times = countOf(open, stands);
		if (times > 1) return `${stands} stands ${times} times`;
		if (times === 0 && perhaps === 0) return `${stands} is lost`;
	}
	const turned = open.find((one) => one.id === at && !one.isHead);
	if (kind === "answer" && perhaps === 0 && turned?.says.includes(`✅ ${who.name}: `) !== true)
		return `the question of ${who.name}'s answer is still: ${turned?.says.slice(0, 80)}`;
	return null;
}

/** What holds of every case at the end: its head, and how many questions are open. */
export function stateProblem(head: Seen, thread: readonly Seen[], solvedBy: string | null, perhaps: number): string | null {
	const asking = thread.filter(asks).length;
	if (solvedBy !== null) {
		if (!new RegExp(`: solved\\s+(?:· )?by ${solvedBy} after`, "i").test(head.says))
			return `solved, and the head says: ${head.says.slice(0, 120)}`;
		return asking > perhaps ? `solved, and ${asking} questions are open` : null;
	}
	if (!/fails with 520/.test(head.says)) return `the head says: ${head.says.slice(0, 120)}`;
	const isLikely = /likely: /i.test(head.says);
	const fixes = thread.filter((one) => one.actions.some((action) => action.startsWith("g:"))).length;
	if (isLikely && fixes === 0 && perhaps === 0) return "the cause is likely, and nothing says what to do";
	const most = isLikely ? 0 : 1;
	if (asking > most + perhaps || (asking < most && perhaps === 0))
		return `${asking} questions are open${isLikely ? ", and the cause is likely" : ""}`;
	return null;
}
