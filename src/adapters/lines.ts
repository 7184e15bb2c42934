/** A record of ours as JSON, back from where it was kept; null for what is none. */
export function jsonOf(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
