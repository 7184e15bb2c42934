import assert from "node:assert/strict";
import { describe, it, test } from "node:test";
import { z } from "zod";
import { DiscordPlace } from "../../src/adapters/discord/place.ts";
import { type Accepted, asksIn, type Chat, Intake } from "../../src/adapters/intake.ts";
import { LostAnswer, retrying } from "../../src/adapters/retry.ts";
import { SlackPlace } from "../../src/adapters/slack/context.ts";
import type { Conversation } from "../../src/desk/conversation.ts";
import { Delayed } from "../../src/desk/conversation.ts";
import type { Desk } from "../../src/desk/desk.ts";
import type { Resumable } from "../../src/desk/inbox.ts";
import type { Message } from "../../src/message/message.ts";

const Place = z.object({ channel: z.string() });
type Place = z.infer<typeof Place>;

/** A chat and a desk that write down, in order, what is done to them. */
function opened<P>(place: z.ZodType<P>, changes: Partial<Chat<P>> = {}, unfinished: readonly Resumable[] = []) {
	const done: string[] = [];
	const seen = new Set<string>();
	const desk = {
		sharing: null,
		accept: async (event: string) => {
			if (seen.has(event)) return null;
			seen.add(event);
			done.push(`keep ${event}`);
			return `id of ${event}`;
		},
		drop: async (id: string) => void done.push(`drop ${id}`),
		unfinished: async () => unfinished,
		connect: () => {},
		handle: async (
			what: string | object,
			_conversation: unknown,
			who: string | undefined,
			{ files, ...asked }: { readonly files?: () => Promise<string> },
		) => {
			await files?.();
			done.push(`${typeof what === "string" ? "ask" : "press"} ${JSON.stringify([what, who, asked])}`);
		},
		wantsAddress: async () => null,
	} as unknown as Desk;
	const conversation = { replyPrivately: async () => void done.push("tell alone") } as unknown as Conversation<Message>;
	const chat: Chat<P> = {
		platform: "chat",
		place,
		conversation: () => conversation,
		plain: (markup) => markup.toLowerCase(),
		files: async () => ({ allowed: () => false, headers: {} }),
		acknowledgesTwice: false,
		notAcknowledged: (error) => ({ event: "not-acknowledged", error: (error as Error).name }),
		...changes,
	};
	const intake = new Intake(chat, desk, ({ event, caseId }) => done.push(`log ${event} ${caseId}`), {
		acknowledged: (platform) => done.push(`measured ${platform}`),
	});
	return { intake, done };
}

const question: Accepted<Place> = { kind: "ask", place: { channel: "C1" }, text: "HELP", files: [], who: "ann" };
const acknowledging =
	(done: string[], name = "acknowledge") =>
	async () =>
		void done.push(name);
const asked = (text: string, who: string | null, more: object) => `ask ${JSON.stringify([text, who, more])}`;

describe("what a chat takes in", () => {
	it("is kept, then acknowledged, then answered", async () => {
		const { intake, done } = opened(Place);
		await intake.answer("e1", question, acknowledging(done));
		assert.deepEqual(done, [
			"keep e1",
			"acknowledge",
			"measured chat",
			asked("help", "ann", { id: "id of e1", resumed: false, expired: false, deaths: 0 }),
		]);
	});

	it("is all acknowledged before the work on any of it begins", async () => {
		const { intake, done } = opened(Place);
		await Promise.all(["e1", "e2"].map((event) => intake.answer(event, question, acknowledging(done, `acknowledge ${event}`))));
		const firstWork = done.findIndex((one) => one.startsWith("ask"));
		assert.ok(firstWork > done.indexOf("acknowledge e2"), done.join("\n"));
	});

	for (const acknowledgesTwice of [false, true]) {
		it(`is answered once when it is delivered twice, acknowledged ${acknowledgesTwice ? "twice" : "once"}`, async () => {
			const { intake, done } = opened(Place, { acknowledgesTwice });
			await intake.answer("e1", question, acknowledging(done));
			await intake.answer("e1", question, acknowledging(done));
			assert.equal(done.filter((one) => one.startsWith("ask")).length, 1);
			assert.equal(done.filter((one) => one === "acknowledge").length, acknowledgesTwice ? 2 : 1);
		});
	}

	it("is answered all the same when its acknowledgement fails", async () => {
		const { intake, done } = opened(Place);
		await intake.answer("e1", question, async () => {
			throw new TypeError("the socket broke");
		});
		assert.deepEqual(done.slice(0, 3), ["keep e1", "log not-acknowledged id of e1", "measured chat"]);
		assert.match(done[3] ?? "", /^ask/);
	});

	it("is not logged when the chat says that the acknowledgement was heard before", async () => {
		const { intake, done } = opened(Place, { notAcknowledged: () => null });
		await intake.answer("e1", question, () => Promise.reject(new Error("acknowledged already")));
		assert.doesNotMatch(done.join("\n"), /log/);
	});

	it("has its files read; the asker alone is told of those that were not", async () => {
		const { intake, done } = opened(Place);
		await intake.run("q", { ...question, files: [{ url: "https://elsewhere.example/x", size: 1 }] });
		assert.equal(done[0], "tell alone");
		assert.match(done[1] ?? "", /^ask \["help"/);
	});

	it("gets the name of a person whom the event gives by an id only", async () => {
		const { intake, done } = opened(Place, { personIn: async ({ channel }) => `somebody in ${channel}` });
		await intake.run("q", { ...question, who: null });
		assert.match(done[0] ?? "", /^ask \["help","somebody in C1"/);
	});

	it("is dropped when its button opens a form, or is none of ours", async () => {
		const { intake, done } = opened(Place);
		for (const press of ["o:https://shop.example/", "p:case-1", "of another bot"])
			await intake.run(press, { kind: "press", place: { channel: "C1" }, press, who: "ann" });
		assert.deepEqual(done, ["drop o:https://shop.example/", "drop p:case-1", "drop of another bot"]);
	});
});

/** Bodies as the first version with a store wrote them: what is kept must be read after every upgrade. */
const kept = {
	slack: {
		place: SlackPlace,
		ask: '{"kind":"ask","place":{"channel":"C1","user":"U1","threadTs":null,"team":"T1","responseUrl":null,"alone":false},"text":"shop.example","files":[],"who":null}',
		press:
			'{"kind":"press","place":{"channel":"C1","user":"U1","threadTs":"1.2","team":null,"responseUrl":"https://hooks.slack.com/x","alone":true},"press":"r:case-1","who":"ann"}',
	},
	discord: {
		place: DiscordPlace,
		// Without `parentId`, which came later.
		ask: '{"kind":"ask","place":{"via":"mention","channelId":"1","guildId":null,"userId":"2","token":null,"messageId":"3","alone":false,"apart":true,"mayThread":true,"maySend":true,"admin":false},"text":"shop.example","files":[{"url":"https://elsewhere.example/x","size":99000000}],"who":"ann"}',
		press:
			'{"kind":"press","place":{"via":"press","channelId":"1","parentId":null,"guildId":"4","userId":"2","token":"t","messageId":null,"alone":false,"apart":true,"mayThread":true,"maySend":true,"admin":null},"press":"r:case-1","who":"ann"}',
	},
};
for (const [name, { place, ask, press }] of Object.entries(kept)) {
	test(`what ${name} kept in an earlier version is resumed`, async () => {
		const { intake, done } = opened<unknown>(place);
		const left = { atMs: 0, deaths: 1, expired: false };
		await intake.resume({ ...left, id: "q1", body: ask });
		await intake.resume({ ...left, id: "q2", body: press, expired: true });
		const told = done.filter((one) => one !== "tell alone");
		assert.match(
			told[0] ?? "",
			/^ask \["shop\.example",(?:null|"ann"),\{"id":"q1","resumed":true,"expired":false,"deaths":1\}\]$/,
		);
		assert.equal(
			told[1],
			`press ${JSON.stringify([{ do: "report", case: "case-1" }, "ann", { id: "q2", resumed: true, expired: true, deaths: 1 }])}`,
		);
	});
}

test("what nobody can read any more is dropped", async () => {
	const { intake, done } = opened(Place);
	for (const [id, body] of [
		["q1", "no JSON"],
		["q2", "{}"],
		["q3", '{"kind":"ask","place":{"channel":7},"text":"x","files":[],"who":null}'],
	] as const)
		await intake.resume({ id, body, atMs: 0, deaths: 1, expired: false });
	assert.deepEqual(done, ["drop q1", "drop q2", "drop q3"]);
});

test("a chat that is there resumes what is unfinished", async () => {
	const body = JSON.stringify(question);
	const { intake, done } = opened(Place, {}, [{ id: "q1", body, atMs: 0, deaths: 1, expired: false }]);
	await intake.connect();
	while (done.length === 0) await new Promise((resolve) => setImmediate(resolve));
	assert.deepEqual(done, [asked("help", "ann", { id: "q1", resumed: true, expired: false, deaths: 1 })]);
});

describe("a call that fails", () => {
	const calls = (patienceMs: number, ...failures: readonly (number | "again" | "lost" | "final")[]) => {
		const withRetry = retrying({
			chat: "The chat",
			firstPauseMs: 1,
			patienceMs,
			failureOf: (error) => (error as { failure: number | "again" | "lost" | "final" }).failure,
		});
		const left = [...failures];
		let tries = 0;
		const call = async () => {
			tries += 1;
			const failure = left.shift();
			if (failure !== undefined) throw Object.assign(new Error("failed"), { failure });
			return tries;
		};
		return { once: () => withRetry(call, false), repeatably: () => withRetry(call, true), tries: () => tries };
	};

	it("is made again when it did not happen, or when the chat asks to wait", async () => {
		assert.equal(await calls(1_000, "again", 0, "again").once(), 4);
	});
	it("is made at most four times", async () => {
		const { once, tries } = calls(1_000, "again", "again", "again", "again");
		await assert.rejects(once(), /failed/);
		assert.equal(tries(), 4);
	});
	it("is not made again when it may have happened, unless twice does no harm", async () => {
		await assert.rejects(calls(1_000, "lost").once(), new LostAnswer("The chat's response was lost"));
		assert.equal(await calls(1_000, "lost").repeatably(), 2);
	});
	it("is not made again when that changes nothing, or when the chat asks for more patience than anybody has", async () => {
		for (const [failure, patienceMs, thrown] of [
			["final", 1_000, /failed/],
			[1_001, 1_000, new Delayed("The chat", 1_001)],
			[30_001, Number.POSITIVE_INFINITY, new Delayed("The chat", 30_001)],
		] as const) {
			const { once, tries } = calls(patienceMs, failure);
			await assert.rejects(once(), thrown);
			assert.equal(tries(), 1);
		}
	});
});

test("what is kept of a question has no token in it, nor what was typed behind the host of connect", () => {
	const token = `cfut_${"s".repeat(48)}`;
	for (const text of [`connect shop.example hunter2 ${token}`, `/cf520 connect shop.example hunter2`, `why? ${token}`]) {
		const kept = JSON.stringify(asksIn({}, text, "Ann"));
		assert.ok(!kept.includes("hunter2") && !kept.includes("ssss"), kept);
	}
	assert.equal(asksIn({}, "https://shop.example/?token=abc fails", "Ann").text, "https://shop.example/?token=abc fails");
});
