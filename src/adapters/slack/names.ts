import type { WebClient } from "@slack/web-api";

const NAMES_MAX = 2_000;
/** Without the optional scope users:read there are no names, and asking again soon changes nothing. */
const ASK_AGAIN_MS = 3_600_000;
const ASKING_MS_MAX = 1_500;
const NOBODY = "Somebody";

/** Names of people whom an event gives by their id only. */
export function nameBook(client: WebClient): { of(user: string): Promise<string> } {
	const known = new Map<string, string>();
	let notBefore = 0;
	return {
		of: async (user) => {
			const name = known.get(user);
			if (name !== undefined) return name;
			if (Date.now() < notBefore) return NOBODY;
			let timer: NodeJS.Timeout | undefined;
			const late = new Promise<null>((resolve) => {
				timer = setTimeout(resolve, ASKING_MS_MAX, null);
			});
			const asked = client.users.info({ user }).catch(() => {
				notBefore = Date.now() + ASK_AGAIN_MS;
				return null;
			});
			const answer = await Promise.race([asked, late]).finally(() => clearTimeout(timer));
			const found = answer?.user?.profile?.display_name || answer?.user?.real_name || answer?.user?.name;
			if (found === undefined || found === "") return NOBODY;
			if (known.size >= NAMES_MAX) known.clear();
			known.set(user, found);
			return found;
		},
	};
}
