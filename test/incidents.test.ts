import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import { opensForm } from "../src/adapters/intake.ts";
import { CAUSES } from "../src/knowledge/causes/list.ts";
import { memoryStores } from "../src/store/sqlite/sqlite.ts";
import { countingDesk } from "./adapters/contract.ts";
import { allowingOrigins } from "./allowing.ts";
import { type BUDGETS, holds, within, wrongWith } from "./budgets.ts";
import { realClock } from "./clock.ts";
import { flat } from "./flat.ts";
import { type Chat, inDiscord, inSlack, inTerminal, named } from "./incident-chats.ts";
import { INCIDENTS, type Incident, type Person, type Step } from "./incidents.ts";
import { labDesk } from "./lab/desk.ts";
import { type Lab, openLab } from "./lab/lab.ts";
import { normal } from "./normal.ts";
import { type Added, Tap } from "./tap.ts";
import { words } from "./words.ts";

/** Whole incidents through the real SDKs against the local fakes, and at a prompt, kept as transcripts: read them as prose when they change. */

/** An incident's clock starts with it: its log lines carry fixed times. */
let started = performance.now();
const clock = () => Date.UTC(2026, 10, 22, 12, 0, 10) + Math.floor(performance.now() - started);
let lab: Lab;
before(async () => {
	lab = await openLab({ now: clock });
});
after(() => lab.close());

const tappedDesk = (tap: Tap) =>
	countingDesk(
		tap.over(
			labDesk(lab, {
				now: clock,
				stores: allowingOrigins(memoryStores({ ...realClock, now: clock }), "lab.example"),
				lookOptions: { ca: lab.certificates.ca, insecure: false, httpVersion: 1, userAgent: "cf520-test", limitMs: 4_000 },
			}),
		),
	);
type CountingDesk = ReturnType<typeof tappedDesk>;

/** One incident in one chat: what a step did, in words for the transcript. */
class Life {
	readonly #chat: Chat;
	readonly #tap: Tap;
	readonly #url: string;

	constructor(chat: Chat, tap: Tap, url: string) {
		this.#chat = chat;
		this.#tap = tap;
		this.#url = url;
	}

	async does(step: Step): Promise<string> {
		const who = step.by ?? "ann";
		if ("press" in step) return this.#presses(step.press, step.or, who);
		if ("solved" in step) return this.#solves(step.solved, who);
		if ("origin" in step) return this.#checksOrigin(`127.0.0.1:${lab.originPort(step.origin)}`, who);
		return "say" in step ? this.#says(step.say, who) : this.#pastes(step.paste, who);
	}

	async #says(text: string, who: Person): Promise<string> {
		await this.#chat.say(text, who);
		return `${who}: ${text}`;
	}

	async #pastes(text: string, who: Person): Promise<string> {
		await this.#chat.say(text, who);
		return `${who} pastes:\n${text.replaceAll(/^/gm, "    ")}`;
	}

	async #presses(label: RegExp, or: string, who: Person): Promise<string> {
		const button = this.#tap.offered((one) => label.test(one.label) && !opensForm(one.action));
		if (button === null || !(await this.#chat.press(button, who))) return this.#says(or, who);
		return `${who} presses [${button.label}]`;
	}

	async #checksOrigin(address: string, who: Person): Promise<string> {
		const button = this.#tap.offered(({ action }) => action.do === "origin-form");
		assert.ok(button !== null && (await this.#chat.press(button, who)), "no form for the origin's IP address");
		await this.#chat.fill(address, who);
		return `${who} presses [${button.label}] and writes an IP address`;
	}

	/** The form with the titles, or today's question and its button, or in words. */
	async #solves(cause: keyof typeof CAUSES, who: Person): Promise<string> {
		const { title } = CAUSES[cause];
		const form = this.#tap.offered(({ action }) => action.do === "solved-form");
		if (form !== null && (await this.#chat.press(form, who))) {
			await this.#chat.fill(cause, who);
			return `${who} presses [${form.label}]: ${title}`;
		}
		const open = this.#tap.offered(({ action }) => action.do === "solved");
		const pressed = open !== null && (await this.#chat.press(open, who)) ? `${who} presses [${open.label}]` : null;
		const it = this.#tap.offered(({ action }) => action.do === "it-was" && action.cause === cause);
		if (it !== null && (await this.#chat.press(it, who)))
			return pressed === null ? `${who} presses [${it.label}]` : `${pressed}, then [${it.label}]`;
		const said = await this.#says(`solved ${cause}`, who);
		return pressed === null ? said : `${pressed}\n${said}`;
	}

	async asks(question: string): Promise<string> {
		const text = question.replace("URL", this.#url);
		await this.#chat.ask(text, "ann");
		return `ann asks: ${text}`;
	}
}

/** What was read in one step. */
interface Read {
	readonly step: number;
	readonly added: readonly Pick<Added, "words">[];
}

function allWithin(kind: keyof typeof BUDGETS, steps: readonly Read[]): void {
	const wrong = steps.flatMap(({ step, added }) => {
		const one = wrongWith(() => within(kind, added));
		return one === null ? [] : [`step ${step}: ${one}`];
	});
	assert.deepEqual(wrong, [], wrong.join("; "));
}

/** What a step may add at most, by what it asks for. */
const budgetOf = (step: Step): keyof typeof BUDGETS => ("say" in step && step.say === "report" ? "report" : "delta");

async function live(
	t: TestContext,
	incident: Incident,
	adapter: "slack" | "discord" | "terminal",
	open: (desk: CountingDesk) => Promise<Chat>,
): Promise<void> {
	started = performance.now();
	const tap = new Tap();
	const chat = await open(tappedDesk(tap));
	const read = new Map<keyof typeof BUDGETS, Read[]>();
	const measure = (kind: keyof typeof BUDGETS, step: number, added: readonly Pick<Added, "words">[]) =>
		read.set(kind, [...(read.get(kind) ?? []), { step, added }]);
	const transcript: string[] = [];
	let total = 0;
	try {
		// The origin is looked at over plain HTTP: the site is asked about the same way.
		const life = new Life(chat, tap, `http://${incident.host}.lab.example:${lab.edge.httpPort}/checkout`);
		for (const [nth, step] of [null, ...incident.steps].entries()) {
			const did = await (step === null ? life.asks(incident.asks ?? "URL") : life.does(step));
			transcript.push(`--- ${nth + 1}. ${did}\n\n${chat.news()}`);
			const added = tap.news();
			total += added.reduce((sum, one) => sum + one.words, 0);
			const [head] = tap.told;
			if (head !== undefined) {
				measure("head", nth + 1, [{ words: words(head.message) }]);
			}
			const kind = step === null ? "first" : budgetOf(step);
			// Of a report, what everybody reads: its texts are for the one who chooses among them.
			const fresh = added.filter(({ isNew, place }) => isNew && (kind !== "report" || place !== "alone"));
			measure(kind, nth + 1, fresh);
		}
		measure("incident", 0, [{ words: total }]);
		t.assert.fileSnapshot(
			`${incident.what}\n\n${normal(transcript.join("\n\n"))}\n`,
			new URL(`golden/incidents/${adapter}/${incident.name}.txt`, import.meta.url).pathname,
			{ serializers: [String] },
		);
		const { head, thread, inChats } = incident.ends;
		const told = tap.told.map(({ message }) => named(flat(message)));
		const [first = "", ...rest] = told;
		const texts = [
			["ends", [first], head],
			["thread", rest, thread],
			["both", rest, adapter === "terminal" ? undefined : inChats],
		] as const;
		// All chats tell the same messages; one of them decides whether an entry of NOT_YET has to go.
		const decides = adapter === "slack";
		const wrong = [
			...texts.map(([kind, messages, pattern]) =>
				pattern === undefined
					? null
					: holds(
							kind,
							incident.name,
							() =>
								assert.ok(
									messages.some((one) => pattern.test(one)),
									`not told: ${pattern}`,
								),
							decides,
						),
			),
			...[...read].map(([kind, steps]) => holds(kind, incident.name, () => allWithin(kind, steps), decides)),
		];
		assert.deepEqual(
			wrong.filter((one) => one !== null),
			[],
		);
	} finally {
		await chat.close();
	}
}

for (const incident of INCIDENTS) {
	test(`in Slack, from the first question to the end: ${incident.what}`, (t) => live(t, incident, "slack", inSlack));
	test(`in the terminal, from the first question to the end: ${incident.what}`, (t) => live(t, incident, "terminal", inTerminal));
	test(`in Discord, from the first question to the end: ${incident.what}`, (t) => live(t, incident, "discord", inDiscord));
}
