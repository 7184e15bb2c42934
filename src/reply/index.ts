import type { Words } from "../core/words.ts";
import { maskedBytes } from "../message/masking.ts";
import { note, plainTitle } from "../message/message.ts";
import { text, time } from "../message/text.ts";
import {
	adminByCommand,
	adminMessage,
	forgotten,
	nameChannelsFirst,
	notAdmin,
	notInThisChannel,
	noWorkspace,
	originNotAllowed,
} from "./admin.ts";
import {
	answeredBefore,
	caseEnded,
	caseGone,
	caseHead,
	caseMessage,
	changeWords,
	solvedMessage,
	takenBackWords,
	unknownWords,
	whatWasIt,
	withCase,
} from "./case.ts";
import { headersReply } from "./headers.ts";
import { logsReply } from "./logs.ts";
import { brokeReply, busyReply, interruptedReply, maybeTwice, misreadReply, noPageReply, refusedReply } from "./misread.ts";
import { addressWanted, lookingAtOrigin, originProgress, originReply } from "./origin.ts";
import { explainReply, helpReply, privacyReply } from "./pages.ts";
import { pasteReply } from "./paste.ts";
import { raysReply } from "./rays.ts";
import { nothingToReport, reportMessages, reportText } from "./report.ts";
import { declinedMessage, lookingMessage, progressMessage, siteReply } from "./site.ts";
import { unreachedWords } from "./site-words.ts";
import { lookingInVariants, variantsMessage } from "./variants.ts";
import {
	justBegun,
	nothingWatched,
	nowhereToTell,
	stoppedWatching,
	tooManyWatches,
	watchChange,
	watchEnded,
	watchedAlone,
	watchedAlready,
	watchHead,
} from "./watch.ts";

/** Everything a person reads, for the desk. */
export const words: Words = {
	misread: misreadReply,
	help: helpReply,
	privacy: privacyReply,
	explain: explainReply,
	noPage: noPageReply,
	refused: refusedReply,
	looking: lookingMessage,
	declined: declinedMessage,
	progress: progressMessage,
	site: siteReply,
	shared: (head, startedAtMs) => ({
		...head,
		blocks: [...head.blocks, note(text`The same looks, begun at ${time(startedAtMs)}, answer another question too.`)],
	}),
	rays: (question, rays, nowMs) => raysReply({ ...question.found, rays }, question.target, question.pageAtMs, nowMs),
	headers: (target, seen) =>
		headersReply(target, seen, seen.look.kind === "unreached" ? unreachedWords(seen.look.stage, seen.look.code) : null),
	lookingAtOrigin,
	originProgress,
	origin: originReply,
	addressWanted,
	paste: pasteReply,
	problem: (reply) => plainTitle(reply.head, 280),
	logs: logsReply,
	withCase,
	caseHead,
	caseMessage,
	changed: changeWords,
	unknown: unknownWords,
	takenBack: takenBackWords,
	answeredBefore,
	whatWasIt,
	solved: solvedMessage,
	lookingInVariants,
	variants: variantsMessage,
	report: reportMessages,
	reportText,
	nothingToReport,
	caseGone,
	caseEnded,
	busy: busyReply,
	broke: brokeReply,
	interrupted: interruptedReply,
	maybeTwice,
	masked: maskedBytes,
	watchHead,
	watchChange,
	watchedAlready,
	watchedAlone,
	watchEnded,
	stoppedWatching,
	nothingWatched,
	justBegun,
	nowhereToTell,
	tooManyWatches,
	adminByCommand,
	nameChannelsFirst,
	notInThisChannel,
	originNotAllowed,
	admin: adminMessage,
	noWorkspace,
	notAdmin,
	forgotten,
};
