import { buttons, list, type Message, message, say, title } from "../message/message.ts";
import { ask, bold, code, join, type Text, text } from "../message/text.ts";
import { type Listening, POLICY_MAX, type Policy } from "../read/policy.ts";
import type { Target } from "../read/text/target.ts";
import type { Reply } from "./reply.ts";
import { hostWords } from "./words.ts";

const SHOWN_MAX = 20;
/** Zones of which a token was deleted, in one sentence. */
const ZONES_MAX = 3;

const some = (all: readonly string[]): Text =>
	text`${all.slice(0, SHOWN_MAX).flatMap((one, index) => (index === 0 ? [code(one, 80)] : text`, ${code(one, 80)}`))}${all.length > SHOWN_MAX ? `, and ${all.length - SHOWN_MAX} more` : ""}`;

/** One example a setting, by its first word. */
export const ADMIN_EXAMPLES: Readonly<Record<string, string>> = {
	channels: "admin channels here",
	origins: "admin origins shop.example",
	listen: "admin listen here",
	limits: "admin limits person 10 channel 30 workspace 100",
	privacy: "admin privacy private",
	retention: "admin retention 14d",
};

/** What else each setting can be. */
const ALSO: Readonly<Record<string, string>> = {
	channels: " (or not-here, all, none, IDs)",
	origins: " (or all, none)",
	listen: " (or here all, off)",
	privacy: " (or public)",
};

const formOf = ([setting, example]: readonly [string, string]): Text => text`${ask(example)}${ALSO[setting] ?? ""}`;
const FORGET = text`${ask("forget shop.example")}`;
/** Every form of `admin`. */
const FORMS: readonly Text[] = [...Object.entries(ADMIN_EXAMPLES).map(formOf), FORGET];
/** Those that one person has. */
const FORMS_OF_PERSON: readonly Text[] = [
	...Object.entries(ADMIN_EXAMPLES)
		.filter(([setting]) => setting === "privacy" || setting === "retention")
		.map(formOf),
	FORGET,
];

export const nameChannelsFirst: Message = message(
	"neutral",
	say(text`All channels are allowed. First list those to keep: ${ask("admin channels here")} in each.`),
);

/** What is decided for a workspace, after a change or not. */
export function adminMessage(policy: Policy, changed: boolean, here: string | null): Message {
	return message(
		"neutral",
		title(changed ? text`Settings saved` : text`Settings for this workspace`),
		list([
			policy.channels === null
				? text`Channels: all.`
				: policy.channels.length === 0
					? text`Channels: none.`
					: text`Channels: ${some(policy.channels)}.`,
			policy.origins === null
				? text`Origin checks: any host, but only for full members of this Slack workspace.`
				: policy.origins.length === 0
					? text`Origin checks: none.`
					: text`Origin checks: ${some(policy.origins)} and their subdomains.`,
			policy.openOrigins.length === 0
				? text`For guests, other organizations and Discord servers: only hosts that you allow.`
				: text`For everyone else too: ${some(policy.openOrigins)} and their subdomains.`,
			text`Checks per 5 minutes: ${policy.perPerson} per person, ${policy.perChannel} per channel, ${policy.perWorkspace} total. (At most ${POLICY_MAX.perPerson}, ${POLICY_MAX.perChannel} and ${POLICY_MAX.perWorkspace}.)`,
			...listensWords(policy),
			...keptWords(policy),
		]),
		policy.channels !== null && here !== null && !policy.channels.includes(here)
			? say(text`${bold("This channel is not allowed.")} Only ${ask("help")}, ${ask("admin")} and ${ask("unwatch")} work here.`)
			: null,
		changed ? null : say(text`${bold("To change:")}`),
		changed ? null : list(FORMS),
	);
}

/** Who sees results, and how long cases are kept. */
const keptWords = ({ privately, keepDays }: Policy): Text[] => [
	privately ? text`Results: visible only to the person who asked.` : text`Results: visible to everyone in the channel.`,
	text`Cases are kept for ${keepDays} days after their last answer.`,
];

/** What a person decides for themselves, where they are the whole workspace. */
export const personMessage = (policy: Policy, changed: boolean): Message =>
	message(
		"neutral",
		title(changed ? text`Settings saved` : text`Your settings`),
		list(keptWords(policy)),
		changed ? null : say(text`${bold("To change:")}`),
		changed ? null : list(FORMS_OF_PERSON),
	);

/** Where something is heard without a mention: said only where that is so. */
function listensWords({ listens }: Policy): Text[] {
	const of = (to: Listening["to"]) => listens.filter((one) => one.to === to).map(({ channel }) => channel);
	const [threads, everywhere] = [of("threads"), of("everywhere")];
	return [
		...(threads.length === 0 ? [] : [text`Without a mention, I read the threads of cases in ${some(threads)}.`]),
		...(everywhere.length === 0 ? [] : [text`Without a mention, I read all messages in ${some(everywhere)}.`]),
	];
}

export const noWorkspace: Message = message(
	"neutral",
	say(text`There are no settings here. Use ${ask("admin")} in a Slack workspace or a Discord server.`),
);

/** For a question in public. */
export const adminByCommand: Message = message("neutral", say(text`My reply would be public here. Use ${ask("admin")}.`));

export const notAdmin = (unknown: boolean, platform: string): Message =>
	message(
		"neutral",
		say(
			unknown && platform === "slack"
				? text`I cannot see who is an admin. Grant ${code("users:read")}, or list admins in ${code("CF520_SLACK_ADMINS")}.`
				: text`Only admins can do that.`,
		),
	);

export const notInThisChannel: Message = message(
	"neutral",
	say(text`I am not enabled in this channel. ${ask("help")} and ${ask("privacy")} work here too.`),
);

/** Why someone may not check the origin of a host. */
interface OriginNotAllowed {
	/** `nobody`: no admin allowed this host. `member`: not a full member. `unknown`: the chat does not say. */
	readonly why: "nobody" | "member" | "unknown";
	readonly platform: string;
	/** Who asks may change that. */
	readonly isAdmin: boolean;
	/** Who asks is the whole workspace: nobody is there to allow it. */
	readonly isOfPerson?: boolean;
}

export function originNotAllowed(target: Target, { why, platform, isAdmin, isOfPerson = false }: OriginNotAllowed): Reply {
	const instead = text`Run ${code("curl -i --raw")} against it yourself and paste the output.`;
	const orAdmin = isAdmin ? text`` : text`, or if an admin allows it`;
	const words = {
		nobody: text`Your admins turned off origin checks for ${hostWords(target)}. ${instead}`,
		member: text`I check the origin of ${hostWords(target)} only for full members of this workspace${orAdmin}. ${instead}`,
		unknown:
			platform === "slack"
				? text`I cannot see who is a full member here. The operator can grant ${code("users:read")}, or an admin can allow ${hostWords(target)}.`
				: text`I check the origin of ${hostWords(target)} only if an admin of this server allows it. ${instead}`,
	};
	return {
		private: true,
		head: message(
			"neutral",
			say(isOfPerson ? text`I check origins only in servers where an admin allows it. ${instead}` : words[why]),
			isAdmin
				? buttons(text`To allow it for everyone here: ${ask(`admin origins ${target.host}`)}`, {
						label: `Allow ${target.host}`.slice(0, 24),
						action: { do: "allow-origin", host: target.host },
					})
				: null,
		),
		thread: [],
		data: { misread: { why: "origin-not-allowed" } },
		refusal: "origin-not-allowed",
	};
}

export const originAllowed = (host: string): Message =>
	message("neutral", say(text`Done. Everyone here can check the origin of ${code(host, 80)} and its subdomains. Ask again.`));

/** @param zones of which the token was deleted too, and the connected zone that the host is below */
export const forgotten = (
	host: string,
	count: { readonly cases: number; readonly watches: number },
	{ deleted, stays }: { readonly deleted: readonly string[]; readonly stays: string | null } = { deleted: [], stays: null },
): Message =>
	message(
		"neutral",
		say(
			text`Deleted ${count.cases} ${count.cases === 1 ? "case" : "cases"} and ${count.watches} ${count.watches === 1 ? "watch" : "watches"} of ${code(host, 80)} and its subdomains. Messages already posted stay.`,
		),
		deleted.length === 0
			? null
			: say(
					text`I also deleted the Cloudflare ${deleted.length === 1 ? "token" : "tokens"} for ${join(
						deleted.slice(0, ZONES_MAX).map((zone) => text`${code(zone, 80)}`),
						", ",
					)}. Delete ${deleted.length === 1 ? "it" : "them"} at Cloudflare too: I cannot revoke it.`,
				),
		stays === null ? null : say(text`The zone ${code(stays, 80)} stays connected. To end that: ${ask(`disconnect ${stays}`)}`),
	);
