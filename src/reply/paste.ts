import type { Autopsy } from "../judge/autopsy.ts";
import { endsInHeaders } from "../judge/case-evidence.ts";
import { CURL_EXITS } from "../knowledge/curl-exits.ts";
import { FINDINGS } from "../knowledge/findings/list.ts";
import { buttons, type Message, message, note, say, title } from "../message/message.ts";
import { ask, code, ours, type Text, text } from "../message/text.ts";
import type { Lost, NamedFinding, Paste } from "../read/paste.ts";
import { autopsyData, autopsyMessage } from "./autopsy.ts";
import { findingSentence } from "./findings.ts";
import type { Reply } from "./reply.ts";
import { lowered } from "./words.ts";

const LOST_WORDS: Record<Lost, string> = {
	"line-ends": "wrong line ends",
	content: "the content",
	"content-as-sent": "chunks and compression",
	ending: "how the connection ended",
	frames: "the HTTP/2 frames",
	"end-of-headers": "the end of the headers",
};

/** The answer to pasted output: the result first, what it cannot show last. Pure. */
export function pasteReply(paste: Paste, found: Autopsy): Reply {
	const head = headOf(paste, found);
	const controls = head.blocks.filter(({ kind }) => kind === "buttons");
	const words = head.blocks.filter(({ kind }) => kind !== "buttons");
	const whole: Message = { ...head, blocks: [...words, ...notes(paste).map(note), ...controls] };
	return {
		private: false,
		head: whole,
		thread: [],
		data: { ...autopsyData(null, found), paste: { kind: paste.kind, lost: paste.lost, curlExit: paste.curlExit } },
	};
}

function headOf(paste: Paste, found: Autopsy): Message {
	if (paste.told !== null) return toldMessage(paste.told);
	if (!endsInHeaders(paste, found))
		return autopsyMessage("Your paste", paste.bytes, found, {
			contentLost: paste.method === "HEAD" || paste.lost.includes("content"),
		});
	return message(
		"unclear",
		title(text`Your paste ends inside its headers`),
		say(text`It does not show whether Cloudflare accepts them.`),
	);
}

/** Exits of curl that come of bytes which it does not print: broken status lines, headers and HTTP/2 frames. */
const HAS_BYTES: ReadonlySet<number> = new Set([1, 8, 16, 43, 92]);

const SERVER_WORDS: Readonly<Partial<Record<Paste["kind"], Text>>> = {
	"HAProxy show errors": text`HAProxy's ${code("show errors")}: a response that HAProxy rejected`,
	strace: text`the output of ${code("strace")}: what the application wrote`,
	"nginx debug log": text`nginx's debug log: the headers that nginx received, as it understood them`,
};

/** What was read, and what such a text cannot show. */
function notes({ kind, bytes, version, lost, curlExit, method, throughEdge }: Paste): Text[] {
	const exit = curlExit === null ? null : CURL_EXITS[curlExit];
	// The result says already what this exit means, and there is no byte to show.
	if (bytes.length === 0 && curlExit !== null && !HAS_BYTES.has(curlExit))
		return [text`Read as the output of ${code(kind)} (exit ${curlExit}).`];
	const missing = [...lost.map((one) => LOST_WORDS[one]), ...(method === "HEAD" ? ["the content"] : [])];
	return [
		...(throughEdge ? [text`This came through Cloudflare, so it does not show what the origin sent.`] : []),
		...(curlExit === null ? [] : [text`curl exit ${curlExit}${exit == null ? text`` : text`: ${ours(exit.says)}`}.`]),
		text`Read as ${SERVER_WORDS[kind] ?? text`the output of ${code(kind)}`}${version === "1" ? text`` : text`, over HTTP/${version}`}.${
			missing.length === 0 ? text`` : text` This output does not show: ${ours([...new Set(missing)].join(", "))}.`
		}`,
		...(lost.length === 0 || SERVER_WORDS[kind] !== undefined
			? []
			: [text`For every byte, paste the output of ${code("curl -sv --raw --trace - -o /dev/null URL")}`]),
	];
}

/** No response came that could be read: what curl's exit code says about that. */
function toldMessage(told: NamedFinding): Message {
	const { fix } = FINDINGS[told.id];
	const explain = `explain ${told.id}`;
	return message(
		"bad",
		title(
			told.id === "header-section-over-128k"
				? text`Your paste: ${ours(lowered(findingSentence(told)))}`
				: text`No response: ${ours(lowered(findingSentence(told)))}`,
		),
		fix === null ? null : say(ours(fix)),
		buttons(text`More: ${ask(explain)}`, { label: "Explain", action: { do: "ask", text: explain } }),
	);
}
