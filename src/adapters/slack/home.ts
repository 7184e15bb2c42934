import type { View } from "@slack/types";
import type { Desk } from "../../desk/desk.ts";
import type { Home } from "../../desk/home.ts";
import type { Message } from "../../message/message.ts";
import { homePage } from "../../reply/help.ts";
import { ASK_FIELD, homeBegin, homeCase, homeWatch, myCases, myWatches, SETTINGS_BUTTON } from "../../reply/home.ts";
import { type SlackContext, type SlackPlace, workspaceOf } from "./context.ts";
import { numbering } from "./controls.ts";
import { postedAt } from "./conversation.ts";
import { SLACK_MAX } from "./limits.ts";
import { isAdmin } from "./people.ts";
import { renderSlack, type SlackPayload } from "./render.ts";
import { settingsView } from "./settings-form.ts";
import { plainElement } from "./spans.ts";

/** The field on the app's own page, and the button for the settings. */
export const ASK_ID = "cf520_ask";
export const SETTINGS_ID = "cf520_settings";

/** What the page of one person shows. */
interface HomePage extends Home {
	/** The addresses at which the messages of cases and watches open, by their refs. */
	readonly links: ReadonlyMap<string, string>;
	readonly isAdmin: boolean;
}

/** The app's own page of one person: a field to ask, their open cases, their watches, for admins the settings. Pure. */
export function homeView({ cases, watches, links, isAdmin, atMs }: HomePage): View {
	const next = numbering();
	const shown = (message: Message): SlackPayload["blocks"] => renderSlack(message, { next }).blocks;
	const linkOf = (ref: string | null) => (ref === null ? null : (links.get(ref) ?? null));
	const blocks: SlackPayload["blocks"] = [
		...shown(homePage),
		{
			type: "input",
			block_id: ASK_ID,
			dispatch_action: true,
			label: plainElement(ASK_FIELD.label, SLACK_MAX.inputText),
			hint: plainElement(ASK_FIELD.hint, SLACK_MAX.inputText),
			element: {
				type: "plain_text_input",
				action_id: ASK_ID,
				max_length: SLACK_MAX.inputText,
				dispatch_action_config: { trigger_actions_on: ["on_enter_pressed"] },
			},
		},
		...shown(homeBegin),
		...shown(myCases(cases.length)),
		...cases.flatMap((one) => shown(homeCase(one, linkOf(one.messageRef)))),
		...shown(myWatches(watches.length)),
		...watches.flatMap((one) => shown(homeWatch(one, linkOf(one.messageRef), atMs))),
	];
	if (isAdmin)
		blocks.push({
			type: "actions",
			elements: [{ type: "button", action_id: SETTINGS_ID, text: plainElement(SETTINGS_BUTTON, SLACK_MAX.buttonLabel) }],
		});
	return { type: "home", blocks: blocks.slice(0, SLACK_MAX.viewBlocks) as View["blocks"] };
}

/** Addresses that are remembered: a message's never changes. */
const LINKS_MAX = 2_000;

/** Draws the app's own pages, each for the person who reads it. */
export class SlackHome {
	readonly #desk: Desk;
	/** By workspace and message. */
	readonly #links = new Map<string, string>();

	constructor(desk: Desk) {
		this.#desk = desk;
	}

	/** Draws the page of one person as it is now. Rejects as Slack does. */
	async draw(context: SlackContext, user: string): Promise<void> {
		const [home, admin] = await Promise.all([this.#of(context, user), isAdmin(context, user)]);
		const refs = [...home.cases, ...home.watches].flatMap(({ messageRef }) => messageRef ?? []);
		const found = await Promise.all(refs.map((ref) => this.#linkOf(context, ref).catch(() => null)));
		const links = new Map(refs.flatMap((ref, nth) => (found[nth] == null ? [] : [[ref, found[nth]] as const])));
		const view = homeView({ ...home, links, isAdmin: admin === "yes" });
		await context.call(({ views }) => views.publish({ user_id: user, view }), true);
	}

	/** The thread of a case on this person's page; null when the case is not theirs or has no thread. */
	async threadOf(
		context: SlackContext,
		user: string,
		caseId: string,
	): Promise<Pick<SlackPlace, "channel" | "threadTs" | "open"> | null> {
		const { cases } = await this.#of(context, user);
		const one = cases.find(({ id }) => id === caseId);
		const [, channel, threadTs] = /^slack (?:\S+ )?(\S+) (\S+)$/.exec(one?.threadKey ?? "") ?? [];
		return one === undefined || channel === undefined || threadTs === undefined ? null : { channel, threadTs, open: one.isOpen };
	}

	/** Opens the form for what admins decide; nothing for others, or when it is too late for that. */
	async openSettings(context: SlackContext, user: string, trigger: string): Promise<void> {
		if ((await isAdmin(context, user)) !== "yes") return;
		const view = settingsView(await this.#desk.settings(workspaceOf(context)));
		const { client } = await context.installed();
		await client.views.open({ trigger_id: trigger, view }).catch(() => {});
	}

	#of(context: SlackContext, user: string): Promise<Home> {
		return this.#desk.home(`slack ${user}`, workspaceOf(context));
	}

	/** null: Slack does not say. Rejects as Slack does; the page has no link then. */
	async #linkOf(context: SlackContext, ref: string): Promise<string | null> {
		const key = `${context.team} ${ref}`;
		const known = this.#links.get(key);
		if (known !== undefined) return known;
		const { channel, ts } = postedAt(ref);
		const { permalink } = await context.call(({ chat }) => chat.getPermalink({ channel, message_ts: ts }), true);
		if (permalink === undefined) return null;
		if (this.#links.size >= LINKS_MAX) this.#links.clear();
		this.#links.set(key, permalink);
		return permalink;
	}
}
