import { createInterface, type Interface } from "node:readline";
import type { Desk } from "../../desk/desk.ts";
import type { Outcome } from "../../desk/outcome.ts";
import { understand } from "../../judge/understand.ts";
import { maskedUrl } from "../../message/masking.ts";
import type { Message } from "../../message/message.ts";
import { plainText } from "../../message/text.ts";
import type { Understood } from "../../read/text/understood.ts";
import { terminalConversation } from "./conversation.ts";
import { renderTerminal, type TerminalStyle } from "./render.ts";

/** Exit status of a one-shot question (DESIGN: contracts). */
const EXIT: Record<Outcome["kind"], number> = { answered: 0, misread: 2, refused: 2, broke: 1, interrupted: 1 };

/** Lines of one paste come within this. */
const PASTE_SETTLES_MS = 30;

interface TerminalStreams {
	readonly out: (text: string) => void;
	readonly aside: (text: string) => void;
}

/** Asks once, and stays while something is watched. Returns the exit status. */
export async function askOnce(
	desk: Desk,
	question: string,
	json: boolean,
	style: TerminalStyle,
	streams: TerminalStreams,
): Promise<number> {
	watchHere(desk, json, style, streams);
	// Ctrl-C ends what is watched, with what was seen so far.
	const silent = () => {};
	const stop = () =>
		void desk.handle("unwatch", terminalConversation(silent, silent, style)).then(({ kind }) => {
			// Nothing was watched: then it means what it always means.
			if (kind === "misread") process.exit(130);
		});
	process.once("SIGINT", stop);
	try {
		const status = await ask(desk, question, json, style, streams);
		await desk.watchesEnded("terminal");
		return status;
	} finally {
		process.removeListener("SIGINT", stop);
		desk.disconnect("terminal");
	}
}

/** What a watch tells is printed when it comes: a change as a message, how it stands as a line; as JSON, an object a line. */
const watchHere = (desk: Desk, json: boolean, style: TerminalStyle, { out, aside }: TerminalStreams) =>
	desk.connect("terminal", () => {
		const print = (message: Message) =>
			out(json ? `${JSON.stringify({ watch: wholeTitle(message) })}\n` : `${renderTerminal(message, style)}\n\n`);
		const brief = (message: Message) => ({ ...message, blocks: message.blocks.slice(0, 1) });
		return {
			...terminalConversation(json ? () => {} : out, aside, style),
			followUp: async (message) => {
				print(message);
				return null;
			},
			edit: async (_ref, message) => print(brief(message)),
		};
	});

function wholeTitle({ blocks: [first] }: Message): string {
	return first !== undefined && "text" in first ? plainText(first.text) : "";
}

async function ask(
	desk: Desk,
	question: string,
	json: boolean,
	style: TerminalStyle,
	{ out, aside }: TerminalStreams,
): Promise<number> {
	const conversation = terminalConversation(json ? () => {} : out, aside, style);
	const { reply, kind } = await desk.handle(question, conversation);
	conversation.end();
	// The address of an origin stays out of what is kept and passed on.
	const asked = /^\s*origin\s/i.test(question) ? question.trim().split(/\s+/).slice(0, 2).join(" ") : question;
	if (json) out(`${JSON.stringify({ question: asked, ...reply.data, understood: understoodOf(asked) })}\n`);
	return EXIT[kind];
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
	json: boolean,
	style: TerminalStyle,
	input: NodeJS.ReadStream,
	streams: TerminalStreams,
): Promise<number> {
	const isTerminal = input.isTTY === true;
	const lines = createInterface({
		input,
		output: isTerminal ? process.stderr : undefined,
		prompt: "cf520> ",
		terminal: isTerminal,
	});
	if (isTerminal) streams.aside("Type a URL or a Ray ID. `help` lists more, Ctrl-D quits.\n");
	let open = true;
	lines.once("close", () => (open = false));
	const again = () => {
		if (open) lines.prompt();
	};
	again();
	watchHere(desk, json, style, streams);
	let worst = 0;
	let work: Promise<unknown> = Promise.resolve();
	await (isTerminal ? eachPaste : eachPiped)(lines, (text) => {
		if (text.trim() === "") return again();
		work = work
			.then(() => ask(desk, text, json, style, streams))
			.then((status) => {
				worst = Math.max(worst, status);
				again();
			});
	});
	await work;
	if (!isTerminal) await desk.watchesEnded("terminal");
	desk.disconnect("terminal");
	return isTerminal ? 0 : worst;
}

/** Hands on what is typed until the input ends: a line at a time, and the lines that arrive at once as one text. */
function eachPaste(lines: Interface, take: (text: string) => void): Promise<void> {
	let pasted: string[] = [];
	let settle: NodeJS.Timeout | undefined;
	const flush = () => {
		const text = pasted.join("\n");
		pasted = [];
		take(text);
	};
	return new Promise((resolve) => {
		lines.on("line", (line) => {
			pasted.push(line);
			clearTimeout(settle);
			settle = setTimeout(flush, PASTE_SETTLES_MS);
		});
		lines.on("close", () => {
			clearTimeout(settle);
			flush();
			resolve();
		});
	});
}

/** Hands on what was piped: a page, log lines and what curl printed as one text, everything else a line at a time. */
function eachPiped(lines: Interface, take: (text: string) => void): Promise<void> {
	const piped: string[] = [];
	return new Promise((resolve) => {
		lines.on("line", (line) => void piped.push(line));
		lines.on("close", () => {
			const whole = piped.join("\n");
			for (const text of isOneText(whole) ? [whole] : piped) take(text);
			resolve();
		});
	});
}

function isOneText(whole: string): boolean {
	if (/^\s*<(?:!doctype|html|\?xml)\b/i.test(whole)) return true;
	const { intent, response, curlExit } = understand(whole, {}, Date.now());
	return intent === "logs" || intent === "autopsy" || response !== null || curlExit !== null;
}
