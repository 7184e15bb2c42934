import { wilson } from "../judge/chance.ts";
import type { CaptureAside, WeighedCapture } from "../judge/told-capture.ts";
import { FINDINGS } from "../knowledge/findings/list.ts";
import { type Block, buttons, type Message, message, note, say, title } from "../message/message.ts";
import { ask, code, join, ours, type Text, text } from "../message/text.ts";
import type { ToldCapture, ToldExchange, ToldFinding, ToldKind } from "../read/capture/told.ts";
import { findingSentence } from "./findings.ts";
import { nothing, type Reply } from "./reply.ts";
import { counted, grouped, seconds } from "./words.ts";

/** What `capture` or `tap` printed, pasted. */

const ASIDE: Readonly<Record<CaptureAside, Text>> = {
	begun: text`This shows only that the tap started. Paste its summary when it ends.`,
	"no-result": text`This is only the end of a summary. Paste all of it.`,
	"no-exchange": text`This recording contains no HTTP exchange that I can judge.`,
	"other-ray": text`This is the exchange of another Ray ID, so it does not count here.`,
	"other-host": text`This recording is of another host, so it does not count here.`,
	"other-page": text`The requests that fail in this recording are to other pages, so they do not count here.`,
	part: text`The recording does not contain all of this exchange, so it does not count.`,
	missing: text`The recording does not contain this Ray ID, so it shows nothing of that request.`,
	"no-failure": text`No recorded response fails, so the recording does not show the failure.`,
};

/** What a recording shows, as one change in the thread of a case. Pure. */
export const captureDelta = (told: ToldCapture, weighed: WeighedCapture): Text => join(sentences(told, weighed));

/** The result first. */
function sentences(told: ToldCapture, weighed: WeighedCapture): readonly [Text, ...Text[]] {
	const { aside, one, isOwn, kind, over128k } = weighed;
	if (aside === "no-failure") return [told.judged === null ? ASIDE[aside] : wholeWords(told.judged), ...sizeWords(told)];
	if (aside !== null) return [ASIDE[aside]];
	if (one !== null && weighed.isSingle)
		return [...exchangeWords(one, isOwn), ...(weighed.pattern === null ? [] : [shareWords(told, weighed)])] as const;
	const over = over128k > 0 ? overWords(over128k) : null;
	if (over !== null && (told.failed ?? 0) === 0) return [over];
	return [
		shareWords(told, weighed),
		...(kind === null ? [] : kindWords(kind, one)),
		...(weighed.pattern === null ? [] : [ours(PATTERNS[weighed.pattern.value])]),
		...(over === null ? [] : [over]),
	];
}

/** How many fail, of how many where that is told. */
function shareWords({ failed, judged }: ToldCapture, { failing }: WeighedCapture): Text {
	const count = failed ?? failing;
	const verb = count === 1 ? "fails" : "fail";
	return judged === null
		? text`${counted(count, "recorded response")} ${verb}.`
		: text`${grouped(count)} of ${counted(judged, "recorded response")} ${verb}.`;
}

const wholeWords = (judged: number): Text =>
	text`${judged === 1 ? "The recorded response is" : `All ${grouped(judged)} recorded responses are`} complete, so the recording does not show the failure.`;

/** The one exchange that counts. */
function exchangeWords(one: ToldExchange, isOwn: boolean): readonly [Text, ...Text[]] {
	const what = isOwn ? "the response to this request" : "this response";
	const isBroken = one.findings.some(({ id }) => id === "content-coding-broken");
	if (one.proxy === "accepts" && (one.headerBytes ?? 0) <= LIMIT_BYTES && !isBroken) {
		const status = one.status === null ? "" : ` with status ${one.status}`;
		return [text`The server returned ${what} completely${status}.`, text`So the fault is between there and Cloudflare.`];
	}
	const finding =
		one.findings.find(({ id }) => FINDINGS[id].level === "fault") ??
		one.findings.find(({ id }) => FINDINGS[id].level !== "good") ??
		one.findings[0];
	const said = finding === undefined ? text`The recording shows that ${what} fails.` : ours(findingSentence(finding));
	return [said, ...closedWords(one, finding?.id)];
}

const LIMIT_BYTES = 131_072;

/** @param said the finding that is told: it may say so already */
function closedWords({ closedFirst, isReset, tookMs }: ToldExchange, said: ToldFinding["id"] | undefined): readonly Text[] {
	if (closedFirst === null || said === "client-closed-first") return [];
	const after = tookMs === null ? "" : ` after ${tookMs < 100 ? `${Math.max(1, Math.round(tookMs))} ms` : seconds(tookMs)}`;
	const did = isReset && closedFirst === "server" ? "reset the connection" : "closed the connection first";
	return [text`The ${closedFirst} ${did}${after}.`];
}

function kindWords(kind: ToldKind, one: ToldExchange | null): readonly Text[] {
	const said = one?.findings.find(({ id }) => id === kind.finding) ?? { id: kind.finding };
	return [ours(findingSentence(said)), ...(one === null ? [] : closedWords(one, said.id))];
}

const PATTERNS = {
	random: "They fail at random.",
	bursts: "They fail in bursts.",
	"some-urls": "All requests to these pages fail.",
	all: "Every request fails.",
} as const;

const have = (n: number): string => `${counted(n, "response")} ${n === 1 ? "has" : "have"}`;
const overWords = (n: number): Text => text`${have(n)} headers over Cloudflare's limit of 128 KB.`;

/** A healthy site may be close to a 520. */
function sizeWords({ over128k, over64k }: ToldCapture): readonly Text[] {
	if (over128k > 0) return [overWords(over128k)];
	return over64k > 0 ? [text`${have(over64k)} headers over 64 KB. Cloudflare's limit is 128 KB.`] : [];
}

/** The answer to a pasted summary outside of a case. Pure. */
export function capturePasteReply(told: ToldCapture, weighed: WeighedCapture): Reply {
	const { aside, one, kind } = weighed;
	const finding = kind?.finding ?? one?.findings.find(({ id }) => FINDINGS[id].level === "fault")?.id ?? null;
	const fix = finding === null ? null : FINDINGS[finding].fix;
	const [first, ...rest] = sentences(told, weighed);
	const isBad = aside === null && (finding !== null || weighed.found != null);
	const head: Message = message(
		isBad ? "bad" : aside === "no-failure" || (aside === null && one?.proxy === "accepts") ? "good" : "unclear",
		title(first),
		rest.length === 0 ? null : say(join(rest)),
		fix === null ? null : say(ours(fix)),
		note(text`Read as what ${code("capture")} or ${code("tap")} printed.`),
		finding === null ? null : explain(finding),
	);
	return {
		private: false,
		head,
		thread: [],
		data: {
			...nothing,
			findings: (one?.findings ?? []).map((found) => ({
				id: found.id,
				level: FINDINGS[found.id].level,
				say: findingSentence(found),
			})),
			paste: { kind: "capture", failed: told.failed, judged: told.judged, pattern: patternData(told) },
		},
	};
}

const patternData = ({ pattern }: ToldCapture) =>
	pattern === null ? null : { ...pattern, ...wilson(pattern.failed / pattern.of, pattern.of) };

const explain = (finding: string): Block =>
	buttons(text`More: ${ask(`explain ${finding}`)}`, { label: "Explain", action: { do: "ask", text: `explain ${finding}` } });
