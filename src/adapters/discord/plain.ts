/** Discord's message markup as the text that a person meant: mentions dropped, `<url>` and `[label](url)` to the URL, escapes removed. */
export function plainFromDiscord(markup: string): string {
	return (
		markup
			.replace(/<@[!&]?\d+>/g, " ")
			// A channel by its number: that is what admins name them by.
			.replace(/<#(\d+)>/g, " $1 ")
			.replace(/<a?:\w+:\d+>/g, " ")
			.replace(/\[[^\]\n]{0,200}\]\(<?(https?:\/\/[^\s()<>]+)>?\)/g, " $1 ")
			.replace(/<(https?:\/\/[^\s<>]+)>/g, " $1 ")
			.replace(/\\([\\*_~`|>#[\]()-])/g, "$1")
	);
}
