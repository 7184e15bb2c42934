import { type Chunks, readChunks } from "./chunks.ts";
import type { FieldLine, Framing, Oddity, Reading, Span } from "./reading.ts";

/** How the connection came to its end, as far as the reader cares: an orderly close ends an until-close message. */
export interface ReadOptions {
	readonly method: "GET" | "HEAD";
	/** The other side closed the connection in order (FIN or close_notify) after the last byte. */
	readonly closed: boolean;
}

const CR = 13;
const LF = 10;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Spaces after the name and obsolete folding are taken as Cloudflare's open-source proxy takes them (pingora-core v1/client.rs:828-842). */
const STATUS_LINE = /^(HTTP\/1\.[01]) (\d{3})(?: (.*))?$/s;

const latin1 = (bytes: Uint8Array, span: Span) =>
	Buffer.from(bytes.buffer, bytes.byteOffset + span.start, span.end - span.start).toString("latin1");

/**
 * Reads an HTTP/1 response. Total: any bytes give a reading, what is wrong becomes an oddity with its span; never throws; linear in
 * the input. RFC 9112.
 */
export function readResponse(bytes: Uint8Array, options: ReadOptions): Reading {
	const oddities: Oddity[] = [];
	const interim: number[] = [];
	const empty = {
		version: null,
		status: null,
		reason: "",
		fields: [],
		headerSection: null,
		framing: null,
		content: new Uint8Array(),
	};
	const stop = (kind: Oddity["kind"], span: Span, partial: Partial<Reading> = {}): Reading => {
		oddities.push({ kind, span });
		return { ...empty, ...partial, interim, complete: false, oddities };
	};
	let at = 0;
	for (;;) {
		// Empty lines before a status line are skipped (RFC 9112 §2.2, applied to responses by most readers).
		while (bytes[at] === CR || bytes[at] === LF) at += 1;
		const start = at;
		if (start >= bytes.length)
			return stop(bytes.length === 0 ? "no-bytes" : "incomplete-header-section", { start: 0, end: bytes.length });
		const statusEnd = lineEnd(bytes, start);
		const shown: Span = { start, end: Math.min(statusEnd?.end ?? bytes.length, start + 256) };
		if (!startsAsHttp(bytes, start)) return stop("not-http", shown);
		if (statusEnd === null) return stop("incomplete-header-section", { start, end: bytes.length });
		const line = STATUS_LINE.exec(latin1(bytes, { start, end: statusEnd.text }));
		if (line === null) return stop("bad-status-line", shown);
		const version = line[1] ?? null;
		const status = Number(line[2]);
		const reason = line[3] ?? "";

		const fields: FieldLine[] = [];
		// Folded lines (RFC 9112 §5.2) are joined once, when the field is over: joining each would be quadratic.
		let folded: string[] = [];
		let foldEnd = 0;
		const unfold = () => {
			const previous = fields.at(-1);
			if (folded.length === 0 || previous === undefined) return;
			fields[fields.length - 1] = {
				...previous,
				value: [previous.value, ...folded].join(" ").trim(),
				span: { start: previous.span.start, end: foldEnd },
			};
			folded = [];
		};
		at = statusEnd.end;
		let end: { text: number; end: number } | null;
		for (;;) {
			end = lineEnd(bytes, at);
			if (end === null || end.text === at) break;
			const span: Span = { start: at, end: end.end };
			const text = latin1(bytes, { start: at, end: end.text });
			at = end.end;
			if ((text.startsWith(" ") || text.startsWith("\t")) && fields.length > 0) {
				folded.push(text.trim());
				foldEnd = span.end;
				continue;
			}
			unfold();
			const colon = text.indexOf(":");
			const name = text.slice(0, Math.max(colon, 0)).replace(/[ \t]+$/, "");
			const value = text.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, "");
			if (colon < 0 || !TOKEN.test(name) || /[\u0000-\u0008\u000a-\u001f\u007f]/.test(value))
				oddities.push({ kind: "bad-field-line", span });
			fields.push({ name, value, span });
		}
		unfold();
		const partial = { version, status, reason, fields };
		if (end === null) return stop("incomplete-header-section", { start, end: bytes.length }, partial);
		at = end.end;
		if (status >= 100 && status < 200 && status !== 101) {
			interim.push(status);
			continue;
		}
		const headerSection: Span = { start, end: at };
		const framing = framingOf(fields, status, options.method);
		if (framing === null) return stop("bad-content-length", headerSection, { ...partial, headerSection });
		const read = contentOf(bytes, at, framing, options.closed);
		if (read.oddity !== null) oddities.push(read.oddity);
		return { ...partial, headerSection, interim, framing, content: read.content, complete: read.complete, oddities };
	}
}

function startsAsHttp(bytes: Uint8Array, at: number): boolean {
	const have = latin1(bytes, { start: at, end: Math.min(at + 8, bytes.length) });
	return "HTTP/1.1".startsWith(have) || "HTTP/1.0".startsWith(have);
}

/** Where the line that begins at `at` ends: before and after its line end (CRLF or a bare LF); null when it does not end. */
function lineEnd(bytes: Uint8Array, at: number): { text: number; end: number } | null {
	const lf = bytes.indexOf(LF, at);
	if (lf < 0) return null;
	return { text: lf > at && bytes[lf - 1] === CR ? lf - 1 : lf, end: lf + 1 };
}

/** RFC 9112 §6.3. null: a Content-Length that nobody may guess at. */
function framingOf(fields: readonly FieldLine[], status: number, method: "GET" | "HEAD"): Framing | null {
	const all = (name: string) => fields.filter((line) => line.name.toLowerCase() === name).map((line) => line.value);
	const codings = all("transfer-encoding");
	const lengths = all("content-length");
	if (codings.length === 0 && (lengths.length > 1 || lengths.some((value) => !/^\+?\d{1,15}$/.test(value)))) return null;
	if (method === "HEAD" || status === 204 || status === 304) return { kind: "none" };
	if (codings.length > 0) {
		const last = codings.at(-1)?.split(",").at(-1)?.trim().toLowerCase();
		return last === "chunked" ? { kind: "chunked" } : { kind: "until-close" };
	}
	return lengths[0] === undefined ? { kind: "until-close" } : { kind: "length", declared: Number(lengths[0]) };
}

function contentOf(
	bytes: Uint8Array,
	at: number,
	framing: Framing,
	closed: boolean,
): { content: Uint8Array; complete: boolean; oddity: Oddity | null } {
	const rest: Span = { start: at, end: bytes.length };
	const cut: Oddity = { kind: "incomplete-content", span: rest };
	switch (framing.kind) {
		case "none":
			return { content: new Uint8Array(), complete: true, oddity: null };
		case "length": {
			const content = bytes.subarray(at, Math.min(bytes.length, at + framing.declared));
			const complete = content.length === framing.declared;
			return { content, complete, oddity: complete ? null : cut };
		}
		case "until-close":
			return { content: bytes.subarray(at), complete: closed, oddity: null };
		case "chunked": {
			const chunks: Chunks = readChunks(bytes, at);
			const oddity: Oddity | null =
				chunks.end === "last-chunk"
					? null
					: chunks.end === "cut"
						? cut
						: { kind: "bad-chunk", span: { start: chunks.at, end: Math.min(bytes.length, chunks.at + 64) } };
			return { content: chunks.content, complete: oddity === null, oddity };
		}
	}
}
