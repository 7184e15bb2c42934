import type { CaptureAside, WeighedCapture } from "../judge/told-capture.ts";
import { FINDINGS } from "../knowledge/findings/list.ts";
import { type Block, buttons, type Message, message, note, say, title } from "../message/message.ts";
import { ask, code, ours, type Text, text } from "../message/text.ts";
import type { ToldCapture, ToldExchange } from "../read/capture/told.ts";
import { findingSentence } from "./findings.ts";
import { nothing, type Reply } from "./reply.ts";
import { counted, grouped, seconds } from "./words.ts";

/** What `capture` or `tap` printed, pasted. */

const ASIDE: Readonly<Record<CaptureAside, Text>> = {
	"other-ray": text`This is the exchange of another Ray ID, so it does not count here.`,
	"other-host": text`This recording is of another host, so it does not count here.`,
	"other-page": text`The requests that fail in this recording are to other pages, so they do not count here.`,
	part: text`The recording does not contain all of this exchange, so it does not count.`,
	missing: text`The recording does not contain this Ray ID, so it shows nothing of that request.`,
	"no-failure": text`No recorded response fails, so the recording does not show the failure.`,
};

/** What a recording shows, as one change in the thread of a case. Pure. */
export function captureDelta(told: ToldCapture, weighed: WeighedCapture): Text {
	const { aside, one, isOwn } = weighed;
	if (aside !== null && aside !== "no-failure") return ASIDE[aside];
	if (aside === "no-failure") return text`${told.judged === null ? ASIDE[aside] : wholeWords(told.judged)}${sizeWords(told)}`;
	if (one !== null && (isOwn || told.judged === null || told.isAsked))
		return text`${exchangeWords(one, isOwn)}${sizeWords(told)}`;
	return text`${shareWords(told)}${kindWords(weighed)}${patternWords(told)}${sizeWords(told)}`;
}

const wholeWords = (judged: number): Text =>
	text`${judged === 1 ? "The recorded response is" : `All ${grouped(judged)} recorded responses are`} whole, so the recording does not show the failure.`;

/** The one exchange that counts. */
function exchangeWords(one: ToldExchange, isOwn: boolean): Text {
	const what = isOwn ? text`this request's response` : text`this response`;
	if (one.proxy === "accepts" && (one.headerBytes ?? 0) <= 131_072) {
		const status = one.status === null ? "" : ` with status ${one.status}`;
		return text`The server returned ${what} whole${ours(status)}. So the fault is between there and Cloudflare.`;
	}
	const finding = one.findings.find(({ id }) => FINDINGS[id].level === "fault") ?? one.findings[0];
	const said =
		finding === undefined ? text`The recording shows ${what} fail.` : text`In the recording: ${ours(findingSentence(finding))}`;
	return text`${said}${closedWords(one)}`;
}

function closedWords({ closedFirst, findings, isReset, tookMs }: ToldExchange): Text {
	if (closedFirst === null || findings.some(({ id }) => id === "client-closed-first")) return text``;
	const after = tookMs === null ? "" : ` after ${tookMs < 100 ? `${Math.max(1, Math.round(tookMs))} ms` : seconds(tookMs)}`;
	const did = isReset && closedFirst === "server" ? "reset the connection" : "closed the connection first";
	return text` The ${closedFirst} ${did}${ours(after)}.`;
}

const shareWords = ({ failed, judged }: ToldCapture): Text =>
	failed === null || judged === null ? text`` : text`${grouped(failed)} of ${counted(judged, "recorded response")} fail.`;

function kindWords({ kind, one }: WeighedCapture): Text {
	if (kind === null) return text``;
	const said = one?.findings.find(({ id }) => id === kind.finding) ?? { id: kind.finding };
	return text` ${ours(findingSentence(said))}${one === null ? text`` : closedWords(one)}`;
}

const PATTERNS = {
	random: " They fail at random.",
	bursts: " They fail in bursts.",
	"some-urls": " All requests to these pages fail.",
	all: " Every request fails.",
} as const;
const patternWords = ({ pattern }: ToldCapture): Text => (pattern === null ? text`` : ours(PATTERNS[pattern.value]));

function sizeWords({ over128k, over64k }: ToldCapture): Text {
	if (over128k > 0)
		return text` ${counted(over128k, "response")} ${over128k === 1 ? "has" : "have"} headers over Cloudflare's limit of 128 KB.`;
	if (over64k > 0)
		return text` ${counted(over64k, "response")} ${over64k === 1 ? "has" : "have"} headers over 64 KB. Cloudflare's limit is 128 KB.`;
	return text``;
}

/** The answer to a pasted summary outside of a case. Pure. */
export function capturePasteReply(told: ToldCapture, weighed: WeighedCapture): Reply {
	const { aside, one, kind } = weighed;
	const finding = kind?.finding ?? one?.findings.find(({ id }) => FINDINGS[id].level === "fault")?.id ?? null;
	const fix = finding === null ? null : FINDINGS[finding].fix;
	const isBad = aside === null && finding !== null;
	const head: Message = message(
		isBad ? "bad" : aside === "no-failure" || (aside === null && one?.proxy === "accepts") ? "good" : "unclear",
		title(captureDelta(told, weighed)),
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
			findings: one?.findings ?? [],
			rays: told.exchanges.flatMap(({ ray }) => ray ?? []),
			pattern: told.pattern,
			paste: { kind: "capture", failed: told.failed, judged: told.judged },
		},
	};
}

const explain = (finding: string): Block =>
	buttons(text`More: ${ask(`explain ${finding}`)}`, { label: "Explain", action: { do: "ask", text: `explain ${finding}` } });
