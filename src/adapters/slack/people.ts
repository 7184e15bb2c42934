import type { SlackContext } from "./context.ts";
import { slackError } from "./errors.ts";

type Asked = Pick<SlackContext, "call" | "team" | "log">;

/** The name that a person is shown by; undefined where Slack knows none. Rejects without the optional scope users:read. */
export async function shownName({ installed }: Pick<SlackContext, "installed">, id: string): Promise<string | undefined> {
	const { user } = await (await installed()).client.users.info({ user: id });
	return user?.profile?.display_name || user?.real_name || user?.name;
}

/** Whether a person may decide for the whole workspace; `unknown` where Slack does not say. */
export async function isAdmin(
	{ call, team, admins, log }: Asked & Pick<SlackContext, "admins">,
	id: string,
): Promise<"yes" | "no" | "unknown"> {
	if (admins.has(id)) return "yes";
	try {
		const { user } = await call((client) => client.users.info({ user: id }), true);
		// In a shared channel, an admin of another workspace decides nothing here.
		const isMember = team === null || user?.team_id === undefined || isOf(team, user);
		return isMember && (user?.is_admin === true || user?.is_owner === true) ? "yes" : "no";
	} catch (error) {
		log({ event: "admin-unknown", error: slackError(error) || "Error" });
		return "unknown";
	}
}

/**
 * Whether a person is a full member of the bot's own workspace: no guest, no bot, of no other organization; `unknown` where Slack does not
 * say, as without the scope users:read.
 */
export async function isFullMember({ call, team, log }: Asked, id: string): Promise<"yes" | "no" | "unknown"> {
	try {
		const { user } = await call((client) => client.users.info({ user: id }), true);
		if (user === undefined) return "unknown";
		const { is_restricted, is_ultra_restricted, is_stranger, is_bot, deleted } = user;
		const isOther = [is_restricted, is_ultra_restricted, is_stranger, is_bot, deleted].includes(true);
		return isOther || (team !== null && !isOf(team, user)) ? "no" : "yes";
	} catch (error) {
		log({ event: "member-unknown", error: slackError(error) || "Error" });
		return "unknown";
	}
}

/** Whether a person is of this workspace: an organization's people have another one as their first, and a list of all. */
const isOf = (
	team: string,
	{
		team_id: first,
		enterprise_user: inAll,
	}: { readonly team_id?: string; readonly enterprise_user?: { readonly teams?: string[] } },
): boolean => first === team || inAll?.teams?.includes(team) === true;
