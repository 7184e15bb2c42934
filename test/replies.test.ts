import { after, before, type TestContext, test } from "node:test";
import { renderTerminal } from "../src/adapters/terminal/render.ts";
import { autopsy } from "../src/judge/autopsy.ts";
import { findRays } from "../src/read/ray/find.ts";
import { autopsyData, autopsyMessage } from "../src/reply/autopsy.ts";
import { openCloudflare } from "../src/services/cloudflare/cloudflare.ts";
import { statusPage } from "../src/services/status-page.ts";
import { SITES, standing, TEXTS, WHEN } from "./asked.ts";
import { realClock } from "./clock.ts";
import { startFakeCloudflare } from "./fakes/cloudflare.ts";
import { scriptedPlaces } from "./fakes/places.ts";
import { CLEAN, type FakeScene, openFakeStatus, withStatuses } from "./fakes/status.ts";
import { type Fault, seeded, traffic } from "./fakes/traffic.ts";
import { type Lab, openLab } from "./lab/lab.ts";
import { allOriginFiles } from "./lab/origin-files.ts";
import { normal } from "./normal.ts";
import { record } from "./recorded.ts";
import type { Meets } from "./told.ts";

/** Every reply as people see it, in each adapter: files in golden/, read as prose when they change (`npm run golden`). */

/** A clock that starts ten seconds into a minute: log windows lie within it, so that the length of a reply is the same in every run. */
const started = performance.now();
const clock = () => Date.UTC(2026, 10, 22, 12, 0, 10) + Math.floor(performance.now() - started);

let lab: Lab;
before(async () => {
	lab = await openLab({ now: clock });
});
after(() => lab.close());

async function check(
	t: TestContext,
	name: string,
	question: string,
	now: () => number = clock,
	services: Parameters<typeof standing>[4] = {},
): Promise<void> {
	const messages = await standing(lab, question, now, undefined, services);
	const asked = normal(question.length > 200 ? `${question.slice(0, 200)}…` : question);
	record(t, name, asked, messages);
}

for (const [name, path] of SITES)
	test(`somebody asks about a site: ${name}`, (t) => check(t, `site-${name}`, lab.url(name, path)));

for (const [name, text] of Object.entries(TEXTS)) test(`somebody types: ${name}`, (t) => check(t, name, text, WHEN));

for (const file of allOriginFiles()) {
	test(`somebody hands in the bytes of ${file.name}`, (t) => {
		const found = autopsy(file.bytes, file.ending, "GET");
		t.assert.fileSnapshot(
			`${renderTerminal(autopsyMessage(`${file.name}.http`, file.bytes, found), { colour: false, width: 110, askPrefix: "" })}\n\n${JSON.stringify(autopsyData(file.name, found), null, 1)}\n`,
			new URL(`golden/autopsy/${file.name}.txt`, import.meta.url).pathname,
			{ serializers: [String] },
		);
	});
}

for (const name of ["closes-empty", "healthy", "huge-headers", "space-in-name", "silent"])
	test(`somebody asks for a look at the origin beside the edge: ${name}`, (t) =>
		check(t, `origin-${name}`, `origin http://${name}.lab.example:${lab.edge.httpPort}/ 127.0.0.1:${lab.originPort(name)}`));

test("somebody asks for headers", (t) => check(t, "headers-healthy", `headers ${lab.url("healthy")}`));

/** What the status page names of the laboratory's data center, by the answer beside which it is told. */
const HERE = "Dallas, TX, United States - (DFW)";
const TITLE = "Elevated errors in Dallas for some customers, and a title that goes on for longer than anybody reads";
const INCIDENT = { id: "i1", name: TITLE, startedAt: "2026-11-22T11:50:00.000Z", components: [HERE] };
const BESIDE: Readonly<Record<string, readonly [question: () => string, scene: FakeScene]>> = {
	"beside-incident-520": [() => lab.url("closes-empty", "/checkout"), { ...CLEAN, incidents: [INCIDENT] }],
	"beside-incident-healthy": [() => lab.url("healthy"), { ...CLEAN, incidents: [INCIDENT] }],
	"beside-incident-worker": [() => lab.url("worker-throws"), { ...CLEAN, incidents: [INCIDENT] }],
	"beside-hostile-title": [
		() => lab.url("closes-empty", "/checkout"),
		{
			...CLEAN,
			incidents: [{ ...INCIDENT, name: "<!channel> @everyone [pay](https://evil.example/) \u202egpj.exe <@U123> `x`" }],
		},
	],
	"beside-maintenance-521": [
		() => lab.url("refuses"),
		{
			...CLEAN,
			maintenances: [
				{
					id: "m1",
					name: "DFW (Dallas) on 2026-11-22",
					status: "in_progress",
					from: "2026-11-22T07:00:00.000Z",
					until: "2026-11-22T13:00:00.000Z",
					components: [HERE],
				},
			],
		},
	],
	"beside-re-routed-ray": [
		() => "a5e6c0a1bcd1a1c3-DFW",
		withStatuses(
			{ ...CLEAN, components: CLEAN.components.map((one) => ({ ...one, changedAt: "2026-11-20T00:00:00.000Z" })) },
			{ [HERE]: "partial_outage" },
		),
	],
	"beside-nothing": [() => lab.url("closes-empty", "/checkout"), CLEAN],
};
for (const [name, [question, scene]] of Object.entries(BESIDE))
	test(`Cloudflare's status page says something beside an answer: ${name}`, async (t) => {
		const fake = await openFakeStatus(scene);
		try {
			const page = statusPage({ base: fake.url, userAgent: "cf520-test" }, { now: clock });
			await check(t, name, question(), clock, { statusPage: page });
		} finally {
			await fake.close();
		}
	});

const times = (n: number, one: Meets): Meets[] => Array.from({ length: n }, () => one);
/** Other places beside a check, by what they meet. */
const FROM_PLACES: Readonly<Record<string, readonly [question: () => string, ...rounds: (readonly Meets[])[]]>> = {
	"from-world-all": [() => `${lab.url("closes-empty", "/checkout?step=2")} from world`, times(8, "520")],
	"from-world-chance": [
		() => `${lab.url("closes-empty", "/checkout")} from world`,
		[...times(3, "520"), ...times(5, "200")],
		times(8, "200"),
	],
	"from-world-healthy": [() => `${lab.url("healthy")} from world`, times(8, "200")],
	"from-named": [
		() => `is ${lab.url("closes-empty", "/checkout")} 520 from frankfurt, berlin and dallas?`,
		["520", "200", "silent"],
	],
	"only-for-me": [() => `is ${lab.url("healthy")} down only for me?`],
};
for (const [name, [question, ...rounds]] of Object.entries(FROM_PLACES))
	test(`somebody asks from other places: ${name}`, (t) =>
		check(t, name, question(), clock, {
			globalping: scriptedPlaces(...rounds),
			// The pause before the second round is over at once.
			later: (ms, work) => realClock.later(ms === 2_000 ? 0 : ms, work),
		}));

/** A Ray ID by its time: 10 ms since 2012-10-12. */
const rayAt = (ms: number): string =>
	Math.floor((ms - Date.UTC(2012, 9, 12)) / 10)
		.toString(16)
		.padStart(9, "0")
		.padEnd(16, "7");
/** What the owner's account adds to answers, by what happens in the zone. */
const NUMBERS: Readonly<Record<string, readonly [question: () => string, fault: Fault]>> = {
	"account-520": [
		() => lab.url("closes-empty", "/login"),
		{ fails: ({ path }, _minute, random) => path === "/login" && random() < 0.6 },
	],
	"account-success": [
		() => lab.url("closes-empty", "/"),
		{ fails: (_request, _minute, random) => random() < 0.2, origin: () => 200 },
	],
	"account-healthy-here": [() => lab.url("healthy"), { fails: (_request, _minute, random) => random() < 0.1 }],
	"account-nothing": [() => lab.url("closes-empty", "/"), { fails: () => false }],
	"account-ray-early": [
		() => `${lab.url("closes-empty", "/login")} ${rayAt(clock() - 10_000)}-DFW`,
		{ fails: (_request, _minute, random) => random() < 0.2 },
	],
	"account-ray": [
		() => `${lab.url("closes-empty", "/login")} a5e6c0a1bcd1a1c3-DFW`,
		{ fails: (_request, _minute, random) => random() < 0.2 },
	],
};
for (const [name, [question, fault]] of Object.entries(NUMBERS))
	test(`an owner's account says something beside an answer: ${name}`, async (t) => {
		const fake = await startFakeCloudflare(clock, seeded(7));
		const [zone, token] = ["023e105f4ecef8ad9ca31a8372d0c353", `cfut_${"s".repeat(40)}0badc0de`];
		const { hostname: host } = new URL(question().split(" ")[0] ?? "");
		const ray = findRays(question(), clock(), false)?.rays[0];
		// Whole minutes, all of them within the hour, so that the numbers are the same in every run.
		const untilMs = Math.floor((ray?.receivedAtMs ?? clock()) / 60_000) * 60_000 - 60_000;
		// Around a Ray ID of now, half an hour begins within a minute: only whole ones have requests.
		const requests = traffic(untilMs, name === "account-ray-early" ? 20 : 57, 60, fault).map((one) => ({ ...one, host }));
		const [first] = requests.filter(({ edge }) => edge === 520);
		if (ray !== undefined && first !== undefined) requests.push({ ...first, ray: ray.id, atMs: ray.receivedAtMs });
		fake.zones.push({ id: zone, name: "lab.example", plan: "free", account: zone, requests });
		const permissions = ["zone", "analytics"] as const;
		fake.tokens.push({ token, id: zone, kind: "user", status: "active", zones: [zone], permissions });
		const client = openCloudflare({ base: fake.url, userAgent: "cf520-test" }, { ...realClock, now: clock });
		const own = { token, platform: "test", workspace: "test T1" };
		try {
			await check(t, name, question(), clock, { accounts: { client, own } });
		} finally {
			await fake.close();
		}
	});
