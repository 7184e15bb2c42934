import { codeOfCase, siteEvidence } from "../judge/case-evidence.ts";
import { rank } from "../judge/rank.ts";
import type { Verdict } from "../judge/verdict.ts";
import { CAUSES, isCause } from "../knowledge/causes/list.ts";
import { codeWordsOf } from "../knowledge/codes/words.ts";
import { type Message, message, say } from "../message/message.ts";
import { plainText, text } from "../message/text.ts";
import type { Target } from "../read/text/target.ts";
import type { Reply } from "./reply.ts";
import { headline } from "./site-words.ts";
import { confidenceWords } from "./words.ts";

/** What a step tells its workflow: plain words, each of a few lines at most. */
export interface StepOutputs {
	readonly verdict: string;
	/** What a visitor gets, "" where no response came. */
	readonly code: string;
	readonly cause: string;
	readonly confidence: string;
	/** Of our own request that failed; "" where it has none. */
	readonly ray: string;
	/** Opens the posted answer; "" where none was posted. */
	readonly permalink: string;
}

/** How a step ended: what it tells its workflow, or why it failed, in words for the person who built it. */
export type StepEnd = { readonly outputs: StepOutputs } | { readonly problem: string };

/** Words of the step in Workflow Builder. */
export const STEP_WORDS = {
	title: "Diagnose a Cloudflare error",
	about: "Checks a page that Cloudflare serves: what fails, who has to fix it, and the likely cause",
	inputs: {
		url: { title: "URL", about: "The page that fails, such as https://shop.example/checkout" },
		channel: { title: "Channel", about: "Where the answer is posted, with its thread. Leave it empty to get only the results" },
	},
	outputs: {
		verdict: { title: "Verdict", about: "What fails, in one line, or: no error now" },
		code: { title: "Code", about: "The status or error code that visitors get" },
		cause: { title: "Cause", about: "The likely cause, or: unknown, or: none" },
		confidence: { title: "Confidence", about: "certain, likely, possible or unknown" },
		ray: { title: "Ray ID", about: "Of a failed request, to search for in logs" },
		permalink: { title: "Link", about: "Opens the posted answer; empty without a channel" },
	},
} as const;

const EXAMPLE = "https://shop.example/checkout";
const GIVE = `Give the step the URL of a public page, such as ${EXAMPLE}.`;
/** In a Slackbot message and in a list of runs, one line or two. */
const MAX_CHARS = 300;
const PERMALINK_MAX_CHARS = 500;

/** What the page returned, told to the workflow. Pure. */
export function stepOutputs(target: Target, verdict: Verdict, permalink: string | null): StepOutputs {
	const isFine = verdict.kind === "working" && (verdict.code ?? 0) < 400;
	return {
		verdict: isFine ? "no error now" : bounded(plainText(headline(verdict, target))),
		code: verdict.code === null ? "" : String(verdict.code),
		cause: isFine ? "none" : bounded(causeTitle(verdict) ?? "unknown"),
		confidence: confidenceWords(verdict.confidence),
		ray: isFine ? "" : (verdict.example.classification.ray?.id ?? ""),
		permalink: permalink === null || permalink.length > PERMALINK_MAX_CHARS ? "" : permalink,
	};
}

/** From here on a cause is named to a workflow, which asks nobody back. */
const LIKELY_FROM = 0.6;

/** The cause that our own requests show; null where they name none. */
function causeTitle(verdict: Verdict): string | null {
	if (verdict.cause !== null) return CAUSES[verdict.cause].title;
	if (!verdict.fails || verdict.code === null) return null;
	const code = codeOfCase(verdict);
	const { ranked, abstains } = rank(code, siteEvidence(verdict));
	const [first] = ranked;
	if (!abstains && first !== undefined && isCause(first.cause) && first.probability >= LIKELY_FROM)
		return CAUSES[first.cause].title;
	// A code other than 520 says itself what is wrong.
	return code === "520" || verdict.kind === "not-cloudflare" ? null : codeWordsOf(code).title;
}

/** Refusals of a URL itself: their words say what is wrong with it. */
const OF_URL: ReadonlySet<string> = new Set(["not-a-url", "too-long", "scheme", "credentials", "cloudflares-own", "port"]);

/**
 * Why a step failed, with what to do, in words for the person who built the workflow. Pure.
 * @param isMisread the URL was not understood
 */
export function stepProblem({ head, refusal = "" }: Reply, isMisread: boolean): string {
	if (isMisread && !OF_URL.has(refusal)) return GIVE;
	const why = bounded(firstWords(head));
	return OF_URL.has(refusal) ? `${why} ${GIVE}` : why;
}

const firstWords = ({ blocks: [first] }: Message): string =>
	first !== undefined && "text" in first ? plainText(first.text) : "";

/** One line, without what Slack reads as markup: it may quote what the workflow was given. */
function bounded(words: string): string {
	const line = words.replace(/[<>]/g, "").replace(/\s+/g, " ").trim();
	return line.length <= MAX_CHARS ? line : `${line.slice(0, MAX_CHARS - 1)}…`;
}

const problem = (words: ReturnType<typeof text>, refusal: string): Reply => ({
	private: true,
	head: message("neutral", say(words)),
	thread: [],
	data: {},
	refusal,
});

const NOT_POSTED = {
	place: text`I cannot post in the step's channel. Invite me there, or leave the channel empty.`,
	token: text`Slack rejects my token. Ask an admin to install the app again.`,
	unconfirmed: text`Slack did not confirm my post in the step's channel. Run the workflow again.`,
} as const;

/** The answer could not be posted in the step's channel. */
export const stepNotPosted = (why: keyof typeof NOT_POSTED): Reply => problem(NOT_POSTED[why], "not-posted");

/** Admins enabled the bot in other channels only. */
export const stepNotEnabled: Reply = problem(
	text`I am not enabled in the step's channel. Choose another channel, or ask an admin to enable me there.`,
	"channel",
);

/** Admins made answers private, and a step has nobody to tell privately. */
export const stepPrivate: Reply = problem(
	text`Admins made my answers private here, so I post none for a workflow. Leave the step's channel empty.`,
	"private",
);
