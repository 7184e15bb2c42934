import { type Message as DiscordMessage, MessageFlags } from "discord.js";
import type { Message } from "../../message/message.ts";
import { discordButtons, renderDiscord } from "./render.ts";

/** No pings and no previews, said again on every message and edit: an edit without it parses mentions by default. */
export const QUIET = { allowedMentions: { parse: [], repliedUser: false }, flags: MessageFlags.SuppressEmbeds } as const;

/** One message of Discord's: its text, and the buttons under the last one. */
export interface Part {
	readonly content: string;
	readonly components: ReturnType<typeof discordButtons>;
}

/** A message of ours as messages of Discord's. */
export function partsOf(message: Message): [Part, ...Part[]] {
	const contents = renderDiscord(message);
	const components = discordButtons(message);
	return contents.map((content, index) => ({
		content,
		// An edit without components would keep the old buttons.
		components: index === contents.length - 1 ? components : [],
	})) as [Part, ...Part[]];
}

/** Where a message of ours is. */
export type Posted = Pick<DiscordMessage, "id" | "channelId">;

/** https://docs.discord.com/developers/resources/message: an attachment's description. */
const DESCRIPTION_MAX_CHARS = 1_024;

/** A text file to send, with what it is for people who do not see it. */
export const textFile = (name: string, content: string, about: string) => ({
	attachment: Buffer.from(content, "utf8"),
	name,
	description: about.slice(0, DESCRIPTION_MAX_CHARS),
});
