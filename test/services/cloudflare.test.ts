import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import { NEVER_ASKED } from "../../src/knowledge/analytics.ts";
import { memoryCounts } from "../../src/looks/request-counts.ts";
import { openCloudflare } from "../../src/services/cloudflare/cloudflare.ts";
import { verified } from "../../src/services/cloudflare/rest.ts";
import { isRefused, type Refused, type Shares } from "../../src/services/cloudflare/shares.ts";
import { realClock } from "../clock.ts";
import { type FakeCloudflare, type FakeFault, type FakeToken, type FakeZone, startFakeCloudflare } from "../fakes/cloudflare.ts";
import { HOST, seeded, traffic } from "../fakes/traffic.ts";

const NOW = Date.UTC(2026, 10, 25, 9, 45, 30);
const HOUR_MS = 3_600_000;
const ZONE = "023e105f4ecef8ad9ca31a8372d0c353";
const OTHER_ZONE = "123e105f4ecef8ad9ca31a8372d0c353";
const ACCOUNT = "01a7362d577a6c3019a474fd6f485823";
const SECRET = `cfut_${"s".repeat(40)}0badc0de`;
const ABOUT = { host: HOST, code: 520, fromMs: NOW - HOUR_MS, toMs: NOW };
const RAY = "a5ffb220b4c1d777";

let nowMs = NOW;
let fake: FakeCloudflare;

const login = traffic(NOW - 60_000, 58, 100, { fails: ({ path }, _, random) => path === "/login" && random() < 0.5 });
const [sample] = login;
assert.ok(sample !== undefined);
const aToken = (more: Partial<FakeToken> = {}): FakeToken => ({
	token: SECRET,
	id: "ed17574386854bf78a67040be0a770b0",
	kind: "user",
	status: "active",
	zones: [ZONE],
	permissions: ["zone", "analytics"],
	...more,
});
const aZone = (more: Partial<FakeZone> = {}): FakeZone => ({
	id: ZONE,
	name: "example.com",
	plan: "free",
	account: ACCOUNT,
	requests: [
		...login,
		// Not of this host, not of a visitor, not of this hour, too fresh: none of them counts.
		...login.slice(0, 500).map((one) => ({ ...one, host: "other.example.com", edge: 520 })),
		...login.slice(0, 500).map((one) => ({ ...one, source: "edgeWorkerFetch", edge: 520 })),
		...login.slice(0, 500).map((one) => ({ ...one, atMs: one.atMs - 2 * HOUR_MS, edge: 520 })),
		...login.slice(0, 500).map((one) => ({ ...one, atMs: NOW - 1_000, edge: 520 })),
		{ ...sample, ray: RAY, atMs: NOW - 5 * 60_000, path: "/login?token=abc", method: "POST", edge: 520, origin: 0 },
	],
	...more,
});

before(async () => {
	fake = await startFakeCloudflare(() => nowMs, seeded(7));
});
after(() => fake.close());
beforeEach(() => {
	nowMs = NOW;
	fake.tokens.splice(0, 9, aToken());
	fake.zones.splice(0, 9, aZone());
	fake.faults.splice(0);
	(fake.log as unknown[]).splice(0);
});

const open = () =>
	openCloudflare(
		{ base: fake.url, userAgent: "cf520-test" },
		{
			now: () => nowMs,
			later: (_, work) => {
				queueMicrotask(work);
				return () => {};
			},
		},
	);
const ACCESS = { key: "slack T1", token: SECRET };
const sharesOf = async (cloudflare = open()): Promise<Shares> => {
	const shares = await cloudflare.question(ACCESS).shares(ZONE, ABOUT);
	if (isRefused(shares)) assert.fail(`refused: ${JSON.stringify(shares)}`);
	return shares;
};

describe("the numbers of a zone", () => {
	it("count what the host's visitors got in that time, and nothing else", async () => {
		const { total, fails, statuses, paths, colos, minutes, methods } = await sharesOf();
		// By hand from the same requests: the time is whole seconds.
		const meant = [...login, { ...sample, atMs: NOW - 5 * 60_000, path: "/login", method: "POST", edge: 520 }].filter(
			({ atMs }) => atMs >= ABOUT.fromMs && atMs < NOW - 60_000,
		);
		const failed = meant.filter(({ edge }) => edge === 520);
		assert.equal(total.estimate, meant.length);
		assert.deepEqual([fails.estimate, fails.n, fails.interval], [failed.length, failed.length, 1]);
		assert.deepEqual(
			statuses?.map(({ of, count }) => [of.edge, of.origin, of.cache, count.n]),
			[[520, 0, "dynamic", failed.length]],
		);
		// A query that came along with a path is gone.
		assert.deepEqual(
			paths?.fails.map(({ of }) => [of.method, of.path]),
			[
				["POST", "/login"],
				["POST", "/login"],
			],
		);
		assert.equal(methods?.fails[0]?.of, "POST");
		const sum = (parts: readonly { readonly count: { readonly estimate: number } }[] = []) =>
			parts.reduce((all, { count }) => all + count.estimate, 0);
		assert.deepEqual([sum(colos?.fails), sum(colos?.all)], [failed.length, meant.length]);
		assert.deepEqual([sum(minutes?.fails), sum(minutes?.all)], [failed.length, meant.length]);
	});

	it("come with the limits of the zone in two requests, and the limits are kept for an hour", async () => {
		const cloudflare = open();
		await sharesOf(cloudflare);
		assert.equal(fake.log.length, 2);
		nowMs += HOUR_MS - 60_000;
		await cloudflare.question(ACCESS).shares(ZONE, ABOUT);
		assert.equal(fake.log.length, 3);
		nowMs += 120_000;
		await cloudflare.question(ACCESS).shares(ZONE, ABOUT);
		assert.equal(fake.log.length, 5);
	});

	it("of a sampled zone say how many rows were seen, with bounds", async () => {
		fake.zones.splice(0, 1, aZone({ sampling: 10 }));
		const { total, fails } = await sharesOf();
		assert.equal(total.interval, 10);
		assert.equal(total.estimate, total.n * 10);
		assert.ok(fails.lower !== null && fails.upper !== null && fails.lower <= fails.estimate && fails.estimate <= fails.upper);
	});

	it("without a sample size are the count over the interval; without both nobody knows how many rows were seen", async () => {
		fake.zones.splice(0, 1, aZone({ sampling: 10, without: ["confidence_count_sampleSize"] }));
		const { fails } = await sharesOf();
		assert.deepEqual([fails.n, fails.lower], [fails.estimate / 10, null]);
		fake.zones.splice(0, 1, aZone({ sampling: 10, without: ["confidence_count_sampleSize", "avg_sampleInterval"] }));
		assert.equal((await sharesOf()).fails.n, 0);
	});
});

describe("what a zone does not have", () => {
	const absent: readonly (readonly [string, Partial<FakeZone>, (shares: Shares) => unknown, number])[] = [
		["by its settings is not asked for", { without: ["dimensions_clientAsn"] }, (shares) => shares.networks, 2],
		["is dropped after one refusal", { refuses: ["dimensions_clientAsn"] }, (shares) => shares.networks, 3],
		["is dropped after two", { refuses: ["dimensions_clientAsn", "dimensions_userAgent"] }, (shares) => shares.agents, 4],
		[
			"is dropped though the settings say nothing",
			{ noSettings: true, refuses: ["dimensions_coloCode"] },
			(shares) => shares.colos,
			3,
		],
		[
			"leaves paths and statuses",
			{ refuses: ["dimensions_coloCode", "dimensions_userAgent", "dimensions_clientAsn"] },
			(shares) => shares.minutes,
			4,
		],
	];
	for (const [what, zone, read, requests] of absent)
		it(what, async () => {
			fake.zones.splice(0, 1, aZone(zone));
			const shares = await sharesOf();
			assert.equal(read(shares), null);
			assert.ok(shares.fails.n > 300);
			assert.ok((shares.paths?.fails.length ?? 0) > 0);
			assert.equal(fake.log.length, requests);
		});

	it("refused origin statuses leave the rest", async () => {
		fake.zones.splice(0, 1, aZone({ refuses: ["dimensions_originResponseStatus"] }));
		assert.deepEqual(
			(await sharesOf()).statuses?.map(({ of }) => of.origin),
			[null],
		);
	});

	it("a host that cannot be told from others gets no numbers: they would be the whole zone's", async () => {
		fake.zones.splice(0, 1, aZone({ refuses: ["dimensions_clientRequestHTTPHost"] }));
		const answer = await open().question(ACCESS).shares(ZONE, ABOUT);
		assert.deepEqual(answer, { kind: "no-right", needs: "analytics" });
	});

	it("a window that is too wide or too old is made to fit", async () => {
		const wide = await open()
			.question(ACCESS)
			.shares(ZONE, { ...ABOUT, fromMs: NOW - 50 * HOUR_MS });
		assert.ok(!isRefused(wide) && wide.toMs - wide.fromMs === 24 * HOUR_MS);
		const old = await open()
			.question(ACCESS)
			.shares(ZONE, { ...ABOUT, fromMs: NOW - 300 * HOUR_MS, toMs: NOW - 290 * HOUR_MS });
		assert.deepEqual(old, { kind: "too-old" });
		assert.equal(fake.log.length, 3, "what is too old costs no request of its own");
		// Where the zone does not tell its limits, its refusal does.
		fake.zones.splice(0, 1, aZone({ noSettings: true }));
		const clipped = await open()
			.question(ACCESS)
			.shares(ZONE, { ...ABOUT, fromMs: NOW - 169 * HOUR_MS, toMs: NOW - 160 * HOUR_MS });
		assert.ok(!isRefused(clipped));
	});
});

describe("refusals are values", () => {
	const refused: readonly (readonly [string, Partial<FakeToken> | null, Refused])[] = [
		["a token that nobody knows", { token: "somebody else's" }, { kind: "refused" }],
		["one that was switched off", { status: "disabled" }, { kind: "refused" }],
		["one without the right", { permissions: ["zone"] }, { kind: "no-right", needs: "analytics" }],
		["one for another zone", { zones: [OTHER_ZONE] }, { kind: "zone-not-reached" }],
	];
	for (const [what, token, expected] of refused)
		it(what, async () => {
			fake.tokens.splice(0, 1, aToken(token ?? {}));
			assert.deepEqual(await open().question(ACCESS).shares(ZONE, ABOUT), expected);
			assert.equal(fake.log.length, 1, "nothing is tried again");
		});

	it("a token for other addresses is refused, and the address is in no answer", async () => {
		fake.tokens.splice(0, 1, aToken({ isElsewhere: true }));
		assert.deepEqual(await open().question(ACCESS).zoneOf(HOST), { kind: "refused", of: "address" });
	});

	it("a token that may not list zones lacks that right", async () => {
		fake.tokens.splice(0, 1, aToken({ permissions: ["analytics"] }));
		assert.deepEqual(await open().question(ACCESS).zoneOf(HOST), { kind: "no-right", needs: "zone" });
	});

	const faults: readonly (readonly [FakeFault, Refused["kind"] | "answered", number])[] = [
		["html", "answered", 3],
		["lost", "answered", 3],
		["later", "answered", 3],
		["null", "unreachable", 2],
		["big", "unreachable", 2],
		["deep", "unreachable", 2],
		["types", "unreachable", 2],
		["partial", "answered", 2],
		["forbidden", "no-right", 2],
		["budget", "limited", 2],
	];
	for (const [fault, kind, requests] of faults)
		it(`${fault} in place of the numbers: ${kind}`, async () => {
			const cloudflare = open();
			await cloudflare.question(ACCESS).ray(ZONE, RAY, NOW - 5 * 60_000);
			(fake.log as unknown[]).splice(0);
			// The limits are kept: one more request of the same kind makes up for theirs.
			fake.faults.push(fault);
			const answer = await cloudflare.question(ACCESS).shares(ZONE, ABOUT);
			assert.equal(isRefused(answer) ? answer.kind : "answered", kind);
			assert.equal(fake.log.length, requests - 1);
		});

	it("a redirect is not followed: the token goes to no other host", async () => {
		const seen: string[] = [];
		const thief = createServer((request, response) => {
			seen.push(JSON.stringify(request.rawHeaders));
			response.end("{}");
		});
		await new Promise<void>((resolve) => void thief.listen(0, "127.0.0.1", resolve));
		fake.redirectTo = `http://127.0.0.1:${(thief.address() as AddressInfo).port}/steal`;
		fake.faults.push("redirect");
		assert.deepEqual(await open().question(ACCESS).zoneOf(HOST), { kind: "unreachable" });
		assert.deepEqual(seen, []);
		await new Promise((resolve) => void thief.close(resolve));
	});

	it("a question that hangs ends with its signal", async () => {
		fake.faults.push("hang");
		const ends = new AbortController();
		const answer = open().question(ACCESS, ends.signal).shares(ZONE, ABOUT);
		setImmediate(() => ends.abort());
		assert.deepEqual(await answer, { kind: "unreachable" });
	});
});

describe("bounds", () => {
	for (const fault of ["later", "later-200"] as const)
		it(`what may work a moment later (${fault}) is asked once more, a second later, and no third time`, async () => {
			const waits: number[] = [];
			const later = (ms: number, work: () => void) => {
				waits.push(ms);
				queueMicrotask(work);
				return () => {};
			};
			const patient = openCloudflare({ base: fake.url, userAgent: "cf520-test" }, { now: () => nowMs, later });
			await patient.question(ACCESS).shares(ZONE, ABOUT);
			(fake.log as unknown[]).splice(0);
			fake.faults.push(fault);
			assert.ok(!isRefused(await patient.question(ACCESS).shares(ZONE, ABOUT)));
			assert.deepEqual([fake.log.length, waits], [2, [1_000]]);
			assert.equal(fake.log[0]?.body, fake.log[1]?.body);
		});

	it("what many ask for at once is asked for once", async () => {
		const client = open();
		const one = client.question(ACCESS);
		await Promise.all([one.shares(ZONE, ABOUT), one.ray(ZONE, RAY, NOW), client.question(ACCESS).shares(ZONE, ABOUT)]);
		assert.equal(fake.log.filter(({ body }) => body.includes("notOlderThan")).length, 1);
	});

	it("that a token does not reach a host is known for an hour", async () => {
		const client = open();
		const ask = () => client.question(ACCESS).zoneOf("a.b.c.d.shop.example");
		assert.deepEqual([await ask(), await ask()], [{ kind: "zone-not-reached" }, { kind: "zone-not-reached" }]);
		assert.equal(fake.log.length, 5);
		nowMs += HOUR_MS;
		await ask();
		assert.equal(fake.log.length, 10);
	});

	it("a question has four requests, second tries included", async () => {
		fake.faults.push("html", "html", "html", "html", "html", "html");
		const question = open().question(ACCESS);
		for (let nth = 0; nth < 3; nth += 1) await question.shares(ZONE, ABOUT);
		assert.equal(fake.log.length, 4);
	});

	it("an access has 60 in five minutes; another access is not held up", async () => {
		fake.zones.splice(0, 1, aZone({ requests: login.slice(0, 50) }));
		const cloudflare = open();
		const kinds = new Set<string>();
		for (let nth = 0; nth < 40; nth += 1) {
			const found = await cloudflare.question(ACCESS).shares(ZONE, ABOUT);
			const ray = await cloudflare.question(ACCESS).ray(ZONE, RAY, NOW);
			kinds.add(isRefused(found) ? found.kind : "answered").add(isRefused(ray) ? ray.kind : "answered");
		}
		assert.equal(fake.log.length, 60);
		assert.deepEqual([...kinds], ["answered", "limited"]);
		assert.ok(!isRefused(await cloudflare.question({ ...ACCESS, key: "slack T2" }).shares(ZONE, ABOUT)));
		nowMs += 5 * 60_000;
		assert.ok(!isRefused(await cloudflare.question(ACCESS).shares(ZONE, { ...ABOUT, toMs: nowMs })));
	});

	it("replicas that share a database have these 60 together; while it is away nothing is asked", async () => {
		fake.zones.splice(0, 1, aZone({ requests: login.slice(0, 50) }));
		const counts = memoryCounts(() => nowMs);
		let isAway = false;
		const shared = async (access: string, max: number, windowMs: number) => {
			if (isAway) throw new Error("away");
			return counts.reserve([{ key: access, amount: 1, max, windowMs }])?.againMs ?? null;
		};
		const clock = { now: () => nowMs, later: realClock.later };
		const replicas = [1, 2].map(() => openCloudflare({ base: fake.url, userAgent: "cf520-test" }, clock, shared));
		const kinds = new Set<string>();
		for (let nth = 0; nth < 80; nth += 1) {
			const found = await replicas[nth % 2]?.question(ACCESS).shares(ZONE, ABOUT);
			assert.ok(found !== undefined);
			kinds.add(isRefused(found) ? found.kind : "answered");
		}
		assert.deepEqual([fake.log.length, [...kinds]], [60, ["answered", "limited"]]);
		nowMs += 5 * 60_000;
		isAway = true;
		assert.deepEqual(await replicas[0]?.question(ACCESS).shares(ZONE, ABOUT), { kind: "unreachable" });
		assert.equal(fake.log.length, 60);
	});

	it("after Cloudflare said that it is too much, nothing is asked until then", async () => {
		for (let nth = 0; nth < 300; nth += 1) await fetch(`${fake.url}/user`, { headers: { authorization: `Bearer ${SECRET}` } });
		(fake.log as unknown[]).splice(0);
		const cloudflare = open();
		assert.deepEqual(await cloudflare.question(ACCESS).zoneOf(HOST), { kind: "limited", untilMs: NOW + 212_000 });
		await cloudflare.question(ACCESS).shares(ZONE, ABOUT);
		assert.equal(fake.log.length, 1);
		nowMs += 6 * 60_000;
		assert.ok(!isRefused(await cloudflare.question(ACCESS).zoneOf(HOST)));
	});
});

describe("one Ray ID", () => {
	const ask = (ray: string, receivedAtMs = NOW - 5 * 60_000) => open().question(ACCESS).ray(ZONE, ray, receivedAtMs);

	it("finds its request, without the query, and what a rule did", async () => {
		const event = { atMs: NOW - 5 * 60_000, ray: RAY, action: "block", source: "waf", description: "Rule <@U1>" };
		fake.zones.splice(0, 1, aZone({ events: [event] }));
		assert.deepEqual(await ask(RAY), {
			kind: "row",
			row: { atMs: NOW - 5 * 60_000, host: HOST, method: "POST", path: "/login", edge: 520, origin: 0, cache: sample.cache },
			events: [{ action: "block", source: "waf", description: "Rule <@U1>" }],
		});
	});

	it("with its data center behind it, or outside of its time, finds nothing", async () => {
		for (const found of [await ask(`${RAY}-FRA`), await ask(RAY, NOW - HOUR_MS)])
			assert.deepEqual(found, { kind: "none", interval: 1, events: [] });
	});

	it("that is not in a sample tells how it was sampled", async () => {
		fake.zones.splice(0, 1, aZone({ sampling: 10 }));
		assert.deepEqual(await ask("ffffffffffffffff"), { kind: "none", interval: 10, events: [] });
	});

	for (const zone of [{ without: ["rayName"] }, { refuses: ["rayName"] }])
		it(`where the plan has no single requests: ${Object.keys(zone)[0]}`, async () => {
			fake.zones.splice(0, 1, aZone(zone));
			assert.deepEqual(await ask(RAY), { kind: "no-single-requests" });
		});

	it("is found although security events are refused", async () => {
		fake.zones.splice(0, 1, aZone({ refuses: ["events_action"] }));
		const found = await ask(RAY);
		assert.ok(!isRefused(found) && found.kind === "row");
	});
});

describe("a new token", () => {
	const connect = (host = `shop.eu.${HOST}`) => open().connect(ACCESS, host);
	const connected = async () => {
		const found = await connect();
		if (isRefused(found)) assert.fail(JSON.stringify(found));
		return found;
	};

	for (const kind of ["user", "account"] as const)
		it(`of the kind ${kind} finds its zone, label by label, and its own id`, async () => {
			fake.tokens.splice(0, 1, aToken({ kind }));
			const { zone, verified, numbers } = await connected();
			assert.deepEqual(zone, { id: ZONE, name: "example.com", plan: "free", isActive: true, accountId: ACCOUNT });
			assert.deepEqual([verified.id, verified.canMore, numbers], ["ed17574386854bf78a67040be0a770b0", false, null]);
			assert.ok(fake.log.length <= 10);
		});

	it("that reads the user's page can do more than is needed, and that is known", async () => {
		fake.tokens.splice(0, 1, aToken({ permissions: ["zone", "analytics", "user"] }));
		assert.equal((await connected()).verified.canMore, true);
	});

	for (const [what, answer, canMore] of [
		["the person", { status: 200, json: { success: true, result: { id: "u1", email: "ann@example.com" } } }, true],
		["no person", { status: 200, json: { success: true, result: null } }, false],
		["a list", { status: 200, json: { success: true, result: [] } }, false],
		["a refusal with the status of a success", { status: 200, json: { success: false, result: { id: "u1" } } }, false],
		["a page of something between", { status: 200, json: undefined }, false],
		["that it may not", { status: 403, json: { success: false, errors: [{ code: 9109 }] } }, false],
	] as const)
		it(`whose user's page answers with ${what} can ${canMore ? "do more than is needed" : "not be said to do more"}`, async () => {
			const fine = { status: 200, json: { success: true, result: { id: ZONE, status: "active" } } };
			const found = await verified(
				{
					left: () => 9,
					limited: () => ({ kind: "unreachable" }),
					ask: async ({ path }) => ({ kind: "answered", headers: {}, ...(path === "/user" ? answer : fine) }),
				},
				{ accountId: null },
			);
			assert.deepEqual(isRefused(found) ? found : found.canMore, canMore);
		});

	it("without the right to the numbers is known to lack it", async () => {
		fake.tokens.splice(0, 1, aToken({ permissions: ["zone"] }));
		assert.deepEqual((await connected()).numbers, { kind: "no-right", needs: "analytics" });
	});

	it("for a zone that it does not cover is asked five names at most", async () => {
		assert.deepEqual(await connect("a.b.c.d.e.f.g.h.example.org"), { kind: "zone-not-reached" });
		assert.equal(fake.log.length, 5);
		assert.match(fake.log.at(-1)?.path ?? "", /name=example\.org$/);
	});
});

describe("settings of the zone", () => {
	const settings = {
		ssl: { value: "full", modified_on: "2026-11-25T08:02:11.000000Z" },
		origin_max_http_version: { value: "2", modified_on: null },
		tls_client_auth: { value: "on", modified_on: null },
	};
	const routes = [{ pattern: "www.example.com/api/*", script: "api-proxy" }];

	it("are read where the token may, once an hour", async () => {
		fake.zones.splice(0, 1, aZone({ settings, routes }));
		fake.tokens.splice(0, 1, aToken({ permissions: ["zone", "analytics", "settings", "routes"] }));
		const cloudflare = open();
		for (let nth = 0; nth < 2; nth += 1)
			assert.deepEqual(await cloudflare.question(ACCESS).configuration(ZONE), {
				ssl: { value: "full", modifiedAtMs: Date.UTC(2026, 10, 25, 8, 2, 11) },
				http: { value: "2", modifiedAtMs: null },
				pulls: { value: "on", modifiedAtMs: null },
				routes: [{ pattern: "www.example.com/api/*", isOn: true }],
				isPartly: false,
			});
		assert.equal(fake.log.length, 4);
	});

	it("that the token may not read are told from those that the plan does not have", async () => {
		assert.deepEqual(await open().question(ACCESS).configuration(ZONE), {
			ssl: null,
			http: null,
			pulls: null,
			routes: null,
			isPartly: true,
		});
		fake.tokens.splice(0, 1, aToken({ permissions: ["zone", "analytics", "settings", "routes"] }));
		assert.deepEqual(await open().question(ACCESS).configuration(ZONE), {
			ssl: null,
			http: null,
			pulls: null,
			routes: [],
			isPartly: false,
		});
	});
});

describe("what Cloudflare receives", () => {
	it("never asks for a visitor's or the origin's address, a query, a referer or DNS records, and has the token in one header only", async () => {
		fake.tokens.splice(0, 1, aToken({ permissions: ["zone", "analytics", "settings", "routes", "user"] }));
		const cloudflare = open();
		const said = [
			await cloudflare.connect(ACCESS, HOST),
			await cloudflare.question(ACCESS).shares(ZONE, ABOUT),
			await cloudflare.question(ACCESS).ray(ZONE, RAY, NOW),
			await cloudflare.question(ACCESS).configuration(ZONE),
		];
		assert.ok(fake.log.length > 8);
		for (const { path, headers, body } of fake.log) {
			for (const name of NEVER_ASKED) assert.ok(!`${path}${body}`.includes(name), name);
			assert.ok(!path.includes("dns_records"));
			assert.ok(!`${path}${body}`.includes(SECRET));
			const list = JSON.parse(headers) as string[];
			assert.deepEqual(
				list.filter((text) => text.includes(SECRET)),
				[`Bearer ${SECRET}`],
			);
			assert.equal(list[list.findIndex((text) => text.includes(SECRET)) - 1]?.toLowerCase(), "authorization");
		}
		assert.ok(!JSON.stringify(said).includes(SECRET));
	});
});
