import { nameOf } from "../read/error.ts";
import type { DeskContext } from "./context.ts";
import { openLanes } from "./lanes.ts";
import { noOutbox } from "./resumable.ts";
import { type Cases, type Inbox, type Outbox, type Stores, TakenOver, type Watches } from "./stores.ts";

/** Logs what could not be stored. A takeover by another process is not a failure. */
type Failed = (caseId: string, error: unknown) => void;

/**
 * The stores as the desk uses them: on a full or broken disk a question is answered all the same, as long as this process lives, and the
 * log says what was not kept. What only consists of a change in the store (a watch, a decision of admins, forgetting) rejects with NotKept.
 * This is the one place that decides so. What nobody accepted (a terminal has no events) or what could not be accepted is answered in the
 * same way: nothing of it is kept, and its turn in a thread is kept in memory.
 */
export function answeringStores(stores: Stores, log: DeskContext["log"]): Stores {
	const failed: Failed = (caseId, error) => {
		if (error instanceof TakenOver) throw error;
		log({ event: "store-failed", caseId, error: nameOf(error) });
	};
	return {
		...stores,
		cases: answeringCases(stores.cases, failed),
		inbox: answeringInbox(stores.inbox, failed),
		watches: answeringWatches(stores.watches, failed),
		policies: { ...stores.policies, change: (workspace, work) => keeping(stores.policies.change(workspace, work), failed) },
		accesses: {
			...stores.accesses,
			put: (access) => keeping(stores.accesses.put(access), failed),
			remove: (owner, zoneName) => keeping(stores.accesses.remove(owner, zoneName), failed),
			// Noted again with the next answer of Cloudflare.
			note: (access, state) => stores.accesses.note(access, state).catch((error: unknown) => failed("", error)),
		},
		forget: (workspace, host) => keeping(stores.forget(workspace, host), failed),
	};
}

/** A change that needs the store, which is full or broken. The asker gets one sentence. */
export class NotKept extends Error {
	override readonly name = "NotKept";
}

const keeping = <T>(work: Promise<T>, failed: Failed): Promise<T> =>
	work.catch((error: unknown) => {
		failed("", error);
		throw new NotKept();
	});

const answeringCases = (cases: Cases, failed: Failed): Cases => ({
	...cases,
	open: (one) =>
		cases.open(one).catch((error: unknown) => {
			failed(one.id, error);
			return one;
		}),
	change: (id, work) =>
		cases.change(id, work).catch(async (error: unknown) => {
			failed(id, error);
			const before = await cases.get(id);
			return before === null ? null : { before, after: work(before) };
		}),
});

function answeringInbox(inbox: Inbox, failed: Failed): Inbox {
	/** Stored, and owned by this process. */
	const kept = new Set<string>();
	const lanes = openLanes();
	return {
		open: async (id, event, platform, body, workspace) => {
			try {
				const accepted = await inbox.open(id, event, platform, body, workspace);
				if (accepted) kept.add(id);
				return accepted;
			} catch (error) {
				failed(id, error);
				return true;
			}
		},
		turn: async (id, lane, max) => {
			if (!kept.has(id)) return lanes.turn(id, lane, max);
			return inbox.turn(id, lane, max).catch((error: unknown) => {
				failed(id, error);
				return lanes.turn(id, lane, max);
			});
		},
		begin: async (id) => {
			if (kept.has(id)) await inbox.begin(id).catch((error: unknown) => failed(id, error));
		},
		outbox: (id) => (kept.has(id) ? answeringOutbox(inbox.outbox(id), (error) => failed(id, error)) : noOutbox),
		unfinished: async (platform, max) => {
			const some = await inbox.unfinished(platform, max);
			for (const { id } of some) kept.add(id);
			return some;
		},
		release: () => inbox.release().catch((error: unknown) => failed("", error)),
		end: async (id) => {
			lanes.leave(id);
			if (kept.delete(id)) await inbox.end(id).catch((error: unknown) => failed(id, error));
		},
	};
}

const answeringWatches = (watches: Watches, failed: Failed): Watches => ({
	...watches,
	begin: (one, max) => keeping(watches.begin(one, max), failed),
	change: (id, work, epoch) => keeping(watches.change(id, work, epoch), failed),
	outbox: (id, epoch) => answeringOutbox(watches.outbox(id, epoch), (error) => failed(id, error)),
});

function answeringOutbox(outbox: Outbox, failed: (error: unknown) => void): Outbox {
	return {
		get: (slot) =>
			outbox.get(slot).catch((error: unknown) => {
				failed(error);
				return null;
			}),
		sending: (slot) => outbox.sending(slot).catch(failed),
		failed: (slot) => outbox.failed(slot).catch(failed),
		sent: (slot, messageRef) => outbox.sent(slot, messageRef).catch(failed),
	};
}
