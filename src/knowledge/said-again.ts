import type { EvidenceKey } from "./evidence.ts";

/** An answer that another one already holds: where both are known, it is no second witness. */
interface SaidAgain {
	readonly key: EvidenceKey;
	readonly value: string;
	/** Any of these says it. */
	readonly by: { readonly key: EvidenceKey; readonly values: readonly string[] };
	readonly why: string;
}

/** Values of different keys that are one observation, whoever tells it. */
export const SAID_AGAIN: readonly SaidAgain[] = [
	{
		key: "who-is-hit",
		value: "everyone",
		by: { key: "edge-pattern", values: ["all"] },
		why: "where every request fails, everyone sees it",
	},
	{
		key: "colo-spread",
		value: "one",
		by: { key: "who-is-hit", values: ["one-network-or-country", "one-client", "own-rate"] },
		why: "one network, country or caller enters Cloudflare at one data center, wherever the fault is",
	},
	{
		key: "colo-spread",
		value: "one",
		by: { key: "edge-pattern", values: ["some-visitors"] },
		why: "visitors of one region enter Cloudflare at one data center",
	},
];
