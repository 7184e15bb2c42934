/**
 * A list of which the caller knows that something is in it, as its type says so.
 * @throws when it is empty: a mistake in the program
 */
export function nonEmpty<T>(list: readonly T[]): [T, ...T[]] {
	const [first, ...others] = list;
	if (list.length === 0) throw new Error("the list is empty");
	return [first as T, ...others];
}
