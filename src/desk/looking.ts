import { classify } from "../judge/answer.ts";
import type { Case } from "../judge/case.ts";
import type { OriginVerdict } from "../judge/origin.ts";
import { judgeOrigin } from "../judge/origin.ts";
import { failed, type Seen } from "../judge/pattern.ts";
import type { VariantVerdict } from "../judge/variants.ts";
import { differs, judgeVariants } from "../judge/variants.ts";
import { canonicalAddress, unmapped } from "../looks/addresses.ts";
import { type CheckedTarget, checkOrigin, checkTarget } from "../looks/guard.ts";
import type { Busy } from "../looks/limits.ts";
import type { Observation } from "../looks/observation.ts";
import { lookAtOrigin, originLooks } from "../looks/origin.ts";
import { planHeaders, planLooks, planStructured, runLooks } from "../looks/plan.ts";
import { slots } from "../looks/semaphore.ts";
import { lookInVariants, VARIANT_REQUESTS_MAX, type VariantSeen } from "../looks/variants.ts";
import type { Message } from "../message/message.ts";
import { nonEmpty } from "../read/non-empty.ts";
import { mayLookAtOriginOf } from "../read/policy.ts";
import type { Question } from "../read/text/question.ts";
import { readTarget, type Target } from "../read/text/target.ts";
import { originNotAllowed } from "../reply/admin.ts";
import { busyReply, interruptedReply, refusedReply } from "../reply/misread.ts";
import { addressWanted, lookingAtOrigin, originProgress, originReply } from "../reply/origin.ts";
import type { Reply } from "../reply/reply.ts";
import { declinedMessage, lookingMessage, progressMessage } from "../reply/site.ts";
import { lookingInVariants } from "../reply/variants.ts";
import type { DeskContext } from "./context.ts";
import type { DurableConversation } from "./resumable.ts";

/** The questions that look somewhere: each asks the guard, keeps to the limits, and tells how far it is. */
export interface Looking {
	site(question: Extract<Question, { kind: "site" | "headers" }>, room: DurableConversation): Promise<SiteSeen | NothingSeen>;
	origin(question: Extract<Question, { kind: "origin" }>, room: DurableConversation): Promise<OriginLooked>;
	/** Looks at the page of a case in variants; null when it could not, which is told already, or was cut off by a stop. */
	variants(one: Case, room: DurableConversation): Promise<VariantsSeen | null>;
	/** The page once, as visitors get it; why not, when it may not be looked at now. */
	once(target: Target): Promise<Seen | Busy | Refused>;
	/** Why nobody may look now: the questions of five minutes are used up. */
	tooMany(room: DurableConversation): Busy | null;
	whisperBusy(busy: Busy, room: DurableConversation): Promise<Reply>;
	/** How many questions look or wait for their turn to. */
	readonly depth: number;
}

/** What the looks at a page met. Nothing is told of it yet. */
export interface SiteSeen {
	readonly seen: readonly [Seen, ...Seen[]];
	/** Unix milliseconds at which the last of it came. */
	readonly atMs: number;
	/** Since when the same looks had been on their way for somebody else; null: they were made for this question. */
	readonly sharedSinceMs: number | null;
}

/** Why nothing was looked at, or what was cut off by a stop. It is told already. */
export interface NothingSeen {
	readonly reply: Reply;
	readonly refused: boolean;
}

export interface VariantsSeen {
	readonly seen: readonly VariantSeen[];
	readonly verdict: VariantVerdict;
}

interface OriginLooked {
	readonly reply: Reply;
	readonly refused: boolean;
	/** null: nothing was looked at, or it was cut off by a stop. */
	readonly verdict: OriginVerdict | null;
}

interface Refused {
	readonly reply: Reply;
}

/** People see that they were heard within a second. */
const SIGN_OF_LIFE_MS = 600;
/** Who asks for the same page so soon after somebody else gets the same looks. */
const SHARED_MS = 10_000;
/** Of the requests that may go to a host: what is left is for questions. */
const WATCHES_SHARE = 0.5;

interface Run {
	readonly asker: string | null;
	readonly startedAtMs: number;
	readonly of: number;
	done: number;
	ended: boolean;
	readonly seen: Promise<[Seen, ...Seen[]]>;
}

/** @param signal aborts what is under way */
export function openLooking(context: DeskContext, signal: AbortSignal): Looking {
	const { now } = context;
	const sites = slots(context.sitesAtOnce);
	const runs = new Map<string, Run>();
	let depth = 0;

	const judged = (all: readonly Observation[]) =>
		nonEmpty(
			all.map((look): Seen => {
				context.metrics.look(look);
				return { look, answer: classify(look, now()) };
			}),
		);

	const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
		depth += 1;
		// In turn: everybody sees that they were heard, but only so many sites are looked at side by side.
		const leave = await sites.enter();
		try {
			return await work();
		} finally {
			leave();
			depth -= 1;
		}
	};

	/** The looks of one question about a page; those that somebody else has just asked for, where there are any. */
	const runFor = (checked: CheckedTarget, kind: "site" | "headers", asker: string | null): Run => {
		const { target } = checked;
		const key = `${kind} ${target.url}`;
		const planned = kind === "site" ? planLooks(target) : [planHeaders(target)];
		const options = { ...context.lookOptions, signal };
		const run: Run = {
			asker,
			startedAtMs: now(),
			of: planned.length,
			done: 0,
			ended: false,
			seen: inTurn(async () => {
				const observations = await runLooks(checked, planned, options, now, (back) => {
					run.done = back;
				});
				let seen = judged(observations);
				if (kind === "site" && wantsStructured(seen) && !signal.aborted)
					seen = [...seen, ...judged(await runLooks(checked, [planStructured(target)], options, now))];
				return seen;
			}).finally(() => {
				run.ended = true;
			}),
		};
		runs.set(key, run);
		void run.seen.catch(() => runs.delete(key));
		for (const [old, one] of runs) if (one.ended && now() - one.startedAtMs > SHARED_MS) runs.delete(old);
		return run;
	};
	const shared = (target: Target, kind: "site" | "headers", asker: string | null): Run | null => {
		const run = runs.get(`${kind} ${target.url}`);
		if (run === undefined || now() - run.startedAtMs >= SHARED_MS) return null;
		// Who asks again wants to know whether it has changed.
		return run.ended && run.asker === asker ? null : run;
	};

	const tell = async (reply: Reply, room: DurableConversation): Promise<Reply> => {
		await room.update(reply.head);
		for (const one of reply.thread) await room.followUp(one);
		return reply;
	};
	/** The head says so; where it goes on after the restart, this is no message of the answer. */
	const interrupted = async (room: DurableConversation): Promise<Reply> => {
		const reply = interruptedReply(context.stores.durable);
		await (context.stores.durable ? room.progress(reply.head) : room.update(reply.head));
		return reply;
	};
	const refusedBy = async (reply: Reply, room: DurableConversation): Promise<Reply> => {
		context.metrics.refused(reply.refusal ?? "guard");
		if (room.stood()) {
			// A process before this one has said that it looks: that must not stay so.
			await room.begin(reply.head);
			await room.update(reply.head);
		} else await room.privateReply(reply.head);
		return reply;
	};
	const whisperBusy = async (busy: Busy, room: DurableConversation): Promise<Reply> => {
		context.log({ event: "busy", why: busy.why });
		return refusedBy(busyReply(busy), room);
	};
	const tooMany = (room: DurableConversation): Busy | null =>
		// What is taken up again was counted when it was asked.
		room.again
			? null
			: context.limits.ask({
					person: room.asker,
					channel: room.channel,
					workspace: room.workspace,
					most: context.stores.policies.of(room.workspace),
				});

	/** Tells how far it is until `work` has ended. */
	const ticking = async <T>(
		work: Promise<T>,
		done: () => number,
		progress: () => Message,
		room: DurableConversation,
	): Promise<T> => {
		let edits: Promise<void> = Promise.resolve();
		const timer = setInterval(() => {
			if (done() > 0) edits = edits.then(() => room.progress(progress())).catch(() => {});
		}, context.progressEveryMs);
		try {
			return await work;
		} finally {
			clearInterval(timer);
			await edits;
		}
	};

	const site: Looking["site"] = async (question, room) => {
		const { target, kind } = question;
		let joined = shared(target, kind, room.asker);
		const count = kind === "site" ? planLooks(target).length : 1;
		// One more for the structured answer that may be asked for again.
		const busy = tooMany(room) ?? (joined === null ? context.limits.take(target.host, count + 1) : null);
		const looking = lookingMessage(target, count);
		if (busy !== null) return { reply: await whisperBusy(busy, room), refused: true };
		let run = joined;
		if (run !== null) await room.begin(looking);
		else {
			// A refusal is told in private, so it comes before the first sign of life, unless the name takes long to resolve.
			const checking = checkTarget(target, context.rules);
			let checked = await within(checking, SIGN_OF_LIFE_MS);
			const slow = checked === null;
			if (checked === null) {
				await room.begin(looking);
				checked = await checking;
			}
			if ("why" in checked) {
				const reply = await refusedBy(refusedReply(checked), room);
				// What a process before this one began must not stay as it is either.
				if (room.begun()) await room.update(declinedMessage(target));
				return { reply, refused: true };
			}
			if (!slow) await room.begin(looking);
			joined = shared(target, kind, room.asker);
			run = joined ?? runFor(checked, kind, room.asker);
		}
		const mine = run;
		const seen = await ticking(
			mine.seen,
			() => (mine.ended ? 0 : mine.done),
			() => progressMessage(target, mine.done, mine.of),
			room,
		);
		const atMs = now();
		if (signal.aborted) return { reply: await interrupted(room), refused: false };
		return { seen, atMs, sharedSinceMs: joined === null ? null : mine.startedAtMs };
	};

	const origin: Looking["origin"] = async ({ target, addresses }, room) => {
		const no = (reply: Reply): OriginLooked => ({ reply, refused: true, verdict: null });
		if (!mayLookAtOriginOf(context.stores.policies.of(room.workspace), target.host))
			return no(await refusedBy(originNotAllowed(target), room));
		if (addresses.length === 0) {
			const wanted = addressWanted(target);
			await room.askAddress(target.url, wanted);
			return no({ private: true, head: wanted, thread: [], data: {} });
		}
		const origins: CheckedTarget[] = [];
		for (const { address, port } of addresses) {
			const checked = checkOrigin(target, address, port ?? target.port, context.rules);
			if ("why" in checked) return no(await refusedBy(refusedReply(checked), room));
			origins.push(checked);
		}
		const [first, ...others] = origins;
		if (first === undefined) throw new Error("an origin question with addresses has at least one");
		const total = originLooks(origins.length, target.scheme);
		const many = tooMany(room);
		if (many !== null) return no(await whisperBusy(many, room));
		// By the address too: another name must not open another account.
		for (const { address } of addresses) {
			const busy = context.limits.takeAddress(canonicalAddress(unmapped(address)), total);
			if (busy !== null) return no(await whisperBusy(busy, room));
		}
		const busy = context.limits.take(target.host, total + 1);
		if (busy !== null) return no(await whisperBusy(busy, room));
		await room.begin(lookingAtOrigin(target, total));
		const options = { ...context.lookOptions, limitMs: context.originLimitMs, signal };
		let done = 0;
		const [looks, edge] = await ticking(
			inTurn(() =>
				Promise.all([
					lookAtOrigin([first, ...others], options, now, (back) => {
						done = back;
					}),
					throughEdge(target),
				]),
			),
			() => done,
			() => originProgress(target, done, total),
			room,
		);
		for (const look of looks) context.metrics.look(look);
		if (signal.aborted) return { reply: await interrupted(room), refused: false, verdict: null };
		// Servers like to say their own address: it is taken out before anybody reads the bytes.
		const hidden = nonEmpty(
			looks.map((look) =>
				withoutAddresses(
					look,
					addresses.map((one) => one.address),
				),
			),
		);
		const verdict = judgeOrigin(hidden, edge, now());
		return { reply: await tell(originReply(target, verdict), room), refused: false, verdict };
	};

	/** The page once, as visitors get it; null when the name leads nowhere yet, or nowhere that we look. */
	const throughEdge = async (target: Target): Promise<Seen | null> => {
		const checked = await checkTarget(target, context.rules);
		if ("why" in checked) return null;
		const looks = await runLooks(checked, [planHeaders(target)], { ...context.lookOptions, signal }, now);
		return looks[0] === undefined ? null : judged(looks)[0];
	};

	const once: Looking["once"] = async (target) => {
		const checked = await checkTarget(target, context.rules);
		// A name that does not resolve just now is a state of the site, and the looks go on.
		if ("why" in checked && checked.why !== "dns-failed" && checked.why !== "no-such-name")
			return { reply: refusedReply(checked) };
		const busy = context.limits.take(target.host, 1, WATCHES_SHARE);
		if (busy !== null) return busy;
		if ("why" in checked) {
			const asked = { route: "through-edge", purpose: "page", url: target.url, method: "GET", startedAtMs: now() } as const;
			const timings = {
				dnsMs: null,
				connectedMs: null,
				securedMs: null,
				sentMs: null,
				firstByteMs: null,
				lastByteMs: null,
				endedMs: 0,
			};
			const look: Observation = {
				kind: "unreached",
				asked,
				stage: "connect",
				code: checked.why === "no-such-name" ? "ENOTFOUND" : "EAI_AGAIN",
				timings,
			};
			return judged([look])[0];
		}
		const looks = await inTurn(() => runLooks(checked, [planHeaders(target)], { ...context.lookOptions, signal }, now));
		return judged(looks)[0];
	};

	const variants: Looking["variants"] = async (one, room) => {
		const target = readTarget(one.url);
		if ("why" in target) return null;
		const checked = await checkTarget(target, context.rules);
		if ("why" in checked) {
			await refusedBy(refusedReply(checked), room);
			return null;
		}
		const busy = tooMany(room) ?? context.limits.take(target.host, VARIANT_REQUESTS_MAX);
		if (busy !== null) {
			await whisperBusy(busy, room);
			return null;
		}
		await room.privateReply(lookingInVariants(one));
		const seen: VariantSeen[] = await inTurn(() =>
			lookInVariants(checked, context.rules, { ...context.lookOptions, signal }, now, (plain, other, variant) =>
				differs(plain, other, variant, now()),
			),
		);
		// What is missing then was not varied: it is no evidence. The question goes on after the restart, where it is kept.
		return signal.aborted ? null : { seen, verdict: judgeVariants(seen, now()) };
	};

	return {
		site,
		origin,
		variants,
		once,
		tooMany,
		whisperBusy,
		get depth() {
			return depth;
		},
	};
}

/** The look with the origin's own address made unreadable, in its bytes and its certificate; length and everything else stay. */
function withoutAddresses(look: Observation, addresses: readonly string[]): Observation {
	if (look.kind === "unreached") return look;
	const spelt = [
		...new Set(addresses.flatMap((address) => [address, address.toLowerCase(), canonicalAddress(address), unmapped(address)])),
	];
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

/** The result if it comes within `ms`, else null; the work goes on. */
export async function within<T>(work: Promise<T>, ms: number): Promise<T | null> {
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
