import { z } from "zod";
import type { Install, Installs } from "../../desk/stores.ts";
import { parseJson } from "../lines.ts";
import type { SlackTeam } from "./context.ts";

const PLATFORM = "slack";
/** Workspaces that an organization's installation has served: when it goes, what is kept of them goes too. */
const SERVED = "slack served";
/** An organization has some thousands of workspaces at most. */
const SERVED_MAX = 100_000;
/** More than any app has. */
const INSTALLS_MAX = 100_000;
/** Another process may have stored a new token since. */
const KNOWN_MS = 60_000;
const KNOWN_MAX = 10_000;

const Named = z.object({ id: z.string(), name: z.string().nullable().default(null) });
/** As it is kept. Later versions read stored data: add fields with a default, and never rename one. */
const Record = z.object({
	/** null: it is an organization's. */
	team: Named.nullable(),
	enterprise: Named.nullable(),
	bot: z.object({
		token: z.string(),
		userId: z.string(),
		id: z.string().nullable().default(null),
		scopes: z.array(z.string()).default([]),
	}),
	/** The member who installed it: whom to ask when something breaks. */
	by: z.string().nullable().default(null),
	appId: z.string().nullable().default(null),
});
export type InstallRecord = z.infer<typeof Record>;

/** That the app was installed in a workspace or, for all of its workspaces, in an organization. */
export interface SlackInstall extends InstallRecord {
	/** Of the workspace or the organization. */
	readonly id: string;
	/** Unix milliseconds. */
	readonly atMs: number;
}

const Served = z.object({ enterprise: z.string() });

/** The installations of the app, by workspace and organization. */
export class SlackInstalls {
	readonly #installs: Installs;
	readonly #allowed: ReadonlySet<string> | null;
	readonly #now: () => number;
	readonly #known = new Map<string, { readonly atMs: number; readonly found: SlackInstall }>();
	readonly #served = new Set<string>();
	/** Is told the workspace or organization of each installation that this process keeps. */
	kept: (id: string) => void = () => {};

	/**
	 * @param allowed workspaces and organizations that may install the app; null: all
	 * @param now Unix milliseconds
	 */
	constructor(installs: Installs, allowed: readonly string[] | null, now: () => number) {
		this.#installs = installs;
		this.#allowed = allowed === null ? null : new Set(allowed);
		this.#now = now;
	}

	/** Whether the app may be installed here. */
	isAllowed(one: Pick<InstallRecord, "team" | "enterprise">): boolean {
		const { team, enterprise } = one;
		return this.#allowed === null || [team, enterprise].some((of) => of !== null && this.#allowed?.has(of.id) === true);
	}

	/**
	 * The installation that serves a workspace: its own, else that of its organization. Known for a minute; where the store fails, for longer.
	 * @returns null: the app is not installed there. Rejects when the store fails
	 */
	async find({ team, enterprise }: SlackTeam): Promise<SlackInstall | null> {
		const key = `${team} ${enterprise}`;
		const known = this.#known.get(key);
		if (known !== undefined && this.#now() - known.atMs < KNOWN_MS) return known.found;
		try {
			const found = (await this.#usable(team)) ?? (await this.#usable(enterprise));
			this.#known.delete(key);
			const [oldest] = this.#known.keys();
			if (this.#known.size >= KNOWN_MAX && oldest !== undefined) this.#known.delete(oldest);
			if (found !== null) this.#known.set(key, { atMs: this.#now(), found });
			return found;
		} catch (error) {
			if (known !== undefined) return known.found;
			throw error;
		}
	}

	/** The installation of this workspace or organization as it is kept now, allowed or not; null: there is none that can be read. */
	async get(id: string): Promise<SlackInstall | null> {
		const kept = await this.#installs.get(PLATFORM, id);
		return kept === null ? null : readInstall(kept);
	}

	/** Every one, the newest first. */
	async all(): Promise<readonly SlackInstall[]> {
		return (await this.#installs.all(PLATFORM, INSTALLS_MAX)).flatMap((one) => readInstall(one) ?? []);
	}

	/** One that may be used: the operator may have listed fewer workspaces since. */
	async #usable(id: string | null): Promise<SlackInstall | null> {
		const one = id === null ? null : await this.get(id);
		return one !== null && this.isAllowed(one) ? one : null;
	}

	/** @param atMs when it was installed, Unix milliseconds */
	async keep(record: InstallRecord, atMs: number): Promise<void> {
		const id = record.team?.id ?? record.enterprise?.id;
		if (id === undefined) throw new Error("an installation without a workspace");
		await this.#installs.put({ platform: PLATFORM, id, atMs, body: JSON.stringify(record) });
		this.#known.clear();
		this.kept(id);
	}

	/** Deletes it; one that was made later stays. */
	async remove({ id, atMs }: Pick<SlackInstall, "id" | "atMs">): Promise<void> {
		await this.#installs.remove(PLATFORM, id, atMs);
		this.#known.clear();
	}

	/** The next question asks the store again: a token that is known here was rejected. */
	doubt(): void {
		this.#known.clear();
	}

	/** Remembers that an organization's installation serves a workspace. */
	async serves(one: SlackInstall, team: string): Promise<void> {
		const key = `${team} ${one.atMs}`;
		if (one.team !== null || this.#served.has(key)) return;
		await this.#installs.put({ platform: SERVED, id: team, atMs: 0, body: JSON.stringify({ enterprise: one.id }) });
		if (this.#served.size >= KNOWN_MAX) this.#served.clear();
		this.#served.add(key);
	}

	/** Whether an organization's installation has served a workspace before. */
	async isServed(one: SlackInstall, team: string): Promise<boolean> {
		if (this.#served.has(`${team} ${one.atMs}`)) return true;
		const kept = await this.#installs.get(SERVED, team);
		return kept !== null && Served.safeParse(parseJson(kept.body)).data?.enterprise === one.id;
	}

	/** The workspaces that an organization's installation has served, without those that have one of their own. */
	async servedOnly(enterprise: string): Promise<readonly string[]> {
		const all = await this.#installs.all(SERVED, SERVED_MAX);
		const served = all.filter(({ body }) => Served.safeParse(parseJson(body)).data?.enterprise === enterprise);
		const own = await Promise.all(served.map(({ id }) => this.#installs.get(PLATFORM, id)));
		return served.filter((_, nth) => own[nth] === null).map(({ id }) => id);
	}

	/** What was remembered of a workspace is deleted. */
	async unserved(team: string): Promise<void> {
		await this.#installs.remove(SERVED, team, 0);
	}
}

function readInstall({ id, atMs, body }: Install): SlackInstall | null {
	const read = Record.safeParse(parseJson(body));
	return read.success ? { ...read.data, id, atMs } : null;
}
