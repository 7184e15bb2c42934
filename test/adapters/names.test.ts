import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { NOBODY, nameBook } from "../../src/adapters/names.ts";
import { StoreAway } from "../../src/desk/stores.ts";
import { mentionFor } from "../fakes/slack-installs.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { flatSlack } from "../normal.ts";
import { withMany } from "./slack-many.ts";

/** Names of people whom events give only by ID. */

const MINUTE = 60_000;

describe("a name that the chat did not tell once", () => {
	for (const [what, failure] of [
		["the chat answered with an error", new Error("ratelimited")],
		["the store was away, so that no token was known", new StoreAway()],
	] as const)
		it(`is asked for again within a minute: ${what}`, async () => {
			let nowMs = 0;
			const answers: (string | Error)[] = [failure, "Ann", "Bob"];
			const asked: string[] = [];
			const nameOf = nameBook(
				async (user) => {
					asked.push(user);
					const answer = answers.shift();
					if (answer instanceof Error) throw answer;
					return answer;
				},
				() => nowMs,
			);
			assert.deepEqual([await nameOf("U1"), await nameOf("U1"), await nameOf("U2")], [NOBODY, NOBODY, NOBODY]);
			assert.deepEqual(asked, ["U1"], "not for every question while it fails");
			nowMs += MINUTE;
			assert.deepEqual([await nameOf("U1"), await nameOf("U2")], ["Ann", "Bob"]);
			nowMs += 1_000 * MINUTE;
			assert.equal(await nameOf("U1"), "Ann");
			assert.deepEqual(asked, ["U1", "U1", "U2"], "a name that is known is not asked for again");
		});

	describe("in Slack", () => {
		let lab: Lab;
		before(async () => {
			lab = await openLab();
		});
		after(() => lab.close());

		it("stands in the head of a question a minute later", () =>
			withMany(lab, async ({ slack, install, settled, clock }) => {
				await install("T1");
				slack.fail("users.info", { status: 500 });
				const ask = async (host: string, nth: number) => {
					const text = lab.url(host);
					await slack.deliver("events_api", mentionFor(text, { team: "T1" }, { channel: "C1", user: "U1" }));
					await settled(nth);
					return slack.messages.map(flatSlack).findLast((one) => one.includes(`${new URL(text).host} fails with 520`)) ?? "";
				};
				assert.match(await ask("closes-empty", 1), /for Somebody/);
				clock.turn(MINUTE);
				assert.match(await ask("resets", 2), /for Ann/);
			}));
	});
});
