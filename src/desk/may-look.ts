import { mayLookAtOriginOf } from "../read/policy.ts";
import type { Conversation } from "./conversation.ts";
import type { Stores } from "./stores.ts";

/** Who wants an origin looked at. */
export type OriginAsker = Pick<Conversation<unknown>, "workspace" | "isFullMember">;

/**
 * Why someone may not check a host's origin: without this rule, anyone in a channel could scan ports through the bot.
 * @returns null: allowed; `nobody`: no admin allowed the host; `member`: not a full member; `unknown`: the chat does not say
 */
export async function whyNoOrigin(
	{ policies }: Pick<Stores, "policies">,
	host: string,
	asker: OriginAsker,
): Promise<"nobody" | "member" | "unknown" | null> {
	switch (mayLookAtOriginOf(await policies.of(asker.workspace), host)) {
		case "anybody":
			return null;
		case "nobody":
			return "nobody";
		case "members": {
			const member = await asker.isFullMember();
			if (member === "yes") return null;
			return member === "no" ? "member" : "unknown";
		}
	}
}
