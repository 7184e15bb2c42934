import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { demo } from "./lab/demo.ts";

describe("npm start -- demo", () => {
	let shown = "";
	before(async () => {
		await demo({ colour: false, width: 80, askPrefix: "" }, false, (text) => {
			shown += text;
		});
	});

	it("is one conversation about one site, from the question to solved", () => {
		const order = [
			/cf520> https:\/\/closes-empty\.lab\.example:\d+\/checkout\n/,
			/fails with 520/,
			/curl -sSk/,
			/cf520> 1\n/,
			/cf520> 198\.51\.100\.7 .*" 444 0/,
			/cf520> solved deliberate-close\n/,
			/Solved by you after 1 min: connection dropped by a rule\./,
		];
		let from = 0;
		for (const says of order) {
			const at = shown.slice(from).search(says);
			assert.ok(at >= 0, `${says} is not behind what comes before it:\n${shown.slice(from)}`);
			from += at + 1;
		}
	});

	it("says what to try next", () => {
		assert.match(shown, /\nTry a real site: npm start -- example\.com\nSee more failing sites: npm start -- demo all\n$/);
	});

	it("fits into 60 lines of 80 columns", () => {
		const lines = shown.trimEnd().split("\n");
		assert.ok(lines.length <= 60, `${lines.length} lines:\n${shown}`);
	});
});
