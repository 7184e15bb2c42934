/** What is heard in a channel without a mention. */
export interface Listening {
	readonly channel: string;
	/** `threads`: what belongs to the case of a thread. `everywhere`: error pages and Ray IDs anywhere in the channel, too. */
	readonly to: "threads" | "everywhere";
}

/** What the admins of one workspace or server have decided. A value. */
export interface Policy {
	/** Channels in which questions are answered; null: all. */
	readonly channels: readonly string[] | null;
	/** Hosts whose origin everyone here may check; null: any host, for full members only. Subdomains are included. */
	readonly origins: readonly string[] | null;
	/** Hosts whose origin everyone here may check, in addition to what full members may. */
	readonly openOrigins: readonly string[];
	/** Questions that look somewhere, in five minutes. */
	readonly perPerson: number;
	readonly perChannel: number;
	readonly perWorkspace: number;
	/** Channels in which I hear without a mention: in threads of cases, or everywhere. */
	readonly listens: readonly Listening[];
	/** Verdicts go to the asker alone. */
	readonly privately: boolean;
	/** Days after its last answer that a case is kept. */
	readonly keepDays: number;
}

export const DEFAULT_POLICY: Policy = {
	channels: null,
	origins: null,
	openOrigins: [],
	perPerson: 15,
	perChannel: 40,
	perWorkspace: 150,
	privately: false,
	keepDays: 30,
	listens: [],
};

/** What no admin can go beyond. */
export const POLICY_MAX = {
	perPerson: 60,
	perChannel: 200,
	perWorkspace: 600,
	keepDays: 365,
	channels: 200,
	origins: 200,
	listens: 200,
} as const;

export const mayAskIn = (policy: Policy, channel: string | null): boolean =>
	policy.channels === null || channel === null || policy.channels.includes(channel);

/** What is heard in this channel without a mention; null: nothing. */
export const listensIn = ({ listens }: Policy, channel: string | null): Listening["to"] | null =>
	listens.find((one) => one.channel === channel)?.to ?? null;

const holds = (hosts: readonly string[], host: string): boolean =>
	hosts.some((allowed) => host === allowed || host.endsWith(`.${allowed}`));

/** Who may check the origin of a host: everyone here, full members of the workspace, or no one. */
export function mayLookAtOriginOf({ origins, openOrigins }: Policy, host: string): "anybody" | "members" | "nobody" {
	if (holds([...(origins ?? []), ...openOrigins], host)) return "anybody";
	return origins === null ? "members" : "nobody";
}

/** The policy with one more host whose origin everyone may check; beyond the limit, the oldest is dropped. */
export const withOriginAllowed = (policy: Policy, host: string): Policy =>
	holds(policy.openOrigins, host) ? policy : { ...policy, openOrigins: [...policy.openOrigins, host].slice(-POLICY_MAX.origins) };
