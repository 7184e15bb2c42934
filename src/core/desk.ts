import type { Message, Reply } from "../reply/reply.ts";
import type { Conversation } from "./conversation.ts";
import { classify } from "./judge/answer.ts";
import { type Autopsy, autopsy } from "./judge/autopsy.ts";
import { judgeOrigin, type OriginVerdict } from "./judge/origin.ts";
import { failed, type Seen } from "./judge/pattern.ts";
import { judgeSite } from "./judge/verdict.ts";
import type { LookOptions } from "./looks/exchange.ts";
import { type CheckedTarget, checkOrigin, checkTarget, type GuardRefusal, type GuardRules } from "./looks/guard.ts";
import type { Observation } from "./looks/observation.ts";
import { lookAtOrigin, originLooks } from "./looks/origin.ts";
import { planHeaders, planLooks, planStructured, runLooks } from "./looks/plan.ts";
import type { Paste } from "./paste.ts";
import { type Question, readQuestion } from "./question.ts";
import type { Ray } from "./ray/decode.ts";
import { slots } from "./slots.ts";
import type { Target } from "./target.ts";

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
	headers(target: Target, seen: Seen): Reply;
	lookingAtOrigin(target: Target, looks: number): Message;
	originProgress(target: Target, done: number, of: number): Message;
	origin(target: Target, verdict: OriginVerdict): Reply;
	/** Why a look at an origin has to ask for the address first. */
	addressWanted(target: Target): Message;
	paste(paste: Paste, found: Autopsy): Reply;
	/** The sentence of a private reply, in plain words. */
	problem(reply: Reply): string;
	broke(caseId: string): Reply;
	interrupted(): Reply;
}

/** What the desk is handed: the world and the words. */
export interface DeskWorld {
	readonly now: () => number;
	/** A short id for a case, shown to people and in logs. */
	readonly newCaseId: () => string;
	readonly rules: GuardRules;
	readonly lookOptions: Omit<LookOptions, "signal">;
	readonly words: Words;
	/** One line about one thing, without secrets. */
	readonly log: (line: { readonly event: string; readonly [key: string]: unknown }) => void;
	/** Milliseconds for one look at an origin: longer than the time-outs that people set in front of applications. */
	readonly originLimitMs: number;
	/** How many questions may look at sites at the same time; further ones wait their turn. */
	readonly sitesAtOnce: number;
	/** Slow looks are reported in between, at most this often. */
	readonly progressEveryMs: number;
}

/** How a question ended; for exit codes and the audit line. */
export interface Outcome {
	readonly caseId: string;
	readonly kind: "answered" | "misread" | "refused" | "broke" | "interrupted";
	readonly reply: Reply;
}

export interface Desk {
	/** Whether the answer to a text will only be for the asker, as far as the text alone can tell. Pure; for chats that must say so first. */
	privately(text: string): boolean;
	/** The site whose origin a text asks about without naming its address: to be asked for in a private form. Pure. */
	wantsAddress(text: string): Target | null;
	/** Why a question about an origin cannot be taken, in one plain sentence for the form itself; null when it can. Pure. */
	addressProblem(text: string): string | null;
	/** Takes one question through to its end. Never rejects: when something of ours breaks, the person is told. */
	handle(text: string, room: Conversation<Message>): Promise<Outcome>;
	/** Takes no more questions, ends what runs within `ms`, and tells the rest that they were interrupted. */
	stop(ms: number): Promise<void>;
}

/** People see that they were heard within a second. */
const SIGN_OF_LIFE_MS = 600;

/** The one place that orders I/O: question in, reply out. */
export function openDesk(world: DeskWorld): Desk {
	const { words, now } = world;
	const stopping = new AbortController();
	let closing = false;
	const running = new Set<Promise<unknown>>();
	const sites = slots(world.sitesAtOnce);

	const give = async (reply: Reply, room: Conversation<Message>): Promise<void> => {
		if (reply.private) return room.privateReply(reply.head);
		await room.begin(reply.head);
		for (const one of reply.thread) await room.followUp(one);
	};

	const askSite = async (
		question: Extract<Question, { kind: "site" | "headers" }>,
		room: Conversation<Message>,
	): Promise<Reply> => {
		const { target } = question;
		const planned = question.kind === "site" ? planLooks(target) : [planHeaders(target)];
		const looking = words.looking(target, planned.length);
		// A refusal is told in private, so it comes before the first sign of life, unless the name takes long to resolve.
		const checking = checkTarget(target, world.rules);
		let checked = await within(checking, SIGN_OF_LIFE_MS);
		const slow = checked === null;
		if (checked === null) {
			await room.begin(looking);
			checked = await checking;
		}
		if ("why" in checked) {
			const reply = words.refused(checked);
			await room.privateReply(reply.head);
			if (slow) await room.update(words.declined(target));
			return reply;
		}
		if (!slow) await room.begin(looking);
		let done = 0;
		let edits: Promise<void> = Promise.resolve();
		// In turn: everybody sees that they were heard, but only so many sites are looked at side by side.
		const leave = await sites.enter();
		const ticking = setInterval(() => {
			if (done > 0) edits = edits.then(() => room.progress(words.progress(target, done, planned.length))).catch(() => {});
		}, world.progressEveryMs);
		let observations: Observation[];
		try {
			observations = await runLooks(checked, planned, { ...world.lookOptions, signal: stopping.signal }, now, (back) => {
				done = back;
			});
		} finally {
			leave();
			clearInterval(ticking);
		}
		await edits;
		const judged = (all: readonly Observation[]) =>
			all.map((look): Seen => ({ look, answer: classify(look, now()) })) as [Seen, ...Seen[]];
		let seen = judged(observations);
		if (question.kind === "site" && wantsStructured(seen) && !stopping.signal.aborted) {
			const more = await runLooks(checked, [planStructured(target)], { ...world.lookOptions, signal: stopping.signal }, now);
			seen = [...seen, ...judged(more)];
		}
		const at = now();
		const reply = stopping.signal.aborted
			? words.interrupted()
			: question.kind === "headers"
				? words.headers(target, seen[0])
				: words.site(target, judgeSite(seen), seen, at);
		await room.update(reply.head);
		for (const one of reply.thread) await room.followUp(one);
		return reply;
	};

	const askOrigin = async (
		{ target, addresses }: Extract<Question, { kind: "origin" }>,
		room: Conversation<Message>,
	): Promise<{ readonly reply: Reply; readonly refused: boolean }> => {
		if (addresses.length === 0) {
			const wanted = words.addressWanted(target);
			await room.askAddress(target.url, wanted);
			return { reply: { private: true, head: wanted, thread: [], data: {} }, refused: true };
		}
		const origins: CheckedTarget[] = [];
		for (const { address, port } of addresses) {
			const checked = checkOrigin(target, address, port ?? target.port, world.rules);
			if ("why" in checked) {
				const reply = words.refused(checked);
				await room.privateReply(reply.head);
				return { reply, refused: true };
			}
			origins.push(checked);
		}
		const [first, ...others] = origins;
		if (first === undefined) throw new Error("an origin question with addresses has at least one");
		const total = originLooks(origins.length, target.scheme);
		await room.begin(words.lookingAtOrigin(target, total));
		const options = { ...world.lookOptions, limitMs: world.originLimitMs, signal: stopping.signal };
		let done = 0;
		let edits: Promise<void> = Promise.resolve();
		const leave = await sites.enter();
		const ticking = setInterval(() => {
			if (done > 0) edits = edits.then(() => room.progress(words.originProgress(target, done, total))).catch(() => {});
		}, world.progressEveryMs);
		let looks: Observation[];
		let edge: Seen | null;
		try {
			[looks, edge] = await Promise.all([
				lookAtOrigin([first, ...others], options, now, (back) => {
					done = back;
				}),
				throughEdge(target),
			]);
		} finally {
			leave();
			clearInterval(ticking);
		}
		await edits;
		const reply = stopping.signal.aborted
			? words.interrupted()
			: words.origin(target, judgeOrigin(looks as [Observation, ...Observation[]], edge, now()));
		await room.update(reply.head);
		for (const one of reply.thread) await room.followUp(one);
		return { reply, refused: false };
	};

	/** The page once, as visitors get it; null when the name leads nowhere yet, or nowhere that we look. */
	const throughEdge = async (target: Target): Promise<Seen | null> => {
		const checked = await checkTarget(target, world.rules);
		if ("why" in checked) return null;
		const [look] = await runLooks(checked, [planHeaders(target)], { ...world.lookOptions, signal: stopping.signal }, now);
		return look === undefined ? null : { look, answer: classify(look, now()) };
	};

	const answer = async (text: string, room: Conversation<Message>): Promise<Omit<Outcome, "caseId">> => {
		const question = readQuestion(text, now());
		switch (question.kind) {
			case "misread": {
				const reply = words.misread(question);
				await give(reply, room);
				return { kind: "misread", reply };
			}
			case "help":
			case "privacy": {
				const reply = words[question.kind]();
				await give(reply, room);
				return { kind: "answered", reply };
			}
			case "explain": {
				const page = words.explain(question.topic);
				const reply = page ?? words.noPage(question.topic);
				await give(reply, room);
				return { kind: page === null ? "misread" : "answered", reply };
			}
			case "rays": {
				const [first, ...others] = question.found.rays;
				if (first === undefined) throw new Error("a ray question holds at least one ray");
				const reply = words.rays(question, [first, ...others], now());
				await give(reply, room);
				return { kind: "answered", reply };
			}
			case "origin": {
				const { reply, refused } = await askOrigin(question, room);
				return { kind: stopping.signal.aborted ? "interrupted" : refused ? "refused" : "answered", reply };
			}
			case "autopsy": {
				const { paste } = question;
				const reply = words.paste(paste, autopsy(paste.bytes, paste.ending, paste.method));
				await give(reply, room);
				return { kind: "answered", reply };
			}
			case "site":
			case "headers": {
				const reply = await askSite(question, room);
				const refused = reply.private && !stopping.signal.aborted;
				return { kind: stopping.signal.aborted ? "interrupted" : refused ? "refused" : "answered", reply };
			}
		}
	};

	const handle = async (text: string, asked: Conversation<Message>): Promise<Outcome> => {
		const room = noting(asked);
		const caseId = world.newCaseId();
		const started = now();
		const end = (outcome: Omit<Outcome, "caseId">): Outcome => {
			world.log({ event: "question", caseId, outcome: outcome.kind, ms: now() - started });
			return { caseId, ...outcome };
		};
		if (closing) {
			const reply = words.interrupted();
			await room.privateReply(reply.head).catch(() => {});
			return end({ kind: "interrupted", reply });
		}
		try {
			return end(await answer(text, room));
		} catch (error) {
			world.log({
				event: "broke",
				caseId,
				error: error instanceof Error ? masked(`${error.name}: ${error.message}`) : "unknown",
				stack: stackOf(error),
			});
			const reply = words.broke(caseId);
			// A head that says "looking" must not stay so.
			const alone = () => room.privateReply(reply.head);
			await (room.begun() ? room.update(reply.head).catch(alone) : alone()).catch(() =>
				world.log({ event: "reply-failed", caseId }),
			);
			return end({ kind: "broke", reply });
		}
	};

	return {
		privately: (text) => {
			const question = readQuestion(text, now());
			return (
				question.kind === "misread" ||
				question.kind === "help" ||
				question.kind === "privacy" ||
				(question.kind === "origin" && question.addresses.length === 0) ||
				(question.kind === "explain" && words.explain(question.topic) === null)
			);
		},
		wantsAddress: (text) => {
			const question = readQuestion(text, now());
			return question.kind === "origin" && question.addresses.length === 0 ? question.target : null;
		},
		addressProblem: (text) => {
			const question = readQuestion(text, now());
			if (question.kind === "misread") return words.problem(words.misread(question));
			if (question.kind !== "origin" || question.addresses.length === 0)
				return words.problem(words.misread({ kind: "misread", why: "origin-address" }));
			for (const { address, port } of question.addresses) {
				const checked = checkOrigin(question.target, address, port ?? question.target.port, world.rules);
				if ("why" in checked) return words.problem(words.refused(checked));
			}
			return null;
		},
		handle: (text, room) => {
			const work = handle(text, room);
			running.add(work);
			void work.finally(() => running.delete(work));
			return work;
		},
		stop: async (ms) => {
			closing = true;
			const patience = Math.max(0, ms - 2_000);
			await settledWithin(running, patience);
			stopping.abort();
			await settledWithin(running, ms - patience);
		},
	};
}

/** The same conversation, remembering whether its head stands. */
function noting(room: Conversation<Message>): Conversation<Message> & { begun: () => boolean } {
	let begun = false;
	return {
		begun: () => begun,
		begin: async (head) => {
			await room.begin(head);
			begun = true;
		},
		progress: (head) => room.progress(head),
		update: (head) => room.update(head),
		followUp: (one) => room.followUp(one),
		privateReply: (one) => room.privateReply(one),
		askAddress: (url, why) => room.askAddress(url, why),
	};
}

/** The result if it comes within `ms`, else null; the work goes on. */
async function within<T>(work: Promise<T>, ms: number): Promise<T | null> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<null>((resolve) => {
		timer = setTimeout(resolve, ms, null);
	});
	return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Some look at the page met an error through Cloudflare, and the look that would get its structured form met none. */
function wantsStructured(seen: readonly Seen[]): boolean {
	const of = (purpose: string) => seen.filter(({ look }) => look.asked.purpose === purpose);
	const errors = of("page").some(({ answer }) => answer.kind === "cloudflare-error" || answer.kind === "edge-code");
	return errors && of("structured").every(({ answer }) => failed(answer) !== true);
}

/** An error's message without what must not be logged: addresses of any kind, tokens, long opaque words. */
function masked(message: string): string {
	return message
		.slice(0, 500)
		.replace(/\w+:\/\/\S+|\d+\.\d+\.\d+\.\d+|(?:[0-9a-f]{0,4}:){3,}[0-9a-f]*|\S{24,}/gi, "[masked]")
		.replace(/\s+/g, " ");
}

/** The frames of a stack, without the message above them, which may have several lines. */
function stackOf(error: unknown): string[] {
	const lines = error instanceof Error ? (error.stack ?? "").split("\n").map((line) => line.trim()) : [];
	return lines.filter((line) => /^at .*\b(?:file|node):\S+:\d+:\d+\)?$/.test(line)).slice(0, 8);
}

async function settledWithin(work: ReadonlySet<Promise<unknown>>, ms: number): Promise<void> {
	await within(Promise.allSettled(work), ms);
}
