import { buttons, list, type Message, message, note, say, title } from "../message/message.ts";
import { ask, bold, code, type Text, text } from "../message/text.ts";
import { VERB_LIST, type Verb, verbRow } from "../read/text/verbs.ts";
import { nothing, type Reply } from "./reply.ts";

/** The words of a verb; everything else about it is its row in `read/text/verbs.ts`. */
interface VerbWords {
	/** What it gives, in one line of help. */
	readonly gives: string;
	/** What it says when it was given too little, with an example that is enough. null: it needs nothing. */
	readonly needs: { readonly say: Text; readonly example: string } | null;
}

const needsSite = (verb: Verb) => ({ say: text`${code(verb)} needs a URL.`, example: `${verb} shop.example` });

/** One entry a verb. */
export const VERB_WORDS: Readonly<Record<Verb, VerbWords>> = {
	ray: {
		gives: "when and where Cloudflare received a request",
		needs: { say: text`${code("ray")} needs a Ray ID, or text that contains one.`, example: "ray 8a7d5e2fbcd1a1c3" },
	},
	headers: {
		gives: "the biggest response headers",
		needs: needsSite("headers"),
	},
	origin: {
		gives: "request the origin directly (I ask for its IP address privately)",
		needs: needsSite("origin"),
	},
	autopsy: {
		gives: "find the faulty byte in a pasted response",
		needs: {
			say: text`${code("autopsy")} needs a response. Paste the output of ${code("curl -i")} after it.`,
			example: "autopsy HTTP/1.1 200 OK",
		},
	},
	logs: {
		gives: "explain pasted log lines",
		needs: {
			say: text`${code("logs")} needs log lines. Paste those around the error after it.`,
			example: "logs [error] … upstream prematurely closed connection",
		},
	},
	answer: {
		gives: "answer a question without its button",
		needs: { say: text`${code("answer")} needs a question and its answer.`, example: "answer origin-log nothing" },
	},
	report: {
		gives: "texts to forward to the hosting provider, the developer or Cloudflare",
		needs: null,
	},
	watch: {
		gives: "check a site until it recovers",
		needs: needsSite("watch"),
	},
	unwatch: { gives: "stop watching", needs: null },
	solved: {
		gives: "close the case of this thread",
		needs: { say: text`${code("solved")} needs the cause.`, example: "solved application crash or restart" },
	},
	explain: {
		gives: "what a code, a cause or any word means",
		needs: { say: text`${code("explain")} needs a code, a cause or a word.`, example: "explain 520" },
	},
	status: {
		gives: "what Cloudflare's status page lists; in a case, its state",
		needs: null,
	},
	admin: { gives: "admins: channels, origins, limits, privacy, retention", needs: null },
	forget: {
		gives: "admins: delete what is stored about a host",
		needs: { say: text`${code("forget")} needs a host.`, example: "forget shop.example" },
	},
	connect: {
		gives: "admins: read a site's numbers from your Cloudflare account",
		needs: { say: text`${code("connect")} needs a host of your zone.`, example: "connect shop.example" },
	},
	disconnect: {
		gives: "admins: delete the token of a site's account",
		needs: { say: text`${code("disconnect")} needs a host of your zone.`, example: "disconnect shop.example" },
	},
	account: { gives: "admins: which accounts are connected", needs: null },
	numbers: {
		gives: "how many requests fail, where and since when",
		needs: { say: text`${code("numbers")} needs a host of a connected zone.`, example: "numbers shop.example since 3h" },
	},
	help: { gives: "this page", needs: null },
	privacy: { gives: "what I request, store and share", needs: null },
};

interface HelpRow {
	readonly usage: string;
	readonly example: string;
	readonly gives: string;
}

/** A text without a verb. */
const SITE_ROW: HelpRow = {
	usage: "<url or host>",
	example: "shop.example/checkout",
	gives: "check a site: what fails, who has to fix it, the next step",
};

/** The same from elsewhere. */
const PLACES_ROW: HelpRow = {
	usage: "<url> from <places>",
	example: "shop.example from germany, us",
	gives: "what other places get",
};

const rowOf = (verb: Verb): HelpRow => {
	const { usage, example, offered = example } = verbRow(verb);
	return { usage, example: verb === "logs" || verb === "autopsy" ? verb : offered, gives: VERB_WORDS[verb].gives };
};

/** What most people need, in this order; everything else is on the second page. */
const FIRST: readonly Verb[] = ["origin", "watch", "headers", "explain", "privacy"];

/** On a page of their own: what admins decide, and what an owner's account tells. */
const LAST: readonly Verb[] = ["numbers", "connect", "disconnect", "account", "admin", "forget"];

const rowText = ({ example, gives }: HelpRow): Text => text`${ask(example)}: ${gives}`;

/**
 * `help`, for the asker only.
 * @param nth which page, from 1: what most people need, then every other verb, then what is for admins and owners
 */
export function helpReply(nth = 1): Reply {
	const more = nth === 1 ? "help more" : "help more 2";
	const others = VERB_LIST.filter((verb) => !FIRST.includes(verb) && !LAST.includes(verb) && verb !== "help");
	const toMore = buttons(text`For more: ${ask(more)}`, { label: "More", action: { do: "ask", text: more } });
	const head =
		nth === 1
			? message(
					"neutral",
					title(text`Find out why Cloudflare returns a 520`),
					say(
						text`${bold("Paste anything:")} a URL, a Ray ID, an error page or exception, log lines, curl output. In a thread, mention me or use “Diagnose 520” on a message.`,
					),
					list([SITE_ROW, ...FIRST.map(rowOf)].map(rowText)),
					toMore,
				)
			: nth === 2
				? message("neutral", title(text`What else you can ask`), list([PLACES_ROW, ...others.map(rowOf)].map(rowText)), toMore)
				: message("neutral", title(text`For admins and owners of a zone`), list(LAST.map(rowOf).map(rowText)));
	return {
		private: true,
		head,
		thread: [],
		data: {
			...nothing,
			help: [SITE_ROW, PLACES_ROW, ...VERB_LIST.map((verb) => ({ ...rowOf(verb), example: verbRow(verb).example }))],
		},
	};
}

/** What only the terminal has, for who runs the bot: below the first page, at most 80 columns wide. */
export const operatorHelp = `For operators:
- npm start -- capture --help: read a recording of packets
- npm start -- tap --help: record failing responses on the origin
- npm start -- doctor: what is wrong with this installation
- npm start -- manifest: the manifest of the Slack app
- npm start -- trace: who checked an IP address
`;

/** What the app's own page in Slack says. */
export const homePage: Message = message(
	"neutral",
	title(text`Cloudflare returned a 520?`),
	say(
		text`I find out why. Under ${bold("Messages")}, send me a URL, a Ray ID, an error, log lines or curl output. In a channel, ask ${ask("shop.example")}.`,
	),
	note(text`For everything else: ${ask("help")}.`),
);
