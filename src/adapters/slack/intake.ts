import { setImmediate } from "node:timers/promises";
import type { App, BlockAction } from "@slack/bolt";
import type { View } from "@slack/types";
import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import type { Desk } from "../../core/desk.ts";
import { readPress } from "../../core/press.ts";
import { unreadFiles } from "../../reply/misread.ts";
import type { Seen } from "../../store/seen.ts";
import { readAttached, withAttached } from "../attached.ts";
import { type SlackPlace, slackConversation } from "./conversation.ts";
import { ADDRESS_VIEW, addressProblem, addressView, PASTE_VIEW, pasteView, readAddressView, readPasteView } from "./form.ts";
import { plainFromSlack } from "./plain.ts";
import { BUTTON } from "./render.ts";

export const COMMAND = "/cf520";
export const SHORTCUT = "diagnose_520";

/** What a message shortcut carries of the message; everything else of it is not read. */
const ShortcutMessage = z.object({
	files: z.unknown().optional(),
	text: z.string().catch(""),
	ts: z.string(),
	thread_ts: z.string().optional().catch(undefined),
	attachments: z.array(z.object({ text: z.string().catch(""), fallback: z.string().catch("") })).catch([]),
});

/** The message that a button stands on. */
const Container = z.object({
	channel_id: z.string(),
	message_ts: z.string().optional().catch(undefined),
	thread_ts: z.string().optional().catch(undefined),
	is_ephemeral: z.boolean().catch(false),
});

/** Files as messages tell of them; the address is checked before it is asked. */
const Files = z.array(z.object({ url_private: z.string().max(2_000), size: z.number().catch(0) })).catch([]);

const Mention = z.object({
	files: Files.optional().catch([]),
	text: z.string().catch(""),
	user: z.string(),
	channel: z.string(),
	ts: z.string(),
	thread_ts: z.string().optional().catch(undefined),
	bot_id: z.string().optional().catch(undefined),
	subtype: z.string().optional().catch(undefined),
});

/** How attached files are read: from which hosts, with which credentials. */
export interface SlackFiles {
	readonly allowed: (url: URL) => boolean;
	readonly headers: Readonly<Record<string, string>>;
}

/** Listens to the ways in which Slack brings a question. Every one is acknowledged before anything else. */
export function listenToSlack(app: App, desk: Desk, seen: Seen, botUserId: string, files: SlackFiles): void {
	const take = async (
		client: Parameters<typeof slackConversation>[0],
		place: SlackPlace,
		text: string,
		attached: unknown = [],
		who = "Somebody",
	) => {
		// Whatever else has arrived is acknowledged before the work on this one begins.
		await setImmediate();
		const room = slackConversation(client, place);
		const read = await readAttached(
			Files.parse(attached).map((file) => ({ url: file.url_private, size: file.size })),
			files.allowed,
			files.headers,
		);
		if (read.unread > 0) await room.privateReply(unreadFiles(read.unread)).catch(() => {});
		await desk.handle(withAttached(plainFromSlack(text), read.text), room, who);
	};

	/** Opens the private form; false when it is too late for that (Slack: three seconds). */
	const openForm = async (client: WebClient, trigger: string, view: View): Promise<boolean> =>
		client.views.open({ trigger_id: trigger, view }).then(
			() => true,
			() => false,
		);

	app.command(COMMAND, async ({ ack, command, client, respond }) => {
		await ack();
		if (!seen.first(`command:${command.trigger_id}`)) return;
		const site = desk.wantsAddress(plainFromSlack(command.text));
		const meta = { url: site?.url ?? "", channel: command.channel_id, threadTs: null };
		if (site !== null && (await openForm(client, command.trigger_id, addressView(meta)))) return;
		await take(
			client,
			{ channel: command.channel_id, user: command.user_id, threadTs: null, respond },
			command.text,
			[],
			command.user_name,
		);
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
			message.files,
			"name" in shortcut.user && typeof shortcut.user.name === "string" ? shortcut.user.name : "Somebody",
		);
	});

	app.action<BlockAction>(
		{ type: "block_actions", action_id: new RegExp(`^${BUTTON}_\\d+$`) },
		async ({ ack, action, body, client, respond }) => {
			await ack();
			const press = readPress("value" in action && typeof action.value === "string" ? action.value : "");
			const where = Container.safeParse({ ...body.container, channel_id: body.channel?.id ?? body.container?.channel_id });
			if (press === null || !where.success || !seen.first(`press:${body.trigger_id}`)) return;
			const { channel_id: channel, is_ephemeral: ephemeral } = where.data;
			// A message for everybody is its own thread, when it stands in none.
			const threadTs = where.data.thread_ts ?? (ephemeral ? null : (where.data.message_ts ?? null));
			if (press.do === "origin-form")
				return void (await openForm(client, body.trigger_id, addressView({ url: press.url, channel, threadTs })));
			if (press.do === "paste-form") return void (await openForm(client, body.trigger_id, pasteView({ channel, threadTs })));
			await setImmediate();
			const name = "name" in body.user && typeof body.user.name === "string" ? body.user.name : "Somebody";
			await desk.press(press, slackConversation(client, { channel, user: body.user.id, threadTs, respond }), name);
		},
	);

	app.view(ADDRESS_VIEW, async ({ ack, view, body, client }) => {
		const read = readAddressView(view);
		if (read === null) return void (await ack());
		const question = `origin ${read.url} ${read.address}`;
		const problem = desk.addressProblem(question);
		if (problem !== null) return void (await ack(addressProblem(problem)));
		await ack();
		if (!seen.first(`view:${body.view.id}`)) return;
		await take(client, { channel: read.channel, user: body.user.id, threadTs: read.threadTs, respond: null }, question);
	});

	app.view(PASTE_VIEW, async ({ ack, view, body, client }) => {
		await ack();
		const read = readPasteView(view);
		if (read === null || !seen.first(`view:${body.view.id}`)) return;
		const name = "name" in body.user && typeof body.user.name === "string" ? body.user.name : "Somebody";
		await take(
			client,
			{ channel: read.channel, user: body.user.id, threadTs: read.threadTs, respond: null },
			read.text,
			[],
			name,
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
			mention.files,
		);
	});
}
