/** A worker for tests: what it is told, it does. */
export default function rogue({ input }: { readonly input: { readonly do: string } }): unknown {
	switch (input.do) {
		case "hang":
			for (;;);
		case "eat": {
			const eaten: number[][] = [];
			for (;;) eaten.push(Array.from({ length: 10_000 }, (_, nth) => nth));
		}
		case "exit":
			return process.exit(3);
		case "throw":
			throw new TypeError("a fault of ours");
		case "environment":
			return Object.keys(process.env);
		default:
			return input.do;
	}
}
