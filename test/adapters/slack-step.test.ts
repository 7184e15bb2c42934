import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, describe, it, test } from "node:test";
import { SLACK_PATH } from "../../src/adapters/slack/delivery.ts";
import { startSlack } from "../../src/adapters/slack/slack.ts";
import type { DeskContext } from "../../src/desk/context.ts";
import type { Inbox, Outbox, Stores } from "../../src/desk/stores.ts";
import { serve } from "../../src/http-server.ts";
import { DEFAULT_POLICY, type Policy } from "../../src/read/policy.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { realClock } from "../clock.ts";
import { type FakeSlack, fakeSlack, type SlackFault } from "../fakes/slack.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { flatSlack } from "../normal.ts";
import { countingDesk } from "./contract.ts";

/** The step "Diagnose a Cloudflare error" of Workflow Builder, through the real Bolt. */

const SECRET = "0123456789abcdef0123456789abcdef";
const tokens = { botToken: "xoxb-test", appToken: "xapp-test" };
let lab: Lab;
before(async () => {
	lab = await openLab();
});
after(() => lab.close());

interface Given {
	readonly slack: FakeSlack;
	readonly settled: (n: number) => Promise<void>;
	readonly log: Record<string, unknown>[];
	readonly stores: Stores;
	readonly refused: () => boolean;
}

async function withBot(run: (given: Given) => Promise<void>, changes: Partial<DeskContext> = {}, policy: Partial<Policy> = {}) {
	const slack = await fakeSlack();
	const log: Record<string, unknown>[] = [];
	const stores = changes.stores ?? memoryStores(realClock);
	await stores.policies.change("slack T1", () => ({ ...DEFAULT_POLICY, ...policy }));
	const desk = countingDesk(labDesk(lab, { log: (line) => void log.push(line), ...changes, stores }));
	const bot = await startSlack({ ...tokens, apiUrl: slack.apiUrl }, desk, (line) => void log.push(line));
	try {
		await run({ slack, settled: desk.settled, log, stores, refused: bot.refused });
	} finally {
		await bot.stop();
		await slack.close();
	}
}

/** Runs the step once; how it ended. */
async function ran({ slack, settled }: Given, inputs: unknown, more?: Parameters<FakeSlack["step"]>[1]) {
	const id = await slack.step(inputs, more);
	const { end } = await slack.ended(id);
	await settled(1);
	assert.ok(end !== null);
	return end;
}
const outputsOf = (end: Awaited<ReturnType<typeof ran>>) => ("outputs" in end ? end.outputs : assert.fail(end.error));
const errorOf = (end: Awaited<ReturnType<typeof ran>>) => ("error" in end ? end.error : assert.fail(JSON.stringify(end.outputs)));
const heads = ({ messages }: FakeSlack) => messages.filter(({ threadTs, onlyFor }) => threadTs === null && onlyFor === null);

describe("a step of a workflow", () => {
	it("posts the usual answer in its channel, and tells the workflow what fails, with a link to it", () =>
		withBot(async (given) => {
			const { slack } = given;
			const url = lab.url("closes-empty", "/checkout");
			const { ray, permalink, ...outputs } = outputsOf(await ran(given, { url, channel: "C1" }));
			const { host } = new URL(url);
			assert.deepEqual(outputs, {
				verdict: `${host}/checkout fails with 520`,
				code: "520",
				cause: "unknown",
				confidence: "certain",
			});
			assert.match(String(ray), /^[0-9a-f]{16}$/);
			const [head, ...others] = heads(slack);
			assert.ok(head !== undefined);
			assert.deepEqual(others, []);
			assert.equal(permalink, `https://lab.slack.com/archives/C1/p${head.ts.replace(".", "")}`);
			assert.match(flatSlack(head), /fails with 520.*At fault: the origin/s);
			assert.doesNotMatch(flatSlack(head), /Checking|for \w+$/m);
			assert.match(JSON.stringify(head.blocks), /Check again.*Watch/s);
			const under = slack.messages.filter(({ threadTs }) => threadTs === head.ts);
			assert.match(under.map(flatSlack).join("\n"), /Next:/);
			assert.deepEqual(
				slack.messages.filter(({ onlyFor }) => onlyFor !== null),
				[],
			);
		}));

	it("that names no channel posts nothing and opens no case", () =>
		withBot(async (given) => {
			const { slack, stores } = given;
			const outputs = outputsOf(await ran(given, { url: lab.url("closes-empty", "/checkout") }));
			assert.deepEqual([outputs.code, outputs.permalink], ["520", ""]);
			assert.match(String(outputs.ray), /^[0-9a-f]{16}$/);
			assert.deepEqual(slack.messages, []);
			assert.deepEqual(
				slack.calls.map(({ method }) => method).filter((method) => !/^(?:auth\.test|apps\.connections\.open)$/.test(method)),
				["functions.completeSuccess"],
			);
			assert.deepEqual(await stores.cases.ofWorkspace("slack T1", 0, 10), []);
		}));

	const answers: readonly (readonly [site: string, outputs: Record<string, unknown>])[] = [
		["healthy", { verdict: "no error now", code: "200", cause: "none", confidence: "possible", ray: "" }],
		["refuses", { code: "521", cause: "521 Connection refused", confidence: "certain" }],
		["cut-content", { code: "200", cause: "Response cut off midway", confidence: "likely" }],
		["own-500", { code: "500", confidence: "likely" }],
	];
	for (const [site, wanted] of answers)
		it(`tells of ${site} in plain words, the same with a channel and without`, async () => {
			const told: Record<string, unknown>[] = [];
			for (const channel of ["C1", undefined])
				await withBot(async (given) => {
					const { permalink, ...outputs } = outputsOf(await ran(given, { url: lab.url(site), channel }));
					assert.equal(permalink === "", channel === undefined);
					const { ray } = outputs;
					assert.match(String(ray), /^(?:[0-9a-f]{16})?$/);
					told.push({ ...outputs, ray: String(ray).length });
				});
			assert.deepEqual(told[0], told[1]);
			for (const [key, value] of Object.entries(wanted)) if (key !== "ray") assert.equal(told[0]?.[key], value, key);
			for (const value of Object.values(told[0] ?? {})) assert.ok(typeof value === "number" || String(value).length <= 300);
		});

	it("finds the URL in the text of an alert, also in Slack's markup", () =>
		withBot(async (given) => {
			const url = lab.url("closes-empty", "/checkout");
			const outputs = outputsOf(await ran(given, { url: `[ALERT] checkout is down: <${url}|the page> &amp; more` }));
			assert.equal(outputs.code, "520");
		}));

	it("tells nothing that a query of the URL holds, and keeps the run's token out of everything", () =>
		withBot(async (given) => {
			const { slack, log } = given;
			const end = await ran(given, {
				url: `${lab.url("closes-empty", "/checkout")}?token=hunter2&session=hunter3`,
				channel: "C1",
			});
			assert.equal(outputsOf(end).code, "520");
			const [run] = slack.runs.values();
			const said = JSON.stringify([
				end,
				slack.messages.map(flatSlack),
				log,
				slack.calls.filter(({ method }) => method !== "files"),
			]);
			assert.doesNotMatch(JSON.stringify([end, log]), /hunter/);
			assert.ok(run !== undefined && !said.includes(run.token));
		}));

	it("over HTTP is kept before Slack hears that it came", async () => {
		const slack = await fakeSlack();
		const own = await serve("127.0.0.1", 0, null);
		const memory = memoryStores(realClock);
		const kept: string[] = [];
		const inbox = {
			...memory.inbox,
			open: async (...all: Parameters<Inbox["open"]>) => {
				kept.push(all[1]);
				return memory.inbox.open(...all);
			},
		};
		const desk = countingDesk(labDesk(lab, { stores: { ...memory, inbox } }));
		const settings = { botToken: "xoxb-test", appToken: null, signingSecret: SECRET, apiUrl: slack.apiUrl };
		const bot = await startSlack(settings, desk, () => {}, { mount: own.mount });
		try {
			const payload = slack.stepEvent({ url: lab.url("closes-empty"), channel: "C1" }, { runId: "Fx1" });
			const body = JSON.stringify(payload);
			const timestamp = String(Math.floor(Date.now() / 1_000));
			const signature = `v0=${createHmac("sha256", SECRET).update(`v0:${timestamp}:${body}`).digest("hex")}`;
			const headers = {
				"content-type": "application/json",
				"x-slack-request-timestamp": timestamp,
				"x-slack-signature": signature,
				connection: "close",
			};
			const { status } = await fetch(`http://127.0.0.1:${own.port}${SLACK_PATH}`, { method: "POST", headers, body });
			assert.deepEqual([status, kept], [200, ["step:Fx1"]]);
			const { end } = await slack.ended("Fx1");
			assert.match(JSON.stringify(end), /"code":"520"/);
			await desk.settled(1);
		} finally {
			await bot.stop();
			await own.close();
			await slack.close();
		}
	});

	it("that cannot be kept is not acknowledged: Slack brings it again", () => {
		const memory = memoryStores(realClock);
		let fails = 1;
		const desk = countingDesk(labDesk(lab, { stores: memory }));
		return (async () => {
			const slack = await fakeSlack();
			const away = {
				...desk,
				accept: async (...all: Parameters<typeof desk.accept>) =>
					fails-- > 0 ? Promise.reject(new Error("away")) : desk.accept(...all),
			};
			const failed = Promise.withResolvers<void>();
			const bot = await startSlack({ ...tokens, apiUrl: slack.apiUrl }, away, ({ event }) => {
				if (event === "slack-listener-failed") failed.resolve();
			});
			try {
				let isAcknowledged = false;
				const inputs = { url: lab.url("closes-empty") };
				void slack.step(inputs, { runId: "Fx1" }).then(
					() => (isAcknowledged = true),
					() => {},
				);
				await failed.promise;
				assert.equal(isAcknowledged, false);
				await slack.step(inputs, { runId: "Fx1" });
				assert.ok((await slack.ended("Fx1")).end !== null);
				await desk.settled(1);
			} finally {
				await bot.stop();
				await slack.close();
			}
		})();
	});

	it("whose site has an open case in the channel links there, and still tells what it found", () =>
		withBot(async (given) => {
			const { slack, settled } = given;
			const url = lab.url("closes-empty", "/checkout");
			await ran(given, { url, channel: "C1" });
			const again = await slack.step({ url, channel: "C1" });
			const { end } = await slack.ended(again);
			await settled(2);
			assert.ok(end !== null);
			const outputs = outputsOf(end);
			const [first, second, ...others] = heads(slack);
			assert.deepEqual([outputs.code, others.length], ["520", 0]);
			assert.equal(outputs.permalink, `https://lab.slack.com/archives/C1/p${second?.ts.replace(".", "")}`);
			assert.match(JSON.stringify(second?.blocks), new RegExp(`p${first?.ts.replace(".", "")}`));
		}));
});

describe("a step that cannot work fails with one sentence that says what to do", () => {
	const GIVE = "Give the step the URL of a public page, such as https://shop.example/checkout.";
	const cases: readonly (readonly [what: string, inputs: unknown, says: RegExp | string])[] = [
		["no inputs at all", undefined, GIVE],
		["inputs of a wrong type", "https://shop.example", GIVE],
		["an empty URL", { url: "" }, GIVE],
		["a URL that is a number", { url: 520 }, GIVE],
		["a URL that is a list", { url: ["https://shop.example"] }, GIVE],
		["no URL but prose", { url: "it is broken again" }, GIVE],
		["a verb of ours", { url: "admin channels none" }, GIVE],
		["a Ray ID", { url: "8a7d5e2fbcd1a1c3-DFW" }, GIVE],
		["several URLs", { url: "https://a.example and https://b.example" }, GIVE],
		["thousands of characters", { url: `https://shop.example/${"a".repeat(9_000)}` }, GIVE],
		["another scheme", { url: "ftp://shop.example" }, /^I only check http and https URLs, not ftp:\. Give the step/],
		["a password", { url: "https://user:hunter2@shop.example" }, /^Remove the name and password before the @.* Give the step/],
		["a port of another service", { url: "https://shop.example:22" }, /^Cloudflare does not proxy port 22.* Give the step/],
		[
			"an internal address",
			{ url: "http://169.254.169.254/latest" },
			/^169\.254\.169\.254 is a private IP address\. I only check public sites\.$/,
		],
		["an internal IPv6 address", { url: "http://[::1]/" }, /^::1 is a private IP address\. I only check public sites\.$/],
		["an internal name", { url: "http://metadata.google.internal/" }, /(?:is an internal name|does not exist in DNS)\. /],
		["a name that is not in DNS", { url: "https://no-such-name.example/" }, /does not exist in DNS\. Check/],
		["markup", { url: "<!channel>\u202e\u0007" }, /^[^<>\u202e\u0007]+$/],
		["a channel that is none", { url: "https://shop.example", channel: "incidents" }, /^I (?:cannot post|am not)|DNS/],
	];
	for (const [what, inputs, says] of cases)
		for (const channel of [undefined, "C1"])
			it(`${what}${channel === undefined ? "" : ", with a channel, in which nothing is posted"}`, () =>
				withBot(async (given) => {
					const with_ = typeof inputs === "object" && channel !== undefined ? { channel, ...inputs } : inputs;
					const error = errorOf(await ran(given, with_));
					if (typeof says === "string") assert.equal(error, says);
					else assert.match(error, says);
					assert.ok(error.length <= 400 && !error.includes("\n") && !error.includes("hunter2"), error);
					assert.deepEqual(given.slack.messages, []);
				}));

	for (const [what, channel] of [
		["the bot is not a member of", "C9"],
		["does not exist", "G404"],
		["is not one", "incidents"],
		["is a person", "U1"],
		["is a number", 7],
	] as const)
		it(`a channel that ${what}: nothing is requested`, () =>
			withBot(async (given) => {
				const error = errorOf(await ran(given, { url: lab.url("closes-empty"), channel }));
				assert.equal(error, "I cannot post in the step's channel. Invite me there, or leave the channel empty.");
				assert.deepEqual(given.slack.messages, []);
				assert.ok(!given.log.some(({ event, verdict }) => event === "question" && verdict !== null));
				assert.ok(!given.log.some(({ event }) => event === "broke"));
			}));

	for (const [what, fault, says] of [
		["Slack confirms no post", { loseAnswer: true }, /^Slack did not confirm my post.*Run the workflow again\.$/],
		["Slack rejects the token", { error: "token_revoked" }, /^Slack rejects my token\. Ask an admin to install the app again\.$/],
		["the channel is archived", { error: "is_archived" }, /^I cannot post in the step's channel/],
		["something that nobody knows", { error: "new_in_2027" }, /^Something went wrong on my side/],
	] as const)
		it(`${what}: nothing is requested, and nothing is posted again`, () =>
			withBot(async (given) => {
				const { slack } = given;
				slack.fail("chat.postMessage", fault);
				assert.match(errorOf(await ran(given, { url: lab.url("closes-empty"), channel: "C1" })), says);
				assert.ok(slack.messages.length <= 1);
				assert.equal(slack.calls.filter(({ method }) => method === "chat.postMessage").length, 1);
			}));

	for (const [what, policy, channel, says] of [
		[
			"a channel in which admins did not enable it",
			{ channels: ["C2"] },
			"C1",
			/^I am not enabled in the step's channel\. .*ask an admin/,
		],
		["no channel where admins enabled some only", { channels: ["C1"] }, undefined, /^I am not enabled/],
		[
			"a channel where answers are private",
			{ privately: true },
			"C1",
			/^Admins made my answers private here.*Leave the step's channel empty\.$/,
		],
	] as const)
		it(what, () =>
			withBot(
				async (given) => {
					assert.match(errorOf(await ran(given, { url: lab.url("closes-empty"), channel })), says);
					assert.deepEqual(given.slack.messages, []);
				},
				{},
				policy,
			),
		);

	it("a workspace that asks too much: the limit counts its workflows, with a channel and without", () =>
		withBot(
			async (given) => {
				const { slack, settled } = given;
				const url = lab.url("healthy");
				const ends = [];
				for (const inputs of [{ url }, { url, channel: "C1" }, { url }]) ends.push(await slack.ended(await slack.step(inputs)));
				await settled(3);
				assert.deepEqual(
					ends.map(({ end }) => end !== null && "outputs" in end),
					[true, true, false],
				);
				assert.match(JSON.stringify(ends[2]?.end), /This workspace has used its 2 checks for 5 minutes\. Try again in/);
			},
			{},
			{ perWorkspace: 2 },
		));

	it("a site asked for privately is not told by a step that claims nothing: no earlier case is named", () =>
		withBot(async (given) => {
			const { slack, settled } = given;
			const url = lab.url("closes-empty", "/checkout");
			slack.members.add("C2");
			await slack.command(url, { channel: "C2", channelName: "privategroup" });
			await settled(1);
			const before = slack.messages.length;
			const { end } = await slack.ended(await slack.step({ url, channel: "C1" }));
			await settled(2);
			assert.ok(end !== null && "outputs" in end);
			const said = slack.messages.slice(before).map(flatSlack).join("\n");
			assert.doesNotMatch(said, /[Ee]arlier|C2/);
		}));
});

describe("the end of a step", () => {
	const faults: readonly (readonly [what: string, method: string, faults: readonly SlackFault[]])[] = [
		["a rate limit", "functions.completeSuccess", [{ status: 429, retryAfter: 0 }]],
		["trouble of Slack's", "functions.completeSuccess", [{ status: 500 }, { status: 503 }]],
		["a rate limit in Slack's own word", "functions.completeSuccess", [{ error: "ratelimited" }]],
		["an error after which it may have been done", "functions.completeSuccess", [{ error: "fatal_error" }]],
		["a lost answer", "functions.completeSuccess", [{ loseAnswer: true }]],
		["no link to the message", "chat.getPermalink", [{ error: "message_not_found" }]],
	];
	for (const [what, method, all] of faults)
		it(`${what}: it ends once, and everything is posted once`, () =>
			withBot(async (given) => {
				const { slack, refused } = given;
				slack.fail(method, ...all);
				const outputs = outputsOf(await ran(given, { url: lab.url("closes-empty"), channel: "C1" }));
				assert.equal(outputs.permalink === "", method === "chat.getPermalink");
				assert.equal(heads(slack).length, 1);
				const [run] = slack.runs.values();
				assert.equal(run?.tries.filter(({ said }) => said === "").length, 1);
				assert.equal(refused(), false);
			}));

	for (const [what, error] of [
		["Slack refuses what is told", "parameter_validation_failed"],
		["the run is over", "execution_not_in_running_state"],
		["nobody knows the run", "function_execution_not_found"],
	] as const)
		it(`${what}: the answer stands, the log says it, and the bot goes on`, () =>
			withBot(async ({ slack, settled, log, refused }) => {
				slack.fail("functions.completeSuccess", { error });
				await slack.step({ url: lab.url("closes-empty"), channel: "C1" });
				await settled(1);
				assert.match(flatSlack(heads(slack)[0] ?? assert.fail("no head")), /520/);
				assert.ok(log.some((line) => /^step-(?:over|not-finished)$/.test(String(line.event)) && line.error === error));
				assert.equal(refused(), false);
			}));

	it("its own token is dead: the bot's ends it, and that is no refused token of the bot", () =>
		withBot(async ({ slack, settled, log, refused }) => {
			slack.chaos = (method) => {
				if (method === "chat.postMessage") slack.killRunTokens();
				return null;
			};
			const id = await slack.step({ url: lab.url("closes-empty"), channel: "C1" });
			const { end, token, tries } = await slack.ended(id);
			await settled(1);
			assert.ok(end !== null && "outputs" in end);
			assert.deepEqual(tries, [
				{ token, said: "token_revoked" },
				{ token: "xoxb-test", said: "" },
			]);
			assert.deepEqual([refused(), log.filter(({ event }) => event === "step-token-dead").length], [false, 1]);
			assert.ok(!JSON.stringify([log, slack.messages]).includes(token));
		}));

	it("an event without the run's token is ended by the bot's", () =>
		withBot(async ({ slack, settled }) => {
			const { end, tries } = await slack.ended(
				await slack.step({ url: lab.url("healthy") }, { event: { bot_access_token: undefined } }),
			);
			await settled(1);
			assert.ok(end !== null && "outputs" in end);
			assert.deepEqual(tries, [{ token: "xoxb-test", said: "" }]);
		}));

	it("comes before services are asked about the answer", () => {
		const asked = Promise.withResolvers<void>();
		const asks = Promise.withResolvers<never>();
		return withBot(
			async ({ slack, settled }) => {
				const id = await slack.step({ url: lab.url("closes-empty"), channel: "C1" });
				await slack.ended(id);
				await asked.promise;
				asks.reject(new Error("no answer"));
				await settled(1);
			},
			{
				statusPage: {
					read: () => {
						asked.resolve();
						return asks.promise;
					},
				} as unknown as DeskContext["statusPage"],
			},
		);
	});

	it("delivered twice, it is done once", () =>
		withBot(async (given) => {
			const { slack } = given;
			await slack.step({ url: lab.url("closes-empty"), channel: "C1" }, { runId: "Fx7" });
			await slack.step({ url: lab.url("closes-empty"), channel: "C1" }, { runId: "Fx7" });
			await slack.ended("Fx7");
			await given.settled(1);
			assert.deepEqual([heads(slack).length, slack.runs.get("Fx7")?.tries.length], [1, 1]);
		}));

	for (const [what, event] of [
		["of another step", { function: { callback_id: "other" } }],
		["without an id", { function_execution_id: "" }],
		["with an id that is a number", { function_execution_id: 7 }],
	] as const)
		it(`an event ${what} does nothing`, () =>
			withBot(async ({ slack, settled }) => {
				void slack.step({ url: lab.url("closes-empty"), channel: "C1" }, { event });
				await slack.command("8a7d5e2fbcd1a1c3-DFW");
				await settled(1);
				assert.equal(heads(slack).length, 1);
				assert.ok(!slack.calls.some(({ method }) => method.startsWith("functions.")));
			}));
});

/** A process, as long as it lives: from its nth moment on, nothing that it waits for ever comes. */
function life(endsAt: number) {
	let moments = 0;
	const ended = Promise.withResolvers<"ended">();
	const moment = async (): Promise<void> => {
		moments += 1;
		if (moments < endsAt) return;
		ended.resolve("ended");
		await new Promise(() => {});
	};
	return { moment, ended: ended.promise, count: () => moments };
}

/** Stores as one process sees them: before each call is a moment, and one before what is sent. */
function storesOf(stores: Stores, moment: () => Promise<void>): Stores {
	const each = <T extends object>(methods: T): T =>
		new Proxy(methods, {
			get: (of, name) => {
				const method = Reflect.get(of, name);
				if (typeof method !== "function") return method;
				if (name === "outbox") return (id: string): Outbox => each((of as unknown as Inbox).outbox(id));
				return async (...all: unknown[]) => {
					await moment();
					const done = await Reflect.apply(method, of, all);
					// What follows is no call of a store.
					if (name === "sending" || name === "change") await moment();
					return done;
				};
			},
		});
	return {
		...stores,
		hashed: (text) => stores.hashed(text),
		cases: each(stores.cases),
		inbox: { ...each(stores.inbox), open: stores.inbox.open, release: stores.inbox.release, unfinished: stores.inbox.unfinished },
	};
}

/** The step in a process that ends at a moment, and its next one; how often it was in the first one. */
async function lived(endsAt: number, channel: string | undefined, isTokenDead: boolean) {
	const slack = await fakeSlack();
	const memory = memoryStores(realClock);
	const one = life(endsAt);
	const settings = { ...tokens, apiUrl: slack.apiUrl };
	const first = countingDesk(labDesk(lab, { stores: storesOf(memory, one.moment) }));
	const log: string[] = [];
	const bot = await startSlack(settings, first, () => {});
	try {
		const id = await slack.step({ url: lab.url("closes-empty", "/checkout"), channel });
		const isEnded = (await Promise.race([first.settled(1), one.ended])) === "ended";
		await bot.stop();
		if (isEnded) {
			if (isTokenDead) slack.killRunTokens();
			await memory.inbox.release();
			const second = countingDesk(labDesk(lab, { stores: memory }));
			const next = await startSlack(settings, second, (line) => log.push(String(line.event)));
			await second.settled(1);
			await next.stop();
		}
		const run = slack.runs.get(id);
		assert.ok(run !== undefined);
		return { moments: one.count(), run, log, messages: slack.messages, left: await memory.inbox.unfinished("slack", 10) };
	} finally {
		await slack.close();
	}
}

for (const [what, channel, isTokenDead, every] of [
	["that posts", "C1", false, 1],
	["that posts, and whose token died meanwhile", "C1", true, 6],
	["that only looks", undefined, false, 1],
] as const)
	test(`ended at any moment and taken up again, a step ${what} is answered once and ends once`, async () => {
		const whole = await lived(Number.POSITIVE_INFINITY, channel, false);
		assert.ok(whole.moments > 4, String(whole.moments));
		const moments = Array.from({ length: Math.floor(whole.moments / every) }, (_, nth) => (nth + 1) * every);
		const all = await Promise.all(moments.map((moment) => lived(moment, channel, isTokenDead)));
		let unsure = 0;
		for (const [nth, { run, messages, left, log }] of all.entries()) {
			const at = `ended at moment ${moments[nth]} of ${whole.moments}`;
			assert.ok(run.end !== null && "outputs" in run.end, at);
			assert.equal(run.end.outputs.code, "520", at);
			assert.equal(run.tries.filter(({ said }) => said === "").length, 1, at);
			assert.deepEqual(left, [], at);
			const texts = messages.map(flatSlack);
			assert.equal(new Set(texts).size, texts.length, `${at}: ${texts.join("\n---\n")}`);
			const posted = messages.filter(({ threadTs }) => threadTs === null).length;
			// Where nobody can tell whether the head was posted, it is not posted again, and the workflow gets no link.
			assert.ok(posted === 1 || run.end.outputs.permalink === "", at);
			if (run.end.outputs.permalink !== "") continue;
			unsure += 1;
			assert.ok(texts.length <= 1 && texts.every((one) => one.includes("Checking")), `${at}: ${texts.join("\n---\n")}`);
			assert.equal(log.includes("step-posted-unsure"), channel !== undefined, at);
		}
		assert.ok(channel === undefined ? unsure === moments.length : unsure <= 3, String(unsure));
	});

test("two workspaces' steps without a channel: what one asks takes nothing from the other", async () => {
	const stores = memoryStores(realClock);
	for (const workspace of ["slack T1", "slack T2"])
		await stores.policies.change(workspace, () => ({ ...DEFAULT_POLICY, perChannel: 1 }));
	const desk = countingDesk(labDesk(lab, { stores }));
	const both = await Promise.all([fakeSlack(), fakeSlack({ team: "T2" })]);
	const bots = await Promise.all(both.map(({ apiUrl }) => startSlack({ ...tokens, apiUrl }, desk, () => {})));
	try {
		const ends: boolean[] = [];
		for (const slack of [...both, ...both]) {
			const { end } = await slack.ended(await slack.step({ url: lab.url("healthy") }));
			ends.push(end !== null && "outputs" in end);
		}
		assert.deepEqual(ends, [true, true, false, false]);
		await desk.settled(4);
	} finally {
		for (const bot of bots) await bot.stop();
		await Promise.all(both.map((slack) => slack.close()));
	}
});

test("two workspaces' steps at once: each posts in its own, and neither's limit, decision or token is the other's", async () => {
	const stores = memoryStores(realClock);
	await stores.policies.change("slack T2", () => ({ ...DEFAULT_POLICY, channels: ["C2"] }));
	const desk = countingDesk(labDesk(lab, { stores }));
	const [one, two] = await Promise.all([fakeSlack(), fakeSlack({ team: "T2" })]);
	two.members.add("C2");
	const bots = await Promise.all([one, two].map(({ apiUrl }) => startSlack({ ...tokens, apiUrl }, desk, () => {})));
	try {
		const url = lab.url("closes-empty", "/checkout");
		const runs = await Promise.all([
			one.step({ url, channel: "C1" }, { runId: "Fx1" }),
			two.step({ url, channel: "C1" }, { runId: "Fx2", team: "T2" }),
			two.step({ url, channel: "C2" }, { runId: "Fx3", team: "T2" }),
		]);
		const [first, second, third] = await Promise.all(runs.map((id, nth) => (nth === 0 ? one : two).ended(id)));
		await desk.settled(3);
		assert.match(JSON.stringify(first?.end), /"code":"520"/);
		assert.match(JSON.stringify(second?.end), /I am not enabled/);
		assert.match(JSON.stringify(third?.end), /"code":"520"/);
		assert.deepEqual([heads(one).map(({ channel }) => channel), heads(two).map(({ channel }) => channel)], [["C1"], ["C2"]]);
		const cases = await Promise.all(["slack T1", "slack T2"].map((of) => stores.cases.ofWorkspace(of, 0, 10)));
		assert.deepEqual(
			cases.map((all) => all.map(({ workspace, room }) => [workspace, room])),
			[[["slack T1", "slack C1"]], [["slack T2", "slack C2"]]],
		);
	} finally {
		for (const bot of bots) await bot.stop();
		await Promise.all([one.close(), two.close()]);
	}
});
