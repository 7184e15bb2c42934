import type { LookOptions } from "../looks/exchange.ts";
import type { GuardRules } from "../looks/guard.ts";
import type { Limits } from "../looks/limits.ts";
import type { Button, Message } from "../message/message.ts";
import type { Cloudflare } from "../services/cloudflare/cloudflare.ts";
import type { Globalping } from "../services/globalping.ts";
import type { StatusPageReader } from "../services/status-page.ts";
import type { Conversation } from "./conversation.ts";
import type { Metrics } from "./metrics.ts";
import type { Stores } from "./stores.ts";

/** What the desk needs of the owners' accounts. */
export interface AccountsContext {
	readonly client: Cloudflare;
	/** The operator's own token, and whose it is; null: none. */
	readonly own: { readonly token: string; readonly platform: string; readonly workspace: string } | null;
	/** Opens the private form for a token, where a chat has one; null: this conversation has none. */
	readonly tokenForm?: (conversation: Conversation<Message>, host: string) => Button | null;
}

/** What the desk is handed: clock, chance, stores, limits, and where it may look. */
export interface DeskContext {
	readonly now: () => number;
	/** From 0 to 1. */
	readonly random: () => number;
	/** Does some work after so many milliseconds; the result takes that back. */
	readonly later: (ms: number, work: () => void) => () => void;
	/** An unguessable ID of at most 22 characters; it is all that a button needs. Shown to people when something breaks, and in logs. */
	readonly newCaseId: () => string;
	readonly rules: GuardRules;
	readonly lookOptions: Omit<LookOptions, "signal">;
	/** One line about one thing, without secrets. */
	readonly log: (line: { readonly event: string; readonly [key: string]: unknown }) => void;
	/** Does some work whose log lines belong to a case. */
	readonly withCaseId: <T>(caseId: string, work: () => Promise<T>) => Promise<T>;
	readonly metrics: Metrics;
	/** Makes a person's key unreadable for a log line. */
	readonly hashed: (key: string) => string;
	/** Milliseconds for one look at an origin: longer than the timeouts that people set in front of applications. */
	readonly originLimitMs: number;
	/** Laboratories only: the port used in place of 80 (SSL/TLS mode Flexible). */
	readonly flexiblePort?: number;
	readonly limits: Limits;
	/** Cloudflare's status page; null: switched off. */
	readonly statusPage: StatusPageReader | null;
	/** Where other places are asked; null: switched off. */
	readonly globalping: Globalping | null;
	readonly stores: Stores;
	/** Owners' Cloudflare accounts; absent or null: they are switched off. */
	readonly accounts?: AccountsContext | null;
	/** How many questions may look at sites at the same time; further ones wait their turn. */
	readonly sitesAtOnce: number;
	/** The version of cf520, for reports. */
	readonly version: string;
	/** Slow looks are reported in between, at most this often. */
	readonly progressEveryMs: number;
}
