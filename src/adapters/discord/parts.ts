import {
	type APIMessageTopLevelComponent,
	type AttachmentPayload,
	type Message as DiscordMessage,
	type InteractionWebhook,
	MessageFlags,
	type MessageMentionOptions,
	MessagePayload,
	type SendableChannels,
} from "discord.js";
import type { Message } from "../../message/message.ts";
import { isRefusedForm } from "./errors.ts";
import { containersOf, contentsOf } from "./render.ts";

/** No pings, said again on every message and edit: an edit without it parses mentions by default. */
export const NO_PINGS = { parse: [], repliedUser: false } as const satisfies MessageMentionOptions;

/** One message of Discord's, as it is sent or put in the place of another: without pings and previews. */
export interface Part {
	/** Of a plain message only: beside containers Discord refuses it. */
	readonly content?: string;
	/** Never left out: an edit without components would keep the old ones. */
	readonly components: readonly APIMessageTopLevelComponent[];
	readonly flags: MessageFlags.IsComponentsV2 | MessageFlags.SuppressEmbeds;
	readonly allowedMentions: MessageMentionOptions;
}

/** How a message is written: as a container of Components V2, or as content with buttons below. */
export type Form = "container" | "content";

/** People that one message may mention. */
const CALLS_MAX = 25;

/** The IDs of the people to mention; those of other chats are left out. */
export const callsOf = ({ notify }: Message): string[] =>
	[...new Set((notify?.people ?? []).flatMap((key) => /^discord (\d{1,20})$/.exec(key)?.[1] ?? []))].slice(0, CALLS_MAX);

/**
 * A message as Discord messages.
 * @param calls IDs of the people to mention
 */
export function partsOf(message: Message, form: Form, calls: readonly string[]): [Part, ...Part[]] {
	const allowed = (index: number): MessageMentionOptions =>
		index > 0 || calls.length === 0 ? NO_PINGS : { ...NO_PINGS, users: calls };
	if (form === "content") {
		const flags = MessageFlags.SuppressEmbeds as const;
		const [first, ...others] = contentsOf(message, calls);
		const of = (one: typeof first, index: number): Part => ({ ...one, flags, allowedMentions: allowed(index) });
		return [of(first, 0), ...others.map((one, index) => of(one, index + 1))];
	}
	const [first, ...others] = containersOf(message, calls);
	const of = (container: typeof first, index: number): Part => ({
		components: [container],
		flags: MessageFlags.IsComponentsV2,
		allowedMentions: allowed(index),
	});
	return [of(first, 0), ...others.map((one, index) => of(one, index + 1))];
}

/** The place of a posted message. */
export type Posted = Pick<DiscordMessage, "id" | "channelId">;

/** A text file to send. */
export interface TextFile {
	/** Its ending says what it is: `.html`, else plain text. */
	readonly name: string;
	readonly content: string;
	/** Alternative text for screen readers. */
	readonly description: string | undefined;
}

/** Discord: characters of a file's description (https://discord.com/developers/docs/resources/message, "Attachment Object"). */
const DESCRIPTION_MAX_CHARS = 1_024;

/**
 * A message with only a file, as the SDK sends it to this target.
 * @param flags beside those of every such message
 */
export async function fileMessage(
	target: SendableChannels | InteractionWebhook,
	{ name, content, description }: TextFile,
	flags: readonly MessageFlags.Ephemeral[] = [],
): Promise<MessagePayload> {
	const file: AttachmentPayload = {
		attachment: Buffer.from(content, "utf8"),
		name,
		...(description === undefined ? {} : { description: description.slice(0, DESCRIPTION_MAX_CHARS) }),
	};
	const options = { files: [file], allowedMentions: NO_PINGS, flags: [MessageFlags.SuppressEmbeds as const, ...flags] };
	const payload = await MessagePayload.create(target, options).resolveBody().resolveFiles();
	const contentType = `${name.endsWith(".html") ? "text/html" : "text/plain"}; charset=utf-8`;
	payload.files = (payload.files ?? []).map((one) => ({ ...one, contentType }));
	return payload;
}

/**
 * Edits a message. One that was posted as content becomes a container only when the content is taken away in the same edit; a container
 * has none, so that this is said where Discord asks for it.
 */
export async function upgrading<T>(
	part: Part,
	edit: (part: Omit<Part, "content"> & { readonly content?: string | null; readonly embeds?: readonly [] }) => Promise<T>,
): Promise<T> {
	try {
		return await edit(part);
	} catch (error) {
		if (part.content !== undefined || !isRefusedForm(error)) throw error;
		return edit({ ...part, content: null, embeds: [] });
	}
}
