import type { JudgedExchange } from "../judge/capture.ts";
import { maskedPath } from "../message/masking.ts";
import { command, list, type Message, message, note, say, title } from "../message/message.ts";
import type { KeptHeader } from "../message/request-headers.ts";
import { show } from "../message/show.ts";
import { bold, code, plainText, type Text, text, utc } from "../message/text.ts";
import { captureMessage, exactClock, exchangeWords, type ReadCapture } from "./capture.ts";
import { exchangeData } from "./capture-data.ts";
import { TAP_PLACES, TAP_STARTS } from "./tap-places.ts";
import { ageWords, counted, grouped } from "./words.ts";

const EXAMPLE = "--listen 127.0.0.1:8081 --to 127.0.0.1:8080 --for 1h";
/** Stands for how the tap is started here. */
const TAP = "{tap}";

/** Stands for a word that was typed. */
const WORD = "{word}";

/** Why a tap does not begin, by its flags and by what it met. */
const PROBLEMS = {
	"unknown-flag": `I do not know ${WORD}. To list all flags: ${TAP} --help`,
	"no-value": `One of the flags lacks its value, or has one too many. To list them: ${TAP} --help`,
	"no-listen": `--listen is missing: the IP address and port where the tap accepts connections. Example: ${TAP} ${EXAMPLE}`,
	"no-to": `--to is missing: the application to which the tap passes everything on. Example: ${TAP} ${EXAMPLE}`,
	"bad-listen": "--listen needs an IP address and a port. Example: --listen 127.0.0.1:8081",
	"bad-to": "--to needs a hostname or an IP address, and a port. Example: --to 127.0.0.1:8080",
	"same-place": "--to leads back to --listen, so the tap would only connect to itself. Give --listen another port.",
	"listen-not-loopback":
		"--listen is not a loopback IP address such as 127.0.0.1, so other machines could connect. If you want that, add --anywhere",
	"to-not-loopback":
		"--to is not a loopback IP address such as 127.0.0.1, so the traffic would leave this machine. If you want that, add --anywhere",
	"no-proxy-protocol":
		"On a public port, every visitor would reach the application as this machine, past each rule that trusts it. Place the tap between the proxy and the application, or add --proxy-protocol if the application reads the PROXY protocol.",
	"bad-for": "--for needs a time from 1s to 14d. Example: --for 1h",
	"bad-ray": "--ray needs a Ray ID. Example: --ray a6046ccef050d1c3-FRA",
	"bad-keep": "--keep needs the name of a new file. Example: --keep tap.jsonl",
	"keep-not-made": "The file for --keep exists already, or I cannot create it. Name a new file in a folder that exists.",
	"port-taken": "Another program already listens on the port of --listen. Choose another port.",
	"port-not-allowed": "This user may not listen on the port of --listen. Choose one above 1023.",
	"address-not-here": "This machine does not have the IP address of --listen. Choose one that it has.",
	"not-listening": "I cannot listen on the IP address and port of --listen. Choose others.",
} as const;

/** Why a tap does not begin. */
export interface TapProblem {
	readonly problem: keyof typeof PROBLEMS;
	/** What was typed. */
	readonly word?: string;
}

/** @param start how the tap is started here */
export const tapProblem = ({ problem, word = "" }: TapProblem, start: string): string =>
	PROBLEMS[problem].replaceAll(TAP, () => start).replace(WORD, () => show(word, 60));

/** What `tap` alone and `tap --help` say. */
export const tapHelp = (start: string): Message =>
	message(
		"neutral",
		title(text`tap records the responses that Cloudflare would not accept, at the moment they happen.`),
		command(
			text`It runs between the proxy and the application, passes every byte on unchanged, and keeps only what is wrong:`,
			`${start} ${EXAMPLE}`,
		),
		list([
			text`${code("--for 1h")} ends it after an hour. Point the proxy back to the application before that, because nothing listens on the port afterward.`,
			text`${code("--ray ID")} keeps only the exchange with that Ray ID, even if it was complete.`,
			text`${code("--keep FILE")} writes what it keeps to a new file that only you can read.`,
			text`${code("--whole")} keeps cookies, tokens and content as they are instead of masking them.`,
			text`${code("--proxy-protocol")} tells the application who connected. The application must read the PROXY protocol.`,
			text`${code("--anywhere")} allows IP addresses other than loopback.`,
		]),
		say(text`${bold("Where to place it:")}`),
		list(TAP_PLACES),
		...TAP_STARTS,
		note(
			text`If rules at the application use the client's IP address, record packets instead. ${code("npm start -- capture")} reads them.`,
		),
	);

/** What a tap is about to do. */
interface TapStart {
	readonly listen: string;
	readonly to: string;
	readonly endsAtMs: number | null;
	readonly whole: boolean;
	readonly proxyProtocol: boolean;
	readonly isOpen: boolean;
	readonly isToLocal: boolean;
	/** What is kept is shown as lines for people alone: a terminal is no place for bytes. */
	readonly isTerminal: boolean;
}

/** The lines at the start. */
export function tapStart({ listen, to, endsAtMs, whole, proxyProtocol, isOpen, isToLocal, isTerminal }: TapStart): string {
	const seen = isToLocal ? "127.0.0.1" : "this machine's IP address";
	const trusts = (does: string) =>
		isToLocal
			? `Whatever trusts 127.0.0.1 ${does}: allow 127.0.0.1, Require local, status and admin pages, debug consoles.`
			: `Whatever trusts it ${does}: rules for IP addresses, status and admin pages, debug consoles.`;
	const origin = isOpen
		? [
				`For ${to}, everyone who reaches ${listen} comes from ${seen}.`,
				trusts("is open to them"),
				...(proxyProtocol ? [`${to} must use the IP address in the PROXY line instead.`] : []),
			]
				.join(" ")
				.toUpperCase()
		: `For ${to}, every connection comes from ${seen}. ${trusts("accepts them")}`;
	return [
		`${listen} passes everything on to ${to}, unchanged. Ctrl-C ends it after open requests, within 30 s.`,
		...(endsAtMs === null
			? []
			: [`It ends at ${utc(endsAtMs)}. Point the proxy back to ${to} before that: nothing listens on ${listen} afterward.`]),
		origin,
		...(proxyProtocol
			? [`Each connection begins with a PROXY line. A server that does not read the PROXY protocol rejects it.`]
			: []),
		...(whole ? ["--whole keeps cookies, passwords and content as they are. Never paste what it keeps."] : []),
		...(isTerminal ? ["This is a terminal, so I leave out the bytes of what I keep. --keep FILE keeps them."] : []),
	]
		.map((line) => `tap: ${line}\n`)
		.join("");
}

/** What `--version` says. */
export const tapVersion = (version: string): string => `cf520-tap ${version}`;

/** What is said while it runs. */
export const tapSays = {
	exchange: (one: JudgedExchange, leftOut: number): string =>
		`tap: ${plainText(exchangeWords(one, false))}${leftOut === 0 ? "" : ` (and ${grouped(leftOut)} more since the last line)`}\n`,
	noDescriptors: (open: number): string =>
		`tap: No file descriptors are left, so I reject new connections. The ${open === 1 ? "open one continues" : `${grouped(open)} open ones continue`}. Raise the limit before the next start: ulimit -n 65536\n`,
	refused: (to: string, atMs: number): string =>
		`tap: ${exactClock(atMs)} ${to} does not accept connections, so I reset those that come here.\n`,
	accepts: (to: string, atMs: number, refused: number): string =>
		`tap: ${exactClock(atMs)} ${to} accepts connections again. I reset ${grouped(refused)} before that.\n`,
	fileFailed: (): string => "tap: I can no longer write to the file of --keep. The tap passes everything on as before.\n",
	stopping: (open: number): string =>
		`tap: I accept no new connections. ${counted(open, "connection")} ${open === 1 ? "is" : "are"} still open (30 s at most; Ctrl-C again ends ${open === 1 ? "it" : "them"}).\n`,
};

/** What is kept of an exchange beside what it shows. */
interface TapKept {
	readonly protocol: "http/1.0" | "http/1.1";
	/** The response, or its beginning. */
	readonly bytes: Uint8Array;
	readonly cut: boolean;
	readonly masked: boolean;
	/** Of the request. */
	readonly headers: readonly KeptHeader[] | null;
}

/** A kept exchange as a JSON line: as `capture -` has it, and `autopsy -` reads it. */
export function tapData(id: string, one: JudgedExchange, { protocol, bytes, cut, masked, headers }: TapKept) {
	return {
		id,
		...exchangeData(one),
		// A path may hold what opens a door, too.
		...(masked && one.path !== null ? { path: maskedPath(one.path) } : {}),
		host: one.host,
		protocol,
		...(headers === null ? {} : { request: { bytes: one.requestHeadBytes, headers } }),
		bytes_b64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64"),
		...(cut ? { bytesCut: true } : {}),
		masked,
	};
}

/** What passed, beside its exchanges. */
export interface TapCounts {
	readonly tookMs: number;
	/** Connections that the application refused, and that there were no descriptors for. */
	readonly refused: number;
	readonly noDescriptors: number;
	/** Connections that were passed on without being read to their end. */
	readonly notRead: number;
	/** Kept exchanges that could not be written. */
	readonly notWritten: number;
	/** No JSON lines were written to standard output. */
	readonly isTerminal: boolean;
	/** The file that has what was kept; null for none. */
	readonly file: string | null;
	/** It reached its largest size, and lost its older half. */
	readonly fileCut: boolean;
}

/** The summary at the end, made to be pasted. */
export function tapSummary(read: ReadCapture, counts: TapCounts): Message {
	const notes: Text[] = [
		...(counts.noDescriptors === 0
			? []
			: [
					text`${counted(counts.noDescriptors, "connection")} found no free file descriptor and ${counts.noDescriptors === 1 ? "was" : "were"} rejected.`,
				]),
		...(counts.notRead === 0
			? []
			: [
					text`I did not read ${counted(counts.notRead, "connection")} to the end. ${counts.notRead === 1 ? "It" : "They"} passed on unchanged.`,
				]),
		...(counts.notWritten === 0
			? []
			: [
					text`${counted(counts.notWritten, "exchange")} could not be written. The counts above include ${counts.notWritten === 1 ? "it" : "them"}.`,
				]),
		...(counts.file === null || read.told.length === 0
			? []
			: [text`What I kept is in ${code(counts.file)}${counts.fileCut ? ", without the oldest: it reached 100 MB" : ""}.`]),
	];
	if (read.rays === null && read.tally.exchanges === 0) return nothing(read, counts, notes);
	const hasLines = counts.file !== null || !counts.isTerminal;
	const told = captureMessage({ ...read, allIn: hasLines ? text`read the JSON lines` : text`add ${code("--keep FILE")}` });
	return { ...told, blocks: [...told.blocks, ...notes.map(note)] };
}

/** No request passed. */
function nothing({ name, facts }: ReadCapture, { tookMs, refused }: TapCounts, notes: readonly Text[]): Message {
	const { tls, h2, other } = facts.protocols;
	const why =
		tls > 0
			? text`${name}: Only TLS passed, which I cannot read. Place the tap where HTTP is plain.`
			: h2 > 0
				? text`${name}: Only HTTP/2 passed, which I do not read. Let the proxy use HTTP/1.1 to the application.`
				: other > 0
					? text`${name}: Something passed, but no HTTP request.`
					: refused > 0
						? text`${name}: The application did not accept ${counted(refused, "connection")}.`
						: text`${name}: Nothing passed in ${ageWords(tookMs)}. Does the proxy connect to this port?`;
	return message("unclear", title(why), ...notes.map(note));
}

/** A name of a file as it is shown. */
export const shownFile = (name: string): string => show(name, 120);
