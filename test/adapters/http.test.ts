import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { startDiscord } from "../../src/adapters/discord/discord.ts";
import { DISCORD_PATH } from "../../src/adapters/discord/http.ts";
import { SLACK_PATH } from "../../src/adapters/slack/delivery.ts";
import { startSlack } from "../../src/adapters/slack/slack.ts";
import { type HttpServer, serve, serveOperators } from "../../src/http-server.ts";
import { openMetrics } from "../../src/metrics.ts";
import { fakeDiscord } from "../fakes/discord.ts";
import { fakeSlack } from "../fakes/slack.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { flatSlack } from "../normal.ts";
import { countingDesk } from "./contract.ts";

/** Both chats over HTTP on the bot's own port, as behind a load balancer: the real SDKs verify what the fakes sign. */

type Line = { readonly event: string; readonly [key: string]: unknown };

const SECRET = "0123456789abcdef0123456789abcdef";
const metrics = (platforms: () => Record<string, string> = () => ({ slack: "ready" })) =>
	openMetrics({ depth: () => ({ open: 0, looking: 0, waiting: 0 }), platforms });

describe("over HTTP", () => {
	let lab: Lab;
	before(async () => {
		lab = await openLab();
	});
	after(() => lab.close());

	async function withSlack(
		run: (
			post: (
				body: string,
				more?: { type?: string; age?: number; secret?: string; headers?: Record<string, string> },
			) => Promise<Response>,
			slack: Awaited<ReturnType<typeof fakeSlack>>,
			settled: (n: number) => Promise<void>,
			own: HttpServer,
			bot: Awaited<ReturnType<typeof startSlack>>,
			lines: Line[],
		) => Promise<void>,
	) {
		const slack = await fakeSlack();
		const lines: Line[] = [];
		let ready = () => true;
		const platforms = () => ({ slack: ready() ? ("ready" as const) : ("down" as const) });
		const own = await serve("127.0.0.1", 0, { platforms, metrics: metrics(platforms) });
		const desk = countingDesk(labDesk(lab));
		const bot = await startSlack(
			{ botToken: "xoxb-test", appToken: null, signingSecret: SECRET, apiUrl: slack.apiUrl },
			desk,
			(line) => lines.push(line),
			{ mount: own.mount },
		);
		const post = (body: string, { type = "application/x-www-form-urlencoded", age = 0, secret = SECRET, headers = {} } = {}) => {
			const timestamp = String(Math.floor(Date.now() / 1_000) - age);
			const signature = `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex")}`;
			return fetch(`http://127.0.0.1:${own.port}${SLACK_PATH}`, {
				method: "POST",
				headers: { "content-type": type, "x-slack-request-timestamp": timestamp, "x-slack-signature": signature, ...headers },
				body,
			});
		};
		try {
			ready = bot.ready;
			assert.equal(bot.ready(), true);
			await run(post, slack, desk.settled, own, bot, lines);
		} finally {
			await bot.stop();
			await own.close();
			await slack.close();
		}
	}
	const command = (text: string, triggerId = "1.2") =>
		new URLSearchParams({
			command: "/cf520",
			text,
			team_id: "T1",
			team_domain: "lab",
			channel_id: "C1",
			channel_name: "incidents",
			user_id: "U1",
			user_name: "ann",
			trigger_id: triggerId,
			response_url: "https://hooks.slack.com/commands/T1/1/x",
			api_app_id: "A1",
			is_enterprise_install: "false",
		}).toString();
	const mention = (text: string) =>
		JSON.stringify({
			type: "event_callback",
			team_id: "T1",
			api_app_id: "A1",
			event_id: "Ev1",
			event_time: 1,
			authorizations: [{ team_id: "T1", user_id: "U0BOT", is_bot: true }],
			event: { type: "app_mention", text: `<@U0BOT> ${text}`, user: "U1", channel: "C1", ts: "1.1", event_ts: "1.1" },
		});

	it("Slack: a signed command is acknowledged with an empty 200 and answered in a thread", () =>
		withSlack(async (post, slack, settled) => {
			const response = await post(command(lab.url("closes-empty")));
			assert.deepEqual([response.status, await response.text()], [200, ""]);
			await settled(1);
			assert.match(flatSlack(slack.messages[0] ?? { blocks: [] }), /520/);
			assert.ok(slack.messages.some((one) => one.threadTs === slack.messages[0]?.ts));
		}));

	it("Slack: the address check and the certificate check are answered", () =>
		withSlack(async (post) => {
			const challenge = JSON.stringify({ type: "url_verification", challenge: "abc", token: "x" });
			const verified = await post(challenge, { type: "application/json" });
			assert.deepEqual([verified.status, JSON.parse(await verified.text())], [200, { challenge: "abc" }]);
			assert.equal((await post("ssl_check=1&token=x")).status, 200);
		}));

	for (const [what, more] of [
		["another secret", { secret: "f".repeat(32) }],
		["a time ten minutes ago", { age: 600 }],
		["a time 302 seconds ahead", { age: -302 }],
		["a time a year ahead", { age: -31_536_000 }],
		["a time that never comes", { age: Number.NEGATIVE_INFINITY }],
		["a time that is no whole number", { age: 0.5 }],
		["a signature of something else", { headers: { "x-slack-signature": `v0=${"0".repeat(64)}` } }],
		["no signature", { headers: { "x-slack-signature": "" } }],
	] as const) {
		it(`Slack: ${what} is turned away with 401, and nothing happens`, () =>
			withSlack(async (post, slack) => {
				assert.equal((await post(command("help"), more)).status, 401);
				assert.deepEqual(slack.messages, []);
			}));
	}

	it("Slack: an event that is delivered again is acknowledged again and answered once", () =>
		withSlack(async (post, slack, settled) => {
			const body = mention("8a7d5e2fbcd1a1c3-DFW");
			const first = await post(body, { type: "application/json" });
			const again = await post(body, {
				type: "application/json",
				headers: { "x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout" },
			});
			assert.deepEqual([first.status, again.status], [200, 200]);
			await settled(1);
			await post(command("help", "9.9"));
			await settled(2);
			assert.equal(slack.messages.filter((one) => /Dallas/.test(flatSlack(one))).length, 1);
		}));

	it("Slack: calls that fail make it not ready, the next one that does not makes it ready again, and the metric follows", () =>
		withSlack(async (post, slack, settled, own, bot, lines) => {
			const states = async () => [
				(await fetch(`http://127.0.0.1:${own.port}/readyz`)).status,
				/^cf520_platform_ready\{platform="slack"\} (\d)$/m.exec(
					await (await fetch(`http://127.0.0.1:${own.port}/metrics`)).text(),
				)?.[1],
			];
			slack.chaos = () => ({ loseAnswer: true });
			await post(command("8a7d5e2fbcd1a1c3-DFW"));
			await settled(1);
			await bot.check?.();
			await bot.check?.();
			assert.deepEqual(await states(), [503, "0"]);
			assert.equal(bot.refused(), false);
			slack.chaos = null;
			await bot.check?.();
			assert.deepEqual(await states(), [200, "1"]);
			const calls = slack.calls.length;
			await bot.check?.();
			assert.equal(slack.calls.length, calls, "what is not in doubt is not asked");
			assert.deepEqual(
				lines.map(({ event }) => event).filter((event) => /reached/.test(event)),
				["slack-not-reached", "slack-reached"],
			);
		}));

	it("half a request is given up, also one without a byte", { timeout: 10_000 }, async () => {
		const own = await serve("127.0.0.1", 0, null, () => false, { requestMs: 20, checkedEveryMs: 5 });
		for (const half of [
			"",
			"POST /slack/events HTTP/1.1\r\nHost: x\r\n",
			"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx",
		]) {
			const socket = connect(own.port, "127.0.0.1");
			socket.resume().write(half);
			await once(socket, "close");
		}
		await own.close();
	});

	it("a kept connection outlives the 60 s of a proxy in front, and ends with the server", { timeout: 10_000 }, async () => {
		const own = await serve("127.0.0.1", 0, null);
		let finish = () => {};
		const asked = new Promise<void>((resolve) => {
			own.mount("/slow", (_request, response) => {
				finish = () => response.end();
				resolve();
			});
		});
		const idle = await fetch(`http://127.0.0.1:${own.port}/healthz`);
		await idle.text();
		assert.match(idle.headers.get("keep-alive") ?? "", /^timeout=(?:6[1-9]|[7-9]\d)$/);
		const busy = fetch(`http://127.0.0.1:${own.port}/slow`);
		await asked;
		const closed = own.close();
		finish();
		assert.equal((await busy).status, 200);
		await closed;
	});

	it("with a port for operators, the chats' own answers health alone", async () => {
		const operators = { platforms: () => ({ slack: "ready" }) as const, metrics: metrics() };
		const own = await serve("127.0.0.1", 0, null);
		const theirs = await serveOperators("127.0.0.1", 0, operators);
		const status = async (port: number, path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
		const all = (port: number) => Promise.all(["/healthz", "/readyz", "/metrics", "/"].map((path) => status(port, path)));
		assert.deepEqual(await all(own.port), [200, 404, 404, 404]);
		assert.deepEqual(await all(theirs.port), [200, 200, 200, 404]);
		await Promise.all([own.close(), theirs.close()]);
	});

	it("operators see how often each third party was asked, and what came of it", async () => {
		const all = metrics();
		all.serviceCalled("status", "answered");
		all.serviceCalled("globalping", "refused");
		all.serviceCalled("globalping", "refused");
		const lines = (await all.text()).split("\n").filter((line) => /^cf520_service_calls_total\S* [1-9]/.test(line));
		assert.deepEqual(lines, [
			'cf520_service_calls_total{service="status",result="answered"} 1',
			'cf520_service_calls_total{service="globalping",result="refused"} 2',
		]);
	});

	it("operators see what was taken over from other replicas, and how long the shared database takes", async () => {
		const all = metrics();
		all.takenOver(3);
		all.storeCalled("inbox.open", 0.002);
		all.storeCalled("inbox.open", 0.2);
		const text = await all.text();
		assert.match(text, /^cf520_replica_taken_over_total 3$/m);
		assert.match(text, /^cf520_store_seconds_bucket\{le="0\.0025",op="inbox\.open"\} 1$/m);
		assert.match(text, /^cf520_store_seconds_count\{op="inbox\.open"\} 2$/m);
	});

	it("beside it stand health, readiness and metrics, and nothing else", () =>
		withSlack(async (_post, _slack, _settled, own) => {
			const get = (path: string, method = "GET") => fetch(`http://127.0.0.1:${own.port}${path}`, { method });
			assert.equal((await get("/healthz")).status, 200);
			assert.deepEqual(await (await get("/readyz")).json(), { status: "ready", platforms: { slack: "ready" } });
			assert.match(await (await get("/metrics")).text(), /^cf520_platform_ready\{platform="slack"\} 1$/m);
			assert.deepEqual([(await get("/")).status, (await get("/metrics", "POST")).status], [404, 405]);
		}));

	async function withDiscord(
		run: (
			discord: Awaited<ReturnType<typeof fakeDiscord>>,
			settled: (n: number) => Promise<void>,
			url: string,
			key: KeyObject,
			lines: Line[],
			bot: Awaited<ReturnType<typeof startDiscord>>,
		) => Promise<void>,
	) {
		const discord = await fakeDiscord();
		const own = await serve("127.0.0.1", 0, null);
		const lines: Line[] = [];
		const desk = countingDesk(labDesk(lab));
		const { publicKey, privateKey } = generateKeyPairSync("ed25519");
		const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
		const bot = await startDiscord(
			{ token: "aaaaaaaaaa.bbbb.cccc", apiUrl: discord.apiUrl, guildId: undefined, publicKey: raw },
			desk,
			(line) => lines.push(line),
			{ mount: own.mount },
		);
		const url = `http://127.0.0.1:${own.port}${DISCORD_PATH}`;
		discord.overHttp(url, privateKey);
		try {
			assert.equal(bot.ready(), true);
			await run(discord, desk.settled, url, privateKey, lines, bot);
		} finally {
			await bot.stop();
			await own.close();
			await discord.close();
		}
	}

	it("Discord: PING is answered with PONG, to Discord's signature only", () =>
		withDiscord(async (_discord, _settled, url, key) => {
			const body = JSON.stringify({ id: "1", type: 1, token: "t", application_id: "1", version: 1 });
			const send = (timestamp: string, signed: string, more: RequestInit = {}) =>
				fetch(url, {
					method: "POST",
					headers: {
						"x-signature-timestamp": timestamp,
						"x-signature-ed25519": sign(null, Buffer.from(timestamp + signed), key).toString("hex"),
					},
					body,
					...more,
				});
			const now = String(Math.floor(Date.now() / 1_000));
			const good = await send(now, body);
			assert.deepEqual([good.status, await good.json()], [200, { type: 1 }]);
			assert.equal((await send(now, `${body} `)).status, 401, "signed something else");
			assert.equal((await send(String(Number(now) - 3_600), body)).status, 401, "an hour ago");
			assert.equal((await fetch(url, { method: "POST", body })).status, 401, "not signed");
			assert.equal((await fetch(url)).status, 405);
			assert.equal(
				(await fetch(url, { method: "POST", body: "x".repeat(1_100_000) }).catch(() => ({ status: 413 }))).status,
				413,
			);
			const nonsense = await fetch(url, {
				method: "POST",
				headers: {
					"x-signature-timestamp": now,
					"x-signature-ed25519": sign(null, Buffer.from(`${now}[]`), key).toString("hex"),
				},
				body: "[]",
			});
			assert.equal(nonsense.status, 400);
		}));

	it("Discord: calls that fail make it not ready, and the next one that does not makes it ready again", () =>
		withDiscord(async (discord, settled, _url, _key, lines, bot) => {
			discord.chaos = () => ({ status: 503, loseAnswer: true });
			void discord.command("help");
			while (bot.ready()) await setImmediate();
			assert.equal(bot.refused(), false);
			discord.chaos = null;
			await settled(1);
			await bot.check?.();
			assert.equal(bot.ready(), true);
			assert.deepEqual(
				lines.map(({ event }) => event).filter((event) => /reached/.test(event)),
				["discord-not-reached", "discord-reached"],
			);
		}));

	it("Discord: what is signed but malformed is turned away with 400, and is no line in the log", () =>
		withDiscord(async (discord, settled, url, key, lines) => {
			await discord.command("help");
			await settled(1);
			const good = discord.delivered.at(-1) ?? {};
			const { data, member, ...rest } = good as { data: Record<string, unknown>; member: Record<string, unknown> };
			const press = { ...good, type: 3, data: { custom_id: "r:case-1", component_type: 2 } };
			const form = { ...good, type: 5, data: { custom_id: "p:case-1" } };
			const message = { id: "1", channel_id: "3", content: "" };
			const statuses: Record<string, number> = {};
			for (const [what, sent] of Object.entries({
				"no data": { ...rest, member },
				"data that is null": { ...good, data: null },
				"nobody asked": { ...rest, data },
				"a member without a person": { ...good, member: { ...member, user: undefined } },
				"a person that is a word": { ...rest, data, user: "ann" },
				"an unknown kind": { ...good, type: 99 },
				"a kind that is a word": { ...good, type: "2" },
				"no token": { ...good, token: undefined },
				"an id that is no number": { ...good, id: "x" },
				"rights that are words": { ...good, app_permissions: "all" },
				"rights of the person that are words": { ...good, member: { ...member, permissions: "all" } },
				"a channel that is a number": { ...good, channel: 7 },
				"entitlements missing": { ...good, entitlements: undefined },
				"options that are no list": { ...good, data: { ...data, options: {} } },
				"an option that is null": { ...good, data: { ...data, options: [null] } },
				"a question that is a number": { ...good, data: { ...data, options: [{ type: 3, name: "ask", value: 7 }] } },
				"a question of another kind": { ...good, data: { ...data, options: [{ type: 4, name: "ask", value: 7 }] } },
				"a file that is a question": { ...good, data: { ...data, options: [{ type: 3, name: "file", value: "x" }] } },
				"a message command without a message": { ...good, data: { ...data, type: 3 } },
				"a message that is null": { ...good, data: { ...data, type: 3, target_id: "1", resolved: { messages: { 1: null } } } },
				"a message command about another message": {
					...good,
					data: { ...data, type: 3, target_id: "1", resolved: { messages: {} } },
				},
				"a file that did not come along": { ...good, data: { ...data, options: [{ type: 11, name: "file", value: "7" }] } },
				"a button without its message": press,
				"a button whose message is a word": { ...press, message: "hello" },
				"a button without an id": { ...press, message: { id: "1" }, data: {} },
				"a select without what was chosen": { ...press, message, data: { custom_id: "menu:0", component_type: 3 } },
				"a choice that is a number": { ...press, message, data: { custom_id: "menu:0", component_type: 3, values: [7] } },
				"a choice that is a word": { ...press, message, data: { custom_id: "menu:0", component_type: 3, values: "x" } },
				"a choice of 101 characters": {
					...press,
					message,
					data: { custom_id: "menu:0", component_type: 3, values: ["x".repeat(101)] },
				},
				"26 choices": { ...press, message, data: { custom_id: "menu:0", component_type: 3, values: Array(26).fill("x") } },
				"a form of six rows": {
					...form,
					data: { ...form.data, components: Array(6).fill({ type: 18, component: { type: 4 } }) },
				},
				"a form's label that is null": { ...form, data: { ...form.data, components: [{ type: 18, component: null }] } },
				"a form's choice that is no list": {
					...form,
					data: { ...form.data, components: [{ type: 18, component: { type: 3, custom_id: "titles", values: { 0: "x" } } }] },
				},
				"a form's text of 8,001 characters": {
					...form,
					data: {
						...form.data,
						components: [{ type: 18, component: { type: 4, custom_id: "paste", value: "x".repeat(8_001) } }],
					},
				},
				"a form without inputs": form,
				"a form with a null in it": { ...form, data: { ...form.data, components: [null] } },
				"a form with a number written into it": {
					...form,
					data: { ...form.data, components: [{ type: 1, components: [{ type: 4, custom_id: "paste", value: 7 }] }] },
				},
			})) {
				const body = JSON.stringify(sent);
				const timestamp = String(Math.floor(Date.now() / 1_000));
				const signature = sign(null, Buffer.from(timestamp + body), key).toString("hex");
				const headers = { "x-signature-timestamp": timestamp, "x-signature-ed25519": signature };
				statuses[what] = (await fetch(url, { method: "POST", headers, body })).status;
			}
			assert.deepEqual(
				Object.entries(statuses).filter(([, status]) => status !== 400),
				[],
			);
			assert.deepEqual(
				lines.filter(({ event }) => event === "discord-listener-failed" || event === "discord-malformed"),
				[],
			);
			await discord.command("help");
			await settled(2);
		}));

	it("Discord: a command is taken with 202 and answered with a thread, buttons and autocompletion work, without a gateway", () =>
		withDiscord(async (discord, settled) => {
			await discord.command(lab.url("closes-empty"));
			await settled(1);
			const own = () => discord.messages.filter((one) => one.author === "bot" && !one.deleted);
			assert.match(own()[0]?.content ?? "", /520/);
			assert.equal(discord.threads.size, 1);
			const question = own().at(-1);
			assert.ok(question);
			await discord.press(question, "a:case-1:origin-log:crash");
			await settled(2);
			assert.match(own().at(-1)?.content ?? "", /A crash or kill/);
			assert.ok((await discord.autocomplete("wat")).some(({ value }) => value.startsWith("watch")));
			assert.ok(discord.answered.every(({ status }) => status === 202));
		}));
});
