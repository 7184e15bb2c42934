import { setImmediate } from "node:timers/promises";
import { z } from "zod";
import type { Conversation } from "../desk/conversation.ts";
import type { Desk } from "../desk/desk.ts";
import type { Arrival } from "../desk/handle.ts";
import type { Resumable } from "../desk/inbox.ts";
import type { Metrics } from "../desk/metrics.ts";
import type { Message } from "../message/message.ts";
import { type Action, readAction } from "../read/action.ts";
import type { Target } from "../read/text/target.ts";
import { maskTokens, withoutSecrets } from "../read/tokens.ts";
import { unreadFiles } from "../reply/misread.ts";
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

export type Accepted<P> = AcceptedQuestion<P> | AcceptedAction<P>;

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

/** Later versions read stored data: add fields with a default, and never rename one. */
const Body = z.discriminatedUnion("kind", [
	z.object({
		kind: z.literal("ask"),
		place: z.unknown(),
		text: z.string(),
		files: z.array(z.object({ url: z.string(), size: z.number() })),
		who: z.string().nullable(),
	}),
	z.object({ kind: z.literal("press"), place: z.unknown(), press: z.string(), who: z.string() }),
]);

/** A chat, as the intake uses it. */
export interface Chat<P> {
	/** The desk's word for the chat. */
	readonly platform: string;
	readonly place: z.ZodType<P>;
	readonly conversation: (place: P) => Conversation<Message>;
	/** The chat's markup as the text that a person meant. */
	readonly plain: (markup: string) => string;
	readonly files: FileAccess;
	/** The name of the person who asked, where events give only an id. */
	readonly personIn?: (place: P) => Promise<string>;
	/** A second delivery is acknowledged too, because the chat sends it until it hears that. */
	readonly acknowledgesTwice: boolean;
	/** The log line for a failed acknowledgement; null when it was not a failure. */
	readonly notAcknowledged: (error: unknown) => { readonly event: string; readonly error: string | number } | null;
}

/**
 * The way of everything that people ask or press, from the chat to the desk: kept, acknowledged, then answered. Keeping comes first, so
 * that the end of the process at any moment loses nothing that was acknowledged.
 */
export class Intake<P> {
	readonly #chat: Chat<P>;
	readonly #desk: Desk;
	readonly #log: Log;
	readonly #metrics: Pick<Metrics, "acknowledged">;

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
	keep(event: string, what: Accepted<P>): Promise<string | null> {
		return this.#desk.accept(event, this.#chat.platform, what, this.#chat.conversation(what.place).workspace);
	}

	/** Keeps what has arrived, then acknowledges it. Parameters and result as of `keep`. */
	async accept(event: string, what: Accepted<P>, acknowledge: () => Promise<unknown>): Promise<string | null> {
		const started = performance.now();
		const id = await this.keep(event, what);
		if (id === null && !this.#chat.acknowledgesTwice) return null;
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
		const conversation = this.#chat.conversation(what.place);
		if (what.kind === "press") {
			const action = readAction(what.press);
			if (action === null || opensForm(action)) return this.drop(id);
			await this.#desk.handle(action.do === "ask" ? action.text : action, conversation, what.who, asked);
			return;
		}
		const who = what.who ?? (await this.#chat.personIn?.(what.place));
		const files = async () => {
			const { parts, unread } = await readAttached(what.files, this.#chat.files);
			if (unread > 0) await conversation.replyPrivately(unreadFiles(unread)).catch(() => {});
			return parts;
		};
		const more = what.files.length === 0 ? {} : { files };
		await this.#desk.handle(this.#chat.plain(what.text), conversation, who, { ...asked, ...more });
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
		for (const unfinished of await this.#desk.unfinished(platform))
			void this.resume(unfinished).catch(() => this.#log({ event: "not-taken-up", caseId: unfinished.id }));
	}

	#read(text: string): Accepted<P> | null {
		const body = Body.safeParse(parseJson(text));
		if (!body.success) return null;
		const place = this.#chat.place.safeParse(body.data.place);
		return place.success ? { ...body.data, place: place.data } : null;
	}
}

/** A form is opened by the chat itself; everything else that a button does goes to the desk. */
export const opensForm = (action: Action): action is FormAction => action.do in FORMS;
