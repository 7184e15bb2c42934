import { isIP } from "node:net";
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
export function readTapFlags(words: readonly string[]): TapAsked | TapProblem | "help" {
	const values = valuesOf(words);
	if ("problem" in values) return values;
	if (values.help === true || words.length === 0) return "help";
	const listen = placeOf(values.listen ?? "", "127.0.0.1");
	if (listen === null) return { problem: values.listen === undefined ? "no-listen" : "bad-listen" };
	const to = placeOf(values.to ?? "", "127.0.0.1");
	if (to === null) return { problem: values.to === undefined ? "no-to" : "bad-to" };
	if (listen.host === to.host && listen.port === to.port) return { problem: "same-place" };
	const isOpen = !isLoopback(listen.host);
	const anywhere = values.anywhere === true;
	if (isOpen && !anywhere) return { problem: "listen-not-loopback" };
	const isToLocal = isLoopback(to.host);
	if (!isToLocal && !anywhere) return { problem: "to-not-loopback" };
	const proxyProtocol = values["proxy-protocol"] === true;
	if (isOpen && !isPrivate(listen.host) && !proxyProtocol) return { problem: "no-proxy-protocol" };
	const forMs = values.for === undefined ? null : durationMs(values.for);
	if (values.for !== undefined && forMs === null) return { problem: "bad-for" };
	const rays = values.ray === undefined ? null : findRays(clean(values.ray.join(" ")), Number.POSITIVE_INFINITY, true).rays;
	if (rays?.length === 0) return { problem: "bad-ray" };
	if (values.keep === "") return { problem: "bad-keep" };
	return { listen, to, forMs, keep: values.keep ?? null, rays, whole: values.whole === true, proxyProtocol, isOpen, isToLocal };
}

function valuesOf(words: readonly string[]) {
	try {
		const { values } = parseArgs({
			args: [...words],
			allowPositionals: false,
			options: {
				help: { type: "boolean", short: "h" },
				json: { type: "boolean" },
				listen: { type: "string" },
				to: { type: "string" },
				for: { type: "string" },
				keep: { type: "string" },
				ray: { type: "string", multiple: true },
				whole: { type: "boolean" },
				"proxy-protocol": { type: "boolean" },
				anywhere: { type: "boolean" },
			},
		});
		return values;
	} catch {
		return { problem: "unknown-flag" } as const;
	}
}

/** `127.0.0.1:8081`, `[::1]:8081`, `localhost:8081`, `8081`. */
function placeOf(text: string, host: string): Place | null {
	const [, bracketed, plain, digits] = /^(?:(?:\[([0-9a-f:.]+)\]|([\w.-]+)):)?(\d{1,5})$/i.exec(text) ?? [];
	const port = Number(digits);
	if (digits === undefined || port < 1 || port > 65_535) return null;
	if (bracketed !== undefined) return isIP(bracketed) === 6 ? { host: bracketed.toLowerCase(), port } : null;
	if (plain !== undefined && /^[\d.]+$/.test(plain) && isIP(plain) === 0) return null;
	return { host: plain ?? host, port };
}

const isLoopback = (host: string): boolean =>
	host === "::1" || host.toLowerCase() === "localhost" || (isIP(host) === 4 && host.startsWith("127."));

/** An address of a network of one's own; every address at once is none. */
const isPrivate = (host: string): boolean => isIP(host) !== 0 && !/^(?:0\.0\.0\.0|[0:]+)$/.test(host) && isSpecialAddress(host);

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const FOR_MAX_MS = 14 * 86_400_000;

function durationMs(text: string): number | null {
	const [, count, unit = ""] = /^(\d{1,6}) ?([smhd])$/i.exec(text.trim()) ?? [];
	const ms = Number(count) * (UNIT_MS[unit.toLowerCase()] ?? Number.NaN);
	return ms >= 1_000 && ms <= FOR_MAX_MS ? ms : null;
}
