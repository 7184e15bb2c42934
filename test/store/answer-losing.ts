import { connect, createServer, type Socket } from "node:net";

/** A database behind a network that loses answers. */
export interface LosingProxy {
	through(url: string): string;
	/** What follows the next statement with this in it is lost, and so is its connection; the statement is carried out. */
	loseAnswerTo(part: string): void;
	close(): Promise<void>;
}

/** In front of a port of loopback. */
export async function losingProxy(port: number): Promise<LosingProxy> {
	let lost: string | null = null;
	const open = new Set<Socket>();
	const server = createServer((client) => {
		const database = connect(port, "127.0.0.1");
		let isLosing = false;
		const cut = () => {
			client.destroy();
			database.destroy();
		};
		for (const one of [client, database]) {
			open.add(one);
			one.on("error", cut);
			one.on("close", () => {
				open.delete(one);
				cut();
			});
		}
		client.on("data", (data) => {
			if (lost !== null && data.includes(lost)) {
				lost = null;
				isLosing = true;
			}
			database.write(data);
		});
		// The answer is there: what was asked for has happened.
		database.on("data", (data) => (isLosing ? cut() : client.write(data)));
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = server.address();
	const own = typeof address === "object" && address !== null ? address.port : 0;
	return {
		through: (url) => {
			const parts = new URL(url);
			parts.port = String(own);
			return parts.href;
		},
		loseAnswerTo: (part) => {
			lost = part;
		},
		close: async () => {
			for (const one of open) one.destroy();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}
