import { show } from "../message/show.ts";
import { askAgain, failedWords, fix, listed, type NoAnswer, note, off, ok, type Told, unknown } from "./doctor.ts";

const NAME_MAX_CHARS = 40;
const named = (text: string) => show(text, NAME_MAX_CHARS);

/** What each scope of the manifest is for: of a required one the end of a sentence, of an optional one a few words. */
export const SLACK_SCOPES: Readonly<Record<string, { readonly without: string } | { readonly optionalFor: string }>> = {
	"app_mentions:read": { without: "mentions do not arrive" },
	"chat:write": { without: "I cannot reply" },
	"chat:write.public": { without: "I cannot reply in public channels without an invitation" },
	commands: { without: "/cf520 does not exist" },
	"files:read": { without: "attached files are not read" },
	"files:write": { without: "`report` has no file" },
	"im:history": { without: "direct messages do not arrive" },
	"users:read": { optionalFor: "who is an admin" },
	"channels:read": { optionalFor: "which channels are shared" },
	"groups:read": { optionalFor: "which channels are shared" },
	"channels:history": { optionalFor: "`admin listen`" },
	"groups:history": { optionalFor: "`admin listen`" },
};

/** Whether the bot works without it. */
export const isOptional = (scope: string): boolean => "optionalFor" in (SLACK_SCOPES[scope] ?? {});

const withoutWords = (scope: string): string => {
	const { [scope]: one } = SLACK_SCOPES;
	return one !== undefined && "without" in one ? one.without : "";
};

/** "users:read (who is an admin), channels:read and groups:read (which channels are shared)". */
function optionalWords(scopes: readonly string[]): string {
	const forWhat = (scope: string) => {
		const { [scope]: one } = SLACK_SCOPES;
		return one !== undefined && "optionalFor" in one ? one.optionalFor : "";
	};
	return [...new Set(scopes.map(forWhat))]
		.map((what) => `${listed(scopes.filter((scope) => forWhat(scope) === what))} (${what})`)
		.join(", ");
}

const REINSTALL = "Update the app from manifest.yml under https://api.slack.com/apps, then reinstall it to the workspace.";

const BOT_TOKEN_FIX: Readonly<Record<string, string>> = {
	account_inactive: "The app was removed from the workspace: install it again, and set the new token.",
	token_revoked: "Install the app again, and set the new token from OAuth & Permissions.",
};
const BOT_TOKEN_USUAL = "Copy it again from OAuth & Permissions, Bot User OAuth Token, under https://api.slack.com/apps.";
const APP_TOKEN_FIX = "Generate it under Basic Information, App-Level Tokens, with the scope connections:write.";

/** The bot's own token. */
export const slackTokenWords = {
	good: (team: string, bot: string) => ok("slack-token", `Workspace ${named(team)}, bot @${named(bot)}.`),
	rejected: (error: string) =>
		fix("slack-token", `Slack rejects SLACK_BOT_TOKEN (${error}).`, BOT_TOKEN_FIX[error] ?? BOT_TOKEN_USUAL),
	notABot: () => fix("slack-token", "SLACK_BOT_TOKEN is not a bot's token.", BOT_TOKEN_USUAL),
	noAnswer: (failed: NoAnswer) => unknown("slack-token", failedWords("Slack", failed), askAgain(failed)),
	unusable: () =>
		unknown("slack-token", "SLACK_BOT_TOKEN is not usable as it is set.", "Fix the settings first, then run doctor again."),
	absent: () => off("slack-token", "SLACK_BOT_TOKEN is not set, so there is no Slack bot."),
	many: () => off("slack-token", "Each workspace that installs the app has its own token."),
};

export const slackScopesWords = {
	good: () => ok("slack-scopes", "The token has every scope of manifest.yml."),
	lacking: (scopes: readonly string[]) =>
		fix("slack-scopes", `The token lacks ${listed(scopes)}: ${listed(scopes.map(withoutWords))}.`, REINSTALL),
	optional: (scopes: readonly string[]) =>
		note(
			"slack-scopes",
			`Optional scopes that are missing: ${optionalWords(scopes)}.`,
			"To use them, add them under OAuth & Permissions, and reinstall the app.",
		),
	notTold: () =>
		unknown("slack-scopes", "Slack did not list the token's scopes.", "See Scopes, Bot Token Scopes, under OAuth & Permissions."),
};

/** Socket Mode. */
export const slackSocketWords = {
	good: (connections: number | null) => ok("slack-socket", `Socket Mode connects with SLACK_APP_TOKEN${others(connections)}.`),
	ticket: () => ok("slack-socket", "Slack accepts SLACK_APP_TOKEN. The running cf520 is connected."),
	tooMany: (connections: number) =>
		fix(
			"slack-socket",
			`Slack counts ${connections} Socket Mode connections of this app, and allows 10.`,
			"Stop processes that you no longer need, or switch to HTTP.",
		),
	rejected: (error: string) =>
		fix(
			"slack-socket",
			`Slack rejects SLACK_APP_TOKEN (${error}).`,
			error === "not_allowed_token_type" || error === "missing_scope"
				? `It is not for Socket Mode. ${APP_TOKEN_FIX}`
				: APP_TOKEN_FIX,
		),
	disabled: () =>
		fix("slack-socket", "Socket Mode is turned off for this app.", "Turn it on under Socket Mode at https://api.slack.com/apps."),
	otherApp: () =>
		fix("slack-socket", "SLACK_APP_TOKEN belongs to another app than SLACK_BOT_TOKEN.", "Copy both tokens from the same app."),
	noAnswer: (failed: NoAnswer) => unknown("slack-socket", failedWords("Slack", failed), askAgain(failed)),
	noSocket: (why: string) =>
		fix(
			"slack-socket",
			`Slack accepts SLACK_APP_TOKEN, but its WebSocket does not connect (${why}).`,
			"Allow outgoing WebSockets to *.slack.com on port 443, also in a proxy on the way.",
		),
	foreign: (host: string) =>
		unknown(
			"slack-socket",
			`Slack named a WebSocket that is not its own (${named(host)}), so I did not connect.`,
			"Check SLACK_API_URL and DNS.",
		),
	unusable: () =>
		unknown("slack-socket", "SLACK_APP_TOKEN is not usable as it is set.", "Fix the settings first, then run doctor again."),
};

const others = (connections: number | null): string =>
	connections === null || connections < 2 ? "" : ` (connection ${connections} of this app, of 10 at most)`;

/** HTTP: one signed request to the public URL, which proves the secret on both sides. */
export const slackUrlWords = {
	good: (url: string, isRunning: boolean, overHttp: boolean) =>
		ok(
			"slack-url",
			isRunning
				? `${show(url)} leads to a cf520 with this ${overHttp ? "SLACK_SIGNING_SECRET" : "SLACK_CLIENT_SECRET"}.`
				: `${show(url)} leads to this HOST and PORT, where cf520 will listen.`,
		),
	otherSecret: (url: string) =>
		fix(
			"slack-url",
			`${show(url)} rejects a request signed with SLACK_SIGNING_SECRET (401).`,
			"Copy Signing Secret again from Basic Information, App Credentials, set it for the running cf520, and restart it.",
		),
	otherServer: (url: string, status: number) =>
		fix(
			"slack-url",
			`${show(url)} does not lead to this version of cf520 (HTTP ${status}).`,
			"Forward /slack/events to HOST and PORT, and check that cf520 runs.",
		),
	otherInstall: (url: string, status: number) =>
		fix(
			"slack-url",
			`${show(url)} leads to another server, or to a cf520 with other settings (HTTP ${status}).`,
			"Forward /slack/install and /slack/oauth_redirect to HOST and PORT, and restart cf520 with these settings.",
		),
	starting: (url: string) =>
		unknown(
			"slack-url",
			`${show(url)} returns 503: no cf520 there has started.`,
			"Wait until /readyz of a cf520 behind it returns 200, then run doctor again.",
		),
	notNeeded: () => off("slack-url", "Over Socket Mode, Slack needs no public URL, so it is not tested."),
	redirected: (url: string) =>
		fix(
			"slack-url",
			`${show(url)} returns a redirect, which Slack does not follow.`,
			"Enter the final URL, or forward without a redirect.",
		),
	certificate: (url: string, code: string) =>
		fix(
			"slack-url",
			`${show(url)} has no TLS that Slack accepts (${code}).`,
			"Install a certificate that public clients accept, with its chain.",
		),
	noName: (url: string) =>
		fix("slack-url", `The hostname of ${show(url)} is not in DNS.`, "Check the URL, or add its DNS record."),
	noAnswer: (url: string, failed: NoAnswer, overHttp: boolean) =>
		unknown(
			"slack-url",
			`${failedWords(show(url), failed)} Others may still reach it.`,
			overHttp
				? "Test it from outside: an unsigned POST to it must return 401."
				: "Open it in a browser: it shows the Add to Slack button.",
		),
	noUrl: () =>
		unknown(
			"slack-url",
			"No public URL is known, so I cannot test it with SLACK_SIGNING_SECRET.",
			"Run doctor with it, such as `npm start -- doctor https://bot.example`.",
		),
	noSecret: () =>
		unknown("slack-url", "SLACK_SIGNING_SECRET is not usable as it is set.", "Fix the settings first, then run doctor again."),
};

/** Many workspaces. */
export const slackWorkspacesWords = {
	good: (count: number | null, allowed: readonly string[]) =>
		ok("slack-workspaces", `${installs(count)} ${allowedWords(allowed)}`),
	lacking: (names: readonly string[]) =>
		fix(
			"slack-workspaces",
			`For many workspaces, ${listed(names)} ${names.length === 1 ? "is" : "are"} missing.`,
			"Set all of them, or SLACK_BOT_TOKEN for one workspace.",
		),
};

const installs = (count: number | null): string => {
	if (count === null) return "How many workspaces installed the app is not known.";
	if (count === 0) return "No workspace has installed the app yet.";
	return count === 1 ? "1 workspace installed the app." : `${count} workspaces installed the app.`;
};
const allowedWords = (allowed: readonly string[]): string =>
	allowed.length === 0 ? "Any workspace may install it." : `CF520_SLACK_WORKSPACES allows ${allowed.length}.`;

/** What no API of Slack tells. */
export const slackRedirectWords = (url: string | null): Told =>
	note(
		"slack-redirect",
		"Cannot tell whether the redirect URL is entered: no API says it.",
		`See OAuth & Permissions, Redirect URLs: ${url === null ? "CF520_URL with /slack/oauth_redirect" : show(`${url}/slack/oauth_redirect`)} must be there.`,
	);
export const slackCommandWords = (url: string | null): Told =>
	note(
		"slack-command",
		"Cannot tell whether /cf520 exists: no API says it.",
		url === null
			? "See Slash Commands and Event Subscriptions under https://api.slack.com/apps, or run /cf520 help."
			: `See Slash Commands, Interactivity and Event Subscriptions, where each needs ${show(url)}, and compare Signing Secret.`,
	);

/** One channel. */
export const slackChannelWords = {
	good: (name: string, isMember: boolean) =>
		ok("slack-channel", `I can post in #${named(name)}${isMember ? "" : ", as in every public channel"}.`),
	invite: (name: string) =>
		fix("slack-channel", `I am not in #${named(name)}, so I cannot post there.`, "Run /invite @cf520 in that channel."),
	archived: (name: string) => fix("slack-channel", `#${named(name)} is archived.`, "Unarchive it, or use another channel."),
	shared: (name: string) =>
		note(
			"slack-channel",
			`I can post in #${named(name)}, which is shared with another organization.`,
			"No number of a connected account is told there.",
		),
	notFound: (id: string) =>
		fix(
			"slack-channel",
			`Slack does not show me the channel ${show(id)}.`,
			"If it is private, run /invite @cf520 in it. Otherwise check the ID.",
		),
	noScope: (id: string) =>
		unknown(
			"slack-channel",
			`Without channels:read, Slack does not tell about ${show(id)}.`,
			"Grant channels:read and groups:read, or run /cf520 help in that channel.",
		),
	noAnswer: (failed: NoAnswer) => unknown("slack-channel", failedWords("Slack", failed), askAgain(failed)),
	error: (error: string) => unknown("slack-channel", `Slack returned ${error}.`, "Run /cf520 help in that channel."),
	ofMany: () =>
		unknown(
			"slack-channel",
			"Each workspace has its own token, so I cannot ask about a channel from here.",
			"Run /cf520 help in that channel.",
		),
	noToken: () =>
		unknown("slack-channel", "Without a token that Slack accepts, I cannot ask about a channel.", "Fix SLACK_BOT_TOKEN first."),
};
