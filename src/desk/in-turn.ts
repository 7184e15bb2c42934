import type { DeskContext } from "./context.ts";

/** Longer than a few calls to a chat take. A process that ends in the middle holds the others up for so long. */
const LEASE_MS = 10_000;
const AGAIN_MS = 500;

/**
 * Does some work that only one process may do at a time, after those that are at it. It is done even when the others take too long or the
 * store does not answer: it has to be safe to do twice.
 */
export async function inTurn<T>(
	{ stores, later }: Pick<DeskContext, "stores" | "later">,
	name: string,
	work: () => Promise<T>,
): Promise<T> {
	if (stores.sweepMs === null) return work();
	const held = async () => stores.leases.hold(name, LEASE_MS).catch(() => true);
	// Two of them in front of us, each for the whole of its lease.
	for (let tries = (2 * LEASE_MS) / AGAIN_MS; tries > 0 && !(await held()); tries -= 1)
		await new Promise<void>((resolve) => void later(AGAIN_MS, resolve));
	try {
		return await work();
	} finally {
		await stores.leases.drop(name).catch(() => {});
	}
}
