import type { Case } from "../judge/case.ts";
import { judgeOrigin, type OriginVerdict } from "../judge/origin.ts";
import type { ClassifiedLook } from "../judge/pattern.ts";
import { differs, judgeVariants, type VariantVerdict } from "../judge/variants.ts";
import { type CheckedTarget, checkOrigin, checkTarget, type GuardRules, rulesFor } from "../looks/guard.ts";
import type { Busy } from "../looks/limits.ts";
import { type Observation, unresolved } from "../looks/observation.ts";
import { lookAsFlexible, lookAtOrigin, originLooks, originRequestsMax } from "../looks/origin.ts";
import { planLooks } from "../looks/plan.ts";
import type { Asker } from "../looks/turns.ts";
import { lookInVariants, VARIANT_REQUESTS_MAX, type VariantSeen } from "../looks/variants.ts";
import { withoutAddresses } from "../looks/without-addresses.ts";
import type { Message } from "../message/message.ts";
import { nonEmpty } from "../read/non-empty.ts";
import type { Question } from "../read/text/question.ts";
import { readTarget, type Target } from "../read/text/target.ts";
import { originNotAllowed } from "../reply/admin.ts";
import { refusedReply } from "../reply/misread.ts";
import { lookingAtOrigin, originProgress, originReply } from "../reply/origin.ts";
import { addressWanted } from "../reply/origin-address.ts";
import type { Reply } from "../reply/reply.ts";
import { declinedMessage, lookingMessage, progressMessage } from "../reply/site.ts";
import { lookingInVariants } from "../reply/variants.ts";
import type { DeskContext } from "./context.ts";
import { whyNoOrigin } from "./may-look.ts";
import { askerOf, askersOf, type NotRequested, tellBusy, tellInterrupted, tellRefusal } from "./not-requested.ts";
import { PageLooks, type PageRequests } from "./page-requests.ts";
import type { ResumableConversation } from "./resumable.ts";
import { tenantOf } from "./tenants.ts";
import { withTimeout } from "./with-timeout.ts";

/** The result of a check of a page. Nothing is posted yet. */
export interface SiteSeen {
	readonly seen: readonly [ClassifiedLook, ...ClassifiedLook[]];
	/** Unix milliseconds at which the last of it came. */
	readonly atMs: number;
	/** Start of a shared check that another question began; null: the check was made for this question. */
	readonly sharedSinceMs: number | null;
}

/** The result of a check in variants. Nothing is posted yet. */
interface VariantsSeen {
	readonly seen: readonly VariantSeen[];
	readonly verdict: VariantVerdict;
}

/** The result of a check of an origin. Only a refusal was already posted. */
interface OriginChecked {
	readonly kind: "answered" | NotRequested["kind"];
	readonly reply: Reply;
	/** null: nothing was looked at, or it was cut off by a stop. */
	readonly verdict: OriginVerdict | null;
}

/** People see that they were heard within a second. */
const SIGN_OF_LIFE_MS = 600;
/** Of the requests that may go to a host: what is left is for questions. */
const WATCHES_SHARE = 0.5;

/** A check that may be refused. */
interface Refusal {
	readonly target: Target;
	readonly conversation: ResumableConversation;
	readonly stands: () => Promise<Reply | null>;
}

/** Checks for questions: each asks the guard, keeps to the limits, and reports progress. */
export class Looking {
	readonly #context: DeskContext;
	readonly #signal: AbortSignal;
	readonly #pages: PageLooks;

	/** @param signal aborts what is under way */
	constructor(context: DeskContext, signal: AbortSignal) {
		this.#context = context;
		this.#signal = signal;
		this.#pages = new PageLooks(context, signal);
	}

	/** How many questions look or wait for their turn to. */
	get depth(): number {
		return this.#pages.depth;
	}

	/** Aborts what is under way. */
	get signal(): AbortSignal {
		return this.#signal;
	}

	/** Whether what was under way is cut off. */
	get stopped(): boolean {
		return this.#signal.aborted;
	}

	/**
	 * A page or its header fields, as visitors get them.
	 * @param stands posts what an answer of an earlier process lacks, in place of a refusal; null: there is no such answer
	 */
	async site(
		question: Extract<Question, { kind: "site" | "headers" }>,
		conversation: ResumableConversation,
		stands: () => Promise<Reply | null> = async () => null,
	): Promise<SiteSeen | NotRequested> {
		const { target, kind } = question;
		const who = { asker: askerOf(conversation), tenant: tenantOf(conversation) };
		const joined = this.#pages.shared(target, kind, who);
		const count = kind === "site" ? planLooks(target).length : 1;
		// Before the name is resolved, because that is work too.
		const busy = await this.#context.limits.reserve({ askers: await askersOf(this.#context, conversation) });
		const refusal: Refusal = { target, conversation, stands };
		if (busy !== null) return this.#refuse(refusal, () => tellBusy(this.#context, busy, conversation));
		if (joined !== null) {
			await conversation.begin(lookingMessage(target, count));
			return this.#seen(target, joined, joined.startedAtMs, conversation);
		}
		// One more for the structured answer that may be asked for again.
		const checked = await this.#begun(refusal, count + 1, lookingMessage(target, count));
		if ("reply" in checked) return checked;
		const meanwhile = this.#pages.shared(target, kind, who);
		if (meanwhile !== null) return this.#seen(target, meanwhile, meanwhile.startedAtMs, conversation);
		return this.#seen(target, this.#pages.begin(checked, kind, who), null, conversation);
	}

	/** The guard's rules for who asks, until a stop. */
	#rulesFor(asker: Asker): GuardRules {
		return rulesFor(this.#context.rules, { asker, signal: this.#signal });
	}

	/** Whether a name was not looked up to the end because of a stop, which says nothing about the name. */
	#cutOff(checked: Awaited<ReturnType<typeof checkTarget>>): boolean {
		return this.stopped && "why" in checked && checked.why === "dns-failed";
	}

	/**
	 * Asks the guard, takes room for so many requests, and opens the head. A refusal is private, so it comes before the head, unless the name
	 * takes long to resolve.
	 */
	async #begun(refusal: Refusal, requests: number, head: Message): Promise<CheckedTarget | NotRequested> {
		const { target, conversation } = refusal;
		const checking = checkTarget(target, this.#rulesFor(askerOf(conversation)));
		const soon = await withTimeout(checking, SIGN_OF_LIFE_MS);
		if (soon === null) await conversation.begin(head);
		const checked = soon ?? (await checking);
		if (this.#cutOff(checked)) return tellInterrupted(this.#context, conversation);
		if ("why" in checked) return this.#refuse(refusal, () => tellRefusal(this.#context, refusedReply(checked), conversation));
		const busy = await this.#reserve(checked, requests, conversation);
		if (busy !== null) return this.#refuse(refusal, () => tellBusy(this.#context, busy, conversation));
		if (soon !== null) await conversation.begin(head);
		return checked;
	}

	/**
	 * Refuses a check, unless an earlier process made it and opened its case: that stands. A head that says "Checking" must not stay: an
	 * earlier process's says why, ours (posted because the name took long) that only the asker knows why.
	 */
	async #refuse({ target, conversation, stands }: Refusal, tellWhy: () => Promise<NotRequested>): Promise<NotRequested> {
		const mayStand = await conversation.mayStand();
		const told = mayStand ? await stands() : null;
		if (told !== null) return { kind: "answered", reply: told };
		const refused = await tellWhy();
		if (conversation.hasBegun() && !mayStand) await conversation.update(declinedMessage(target));
		return refused;
	}

	/** Reserves requests to a checked target, or says why not. */
	#reserve({ target, addresses }: CheckedTarget, requests: number, conversation: ResumableConversation): Promise<Busy | null> {
		return this.#context.limits.reserve({ asker: askerOf(conversation), host: { name: target.host, addresses, requests } });
	}

	async #seen(
		target: Target,
		run: PageRequests,
		sharedSinceMs: number | null,
		conversation: ResumableConversation,
	): Promise<SiteSeen | NotRequested> {
		const seen = await this.#ticking(
			run.seen,
			() => (run.ended ? 0 : run.done),
			() => progressMessage(target, run.done, run.of),
			conversation,
		);
		const atMs = this.#context.now();
		return this.stopped ? tellInterrupted(this.#context, conversation) : { seen, atMs, sharedSinceMs };
	}

	/**
	 * An origin, straight at the addresses that a person gave, beside the page through Cloudflare.
	 * @param caseCode the code that visitors get by the case of the thread; null for no case
	 */
	async origin(
		{ target, addresses }: Extract<Question, { kind: "origin" }>,
		conversation: ResumableConversation,
		caseCode: number | null,
	): Promise<OriginChecked> {
		const checked = await this.#checkedOrigins({ target, addresses }, conversation);
		if ("reply" in checked) return { ...checked, verdict: null };
		const total = originLooks(checked.length, target.scheme);
		const requests = originRequestsMax(checked.length, target.scheme);
		const busy = await this.#noRoomAt(target, addresses, requests, conversation);
		if (busy !== null) return { ...(await tellBusy(this.#context, busy, conversation)), verdict: null };
		await conversation.begin(lookingAtOrigin(target, total));
		const [planned, edge] = await this.#requestOrigin(target, checked, total, conversation);
		const looks = [...planned, ...(await this.#asFlexible(checked[0], planned, edge, caseCode, conversation))];
		for (const look of looks) this.#context.metrics.look(look);
		if (this.stopped) return { ...(await tellInterrupted(this.#context, conversation)), verdict: null };
		// Removed before the bytes are read.
		const written = addresses.map((one) => one.address);
		const hidden = nonEmpty(looks.map((look) => withoutAddresses(look, written)));
		const verdict = judgeOrigin(hidden, edge, this.#context.now(), caseCode);
		return { kind: "answered", reply: originReply(target, verdict), verdict };
	}

	/** The IP addresses that passed the guard; or the posted refusal: not allowed by the admins, an IP address is missing, or one is rejected. */
	async #checkedOrigins(
		{ target, addresses }: Pick<Extract<Question, { kind: "origin" }>, "target" | "addresses">,
		conversation: ResumableConversation,
	): Promise<readonly [CheckedTarget, ...CheckedTarget[]] | NotRequested> {
		const { rules, stores } = this.#context;
		const why = await whyNoOrigin(stores, target.host, conversation);
		if (why !== null) {
			const { platform, workspace, isOfPerson = false } = conversation;
			const isAdmin = workspace !== null && !isOfPerson && (await conversation.isAdmin()) === "yes";
			return tellRefusal(this.#context, originNotAllowed(target, { why, platform, isAdmin, isOfPerson }), conversation);
		}
		if (addresses.length === 0) {
			const head = addressWanted(target);
			await conversation.askAddress(target.url, head);
			return { kind: "refused", reply: { private: true, head, thread: [], data: {} } };
		}
		const origins: CheckedTarget[] = [];
		for (const { address, port } of addresses) {
			const checked = checkOrigin(target, address, port ?? target.port, rules);
			if ("why" in checked) return tellRefusal(this.#context, refusedReply(checked), conversation);
			origins.push(checked);
		}
		return nonEmpty(origins);
	}

	/** By IP address too: another name must not get another budget. The page through Cloudflare is counted when it is requested. */
	async #noRoomAt(
		target: Target,
		addresses: readonly { readonly address: string }[],
		total: number,
		conversation: ResumableConversation,
	): Promise<Busy | null> {
		return this.#context.limits.reserve({
			askers: await askersOf(this.#context, conversation),
			asker: askerOf(conversation),
			origins: { addresses: addresses.map(({ address }) => address), requests: total, person: conversation.asker },
			host: { name: target.host, addresses: [], requests: total },
		});
	}

	#requestOrigin(
		target: Target,
		origins: readonly [CheckedTarget, ...CheckedTarget[]],
		total: number,
		conversation: ResumableConversation,
	): Promise<[readonly Observation[], ClassifiedLook | null]> {
		const asker = askerOf(conversation);
		const options = { ...this.#pages.options(asker), limitMs: this.#context.originLimitMs };
		let done = 0;
		const back = (count: number) => {
			done = count;
		};
		return this.#ticking(
			this.#pages.inTurn(asker, () =>
				Promise.all([lookAtOrigin(origins, options, this.#context.now, back), this.#throughEdge(target, conversation)]),
			),
			() => done,
			() => originProgress(target, done, total),
			conversation,
		);
	}

	/** When Cloudflare meets something else at the address, it may be that it uses plain HTTP: one more request tells. */
	async #asFlexible(
		origin: CheckedTarget,
		planned: readonly Observation[],
		edge: ClassifiedLook | null,
		caseCode: number | null,
		conversation: ResumableConversation,
	): Promise<Observation[]> {
		const [first] = planned;
		if (this.stopped || first === undefined || origin.target.scheme !== "https") return [];
		if (judgeOrigin([first, ...planned.slice(1)], edge, this.#context.now(), caseCode).otherCode === null) return [];
		const asker = askerOf(conversation);
		const { host } = origin.target;
		// The question and its address are counted already.
		const busy = await this.#context.limits.reserve({
			asker,
			origins: { addresses: origin.addresses, requests: 1 },
			host: { name: host, addresses: [], requests: 1 },
		});
		if (busy !== null) return [];
		const options = { ...this.#pages.options(asker), limitMs: this.#context.originLimitMs };
		return this.#pages.inTurn(asker, () => lookAsFlexible(origin, options, this.#context.now, this.#context.flexiblePort));
	}

	/** The page once, as visitors get it; null when the name leads nowhere yet, or nowhere that we look now. */
	async #throughEdge(target: Target, conversation: ResumableConversation): Promise<ClassifiedLook | null> {
		const asker = askerOf(conversation);
		const checked = await checkTarget(target, this.#rulesFor(asker));
		if ("why" in checked || (await this.#reserve(checked, 1, conversation)) !== null) return null;
		return this.#pages.once(checked, this.#pages.options(asker));
	}

	/** The page of a case in variants; null after a posted refusal, or when a stop cut it off. */
	async variants(one: Case, conversation: ResumableConversation): Promise<VariantsSeen | null> {
		const { limits, now } = this.#context;
		const target = readTarget(one.url);
		if ("why" in target) return null;
		const asker = askerOf(conversation);
		const rules = this.#rulesFor(asker);
		const checked = await checkTarget(target, rules);
		if (this.#cutOff(checked)) return null;
		if ("why" in checked) {
			await tellRefusal(this.#context, refusedReply(checked), conversation);
			return null;
		}
		const host = { name: target.host, addresses: checked.addresses, requests: VARIANT_REQUESTS_MAX };
		const busy = await limits.reserve({ askers: await askersOf(this.#context, conversation), asker, host });
		if (busy !== null) {
			await tellBusy(this.#context, busy, conversation);
			return null;
		}
		await conversation.replyPrivately(lookingInVariants(one));
		const seen = await this.#pages.inTurn(asker, () =>
			lookInVariants(checked, rules, this.#pages.options(asker), now, (plain, other, variant) =>
				differs(plain, other, variant, now()),
			),
		);
		// A missing variant is not evidence. A stored question continues after the restart.
		return this.stopped ? null : { seen, verdict: judgeVariants(seen, now()) };
	}

	/**
	 * The page of a watch once, as visitors get it; why not, when it may not be looked at now. It waits behind no question: how many watches
	 * are looked at at once is the watches' own share, and its lookups have turns of their own beside the same person's questions.
	 */
	async once(target: Target, asker: Asker): Promise<ClassifiedLook | Busy | { readonly reply: Reply }> {
		const { limits, now } = this.#context;
		const checked = await checkTarget(target, this.#rulesFor({ ...asker, person: `watch ${asker.person ?? ""}` }));
		// A name that does not resolve just now is a state of the site, and the looks go on.
		const noName = "why" in checked && (checked.why === "dns-failed" || checked.why === "no-such-name");
		if ("why" in checked && !noName) return { reply: refusedReply(checked) };
		const addresses = "why" in checked ? [] : checked.addresses;
		const busy = await limits.reserve({ asker, host: { name: target.host, addresses, requests: 1, share: WATCHES_SHARE } });
		if (busy !== null) return busy;
		if ("why" in checked) {
			return this.#pages.classified(unresolved(target.url, checked.why === "no-such-name", now()));
		}
		return this.#pages.once(checked, this.#pages.options(asker, "watch"));
	}

	/** Reports progress until `work` has ended. */
	async #ticking<T>(
		work: Promise<T>,
		done: () => number,
		progress: () => Message,
		conversation: ResumableConversation,
	): Promise<T> {
		let edits: Promise<void> = Promise.resolve();
		const timer = setInterval(() => {
			if (done() > 0) edits = edits.then(() => conversation.progress(progress())).catch(() => {});
		}, this.#context.progressEveryMs);
		try {
			return await work;
		} finally {
			clearInterval(timer);
			await edits;
		}
	}
}
