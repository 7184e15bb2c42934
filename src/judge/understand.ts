import { readText } from "../read/text/read.ts";
import type { Thread, Understood } from "../read/text/understood.ts";
import { autopsy } from "./autopsy.ts";

/**
 * What was understood from a text, with what a proxy makes of the response in it. Pure; total; linear in the text.
 * @param text as it came from a chat, a file or a terminal
 * @param thread what the thread already knows
 * @param nowMs the moment of asking, Unix milliseconds
 */
export function understand(text: string, thread: Thread, nowMs: number): Understood {
	const { understood, clues } = readText(text, thread, nowMs);
	const { response } = understood;
	if (response === null || response.throughEdge || clues.response === null) return understood;
	const { bytes, ending, method } = clues.response.paste;
	return { ...understood, response: { ...response, proxy: autopsy(bytes, ending, method).proxy } };
}
