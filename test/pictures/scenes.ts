import type { DeskContext } from "../../src/desk/context.ts";
import type { Conversation } from "../../src/desk/conversation.ts";
import type { Message } from "../../src/message/message.ts";
import type { DeskAction } from "../../src/read/action.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import type { Standing } from "../asked.ts";
import { chat } from "../chat.ts";
import type { HandClock } from "../clock.ts";
import { scriptedPlaces } from "../fakes/places.ts";
import { incidentInDallas } from "../fakes/status.ts";
import { flat } from "../flat.ts";
import { labDesk } from "../lab/desk.ts";
import type { Lab } from "../lab/lab.ts";
import { NOW } from "../told.ts";

/** What stands in a channel and its thread while a case goes on, as the desk says it: for pictures of whole conversations. */

/** One line of a conversation: what a person said or pressed, or a message of ours as it reads at the end. */
export type Line =
	| { readonly who: string; readonly said: string }
	| Standing
	| { readonly file: string; readonly content: string };

/** Where the scenes begin, Unix milliseconds. */
export const SCENES_AT = Date.UTC(2026, 10, 22, 12);

/** Third parties, by script; absent: switched off. */
type Services = Pick<Partial<DeskContext>, "statusPage" | "globalping">;

/** A conversation that is being made. */
class Scene {
	readonly #lab: Lab;
	readonly #clock: HandClock;
	readonly #stores;
	readonly #desk;
	readonly #lines: Line[] = [];
	/** Where each message of ours is in the lines, by its ref. */
	readonly #at = new Map<string, number>();

	constructor(lab: Lab, clock: HandClock, services: Services = {}) {
		this.#lab = lab;
		this.#clock = clock;
		this.#stores = memoryStores(clock);
		this.#desk = labDesk(lab, { stores: this.#stores, now: clock.now, later: clock.later, ...services });
		this.#desk.connect("slack", () => this.#speaks("alice", "m0"));
	}

	get lines(): readonly Line[] {
		return this.#lines;
	}

	/** A person asks in the channel. */
	ask(who: string, text: string): Promise<void> {
		this.#lines.push({ who, said: text });
		return this.#done(this.#desk.handle(text, this.#speaks(who, null), who));
	}

	/** A person says or presses something in the thread; `pressed` is what they see of that. */
	say(who: string, what: string | DeskAction, pressed?: string): Promise<void> {
		this.#lines.push({ who, said: pressed === undefined ? String(what) : `[${pressed}]` });
		return this.#done(this.#desk.handle(what, this.#speaks(who, "m0"), who));
	}

	answer(who: string, key: Extract<DeskAction, { do: "answer" }>["key"], value: string | null, pressed: string): Promise<void> {
		return this.say(who, { do: "answer", case: "case-1", key, value }, pressed);
	}

	/** From here on the page of the case is another one of the laboratory. */
	async turnTo(host: string): Promise<void> {
		await this.#stores.cases.change("case-1", (was) => ({ ...was, url: this.#lab.url(host, "/checkout") }));
	}

	wait(ms: number): void {
		this.#clock.turn(ms);
	}

	/** Turns the clock until a watch has made so many checks more, or has ended. */
	async checks(file: string, times: number): Promise<void> {
		this.#lab.turnTo(file);
		const made = async () => {
			const [watch] = await this.#stores.watches.open({}, 1);
			if (watch === undefined) return Number.POSITIVE_INFINITY;
			return watch.toAnnounce.length > 0 ? 0 : watch.looks;
		};
		for (let nth = 0; nth < times; nth += 1) {
			const before = await made();
			this.#clock.turn(before === 0 ? 1_000 : 61_000);
			while ((await made()) <= before && before !== Number.POSITIVE_INFINITY) await this.#moment();
		}
		// What the last check is told with.
		for (let round = 0; round < 500; round += 1) await this.#moment();
	}

	/** Lets what is under way go on, and what is planned for the next moments begin. */
	#moment(): Promise<void> {
		this.#clock.turn(0.05);
		return new Promise((resolve) => setImmediate(resolve));
	}

	async #done(work: Promise<unknown>): Promise<void> {
		let isDone = false;
		const ended = work.finally(() => {
			isDone = true;
		});
		while (!isDone) await this.#moment();
		await ended;
	}

	/** The address of the ray that the case has, for a log line of the same request. */
	async ray(): Promise<string> {
		return (await this.#stores.cases.get("case-1"))?.rays[0] ?? "";
	}

	#put(place: Standing["place"], message: Message): string {
		const ref = `m${this.#at.size}`;
		this.#at.set(ref, this.#lines.push({ place, message }) - 1);
		return ref;
	}

	#change(ref: string, message: Message): void {
		const at = this.#at.get(ref);
		const line = at === undefined ? undefined : this.#lines[at];
		if (at !== undefined && line !== undefined && "message" in line) this.#lines[at] = { ...line, message };
	}

	/** @param thread null: in the channel, where each question opens one */
	#speaks(who: string, thread: string | null): Conversation<Message> {
		let head: string | null = null;
		const show = (message: Message) => {
			if (head === null) head = this.#put(thread === null ? "head" : "thread", message);
			else this.#change(head, message);
		};
		return chat({
			begin: async (message) => show(message),
			update: async (message) => show(message),
			followUp: async (message) => this.#put("thread", message),
			replyPrivately: async (message) => void this.#put("only for the asker", message),
			askAddress: async (_url, message) => void this.#put("only for the asker", message),
			edit: async (ref, message) => this.#change(ref, message),
			attach: async (file, content) => void this.#lines.push({ file, content }),
			permalink: async (ref) => `https://chat.example/${ref}`,
			renameThread: async (message) => void flat(message),
			location: () => ({ messageRef: head, threadKey: `slack C1 ${thread ?? head}` }),
			resumeRef: (alone) => (alone ? "alone" : "thread"),
			asker: `slack ${who}`,
			workspace: "slack T1",
			channel: "C1",
			platform: "slack",
			room: { key: "slack C1", isOpen: true, hasOutsiders: false },
		});
	}
}

const OPEN = (lab: Lab, scene: Scene, site = "closes-empty") => scene.ask("alice", lab.url(site, "/checkout"));
const crashLine = (atMs: number, ray: string) =>
	`${new Date(atMs).toISOString()} web1 php-fpm[77]: WARNING: [pool www] child 812 exited on signal 11 (SIGSEGV) after 3.1 seconds ray=${ray}`;

/** Every scene, by a name for its picture. */
const SCENES: Readonly<Record<string, (scene: Scene, lab: Lab) => Promise<void>>> = {
	answered: async (scene, lab) => {
		await OPEN(lab, scene);
		await scene.answer("bob", "direct-origin", "closed-empty", "Empty reply (52)");
		await scene.answer("bob", "origin-log", "nothing", "No entry at all");
	},
	decides: async (scene, lab) => {
		await OPEN(lab, scene);
		await scene.say("grace", crashLine(SCENES_AT, await scene.ray()));
		await scene.say("bob", { do: "not-it", case: "case-1", cause: "origin-crashed" }, "Not it");
	},
	evidence: async (scene, lab) => {
		await OPEN(lab, scene);
		await scene.answer("bob", "direct-origin", "closed-empty", "Empty reply (52)");
		await scene.say("bob", { do: "evidence", case: "case-1" }, "Evidence");
		await scene.say("carol", "evidence");
	},
	disagree: async (scene, lab) => {
		await OPEN(lab, scene);
		await scene.answer("bob", "direct-origin", "closed-empty", "Empty reply (52)");
		await scene.answer("carol", "direct-origin", "reset", "Reset (56)");
		await scene.say(
			"bob",
			{ do: "answer", case: "case-1", key: "direct-origin", value: "reset", askedBack: true },
			"Reset (curl 56)",
		);
		scene.wait(120_000);
		await scene.answer("dave", "direct-origin", "closed-empty", "Empty reply (52)");
		await scene.say("bob", { do: "take-back", case: "case-1", key: "direct-origin" }, "Undo");
	},
	visitor: async (scene, lab) => {
		await OPEN(lab, scene);
		await scene.answer("bob", "direct-origin", null, "I cannot run this");
		await scene.say("bob", { do: "access", case: "case-1", key: "direct-origin", has: false }, "Not my server");
		await scene.say("bob", "status");
	},
	"own-server": async (scene, lab) => {
		await OPEN(lab, scene);
		await scene.answer("bob", "direct-origin", null, "I cannot run this");
		await scene.say("bob", { do: "access", case: "case-1", key: "direct-origin", has: true }, "Yes");
	},
	solved: async (scene, lab) => {
		await OPEN(lab, scene);
		await scene.say("bob", "check again");
		scene.wait(600_000);
		await scene.turnTo("healthy");
		await scene.say("bob", "rolled back, works now");
		scene.wait(480_000);
		await scene.say("alice", { do: "solved", case: "case-1" }, "Solved…");
		await scene.say("alice", { do: "it-was", case: "case-1", cause: "origin-crashed" }, "Application crash or restart");
	},
	"fails-again": async (scene, lab) => {
		await OPEN(lab, scene);
		scene.wait(1_080_000);
		await scene.say("alice", "solved : someone unplugged the rack");
		await scene.say("bob", "check again");
		await scene.say("bob", lab.url("closes-empty", "/checkout"));
		await scene.say("dave", { do: "reopen", case: "case-1" }, "Reopen");
	},
	"open-case": async (scene, lab) => {
		await OPEN(lab, scene);
		await scene.ask("erin", lab.url("closes-empty", "/cart"));
		await scene.ask("erin", lab.url("resets", "/cart"));
		await scene.ask("bob", "is it fixed?");
		await scene.ask("bob", "1. https://shop.example/a and https://api.example/b return 520");
	},
	talk: async (scene, lab) => {
		await OPEN(lab, scene);
		await scene.say("bob", "is it us or cloudflare?");
		await scene.say("bob", "we just deployed 10 minutes ago");
		await scene.say("bob", "it was the WAF");
		await scene.say("bob", "thanks");
		await scene.say("bob", "who knows what this purple thing does");
		await scene.say("bob", { do: "follow", case: "case-1" }, "Follow");
		await scene.say("bob", { do: "unfollow", case: "case-1" }, "Stop following");
	},
	"other-site": async (scene, lab) => {
		await OPEN(lab, scene);
		await scene.say("bob", lab.url("resets", "/"));
		await scene.say("bob", lab.url("healthy", "/"));
		await scene.say("bob", `origin ${lab.url("closes-empty", "/checkout")} 127.0.0.1:${lab.originPort("closes-empty")}`);
	},
	"origin-other-code": async (scene, lab) => {
		await OPEN(lab, scene);
		await scene.say("bob", `origin ${lab.url("closes-empty", "/checkout")} 127.0.0.1:${lab.originPort("refuses")}`);
		await scene.say("bob", { do: "variants", case: "case-1" }, "Try other requests");
	},
	report: async (scene, lab) => {
		await OPEN(lab, scene);
		await scene.say("grace", crashLine(SCENES_AT, await scene.ray()));
		await scene.say("alice", { do: "report", case: "case-1" }, "Report…");
		for (const audience of ["host", "developer", "cloudflare", "status"] as const)
			await scene.say("alice", { do: "statement", case: "case-1", audience }, audience);
	},
	watch: async (scene, lab) => {
		lab.turnTo("closes-empty");
		await scene.ask("alice", lab.url("by-hand", "/checkout"));
		await scene.say("alice", { do: "watch", url: lab.url("by-hand", "/checkout") }, "Watch");
		await scene.checks("closes-empty", 4);
		await scene.checks("healthy", 6);
	},
	"watch-stopped": async (scene, lab) => {
		await scene.ask("alice", `watch ${lab.url("by-hand", "/checkout")} for 30m`);
		await scene.checks("healthy", 2);
		await scene.checks("closes-empty", 2);
		await scene.say("alice", "watch");
		await scene.say("alice", "unwatch");
	},
	"code-521": async (scene, lab) => {
		await OPEN(lab, scene, "refuses");
		await scene.say("bob", "sudo ss -ltnp\nState Recv-Q Send-Q Local Address:Port Peer Address:Port Process");
	},
};

const INCIDENT = "Elevated errors in Dallas <!channel> *soon*";
/** Scenes with third parties, at the time of what the scripted places tell; they are played last. */
const SERVED: Readonly<Record<string, readonly [services: Services, play: (scene: Scene, lab: Lab) => Promise<void>]>> = {
	"status-page": [
		{ statusPage: incidentInDallas(INCIDENT, NOW - 600_000) },
		async (scene, lab) => {
			await OPEN(lab, scene);
			await scene.say("bob", "status");
			await scene.ask("erin", "status");
			await scene.ask("erin", "status DFW");
			await scene.ask("erin", "status FRA");
			await scene.ask("erin", `${await scene.ray()}-DFW`);
			await scene.say("alice", { do: "report", case: "case-1" }, "Report…");
		},
	],
	"status-page-again": [
		{ statusPage: incidentInDallas(INCIDENT, NOW - 600_000) },
		async (scene, lab) => {
			await OPEN(lab, scene);
			await scene.say("alice", "solved : someone unplugged the rack");
			await scene.ask("bob", lab.url("closes-empty", "/checkout"));
		},
	],
	places: [
		{ globalping: scriptedPlaces(["520", "520", "200", "200", "520", "silent", "challenge", "cached"], ["520", "200", "200"]) },
		async (scene, lab) => {
			await OPEN(lab, scene);
			await scene.say("bob", { do: "case-places", case: "case-1" }, "Other places");
			await scene.say("carol", "from germany, berlin and the us");
			await scene.say("dave", "from a, b, c");
			await scene.ask("erin", `is ${lab.url("healthy", "/")} down in Japan?`);
			await scene.ask("erin", `${lab.url("healthy", "/")} from my phone`);
		},
	],
	"places-everywhere": [
		{ globalping: scriptedPlaces(Array.from({ length: 8 }, () => "520" as const)) },
		async (scene, lab) => scene.ask("alice", `${lab.url("closes-empty", "/checkout?token=secret1")} from world`),
	],
	"places-limit": [
		{ globalping: scriptedPlaces({ kind: "limit", againMs: 21 * 60_000 }) },
		async (scene, lab) => scene.ask("alice", `${lab.url("closes-empty", "/checkout")} from germany, us`),
	],
};

/** Plays the scenes whose name holds a word. */
export async function scenes(
	wanted: string,
	lab: Lab,
	clock: HandClock,
): Promise<readonly [name: string, lines: readonly Line[]][]> {
	const out: [string, readonly Line[]][] = [];
	for (const [name, play] of Object.entries(SCENES)) {
		if (!`case-${name}`.includes(wanted)) continue;
		const scene = new Scene(lab, clock);
		await play(scene, lab);
		out.push([`case-${name}`, scene.lines]);
	}
	clock.turn(Math.max(0, NOW + 60_000 - clock.now()));
	for (const [name, [services, play]] of Object.entries(SERVED)) {
		if (!`service-${name}`.includes(wanted)) continue;
		const scene = new Scene(lab, clock, services);
		await play(scene, lab);
		out.push([`service-${name}`, scene.lines]);
	}
	return out;
}
