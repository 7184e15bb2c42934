import { connect, type Socket } from "node:net";
import { renderTerminal } from "../src/adapters/terminal/render.ts";
import type { Lines } from "../src/tap/lines.ts";
import { runTap } from "../src/tap/tap.ts";
import { freePort, originOf } from "./tap/tapping.ts";

/** How an origin ends a response, or does not: then the client gives up after a minute. */
export const FAULTS: Readonly<Record<string, (socket: Socket, giveUp: () => void) => void>> = {
	silent: (_, giveUp) => giveUp(),
	empty: (s) => s.end(),
	cut: (s) => s.end("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nhello"),
	reset: (s) => s.resetAndDestroy(),
	malformed: (s) => s.end("HTTP/1.1 200 OK\r\nX Cart: 1\r\nContent-Length: 0\r\n\r\n"),
	large: (s) => s.end(`HTTP/1.1 200 OK\r\nSet-Cookie: cart=${"a".repeat(140_000)}\r\nContent-Length: 2\r\n\r\nok`),
	close: (s) => s.end(`HTTP/1.1 200 OK\r\nSet-Cookie: cart=${"a".repeat(70_000)}\r\nContent-Length: 2\r\n\r\nok`),
};

/** What a tap printed. */
export interface Tapped {
	/** Standard output, and standard error; at a terminal both, in order. */
	readonly out: string;
	readonly aside: string;
	readonly both: string;
	/** Of standard error, from the first rule to the last. */
	readonly summary: string;
}

/** A tap in front of an origin of which every twentieth response fails, and what it printed, as its own command prints it. */
export async function tapped(
	fault: (socket: Socket, giveUp: () => void) => void,
	{
		hosts,
		rays,
		flags = [],
		requests = 60,
	}: { hosts: readonly string[]; rays: readonly string[]; flags?: string[]; requests?: number },
): Promise<Tapped> {
	let nth = 0;
	// The tap's clock, which a minute can pass on.
	const { now } = Date;
	let lateMs = 0;
	Date.now = () => now() + lateMs;
	using _ = {
		[Symbol.dispose]: () => {
			Date.now = now;
		},
	};
	let client: Socket | null = null;
	const giveUp = () => {
		lateMs += 60_000;
		client?.destroy();
	};
	await using origin = await originOf((socket) =>
		socket.once("data", () => {
			nth += 1;
			if (nth % 20 === 10) fault(socket, giveUp);
			else socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
		}),
	);
	const out: string[] = [];
	const aside: string[] = [];
	const both: string[] = [];
	const into = (own: string[]): Lines => ({
		add: (line) => own.push(`${line}\n`) + both.push(`${line}\n`) > 0,
		written: async () => {},
		unwritten: 0,
	});
	const port = await freePort();
	const begun = Promise.withResolvers<() => void>();
	const ended = runTap(["--listen", String(port), "--to", String(origin.port), ...flags], {
		out: into(out),
		aside: into(aside),
		command: "npm start -- tap",
		isTerminal: false,
		version: "0.1.0",
		render: (message) => renderTerminal(message, { colour: false, width: 80, askPrefix: "npm start -- " }),
		onStop: begun.resolve,
	});
	const stop = await begun.promise;
	for (let k = 0; k < requests; k += 1) {
		client = connect({ port, host: "127.0.0.1" });
		client.on("error", () => {}).resume();
		client.write(
			`GET /checkout?token=sEcReT012345678 HTTP/1.1\r\nHost: ${hosts[k % hosts.length]}\r\nCF-Ray: ${rays[k]}-FRA\r\nCookie: sid=of-the-visitor\r\nConnection: close\r\n\r\n`,
		);
		await new Promise((closed) => client?.on("close", closed));
	}
	stop();
	await ended;
	const printed = aside.join("");
	return { out: out.join(""), aside: printed, both: both.join(""), summary: printed.slice(printed.indexOf("-----")) };
}

const wrapped = (text: string, columns: number): string =>
	text
		.split("\n")
		.flatMap((line) => line.match(new RegExp(`.{1,${columns}}`, "gu")) ?? [""])
		.join("\n");

/** As people bring what a command printed. */
export const BROUGHT: Readonly<Record<string, (printed: string) => string>> = {
	"as it is": (printed) => printed,
	"in a block": (printed) => `\`\`\`\n${printed}\`\`\``,
	"in a block of JSON": (printed) => `\`\`\`json\n${printed}\`\`\``,
	"under words": (printed) => `here you go:\n\n${printed}\nthanks`,
	quoted: (printed) => printed.replace(/^/gm, "> "),
	"with Windows' line ends": (printed) => printed.replaceAll("\n", "\r\n"),
	"wrapped at 80 columns": (printed) => wrapped(printed, 80),
	"under its command": (printed) =>
		`root@web1:~/cf520# npm start -- tap --listen 127.0.0.1:8081 --to 127.0.0.1:8080\n\n> cf520@0.2.0 start\n> node src/main.ts tap\n\n${printed}^Croot@web1:~/cf520# `,
	twice: (printed) => `${printed}\n${printed}`,
};
