/**
 * Lets questions that were under way when a process ended work again, one person's at a time: one that ends the process every time must
 * not take somebody else's with it. Those of one person go together, so that many of theirs cost no more starts than one.
 */
export class Suspects {
	#person: string | null = null;
	#running = 0;
	/** By person, in the order of their first. */
	readonly #waiting = new Map<string, (() => void)[]>();

	/**
	 * Waits for everybody else's to end.
	 * @returns to be called when this one has ended
	 */
	async enter(person: string): Promise<() => void> {
		if (this.#person === null || this.#person === person) this.#begin(person);
		else
			await new Promise<void>((go) => {
				this.#waiting.set(person, [...(this.#waiting.get(person) ?? []), go]);
			});
		return () => this.#leave();
	}

	#begin(person: string): void {
		this.#person = person;
		this.#running += 1;
	}

	#leave(): void {
		this.#running -= 1;
		if (this.#running > 0) return;
		this.#person = null;
		const [next] = this.#waiting;
		if (next === undefined) return;
		const [person, all] = next;
		this.#waiting.delete(person);
		for (const go of all) {
			this.#begin(person);
			go();
		}
	}
}
