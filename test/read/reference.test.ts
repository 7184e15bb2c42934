import { test } from "node:test";
import { compareChunked, compareHead, compareHttp2 } from "../reference/compare.ts";
import { seeded } from "../reference/random.ts";

/** A few thousand variants beside the reference; `npm run fuzz` tries as many as wanted, with new seeds. */
for (const [what, compare] of [
	["HTTP/2 responses", compareHttp2],
	["chunked content", compareChunked],
	["unfinished header sections", compareHead],
] as const)
	test(`generated ${what} are read as the reference reads them`, () => {
		const random = seeded(12);
		for (let nth = 0; nth < 4_000; nth += 1) compare(random);
	});
