import type { Case } from "../judge/case.ts";
import { EVIDENCE, type EvidenceKey, labelOf } from "../knowledge/evidence.ts";
import { maskedUrl } from "../message/masking.ts";
import { buttons, type Message, message, say } from "../message/message.ts";
import { ask, bold, code, text, utc } from "../message/text.ts";
import { casePlacesButton } from "./places.ts";
import { lowered } from "./words.ts";

/** What is answered to everyday talk in the thread of a case. */

export const gladToHelp: Message = message("neutral", say(text`Glad to help.`));

export const notNoted: Message = message("neutral", say(text`Not noted.`));

export const nothingToUndo: Message = message("neutral", say(text`There is no answer to undo.`));

/** Who else sees it, as far as other places told; they can be asked. For the asker alone. */
export const othersSee = ({ id, places }: Case): Message =>
	message(
		"neutral",
		say(
			places === null
				? text`I checked from one place only.`
				: text`${places.failing} of ${places.of} other places failed at ${utc(places.atMs).slice(11, 16)} UTC.`,
		),
		buttons(text`To ask other places: ${ask("from world")}`, casePlacesButton(id)),
	);

/** What a sentence was taken for: an answer, and when that was. */
interface Heard {
	readonly key: EvidenceKey;
	readonly value: string;
	/** Unix milliseconds; null where the sentence does not say. */
	readonly atMs: number | null;
}

/** Asks back a sentence that was taken for an answer. */
export const askBack = (one: Case, { key, value, atMs }: Heard, nowMs: number): Message =>
	message(
		"neutral",
		say(
			key === "what-changed"
				? text`Note ${bold(lowered(labelOf(key, value)))}${atMs === null ? text`` : text` at about ${minuteOf(atMs, nowMs)}`} as what changed?`
				: text`${bold(EVIDENCE[key].ask)} Note ${bold(labelOf(key, value))} as the answer?`,
		),
		buttons(
			text`To note it: ${ask(`answer ${key} ${value}`)}`,
			{ label: "Yes", action: { do: "answer", case: one.id, key, value, askedBack: true } },
			{ label: "No", action: { do: "leave" } },
		),
	);

/** `13:46 UTC`; of another day with its date. */
function minuteOf(atMs: number, nowMs: number): string {
	const [then, now] = [utc(atMs), utc(nowMs)];
	return `${then.slice(then.slice(0, 10) === now.slice(0, 10) ? 11 : 0, 16)} UTC`;
}

/**
 * Offers a check under a message that reports an error, where an admin allowed that.
 * @param about a host and its code, or a Ray ID
 * @param question what pressing it asks
 */
export const offerMessage = (about: { readonly host: string; readonly code: string } | null, question: string): Message =>
	message(
		"neutral",
		say(about === null ? text`Ray ID ${code(question)}` : text`${code(about.host)}, ${code(about.code)}`),
		buttons(text`To find out why: ${ask(about === null ? question : maskedUrl(question))}`, {
			label: "Diagnose",
			action: { do: "ask", text: question },
		}),
	);
