import type { Message } from "../message/message.ts";

/** An attached file, as the chat describes it. */
export interface AttachedFile {
	readonly url: string;
	/** Bytes, by the chat's own word. */
	readonly size: number;
}

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
}

/** Larger than a page, a curl trace or a HAR entry, smaller than a whole HAR file. */
const FILE_MAX_BYTES = 900_000;
const FILES_MAX = 3;
const FETCH_MS_MAX = 8_000;

/** Reads attached text files, one after the other. Never throws. */
export async function readAttached(files: readonly AttachedFile[], access: FileAccess): Promise<Attached> {
	const parts: Uint8Array<ArrayBuffer>[] = [];
	let unread = 0;
	for (const file of files.slice(0, FILES_MAX)) {
		const part =
			access.refused !== undefined || file.size > FILE_MAX_BYTES ? null : await fetchBytes(file.url, access).catch(() => null);
		if (part === null) unread += 1;
		else parts.push(part);
	}
	return { parts, unread: unread + Math.max(0, files.length - FILES_MAX) };
}

async function fetchBytes(address: string, { allowed, headers }: FileAccess): Promise<Uint8Array<ArrayBuffer> | null> {
	const url = new URL(address);
	if (!allowed(url)) return null;
	// A redirect leads to a login page, or somewhere else with our token.
	const response = await fetch(url, { headers, redirect: "error", signal: AbortSignal.timeout(FETCH_MS_MAX) });
	if (!response.ok || response.body === null) return null;
	const parts: Uint8Array[] = [];
	let bytes = 0;
	for await (const part of response.body) {
		bytes += part.length;
		if (bytes > FILE_MAX_BYTES) return null;
		parts.push(part);
	}
	const all = new Uint8Array(bytes);
	let at = 0;
	for (const part of parts) {
		all.set(part, at);
		at += part.length;
	}
	return all;
}

/** Whether a file's address is of one of these hosts, over HTTPS, or of a replaced service (tests) at its own origin. */
export function hostAllowed(hosts: readonly string[], replaced: string | undefined): (url: URL) => boolean {
	const own = replaced === undefined ? null : new URL(replaced).origin;
	return (url) => (own !== null ? url.origin === own : url.protocol === "https:" && hosts.includes(url.hostname));
}
