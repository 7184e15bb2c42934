import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** A small server of our own for orchestrators, and for the platforms that deliver over HTTP; loopback unless HOST says otherwise. */
export interface HttpServer {
	readonly port: number;
	/** Hands a path to a platform; the last one that asks for it has it. */
	mount(path: string, listener: (request: IncomingMessage, response: ServerResponse) => void): void;
	close(): Promise<void>;
}

export type PlatformState = "ready" | "starting" | "down" | "refused";

/** Chats send a request at once. Node looks for late ones only every 30 s by itself. */
const PATIENCE = { requestMs: 5_000, checkedEveryMs: 500 };
/** An idle connection ends after this: longer than Slack waits for a response (3 s). */
const IDLE_MS_MAX = 15_000;
/**
 * A proxy in front that keeps connections must be the one that closes them: it sends the next delivery over one that we have just closed,
 * and nobody gets that one. They keep them for 60 s (nginx `keepalive_timeout` of an upstream, AWS load balancers' idle timeout).
 */
const KEPT_ALIVE_MS = 75_000;
/** The chats need some hundreds at a time. Half requests must not take the file descriptors that looks and the store need. */
const CONNECTIONS_MAX = 1_000;
const HEADER_BYTES_MAX = 16_384;
const CHAT_PATH = /^\/(?:slack|discord)\//;

type Send = (status: number, body: unknown, type?: string) => void;
type Responder = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** What operators ask for. */
export interface Operators {
	/** The state of each configured platform, by name. */
	readonly platforms: () => Readonly<Record<string, PlatformState>>;
	/** How many workspaces' tokens a platform takes no more, while it is ready for all others; null: no platform has several. */
	readonly workspacesRefused?: () => number | null;
	readonly metrics: { readonly contentType: string; text(): Promise<string> };
}

/**
 * The port that the chats deliver to. `/healthz`: the process answers. `/readyz`: each platform's state; 200 while every one is connected
 * and takes our token, else 503. `/metrics`: Prometheus text. A chat's path is answered with 503 until the chat has it: what is delivered
 * while the process waits for its database is brought again.
 * @param operators answers the last two here; null: they have a port of their own
 * @param isStarting whether a chat is still to ask for its path
 * @param patience how long half a request may live, and how often that is looked at
 */
export async function serve(
	host: string,
	port: number,
	operators: Operators | null,
	isStarting: () => boolean = () => false,
	patience: typeof PATIENCE = PATIENCE,
): Promise<HttpServer> {
	const mounted = new Map<string, (request: IncomingMessage, response: ServerResponse) => void>();
	const answer: Responder = (request, response) => {
		const path = pathOf(request);
		const listener = mounted.get(path);
		if (listener !== undefined) return listener(request, response);
		if (CHAT_PATH.test(path) && isStarting()) return void response.writeHead(503, { "retry-after": "5" }).end();
		return forOperators(request, response, operators);
	};
	const server = await listen(host, port, answer, patience);
	return { ...server, mount: (path, listener) => void mounted.set(path, listener) };
}

/** A port for operators alone: `/healthz`, `/readyz` and `/metrics`. */
export const serveOperators = (host: string, port: number, operators: Operators): Promise<Omit<HttpServer, "mount">> =>
	listen(host, port, (request, response) => forOperators(request, response, operators), PATIENCE);

const pathOf = (request: IncomingMessage): string => (request.url ?? "/").split("?", 1)[0] ?? "/";

async function forOperators(request: IncomingMessage, response: ServerResponse, operators: Operators | null): Promise<void> {
	const send: Send = (status, body, type = "application/json") => {
		const text = type === "application/json" ? `${JSON.stringify(body)}\n` : String(body);
		response.writeHead(status, { "content-type": type }).end(request.method === "HEAD" ? undefined : text);
	};
	if (request.method !== "GET" && request.method !== "HEAD") return send(405, { error: "GET only" });
	const path = pathOf(request);
	if (path === "/healthz") return send(200, { status: "ok" });
	if (operators === null) return send(404, { error: "only /healthz exists here" });
	if (path === "/metrics") return send(200, await operators.metrics.text(), operators.metrics.contentType);
	if (path !== "/readyz") return send(404, { error: "only /healthz, /readyz and /metrics exist here" });
	const states = operators.platforms();
	const ready = Object.values(states).every((state) => state === "ready");
	const refused = operators.workspacesRefused?.() ?? null;
	const more = refused === null ? {} : { workspaces_refused: refused };
	send(ready ? 200 : 503, { status: ready ? "ready" : "degraded", platforms: states, ...more });
}

async function listen(
	host: string,
	port: number,
	answer: Responder,
	{ requestMs, checkedEveryMs }: typeof PATIENCE,
): Promise<Omit<HttpServer, "mount">> {
	let isClosing = false;
	const server = createServer(
		{
			maxHeaderSize: HEADER_BYTES_MAX,
			headersTimeout: requestMs,
			requestTimeout: requestMs,
			connectionsCheckingInterval: checkedEveryMs,
		},
		(request, response) => {
			response.once("finish", () => {
				if (isClosing) request.socket.end();
			});
			void (async () => answer(request, response))().catch(() => {
				if (!response.headersSent) response.writeHead(500);
				response.end();
			});
		},
	);
	server.timeout = IDLE_MS_MAX;
	server.keepAliveTimeout = KEPT_ALIVE_MS;
	server.maxConnections = CONNECTIONS_MAX;
	await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
	const address = server.address();
	return {
		port: typeof address === "object" && address !== null ? address.port : port,
		close: () =>
			new Promise((resolve) => {
				isClosing = true;
				server.close(() => resolve());
				server.closeIdleConnections();
			}),
	};
}
