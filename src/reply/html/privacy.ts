import type { Case } from "../../judge/case.ts";

const PART = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";
const IPV4 = new RegExp(`(?<![\\w.])(?!127\\.)${PART}(?:\\.${PART}){3}(?![\\w.]*\\w)`, "g");
/** Eight groups, or fewer around a `::` with at least three groups: times of day have no such form. */
const IPV6 = /(?<![\w:])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){2,6}(?::[0-9a-f]{1,4}){1,5})(?![\w:])/gi;

/** Removes IP addresses, except 127.0.0.1 of the printed commands. */
export const withoutIps = (text: string): string => text.replace(IPV4, "[IP address]").replace(IPV6, "[IP address]");

/** People in a report, numbered in the order of their appearance. */
export interface People {
	/** `a person (1)`; `someone` without a name. */
	readonly nameOf: (who: string | null) => string;
	/** A text with these people's names replaced. */
	readonly hidden: (text: string) => string;
}

/** A name this short is also a word. */
const NAME_MIN_CHARS = 3;

/** @returns the people of a case under numbers */
export function peopleOf(one: Case): People {
	const names = [one.asker?.name ?? null, ...one.facts.map(({ who }) => who), one.solved?.who ?? null];
	const numbers = new Map<string, number>();
	for (const name of names) if (name !== null && name !== "" && !numbers.has(name)) numbers.set(name, numbers.size + 1);
	const nameOf = (who: string | null): string => {
		const number = who === null ? undefined : numbers.get(who);
		return number === undefined ? "someone" : `a person (${number})`;
	};
	const long = [...numbers.keys()].filter((name) => name.length >= NAME_MIN_CHARS).sort((a, b) => b.length - a.length);
	return {
		nameOf,
		hidden: (text) => long.reduce((out, name) => (out.includes(name) ? out.replaceAll(name, nameOf(name)) : out), text),
	};
}
