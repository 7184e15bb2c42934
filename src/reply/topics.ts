import { CAUSE_IDS, CAUSES, isCause } from "../knowledge/causes/list.ts";
import { findCode, KNOWN_CODES } from "../knowledge/codes/codes.ts";
import { codeWordsOf } from "../knowledge/codes/words.ts";
import { findColo } from "../knowledge/colos/colos.ts";
import { CURL_EXIT_NUMBERS, CURL_EXITS } from "../knowledge/curl-exits.ts";
import { allValues, answers, EVIDENCE, EVIDENCE_KEYS, type EvidenceKey, isEvidenceKey } from "../knowledge/evidence.ts";
import { FAMILIES, FAMILY_IDS, type Family } from "../knowledge/families.ts";
import { FINDING_IDS, FINDINGS, isFinding } from "../knowledge/findings/list.ts";
import { GLOSSARY, type Term } from "../knowledge/glossary.ts";
import { SIGNATURES } from "../knowledge/log-lines/list.ts";
import type { Source } from "../knowledge/sources.ts";
import { isVerb, VERB_LIST, verbRow } from "../read/text/verbs.ts";
import {
	answerPage,
	causePage,
	codePage,
	coloPage,
	curlPage,
	type Explained,
	familyPage,
	findingPage,
	programPage,
	questionPage,
	termPage,
	topicPage,
	verbPage,
} from "./explained.ts";
import { VERB_WORDS } from "./help.ts";

/** What `explain` finds for what people type. */

/** The questions that people ask about a 520, with what holds and where it is documented. */
const QUESTIONS: readonly (readonly [looks: RegExp, topic: string, question: string, answer: string, source: Source])[] = [
	[
		/pass.*through|why.*(?:not|520)|show.*origin/,
		"why not pass it through",
		"Why does Cloudflare not pass the origin's response through?",
		"A 520 means that there is nothing to pass on: the connection closed, or what came is not HTTP that Cloudflare can read. Once the headers are complete, Cloudflare passes the response on. If it breaks after that, visitors get a broken page instead of a 520.",
		[
			"Cloudflare: Error 520",
			"https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/error-520/",
		],
	],
	[
		/can.*cloudflare|cloudflare.*(?:cause|fault)/,
		"can cloudflare be the cause",
		"Can Cloudflare itself be the cause?",
		"Rarely. A Worker, a rule or HTTP/2 to the origin can be the cause. An incident shows on Cloudflare's status page and hits many sites at once. If /cdn-cgi/trace loads, the problem is between Cloudflare and that origin.",
		["Cloudflare status", "https://www.cloudflarestatus.com/"],
	],
	[
		/502|differ/,
		"how does it differ from a 502",
		"How does a 520 differ from a 502?",
		"A 502 or 504 is usually the origin's own: a proxy there responded for a dead application. A 520 means no response, or none that Cloudflare can read.",
		[
			"Cloudflare: Error 502/504",
			"https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/error-502/",
		],
	],
	[
		/grey|gray|pause|bypass|switch/,
		"pause cloudflare",
		"What does pausing Cloudflare do?",
		"Visitors then reach the origin directly and without protection, and its IP address is public. It shows whether the error is gone without Cloudflare. The command curl --connect-to shows the same in a minute, for you alone.",
		["Cloudflare: Proxy status", "https://developers.cloudflare.com/dns/proxy-status/"],
	],
];

const CODE = /^(?:cloudflare\s*)?(?:http\s*)?(?:status\s*)?(?:error\s*)?(?:code\s*)?:?\s*(\d{3,4})$/;
/** Behind {@link simple}: `52`, `curl 52`, `curl: (52) Empty reply`, `curl exit code 52`, `exit 52`. */
const CURL = /^(?:curl\b\D{0,30}|exit\D{0,20})?(\d{1,2})(?:\s.*)?$/;

const simple = (words: string): string =>
	words
		.toLowerCase()
		.replace(/[\u2018\u2019]/g, "'")
		.replace(/[“”"`*()]/g, "")
		.replace(/\s+/g, " ")
		.trim()
		.replace(/[?!.,;:]+$/, "");

/** The glossary by every spelling. A word that two entries claim belongs to the first. */
const TERMS: ReadonlyMap<string, Term> = new Map(
	GLOSSARY.flatMap((term) => [term.word, ...term.also].map((word) => [simple(word), term] as const)).reverse(),
);

/** Titles, labels and sentences by themselves in simple form. The first that claims a form has it. */
function byWords(): ReadonlyMap<string, () => Explained | null> {
	const out = new Map<string, () => Explained | null>();
	const put = (words: string, page: () => Explained | null): void => {
		const key = simple(words);
		if (key !== "" && !out.has(key)) out.set(key, page);
	};
	for (const id of CAUSE_IDS) put(CAUSES[id].title, () => causePage(id));
	for (const family of FAMILY_IDS) if (!TERMS.has(simple(FAMILIES[family]))) put(FAMILIES[family], () => familyPage(family));
	for (const key of EVIDENCE_KEYS) {
		put(EVIDENCE[key].ask, () => questionPage(key));
		put(EVIDENCE[key].name, () => questionPage(key));
		for (const { value, label } of answers(key)) put(label, () => answerPage(key, value));
	}
	for (const known of KNOWN_CODES) {
		const entry = findCode(known);
		if (entry === undefined) continue;
		put(codeWordsOf(String(known)).title, () => codePage(entry));
		put(codeWordsOf(String(known)).title.replace(/^\d+ /, ""), () => codePage(entry));
		put(entry.name, () => codePage(entry));
	}
	for (const number of CURL_EXIT_NUMBERS) put(CURL_EXITS[number]?.says ?? "", () => curlPage(number));
	for (const id of FINDING_IDS) put(FINDINGS[id].say, () => findingPage(id));
	return out;
}

let words: ReadonlyMap<string, () => Explained | null> | null = null;
const pageByWords = (topic: string): Explained | null => {
	words ??= byWords();
	return words.get(topic)?.() ?? null;
};

/** The longest topic that a question carries, in characters (`read/text/verbs.ts`): longer sentences are found by their beginning. */
const TOPIC_MAX_CHARS = 60;

/** A finding's sentence, cut as a question is. */
function findingByBeginning(topic: string): Explained | null {
	if (topic.length < TOPIC_MAX_CHARS - 15) return null;
	const id = FINDING_IDS.find((one) => simple(FINDINGS[one].say).startsWith(topic));
	return id === undefined ? null : findingPage(id);
}

const familyOf = (word: string): Family | null =>
	FAMILY_IDS.find((id) => id === word || FAMILIES[id].toLowerCase() === word) ?? null;

/** A word of the bot; the kind of causes of that name with it. */
function termIn(topic: string): Explained | null {
	const term = TERMS.get(topic);
	if (term === undefined) return null;
	const family = familyOf(topic) ?? familyOf(term.word.toLowerCase());
	// By the word that is also a kind of causes, so that further pages have these too.
	return { ...termPage(term, family), ...(family === null ? {} : { topic }) };
}

/** An answer by its id; the first question that has it. */
function answerById(topic: string): Explained | null {
	const key = EVIDENCE_KEYS.find((one: EvidenceKey) => allValues(one).includes(topic));
	return key === undefined ? null : answerPage(key, topic);
}

function codeIn(topic: string): Explained | null {
	const number = CODE.exec(topic)?.[1];
	const entry = number === undefined ? undefined : findCode(Number(number));
	if (entry !== undefined) return codePage(entry);
	return number === undefined ? null : termIn(number);
}

function curlIn(topic: string): Explained | null {
	const number = CURL.exec(topic)?.[1];
	return number === undefined ? null : curlPage(Number(number));
}

function coloIn(topic: string): Explained | null {
	const name = topic.toUpperCase().replace(/^-/, "");
	const colo = /^[A-Z]{3}$/.test(name) ? findColo(name) : undefined;
	return colo === undefined ? null : coloPage(name, colo);
}

/** A program of the known log lines: by its whole name, or by its first word for all of its logs. */
function programIn(topic: string): Explained | null {
	const server = SIGNATURES.find((one) => simple(one.server) === topic || simple(one.server).split(" ", 1)[0] === topic)?.server;
	if (server === undefined) return null;
	return programPage(
		server,
		SIGNATURES.filter((one) => one.server === server).map(({ meaning }) => meaning),
	);
}

function verbIn(topic: string): Explained | null {
	return isVerb(topic) ? verbPage(topic, verbRow(topic).usage, VERB_WORDS[topic].gives) : null;
}

function questionIn(topic: string): Explained | null {
	const found = QUESTIONS.find(([looks]) => looks.test(topic));
	return found === undefined ? null : topicPage(found[1], found[2], found[3], found[4]);
}

/** The forms in which a topic may be known: as typed, without an article, in the singular. */
function formsOf(topic: string): readonly string[] {
	const bare = topic.replace(/^(?:an?|the|what (?:is|are)(?: an?| the)?|what does) /, "").replace(/ means?$/, "");
	return [...new Set([topic, bare, bare.replace(/(?<=\w{3})s$/, "")])];
}

const READERS: readonly ((topic: string) => Explained | null)[] = [
	codeIn,
	(topic) => (isCause(topic) ? causePage(topic) : null),
	(topic) => (isFinding(topic) ? findingPage(topic) : null),
	(topic) => (isEvidenceKey(topic) ? questionPage(topic) : null),
	termIn,
	pageByWords,
	curlIn,
	answerById,
	(topic) => {
		const family = familyOf(topic);
		return family === null ? null : familyPage(family);
	},
	verbIn,
	programIn,
	coloIn,
	findingByBeginning,
];

/**
 * The page of what people typed after `explain`: a code, a cause, a finding, a question or its answer, an exit code of curl, a data center,
 * a verb, any word of the glossary. By titles and by ids. null when there is none.
 */
export function topicOf(typed: string): Explained | null {
	const topic = simple(typed.slice(0, 200));
	for (const form of formsOf(topic))
		for (const read of READERS) {
			const page = read(form);
			if (page !== null) return page;
		}
	return questionIn(topic);
}

/** Everything that has a page, as it is typed. */
function topics(): readonly string[] {
	return [
		...KNOWN_CODES.map(String),
		...GLOSSARY.map(({ word }) => word),
		...CAUSE_IDS.map((id) => CAUSES[id].title),
		...EVIDENCE_KEYS.map((key) => EVIDENCE[key].ask),
		...EVIDENCE_KEYS.flatMap((key) => answers(key).map(({ label }) => label)),
		...CURL_EXIT_NUMBERS.map((number) => `curl exit ${number}`),
		...FINDING_IDS,
		...VERB_LIST,
	];
}

const CLOSEST = 3;

/** Pairs of neighboring letters, word by word, the first letter marked: what two spellings of one word share. */
const pairsOf = (topic: string): ReadonlySet<string> =>
	new Set(
		simple(topic)
			.split(/[^\p{L}\p{N}]+/u)
			.filter((word) => word !== "")
			.flatMap((word) => Array.from({ length: word.length }, (_, at) => ` ${word}`.slice(at, at + 2))),
	);

/** The topics that share most letters with what was typed, best first: three, fewer when nothing is like it. */
export function closestTopics(typed: string): readonly string[] {
	const wanted = pairsOf(typed.slice(0, 200));
	const likeness = (topic: string): number => {
		const pairs = pairsOf(topic);
		const shared = [...pairs].filter((pair) => wanted.has(pair)).length;
		return (2 * shared) / (pairs.size + wanted.size);
	};
	const best = [...new Set(topics())]
		.map((topic) => ({ topic, like: likeness(topic) }))
		.filter(({ like }) => like > 0)
		.toSorted((a, b) => b.like - a.like)
		.map(({ topic }) => topic);
	// "499" and "499 (client closed)" are one.
	const isOneOf = (topic: string, other: string) => topic.startsWith(`${other} (`) || other.startsWith(`${topic} (`);
	return best.filter((topic, nth) => !best.slice(0, nth).some((other) => isOneOf(topic, other))).slice(0, CLOSEST);
}
