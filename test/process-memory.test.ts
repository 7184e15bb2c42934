import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

/** Objects that live a while, as a busy second makes them: how large the young generation is after that, in bytes. */
const BUSY = `
	const { getHeapSpaceStatistics } = await import("node:v8");
	for (let nth = 0, kept = []; nth < 3_000_000; nth += 1) {
		kept.push({ nth, more: [nth] });
		if (kept.length > 200_000) kept = [];
	}
	console.log(getHeapSpaceStatistics().find((one) => one.space_name === "new_space").space_size);`;
const MODULE = new URL("../src/young-memory.ts", import.meta.url).href;
const afterBusy = (before: string): number =>
	Number(
		execFileSync(process.execPath, ["--max-semi-space-size=64", "--input-type=module", "-e", `${before}${BUSY}`], {
			encoding: "utf8",
		}),
	);

test("the young generation stays small in a busy process, and nothing of that is lost in a quiet one", () => {
	const [small, wanted] = [
		afterBusy(`const { keepYoungSmall } = await import("${MODULE}"); keepYoungSmall();`),
		16 * 1024 * 1024,
	];
	assert.ok(small >= wanted / 2 && small <= wanted * 1.5, `${small} bytes`);
	assert.ok(afterBusy("") > 2 * small, "without it, V8 takes more");
});
