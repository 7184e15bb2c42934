import type { Observation } from "../looks/observation.ts";

/** Limits that proxies, workers and load balancers commonly have, seconds; a failure at one of them is a time-out in disguise. */
const ROUND_SECONDS: readonly number[] = [10, 15, 19, 30, 60, 90, 100];
/** The way to the server and back, with its handshakes, comes on top of the server's own clock. */
export const ROUND_WITHIN_MS = 700;

/** The second at which a failure came, when it is one that time-outs are set to; null for any other. @param ms counted from the request */
export function roundSecond(ms: number): number | null {
	return ROUND_SECONDS.find((second) => Math.abs(ms - second * 1_000) <= ROUND_WITHIN_MS) ?? null;
}

/** Bytes that came within this of each other came at once; so long without one is silence. */
const AT_ONCE_MS = 1_000;

/**
 * Everything that came had come at once, and the connection was ended only after a silence: then it is a timeout of an idle connection
 * (keep-alive), not of work in progress. False where no byte came.
 */
export function idledOut({ firstByteMs, lastByteMs, endedMs }: Observation["timings"]): boolean {
	if (firstByteMs === null || lastByteMs === null) return false;
	return lastByteMs - firstByteMs < AT_ONCE_MS && endedMs - lastByteMs >= AT_ONCE_MS;
}
