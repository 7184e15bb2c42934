import { type Case, type Fact, type FoundCause, hasEnded, newCase, withFact, withoutFact, withUnknown } from "../judge/case.ts";
import { codeOfCase, siteEvidence } from "../judge/case-evidence.ts";
import { failed, type Seen } from "../judge/pattern.ts";
import type { Verdict } from "../judge/verdict.ts";
import type { Evidence, EvidenceKey } from "../knowledge/evidence.ts";
import type { Message } from "../message/message.ts";
import type { Text } from "../message/text.ts";
import type { CasePress } from "../read/action.ts";
import { nameOf } from "../read/error.ts";
import { decodeRay } from "../read/ray/decode.ts";
import { type LogWindow, logWindow } from "../read/ray/log-window.ts";
import type { Question } from "../read/text/question.ts";
import type { Target } from "../read/text/target.ts";
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
} from "../reply/case.ts";
import type { Reply } from "../reply/reply.ts";
import { reportMessages, reportText } from "../reply/report.ts";
import type { DeskContext } from "./context.ts";
import type { DurableConversation } from "./resumable.ts";

/** What a look at a page met that is worth a case. */
export interface CaseOpening {
	/** The new case's id, where a new one is opened. */
	readonly id: string;
	readonly target: Target;
	readonly verdict: Verdict;
	readonly seen: readonly Seen[];
	/** What is told of the looks alone. */
	readonly reply: Reply;
	/** Unix milliseconds of the last look. */
	readonly atMs: number;
}

/** The case of a thread: opened by a look or a pasted page, moved by looks, answers and pastes, closed by a person. */
export interface Thread {
	/**
	 * Opens a case with what a look at a page met, or goes on with the one of this thread about the same host.
	 * @param tell tells the reply, which holds the case then
	 * @returns the reply as it was told
	 */
	openFromLook(opening: CaseOpening, room: DurableConversation, tell: (reply: Reply) => Promise<Reply>): Promise<Reply>;
	/** The open case of the thread that a question was asked in. */
	caseHere(room: DurableConversation): Case | null;
	/** New evidence in the thread of a case: what it moves is told, and the head says where it stands. */
	advance(
		evidence: Evidence,
		by: Fact["by"],
		who: string | null,
		room: DurableConversation,
		/** What the bytes of the origin's answer name; undefined: they were not looked at. */
		found?: FoundCause | null,
	): Promise<void>;
	/** The same for a case by its id. */
	advanceCase(
		id: string,
		evidence: Evidence,
		by: Fact["by"],
		who: string | null,
		room: DurableConversation,
		found?: FoundCause | null,
	): Promise<void>;
	/** A pasted error page that names its site and its code opens a case in a thread that has none. */
	openFromPage(
		question: Extract<Question, { kind: "rays" }>,
		head: Message,
		room: DurableConversation,
		id: string,
	): Promise<void>;
	/** What a person said of a case: by a button, or in words. */
	act(press: CasePress, room: DurableConversation, who: string): Promise<void>;
}

/**
 * What becomes of the cases of threads. A case is read and put without waiting in between, so that two people who answer at once both count.
 * @param lookInVariants the desk's part: it has the sockets
 */
export function openThread(
	context: Pick<DeskContext, "now" | "stores" | "log">,
	lookInVariants: (one: Case, room: DurableConversation) => Promise<void>,
): Thread {
	const { now } = context;
	const { cases } = context.stores;

	const openFromLook: Thread["openFromLook"] = async (opening, room, tell) => {
		const opened = caseOf(opening, room);
		// Kept before it is told: its buttons may be pressed while the rest is on its way.
		cases.put({ ...opened, ...room.where() });
		const reply = await tell(withCase(opening.reply, opened, earlier(opened)));
		const told = cases.get(opened.id);
		if (told !== null) cases.put({ ...told, ...room.where() });
		return reply;
	};

	/** A new case, or the one of this thread about the same host with what was seen now. Not kept yet. */
	const caseOf = ({ id, target, verdict, seen, reply: { head }, atMs: at }: CaseOpening, room: DurableConversation): Case => {
		const { place } = room.where();
		// Those of failures: they are what others have to look for.
		const rays = [
			...new Set(seen.flatMap(({ answer }) => (answer.ray === null || failed(answer) !== true ? [] : [answer.ray.id]))),
		];
		const old = place === null ? null : cases.inPlace(place);
		const same = old !== null && !hasEnded(old, at) && new URL(old.url).hostname === target.host;
		const base: Case = same
			? {
					...old,
					code: verdict.fails ? codeOfCase(verdict) : old.code,
					url: target.url,
					rays: [...new Set([...rays, ...old.rays])],
					head,
				}
			: newCase({ id, code: codeOfCase(verdict), url: target.url, workspace: room.workspace, rays, head }, at);
		return facts(siteEvidence(verdict), "look", null, at).reduce(withFact, base);
	};

	const facts = (evidence: Evidence, by: Fact["by"], who: string | null, atMs: number): Fact[] =>
		Object.entries(evidence).map(([key, value]) => ({ key: key as EvidenceKey, value, by, who, atMs }));

	/** Other cases about the same host, here in this workspace, the newest first. */
	const earlier = (one: Case): readonly Case[] =>
		cases
			.ofHost(one.workspace, new URL(one.url).hostname, EARLIER_READ_MAX)
			// Another question of this very moment is no earlier case.
			.filter(({ id, solved, openedAtMs }) => id !== one.id && (solved !== null || one.openedAtMs - openedAtMs > SAME_MOMENT_MS))
			// What it turned out to be says more than that it was.
			.sort((a, b) => Number(b.solved !== null) - Number(a.solved !== null))
			.slice(0, EARLIER_MAX);

	/** The open case of the thread that a question was asked in. */
	const caseHere = (room: DurableConversation): Case | null => {
		const { place } = room.where();
		const one = place === null ? null : cases.inPlace(place);
		return one === null || hasEnded(one, now()) ? null : one;
	};

	/** New evidence in the thread of a case: what it moves is told, and the head says where it stands. */
	const advance: Thread["advance"] = async (evidence, by, who, room, found) => {
		const here = caseHere(room);
		if (here !== null) await advanceCase(here.id, evidence, by, who, room, found);
	};

	const advanceCase: Thread["advanceCase"] = async (id, evidence, by, who, room, found) => {
		// As it is now: others may have answered while we looked.
		const before = cases.get(id);
		if (before === null || hasEnded(before, now())) return;
		let one = found === undefined ? before : { ...before, found };
		const changes: Text[] = [];
		for (const fact of facts(evidence, by, who, now())) {
			const known = one.facts.find(({ key }) => key === fact.key);
			if (known !== undefined && (String(known.value) === String(fact.value) || weaker(fact, known))) continue;
			const after = withFact(one, fact);
			changes.push(changeWords(one, after, fact));
			one = after;
		}
		// Taken up again: it was noted, and perhaps not told.
		if (changes.length === 0 && !room.again) return;
		const change = changes.flatMap((one, index) => (index === 0 ? one : [{ t: "plain", s: " " } as const, ...one]));
		await settle(one, changes.length === 0 ? null : change, room);
	};

	/** A changed case: kept, told in its thread, its head brought up to date. */
	const settle = async (one: Case, change: Text | null, room: DurableConversation): Promise<void> => {
		cases.put(one);
		await room.followUp(one.solved === null ? caseMessage(one, change) : solvedMessage(one));
		if (one.ref !== null)
			await room.edit(one.ref, caseHead(one)).catch(() => context.log({ event: "head-not-updated", caseId: one.id }));
	};

	/** A pasted error page that names its site and its code opens a case in a thread that has none. */
	const openFromPage = async (
		{ found, target, code }: Extract<Question, { kind: "rays" }>,
		head: Message,
		room: DurableConversation,
		id: string,
	): Promise<void> => {
		const { ref, place } = room.where();
		if (target === null || code === null || place === null) return;
		const here = caseHere(room);
		if (here !== null) {
			// Taken up again: it was opened, and perhaps not told.
			if (room.again && here.id === id) await room.followUp(caseMessage(here, null, earlier(here)));
			return;
		}
		const rays = found.rays.map((ray) => ray.id).slice(0, 20);
		const one = newCase({ id, code, url: target.url, workspace: room.workspace, rays, head, ref, place }, now());
		cases.put(one);
		await room.followUp(caseMessage(one, null, earlier(one)));
	};

	/** What a person said of a case: by a button, or in words. */
	const act = async (press: CasePress, room: DurableConversation, who: string): Promise<void> => {
		const one = cases.get(press.case);
		if (one === null) return room.privateReply(caseGone);
		const at = now();
		if (press.do === "report") {
			for (const message of reportMessages(one, at)) await room.followUp(message);
			// To forward as it is; a chat that refuses files has the text above.
			await room
				.attach(`cf520-${new URL(one.url).hostname}.txt`, reportText(one, at))
				.catch((error: unknown) => context.log({ event: "file-not-sent", caseId: one.id, error: nameOf(error) }));
			return;
		}
		const closedByThis = room.again && press.do === "it-was" && one.solved?.cause === press.cause && one.solved.who === who;
		if (hasEnded(one, at)) return closedByThis ? settle(one, [], room) : room.privateReply(caseEnded(one));
		switch (press.do) {
			case "answer": {
				const known = one.facts.find(({ key }) => key === press.key);
				if (press.value === null) {
					// Somebody who does not know takes nothing away from somebody who does.
					if (known !== undefined) return room.privateReply(answeredBefore(one, known));
					if (one.unknown.includes(press.key) && !room.again) return;
					return settle(withUnknown(one, press.key, at), unknownWords(press.key, who, at), room);
				}
				const fact: Fact = { key: press.key, value: press.value, by: "person", who, atMs: at };
				if (known !== undefined && String(known.value) === press.value)
					return room.again && known.who === who
						? settle(one, changeWords(one, one, known), room)
						: room.privateReply(answeredBefore(one, known));
				const after = withFact(one, fact);
				return settle(after, changeWords(one, after, fact), room);
			}
			case "take-back":
				if (!one.facts.some(({ key }) => key === press.key) && !one.unknown.includes(press.key) && !room.again) return;
				return settle(withoutFact(one, press.key, at), takenBackWords(press.key, who, at), room);
			case "variants":
				return lookInVariants(one, room);
			case "solved":
				return void (await room.followUp(whatWasIt(one)));
			case "it-was":
				return settle({ ...one, solved: { cause: press.cause, who, atMs: at }, lastAtMs: at }, [], room);
		}
	};

	return { openFromLook, caseHere, advance, advanceCase, openFromPage, act };
}

/** Earlier cases that are told in a new one. */
const EARLIER_MAX = 3;
const EARLIER_READ_MAX = 20;
const SAME_MOMENT_MS = 60_000;

/** What log lines say, the strongest first: a crash explains the 200 beside it, and a later paste of other lines does not undo it. */
const LOG_STRENGTH: readonly string[] = ["crash", "refused-or-444", "client-closed-499", "complete-200"];
const weaker = (fact: Fact, known: Fact): boolean =>
	fact.key === "origin-log" &&
	fact.by === "paste" &&
	known.by === "paste" &&
	LOG_STRENGTH.indexOf(String(fact.value)) > LOG_STRENGTH.indexOf(String(known.value));

/** The second in which the failing request was at the origin, by the newest Ray ID of the case, and some time for its answer. */
export function windowOf(one: Case): LogWindow | null {
	const times = one.rays.flatMap((id) => {
		const ray = decodeRay(id, null, one.lastAtMs);
		return "why" in ray ? [] : [ray.receivedAtMs];
	});
	return times.length === 0 ? null : logWindow(Math.min(...times), Math.max(...times));
}
