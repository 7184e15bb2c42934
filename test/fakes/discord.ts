import { type KeyObject, sign } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Before, COMPONENTS_V2, messageRefusal, modalRefusal } from "../adapters/discord-limits.ts";
import { discordTexts } from "../discord-lines.ts";
import { closed, listening } from "../lab/origin.ts";
import { type DiscordDelivery, type DiscordSessions, discordSessions } from "./discord-sessions.ts";
import { bodyOf, type Touched } from "./slack.ts";

/** A message as the fake server holds it. */
export interface DiscordFakeMessage {
	readonly id: string;
	readonly channelId: string;
	/** null: public; else only this user sees it. */
	readonly onlyFor: string | null;
	readonly author: "bot" | "person";
	/** What it says, whether in content or in components. */
	content: string;
	/** A message of Components V2, for good. */
	isV2: boolean;
	edits: number;
	deleted: boolean;
	/** As sent, last state: allowed mentions, flags. */
	sent: Record<string, unknown>;
}

/** Who somebody is in the server. */
interface DiscordFakeMember {
	/** GuildMemberFlags; 16 is a guest. */
	readonly flags: number;
	readonly pending: boolean;
	/** Who installed the application, as `authorizing_integration_owners` tells; absent: the server. */
	readonly installedBy: Readonly<Record<string, string>>;
	/** Another app. */
	readonly bot: boolean;
	/** The channel is a direct conversation: with the bot, or (`among`) of people among themselves. */
	readonly direct: boolean;
	readonly among: boolean;
}

/** A fault for the next call of a route. */
export interface DiscordFault {
	readonly status: number;
	readonly code?: number;
	readonly retryAfter?: number;
	/** It is done, and the answer lost. */
	readonly loseAnswer?: boolean;
}

export interface FakeDiscord {
	readonly apiUrl: string;
	/** The same API at an address with a name in it: who made a call can be told. */
	apiUrlOf(name: string): string;
	/** What bots did with messages, in order. */
	readonly touched: readonly Touched[];
	/** A channel beside the one that every server has: sessions learn of it, and messages in it reach them. */
	addChannel(id: string): void;
	/** The gateway's sessions. */
	readonly sessions: Pick<DiscordSessions, "count" | "identifies" | "resumes" | "stillThere">;
	readonly messages: DiscordFakeMessage[];
	/** Threads by id, with the channel they stand in. */
	readonly threads: Map<string, { readonly parent: string; name: string }>;
	/** It takes no Components V2. */
	refusesV2: boolean;
	/** What it refused of what was sent, and why. */
	readonly refused: string[];
	/** Attached files by name, at `/files/NAME`, and those that were fetched. */
	readonly files: Map<string, string>;
	readonly fetched: string[];
	readonly calls: { readonly route: string; readonly body: Record<string, unknown> }[];
	/** Milliseconds from sending an interaction to its first response. */
	readonly ackMs: number[];
	/** What the application has registered. */
	commands: unknown[];
	/** How the application may be added, as `integration_types_config` says it. */
	installSettings: unknown;
	/** The servers that the bot is in, with which each listing is answered: GUILD first. */
	guilds: string[];
	/** Shards that Discord recommends; each session of them is told its servers. */
	shards: number;
	/** Logins that the token has left today. */
	loginsLeft: number;
	/** Every shard that identified itself, with how many there are. */
	readonly identified: readonly (readonly [shard: number, of: number])[];
	/** Servers that an outage hides: READY names them, and a GUILD_DELETE says so. */
	readonly unavailable: Set<string>;
	/** Delivers interactions by signed requests to this address from now on, as with an interactions endpoint; what each was answered. */
	overHttp(url: string, key: KeyObject, eventsUrl?: string): void;
	/** Every interaction as it was sent. */
	readonly delivered: Record<string, unknown>[];
	readonly answered: { readonly status: number; readonly body: string }[];
	/** Permissions of the people who ask. */
	personPermissions: bigint;
	/** Permissions of the bot in channel C, as a bit field. */
	permissions: bigint;
	fail(route: RegExp, ...faults: DiscordFault[]): void;
	/** For those who only read: what an answer has beside the rest, by its route, and how far the clock is ahead. */
	readonly about: { readonly more: Map<string, Record<string, unknown>>; aheadMs: number };
	/** Asked before each call that has no fault of its own: trouble at random. */
	chaos: ((route: string) => DiscordFault | null) | null;
	/** The server goes away: the bot was removed, or (`unavailable`) Discord has an outage. */
	guildGoes(unavailable: boolean): void;
	/** A person removes the application; what the request was answered. Needs `eventsUrl` of `overHttp`. */
	webhookEvent(event: Record<string, unknown>, more?: { age?: number }): Promise<number>;
	/** Drops the gateway connection, with 4000 or another code; what is dispatched meanwhile comes after it is resumed. */
	disconnect(code?: number): void;
	/** Ends the gateway and closes its port; REST goes with it. */
	goDown(): Promise<void>;
	/** The same port again. */
	comeBack(): Promise<void>;
	/** `refused`: it answers 503 to who connects; `silent`: nothing. */
	gateway: "open" | "refused" | "silent";
	/** How many connections to the gateway were tried, once there were at least this many. */
	connections(atLeast: number): Promise<number>;
	command(
		ask: string | null,
		more?: { user?: string; channel?: string; interactionId?: string; guild?: string; as?: Partial<DiscordFakeMember> },
	): Promise<void>;
	/** The command with a file alone. */
	commandWithFile(file: { readonly url: string; readonly size: number }): Promise<void>;
	/** `more` of the message itself goes beside its content: embeds, components, a forwarded message. */
	messageCommand(content: string, message?: Record<string, unknown>, more?: { user?: string }): Promise<void>;
	mention(
		content: string,
		more?: {
			attachments?: { url: string; size: number; filename?: string }[];
			user?: string;
			channel?: string;
			messageId?: string;
			as?: Partial<DiscordFakeMember>;
		},
	): string;
	/** A channel message without a mention: with content if the application's intent is on, else blank. */
	say(content: string, more?: { user?: string; channel?: string }): string;
	/** A direct message to the bot. */
	direct(content: string, more?: { user?: string }): string;
	/** Presses a button of a message; what Discord was answered. */
	press(
		message: DiscordFakeMessage,
		customId: string,
		more?: { user?: string; guild?: string; as?: Partial<DiscordFakeMember> },
	): Promise<Record<string, unknown>>;
	/** Chooses an option of a select of a message. */
	choose(
		message: DiscordFakeMessage,
		customId: string,
		value: string,
		more?: { user?: string },
	): Promise<Record<string, unknown>>;
	/** Sends a form in: texts, and options that were chosen. */
	submit(
		customId: string,
		values: Record<string, string | readonly string[]>,
		more?: { user?: string; channel?: string; message?: DiscordFakeMessage },
	): Promise<void>;
	autocomplete(typed: string): Promise<{ name: string; value: string }[]>;
	close(): Promise<void>;
}

export const APP = "100000000000000001";
export const GUILD = "200000000000000001";
/** https://discord.com/developers/docs/events/gateway#message-content-intent */
const MESSAGE_CONTENT = 1 << 15;
export const CHANNEL = "300000000000000001";
/** https://discord.com/developers/docs/topics/permissions: without it, what an application of a person's own says is for that person alone. */
const USE_EXTERNAL_APPS = 1n << 50n;
const ALL = 1024n + 2048n + 16384n + 65536n + (1n << 35n) + (1n << 38n);

let ids = 0n;
const nextId = () => String(900_000_000_000_000_000n + ++ids);
const person = (id: string) => ({ id, username: `user${id}`, discriminator: "0", avatar: null, global_name: null });
/** Only a person's own installation brought us there. */
const isPersonal = ({ installedBy, direct = false, among = false }: Partial<DiscordFakeMember>): boolean =>
	installedBy !== undefined && installedBy["0"] === undefined && (!direct || among);
/** Why Discord would not take these settings; null: it takes them. */
function installRefusal(settings: unknown): string | null {
	for (const [kind, one] of Object.entries(settings as Record<string, unknown>)) {
		const { scopes, permissions } = (one as { oauth2_install_params?: { scopes?: unknown; permissions?: unknown } })
			.oauth2_install_params ?? { scopes: [], permissions: "0" };
		if (!/^[01]$/.test(kind)) return `no installation of the kind ${kind}`;
		if (!Array.isArray(scopes) || scopes.some((scope) => scope !== "bot" && scope !== "applications.commands"))
			return `scopes of an install link: ${JSON.stringify(scopes)}`;
		if (typeof permissions !== "string" || !/^\d+$/.test(permissions)) return "permissions are a number as text";
		if (kind === "1" && scopes.includes("bot")) return "a person adds no bot";
	}
	return null;
}
const shardOf = (guild: string, of: number): number => Number((BigInt(guild) >> 22n) % BigInt(of));
const botUser = { ...person(APP), username: "cf520", bot: true };

/**
 * As much of Discord as the bot uses: the gateway and REST v10, with permissions, threads and ephemeral messages.
 * @param delivery how events reach the sessions
 */
export async function fakeDiscord(delivery: DiscordDelivery = {}): Promise<FakeDiscord> {
	const messages: DiscordFakeMessage[] = [];
	const threads: FakeDiscord["threads"] = new Map();
	const channels = new Set([CHANNEL]);
	const files: FakeDiscord["files"] = new Map();
	const fetched: string[] = [];
	const calls: FakeDiscord["calls"] = [];
	const ackMs: number[] = [];
	const faults: { route: RegExp; fault: DiscordFault }[] = [];
	const interactions = new Map<
		string,
		{
			at: number;
			user: string;
			channel: string;
			original: DiscordFakeMessage | null;
			/** The message whose control was used; "" for none. */
			readonly message: string;
			ephemeral: boolean;
			/** Only a person installed the application: five follow-ups, and no message in another way. */
			personal: boolean;
			/** That person may not use it in public there: whatever is sent is private. */
			forced: boolean;
			followUps: number;
			acknowledged: boolean;
			done: (body: Record<string, unknown>) => void;
		}
	>();
	const about: FakeDiscord["about"] = { more: new Map(), aheadMs: 0 };
	const touched: Touched[] = [];
	let caller: string | null = null;
	const touch = ({ id, content }: DiscordFakeMessage, isPost: boolean) =>
		touched.push({ by: caller, at: performance.now(), id, isPost, text: content });
	const state = {
		commands: [] as unknown[],
		permissions: ALL,
		person: ALL | USE_EXTERNAL_APPS,
		installSettings: undefined as unknown,
		guilds: [GUILD],
		shards: 1,
		loginsLeft: 999,
		http: null as { url: string; key: KeyObject; eventsUrl: string } | null,
		gateway: "open" as FakeDiscord["gateway"],
		connections: 0,
		chaos: null as ((route: string) => DiscordFault | null) | null,
		refusesV2: false,
	};
	const refused: string[] = [];
	const answered: { status: number; body: string }[] = [];
	const delivered: Record<string, unknown>[] = [];
	const unavailable = new Set<string>();
	const connecting = new Set<() => void>();
	let base = "";

	/** By whose token a message came: no other token edits it. */
	const byInteraction = new WeakMap<DiscordFakeMessage, string>();
	const byNonce = new Map<string, DiscordFakeMessage>();
	const add = (
		channelId: string,
		author: "bot" | "person",
		onlyFor: string | null,
		sent: Record<string, unknown>,
	): DiscordFakeMessage => {
		// Said again under the same nonce, it is the same message.
		const nonce = sent.enforce_nonce === true ? `${channelId} ${String(sent.nonce)}` : null;
		const known = nonce === null ? undefined : byNonce.get(nonce);
		if (known !== undefined) return known;
		const message = {
			id: nextId(),
			channelId,
			author,
			onlyFor,
			content: discordTexts(sent).join("\n"),
			isV2: (Number(sent.flags ?? 0) & COMPONENTS_V2) !== 0,
			edits: 0,
			deleted: false,
			sent,
		};
		messages.push(message);
		if (author === "bot") touch(message, true);
		if (nonce !== null) byNonce.set(nonce, message);
		return message;
	};
	const asMessage = (one: DiscordFakeMessage) => ({
		id: one.id,
		channel_id: one.channelId,
		author: one.author === "bot" ? botUser : person("400000000000000001"),
		content: one.isV2 ? "" : one.content,
		components: one.author === "bot" ? (one.sent.components ?? []) : [],
		timestamp: "2026-11-22T12:00:00.000Z",
		edited_timestamp: null,
		tts: false,
		mention_everyone: false,
		mentions: [],
		mention_roles: [],
		attachments: [],
		embeds: [],
		pinned: false,
		type: 0,
		flags: Number(one.sent.flags ?? 0) | (one.onlyFor === null ? 0 : 64),
	});
	const edited = (one: DiscordFakeMessage, body: Record<string, unknown>) => {
		Object.assign(one, {
			content: discordTexts(body).join("\n") || one.content,
			isV2: one.isV2 || (Number(body.flags ?? 0) & COMPONENTS_V2) !== 0,
			edits: one.edits + 1,
			sent: body,
		});
		touch(one, false);
	};
	/** As Discord answers what it does not take; null: it takes it. */
	const invalid = (refusal: string | null, body: Record<string, unknown>) => {
		const isRefused =
			refusal ?? (state.refusesV2 && (Number(body.flags ?? 0) & COMPONENTS_V2) !== 0 ? "no Components V2 here" : null);
		if (isRefused === null) return null;
		if (refusal !== null) refused.push(`${isRefused}: ${JSON.stringify(body).slice(0, 400)}`);
		return {
			status: 400,
			body: {
				message: "Invalid Form Body",
				code: 50_035,
				errors: { components: { _errors: [{ code: "INVALID", message: isRefused }] } },
			},
		};
	};
	const beforeOf = (one: DiscordFakeMessage): Before => ({
		isV2: one.isV2,
		content: one.content,
		isDeferred: one.edits === 0 && one.content === "",
	});
	const channelData = (id: string) => {
		const thread = threads.get(id);
		// Direct conversations have the person's number with a 5 in front.
		if (id.startsWith("5")) return { id, type: 1, last_message_id: null, recipients: [person(`4${id.slice(1)}`)] };
		return thread === undefined
			? { id, type: 0, guild_id: GUILD, name: "incidents", position: 0, permission_overwrites: [] }
			: {
					id,
					type: 11,
					guild_id: GUILD,
					parent_id: thread.parent,
					name: thread.name,
					owner_id: APP,
					message_count: 0,
					member_count: 1,
					thread_metadata: {
						archived: false,
						auto_archive_duration: 1440,
						archive_timestamp: "2026-11-22T12:00:00.000Z",
						locked: false,
					},
				};
	};
	const guildData = (id = GUILD) => ({
		id,
		name: "lab",
		owner_id: "1",
		roles: [
			{
				id,
				name: "@everyone",
				permissions: String(ALL),
				position: 0,
				color: 0,
				hoist: false,
				managed: false,
				mentionable: false,
			},
		],
		emojis: [],
		stickers: [],
		features: [],
		threads: [],
		members: [{ user: botUser, roles: [], joined_at: "2026-01-01T00:00:00.000Z", deaf: false, mute: false, flags: 0 }],
		member_count: 1,
		presences: [],
		voice_states: [],
		stage_instances: [],
		guild_scheduled_events: [],
		soundboard_sounds: [],
		large: false,
		unavailable: false,
		premium_tier: 0,
		preferred_locale: "en-US",
		afk_timeout: 300,
		verification_level: 0,
		default_message_notifications: 0,
		explicit_content_filter: 0,
		mfa_level: 0,
		nsfw_level: 0,
		system_channel_flags: 0,
		joined_at: "2026-01-01T00:00:00.000Z",
	});
	const denied = { status: 403, body: { message: "Missing Permissions", code: 50_013 } };
	const may = (bit: bigint) => (state.permissions & bit) === bit;

	const route = (
		method: string,
		path: string,
		body: Record<string, unknown>,
		query = new URLSearchParams(),
	): { status: number; body?: unknown } => {
		const parts = path.split("/").slice(1);
		const [kind, id = "", what, last, deeper] = parts;
		if (path === "/gateway/bot")
			return {
				status: 200,
				body: {
					url: base.replace("http", "ws"),
					shards: state.shards,
					session_start_limit: { total: 1000, remaining: state.loginsLeft, reset_after: 120_000, max_concurrency: 16 },
				},
			};
		if (kind === "applications" && (what === "commands" || deeper === "commands")) {
			if (method === "PUT")
				state.commands = (body as unknown as Record<string, unknown>[]).map((one) => ({
					id: nextId(),
					application_id: APP,
					version: nextId(),
					...one,
				}));
			return { status: 200, body: state.commands };
		}
		if (kind === "interactions") {
			const one = interactions.get(what ?? "");
			if (one === undefined) return { status: 404, body: { message: "Unknown interaction", code: 10_062 } };
			if (one.acknowledged) return { status: 400, body: { message: "Interaction has already been acknowledged.", code: 40_060 } };
			const form = (body.data ?? {}) as Record<string, unknown>;
			const no =
				body.type === 9 ? invalid(modalRefusal(form), form) : body.type === 4 ? invalid(messageRefusal(form), form) : null;
			if (no !== null) return no;
			one.acknowledged = true;
			ackMs.push(performance.now() - one.at);
			const data = (body.data ?? {}) as Record<string, unknown>;
			one.ephemeral = one.forced || (Number(data.flags ?? 0) & 64) !== 0;
			if (body.type === 5 || body.type === 4) one.original = add(one.channel, "bot", one.ephemeral ? one.user : null, data);
			// It stands for the message whose control was used.
			if (body.type === 6) one.original = messages.find(({ id }) => id === one.message) ?? null;
			if (one.original !== null) byInteraction.set(one.original, what ?? "");
			one.done(body);
			return { status: 204 };
		}
		if (kind === "webhooks") {
			const one = interactions.get(what ?? "");
			if (one === undefined) return { status: 404, body: { message: "Unknown Webhook", code: 10_015 } };
			const no = method === "POST" ? invalid(messageRefusal(body), body) : null;
			if (no !== null) return no;
			if (method === "POST") {
				if (one.personal && one.followUps >= 5)
					return {
						status: 400,
						body: { message: "This interaction has hit the maximum number of follow up messages.", code: 40_094 },
					};
				one.followUps += 1;
				const isPrivate = one.forced || (Number(body.flags ?? 0) & 64) !== 0;
				const sent = add(one.channel, "bot", isPrivate ? one.user : null, body);
				byInteraction.set(sent, what ?? "");
				return { status: 200, body: asMessage(sent) };
			}
			const meant =
				deeper === "@original"
					? one.original
					: (messages.find((message) => message.id === deeper && byInteraction.get(message) === what) ?? null);
			if (meant === null) return { status: 404, body: { message: "Unknown Message", code: 10_008 } };
			if (method === "DELETE") {
				meant.deleted = true;
				return { status: 204 };
			}
			const not = method === "PATCH" ? invalid(messageRefusal(body, beforeOf(meant)), body) : null;
			if (not !== null) return not;
			if (method === "PATCH") edited(meant, body);
			return { status: 200, body: asMessage(meant) };
		}
		if (path === "/users/@me/channels") return { status: 200, body: channelData(`5${String(body.recipient_id).slice(1)}`) };
		if (path === "/users/@me") return { status: 200, body: botUser };
		if (path === "/applications/@me") {
			if (method === "PATCH" && body.integration_types_config !== undefined) {
				const no = installRefusal(body.integration_types_config);
				if (no !== null) {
					refused.push(no);
					return { status: 400, body: { message: "Invalid Form Body", code: 50_035 } };
				}
				state.installSettings = body.integration_types_config;
			}
			const config = state.installSettings === undefined ? {} : { integration_types_config: state.installSettings };
			return { status: 200, body: { id: APP, name: "cf520", flags: 0, ...config } };
		}
		if (path === "/users/@me/guilds") {
			const after = BigInt(query.get("after") ?? "0");
			const page = state.guilds.toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)).filter((guild) => BigInt(guild) > after);
			return {
				status: 200,
				body: page.slice(0, Number(query.get("limit") ?? "200")).map((guild) => ({ id: guild, name: "lab" })),
			};
		}
		if (kind === "guilds" && what === undefined) return { status: 200, body: guildData() };
		if (kind === "guilds" && what === "members") return { status: 200, body: guildData().members[0] };
		if (kind === "channels" && what === "threads" && method === "POST") return denied;
		if (kind === "channels" && what === "messages") {
			const target = messages.findLast((one) => one.id === last);
			if (method === "POST" && deeper === "threads") {
				if (!may(1n << 35n)) return denied;
				if (target === undefined || target.onlyFor !== null)
					return { status: 404, body: { message: "Unknown Message", code: 10_008 } };
				if (threads.has(target.id))
					return { status: 400, body: { message: "A thread has already been created for this message", code: 160_004 } };
				threads.set(target.id, { parent: id, name: String(body.name ?? "") });
				dispatch("THREAD_CREATE", { ...channelData(target.id), newly_created: true });
				return { status: 201, body: channelData(target.id) };
			}
			const no =
				method === "POST"
					? invalid(messageRefusal(body), body)
					: method === "PATCH" && target !== undefined
						? invalid(messageRefusal(body, beforeOf(target)), body)
						: null;
			if (no !== null) return no;
			if (method === "POST")
				return may(threads.has(id) ? 1n << 38n : 2048n) ? { status: 200, body: asMessage(add(id, "bot", null, body)) } : denied;
			if (target === undefined) return { status: 404, body: { message: "Unknown Message", code: 10_008 } };
			if (method === "PATCH") edited(target, body);
			return { status: 200, body: asMessage(target) };
		}
		if (kind === "channels" && what === undefined) {
			const thread = threads.get(id);
			if (method === "PATCH" && thread !== undefined) thread.name = String(body.name ?? thread.name);
			return { status: 200, body: channelData(id) };
		}
		return { status: 404, body: { message: "404: Not Found", code: 0 } };
	};

	const server = createServer((request, response) => void serve(request, response));
	const serve = async (request: IncomingMessage, response: ServerResponse) => {
		const raw = await bodyOf(request);
		const { pathname, searchParams } = new URL(request.url ?? "/", "http://x");
		const asked = decodeURIComponent(pathname);
		const named = /^\/by\/([^/]+)(\/.*)$/.exec(asked);
		const path = (named?.[2] ?? asked).replace(/^\/api\/v10/, "");
		caller = named?.[1] ?? null;
		if (path.startsWith("/files/")) fetched.push(path.slice(7));
		const file = path.startsWith("/files/") ? files.get(path.slice(7)) : undefined;
		if (file !== undefined) return void response.writeHead(200).end(Buffer.from(file, "latin1"));
		if (path === "/files/reply.txt") return void response.writeHead(200).end("HTTP/1.1 200 OK\r\nX Bad: 1\r\n\r\nhello");
		// With a file, the message is one part of a form.
		const form = /name="payload_json"[^\n]*(?:\n[^\n]+)*?\r?\n\r?\n([\s\S]*?)\r?\n--/.exec(raw);
		const multipart = String(request.headers["content-type"] ?? "").startsWith("multipart/");
		const json = multipart ? (form?.[1] ?? "{}") : raw;
		const body = (json === "" ? {} : JSON.parse(json)) as Record<string, unknown>;
		if (multipart) body.form = raw;
		calls.push({ route: `${request.method} ${path}`, body });
		const at = faults.findIndex((one) => one.route.test(`${request.method} ${path}`));
		const fault = at < 0 ? (state.chaos?.(`${request.method} ${path}`) ?? undefined) : faults.splice(at, 1)[0]?.fault;
		if (fault?.loseAnswer === true) {
			route(request.method ?? "GET", path, body);
			response.destroy();
			return;
		}
		const answer =
			fault === undefined
				? route(request.method ?? "GET", path, body, searchParams)
				: {
						status: fault.status,
						body: {
							message: "fault",
							code: fault.code ?? 0,
							...(fault.retryAfter === undefined ? {} : { retry_after: fault.retryAfter, global: false }),
						},
					};
		response.writeHead(answer.status, {
			...(answer.status === 204 ? {} : { "content-type": "application/json" }),
			date: new Date(Date.now() + about.aheadMs).toUTCString(),
			...(fault?.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) }),
		});
		const more = about.more.get(`${request.method} ${path}`);
		const whole = more === undefined || fault !== undefined ? answer.body : { ...(answer.body as object), ...more };
		response.end(whole === undefined ? undefined : JSON.stringify(whole));
	};

	const sessions = discordSessions(
		server,
		{
			tried: () => {
				state.connections += 1;
				for (const look of connecting) look();
				return state.gateway;
			},
			shards: () => state.shards,
			shardOf,
			greeting: (id, [shard, of]) => {
				const mine = state.guilds.filter((guild) => shardOf(guild, of) === shard);
				const ready = {
					v: 10,
					user: botUser,
					guilds: mine.map((guild) => ({ id: guild, unavailable: true })),
					session_id: id,
					resume_gateway_url: base.replace("http", "ws"),
					application: { id: APP, flags: 0 },
				};
				return [
					{ t: "READY", d: ready },
					...mine.map((guild) =>
						unavailable.has(guild)
							? { t: "GUILD_DELETE", d: { id: guild, unavailable: true } }
							: {
									t: "GUILD_CREATE",
									d: { ...guildData(guild), channels: guild === GUILD ? [...channels].map(channelData) : [] },
								},
					),
				];
			},
		},
		delivery,
	);
	const { dispatch } = sessions;
	// On a busy machine a connection that is idle for the 5 s of the default ends in the middle of the next request.
	server.keepAliveTimeout = 75_000;
	const open = new Set<Socket>();
	server.on("connection", (socket) => {
		open.add(socket);
		socket.on("close", () => open.delete(socket));
	});
	base = `http://127.0.0.1:${await listening(server)}`;

	const signed = (key: KeyObject, data: Record<string, unknown>, ageS = 0) => {
		const body = JSON.stringify(data);
		const timestamp = String(Math.floor(Date.now() / 1_000) - ageS);
		return {
			method: "POST",
			headers: {
				"content-type": "application/json",
				"x-signature-timestamp": timestamp,
				"x-signature-ed25519": sign(null, Buffer.from(timestamp + body), key).toString("hex"),
				// A connection that was idle may close just then.
				connection: "close",
			},
			body,
		};
	};
	/** A signed request; headers may be falsified. */
	const deliver = (data: Record<string, unknown>) => {
		delivered.push(data);
		if (state.http === null) return dispatch("INTERACTION_CREATE", data);
		void fetch(state.http.url, signed(state.http.key, data)).then(
			async (response) => void answered.push({ status: response.status, body: await response.text() }),
			// The process ended before it answered, which is what some tests are about.
			() => undefined,
		);
	};
	const interact = (
		type: number,
		data: Record<string, unknown>,
		{
			user = "400000000000000001",
			channel = CHANNEL,
			interactionId = nextId(),
			guild = GUILD,
			as = {},
		}: {
			user?: string;
			channel?: string;
			interactionId?: string;
			guild?: string;
			as?: Partial<DiscordFakeMember>;
		} = {},
		more: Record<string, unknown> = {},
	) =>
		new Promise<Record<string, unknown>>((done) => {
			const token = `token-${interactionId}`;
			const known = interactions.get(token);
			if (known === undefined)
				interactions.set(token, {
					at: performance.now(),
					user,
					channel,
					original: null,
					message: String((more.message as { id?: unknown } | undefined)?.id ?? ""),
					ephemeral: false,
					personal: isPersonal(as),
					forced: isPersonal(as) && as.direct !== true && (state.person & USE_EXTERNAL_APPS) === 0n,
					followUps: 0,
					acknowledged: false,
					done,
				});
			else if (known.acknowledged) done({});
			else {
				const { done: before } = known;
				known.done = (body) => {
					before(body);
					done(body);
				};
			}
			deliver({
				id: interactionId,
				application_id: APP,
				type,
				token,
				version: 1,
				...(as.direct === true ? {} : { guild_id: guild, guild: { id: guild, locale: "en-US", features: [] } }),
				channel_id: channel,
				channel: channelData(channel),
				context: as.direct !== true ? 0 : as.among === true ? 2 : 1,
				authorizing_integration_owners: as.installedBy ?? { "0": as.direct === true ? "0" : guild },
				app_permissions: String(state.permissions),
				locale: "en-US",
				guild_locale: "en-US",
				entitlements: [],
				attachment_size_limit: 10_000_000,
				...(as.direct === true
					? { user: person(user) }
					: {
							member: {
								user: person(user),
								roles: [],
								joined_at: "2026-01-01T00:00:00.000Z",
								permissions: String(state.person),
								deaf: false,
								mute: false,
								flags: as.flags ?? 0,
								pending: as.pending ?? false,
								avatar: null,
							},
						}),
				data: { id: "1", ...data },
				...more,
			});
		});
	return {
		apiUrl: `${base}/api`,
		apiUrlOf: (name) => `${base}/by/${name}/api`,
		addChannel: (id) => {
			channels.add(id);
			dispatch("CHANNEL_CREATE", channelData(id));
		},
		touched,
		sessions,
		messages,
		threads,
		files,
		fetched,
		calls,
		ackMs,
		answered,
		delivered,
		refused,
		get refusesV2() {
			return state.refusesV2;
		},
		set refusesV2(value) {
			state.refusesV2 = value;
		},
		get chaos() {
			return state.chaos;
		},
		set chaos(value) {
			state.chaos = value;
		},
		guildGoes: (isOutage) => {
			if (!isOutage) state.guilds = state.guilds.filter((guild) => guild !== GUILD);
			dispatch("GUILD_DELETE", { id: GUILD, ...(isOutage ? { unavailable: true } : {}) });
		},
		disconnect: (code = 4_000) => sessions.disconnect(code),
		goDown: async () => {
			sessions.terminate();
			await closed(server, open);
		},
		comeBack: () => new Promise<void>((done) => server.listen(Number(new URL(base).port), "127.0.0.1", done)),
		get gateway() {
			return state.gateway;
		},
		set gateway(value) {
			state.gateway = value;
		},
		connections: (many) =>
			new Promise((done) => {
				const look = () => {
					if (state.connections < many) return;
					connecting.delete(look);
					done(state.connections);
				};
				connecting.add(look);
				look();
			}),
		overHttp: (url, key, eventsUrl = "") => {
			state.http = { url, key, eventsUrl };
		},
		webhookEvent: async (event, { age = 0 } = {}) => {
			if (state.http === null) throw new Error("there is no endpoint");
			const response = await fetch(state.http.eventsUrl, signed(state.http.key, event, age));
			await response.arrayBuffer();
			return response.status;
		},
		unavailable,
		identified: sessions.identified,
		get installSettings() {
			return state.installSettings;
		},
		set installSettings(value) {
			state.installSettings = value;
		},
		get guilds() {
			return state.guilds;
		},
		set guilds(value) {
			state.guilds = value;
		},
		get loginsLeft() {
			return state.loginsLeft;
		},
		set loginsLeft(value) {
			state.loginsLeft = value;
		},
		get shards() {
			return state.shards;
		},
		set shards(value) {
			state.shards = value;
		},
		get commands() {
			return state.commands;
		},
		set commands(value) {
			state.commands = value;
		},
		get personPermissions() {
			return state.person;
		},
		set personPermissions(value) {
			state.person = value;
		},
		get permissions() {
			return state.permissions;
		},
		set permissions(value) {
			state.permissions = value;
		},
		about,
		fail: (which, ...more) => faults.push(...more.map((fault) => ({ route: which, fault }))),
		command: async (ask, more) =>
			void (await interact(
				2,
				{ name: "cf520", type: 1, options: ask === null ? [] : [{ type: 3, name: "ask", value: ask }] },
				more,
			)),
		commandWithFile: async (file) =>
			void (await interact(2, {
				name: "cf520",
				type: 1,
				options: [{ type: 11, name: "file", value: "1" }],
				resolved: { attachments: { "1": { id: "1", filename: "file.txt", proxy_url: file.url, ...file } } },
			})),
		messageCommand: async (content, message = {}, more = {}) => {
			const target = add(CHANNEL, "person", null, { content });
			await interact(
				2,
				{
					name: "Diagnose 520",
					type: 3,
					target_id: target.id,
					resolved: { messages: { [target.id]: { ...asMessage(target), ...message } } },
				},
				more,
			);
		},
		mention: (content, { user = "400000000000000001", channel = CHANNEL, messageId, attachments = [], as = {} } = {}) => {
			const message =
				messages.find((one) => one.id === messageId) ?? add(channel, "person", null, { content: `<@${APP}> ${content}` });
			dispatch("MESSAGE_CREATE", {
				...asMessage(message),
				attachments: attachments.map((one) => ({ id: nextId(), filename: "file.txt", proxy_url: one.url, ...one })),
				author: { ...person(user), ...(as.bot === true ? { bot: true } : {}) },
				guild_id: GUILD,
				member: {
					roles: [],
					joined_at: "2026-01-01T00:00:00.000Z",
					deaf: false,
					mute: false,
					flags: as.flags ?? 0,
					pending: as.pending ?? false,
				},
				mentions: [
					{ ...botUser, member: { roles: [], joined_at: "2026-01-01T00:00:00.000Z", deaf: false, mute: false, flags: 0 } },
				],
			});
			return message.id;
		},
		say: (content, { user = "400000000000000001", channel = CHANNEL } = {}) => {
			const message = add(channel, "person", null, { content });
			const said = { ...asMessage(message), author: person(user), guild_id: GUILD, channel_type: 0 };
			dispatch("MESSAGE_CREATE", said, (intents) => ({ ...said, content: (intents & MESSAGE_CONTENT) !== 0 ? content : "" }));
			return message.id;
		},
		direct: (content, { user = "400000000000000001" } = {}) => {
			const message = add(`5${user.slice(1)}`, "person", null, { content });
			dispatch("MESSAGE_CREATE", { ...asMessage(message), author: person(user), channel_type: 1 });
			return message.id;
		},
		press: (message, customId, more = {}) =>
			interact(
				3,
				{ custom_id: customId, component_type: 2 },
				{ channel: message.channelId, ...more },
				{ message: asMessage(message) },
			),
		choose: (message, customId, value, more = {}) =>
			interact(
				3,
				{ custom_id: customId, component_type: 3, values: [value] },
				{ channel: message.channelId, ...more },
				{ message: asMessage(message) },
			),
		submit: async (customId, values, { message, ...more } = {}) =>
			void (await interact(
				5,
				{
					custom_id: customId,
					components: Object.entries(values).map(([name, value], nth) => ({
						type: 18,
						id: nth + 1,
						component:
							typeof value === "string"
								? { type: 4, id: nth + 10, custom_id: name, value }
								: { type: 3, id: nth + 10, custom_id: name, values: value },
					})),
				},
				{ ...more, ...(message === undefined ? {} : { channel: message.channelId }) },
				message === undefined ? {} : { message: asMessage(message) },
			)),
		autocomplete: async (typed) => {
			const body = await interact(4, {
				name: "cf520",
				type: 1,
				options: [{ type: 3, name: "ask", value: typed, focused: true }],
			});
			return ((body.data as { choices?: { name: string; value: string }[] }).choices ?? []) as { name: string; value: string }[];
		},
		close: async () => {
			sessions.close();
			await closed(server, open);
		},
	};
}
