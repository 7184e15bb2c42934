import type { Autopsy } from "../judge/autopsy.ts";
import { FINDINGS } from "../knowledge/findings/list.ts";
import { type Message, message, note, say, title } from "../message/message.ts";
import { ask, code, ours, type Text, text } from "../message/text.ts";
import type { Lost, NamedFinding, Paste } from "../read/paste.ts";
import { autopsyData, autopsyMessage } from "./autopsy.ts";
import { findingSentence } from "./findings.ts";
import type { Reply } from "./reply.ts";

const LOST_WORDS: Record<Lost, string> = {
	"line-ends": "line ends (a CR or LF in the wrong place)",
	content: "the content",
	"content-as-sent": "the content as it was sent (chunks and compression are taken off)",
	ending: "how the connection ended",
	frames: "the HTTP/2 frames (curl shows them as text)",
};

/** curl's numbers that people meet in this (https://curl.se/libcurl/c/libcurl-errors.html). */
const CURL_WORDS: Readonly<Record<number, string>> = {
	1: "unsupported protocol: no HTTP/1 status line came",
	7: "no connection: refused or unreachable",
	8: "weird server reply",
	16: "an error in the HTTP/2 framing layer",
	18: "the content stopped before its promised end",
	23: "the content could not be decoded or written",
	28: "time was up",
	35: "the TLS handshake failed",
	43: "a header line that curl does not take",
	52: "the server closed without a byte",
	55: "the request could not be sent",
	56: "the connection broke while receiving",
	60: "the certificate is not one that curl trusts",
	61: "a content coding that is wrong",
	92: "the HTTP/2 stream was not closed cleanly",
};

/** The answer to pasted output. Pure. */
export function pasteReply(paste: Paste, found: Autopsy): Reply {
	const lost = paste.lost.map((one) => LOST_WORDS[one]);
	const said = paste.curlExit === null ? null : (CURL_WORDS[paste.curlExit] ?? null);
	const notes: Text[] = [
		text`Read as the output of ${code(paste.kind)}${paste.version === "1" ? text`` : text`, over HTTP/${paste.version}`}.`,
		...(lost.length === 0 ? [] : [text`Such a text cannot show: ${ours(lost.join(", "))}.`]),
		...(paste.curlExit === null
			? []
			: [
					text`${paste.kind === "HAR" ? "The browser said what curl calls" : "curl said"} ${paste.curlExit}${said === null ? text`` : text`: ${ours(said)}`}.`,
				]),
		...(paste.method === "HEAD" ? [text`Its content was not judged.`] : []),
		...(paste.throughEdge
			? [
					text`This came through Cloudflare: it is Cloudflare's answer, and what the origin sent is not in it. Ask the origin directly for that.`,
				]
			: []),
		...(paste.lost.length === 0
			? []
			: [text`For every byte: ${code("curl -sv --raw --trace - -o /dev/null URL")}, and paste that.`]),
	];
	const head = paste.told === null ? autopsyMessage("Your paste", paste.bytes, found) : toldMessage(paste.told);
	const whole: Message = { ...head, blocks: [...head.blocks, ...notes.map(note)] };
	return {
		private: false,
		head: whole,
		thread: [],
		data: { ...autopsyData(null, found), paste: { kind: paste.kind, lost: paste.lost, curlExit: paste.curlExit } },
	};
}

/** No response came that could be read: what curl's number says about that. */
function toldMessage(told: NamedFinding): Message {
	const { fix } = FINDINGS[told.id];
	return message(
		"bad",
		title(text`No response came that could be read: ${told.id}.`),
		say(text`${ours(findingSentence(told))}${fix === null ? text`` : text` ${ours(fix)}`}`),
		say(text`${ask(`explain ${told.id}`)} tells more.`),
	);
}
