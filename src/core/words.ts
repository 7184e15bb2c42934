import type { Message } from "../message/message.ts";
import type { Text } from "../message/text.ts";
import type { Reply } from "../reply/reply.ts";
import type { Case, Fact } from "./case.ts";
import type { EvidenceKey } from "./causes/evidence.ts";
import type { Autopsy } from "./judge/autopsy.ts";
import type { OriginVerdict } from "./judge/origin.ts";
import type { Seen } from "./judge/pattern.ts";
import type { VariantVerdict } from "./judge/variants.ts";
import type { judgeSite } from "./judge/verdict.ts";
import type { Busy } from "./limits.ts";
import type { LogEvidence, LogReading } from "./logs/read.ts";
import type { GuardRefusal } from "./looks/guard.ts";
import type { VariantSeen } from "./looks/variants.ts";
import type { Paste } from "./paste.ts";
import type { Policy } from "./policy.ts";
import type { Question, readQuestion } from "./question.ts";
import type { Ray } from "./ray/decode.ts";
import type { LogWindow } from "./ray/log-window.ts";
import type { Target } from "./target.ts";
import type { Watch, WatchChange } from "./watch.ts";

/** The words that the desk needs; `reply` has them, so that nothing here is worded twice. */
export interface Words {
	misread(misread: Extract<ReturnType<typeof readQuestion>, { kind: "misread" }>): Reply;
	help(): Reply;
	privacy(): Reply;
	/** null: no such page. */
	explain(topic: string): Reply | null;
	noPage(topic: string): Reply;
	refused(refusal: GuardRefusal): Reply;
	looking(target: Target, looks: number): Message;
	progress(target: Target, done: number, of: number): Message;
	/** In public, when the reason is told to the asker alone. */
	declined(target: Target): Message;
	site(target: Target, verdict: ReturnType<typeof judgeSite>, seen: readonly Seen[], nowMs: number): Reply;
	rays(question: Extract<Question, { kind: "rays" }>, rays: readonly [Ray, ...Ray[]], nowMs: number): Reply;
	/** The answer came of looks that somebody else had just asked for. */
	shared(head: Message, startedAtMs: number): Message;
	headers(target: Target, seen: Seen): Reply;
	lookingAtOrigin(target: Target, looks: number): Message;
	originProgress(target: Target, done: number, of: number): Message;
	origin(target: Target, verdict: OriginVerdict): Reply;
	/** Why a look at an origin has to ask for the address first. */
	addressWanted(target: Target): Message;
	paste(paste: Paste, found: Autopsy): Reply;
	/** The sentence of a private reply, in plain words. */
	problem(reply: Reply): string;
	logs(reading: LogReading, evidence: readonly LogEvidence[], window: LogWindow | null): Reply;
	/** A site's answer with the case that it opens. */
	withCase(reply: Reply, one: Case, earlier: readonly Case[]): Reply;
	caseHead(one: Case): Message;
	caseMessage(one: Case, change: Text | null, earlier?: readonly Case[]): Message;
	changed(before: Case, after: Case, fact: Fact): Text;
	unknown(key: EvidenceKey, who: string, atMs: number): Text;
	takenBack(key: EvidenceKey, who: string, atMs: number): Text;
	answeredBefore(one: Case, fact: Fact): Message;
	whatWasIt(one: Case): Message;
	solved(one: Case): Message;
	lookingInVariants(one: Case): Message;
	variants(one: Case, seen: readonly VariantSeen[], verdict: VariantVerdict, nowMs: number): Message;
	report(one: Case, nowMs: number): readonly Message[];
	/** The same statements as one text, for a file. */
	reportText(one: Case, nowMs: number): string;
	readonly nothingToReport: Message;
	readonly caseGone: Message;
	caseEnded(one: Case): Message;
	busy(busy: Busy): Reply;
	broke(caseId: string): Reply;
	/** @param goesOn the answer comes by itself after the restart */
	interrupted(goesOn: boolean): Reply;
	/** A message that may have been told before: the process ended while it was on its way. */
	maybeTwice(message: Message): Message;
	/** Part of some bytes, with cookies and tokens made unreadable. */
	masked(bytes: Uint8Array, from: number, to: number): Uint8Array;
	watchHead(watch: Watch, nowMs: number): Message;
	watchChange(watch: Watch, changes: readonly WatchChange[], nowMs: number): Message;
	watchedAlready(watch: Watch): Message;
	watchedAlone(watch: Watch): Message;
	watchEnded(watch: Watch | null): Message;
	stoppedWatching(watches: readonly Watch[]): Message;
	readonly nothingWatched: Message;
	readonly justBegun: Message;
	readonly nowhereToTell: Message;
	tooManyWatches(of: "host" | "workspace" | "all"): Message;
	/** The admins decided so. */
	readonly notInThisChannel: Message;
	originNotAllowed(target: Target): Reply;
	/** @param here the channel in which it was asked */
	admin(policy: Policy, changed: boolean, here: string | null): Message;
	readonly noWorkspace: Message;
	readonly adminByCommand: Message;
	readonly nameChannelsFirst: Message;
	notAdmin(unknown: boolean, platform: string): Message;
	forgotten(host: string, count: { readonly cases: number; readonly watches: number }): Message;
}
