import type { CauseId } from "./causes/list.ts";

/**
 * What Cloudflare's analytics are never asked for: they name a visitor or the origin, may hold secrets, and decide nothing about a 520
 * (developers.cloudflare.com, GraphQL Analytics, 2026-08).
 */
export const NEVER_ASKED = ["clientIP", "originIP", "clientRequestQuery", "clientRefererHost"] as const;

/**
 * Settings of a zone that decide how Cloudflare talks to the origin, and the causes that a change of each can bring (docs of SSL modes, HTTP/2
 * to Origin and Authenticated Origin Pulls, 2026-09). A change says nothing about any other cause.
 */
export const SETTING_BRINGS = {
	ssl: ["protocol-mismatch", "tls-broken"],
	http: ["http2-to-origin"],
	pulls: ["origin-pulls"],
} as const satisfies Readonly<Record<string, readonly CauseId[]>>;
export type SettingName = keyof typeof SETTING_BRINGS;
/** As Cloudflare's dashboard names them. */
export const SETTING_NAMES = {
	ssl: "SSL/TLS mode",
	http: "HTTP/2 to Origin",
	pulls: "Authenticated Origin Pulls",
} as const satisfies Readonly<Record<SettingName, string>>;

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
