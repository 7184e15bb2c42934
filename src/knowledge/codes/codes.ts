import { CODES, type CodeEntry } from "./table.ts";

const BY_CODE: ReadonlyMap<number, CodeEntry> = new Map(CODES.map((entry) => [entry.code, entry]));

/** What our table says about a code (an HTTP status or a 1xxx number); undefined when it holds nothing. */
export function findCode(code: number): CodeEntry | undefined {
	return BY_CODE.get(code);
}

/** Every code that has a page, in order. */
export const KNOWN_CODES: readonly number[] = CODES.map((entry) => entry.code);
