import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readPlaces, WORLD } from "../../src/read/text/places.ts";
import { readTarget, type Target } from "../../src/read/text/target.ts";
import { type Globalping, openGlobalping, readMeasurement, type Told, type Trouble } from "../../src/services/globalping.ts";
import { isPublicHost, publicPart } from "../../src/services/public-part.ts";
import { FAILED, type FakeGlobalping, type Fault, type Outcome, openFakeGlobalping, PROBES } from "../fakes/globalping.ts";
import { type Lab, openLab } from "../lab/lab.ts";

/** A clock that every wait turns: nothing here waits. */
const clock = {
	ms: Date.UTC(2026, 10, 25, 9, 41),
	waits: [] as number[],
	now: () => clock.ms,
	wait: async (ms: number) => {
		clock.waits.push(ms);
		clock.ms += ms;
	},
};
const target = (url: string): Target => {
	const read = readTarget(url);
	assert.ok(!("why" in read), url);
	return read;
};
const asked = (said: string) => {
	const read = readPlaces(said, true);
	assert.ok(read !== null, said);
	return read;
};
const SHOP = target("https://www.shop.example/login?token=secret1");

let meets: (city: string, nth: number) => Outcome = () => "200";
let fake: FakeGlobalping;
let service: Globalping;
before(async () => {
	fake = await openFakeGlobalping({ now: clock.now, meets: ({ city }, nth) => meets(city, nth), token: "gp-token" });
	service = openGlobalping({ base: fake.url, userAgent: "cf520 (+https://bot.example; ops@bot.example)" }, clock);
});
after(() => fake.close());

const told = async (places: string, page = SHOP): Promise<readonly Told[]> => {
	const measurement = await service.create(page, asked(places));
	assert.ok(measurement.kind === "created", measurement.kind);
	const read = await service.read(measurement);
	assert.ok(!("kind" in read));
	return read;
};
/** A call past the client, for what the fake has to reject. */
const post = (body: unknown) =>
	fetch(`${fake.url}/v1/measurements`, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify(body),
	});
const error = async (response: Response) => ((await response.json()) as { error: { type: string; params?: object } }).error;

test("named places are asked for one probe each, the whole globe for eight", async () => {
	fake.remaining = 250;
	await service.create(SHOP, asked("Germany, US, Japan, Brazil"));
	assert.deepEqual(fake.created.at(-1), {
		type: "http",
		target: "www.shop.example",
		timeout: 15,
		locations: ["Germany", "US", "Japan", "Brazil"].map((magic) => ({ magic, limit: 1 })),
		measurementOptions: { protocol: "HTTPS", request: { method: "GET", path: "/login", headers: { accept: "text/html" } } },
	});
	await service.create(target("http://shop.example:8080/"), WORLD);
	assert.deepEqual(fake.created.at(-1), {
		type: "http",
		target: "shop.example",
		timeout: 15,
		limit: 8,
		locations: [{ magic: "world" }],
		measurementOptions: { protocol: "HTTP", port: 8080, request: { method: "GET", path: "/", headers: { accept: "text/html" } } },
	});
});

test("it is read 500 ms after each answer until it has ended, and an unchanged answer is not sent again", async () => {
	clock.waits.length = 0;
	const before = fake.seen.length;
	meets = (city) => (city === "Frankfurt" ? "520" : "200");
	const read = await told("frankfurt, dallas");
	assert.deepEqual(clock.waits, [500, 500, 500]);
	const reads = fake.seen.slice(before).filter(({ method }) => method === "GET");
	assert.deepEqual(
		reads.map(({ headers }) => headers["if-none-match"]),
		[undefined, 'W/"1"', 'W/"2"'],
	);
	const [frankfurt, dallas] = read;
	assert.equal(frankfurt?.place.city, "Frankfurt");
	assert.equal(frankfurt.place.kind, "datacenter");
	assert.ok(frankfurt.answer.kind === "answered" && dallas?.answer.kind === "answered");
	assert.equal(frankfurt.answer.status, 520);
	assert.match(frankfurt.answer.fields.find(({ name }) => name === "cf-ray")?.value ?? "", /^[0-9a-f]{16}-FRA$/);
	assert.match(frankfurt.answer.content, /^<!DOCTYPE html>/);
	assert.equal(dallas.place.kind, "eyeball");
});

test("each kind of result is told as it is, and what failed has nothing but its line", async () => {
	for (const key of Object.keys(FAILED) as (keyof typeof FAILED)[]) {
		meets = () => ({ failed: key });
		const [one] = await told("germany");
		assert.deepEqual(one?.answer, {
			kind: "failed",
			text: FAILED[key],
			source: key === "private-address" ? "resolver" : "target",
		});
		fake.remaining = 250;
	}
	meets = () => "offline";
	assert.deepEqual((await told("germany"))[0]?.answer, { kind: "offline" });
	meets = () => "server-timeout";
	assert.deepEqual((await told("germany"))[0]?.answer, {
		kind: "failed",
		text: "The measurement timed out.",
		source: "internal",
	});
});

test("what is not done by the deadline is unfinished, and nothing is read any more", async () => {
	meets = (city) => (city === "Dallas" ? "never" : "520");
	const startedAt = clock.ms;
	const read = await told("frankfurt, dallas");
	assert.deepEqual(
		read.map(({ answer }) => answer.kind),
		["answered", "unfinished"],
	);
	assert.ok(clock.ms - startedAt <= 26_000);
});

test("a repeat asks the same probes in the same order; the same words another time ask others", async () => {
	fake.remaining = 250;
	meets = () => "200";
	const cities = (read: readonly Told[] | Trouble) => ("kind" in read ? [] : read.map(({ place }) => place.city));
	const first = await service.create(SHOP, asked("germany, japan"));
	assert.ok(first.kind === "created");
	const once = cities(await service.read(first));
	const again = await service.repeat(SHOP, first);
	assert.ok(again.kind === "created");
	assert.equal(typeof fake.created.at(-1)?.locations, "string");
	assert.equal(fake.created.at(-1)?.limit, undefined);
	assert.deepEqual(cities(await service.read(again)), once);
	const other = await service.create(SHOP, asked("germany, japan"));
	assert.ok(other.kind === "created");
	assert.notDeepEqual(cities(await service.read(other)), once);
	assert.deepEqual(await service.repeat(SHOP, { kind: "created", probes: 2 }), { kind: "unreachable" });
});

test("a place without a probe is dropped silently; none left is told", async () => {
	fake.remaining = 250;
	const measurement = await service.create(SHOP, asked("germany, norway"));
	assert.deepEqual(measurement, { kind: "created", probes: 1 });
	assert.deepEqual(await service.create(SHOP, asked("norway")), { kind: "no-probes" });
});

test("more tests than are left are rejected before probes are chosen, and it is told when there are some", async () => {
	fake.remaining = 3;
	const before = fake.created.length;
	assert.deepEqual(await service.create(SHOP, WORLD), { kind: "limit", againMs: 1_290_000 });
	assert.equal(fake.created.length, before);
	assert.deepEqual(await service.limits(), { kind: "allowance", limit: 250, remaining: 3, againMs: 1_290_000 });
	fake.remaining = 250;
});

test("a token goes into the authorization header; a wrong one is told and does not fall back", async () => {
	const withToken = openGlobalping({ base: fake.url, userAgent: "cf520", token: "gp-token" }, clock);
	assert.equal((await withToken.create(SHOP, asked("germany"))).kind, "created");
	assert.equal(fake.seen.at(-1)?.headers.authorization, "Bearer gp-token");
	const wrong = openGlobalping({ base: fake.url, userAgent: "cf520", token: "gp-other" }, clock);
	const before = fake.seen.length;
	assert.deepEqual(await wrong.create(SHOP, asked("germany")), { kind: "unauthorized" });
	assert.deepEqual(await wrong.limits(), { kind: "unauthorized" });
	assert.equal(fake.seen.length, before + 2);
});

test("a read that comes too often is waited out, not given up", async () => {
	const fast = openGlobalping(
		{ base: fake.url, userAgent: "cf520" },
		{
			now: clock.now,
			wait: async (ms) => {
				clock.ms += ms === 500 ? 10 : ms;
			},
		},
	);
	meets = () => "never";
	const measurement = await fast.create(SHOP, asked("germany"));
	assert.ok(measurement.kind === "created");
	const [before, startedAt] = [fake.seen.length, clock.ms];
	await fast.read(measurement);
	// Five reads, then one that is rejected, then five seconds: the rest of the deadline is no storm.
	assert.ok(fake.seen.length - before < 40, String(fake.seen.length - before));
	assert.ok(clock.ms - startedAt >= 25_000);
});

const FAULTS: readonly (readonly [fault: Fault, kind: Trouble["kind"]])[] = [
	["html-502", "unreachable"],
	["missing-field", "unreachable"],
	["wrong-types", "unreachable"],
	["3-MB", "unreachable"],
	["bomb", "unreachable"],
	["redirect", "unreachable"],
	["forbidden", "unreachable"],
	["unauthorized", "unauthorized"],
];
for (const [fault, kind] of FAULTS)
	test(`a fault of the service is a value, and asking is not tried again: ${fault}`, async () => {
		fake.fault = fault;
		const before = fake.seen.length;
		assert.equal((await service.create(SHOP, asked("germany"))).kind, kind);
		assert.equal(fake.seen.length, before + 1);
		fake.fault = null;
	});

for (const fault of ["missing-field", "wrong-types", "3-MB", "unauthorized"] as const)
	test(`a fault after a good start is a value too: ${fault}`, async () => {
		meets = () => "200";
		const measurement = await service.create(SHOP, asked("germany"));
		assert.ok(measurement.kind === "created");
		fake.fault = fault;
		assert.deepEqual(await service.read(measurement), { kind: "unreachable" });
		fake.fault = null;
	});

test("a service that hangs ends with the signal, and one that is not there is unreachable", async () => {
	fake.fault = "hang";
	const ends = new AbortController();
	const before = fake.seen.length;
	const asking = service.create(SHOP, asked("germany"), ends.signal);
	while (fake.seen.length === before) await new Promise((resolve) => setImmediate(resolve));
	ends.abort();
	assert.deepEqual(await asking, { kind: "unreachable" });
	fake.fault = null;
	const nowhere = openGlobalping({ base: "http://127.0.0.1:9", userAgent: "cf520" }, clock);
	assert.deepEqual(await nowhere.create(SHOP, asked("germany")), { kind: "unreachable" });
});

test("the service sees no query, no secret in the path, no cookie and no token; its own name and ours", async () => {
	fake.remaining = 250;
	meets = () => "200";
	await told("germany", target("https://shop.example/reset/9f8a9f8a9f8a9f8a9f8a/now?token=abcdef"));
	const all = JSON.stringify(fake.seen);
	for (const secret of ["9f8a9f8a", "abcdef", "secret1", "token=", "cookie"]) assert.ok(!all.includes(secret), secret);
	assert.equal(fake.created.at(-1)?.measurementOptions?.request?.path, "/reset/");
	assert.equal(fake.seen.at(-1)?.headers["user-agent"], "cf520 (+https://bot.example; ops@bot.example)");
	assert.equal(fake.seen.at(-1)?.headers.authorization, undefined);
});

/** URLs that hold something private, and what of it must never be sent. */
const HOSTILE_URLS: readonly (readonly [url: string, ...secrets: string[]])[] = [
	["https://shop.example/pay?card=4111111111111111&t=tok_1a2b3c#frag_9z8y", "4111", "tok_1a2b3c", "frag_9z8y"],
	["https://shop.example/s/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl/x", "eyJ", "c2ln"],
	["https://shop.example/u/123e4567-e89b-12d3-a456-426614174000", "123e4567", "426614174000"],
	["https://shop.example/u/ann.lee%2540mail.example/orders", "ann", "mail.example"],
	["https://shop.example/i/%2539f8a9f8a%2539f8a9f8a/next", "9f8a", "next"],
	["https://shop.example/a;jsessionid=ab12cd34", "ab12cd34", "jsessionid"],
	["https://shop.example/reset-password/x7k2p9", "x7k2p9"],
	["https://shop.example/to/203.0.113.9/x", "203.0.113.9"],
	["https://xn--mnchen-3ya.example:8443/t/ghp_16C7e42F292c6912E7710c838347Ae178B4a", "16C7e42F"],
];
for (const [url, ...secrets] of HOSTILE_URLS)
	test(`nothing private of ${url} is in what the service receives, in either round`, async () => {
		fake.remaining = 250;
		meets = () => "520";
		const before = fake.seen.length;
		const measurement = await service.create(target(url), asked("germany"));
		assert.ok(measurement.kind === "created");
		await service.read(measurement);
		assert.equal((await service.repeat(target(url), measurement)).kind, "created");
		const all = JSON.stringify(fake.seen.slice(before).map((one) => [one, decodeURIComponent(one.body)]));
		for (const secret of [...secrets, "cookie"]) assert.ok(!all.includes(secret), `${secret} is in what was received`);
	});

test("the id of a measurement is in nothing that the service hands out", async () => {
	const measurement = await service.create(SHOP, asked("germany"));
	assert.ok(measurement.kind === "created");
	const out = JSON.stringify([measurement, await service.read(measurement), Object.getOwnPropertyNames(measurement)]);
	for (const id of fake.ids) assert.ok(!out.includes(id));
});

/** A page, what of it is sent, and whether something was left out: of its query, of its path. */
const PARTS: readonly (readonly [path: string, sent: string, query: boolean, segment: boolean])[] = [
	["/", "/", false, false],
	["/login?next=/a", "/login", true, false],
	["/login?", "/login", false, false],
	["/reset/9f8a9f8a9f8a9f8a", "/reset/", false, true],
	["/reset/9f8a9f8a9f8a9f8a/more?x=1", "/reset/", true, true],
	["/v/9F8A9F8A9F8A9F8", "/v/9F8A9F8A9F8A9F8", false, false],
	["/reset/9F8A9F8A9F8A9F8", "/reset/", false, true],
	["/invite/aB3dE5gH7jK9mN1pQ3sT", "/invite/", false, true],
	["/i/9f8a%39f8a9f8a9f8a", "/i/", false, true],
	["/i/9f8a%2539f8a9f8a9f8a", "/i/", false, true],
	["/u/123e4567-e89b-12d3-a456-426614174000/x", "/u/", false, true],
	["/u/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "/u/", false, true],
	["/u/a_bC-dE1f_Gh2i-Jk3L_mN4", "/u/", false, true],
	["/u/ABCD-1234-EF56-78GH-9IJK-LM0N", "/u/", false, true],
	["/shop;jsessionid=0123456789ABCDEF0123", "/", false, true],
	["/u/ann@shop.example/orders", "/u/", false, true],
	["/1234567890123456", "/", false, true],
	["/blog/top-10-things-to-do-in-2026-in-paris", "/blog/top-10-things-to-do-in-2026-in-paris", false, false],
	[
		"/wp-content/uploads/2026/11/a-very-long-name-of-a-picture.jpg",
		"/wp-content/uploads/2026/11/a-very-long-name-of-a-picture.jpg",
		false,
		false,
	],
	["/donaudampfschifffahrtsgesellschaft", "/donaudampfschifffahrtsgesellschaft", false, false],
	["/v1/products/4711/reviews", "/v1/products/4711/reviews", false, false],
	["/%", "/%", false, false],
	["/%/9f8a%39f8a9f8a9f8a%", "/%/", false, true],
	["/u/ann%25252540shop.example", "/u/", false, true],
	["/i/%E2%80%8B9f8a9f8a%E2%80%8B9f8a9f8a", "/i/", false, true],
	["/i/%EF%BC%99f8a9f8a9f8a9f8a", "/i/", false, true],
	["/a;token=abcd1234", "/", false, true],
	["/a/key:abc123/x", "/a/", false, true],
	["/a%3Ftoken=abc", "/", false, true],
	["/a%253Fq%253Dabc", "/", false, true],
	["/reset-password/x7k2p9", "/reset-password/", false, true],
	["/invite/123456", "/invite/", false, true],
	["/invite/abcdefghijklmnopqrstuvwxyz", "/invite/", false, true],
	["/invite/friends", "/invite/friends", false, false],
	["/sessions/2026/page-2", "/sessions/2026/page-2", false, false],
	["/tel/+4915112345678", "/tel/", false, true],
	["/status/203.0.113.9", "/status/", false, true],
	["/docs/1.2.3/install", "/docs/1.2.3/install", false, false],
	["/what%3F", "/what%3F", false, false],
	["/rock&roll", "/rock&roll", false, false],
];
for (const [path, sent, query, segment] of PARTS)
	test(`of ${path} is sent ${sent}`, () =>
		assert.deepEqual(publicPart(path), { path: sent, withoutQuery: query, withoutSegment: segment }));

test("a long path is read in bounded time", () => {
	for (const piece of ["a-", "a1-", "/", "%25", "aB1_", "@", "a@"]) {
		const before = performance.now();
		publicPart(`/${piece.repeat(20_000)}`);
		assert.ok(performance.now() - before < 500, piece);
	}
});

test("public names are told, addresses and names of internal use are not", () => {
	for (const url of ["https://shop.example/", "https://xn--mnchen-3ya.example/"])
		assert.equal(isPublicHost(target(url)), true, url);
	for (const url of [
		"https://203.0.113.9/",
		"https://[2001:db8::1]/",
		"https://127.1/",
		"http://localhost/",
		"https://db.internal/",
		"https://203.0.113.9.dns.example/",
		"https://203-0-113-9.dns.example/",
		"https://ec2-203-0-113-9.compute-1.cloud.example/",
	])
		assert.equal(isPublicHost(target(url)), false, url);
});

test("whatever a measurement holds, it is read or not, without an exception", () => {
	const finished = {
		id: "x",
		status: "finished",
		results: [
			{
				probe: {
					continent: "EU",
					country: "DE",
					city: "Frankfurt",
					asn: 24940,
					network: "Hetzner",
					tags: ["datacenter-network"],
				},
				result: { status: "finished", statusCode: 520, headers: { "cf-ray": ["a", "b"] }, rawBody: "x", timings: { total: 1 } },
			},
		],
	};
	const values = [
		undefined,
		null,
		7,
		"x".repeat(100_000),
		[],
		{},
		true,
		[{}],
		{ __proto__: 1 },
		JSON.parse('{"__proto__":{"x":1}}'),
	];
	const visit = (node: unknown, put: (value: unknown) => unknown): void => {
		if (typeof node !== "object" || node === null) return;
		for (const key of Object.keys(node)) {
			for (const value of values)
				assert.doesNotThrow(() => readMeasurement(put(Array.isArray(node) ? [value] : { ...node, [key]: value })));
			visit((node as Record<string, unknown>)[key], (value) => put(Array.isArray(node) ? [value] : { ...node, [key]: value }));
		}
	};
	visit({ finished }, (value) => (value as { finished: unknown }).finished);
	for (const value of values) assert.equal(readMeasurement(value), null);
	assert.deepEqual(readMeasurement({ ...finished, status: undefined }), null);
	const [read] = readMeasurement({ ...finished, more: { unknown: 1 } })?.told ?? [];
	assert.ok(read?.answer.kind === "answered");
	assert.deepEqual(read.answer.fields, [
		{ name: "cf-ray", value: "a" },
		{ name: "cf-ray", value: "b" },
	]);
});

/** What the fake has to reject and do, as the API does: 400 with the field, or what it is. */
const REJECTED: readonly (readonly [what: string, body: Record<string, unknown>, param: string])[] = [
	["an unknown key", { colour: "red" }, "colour"],
	["a wrong type", { limit: "8" }, "limit"],
	["an unknown key of a location", { locations: [{ magic: "world", colour: 1 }] }, "locations[0]"],
	["an empty location", { locations: [{ limit: 1 }] }, "locations[0]"],
	["both limits", { limit: 2, locations: [{ magic: "world", limit: 2 }] }, "limit"],
	["more than 50 probes", { limit: 51 }, "limit"],
	["a long name", { locations: [{ magic: "x".repeat(129) }] }, "locations[0].magic"],
	[
		"an IP version beside an IP address",
		{ target: "1.1.1.1", measurementOptions: { ipVersion: 4 } },
		"measurementOptions.ipVersion",
	],
	["a private target", { target: "10.0.0.1" }, "target"],
	["a documentation target", { target: "203.0.113.9" }, "target"],
];
for (const [what, body, param] of REJECTED)
	test(`the fake rejects ${what}`, async () => {
		const response = await post({ type: "http", target: "shop.example", ...body });
		assert.equal(response.status, 400);
		assert.ok(Object.keys((await error(response)).params ?? {}).includes(param));
	});

test("the fake gives long ids, five rate headers, and leaves defaults out", async () => {
	fake.remaining = 250;
	const response = await post({
		type: "http",
		target: "shop.example",
		timeout: 15,
		locations: [{ magic: "Germany", limit: 1 }],
		measurementOptions: { protocol: "HTTPS", request: { method: "GET", path: "/" } },
	});
	const { id } = (await response.json()) as { id: string };
	assert.equal(response.status, 202);
	assert.match(id, /^[0-9a-zA-Z]{24,}$/);
	assert.equal([...response.headers.keys()].filter((name) => /^x-(?:ratelimit|request)-/.test(name)).length, 5);
	assert.equal(fake.remaining, 249);
	const shown = (await (await fetch(`${fake.url}/v1/measurements/${id}`)).json()) as Record<string, unknown>;
	assert.deepEqual(
		[shown.timeout, shown.locations, shown.measurementOptions, shown.status],
		[undefined, [{ magic: "Germany" }], { request: { method: "GET" } }, "in-progress"],
	);
	assert.equal((await fetch(`${fake.url}/v1/measurements/nowhere`)).status, 404);
});

test("the fake blocks the sixth read within two seconds for five", async () => {
	const response = await post({ type: "http", target: "shop.example" });
	const { id } = (await response.json()) as { id: string };
	const read = async () => (await fetch(`${fake.url}/v1/measurements/${id}`)).status;
	const first: number[] = [];
	for (let nth = 0; nth < 6; nth += 1) first.push(await read());
	assert.deepEqual(first, [200, 200, 200, 200, 200, 429]);
	clock.ms += 4_900;
	assert.equal(await read(), 429);
	clock.ms += 5_100;
	assert.equal(await read(), 200);
});

test("the fake can request the laboratory's edge for real: its pages are told as probes tell them", async () => {
	let colo = "DFW";
	const lab: Lab = await openLab({ colo: () => colo });
	const real = await openFakeGlobalping({
		now: Date.now,
		edge: {
			port: lab.edge.httpsPort,
			ca: lab.certificates.ca,
			enter: (next) => {
				colo = next;
			},
		},
	});
	try {
		const client = openGlobalping({ base: real.url, userAgent: "cf520" }, { now: clock.now, wait: clock.wait });
		const kinds = async (host: string) => {
			const measurement = await client.create(target(lab.url(host)), asked("frankfurt, tokyo"));
			assert.ok(measurement.kind === "created");
			const read = await client.read(measurement);
			assert.ok(!("kind" in read));
			return read.map(({ answer }) =>
				answer.kind === "answered"
					? [answer.status, answer.fields.find(({ name }) => name === "cf-ray")?.value.slice(-3)]
					: [answer.kind],
			);
		};
		assert.deepEqual(await kinds("closes-empty"), [
			[520, "FRA"],
			[520, "NRT"],
		]);
		assert.deepEqual(await kinds("healthy"), [
			[200, "FRA"],
			[200, "NRT"],
		]);
		assert.deepEqual(await kinds("challenged"), [
			[403, "FRA"],
			[403, "NRT"],
		]);
		assert.ok(lab.edge.requests.every(({ userAgent }) => userAgent.startsWith("globalping probe")));
		assert.ok(lab.edge.requests.every(({ method, accept }) => method === "GET" && accept === "text/html"));
	} finally {
		await real.close();
		await lab.close();
	}
});

test("every probe of the fake is in one place", () => {
	assert.equal(new Set(PROBES.map(({ city }) => city)).size, PROBES.length);
});
