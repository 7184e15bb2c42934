/** Names that fields of kept bodies had in version 0.1, and what they are called now. */
const OF_CASES: Readonly<Record<string, string>> = { ref: "messageRef", place: "threadKey" };
const OF_WATCHES: Readonly<Record<string, string>> = {
	...OF_CASES,
	door: "resumeRef",
	alone: "isPrivate",
	told: "announced",
	telling: "toAnnounce",
};
const OF_BUTTONS: Readonly<Record<string, string>> = { press: "action" };

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === "object" && value !== null && !Array.isArray(value);

const renamed = (value: unknown, names: Readonly<Record<string, string>>): unknown =>
	isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [names[key] ?? key, inner])) : value;

/** The list under a key, each of its items changed. */
const eachOf = (value: unknown, key: string, change: (item: unknown) => unknown): unknown =>
	isRecord(value) && Array.isArray(value[key]) ? { ...value, [key]: value[key].map(change) } : value;

/** A case as it was kept, under today's names. Total. */
export function caseWithTodaysNames(body: unknown): unknown {
	const one = renamed(body, OF_CASES);
	if (!isRecord(one)) return one;
	const head = eachOf(one.head, "blocks", (block) => eachOf(block, "buttons", (button) => renamed(button, OF_BUTTONS)));
	return { ...one, head };
}

/** A watch as it was kept, under today's names. Total. */
export const watchWithTodaysNames = (body: unknown): unknown => renamed(body, OF_WATCHES);
