import { CASE_ENDS_AFTER_MS, type Case, hasEnded, rankCase } from "../judge/case.ts";
import type { Watch } from "../judge/watch.ts";
import { CAUSE_IDS, type CauseId, isCause } from "../knowledge/causes/list.ts";
import type { Message } from "../message/message.ts";
import type { DeskContext } from "./context.ts";
import type { Conversation } from "./conversation.ts";
import { readableBy } from "./tenants.ts";

/** What one person has open. */
export interface Home {
	/** Cases that they asked for or follow, the newest first. */
	readonly cases: readonly Case[];
	/** Pages that they have watched, the oldest first. */
	readonly watches: readonly Watch[];
	/** The desk's clock, Unix milliseconds. */
	readonly atMs: number;
}

/** Shown of each. */
const SHOWN_MAX = 10;
/** So many of a workspace's open cases are looked through for those of one person: each is unsealed. */
const CASES_READ_MAX = 200;

/**
 * What a person asked, follows or watches in a workspace, in any room.
 * @param asker as `Conversation.asker` names them
 */
export async function homeOf({ stores, now }: DeskContext, asker: string, workspace: string | null): Promise<Home> {
	const atMs = now();
	const [cases, watches] = await Promise.all([
		stores.cases.ofWorkspace(workspace, atMs - CASE_ENDS_AFTER_MS, CASES_READ_MAX),
		stores.watches.open({ workspace, asker }, SHOWN_MAX),
	]);
	const isTheirs = (one: Case) => one.asker?.key === asker || one.followers.includes(asker);
	return { cases: cases.filter((one) => isTheirs(one) && !hasEnded(one, atMs)).slice(0, SHOWN_MAX), watches, atMs };
}

/**
 * Every cause, as likely as each is in a case first; in the table's order where there is no such case, or this person may not read it.
 * Never rejects.
 */
export async function likelyCauses(
	{ stores }: DeskContext,
	caseId: string,
	conversation: Conversation<Message>,
): Promise<readonly CauseId[]> {
	const [known] = await stores.cases
		.get(caseId)
		.then((one) => (one === null ? [] : readableBy([one], conversation, false)))
		.catch(() => []);
	const ranked =
		known === undefined
			? []
			: rankCase(known)
					.ranked.map(({ cause }) => cause)
					.filter(isCause);
	return [...new Set([...ranked, ...CAUSE_IDS])];
}
