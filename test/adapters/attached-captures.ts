import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { Conversation, PLAIN, recording, request, response } from "../packets.ts";

const frames = new Conversation({ atMs: Date.UTC(2026, 10, 25, 23) })
	.open()
	.client(request("/a", "a6046ccef050d1c3"))
	.server(response("x".repeat(2_000)))
	.fin("server").frames;
const pcap = recording(frames, PLAIN);
const pcapng = recording(frames, { ...PLAIN, form: "pcapng" });
const text = (bytes: Buffer): string => bytes.toString("latin1");

/** Packet captures as people attach them: by a name that says so, or with another one. */
export const CAPTURES: readonly (readonly [how: string, name: string, content: string])[] = [
	["pcap by its name", "shop.pcap", text(pcap)],
	["one of a ring", "ring.pcap07", text(pcap)],
	["compressed, by its name", "shop.pcapng.gz", text(gzipSync(pcapng))],
	["pcap by its bytes", "dump.bin", text(pcap)],
	["pcapng by its bytes", "dump.txt", text(pcapng)],
	["compressed, by its bytes", "dump.gz", text(gzipSync(pcap))],
	["in the other byte order", "dump.dat", text(recording(frames, { ...PLAIN, bigEndian: true, nanoseconds: true }))],
];

/** The name alone says it. */
export const isCaptureName = (name: string): boolean => /pcap/.test(name);

/** What is answered without the desk is seen in the chat alone. */
export async function until(holds: () => boolean): Promise<void> {
	while (!holds()) await wait(5);
}
