import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Conversation } from "../../src/desk/conversation.ts";
import type { Desk } from "../../src/desk/desk.ts";
import type { Stores } from "../../src/desk/stores.ts";
import type { Message } from "../../src/message/message.ts";
import type { DeskAction } from "../../src/read/action.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { chat } from "../chat.ts";
import { realClock } from "../clock.ts";
import { flat } from "../flat.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";

let lab: Lab;
let stores: Stores;
let desk: Desk;
before(async () => {
	lab = await openLab();
});
after(() => lab.close());
beforeEach(() => {
	stores = memoryStores(realClock);
	desk = labDesk(lab, { stores });
});

/** A person in a room, and what they read there. */
interface Person {
	readonly workspace?: string;
	readonly room: string;
	readonly open?: boolean;
	readonly name?: string;
	/** They alone are answered. */
	readonly alone?: boolean;
	readonly more?: Partial<Conversation<Message>>;
}

function person({ workspace = "slack T1", room, open = false, name = "U1", alone = false, more = {} }: Person) {
	const read: string[] = [];
	const say = async (message: Message) => void read.push(flat(message));
	const conversation = chat({
		begin: say,
		update: say,
		replyPrivately: say,
		followUp: async (message) => {
			await say(message);
			return "ref";
		},
		attach: async (_name, content) => void read.push(content),
		edit: async (_ref, message) => say(message),
		asker: `slack ${name}`,
		channel: room,
		workspace,
		platform: "slack",
		room: { key: `slack ${room}`, isOpen: open, hasOutsiders: false },
		isPublic: () => !alone,
		location: () => ({ messageRef: alone ? null : "head", threadKey: alone ? null : `slack ${room} 1` }),
		resumeRef: () => `{"room":"${room}"}`,
		...more,
	});
	return { conversation, read: () => read.splice(0).join("\n") };
}
const site = (path = "/") => lab.url("closes-empty", path);

/** Asks, and has it solved. */
async function solvedIn(one: ReturnType<typeof person>, path = "/"): Promise<string> {
	const id = (await desk.handle(site(path), one.conversation, "Ann")).caseId;
	await desk.handle({ do: "it-was", case: id, cause: "origin-crashed" }, one.conversation, "Ann");
	assert.match(one.read(), /Solved|solved|It was|it was/);
	return id;
}
const earlierToldIn = async (one: ReturnType<typeof person>): Promise<boolean> => {
	await desk.handle({ do: "fresh", url: site("/again") }, one.conversation, "Ben");
	return /Before: solved as/.test(one.read());
};

test("an earlier case is told where it happened, and elsewhere only when its room is open to the whole workspace", async () => {
	await solvedIn(person({ room: "C-open", open: true }));
	assert.ok(await earlierToldIn(person({ room: "C-other" })));
	assert.ok(await earlierToldIn(person({ room: "C-open", open: true })));
	assert.equal(await earlierToldIn(person({ room: "C-open", open: true, workspace: "slack T2" })), false, "another workspace");
	const guest = { isFullMember: async () => "no" as const };
	assert.equal(await earlierToldIn(person({ room: "C-guests", more: guest })), false, "a guest elsewhere");
	assert.equal(await earlierToldIn(person({ room: "C-shared", more: { isOutsider: true } })), false, "another organization");
	const shared = { room: { key: "slack C-shared", isOpen: true, hasOutsiders: true } };
	assert.equal(await earlierToldIn(person({ room: "C-shared", more: shared })), false, "others read that too");
});

test("a case of a private room, or told to one person, is told nowhere else", async () => {
	await solvedIn(person({ room: "G-private" }));
	assert.equal(await earlierToldIn(person({ room: "C-open", open: true })), false);
	assert.ok(await earlierToldIn(person({ room: "G-private", name: "U2" })));
});

test("a case that was told to one person alone is told to them alone", async () => {
	await solvedIn(person({ room: "C-open", open: true, alone: true }));
	assert.equal(await earlierToldIn(person({ room: "C-open", open: true, name: "U2" })), false);
	assert.ok(await earlierToldIn(person({ room: "C-else", alone: true })));
});

test("a button of another workspace's case, or of a room that one is not in, does nothing and tells nothing", async () => {
	const own = person({ room: "G-private" });
	const id = (await desk.handle(site("/secret-path"), own.conversation, "Ann")).caseId;
	own.read();
	const others = [
		person({ room: "C1", workspace: "slack T2", open: true }),
		person({ room: "C-open", open: true, name: "U2" }),
		person({ room: "C-shared", name: "U3", more: { isOutsider: true } }),
	];
	const actions: DeskAction[] = [
		{ do: "report", case: id },
		{ do: "solved", case: id },
		{ do: "variants", case: id },
		{ do: "it-was", case: id, cause: "origin-crashed" },
		{ do: "answer", case: id, key: "origin-log", value: "crash" },
		{ do: "take-back", case: id, key: "edge-pattern" },
	];
	const before = await stores.cases.get(id);
	for (const other of others)
		for (const action of actions) {
			await desk.handle(action, other.conversation, "Eve");
			const read = other.read();
			assert.match(read, /do not know that case/, action.do);
			assert.doesNotMatch(read, /secret-path/);
		}
	assert.deepEqual(await stores.cases.get(id), before);
	await desk.handle(
		{ do: "answer", case: id, key: "origin-log", value: "crash" },
		person({ room: "G-private", name: "U9" }).conversation,
		"Bob",
	);
	assert.ok(
		(await stores.cases.get(id))?.facts.some(({ key }) => key === "origin-log"),
		"its own room goes on",
	);
});

test("a guest elsewhere learns nothing of a public room's case and watch, and a room with outsiders is told of no other's case", async () => {
	const own = person({ room: "C-open", open: true });
	const id = (await desk.handle(site("/inner-path"), own.conversation, "Ann")).caseId;
	await desk.handle(`watch ${site("/inner-watch")} for 30m`, own.conversation, "Ann");
	const watch = (await stores.watches.open({ url: site("/inner-watch") }, 5))[0]?.id ?? "";
	const guest = { isFullMember: async () => "no" as const };
	const shared = { room: { key: "slack C-shared", isOpen: true, hasOutsiders: true } };
	const others = [person({ room: "C-guests", name: "U2", more: guest }), person({ room: "C-shared", name: "U3", more: shared })];
	for (const other of others) {
		await desk.handle({ do: "report", case: id }, other.conversation, "Eve");
		assert.match(other.read(), /do not know that case/);
		await desk.handle({ do: "answer", case: id, key: "origin-log", value: "crash" }, other.conversation, "Eve");
		assert.match(other.read(), /do not know that case/);
	}
	const [eve] = others;
	assert.ok(eve);
	await desk.handle({ do: "unwatch", watch }, eve.conversation, "Eve");
	assert.match(eve.read(), /do not know that watch/);
	await desk.handle(`watch ${site("/inner-watch")} for 30m`, eve.conversation, "Eve");
	assert.doesNotMatch(eve.read(), /already watching|Ann/);
	const there = person({ room: "C-open", open: true, name: "U2", more: guest });
	await desk.handle({ do: "report", case: id }, there.conversation, "Eve");
	assert.match(there.read(), /inner-path/, "a guest of that very room");
});

test("after ten ids that lead nowhere, nothing is looked up for that person for a while", async () => {
	const own = person({ room: "C1", open: true });
	const id = (await desk.handle(site(), own.conversation, "Ann")).caseId;
	const press = (which: string) => desk.handle({ do: "report", case: which }, own.conversation, "Ann");
	own.read();
	for (let nth = 0; nth < 9; nth += 1) await press(`guess-${nth}`);
	own.read();
	await press(id);
	assert.match(own.read(), /Visitors|visitors/);
	await press("guess-10");
	own.read();
	await press(id);
	assert.match(own.read(), /do not know that case/);
	await desk.handle({ do: "report", case: id }, person({ room: "C1", name: "U2" }).conversation, "Ben");
});

test("a watch ends by who asked for it, by its room, or by an admin; others do not learn of it unless its room is open", async () => {
	const closed = person({ room: "G-private" });
	const open = person({ room: "C-open", open: true });
	const begin = async (one: ReturnType<typeof person>, path: string) => {
		await desk.handle(`watch ${site(path)} for 30m`, one.conversation, "Ann");
		assert.match(one.read(), /Watching|watch/);
		return (await stores.watches.open({ url: site(path) }, 5)).at(-1)?.id ?? "";
	};
	const [hidden, shown] = [await begin(closed, "/hidden"), await begin(open, "/shown")];
	const stranger = person({ room: "C-other", open: true, name: "U2" });
	for (const [what, told] of [
		[`watch ${site("/shown")}`, /already watching/],
		[`unwatch ${site("/shown")}`, /I am not watching anything here/],
		[`unwatch ${site("/hidden")}`, /I am not watching anything here/],
		[{ do: "unwatch", watch: hidden }, /I do not know that watch/],
		[{ do: "watch-evidence", watch: hidden }, /I do not know that watch/],
		[{ do: "unwatch", watch: shown }, /Only Ann/],
	] as const) {
		await desk.handle(what, stranger.conversation, "Eve");
		const read = stranger.read();
		assert.match(read, told);
		assert.doesNotMatch(read, /hidden/);
	}
	// It is not known there, so it is not said to be watched: this one is another.
	await desk.handle(`watch ${site("/hidden")} for 30m`, stranger.conversation, "Eve");
	assert.doesNotMatch(stranger.read(), /already watching/);
	assert.equal((await stores.watches.open({ url: site("/hidden") }, 5)).length, 2);
	const foreign = person({ room: "G-private", workspace: "slack T2", name: "U8" });
	await desk.handle({ do: "unwatch", watch: hidden }, foreign.conversation, "Eve");
	assert.match(foreign.read(), /do not know that watch/);
	assert.deepEqual([(await stores.watches.get(hidden))?.ended, (await stores.watches.get(shown))?.ended], [null, null]);

	await desk.handle({ do: "unwatch", watch: hidden }, person({ room: "G-private", name: "U5" }).conversation, "Bob");
	assert.equal((await stores.watches.get(hidden))?.ended?.who, "Bob");
	const admin = { isAdmin: async () => "yes" as const };
	await desk.handle(`unwatch ${site("/shown")}`, person({ room: "C-other", name: "U6", more: admin }).conversation, "Root");
	assert.equal((await stores.watches.get(shown))?.ended?.who, "Root");
});

test("looks are shared within a workspace alone", async () => {
	const [one, same, other] = [
		person({ room: "C1", name: "U1", open: true }),
		person({ room: "C2", name: "U2", open: true }),
		person({ room: "C3", name: "U3", open: true, workspace: "slack T2" }),
	];
	const url = lab.url("healthy", "/one");
	await Promise.all([one, same, other].map(({ conversation }) => desk.handle(url, conversation)));
	const shared = [one, same, other].map(({ read }) => /answers another question too/.test(read()));
	assert.equal(shared.filter(Boolean).length, 1);
	assert.equal(shared[2], false);
});

test("what is asked in a private room or beside people of another organization shares no look with other rooms", async () => {
	const rooms = [
		person({ room: "C1", name: "U1", open: true }),
		person({ room: "C2", name: "U2" }),
		person({ room: "C2", name: "U3" }),
		person({
			room: "C3",
			name: "U4",
			open: true,
			more: { room: { key: "slack C3", isOpen: true, hasOutsiders: true } },
		}),
	];
	const url = lab.url("healthy", "/two");
	await Promise.all(rooms.map(({ conversation }) => desk.handle(url, conversation)));
	const shared = rooms.map(({ read }) => /answers another question too/.test(read()));
	assert.deepEqual([shared[0], shared[3]], [false, false]);
	assert.equal(Number(shared[1]) + Number(shared[2]), 1, "within the room it is");
});
