import type { Judged } from "./judged.ts";
import type { Expected } from "./table.ts";

/** What is wrong with a verdict, each in a few words; empty for a right one. */
export function wrongIn(expected: Expected, seen: Judged): readonly string[] {
	const { direct, codes, causes, says, may } = expected;
	const known = new Set<string>([...says, ...may]);
	return [
		...(direct.includes(seen.direct) ? [] : [`direct-origin ${seen.direct}, not ${direct.join(" or ")}`]),
		...(codes.includes(seen.code) ? [] : [`code ${seen.code}, not ${codes.join(" or ")}`]),
		...(causes.includes(seen.cause) ? [] : [`cause ${seen.cause}, not ${causes.join(" or ")}`]),
		...says.filter((id) => ![...seen.findings].some((one) => one === id)).map((id) => `missed: ${id}`),
		...[...seen.alarms].filter(([id]) => !known.has(id)).map(([id, looks]) => `false alarm: ${id} (${looks.join(", ")})`),
	];
}
