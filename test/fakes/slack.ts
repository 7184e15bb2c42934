import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { messageProblems, viewProblems } from "../adapters/slack-limits.ts";
import { closed, listening } from "../lab/origin.ts";
import type { FakeInstalls } from "./slack-installs.ts";
import { type SlackDelivery, type SlackSockets, slackSockets } from "./slack-sockets.ts";

/** A message as the fake workspace holds it. */
export interface SlackMessage {
	readonly channel: string;
	readonly ts: string;
	readonly threadTs: string | null;
	/** null: public; else only this user sees it. */
	readonly onlyFor: string | null;
	text: string;
	blocks: unknown[];
	edits: number;
}

/** One run of our step in somebody's workflow. */
export interface StepRun {
	/** The workspace of the workflow. */
	readonly team: string;
	/** Its own, dead once it ended or 15 minutes old. */
	token: string;
	isTokenDead: boolean;
	/** How it ended; null: it runs. */
	end: { readonly outputs: Record<string, unknown> } | { readonly error: string } | null;
	/** Calls that wanted to end it, with what they were answered. */
	readonly tries: { readonly token: string; readonly said: string }[];
}

interface StepMore {
	/** That of the first delivery. */
	readonly runId?: string;
	readonly team?: string;
	/** The organization of that workspace, which installed the app. */
	readonly enterprise?: string;
	/** Over what the event says. */
	readonly event?: Record<string, unknown>;
}

/** A fault for the next calls of one method. */
export type SlackFault =
	| { readonly none: true }
	| { readonly error: string }
	| { readonly status: number; readonly retryAfter?: number }
	| { readonly loseAnswer: true };

/** A message came or changed. */
export interface Touched {
	/** Whose call it was, by the name in its address; null: an address without one. */
	readonly by: string | null;
	/** By `performance.now()`. */
	readonly at: number;
	readonly id: string;
	readonly isPost: boolean;
	/** What it says from then on: Slack's summary, Discord's texts. */
	readonly text: string;
}

export interface FakeSlack {
	readonly apiUrl: string;
	/** The same API at an address with a name in it: who made a call can be told. */
	apiUrlOf(name: string): string;
	/** What bots did with messages, in order. */
	readonly touched: readonly Touched[];
	readonly messages: SlackMessage[];
	/** Every call: method and arguments, arrays and objects decoded. */
	readonly calls: { readonly method: string; readonly args: Record<string, unknown> }[];
	/** Milliseconds from sending an envelope to its acknowledgement. */
	readonly ackMs: number[];
	/** Channels that the bot is a member of. */
	readonly members: Set<string>;
	/** Admins of the workspace; null: the bot lacks the scope to know. */
	admins: ReadonlySet<string> | null;
	/** Channels with people of other organizations; null: the bot lacks the scope to know. */
	shared: ReadonlySet<string> | null;
	/** What `users.info` says of a person beside that: a guest, a stranger, another team. */
	readonly people: Map<string, Record<string, unknown>>;
	/** Scopes of the bot token, as the header of every answer tells them; null: it does not. */
	scopes: readonly string[] | null;
	/** What tells of the installation beside that. */
	readonly about: {
		/** The bot's own; that of the app-level token is A1. */
		botAppId: string;
		/** Connections that the greeting counts; null: those that are open. */
		connections: number | null;
		/** `none`: the socket opens and says nothing. */
		greeting: "hello" | "none" | "nonsense" | "closes";
		/** Where the socket is said to be; null: here. */
		socketUrl: string | null;
		/** How far its clock is ahead. */
		aheadMs: number;
		/** What `conversations.info` says of a channel beside the rest; null: the bot does not see it. */
		readonly channels: Map<string, Record<string, unknown> | null>;
	};
	fail(method: string, ...faults: SlackFault[]): void;
	/** The same, from the call after the next one on. */
	afterNext(method: string, ...faults: SlackFault[]): void;
	/** Asked before each call that has no fault of its own: trouble at random. */
	chaos: ((method: string) => SlackFault | null) | null;
	/** Types of blocks that this workspace's Slack does not know; everything beyond a limit it refuses anyway. */
	readonly unknownBlocks: Set<string>;
	/** false: it does not say which block it refuses. */
	namesBlocks: boolean;
	/** Threads whose first message was deleted. */
	readonly goneThreads: Set<string>;
	/** false: every response URL is over. */
	responseUrlsWork: boolean;
	/** As {@link SlackSockets.deliver}. */
	readonly deliver: SlackSockets["deliver"];
	command(
		text: string,
		more?: { channel?: string; channelName?: string; user?: string; triggerId?: string; team?: string },
	): Promise<void>;
	mention(
		text: string,
		more?: {
			channel?: string;
			user?: string;
			threadTs?: string;
			eventId?: string;
			/** When it was written; that of the first delivery of this event. */
			ts?: string;
			files?: { url_private: string; size: number; name?: string }[];
		},
	): Promise<void>;
	/** A person opens the app's own page. */
	openHome(user: string, tab?: "home" | "messages"): Promise<void>;
	/** What that page shows, by person. */
	readonly homes: ReadonlyMap<string, Record<string, unknown>>;
	/** A message without a mention, in a direct conversation or (`channelType`) in a channel. `more`: subtype, bot_id, blocks. */
	message(
		text: string,
		more?: {
			channel?: string;
			channelType?: "im" | "channel" | "group";
			user?: string;
			threadTs?: string;
			eventId?: string;
			ts?: string;
			more?: Record<string, unknown>;
		},
	): Promise<void>;
	shortcut(message: Record<string, unknown>, more?: { channel?: string; user?: string }): Promise<void>;
	/** Runs our step in a workflow of this workspace; resolves with the run's id when the event was acknowledged. */
	step(inputs: unknown, more?: StepMore): Promise<string>;
	/** The event that tells of it, not delivered. */
	stepEvent(inputs: unknown, more?: StepMore): Record<string, unknown>;
	/** Runs of steps, by id. */
	readonly runs: ReadonlyMap<string, StepRun>;
	/** How a run ended, as soon as it has. */
	ended(runId: string): Promise<StepRun>;
	/** Fifteen minutes pass: the tokens of all runs are dead. */
	killRunTokens(): void;
	/** Files of messages, by name; their address is `fileUrl`. */
	readonly files: Map<string, string>;
	fileUrl(name: string): string;
	/** Names of the files that were fetched. */
	readonly fetched: string[];
	/** Files that the bot sent. */
	readonly uploads: { readonly name: string; readonly content: string }[];
	/** Forms that were opened, newest last. */
	readonly views: Record<string, unknown>[];
	/** The nth form, as soon as it is open. */
	view(nth: number): Promise<Record<string, unknown>>;
	/** Presses a button of a message, or (`menu`) chooses in one of its menus. */
	press(
		message: SlackMessage,
		value: string,
		more?: {
			user?: string;
			name?: string;
			team?: string;
			channelName?: string;
			menu?: "overflow" | "static_select";
			actionId?: string;
		},
	): Promise<void>;
	/** Presses a button of the app's own page, or sends what was written into its field. */
	pressHome(user: string, actionId: string, value?: string): Promise<void>;
	/** Sends a form in; what the acknowledgement said, null for nothing. A value that is not a text is an element's whole state. */
	submit(
		view: Record<string, unknown>,
		values: Record<string, Record<string, string | Record<string, unknown>>>,
		more?: { user?: string },
	): Promise<unknown>;
	/** Drops the socket as Slack does when it refreshes a connection. */
	disconnect(): void;
	/** The app is one that many workspaces install, each with a token of its own; null: there is one token, which nobody checks. */
	installs: FakeInstalls | null;
	/** Where answers of a command or button in a channel go. */
	responseUrl(channel: string, user: string): string;
	sockets(): number;
	close(): Promise<void>;
}

export const BOT_USER = "U0BOT";
/** As manifest.yml asks for them, the optional ones too. */
export const ALL_SCOPES = [
	...["app_mentions:read", "chat:write", "chat:write.public", "commands", "files:read", "files:write", "im:history"],
	...["users:read", "channels:read", "groups:read", "channels:history", "groups:history"],
] as const;
let ids = 0;
const nextId = (prefix: string) => `${prefix}${(++ids).toString().padStart(8, "0")}`;

/**
 * As much of Slack as the bot uses: the Web API over form-encoded POST, Socket Mode, response URLs with their five uses.
 * @param options the workspace of the bot's token (`team`), and how payloads reach the connections
 */
export async function fakeSlack({
	team: ourTeam = "T1",
	...delivery
}: SlackDelivery & { team?: string } = {}): Promise<FakeSlack> {
	const messages: SlackMessage[] = [];
	const calls: FakeSlack["calls"] = [];
	const ackMs: number[] = [];
	const members = new Set(["C1"]);
	const goneThreads = new Set<string>();
	const unknownBlocks = new Set<string>();
	const faults = new Map<string, SlackFault[]>();
	const views: Record<string, unknown>[] = [];
	const files = new Map<string, string>();
	const fetched: string[] = [];
	const uploads: FakeSlack["uploads"] = [];
	const opened = new Set<() => void>();
	const runs = new Map<string, StepRun>();
	/** As `functions.completeSuccess` and `functions.completeError` answer (https://docs.slack.dev/reference/methods/functions.completeSuccess). */
	const endRun = (method: string, args: Record<string, unknown>, token: string): Record<string, unknown> => {
		const run = runs.get(String(args.function_execution_id));
		const said = (error: string) => {
			run?.tries.push({ token, said: error });
			return error === "" ? { ok: true } : { ok: false, error };
		};
		if (run === undefined) return said("function_execution_not_found");
		const [, ofTeam = run.team] = /^xoxb-(T\d+)-/.exec(token) ?? [];
		if (ofTeam !== run.team) return said("access_denied");
		if (!token.startsWith("xoxb-") && (token !== run.token || run.isTokenDead || run.end !== null)) return said("token_revoked");
		if (run.end !== null) return said("execution_not_in_running_state");
		if (method === "functions.completeError") run.end = { error: String(args.error) };
		else {
			const outputs = args.outputs as Record<string, unknown>;
			if (Object.values(outputs).some((one) => typeof one !== "string")) return said("parameter_validation_failed");
			run.end = { outputs };
		}
		for (const look of opened) look();
		return said("");
	};
	const uses = new Map<string, number>();
	const people = new Map<string, Record<string, unknown>>();
	const touched: Touched[] = [];
	const state = {
		admins: new Set() as ReadonlySet<string> | null,
		shared: null as ReadonlySet<string> | null,
		responseUrlsWork: true,
		namesBlocks: true,
		installs: null as FakeInstalls | null,
		chaos: null as ((method: string) => SlackFault | null) | null,
		scopes: ALL_SCOPES as readonly string[] | null,
	};
	const about: FakeSlack["about"] = {
		botAppId: "A1",
		connections: null,
		greeting: "hello",
		socketUrl: null,
		aheadMs: 0,
		channels: new Map(),
	};
	let base = "";
	let clock = 0;
	const nextTs = () => `1700000000.${(++clock).toString().padStart(6, "0")}`;

	let caller: string | null = null;
	const touch = ({ ts, text }: SlackMessage, isPost: boolean) =>
		touched.push({ by: caller, at: performance.now(), id: ts, isPost, text });
	const add = (message: Omit<SlackMessage, "ts" | "edits">): SlackMessage => {
		const added = { ...message, ts: nextTs(), edits: 0 };
		messages.push(added);
		touch(added, true);
		return added;
	};
	/** Threads that people replied in. */
	const repliedIn = new Set<string>();
	const isActive = (threadTs: string) =>
		repliedIn.has(threadTs) || messages.some((one) => one.threadTs === threadTs && one.onlyFor === null);
	/** As Slack refuses a message or a view; null: it takes it. */
	const refused = (problems: readonly string[], blocks: unknown) => {
		const unknown = (Array.isArray(blocks) ? blocks : []).flatMap((block: { type?: string }, nth) =>
			unknownBlocks.has(block.type ?? "") ? [`unsupported type: ${block.type} [json-pointer:/blocks/${nth}/type]`] : [],
		);
		const messages = [...unknown, ...problems].map((one) => `[ERROR] ${one}`);
		if (messages.length === 0) return null;
		const said = state.namesBlocks ? { response_metadata: { messages } } : {};
		return { ok: false, error: unknown.length > 0 ? "invalid_blocks_format" : "invalid_blocks", ...said };
	};
	const refusedBy = (method: string, args: Record<string, unknown>): Record<string, unknown> | null => {
		if (method.startsWith("chat.post") || method === "chat.update") return refused(messageProblems(args), args.blocks);
		const blocks = (args.view as { blocks?: unknown } | undefined)?.blocks;
		return method.startsWith("views.") ? refused(viewProblems(args.view), blocks) : null;
	};
	const api = (method: string, args: Record<string, unknown>, token = ""): Record<string, unknown> => {
		const { channel, thread_ts: threadTs, text, blocks, user, ts } = args as Record<string, string>;
		const body = { text: text ?? "", blocks: (blocks as unknown as unknown[]) ?? [] };
		const bad = refusedBy(method, args);
		if (bad !== null) return bad;
		if (method.startsWith("functions.")) return endRun(method, args, token);
		if (method.startsWith("chat.post") && goneThreads.has(threadTs ?? "")) return { ok: false, error: "thread_not_found" };
		switch (method) {
			case "auth.test":
				return { ok: true, user_id: BOT_USER, bot_id: "B0BOT", team_id: ourTeam, user: "cf520", team: "lab" };
			case "apps.connections.open":
				return { ok: true, url: about.socketUrl ?? `${base.replace("http", "ws")}/socket?ticket=${nextId("t")}` };
			case "bots.info":
				return { ok: true, bot: { id: args.bot, app_id: about.botAppId, name: "cf520" } };
			case "users.info":
				if (state.admins === null) return { ok: false, error: "missing_scope", needed: "users:read", provided: "chat:write" };
				return {
					ok: true,
					user: {
						id: user,
						name: "ann",
						team_id: "T1",
						profile: { display_name: "Ann" },
						is_admin: state.admins.has(user ?? ""),
						...people.get(user ?? ""),
					},
				};
			case "conversations.info":
				if (state.shared === null) return { ok: false, error: "missing_scope", needed: "channels:read", provided: "chat:write" };
				if (about.channels.get(channel ?? "") === null) return { ok: false, error: "channel_not_found" };
				return {
					ok: true,
					channel: {
						id: channel,
						is_channel: true,
						is_ext_shared: state.shared.has(channel ?? ""),
						...about.channels.get(channel ?? ""),
					},
				};
			case "chat.postMessage":
				// A message to a person goes into their direct conversation with the bot.
				if (channel?.startsWith("U"))
					return {
						ok: true,
						channel: `D${channel.slice(1)}`,
						ts: add({ channel: `D${channel.slice(1)}`, threadTs: threadTs ?? null, onlyFor: null, ...body }).ts,
					};
				if (channel?.startsWith("D"))
					return { ok: true, channel, ts: add({ channel, threadTs: threadTs ?? null, onlyFor: null, ...body }).ts };
				if (!members.has(channel ?? ""))
					return { ok: false, error: channel?.startsWith("G") ? "channel_not_found" : "not_in_channel" };
				return { ok: true, channel, ts: add({ channel: channel ?? "", threadTs: threadTs ?? null, onlyFor: null, ...body }).ts };
			case "chat.postEphemeral":
				if (!members.has(channel ?? "")) return { ok: false, error: "not_in_channel" };
				// "Ephemeral messages in threads are only shown if there is already an active thread": taken, and shown nowhere.
				if (threadTs !== undefined && !isActive(threadTs)) return { ok: true, message_ts: nextTs() };
				return {
					ok: true,
					message_ts: add({ channel: channel ?? "", threadTs: threadTs ?? null, onlyFor: user ?? "", ...body }).ts,
				};
			case "chat.update": {
				const found = messages.findLast((one) => one.channel === channel && one.ts === ts && one.onlyFor === null);
				if (found === undefined) return { ok: false, error: "message_not_found" };
				Object.assign(found, body, { edits: found.edits + 1 });
				touch(found, false);
				return { ok: true, channel, ts };
			}
			case "chat.getPermalink":
				return {
					ok: true,
					channel,
					permalink: `https://lab.slack.com/archives/${channel}/p${String(args.message_ts).replace(".", "")}`,
				};
			case "files.getUploadURLExternal": {
				const id = nextId("F");
				return { ok: true, upload_url: `${base}/upload/${id}/${String(args.filename)}`, file_id: id };
			}
			case "files.completeUploadExternal":
				return { ok: true, files: (args.files as { id: string }[] | undefined) ?? [] };
			case "views.open": {
				const view = { id: nextId("V"), team_id: "T1", state: { values: {} }, ...((args.view as object | undefined) ?? {}) };
				views.push(view);
				for (const look of opened) look();
				return { ok: true, view };
			}
			case "views.publish": {
				homes.set(String(args.user_id), args.view as Record<string, unknown>);
				for (const look of opened) look();
				return { ok: true, view: { id: nextId("V") } };
			}
			default:
				return { ok: false, error: "unknown_method" };
		}
	};

	const server = createServer((request, response) => void serve(request, response));
	const serve = async (request: IncomingMessage, response: ServerResponse) => {
		const raw = await bodyOf(request);
		const named = /^\/by\/([^/]+)(\/.*)$/.exec(new URL(request.url ?? "/", "http://x").pathname);
		const path = named?.[2] ?? new URL(request.url ?? "/", "http://x").pathname;
		caller = named?.[1] ?? null;
		const mayRead = (authorization = "") =>
			state.installs === null
				? authorization === "Bearer xoxb-test"
				: state.installs.tokens.get(authorization.replace("Bearer ", ""))?.refused === null;
		const json = (status: number, value: unknown, headers: Record<string, string> = {}) =>
			response
				.writeHead(status, {
					"content-type": "application/json",
					date: new Date(Date.now() + about.aheadMs).toUTCString(),
					...(state.scopes === null ? {} : { "x-oauth-scopes": state.scopes.join(",") }),
					...headers,
				})
				.end(JSON.stringify(value));
		if (path.startsWith("/files/")) {
			const file = files.get(path.slice(7));
			fetched.push(path.slice(7));
			// Without the token Slack answers with its login page.
			if (file === undefined || !mayRead(request.headers.authorization))
				return response.writeHead(302, { location: "https://slack.com/signin" }).end();
			return response.writeHead(200).end(Buffer.from(file, "latin1"));
		}
		if (path.startsWith("/upload/")) {
			uploads.push({ name: path.split("/")[3] ?? "", content: raw });
			return response.writeHead(200).end("OK");
		}
		if (path.startsWith("/respond/")) {
			const [, , channel = "", user = "", key = ""] = path.split("/");
			const used = (uses.get(key) ?? 0) + 1;
			uses.set(key, used);
			if (used > 5 || !state.responseUrlsWork) return json(404, { ok: false, error: "used_url" });
			const sent = JSON.parse(raw) as { text?: string; blocks?: unknown[]; replace_original?: boolean; response_type?: string };
			const body = { text: sent.text ?? "", blocks: sent.blocks ?? [] };
			const bad = refused(messageProblems(body), body.blocks);
			if (bad !== null) return json(400, bad);
			const mine = messages.findLast((one) => one.channel === channel && one.onlyFor === user);
			if (sent.replace_original === true && mine !== undefined) Object.assign(mine, body, { edits: mine.edits + 1 });
			else add({ channel, threadTs: null, onlyFor: sent.response_type === "in_channel" ? null : user, ...body });
			return response.writeHead(200).end("ok");
		}
		const method = path.replace(/^\/api\//, "");
		const args = Object.fromEntries([...new URLSearchParams(raw)].map(([key, value]) => [key, decoded(value)]));
		delete args.token;
		calls.push({ method, args });
		const fault = faults.get(method)?.shift() ?? state.chaos?.(method) ?? undefined;
		const token = (request.headers.authorization ?? "").replace("Bearer ", "");
		if (fault !== undefined && "loseAnswer" in fault) {
			api(method, args, token);
			return response.destroy();
		}
		if (fault !== undefined && "status" in fault)
			return json(
				fault.status,
				{ ok: false, error: "fault" },
				fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) },
			);
		if (fault !== undefined && "error" in fault) return json(200, { ok: false, error: fault.error });
		// A run's own token is none of an installation's.
		const isOfRun = [...runs.values()].some((run) => run.token === token);
		const own = isOfRun ? null : (state.installs?.answer(method, args, token) ?? null);
		if (own !== null) return json(200, own);
		return json(200, api(method, args, token));
	};

	const sockets = slackSockets(server, ackMs, nextId, delivery, (open) => {
		if (about.greeting === "closes") return null;
		if (about.greeting === "nonsense") return "\u001b[2J{";
		if (about.greeting === "none") return "";
		return JSON.stringify({ type: "hello", num_connections: about.connections ?? open, connection_info: { app_id: "A1" } });
	});
	// On a busy machine a connection that is idle for the 5 s of the default ends in the middle of the next request.
	server.keepAliveTimeout = 75_000;
	const open = new Set<Socket>();
	server.on("connection", (socket) => {
		open.add(socket);
		socket.on("close", () => open.delete(socket));
	});
	base = `http://127.0.0.1:${await listening(server)}`;

	const homes = new Map<string, Record<string, unknown>>();
	/** Slack delivers an event again as it was. */
	const written = new Map<string, string>();
	const tsOf = (eventId: string): string => {
		const ts = written.get(eventId) ?? nextTs();
		written.set(eventId, ts);
		return ts;
	};
	const { deliver } = sockets;
	const responseUrl = (channel: string, user: string) => `${base}/respond/${channel}/${user}/${nextId("r")}`;
	const event = async (
		one: Readonly<Record<string, unknown>>,
		{ eventId, channel = "C1", user = "U1" }: { eventId: string; channel?: string; user?: string },
	): Promise<void> => {
		if (typeof one.thread_ts === "string") repliedIn.add(one.thread_ts);
		await deliver("events_api", {
			type: "event_callback",
			team_id: "T1",
			api_app_id: "A1",
			event_id: eventId,
			event_time: 1_700_000_000,
			authorizations: [{ team_id: "T1", user_id: BOT_USER, is_bot: true }],
			event: JSON.parse(JSON.stringify({ user, channel, event_ts: one.ts, ...one })),
		});
	};
	const stepEvent: FakeSlack["stepEvent"] = (
		inputs,
		{ runId = nextId("Fx"), team = "T1", enterprise, event: more = {} } = {},
	) => {
		const run = runs.get(runId) ?? { team, token: nextId("xwfp-"), isTokenDead: false, end: null, tries: [] };
		runs.set(runId, run);
		const declared = { id: "Fn1", title: "Diagnose a Cloudflare error", type: "app", app_id: "A1" };
		return {
			type: "event_callback",
			team_id: team,
			api_app_id: "A1",
			event_id: nextId("Ev"),
			event_time: 1_700_000_000,
			...(enterprise === undefined ? {} : { enterprise_id: enterprise }),
			authorizations: [
				enterprise === undefined
					? { team_id: team, user_id: BOT_USER, is_bot: true }
					: { enterprise_id: enterprise, team_id: null, user_id: BOT_USER, is_bot: true, is_enterprise_install: true },
			],
			event: JSON.parse(
				JSON.stringify({
					type: "function_executed",
					function: { ...declared, callback_id: "diagnose", input_parameters: [], output_parameters: [] },
					inputs,
					function_execution_id: runId,
					workflow_execution_id: "Wx1",
					event_ts: "1700000000.000001",
					bot_access_token: run.token,
					...more,
				}),
			),
		};
	};
	return {
		apiUrl: `${base}/api/`,
		apiUrlOf: (name) => `${base}/by/${name}/api/`,
		touched,
		messages,
		calls,
		ackMs,
		members,
		goneThreads,
		unknownBlocks,
		get namesBlocks() {
			return state.namesBlocks;
		},
		set namesBlocks(value) {
			state.namesBlocks = value;
		},
		people,
		about,
		get scopes() {
			return state.scopes;
		},
		set scopes(value) {
			state.scopes = value;
		},
		get admins() {
			return state.admins;
		},
		set admins(value) {
			state.admins = value;
		},
		get shared() {
			return state.shared;
		},
		set shared(value) {
			state.shared = value;
		},
		fail: (method, ...more) => faults.set(method, [...(faults.get(method) ?? []), ...more]),
		afterNext: (method, ...more) => faults.set(method, [{ none: true }, ...more]),
		get chaos() {
			return state.chaos;
		},
		set chaos(value) {
			state.chaos = value;
		},
		get responseUrlsWork() {
			return state.responseUrlsWork;
		},
		set responseUrlsWork(value) {
			state.responseUrlsWork = value;
		},
		get installs() {
			return state.installs;
		},
		set installs(value) {
			state.installs = value;
		},
		responseUrl,
		deliver,
		files,
		uploads,
		fetched,
		fileUrl: (name) => `${base}/files/${name}`,
		views,
		view: (nth) =>
			new Promise((done) => {
				const look = () => {
					const view = views[nth];
					if (view !== undefined) done(view);
				};
				opened.add(look);
				look();
			}),
		press: async (
			message,
			value,
			{ user = "U1", name = "ann", team = "T1", channelName = "incidents", menu, actionId = "cf520_press_0" } = {},
		) =>
			void (await deliver("interactive", {
				type: "block_actions",
				team: { id: "T1", domain: "lab" },
				user: { id: user, name, team_id: team },
				api_app_id: "A1",
				token: "x",
				trigger_id: nextId("trigger"),
				response_url: responseUrl(message.channel, user),
				channel: { id: message.channel, name: channelName },
				container: {
					type: "message",
					message_ts: message.ts,
					channel_id: message.channel,
					is_ephemeral: message.onlyFor !== null,
					...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
				},
				...(message.onlyFor === null ? { message: { type: "message", ts: message.ts, text: message.text } } : {}),
				actions: [
					{
						action_id: actionId,
						block_id: "b",
						action_ts: nextTs(),
						...(menu === undefined
							? { type: "button", value }
							: { type: menu, selected_option: { text: { type: "plain_text", text: "x" }, value } }),
					},
				],
			})),
		pressHome: async (user, actionId, value) =>
			void (await deliver("interactive", {
				type: "block_actions",
				team: { id: "T1", domain: "lab" },
				user: { id: user, name: "ann", team_id: "T1" },
				api_app_id: "A1",
				token: "x",
				trigger_id: nextId("trigger"),
				container: { type: "view", view_id: "V1" },
				view: { id: "V1", type: "home", ...homes.get(user) },
				actions: [{ type: "button", action_id: actionId, block_id: "b", value, action_ts: nextTs() }],
			})),
		submit: (view, values, { user = "U1" } = {}) =>
			deliver("interactive", {
				type: "view_submission",
				team: { id: "T1", domain: "lab" },
				user: { id: user, name: "ann", team_id: "T1" },
				api_app_id: "A1",
				token: "x",
				trigger_id: nextId("trigger"),
				response_urls: [],
				view: {
					...view,
					type: "modal",
					state: {
						values: Object.fromEntries(
							Object.entries(values).map(([block, inputs]) => [
								block,
								Object.fromEntries(
									Object.entries(inputs).map(([input, value]) => [
										input,
										typeof value === "string" ? { type: "plain_text_input", value } : value,
									]),
								),
							]),
						),
					},
				},
			}),
		command: async (
			text,
			{ channel = "C1", channelName = "incidents", user = "U1", team = "T1", triggerId = nextId("trigger") } = {},
		) => {
			const said = await deliver("slash_commands", {
				command: "/cf520",
				text,
				team_id: team,
				team_domain: "lab",
				channel_id: channel,
				channel_name: channelName,
				user_id: user,
				user_name: "ann",
				response_url: responseUrl(channel, user),
				trigger_id: triggerId,
				api_app_id: "A1",
				is_enterprise_install: "false",
			});
			// An acknowledgement may hold the answer: shown like one to the response URL.
			const answer = said as { text?: string; blocks?: unknown[] } | null;
			if (answer?.text === undefined) return;
			caller = null;
			add({ channel, threadTs: null, onlyFor: user, text: answer.text, blocks: answer.blocks ?? [] });
		},
		mention: async (text, { threadTs, eventId = nextId("Ev"), ts = tsOf(eventId), files: attached, ...who } = {}) =>
			event(
				{ type: "app_mention", text: `<@${BOT_USER}> ${text}`, ts, thread_ts: threadTs, files: attached },
				{ eventId, ...who },
			),
		message: async (
			text,
			{ threadTs, eventId = nextId("Ev"), ts = tsOf(eventId), channelType = "im", channel = "D1", more = {}, ...who } = {},
		) =>
			event({ type: "message", channel_type: channelType, text, ts, thread_ts: threadTs, ...more }, { eventId, channel, ...who }),
		openHome: (user, tab = "home") =>
			event({ type: "app_home_opened", tab, ts: nextTs() }, { eventId: nextId("Ev"), channel: "D1", user }),
		homes,
		shortcut: async (message, { channel = "C1", user = "U1" } = {}) =>
			void (await deliver("interactive", {
				type: "message_action",
				callback_id: "diagnose_520",
				trigger_id: nextId("trigger"),
				message_ts: String(message.ts),
				response_url: responseUrl(channel, user),
				team: { id: "T1", domain: "lab" },
				channel: { id: channel, name: "incidents" },
				user: { id: user, name: "ann", team_id: "T1" },
				message: { type: "message", user: "U9", ...message },
				token: "x",
				action_ts: nextTs(),
			})),
		stepEvent,
		step: async (inputs, more = {}) => {
			const runId = more.runId ?? nextId("Fx");
			await deliver("events_api", stepEvent(inputs, { ...more, runId }));
			return runId;
		},
		runs,
		ended: (runId) =>
			new Promise((done) => {
				const look = () => {
					const run = runs.get(runId);
					if (run !== undefined && run.end !== null) done(run);
				};
				opened.add(look);
				look();
			}),
		killRunTokens: () => {
			for (const run of runs.values()) run.isTokenDead = true;
		},
		disconnect: sockets.disconnect,
		sockets: sockets.count,
		close: async () => {
			sockets.close();
			await closed(server, open);
		},
	};
}

function decoded(value: string): unknown {
	if (!/^[[{]|^(?:true|false)$/.test(value)) return value;
	try {
		return JSON.parse(value);
	} catch {
		return value;
	}
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
	const parts: Buffer[] = [];
	for await (const part of request) parts.push(part as Buffer);
	return Buffer.concat(parts).toString("utf8");
}
