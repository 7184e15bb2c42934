/**
 * Loaded into the program before its own code (`--import`): its name server is the one at HOSTILE_NAME_SERVER, for c-ares and for lookups
 * through the system alike. The system's resolver cannot be told a port, so its stand-in keeps a thread of Node's pool waiting, as
 * getaddrinfo does, on a pipe of HOSTILE_PIPES that nobody writes to; it gives up after as long.
 */
import dns from "node:dns";
import promises from "node:dns/promises";
import { closeSync, constants, openSync, open as openThreaded } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { isIP } from "node:net";

/** glibc: two tries of five seconds. */
const GIVES_UP_MS = 10_000;
/** Of libuv's pool: what waits behind them has not begun. */
const THREADS = 4;
const OPEN_NAMES_ADDRESS = "127.0.0.3";

const nameServer = process.env.HOSTILE_NAME_SERVER ?? "";
const pipes = (process.env.HOSTILE_PIPES ?? "").split(",");

/** Resolvers that ask our name server, whatever made them. */
function asking<T extends new (...args: never[]) => { setServers(servers: readonly string[]): void }>(Base: T): T {
	return new Proxy(Base, {
		construct: (target, args, newTarget) => {
			const made = Reflect.construct(target, args, newTarget) as { setServers(servers: readonly string[]): void };
			made.setServers([nameServer]);
			return made;
		},
	});
}

let held = 0;

/** A lookup of the system's that nobody answers: it holds a thread of the pool. */
function heldThread(): Promise<never> {
	return new Promise((_, reject) => {
		const pipe = pipes.shift();
		if (pipe === undefined) return reject(Object.assign(new Error("no pipe left"), { code: "EAI_AGAIN" }));
		const release = setTimeout(() => letGo(pipe), GIVES_UP_MS * (1 + Math.floor(held / THREADS)));
		release.unref();
		held += 1;
		openThreaded(pipe, "r", (_error, fd) => {
			held -= 1;
			clearTimeout(release);
			if (fd !== undefined) closeSync(fd);
			reject(Object.assign(new Error("getaddrinfo EAI_AGAIN"), { code: "EAI_AGAIN" }));
		});
	});
}

/** Works as soon as a thread waits at the other end, and lets it go. */
function letGo(pipe: string): void {
	try {
		closeSync(openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK));
	} catch {
		setTimeout(() => letGo(pipe), 100).unref();
	}
}

type Found = { address: string; family: number };
const realLookup = promises.lookup as unknown as (host: string, options: object) => Promise<Found | Found[]>;

async function lookup(host: string, options: { all?: boolean } = {}): Promise<Found | Found[]> {
	if (isIP(host) !== 0 || host === "localhost") return realLookup(host, options);
	if (!host.startsWith("open")) return heldThread();
	// One turn on the pool, as every lookup of the system's takes.
	await realLookup("localhost", {});
	const found = { address: OPEN_NAMES_ADDRESS, family: 4 };
	return options.all === true ? [found] : found;
}

type Callback = (error: Error | null, address?: unknown, family?: number) => void;
const withCallback = (host: string, given: unknown, maybe?: Callback): void => {
	const options = typeof given === "object" && given !== null ? given : {};
	const done = (typeof given === "function" ? given : maybe) as Callback;
	lookup(host, options).then(
		(found) => (Array.isArray(found) ? done(null, found) : done(null, found.address, found.family)),
		(error: Error) => done(error),
	);
};

if (nameServer !== "") {
	dns.setServers([nameServer]);
	promises.setServers([nameServer]);
	Object.assign(dns, { lookup: withCallback, Resolver: asking(dns.Resolver) });
	Object.assign(promises, { lookup, Resolver: asking(promises.Resolver) });
	syncBuiltinESMExports();
}
