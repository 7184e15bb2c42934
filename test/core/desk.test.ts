import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { keepRunning, type Platform } from "../../src/bots.ts";
import type { Message } from "../../src/reply/reply.ts";
import { plainText } from "../../src/reply/text.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { roomWith } from "../room.ts";

let lab: Lab;
before(async () => {
	lab = await openLab();
});
after(() => lab.close());

const words = (message: Message) =>
	message.blocks
		.map((block) =>
			"text" in block ? plainText(block.text) : "items" in block ? block.items.map((item) => plainText(item)).join("\n") : "",
		)
		.join("\n");

/** What a room was given, in order. */
async function given(question: string, changes: Parameters<typeof labDesk>[1] = {}): Promise<string[]> {
	const out: string[] = [];
	const note = (what: string) => async (message: Message) => void out.push(`${what}: ${words(message)}`);
	await labDesk(lab, changes).handle(
		question,
		roomWith({
			begin: note("begin"),
			progress: note("progress"),
			update: note("update"),
			followUp: async (message) => {
				await note("thread")(message);
				return null;
			},
			privateReply: note("private"),
			askAddress: async (_url, message) => note("private")(message),
		}),
	);
	return out;
}

test("a refusal that took long to find out is still the asker's alone", async () => {
	const rules = {
		allow: null,
		resolve: new Map(),
		resolver: () => new Promise<string[]>((resolve) => setTimeout(resolve, 700, ["10.0.0.1"])),
	};
	const out = await given("https://intranet.shop.example/", { rules });
	assert.deepEqual(
		out.map((one) => one.split(":")[0]),
		["begin", "private", "update"],
	);
	assert.match(out[1] ?? "", /internal or special address/);
	assert.doesNotMatch(out[2] ?? "", /internal|special|10\.0/);
});

test("everybody gets a sign of life while others are looked at", async () => {
	const desk = labDesk(lab, { sitesAtOnce: 1 });
	const order: string[] = [];
	const room = (name: string) =>
		roomWith({
			begin: async () => void order.push(`${name} begin`),
			update: async () => void order.push(`${name} verdict`),
		});
	await Promise.all([desk.handle(lab.url("closes-empty"), room("a")), desk.handle(lab.url("healthy"), room("b"))]);
	assert.deepEqual(
		[order.slice(0, 2).sort(), order.slice(2)],
		[
			["a begin", "b begin"],
			["a verdict", "b verdict"],
		],
	);
});

for (const [what, text] of [
	["a visitor's address", "Your IP: 203.0.113.9 sees error 520"],
	["an address after explain", "explain why 203.0.113.9 sees it"],
	["a card number", "card 4111111111111111 and ray"],
] as const) {
	test(`${what} in a text that is not understood is not said back`, async () => {
		const [answer = ""] = await given(text);
		assert.match(answer, /^private: (?:That is neither|There is no page about that)/);
		assert.doesNotMatch(answer, /203|4111/);
	});
}

test("what breaks is logged without addresses, tokens or links", async () => {
	const lines: string[] = [];
	const desk = labDesk(lab, { log: (line) => lines.push(JSON.stringify(line)) });
	const fails = async () => {
		throw new Error(
			"fetch https://hooks.slack.example/T1/secretsecret failed\nat 203.0.113.9:443 with xoxb-123456789-abcdefghijklmnop",
		);
	};
	await desk.handle("8a7d5e2fbcd1a1c3-DFW", roomWith({ begin: fails, progress: fails, update: fails, followUp: fails }));
	const logged = lines.join("\n");
	assert.match(logged, /"event":"broke","caseId":"case-1"/);
	assert.doesNotMatch(logged, /secret|203\.0|xoxb|hooks\.slack/);
});

test("a desk that is stopping takes no more questions", async () => {
	const desk = labDesk(lab);
	const stopped = desk.stop(2_000);
	const out: string[] = [];
	const never = async () => void out.push("public");
	const { kind } = await desk.handle(
		"8a7d5e2fbcd1a1c3-DFW",
		roomWith({
			begin: never,
			progress: never,
			update: never,
			followUp: async () => {
				await never();
				return null;
			},
			privateReply: async (message) => void out.push(words(message)),
		}),
	);
	await stopped;
	assert.equal(kind, "interrupted");
	assert.match(out.join(), /^Interrupted: I am being restarted/);
});

test("a bot that stays disconnected is started anew, and a stop ends the watch", async () => {
	const stopping = new AbortController();
	const events: string[] = [];
	let starts = 0;
	const platform: Platform = {
		name: "slack",
		bot: null,
		start: async () => {
			starts += 1;
			if (starts === 1) throw new Error("not reachable");
			if (starts === 3) stopping.abort();
			return { ready: () => false, refused: () => false, stop: async () => void events.push("stopped") };
		},
	};
	await keepRunning(
		platform,
		stopping.signal,
		(line) => events.push(line.event),
		async () => {},
	);
	assert.deepEqual([starts, events], [3, ["start-failed", "watchdog-restart", "stopped"]]);
});
