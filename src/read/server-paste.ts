import type { Ending } from "./wire/ending.ts";
import { readResponse } from "./wire/read.ts";

/** A response as a program on the server shows it. */
export interface ServerPaste {
	readonly kind: "HAProxy show errors" | "strace" | "nginx debug log";
	readonly bytes: Buffer;
	readonly ending: Ending;
	readonly method: "GET" | "HEAD";
	/** The text does not hold all of its content. */
	readonly contentLost: boolean;
	/** The text does not hold the end of its header section. */
	readonly headIsCut: boolean;
	/** The text does not hold the bytes, but what was read from them. */
	readonly isDecoded: boolean;
}

const SHOW_ERRORS = /^.{0,400}\binvalid response[ \t]*$/m;
const STRACE =
	/^(?:\[pid +\d+\] *|\d+ +)?(?:[\d:.]+ +)?(?:write|writev|send|sendto|sendmsg)\(\d+[^\n"]{0,400}"(?:HTTP\/1\.|\\x48\\x54\\x54\\x50\\x2f)/m;
const NGINX_DEBUG = /\[debug\] \d+#\d+: \*\d+ http (?:(?:proxy|uwsgi|scgi) status \d|fastcgi header: ")/;

/** Whether a text holds a response in one of these forms; a quick look before the reading. */
export const looksLikeServerPaste = (text: string): boolean =>
	SHOW_ERRORS.test(text) || STRACE.test(text) || NGINX_DEBUG.test(text);

/** Reads a response in what HAProxy, strace and nginx print. null when there is none. Total; linear. */
export function readServerPaste(text: string): ServerPaste | null {
	if (SHOW_ERRORS.test(text)) return readShowErrors(text);
	if (STRACE.test(text)) return readStrace(text);
	return NGINX_DEBUG.test(text) ? readNginxDebug(text) : null;
}

/** The text with blanks in the place of what these programs print, every other character where it was: hosts and numbers in it are data. */
export function withoutServerPaste(text: string): string {
	if (!looksLikeServerPaste(text)) return text;
	const lines = text.split("\n");
	// Between its lines, nginx prints whole headers.
	const debug = lines.flatMap((line, nth) => (line.includes(" [debug] ") ? [nth] : []));
	const [from = lines.length, to = -1] = [debug[0], debug.at(-1)];
	return lines
		.map((line, nth) => {
			const isPrinted = (nth >= from && nth <= to) || DUMPED.test(line) || CALL.test(line) || RESUMED.test(line);
			return isPrinted ? " ".repeat(line.length) : line;
		})
		.join("\n");
}

const ESCAPED = /\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|(.))/g;
const LETTERS: Readonly<Record<string, string>> = {
	n: "\n",
	r: "\r",
	t: "\t",
	v: "\v",
	f: "\f",
	e: "\u001b",
	a: "\u0007",
	b: "\b",
};
const unescaped = (text: string): Buffer =>
	Buffer.from(
		text.replace(ESCAPED, (_all, hex?: string, octal?: string, letter = "") =>
			hex !== undefined
				? String.fromCharCode(Number.parseInt(hex, 16))
				: octal !== undefined
					? String.fromCharCode(Number.parseInt(octal, 8) & 255)
					: (LETTERS[letter] ?? letter),
		),
		"latin1",
	);

/** `00078  X Cart State: open\r\n`; `+` where a long line goes on. */
const DUMPED = /^ {0,8}(\d{5,9})[ +] ?(.*)$/;

/**
 * The newest response that HAProxy rejected, by `show errors` (src/proxy.c: dump_text_line). It ends where HAProxy stopped: nothing in it
 * tells how the connection ended.
 */
function readShowErrors(text: string): ServerPaste | null {
	const lines = text.slice(SHOW_ERRORS.exec(text)?.index ?? 0).split("\n");
	const parts: Buffer[] = [];
	let length = 0;
	for (const line of lines.slice(1)) {
		const [, at, bytes = ""] = DUMPED.exec(line) ?? [];
		if (at === undefined) {
			// The next event begins at its time.
			if (parts.length > 0 && /^\[|^Total events/.test(line)) break;
			continue;
		}
		// A line is missing: what follows is not in its place.
		if (Number(at) !== length) break;
		const part = unescaped(bytes);
		parts.push(part);
		length += part.length;
	}
	if (parts.length === 0) return null;
	return {
		kind: "HAProxy show errors",
		bytes: Buffer.concat(parts),
		ending: "enough",
		method: "GET",
		contentLost: false,
		headIsCut: false,
		isDecoded: false,
	};
}

const CALL =
	/^(?:\[pid +(\d+)\] *|(\d+) +)?(?:[\d:.]+ +)?(write|writev|send|sendto|sendmsg|read|readv|recv|recvfrom|recvmsg|sendfile|sendfile64|splice|close|shutdown)\((\d+)(?:<[^\n]{0,200}?>(?=[,)]))?(.*)$/;
const RESUMED = /^(?:\[pid +(\d+)\] *|(\d+) +)?(?:[\d:.]+ +)?<\.\.\. \w+ resumed>(.*)$/;
const GONE = /^(?:\[pid +(\d+)\] *|(\d+) +)?(?:[\d:.]+ +)?\+\+\+ (?:exited|killed)\b/;

/** A string among the arguments of a call; `isCut`: strace was told to print less. */
interface Quoted {
	readonly text: string;
	readonly isCut: boolean;
}

/** The strings behind every `before`, at most so many; one without its end is none, and none follows it. */
function quotedIn(args: string, before: string, max: number): Quoted[] {
	const out: Quoted[] = [];
	const opens = `${before}"`;
	for (let at = args.indexOf(opens); at >= 0 && out.length < max; at = args.indexOf(opens, at)) {
		const from = at + opens.length;
		let end = from;
		while (end < args.length && args[end] !== '"') end += args[end] === "\\" ? 2 : 1;
		if (end >= args.length) break;
		out.push({ text: args.slice(from, end), isCut: args.startsWith("...", end + 1) });
		at = end + 1;
	}
	return out;
}
const PARTS_MAX = 1_024;

/** What one process wrote to one descriptor, from a status line on. */
interface Written {
	readonly pid: string;
	readonly fd: string;
	readonly parts: Buffer[];
	readonly method: "GET" | "HEAD";
	/** strace was told to print less. */
	isCut: boolean;
	isClosed: boolean;
	/** Something else is read or written there since. */
	isOver: boolean;
}

/** The response that a worker wrote, by strace: of several the first that it closed before the end, else the last one. */
function readStrace(text: string): ServerPaste | null {
	const all: Written[] = [];
	const heads = new Set<string>();
	const unfinished = new Map<string, string>();
	/** The newest response on a descriptor: of this process, else of another thread. */
	const on = (pid: string, fd: string) =>
		all.findLast((one) => one.fd === fd && one.pid === pid && !one.isOver) ??
		all.findLast((one) => one.fd === fd && !one.isOver && !one.isClosed);
	const take = (pid: string, call: string, fd: string, rest: string): void => {
		const result = Number(/ = (-?\d+)(?: [A-Z]\w+ \([^)]*\))?[^=]*$/.exec(rest)?.[1] ?? Number.NaN);
		if (call === "close" || (call === "shutdown" && /SHUT_(?:WR|RDWR)|, [12]\)/.test(rest))) {
			const open = on(pid, fd);
			if (open !== undefined && result === 0) open.isClosed = true;
			return;
		}
		if (call === "shutdown") return;
		if (call.startsWith("sendfile") || call === "splice") {
			// The system sends these bytes by itself: they are not printed.
			const open = on(pid, call === "splice" ? (/^, [^,]*, (\d+)/.exec(rest)?.[1] ?? "") : fd);
			if (open !== undefined && result > 0) open.isCut = true;
			return;
		}
		const isVector = call === "writev" || call === "sendmsg" || call === "readv" || call === "recvmsg";
		const strings = isVector ? quotedIn(rest, "iov_base=", PARTS_MAX) : quotedIn(rest, "", 1);
		const bytes = Buffer.concat(strings.map((one) => unescaped(one.text)));
		const first = bytes.toString("latin1", 0, 8);
		if (/^(?:read|recv)/.test(call)) {
			const before = on(pid, fd);
			if (!(result > 0) || !/^[A-Z]{3,8} /.test(first)) return;
			if (before !== undefined) before.isOver = true;
			if (first.startsWith("HEAD ")) heads.add(`${pid} ${fd}`);
			else heads.delete(`${pid} ${fd}`);
			return;
		}
		if (!(result > 0)) return;
		let open = on(pid, fd);
		if (/^HTTP\/1\./.test(first)) {
			if (open !== undefined) open.isOver = true;
			if (all.length >= RESPONSES_MAX) return;
			const method = heads.has(`${pid} ${fd}`) ? "HEAD" : "GET";
			open = { pid, fd, parts: [], method, isCut: false, isClosed: false, isOver: false };
			all.push(open);
		}
		if (open === undefined || open.isCut || open.isClosed) return;
		open.parts.push(bytes.subarray(0, result));
		open.isCut = strings.some(({ isCut }) => isCut) || bytes.length < result;
	};
	for (const line of text.split("\n")) {
		const called = CALL.exec(line);
		if (called !== null) {
			const [, inBrackets, plain, call = "", fd = "", rest = ""] = called;
			const pid = inBrackets ?? plain ?? "";
			if (/<unfinished \.\.\.>$/.test(rest)) unfinished.set(pid, `${call} ${fd} ${rest.replace(/ ?<unfinished \.\.\.>$/, "")}`);
			else take(pid, call, fd, rest);
			continue;
		}
		const resumed = RESUMED.exec(line);
		if (resumed !== null) {
			const pid = resumed[1] ?? resumed[2] ?? "";
			const [call = "", fd = "", ...rest] = (unfinished.get(pid) ?? "").split(" ");
			unfinished.delete(pid);
			if (call !== "") take(pid, call, fd, `${rest.join(" ")}${resumed[3] ?? ""}`);
			continue;
		}
		const gone = GONE.exec(line);
		// The system closes what a process leaves open.
		if (gone !== null) for (const one of all) if (one.pid === (gone[1] ?? gone[2] ?? "") && !one.isOver) one.isClosed = true;
	}
	const isBroken = (one: Written) =>
		one.isClosed && !one.isCut && !readResponse(Buffer.concat(one.parts), { method: one.method, closed: true }).complete;
	const chosen = all.find(isBroken) ?? all.at(-1);
	if (chosen === undefined) return null;
	return {
		kind: "strace",
		bytes: Buffer.concat(chosen.parts),
		ending: chosen.isClosed && !chosen.isCut ? "fin" : "enough",
		method: chosen.method,
		contentLost: chosen.isCut,
		headIsCut: false,
		isDecoded: false,
	};
}
const RESPONSES_MAX = 200;

const DEBUG_LINE =
	/\[debug\] \d+#\d+: \*(\d+) http (proxy|fastcgi|uwsgi|scgi) (?:status (\d{3,4})(?: "(.*)")?|header: "(.*?)"?|header (done))$/;

/** The header section that nginx read from what is behind it, by `error_log … debug`: line by line, as nginx understood it. */
function readNginxDebug(text: string): ServerPaste | null {
	let connection: string | null = null;
	let status: string | null = null;
	let hasEnd = false;
	const fields: string[] = [];
	for (const line of text.split("\n")) {
		const [, number, by, code, reason, field, done] = DEBUG_LINE.exec(line.trimEnd()) ?? [];
		if (number === undefined || (connection !== null && number !== connection)) continue;
		if (code !== undefined) {
			// A second response on the connection.
			if (status !== null) break;
			connection = number;
			status = reason === undefined || reason === "" ? code : reason;
			continue;
		}
		// Before the status, headers of a proxied request are logged in the same words.
		if (status === null && by !== "fastcgi") continue;
		connection = number;
		if (field !== undefined && fields.length < FIELDS_MAX) {
			fields.push(field);
			// CGI and its kin tell the status as a header.
			const told = /^status: *(\d{3}\b.*)$/i.exec(field)?.[1];
			if (told !== undefined) status = told;
		} else if (done !== undefined) {
			hasEnd = true;
			break;
		}
	}
	if (fields.length === 0) return null;
	const head = [`HTTP/1.1 ${status ?? "200 OK"}`, ...fields].join("\r\n");
	return {
		kind: "nginx debug log",
		bytes: Buffer.from(`${head}\r\n${hasEnd ? "\r\n" : ""}`, "latin1"),
		ending: "enough",
		method: "HEAD",
		contentLost: true,
		headIsCut: !hasEnd,
		isDecoded: true,
	};
}
const FIELDS_MAX = 2_000;
