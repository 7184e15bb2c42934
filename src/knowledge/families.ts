/** The kinds of causes, each in words for people, in the order in which they are told. Ids are words and never used again for anything else. */
const LIST = {
	process: "the application",
	"load-or-time": "load or a timeout",
	refusal: "a rule that rejects the request",
	size: "a size limit",
	bytes: "the bytes of the response",
	way: "the path to the origin",
	edge: "Cloudflare",
} as const;

export type Family = keyof typeof LIST;
export const FAMILIES: Readonly<Record<Family, string>> = LIST;
export const FAMILY_IDS = Object.keys(LIST) as readonly Family[];
