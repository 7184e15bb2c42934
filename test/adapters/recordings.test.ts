import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Cases, Stores } from "../../src/desk/stores.ts";
import type { Case } from "../../src/judge/case.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { realClock } from "../clock.ts";
import { flat } from "../flat.ts";
import { type Chat, inDiscord, inSlack, inTerminal } from "../incident-chats.ts";
import { labDesk } from "../lab/desk.ts";
import { rayAt } from "../lab/edge.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { FAULTS, type Tapped, tapped } from "../recordings.ts";
import { Tap } from "../tap.ts";
import { CAPTURES, until } from "./attached-captures.ts";
import { countingDesk } from "./contract.ts";

/** What a real tap printed, brought in the thread of an open case through the real SDKs and at the prompt. */

const HOST = "by-hand.lab.example";
const NOW = Date.now();
const RAYS = Array.from({ length: 60 }, (_, nth) => rayAt(NOW - 60_000 + nth * 1_000));
const [FAILED, WHOLE] = [RAYS[29] ?? "", RAYS[6] ?? ""];

interface Row {
	readonly fault: string;
	readonly flags?: string[];
	/** The case is about the page of this Ray ID. */
	readonly ray?: string;
	readonly facts: Readonly<Record<string, string>>;
	readonly says: RegExp;
}
const RANDOM = { "edge-pattern": "random", "time-to-failure": "instant" };
const ROWS: Readonly<Record<string, Row>> = {
	"closed without a byte": {
		fault: "empty",
		facts: { ...RANDOM, "direct-origin": "closed-empty" },
		says: /3 of 60 recorded responses fail\. The connection closed without a single byte\. The server closed the connection first after \d+ ms\. They fail at random\./,
	},
	"clients that give up": {
		fault: "silent",
		facts: { "edge-pattern": "random", "time-to-failure": "round-number" },
		says: /The client closed[^.]*\(after 60 s\)[\s\S]*Likely: worker or proxy timeout/,
	},
	"headers over the limit": {
		fault: "large",
		facts: { "direct-origin": "header-section-too-large", "time-to-failure": "instant" },
		says: /3 responses have headers over Cloudflare's limit of 128 KB\.[\s\S]*Likely: response headers over 128 KB/,
	},
	"the case's own request": {
		fault: "cut",
		ray: FAILED,
		facts: { ...RANDOM, "direct-origin": "closed-mid-body" },
		says: /The content is shorter than Content-Length promises\./,
	},
	"the case's own request, whole": {
		fault: "empty",
		flags: ["--ray", WHOLE],
		ray: WHOLE,
		facts: { "origin-log": "complete-200" },
		says: /The server returned the response to this request completely with status 200\. So the fault is between there and Cloudflare\./,
	},
};

let lab: Lab;
const printed = new Map<string, Tapped>();
before(async () => {
	lab = await openLab();
	for (const [name, { fault, flags = [] }] of Object.entries(ROWS))
		printed.set(name, await tapped(FAULTS[fault] ?? assert.fail, { hosts: [HOST], rays: RAYS, flags }));
});
after(() => lab.close());

/** A visitor's HAR: the cookies of each page are larger than the last one's. */
const grownHar = (url: string): string => {
	const entry = (status: number, cookieBytes: number, ray: string) => ({
		startedDateTime: new Date(NOW).toISOString(),
		time: 82,
		request: { method: "GET", url, headers: [{ name: "Cookie", value: `cart=sEcReT012345678${"a".repeat(cookieBytes)}` }] },
		response: {
			status,
			httpVersion: "http/2.0",
			headers: [
				{ name: "server", value: "cloudflare" },
				{ name: "cf-ray", value: `${ray}-DFW` },
			],
		},
		timings: { send: 1, wait: 80, receive: 1 },
	});
	const entries = [entry(200, 900, WHOLE), entry(200, 3_000, WHOLE), entry(520, 12_000, FAILED)];
	return JSON.stringify({ log: { version: "1.2", entries } });
};

const WAYS: Readonly<Record<string, (chat: Chat, printed: Tapped) => Promise<void>>> = {
	"its summary as text": (chat, { summary }) => chat.say(summary, "bob"),
	"a whole terminal in a block": (chat, { both }) => chat.say(`\`\`\`\n${both}\`\`\``, "bob"),
	"its lines in a file": (chat, { both }) => chat.attach("", { name: "tap.jsonl", content: both }, "bob"),
	"its summary in a file, with words": (chat, { aside }) =>
		chat.attach("what the tap said", { name: "tap.txt", content: aside }, "bob"),
};

/** Stores that tell which cases were changed: a chat names them itself. */
function withChanges(): { readonly stores: Stores; readonly changed: readonly string[] } {
	const stores = memoryStores(realClock);
	const changed: string[] = [];
	const cases: Cases = Object.create(stores.cases, {
		change: {
			value: (id: string, work: (now: Case) => Case) => {
				changed.push(id);
				return stores.cases.change(id, work);
			},
		},
	});
	return { stores: { ...stores, cases }, changed };
}

const CHATS = { Slack: inSlack, Discord: inDiscord, "the terminal": inTerminal };
for (const [where, open] of Object.entries(CHATS))
	for (const [name, row] of Object.entries(ROWS))
		for (const [how, bring] of Object.entries(WAYS))
			test(`in ${where}, what a tap kept moves the case: ${name}, ${how}`, async () => {
				const { stores, changed } = withChanges();
				const tap = new Tap();
				const chat = await open(countingDesk(tap.over(labDesk(lab, { stores }))));
				try {
					const page = row.ray === undefined ? "" : `\nError 520 Ray ID: ${row.ray}`;
					await chat.ask(`${lab.url("by-hand")}checkout${page}`, "ann");
					const record = tap.offered(({ label }) => label === "Record it");
					assert.ok(record !== null && (await chat.press(record, "ann")), "no way to record it");
					tap.news();
					await bring(chat, printed.get(name) ?? assert.fail());
					const added = tap.news();
					const deltas = added.filter(({ isNew, place }) => isNew && place !== "head");
					const said = deltas.map(({ message }) => flat(message)).join("\n");
					assert.match(said.replace(/\s+/g, " "), row.says);
					for (const { words } of deltas) assert.ok(words <= 50, `${words} words: ${said}`);
					const one = await stores.cases.get(changed.at(-1) ?? "");
					const facts = (one?.facts ?? []).filter(({ by }) => by === "paste").map(({ key, value }) => [key, value]);
					assert.deepEqual(Object.fromEntries(facts), { ...row.facts });
					assert.doesNotMatch(chat.news(), /sEcReT|of-the-visitor/);
				} finally {
					await chat.close();
				}
			});

for (const [where, open] of Object.entries(CHATS))
	test(`in ${where}, cookies that grow in a visitor's HAR move the case`, async () => {
		const { stores, changed } = withChanges();
		const tap = new Tap();
		const chat = await open(countingDesk(tap.over(labDesk(lab, { stores }))));
		try {
			const url = `${lab.url("by-hand")}checkout`;
			await chat.ask(url, "ann");
			const record = tap.offered(({ label }) => label === "Record it");
			assert.ok(record !== null && (await chat.press(record, "ann")));
			tap.news();
			await chat.attach("", { name: "shop.har", content: grownHar(url) }, "bob");
			const one = await stores.cases.get(changed.at(-1) ?? "");
			const facts = (one?.facts ?? []).filter(({ by }) => by === "paste").map(({ key, value }) => [key, value]);
			assert.deepEqual(Object.fromEntries(facts), { "time-to-failure": "instant", variants: "cookies" });
			const said = tap
				.news()
				.map(({ message }) => flat(message))
				.join("\n");
			assert.match(said, /ikely: response headers over 128 KB/);
			assert.match(said, /The Cookie header grew from 1 KB to 12 KB\. Only the largest failed\./);
			assert.doesNotMatch(said, /sEcReT/);
		} finally {
			await chat.close();
		}
	});

/** One sentence with the command: Discord has room for no more. */
const REFUSED =
	/^Captures contain other people's data, so I did not read this one: run `(?:gunzip -k \S+ && )?npm start -- capture \S+` where it was recorded, and paste the result\./m;
/** What people say beside a capture that they attach in the thread of a case, and what it is answered with. */
const BESIDE = [
	["we just deployed 10 minutes ago", /Note \*\*a deploy or update\*\*/],
	["check again", /Checked again/],
	["", null],
] as const;
for (const [where, open] of [
	["Slack", inSlack],
	["Discord", inDiscord],
] as const)
	for (const [how, name, content] of CAPTURES)
		for (const [said, answered] of BESIDE)
			test(`in ${where}, a capture in a case's thread is refused once, and what is said beside it is answered: ${how}, "${said}"`, async () => {
				const chat = await open(countingDesk(labDesk(lab, {})));
				try {
					await chat.ask(`${lab.url("closes-empty")}checkout`, "ann");
					chat.news();
					const attached = chat.attach(said, { name, content }, "bob");
					let seen = "";
					const isSeen = (what: RegExp) => () => {
						seen += chat.news();
						return what.test(seen);
					};
					// What is answered without the desk is seen in the chat alone.
					await (answered === null ? until(isSeen(REFUSED)) : attached);
					await until(isSeen(answered ?? REFUSED));
					assert.equal(seen.split(/^Captures contain/m).length, 2, seen);
					assert.match(seen, REFUSED);
					assert.doesNotMatch(seen, /I can check a site|Send me a URL|Which site/);
				} finally {
					await chat.close();
				}
			});
