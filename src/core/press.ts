/** What a button does. Kept in the button itself, so that it still works after a restart. */
export type Press =
	/** Opens the private form for the address of this site's origin. */
	{ readonly do: "origin-form"; readonly url: string };

/** Discord: characters of a custom_id; the smallest room that a chat gives a button. */
export const PRESS_MAX_CHARS = 100;

/** As short text for a button. null when it does not fit in `max` characters: the button is left out then. */
export function pressText(press: Press, max: number): string | null {
	const text = `o:${press.url}`;
	return text.length <= max ? text : null;
}

/** Reads what came back from a button: hostile like everything that comes from outside. null for what is none of ours. */
export function readPress(text: string): Press | null {
	if (text.startsWith("o:") && text.length <= 2_100) return { do: "origin-form", url: text.slice(2) };
	return null;
}
