import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { DeskContext } from "../../src/desk/context.ts";
import type { Conversation } from "../../src/desk/conversation.ts";
import type { Inbox, Outbox, Stores } from "../../src/desk/stores.ts";
import type { Case } from "../../src/judge/case.ts";
import type { Limits } from "../../src/looks/limits.ts";
import type { Message } from "../../src/message/message.ts";
import type { DeskAction } from "../../src/read/action.ts";
import { openCloudflare } from "../../src/services/cloudflare/cloudflare.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { chat } from "../chat.ts";
import { realClock } from "../clock.ts";
import { type FakeCloudflare, startFakeCloudflare } from "../fakes/cloudflare.ts";
import { scriptedPlaces } from "../fakes/places.ts";
import { incidentInDallas } from "../fakes/status.ts";
import { seeded, traffic } from "../fakes/traffic.ts";
import { flat } from "../flat.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { normal } from "../normal.ts";
import { anAccess } from "../store/values.ts";

/** Each action on a case, ended at every moment and resumed: its thread reads as if nothing had happened. */

let lab: Lab;
let cloudflare: FakeCloudflare;
before(async () => {
	[lab, cloudflare] = await Promise.all([openLab(), startFakeCloudflare(() => NOW, seeded(7))]);
	const requests = traffic(NOW - 60_000, 59, 60, { fails: (_request, _minute, random) => random() < 0.2 });
	cloudflare.zones.push({
		id: ZONE,
		name: "lab.example",
		plan: "free",
		account: ZONE,
		requests: requests.map((one) => ({ ...one, host: "closes-empty.lab.example" })),
	});
	const permissions = ["zone", "analytics"] as const;
	cloudflare.tokens.push({ token: OURS.token, id: ZONE, kind: "user", status: "active", zones: [ZONE], permissions });
});
after(() => Promise.all([lab.close(), cloudflare.close()]));

const ZONE = "023e105f4ecef8ad9ca31a8372d0c353";
const OURS = anAccess({
	platform: "test",
	workspace: "test T1",
	zoneId: ZONE,
	zoneName: "lab.example",
	token: `cfut_${"s".repeat(40)}0badc0de`,
});
const account = () => ({
	client: openCloudflare({ base: cloudflare.url, userAgent: "cf520-test" }, { ...realClock, now: () => NOW }),
	own: null,
});

const NOW = Date.UTC(2026, 10, 22, 12);
const clock = { now: () => NOW, later: () => () => {} };
/** What it says enters the head by an edit of its own. */
const PAGE = incidentInDallas("Elevated errors in Dallas", NOW - 600_000);

/** Each process asks other places anew. */
const places = () => scriptedPlaces(Array.from({ length: 8 }, () => "520" as const));

interface Step {
	readonly what: string | DeskAction;
	readonly who: string;
}
const pressed = (who: string, action: DeskAction): Step => ({ what: action, who });
const answers = (who: string, value: string | null, askedBack = false): Step =>
	pressed(who, {
		...{ do: "answer", case: "case-1", key: "direct-origin", value },
		...(askedBack ? { askedBack: true } : {}),
	} as DeskAction);
const undoes = (who: string): Step => pressed(who, { do: "take-back", case: "case-1", key: "direct-origin" });
const solves = (who: string): Step => pressed(who, { do: "it-was", case: "case-1", cause: "origin-crashed" });
const runsIt = (who: string, has: boolean): Step => pressed(who, { do: "access", case: "case-1", key: "direct-origin", has });
const CRASH = "logs 2026-11-22T12:00:00Z web1 php-fpm[77]: WARNING: [pool www] child 812 exited on signal 11 (SIGSEGV)";

/** Beside the first look: what was done before, and what the process ends in. */
const STEPS: Readonly<
	Record<
		string,
		{
			readonly before: readonly Step[];
			readonly ended: Step;
			/** What of the case is otherwise than the laboratory makes it. */
			readonly otherwise?: Partial<Case>;
		}
	>
> = {
	"an answer": { before: [], ended: answers("bob", "closed-empty") },
	"an answer after which the cause is likely": { before: [], ended: answers("bob", "header-section-too-large") },
	"an answer to another question than the open one": {
		before: [],
		ended: pressed("bob", { do: "answer", case: "case-1", key: "what-changed", value: "deploy" }),
	},
	"an undone answer": { before: [answers("bob", "closed-empty")], ended: undoes("carol") },
	"an answer in the place of an undone one": {
		before: [answers("bob", "closed-empty"), undoes("carol")],
		ended: answers("dave", "reset"),
	},
	"an undone answer that made the cause likely": {
		before: [answers("bob", "header-section-too-large")],
		ended: undoes("carol"),
	},
	"two who disagree": { before: [answers("bob", "closed-empty")], ended: answers("carol", "reset") },
	"the one of two that is right": {
		before: [answers("bob", "closed-empty"), answers("carol", "reset")],
		ended: answers("bob", "reset", true),
	},
	"the one of two that is right, as it was said": {
		before: [answers("bob", "closed-empty"), answers("carol", "reset")],
		ended: answers("carol", "closed-empty", true),
	},
	"somebody who cannot run it": { before: [], ended: answers("bob", null) },
	"somebody who runs the server and does not know": { before: [answers("bob", null)], ended: runsIt("bob", true) },
	"somebody whose server it is not": { before: [answers("bob", null)], ended: runsIt("bob", false) },
	"a second one who does not know": {
		before: [answers("bob", null), runsIt("bob", true)],
		ended: pressed("carol", { do: "answer", case: "case-1", key: "origin-log", value: null }),
	},
	"pasted logs": { before: [answers("bob", "closed-empty")], ended: { what: CRASH, who: "grace" } },
	"a cause that it is not": {
		before: [{ what: CRASH, who: "grace" }],
		ended: pressed("bob", { do: "not-it", case: "case-1", cause: "origin-crashed" }),
	},
	"a solved case": { before: [answers("bob", "closed-empty")], ended: solves("bob") },
	"a reopened case": { before: [solves("bob")], ended: pressed("carol", { do: "reopen", case: "case-1" }) },
	"where it stands": { before: [], ended: { what: "status", who: "bob" } },
	"what was seen": { before: [], ended: pressed("bob", { do: "evidence", case: "case-1" }) },
	"a case that is checked again": {
		before: [answers("bob", "closed-empty")],
		ended: pressed("bob", { do: "recheck", case: "case-1" }),
	},
	"other places, by the button": { before: [], ended: pressed("bob", { do: "case-places", case: "case-1" }) },
	"other places after an answer": {
		before: [answers("bob", "closed-empty")],
		ended: { what: "from germany, us, japan and brazil", who: "bob" },
	},
	"another code when it is checked again": {
		before: [],
		ended: pressed("bob", { do: "recheck", case: "case-1" }),
		otherwise: { code: "521" },
	},
};

/** The messages of a channel, by their keys: a key posted twice is one message. */
interface Channel {
	readonly messages: Map<string, Message>;
	readonly keys: Map<string, string>;
	readonly alone: string[];
}
const emptyChannel = (): Channel => ({ messages: new Map(), keys: new Map(), alone: [] });
const copyOf = ({ messages, keys, alone }: Channel): Channel => ({
	messages: new Map(messages),
	keys: new Map(keys),
	alone: [...alone],
});

/** A process, as long as it lives: from its nth moment on, nothing that it waits for ever comes. */
function life(endsAt: number) {
	let moments = 0;
	const ended = Promise.withResolvers<"ended">();
	const moment = async (): Promise<void> => {
		moments += 1;
		if (moments < endsAt) return;
		ended.resolve("ended");
		await new Promise(() => {});
	};
	return { moment, ended: ended.promise, count: () => moments };
}
type Life = ReturnType<typeof life>;

/** A person in a chat: `thread` null where they speak in the channel. */
function speaks({ messages, keys, alone }: Channel, who: string, thread: string | null, { moment }: Life) {
	let head: string | null = null;
	const doing = async <T>(work: () => T): Promise<T> => {
		await moment();
		const done = work();
		await moment();
		return done;
	};
	const post = (message: Message, key: string | undefined): string => {
		const known = key === undefined ? undefined : keys.get(key);
		if (known !== undefined) return known;
		const ref = `m${messages.size + 1}`;
		messages.set(ref, message);
		if (key !== undefined) keys.set(key, ref);
		return ref;
	};
	return chat({
		deduplicates: true,
		begin: (message, key) =>
			doing(() => {
				head = post(message, key);
			}),
		resumeAt: (ref) => {
			head = ref;
		},
		update: (message) =>
			doing(() => {
				head ??= post(message, undefined);
				messages.set(head, message);
			}),
		followUp: (message, key) => doing(() => post(message, key)),
		replyPrivately: (message) => doing(() => void alone.push(`${who}: ${flat(message)}`)),
		edit: (ref, message) => doing(() => void messages.set(ref, message)),
		permalink: async (ref) => `https://chat.example/${ref}`,
		location: () => ({ messageRef: head, threadKey: thread === null && head === null ? null : `test C1 ${thread ?? head}` }),
		asker: `test ${who}`,
		workspace: "test T1",
		channel: "C1",
		platform: "test",
		room: { key: "test C1", isOpen: true, hasOutsiders: false },
	}) satisfies Conversation<Message>;
}

/** Stores as one process sees them. */
function storesOf(stores: Stores, { moment }: Life): Stores {
	const each = <T extends object>(methods: T): T =>
		new Proxy(methods, {
			get: (of, name) => {
				const method = Reflect.get(of, name);
				if (typeof method !== "function") return method;
				if (name === "outbox") return (id: string): Outbox => each((of as unknown as Inbox).outbox(id));
				return async (...all: unknown[]) => {
					await moment();
					const done = await Reflect.apply(method, of, all);
					// Stored, and no longer waited for.
					if (name === "change") await moment();
					return done;
				};
			},
		});
	return {
		...stores,
		hashed: (text) => stores.hashed(text),
		close: () => stores.close(),
		cases: each(stores.cases),
		inbox: each(stores.inbox),
	};
}

/** One more question, in a process that may end, and if it does in the next one too. @returns how many moments it had */
async function ask(
	step: Step,
	channel: Channel,
	stores: Stores,
	thread: string | null,
	endsAt = Number.POSITIVE_INFINITY,
	now: () => number = clock.now,
) {
	const events = ++asked;
	const id = `case-${events}`;
	// A case is called like the question that opened it.
	const own = thread === null ? "case-1" : id;
	assert.ok(await stores.inbox.open(own, `event ${events}`, "test", "{}"));
	const run = (one: Life, resumed: boolean) =>
		labDesk(lab, {
			stores: storesOf(stores, one),
			...clock,
			now,
			statusPage: PAGE,
			globalping: places(),
			accounts: account(),
		}).handle(step.what, speaks(channel, step.who, thread, one), step.who, { id: own, resumed });
	const first = life(endsAt);
	if ((await Promise.race([run(first, false), first.ended])) === "ended") await run(life(Number.POSITIVE_INFINITY), true);
	return first.count();
}
let asked = 1;

/** A case about a failing page, and what people did with it. */
async function begun(steps: readonly Step[]) {
	const stores = memoryStores(clock);
	const channel = emptyChannel();
	await ask({ what: lab.url("closes-empty", "/checkout"), who: "alice" }, channel, stores, null);
	for (const step of steps) await ask(step, channel, stores, "m1");
	const one = await stores.cases.get("case-1");
	assert.ok(one !== null);
	return { channel, one };
}

const ASKS = /\n\[.*\[I (?:cannot run this|do not know)\]/;
const reads = ({ messages, alone }: Channel): readonly string[] =>
	[...messages.values(), ...alone].map((one) => normal(typeof one === "string" ? one : flat(one)));

async function restarted(channel: Channel, one: Case, step: Step, endsAt?: number) {
	const stores = memoryStores(clock);
	await stores.cases.open(one);
	const here = copyOf(channel);
	const moments = await ask(step, here, stores, "m1", endsAt);
	return { here, moments, after: await stores.cases.get("case-1") };
}

for (const [name, { before: steps, ended, otherwise }] of Object.entries(STEPS))
	test(`ended at any moment and taken up again, ${name} stands once, as if nothing had happened`, async () => {
		const { channel, one: asItIs } = await begun(steps);
		const one = { ...asItIs, ...otherwise };
		const whole = await restarted(channel, one, ended);
		assert.ok(whole.moments > 2, "there are moments");
		for (let moment = 1; moment <= whole.moments; moment += 1) {
			const { here, after: then } = await restarted(channel, one, ended, moment);
			assert.deepEqual(reads(here), reads(whole.here), `ended at moment ${moment} of ${whole.moments}`);
			assert.deepEqual([then?.open?.key, then?.open?.messageRef], [whole.after?.open?.key, whole.after?.open?.messageRef]);
			const open = reads(here).filter((text) => ASKS.test(text)).length;
			assert.ok(open <= 1, `${open} questions are open`);
		}
	});

test("a check that is taken up after the case was solved asks nothing", async () => {
	const { channel, one } = await begun([]);
	let checked = 0;
	for (let moment = 1, ended = true; ended; moment += 1) {
		const stores = memoryStores(clock);
		await stores.cases.open(one);
		const here = copyOf(channel);
		assert.ok(await stores.inbox.open("check", "event check", "test", "{}"));
		const check = (lives: Life, resumed: boolean) =>
			labDesk(lab, { stores: storesOf(stores, lives), ...clock }).handle(
				{ do: "recheck", case: "case-1" },
				speaks(here, "bob", "m1", lives),
				"bob",
				{ id: "check", resumed },
			);
		const first = life(moment);
		ended = (await Promise.race([check(first, false), first.ended])) === "ended";
		await ask(solves("carol"), here, stores, "m1");
		if (!ended) break;
		await check(life(Number.POSITIVE_INFINITY), true);
		checked += 1;
		const open = reads(here).filter((text) => ASKS.test(text));
		assert.deepEqual(open, [], `ended at moment ${moment}`);
	}
	assert.ok(checked > 2);
});

/** What may go to every host went there. */
const FULL: Limits = {
	reserve: async ({ host }) => (host == null ? null : { why: "host", againMs: 60_000 }),
	begin: () => () => {},
	open: 0,
};

for (const { when, changes, taken, why } of [
	{ when: "its host is at its limit", changes: { limits: FULL }, taken: {}, why: /reached its limit/ },
	{ when: "it is given up", changes: {}, taken: { expired: true, deaths: 2 }, why: /stopped twice/ },
])
	test(`a first question that is taken up when ${when} keeps its answer, or says why there is none`, async () => {
		const step: Step = { what: lab.url("closes-empty", "/checkout"), who: "alice" };
		const { channel: expected } = await begun([]);
		const [stood, refused] = [new Set<number>(), new Set<number>()];
		for (let moment = 1, ended = true; ended; moment += 1) {
			const [channel, stores] = [emptyChannel(), memoryStores(clock)];
			assert.ok(await stores.inbox.open("case-1", "event first", "test", "{}"));
			await stores.inbox.release();
			const run = async (lives: Life, resumed: boolean) => {
				const context: Partial<DeskContext> = { ...clock, statusPage: PAGE, globalping: places(), ...(resumed ? changes : {}) };
				const desk = labDesk(lab, { stores: storesOf(stores, lives), ...context });
				// What nobody took up is not kept.
				await desk.unfinished("test");
				const asked = { id: "case-1", resumed, ...(resumed ? taken : {}) };
				return desk.handle(step.what, speaks(channel, step.who, null, lives), step.who, asked);
			};
			const first = life(moment);
			ended = (await Promise.race([run(first, false), first.ended])) === "ended";
			if (!ended) break;
			const [isOpen, hasHead] = [(await stores.cases.get("case-1")) !== null, reads(channel).length > 0];
			await stores.inbox.release();
			await run(life(Number.POSITIVE_INFINITY), true);
			if (isOpen) {
				stood.add(moment);
				// What services say beside it is not asked for again.
				const [head = "", ...thread] = reads(channel);
				assert.match(head, /fails with 520/, `ended at moment ${moment}`);
				assert.deepEqual(thread, reads(expected).slice(1), `ended at moment ${moment}`);
			} else if (hasHead) {
				refused.add(moment);
				// A head that may have arrived cannot be found again: then the asker is told alone.
				assert.ok(
					reads(channel).some((text) => why.test(text)),
					`ended at moment ${moment}`,
				);
				assert.ok(!reads(channel).some((text) => /Only the person who asked/.test(text)), `ended at moment ${moment}`);
			}
		}
		assert.ok(stood.size > 2 && refused.size > 0, `${stood.size} stood, ${refused.size} were refused`);
	});

/** A clock by which every check takes long. */
const slowClock = () => {
	let nowMs = NOW;
	return () => {
		nowMs += 2_000;
		return nowMs;
	};
};

for (const [how, nowOf, from, isConnected] of [
	["", () => clock.now, "", false],
	[" that took long", slowClock, "", false],
	[" with other places", () => clock.now, " from world", false],
	[" with other places that took long", slowClock, " from world", false],
	[" with the numbers of its zone", () => clock.now, "", true],
] as const)
	test(`ended at any moment and taken up again, a first question${how} stands once`, async () => {
		const step: Step = { what: `${lab.url("closes-empty", "/checkout")}${from}`, who: "alice" };
		const opened = async (endsAt?: number) => {
			const [channel, stores] = [emptyChannel(), memoryStores(clock)];
			if (isConnected) await stores.accesses.put(OURS);
			return { channel, moments: await ask(step, channel, stores, null, endsAt, nowOf()) };
		};
		const whole = await opened();
		assert.ok(reads(whole.channel).some((text) => ASKS.test(text)));
		assert.equal(/got a 520/.test(reads(whole.channel)[0] ?? ""), isConnected);
		for (let moment = 1; moment <= whole.moments; moment += 1)
			assert.deepEqual(
				reads((await opened(moment)).channel),
				reads(whole.channel),
				`ended at moment ${moment} of ${whole.moments}`,
			);
	});

for (const [name, meanwhile] of [
	["answered", answers("bob", "closed-empty")],
	["passed it on", answers("bob", null)],
	["solved the case", solves("bob")],
] as const)
	test(`a first question that is resumed after somebody ${name} does not ask again`, async () => {
		const step: Step = { what: lab.url("closes-empty", "/checkout"), who: "alice" };
		const { channel: expected } = await begun([meanwhile]);
		const opened = async (endsAt: number) => {
			const [channel, stores] = [emptyChannel(), memoryStores(clock)];
			const one = life(endsAt);
			assert.ok(await stores.inbox.open("case-1", "event first", "test", "{}"));
			const run = (lives: Life, resumed: boolean) =>
				labDesk(lab, { stores: storesOf(stores, lives), ...clock, statusPage: PAGE, globalping: places() }).handle(
					step.what,
					speaks(channel, step.who, null, lives),
					step.who,
					{ id: "case-1", resumed },
				);
			if ((await Promise.race([run(one, false), one.ended])) !== "ended") return "answered";
			if (!reads(channel).some((text) => ASKS.test(text))) return null;
			await ask(meanwhile, channel, stores, "m1");
			await run(life(Number.POSITIVE_INFINITY), true);
			return channel;
		};
		// Where nobody knew yet which message asks, the one below says whose answer it is.
		const told = (channel: Channel) => reads(channel).map((text) => text.replace(/^bob said /, ""));
		let resumed = 0;
		for (let moment = 1; ; moment += 1) {
			const channel = await opened(moment);
			if (channel === "answered") break;
			if (channel === null) continue;
			resumed += 1;
			assert.deepEqual(told(channel), told(expected), `ended at moment ${moment}`);
		}
		assert.ok(resumed > 2);
	});
