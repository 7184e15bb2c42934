import { discordControls } from "../discord-lines.ts";
import type { FakeDiscord } from "../fakes/discord.ts";
import type { FakeSlack } from "../fakes/slack.ts";
import { flatSlack } from "../normal.ts";

/** A message of either chat: what it says without marks, and what can be pressed. */
export interface Seen {
	readonly id: string;
	readonly onlyFor: string | null;
	/** It stands in the channel, and not in a thread. */
	readonly isHead: boolean;
	readonly says: string;
	readonly actions: readonly string[];
	press(action: string, person: Person): Promise<unknown>;
}

export interface Person {
	readonly user: string;
	readonly name: string;
}

/** A message as a person reads it, without the chat's marks. */
export const plain = (text: string): string => text.replace(/[*`\\]/g, "");

/** What stands in a channel of Slack, threads included. */
export function inSlackChannel(slack: FakeSlack, channel: string): Seen[] {
	return slack.messages
		.filter((one) => one.channel === channel)
		.map((one) => ({
			id: one.ts,
			onlyFor: one.onlyFor,
			isHead: one.threadTs === null,
			// What has no blocks shows its text.
			says: plain(flatSlack(one) || one.text),
			actions: [...JSON.stringify(one.blocks).matchAll(/"value":"((?:[^"\\]|\\.)*)"/g)].map(([, value = ""]) => value),
			press: (action, { user, name }) => slack.press(one, action, { user, name }),
		}));
}

/** What the bot said in a channel of Discord, threads included. */
export function inDiscordChannel(discord: FakeDiscord, channel: string): Seen[] {
	const isThere = (id: string) => id === channel || discord.threads.get(id)?.parent === channel;
	return discord.messages
		.filter((one) => one.author === "bot" && !one.deleted && isThere(one.channelId))
		.map((one) => ({
			id: one.id,
			onlyFor: one.onlyFor,
			isHead: one.channelId === channel,
			says: plain(one.content),
			actions: discordControls(one.sent).map(({ action }) => action),
			press: (action, { user }) => discord.press(one, action, { user }),
		}));
}

/** Told alone, outside the thread, it names the host. */
export const CHECKED = /Checked (?:\S+ )?again: still 520/;
/** Where a check took long: the result is a message of its own, which mentions those who wait. */
export const CHECKED_BELOW = /^Checked (?:\S+ )?again\.\s*$/;
export const PERHAPS_TWICE = /you may see it twice/;
export const GAVE_UP = /I was stopped twice while working on this question/;
/** Refused in words: what was asked may have been done, or not. */
export const AWAY = /database (?:does not|did not|doesn't) answer/i;

export const countOf = (all: readonly Seen[], says: RegExp): number => all.filter((one) => says.test(one.says)).length;
export const isPublic = (one: Seen): boolean => one.onlyFor === null;
/** It holds an open question. */
export const asks = (one: Seen): boolean => one.actions.some((action) => action.startsWith("a:"));
