import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { DiscordAPIError, DiscordjsError, DiscordjsErrorCodes } from "discord.js";
import { startDiscord } from "../../src/adapters/discord/discord.ts";
import { unlessAnswered } from "../../src/adapters/discord/errors.ts";
import { DISCORD_PATH } from "../../src/adapters/discord/http.ts";
import { SLACK_PATH } from "../../src/adapters/slack/delivery.ts";
import { startSlack } from "../../src/adapters/slack/slack.ts";
import { serve } from "../../src/http-server.ts";
import { openMetrics } from "../../src/metrics.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { handClock } from "../clock.ts";
import { discordControls } from "../discord-lines.ts";
import { CHANNEL, fakeDiscord } from "../fakes/discord.ts";
import { fakeSlack } from "../fakes/slack.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { flatSlack } from "../normal.ts";
import { cutStores } from "../store/away.ts";
import { countingDesk } from "./contract.ts";

/** The database of several processes is away, through the real SDKs: nothing is answered un-noted, and whoever waits is told so at once. */

const AWAY = "My database does not answer. Try again in a minute.";
const SWEEP_MS = 5_000;
const SECRET = "0123456789abcdef0123456789abcdef";
const RAY = "8a7d5e2fbcd1a1c3-DFW";

for (const [what, error, isHandled] of [
	[
		"another replica answered",
		new DiscordAPIError({ code: 40_060, message: "x" }, 40_060, 400, "POST", "/", { files: undefined, body: undefined }),
		true,
	],
	// discord.js makes it itself, and lets nobody else.
	[
		"we answered in the meantime",
		Reflect.construct(DiscordjsError, [DiscordjsErrorCodes.InteractionAlreadyReplied]) as DiscordjsError,
		true,
	],
	["something else broke", new Error("x"), false],
] as const)
	it(`a refusal of an interaction is ${isHandled ? "left" : "an error"} where ${what}`, () => {
		if (isHandled) assert.doesNotThrow(() => unlessAnswered(error));
		else assert.throws(() => unlessAnswered(error), error);
	});

describe("while the database of several processes is away", () => {
	let lab: Lab;
	before(async () => {
		lab = await openLab();
	});
	after(() => lab.close());

	/** A desk on such a database. Its clock is turned by hand: what comes in time comes before the clock is turned. */
	function opened() {
		const clock = handClock(Date.UTC(2026, 10, 26, 12));
		const stores = cutStores({ ...memoryStores(clock), sweepMs: SWEEP_MS });
		const lines: { readonly event: string }[] = [];
		const desk = countingDesk(labDesk(lab, { stores, now: clock.now, later: clock.later, log: (line) => lines.push(line) }));
		const log = (line: { readonly event: string }) => void lines.push(line);
		/** Turns the clock until something is so. */
		const until = async (is: () => boolean) => {
			while (!is()) {
				await setImmediate();
				clock.turn(10);
			}
		};
		/** Whatever was going to happen has happened. */
		const quiet = async () => {
			for (let turns = 0; turns < 200; turns += 1) await setImmediate();
		};
		/** Nothing that would wake somebody but that the store is away. */
		const alarms = () =>
			lines.flatMap(({ event }) => (/failed|broke|too-late|not-acknowledged|not-noted|unhandled/.test(event) ? [event] : []));
		return { clock, stores, lines, desk, log, until, quiet, alarms };
	}

	async function withSlack(
		run: (
			bot: ReturnType<typeof opened> & {
				readonly slack: Awaited<ReturnType<typeof fakeSlack>>;
				/** As Slack sends it over HTTP. */
				readonly post: (body: string, type?: string) => Promise<Response>;
				readonly get: (path: string) => Promise<number>;
			},
		) => Promise<void>,
		{ overHttp = false, awayAtStart = false } = {},
	) {
		const [bot, slack] = [opened(), await fakeSlack()];
		if (awayAtStart) bot.stores.answer("away");
		let ready = () => false;
		const platforms = () => ({ slack: ready() ? ("ready" as const) : ("down" as const) });
		const metrics = openMetrics({ depth: () => ({ open: 0, looking: 0, waiting: 0 }), platforms });
		const own = await serve("127.0.0.1", 0, { platforms, metrics });
		const started = await startSlack(
			{
				botToken: "xoxb-test",
				appToken: overHttp ? null : "xapp-test",
				signingSecret: overHttp ? SECRET : null,
				apiUrl: slack.apiUrl,
			},
			bot.desk,
			bot.log,
			{ mount: own.mount },
		);
		({ ready } = started);
		const post = (body: string, type = "application/x-www-form-urlencoded") => {
			const timestamp = String(Math.floor(Date.now() / 1_000));
			const signature = `v0=${createHmac("sha256", SECRET).update(`v0:${timestamp}:${body}`).digest("hex")}`;
			return fetch(`http://127.0.0.1:${own.port}${SLACK_PATH}`, {
				method: "POST",
				headers: { "content-type": type, "x-slack-request-timestamp": timestamp, "x-slack-signature": signature },
				body,
			});
		};
		const get = async (path: string) => (await fetch(`http://127.0.0.1:${own.port}${path}`)).status;
		try {
			await run({ ...bot, slack, post, get });
		} finally {
			await started.stop();
			await own.close();
			await slack.close();
		}
	}

	const command = (text: string, trigger = "t1") => ({
		command: "/cf520",
		text,
		team_id: "T1",
		team_domain: "lab",
		channel_id: "C1",
		channel_name: "incidents",
		user_id: "U1",
		user_name: "ann",
		trigger_id: trigger,
		response_url: "https://hooks.slack.com/commands/T1/1/x",
		api_app_id: "A1",
		is_enterprise_install: "false",
	});
	const REFUSED = { response_type: "ephemeral", text: AWAY };

	for (const [how, what] of [
		["away", "rejects"],
		["silent", "says nothing"],
	] as const) {
		it(`Slack: a command is refused with its acknowledgement, where the database ${what}; nothing comes of it later`, () =>
			withSlack(async ({ slack, stores, clock, until, quiet, desk, alarms }) => {
				stores.answer(how);
				const looked = lab.edge.requests.length;
				let said: unknown;
				const delivered = slack.deliver("slash_commands", command(lab.url("closes-empty"))).then((payload) => {
					said = payload;
				});
				await until(() => said !== undefined);
				await delivered;
				assert.deepEqual(said, REFUSED);
				assert.ok(clock.now() - Date.UTC(2026, 10, 26, 12) < 3_000, "within three seconds");
				stores.answer("answers");
				clock.turn(2 * SWEEP_MS);
				await quiet();
				assert.deepEqual([slack.messages, lab.edge.requests.length - looked, alarms()], [[], 0, []]);
				await slack.command(RAY);
				await desk.settled(1);
				assert.equal(slack.messages.length, 1);
			}));
	}

	it("Slack: a button, a menu command, a page's control and its field are refused alone, where they were pressed", () =>
		withSlack(async ({ slack, stores, desk, quiet, alarms }) => {
			await slack.command(lab.url("closes-empty"));
			await desk.settled(1);
			const [head] = slack.messages;
			assert.ok(head !== undefined);
			const before = slack.messages.length;
			stores.answer("away");
			await slack.press(head, "r:case-1");
			await slack.shortcut({ text: RAY, ts: "1.1" });
			await slack.pressHome("U1", "cf520_press_0", "q:help");
			await slack.pressHome("U1", "cf520_ask", RAY);
			await slack.pressHome("U1", "cf520_settings");
			await quiet();
			const told = slack.messages.slice(before);
			assert.deepEqual(
				told.map((one) => [one.channel, one.onlyFor, flatSlack(one).trim()]),
				[
					["C1", "U1", AWAY],
					["C1", "U1", AWAY],
					["D1", null, AWAY],
					["D1", null, AWAY],
				],
			);
			assert.deepEqual(alarms(), []);
		}));

	it("Slack: gone right after a command was accepted, it is answered once the database is back", () =>
		withSlack(async ({ slack, stores, desk, until, quiet, lines, alarms }) => {
			await quiet();
			// The place it was asked in, and the acceptance; then whether an address is wanted.
			stores.answerAfter(2, "away");
			assert.notDeepEqual(await slack.command(`origin ${lab.url("closes-empty")}`), REFUSED);
			await until(() => lines.some(({ event }) => event === "store-away"));
			assert.deepEqual(slack.messages, []);
			stores.answer("answers");
			await until(() => slack.messages.length > 0);
			await desk.settled(1);
			assert.deepEqual([slack.messages.length, alarms()], [1, []]);
		}));

	it("Slack: a form keeps what was written, with the sentence under its first field, and takes it later", () =>
		withSlack(async ({ slack, stores, desk, alarms }) => {
			await slack.command(`origin ${lab.url("closes-empty")}`);
			const view = await slack.view(0);
			stores.answer("away");
			const sent = { address: { address: "127.0.0.1" } };
			assert.deepEqual(await slack.submit(view, sent), { response_action: "errors", errors: { address: AWAY } });
			stores.answer("answers");
			assert.deepEqual(await slack.submit(view, sent), {});
			await desk.settled(1);
			assert.deepEqual(alarms(), []);
		}));

	it("Slack over Socket Mode: a mention is not acknowledged, and answered once when Slack brings it again", () =>
		withSlack(async ({ slack, stores, desk, clock, until, lines, alarms }) => {
			stores.answer("away");
			let heard = false;
			void slack.mention(RAY, { eventId: "Ev1" }).then(() => {
				heard = true;
			});
			await until(() => lines.some(({ event }) => event === "store-away"));
			// What comes behind it is acknowledged: it would have been, too.
			await slack.deliver("slash_commands", command("help"));
			assert.deepEqual([heard, slack.messages], [false, []]);
			stores.answer("answers");
			clock.turn(SWEEP_MS);
			await until(() => lines.some(({ event }) => event === "store-back"));
			await slack.mention(RAY, { eventId: "Ev1" });
			await desk.settled(1);
			await slack.mention(RAY, { eventId: "Ev1" });
			assert.deepEqual([slack.messages.length, alarms()], [1, []]);
		}));

	it("Slack over HTTP: an event gets a 500, and is answered once when Slack brings it again; a command is refused", () =>
		withSlack(
			async ({ slack, stores, desk, post, alarms }) => {
				const event = JSON.stringify({
					type: "event_callback",
					team_id: "T1",
					api_app_id: "A1",
					event_id: "Ev1",
					event_time: 1,
					authorizations: [{ team_id: "T1", user_id: "U0BOT", is_bot: true }],
					event: { type: "app_mention", text: `<@U0BOT> ${RAY}`, user: "U1", channel: "C1", ts: "1.1", event_ts: "1.1" },
				});
				stores.answer("away");
				assert.equal((await post(event, "application/json")).status, 500);
				const refused = await post(new URLSearchParams(command(RAY)).toString());
				assert.deepEqual([refused.status, await refused.json()], [200, REFUSED]);
				assert.deepEqual(slack.messages, []);
				stores.answer("answers");
				assert.equal((await post(event, "application/json")).status, 200);
				await desk.settled(1);
				assert.equal((await post(event, "application/json")).status, 200);
				assert.deepEqual([slack.messages.length, alarms()], [1, []]);
			},
			{ overHttp: true },
		));

	it("a bot starts, is ready and healthy without it, and takes up what is unfinished when it is there", () =>
		withSlack(
			async ({ slack, stores, desk, get, clock, until, lines }) => {
				assert.deepEqual([await get("/readyz"), await get("/healthz")], [200, 200]);
				stores.answer("answers");
				clock.turn(SWEEP_MS);
				await until(() => lines.some(({ event }) => event === "store-back"));
				await slack.command(RAY);
				await desk.settled(1);
				stores.answer("away");
				await slack.deliver("slash_commands", command("help"));
				assert.deepEqual([await get("/readyz"), await get("/healthz")], [200, 200]);
				const states = lines.flatMap(({ event }) => (event.startsWith("store-") ? [event] : []));
				assert.deepEqual(states, ["store-away", "store-back", "store-away"], "each change is one line");
			},
			{ awayAtStart: true },
		));

	it("Slack: with several processes nothing is held back for a button, whose press another one may hear", () =>
		withSlack(async ({ slack, desk }) => {
			await slack.command(lab.url("closes-empty"), { channel: "C9", channelName: "elsewhere" });
			await desk.settled(1);
			const told = slack.messages.filter((one) => one.onlyFor === "U1");
			assert.ok(told.length >= 2, JSON.stringify(told.map((one) => one.text)));
			assert.doesNotMatch(JSON.stringify(told.map((one) => one.blocks)), /Show the rest/);
			assert.match(told.map(flatSlack).join("\n"), /520[\s\S]*Next:/);
		}));

	it("Slack over HTTP: a step of a workflow gets a 500, and is answered once when Slack brings it again", () =>
		withSlack(
			async ({ slack, post, stores, desk, alarms }) => {
				const event = JSON.stringify(slack.stepEvent({ url: lab.url("closes-empty"), channel: "C1" }, { runId: "Fx1" }));
				stores.answer("away");
				assert.equal((await post(event, "application/json")).status, 500);
				stores.answer("answers");
				for (let times = 0; times < 2; times += 1) assert.equal((await post(event, "application/json")).status, 200);
				await slack.ended("Fx1");
				await desk.settled(1);
				assert.equal(slack.messages.filter(({ threadTs }) => threadTs === null).length, 1);
				assert.deepEqual(alarms(), []);
			},
			{ overHttp: true },
		));

	for (const calls of [4, 12, ...Array.from({ length: 16 }, (_, nth) => nth + 20)])
		it(`Slack: gone after ${calls} calls of a step, and back: its workflow is told once`, () =>
			withSlack(async ({ slack, stores, until, quiet, alarms }) => {
				stores.answerAfter(calls, "away");
				void slack.step({ url: lab.url("closes-empty"), channel: "C1" }, { runId: "Fx1" }).catch(() => {});
				const isEnded = () => (slack.runs.get("Fx1")?.end ?? null) !== null;
				let turns = 0;
				await until(() => isEnded() || ++turns > 2_000);
				stores.answer("answers");
				// What was not noted, Slack brings again.
				if (!isEnded() && slack.messages.length === 0)
					await slack.step({ url: lab.url("closes-empty"), channel: "C1" }, { runId: "Fx1" });
				await until(isEnded);
				await quiet();
				const run = slack.runs.get("Fx1");
				assert.match(JSON.stringify(run?.end), /"code":"520"/);
				assert.equal(run?.tries.filter(({ said }) => said === "").length, 1);
				assert.ok(slack.messages.filter(({ threadTs }) => threadTs === null).length <= 1);
				assert.deepEqual(alarms(), []);
			}));

	async function withDiscord(
		run: (bot: ReturnType<typeof opened> & { readonly discord: Awaited<ReturnType<typeof fakeDiscord>> }) => Promise<void>,
		overHttp = false,
	) {
		const [bot, discord] = [opened(), await fakeDiscord()];
		const own = await serve("127.0.0.1", 0, null);
		const { publicKey, privateKey } = generateKeyPairSync("ed25519");
		const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
		const started = await startDiscord(
			{ token: "aaaaaaaaaa.bbbb.cccc", apiUrl: discord.apiUrl, guildId: undefined, publicKey: overHttp ? raw : null },
			bot.desk,
			bot.log,
			{ mount: own.mount },
		);
		if (overHttp) discord.overHttp(`http://127.0.0.1:${own.port}${DISCORD_PATH}`, privateKey);
		try {
			await run({ ...bot, discord });
		} finally {
			await started.stop();
			await own.close();
			await discord.close();
		}
	}

	for (const overHttp of [false, true]) {
		it(`Discord over ${overHttp ? "HTTP" : "the gateway"}: a command, a button and a form are refused alone, in their acknowledgement`, () =>
			withDiscord(async ({ discord, stores, desk, clock, until, quiet, alarms }) => {
				const first = discord.command(lab.url("closes-empty"));
				await desk.settled(1);
				await first;
				const head = discord.messages.find((one) => discordControls(one.sent).length > 0);
				assert.ok(head !== undefined);
				const before = discord.messages.length;
				const looked = lab.edge.requests.length;
				stores.answer("away");
				const asked = [
					discord.command(lab.url("closes-empty", "/2")),
					discord.press(head, "r:case-1"),
					discord.submit("i:", { url: "shop.example" }),
				];
				let done = 0;
				for (const one of asked)
					void one.then(() => {
						done += 1;
					});
				await until(() => done === asked.length);
				await quiet();
				const told = discord.messages.slice(before);
				assert.deepEqual(
					told.map((one) => [one.onlyFor, one.content]),
					asked.map(() => ["400000000000000001", AWAY]),
				);
				stores.answer("answers");
				clock.turn(2 * SWEEP_MS);
				await quiet();
				assert.deepEqual([discord.messages.length - before, lab.edge.requests.length - looked, alarms()], [3, 0, []]);
			}, overHttp));
	}

	it("Discord: another replica that took the interaction is left to answer it; autocompletion too", () =>
		withDiscord(async ({ discord, stores, until, quiet, lines, alarms }) => {
			await quiet();
			stores.answer("away");
			const taken = { status: 400, code: 40_060 };
			discord.fail(/POST \/interactions/, taken, taken);
			void discord.command(RAY);
			void discord.autocomplete("he");
			const answers = () => discord.calls.filter(({ route }) => route.startsWith("POST /interactions")).length;
			await until(() => answers() === 2);
			await quiet();
			assert.deepEqual([discord.messages, alarms()], [[], []]);
			assert.deepEqual(
				lines.flatMap(({ event }) => (event.startsWith("store-") ? [event] : [])),
				["store-away"],
			);
		}));

	it("Discord: a replica that has a database is given a second before one that has none says so", () =>
		withDiscord(async ({ discord, stores, clock, quiet, until }) => {
			stores.answer("away");
			const answers = () => discord.calls.filter(({ route }) => route.startsWith("POST /interactions")).length;
			void discord.command(RAY);
			await quiet();
			clock.turn(900);
			await quiet();
			assert.equal(answers(), 0);
			await until(() => answers() === 1);
			assert.ok(clock.now() - Date.UTC(2026, 10, 26, 12) < 3_000);
		}));

	it("Discord: a mention and a direct message wait for it, and are answered once; after a minute they are dropped", () =>
		withDiscord(async ({ discord, stores, clock, until, quiet, desk, alarms }) => {
			/** How many messages were tried to be noted. */
			const tried = () => stores.calls.get("policies.of") ?? 0;
			const said = () => discord.messages.filter((one) => one.author === "bot");
			const inChannel = () => said().filter((one) => one.channelId === CHANNEL).length;
			stores.answer("away");
			const before = tried();
			const asked = discord.mention(RAY);
			discord.direct("help");
			await until(() => tried() === before + 2);
			clock.turn(50_000);
			await quiet();
			assert.deepEqual(said(), []);
			stores.answer("answers");
			clock.turn(1_000);
			await desk.settled(2);
			assert.deepEqual([inChannel(), alarms()], [1, []]);
			const answered = tried();
			discord.mention("", { messageId: asked });
			await until(() => tried() > answered);
			await quiet();
			stores.answer("away");
			const late = tried();
			discord.mention("8a7d5e2fbcd1a1c3-FRA");
			await until(() => tried() > late);
			await quiet();
			clock.turn(61_000);
			await quiet();
			stores.answer("answers");
			clock.turn(SWEEP_MS);
			await quiet();
			assert.deepEqual([inChannel(), alarms()], [1, ["not-noted"]]);
		}));

	it("Discord: the server that was left meanwhile is forgotten once it is back", () =>
		withDiscord(async ({ discord, stores, clock, lines, until, quiet }) => {
			stores.answer("away");
			discord.guildGoes(false);
			await until(() => lines.some(({ event }) => event === "store-away"));
			const removed = stores.calls.get("accesses.of") ?? 0;
			stores.answer("answers");
			clock.turn(1_000);
			await quiet();
			assert.ok((stores.calls.get("accesses.of") ?? 0) > removed);
		}));
});
