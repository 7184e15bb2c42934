import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import type { Log } from "../bot.ts";
import type { WithRetry } from "../retry.ts";
import type { HeldBack } from "./held-back.ts";
import type { RefusedWidgets } from "./refused.ts";
import type { SharedChannels } from "./shared.ts";

/** Where in Slack a question was asked: all that is needed to answer it, also by another process. */
export const SlackPlace = z.object({
	team: z.string().max(40).nullable(),
	channel: z.string().max(40),
	user: z.string().max(40),
	/** The thread to answer in; null: the head message opens one. */
	threadTs: z.string().max(40).nullable(),
	/** The thread has no replies yet: it is a message of the channel. */
	isNewThread: z.boolean().default(false),
	/** Takes answers of a command, shortcut or button, five in 30 minutes; null for a mention. */
	responseUrl: z.string().max(500).nullable(),
	/** Only the person who asks gets an answer. */
	alone: z.boolean(),
	/** The workspace of the person who asks; null where Slack did not say. */
	userTeam: z.string().max(40).nullable().default(null),
	/** Slack named the channel, so it is public. */
	open: z.boolean().default(false),
	/** The channel is shared with another organization, as far as Slack said. */
	shared: z.boolean().default(false),
});
export type SlackPlace = z.infer<typeof SlackPlace>;

/** What the whole bot shares. */
export interface SlackContext {
	readonly client: WebClient;
	/** The workspace of this token; it decides, also for people from a shared channel. */
	readonly team: string | null;
	readonly botUserId: string;
	/** Whether a URL is one of Slack's that take answers. */
	readonly isResponseUrl: (url: URL) => boolean;
	/** Makes a call of the Web API. A rejected token is logged once. */
	readonly call: WithRetry;
	/** Members with admin rights besides the workspace's admins. */
	readonly admins: ReadonlySet<string>;
	/** Makes a request to Slack outside the Web API. */
	readonly fetch: typeof fetch;
	/** Kinds of blocks that this workspace's Slack does not show. */
	readonly widgets: RefusedWidgets;
	/** Channels with people of other organizations. */
	readonly shared: SharedChannels;
	/** Messages held back until the asker wants them. */
	readonly heldBack: HeldBack;
	/** Another process may hear the press of a button: nothing is held back for one. */
	readonly hasReplicas: boolean;
	readonly log: Log;
}

/** The person belongs to another organization: a shared channel brought them here. */
export const isOutsider = ({ team, userTeam }: Pick<SlackPlace, "team" | "userTeam">): boolean =>
	team !== null && userTeam !== null && team !== userTeam;

/** A direct conversation, by its id or the person's: with us, where we can post at all. */
export const isDirectChannel = (channel: string): boolean => /^[DUW]/.test(channel);

/** The key of a workspace for limits and decisions; null for none. */
export const workspaceOf = ({ team }: { readonly team: string | null }): string | null =>
	team === null ? null : `slack ${team}`;
