import { type REST, Routes } from "discord.js";
import { z } from "zod";
import type { Desk } from "../../desk/desk.ts";
import { type Install, type Installs, StoreAway } from "../../desk/stores.ts";
import type { BotOptions, Log } from "../bot.ts";
import { parseJson } from "../lines.ts";
import { errorWord } from "./errors.ts";
import { serverWorkspace } from "./place.ts";

/** Discord: servers of one page, which is the most that it gives (https://discord.com/developers/docs/resources/user#get-current-user-guilds). */
const PAGE_MAX = 200;
/** Of more servers nothing is concluded from what is missing. */
const PAGES_MAX = 250;
const KEPT_MAX = PAGE_MAX * PAGES_MAX;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Two listings that miss a server are this far apart before they are believed. */
const APART_MS = 20 * HOUR_MS;
const LEASE = "discord servers";

const Id = z.string().regex(/^\d{1,20}$/);
const Page = z.array(z.object({ id: Id })).max(PAGE_MAX);
/** `missedMs`: since when listings do not name it, Unix milliseconds. */
const Kept = z.object({ missedMs: z.number().optional() }).catch({});

/** Which servers the bot is in, as far as it is kept, and what becomes of one that it was removed from. */
export class Servers {
	readonly #desk: Pick<Desk, "workspaceLeft">;
	readonly #installs: Installs;
	readonly #leases: Required<BotOptions>["leases"] | null;
	readonly #clock: Required<BotOptions>["clock"];
	readonly #rest: Pick<REST, "get">;
	readonly #log: Log;
	/** Those that were met, and when that was last written down. */
	readonly #met = new Map<string, number>();
	#comparedAtMs = Number.NEGATIVE_INFINITY;
	#end = () => {};

	constructor(
		desk: Pick<Desk, "workspaceLeft">,
		{ installs, leases, clock = realClock }: Pick<BotOptions, "leases" | "clock"> & { readonly installs: Installs },
		rest: Pick<REST, "get">,
		log: Log,
	) {
		this.#desk = desk;
		this.#installs = installs;
		this.#leases = leases ?? null;
		this.#clock = clock;
		this.#rest = rest;
		this.#log = log;
	}

	/** Compares with Discord's listing now, and once a day from then on. */
	start(): void {
		const look = () => void this.compare().catch((error: unknown) => this.failed(error));
		this.#end = this.#clock.every(HOUR_MS, look);
		look();
	}

	stop(): void {
		this.#end();
	}

	/** While the database is away the desk says so, and the next comparison finds what this one did not. */
	failed(error: unknown): void {
		if (error instanceof StoreAway) return;
		this.#log({ event: "discord-servers-not-kept", error: errorWord(error) });
	}

	/** We are a member of a server: kept, once an hour at most. Never rejects: it is met again. */
	async met(id: string): Promise<void> {
		const atMs = this.#clock.now();
		if (atMs - (this.#met.get(id) ?? Number.NEGATIVE_INFINITY) < HOUR_MS) return;
		if (this.#met.size >= KEPT_MAX) this.#met.clear();
		this.#met.set(id, atMs);
		try {
			const kept = await this.#installs.get("discord", id);
			if (kept === null || keptOf(kept).missedMs !== undefined) await this.#put(id, kept?.atMs ?? atMs, {});
		} catch (error) {
			this.#met.delete(id);
			this.failed(error);
		}
	}

	/** The bot was removed from a server: everything of it is deleted. */
	async left(id: string): Promise<void> {
		const atMs = this.#clock.now();
		this.#met.delete(id);
		// In this order: what could not be deleted is found again as a server that is kept and missing.
		await this.#desk.workspaceLeft("discord", serverWorkspace(id), atMs);
		await this.#installs.remove("discord", id, atMs);
	}

	/**
	 * A shard begins anew, with all its servers. One that is kept and neither among them nor in Discord's listing was left meanwhile.
	 * @param there those that have an outage included
	 * @param isOfShard whether a server is one of this shard
	 */
	async began(there: readonly string[], isOfShard: (id: string) => boolean): Promise<void> {
		const known = new Set(there);
		const kept = await this.#installs.all("discord", KEPT_MAX);
		const missing = kept.filter(({ id }) => isOfShard(id) && !known.has(id));
		const keptIds = new Set(kept.map(({ id }) => id));
		for (const id of there) if (!keptIds.has(id)) await this.met(id);
		const listed = missing.length === 0 ? null : await this.#listed();
		if (listed === null) return;
		for (const { id } of missing) if (!listed.has(id)) await this.left(id);
	}

	/** Compares what is kept with Discord's listing, once a day in one of all processes. Missing once deletes nothing. */
	async compare(): Promise<void> {
		const nowMs = this.#clock.now();
		if (nowMs - this.#comparedAtMs < DAY_MS - HOUR_MS / 2) return;
		if (this.#leases !== null && !(await this.#leases.hold(LEASE, DAY_MS))) return;
		const listed = await this.#listed();
		// Another process may, and we try again within the hour.
		if (listed === null) return this.#leases?.drop(LEASE);
		this.#comparedAtMs = nowMs;
		for (const one of await this.#installs.all("discord", KEPT_MAX)) {
			const { missedMs } = keptOf(one);
			if (listed.has(one.id)) {
				if (missedMs !== undefined) await this.#put(one.id, one.atMs, {});
			} else if (missedMs === undefined) {
				// One that was added while the listing came is in the next one.
				if (one.atMs < nowMs) await this.#put(one.id, one.atMs, { missedMs: nowMs });
			} else if (nowMs - missedMs >= APART_MS) await this.left(one.id);
		}
	}

	#put(id: string, atMs: number, body: z.infer<typeof Kept>): Promise<void> {
		return this.#installs.put({ platform: "discord", id, atMs, body: JSON.stringify(body) });
	}

	/** The IDs of all servers; null: the listing is not complete, or not as Discord gives it. */
	async #listed(): Promise<ReadonlySet<string> | null> {
		const all = new Set<string>();
		let after = "0";
		try {
			for (let page = 0; page < PAGES_MAX; page += 1) {
				const query = new URLSearchParams({ limit: String(PAGE_MAX), after });
				const some = Page.parse(await this.#rest.get(Routes.userGuilds(), { query }));
				for (const { id } of some) all.add(id);
				const last = some.at(-1);
				if (last === undefined || some.length < PAGE_MAX) return all;
				if (BigInt(last.id) <= BigInt(after)) return null;
				after = last.id;
			}
		} catch (error) {
			this.failed(error);
		}
		return null;
	}
}

const realClock: Required<BotOptions>["clock"] = {
	now: Date.now,
	every: (ms, work) => {
		const timer = setInterval(work, ms);
		timer.unref();
		return () => clearInterval(timer);
	},
};

const keptOf = ({ body }: Install): z.infer<typeof Kept> => Kept.parse(parseJson(body));
