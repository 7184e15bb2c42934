import type { Target } from "../read/text/target.ts";
import { FRAME_ANNOUNCED_BYTES } from "../read/wire/h2.ts";
import { type Connection, openConnection } from "./connection.ts";
import { http1End, http2End } from "./end-detector.ts";
import { type LookOptions, openingOf } from "./exchange.ts";
import type { CheckedTarget } from "./guard.ts";
import type { Answered, Asked, Observation, OriginLook } from "./observation.ts";
import type { RawResponse } from "./raw-connection.ts";
import { RawConnection } from "./raw-connection.ts";
import { http1Request, http2Request } from "./request-bytes.ts";

/** The looks of one address, by connection: what stands together is asked one after the other on one connection. */
const CONNECTIONS: readonly (readonly OriginLook[])[] = [["get", "again"], ["no-encoding"], ["head"], ["http2"]];
/** Between the starts of two connections. */
const STAGGER_MS = 15;

/** What Cloudflare adds to a request and an origin may depend on (https://developers.cloudflare.com/fundamentals/reference/http-headers/). */
const FORWARDED = { "X-Forwarded-Proto": "https", "CF-Visitor": '{"scheme":"https"}' } as const;

/** How many looks an origin with so many addresses gets. */
export function originLooks(addresses: number, scheme: Target["scheme"]): number {
	return CONNECTIONS.flat().filter((one) => one !== "http2" || scheme === "https").length + Math.max(0, addresses - 1);
}

/**
 * Looks straight at an origin: the request that Cloudflare would send, in its variants, at the first address; the plain one at further
 * addresses. Never throws for anything that the network does.
 * @param now Unix milliseconds
 */
export async function lookAtOrigin(
	addresses: readonly [CheckedTarget, ...CheckedTarget[]],
	options: LookOptions,
	now: () => number,
	landed: (done: number) => void = () => {},
): Promise<Observation[]> {
	const [first, ...others] = addresses;
	let done = 0;
	const plans = [
		...CONNECTIONS.filter((looks) => !looks.includes("http2") || first.target.scheme === "https").map((looks) => ({
			at: first,
			looks,
		})),
		...others.map((at) => ({ at, looks: ["other-address"] as const })),
	];
	const seen = await Promise.all(
		plans.map(async ({ at, looks }, index) => {
			if (index > 0) await new Promise((resolve) => setTimeout(resolve, index * STAGGER_MS));
			const back = await overOneConnection(at, looks, options, now);
			done += back.length;
			landed(done);
			return back;
		}),
	);
	return seen.flat();
}

async function overOneConnection(
	at: CheckedTarget,
	looks: readonly OriginLook[],
	options: LookOptions,
	now: () => number,
): Promise<Observation[]> {
	const startedMono = performance.now();
	const http2 = looks.includes("http2");
	const asked = (look: OriginLook): Asked => ({
		route: "direct-to-origin",
		purpose: "origin",
		originLook: look,
		url: at.target.url,
		method: look === "head" ? "HEAD" : "GET",
		startedAtMs: now(),
	});
	const [first = "get"] = looks;
	const begin = asked(first);
	const connection = await openConnection(at, {
		...openingOf(options),
		ca: options.ca,
		insecure: true,
		alpn: http2 ? ["h2", "http/1.1"] : ["http/1.1"],
		startedMono,
		records: true,
	});
	if ("stage" in connection) {
		const { stage, code, connectedMs, firstBytes } = connection;
		const none = { dnsMs: null, securedMs: null, sentMs: null, firstByteMs: null, lastByteMs: null };
		const endedMs = performance.now() - startedMono;
		return [{ kind: "unreached", asked: begin, stage, code, firstBytes, timings: { ...none, connectedMs, endedMs } }];
	}
	const raw = new RawConnection(connection, startedMono);
	const out: Observation[] = [];
	let whole = false;
	try {
		for (const [index, look] of looks.entries()) {
			const last = index === looks.length - 1;
			// A connection that was closed, or that is still in a message, takes no second request: `again` is missing then.
			if (index > 0 && (raw.closed || !whole)) break;
			const one = index === 0 ? begin : asked(look);
			const answer = await exchange(raw, connection, at.target, look, options, last);
			whole = answer.whole;
			out.push(observed(one, connection, answer));
		}
	} finally {
		raw.close();
	}
	return out;
}

/** One request, as Cloudflare would write it. */
async function exchange(
	raw: RawConnection,
	connection: Connection,
	target: Target,
	look: OriginLook,
	options: LookOptions,
	last: boolean,
): Promise<RawResponse> {
	const host = target.host.includes(":") ? `[${target.host}]` : target.host;
	const method = look === "head" ? "HEAD" : "GET";
	const fields: (readonly [string, string])[] = [
		["User-Agent", options.userAgent],
		["Accept", "text/html,application/xhtml+xml,*/*;q=0.8"],
		...(look === "no-encoding" ? [] : [["Accept-Encoding", "gzip, br"] as const]),
		...(Object.entries(FORWARDED) as [string, string][]),
	];
	const limit = [options.limitMs, options.signal, last] as const;
	if (look === "http2" && connection.tls?.alpn === "h2")
		return raw.ask(http2Request(method, target.scheme, host, target.path, fields), http2End(), ...limit);
	// Cloudflare sends the site's name without a port.
	const request = http1Request(method, target.path, [["Host", host], ...fields, ["Connection", "Keep-Alive"]]);
	return raw.ask(request, http1End(method), ...limit);
}

function observed(asked: Asked, connection: Connection, answer: RawResponse): Answered {
	const http2 = asked.originLook === "http2" && connection.tls?.alpn === "h2";
	return {
		kind: "answered",
		asked,
		protocol: http2 ? "h2" : "http/1.1",
		...(http2 ? { announcedFrameBytes: FRAME_ANNOUNCED_BYTES } : {}),
		family: connection.family,
		cloudflareAddress: connection.cloudflareAddress,
		bytes: answer.bytes,
		received: answer.received,
		ending: answer.ending,
		endingCode: answer.endingCode,
		tls: connection.tls,
		secondOpinion: null,
		content: new Uint8Array(),
		timings: {
			dnsMs: null,
			connectedMs: connection.connectedMs,
			securedMs: connection.securedMs,
			sentMs: answer.sentMs,
			firstByteMs: answer.firstByteMs,
			lastByteMs: answer.lastByteMs,
			endedMs: answer.endedMs,
		},
	};
}
