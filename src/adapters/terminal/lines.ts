import type { Readable } from "node:stream";
import type { z } from "zod";

/** A line is read up to this; the rest of a longer one is thrown away, and it fails as JSON. */
const LINE_MAX_CHARS = 128 * 1024 * 1024;

/** Lines of a stream, ended by LF or CR LF only: JSON may hold every other line separator. */
async function* jsonLines(input: Readable): AsyncGenerator<string> {
	let pending: string[] = [];
	let length = 0;
	const whole = () => {
		const line = pending
			.join("")
			.replace(/\r$/, "")
			.replace(/^\ufeff/, "");
		pending = [];
		length = 0;
		return line;
	};
	input.setEncoding("utf8");
	for await (const chunk of input as AsyncIterable<string>) {
		const parts = chunk.split("\n");
		for (const [index, part] of parts.entries()) {
			if (length < LINE_MAX_CHARS) pending.push(part);
			length += part.length;
			if (index === parts.length - 1) break;
			yield whole();
		}
	}
	const last = whole();
	if (last.trim() !== "") yield last;
}

/** One line as its schema has it, with its `id` (null for none), or why it cannot be read. */
type Line<T> = { readonly id: unknown; readonly data: T } | { readonly id: unknown; readonly error: string };

/**
 * Reads one line as JSON of this schema. Total.
 * @param wrong what to say of JSON in another form, by the path of its first wrong field
 */
export function readLine<T>(line: string, schema: z.ZodType<T>, wrong: (at: string) => string): Line<T> {
	let json: unknown;
	try {
		json = JSON.parse(line);
	} catch {
		return { id: null, error: "the line is not JSON" };
	}
	const id = typeof json === "object" && json !== null && "id" in json ? json.id : null;
	const read = schema.safeParse(json);
	return read.success ? { id, data: read.data } : { id, error: wrong(read.error.issues[0]?.path.join(".") || "an object") };
}

export const hasNoText = (): string => "the line has no text";

/** Answers every line of a stream with one JSON line, in order, whatever a line holds. */
export async function answerLines(
	input: Readable,
	out: (line: string) => void,
	answer: (line: string) => unknown,
): Promise<void> {
	for await (const line of jsonLines(input)) out(JSON.stringify(answer(line)));
}

/** What is encoded, also in lines as `base64` prints them, or with the letters for URLs; null: it is not base64. */
export function fromBase64(encoded: string): Buffer | null {
	return /^[A-Za-z0-9+/_\s-]*={0,2}$/.test(encoded.trimEnd()) ? Buffer.from(encoded, "base64") : null;
}
