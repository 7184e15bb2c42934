import type { Block, Button, Menu, Message } from "../../message/message.ts";
import type { FormAction } from "../form.ts";
import {
	type ControlsBlock,
	choiceLines,
	choicesOf,
	controlsOf,
	firstLine,
	menuLines,
	ofCase,
	renderTerminal,
	type TerminalStyle,
} from "./render.ts";

/** The notes that a message has beside all that another one says; none where it says something else too. */
function addedNotes(before: Message, after: Message): readonly Block[] {
	const said = ({ blocks }: Message) => blocks.filter(({ kind }) => kind !== "buttons");
	const left = said(before).map((block) => JSON.stringify(block));
	const added = said(after).filter((block) => {
		const at = left.indexOf(JSON.stringify(block));
		if (at >= 0) left.splice(at, 1);
		return at < 0;
	});
	return left.length === 0 && added.every(({ kind }) => kind === "note") ? added : [];
}

/** How one terminal shows messages. */
interface TerminalMode {
	/** `prompt`: choices have numbers, and a number makes its choice. `shell`: one question and its answer. */
	readonly at: "prompt" | "shell" | "plain";
	/** Evidence, and what is behind menus, at once. */
	readonly all: boolean;
	/** Columns of a line that may be written over, for progress; null where there is none (a pipe). */
	readonly liveColumns: number | null;
}

export const PLAIN: TerminalMode = { at: "plain", all: false, liveColumns: null };

/** What one terminal remembers from one answer to the next: the choices on it, and the first line of each head. */
export class TerminalSession {
	readonly mode: TerminalMode;
	#answers = 0;
	/** What the answer under way offers, a message after the other. */
	#offered: (readonly ControlsBlock[])[] = [];
	#isContinued = false;
	#choices: readonly Button[] = [];
	#menus: readonly Menu[] = [];
	readonly #taken = new WeakSet<Button>();
	readonly #heads = new Map<string, { readonly line: string; readonly message: Message }>();
	/** Choices that continue a case were left out, because the case ends with the process. */
	leftOut = false;
	/** A form that is to be filled in next. */
	form: FormAction | null = null;

	constructor(mode: TerminalMode = PLAIN) {
		this.mode = mode;
	}

	/** Another answer begins. Returns its number. */
	begin(): number {
		this.#answers += 1;
		this.#offered = [];
		return this.#answers;
	}

	/** Choices of the next answer are added to the present ones. */
	continues(): void {
		this.#isContinued = true;
	}

	/** The choices that were not taken yet, each once. */
	untaken(): readonly Button[] {
		const choices = this.#choices.filter((choice) => !this.#taken.has(choice));
		for (const choice of choices) this.#taken.add(choice);
		return choices;
	}

	/** The choice with this number, from 1. */
	choice(number: number): Button | undefined {
		return this.#choices[number - 1];
	}

	/** The newest choice that is called so, in any letter case: `yes`. */
	called(word: string): Button | undefined {
		return this.#choices.findLast(({ label }) => label.toLowerCase() === word.toLowerCase());
	}

	/** The choices behind the menus, which have numbers from now on; null where there are none. */
	more(style: TerminalStyle): string | null {
		if (this.#menus.length === 0) return null;
		const lines = menuLines(this.#menus, this.#choices.length + 1, style.width);
		this.#choices = [...this.#choices, ...this.#menus.flatMap(({ options }) => options)];
		this.#menus = [];
		return lines.join("\n");
	}

	/** A message of an answer as it is printed; at the prompt, what it offers is printed at the end of the answer. */
	rendered(message: Message, style: TerminalStyle): string {
		const blocks = controlsOf(message);
		if (this.mode.at === "prompt") {
			if (blocks.length > 0) this.#offered.push(blocks);
			return renderTerminal(message, style, "none");
		}
		this.#record(blocks);
		if (this.mode.at === "plain") return renderTerminal(message, style);
		this.leftOut ||= blocks.some(ofCase);
		return renderTerminal(message, style, "shell");
	}

	/** A message that arrives unasked: its choices are numbered after the present ones, so that a number being typed keeps its meaning. */
	interjected(message: Message, style: TerminalStyle): string {
		if (this.mode.at !== "prompt") return this.rendered(message, style);
		const from = this.#choices.length + 1;
		this.#record(controlsOf(message));
		return renderTerminal(message, style, { from, menus: this.#menuStyle });
	}

	/**
	 * The choices of an answer, which is complete: those of its newest message first, where the open question is, then the others. They are the
	 * choices from now on.
	 * @returns null: it offers nothing, and what was offered before still counts
	 */
	offers(style: TerminalStyle): string | null {
		const rows = this.#offered.toReversed();
		this.#offered = [];
		if (rows.length === 0) return null;
		if (!this.#isContinued) {
			this.#choices = [];
			this.#menus = [];
		}
		this.#isContinued = false;
		const lines = rows.map((blocks) => {
			const from = this.#choices.length + 1;
			this.#record(blocks);
			return choiceLines(blocks, { from, menus: this.#menuStyle }, style.width);
		});
		return lines.filter((one) => one !== "").join("\n");
	}

	get #menuStyle(): "more" | "all" {
		return this.mode.all ? "all" : "more";
	}

	#record(blocks: readonly ControlsBlock[]): void {
		this.#choices = [...this.#choices, ...choicesOf(blocks, this.#menuStyle)];
		if (!this.mode.all) this.#menus = [...this.#menus, ...blocks.flatMap((block) => block.menus ?? [])];
	}

	/** A head was printed whole. */
	printed(ref: string, head: Message, style: TerminalStyle): void {
		this.#heads.set(ref, { line: firstLine(head, style), message: head });
	}

	/**
	 * The first line of a head that changed, or the notes that were added to it where nothing else changed; null when it is unchanged,
	 * unknown, or without a state.
	 */
	changed(ref: string, head: Message, style: TerminalStyle): string | null {
		const known = this.#heads.get(ref);
		if (known === undefined) return null;
		const added = addedNotes(known.message, head);
		if (head.blocks[0]?.kind !== "title" && added.length === 0) return null;
		const line = firstLine(head, style);
		this.#heads.set(ref, { line, message: head });
		if (known.line !== line) return line;
		return added.length === 0 ? null : renderTerminal({ mood: "neutral", blocks: added }, style);
	}
}
