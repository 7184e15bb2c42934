import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** As large as the young generation of the process is made, in bytes. */
const YOUNG_BYTES = 16 * 1024 * 1024;
/** So much survives a collection that V8 wants more room, and no loop is without end. */
const ROUNDS_MAX = 64;
const KEPT_MAX = 100_000;
/** By how much the heap grows over what is alive before it is collected, in percent: V8 allows 300 where the machine has memory. */
const HEAP_GROWING_PERCENT = 100;

const youngBytes = (): number =>
	getHeapSpaceStatistics().find((one) => one.space_name === "new_space")?.space_size ?? YOUNG_BYTES;

/**
 * Keeps the memory of this process small. On a machine with much memory V8 lets the young generation grow to 128 MB and the heap to four
 * times of what is alive before it collects, which one busy minute fills and V8 does not give back. The largest size of the young
 * generation is fixed when the process starts, but not by how much it grows at a time: it is grown to the wanted size here, and then no
 * more. Call it before anything else.
 */
export function keepMemorySmall(): void {
	for (let round = 0, kept: object[] = []; round < ROUNDS_MAX && youngBytes() < YOUNG_BYTES; round += 1) {
		if (kept.length >= KEPT_MAX) kept = [];
		for (let nth = 0; nth < KEPT_MAX / 4; nth += 1) kept.push([nth]);
	}
	setFlagsFromString("--semi-space-growth-factor=1");
	setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`);
}
