import { connect, createServer, type Server, type Socket } from "node:net";
import { closed } from "./origin.ts";

/** Several addresses of one place. */
export interface Spread {
	/** The address of a number, always the same. */
	readonly address: (nth: number) => string;
	readonly close: () => Promise<void>;
}

/**
 * Ports of 127.0.0.1 at further loopback addresses too, because requests count by address: what would be many sites must not share one
 * account. Linux has all of 127.0.0.0/8 without setting it up.
 * @param count at most 250
 */
export async function spread(ports: readonly number[], count: number): Promise<Spread> {
	const address = (nth: number) => `127.0.1.${(nth % count) + 1}`;
	const open = new Set<Socket>();
	const served = (port: number): Server =>
		createServer((socket) => {
			const onward = connect(port, "127.0.0.1");
			for (const [one, other] of [
				[socket, onward],
				[onward, socket],
			] as const) {
				open.add(one);
				one
					.on("error", () => other.destroy())
					.on("close", () => {
						open.delete(one);
						other.destroy();
					});
				one.pipe(other);
			}
		});
	const servers: Server[] = [];
	for (let nth = 0; nth < count; nth += 1)
		for (const port of ports) {
			const server = served(port);
			await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, address(nth), resolve));
			servers.push(server);
		}
	return { address, close: async () => void (await Promise.all(servers.map((server) => closed(server, open)))) };
}
