import type { Server } from "node:http";
import { WebSocket, WebSocketServer } from "ws";

/** How this Slack delivers; absent: each payload once, and never again. */
export interface SlackDelivery {
	/** Numbers from 0 to 1: which connection gets a payload, and which come twice. */
	readonly random?: () => number;
	/** This share of all payloads comes twice, each to a connection at random. Slack itself repeats events alone; who takes all twice is safe. */
	readonly twice?: number;
	/** An event that is not acknowledged in this time, or whose connection closes, is sent again. Commands and buttons never are. */
	readonly againMs?: number;
}

/** Socket Mode: the connections of one app. */
export interface SlackSockets {
	/** Sends a payload to one connection at random; resolves when it was acknowledged. */
	deliver(type: "slash_commands" | "interactive" | "events_api", payload: Record<string, unknown>): Promise<unknown>;
	/** Asks every connection to come back. */
	disconnect(): void;
	count(): number;
	close(): void;
}

/** Connections of one app at a time (https://docs.slack.dev/apis/events-api/using-socket-mode). */
export const SOCKETS_MAX = 10;
/** As often as Slack sends an event again at most (https://docs.slack.dev/apis/events-api, "Retries"). */
const AGAIN_MAX = 3;

interface Payload {
	readonly type: string;
	readonly payload: Record<string, unknown>;
	readonly at: number;
	readonly done: (said: unknown) => void;
	acknowledged: boolean;
	/** How often it was sent again. */
	again: number;
	last: WebSocket | null;
}

/**
 * @param server of the Web API, which hands out the addresses of connections
 * @param ackMs takes the milliseconds from sending a payload to its acknowledgement
 * @param greeting the first message on a connection, given how many there are; "": none; null: the connection is closed
 */
export function slackSockets(
	server: Server,
	ackMs: number[],
	nextId: (prefix: string) => string,
	{ random = Math.random, twice = 0, againMs }: SlackDelivery,
	greeting: (open: number) => string | null,
): SlackSockets {
	const sockets = new Set<WebSocket>();
	/** By the id of the envelope. */
	const sent = new Map<string, { readonly one: Payload; readonly socket: WebSocket }>();
	const timers = new Set<NodeJS.Timeout>();
	const later = (ms: number, work: () => void) => {
		const timer = setTimeout(() => {
			timers.delete(timer);
			work();
		}, ms);
		timers.add(timer);
	};

	const send = (one: Payload): void => {
		const others = [...sockets].filter((socket) => socket !== one.last || sockets.size === 1);
		const socket = (one.again === 0 ? [...sockets] : others)[
			Math.floor(random() * (one.again === 0 ? sockets.size : others.length))
		];
		if (socket === undefined) return;
		const id = nextId("e");
		one.last = socket;
		sent.set(id, { one, socket });
		const isEvent = one.type === "events_api";
		const retry = isEvent ? { retry_attempt: one.again, retry_reason: one.again === 0 ? "" : "timeout" } : {};
		socket.send(
			JSON.stringify({ envelope_id: id, type: one.type, payload: one.payload, accepts_response_payload: !isEvent, ...retry }),
		);
	};
	const sendAgain = (one: Payload): void => {
		if (one.acknowledged || one.again >= AGAIN_MAX) return;
		if (sockets.size > 0) {
			one.again += 1;
			send(one);
		}
		later(againMs ?? 0, () => sendAgain(one));
	};

	const websockets = new WebSocketServer({ server, path: "/socket" });
	websockets.on("connection", (socket) => {
		socket.on("error", () => {});
		if (sockets.size >= SOCKETS_MAX) {
			socket.send(JSON.stringify({ type: "disconnect", reason: "too_many_websockets", debug_info: { host: "applink-1" } }));
			socket.close();
			return;
		}
		sockets.add(socket);
		socket.on("close", () => {
			sockets.delete(socket);
			for (const [id, { one, socket: by }] of sent) {
				if (by !== socket) continue;
				sent.delete(id);
				if (againMs !== undefined && one.type === "events_api" && one.last === socket) later(0, () => sendAgain(one));
			}
		});
		socket.on("message", (data) => {
			const { envelope_id: id, payload } = JSON.parse(String(data)) as { envelope_id?: string; payload?: unknown };
			const found = sent.get(id ?? "");
			if (found === undefined) return;
			sent.delete(id ?? "");
			const { one } = found;
			if (one.acknowledged) return;
			one.acknowledged = true;
			ackMs.push(performance.now() - one.at);
			one.done(payload ?? null);
		});
		const hello = greeting(sockets.size);
		if (hello === null) socket.close();
		else if (hello !== "") socket.send(hello);
	});
	return {
		deliver: (type, payload) =>
			new Promise((done, reject) => {
				const repeats = againMs !== undefined && type === "events_api";
				if (sockets.size === 0 && !repeats) return reject(new Error("the bot has no socket open"));
				const one = { type, payload, at: performance.now(), done, acknowledged: false, again: 0, last: null };
				send(one);
				// Only then is a number drawn: what is not asked for changes no other draw.
				if (twice > 0 && random() < twice) send(one);
				if (repeats) later(againMs, () => sendAgain(one));
			}),
		disconnect: () => {
			for (const socket of sockets)
				socket.send(JSON.stringify({ type: "disconnect", reason: "refresh_requested", debug_info: {} }));
		},
		count: () => [...sockets].filter(({ readyState }) => readyState === WebSocket.OPEN).length,
		close: () => {
			for (const timer of timers) clearTimeout(timer);
			for (const socket of sockets) socket.terminate();
			websockets.close();
		},
	};
}
