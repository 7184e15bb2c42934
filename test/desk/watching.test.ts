import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Message } from "../../src/message/message.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { chat } from "../chat.ts";
import { type HandClock, handClock } from "../clock.ts";
import { flat } from "../flat.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";

/** Whom a watch calls, what its thread is called, and what the case of the thread learns. The clock is turned by hand. */

let lab: Lab;
let clock: HandClock;
before(async () => {
	lab = await openLab({ now: () => clock.now() });
});
after(() => lab.close());

/** As it is shown: with the port of the lab. */
const hostShown = () => new URL(lab.url("by-hand")).host;

/** A thread with a case that another person follows. */
async function thread() {
	clock = handClock(Date.UTC(2026, 10, 22, 12));
	const stores = memoryStores(clock);
	const desk = labDesk(lab, { now: clock.now, later: clock.later, stores });
	const said: Message[] = [];
	const names: string[] = [];
	const conversation = chat({
		asker: "slack U1",
		workspace: "slack T1",
		platform: "slack",
		location: () => ({ messageRef: "head", threadKey: "slack C1 1" }),
		resumeRef: (alone) => (alone ? "alone" : "thread"),
		followUp: async (message) => {
			said.push(message);
			return `ref ${said.length}`;
		},
		// Names are rationed: a call may wait for minutes.
		renameThread: (head) => {
			names.push(flat(head));
			return new Promise(() => {});
		},
	});
	desk.connect("slack", () => conversation);
	lab.turnTo("closes-empty");
	await desk.handle(lab.url("by-hand"), conversation, "ann");
	const one = await stores.cases.inThread("slack C1 1");
	assert.ok(one !== null);
	await stores.cases.change(one.id, (known) => ({ ...known, followers: ["slack U2"] }));
	said.length = 0;
	const rays = async () => (await stores.cases.get(one.id))?.rays.length ?? 0;
	const looks = async () => {
		const watch = (await stores.watches.open({}, 1))[0];
		return watch === undefined ? -1 : watch.toAnnounce.length > 0 ? 0 : watch.looks;
	};
	/** Turns the clock until so many checks are made and told, or until the watch has ended. */
	const check = async (file: "closes-empty" | "healthy", times: number) => {
		lab.turnTo(file);
		for (let nth = 0; nth < times; nth += 1) {
			const made = await looks();
			if (made < 0) return;
			clock.turn(made === 0 ? 1_000 : 61_000);
			while ((await looks()) >= 0 && (await looks()) <= made) {
				clock.turn(0.05);
				await new Promise((resolve) => setImmediate(resolve));
			}
		}
	};
	const told = async (count: number) => {
		while (said.length < count) {
			clock.turn(0.05);
			await new Promise((resolve) => setImmediate(resolve));
		}
		return said.map((message) => [
			flat(message)
				.split("\n")[0]
				?.replace(/ (?:at|as of) .*/, ""),
			message.notify,
		]);
	};
	return { desk, conversation, stores, names, rays, check, told };
}

test("a new failure and the recovery of a case's page call who asked and who follows the case; the channel hears of the recovery", async () => {
	const { desk, conversation, names, rays, check, told } = await thread();
	const before = await rays();
	await desk.handle(`watch ${lab.url("by-hand")}`, conversation, "ann");
	await check("healthy", 2);
	await check("closes-empty", 1);
	await check("healthy", 5);
	const people = ["slack U1", "slack U2"];
	assert.deepEqual(await told(2), [
		[`${hostShown()} fails again with 520`, { people }],
		[`${hostShown()} recovered`, { people, broadcast: true }],
	]);
	while (names.length < 2) await new Promise((resolve) => setImmediate(resolve));
	assert.deepEqual(names, [`${hostShown()} fails again`, `${hostShown()} recovered`]);
	while ((await rays()) === before) await new Promise((resolve) => setImmediate(resolve));
	await desk.stop(0);
});

test("what one person has watched alone is told to nobody else: it calls no one, and the case of the thread learns nothing", async () => {
	const { desk, conversation, stores, rays, check, told } = await thread();
	const before = await rays();
	await desk.handle(`watch ${lab.url("by-hand")} privately`, conversation, "ann");
	await check("healthy", 2);
	await check("closes-empty", 1);
	await check("healthy", 5);
	assert.deepEqual(await told(2), [
		[`${hostShown()} fails again with 520`, undefined],
		[`${hostShown()} recovered`, undefined],
	]);
	// The end of its last round comes after what it tells.
	while ((await stores.watches.get("wcase-2"))?.toAnnounce.length !== 0) await new Promise((resolve) => setImmediate(resolve));
	await desk.stop(5_000);
	assert.equal(await rays(), before);
});
