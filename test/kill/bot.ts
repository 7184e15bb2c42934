import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** The program as a process. */
export interface Bot {
	readonly child: ChildProcess;
	/** Both chats are connected; rejects when it ends before that. */
	readonly connected: Promise<void>;
	readonly gone: Promise<unknown>;
}

/** Log lines of things that must not happen. */
const BROKEN = /"event":"(?:broke|unhandled-rejection|uncaught-exception|reply-failed|given-up|not-taken-up|watch-failed)"/;

/** Starts it. @param onBroken gets the log lines that must not be there @param onLine gets every line */
export function startBot(
	env: Readonly<Record<string, string>>,
	onBroken: (line: string) => void,
	onLine: (line: string) => void = () => {},
	args: readonly string[] = [new URL("../../src/main.ts", import.meta.url).pathname],
): Bot {
	const child = spawn(process.execPath, args, { env, stdio: ["ignore", "ignore", "pipe"] });
	let rest = "";
	const last: string[] = [];
	const seen = new Set<string>();
	const gone = once(child, "close");
	const connected = new Promise<void>((resolve, reject) => {
		child.stderr.on("data", (data) => {
			const lines = `${rest}${data}`.split("\n");
			rest = lines.pop() ?? "";
			for (const line of lines) {
				last.push(line);
				if (last.length > 20) last.shift();
				onLine(line);
				if (BROKEN.test(line)) onBroken(line);
				for (const event of ["slack-connected", "discord-connected"]) if (line.includes(`"event":"${event}"`)) seen.add(event);
			}
			if (seen.size === 2) resolve();
		});
		void gone.then(() => reject(new Error(`ended by itself: ${last.join("\n").slice(-1_000)}`)));
	});
	connected.catch(() => {});
	return { child, connected, gone };
}
