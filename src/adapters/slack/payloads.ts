import { z } from "zod";
import type { AttachedFile } from "../attached.ts";
import { NOBODY } from "../names.ts";

/** The parts of Slack's payloads that are read. */

/** Files as messages tell of them; the URL is checked before it is fetched. */
const Files = z.array(z.object({ url_private: z.string().max(2_000), size: z.number().catch(0) })).catch([]);

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

/** The app was removed from a workspace (https://docs.slack.dev/reference/events/app_uninstalled). */
export const UninstalledEvent = z.object({
	team_id: z.string(),
	/** Unix seconds. */
	event_time: z.number(),
	event: z.object({ type: z.literal("app_uninstalled") }),
});

/** The files of a message; none where one of them cannot be read. */
export const filesIn = (files: unknown): AttachedFile[] =>
	Files.parse(files ?? []).map(({ url_private: url, size }) => ({ url, size }));

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
