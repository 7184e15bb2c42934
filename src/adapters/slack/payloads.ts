import { z } from "zod";
import { type AttachedFile, attachedFile } from "../attached.ts";
import { NOBODY } from "../names.ts";

/** The parts of Slack's payloads that are read. */

/** Files as messages tell of them; the URL is checked before it is fetched. */
const Files = z
	.array(z.object({ url_private: z.string().max(2_000), size: z.number().catch(0), name: z.string().catch("") }))
	.catch([]);

/** What a message shortcut carries of the message, beside what it says (see `messageText`). */
export const ShortcutMessage = z.object({
	files: z.unknown().optional(),
	ts: z.string(),
	thread_ts: z.string().optional().catch(undefined),
});

/** The message that a button is on. */
export const Container = z.object({
	channel_id: z.string(),
	message_ts: z.string().optional().catch(undefined),
	thread_ts: z.string().optional().catch(undefined),
	is_ephemeral: z.boolean().catch(false),
});

/** What a control carries: a button or the ask field a value, a menu the chosen option's; "" for neither. */
export function controlValue(control: unknown): string {
	const read = Control.safeParse(control);
	return read.success ? (read.data.value ?? read.data.selected_option?.value ?? "") : "";
}
const Control = z.object({
	value: z.string().nullish(),
	selected_option: z.object({ value: z.string() }).nullish(),
});

/** Whether a control is on the app's own page, not on a message. */
export const isOfHome = (view: unknown): boolean => z.object({ type: z.literal("home") }).safeParse(view).success;

/** A message by a person: one that mentions the bot, or one in a place where it reads all. */
export const MessageEvent = z.object({
	event_id: z.string().max(100),
	is_ext_shared_channel: z.boolean().catch(false),
	event: z.object({
		type: z.enum(["app_mention", "message"]),
		/** `im`: a direct conversation with us. */
		channel_type: z.string().optional().catch(undefined),
		files: Files.optional().catch([]),
		/** "" for another app that writes as itself. */
		user: z.string().catch(""),
		/** Also for what only its text says. */
		text: z.string().catch(""),
		channel: z.string(),
		/** In a shared channel, the workspace of the person; elsewhere only `team` may be there. */
		user_team: z.string().optional().catch(undefined),
		team: z.string().optional().catch(undefined),
		ts: z.string(),
		thread_ts: z.string().optional().catch(undefined),
		bot_id: z.string().optional().catch(undefined),
		subtype: z.string().optional().catch(undefined),
	}),
});

const Id = z.string().max(40).nullish().catch(undefined);
const WithId = z.object({ id: Id, enterprise_id: Id }).nullish().catch(undefined);
/** Where Slack says that a request comes from. */
const Origin = z.object({
	/** In a shared channel, `team_id` is the asker's workspace, and these are the installation's. */
	context_team_id: Id,
	context_enterprise_id: Id,
	authorizations: z
		.array(z.object({ team_id: Id, enterprise_id: Id, is_enterprise_install: z.boolean().catch(false) }))
		.catch([]),
	team_id: Id,
	enterprise_id: Id,
	team: WithId,
	enterprise: WithId,
	/** A form that was opened in a shared channel names the installation by itself. */
	view: z.object({ app_installed_team_id: Id }).nullish().catch(undefined),
	user: z.object({ team_id: Id }).nullish().catch(undefined),
});

const isTeam = (id: string | null | undefined): id is string => id?.startsWith("T") === true;
const isEnterprise = (id: string | null | undefined): id is string => id?.startsWith("E") === true;

/** Where a request of Slack's belongs. */
interface SlackOrigin {
	readonly team: string | null;
	readonly enterprise: string | null;
	/** Only the person's workspace is named, who may be a stranger in a shared channel. */
	readonly isByPerson: boolean;
}

/**
 * The workspace of the installation that a request of Slack's is for, and its organization; null for what Slack does not say. An app that is
 * installed for a whole organization has no workspace of its own, and then it is the one that the request came from.
 */
export function originOf(body: unknown): SlackOrigin {
	const read = Origin.safeParse(body);
	if (!read.success) return { team: null, enterprise: null, isByPerson: false };
	const { data } = read;
	const [authorized] = data.authorizations;
	const teams = [data.context_team_id, authorized?.team_id, data.view?.app_installed_team_id];
	const organizations = [data.context_enterprise_id, authorized?.enterprise_id, ...teams];
	const from = [data.team?.id, data.team_id];
	const named = teams.find(isTeam) ?? from.find(isTeam);
	// Of a request that names its installation, the rest may be about a stranger in a shared channel.
	const isNamed = teams.some(isTeam) || organizations.some(isEnterprise);
	const orFrom = isNamed ? [] : [data.enterprise?.id, data.team?.enterprise_id, data.enterprise_id, ...from];
	return {
		team: named ?? [data.user?.team_id].find(isTeam) ?? null,
		enterprise: organizations.find(isEnterprise) ?? orFrom.find(isEnterprise) ?? null,
		isByPerson: named === undefined && isTeam(data.user?.team_id),
	};
}

/**
 * The app left a workspace, or some of its tokens no longer work (https://docs.slack.dev/reference/events/app_uninstalled,
 * https://docs.slack.dev/reference/events/tokens_revoked).
 */
export const LeavingEvent = z.object({
	/** Unix seconds. */
	event_time: z.number(),
	is_enterprise_install: z.boolean().catch(false),
	authorizations: z.array(z.object({ is_enterprise_install: z.boolean().catch(false) })).catch([]),
	event: z.discriminatedUnion("type", [
		z.object({ type: z.literal("app_uninstalled") }),
		/** Users, not tokens; of a bot's token, the bot user. */
		z.object({
			type: z.literal("tokens_revoked"),
			tokens: z.object({ bot: z.array(z.string()).nullish() }).catch({}),
		}),
	]),
});

/** The files of a message; none where one of them cannot be read. */
export const filesIn = (files: unknown): AttachedFile[] =>
	Files.parse(files ?? []).map(({ url_private: url, size, name }) => attachedFile(name, url, size));

const WithTeam = z.object({
	user: z.object({ team_id: z.string().optional().catch(undefined) }).catch({}),
	team: z
		.object({ id: z.string().optional().catch(undefined) })
		.nullish()
		.catch(undefined),
});

/** The workspace of the person whose interaction this is; null where Slack does not say. */
export function teamIn(body: unknown): string | null {
	const read = WithTeam.safeParse(body);
	return read.success ? (read.data.user.team_id ?? read.data.team?.id ?? null) : null;
}

/** Slack names only public channels: a private channel, a direct conversation and one of several people have these words instead. */
export const isOpenChannel = (id: string, name: unknown): boolean =>
	id.startsWith("C") && typeof name === "string" && name !== "" && !/^(?:privategroup|directmessage|mpdm-.*)$/.test(name);

/** The name of a person as an interaction gives it. */
export const nameIn = (user: object): string => ("name" in user && typeof user.name === "string" ? user.name : NOBODY);
