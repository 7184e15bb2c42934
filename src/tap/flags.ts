import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { parseArgs } from "node:util";
import { isSpecialAddress } from "../looks/addresses.ts";
import type { Ray } from "../read/ray/decode.ts";
import { findRays } from "../read/ray/find.ts";
import { clean } from "../read/text/clean.ts";
import type { TapProblem } from "../reply/tap.ts";

/** An address and a port. */
export interface Place {
	readonly host: string;
	readonly port: number;
}

/** What a tap is asked to do. */
export interface TapAsked {
	readonly listen: Place;
	readonly to: Place;
	/** null: until it is stopped. */
	readonly forMs: number | null;
	/** The file that gets the JSON lines; null for none. */
	readonly keep: string | null;
	/** Only these are kept; null: what a proxy would not take whole. */
	readonly rays: readonly Ray[] | null;
	/** Nothing is masked. */
	readonly whole: boolean;
	readonly proxyProtocol: boolean;
	/** `listen` is no loopback address. */
	readonly isOpen: boolean;
	/** `to` is one. */
	readonly isToLocal: boolean;
}

/** Reads the words behind `tap`. */
export function readTapFlags(words: readonly string[]): TapAsked | TapProblem | "help" | "version" {
	const values = valuesOf(words);
	if ("problem" in values) return values;
	if (values.version === true) return "version";
	if (values.help === true || words.length === 0) return "help";
	const listen = placeOf(values.listen ?? "");
	if (listen === null || !isListenable(listen)) return { problem: values.listen === undefined ? "no-listen" : "bad-listen" };
	const to = placeOf(values.to ?? "");
	if (to === null) return { problem: values.to === undefined ? "no-to" : "bad-to" };
	if (isItself(listen, to)) return { problem: "same-place" };
	const isOpen = !isLoopback(listen.host);
	const anywhere = values.anywhere === true;
	if (isOpen && !anywhere) return { problem: "listen-not-loopback" };
	const isToLocal = isLoopback(to.host);
	if (!isToLocal && !anywhere) return { problem: "to-not-loopback" };
	const proxyProtocol = values["proxy-protocol"] === true;
	if (isOpen && !isPrivate(listen.host) && !proxyProtocol) return { problem: "no-proxy-protocol" };
	const forMs = values.for === undefined ? null : durationMs(values.for);
	if (values.for !== undefined && forMs === null) return { problem: "bad-for" };
	const found = values.ray?.map((one) => findRays(clean(one), Number.POSITIVE_INFINITY, true).rays) ?? null;
	if (found?.some((one) => one.length === 0)) return { problem: "bad-ray" };
	const rays = found?.flat() ?? null;
	if (values.keep === "") return { problem: "bad-keep" };
	return { listen, to, forMs, keep: values.keep ?? null, rays, whole: values.whole === true, proxyProtocol, isOpen, isToLocal };
}

function valuesOf(words: readonly string[]) {
	try {
		const { values } = parseArgs({
			args: [...words],
			allowPositionals: false,
			options: OPTIONS,
		});
		return values;
	} catch {
		const unknown = words.find((word, nth) => !isKnown(word) && !words[nth - 1]?.startsWith("--"));
		return unknown === undefined ? ({ problem: "no-value" } as const) : ({ problem: "unknown-flag", word: unknown } as const);
	}
}

const OPTIONS = {
	help: { type: "boolean", short: "h" },
	version: { type: "boolean" },
	json: { type: "boolean" },
	listen: { type: "string" },
	to: { type: "string" },
	for: { type: "string" },
	keep: { type: "string" },
	ray: { type: "string", multiple: true },
	whole: { type: "boolean" },
	"proxy-protocol": { type: "boolean" },
	anywhere: { type: "boolean" },
} as const;

const isKnown = (word: string): boolean => word === "-h" || Object.hasOwn(OPTIONS, /^--([^=]*)/.exec(word)?.[1] ?? "");

/** `127.0.0.1:8081`, `[::1]:8081`, `localhost:8081`, `8081`. */
function placeOf(text: string): Place | null {
	const [, bracketed, plain, digits] = /^(?:(?:\[([0-9a-f:.]+)\]|([\w.-]{1,253})):)?(\d{1,5})$/i.exec(text) ?? [];
	const port = Number(digits);
	if (digits === undefined || port < 1 || port > 65_535) return null;
	if (bracketed !== undefined) return isIP(bracketed) === 6 ? { host: shortened(bracketed), port } : null;
	// What resolvers may take for an IPv4 address, and what is one, are two things: 127.1, 0x7f.1.
	if (plain !== undefined && /(?:^|\.)(?:\d+|0x[0-9a-f]*)\.?$/i.test(plain) && isIP(plain) === 0) return null;
	return { host: plain?.toLowerCase() ?? "127.0.0.1", port };
}

/** One form for each IPv6 address. */
const shortened = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1);

const isLocalhost = (host: string): boolean => host === "localhost";
const isLoopback = (host: string): boolean => isLocalhost(host) || isLoopbackAddress(host);

/** An address that only this machine reaches. */
export const isLoopbackAddress = (address: string): boolean =>
	address === "::1" || (isIP(address) === 4 && address.startsWith("127."));

const isListenable = ({ host }: Place): boolean => isLocalhost(host) || isIP(host) !== 0;
/** Every address of this machine. */
const isEvery = (host: string): boolean => host === "0.0.0.0" || host === "::";

/** What connects to `to` comes back to `listen`. */
function isItself(listen: Place, to: Place): boolean {
	if (listen.port !== to.port) return false;
	const [a, b] = [listen.host, to.host];
	const isEither = (host: string) => isLocalhost(host) || host === "127.0.0.1" || host === "::1";
	if (a === b || (isEither(a) && isEither(b) && (isLocalhost(a) || isLocalhost(b)))) return true;
	// Connecting to every address connects to this machine.
	if (isEvery(b)) return isEvery(a) || isLoopback(a);
	return isEvery(a) && (isLoopback(b) || addressesHere().has(b));
}

const addressesHere = (): ReadonlySet<string> =>
	new Set(Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address)));

/** An address of a network of one's own; every address at once is none. */
const isPrivate = (host: string): boolean => isIP(host) !== 0 && !isEvery(host) && isSpecialAddress(host);

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const FOR_MAX_MS = 14 * 86_400_000;

function durationMs(text: string): number | null {
	const [, count, unit = ""] = /^(\d{1,6}) ?([smhd])$/i.exec(text.trim()) ?? [];
	const ms = Number(count) * (UNIT_MS[unit.toLowerCase()] ?? Number.NaN);
	return ms >= 1_000 && ms <= FOR_MAX_MS ? ms : null;
}
