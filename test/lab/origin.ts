import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { createSecureContext, TLSSocket } from "node:tls";
import type { Certificates } from "./ca.ts";
import type { OriginFile, Section } from "./origin-files.ts";

/** An origin on loopback that behaves as its file says. */
export interface RunningOrigin {
	readonly port: number;
	close(): Promise<void>;
}

/** Listens on 127.0.0.1; `turn` picks what the nth connection meets (a flaky origin has several). */
export async function serveOrigin(
	turn: (connection: number, path: string, request: string) => OriginFile,
	certificates?: Certificates,
): Promise<RunningOrigin> {
	const open = new Set<Socket>();
	let connections = 0;
	const server = createServer((socket) => {
		open.add(socket);
		socket.on("close", () => open.delete(socket)).on("error", () => {});
		const nth = connections++;
		const tls = certificates === undefined ? null : tlsFor(turn(nth, "/", ""), certificates);
		if (tls === null) talk(socket, socket, false, (path, request) => turn(nth, path, request));
		else {
			const secured = new TLSSocket(transport(socket), { isServer: true, ...tls });
			secured.on("error", () => {});
			secured.on("secure", () =>
				talk(secured, socket, secured.alpnProtocol === "h2", (path, request) => turn(nth, path, request)),
			);
		}
	});
	return { port: await listening(server), close: () => closed(server, open) };
}

/** TCP as a stream of its own under TLS, so that TCP can be closed or written to past TLS. */
export function transport(tcp: Socket): Duplex {
	const stream = new Duplex({
		read: () => void tcp.resume(),
		write: (chunk, _encoding, done) => void tcp.write(chunk, () => done()),
		final: (done) => {
			tcp.end();
			done();
		},
		destroy: (_error, done) => {
			tcp.destroy();
			done(null);
		},
	});
	stream.on("error", () => {});
	tcp.on("data", (chunk) => void stream.push(chunk));
	tcp.on("end", () => stream.push(null));
	return stream;
}

/** The TLS side of a file; null for one that speaks plain HTTP. */
function tlsFor(file: OriginFile, certificates: Certificates) {
	const by = {
		tls: certificates.edge,
		"tls-untrusted": certificates.untrusted,
		"tls-wrong-name": certificates.otherName,
		"tls-expired": certificates.expired,
		"tls-origin-ca": certificates.originCa,
		"tls-origin-ca-wrong-name": certificates.originCaOtherName,
		"tls-client-certificate": certificates.edge,
		"tls-http2-only": certificates.edge,
	} as const;
	const pair = file.serve in by ? by[file.serve as keyof typeof by] : undefined;
	if (pair === undefined) return null;
	return {
		secureContext: createSecureContext({ key: pair.key, cert: pair.cert }),
		ALPNProtocols: file.serve === "tls-http2-only" ? ["h2"] : file.sections.has("http2") ? ["h2", "http/1.1"] : ["http/1.1"],
		...(file.serve === "tls-client-certificate" ? { requestCert: true, rejectUnauthorized: true } : {}),
	};
}

/** Answers the requests of one connection as the file says. */
function talk(
	socket: Socket | TLSSocket,
	tcp: Socket,
	http2: boolean,
	fileFor: (path: string, request: string) => OriginFile,
): void {
	let head = "";
	let requests = 0;
	const answer = async (request: string) => {
		const file = fileFor(request.split(" ", 2)[1] ?? "/", request);
		const section: Section | null = http2
			? "http2"
			: requests > 0
				? "again"
				: /^HEAD /.test(request)
					? "head"
					: /^accept-encoding:/im.test(request)
						? null
						: "no-encoding";
		requests += 1;
		const own = section === null ? undefined : file.sections.get(section);
		const { bytes, ending } = own ?? { bytes: section === "head" ? withoutContent(file.bytes) : file.bytes, ending: file.ending };
		await new Promise((resolve) => setTimeout(resolve, file.afterMs ?? 0));
		const end = () => {
			if (ending === "fin") socket.end();
			if (ending === "reset") tcp.resetAndDestroy();
			if (ending === "tls-eof") tcp.end();
			if (ending === "tls-garbage") tcp.write("HTTP/1.1 500 Internal Server Error\r\n\r\n");
		};
		if (bytes.length === 0) end();
		else socket.write(bytes, end);
		if (file.closesAfterMs !== null) setTimeout(() => socket.end(), file.closesAfterMs);
	};
	socket.on("data", (chunk: Buffer) => {
		// As nginx does when its plain port gets TLS.
		const greeting = fileFor("/", "");
		if (chunk[0] === 0x16 && greeting.serve === "silent-asked-with-tls") return;
		if (chunk[0] === 0x16 && greeting.serve === "plain-asked-with-tls") return void socket.end(greeting.bytes);
		if (head === "" && requests === 0 && chunk[0] === 0x16)
			return void socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nThe plain HTTP request was expected\n");
		head += chunk.toString("latin1");
		if (http2) {
			// Preface, SETTINGS, WINDOW_UPDATE and the one request come at once.
			if (requests === 0 && head.length > 24) void answer("GET / HTTP/2");
			return;
		}
		const end = head.indexOf("\r\n\r\n");
		if (end < 0) {
			if (head.length >= 300_000) socket.destroy();
			return;
		}
		const request = head.slice(0, end + 4);
		head = head.slice(end + 4);
		void answer(request);
	});
}

/** A complete response as the answer to HEAD: its header section. */
function withoutContent(bytes: Buffer): Buffer {
	// Empty lines may come first.
	let start = 0;
	while (bytes[start] === 0x0d || bytes[start] === 0x0a) start += 1;
	const end = bytes.indexOf("\r\n\r\n", start);
	return end < 0 ? bytes : bytes.subarray(0, end + 4);
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

/**
 * A port on which nobody listens, and on which nobody starts to: a connection elsewhere leaves from it.
 * @returns the port, and what gives it up
 */
export async function vacantPort(): Promise<{ readonly port: number; close(): Promise<void> }> {
	const server = createServer();
	const to = await listening(server);
	const [[taken], holder] = await Promise.all([once(server, "connection"), heldTo(to)]);
	return {
		port: holder.localPort ?? 0,
		close: () => {
			holder.destroy();
			return closed(server, [taken]);
		},
	};
}

async function heldTo(port: number): Promise<Socket> {
	const socket = connect(port, "127.0.0.1");
	socket.on("error", () => {});
	await once(socket, "connect");
	return socket;
}
