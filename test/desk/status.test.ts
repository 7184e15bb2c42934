import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import type { DeskContext } from "../../src/desk/context.ts";
import type { Desk } from "../../src/desk/desk.ts";
import { statusPage } from "../../src/services/status-page.ts";
import { chat } from "../chat.ts";
import { realClock } from "../clock.ts";
import { CLEAN, type FakeStatus, openFakeStatus } from "../fakes/status.ts";
import { flat } from "../flat.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";

/** Cloudflare's status page in what people ask: by its verb, and beside other answers. The page is the fake on loopback. */

let lab: Lab;
let fake: FakeStatus;
before(async () => {
	[lab, fake] = await Promise.all([openLab(), openFakeStatus(CLEAN)]);
});
after(() => Promise.all([lab.close(), fake.close()]));
afterEach(() => {
	fake.scene = CLEAN;
	fake.fault = null;
	fake.seen.length = 0;
});

const reader = (deadlineMs?: number) => statusPage({ base: fake.url, userAgent: "cf520-test" }, realClock, deadlineMs);
const deskWith = (changes: Partial<DeskContext> = {}): Desk => labDesk(lab, { statusPage: reader(), ...changes });

/** A place where people talk, and everything that was told there, in order. */
function place(threadKey: string | null) {
	const told: string[] = [];
	const tell = (how: string) => async (message: Parameters<typeof flat>[0]) => void told.push(`${how}: ${flat(message)}`);
	let refs = 0;
	const conversation = chat({
		begin: tell("begin"),
		update: tell("update"),
		edit: async (_ref, message) => tell("edit")(message),
		followUp: async (message) => {
			await tell("thread")(message);
			refs += 1;
			return `message ${refs}`;
		},
		replyPrivately: tell("alone"),
		location: () => ({ messageRef: "head", threadKey }),
	});
	return { told, conversation };
}
const last = (told: readonly string[]): string => told.at(-1) ?? "";

describe("somebody asks what Cloudflare's status page says", () => {
	it("outside of a case the page is read; in the thread of one `status` is where that stands, and nothing is asked", async () => {
		const desk = deskWith();
		const outside = place("somewhere");
		await desk.handle("status", outside.conversation);
		assert.match(last(outside.told), /^begin: Cloudflare's status page lists no open incident/);
		assert.equal(fake.seen.length, 3);
		const thread = place("thread");
		await desk.handle(lab.url("closes-empty", "/checkout"), thread.conversation, "ann");
		const before = fake.seen.length;
		await desk.handle("status", thread.conversation, "bob");
		assert.ok(thread.told.some((told) => /^begin: .* fails with 520/.test(told)));
		assert.equal(fake.seen.length, before);
		// A data center is none of the case's.
		await desk.handle("status fra", thread.conversation, "bob");
		assert.match(last(thread.told), /lists nothing for Frankfurt \(FRA\) now/);
	});

	it("an open case of the channel changes nothing of that", async () => {
		const desk = deskWith();
		const thread = place("thread");
		await desk.handle(lab.url("closes-empty", "/checkout"), thread.conversation, "ann");
		const channel = place("another");
		await desk.handle("status", channel.conversation, "bob");
		assert.match(last(channel.told), /lists no open incident/);
	});

	it("a code behind it is explained, and asks nobody", async () => {
		const { told, conversation } = place(null);
		await deskWith().handle("status 520", conversation);
		assert.match(last(told), /^alone: 520 Unknown error/);
		assert.equal(fake.seen.length, 0);
	});

	it("switched off: that is said, to the asker alone", async () => {
		const { told, conversation } = place(null);
		const { kind } = await deskWith({ statusPage: null }).handle("status FRA", conversation);
		assert.deepEqual(told, ["alone: Cloudflare's status page is switched off here."]);
		assert.equal(kind, "refused");
	});

	it("many who ask at once make one read", async () => {
		const desk = deskWith();
		await Promise.all(Array.from({ length: 30 }, (_, nth) => desk.handle("status", place(`thread ${nth}`).conversation)));
		assert.equal(fake.seen.length, 3);
	});
});
