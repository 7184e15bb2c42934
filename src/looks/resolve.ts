import { isIP } from "node:net";

/**
 * Entries as curl's --resolve takes them, `host:port:address`; repeat an entry for a second address.
 * @throws Error naming the invalid entry
 */
export function readResolve(entries: readonly string[]): Map<string, readonly string[]> {
	const out = new Map<string, readonly string[]>();
	for (const entry of entries) {
		const [, host = "", port = "", address = ""] = /^([^:\s]+):(\d{1,5}):\[?([0-9a-fA-F:.]+)\]?$/.exec(entry) ?? [];
		if (isIP(address) === 0 || Number(port) < 1 || Number(port) > 65_535)
			throw new Error(`"${entry}" is not host:port:address, such as shop.example:443:203.0.113.7`);
		const key = `${host.toLowerCase()}:${Number(port)}`;
		out.set(key, [...(out.get(key) ?? []), address]);
	}
	return out;
}
