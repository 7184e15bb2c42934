import { memoryCounts } from "../looks/request-counts.ts";
import type { Message } from "../message/message.ts";
import type { Conversation } from "./conversation.ts";

/** Where a case or a watch belongs. */
interface Belonging {
	readonly workspace: string | null;
	/** The room or the one person that can read it; null in data from before rooms were stored. */
	readonly room: string | null;
	/** Everyone in the workspace can read that room. */
	readonly isOpen: boolean;
	readonly threadKey: string | null;
}

/** The parts of a conversation that decide what may be shown and done in it. */
type Reader = Pick<Conversation<Message>, "workspace" | "room" | "asker" | "isOutsider" | "isPublic" | "location">;

/** Where an answer belongs: to the room, or to the asker when it is private. */
export const belongingOf = (reader: Omit<Reader, "workspace" | "location">) =>
	reader.isPublic()
		? { room: reader.room.key, isOpen: reader.room.isOpen && !reader.isOutsider }
		: { room: reader.asker, isOpen: false };

/** Whether it belongs to this place or person. */
export function isToldHere(one: Belonging, reader: Omit<Reader, "isOutsider" | "isPublic">): boolean {
	if (one.workspace !== reader.workspace) return false;
	// Stored before rooms were: only its thread is known.
	if (one.room === null) return one.threadKey === reader.location().threadKey;
	return one.room === reader.room.key || one.room === reader.asker;
}

/** Whether this person may read it: it is here, or in a room open to their workspace. */
const mayRead = (one: Belonging, reader: Omit<Reader, "isPublic">): boolean =>
	isToldHere(one, reader) || (one.workspace === reader.workspace && one.isOpen && !reader.isOutsider);

/**
 * Those that this person may read here. A guest is not in every room that is open to members.
 * @param toAll whether the whole room will read it
 */
export async function readableBy<T extends Belonging>(
	all: readonly T[],
	reader: Omit<Reader, "isPublic"> & Pick<Conversation<Message>, "isFullMember">,
	toAll: boolean,
): Promise<readonly T[]> {
	const known = all.filter((one) => mayRead(one, reader));
	const here = known.filter((one) => isToldHere(one, reader));
	if (here.length === known.length) return known;
	return (toAll && reader.room.hasOutsiders) || (await reader.isFullMember()) === "no" ? here : known;
}

/**
 * Who shares looks at pages: a workspace's own people in the rooms that all of them may read. Checks asked for in any other room, or by
 * outsiders, are not shared.
 */
export const tenantOf = ({
	workspace,
	asker,
	isOutsider,
	room,
}: Pick<Reader, "workspace" | "asker" | "isOutsider" | "room">): string =>
	isOutsider
		? `${workspace} ${asker}`
		: room.isOpen && !room.hasOutsiders
			? String(workspace)
			: `${workspace} ${room.key ?? asker}`;

const MISSES_MAX = 10;
const MISSES_MS = 300_000;

/** Counts IDs that lead nowhere, by person, to stop guessing. */
export class UnknownPresses {
	readonly #counts: ReturnType<typeof memoryCounts>;

	/** @param now Unix milliseconds */
	constructor(now: () => number) {
		this.#counts = memoryCounts(now);
	}

	/** Whether this person has reached the limit: nothing is looked up for them for a while. */
	tooMany(asker: string | null): boolean {
		return asker !== null && this.#counts.used(asker) >= MISSES_MAX;
	}

	missed(asker: string | null): void {
		if (asker !== null) this.#counts.add([{ key: asker, amount: 1, max: MISSES_MAX, windowMs: MISSES_MS }]);
	}
}
