/**
 * For whom something is done: what is shared goes round by workspace, then by person. null: there is none. Where both are null (a
 * terminal), no share applies.
 */
export interface Asker {
	readonly workspace: string | null;
	readonly person: string | null;
}

export const NOBODY: Asker = { workspace: null, person: null };

/** How many places there are, and how many of them one workspace and one person may hold at a time. */
export interface TurnsSettings {
	readonly all: number;
	readonly perWorkspace: number;
	readonly perPerson: number;
	/** How many may wait, by the same three. Beyond that, requests are rejected. */
	readonly waiting: { readonly all: number; readonly perWorkspace: number; readonly perPerson: number };
}

interface Waiter {
	readonly enter: () => void;
}

interface Person {
	held: number;
	readonly waiting: Waiter[];
}

interface Workspace {
	held: number;
	waiting: number;
	/** In the order of their turn: who was served goes to the end. */
	readonly people: Map<string, Person>;
}

/** Too many wait already. */
export class NoRoom extends Error {
	override readonly name = "NoRoom";
	readonly code = "EBUSY";
}

/** For what is bounded elsewhere: never rejects. */
export const NO_BOUND: TurnsSettings["waiting"] = {
	all: Number.POSITIVE_INFINITY,
	perWorkspace: Number.POSITIVE_INFINITY,
	perPerson: Number.POSITIVE_INFINITY,
};

/**
 * Places that are given in turn: to the workspace that holds the fewest, of several to the one that waits longest for its turn; there to
 * the person who does.
 */
export interface Turns {
	/**
	 * Waits for a place.
	 * @param signal ends the waiting
	 * @returns what gives the place back; calling it twice does no harm
	 * @throws NoRoom when too many wait; the signal's reason when it was aborted first
	 */
	enter(asker: Asker, signal?: AbortSignal): Promise<() => void>;
	/** Waits for a place, works, and always gives the place back. Rejects as {@link enter}, or with the work's own error. */
	take<T>(asker: Asker, work: () => Promise<T>): Promise<T>;
	/** How many wait for a place. */
	readonly waiting: number;
}

export function openTurns(most: TurnsSettings): Turns {
	// In the order of their turn, as the people in them. Only those who hold a place or wait for one.
	const workspaces = new Map<string, Workspace>();
	let held = 0;
	let waiting = 0;

	const placeOf = ({ workspace, person }: Asker): { key: string; name: string; at: Workspace; who: Person } => {
		const key = JSON.stringify(workspace);
		const name = JSON.stringify(person);
		const at = workspaces.get(key) ?? { held: 0, waiting: 0, people: new Map<string, Person>() };
		workspaces.set(key, at);
		const who = at.people.get(name) ?? { held: 0, waiting: [] };
		at.people.set(name, who);
		return { key, name, at, who };
	};
	const tidy = ({ key, name, at, who }: ReturnType<typeof placeOf>) => {
		if (who.held === 0 && who.waiting.length === 0) at.people.delete(name);
		if (at.held === 0 && at.waiting === 0) workspaces.delete(key);
	};
	/** Whose turn it is in a workspace; undefined when no one there may have a place. */
	const nextIn = (key: string, at: Workspace): string | undefined => {
		if (at.waiting === 0 || (key !== "null" && at.held >= most.perWorkspace)) return undefined;
		for (const [name, who] of at.people) {
			const mayEnter = (key === "null" && name === "null") || who.held < most.perPerson;
			if (mayEnter && who.waiting.length > 0) return name;
		}
		return undefined;
	};
	/** Gives one free place to the next in turn; false when no place is free or no one may have it. */
	const serve = (): boolean => {
		if (held >= most.all) return false;
		let turn: { readonly key: string; readonly at: Workspace; readonly name: string } | null = null;
		for (const [key, at] of workspaces) {
			if (turn !== null && at.held >= turn.at.held) continue;
			const name = nextIn(key, at);
			if (name !== undefined) turn = { key, at, name };
		}
		if (turn === null) return false;
		const { key, at, name } = turn;
		const who = at.people.get(name);
		const next = who?.waiting.shift();
		if (who === undefined || next === undefined) return false;
		held += 1;
		at.held += 1;
		who.held += 1;
		waiting -= 1;
		at.waiting -= 1;
		workspaces.delete(key);
		workspaces.set(key, at);
		at.people.delete(name);
		at.people.set(name, who);
		next.enter();
		return true;
	};

	const turns: Turns = {
		get waiting() {
			return waiting;
		},
		take: async (asker, work) => {
			const leave = await turns.enter(asker);
			try {
				return await work();
			} finally {
				leave();
			}
		},
		enter: (asker, signal) =>
			new Promise((resolve, reject) => {
				if (signal?.aborted === true) return reject(signal.reason);
				const place = placeOf(asker);
				const { at, who } = place;
				const { waiting: mayWait } = most;
				if (waiting >= mayWait.all || at.waiting >= mayWait.perWorkspace || who.waiting.length >= mayWait.perPerson) {
					tidy(place);
					return reject(new NoRoom("too many wait for a place"));
				}
				let left = false;
				const leave = () => {
					if (left) return;
					left = true;
					held -= 1;
					at.held -= 1;
					who.held -= 1;
					tidy(place);
					while (serve());
				};
				const waiter: Waiter = {
					enter: () => {
						signal?.removeEventListener("abort", gone);
						resolve(leave);
					},
				};
				const gone = () => {
					who.waiting.splice(who.waiting.indexOf(waiter), 1);
					waiting -= 1;
					at.waiting -= 1;
					tidy(place);
					reject(signal?.reason);
				};
				signal?.addEventListener("abort", gone, { once: true });
				who.waiting.push(waiter);
				waiting += 1;
				at.waiting += 1;
				while (serve());
			}),
	};
	return turns;
}
