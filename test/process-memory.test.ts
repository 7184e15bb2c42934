import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

const MODULE = new URL("../src/process-memory.ts", import.meta.url).href;
const KEPT_SMALL = `const { keepMemorySmall } = await import("${MODULE}"); keepMemorySmall();`;

/** What a program prints, as a number. */
const printed = (program: string): number =>
	Number(
		execFileSync(process.execPath, ["--max-semi-space-size=64", "--input-type=module", "-e", program], { encoding: "utf8" }),
	);

const SIZE = `
	const { getHeapSpaceStatistics } = await import("node:v8");
	const size = (name) => getHeapSpaceStatistics().find((one) => one.space_name === name).space_size;`;

/** Objects that live a while, as a busy second makes them: how large the young generation is after that, in bytes. */
const YOUNG = `${SIZE}
	for (let nth = 0, kept = []; nth < 3_000_000; nth += 1) {
		kept.push({ nth, more: [nth] });
		if (kept.length > 200_000) kept = [];
	}
	console.log(size("new_space"));`;

/** A store of 20 MB whose rows are written anew all the time: how large the heap became, in bytes. */
const OLD = `${SIZE}
	const kept = Array.from({ length: 300_000 }, (_, nth) => ({ nth, more: [nth] }));
	let most = 0;
	for (let nth = 0; nth < 4_000_000; nth += 1) {
		kept[(nth * 7_919) % kept.length] = { nth, more: [nth] };
		if (nth % 20_000 === 0) most = Math.max(most, size("old_space"));
	}
	console.log(most);`;

test("the young generation stays small in a busy process, and nothing of that is lost in a quiet one", () => {
	const [small, wanted] = [printed(KEPT_SMALL + YOUNG), 16 * 1024 * 1024];
	assert.ok(small >= wanted / 2 && small <= wanted * 1.5, `${small} bytes`);
	assert.ok(printed(YOUNG) > 2 * small, "without it, V8 takes more");
});

test("the heap is collected before it is a multiple of what is alive", () => {
	const small = printed(KEPT_SMALL + OLD);
	assert.ok(printed(OLD) > 2 * small, `without it, V8 takes more than ${small} bytes`);
});
