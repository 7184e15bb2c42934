import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { LIMITS, openLimits } from "../../src/looks/limits.ts";
import { postgresStores } from "../../src/store/postgres/postgres.ts";
import { realClock } from "../clock.ts";
import { type FakeDiscord, fakeDiscord } from "../fakes/discord.ts";
import { type FakeSlack, fakeSlack } from "../fakes/slack.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { flatSlack } from "../normal.ts";
import { type Postgres, postgresFolder, startPostgres } from "../postgres.ts";
import { freePort } from "./programs.ts";

/** The program as a process on a real PostgreSQL that stops and starts. */

const MAIN = new URL("../../src/main.ts", import.meta.url).pathname;
const KEY = "ab".repeat(32);
const AWAY = "My database does not answer. Try again in a minute.";
const RAY = "8a7d5e2fbcd1a1c3-DFW";
/** Past the time of one look (30 s): that of a server that says nothing is under way while the database stops. */
const DONE_MS_MAX = 60_000;

const until = async (what: string, is: () => boolean): Promise<void> => {
	for (const end = performance.now() + DONE_MS_MAX; !is(); await sleep(20))
		if (performance.now() > end) assert.fail(`not within ${DONE_MS_MAX} ms: ${what}`);
};

describe("the program with DATABASE_URL", { skip: postgresFolder() === null ? "PostgreSQL is not installed" : false }, () => {
	let postgres: Postgres;
	let [slack, discord, lab]: [FakeSlack, FakeDiscord, Lab] = [] as never;
	const running = new Set<ChildProcess>();
	before(async () => {
		[postgres, slack, discord, lab] = await Promise.all([startPostgres(), fakeSlack(), fakeDiscord(), openLab()]);
	});
	after(async () => {
		for (const child of running) child.kill("SIGKILL");
		await Promise.all([postgres?.end(), slack?.close(), discord?.close(), lab?.close()]);
	});

	/** Starts it. */
	function run(url: string, args: readonly string[] = [], more: Readonly<Record<string, string>> = {}) {
		const child = spawn(process.execPath, [MAIN, ...args], {
			env: {
				PATH: process.env.PATH ?? "",
				DATABASE_URL: url,
				CF520_KEY: KEY,
				CF520_TEST_LEASE_MS: "3000",
				CF520_ALLOW_TARGETS: "127.0.0.0/8",
				CF520_RESOLVE: [...lab.resolve].map(([key, [address]]) => `${key}:${address}`).join(","),
				...more,
			},
			stdio: ["ignore", "pipe", "pipe"],
		});
		running.add(child);
		let [out, err] = ["", ""];
		child.stdout?.on("data", (data) => (out += data));
		child.stderr?.on("data", (data) => (err += data));
		const exit = once(child, "close").then(([status]) => {
			running.delete(child);
			return status as number | null;
		});
		const counts = (event: string) => err.split(`"event":"${event}"`).length - 1;
		return {
			child,
			exit,
			out: () => out,
			err: () => err,
			counts,
			heard: (event: string, times = 1) => until(`${event} in ${err.slice(-600)}`, () => counts(event) >= times),
		};
	}
	const chats = () => ({
		SLACK_BOT_TOKEN: "xoxb-test",
		SLACK_APP_TOKEN: "xapp-test",
		SLACK_API_URL: slack.apiUrl,
		DISCORD_TOKEN: "aaaaaaaaaa.bbbb.cccc",
		DISCORD_API_URL: discord.apiUrl,
	});
	const command = (text: string, trigger: string) => ({
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

	it("a wrong password ends it with the reason, and says neither the password nor the address", async () => {
		const url = await postgres.database();
		const wrong = run(url.replace(postgres.password, "secret-and-wrong"), [], chats());
		assert.equal(await wrong.exit, 2);
		assert.match(wrong.err(), /^cf520: The database that DATABASE_URL names does not take me\..*\(28P01\)\n$/);
		assert.doesNotMatch(wrong.err(), /secret|127\.0\.0\.1/);
	});

	it("trace finds who checked an address, by the key of the database", async () => {
		const url = await postgres.database();
		const stores = await postgresStores(url, realClock, { key: Buffer.from(KEY, "hex") });
		const { hashed, requestCounts: counts } = stores;
		const limits = openLimits(LIMITS, { counts, now: Date.now, hashed, storeFailed: () => {} });
		const origins = { addresses: ["2001:db8:0::1"], requests: 1, person: "slack U1" };
		assert.equal(await limits.reserve({ origins }), null);
		await stores.close();
		const trace = run(url, ["trace", "2001:DB8::1", "slack:u1", "slack:U2"]);
		assert.equal(await trace.exit, 0, trace.err());
		assert.match(trace.out(), /^slack:U1: \d{4}-\d\d-\d\dT\S+Z\nslack:U2: not in the last seven days\n$/);
		const other = run(`${url}x`, ["trace", "2001:db8::1", "slack:U1"]);
		assert.equal(await other.exit, 2);
		assert.match(other.err(), /I cannot read the database that DATABASE_URL names \(3D000\)/);
		const otherKey = run(url, ["trace", "2001:db8::1", "slack:U1"], { CF520_KEY: "cd".repeat(32) });
		assert.equal(await otherKey.exit, 2);
		assert.match(otherKey.err(), /encrypted with another key than CF520_KEY/);
	});

	it("waits for a database that starts, says nothing un-noted while it is stopped, goes on when it is back, and is replaced without a gap", async () => {
		const url = await postgres.database();
		await postgres.stop();
		const port = await freePort();
		const one = run(url, [], { ...chats(), PORT: String(port) });
		await one.heard("store-away");
		await postgres.start();
		await one.heard("discord-connected");
		await until("a socket", () => slack.sockets() === 1);
		// Under way while the database stops: a look takes longer than that.
		const asked = slack.messages.length;
		await slack.command(lab.url("silent").replace(/^https:\/\/([^:]+):\d+/, `http://$1:${lab.edge.httpPort}`));
		await until("a first message", () => slack.messages.length > asked);
		const posted = slack.messages.length;
		await postgres.stop();
		const began = performance.now();
		const said = await slack.deliver("slash_commands", command(RAY, "away-1"));
		assert.deepEqual(said, { response_type: "ephemeral", text: AWAY });
		const before = discord.messages.length;
		await discord.command(RAY);
		assert.deepEqual(
			discord.messages.slice(before).map((message) => [message.onlyFor, message.content]),
			[["400000000000000001", AWAY]],
		);
		assert.ok(performance.now() - began < 3_000 + 1_000, "each within three seconds");
		discord.mention(RAY);
		for (const path of ["/readyz", "/healthz"]) assert.equal((await fetch(`http://127.0.0.1:${port}${path}`)).status, 200);
		// Longer than the lease: nobody takes it for dead when it is back.
		await sleep(4_000);
		assert.equal(slack.messages.length, posted);
		await postgres.start();
		await one.heard("store-back", 2);
		await until("the mention's answer", () => discord.messages.some((message) => /Dallas/.test(message.content)));
		await until("the verdict", () => slack.messages.some((message) => /silent/.test(flatSlack(message)) && message.edits > 0));
		assert.equal(slack.messages.filter((message) => message.threadTs === null && message.onlyFor === null).length, 1);

		const two = run(url, [], { ...chats(), PORT: String(await freePort()) });
		await two.heard("discord-connected");
		await until("two sockets", () => slack.sockets() >= 2);
		one.child.kill("SIGTERM");
		assert.equal(await one.exit, 0);
		await until("one socket", () => slack.sockets() === 1);
		await slack.command("8a7d5e2fbcd1a1c3-FRA");
		await until("the next answer", () => slack.messages.some((message) => /Frankfurt/.test(flatSlack(message))));
		two.child.kill("SIGTERM");
		assert.equal(await two.exit, 0);
		for (const { err } of [one, two]) {
			assert.doesNotMatch(err(), /"event":"(?:broke|unhandled-rejection|uncaught-exception|reply-failed|not-noted|given-up)"/);
			assert.ok(!err().includes(postgres.password) && !err().includes(KEY));
		}
	});
});
