import type { FakeDiscord } from "../fakes/discord.ts";
import type { FakeSlack } from "../fakes/slack.ts";
import { flatSlack } from "../normal.ts";
import { caseProblem, doneOf, FLOW, type Flow, type StepKind, stateProblem } from "./case-problem.ts";
import { AWAY, countOf, GAVE_UP, inDiscordChannel, inSlackChannel, isPublic, PERHAPS_TWICE, plain } from "./seen.ts";

/** Something that people did, and how to find its result. */
export interface Done {
	readonly what: string;
	acknowledged: boolean;
	/** What is wrong with the messages; null for nothing. */
	check(): string | null;
}

/** A case that goes on. */
export interface OpenedCase {
	readonly flow: Flow;
	readonly one: Done;
}

/** What people act in. */
export interface Scene {
	readonly slack: FakeSlack;
	readonly discord: FakeDiscord;
	/** Numbers from 0 to 1, the same for the same seed. */
	readonly next: () => number;
	/** A site that fails, by its number: one for each question, because a host is not looked at as often as is asked. */
	readonly failing: (nth: number) => string;
}

const VALUES = ["nothing", "crash", "complete-200", "refused-or-444", "client-closed-499"];
const isRay = /^Ray [0-9a-f]{16}: received .* at Dallas \(DFW\)/;

/** People of both chats who ask, press and paste, each in a place of their own, so that what belongs to what can be told. */
export class People {
	readonly done: Done[] = [];
	readonly cases: OpenedCase[] = [];
	/** How often each thing was done with a case. */
	readonly pressedIn = new Map<StepKind, number>();
	readonly #scene: Scene;
	readonly #again: (() => void)[] = [];
	#count = 0;
	#ray = 0x8a7d5e2fbcd1a1c3n;

	constructor(scene: Scene) {
		this.#scene = scene;
	}

	/** A new person, of this chat. */
	person(chat: "slack" | "discord"): { readonly nth: number; readonly user: string; readonly name: string } {
		const nth = ++this.#count;
		const user = chat === "slack" ? `U${nth}` : `4${String(nth).padStart(17, "0")}`;
		return { nth, user, name: chat === "slack" ? `person${nth}` : `user${user}` };
	}

	/** A channel of one's own: everything in it belongs to one thing. */
	channel(chat: "slack" | "discord", nth: number): string {
		const channel = chat === "slack" ? `C${1_000 + nth}` : String(300_000_000_000_100_000n + BigInt(nth));
		if (chat === "slack") this.#scene.slack.members.add(channel);
		return channel;
	}

	/** @param acknowledging resolves when the chat took the acknowledgement, and rejects when it never will */
	note(one: Done, acknowledging: Promise<unknown>, then: () => void = () => {}): void {
		this.done.push(one);
		void acknowledging.then(
			() => {
				one.acknowledged = true;
				then();
			},
			() => {},
		);
	}

	/** A site is asked about: a case that others go on with. */
	opened(chat: "slack" | "discord"): void {
		const { slack, discord, failing } = this.#scene;
		const { nth, user } = this.person(chat);
		const url = `${failing(nth)}/${chat}${nth}`;
		const channel = this.channel(chat, nth);
		const flow: Flow = {
			asker: { user, name: "" },
			steps: [],
			look: () => (chat === "slack" ? inSlackChannel(slack, channel) : inDiscordChannel(discord, channel)),
		};
		const one: Done = { what: `${chat} case ${nth}`, acknowledged: false, check: () => caseProblem(flow, one.acknowledged) };
		this.cases.push({ flow, one });
		this.note(one, chat === "slack" ? slack.command(url, { user, channel }) : discord.command(url, { user, channel }));
	}

	/** The next thing is done with a case whose last one is over. */
	goOn({ flow, one }: OpenedCase): void {
		const kind = FLOW[doneOf(flow).length];
		const all = flow.look();
		if (kind === undefined || !one.acknowledged || one.check() !== null || countOf(all, PERHAPS_TWICE) > 0) return;
		const open = all.filter(isPublic);
		const startsWith = { answer: "a:", undo: "b:", recheck: "c:", reopen: "x:", solve: "c:" }[kind];
		const message = open.findLast((each) => each.actions.some((action) => action.startsWith(startsWith)));
		// What nobody knows, and what would be another code, is no answer that the case takes as it is.
		const isPlain = (action: string) =>
			action.startsWith(startsWith) && !/:(?:\?|wrong-protocol|refused|tls-failure|no-route)$/.test(action);
		const actions = message?.actions.filter(isPlain) ?? [];
		const action = actions[Math.floor(this.#scene.next() * actions.length)];
		// A likely cause leaves nothing to answer: such a case stays as it is.
		if (message === undefined || action === undefined) return;
		const who = this.person(flow.asker.user.startsWith("U") ? "slack" : "discord");
		const press = kind === "solve" ? `w:${action.split(":")[1]}:origin-crashed` : action;
		one.acknowledged = false;
		void message.press(press, who).then(
			() => {
				flow.steps.push({ kind, who, at: message.id });
				one.acknowledged = true;
				this.pressedIn.set(kind, (this.pressedIn.get(kind) ?? 0) + 1);
			},
			() => {
				one.acknowledged = true;
			},
		);
	}

	/** A button of the one case for that, by many at once: what each said is told once, or to them alone. */
	pressed(): void {
		const { slack, next } = this.#scene;
		const head = inSlackChannel(slack, "C1").find(
			(one) => isPublic(one) && one.actions.some((action) => action.startsWith("c:")),
		);
		const id = head?.actions.find((action) => action.startsWith("c:"))?.slice(2);
		if (head === undefined || id === undefined) return;
		const { user, name } = this.person("slack");
		const told = new RegExp(`✅ ${name}: |^${name} said |, ${name} says `, "m");
		const one: Done = {
			what: `slack press by ${name}`,
			acknowledged: false,
			check: () => {
				const all = inSlackChannel(slack, "C1");
				const times = countOf(all.filter(isPublic), told);
				const alone = all.filter((each) => each.onlyFor === user).length;
				if (times > 1) return `told ${times} times`;
				return one.acknowledged && times + alone === 0 ? "lost" : null;
			},
		};
		this.note(one, head.press(`a:${id}:origin-log:${VALUES[Math.floor(next() * VALUES.length)]}`, { user, name }));
	}

	/** A mention in Slack with a Ray ID. Call {@link again} where nothing else sends again what was not acknowledged. */
	mentioned(): void {
		const { slack } = this.#scene;
		const { nth } = this.person("slack");
		this.#ray += 0x100000n;
		const id = this.#ray.toString(16);
		const threadTs = `9.${nth}`;
		const one: Done = {
			what: `slack mention ${id}`,
			acknowledged: false,
			check: () => {
				const all = slack.messages.map((m) => ({ ...m, says: plain(flatSlack(m)) })).filter((m) => m.says.includes(id));
				const told = all.filter((m) => m.onlyFor === null && m.threadTs === threadTs);
				if (told.length > 1) return `told ${told.length} times`;
				if (!told.every(({ says }) => isRay.test(says) && says.includes("grep")))
					return `left at: ${told[0]?.says.slice(0, 120)}`;
				const alone = all.filter((m) => m.onlyFor === "U1").length;
				// Ended twice while it was worked on: only that is told, with an id of ours.
				const without = slack.messages
					.filter((m) => m.onlyFor === "U1" && m.threadTs === threadTs)
					.map((m) => plain(flatSlack(m)));
				const inWords = without.filter((says) => GAVE_UP.test(says) || AWAY.test(says));
				return one.acknowledged && told.length + alone + inWords.length === 0 ? `lost; privately: ${without.join(" / ")}` : null;
			},
		};
		const deliver = () => slack.mention(`${id}-DFW`, { threadTs, eventId: `Ev${nth}` });
		this.#again.push(() => {
			if (!one.acknowledged)
				void deliver().then(
					() => {
						one.acknowledged = true;
					},
					() => {},
				);
		});
		this.note(one, deliver());
	}

	/** Slack sends again what was not acknowledged. */
	again(): void {
		for (const deliver of this.#again) deliver();
	}

	/** Opens the case that many press in. */
	manys(url: string): Promise<void> {
		return this.#scene.slack.command(url);
	}

	/** What is wrong with it at the end. */
	manysProblem(): string | null {
		const all = inSlackChannel(this.#scene.slack, "C1");
		const open = all.filter(isPublic);
		const head = open.find((one) => one.actions.some((action) => action.startsWith("c:")));
		if (head === undefined) return "the case of many: no head";
		const problem = stateProblem(
			head,
			open.filter((one) => !one.isHead),
			null,
			countOf(all, PERHAPS_TWICE),
		);
		return problem === null ? null : `the case of many: ${problem}`;
	}

	problems(): string[] {
		return this.done.flatMap((one) => {
			const problem = one.check();
			return problem === null ? [] : [`${one.what}: ${problem}`];
		});
	}

	/** What stands in the cases that are not right, line by line. */
	details(): string[] {
		return this.cases.flatMap(({ flow, one }) =>
			one.check() === null
				? []
				: [
						`${one.what}: ${flow.steps.map(({ kind, who }) => `${who.name} ${kind}`).join(", ")}`,
						...flow
							.look()
							.map(
								(each) =>
									`  ${each.isHead ? "head" : "thread"}${isPublic(each) ? "" : ` for ${each.onlyFor}`}: ${each.says.replace(/\s+/g, " ").slice(0, 160)}`,
							),
					],
		);
	}
}
