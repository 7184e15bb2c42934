import { existsSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import type { Readable } from "node:stream";
import { z } from "zod";
import { CaptureTally, failsBehind, isListed, type JudgedExchange, judgeExchange } from "../../judge/capture.ts";
import { show } from "../../message/show.ts";
import { type CaptureAsked, isWithin, readCaptureWords } from "../../read/capture/asked.ts";
import { CaptureReader } from "../../read/capture/capture.ts";
import { PACKET_MAX_BYTES, readBeginning } from "../../read/capture/packets.ts";
import { codeOf } from "../../read/error.ts";
import type { Ray } from "../../read/ray/decode.ts";
import { findRays } from "../../read/ray/find.ts";
import { clean } from "../../read/text/clean.ts";
import { captureMessage, captureSummary, type ReadCapture, type UnreadableFile, unreadableFile } from "../../reply/capture.ts";
import { exchangeData } from "../../reply/capture-data.ts";
import { answerLines, fromBase64, readLine } from "./lines.ts";
import { renderTerminal, type TerminalStyle } from "./render.ts";

const Line = z.object({ id: z.unknown().optional(), pcap_b64: z.string(), ray: z.string().nullish() });

/** As many exchanges as one answer holds. */
const TOLD_MAX = 50_000;

/** `capture -`: JSON lines `{id, pcap_b64, ray?}` in, `{id, exchanges}` out, one for each in order, whatever a line holds. */
export function captureLines(input: Readable, out: (line: string) => void): Promise<void> {
	return answerLines(input, out, answer);
}

function answer(line: string) {
	const one = readLine(line, Line, (at) => `the line is not a recording: ${at} is missing or wrong`);
	if ("error" in one) return { ...one, exchanges: [] };
	const { id } = one;
	const { pcap_b64: encoded, ray: asked } = one.data;
	const failed = (error: string) => ({ id, error, exchanges: [] });
	const bytes = fromBase64(encoded);
	if (bytes === null) return failed("the bytes are not base64");
	const rays = asked === undefined || asked === null ? null : new Set(raysOf(asked).map(({ id }) => id));
	if (rays?.size === 0) return failed("the ray is not a Ray ID");
	const told: JudgedExchange[] = [];
	const reader = new CaptureReader((recorded) => {
		const judged = judgeExchange(recorded);
		const isWanted = rays === null ? isListed(judged) : judged.ray !== null && rays.has(judged.ray);
		if (isWanted && told.length < TOLD_MAX) told.push(judged);
	});
	for (let at = 0; at < bytes.length && !reader.stopped; at += PIECE_BYTES) reader.push(bytes.subarray(at, at + PIECE_BYTES));
	const { problem } = reader.end();
	if (problem === "gzip") return failed("the bytes are compressed with gzip: unpack them first");
	if (problem === "not-a-capture") return failed("the bytes are not a packet capture (pcap or pcapng)");
	return { id, exchanges: inOrder(told).map(exchangeData) };
}

const PIECE_BYTES = 1024 * 1024;

const inOrder = (exchanges: readonly JudgedExchange[]): JudgedExchange[] =>
	exchanges.toSorted((a, b) => a.startedAtMs - b.startedAtMs);

/** Ray IDs in any form that `ray -` reads; a bare one counts, because one is asked for. */
const raysOf = (text: string): readonly Ray[] => findRays(clean(text), Number.POSITIVE_INFINITY, true).rays;

const USAGE =
	"capture needs a file: npm start -- capture FILE [Ray ID | from 22:18 to 22:20]. Times are in UTC. JSON lines on standard input: capture -";
/** What of a file is kept to be told; the rest is counted. */
const KEPT_MAX = 10_000;

/**
 * `capture FILE… [Ray IDs | from … to …]`: what a proxy would not take whole of the exchanges in recordings of packets, read in pieces.
 * Returns the exit status.
 */
export async function captureFiles(
	words: readonly string[],
	json: boolean,
	style: TerminalStyle,
	out: (text: string) => void,
	aside: (text: string) => void,
): Promise<number> {
	const fail = (sentence: string): number => {
		aside(`cf520: ${sentence}\n`);
		return 2;
	};
	const asked = readCaptureWords(words, existsSync);
	if (asked === "times")
		return fail("I cannot read these times. Example: capture FILE from 22:18 to 22:20:30, in UTC, or with +02:00 behind each.");
	if (asked === "turned") return fail("The second time is before the first.");
	if (asked.files.length === 0) return fail(USAGE);
	const rays = asked.rays === "" ? null : raysOf(asked.rays);
	if (rays?.length === 0) return fail(`${show(asked.rays, 60)} is not a Ray ID, a file or a time. ${USAGE}`);
	const files: OpenFile[] = [];
	try {
		for (const name of asked.files) {
			const file = await openFile(name);
			if (typeof file !== "string") files.push(file);
			// The newest file of a ring may have nothing in it yet.
			else if (file !== "empty" || asked.files.length === 1) return fail(unreadableFile(file, show(name, 60)));
		}
		if (files.length === 0) return fail(unreadableFile("empty", show(asked.files[0] ?? "", 60)));
		const read = await readFiles(inTime(files), asked, rays, json);
		const { problem } = read.facts;
		if (problem === "not-a-capture" || problem === "gzip") return fail(unreadableFile(problem, show(asked.files[0] ?? "", 60)));
		if (json)
			out(
				`${JSON.stringify({ id: asked.files.join(" "), exchanges: read.told.map(withHost), summary: captureSummary(read) })}\n`,
			);
		else out(`${renderTerminal(captureMessage(read), style)}\n\n`);
		return 0;
	} catch {
		return fail("The file cannot be read to its end.");
	} finally {
		for (const { file } of files) await file.close().catch(() => {});
	}
}

/** Whose it is, which the paste of a recording of several hosts is told by. */
const withHost = (one: JudgedExchange) => ({ ...exchangeData(one), host: one.host });

interface OpenFile {
	readonly file: FileHandle;
	/** When its first packet was recorded; null: it is a pipe, which can be read once only. */
	readonly firstMs: number | null;
}

/** Files in the order of their first packets; as they were named where that is not known. */
const inTime = (files: readonly OpenFile[]): readonly OpenFile[] =>
	files.some(({ firstMs }) => firstMs === null) ? files : files.toSorted((a, b) => (a.firstMs ?? 0) - (b.firstMs ?? 0));

async function openFile(name: string): Promise<OpenFile | UnreadableFile> {
	let file: FileHandle | null = null;
	const not = async (why: UnreadableFile): Promise<UnreadableFile> => {
		await file?.close().catch(() => {});
		return why;
	};
	try {
		file = await open(name);
		const about = await file.stat();
		if (about.isDirectory()) return await not("directory");
		if (!about.isFile()) return { file, firstMs: null };
		if (about.size === 0) return await not("empty");
		// Any packet is whole in it, and what is read at a place is read again later.
		const { bytesRead, buffer } = await file.read(Buffer.alloc(BEGINNING_BYTES), 0, BEGINNING_BYTES, 0);
		const { firstMs, problem } = readBeginning(buffer.subarray(0, bytesRead));
		return problem === "not-a-capture" || problem === "gzip" ? await not(problem) : { file, firstMs: firstMs ?? 0 };
	} catch (error) {
		const code = codeOf(error);
		return await not(code === "ENOENT" ? "missing" : code === "EACCES" || code === "EPERM" ? "forbidden" : "other");
	}
}
const BEGINNING_BYTES = PACKET_MAX_BYTES + 65_536;

/** Reads recordings one after the other, in pieces of the same memory. */
async function readFiles(
	files: readonly OpenFile[],
	{ window, files: names }: CaptureAsked,
	rays: readonly Ray[] | null,
	json: boolean,
): Promise<ReadCapture> {
	const tally = new CaptureTally();
	const told: JudgedExchange[] = [];
	const wanted = new Set(rays?.map(({ id }) => id));
	let leftOut = 0;
	const reader = new CaptureReader((recorded) => {
		const judged = judgeExchange(recorded);
		if (window !== null && !isWithin(window, judged.startedAtMs)) return;
		tally.add(judged);
		// The lines for tools have what a proxy does not accept; people are told of all that fails.
		const fails = isListed(judged) || (!json && failsBehind(judged));
		if (rays === null ? !fails : judged.ray === null || !wanted.has(judged.ray)) return;
		if (told.length < KEPT_MAX) told.push(judged);
		else leftOut += 1;
	});
	const memory = Buffer.alloc(PIECE_BYTES);
	for (const [nth, { file }] of files.entries()) {
		if (nth > 0) reader.nextFile();
		while (!reader.stopped) {
			const { bytesRead } = await file.read(memory, 0, memory.length, null);
			if (bytesRead === 0) break;
			reader.push(memory.subarray(0, bytesRead));
		}
	}
	const facts = reader.end();
	const [first = ""] = names;
	const name = names.length === 1 ? show(basename(first), 60) : `${names.length} files`;
	return { name, facts, tally, told: inOrder(told), leftOut, rays, isPart: window !== null };
}
