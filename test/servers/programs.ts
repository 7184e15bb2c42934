import { accessSync, constants } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";

/** Where a program is installed; null when it is not. An absolute path stands for itself. */
export function found(program: string): string | null {
	if (program.startsWith("/")) return program;
	for (const folder of ["/usr/local/sbin", "/usr/sbin", "/usr/bin", "/usr/local/bin"]) {
		try {
			accessSync(join(folder, program), constants.X_OK);
			return join(folder, program);
		} catch {}
	}
	return null;
}

const given = new Set<number>();

/** A free port of loopback. Below those that the system gives to outgoing connections, which would take it meanwhile. */
export async function freePort(): Promise<number> {
	for (let tries = 0; tries < 1_000; tries += 1) {
		const port = 12_000 + Math.floor(Math.random() * 18_000);
		if (given.has(port)) continue;
		given.add(port);
		const server = createServer();
		const free = await new Promise<boolean>((resolve) => {
			server.once("error", () => resolve(false));
			server.listen(port, "127.0.0.1", () => resolve(true));
		});
		if (!free) continue;
		await new Promise<void>((resolve) => server.close(() => resolve()));
		return port;
	}
	throw new Error("no free port");
}

/** Waits until a port takes connections: tries again when one was refused, as often as `tries`. */
export async function up(port: number, tries = 200): Promise<void> {
	for (let nth = 0; nth < tries; nth += 1) {
		const taken = await new Promise<boolean>((resolve) => {
			const socket = connect(port, "127.0.0.1", () => {
				socket.destroy();
				resolve(true);
			}).on("error", () => resolve(false));
		});
		if (taken) return;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	throw new Error(`nothing listens on port ${port}`);
}
