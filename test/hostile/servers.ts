import { fork } from "node:child_process";
import { once } from "node:events";

/** What a hostile server does to whoever connects; `honest` says 520 as Cloudflare does, `names` is a name server. */
export type Kind =
	| "honest"
	| "pings"
	| "settings"
	| "continuations"
	| "silent"
	| "drip"
	| "fields"
	| "interim"
	| "hpack-one-block"
	| "hpack-many-blocks"
	| "names";

/** The secret of the cookie that an honest server sets. */
export const HONEST_COOKIE = "cookieSecretQ1w2e3r4";

/** What a server has seen. */
export interface Counts {
	readonly connections: number;
	/** Requests, or questions to a name server. */
	readonly count: number;
	/** Host and path of each, the first thousands. */
	readonly requests: readonly string[];
}

export type ToProcess =
	| { readonly call: number; readonly id: string; readonly kind: Kind; readonly host: string; readonly tls: boolean }
	| { readonly call: number; readonly counts: string };

export interface OpenServer {
	readonly host: string;
	readonly port: number;
	counts(): Promise<Counts>;
}

/** The process of the hostile servers. */
export interface Servers {
	/** PEM of the authority that signed their certificates. */
	readonly ca: string;
	/** @param host an address of loopback: each party of a row has one of its own, because requests are counted by address too */
	open(kind: Kind, host: string, tls?: boolean): Promise<OpenServer>;
	close(): Promise<void>;
}

export async function startServers(): Promise<Servers> {
	const child = fork(new URL("./server-process.ts", import.meta.url).pathname, {
		stdio: ["ignore", "inherit", "inherit", "ipc"],
	});
	const waiting = new Map<number, (value: unknown) => void>();
	let calls = 0;
	const answer = <T>(call: number) => new Promise<T>((resolve) => waiting.set(call, resolve as (value: unknown) => void));
	const ask = <T>(message: object): Promise<T> => {
		const call = ++calls;
		child.send({ call, ...message });
		return answer<T>(call);
	};
	const ready = answer<string>(0);
	child.on("message", ({ call, value }: { call: number; value: unknown }) => {
		waiting.get(call)?.(value);
		waiting.delete(call);
	});
	const ca = await ready;
	return {
		ca,
		open: async (kind, host, tls = false) => {
			const id = `${kind} ${host} ${calls}`;
			const port = await ask<number>({ id, kind, host, tls });
			return { host, port, counts: () => ask<Counts>({ counts: id }) };
		},
		close: async () => {
			const gone = once(child, "close");
			child.kill("SIGKILL");
			await gone;
		},
	};
}
