import type { JudgedExchange } from "../judge/capture.ts";
import { command, list, type Message, message, note, say, title } from "../message/message.ts";
import type { KeptHeader } from "../message/request-headers.ts";
import { show } from "../message/show.ts";
import { bold, code, plainText, type Text, text, utc } from "../message/text.ts";
import { captureMessage, exchangeWords, type ReadCapture } from "./capture.ts";
import { exchangeData } from "./capture-data.ts";
import { TAP_PLACES } from "./tap-places.ts";
import { counted, grouped, seconds } from "./words.ts";

const EXAMPLE = "tap --listen 127.0.0.1:8081 --to 127.0.0.1:8080 --for 1h";

/** Why a tap does not begin, by its flags and by what it met. */
const PROBLEMS = {
	"unknown-flag": `I do not know one of these flags. Example: ${EXAMPLE}. All of them: tap --help`,
	"no-listen": `tap needs --listen, where it accepts connections. Example: ${EXAMPLE}`,
	"no-to": `tap needs --to, the application that it passes everything on to. Example: ${EXAMPLE}`,
	"bad-listen": "--listen needs an IP address and a port. Example: --listen 127.0.0.1:8081",
	"bad-to": "--to needs a host and a port. Example: --to 127.0.0.1:8080",
	"same-place": "--listen and --to are the same, so the tap would only connect to itself.",
	"listen-not-loopback":
		"--listen is not a loopback IP address (127.0.0.1), so others could connect. Add --anywhere if that is what you want.",
	"to-not-loopback":
		"--to is not a loopback IP address (127.0.0.1), so the traffic would leave this machine. Add --anywhere if that is what you want.",
	"no-proxy-protocol":
		"In front of a public port the origin would see 127.0.0.1 for every visitor, and open to the internet what trusts it. Add --proxy-protocol if the origin reads the PROXY protocol, or place the tap between the proxy and the application.",
	"bad-for": "--for needs a time from 1s to 14d. Example: --for 1h",
	"bad-ray": "--ray needs a Ray ID. Example: --ray a6046ccef050d1c3-FRA",
	"bad-keep": "--keep needs the name of a new file. Example: --keep tap.jsonl",
	"keep-not-made": "The file for --keep exists already or cannot be created. Name a new one.",
	"port-taken": "Another program listens on the port of --listen. Choose another port.",
	"port-not-allowed": "This user may not listen on the port of --listen. Choose one above 1023.",
	"address-not-here": "This machine does not have the IP address of --listen.",
	"not-listening": "I cannot listen there (--listen).",
} as const;

/** Why a tap does not begin. */
export interface TapProblem {
	readonly problem: keyof typeof PROBLEMS;
}
export const tapProblem = ({ problem }: TapProblem): string => PROBLEMS[problem];

/** What `tap` alone and `tap --help` say. */
export const tapHelp = (start: string): Message =>
	message(
		"neutral",
		title(text`tap records the responses that Cloudflare would not accept, at the moment they happen.`),
		command(
			text`It runs between the proxy and the application, passes every byte on unchanged, and keeps only what is wrong:`,
			`${start} ${EXAMPLE.replace(/^tap /, "")}`,
		),
		list([
			text`${code("--for 1h")} ends it. Point the proxy back to the application before that: nothing listens on the port afterward.`,
			text`${code("--ray ID")} keeps only the exchange with that Ray ID, also when it was complete.`,
			text`${code("--keep FILE")} writes what it keeps into a new file that only you can read.`,
			text`${code("--whole")} keeps cookies, tokens and content as they are, instead of masking them.`,
			text`${code("--proxy-protocol")} tells the origin who connected. The origin must read the PROXY protocol.`,
			text`${code("--anywhere")} allows IP addresses other than loopback.`,
		]),
		say(text`${bold("Where to place it:")}`),
		list(TAP_PLACES),
		note(text`Where rules use the client's IP address, record packets instead: npm start -- capture reads them.`),
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
}

/** The lines at the start. */
export function tapStart({ listen, to, endsAtMs, whole, proxyProtocol, isOpen, isToLocal }: TapStart): string {
	const seen = isToLocal ? "127.0.0.1" : "this machine's IP address";
	const trusts = `whatever trusts ${isToLocal ? "127.0.0.1" : "it"} (allow 127.0.0.1, Require local, status and admin pages, debug consoles)`;
	const everyone = `the origin sees ${seen} for everyone who reaches ${listen}: ${trusts} is open to them`;
	const unless = proxyProtocol ? ", unless the origin uses the IP address in the PROXY line" : "";
	return [
		`${listen} passes everything on to ${to}, unchanged. Ctrl-C ends it after open requests, within 30 s.`,
		...(endsAtMs === null
			? []
			: [`It ends at ${utc(endsAtMs)}. Point the proxy back to ${to} before that: nothing listens on ${listen} afterward.`]),
		isOpen ? `${everyone}${unless}.`.toUpperCase() : `The origin sees ${seen} for every connection, so ${trusts} accepts them.`,
		...(whole ? ["--whole keeps cookies, passwords and content as they are. Never paste that."] : []),
	]
		.map((line) => `tap: ${line}\n`)
		.join("");
}

/** What is said while it runs. */
export const tapSays = {
	exchange: (one: JudgedExchange, leftOut: number): string =>
		`tap: ${plainText(exchangeWords(one, false))}${leftOut === 0 ? "" : ` (and ${grouped(leftOut)} more)`}\n`,
	noDescriptors: (open: number): string =>
		`tap: No file descriptors are left, so I reject new connections. The ${grouped(open)} open ones continue. Raise the limit: ulimit -n 65536\n`,
	refused: (to: string): string => `tap: ${to} does not accept connections, so I reset those that come here.\n`,
	fileFailed: (): string => "tap: I can no longer write the file of --keep. Everything passes on as before.\n",
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
	readonly file: string | null;
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
					text`${counted(counts.notRead, "connection")} passed on, but I did not read ${counts.notRead === 1 ? "it" : "them"} to the end.`,
				]),
		...(counts.notWritten === 0
			? []
			: [
					text`${counted(counts.notWritten, "exchange")} could not be written in time. The counts above include ${counts.notWritten === 1 ? "it" : "them"}.`,
				]),
		...(counts.file === null ? [] : [text`The kept responses are in ${code(counts.file)}.`]),
	];
	if (read.rays === null && read.tally.exchanges === 0) return nothing(read, counts, notes);
	const told = captureMessage(read);
	return { ...told, blocks: [...told.blocks, ...notes.map(note)] };
}

/** No request passed. */
function nothing({ name, facts }: ReadCapture, { tookMs, refused }: TapCounts, notes: readonly Text[]): Message {
	const { tls, h2, other } = facts.protocols;
	const why =
		tls > 0
			? text`${name}: Only TLS passed, which I cannot read. Place the tap where HTTP is plain.`
			: h2 > 0
				? text`${name}: Only HTTP/2 passed, which I do not read here.`
				: other > 0
					? text`${name}: Something passed, but no HTTP request.`
					: refused > 0
						? text`${name}: The application did not accept ${counted(refused, "connection")}.`
						: text`${name}: Nothing passed in ${seconds(tookMs)}. Does the proxy connect to this port?`;
	return message("unclear", title(why), ...notes.map(note));
}

/** A name of a file as it is shown. */
export const shownFile = (name: string): string => show(name, 120);
