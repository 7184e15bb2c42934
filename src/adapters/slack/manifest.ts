import { COMMAND, SHORTCUT } from "./intake.ts";
import { REDIRECT_PATH, SLACK_PATH } from "./paths.ts";
import { OPTIONAL_SCOPES, SCOPES } from "./scopes.ts";
import { STEP, STEP_DECLARED } from "./step.ts";
import { remarked, type YamlMap, yamlText } from "./yaml.ts";

/** How an app is created that serves any number of workspaces. */
export interface ManyWorkspaces {
	/** The bot's own address, without a slash at its end. */
	readonly url: string;
	/** Slack connects over a socket; the address is for installing only. */
	readonly socket: boolean;
}

/** What the bot of one workspace asks for in any case: what people of other workspaces may decline, its own have agreed to. */
const OF_ONE = ["files:read", "im:history"] as const;
const ONE_SCOPES = {
	bot: [...SCOPES, ...OF_ONE].toSorted(),
	optional: OPTIONAL_SCOPES.filter((scope) => !OF_ONE.some((one) => one === scope)),
} as const;

/** What the bot listens to. */
const EVENTS = ["app_mention", "app_home_opened", "app_uninstalled", "message.channels", "message.groups", "message.im"];
const MANY_EVENTS = [...EVENTS, "tokens_revoked", "function_executed"];

const WHAT = "Find out why Cloudflare shows an error";
const ABOUT =
	"Type /cf520 and a URL, or paste a Ray ID, an error page or log lines. Within seconds you read what fails, who has to fix it, and " +
	"one next step. The thread then holds the questions, the answers and, on demand, the evidence, until the site works again. It runs " +
	"in any public channel; where the bot is not a member, only you see the reply.";
const HINT =
	"[site or Ray ID] | origin [url] | headers [url] | autopsy [paste] | logs [lines] | watch [url] | unwatch | answer | report | solved | " +
	"explain [code] | status [FRA] | admin | forget | connect [host] | disconnect | account | numbers [host] | help | privacy";

const OPTIONAL_ARE_FOR = [
	"users:read: who is an admin (admin, forget, connect) or a full member (origin, numbers), and the names of people who mention the bot.",
	"channels:read, groups:read: which channels people of other organizations are in, where no number of an account is told (connect).",
];
const HISTORY_IS_FOR =
	"The others: to hear what is said in its own threads without a mention, where an admin said so (admin listen).";
const MANY_ARE_FOR = [
	"channels:history, groups:history: to hear what is said in its own threads without a mention, where an admin said so (admin listen).",
	"files:read: text files attached to a message. im:history: direct messages, each one a question.",
];

/** The app, as Slack creates it from a manifest. Pure. */
function manifestOf(many: ManyWorkspaces | null): YamlMap {
	const request = many === null || many.socket ? {} : { request_url: `${many.url}${SLACK_PATH}` };
	return {
		_metadata: remarked(
			{ major_version: 1 },
			many === null
				? `The Slack app. README.md, "Add to Slack", links to its creation. Tests check this file against Slack's manifest schema.`
				: `The Slack app for many workspaces, whose bot is at ${many.url}.`,
		),
		display_information: { name: "cf520", description: WHAT, long_description: ABOUT, background_color: "#7a2e00" },
		features: {
			app_home: {
				home_tab_enabled: true,
				messages_tab_enabled: remarked(true, "People ask privately here, and private watches report here."),
				messages_tab_read_only_enabled: false,
			},
			bot_user: { display_name: "cf520", always_online: true },
			slash_commands: [
				{
					command: COMMAND,
					...("request_url" in request ? { url: request.request_url } : {}),
					description: WHAT,
					usage_hint: HINT,
					should_escape: false,
				},
			],
			shortcuts: [
				{
					name: "Diagnose 520",
					type: "message",
					callback_id: SHORTCUT,
					description: "Check the site or read the Ray IDs in this message",
				},
			],
		},
		oauth_config: {
			...(many === null ? {} : { redirect_urls: [`${many.url}${REDIRECT_PATH}`] }),
			scopes:
				many === null
					? { bot: ONE_SCOPES.bot, bot_optional: remarked(ONE_SCOPES.optional, ...OPTIONAL_ARE_FOR, HISTORY_IS_FOR) }
					: {
							bot: SCOPES,
							bot_optional: remarked(OPTIONAL_SCOPES, ...OPTIONAL_ARE_FOR, ...MANY_ARE_FOR),
						},
		},
		...(many === null ? {} : { functions: { [STEP]: { ...STEP_DECLARED } } }),
		settings: {
			event_subscriptions: { ...request, bot_events: many === null ? EVENTS : MANY_EVENTS },
			interactivity: { is_enabled: true, ...request },
			org_deploy_enabled: many !== null,
			socket_mode_enabled: many === null || many.socket,
			token_rotation_enabled: false,
			...(many === null ? {} : { function_runtime: "remote" }),
		},
	};
}

/**
 * The manifest of the Slack app as YAML. Pure.
 * @param many for any number of workspaces; null: for one, whose bot token is in the settings
 */
export const slackManifest = (many: ManyWorkspaces | null = null): string => yamlText(manifestOf(many));

const URL_MAX_CHARS = 255;

/** A name with a dot in it, or an IP address: Slack does not reach `localhost`, and a comma behind a name was pasted with it. */
const PUBLIC_HOST = /^(?:\[[0-9a-f:.]+\]|(?:[a-z0-9_-]+\.)+[a-z0-9-]+)$/;

/**
 * The address of a bot as an app can be registered with it: https, a host and perhaps a port. null for everything else: no path, no name, no
 * password, and nothing that two parsers would read differently.
 */
export function botUrl(given: string): string | null {
	if (given.length > URL_MAX_CHARS || !/^https:\/\/[^\s/?#@\\\p{C}]+\/?$/iu.test(given) || !URL.canParse(given)) return null;
	const { protocol, username, password, pathname, hostname, origin } = new URL(given);
	const isOfHost = protocol === "https:" && username === "" && password === "" && pathname === "/";
	return isOfHost && PUBLIC_HOST.test(hostname) ? origin : null;
}

/** The manifest that the words behind `manifest` ask for; or what is wrong with them, in one sentence. */
export function manifestFor(words: readonly string[]): { readonly yaml: string } | { readonly problem: string } {
	const [given, how, ...more] = words;
	if (given === undefined) return { yaml: slackManifest() };
	const url = botUrl(given);
	if (url === null || more.length > 0 || (how !== undefined && how !== "socket"))
		return {
			problem:
				"manifest takes the bot's own https URL without a path, such as https://bot.example, and after it the word socket for Socket Mode.",
		};
	return { yaml: slackManifest({ url, socket: how === "socket" }) };
}
