import { createServer } from "node:http";
import { connect, isIP } from "node:net";
import { codeOf } from "../read/error.ts";
import type { ChatState } from "../reply/doctor-machine.ts";
import { ask, type Reading } from "./ask.ts";
import type { OutgoingSeen, PortSeen } from "./findings/machine.ts";
import type { Given } from "./given.ts";
import { slackBase } from "./slack.ts";

/** What `doctor` needs of the machine; replaced in tests. */
export interface Machine {
	/** Rejects with a `code`. */
	readonly resolve: (host: string, signal: AbortSignal) => Promise<unknown>;
	/** Connects and closes; rejects with a `code`. */
	readonly connect: (host: string, port: number, signal: AbortSignal) => Promise<void>;
	/** For all of it, milliseconds. */
	readonly runMs: number;
	/** Of Node.js. */
	readonly nodeVersion: string;
	/** Bytes that are free in a directory; null: not told. */
	readonly freeBytes: (directory: string) => number | null;
}

const PORT_MS_MAX = 2_000;
const CONNECT_MS_MAX = 4_000;

/** Opens a connection and closes it. */
export function connected(host: string, port: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		const ends = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MS_MAX)]);
		const socket = connect({ host, port });
		const end = (error: Error | null) => {
			socket.destroy();
			if (error === null) resolve();
			else reject(error);
		};
		ends.addEventListener("abort", () => end(Object.assign(new Error("too late"), { code: "ETIMEDOUT" })), { once: true });
		socket.once("connect", () => end(null)).once("error", end);
	});
}

/** The hosts that the settings make the bot talk to. */
function basesOf({ values, isSet, services }: Given): readonly URL[] {
	const bases = [
		services.cloudflare,
		...(isSet("DISCORD_TOKEN") ? [values.DISCORD_API_URL ?? "https://discord.com/api"] : []),
		...(isSet("SLACK_BOT_TOKEN") || isSet("SLACK_CLIENT_ID") ? [slackBase(values.SLACK_API_URL)] : []),
		services.globalping,
		services.status,
	];
	return bases.flatMap((base) => (base === null ? [] : [new URL(base)]));
}

export async function lookAtDns(given: Given, { resolve }: Machine, signal: AbortSignal) {
	const hosts = [...new Set(basesOf(given).map(({ hostname }) => hostname.replace(/^\[|\]$/g, "")))].filter(
		(host) => isIP(host) === 0,
	);
	return Promise.all(
		hosts.map(async (host) => ({
			host,
			code: await resolve(host, signal).then(
				() => null,
				(error: unknown) => codeOf(error) ?? "no answer",
			),
		})),
	);
}

/** Hosts that are behind Cloudflare take connections on the ports that sites behind it have. */
const BEHIND_CLOUDFLARE: ReadonlySet<string> = new Set(["api.cloudflare.com", "discord.com"]);

/** Tries the ports of sites at a host that the settings name anyway; a replaced one is a laboratory's. */
export async function lookAtOutgoing(
	given: Given,
	{ connect: open }: Machine,
	signal: AbortSignal,
): Promise<OutgoingSeen | null> {
	const hosts = basesOf(given)
		.filter(({ protocol, port, hostname }) => protocol === "https:" && port === "" && isIP(hostname) === 0)
		.map(({ hostname }) => hostname);
	const host = hosts.find((one) => BEHIND_CLOUDFLARE.has(one)) ?? hosts[0];
	if (host === undefined) return null;
	const ports = BEHIND_CLOUDFLARE.has(host) ? [80, 443, 8443] : [80, 443];
	return {
		host,
		ports: await Promise.all(
			ports.map(async (port) => ({
				port,
				code: await open(host, port, signal).then(
					() => null,
					(error: unknown) => codeOf(error) ?? "no connection",
				),
			})),
		),
	};
}

/** Where the port can be asked from here. */
const reachable = (host: string): string => {
	const one = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
	return isIP(one) === 6 ? `[${one}]` : one;
};

/** Who has one of our ports: no one, a cf520 that runs, or another program. */
export async function lookAtPort(given: Given, name: "PORT" | "CF520_METRICS_PORT", reading: Reading): Promise<PortSeen> {
	const port = name === "PORT" ? given.port : given.metricsPort;
	if ([name, "HOST"].some((one) => given.isSet(one) && given.values[one] === undefined)) return { kind: "unusable" };
	if (port === null) return { kind: "none" };
	const at = `${isIP(given.host) === 6 ? `[${given.host}]` : given.host}:${port}`;
	const base = `http://${reachable(given.host)}:${port}`;
	const limit = { ...reading, signal: AbortSignal.any([reading.signal, AbortSignal.timeout(PORT_MS_MAX)]) };
	// Nobody is asked before it is known that HOST is this machine's.
	const code = await listened(given.host, port);
	if (code === null) return { kind: "free", at };
	if (code !== "EADDRINUSE") return { kind: "failed", at, code };
	const health = await ask(`${base}/healthz`, {}, limit);
	if (health.kind === "failed" && health.why === "deadline") return { kind: "silent", at };
	const isOurs = health.kind === "answered" && health.status === 200 && statusIn(health.json) === "ok";
	if (!isOurs) return { kind: "other", at };
	const ready = await ask(`${base}/readyz`, {}, limit);
	return { kind: "served", at, chats: ready.kind === "answered" ? chatsIn(ready.json) : {} };
}

const statusIn = (json: unknown): unknown => (json as { status?: unknown } | null | undefined)?.status;
const STATES: readonly ChatState[] = ["ready", "starting", "down", "refused"];

/** Ours alone: a program that answers alike must not bring words of its own onto the screen. */
function chatsIn(json: unknown): Record<string, ChatState> {
	const { platforms } = (json ?? {}) as { platforms?: Readonly<Record<string, unknown>> };
	return Object.fromEntries(
		["slack", "discord"].flatMap((chat) => {
			const state = STATES.find((one) => one === platforms?.[chat]);
			return state === undefined ? [] : [[chat, state]];
		}),
	);
}

/** @returns why it cannot be listened on; null: it can */
const listened = (host: string, port: number): Promise<string | null> =>
	new Promise((resolve) => {
		const server = createServer();
		server.once("error", (error) => resolve(codeOf(error) ?? "error"));
		server.listen(port, host, () => server.close(() => resolve(null)));
	});
