import type { ClassifiedLook } from "../judge/pattern.ts";
import type { Verdict } from "../judge/verdict.ts";
import { findColo } from "../knowledge/colos/colos.ts";
import type { Observation } from "../looks/observation.ts";
import { maskedUrl } from "../message/masking.ts";
import type { Ray } from "../read/ray/decode.ts";

/** Every Ray ID that the looks met, once. */
export function distinctRays(seen: readonly ClassifiedLook[]): Ray[] {
	const byId = new Map<string, Ray>();
	for (const { classification } of seen) if (classification.ray !== null) byId.set(classification.ray.id, classification.ray);
	return [...byId.values()];
}

/** The pattern as data (DESIGN: evidence keys). */
export function patternData(verdict: Verdict) {
	const { kind, share, timeToFailure, otherUrlFails, colos } = verdict.pattern;
	return {
		"edge-pattern": kind,
		failures: share?.hits ?? null,
		looks: share?.of ?? null,
		low: share === null ? null : Number(share.low.toFixed(3)),
		high: share === null ? null : Number(share.high.toFixed(3)),
		"time-to-failure": timeToFailure,
		"other-url-fails": otherUrlFails,
		"edge-trace": verdict.traceColo !== null ? "ok" : verdict.throughCloudflare ? "failed" : null,
		colos: colos.map((one) => ({ ...one, city: findColo(one.colo)?.city ?? null })),
	};
}

/** Timings of one look, in milliseconds from its start. */
export function lookTiming({ timings }: Pick<Observation, "timings">) {
	const round = (ms: number | null) => (ms === null ? null : Number(ms.toFixed(1)));
	const { dnsMs, connectedMs, securedMs, sentMs, firstByteMs, lastByteMs, endedMs } = timings;
	return {
		dnsMs: round(dnsMs),
		connectedMs: round(connectedMs),
		securedMs: round(securedMs),
		sentMs: round(sentMs),
		firstByteMs: round(firstByteMs),
		lastByteMs: round(lastByteMs),
		endedMs: round(endedMs),
	};
}

/** One look as data: what it met, and its timings. */
export function lookData({ look, classification }: ClassifiedLook) {
	return {
		purpose: look.asked.purpose,
		url: maskedUrl(look.asked.url),
		startedAt: new Date(look.asked.startedAtMs).toISOString(),
		status: classification.status,
		kind: classification.kind,
		...(look.kind === "unreached"
			? { stage: look.stage, error: look.code }
			: {
					ending: look.ending,
					received: look.received,
					protocol: look.protocol,
					ipVersion: look.family,
					tls: look.tls?.protocol ?? null,
				}),
		ray: classification.ray?.id ?? null,
		colo: classification.ray?.colo ?? null,
		waitMs: classification.waitMs,
		...lookTiming(look),
	};
}
