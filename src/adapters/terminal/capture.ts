import type { Readable } from "node:stream";
import { z } from "zod";
import { isListed, type JudgedExchange, judgeExchange } from "../../judge/capture.ts";
import { CaptureReader } from "../../read/capture/capture.ts";
import { findRays } from "../../read/ray/find.ts";
import { clean } from "../../read/text/clean.ts";
import { exchangeData } from "../../reply/capture-data.ts";
import { answerLines, readLine } from "./lines.ts";

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
	if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(encoded)) return failed("the bytes are not base64");
	const rays = asked === undefined || asked === null ? null : raysIn(asked);
	if (rays?.size === 0) return failed("the ray is not a Ray ID");
	const told: JudgedExchange[] = [];
	const reader = new CaptureReader((recorded) => {
		const judged = judgeExchange(recorded);
		const isWanted = rays === null ? isListed(judged) : judged.ray !== null && rays.has(judged.ray);
		if (isWanted && told.length < TOLD_MAX) told.push(judged);
	});
	const bytes = Buffer.from(encoded, "base64");
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
const raysIn = (text: string): ReadonlySet<string> =>
	new Set(findRays(clean(text), Number.POSITIVE_INFINITY, true).rays.map(({ id }) => id));
