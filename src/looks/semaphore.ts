/** Lets `size` holders in at once, the others in order of arrival. Whoever entered calls what it got to leave, once. */
export function semaphore(size: number): { enter: () => Promise<() => void> } {
	let free = size;
	const waiting: (() => void)[] = [];
	const leave = () => {
		const next = waiting.shift();
		if (next === undefined) free += 1;
		else next();
	};
	return {
		enter: async () => {
			if (free > 0) free -= 1;
			else await new Promise<void>((resolve) => waiting.push(resolve));
			let left = false;
			return () => {
				if (!left) leave();
				left = true;
			};
		},
	};
}
