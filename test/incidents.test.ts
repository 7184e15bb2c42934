import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import { startDiscord } from "../src/adapters/discord/discord.ts";
import { opensForm } from "../src/adapters/intake.ts";
import { startSlack } from "../src/adapters/slack/slack.ts";
import { terminalConversation } from "../src/adapters/terminal/conversation.ts";
import { readAction } from "../src/read/action.ts";
import { memoryStores } from "../src/store/sqlite/sqlite.ts";
import { countingDesk } from "./adapters/contract.ts";
import { allowingOrigins } from "./allowing.ts";
import { realClock } from "./clock.ts";
import { CHANNEL, fakeDiscord } from "./fakes/discord.ts";
import { fakeSlack, type SlackMessage } from "./fakes/slack.ts";
import { flat } from "./flat.ts";
import { INCIDENTS, type Incident } from "./incidents.ts";
import { labDesk } from "./lab/desk.ts";
import { type Lab, openLab } from "./lab/lab.ts";
import { flatSlack, normal } from "./normal.ts";
import { slackLines } from "./slack-lines.ts";

/** Whole incidents through the real SDKs against the local fakes, kept as transcripts: read them as prose when they change. */

/** An incident's clock starts with it: its log lines carry fixed times. */
let started = performance.now();
const clock = () => Date.UTC(2026, 10, 22, 12, 0, 10) + Math.floor(performance.now() - started);
let lab: Lab;
before(async () => {
	lab = await openLab({ now: clock });
});
after(() => lab.close());

/** What one chat does for an incident. */
interface Chat {
	ask(text: string): Promise<void>;
	inThread(text: string): Promise<void>;
	press(value: string): Promise<void>;
	origin(url: string, address: string): Promise<void>;
	/** Everything that stands, oldest first. */
	transcript(): string;
	head(): string;
	close(): Promise<void>;
}

const settledDesk = () =>
	countingDesk(
		labDesk(lab, {
			now: clock,
			stores: allowingOrigins(memoryStores({ ...realClock, now: clock }), "lab.example"),
			lookOptions: { ca: lab.certificates.ca, insecure: false, httpVersion: 1, userAgent: "cf520-test", limitMs: 4_000 },
		}),
	);

async function inSlack(): Promise<Chat> {
	const slack = await fakeSlack();
	// Slack names nobody in a mention.
	slack.people.set("U1", { name: "", profile: {} });
	const desk = settledDesk();
	const bot = await startSlack({ botToken: "xoxb-test", appToken: "xapp-test", apiUrl: slack.apiUrl }, desk, () => {});
	let done = 0;
	const head = () => slack.messages.find((one) => one.threadTs === null && one.onlyFor === null) as SlackMessage;
	const buttons = () => slack.messages.filter((one) => one.threadTs !== null && one.onlyFor === null).at(-1) as SlackMessage;
	const after = async (work: Promise<unknown>) => {
		await work;
		await desk.settled(++done);
	};
	return {
		ask: (text) => after(slack.command(text)),
		inThread: (text) => after(slack.mention(text, { threadTs: head().ts })),
		press: (value) => after(slack.press(buttons(), value)),
		origin: async (url, address) => {
			const nth = slack.views.length;
			await slack.press(buttons(), `o:${url}`);
			await after(slack.submit(await slack.view(nth), { address: { address } }));
		},
		transcript: () =>
			slack.messages
				.map(
					(one) =>
						`[${one.onlyFor === null ? (one.threadTs === null ? "head" : "thread") : "only for the asker"}]\n${slackLines(one).join("\n")}`,
				)
				.join("\n\n"),
		head: () => flatSlack(head()),
		close: async () => {
			await bot.stop();
			await slack.close();
		},
	};
}

async function inDiscord(): Promise<Chat> {
	const discord = await fakeDiscord();
	const desk = settledDesk();
	const bot = await startDiscord({ token: "aaaaaaaaaa.bbbb.cccc", apiUrl: discord.apiUrl, guildId: undefined }, desk, () => {});
	let done = 0;
	const own = () => discord.messages.filter((one) => one.author === "bot" && !one.deleted);
	const head = () => own().find((one) => one.channelId === CHANNEL);
	const thread = () => [...discord.threads.keys()][0] ?? CHANNEL;
	const after = async (work: Promise<unknown> | string) => {
		await work;
		await desk.settled(++done);
	};
	const last = () =>
		own()
			.filter((one) => one.onlyFor === null)
			.at(-1);
	return {
		ask: (text) => after(discord.command(text)),
		inThread: (text) => after(discord.mention(text, { channel: thread() })),
		press: async (value) => {
			const message = last();
			assert.ok(message);
			await after(discord.press(message, value));
		},
		origin: (url, address) => after(discord.submit(`o:${url}`, { address }, { channel: thread() })),
		transcript: () =>
			own()
				.map((one) => {
					const rows = (one.sent.components ?? []) as { components: { label: string }[] }[];
					const labels = rows.flatMap((row) => row.components.map(({ label }) => `[${label}]`)).join(" ");
					const place = one.onlyFor !== null ? "only for the asker" : one.channelId === CHANNEL ? "head" : "thread";
					return `[${place}]\n${one.content}\n${labels}`.trimEnd();
				})
				.join("\n\n"),
		head: () => head()?.content ?? "",
		close: async () => {
			await bot.stop();
			await discord.close();
		},
	};
}

/** At the prompt: no buttons, the same words; what a button does is typed, or comes from the desk. */
function inTerminal(): Chat {
	const desk = settledDesk();
	let printed = "";
	let head = "";
	const style = { colour: false, width: Number.POSITIVE_INFINITY, askPrefix: "" };
	const conversation = () =>
		terminalConversation(
			(text) => {
				printed += text;
			},
			() => {},
			style,
		);
	const say = async (text: string) => {
		const one = conversation();
		printed += `cf520> ${text.split("\n")[0]}\n`;
		const { reply } = await desk.handle(text, one, "ann");
		one.end();
		head = flat(reply.head);
	};
	return {
		ask: say,
		inThread: say,
		press: async (value) => {
			const press = readAction(value);
			assert.ok(press !== null && !opensForm(press) && press.do !== "ask");
			if (press.do === "answer") return say(`answer ${press.key} ${press.value ?? "?"}`);
			if (press.do === "it-was") return say(`solved ${press.cause}`);
			if (press.do === "report") return say("report");
			const one = conversation();
			await desk.handle(press, one, "ann");
			one.end();
		},
		origin: (url, address) => say(`origin ${url} ${address}`),
		transcript: () => printed,
		head: () => `${head}\n${printed}`,
		close: async () => {},
	};
}

async function live(t: TestContext, incident: Incident, adapter: string, chat: Chat): Promise<void> {
	started = performance.now();
	try {
		// The origin is looked at over plain HTTP: the site is asked about the same way.
		const url = `http://${incident.host}.lab.example:${lab.edge.httpPort}/checkout`;
		await chat.ask(url);
		for (const step of incident.steps) {
			if ("say" in step) await chat.ask(step.say);
			else if ("inThread" in step) await chat.inThread(step.inThread);
			else if ("press" in step) await chat.press(step.press.replace("CASE", "case-1"));
			else await chat.origin(url, `127.0.0.1:${lab.originPort(step.origin)}`);
		}
		assert.match(chat.head().replace(/[*\\`]/g, ""), incident.ends);
		t.assert.fileSnapshot(
			`${incident.what}\n\n${normal(chat.transcript())}\n`,
			new URL(`golden/incidents/${adapter}/${incident.name}.txt`, import.meta.url).pathname,
			{ serializers: [String] },
		);
	} finally {
		await chat.close();
	}
}

for (const incident of INCIDENTS) {
	test(`in Slack, from the first question to the end: ${incident.what}`, async (t) =>
		live(t, incident, "slack", await inSlack()));
	test(`in the terminal, from the first question to the end: ${incident.what}`, (t) =>
		live(t, incident, "terminal", inTerminal()));
	test(`in Discord, from the first question to the end: ${incident.what}`, async (t) =>
		live(t, incident, "discord", await inDiscord()));
}
