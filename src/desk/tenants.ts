import { memoryCounts } from "../looks/request-counts.ts";
import type { Message } from "../message/message.ts";
import type { Conversation } from "./conversation.ts";

/** Where a case or a watch belongs. */
export interface Belonging {
	readonly workspace: string | null;
	/** Who reads it: the room it is told in, or the one person; null where that was not kept. */
	readonly room: string | null;
	/** Everybody in the workspace may read that room. */
	readonly isOpen: boolean;
	readonly threadKey: string | null;
}

/** What of a conversation decides what may be told and done in it. */
type Reader = Pick<Conversation<Message>, "workspace" | "room" | "asker" | "isOutsider" | "isPublic" | "location">;

/** Where what is told in a conversation belongs: to its room, or where only the asker is answered, to them. */
export const belongingOf = (reader: Omit<Reader, "workspace" | "location">) =>
	reader.isPublic()
		? { room: reader.room.key, isOpen: reader.room.isOpen && !reader.isOutsider }
		: { room: reader.asker, isOpen: false };

/** It is told in this very place, or to this very person. */
export function isToldHere(one: Belonging, reader: Omit<Reader, "isOutsider" | "isPublic">): boolean {
	if (one.workspace !== reader.workspace) return false;
	// Kept before rooms were: its thread is all that is known.
	if (one.room === null) return one.threadKey === reader.location().threadKey;
	return one.room === reader.room.key || one.room === reader.asker;
}

/** This person may read it: it is told here, or in a room that is open to their workspace. */
const mayRead = (one: Belonging, reader: Omit<Reader, "isPublic">): boolean =>
	isToldHere(one, reader) || (one.workspace === reader.workspace && one.isOpen && !reader.isOutsider);

/**
 * Those that this person may read in this very place. A guest is in few rooms of the workspace, also of those that are open to its members.
 * @param toAll what is told of them is read by the whole room, not by this person alone
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
 * Who shares looks at pages: a workspace's own people in the rooms that all of them may read. What is asked in any other room is nobody's
 * business outside of it, and everybody from outside is on their own.
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

/** Counts the ids that a person presses and that lead nowhere: nobody tries many. */
export class UnknownPresses {
	readonly #counts: ReturnType<typeof memoryCounts>;

	/** @param now Unix milliseconds */
	constructor(now: () => number) {
		this.#counts = memoryCounts(now);
	}

	/** Whether this person has pressed too many: nothing is looked up for them for a while. */
	tooMany(asker: string | null): boolean {
		return asker !== null && this.#counts.used(asker) >= MISSES_MAX;
	}

	missed(asker: string | null): void {
		if (asker !== null) this.#counts.add([{ key: asker, amount: 1, max: MISSES_MAX, windowMs: MISSES_MS }]);
	}
}
