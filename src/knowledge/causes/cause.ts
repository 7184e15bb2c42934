import type { EvidenceKey, FineValueOf } from "../evidence.ts";
import type { Family } from "../families.ts";
import type { Level } from "../levels.ts";
import type { Source } from "../sources.ts";

/** P(answer | cause) for one key, in fine values, with the mechanism that it comes from. What the row does not name happens by mistake only (`judge/model.ts`). */
interface Row<K extends EvidenceKey> {
	readonly values: { readonly [V in FineValueOf<K>]?: Level };
	readonly why: string;
}

/** Any row, for readers that have a value which its key may not have. */
export interface AnyRow {
	readonly values: Readonly<Record<string, Level | undefined>>;
	readonly why: string;
}

/** The rows of a cause. Without a row for a key it behaves as most faults do (`usually` of the key's values). */
export type Rows = { readonly [K in EvidenceKey]?: Row<K> };

/** A feature of Cloudflare that a cause needs. */
interface Need {
	/** One of these is enough. */
	readonly oneOf: readonly FineValueOf<"cloudflare-features">[];
	/** What shows the cause itself, whatever people say of the feature. */
	readonly unless?: { readonly [K in EvidenceKey]?: readonly FineValueOf<K>[] };
	readonly why: string;
}

/** How likely a cause is before anything is known of a case, beside the public cases that are counted (`knowledge/counted.ts`). */
interface Prior {
	/** In cases: 3 named first by the documentation and reproduced; 2 documented for 520, or reproduced with no byte; 1 documented in part, or reported; 0.5 seldom a 520; 0.1 contradicted by the documentation. */
	readonly base: number;
	readonly why: string;
}

/** Everything about one reason why an origin's answer becomes a 520. */
export interface Cause {
	/** Its kind, by who has to act: the one thing that can be named while the cause is open. */
	readonly family: Family;
	/** The number of the one of the five causes of the article (from which this project was built) that it is a kind of; null where the article names none. */
	readonly articleCause: 1 | 2 | 3 | 4 | 5 | null;
	/** Whose side it is, behind "At fault:", where that is not the origin's as a 520 by itself says. */
	readonly side?: string;
	/** A title for verdicts. */
	readonly title: string;
	/** What happens. */
	readonly what: string;
	/** What to do, common first. */
	readonly fixes: readonly string[];
	/** Where it is documented. */
	readonly source: Source;
	readonly prior: Prior;
	/** What one sees then. */
	readonly given: Rows;
	/** What of Cloudflare it cannot do without: where people say that there is none of it, it is not this. */
	readonly needs?: Need;
}
