import type { Refused } from "./shares.ts";

/** Requests of one access in five minutes: a fifth of what Cloudflare lets a user ask its analytics, which the owner's dashboard shares. */
const ACCESS_MAX = 60;
const WINDOW_MS = 5 * 60_000;
/** Accesses that are remembered; the least recently asked goes. */
const KEPT_MAX = 2_000;
/** Where Cloudflare names no time: its documented window (fundamentals/api/reference/limits, 2026-09). */
const LIMITED_MS = 5 * 60_000;
const LIMITED_MS_MAX = 3_600_000;

type Limited = Extract<Refused, { kind: "limited" }>;

/**
 * Where several processes ask with the same tokens: takes room for one request, beside what the others took.
 * @param max so many fit into the window
 * @returns null: there is room; else the milliseconds until there is. Rejects when nobody can tell
 */
export type SharedBudget = (access: string, max: number, windowMs: number) => Promise<number | null>;

/** How much is asked of Cloudflare, by access. */
export interface Budgets {
	/** Takes one request. null: go on. Never rejects. */
	take(access: string): Promise<Refused | null>;
	/**
	 * Cloudflare said that it is too much.
	 * @param retryAfter the header's text; undefined: none
	 */
	limited(access: string, retryAfter: string | undefined): Limited;
}

/** @param shared absent: this process asks alone */
export function openBudgets(now: () => number, shared?: SharedBudget): Budgets {
	const kept = new Map<string, { times: readonly number[]; untilMs: number }>();
	const of = (access: string) => kept.get(access) ?? { times: [], untilMs: 0 };
	const put = (access: string, times: readonly number[], untilMs: number) => {
		kept.delete(access);
		kept.set(access, { times, untilMs });
		const [oldest] = kept.keys();
		if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest);
	};
	return {
		take: async (access) => {
			const atMs = now();
			const { times, untilMs } = of(access);
			if (untilMs > atMs) return { kind: "limited", untilMs };
			if (shared !== undefined)
				return shared(access, ACCESS_MAX, WINDOW_MS).then(
					(againMs) => (againMs === null ? null : { kind: "limited", untilMs: atMs + againMs }),
					() => ({ kind: "unreachable" }),
				);
			const recent = times.filter((time) => time > atMs - WINDOW_MS && time <= atMs);
			const [first] = recent;
			if (recent.length >= ACCESS_MAX && first !== undefined) return { kind: "limited", untilMs: first + WINDOW_MS };
			put(access, [...recent, atMs], 0);
			return null;
		},
		limited: (access, retryAfter) => {
			const seconds = /^\d{1,6}$/.test(retryAfter ?? "") ? Number(retryAfter) : LIMITED_MS / 1_000;
			const untilMs = now() + Math.min(Math.max(1_000, seconds * 1_000), LIMITED_MS_MAX);
			put(access, of(access).times, untilMs);
			return { kind: "limited", untilMs };
		},
	};
}
