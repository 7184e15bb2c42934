import type { Ending } from "../wire/ending.ts";
import { foreignProtocol } from "../wire/foreign.ts";
import { ResponseReader } from "../wire/read.ts";
import type { Reading } from "../wire/reading.ts";
import type { LargestField, RecordedExchange } from "./exchange.ts";
import { type Request, RequestReader } from "./request.ts";
import type { Segment } from "./segment.ts";
import { Stream } from "./stream.ts";

export type Protocol = "http" | "tls" | "h2" | "other";

/** One exchange under way. */
interface Open {
	readonly request: Request | null;
	/** null before the first byte of the response, and once it is whole: then `reading` has it. */
	reader: ResponseReader | null;
	reading: Reading | null;
	/** A byte of the response came. */
	begun: boolean;
	/** Where that is in the server's direction. */
	at: number | null;
	/** What comes until the next request's response cannot be read as part of it. */
	skips: boolean;
	/** Too much came of it to be held until the next request shows where it ends. */
	flows: boolean;
	gap: boolean;
	switched: boolean;
	bytes: number;
	endedAtMs: number;
	largest: LargestField | null;
	/** Where the response was whole: its end in the server's direction, and the how manyth segment brought it. */
	whole: { readonly at: number; readonly order: number } | null;
}

/** A FIN or a RST. */
interface Close {
	readonly ending: "fin" | "reset";
	/** Where it is in the sender's direction. */
	readonly at: number;
	readonly atMs: number;
	/** The how manyth segment it was. */
	readonly order: number;
	/** What its sender had received, in the other direction's offsets. */
	readonly ack: number | null;
}

/** How the connection of an exchange ended. */
interface End {
	readonly first: "client" | "server" | null;
	readonly ending: Ending;
	readonly gaveUp: boolean;
	/** No other exchange followed on it. */
	readonly isLast: boolean;
}

/** Bytes of a server for which no request was seen so far; null: they were not recorded. */
interface Pending {
	readonly bytes: Buffer | null;
	readonly at: number;
	readonly end: number;
	readonly atMs: number;
}

/**
 * One TCP connection: both directions put in order, requests and responses framed and paired. Responses go by their own framing; where
 * that fails, by what the client had received when it sent the next request: the two directions may be recorded out of step.
 */
export class Connection {
	readonly #emit: (exchange: RecordedExchange) => void;
	readonly #client: Stream;
	readonly #server: Stream;
	readonly #requests: RequestReader;
	readonly #serverPort: number;
	/** It is older than the recording. */
	readonly midway: boolean;
	#protocol: Protocol | null = null;
	/** Its bytes are not HTTP, or no more. */
	#opaque = false;
	/** Requests that the recording lost may have been on it. */
	#lostRequests = false;
	readonly #open = new Queue<Open>();
	#openBytes = 0;
	/** The newest exchange that is over: more may be known of it when the connection ends. */
	#last: Open | null = null;
	/** A response whose request was not recorded. */
	#orphan: Open | null = null;
	#pending: Pending[] = [];
	#pendingBytes = 0;
	/** Bytes of the server before this offset belong to nothing that can be told. */
	#skippedTo: number | null = null;
	#clientClose: Close | null = null;
	/** It reset the connection: what came after that, it did not take. */
	#clientReset = false;
	#serverClose: Close | null = null;
	#order = 0;
	/** The end of what the server sent, and the how manyth segment brought that. */
	#serverSent = { to: Number.NEGATIVE_INFINITY, order: 0 };
	#serverSpoke = false;
	#clientSpoke = false;
	/** What its first bytes look like, where they are no request. */
	#looksLike: string | null = null;
	/** Sequence numbers of the two SYN. */
	clientIsn: number | null = null;
	serverIsn: number | null = null;
	/** When the first of it in the recording was sent. */
	firstMs = Number.NEGATIVE_INFINITY;
	/** Used since the last time that old ones were looked for. */
	used = true;
	readonly keys: readonly [client: string, server: string];

	constructor(
		emit: (exchange: RecordedExchange) => void,
		keys: readonly [client: string, server: string],
		serverPort: number,
		midway: boolean,
		keepsHeads = false,
	) {
		this.#emit = emit;
		this.keys = keys;
		this.#serverPort = serverPort;
		this.midway = midway;
		this.#requests = new RequestReader(
			{
				began: (request, lost) => this.#began(request, lost),
				lost: () => {
					const newest = this.#open.newest ?? this.#last;
					if (newest !== null && newest !== undefined) newest.gap = true;
				},
				unknown: () => {
					this.#lostRequests = true;
				},
			},
			midway,
			keepsHeads,
		);
		this.#client = new Stream({
			data: (bytes, _at, atMs, ack) => this.#fromClient(bytes, atMs, ack),
			lost: (from, to) => {
				if (!this.#opaque) this.#requests.lost(to - from);
			},
		});
		this.#server = new Stream({
			data: (bytes, at, atMs) => this.#fromServer(bytes, at, atMs),
			lost: (from, to, atMs) => this.#lostOfServer(from, to, atMs),
		});
	}

	/** Null: it carried nothing. */
	get protocol(): Protocol | null {
		return this.#protocol ?? (this.#clientSpoke || this.#serverSpoke ? "other" : null);
	}

	/** Nothing more of its bytes is read. */
	get opaque(): boolean {
		return this.#opaque;
	}

	/** A segment with a request cannot be of this connection: it is closed, and the client had said that it sends no more. Its ports are used again. */
	isOverBefore({ key, seq }: Segment): boolean {
		if (!this.closed || key !== this.keys[0]) return false;
		const at = this.#client.offset(seq);
		return at === null || (this.#clientClose?.ending === "fin" && at > this.#clientClose.at);
	}

	/** Who is the client was guessed by the ports, and nothing showed it so far. */
	get guessed(): boolean {
		return this.midway && this.#protocol === null;
	}

	/** It carries HTTP, or nothing so far, and no request waits for its response. */
	get idle(): boolean {
		const isRead = !this.#opaque && (this.protocol ?? "http") === "http";
		return isRead && this.#open.length === 0 && this.#requests.heldBytes === 0;
	}

	/** So many bytes of the server may be counted unseen, where nothing is missing or out of order. */
	get skippable(): number {
		const open = this.#open.first;
		return this.#opaque || open === undefined || open.skips || this.#pending.length > 0 ? 0 : (open.reader?.skippable ?? 0);
	}

	/** So many came, of what may be skipped. */
	skip(bytes: number, atMs: number): void {
		const open = this.#open.first;
		if (open === undefined) return;
		this.#order += 1;
		this.#serverSent = { to: this.#serverSent.to + bytes, order: this.#order };
		this.#server.skip(bytes);
		open.reader?.skip(bytes);
		open.bytes += bytes;
		open.endedAtMs = atMs;
	}

	/** Bytes of the server from this offset on may belong to an exchange that is not told yet; null: none do. */
	get untoldFrom(): number | null {
		return this.#last?.at ?? this.#open.first?.at ?? this.#pending[0]?.at ?? null;
	}

	/** Where the response begins that is coming in; null: none is. */
	get comingFrom(): number | null {
		return this.#open.first?.at ?? null;
	}

	/** What it carried instead of HTTP, as far as that is known. */
	get looksLike(): string | null {
		return this.#protocol === null ? this.#looksLike : null;
	}

	/** The server refused it. */
	get refused(): boolean {
		return this.serverIsn === null && this.clientIsn !== null && this.#serverClose?.ending === "reset" && !this.#serverSpoke;
	}

	/** Nothing more is to be expected of it. */
	get closed(): boolean {
		const ends = [this.#clientClose, this.#serverClose];
		return ends.every((end) => end !== null) || ends.some((end) => end?.ending === "reset");
	}

	/** Memory that it holds, about. */
	get heldBytes(): number {
		return (
			this.#client.heldBytes +
			this.#server.heldBytes +
			this.#requests.heldBytes +
			this.#pendingBytes +
			(this.#open.first?.reader?.heldBytes ?? 0) +
			(this.#orphan?.reader?.heldBytes ?? 0) +
			this.#openBytes
		);
	}

	take(segment: Segment, fromClient: boolean): void {
		this.used = true;
		if (this.#order === 0) this.firstMs = segment.atMs;
		this.#order += 1;
		const mine = fromClient ? this.#client : this.#server;
		const other = fromClient ? this.#server : this.#client;
		const { syn, fin, rst, data, wireBytes, atMs } = segment;
		if (syn) {
			mine.begins(segment.seq + 1);
			if (fromClient) this.clientIsn ??= segment.seq;
			else this.serverIsn ??= segment.seq;
		}
		const at = mine.offset(segment.seq);
		if (at === null) return;
		const ack = segment.ack === null ? null : other.offset(segment.ack);
		// A reset that rejects what came after a FIN confirms nothing of it.
		if (ack !== null && !(rst && (fromClient ? this.#clientClose : this.#serverClose) !== null)) {
			// A request is sent when everything before it was received: this is where its response begins. And a server accepts what begins then.
			if (fromClient ? wireBytes > 0 : syn) other.begins(ack);
			other.confirmed(ack);
		}
		const dataAt = syn ? at + 1 : at;
		const end = dataAt + wireBytes;
		if (fin || rst) this.#closes(fromClient, rst ? "reset" : "fin", end, atMs, ack);
		if (wireBytes === 0 || this.#opaque) return;
		if (fromClient) this.#clientSpoke = true;
		else {
			this.#serverSpoke = true;
			if (end > this.#serverSent.to) this.#serverSent = { to: end, order: this.#order };
		}
		mine.add(dataAt, data, wireBytes, atMs, ack);
	}

	#closes(byClient: boolean, ending: Close["ending"], at: number, atMs: number, ack: number | null): void {
		const close = { ending, at, atMs, ack, order: this.#order };
		if (byClient && ending === "reset") this.#clientReset = true;
		if (byClient) this.#clientClose ??= close;
		else this.#serverClose ??= close;
	}

	#fromClient(bytes: Buffer, atMs: number, ack: number | null): void {
		let rest = bytes;
		if (this.#protocol === null) {
			const first = bytes.toString("latin1", 0, FIRST_BYTES);
			if (TLS_RECORD.test(first)) {
				this.#isNot("tls");
				return;
			}
			if (first.startsWith(H2_PREFACE)) {
				this.#isNot("h2");
				return;
			}
			rest = bytes.subarray(proxyHeaderBytes(bytes));
			this.#looksLike ??= foreignProtocol(rest);
		}
		this.#requests.push(rest, atMs, ack);
	}

	/** Nothing of it is read. */
	#isNot(protocol: Protocol): void {
		this.#protocol = protocol;
		this.#leave();
	}

	#leave(): void {
		this.#opaque = true;
		this.#pending = [];
		this.#pendingBytes = 0;
	}

	#began(request: Request, lost: boolean): void {
		this.#protocol = "http";
		const open: Open = {
			request,
			reader: null,
			reading: null,
			begun: false,
			at: null,
			skips: false,
			flows: false,
			gap: lost,
			switched: false,
			bytes: 0,
			endedAtMs: request.startedAtMs,
			largest: null,
			whole: null,
		};
		this.#open.push(open);
		this.#openBytes += openBytes(open);
		const { ack } = request;
		if (this.#open.length === 1 && ack !== null && this.#skippedTo !== null && this.#skippedTo > ack) {
			open.gap = true;
			open.skips = true;
		}
		this.#takePending();
	}

	/** What was held is read: now more is known of where it belongs. */
	#takePending(): void {
		const pending = this.#pending;
		if (pending.length === 0) return;
		this.#pending = [];
		this.#pendingBytes = 0;
		for (const one of pending) {
			if (one.bytes === null) this.#lostOfServer(one.at, one.end, one.atMs);
			else this.#fromServer(one.bytes, one.at, one.atMs);
		}
	}

	/** Where the response of an exchange begins, by its request; null where that is not known or the response has begun. */
	#beginsAt(open: Open | undefined): number | null {
		if (open === undefined || open.begun) return null;
		// Whatever a server says on a new connection belongs to the first request.
		if (this.#last === null && !this.midway && !this.#lostRequests) return null;
		return open.request?.ack ?? null;
	}

	#fromServer(bytes: Buffer, at: number, atMs: number): void {
		let rest = bytes;
		let here = at;
		if (this.#protocol === null && TLS_RECORD.test(bytes.toString("latin1", 0, FIRST_BYTES)) && this.midway) this.#isNot("tls");
		while (rest.length > 0 && !this.#opaque) {
			const open = this.#open.first;
			if (open === undefined) {
				if (this.#protocol === null) this.#looksLike ??= foreignProtocol(rest);
				this.#pend({ bytes: Buffer.from(rest), at: here, end: here + rest.length, atMs });
				return;
			}
			const begins = this.#beginsAt(open);
			if (begins !== null && begins > here) {
				const surplus = rest.subarray(0, begins - here);
				this.#surplus(surplus, atMs);
				rest = rest.subarray(surplus.length);
				here += surplus.length;
				continue;
			}
			const next = this.#open.second;
			const isUnframed = open.skips || open.reader?.endsWithConnection === true;
			// Where it ends, the next request tells, which may be recorded later.
			if (isUnframed && next === undefined && !open.flows) {
				this.#pend({ bytes: Buffer.from(rest), at: here, end: here + rest.length, atMs });
				return;
			}
			const until = isUnframed ? (next?.request?.ack ?? null) : null;
			if (open.skips) {
				const skipped = until === null ? rest.length : Math.min(rest.length, Math.max(0, until - here));
				if (skipped > 0) {
					open.bytes += skipped;
					open.endedAtMs = atMs;
					rest = rest.subarray(skipped);
					here += skipped;
					this.#skippedTo = here;
				}
				if (until === null || here < until) return;
				this.#over(open);
				continue;
			}
			if (!open.begun) this.#begins(open, here);
			let piece = rest;
			if (until !== null && until >= here && until > (open.at ?? here)) {
				if (until === here && beginsResponse(rest)) {
					this.#over(open);
					continue;
				}
				if (until > here) piece = rest.subarray(0, until - here);
			}
			const taken = open.reader?.pushMessage(piece) ?? piece.length;
			open.bytes += taken;
			open.endedAtMs = atMs;
			rest = rest.subarray(taken);
			here += taken;
			this.#afterPiece(open, here);
		}
	}

	/** The first byte of a response has come: what was before it is over. */
	#begins(open: Open, at: number): void {
		open.begun = true;
		open.at = at;
		open.reader = new ResponseReader(open.request?.method === "HEAD" ? "HEAD" : "GET", "coded");
		this.#settle();
	}

	/** The exchange that was over is not the last one of its connection. */
	#settle(): void {
		if (this.#orphan !== null) this.#tell(this.#orphan, null);
		this.#orphan = null;
		if (this.#last !== null) this.#tell(this.#last, null);
		this.#last = null;
	}

	#afterPiece(open: Open, at: number): void {
		const { reader, request } = open;
		if (reader === null) return;
		const status = reader.finalStatus;
		const tunnels = request?.method === "CONNECT" && status !== null && status >= 200 && status < 300;
		if (tunnels || (status === 101 && request?.upgrades === true)) {
			open.switched = true;
			this.#over(open);
			this.#leave();
		} else if (reader.whole) {
			open.whole = { at, order: this.#order };
			this.#over(open);
		} else if (reader.over) open.skips = true;
	}

	/** The first exchange is over; the next one's response follows. */
	#over(open: Open): void {
		this.#settle();
		this.#finish(open);
		this.#open.shift();
		this.#openBytes -= openBytes(open);
		this.#last = open;
		const next = this.#open.first;
		const ack = next?.request?.ack ?? null;
		if (next !== undefined && ack !== null && this.#skippedTo !== null && this.#skippedTo > ack) {
			next.gap = true;
			next.skips = true;
		}
	}

	/** Its bytes become a reading, which takes less memory. */
	#finish(open: Open, closed = false): Reading {
		if (open.reading === null) {
			const read = open.reader?.end(closed) ?? NOTHING_READ;
			open.largest = largestField(read);
			open.reading = { ...read, reason: "", fields: [], content: NO_BYTES };
		}
		open.reader = null;
		return open.reading;
	}

	#pend(one: Pending): void {
		this.#pendingBytes += (one.bytes?.length ?? 0) + OPEN_BYTES;
		this.#pending.push(one);
		const open = this.#open.first;
		if (this.#pendingBytes <= (open === undefined ? PENDING_MAX_BYTES : UNFRAMED_MAX_BYTES)) return;
		if (open !== undefined) {
			open.flows = true;
			this.#takePending();
			return;
		}
		// The request for it may be behind what is missing of the client.
		if (!this.#client.lacks(0)) this.#pendingIsSurplus();
		this.#pending = [];
		this.#pendingBytes = 0;
		this.#skippedTo = one.end;
	}

	#pendingIsSurplus(): void {
		for (const { bytes, atMs } of this.#pending)
			if (bytes === null) this.#surplusLost();
			else this.#surplus(bytes, atMs);
	}

	/** Bytes between two responses: too much of the one before, or a response whose request was not recorded. */
	#surplus(bytes: Buffer, atMs: number): void {
		if (this.#orphan !== null) {
			if (!this.#orphan.skips) this.#feed(this.#orphan, bytes, atMs);
			return;
		}
		const isStatusLine = bytes.length >= STATUS_LINE.length && beginsResponse(bytes);
		if (this.#lostRequests || (this.midway && this.#last === null)) {
			if (!isStatusLine) return;
			this.#orphan = {
				request: null,
				reader: new ResponseReader("GET", "coded"),
				reading: null,
				begun: true,
				at: null,
				skips: false,
				flows: false,
				gap: true,
				switched: false,
				bytes: 0,
				endedAtMs: atMs,
				largest: null,
				whole: null,
			};
			this.#feed(this.#orphan, bytes, atMs);
			return;
		}
		// A server says 408 on an idle connection before it closes it: nobody asked.
		if (this.#last === null || isStatusLine) return;
		const { reading, bytes: length } = this.#last;
		const kind = reading?.framing?.kind === "none" ? "bytes-after-no-content" : "bytes-after-the-end";
		if (reading === null || reading.oddities.some((one) => one.kind === kind)) return;
		this.#last.reading = { ...reading, oddities: [...reading.oddities, { kind, span: { start: length, end: length + 1 } }] };
		this.#last.bytes += bytes.length;
	}

	/** What follows a hole between two responses does not continue what was in front of it. */
	#surplusLost(): void {
		if (this.#orphan !== null) this.#orphan.skips = true;
	}

	#feed(orphan: Open, bytes: Buffer, atMs: number): void {
		orphan.bytes += orphan.reader?.pushMessage(bytes) ?? 0;
		orphan.endedAtMs = atMs;
	}

	#lostOfServer(from: number, to: number, atMs: number): void {
		if (this.#opaque) return;
		const open = this.#open.first;
		if (open === undefined || this.#pending.length > 0) {
			this.#pend({ bytes: null, at: from, end: to, atMs });
			return;
		}
		const begins = this.#beginsAt(open);
		if (begins !== null && begins >= to) {
			this.#surplusLost();
			return;
		}
		open.gap = true;
		open.skips = true;
		if (!open.begun) this.#begins(open, from);
		this.#skippedTo = to;
		// The next response may begin inside what is missing.
		for (let next = this.#open.second; next !== undefined; next = this.#open.second) {
			const ack = next.request?.ack ?? null;
			const first = this.#open.first;
			if (first === undefined || !first.skips || ack === null || ack > to) return;
			this.#over(first);
		}
	}

	/**
	 * Nothing more of it is read.
	 * @param givenUp it was still open
	 */
	end(givenUp: boolean): void {
		if (!this.#opaque) {
			this.#client.end();
			this.#requests.end();
			this.#server.end();
		}
		this.#readToEnd();
		const first = this.#closedFirst();
		// A request may have been lost behind it; a FIN takes one number.
		const isLast = this.#open.length === 0 && this.#orphan === null && (this.#opaque || !this.#client.lacks(1));
		if (this.#orphan !== null) this.#tell(this.#orphan, null);
		if (this.#last !== null) {
			const gaveUp = isLast && !this.#last.gap && this.#leftBefore(this.#last);
			if (gaveUp && this.#clientClose !== null) this.#last.endedAtMs = this.#clientClose.atMs;
			this.#tell(this.#last, isLast ? { first, ending: gaveUp ? "enough" : this.#ending(), gaveUp, isLast } : null);
		}
		for (const open of this.#open.all()) this.#cut(open, first, givenUp, open === this.#open.newest);
	}

	/** No request follows that could tell where a response ends. */
	#readToEnd(): void {
		for (let open = this.#open.first; open !== undefined && this.#pending.length > 0; open = this.#open.first) {
			open.flows = true;
			this.#takePending();
		}
		if (!isSound(this.#client, this.#clientClose)) this.#lostRequests = true;
		this.#pendingIsSurplus();
		// The client asked for more when it had all of what has no end of its own.
		const [open, next] = [this.#open.first, this.#open.second];
		const ack = next?.request?.ack ?? null;
		if (open === undefined || open.gap || open.at === null || ack === null || ack <= open.at) return;
		if (open.skips || open.reader?.endsWithConnection === true) this.#over(open);
	}

	/** The client had closed the connection before the response was whole, and rejected what came after that: it was not half-closed. */
	#leftBefore({ whole }: Open): boolean {
		const close = this.#clientClose;
		if (whole === null || close === null || !this.#clientReset || close.order >= whole.order) return false;
		return Math.max(close.ack ?? whole.at - 1, this.#server.confirmedTo ?? whole.at - 1) < whole.at;
	}

	/** Who sent FIN or RST first: by what the other one had received, else by its place in the recording. */
	#closedFirst(): "client" | "server" | null {
		const [client, server] = [this.#clientClose, this.#serverClose];
		// The server confirmed a FIN that was not recorded.
		if (client === null && server !== null && server.ack !== null && server.ack - 1 === this.#client.next) return "client";
		if (client === null || server === null) return client === null ? (server === null ? null : "server") : "client";
		if (server.ending === "fin" && client.ack !== null && client.ack > server.at) return "server";
		if (client.ending === "fin" && server.ack !== null && server.ack > client.at) return "client";
		return client.order < server.order ? "client" : "server";
	}

	/** The recording holds everything that the server sent before it closed. */
	#sound(): boolean {
		return this.#opaque || isSound(this.#server, this.#serverClose);
	}

	#ending(): Ending {
		return this.#serverClose !== null && this.#sound() ? this.#serverClose.ending : "enough";
	}

	/** An exchange whose response was not complete when the recording or the connection ended. */
	#cut(open: Open, first: "client" | "server" | null, givenUp: boolean, isLast: boolean): void {
		const { reader } = open;
		const sound = this.#sound() && isSound(this.#client, this.#clientClose);
		// Whether the client left, a recording that lost how the server ended does not show.
		const isEnough = first === "server" && (reader?.over ?? false);
		const gap = open.gap || givenUp || first === null || (!sound && !isEnough);
		const ending = gap ? "enough" : this.#ending();
		// A half-closed connection still brings the response: all of it, where only the end of the connection can tell.
		const { to, order } = this.#serverSent;
		const isHalfClosed =
			!this.#clientReset && order > (this.#clientClose?.order ?? 0) && to > (this.#clientClose?.ack ?? Number.NEGATIVE_INFINITY);
		const untilClose = reader !== null && (reader.endsWithConnection || reader.over);
		const answered = ending === "fin" && (first === "server" || (untilClose && isHalfClosed));
		this.#finish(open, answered && !gap);
		const close = first === "client" ? this.#clientClose : this.#serverClose;
		const gaveUp = !gap && first === "client" && !answered && open.reading?.complete !== true;
		open.gap = gap;
		if (!gap && close !== null) open.endedAtMs = Math.max(open.endedAtMs, close.atMs);
		this.#tell(open, { first, ending: gaveUp ? "enough" : ending, gaveUp, isLast });
	}

	/** @param end how its connection ended; null: it went on */
	#tell(open: Open, end: End | null): void {
		const reading = this.#finish(open);
		this.#emit({
			method: open.request?.method ?? null,
			target: open.request?.target ?? null,
			ray: open.request?.ray ?? null,
			host: open.request?.host ?? null,
			requestHeadBytes: open.request?.headBytes ?? 0,
			requestHead: open.request?.head ?? null,
			startedAtMs: open.request?.startedAtMs ?? open.endedAtMs,
			endedAtMs: open.endedAtMs,
			reading,
			responseAt: open.at,
			responseBytes: open.bytes,
			largest: open.largest,
			ending: open.gap ? "enough" : (end?.ending ?? "enough"),
			closedFirst: end?.isLast === true ? end.first : null,
			isLast: end?.isLast ?? false,
			gaveUp: end?.gaveUp ?? false,
			gap: open.gap,
			switched: open.switched,
			serverPort: this.#serverPort,
		});
	}
}

const NO_BYTES = new Uint8Array(0);
const NOTHING_READ = new ResponseReader("GET").end(false);

/** No byte is missing before the end of this direction, nor before what the other side confirmed. */
function isSound(stream: Stream, close: Close | null): boolean {
	const { next } = stream;
	if (next !== null && close !== null && close.at > next) return false;
	// A FIN takes one number.
	return !stream.lacks(close?.ending === "fin" && close.at === next ? 1 : 0);
}

/** What takes most of a header section that is worth a look; null for a small one. */
function largestField({ fields, headerSection }: Reading): LargestField | null {
	if (headerSection === null || headerSection.end - headerSection.start < LARGE_SECTION_BYTES) return null;
	const totals = new Map<string, number>();
	for (const { name, value, span } of fields) {
		const cookie = /^set-cookie$/i.test(name) ? (/^[^=;]{1,64}(?==)/.exec(value)?.[0] ?? "") : null;
		const key = cookie === null ? name.slice(0, 64).toLowerCase() : `=${cookie}`;
		totals.set(key, (totals.get(key) ?? 0) + span.end - span.start);
	}
	const [most] = [...totals].sort(([, a], [, b]) => b - a);
	if (most === undefined) return null;
	const [key, bytes] = most;
	return key.startsWith("=") ? { name: "set-cookie", cookie: own(key.slice(1)), bytes } : { name: own(key), cookie: null, bytes };
}

/** The same text in memory of its own: a part of a long one would hold all of it. */
const own = (part: string): string => Buffer.from(part, "latin1").toString("latin1");
const LARGE_SECTION_BYTES = 8_192;

/** What an exchange takes that waits for its response, about. */
const openBytes = ({ request }: Open): number => OPEN_BYTES + (request?.target.length ?? 0) + (request?.head?.length ?? 0);
/** First in, first out, however many: an array alone moves all of them each time. */
class Queue<T> {
	#items: T[] = [];
	#from = 0;

	get length(): number {
		return this.#items.length - this.#from;
	}

	get first(): T | undefined {
		return this.#items[this.#from];
	}

	get second(): T | undefined {
		return this.#items[this.#from + 1];
	}

	get newest(): T | undefined {
		return this.length > 0 ? this.#items.at(-1) : undefined;
	}

	push(item: T): void {
		this.#items.push(item);
	}

	shift(): void {
		this.#from += 1;
		if (this.#from < KEPT_SHIFTED && this.#from < this.#items.length) return;
		this.#items = this.#items.slice(this.#from);
		this.#from = 0;
	}

	all(): readonly T[] {
		return this.#items.slice(this.#from);
	}
}
const KEPT_SHIFTED = 1_024;

/** A small object and what belongs to it. */
const OPEN_BYTES = 512;
const PENDING_MAX_BYTES = 256 * 1024;
/** The two directions are out of step by less, and many such responses may be open at once. */
const UNFRAMED_MAX_BYTES = 32 * 1024;
const STATUS_LINE = "HTTP/1.";
/** As far as it is there. */
const beginsResponse = (bytes: Buffer): boolean =>
	STATUS_LINE.startsWith(
		bytes
			.toString("latin1", 0, 64)
			.replace(/^[\r\n]+/, "")
			.slice(0, STATUS_LINE.length),
	);
const H2_PREFACE = "PRI * HTTP/2.0";
const TLS_RECORD = /^[\x14-\x17]\x03[\x00-\x04]/;
const FIRST_BYTES = 16;
const PROXY_V1 = /^PROXY (?:TCP[46]|UNKNOWN)[^\r\n]{0,96}\r\n/;
const PROXY_V2 = "\r\n\r\n\0\r\nQUIT\n";

/** A PROXY protocol header in front of the first request; 0 for none. */
function proxyHeaderBytes(bytes: Buffer): number {
	const first = bytes.toString("latin1", 0, 128);
	if (first.startsWith(PROXY_V2) && bytes.length >= 16) return Math.min(bytes.length, 16 + bytes.readUInt16BE(14));
	return PROXY_V1.exec(first)?.[0].length ?? 0;
}
