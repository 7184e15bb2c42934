import type { Desk } from "../../desk/desk.ts";
import type { Leases } from "../../desk/stores.ts";
import { nameOf } from "../../read/error.ts";
import type { Log } from "../bot.ts";
import { workspaceOf } from "./context.ts";
import type { SlackInstall, SlackInstalls } from "./installs.ts";
import { LeavingEvent, originOf } from "./payloads.ts";

/** Slack's words for a token that no longer works because the app left; every other word may be trouble on the way. */
const LEFT: ReadonlySet<string> = new Set(["token_revoked", "account_inactive"]);
/** A token has to be rejected again after this time before anything is deleted. */
const AGAIN_MS = 10 * 60_000;
/** Installations that are asked about at once: Slack allows hundreds a minute. */
const ASKED_AT_ONCE = 50;
/** Every installation is asked about once a day: the events of one that left while no process ran are never repeated. */
const ROUND_MS = 24 * 3_600_000;
/** One process does so for all; less than a day, so that the next round finds it free. */
const ROUND_LEASE_MS = 23 * 3_600_000;
/** The process that had it may have ended, and the store may have failed: found out again after this time. */
const ROUND_AGAIN_MS = 60_000;
const ROUND_LEASE = "slack installations";

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
	readonly #leases: Leases | undefined;
	readonly #refused = new Map<string, Refused>();
	/** Those of today's round that were not asked about yet. */
	#round: SlackInstall[] = [];
	#nextRoundMs = 0;
	#stopped = false;

	/**
	 * @param ask Slack's word about a token: "" where it works, null where Slack does not say. Never rejects
	 * @param now Unix milliseconds
	 * @param leases absent: there is one process
	 */
	constructor(
		installs: SlackInstalls,
		desk: Pick<Desk, "workspaceLeft">,
		log: Log,
		now: () => number,
		ask: (token: string) => Promise<string | null>,
		leases?: Leases,
	) {
		this.#leases = leases;
		this.#installs = installs;
		// The token that Slack rejected is no longer the one that is used.
		installs.kept = (id) => void this.#refused.delete(id);
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
		void this.#look(one);
	}

	/** Asks about the tokens that Slack rejects, and once a day about all. To be called every minute; never rejects. */
	async look(): Promise<void> {
		await Promise.all([this.#lookAtRefused(), this.#goRound().catch(this.#storeFailed)]);
	}

	/** We stop: another process goes on with today's round at once. Never rejects. */
	async stop(): Promise<void> {
		this.#stopped = true;
		await this.#leases?.drop(ROUND_LEASE).catch(this.#storeFailed);
	}

	/** Those that were not asked about for longest come first. */
	async #lookAtRefused(): Promise<void> {
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
		const isOfOrganization = isOfAll || team === null || authorizations[0]?.is_enterprise_install === true;
		const concerned = () => {
			if (event.type === "app_uninstalled") return isOfOrganization ? ofEnterprise : ofTeam;
			const revoked = event.tokens.bot ?? [];
			// The bot of a workspace's own installation may be the same user as the organization's.
			const mayBe = isOfOrganization ? [ofEnterprise] : [ofTeam, ofEnterprise];
			return mayBe.find((one) => one !== null && revoked.includes(one.bot.userId)) ?? null;
		};
		const one = concerned();
		if (one !== null && atS * 1_000 > one.atMs) await this.#left(one);
	}

	async #goRound(): Promise<void> {
		if (this.#stopped) return;
		if (this.#round.length === 0 && this.#now() >= this.#nextRoundMs) {
			this.#nextRoundMs = this.#now() + ROUND_AGAIN_MS;
			const isOurs = this.#leases === undefined || (await this.#leases.hold(ROUND_LEASE, ROUND_LEASE_MS));
			// Taken while we stopped: nobody goes on with it here.
			if (this.#stopped) return this.stop();
			if (isOurs) {
				this.#round = [...(await this.#installs.all())];
				this.#nextRoundMs = this.#now() + ROUND_MS;
			}
		}
		const some = this.#round.splice(0, ASKED_AT_ONCE).filter(({ id }) => !this.#refused.has(id));
		await Promise.all(
			some.map(async (one) => {
				const word = await this.#ask(one.bot.token);
				if (word !== null && LEFT.has(word)) this.refused(one, word);
			}),
		);
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
			this.#storeFailed(error);
		}
	}

	readonly #storeFailed = (error: unknown): void => this.#log({ event: "store-failed", error: nameOf(error) });

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
