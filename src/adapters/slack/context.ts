import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import type { Log } from "../bot.ts";
import type { SlackCall } from "./calls.ts";
import type { HeldBack } from "./held-back.ts";
import type { RefusedWidgets } from "./refused.ts";
import type { SharedChannels } from "./shared.ts";

/** Where in Slack a question was asked: all that is needed to answer it, also by another process. */
export const SlackPlace = z.object({
	team: z.string().max(40).nullable(),
	/** The organization of that workspace, where Slack said so: the app may be installed for all of it. */
	enterprise: z.string().max(40).nullable().default(null),
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

/** The workspace in which something happens: that of the app's installation, also for people from elsewhere in a shared channel. */
export type SlackTeam = Pick<SlackPlace, "team" | "enterprise">;

/** The app as it is installed: what it is there, and how it calls Slack. */
export interface Installed {
	readonly client: WebClient;
	readonly token: string;
	readonly botUserId: string;
	/** null: Slack did not say. */
	readonly botId: string | null;
	/** What it may do; null: Slack did not say. */
	readonly scopes: readonly string[] | null;
}

/** One workspace, as everything that is answered there shares it. */
export interface SlackContext extends SlackTeam {
	/** One of many workspaces that installed the app, each with a token of its own. */
	readonly isOneOfMany: boolean;
	/** As it is installed now. Rejects with NotInstalled where it no longer is. */
	readonly installed: () => Promise<Installed>;
	readonly isResponseUrl: (url: URL) => boolean;
	readonly call: SlackCall;
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
	/** The name that a person is shown by. Never rejects. */
	readonly nameOf: (user: string) => Promise<string>;
	readonly log: Log;
}

/** The person belongs to another organization: a shared channel brought them here. */
export const isOutsider = ({ team, enterprise, userTeam }: Pick<SlackPlace, "team" | "enterprise" | "userTeam">): boolean =>
	team !== null && userTeam !== null && team !== userTeam && (enterprise === null || enterprise !== userTeam);

/** A direct conversation, by its id or the person's: with us, where we can post at all. */
export const isDirectChannel = (channel: string): boolean => /^[DUW]/.test(channel);

/** The key of a workspace for limits and decisions; null for none. */
export const workspaceOf = ({ team }: { readonly team: string | null }): string | null =>
	team === null ? null : `slack ${team}`;
