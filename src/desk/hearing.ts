import { understand } from "../judge/understand.ts";
import type { Message } from "../message/message.ts";
import { listensIn, mayAskIn } from "../read/policy.ts";
import type { Understood } from "../read/text/understood.ts";
import { offerMessage } from "../reply/talk.ts";
import type { CaseThreads } from "./case-threads.ts";
import type { DeskContext } from "./context.ts";
import type { Conversation } from "./conversation.ts";
import { IN_PLACE_MAX_CHARS } from "./text-readers.ts";
import { threadOf } from "./thread-talk.ts";

/** How a message without a mention is handled. */
export type Overheard =
	/** It is for the case of its thread: taken as if it mentioned us. */
	| { readonly do: "answer" }
	/** It reports an error without a question: one small offer, no check. */
	| { readonly do: "offer"; readonly offer: Message };

/** An offer is made once in a thread in this time. */
const OFFERED_MS = 600_000;
/** The most offers in one channel in that time, because alerts come in floods. */
const OFFERS_MAX = 5;
const OFFERED_KEPT = 5_000;

/** Reads messages without a mention, where an admin allowed that. What matches nothing is not stored, counted or logged. */
export class Hearing {
	readonly #context: Pick<DeskContext, "now" | "stores">;
	readonly #threads: CaseThreads;
	/** When offers were made, by channel, and by thread. */
	readonly #offered = new Map<string, number[]>();

	constructor(context: Pick<DeskContext, "now" | "stores">, threads: CaseThreads) {
		this.#context = context;
		this.#threads = threads;
	}

	/**
	 * What a message is for us. A long one is judged by its beginning.
	 * @param byBot written by another app: its alerts may get an offer, and nothing it says enters a case
	 * @returns null: nothing
	 */
	async hears(text: string, conversation: Conversation<Message>, byBot: boolean): Promise<Overheard | null> {
		const { channel, workspace } = conversation;
		const policy = await this.#context.stores.policies.of(workspace);
		const to = listensIn(policy, channel);
		if (to === null || !mayAskIn(policy, channel)) return null;
		const nowMs = this.#context.now();
		const beginning = text.slice(0, IN_PLACE_MAX_CHARS);
		const one = await this.#threads.here(conversation);
		if (one !== null) return !byBot && isForCase(understand(beginning, threadOf(one), nowMs)) ? { do: "answer" } : null;
		const offer = to === "everywhere" ? worthAnOffer(understand(beginning, {}, nowMs)) : null;
		return offer === null || !(await this.#mayOffer(conversation, nowMs)) ? null : { do: "offer", offer };
	}

	/** Once a thread, and not for each of many alerts; by one of several processes. */
	async #mayOffer(conversation: Conversation<Message>, nowMs: number): Promise<boolean> {
		const { hashed, requestCounts, sweepMs } = this.#context.stores;
		if (sweepMs !== null) {
			const of = `${conversation.workspace} ${conversation.channel}`;
			const offers = [
				{ key: `offers ${hashed(of)}`, max: OFFERS_MAX },
				{ key: `offers ${hashed(`${of} ${conversation.location().threadKey}`)}`, max: 1 },
			];
			return (await requestCounts.reserve(offers.map((one) => ({ ...one, amount: 1, windowMs: OFFERED_MS })))) === null;
		}
		const recent = (key: string) => (this.#offered.get(key) ?? []).filter((atMs) => nowMs - atMs < OFFERED_MS);
		const [inChannel, inThread] = [`channel ${conversation.channel}`, `thread ${conversation.location().threadKey}`];
		if (recent(inThread).length > 0 || recent(inChannel).length >= OFFERS_MAX) return false;
		for (const key of [inChannel, inThread]) this.#offered.set(key, [...recent(key), nowMs]);
		if (this.#offered.size > OFFERED_KEPT) this.#offered.clear();
		return true;
	}
}

/** A Ray ID, log lines, curl's output, a response, or a sentence that answers the open question; everything else gets silence. */
const isForCase = ({ intent, rays, askedRay, curlExit, response, logs, evidence }: Understood): boolean =>
	intent === "answer" ||
	// What a recording shows of the case's host names no Ray ID when every kind of failure is only counted.
	(intent === "autopsy" && Object.keys(evidence).length > 0) ||
	intent === "logs" ||
	logs.length > 0 ||
	(rays.length > 0 && !askedRay) ||
	curlExit !== null ||
	response !== null;

/** An offer to check the page or Ray ID of an error that a message reports; null when it reports none. */
function worthAnOffer({ intent, target, code, rays, askedRay }: Understood): Message | null {
	if (intent !== "site" && intent !== "rays" && intent !== "code") return null;
	const isError = code !== null && /^(?:52\d|530|10\d\d)$/.test(code);
	if (isError && target !== null) return offerMessage({ host: new URL(target).hostname, code }, target);
	const [ray] = rays;
	if (ray === undefined || askedRay) return null;
	return offerMessage(null, ray.colo === null ? ray.id : `${ray.id}-${ray.colo}`);
}
