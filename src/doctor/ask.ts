import { Agent, request as send } from "undici";
import { codeOf } from "../read/error.ts";
import type { Asked } from "./findings/asked.ts";

/** One read of a platform or service. */
interface Ask {
	readonly method?: "GET" | "POST";
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string;
}

/** What every read of one run has. */
export interface Reading {
	/** Ends it. */
	readonly signal: AbortSignal;
	/** Taken out of what comes back: a server that repeats a token must not bring it onto the screen, not even cut. */
	readonly secrets: readonly string[];
}

/** Long enough for a platform under load; three in a row end within the time of a whole run. */
const DEADLINE_MS = 5_000;
/** Discord's list of roles of a large server is the longest. */
const MAX_BYTES = 1_000_000;

/**
 * Reads one JSON answer, bounded in time and bytes; a redirect is not followed, so no token leaves its host. Never rejects: an error's own
 * text may hold the URL or the token.
 */
export async function ask(
	url: string,
	{ method = "GET", headers = {}, body }: Ask,
	{ signal, secrets }: Reading,
): Promise<Asked> {
	const ends = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
	const agent = new Agent({ connections: 1, pipelining: 0, maxHeaderSize: 16_384 });
	const sentAt = Date.now();
	try {
		const response = await send(url, {
			dispatcher: agent,
			method,
			signal: ends,
			body: body ?? null,
			// Without a coding, what comes over the wire is what is kept.
			headers: { accept: "application/json", "accept-encoding": "identity", ...headers },
		});
		const aheadMs = aheadOf(response.headers, (sentAt + Date.now()) / 2);
		const { statusCode: status } = response;
		if (status >= 300 && status < 400) return { kind: "failed", why: "redirected", aheadMs };
		const parts: Buffer[] = [];
		let bytes = 0;
		for await (const part of response.body as AsyncIterable<Buffer>) {
			bytes += part.length;
			if (bytes > MAX_BYTES) return { kind: "failed", why: "too-large", aheadMs };
			parts.push(part);
		}
		return {
			kind: "answered",
			status,
			headers: flat(response.headers),
			json: parsed(without(secrets, Buffer.concat(parts).toString("utf8"))),
			aheadMs,
		};
	} catch (error) {
		if (ends.aborted) return { kind: "failed", why: "deadline", aheadMs: null };
		return { kind: "failed", why: "unreachable", code: codeOf(error), aheadMs: null };
	} finally {
		agent.destroy().catch(() => undefined);
	}
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** How far the other clock is ahead of ours; null: not told, or the answer of a cache. */
function aheadOf(headers: Headers, atMs: number): number | null {
	const date = typeof headers.date === "string" ? Date.parse(headers.date) : Number.NaN;
	return Number.isNaN(date) || headers.age !== undefined ? null : date - atMs;
}

const flat = (headers: Headers): Record<string, string> =>
	Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));

/** What is shorter may be in any word. */
const SECRET_MIN_CHARS = 6;

/** A text without secrets, whatever is around them. */
export const without = (secrets: readonly string[], text: string): string =>
	secrets.filter(({ length }) => length >= SECRET_MIN_CHARS).reduce((left, secret) => left.replaceAll(secret, "***"), text);

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
