import { withTimeout } from "../desk/with-timeout.ts";

const NAMES_MAX = 2_000;
/** A chat that refuses us names does so until it is set up differently: asking again soon changes nothing. */
const ASK_AGAIN_MS = 3_600_000;
const ASKING_MS_MAX = 1_500;
/** A person whose name the chat does not tell. */
export const NOBODY = "Somebody";

/**
 * Remembers the names of people whom events give only by ID.
 * @param ask asks the chat; undefined or "" where it knows no name, rejects where it does not give names
 * @returns the name to show, never rejects
 */
export function nameBook(ask: (user: string) => Promise<string | undefined>): (user: string) => Promise<string> {
	const known = new Map<string, string>();
	let notBefore = 0;
	return async (user) => {
		const name = known.get(user);
		if (name !== undefined) return name;
		if (Date.now() < notBefore) return NOBODY;
		const asked = ask(user).catch(() => {
			notBefore = Date.now() + ASK_AGAIN_MS;
			return undefined;
		});
		const found = (await withTimeout(asked, ASKING_MS_MAX)) ?? "";
		if (found === "") return NOBODY;
		if (known.size >= NAMES_MAX) known.clear();
		known.set(user, found);
		return found;
	};
}
