import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it, type TestContext } from "node:test";
import { startDiscord } from "../src/adapters/discord/discord.ts";
import { startSlack } from "../src/adapters/slack/slack.ts";
import type { Stores } from "../src/desk/stores.ts";
import type { Watch } from "../src/judge/watch.ts";
import { memoryStores } from "../src/store/sqlite/sqlite.ts";
import { type HandClock, handClock } from "./clock.ts";
import { discordLines } from "./discord-lines.ts";
import { CHANNEL, fakeDiscord } from "./fakes/discord.ts";
import { fakeSlack, type SlackMessage } from "./fakes/slack.ts";
import { labDesk } from "./lab/desk.ts";
import { type Lab, openLab } from "./lab/lab.ts";
import { flatSlack, normal } from "./normal.ts";
import { slackLines } from "./slack-lines.ts";

/** Watches through the real SDKs: the clock is turned by hand, the looks are real. */

const START = Date.UTC(2026, 10, 22, 12);

describe("a watch", () => {
	let lab: Lab;
	let clock: HandClock;
	let store: Stores;
	before(async () => {
		lab = await openLab({ now: () => clock.now() });
	});
	after(() => lab.close());
	beforeEach(() => {
		clock = handClock(START);
		store = memoryStores(clock);
		lab.turnTo("healthy");
	});
	/** Waits for a condition that work under way, or the next moments of the clock, bring about. */
	const until = async (what: () => boolean | Promise<boolean>) => {
		while (!(await what())) {
			clock.turn(0.05);
			await new Promise((resolve) => setImmediate(resolve));
		}
	};
	const desk = () => labDesk(lab, { now: clock.now, later: clock.later, stores: store });
	/** The one watch, once its head is there. */
	const only = async (): Promise<Watch | null> => {
		const one = (await store.watches.open({}, 10))[0] ?? (await store.watches.get("wcase-1"));
		return one?.resumeRef === "" ? null : one;
	};
	const begun = async (): Promise<number> =>
		(await store.watches.open({}, 10)).filter(({ resumeRef }) => resumeRef !== "").length;
	const isAnnounced = async (id: string): Promise<boolean> => {
		const one = await store.watches.get(id);
		return one?.ended != null && one.toAnnounce.length === 0;
	};
	/** Turns the clock to the next look, and waits until it is made and told. */
	const look = async (file?: string) => {
		if (file !== undefined) lab.turnTo(file);
		const before = (await only())?.looks ?? 0;
		// The first one is made at once, the others at the pace of a minute.
		clock.turn(before === 0 ? 1_000 : 61_000);
		await until(async () => {
			const one = await only();
			return (one?.looks ?? 0) > before && one?.toAnnounce.length === 0;
		});
	};

	async function inSlack(run: (slack: Awaited<ReturnType<typeof fakeSlack>>, restart: () => Promise<void>) => Promise<void>) {
		const slack = await fakeSlack();
		const start = () => startSlack({ botToken: "xoxb-test", appToken: "xapp-test", apiUrl: slack.apiUrl }, desk(), () => {});
		let bot = await start();
		try {
			await run(slack, async () => {
				await bot.stop();
				bot = await start();
			});
		} finally {
			await bot.stop();
			await slack.close();
		}
	}
	const transcript = (messages: readonly SlackMessage[]) =>
		messages
			.map(
				(one) =>
					`[${one.onlyFor !== null ? "only for the asker" : one.channel.startsWith("D") ? "direct message" : one.threadTs === null ? "head" : "thread"}]\n${slackLines(one).join("\n")}`,
			)
			.join("\n\n");
	const golden = (t: TestContext, name: string, text: string) =>
		// The clock goes on a little while something is waited for.
		t.assert.fileSnapshot(
			`${normal(text).replace(/\d\d:\d\d:\d\d UTC/g, "12:00:00 UTC")}\n`,
			new URL(`golden/watch/${name}.txt`, import.meta.url).pathname,
			{
				serializers: [String],
			},
		);

	it("tells in the thread when it changes, and ends with what failed", (t) =>
		inSlack(async (slack) => {
			lab.turnTo("closes-empty");
			await slack.command(`watch ${lab.url("by-hand", "/checkout")} for 30m every 60s`);
			await until(async () => (await only()) !== null);
			for (const file of ["closes-empty", "closes-empty", "healthy", "cut-content", "healthy"]) await look(file);
			const head = slack.messages[0] as SlackMessage;
			await until(() => /Intermittent since/.test(flatSlack(head)));
			for (let nth = 0; nth < 4; nth += 1) await look("healthy");
			assert.equal((await store.watches.get("wcase-1"))?.ended?.why, "recovered");
			await until(() => /: recovered at/.test(flatSlack(head)));
			const before = slack.messages.length;
			await slack.press(head, "G:wcase-1");
			await until(() => slack.messages.length > before);
			golden(t, "recovers", transcript(slack.messages));
			await until(async () => (await store.watches.get("wcase-1"))?.evidence?.messageRef != null);
			await slack.press(head, "G:wcase-1");
			await until(() => slack.messages.length > before + 1);
			const again = slack.messages.at(-1) as SlackMessage;
			assert.match(flatSlack(again), /^(?:Already posted: |The failed requests are in this thread already\.)/);
			assert.equal(again.onlyFor, "U1");
		}));

	it("begun by the button under a verdict it is told in that thread, and ended by a button", (t) =>
		inSlack(async (slack) => {
			lab.turnTo("closes-empty");
			await slack.command(lab.url("by-hand"));
			await until(() => slack.messages.some((one) => flatSlack(one).includes("Next: ")));
			const before = slack.messages.length;
			const next = slack.messages.find((one) => JSON.stringify(one.blocks).includes('"Watch"')) as SlackMessage;
			await slack.press(next, `k:${lab.url("by-hand")}`);
			await until(async () => (await only()) !== null);
			const head = slack.messages.at(-1) as SlackMessage;
			assert.equal(head.threadTs, slack.messages[0]?.ts);
			await look();
			await slack.press(head, `u:${(await only())?.id}`);
			await until(async () => (await store.watches.open({}, 1)).length === 0);
			clock.turn(1_000);
			await until(() => slack.messages.length > before + 1);
			await until(() => /stopped by ann/.test(flatSlack(head)));
			golden(t, "stopped", transcript(slack.messages.slice(before)));
			await slack.press(head, "u:wcase-2");
			await until(() => slack.messages.at(-1)?.onlyFor === "U1");
			assert.match(flatSlack(slack.messages.at(-1) as SlackMessage), /That watch has ended: by-hand\.lab\.example:\d+, stopped/);
			const rays = (await store.cases.get("case-1"))?.rays;
			assert.equal(rays?.length, new Set(rays).size);
		}));

	it("goes on after a restart, and says that it was not there", (t) =>
		inSlack(async (slack, restart) => {
			await slack.command(`watch ${lab.url("by-hand")} for 1h`);
			await until(async () => (await only()) !== null);
			await look();
			lab.turnTo("closes-empty");
			await restart();
			clock.turn(10 * 60_000);
			await until(async () => {
				const one = await only();
				return (one?.failures ?? 0) > 0 && one?.toAnnounce.length === 0;
			});
			assert.equal(slack.messages.length, 2, "the head, and one message about both");
			await until(() => /Failing since/.test(flatSlack(slack.messages[0] as SlackMessage)));
			golden(t, "restarted", transcript(slack.messages));
		}));

	it("whose time was up while nobody was there looks once more, and ends", () =>
		inSlack(async (slack, restart) => {
			await slack.command(`watch ${lab.url("by-hand")} for 5m`);
			await until(async () => (await only()) !== null);
			await look();
			await restart();
			clock.turn(60 * 60_000);
			await until(() => isAnnounced("wcase-1"));
			assert.match(
				flatSlack(slack.messages.at(-1) as SlackMessage),
				/time is up\..*Both checks worked\. An intermittent failure is still possible\. I was offline from 12:00 UTC to 13:00 UTC, so that period is unknown/s,
			);
		}));

	it("asked for privately it is told in a direct message", (t) =>
		inSlack(async (slack) => {
			await slack.command(`watch ${lab.url("by-hand")} privately`);
			await until(async () => (await only()) !== null);
			await look("closes-empty");
			await look("healthy");
			await look("closes-empty");
			assert.deepEqual(
				slack.messages.filter((one) => one.onlyFor === null && !one.channel.startsWith("D")),
				[],
				"nothing in the channel",
			);
			await until(() => /Intermittent since/.test(flatSlack(slack.messages[0] as SlackMessage)));
			golden(t, "privately", transcript(slack.messages));
		}));

	it("where the bot cannot post, the person is told in a direct message", () =>
		inSlack(async (slack) => {
			await slack.command(`watch ${lab.url("by-hand")}`, { channel: "G9" });
			await until(async () => (await only()) !== null);
			await look("closes-empty");
			assert.ok(slack.messages.some((one) => one.channel.startsWith("D")));
		}));

	it("is not begun twice, not beyond what may be, and not for an internal address", () =>
		inSlack(async (slack) => {
			await slack.command(`watch ${lab.url("by-hand")}`);
			await until(async () => (await only()) !== null);
			const whispered = async (text: string) => {
				const before = slack.messages.length;
				await slack.command(text);
				await until(() => slack.messages.length > before);
				return flatSlack(slack.messages.at(-1) as SlackMessage);
			};
			assert.match(
				await whispered(`watch ${lab.url("by-hand")}`),
				/^You are already watching by-hand\.lab\.example:\d+ until 12:30 UTC\./,
			);
			assert.match(await whispered("watch http://169.254.169.254/"), /a private IP address/);
			for (let nth = 0; nth < 4; nth += 1) {
				await slack.command(`watch ${lab.url("by-hand", `/${nth}`)}`);
				await until(async () => (await begun()) === nth + 2);
			}
			assert.match(
				await whispered(`watch ${lab.url("by-hand", "/one-more")}`),
				/already watched 5 times here, which is the limit\. Stop one first/,
			);
			assert.match(await whispered(`unwatch ${lab.url("healthy")}`), /I am not watching anything here or for you/);
			assert.match(await whispered("unwatch"), /^Stopped 5 watches\./);
		}));

	it("a name that leads to an internal address after some looks is looked at no more", () =>
		inSlack(async (slack) => {
			await slack.command(`watch ${lab.url("by-hand")}`);
			await until(async () => (await only()) !== null);
			await look();
			const seen = lab.edge.requests.length;
			(lab.resolve as Map<string, readonly string[]>).set(`by-hand.lab.example:${lab.edge.httpsPort}`, ["10.0.0.1"]);
			try {
				clock.turn(61_000);
				await until(() => isAnnounced("wcase-1"));
			} finally {
				(lab.resolve as Map<string, readonly string[]>).set(`by-hand.lab.example:${lab.edge.httpsPort}`, ["127.0.0.1"]);
			}
			assert.equal(lab.edge.requests.length, seen);
			assert.match(flatSlack(slack.messages.at(-1) as SlackMessage), /stopped\. It now resolves to a private IP address/);
		}));

	it("in Discord: the head is the command's answer, changes are told in its thread", async (t) => {
		const discord = await fakeDiscord();
		const bot = await startDiscord(
			{ token: "aaaaaaaaaa.bbbb.cccc", apiUrl: discord.apiUrl, guildId: undefined },
			desk(),
			() => {},
		);
		try {
			lab.turnTo("closes-empty");
			await discord.command(`watch ${lab.url("by-hand")} for 30m`);
			await until(async () => (await only()) !== null);
			await look();
			await look("healthy");
			await look("closes-empty");
			const own = discord.messages.filter((one) => one.author === "bot" && !one.deleted);
			assert.deepEqual([own.length, own[0]?.channelId, discord.threads.size], [2, CHANNEL, 1]);
			await until(() => /intermittent/.test(own[0]?.content ?? ""));
			golden(
				t,
				"discord",
				own.map((one) => `[${one.channelId === CHANNEL ? "head" : "thread"}]\n${discordLines(one.sent).join("\n")}`).join("\n"),
			);
			await discord.command(`watch ${lab.url("by-hand", "/alone")} privately`);
			await until(async () => (await begun()) === 2);
			const direct = discord.messages.filter((one) => one.author === "bot").at(-2);
			assert.ok(
				discord.messages.some((one) => one.channelId.startsWith("5") && /: watching/.test(one.content)),
				JSON.stringify(direct),
			);
		} finally {
			await bot.stop();
			await discord.close();
		}
	});
});
