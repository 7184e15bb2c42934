import { withTimeout } from "../desk/with-timeout.ts";

const NAMES_MAX = 2_000;
/**
 * After a failure nobody's name is asked for until then: most are over by that time (a limit, a database that is away), and a chat that
 * refuses us names for good gets one call more in it.
 */
const ASK_AGAIN_MS = 30_000;
const ASKING_MS_MAX = 1_500;
/** A person whose name the chat does not tell. */
export const NOBODY = "Somebody";

/**
 * Remembers the names of people whom events give only by ID.
 * @param ask asks the chat; undefined or "" where it knows no name, rejects where it does not give names
 * @param now Unix milliseconds
 * @returns the name to show, never rejects
 */
export function nameBook(
	ask: (user: string) => Promise<string | undefined>,
	now: () => number = Date.now,
): (user: string) => Promise<string> {
	const known = new Map<string, string>();
	let notBefore = 0;
	return async (user) => {
		const name = known.get(user);
		if (name !== undefined) return name;
		if (now() < notBefore) return NOBODY;
		const asked = ask(user).catch(() => {
			notBefore = now() + ASK_AGAIN_MS;
			return undefined;
		});
		const found = (await withTimeout(asked, ASKING_MS_MAX)) ?? "";
		if (found === "") return NOBODY;
		if (known.size >= NAMES_MAX) known.clear();
		known.set(user, found);
		return found;
	};
}
