import { NO_BOUND, openTurns } from "../looks/turns.ts";
import type { Message } from "../message/message.ts";
import { notReadReply } from "../reply/misread.ts";
import type { DeskContext } from "./context.ts";
import type { Conversation } from "./conversation.ts";
import { askerOf, type NotRequested, tellRefusal } from "./not-requested.ts";
import type { ResumableConversation } from "./resumable.ts";
import { IN_PLACE_MAX_CHARS, readInPlace, type TextJobs, type TextReader } from "./text-readers.ts";
import { openTextWorkers, READ_MS_MAX, type TextWorkers } from "./workers.ts";

/** Long texts that are in memory at the same time, with what their files hold: 11 MB at most, as bytes. */
const TEXTS_AT_ONCE = 4;

/** Reads what people bring: short texts in place, long ones in worker threads. */
export class TextReading {
	readonly #context: DeskContext;
	readonly #signal: AbortSignal;
	readonly #workers: TextWorkers;
	/** How many wait is bounded by the questions that are open. */
	readonly #turns = openTurns({ all: TEXTS_AT_ONCE, perWorkspace: TEXTS_AT_ONCE, perPerson: 1, waiting: NO_BOUND });

	/** @param signal ends what is being read */
	constructor(context: DeskContext, signal: AbortSignal) {
		this.#context = context;
		this.#signal = signal;
		this.#workers = openTextWorkers({ later: context.later, log: context.log, signal });
	}

	/** How many long texts wait for their turn. */
	get waiting(): number {
		return this.#turns.waiting + this.#workers.waiting;
	}

	/**
	 * Takes a long text through, from its files to its answer, when it is this person's turn: one text a person at a time. Rejects with
	 * `ReadingStopped` when everything ends before.
	 */
	inTurn<T>(conversation: Conversation<Message>, work: () => Promise<T>): Promise<T> {
		return this.#turns.take(askerOf(conversation), () => (this.#signal.aborted ? Promise.reject(new ReadingStopped()) : work()));
	}

	/** As `readApart`, but in place where there are only few characters, or bytes, to read. */
	async read<R extends TextReader>(
		reader: R,
		input: TextJobs[R]["input"],
		chars: number,
		conversation: ResumableConversation,
	): Promise<{ readonly value: TextJobs[R]["output"] } | NotRequested> {
		return chars <= IN_PLACE_MAX_CHARS ? { value: readInPlace(reader, input) } : this.readApart(reader, input, conversation);
	}

	/**
	 * Reads a text, or what came of one, in a worker thread. Rejects with `ReadingStopped` when everything ends before it is read.
	 * @returns the reader's result, or the refusal that was posted
	 */
	async readApart<R extends TextReader>(
		reader: R,
		input: TextJobs[R]["input"],
		conversation: ResumableConversation,
	): Promise<{ readonly value: TextJobs[R]["output"] } | NotRequested> {
		const read = await this.#workers.read(reader, input, askerOf(conversation));
		if (read.notRead === null) return read;
		if (read.notRead === "stopped") throw new ReadingStopped();
		return tellRefusal(this.#context, notReadReply(read.notRead, READ_MS_MAX), conversation);
	}
}

/** The process stops while a text waits or is read. Nothing is posted yet. */
export class ReadingStopped extends Error {
	override readonly name = "ReadingStopped";
}
