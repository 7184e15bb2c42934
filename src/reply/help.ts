import { list, type Message, message, note, say, title } from "../message/message.ts";
import { ask, bold, code, type Text, text } from "../message/text.ts";
import { VERB_LIST, type Verb, verbRow } from "../read/text/verbs.ts";
import { explainTopics, nothing } from "./pages.ts";
import type { Reply } from "./reply.ts";

/** The words of a verb; everything else about it is its row in `read/text/verbs.ts`. */
interface VerbWords {
	/** What it gives, in one line of help. */
	readonly gives: string;
	/** What it says when it was given too little, with an example that is enough. null: it needs nothing. */
	readonly needs: { readonly say: Text; readonly example: string } | null;
}

const needsSite = (verb: Verb) => ({ say: text`${code(verb)} needs an address.`, example: `${verb} shop.example` });

/** One entry a verb. */
export const VERB_WORDS: Readonly<Record<Verb, VerbWords>> = {
	ray: {
		gives: "the time and the data center of a Ray ID; paste one, many, or a whole error page",
		needs: { say: text`${code("ray")} needs a Ray ID, or text with some.`, example: "ray 8a7d5e2fbcd1a1c3" },
	},
	headers: {
		gives: "every response header with its size, against Cloudflare's limit",
		needs: needsSite("headers"),
	},
	origin: {
		gives:
			"looks straight at the server behind Cloudflare and says what is wrong with its bytes; in a chat leave the address away, I ask for it in private",
		needs: needsSite("origin"),
	},
	autopsy: {
		gives: "reads what curl -i, curl -v, curl --trace, a HAR entry or a raw response shows, byte by byte",
		needs: {
			say: text`${code("autopsy")} needs what came back: paste the output of ${code("curl -i")} or ${code("curl -v")} behind it.`,
			example: "autopsy HTTP/1.1 200 OK",
		},
	},
	logs: {
		gives: "what lines of the origin's logs mean, and what they say about the case of this thread",
		needs: {
			say: text`${code("logs")} needs log lines: paste those of the second of the error behind it.`,
			example: "logs [error] … upstream prematurely closed connection",
		},
	},
	answer: {
		gives: "the same as the button under a question",
		needs: { say: text`${code("answer")} needs a question and its answer.`, example: "answer origin-log nothing" },
	},
	report: {
		gives: "statements to forward: to the host, the developer, Cloudflare, and a line for the status page",
		needs: null,
	},
	watch: {
		gives: "looks again and again until it recovers, and tells when it changes, with what failed",
		needs: needsSite("watch"),
	},
	unwatch: { gives: "ends that, or what is watched in this thread", needs: null },
	solved: {
		gives: "closes the case of this thread",
		needs: { say: text`${code("solved")} needs the cause.`, example: "solved origin-crashed" },
	},
	explain: {
		gives: "what it means, its causes, where to look first, with sources",
		needs: { say: text`${code("explain")} needs a code: ${explainTopics()}.`, example: "explain 520" },
	},
	admin: {
		gives: "for admins: where I answer, whose origins are looked at, how much, for whom, how long it is kept",
		needs: null,
	},
	forget: { gives: "for admins: deletes what is kept about a host", needs: needsSite("forget") },
	help: { gives: "this page, only for you", needs: null },
	privacy: { gives: "what is looked at, kept, and sent where", needs: null },
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
	gives: "looks at the site and says what fails, whose side it is on and what to do next",
};

/** What can be asked: grammar, example, what it gives. */
const helpRows = (): readonly HelpRow[] => [
	SITE_ROW,
	...VERB_LIST.map((verb) => {
		const { usage, example } = verbRow(verb);
		return { usage, example, gives: VERB_WORDS[verb].gives };
	}),
];

/** The page of `help`, for the asker only. */
export function helpReply(): Reply {
	const rows = helpRows();
	return {
		private: true,
		head: message(
			"neutral",
			title(text`Cloudflare says 520: what is wrong, where, and what to do next`),
			list(rows.map((row) => text`${ask(row.example)}: ${row.gives}.`)),
			note(
				text`In a chat, in the middle of a thread: use “Diagnose 520” on a message, or mention me with the address or the Ray ID.`,
			),
		),
		thread: [],
		data: { ...nothing, help: rows },
	};
}

/** What the app's own page in Slack says. */
export const homePage: Message = message(
	"neutral",
	title(text`Cloudflare returned a 520?`),
	say(
		text`I find out why. Under ${bold("Messages")}, send me a URL, a Ray ID, an error text, log lines or what curl printed. In a channel, ask ${ask("shop.example")}.`,
	),
	note(text`For everything else: ${ask("help")}.`),
);
