import { opensCase } from "../judge/case-evidence.ts";
import type { ClassifiedLook } from "../judge/pattern.ts";
import type { Verdict } from "../judge/verdict.ts";
import { articleCauseOf } from "../knowledge/causes/list.ts";
import { maskedUrl } from "../message/masking.ts";
import { type Block, type Button, controls, type Message, message, note, say, title } from "../message/message.ts";
import { ask, join, plainText, type Text, text } from "../message/text.ts";
import type { Target } from "../read/text/target.ts";
import { rayData } from "./json.ts";
import { addressButton } from "./origin-address.ts";
import { otherPlacesButton } from "./places.ts";
import type { Reply } from "./reply.ts";
import { distinctRays, lookData, patternData } from "./site-data.ts";
import { evidence } from "./site-evidence.ts";
import { ending, nextStep } from "./site-next.ts";
import { type About, asideWords, faultWords, headline, meaningWords, moodOf, whereWords } from "./site-words.ts";
import { toRun } from "./to-run.ts";
import { hostWords, requests, ruledOutWords } from "./words.ts";

/** "Checking …": the first sign of life. */
export const lookingMessage = (target: Target, looks: number): Message =>
	message(
		"neutral",
		title(text`Checking ${hostWords(target)}…`),
		say(text`Sending ${requests(looks)}. The result will appear here.`),
	);

/** Progress while slow requests are under way. */
export const progressMessage = (target: Target, done: number, of: number): Message =>
	message("neutral", title(text`Checking ${hostWords(target)}…`), say(text`${done} of ${requests(of)} done.`));

/** In place of "Checking …" when the check was refused; the reason is private. */
export const declinedMessage = (target: Target): Message =>
	message("neutral", title(text`${hostWords(target)} was not checked`), say(text`Only the person who asked can see the reason.`));

/**
 * The head of an answer about a site, without controls: what is wrong, whose side, and where it was seen. Pure.
 * @param seen every look, where they are at hand: the words then count what they returned
 */
export function siteHead(target: Target, verdict: Verdict, about: About, seen: readonly ClassifiedLook[] = []): Message {
	return message(
		moodOf(verdict),
		title(headline(verdict, target), asideWords(verdict, target) ?? undefined),
		say(meaningAndFault(verdict, target, seen)),
		note(whereWords(verdict, about)),
	);
}

function meaningAndFault(verdict: Verdict, target: Target, seen: readonly ClassifiedLook[]): Text {
	return join([meaningWords(verdict, target, seen), faultWords(verdict) ?? []].filter(({ length }) => length > 0));
}

/**
 * The answer to a question about a site. Pure. A verdict that opens a case is the head alone: its controls and its question are the case's.
 * @param seen every look
 */
export function siteReply(target: Target, verdict: Verdict, seen: readonly ClassifiedLook[], nowMs: number, about: About): Reply {
	const head = siteHead(target, verdict, about, seen);
	const isOfCase = opensCase(verdict) && (verdict.kind !== "working" || about.beside === true);
	return {
		private: false,
		head: isOfCase ? head : { ...head, blocks: [...head.blocks, ...nextBlocks(target, verdict)] },
		thread: [],
		data: siteData(target, verdict, seen, nowMs),
	};
}

/** The one next step with its command and its controls, for what has no case. */
function nextBlocks(target: Target, verdict: Verdict): Block[] {
	const { ask: what, command: how } = ending(verdict, target);
	return [...(how === null ? [say(what)] : toRun(what, how)), controlsOf(target, verdict)];
}

function controlsOf(target: Target, verdict: Verdict): Block {
	const url = maskedUrl(target.url);
	const { location } = verdict.example.classification;
	const again: Button = { label: "Check again", action: { do: "ask", text: target.url } };
	const places = otherPlacesButton(target);
	const watch: Button = { label: "Watch", action: { do: "watch", url: target.url } };
	const paste: Button = { label: "Paste the error…", action: { do: "text-form" } };
	const toWatch = text`To watch it: ${ask(`watch ${url}`)}`;
	switch (verdict.kind) {
		case "working": {
			const to = location === null ? null : redirected(target, location);
			const redirect: Button[] = to === null ? [] : [{ label: "Check the redirect", action: { do: "ask", text: to } }];
			return controls(
				to === null ? toWatch : text`To check the redirect: ${ask(maskedUrl(to))}`,
				[...redirect, places, watch, paste],
				[],
			);
		}
		case "challenge":
		case "block":
			return controls(text`To ask about an error page, paste it here.`, [{ ...paste, primary: true }, again], []);
		case "not-cloudflare":
			if (verdict.fails) return controls(toWatch, [again, watch, places], []);
			return controls(
				text`To check another page, send its URL.`,
				[{ label: "Enter the URL…", action: { do: "url-form" }, primary: true }, paste],
				[],
			);
		case "silent":
			return controls(toWatch, [again, watch, places, addressButton(target)], []);
		default: {
			const explain: Button[] =
				verdict.code === null ? [] : [{ label: "Explain", action: { do: "ask", text: `explain ${verdict.code}` } }];
			return controls(toWatch, [again, watch, places, ...explain], []);
		}
	}
}

/** The other end of a redirect: absolute, or joined to the page's own URL; null for what is not a web page. */
function redirected(target: Target, location: string): string | null {
	if (!URL.canParse(location, target.url)) return null;
	const to = new URL(location, target.url);
	return to.protocol === "http:" || to.protocol === "https:" ? to.href : null;
}

function siteData(target: Target, verdict: Verdict, seen: readonly ClassifiedLook[], nowMs: number): Reply["data"] {
	const step = nextStep(verdict, target);
	return {
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
		rays: distinctRays(seen).map(rayData),
		pattern: patternData(verdict),
		next: {
			step: step.step,
			ask: plainText(step.ask),
			...(step.command === null ? {} : { command: step.command }),
		},
		looks: seen.map(lookData),
	};
}

/** The check also answers another person's question. */
export const sharedHead = (head: Message): Message => ({
	...head,
	blocks: [...head.blocks, note(text`This check answers another question too.`)],
});
