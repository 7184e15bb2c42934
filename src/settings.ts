import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { z } from "zod";
import { type Ranges, ranges } from "./looks/addresses.ts";
import { readResolve } from "./looks/resolve.ts";

/** Everything that the environment decides. This file is its only reader. */
export interface Settings {
	readonly slack: {
		/** null: each workspace that installs the app has its own. */
		readonly botToken: string | null;
		/** The app that any workspace may install; null: one workspace, by `botToken`. */
		readonly app: {
			readonly clientId: string;
			readonly clientSecret: string;
			/** The bot's own public address, without a slash at its end. */
			readonly url: string;
			/** Workspaces and organizations that may install it; null: all. */
			readonly workspaces: readonly string[] | null;
			readonly key: Uint8Array;
		} | null;
		/** Socket Mode; null: HTTP, with the signing secret. */
		readonly appToken: string | null;
		readonly signingSecret: string | null;
		readonly apiUrl: string | undefined;
		/** User ids that may decide for the workspace, beside its own admins. */
		readonly admins: readonly string[];
	} | null;
	readonly discord: {
		readonly token: string;
		readonly apiUrl: string | undefined;
		readonly guildId: string | undefined;
		/** Interactions come over HTTP, signed with this key (hex); null: over the gateway. */
		readonly publicKey: string | null;
		/** Discord sends the content of all messages: the application's switch for that is on. */
		readonly messageContent: boolean;
	} | null;
	readonly host: string;
	/** null: no health server. */
	readonly port: number | null;
	/** Readiness and metrics have this port to themselves; null: they are on `port`. */
	readonly metricsPort: number | null;
	readonly allowTargets: Ranges | null;
	/** Rejected like special IP addresses, even if another setting allows them. */
	readonly denyTargets: Ranges | null;
	readonly resolve: ReadonlyMap<string, readonly string[]>;
	/** SQLite file for cases and handled events; undefined: they are forgotten at the end of the process. */
	readonly dataFile: string | undefined;
	/** PostgreSQL instead of that file, shared by all processes that serve the same bot; null: no such. `key` is there then. */
	readonly database: Database | null;
	/** 32 bytes that encrypt what is kept; null: those of the key file beside `dataFile`. */
	readonly key: Uint8Array | null;
	/** Where Cloudflare's status page is, without a slash at its end; null: it is not asked. */
	readonly statusUrl: string | null;
	/** Shown to the sites that are looked at, in the User-Agent. */
	readonly contact: string | undefined;
	/** Other places; null: switched off. */
	readonly globalping: OutsideService | null;
	/** The owners' Cloudflare accounts; null: they are switched off. */
	readonly cloudflare: {
		/** Base of the client API, without a slash at its end. */
		readonly url: string;
		/** The operator's own token, and whose it is; null: none. */
		readonly own: { readonly token: string; readonly platform: string; readonly workspace: string } | null;
	} | null;
}

/** The database that several processes share. */
export interface Database {
	/** Holds the password: never shown or logged. */
	readonly url: string;
	/** How long a process counts as alive after its last sign of life; null: as long as the store thinks right. */
	readonly leaseMs: number | null;
}

/** A third party's API. */
export interface OutsideService {
	/** Without a slash at its end; may have a path. */
	readonly base: string;
	readonly token?: string;
}

/** One thing that is wrong with the settings, with its repair. */
interface SettingsProblem {
	readonly name: string;
	readonly say: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const SECRETS = [
	"SLACK_BOT_TOKEN",
	"SLACK_APP_TOKEN",
	"SLACK_SIGNING_SECRET",
	"SLACK_CLIENT_SECRET",
	"SLACK_CLIENT_ID",
	"DISCORD_TOKEN",
	"CF520_KEY",
	"CF520_GLOBALPING_TOKEN",
	"CF520_CLOUDFLARE_TOKEN",
	// It holds the password of the database.
	"DATABASE_URL",
] as const;

/**
 * The lease of `DATABASE_URL`, in milliseconds. Nobody who runs the bot has to know of it: `npm run kill:replicas` freezes processes for
 * longer than their lease, and cannot freeze them for the usual 15 s dozens of times. It is no setting, and stands in no table.
 */
const LEASE = "CF520_TEST_LEASE_MS";

const url = (name: string) =>
	z
		.string()
		.refine(
			(value) => /^https?:\/\/[^\s@]+$/.test(value) && URL.canParse(value),
			`${name} must be an http or https URL, such as https://slack.com/api/`,
		)
		.optional();

/** Where a third party is asked; `off`: it is not. */
const serviceUrl = (name: string, usual: string) =>
	z
		.string()
		.refine(
			(value) => value === OFF || (/^https?:\/\/[^\s@?#]+$/.test(value) && URL.canParse(value)),
			`${name} must be an http or https URL without a query, such as ${usual}, or ${OFF}`,
		)
		.optional();
const OFF = "off";
/** A `/`, `?` or `#` in a password ends the host, which then is another one: after the host one name follows, without an `@`. */
const DATABASE = /^[a-z]+:\/\/[^/?#]*(?:\/[^/?#@]*)?(?:\?[^#@]*)?$/;

/** The page that Cloudflare also serves as www.cloudflarestatus.com, whose host refuses programs at times. */
const STATUS_URL = "https://yh6f0r4529hb.statuspage.io";
const GLOBALPING_URL = "https://api.globalping.io";
const CLOUDFLARE_URL = "https://api.cloudflare.com/client/v4";

const port = (name: string) =>
	z.coerce
		.number(`${name} must be a number from 0 to 65535`)
		.int(`${name} must be a whole number`)
		.min(0, `${name} must be from 0 to 65535`)
		.max(65_535, `${name} must be from 0 to 65535`)
		.optional();

const Shape = z.object({
	SLACK_BOT_TOKEN: z
		.string()
		.regex(/^xoxb-\S+$/, "SLACK_BOT_TOKEN must start with xoxb-. Copy it from OAuth & Permissions in the Slack app")
		.optional(),
	SLACK_APP_TOKEN: z
		.string()
		.regex(
			/^xapp-\S+$/,
			"SLACK_APP_TOKEN must start with xapp-. Create it under Basic Information, App-Level Tokens, with the scope connections:write",
		)
		.optional(),
	SLACK_SIGNING_SECRET: z
		.string()
		.regex(/^[0-9a-f]{16,128}$/i, "SLACK_SIGNING_SECRET must be hex digits. Copy it from Basic Information, App Credentials")
		.optional(),
	SLACK_CLIENT_ID: z
		.string()
		.regex(
			/^\d{1,20}\.\d{1,20}$/,
			"SLACK_CLIENT_ID must be two numbers with a dot. Copy it from Basic Information, App Credentials",
		)
		.optional(),
	SLACK_CLIENT_SECRET: z
		.string()
		.regex(/^[0-9a-f]{16,128}$/i, "SLACK_CLIENT_SECRET must be hex digits. Copy it from Basic Information, App Credentials")
		.optional(),
	CF520_URL: z
		.string()
		.refine(
			(value) => /^https:\/\/[^\s@?#]+$/.test(value) && URL.canParse(value),
			"CF520_URL must be the public https URL of this cf520, without a query, such as https://bot.example",
		)
		.optional(),
	CF520_SLACK_WORKSPACES: z
		.string()
		.regex(
			/^[TE][A-Z0-9]{2,20}(?:\s*,\s*[TE][A-Z0-9]{2,20})*$/,
			"CF520_SLACK_WORKSPACES must be a comma list of workspace or organization IDs, such as T012AB3CD, E012AB3CD",
		)
		.optional(),
	CF520_SLACK_ADMINS: z
		.string()
		.regex(
			/^[UW][A-Z0-9]{2,20}(?:\s*,\s*[UW][A-Z0-9]{2,20})*$/,
			"CF520_SLACK_ADMINS must be a comma list of member IDs, such as U012AB3CD",
		)
		.optional(),
	SLACK_API_URL: url("SLACK_API_URL"),
	DISCORD_TOKEN: z
		.string()
		.regex(
			/^[\w-]{8,}(?:\.[\w-]+){2}$/,
			"DISCORD_TOKEN must have three parts separated by dots. It is under Bot in the Discord developer portal (Reset Token shows it once)",
		)
		.optional(),
	DISCORD_API_URL: url("DISCORD_API_URL"),
	DISCORD_GUILD_ID: z
		.string()
		.regex(/^\d{15,21}$/, "DISCORD_GUILD_ID must be the server's ID, a number (turn on developer mode to copy it)")
		.optional(),
	DISCORD_MESSAGE_CONTENT: z
		.literal("1", "DISCORD_MESSAGE_CONTENT must be 1 or unset. It needs Message Content Intent under Bot in the developer portal")
		.optional(),
	DISCORD_PUBLIC_KEY: z
		.string()
		.regex(
			/^[0-9a-f]{64}$/i,
			"DISCORD_PUBLIC_KEY must have 64 hex digits. Copy it from General Information in the developer portal",
		)
		.optional(),
	HOST: z
		.string()
		.refine((value) => isIP(value) !== 0, "HOST must be an IP address to listen on, such as 127.0.0.1 or 0.0.0.0")
		.default("127.0.0.1"),
	PORT: port("PORT"),
	CF520_METRICS_PORT: port("CF520_METRICS_PORT"),
	CF520_ALLOW_TARGETS: z.string().optional(),
	CF520_DENY_TARGETS: z.string().optional(),
	CF520_RESOLVE: z.string().optional(),
	CF520_STATUS_URL: serviceUrl("CF520_STATUS_URL", STATUS_URL),
	CF520_DATA: z
		.string()
		.regex(/^[^\0]{1,1000}$/, "CF520_DATA must be a file path in a writable directory, such as /data/cf520.sqlite")
		.optional(),
	DATABASE_URL: z
		.string()
		.refine(
			(value) => /^postgres(?:ql)?:\/\/\S+$/.test(value) && URL.canParse(value) && DATABASE.test(value),
			"DATABASE_URL must be a PostgreSQL URL, such as postgres://cf520:PASSWORD@database:5432/cf520. Encode special characters of the password",
		)
		.optional(),
	CF520_KEY: z
		.string()
		.regex(
			/^(?:[0-9a-f]{64}|[A-Za-z0-9+/]{43}=)$/i,
			"CF520_KEY must have 32 bytes, as 64 hex digits or base64. Create one with openssl rand -hex 32",
		)
		.optional(),
	CF520_GLOBALPING_URL: serviceUrl("CF520_GLOBALPING_URL", GLOBALPING_URL),
	CF520_GLOBALPING_TOKEN: z
		.string()
		.regex(/^[\x21-\x7e]{8,500}$/, "CF520_GLOBALPING_TOKEN must not contain spaces. Create it at https://dash.globalping.io")
		.optional(),
	CF520_CONTACT: z
		.string()
		.regex(/^[\x21-\x7e]{3,200}$/, "CF520_CONTACT must be a URL or email address without spaces, for the owners of checked sites")
		.optional(),
	CF520_CLOUDFLARE_URL: serviceUrl("CF520_CLOUDFLARE_URL", CLOUDFLARE_URL),
	CF520_CLOUDFLARE_TOKEN: z
		.string()
		.refine(
			(value) => !isGlobalKey(value),
			"CF520_CLOUDFLARE_TOKEN is a global API key, which can do everything. Create an API token that can only read one zone",
		)
		.regex(
			/^[\w-]{20,200}$/,
			"CF520_CLOUDFLARE_TOKEN must be an API token. Create one with Zone, Zone, Read and Zone, Analytics, Read for one zone",
		)
		.optional(),
	CF520_CLOUDFLARE_WORKSPACE: z
		.string()
		.regex(
			/^(?:slack:[TE][A-Z0-9]{2,20}|discord:\d{15,21}|terminal)$/,
			"CF520_CLOUDFLARE_WORKSPACE must say whose token it is: slack:T012AB3CD, discord:123456789012345678 or terminal",
		)
		.optional(),
});

/**
 * Takes the secrets out of the environment, once they were read: Node's diagnostic report prints all of it, and every process that is started
 * from here would inherit it.
 */
export function dropSecrets(env: Record<string, string | undefined>): void {
	for (const name of SECRETS) delete env[name];
}

/**
 * Reads the settings. All problems at once; values never appear in them.
 * @param readFile reads a secret's file; throws when it cannot
 */
export function readSettings(
	env: Environment,
	readFile: (path: string) => string = (path) => readFileSync(path, "utf8"),
): Settings | readonly SettingsProblem[] {
	const problems: SettingsProblem[] = [];
	const given = givenIn(env, readFile, problems);
	const read = Shape.safeParse(given);
	if (!read.success)
		for (const issue of read.error.issues) problems.push({ name: String(issue.path[0]), say: `${issue.message}.` });
	const { SLACK_BOT_TOKEN: bot, SLACK_APP_TOKEN: app, SLACK_SIGNING_SECRET: signing, DISCORD_TOKEN: discord } = given;
	problems.push(...slackProblems(given));
	if (given.DISCORD_PUBLIC_KEY !== undefined && discord === undefined)
		problems.push({
			name: "DISCORD_TOKEN",
			say: "DISCORD_PUBLIC_KEY needs DISCORD_TOKEN too. Copy it from Bot in the Discord developer portal.",
		});
	const overHttp = (signing !== undefined && app === undefined) || given.DISCORD_PUBLIC_KEY !== undefined;
	if (isForMany(given) && given.PORT === undefined)
		problems.push({
			name: "PORT",
			say: "SLACK_CLIENT_ID needs PORT: people install the app there, at /slack/install. Set it.",
		});
	else if (overHttp && given.PORT === undefined)
		problems.push({
			name: "PORT",
			say: "Slack and Discord over HTTP need PORT. Set it, or remove SLACK_SIGNING_SECRET and DISCORD_PUBLIC_KEY.",
		});
	const { DATABASE_URL: database, CF520_DATA: file, CF520_KEY: key } = given;
	if (database !== undefined && file !== undefined)
		problems.push({
			name: "DATABASE_URL",
			say: "DATABASE_URL and CF520_DATA are both set. Keep one. The image sets CF520_DATA: give it an empty value there to use the database.",
		});
	if (database !== undefined && key === undefined)
		problems.push({
			name: "CF520_KEY",
			say: "DATABASE_URL needs CF520_KEY too, the same in every process. Create one with openssl rand -hex 32.",
		});
	const [allow, deny] = (["CF520_ALLOW_TARGETS", "CF520_DENY_TARGETS"] as const).map((name) => {
		const { [name]: list } = given;
		return tried(problems, name, () => (list === undefined ? null : ranges(listOf(list))));
	});
	const { CF520_METRICS_PORT: metricsPort, PORT: chatsPort } = given;
	if (
		metricsPort !== undefined &&
		chatsPort !== undefined &&
		Number(metricsPort) === Number(chatsPort) &&
		Number(chatsPort) !== 0
	)
		problems.push({
			name: "CF520_METRICS_PORT",
			say: "CF520_METRICS_PORT and PORT are the same. Choose another port for readiness and metrics, or unset CF520_METRICS_PORT.",
		});
	const { CF520_CLOUDFLARE_TOKEN: token, CF520_CLOUDFLARE_WORKSPACE: whose } = given;
	if (token !== undefined && whose === undefined && (bot !== undefined || isForMany(given) || discord !== undefined))
		problems.push({
			name: "CF520_CLOUDFLARE_WORKSPACE",
			say: "CF520_CLOUDFLARE_TOKEN needs CF520_CLOUDFLARE_WORKSPACE too: the workspace that may read its numbers, such as slack:T012AB3CD.",
		});
	if (whose !== undefined && token === undefined)
		problems.push({
			name: "CF520_CLOUDFLARE_TOKEN",
			say: "CF520_CLOUDFLARE_WORKSPACE needs CF520_CLOUDFLARE_TOKEN too. Set it, or remove CF520_CLOUDFLARE_WORKSPACE.",
		});
	const resolve = tried(problems, "CF520_RESOLVE", () => readResolve(listOf(given.CF520_RESOLVE ?? "")));
	if (!read.success || problems.length > 0 || allow === undefined || deny === undefined || resolve === undefined) return problems;
	const { data } = read;
	return {
		slack:
			bot === undefined && !isForMany(given)
				? null
				: {
						botToken: bot ?? null,
						app: slackAppOf(data),
						appToken: app ?? null,
						signingSecret: signing ?? null,
						apiUrl: data.SLACK_API_URL,
						admins: listOf(given.CF520_SLACK_ADMINS ?? ""),
					},
		discord:
			discord === undefined
				? null
				: {
						token: discord,
						apiUrl: data.DISCORD_API_URL,
						guildId: data.DISCORD_GUILD_ID,
						publicKey: data.DISCORD_PUBLIC_KEY ?? null,
						messageContent: data.DISCORD_MESSAGE_CONTENT !== undefined,
					},
		host: data.HOST,
		port: data.PORT ?? null,
		metricsPort: data.CF520_METRICS_PORT ?? null,
		allowTargets: allow,
		denyTargets: deny,
		resolve,
		dataFile: data.CF520_DATA,
		database: data.DATABASE_URL === undefined ? null : { url: data.DATABASE_URL, leaseMs: leaseIn(env) },
		key: data.CF520_KEY === undefined ? null : keyOf(data.CF520_KEY),
		statusUrl: serviceAt(data.CF520_STATUS_URL, STATUS_URL, allow !== null),
		contact: data.CF520_CONTACT,
		globalping: outside(serviceAt(data.CF520_GLOBALPING_URL, GLOBALPING_URL, allow !== null), data.CF520_GLOBALPING_TOKEN),
		cloudflare: cloudflareOf(serviceAt(data.CF520_CLOUDFLARE_URL, CLOUDFLARE_URL, allow !== null), data),
	};
}

/** null: none that can be meant. */
function leaseIn({ [LEASE]: given = "" }: Environment): number | null {
	const ms = /^\d{3,6}$/.test(given) ? Number(given) : 0;
	return ms === 0 ? null : ms;
}

const keyOf = (value: string): Uint8Array => Buffer.from(value, value.length === 64 ? "hex" : "base64");

/** Something says that any workspace may install the Slack app. */
const isForMany = (given: Environment): boolean => given.SLACK_CLIENT_ID !== undefined || given.SLACK_CLIENT_SECRET !== undefined;

/** What is wrong with the ways into Slack, taken together. */
function slackProblems(given: Environment): SettingsProblem[] {
	const { SLACK_BOT_TOKEN: bot, SLACK_APP_TOKEN: app, SLACK_SIGNING_SECRET: signing } = given;
	const problems: SettingsProblem[] = [];
	const wrong = (name: string, say: string) => problems.push({ name, say });
	const isMany = isForMany(given);
	if (isMany && bot !== undefined)
		wrong(
			"SLACK_BOT_TOKEN",
			"SLACK_BOT_TOKEN is for one workspace, and SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are for many. Remove the bot token, or both of the others.",
		);
	if ((bot !== undefined || isMany) && app === undefined && signing === undefined)
		wrong(
			"SLACK_APP_TOKEN",
			`${isMany ? "SLACK_CLIENT_ID" : "SLACK_BOT_TOKEN"} needs SLACK_APP_TOKEN too. Create it (xapp-) under Basic Information, App-Level Tokens, with the scope connections:write. Over HTTP, set SLACK_SIGNING_SECRET instead.`,
		);
	if (app !== undefined && signing !== undefined)
		wrong(
			"SLACK_SIGNING_SECRET",
			"SLACK_APP_TOKEN and SLACK_SIGNING_SECRET are both set. Keep the first for Socket Mode or the second for HTTP.",
		);
	if ((app !== undefined || signing !== undefined) && bot === undefined && !isMany)
		wrong(
			"SLACK_BOT_TOKEN",
			`${app !== undefined ? "SLACK_APP_TOKEN" : "SLACK_SIGNING_SECRET"} needs SLACK_BOT_TOKEN too. Copy it (xoxb-) from OAuth & Permissions in the Slack app. For many workspaces, set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET instead.`,
		);
	if (!isMany && given.CF520_SLACK_WORKSPACES !== undefined)
		wrong(
			"CF520_SLACK_WORKSPACES",
			"CF520_SLACK_WORKSPACES needs SLACK_CLIENT_ID and SLACK_CLIENT_SECRET: with one bot token, there is one workspace. Remove it, or set those.",
		);
	if (!isMany) return problems;
	for (const name of ["SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"] as const)
		if (given[name] === undefined)
			wrong(
				name,
				`${name === "SLACK_CLIENT_ID" ? "SLACK_CLIENT_SECRET" : "SLACK_CLIENT_ID"} needs ${name} too. Copy it from Basic Information, App Credentials.`,
			);
	if (given.CF520_URL === undefined)
		wrong(
			"CF520_URL",
			"SLACK_CLIENT_ID needs CF520_URL too: the public https URL of this cf520, to which Slack sends people back.",
		);
	if (given.CF520_KEY === undefined)
		wrong(
			"CF520_KEY",
			"SLACK_CLIENT_ID needs CF520_KEY too: it seals the workspaces' tokens. Create one with openssl rand -hex 32.",
		);
	return problems;
}

/** The app that many workspaces install; null: there is one workspace. */
function slackAppOf({
	SLACK_CLIENT_ID: clientId,
	SLACK_CLIENT_SECRET: clientSecret,
	CF520_URL: url,
	CF520_SLACK_WORKSPACES: workspaces,
	CF520_KEY: key,
}: z.infer<typeof Shape>): NonNullable<Settings["slack"]>["app"] {
	if (clientId === undefined || clientSecret === undefined || url === undefined || key === undefined) return null;
	return {
		clientId,
		clientSecret,
		url: url.replace(/\/+$/, ""),
		workspaces: workspaces === undefined ? null : listOf(workspaces),
		key: keyOf(key),
	};
}

/** Where a service is asked, without a slash at its end; null: nowhere. In a laboratory only where somebody says so. */
function serviceAt(given: string | undefined, usual: string, isLab: boolean): string | null {
	if (given === OFF || (given === undefined && isLab)) return null;
	return (given ?? usual).replace(/\/+$/, "");
}

/** A service that may have a token of ours. */
function outside(base: string | null, token: string | undefined): OutsideService | null {
	return base === null ? null : { base, ...(token === undefined ? {} : { token }) };
}

/** A key of a person that can do all that the person can: 37 hex digits, since 2026 with `cfk_` before them. */
const isGlobalKey = (value: string): boolean => /^cfk_/i.test(value) || /^[0-9a-f]{37}$/i.test(value);

function cloudflareOf(
	url: string | null,
	{ CF520_CLOUDFLARE_TOKEN: token, CF520_CLOUDFLARE_WORKSPACE: whose = "terminal" }: z.infer<typeof Shape>,
): Settings["cloudflare"] {
	if (url === null) return null;
	const [platform = "", id] = whose.split(":");
	// As conversations name their workspace; a terminal has none.
	const workspace = id === undefined ? platform : `${platform} ${id}`;
	return { url, own: token === undefined ? null : { token, platform, workspace } };
}

const listOf = (text: string) =>
	text
		.split(",")
		.map((one) => one.trim())
		.filter((one) => one !== "");

function tried<T>(problems: SettingsProblem[], name: string, read: () => T): T | undefined {
	try {
		return read();
	} catch (error) {
		problems.push({ name, say: `${name}: ${error instanceof Error ? error.message : "unreadable"}.` });
		return undefined;
	}
}

/** What is set, by the setting's name; what a secret's file holds under the name of the secret. */
function givenIn(env: Environment, readFile: (path: string) => string, problems: SettingsProblem[]): Record<string, string> {
	const given: Record<string, string> = {};
	for (const [name, value] of Object.entries(env))
		if (value !== undefined && value !== "" && name in Shape.shape) given[name] = value.trim();
	for (const name of SECRETS) {
		const path = env[`${name}_FILE`];
		if (path === undefined || path === "") continue;
		if (given[name] !== undefined)
			problems.push({ name: `${name}_FILE`, say: `${name} and ${name}_FILE are both set. Keep one.` });
		else {
			try {
				given[name] = readFile(path).trim();
			} catch {
				problems.push({
					name: `${name}_FILE`,
					say: `${name}_FILE names a file that I cannot read. Check the path and its permissions.`,
				});
			}
		}
	}
	return given;
}

/** The settings as far as they are usable, for `doctor`. */
export interface SettingsPart {
	readonly problems: readonly SettingsProblem[];
	/** Those that are valid by themselves. */
	readonly values: Readonly<Partial<Record<string, string>>>;
	/** Whether it is set at all, itself or as a file. */
	readonly isSet: (name: string) => boolean;
	/** Names that begin like ours and are none, with the one that was meant, if one is near. */
	readonly unknownNames: readonly { readonly name: string; readonly meant: string | null }[];
	/** What must not be shown, whatever names it. */
	readonly secrets: readonly string[];
	/** Where third parties are asked; null: nowhere. */
	readonly services: { readonly status: string | null; readonly globalping: string | null; readonly cloudflare: string | null };
}

/** Reads the settings one by one, also when they are not usable together. */
export function readSettingsPart(
	env: Environment,
	readFile: (path: string) => string = (path) => readFileSync(path, "utf8"),
): SettingsPart {
	const read = readSettings(env, readFile);
	const given = givenIn(env, readFile, []);
	const values: Record<string, string> = {};
	for (const [name, value] of Object.entries(given)) {
		const { [name as keyof typeof Shape.shape]: one } = Shape.shape;
		if (one.safeParse(value).success) values[name] = value;
	}
	// Noted now: the secrets are taken out of the environment soon.
	const set = new Set(Object.keys(env).filter((name) => (env[name] ?? "") !== ""));
	const isSet = (name: string) => set.has(name) || set.has(`${name}_FILE`);
	const isLab = isSet("CF520_ALLOW_TARGETS");
	// One that is not usable is not asked: the default is not what the operator meant.
	const serviceOf = (name: string, usual: string) =>
		isSet(name) && values[name] === undefined ? null : serviceAt(values[name], usual, isLab);
	return {
		problems: "host" in read ? [] : read,
		values,
		isSet,
		unknownNames: unknownNamesIn(env),
		secrets: [...SECRETS.flatMap((name) => given[name] ?? []), ...passwordsIn(given.DATABASE_URL ?? "")],
		services: {
			status: serviceOf("CF520_STATUS_URL", STATUS_URL),
			globalping: serviceOf("CF520_GLOBALPING_URL", GLOBALPING_URL),
			cloudflare: serviceOf("CF520_CLOUDFLARE_URL", CLOUDFLARE_URL),
		},
	};
}

/** The password of a URL as it stands there, and as it is meant. */
function passwordsIn(url: string): string[] {
	const [, password = ""] = /^[a-z]+:\/\/[^:@/?#]*:([^@]*)@/i.exec(url) ?? [];
	try {
		return [password, decodeURIComponent(password)];
	} catch {
		return [password];
	}
}

/** Two letters wrong are a slip; more is another word. */
const SLIPS_MAX = 2;

function unknownNamesIn(env: Environment): SettingsPart["unknownNames"] {
	const known = [...Object.keys(Shape.shape), ...SECRETS.map((name) => `${name}_FILE`)];
	const names = Object.keys(env).filter((name) => /^(?:CF520|SLACK|DISCORD)_/i.test(name) && !known.includes(name));
	return names.toSorted().map((name) => ({
		name,
		meant: known.find((one) => slips(name.toUpperCase().slice(0, 60), one) <= SLIPS_MAX) ?? null,
	}));
}

/** How many letters have to be changed, added or taken away to make one word of the other. */
function slips(one: string, other: string): number {
	let row = Array.from({ length: other.length + 1 }, (_, index) => index);
	for (const [at, letter] of [...one].entries()) {
		const next = [at + 1];
		for (let index = 1; index <= other.length; index += 1) {
			const same = other[index - 1] === letter ? 0 : 1;
			next.push(Math.min((row[index - 1] ?? 0) + same, (row[index] ?? 0) + 1, (next[index - 1] ?? 0) + 1));
		}
		row = next;
	}
	return row.at(-1) ?? 0;
}
