import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { isSpecialAddress, limitKeyOf, unmapped } from "../looks/addresses.ts";

const MINUTE_MS = 60_000;

/**
 * Whom to count a request for. Behind a proxy in our own network every request comes from the proxy: then the last entry of
 * `X-Forwarded-For` counts, which that proxy wrote. All others in that header are the client's own word, and so is all of it when the
 * request comes from outside. Some proxies write the client's port behind its address, which would make every client the proxy. An IPv6
 * address counts with its /64, which one customer has to himself.
 */
export function clientAddress({ headers, socket }: Pick<IncomingMessage, "headers" | "socket">): string {
	const peer = unmapped(socket.remoteAddress ?? "");
	const last =
		String(headers["x-forwarded-for"] ?? "")
			.split(",")
			.at(-1) ?? "";
	const told = withoutPort(last.trim());
	const isProxy = isIP(peer) !== 0 && isSpecialAddress(peer);
	const address = isProxy && isIP(told) !== 0 ? unmapped(told) : peer;
	return isIP(address) === 0 ? address : (limitKeyOf(address) ?? address);
}

/** `1.2.3.4:567` and `[2001:db8::1]:567`, as Azure's Application Gateway writes them, without the port. */
function withoutPort(told: string): string {
	const [, ipv6, ipv4] = /^(?:\[([^\]]*)\](?::\d{1,5})?|([\d.]+):\d{1,5})$/.exec(told) ?? [];
	return ipv6 ?? ipv4 ?? told;
}

/** Counts requests by client in windows of a minute, for as many clients as fit. */
export class ClientCounts {
	readonly #max: number;
	readonly #clientsMax: number;
	readonly #now: () => number;
	readonly #counts = new Map<string, { readonly sinceMs: number; count: number }>();

	/**
	 * @param max requests of one client in a minute
	 * @param now milliseconds
	 */
	constructor(max: number, now: () => number, clientsMax = 10_000) {
		this.#max = max;
		this.#now = now;
		this.#clientsMax = clientsMax;
	}

	/** Counts one; false: that is one too many. */
	take(client: string): boolean {
		const known = this.#counts.get(client);
		if (known !== undefined && this.#now() - known.sinceMs < MINUTE_MS) {
			known.count += 1;
			return known.count <= this.#max;
		}
		this.#counts.delete(client);
		const [oldest] = this.#counts.keys();
		if (this.#counts.size >= this.#clientsMax && oldest !== undefined) this.#counts.delete(oldest);
		this.#counts.set(client, { sinceMs: this.#now(), count: 1 });
		return true;
	}
}
