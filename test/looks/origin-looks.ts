import assert from "node:assert/strict";
import type { Server, Socket } from "node:net";
import { judgeOrigin, type OriginVerdict } from "../../src/judge/origin.ts";
import { ranges } from "../../src/looks/addresses.ts";
import { type CheckedTarget, checkOrigin, type GuardRules } from "../../src/looks/guard.ts";
import type { Observation } from "../../src/looks/observation.ts";
import { lookAtOrigin } from "../../src/looks/origin.ts";
import { readTarget } from "../../src/read/text/target.ts";
import { closed, listening } from "../lab/origin.ts";

const RULES: GuardRules = { allow: ranges(["127.0.0.0/8"]), resolve: new Map(), resolver: async () => [] };
const LIMIT_MS = 1_000;

/** A port on loopback as an origin of a site. */
export function originAt(port: number, scheme: "http" | "https", host = "origin.lab.example"): CheckedTarget {
	const target = readTarget(`${scheme}://${host}/`);
	assert.ok("url" in target);
	const checked = checkOrigin(target, "127.0.0.1", port, RULES);
	assert.ok(!("why" in checked));
	return checked;
}

/** Listens on loopback, is looked at as an origin, and is closed. */
export async function judged(
	server: Server,
	scheme: "http" | "https",
	{ host, ca = null, others = [] }: { host?: string; ca?: string | null; others?: readonly Server[] } = {},
): Promise<OriginVerdict> {
	const open = new Set<Socket>();
	const servers = [server, ...others];
	const at: CheckedTarget[] = [];
	for (const one of servers) {
		one.on("connection", (socket: Socket) => void open.add(socket.on("error", () => {})));
		at.push(originAt(await listening(one), scheme, host));
	}
	const looks = await lookAtOrigin(
		at as [CheckedTarget, ...CheckedTarget[]],
		{ ca, insecure: true, httpVersion: 1, userAgent: "cf520-test", limitMs: LIMIT_MS },
		Date.now,
	);
	for (const one of servers) await closed(one, open);
	return judgeOrigin(looks as [Observation, ...Observation[]], null, Date.now());
}

/** Findings of a verdict, with what they were more precisely: `handshake-failed (protocol version)`. Those of the bytes too, each once. */
export function findingsOf({ findings, seen }: OriginVerdict): string[] {
	const all = [...findings, ...seen.flatMap(({ found }) => found?.findings ?? [])].filter(({ id }) => id !== "whole");
	return [...new Set(all.map(({ id, what }) => (what === undefined ? id : `${id} (${what})`)))];
}
