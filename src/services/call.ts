import type { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress, createGunzip } from "node:zlib";
import type { Dispatcher } from "undici";

/** Where a service is, as the operator set it. */
export interface Service {
	/** http or https; may have a path; without a slash at its end. What a call asks for is appended. */
	readonly base: string;
	/** With our name and where to complain. */
	readonly userAgent: string;
	/** Goes into the authorization header of this service, and nowhere else. */
	readonly token?: string;
	/** Called with every request that was sent to it, with what came of it: for what operators count. */
	readonly counted?: (result: CallResult) => void;
}

/** What came of one request, in fixed words; `refused`: 4xx, `failed`: 5xx. */
export const CALL_RESULTS = ["answered", "refused", "failed", "unreachable", "deadline", "too-large", "redirected"] as const;
export type CallResult = (typeof CALL_RESULTS)[number];

const resultOf = (called: Called): CallResult => {
	if (called.kind === "failed") return called.why;
	return called.status < 400 ? "answered" : called.status < 500 ? "refused" : "failed";
};

export interface Call {
	readonly method: "GET" | "POST";
	/** Begins with a slash; with its query. */
	readonly path: string;
	/** Sent as JSON. */
	readonly body?: unknown;
	/** Of an earlier answer: where nothing changed it is a 304 without content. */
	readonly etag?: string;
	/** Of the content: as it comes over the wire, and decompressed. */
	readonly maxBytes: number;
	/** For everything, a second try too. */
	readonly deadlineMs: number;
	/** Asked once more after a lost connection or a 5xx. Never where a second call would count twice. */
	readonly again: boolean;
}

/** What came of a call. Never an exception, never with the token or the URL in it. */
export type Called =
	| {
			readonly kind: "answered";
			readonly status: number;
			/** By lower-case name; of several the first. */
			readonly headers: Readonly<Record<string, string>>;
			/** Parsed content: unchecked, whatever JSON may hold. undefined: none, or no JSON. */
			readonly json: unknown;
	  }
	| { readonly kind: "failed"; readonly why: "unreachable" | "deadline" | "too-large" | "redirected" };

/** How long after a lost connection or a 5xx it is tried again. */
const AGAIN_AFTER_MS = 250;

/**
 * Calls a third party: one JSON answer, bounded in time and bytes. A redirect is a refusal: the token never follows it. An answer of any
 * other status is one, for the service's own reader to decide.
 * @param signal ends it early, as `deadline`
 */
export async function call(service: Service, request: Call, signal?: AbortSignal): Promise<Called> {
	const deadline = AbortSignal.timeout(request.deadlineMs);
	const ends = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
	const first = await counted(service, request, ends);
	if (!request.again || ends.aborted) return first;
	if (first.kind === "answered" ? first.status < 500 : first.why !== "unreachable") return first;
	await waited(AGAIN_AFTER_MS, ends);
	return ends.aborted ? first : counted(service, request, ends);
}

async function counted(service: Service, request: Call, signal: AbortSignal): Promise<Called> {
	const called = await once(service, request, signal);
	service.counted?.(resultOf(called));
	return called;
}

const waited = (ms: number, signal: AbortSignal): Promise<void> =>
	new Promise((resolve) => {
		const end = () => {
			clearTimeout(timer);
			signal.removeEventListener("abort", end);
			resolve();
		};
		const timer = setTimeout(end, ms);
		signal.addEventListener("abort", end);
	});

async function once(service: Service, { method, path, body, etag, maxBytes }: Call, signal: AbortSignal): Promise<Called> {
	// Loaded with the first call: most questions ask no third party.
	const { Agent, request } = await import("undici");
	const agent = new Agent({ connections: 1, pipelining: 0, maxHeaderSize: 16_384 });
	try {
		const response = await request(`${service.base}${path}`, {
			dispatcher: agent,
			method,
			signal,
			body: body === undefined ? null : JSON.stringify(body),
			headers: {
				accept: "application/json",
				// Globalping's documentation asks its clients for one of these.
				"accept-encoding": ACCEPTED,
				"user-agent": service.userAgent,
				...(body === undefined ? {} : { "content-type": "application/json" }),
				...(service.token === undefined ? {} : { authorization: `Bearer ${service.token}` }),
				...(etag === undefined ? {} : { "if-none-match": etag }),
			},
		});
		const { statusCode: status } = response;
		if (status >= 300 && status < 400 && status !== 304) return { kind: "failed", why: "redirected" };
		const headers = flatHeaders(response.headers);
		const decoder = decoderOf(headers["content-encoding"]);
		// Of a coding that was not asked for nothing can be read.
		const bytes = await content(response.body, decoder ?? null, maxBytes);
		return { kind: "answered", status, headers, json: decoder === undefined ? undefined : parsed(bytes) };
	} catch (error) {
		if (error instanceof TooLarge) return { kind: "failed", why: "too-large" };
		// The error's own text may name the URL.
		return { kind: "failed", why: signal.aborted ? "deadline" : "unreachable" };
	} finally {
		agent.destroy().catch(() => undefined);
	}
}

const ACCEPTED = "br, gzip";

/** null: the content is not compressed; undefined: in a way that was not asked for. */
function decoderOf(coding: string | undefined): Transform | null | undefined {
	switch (coding?.trim().toLowerCase() ?? "") {
		case "":
		case "identity":
			return null;
		case "gzip":
		case "x-gzip":
			return createGunzip();
		case "br":
			return createBrotliDecompress();
		default:
			return undefined;
	}
}

/** There is more of it than there may be. */
class TooLarge extends Error {}

/** The same pieces; rejects as soon as there are more bytes. */
async function* bounded(parts: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
	let bytes = 0;
	for await (const part of parts) {
		bytes += part.length;
		if (bytes > maxBytes) throw new TooLarge();
		yield part;
	}
}

/** All of it, within the bound on the wire and again decompressed: a few bytes can be a gigabyte. */
async function content(body: Dispatcher.ResponseData["body"], decoder: Transform | null, maxBytes: number): Promise<Buffer> {
	const kept: Buffer[] = [];
	const keep = async (parts: AsyncIterable<Buffer>): Promise<void> => {
		for await (const part of bounded(parts, maxBytes)) kept.push(part);
	};
	const wire = body as AsyncIterable<Buffer>;
	if (decoder === null) await keep(wire);
	else await pipeline(bounded(wire, maxBytes), decoder, keep);
	return Buffer.concat(kept);
}

const flatHeaders = (headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> => {
	const flat: Record<string, string> = Object.create(null);
	for (const [name, value] of Object.entries(headers)) {
		const first = Array.isArray(value) ? value[0] : value;
		if (first !== undefined) flat[name.toLowerCase()] = first;
	}
	return flat;
};

function parsed(bytes: Buffer): unknown {
	try {
		return JSON.parse(bytes.toString("utf8"));
	} catch {
		return undefined;
	}
}
