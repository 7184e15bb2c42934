import type { Autopsy } from "./autopsy.ts";

/** Which bytes of an origin's response are what: sizes and offsets only, none of the bytes. */
export interface ByteMap {
	/** Bytes that were read. */
	readonly total: number;
	/** Where the header section ends, status line to empty line; null: it is not complete. */
	readonly headersEnd: number | null;
	/** Bytes of content that came. */
	readonly content: number;
	/** Bytes of content that the response promises; null: it names no length. */
	readonly promised: number | null;
	/** The first byte of the first fault; null for none. */
	readonly faultAt: number | null;
}

/** @param total bytes that were recorded */
export function byteMapOf({ reading, findings }: Autopsy, total: number): ByteMap {
	return {
		total,
		headersEnd: reading.headerSection?.end ?? null,
		content: reading.contentBytes,
		promised: reading.framing?.kind === "length" ? reading.framing.declared : null,
		faultAt: findings.find(({ level, span }) => level === "fault" && span !== undefined)?.span?.start ?? null,
	};
}
