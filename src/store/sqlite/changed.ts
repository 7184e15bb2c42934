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
	read: () => Found<T, Version>,
	write: (after: T, version: Version) => boolean,
	work: (now: T) => T,
): Changed<T>;
export function changeNow<T, Version>(
	read: () => Found<T, Version> | null,
	write: (after: T, version: Version) => boolean,
	work: (now: T) => T,
): Changed<T> | null;
export function changeNow<T, Version>(
	read: () => Found<T, Version> | null,
	write: (after: T, version: Version) => boolean,
	work: (now: T) => T,
): Changed<T> | null {
	for (;;) {
		const found = read();
		if (found === null) return null;
		const after = work(found.value);
		if (after === found.value || write(after, found.version)) return { before: found.value, after };
	}
}
