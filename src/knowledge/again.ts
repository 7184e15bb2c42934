import type { EvidenceKey, ValueOf } from "./evidence.ts";

/** Answers to two keys that come from one observation. */
interface Again {
	readonly key: EvidenceKey;
	readonly says: readonly string[];
	/** The other key, and the answers that tell nothing new beside `says`. */
	readonly againIn: EvidenceKey;
	readonly values: readonly string[];
	readonly why: string;
	/** The first answer always implies the other, so that the other adds nothing. */
	readonly wholly: boolean;
}

const again = <K extends EvidenceKey, L extends EvidenceKey>(
	key: K,
	says: readonly ValueOf<K>[],
	againIn: L,
	values: readonly ValueOf<L>[],
	why: string,
	wholly = false,
): Again => ({ key, says, againIn, values, why, wholly });

/** What makes a request pass is in the request itself. */
const IN_THE_REQUEST = ["user-agent", "request-field", "method", "encoding", "method-agent-or-encoding"] as const;
/** One affected caller, with one place, one route and no server of their own. */
const ALONE = ["one-client", "own-rate", "one-network-or-country"] as const;

/**
 * One observation counts once. A stranger whose program fails tells four keys (not reproduced, one client, no access to the logs, another
 * user agent works) and has seen one thing: the more special answer keeps its weight, what only says it again has little
 * (`judge/posterior.ts`). Only by meaning: that two answers often come together because one cause shows in both is no reason to be here.
 */
export const SAYS_AGAIN: readonly Again[] = [
	again("edge-pattern", ["all"], "who-is-hit", ["everyone"], "where every request fails, everyone sees it", true),
	again("edge-pattern", ["random"], "who-is-hit", ["everyone"], "random among visitors too: the same, asked for people", true),
	again("edge-pattern", ["bursts"], "who-is-hit", ["everyone"], "in a burst everything fails together"),
	again("who-is-hit", [...ALONE, "signed-in"], "edge-pattern", ["not-reproduced"], "my requests are not among those that fail"),
	again("who-is-hit", ["one-network-or-country"], "edge-pattern", ["some-visitors"], "the same in other words"),
	again("who-is-hit", ALONE, "origin-log", ["no-access"], "a single affected caller usually has no access to the server"),
	again("who-is-hit", ALONE, "colo-spread", ["one"], "one caller, network or country enters at one data center", true),
	again("edge-pattern", ["some-visitors"], "colo-spread", ["one"], "visitors of one region enter at one data center", true),
	again("edge-pattern", ["not-reproduced"], "colo-spread", ["one"], "few are hit: few data centers"),
	again("variants", IN_THE_REQUEST, "who-is-hit", ["one-client"], "another client works: the one that fails is told with it"),
	again("variants", IN_THE_REQUEST, "edge-pattern", ["not-reproduced"], "my requests come from another client"),
	again("variants", ["cookies"], "edge-pattern", ["not-reproduced"], "my requests have no cookies"),
	again("variants", ["cookies"], "who-is-hit", ["signed-in"], "who is signed in has cookies"),
	again("cloudflare-features", ["worker-as-caller"], "origin-log", ["no-access"], "a Worker that calls someone else's server"),
	again("host-health", ["saturated"], "who-is-hit", ["under-load"], "a full server is a busy one"),
	again("origin-log", ["crash"], "host-health", ["restarted-or-oom"], "the same kill, from the log and from the host"),
	again(
		"direct-origin",
		["slow"],
		"time-to-failure",
		["seconds", "round-number", "two-minutes"],
		"the same wait, on the other route",
	),
	again("direct-origin", ["server-error"], "other-codes", ["origin-5xx"], "the same 5xx, on the other route"),
	again("direct-origin", ["server-error"], "edge-saw", ["error"], "the same 5xx, as Cloudflare saw it"),
	again("direct-origin", ["refused"], "other-codes", ["refused-or-tls"], "the same closed port"),
];
