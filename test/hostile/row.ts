import type { Servers } from "./servers.ts";

/** One row of the table of faults. */
export interface Row {
	readonly id: string;
	readonly what: string;
	/** The figure before it was fixed. */
	readonly today: string;
	run(servers: Servers): Promise<Result>;
}

export interface Result {
	readonly now: Readonly<Record<string, unknown>>;
	/** What did not hold, in words; empty: the row holds. */
	readonly broken: readonly string[];
}

/** The process may be so large, whatever comes. */
export const MEMORY_MB_MAX = 400;

/** What did not hold, of named conditions. */
export const broken = (held: Readonly<Record<string, boolean>>): string[] =>
	Object.entries(held).flatMap(([name, holds]) => (holds ? [] : [name]));
