import { type Connection, type LookTurn, openConnection } from "./connection.ts";
import { http1End, http2End } from "./end-detector.ts";
import type { CheckedTarget } from "./guard.ts";
import type { Answered, Asked, Observation, SecondOpinion } from "./observation.ts";
import { Recorder } from "./recorder.ts";

/** How a look may go about it. */
export interface LookOptions {
	/** PEM of extra certificate authorities (laboratories); null for none. */
	readonly ca: string | null;
	readonly insecure: boolean;
	/** `1`: HTTP/1.1 only; `2`: offer HTTP/2 first. */
	readonly httpVersion: 1 | 2;
	readonly userAgent: string;
	/** Milliseconds for the whole look, from the connection on. */
	readonly limitMs: number;
	/** Aborts the look: what came so far is kept, the ending is `deadline`. */
	readonly signal?: AbortSignal;
	/** Aborts the look while it is not connected; what is connected goes on. */
	readonly unconnected?: AbortSignal;
	/** Who asks; a terminal by default. */
	readonly turn?: LookTurn;
}

/** 256 KB of header section (twice Cloudflare's limit) and 64 KB of content are all that a verdict needs. */
const HEADER_SECTION_MAX_BYTES = 256 * 1024;
const CONTENT_MAX_BYTES = 64 * 1024;
/** After undici refused the bytes: how long to wait for the rest of them. */
const AFTER_REFUSAL_MS = 250;

/** Loaded with the first look: a question about a Ray ID needs none of it. A bot loads it before it takes questions. */
export const loadUndici = () => import("undici");

/**
 * One exchange with a checked target, on a connection of its own. undici sends the request and reads the answer; we keep every byte
 * beside it. Never throws for anything that the network does: a failure is an observation.
 */
export async function look(
	target: CheckedTarget,
	asked: Asked,
	headers: Readonly<Record<string, string>>,
	options: LookOptions,
): Promise<Observation> {
	const startedMono = performance.now();
	const since = () => performance.now() - startedMono;
	const connection = await openConnection(target, {
		...openingOf(options),
		ca: options.ca,
		insecure: options.insecure,
		alpn: options.httpVersion === 2 ? ["h2", "http/1.1"] : ["http/1.1"],
		startedMono,
	});
	const dns = { dnsMs: target.dnsMs };
	if ("stage" in connection) {
		const { stage, code, connectedMs } = connection;
		const none = { securedMs: null, sentMs: null, firstByteMs: null, lastByteMs: null };
		return { kind: "unreached", asked, stage, code, timings: { ...dns, connectedMs, ...none, endedMs: since() } };
	}

	const http2 = connection.tls?.alpn === "h2";
	const detector = http2 ? http2End() : http1End(asked.method);
	const recorder = new Recorder(connection, startedMono, HEADER_SECTION_MAX_BYTES + CONTENT_MAX_BYTES, detector);
	const sentMs = since();
	const limit = AbortSignal.timeout(options.limitMs);
	const signal = options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]);
	const { opinion, content, whole } = await send(recorder, connection, target, asked, headers, options.userAgent, signal);
	if (!whole && !signal.aborted) await recorder.drain(recorder.alone ? options.limitMs : AFTER_REFUSAL_MS, signal);
	const recording = recorder.close(signal.aborted && !whole ? "deadline" : "enough");
	return {
		kind: "answered",
		asked,
		protocol: http2 ? "h2" : "http/1.1",
		family: connection.family,
		cloudflareAddress: connection.cloudflareAddress,
		bytes: recording.bytes,
		received: recording.received,
		ending: recording.ending,
		tls: connection.tls,
		secondOpinion: opinion,
		content,
		timings: {
			...dns,
			connectedMs: connection.connectedMs,
			securedMs: connection.securedMs,
			sentMs,
			firstByteMs: recording.firstByteMs,
			lastByteMs: recording.lastByteMs,
			endedMs: since(),
		},
	} satisfies Answered;
}

/** Whose place an opening takes, and what ends it early. */
export function openingOf({ turn, signal, unconnected }: LookOptions): { turn?: LookTurn; signal?: AbortSignal } {
	const signals = [signal, unconnected].filter((one) => one !== undefined);
	return { ...(turn === undefined ? {} : { turn }), ...(signals.length === 0 ? {} : { signal: AbortSignal.any(signals) }) };
}

interface Sent {
	readonly opinion: SecondOpinion;
	readonly content: Uint8Array;
	/** The message is complete, or more of it is not wanted. */
	readonly whole: boolean;
}

async function send(
	recorder: Recorder,
	connection: Connection,
	target: CheckedTarget,
	asked: Asked,
	headers: Readonly<Record<string, string>>,
	userAgent: string,
	signal: AbortSignal,
): Promise<Sent> {
	const { host, port, scheme, path } = target.target;
	let used = false;
	const { Client } = await loadUndici();
	const client = new Client(`${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`, {
		// One connection, ours. undici must not open a second one.
		connect: (_options, callback) => {
			const again = used;
			used = true;
			// Not in the same turn: undici is still inside its own resume then and would never send.
			queueMicrotask(() => {
				if (again) callback(new Error("one connection a look"), null);
				else callback(null, recorder.tap as unknown as Connection["socket"]);
			});
		},
		allowH2: connection.tls?.alpn === "h2",
		maxHeaderSize: HEADER_SECTION_MAX_BYTES,
		headersTimeout: 0,
		bodyTimeout: 0,
		pipelining: 1,
	});
	const parts: Buffer[] = [];
	let kept = 0;
	const content = () => new Uint8Array(Buffer.concat(parts));
	try {
		const response = await client.request({
			path,
			method: asked.method,
			headers: { "user-agent": userAgent, ...headers },
			responseHeaders: "raw",
			signal,
		});
		const opinion = { kind: "read", status: response.statusCode, fields: pairs(response.headers) } as const;
		try {
			for await (const chunk of response.body) {
				parts.push(chunk.subarray(0, CONTENT_MAX_BYTES - kept));
				kept += chunk.length;
				if (kept >= CONTENT_MAX_BYTES) break;
			}
			return { opinion: { ...opinion, whole: true }, content: content(), whole: true };
		} catch {
			return { opinion: { ...opinion, whole: false }, content: content(), whole: false };
		}
	} catch (error) {
		return { opinion: { kind: "refused", error: nameOf(error) }, content: content(), whole: false };
	} finally {
		// Not awaited: with a dead peer it may wait for a close that never comes, and the recorder closes the connection anyway.
		void client.destroy().catch(() => {});
	}
}

/** undici's raw headers: names and values in turn, as strings or bytes; for HTTP/2 an object. */
function pairs(raw: unknown): [string, string][] {
	const text = (value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value));
	if (!Array.isArray(raw)) {
		return Object.entries(raw ?? {}).flatMap(([name, value]) =>
			(Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, text(one)]),
		);
	}
	const out: [string, string][] = [];
	for (let at = 0; at + 1 < raw.length; at += 2) {
		for (const value of Array.isArray(raw[at + 1]) ? raw[at + 1] : [raw[at + 1]]) out.push([text(raw[at]), text(value)]);
	}
	return out;
}

/** The error's code or llhttp's reason: short, no host, no bytes. */
function nameOf(error: unknown): string {
	const { code, message } = error as { code?: unknown; message?: unknown };
	if (typeof code === "string") return code.slice(0, 60);
	return /\(([A-Z][A-Z_]{3,40})\)|\b(HPE_[A-Z_]+)\b/.exec(String(message))?.slice(1).find(Boolean) ?? "REFUSED";
}
