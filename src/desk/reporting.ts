import type { Case } from "../judge/case.ts";
import type { Audience } from "../read/action.ts";
import { nameOf } from "../read/error.ts";
import { reportHtml } from "../reply/html/report.ts";
import {
	reportChooser,
	reportFileAbout,
	reportFileName,
	reportMessage,
	reportWithoutFile,
	statementMessage,
} from "../reply/report.ts";
import type { DeskContext } from "./context.ts";
import type { ResumableConversation } from "./resumable.ts";

type ReportContext = Pick<DeskContext, "now" | "log" | "version">;

/** Sends the report of a case: the file to the thread, and the choice of a text to the person who asked. */
export async function sendReport(
	{ now, log, version }: ReportContext,
	one: Case,
	conversation: ResumableConversation,
): Promise<void> {
	const atMs = now();
	const isSent = await conversation.attach(reportFileName(one, atMs), reportHtml(one, atMs, version), reportFileAbout(one)).then(
		() => true,
		(error: unknown) => {
			log({ event: "file-not-sent", caseId: one.id, error: nameOf(error) });
			return false;
		},
	);
	// In private the file may not have been sent, so the asker gets the choice of texts.
	if (conversation.isPublic())
		await conversation.followUp(isSent ? reportMessage(one) : reportWithoutFile(one, conversation.platform));
	await conversation.replyPrivately(reportChooser(one));
}

/** Posts the text for one reader, privately. */
export const sendStatement = (
	{ now }: Pick<ReportContext, "now">,
	one: Case,
	audience: Audience,
	conversation: ResumableConversation,
): Promise<void> => conversation.replyPrivately(statementMessage(one, audience, now()));
