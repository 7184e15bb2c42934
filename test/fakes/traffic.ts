import type { FakeRequest } from "./cloudflare.ts";

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
	};
}

const MINUTE_MS = 60_000;
export const HOST = "www.example.com";

/** Shares of visitors, most first. */
const PATHS = [
	["GET", "/", 0.3],
	["GET", "/products", 0.25],
	["GET", "/cart", 0.15],
	["POST", "/login", 0.15],
	["GET", "/account", 0.1],
	["POST", "/api/orders", 0.05],
] as const;
const COLOS = [
	["FRA", 0.44],
	["DFW", 0.29],
	["NRT", 0.17],
	["GRU", 0.1],
] as const;
const COUNTRIES = [
	["DE", 0.4],
	["US", 0.3],
	["JP", 0.2],
	["BR", 0.1],
] as const;
const AGENTS = [
	["Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0", 0.6],
	["Mozilla/5.0 (iPhone) Safari/605.1.15", 0.35],
	["okhttp/4.12.0", 0.05],
] as const;

function one<T extends readonly (string | number)[]>(list: readonly T[], random: () => number): T {
	let left = random();
	for (const entry of list) {
		left -= Number(entry.at(-1));
		if (left < 0) return entry;
	}
	return list[0] as T;
}

/** What fails in invented traffic, and how. */
export interface Fault {
	/** Whether this request fails; `minute` from the beginning. */
	readonly fails: (request: FakeRequest, minute: number, random: () => number) => boolean;
	/** The origin's status of a request that failed. */
	readonly origin?: (random: () => number) => number;
	/** How many times the usual number of requests a minute has. */
	readonly load?: (minute: number) => number;
	/** What another request becomes. */
	readonly otherwise?: (request: FakeRequest, random: () => number) => FakeRequest;
}

/**
 * An hour and more of invented requests to one host, ended at `toMs`.
 * @param perMinute requests, before `load`
 */
export function traffic(toMs: number, minutes: number, perMinute: number, fault: Fault, seed = 1): FakeRequest[] {
	const random = seeded(seed);
	const out: FakeRequest[] = [];
	for (let minute = 0; minute < minutes; minute += 1) {
		const amount = Math.round(perMinute * (fault.load?.(minute) ?? 1));
		for (let nth = 0; nth < amount; nth += 1) {
			const [method, path] = one(PATHS, random);
			const healthy: FakeRequest = {
				atMs: toMs - (minutes - minute) * MINUTE_MS + Math.floor(random() * MINUTE_MS),
				host: HOST,
				path,
				method,
				colo: one(COLOS, random)[0],
				country: one(COUNTRIES, random)[0],
				asn: 3320 + Math.floor(random() * 5),
				agent: one(AGENTS, random)[0],
				protocol: random() < 0.7 ? "HTTP/2" : "HTTP/3",
				scheme: "https",
				edge: 200,
				origin: 200,
				cache: random() < 0.2 ? "hit" : "dynamic",
				ray: out.length.toString(16).padStart(16, "0"),
				source: "eyeball",
			};
			const isFailed = fault.fails(healthy, minute, random);
			if (isFailed) out.push({ ...healthy, edge: 520, origin: fault.origin?.(random) ?? 0, cache: "dynamic" });
			else out.push(fault.otherwise?.(healthy, random) ?? healthy);
		}
	}
	return out;
}
