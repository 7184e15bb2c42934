import assert from "node:assert/strict";
import { test } from "node:test";
import {
	mostTelling,
	type StatusMoment,
	type StatusNamed,
	statusAnywhere,
	statusNow,
	statusThen,
} from "../../src/judge/cloudflare-status.ts";
import type { StatusIncident, StatusMaintenance, StatusPage } from "../../src/services/status-page.ts";

/** What the status page names for a data center at a time: one row a rule, and a neighbor that it does not hold for. */

const NOW = Date.UTC(2026, 10, 25, 9, 42);
const MIN = 60_000;
const HOUR = 60 * MIN;

const incident = (changes: Partial<StatusIncident> = {}): StatusIncident => ({
	id: "i1",
	title: "Elevated errors",
	impact: "minor",
	startedAtMs: NOW - 20 * MIN,
	endedAtMs: null,
	colos: ["FRA"],
	products: [],
	...changes,
});
const maintenance = (changes: Partial<StatusMaintenance> = {}): StatusMaintenance => ({
	id: "m1",
	state: "in_progress",
	fromMs: NOW - 7 * HOUR,
	untilMs: NOW + HOUR,
	colos: ["FRA"],
	...changes,
});
type Status = "operational" | "degraded_performance" | "partial_outage" | "major_outage" | "under_maintenance";
const page = (
	changes: Partial<StatusPage> & { readonly statuses?: Readonly<Record<string, Status>> } = {},
	changedAtMs: number | null = NOW - 10 * MIN,
): StatusPage => {
	const { statuses = { FRA: "operational" }, ...others } = changes;
	return {
		readAtMs: NOW,
		colos: new Map(Object.entries(statuses).map(([colo, status]) => [colo, { status, changedAtMs }])),
		incidents: [],
		maintenances: [],
		oldestListedMs: null,
		unread: false,
		...others,
	};
};

const ENDED = incident({ endedAtMs: NOW - 5 * MIN });
const CDN = incident({ colos: [], products: ["CDN/Cache"] });
interface Row {
	readonly what: string;
	readonly page: StatusPage;
	readonly at?: Partial<StatusMoment>;
	/** Kinds, in order. */
	readonly named: readonly string[];
	readonly isListed?: boolean;
}
const ROWS: readonly Row[] = [
	{ what: "nothing", page: page(), named: [] },
	{ what: "an open incident of this data center", page: page({ incidents: [incident()] }), named: ["incident"] },
	{ what: "an incident of another one", page: page({ incidents: [incident({ colos: ["AMS"] })] }), named: [] },
	{ what: "an incident, no data center known", page: page({ incidents: [incident()] }), at: { colo: null }, named: [] },
	{
		what: "five minutes before it was opened",
		page: page({ incidents: [incident()] }),
		at: { atMs: NOW - 25 * MIN },
		named: ["incident"],
	},
	{ what: "longer before", page: page({ incidents: [incident()] }), at: { atMs: NOW - 25 * MIN - 1 }, named: [] },
	{ what: "while it lasted", page: page({ incidents: [ENDED] }), at: { atMs: NOW - 5 * MIN }, named: ["incident"] },
	{ what: "after it was over", page: page({ incidents: [ENDED] }), at: { atMs: NOW - 5 * MIN + 1 }, named: [] },
	{ what: "an incident of a product on the way", page: page({ incidents: [CDN] }), named: ["incident"] },
	{ what: "the same without a data center", page: page({ incidents: [CDN] }), at: { colo: null }, named: ["incident"] },
	{ what: "the same, not of the time", page: page({ incidents: [CDN] }), at: { atMs: NOW - HOUR }, named: [] },
	{
		what: "an incident of a product beside the way",
		page: page({ incidents: [incident({ colos: [], products: ["Stream", "Dashboard"] })] }),
		named: [],
	},
	{ what: "an incident without impact", page: page({ incidents: [{ ...CDN, impact: "none" }] }), named: [] },
	...["Workers", "Network", "Authoritative DNS", "SSL Certificate Provisioning", "CDN/Cache", "Workers KV"].map((product) => ({
		what: `an incident of ${product}`,
		page: page({ incidents: [incident({ colos: [], products: [product], impact: "critical" as const })] }),
		named: ["incident"],
	})),
	{ what: "an incident of both is told once", page: page({ incidents: [{ ...CDN, colos: ["FRA"] }] }), named: ["incident"] },
	{ what: "running maintenance", page: page({ maintenances: [maintenance()] }), named: ["maintenance"] },
	{
		what: "maintenance that is being verified",
		page: page({ maintenances: [maintenance({ state: "verifying" })] }),
		named: ["maintenance"],
	},
	{
		what: "maintenance that was then",
		page: page({ maintenances: [maintenance({ state: "completed", untilMs: NOW - HOUR })] }),
		at: { atMs: NOW - 2 * HOUR },
		named: ["maintenance"],
	},
	{
		what: "maintenance that is over",
		page: page({ maintenances: [maintenance({ state: "completed", untilMs: NOW - HOUR })] }),
		named: [],
	},
	{
		what: "maintenance that has not begun in its time",
		page: page({ maintenances: [maintenance({ state: "scheduled" })] }),
		named: [],
	},
	{ what: "maintenance elsewhere", page: page({ maintenances: [maintenance({ colos: ["AMS"] })] }), named: [] },
	{
		what: "an incident and maintenance",
		page: page({ incidents: [incident()], maintenances: [maintenance()] }),
		named: ["incident", "maintenance"],
	},
	{ what: "re-routed", page: page({ statuses: { FRA: "partial_outage" } }), named: ["re-routed"] },
	{
		what: "re-routed, and an incident says why",
		page: page({ statuses: { FRA: "partial_outage" }, incidents: [incident()] }),
		named: ["incident"],
	},
	{ what: "another one re-routed", page: page({ statuses: { FRA: "operational", CLT: "partial_outage" } }), named: [] },
	{
		what: "re-routed now says nothing of yesterday",
		page: page({ statuses: { FRA: "partial_outage" } }),
		at: { atMs: NOW - 24 * HOUR },
		named: [],
	},
	{
		what: "re-routed for two days says something of yesterday",
		page: page({ statuses: { FRA: "partial_outage" } }, NOW - 48 * HOUR),
		at: { atMs: NOW - 24 * HOUR },
		named: ["re-routed"],
	},
	{ what: "an outage that no incident explains", page: page({ statuses: { FRA: "major_outage" } }), named: ["marked"] },
	{
		what: "marked as under maintenance, without an entry",
		page: page({ statuses: { FRA: "under_maintenance" } }),
		named: ["marked"],
	},
	{
		what: "marked as under maintenance by its entry",
		page: page({ statuses: { FRA: "under_maintenance" }, maintenances: [maintenance()] }),
		named: ["maintenance"],
	},
	{
		what: "older than the list",
		page: page({ oldestListedMs: NOW - HOUR }),
		at: { atMs: NOW - HOUR - 1 },
		named: [],
		isListed: false,
	},
	{ what: "as old as the list", page: page({ oldestListedMs: NOW - HOUR }), at: { atMs: NOW - HOUR }, named: [] },
];
for (const { what, page: given, at = {}, named, isListed = true } of ROWS)
	test(`the status page about a moment: ${what}`, () => {
		const then = statusThen(given, { colo: "FRA", atMs: NOW, ...at });
		assert.deepEqual(
			then.named.map(({ kind }) => kind),
			named,
		);
		assert.equal(then.isListed, isListed);
	});

test("of several moments an incident tells most, then maintenance; of none nothing", () => {
	const both = page({
		statuses: { CLT: "partial_outage" },
		incidents: [incident({ colos: ["AMS"] })],
		maintenances: [maintenance()],
	});
	const moment = (colo: string) => ({ colo, atMs: NOW });
	assert.equal(mostTelling(both, [moment("CLT"), moment("FRA"), moment("AMS")])?.kind, "incident");
	assert.equal(mostTelling(both, [moment("CLT"), moment("FRA")])?.kind, "maintenance");
	assert.equal(mostTelling(both, [moment("CLT")])?.kind, "re-routed");
	assert.equal(mostTelling(both, [moment("DFW")]), null);
	assert.equal(mostTelling(both, []), null);
});

test("now: what is open, and where", () => {
	const now = statusNow(
		page({
			statuses: { FRA: "under_maintenance", CLT: "partial_outage", TPE: "major_outage", DFW: "operational" },
			incidents: [incident(), ENDED],
			maintenances: [
				maintenance(),
				maintenance({ id: "m2", colos: ["ORK"] }),
				maintenance({ state: "scheduled", colos: ["DFW"] }),
			],
		}),
		NOW,
	);
	assert.deepEqual([now.open.length, now.maintained, now.rerouted, now.marked], [1, ["FRA", "ORK"], ["CLT"], ["TPE"]]);
});

test("an incident that has not begun is none of now", () => {
	const coming = incident({ id: "i9", startedAtMs: Date.UTC(2099, 0) });
	assert.deepEqual(statusNow(page({ incidents: [coming, incident()] }), NOW).open.length, 1);
	assert.deepEqual(statusThen(page({ incidents: [coming] }), { colo: "FRA", atMs: NOW }).named, []);
});

/** Several at once, the newest first as the page has them; what of them is told, in order. */
const SEVERAL: readonly StatusIncident[] = (
	[
		["Dashboard and API errors", "minor", [], ["Dashboard", "API"]],
		["Stream delays", "none", [], ["Stream"]],
		["Latency in Frankfurt", "minor", ["FRA"], []],
		["Workers errors", "minor", [], ["Workers"]],
		["Outage in Frankfurt", "major", ["FRA"], []],
		["CDN outage", "critical", [], ["CDN/Cache"]],
		["Older CDN outage", "critical", [], ["CDN/Cache"]],
	] as const
).map(([title, impact, colos, products], nth) =>
	incident({ id: title, title, impact, colos, products, startedAtMs: NOW - (nth + 1) * MIN }),
);
const titles = (all: readonly StatusNamed[]) => all.map((one) => (one.kind === "incident" ? one.title : one.kind));
test("the severest first; of equal ones that of the data center, then the newest", () => {
	const many = page({ incidents: SEVERAL });
	const severe = ["CDN outage", "Older CDN outage", "Outage in Frankfurt"];
	const all = [...severe, "Dashboard and API errors", "Latency in Frankfurt", "Workers errors", "Stream delays"];
	assert.deepEqual(titles(statusNow(many, NOW).open), all);
	assert.deepEqual(titles(statusAnywhere(many, NOW).open), all);
	assert.deepEqual(titles(statusThen(many, { colo: "FRA", atMs: NOW }).named), [
		...severe,
		"Latency in Frankfurt",
		"Workers errors",
	]);
	assert.deepEqual(titles([mostTelling(many, [{ colo: "FRA", atMs: NOW }])].flatMap((one) => one ?? [])), ["CDN outage"]);
	const later = page({ incidents: SEVERAL.slice(2, 5) });
	const ofTwo = mostTelling(later, [
		{ colo: null, atMs: NOW },
		{ colo: "FRA", atMs: NOW },
	]);
	assert.deepEqual(titles(ofTwo === null ? [] : [ofTwo]), ["Outage in Frankfurt"]);
});

test("where no data center is known: what was open then anywhere, and whether that time is listed", () => {
	const of = (atMs: number) => statusAnywhere(page({ incidents: [ENDED, incident()], oldestListedMs: NOW - HOUR }), atMs);
	assert.deepEqual([of(NOW).open.length, of(NOW - 10 * MIN).open.length, of(NOW - 30 * MIN).open.length], [1, 2, 0]);
	assert.deepEqual([of(NOW).isListed, of(NOW - 2 * HOUR).isListed], [true, false]);
});
