import { type Target, withPath } from "../read/text/target.ts";
import { CANCELED } from "./connection.ts";
import { type LookOptions, look } from "./exchange.ts";
import { type CheckedTarget, checkedPath } from "./guard.ts";
import type { Asked, Observation } from "./observation.ts";

/** How many times the page itself is asked for. */
const PAGE_LOOKS = 5;

/** What a browser says it takes. Without Accept-Encoding Cloudflare serves its default page instead of a custom one (Custom Errors documentation). */
const BROWSER = {
	accept: "text/html,application/xhtml+xml,*/*;q=0.8",
	"accept-encoding": "gzip, br",
	"accept-language": "en",
} as const;
const STRUCTURED = { accept: "application/problem+json", "accept-encoding": "gzip, br" } as const;
const PLAIN = { accept: "text/plain, */*", "accept-encoding": "identity" } as const;

/** Between the starts of two looks: side by side, but no burst. */
const STAGGER_MS = 12;

type Planned = {
	readonly purpose: Asked["purpose"];
	readonly target: Target;
	readonly headers: Readonly<Record<string, string>>;
};

/**
 * The looks of one question about a site: the page several times, once as an API client that takes Cloudflare's structured answer,
 * another URL of the same host, and the edge's own trace.
 */
export function planLooks(target: Target): readonly Planned[] {
	const page: Planned = { purpose: "page", target, headers: BROWSER };
	// For the start page the other URL is one that most sites have.
	const other = withPath(target, target.path === "/" ? "/robots.txt" : "/");
	return [
		page,
		{ purpose: "structured", target, headers: STRUCTURED },
		{ purpose: "trace", target: withPath(target, "/cdn-cgi/trace"), headers: PLAIN },
		{ purpose: "other-url", target: other, headers: BROWSER },
		...Array.from({ length: PAGE_LOOKS - 1 }, () => page),
	];
}

/** The structured look alone, once more: for a page that failed when that look happened to succeed. */
export function planStructured(target: Target): Planned {
	return { purpose: "structured", target, headers: STRUCTURED };
}

/** One look at the page, for `headers`. */
export function planHeaders(target: Target): Planned {
	return { purpose: "page", target, headers: BROWSER };
}

/** No connection came about, over TCP or TLS: a further look at the same place would only wait as long. */
const isWithoutConnection = (seen: Observation) =>
	seen.kind === "unreached" && (seen.stage === "connect" || seen.stage === "tls");

/**
 * Runs looks side by side. Where the first one gets no connection, those that have none yet are left out of the result.
 * @param judged makes of each look what is kept of it, as soon as it is back
 * @param now Unix milliseconds
 * @param landed called after each look with how many are back
 */
export async function runLooks<Judged>(
	checked: CheckedTarget,
	planned: readonly Planned[],
	options: LookOptions,
	now: () => number,
	judged: (seen: Observation) => Judged,
	landed: (done: number) => void = () => {},
): Promise<Judged[]> {
	let done = 0;
	const first = new AbortController();
	const all = await Promise.all(
		planned.map(async ({ purpose, target, headers }, index) => {
			if (index > 0) await new Promise((resolve) => setTimeout(resolve, index * STAGGER_MS));
			if (first.signal.aborted) return [];
			const asked: Asked = { route: "through-edge", purpose, url: target.url, method: "GET", startedAtMs: now() };
			const page = purpose === "page" && index === 0 ? checked : checkedPath(checked, target);
			const seen = await look(page, asked, headers, index === 0 ? options : { ...options, unconnected: first.signal });
			if (index === 0 && isWithoutConnection(seen)) first.abort();
			if (index > 0 && first.signal.aborted && seen.kind === "unreached" && seen.code === CANCELED) return [];
			const kept = judged(seen);
			done += 1;
			landed(done);
			return [kept];
		}),
	);
	return all.flat();
}
