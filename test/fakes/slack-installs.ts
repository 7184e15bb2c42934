/** A workspace, or an organization whose workspaces share one installation. */
interface FakeTeam {
	readonly id: string;
	readonly name: string;
	/** The organization that it belongs to; null: none. */
	readonly enterprise: string | null;
}

interface FakeToken {
	readonly team: FakeTeam;
	readonly botUser: string;
	/** Slack's word for every call; null: it works. */
	refused: string | null;
}

/** Two workspaces of nobody, an organization, and two workspaces of it. */
export const TEAMS: readonly FakeTeam[] = [
	{ id: "T1", name: "Ants & <Sons>", enterprise: null },
	{ id: "T2", name: "Bees", enterprise: null },
	{ id: "E1", name: "Hive", enterprise: null },
	{ id: "T11", name: "Hive North", enterprise: "E1" },
	{ id: "T12", name: "Hive South", enterprise: "E1" },
];

export const CLIENT = { id: "123.456", secret: "0123456789abcdef" } as const;

/** What Slack knows of an app that any workspace may install: codes that work once, a token for each installation, and which of them are dead. */
export class FakeInstalls {
	readonly tokens = new Map<string, FakeToken>();
	/** Every call: of which token, and what. */
	readonly calls: { readonly method: string; readonly token: string | null }[] = [];
	/** What each installation asked for; a person declines what is not in it. */
	granted = "app_mentions:read,chat:write,chat:write.public,commands,files:write,im:history,users:read,files:read";
	readonly #codes = new Map<string, string>();
	#made = 0;

	/** What Slack's page sends the browser back with, once someone agreed there. */
	code(team: string): string {
		this.#made += 1;
		const code = `code.${team}.${this.#made}`;
		this.#codes.set(code, team);
		return code;
	}

	/** The token of a workspace's newest installation. */
	tokenOf(team: string): string {
		return [...this.tokens].findLast(([, of]) => of.team.id === team)?.[0] ?? "";
	}

	/** From now on, Slack refuses every call of this workspace's tokens. */
	refuse(team: string, word: string | null): void {
		for (const token of this.tokens.values()) if (token.team.id === team) token.refused = word;
	}

	/** What Slack answers by itself; null: the token is good, and the call is like any other. */
	answer(method: string, args: Readonly<Record<string, unknown>>, token: string | null): Record<string, unknown> | null {
		this.calls.push({ method, token });
		if (method === "apps.connections.open" || method === "api.test") return method === "api.test" ? { ok: true } : null;
		if (method === "oauth.v2.access") return this.#access(args);
		const known = this.tokens.get(token ?? "");
		if (known === undefined) return { ok: false, error: "invalid_auth" };
		if (known.refused !== null) return { ok: false, error: known.refused };
		const { team, botUser } = known;
		if (method === "auth.revoke") {
			known.refused = "token_revoked";
			return { ok: true, revoked: true };
		}
		if (method !== "auth.test") return null;
		const isOfAll = team.id.startsWith("E");
		const ids = isOfAll ? { team_id: team.id, enterprise_id: team.id } : { team_id: team.id, enterprise_id: team.enterprise };
		return {
			ok: true,
			url: "https://lab.slack.com/",
			...ids,
			user_id: botUser,
			bot_id: `B${team.id}`,
			is_enterprise_install: isOfAll,
		};
	}

	#access({ client_id: id, client_secret: secret, code, redirect_uri: back }: Readonly<Record<string, unknown>>) {
		if (id !== CLIENT.id || secret !== CLIENT.secret) return { ok: false, error: "bad_client_secret" };
		if (back !== "https://bot.example/slack/oauth_redirect") return { ok: false, error: "bad_redirect_uri" };
		const found = this.#codes.get(String(code));
		const team = TEAMS.find((one) => one.id === found);
		if (team === undefined) return { ok: false, error: "invalid_code" };
		this.#codes.delete(String(code));
		this.#made += 1;
		const token = `xoxb-${team.id}-${this.#made}`;
		const botUser = `U0BOT${team.id}`;
		this.tokens.set(token, { team, botUser, refused: null });
		const isOfAll = team.id.startsWith("E");
		const organization = TEAMS.find((one) => one.id === (isOfAll ? team.id : team.enterprise));
		return {
			ok: true,
			access_token: token,
			token_type: "bot",
			scope: this.granted,
			bot_user_id: botUser,
			app_id: "A1",
			team: isOfAll ? null : { id: team.id, name: team.name },
			enterprise: organization === undefined ? null : { id: organization.id, name: organization.name },
			authed_user: { id: `U-admin-${team.id}` },
			is_enterprise_install: isOfAll,
		};
	}
}

/** The organization of a workspace, as requests name it. */
export const enterpriseOf = (team: string): string | null => TEAMS.find(({ id }) => id === team)?.enterprise ?? null;

/** Which installation an event is for. */
interface For {
	/** The workspace that it happened in, or in a shared channel that of the person. */
	readonly team: string;
	/** That of the installation; the same by default. */
	readonly context?: string;
	/** The installation is the organization's. */
	readonly ofAll?: boolean;
	/** When, Unix seconds. */
	readonly atS?: number;
}

let events = 0;

/** An event as Slack sends it to an app of many workspaces. */
export function eventFor(event: Readonly<Record<string, unknown>>, { team, context = team, ofAll = false, atS }: For) {
	events += 1;
	const enterprise = enterpriseOf(context);
	const isShared = context !== team;
	return {
		type: "event_callback",
		team_id: team,
		...(enterpriseOf(team) === null ? {} : { enterprise_id: enterpriseOf(team) }),
		context_team_id: context,
		context_enterprise_id: enterprise,
		api_app_id: "A1",
		event_id: `EvMany${events}`,
		event_time: atS ?? Math.floor(Date.now() / 1_000),
		is_ext_shared_channel: isShared,
		authorizations: [
			{
				enterprise_id: enterprise,
				team_id: ofAll ? null : context,
				user_id: `U0BOT${ofAll ? enterprise : context}`,
				is_bot: true,
				is_enterprise_install: ofAll,
			},
		],
		event,
	};
}

let written = 0;
/** A mention of the bot, by a person of `team`. */
export function mentionFor(
	text: string,
	of: For,
	{ channel, user, threadTs, files }: { channel: string; user: string; threadTs?: string; files?: readonly object[] },
) {
	written += 1;
	const ts = `1690000000.${String(written).padStart(6, "0")}`;
	const bot = `U0BOT${of.ofAll === true ? enterpriseOf(of.context ?? of.team) : (of.context ?? of.team)}`;
	const more = { ...(threadTs === undefined ? {} : { thread_ts: threadTs }), ...(files === undefined ? {} : { files }) };
	return eventFor(
		{
			type: "app_mention",
			text: `<@${bot}> ${text}`,
			channel,
			user,
			user_team: of.team,
			team: of.team,
			ts,
			event_ts: ts,
			...more,
		},
		of,
	);
}

/** `/cf520` typed in a workspace. */
export function commandFor(
	text: string,
	team: string,
	{ channel, user, responseUrl }: Record<"channel" | "user" | "responseUrl", string>,
) {
	written += 1;
	const enterprise = enterpriseOf(team);
	return {
		command: "/cf520",
		text,
		team_id: team,
		team_domain: "lab",
		...(enterprise === null ? {} : { enterprise_id: enterprise, enterprise_name: "Hive" }),
		channel_id: channel,
		channel_name: "incidents",
		user_id: user,
		user_name: "ann",
		response_url: responseUrl,
		trigger_id: `trigger.many.${written}`,
		api_app_id: "A1",
		is_enterprise_install: "false",
	};
}
