import { buttons, list, type Message, message, note, say, title } from "../message/message.ts";
import { ask, bold, code, type Text, text } from "../message/text.ts";
import { type Listening, POLICY_MAX, type Policy } from "../read/policy.ts";
import type { Target } from "../read/text/target.ts";
import type { Reply } from "./reply.ts";
import { hostWords } from "./words.ts";

const SHOWN_MAX = 20;

const some = (all: readonly string[]): Text =>
	text`${all.slice(0, SHOWN_MAX).flatMap((one, index) => (index === 0 ? [code(one, 80)] : text`, ${code(one, 80)}`))}${all.length > SHOWN_MAX ? `, and ${all.length - SHOWN_MAX} more` : ""}`;

/** Every form of `admin`. */
export const ADMIN_FORMS: Text = text`${ask("admin channels here")} (or not-here, all, none, ids); ${ask("admin origins shop.example")} (or all, none); ${ask("admin listen here")} (or here all, off); ${ask("admin limits person 10 channel 30 workspace 100")}; ${ask("admin privacy private")} (or public); ${ask("admin retention 14d")}; ${ask("forget shop.example")}`;

export const nameChannelsFirst: Message = message(
	"neutral",
	say(
		text`All channels are allowed now, and I cannot keep one out: name those in which I answer, with ${ask("admin channels here")} in each.`,
	),
);

/** What is decided for a workspace, after a change or not. */
export function adminMessage(policy: Policy, changed: boolean, here: string | null): Message {
	return message(
		"neutral",
		title(changed ? text`Done. This holds from now on:` : text`What is decided here`),
		list([
			policy.channels === null
				? text`Channels: all.`
				: policy.channels.length === 0
					? text`Channels: none.`
					: text`Channels: ${some(policy.channels)}.`,
			policy.origins === null
				? text`Looks straight at origins: of any host, for full members of this Slack workspace alone.`
				: policy.origins.length === 0
					? text`Looks straight at origins: none.`
					: text`Looks straight at origins: of ${some(policy.origins)} and their subdomains.`,
			policy.openOrigins.length === 0
				? text`For guests, other organizations and servers: of hosts that you allow.`
				: text`For everybody else too: of ${some(policy.openOrigins)} and their subdomains.`,
			text`Questions that look somewhere, in five minutes: ${policy.perPerson} of a person, ${policy.perChannel} in a channel, ${policy.perWorkspace} in all. (At most ${POLICY_MAX.perPerson}, ${POLICY_MAX.perChannel} and ${POLICY_MAX.perWorkspace}.)`,
			...listensWords(policy),
			policy.privately ? text`Verdicts: for the asker alone.` : text`Verdicts: for everybody in the channel.`,
			text`Cases are kept for ${policy.keepDays} days after their last answer.`,
		]),
		policy.channels !== null && here !== null && !policy.channels.includes(here)
			? say(
					text`${bold("This channel is not among them:")} here I answer ${ask("help")}, ${ask("admin")} and ${ask("unwatch")} only.`,
				)
			: null,
		note(text`To change: ${ADMIN_FORMS}.`),
	);
}

/** Where something is heard without a mention: said only where that is so. */
function listensWords({ listens }: Policy): Text[] {
	const of = (to: Listening["to"]) => listens.filter((one) => one.to === to).map(({ channel }) => channel);
	const [threads, everywhere] = [of("threads"), of("everywhere")];
	return [
		...(threads.length === 0 ? [] : [text`Without a mention, I read along in threads of cases: ${some(threads)}.`]),
		...(everywhere.length === 0 ? [] : [text`Without a mention, I read along everywhere: ${some(everywhere)}.`]),
	];
}

export const noWorkspace: Message = message(
	"neutral",
	say(text`There is nothing to decide here: this is no workspace and no server. Say it in Slack or Discord.`),
);

/** Asked where the answer could be read by everybody. */
export const adminByCommand: Message = message(
	"neutral",
	say(text`That is for admins alone, and everybody reads what I answer here. Use the command instead: ${ask("admin")}.`),
);

export const notAdmin = (unknown: boolean, platform: string): Message =>
	message(
		"neutral",
		say(
			unknown && platform === "slack"
				? text`I cannot see who is an admin here. Whoever runs me grants the scope ${code("users:read")}, or names the admins' ids in ${code("CF520_SLACK_ADMINS")}.`
				: text`That is for the admins of this workspace or server. Ask one of them.`,
		),
	);

export const notInThisChannel: Message = message(
	"neutral",
	say(text`The admins have me answer in other channels only. ${ask("help")} and ${ask("privacy")} work here too.`),
);

/** Why no origin of a host is looked at for somebody. */
export interface OriginNotAllowed {
	/** `nobody`: the admins allow none of this host. `member`: the person is no full member, or `unknown`: the chat does not say. */
	readonly why: "nobody" | "member" | "unknown";
	readonly platform: string;
	/** Who asks may change that. */
	readonly isAdmin: boolean;
}

export function originNotAllowed(target: Target, { why, platform, isAdmin }: OriginNotAllowed): Reply {
	const instead = text`Run ${code("curl -i --raw")} against it yourself and paste what it prints.`;
	const byAdmin = isAdmin ? text`` : text` An admin who asks me the same can allow it.`;
	const words = {
		nobody: text`The admins allow no look straight at the origin of ${hostWords(target)}. ${instead}`,
		member: text`I look straight at the origin of ${hostWords(target)} only for full members of this workspace.${byAdmin} ${instead}`,
		unknown:
			platform === "slack"
				? text`I cannot see who is a full member here, so I do not look straight at the origin of ${hostWords(target)}. The operator can grant me the scope ${code("users:read")}.${byAdmin} ${instead}`
				: text`I look straight at the origin of ${hostWords(target)} only when an admin of this server allows it.${byAdmin} ${instead}`,
	};
	return {
		private: true,
		head: message(
			"neutral",
			say(words[why]),
			isAdmin
				? buttons(text`To allow it for everybody here: ${ask(`admin origins ${target.host}`)}`, {
						label: `Allow ${target.host}`,
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
	message(
		"neutral",
		say(text`Done. Everybody here may have the origin of ${code(host, 80)} and its subdomains looked at: ask again.`),
	);

export const forgotten = (host: string, count: { readonly cases: number; readonly watches: number }): Message =>
	message(
		"neutral",
		say(
			text`Forgotten: ${count.cases} ${count.cases === 1 ? "case" : "cases"} and ${count.watches} ${count.watches === 1 ? "watch" : "watches"} of ${code(host, 80)} and its subdomains. What stands in the channels is yours to delete.`,
		),
	);
