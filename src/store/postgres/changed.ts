import type { Changed } from "../../desk/stores.ts";

/** A value, and what tells whether it was changed since. */
interface Found<T, Version> {
	readonly value: T;
	readonly version: Version;
}

/**
 * Changes a value as it is now, without holding anything while `work` runs: after a concurrent change, again with the newer value.
 * @param read null: there is none
 * @param write false: it was changed since it was read
 */
export function changeNow<T, Version>(
	read: () => Promise<Found<T, Version>>,
	write: (after: T, version: Version) => Promise<boolean>,
	work: (now: T) => T,
): Promise<Changed<T>>;
export function changeNow<T, Version>(
	read: () => Promise<Found<T, Version> | null>,
	write: (after: T, version: Version) => Promise<boolean>,
	work: (now: T) => T,
): Promise<Changed<T> | null>;
export async function changeNow<T, Version>(
	read: () => Promise<Found<T, Version> | null>,
	write: (after: T, version: Version) => Promise<boolean>,
	work: (now: T) => T,
): Promise<Changed<T> | null> {
	for (;;) {
		const found = await read();
		if (found === null) return null;
		const after = work(found.value);
		if (after === found.value || (await write(after, found.version))) return { before: found.value, after };
	}
}
