import { autopsy } from "../judge/autopsy.ts";
import { foundBy, opensCase, originEvidence, pasteEvidence, rayEvidence } from "../judge/case-evidence.ts";
import { judgeSite } from "../judge/verdict.ts";
import { checkOrigin } from "../looks/guard.ts";
import type { Message } from "../message/message.ts";
import { type DeskPress, isOfCase } from "../read/action.ts";
import { nameOf } from "../read/error.ts";
import { logEvidence, readLogs } from "../read/logs/read.ts";
import { mayAskIn, mayLookAtOriginOf } from "../read/policy.ts";
import { withChange } from "../read/text/admin.ts";
import { type Question, readQuestion } from "../read/text/question.ts";
import type { Target } from "../read/text/target.ts";
import { howAnswered, type QuestionKind } from "../read/text/verbs.ts";
import {
	adminByCommand,
	adminMessage,
	forgotten,
	nameChannelsFirst,
	notAdmin,
	notInThisChannel,
	noWorkspace,
} from "../reply/admin.ts";
import { caseHead } from "../reply/case.ts";
import { headersReply } from "../reply/headers.ts";
import { helpReply } from "../reply/help.ts";
import { logsReply } from "../reply/logs.ts";
import {
	brokeReply,
	busyReply,
	interruptedReply,
	maybeTwice,
	misreadReply,
	noPageReply,
	problemWords,
	refusedReply,
} from "../reply/misread.ts";
import { explainReply, privacyReply } from "../reply/pages.ts";
import { pasteReply } from "../reply/paste.ts";
import { raysReply } from "../reply/rays.ts";
import type { Reply } from "../reply/reply.ts";
import { nothingToReport } from "../reply/report.ts";
import { sharedHead, siteReply } from "../reply/site.ts";
import { variantsMessage } from "../reply/variants.ts";
import type { DeskContext } from "./context.ts";
import type { Conversation } from "./conversation.ts";
import type { LeftOver, Slots } from "./inbox.ts";
import { turns } from "./keyed-queue.ts";
import type { SiteSeen } from "./looking.ts";
import { openLooking, within } from "./looking.ts";
import { type DurableConversation, durable, noSlots } from "./resumable.ts";
import type { Cases } from "./stores.ts";
import { openThread, windowOf } from "./thread.ts";
import { type Doors, openWatching } from "./watching.ts";

/** How a question ended; for exit codes and the audit line. */
export interface Outcome {
	readonly caseId: string;
	readonly kind: "answered" | "misread" | "refused" | "broke" | "interrupted";
	readonly reply: Reply;
	/** What was concluded, in fixed words; null where nothing was judged. */
	readonly verdict: { readonly kind: string; readonly code: number | null } | null;
}

/** How a question ended, without its id. */
type Ended = Omit<Outcome, "caseId">;

/** What a question came with. */
interface Asked {
	/** As {@link Desk.accept} gave it; absent: nothing is noted of it (a terminal). */
	readonly id?: string;
	/** It was begun by a process before this one. */
	readonly again?: boolean;
	/** It is no use any more: only that is told. */
	readonly over?: boolean;
}

export interface Desk {
	/**
	 * Notes what has arrived, before it is acknowledged: whatever becomes of the process, it will be answered.
	 * @param event the chat's own id of it: a second delivery is null
	 * @param body what the adapter needs to take it up again
	 * @returns the id of the question
	 */
	accept(event: string, platform: string, body: unknown): string | null;
	/** There is nothing to answer: a form was opened, say. */
	drop(id: string): void;
	/** What a process before this one accepted and did not finish; the adapter takes it up again. */
	leftOver(platform: string): readonly LeftOver[];
	/** A chat is there, or gone: what it is told without a question goes on, or waits. */
	connect(platform: string, doors: Doors): void;
	disconnect(platform: string): void;
	/** Whether answers in this workspace are for the asker alone: its admins decided so. */
	privateByDefault(workspace: string | null): boolean;
	/** Whether the answer to a text will only be for the asker, as far as the text alone can tell. Pure; for chats that must say so first. */
	privately(text: string): boolean;
	/** The site whose origin a text asks about without naming its address: to be asked for in a private form. */
	wantsAddress(text: string, workspace: string | null): Target | null;
	/** Why a question about an origin cannot be taken, in one plain sentence for the form itself; null when it can. Pure. */
	addressProblem(text: string): string | null;
	/** Takes one question through to its end. Never rejects: when something of ours breaks, the person is told. */
	handle(text: string, room: Conversation<Message>, who?: string, asked?: Asked): Promise<Outcome>;
	/** Takes a button: an answer to a case, or what to do with it. Never rejects. `who` is the person's name, as the chat shows it. */
	press(press: DeskPress, room: Conversation<Message>, who: string, asked?: Asked): Promise<void>;
	/** Resolves when nothing is watched for a chat any more. */
	watchesEnded(platform: string): Promise<void>;
	/** How many questions are open, and how many of them wait for something. */
	depth(): { readonly open: number; readonly looking: number; readonly waiting: number };
	/** Takes no more questions, ends what runs within `ms`, and tells the rest that they were interrupted. */
	stop(ms: number): Promise<void>;
}

const WHO_MAX_CHARS = 80;
const BUSY_AGAIN_MS = 20_000;
/** What waits in one thread at most: more than anybody reads. */
const IN_THREAD_MAX = 20;
/** So often an unfinished question is taken up again: one that ends the process each time must not do so for ever. */
const TRIES_MAX = 10;
/** Nobody waits for an answer any longer. */
const LATE_MS = 3_600_000;

/** The one place that orders I/O: question in, reply out. */
export function openDesk(given: DeskContext): Desk {
	const context = { ...given, stores: { ...given.stores, cases: putOrLog(given) } };
	const { now } = context;
	const { cases, pending, policies } = context.stores;
	const stopping = new AbortController();
	let closing = false;
	const running = new Set<Promise<unknown>>();
	const lines = turns(IN_THREAD_MAX);
	const looking = openLooking(context, stopping.signal);
	const thread = openThread(context, async (one, room) => {
		const looked = await looking.variants(one, room);
		if (looked === null) return;
		const { seen, verdict } = looked;
		await room.followUp(variantsMessage(one, seen, verdict, now()));
		if (verdict.value !== null) await thread.advanceCase(one.id, { variants: verdict.value }, "look", null, room);
	});
	const watching = openWatching(context, looking, () => closing);

	const give = async (reply: Reply, room: DurableConversation): Promise<void> => {
		if (reply.private) return room.privateReply(reply.head);
		await room.begin(reply.head);
		for (const one of reply.thread) await room.followUp(one);
	};
	const whisper = async (message: Message, room: DurableConversation, kind: Outcome["kind"]): Promise<Ended> => {
		await room.privateReply(message);
		return { kind, reply: { private: true, head: message, thread: [], data: {} }, verdict: null };
	};

	const answer = async (
		question: ReturnType<typeof readQuestion>,
		room: DurableConversation,
		caseId: string,
		who: string,
	): Promise<Ended> => {
		if (!howAnswered(question.kind).everywhere && !mayAskIn(policies.of(room.workspace), room.channel)) {
			context.metrics.refused("channel");
			return whisper(notInThisChannel, room, "refused");
		}
		switch (question.kind) {
			case "misread": {
				const reply = misreadReply(question);
				await give(reply, room);
				return { kind: "misread", reply, verdict: null };
			}
			case "help":
			case "privacy": {
				const reply = question.kind === "help" ? helpReply() : privacyReply();
				await give(reply, room);
				return { kind: "answered", reply, verdict: null };
			}
			case "explain": {
				const page = explainReply(question.topic);
				const reply = page ?? noPageReply(question.topic);
				await give(reply, room);
				return { kind: page === null ? "misread" : "answered", reply, verdict: null };
			}
			case "rays": {
				const [first, ...others] = question.found.rays;
				if (first === undefined) throw new Error("a ray question holds at least one ray");
				const reply = raysReply({ ...question.found, rays: [first, ...others] }, question.target, question.pageAtMs, now());
				await give(reply, room);
				await thread.openFromPage(question, reply.head, room, caseId);
				await thread.advance(rayEvidence([first, ...others]), "paste", who, room);
				return { kind: "answered", reply, verdict: { kind: "ray", code: null } };
			}
			case "origin": {
				const { reply, refused, verdict } = await looking.origin(question, room);
				const evidence = verdict === null ? null : originEvidence(verdict);
				if (verdict !== null && evidence !== null) await thread.advance(evidence, "look", null, room, foundBy(verdict));
				return {
					kind: stopping.signal.aborted ? "interrupted" : refused ? "refused" : "answered",
					reply,
					verdict: verdict === null ? null : { kind: "origin", code: verdict.code },
				};
			}
			case "autopsy": {
				const { paste } = question;
				const found = autopsy(paste.bytes, paste.ending, paste.method);
				const reply = pasteReply(paste, found);
				await give(reply, room);
				await thread.advance(pasteEvidence(paste, found), "paste", who, room, paste.throughEdge ? undefined : foundBy(found));
				return { kind: "answered", reply, verdict: { kind: "autopsy", code: found.code } };
			}
			case "logs": {
				const one = thread.caseHere(room);
				const window = one === null ? null : windowOf(one);
				const reading = readLogs(question.text, window?.toMs ?? now());
				const evidence = logEvidence(reading, window);
				const reply = logsReply(reading, evidence, window);
				await give(reply, room);
				await thread.advance(Object.fromEntries(evidence.map(({ key, value }) => [key, value])), "paste", who, room);
				return { kind: "answered", reply, verdict: null };
			}
			case "answer":
			case "solved":
			case "report": {
				const { place } = room.where();
				// A closed case can still be reported on; and what was taken up again may have closed it itself.
				const anyway = question.kind === "report" || room.again;
				const one = anyway && place !== null ? cases.inPlace(place) : thread.caseHere(room);
				if (one === null) return whisper(nothingToReport, room, "misread");
				const press =
					question.kind === "answer"
						? ({ do: "answer", case: one.id, key: question.key, value: question.value } as const)
						: question.kind === "solved"
							? ({ do: "it-was", case: one.id, cause: question.cause } as const)
							: ({ do: "report", case: one.id } as const);
				await thread.act(press, room, who);
				return { kind: "answered", reply: { private: false, head: caseHead(one), thread: [], data: {} }, verdict: null };
			}
			case "watch": {
				const reply = await watching.begin(question, room, caseId, who);
				return { kind: reply.private ? "refused" : "answered", reply, verdict: null };
			}
			case "unwatch": {
				const reply = await watching.end(question.target, room, who);
				return { kind: reply.private ? "misread" : "answered", reply, verdict: null };
			}
			case "admin":
			case "forget":
				return administer(question, room, caseId);
			case "site":
			case "headers": {
				const looked = await looking.site(question, room);
				const { reply, verdict } =
					"reply" in looked ? { reply: looked.reply, verdict: null } : await tellSite(question, looked, room, caseId);
				const refused = reply.refusal !== undefined && !stopping.signal.aborted;
				return { kind: stopping.signal.aborted ? "interrupted" : refused ? "refused" : "answered", reply, verdict };
			}
		}
	};

	/** What the looks at a page met, told; a failure opens a case. */
	const tellSite = async (
		{ kind, target }: Extract<Question, { kind: "site" | "headers" }>,
		{ seen, atMs, sharedSinceMs }: SiteSeen,
		room: DurableConversation,
		caseId: string,
	): Promise<Pick<Ended, "reply" | "verdict">> => {
		const tell = async (reply: Reply): Promise<Reply> => {
			await room.update(reply.head);
			for (const one of reply.thread) await room.followUp(one);
			return reply;
		};
		if (kind === "headers") {
			const { kind, code } = seen[0].answer;
			return { reply: await tell(headersReply(target, seen[0])), verdict: { kind, code } };
		}
		const verdict = judgeSite(seen);
		context.metrics.verdict(verdict.kind, verdict.code);
		const opens = opensCase(verdict);
		const own = siteReply(target, verdict, seen, atMs, opens);
		const reply = sharedSinceMs === null ? own : { ...own, head: sharedHead(own.head, sharedSinceMs) };
		const opening = { id: caseId, target, verdict, seen, reply, atMs };
		return {
			reply: await (opens ? thread.openFromLook(opening, room, tell) : tell(reply)),
			verdict: { kind: verdict.kind, code: verdict.code },
		};
	};

	/** What admins decide for their workspace; told to them alone, and noted for whoever runs this. */
	const administer = async (
		question: Extract<Question, { kind: "admin" | "forget" }>,
		room: DurableConversation,
		caseId: string,
	): Promise<Ended> => {
		const { workspace } = room;
		if (workspace === null) return whisper(noWorkspace, room, "refused");
		if (!room.whispers) return whisper(adminByCommand, room, "refused");
		const admin = await room.isAdmin();
		if (admin !== "yes") {
			context.metrics.refused("not-admin");
			return whisper(notAdmin(admin === "unknown", room.platform), room, "refused");
		}
		const audit = (what: string, more: object) =>
			context.log({ event: "admin", audit: true, caseId, ...askedBy(room), what, ...more });
		if (question.kind === "forget") {
			const count = context.stores.forget(workspace, question.host);
			audit("forget", { host: question.host, ...count });
			return whisper(forgotten(question.host, count), room, "answered");
		}
		if (question.change === null) return whisper(adminMessage(policies.of(workspace), false, room.channel), room, "answered");
		if (question.change.what === "channels" && question.change.to === "not-here" && policies.of(workspace).channels === null)
			return whisper(nameChannelsFirst, room, "misread");
		const policy = withChange(policies.of(workspace), question.change, room.channel);
		policies.put(workspace, policy);
		audit(question.change.what, { policy });
		return whisper(adminMessage(policy, true, room.channel), room, "answered");
	};
	/** Who asked where, for a line of the log: no name, and a person only as a hash. */
	const askedBy = ({ platform, workspace, channel, asker }: Conversation<Message>) => ({
		platform,
		workspace,
		channel,
		person: asker === null ? null : context.hashed(asker),
	});

	/** One line a question: who asked what about where, and what came of it. No text, no person's name, no address. */
	const audited = (
		question: ReturnType<typeof readQuestion>,
		room: Conversation<Message>,
		caseId: string,
		outcome: Ended,
		ms: number,
	) => {
		context.metrics.question(room.platform, question.kind, outcome.kind);
		context.log({
			event: "question",
			audit: true,
			caseId,
			...askedBy(room),
			kind: question.kind,
			host: "target" in question && question.target !== null ? publicHost(question.target.host) : null,
			outcome: outcome.kind,
			verdict: outcome.verdict?.kind ?? null,
			code: outcome.verdict?.code ?? null,
			ms,
		});
	};

	const handle = async (
		text: string,
		plain: Conversation<Message>,
		who: string,
		{ id, again = false, over = false }: Asked,
		caseId: string,
	): Promise<Outcome> => {
		const slots = id === undefined ? noSlots : safely(caseId);
		const room = durable(plain, caseId, slots, again, maybeTwice);
		const question = readQuestion(text, now());
		const started = now();
		const end = (outcome: Ended, forGood = false): Outcome => {
			// What was interrupted and is kept goes on after the restart.
			if (id !== undefined && (forGood || outcome.kind !== "interrupted" || !context.stores.durable)) finished(id);
			audited(question, room, caseId, outcome, now() - started);
			return { caseId, ...outcome };
		};
		const refuse = async (reply: Reply, kind: "interrupted" | "refused"): Promise<Outcome> => {
			// Past the slots: this is no message of the answer.
			await plain.privateReply(reply.head).catch(() => {});
			return end({ kind, reply, verdict: null });
		};
		if (over) {
			const reply = interruptedReply(false);
			const told = async () => {
				// A head that stands is not left at "looking".
				if (slots.get("0") === null) return room.privateReply(reply.head);
				await room.begin(reply.head);
				await room.update(reply.head);
			};
			await told().catch(() => context.log({ event: "reply-failed", caseId }));
			return end({ kind: "interrupted", reply, verdict: null }, true);
		}
		if (closing) return refuse(interruptedReply(id !== undefined && context.stores.durable), "interrupted");
		// What was taken on before is not turned away now: there are no more of these than there was room for.
		const leave = context.limits.begin() ?? (again ? () => {} : null);
		if (leave === null) {
			context.metrics.refused("everybody");
			return refuse(busyReply({ why: "everybody", againMs: BUSY_AGAIN_MS }), "refused");
		}
		try {
			const lane = laneOf(question.kind, room.where().place);
			const work = () => answer(question, room, caseId, who);
			const turn = lines.take(lane, work) ?? (again ? work() : null);
			if (turn === null) {
				context.metrics.refused("thread");
				return await refuse(busyReply({ why: "thread", againMs: BUSY_AGAIN_MS }), "refused");
			}
			return end(await turn);
		} catch (error) {
			logBroke(caseId, error);
			const reply = brokeReply(caseId);
			// A head that says "looking" must not stay so.
			const alone = () => plain.privateReply(reply.head);
			await (room.begun() ? room.update(reply.head).catch(alone) : alone()).catch(() =>
				context.log({ event: "reply-failed", caseId }),
			);
			return end({ kind: "broke", reply, verdict: null });
		} finally {
			leave();
		}
	};

	const press = async (
		what: DeskPress,
		plain: Conversation<Message>,
		who: string,
		{ id, again = false, over = false }: Asked,
	): Promise<void> => {
		const caseId = isOfCase(what) ? what.case : (id ?? context.newCaseId());
		const slots = id === undefined ? noSlots : safely(id);
		const room = durable(plain, id ?? caseId, slots, again, maybeTwice);
		const started = now();
		const done = (outcome: string) => {
			if (id !== undefined && !(outcome === "interrupted" && context.stores.durable)) finished(id);
			context.metrics.question(room.platform, `press-${what.do}`, outcome);
			context.log({
				event: "press",
				audit: true,
				caseId,
				...askedBy(room),
				what: what.do,
				outcome,
				ms: now() - started,
			});
		};
		if (closing) {
			await plain.privateReply(interruptedReply(id !== undefined && context.stores.durable).head).catch(() => {});
			return done("interrupted");
		}
		if (over) {
			await room.privateReply(interruptedReply(false).head).catch(() => context.log({ event: "reply-failed", caseId }));
			if (id !== undefined) finished(id);
			return;
		}
		const allowed = what.do === "unwatch" || mayAskIn(policies.of(room.workspace), room.channel);
		const act = async () => {
			if (!allowed) await room.privateReply(notInThisChannel);
			else if (isOfCase(what)) await thread.act(what, room, who);
			else await watching.press(what, room, id ?? caseId, who);
		};
		try {
			const turn = lines.take(laneOf(what.do === "variants" ? "site" : "answer", room.where().place), act);
			if (turn === null) await plain.privateReply(busyReply({ why: "thread", againMs: BUSY_AGAIN_MS }).head);
			else await turn;
			done(!allowed || turn === null ? "refused" : stopping.signal.aborted ? "interrupted" : "answered");
		} catch (error) {
			logBroke(caseId, error);
			await plain.privateReply(brokeReply(caseId).head).catch(() => context.log({ event: "reply-failed", caseId }));
			done("broke");
		}
	};

	const logBroke = (caseId: string, error: unknown) =>
		context.log({
			event: "broke",
			caseId,
			error: error instanceof Error ? `${error.name}: ${error.message}`.replace(/\s+/g, " ") : "unknown",
			stack: stackOf(error),
		});
	/** What this process has taken on and not finished: no other start of a chat takes it up. */
	const mine = new Set<string>();
	const finished = (id: string): void => {
		mine.delete(id);
		try {
			pending.end(id);
		} catch (error) {
			context.log({ event: "store-failed", caseId: id, error: nameOf(error) });
		}
	};
	/** The slots of a question, on a disk that may be full or broken: it is answered all the same, as long as this process lives. */
	const safely = (id: string): Slots => {
		const kept = pending.slots(id);
		const tried = <T>(work: () => T, otherwise: T): T => {
			try {
				return work();
			} catch (error) {
				context.log({ event: "store-failed", caseId: id, error: nameOf(error) });
				return otherwise;
			}
		};
		return {
			get: (slot) => tried(() => kept.get(slot), null),
			meant: (slot) => tried(() => kept.meant(slot), undefined),
			not: (slot) => tried(() => kept.not(slot), undefined),
			stands: (slot, ref) => tried(() => kept.stands(slot, ref), undefined),
		};
	};
	const tracked = <T>(work: Promise<T>): Promise<T> => {
		running.add(work);
		void work.finally(() => running.delete(work));
		return work;
	};

	return {
		accept: (event, platform, body) => {
			const id = context.newCaseId();
			try {
				if (!pending.open(id, event, platform, JSON.stringify(body))) return null;
			} catch (error) {
				// A full or broken disk: it is answered all the same, as long as this process lives.
				context.log({ event: "store-failed", caseId: id, error: nameOf(error) });
			}
			mine.add(id);
			return id;
		},
		drop: finished,
		leftOver: (platform) =>
			pending.leftOver(platform).flatMap((one) => {
				if (mine.has(one.id)) return [];
				if (one.body === "") {
					// Written with another key: nobody can read any more who asked what.
					context.log({ event: "unreadable", caseId: one.id });
					finished(one.id);
					return [];
				}
				mine.add(one.id);
				const over = one.tries >= TRIES_MAX || now() - one.atMs >= LATE_MS;
				if (over) context.log({ event: "given-up", caseId: one.id, tries: one.tries });
				return { ...one, over };
			}),
		connect: (platform, doors) => watching.connect(platform, doors),
		disconnect: (platform) => watching.disconnect(platform),
		privateByDefault: (workspace) => policies.of(workspace).privately,
		privately: (text) => {
			const question = readQuestion(text, now());
			return (
				howAnswered(question.kind).private ||
				(question.kind === "watch" && question.alone) ||
				(question.kind === "origin" && question.addresses.length === 0) ||
				(question.kind === "explain" && explainReply(question.topic) === null)
			);
		},
		wantsAddress: (text, workspace) => {
			const question = readQuestion(text, now());
			if (question.kind !== "origin" || question.addresses.length > 0) return null;
			return mayLookAtOriginOf(policies.of(workspace), question.target.host) ? question.target : null;
		},
		addressProblem: (text) => {
			const question = readQuestion(text, now());
			if (question.kind === "misread") return problemWords(misreadReply(question));
			if (question.kind !== "origin" || question.addresses.length === 0)
				return problemWords(misreadReply({ kind: "misread", why: "origin-address" }));
			for (const { address, port } of question.addresses) {
				const checked = checkOrigin(question.target, address, port ?? question.target.port, context.rules);
				if ("why" in checked) return problemWords(refusedReply(checked));
			}
			return null;
		},
		handle: (text, room, who = "Somebody", asked = {}) => {
			const caseId = asked.id ?? context.newCaseId();
			return tracked(context.withCaseId(caseId, () => handle(text, room, who.slice(0, WHO_MAX_CHARS), asked, caseId)));
		},
		press: (what, room, who, asked = {}) =>
			tracked(
				context.withCaseId(isOfCase(what) ? what.case : (asked.id ?? ""), () =>
					press(what, room, who.slice(0, WHO_MAX_CHARS), asked),
				),
			),
		watchesEnded: (platform) => watching.allEnded(platform),
		depth: () => ({ open: context.limits.open, looking: looking.depth, waiting: lines.waiting }),
		stop: async (ms) => {
			closing = true;
			const patience = Math.max(0, ms - 2_000);
			await settledWithin(running, patience);
			stopping.abort();
			await settledWithin(new Set([...running, watching.stop()]), ms - patience);
		},
	};
}

/** On a disk that is full or broken a case is not kept, and the question is answered all the same. */
const putOrLog = ({ stores: { cases }, log }: DeskContext): Cases => ({
	...cases,
	put: (one) => {
		try {
			cases.put(one);
		} catch (error) {
			log({ event: "store-failed", caseId: one.id, error: nameOf(error) });
		}
	},
});

/** In one thread, what looks somewhere goes one after the other, and so does everything else: an answer does not wait for a slow look. */
const laneOf = (kind: QuestionKind, place: string | null): string | null =>
	place === null || place === "terminal" ? null : `${howAnswered(kind).lane} ${place}`;

/** A host by its number may be somebody's origin. */
const publicHost = (host: string): string => (/^[\d.]+$|:/.test(host) ? "(an address)" : host);

/** The frames of a stack, without the message above them, which may have several lines. */
function stackOf(error: unknown): string[] {
	const lines = error instanceof Error ? (error.stack ?? "").split("\n").map((line) => line.trim()) : [];
	return lines.filter((line) => /^at .*\b(?:file|node):\S+:\d+:\d+\)?$/.test(line)).slice(0, 8);
}

async function settledWithin(work: ReadonlySet<Promise<unknown>>, ms: number): Promise<void> {
	await within(Promise.allSettled(work), ms);
}
