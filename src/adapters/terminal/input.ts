import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { withoutSecrets } from "../../read/tokens.ts";

/** What comes next from the keyboard or the pipe. */
type Typed =
	| { readonly kind: "text"; readonly text: string }
	/** Ctrl-C on an empty line. */
	| { readonly kind: "interrupted" }
	| { readonly kind: "ended" };

/** Lines of one paste come within this. */
const PASTE_SETTLES_MS = 30;

/**
 * What is typed or piped, a text at a time: on a terminal a line, and the lines that arrive at once (a paste) as one text. What is typed
 * ahead waits.
 */
export class PromptInput {
	readonly #lines: Interface;
	readonly #isTerminal: boolean;
	readonly #waiting: Typed[] = [];
	#taker: ((typed: Typed) => void) | null = null;
	#pasted: string[] = [];
	#settle: NodeJS.Timeout | undefined;
	#isSecret = false;
	#ended = false;
	/** Ctrl-C while nothing is asked for. */
	onInterrupt: () => void = () => {};

	/**
	 * @param echo where a terminal shows what is typed
	 * @param splitPipe what was piped, as the texts that it is
	 */
	constructor(input: Readable & { isTTY?: boolean }, echo: Writable, splitPipe: (lines: readonly string[]) => readonly string[]) {
		this.#isTerminal = input.isTTY === true;
		this.#lines = createInterface({ input, output: this.#isTerminal ? echo : undefined, terminal: this.#isTerminal });
		this.#lines.on("line", (line) => {
			this.#pasted.push(line);
			if (!this.#isTerminal) return;
			clearTimeout(this.#settle);
			this.#settle = setTimeout(() => this.#flush(), PASTE_SETTLES_MS);
		});
		this.#lines.on("close", () => {
			clearTimeout(this.#settle);
			if (this.#isTerminal) this.#flush();
			else for (const text of splitPipe(this.#pasted)) this.#give({ kind: "text", text });
			this.#ended = true;
			this.#give({ kind: "ended" });
		});
		this.#lines.on("SIGINT", () => this.#interrupted());
		// Readline offers its history for exactly this: what is secret is not in it.
		this.#lines.on("history", (history: string[]) => {
			if (this.#isSecret || withoutSecrets(history[0] ?? "") !== history[0]) history.shift();
		});
	}

	get isTerminal(): boolean {
		return this.#isTerminal;
	}

	/**
	 * Asks for the next text.
	 * @param secret it is not kept in the history of the prompt
	 */
	next(prompt: string, secret = false): Promise<Typed> {
		const typed = this.#waiting.shift();
		if (typed !== undefined) return Promise.resolve(typed);
		if (this.#ended) return Promise.resolve({ kind: "ended" });
		this.#isSecret = secret;
		this.#lines.setPrompt(prompt);
		if (this.#isTerminal) this.#lines.prompt(true);
		return new Promise((resolve) => {
			this.#taker = resolve;
		});
	}

	/** Shows the prompt and what is typed behind it once more: something was printed in between. */
	refresh(): void {
		if (this.#taker !== null && this.#isTerminal) this.#lines.prompt(true);
	}

	close(): void {
		this.#lines.close();
	}

	#flush(): void {
		if (this.#pasted.length === 0) return;
		const text = this.#pasted.join("\n");
		this.#pasted = [];
		this.#give({ kind: "text", text });
	}

	#give(typed: Typed): void {
		const taker = this.#taker;
		this.#taker = null;
		this.#isSecret = false;
		if (taker === null) this.#waiting.push(typed);
		else taker(typed);
	}

	#interrupted(): void {
		// The end of the line, then back to its beginning: what was typed goes.
		const hasText = this.#lines.line !== "";
		if (hasText) {
			this.#lines.write(null, { ctrl: true, name: "e" });
			this.#lines.write(null, { ctrl: true, name: "u" });
		}
		if (this.#taker === null) {
			this.#waiting.length = 0;
			this.onInterrupt();
		} else if (!hasText) this.#give({ kind: "interrupted" });
	}
}
