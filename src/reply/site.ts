import type { ClassifiedLook } from "../judge/pattern.ts";
import type { Verdict } from "../judge/verdict.ts";
import { articleCauseOf } from "../knowledge/causes/list.ts";
import { maskedUrl } from "../message/masking.ts";
import type { Message } from "../message/message.ts";
import { buttons, list, message, note, say, table, title } from "../message/message.ts";
import { ask, plainText, text, time } from "../message/text.ts";
import type { Target } from "../read/text/target.ts";
import { rayData } from "./json.ts";
import { nextStep, stepBlocks } from "./next-step.ts";
import { addressButton, addressHint } from "./origin-address.ts";
import type { Reply } from "./reply.ts";
import { distinctRays, lookData, patternData } from "./site-data.ts";
import { evidence, lookTable, unknowns } from "./site-evidence.ts";
import { headline, moodOf, patternWords, sideWords, visitorWords } from "./site-words.ts";
import { hostWords, ruledOutWords } from "./words.ts";

/** "looking at …": the first sign of life. */
export function lookingMessage(target: Target, looks: number) {
	return message(
		"neutral",
		title(text`Looking at ${hostWords(target)}`),
		say(text`${looks} looks side by side; the verdict will stand here.`),
	);
}

/** Progress while slow looks are under way. */
export function progressMessage(target: Target, done: number, of: number) {
	return message(
		"neutral",
		title(text`Looking at ${hostWords(target)}`),
		say(text`${done} of ${of} looks are back; the verdict will stand here.`),
	);
}

/** Stands where "looking at …" stood when the look was refused; the reason is the asker's alone. */
export function declinedMessage(target: Target) {
	return message("neutral", title(text`Not looked at ${hostWords(target)}`), say(text`Whoever asked was told why.`));
}

/**
 * The answer to a question about a site. Pure.
 * @param inCase a case goes on from it: its question is the one next step, and this says where to look for the answer
 */
export function siteReply(
	target: Target,
	verdict: Verdict,
	seen: readonly ClassifiedLook[],
	nowMs: number,
	inCase: boolean,
): Reply {
	const step = nextStep(verdict, target);
	const mood = moodOf(verdict);
	const visitor = visitorWords(verdict);
	const head = message(mood, title(headline(verdict, target)), say(patternWords(verdict, target)), say(sideWords(verdict)));
	const details = message(
		"neutral",
		title(text`What was seen`),
		list(evidence(verdict, target, nowMs)),
		table(lookTable(seen)),
		list(verdict.ruledOut.map((one) => text`Ruled out: ${ruledOutWords(one)}`)),
		list(unknowns(verdict).map((one) => text`Not known: ${one}`)),
	);
	const next = message(
		"neutral",
		title(inCase ? text`Where to look` : text`Next step`),
		...stepBlocks(step),
		buttons(
			text`${ofTheOrigin(verdict) ? text`${addressHint(target)}. ` : text``}${ask(`watch ${maskedUrl(target.url)}`)} tells when it changes.`,
			...(ofTheOrigin(verdict) ? [addressButton(target)] : []),
			{ label: "Watch", action: { do: "watch", url: target.url } },
		),
		visitor === null ? null : note(text`For visitors: ${visitor}`),
	);
	const rays = distinctRays(seen);
	return {
		private: false,
		head,
		thread: [details, next],
		data: {
			verdict: {
				kind: verdict.kind,
				code: verdict.code,
				status: verdict.example.classification.status,
				cause: verdict.cause,
				articleCause: articleCauseOf(verdict.cause),
				confidence: verdict.confidence,
				owner: verdict.owner,
			},
			ranked: [],
			ruledOut: verdict.ruledOut.map((one) => ({ cause: one, why: ruledOutWords(one) })),
			findings: evidence(verdict, target, nowMs).map((say, index) => ({ id: `seen-${index + 1}`, say: plainText(say) })),
			rays: rays.map(rayData),
			pattern: patternData(verdict),
			next: {
				step: step.step,
				ask: plainText(step.ask),
				...(step.commands[0] === undefined ? {} : { command: step.commands[0].command }),
			},
			looks: seen.map(lookData),
		},
	};
}

/** A look straight at the origin would tell more. */
const ofTheOrigin = ({ kind, code }: Verdict) =>
	kind === "cut" || kind === "edge-code" || (kind === "cloudflare-error" && code !== null && code >= 520 && code <= 526);

/** The answer came of looks that somebody else had just asked for. */
export const sharedHead = (head: Message, startedAtMs: number): Message => ({
	...head,
	blocks: [...head.blocks, note(text`The same looks, begun at ${time(startedAtMs)}, answer another question too.`)],
});
