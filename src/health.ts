import { createServer } from "node:http";

/** A small server of our own for orchestrators; loopback unless HOST says otherwise. */
export interface HealthServer {
	readonly port: number;
	close(): Promise<void>;
}

/**
 * `/healthz`: the process answers. `/readyz`: each platform's state; 200 while at least one is connected and none is down, else 503.
 * @param platforms state of each configured platform, by name
 */
export async function serveHealth(
	host: string,
	port: number,
	platforms: () => Readonly<Record<string, "ready" | "starting" | "down">>,
): Promise<HealthServer> {
	const server = createServer((request, response) => {
		const send = (status: number, body: unknown) =>
			response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(body)}\n`);
		if (request.method !== "GET" && request.method !== "HEAD") return send(405, { error: "GET only" });
		switch (request.url) {
			case "/healthz":
				return send(200, { status: "ok" });
			case "/readyz": {
				const states = platforms();
				const ready = Object.values(states).every((state) => state === "ready");
				return send(ready ? 200 : 503, { status: ready ? "ready" : "degraded", platforms: states });
			}
			default:
				return send(404, { error: "there are /healthz and /readyz" });
		}
	});
	server.requestTimeout = 5_000;
	await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
	const address = server.address();
	return {
		port: typeof address === "object" && address !== null ? address.port : port,
		close: () => new Promise((resolve) => server.close(() => resolve())),
	};
}
