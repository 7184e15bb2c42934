import type { Evidence } from "../knowledge/evidence.ts";
import { nonEmpty } from "../read/non-empty.ts";
import type { Paste } from "../read/paste.ts";
import type { Clues } from "../read/text/clues.ts";
import { isOfOrigin } from "../read/text/intent.ts";
import { readText } from "../read/text/read.ts";
import { sameSite } from "../read/text/target.ts";
import type { Thread, Understood } from "../read/text/understood.ts";
import { type Autopsy, autopsy } from "./autopsy.ts";
import { harEvidence, pasteEvidence } from "./case-evidence.ts";
import { type CaptureAbout, weighCaptures } from "./told-capture.ts";

/**
 * What was understood from a text, with what a proxy makes of the response in it. Pure; total; linear in the text.
 * @param text as it came from a chat, a file or a terminal
 * @param thread what the thread already knows
 * @param nowMs the moment of asking, Unix milliseconds
 */
export function understand(text: string, thread: Thread, nowMs: number): Understood {
	const { understood: read, clues } = readText(text, thread, nowMs);
	const understood = { ...read, evidence: { ...read.evidence, ...evidenceOfHar(clues.har, read.target, thread) } };
	if (clues.captures.length > 0 && understood.intent === "autopsy")
		// A terminal may have cut a name in it: the parts are no further sites.
		return {
			...understood,
			candidates: [],
			evidence: weighCaptures(nonEmpty(clues.captures), aboutThread(thread)).weighed.evidence,
		};
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

/** What failed requests of a HAR are evidence for, where it is of the thread's host and code. */
function evidenceOfHar(har: Clues["har"], target: string | null, { url, code }: Thread): Evidence {
	const [host, own] = [target, url ?? null].map((one) => (one === null ? null : (URL.parse(one)?.hostname ?? null)));
	const isElsewhere = host != null && own != null && !sameSite(host, own);
	return har === null || isElsewhere || (code != null && har.code !== code) ? {} : harEvidence(har);
}

const aboutThread = ({ url = null, rays = [] }: Thread): CaptureAbout => ({ url, rays, pattern: null });

function ofBytes(paste: Paste, found: Autopsy): Record<string, string> {
	const { "direct-origin": value } = pasteEvidence(paste, found);
	return typeof value === "string" ? { "direct-origin": value } : {};
}
