import { createServer, type Server, type Socket } from "node:net";
import type { OriginFile } from "./origin-files.ts";

/** An origin on loopback that behaves as its file says, once a connection. */
export interface RunningOrigin {
	readonly port: number;
	close(): Promise<void>;
}

/** Listens on 127.0.0.1; `turn` picks what the nth connection meets (a flaky origin has several). */
export async function serveOrigin(turn: (connection: number, path: string) => OriginFile): Promise<RunningOrigin> {
	const open = new Set<Socket>();
	let connections = 0;
	const server = createServer((socket) => {
		open.add(socket);
		socket.on("close", () => open.delete(socket)).on("error", () => {});
		const nth = connections++;
		let head = "";
		const asked = async (chunk: Buffer) => {
			// As nginx does when somebody speaks TLS to its plain port.
			if (head === "" && chunk[0] === 0x16)
				return void socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nThe plain HTTP request was expected\n");
			head += chunk.toString("latin1");
			if (!head.includes("\r\n\r\n") && head.length < 300_000) return;
			socket.off("data", asked);
			socket.resume();
			const origin = turn(nth, head.split(" ", 2)[1] ?? "/");
			await new Promise((resolve) => setTimeout(resolve, origin.afterMs ?? 0));
			socket.write(origin.bytes, () => {
				if (origin.ending === "fin") socket.end();
				if (origin.ending === "reset") socket.resetAndDestroy();
			});
		};
		socket.on("data", asked);
	});
	return { port: await listening(server), close: () => closed(server, open) };
}

/** Starts listening on loopback; port 0 lets the system pick one. */
export async function listening(server: Server, port = 0, host: "127.0.0.1" | "::1" = "127.0.0.1"): Promise<number> {
	await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("no port");
	return address.port;
}

export async function closed(server: Server, open: Iterable<Socket>): Promise<void> {
	for (const socket of open) socket.destroy();
	await new Promise<void>((resolve) => server.close(() => resolve()));
}
