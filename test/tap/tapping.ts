import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { renderTerminal } from "../../src/adapters/terminal/render.ts";
import { autopsy } from "../../src/judge/autopsy.ts";
import type { Lines } from "../../src/tap/lines.ts";
import { runTap } from "../../src/tap/tap.ts";
import { allOriginFiles, findingFiles } from "../lab/origin-files.ts";

/** What tests of the tap share: origins and clients on loopback, and a tap in this process. */

export async function listening(server: Server, port = 0): Promise<number> {
	server.listen(port, "127.0.0.1");
	await once(server, "listening");
	return (server.address() as AddressInfo).port;
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
	const server = createServer();
	const port = await listening(server);
	await new Promise((done) => server.close(done));
	return port;
}

/** An origin on loopback that is gone with the test. */
export async function originOf(serve: (socket: Socket) => void) {
	const sockets = new Set<Socket>();
	const server = createServer({ allowHalfOpen: true }, (socket) => {
		sockets.add(socket);
		socket.on("error", () => {}).on("close", () => sockets.delete(socket));
		socket.on("end", () => socket.end());
		serve(socket);
	});
	const port = await listening(server);
	return {
		port,
		sockets,
		[Symbol.asyncDispose]: async () => {
			for (const socket of sockets) socket.destroy();
			await new Promise((done) => server.close(done));
		},
	};
}

/** What a client gets of a port: all of it, a mark of it (length, hash, ending), and how it ended. */
export async function got(port: number, request: string | Buffer, halfCloses = false) {
	const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
	const pieces: Buffer[] = [];
	let ending = "";
	socket.on("data", (piece) => pieces.push(piece));
	socket.on("end", () => {
		ending ||= "fin";
		socket.end();
	});
	socket.on("error", (error: NodeJS.ErrnoException) => {
		ending ||= error.code === "ECONNRESET" || error.code === "EPIPE" ? "reset" : String(error.code);
	});
	socket.write(request);
	if (halfCloses) socket.end();
	await new Promise((closed) => socket.on("close", closed));
	const bytes = Buffer.concat(pieces);
	return { bytes, ending, mark: `${bytes.length} ${createHash("sha256").update(bytes).digest("hex").slice(0, 16)} ${ending}` };
}

export const REQUEST = "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n";
export const RAY = "a6046ccef050d1c3";
/** A request with a Ray ID whose last digits are this number. */
export const requestOf = (nth: number, path = "/") =>
	`GET ${path} HTTP/1.1\r\nHost: shop.example\r\nCF-Ray: ${rayOf(nth)}-FRA\r\nCookie: sid=of-the-visitor\r\n\r\n`;
export const rayOf = (nth: number): string => `${RAY.slice(0, 10)}${nth.toString(16).padStart(6, "0")}`;

/** Every file of test/origins that ends by itself, the nth of them at `/nth`. */
export const FILES = [...allOriginFiles(), ...findingFiles()].filter(({ ending }) => ending === "fin" || ending === "reset");
export const fileOrigin = () =>
	originOf((s) =>
		s.once("data", (request) => {
			const file = FILES[Number(/^GET \/(\d+) /.exec(request.toString())?.[1])];
			if (file?.ending === "reset") s.write(file.bytes, () => s.resetAndDestroy());
			else s.end(file?.bytes ?? "");
		}),
	);
/** Asks for all of them, and returns what differs from asking directly. */
export async function askForFiles(tapPort: number, originPort: number): Promise<string[]> {
	const other: string[] = [];
	for (const [nth, { name }] of FILES.entries()) {
		const request = requestOf(nth, `/${nth}`);
		const [direct, through] = [await got(originPort, request), await got(tapPort, request)];
		if (direct.mark !== through.mark) other.push(`${name}: ${through.mark}, directly ${direct.mark}`);
	}
	return other;
}
/** Whether exactly the right ones of them were kept, with what autopsy says of them. */
export function rightOfFiles(kept: readonly KeptLine[]): void {
	const told = (proxy: string, findings: readonly { readonly id: string }[]) =>
		`${proxy}: ${findings
			.map(({ id }) => id)
			.sort()
			.join(", ")}`;
	assert.deepEqual(
		kept.map(({ ray, proxy, findings, ending }) => [ray, ending, told(proxy, findings)]),
		FILES.flatMap(({ bytes, ending }, nth) => {
			const found = autopsy(bytes, ending === "reset" ? "reset" : "fin", "GET");
			return found.proxy === "accepts" ? [] : [[rayOf(nth), ending, told(found.proxy, found.findings)]];
		}),
	);
}

/** A tap in this process, and what it wrote. One flag is ours: "at a terminal". */
export async function tapFor(to: number, ...all: string[]) {
	const flags = all.filter((flag) => flag !== "at a terminal");
	const out: string[] = [];
	const aside: string[] = [];
	const linesOf = (all: string[]): Lines => ({
		add: (line) => {
			all.push(line);
			return true;
		},
		written: async () => {},
		unwritten: 0,
	});
	const port = await freePort();
	let stop = () => {};
	const begun = Promise.withResolvers<void>();
	const words = ["--listen", `127.0.0.1:${port}`, "--to", `127.0.0.1:${to}`, ...flags];
	const status = runTap(words, {
		out: linesOf(out),
		aside: linesOf(aside),
		command: "npm start -- tap",
		version: "1.2.3",
		isTerminal: flags.length < all.length,
		render: (message) => renderTerminal(message, { colour: false, width: Number.POSITIVE_INFINITY, askPrefix: "npm start -- " }),
		onStop: (ends) => {
			stop = ends;
			begun.resolve();
		},
	});
	await Promise.race([begun.promise, status]);
	return {
		port,
		status,
		out,
		aside,
		stop: () => stop(),
		/** Stops, and returns what was kept. */
		ended: async () => {
			stop();
			await status;
			return out.map((line) => JSON.parse(line) as KeptLine);
		},
	};
}

export interface KeptLine {
	readonly id: string;
	readonly ray: string | null;
	readonly method: string | null;
	readonly path: string | null;
	readonly status: number | null;
	readonly proxy: string;
	readonly ending: string;
	readonly closedFirst: string | null;
	readonly findings: readonly { readonly id: string }[];
	readonly protocol: string;
	readonly request?: { readonly bytes: number; readonly headers: readonly { readonly name: string; readonly value?: string }[] };
	readonly bytes_b64: string;
	readonly bytesCut?: boolean;
	readonly masked: boolean;
}
