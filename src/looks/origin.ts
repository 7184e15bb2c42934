import type { Target } from "../read/text/target.ts";
import { CLOSED, ORDERLY } from "../read/wire/ending.ts";
import { mayBePlainHttp } from "../read/wire/foreign.ts";
import { readH2 } from "../read/wire/h2.ts";
import { FRAME_ANNOUNCED_BYTES } from "../read/wire/h2-frames.ts";
import { readResponse } from "../read/wire/read.ts";
import { type Connection, openConnection } from "./connection.ts";
import { http1End, http2End } from "./end-detector.ts";
import { type LookOptions, openingOf } from "./exchange.ts";
import { asFlexible, type CheckedTarget, inPlainHttp } from "./guard.ts";
import type { Answered, Asked, Observation, OriginLook } from "./observation.ts";
import { RawConnection, type RawResponse } from "./raw-connection.ts";
import { http1Request, http2Request } from "./request-bytes.ts";

/** The looks of one address, by connection: each group shares one connection, one request after the other. */
const CONNECTIONS: readonly (readonly OriginLook[])[] = [["get", "again"], ["no-encoding"], ["head"], ["http2"]];
/** Between the starts of two connections. */
const STAGGER_MS = 15;

/** What Cloudflare adds to a request and an origin may depend on (https://developers.cloudflare.com/fundamentals/reference/http-headers/). */
const FORWARDED = { "X-Forwarded-Proto": "https", "CF-Visitor": '{"scheme":"https"}' } as const;

/** How many looks an origin with so many addresses gets. */
export function originLooks(addresses: number, scheme: Target["scheme"]): number {
	return CONNECTIONS.flat().filter((one) => one !== "http2" || scheme === "https").length + Math.max(0, addresses - 1);
}

/** Looks that {@link furtherPlans} adds at most. */
const FURTHER_MAX = 3;

/** How many requests {@link lookAtOrigin} sends at most. */
export const originRequestsMax = (addresses: number, scheme: Target["scheme"]): number =>
	originLooks(addresses, scheme) + FURTHER_MAX;

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
	const plans: Plan[] = [
		...CONNECTIONS.filter((looks) => !looks.includes("http2") || first.target.scheme === "https").map((looks) => ({
			at: first,
			looks,
		})),
		...others.map((at) => ({ at, looks: ["other-address"] as const })),
	];
	const seen = await Promise.all(
		plans.map(async (plan, index) => {
			if (index > 0) await new Promise((resolve) => setTimeout(resolve, index * STAGGER_MS));
			const back = await overOneConnection(plan, options, now);
			done += back.length;
			landed(done);
			return back;
		}),
	);
	const looks = seen.flat();
	if (options.signal?.aborted === true) return looks;
	const further = await Promise.all(furtherPlans(first, looks).map((plan) => overOneConnection(plan, options, now)));
	return [...looks, ...further.flat()];
}

/**
 * One GET in plain HTTP at the port that Cloudflare uses in the SSL/TLS mode Flexible.
 * @param port stands for that port in a laboratory
 */
export async function lookAsFlexible(
	origin: CheckedTarget,
	options: LookOptions,
	now: () => number,
	port?: number,
): Promise<Observation[]> {
	return overOneConnection({ at: asFlexible(origin, port), looks: ["flexible"] }, options, now);
}

/** What is asked one after the other on one connection. */
interface Plan {
	readonly at: CheckedTarget;
	readonly looks: readonly OriginLook[];
	/** For which each leaves the connection idle after its message; a short while by default. */
	readonly idleMs?: number;
}

/**
 * The looks that tell two readings of what was met apart: a difference between two single looks may be chance, and a second request may
 * be dropped because the server closes every connection.
 */
function furtherPlans(at: CheckedTarget, looks: readonly Observation[]): Plan[] {
	const of = (look: OriginLook) => looks.find((one) => one.asked.originLook === look);
	const get = of("get");
	if (get === undefined) return [];
	if (get.kind === "unreached")
		return get.stage === "tls" && get.handshake?.speaksTls === false && mayBePlainHttp(get.firstBytes ?? new Uint8Array())
			? [{ at: inPlainHttp(at), looks: ["plain-port"] }]
			: [];
	const out: Plan[] = [];
	const again = of("again");
	const unencoded = of("no-encoding");
	const http2 = of("http2");
	if (again?.kind === "answered" && again.received === 0 && CLOSED.has(again.ending)) {
		const livedMs = again.timings.endedMs - get.timings.endedMs;
		if (livedMs <= IDLE_MS_MAX)
			out.push({ at, looks: ["once-more", "again-later"], idleMs: IDLE_FACTOR * livedMs + IDLE_MARGIN_MS });
	} else if (!isComplete(get) && endedSoon(get) && unencoded !== undefined && isComplete(unencoded))
		out.push({ at, looks: ["once-more"] });
	if (isComplete(get) && http2?.kind === "answered" && http2.protocol === "h2" && !isComplete(http2) && endedSoon(http2))
		out.push({ at, looks: ["http2-again"] });
	return out;
}

/** An idle connection is watched for longer than the first one lived: servers are not punctual. */
const IDLE_FACTOR = 2;
const IDLE_MARGIN_MS = 300;
const IDLE_MS_MAX = 5_000;
/** What takes longer is not asked again: people wait. */
const SOON_MS_MAX = 5_000;

const endedSoon = ({ timings }: Observation): boolean => timings.endedMs - (timings.sentMs ?? 0) <= SOON_MS_MAX;

/** The message is whole by its own framing. */
function isComplete(look: Observation): boolean {
	if (look.kind === "unreached") return false;
	const { bytes, ending, protocol, received } = look;
	// Beyond what is kept, the end was found while it came.
	if (received > bytes.length) return look.persists === true;
	const { method } = look.asked;
	return (protocol === "h2" ? readH2(bytes, { method }) : readResponse(bytes, { method, closed: ORDERLY.has(ending) })).complete;
}

async function overOneConnection({ at, looks, idleMs }: Plan, options: LookOptions, now: () => number): Promise<Observation[]> {
	const startedMono = performance.now();
	const http2 = looks.some(isHttp2);
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
		limitMs: options.limitMs,
	});
	if ("stage" in connection) {
		const { stage, code, connectedMs, firstBytes, handshake } = connection;
		const none = { dnsMs: null, securedMs: null, sentMs: null, firstByteMs: null, lastByteMs: null };
		const endedMs = performance.now() - startedMono;
		const facts = handshake === undefined ? {} : { handshake };
		return [{ kind: "unreached", asked: begin, stage, code, firstBytes, ...facts, timings: { ...none, connectedMs, endedMs } }];
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
			const answer = await exchange(raw, connection, at.target, look, options, last, idleMs);
			whole = answer.whole;
			out.push(observed(one, connection, answer));
		}
	} finally {
		raw.close();
	}
	return out;
}

const isHttp2 = (look: OriginLook): boolean => look === "http2" || look === "http2-again";

/** One request, as Cloudflare would write it. */
async function exchange(
	raw: RawConnection,
	connection: Connection,
	target: Target,
	look: OriginLook,
	options: LookOptions,
	last: boolean,
	idleMs: number | undefined,
): Promise<RawResponse> {
	const host = target.host.includes(":") ? `[${target.host}]` : target.host;
	const method = look === "head" ? "HEAD" : "GET";
	const fields: (readonly [string, string])[] = [
		["User-Agent", options.userAgent],
		["Accept", "text/html,application/xhtml+xml,*/*;q=0.8"],
		...(look === "no-encoding" ? [] : [["Accept-Encoding", "gzip, br"] as const]),
		...(Object.entries(FORWARDED) as [string, string][]),
	];
	const limit = [options.limitMs, options.signal, last, idleMs] as const;
	if (isHttp2(look) && connection.tls?.alpn === "h2")
		return raw.ask(http2Request(method, target.scheme, host, target.path, fields), http2End(), ...limit);
	// Cloudflare sends the site's name without a port.
	const request = http1Request(method, target.path, [["Host", host], ...fields, ["Connection", "Keep-Alive"]]);
	return raw.ask(request, http1End(method), ...limit);
}

function observed(asked: Asked, connection: Connection, answer: RawResponse): Answered {
	const http2 = asked.originLook !== undefined && isHttp2(asked.originLook) && connection.tls?.alpn === "h2";
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
		persists: answer.whole,
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
