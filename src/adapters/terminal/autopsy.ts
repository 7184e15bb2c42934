import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { autopsy } from "../../judge/autopsy.ts";
import { show } from "../../message/show.ts";
import { looksPasted, readPaste } from "../../read/paste.ts";
import { ENDINGS } from "../../read/wire/ending.ts";
import { autopsyData, autopsyMessage } from "../../reply/autopsy.ts";
import { pasteReply } from "../../reply/paste.ts";
import { answerLines, fromBase64, readLine } from "./lines.ts";
import { renderTerminal, type TerminalStyle } from "./render.ts";

/** A recording is read up to this; a bomb stops here. */
const BYTES_MAX = 64 * 1024 * 1024;
const PASTE_MAX_BYTES = 1_000_000;

const Line = z.object({
	id: z.unknown().optional(),
	bytes_b64: z.string().optional(),
	bytes_gz_b64: z.string().optional(),
	ending: z.enum(ENDINGS),
	/** Only a response to HEAD is read in another way; null: it is not known. */
	method: z
		.string()
		.max(64)
		.nullish()
		.transform((method) => (method === "HEAD" ? ("HEAD" as const) : ("GET" as const))),
	/** There was more of it: where it ends here says nothing. */
	bytesCut: z.boolean().optional(),
	protocol: z.enum(["http/1.1", "http/1.0", "h2"]).default("http/1.1"),
});

/** `autopsy -`: JSON lines `{id, bytes_b64 | bytes_gz_b64, ending, method?}` in, one JSON line each out, in order, whatever a line holds. */
export function autopsyLines(input: Readable, out: (line: string) => void): Promise<void> {
	return answerLines(input, out, answer);
}

function answer(line: string) {
	const one = readLine(line, Line, (at) => `the line is not a recording: ${at} is missing or wrong`);
	if ("error" in one) return one;
	const { id } = one;
	const { bytes_b64: plain, bytes_gz_b64: zipped, ending, method, protocol, bytesCut } = one.data;
	if ((plain === undefined) === (zipped === undefined)) return { id, error: "a recording needs bytes_b64 or bytes_gz_b64" };
	const decoded = fromBase64(plain ?? zipped ?? "");
	if (decoded === null) return { id, error: "the bytes are not base64" };
	try {
		const bytes = plain !== undefined ? decoded : gunzipSync(decoded, { maxOutputLength: BYTES_MAX });
		return autopsyData(id, autopsy(bytes, bytesCut === true ? "enough" : ending, method, protocol === "h2" ? "h2" : "http/1.1"));
	} catch {
		return { id, error: "the bytes cannot be unpacked" };
	}
}

/**
 * `autopsy FILE…`: files of bytes as an origin sent them, taken as closed in order after the last one. Returns the exit status.
 */
export function autopsyFiles(
	names: readonly string[],
	json: boolean,
	style: TerminalStyle,
	out: (text: string) => void,
	aside: (text: string) => void,
): number {
	let status = 0;
	for (const name of names) {
		let bytes: Buffer;
		try {
			bytes = readFileSync(name).subarray(0, BYTES_MAX);
		} catch {
			aside(
				`cf520: ${show(name, 60)} cannot be read. Give a file with the bytes that an origin sent, for example from curl -i --raw -o FILE.\n`,
			);
			status = 2;
			continue;
		}
		// A file may hold what curl printed instead of the bytes themselves.
		const text = bytes.subarray(0, PASTE_MAX_BYTES).toString("latin1");
		const paste = !/^HTTP\/1/.test(text) && bytes.length <= PASTE_MAX_BYTES && looksPasted(text) ? readPaste(text) : null;
		if (paste !== null) {
			const reply = pasteReply(paste, autopsy(paste.bytes, paste.ending, paste.method));
			out(json ? `${JSON.stringify({ ...reply.data, id: name })}\n` : `${renderTerminal(reply.head, style)}\n\n`);
			continue;
		}
		const found = autopsy(bytes, "fin", "GET");
		out(
			json ? `${JSON.stringify(autopsyData(name, found))}\n` : `${renderTerminal(autopsyMessage(name, bytes, found), style)}\n\n`,
		);
	}
	return status;
}
