import { ask, type Reading } from "./ask.ts";
import type { Asked } from "./findings/asked.ts";
import { applicationIdOf, Channel, type ChannelSeen, type DiscordSeen, THREAD_TYPES, userIdOf } from "./findings/discord.ts";
import type { Given } from "./given.ts";

/** Discord asks programs to name themselves so, and blocks those that do not. */
const AGENT = "DiscordBot (https://github.com/OWNER/cf520, doctor)";

/** Reads what Discord tells of its application. */
export async function lookAtDiscord(given: Given, reading: Reading): Promise<DiscordSeen> {
	const { values, isSet, publicUrl } = given;
	const { DISCORD_TOKEN: token, DISCORD_PUBLIC_KEY: key, DISCORD_GUILD_ID: guildId } = values;
	const base = `${(values.DISCORD_API_URL ?? "https://discord.com/api").replace(/\/+$/, "")}/v10`;
	const state = (name: string) => (values[name] !== undefined ? "usable" : isSet(name) ? "unusable" : "absent");
	const get = (path: string): Promise<Asked> =>
		ask(`${base}${path}`, { headers: { authorization: `Bot ${token}`, "user-agent": AGENT } }, reading);
	const user = token === undefined ? null : await get("/users/@me");
	// Refused calls count toward a limit that shuts the IP address out: nothing more is asked with a token that is refused.
	const me = userIdOf(user);
	const asMe = async <T>(work: (me: string) => Promise<T>): Promise<T | null> => (me === null ? null : work(me));
	const application = asMe(() => get("/applications/@me"));
	const [app, commands, guild, channels] = await Promise.all([
		application,
		asMe(async () => {
			const id = applicationIdOf(await application);
			if (id === null) return null;
			return get(`/applications/${encodeURIComponent(id)}${guildId === undefined ? "" : `/guilds/${guildId}`}/commands`);
		}),
		guildId === undefined ? null : asMe(() => get(`/guilds/${guildId}`)),
		Promise.all(given.channels.filter(({ platform }) => platform === "discord").map(({ id }) => channelOf(id, me, get))),
	]);
	return {
		token: state("DISCORD_TOKEN"),
		publicKey: state("DISCORD_PUBLIC_KEY"),
		guildId: state("DISCORD_GUILD_ID"),
		messageContent: values.DISCORD_MESSAGE_CONTENT !== undefined,
		key: key ?? null,
		publicUrl,
		user,
		application: app,
		commands,
		guild,
		channels,
	};
}

async function channelOf(id: string, me: string | null, get: (path: string) => Promise<Asked>): Promise<ChannelSeen> {
	if (me === null) return { id, channel: null, parent: null, guild: null, member: null };
	const channel = await get(`/channels/${id}`);
	const told = Channel.safeParse(channel.kind === "answered" ? channel.json : undefined).data;
	const guildId = told?.guild_id;
	if (told === undefined || guildId === undefined) return { id, channel, parent: null, guild: null, member: null };
	const of = encodeURIComponent(guildId);
	const [parent, guild, member] = await Promise.all([
		THREAD_TYPES.has(told.type) && told.parent_id != null ? get(`/channels/${encodeURIComponent(told.parent_id)}`) : null,
		get(`/guilds/${of}`),
		get(`/guilds/${of}/members/${encodeURIComponent(me)}`),
	]);
	return { id, channel, parent, guild, member };
}
