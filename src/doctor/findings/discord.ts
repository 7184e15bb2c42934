import { ApplicationIntegrationType } from "discord.js";
import { z } from "zod";
import { INSTALL_SETTINGS } from "../../adapters/discord/application.ts";
import { COMMAND, sameCommands } from "../../adapters/discord/commands.ts";
import { DISCORD_PATH } from "../../adapters/discord/http.ts";
import type { NoAnswer, Told } from "../../reply/doctor.ts";
import {
	discordChannelWords,
	discordCommandsWords,
	discordEndpointWords,
	discordGuildWords,
	discordInstallWords,
	discordIntentsWords,
	discordKeyWords,
	discordTokenWords,
} from "../../reply/doctor-discord.ts";
import { type Asked, noAnswer } from "./asked.ts";

type State = "usable" | "unusable" | "absent";

/** A channel, and what decides what the bot may do in it; null: not asked. */
export interface ChannelSeen {
	readonly id: string;
	readonly channel: Asked | null;
	/** Of a thread: the channel that it is in. */
	readonly parent: Asked | null;
	readonly guild: Asked | null;
	/** The bot as a member of that server. */
	readonly member: Asked | null;
}

/** What was read of Discord. null: not asked. */
export interface DiscordSeen {
	readonly token: State;
	readonly publicKey: State;
	readonly guildId: State;
	readonly messageContent: boolean;
	/** As it is set, hex; null: it is not usable, or not set. */
	readonly key: string | null;
	readonly publicUrl: string | null;
	readonly user: Asked | null;
	readonly application: Asked | null;
	readonly commands: Asked | null;
	readonly guild: Asked | null;
	readonly channels: readonly ChannelSeen[];
}

const Params = z.looseObject({ scopes: z.array(z.string()), permissions: z.string() });
const Installed = z.looseObject({ oauth2_install_params: Params.nullish() });
const User = z.object({ id: z.string(), username: z.string() });
const Application = z.object({
	id: z.string(),
	name: z.string().catch("?"),
	flags: z.number().catch(0),
	verify_key: z.string().optional().catch(undefined),
	interactions_endpoint_url: z.string().nullish().catch(null),
	bot_public: z.boolean().nullish().catch(null),
	integration_types_config: z.record(z.string(), Installed.nullish()).nullish().catch(null),
});
type Application = z.infer<typeof Application>;
const NOT_JSON: NoAnswer = { why: "not-json" };

const jsonOf = (asked: Asked | null): unknown => (asked?.kind === "answered" && asked.status === 200 ? asked.json : undefined);
const statusOf = (asked: Asked): number | null => (asked.kind === "answered" ? asked.status : null);

/** The bot's own ID, of a token that Discord accepts. */
export const userIdOf = (user: Asked | null): string | null => User.safeParse(jsonOf(user)).data?.id ?? null;
export const applicationIdOf = (application: Asked | null): string | null =>
	Application.safeParse(jsonOf(application)).data?.id ?? null;

/** Every line about Discord. */
export function discordLines(seen: DiscordSeen): Told[] {
	const { token, user, application, publicKey, guildId } = seen;
	if (token === "absent") return [discordTokenWords.absent(), ...channelLines(seen)];
	const isAccepted = userIdOf(user) !== null;
	const app = Application.safeParse(jsonOf(application)).data ?? null;
	return [
		tokenLine(user, app),
		...(isAccepted
			? [
					intentsLine(seen, app),
					commandsLine(seen),
					installLine(app),
					...(publicKey === "absent" ? [] : [keyLine(seen, app)]),
					endpointLine(seen, app),
					...(guildId === "absent" ? [] : [guildLine(seen)]),
				]
			: []),
		...channelLines(seen),
	];
}

function tokenLine(user: Asked | null, app: Application | null): Told {
	if (user === null) return discordTokenWords.unusable();
	const status = statusOf(user);
	if (status === 401) return discordTokenWords.rejected();
	if (status === 429) return discordTokenWords.limited();
	const failed = noAnswer(user);
	if (failed !== null) return discordTokenWords.noAnswer(failed);
	const told = User.safeParse(jsonOf(user));
	return told.success ? discordTokenWords.good(told.data.username, app?.name ?? "?") : discordTokenWords.noAnswer(NOT_JSON);
}

/** GATEWAY_MESSAGE_CONTENT and its form for applications in few servers: https://discord.com/developers/docs/resources/application */
const MESSAGE_CONTENT = (1 << 18) | (1 << 19);

function intentsLine({ messageContent, publicKey }: DiscordSeen, app: Application | null): Told {
	if (!messageContent) return discordIntentsWords.notNeeded();
	if (publicKey !== "absent") return discordIntentsWords.overHttp();
	if (app === null) return discordIntentsWords.unknown();
	return (app.flags & MESSAGE_CONTENT) === 0 ? discordIntentsWords.lacking() : discordIntentsWords.on();
}

const Commands = z.array(z.looseObject({ name: z.string() }));

function commandsLine({ commands, guildId }: DiscordSeen): Told {
	if (commands === null) return discordCommandsWords.noAnswer(NOT_JSON);
	const inServer = guildId === "usable";
	if (inServer && (statusOf(commands) === 403 || statusOf(commands) === 404)) return discordCommandsWords.noAccess();
	const failed = noAnswer(commands);
	if (failed !== null) return discordCommandsWords.noAnswer(failed);
	const told = Commands.safeParse(jsonOf(commands));
	if (!told.success) return discordCommandsWords.noAnswer(NOT_JSON);
	if (sameCommands(told.data)) return discordCommandsWords.good(inServer);
	return told.data.some(({ name }) => name === COMMAND) ? discordCommandsWords.differ() : discordCommandsWords.none();
}

/** How the portal calls what an application can be added to. */
const INSTALL_NAMES = {
	[ApplicationIntegrationType.GuildInstall]: "Guild Install",
	[ApplicationIntegrationType.UserInstall]: "User Install",
};
const INSTALL_TYPES = [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall] as const;

function installLine(app: Application | null): Told {
	if (app === null) return discordInstallWords.unknown();
	const differ = INSTALL_TYPES.filter((type) => {
		const wanted = INSTALL_SETTINGS[type].oauth2_install_params;
		const params = app.integration_types_config?.[type]?.oauth2_install_params;
		return params?.permissions !== wanted.permissions || params.scopes.toSorted().join() !== wanted.scopes.toSorted().join();
	});
	return differ.length === 0
		? discordInstallWords.good(app.bot_public ?? null)
		: discordInstallWords.differ(differ.map((type) => INSTALL_NAMES[type]));
}

function keyLine({ publicKey, key }: DiscordSeen, app: Application | null): Told {
	if (publicKey === "unusable") return discordKeyWords.unusable();
	if (app?.verify_key === undefined) return discordKeyWords.unknown();
	return app.verify_key.toLowerCase() === key?.toLowerCase() ? discordKeyWords.good() : discordKeyWords.other();
}

function endpointLine({ publicKey, publicUrl }: DiscordSeen, app: Application | null): Told {
	if (app === null) return discordEndpointWords.unknown();
	const url = app.interactions_endpoint_url ?? "";
	if (publicKey === "absent") return url === "" ? discordEndpointWords.gateway() : discordEndpointWords.taken(url);
	const wanted = `${publicUrl ?? "https://YOUR-HOST"}${DISCORD_PATH}`;
	if (url === "") return discordEndpointWords.missing(wanted);
	const isOurs = publicUrl === null ? url.endsWith(DISCORD_PATH) : url === wanted;
	return isOurs ? discordEndpointWords.http(url) : discordEndpointWords.elsewhere(url, wanted);
}

const Named = z.object({ name: z.string().catch("?") });

function guildLine({ guildId, guild }: DiscordSeen): Told {
	if (guildId === "unusable" || guild === null) return discordGuildWords.unusable();
	if (statusOf(guild) === 403 || statusOf(guild) === 404) return discordGuildWords.notIn();
	const failed = noAnswer(guild);
	if (failed !== null) return discordGuildWords.noAnswer(failed);
	const told = Named.safeParse(jsonOf(guild));
	return told.success ? discordGuildWords.good(told.data.name) : discordGuildWords.noAnswer(NOT_JSON);
}

/** Permissions as bit fields: decimal text. */
const Bits = z
	.string()
	.regex(/^\d{1,25}$/)
	.transform(BigInt);
const Overwrites = z.array(z.object({ id: z.string(), allow: Bits, deny: Bits })).catch([]);
export const Channel = z.object({
	type: z.number(),
	name: z.string().catch("?"),
	guild_id: z.string().optional().catch(undefined),
	parent_id: z.string().nullish().catch(null),
	permission_overwrites: Overwrites,
});
const Guild = z.object({
	id: z.string(),
	owner_id: z.string().catch(""),
	roles: z.array(z.object({ id: z.string(), permissions: Bits })),
});
const Member = z.object({ roles: z.array(z.string()) });

const ADMINISTRATOR = 1n << 3n;
const VIEW_CHANNEL = 1n << 10n;
/** What README's invitation asks for: https://discord.com/developers/docs/topics/permissions */
const NEEDED: readonly { readonly bit: bigint; readonly say: string }[] = [
	{ bit: VIEW_CHANNEL, say: "View Channel" },
	{ bit: 1n << 11n, say: "Send Messages" },
	{ bit: 1n << 35n, say: "Create Public Threads" },
	{ bit: 1n << 38n, say: "Send Messages in Threads" },
	{ bit: 1n << 14n, say: "Embed Links" },
	{ bit: 1n << 15n, say: "Attach Files" },
	{ bit: 1n << 16n, say: "Read Message History" },
];
/** GUILD_TEXT and GUILD_ANNOUNCEMENT. */
const TEXT_TYPES: ReadonlySet<number> = new Set([0, 5]);
/** Threads, in which other permissions count. */
export const THREAD_TYPES: ReadonlySet<number> = new Set([10, 11, 12]);

/** What a member may do in a channel: https://discord.com/developers/docs/topics/permissions#permission-overwrites */
function permissionsOf(
	me: string,
	{ id: everyone, owner_id: owner, roles }: z.infer<typeof Guild>,
	mine: readonly string[],
	overwrites: z.infer<typeof Overwrites>,
): bigint {
	const ALL = (1n << 64n) - 1n;
	const ours = roles.filter(({ id }) => id === everyone || mine.includes(id));
	const base = ours.reduce((sum, { permissions }) => sum | permissions, 0n);
	if (owner === me || (base & ADMINISTRATOR) !== 0n) return ALL;
	const applied = (bits: bigint, some: z.infer<typeof Overwrites>) => {
		const deny = some.reduce((sum, one) => sum | one.deny, 0n);
		return (bits & ~deny) | some.reduce((sum, one) => sum | one.allow, 0n);
	};
	const of = (ids: readonly string[]) => overwrites.filter(({ id }) => ids.includes(id));
	const bits = applied(applied(applied(base, of([everyone])), of(mine.filter((id) => id !== everyone))), of([me]));
	// Who does not see a channel may do nothing there.
	return (bits & VIEW_CHANNEL) === 0n ? 0n : bits;
}

const channelLines = ({ channels, user, application }: DiscordSeen): Told[] =>
	channels.map((seen) => channelLine(seen, userIdOf(user) ?? applicationIdOf(application)));

function channelLine({ id, channel, parent, guild, member }: ChannelSeen, me: string | null): Told {
	if (channel === null || me === null) return discordChannelWords.noToken();
	if (statusOf(channel) === 403 || statusOf(channel) === 404) return discordChannelWords.notFound(id);
	const failed = noAnswer(channel);
	if (failed !== null) return discordChannelWords.noAnswer(failed);
	const told = Channel.safeParse(jsonOf(channel));
	if (!told.success) return discordChannelWords.noAnswer(NOT_JSON);
	const { name, type } = told.data;
	if (!TEXT_TYPES.has(type) && !THREAD_TYPES.has(type)) return discordChannelWords.notText(name);
	// A thread has the permissions of the channel that it is in.
	const place = THREAD_TYPES.has(type) ? Channel.safeParse(jsonOf(parent)).data : told.data;
	const [server, self] = [Guild.safeParse(jsonOf(guild)).data, Member.safeParse(jsonOf(member)).data];
	if (place === undefined || server === undefined || self === undefined) return discordChannelWords.unreadable(id);
	const bits = permissionsOf(me, server, self.roles, place.permission_overwrites);
	const lacking = NEEDED.filter(({ bit }) => (bits & bit) === 0n).map(({ say }) => say);
	return lacking.length === 0 ? discordChannelWords.good(name) : discordChannelWords.lacking(name, lacking);
}
