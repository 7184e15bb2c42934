import type { Message, Reply } from "../reply/reply.ts";
import type { Text } from "../reply/text.ts";
import type { Case, Cases, Fact, FoundCause } from "./case.ts";
import type { Evidence, EvidenceKey } from "./causes/evidence.ts";
import type { Conversation } from "./conversation.ts";
import { classify } from "./judge/answer.ts";
import { type Autopsy, autopsy } from "./judge/autopsy.ts";
import { opensCase, pasteEvidence, rayEvidence } from "./judge/case-evidence.ts";
import { judgeOrigin, type OriginVerdict } from "./judge/origin.ts";
import { failed, type Seen } from "./judge/pattern.ts";
import { differs, judgeVariants, type VariantVerdict } from "./judge/variants.ts";
import { judgeSite } from "./judge/verdict.ts";
import type { Busy, Limits } from "./limits.ts";
import { type LogEvidence, type LogReading, logEvidence, readLogs } from "./logs/read.ts";
import { canonicalAddress } from "./looks/addresses.ts";
import type { LookOptions } from "./looks/exchange.ts";
import { type CheckedTarget, checkOrigin, checkTarget, type GuardRefusal, type GuardRules } from "./looks/guard.ts";
import type { Observation } from "./looks/observation.ts";
import { lookAtOrigin, originLooks } from "./looks/origin.ts";
import { planHeaders, planLooks, planStructured, runLooks } from "./looks/plan.ts";
import { lookInVariants, VARIANT_REQUESTS_MAX, type VariantSeen } from "./looks/variants.ts";
import type { Paste } from "./paste.ts";
import type { CasePress } from "./press.ts";
import { type Question, readQuestion } from "./question.ts";
import type { Ray } from "./ray/decode.ts";
import type { LogWindow } from "./ray/log-window.ts";
import { slots } from "./slots.ts";
import { readTarget, type Target } from "./target.ts";
import { openThread, windowOf } from "./thread.ts";

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
	logs(reading: LogReading, evidence: readonly LogEvidence[], window: LogWindow | null): Reply;
	/** A site's answer with the case that it opens. */
	withCase(reply: Reply, one: Case): Reply;
	caseHead(one: Case): Message;
	caseMessage(one: Case, change: Text | null): Message;
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
	readonly limits: Limits;
	/** Where the cases of threads are kept. */
	readonly cases: Cases;
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
	handle(text: string, room: Conversation<Message>, who?: string): Promise<Outcome>;
	/** Takes a button: an answer to a case, or what to do with it. Never rejects. `who` is the person's name, as the chat shows it. */
	press(press: CasePress, room: Conversation<Message>, who: string): Promise<void>;
	/** Takes no more questions, ends what runs within `ms`, and tells the rest that they were interrupted. */
	stop(ms: number): Promise<void>;
}

const WHO_MAX_CHARS = 80;
const BUSY_AGAIN_MS = 20_000;
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
		caseId: string,
	): Promise<Reply> => {
		const { target } = question;
		const planned = question.kind === "site" ? planLooks(target) : [planHeaders(target)];
		// One more for the structured answer that may be asked for again.
		const busy = world.limits.take(target.host, room.asker, planned.length + 1);
		if (busy !== null) return whisperBusy(busy, room);
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
		if (stopping.signal.aborted) return tell(words.interrupted(), room);
		if (question.kind === "headers") return tell(words.headers(target, seen[0]), room);
		const verdict = judgeSite(seen);
		const plain = words.site(target, verdict, seen, at);
		if (!opensCase(verdict)) return tell(plain, room);
		const opened = thread.openCase(caseId, target, verdict, seen, plain.head, room.where().place, at);
		// Kept before it is told: its buttons may be pressed while the rest is on its way.
		world.cases.put({ ...opened, ...room.where() });
		const reply = await tell(words.withCase(plain, opened), room);
		world.cases.put({ ...(world.cases.get(opened.id) ?? opened), ...room.where() });
		return reply;
	};

	const whisperBusy = async (busy: Busy, room: Conversation<Message>): Promise<Reply> => {
		const reply = words.busy(busy);
		world.log({ event: "busy", why: busy.why });
		await room.privateReply(reply.head);
		return reply;
	};

	const tell = async (reply: Reply, room: Conversation<Message>): Promise<Reply> => {
		await room.update(reply.head);
		for (const one of reply.thread) await room.followUp(one);
		return reply;
	};

	const askOrigin = async (
		{ target, addresses }: Extract<Question, { kind: "origin" }>,
		room: Conversation<Message>,
	): Promise<{
		readonly reply: Reply;
		readonly refused: boolean;
		readonly evidence: Evidence | null;
		readonly found?: FoundCause | null;
	}> => {
		if (addresses.length === 0) {
			const wanted = words.addressWanted(target);
			await room.askAddress(target.url, wanted);
			return { reply: { private: true, head: wanted, thread: [], data: {} }, refused: true, evidence: null };
		}
		const origins: CheckedTarget[] = [];
		for (const { address, port } of addresses) {
			const checked = checkOrigin(target, address, port ?? target.port, world.rules);
			if ("why" in checked) {
				const reply = words.refused(checked);
				await room.privateReply(reply.head);
				return { reply, refused: true, evidence: null };
			}
			origins.push(checked);
		}
		const [first, ...others] = origins;
		if (first === undefined) throw new Error("an origin question with addresses has at least one");
		const total = originLooks(origins.length, target.scheme);
		// By the address too: another name must not open another account.
		for (const [host, person] of [
			[target.host, room.asker],
			...addresses.map(({ address }) => [address, null] as const),
		] as const) {
			const busy = world.limits.take(host, person, total + 1);
			if (busy !== null) return { reply: await whisperBusy(busy, room), refused: true, evidence: null };
		}
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
		if (stopping.signal.aborted) return { reply: await tell(words.interrupted(), room), refused: false, evidence: null };
		// Servers like to say their own address: it is taken out before anybody reads the bytes.
		const hidden = looks.map((look) =>
			withoutAddresses(
				look,
				addresses.map((one) => one.address),
			),
		) as [Observation, ...Observation[]];
		const verdict = judgeOrigin(hidden, edge, now());
		const reply = await tell(words.origin(target, verdict), room);
		const edgeItself = verdict.findings.some((one) => one.id === "answered-by-cloudflare");
		return {
			reply,
			refused: false,
			evidence: edgeItself ? null : { "direct-origin": verdict.directOrigin },
			found: foundBy(verdict),
		};
	};

	/** The page once, as visitors get it; null when the name leads nowhere yet, or nowhere that we look. */
	const throughEdge = async (target: Target): Promise<Seen | null> => {
		const checked = await checkTarget(target, world.rules);
		if ("why" in checked) return null;
		const [look] = await runLooks(checked, [planHeaders(target)], { ...world.lookOptions, signal: stopping.signal }, now);
		return look === undefined ? null : { look, answer: classify(look, now()) };
	};

	/** Looks at the page of a case in variants, and takes what they show as evidence. */
	const askVariants = async (one: Case, room: Conversation<Message>): Promise<void> => {
		const target = readTarget(one.url);
		if ("why" in target) return;
		const checked = await checkTarget(target, world.rules);
		if ("why" in checked) return room.privateReply(words.refused(checked).head);
		const busy = world.limits.take(target.host, room.asker, VARIANT_REQUESTS_MAX);
		if (busy !== null) return void (await whisperBusy(busy, room));
		await room.privateReply(words.lookingInVariants(one));
		const leave = await sites.enter();
		let seen: VariantSeen[];
		try {
			seen = await lookInVariants(
				checked,
				world.rules,
				{ ...world.lookOptions, signal: stopping.signal },
				now,
				(plain, other, variant) => differs(plain, other, variant, now()),
			);
		} finally {
			leave();
		}
		const verdict = judgeVariants(seen, now());
		await room.followUp(words.variants(one, seen, verdict, now()));
		if (verdict.value !== null) await thread.advanceCase(one.id, { variants: verdict.value }, "look", null, room);
	};

	const thread = openThread(world, (one, room) => askVariants(one, room));

	const answer = async (
		text: string,
		room: Conversation<Message>,
		caseId: string,
		who: string,
	): Promise<Omit<Outcome, "caseId">> => {
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
				await thread.openFromPage(question, reply.head, room, caseId);
				await thread.advance(rayEvidence([first, ...others]), "paste", who, room);
				return { kind: "answered", reply };
			}
			case "origin": {
				const { reply, refused, evidence, found } = await askOrigin(question, room);
				if (evidence !== null) await thread.advance(evidence, "look", null, room, found);
				return { kind: stopping.signal.aborted ? "interrupted" : refused ? "refused" : "answered", reply };
			}
			case "autopsy": {
				const { paste } = question;
				const found = autopsy(paste.bytes, paste.ending, paste.method);
				const reply = words.paste(paste, found);
				await give(reply, room);
				await thread.advance(pasteEvidence(paste, found), "paste", who, room, paste.throughEdge ? undefined : foundBy(found));
				return { kind: "answered", reply };
			}
			case "logs": {
				const one = thread.caseHere(room);
				const window = one === null ? null : windowOf(one);
				const reading = readLogs(question.text, window?.toMs ?? now());
				const evidence = logEvidence(reading, window);
				const reply = words.logs(reading, evidence, window);
				await give(reply, room);
				await thread.advance(Object.fromEntries(evidence.map(({ key, value }) => [key, value])), "paste", who, room);
				return { kind: "answered", reply };
			}
			case "answer":
			case "solved":
			case "report": {
				const { place } = room.where();
				// A closed case can still be reported on.
				const one = question.kind === "report" && place !== null ? world.cases.inPlace(place) : thread.caseHere(room);
				if (one === null) {
					await room.privateReply(words.nothingToReport);
					return { kind: "misread", reply: { private: true, head: words.nothingToReport, thread: [], data: {} } };
				}
				const press =
					question.kind === "answer"
						? ({ do: "answer", case: one.id, key: question.key, value: question.value } as const)
						: question.kind === "solved"
							? ({ do: "it-was", case: one.id, cause: question.cause } as const)
							: ({ do: "report", case: one.id } as const);
				await thread.act(press, room, who);
				return { kind: "answered", reply: { private: false, head: words.caseHead(one), thread: [], data: {} } };
			}
			case "site":
			case "headers": {
				const reply = await askSite(question, room, caseId);
				const refused = reply.private && !stopping.signal.aborted;
				return { kind: stopping.signal.aborted ? "interrupted" : refused ? "refused" : "answered", reply };
			}
		}
	};

	const handle = async (text: string, asked: Conversation<Message>, who: string): Promise<Outcome> => {
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
		const leave = world.limits.begin();
		if (leave === null) {
			const reply = words.busy({ why: "everybody", againMs: BUSY_AGAIN_MS });
			await room.privateReply(reply.head).catch(() => {});
			return end({ kind: "refused", reply });
		}
		try {
			return end(await answer(text, room, caseId, who));
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
		} finally {
			leave();
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
		handle: (text, room, who = "Somebody") => {
			const work = handle(text, room, who);
			running.add(work);
			void work.finally(() => running.delete(work));
			return work;
		},
		press: (press, room, who) => {
			const work = thread.act(press, room, who.slice(0, WHO_MAX_CHARS)).then(
				() => world.log({ event: "press", caseId: press.case, what: press.do }),
				(error: unknown) =>
					world.log({
						event: "broke",
						caseId: press.case,
						error: error instanceof Error ? masked(`${error.name}: ${error.message}`) : "unknown",
						stack: stackOf(error),
					}),
			);
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

/** The cause that an autopsy names, when it is sure enough to be evidence. */
const foundBy = ({
	cause,
	confidence,
}: {
	readonly cause: string | null;
	readonly confidence: "likely" | "possible" | "unsure";
}): FoundCause | null => (cause === null || confidence === "unsure" ? null : { cause, confidence });

/** The look with the origin's own address made unreadable, in its bytes and its certificate; length and everything else stay. */
function withoutAddresses(look: Observation, addresses: readonly string[]): Observation {
	if (look.kind === "unreached") return look;
	const spelt = [...new Set(addresses.flatMap((address) => [address, address.toLowerCase(), canonicalAddress(address)]))];
	const bytes = Buffer.from(look.bytes);
	for (const address of spelt) {
		const text = Buffer.from(address, "latin1");
		for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) bytes.fill(0x2a, at, at + text.length);
	}
	const hidden = (text: string) => spelt.reduce((out, address) => out.replaceAll(address, "*".repeat(address.length)), text);
	const { tls } = look;
	if (tls?.certificate == null) return { ...look, bytes: new Uint8Array(bytes) };
	const { subject, issuer, names } = tls.certificate;
	const certificate = { ...tls.certificate, subject: hidden(subject), issuer: hidden(issuer), names: names.map(hidden) };
	return { ...look, bytes: new Uint8Array(bytes), tls: { ...tls, certificate } };
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
		asker: room.asker,
		where: () => room.where(),
		edit: (ref, head) => room.edit(ref, head),
		attach: (name, content) => room.attach(name, content),
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
