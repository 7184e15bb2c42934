import { type Listening, POLICY_MAX, type Policy } from "../policy.ts";
import { readTarget } from "./target.ts";

/** What an admin wants changed. */
export type AdminChange =
	| { readonly what: "channels"; readonly to: "all" | "none" | "here" | "not-here" | readonly string[] }
	| { readonly what: "origins"; readonly to: "all" | "none" | readonly string[] }
	| { readonly what: "limits"; readonly to: Partial<Pick<Policy, "perPerson" | "perChannel" | "perWorkspace">> }
	| { readonly what: "listen"; readonly to: Listening["to"] | "off" }
	| { readonly what: "privacy"; readonly privately: boolean }
	| { readonly what: "retention"; readonly days: number };

export const ADMIN_WORDS: ReadonlySet<string> = new Set(["channels", "origins", "listen", "limits", "privacy", "retention"]);
const LIMIT_NAMES = { person: "perPerson", channel: "perChannel", workspace: "perWorkspace", server: "perWorkspace" } as const;
const LISTEN_WORDS: Readonly<Record<string, Listening["to"] | "off">> = {
	here: "threads",
	"here all": "everywhere",
	off: "off",
	"here off": "off",
};
const WORDS_MAX = 60;

/**
 * Reads `channels …`, `origins …`, `listen …`, `limits …`, `privacy …`, `retention …`; null for anything else. Total.
 * @param words behind `admin`, lower case except for ids of channels
 */
export function readAdminChange(words: readonly string[]): AdminChange | null {
	const [what = "", ...rest] = words;
	const [first = ""] = rest.map((word) => word.toLowerCase());
	if (rest.length === 0 || rest.length > WORDS_MAX) return null;
	switch (what.toLowerCase()) {
		case "channels":
			if (rest.length === 1 && (first === "all" || first === "none" || first === "here" || first === "not-here"))
				return { what: "channels", to: first };
			// As Slack and Discord write them; a name does not identify a channel.
			return rest.every((word) => /^(?:[CGD][A-Z0-9]{2,20}|\d{15,21})$/.test(word)) ? { what: "channels", to: rest } : null;
		case "origins": {
			if (rest.length === 1 && (first === "all" || first === "none")) return { what: "origins", to: first };
			const hosts = rest.map(hostIn);
			return hosts.includes(null) ? null : { what: "origins", to: hosts.filter((host) => host !== null) };
		}
		case "limits": {
			const to: Partial<Record<"perPerson" | "perChannel" | "perWorkspace", number>> = {};
			for (let at = 0; at < rest.length; at += 2) {
				const name = (rest[at] ?? "").toLowerCase();
				const limit = Number(rest[at + 1]);
				if (!(name in LIMIT_NAMES) || !Number.isInteger(limit) || limit < 1) return null;
				const field = LIMIT_NAMES[name as keyof typeof LIMIT_NAMES];
				to[field] = Math.min(limit, POLICY_MAX[field]);
			}
			return { what: "limits", to };
		}
		case "listen": {
			const to = LISTEN_WORDS[rest.join(" ").toLowerCase()];
			return to === undefined ? null : { what: "listen", to };
		}
		case "privacy":
			return rest.length === 1 && (first === "private" || first === "public")
				? { what: "privacy", privately: first === "private" }
				: null;
		case "retention": {
			const days = Number(/^(\d{1,4})d?$/.exec(first)?.[1]);
			return days >= 1 && (rest.length === 1 || /^days?$/i.test(rest[1] ?? ""))
				? { what: "retention", days: Math.min(days, POLICY_MAX.keepDays) }
				: null;
		}
		default:
			return null;
	}
}

/** A bare host name, or null. */
export function hostIn(word: string): string | null {
	const target = readTarget(word.replace(/^\*?\./, ""));
	return "why" in target ? null : target.host;
}

/**
 * The policy after a change.
 * @param here the channel in which it was said; null where there is none
 */
export function withChange(policy: Policy, change: AdminChange, here: string | null): Policy {
	switch (change.what) {
		case "channels": {
			if (change.to === "all") return { ...policy, channels: null };
			if (change.to === "none") return { ...policy, channels: [] };
			const now = policy.channels ?? [];
			if (change.to === "here" || change.to === "not-here") {
				if (here === null) return policy;
				const others = now.filter((channel) => channel !== here);
				return { ...policy, channels: change.to === "here" ? [...others, here].slice(-POLICY_MAX.channels) : others };
			}
			return { ...policy, channels: [...new Set(change.to)].slice(0, POLICY_MAX.channels) };
		}
		case "origins":
			return {
				...policy,
				// Replaces the list of hosts that everyone may check, unless all members may.
				openOrigins: change.to === "all" ? policy.openOrigins : [],
				origins: change.to === "all" ? null : change.to === "none" ? [] : [...new Set(change.to)].slice(0, POLICY_MAX.origins),
			};
		case "limits":
			return { ...policy, ...change.to };
		case "listen": {
			if (here === null) return policy;
			const others = policy.listens.filter(({ channel }) => channel !== here);
			const { to } = change;
			return { ...policy, listens: to === "off" ? others : [...others, { channel: here, to }].slice(-POLICY_MAX.listens) };
		}
		case "privacy":
			return { ...policy, privately: change.privately };
		case "retention":
			return { ...policy, keepDays: change.days };
	}
}
