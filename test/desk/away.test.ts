import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { Desk } from "../../src/desk/desk.ts";
import type { Message } from "../../src/message/message.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { chat } from "../chat.ts";
import { type HandClock, handClock } from "../clock.ts";
import { incidentInDallas } from "../fakes/status.ts";
import { flat } from "../flat.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { normal } from "../normal.ts";
import { type CutStores, cutStores } from "../store/away.ts";

/** The database that several processes share goes away at every moment of a question: it is answered once, when it is back. */

let lab: Lab;
before(async () => {
	lab = await openLab();
});
after(() => lab.close());

const NOW = Date.UTC(2026, 10, 26, 12);
const SWEEP_MS = 5_000;
const PAGE = incidentInDallas("Elevated errors in Dallas", NOW - 600_000);

/** What people read, and what was said to one of them alone. */
interface Channel {
	readonly messages: Map<string, Message>;
	readonly alone: string[];
	readonly keys: Map<string, string>;
	posts: number;
}
/** Every second moment is tried: the ones between begin another call of the same kind. */
const STEP = 2;

function speaks(channel: Channel, deduplicates: boolean) {
	const { messages, alone, keys } = channel;
	let head: string | null = null;
	const post = (message: Message, key: string | undefined): string => {
		const known = deduplicates && key !== undefined ? keys.get(key) : undefined;
		if (known !== undefined) return known;
		channel.posts += 1;
		const ref = `m${messages.size + 1}`;
		messages.set(ref, message);
		if (key !== undefined) keys.set(key, ref);
		return ref;
	};
	return () => {
		head = null;
		return chat({
			deduplicates,
			begin: async (message, key) => {
				head = post(message, key);
			},
			resumeAt: (ref) => {
				head = ref;
			},
			update: async (message) => {
				head ??= post(message, undefined);
				messages.set(head, message);
			},
			followUp: async (message, key) => post(message, key),
			replyPrivately: async (message) => void alone.push(flat(message)),
			edit: async (ref, message) => void messages.set(ref, message),
			location: () => ({ messageRef: head, threadKey: head === null ? null : `test C1 ${head}` }),
			asker: "test alice",
			workspace: "test T1",
			channel: "C1",
			room: { key: "test C1", isOpen: true, hasOutsiders: false },
		});
	};
}

interface Bot {
	readonly desk: Desk;
	readonly stores: CutStores;
	readonly clock: HandClock;
	readonly channel: Channel;
	readonly events: string[];
	/** What is accepted and not over. */
	ask(question: string): Promise<string>;
	/** Ends when nothing runs any more. */
	idle(): Promise<void>;
}

function bot(deduplicates = true): Bot {
	const clock = handClock(NOW);
	const stores = cutStores({ ...memoryStores(clock), sweepMs: SWEEP_MS });
	const events: string[] = [];
	const channel: Channel = { messages: new Map(), alone: [], keys: new Map(), posts: 0 };
	const desk = labDesk(lab, {
		stores,
		now: clock.now,
		later: clock.later,
		statusPage: PAGE,
		log: ({ event }) => events.push(event),
	});
	const conversation = speaks(channel, deduplicates);
	const running = new Set<Promise<unknown>>();
	const run = (what: string, id: string, resumed: boolean) => {
		const one = desk.handle(what, conversation(), "Alice", { id, resumed });
		running.add(one);
		void one.then(() => running.delete(one));
		return one;
	};
	desk.sharing?.sweep("test", async () => {
		for (const { id, body } of await desk.unfinished("test")) void run(JSON.parse(body), id, true);
	});
	return {
		desk,
		stores,
		clock,
		channel,
		events,
		ask: async (question) => {
			const id = await desk.accept(`event ${question}`, "test", question);
			assert.ok(id !== null);
			return (await run(question, id, false)).kind;
		},
		idle: async () => {
			do {
				await Promise.all(running);
				for (let turns = 0; turns < 50; turns += 1) await setImmediate();
			} while (running.size > 0);
		},
	};
}

const reads = ({ messages, alone }: Channel): readonly string[] =>
	[...messages.values(), ...alone].map((one) => normal(typeof one === "string" ? one : flat(one)));

for (const [chats, deduplicates, how, answer] of [
	["a chat that makes one of what is said twice", true, "does something and its answer is lost", "lost"],
	["a chat that has no way to", false, "does not answer", "away"],
	["a chat that has no way to", false, "does something and its answer is lost", "lost"],
] as const)
	test(`in ${chats}, where the database ${how} at any moment, a question is answered once`, async () => {
		const question = lab.url("closes-empty", "/checkout");
		const whole = bot(deduplicates);
		await whole.ask(question);
		await whole.idle();
		const expected = reads(whole.channel);
		const calls = [...whole.stores.calls.values()].reduce((all, one) => all + one, 0);
		let left = 0;
		for (let moment = 1; moment < calls; moment += STEP) {
			const one = bot(deduplicates);
			await one.idle();
			const before = [...one.stores.calls.values()].reduce((all, each) => all + each, 0);
			const id = await one.desk.accept("event", "test", question);
			assert.ok(id !== null);
			one.stores.answerAfter(moment - before, answer);
			const outcome = await one.desk.handle(question, speaks(one.channel, deduplicates)(), "Alice", { id });
			const posts = one.channel.posts;
			if (outcome.kind === "interrupted") left += 1;
			const looked = lab.edge.requests.length;
			one.clock.turn(2 * SWEEP_MS);
			await one.idle();
			if (outcome.kind === "interrupted") {
				assert.equal(one.channel.posts, posts, "nothing is said while it is away");
				assert.equal(lab.edge.requests.length, looked, "nothing is looked at while it is away");
			}
			one.stores.answer("answers");
			one.clock.turn(2 * SWEEP_MS);
			await one.idle();
			const told = reads(one.channel);
			const twice = told.filter((text) => /you may see it twice/.test(text));
			if (deduplicates || twice.length === 0) assert.deepEqual(told, expected, `at call ${moment} of ${calls}`);
			else {
				// What may have been said is repeated to the asker alone: in public, nothing stands twice.
				const open = [...one.channel.messages.values()].map((message) => normal(flat(message)));
				assert.equal(new Set(open).size, open.length, `at call ${moment} of ${calls}`);
			}
			assert.deepEqual(
				one.events.filter((event) => /^store-|broke/.test(event)),
				outcome.kind === "interrupted" || one.events.includes("store-away") ? ["store-away", "store-back"] : [],
				`at call ${moment} of ${calls}`,
			);
		}
		assert.ok(left > 5, `${left} moments`);
	});
