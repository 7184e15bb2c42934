import { isIP } from "node:net";

/** As the chats' own ids are: a member of Slack, a snowflake of Discord. */
const PERSON = /^(slack|discord)[: ]([A-Z0-9]{1,32})$/i;

/** What `trace` asks: an address, and the people who may have had it looked at, as the counts name them. */
interface TraceAsked {
	readonly address: string;
	readonly people: readonly string[];
}

/**
 * Reads `trace ADDRESS PERSON…`.
 * @returns a text: what to tell the operator
 */
export function readTrace(words: readonly string[]): TraceAsked | string {
	const [address = "", ...people] = words;
	const found = people.map((person) => PERSON.exec(person));
	if (isIP(address) === 0 || people.length === 0 || found.includes(null))
		return "trace needs an IP address and user IDs, such as trace 203.0.113.7 slack:U0123456789 discord:123456789012345678";
	return { address, people: found.map((one) => `${one?.[1]?.toLowerCase()} ${one?.[2]?.toUpperCase()}`) };
}

/**
 * One line a person: when they had the address looked at as an origin.
 * @param all for each person milliseconds since 1970, oldest first
 */
export const traceLines = ({ people }: TraceAsked, all: readonly (readonly number[])[]): string[] =>
	people.map((person, nth) => {
		const times = (all[nth] ?? []).map((at) => new Date(at).toISOString().replace(/\.\d+Z$/, "Z"));
		return `${person.replace(" ", ":")}: ${times.length === 0 ? "not in the last seven days" : times.join(", ")}`;
	});
