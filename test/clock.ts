import type { Clock } from "../src/store/clock.ts";

/** A clock that stands until it is turned, and what waits for it. */
export interface HandClock extends Clock {
	/** Does what is due by then, in order. */
	turn(ms: number): void;
	/** The same time for a process that is frozen or dead: whatever waits there never comes. */
	frozen(): Clock;
}

export function handClock(startMs: number): HandClock {
	let now = startMs;
	const waiting = new Set<{ at: number; work: () => void }>();
	return {
		now: () => Math.floor(now),
		later: (ms, work) => {
			const one = { at: now + ms, work };
			waiting.add(one);
			return () => void waiting.delete(one);
		},
		turn: (ms) => {
			const until = now + ms;
			for (;;) {
				const next = [...waiting].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
				if (next === undefined) break;
				waiting.delete(next);
				now = Math.max(now, next.at);
				next.work();
			}
			now = until;
		},
		frozen: () => ({ now: () => Math.floor(now), later: () => () => {} }),
	};
}

/** As a {@link HandClock}, for stores whose calls take their time: what is due is waited for before the clock goes on. */
export interface AwaitedClock extends Clock {
	turn(ms: number): Promise<void>;
	frozen(): Clock;
}

/** @param turned another clock goes with it: told before anything that is due by then */
export function awaitedClock(startMs: number, turned: (nowMs: number) => Promise<void> = async () => {}): AwaitedClock {
	let now = startMs;
	const waiting = new Set<{ at: number; work: () => unknown }>();
	const goTo = async (ms: number) => {
		now = Math.max(now, ms);
		await turned(Math.floor(now));
	};
	return {
		now: () => Math.floor(now),
		later: (ms, work) => {
			const one = { at: now + ms, work };
			waiting.add(one);
			return () => void waiting.delete(one);
		},
		turn: async (ms) => {
			const until = now + ms;
			for (;;) {
				const next = [...waiting].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
				if (next === undefined) break;
				waiting.delete(next);
				await goTo(next.at);
				await next.work();
			}
			now = until;
			await turned(Math.floor(now));
		},
		frozen: () => ({ now: () => Math.floor(now), later: () => () => {} }),
	};
}

/** The clock of the machine. */
export const realClock: Clock = {
	now: Date.now,
	later: (ms, work) => {
		const timer = setTimeout(work, ms);
		return () => clearTimeout(timer);
	},
};
