import { z } from "zod";
import type { NoAnswer, Told } from "../../reply/doctor.ts";
import {
	isOptional,
	SLACK_SCOPES,
	slackChannelWords,
	slackCommandWords,
	slackRedirectWords,
	slackScopesWords,
	slackSocketWords,
	slackTokenWords,
	slackUrlWords,
	slackWorkspacesWords,
} from "../../reply/doctor-slack.ts";
import { type Asked, noAnswer } from "./asked.ts";

/** What an app-level token opened. */
export type SocketSeen =
	| { readonly kind: "hello"; readonly connections: number | null; readonly appId: string | null }
	/** The ticket was dropped: a running bot is connected already. */
	| { readonly kind: "not-tried" }
	| { readonly kind: "foreign"; readonly host: string }
	/** `why`: a fixed word or the system's code. */
	| { readonly kind: "failed"; readonly why: string };

/** What was read of Slack. null: not asked. */
export interface SlackSeen {
	/** Which tokens are set, and usable. */
	readonly botToken: "usable" | "unusable" | "absent";
	readonly appToken: "usable" | "unusable" | "absent";
	readonly signingSecret: "usable" | "unusable" | "absent";
	readonly auth: Asked | null;
	/** `bots.info`, where the token may ask it: which app the bot is of. */
	readonly bot: Asked | null;
	readonly ticket: Asked | null;
	readonly socket: SocketSeen | null;
	/** The signed request; `isProven`: the answer holds the proof; `isRunning`: a bot gave it, not this process. */
	readonly signed: {
		readonly url: string;
		readonly asked: Asked;
		readonly isProven: boolean;
		readonly isRunning: boolean;
	} | null;
	readonly publicUrl: string | null;
	readonly channels: readonly { readonly id: string; readonly asked: Asked | null }[];
	/** Many workspaces: what is set of it; null: no setting of that is. */
	readonly many: {
		readonly lacking: readonly string[];
		readonly allowed: readonly string[];
		readonly installs: number | null;
		/** CF520_URL. */
		readonly url: string | null;
	} | null;
}

/** Slack's words for errors; anything else is not repeated. */
const ERROR = /^[a-z][a-z_]{1,59}$/;
const Failed = z.object({ ok: z.literal(false), error: z.string().regex(ERROR).catch("an unknown error") });
const Auth = z.object({
	ok: z.literal(true),
	team: z.string(),
	user: z.string(),
	bot_id: z.string().optional().catch(undefined),
});
const Bot = z.object({ bot: z.object({ app_id: z.string() }) });
const Channel = z.object({
	ok: z.literal(true),
	channel: z.object({
		name: z.string().catch("?"),
		is_member: z.boolean().catch(false),
		is_archived: z.boolean().catch(false),
		is_private: z.boolean().catch(false),
		is_ext_shared: z.boolean().catch(false),
	}),
});
const NOT_JSON: NoAnswer = { why: "not-json" };
const CONNECTIONS_MAX = 10;

/** Slack's error word; null: it did not fail, or did not say so. */
const errorOf = (asked: Asked): string | null => {
	const failed = Failed.safeParse(asked.kind === "answered" ? asked.json : undefined);
	return failed.success ? failed.data.error : null;
};

/** The scopes that a bot token has; null: not told. */
export function scopesOf(auth: Asked | null): ReadonlySet<string> | null {
	const said = auth?.kind === "answered" ? auth.headers["x-oauth-scopes"] : undefined;
	return said === undefined ? null : new Set(said.split(",").map((one) => one.trim()));
}

/** The bot's own ID, of a token that Slack accepts. */
export function botIdOf(auth: Asked): string | null {
	const told = Auth.safeParse(auth.kind === "answered" ? auth.json : undefined);
	return told.success ? (told.data.bot_id ?? null) : null;
}

/** Every line about Slack. */
export function slackLines(seen: SlackSeen): Told[] {
	const { botToken, appToken, signingSecret, many, publicUrl, signed } = seen;
	const isOn = botToken !== "absent" || appToken !== "absent" || signingSecret !== "absent" || many !== null;
	if (!isOn) return [slackTokenWords.absent(), ...channelLines(seen)];
	const overHttp = appToken === "absent" && signingSecret !== "absent";
	return [
		...(many === null || botToken !== "absent" ? tokenLines(seen) : [slackTokenWords.many()]),
		...(appToken === "absent" ? [] : [socketLine(seen)]),
		...(overHttp || signed !== null
			? [urlLine(seen, overHttp)]
			: publicUrl === null || many !== null
				? []
				: [slackUrlWords.notNeeded()]),
		...(many === null ? [] : manyLines(many)),
		slackCommandWords(overHttp ? (signed?.url ?? (publicUrl === null ? null : `${publicUrl}/slack/events`)) : null),
		...channelLines(seen),
	];
}

function tokenLines({ botToken, auth }: SlackSeen): Told[] {
	if (botToken === "absent") return [slackTokenWords.absent()];
	if (auth === null) return [slackTokenWords.unusable()];
	const error = errorOf(auth);
	if (error !== null && auth.kind === "answered" && auth.status < 500) return [slackTokenWords.rejected(error)];
	const failed = noAnswer(auth);
	if (failed !== null) return [slackTokenWords.noAnswer(failed)];
	const told = Auth.safeParse(auth.kind === "answered" ? auth.json : undefined);
	if (!told.success) return [slackTokenWords.noAnswer(NOT_JSON)];
	if (told.data.bot_id === undefined) return [slackTokenWords.notABot()];
	return [slackTokenWords.good(told.data.team, told.data.user), scopesLine(scopesOf(auth))];
}

function scopesLine(scopes: ReadonlySet<string> | null): Told {
	if (scopes === null) return slackScopesWords.notTold();
	const lacking = Object.keys(SLACK_SCOPES).filter((one) => !scopes.has(one));
	const required = lacking.filter((one) => !isOptional(one));
	if (required.length > 0) return slackScopesWords.lacking(required);
	return lacking.length === 0 ? slackScopesWords.good() : slackScopesWords.optional(lacking);
}

function socketLine({ ticket, socket, bot }: SlackSeen): Told {
	if (ticket === null) return slackSocketWords.unusable();
	const error = errorOf(ticket);
	if (error === "socket_mode_disabled") return slackSocketWords.disabled();
	if (error !== null) return slackSocketWords.rejected(error);
	const failed = noAnswer(ticket);
	if (failed !== null) return slackSocketWords.noAnswer(failed);
	switch (socket?.kind) {
		case undefined:
			return slackSocketWords.noAnswer(NOT_JSON);
		case "not-tried":
			return slackSocketWords.ticket();
		case "foreign":
			return slackSocketWords.foreign(socket.host);
		case "failed":
			return slackSocketWords.noSocket(socket.why);
		case "hello": {
			const { connections, appId } = socket;
			const owner = Bot.safeParse(bot?.kind === "answered" ? bot.json : undefined);
			if (owner.success && appId !== null && owner.data.bot.app_id !== appId) return slackSocketWords.otherApp();
			return connections !== null && connections >= CONNECTIONS_MAX
				? slackSocketWords.tooMany(connections)
				: slackSocketWords.good(connections);
		}
	}
}

/** OpenSSL's and Node.js' words for TLS and certificates that a client does not accept. */
const BAD_TLS = /CERT|TLS|SSL|^UNABLE_TO/;

function urlLine({ signed, signingSecret }: SlackSeen, overHttp: boolean): Told {
	if (overHttp && signingSecret !== "usable") return slackUrlWords.noSecret();
	if (signed === null) return slackUrlWords.noUrl();
	const { url, asked, isProven } = signed;
	if (asked.kind === "failed") {
		if (asked.why === "redirected") return slackUrlWords.redirected(url);
		if (asked.why === "unreachable" && BAD_TLS.test(asked.code ?? "")) return slackUrlWords.certificate(url, asked.code ?? "");
		if (asked.why === "unreachable" && asked.code === "ENOTFOUND") return slackUrlWords.noName(url);
		return slackUrlWords.noAnswer(url, asked, overHttp);
	}
	if (isProven) return slackUrlWords.good(url, signed.isRunning, overHttp);
	if (asked.status === 503) return slackUrlWords.starting(url);
	if (!overHttp) return slackUrlWords.otherInstall(url, asked.status);
	return asked.status === 401 ? slackUrlWords.otherSecret(url) : slackUrlWords.otherServer(url, asked.status);
}

const manyLines = (many: NonNullable<SlackSeen["many"]>): Told[] => [
	many.lacking.length > 0 ? slackWorkspacesWords.lacking(many.lacking) : slackWorkspacesWords.good(many.installs, many.allowed),
	slackRedirectWords(many.url),
];

const channelLines = ({ channels, auth, many }: SlackSeen): Told[] =>
	channels.map(({ id, asked }) => {
		if (asked === null) return many === null ? slackChannelWords.noToken() : slackChannelWords.ofMany();
		const error = errorOf(asked);
		if (error === "missing_scope") return slackChannelWords.noScope(id);
		if (error === "channel_not_found") return slackChannelWords.notFound(id);
		if (error !== null) return slackChannelWords.error(error);
		const failed = noAnswer(asked);
		if (failed !== null) return slackChannelWords.noAnswer(failed);
		const told = Channel.safeParse(asked.kind === "answered" ? asked.json : undefined);
		if (!told.success) return slackChannelWords.noAnswer(NOT_JSON);
		const {
			name,
			is_member: isMember,
			is_archived: isArchived,
			is_private: isPrivate,
			is_ext_shared: isShared,
		} = told.data.channel;
		if (isArchived) return slackChannelWords.archived(name);
		if (!isMember && (isPrivate || scopesOf(auth)?.has("chat:write.public") === false)) return slackChannelWords.invite(name);
		return isShared ? slackChannelWords.shared(name) : slackChannelWords.good(name, isMember);
	});
