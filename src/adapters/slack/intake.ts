import { setImmediate } from "node:timers/promises";
import type { App } from "@slack/bolt";
import { z } from "zod";
import type { Desk } from "../../core/desk.ts";
import type { Seen } from "../seen.ts";
import { type SlackPlace, slackConversation } from "./conversation.ts";
import { plainFromSlack } from "./plain.ts";

export const COMMAND = "/cf520";
export const SHORTCUT = "diagnose_520";

/** What a message shortcut carries of the message; everything else of it is not read. */
const ShortcutMessage = z.object({
	text: z.string().catch(""),
	ts: z.string(),
	thread_ts: z.string().optional().catch(undefined),
	attachments: z.array(z.object({ text: z.string().catch(""), fallback: z.string().catch("") })).catch([]),
});

const Mention = z.object({
	text: z.string().catch(""),
	user: z.string(),
	channel: z.string(),
	ts: z.string(),
	thread_ts: z.string().optional().catch(undefined),
	bot_id: z.string().optional().catch(undefined),
	subtype: z.string().optional().catch(undefined),
});

/** Listens to the three ways in which Slack brings a question. Every one is acknowledged before anything else. */
export function listenToSlack(app: App, desk: Desk, seen: Seen, botUserId: string): void {
	const take = async (client: Parameters<typeof slackConversation>[0], place: SlackPlace, text: string) => {
		// Whatever else has arrived is acknowledged before the work on this one begins.
		await setImmediate();
		await desk.handle(plainFromSlack(text), slackConversation(client, place));
	};

	app.command(COMMAND, async ({ ack, command, client, respond }) => {
		await ack();
		if (!seen.first(`command:${command.trigger_id}`)) return;
		await take(client, { channel: command.channel_id, user: command.user_id, threadTs: null, respond }, command.text);
	});

	app.shortcut({ callback_id: SHORTCUT, type: "message_action" }, async ({ ack, shortcut, client, respond }) => {
		await ack();
		if (!seen.first(`shortcut:${shortcut.trigger_id}`)) return;
		const message = ShortcutMessage.parse(shortcut.message);
		// Alerts of other tools put their text into attachments.
		const text = [message.text, ...message.attachments.map((one) => one.text || one.fallback)].join("\n");
		await take(
			client,
			{ channel: shortcut.channel.id, user: shortcut.user.id, threadTs: message.thread_ts ?? message.ts, respond },
			text,
		);
	});

	app.event("app_mention", async ({ event, body, client }) => {
		const mention = Mention.parse(event);
		if (mention.bot_id !== undefined || mention.subtype !== undefined || mention.user === botUserId) return;
		if (!seen.first(`event:${body.event_id}`)) return;
		await take(
			client,
			{ channel: mention.channel, user: mention.user, threadTs: mention.thread_ts ?? mention.ts, respond: null },
			mention.text,
		);
	});
}
