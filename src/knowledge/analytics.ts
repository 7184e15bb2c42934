/**
 * What Cloudflare's analytics are never asked for: they name a visitor or the origin, may hold secrets, and decide nothing about a 520
 * (developers.cloudflare.com, GraphQL Analytics, 2026-08).
 */
export const NEVER_ASKED = ["clientIP", "originIP", "clientRequestQuery", "clientRefererHost"] as const;

/** A permission of a token, as Cloudflare's dashboard names it. */
export const PERMISSIONS = {
	zone: "Zone → Zone → Read",
	analytics: "Zone → Analytics → Read",
	settings: "Zone → Zone Settings → Read",
	routes: "Zone → Workers Routes → Read",
} as const;
export type Permission = keyof typeof PERMISSIONS;

/**
 * Keys of the two permissions without which nothing can be read, and of those that are welcome, for the link that fills in Cloudflare's
 * form (developers.cloudflare.com, fundamentals/api/reference/template, 2026-08).
 */
export const NEEDED_KEYS = ["analytics", "zone"] as const;
export const WELCOME_KEYS = ["zone_settings", "workers_routes", "ssl_and_certificates"] as const;

/** The page of Cloudflare's dashboard that makes a token of the user's own, filled in; the owner narrows it to one zone by hand. */
export const tokenLink = (keys: readonly string[]): string => {
	const groups = JSON.stringify(keys.map((key) => ({ key, type: "read" })));
	return `https://dash.cloudflare.com/profile/api-tokens?permissionGroupKeys=${encodeURIComponent(groups)}&accountId=*&zoneId=all&name=cf520`;
};

/** Statuses that Cloudflare's cache tells where no origin was asked (developers.cloudflare.com, cache/concepts/cache-responses). */
export const FROM_CACHE: ReadonlySet<string> = new Set(["hit", "revalidated", "stale", "updating"]);
