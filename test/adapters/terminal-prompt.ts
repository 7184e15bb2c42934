import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import type { TerminalStyle } from "../../src/adapters/terminal/render.ts";
import { prompt, type TerminalOptions } from "../../src/adapters/terminal/terminal.ts";
import type { Conversation, ConversationOpener } from "../../src/desk/conversation.ts";
import type { Desk } from "../../src/desk/desk.ts";
import { type Message, message, say } from "../../src/message/message.ts";
import { text } from "../../src/message/text.ts";
import type { DeskAction } from "../../src/read/action.ts";
import { DEFAULT_POLICY } from "../../src/read/policy.ts";

/** What a desk does in a test of the terminal alone. */
export type Told = (what: string | DeskAction, conversation: Conversation<Message>) => Promise<void>;

export interface ScriptedDesk extends Desk {
	/** What it was asked, in order. */
	readonly asked: (string | DeskAction)[];
	/** Comes back without a question. */
	open: ConversationOpener | null;
	readonly stops: number[];
}

/** A desk that tells what a test says, and looks nowhere. */
export function scriptedDesk(told: Told): ScriptedDesk {
	const asked: (string | DeskAction)[] = [];
	const stops: number[] = [];
	const desk: ScriptedDesk = {
		asked,
		stops,
		open: null,
		sharing: null,
		inTurn: (_name, work) => work(),
		accept: async () => null,
		drop: async () => {},
		begin: async () => {},
		unfinished: async () => [],
		connect: (_platform, open) => {
			desk.open = open;
		},
		disconnect: () => {},
		privateByDefault: async () => false,
		isPrivate: async () => false,
		hears: async () => null,
		home: async () => ({ cases: [], watches: [], atMs: 0 }),
		likelyCauses: async () => [],
		connectZone: async () => ({ mood: "neutral", blocks: [] }),
		workspaceLeft: async () => {},
		settings: async () => DEFAULT_POLICY,
		wantsAddress: async (question) => ({
			url: question.slice("origin ".length),
			host: "shop.example",
			unicodeHost: null,
			path: "/",
			port: 443,
			scheme: "https",
		}),
		addressProblem: (question) => (/ \d+\.\d+\.\d+\.\d+(?::\d+)?$/.test(question) ? null : "That is not an IP address."),
		step: async () => {
			throw new Error("a terminal has no workflows");
		},
		handle: async (what, conversation) => {
			asked.push(what);
			await told(what, conversation);
			const reply = { private: false, head: message("neutral", say(text`done`)), thread: [], data: {} };
			return { caseId: "case-1", kind: "answered", reply, verdict: null };
		},
		watchesEnded: async () => {},
		depth: () => ({ open: 0, looking: 0, waiting: 0 }),
		stop: async (ms) => void stops.push(ms),
	};
	return desk;
}

/** A person at a prompt: what is typed and what is printed, in one text, without escape sequences. */
export interface Person {
	/** Types, and waits until what came since then matches. Returns what came. */
	types(keys: string, until?: RegExp): Promise<string>;
	/** Everything so far, escape sequences included. */
	raw(): string;
	/** Leaves, and waits for the exit status. */
	leaves(): Promise<number>;
}

export const STYLE: TerminalStyle = { colour: false, width: 80, askPrefix: "" };
export const PROMPT = /cf520> $/;

/**
 * Sits down at the prompt of a desk.
 * @param live columns for progress on one line; null: there is none
 * @param asideToo what goes to standard error is in the text, beside the prompt itself
 */
export async function atPrompt(
	desk: Desk,
	options: TerminalOptions = { json: false },
	live: number | null = 80,
	style: TerminalStyle = STYLE,
	asideToo = true,
): Promise<Person> {
	let all = "";
	let from = 0;
	let look = () => {};
	const take = (part: string) => {
		all += part;
		look();
	};
	const input = Object.assign(new PassThrough(), { isTTY: true });
	const echo = new PassThrough();
	echo.on("data", (data: Buffer) => take(data.toString("utf8")));
	const done = prompt(desk, options, style, input, { out: take, aside: asideToo ? take : () => {}, echo, liveColumns: live });
	const plain = () => stripVTControlCharacters(all.slice(from)).replaceAll("\r", "");
	const until = (pattern: RegExp) =>
		new Promise<string>((resolve) => {
			look = () => {
				if (!pattern.test(plain())) return;
				look = () => {};
				resolve(plain());
			};
			look();
		});
	await until(PROMPT);
	return {
		types: (keys, pattern = PROMPT) => {
			from = all.length;
			const came = until(pattern);
			input.write(keys);
			return came;
		},
		raw: () => all,
		leaves: () => {
			input.end();
			return done;
		},
	};
}
