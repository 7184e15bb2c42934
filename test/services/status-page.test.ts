import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, test } from "node:test";
import {
	readStatusPage,
	type StatusAnswers,
	type StatusPage,
	type StatusRead,
	statusPage,
} from "../../src/services/status-page.ts";
import { handClock } from "../clock.ts";
import { CLEAN, type FakeFault, type FakeIncident, type FakeStatus, openFakeStatus, withStatuses } from "../fakes/status.ts";

/** Cloudflare's status page as values: example answers of the page, each of their fields broken, and a page on loopback. */

const AT = Date.UTC(2026, 10, 25, 9, 42);
const fixture = (name: string): unknown =>
	JSON.parse(readFileSync(new URL(`../fixtures/status-page/${name}.json`, import.meta.url), "utf8"));
const EXAMPLE: StatusAnswers = {
	summary: fixture("summary"),
	incidents: fixture("incidents"),
	maintenances: fixture("scheduled-maintenances"),
};
const at = (iso: string): number => Date.parse(iso);

function read(answers: Partial<StatusAnswers>): StatusPage {
	const page = readStatusPage({ ...EXAMPLE, ...answers }, AT);
	assert.ok(page !== null);
	return page;
}

test("the page's example is read whole: data centers by code, an incident that is listed twice once", () => {
	const page = read({});
	assert.deepEqual(
		[...page.colos].map(([code, { status }]) => [code, status]),
		[
			["FRA", "under_maintenance"],
			["ORK", "operational"],
			["CLT", "partial_outage"],
			["TPE", "operational"],
			["NJF", "operational"],
		],
	);
	assert.deepEqual(page.incidents, [
		{
			id: "p4q1incident",
			title: "Elevated errors in Frankfurt",
			impact: "minor",
			startedAtMs: at("2026-11-25T09:20:10.950Z"),
			endedAtMs: null,
			colos: ["FRA"],
			products: [],
		},
		{
			id: "q7r2incident",
			title: "Increased latency in Charlotte",
			impact: "minor",
			startedAtMs: at("2026-11-24T14:02:30.960Z"),
			endedAtMs: at("2026-11-24T15:10:04.190Z"),
			colos: ["CLT"],
			products: [],
		},
	]);
	assert.deepEqual(page.maintenances, [
		{
			id: "m1maint",
			state: "in_progress",
			fromMs: at("2026-11-25T02:00:00Z"),
			untilMs: at("2026-11-25T11:00:00Z"),
			colos: ["FRA"],
		},
	]);
	assert.equal(page.oldestListedMs, null);
});

/** Every path into a value, as the keys on the way. */
function* pathsIn(value: unknown, before: readonly string[] = []): Generator<readonly string[]> {
	if (typeof value !== "object" || value === null) return;
	for (const [key, inner] of Object.entries(value)) {
		yield [...before, key];
		yield* pathsIn(inner, [...before, key]);
	}
}
/** A copy in which one field is another value; undefined: it is missing. */
function changed(whole: unknown, path: readonly string[], to: unknown): unknown {
	const copy = structuredClone(whole);
	let inner = copy as Record<string, unknown>;
	for (const key of path.slice(0, -1)) inner = inner[key] as Record<string, unknown>;
	const last = path.at(-1) ?? "";
	if (to === undefined) delete inner[last];
	else inner[last] = to;
	return copy;
}
const OTHER_TYPES: readonly unknown[] = [
	undefined,
	null,
	7,
	true,
	"",
	"x".repeat(5_000),
	[],
	{},
	[[[]]],
	{ __proto__: null, name: {} },
];

test("a field that is missing, of another type or new changes what is read of its entry, and nothing breaks", () => {
	let tried = 0;
	for (const name of ["summary", "incidents", "maintenances"] as const)
		for (const path of pathsIn(EXAMPLE[name]))
			for (const other of OTHER_TYPES) {
				const page = readStatusPage({ ...EXAMPLE, [name]: changed(EXAMPLE[name], path, other) }, AT);
				tried += 1;
				if (page === null) {
					assert.equal(path.length, 1, `${name} ${path.join(".")} makes the page unreadable`);
					continue;
				}
				assert.ok(page.incidents.length >= 1 && page.incidents.length <= 3, path.join("."));
				for (const { title, startedAtMs, colos } of page.incidents)
					assert.ok(title.length <= 300 && Number.isFinite(startedAtMs) && colos.every((colo) => /^[A-Z]{3}$/.test(colo)));
				for (const { fromMs, untilMs } of page.maintenances) assert.ok(fromMs <= untilMs);
			}
	assert.ok(tried > 3_000, `${tried}`);
	assert.deepEqual(read({ summary: { ...(EXAMPLE.summary as object), new: { field: [1] } } }), read({}));
});

test("what is none of the page's answers is unreadable, not clean", () => {
	for (const none of [undefined, null, 7, "x", [], {}, { components: {} }, { error: "x" }])
		for (const name of ["summary", "incidents", "maintenances"] as const)
			assert.equal(readStatusPage({ ...EXAMPLE, [name]: none }, AT), null, `${name} ${JSON.stringify(none)}`);
});

test("a hostile page is bounded: entries, names, titles", () => {
	const many = Array.from({ length: 100_000 }, (_, nth) => ({ name: `Town ${nth} - (FRA)`, status: "operational" }));
	const incident = {
		id: "x".repeat(10_000),
		name: "y".repeat(100_000),
		started_at: "2026-11-25T09:20:10.950Z",
		components: many,
		incident_updates: Array.from({ length: 500 }, () => ({ affected_components: many.slice(0, 600) })),
	};
	const page = read({
		summary: { components: many, incidents: [incident] },
		incidents: { incidents: Array(10_000).fill(incident) },
	});
	assert.equal(page.incidents.length, 1);
	assert.ok((page.incidents[0]?.title.length ?? 0) <= 300 && (page.incidents[0]?.id.length ?? 0) <= 60);
	assert.deepEqual(page.incidents[0]?.colos, ["FRA"]);
});

const INCIDENT: FakeIncident = { id: "i1", name: "Elevated errors", startedAt: "2026-11-25T09:20:10.950Z" };

let fake: FakeStatus;
before(async () => {
	fake = await openFakeStatus(CLEAN);
});
after(() => fake.close());
afterEach(() => {
	fake.fault = null;
	fake.scene = CLEAN;
	fake.seen.length = 0;
});

const opened = (url = fake.url, deadlineMs?: number) => {
	const clock = handClock(AT);
	let failures = 0;
	const failed = () => {
		failures += 1;
	};
	return {
		clock,
		status: statusPage({ base: url, userAgent: "cf520-test" }, clock, failed, deadlineMs),
		failures: () => failures,
	};
};
function pageOf(one: StatusRead): StatusPage {
	assert.ok(one.kind === "read");
	return one.page;
}
const PATHS = ["/api/v2/summary.json", "/api/v2/incidents.json", "/api/v2/scheduled-maintenances.json"];
const asked = () => fake.seen.map(({ path }) => path);

test("all forms of a data center's name lead to its code; groups and products have none", async () => {
	const page = pageOf(await opened().status.read());
	assert.deepEqual([...page.colos.keys()], ["FRA", "ORK", "CLT", "TPE", "NJF", "DFW"]);
});

test("a data center is found where only an update names it, and a product with its group in front", async () => {
	fake.scene = {
		...CLEAN,
		incidents: [
			{
				...INCIDENT,
				components: ["CDN/Cache"],
				affected: ["Europe - Frankfurt, Germany - (FRA)", "Cloudflare Sites and Services - Workers"],
			},
		],
		maintenances: [
			{
				id: "m1",
				name: "ORK (Cork) on 2026-11-25",
				status: "in_progress",
				from: "2026-11-25T02:00:00Z",
				until: "2026-11-25T11:00:00Z",
			},
		],
	};
	const page = pageOf(await opened().status.read());
	assert.deepEqual(
		page.incidents.map(({ colos, products }) => [colos, products]),
		[[["FRA"], ["CDN/Cache", "Workers"]]],
	);
	assert.deepEqual(page.maintenances[0]?.colos, ["ORK"]);
});

test("of more than 50 incidents the page lists 50: since when is known", async () => {
	const hour = (nth: number) => new Date(AT - nth * 3_600_000).toISOString();
	const incidents = Array.from({ length: 60 }, (_, nth) => ({
		...INCIDENT,
		id: `i${nth}`,
		startedAt: hour(nth + 1),
		resolvedAt: hour(nth + 0.5),
	}));
	fake.scene = { ...CLEAN, incidents };
	assert.equal(pageOf(await opened().status.read()).oldestListedMs, AT - 50 * 3_600_000);
	fake.scene = { ...CLEAN, incidents: incidents.slice(0, 20) };
	assert.equal(pageOf(await opened().status.read()).oldestListedMs, null);
});

test("many questions at once make one read a minute, one request at a time", async () => {
	const { clock, status } = opened();
	const reads = await Promise.all(Array.from({ length: 40 }, () => status.read()));
	assert.ok(reads.every((one) => one === reads[0]));
	assert.deepEqual(asked(), PATHS);
	assert.equal(fake.mostOpen(), 1);
	clock.turn(59_999);
	await status.read();
	assert.equal(fake.seen.length, 3);
	clock.turn(1);
	await status.read();
	assert.equal(fake.seen.length, 6);
});

test("what has not changed is asked with its ETag, and read from what was kept", async () => {
	fake.scene = withStatuses({ ...CLEAN, incidents: [INCIDENT] }, { "Frankfurt, Germany - (FRA)": "major_outage" });
	const { clock, status } = opened();
	const first = pageOf(await status.read());
	clock.turn(60_000);
	const second = pageOf(await status.read());
	assert.deepEqual(
		fake.seen.map((one) => one.status),
		[200, 200, 200, 304, 304, 304],
	);
	assert.deepEqual({ ...second, readAtMs: 0 }, { ...first, readAtMs: 0 });
	fake.scene = CLEAN;
	clock.turn(60_000);
	assert.deepEqual(pageOf(await status.read()).incidents, []);
});

const FAULTS: readonly FakeFault[] = ["forbidden", "cut-json", "reset", "unavailable", "too-large", "redirect", "no-lists"];
for (const fault of FAULTS)
	test(`a page that fails could not be read, for a minute, and is read again after it: ${fault}`, async () => {
		const { clock, status, failures } = opened();
		fake.fault = fault;
		assert.deepEqual(await status.read(), { kind: "unreadable" });
		const { length } = fake.seen;
		assert.ok(length <= 3, `${length} requests`);
		clock.turn(59_000);
		assert.deepEqual(await status.read(), { kind: "unreadable" });
		assert.equal(fake.seen.length, length, "a dead page is not asked by each question");
		assert.equal(failures(), 1, "the operator is told once");
		fake.fault = null;
		clock.turn(1_000);
		assert.equal((await status.read()).kind, "read");
	});

test("a page of wrong types is read as far as it goes", async () => {
	fake.fault = "wrong-types";
	const page = pageOf(await opened().status.read());
	assert.deepEqual([page.colos.size, page.incidents, page.maintenances, page.unread], [0, [], [], true]);
});

/** Lists of which none, or some, can be read. */
const UNREAD: readonly (readonly [what: string, answers: Partial<StatusAnswers>, unread: boolean])[] = [
	["the example", {}, false],
	["no incident was ever", { incidents: { incidents: [] } }, false],
	["incidents of another type", { incidents: { incidents: [7, null] } }, true],
	["incidents without a time", { incidents: { incidents: [{ name: "x" }] } }, true],
	[
		"one that can be read",
		{ incidents: { incidents: [7, ...(fixture("incidents") as { incidents: unknown[] }).incidents] } },
		false,
	],
	["maintenances without a time", { maintenances: { scheduled_maintenances: [{ status: "in_progress" }] } }, true],
	["open incidents without a time", { summary: { ...(EXAMPLE.summary as object), incidents: [{ name: 5 }] } }, true],
	["components without a name", { summary: { ...(EXAMPLE.summary as object), components: [{ status: "operational" }] } }, true],
	["no component", { summary: { ...(EXAMPLE.summary as object), components: [] } }, true],
];
for (const [what, answers, unread] of UNREAD)
	test(`whether something follows from the page's silence: ${what}`, () => assert.equal(read(answers).unread, unread));

test("a page that says nothing ends by its deadline", async () => {
	fake.fault = "hang";
	assert.deepEqual(await opened(fake.url, 100).status.read(), { kind: "unreadable" });
	assert.equal(fake.seen.length, 1);
});

test("a host that refuses programs is one that could not be read; a path and a slash in the setting are kept", async () => {
	assert.deepEqual(await opened(fake.refusingUrl).status.read(), { kind: "unreadable" });
	assert.deepEqual(await opened(`${fake.url}/below`).status.read(), { kind: "unreadable" });
	assert.equal(fake.seen.at(-1)?.path, "/below/api/v2/summary.json");
});

test("the page hears nothing about anybody: a name of ours, and no more", async () => {
	await opened().status.read();
	for (const { headers } of fake.seen) {
		const { host, connection, accept, "user-agent": agent, "accept-encoding": encoding, ...others } = headers;
		assert.deepEqual(others, {});
		assert.deepEqual([agent, accept, encoding], ["cf520-test", "application/json", "br, gzip"]);
	}
});

/** Times that no one can mean: what has them is left out, or is open without them; null: it is not told. */
const TIMES: readonly (readonly [what: string, changes: Record<string, unknown>, endedAtMs: number | null | undefined])[] = [
	["begun in the year 9999", { started_at: "9999-12-31T23:59:59Z", created_at: "9999-12-31T23:59:59Z" }, undefined],
	["over in the year 9999", { resolved_at: "9999-12-31T23:59:59Z" }, null],
	["over in the year 9999, and said to be resolved then", { resolved_at: "9999-01-01T00:00:00Z", status: "resolved" }, AT],
	["begun in the year 0", { started_at: "0000-01-01T00:00:00Z" }, null],
	["of a month 13", { started_at: "2026-13-01T00:00:00Z", created_at: "2026-13-01T00:00:00Z" }, undefined],
	["a time without its zone", { started_at: "2026-11-25T09:20:10", created_at: null }, undefined],
];
for (const [what, changes, endedAtMs] of TIMES)
	test(`an incident with a time that no one can mean: ${what}`, () => {
		const usual = { id: "i1", name: "Elevated errors", status: "investigating", started_at: "2026-11-25T09:20:10Z" };
		const one = { ...usual, created_at: usual.started_at, updated_at: new Date(AT).toISOString(), ...changes };
		const [found] = read({ summary: { components: [] }, incidents: { incidents: [one] } }).incidents;
		assert.equal(found?.endedAtMs, endedAtMs);
	});

test("2,000 incidents, each with a ping, are read in bounded time, and the newest are kept", () => {
	const many = Array.from({ length: 2_000 }, (_, nth) => ({
		id: `i${nth}`,
		name: `<!channel> @everyone ${nth}`,
		started_at: new Date(AT - nth * 60_000).toISOString(),
		components: [{ name: "Frankfurt, Germany - (FRA)" }],
	}));
	const before = performance.now();
	const page = read({ summary: { components: [], incidents: many }, incidents: { incidents: many } });
	assert.ok(performance.now() - before < 500);
	assert.ok(page.incidents.length <= 200);
	assert.equal(page.incidents[0]?.id, "i0");
});
