import { classify } from "../judge/classify.ts";
import { type ClassifiedLook, isFailure } from "../judge/pattern.ts";
import type { LookOptions } from "../looks/exchange.ts";
import type { CheckedTarget } from "../looks/guard.ts";
import type { Observation } from "../looks/observation.ts";
import { planHeaders, planLooks, planStructured, runLooks } from "../looks/plan.ts";
import { type Asker, NO_BOUND, openTurns, type Turns } from "../looks/turns.ts";
import { nonEmpty } from "../read/non-empty.ts";
import type { Target } from "../read/text/target.ts";
import type { DeskContext } from "./context.ts";

/** A question about the same page within this time shares the check. */
const SHARED_MS = 10_000;

/** Of the sites looked at at once, how many one workspace and one person may hold: a slow site holds its place for half a minute. */
const SITES_SHARE = { workspace: 3 / 4, person: 3 / 16 } as const;
const share = (all: number, part: number) => Math.max(1, Math.floor(all * part));

/** The looks of one question about a page, under way or just ended. */
export interface PageRequests {
	readonly asker: string | null;
	readonly startedAtMs: number;
	/** How many there are, and how many of them are back. */
	readonly of: number;
	done: number;
	ended: boolean;
	readonly seen: Promise<[ClassifiedLook, ...ClassifiedLook[]]>;
}

/** Who asks for the looks at a page. */
interface PageAsker {
	readonly asker: Asker;
	/** As in `tenantOf`: others must not learn who asks about a page. */
	readonly tenant: string;
}

const keyOf = ({ url }: Target, kind: "site" | "headers", tenant: string): string => `${kind} ${tenant} ${url}`;

/** The looks at pages: so many sites at a time, and the same page once for all who ask within seconds. */
export class PageLooks {
	readonly #context: DeskContext;
	readonly #signal: AbortSignal;
	readonly #sites: Turns;
	readonly #runs = new Map<string, PageRequests>();
	#depth = 0;

	/** @param signal aborts what is under way */
	constructor(context: DeskContext, signal: AbortSignal) {
		this.#context = context;
		this.#signal = signal;
		const all = context.sitesAtOnce;
		const [perWorkspace, perPerson] = [share(all, SITES_SHARE.workspace), share(all, SITES_SHARE.person)];
		// How many wait is bounded by the questions that may be open.
		this.#sites = openTurns({ all, perWorkspace, perPerson, waiting: NO_BOUND });
	}

	/** How many questions look or wait for their turn to. */
	get depth(): number {
		return this.#depth;
	}

	/** Of a look that is made for this asker: for a question, or a watch, which have places of their own. */
	options(asker: Asker, of: "question" | "watch" = "question"): LookOptions {
		return { ...this.#context.lookOptions, signal: this.#signal, turn: { asker, of } };
	}

	/**
	 * Waits for a place, then works: everyone sees that they were heard, but only so many sites are looked at side by side, and of those
	 * only a share for one workspace or person.
	 */
	async inTurn<T>(asker: Asker, work: () => Promise<T>): Promise<T> {
		this.#depth += 1;
		try {
			return await this.#sites.take(asker, work);
		} finally {
			this.#depth -= 1;
		}
	}

	classified(look: Observation): ClassifiedLook {
		this.#context.metrics.look(look);
		return { look, classification: classify(look, this.#context.now()) };
	}

	/** Looks that are judged as they come back; what is shared for seconds keeps no bytes, and little content. */
	async #judged(
		checked: CheckedTarget,
		planned: ReturnType<typeof planLooks>,
		options: LookOptions,
		landed?: (done: number) => void,
	): Promise<[ClassifiedLook, ...ClassifiedLook[]]> {
		const judge = (look: Observation) => withoutBytes(this.classified(look));
		return nonEmpty(await runLooks(checked, planned, options, this.#context.now, judge, landed));
	}

	/**
	 * A check of this page that another person of the same tenant has just asked for; null for none. A repeated question by one person gets a
	 * new check.
	 */
	shared(target: Target, kind: "site" | "headers", { asker, tenant }: PageAsker): PageRequests | null {
		const run = this.#runs.get(keyOf(target, kind, tenant));
		if (run === undefined || this.#context.now() - run.startedAtMs >= SHARED_MS) return null;
		return run.ended && run.asker === asker.person ? null : run;
	}

	/** Begins the looks of one question about a page. */
	begin(checked: CheckedTarget, kind: "site" | "headers", { asker, tenant }: PageAsker): PageRequests {
		const { now } = this.#context;
		const { target } = checked;
		const key = keyOf(target, kind, tenant);
		const planned = kind === "site" ? planLooks(target) : [planHeaders(target)];
		const options = this.options(asker);
		const run: PageRequests = {
			asker: asker.person,
			startedAtMs: now(),
			of: planned.length,
			done: 0,
			ended: false,
			seen: this.inTurn(asker, async () => {
				const seen = await this.#judged(checked, planned, options, (back) => {
					run.done = back;
				});
				if (kind !== "site" || !wantsStructured(seen) || this.#signal.aborted) return seen;
				return nonEmpty([...seen, ...(await this.#judged(checked, [planStructured(target)], options))]);
			}).finally(() => {
				run.ended = true;
			}),
		};
		this.#runs.set(key, run);
		void run.seen.catch(() => this.#runs.delete(key));
		for (const [old, one] of this.#runs) if (one.ended && now() - one.startedAtMs > SHARED_MS) this.#runs.delete(old);
		return run;
	}

	/** One request for the page, as visitors make it. */
	async once(checked: CheckedTarget, options: LookOptions): Promise<ClassifiedLook> {
		const judge = (look: Observation) => this.classified(look);
		return nonEmpty(await runLooks(checked, [planHeaders(checked.target)], options, this.#context.now, judge))[0];
	}
}

/** What is read of a judged look: the data center in the content of Cloudflare's own trace, a few hundred bytes. */
const CONTENT_KEPT_BYTES = 8_192;
const LONG_SECTION_BYTES = 8_192;
const NO_BYTES = new Uint8Array();

/** A judged look without its bytes, undici's fields and most of the content. */
function withoutBytes({ look, classification }: ClassifiedLook): ClassifiedLook {
	if (look.kind === "unreached") return { look, classification };
	const { reading } = classification;
	const content =
		reading.content.length > CONTENT_KEPT_BYTES
			? new Uint8Array(reading.content.subarray(0, CONTENT_KEPT_BYTES))
			: reading.content;
	// Parts of a string keep all of it in memory: those of a long header section become strings of their own.
	const long = (classification.headerBytes ?? 0) > LONG_SECTION_BYTES;
	const own = (text: string) => Buffer.from(text, "latin1").toString("latin1");
	const fields = long
		? reading.fields.map(({ name, value, span }) => ({ name: own(name), value: own(value), span }))
		: reading.fields;
	return {
		look: { ...look, bytes: NO_BYTES, content: NO_BYTES, secondOpinion: null },
		classification: { ...classification, reading: { ...reading, content, fields } },
	};
}

/** Some look at the page met an error through Cloudflare, and the look that would get its structured form met none. */
function wantsStructured(seen: readonly ClassifiedLook[]): boolean {
	const of = (purpose: string) => seen.filter(({ look }) => look.asked.purpose === purpose);
	const errors = of("page").some(
		({ classification }) => classification.kind === "cloudflare-error" || classification.kind === "edge-code",
	);
	return errors && of("structured").every(({ classification }) => isFailure(classification) !== true);
}
