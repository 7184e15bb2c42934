import type { Outbox, Stores } from "../../src/desk/stores.ts";
import { StoreAway } from "../../src/desk/stores.ts";

/** What becomes of calls: `lost` ones are done, and their answers are lost; `silent` ones wait for `answer` to be set. */
type Answer = "answers" | "away" | "lost" | "silent";

/** Stores that several processes share, over a network that a test cuts. */
export interface CutStores extends Stores {
	/** Of all calls from now on; or of one port's, by its name and method: `inbox.open`. */
	answer(how: Answer, only?: string): void;
	/** The same after so many more calls; `lost` is one call, the one after that is away. */
	answerAfter(calls: number, how: Answer): void;
	/** How often each was called, by name. */
	readonly calls: ReadonlyMap<string, number>;
}

/** @param stores that say `sweepMs` */
export function cutStores(stores: Stores): CutStores {
	let [now, of]: [Answer, string | null] = ["answers", null];
	let waiting: (() => void)[] = [];
	let later: { left: number; readonly how: Answer } | null = null;
	const calls = new Map<string, number>();
	const cut =
		<A extends unknown[], R>(name: string, call: (...args: A) => Promise<R>) =>
		async (...args: A): Promise<R> => {
			calls.set(name, (calls.get(name) ?? 0) + 1);
			if (later !== null && later.left <= 0) {
				now = later.how === "lost" && now === "lost" ? "away" : later.how;
				if (now !== "lost") later = null;
			} else if (later !== null) later.left -= 1;
			const how = of === null || of === name ? now : "answers";
			if (how === "away") throw new StoreAway();
			if (how === "silent") await new Promise<void>((resolve) => waiting.push(resolve));
			const result = await call(...args);
			if (how === "lost") throw new StoreAway();
			return result;
		};
	const all = <T extends object>(port: string, methods: T): T =>
		Object.fromEntries(
			Object.entries(methods).map(([name, method]: [string, unknown]) => [
				name,
				typeof method === "function"
					? cut(`${port}.${name}`, async (...args: unknown[]) => Reflect.apply(method, methods, args))
					: method,
			]),
		) as T;
	const outbox = (one: Outbox): Outbox => all("outbox", one);
	return {
		...stores,
		cases: all("cases", stores.cases),
		inbox: { ...all("inbox", stores.inbox), outbox: (id) => outbox(stores.inbox.outbox(id)) },
		watches: { ...all("watches", stores.watches), outbox: (id, epoch) => outbox(stores.watches.outbox(id, epoch)) },
		policies: all("policies", stores.policies),
		requestCounts: all("requestCounts", stores.requestCounts),
		accesses: all("accesses", stores.accesses),
		installs: all("installs", stores.installs),
		leases: all("leases", stores.leases),
		forget: cut("forget", stores.forget),
		forgetWorkspace: cut("forgetWorkspace", stores.forgetWorkspace),
		answer: (how, only) => {
			[now, of] = [how, only ?? null];
			later = null;
			const resumed = waiting;
			waiting = [];
			for (const one of resumed) one();
		},
		answerAfter: (left, how) => {
			later = { left, how };
		},
		calls,
	};
}
