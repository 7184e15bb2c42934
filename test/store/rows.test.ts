import assert from "node:assert/strict";
import { test } from "node:test";
import { readCase } from "../../src/store/rows.ts";
import { aCase } from "./values.ts";

/** Cases of other versions: what they do not have, and what this one does not know. */

const kept = (changes: object): string => JSON.stringify({ ...aCase("a"), ...changes });

test("what services said comes back; of an older version there is nothing, and what another version says is asked again", () => {
	assert.deepEqual(readCase(kept({}))?.beside, aCase("a").beside);
	for (const beside of [undefined, null, 7, [{ service: "moon", says: [] }], [{ service: "status", says: "text" }]])
		assert.deepEqual(readCase(kept({ beside }))?.beside, [], JSON.stringify(beside));
});

test("what other places told comes back; of an older or another version there is nothing", () => {
	assert.deepEqual(readCase(kept({}))?.places, aCase("a").places);
	for (const places of [undefined, null, 7, [], { of: "8" }]) assert.equal(readCase(kept({ places }))?.places, null);
});
