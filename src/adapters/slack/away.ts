import { z } from "zod";
import { NOT_INSTALLED, notInstalledReply, STORE_AWAY, storeAwayReply } from "../../reply/misread.ts";
import type { Reply } from "../../reply/reply.ts";
import { respondTo } from "./calls.ts";
import type { SlackContext, SlackPlace } from "./context.ts";
import { SlackConversation } from "./conversation.ts";
import { formErrors } from "./form.ts";
import { renderSlack } from "./render.ts";

/** Why a request is not even noted. */
export type NotNoted = "store-away" | "not-installed";

const SAYS: Readonly<Record<NotNoted, string>> = { "store-away": STORE_AWAY, "not-installed": NOT_INSTALLED };
const REPLIES: Readonly<Record<NotNoted, () => Reply>> = { "store-away": storeAwayReply, "not-installed": notInstalledReply };

/** The answer to a command itself: there is no faster way to its asker. */
export const commandNotNoted = (why: NotNoted) => ({ response_type: "ephemeral", text: SAYS[why] }) as const;

const Inputs = z.array(z.object({ type: z.string(), block_id: z.string() }));

/** What was written stays in its form, to be sent again: the sentence stands under its first field. */
export function formNotNoted({ blocks }: { readonly blocks: unknown }, why: NotNoted): ReturnType<typeof formErrors> | undefined {
	const read = Inputs.safeParse(blocks);
	const first = read.success ? read.data.find(({ type }) => type === "input") : undefined;
	return first === undefined ? undefined : formErrors({ [first.block_id]: SAYS[why] });
}

/**
 * The sentence for who pressed something, where they pressed it. A response URL needs no token, and so no database.
 * @param respond the one that came with it, if any
 * @param user who reads it in their direct conversation where there is none
 */
export async function tellNotNoted(context: SlackContext, respond: unknown, user: string, why: NotNoted): Promise<void> {
	const { head } = REPLIES[why]();
	if (typeof respond === "string" && URL.canParse(respond) && context.isResponseUrl(new URL(respond)))
		return respondTo(respond, { response_type: "ephemeral", replace_original: false, ...renderSlack(head) }, context.fetch);
	// There is no token to write to anyone with.
	if (why === "not-installed") return;
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
	await new SlackConversation(context, place).replyPrivately(head);
}
