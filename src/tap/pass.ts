import { connect, type Socket } from "node:net";

/** Whoever looks at what passes; called after it was passed on. */
export interface Onlooker {
	/** Bytes of the one that connected. */
	fromClient(bytes: Buffer): void;
	/** Bytes of the origin. Their memory is used again afterwards. */
	fromServer(bytes: Buffer): void;
	/** That side sent its end, or reset the connection. */
	closed(by: "client" | "server", how: "fin" | "reset"): void;
	/** Nothing more comes. */
	over(): void;
	/** It threw, or kept the stream waiting: it is told nothing more. */
	broke(): void;
}

/** Why there was nothing to pass to. */
export type NotPassed = "refused" | "no-descriptors" | "not-reached";

/** Where everything goes. */
export interface PassOptions {
	readonly host: string;
	readonly port: number;
	/** What the origin gets in front of everything: a PROXY protocol line; null for nothing. */
	readonly preface: string | null;
}

/** One connection that is passed on. */
export interface Pass {
	/** Closes both sides in order, as far as they take it. */
	end(): void;
	/** Resets both sides. */
	reset(): void;
}

/** So much may wait for a slow reader in our memory before the other side is not read on. */
const WAITING_MAX_BYTES = 256 * 1024;
/** The memory that one connection reads responses into, and how it grows while they fill it. */
const READ_MIN_BYTES = 16 * 1024;
const READ_MAX_BYTES = 256 * 1024;
const READ_GROWS = 4;
/** Who takes longer for one piece, or for all of them in a second, holds up every connection. Reading takes a third of the busiest second. */
const LOOK_MS_MAX = 250;
const LOOK_MS_A_SECOND_MAX = 600;
/** A client that does not read gets its reset after this, as it would without us. */
const RESET_WAITS_MS = 5_000;

/**
 * Passes one connection on, byte for byte, with the same endings on both sides: an end as an end, a reset as a reset, after everything that
 * came before it. Answers nothing by itself. Who looks on is called afterwards, and nothing that happens there reaches the stream.
 * @param client has to be open on both sides (`allowHalfOpen`)
 * @param done called once, when both sides are closed; null: it was passed on
 */
export function pass(
	client: Socket,
	{ host, port, preface }: PassOptions,
	onlooker: Onlooker,
	done: (why: NotPassed | null) => void,
): Pass {
	let memory: Buffer = Buffer.allocUnsafeSlow(READ_MIN_BYTES);
	let isFull = false;
	const server: Socket = connect({
		...{ host, port, allowHalfOpen: true, noDelay: true },
		// Long responses are what passes most: read into the same memory, unless it still waits to be written.
		onread: {
			buffer: () => {
				const larger = isFull && memory.length < READ_MAX_BYTES;
				if (larger || client.writableLength > 0)
					memory = Buffer.allocUnsafeSlow(larger ? memory.length * READ_GROWS : memory.length);
				return memory;
			},
			callback: (length) => {
				isFull = length === memory.length;
				return passOn(memory.subarray(0, length), server, client, "server");
			},
		},
	});
	let looking = true;
	let open = 2;
	let why: NotPassed | null = null;
	let connected = false;
	let second = { from: 0, lookedMs: 0 };
	/** @param since when looking began */
	const looked = (since: number) => {
		const now = performance.now();
		if (now - second.from > 1_000) second = { from: now, lookedMs: 0 };
		second.lookedMs += now - since;
		if (now - since > LOOK_MS_MAX || second.lookedMs > LOOK_MS_A_SECOND_MAX) stopLooking();
	};
	const stopLooking = () => {
		looking = false;
		try {
			onlooker.broke();
		} catch {}
	};
	const look = (at: () => void) => {
		if (!looking) return;
		const since = performance.now();
		try {
			at();
			looked(since);
		} catch {
			stopLooking();
		}
	};
	const closed = () => {
		open -= 1;
		if (open > 0) return;
		look(() => onlooker.over());
		done(why);
	};
	/** Returns whether more can be taken. */
	const passOn = (bytes: Buffer, from: Socket, to: Socket, side: "client" | "server"): boolean => {
		// We ended it ourselves: there is nobody to take it.
		if (to.writableEnded) return true;
		to.write(bytes);
		const waits = to.writableLength >= WAITING_MAX_BYTES;
		if (waits) {
			from.pause();
			to.once("drain", () => from.resume());
		}
		if (!looking) return !waits;
		const since = performance.now();
		try {
			if (side === "client") onlooker.fromClient(bytes);
			else onlooker.fromServer(bytes);
			looked(since);
		} catch {
			stopLooking();
		}
		return !waits;
	};
	const join = (from: Socket, to: Socket, side: "client" | "server") => {
		let ended = false;
		const end = () => {
			ended = true;
			to.end();
			look(() => onlooker.closed(side, "fin"));
		};
		from.on("end", () => {
			// Node.js 20 tells a reset right behind bytes as an end (libuv 1.46). After a reset nothing can be written, not even nothing.
			if (from.writableEnded) end();
			else if (from.writableLength > 0) setImmediate(() => from.destroyed || end());
			else
				from.write(NOTHING, (error) => {
					if (error == null) end();
				});
		});
		from.on("error", (error: NodeJS.ErrnoException) => {
			if (from === server && !connected) why ??= reasonOf(error.code);
			else look(() => onlooker.closed(side, "reset"));
			resetAfterAll(to);
		});
		from.on("close", () => {
			// Closed without an end or an error: what it had is gone.
			if (!ended && !to.destroyed) resetAfterAll(to);
			closed();
		});
	};
	client.setNoDelay(true);
	// Nothing is read before there is somewhere to write it.
	client.pause();
	client.on("data", (bytes: Buffer) => passOn(bytes, client, server, "client"));
	join(client, server, "client");
	join(server, client, "server");
	server.once("connect", () => {
		connected = true;
		if (preface !== null) server.write(preface);
		client.resume();
	});
	return {
		end: () => {
			for (const side of [client, server]) side.end();
		},
		reset: () => {
			for (const side of [client, server]) side.resetAndDestroy();
		},
	};
}

/** Resets a connection once everything that was written to it is on its way: a reset overtakes what waits. */
function resetAfterAll(socket: Socket): void {
	if (socket.destroyed) return;
	const reset = () => void (socket.destroyed || socket.resetAndDestroy());
	if (socket.connecting || socket.writableLength === 0) {
		reset();
		return;
	}
	const timer = setTimeout(reset, RESET_WAITS_MS);
	timer.unref();
	socket.once("close", () => clearTimeout(timer));
	if (socket.writableEnded) socket.once("finish", reset);
	else socket.write(NOTHING, reset);
}

const NOTHING = Buffer.alloc(0);

function reasonOf(code: string | undefined): NotPassed {
	if (code === "EMFILE" || code === "ENFILE" || code === "ENOBUFS") return "no-descriptors";
	return code === "ECONNREFUSED" || code === "ECONNRESET" ? "refused" : "not-reached";
}
