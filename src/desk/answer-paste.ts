import type { Case } from "../judge/case.ts";
import { rayEvidence } from "../judge/case-evidence.ts";
import { weighCaptures } from "../judge/told-capture.ts";
import type { ToldCapture } from "../read/capture/told.ts";
import { nonEmpty } from "../read/non-empty.ts";
import type { Paste } from "../read/paste.ts";
import { decodeRay } from "../read/ray/decode.ts";
import type { Question } from "../read/text/question.ts";
import { captureDelta, capturePasteReply } from "../reply/capture-paste.ts";
import { rayLine } from "../reply/ray-line.ts";
import { raysReply } from "../reply/rays.ts";
import { answerSite, numbersCode, withSaid } from "./answer-site.ts";
import type { Answering } from "./answering.ts";
import { tellBeside } from "./beside.ts";
import { windowOf } from "./case-threads.ts";
import { type HeldText, lengthOf } from "./held-text.ts";
import { type Ended, ended } from "./outcome.ts";
import type { ResumableConversation } from "./resumable.ts";
import { tell } from "./tell.ts";
import type { Heard } from "./text-readers.ts";

/**
 * Ray IDs: what they tell, and in the thread of a case what they are evidence for. With a site and its code beside them, as on an error page,
 * the site is checked straight away.
 */
export async function answerRays(
	desk: Answering,
	question: Extract<Question, { kind: "rays" }>,
	conversation: ResumableConversation,
	caseId: string,
	who: string,
): Promise<Ended> {
	const { context, threads } = desk;
	const rays = nonEmpty(question.found.rays);
	const { target, code } = question;
	const ray = rays.length === 1 ? rays[0] : null;
	const moments = rays.map(({ colo, receivedAtMs }) => ({ colo, atMs: receivedAtMs }));
	if (target !== null && code !== null && (await threads.here(conversation)) === null) {
		const page = { rays: rays.map(({ id }) => id), code, line: rayLine(rays[0], context.now()), moments, ray };
		return answerSite(
			desk,
			{
				...{ kind: "site", target },
				...(question.edgeSaw === undefined ? {} : { edgeSaw: question.edgeSaw }),
				...(question.har === undefined ? {} : { har: question.har }),
			},
			{ conversation, caseId, who, page },
		);
	}
	const reply = raysReply({ ...question.found, rays }, target, question.pageAtMs, context.now());
	await tell(reply, conversation);
	await threads.codeFromPage(question, conversation, who);
	const recorded = await threads.recordedHere(question, conversation);
	await threads.advance(
		{ ...recorded, evidence: { ...rayEvidence(rays), ...recorded.evidence }, by: "paste", who },
		conversation,
	);
	const end = ended("answered", reply, { kind: "ray", code: null });
	const one = await threads.here(conversation);
	const url = target?.url ?? one?.url ?? null;
	const isOfCase = one !== null && url !== null && new URL(url).hostname === new URL(one.url).hostname;
	const about = {
		moments,
		url,
		code: numbersCode(code ?? (isOfCase ? one.code : "")),
		speaksHttp2: isOfCase && one.speaksHttp2,
		ray,
	};
	const isOfFailure = isOfCase && one.code === String(about.code);
	const told = { caseId: null, evidenceOf: isOfFailure ? one.id : null, head: reply.head };
	return withSaid(end, await tellBeside(desk, about, told, conversation));
}

/** What someone pasted: a response, what a recording of packets shows, or log lines. */
export function answerPaste(
	desk: Answering,
	pasted: Extract<Heard, { readonly kind: "autopsy" | "capture" | "logs" }>,
	conversation: ResumableConversation,
	who: string,
): Promise<Ended> {
	switch (pasted.kind) {
		case "autopsy":
			return answerAutopsy(desk, pasted.paste, conversation, who);
		case "capture":
			return answerCapture(desk, pasted.told, conversation, who);
		case "logs":
			return answerLogs(desk, pasted.text, conversation, who);
	}
}

/** A pasted response. */
async function answerAutopsy(
	{ texts, threads }: Answering,
	paste: Paste,
	conversation: ResumableConversation,
	who: string,
): Promise<Ended> {
	const one = await threads.here(conversation);
	const host = one === null ? null : new URL(one.url).hostname;
	const read = await texts.read("paste", { paste, host }, paste.bytes.length, conversation);
	if ("reply" in read) return ended(read.kind, read.reply);
	const { reply, evidence, found, bytes, code, delta } = read.value;
	const news = { evidence, by: "paste", who, found, bytes, says: delta } as const;
	if (!(await threads.advance(news, conversation))) await tell(reply, conversation);
	return ended("answered", reply, { kind: "autopsy", code });
}

/** What `capture` or `tap` printed: in the thread of a case, the exchange with its Ray ID or what its failures have in common are evidence. */
async function answerCapture(
	{ context, threads }: Answering,
	all: readonly [ToldCapture, ...ToldCapture[]],
	conversation: ResumableConversation,
	who: string,
): Promise<Ended> {
	const one = await threads.here(conversation);
	const { told, weighed } = weighCaptures(all, one === null ? null : { url: one.url, rays: one.rays, pattern: patternOf(one) });
	const { evidence, own, found } = weighed;
	const reply = capturePasteReply(told, weighed);
	const says = captureDelta(told, weighed);
	const rays = weighed.rays.flatMap((id) => {
		const ray = decodeRay(id, null, context.now());
		return "why" in ray ? [] : [ray];
	});
	const news = { evidence, by: "paste", who, own, rays, says, ...(found == null ? {} : { found }) } as const;
	if (!(await threads.advance(news, conversation))) await tell(reply, conversation);
	return ended("answered", reply, { kind: "autopsy", code: null });
}

const patternOf = ({ facts }: Case): string | null => {
	const value = facts.find(({ key }) => key === "edge-pattern")?.value;
	return typeof value === "string" ? value : null;
};

/** Log lines; in the thread of a case, those of its moment are evidence. */
async function answerLogs(
	{ context, texts, threads }: Answering,
	text: HeldText,
	conversation: ResumableConversation,
	who: string,
): Promise<Ended> {
	const one = await threads.here(conversation);
	const window = one === null ? null : windowOf(one);
	const nowMs = context.now();
	const failing = one === null ? null : { window, rays: one.rays, url: one.url };
	const read = await texts.read("logs", { text, nearMs: window?.toMs ?? nowMs, nowMs, failing }, lengthOf(text), conversation);
	if ("reply" in read) return ended(read.kind, read.reply);
	const { reply, evidence, own, delta } = read.value;
	const news = { evidence, by: "paste", who, own, says: delta } as const;
	if (!(await threads.advance(news, conversation))) await tell(reply, conversation);
	return ended("answered", reply);
}
