import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openLog } from "../../src/log.ts";
import type { GuardRules } from "../../src/looks/guard.ts";
import { openLimits } from "../../src/looks/limits.ts";
import type { Message } from "../../src/message/message.ts";
import { VERB_LIST, verbRow } from "../../src/read/text/verbs.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { keepRunning, type Platform } from "../../src/supervisor.ts";
import { chat } from "../chat.ts";
import { realClock } from "../clock.ts";
import { flat } from "../flat.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";

let lab: Lab;
before(async () => {
	lab = await openLab();
});
after(() => lab.close());

/** What a conversation was given, in order. */
async function given(question: string, changes: Parameters<typeof labDesk>[1] = {}): Promise<string[]> {
	const out: string[] = [];
	const note = (what: string) => async (message: Message) => void out.push(`${what}: ${flat(message)}`);
	await labDesk(lab, changes).handle(
		question,
		chat({
			begin: note("begin"),
			progress: note("progress"),
			update: note("update"),
			followUp: async (message) => {
				await note("thread")(message);
				return null;
			},
			replyPrivately: note("private"),
			askAddress: async (_url, message) => note("private")(message),
		}),
	);
	return out;
}

for (const verb of VERB_LIST.filter((verb) => verbRow(verb).case))
	test(`${verb} belongs to a case, and says so where there is none`, async () => {
		const [only = "", ...others] = await given(verbRow(verb).example);
		assert.deepEqual(others, []);
		assert.match(only, /^private: There is no open case here/);
	});

test("a refusal that does not reach its asker is one line in the log", async () => {
	const events: string[] = [];
	const limits = { reserve: async () => null, begin: () => null, open: 0 };
	const lost = chat({ replyPrivately: () => Promise.reject(new Error("the chat is away")) });
	await labDesk(lab, { limits, log: ({ event }) => void events.push(event) }).handle("8a7d5e2fbcd1a1c3-DFW", lost);
	assert.deepEqual(
		events.filter((event) => event === "reply-failed"),
		["reply-failed"],
	);
});

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
	assert.match(out[1] ?? "", /a private IP address/);
	assert.doesNotMatch(out[2] ?? "", /internal|special|10\.0/);
});

test("a name is looked up for who asks, and a stop ends that without a word about the name", async () => {
	const asked: unknown[] = [];
	const started = Promise.withResolvers<void>();
	const resolver: GuardRules["resolver"] = (_host, context) =>
		new Promise((_resolve, reject) => {
			asked.push(context?.asker);
			started.resolve();
			context?.signal?.addEventListener("abort", () => reject(Object.assign(new Error("ended"), { code: "ECANCELLED" })));
		});
	const desk = labDesk(lab, { rules: { allow: null, resolve: new Map(), resolver } });
	const out: string[] = [];
	const note = async (message: Message) => void out.push(flat(message));
	const answering = desk.handle(
		"https://dead.example/",
		chat({ workspace: "slack:T1", asker: "U1", begin: note, update: note, progress: note, replyPrivately: note }),
	);
	await started.promise;
	await desk.stop(0);
	assert.equal((await answering).kind, "interrupted");
	assert.deepEqual(asked, [{ workspace: "slack:T1", person: "U1" }]);
	assert.doesNotMatch(out.join(" "), /resolve|DNS/i);
});

test("everybody gets a sign of life while others are looked at", async () => {
	const desk = labDesk(lab, { sitesAtOnce: 1 });
	const order: string[] = [];
	const conversation = (name: string) =>
		chat({
			begin: async () => void order.push(`${name} begin`),
			update: async () => void order.push(`${name} verdict`),
		});
	await Promise.all([
		desk.handle(lab.url("closes-empty"), conversation("a")),
		desk.handle(lab.url("healthy"), conversation("b")),
	]);
	assert.deepEqual(
		[order.slice(0, 2).sort(), order.slice(2).sort()],
		[
			["a begin", "b begin"],
			["a verdict", "b verdict"],
		],
	);
});

for (const [what, text] of [
	["a visitor's address", "Your IP: 203.0.113.9 sees something odd"],
	["an address after explain", "explain why 203.0.113.9 sees it"],
	["a card number", "card 4111111111111111 and ray"],
] as const) {
	test(`${what} in a text that is not understood is not said back`, async () => {
		const [answer = ""] = await given(text);
		assert.match(answer, /^private: (?:I can check a site, read a Ray ID, an error or log lines\.|I have no page about that)/);
		assert.doesNotMatch(answer, /203|4111/);
	});
}

test("what breaks is logged without addresses, tokens or links", async () => {
	const lines: string[] = [];
	const desk = labDesk(lab, { log: openLog((line) => lines.push(line)) });
	const fails = async () => {
		throw new Error(
			"fetch https://hooks.slack.example/T1/secretsecret failed\nat 203.0.113.9:443 with xoxb-123456789-abcdefghijklmnop",
		);
	};
	await desk.handle("8a7d5e2fbcd1a1c3-DFW", chat({ begin: fails, progress: fails, update: fails, followUp: fails }));
	const logged = lines.join("\n");
	assert.match(logged, /"event":"broke",.*"caseId":"case-1"/);
	assert.doesNotMatch(logged, /secret|203\.0|xoxb|hooks\.slack/);
});

test("the same page asked about twice within seconds shares its looks, and each gets its own answer", async () => {
	let now = Date.now();
	const desk = labDesk(lab, { now: () => now });
	const verdicts: string[] = [];
	const conversation = (asker: string) => chat({ asker, update: async (message) => void verdicts.push(flat(message)) });
	const before = lab.edge.requests.length;
	await Promise.all([
		desk.handle(lab.url("closes-empty", "/shared"), conversation("ann")),
		desk.handle(lab.url("closes-empty", "/shared"), conversation("ben")),
	]);
	const once = lab.edge.requests.length - before;
	now += 5_000;
	await desk.handle(lab.url("closes-empty", "/shared"), conversation("cem"));
	assert.equal(lab.edge.requests.length - before, once, "not a packet more");
	assert.equal(verdicts.filter((one) => one.includes("fails with 520")).length, 3);
	assert.equal(verdicts.filter((one) => one.includes("answers another question too")).length, 2, "and says so");
	await desk.handle(lab.url("closes-empty", "/shared"), conversation("ann"));
	assert.equal(lab.edge.requests.length - before, 2 * once, "who asks again wants new ones");
	now += 11_000;
	await desk.handle(lab.url("closes-empty", "/shared"), conversation("cem"));
	assert.equal(lab.edge.requests.length - before, 3 * once, "ten seconds later they are new ones");
	await desk.handle(lab.url("closes-empty", "/another"), conversation("dan"));
	assert.equal(lab.edge.requests.length - before, 4 * once, "another page has its own");
});

test("what waits in one thread is bounded: the rest is told so, and nothing of it is lost", async () => {
	const desk = labDesk(lab);
	const told: string[] = [];
	const alone: string[] = [];
	let letGo: () => void = () => {};
	const held = new Promise<void>((resolve) => {
		letGo = resolve;
	});
	const conversation = chat({
		location: () => ({ messageRef: "head", threadKey: "thread" }),
		begin: async (message) => {
			await held;
			told.push(flat(message));
		},
		replyPrivately: async (message) => void alone.push(flat(message)),
	});
	const asked = Array.from({ length: 25 }, () => desk.handle("8a7d5e2fbcd1a1c3-DFW", conversation));
	while (alone.length < 5) await new Promise((resolve) => setImmediate(resolve));
	letGo();
	const kinds = (await Promise.all(asked)).map(({ kind }) => kind);
	assert.deepEqual([kinds.filter((kind) => kind === "answered").length, told.length, alone.length], [20, 20, 5]);
	assert.match(alone[0] ?? "", /This thread already has questions waiting.*Try again in 20 s/s);
});

test("on a disk that is full every question is answered all the same, and the log says what was not kept", async () => {
	const full = () => Promise.reject(new Error("database or disk is full"));
	const working = memoryStores(realClock);
	const stores = {
		...working,
		cases: { ...working.cases, open: full, change: full },
		inbox: { ...working.inbox, open: full, end: full },
	};
	const limits = openLimits(
		{ hostPerHour: 30, open: 10 },
		{ counts: { reserve: full }, now: Date.now, hashed: (text) => text, storeFailed: () => {} },
	);
	const events: string[] = [];
	const desk = labDesk(lab, { stores, limits, log: ({ event }) => events.push(event) });
	const told: string[] = [];
	const conversation = chat({
		location: () => ({ messageRef: "head", threadKey: "thread" }),
		update: async (message) => void told.push(flat(message)),
	});
	const id = await desk.accept("event", "test", {});
	assert.ok(id !== null);
	const { kind } = await desk.handle(lab.url("closes-empty", "/full"), conversation, "ann", { id });
	assert.deepEqual([kind, told.length], ["answered", 1]);
	assert.match(told[0] ?? "", /fails with 520/);
	assert.ok(events.includes("store-failed") && !events.includes("broke"));
	for (const path of ["/2", "/3"]) await desk.handle(lab.url("closes-empty", path), conversation);
	assert.equal(
		(await desk.handle(lab.url("closes-empty", "/4"), conversation)).kind,
		"refused",
		"what went out counts all the same",
	);
});

test("on a disk that is full what is nothing else than kept is refused in a sentence, without the database's words", async () => {
	const full = () => Promise.reject(new Error("database or disk is full"));
	const working = memoryStores(realClock);
	const stores = {
		...working,
		watches: { ...working.watches, begin: full, change: full },
		policies: { ...working.policies, change: full },
		forget: full,
	};
	const lines: { event: string }[] = [];
	const desk = labDesk(lab, { stores, log: (line) => lines.push(line) });
	const told: string[] = [];
	const conversation = chat({
		asker: "test ann",
		workspace: "test W",
		isAdmin: async () => "yes",
		replyPrivately: async (message) => void told.push(flat(message)),
	});
	for (const what of [`watch ${lab.url("closes-empty", "/full")}`, "admin limits person 3", "forget shop.example"])
		assert.equal((await desk.handle(what, conversation, "ann")).kind, "refused", what);
	assert.deepEqual(told, Array(3).fill("My disk is full or failing, so I did not save that. Tell the operator, then ask again."));
	assert.deepEqual(
		lines.map(({ event }) => event).filter((event) => event !== "question" && event !== "store-failed"),
		[],
	);
});

test("variants that a stop cuts off are no evidence", async () => {
	const desk = labDesk(lab);
	const told: string[] = [];
	let looking: () => void = () => {};
	const begun = new Promise<void>((resolve) => {
		looking = resolve;
	});
	const conversation = chat({
		location: () => ({ messageRef: "head", threadKey: "thread" }),
		followUp: async (message) => {
			told.push(flat(message));
			return null;
		},
		replyPrivately: async () => looking(),
	});
	await desk.handle(lab.url("closes-empty", "/cut"), conversation);
	const before = told.length;
	const pressed = desk.handle({ do: "variants", case: "case-1" }, conversation, "ann");
	await begun;
	await desk.stop(0);
	await pressed;
	assert.deepEqual(told.slice(before), []);
});

test("a desk that is stopping takes no more questions", async () => {
	const desk = labDesk(lab);
	const stopped = desk.stop(2_000);
	const out: string[] = [];
	const never = async () => void out.push("public");
	const { kind } = await desk.handle(
		"8a7d5e2fbcd1a1c3-DFW",
		chat({
			begin: never,
			progress: never,
			update: never,
			followUp: async () => {
				await never();
				return null;
			},
			replyPrivately: async (message) => void out.push(flat(message)),
		}),
	);
	await stopped;
	assert.equal(kind, "interrupted");
	assert.match(out.join(), /^I am restarting/);
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

test("a bot over HTTP is asked whether its platform is there, and never started anew for that", async () => {
	const stopping = new AbortController();
	const events: string[] = [];
	let [starts, checks] = [0, 0];
	const platform: Platform = {
		name: "slack",
		bot: null,
		start: async () => {
			starts += 1;
			const check = async () => {
				checks += 1;
				if (checks === 20) stopping.abort();
			};
			return { ready: () => false, refused: () => false, check, stop: async () => {} };
		},
	};
	const log = (line: { readonly event: string }) => events.push(line.event);
	await keepRunning(platform, stopping.signal, log, async () => {});
	assert.deepEqual([starts, checks, events], [1, 20, []]);
});
