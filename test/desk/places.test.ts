import assert from "node:assert/strict";
import { test } from "node:test";
import {
	OtherPlaces,
	PLACES_MS_MAX,
	type PlacesAsk,
	type PlacesAsker,
	type PlacesTold,
	sharedAmong,
} from "../../src/desk/places.ts";
import type { Stores } from "../../src/desk/stores.ts";
import type { Busy, Limits } from "../../src/looks/limits.ts";
import { type AskedPlaces, readPlaces, WORLD } from "../../src/read/text/places.ts";
import { readTarget, type Target } from "../../src/read/text/target.ts";
import {
	type Allowance,
	type Globalping,
	type Measurement,
	openGlobalping,
	type Told,
	type Trouble,
} from "../../src/services/globalping.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { handClock } from "../clock.ts";
import { type Outcome, openFakeGlobalping } from "../fakes/globalping.ts";
import { type Meets, NOW, toldOf } from "../told.ts";

const target = (url: string): Target => {
	const read = readTarget(url);
	assert.ok(!("why" in read));
	return read;
};
const placesOf = (said: string): AskedPlaces => {
	const read = readPlaces(said, true);
	assert.ok(read !== null);
	return read;
};
const times = (n: number, one: Meets): Meets[] => Array.from({ length: n }, () => one);
/** Promises that are due, done: no time passes. */
const settled = async () => {
	for (let nth = 0; nth < 20; nth += 1) await new Promise((resolve) => setImmediate(resolve));
};

interface World {
	readonly places: OtherPlaces;
	readonly clock: ReturnType<typeof handClock>;
	/** What was asked of the service, in order. */
	readonly calls: string[];
	readonly wanted: Parameters<Limits["reserve"]>[0][];
	readonly logged: { readonly event: string }[];
	/** What the next measurements tell, or how they end; then all work. */
	readonly next: (readonly Meets[] | Trouble | "hang")[];
	/** What `/v1/limits` says next; then enough. */
	readonly allowances: (Allowance | Trouble | "hang")[];
	busy: Busy | null;
	ask(changes?: Partial<Omit<PlacesAsk, "by">> & { workspace?: string; tenant?: string }): Promise<PlacesTold>;
}

function world({
	hasToken = false,
	isOff = false,
	clock = handClock(NOW),
	stores = memoryStores(clock),
}: {
	hasToken?: boolean;
	isOff?: boolean;
	clock?: ReturnType<typeof handClock>;
	stores?: Stores;
} = {}): World {
	const calls: string[] = [];
	const wanted: World["wanted"] = [];
	const logged: { readonly event: string }[] = [];
	const next: World["next"] = [];
	const allowances: World["allowances"] = [];
	const results = new WeakMap<Measurement, readonly Meets[] | "hang">();
	const begin = (call: string): Measurement | Trouble => {
		calls.push(call);
		const one = next.shift() ?? times(8, "200");
		if (typeof one === "object" && "kind" in one) return one;
		const measurement = { kind: "created", probes: 8 } as const;
		results.set(measurement, one);
		return measurement;
	};
	const service: Globalping = {
		hasToken,
		create: async ({ host }, { key }, signal) =>
			signal?.aborted === true ? { kind: "unreachable" } : begin(`create ${host} ${key}`),
		repeat: async (_target, former) => begin(results.has(former) ? "repeat" : "repeat of nothing"),
		read: (measurement, signal) =>
			new Promise<readonly Told[]>((resolve) => {
				const one = results.get(measurement);
				if (one !== "hang" && one !== undefined) return resolve(toldOf(one));
				signal?.addEventListener("abort", () => resolve(toldOf(["520", "unfinished"])));
			}),
		limits: async (signal) => {
			calls.push("limits");
			const next = allowances.shift() ?? { kind: "allowance", limit: 250, remaining: 250, againMs: 0 };
			if (next !== "hang") return next;
			await new Promise((resolve) => signal?.addEventListener("abort", resolve));
			return { kind: "unreachable" };
		},
	};
	const self: World = {
		places: new OtherPlaces(
			{
				now: clock.now,
				later: clock.later,
				log: (line) => void logged.push(line),
				stores,
				limits: {
					reserve: async (one) => {
						wanted.push(one);
						return self.busy;
					},
				},
			},
			isOff ? null : service,
		),
		clock,
		calls,
		wanted,
		logged,
		next,
		allowances,
		busy: null,
		ask: ({ workspace = "slack T1", tenant = workspace, ...changes } = {}) => {
			const by: PlacesAsker = { asker: { workspace, person: "slack U1" }, tenant };
			const asked = { target: target("https://shop.example/checkout"), places: WORLD, own: null, caseCode: "520" };
			return self.places.ask({ ...asked, ...changes, by });
		},
	};
	return self;
}

const limitOf = ({ result }: PlacesTold) =>
	result.kind === "limit" ? [result.why, result.againMs, result.tokenHelps] : result.kind;
const conclusionOf = ({ result }: PlacesTold) => (result.kind === "told" ? result.verdict.conclusion.kind : result.kind);

test("switched off, and for what is no public name, nothing is asked", async () => {
	const off = world({ isOff: true });
	assert.equal(off.places.isOff, true);
	assert.equal((await off.ask()).result.kind, "off");
	const on = world();
	assert.equal(on.places.isOff, false);
	for (const url of ["https://203.0.113.9/", "https://[2001:db8::1]/", "http://localhost/", "http://db.internal/"])
		assert.equal((await on.ask({ target: target(url) })).result.kind, "not-public");
	assert.deepEqual([...off.calls, ...on.calls, ...on.wanted], []);
});

test("equal asks of one workspace within a minute are one measurement, however their places are written", async () => {
	const one = world();
	const [first, second] = await Promise.all([
		one.ask({ places: placesOf("germany, us") }),
		one.ask({ places: placesOf("US and Deutschland") }),
	]);
	assert.deepEqual([first.result.kind, second.result.kind], ["told", "told"]);
	one.clock.turn(59_000);
	await one.ask({ places: placesOf("us, de") });
	assert.deepEqual(one.calls, ["limits", "create shop.example de,us"]);
	one.clock.turn(1_000);
	await one.ask({ places: placesOf("us, de") });
	assert.equal(one.calls.length, 3);
});

test("what differs only in what is not sent is one measurement; another page is another", async () => {
	const one = world();
	await one.ask({ target: target("https://shop.example/a?x=1") });
	await one.ask({ target: target("https://shop.example/a?x=2") });
	assert.equal(one.calls.filter((call) => call.startsWith("create")).length, 1);
	await one.ask({ target: target("https://shop.example/b") });
	assert.equal(one.calls.filter((call) => call.startsWith("create")).length, 2);
});

test("two workspaces never share a measurement, nor two people who ask privately", async () => {
	const one = world();
	await one.ask({ workspace: "slack T1" });
	await one.ask({ workspace: "slack T2" });
	await one.ask({ workspace: "slack T1", tenant: "slack T1 slack U9" });
	assert.equal(one.calls.filter((call) => call.startsWith("create")).length, 3);
	const room = { key: "C1", isOpen: true, hasOutsiders: false };
	const asks = { workspace: "slack T1", asker: "slack U1", isOutsider: false, room };
	assert.equal(sharedAmong(asks, false), sharedAmong({ ...asks, asker: "slack U2" }, false));
	assert.notEqual(sharedAmong(asks, true), sharedAmong({ ...asks, asker: "slack U2" }, true));
	assert.notEqual(sharedAmong(asks, true), sharedAmong(asks, false));
});

test("a third list for a host within the minute is told when to try again", async () => {
	const one = world();
	await one.ask({ places: placesOf("germany") });
	one.clock.turn(20_000);
	await one.ask({ places: placesOf("us") });
	const third = await one.ask({ places: placesOf("japan") });
	assert.deepEqual(limitOf(third), ["host", 40_000, false]);
	assert.equal(one.calls.filter((call) => call.startsWith("create")).length, 2);
	assert.equal((await one.ask({ places: placesOf("japan"), workspace: "slack T2" })).result.kind, "told");
	one.clock.turn(40_000);
	assert.equal((await one.ask({ places: placesOf("japan") })).result.kind, "told");
});

test("a workspace has ten asks an hour", async () => {
	const one = world();
	const hosts = Array.from({ length: 11 }, (_, nth) => target(`https://s${nth}.example/`));
	const told: PlacesTold[] = [];
	for (const host of hosts) told.push(await one.ask({ target: host, places: placesOf("germany") }));
	assert.deepEqual(
		told.slice(0, 10).map(limitOf),
		Array.from({ length: 10 }, () => "told"),
	);
	const last = told.at(-1);
	assert.ok(last !== undefined);
	assert.deepEqual(limitOf(last), ["hour", 3_600_000, false]);
	assert.equal((await one.ask({ target: target("https://x.example/"), workspace: "slack T2" })).result.kind, "told");
});

/** Asks of eight probes, each about another host, from so many workspaces in turn: how many are answered. */
async function answered(one: World, asks: number, workspaces: number): Promise<PlacesTold[]> {
	const out: PlacesTold[] = [];
	for (let nth = 0; nth < asks; nth += 1)
		out.push(await one.ask({ target: target(`https://s${nth}.example/`), workspace: `slack T${nth % workspaces}` }));
	return out;
}

test("a workspace has 40 tests an hour, the process 200; with a token 80 and 400", async () => {
	const rows = [
		[world(), 6, 1, 5, true],
		[world(), 30, 10, 25, true],
		[world({ hasToken: true }), 11, 1, 10, false],
		[world({ hasToken: true }), 60, 20, 50, false],
	] as const;
	for (const [one, asks, workspaces, fit, tokenHelps] of rows) {
		const told = await answered(one, asks, workspaces);
		assert.equal(told.filter(({ result }) => result.kind === "told").length, fit);
		const last = told.at(-1);
		assert.ok(last !== undefined);
		// A workspace's ten asks an hour come first with a token.
		if (asks !== 11) assert.deepEqual(limitOf(last), ["tests", 3_600_000, tokenHelps]);
	}
});

test("replicas that share a database have these tests together, and each workspace its asks", async () => {
	const clock = handClock(NOW);
	const stores = { ...memoryStores(clock), sweepMs: 5_000 };
	const replicas = [world({ clock, stores }), world({ clock, stores })];
	let told = 0;
	for (let nth = 0; nth < 30; nth += 1) {
		const one = replicas[nth % 2] ?? world();
		const { result } = await one.ask({ target: target(`https://s${nth}.example/`), workspace: `slack T${nth % 10}` });
		told += result.kind === "told" ? 1 : 0;
	}
	assert.equal(told, 25);
	clock.turn(3_600_000);
	const twice = await Promise.all([0, 1, 0].map((nth) => replicas[nth]?.ask({ tenant: `t${nth}` })));
	assert.deepEqual(
		twice.map((one) => one?.result.kind),
		["told", "told", "told"],
		"the same process shares one measurement",
	);
	const [first, second] = replicas;
	assert.ok(first !== undefined && second !== undefined);
	assert.deepEqual(limitOf(await first.ask({ places: placesOf("germany") })), ["host", 60_000, false]);
	assert.deepEqual(limitOf(await second.ask({ places: placesOf("us") })), ["host", 60_000, false]);
});

test("each probe counts as a request to the host, and where it has had enough nothing is asked", async () => {
	const one = world();
	await one.ask();
	await one.ask({ places: placesOf("germany, us") });
	assert.deepEqual(
		one.wanted.map(({ host }) => host),
		[8, 2].map((requests) => ({ name: "shop.example", addresses: [], requests })),
	);
	const full = world();
	full.busy = { why: "host", againMs: 900_000 };
	assert.deepEqual(limitOf(await full.ask()), ["target", 900_000, false]);
	assert.deepEqual(full.calls, []);
});

const STEADY: readonly Meets[] = ["520@FRA", "520@FRA", ...times(6, "200")];
const OTHERS: readonly Meets[] = [...times(6, "200"), "520", "520"];

/** What is told, and whether the same probes are asked again. */
const ROUNDS: readonly (readonly [what: string, next: World["next"], conclusion: string, calls: number])[] = [
	["all work", [times(8, "200")], "nowhere", 1],
	["all fail", [times(8, "520")], "everywhere", 1],
	["the same again", [STEADY, STEADY], "steady", 2],
	["others the second time", [STEADY, OTHERS], "chance", 2],
	["too few", [["520", "200", "200", ...times(5, "silent")]], "few", 1],
	["a second round that fails", [STEADY, { kind: "unreachable" }], "mixed", 2],
];
for (const [what, next, conclusion, calls] of ROUNDS)
	test(`the same probes are asked once more after 2 s, only where they differ: ${what}`, async () => {
		const one = world();
		one.next.push(...next);
		const asking = one.ask();
		await settled();
		assert.deepEqual(one.calls, ["limits", "create shop.example world"]);
		one.clock.turn(1_999);
		await settled();
		assert.equal(one.calls.length, 2);
		one.clock.turn(1);
		await settled();
		const told = await asking;
		assert.equal(conclusionOf(told), conclusion);
		assert.deepEqual(one.calls.slice(2), calls === 2 ? ["repeat"] : []);
		// The repeat takes tests, and is no ask.
		assert.equal(one.wanted.length, calls);
	});

test("the repeat is no ask: a second list within the minute is told", async () => {
	const one = world();
	one.next.push(STEADY, STEADY);
	const asking = one.ask({ places: placesOf("frankfurt, berlin, texas, new york, japan, brazil, uk, australia") });
	await settled();
	one.clock.turn(2_000);
	assert.equal(conclusionOf(await asking), "steady");
	assert.equal((await one.ask({ places: placesOf("germany") })).result.kind, "told");
});

test("without room for the repeat what the first round told stays", async () => {
	const one = world();
	one.next.push(...Array.from({ length: 4 }, () => times(8, "200")), STEADY);
	await answered(one, 4, 1);
	const asking = one.ask({ workspace: "slack T0" });
	await settled();
	one.clock.turn(2_000);
	const told = await asking;
	assert.equal(conclusionOf(told), "mixed");
	assert.ok(!one.calls.includes("repeat"));
});

test("after 25 s what has come by then is told", async () => {
	const one = world();
	one.next.push("hang");
	const asking = one.ask();
	await settled();
	one.clock.turn(PLACES_MS_MAX);
	const told = await asking;
	assert.equal(told.tookMs, PLACES_MS_MAX);
	assert.ok(told.result.kind === "told");
	assert.deepEqual(
		told.result.verdict.places.map(({ first }) => first.kind),
		["failing", "silent"],
	);
	const late = world();
	late.next.push(STEADY, "hang");
	const second = late.ask();
	await settled();
	late.clock.turn(2_000);
	await settled();
	late.clock.turn(PLACES_MS_MAX);
	assert.equal((await second).tookMs, 2_000 + PLACES_MS_MAX);
});

test("what is left being slow takes nothing on top of the 25 s", async () => {
	const one = world();
	one.allowances.push("hang");
	const asking = one.ask();
	await settled();
	one.clock.turn(PLACES_MS_MAX);
	const told = await asking;
	assert.equal(told.tookMs, PLACES_MS_MAX);
	assert.equal(told.result.kind, "unreachable");
});

test("a stop ends it at once", async () => {
	const one = world();
	one.next.push("hang");
	const stop = new AbortController();
	const asking = one.places.ask(
		{
			target: target("https://shop.example/"),
			places: WORLD,
			own: null,
			caseCode: null,
			by: { asker: { workspace: null, person: null }, tenant: "x" },
		},
		stop.signal,
	);
	await settled();
	stop.abort();
	assert.equal((await asking).result.kind, "told");
});

test("without a token nothing is asked of the service before the first question; with one the token is tried at the start", async () => {
	const [without, withToken] = [world(), world({ hasToken: true })];
	await without.places.start();
	await withToken.places.start();
	assert.deepEqual([without.calls, withToken.calls], [[], ["limits"]]);
	await withToken.ask();
	assert.deepEqual(withToken.calls, ["limits", "create shop.example world"]);
});

test("a wrong token is logged once, and then nothing is asked any more", async () => {
	for (const atStart of [true, false]) {
		const one = world({ hasToken: true });
		if (atStart) one.allowances.push({ kind: "unauthorized" });
		else one.next.push({ kind: "unauthorized" });
		await one.places.start();
		const before = one.calls.length;
		for (const places of ["germany", "us"])
			assert.equal((await one.ask({ places: placesOf(places) })).result.kind, "unauthorized");
		assert.deepEqual(one.logged, [{ event: "globalping-token-rejected" }]);
		assert.equal(one.calls.length - before, atStart ? 0 : 1);
	}
});

test("what is left is asked before the first question, and again after it was too little", async () => {
	const one = world();
	one.allowances.push({ kind: "allowance", limit: 250, remaining: 3, againMs: 1_290_000 });
	assert.deepEqual(limitOf(await one.ask()), ["tests", 1_290_000, true]);
	assert.equal((await one.ask({ workspace: "slack T2" })).result.kind, "told");
	one.next.push({ kind: "limit", againMs: 600_000 });
	assert.deepEqual(limitOf(await one.ask({ workspace: "slack T3" })), ["tests", 600_000, true]);
	await one.ask({ workspace: "slack T4" });
	await one.ask({ workspace: "slack T5" });
	assert.deepEqual(
		one.calls.map((call) => call.split(" ")[0]),
		["limits", "limits", "create", "create", "limits", "create", "create"],
	);
});

for (const kind of ["unreachable", "rejected", "no-probes"] as const)
	test(`a trouble is told, and the next ask is no part of it: ${kind}`, async () => {
		const one = world();
		one.next.push({ kind });
		assert.equal((await one.ask()).result.kind, kind);
		assert.equal((await one.ask()).result.kind, "told");
	});

test("what breaks is told as unreachable, and logged without words of others", async () => {
	const logged: { readonly event: string }[] = [];
	const clock = handClock(NOW);
	const broken = new OtherPlaces(
		{
			now: clock.now,
			later: clock.later,
			log: (line) => void logged.push(line),
			stores: memoryStores(clock),
			limits: {
				reserve: async () => {
					throw new Error("https://shop.example/?token=secret1");
				},
			},
		},
		openGlobalping({ base: "http://127.0.0.1:9", userAgent: "cf520" }, { now: clock.now, wait: async () => {} }),
	);
	const told = await broken.ask({
		target: target("https://shop.example/"),
		places: WORLD,
		own: null,
		caseCode: null,
		by: { asker: { workspace: null, person: null }, tenant: "x" },
	});
	assert.equal(told.result.kind, "unreachable");
	assert.deepEqual(logged, [{ event: "places-broke", error: "Error" }]);
});

test("over the wire: two rounds of the same probes, each counted, and no id in what comes out", async () => {
	const clock = handClock(NOW);
	const meets = ({ country }: { readonly country: string }): Outcome => (country === "DE" ? "520" : "200");
	const fake = await openFakeGlobalping({ now: clock.now, meets });
	const logged: unknown[] = [];
	try {
		// Every wait is over at once, and turns the clock.
		const later = (ms: number, work: () => void) => {
			const stop = clock.later(ms, work);
			if (ms < PLACES_MS_MAX) setImmediate(() => clock.turn(ms));
			return stop;
		};
		const service = openGlobalping(
			{ base: fake.url, userAgent: "cf520" },
			{ now: clock.now, wait: async (ms) => clock.turn(ms) },
		);
		const places = new OtherPlaces(
			{
				now: clock.now,
				later,
				log: (line) => void logged.push(line),
				stores: memoryStores(clock),
				limits: { reserve: async () => null },
			},
			service,
		);
		const told = await places.ask({
			target: target("https://shop.example/reset/9f8a9f8a9f8a9f8a?token=secret1"),
			places: placesOf("frankfurt, berlin, us, japan, brazil, france"),
			own: { fails: true, onlyThisPage: false },
			caseCode: "520",
			by: { asker: { workspace: "slack T1", person: "slack U-ada" }, tenant: "slack T1" },
		});
		assert.ok(told.result.kind === "told");
		assert.deepEqual(told.result.verdict.conclusion, { kind: "steady", colo: null });
		assert.deepEqual(told.result.verdict.evidence, { "edge-pattern": "some-visitors", "who-is-hit": "one-network-or-country" });
		assert.equal(fake.created.length, 2);
		assert.equal(fake.remaining, 250 - 12);
		const out = JSON.stringify([told, logged]);
		for (const id of fake.ids) assert.ok(!out.includes(id));
		const seen = JSON.stringify(fake.seen);
		for (const secret of ["secret1", "9f8a9f8a", "ada", "T1"]) assert.ok(!seen.includes(secret), secret);
	} finally {
		await fake.close();
	}
});
