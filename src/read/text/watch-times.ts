/** How often a watched page is checked, in milliseconds: `every 60s`. */
export const WATCH_EVERY_MS = { min: 30_000, default: 60_000, max: 3_600_000 } as const;
/** How long a page is watched, in milliseconds: `for 30m`. */
export const WATCH_FOR_MS = { min: 60_000, default: 30 * 60_000, max: 24 * 3_600_000 } as const;
