/**
 * A waiting text: characters, or parts on lines of their own, in which files are raw bytes. Bytes pass to the thread that reads them and
 * become characters only there, so that 900 KB are never a string in the thread that acknowledges.
 */
export type HeldText = string | readonly (string | Uint8Array<ArrayBuffer>)[];

/** The text itself. Recorded bytes that are no UTF-8 keep their values as Latin-1. */
export function textOf(held: HeldText): string {
	if (typeof held === "string") return held;
	return held.map((part) => (typeof part === "string" ? part : charactersOf(part))).join("\n");
}

/** How long it is at least, in characters or bytes: enough to tell a short text. */
export const lengthOf = (held: HeldText): number =>
	typeof held === "string" ? held.length : held.reduce((sum, part) => sum + part.length, 0);

/** As bytes, for the way back from a thread. */
export const heldOf = (text: string): HeldText => [new Uint8Array(Buffer.from(text, "utf8"))];

/** What of it is handed over to another thread, and gone here: memory that holds nothing else. */
export const handedOver = (held: HeldText): ArrayBuffer[] =>
	typeof held === "string"
		? []
		: held.flatMap((part) => (typeof part === "string" || part.length < part.buffer.byteLength ? [] : [part.buffer]));

function charactersOf(bytes: Uint8Array): string {
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
	}
}
