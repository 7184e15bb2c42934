import { byteMapOf } from "../judge/byte-map.ts";
import { type Beside, type Case, hasEnded } from "../judge/case.ts";
import { foundBy, opensCase, originEvidence } from "../judge/case-evidence.ts";
import { speaksHttp2 } from "../judge/origin-findings.ts";
import type { OwnLook } from "../judge/places.ts";
import { judgeSite, type Verdict } from "../judge/verdict.ts";
import { type Message, note } from "../message/message.ts";
import { plainText, type Text } from "../message/text.ts";
import type { Question } from "../read/text/question.ts";
import { readTarget, type Target } from "../read/text/target.ts";
import { besideData } from "../reply/beside.ts";
import { knownCase } from "../reply/case.ts";
import { controlsNaming, failsAgain, stillSolved } from "../reply/case-delta.ts";
import { seenWorking } from "../reply/case-head.ts";
import { YOU } from "../reply/case-words.ts";
import { headersReply } from "../reply/headers.ts";
import { originDelta } from "../reply/origin.ts";
import { notAskedData, placesData, placesNotAsked } from "../reply/places.ts";
import type { Reply } from "../reply/reply.ts";
import { sharedHead, siteReply } from "../reply/site.ts";
import { siteEvidence } from "../reply/site-evidence.ts";
import { ownLookIn, ownLookOf, placesEnd, tellPlaces } from "./answer-places.ts";
import type { Answering } from "./answering.ts";
import { type About, type ToldAnswer, tellBeside } from "./beside.ts";
import { CALLS_AFTER_MS } from "./case-posting.ts";
import type { SiteSeen } from "./looking.ts";
import type { NotRequested } from "./not-requested.ts";
import { type Concluded, type Ended, ended } from "./outcome.ts";
import type { ResumableConversation } from "./resumable.ts";
import { tellInPlace } from "./tell.ts";

/** What of a question about a site is known beside the site. */
interface Asked {
	readonly conversation: ResumableConversation;
	/** The id of the case that it may open. */
	readonly caseId: string;
	readonly who: string;
	/** The case to continue, wherever the question came from; undefined: the thread's case, if any. */
	readonly again?: Case;
	/** Opens a new case although one is open. */
	readonly fresh?: true;
	/** Hears what was concluded once it is told, before services are asked. */
	readonly concluded?: Concluded | undefined;
	/** Ray IDs and the code that came with it. */
	readonly page?: {
		readonly rays: readonly string[];
		readonly code: string | null;
		readonly line: Text;
		/** Where and when these Ray IDs were received. */
		readonly moments: About["moments"];
		/** The only one of them. */
		readonly ray: About["ray"];
	};
}

/** Checks a page or its headers and posts the result; a failure opens a case. */
export async function answerSite(
	desk: Answering,
	question: Extract<Question, { kind: "site" | "headers" }>,
	asked: Asked,
): Promise<Ended> {
	const { conversation, who } = asked;
	const known = question.kind === "site" ? await goesOnElsewhere(desk, question.target, asked) : null;
	if (known !== null) return withPlaces(desk, question, known.end, known.places, conversation);
	const startedAtMs = desk.context.now();
	const stands = () => (question.kind === "site" ? desk.threads.takeUp(asked.caseId, conversation) : Promise.resolve(null));
	const looked = await desk.looking.site(question, conversation, stands);
	if ("reply" in looked) return notLooked(desk, question, looked, conversation);
	if (question.kind === "site") {
		const told = await tellSite(desk, question.target, looked, asked, desk.context.now() - startedAtMs);
		asked.concluded?.(question.target, told.verdict);
		const recorded = await desk.threads.recordedHere(question, conversation);
		if (Object.keys(recorded.evidence).length > 0) await desk.threads.advance({ ...recorded, by: "paste", who }, conversation);
		const { about, answer, places } = told;
		const beside = tellBeside(desk, about, answer, conversation);
		const end = await withPlaces(desk, question, told.end, places, conversation, beside);
		return withSaid(end, await beside);
	}
	const [first] = looked.seen;
	const { kind, code } = first.classification;
	const end = ended("answered", await tellInPlace(headersReply(question.target, first), conversation), { kind, code });
	return withPlaces(desk, question, end, { own: null, code: null, caseId: null }, conversation);
}

/** The end of a question about a site, with what the other places told that it asks from. */
async function withPlaces(
	desk: Answering,
	question: Extract<Question, { kind: "site" | "headers" }>,
	end: Ended,
	known: ToldSite["places"],
	conversation: ResumableConversation,
	beside: Promise<unknown> = Promise.resolve(),
): Promise<Ended> {
	const withData = (data: unknown): Ended => ({ ...end, reply: { ...end.reply, data: { ...end.reply.data, places: data } } });
	const { target, unasked } = question;
	if (unasked !== undefined) {
		conversation.showHead?.();
		await Promise.all([conversation.replyPrivately(placesNotAsked(target, unasked, desk.places.isOff)), beside]);
		return withData(notAskedData(unasked));
	}
	if (question.kind !== "site" || question.places === undefined) return end;
	const { places } = question;
	const posted = await tellPlaces(desk, { target, places, ...known }, conversation, { beside });
	if (posted === null) return { ...end, kind: "interrupted" };
	return withData(placesData(posted.result));
}

/** Refusals that say nothing of whether the page can be requested from elsewhere: a target's form decides that. */
const ASKED_ANYWAY: ReadonlySet<string> = new Set(["special-address", "no-such-name", "dns-failed"]);

/** Nothing was requested from here. Other places are asked all the same, where the name is one that they may be asked for. */
async function notLooked(
	desk: Answering,
	question: Extract<Question, { kind: "site" | "headers" }>,
	{ kind, reply }: NotRequested,
	conversation: ResumableConversation,
): Promise<Ended> {
	const end = ended(kind, reply);
	if (!ASKED_ANYWAY.has(reply.refusal ?? "")) return end;
	if (question.kind !== "site" || question.places === undefined)
		return withPlaces(desk, question, end, { own: null, code: null, caseId: null }, conversation);
	const { target, places } = question;
	const asked = { target, places, own: null, code: null, caseId: null };
	const posted = await tellPlaces(desk, asked, conversation, { asHead: !conversation.hasBegun() });
	return placesEnd(posted, desk.context.stores.durable);
}

/** Where this channel has an open case about the host: one line that leads there. null: it is checked here. */
async function goesOnElsewhere(
	{ threads, context }: Answering,
	target: Target,
	{ conversation, again, fresh }: Asked,
): Promise<Pick<ToldSite, "end" | "places"> | null> {
	if (again !== undefined || fresh === true || conversation.resumed) return null;
	if ((await threads.here(conversation)) !== null) return null;
	const known = await threads.ofHostInRoom(target, conversation);
	if (known === null || hasEnded(known, context.now()) || known.threadKey === conversation.location().threadKey) return null;
	const url = known.messageRef === null ? null : await conversation.permalink(known.messageRef).catch(() => null);
	const head = knownCase(known, url, target.url);
	await conversation.post(head);
	// Of its page, other places are judged beside its own requests, and are evidence for it.
	const isItsPage = known.url === target.url;
	return {
		end: ended("answered", { private: false, head, thread: [], data: { case: known.id } }),
		places: {
			own: isItsPage ? ownLookIn(known, context.now()) : null,
			code: null,
			caseId: isItsPage ? known.id : null,
		},
	};
}

/** A site's answer as it was told, and what services may be asked about it. */
interface ToldSite {
	readonly end: Ended;
	readonly verdict: Verdict;
	readonly answer: ToldAnswer;
	readonly about: About;
	/** What other places are asked with. */
	readonly places: {
		readonly own: OwnLook | null;
		readonly code: string | null;
		readonly caseId: string | null;
	};
}

/** The data centers that a check went through, at its time. */
function momentsOf({ seen, atMs }: SiteSeen, { throughCloudflare, traceColo }: Verdict): About["moments"] {
	if (!throughCloudflare) return [];
	const colos = seen.flatMap(({ classification }) => classification.ray?.colo ?? []);
	const known = [...new Set([...colos, ...(traceColo === null ? [] : [traceColo])])];
	return (known.length === 0 ? [null] : known).map((colo) => ({ colo, atMs }));
}

/** The code whose numbers are asked for: what visitors get; null: the one that the host has most of. */
export const numbersCode = (code: string): number | null => (/^5\d\d$/.test(code) ? Number(code) : null);

/** The end of a question with what services said beside it. */
export const withSaid = (end: Ended, all: readonly Beside[] | null): Ended =>
	all === null ? end : { ...end, reply: { ...end.reply, data: { ...end.reply.data, beside: besideData(all) } } };

async function tellSite(
	{ context, threads }: Answering,
	target: Target,
	looked: SiteSeen,
	asked: Asked,
	tookMs: number,
): Promise<ToldSite> {
	const { seen, atMs, sharedSinceMs } = looked;
	const { conversation, caseId, who, again, fresh, page } = asked;
	const verdict = judgeSite(seen);
	context.metrics.verdict(verdict.kind, verdict.code);
	const here = again ?? (await threads.here(conversation));
	// A repeated check does not change for whom a case was opened.
	const name = (here !== null && isOfHost(here, target) ? here.asker?.name : null) ?? who;
	// A case without a failure is replaced by one with a failure; a terminal follows the newest question.
	const isBeside =
		again === undefined &&
		here !== null &&
		!isOfHost(here, target) &&
		!(conversation.platform === "terminal" || (verdict.fails && seenWorking(here)));
	const own = siteReply(target, verdict, seen, atMs, {
		who: name === "" || name === YOU ? null : name,
		nowMs: atMs,
		beside: isBeside,
	});
	const shared = sharedSinceMs === null ? own : { ...own, head: sharedHead(own.head) };
	const reply = page === undefined ? shared : { ...shared, head: withRayLine(shared.head, page.line) };
	const about: About = {
		moments: [...momentsOf(looked, verdict), ...(page?.moments ?? [])],
		url: verdict.kind === "not-cloudflare" ? null : target.url,
		speaksHttp2: here !== null && isOfHost(here, target) && here.speaksHttp2,
		code: numbersCode(verdict.fails ? String(verdict.code ?? "") : (page?.code ?? "")),
		ray: page?.ray ?? null,
	};
	const end = (told: Reply, answer: ToldAnswer = { caseId: null, head: told.head }): ToldSite => ({
		end: ended("answered", told, { kind: verdict.kind, code: verdict.code }),
		verdict,
		answer,
		about,
		places: {
			own: ownLookOf(verdict),
			code: verdict.fails && verdict.code !== null ? String(verdict.code) : null,
			caseId: answer.caseId,
		},
	});
	const ofCase = (told: Reply) => end(told, { caseId: String(told.data.case), head: told.head });
	const evidence = siteEvidence(target, verdict, seen, atMs);
	const opening = { id: caseId, target, verdict, seen, reply, evidence, atMs, tookMs, who, ...page };
	if (again !== undefined) return ofCase(await threads.checkAgain(again, opening, conversation));
	// Another site in the thread of a case gets a message of its own and leaves the case unchanged.
	if (isBeside) {
		const told = await tellInPlace(besideCase(reply, target), conversation);
		if (tookMs > CALLS_AFTER_MS) await threads.posting.callAsker(told.head, conversation);
		return end(told);
	}
	const solved = fresh === true || here !== null ? null : await threads.solvedOfHost(target, conversation);
	// Its own case, taken up after it was solved, is no earlier one.
	const before = solved?.id === caseId ? null : solved;
	const isItsThread = before !== null && before.threadKey === conversation.location().threadKey;
	if (before !== null && (verdict.fails || (isItsThread && verdict.kind === "working"))) {
		const head = verdict.fails ? failsAgain(before) : stillSolved(before, verdict, atMs);
		await conversation.update(head);
		return end({ ...reply, head, thread: [] });
	}
	if (!opensCase(verdict)) {
		await tellInPlace(reply, conversation);
		if (tookMs > CALLS_AFTER_MS) await threads.posting.callAsker(reply.head, conversation);
		return end(reply);
	}
	return ofCase(await threads.openFromLook(opening, conversation));
}

/** A head in the thread of another site's case: its controls name their host, and it asks no question because the thread already has one. */
const besideCase = (reply: Reply, target: Target): Reply => ({
	...reply,
	head: {
		...reply.head,
		blocks: [
			...reply.head.blocks.filter(
				(block) => block.kind !== "buttons" && !(block.kind === "say" && plainText(block.text).endsWith("?")),
			),
			controlsNaming(target),
		],
	},
	thread: [],
});

/** The line of a pasted Ray ID, in front of what can be pressed. */
function withRayLine(head: Message, line: Text): Message {
	const isControl = ({ kind }: Message["blocks"][number]) => kind === "buttons";
	return {
		...head,
		blocks: [...head.blocks.filter((block) => !isControl(block)), note(line), ...head.blocks.filter(isControl)],
	};
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
	const isOfCase = one !== null && isOfHost(one, question.target);
	const { kind, reply, verdict } = await looking.origin(question, conversation, isOfCase ? Number(one.code) : null);
	if (verdict === null) return ended(kind, reply);
	const end = ended(kind, reply, { kind: "origin", code: verdict.code });
	if (!isOfCase) {
		await tellInPlace(reply, conversation);
		return end;
	}
	const shown = originEvidence(verdict);
	const evidence = shown ?? {};
	const { found, look } = verdict.example;
	const bytes = found === null || look.kind !== "answered" ? undefined : byteMapOf(found, look.received);
	const news = {
		evidence,
		by: "look",
		who: null,
		found: shown === null ? undefined : foundBy(verdict),
		bytes,
		says: originDelta(verdict),
		...(speaksHttp2(verdict.seen) ? ({ speaksHttp2: true } as const) : {}),
	} as const;
	await threads.advanceCase(one.id, news, conversation, { inPlace: true });
	return end;
}
