import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CAUSE_IDS } from "../src/knowledge/causes/list.ts";
import { KNOWN_CODES } from "../src/knowledge/codes/codes.ts";
import { EVIDENCE } from "../src/knowledge/evidence.ts";
import { FINDING_IDS } from "../src/knowledge/findings/list.ts";
import { roomIn, withBeside } from "../src/reply/beside.ts";
import { explainReply } from "../src/reply/pages.ts";
import { statusClause } from "../src/reply/status-words.ts";
import { SITES, standing, TEXTS, WHEN } from "./asked.ts";
import { type BUDGETS, DEMO_LINES, holds, NOT_YET, within } from "./budgets.ts";
import { chat } from "./chat.ts";
import { incidentInDallas } from "./fakes/status.ts";
import { INCIDENTS } from "./incidents.ts";
import { labDesk } from "./lab/desk.ts";
import { type Lab, openLab } from "./lab/lab.ts";
import { Tap } from "./tap.ts";
import { words } from "./words.ts";

/** Every reply within its budget of words and messages, by kind; whole incidents are measured where they are lived (incidents.test.ts). */

let lab: Lab;
before(async () => {
	lab = await openLab();
});
after(() => lab.close());

type Kind = keyof typeof BUDGETS;

/** What a host of the laboratory shows, where it is not a code that says it itself. */
const SITE_KINDS: Readonly<Record<string, Kind>> = Object.fromEntries([
	...["healthy", "redirects", "xn--mnchen-3ya", "cached", "not-proxied"].map((name) => [name, "healthy"]),
	...["closes-empty", "resets", "half-header", "space-in-name", "ssh-banner", "huge-headers", "cut-content"].map((name) => [
		name,
		"first",
	]),
	...["own-520", "some-urls", "now-and-then", "custom-page"].map((name) => [name, "first"]),
]);

/** An incident at its wordiest. */
const OPEN = {
	title: "Some customers in several regions of the world may see elevated errors and latency for a while",
	sinceMs: Date.UTC(2026, 10, 20, 9, 20),
};

type Read = readonly { readonly words: number }[];
const fits = (name: string, all: Partial<Readonly<Record<Kind, Read>>>) =>
	assert.deepEqual(
		Object.entries(all).flatMap(([kind, read]) => holds(kind, name, () => within(kind as Kind, read)) ?? []),
		[],
	);
const counted = (messages: Awaited<ReturnType<typeof standing>>) =>
	messages.map(({ message }) => ({ message, words: words(message) }));

for (const [name, path] of SITES) {
	const kind = SITE_KINDS[name] ?? "otherCode";
	test(`the answer about a site is within its budget (${kind}): ${name}`, async () => {
		const read = counted(await standing(lab, lab.url(name, path), Date.now));
		fits(name, { [kind]: read, ...(kind === "healthy" ? {} : { head: read.slice(0, 1) }) });
		const [head] = read;
		assert.ok(head !== undefined);
		const says = statusClause({ ...OPEN, kind: "incident", untilMs: null, colo: null }, Date.now(), roomIn(head.message));
		const beside = { words: words(withBeside(head.message, [{ service: "status", says }])) };
		fits(name, { [kind === "healthy" ? kind : "head"]: [beside] });
	});
}

for (const [name, text] of Object.entries(TEXTS)) {
	const kind = /^(ray|help)\b/.exec(name)?.[1] === "ray" ? "ray" : name === "help" ? "help" : null;
	if (kind === null) continue;
	test(`the answer to a text is within its budget (${kind}): ${name}`, async () => {
		fits(name, { [kind]: counted(await standing(lab, text, WHEN)) });
	});
}

const TOPICS = [...KNOWN_CODES.map(String), ...CAUSE_IDS, ...FINDING_IDS, ...Object.keys(EVIDENCE)];
test("every page that explains something is within its budget", () => {
	const wrong = TOPICS.flatMap((topic) => {
		const page = explainReply(topic);
		if (page === null) return [];
		return (
			holds("explain", topic, () =>
				within(
					"explain",
					[page.head, ...page.thread].map((one) => ({ words: words(one) })),
				),
			) ?? []
		);
	});
	assert.deepEqual(wrong, []);
});

/** A case of the laboratory, without a chat. */
async function openCase() {
	const tap = new Tap();
	const desk = tap.over(labDesk(lab, { statusPage: incidentInDallas(OPEN.title, OPEN.sinceMs) }));
	let refs = 0;
	const thread = chat({
		location: () => ({ messageRef: "head", threadKey: "thread" }),
		followUp: async () => `message ${++refs}`,
	});
	await desk.handle(lab.url("closes-empty", "/checkout"), thread, "ann");
	tap.news();
	return { tap, desk, thread };
}

test("where a case stands is within its budget", async () => {
	const { tap, desk, thread } = await openCase();
	await desk.handle("status", thread, "bob");
	fits("case", { handover: tap.news().filter(({ isNew }) => isNew) });
});

test("evidence is one message with one small table, posted on demand", async () => {
	const { tap, desk, thread } = await openCase();
	const button = tap.offered(({ action }) => action.do === "evidence");
	if (button !== null && button.action.do === "evidence") await desk.handle(button.action, thread, "bob");
	const news = tap.news().filter(({ isNew }) => isNew);
	const check = () => {
		assert.ok(news.length > 0, "no evidence");
		within("evidence", news);
	};
	assert.equal(holds("evidence", "case", check), null);
});

test("a report is short in public", async () => {
	const { tap, desk, thread } = await openCase();
	await desk.handle("report", thread, "bob");
	fits("case", { report: tap.news().filter(({ place }) => place !== "alone") });
});

test("the demo is one site in a few lines", async () => {
	const run = promisify(execFile);
	const { stdout } = await run(process.execPath, ["src/main.ts", "demo"], { cwd: fileURLToPath(new URL("..", import.meta.url)) });
	const lines = stdout.trimEnd().split("\n").length;
	assert.equal(
		holds("demo", "demo", () => assert.ok(lines <= DEMO_LINES, `${lines} lines of ${DEMO_LINES}`)),
		null,
	);
});

test("what does not hold yet names only what there is", () => {
	const names = new Set([
		"case",
		"demo",
		...SITES.map(([name]) => name),
		...Object.keys(TEXTS),
		...TOPICS,
		...INCIDENTS.map(({ name }) => name),
	]);
	for (const [kind, list] of Object.entries(NOT_YET))
		for (const name of list.split(" ").filter((one) => one !== "")) assert.ok(names.has(name), `${kind}: ${name}`);
});
