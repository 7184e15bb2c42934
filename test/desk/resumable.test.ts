import assert from "node:assert/strict";
import { test } from "node:test";
import { resumable } from "../../src/desk/resumable.ts";
import { TakenOver } from "../../src/desk/stores.ts";
import { type Message, message, say } from "../../src/message/message.ts";
import { text } from "../../src/message/text.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { chat } from "../chat.ts";
import { realClock } from "../clock.ts";
import { flat } from "../flat.ts";

/** Each step of an answer, cut off at every moment and taken up again: what is said in all, in public and to the asker alone. */

const msg = (words: string) => message("neutral", say(text`${words}`));
const marked = (one: Message) => ({ ...one, blocks: [...one.blocks, say(text`(perhaps twice)`)] });

class Killed extends Error {}

/** A chat that remembers its messages. The process ends before or after the nth message has arrived. */
function platform(deduplicates: boolean) {
	const stands: string[] = [];
	const alone: string[] = [];
	const keys = new Map<string, number>();
	const process = (killAt: number, arrived: boolean) => {
		let said = 0;
		const arrive = async <T>(put: () => T): Promise<T> => {
			said += 1;
			if (said === killAt && !arrived) throw new Killed();
			const result = put();
			if (said === killAt) throw new Killed();
			return result;
		};
		let head: number | null = null;
		let privately = false;
		const post = (one: Message, key: string | undefined) => {
			const known = deduplicates && key !== undefined ? keys.get(key) : undefined;
			const at = known ?? stands.length;
			stands[at] = flat(one);
			if (key !== undefined) keys.set(key, at);
			return at;
		};
		return chat({
			deduplicates,
			begin: async (one, key) => {
				head = await arrive(() => post(one, key));
			},
			update: async (one) => {
				if (privately || head === null) alone.push(flat(one));
				else stands[head] = flat(one);
			},
			followUp: async (one, key) => {
				if (!privately) return String(await arrive(() => post(one, key)));
				alone.push(flat(one));
				return null;
			},
			replyPrivately: async (one) => void alone.push(flat(one)),
			resumeAt: (ref) => {
				if (ref === null) privately = true;
				else head = Number(ref);
			},
			edit: async (ref, one) => {
				stands[Number(ref)] = flat(one);
			},
			location: () => ({ messageRef: head === null ? null : String(head), threadKey: null }),
		});
	};
	return { stands, alone, process };
}

const answer = async (conversation: ReturnType<typeof resumable>, run: string) => {
	await conversation.begin(msg("looking"));
	await conversation.update(msg(`verdict ${run}`));
	await conversation.followUp(msg(`details ${run}`));
	await conversation.followUp(msg(`next ${run}`));
};

for (const deduplicates of [true, false])
	for (const killAt of [1, 2, 3])
		for (const arrived of [true, false]) {
			const name = ["", "the head", "the first message under it", "the last message"][killAt];
			test(`killed at ${name}, which ${arrived ? "had" : "had not"} arrived, in a chat ${deduplicates ? "with" : "without"} keys: all is told once`, async () => {
				const { inbox } = memoryStores(realClock);
				await inbox.open("q", "event", "test", "{}");
				const here = platform(deduplicates);
				// A killed process runs no handlers: the slot stays as it was when it was meant.
				const slots = inbox.outbox("q");
				const dead = resumable(here.process(killAt, arrived), "q", { ...slots, failed: async () => {} }, false, marked);
				await assert.rejects(answer(dead, "1"), Killed);
				await answer(resumable(here.process(0, true), "q", slots, true, marked), "2");
				const all = [...here.stands, ...here.alone].map((one) => one.replace(/ \d/, ""));
				for (const part of ["verdict", "details", "next"]) {
					const inPublic = here.stands.filter((one) => one.startsWith(part)).length;
					assert.ok(inPublic <= 1, `${part} stands ${inPublic} times`);
					assert.ok(
						all.some((one) => one.startsWith(part)),
						`${part} is lost: ${all.join(" | ")}`,
					);
				}
				// Where the chat cannot tell, a head that had arrived stays at its first words, and everything is told alone.
				if (deduplicates || killAt > 1) assert.ok(!here.stands.includes("looking"));
				if (deduplicates) assert.deepEqual(here.alone, []);
			});
		}

for (const deduplicates of [true, false])
	for (const arrived of [true, false])
		test(`an answer of one message that ${arrived ? "had" : "had not"} arrived, in a chat ${deduplicates ? "with" : "without"} keys, is told`, async () => {
			const { inbox } = memoryStores(realClock);
			await inbox.open("q", "event", "test", "{}");
			const here = platform(deduplicates);
			const slots = { ...inbox.outbox("q"), failed: async () => {} };
			await assert.rejects(resumable(here.process(1, arrived), "q", slots, false, marked).post(msg("answer")), Killed);
			for (let restarts = 0; restarts < 2; restarts += 1)
				await resumable(here.process(0, true), "q", slots, true, marked).post(msg("answer"));
			assert.deepEqual(here.stands, deduplicates || arrived ? ["answer"] : []);
			assert.deepEqual(here.alone, deduplicates ? [] : ["answer\n(perhaps twice)"], "marked once, and told once");
		});

test("what throws and did not end the process was not said, and is said again as if for the first time", async () => {
	const { inbox } = memoryStores(realClock);
	await inbox.open("q", "event", "test", "{}");
	const here = platform(false);
	const conversation = resumable(here.process(2, false), "q", inbox.outbox("q"), false, marked);
	await conversation.begin(msg("looking"));
	await assert.rejects(conversation.followUp(msg("details")));
	await resumable(here.process(0, true), "q", inbox.outbox("q"), true, marked).followUp(msg("details"));
	assert.deepEqual([here.stands, here.alone], [["looking", "details"], []]);
});

test("a private answer that stood is not told again; one that was on its way is, and says so", async () => {
	const { inbox } = memoryStores(realClock);
	await inbox.open("q", "event", "test", "{}");
	const slots = inbox.outbox("q");
	const here = platform(false);
	await resumable(here.process(0, true), "q", slots, false, marked).replyPrivately(msg("help"));
	await resumable(here.process(0, true), "q", slots, true, marked).replyPrivately(msg("help"));
	assert.deepEqual(here.alone, ["help"]);
	await slots.sending("p2");
	const again = resumable(here.process(0, true), "q", slots, true, marked);
	await again.replyPrivately(msg("help"));
	await again.replyPrivately(msg("more"));
	assert.deepEqual(here.alone, ["help", "more\n(perhaps twice)"]);
});

test("who was frozen and taken over writes nothing over what was said since", async () => {
	const here = platform(false);
	const { inbox } = memoryStores(realClock);
	await inbox.open("q", "event", "test", "{}");
	const slots = inbox.outbox("q");
	let isTakenOver = false;
	const frozen = resumable(
		here.process(0, true),
		"q",
		{
			...slots,
			sending: async (slot) => {
				if (isTakenOver) throw new TakenOver();
				await slots.sending(slot);
			},
		},
		false,
		marked,
	);
	await frozen.begin(msg("looking"));
	await frozen.update(msg("half"));
	isTakenOver = true;
	here.stands[0] = "what the other said";
	for (const write of [frozen.progress, frozen.update]) await assert.rejects(write(msg("late")), TakenOver);
	assert.deepEqual(here.stands, ["what the other said"]);
});
