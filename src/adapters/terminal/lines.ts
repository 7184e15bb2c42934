import type { Readable } from "node:stream";

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

/** One line read as JSON: with its `id` (null for none), or why it cannot be read. */
type JsonLine = { readonly id: unknown; readonly json: unknown } | { readonly id: null; readonly error: string };

/** Reads one line. Total. */
export function readJsonLine(line: string): JsonLine {
	let json: unknown;
	try {
		json = JSON.parse(line);
	} catch {
		return { id: null, error: "the line is not JSON" };
	}
	return { id: typeof json === "object" && json !== null && "id" in json ? json.id : null, json };
}

/** Answers every line of a stream with one JSON line, in order, whatever a line holds. */
export async function answerLines(
	input: Readable,
	out: (line: string) => void,
	answer: (line: string) => unknown,
): Promise<void> {
	for await (const line of jsonLines(input)) out(JSON.stringify(answer(line)));
}
