import type { Case } from "../judge/case.ts";
import { type OwnLook, placesInCase } from "../judge/places.ts";
import type { Verdict } from "../judge/verdict.ts";
import type { Message } from "../message/message.ts";
import { type AskedPlaces, WORLD } from "../read/text/places.ts";
import { readTarget, type Target } from "../read/text/target.ts";
import { seenWorking } from "../reply/case-head.ts";
import { interruptedReply } from "../reply/misread.ts";
import { askingPlaces, type PlacesResult, placesAbove, placesArrived, placesData, placesMessage } from "../reply/places.ts";
import { nothing } from "../reply/reply.ts";
import type { Answering } from "./answering.ts";
import { CALLS_AFTER_MS } from "./case-posting.ts";
import { askerOf, askersOf, tellBusy } from "./not-requested.ts";
import { type Ended, ended, endPrivately } from "./outcome.ts";
import { sharedAmong } from "./places.ts";
import type { ResumableConversation } from "./resumable.ts";

/** What its messages are found by. */
const SLOTS = "o";

/** The message of other places that a process before this one posted beside an answer; null: none, or not to be found again. */
export const placesUnderWay = (conversation: ResumableConversation): Promise<string | null> =>
	conversation.apart(SLOTS).nextStands();

/** A page that other places are asked for, and what is known of it. */
interface AskedFromPlaces {
	readonly target: Target;
	readonly places: AskedPlaces;
	/** As in `PlacesAsk`. */
	readonly own: OwnLook | null;
	/** The code that our own requests met; null: none, or by the case. */
	readonly code: string | null;
	/** The case that the places are evidence for; null: none. */
	readonly caseId: string | null;
}

/** How it is posted. */
interface HowPosted {
	/** Nothing was posted yet: it is the head. */
	readonly asHead?: boolean;
	/** What else goes on meanwhile; it is waited for. */
	readonly beside?: Promise<unknown>;
}

/** What was posted of it. */
interface PostedPlaces {
	readonly result: PlacesResult;
	readonly message: Message;
}

/** What our own requests say beside other places; null where they met no page of the site. */
export function ownLookOf({ throughCloudflare, fails, kind, pattern }: Verdict): OwnLook | null {
	if (!throughCloudflare || (!fails && kind !== "working")) return null;
	return { fails, onlyThisPage: pattern.kind === "some-urls" };
}

/**
 * Asks other places for a page, and posts what they told: one message in the thread, edited once.
 * @returns null: cut off by a stop; a later process asks again, where questions outlive this one
 */
export async function tellPlaces(
	desk: Answering,
	asked: AskedFromPlaces,
	conversation: ResumableConversation,
	{ asHead = false, beside }: HowPosted = {},
): Promise<PostedPlaces | null> {
	const { context, looking, places: other } = desk;
	const { target, places, own } = asked;
	// Resumed, the answer before it may have one message less.
	const apart = conversation.apart(SLOTS);
	const one = asked.caseId === null ? null : await context.stores.cases.get(asked.caseId);
	const first = askingPlaces(target, places);
	if (asHead) await conversation.begin(first);
	const ref = asHead ? null : await apart.followUp(first);
	const by = askedBy(conversation);
	const where = placeOf(asked, conversation);
	other.tellsAt(where, { target, places, by });
	const caseCode = asked.code ?? (one === null || seenWorking(one) ? null : one.code);
	const [{ result, tookMs }] = await Promise.all([other.ask({ target, places, by, own, caseCode }, looking.signal), beside]);
	if (result.kind !== "told") other.notToldAt(where, { target, places, by });
	const show = async (message: Message): Promise<void> => {
		if (asHead) await conversation.update(message);
		else if (ref === null) await apart.followUp(message);
		else await apart.change(ref, message);
	};
	if (looking.stopped) {
		if (!context.stores.durable) await show(interruptedReply(false).head);
		return null;
	}
	// Where a question is open, or follows, it is the only one.
	const message = placesMessage(target, places, result, one === null || seenWorking(one));
	const isOfCase = one !== null && (await entered(desk, one.id, result, message, ref, apart));
	if (!isOfCase) await show(message);
	await call(apart, tookMs);
	return { result, message };
}

/** What they told as evidence of a case: the same message, with what it means, and the next question where that is another one now. */
async function entered(
	{ context, threads }: Answering,
	caseId: string,
	result: PlacesResult,
	{ blocks: [head, ...extra] }: Message,
	at: string | null,
	conversation: ResumableConversation,
): Promise<boolean> {
	if (result.kind !== "told" || head?.kind !== "say") return false;
	const { evidence, rays } = result.verdict;
	const places = placesInCase(result.verdict, context.now());
	const news = { evidence, by: "places", who: null, rays, places, says: head.text } as const;
	const change = { question: `${conversation.question} places`, resumed: conversation.resumed };
	return threads.advanceCase(caseId, news, conversation, { at, extra }, change);
}

/** An edit notifies no one: after a slow answer the person who asked is mentioned. */
async function call(conversation: ResumableConversation, tookMs: number): Promise<void> {
	const { asker } = conversation;
	if (tookMs <= CALLS_AFTER_MS || asker === null || !conversation.isPublic()) return;
	await conversation.followUp({ ...placesArrived, notify: { people: [asker] } });
}

/** Our own requests of so long ago say nothing about now. */
const OWN_LOOK_MS = 5 * 60_000;

/**
 * **Other places** was pressed: nothing else is requested.
 * @param caseId the case whose page it is; null: the case of this thread, if it is about this page
 */
export async function answerPlaces(
	desk: Answering,
	target: Target,
	conversation: ResumableConversation,
	caseId: string | null,
): Promise<Ended> {
	const { context, threads } = desk;
	const busy = await context.limits.reserve({ askers: await askersOf(context, conversation) });
	if (busy !== null) {
		const { kind, reply } = await tellBusy(context, busy, conversation);
		return ended(kind, reply);
	}
	const here = caseId === null ? await threads.here(conversation) : await context.stores.cases.get(caseId);
	const read = here === null ? null : readTarget(here.url);
	const one = read !== null && "url" in read && read.url === target.url ? here : null;
	const own = one === null ? null : ownLookIn(one, context.now());
	const asked = { target, places: WORLD, own, code: null, caseId: one?.id ?? null };
	const isNews = desk.places.tellsAt(placeOf(asked, conversation), { target, places: WORLD, by: askedBy(conversation) });
	if (!isNews && !conversation.resumed) return endPrivately(placesAbove, conversation, "answered");
	const posted = await tellPlaces(desk, asked, conversation);
	return placesEnd(posted, context.stores.durable);
}

/** What our own requests of just now met, by the case that has them; null: none of just now. */
export const ownLookIn = (one: Case, nowMs: number): OwnLook | null =>
	one.counted !== null && nowMs - one.counted.atMs <= OWN_LOOK_MS
		? { fails: one.head.mood !== "good", onlyThisPage: patternIn(one.facts) === "some-urls" }
		: null;

/** Where something is told, and beside which look of our own: told there again it says nothing new. */
const placeOf = ({ caseId, own }: AskedFromPlaces, conversation: ResumableConversation): string =>
	JSON.stringify([conversation.location().threadKey, caseId, own?.fails, own?.onlyThisPage]);

const askedBy = (conversation: ResumableConversation) => ({
	asker: askerOf(conversation),
	tenant: sharedAmong(conversation, !conversation.isPublic()),
});

const patternIn = (facts: readonly { readonly key: string; readonly value: unknown }[]): unknown =>
	facts.find(({ key }) => key === "edge-pattern")?.value;

/** How a question ended that was about other places alone. */
export function placesEnd(posted: PostedPlaces | null, durable: boolean): Ended {
	if (posted === null) return ended("interrupted", interruptedReply(durable));
	const { message, result } = posted;
	return ended("answered", {
		private: false,
		head: message,
		thread: [],
		data: { ...nothing, places: placesData(result) },
	});
}
