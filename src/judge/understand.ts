import type { Paste } from "../read/paste.ts";
import { isOfOrigin } from "../read/text/intent.ts";
import { readText } from "../read/text/read.ts";
import type { Thread, Understood } from "../read/text/understood.ts";
import { type Autopsy, autopsy } from "./autopsy.ts";
import { pasteEvidence } from "./case-evidence.ts";
import { type CaptureAbout, weighCapture } from "./told-capture.ts";

/**
 * What was understood from a text, with what a proxy makes of the response in it. Pure; total; linear in the text.
 * @param text as it came from a chat, a file or a terminal
 * @param thread what the thread already knows
 * @param nowMs the moment of asking, Unix milliseconds
 */
export function understand(text: string, thread: Thread, nowMs: number): Understood {
	const { understood, clues } = readText(text, thread, nowMs);
	if (clues.capture !== null && understood.intent === "autopsy")
		return { ...understood, evidence: weighCapture(clues.capture, aboutThread(thread)).evidence };
	const { response } = understood;
	if (response === null || response.throughEdge || clues.response === null) return understood;
	const { paste } = clues.response;
	const found = autopsy(paste.bytes, paste.ending, paste.method);
	return {
		...understood,
		response: { ...response, proxy: found.proxy },
		// The bytes say more than curl's number does.
		evidence: { ...understood.evidence, ...(isOfOrigin(clues, thread) ? ofBytes(paste, found) : {}) },
	};
}

const aboutThread = ({ url = null, rays = [] }: Thread): CaptureAbout => ({ url, rays, pattern: null });

function ofBytes(paste: Paste, found: Autopsy): Record<string, string> {
	const { "direct-origin": value } = pasteEvidence(paste, found);
	return typeof value === "string" ? { "direct-origin": value } : {};
}
