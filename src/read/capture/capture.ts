import { Connection, type Protocol } from "./connection.ts";
import type { CaptureFacts, RecordedExchange } from "./exchange.ts";
import { type FileProblem, type Packet, PacketReader } from "./packets.ts";
import { beginsRequest } from "./request.ts";
import { readSegment, type Segment, type Unread } from "./segment.ts";

/**
 * Reads recordings of packets (pcap, pcapng) into HTTP exchanges, in whatever pieces they come. Pure and total: never an exception, linear
 * in the input, memory bounded whatever the size: at most 20,000 connections at once and 32 MB of what they hold; the least used ones are
 * given up. A gap of the recording is never an ending.
 */
export class CaptureReader {
	readonly #take: (exchange: RecordedExchange) => void;
	#file: PacketReader;
	#problem: FileProblem = null;
	#hasKeys = false;
	#dropped = 0;
	/** Each connection under the keys of both its directions. */
	readonly #byKey = new Map<string, Connection>();
	/** Connections that are closed, in their order: late and repeated packets still belong to them for a while. */
	#closing: Connection[] = [];
	#closingFrom = 0;
	readonly #isClosing = new WeakSet<Connection>();
	#open = 0;
	#heldBytes = 0;
	#fromMs: number | null = null;
	#toMs: number | null = null;
	#packets = 0;
	#cutPackets = 0;
	#refused = 0;
	readonly #others = new Map<string, number>();
	#givenUp = 0;
	readonly #protocols: Record<Protocol, number> = { http: 0, tls: 0, h2: 0, other: 0 };
	readonly #unread: Record<Unread, number> = {
		fragment: 0,
		tunnel: 0,
		"extension-header": 0,
		"link-type": 0,
		short: 0,
		other: 0,
	};

	/** @param take called with each exchange when everything about it is known; not in the order of time */
	constructor(take: (exchange: RecordedExchange) => void) {
		this.#take = take;
		this.#file = new PacketReader((packet) => this.#packet(packet));
	}

	push(piece: Uint8Array): void {
		this.#file.push(piece);
	}

	/** The file cannot be read on. */
	get stopped(): boolean {
		return this.#file.problem !== null;
	}

	/** The next file of the same recording follows: connections go on in it. */
	nextFile(): void {
		this.#endFile();
		this.#file = new PacketReader((packet) => this.#packet(packet));
	}

	/** Everything that was still open ends here. */
	end(): CaptureFacts {
		this.#endFile();
		for (const connection of new Set(this.#byKey.values())) this.#finish(connection, false, false);
		this.#byKey.clear();
		return {
			problem: this.#problem,
			fromMs: this.#fromMs,
			toMs: this.#toMs,
			packets: this.#packets,
			connections: Object.values(this.#protocols).reduce((sum, one) => sum + one, 0),
			protocols: { ...this.#protocols },
			otherProtocol: [...this.#others].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null,
			refused: this.#refused,
			givenUp: this.#givenUp,
			unread: { ...this.#unread },
			cutPackets: this.#cutPackets,
			dropped: this.#dropped,
			hasKeys: this.#hasKeys,
		};
	}

	#endFile(): void {
		this.#file.end();
		this.#problem ??= this.#file.problem;
		this.#hasKeys ||= this.#file.hasKeys;
		this.#dropped += this.#file.dropped;
	}

	#packet(packet: Packet): void {
		this.#packets += 1;
		const segment = readSegment(packet);
		if (typeof segment === "string") {
			this.#unread[segment] += 1;
			return;
		}
		const { atMs } = segment;
		if (atMs > 0) {
			if (this.#fromMs === null || atMs < this.#fromMs) this.#fromMs = atMs;
			if (this.#toMs === null || atMs > this.#toMs) this.#toMs = atMs;
		}
		if (segment.data.length < segment.wireBytes) this.#cutPackets += 1;
		const connection = this.#connectionOf(segment);
		if (connection === null) return;
		const before = connection.heldBytes;
		connection.take(segment, segment.key === connection.keys[0]);
		this.#heldBytes += connection.heldBytes - before;
		if (connection.closed && !this.#isClosing.has(connection)) this.#close(connection);
		if (this.#heldBytes > HELD_MAX_BYTES || this.#open > CONNECTIONS_MAX) this.#giveUp();
	}

	/** The connection of a segment; null: it belongs to none, and begins none. */
	#connectionOf(segment: Segment): Connection | null {
		const known = this.#byKey.get(segment.key) ?? null;
		const { syn, ack, seq } = segment;
		if (known !== null) {
			if (!syn) {
				if (!(known.guessed || known.closed) || !beginsRequest(segment.data)) return known;
				// Only a client sends requests: the ports told who it is the wrong way around.
				const isTurned = known.guessed && segment.key !== known.keys[0];
				if (!isTurned && !known.isOverBefore(segment)) return known;
				this.#finish(known, false, true);
				return this.#begun(segment, true);
			}
			// The same ports again: another connection, unless the packet is repeated, or was sent before what was recorded before it.
			const isn = ack === null ? known.clientIsn : known.serverIsn;
			const isEarlier = known.midway && isn === null && segment.atMs < known.firstMs;
			const isSame = isn === seq || isEarlier || (isn === null && ack !== null && !known.closed);
			if (isSame && (segment.key === known.keys[0]) === (ack === null)) return known;
			this.#finish(known, false, true);
		}
		if (!syn && segment.wireBytes === 0) return null;
		return this.#begun(segment, syn ? ack === null : isFromClient(segment));
	}

	#begun(segment: Segment, fromClient: boolean): Connection {
		const connection = new Connection(
			this.#take,
			fromClient ? [segment.key, segment.otherKey] : [segment.otherKey, segment.key],
			fromClient ? segment.toPort : segment.fromPort,
			!segment.syn,
		);
		this.#byKey.set(segment.key, connection);
		this.#byKey.set(segment.otherKey, connection);
		this.#open += 1;
		return connection;
	}

	#close(connection: Connection): void {
		this.#isClosing.add(connection);
		this.#closing.push(connection);
		while (this.#closing.length - this.#closingFrom > CLOSING_MAX) {
			const first = this.#closing[this.#closingFrom];
			this.#closingFrom += 1;
			if (first !== undefined && this.#byKey.get(first.keys[0]) === first) this.#finish(first, false, true);
		}
		if (this.#closingFrom > CLOSING_MAX) {
			this.#closing = this.#closing.slice(this.#closingFrom);
			this.#closingFrom = 0;
		}
	}

	/** The connections that were not used for longest end here, until there is room. */
	#giveUp(): void {
		for (const connection of this.#byKey.values()) {
			if (this.#heldBytes <= HELD_MAX_BYTES * ROOM && this.#open <= CONNECTIONS_MAX * ROOM) return;
			if (connection.used) {
				// A second chance: it moves to the end of the map.
				connection.used = false;
				for (const key of connection.keys) {
					this.#byKey.delete(key);
					this.#byKey.set(key, connection);
				}
				continue;
			}
			if (!connection.closed) this.#givenUp += 1;
			this.#finish(connection, !connection.closed, true);
		}
	}

	/** @param isOne of several: it leaves the map */
	#finish(connection: Connection, givenUp: boolean, isOne: boolean): void {
		this.#heldBytes -= connection.heldBytes;
		this.#open -= 1;
		connection.end(givenUp);
		const { protocol, looksLike } = connection;
		if (looksLike !== null) this.#others.set(looksLike, (this.#others.get(looksLike) ?? 0) + 1);
		if (protocol !== null) this.#protocols[protocol] += 1;
		if (connection.refused) this.#refused += 1;
		if (isOne) for (const key of connection.keys) this.#byKey.delete(key);
	}
}

/** Who speaks on a connection that is older than the recording: a request or a status line tells, else the lower port is the server's. */
function isFromClient({ data, fromPort, toPort }: Segment): boolean {
	if (beginsRequest(data)) return true;
	if (data.toString("latin1", 0, 7) === "HTTP/1.") return false;
	return fromPort > toPort;
}

const CONNECTIONS_MAX = 20_000;
const CLOSING_MAX = 2_000;
const HELD_MAX_BYTES = 32 * 1024 * 1024;
/** How much is left when some were given up. */
const ROOM = 0.9;
