import { setImmediate } from "node:timers/promises";
import type { App, BlockAction } from "@slack/bolt";
import type { View } from "@slack/types";
import { z } from "zod";
import type { Desk } from "../../desk/desk.ts";
import type { LeftOver } from "../../desk/inbox.ts";
import type { Measure } from "../../desk/metrics.ts";
import { readPress } from "../../read/action.ts";
import { unreadFiles } from "../../reply/misread.ts";
import { readAttached, withAttached } from "../attached.ts";
import { jsonOf } from "../lines.ts";
import { SlackPlace, type SlackWorld, slackConversation } from "./conversation.ts";
import { ADDRESS_VIEW, addressProblem, addressView, PASTE_VIEW, pasteView, readAddressView, readPasteView } from "./form.ts";
import { nameBook } from "./names.ts";
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

const MentionEvent = z.object({
	event_id: z.string().max(100),
	event: Mention.extend({ type: z.literal("app_mention") }),
});

/** What was asked, as it is noted before it is acknowledged. */
const Noted = z.discriminatedUnion("kind", [
	z.object({
		kind: z.literal("ask"),
		place: SlackPlace,
		text: z.string(),
		files: z.array(z.object({ url: z.string(), size: z.number() })),
		who: z.string().nullable(),
	}),
	z.object({ kind: z.literal("press"), place: SlackPlace, press: z.string(), who: z.string() }),
]);
type Noted = z.infer<typeof Noted>;

/** Mentions that are noted and not yet acknowledged: more than any burst. */
const MENTIONS_MAX = 2_000;

/** How attached files are read: from which hosts, with which credentials. */
export interface SlackFiles {
	readonly allowed: (url: URL) => boolean;
	readonly headers: Readonly<Record<string, string>>;
}

export interface SlackListening {
	/** Has to be shown every request before Bolt acknowledges it. */
	beforeAcknowledged(body: unknown): void;
	/** Takes up what a process before this one noted. */
	takeUp(left: LeftOver): Promise<void>;
}

const nameIn = (user: object): string => ("name" in user && typeof user.name === "string" ? user.name : "Somebody");
const filesOf = (files: unknown) => Files.parse(files ?? []).map((file) => ({ url: file.url_private, size: file.size }));

/**
 * Listens to the ways in which Slack brings a question. Every one is noted, then acknowledged, before anything else.
 */
export function listenToSlack(
	app: App,
	desk: Desk,
	world: SlackWorld,
	botUserId: string,
	files: SlackFiles,
	responses: (url: URL) => boolean,
	measure: Pick<Measure, "acknowledged">,
): SlackListening {
	const names = nameBook(world.client);
	// Our own workspace decides, wherever a shared channel brings somebody from.
	const workspace = world.team === null ? null : `slack ${world.team}`;
	const place = (
		of: Omit<SlackPlace, "alone" | "responseUrl" | "team"> & { readonly respond: unknown },
		ephemeral = false,
	): SlackPlace => {
		const { respond, ...more } = of;
		const responseUrl =
			typeof respond === "string" && respond.length <= 500 && URL.canParse(respond) && responses(new URL(respond))
				? respond
				: null;
		return { ...more, team: world.team, responseUrl, alone: ephemeral || desk.privateByDefault(workspace) };
	};
	/** Takes one thing on: noted first, so that it is answered whatever becomes of this process. null: it is done or on its way. */
	const noted = async (event: string, what: Noted, ack: () => Promise<unknown>): Promise<string | null> => {
		const started = performance.now();
		const id = desk.accept(event, "slack", what);
		// What is noted is answered, also when the socket broke just now: Slack may say that it was not heard.
		await ack().catch((error: unknown) =>
			world.log({ event: "not-acknowledged", caseId: id, error: error instanceof Error ? error.name : "Error" }),
		);
		measure.acknowledged("slack", (performance.now() - started) / 1_000);
		return id;
	};
	const run = async (id: string, what: Noted, left?: LeftOver): Promise<void> => {
		const asked = { id, again: left !== undefined, over: left?.over ?? false };
		// Whatever else has arrived is acknowledged before the work on this one begins.
		await setImmediate();
		const room = slackConversation(world, what.place);
		if (what.kind === "press") {
			const press = readPress(what.press);
			if (press === null || press.do === "origin-form" || press.do === "paste-form") return desk.drop(id);
			return desk.press(press, room, what.who, asked);
		}
		const read = await readAttached(what.files, files.allowed, files.headers);
		if (read.unread > 0) await room.privateReply(unreadFiles(read.unread)).catch(() => {});
		const who = what.who ?? (await names.of(what.place.user));
		await desk.handle(withAttached(plainFromSlack(what.text), read.text), room, who, asked);
	};

	/** Opens the private form; false when it is too late for that (Slack: three seconds). */
	const openForm = async (trigger: string, view: View): Promise<boolean> =>
		world.client.views.open({ trigger_id: trigger, view }).then(
			() => true,
			() => false,
		);

	app.command(COMMAND, async ({ ack, command }) => {
		const what: Noted = {
			kind: "ask",
			place: place({
				channel: command.channel_id,
				user: command.user_id,
				threadTs: null,
				respond: command.response_url,
			}),
			text: command.text,
			files: [],
			who: command.user_name,
		};
		const id = await noted(`command:${command.trigger_id}`, what, ack);
		if (id === null) return;
		const site = desk.wantsAddress(plainFromSlack(command.text), workspace);
		const meta = { url: site?.url ?? "", channel: command.channel_id, threadTs: null };
		if (site !== null && (await openForm(command.trigger_id, addressView(meta)))) return desk.drop(id);
		await run(id, what);
	});

	app.shortcut({ callback_id: SHORTCUT, type: "message_action" }, async ({ ack, shortcut }) => {
		const message = ShortcutMessage.parse(shortcut.message);
		const what: Noted = {
			kind: "ask",
			place: place({
				channel: shortcut.channel.id,
				user: shortcut.user.id,
				threadTs: message.thread_ts ?? message.ts,
				respond: shortcut.response_url,
			}),
			// Alerts of other tools put their text into attachments.
			text: [message.text, ...message.attachments.map((one) => one.text || one.fallback)].join("\n"),
			files: filesOf(message.files),
			who: nameIn(shortcut.user),
		};
		const id = await noted(`shortcut:${shortcut.trigger_id}`, what, ack);
		if (id !== null) await run(id, what);
	});

	app.action<BlockAction>({ type: "block_actions", action_id: new RegExp(`^${BUTTON}_\\d+$`) }, async ({ ack, action, body }) => {
		const value = "value" in action && typeof action.value === "string" ? action.value : "";
		const press = readPress(value);
		const where = Container.safeParse({ ...body.container, channel_id: body.channel?.id ?? body.container?.channel_id });
		if (press === null || !where.success) return void (await ack());
		const { channel_id: channel, is_ephemeral: ephemeral } = where.data;
		// A message for everybody is its own thread, when it stands in none.
		const threadTs = where.data.thread_ts ?? (ephemeral ? null : (where.data.message_ts ?? null));
		const what: Noted = {
			kind: "press",
			place: place({ channel, user: body.user.id, threadTs, respond: body.response_url }, ephemeral),
			press: value,
			who: nameIn(body.user),
		};
		const id = await noted(`press:${body.trigger_id}`, what, ack);
		if (id === null) return;
		// Where no address is wanted, the answer says why; the form would only ask for it first.
		if (press.do === "origin-form" && desk.wantsAddress(`origin ${press.url}`, workspace) === null)
			return run(id, { kind: "ask", place: what.place, text: `origin ${press.url}`, files: [], who: nameIn(body.user) });
		if (press.do === "origin-form" || press.do === "paste-form") {
			desk.drop(id);
			const meta = { channel, threadTs };
			await openForm(body.trigger_id, press.do === "origin-form" ? addressView({ url: press.url, ...meta }) : pasteView(meta));
			return;
		}
		await run(id, what);
	});

	app.view(ADDRESS_VIEW, async ({ ack, view, body }) => {
		const read = readAddressView(view);
		if (read === null) return void (await ack());
		const text = `origin ${read.url} ${read.address}`;
		const problem = desk.addressProblem(text);
		if (problem !== null) return void (await ack(addressProblem(problem)));
		const where = place({
			channel: read.channel,
			user: body.user.id,
			threadTs: read.threadTs,
			respond: null,
		});
		const what: Noted = { kind: "ask", place: where, text, files: [], who: nameIn(body.user) };
		const id = await noted(`view:${body.view.id}`, what, ack);
		if (id !== null) await run(id, what);
	});

	app.view(PASTE_VIEW, async ({ ack, view, body }) => {
		const read = readPasteView(view);
		if (read === null) return void (await ack());
		const where = place({
			channel: read.channel,
			user: body.user.id,
			threadTs: read.threadTs,
			respond: null,
		});
		const what: Noted = { kind: "ask", place: where, text: read.text, files: [], who: nameIn(body.user) };
		const id = await noted(`view:${body.view.id}`, what, ack);
		if (id !== null) await run(id, what);
	});

	// Bolt acknowledges an event before its listeners run, and asks whom it is for before that: there it is noted.
	const mentions = new Map<string, { id: string; what: Noted }>();
	const beforeAcknowledged = (body: unknown): void => {
		const read = MentionEvent.safeParse(body);
		if (!read.success) return;
		const { event_id: eventId, event: mention } = read.data;
		if (mention.bot_id !== undefined || mention.subtype !== undefined || mention.user === botUserId) return;
		const what: Noted = {
			kind: "ask",
			place: place({
				channel: mention.channel,
				user: mention.user,
				threadTs: mention.thread_ts ?? mention.ts,
				respond: null,
			}),
			text: mention.text,
			files: filesOf(mention.files),
			who: null,
		};
		const id = desk.accept(`event:${eventId}`, "slack", what);
		if (id !== null) mentions.set(eventId, { id, what });
		// Those that Slack never sent again are taken up by the next process.
		for (const old of mentions.keys()) {
			if (mentions.size <= MENTIONS_MAX) break;
			mentions.delete(old);
		}
	};
	app.event("app_mention", async ({ body }) => {
		const one = mentions.get(body.event_id);
		mentions.delete(body.event_id);
		if (one !== undefined) await run(one.id, one.what);
	});

	const takeUp = async (left: LeftOver): Promise<void> => {
		const what = Noted.safeParse(jsonOf(left.body));
		if (what.success) await run(left.id, what.data, left);
		else desk.drop(left.id);
	};
	return { beforeAcknowledged, takeUp };
}
