import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import { partsOf } from "../../src/adapters/discord/parts.ts";
import { renderSlack } from "../../src/adapters/slack/render.ts";
import { renderTerminal } from "../../src/adapters/terminal/render.ts";
import type { StatusNamed } from "../../src/judge/cloudflare-status.ts";
import { COLO_ROWS } from "../../src/knowledge/colos/table.ts";
import { type Message, message, note } from "../../src/message/message.ts";
import { plainText } from "../../src/message/text.ts";
import { readQuestion } from "../../src/read/text/question.ts";
import { statusClause, statusOff, statusReply } from "../../src/reply/status-words.ts";
import { statusPage } from "../../src/services/status-page.ts";
import { messageRefusal } from "../adapters/discord-limits.ts";
import { calledIn, messageProblems } from "../adapters/slack-limits.ts";
import { within } from "../budgets.ts";
import { handClock } from "../clock.ts";
import { discordLines } from "../discord-lines.ts";
import { CLEAN, type FakeFault, type FakeScene, type FakeStatus, openFakeStatus, withStatuses } from "../fakes/status.ts";
import { HOSTILE } from "../hostile-words.ts";
import { slackLines } from "../slack-lines.ts";
import { words, wordsIn } from "../words.ts";

/** What people read of Cloudflare's status page, in each chat: golden/status/. The page is the fake on loopback, read for real. */

const NOW = Date.UTC(2026, 10, 25, 9, 42);
/** At 09:31:05 UTC of that day. */
const RAY = "a5ffa36c416e1c3d";

const INCIDENT = {
	id: "i1",
	name: "Elevated errors in Frankfurt",
	startedAt: "2026-11-25T09:20:10.950Z",
	components: ["Frankfurt, Germany - (FRA)"],
} as const;
const MAINTENANCE = {
	id: "m1",
	name: "FRA (Frankfurt) on 2026-11-25",
	status: "in_progress",
	from: "2026-11-25T02:00:00.000Z",
	until: "2026-11-25T11:00:00.000Z",
	components: ["Frankfurt, Germany - (FRA)"],
} as const;
const REROUTED = withStatuses(CLEAN, { "Charlotte, NC, United States - (CLT)": "partial_outage" });
const briefly = (count: number): FakeScene["incidents"] =>
	Array.from({ length: count }, (_, nth) => ({
		...INCIDENT,
		id: `h${nth}`,
		startedAt: new Date(NOW - (nth + 1) * 5_000).toISOString(),
		resolvedAt: new Date(NOW - nth * 5_000).toISOString(),
	}));
/** The newest are the least; each takes the longest words and times. */
const SEVERAL: FakeScene["incidents"] = (
	[
		["Dashboard and API errors", "minor", ["Dashboard"]],
		["Stream delays", "none", ["Stream"]],
		["Network performance issues in several regions of the whole world", "major", ["Frankfurt, Germany - (FRA)"]],
		["CDN and cache failures in several regions of the whole world", "critical", ["CDN/Cache"]],
	] as const
).map(([name, impact, components], nth) => ({
	id: `s${nth}`,
	name,
	impact,
	components,
	startedAt: new Date(Date.UTC(2026, 10, 24, 22 - nth, 5)).toISOString(),
}));
const overSince = (all: NonNullable<FakeScene["incidents"]>): FakeScene["incidents"] =>
	all.map((one) => ({ ...one, resolvedAt: "2026-11-25T09:40:00.000Z" }));
const hostileTitle = "<!channel> @everyone *[pay](https://evil.example/)* \u202egpj.exe <@U123> `x`\nhttps://evil.example/a";

interface Scene {
	readonly scene?: FakeScene;
	readonly fault?: FakeFault;
	readonly question: string;
}
const SCENES: Readonly<Record<string, Scene>> = {
	clean: { question: "status" },
	"clean-data-center": { question: "status FRA" },
	"clean-ray": { question: `status ${RAY}-FRA` },
	"clean-ray-without-data-center": { question: `status ${RAY}` },
	"incident-ray-without-data-center": { question: `status ${RAY}`, scene: { ...CLEAN, incidents: [INCIDENT] } },
	"several-ray-without-data-center": { question: `status ${RAY}`, scene: { ...CLEAN, incidents: SEVERAL } },
	"several-over-ray-without-data-center": { question: `status ${RAY}`, scene: { ...CLEAN, incidents: overSince(SEVERAL) } },
	"beyond-the-list-ray-without-data-center": {
		question: `status ${RAY}`,
		scene: { ...CLEAN, incidents: briefly(60) },
	},
	"several-data-centers": { question: "status dallas/frankfurt", scene: { ...CLEAN, incidents: [INCIDENT, ...SEVERAL] } },
	several: { question: "status", scene: { ...CLEAN, incidents: SEVERAL } },
	"several-in-a-data-center": { question: "status FRA", scene: { ...CLEAN, incidents: [INCIDENT, ...SEVERAL] } },
	"several-at-a-ray": { question: `status ${RAY}-FRA`, scene: { ...CLEAN, incidents: overSince([INCIDENT, ...SEVERAL]) } },
	"clean-new-data-center": { question: "status QQQ" },
	incident: { question: "status FRA", scene: { ...CLEAN, incidents: [INCIDENT] } },
	"incident-over": {
		question: `status ${RAY}-FRA`,
		scene: { ...CLEAN, incidents: [{ ...INCIDENT, resolvedAt: "2026-11-25T09:40:00.000Z" }] },
	},
	"incident-of-everything": {
		question: "status fra",
		scene: {
			...CLEAN,
			incidents: [{ ...INCIDENT, name: "Network performance issues", impact: "major", components: ["CDN/Cache"] }],
		},
	},
	"incidents-now": {
		question: "status",
		scene: {
			...withStatuses(CLEAN, { "Taipei - (TPE)": "major_outage" }),
			incidents: [
				INCIDENT,
				{
					...INCIDENT,
					id: "i2",
					name: "Dashboard and Cloudflare API service issues for some customers in several regions of the world",
					startedAt: "2026-11-24T22:05:00.000Z",
				},
				{ ...INCIDENT, id: "i3", name: "Stream delays", startedAt: "2026-11-24T20:05:00.000Z" },
			],
			maintenances: [MAINTENANCE],
		},
	},
	"incident-and-maintenance": {
		question: "status FRA",
		scene: { ...CLEAN, incidents: [INCIDENT], maintenances: [MAINTENANCE] },
	},
	maintenance: { question: "status FRA", scene: { ...CLEAN, maintenances: [MAINTENANCE] } },
	"maintenance-over": {
		question: `status ${RAY}-FRA`,
		scene: { ...CLEAN, maintenances: [{ ...MAINTENANCE, status: "completed", until: "2026-11-25T09:35:00.000Z" }] },
	},
	"maintenance-now": {
		question: "status",
		scene: {
			...withStatuses(CLEAN, {
				"Charlotte, NC, United States - (CLT)": "partial_outage",
				"Taipei - (TPE)": "under_maintenance",
				"Najaf, Iraq (NJF)": "under_maintenance",
			}),
			maintenances: [MAINTENANCE],
		},
	},
	"re-routed": { question: "status CLT", scene: REROUTED },
	outage: { question: "status TPE", scene: withStatuses(CLEAN, { "Taipei - (TPE)": "major_outage" }) },
	"beyond-the-list": {
		question: `status ${RAY}-FRA`,
		scene: { ...CLEAN, incidents: briefly(60) },
	},
	"list-that-is-whole": { question: `status 8a7d5e2fbcd1a1c3-DFW`, scene: { ...CLEAN, incidents: briefly(3) } },
	unreadable: { question: "status", fault: "forbidden" },
	"unreadable-cut": { question: "status FRA", fault: "cut-json" },
	"unreadable-types": { question: "status", fault: "wrong-types" },
	"unreadable-types-data-center": { question: "status FRA", fault: "wrong-types" },
	"unreadable-types-ray": { question: `status ${RAY}`, fault: "wrong-types" },
	hostile: { question: "status FRA", scene: { ...CLEAN, incidents: [{ ...INCIDENT, name: hostileTitle }] } },
};

let fake: FakeStatus;
before(async () => {
	fake = await openFakeStatus(CLEAN);
});
after(() => fake.close());

async function answered({ question, scene = CLEAN, fault }: Scene): Promise<Message> {
	const asked = readQuestion(question, NOW);
	assert.ok(asked.kind === "status", `${question} is read as ${asked.kind}`);
	fake.scene = scene;
	fake.fault = fault ?? null;
	const read = await statusPage({ base: fake.url, userAgent: "cf520-test" }, handClock(NOW)).read();
	return statusReply(asked, read, NOW).head;
}

/** In each chat as people see it; each takes it, and it calls nobody. */
function shown(one: Message): { readonly terminal: string; readonly discord: string; readonly slack: string } {
	const payload = renderSlack(one, { inThread: false, calls: true });
	assert.deepEqual(messageProblems(payload), []);
	assert.deepEqual(calledIn(payload), []);
	const parts = partsOf(one, "container", []);
	for (const { allowedMentions, ...part } of [...parts, ...partsOf(one, "content", [])])
		assert.equal(messageRefusal({ ...part, allowed_mentions: allowedMentions }), null);
	return {
		terminal: renderTerminal(one, { colour: false, width: Number.POSITIVE_INFINITY, askPrefix: "" }),
		discord: parts.flatMap((part) => discordLines(part)).join("\n"),
		slack: slackLines(payload).join("\n"),
	};
}

function recorded(t: TestContext, name: string, question: string, one: Message): void {
	for (const [chat, body] of Object.entries(shown(one)))
		t.assert.fileSnapshot(`${question}\n\n${body}\n`, new URL(`../golden/status/${chat}/${name}.txt`, import.meta.url).pathname, {
			serializers: [String],
		});
}

for (const [name, scene] of Object.entries(SCENES))
	test(`somebody asks what Cloudflare's status page says: ${name}`, async (t) => {
		const head = await answered(scene);
		within("status", [{ words: words(head), message: head }]);
		recorded(t, name, scene.question, head);
	});

test("somebody asks, and it is switched off", (t) => recorded(t, "off", "status", statusOff));

const NAMED: Readonly<Record<string, StatusNamed>> = {
	incident: {
		kind: "incident",
		colo: null,
		impact: "minor",
		title: "Elevated errors in Frankfurt",
		sinceMs: Date.UTC(2026, 10, 25, 9, 20),
		untilMs: null,
	},
	"incident-over": {
		kind: "incident",
		colo: null,
		impact: "minor",
		title: "Elevated errors in Frankfurt",
		sinceMs: Date.UTC(2026, 10, 24, 23, 20),
		untilMs: Date.UTC(2026, 10, 25, 0, 20),
	},
	"long-title": {
		kind: "incident",
		colo: null,
		impact: "minor",
		title: "Some customers in several regions of the world may see elevated errors and latency",
		sinceMs: Date.UTC(2026, 10, 25, 9, 20),
		untilMs: null,
	},
	maintenance: { kind: "maintenance", colo: "FRA", fromMs: Date.UTC(2026, 10, 25, 2), untilMs: Date.UTC(2026, 10, 25, 11) },
	"re-routed": { kind: "re-routed", colo: "CLT" },
	outage: { kind: "marked", colo: "TPE", status: "major_outage" },
};
for (const [name, named] of Object.entries(NAMED))
	test(`a clause beside another answer: ${name}`, (t) =>
		recorded(t, `clause-${name}`, "(beside another answer)", message("neutral", note(statusClause(named, NOW)))));

test("a clause has at most 15 words, whatever the data center and the days", () => {
	const [from, until] = [Date.UTC(2026, 10, 20, 2), Date.UTC(2026, 10, 22, 11)];
	for (const [colo] of COLO_ROWS)
		for (const named of [
			{ kind: "maintenance", colo, fromMs: from, untilMs: until },
			{ kind: "re-routed", colo },
			...(["degraded_performance", "major_outage", "under_maintenance"] as const).map((status) => ({
				kind: "marked" as const,
				colo,
				status,
			})),
		] as const)
			assert.ok(wordsIn(statusClause(named, NOW)) <= 15, plainText(statusClause(named, NOW)));
	for (const title of [...Object.values(HOSTILE), "a b c d e f g h i j k l m n o p q r s t u v w x y z", ""])
		for (const untilMs of [null, until]) {
			const clause = statusClause({ kind: "incident", colo: null, impact: "critical", title, sinceMs: from, untilMs }, NOW);
			assert.ok(wordsIn(clause) <= 15, plainText(clause));
			assert.ok(plainText(clause).length <= 1_000, `${plainText(clause).length} characters`);
		}
});

for (const [what, title] of Object.entries(HOSTILE))
	test(`a title of an incident calls nobody and links nowhere: ${what}`, async () => {
		const named: StatusNamed = { kind: "incident", colo: null, impact: "critical", title, sinceMs: NOW - 60_000, untilMs: null };
		shown(message("neutral", note(statusClause(named, NOW))));
		if (title.length > 100_000) return;
		const head = await answered({ question: "status FRA", scene: { ...CLEAN, incidents: [{ ...INCIDENT, name: title }] } });
		within("status", [{ words: words(head), message: head }]);
		shown(head);
	});
