import type { Asker } from "../looks/turns.ts";

/** A number of slots, in a fair order. */
export interface FairTurns {
	/** Runs `work` in a slot when it is this person's turn. One person never has two slots. */
	take<T>(asker: Asker, work: () => Promise<T>): Promise<T>;
	/** How much waits for its turn. */
	readonly waiting: number;
}

/** What waits and runs of one workspace. */
interface Line {
	running: number;
	/** By person, in the order in which their turn comes. */
	readonly waiting: Map<string, (() => void)[]>;
}

/** @param slots how much runs at the same time */
export function fairTurns(slots: number): FairTurns {
	/** By workspace, in the order in which their turn comes. */
	const lines = new Map<string, Line>();
	const busy = new Set<string>();
	let waiting = 0;

	/** The next person of a workspace who has no slot. */
	const nextIn = (line: Line) => [...line.waiting.keys()].find((person) => !busy.has(person));

	/** Starts what is next: of the workspaces with the fewest slots, the one that waits longest. False when there is nothing to start. */
	const startOne = (): boolean => {
		let best: { at: string; line: Line; person: string } | null = null;
		for (const [at, line] of lines) {
			const person = nextIn(line);
			if (person !== undefined && (best === null || line.running < best.line.running)) best = { at, line, person };
		}
		if (best === null) return false;
		const { at, line, person } = best;
		const [start, ...later] = line.waiting.get(person) ?? [];
		line.waiting.delete(person);
		if (later.length > 0) line.waiting.set(person, later);
		lines.delete(at);
		lines.set(at, line);
		line.running += 1;
		busy.add(person);
		waiting -= 1;
		start?.();
		return true;
	};
	const startNext = () => {
		while (busy.size < slots && startOne());
	};

	return {
		get waiting() {
			return waiting;
		},
		take: (asker, work) => {
			const at = asker.workspace ?? "";
			const person = `${at} ${asker.person ?? ""}`;
			const line = lines.get(at) ?? { running: 0, waiting: new Map<string, (() => void)[]>() };
			lines.set(at, line);
			const mine = new Promise<void>((start) => {
				line.waiting.set(person, [...(line.waiting.get(person) ?? []), start]);
			})
				.then(work)
				.finally(() => {
					busy.delete(person);
					line.running -= 1;
					if (line.running === 0 && line.waiting.size === 0) lines.delete(at);
					startNext();
				});
			waiting += 1;
			startNext();
			return mine;
		},
	};
}
