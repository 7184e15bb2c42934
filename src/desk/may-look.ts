import { mayLookAtOriginOf } from "../read/policy.ts";
import type { Conversation } from "./conversation.ts";
import type { Stores } from "./stores.ts";

/** Who wants an origin looked at. */
export type OriginAsker = Pick<Conversation<unknown>, "workspace" | "isFullMember">;

/**
 * Why the origin of a host is not looked at for somebody: without this, whoever is in a channel could scan ports through us.
 * @returns null: it is; `nobody`: its admins say so; `member`: not for this person; `unknown`: the chat does not say whether they are one
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
