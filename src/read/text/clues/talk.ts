import { en } from "../../../knowledge/talk/en.ts";
import { TALK } from "../../../knowledge/talk/list.ts";
import {
	ABOUT,
	ASKING,
	DOUBTED,
	EXCEPTED,
	FUTURE,
	IRONIC,
	NOT_ONLY,
	RETRACTED,
	type Talk,
	type TalkAnswer,
	THANKED_LAST,
	TRIED,
} from "../../../knowledge/talk/talk.ts";
import { isSlipOf } from "./slips.ts";

/** What a sentence says in a thread. */
export interface TalkClue {
	readonly thanks: boolean;
	/** A short message that says something else first. */
	readonly thanksLast: boolean;
	readonly recheck: boolean;
	readonly status: boolean;
	readonly solved: boolean;
	readonly siteDown: boolean;
	/** Answers to questions of the playbook, the first of each key. */
	readonly answers: readonly TalkAnswered[];
}

/** An answer to one question. */
interface TalkAnswered {
	readonly key: string;
	readonly value: string;
	/** Only where that question is open. */
	readonly whenAsked: boolean;
}

const SILENT: TalkClue = {
	thanks: false,
	thanksLast: false,
	recheck: false,
	status: false,
	solved: false,
	siteDown: false,
	answers: [],
};

/** Longer texts are no talk. */
const TALK_MAX_CHARS = 600;
/** Longer messages are polite, and want something else. */
const THANKED_MAX_CHARS = 60;
/** Short sentences are read with slips of the hand put right. */
const SLIP_MAX_WORDS = 9;
const VOCABULARY: readonly string[] = [
	"check",
	"again",
	"recheck",
	"retry",
	"fixed",
	"solved",
	"resolved",
	"thanks",
	"thank",
	"status",
	"still",
	"works",
	"working",
	"deployed",
	"nothing",
	"changed",
	"restarted",
	"firewall",
	"certificate",
	"everyone",
	"random",
	"gracias",
	"danke",
	"merci",
	"obrigado",
	"logged",
	"access",
	"broken",
	"down",
];

/** Contractions without their apostrophe, as phones and haste leave them. */
const UNMARKED = /\b(?:have|has|had|did|does|do|is|are|was|were|could|would|should|ca|wo|ai)nt\b/g;

/** A form of address before a sentence. */
const GREETING =
	/^(?:hi|hello|hey+|yo|hallo|moin|servus|hola|bonjour|salut|ola|oi|ciao|(?:good )?(?:morning|afternoon|evening)|guten (?:morgen|tag)|buen(?:os|as) (?:dias|tardes|noches)|bom dia|boa tarde)(?: (?:all|every(?:one|body)|team|folks|guys|there|zusammen|leute|alle|a todos|equipo|tous|tout le monde|a tous|pessoal|galera|gente))?[ ,!.:-]+(?=\S)/;

/** In small letters, without accents, with single blanks: as the patterns of `knowledge/talk` meet it. */
export function spoken(text: string): string {
	const plain = text
		.slice(0, TALK_MAX_CHARS)
		.toLowerCase()
		.replace(/ß/g, "ss")
		.replace(/[\u00c0-\u024f]/g, (one) => one.normalize("NFD")[0] ?? one)
		.replace(/^(?:\s*(?:<@\w+>|@[\w-]{2,30}),?)+/, "")
		.replace(/\s+/g, " ")
		.replace(UNMARKED, (word) => `${word.slice(0, -2)}n't`)
		.replace(/\b(we|i|they|you)ve\b/g, "$1've")
		.replace(/^(?:\p{Extended_Pictographic}|\ufe0f|\u200d|:[a-z0-9_+-]{2,30}:|\s)+/u, "")
		.replace(GREETING, "")
		.replace(/^[\s¿¡>*_"'-]+|[\s*_"'-]+$/g, "");
	const words = plain.split(" ");
	if (words.length > SLIP_MAX_WORDS) return plain;
	return words
		.map((word) => {
			const bare = word.replace(/[^a-z]/g, "");
			if (bare.length < 4 || VOCABULARY.includes(bare)) return word;
			const meant = VOCABULARY.filter((one) => isSlipOf(bare, one));
			return meant.length === 1 && !OTHER_WORDS.has(bare) ? word.replace(bare, meant[0] ?? bare) : word;
		})
		.join(" ");
}
/** Words of their own that are one letter away. */
const OTHER_WORDS: ReadonlySet<string> = new Set([
	"checks",
	"work",
	"change",
	"stat",
	"stats",
	"thank",
	"thanks",
	"firewalls",
	"certificates",
	"fix",
	"solve",
	"resolve",
	"deploy",
	"logge",
	"till",
	"stills",
	"gain",
	"agains",
	"donw",
	"downs",
	"own",
	"town",
]);

/** Talk in a text, in any of the languages that are known. */
export function findTalk(text: string): TalkClue {
	if (text.length > TALK_MAX_CHARS || text.trim() === "") return SILENT;
	const all = sinceRetraction(spoken(text)).replace(OTHERS_WORDS, "…").replace(ABOUT, "about");
	const sentences = all.split(/(?<=[.!?;])\s+|\n|。/).filter((one) => one !== "");
	const isIronic = IRONIC.test(all);
	const answers = new Map<string, TalkAnswered>();
	const out = { ...SILENT, thanksLast: all.length < THANKED_MAX_CHARS && THANKED_LAST.test(all) };
	for (const talk of TALK) {
		out.thanks ||= talk.thanks.test(all);
		out.siteDown ||= talk.siteDown.test(all);
		for (const sentence of sentences) {
			const parts = sentence.split(PARTS);
			out.recheck ||= talk.recheck.test(sentence) || parts.some((part) => talk.recheck.test(part));
			out.status ||= talk.status.test(sentence);
			out.solved ||= talk.solved.test(sentence) && ![talk, en].some(({ notSolved }) => notSolved.test(sentence));
			// A plan or a denial in one part does not take away what the other part says; of a question nothing is an answer.
			if (/[?？]\s*$/.test(sentence) || ASKING.test(sentence) || isIronic) continue;
			const isExcepted = EXCEPTED.test(sentence);
			for (const part of parts)
				for (const answer of talk.answers) {
					const known = answers.get(answer.key);
					// "Nothing, but …": what is excepted is the answer.
					if (known !== undefined && !(isExcepted && known.value === "nothing" && answer.key === "what-changed")) continue;
					if (isAnswer(answer, part, sentence, talk))
						answers.set(answer.key, { key: answer.key, value: answer.value, whenAsked: answer.whenAsked === true });
				}
		}
	}
	return { ...out, answers: [...answers.values()] };
}

/** Quoted words of others: only what people say, not what programs write. */
const OTHERS_WORDS = /"(?:we|i|they|it|it's|nothing|nobody|no|not|wir|ich|nichts|nous|on|rien|no|nada|nao)\b[^"]{4,200}"/g;

/** What is left of a text after the last word that takes back what came before it. */
function sinceRetraction(text: string): string {
	let from = 0;
	for (const { index, 0: word } of text.matchAll(RETRACTED)) from = index + word.length;
	const rest = text.slice(from).replace(/^[\s,.:;!-]+/, "");
	return rest === "" ? text : rest;
}

/** Where one thing ends and the next one begins in a sentence. */
const PARTS = /, (?:but|and|so)? ?|; | but | aber | pero | mas | mais |、/;
const CONTRAST = /\b(?:but|aber|pero|mas|mais)\b/;
const DENIED =
	/\b(?:not|never|no|isn't|nicht|kein\w*|nao|pas|nunca|nie|nobody (?:told|mentioned|said)|no one (?:told|mentioned|said))(?: [\w']+){0,3}\s*$/;

function isAnswer({ key, value, says }: TalkAnswer, part: string, sentence: string, talk: Talk): boolean {
	const found = says.exec(part);
	if (found === null || FUTURE.test(part) || DOUBTED.test(part)) return false;
	if (ONLY.has(value) && NOT_ONLY.test(part)) return false;
	if (value === "nothing" && key === "what-changed" && TRIED.test(sentence)) return false;
	if (DENIABLE.has(value)) return !QUESTION_OR_PLAN.test(part);
	if (DENIED.test(part.slice(0, found.index))) return false;
	// Behind a "but", what is denied before it is another matter.
	const meant = part !== sentence && CONTRAST.test(sentence) ? part : sentence;
	// "Not only" denies nothing else.
	const [near, far] = [part, meant].map((one) => one.replace(NOT_ONLY, " ")) as [string, string];
	return ![talk, en].some(({ notYet }) => notYet.test(near) || notYet.test(far));
}

/** Values that are said by an "only". */
const ONLY: ReadonlySet<string> = new Set([
	"signed-in",
	"some-urls",
	"some-visitors",
	"one-client",
	"one-network-or-country",
	"method",
	"under-load",
]);

/** Values that are said by a denial: nothing changed, no entry, no access. */
const DENIABLE: ReadonlySet<string> = new Set([
	"nothing",
	"no-access",
	"not-reproduced",
	"none",
	"same",
	"normal",
	"random",
	"after-idle",
	"signed-in",
	"some-urls",
	"one-client",
	"one-network-or-country",
	"closed-empty",
	"cookies",
	"method",
]);
const QUESTION_OR_PLAN =
	/\b(?:will|going to|tomorrow|next week|maybe|perhaps|if|whether|not sure|no idea|don't know|do not know|dunno|unsure)\b|\?\s*$/;
