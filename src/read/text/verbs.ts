import { CAUSE_IDS, CAUSES, isCause, SOMETHING_ELSE } from "../../knowledge/causes/list.ts";
import { isEvidenceKey, isValue } from "../../knowledge/evidence.ts";
import { AUDIENCES, type Audience, CAUSE_MAX_CHARS } from "../action.ts";
import { readPaste } from "../paste.ts";
import { findRays } from "../ray/find.ts";
import { holdsSecret } from "../tokens.ts";
import { accountTarget, numbersQuestion } from "./account.ts";
import { ADMIN_WORDS, hostIn, readAdminChange } from "./admin.ts";
import type { Question, Unread } from "./kinds.ts";
import { originQuestion } from "./origin.ts";
import { raysOr } from "./rays.ts";
import { aboutSite, readSite } from "./site.ts";
import { statusOf } from "./status-of.ts";
import { looksLikeHost } from "./target.ts";
import { watchQuestion } from "./watch.ts";
import { bareWord, looksLikeTarget } from "./words.ts";

/** A text that begins with a verb, in the forms that readers need. */
interface Spoken {
	/** As it came, the verb included. */
	readonly text: string;
	/** Without what chats do to plain text, the verb included. */
	readonly clean: string;
	/** The words after the verb. */
	readonly rest: string;
	/** The words of the rest. */
	readonly words: readonly string[];
	readonly nowMs: number;
}

/** Everything about a verb but its words, which are in `reply/help.ts`. */
interface VerbRow {
	/** `<…>` is what it needs, `[…]` what it may have. Without anything behind it, a verb that needs something is misread. */
	readonly usage: string;
	/** As help shows it: complete, and to be typed as it is. */
	readonly example: string;
	/** What a chat offers to complete, where that is not the example. */
	readonly offered?: string;
	/** The kind of question that it asks, where that is not its own word. */
	readonly asks?: Question["kind"];
	/** In one thread the questions of a lane go one after the other. `looks`: it looks somewhere. */
	readonly lane: "looks" | "words";
	/** Always answered to the asker alone. */
	readonly private: boolean;
	/** Answered in every channel, regardless of the admins' settings. */
	readonly everywhere: boolean;
	/** It belongs to the case of a thread; without one it is misread. */
	readonly case: boolean;
	/** Only for admins. */
	readonly admins: boolean;
	/** Reads the words after it; `needs` when they are too few; null: the text is read as one without a verb. */
	read(spoken: Spoken): Question | Unread | "needs" | null;
}

const USUAL = { lane: "words", private: false, everywhere: false, case: false, admins: false } as const;
const PRIVATE = { ...USUAL, private: true, everywhere: true } as const;

/** The reader of a statement, as the person names them. */
const AUDIENCE_FORMS: Readonly<Record<Audience, RegExp>> = {
	host: /^(?:host|hoster|hosting|provider)$/,
	developer: /^(?:dev|developers?)$/,
	cloudflare: /^(?:cloudflare|support)$/,
	status: /^(?:status|statuspage)$/,
};
const audienceIn = (words: readonly string[]): Audience | null =>
	AUDIENCES.find((audience) => words.some((word) => AUDIENCE_FORMS[audience].test(bareWord(word).toLowerCase()))) ?? null;

const TOPIC_MAX_CHARS = 60;
/** Own words follow a colon: without it, a sentence that begins with "solved" is read as one. */
const OWN_CAUSE = /^:\s*(\S.*)$/s;
/** `status cf-ray: …`, `status ray id …`. */
const RAY_WORDS_MAX = 3;

const TITLED: ReadonlyMap<string, string> = new Map(CAUSE_IDS.map((id) => [CAUSES[id].title.toLowerCase(), id]));
/** The cause of this title, whatever its capitals; null for none. */
const causeTitled = (words: string): string | null => TITLED.get(bareWord(words.slice(0, 100)).toLowerCase()) ?? null;

/** A page of several: the first one alone, the others by `more`; null for anything else. */
function pageBehind(kind: "help" | "privacy", rest: string): Question | null {
	if (rest === "") return { kind };
	const more = /^more(?: (\d{1,2}))?$/i.exec(rest);
	return more === null ? null : { kind, page: Number(more[1] ?? 1) + 1 };
}

/** Cloudflare's status page, of what stands behind the word; a code there is explained. */
function readStatus({ clean, rest, words, nowMs }: Spoken): Question | Unread | null {
	// `Status: 520` is a line of a paste.
	if (/^\S{0,20}:/.test(clean)) return null;
	const [first, ...others] = words;
	if (first === undefined) return { kind: "status", colo: null, ray: null };
	const found = words.length <= RAY_WORDS_MAX ? findRays(rest, nowMs, true) : null;
	const [ray, ...more] = found?.rays ?? [];
	if (ray !== undefined) return more.length === 0 ? { kind: "status", colo: null, ray } : null;
	if (others.length === 0 && found !== null && found.notRays.length > 0) return { kind: "misread", why: "not-a-ray", found };
	const word = bareWord(first);
	if (others.length === 0 && /^\d{3,4}$/.test(word)) return { kind: "explain", topic: word };
	const of = statusOf(rest);
	return of === null ? null : { kind: "status", ...of, ray: null };
}

/** The verbs, in the order of help; a text without one is a host, a URL or a paste with Ray IDs. */
export const VERBS = {
	ray: {
		...USUAL,
		// The word is needed before a bare id only.
		usage: "<ray id…>",
		example: "8a7d5e2fbcd1a1c3-DFW",
		offered: "ray 8a7d5e2fbcd1a1c3-DFW",
		asks: "rays",
		read: ({ clean, nowMs }) =>
			// `ray id: …` and `ray=…` are forms of the label too; after the bare verb an id needs no label of its own.
			raysOr(clean, nowMs, /^ray:?\s+/i.test(clean), {
				kind: "misread",
				why: "not-a-ray",
				found: findRays(clean, nowMs, true),
			}),
	},
	headers: {
		...USUAL,
		usage: "headers <url>",
		example: "headers shop.example",
		lane: "looks",
		read: ({ words: [site = ""] }) => aboutSite("headers", readSite(site)),
	},
	origin: {
		...USUAL,
		usage: "origin <url> <address[:port]>",
		example: "origin shop.example 198.51.100.7",
		// A chat asks for the address in private.
		offered: "origin shop.example",
		lane: "looks",
		read: ({ words: [site = "", ...addresses] }) => originQuestion(site, addresses),
	},
	autopsy: {
		...USUAL,
		usage: "autopsy <paste>",
		example: "autopsy HTTP/1.1 200 OK …",
		offered: "autopsy HTTP/1.1 200 OK",
		read: ({ text, clean, nowMs }) => {
			// As it came, without what chats do to plain text taken off: a recorded response is bytes.
			const paste = readPaste(text.replace(/^\s*\S+\s+/, ""));
			return paste === null ? raysOr(clean, nowMs, false, { kind: "misread", why: "not-a-paste" }) : { kind: "autopsy", paste };
		},
	},
	logs: {
		...USUAL,
		usage: "logs <lines>",
		example: "logs [error] … upstream prematurely closed connection",
		offered: "logs …",
		read: ({ rest }) => ({ kind: "logs", text: rest }),
	},
	answer: {
		...USUAL,
		usage: "answer <question> <answer>",
		example: "answer origin-log nothing",
		case: true,
		// `?` in place of the answer: not known.
		read: ({ words }) => {
			const [key = "", value = ""] = words.map((word) => (word === "?" ? word : bareWord(word).toLowerCase()));
			if (!isEvidenceKey(key)) return { kind: "misread", why: "no-such-answer", key: null };
			if (value === "?" || value === "unknown") return { kind: "answer", key, value: null };
			return isValue(key, value) ? { kind: "answer", key, value } : { kind: "misread", why: "no-such-answer", key };
		},
	},
	report: {
		...USUAL,
		usage: "report",
		example: "report",
		case: true,
		read: ({ words }) => (words.length <= 2 ? { kind: "report", audience: audienceIn(words) } : null),
	},
	watch: {
		...USUAL,
		usage: "watch <url> [for 30m] [every 60s] [privately]",
		example: "watch shop.example for 30m",
		read: ({ words }) => (looksLikeTarget(bareWord(words[0] ?? "")) ? watchQuestion(words) : null),
	},
	unwatch: {
		...PRIVATE,
		usage: "unwatch [url]",
		example: "unwatch shop.example",
		offered: "unwatch",
		read: ({ words: [site] }) => {
			if (site === undefined) return { kind: "unwatch", target: null };
			if (!looksLikeTarget(bareWord(site))) return null;
			const target = readSite(site);
			return "kind" in target ? target : { kind: "unwatch", target };
		},
	},
	solved: {
		...USUAL,
		usage: "solved <cause>",
		example: "solved application crash or restart",
		case: true,
		read: ({ words, rest }) => {
			const own = OWN_CAUSE.exec(rest)?.[1];
			if (own !== undefined)
				return { kind: "solved", cause: isCause(own.trim()) ? own.trim() : (causeTitled(own) ?? own.slice(0, CAUSE_MAX_CHARS)) };
			// By its title, or by its id.
			const titled = causeTitled(rest);
			if (titled !== null) return { kind: "solved", cause: titled };
			if (words.length > 1) return null;
			const cause = bareWord(words[0] ?? "").toLowerCase();
			return isCause(cause) || cause === SOMETHING_ELSE ? { kind: "solved", cause } : { kind: "misread", why: "no-such-cause" };
		},
	},
	explain: {
		...USUAL,
		private: true,
		usage: "explain <code, cause or any word>",
		example: "explain 520",
		read: ({ rest }) => ({ kind: "explain", topic: bareWord(rest.slice(0, TOPIC_MAX_CHARS)).toLowerCase() }),
	},
	status: {
		...USUAL,
		usage: "status [data center or Ray ID]",
		example: "status FRA",
		offered: "status",
		read: readStatus,
	},
	admin: {
		...PRIVATE,
		usage: "admin [channels, origins, listen, limits, privacy, retention]",
		example: "admin channels here",
		offered: "admin",
		admins: true,
		read: ({ words }) => {
			if (words.length === 0) return { kind: "admin", change: null };
			if (!ADMIN_WORDS.has(bareWord(words[0] ?? "").toLowerCase())) return null;
			const change = readAdminChange(words.map(bareWord));
			return change === null
				? { kind: "misread", why: "admin-words", said: words.slice(0, 6).join(" ") }
				: { kind: "admin", change };
		},
	},
	forget: {
		...PRIVATE,
		usage: "forget <host>",
		example: "forget shop.example",
		admins: true,
		read: ({ words }) => {
			if (words.length > 1) return null;
			const host = hostIn(bareWord(words[0] ?? ""));
			return host === null ? "needs" : { kind: "forget", host };
		},
	},
	connect: {
		...PRIVATE,
		usage: "connect <host>",
		example: "connect shop.example",
		admins: true,
		read: ({ words }) => {
			const target = accountTarget(words);
			// What stands behind it is not looked at.
			if (target === null || "kind" in target) return target;
			const more = words.slice(1);
			return { kind: "connect", target, hasMore: more.length > 0, hasToken: holdsSecret(more.join(" ")) };
		},
	},
	disconnect: {
		...PRIVATE,
		usage: "disconnect <host>",
		example: "disconnect shop.example",
		admins: true,
		read: ({ words }) => {
			const target = accountTarget(words);
			return target === null || "kind" in target ? target : { kind: "disconnect", target };
		},
	},
	account: {
		...PRIVATE,
		usage: "account",
		example: "account",
		admins: true,
		read: ({ words }) => {
			// All that is connected is few: a zone that is named is among it.
			const isOne = words.length === 1 && looksLikeHost(bareWord(words[0] ?? ""));
			return words.length === 0 || isOne ? { kind: "account" } : null;
		},
	},
	numbers: {
		...USUAL,
		usage: "numbers <host> [since 3h]",
		example: "numbers shop.example since 3h",
		offered: "numbers shop.example",
		read: ({ words, nowMs }) => numbersQuestion(words, nowMs),
	},
	help: {
		...PRIVATE,
		usage: "help",
		example: "help",
		read: ({ rest }) => pageBehind("help", rest),
	},
	privacy: {
		...PRIVATE,
		usage: "privacy",
		example: "privacy",
		read: ({ rest }) => pageBehind("privacy", rest),
	},
} as const satisfies Readonly<Record<string, VerbRow>>;

export type Verb = keyof typeof VERBS;

export const isVerb = (word: string): word is Verb => Object.hasOwn(VERBS, word);
export const VERB_LIST: readonly Verb[] = Object.keys(VERBS).filter(isVerb);
export const verbRow = (verb: Verb): VerbRow => VERBS[verb];

/** Whether a verb alone is too little. */
export const needsMore = (verb: Verb): boolean => VERBS[verb].usage.includes("<");

/** Reads a text that begins with a verb. `needs`: too little stands behind it; null: it is read as a text without one. Total. */
export const readVerb = (verb: Verb, spoken: Spoken): Question | Unread | "needs" | null =>
	needsMore(verb) && spoken.words.length === 0 ? "needs" : verbRow(verb).read(spoken);

type QuestionKind = (Question | Unread)["kind"];
type Answering = Pick<VerbRow, "lane" | "private" | "everywhere">;

const OF_KIND: ReadonlyMap<string, Answering> = new Map<string, Answering>([
	// Without a verb.
	["site", { ...USUAL, lane: "looks" }],
	["misread", PRIVATE],
	...VERB_LIST.map((verb) => [verbRow(verb).asks ?? verb, verbRow(verb)] as const),
]);

/** How a kind of question is answered: in which lane, whether to the asker alone, whether in every channel. */
export const howAnswered = (kind: QuestionKind): Answering => OF_KIND.get(kind) ?? USUAL;
