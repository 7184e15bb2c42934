import type { Beside } from "../judge/case.ts";
import { mostTelling, type StatusMoment } from "../judge/cloudflare-status.ts";
import { type Message, message } from "../message/message.ts";
import type { Text } from "../message/text.ts";
import { besideNotes, roomIn, withBeside } from "../reply/beside.ts";
import { statusClause } from "../reply/status-words.ts";
import type { CaseThreads } from "./case-threads.ts";
import type { DeskContext } from "./context.ts";
import type { ResumableConversation } from "./resumable.ts";
import { withTimeout } from "./with-timeout.ts";

/**
 * What services say beside an answer: it is told first, then they are asked side by side, and one edit adds what they said in time. A
 * service that fails, is late or has nothing to say is silent.
 */

/** What an answer is about, as far as services may know it. */
export interface About {
	/** Data centers, and when. */
	readonly moments: readonly StatusMoment[];
}

/** A service that is asked about an answer. */
interface Asking {
	readonly service: Beside["service"];
	/** null: nothing. */
	readonly says: () => Promise<Text | null>;
}

/** All of them are waited for this long. */
const BESIDE_MS = 4_000;

/** The services that may know something of it, in the order in which they are told. */
function askings(
	{ statusPage, now }: Pick<DeskContext, "statusPage" | "now">,
	{ moments }: About,
	head: Message,
): readonly Asking[] {
	if (statusPage === null || moments.length === 0) return [];
	const status = async (): Promise<Text | null> => {
		const read = await statusPage.read();
		const named = read.kind === "read" ? mostTelling(read.page, moments) : null;
		return named === null ? null : statusClause(named, now(), roomIn(head));
	};
	return [{ service: "status", says: status }];
}

/** What they say within the time. Never rejects. */
async function said(all: readonly Asking[]): Promise<readonly Beside[]> {
	const answers = await Promise.all(
		all.map(async ({ service, says }) => {
			const text = await withTimeout(
				says().catch(() => null),
				BESIDE_MS,
			);
			return text === null ? [] : [{ service, says: text }];
		}),
	);
	return answers.flat();
}

/** An answer that was told. */
export interface ToldAnswer {
	/** The case whose head it is; null: it has none. */
	readonly caseId: string | null;
	/** The head as it was told. */
	readonly head: Message;
}

/**
 * Asks the services about an answer that was told, and adds what they say to its head.
 * @returns what they said; null: none was asked
 */
export async function tellBeside(
	{ context, threads }: { readonly context: DeskContext; readonly threads: CaseThreads },
	about: About,
	{ caseId, head }: ToldAnswer,
	conversation: ResumableConversation,
): Promise<readonly Beside[] | null> {
	const asked = askings(context, about, head);
	if (asked.length === 0) return null;
	conversation.showHead?.();
	const all = await said(asked);
	if (caseId !== null) await threads.saidBeside(caseId, all, conversation);
	else if (all.length > 0) {
		// Where the head cannot be found again, it is not told a second time.
		if (conversation.location().messageRef === null) await conversation.replyPrivately(message("neutral", ...besideNotes(all)));
		else await conversation.update(withBeside(head, all));
	}
	return all;
}
