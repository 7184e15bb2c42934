/** What `doctor` checks, in the order of its screen. README's troubleshooting has a row for each. */
export const CHECKS = [
	"settings",
	"names",
	"runtime",
	"clock",
	"dns",
	"outgoing",
	"port",
	"data",
	"database",
	"key",
	"disk",
	"slack-token",
	"slack-scopes",
	"slack-socket",
	"slack-url",
	"slack-workspaces",
	"slack-redirect",
	"slack-command",
	"slack-channel",
	"discord-token",
	"discord-intents",
	"discord-commands",
	"discord-install",
	"discord-key",
	"discord-endpoint",
	"discord-guild",
	"discord-channel",
	"status-page",
	"globalping",
	"cloudflare",
] as const;
export type CheckId = (typeof CHECKS)[number];

/**
 * `unknown`: it could not be told this time. `note`: worth knowing, and nothing to fix: what no API tells is one, so that an installation
 * without a fault ends with 0. `off`: it is not set up, or switched off.
 */
export type Level = "ok" | "fix" | "unknown" | "note" | "off";

/** One line of the screen. */
export interface Told {
	readonly check: CheckId;
	readonly level: Level;
	readonly say: string;
	/** What to do, or where to see it; null: nothing. */
	readonly todo: string | null;
}

export const ok = (check: CheckId, say: string): Told => ({ check, level: "ok", say, todo: null });
export const off = (check: CheckId, say: string): Told => ({ check, level: "off", say, todo: null });
export const fix = (check: CheckId, say: string, todo: string): Told => ({ check, level: "fix", say, todo });
export const unknown = (check: CheckId, say: string, todo: string): Told => ({ check, level: "unknown", say, todo });
export const note = (check: CheckId, say: string, todo: string | null = null): Told => ({ check, level: "note", say, todo });

/** As people and `--json` read a level. */
export const LEVEL_WORDS: Readonly<Record<Level, string>> = {
	ok: "ok",
	fix: "fix",
	unknown: "cannot tell",
	note: "note",
	off: "off",
};

/** The exit status: 1 when something is to fix, 2 when something could not be told, else 0. */
export function statusOf(told: readonly Told[]): 0 | 1 | 2 {
	if (told.some(({ level }) => level === "fix")) return 1;
	return told.some(({ level }) => level === "unknown") ? 2 : 0;
}

/** The last line. */
export function totals(told: readonly Told[]): string {
	const count = (level: Level) => told.filter((one) => one.level === level).length;
	return `${count("ok")} ok, ${count("fix")} to fix, ${count("unknown")} cannot tell. README.md, Troubleshooting, has each check.`;
}

/** Several things in a row: "a, b and c". */
export const listed = (items: readonly string[]): string =>
	items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;

/** Why a call had no usable response, as the end of a sentence. */
export type NoAnswer =
	| { readonly why: "unreachable"; readonly code: string | null }
	| { readonly why: "deadline" | "too-large" | "redirected" | "not-json" }
	| { readonly why: "status"; readonly status: number };

/** `Slack cannot be reached (ENOTFOUND)`, without the rest of the line. */
export function failedWords(who: string, failed: NoAnswer): string {
	switch (failed.why) {
		case "unreachable":
			return `${who} cannot be reached${failed.code === null ? "" : ` (${failed.code})`}.`;
		case "deadline":
			return `${who} did not respond in time.`;
		case "too-large":
			return `${who} returned more than it should.`;
		case "redirected":
			return `${who} returned a redirect, which I do not follow.`;
		case "not-json":
			return `${who} returned something that I cannot read.`;
		case "status":
			return `${who} returned HTTP ${failed.status}.`;
	}
}

/** What to do when a platform or service could not be asked. */
export const askAgain = (failed: NoAnswer): string =>
	failed.why === "status" && failed.status >= 500
		? "It has a failure of its own. Run doctor again in a few minutes."
		: "Check DNS, the firewall and the URL in the settings, then run doctor again.";
