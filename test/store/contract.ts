import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { ACCESSES_MAX, type ClaimLimits, type Stores, TakenOver, type WatchLimits } from "../../src/desk/stores.ts";
import { type Case, withFact } from "../../src/judge/case.ts";
import type { Watch } from "../../src/judge/watch.ts";
import { endWatch } from "../../src/judge/watch-look.ts";
import type { Reservation } from "../../src/looks/request-counts.ts";
import { DEFAULT_POLICY } from "../../src/read/policy.ts";
import type { Clock } from "../../src/store/clock.ts";
import { type AwaitedClock, awaitedClock } from "../clock.ts";
import { aCase, anAccess, anInstall, aWatch, NOW, THREAD } from "./values.ts";

/** An engine as the suite needs it. */
export interface Engine {
	readonly name: string;
	/** A new, empty place. */
	place(): Promise<Place>;
	/** Resolves when nothing is under way at any of its places, without time going by; absent: no call of it takes time. */
	settled?(): Promise<void>;
}

/** Where stores keep things. Each call is one more handle on it. */
interface Place {
	(clock: Clock, leaseMs: number | null): Promise<Stores>;
	/** Its own clock, if it has one, goes to that time. */
	turned?(nowMs: number): Promise<void>;
}

const LEASE_MS = 15_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ENOUGH: WatchLimits = { host: 1_000, hostInAll: 1_000, workspace: 1_000, all: 1_000 };
const most = (all: number): ClaimLimits => ({ all, workspace: all, person: all });

const stop = (watch: Watch): Watch => endWatch(watch, { why: "stopped", who: "Ben", atMs: NOW });
const announced = (watch: Watch): Watch => ({ ...watch, toAnnounce: [] });
const solved = (one: Case): Case => ({ ...one, solved: { cause: "origin-crashed", who: "Ben", atMs: NOW }, lastAtMs: NOW });
const says = (who: string, key: "who-is-hit" | "what-changed" | "host-health", value: string) => (one: Case) =>
	withFact(one, { key, value, by: "person", who, atMs: NOW });
const asks = (key: string, amount: number, max: number, windowMs = HOUR_MS): Reservation => ({ key, amount, max, windowMs });

/** What a promise has become after all that can happen without time going by. */
const stateIn =
	({ settled }: Engine) =>
	async <T>(promise: Promise<T>): Promise<T | "waits" | "taken over"> => {
		const waits = async () => {
			await settled?.();
			for (let nth = 0; nth < 5; nth += 1) await setImmediate();
			return "waits" as const;
		};
		return Promise.race([promise.catch(takenOver), waits()]);
	};
const takenOver = (error: unknown): "taken over" => {
	if (error instanceof TakenOver) return "taken over";
	throw error;
};

/** What every engine promises when one process has it. */
export function contract(engine: Engine): void {
	const state = stateIn(engine);
	const withStores = (work: (stores: Stores, clock: AwaitedClock) => Promise<void>) => async () => {
		const place = await engine.place();
		const clock = awaitedClock(NOW, place.turned);
		const stores = await place(clock, null);
		try {
			await work(stores, clock);
		} finally {
			await stores.close();
		}
	};

	describe(`${engine.name}, cases`, () => {
		it(
			"a case comes back as it was opened, by its id and by its thread: else a button finds nothing to act on",
			withStores(async ({ cases }) => {
				assert.deepEqual(await cases.open(aCase("a")), aCase("a"));
				assert.deepEqual(await cases.get("a"), aCase("a"));
				assert.deepEqual(await cases.inThread(THREAD), aCase("a"));
				assert.deepEqual([await cases.get("b"), await cases.inThread("elsewhere")], [null, null]);
				for (const hostile of ["a\0", "\ud800", "'; DROP TABLE cases; --", "x".repeat(100_000)])
					assert.deepEqual([await cases.get(hostile), await cases.inThread(hostile)], [null, null]);
			}),
		);

		it(
			"a changed case takes the place of the older one; of two in a thread the newer one counts",
			withStores(async ({ cases }) => {
				await cases.open(aCase("a"));
				assert.deepEqual(await cases.change("a", solved), { before: aCase("a"), after: solved(aCase("a")) });
				assert.equal((await cases.get("a"))?.solved?.who, "Ben");
				await cases.open(aCase("b", { lastAtMs: NOW + 1 }));
				assert.equal((await cases.inThread(THREAD))?.id, "b");
				await cases.change("a", (one) => ({ ...one, threadKey: "elsewhere", lastAtMs: NOW + 2, url: "https://other.example/" }));
				assert.deepEqual(
					[await cases.inThread("elsewhere"), (await cases.inThread(THREAD))?.id].map((one) =>
						typeof one === "object" ? one?.id : one,
					),
					["a", "b"],
				);
				assert.equal((await cases.ofHost("slack T1", "other.example", 5)).length, 1, "found by what it became");
			}),
		);

		it(
			"two questions in one thread about one host open one case: else answers go to one and the head shows the other",
			withStores(async ({ cases }) => {
				const [first, second] = await Promise.all([cases.open(aCase("a")), cases.open(aCase("b"))]);
				assert.equal(first.id, second.id);
				const kept = await Promise.all([cases.get("a"), cases.get("b")]);
				assert.deepEqual(
					kept.flatMap((one) => one?.id ?? []),
					[first.id],
				);
				const others = [
					aCase("host", { url: "https://other.example/", threadKey: "t2" }),
					aCase("same host", { threadKey: "t2" }),
					aCase("nowhere", { threadKey: null }),
					aCase("nowhere too", { threadKey: null }),
				];
				for (const one of others) assert.equal((await cases.open(one)).id, one.id);
			}),
		);

		it(
			"where the case of a thread has ended, a new one opens; a resumed question gets its own back, with what was answered since",
			withStores(async ({ cases }) => {
				await cases.open(aCase("a"));
				await cases.change("a", solved);
				assert.deepEqual(await cases.open(aCase("a")), solved(aCase("a")));
				assert.equal((await cases.open(aCase("b", { lastAtMs: NOW + 1 }))).id, "b");
				const quiet = NOW + DAY_MS + 2;
				assert.equal((await cases.open(aCase("c", { openedAtMs: quiet, lastAtMs: quiet }))).id, "c");
			}),
		);

		it(
			"earlier cases of a host come back, the newest first, of this workspace only",
			withStores(async ({ cases }) => {
				for (const [id, at, workspace] of [
					["a", 1, "slack T1"],
					["b", 3, "slack T1"],
					["c", 2, "slack T1"],
					["d", 4, "slack T2"],
				] as const)
					await cases.open(aCase(id, { lastAtMs: NOW + at, workspace, threadKey: id }));
				await cases.open(aCase("e", { url: "https://other.example/", threadKey: "e" }));
				assert.deepEqual(
					(await cases.ofHost("slack T1", "shop.example", 2)).map(({ id }) => id),
					["b", "c"],
				);
				assert.equal((await cases.ofHost(null, "shop.example", 2)).length, 0);
				assert.equal((await cases.ofWorkspace("slack T1", 0, 2)).length, 2, "no more than asked for");
				assert.equal((await cases.ofWorkspace(null, 0, 2)).length, 0, "of no other workspace");
				assert.equal((await cases.ofWorkspace("slack T1", Number.MAX_SAFE_INTEGER, 2)).length, 0, "none that is older");
			}),
		);

		it(
			"what moved in a workspace since a moment comes back, the newest first: else a person's own page shows none of their cases",
			withStores(async ({ cases }) => {
				for (const [id, at, workspace] of [
					["a", 1, "slack T1"],
					["b", 3, "slack T1"],
					["c", 2, "slack T1"],
					["d", 4, "slack T2"],
				] as const)
					await cases.open(aCase(id, { lastAtMs: NOW + at, workspace, threadKey: id }));
				const since = async (atMs: number, max: number) => (await cases.ofWorkspace("slack T1", atMs, max)).map(({ id }) => id);
				assert.deepEqual(await since(NOW + 2, 5), ["b", "c"]);
				assert.deepEqual(await since(NOW, 1), ["b"]);
				assert.deepEqual(await cases.ofWorkspace(null, NOW, 5), []);
				await cases.change("a", (one) => ({ ...one, lastAtMs: NOW + 9 }));
				assert.deepEqual(await since(NOW + 2, 5), ["a", "b", "c"]);
			}),
		);

		it(
			"a change that leaves the case as it is says so, and one of a case that is gone is none",
			withStores(async ({ cases, forget }) => {
				await cases.open(aCase("a"));
				const changed = await cases.change("a", (one) => one);
				assert.equal(changed?.before, changed?.after);
				assert.equal(await cases.change("b", solved), null);
				await forget("slack T1", "shop.example");
				assert.deepEqual([await cases.change("a", solved), await cases.get("a")], [null, null]);
			}),
		);

		it(
			"an answer that comes while another is written is applied to what that one left: both people count",
			withStores(async ({ cases }) => {
				await cases.open(aCase("a"));
				let inner: ReturnType<typeof cases.change> = Promise.resolve(null);
				let begun = false;
				const outer = await cases.change("a", (now) => {
					if (!begun) inner = cases.change("a", says("Ben", "what-changed", "deploy"));
					begun = true;
					return says("Ann", "who-is-hit", "everyone")(now);
				});
				// Whichever was written first.
				const [first, last] = [outer, await inner].toSorted(
					(a, b) => (a?.before.facts.length ?? 0) - (b?.before.facts.length ?? 0),
				);
				assert.deepEqual(last?.after.facts.map(({ key }) => key).toSorted(), ["origin-log", "what-changed", "who-is-hit"]);
				assert.deepEqual(last?.before, first?.after, "what is posted is made from what it was really applied to");
				assert.deepEqual(await cases.get("a"), last?.after);
			}),
		);

		it(
			"cases are kept as long as the admins decided",
			withStores(async ({ cases, policies, requestCounts }, clock) => {
				await policies.change("slack T1", (now) => ({ ...now, keepDays: 2 }));
				await cases.open(aCase("short"));
				await cases.open(aCase("long", { workspace: "slack T2", threadKey: "t2" }));
				await clock.turn(3 * DAY_MS);
				for (let nth = 0; nth < 250; nth += 1) await requestCounts.reserve([asks("host x.example", 1, 1_000)]);
				await engine.settled?.();
				assert.deepEqual([await cases.get("short"), (await cases.get("long"))?.id], [null, "long"]);
			}),
		);

		it(
			"a shorter retention holds from the moment in which it was decided",
			withStores(async ({ cases, policies }, clock) => {
				await cases.open(aCase("a"));
				await clock.turn(3 * DAY_MS);
				await policies.change("slack T1", (now) => ({ ...now, keepDays: 2 }));
				assert.equal(await cases.get("a"), null);
			}),
		);
	});

	describe(`${engine.name}, the inbox`, () => {
		it(
			"an event is accepted the first time only, and again when its time is over: else a redelivery is answered twice",
			withStores(async ({ inbox }, clock) => {
				const accept = (id: string, event: string) => inbox.open(id, event, "slack", "{}");
				assert.deepEqual([await accept("1", "x"), await accept("2", "x"), await accept("3", "y")], [true, false, true]);
				await clock.turn(10 * 60_000 + 1);
				assert.equal(await accept("4", "x"), true);
			}),
		);

		it(
			"of two deliveries of one event at once, one is accepted",
			withStores(async ({ inbox }) => {
				const accepted = await Promise.all(["1", "2", "3"].map((id) => inbox.open(id, "x", "slack", "{}")));
				assert.deepEqual(accepted.toSorted(), [false, false, true]);
			}),
		);

		it(
			"what was not ended is unfinished once it is nobody's, and remembers what of it was sent: nothing lost, nothing twice",
			withStores(async ({ inbox }) => {
				await inbox.open("q", "event", "slack", '{"asked":"é «1b»"}');
				await inbox.open("other", "event 2", "discord", "{}");
				const outbox = inbox.outbox("q");
				await outbox.sending("0");
				await outbox.sending("1");
				await outbox.sent("0", "ref");
				await outbox.sending("0");
				await outbox.sending("2");
				await outbox.failed("2");
				await outbox.failed("0");
				assert.deepEqual(await Promise.all(["0", "1", "2"].map((slot) => outbox.get(slot))), [
					{ messageRef: "ref", sent: true },
					{ messageRef: null, sent: false },
					null,
				]);
				assert.deepEqual(await inbox.unfinished("slack", 10), [], "ours is on its way");
				await inbox.release();
				assert.deepEqual(await inbox.unfinished("slack", 10), [{ id: "q", body: '{"asked":"é «1b»"}', atMs: NOW, deaths: 0 }]);
				assert.deepEqual(await inbox.unfinished("slack", 10), [], "taken once");
				assert.deepEqual(await inbox.outbox("q").get("0"), { messageRef: "ref", sent: true });
				await inbox.end("q");
				await inbox.release();
				assert.deepEqual([await inbox.unfinished("slack", 10), await inbox.outbox("q").get("0")], [[], null]);
			}),
		);

		it(
			"after a release nothing more is sent by who released: another may be sending it",
			withStores(async ({ inbox }) => {
				await inbox.open("q", "event", "slack", "{}");
				const outbox = inbox.outbox("q");
				await inbox.release();
				await assert.rejects(outbox.sending("0"), TakenOver);
				const [again] = await inbox.unfinished("slack", 10);
				assert.equal(again?.id, "q");
				await assert.rejects(outbox.sending("0"), TakenOver, "the answer from before is not ours again");
				await inbox.outbox("q").sending("0");
				await assert.rejects(inbox.outbox("never accepted").sending("0"), TakenOver);
				await inbox.end("q");
				await assert.rejects(inbox.outbox("q").sending("1"), TakenOver, "over");
			}),
		);

		it(
			"what nobody finished for a day is given up",
			withStores(async ({ inbox, requestCounts }, clock) => {
				await inbox.open("q", "event", "slack", "{}");
				await inbox.outbox("q").sending("0");
				await clock.turn(DAY_MS + 1);
				for (let nth = 0; nth < 250; nth += 1) await requestCounts.reserve([asks("host x.example", 1, 1_000)]);
				await engine.settled?.();
				await inbox.release();
				assert.deepEqual([await inbox.unfinished("slack", 10), await inbox.outbox("q").get("0")], [[], null]);
			}),
		);

		it(
			"what belongs to one thread goes one after the other, at once when the one before has ended; other threads do not wait",
			withStores(async ({ inbox }) => {
				for (const id of ["a", "b", "c", "other"]) await inbox.open(id, id, "slack", "{}");
				assert.equal(await inbox.turn("a", "words t", 20), "now");
				const b = inbox.turn("b", "words t", 20);
				assert.equal(await state(b), "waits");
				const c = inbox.turn("c", "words t", 20);
				assert.equal(await inbox.turn("other", "looks t", 20), "now");
				assert.deepEqual([await state(b), await state(c)], ["waits", "waits"]);
				await inbox.end("a");
				assert.deepEqual([await state(b), await state(c)], ["now", "waits"]);
				await inbox.end("b");
				assert.equal(await state(c), "now");
			}),
		);

		it(
			"too much in one thread is turned away, and takes no place",
			withStores(async ({ inbox }) => {
				for (const id of ["a", "b", "c", "d"]) await inbox.open(id, id, "slack", "{}");
				assert.equal(await inbox.turn("a", "t", 2), "now");
				const b = inbox.turn("b", "t", 2);
				assert.equal(await state(b), "waits");
				assert.equal(await inbox.turn("c", "t", 2), "full");
				await inbox.end("a");
				assert.equal(await state(b), "now");
				assert.equal(await state(inbox.turn("d", "t", 2)), "waits");
				assert.equal(await inbox.turn("c", "t", 2), "full");
			}),
		);

		it(
			"a resumed question keeps its place in the thread, also where it is full by now",
			withStores(async ({ inbox }) => {
				for (const id of ["a", "b", "c"]) await inbox.open(id, id, "slack", "{}");
				assert.equal(await inbox.turn("a", "t", 20), "now");
				const b = inbox.turn("b", "t", 20);
				assert.equal(await state(b), "waits");
				await inbox.release();
				assert.equal(await state(b), "taken over");
				assert.equal((await inbox.unfinished("slack", 10)).length, 3);
				const again = inbox.turn("b", "t", 1);
				assert.deepEqual([await state(again), await inbox.turn("a", "t", 1)], ["waits", "now"]);
				await inbox.end("a");
				assert.equal(await state(again), "now");
			}),
		);

		it("whoever waits for a turn when the store is closed says nothing more", async () => {
			const stores = await (await engine.place())(awaitedClock(NOW), null);
			for (const id of ["a", "b"]) await stores.inbox.open(id, id, "slack", "{}");
			await stores.inbox.turn("a", "t", 20);
			const b = stores.inbox.turn("b", "t", 20);
			assert.equal(await state(b), "waits");
			await stores.close();
			assert.equal(await state(b), "taken over");
		});
	});

	describe(`${engine.name}, watches`, () => {
		it(
			"watches are claimed when they are due, by chat, and no more once their end was posted",
			withStores(async ({ watches }) => {
				for (const [id, nextAtMs, platform] of [
					["late", NOW + 10, "slack"],
					["soon", NOW - 10, "slack"],
					["elsewhere", NOW - 10, "discord"],
				] as const) {
					const one = aWatch(id, { nextAtMs, platform });
					assert.deepEqual(await watches.begin(one, ENOUGH), { begun: one });
					assert.deepEqual(await watches.get(id), one);
				}
				assert.deepEqual([await watches.nextAtMs("slack"), await watches.nextAtMs("none")], [NOW - 10, null]);
				const due = () => watches.claim("slack", NOW, most(10), 60_000);
				const [claimed, ...others] = await due();
				assert.deepEqual([claimed?.watch, others], [aWatch("soon", { nextAtMs: NOW - 10 }), []]);
				const epoch = claimed?.epoch ?? -1;
				assert.equal((await watches.change("soon", stop, epoch))?.after.ended?.why, "stopped");
				await watches.release("soon", epoch);
				assert.deepEqual(
					(await watches.open({ workspace: "slack T1" }, 10)).map(({ id }) => id),
					["late", "elsewhere"],
				);
				const [again] = await due();
				assert.equal(again?.watch.ended?.why, "stopped", "its end has still to be posted");
				await watches.change("soon", announced, again?.epoch);
				await watches.release("soon", again?.epoch ?? -1);
				assert.deepEqual(await due(), []);
				assert.equal((await watches.get("soon"))?.ended?.why, "stopped", "its buttons say so for a while");
				assert.deepEqual(
					[await watches.count({ host: "shop.example" }), await watches.count({ host: "shop.example", workspace: "slack T9" })],
					[2, 0],
				);
			}),
		);

		it(
			"a watch that is claimed is nobody else's until it is released or its lease is over: else a page is checked and posted twice",
			withStores(async ({ watches }, clock) => {
				await watches.begin(aWatch("w"), ENOUGH);
				const claim = async () => (await watches.claim("slack", clock.now(), most(10), 60_000))[0]?.epoch ?? null;
				const first = await claim();
				assert.ok(first !== null);
				assert.deepEqual([await claim(), await watches.nextAtMs("slack")], [null, NOW + 60_000]);
				await clock.turn(60_000);
				const second = await claim();
				assert.ok(second !== null && second > first);
				assert.equal(await watches.change("w", stop, first), null, "who came too late changes nothing");
				await assert.rejects(watches.outbox("w", first).sending("1"), TakenOver);
				await watches.release("w", first);
				assert.equal(await claim(), null, "nor gives it away");
				await watches.outbox("w", second).sending("1");
				await watches.release("w", second);
				const third = await claim();
				assert.ok(third !== null);
				assert.deepEqual(await watches.outbox("w", third).get("1"), { messageRef: null, sent: false });
			}),
		);

		it(
			"a check that takes longer keeps its watch as long as it says so",
			withStores(async ({ watches }, clock) => {
				await watches.begin(aWatch("w"), ENOUGH);
				const claim = async () => (await watches.claim("slack", clock.now(), most(10), 60_000))[0]?.epoch ?? null;
				const epoch = (await claim()) ?? -1;
				await clock.turn(59_000);
				await watches.extend("w", epoch, 60_000);
				await clock.turn(59_000);
				assert.equal(await claim(), null);
				await clock.turn(1_000);
				const next = await claim();
				assert.ok(next !== null);
				await watches.extend("w", epoch, 3_600_000);
				await clock.turn(60_000);
				assert.notEqual(await claim(), null, "who has lost it extends nothing");
			}),
		);

		it(
			"what is checked already counts for its workspace and its person",
			withStores(async ({ watches }) => {
				await watches.begin(aWatch("a"), ENOUGH);
				await watches.begin(aWatch("b", { asker: "slack U2" }), ENOUGH);
				const one = { all: 9, workspace: 9, person: 1 };
				const taken = await watches.claim("slack", NOW, one, 60_000, [{ workspace: "slack T1", asker: "slack U1" }]);
				assert.deepEqual(
					taken.map(({ watch }) => watch.id),
					["b"],
				);
				const held = [1, 2].map((nth) => ({ workspace: "slack T1", asker: `slack U${nth + 2}` }));
				assert.deepEqual(await watches.claim("slack", NOW, { ...one, workspace: 2 }, 60_000, held), []);
			}),
		);

		it(
			"a person ends a watch also while it is checked, and what was sent of it is forgotten at its end",
			withStores(async ({ watches }) => {
				await watches.begin(aWatch("w"), ENOUGH);
				const [claimed] = await watches.claim("slack", NOW, most(10), 60_000);
				const epoch = claimed?.epoch ?? -1;
				await watches.outbox("w", epoch).sending("1");
				await watches.change("w", stop);
				const told = await watches.change("w", (now) => (now.ended === null ? now : announced(now)), epoch);
				assert.deepEqual([told?.before.ended?.who, told?.after.toAnnounce], ["Ben", []]);
				assert.equal(await watches.outbox("w", epoch).get("1"), null);
				assert.equal(await watches.nextAtMs("slack"), null);
			}),
		);

		it(
			"a page has one watch for everybody, and one for each person who watches it alone",
			withStores(async ({ watches }) => {
				const page = { url: "https://shop.example/page" };
				const begin = (id: string, more: Partial<Watch> = {}) => watches.begin(aWatch(id, { ...page, ...more }), ENOUGH);
				const first = aWatch("a", page);
				assert.deepEqual(await begin("a"), { begun: first });
				assert.deepEqual(await begin("b"), { same: first });
				assert.deepEqual(await begin("c", { isPrivate: true }), { same: first }, "who may know of it gets no second one");
				assert.ok("begun" in (await begin("other workspace", { workspace: "slack T2" })));
				await watches.change("a", stop);
				assert.ok("begun" in (await begin("alone", { isPrivate: true })), "one that has ended does not count");
				assert.ok("same" in (await begin("alone again", { isPrivate: true })));
				assert.ok("begun" in (await begin("alone, another", { isPrivate: true, asker: "slack U2" })));
				assert.ok("begun" in (await begin("everybody's", { asker: "slack U3" })));
			}),
		);

		it(
			"a watch that was to be everybody's and became one person's leaves the page to everybody",
			withStores(async ({ watches }) => {
				const page = { url: "https://shop.example/page" };
				await watches.begin(aWatch("a", page), ENOUGH);
				await watches.change("a", (now) => ({ ...now, isPrivate: true }));
				assert.ok("begun" in (await watches.begin(aWatch("b", { ...page, asker: "slack U2" }), ENOUGH)));
			}),
		);

		it(
			"a resumed question gets its watch back as it is by now",
			withStores(async ({ watches }) => {
				await watches.begin(aWatch("w"), ENOUGH);
				await watches.change("w", (now) => ({ ...now, looks: 7 }));
				const again = await watches.begin(aWatch("w"), { host: 0, hostInAll: 0, workspace: 0, all: 0 });
				assert.equal("begun" in again && again.begun.looks, 7);
			}),
		);

		it(
			"so many watches are open at a time, of a host, of a workspace, of all",
			withStores(async ({ watches }) => {
				const begin = (id: string, max: Partial<WatchLimits>, more: Partial<Watch> = {}) =>
					watches.begin(aWatch(id, more), { ...ENOUGH, ...max });
				await begin("a", {});
				assert.deepEqual(await begin("b", { host: 1 }), { many: "host" });
				assert.deepEqual(await begin("b", { host: 1 }, { asker: "slack U2" }), { many: "host" }, "whoever asks");
				assert.deepEqual(await begin("b", { hostInAll: 1 }, { workspace: "slack T2" }), { many: "hostInAll" });
				assert.ok("begun" in (await begin("t2", { host: 1 }, { workspace: "slack T2" })), "strangers lock nobody out");
				assert.deepEqual(await begin("b", { workspace: 1 }), { many: "workspace" });
				assert.deepEqual(await begin("b", { all: 1 }, { workspace: "slack T2" }), { many: "all" });
				assert.ok("begun" in (await begin("b", { host: 1 }, { url: "https://other.example/" })));
				const many = await Promise.all(["c", "d", "e"].map((id) => begin(id, { host: 2 })));
				assert.deepEqual(many.map((one) => "begun" in one).toSorted(), [false, false, true]);
			}),
		);

		it(
			"a watch is found by where it is posted and who asked, the oldest first",
			withStores(async ({ watches }) => {
				await watches.begin(aWatch("a", { threadKey: "t1" }), ENOUGH);
				await watches.begin(aWatch("b", { threadKey: "t1", asker: null, workspace: null }), ENOUGH);
				await watches.begin(aWatch("c"), ENOUGH);
				await watches.change("c", (now) => ({ ...now, threadKey: "t1" }));
				const ids = async (...args: Parameters<typeof watches.open>) => (await watches.open(...args)).map(({ id }) => id);
				assert.deepEqual(
					[
						await ids({ threadKey: "t1" }, 10),
						await ids({ asker: null }, 10),
						await ids({ workspace: null }, 10),
						await ids({ url: "https://shop.example/a" }, 10),
						await ids({}, 2),
					],
					[["a", "b", "c"], ["b"], ["b"], ["a"], ["a", "b"]],
				);
			}),
		);

		it(
			"two changes of a watch at once are both made",
			withStores(async ({ watches }) => {
				await watches.begin(aWatch("w"), ENOUGH);
				let inner: Promise<unknown> | null = null;
				await watches.change("w", (now) => {
					inner ??= watches.change("w", stop);
					return { ...now, looks: now.looks + 1 };
				});
				await inner;
				const last = await watches.get("w");
				assert.deepEqual([last?.ended?.why, last?.looks], ["stopped", 2]);
			}),
		);
	});

	describe(`${engine.name}, decisions and counts`, () => {
		it(
			"decisions of admins come back; where nobody decided, the default holds",
			withStores(async ({ policies }) => {
				const changed = await policies.change("slack T1", (now) => ({ ...now, channels: ["C1"], privately: true, keepDays: 7 }));
				const policy = { ...DEFAULT_POLICY, channels: ["C1"], privately: true, keepDays: 7 };
				assert.deepEqual(changed, { before: DEFAULT_POLICY, after: policy });
				assert.deepEqual(await Promise.all(["slack T1", "slack T2", null].map((workspace) => policies.of(workspace))), [
					policy,
					DEFAULT_POLICY,
					DEFAULT_POLICY,
				]);
				const same = await policies.change("slack T1", (now) => now);
				assert.equal(same.before, same.after);
			}),
		);

		it(
			"two admins who decide at once both get what they decided",
			withStores(async ({ policies }) => {
				for (const workspace of ["slack T1", "slack T1"]) {
					let inner: Promise<unknown> | null = null;
					await policies.change(workspace, (now) => {
						inner ??= policies.change(workspace, (other) => ({ ...other, keepDays: other.keepDays + 1 }));
						return { ...now, perPerson: now.perPerson + 1 };
					});
					await inner;
				}
				const { keepDays, perPerson } = await policies.of("slack T1");
				assert.deepEqual([keepDays, perPerson], [DEFAULT_POLICY.keepDays + 2, DEFAULT_POLICY.perPerson + 2]);
			}),
		);

		it(
			"a host is forgotten with its subdomains, its cases and watches, in that workspace only",
			withStores(async ({ cases, watches, forget }) => {
				await cases.open(aCase("a"));
				await cases.open(aCase("b", { workspace: "slack T2", threadKey: "b" }));
				await cases.open(aCase("c", { url: "https://sub.shop.example/", threadKey: "c" }));
				await cases.open(aCase("d", { url: "https://othershop.example/", threadKey: "d" }));
				await watches.begin(aWatch("w"), ENOUGH);
				const [claimed] = await watches.claim("slack", NOW, most(1), 60_000);
				assert.deepEqual(await forget("slack T1", "shop.example"), { cases: 2, watches: 1 });
				assert.deepEqual(
					(await Promise.all(["a", "b", "c", "d"].map((id) => cases.get(id)))).map((one) => one?.id ?? null),
					[null, "b", null, "d"],
				);
				assert.equal(await watches.get("w"), null);
				assert.equal(await watches.change("w", stop, claimed?.epoch), null, "a check that was under way brings nothing back");
				await assert.rejects(watches.outbox("w", claimed?.epoch ?? -1).sending("1"), TakenOver);
			}),
		);

		it(
			"what a clock that was wrong has noted locks nobody out once it is right again",
			withStores(async ({ requestCounts }, clock) => {
				const take = (amount: number) => requestCounts.reserve([asks("host a", amount, 30)]);
				await clock.turn(5 * HOUR_MS);
				assert.equal(await take(30), null);
				await clock.turn(-5 * HOUR_MS);
				assert.equal(await take(30), null);
				assert.deepEqual(await take(1), { key: "host a", againMs: HOUR_MS }, "what went out now counts");
			}),
		);

		it(
			"of those that are due, workspaces come in turn, in them people, and nobody holds more than a share",
			withStores(async ({ watches }) => {
				const begin = (id: string, workspace: string | null, asker: string | null, nextAtMs: number) =>
					watches.begin(aWatch(id, { workspace, asker, nextAtMs }), ENOUGH);
				for (let nth = 0; nth < 20; nth += 1) await begin(`a${nth}`, "T1", "U1", NOW - 1_000 + nth);
				for (const [nth, asker] of ["U2", "U2", "U3"].entries()) await begin(`b${nth}`, "T1", asker, NOW - 100 + nth);
				for (let nth = 0; nth < 3; nth += 1) await begin(`c${nth}`, "T2", "U4", NOW - 10 + nth);
				const share = { all: 7, workspace: 4, person: 2 };
				const first = await watches.claim("slack", NOW, share, 60_000);
				const ids = (claimed: typeof first) => claimed.map(({ watch }) => watch.id);
				assert.deepEqual(ids(first), ["a0", "c0", "b0", "c1", "b2", "a1"]);
				const held = first.map(({ watch }) => watch);
				assert.deepEqual(await watches.claim("slack", NOW, share, 60_000, held), [], "the rest would be beyond a share");
				await watches.release("c0", first[1]?.epoch ?? -1);
				const left = held.filter(({ id }) => id !== "c0");
				await watches.change("c0", (one) => ({ ...one, nextAtMs: NOW + 60_000 }));
				assert.deepEqual(ids(await watches.claim("slack", NOW, share, 60_000, left)), ["c2"]);
				for (let nth = 0; nth < 9; nth += 1) await begin(`d${nth}`, null, null, NOW);
				const alone = ids(
					await watches.claim("slack", NOW, { all: 9, workspace: 1, person: 1 }, 60_000, left.slice(0, 0)),
				).filter((id) => id.startsWith("d"));
				assert.ok(alone.length > 1, "a terminal has no neighbors");
			}),
		);

		it(
			"so much goes to a host in an hour, and again when the hour has moved on",
			withStores(async ({ requestCounts }, clock) => {
				const take = (amount: number, key = "host a") => requestCounts.reserve([asks(key, amount, 30)]);
				assert.deepEqual([await take(10), await take(10), await take(10)], [null, null, null]);
				await clock.turn(600_000);
				assert.deepEqual(await take(10), { key: "host a", againMs: 3_000_000 });
				assert.equal(await take(10, "host b"), null, "another host has its own");
				assert.deepEqual(await take(31, "host c"), { key: "host c", againMs: HOUR_MS }, "never");
				await clock.turn(3_000_000);
				assert.equal(await take(10), null);
			}),
		);

		it(
			"room is taken under every key or under none: what is refused costs nothing",
			withStores(async ({ requestCounts }) => {
				const both = (host: number, person: number) =>
					requestCounts.reserve([asks("person ann", person, 3, 300_000), asks("host a", host, 10)]);
				assert.equal((await both(11, 1))?.key, "host a");
				assert.equal((await both(1, 4))?.key, "person ann");
				assert.equal(await both(10, 3), null);
				assert.deepEqual(await both(1, 1), { key: "person ann", againMs: 300_000 });
			}),
		);

		it(
			"where several share a key, one gets half once another has asked, and who has not asked finds some left",
			withStores(async ({ requestCounts }, clock) => {
				const take = (of: string | null, amount: number) =>
					requestCounts.reserve([
						{ ...asks("host a", amount, 40), ...(of === null ? {} : { part: { of, max: 20, reserve: 2 } }) },
					]);
				assert.equal(await take("T1", 30), null, "alone it is all theirs");
				assert.deepEqual(await take("T1", 9), { key: "host a", againMs: HOUR_MS }, "but for what is left for first questions");
				await clock.turn(1_000);
				assert.equal(await take("T2", 5), null);
				assert.deepEqual(await take("T1", 1), { key: "host a", againMs: HOUR_MS - 1_000, part: true });
				assert.deepEqual((await take("T2", 4))?.key, "host a");
				assert.equal(await take("T2", 3), null);
				assert.equal(await take("T3", 2), null, "a first question");
				assert.equal((await take("T4", 1))?.part, undefined, "the whole is full");
				await clock.turn(HOUR_MS - 1_000);
				assert.equal(await take("T1", 20), null, "what they took has run out");
				assert.equal((await take("T1", 1))?.part, true, "others asked a second later");
				await clock.turn(HOUR_MS);
				assert.equal(await take("T1", 38), null, "and are gone with the hour");
				assert.equal(await take(null, 2), null, "a terminal shares with nobody");
			}),
		);

		it(
			"what a part is refused is taken from no other key",
			withStores(async ({ requestCounts }) => {
				const both = (of: string, amount: number) =>
					requestCounts.reserve([
						{ ...asks("host a", amount, 40), part: { of, max: 20, reserve: 0 } },
						{ ...asks("address b", amount, 30), part: { of, max: 15, reserve: 0 } },
					]);
				assert.equal(await both("T2", 10), null);
				assert.equal(await both("T1", 12), null);
				assert.equal((await both("T1", 4))?.key, "address b");
				assert.equal(await requestCounts.reserve([asks("host a", 18, 40)]), null, "22 are counted");
			}),
		);

		it(
			"of many at once no more get through than fit",
			withStores(async ({ requestCounts }) => {
				const all = await Promise.all(Array.from({ length: 100 }, () => requestCounts.reserve([asks("host a", 8, 400)])));
				assert.equal(all.filter((one) => one === null).length, 50);
			}),
		);
	});
}

/** What every engine promises of the tokens that owners give. */
export function accessesContract(engine: Engine, durable: boolean): void {
	const T1 = { platform: "slack", workspace: "slack T1" };
	const state = stateIn(engine);
	const withStores = (work: (stores: Stores) => Promise<void>) => async () => {
		const stores = await (await engine.place())(awaitedClock(NOW), null);
		try {
			await work(stores);
		} finally {
			await stores.close();
		}
	};

	describe(`${engine.name}, installations`, () => {
		it(
			"an installation comes back as it was kept, under its own platform alone; a later one takes its place, an earlier one does not",
			withStores(async ({ installs }) => {
				await installs.put(anInstall("T1", { atMs: NOW + 1 }));
				await installs.put(anInstall("T1", { atMs: NOW, body: "an older delivery" }));
				assert.deepEqual(await installs.get("slack", "T1"), anInstall("T1", { atMs: NOW + 1 }));
				assert.deepEqual([await installs.get("slack", "T2"), await installs.get("discord", "T1")], [null, null]);
				await installs.put(anInstall("T1", { atMs: NOW + 2, body: "renewed" }));
				await installs.put(anInstall("E1", { atMs: NOW + 3 }));
				const all = await installs.all("slack", 10);
				assert.deepEqual(
					all.map(({ id, body }) => [id, body]),
					[
						["E1", "«1b»"],
						["T1", "renewed"],
					],
				);
				assert.deepEqual([(await installs.all("slack", 1)).length, (await installs.all("discord", 1)).length], [1, 0]);
			}),
		);

		it(
			"what says that the app is gone deletes no installation that was made later",
			withStores(async ({ installs }) => {
				await installs.put(anInstall("T1", { atMs: NOW }));
				await installs.put(anInstall("T2", { atMs: NOW }));
				assert.equal(await installs.remove("slack", "T1", NOW - 1), false);
				assert.equal(await installs.remove("slack", "T1", NOW), true);
				assert.equal(await installs.remove("slack", "T1", NOW), false);
				assert.deepEqual(
					[await installs.get("slack", "T1"), await installs.get("slack", "T2")],
					[null, anInstall("T2", { atMs: NOW })],
				);
			}),
		);

		it(
			"a workspace that is left leaves nothing, and the other workspace's rows stay as they are",
			withStores(async (stores) => {
				const mine = { workspace: "slack T1" };
				const other = { workspace: "slack T2", threadKey: "slack C2 1.2" };
				await stores.cases.open(aCase("a", mine));
				await stores.cases.open(aCase("b", other));
				await stores.watches.begin(aWatch("w", mine), ENOUGH);
				await stores.watches.begin(aWatch("v", other), ENOUGH);
				for (const workspace of [mine.workspace, other.workspace]) {
					await stores.policies.change(workspace, (now) => ({ ...now, privately: true }));
					await stores.inbox.open(`q ${workspace}`, `event ${workspace}`, "slack", "{}", workspace);
					await stores.accesses.put(anAccess({ workspace }));
				}
				await stores.inbox.turn("q slack T1", "t", 3);
				await stores.inbox.outbox("q slack T1").sending("0");
				assert.deepEqual(await stores.forgetWorkspace(T1), { cases: 1, watches: 1 });
				assert.deepEqual([await stores.cases.get("a"), await stores.watches.get("w")], [null, null]);
				assert.deepEqual([await stores.policies.of("slack T1"), await stores.accesses.of(T1)], [DEFAULT_POLICY, []]);
				assert.equal(
					await state(
						stores.inbox
							.outbox("q slack T1")
							.sending("1")
							.then(() => "sent"),
					),
					"taken over",
				);
				assert.deepEqual(await stores.cases.get("b"), aCase("b", other));
				assert.deepEqual(await stores.watches.get("v"), aWatch("v", other));
				assert.equal((await stores.policies.of("slack T2")).privately, true);
				assert.equal((await stores.accesses.of({ platform: "slack", workspace: "slack T2" })).length, 1);
				await stores.inbox.outbox("q slack T2").sending("0");
				assert.deepEqual(await stores.forgetWorkspace(T1), { cases: 0, watches: 0 });
			}),
		);
	});

	describe(`${engine.name}, accesses`, () => {
		it(
			"an access comes back as it was kept, to its own workspace and platform alone",
			withStores(async ({ accesses }) => {
				assert.equal(accesses.durable, durable);
				assert.equal(await accesses.put(anAccess()), true);
				assert.deepEqual(await accesses.of(T1), [anAccess()]);
				for (const other of [
					{ platform: "slack", workspace: "slack T2" },
					{ platform: "discord", workspace: "slack T1" },
					{ platform: "slack", workspace: "" },
				])
					assert.deepEqual(await accesses.of(other), [], "two workspaces with the same zone share nothing");
			}),
		);

		it(
			"a zone that is connected again has the new token; several come by the name of their zone",
			withStores(async ({ accesses }) => {
				const other = anAccess({ zoneId: "1".repeat(32), zoneName: "api.example", tokenId: null, plan: null });
				for (const one of [anAccess(), other, anAccess({ token: "another", atMs: NOW + 1 })]) await accesses.put(one);
				assert.deepEqual(await accesses.of(T1), [other, anAccess({ token: "another", atMs: NOW + 1 })]);
			}),
		);

		it(
			"what an older access turned out to be is not noted at the newer one: else a fresh token counts as refused",
			withStores(async ({ accesses }) => {
				await accesses.put(anAccess());
				await accesses.note(anAccess(), { kind: "limited", untilMs: NOW + 5 });
				assert.deepEqual(await accesses.of(T1), [anAccess({ state: { kind: "limited", untilMs: NOW + 5 } })]);
				await accesses.put(anAccess({ atMs: NOW + 1 }));
				await accesses.note(anAccess(), { kind: "refused", sinceMs: NOW });
				assert.deepEqual(await accesses.of(T1), [anAccess({ atMs: NOW + 1 })]);
				await accesses.note(anAccess({ zoneId: "2".repeat(32) }), { kind: "refused", sinceMs: NOW });
				assert.equal((await accesses.of(T1)).length, 1);
			}),
		);

		it(
			"a disconnected zone is gone, and no other; a workspace that the bot left has none",
			withStores(async ({ accesses }) => {
				const two = anAccess({ workspace: "slack T2" });
				for (const one of [anAccess(), anAccess({ zoneId: "1".repeat(32), zoneName: "api.example" }), two])
					await accesses.put(one);
				assert.equal(await accesses.remove(T1, "nowhere.example"), 0);
				assert.equal(await accesses.remove(T1, "shop.example"), 1);
				assert.equal((await accesses.of(T1)).length, 1);
				const later = anAccess({ zoneId: "3".repeat(32), zoneName: "later.example", atMs: NOW + 1 });
				await accesses.put(later);
				assert.equal(await accesses.removeAll(T1, NOW), 1);
				assert.deepEqual(await accesses.of(T1), [later]);
				assert.equal(await accesses.removeAll(T1, NOW + 1), 1);
				assert.deepEqual(await accesses.of(two), [two]);
			}),
		);

		it(
			"what is forgotten about a host goes with its access, and that of a name above it stays",
			withStores(async (stores) => {
				await stores.accesses.put(anAccess());
				await stores.forget("slack T1", "www.shop.example");
				await stores.forget("slack T2", "shop.example");
				assert.equal((await stores.accesses.of(T1)).length, 1);
				await stores.forget("slack T1", "shop.example");
				assert.deepEqual(await stores.accesses.of(T1), []);
			}),
		);

		it(
			"a workspace has a bounded number of them; one that is there can be renewed all the same",
			withStores(async ({ accesses }) => {
				const nth = (n: number) => anAccess({ zoneId: n.toString(16).padStart(32, "0"), zoneName: `z${n}.example` });
				for (let n = 0; n < ACCESSES_MAX; n += 1) assert.equal(await accesses.put(nth(n)), true);
				assert.equal(await accesses.put(nth(ACCESSES_MAX)), false);
				assert.equal(await accesses.put({ ...nth(0), token: "another" }), true);
				assert.equal((await accesses.of(T1)).length, ACCESSES_MAX);
			}),
		);
	});
}

/** What an engine promises when several processes have it: each case is a race that somebody would lose something by. */
export function sharedContract(engine: Engine): void {
	const state = stateIn(engine);
	const withTwo =
		(work: (a: Stores, b: Stores, more: { clock: AwaitedClock; open: (clock: Clock) => Promise<Stores> }) => Promise<void>) =>
		async () => {
			const place = await engine.place();
			const clock = awaitedClock(NOW, place.turned);
			const all: Stores[] = [];
			const open = async (own: Clock) => {
				const stores = await place(own, LEASE_MS);
				all.push(stores);
				return stores;
			};
			const [a, b] = [await open(clock), await open(clock)];
			try {
				await work(a, b, { clock, open });
			} finally {
				for (const stores of all) await stores.close();
			}
		};

	describe(`${engine.name}, two processes`, () => {
		it(
			"an event that both get is accepted by one: the other one says nothing",
			withTwo(async (a, b) => {
				for (let nth = 0; nth < 20; nth += 1) {
					const event = `event ${nth}`;
					const both = await Promise.all([
						a.inbox.open(`a${nth}`, event, "slack", "{}"),
						b.inbox.open(`b${nth}`, event, "slack", "{}"),
					]);
					assert.equal(both.filter((won) => won).length, 1);
				}
			}),
		);

		it(
			"while its owner is heard a question is not taken over; when it is not for a lease, by one",
			withTwo(async (a, b, { clock, open }) => {
				const dead = await open(clock.frozen());
				await dead.inbox.open("q", "event", "slack", '{"text":"shop"}');
				await a.inbox.open("alive", "event 2", "slack", "{}");
				const outbox = dead.inbox.outbox("q");
				await outbox.sending("0");
				await clock.turn(LEASE_MS - 1);
				assert.deepEqual(await b.inbox.unfinished("slack", 10), []);
				await clock.turn(1);
				const [byA, byB] = await Promise.all([a.inbox.unfinished("slack", 10), b.inbox.unfinished("slack", 10)]);
				assert.deepEqual([...byA, ...byB], [{ id: "q", body: '{"text":"shop"}', atMs: NOW, deaths: 0 }]);
				assert.deepEqual(await a.inbox.unfinished("discord", 10), []);
				const winner = byA.length > 0 ? a : b;
				assert.deepEqual(await winner.inbox.outbox("q").get("0"), { messageRef: null, sent: false });
			}),
		);

		it(
			"who wakes up after its lease sends nothing more, and does not end what another answers",
			withTwo(async (a, _b, { clock, open }) => {
				const frozen = await open(clock.frozen());
				await frozen.inbox.open("q", "event", "slack", "{}");
				const old = frozen.inbox.outbox("q");
				await old.sending("0");
				await clock.turn(LEASE_MS);
				await a.inbox.unfinished("slack", 10);
				const own = a.inbox.outbox("q");
				await assert.rejects(old.sending("1"), TakenOver);
				await assert.rejects(frozen.inbox.turn("q", "t", 20), TakenOver);
				await own.sending("1");
				await old.failed("1");
				assert.deepEqual(await own.get("1"), { messageRef: null, sent: false }, "what another is sending stays noted");
				await old.sent("0", "ref");
				assert.deepEqual(await own.get("0"), { messageRef: "ref", sent: true }, "what did arrive is worth knowing");
				await frozen.inbox.end("q");
				await own.sending("2");
				await a.inbox.end("q");
				await old.sent("0", "ref");
				assert.equal(await own.get("0"), null);
			}),
		);

		it(
			"taken over and back again, the answer from before still sends nothing",
			withTwo(async (a, b, { clock, open }) => {
				const frozen = await open(clock.frozen());
				await frozen.inbox.open("q", "event", "slack", "{}");
				const old = frozen.inbox.outbox("q");
				await clock.turn(LEASE_MS);
				assert.equal((await a.inbox.unfinished("slack", 10)).length, 1);
				await a.inbox.release();
				assert.equal((await frozen.inbox.unfinished("slack", 10)).length, 1);
				await assert.rejects(old.sending("0"), TakenOver);
				await frozen.inbox.outbox("q").sending("0");
				assert.deepEqual(await b.inbox.unfinished("slack", 10), []);
			}),
		);

		it(
			"after an absence of everybody nobody takes over from those who are back",
			withTwo(async (_a, _b, { clock, open }) => {
				const [c, d] = [await open(clock.frozen()), await open(clock.frozen())];
				await c.inbox.open("q", "event", "slack", "{}");
				await clock.turn(2 * LEASE_MS);
				assert.deepEqual(await d.inbox.unfinished("slack", 10), [], "first the others get the time to be heard");
				await c.inbox.unfinished("slack", 10);
				await clock.turn(LEASE_MS - 1);
				assert.deepEqual(await d.inbox.unfinished("slack", 10), []);
				await c.inbox.outbox("q").sending("0");
			}),
		);

		it(
			"a death counts where somebody worked on the question: not a release, not waiting for a turn",
			withTwo(async (a, b, { clock, open }) => {
				await a.inbox.open("q", "event", "slack", "{}");
				await a.inbox.begin("q");
				await a.inbox.release();
				const deaths = async ({ inbox }: Stores) => (await inbox.unfinished("slack", 10)).map((one) => one.deaths);
				assert.deepEqual(await deaths(b), [0]);
				await b.inbox.release();
				const waits = await open(clock.frozen());
				assert.deepEqual(await deaths(waits), [0]);
				await clock.turn(LEASE_MS);
				const works = await open(clock.frozen());
				assert.deepEqual(await deaths(works), [0]);
				await works.inbox.begin("q");
				await clock.turn(LEASE_MS);
				assert.deepEqual(await deaths(a), [1]);
				await assert.rejects(works.inbox.begin("q"), TakenOver);
				await a.inbox.release();
				const again = await open(clock.frozen());
				assert.deepEqual(await deaths(again), [1]);
				await again.inbox.begin("q");
				await clock.turn(LEASE_MS);
				assert.deepEqual(await deaths(b), [2]);
			}),
		);

		it(
			"a bounded sweep takes the oldest, and the next sweep the rest",
			withTwo(async (a, b, { clock }) => {
				for (const id of ["1", "2", "3"]) {
					await a.inbox.open(id, id, "slack", "{}");
					await clock.turn(1);
				}
				await a.inbox.release();
				const swept = [await b.inbox.unfinished("slack", 2), await b.inbox.unfinished("slack", 2)];
				assert.deepEqual(
					swept.map((some) => some.map(({ id }) => id)),
					[["1", "2"], ["3"]],
				);
			}),
		);

		it(
			"a thread goes on in order wherever its questions run, also when one of them is taken over",
			withTwo(async (a, b, { clock, open }) => {
				const dead = await open(clock.frozen());
				await dead.inbox.open("1", "1", "slack", "{}");
				await a.inbox.open("2", "2", "slack", "{}");
				await b.inbox.open("3", "3", "slack", "{}");
				assert.equal(await dead.inbox.turn("1", "t", 20), "now");
				const second = a.inbox.turn("2", "t", 20);
				assert.equal(await state(second), "waits");
				const third = b.inbox.turn("3", "t", 20);
				await clock.turn(LEASE_MS);
				assert.deepEqual([await state(second), await state(third)], ["waits", "waits"]);
				assert.equal((await b.inbox.unfinished("slack", 10))[0]?.id, "1");
				assert.equal(await b.inbox.turn("1", "t", 20), "now");
				await clock.turn(1_000);
				assert.deepEqual([await state(second), await state(third)], ["waits", "waits"]);
				await b.inbox.end("1");
				await clock.turn(1_000);
				assert.deepEqual([await state(second), await state(third)], ["now", "waits"]);
				await a.inbox.end("2");
				await clock.turn(1_000);
				assert.equal(await state(third), "now");
			}),
		);

		it(
			"of two that join a thread at once one goes first, and its bound holds for both together",
			withTwo(async (a, b) => {
				for (const id of ["1", "3"]) await a.inbox.open(id, id, "slack", "{}");
				for (const id of ["2", "4"]) await b.inbox.open(id, id, "slack", "{}");
				const turns = [
					a.inbox.turn("1", "t", 3),
					b.inbox.turn("2", "t", 3),
					a.inbox.turn("3", "t", 3),
					b.inbox.turn("4", "t", 3),
				];
				const states = await Promise.all(turns.map((one) => state(one)));
				assert.deepEqual(states.toSorted(), ["full", "now", "waits", "waits"]);
			}),
		);

		it(
			"of two that want a lease one has it until it gives it back or lets it run out",
			withTwo(async (a, b, { clock }) => {
				const both = await Promise.all([a.leases.hold("commands", 1_000), b.leases.hold("commands", 1_000)]);
				assert.deepEqual(both.toSorted(), [false, true]);
				const [mine, theirs] = both[0] ? [a, b] : [b, a];
				assert.equal(await mine.leases.hold("commands", 2_000), true);
				await clock.turn(1_500);
				assert.deepEqual([await theirs.leases.hold("commands", 500), await theirs.leases.hold("another", 500)], [false, true]);
				await theirs.leases.drop("commands");
				assert.equal(await theirs.leases.hold("commands", 500), false);
				await mine.leases.drop("commands");
				assert.equal(await theirs.leases.hold("commands", 500), true);
				await clock.turn(500);
				assert.equal(await mine.leases.hold("commands", 500), true);
			}),
		);

		it(
			"two answers to one case, one here and one there, both count; what is posted says what each of them changed",
			withTwo(async (a, b) => {
				await a.cases.open(aCase("a"));
				let inner: ReturnType<typeof b.cases.change> | null = null;
				const outer = await a.cases.change("a", (now) => {
					inner ??= b.cases.change("a", says("Ben", "what-changed", "deploy"));
					return says("Ann", "who-is-hit", "everyone")(now);
				});
				const keys = (one: Case | undefined) => one?.facts.map(({ key }) => key);
				const other = await (inner as ReturnType<typeof b.cases.change> | null);
				const last = await b.cases.get("a");
				assert.deepEqual(keys(last ?? undefined)?.toSorted(), ["origin-log", "what-changed", "who-is-hit"]);
				// One of them was made to what the other one left.
				assert.equal((keys(outer?.before)?.length ?? 0) + (keys(other?.before)?.length ?? 0), 3);
				await Promise.all(
					Array.from({ length: 10 }, (_, nth) =>
						(nth % 2 === 0 ? a : b).cases.change("a", (now) => ({ ...now, rays: [...now.rays, `${nth}`] })),
					),
				);
				assert.equal((await a.cases.get("a"))?.rays.length, 11);
			}),
		);

		it(
			"a case that both open in one thread is one",
			withTwo(async (a, b) => {
				const both = await Promise.all([a.cases.open(aCase("a")), b.cases.open(aCase("b"))]);
				assert.equal(new Set(both.map(({ id }) => id)).size, 1);
			}),
		);

		it(
			"what is forgotten while it is changed stays forgotten",
			withTwo(async (a, b) => {
				await a.cases.open(aCase("a"));
				await a.watches.begin(aWatch("w"), ENOUGH);
				let gone: Promise<unknown> | null = null;
				const forget = () => {
					gone ??= b.forget("slack T1", "shop.example");
				};
				const ofCase = await a.cases.change("a", (now) => {
					forget();
					return solved(now);
				});
				await gone;
				// A change that was first is gone with the case; one that came too late is none.
				assert.deepEqual([ofCase === null || ofCase.after.solved !== null, await a.cases.get("a")], [true, null]);
				await a.cases.open(aCase("a"));
				await a.watches.begin(aWatch("w"), ENOUGH);
				gone = null;
				await a.watches.change("w", (now) => {
					forget();
					return stop(now);
				});
				await gone;
				assert.deepEqual([await a.watches.get("w"), await a.watches.nextAtMs("slack")], [null, null]);
			}),
		);

		it(
			"a due watch is claimed by one: the page is checked once, and posted once",
			withTwo(async (a, b) => {
				for (let nth = 0; nth < 8; nth += 1) await a.watches.begin(aWatch(`w${nth}`), ENOUGH);
				const claimed = await Promise.all([a, b, a, b].map((one) => one.watches.claim("slack", NOW, most(3), 60_000)));
				const ids = claimed.flat().map(({ watch }) => watch.id);
				assert.deepEqual([ids.length, new Set(ids).size], [8, 8]);
			}),
		);

		it(
			"whose claim is over changes nothing and sends nothing: another has the watch",
			withTwo(async (a, b, { clock }) => {
				await a.watches.begin(aWatch("w"), ENOUGH);
				const [old] = await a.watches.claim("slack", NOW, most(1), 30_000);
				await a.watches.outbox("w", old?.epoch ?? -1).sending("1");
				await clock.turn(30_000);
				const [own] = await b.watches.claim("slack", clock.now(), most(1), 30_000);
				assert.ok(old !== undefined && own !== undefined);
				assert.equal(await a.watches.change("w", stop, old.epoch), null);
				await assert.rejects(a.watches.outbox("w", old.epoch).sending("2"), TakenOver);
				assert.deepEqual(await b.watches.outbox("w", own.epoch).get("1"), { messageRef: null, sent: false });
				assert.equal((await b.watches.change("w", stop, own.epoch))?.after.ended?.why, "stopped");
			}),
		);

		it(
			"a claim that is lost while it is changed changes nothing",
			withTwo(async (a, b, { clock }) => {
				await a.watches.begin(aWatch("w"), ENOUGH);
				const [old] = await a.watches.claim("slack", NOW, most(1), 30_000);
				let taken: Promise<unknown> | null = null;
				await clock.turn(30_000);
				const changed = await a.watches.change(
					"w",
					(now) => {
						taken ??= b.watches.claim("slack", clock.now(), most(1), 30_000);
						return { ...now, looks: now.looks + 1 };
					},
					old?.epoch,
				);
				assert.equal(((await taken) as readonly unknown[] | null)?.length, 1);
				const { looks } = (await b.watches.get("w")) ?? { looks: 0 };
				assert.equal(looks, changed === null ? 1 : 2, "it says whether it was made");
			}),
		);

		it(
			"what was released can be claimed elsewhere at once",
			withTwo(async (a, b) => {
				await a.watches.begin(aWatch("w"), ENOUGH);
				await a.watches.claim("slack", NOW, most(1), 60_000);
				assert.deepEqual(await b.watches.claim("slack", NOW, most(1), 60_000), []);
				await a.inbox.release();
				assert.equal((await b.watches.claim("slack", NOW, most(1), 60_000)).length, 1);
			}),
		);

		it(
			"a page that both begin to watch is watched once, and no more watches begin than may",
			withTwo(async (a, b) => {
				const page = { url: "https://shop.example/page" };
				const both = await Promise.all([a.watches.begin(aWatch("a", page), ENOUGH), b.watches.begin(aWatch("b", page), ENOUGH)]);
				assert.deepEqual(both.map((one) => Object.keys(one)[0]).toSorted(), ["begun", "same"]);
				const many = await Promise.all(
					Array.from({ length: 10 }, (_, nth) =>
						(nth % 2 === 0 ? a : b).watches.begin(aWatch(`w${nth}`), { ...ENOUGH, host: 5 }),
					),
				);
				assert.equal(many.filter((one) => "begun" in one).length, 4);
			}),
		);

		it(
			"400 requests go to a host, not one more, whoever asks; and under several keys all or nothing",
			withTwo(async (a, b) => {
				const all = await Promise.all(
					Array.from({ length: 100 }, (_, nth) =>
						(nth % 2 === 0 ? a : b).requestCounts.reserve([
							asks(`person ${nth % 10}`, 1, 9, 300_000),
							asks("host shop.example", 8, 400),
						]),
					),
				);
				assert.equal(all.filter((one) => one === null).length, 50);
				assert.deepEqual(new Set(all.flatMap((one) => one?.key ?? [])), new Set(["host shop.example"]));
				// Rejected requests were not counted: what is left of nine is free for everyone.
				const left = await Promise.all(
					Array.from({ length: 100 }, (_, nth) => b.requestCounts.reserve([asks(`person ${nth % 10}`, 1, 9, 300_000)])),
				);
				assert.equal(left.filter((one) => one === null).length, 40);
			}),
		);

		it(
			"two admins who decide at once, one here and one there, both get what they decided",
			withTwo(async (a, b) => {
				for (let round = 0; round < 2; round += 1) {
					let inner: Promise<unknown> | null = null;
					await a.policies.change("slack T1", (now) => {
						inner ??= b.policies.change("slack T1", (other) => ({ ...other, keepDays: other.keepDays + 1 }));
						return { ...now, perPerson: now.perPerson + 1 };
					});
					await inner;
				}
				const { keepDays, perPerson } = await b.policies.of("slack T1");
				assert.deepEqual([keepDays, perPerson], [DEFAULT_POLICY.keepDays + 2, DEFAULT_POLICY.perPerson + 2]);
			}),
		);
	});
}
