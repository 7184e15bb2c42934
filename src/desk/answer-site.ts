import type { Case } from "../judge/case.ts";
import { foundBy, opensCase, originEvidence } from "../judge/case-evidence.ts";
import { judgeSite } from "../judge/verdict.ts";
import type { Question } from "../read/text/question.ts";
import { readTarget, type Target } from "../read/text/target.ts";
import { headersReply } from "../reply/headers.ts";
import { sharedHead, siteReply } from "../reply/site.ts";
import type { Answering } from "./answering.ts";
import type { SiteSeen } from "./looking.ts";
import { type Ended, ended } from "./outcome.ts";
import type { ResumableConversation } from "./resumable.ts";
import { tellInPlace } from "./tell.ts";

/** Checks a page or its headers and posts the result; a failure opens a case. */
export async function answerSite(
	desk: Answering,
	question: Extract<Question, { kind: "site" | "headers" }>,
	conversation: ResumableConversation,
	caseId: string,
	who: string,
): Promise<Ended> {
	const looked = await desk.looking.site(question, conversation);
	if ("reply" in looked) return ended(looked.kind, looked.reply);
	if (question.kind === "site") {
		const told = await tellSite(desk, question, looked, conversation, caseId);
		const evidence = await desk.threads.edgeSawHere(question, conversation);
		if (evidence["edge-saw"] !== undefined) await desk.threads.advance({ evidence, by: "paste", who }, conversation);
		return told;
	}
	const [first] = looked.seen;
	const { kind, code } = first.classification;
	return ended("answered", await tellInPlace(headersReply(question.target, first), conversation), { kind, code });
}

async function tellSite(
	{ context, threads }: Answering,
	{ target }: Extract<Question, { kind: "site" | "headers" }>,
	{ seen, atMs, sharedSinceMs }: SiteSeen,
	conversation: ResumableConversation,
	caseId: string,
): Promise<Ended> {
	const verdict = judgeSite(seen);
	context.metrics.verdict(verdict.kind, verdict.code);
	const opens = opensCase(verdict);
	const own = siteReply(target, verdict, seen, atMs, { who: null, nowMs: atMs });
	const reply = sharedSinceMs === null ? own : { ...own, head: sharedHead(own.head) };
	const told = opens
		? await threads.openFromLook({ id: caseId, target, verdict, seen, reply, atMs }, conversation)
		: await tellInPlace(reply, conversation);
	return ended("answered", told, { kind: verdict.kind, code: verdict.code });
}

const isOfHost = ({ url }: Case, { host }: Target): boolean => {
	const of = readTarget(url);
	return "url" in of && of.host === host;
};

/** An origin, asked straight; what it shows moves the case of the thread. */
export async function answerOrigin(
	{ looking, threads }: Answering,
	question: Extract<Question, { kind: "origin" }>,
	conversation: ResumableConversation,
): Promise<Ended> {
	const one = await threads.here(conversation);
	const caseCode = one !== null && isOfHost(one, question.target) ? Number(one.code) : null;
	const { kind, reply, verdict } = await looking.origin(question, conversation, caseCode);
	if (verdict === null) return ended(kind, reply);
	const evidence = originEvidence(verdict);
	if (evidence !== null) await threads.advance({ evidence, by: "look", who: null, found: foundBy(verdict) }, conversation);
	return ended(kind, reply, { kind: "origin", code: verdict.code });
}
