import assert from "node:assert/strict";
import { autopsy } from "../../src/judge/autopsy.ts";
import { chunkedVariant, headVariant, http2Variant } from "./generate.ts";
import { chunkedContent, headerSection } from "./http1.ts";
import { streamVerdict } from "./http2.ts";

/** One generated response beside the reference: fails, with its bytes, where the two disagree. */

type Random = (below: number) => number;

export function compareHttp2(random: Random): void {
	const frames = http2Variant(random);
	const whole = Buffer.concat(frames.map((one) => one.bytes));
	// Cut between two frames or inside one: what is not whole was not sent.
	const length = random(8) === 0 ? random(whole.length + 1) : whole.length;
	let end = 0;
	const came = frames.filter((one) => {
		end += one.bytes.length;
		return end <= length;
	});
	// A block in several frames is read piece by piece: cut inside, its first pieces tell already.
	const half = frames[came.length];
	const bytes = half?.type === "headers" ? Buffer.concat(came.map((one) => one.bytes)) : whole.subarray(0, length);
	const ending = (["fin", "deadline", "reset"] as const)[random(3)] ?? "fin";
	const method = random(5) === 0 ? "HEAD" : "GET";
	const { verdict, asks } = streamVerdict(came, ending, method);
	const found = autopsy(bytes, ending, method, "h2");
	const told = `${method} ${ending} ${bytes.toString("base64")} ${found.findings.map((one) => one.id).join()}`;
	assert.equal(found.proxy, verdict, told);
	assert.equal(
		found.findings.some((one) => one.level === "fault"),
		verdict !== "accepts" && !asks,
		told,
	);
}

export function compareChunked(random: Random): void {
	const text = chunkedVariant(random);
	const found = autopsy(
		Buffer.from(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${text}`, "latin1"),
		(["fin", "deadline", "reset"] as const)[random(3)] ?? "fin",
		"GET",
	);
	const length = chunkedContent(text);
	const told = `${JSON.stringify(text)} ${found.findings.map((one) => one.id).join()}`;
	assert.equal(found.proxy, length === null ? "truncates" : "accepts", told);
	if (length !== null) assert.equal(found.reading.contentBytes, length, told);
	assert.equal(
		found.findings.some((one) => one.level === "fault"),
		length === null,
		told,
	);
}

export function compareHead(random: Random): void {
	const text = headVariant(random);
	const found = autopsy(Buffer.from(text, "latin1"), "deadline", "GET");
	const told = `${JSON.stringify(text)} ${found.findings.map((one) => one.id).join()}`;
	const expected = headerSection(text);
	if (expected !== "complete") assert.equal(found.proxy, expected, told);
	else assert.ok(found.reading.headerSection !== null, told);
}
