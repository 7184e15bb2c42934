import type { Server } from "node:http";
import { WebSocket, WebSocketServer } from "ws";

/** How this Discord dispatches; absent: every event once to every session. */
export interface DiscordDelivery {
	/** Numbers from 0 to 1. */
	readonly random?: () => number;
	/** This share of all events comes twice, the second one to a session at random. */
	readonly twice?: number;
}

/** Which one of how many. */
type Shard = readonly [shard: number, of: number];

/** Fewer shards than Discord wants of so many servers. */
const SHARDING_REQUIRED = 4_011;

/** The gateway: any number of sessions of each shard, each of which gets every event of its shard. */
export interface DiscordSessions {
	/** @param d for each session by its intents, or the same for all */
	dispatch(t: string, d: unknown, byIntents?: (intents: number) => unknown): void;
	/** Sessions that have a connection. */
	count(): number;
	/** How many times a session was begun: a day has 1,000. */
	identifies(): number;
	/** The shard of each. */
	readonly identified: readonly Shard[];
	/** How many times one was resumed. */
	resumes(): number;
	/** How many of the connections that got this message are still open. */
	stillThere(messageId: string): number;
	/** Closes all connections; the sessions can be resumed. */
	disconnect(code: number): void;
	terminate(): void;
	close(): void;
}

/** What a session can catch up on. */
const REPLAYED_MAX = 500;

interface Session {
	readonly id: string;
	readonly intents: number;
	readonly shard: Shard;
	socket: WebSocket | null;
	sequence: number;
	/** The newest of what was dispatched to it. */
	readonly dispatched: { readonly s: number; readonly payload: string }[];
}

/** What the gateway asks of the rest of the fake. */
interface Behind {
	/** A connection is asked for; what becomes of it. */
	readonly tried: () => "open" | "refused" | "silent";
	/** How many shards there have to be at least. */
	readonly shards: () => number;
	/** The shard of a server. */
	readonly shardOf: (guild: string, of: number) => number;
	/** What a session is told when it begins. */
	readonly greeting: (sessionId: string, shard: Shard) => readonly { readonly t: string; readonly d: unknown }[];
}

/** Opens it on a server that serves REST too. */
export function discordSessions(
	server: Server,
	{ tried, shards, shardOf, greeting }: Behind,
	{ random = Math.random, twice = 0 }: DiscordDelivery,
): DiscordSessions {
	const sessions = new Map<string, Session>();
	const sockets = new Set<WebSocket>();
	const heard = new Map<string, WebSocket[]>();
	const identified: Shard[] = [];
	const counted = { resumes: 0 };
	const isOpen = ({ socket }: Session) => socket?.readyState === WebSocket.OPEN;

	const send = (session: Session, t: string, d: unknown): void => {
		session.sequence += 1;
		const payload = JSON.stringify({ op: 0, t, s: session.sequence, d });
		session.dispatched.push({ s: session.sequence, payload });
		if (session.dispatched.length > REPLAYED_MAX) session.dispatched.shift();
		session.socket?.send(payload);
	};
	const identify = (socket: WebSocket, intents: number, shard: Shard): Session | null => {
		if (shard[1] < shards()) {
			socket.close(SHARDING_REQUIRED);
			return null;
		}
		identified.push(shard);
		const session = { id: `s${identified.length}`, intents, shard, socket, sequence: 0, dispatched: [] };
		sessions.set(session.id, session);
		for (const { t, d } of greeting(session.id, shard)) send(session, t, d);
		return session;
	};
	/** Of its server, or of shard 0 for a direct conversation. */
	const isFor = ({ shard: [shard, of] }: Session, t: string, d: unknown): boolean => {
		const { guild_id: guild, id } = d as { guild_id?: string; id?: string };
		const about = t.startsWith("GUILD_") ? id : guild;
		return shard === (about === undefined ? 0 : shardOf(about, of));
	};
	const resumed = (socket: WebSocket, id: string, seq: number): Session | null => {
		const session = sessions.get(id);
		if (session === undefined) {
			socket.send(JSON.stringify({ op: 9, d: false }));
			return null;
		}
		counted.resumes += 1;
		const missed = session.dispatched.filter(({ s }) => s > seq);
		session.socket = socket;
		send(session, "RESUMED", {});
		for (const { payload } of missed) socket.send(payload);
		return session;
	};

	const websockets = new WebSocketServer({ noServer: true });
	server.on("upgrade", (request, socket, head) => {
		socket.on("error", () => {});
		const becomes = tried();
		if (becomes === "refused") socket.end("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
		if (becomes === "open") websockets.handleUpgrade(request, socket, head, (one) => websockets.emit("connection", one, request));
	});
	websockets.on("connection", (socket) => {
		let session: Session | null = null;
		sockets.add(socket);
		socket
			.on("error", () => {})
			.on("close", (code) => {
				sockets.delete(socket);
				if (session?.socket !== socket) return;
				session.socket = null;
				// The client ended it itself: such a session cannot be resumed.
				if (code === 1_000 || code === 1_001) sessions.delete(session.id);
			});
		socket.on("message", (data) => {
			const { op, d } = JSON.parse(String(data)) as {
				op: number;
				d?: { intents?: number; shard?: Shard; session_id?: string; seq?: number };
			};
			if (op === 1) socket.send(JSON.stringify({ op: 11 }));
			if (op === 2) session = identify(socket, d?.intents ?? 0, d?.shard ?? [0, 1]);
			if (op === 6) session = resumed(socket, d?.session_id ?? "", d?.seq ?? 0);
		});
		socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 45_000 } }));
	});
	return {
		dispatch: (t, d, byIntents = () => d) => {
			const all = [...sessions.values()].filter((session) => isFor(session, t, d));
			for (const session of all) send(session, t, byIntents(session.intents));
			if (t === "MESSAGE_CREATE")
				heard.set(
					(d as { id: string }).id,
					all.filter(isOpen).flatMap(({ socket }) => socket ?? []),
				);
			if (twice === 0 || random() >= twice) return;
			const session = all.filter(isOpen)[Math.floor(random() * all.filter(isOpen).length)];
			if (session !== undefined) send(session, t, byIntents(session.intents));
		},
		count: () => [...sessions.values()].filter(isOpen).length,
		identifies: () => identified.length,
		identified,
		resumes: () => counted.resumes,
		stillThere: (messageId) => (heard.get(messageId) ?? []).filter(({ readyState }) => readyState === WebSocket.OPEN).length,
		disconnect: (code) => {
			for (const socket of sockets) {
				for (const session of sessions.values()) if (session.socket === socket) session.socket = null;
				socket.close(code);
			}
		},
		terminate: () => {
			for (const socket of sockets) socket.terminate();
		},
		close: () => {
			for (const socket of sockets) socket.terminate();
			websockets.close();
		},
	};
}
