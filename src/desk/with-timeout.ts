/**
 * The result of some work if it comes in time; the work goes on.
 * @param ms milliseconds
 * @returns null when it does not
 */
export async function withTimeout<T>(work: Promise<T>, ms: number): Promise<T | null> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<null>((resolve) => {
		timer = setTimeout(resolve, ms, null);
	});
	return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
