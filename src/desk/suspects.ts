import type { DeskContext } from "./context.ts";

/** A process that is about to be ended from outside, or by what it reads first, has nothing to do with them. */
const BEGIN_AFTER_MS = 2_000;
/** What has not ended the process in this time hardly does: the next may begin beside it. */
const ALONE_MS_MAX = 20_000;

/** The questions of one person that run. */
interface Group {
	readonly person: string;
	running: number;
}

/**
 * Resumes questions that were under way when a process ended: last, one person's at a time, so that a question that crashes the process
 * each time takes no one else's with it. Those of one person go together, so that many of theirs cost no more starts than one.
 */
export class Suspects {
	readonly #later: DeskContext["later"];
	/** Whose turn it is. */
	#group: Group | null = null;
	/** By person, in the order of their first. */
	readonly #waiting = new Map<string, ((group: Group) => void)[]>();
	#ready: Promise<void> | null = null;

	constructor(later: DeskContext["later"]) {
		this.#later = later;
	}

	/**
	 * Waits until everyone else's questions have ended.
	 * @returns to be called when this one has ended
	 */
	async enter(person: string): Promise<() => void> {
		this.#ready ??= new Promise((resolve) => void this.#later(BEGIN_AFTER_MS, resolve));
		await this.#ready;
		const group = await new Promise<Group>((go) => {
			this.#waiting.set(person, [...(this.#waiting.get(person) ?? []), go]);
			if (this.#group === null) this.#next();
			else if (this.#group.person === person) this.#begin(this.#group);
		});
		return () => {
			group.running -= 1;
			if (group.running === 0 && this.#group === group) this.#next();
		};
	}

	#next(): void {
		const [person] = this.#waiting.keys();
		this.#group = person === undefined ? null : { person, running: 0 };
		if (this.#group !== null) this.#begin(this.#group);
	}

	/** Begins all of the group that wait. */
	#begin(group: Group): void {
		if (group.running === 0)
			this.#later(ALONE_MS_MAX, () => {
				if (this.#group === group) this.#next();
			});
		const all = this.#waiting.get(group.person) ?? [];
		this.#waiting.delete(group.person);
		for (const go of all) {
			group.running += 1;
			go(group);
		}
	}
}
