import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { startDiscord } from "../../src/adapters/discord/discord.ts";
import { SLACK_PATH } from "../../src/adapters/slack/delivery.ts";
import { SlackInstalls } from "../../src/adapters/slack/installs.ts";
import { Leaving } from "../../src/adapters/slack/leaving.ts";
import { startSlack } from "../../src/adapters/slack/slack.ts";
import { StoreAway, type Stores } from "../../src/desk/stores.ts";
import { serve } from "../../src/http-server.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { realClock } from "../clock.ts";
import { fakeDiscord, GUILD } from "../fakes/discord.ts";
import { fakeSlack } from "../fakes/slack.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { aCase, anAccess } from "../store/values.ts";
import { countingDesk } from "./contract.ts";

/** What becomes of a workspace when the bot is removed from it, through the real SDKs; with many Slack workspaces: `slack-many.test.ts`. */

const SECRET = "0123456789abcdef0123456789abcdef";
/** Whole seconds, as Slack tells them. */
const CONNECTED_S = 1_700_000_000;
const T1 = anAccess({ workspace: "slack T1", atMs: CONNECTED_S * 1_000 + 500 });
const T2 = anAccess({ workspace: "slack T2", atMs: T1.atMs });

let lab: Lab;
before(async () => {
	lab = await openLab();
});
after(() => lab.close());

const until = async (holds: () => boolean | Promise<boolean>) => {
	while (!(await holds())) await setImmediate();
};
const eventOf = (event: object, team = "T1") => ({
	type: "event_callback",
	team_id: team,
	api_app_id: "A1",
	event_id: `Ev${Math.random()}`,
	event_time: CONNECTED_S + 60,
	authorizations: [{ team_id: team, user_id: "U0BOT", is_bot: true }],
	event,
});

/** Delivers an event, and resolves when it was acknowledged. */
type Deliver = (payload: Record<string, unknown>) => Promise<void>;
type Run = (deliver: Deliver, stores: Stores, log: readonly object[]) => Promise<void>;

async function withStores() {
	const stores = memoryStores(realClock);
	for (const one of [T1, T2]) {
		await stores.accesses.put(one);
		await stores.cases.open(aCase(`case ${one.workspace}`, { workspace: one.workspace, threadKey: one.workspace }));
	}
	const log: object[] = [];
	return { stores, log };
}

const DELIVERIES: Readonly<Record<string, (run: Run) => Promise<void>>> = {
	"Slack over a socket": async (run) => {
		const { stores, log } = await withStores();
		const slack = await fakeSlack();
		const desk = labDesk(lab, { stores, log: (line) => void log.push(line) });
		const settings = { botToken: "xoxb-test", appToken: "xapp-test", apiUrl: slack.apiUrl };
		const bot = await startSlack(settings, desk, (line) => void log.push(line));
		try {
			await run(async (payload) => void (await slack.deliver("events_api", payload)), stores, log);
		} finally {
			await bot.stop();
			await slack.close();
		}
	},
	"Slack over HTTP": async (run) => {
		const { stores, log } = await withStores();
		const slack = await fakeSlack();
		const own = await serve("127.0.0.1", 0, null);
		const desk = labDesk(lab, { stores, log: (line) => void log.push(line) });
		const settings = { botToken: "xoxb-test", appToken: null, signingSecret: SECRET, apiUrl: slack.apiUrl };
		const bot = await startSlack(settings, desk, (line) => void log.push(line), { mount: own.mount });
		const deliver: Deliver = async (payload) => {
			const body = JSON.stringify(payload);
			const timestamp = String(Math.floor(Date.now() / 1_000));
			const signature = `v0=${createHmac("sha256", SECRET).update(`v0:${timestamp}:${body}`).digest("hex")}`;
			const response = await fetch(`http://127.0.0.1:${own.port}${SLACK_PATH}`, {
				method: "POST",
				headers: {
					"content-type": "application/json",
					"x-slack-request-timestamp": timestamp,
					"x-slack-signature": signature,
					connection: "close",
				},
				body,
			});
			assert.equal(response.status, 200);
		};
		try {
			await run(deliver, stores, log);
		} finally {
			await bot.stop();
			await own.close();
			await slack.close();
		}
	},
};

describe("one bot token of Slack's", () => {
	const rows: readonly (readonly [what: string, payload: Record<string, unknown>])[] = [
		["the app was removed", eventOf({ type: "app_uninstalled" })],
		["the bot's token was renewed", eventOf({ type: "tokens_revoked", tokens: { bot: ["U0BOT"] } })],
		["a person's token was revoked", eventOf({ type: "tokens_revoked", tokens: { oauth: ["U1"] } })],
		["another workspace removed it", eventOf({ type: "app_uninstalled" }, "T9")],
	];
	for (const [how, open] of Object.entries(DELIVERIES))
		for (const [what, payload] of rows)
			it(`${how}, ${what}: nothing is deleted, because one that is renewed looks the same`, () =>
				open(async (deliver, stores, log) => {
					await deliver(payload);
					for (const one of [T1, T2]) {
						assert.deepEqual(await stores.accesses.of(one), [one]);
						assert.deepEqual(
							await stores.cases.get(`case ${one.workspace}`),
							aCase(`case ${one.workspace}`, { workspace: one.workspace, threadKey: one.workspace }),
						);
					}
					assert.deepEqual(
						log.filter((line) => "audit" in line),
						[],
					);
				}));
});

const named = (id: string | null) => (id === null ? null : { id, name: null });
/** With the same bot everywhere. */
const installOf = (team: string | null, enterprise: string | null) => ({
	team: named(team),
	enterprise: named(enterprise),
	bot: { token: `xoxb-${team ?? enterprise}`, userId: "U0BOT", id: null, scopes: [] },
	by: null,
	appId: null,
});

describe("a bot's token that is revoked, where a workspace and its organization have the same bot", () => {
	for (const [what, ofAll, left] of [
		["is the workspace's where the event is of its own installation", false, ["T1"]],
		["is the organization's where the event is of that", true, ["E1"]],
	] as const)
		it(what, async () => {
			const { stores } = await withStores();
			const installs = new SlackInstalls(stores.installs, null, () => CONNECTED_S * 1_000);
			for (const one of [installOf("T1", "E1"), installOf(null, "E1")]) await installs.keep(one, CONNECTED_S * 1_000);
			const leaving = new Leaving(
				installs,
				{ workspaceLeft: async () => {} },
				() => {},
				Date.now,
				async () => "",
			);
			await leaving.heard({
				...eventOf({ type: "tokens_revoked", tokens: { bot: ["U0BOT"] } }),
				enterprise_id: "E1",
				authorizations: [{ team_id: ofAll ? null : "T1", enterprise_id: "E1", is_enterprise_install: ofAll }],
			});
			const kept = await Promise.all(["T1", "E1"].map(async (id) => ({ id, one: await installs.get(id) })));
			assert.deepEqual(
				kept.flatMap(({ id, one }) => (one === null ? [id] : [])),
				left,
			);
		});
});

describe("the day's round through Slack's tokens", () => {
	const [MINUTE, HOUR] = [60_000, 3_600_000];
	for (const [what, tries] of [
		["is made once a day", [true, true]],
		["is tried a minute later where a process that ended has it", [false, true]],
		["is tried a minute later where the store failed", ["away", true]],
	] as const)
		it(what, async () => {
			let [now, asked, tried] = [CONNECTED_S * 1_000, 0, 0];
			const { stores } = await withStores();
			const installs = new SlackInstalls(stores.installs, null, () => now);
			await installs.keep(installOf("T1", null), now);
			const hold = async () => {
				const [first, then] = tries;
				const one = tried === 0 ? first : then;
				tried += 1;
				if (one === "away") throw new StoreAway();
				return one;
			};
			const ask = async () => {
				asked += 1;
				return "";
			};
			const leaving = new Leaving(
				installs,
				{ workspaceLeft: async () => {} },
				() => {},
				() => now,
				ask,
				{
					hold,
					drop: async () => {},
				},
			);
			const seen: number[] = [];
			for (const wait of [0, MINUTE - 1, 1, 23 * HOUR, HOUR + 1]) {
				now += wait;
				await leaving.look();
				seen.push(asked);
			}
			assert.deepEqual(seen, tries[0] === true ? [1, 1, 1, 1, 2] : [0, 0, 1, 1, 2]);
		});
});

describe("a server that removed the Discord bot", () => {
	it("has no tokens any more; an outage of Discord, before or after it, deletes nothing", async () => {
		const { stores } = await withStores();
		const here = anAccess({ platform: "discord", workspace: `discord ${GUILD}` });
		const elsewhere = anAccess({ platform: "discord", workspace: "discord 200000000000000002" });
		for (const one of [here, elsewhere]) await stores.accesses.put(one);
		const discord = await fakeDiscord();
		const desk = countingDesk(labDesk(lab, { stores }));
		const settings = { token: "aaaaaaaaaa.bbbb.cccc", apiUrl: discord.apiUrl, guildId: undefined };
		const bot = await startDiscord(settings, desk, () => {});
		try {
			discord.guildGoes(true);
			// Dispatches come in order: what was answered came after it.
			await discord.command("help");
			await desk.settled(1);
			assert.deepEqual(await stores.accesses.of(here), [here]);
			discord.disconnect();
			discord.guildGoes(false);
			await until(async () => (await stores.accesses.of(here)).length === 0);
			assert.deepEqual(await stores.accesses.of(elsewhere), [elsewhere]);
			assert.deepEqual(await stores.accesses.of(T1), [T1]);
		} finally {
			await bot.stop();
			await discord.close();
		}
	});
});
