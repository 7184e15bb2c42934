import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { judgeShares, type Numbers } from "../src/judge/shares.ts";
import { CAUSE_IDS, CAUSES, isCause } from "../src/knowledge/causes/list.ts";
import { BEHIND_OTHER_CODES } from "../src/knowledge/codes/behind.ts";
import { KNOWN_CODES } from "../src/knowledge/codes/codes.ts";
import { EVIDENCE } from "../src/knowledge/evidence.ts";
import { FINDING_IDS } from "../src/knowledge/findings/list.ts";
import { type Message, title } from "../src/message/message.ts";
import { plainText, text } from "../src/message/text.ts";
import { fittedBeside, roomIn, type Saying, withBeside } from "../src/reply/beside.ts";
import { besideRow, numbersWords, rayNumbersWords } from "../src/reply/numbers.ts";
import { explainReply } from "../src/reply/pages.ts";
import { statusClause } from "../src/reply/status-words.ts";
import { SITES, standing, TEXTS, WHEN } from "./asked.ts";
import { type BUDGETS, DEMO_LINES, holds, NOT_YET, within } from "./budgets.ts";
import { chat } from "./chat.ts";
import { countedShares, counted as rows } from "./fakes/counted-shares.ts";
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

/** An account's numbers at their wordiest: sampled, of another day, each thing that can be in common. */
const NUMBERS = {
	...judgeShares(
		countedShares([], { fromMs: Date.UTC(2026, 10, 20, 9, 20, 11), toMs: Date.UTC(2026, 10, 20, 10, 20, 11) }, 1, Math.random),
	).numbers,
	total: rows(184_200, 100),
	fails: rows(42_100, 100),
	rate: 0.2286,
	where: { paths: [{ path: "/checkout", method: "POST" }], share: 0.95, ofAll: 0.2 },
	saw: { value: "success", share: 0.94 },
	when: { kind: "since", atMs: Date.UTC(2026, 10, 20, 9, 40) },
} as const satisfies Numbers;
/** What services say, at their wordiest. */
const SAYINGS: readonly Saying[] = [
	{
		service: "status",
		says: (room) =>
			statusClause({ ...OPEN, kind: "incident", impact: "critical", untilMs: null, colo: null }, Date.UTC(2026, 10, 22), room),
	},
	{
		service: "account",
		says: (room) => besideRow(null, (max) => numbersWords(NUMBERS, Date.UTC(2026, 10, 22), null, max), room),
	},
];
/** A request's own row, at its wordiest. */
const ROW = rayNumbersWords(
	{
		kind: "row",
		row: {
			atMs: 0,
			host: "shop.lab.example",
			method: "POST",
			path: "/login",
			edge: 520,
			origin: 0,
			cache: "dynamic",
		},
		events: [{ action: "managed_challenge", source: null, description: null }],
	},
	"www.lab.example",
	0,
);

/** A case's head whose first line names the cause with the longest name; of codes behind which none is ranked, as it is. */
function grown(head: Message): Message {
	const [first, ...rest] = head.blocks;
	if (head.mood === "good" || first?.kind !== "title") return head;
	const [, code = ""] = /fails with (\d+)$/.exec(plainText(first.text)) ?? [];
	const behind = Object.hasOwn(BEHIND_OTHER_CODES, code) ? Object.keys(BEHIND_OTHER_CODES[code] ?? {}) : CAUSE_IDS;
	if (code !== "520" && behind === CAUSE_IDS) return head;
	const titles = behind.map((cause) => (isCause(cause) ? CAUSES[cause].title : ""));
	const longest = titles.reduce((a, b) => (b.split(" ").length > a.split(" ").length ? b : a));
	return { ...head, blocks: [title(first.text, text`likely: ${longest} (88%)`), ...rest] };
}

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
		const says = statusClause(
			{ ...OPEN, kind: "incident", impact: "critical", untilMs: null, colo: null },
			Date.now(),
			roomIn(head.message),
		);
		const beside = { words: words(withBeside(head.message, [{ service: "status", says }])) };
		fits(name, { [kind === "healthy" ? kind : "head"]: [beside] });
	});

	test(`the answer about a site is within its budget with everything that services say beside it: ${name}`, async () => {
		const [head] = await standing(lab, lab.url(name, path), Date.now, "Alexandra Papadopoulou-Smith");
		assert.ok(head !== undefined);
		const isCase = kind === "first" || kind === "otherCode";
		const all = fittedBeside(head.message, SAYINGS, isCase);
		assert.ok(
			all.some(({ service }) => service === "account"),
			"how many fail is said in any case",
		);
		const whole = withBeside(isCase ? grown(head.message) : head.message, all);
		fits(name, { [kind === "healthy" ? kind : "head"]: [{ words: words(whole) }] });
	});
}

for (const [name, asked] of Object.entries(TEXTS)) {
	const kind = /^(ray|help)\b/.exec(name)?.[1] === "ray" ? "ray" : name === "help" ? "help" : null;
	if (kind === null) continue;
	test(`the answer to a text is within its budget (${kind}): ${name}`, async () => {
		const read = await standing(lab, asked, WHEN);
		fits(name, { [kind]: counted(read) });
		const [head] = read;
		if (kind !== "ray" || head === undefined) return;
		const [status, account] = SAYINGS;
		assert.ok(status !== undefined && account !== undefined);
		const row: Saying = { service: "account", says: (room) => besideRow(ROW, account.says, room) };
		for (const all of [SAYINGS, [status, row]])
			fits(name, { ray: [{ words: words(withBeside(head.message, fittedBeside(head.message, all, false))) }] });
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
