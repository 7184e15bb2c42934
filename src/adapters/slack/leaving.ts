import type { Desk } from "../../desk/desk.ts";
import type { Log } from "../bot.ts";
import { workspaceOf } from "./context.ts";
import type { SlackInstall, SlackInstalls } from "./installs.ts";
import { LeavingEvent, originOf } from "./payloads.ts";

/** Slack's words for a token that no longer works because the app left; every other word may be trouble on the way. */
const LEFT: ReadonlySet<string> = new Set(["token_revoked", "account_inactive"]);
/** A token has to be rejected again after this time before anything is deleted. */
const AGAIN_MS = 10 * 60_000;
/** Rejected installations that are asked about at once: Slack allows hundreds a minute. */
const ASKED_AT_ONCE = 50;

/** An installation whose token Slack rejects. */
interface Refused {
	readonly install: SlackInstall;
	/** Since when `auth.test` says that the app left, Unix milliseconds; null: it does not say so. */
	leftSinceMs: number | null;
}

/**
 * Notices that a workspace or organization left, and deletes what is kept of it. Without an event, only a token that `auth.test` rejects
 * twice, ten minutes apart, is a sign: events come late, in any order, or never, and one rejection may be an error.
 */
export class Leaving {
	readonly #installs: SlackInstalls;
	readonly #desk: Pick<Desk, "workspaceLeft">;
	readonly #log: Log;
	readonly #now: () => number;
	readonly #ask: (token: string) => Promise<string | null>;
	readonly #refused = new Map<string, Refused>();

	/**
	 * @param ask Slack's word about a token: "" where it works, null where Slack does not say. Never rejects
	 * @param now Unix milliseconds
	 */
	constructor(
		installs: SlackInstalls,
		desk: Pick<Desk, "workspaceLeft">,
		log: Log,
		now: () => number,
		ask: (token: string) => Promise<string | null>,
	) {
		this.#installs = installs;
		this.#desk = desk;
		this.#log = log;
		this.#now = now;
		this.#ask = ask;
	}

	/** Installations whose token Slack rejects now. */
	get refusedCount(): number {
		return this.#refused.size;
	}

	/** A call with this installation's token worked. */
	accepted({ id }: SlackInstall): void {
		if (this.#refused.size > 0) this.#refused.delete(id);
	}

	/** Slack rejected this installation's token. */
	refused(install: SlackInstall, word: string): void {
		const { id, atMs } = install;
		if (this.#refused.get(id)?.install.atMs === atMs) return;
		const one: Refused = { install, leftSinceMs: null };
		this.#refused.set(id, one);
		this.#log({ event: "workspace-refused", audit: true, platform: "slack", workspace: id, error: word });
		this.#installs.doubt();
		void this.#look(one);
	}

	/** Asks about the tokens that Slack rejects, those that were not asked about for longest first. To be called every minute; never rejects. */
	async look(): Promise<void> {
		const due = [...this.#refused.values()].slice(0, ASKED_AT_ONCE);
		for (const one of due) {
			this.#refused.delete(one.install.id);
			this.#refused.set(one.install.id, one);
		}
		await Promise.all(due.map((one) => this.#look(one)));
	}

	/**
	 * Deletes what is kept of a workspace or organization, if this event says that it left. It does not when it is older than the
	 * installation, or about tokens of users.
	 * @param body any request of Slack's
	 * @returns rejects when that cannot be deleted
	 */
	async heard(body: unknown): Promise<void> {
		const read = LeavingEvent.safeParse(body);
		if (!read.success) return;
		const { event, event_time: atS, authorizations, is_enterprise_install: isOfAll } = read.data;
		const { team, enterprise } = originOf(body);
		const ofEnterprise = enterprise === null ? null : await this.#installs.get(enterprise);
		const ofTeam = team === null ? null : await this.#installs.get(team);
		const concerned = () => {
			if (event.type === "tokens_revoked") {
				const revoked = event.tokens.bot ?? [];
				return [ofTeam, ofEnterprise].filter((one) => one !== null && revoked.includes(one.bot.userId));
			}
			return [isOfAll || team === null || authorizations[0]?.is_enterprise_install === true ? ofEnterprise : ofTeam];
		};
		for (const one of concerned()) if (one !== null && atS * 1_000 > one.atMs) await this.#left(one);
	}

	async #look(one: Refused): Promise<void> {
		const { install } = one;
		try {
			const kept = await this.#installs.get(install.id);
			if (kept === null || kept.atMs !== install.atMs) return this.#forget(one);
			const word = await this.#ask(kept.bot.token);
			if (word === "") return this.#forget(one);
			if (word === null) return;
			const isLeft = LEFT.has(word);
			if (isLeft && one.leftSinceMs !== null && this.#now() - one.leftSinceMs >= AGAIN_MS) return await this.#left(kept);
			one.leftSinceMs = isLeft ? (one.leftSinceMs ?? this.#now()) : null;
		} catch (error) {
			// Asked again in a minute.
			this.#log({ event: "store-failed", error: error instanceof Error ? error.name : "Error" });
		}
	}

	#forget(one: Refused): void {
		if (this.#refused.get(one.install.id) === one) this.#refused.delete(one.install.id);
	}

	/** The installation goes last: what fails before that is done again with Slack's next delivery, or the next minute. */
	async #left(install: SlackInstall): Promise<void> {
		const { id, team } = install;
		const isOfAll = team === null;
		const teams = isOfAll ? await this.#installs.servedOnly(id) : [id];
		for (const one of teams) await this.#desk.workspaceLeft("slack", workspaceOf({ team: one }) ?? "");
		await this.#installs.remove(install);
		if (isOfAll) for (const one of teams) await this.#installs.unserved(one);
		if (isOfAll)
			this.#log({ event: "organization-left", audit: true, platform: "slack", workspace: id, workspaces: teams.length });
		this.#refused.delete(id);
	}
}
