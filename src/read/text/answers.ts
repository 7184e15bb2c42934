import { EVIDENCE_KEYS, isEvidenceKey, isValue } from "../../knowledge/evidence.ts";
import { SHORT_ANSWERS } from "../../knowledge/talk/short-answers.ts";
import type { Clues } from "./clues.ts";
import type { Thread } from "./understood.ts";

/** An answer to a question of the playbook. */
interface AnswerTold {
	readonly key: string;
	readonly value: string;
	/** By the verb, with its key, or shown by the output of a command: it needs no asking back. */
	readonly isEntered: boolean;
}

/** The answer that a sentence gives: to the open question, else to the first one that it answers. */
export function saidAnswer(
	{ talk: { answers }, text }: Clues,
	thread: Thread,
): { readonly key: string; readonly value: string } | null {
	// What `capture` prints of many requests answers nothing about one.
	if (CAPTURE_SUMMARY.test(text)) return null;
	return answers.find(({ key }) => key === thread.asks) ?? answers.find(({ whenAsked }) => !whenAsked) ?? null;
}

/** Its line about the recording, or its JSON (`reply/capture.ts`). */
const CAPTURE_SUMMARY = /^Recorded(?: \d{4}-\d\d-\d\d [^\n]{0,60})?: [\d,]{1,15} connections?\b|"exchanges":\[/m;

/** An answer that the output of a command shows or suggests; as the verb enters it, `answer KEY VALUE`; as a value alone; or as a sentence tells it. null for none. */
export function answerTold(clues: Clues, thread: Thread): AnswerTold | null {
	const { shell, curl } = clues;
	if (shell?.answer != null) return { ...shell.answer, isEntered: shell.isShown };
	if (curl?.asksBack != null) return { key: "direct-origin", value: curl.asksBack, isEntered: false };
	const said = clues.verb?.answer ?? null;
	const asSentence = (found: { key: string; value: string } | null): AnswerTold | null =>
		found === null ? null : { ...found, isEntered: false };
	if (said === null) return asSentence(saidAnswer(clues, thread));
	const { key, value } = said;
	if (key !== null && isEvidenceKey(key)) {
		const meant = isValue(key, value) ? value : SHORT_ANSWERS[key]?.[value];
		return meant === undefined ? null : { key, value: meant, isEntered: true };
	}
	const words = key === null ? value : `${key} ${value}`;
	return asSentence(meantBy(words, thread.asks ?? null) ?? saidAnswer(clues, thread));
}

/** The value that a word is: of the open question, else of the only key that has it. */
function meantBy(word: string, asks: string | null): { key: string; value: string } | null {
	if (asks !== null && isEvidenceKey(asks)) {
		const meant = isValue(asks, word) ? word : SHORT_ANSWERS[asks]?.[word];
		if (meant !== undefined) return { key: asks, value: meant };
	}
	const keys = EVIDENCE_KEYS.filter((key) => isValue(key, word));
	const [key] = keys;
	if (key !== undefined && keys.length === 1) return { key, value: word };
	const short = Object.entries(SHORT_ANSWERS).flatMap(([key, values]) =>
		values[word] === undefined ? [] : [{ key, value: values[word] }],
	);
	return short.length === 1 ? (short[0] ?? null) : null;
}
