import { setImmediate } from "node:timers/promises";
import { z } from "zod";
import type { Conversation } from "../desk/conversation.ts";
import type { Desk } from "../desk/desk.ts";
import type { Arrival } from "../desk/handle.ts";
import type { Resumable } from "../desk/inbox.ts";
import type { Metrics } from "../desk/metrics.ts";
import { StoreAway } from "../desk/stores.ts";
import type { Message } from "../message/message.ts";
import { type Action, readAction } from "../read/action.ts";
import type { Target } from "../read/text/target.ts";
import { maskTokens, withoutSecrets } from "../read/tokens.ts";
import { captureNotTaken, unreadFiles } from "../reply/misread.ts";
import type { StepEnd } from "../reply/step.ts";
import { type AttachedFile, type FileAccess, readAttached } from "./attached.ts";
import type { Log } from "./bot.ts";
import { FORMS, type FormAction } from "./form.ts";
import { parseJson } from "./lines.ts";

/** A question, as it is kept before it is acknowledged. */
interface AcceptedQuestion<P> {
	readonly kind: "ask";
	/** Where it was asked: all that is needed to answer it, also by another process. */
	readonly place: P;
	/** In the chat's own markup. */
	readonly text: string;
	readonly files: readonly AttachedFile[];
	/** The person's name; null where the event gives only an id. */
	readonly who: string | null;
}

/** A button, as it is kept before it is acknowledged. */
interface AcceptedAction<P> {
	readonly kind: "press";
	readonly place: P;
	/** What the button carries. */
	readonly press: string;
	readonly who: string;
}

/** A step of a workflow, as it is kept before it is acknowledged. */
interface AcceptedStep<P> {
	readonly kind: "step";
	readonly place: P;
	/** What it was given as the URL. */
	readonly url: string;
	/** The answer is posted in the place; else only the workflow gets it. */
	readonly posts: boolean;
	/** The chat's own record of the run. */
	readonly run: unknown;
}

export type Accepted<P> = AcceptedQuestion<P> | AcceptedAction<P> | AcceptedStep<P>;

/** A question as it is accepted; tokens in it are masked before it is kept. */
export const asksIn = <P>(
	place: P,
	text: string,
	who: string | null,
	files: readonly AttachedFile[] = [],
): AcceptedQuestion<P> => ({ kind: "ask", place, text: withoutSecrets(text), files, who });

/** A button, or what a form would do as one, as it is accepted; tokens in it are masked like a question's. */
export const pressIn = <P>(place: P, press: string, who: string): AcceptedAction<P> => ({
	kind: "press",
	place,
	press: maskTokens(press),
	who,
});

/** A step as it is accepted; tokens in what it was given are masked like a question's. */
export const stepIn = <P>(place: P, url: string, posts: boolean, run: unknown): AcceptedStep<P> => ({
	kind: "step",
	place,
	url: withoutSecrets(url),
	posts,
	run,
});

/** Later versions read stored data: add fields with a default, and never rename one. */
const Body = z.discriminatedUnion("kind", [
	z.object({
		kind: z.literal("ask"),
		place: z.unknown(),
		text: z.string(),
		files: z.array(z.object({ url: z.string(), size: z.number(), capture: z.string().optional() })),
		who: z.string().nullable(),
	}),
	z.object({ kind: z.literal("press"), place: z.unknown(), press: z.string(), who: z.string() }),
	z.object({ kind: z.literal("step"), place: z.unknown(), url: z.string(), posts: z.boolean(), run: z.unknown() }),
]);

/** A chat, as the intake uses it. */
export interface Chat<P> {
	/** The desk's word for the chat. */
	readonly platform: string;
	readonly place: z.ZodType<P>;
	readonly conversation: (place: P) => Conversation<Message>;
	/** The chat's markup as the text that a person meant. */
	readonly plain: (markup: string) => string;
	/** How files are read in a place. Rejects where the chat is not reached with a token of ours. */
	readonly files: (place: P) => Promise<FileAccess>;
	/** The name of the person who asked, where events give only an id. */
	readonly personIn?: (place: P) => Promise<string>;
	/** Steps of workflows; absent where the chat has none. */
	readonly steps?: {
		readonly conversation: (place: P) => Conversation<Message>;
		/** Tells the workflow how its step ended. Never rejects. */
		readonly finish: (run: unknown, place: P, end: StepEnd) => Promise<void>;
	};
	/** A second delivery is acknowledged too, because the chat sends it until it hears that. */
	readonly acknowledgesTwice: boolean;
	/** The log line for a failed acknowledgement; null when it was not a failure. */
	readonly notAcknowledged: (error: unknown) => { readonly event: string; readonly error: string | number } | null;
}

/** Chats give three seconds: what is not noted by then is refused in words. */
const NOTED_WITHIN_MS = 2_000;
/** What nobody brings again waits for the database this long. */
const HELD_MS = 60_000;
const AGAIN_MS = 500;
/** More than people write to a bot in that time; of what is not said to it at most half. */
export const HELD_MAX = 400;

/**
 * The way of everything that people ask or press, from the chat to the desk: kept, acknowledged, then answered. Keeping comes first, so
 * that the end of the process at any moment loses nothing that was acknowledged.
 */
export class Intake<P> {
	readonly #chat: Chat<P>;
	readonly #desk: Desk;
	readonly #log: Log;
	readonly #metrics: Pick<Metrics, "acknowledged">;
	/** By the chat's own id: what arrived and is not noted yet, and what was refused in words. */
	readonly #arrived = new Map<string, () => void>();
	readonly #refused = new Set<string>();
	#held = 0;

	constructor(chat: Chat<P>, desk: Desk, log: Log, metrics: Pick<Metrics, "acknowledged">) {
		this.#chat = chat;
		this.#desk = desk;
		this.#log = log;
		this.#metrics = metrics;
	}

	/**
	 * Keeps what has arrived.
	 * @param event the chat's own id of it
	 * @returns the id to go on with; null: it is done or on its way
	 */
	async keep(event: string, what: Accepted<P>): Promise<string | null> {
		if (this.#refused.has(event)) return null;
		const id = await this.#desk.accept(event, this.#chat.platform, what, this.#chat.conversation(what.place).workspace);
		if (id !== null && this.#refused.has(event)) {
			// The person was told that it is not.
			await this.drop(id);
			return null;
		}
		this.noted(event);
		return id;
	}

	/**
	 * Does what comes of something that a person did. Where it cannot be noted, because the database of several processes does not answer in
	 * time, the person is told in words, and it is over.
	 * @param event as of `keep`
	 * @param refuse acknowledges it with the sentence of `reply/misread.ts`
	 */
	async hear(event: string, work: () => Promise<void>, refuse: () => Promise<unknown>): Promise<void> {
		const { sharing } = this.#desk;
		if (sharing === null) return work();
		const noted = Promise.withResolvers<"noted" | "away">();
		const cancel = sharing.later(NOTED_WITHIN_MS, () => noted.resolve("away"));
		this.#arrived.set(event, () => noted.resolve("noted"));
		const working = work().then(
			() => noted.resolve("noted"),
			unlessAway(() => noted.resolve("away")),
		);
		try {
			if ((await Promise.race([noted.promise, working.then(() => noted.promise)])) === "away") {
				this.#refused.add(event);
				await refuse();
			}
			await working;
		} finally {
			cancel();
			this.#arrived.delete(event);
			this.#refused.delete(event);
		}
	}

	/** All of it is noted, or needs no note, and it is acknowledged: nothing of it is refused any more. */
	noted(event: string): void {
		this.#arrived.get(event)?.();
	}

	/**
	 * Does something that nobody brings again, once the database of several processes answers: within a minute, or not at all.
	 * @param most so many may wait
	 */
	async whenBack<T>(work: () => Promise<T>, most = HELD_MAX): Promise<T | null> {
		const { sharing } = this.#desk;
		let isLate = false;
		let cancel: (() => void) | null = null;
		try {
			for (;;) {
				const done = await work().then(
					(value) => ({ value }),
					unlessAway(() => {}),
				);
				if (typeof done === "object") return done.value;
				if (sharing === null || (cancel === null && this.#held >= most)) break;
				if (cancel === null) {
					this.#held += 1;
					cancel = sharing.later(HELD_MS, () => {
						isLate = true;
					});
				}
				// One that fails for another reason is not tried without end.
				await new Promise<void>((resolve) => void sharing.later(AGAIN_MS, resolve));
				const isBack = await sharing.back(HELD_MS);
				if (!isBack || isLate) break;
			}
			this.#log({ event: "not-noted", platform: this.#chat.platform });
			return null;
		} finally {
			if (cancel !== null) this.#held -= 1;
			cancel?.();
		}
	}

	/** Keeps what has arrived, then acknowledges it. Parameters and result as of `keep`. */
	async accept(event: string, what: Accepted<P>, acknowledge: () => Promise<unknown>): Promise<string | null> {
		const started = performance.now();
		const id = await this.keep(event, what);
		// What was refused in words is acknowledged already.
		if (id === null && (!this.#chat.acknowledgesTwice || this.#refused.has(event))) return null;
		try {
			await acknowledge();
		} catch (error) {
			// A stored question is answered even when its acknowledgement failed.
			const line = this.#chat.notAcknowledged(error);
			if (line !== null) this.#log({ event: line.event, caseId: id, error: line.error });
		}
		this.#metrics.acknowledged(this.#chat.platform, (performance.now() - started) / 1_000);
		return id;
	}

	/** Keeps, acknowledges and answers. A second delivery is not answered again. */
	async answer(event: string, what: Accepted<P>, acknowledge: () => Promise<unknown>): Promise<void> {
		const id = await this.accept(event, what, acknowledge);
		if (id !== null) await this.run(id, what);
	}

	/**
	 * Answers what was accepted: every question and every button reaches the desk here.
	 * @param unfinished where a process before this one accepted it
	 */
	async run(id: string, what: Accepted<P>, unfinished?: Resumable): Promise<void> {
		const { expired = false, deaths = 0 } = unfinished ?? {};
		const asked: Arrival = { id, resumed: unfinished !== undefined, expired, deaths };
		// Whatever else has arrived is acknowledged before the work on this one begins.
		await setImmediate();
		if (what.kind === "step") return this.#runStep(what, asked);
		const conversation = this.#chat.conversation(what.place);
		if (what.kind === "press") {
			const action = readAction(what.press);
			if (action === null || opensForm(action)) return this.drop(id);
			await this.#desk.handle(action.do === "ask" ? action.text : action, conversation, what.who, asked);
			return;
		}
		const who = what.who ?? (await this.#chat.personIn?.(what.place));
		const text = this.#chat.plain(what.text);
		const files = async () => {
			const access = await this.#chat.files(what.place).catch(() => NO_FILES);
			const { parts, unread, captures } = await readAttached(what.files, access);
			const told = [
				...(captures.length === 0 ? [] : [captureNotTaken(captures)]),
				...(unread === 0 ? [] : [access.refused ?? unreadFiles(unread)]),
			];
			const [first] = told;
			// Where there is nothing else, that is the answer.
			if (first !== undefined && told.length === 1 && parts.length === 0 && isNothing(text)) return first;
			for (const message of told) await conversation.replyPrivately(message).catch(() => {});
			return parts;
		};
		// Only captures, and not a word besides: that is all there is to say.
		const captures = what.files.flatMap(({ capture }) => capture ?? []);
		const isAlone = captures.length > 0 && captures.length === what.files.length && isNothing(text);
		if (isAlone) return this.reply(id, what, captureNotTaken(captures));
		const more = what.files.length === 0 ? {} : { files };
		await this.#desk.handle(text, conversation, who, { ...asked, ...more });
	}

	async #runStep({ place, url, posts, run }: AcceptedStep<P>, asked: Arrival): Promise<void> {
		const { steps, plain } = this.#chat;
		if (steps === undefined) return this.drop(asked.id ?? "");
		const finish = (end: StepEnd) => steps.finish(run, place, end);
		await this.#desk.step({ do: "step", url: plain(url), posts }, steps.conversation(place), { ...asked, finish });
	}

	/**
	 * A message without a mention: accepted if it is for the thread's case, offered help if it reports an error, else ignored.
	 * @param event as of `keep`
	 * @param byBot written by another app
	 * @returns the id to go on with; null: there is nothing to answer
	 */
	async overheard(event: string, what: AcceptedQuestion<P>, byBot: boolean): Promise<string | null> {
		const conversation = this.#chat.conversation(what.place);
		const heard = await this.#desk.hears(this.#chat.plain(what.text), conversation, byBot);
		if (heard === null) return null;
		if (heard.do === "answer") return this.keep(event, what);
		const id = await this.keep(event, what);
		if (id === null) return null;
		// Not awaited: dropped when it cannot be sent, and after a restart.
		await this.drop(id);
		await conversation.begin(heard.offer).catch(() => {});
		return null;
	}

	/** Answers what was accepted with one private message, and ends it. */
	async reply(id: string, { place }: Accepted<P>, message: Message): Promise<void> {
		await this.#chat.conversation(place).replyPrivately(message);
		await this.drop(id);
	}

	/** Ends what was accepted without an answer: a form was opened, say. */
	drop(id: string): Promise<void> {
		return this.#desk.drop(id);
	}

	/**
	 * The question to ask where a button opens no form: its answer says why no address is wanted, while the form would only ask for it
	 * first. null for every other button.
	 */
	async insteadOfForm(action: Action, place: P): Promise<string | null> {
		if (action.do !== "origin-form") return null;
		const question = `origin ${action.url}`;
		return (await this.wantsAddress(question, place)) === null ? question : null;
	}

	/** As `Desk.isPrivate`, in this place. */
	isPrivate(markup: string | null, place: P): Promise<boolean> {
		return this.#desk.isPrivate(markup === null ? null : this.#chat.plain(markup), this.#chat.conversation(place));
	}

	/** As in `Desk.wantsAddress`, for the person who asks here. */
	wantsAddress(markup: string, place: P): Promise<Target | null> {
		return this.#desk.wantsAddress(this.#chat.plain(markup), this.#chat.conversation(place));
	}

	/** Answers what a process before this one accepted and did not finish. */
	async resume(unfinished: Resumable): Promise<void> {
		const what = this.#read(unfinished.body);
		if (what === null) await this.drop(unfinished.id);
		else await this.run(unfinished.id, what, unfinished);
	}

	/** The chat is there: what the desk says without a question goes through it, and what is unfinished is resumed. */
	async connect(): Promise<void> {
		const { platform, place, conversation } = this.#chat;
		this.#desk.connect(platform, (ref) => {
			const read = place.safeParse(parseJson(ref));
			return read.success ? conversation(read.data) : null;
		});
		const { sharing } = this.#desk;
		if (sharing === null) return this.#resumeUnfinished();
		// A database that is away keeps no chat from starting.
		sharing.sweep(platform, () => this.#resumeUnfinished());
	}

	async #resumeUnfinished(): Promise<void> {
		for (const unfinished of await this.#desk.unfinished(this.#chat.platform))
			void this.resume(unfinished).catch(() => this.#log({ event: "not-taken-up", caseId: unfinished.id }));
	}

	#read(text: string): Accepted<P> | null {
		const body = Body.safeParse(parseJson(text));
		if (!body.success) return null;
		const place = this.#chat.place.safeParse(body.data.place);
		return place.success ? { ...body.data, place: place.data } : null;
	}
}

/** Handles that the store is away; everything else is thrown on. */
const unlessAway =
	(away: () => void) =>
	(error: unknown): void => {
		if (!(error instanceof StoreAway)) throw error;
		away();
	};

/** None can be read. */
const NO_FILES: FileAccess = { allowed: () => false, headers: {} };

/** A form is opened by the chat itself; everything else that a button does goes to the desk. */
export const opensForm = (action: Action): action is FormAction => action.do in FORMS;

/** No question: only what a file is, or is to be taken for. */
const isNothing = (text: string): boolean =>
	/^\s*(?:autopsy|logs|capture)?\s*$/i.test(text) ||
	/^\s*(?:(?:here|this|that|it) ?(?:is|'s|’s)|here you go[,:]?|attached(?: is)?[,:]?)?\s*(?:the|my|our|a|an)?\s*(?:packet )?(?:recording|capture|pcap|tcpdump|dump|trace)\s*(?:file)?(?: from (?:the )?(?:server|origin))?\s*[.!:]?\s*$/i.test(
		text.slice(0, 200),
	);
