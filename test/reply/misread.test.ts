import assert from "node:assert/strict";
import { test } from "node:test";
import { renderTerminal } from "../../src/adapters/terminal/render.ts";
import { busyReply } from "../../src/reply/misread.ts";

test("a wait is told in the unit that people count in", () => {
	const STYLE = { colour: false, width: 100, askPrefix: "" };
	const told = [0, 20_000, 89_999, 90_000, 3_000_000, 7_199_999, 7_200_000, 86_400_000].map((againMs) => {
		const { head } = busyReply({ why: "addresses", againMs });
		return /Try\s+again\s+in\s+([\d.]+\s\w+)\./.exec(renderTerminal(head, STYLE))?.[1];
	});
	assert.deepEqual(told, ["1 s", "20 s", "90 s", "2 min", "50 min", "120 min", "2 h", "24 h"]);
});
