import { constants, gunzipSync } from "node:zlib";
import type { Message } from "../message/message.ts";

/** An attached file, as the chat describes it. */
export interface AttachedFile {
	readonly url: string;
	/** Bytes, by the chat's own word. */
	readonly size: number;
	/** It is a packet capture by its name, which this is: it is not fetched, and its URL is not kept. */
	readonly capture?: string | undefined;
}

/** `shop.pcap`, `ring.pcap07`, `a.pcapng.gz`: as tcpdump, Wireshark and others call recordings of packets. */
const CAPTURE_NAME = /\.(?:pcap|pcapng|ntar|cap)\d{0,6}(?:\.(?:gz|xz|bz2|zst|zip|\d{1,4}))?$/i;

/** An attached file, as a chat names it. Of a capture nothing but its name is kept: it holds other people's data. */
export const attachedFile = (name: string, url: string, size: number): AttachedFile =>
	CAPTURE_NAME.test(name.trim()) ? { url: "", size: 0, capture: name.trim().slice(0, 200) } : { url, size };

/** How a chat's files are read. */
export interface FileAccess {
	/** Only the chat's own file hosts: the URL comes with the message and could name anything. */
	readonly allowed: (url: URL) => boolean;
	readonly headers: Readonly<Record<string, string>>;
	/** The chat lets us read none, and what the person is told then. */
	readonly refused?: Message;
}

/** The bytes of the attached files, each in memory of its own, and how many could not be read. */
export interface Attached {
	readonly parts: readonly Uint8Array<ArrayBuffer>[];
	readonly unread: number;
	/** The names of those that are packet captures; "" for one that was told by its first bytes. */
	readonly captures: readonly string[];
}

/** Larger than a page, a curl trace or a HAR entry, smaller than a whole HAR file. */
const FILE_MAX_BYTES = 900_000;
const FILES_MAX = 3;
const FETCH_MS_MAX = 8_000;

/** Reads attached text files, one after the other. Never throws. */
export async function readAttached(files: readonly AttachedFile[], access: FileAccess): Promise<Attached> {
	const parts: Uint8Array<ArrayBuffer>[] = [];
	let unread = 0;
	const others = files.filter(({ capture }) => capture === undefined);
	const captures = files.flatMap(({ capture }) => capture ?? []);
	for (const file of others.slice(0, FILES_MAX)) {
		const part = access.refused !== undefined ? null : await fetchBytes(file, access).catch(() => null);
		if (part === null) unread += 1;
		else if (part === "capture") captures.push("");
		else parts.push(part);
	}
	return { parts, unread: unread + Math.max(0, others.length - FILES_MAX), captures };
}

/** A capture is told by its first bytes: nothing more of it is fetched. Of what is too large only these are. */
async function fetchBytes(
	{ url: address, size }: AttachedFile,
	{ allowed, headers }: FileAccess,
): Promise<Uint8Array<ArrayBuffer> | "capture" | null> {
	const url = new URL(address);
	if (!allowed(url)) return null;
	// A redirect leads to a login page, or somewhere else with our token.
	const response = await fetch(url, { headers, redirect: "error", signal: AbortSignal.timeout(FETCH_MS_MAX) });
	if (!response.ok || response.body === null) return null;
	const parts: Uint8Array[] = [];
	let bytes = 0;
	let isKnown = false;
	for await (const part of response.body) {
		bytes += part.length;
		parts.push(part);
		if (!isKnown && bytes >= MAGIC_BYTES) {
			isKnown = true;
			// Leaving the loop ends the download.
			if (isCapture(Buffer.concat(parts))) return "capture";
		}
		if (bytes > FILE_MAX_BYTES || (isKnown && size > FILE_MAX_BYTES)) return null;
	}
	if (!isKnown && isCapture(Buffer.concat(parts))) return "capture";
	if (size > FILE_MAX_BYTES) return null;
	const all = new Uint8Array(bytes);
	let at = 0;
	for (const part of parts) {
		all.set(part, at);
		at += part.length;
	}
	return all;
}

/** Room for the header of gzip with a file's name in it. */
const MAGIC_BYTES = 512;
/** pcap in both byte orders and resolutions, its modified form, and pcapng (draft-ietf-opsawg-pcap, -pcapng). */
const MAGICS: ReadonlySet<number> = new Set([0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1, 0xa1b2cd34, 0x34cdb2a1, 0x0a0d0d0a]);

function isCapture(bytes: Buffer): boolean {
	if (bytes.length < 4) return false;
	if (MAGICS.has(bytes.readUInt32BE(0))) return true;
	if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return false;
	try {
		const inside = gunzipSync(bytes.subarray(0, MAGIC_BYTES), { finishFlush: constants.Z_SYNC_FLUSH });
		return inside.length >= 4 && MAGICS.has(inside.readUInt32BE(0));
	} catch {
		return false;
	}
}

/** Whether a file's address is of one of these hosts, over HTTPS, or of a replaced service (tests) at its own origin. */
export function hostAllowed(hosts: readonly string[], replaced: string | undefined): (url: URL) => boolean {
	const own = replaced === undefined ? null : new URL(replaced).origin;
	return (url) => (own !== null ? url.origin === own : url.protocol === "https:" && hosts.includes(url.hostname));
}
