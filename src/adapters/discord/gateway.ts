import { type Client, Events, GatewayDispatchEvents } from "discord.js";
import { z } from "zod";
import type { Metrics } from "../../desk/metrics.ts";
import type { Log } from "../bot.ts";

/** `reconnecting`: the SDK tries again. `disconnected`: it does not, only a new start helps. `invalidated`: nor that, only a new token. */
type ShardState = "connected" | "reconnecting" | "disconnected" | "invalidated";

/** The gateway closes with this when the token is not valid (https://discord.com/developers/docs/topics/opcodes-and-status-codes, 4004). */
export const AUTHENTICATION_FAILED = 4_004;

/**
 * Whether Discord's gateway is connected now: the SDK's own `isReady()` stays true once it was (measured with discord.js 14.28.1). Each
 * change is one line in the log; the SDK tries twice a second, and its tries are none.
 */
export class GatewayState {
	readonly #log: Log;
	readonly #metrics: Pick<Metrics, "reconnected">;
	readonly #shards = new Map<number, ShardState>();
	readonly #wereConnected = new Set<number>();

	constructor(log: Log, metrics: Pick<Metrics, "reconnected">) {
		this.#log = log;
		this.#metrics = metrics;
	}

	/** Every shard is connected. */
	get connected(): boolean {
		return this.#shards.size > 0 && [...this.#shards.values()].every((state) => state === "connected");
	}

	/** Listens to the connection's events, from before the login on. */
	watch(client: Client): void {
		client.on(Events.ShardReady, (shard) => this.#change(shard, "connected", { resumed: false }));
		client.on(Events.ShardResume, (shard) => this.#change(shard, "connected", { resumed: true }));
		client.on(Events.ShardReconnecting, (shard) => this.#change(shard, "reconnecting", {}));
		client.on(Events.ShardDisconnect, ({ code }, shard) => this.#change(shard, "disconnected", { code }));
		client.on(Events.ShardError, (error, shard) => {
			// That of a try, or of a connection that is gone, says nothing new.
			if ((this.#shards.get(shard) ?? "connected") === "connected")
				this.#log({ event: "discord-shard-error", shard, error: error.name });
		});
		client.on(Events.Invalidated, () => {
			for (const shard of this.#shards.keys()) this.#change(shard, "invalidated", {});
		});
	}

	#change(shard: number, state: ShardState, more: Readonly<Record<string, unknown>>): void {
		if (this.#shards.get(shard) === state) return;
		this.#shards.set(shard, state);
		const isFirst = state === "connected" && !this.#wereConnected.has(shard);
		if (state === "connected") this.#wereConnected.add(shard);
		// The start has a line of its own, once questions are taken.
		if (isFirst) return;
		if (state === "connected") this.#metrics.reconnected("discord");
		this.#log({ event: `discord-${state}`, shard, ...more });
	}
}

const Ready = z.object({ guilds: z.array(z.object({ id: z.string().regex(/^\d{1,20}$/) })) });

/**
 * Listens to shards that begin anew, with all servers of theirs; the SDK keeps those that were left meanwhile.
 * @param began as of `Servers`; not awaited
 */
export function watchBeginnings(
	client: Client,
	began: (there: readonly string[], isOfShard: (id: string) => boolean) => void,
): void {
	client.ws.on(GatewayDispatchEvents.Ready, (data: unknown, shard: number) => {
		const read = Ready.safeParse(data);
		const of = BigInt(client.options.shardCount ?? 1);
		// https://discord.com/developers/docs/events/gateway#sharding
		if (read.success)
			began(
				read.data.guilds.map(({ id }) => id),
				(id) => (BigInt(id) >> 22n) % of === BigInt(shard),
			);
	});
}

/** As much of the SDK's connection as has to be stopped; version and use are pinned by tests. */
interface Inside {
	readonly ws: {
		readonly _ws: {
			readonly options: { retrieveSessionInfo: (shard: number) => unknown };
			readonly strategy: { readonly shards: ReadonlyMap<number, { readonly connection: Socket | null }> };
		} | null;
	};
}

interface Socket {
	on(event: "error", listener: () => void): void;
	terminate(): void;
}

/**
 * Closes the gateway for good. A client that is destroyed between two tries goes on trying without end, and one that is destroyed while it
 * connects ends the process when that fails, because the socket's error has no listener (measured with @discordjs/ws 1.2.3).
 */
export async function closeGateway(client: Client): Promise<void> {
	const manager = (client as unknown as Inside).ws._ws;
	const sockets = manager === null ? [] : [...manager.strategy.shards.values()].flatMap(({ connection }) => connection ?? []);
	// Each try begins by asking for its session: those that come later wait for ever, and are forgotten with the client.
	if (manager !== null) manager.options.retrieveSessionInfo = () => new Promise(() => {});
	for (const socket of sockets) socket.on("error", () => {});
	await client.destroy();
	for (const socket of sockets) socket.terminate();
}
