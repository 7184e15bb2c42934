import type { Message } from "../message/message.ts";
import type { DeskContext } from "./context.ts";
import type { Conversation } from "./conversation.ts";
import type { Ended } from "./outcome.ts";
import type { Request } from "./request.ts";

/** An IP address may be someone's origin. */
const publicHost = (host: string): string => (/^[\d.]+$|:/.test(host) ? "(an address)" : host);

/** A workspace as a log names it: of one that is a person, only that it is one. */
export const loggedWorkspace = (workspace: string | null): string | null => workspace?.replace(/^(\w+ person) .*$/, "$1") ?? null;

/** Who asked where, for the log: no name, the person as a hash. */
const askedBy = ({ hashed }: DeskContext, { platform, workspace, channel, asker, isOfPerson }: Conversation<Message>) => ({
	platform,
	workspace: loggedWorkspace(workspace),
	channel: isOfPerson === true ? null : channel,
	person: asker === null ? null : hashed(asker),
});

/** One line and one count a question or button: who asked what about where, and what came of it. No text, no person's name, no address. */
export function audit(
	context: DeskContext,
	request: Request,
	conversation: Conversation<Message>,
	caseId: string,
	{ kind: outcome, verdict }: Ended,
	ms: number,
): void {
	const line = { audit: true, caseId, ...askedBy(context, conversation) };
	if (request.kind === "action") {
		const what = request.action.do;
		context.metrics.question(conversation.platform, `press-${what}`, outcome);
		context.log({ event: "press", ...line, what, outcome, ms });
		return;
	}
	context.metrics.question(conversation.platform, request.kind, outcome);
	context.log({
		event: "question",
		...line,
		kind: request.kind,
		host: "target" in request && request.target !== null ? publicHost(request.target.host) : null,
		outcome,
		verdict: verdict?.kind ?? null,
		code: verdict?.code ?? null,
		ms,
	});
}

/** One line a decision of an admin. */
export const auditDecision = (
	context: DeskContext,
	conversation: Conversation<Message>,
	caseId: string,
	what: string,
	more: object,
): void => context.log({ event: "admin", audit: true, caseId, ...askedBy(context, conversation), what, ...more });
