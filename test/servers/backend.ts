import { createServer, type Server, type Socket } from "node:net";

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const fields = (count: number, length: number) =>
	Array.from({ length: count }, (_, nth) => `X-F${nth}: ${"a".repeat(length)}\r\n`).join("");
const withFields = (more: string) => `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${more}\r\nok`;

/** What the backend sends, by path; and whether it closes then. */
const ANSWERS: Readonly<Record<string, readonly [bytes: string, closes: boolean | "reset"]>> = {
	"/ok": [ok, false],
	"/nothing": ["", true],
	"/ssh": ["SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n", true],
	"/status-20": ["HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok", true],
	"/bad-chunk": [`${chunked}zz\r\nhello\r\n0\r\n\r\n`, true],
	"/good-then-bad-chunk": [`${chunked}5\r\nhello\r\nzz\r\nhello\r\n0\r\n\r\n`, true],
	"/short": ["HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort", true],
	"/early-hints": ["HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n", true],
	"/300-fields": [withFields(fields(300, 4)), false],
	"/140-kb": [withFields(fields(35, 4_000)), false],
	"/nul": [withFields("X-A: a\0b\r\n"), false],
	"/control": [withFields("X-A: a\x01b\r\n"), false],
	"/half-head": ["HTTP/1.1 200 OK\r\nContent-Type: te", true],
	"/hang": ["", false],
	"/stall": [`${chunked}5\r\nhello\r\n`, false],
	"/reset": ["", "reset"],
	"/reset-in-chunks": [`${chunked}5\r\nhello\r\n`, "reset"],
	"/two-lengths": ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok", true],
};

/** The raw backend on loopback. */
export async function startBackend(): Promise<{ port: number; close: () => Promise<void> }> {
	const open = new Set<Socket>();
	const server: Server = createServer((socket) => {
		open.add(socket);
		socket.on("close", () => open.delete(socket)).on("error", () => {});
		let head = "";
		socket.on("data", (chunk) => {
			head += chunk.toString("latin1");
			for (let end = head.indexOf("\r\n\r\n"); end >= 0; end = head.indexOf("\r\n\r\n")) {
				const [bytes, closes] = ANSWERS[head.split(" ", 2)[1] ?? ""] ?? [ok, false];
				head = head.slice(end + 4);
				socket.write(Buffer.from(bytes, "latin1"), () => {
					if (closes === "reset") socket.resetAndDestroy();
					else if (closes) socket.end();
				});
			}
		});
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as { port: number };
	return {
		port,
		close: async () => {
			for (const socket of open) socket.destroy();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}
