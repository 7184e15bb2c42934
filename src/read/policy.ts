/** What the admins of one workspace or server have decided. A value. */
export interface Policy {
	/** Channels in which questions are answered; null: all. */
	readonly channels: readonly string[] | null;
	/** Hosts whose origin may be looked at; null: any. A host stands for its subdomains too. */
	readonly origins: readonly string[] | null;
	/** Questions that look somewhere, in five minutes. */
	readonly perPerson: number;
	readonly perChannel: number;
	readonly perWorkspace: number;
	/** Verdicts go to the asker alone. */
	readonly privately: boolean;
	/** Days after its last answer that a case is kept. */
	readonly keepDays: number;
}

export const DEFAULT_POLICY: Policy = {
	channels: null,
	origins: null,
	perPerson: 15,
	perChannel: 40,
	perWorkspace: 150,
	privately: false,
	keepDays: 30,
};

/** What no admin can go beyond. */
export const POLICY_MAX = {
	perPerson: 60,
	perChannel: 200,
	perWorkspace: 600,
	keepDays: 365,
	channels: 200,
	origins: 200,
} as const;

export const mayAskIn = (policy: Policy, channel: string | null): boolean =>
	policy.channels === null || channel === null || policy.channels.includes(channel);

export const mayLookAtOriginOf = (policy: Policy, host: string): boolean =>
	policy.origins === null || policy.origins.some((allowed) => host === allowed || host.endsWith(`.${allowed}`));
