import type { Readable, Writable } from "node:stream";
import type { Desk } from "../../desk/desk.ts";
import type { Outcome } from "../../desk/outcome.ts";
import type { Case } from "../../judge/case.ts";
import { understand } from "../../judge/understand.ts";
import { maskedUrl } from "../../message/masking.ts";
import type { Message } from "../../message/message.ts";
import { plainText } from "../../message/text.ts";
import type { Action, DeskAction } from "../../read/action.ts";
import type { Understood } from "../../read/text/understood.ts";
import { withoutSecrets } from "../../read/tokens.ts";
import { reportHtml } from "../../reply/html/report.ts";
import { FORMS, type FormAction, formQuestion, solvedAction } from "../form.ts";
import { opensForm } from "../intake.ts";
import { CLEAR_LINE, type TerminalConversation, terminalConversation } from "./conversation.ts";
import { PromptInput } from "./input.ts";
import type { TerminalStyle } from "./render.ts";
import { TerminalSession } from "./session.ts";

/** Exit status of a one-shot question (DESIGN: contracts). */
const EXIT: Record<Outcome["kind"], number> = { answered: 0, misread: 2, refused: 2, broke: 1, interrupted: 1 };

/** The name of the person at the terminal. */
const WHO = "you";

const WELCOME = "Type a URL or a Ray ID. `help` lists more, Ctrl-D quits.\n";
const PROMPT_HELP = `At this prompt:
- Type a number to choose. \`more\` lists the rarer choices.
- In a case: \`evidence\`, \`check again\`, \`undo\`, \`status\`, \`solved\`, \`reopen\`,
  \`report\`, \`follow\`.
- Paste log lines or curl output as they are.
- Ctrl-C cancels a check, or stops watching. On an empty line it quits.
`;
const TO_ANSWER = "To answer, paste logs or check again: npm start, then the same question.\n";
const PASTE = "Paste, then an empty line:\n";
const CANCELED = "Canceled.\n";

/** How long canceled work may take after the prompt has ended. */
const LEAVE_MS_MAX = 500;

interface TerminalStreams {
	readonly out: (text: string) => void;
	readonly aside: (text: string) => void;
	/** Where the prompt and what is typed are shown; absent: standard error. */
	readonly echo?: Writable;
	/** Columns of a line on `aside` that may be written over; absent: not a TTY. */
	readonly liveColumns?: number | null;
}

/** How a question is answered beside its style. */
export interface TerminalOptions {
	/** Answers as JSON, an object a line. */
	readonly json: boolean;
	/** Evidence and what is behind menus at once. */
	readonly all?: boolean;
}

/** One terminal: its desk, where it writes and what it remembers. */
interface Terminal {
	readonly desk: Desk;
	readonly json: boolean;
	readonly style: TerminalStyle;
	readonly streams: TerminalStreams;
	readonly session: TerminalSession;
}

/** Asks once, and stays while something is watched. Returns the exit status. */
export async function askOnce(
	desk: Desk,
	question: string,
	options: boolean | TerminalOptions,
	style: TerminalStyle,
	streams: TerminalStreams,
): Promise<number> {
	const terminal = terminalOf(desk, options, style, streams, "shell");
	watchHere(terminal);
	// Ctrl-C ends what is watched, with what was seen so far.
	const stop = () =>
		void stopsWatching(terminal).then((isStopped) => {
			// Nothing was watched: then it means what it always means.
			if (isStopped) return;
			if (streams.liveColumns !== undefined && streams.liveColumns !== null) streams.aside(CLEAR_LINE);
			process.exit(130);
		});
	process.once("SIGINT", stop);
	try {
		const status = await ask(terminal, question);
		if (terminal.session.leftOut && !terminal.json) streams.out(TO_ANSWER);
		await desk.watchesEnded("terminal");
		return status;
	} finally {
		process.removeListener("SIGINT", stop);
		desk.disconnect("terminal");
	}
}

/** Ends what is watched here; whether there was something. */
async function stopsWatching({ desk, style }: Terminal): Promise<boolean> {
	const silent = () => {};
	return (await desk.handle("unwatch", terminalConversation(silent, silent, style))).kind !== "misread";
}

/** Where the report of a case goes, and what it is made of. */
interface ReportWanted {
	readonly file: string;
	/** Asked before anything is checked; null, or what to tell the person. */
	readonly whyNot: () => Promise<string | null>;
	/** @returns null, or what to tell the person */
	readonly write: (page: string) => Promise<string | null>;
	/** The case that the question opened. */
	readonly opened: () => Promise<Case | null>;
	readonly now: () => number;
	readonly version: string;
}

const NOT_WRITTEN = 2;

/** Asks once, and writes the report of the case that this opened. Returns the exit status: 2 where there is no report. */
export async function askForReport(
	desk: Desk,
	question: string,
	options: boolean | TerminalOptions,
	style: TerminalStyle,
	streams: TerminalStreams,
	{ file, whyNot, write, opened, now, version }: ReportWanted,
): Promise<number> {
	const say = (sentence: string): number => {
		streams.aside(`cf520: ${sentence}\n`);
		return NOT_WRITTEN;
	};
	const refused = await whyNot();
	if (refused !== null) return say(refused);
	const status = await askOnce(desk, question, options, style, streams);
	const one = await opened();
	if (one === null) return say("--html: This question opened no case, so there is no report. Ask about a site.");
	const failed = await write(reportHtml(one, now(), version));
	if (failed !== null) return say(failed);
	streams.aside(`cf520: The report is in ${file}\n`);
	return status;
}

function terminalOf(
	desk: Desk,
	options: boolean | TerminalOptions,
	style: TerminalStyle,
	streams: TerminalStreams,
	at: "shell" | "prompt",
): Terminal {
	const { json, all = false } = typeof options === "boolean" ? { json: options } : options;
	const session = new TerminalSession({ at, all, liveColumns: streams.liveColumns ?? null });
	return { desk, json, style, streams, session };
}

/** A conversation of this terminal; as JSON, none of its messages is printed. */
const conversationOf = ({ json, style, streams: { out, aside }, session }: Terminal): TerminalConversation =>
	terminalConversation(json ? () => {} : out, aside, style, session);

/**
 * Messages of a watch are printed at once: a change as a message, the state as a line; as JSON, one object per line.
 * @param between called after unasked output
 */
const watchHere = (terminal: Terminal, between: () => void = () => {}) =>
	terminal.desk.connect("terminal", () => {
		const { json, style, streams, session } = terminal;
		const clear = () => {
			if (session.mode.liveColumns !== null) streams.aside(CLEAR_LINE);
		};
		const print = (message: Message) => {
			clear();
			const text = () => session.interjected(message, style);
			streams.out(json ? `${JSON.stringify({ watch: wholeTitle(message) })}\n` : `${text()}\n\n`);
			between();
		};
		const brief = (message: Message) => ({ ...message, blocks: message.blocks.slice(0, 1) });
		return {
			...conversationOf(terminal),
			followUp: async (message) => {
				print(message);
				return null;
			},
			edit: async (_ref, message) => print(brief(message)),
		};
	});

function wholeTitle({ blocks: [first] }: Message): string {
	if (first === undefined || !("text" in first)) return "";
	const aside = first.kind === "title" && first.aside !== undefined ? ` · ${plainText(first.aside)}` : "";
	return plainText(first.text) + aside;
}

/**
 * Asks the desk, and prints the answer.
 * @param interrupted resolves when the person no longer wants it
 */
async function ask(terminal: Terminal, what: string | DeskAction, interrupted?: Promise<"canceled">): Promise<number> {
	const { desk, json, streams, session } = terminal;
	const conversation = conversationOf(terminal);
	const work = desk.handle(what, conversation, WHO);
	const outcome = await (interrupted === undefined ? work : Promise.race([work, interrupted]));
	if (outcome === "canceled") {
		conversation.cancel();
		streams.aside(CANCELED);
		return EXIT.interrupted;
	}
	conversation.end();
	if (json && typeof what === "string") {
		// An origin's IP address and a token are not stored or passed on.
		const asked = /^\s*origin\s/i.test(what) ? what.trim().split(/\s+/).slice(0, 2).join(" ") : withoutSecrets(what);
		streams.out(`${JSON.stringify({ question: asked, ...outcome.reply.data, understood: understoodOf(asked) })}\n`);
	}
	if (session.mode.all && !json) await showAll(terminal, interrupted);
	return EXIT[outcome.kind];
}

/** Choices that only show more: they request nothing and change no case. */
const SHOWN_AT_ONCE: ReadonlySet<string> = new Set(["explain", "evidence", "help", "privacy"]);
const onlyShows = (action: Action): action is Extract<Action, { do: "evidence" | "ask" }> =>
	action.do === "evidence" || (action.do === "ask" && SHOWN_AT_ONCE.has(understand(action.text, {}, Date.now()).intent));

/** Everything that the newest answer keeps behind a control, beside its choices. */
async function showAll(terminal: Terminal, interrupted?: Promise<"canceled">): Promise<void> {
	const { desk, session } = terminal;
	const actions = session.untaken().flatMap(({ action }) => (onlyShows(action) ? [action] : []));
	for (const action of actions) {
		session.continues();
		const conversation = conversationOf(terminal);
		const work = desk.handle(action.do === "ask" ? action.text : action, conversation, WHO);
		if ((await (interrupted === undefined ? work : Promise.race([work, interrupted]))) === "canceled")
			return conversation.cancel();
		conversation.end();
	}
}

/** As `read -` says it, with the values of queries masked: what is passed on may be kept. */
function understoodOf(text: string): Understood {
	const understood = understand(text, {}, Date.now());
	const { target, candidates } = understood;
	return { ...understood, target: target === null ? null : maskedUrl(target), candidates: candidates.map(maskedUrl) };
}

/**
 * The prompt: one question a line until the input ends; what arrives at once on a terminal (a paste), and a page or curl's output that is
 * piped, is one question. Returns the exit status: 0 for a person at a terminal, else the highest of all questions.
 */
export async function prompt(
	desk: Desk,
	options: boolean | TerminalOptions,
	style: TerminalStyle,
	input: Readable & { isTTY?: boolean },
	streams: TerminalStreams,
): Promise<number> {
	const terminal = terminalOf(desk, options, style, streams, "prompt");
	const typed = new PromptInput(input, streams.echo ?? process.stderr, (lines) => {
		const whole = lines.join("\n");
		return isOneText(whole) ? [whole] : lines;
	});
	if (typed.isTerminal) streams.aside(WELCOME);
	watchHere(terminal, () => typed.refresh());
	const running = new Prompt(terminal, typed);
	const worst = await running.run();
	if (!typed.isTerminal) await desk.watchesEnded("terminal");
	desk.disconnect("terminal");
	if (running.hasCanceled) await desk.stop(LEAVE_MS_MAX);
	return typed.isTerminal ? 0 : worst;
}

/** What a person does at the prompt, one thing after the other. */
class Prompt {
	readonly #terminal: Terminal;
	readonly #typed: PromptInput;
	/** Something that was canceled may still be under way. */
	hasCanceled = false;

	constructor(terminal: Terminal, typed: PromptInput) {
		this.#terminal = terminal;
		this.#typed = typed;
	}

	/** Takes questions until the input ends. Returns the highest exit status. */
	async run(): Promise<number> {
		let worst = 0;
		for (;;) {
			const next = await this.#typed.next("cf520> ");
			if (next.kind === "interrupted") {
				this.#terminal.streams.aside("\n");
				if (await stopsWatching(this.#terminal)) continue;
			}
			if (next.kind !== "text") break;
			if (next.text.trim() !== "") worst = Math.max(worst, await this.#take(next.text));
		}
		this.#typed.close();
		return worst;
	}

	/** A number that is a choice, what answers a yes-or-no question, `more`, or something for the desk. */
	async #take(text: string): Promise<number> {
		const { session, style, streams } = this.#terminal;
		const word = text.trim();
		// As JSON nothing is numbered.
		const isWord = this.#terminal.json || !/^(?:\d{1,3}|more)$/i.test(word);
		const isConfirmed = !this.#terminal.json && /^(?:yes|no|replace|keep)$/i.test(word);
		const chosen = isConfirmed ? session.called(word) : isWord ? undefined : session.choice(Number(word));
		if (chosen !== undefined) return this.#press(chosen.action);
		const more = isWord || /^\d/.test(word) ? null : session.more(style);
		if (more !== null) {
			streams.out(`${more}\n\n`);
			return 0;
		}
		const status = await this.#ask(text);
		if (!this.#terminal.json && understand(text, {}, Date.now()).intent === "help") streams.out(`${PROMPT_HELP}\n`);
		return status;
	}

	#press(action: Action): Promise<number> {
		if (opensForm(action)) return this.#fill(action);
		return this.#ask(action.do === "ask" ? action.text : action);
	}

	/** Asks the desk; Ctrl-C cancels it. */
	async #ask(what: string | DeskAction): Promise<number> {
		const { session } = this.#terminal;
		const interrupted = Promise.withResolvers<"canceled">();
		this.#typed.onInterrupt = () => {
			this.hasCanceled = true;
			interrupted.resolve("canceled");
		};
		session.form = null;
		const status = await ask(this.#terminal, what, interrupted.promise);
		this.#typed.onInterrupt = () => {};
		const { form } = session;
		session.form = null;
		return form === null ? status : this.#fill(form, true);
	}

	/**
	 * A form is a line at the prompt, or a paste that an empty line ends. An IP address is in no history.
	 * @param isWanted the desk asked for it
	 */
	async #fill(form: FormAction, isWanted = false): Promise<number> {
		const { desk, streams } = this.#terminal;
		if (form.do === "origin-form" && !isWanted) {
			// Where no origin is checked, the answer says why; the form would only ask for the IP address first.
			const question = `origin ${form.url}`;
			if ((await desk.wantsAddress(question, conversationOf(this.#terminal))) === null) return this.#ask(question);
		}
		for (;;) {
			const written = FORMS[form.do].multiline ? await this.#pasted() : await this.#line(form);
			if (written === null || written.trim() === "") return 0;
			if (form.do === "solved-form") {
				const action = solvedAction(form.case, "", written);
				return action === null ? 0 : this.#ask(action);
			}
			const question = formQuestion(form.do, written, form.do === "origin-form" ? form.url : undefined);
			if (question === null) return 0;
			const problem = form.do === "origin-form" ? desk.addressProblem(question) : null;
			if (problem === null) return this.#ask(question);
			streams.aside(`${problem}\n`);
		}
	}

	async #line(form: FormAction): Promise<string | null> {
		const typed = await this.#typed.next(`${FORMS[form.do].label}: `, form.do === "origin-form");
		return typed.kind === "text" ? typed.text.trim().slice(0, FORMS[form.do].maxChars) : null;
	}

	/** All lines until an empty one is typed by itself; null: it was left. */
	async #pasted(): Promise<string | null> {
		const parts: string[] = [];
		this.#terminal.streams.aside(PASTE);
		for (;;) {
			const typed = await this.#typed.next("");
			if (typed.kind === "interrupted") return null;
			if (typed.kind === "ended") return parts.join("\n");
			if (typed.text === "") return parts.join("\n");
			parts.push(typed.text);
			// An empty line at the end of a paste ends it, one in the middle (of a response) does not.
			if (typed.text.endsWith("\n")) return parts.join("\n");
		}
	}
}

function isOneText(whole: string): boolean {
	if (/^\s*<(?:!doctype|html|\?xml)\b/i.test(whole)) return true;
	const { intent, response, curlExit } = understand(whole, {}, Date.now());
	return intent === "logs" || intent === "autopsy" || response !== null || curlExit !== null;
}
