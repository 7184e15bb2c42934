import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { DeskContext } from "../../src/desk/context.ts";
import type { Desk } from "../../src/desk/desk.ts";
import { incidentInDallas } from "../fakes/status.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";

/** What a chat shows after a question: flat text of each message. */
export interface Standing {
	/** Public head messages, outside threads or in the thread of the question. */
	readonly heads: readonly { readonly text: string; readonly edits: number; readonly id: string }[];
	/** Public messages in the thread of a head. */
	readonly thread: readonly { readonly text: string; readonly under: string }[];
	/** What only the asker sees. */
	readonly private: readonly string[];
}

/** One adapter under test: the real SDK against a local fake. */
export interface Harness {
	/** Asks and waits until the question is handled. */
	ask(question: string): Promise<void>;
	standing(): Standing;
	/** Delivers the same question twice, as a platform that did not hear the first acknowledgement; null where there is no delivery. */
	askTwice: ((question: string) => Promise<void>) | null;
	/** Edits messages in place; a terminal only prints the last state. */
	readonly editsInPlace: boolean;
	/** Any trace in what was sent of a mention that would ping. */
	pings(): string[];
	close(): Promise<void>;
}

/** A desk that counts what it has finished, so that a test can wait for the end without a clock. */
export function countingDesk(desk: Desk): Desk & { settled(n: number): Promise<void> } {
	let done = 0;
	const waiting: { n: number; resolve: () => void }[] = [];
	const counted = async <T>(work: Promise<T>): Promise<T> => {
		const outcome = await work;
		done += 1;
		for (const one of waiting) if (done >= one.n) one.resolve();
		return outcome;
	};
	return {
		...desk,
		handle: (what, conversation, who, asked) => counted(desk.handle(what, conversation, who, asked)),
		step: (what, conversation, asked) => counted(desk.step(what, conversation, asked)),
		settled: (n) => (done >= n ? Promise.resolve() : new Promise((resolve) => waiting.push({ n, resolve }))),
	};
}

/** The suite that every adapter passes. */
export function conversationContract(
	name: string,
	open: (desk: ReturnType<typeof countingDesk>, lab: Lab) => Promise<Harness>,
): void {
	describe(`${name}, as a conversation`, () => {
		let lab: Lab;
		let harness: Harness;
		before(async () => {
			lab = await openLab();
		});
		after(() => lab.close());
		const fresh = async (run: () => Promise<void>, changes: Partial<DeskContext> = {}) => {
			harness = await open(countingDesk(labDesk(lab, changes)), lab);
			try {
				await run();
			} finally {
				await harness.close();
			}
		};

		it("a site's verdict replaces the first sign of life, the question follows in the thread", () =>
			fresh(async () => {
				await harness.ask(lab.url("closes-empty", "/checkout"));
				const { heads, thread, private: whispered } = harness.standing();
				assert.equal(heads.length, 1);
				assert.match(heads[0]?.text ?? "", /520.*At\s+fault:\s+the\s+origin/s);
				assert.doesNotMatch(heads[0]?.text ?? "", /Checking/);
				if (harness.editsInPlace) assert.ok((heads[0]?.edits ?? 0) >= 1, "edited in place");
				assert.ok(thread.length >= 1);
				for (const one of thread) assert.equal(one.under, heads[0]?.id);
				assert.match(
					thread.map((one) => one.text).join("\n"),
					/Next:\W*run this on the origin server\. What does it print\?.*curl .*--connect-to/s,
				);
				assert.deepEqual(whispered, []);
			}));

		it("a Ray ID is decoded in one message, with the search in the log", () =>
			fresh(async () => {
				await harness.ask("8a7d5e2fbcd1a1c3-DFW");
				const { heads, thread } = harness.standing();
				assert.match(heads[0]?.text ?? "", /8a7d5e2fbcd1a1c3.*(?:2024-07-23 17:25:07 UTC|1721755507).*Dallas/s);
				assert.match(heads[0]?.text ?? "", /17:25:05 to 17:25:09 UTC.*grep -rsE .*8a7d5e2fbcd1a1c3.*2024-07-23 17:25:07 UTC/s);
				assert.deepEqual(thread, []);
			}));

		it("what a service says beside an answer comes once, in its head where that is edited, and pings nobody", () =>
			fresh(
				async () => {
					await harness.ask(lab.url("closes-empty", "/checkout"));
					await harness.ask("8a7d5e2fbcd1a1c3-DFW");
					const { heads, thread, private: whispered } = harness.standing();
					const all = [...heads, ...thread].map(({ text }) => text).join("\n");
					assert.equal(all.match(/Cloudflare\s+incident\s+since/g)?.length, 1, all);
					if (harness.editsInPlace) assert.match(heads[0]?.text ?? "", /incident since .*Elevated errors/s);
					assert.deepEqual([heads.length, whispered], [2, []]);
					assert.deepEqual(harness.pings(), []);
				},
				{ statusPage: incidentInDallas("Elevated errors <!channel> @everyone", Date.now() - 600_000) },
			));

		for (const [what, question, says] of [
			["help", "help", /headers/],
			["wrong input", "frobnicate", /I can check a site, read a Ray ID/],
			["an internal address", "http://169.254.169.254/", /a private IP address/],
			["another port", "https://example.com:22/", /port 22/],
			["a code without a page", "explain 999", /no page/],
		] as const) {
			it(`${what} is told to the asker alone`, () =>
				fresh(async () => {
					await harness.ask(question);
					const { heads, thread, private: whispered } = harness.standing();
					assert.deepEqual([heads.length, thread.length], [0, 0], JSON.stringify(heads));
					assert.equal(whispered.length, 1);
					assert.match(whispered[0] ?? "", says);
				}));
		}

		it("hostile text comes back harmless: no ping, no control or direction characters", () =>
			fresh(async () => {
				await harness.ask(
					"<!channel> @everyone <@U1> <@400000000000000001> \u202egpj.exe\u0007 ``` [x](https://evil.example/) *b* <https://evil.example|good> " +
						"A".repeat(3000),
				);
				const { private: whispered, heads } = harness.standing();
				const all = [...whispered, ...heads.map((one) => one.text)].join("\n");
				assert.ok(all.length > 0 && all.length < 2_500);
				assert.doesNotMatch(all, /[\u0007\u202e]/);
				assert.deepEqual(harness.pings(), []);
			}));

		it("a visitor's address in a pasted error page is never echoed", () =>
			fresh(async () => {
				await harness.ask("Error 520 Ray ID: 8a7d5e2fbcd1a1c3 • Your IP: 192.0.2.123 • Performance & security by Cloudflare");
				assert.doesNotMatch(JSON.stringify(harness.standing()), /192\.0\.2\.123/);
			}));

		it("two questions at once keep their own heads and threads", () =>
			fresh(async () => {
				await Promise.all([harness.ask(lab.url("closes-empty")), harness.ask(lab.url("own-500"))]);
				const { heads, thread } = harness.standing();
				assert.equal(heads.length, 2);
				for (const head of heads) {
					const below = thread.filter((one) => one.under === head.id).map((one) => one.text);
					const host = /closes-empty|own-500/.exec(head.text)?.[0] ?? "";
					// An error of the origin's own has no case, and so no question.
					assert.equal(below.length > 0, host === "closes-empty");
					for (const one of below) assert.match(one, new RegExp(host));
				}
			}));

		it("a question that is delivered twice is answered once", () =>
			fresh(async () => {
				if (harness.askTwice === null) return assert.equal(name, "terminal", "only a terminal has no deliveries");
				await harness.askTwice("8a7d5e2fbcd1a1c3-DFW");
				assert.equal(harness.standing().heads.length, 1);
			}));
	});
}
