import { setImmediate } from "node:timers/promises";
import type { Inbox, Outbox, Stores, Watches } from "../../src/desk/stores.ts";

/** How late a call comes back: one that began later may come back before it. */
const turnsOf = (nth: number): number => (nth * 7) % 5;

/**
 * Stores that wait before and after every call, as a database over a network does: whoever read, decided and wrote without waiting only
 * because the store never did loses something here.
 */
export function slowStores(stores: Stores): Stores {
	let calls = 0;
	const waits = async (): Promise<void> => {
		calls += 1;
		for (let turns = turnsOf(calls); turns > 0; turns -= 1) await setImmediate();
	};
	const slow =
		<A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
		async (...args: A): Promise<R> => {
			await waits();
			const result = await call(...args);
			await waits();
			return result;
		};
	const slowOutbox = ({ get, sending, failed, sent }: Outbox): Outbox => ({
		get: slow(get),
		sending: slow(sending),
		failed: slow(failed),
		sent: slow(sent),
	});
	const { cases, inbox, watches, policies, requestCounts, accesses, installs, leases } = stores;
	const slowInbox: Inbox = {
		open: slow(inbox.open),
		turn: slow(inbox.turn),
		begin: slow(inbox.begin),
		outbox: (id) => slowOutbox(inbox.outbox(id)),
		unfinished: slow(inbox.unfinished),
		release: slow(inbox.release),
		end: slow(inbox.end),
	};
	const slowWatches: Watches = {
		get: slow(watches.get),
		begin: slow(watches.begin),
		claim: slow(watches.claim),
		extend: slow(watches.extend),
		release: slow(watches.release),
		change: slow(watches.change),
		outbox: (id, epoch) => slowOutbox(watches.outbox(id, epoch)),
		nextAtMs: slow(watches.nextAtMs),
		open: slow(watches.open),
		count: slow(watches.count),
	};
	return {
		cases: {
			get: slow(cases.get),
			inThread: slow(cases.inThread),
			ofHost: slow(cases.ofHost),
			ofWorkspace: slow(cases.ofWorkspace),
			open: slow(cases.open),
			change: slow(cases.change),
		},
		inbox: slowInbox,
		watches: slowWatches,
		policies: { of: slow(policies.of), change: slow(policies.change) },
		requestCounts: { reserve: slow(requestCounts.reserve) },
		accesses: {
			durable: accesses.durable,
			of: slow(accesses.of),
			put: slow(accesses.put),
			note: slow(accesses.note),
			remove: slow(accesses.remove),
			removeAll: slow(accesses.removeAll),
		},
		installs: { get: slow(installs.get), put: slow(installs.put), remove: slow(installs.remove), all: slow(installs.all) },
		leases: { hold: slow(leases.hold), drop: slow(leases.drop) },
		forget: slow(stores.forget),
		forgetWorkspace: slow(stores.forgetWorkspace),
		hashed: stores.hashed,
		durable: stores.durable,
		sweepMs: stores.sweepMs,
		...(stores.whenFreed === undefined ? {} : { whenFreed: stores.whenFreed }),
		close: stores.close,
	};
}
