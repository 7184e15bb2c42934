/** The time is over. */
export class TooLate extends Error {
	override readonly name = "TooLate";
}

/**
 * Waits for something no longer than so. What came while this process was frozen or busy counts as in time.
 * @throws TooLate
 */
export function within<T>(promise: Promise<T>, ms: number): Promise<T> {
	return new Promise((resolve, reject) => {
		// After timers Node reads what sockets hold; two turns later it was read and told.
		const timer = setTimeout(() => setImmediate(() => setImmediate(() => reject(new TooLate()))), ms);
		promise.then(resolve, reject).finally(() => clearTimeout(timer));
	});
}
