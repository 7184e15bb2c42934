import pg from "pg";
import type { Clock } from "../clock.ts";
import { configOf, DatabaseAway, queryFailed, type Sql, sqlOn } from "./query.ts";
import { TooLate, within } from "./within.ts";

/** So long without an answer, and the database counts as away. */
const ANSWER_MS_MAX = 1_000;
const CONNECT_MS_MAX = 1_000;
const AGAIN_MS = 250;

/** Notifications wake others up. Whoever misses one (through PgBouncer nobody hears any) finds out by itself a little later. */
export const CHANNEL = "cf520";

/**
 * A connection for heartbeats and notifications alone: what says that we are alive never waits behind questions, and whether the database
 * answers is decided here.
 */
export interface Line {
	/**
	 * One statement.
	 * @throws StoreAway within about a second
	 */
	readonly sql: Sql;
	/** null: the database answers, as far as we know. Else a word for why not. */
	awaySince(): string | null;
	/** Something elsewhere failed or takes long: whether the database is there is found out now. */
	suspect(): void;
	close(): Promise<void>;
}

/** Who is told what happens on a line. */
interface Listeners {
	readonly heard: (what: string) => void;
	readonly away: (code: string) => void;
	readonly back: () => void;
}

/** @throws QueryFailed */
export async function connectClient(url: string): Promise<pg.Client> {
	const client = new pg.Client(configOf(url, CONNECT_MS_MAX));
	// Without a listener a connection that breaks ends the process.
	client.on("error", () => {});
	try {
		await client.connect();
		return client;
	} catch (error) {
		drop(client);
		throw queryFailed(error);
	}
}

/** Lets go of a connection that may never answer again. */
export function drop(client: pg.Client): void {
	client.end().catch(() => {});
	// In `pg` since 8.0, not in its types: what never answers holds no process that stops.
	(client as pg.Client & { readonly unref?: () => void }).unref?.();
}

/**
 * @param first a connection that answers
 * @throws QueryFailed, TooLate
 */
export async function openLine(url: string, first: pg.Client, later: Clock["later"], listeners: Listeners): Promise<Line> {
	let client: pg.Client | null = null;
	let away: string | null = null;
	let closed = false;
	let connecting: Promise<void> | null = null;
	let suspecting = false;
	let cancel = () => {};

	const use = async (own: pg.Client) => {
		own.on("notification", ({ payload }) => listeners.heard(payload ?? ""));
		for (const event of ["error", "end"] as const) own.on(event, () => broken(own));
		await within(sqlOn(own)(`LISTEN ${CHANNEL}`), ANSWER_MS_MAX);
		client = own;
	};
	/** The connection is gone; the database may be there all the same. */
	const broken = (own: pg.Client) => {
		if (client !== own) return;
		client = null;
		drop(own);
		void connect();
	};
	const lost = (code: string) => {
		const own = client;
		client = null;
		if (own !== null) drop(own);
		if (closed) return;
		if (away === null) {
			away = code;
			listeners.away(code);
		}
		cancel = later(AGAIN_MS, () => void connect());
	};
	const connect = (): Promise<void> => {
		if (closed) return Promise.resolve();
		connecting ??= (async () => {
			let own: pg.Client | null = null;
			try {
				own = await connectClient(url);
				await use(own);
			} catch (error) {
				if (own !== null) drop(own);
				connecting = null;
				lost(error instanceof TooLate ? "time-out" : queryFailed(error).code);
				return;
			}
			connecting = null;
			if (closed) return drop(own);
			const wasAway = away !== null;
			away = null;
			if (wasAway) listeners.back();
		})();
		return connecting;
	};
	const run: Sql = async (text, ...values) => {
		if (client === null && away === null) await connecting;
		const own = client;
		if (own === null) throw new DatabaseAway(away ?? "closed");
		try {
			return await within(sqlOn(own)(text, ...values), ANSWER_MS_MAX);
		} catch (error) {
			if (error instanceof TooLate) {
				if (client === own) lost("time-out");
				throw new DatabaseAway("time-out");
			}
			const failed = queryFailed(error);
			if (failed.isBroken) broken(own);
			throw new DatabaseAway(failed.code);
		}
	};

	/** One after the other: a connection carries one statement at a time. */
	let last: Promise<unknown> = Promise.resolve();
	const sql: Sql = (text, ...values) => {
		const result = last.then(() => run(text, ...values));
		last = result.catch(() => {});
		return result;
	};

	await use(first);
	return {
		sql,
		awaySince: () => away,
		suspect: () => {
			if (suspecting || away !== null || closed) return;
			suspecting = true;
			sql("SELECT 1")
				.catch(() => connecting)
				.finally(() => {
					suspecting = false;
				});
		},
		close: async () => {
			closed = true;
			cancel();
			const own = client;
			client = null;
			if (own !== null) await within(own.end(), ANSWER_MS_MAX).catch(() => drop(own));
		},
	};
}
