import assert from "node:assert/strict";
import { test } from "node:test";
import { openLimits, traceOf } from "../../src/looks/limits.ts";
import { memoryCounts, type RequestCounts } from "../../src/looks/request-counts.ts";
import { hashWith } from "../../src/store/seal.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { handClock } from "../clock.ts";

const MAX = { perPerson: 3, perChannel: 5, perWorkspace: 6 };
const SETTINGS = { hostPerHour: 30, open: 2 };
const HOUR_MS = 3_600_000;
const clock = () => handClock(0);
const hash = hashWith(new Uint8Array(32));
const limitsAt = (own = clock(), counts: RequestCounts = memoryStores(own).requestCounts) =>
	openLimits(SETTINGS, { counts, now: own.now, hashed: hash, storeFailed: () => {} });
const host = (name: string, requests: number, share = 1, addresses: readonly string[] = []) => ({
	host: { name, addresses, requests, share },
});
let asked = 0;
/** A question, another one each time. */
const from = (person: string | null, channel: string | null = null, workspace: string | null = null) => ({
	askers: { question: `question ${++asked}`, person, channel, workspace, max: MAX },
});
const origin = (address: string, requests: number) => ({ origins: { addresses: [address], requests } });

test("a host is looked at so often in an hour, whoever asks, and again when the hour has moved on", async () => {
	const own = clock();
	const one = limitsAt(own);
	for (let nth = 0; nth < 3; nth += 1) assert.equal(await one.reserve(host("a", 10)), null);
	own.turn(600_000);
	assert.deepEqual(await one.reserve(host("a", 10)), { why: "host", againMs: 3_000_000 });
	assert.equal(await one.reserve(host("b", 10)), null, "another host has its own");
	own.turn(3_000_001);
	assert.equal(await one.reserve(host("a", 10)), null);
});

test("a question is counted once, also by the process that goes on with it", async () => {
	const own = clock();
	const { requestCounts } = memoryStores(own);
	const question = from("ann");
	for (let nth = 0; nth < 5; nth += 1) assert.equal(await limitsAt(own, requestCounts).reserve(question), null);
	for (let nth = 0; nth < 2; nth += 1) assert.equal(await limitsAt(own, requestCounts).reserve(from("ann")), null);
	assert.equal((await limitsAt(own, requestCounts).reserve(from("ann")))?.why, "person");
	assert.equal(await limitsAt(own, requestCounts).reserve(question), null, "what was counted goes on");
});

test("watches leave half of what may go to a host for questions", async () => {
	const one = limitsAt();
	assert.equal(await one.reserve(host("a", 15, 0.5)), null);
	assert.equal((await one.reserve(host("a", 1, 0.5)))?.why, "host");
	assert.equal(await one.reserve(host("a", 15)), null);
});

test("a new process opens no new account, neither for a host nor for a person", async () => {
	const own = clock();
	const { requestCounts } = memoryStores(own);
	assert.equal(await limitsAt(own, requestCounts).reserve({ ...host("a", 25), ...from("ann") }), null);
	assert.deepEqual(await limitsAt(own, requestCounts).reserve(host("a", 25)), { why: "host", againMs: HOUR_MS });
	for (let nth = 0; nth < 2; nth += 1) assert.equal(await limitsAt(own, requestCounts).reserve(from("ann")), null);
	assert.equal((await limitsAt(own, requestCounts).reserve(from("ann")))?.why, "person");
});

/** Limits, and every key that reaches the store. */
function watched(own: ReturnType<typeof clock>) {
	const keys: string[] = [];
	const { requestCounts } = memoryStores(own);
	const counts: RequestCounts = {
		reserve: (asks) => {
			keys.push(...asks.flatMap((ask) => [ask.key, ask.part?.of ?? ""]));
			return requestCounts.reserve(asks);
		},
	};
	return { keys, open: () => limitsAt(own, counts) };
}

test("hosts, addresses and who shares them are kept unreadable", async () => {
	const { keys, open } = watched(clock());
	const one = open();
	const asker = { workspace: "slack T1", person: "slack U1" };
	assert.equal(await one.reserve({ asker, ...origin("198.51.100.7", 25), ...host("shop.example", 1) }), null);
	assert.equal((await one.reserve({ asker, ...origin("198.51.100.7", 25) }))?.why, "host", "another name opens no account");
	assert.equal(await one.reserve(host("b", 5, 1, ["2001:4860::1", "104.16.0.1"])), null);
	assert.doesNotMatch(keys.join(), /198|shop|2001|104\.16|T1|U1/);
	assert.ok(keys.length > 0);
	assert.equal((await open().reserve(origin("198.51.100.7", 25)))?.why, "host", "a new process knows of it");
});

test("what is refused to a person is not counted at the host", async () => {
	const one = limitsAt();
	for (let nth = 0; nth < 3; nth += 1) assert.equal(await one.reserve(from("ann")), null);
	assert.equal((await one.reserve({ ...from("ann"), ...host("a", 30, 1, ["192.0.2.1"]) }))?.why, "person");
	assert.equal(await one.reserve({ ...from("ben"), ...host("a", 30, 1, ["192.0.2.1"]) }), null);
});

test("600 names under a wildcard that lead to one address get no more than one host", async () => {
	const one = limitsAt();
	let sent = 0;
	for (let nth = 0; nth < 600; nth += 1) if ((await one.reserve(host(`n${nth}`, 1, 1, ["192.0.2.1"]))) === null) sent += 1;
	assert.equal(sent, SETTINGS.hostPerHour);
	assert.equal((await one.reserve(origin("::ffff:192.0.2.1", 1)))?.why, "host", "however it is written, and as an origin");
	assert.equal(await one.reserve(host("n1", 1, 1, ["192.0.2.2"])), null, "and what was refused is not counted under the name");
});

test("an IPv6 address counts with its /64", async () => {
	const one = limitsAt();
	assert.equal(await one.reserve(host("a", 30, 1, ["2001:4860:1:2::1"])), null);
	assert.equal((await one.reserve(host("b", 1, 1, ["2001:4860:1:2:ffff::9"])))?.why, "host");
	assert.equal(await one.reserve(host("c", 1, 1, ["2001:4860:1:3::1"])), null);
});

test("behind Cloudflare hosts count by their names, and a workspace has a share of it all", async () => {
	const one = limitsAt();
	const at = (workspace: string, name: string) =>
		one.reserve({ asker: { workspace, person: null }, ...host(name, 29, 1, ["104.16.0.1", "2606:4700::1"]) });
	for (let nth = 0; nth < 10; nth += 1) assert.equal(await at("T1", `n${nth}`), null);
	assert.equal((await at("T1", "n10"))?.why, "cloudflare");
	assert.equal(await at("T2", "n10"), null);
});

test("once another workspace has asked, one has half of a host; whoever has not asked finds some left", async () => {
	const one = limitsAt();
	const at = (workspace: string | null, person: string, requests: number) =>
		one.reserve({ asker: { workspace, person }, ...host("a", requests) });
	assert.equal(await at("T1", "ann", 20), null);
	assert.equal((await at("T1", "ben", 10))?.why, "host", "one is left for a first question");
	assert.equal(await at("T2", "cem", 4), null);
	assert.equal((await at("T1", "ben", 1))?.why, "host-part");
	assert.equal(await at(null, "dan", 3), null, "who has no workspace shares as a person");
	assert.equal(await at("T2", "cem", 2), null);
	assert.equal(await at("T3", "eve", 1), null);
	assert.equal((await at("T4", "fay", 1))?.why, "host", "the whole is full for everybody");
});

test("a person, a channel and a workspace ask so often in five minutes, whatever the hosts", async () => {
	const own = clock();
	const one = limitsAt(own);
	for (let nth = 0; nth < 3; nth += 1) assert.equal(await one.reserve(from("ann", "C1", "T1")), null);
	assert.deepEqual(await one.reserve(from("ann", "C1", "T1")), { why: "person", againMs: 300_000, max: 3 });
	for (let nth = 0; nth < 2; nth += 1) assert.equal(await one.reserve(from("ben", "C1", "T1")), null);
	assert.equal((await one.reserve(from("cem", "C1", "T1")))?.why, "channel");
	assert.equal(await one.reserve(from("cem", "C2", "T1")), null);
	assert.equal((await one.reserve(from("dan", "C3", "T1")))?.why, "workspace");
	assert.equal(await one.reserve(from("dan", "C3", "T2")), null, "another workspace has its own");
	assert.equal(await one.reserve(from(null)), null, "a terminal is nobody in particular");
	own.turn(300_001);
	assert.equal(await one.reserve(from("ann", "C1", "T1")), null);
});

test("counts in memory forget what a clock that was wrong has noted", () => {
	const own = clock();
	const counts = memoryCounts(own.now);
	const take = (amount: number) => counts.reserve([{ key: "person ann", amount, max: 30, windowMs: 300_000 }]);
	own.turn(5 * 3_600_000);
	assert.equal(take(30), null);
	own.turn(-5 * 3_600_000);
	assert.equal(take(30), null);
	assert.notEqual(take(1), null);
});

test("what is refused takes no room, neither at the host nor from the person", async () => {
	const one = limitsAt();
	assert.notEqual(await one.reserve({ ...host("a", 31), ...from("ann") }), null);
	for (const nth of [1, 2, 3]) assert.equal(await one.reserve({ ...host("a", 10), ...from("ann") }), null, String(nth));
});

test("on a disk that is full what goes out still counts, also once there is room on it again", async () => {
	const own = clock();
	const { requestCounts } = memoryStores(own);
	let full = true;
	const failures: unknown[] = [];
	const counts: RequestCounts = {
		reserve: (asks) => (full ? Promise.reject(new Error("database or disk is full")) : requestCounts.reserve(asks)),
	};
	const one = openLimits(SETTINGS, {
		counts,
		now: own.now,
		hashed: hash,
		storeFailed: (error) => failures.push(error),
	});
	assert.equal(await one.reserve(host("a", 20)), null);
	assert.equal((await one.reserve(host("a", 20)))?.why, "host");
	assert.equal(failures.length, 2, "and the operator is told");
	full = false;
	assert.equal((await one.reserve(host("a", 20)))?.why, "host");
	assert.equal(await one.reserve(host("a", 10)), null);
	full = true;
	assert.equal((await one.reserve(host("a", 1)))?.why, "host", "what was kept before counts too");
	own.turn(HOUR_MS);
	assert.equal(await one.reserve(host("a", 30)), null);
});

test("so many questions are open at a time", () => {
	const one = limitsAt();
	const first = one.begin();
	assert.ok(first !== null && one.begin() !== null);
	assert.equal(one.begin(), null);
	first();
	first();
	assert.notEqual(one.begin(), null);
	assert.equal(one.begin(), null);
});

test("a person gives at most 20 different addresses in a day, and each look leaves a hash for a week", async () => {
	const own = clock();
	const stores = memoryStores(own);
	const limits = limitsAt(own, stores.requestCounts);
	const asks = (person: string | null, ...addresses: string[]) => limits.reserve({ origins: { addresses, requests: 1, person } });
	for (let nth = 0; nth < 18; nth += 1) assert.equal(await asks("slack U1", `192.0.2.${nth}`), null);
	assert.equal(await asks("slack U1", "192.0.2.0", "192.0.2.1"), null, "the same ones again count once");
	assert.equal(await asks("slack U1", "192.0.2.50"), null);
	assert.equal((await asks("slack U1", "192.0.2.60", "192.0.2.61"))?.why, "addresses", "two at once count as two");
	assert.equal(await asks("slack U1", "192.0.2.60"), null);
	assert.equal((await asks("slack U1", "192.0.2.61"))?.why, "addresses");
	assert.equal(await asks("slack U2", "192.0.2.61"), null, "another person has their own");
	assert.equal(await asks(null, "192.0.2.62"), null);
	const traced = async (person: string, address: string) =>
		(await stores.requestCounts.reserve([{ ...traceOf(person, address, hash), amount: 0, max: 0 }])) !== null;
	own.turn(6 * 24 * HOUR_MS);
	assert.deepEqual(
		[await traced("slack U1", "192.0.2.60"), await traced("slack U2", "192.0.2.60"), await traced("slack U1", "192.0.2.61")],
		[true, false, false],
	);
	assert.equal(await asks("slack U1", "192.0.2.61"), null, "a day later there is room");
	own.turn(24 * HOUR_MS);
	assert.deepEqual([await traced("slack U1", "192.0.2.60"), await traced("slack U1", "192.0.2.61")], [false, true]);
	await stores.close();
});
