import assert from "node:assert/strict";
import { startDiscord } from "../src/adapters/discord/discord.ts";
import { opensForm } from "../src/adapters/intake.ts";
import { startSlack } from "../src/adapters/slack/slack.ts";
import type { Desk } from "../src/desk/desk.ts";
import type { Button } from "../src/message/message.ts";
import { actionText } from "../src/read/action.ts";
import type { countingDesk } from "./adapters/contract.ts";
import { atPrompt, PROMPT, STYLE } from "./adapters/terminal-prompt.ts";
import { discordLines } from "./discord-lines.ts";
import { CHANNEL, type DiscordFakeMessage, fakeDiscord } from "./fakes/discord.ts";
import { fakeSlack, type SlackMessage } from "./fakes/slack.ts";
import type { Person } from "./incidents.ts";
import { slackLines } from "./slack-lines.ts";

type CountingDesk = ReturnType<typeof countingDesk>;

/** What people do in one chat during an incident. Each resolves when it is answered. */
export interface Chat {
	ask(text: string, who: Person): Promise<void>;
	/** In the thread of the case. */
	say(text: string, who: Person): Promise<void>;
	/** The same with a file; at a prompt its content is pasted. */
	attach(text: string, file: { readonly name: string; readonly content: string }, who: Person): Promise<void>;
	/** false: the chat shows no such control. A form is open after it, where the control opens one. */
	press(button: Button, who: Person): Promise<boolean>;
	/** Sends the form in that was opened last. */
	fill(written: string, who: Person): Promise<void>;
	/** What is on the screen since this was called last, in reading order. */
	news(): string;
	close(): Promise<void>;
}

const SLACK_PEOPLE: Readonly<Record<Person, string>> = { ann: "U1", bob: "U2" };
const DISCORD_PEOPLE: Readonly<Record<Person, string>> = { ann: "400000000000000001", bob: "400000000000000002" };

/** Messages that are new or changed, each under the place where it stands. */
function changes(
	known: Map<string, string>,
	all: readonly { readonly id: string; readonly place: string; readonly body: string }[],
) {
	return all
		.flatMap(({ id, place, body }) => {
			const before = known.get(id);
			known.set(id, body);
			return before === body ? [] : [`[${place}${before === undefined ? "" : ", edited"}]\n${body}`];
		})
		.join("\n\n");
}

/** Counts what was handled: the end of a question is waited for without a clock. */
function settling(desk: CountingDesk) {
	let done = 0;
	return async (work: unknown) => {
		await work;
		done += 1;
		await desk.settled(done);
	};
}

export async function inSlack(desk: CountingDesk): Promise<Chat> {
	const slack = await fakeSlack();
	for (const [name, id] of Object.entries(SLACK_PEOPLE)) slack.people.set(id, { name, profile: { display_name: name } });
	const bot = await startSlack({ botToken: "xoxb-test", appToken: "xapp-test", apiUrl: slack.apiUrl }, desk, () => {});
	const after = settling(desk);
	const known = new Map<string, string>();
	const head = () => slack.messages.find((one) => one.threadTs === null && one.onlyFor === null);
	const threadTs = () => {
		const { ts } = head() ?? {};
		return ts === undefined ? {} : { threadTs: ts };
	};
	const placeOf = (one: SlackMessage) => {
		if (one.onlyFor !== null) return `only for ${one.onlyFor === SLACK_PEOPLE.bob ? "bob" : "ann"}`;
		return one.threadTs === null ? "head" : "thread";
	};
	let view: Record<string, unknown> | null = null;
	return {
		ask: (text, who) => after(slack.command(text, { user: SLACK_PEOPLE[who] })),
		say: (text, who) => after(slack.mention(markedUp(text), { ...threadTs(), user: SLACK_PEOPLE[who] })),
		attach: (text, { name, content }, who) => {
			slack.files.set(name, content);
			const files = [{ url_private: slack.fileUrl(name), size: Buffer.byteLength(content), name }];
			return after(slack.mention(text, { ...threadTs(), user: SLACK_PEOPLE[who], files }));
		},
		press: async ({ action }, who) => {
			const user = SLACK_PEOPLE[who];
			const value = actionText(action, 2_000);
			const found = value === null ? null : elementOf(slack.messages, value, user);
			if (found === null || value === null) return false;
			const nth = slack.views.length;
			// Slack's own name of the person; a choice in a menu comes as the option.
			const pressed = slack.deliver("interactive", slackPress(found.message, found.element, value, user, who, slack.apiUrl));
			if (!opensForm(action)) await after(pressed);
			else view = await slack.view(nth);
			return true;
		},
		fill: async (written, who) => {
			assert.ok(view !== null, "no form is open");
			await after(slack.deliver("interactive", slackSubmit(view, written, SLACK_PEOPLE[who], who)));
		},
		news: () =>
			changes(
				known,
				slack.messages.map((one) => ({ id: one.ts, place: placeOf(one), body: slackLines(one).join("\n") })),
			),
		close: async () => {
			await bot.stop();
			await slack.close();
		},
	};
}

/** Slack escapes three characters, and makes links of what looks like one. */
const markedUp = (text: string): string =>
	text
		.replaceAll("&", "&amp;")
		.replaceAll("<", "&lt;")
		.replaceAll(">", "&gt;")
		.replace(/https?:\/\/[^\s"',)]+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.example\b/g, (link) =>
			link.includes("://") ? `<${link}>` : `<http://${link}|${link}>`,
		);

interface SlackElement {
	readonly type: string;
	readonly action_id: string;
	readonly value?: string;
	readonly options?: readonly { readonly value: string }[];
}

/** The newest control with this value that the person sees. */
function elementOf(messages: readonly SlackMessage[], value: string, user: string) {
	for (const message of messages.toReversed()) {
		if (message.onlyFor !== null && message.onlyFor !== user) continue;
		const rows = message.blocks as { readonly elements?: readonly SlackElement[]; readonly accessory?: SlackElement }[];
		const elements = rows.flatMap(({ elements = [], accessory }) => [
			...elements,
			...(accessory === undefined ? [] : [accessory]),
		]);
		const element = elements.find((one) => one.value === value || one.options?.some((option) => option.value === value));
		if (element !== undefined) return { message, element };
	}
	return null;
}

let presses = 0;
function slackPress(
	message: SlackMessage,
	{ type, action_id }: SlackElement,
	value: string,
	user: string,
	name: string,
	api: string,
) {
	presses += 1;
	const chosen = type === "button" ? { value } : { selected_option: { text: { type: "plain_text", text: "x" }, value } };
	return {
		type: "block_actions",
		team: { id: "T1", domain: "lab" },
		user: { id: user, name, team_id: "T1" },
		api_app_id: "A1",
		token: "x",
		trigger_id: `press-${presses}`,
		response_url: `${api.replace(/api\/$/, "")}respond/${message.channel}/${user}/press-${presses}`,
		channel: { id: message.channel, name: "incidents" },
		container: {
			type: "message",
			message_ts: message.ts,
			channel_id: message.channel,
			is_ephemeral: message.onlyFor !== null,
			...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
		},
		...(message.onlyFor === null ? { message: { type: "message", ts: message.ts, text: message.text } } : {}),
		actions: [{ type, action_id, block_id: "b", action_ts: `1700000001.${presses}`, ...chosen }],
	};
}

/** What is written goes into the form's text, and chooses where it is the value or the words of an option. */
function slackSubmit(view: Record<string, unknown>, written: string, user: string, name: string) {
	interface Input {
		readonly type: string;
		readonly block_id?: string;
		readonly element?: SlackElement & {
			readonly options?: readonly { readonly value: string; readonly text: { text: string } }[];
		};
	}
	const inputs = (view.blocks as readonly Input[]).filter(({ type }) => type === "input");
	const options = inputs.flatMap(({ element }) => element?.options ?? []);
	const chosen = options.find((option) => option.value.includes(written) || option.text.text === written);
	const values = inputs.map(({ block_id = "", element }) => {
		const state =
			element?.type === "plain_text_input"
				? { type: element.type, value: chosen === undefined ? written : null }
				: { type: element?.type, selected_option: chosen ?? null };
		return [block_id, { [element?.action_id ?? ""]: state }];
	});
	return {
		type: "view_submission",
		team: { id: "T1", domain: "lab" },
		user: { id: user, name, team_id: "T1" },
		api_app_id: "A1",
		token: "x",
		trigger_id: "submit",
		response_urls: [],
		view: { ...view, type: "modal", state: { values: Object.fromEntries(values) } },
	};
}

export async function inDiscord(desk: CountingDesk): Promise<Chat> {
	const discord = await fakeDiscord();
	const bot = await startDiscord({ token: "aaaaaaaaaa.bbbb.cccc", apiUrl: discord.apiUrl, guildId: undefined }, desk, () => {});
	const after = settling(desk);
	const known = new Map<string, string>();
	const own = () => discord.messages.filter((one) => one.author === "bot" && !one.deleted);
	const thread = () => [...discord.threads.keys()][0] ?? CHANNEL;
	const placeOf = (one: DiscordFakeMessage) => {
		if (one.onlyFor !== null) return `only for ${one.onlyFor === DISCORD_PEOPLE.bob ? "bob" : "ann"}`;
		return one.channelId === CHANNEL ? "head" : "thread";
	};
	let form: { readonly id: string; readonly input: string; readonly message: DiscordFakeMessage } | null = null;
	return {
		ask: (text, who) => after(discord.command(text, { user: DISCORD_PEOPLE[who] })),
		say: (text, who) => after(discord.mention(text, { channel: thread(), user: DISCORD_PEOPLE[who] })),
		attach: (text, { name, content }, who) => {
			discord.files.set(name, content);
			const file = {
				url: `${new URL(discord.apiUrl).origin}/files/${name}`,
				size: Buffer.byteLength(content),
				filename: name,
			};
			return after(discord.mention(text, { channel: thread(), user: DISCORD_PEOPLE[who], attachments: [file] }));
		},
		press: async ({ action }, who) => {
			const user = DISCORD_PEOPLE[who];
			const id = actionText(action, 100);
			const has = ({ custom_id, options = [] }: DiscordComponent) =>
				id !== null && (custom_id === id || options.some(({ value }) => value === id));
			const found = own().findLast(
				(one) => (one.onlyFor === null || one.onlyFor === user) && componentsOf(one).some((each) => has(each)),
			);
			const component = found === undefined ? undefined : componentsOf(found).find((each) => has(each));
			if (found === undefined || id === null || component?.custom_id === undefined) return false;
			const pressed =
				component.custom_id === id
					? discord.press(found, id, { user })
					: discord.choose(found, component.custom_id, id, { user });
			if (!opensForm(action)) await after(pressed);
			else form = { ...modalOf(await pressed), message: found };
			return true;
		},
		fill: async (written, who) => {
			assert.ok(form !== null, "no form is open");
			const { id, input, message } = form;
			await after(discord.submit(id, { [input]: written }, { user: DISCORD_PEOPLE[who], message }));
		},
		news: () =>
			changes(
				known,
				own().map((one) => ({ id: one.id, place: placeOf(one), body: named(discordLines(one.sent).join("\n")) })),
			),
		close: async () => {
			await bot.stop();
			await discord.close();
		},
	};
}

interface DiscordComponent {
	readonly type: number;
	readonly custom_id?: string;
	readonly label?: string;
	readonly placeholder?: string;
	readonly options?: readonly { readonly value: string }[];
	readonly components?: readonly DiscordComponent[];
	readonly component?: DiscordComponent;
	readonly accessory?: DiscordComponent;
}

/** Every component of a message, however deep it is. */
const flatOf = (all: readonly DiscordComponent[]): readonly DiscordComponent[] =>
	all.flatMap((one) => [
		one,
		...flatOf([...(one.components ?? []), ...[one.component, one.accessory].filter((each) => each !== undefined)]),
	]);
const componentsOf = (one: DiscordFakeMessage) => flatOf((one.sent.components as readonly DiscordComponent[] | undefined) ?? []);

function modalOf(answered: Record<string, unknown>) {
	const { custom_id: id = "", components = [] } = (answered.data ?? {}) as DiscordComponent;
	const input = flatOf(components).find(({ type }) => type === 4)?.custom_id ?? "";
	return { id, input };
}

/** The fake names people by their numbers. */
export const named = (text: string): string =>
	Object.entries(DISCORD_PEOPLE).reduce((all, [name, id]) => all.replaceAll(`user${id}`, name), text);

/** At the prompt: what a button does is its number, or a word. Both people sit at one keyboard. */
export async function inTerminal(desk: Desk): Promise<Chat> {
	const person = await atPrompt(desk, { json: false }, null, { ...STYLE, width: Number.POSITIVE_INFINITY }, false);
	let news = "";
	/** What offers choices with the numbers that count now. */
	let offer = "";
	let asksNext = true;
	const types = async (keys: string, until = PROMPT) => {
		const came = await person.types(keys, until);
		if (/^(?:.*· )?1 \S/m.test(came)) offer = "";
		offer += came;
		news += `${asksNext ? "cf520> " : ""}${came.replace(/cf520> $/, "")}`;
		asksNext = PROMPT.test(came);
	};
	const numberOf = (label: string): string | null => {
		const at = offer.split("\n").flatMap((line) => line.replace(/^[\w ]+: (?=\d+ )/, "").split(" · "));
		return at.map((one) => /^(\d+) (.*)$/.exec(one)).findLast((one) => one?.[2] === label)?.[1] ?? null;
	};
	return {
		ask: (text) => types(`${text}\n`),
		say: (text) => types(`${text}\n`),
		attach: (text, { content }) => types(`${text === "" ? "" : `${text}\n`}${content}\n`),
		press: async ({ label, action }) => {
			if (numberOf(label) === null && /(?:· |^)more\b/m.test(offer)) await types("more\n");
			const number = numberOf(label);
			if (number === null) return false;
			await types(`${number}\n`, opensForm(action) ? /: $/ : PROMPT);
			return true;
		},
		fill: (written) => types(`${written}\n`),
		news: () => {
			const all = news;
			news = "";
			return all.trimEnd();
		},
		close: async () => void (await person.leaves()),
	};
}
