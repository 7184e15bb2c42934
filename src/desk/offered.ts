import type { Block, Button, Message } from "../message/message.ts";
import { mayLookAtOriginOf } from "../read/policy.ts";
import { readTarget } from "../read/text/target.ts";
import type { Conversation } from "./conversation.ts";
import type { Stores } from "./stores.ts";

/** What may be offered, beside what the admins decide. */
interface Offered extends Pick<Stores, "policies"> {
	/** Other places can be asked. */
	readonly places: boolean;
}

/** A conversation without controls that no one may use: no origin check where the admins turned it off, no other places where they are off. */
export function offeringAllowed(conversation: Conversation<Message>, { policies, places }: Offered): Conversation<Message> {
	const shown = async (message: Message): Promise<Message> => {
		if (!message.blocks.some(mayBeRefused)) return message;
		const policy = await policies.of(conversation.workspace);
		const isAllowed = ({ action }: Button): boolean => {
			if (action.do === "places" || action.do === "case-places") return places;
			if (action.do !== "origin-form") return true;
			const target = readTarget(action.url);
			return "why" in target || mayLookAtOriginOf(policy, target.host) !== "nobody";
		};
		return { ...message, blocks: message.blocks.map((block) => withButtons(block, isAllowed)).filter(hasSomething) };
	};
	const own: Partial<Conversation<Message>> = {
		begin: async (head, key) => conversation.begin(await shown(head), key),
		update: async (head) => conversation.update(await shown(head)),
		followUp: async (message, key) => conversation.followUp(await shown(message), key),
		replyPrivately: async (message) => conversation.replyPrivately(await shown(message)),
		edit: async (ref, message) => conversation.edit(ref, await shown(message)),
	};
	// The rest is the chat's own, with its own state.
	return new Proxy(conversation, {
		get: (chat, name) => {
			const value: unknown = Reflect.get(own, name) ?? Reflect.get(chat, name, chat);
			return typeof value === "function" ? value.bind(chat) : value;
		},
	});
}

const MAY_BE_REFUSED: ReadonlySet<Button["action"]["do"]> = new Set(["origin-form", "places", "case-places"] as const);
const mayBeRefused = (block: Block): boolean =>
	block.kind === "buttons" && block.buttons.some(({ action }) => MAY_BE_REFUSED.has(action.do));

/** A row of controls from which all were taken is none. */
const hasSomething = (block: Block): boolean => block.kind !== "buttons" || block.buttons.length + (block.menus ?? []).length > 0;

const withButtons = (block: Block, isAllowed: (button: Button) => boolean): Block =>
	block.kind === "buttons" ? { ...block, buttons: block.buttons.filter(isAllowed) } : block;
