import { mayAskIn } from "../read/policy.ts";
import { readTarget } from "../read/text/target.ts";
import { notInThisChannel } from "../reply/admin.ts";
import { shownByCommand } from "../reply/by-command.ts";
import { whichCase } from "../reply/case.ts";
import { helpReply } from "../reply/help.ts";
import { misreadReply, noPageReply } from "../reply/misread.ts";
import { codeAloneReply, explainReply, privacyReply } from "../reply/pages.ts";
import { placesNotAsked } from "../reply/places.ts";
import type { Reply } from "../reply/reply.ts";
import { notNoted } from "../reply/talk.ts";
import { administer } from "./administer.ts";
import { answerPaste, answerRays } from "./answer-paste.ts";
import { answerPlaces } from "./answer-places.ts";
import { answerOrigin, answerSite, numbersCode } from "./answer-site.ts";
import { answerStatus } from "./answer-status.ts";
import type { Answering } from "./answering.ts";
import { type Ended, ended, endPrivately } from "./outcome.ts";
import { isAnsweredEverywhere, type Request } from "./request.ts";
import type { ResumableConversation } from "./resumable.ts";
import { tell } from "./tell.ts";

/** One request, answered to its end. Rejects on an internal error; part of the answer may have been posted by then. */
export async function answer(
	desk: Answering,
	request: Exclude<Request, { readonly kind: "step" }>,
	conversation: ResumableConversation,
	caseId: string,
	who: string,
): Promise<Ended> {
	const { context, actions, threads, watching } = desk;
	if (
		!isAnsweredEverywhere(request) &&
		!mayAskIn(await context.stores.policies.of(conversation.workspace), conversation.channel)
	) {
		context.metrics.refused("channel");
		return endPrivately(notInThisChannel, conversation, "refused");
	}
	const told = async (reply: Reply, kind: "answered" | "misread"): Promise<Ended> => {
		await tell(reply, conversation);
		return ended(kind, reply);
	};
	switch (request.kind) {
		case "misread":
			return told(misreadReply(request, conversation), "misread");
		case "help":
		case "privacy": {
			if (!conversation.canReplyPrivately) return endPrivately(shownByCommand(request.kind), conversation, "answered");
			return told(request.kind === "help" ? helpReply(request.page) : privacyReply(request.page), "answered");
		}
		case "explain": {
			const page = request.tellsCode === true ? codeAloneReply(request.topic) : explainReply(request.topic);
			return page === null ? told(noPageReply(request.topic), "misread") : told(page, "answered");
		}
		case "rays":
			return answerRays(desk, request, conversation, caseId, who);
		case "autopsy":
		case "capture":
		case "logs":
			return answerPaste(desk, request, conversation, who);
		case "site":
		case "headers":
			return answerSite(desk, request, { conversation, caseId, who });
		case "origin":
			return answerOrigin(desk, request, conversation);
		case "status":
			return answerStatus(context, request, conversation);
		case "answer":
		case "solved":
		case "report":
			return actions.fromWords(request, conversation, who);
		case "watch": {
			const reply = await watching.begin(request, conversation, caseId, who);
			return ended(reply.private ? "refused" : "answered", reply);
		}
		case "unwatch": {
			const reply = await watching.end(request.target, conversation, who);
			return ended(reply.private ? "misread" : "answered", reply);
		}
		case "account":
			return desk.accounts.answer(request, conversation);
		case "connect":
		case "disconnect":
		case "numbers": {
			const here = await threads.here(conversation);
			const isOfHost = here !== null && new URL(here.url).hostname === request.target.host;
			const known = isOfHost
				? { code: numbersCode(here.code), url: here.url, rays: here.rays, speaksHttp2: here.speaksHttp2 }
				: undefined;
			return desk.accounts.answer(request, conversation, known);
		}
		case "admin":
		case "forget":
			return administer(context, request, conversation, caseId, desk.accounts);
		case "talk":
			if (request.talk.means === "no-place") {
				const { target, unasked } = request.talk;
				return endPrivately(placesNotAsked(target, unasked, desk.places.isOff), conversation, "answered");
			}
			return actions.talk(request.case, request.talk, conversation, who);
		case "of-channel": {
			const [only, ...others] = await threads.openInRoom(conversation);
			if (only === undefined) return answer(desk, request.otherwise, conversation, caseId, who);
			if (others.length === 0)
				return answer(desk, { kind: "action", action: { do: request.said, case: only.id } }, conversation, caseId, who);
			const head = whichCase([only, ...others], (id) => ({ do: request.said, case: id }));
			await conversation.post(head);
			return ended("answered", { private: false, head, thread: [], data: {} });
		}
		case "action":
			switch (request.action.do) {
				case "watch":
				case "unwatch":
				case "watch-evidence":
					return watching.act(request.action, conversation, caseId, who);
				case "fresh": {
					const target = readTarget(request.action.url);
					if ("why" in target) return actions.gone(conversation);
					return answerSite(desk, { kind: "site", target }, { conversation, caseId, who, fresh: true });
				}
				case "places": {
					const target = readTarget(request.action.url);
					if ("why" in target) return actions.gone(conversation);
					return answerPlaces(desk, target, conversation, null);
				}
				case "case-places": {
					const one = await actions.known(request.action.case, conversation);
					const target = one === null ? null : readTarget(one.url);
					if (one === null || target === null || "why" in target) return actions.gone(conversation);
					return answerPlaces(desk, target, conversation, one.id);
				}
				case "recheck": {
					const again = await actions.known(request.action.case, conversation);
					const target = again === null ? null : readTarget(again.url);
					if (again === null || target === null || "why" in target) return actions.gone(conversation);
					return answerSite(desk, { kind: "site", target }, { conversation, caseId, who, again });
				}
				case "leave":
					return endPrivately(notNoted, conversation, "answered");
				case "allow-origin":
					return administer(context, request.action, conversation, caseId, desk.accounts);
				default:
					return actions.act(request.action, conversation, who);
			}
	}
}
