import { autopsy } from "../judge/autopsy.ts";
import { foundBy, pasteEvidence, rayEvidence } from "../judge/case-evidence.ts";
import { logEvidence, readLogs } from "../read/logs/read.ts";
import { nonEmpty } from "../read/non-empty.ts";
import type { Paste } from "../read/paste.ts";
import type { Question } from "../read/text/question.ts";
import { logsReply } from "../reply/logs.ts";
import { pasteReply } from "../reply/paste.ts";
import { raysReply } from "../reply/rays.ts";
import type { Answering } from "./answering.ts";
import { windowOf } from "./case-threads.ts";
import { type Ended, ended } from "./outcome.ts";
import type { ResumableConversation } from "./resumable.ts";
import { tell } from "./tell.ts";

/** Ray IDs: what they tell, and in the thread of a case what they are evidence for. */
export async function answerRays(
	{ context, threads }: Answering,
	question: Extract<Question, { kind: "rays" }>,
	conversation: ResumableConversation,
	caseId: string,
	who: string,
): Promise<Ended> {
	const rays = nonEmpty(question.found.rays);
	const reply = raysReply({ ...question.found, rays }, question.target, question.pageAtMs, context.now());
	await tell(reply, conversation);
	await threads.openFromPage(question, reply.head, conversation, caseId);
	await threads.advance({ evidence: rayEvidence(rays), by: "paste", who }, conversation);
	return ended("answered", reply, { kind: "ray", code: null });
}

/** A response that somebody pasted. */
export async function answerAutopsy(
	{ threads }: Answering,
	paste: Paste,
	conversation: ResumableConversation,
	who: string,
): Promise<Ended> {
	const found = autopsy(paste.bytes, paste.ending, paste.method);
	const reply = pasteReply(paste, found);
	await tell(reply, conversation);
	const named = paste.throughEdge ? undefined : foundBy(found);
	await threads.advance({ evidence: pasteEvidence(paste, found), by: "paste", who, found: named }, conversation);
	return ended("answered", reply, { kind: "autopsy", code: found.code });
}

/** Log lines; in the thread of a case, those of its moment are evidence. */
export async function answerLogs(
	{ context, threads }: Answering,
	text: string,
	conversation: ResumableConversation,
	who: string,
): Promise<Ended> {
	const one = await threads.here(conversation);
	const window = one === null ? null : windowOf(one);
	const reading = readLogs(text, window?.toMs ?? context.now());
	const evidence = logEvidence(reading, window);
	const reply = logsReply(reading, evidence, window);
	await tell(reply, conversation);
	const found = Object.fromEntries(evidence.map(({ key, value }) => [key, value]));
	await threads.advance({ evidence: found, by: "paste", who }, conversation);
	return ended("answered", reply);
}
