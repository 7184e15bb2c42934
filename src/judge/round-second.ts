/** Limits that proxies, workers and load balancers commonly have, seconds; a failure at one of them is a time-out in disguise. */
const ROUND_SECONDS: readonly number[] = [10, 15, 19, 30, 60, 90, 100];
/** The way to the server and back, with its handshakes, comes on top of the server's own clock. */
export const ROUND_WITHIN_MS = 700;

/** The second at which a failure came, when it is one that time-outs are set to; null for any other. @param ms counted from the request */
export function roundSecond(ms: number): number | null {
	return ROUND_SECONDS.find((second) => Math.abs(ms - second * 1_000) <= ROUND_WITHIN_MS) ?? null;
}
