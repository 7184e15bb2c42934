import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** A small server of our own for orchestrators, and for the platforms that deliver over HTTP; loopback unless HOST says otherwise. */
export interface HttpServer {
	readonly port: number;
	/** Hands a path to a platform; the last one that asks for it has it. */
	mount(path: string, listener: (request: IncomingMessage, response: ServerResponse) => void): void;
	close(): Promise<void>;
}

export type PlatformState = "ready" | "starting" | "down" | "refused";

const REQUEST_MS_MAX = 5_000;
const HEADER_BYTES_MAX = 16_384;

/**
 * `/healthz`: the process answers. `/readyz`: each platform's state; 200 while every one is connected and takes our token, else 503.
 * `/metrics`: Prometheus text.
 * @param platforms state of each configured platform, by name
 */
export async function serve(
	host: string,
	port: number,
	platforms: () => Readonly<Record<string, PlatformState>>,
	metrics: { readonly contentType: string; text(): Promise<string> },
): Promise<HttpServer> {
	const mounted = new Map<string, (request: IncomingMessage, response: ServerResponse) => void>();
	const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const [path = "/"] = (request.url ?? "/").split("?", 1);
		const listener = mounted.get(path);
		if (listener !== undefined) return listener(request, response);
		const send = (status: number, body: string, type = "application/json") =>
			void response.writeHead(status, { "content-type": type }).end(request.method === "HEAD" ? undefined : body);
		const json = (status: number, body: unknown) => send(status, `${JSON.stringify(body)}\n`);
		if (request.method !== "GET" && request.method !== "HEAD") return json(405, { error: "GET only" });
		switch (path) {
			case "/healthz":
				return json(200, { status: "ok" });
			case "/readyz": {
				const states = platforms();
				const ready = Object.values(states).every((state) => state === "ready");
				return json(ready ? 200 : 503, { status: ready ? "ready" : "degraded", platforms: states });
			}
			case "/metrics":
				return send(200, await metrics.text(), metrics.contentType);
			default:
				return json(404, { error: "there are /healthz, /readyz and /metrics" });
		}
	};
	const server = createServer({ maxHeaderSize: HEADER_BYTES_MAX }, (request, response) => {
		answer(request, response).catch(() => {
			if (!response.headersSent) response.writeHead(500);
			response.end();
		});
	});
	server.requestTimeout = REQUEST_MS_MAX;
	server.headersTimeout = REQUEST_MS_MAX;
	await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
	const address = server.address();
	return {
		port: typeof address === "object" && address !== null ? address.port : port,
		mount: (path, listener) => mounted.set(path, listener),
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeIdleConnections();
			}),
	};
}
