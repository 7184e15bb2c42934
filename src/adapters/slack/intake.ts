import type {
	App,
	BlockAction,
	MessageShortcut,
	SlackActionMiddlewareArgs,
	SlackCommandMiddlewareArgs,
	SlackShortcutMiddlewareArgs,
	SlackViewMiddlewareArgs,
} from "@slack/bolt";
import type { Desk } from "../../desk/desk.ts";
import { StoreAway } from "../../desk/stores.ts";
import { type Action, readAction, staysPrivate } from "../../read/action.ts";
import { notKeptReply, storeAwayReply } from "../../reply/misread.ts";
import type { FormAction } from "../form.ts";
import { type Accepted, asksIn, type Intake, opensForm, pressIn, stepIn } from "../intake.ts";
import { commandNotNoted, formNotNoted, type NotNoted, tellNotNoted } from "./away.ts";
import { isDirectChannel, isOutsider, type SlackContext, type SlackPlace, workspaceOf } from "./context.ts";
import { ACTION_ID } from "./controls.ts";
import { SlackConversation } from "./conversation.ts";
import { NotInstalled } from "./errors.ts";
import { addressProblem, formErrors, formView, readFormView, VIEWS } from "./form.ts";
import { ASK_ID, SETTINGS_ID, SlackHome } from "./home.ts";
import { messageText } from "./message-text.ts";
import {
	Container,
	controlValue,
	filesIn,
	isOfHome,
	isOpenChannel,
	MessageEvent,
	nameIn,
	ShortcutMessage,
	teamIn,
} from "./payloads.ts";
import { REST_ID, restGone } from "./rest.ts";
import { readSettings, SETTINGS_VIEW } from "./settings-form.ts";
import { STEP, StepEvent } from "./step.ts";
import type { SlackWorkspaces } from "./workspaces.ts";

export const COMMAND = "/cf520";
export const SHORTCUT = "diagnose_520";

/** Messages that are kept and not yet acknowledged: more than any burst. */
const HEARD_MAX = 2_000;
/** Subtypes of what people themselves say; all others are edits, joins and the like (https://docs.slack.dev/reference/events/message). */
const SAID: ReadonlySet<string | undefined> = new Set([undefined, "file_share", "thread_broadcast"]);
/** Of what other apps write as themselves. */
const BY_BOT = "bot_message";

/** A pressed control, and where its result is posted. */
interface Pressed {
	readonly value: string;
	readonly action: Action;
	readonly place: SlackPlace;
	readonly body: BlockAction;
	readonly ack: () => Promise<void>;
}

type Pressing = SlackActionMiddlewareArgs<BlockAction>;

/** Slack's own ids of what people do, each a word of its own. */
const commandOf = (command: { readonly trigger_id: string }): string => `command:${command.trigger_id}`;
const shortcutOf = (shortcut: { readonly trigger_id: string }): string => `shortcut:${shortcut.trigger_id}`;
const pressOf = (body: { readonly trigger_id: string }): string => `press:${body.trigger_id}`;
const viewOf = (view: { readonly id: string }): string => `view:${view.id}`;

/** The database went away after the question was accepted: the desk goes on with it there, and it is not refused any more. */
function nullWhileAway(error: unknown): null {
	if (error instanceof StoreAway) return null;
	throw error;
}

/** Listens to the ways in which Slack brings a question. Every one is accepted before anything else is done with it. */
export class SlackIntake {
	readonly #desk: Desk;
	readonly #intake: Intake<SlackPlace>;
	readonly #workspaces: SlackWorkspaces;
	readonly #home: SlackHome;
	/** By Slack's id of the event. */
	readonly #heard = new Map<string, { readonly id: string; readonly what: Accepted<SlackPlace> }>();

	constructor(desk: Desk, intake: Intake<SlackPlace>, workspaces: SlackWorkspaces) {
		this.#desk = desk;
		this.#intake = intake;
		this.#workspaces = workspaces;
		this.#home = new SlackHome(desk);
	}

	/** Adds the listeners. */
	listen(app: App): void {
		app.command(COMMAND, (args) =>
			this.#hear(
				{ event: commandOf(args.command), body: args.body },
				() => this.#command(args),
				(why) => args.ack(commandNotNoted(why)),
			),
		);
		app.shortcut({ callback_id: SHORTCUT, type: "message_action" }, (args) => {
			const { user } = args.shortcut;
			return this.#hear(
				{ event: shortcutOf(args.shortcut), body: args.body },
				() => this.#shortcut(args),
				(why) => this.#tellNotNoted(args.ack, user.id, args.shortcut, why),
			);
		});
		const pressed = (action: RegExp | string, work: (args: Pressing) => Promise<void>) =>
			app.action<BlockAction>({ type: "block_actions", action_id: action }, (args) => this.#hearPress(args, work));
		pressed(new RegExp(`^${ACTION_ID}_\\d+$`), (args) => this.#action(args));
		const submitted = (view: string, work: (args: SlackViewMiddlewareArgs) => Promise<void>) =>
			app.view(view, (args) =>
				this.#hear(
					{ event: viewOf(args.body.view), body: args.body },
					() => work(args),
					(why) => args.ack(formNotNoted(args.body.view, why)),
				),
			);
		for (const [kind, view] of Object.entries(VIEWS)) submitted(view, (args) => this.#form(kind as FormAction["do"], args));
		app.event("app_mention", ({ body }) => this.#said(body.event_id));
		app.event("message", ({ body }) => this.#said(body.event_id));
		app.function(STEP, { autoAcknowledge: false }, ({ ack, body }) => this.#step(body, ack));
		app.event("app_home_opened", async ({ event, body }) => {
			if (event.tab === "home") await this.#home.draw(await this.#in(body), event.user);
		});
		pressed(ASK_ID, (args) => this.#ask(args));
		pressed(REST_ID, (args) => this.#rest(args));
		pressed(SETTINGS_ID, async ({ ack, body }) => {
			await ack();
			this.#intake.noted(pressOf(body));
			const { id: user } = body.user;
			const opened = this.#in(body).then((context) => this.#home.openSettings(context, user, body.trigger_id));
			await opened.catch((error: unknown) => {
				if (!(error instanceof StoreAway)) throw error;
				return tellNotNoted(this.#workspaces.near(body), null, user, "store-away");
			});
		});
		submitted(SETTINGS_VIEW, (args) => this.#settings(args));
	}

	/**
	 * What a person did is kept in time, or refused in words where they did it. One whose workspace has not installed the app reads that, and
	 * not that Slack waited for nothing.
	 * @param of what Slack sent, and its id
	 */
	#hear(
		of: { readonly event: string; readonly body: unknown },
		work: () => Promise<void>,
		refuse: (why: NotNoted) => Promise<unknown>,
	): Promise<void> {
		const workWhereInstalled = async () => {
			if ((await this.#workspaces.of(of.body)) !== null) return work();
			this.#intake.noted(of.event);
			await refuse("not-installed");
			throw new NotInstalled();
		};
		return this.#intake.hear(of.event, workWhereInstalled, () => refuse("store-away"));
	}

	/** The same for what was pressed. */
	#hearPress(args: Pressing, work: (args: Pressing) => Promise<void>): Promise<void> {
		const { ack, body } = args;
		return this.#hear(
			{ event: pressOf(body), body },
			() => work(args),
			(why) => this.#tellNotNoted(ack, body.user.id, body, why),
		);
	}

	/** @param from what Slack sent */
	async #tellNotNoted(
		ack: () => Promise<void>,
		user: string,
		from: { readonly response_url?: unknown },
		why: NotNoted,
	): Promise<void> {
		await ack();
		await tellNotNoted(this.#workspaces.near(from), from.response_url, user, why);
	}

	async #command({ ack, command }: SlackCommandMiddlewareArgs): Promise<void> {
		const { channel_id: channel, user_id: user, trigger_id: trigger, text } = command;
		const from = { userTeam: command.team_id, open: isOpenChannel(channel, command.channel_name) };
		const context = await this.#in(command);
		const place = await this.#placeOf(context, { channel, user, threadTs: null, ...from }, command.response_url);
		const what = asksIn(place, text, command.user_name);
		const id = await this.#intake.accept(commandOf(command), what, ack);
		if (id === null) return;
		const site = await this.#intake.wantsAddress(text, place).catch(nullWhileAway);
		if (site !== null && (await this.#openForm(trigger, { do: "origin-form", url: site.url }, place)))
			await this.#intake.drop(id);
		else await this.#intake.run(id, what);
	}

	async #shortcut({ ack, shortcut }: SlackShortcutMiddlewareArgs<MessageShortcut>): Promise<void> {
		const message = ShortcutMessage.parse(shortcut.message);
		const at = {
			channel: shortcut.channel.id,
			user: shortcut.user.id,
			threadTs: message.thread_ts ?? message.ts,
			isNewThread: message.thread_ts === undefined,
			userTeam: teamIn(shortcut),
			open: isOpenChannel(shortcut.channel.id, shortcut.channel.name),
		};
		const place = await this.#placeOf(await this.#in(shortcut), at, shortcut.response_url);
		const what = asksIn(place, messageText(shortcut.message), nameIn(shortcut.user), filesIn(message.files));
		await this.#intake.answer(shortcutOf(shortcut), what, ack);
	}

	async #action({ ack, action: control, body }: SlackActionMiddlewareArgs<BlockAction>): Promise<void> {
		const value = controlValue(control);
		const action = readAction(value);
		if (isOfHome(body.view)) return this.#onHome(value, body, ack);
		const container = Container.safeParse({ ...body.container, channel_id: body.channel?.id ?? body.container?.channel_id });
		if (action === null || !container.success) return void (await ack());
		const { channel_id: channel, is_ephemeral: ephemeral, message_ts: messageTs } = container.data;
		// A public message outside a thread is the root of its own thread.
		const threadTs = container.data.thread_ts ?? (ephemeral ? null : (messageTs ?? null));
		const from = {
			userTeam: teamIn(body),
			open: isOpenChannel(channel, body.channel?.name),
			isNewThread: container.data.thread_ts === undefined,
		};
		// A case is in its thread, which Slack names, or private.
		const alone = ephemeral && staysPrivate(action, threadTs !== null);
		const context = await this.#in(body);
		const place = await this.#placeOf(context, { channel, user: body.user.id, threadTs, ...from }, body.response_url, alone);
		await this.#press(pressOf(body), { value, action, place, body, ack });
	}

	/** Keeps and answers what a control does; a form is opened instead. */
	async #press(event: string, { value, action, place, body, ack }: Pressed): Promise<void> {
		const who = nameIn(body.user);
		const what = pressIn(place, value, who);
		const id = await this.#intake.accept(event, what, ack);
		if (id === null) return;
		const question = await this.#intake.insteadOfForm(action, place).catch(nullWhileAway);
		if (question !== null) return this.#intake.run(id, asksIn(place, question, who));
		if (!opensForm(action)) return this.#intake.run(id, what);
		await this.#intake.drop(id);
		await this.#openForm(body.trigger_id, action, place);
	}

	/** A control of the app's own page. Actions on a case happen in its place; all others in the direct conversation. */
	async #onHome(value: string, body: BlockAction, ack: () => Promise<void>): Promise<void> {
		const action = readAction(value);
		if (action === null) return void (await ack());
		const context = await this.#in(body);
		const place = await this.#placeOnHome(context, body.user.id, teamIn(body), action);
		await this.#press(pressOf(body), { value, action, place, body, ack });
		await this.#home.draw(context, body.user.id);
	}

	/** What was written into the field of the app's own page. */
	async #ask({ ack, action: field, body }: SlackActionMiddlewareArgs<BlockAction>): Promise<void> {
		const context = await this.#in(body);
		const place = await this.#placeOnHome(context, body.user.id, teamIn(body));
		const what = asksIn(place, controlValue(field), nameIn(body.user));
		await this.#intake.answer(pressOf(body), what, ack);
		await this.#home.draw(context, body.user.id);
	}

	async #placeOnHome(
		context: SlackContext,
		user: string,
		userTeam: string | null,
		action: Action | null = null,
	): Promise<SlackPlace> {
		const there = action !== null && "case" in action ? await this.#home.threadOf(context, user, action.case) : null;
		return this.#placeOf(context, { channel: user, threadTs: null, ...there, user, userTeam }, null);
	}

	/** What was held back from a person who asks for it now. */
	async #rest({ ack, action: control, body }: SlackActionMiddlewareArgs<BlockAction>): Promise<void> {
		await ack();
		const context = await this.#in(body);
		const channel = body.channel?.id ?? "";
		const place = await this.#placeOf(context, { channel, user: body.user.id, threadTs: null }, body.response_url, true);
		const conversation = new SlackConversation(context, place);
		for (const one of context.heldBack.take(controlValue(control), body.user.id) ?? [restGone])
			await conversation.replyPrivately(one);
	}

	async #form(kind: FormAction["do"], { ack, view, body }: SlackViewMiddlewareArgs): Promise<void> {
		const read = readFormView(kind, view);
		if (read === null) return void (await ack());
		const { wants, alone, ...at } = read;
		if ("errors" in wants) return void (await ack(formErrors(wants.errors)));
		if ("token" in wants) return this.#token(wants, at, body, ack);
		const problem = kind === "origin-form" && "question" in wants ? this.#desk.addressProblem(wants.question) : null;
		if (problem !== null) return void (await ack(addressProblem(problem)));
		const context = await this.#in(body);
		const place = await this.#placeOf(context, { ...at, user: body.user.id, userTeam: teamIn(body) }, null, alone);
		const who = nameIn(body.user);
		const what = "press" in wants ? pressIn(place, wants.press, who) : asksIn(place, wants.question, who);
		await this.#intake.answer(viewOf(body.view), what, ack);
	}

	/**
	 * A token for a zone: past everything that keeps questions, and answered to the person alone. Only that a token was to be connected is
	 * kept: if this process ends first, the next one offers the form again.
	 */
	async #token(
		{ token, host }: { readonly token: string; readonly host: string },
		at: Pick<SlackPlace, "channel" | "threadTs" | "isNewThread" | "open">,
		body: SlackViewMiddlewareArgs["body"],
		ack: () => Promise<void>,
	): Promise<void> {
		const context = await this.#in(body);
		const place = await this.#placeOf(context, { ...at, user: body.user.id, userTeam: teamIn(body) }, null, true);
		const who = nameIn(body.user);
		const again = asksIn(place, `connect ${host}`, who);
		const id = await this.#intake.accept(viewOf(body.view), again, ack);
		if (id === null) return;
		const said = await this.#desk
			.connectZone(host, token, new SlackConversation(context, place), who ?? "")
			.catch((error: unknown) => (error instanceof StoreAway ? storeAwayReply() : notKeptReply()).head);
		await this.#intake.reply(id, again, said);
	}

	/** What an admin decided in the form for it: each change is the question that they would have typed. */
	async #settings({ ack, view, body }: SlackViewMiddlewareArgs): Promise<void> {
		const context = await this.#in(body);
		const wanted = readSettings(view, await this.#desk.settings(workspaceOf(context)));
		if (wanted === null) return void (await ack());
		if ("errors" in wanted) return void (await ack(formErrors(wanted.errors)));
		const place = await this.#placeOnHome(context, body.user.id, teamIn(body));
		const questions = wanted.questions.map((question) => asksIn(place, question, nameIn(body.user)));
		// All are kept before the form is acknowledged: none is lost with the process. Sent again after trouble, it brings only the others.
		const kept = await Promise.allSettled(questions.map((what) => this.#intake.keep(`${viewOf(body.view)}:${what.text}`, what)));
		const lost = kept.find((one) => one.status === "rejected");
		if (lost === undefined) {
			await ack();
			this.#intake.noted(viewOf(body.view));
		}
		for (const [nth, what] of questions.entries()) {
			const one = kept[nth];
			if (one?.status === "fulfilled" && one.value !== null) await this.#intake.run(one.value, what);
		}
		if (lost !== undefined) throw lost.reason;
	}

	/**
	 * Accepts messages to the bot. Bolt acknowledges an event before its listeners run, and asks for the workspace's token before that.
	 * @param body any request of Slack's
	 */
	async beforeAcknowledged(context: SlackContext, body: unknown): Promise<void> {
		const read = MessageEvent.safeParse(body);
		if (!read.success) return;
		const { event_id: eventId, event, is_ext_shared_channel: shared } = read.data;
		const byBot = event.bot_id !== undefined || event.subtype === BY_BOT;
		/** Without a mention: read only where an admin allowed it. */
		const isOverheard = event.type === "message" && event.channel_type !== "im";
		if (byBot ? !isOverheard : event.user === "" || !SAID.has(event.subtype)) return;
		const { botUserId } = await context.installed();
		// A mention comes as an event of its own, too.
		if (event.user === botUserId || (isOverheard && event.text.includes(`<@${botUserId}>`))) return;
		const { channel, user, ts, thread_ts: threadTs = ts } = event;
		const from = {
			userTeam: event.user_team ?? event.team ?? null,
			shared,
			isNewThread: event.thread_ts === undefined,
		};
		const place = await this.#placeOf(context, { channel, user: user || (event.bot_id ?? ""), threadTs, ...from }, null);
		const what = asksIn(place, messageText((body as { readonly event?: unknown }).event), null, filesIn(event.files));
		// One message may come twice, as a mention and as a message, each with an id of its own. In a channel that two of our workspaces share,
		// one of them may hear what is said to the other.
		const key = `message:${context.isOneOfMany ? `${context.team}:` : ""}${channel}:${ts}`;
		const id = await (isOverheard ? this.#intake.overheard(key, what, byBot) : this.#intake.keep(key, what));
		if (id !== null) this.#heard.set(eventId, { id, what });
		// Those that Slack never sent again are resumed by the next process.
		for (const old of this.#heard.keys()) {
			if (this.#heard.size <= HEARD_MAX) break;
			this.#heard.delete(old);
		}
	}

	/** A step of a workflow. */
	async #step(body: unknown, ack: () => Promise<void>): Promise<void> {
		const read = StepEvent.safeParse(body);
		// Without its id, nobody can be told that it failed.
		if (!read.success) return ack();
		const { function_execution_id: id, bot_access_token: token, inputs } = read.data.event;
		const { url, channel } = inputs;
		const context = await this.#in(body);
		const place = await this.#placeOf(context, { channel: channel ?? "", user: "", threadTs: null }, null);
		await this.#intake.answer(`step:${id}`, stepIn({ ...place, alone: false }, url, channel !== null, { id, token }), ack);
	}

	async #said(eventId: string): Promise<void> {
		const kept = this.#heard.get(eventId);
		this.#heard.delete(eventId);
		if (kept !== undefined) await this.#intake.run(kept.id, kept.what);
	}

	/** The workspace of a request. Rejects with NotInstalled where the app is not installed. */
	async #in(body: unknown): Promise<SlackContext> {
		const found = await this.#workspaces.of(body);
		if (found === null) throw new NotInstalled();
		return this.#workspaces.at(found);
	}

	async #placeOf(
		context: SlackContext,
		at: Pick<SlackPlace, "channel" | "user" | "threadTs"> & Partial<SlackPlace>,
		respond: unknown,
		alone = false,
	): Promise<SlackPlace> {
		const taken = typeof respond === "string" && respond.length <= 500 && URL.canParse(respond);
		const { team, enterprise, shared: known } = context;
		if (at.shared === true || isOutsider({ team, enterprise, userTeam: at.userTeam ?? null })) known.add(at.channel);
		// Only the person reads posts in a direct conversation.
		const isAmongUs = isDirectChannel(at.channel) && at.threadTs !== null;
		return {
			userTeam: null,
			open: false,
			isNewThread: false,
			...at,
			shared: known.has(at.channel),
			team,
			enterprise,
			responseUrl: taken && context.isResponseUrl(new URL(respond)) ? respond : null,
			alone: alone || (!isAmongUs && (await this.#desk.privateByDefault(workspaceOf(context)))),
		};
	}

	/** Opens the private form; false when it is too late for that (Slack: three seconds). */
	async #openForm(trigger: string, action: FormAction, place: SlackPlace): Promise<boolean> {
		const { channel, threadTs, isNewThread, open } = place;
		const context = this.#workspaces.at(place);
		const isOfCase = "case" in action;
		// Forms of a private case stay private.
		const at = { channel, threadTs, isNewThread, open, alone: isOfCase && place.alone };
		const causes =
			action.do === "solved-form" ? await this.#desk.likelyCauses(action.case, new SlackConversation(context, place)) : [];
		const view = formView(action, at, causes);
		const { client } = await context.installed();
		return client.views.open({ trigger_id: trigger, view }).then(
			() => true,
			() => false,
		);
	}
}
