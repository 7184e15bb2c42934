import type { FindingLevel } from "../knowledge/findings/finding.ts";
import { type CaptureFindingId, FAILS_BEHIND, FINDINGS } from "../knowledge/findings/list.ts";
import type { LargestField, RecordedExchange } from "../read/capture/exchange.ts";
import type { Ending } from "../read/wire/ending.ts";
import type { Span } from "../read/wire/reading.ts";
import { type Autopsy, autopsyOf } from "./autopsy.ts";
import type { ProxyDoes } from "./proxy.ts";
import { roundSecond } from "./round-second.ts";

/** A named fact about a recorded exchange. */
export interface CaptureFinding {
	readonly id: CaptureFindingId;
	readonly level: FindingLevel;
	readonly span?: Span;
	/** More precisely, see `Oddity`. */
	readonly what?: string;
}

/** What a recorded exchange shows. */
export interface JudgedExchange {
	readonly ray: string | null;
	/** The name in its Host field; null for an IP address. */
	readonly host: string | null;
	readonly method: string | null;
	/** Without its query. */
	readonly path: string | null;
	readonly status: number | null;
	readonly proxy: ProxyDoes;
	readonly code: Autopsy["code"];
	readonly ending: Ending;
	readonly closedFirst: "client" | "server" | null;
	readonly startedAtMs: number;
	readonly tookMs: number;
	readonly gap: boolean;
	/** Another protocol took the connection over: nothing is judged. */
	readonly switched: boolean;
	readonly findings: readonly CaptureFinding[];
	/** Status line to empty line; null: it was not complete. */
	readonly headerBytes: number | null;
	readonly largest: LargestField | null;
	readonly requestHeadBytes: number;
	/** Bytes of content that came, and that were promised; null: no length was. */
	readonly contentBytes: number;
	readonly promisedBytes: number | null;
	readonly serverPort: number;
}

/** The verdict of `autopsy` on a recorded exchange, with what only a recording of both directions shows. Pure and total. */
export function judgeExchange(recorded: RecordedExchange): JudgedExchange {
	const { reading, ending, gap, gaveUp, switched } = recorded;
	// Nearly all are like this: nothing is left that an autopsy could name.
	const isPlain = reading.complete && reading.oddities.length === 0 && !gap && !gaveUp && !switched;
	const found = isPlain ? PLAIN : autopsyOf(reading, gap || gaveUp ? "enough" : ending, recorded.responseBytes);
	const tookMs = Math.max(0, recorded.endedAtMs - recorded.startedAtMs);
	// Missing bytes prove nothing; those that are there may.
	const findings: CaptureFinding[] = switched
		? []
		: gap || gaveUp
			? found.findings.filter(({ id }) => id !== "whole")
			: [...found.findings];
	// What the bytes prove is told beside it: visitors get that first.
	const isProven = found.proxy === "rejects" || found.proxy === "truncates";
	if (gaveUp && !switched)
		findings.push({ id: "client-closed-first", level: FINDINGS["client-closed-first"].level, what: afterWords(tookMs) });
	return {
		ray: recorded.ray,
		host: recorded.host,
		method: recorded.method,
		path: recorded.target === null ? null : pathOf(recorded.target),
		status: reading.status,
		proxy: switched ? "accepts" : gaveUp ? "waits" : found.proxy,
		code: switched || gap ? null : gaveUp && !isProven ? null : found.code,
		ending: recorded.isLast ? ending : "enough",
		closedFirst: recorded.closedFirst,
		startedAtMs: recorded.startedAtMs,
		tookMs,
		gap,
		switched,
		findings,
		headerBytes: reading.headerSection === null ? null : reading.headerSection.end - reading.headerSection.start,
		largest: recorded.largest,
		requestHeadBytes: recorded.requestHeadBytes,
		contentBytes: reading.contentBytes,
		promisedBytes: reading.framing?.kind === "length" ? reading.framing.declared : null,
		serverPort: recorded.serverPort,
	};
}

const PLAIN: Pick<Autopsy, "proxy" | "code" | "findings"> = {
	proxy: "accepts",
	code: null,
	findings: [{ id: "whole", level: FINDINGS.whole.level }],
};

/** `after 60 s`, `after 0.4 s`: a round number is told as one. */
function afterWords(ms: number): string {
	const round = roundSecond(ms);
	return `after ${round ?? (ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

/** A request target without its query. */
function pathOf(target: string): string {
	const query = target.indexOf("?");
	return query < 0 ? target : target.slice(0, query);
}

/** Whether the exchange is told without being asked for: a proxy does not take it whole. */
export const isListed = ({ proxy }: JudgedExchange): boolean => proxy !== "accepts";

/** A response that is all here, and that a proxy passes on, but that fails at Cloudflare or at the visitor. */
export const failsBehind = ({ proxy, gap, switched, findings }: JudgedExchange): boolean =>
	proxy === "accepts" && !gap && !switched && findings.some(({ id }) => FAILS_BEHIND.has(id));

/** Sizes or times of many exchanges in little memory: how many were in each of many narrow ranges. */
export class Distribution {
	readonly #counts = new Map<number, number>();
	#n = 0;
	#largest = 0;

	add(value: number): void {
		this.#n += 1;
		if (value > this.#largest) this.#largest = value;
		const range = value <= 0 ? 0 : Math.max(0, Math.ceil(Math.log(value) / STEP));
		this.#counts.set(range, (this.#counts.get(range) ?? 0) + 1);
	}

	get n(): number {
		return this.#n;
	}

	get largest(): number {
		return this.#largest;
	}

	/** So many of them are at most this large, to within two percent; 0 for none. */
	quantile(share: number): number {
		let left = Math.ceil(this.#n * share);
		for (const [range, count] of [...this.#counts].sort(([a], [b]) => a - b)) {
			left -= count;
			if (left <= 0) return Math.min(this.#largest, Math.exp(range * STEP));
		}
		return this.#largest;
	}
}
const STEP = Math.log(1.02);

/** Exchanges that fail alike. */
export interface FailureKind {
	readonly proxy: ProxyDoes;
	/** The finding that explains it. */
	readonly finding: CaptureFindingId;
	count: number;
	closedByClient: number;
	closedByServer: number;
	/** The earliest and the latest request. */
	firstMs: number;
	lastMs: number;
	/** How long each took: the shortest and the longest. */
	leastMs: number;
	mostMs: number;
}

/** The second at which all of a kind failed, where that is one that timeouts are set to; null for any other. */
export function sameSecond({ leastMs, mostMs }: Pick<FailureKind, "leastMs" | "mostMs">): number | null {
	const second = roundSecond(leastMs);
	return second === roundSecond(mostMs) ? second : null;
}

/** All exchanges of a recording together. */
export class CaptureTally {
	exchanges = 0;
	whole = 0;
	gaps = 0;
	switched = 0;
	/** Responses with a status of 500 to 599 that arrived whole. */
	serverErrors = 0;
	readonly failures = new Map<string, FailureKind>();
	readonly headerBytes = new Distribution();
	readonly requestBytes = new Distribution();
	readonly tookMs = new Distribution();
	readonly ports = new Map<number, number>();
	readonly hosts = new Map<string, number>();
	/** How requests to like pages went. */
	readonly #pages = new Map<string, { failed: number; whole: number }>();
	/** The same by time. */
	readonly #times = new Map<number, { failed: number; whole: number }>();
	over128k = 0;
	over64k = 0;
	/** What takes most of the header sections over 64 KB, by name; with how many each. */
	readonly largest = new Map<string, { readonly field: LargestField; count: number }>();

	add(one: JudgedExchange): void {
		this.exchanges += 1;
		if (this.ports.size < PORTS_MAX || this.ports.has(one.serverPort))
			this.ports.set(one.serverPort, (this.ports.get(one.serverPort) ?? 0) + 1);
		if (one.host !== null && (this.hosts.size < NAMES_MAX || this.hosts.has(one.host)))
			this.hosts.set(one.host, (this.hosts.get(one.host) ?? 0) + 1);
		if (!one.switched && !one.gap) this.#count(one);
		if (one.headerBytes !== null) this.#header(one.headerBytes, one.largest);
		if (one.requestHeadBytes > 0) this.requestBytes.add(one.requestHeadBytes);
		if (one.switched) this.switched += 1;
		else if (isListed(one)) this.#failure(one);
		else if (one.gap) this.gaps += 1;
		else {
			this.whole += 1;
			this.tookMs.add(one.tookMs);
			if (one.status !== null && one.status >= 500 && one.status <= 599) this.serverErrors += 1;
		}
	}

	/** How many a proxy would not take whole. */
	get failed(): number {
		return [...this.failures.values()].reduce((sum, { count }) => sum + count, 0);
	}

	/** Which requests fail; null where nothing fails, or too little was recorded to tell. */
	get pattern(): CapturePattern | null {
		const failing = [...this.#pages.values()].filter(({ failed }) => failed > 0);
		const failed = sum(failing.map((page) => page.failed));
		const whole = sum(failing.map((page) => page.whole));
		const elsewhere = sum([...this.#pages.values()].map((page) => page.whole)) - whole;
		const of = failed + whole;
		if (failed === 0 || of + elsewhere < PATTERN_FROM) return null;
		if (whole === 0) return failed < 2 ? null : { value: elsewhere === 0 ? "all" : "some-urls", failed, of };
		return { value: this.#comesInBursts(failed) ? "bursts" : "random", failed, of };
	}

	/** Nearly all failures came in moments in which most requests failed, and most of the time was free of them. */
	#comesInBursts(failed: number): boolean {
		const all = [...this.#times.values()];
		const bad = all.filter((time) => time.failed + time.whole >= BURST_FROM && time.failed >= time.whole);
		return sum(bad.map((time) => time.failed)) >= 0.8 * failed && bad.length * 2 < all.length;
	}

	#count(one: JudgedExchange): void {
		const how = isListed(one) ? "failed" : "whole";
		const page = `${one.host ?? ""} ${likePage(one.path ?? "")}`;
		const slot = Math.floor(one.startedAtMs / BURST_MS);
		for (const [counts, key, max] of [
			[this.#pages, page, PAGES_MAX],
			[this.#times, slot, TIMES_MAX],
		] as const) {
			const map = counts as Map<string | number, { failed: number; whole: number }>;
			const known = map.get(key) ?? { failed: 0, whole: 0 };
			if (map.size >= max && !map.has(key)) continue;
			map.set(key, known);
			known[how] += 1;
		}
	}

	#header(bytes: number, largest: LargestField | null): void {
		this.headerBytes.add(bytes);
		if (bytes > LIMIT_BYTES) this.over128k += 1;
		if (bytes <= LIMIT_BYTES / 2) return;
		this.over64k += 1;
		if (largest === null) return;
		const name = `${largest.name}=${largest.cookie ?? ""}`;
		const known = this.largest.get(name);
		if (known !== undefined) known.count += 1;
		else if (this.largest.size < NAMES_MAX) this.largest.set(name, { field: largest, count: 1 });
	}

	#failure(one: JudgedExchange): void {
		const finding = leadingFinding(one);
		const kind = `${one.proxy} ${finding}`;
		const known = this.failures.get(kind) ?? {
			...{ proxy: one.proxy, finding, count: 0, closedByClient: 0, closedByServer: 0 },
			...{ firstMs: one.startedAtMs, lastMs: one.startedAtMs, leastMs: one.tookMs, mostMs: one.tookMs },
		};
		this.failures.set(kind, known);
		known.count += 1;
		if (one.closedFirst === "client") known.closedByClient += 1;
		if (one.closedFirst === "server") known.closedByServer += 1;
		known.firstMs = Math.min(known.firstMs, one.startedAtMs);
		known.lastMs = Math.max(known.lastMs, one.startedAtMs);
		known.leastMs = Math.min(known.leastMs, one.tookMs);
		known.mostMs = Math.max(known.mostMs, one.tookMs);
	}
}

/** Which of the recorded requests fail, of those to the pages that fail. */
export interface CapturePattern {
	readonly value: "all" | "some-urls" | "random" | "bursts";
	readonly failed: number;
	readonly of: number;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
/** Fewer requests do not show which of them fail. */
const PATTERN_FROM = 20;
/** Restarts and full queues take seconds. */
const BURST_MS = 10_000;
const BURST_FROM = 3;
const PAGES_MAX = 2_000;
const TIMES_MAX = 20_000;

/** Pages that differ in a number or an id only are served alike. */
export const likePage = (path: string): string => path.slice(0, 200).replace(/\d+|[0-9a-f-]{12,}/gi, "#");

/** Cloudflare's limit for all response headers (connection-limits page). */
const LIMIT_BYTES = 131_072;
const PORTS_MAX = 64;
const NAMES_MAX = 256;

/** The finding that explains a failure: the first fault, else the first of any level. */
export function leadingFinding({ findings }: Pick<JudgedExchange, "findings">): CaptureFindingId {
	return (findings.find(({ level }) => level === "fault") ?? findings[0])?.id ?? "closed-before-the-end";
}
