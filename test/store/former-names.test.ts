import assert from "node:assert/strict";
import { test } from "node:test";
import { caseWithTodaysNames, watchWithTodaysNames } from "../../src/store/former-names.ts";

/** Bodies as version 0.1 wrote them. */
const CASE = {
	id: "1f2e3d4c",
	code: "520",
	ref: '["C1","1.2"]',
	place: "slack C1 1.2",
	head: {
		mood: "bad",
		blocks: [
			{ kind: "title", text: [{ t: "plain", s: "shop.example fails with 520" }] },
			{ kind: "buttons", buttons: [{ label: "Watch", press: { do: "watch", url: "https://shop.example/" } }], else: [] },
		],
	},
};
const WATCH = { id: "w1", door: "{}", ref: null, place: null, alone: true, told: 2, telling: [{ kind: "gap" }] };

test("a case that version 0.1 kept is read under today's names, its buttons too", () => {
	assert.deepEqual(caseWithTodaysNames(CASE), {
		id: "1f2e3d4c",
		code: "520",
		messageRef: '["C1","1.2"]',
		threadKey: "slack C1 1.2",
		head: {
			mood: "bad",
			blocks: [
				{ kind: "title", text: [{ t: "plain", s: "shop.example fails with 520" }] },
				{ kind: "buttons", buttons: [{ label: "Watch", action: { do: "watch", url: "https://shop.example/" } }], else: [] },
			],
		},
	});
});

test("a watch that version 0.1 kept is read under today's names", () => {
	assert.deepEqual(watchWithTodaysNames(WATCH), {
		id: "w1",
		resumeRef: "{}",
		messageRef: null,
		threadKey: null,
		isPrivate: true,
		announced: 2,
		toAnnounce: [{ kind: "gap" }],
	});
});

test("what is kept today stays as it is, and what is no body at all too", () => {
	const one = caseWithTodaysNames(CASE);
	assert.deepEqual(caseWithTodaysNames(one), one);
	for (const body of [null, 7, "text", []])
		assert.deepEqual([caseWithTodaysNames(body), watchWithTodaysNames(body)], [body, body]);
});
