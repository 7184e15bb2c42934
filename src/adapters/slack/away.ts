import { z } from "zod";
import { STORE_AWAY, storeAwayReply } from "../../reply/misread.ts";
import { respondTo } from "./calls.ts";
import type { SlackContext, SlackPlace } from "./context.ts";
import { SlackConversation } from "./conversation.ts";
import { formErrors } from "./form.ts";
import { renderSlack } from "./render.ts";

/** The answer to a command itself: there is no faster way to its asker. */
export const COMMAND_AWAY = { response_type: "ephemeral", text: STORE_AWAY } as const;

const Inputs = z.array(z.object({ type: z.string(), block_id: z.string() }));

/** What was written stays in its form, to be sent again: the sentence stands under its first field. */
export function formAway({ blocks }: { readonly blocks: unknown }): ReturnType<typeof formErrors> | undefined {
	const read = Inputs.safeParse(blocks);
	const first = read.success ? read.data.find(({ type }) => type === "input") : undefined;
	return first === undefined ? undefined : formErrors({ [first.block_id]: STORE_AWAY });
}

/**
 * The sentence for who pressed something, where they pressed it. A response URL needs no token, and so no database.
 * @param respond the one that came with it, if any
 * @param user who reads it in their direct conversation where there is none
 */
export async function tellAway(context: SlackContext, respond: unknown, user: string): Promise<void> {
	if (typeof respond === "string" && URL.canParse(respond) && context.isResponseUrl(new URL(respond)))
		return respondTo(
			respond,
			{ response_type: "ephemeral", replace_original: false, ...renderSlack(storeAwayReply().head) },
			context.fetch,
		);
	const place: SlackPlace = {
		channel: user,
		user,
		threadTs: null,
		team: context.team,
		enterprise: context.enterprise,
		responseUrl: null,
		isNewThread: false,
		alone: true,
		userTeam: null,
		open: false,
		shared: false,
	};
	await new SlackConversation(context, place).replyPrivately(storeAwayReply().head);
}
