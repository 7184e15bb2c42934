import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { closed, listening } from "./origin.ts";

/** What a name server says to one question; null: nothing, ever. */
export interface NameAnswer {
	/** RFC 1035 §4.1.1: 0 no error, 2 server failure, 3 no such name. */
	readonly rcode?: number;
	/** Addresses of the family that was asked about, as bytes. */
	readonly addresses?: readonly (readonly number[])[];
	/** A chain from the name to other names, before the addresses. */
	readonly aliases?: readonly string[];
	/** Over UDP only the flag that there is more. */
	readonly truncated?: boolean;
}

export interface NameQuestion {
	readonly host: string;
	readonly type: "A" | "AAAA";
	readonly over: "udp" | "tcp";
	/** The one who asks, on loopback. */
	readonly port: number;
}

export interface NameServer {
	/** `127.0.0.1:port` */
	readonly at: string;
	/** In the order in which they came. */
	readonly asked: readonly NameQuestion[];
	close(): Promise<void>;
}

const TYPE = { A: 1, CNAME: 5, AAAA: 28 } as const;

/** A name server on loopback, over UDP and TCP on one port, that answers what it is told to. */
export async function openNameServer(answer: (question: NameQuestion) => NameAnswer | null): Promise<NameServer> {
	const asked: NameQuestion[] = [];
	const reply = (query: Buffer, over: NameQuestion["over"], from: number): Buffer | null => {
		const { host, end } = nameAt(query);
		const type = query.readUInt16BE(end) === TYPE.AAAA ? "AAAA" : "A";
		const question = { host, type, over, port: from } as const;
		asked.push(question);
		const said = answer(question);
		return said === null
			? null
			: encoded(query.subarray(0, end + 4), TYPE[type], said, over === "udp" && said.truncated === true);
	};
	const visitors = new Set<Socket>();
	const tcp = createServer((socket) => {
		let held = Buffer.alloc(0);
		visitors.add(socket);
		socket
			.on("error", () => {})
			.on("data", (data) => {
				held = Buffer.concat([held, data]);
				while (held.length >= 2 && held.length >= 2 + held.readUInt16BE(0)) {
					const said = reply(held.subarray(2, 2 + held.readUInt16BE(0)), "tcp", socket.remotePort ?? 0);
					held = held.subarray(2 + held.readUInt16BE(0));
					if (said === null) continue;
					const length = Buffer.alloc(2);
					length.writeUInt16BE(said.length);
					socket.write(Buffer.concat([length, said]));
				}
			});
	});
	const port = await listening(tcp);
	const udp = createSocket("udp4");
	udp.on("message", (query, from) => {
		const said = reply(query, "udp", from.port);
		if (said !== null) udp.send(said, from.port, from.address);
	});
	udp.bind(port, "127.0.0.1");
	await once(udp, "listening");
	return {
		at: `127.0.0.1:${port}`,
		asked,
		close: async () => {
			udp.close();
			await closed(tcp, visitors);
		},
	};
}

/** The name in a query, in lower case (clients mix it as they like), and where its type begins. */
function nameAt(query: Buffer): { host: string; end: number } {
	const labels: string[] = [];
	let at = 12;
	for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
		labels.push(query.toString("latin1", at + 1, at + 1 + length));
		at += 1 + length;
	}
	return { host: labels.join(".").toLowerCase(), end: at + 1 };
}

const nameOf = (host: string) =>
	Buffer.concat([
		...host.split(".").map((label) => Buffer.from([label.length, ...Buffer.from(label, "latin1")])),
		Buffer.from([0]),
	]);

function record(name: Buffer, type: number, data: Buffer): Buffer {
	const head = Buffer.alloc(10);
	head.writeUInt16BE(type, 0);
	head.writeUInt16BE(1, 2);
	head.writeUInt16BE(data.length, 8);
	return Buffer.concat([name, head, data]);
}

/** RFC 1035 §4: the query's head and question, then the records; the last alias has the addresses. */
function encoded(query: Buffer, type: number, said: NameAnswer, truncated: boolean): Buffer {
	const { addresses = [], aliases = [], rcode = 0 } = said;
	const head = Buffer.from(query);
	head.writeUInt16BE(0x8180 | (truncated ? 0x0200 : 0) | rcode, 2);
	head.writeUInt32BE(0, 8);
	// The question's name, by pointer.
	let owner: Buffer = Buffer.from([0xc0, 12]);
	const records: Buffer[] = [];
	for (const alias of aliases) {
		records.push(record(owner, TYPE.CNAME, nameOf(alias)));
		owner = nameOf(alias);
	}
	for (const address of addresses) records.push(record(owner, type, Buffer.from(address)));
	const sent = truncated ? [] : records;
	head.writeUInt16BE(sent.length, 6);
	return Buffer.concat([head, ...sent]);
}
