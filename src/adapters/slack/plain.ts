/**
 * Slack's message markup as the text that a person meant: links back to what was typed, mentions dropped, entities decoded
 * (https://docs.slack.dev/messaging/formatting-message-text/). `should_escape` and auto-linking differ by surface and admin: both
 * forms are read.
 */
export function plainFromSlack(markup: string): string {
	return markup
		.replace(/<([@#!][^<>|]*)(?:\|([^<>]*))?>/g, (_, mark: string, label: string | undefined) =>
			// A channel by its id: that is what admins name them by.
			mark.startsWith("@") ? " " : mark.startsWith("#") ? ` ${mark.slice(1)} ` : (label ?? " "),
		)
		.replace(/<([^<>|\s]+)(?:\|([^<>]*))?>/g, (_, url: string, label: string | undefined) => linkText(url, label))
		.replaceAll("&lt;", "<")
		.replaceAll("&gt;", ">")
		.replaceAll("&amp;", "&");
}

/** Slack puts a scheme before a bare host name: the label is then what was typed. */
function linkText(url: string, label: string | undefined): string {
	if (label === undefined) return url.replace(/^mailto:/, "");
	const bare = (text: string) => text.replace(/^[a-z]+:(?:\/\/)?/i, "").replace(/\/$/, "");
	return bare(label) === bare(url) ? label : url;
}
