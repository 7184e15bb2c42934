import { z } from "zod";
import type { Told } from "../../reply/doctor.ts";
import {
	cloudflareWords,
	globalpingWords,
	type ServiceCheck,
	serviceFailed,
	serviceOff,
	serviceUnusable,
	statusPageGood,
} from "../../reply/doctor-services.ts";
import { type Asked, noAnswer } from "./asked.ts";

/** What was read of a service. */
export type ServiceSeen =
	| { readonly kind: "off"; readonly isLab: boolean }
	| { readonly kind: "unusable" }
	| { readonly kind: "asked"; readonly asked: Asked };

/** The token of one. */
type Token = "usable" | "unusable" | "absent";

const notAsked = (check: ServiceCheck, seen: Exclude<ServiceSeen, { kind: "asked" }>): Told =>
	seen.kind === "off" ? serviceOff(check, seen.isLab) : serviceUnusable(check);

const StatusPage = z.object({ page: z.object({}) });

export function statusPageLine(seen: ServiceSeen): Told {
	if (seen.kind !== "asked") return notAsked("status-page", seen);
	const failed = noAnswer(seen.asked);
	if (failed !== null) return serviceFailed("status-page", "Cloudflare's status page", failed);
	const isOne = StatusPage.safeParse(seen.asked.kind === "answered" ? seen.asked.json : undefined).success;
	return isOne ? statusPageGood() : serviceFailed("status-page", "Cloudflare's status page", { why: "not-json" });
}

const Limits = z.object({
	rateLimit: z.object({ measurements: z.object({ create: z.object({ limit: z.int(), remaining: z.int() }) }) }),
});

export function globalpingLine(seen: ServiceSeen, token: Token): Told {
	if (seen.kind !== "asked") return notAsked("globalping", seen);
	const { asked } = seen;
	if (token === "usable" && asked.kind === "answered" && (asked.status === 401 || asked.status === 403))
		return globalpingWords.rejected();
	const failed = noAnswer(asked);
	if (failed !== null) return serviceFailed("globalping", "Globalping", failed);
	const told = Limits.safeParse(asked.kind === "answered" ? asked.json : undefined);
	if (!told.success) return serviceFailed("globalping", "Globalping", { why: "not-json" });
	const { limit, remaining } = told.data.rateLimit.measurements.create;
	return remaining > 0
		? globalpingWords.good(remaining, limit, token === "usable")
		: globalpingWords.used(limit, token === "usable");
}

const Verified = z.object({
	success: z.literal(true),
	result: z.object({
		status: z
			.string()
			.regex(/^[a-z_]{1,20}$/)
			.optional(),
	}),
});
const Refused = z.object({ success: z.literal(false) });
const Listed = z.object({ success: z.literal(true) });

/** @param zones what an account's token may read, which the check of a person's token does not take; null: not asked */
export function cloudflareLine(seen: ServiceSeen, zones: Asked | null, token: Token): Told {
	if (seen.kind !== "asked") return notAsked("cloudflare", seen);
	if (token === "unusable") return cloudflareWords.tokenUnusable();
	const { asked } = seen;
	const json = asked.kind === "answered" ? asked.json : undefined;
	if (asked.kind === "answered" && asked.status < 500 && asked.status !== 429 && Refused.safeParse(json).success) {
		// Without a token a refusal is what a service that works says.
		if (token === "absent") return cloudflareWords.noToken();
		return zones?.kind === "answered" && Listed.safeParse(zones.json).success
			? cloudflareWords.good()
			: cloudflareWords.rejected();
	}
	const failed = noAnswer(asked);
	if (failed !== null) return serviceFailed("cloudflare", "Cloudflare's API", failed);
	const told = Verified.safeParse(json);
	if (!told.success) return serviceFailed("cloudflare", "Cloudflare's API", { why: "not-json" });
	const { status = "active" } = told.data.result;
	return status === "active" ? cloudflareWords.good() : cloudflareWords.inactive(status);
}
