import type { CauseId } from "../causes/list.ts";
import type { ValueOf } from "../evidence.ts";

/**
 * A line of a log at the origin that speaks for a cause of a 520, or against its being one. Each was reproduced with the real program or
 * taken from its source, as told in `source` (2026-11). Ids are words and never used again for anything else.
 */
export interface Signature {
	readonly id: string;
	/** Program and log that writes the line. */
	readonly server: string;
	readonly looks: RegExp;
	/** What it speaks for: a cause, or the code that the visitor got instead (then this request is no 520). */
	readonly speaksFor: CauseId | `${number}`;
	/** Value of the evidence key `origin-log` that the line itself gives; null for none. */
	readonly originLog: ValueOf<"origin-log"> | null;
	/** Value of the evidence key `host-health`, where the line tells of the host: out of memory or restarted; or full. */
	readonly hostHealth?: ValueOf<"host-health">;
	/** Another signature that tells of the same event and names it less well. */
	readonly betterThan?: string;
	readonly meaning: string;
	readonly fix: string;
	readonly source: string;
	/** A line of that form, for tests and pages. */
	readonly example: string;
}
