import { setTimeout as sleep } from "node:timers/promises";
import type { Touched } from "../fakes/slack.ts";
import { caseProblem, type Flow } from "./case-problem.ts";
import type { Done, People, Scene } from "./people.ts";
import { GAVE_UP, inDiscordChannel, inSlackChannel, isPublic, type Seen } from "./seen.ts";

/** What people do where several replicas have to agree. */

type Chat = "slack" | "discord";

/** An answer about a site. */
const TOLD = /fails with 520/;
/** A limit was reached when a process went on with what another had begun in public. */
const FULL = /has reached its limit|has used its half|This person/i;
const toldIn = (all: readonly Seen[], user: string): boolean =>
	all.some((one) => (isPublic(one) && TOLD.test(one.says)) || one.onlyFor === user);

const look = ({ slack, discord }: Scene, chat: Chat, channel: string): Seen[] =>
	chat === "slack" ? inSlackChannel(slack, channel) : inDiscordChannel(discord, channel);

/** A question that stands in a channel of its own: one head, and an answer in public or alone. */
function asked(people: People, scene: Scene, chat: Chat, what: string, url: (nth: number) => string, user?: string): string {
	const person = people.person(chat);
	const channel = people.channel(chat, person.nth);
	const who = user ?? person.user;
	const one: Done = {
		what: `${what} ${person.nth} in ${chat}`,
		acknowledged: false,
		check: () => {
			const all = look(scene, chat, channel);
			const heads = all.filter((each) => isPublic(each) && each.isHead);
			if (heads.length > 1) return `${heads.length} heads`;
			if (!one.acknowledged || toldIn(all, who) || heads.some(({ says }) => GAVE_UP.test(says) || FULL.test(says))) return null;
			return `lost: ${all.map(({ says }) => says.slice(0, 100)).join(" / ")}`;
		},
	};
	const question = url(person.nth);
	people.note(one, scene[chat].command(question, { user: who, channel }));
	return channel;
}

/** Many ask about one host at once, in both chats: no more requests reach it than may. */
export function askedAtOnce(people: People, scene: Scene, host: string, count: number): void {
	for (let nth = 0; nth < count; nth += 1)
		asked(people, scene, nth % 2 === 0 ? "slack" : "discord", "hot question", (one) => `${host}/hot${one}`);
}

/** One person asks more at once than an admin allows. @returns where */
export function askedByOne(people: People, scene: Scene, user: string, count: number): readonly string[] {
	return Array.from({ length: count }, () =>
		asked(people, scene, "slack", "busy person's question", (nth) => `${scene.failing(nth)}/busy`, user),
	);
}

/** How many of a person's questions were looked at: a site was named in the answer. */
export const lookedAt = (scene: Scene, channels: readonly string[]): number =>
	channels.filter((channel) => inSlackChannel(scene.slack, channel).some(({ says }) => TOLD.test(says))).length;

/** A case that is opened by a mention in Discord: every session hears it, and none is asked to acknowledge it. */
export function mentionedInDiscord(people: People, scene: Scene): void {
	const { discord, failing } = scene;
	const { nth, user } = people.person("discord");
	const channel = people.channel("discord", nth);
	const flow: Flow = { asker: { user, name: "" }, steps: [], look: () => inDiscordChannel(discord, channel) };
	const one: Done = { what: `discord mention ${nth}`, acknowledged: false, check: () => caseProblem(flow, one.acknowledged) };
	people.cases.push({ flow, one });
	discord.addChannel(channel);
	const id = discord.mention(`${failing(nth)}/mention${nth}`, { user, channel });
	people.note(
		one,
		sleep(HEARD_FOR_SURE_MS).then(() => {
			if (discord.sessions.stillThere(id) === 0) throw new Error("nobody who heard it is left");
		}),
	);
}

/** Whoever heard a message and lives so long has noted it, also after a freeze and an outage. */
const HEARD_FOR_SURE_MS = 12_000;

/** A response is pasted into a thread of Slack: told there once. */
export function pasted(people: People, { slack }: Scene): void {
	const { nth, user } = people.person("slack");
	const channel = people.channel("slack", nth);
	const one: Done = {
		what: `paste ${nth}`,
		acknowledged: false,
		check: () => {
			const all = inSlackChannel(slack, channel);
			const told = all.filter((each) => isPublic(each) && PASTE.test(each.says)).length;
			if (told > 1) return `told ${told} times`;
			return one.acknowledged && told === 0 && !all.some((each) => each.onlyFor === user)
				? `lost: ${all.map(({ says }) => says.slice(0, 100)).join(" / ")}`
				: null;
		},
	};
	const text = `\`\`\`HTTP/1.1 200 OK\r\nContent-Length: ${1_000 + nth}\r\nX Paste${nth}: 1\r\n\r\nhello\`\`\``;
	people.note(one, slack.mention(text, { user, channel, threadTs: `7.${nth}`, eventId: `EvP${nth}` }));
}
/** What is told of these bytes. */
const PASTE = /space in (?:the|a) (?:header )?(?:field )?name|header name|field name/i;

/** Several people ask in one thread of Slack at once. */
export class BusyThread {
	readonly channel: string;
	readonly #thread: string;
	readonly #people: People;
	readonly #scene: Scene;
	/** Hosts, in the order in which they were asked. */
	readonly #hosts: string[] = [];

	constructor(people: People, scene: Scene) {
		const { nth } = people.person("slack");
		this.channel = people.channel("slack", nth);
		this.#thread = `8.${nth}`;
		this.#people = people;
		this.#scene = scene;
	}

	/** @param count how many ask */
	ask(count: number): void {
		const { slack, failing } = this.#scene;
		for (let asking = 0; asking < count; asking += 1) {
			const { nth, user } = this.#people.person("slack");
			const url = `${failing(nth)}/thread${nth}`;
			const host = new URL(url).hostname;
			this.#hosts.push(host);
			const one: Done = {
				what: `question ${nth} in the thread ${this.#thread}`,
				acknowledged: false,
				check: () => {
					const all = inSlackChannel(slack, this.channel);
					// What mentions the asker comes after a slow check, beside its head.
					const isHead = ({ says }: Seen) => TOLD.test(says) && says.includes(`/thread${nth} `) && !says.startsWith("@");
					const told = all.filter((each) => isPublic(each) && isHead(each));
					if (told.length > 1) return `told ${told.length} times`;
					const mine = all.filter((each) => each.onlyFor === user);
					return one.acknowledged && told.length === 0 && mine.length === 0 && !this.#gaveUp(host)
						? `lost: ${all.map(({ says }) => says.slice(0, 60)).join(" / ")}`
						: null;
				},
			};
			this.#people.note(one, slack.mention(url, { user, channel: this.channel, threadTs: this.#thread, eventId: `EvT${nth}` }));
		}
	}

	#gaveUp(host: string): boolean {
		return this.#touched(host).some(({ text }) => GAVE_UP.test(text));
	}

	/** What was done with the message that began as one about this host. */
	#touched(host: string): readonly Touched[] {
		const { touched, messages } = this.#scene.slack;
		const mine = new Set(
			messages.filter(({ channel, onlyFor }) => channel === this.channel && onlyFor === null).map(({ ts }) => ts),
		);
		const first = touched.find(({ id, isPost, text }) => isPost && mine.has(id) && text.includes(host));
		return first === undefined ? [] : touched.filter(({ id }) => id === first.id);
	}

	/** How many questions began and ended in public. */
	get begun(): number {
		return this.#hosts.filter((host) => this.#touched(host).length > 0).length;
	}

	/**
	 * Which questions were answered at the same time as another of this thread: posted while the other's head was still being worked on.
	 * @param isLate a call that was under way when its process was frozen: it says nothing of when its question was answered
	 */
	atOnce(isLate: (by: string | null, at: number) => boolean): string[] {
		const spans = this.#hosts.flatMap((host) => {
			const all = this.#touched(host);
			const [first] = all;
			const last = all.find(({ text }) => TOLD.test(text));
			return first === undefined || last === undefined || isLate(first.by, first.at) ? [] : { host, first, last };
		});
		return spans.flatMap((one) =>
			spans
				.filter((other) => other !== one && other.first.at > one.first.at && other.first.at < one.last.at)
				.map(
					(other) =>
						`${this.#thread}: ${other.host} began (${other.first.by}) before ${one.host} ended (${one.first.by}, then ${one.last.by})`,
				),
		);
	}
}

/** A page that is watched, in a channel of its own. */
export class WatchedPage {
	readonly #seen: () => readonly Seen[];
	readonly #name: string;

	/** @param chat where it is watched */
	constructor(people: People, scene: Scene, chat: Chat, url: string) {
		const { nth, user } = people.person(chat);
		const channel = people.channel(chat, nth);
		this.#name = `the watch of ${url}`;
		this.#seen = () => look(scene, chat, channel).filter(isPublic);
		const one: Done = {
			what: this.#name,
			acknowledged: false,
			check: () => (one.acknowledged && this.#heads().length === 0 ? "lost" : null),
		};
		people.note(one, scene[chat].command(`watch ${url} for 24h every 30s`, { user, channel }));
	}

	#heads(): readonly Seen[] {
		return this.#seen().filter(({ isHead }) => isHead);
	}

	/** The first sentence of each change that was told. */
	#changes(): readonly string[] {
		return this.#seen()
			.filter(({ isHead }) => !isHead)
			.map(({ says }) => /^.*? as of \d\d:\d\d(?::\d\d)? UTC|^[^\n]+/.exec(says.trim())?.[0] ?? "");
	}

	/** How many changes were told. */
	get told(): number {
		return this.#changes().length;
	}

	/** It failed, and that was told. */
	get failed(): boolean {
		return this.#changes().some((one) => /fails/.test(one));
	}

	/** What was told twice. Changes of one kind are minutes apart, and name theirs. */
	twice(): string[] {
		const changes = this.#changes();
		const again = changes.filter((one, at) => changes.indexOf(one) !== at).map((one) => `${this.#name}: told twice: ${one}`);
		const heads = this.#heads().length;
		return heads > 1 ? [...again, `${this.#name}: ${heads} heads`] : again;
	}
}
