import { readdirSync, readFileSync } from "node:fs";

/** How many more files and connections this process may open; null where the system does not say. */
export function descriptorsLeft(): number | null {
	try {
		const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1")) ?? [];
		return limit === undefined ? null : Number(limit) - readdirSync("/proc/self/fd").length;
	} catch {
		return null;
	}
}
