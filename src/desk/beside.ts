import type { Beside } from "../judge/case.ts";
import { mostTelling, type StatusMoment } from "../judge/cloudflare-status.ts";
import type { AccountFact } from "../judge/shares.ts";
import type { Evidence, EvidenceKey } from "../knowledge/evidence.ts";
import type { Message } from "../message/message.ts";
import type { Text } from "../message/text.ts";
import { besideMessage, fittedBeside, type Saying, withBeside } from "../reply/beside.ts";
import { besideRow } from "../reply/numbers.ts";
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
	/** The page that it is about; null: none. */
	readonly url: string | null;
	/** The code that its numbers are about; null: unknown. */
	readonly code: number | null;
	/** A direct request has shown that the origin takes HTTP/2. */
	readonly speaksHttp2: boolean;
	/** Of a Ray ID that came with it: that request's own row. */
	readonly ray: { readonly id: string; readonly receivedAtMs: number } | null;
}

/** What a service answers. */
interface Answer extends Saying {
	/** What of it is evidence of the case. */
	readonly evidence: readonly AccountFact[];
	/** Of an account: since when it fails, Unix milliseconds; absent or null: unknown. */
	readonly beganAtMs?: number | null;
}

/** A service that is asked about an answer; null: it has nothing to say. */
type Asking = () => Promise<Answer | null>;

/** All of them are waited for this long. */
const BESIDE_MS = 4_000;

type Desk = Pick<Answering, "context" | "threads" | "accounts" | "looking">;

/** The services that may know something of it, in the order in which they are told. */
function askings(
	{ context: { statusPage, accounts: account, now }, accounts, looking }: Desk,
	{ moments, url, code, ray, speaksHttp2 }: About,
	conversation: ResumableConversation,
): readonly Asking[] {
	const status: Asking = async () => {
		const read = await statusPage?.read();
		const named = read?.kind === "read" ? mostTelling(read.page, moments) : null;
		if (named === null) return null;
		return { service: "status", says: (room) => statusClause(named, now(), room), evidence: [] };
	};
	const numbers = async (of: string): Promise<Answer | null> => {
		const found = await accounts.numbersFor({ url: of, code, ray, speaksHttp2 }, conversation, looking.signal);
		if (found === null) return null;
		const { row, evidence } = found;
		// Beside a request's own row, that nothing failed around it says little.
		const isQuiet = row !== null && (found.numbers?.fails.estimate ?? 0) === 0;
		const says = (room: number): Text => besideRow(row, isQuiet ? null : found.say, room);
		const again = row?.isEarly === true && ray !== null ? { again: `${of} Ray ID: ${ray.id}` } : {};
		return { service: "account", says, evidence, beganAtMs: found.beganAtMs, ...again };
	};
	return [
		...(statusPage === null || moments.length === 0 ? [] : [status]),
		...(account == null || url === null ? [] : [() => numbers(url)]),
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
	const changes = facts.flatMap((fact) => fact.changes ?? []);
	const [beganAtMs] = answers.flatMap((answer) => answer.beganAtMs ?? []);
	return {
		evidence: Object.fromEntries(facts.map(({ key, value }) => [key, value])) as Evidence,
		rows: Object.fromEntries(facts.map(({ key, n }): [EvidenceKey, number] => [key, n])),
		own: facts.flatMap(({ key, own }) => (own === true ? [key] : [])),
		...(changes.length === 0 ? {} : { changes }),
		...(beganAtMs === undefined ? {} : { beganAtMs }),
		by: "analytics",
		who: null,
	};
}

/** An answer that was told. */
export interface ToldAnswer {
	/** The case whose head it is; null: it has none. */
	readonly caseId: string | null;
	/** A case that it is no head of, and that what services say is evidence of; null or absent: none. */
	readonly evidenceOf?: string | null;
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
	{ caseId, evidenceOf = null, head }: ToldAnswer,
	conversation: ResumableConversation,
): Promise<readonly Beside[] | null> {
	const asked = askings(desk, about, conversation);
	if (asked.length === 0) return null;
	conversation.showHead?.();
	const answers = await answered(asked);
	const all = fittedBeside(head, answers, caseId !== null);
	if (caseId !== null) await desk.threads.saidBeside(caseId, all, newsOf(answers), conversation);
	else if (all.length > 0) {
		// Where the head cannot be found again, it is not told a second time.
		if (conversation.location().messageRef === null) await conversation.replyPrivately(besideMessage(all));
		else await conversation.update(withBeside(head, all));
	}
	if (evidenceOf !== null) await desk.threads.movedBeside(evidenceOf, newsOf(answers), conversation);
	return all;
}
