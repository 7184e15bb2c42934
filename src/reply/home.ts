import type { Case } from "../judge/case.ts";
import type { Watch } from "../judge/watch.ts";
import { buttons, type Message, message, say, title } from "../message/message.ts";
import { link, type Text, text } from "../message/text.ts";
import { caseHead } from "./case-head.ts";
import { watchHead } from "./watch.ts";

/** Words of a person's own page: what they can ask there, their cases, their watches. */

/** The field in which anything can be asked. */
export const ASK_FIELD = {
	label: "What fails?",
	hint: "A URL, a Ray ID, an error text or log lines. Press Enter; the result appears under Messages.",
} as const;

/** What else can be begun there. */
export const homeBegin: Message = message(
	"neutral",
	buttons(
		text`Send me a message under Messages.`,
		{ label: "Check a site…", action: { do: "url-form" }, primary: true },
		{ label: "Paste an error…", action: { do: "text-form" } },
	),
);

export const SETTINGS_BUTTON = "Settings…";

export const myCases = (count: number): Message =>
	message("neutral", title(text`My open cases`), count === 0 ? say(text`None. What you ask about appears here.`) : null);

export const myWatches = (count: number): Message =>
	message("neutral", title(text`My watches`), count === 0 ? say(text`None. Press Watch in a case to start one.`) : null);

/** A case on the page of the person who asked for it. @param url opens its thread; null: it cannot be opened */
export function homeCase(one: Case, url: string | null): Message {
	const head = caseHead(one);
	return message(
		head.mood,
		say(withLink(titleOf(head), url)),
		buttons(text`Open its thread to go on.`, { label: "Check again", action: { do: "recheck", case: one.id } }),
	);
}

/** A watch on the page of the person who asked for it. */
export function homeWatch(one: Watch, url: string | null, nowMs: number): Message {
	const head = watchHead(one, nowMs);
	return message(
		head.mood,
		say(withLink(titleOf(head), url)),
		buttons(text`Open its thread to stop it.`, { label: "Stop watching", action: { do: "unwatch", watch: one.id } }),
	);
}

/** The first line of a head. */
function titleOf({ blocks }: Message): Text {
	const [first] = blocks;
	return first !== undefined && "text" in first ? first.text : text`cf520`;
}

const withLink = (words: Text, url: string | null): Text => (url === null ? words : text`${words} · ${link(url, "Open thread")}`);

/** Words of the form for what admins decide. */
export const SETTINGS_FORM = {
	title: "Settings",
	submit: "Save",
	privacy: { label: "Who sees results", options: { public: "Everyone in the channel", private: "Only the person who asked" } },
	retention: { label: "Days to keep a case after its last answer" },
	limits: {
		person: { label: "Checks per person in 5 minutes" },
		channel: { label: "Checks per channel in 5 minutes" },
		workspace: { label: "Checks in all in 5 minutes" },
	},
	channels: {
		label: "Where I answer",
		options: { all: "All channels", none: "No channel", these: "Only the channels below" },
		these: "Channels",
	},
	origins: {
		label: "Whose origin may be checked",
		options: { all: "Any host, for full members", none: "No host", these: "Only the hosts below, for everyone" },
		these: "Hosts",
		hint: "One a line, for example shop.example. Subdomains are included.",
	},
	/** Under a list that has to name something. */
	nothingNamed: "Name at least one, or choose another option above.",
	/** Under a field that cannot be read. */
	notRead: "I cannot read this. Check each line.",
} as const;
