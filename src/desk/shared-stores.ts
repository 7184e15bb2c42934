import { nameOf } from "../read/error.ts";
import type { DeskContext } from "./context.ts";
import { StoreState } from "./store-state.ts";
import {
	type Inbox,
	type Outbox,
	type OutboxEntry,
	StoreAway,
	type Stores,
	TakenOver,
	type Unfinished,
	type Watches,
} from "./stores.ts";

/** What is under way here, and what could not be written: more than may be open at once. */
const KEPT_MAX = 10_000;

/** The store that several processes share, as the desk uses it. */
export interface SharedStores {
	/**
	 * Everything rejects with StoreAway while the database is away, but for what happened already: that a message was sent or not, and that a
	 * question is over. This is remembered and written later.
	 */
	readonly stores: Stores;
	readonly state: StoreState;
	/** Writes what is remembered. Rejects with StoreAway where that is still not possible. */
	settle(): Promise<void>;
	/** The database went away in the middle of a question of ours: the next sweep goes on with it, here or elsewhere. */
	leave(id: string): void;
	/** A question is another process's now. */
	lose(id: string): void;
}

/** Something that happened and is not written yet. */
interface Late {
	/** What it means for the slot; null: nothing was sent, or it is no slot. */
	readonly entry: OutboxEntry | null;
	readonly write: () => Promise<void>;
}

/** A question of ours that is under way. */
interface Held extends Unfinished {
	readonly platform: string;
}

/**
 * Where a question goes on un-noted on a full disk of our own (see answering-stores.ts), here nothing does: another process would answer
 * it too.
 */
export function sharedStores(stores: Stores, context: Pick<DeskContext, "later" | "log" | "metrics" | "now">): SharedStores {
	const state = new StoreState(context, () => stores.watches.nextAtMs(""));
	const late = new Map<string, Late>();
	const held = new Map<string, Held>();
	const left = new Set<string>();
	const failed = (error: unknown): void => {
		if (!(error instanceof StoreAway)) context.log({ event: "store-failed", caseId: "", error: nameOf(error) });
	};
	const settle = async (prefix = ""): Promise<void> => {
		for (const [key, { write }] of [...late]) {
			if (!key.startsWith(prefix)) continue;
			await state.watch(null, write()).catch((error: unknown) => {
				if (error instanceof StoreAway) throw error;
				failed(error);
			});
			late.delete(key);
		}
	};
	/** Writes what happened; later where that is not possible now. Never rejects. */
	const noting = (op: string, key: string, entry: OutboxEntry | null, write: () => Promise<void>): Promise<void> => {
		const once = () =>
			write().catch((error: unknown) => {
				// Another process decides about it.
				if (!(error instanceof TakenOver)) throw error;
			});
		return state.watch(op, once()).catch((error: unknown) => {
			failed(error);
			keep(late, key, { entry, write: once });
		});
	};
	const outboxOf = (of: string, outbox: Outbox): Outbox => ({
		get: async (slot) => {
			const known = late.get(`${of} ${slot}`);
			return known === undefined ? state.watch("outbox.get", outbox.get(slot)) : known.entry;
		},
		sending: async (slot) => {
			await settle(`${of} `);
			await state.watch("outbox.sending", outbox.sending(slot));
		},
		failed: (slot) => noting("outbox.failed", `${of} ${slot}`, null, () => outbox.failed(slot)),
		sent: (slot, messageRef) =>
			noting("outbox.sent", `${of} ${slot}`, { messageRef, sent: true }, () => outbox.sent(slot, messageRef)),
	});
	const forgotten = (id: string): void => {
		held.delete(id);
		left.delete(id);
	};
	/** What the database went away from in the middle, and is ours still. */
	const leftOf = (platform: string): readonly Unfinished[] =>
		[...left].flatMap((id) => {
			const one = held.get(id);
			if (one === undefined || one.platform !== platform) return [];
			left.delete(id);
			return one;
		});
	const { inbox, watches } = stores;
	const sharedInbox: Inbox = {
		open: async (id, event, platform, body, workspace) => {
			try {
				const accepted = await state.watch("inbox.open", inbox.open(id, event, platform, body, workspace));
				if (accepted) keep(held, id, { id, body, atMs: context.now(), deaths: 0, platform });
				return accepted;
			} catch (error) {
				failed(error);
				// Whatever broke: it is not noted.
				throw error instanceof StoreAway ? error : new StoreAway();
			}
		},
		turn: (id, lane, max) => state.watch(null, inbox.turn(id, lane, max)),
		begin: (id) => state.watch("inbox.begin", inbox.begin(id)),
		outbox: (id) => outboxOf(`question ${id}`, inbox.outbox(id)),
		unfinished: async (platform, max) => {
			const some = await state.watch("inbox.unfinished", inbox.unfinished(platform, max));
			if (some.length > 0) context.metrics.takenOver(some.length);
			for (const one of some) {
				forgotten(one.id);
				keep(held, one.id, { ...one, platform });
			}
			return some.length === 0 ? leftOf(platform) : some;
		},
		// What nobody releases is free after the lease.
		release: () => inbox.release().catch(failed),
		end: (id) => {
			forgotten(id);
			return noting("inbox.end", `end ${id}`, null, () => inbox.end(id));
		},
	};
	const sharedWatches: Watches = {
		...observed("watches", watches, state),
		outbox: (id, epoch) => outboxOf(`watch ${id}`, watches.outbox(id, epoch)),
	};
	return {
		stores: {
			cases: observed("cases", stores.cases, state),
			inbox: sharedInbox,
			watches: sharedWatches,
			policies: observed("policies", stores.policies, state),
			requestCounts: observed("requestCounts", stores.requestCounts, state),
			accesses: observed("accesses", stores.accesses, state),
			installs: observed("installs", stores.installs, state),
			leases: observed("leases", stores.leases, state),
			forget: (workspace, host) => state.watch("forget", stores.forget(workspace, host)),
			forgetWorkspace: (of) => state.watch("forgetWorkspace", stores.forgetWorkspace(of)),
			hashed: stores.hashed,
			durable: stores.durable,
			sweepMs: stores.sweepMs,
			close: stores.close,
		},
		state,
		settle: () => settle(),
		leave: (id) => void (held.has(id) && left.add(id)),
		lose: forgotten,
	};
}

/** The newest are kept. */
function keep<T>(all: Map<string, T>, key: string, one: T): void {
	all.delete(key);
	all.set(key, one);
	const [oldest] = all.keys();
	if (all.size > KEPT_MAX && oldest !== undefined) all.delete(oldest);
}

/** A port whose calls tell whether the store answers. */
function observed<T extends object>(name: string, port: T, state: StoreState): T {
	return Object.fromEntries(
		Object.entries(port).map(([method, value]: [string, unknown]) => [
			method,
			typeof value !== "function"
				? value
				: (...args: unknown[]): unknown => {
						const result: unknown = Reflect.apply(value, port, args);
						return result instanceof Promise ? state.watch(`${name}.${method}`, result) : result;
					},
		]),
	) as T;
}
