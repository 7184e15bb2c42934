import { closeSync, openSync, readSync, statSync } from "node:fs";
import { isIP } from "node:net";

/** Where the system keeps it. */
export const HOSTS_FILE = process.platform === "win32" ? "C:\\Windows\\System32\\drivers\\etc\\hosts" : "/etc/hosts";

/** Lists of blocked names have a few megabytes; what follows this is not read. */
const HOSTS_MAX_BYTES = 1024 * 1024;

/** The addresses that the hosts file has for a name in lower case, in its order; null when it does not name it. */
export type HostsFile = (host: string) => readonly string[] | null;

/**
 * The hosts file, which containers and laboratories name their machines in. It is read again when it has changed, and synchronously: a
 * read on libuv's threads would wait behind whatever blocks them.
 * @param path of a file in the form of hosts(5); one that is missing or unreadable names nothing
 */
export function openHostsFile(path: string): HostsFile {
	let version: string | null = null;
	let names: ReadonlyMap<string, readonly string[]> = new Map();
	return (host) => {
		const now = versionOf(path);
		if (now !== version) names = now === null ? new Map() : readHosts(contentOf(path));
		version = now;
		return names.get(host) ?? null;
	};
}

/** What changes with the file; null when there is none. */
function versionOf(path: string): string | null {
	try {
		const seen = statSync(path, { throwIfNoEntry: false });
		return seen?.isFile() === true ? [seen.dev, seen.ino, seen.size, seen.mtimeMs, seen.ctimeMs].join(" ") : null;
	} catch {
		return null;
	}
}

function contentOf(path: string): string {
	try {
		const file = openSync(path, "r");
		try {
			const bytes = Buffer.alloc(HOSTS_MAX_BYTES);
			let length = 0;
			for (let got = -1; got !== 0 && length < bytes.length; length += got)
				got = readSync(file, bytes, length, bytes.length - length, null);
			const text = bytes.toString("latin1", 0, length);
			// A line that was cut would name another machine.
			return length < bytes.length ? text : text.slice(0, text.lastIndexOf("\n") + 1);
		} finally {
			closeSync(file);
		}
	} catch {
		return "";
	}
}

/** hosts(5): an address, then its names, `#` for comments. Several lines for one name add up. */
function readHosts(text: string): Map<string, readonly string[]> {
	const names = new Map<string, string[]>();
	for (const line of text.split("\n")) {
		const [address = "", ...those] = (line.split("#")[0] ?? "").split(/\s+/).filter((word) => word !== "");
		if (isIP(address) === 0) continue;
		for (const one of those) {
			const name = one.toLowerCase().replace(/\.$/, "");
			const known = names.get(name);
			if (known === undefined) names.set(name, [address]);
			else if (!known.includes(address)) known.push(address);
		}
	}
	return names;
}
