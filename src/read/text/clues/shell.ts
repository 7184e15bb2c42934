import type { Thread } from "../understood.ts";
import { certificate, route, type ShellClue } from "./machine.ts";

/** A command of a shell that was copied with what it printed. */
export interface ShellCommand {
	readonly tool: string;
	/** Without the prompt. */
	readonly text: string;
	/** Where its line begins and ends in the text. */
	readonly start: number;
	readonly end: number;
	/** Where what it printed ends. */
	readonly outputEnd: number;
	/** The lines that it printed; blank ones are left out. */
	readonly output: readonly string[];
}

const COMMANDS_MAX = 50;
const LINES_MAX = 20_000;
const LINE_MAX_CHARS = 2_000;

const TOOLS = "curl|grep|egrep|zgrep|ss|netstat|journalctl|openssl|dig|ip|systemctl|tail|docker|kubectl|npx";
/** A prompt as shells draw it: `root@web1:~# `, `[bob@web1 ~]$ `, `/ # `, `web1:~# `, `$ `, `bash-5.1$ `, `❯ `. */
const PROMPT = "(?:[\\w.()@~/:\\[\\], -]{0,100}[#$%\u276f\u279c] {0,2})";
const COMMAND = new RegExp(`^ {0,4}(${PROMPT})?((?:sudo |doas )?(${TOOLS}) \\S.*)$`);
/** Without a prompt before it, words of a sentence look like a command. */
const COMMAND_ARGUMENTS = new RegExp(
	`^(?:sudo |doas )?(?:${TOOLS}) (?:-|s_client|x509|route get|\\+short|status |wrangler |logs |ps\\b|'|"|https?://)`,
);
/** Words of a sentence about a command: it is told, not copied. */
const TOLD =
	/ (?:shows?|showed|gives?|gave|says?|said|prints?|printed|returns?|returned|finds?|found|works?|fails?|is|was|got|gets|but|nothing|no|works|hangs|still|also|only)(?![\w=/.-])/;
const BARE_PROMPT = new RegExp(`^ {0,4}${PROMPT}$`);
/** Lines of the shell and of sudo, and what was pressed: nothing that the command found. */
const NOT_OUTPUT = /^\s*$|^\[sudo\] |^\^C$|^(?:logout|exit)$/;
/** It did not run, or not over everything. */
const FAILED =
	/(?:command not found|: not found|Permission denied|is not in the sudoers|[Nn]o such file|incorrect password|a password is required|invalid (?:date|option)|illegal option|unrecognized option|Usage: )/;

/** The commands in a text, each with what it printed. Linear; bounded. */
export function findCommands(text: string): ShellCommand[] {
	const out: { tool: string; text: string; start: number; end: number; outputEnd: number; output: string[] }[] = [];
	let start = 0;
	let current: (typeof out)[number] | null = null;
	for (const whole of text.split("\n", LINES_MAX)) {
		const line = whole.slice(0, LINE_MAX_CHARS);
		const found = out.length < COMMANDS_MAX ? COMMAND.exec(line) : null;
		const [, prompt, command = "", tool = ""] = found ?? [];
		if (found !== null && (prompt !== undefined || (COMMAND_ARGUMENTS.test(command) && !TOLD.test(command)))) {
			current = { tool, text: command, start, end: start + whole.length, outputEnd: start + whole.length, output: [] };
			out.push(current);
		} else if (BARE_PROMPT.test(line)) current = null;
		else if (current !== null && !NOT_OUTPUT.test(line)) {
			current.output.push(line);
			current.outputEnd = start + whole.length;
		}
		start += whole.length + 1;
	}
	return out;
}

/** The text with blanks in the place of the commands, every character where it was: what is searched for was not found. */
export function withoutCommands(text: string, commands: readonly ShellCommand[]): string {
	if (commands.length === 0) return text;
	const out: string[] = [];
	let at = 0;
	for (const { start, end } of commands) {
		out.push(text.slice(at, start), " ".repeat(end - start));
		at = end;
	}
	out.push(text.slice(at));
	return out.join("");
}

/** Lines of certificates and of openssl: the names in them are no sites that fail. */
const CERTIFICATE_LINE =
	/^(?:(?:subject|issuer) ?=.*| {0,20}DNS:.*| {0,4}\d{0,2} ?[si]:.*|depth=\d.*|verify (?:error|return):.*)$/gm;
const OF_OPENSSL = /^(?:CONNECTED\(|notAfter=|depth=\d|subject ?=)/m;
/** What they print is about a machine, a name or a certificate, not about a page. */
const NO_PAGE: ReadonlySet<string> = new Set(["ss", "netstat", "openssl", "dig", "ip", "systemctl"]);

/** The text with blanks in the place of what tells of no page: certificates, listeners, routes, names. */
export function withoutMachines(text: string, commands: readonly ShellCommand[]): string {
	const blank = (part: string) => part.replace(/[^\n]/g, " ");
	const out: string[] = [];
	let at = 0;
	for (const { tool, end, outputEnd } of commands) {
		if (!NO_PAGE.has(tool)) continue;
		out.push(text.slice(at, end), blank(text.slice(end, outputEnd)));
		at = outputEnd;
	}
	out.push(text.slice(at));
	const rest = out.join("");
	return OF_OPENSSL.test(rest) ? rest.replace(CERTIFICATE_LINE, blank) : rest;
}

/**
 * What commands show of listeners, routes, certificates and logs; null when the text holds none. Linear.
 * @param nowMs the moment of the failure where the thread knows none
 */
export function findShell(text: string, commands: readonly ShellCommand[], thread: Thread, nowMs: number): ShellClue | null {
	return (
		listeners(text, commands, thread) ??
		route(text, thread) ??
		certificate(text, thread, thread.toMs ?? nowMs) ??
		search(commands, thread) ??
		(decidesNothing(text, commands) ? { answer: null, isShown: false } : null)
	);
}

const SS_HEAD = /^(?:Netid +)?State +Recv-Q +Send-Q +Local Address ?:/m;
const NETSTAT_HEAD =
	/^Active Internet connections \((?:only servers|servers and established)\)|^Proto +Recv-Q +Send-Q +Local Address/m;
const SS_ROW = /^(?:tcp +)?LISTEN +\d{1,9} +\d{1,9} +(\S{1,80}):(\d{1,5}) /gm;
const NETSTAT_ROW = /^tcp6? +\d{1,9} +\d{1,9} +(\S{1,80}):(\d{1,5}) +\S{1,80} +LISTEN\b/gm;
const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}(?:%\w+)?|\[?::1\]?(?:%\w+)?|\[::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3}\])$/;

/** Whether anything listens on the port that Cloudflare connects to, by `ss -ltnp` or `netstat -ltnp`. */
function listeners(text: string, commands: readonly ShellCommand[], thread: Thread): ShellClue | null {
	const rows = [...text.matchAll(SS_ROW), ...text.matchAll(NETSTAT_ROW)].map(([, address = "", port]) => ({ address, port }));
	if (rows.length === 0 && !SS_HEAD.test(text) && !NETSTAT_HEAD.test(text)) return null;
	const asked = thread.code === "521" || thread.asks === "direct-origin";
	const ports = wantedPorts(commands, thread);
	const own = rows.filter(({ port = "" }) => ports.has(port));
	// The head shows that the list is whole; without it the rows may be a part.
	const isWhole = SS_HEAD.test(text) || NETSTAT_HEAD.test(text);
	if (!asked || (own.length === 0 && !isWhole)) return { answer: null, isShown: false };
	if (own.length === 0) return { answer: { key: "direct-origin", value: "refused" }, isShown: true };
	// Listens on loopback only: unreachable from outside, unless something forwards to it.
	return own.every(({ address }) => LOOPBACK.test(address))
		? { answer: { key: "direct-origin", value: "refused" }, isShown: false }
		: { answer: null, isShown: false };
}

/** The ports that the command asks about, else the one of the site. */
function wantedPorts(commands: readonly ShellCommand[], { url }: Thread): ReadonlySet<string> {
	const told = commands
		.filter(({ tool }) => tool === "ss" || tool === "netstat")
		.flatMap(({ text }) =>
			[...text.matchAll(/\b(?:sport|src)\s*(?:=|==|eq)\s*\S{0,40}?:(\d{1,5})\b/g)].map(([, port = ""]) => port),
		);
	if (told.length > 0) return new Set(told);
	const site = url == null ? null : URL.parse(url);
	return new Set([site === null ? "443" : site.port !== "" ? site.port : site.protocol === "http:" ? "80" : "443"]);
}

/** A time as the command that we print asks for it, and as an access log has it. */
const ASKED_MINUTE = /date -d '(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) UTC'/g;
const LOG_MINUTE = /\b\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}\b/;

/** A search in logs that found nothing: no entry, when it looked for the minute too; default logs contain no Ray ID. */
function search(commands: readonly ShellCommand[], { fromMs, toMs, asks, url }: Thread): ShellClue | null {
	const greps = commands.filter(({ tool, text }) => /grep$/.test(tool) && /\/var\/log|\.log\b|access_log|error_log/.test(text));
	const [first] = greps;
	if (first === undefined || greps.some(({ output }) => output.length > 0 && !output.every((line) => FAILED.test(line))))
		return null;
	const nothing: ShellClue = { answer: null, isShown: false };
	if (url == null || (asks !== "origin-log" && fromMs == null) || greps.some(({ output }) => output.length > 0)) return nothing;
	const searched = greps.flatMap(({ text }) => [
		...[...text.matchAll(ASKED_MINUTE)].map(([, day, clock]) => Date.parse(`${day}T${clock}Z`)),
		// A minute that a person wrote is in the server's own time.
		...(!text.includes("date -d") && LOG_MINUTE.test(text) ? [null] : []),
	]);
	const isOfIt = (ms: number | null) =>
		ms === null || fromMs == null || toMs == null || (ms >= fromMs - 60_000 && ms <= toMs + 60_000);
	// The folder may be another one, or empty: it is asked whether that was everything.
	return searched.some(isOfIt) ? { answer: { key: "origin-log", value: "nothing" }, isShown: false } : nothing;
}

/** journalctl's word for nothing in that time: the web server's own log is another one. */
const NO_ENTRIES = /^-- No entries --$/m;
/** What a shell or a tool says of itself, on a line of its own. */
const OF_ITSELF =
	/^(?:-?(?:ba|da|z|a|k)?sh: |sudo: |(?:grep|ss|journalctl|openssl|dig|tail|curl): )\S.{0,400}(?:not found|Permission denied|No such file or directory)\s*$/;
const COMPLAINTS = new RegExp(OF_ITSELF.source.replace("\\s*$", "$"), "gm");

/** A short text without the shell's or tool's own messages: "Permission denied" is not an answer. */
export const withoutComplaints = (text: string): string => (text.length > LINE_MAX_CHARS ? text : text.replace(COMPLAINTS, ""));

/** Output that answers no question and is not talk. */
function decidesNothing(text: string, commands: readonly ShellCommand[]): boolean {
	if (NO_ENTRIES.test(text) && (commands.length > 0 || text.trim().length < 200)) return true;
	if (commands.length > 0)
		return commands.every(
			({ tool, output }) => NO_PAGE.has(tool) || (output.length > 0 && output.every((line) => OF_ITSELF.test(line))),
		);
	if (OF_OPENSSL.test(text)) return true;
	const lines = text
		.slice(0, LINE_MAX_CHARS)
		.split("\n")
		.filter((line) => line.trim() !== "");
	return lines.length > 0 && lines.every((line) => OF_ITSELF.test(line.trim()));
}
