import { z } from "zod";

/**
 * Cloudflare's structured error answer, RFC 9457 shaped
 * (https://developers.cloudflare.com/fundamentals/reference/error-responses/). Only `cloudflare_error` and the number decide anything.
 */
const Answer = z.object({
	cloudflare_error: z.literal(true),
	error_code: z.coerce.number().int().min(100).max(1999),
	error_name: z.string().max(80).optional().catch(undefined),
	error_category: z.string().max(40).optional().catch(undefined),
	ray_id: z.string().max(40).optional().catch(undefined),
	timestamp: z.string().max(40).optional().catch(undefined),
	retryable: z.boolean().optional().catch(undefined),
	retry_after: z.number().int().nonnegative().nullish().catch(undefined),
	owner_action_required: z.boolean().optional().catch(undefined),
});

export interface Structured {
	readonly code: number;
	readonly name: string | null;
	readonly category: string | null;
	/** 16 hex digits or null. */
	readonly ray: string | null;
	/** Unix milliseconds or null. */
	readonly atMs: number | null;
	readonly retryable: boolean | null;
	/** Seconds or null. */
	readonly retryAfter: number | null;
	readonly ownerActionRequired: boolean | null;
}

const snake = (text: string | undefined) => (text !== undefined && /^[a-z0-9_]+$/.test(text) ? text : null);

/** Reads a structured answer from content that was asked for as `application/problem+json`; null for anything else. Total. */
export function readStructured(content: string): Structured | null {
	if (!/^\s*\{/.test(content) || content.length > 64 * 1024) return null;
	let json: unknown;
	try {
		json = JSON.parse(content);
	} catch {
		return null;
	}
	const read = Answer.safeParse(json);
	if (!read.success) return null;
	const answer = read.data;
	const atMs = answer.timestamp === undefined ? Number.NaN : Date.parse(answer.timestamp);
	const ray = /^[0-9a-f]{16}/i.exec(answer.ray_id ?? "")?.[0]?.toLowerCase() ?? null;
	return {
		code: answer.error_code,
		name: snake(answer.error_name),
		category: snake(answer.error_category),
		ray,
		atMs: Number.isNaN(atMs) ? null : atMs,
		retryable: answer.retryable ?? null,
		retryAfter: answer.retry_after ?? null,
		ownerActionRequired: answer.owner_action_required ?? null,
	};
}
