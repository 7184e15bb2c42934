import type { KeptFailure, Watch } from "../judge/watch.ts";
import { FINDINGS, isFinding } from "../knowledge/findings/list.ts";
import { type Block, list, type Message, message, say, table, title } from "../message/message.ts";
import { clock, code, ours, type Text, text } from "../message/text.ts";
import { hexLines } from "./hex.ts";
import { pageName, whatFailed } from "./watch-words.ts";
import { seconds } from "./words.ts";

/** Lines of bytes: of one failure, the newest that has some. */
const BYTES_MAX = 48;

/** What failed while a page was watched, for the thread. */
export const watchEvidence = (watch: Watch, nowMs: number): Message =>
	message("neutral", title(text`Failed requests: ${pageName(watch)}`), ...failureBlocks(watch, nowMs));

/** The failures that were kept, and bytes of the newest that shows a fault in them. */
export function failureBlocks({ kept }: Pick<Watch, "kept">, nowMs: number): readonly (Block | null)[] {
	const withBytes = kept.findLast(({ around }) => around !== null);
	return [list(kept.map((one) => failureWords(one, nowMs))), ...(withBytes === undefined ? [] : bytesOf(withBytes))];
}

function bytesOf({ findings, around }: KeptFailure): readonly Block[] {
	if (around === null) return [];
	const said = findings.flatMap((id) => (isFinding(id) ? [FINDINGS[id].say] : []));
	const lines = hexLines(Buffer.from(around.bytes, "base64").subarray(0, BYTES_MAX), around.at);
	return [...(said[0] === undefined ? [] : [say(ours(said[0]))]), table(lines)];
}

/** `13:56:05 UTC: 520 after 0.2 s, Ray ID a5e86f7c780ad1c3-DFW.` */
function failureWords({ atMs, what, ms, ray, colo }: KeptFailure, nowMs: number): Text {
	const after = ms === null ? text`` : text` after ${seconds(ms)}`;
	const id = ray === null ? text`` : text`, Ray ID ${code(colo === null ? ray : `${ray}-${colo}`)}`;
	return text`${clock(atMs, nowMs)}: ${whatFailed(what)}${after}${id}.`;
}
