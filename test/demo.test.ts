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

describe("npm start -- demo all", () => {
	it("finds one failure in a hundred by its Ray ID, and its paste moves the case", async () => {
		let shown = "";
		await demo({ colour: false, width: 80, askPrefix: "" }, true, (text) => {
			shown += text;
		});
		const from = shown.indexOf("(One request in a hundred");
		assert.ok(from > 0, shown);
		const [, ray, printed = "", told = ""] =
			/one-in-a-hundred\.lab\.example:\d+ works[\s\S]*shows Ray\s+ID ([0-9a-f]{16})\.[\s\S]*\$ npm start -- capture ring\.pcap00 [0-9a-f]{16}\n([\s\S]*)cf520> \(pastes that\)\n([\s\S]*)/.exec(
				shown.slice(from),
			) ?? [];
		assert.ok(ray !== undefined && printed.includes(`(Ray ID ${ray})`), shown.slice(from));
		assert.match(printed, /This response would fail behind Cloudflare\./);
		assert.match(told, /closed without a single byte/);
	});
});
