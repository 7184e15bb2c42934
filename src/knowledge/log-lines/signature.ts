import type { CauseId } from "../causes/list.ts";
import type { ValueOf } from "../evidence.ts";

/**
 * A line of a log at the origin that speaks for a cause of a 520, or against its being one. Each was reproduced with the real program, or
 * taken from its source or its documentation, as told in `source` (2026-11). Ids are words and never used again for anything else.
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
	/** What the line gives for further evidence keys. */
	readonly also?: { readonly "edge-saw"?: "no-status"; readonly "waits-for"?: "own-backend" };
	/**
	 * What the line is about, and so when it belongs to the failing request. `request` (the default): by the path that it tells, or by its time when
	 * it tells none. `host`: a process or the machine, by its time. `address`: a visitor's or Cloudflare's IP address; only Cloudflare's count.
	 */
	readonly of?: "request" | "host" | "address";
	/** Words of an exception: when the same trace names a 52x that this program received, the program is a client, and the line no evidence. */
	readonly exception?: true;
	/** Another signature that tells of the same event and names it less well. */
	readonly betterThan?: string;
	readonly meaning: string;
	readonly fix: string;
	readonly source: string;
	/** A line of that form, for tests and pages. */
	readonly example: string;
}
