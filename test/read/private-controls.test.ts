import assert from "node:assert/strict";
import { test } from "node:test";
import { type Action, staysPrivate } from "../../src/read/action.ts";

/** Where what a control does is told, when it stands on a message that one person alone sees. */
const ROWS: readonly (readonly [what: string, action: Action, thread: boolean, outside: boolean])[] = [
	[
		"Replace and Yes to an answer",
		{ do: "answer", case: "c", key: "direct-origin", value: "reset", askedBack: true },
		false,
		true,
	],
	["Yes of Solved as", { do: "it-was", case: "c", cause: "origin-crashed" }, false, true],
	["Other… of Solved as", { do: "solved-form", case: "c" }, false, true],
	["Undo", { do: "take-back", case: "c", key: "direct-origin" }, false, true],
	["Not it", { do: "not-it", case: "c", cause: "origin-crashed" }, false, true],
	["Reopen", { do: "reopen", case: "c" }, false, true],
	["Check again", { do: "recheck", case: "c" }, false, true],
	["New case", { do: "fresh", url: "https://shop.example/" }, false, true],
	["Which site", { do: "ask", text: "https://shop.example/" }, false, false],
	["a statement", { do: "statement", case: "c", audience: "host" }, true, true],
	["Evidence", { do: "evidence", case: "c" }, true, true],
	["Report…", { do: "report", case: "c" }, true, true],
	["Stop following", { do: "unfollow", case: "c" }, true, true],
];
for (const [what, action, inThread, outside] of ROWS)
	test(`${what} on a private message is told ${inThread ? "to one person" : "to everybody"} in a thread, ${outside ? "to one person" : "to everybody"} elsewhere`, () => {
		assert.deepEqual([staysPrivate(action, true), staysPrivate(action, false)], [inThread, outside]);
	});
