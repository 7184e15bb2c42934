import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { opensForm } from "../../src/adapters/intake.ts";
import { captureFiles } from "../../src/adapters/terminal/capture.ts";
import { terminalConversation } from "../../src/adapters/terminal/conversation.ts";
import type { TerminalStyle } from "../../src/adapters/terminal/render.ts";
import { TerminalSession } from "../../src/adapters/terminal/session.ts";
import { askOnce } from "../../src/adapters/terminal/terminal.ts";
import type { Desk } from "../../src/desk/desk.ts";
import { labDesk } from "./desk.ts";
import { type Lab, openLab } from "./lab.ts";
import { oneInAHundred } from "./recording.ts";

/** Failing sites, over real sockets and without internet: what a newcomer sees first. */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A line of nginx's access log, of a request at this time that a `return 444` closed. */
function logLine(atMs: number): string {
	const iso = new Date(atMs).toISOString();
	const day = `${iso.slice(8, 10)}/${MONTHS[new Date(atMs).getUTCMonth()]}/${iso.slice(0, 4)}`;
	return `198.51.100.7 - - [${day}:${iso.slice(11, 19)} +0000] "GET /checkout HTTP/1.1" 444 0 "-" "Mozilla/5.0"`;
}

/** The conversation about one site: what is typed, in order. */
const typed = (lab: Lab): readonly (() => string)[] => [
	() => lab.url("closes-empty", "/checkout"),
	() => "1",
	() => logLine(Date.now()),
	() => "solved deliberate-close",
];

/** What `demo all` asks about besides. */
const SHOWN: readonly (readonly [string, string])[] = [
	["some-urls", "/checkout"],
	["now-and-then", "/"],
	["own-502", "/"],
	["refuses", "/"],
	["healthy", "/"],
];

/** One blank line between two things is enough. */
function squeezed(out: (text: string) => void): (text: string) => void {
	let blanks = 0;
	return (text) => {
		const lines = text.split("\n");
		const last = lines.pop() ?? "";
		for (const line of lines) {
			blanks = line.trim() === "" ? blanks + 1 : 0;
			if (blanks < 2) out(`${line}\n`);
		}
		if (last !== "") {
			blanks = 0;
			out(last);
		}
	};
}

async function converse(desk: Desk, lab: Lab, style: TerminalStyle, out: (text: string) => void): Promise<void> {
	const session = new TerminalSession({ at: "prompt", all: false, liveColumns: null });
	for (const line of typed(lab)) {
		const text = line();
		out(`cf520> ${text}\n\n`);
		const pressed = /^\d$/.test(text) ? session.choice(Number(text))?.action : undefined;
		const conversation = terminalConversation(out, () => {}, style, session);
		await desk.handle(pressed !== undefined && "case" in pressed && !opensForm(pressed) ? pressed : text, conversation);
		conversation.end();
	}
}

/**
 * What a check does not meet, found in a recording by the Ray ID of a visitor's error page: the result is pasted, and the case moves.
 */
async function findByRay(desk: Desk, lab: Lab, style: TerminalStyle, out: (text: string) => void): Promise<void> {
	const session = new TerminalSession({ at: "prompt", all: false, liveColumns: null });
	const say = async (text: string, shown = text) => {
		out(`cf520> ${shown}\n\n`);
		const conversation = terminalConversation(out, () => {}, style, session);
		await desk.handle(text, conversation);
		conversation.end();
	};
	const url = lab.url("one-in-a-hundred");
	const { hostname } = new URL(url);
	const { pcap, failed } = oneInAHundred(hostname, 300, Date.now());
	const folder = mkdtempSync(join(tmpdir(), "cf520-demo-"));
	try {
		const file = join(folder, "ring.pcap00");
		writeFileSync(file, pcap, { mode: 0o600 });
		await say(url);
		out(`(A visitor's error page shows Ray ID ${failed[1]}. On the origin, tcpdump has recorded.)\n`);
		out(`$ npm start -- capture ring.pcap00 ${failed[1]}\n\n`);
		let printed = "";
		await captureFiles([file, failed[1] ?? ""], false, style, (text) => (printed += text), out);
		out(printed);
		await say(printed, "(pastes that)");
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/**
 * `npm start -- demo`: starts the laboratory and shows one failing site as a conversation; `demo all` shows further sites.
 * @returns the exit status
 */
export async function demo(
	style: TerminalStyle,
	all: boolean,
	write: (text: string) => void = (text) => void process.stdout.write(text),
): Promise<number> {
	const lab = await openLab();
	const out = squeezed(write);
	out("A failing site on this machine: no internet, no tokens.\n\n");
	try {
		await converse(labDesk(lab), lab, style, out);
		if (all) {
			for (const [name, path] of SHOWN) {
				const question = lab.url(name, path);
				const what = lab.hosts.find((one) => one.host.startsWith(`${name}.`))?.what ?? "";
				out(`${"=".repeat(style.width)}\n(${what})\ncf520> ${question}\n\n`);
				await askOnce(labDesk(lab), question, false, style, { out, aside: () => {} });
			}
			out(`${"=".repeat(style.width)}\n(One request in a hundred is closed without a byte.)\n`);
			await findByRay(labDesk(lab), lab, style, out);
		}
	} finally {
		await lab.close();
	}
	out(`Try a real site: npm start -- example.com\n${all ? "" : "See more failing sites: npm start -- demo all\n"}`);
	return 0;
}
