import type { ClaimLimits } from "../desk/stores.ts";
import type { Watch } from "../judge/watch.ts";

type Owned = Pick<Watch, "workspace" | "asker">;

/**
 * Picks what is served next: of each workspace in turn, in it of each person in turn, and of one person the first first.
 * @param due those who wait, the longest waiting first
 * @param held what is served already
 * @param max for both together
 */
export function fairPick<T extends Owned>(due: readonly T[], held: readonly Owned[], max: ClaimLimits): T[] {
	const counts = new Map<string, number>();
	const count = (key: string) => counts.get(key) ?? 0;
	const keyed = <O extends Owned>(one: O) => ({
		one,
		workspace: JSON.stringify(one.workspace),
		person: JSON.stringify([one.workspace, one.asker]),
	});
	type Keyed = ReturnType<typeof keyed>;
	const take = ({ workspace, person }: Keyed) => {
		for (const key of [workspace, person]) counts.set(key, count(key) + 1);
	};
	const mayBeTaken = ({ one, workspace, person }: Keyed) => {
		const isTerminal = one.workspace === null && one.asker === null;
		return (isTerminal || count(person) < max.person) && (one.workspace === null || count(workspace) < max.workspace);
	};
	const isBefore = (a: Keyed, b: Keyed) =>
		count(a.workspace) < count(b.workspace) || (count(a.workspace) === count(b.workspace) && count(a.person) < count(b.person));
	for (const one of held) take(keyed(one));
	const waiting = due.map((one) => keyed(one));
	const picked: T[] = [];
	while (held.length + picked.length < max.all) {
		const best = waiting
			.filter(mayBeTaken)
			.reduce<(typeof waiting)[number] | null>((best, one) => (best === null || isBefore(one, best) ? one : best), null);
		if (best === null) break;
		waiting.splice(waiting.indexOf(best), 1);
		take(best);
		picked.push(best.one);
	}
	return picked;
}
