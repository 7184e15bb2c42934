import { type Conversation, NotHere } from "../../desk/conversation.ts";
import type { Message } from "../../message/message.ts";
import { controlsOf, progressLine, renderTerminal, type TerminalStyle } from "./render.ts";
import { TerminalSession } from "./session.ts";

const SIGN_OF_LIFE_MS = 120;
/** Back to the start of the line, and nothing on it. */
export const CLEAR_LINE = "\r\u001b[K";

/** One question's conversation at a terminal. */
export interface TerminalConversation extends Conversation<Message> {
	/** The answer is complete: prints what was held back. */
	end(): void;
	/** Nothing more of it is printed, and its case does not belong to this terminal. */
	cancel(): void;
}

/**
 * A terminal as a conversation: messages one after the other. What is printed cannot be taken back, so the first sign of life and progress
 * go to `aside` (standard error), only the final head goes out, and of a head that changes later only its first line. A question is held
 * back until the end.
 * @param session what the terminal remembers from one question to the next
 */
export function terminalConversation(
	out: (text: string) => void,
	aside: (text: string) => void,
	style: TerminalStyle,
	session: TerminalSession = new TerminalSession(),
): TerminalConversation {
	const answer = session.begin();
	const own = `terminal ${answer}`;
	let head: Message | null = null;
	let printed = false;
	let held: Message | null = null;
	/** Messages that ask something. */
	const asking = new Set<string>();
	let followUps = 0;
	let canceled = false;
	const life = signOfLife(aside, style, session.mode.liveColumns);
	const print = (text: string | null) => {
		life.over();
		const lines = (text ?? "").trimEnd();
		if (!canceled && lines !== "") out(`${lines}\n\n`);
	};
	const write = (message: Message) => print(session.rendered(message, style));
	const writeHead = () => {
		life.over();
		if (head !== null && !printed) {
			write(head);
			session.printed(own, head, style);
		}
		printed = true;
	};
	const flush = () => {
		writeHead();
		const message = held;
		held = null;
		if (message !== null) write(message);
	};
	const headChanged = (ref: string, message: Message) => print(session.changed(ref, message, style));
	return {
		begin: async (message) => {
			head = message;
			life.begin(message);
		},
		progress: async (message) => {
			if (!canceled) life.progress(message);
		},
		update: async (message) => {
			life.over();
			if (printed) headChanged(own, message);
			head = message;
		},
		// The rest may take as long as a service does.
		showHead: writeHead,
		followUp: async (message) => {
			flush();
			followUps += 1;
			const ref = `${own}.${followUps}`;
			if (controlsOf(message).length > 0) {
				held = message;
				asking.add(ref);
			} else write(message);
			return ref;
		},
		replyPrivately: async (message) => write(message),
		resumeAt: () => {},
		deduplicates: false,
		canReplyPrivately: true,
		asker: null,
		channel: null,
		workspace: null,
		platform: "terminal",
		room: { key: null, isOpen: true, hasOutsiders: false },
		isOutsider: false,
		isAdmin: async () => "no",
		isFullMember: async () => "yes",
		// One terminal is one thread; what was canceled belongs to none that is asked about again.
		isPublic: () => true,
		location: () => ({ messageRef: own, threadKey: canceled ? own : "terminal" }),
		resumeRef: () => "terminal",
		edit: async (ref, message) => {
			// A message that grew (a table that fills) is printed again; a question that is answered or closed is not.
			if (held !== null && ref === `${own}.${followUps}`) held = controlsOf(message).length > 0 ? message : null;
			else if (ref.startsWith(`${own}.`)) {
				if (!asking.has(ref) || controlsOf(message).length > 0) write(message);
			} else if (ref === own && !printed) head = message;
			else headChanged(ref, message);
		},
		permalink: async () => null,
		renameThread: async () => {},
		attach: async () => {
			throw new NotHere("a terminal takes no files");
		},
		askAddress: async (url, why) => {
			write(why);
			session.form = { do: "origin-form", url };
		},
		end: () => {
			flush();
			print(session.offers(style));
		},
		cancel: () => {
			canceled = true;
			life.over();
		},
	};
}

/** Progress: one line that is overwritten on a TTY, one line elsewhere, nothing for an instant answer. */
function signOfLife(aside: (text: string) => void, style: TerminalStyle, columns: number | null) {
	let timer: NodeJS.Timeout | undefined;
	let isShown = false;
	const show = (line: string) => {
		isShown = true;
		aside(`${CLEAR_LINE}${line}`);
	};
	return {
		begin: (message: Message) => {
			timer = setTimeout(() => {
				if (columns !== null) return show(progressLine(message, 1, columns));
				const [first = ""] = renderTerminal(message, { ...style, colour: false }).split("\n");
				aside(/…$/.test(first) ? `${first}\n` : `${first} ...\n`);
			}, SIGN_OF_LIFE_MS);
		},
		progress: (message: Message) => {
			clearTimeout(timer);
			if (columns !== null) show(progressLine(message, 2, columns));
		},
		over: () => {
			clearTimeout(timer);
			if (isShown) aside(CLEAR_LINE);
			isShown = false;
		},
	};
}
