import { createHmac, randomBytes } from "node:crypto";
import { createServer, type Socket } from "node:net";
import { basename } from "node:path";
import { isatty } from "node:tty";
import { CaptureTally, failsBehind, isListed, type JudgedExchange, judgeExchange } from "../judge/capture.ts";
import { maskedResponse } from "../message/masked-response.ts";
import type { Message } from "../message/message.ts";
import { requestHeaders } from "../message/request-headers.ts";
import type { Protocol } from "../read/capture/connection.ts";
import type { RecordedExchange } from "../read/capture/exchange.ts";
import type { ReadCapture } from "../reply/capture.ts";
import {
	shownFile,
	type TapProblem,
	tapData,
	tapHelp,
	tapProblem,
	tapSays,
	tapStart,
	tapSummary,
	tapVersion,
} from "../reply/tap.ts";
import { descriptorsLeft } from "./descriptors.ts";
import { isLoopbackAddress, type Place, readTapFlags, type TapAsked } from "./flags.ts";
import { flushed, type Lines, type LinesFile, linesTo, linesToFile } from "./lines.ts";
import { type NotPassed, type Pass, pass } from "./pass.ts";
import { ConnectionReader, type Held, type Kept, type ReaderSink } from "./reader.ts";

/** What a tap needs of its process. */
export interface TapStreams {
	/** Gets the JSON lines, and the one for people. */
	readonly out: Lines;
	readonly aside: Lines;
	/** `out` is a terminal. */
	readonly isTerminal: boolean;
	render(message: Message): string;
	/** How it is started, as people type it. */
	readonly command: string;
	readonly version: string;
	/** Called with what ends the tap when it is called: once in order, twice at once. */
	onStop(stop: () => void): void;
}

/** The usual streams: standard output, standard error, SIGTERM and SIGINT. */
export const processStreams = (command: string, version: string, render: (message: Message) => string): TapStreams => ({
	command,
	version,
	out: linesTo(1),
	aside: linesTo(2),
	isTerminal: isatty(1),
	render,
	onStop: (stop) => {
		for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, stop);
	},
});

/** Open requests have this long when it stops. */
const STOP_MS_MAX = 30_000;
const IDLE_EVERY_MS = 200;
/** A line for people at most every so often. */
const LINE_EVERY_MS = 1_000;
/** Bytes of kept responses in one second; beyond it only what they show. */
const BYTES_A_SECOND_MAX = 8 * 1024 * 1024;
const BEGINNING_BYTES = 4 * 1024;
/** As many are told one by one in the summary. */
const TOLD_MAX = 1_000;
const BACKLOG = 4_096;
/** For files, names that are looked up, and what Node opens by itself. */
const DESCRIPTORS_SPARE = 16;

/** `tap …`: passes on, keeps what is wrong, until it is stopped. Returns the exit status. */
export async function runTap(words: readonly string[], streams: TapStreams): Promise<number> {
	const asked = readTapFlags(words);
	if (asked === "help" || asked === "version") {
		streams.out.add(asked === "version" ? tapVersion(streams.version) : streams.render(tapHelp(streams.command)));
		await flushed([streams.out]);
		return words.length === 0 ? 2 : 0;
	}
	if ("problem" in asked) return fail(streams, asked);
	const aside = (text: string) => void streams.aside.add(text.replace(/\n$/, ""));
	const file = asked.keep === null ? null : await linesToFile(asked.keep, () => aside(tapSays.fileFailed()));
	if (asked.keep !== null && file === null) return fail(streams, { problem: "keep-not-made" });
	const { isTerminal } = streams;
	const tap = new Tap(asked, isTerminal ? null : streams.out, file, aside);
	const listen = await tap.listen();
	if ("problem" in listen) {
		await file?.remove();
		return fail(streams, listen);
	}
	const startedAt = Date.now();
	const { to, whole, proxyProtocol, isOpen, isToLocal, forMs } = asked;
	const endsAtMs = forMs === null ? null : startedAt + forMs;
	aside(tapStart({ listen: written(listen), to: written(to), endsAtMs, whole, proxyProtocol, isOpen, isToLocal, isTerminal }));
	streams.onStop(() => tap.stop());
	const timer = forMs === null ? null : setTimeout(() => tap.stop(false), forMs);
	await tap.ended;
	if (timer !== null) clearTimeout(timer);
	// What nobody took is told in the summary.
	await flushed([...(isTerminal ? [] : [streams.out]), ...(file === null ? [] : [file])]);
	if (!isTerminal) tap.lost(streams.out.unwritten);
	const rule = "-".repeat(72);
	aside(`${rule}\n${streams.render(tap.summary(startedAt, Date.now()))}\n${rule}`);
	await flushed([streams.aside]);
	await file?.close();
	return 0;
}

async function fail({ aside, command }: TapStreams, problem: TapProblem): Promise<number> {
	aside.add(`cf520: ${tapProblem(problem, command)}`);
	await flushed([aside]);
	return 2;
}

const written = ({ host, port }: Place): string => `${host.includes(":") ? `[${host}]` : host}:${port}`;

/** A running tap. */
class Tap implements ReaderSink {
	readonly #asked: TapAsked;
	readonly #out: Lines | null;
	readonly #file: LinesFile | null;
	readonly #aside: (text: string) => void;
	readonly #server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client));
	readonly #open = new Map<Pass, ConnectionReader>();
	readonly #kept: Held = { bytes: 0 };
	readonly #read: Held = { bytes: 0 };
	readonly #tally = new CaptureTally();
	readonly #told: JudgedExchange[] = [];
	readonly #wanted: ReadonlySet<string> | null;
	readonly #protocols: Record<Protocol, number> = { http: 0, tls: 0, h2: 0, other: 0 };
	readonly #key = randomBytes(32);
	#openMax = Number.POSITIVE_INFINITY;
	#leftOut = 0;
	#nth = 0;
	#notWritten = 0;
	#notRead = 0;
	#refused = 0;
	/** The application does not accept connections; null: it does, or that was not told. */
	#away: { refused: number } | null = null;
	#awayAtMs = 0;
	#noDescriptors = 0;
	#lineAtMs = 0;
	#linesLeftOut = 0;
	#second = { at: 0, bytes: 0 };
	/** What ends with it: the time for open requests, and the look for idle connections. */
	#stopping: readonly NodeJS.Timeout[] | null = null;
	#finish: () => void = () => {};
	/** When nothing is open any more, after it was stopped. */
	readonly ended = new Promise<void>((resolve) => {
		this.#finish = resolve;
	});

	constructor(asked: TapAsked, out: Lines | null, file: LinesFile | null, aside: (text: string) => void) {
		this.#asked = asked;
		this.#out = out;
		this.#file = file;
		this.#aside = aside;
		this.#wanted = asked.rays === null ? null : new Set(asked.rays.map(({ id }) => id));
	}

	/** Returns where it listens. */
	listen(): Promise<TapProblem | Place> {
		return new Promise((done) => {
			const { host, port } = this.#asked.listen;
			this.#server.once("error", (error: NodeJS.ErrnoException) =>
				done({ problem: LISTEN_PROBLEMS[error.code ?? ""] ?? "not-listening" }),
			);
			this.#server.listen({ host, port, backlog: BACKLOG }, () => {
				this.#server.removeAllListeners("error");
				// A connection that cannot be accepted is none of ours.
				this.#server.on("error", () => this.#outOfDescriptors());
				// Beyond the system's limit it would take connections and have none for the other side.
				const left = descriptorsLeft();
				if (left !== null) this.#openMax = Math.max(1, Math.floor((left - DESCRIPTORS_SPARE) / 2));
				const bound = this.#server.address();
				const address = typeof bound === "object" && bound !== null ? bound.address : host;
				// A name leads where the machine says.
				if (this.#asked.isOpen || isLoopbackAddress(address)) done({ host: address, port });
				else this.#server.close(() => done({ problem: "listen-not-loopback" }));
			});
		});
	}

	/**
	 * No new connections; what is open has some time.
	 * @param ends called again, it ends that time
	 */
	stop(ends = true): void {
		const resetAll = () => {
			for (const one of this.#open.keys()) one.reset();
		};
		if (this.#stopping !== null) {
			if (ends) resetAll();
			return;
		}
		this.#server.close();
		if (this.#open.size > 0) this.#aside(tapSays.stopping(this.#open.size));
		const endIdle = () => {
			for (const [one, reader] of this.#open) if (reader.idle) one.end();
		};
		this.#stopping = [setTimeout(resetAll, STOP_MS_MAX), setInterval(endIdle, IDLE_EVERY_MS)];
		endIdle();
		this.#mayEnd();
	}

	now(): number {
		return Date.now();
	}

	told(exchange: RecordedExchange, bytes: () => Kept): void {
		const judged = judgeExchange(exchange);
		this.#tally.add(judged);
		const isWanted =
			this.#wanted === null ? isListed(judged) || failsBehind(judged) : judged.ray !== null && this.#wanted.has(judged.ray);
		if (!isWanted) return;
		if (this.#told.length < TOLD_MAX) this.#told.push(judged);
		else this.#leftOut += 1;
		this.#keep(judged, exchange, bytes);
		this.#say(judged);
	}

	connectionEnded(protocol: Protocol | null): void {
		if (protocol !== null) this.#protocols[protocol] += 1;
	}

	broke(): void {
		this.#notRead += 1;
	}

	/** So many lines were kept and not taken. */
	lost(lines: number): void {
		this.#notWritten += lines;
	}

	summary(fromMs: number, toMs: number): Message {
		const { rays, keep } = this.#asked;
		const sum = Object.values(this.#protocols).reduce((all, one) => all + one, 0);
		const read: ReadCapture = {
			name: "tap",
			facts: {
				...{ problem: null, fromMs, toMs, packets: null },
				...{ connections: sum + this.#notRead, protocols: { ...this.#protocols }, otherProtocol: null },
				...{ refused: this.#refused, givenUp: 0, cutPackets: 0, dropped: 0, hasKeys: false },
				unread: { fragment: 0, tunnel: 0, "extension-header": 0, "link-type": 0, short: 0 },
			},
			tally: this.#tally,
			told: this.#told.toSorted((a, b) => a.startedAtMs - b.startedAtMs),
			leftOut: this.#leftOut,
			rays,
			isPart: false,
		};
		return tapSummary(read, {
			...{ tookMs: toMs - fromMs, refused: this.#refused, noDescriptors: this.#noDescriptors },
			...{ notRead: this.#notRead, notWritten: this.#notWritten },
			file: keep === null ? null : shownFile(basename(keep)),
			...{ fileCut: this.#file?.isCut === true, isTerminal: this.#out === null },
		});
	}

	#accept(client: Socket): void {
		const { to, proxyProtocol } = this.#asked;
		if (this.#open.size >= this.#openMax) {
			client.on("error", () => {}).resetAndDestroy();
			this.#outOfDescriptors();
			return;
		}
		const preface = proxyProtocol ? proxyLine(client) : null;
		const reader = new ConnectionReader(this, to.port, this.#kept, this.#read);
		const passed = pass(client, { ...to, preface }, reader, (why) => {
			this.#open.delete(passed);
			if (why !== null) this.#notPassed(why);
			else if (this.#away !== null) this.#accepts(this.#away);
			this.#mayEnd();
		});
		this.#open.set(passed, reader);
	}

	#notPassed(why: NotPassed): void {
		if (why === "no-descriptors") {
			this.#outOfDescriptors();
			return;
		}
		this.#refused += 1;
		const now = Date.now();
		if (this.#away !== null) this.#away.refused += 1;
		else if (now - this.#awayAtMs >= LINE_EVERY_MS) {
			this.#away = { refused: 1 };
			this.#awayAtMs = now;
			this.#aside(tapSays.refused(written(this.#asked.to), now));
		}
	}

	/** The application was away, and is back. */
	#accepts({ refused }: { readonly refused: number }): void {
		this.#away = null;
		this.#aside(tapSays.accepts(written(this.#asked.to), Date.now(), refused));
	}

	#outOfDescriptors(): void {
		this.#noDescriptors += 1;
		if (this.#noDescriptors === 1) this.#aside(tapSays.noDescriptors(this.#open.size));
	}

	#mayEnd(): void {
		if (this.#stopping === null || this.#open.size > 0) return;
		for (const timer of this.#stopping) clearTimeout(timer);
		this.#finish();
	}

	#keep(judged: JudgedExchange, { reading, requestHead }: RecordedExchange, bytesOf: () => Kept): void {
		const { whole } = this.#asked;
		const { bytes: all, cut: isCut } = this.#mayKeepBytes() ? bytesOf() : { bytes: Buffer.alloc(0), cut: true };
		// Its size, or its content, is wrong as a whole: a beginning shows whose it is, and lines stay short enough to be pasted.
		const bytes = failsBehind(judged) && !whole ? all.subarray(0, BEGINNING_BYTES) : all;
		const cut = isCut || bytes.length < all.length;
		this.#second.bytes += bytes.length;
		const faults = judged.findings.flatMap(({ level, span }) => (span !== undefined && level !== "good" ? [span] : []));
		const codingBroken = judged.findings.some(({ id }) => id === "content-coding-broken");
		const { headerSection, framing } = reading;
		const kept = whole ? bytes : maskedResponse(bytes, { headerSection, framing, faults, codingBroken });
		this.#nth += 1;
		const protocol = reading.version === "HTTP/1.0" ? "http/1.0" : "http/1.1";
		const headers = requestHead === null ? null : requestHeaders(requestHead, (value) => this.#hashed(value), whole);
		const line = JSON.stringify(tapData(`tap-${this.#nth}`, judged, { protocol, bytes: kept, cut, masked: !whole, headers }));
		const taken = [this.#out?.add(line) ?? true, this.#file?.add(line) ?? true];
		if (taken.includes(false)) this.#notWritten += 1;
	}

	/** The same visitor has the same mark, in this run alone. */
	#hashed(value: string): string {
		return createHmac("sha256", this.#key).update(value).digest("hex").slice(0, 12);
	}

	#mayKeepBytes(): boolean {
		const at = Math.floor(Date.now() / 1_000);
		if (this.#second.at !== at) this.#second = { at, bytes: 0 };
		return this.#second.bytes < BYTES_A_SECOND_MAX;
	}

	/** A line for people, with how many had none. */
	#say(judged: JudgedExchange): void {
		const now = Date.now();
		if (now - this.#lineAtMs < LINE_EVERY_MS) {
			this.#linesLeftOut += 1;
			return;
		}
		this.#lineAtMs = now;
		this.#aside(tapSays.exchange(judged, this.#linesLeftOut));
		this.#linesLeftOut = 0;
	}
}

const LISTEN_PROBLEMS: Readonly<Record<string, TapProblem["problem"]>> = {
	EADDRINUSE: "port-taken",
	EACCES: "port-not-allowed",
	EADDRNOTAVAIL: "address-not-here",
	ENOTFOUND: "address-not-here",
};

/** Who connected, as the PROXY protocol (version 1) says it. */
function proxyLine({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
	if (remoteAddress === undefined || localAddress === undefined) return "PROXY UNKNOWN\r\n";
	const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, "");
	const [from, to] = [plain(remoteAddress), plain(localAddress)];
	return `PROXY TCP${from.includes(":") ? 6 : 4} ${from} ${to} ${remotePort ?? 0} ${localPort ?? 0}\r\n`;
}
