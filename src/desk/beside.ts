import type { Beside } from "../judge/case.ts";
import { mostTelling, type StatusMoment } from "../judge/cloudflare-status.ts";
import type { AccountFact } from "../judge/shares.ts";
import type { Evidence, EvidenceKey } from "../knowledge/evidence.ts";
import { wordsInText } from "../message/count-words.ts";
import { type Message, message } from "../message/message.ts";
import { join, type Text } from "../message/text.ts";
import { besideNotes, fittedBeside, type Saying, withBeside } from "../reply/beside.ts";
import { statusClause } from "../reply/status-words.ts";
import type { Answering } from "./answering.ts";
import type { NewEvidence } from "./case-changes.ts";
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
	/** The host that it is about; null: none. */
	readonly host: string | null;
	/** The code that its numbers are about. */
	readonly code: number;
	/** Of a Ray ID that came with it: that request's own row. */
	readonly ray: { readonly id: string; readonly receivedAtMs: number } | null;
}

/** What a service answers. */
interface Answer extends Saying {
	/** What of it is evidence of the case. */
	readonly evidence: readonly AccountFact[];
}

/** A service that is asked about an answer; null: it has nothing to say. */
type Asking = () => Promise<Answer | null>;

/** All of them are waited for this long. */
const BESIDE_MS = 4_000;

type Desk = Pick<Answering, "context" | "threads" | "accounts" | "looking">;

/** The services that may know something of it, in the order in which they are told. */
function askings(
	{ context: { statusPage, accounts: account, now }, accounts, looking }: Desk,
	{ moments, host, code, ray }: About,
	conversation: ResumableConversation,
): readonly Asking[] {
	const status: Asking = async () => {
		const read = await statusPage?.read();
		const named = read?.kind === "read" ? mostTelling(read.page, moments) : null;
		if (named === null) return null;
		return { service: "status", says: (room) => statusClause(named, now(), room), evidence: [] };
	};
	const numbers = async (of: string): Promise<Answer | null> => {
		const about = { host: of, code, atMs: ray?.receivedAtMs ?? null };
		const [row, found] = await Promise.all([
			ray === null ? null : accounts.rayFor(ray, of, conversation, looking.signal),
			accounts.numbersFor(about, conversation, looking.signal),
		]);
		const fails = found?.numbers?.fails.estimate ?? 0;
		// Beside a request's own row, that nothing failed around it says little.
		const others = row !== null && fails === 0 ? null : found;
		if (row === null && others === null) return null;
		const first = row === null ? [] : [row.say];
		const says = (room: number): Text =>
			join([...first, ...(others === null ? [] : [others.say(room - wordsInText(join(first)))])]);
		// Where none fails, the numbers are not about what failed.
		return { service: "account", says, evidence: fails === 0 ? [] : (found?.evidence ?? []) };
	};
	return [
		...(statusPage === null || moments.length === 0 ? [] : [status]),
		...(account == null || host === null ? [] : [() => numbers(host)]),
	];
}

/** What they answer within the time. Never rejects. */
async function answered(all: readonly Asking[]): Promise<readonly Answer[]> {
	const answers = await Promise.all(
		all.map((asks) =>
			withTimeout(
				asks().catch(() => null),
				BESIDE_MS,
			),
		),
	);
	return answers.filter((answer) => answer !== null);
}

/** What analytics say of a case. */
function newsOf(answers: readonly Answer[]): NewEvidence {
	const facts = answers.flatMap(({ evidence }) => evidence);
	return {
		evidence: Object.fromEntries(facts.map(({ key, value }) => [key, value])) as Evidence,
		rows: Object.fromEntries(facts.map(({ key, n }): [EvidenceKey, number] => [key, n])),
		by: "analytics",
		who: null,
	};
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
	desk: Desk,
	about: About,
	{ caseId, head }: ToldAnswer,
	conversation: ResumableConversation,
): Promise<readonly Beside[] | null> {
	const asked = askings(desk, about, conversation);
	if (asked.length === 0) return null;
	conversation.showHead?.();
	const answers = await answered(asked);
	const all = fittedBeside(head, answers);
	if (caseId !== null) await desk.threads.saidBeside(caseId, all, newsOf(answers), conversation);
	else if (all.length > 0) {
		// Where the head cannot be found again, it is not told a second time.
		if (conversation.location().messageRef === null) await conversation.replyPrivately(message("neutral", ...besideNotes(all)));
		else await conversation.update(withBeside(head, all));
	}
	return all;
}
