import { z } from "zod";
import { STORE_AWAY, storeAwayReply } from "../../reply/misread.ts";
import type { SlackContext, SlackPlace } from "./context.ts";
import { SlackConversation } from "./conversation.ts";
import { formErrors } from "./form.ts";

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
 * The sentence for whoever pressed something, where they pressed it.
 * @param respond the response URL that came with it
 */
export async function tellAway(
	context: SlackContext,
	at: Pick<SlackPlace, "channel" | "user" | "threadTs">,
	respond: unknown,
): Promise<void> {
	const isOurs = typeof respond === "string" && URL.canParse(respond) && context.isResponseUrl(new URL(respond));
	const place: SlackPlace = {
		...at,
		team: context.team,
		enterprise: context.enterprise,
		responseUrl: isOurs ? respond : null,
		isNewThread: false,
		alone: true,
		userTeam: null,
		open: false,
		shared: false,
	};
	await new SlackConversation(context, place).replyPrivately(storeAwayReply().head);
}
