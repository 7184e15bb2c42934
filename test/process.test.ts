import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, it } from "node:test";
import type { Stores } from "../src/desk/stores.ts";
import { LIMITS, openLimits } from "../src/looks/limits.ts";
import { sqliteStores } from "../src/store/sqlite/sqlite.ts";
import { startFakeCloudflare } from "./fakes/cloudflare.ts";
import { fakeDiscord } from "./fakes/discord.ts";
import { openFakeGlobalping } from "./fakes/globalping.ts";
import { fakePostgres } from "./fakes/postgres.ts";
import { type FakeSlack, fakeSlack } from "./fakes/slack.ts";
import { CLEAN, openFakeStatus } from "./fakes/status.ts";
import { seeded, traffic } from "./fakes/traffic.ts";
import { type Lab, openLab } from "./lab/lab.ts";
import { closed, listening } from "./lab/origin.ts";

/** The program as a process: exit statuses, signals, one platform without the other. Everything it talks to is on loopback. */

const MAIN = new URL("../src/main.ts", import.meta.url).pathname;

interface Run {
	readonly child: ChildProcess;
	out(): string;
	err(): string;
	/** Resolves when standard error has a line with this event. */
	event(name: string): Promise<void>;
	exit(): Promise<number | null>;
}

function run(args: readonly string[], env: Record<string, string> = {}, input?: string): Run {
	const child = spawn(process.execPath, [MAIN, ...args], {
		// No test asks a host of somebody else's.
		env: {
			PATH: process.env.PATH ?? "",
			CF520_STATUS_URL: "off",
			CF520_GLOBALPING_URL: "off",
			CF520_CLOUDFLARE_URL: "off",
			...env,
		},
		stdio: ["pipe", "pipe", "pipe"],
	});
	let out = "";
	let err = "";
	const waiting: { name: string; done: () => void }[] = [];
	child.stdout?.on("data", (data) => {
		out += data;
	});
	child.stderr?.on("data", (data) => {
		err += data;
		for (const one of waiting) if (err.includes(`"event":"${one.name}"`)) one.done();
	});
	child.stdin?.end(input);
	const ended = once(child, "close").then(([status]) => status as number | null);
	return {
		child,
		out: () => out,
		err: () => err,
		exit: () => ended,
		event: (name) =>
			err.includes(`"event":"${name}"`)
				? Promise.resolve()
				: new Promise((done, fail) => {
						waiting.push({ name, done });
						void ended.then(() => fail(new Error(`the process ended without ${name}: ${err.slice(-500)}`)));
					}),
	};
}

describe("the program asked once", () => {
	for (const [what, args, status, says] of [
		["a Ray ID", ["8a7d5e2fbcd1a1c3-DFW"], 0, /Dallas/],
		["a code", ["explain", "521"], 0, /rejected the TCP connection/],
		["nonsense", ["frobnicate"], 2, /I can check a site, read a Ray ID/],
		["an internal address", ["http://127.0.0.1/"], 2, /a private IP address/],
	] as const) {
		it(`${what}: exit status ${status}`, async () => {
			const one = run(args);
			assert.equal(await one.exit(), status);
			assert.match(one.out(), says);
			assert.doesNotMatch(one.out(), /\u001b/);
		});
	}
	it("the status page is asked where CF520_STATUS_URL says, with who complains to whom and nothing else, and nowhere when off", async () => {
		const fake = await openFakeStatus(CLEAN);
		const asks = async (url: string) => {
			const one = run(["status", "FRA"], { CF520_STATUS_URL: url, CF520_CONTACT: "ops@bot.example" });
			return { status: await one.exit(), out: one.out() };
		};
		const on = await asks(`${fake.url}/`);
		assert.deepEqual(on, { status: 0, out: "Cloudflare's status page lists nothing for Frankfurt (FRA) now.\n\n" });
		assert.equal(fake.seen.length, 3);
		for (const { headers } of fake.seen)
			assert.match(headers["user-agent"] ?? "", /^cf520\/[\d.]+ \(chat bot; \+ops@bot\.example\)$/);
		const off = await asks("off");
		assert.deepEqual([off.status, fake.seen.length], [2, 3]);
		assert.match(off.out, /switched off/);
		await fake.close();
	});
	it("other places are asked where CF520_GLOBALPING_URL says, for the public part of a URL alone, and nowhere when off", async () => {
		let colo = "DFW";
		const lab = await openLab({ colo: () => colo });
		const enter = (next: string) => {
			colo = next;
		};
		const edge = { port: lab.edge.httpsPort, ca: lab.certificates.ca, enter };
		const fake = await openFakeGlobalping({ now: Date.now, edge, token: "gp-secret-token" });
		const asks = async (url: string, ...more: readonly string[]) => {
			const site = `${lab.url("closes-empty", "/checkout")}?token=sesame`;
			const one = run([site, "--from", "frankfurt,tokyo", "--insecure", ...more], {
				CF520_ALLOW_TARGETS: "127.0.0.0/8",
				CF520_RESOLVE: [...lab.resolve].map(([key, [address]]) => `${key}:${address}`).join(","),
				CF520_GLOBALPING_URL: url,
				CF520_GLOBALPING_TOKEN: "gp-secret-token",
			});
			return { status: await one.exit(), out: one.out(), err: one.err() };
		};
		try {
			const on = await asks(fake.url);
			assert.match(
				on.out,
				/fails with 520[\s\S]*From Frankfurt: 520 at Frankfurt \(FRA\)\. Tokyo: 520 at Tokyo \(NRT\)\./,
				on.err,
			);
			assert.match(on.out, /Asked without the part after \?\./);
			assert.ok(fake.ids.length > 0 && fake.ids.every((id) => !on.out.includes(id)));
			assert.ok(fake.seen.every((one) => !JSON.stringify(one).includes("sesame")));
			const json = await asks(fake.url, "--json");
			const { places } = JSON.parse(json.out);
			assert.deepEqual([places.kind, places.failing, places.places.length], ["told", 2, 2]);
			for (const { out, err } of [on, json]) assert.doesNotMatch(out + err, /gp-secret-token/);
			const before = fake.seen.length;
			assert.match((await asks("off")).out, /Other places are switched off here\./);
			assert.equal(fake.seen.length, before);
		} finally {
			await Promise.all([fake.close(), lab.close()]);
		}
	});
	it("the operator's account speaks at the terminal, by a token that is sent in one header alone and shown nowhere", async () => {
		const [lab, fake] = await Promise.all([openLab(), startFakeCloudflare(Date.now, seeded(7))]);
		const [zone, token] = ["023e105f4ecef8ad9ca31a8372d0c353", `cfut_${"s".repeat(40)}0badc0de`];
		const requests = traffic(Date.now() - 60_000, 57, 60, { fails: (_request, _minute, random) => random() < 0.2 });
		const host = "closes-empty.lab.example";
		const ofHost = requests.map((one) => ({ ...one, host }));
		fake.zones.push({ id: zone, name: "lab.example", plan: "free", account: zone, requests: ofHost });
		const permissions = ["zone", "analytics"] as const;
		fake.tokens.push({ token, id: zone, kind: "user", status: "active", zones: [zone], permissions });
		const asks = async (question: string, url: string) => {
			const one = run([question, "--insecure"], {
				CF520_ALLOW_TARGETS: "127.0.0.0/8",
				CF520_RESOLVE: [...lab.resolve].map(([key, [address]]) => `${key}:${address}`).join(","),
				CF520_CLOUDFLARE_URL: url,
				CF520_CLOUDFLARE_TOKEN: token,
			});
			await one.exit();
			return one.out() + one.err();
		};
		try {
			const said = [await asks(lab.url("closes-empty", "/login"), fake.url), await asks(`numbers ${host}`, fake.url)];
			for (const text of said) {
				assert.match(text, /In the last hour, \d+ of [\d,]+\s+requests\s+to/);
				assert.ok(!text.includes(token));
			}
			for (const { path, body } of fake.log) assert.ok(!path.includes(token) && !body.includes(token));
			const before = fake.log.length;
			assert.match(await asks(`numbers ${host}`, "off"), /off/);
			assert.equal(fake.log.length, before);
		} finally {
			await Promise.all([fake.close(), lab.close()]);
		}
	});
	it("what is typed behind the host of connect is said back nowhere, not as JSON either", async () => {
		for (const asked of [
			"connect shop.example hunter2",
			"connect shop.example:hunter2",
			`explain 520 cfut_${"hunter2x".repeat(6)}`,
		])
			for (const options of [[], ["--json"]]) {
				const one = run([...options, asked]);
				await one.exit();
				assert.notEqual(one.out(), "");
				assert.doesNotMatch(one.out() + one.err(), /hunter2/);
			}
	});
	for (const words of [
		["help"],
		["--help"],
		["doctor", "--help"],
		["manifest", "-h"],
		["trace", "--help"],
		["judge", "x", "--help"],
	])
		it(`${words.join(" ")}: help, also with what operators run, and nothing is done`, async () => {
			const one = run(words);
			assert.equal(await one.exit(), 0, one.err());
			assert.match(one.out(), /^Find out why Cloudflare returns a 520\n/);
			for (const verb of ["doctor", "manifest", "trace"]) assert.match(one.out(), new RegExp(`^- npm start -- ${verb}: `, "m"));
			assert.ok(
				one
					.out()
					.split("\n")
					.every((line) => line.length <= 80),
			);
		});
	it("text that begins like an option is text", async () => {
		const one = run(["- 8a7d5e2fbcd1a1c3-DFW\n- and more"]);
		assert.equal(await one.exit(), 0, one.err());
		assert.match(one.out(), /Dallas/);
	});
	for (const [what, piped, says, status] of [
		["what curl printed", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello\n", [/^Status 200, 1 header \(38 bytes\)\.$/m], 0],
		["a page", "<!doctype html>\n<title>520</title>\n<p>Ray ID: 8a7d5e2fbcd1a1c3</p>\n", [/Ray 8a7d5e2fbcd1a1c3: received /], 0],
		[
			"log lines",
			"a\n2026/11/22 12:00:05 [error] 7#7: *6 upstream prematurely closed connection while reading upstream\n",
			[/line/i],
			0,
		],
		["questions, a line each", "8a7d5e2fbcd1a1c3-DFW\nexplain 521\n", [/Dallas/, /rejected the TCP connection/], 0],
	] as const)
		it(`piped: ${what}`, async () => {
			const one = run([], {}, piped);
			assert.equal(await one.exit(), status, one.err());
			for (const pattern of says) assert.match(one.out(), pattern);
			assert.doesNotMatch(one.out(), /I can check a site/);
		});
	it("--html without a case: exit status 2, and no file", async () => {
		const folder = mkdtempSync(join(tmpdir(), "cf520-html-"));
		const file = join(folder, "report.html");
		const one = run(["--html", file, "8a7d5e2fbcd1a1c3-DFW"]);
		assert.equal(await one.exit(), 2);
		assert.match(one.out(), /Dallas/);
		assert.match(one.err(), /--html: This question opened no case/);
		assert.equal(existsSync(file), false);
		rmSync(folder, { recursive: true });
	});
	it("an unknown option: exit status 2 and the options", async () => {
		const one = run(["--frobnicate"]);
		assert.equal(await one.exit(), 2);
		assert.match(one.err(), /Options are/);
	});
	it("unusable settings: exit status 2, all of them told, no value shown", async () => {
		const one = run(["help"], { SLACK_BOT_TOKEN: "sesame", PORT: "x" });
		assert.equal(await one.exit(), 2);
		assert.match(one.err(), /SLACK_BOT_TOKEN.*PORT/s);
		assert.doesNotMatch(one.err(), /sesame/);
	});
	it("--json: one object with the parts that tools rely on", async () => {
		const one = run(["--json", "8a7d5e2fbcd1a1c3-DFW"]);
		assert.equal(await one.exit(), 0);
		const data = JSON.parse(one.out());
		assert.deepEqual(Object.keys(data), [
			"question",
			"verdict",
			"ranked",
			"ruledOut",
			"findings",
			"rays",
			"pattern",
			"next",
			"looks",
			"understood",
		]);
		assert.deepEqual(data.rays, [
			{ id: "8a7d5e2fbcd1a1c3", colo: "DFW", city: "Dallas", country: "US", receivedAt: "2024-07-23T17:25:07.150Z" },
		]);
	});
	it("--json: of a URL's query no value but in the person's own words", async () => {
		const one = run(["--json", "http://127.0.0.1/?token=s3cr3tValue1"]);
		assert.equal(await one.exit(), 2);
		const { question, ...rest } = JSON.parse(one.out());
		assert.match(question, /s3cr3tValue1/);
		assert.equal(rest.understood.target, "http://127.0.0.1/?token=***");
		assert.doesNotMatch(JSON.stringify(rest), /s3cr3t/);
	});
	it("ray -: a line for a line, whatever it holds", async () => {
		const lines = [
			'{"id":1,"text":"cf-ray: 8a7d5e2fbcd1a1c3-DFW"}',
			"not json",
			'{"id":"b"}',
			'{"id":"c","text":"nothing"}',
			`{"id":"d","text":"${"x".repeat(300_000)}"}`,
		];
		const one = run(["ray", "-"], {}, `${lines.join("\n")}\n`);
		assert.equal(await one.exit(), 0);
		const answers = one
			.out()
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line));
		assert.deepEqual(
			answers.map(({ id, rays }) => [id, rays.length]),
			[
				[1, 1],
				[null, 0],
				["b", 0],
				["c", 0],
				["d", 0],
			],
		);
	});
	it("autopsy -: a line for a line, whatever it holds", async () => {
		const bytes = Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello").toString("base64");
		const lines = [
			JSON.stringify({ id: 1, bytes_b64: bytes, ending: "fin" }),
			"not json",
			JSON.stringify({ id: 2, ending: "fin" }),
			JSON.stringify({ id: 3, bytes_b64: "", ending: "reset" }),
			JSON.stringify({ id: 4, bytes_gz_b64: "AAAA", ending: "fin" }),
			JSON.stringify({ id: 5, bytes_b64: bytes, ending: "sometime" }),
			"",
		];
		const one = run(["autopsy", "-"], {}, `${lines.join("\n")}\n`);
		assert.equal(await one.exit(), 0);
		const answers = one
			.out()
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line));
		assert.deepEqual(
			answers.map(({ id, proxy }) => [id, proxy]),
			[
				[1, "rejects"],
				[null, undefined],
				[2, undefined],
				[3, "rejects"],
				[4, undefined],
				[5, undefined],
				[null, undefined],
			],
		);
	});
	it("at the prompt each line is a question, and the end of input ends it", async () => {
		const one = run([], {}, "explain 521\n\n8a7d5e2fbcd1a1c3-DFW\n");
		assert.equal(await one.exit(), 0);
		assert.match(one.out(), /521 Connection refused.*Dallas/s);
	});
});

describe("trace: who had an address looked at", () => {
	const folder = mkdtempSync(join(tmpdir(), "cf520-trace-"));
	const file = join(folder, "data.sqlite");
	let stores: Stores;
	before(async () => {
		stores = sqliteStores(file, { now: Date.now, later: () => () => {} });
		const limits = openLimits(LIMITS, {
			counts: stores.requestCounts,
			now: Date.now,
			hashed: stores.hashed,
			storeFailed: (error) => {
				throw error;
			},
		});
		const origins = { addresses: ["2001:db8:0::1"], requests: 1, person: "slack U1" };
		assert.equal(await limits.reserve({ origins }), null);
	});
	after(async () => {
		await stores.close();
		rmSync(folder, { recursive: true, force: true });
	});

	it("says when, beside the bot that has the file, in any spelling of the address", async () => {
		const one = run(["trace", "2001:DB8::1", "slack:u1", "slack:U2", "discord:1"], { CF520_DATA: file });
		assert.equal(await one.exit(), 0, one.err());
		const day = new Date().getUTCFullYear();
		assert.match(one.out(), new RegExp(`^slack:U1: ${day}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ\\n`));
		assert.match(one.out(), /^slack:U2: not in the last seven days\ndiscord:1: not in the last seven days\n$/m);
	});
	for (const [what, args, env, says] of [
		["no person", ["192.0.2.1"], { CF520_DATA: file }, /trace needs an IP address and user IDs/],
		["no address", ["shop.example", "slack:U1"], { CF520_DATA: file }, /trace needs an IP address/],
		["a name instead of an id", ["192.0.2.1", "ann"], { CF520_DATA: file }, /trace needs/],
		["no file named", ["192.0.2.1", "slack:U1"], {}, /trace needs CF520_DATA/],
		[
			"another key, which would find nothing",
			["2001:db8::1", "slack:U1"],
			{ CF520_DATA: file, CF520_KEY: "ab".repeat(32) },
			/encrypted with another key than CF520_KEY/,
		],
		[
			"a database that is away",
			["192.0.2.1", "slack:U1"],
			{ DATABASE_URL: "postgres://cf520:sesame@127.0.0.1:1/cf520", CF520_KEY: "ab".repeat(32) },
			/^cf520: I cannot read the database that DATABASE_URL names \(ECONNREFUSED\)\.\n$/,
		],
		["a file that is not there", ["192.0.2.1", "slack:U1"], { CF520_DATA: `${file}.none` }, /I cannot read the file/],
	] as const)
		it(`${what}: exit status 2, one sentence, no file made`, async () => {
			const one = run(["trace", ...args], env);
			assert.equal(await one.exit(), 2);
			assert.match(one.err(), says);
			assert.equal(one.out(), "");
			assert.ok(!existsSync(`${file}.none`) && !existsSync(`${file}.none.key`));
		});
});

describe("the bots as a process", () => {
	let slack: FakeSlack;
	let discord: Awaited<ReturnType<typeof fakeDiscord>>;
	let lab: Lab;
	let hole: Server;
	before(async () => {
		[slack, discord, lab] = await Promise.all([fakeSlack(), fakeDiscord(), openLab({ readTimeoutMs: 20_000 })]);
		hole = createServer((socket) => socket.destroy());
		await listening(hole);
	});
	after(async () => {
		await Promise.all([slack.close(), discord.close(), lab.close(), closed(hole, [])]);
	});
	const laboratory = () => ({
		CF520_ALLOW_TARGETS: "127.0.0.0/8",
		CF520_RESOLVE: [...lab.resolve].map(([key, [address]]) => `${key}:${address}`).join(","),
	});
	const both = () => ({
		SLACK_BOT_TOKEN: "xoxb-sesame",
		SLACK_APP_TOKEN: "xapp-sesame",
		SLACK_API_URL: slack.apiUrl,
		DISCORD_TOKEN: "sesame0000.bbbb.cccc",
		DISCORD_API_URL: discord.apiUrl,
		PORT: "0",
		...laboratory(),
	});

	it("answers on both platforms, tells that it is ready, and SIGTERM ends it with 0", async () => {
		const one = run([], both());
		await Promise.all([one.event("slack-connected"), one.event("discord-connected"), one.event("health-listening")]);
		const port = /"health-listening","port":(\d+)/.exec(one.err())?.[1];
		const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
		assert.deepEqual(
			[ready.status, await ready.json()],
			[200, { status: "ready", platforms: { slack: "ready", discord: "ready" } }],
		);
		assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
		await Promise.all([slack.command("8a7d5e2fbcd1a1c3-DFW"), discord.command("help")]);
		await one.event("question");
		one.child.kill("SIGTERM");
		assert.equal(await one.exit(), 0);
		assert.doesNotMatch(one.err(), /sesame/);
	});

	it("for many Slack workspaces it serves the page that installs the app, and is ready while it has none", async () => {
		const { DISCORD_TOKEN: _, SLACK_BOT_TOKEN: __, ...settings } = both();
		const one = run([], {
			...settings,
			SLACK_CLIENT_ID: "123.456",
			SLACK_CLIENT_SECRET: "5e5a3e5e5a3e5e5a3e",
			CF520_URL: "https://bot.example",
			CF520_KEY: "5e5a3e".repeat(10) + "5e5a",
		});
		await Promise.all([one.event("slack-connected"), one.event("health-listening")]);
		const port = /"health-listening","port":(\d+)/.exec(one.err())?.[1];
		const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
		assert.deepEqual(
			[ready.status, await ready.json()],
			[200, { status: "ready", platforms: { slack: "ready" }, workspaces_refused: 0 }],
		);
		const page = await fetch(`http://127.0.0.1:${port}/slack/install`);
		assert.equal(page.status, 200);
		assert.match(await page.text(), /<h1>Add cf520 to Slack<\/h1>/);
		assert.match(one.err(), /any Slack workspace may install the app/);
		one.child.kill("SIGTERM");
		assert.equal(await one.exit(), 0);
		assert.doesNotMatch(one.err(), /sesame|5e5a3e/);
	});

	it("after kill -9 the case goes on: an old button works, and what was handled is not handled again", async () => {
		const folder = mkdtempSync(join(tmpdir(), "cf520-data-"));
		const { DISCORD_TOKEN: _, ...slackOnly } = both();
		const env = { ...slackOnly, CF520_DATA: join(folder, "cf520.sqlite") };
		const first = run([], env);
		await first.event("slack-connected");
		// Plain HTTP: a process of its own does not know the laboratory's authority.
		const site = `http://closes-empty.lab.example:${lab.edge.httpPort}/`;
		const before = slack.messages.length;
		await slack.command(site, { triggerId: "once" });
		await first.event("question");
		first.child.kill("SIGKILL");
		await first.exit();
		const stood = slack.messages.length;
		const question = slack.messages.slice(before).findLast((one) => one.threadTs !== null);
		const id = /"value":"a:([\w-]{22}):/.exec(JSON.stringify(question?.blocks))?.[1];
		assert.ok(question && id);

		const second = run([], env);
		await second.event("slack-connected");
		// Slack delivers again what it thinks was not heard.
		await slack.command(site, { triggerId: "once" });
		await slack.press(question, `a:${id}:origin-log:refused-or-444`);
		await second.event("press");
		assert.equal(slack.messages.length, stood + 1, "one answer to the button, none to what was answered before");
		assert.match(JSON.stringify(slack.messages.at(-1)?.blocks), /444 or another 4xx/);
		const head = slack.messages.slice(before).find((one) => one.threadTs === null);
		assert.match(JSON.stringify(head?.blocks), /connection dropped by a rule/);
		second.child.kill("SIGTERM");
		assert.equal(await second.exit(), 0);
		rmSync(folder, { recursive: true, force: true });
	});

	it("its log holds one audit line a question, and nothing that people wrote, no token and no address", async () => {
		const folder = mkdtempSync(join(tmpdir(), "cf520-log-"));
		const one = run([], { ...both(), CF520_DATA: join(folder, "cf520.sqlite"), CF520_KEY: "5e5a3e".repeat(11).slice(0, 64) });
		await Promise.all([one.event("slack-connected"), one.event("discord-connected")]);
		const http = lab.edge.httpPort;
		const site = `http://closes-empty.lab.example:${http}/sesame?token=sesame`;
		const origin = lab.originPort("closes-empty");
		slack.fail("chat.postMessage", { status: 500 }, { error: "missing_scope" });
		await slack.command(`${site}&sesame`);
		await slack.command(site);
		await slack.command(`origin http://closes-empty.lab.example:${http}/ 127.0.0.1:${origin}`);
		await slack.command('logs sesame 203.0.113.77 - - [22/Nov/2026:12:00:05 +0000] "GET /sesame HTTP/1.1" 499 0 "-" "sesame"');
		await slack.command("autopsy HTTP/1.1 200 OK\nSet-Cookie: sid=sesame\nAuthorization: Bearer sesame\n\nsesame");
		await slack.mention("sesame <!channel> 8a7d5e2fbcd1a1c3-DFW", {
			files: [{ url_private: "https://sesame.example/x", size: 1 }],
		});
		discord.fail(/POST .*threads/, { status: 403, code: 50_013 });
		await discord.command(site);
		await discord.command("sesame");
		discord.fail(/POST \/interactions/, { status: 404, code: 10_062 });
		void discord.command("8a7d5e2fbcd1a1c3-DFW sesame");
		const lines = () =>
			one
				.err()
				.trim()
				.split("\n")
				.map((line) => JSON.parse(line) as Record<string, unknown>);
		while (lines().filter(({ event }) => event === "question").length < 9) await new Promise((resolve) => setImmediate(resolve));
		one.child.kill("SIGTERM");
		await one.exit();
		rmSync(folder, { recursive: true, force: true });
		const audits = lines().filter(({ event }) => event === "question");
		assert.equal(audits.length, 9);
		for (const line of audits) {
			assert.deepEqual(
				["audit", "caseId", "platform", "person", "kind", "outcome", "ms"].filter(
					(key) => line[key] === undefined || line[key] === null,
				),
				[],
			);
			assert.match(String(line.caseId), /^[\w-]{22}$/);
		}
		assert.deepEqual([...new Set(audits.map(({ host }) => host))].sort(), ["closes-empty.lab.example", null].sort());
		for (const line of lines()) assert.ok("at" in line && "level" in line && "event" in line, JSON.stringify(line));
		const about = lines().filter(({ event }) => /broke|told-alone|too-late|busy|reply-failed/.test(String(event)));
		assert.ok(about.length > 0);
		for (const line of about) assert.ok(line.caseId !== undefined, JSON.stringify(line));
		assert.doesNotMatch(one.err(), /sesame|5e5a3e|respond\/|token-\d|127\.0\.0\.1|203\.0\.113|cookie|user400000|\bann\b/i);
	});

	it("a data file that cannot be opened is told at the start", async () => {
		const one = run([], { ...both(), CF520_DATA: "/nowhere/at/all.sqlite" });
		assert.equal(await one.exit(), 2);
		assert.match(one.err(), /I cannot open the file that CF520_DATA names/);
	});

	it("a data file of a newer version is named as that, with the version, and is not to be moved away", async () => {
		const folder = mkdtempSync(join(tmpdir(), "cf520-newer-"));
		const path = join(folder, "cf520.sqlite");
		const database = new DatabaseSync(path);
		database.exec(
			"CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL); INSERT INTO about VALUES ('version', '9.8.7')",
		);
		database.exec("PRAGMA user_version = 99");
		database.close();
		const one = run([], { ...both(), CF520_DATA: path });
		assert.equal(await one.exit(), 2);
		assert.match(one.err(), /CF520_DATA was written by version 9\.8\.7, and this is \d.*Keep the file/);
		assert.equal(statSync(`${path}.lock`).mode & 0o777, 0o600);
		rmSync(folder, { recursive: true, force: true });
	});

	it("metrics and readiness have a port of their own when that is set, and follow Discord's gateway", async () => {
		const apart = await fakeDiscord();
		const { SLACK_BOT_TOKEN: _, SLACK_APP_TOKEN: __, ...discordOnly } = both();
		const one = run([], { ...discordOnly, DISCORD_API_URL: apart.apiUrl, CF520_METRICS_PORT: "0" });
		await one.event("discord-connected");
		const port = (name: string) => new RegExp(`"${name}-listening","port":(\\d+)`).exec(one.err())?.[1];
		const status = async (name: string, path: string) => (await fetch(`http://127.0.0.1:${port(name)}${path}`)).status;
		assert.deepEqual([await status("health", "/healthz"), await status("health", "/metrics")], [200, 404]);
		while ((await status("metrics", "/readyz")) !== 200) await new Promise((resolve) => setImmediate(resolve));
		await apart.goDown();
		await one.event("discord-reconnecting");
		assert.equal(await status("metrics", "/readyz"), 503);
		one.child.kill("SIGTERM");
		assert.equal(await one.exit(), 0);
		await apart.comeBack();
		await apart.close();
	});

	for (const [what, more] of [
		["over sockets", {}],
		["over HTTP", { SLACK_APP_TOKEN: "", SLACK_SIGNING_SECRET: "5e5a3e".repeat(5), CF520_METRICS_PORT: "0" }],
	] as const)
		it(`while the database is away at the start, ${what}: it lives, is not ready, has deliveries brought again, and SIGTERM ends it`, async () => {
			const address = hole.address();
			assert.ok(typeof address === "object" && address !== null);
			const one = run([], {
				...both(),
				DATABASE_URL: `postgres://cf520:sesame@127.0.0.1:${address.port}/cf520`,
				CF520_KEY: "5e5a3e".repeat(10) + "5e5a",
				...more,
			});
			await Promise.all([one.event("store-away"), one.event("health-listening")]);
			const port = (name: string) => new RegExp(`"${name}-listening","port":(\\d+)`).exec(one.err())?.[1];
			const operators = "CF520_METRICS_PORT" in more ? "metrics" : "health";
			const get = (path: string, name = operators) => fetch(`http://127.0.0.1:${port(name)}${path}`);
			assert.equal((await get("/healthz", "health")).status, 200);
			const ready = await get("/readyz");
			assert.deepEqual(
				[ready.status, await ready.json()],
				[503, { status: "degraded", platforms: { slack: "starting", discord: "starting" } }],
			);
			assert.match(await (await get("/metrics")).text(), /^cf520_queue_depth\{queue="open"\} 0$/m);
			for (const path of ["/slack/events", "/discord/interactions"])
				assert.equal((await fetch(`http://127.0.0.1:${port("health")}${path}`, { method: "POST" })).status, 503);
			one.child.kill("SIGTERM");
			assert.equal(await one.exit(), 0);
			assert.match(one.err(), /"event":"stopped"/);
			assert.doesNotMatch(one.err(), /sesame|5e5a3e|connected/);
		});

	for (const mode of ["prefer", "require", "verify-ca", "verify-full"])
		it(`a database without TLS for sslmode=${mode}: exit status 2 with what to set, and nothing else between the lines of the log`, async () => {
			const postgres = await fakePostgres();
			const { PORT: _, ...bots } = both();
			const url = `${postgres.url("sesame")}?sslmode=${mode}`;
			const one = run([], { ...bots, DATABASE_URL: url, CF520_KEY: "5e5a3e".repeat(10) + "5e5a" });
			assert.equal(await one.exit(), 2);
			assert.match(one.err(), /^cf520: The database that DATABASE_URL names and I do not agree on TLS\. [^\n]*\(NO_TLS\)\n$/);
			await postgres.close();
		});

	it("SIGTERM in the middle of a question that is kept: it says so, and the next process answers", async () => {
		const folder = mkdtempSync(join(tmpdir(), "cf520-data-"));
		const { DISCORD_TOKEN: _, ...slackOnly } = both();
		const env = { ...slackOnly, CF520_DATA: join(folder, "cf520.sqlite") };
		const first = run([], env);
		await first.event("slack-connected");
		const before = slack.messages.length;
		await slack.command(`http://silent.lab.example:${lab.edge.httpPort}/`, { user: "U8" });
		const head = () => slack.messages.slice(before).find((one) => one.threadTs === null && one.onlyFor === null);
		while (head() === undefined) await new Promise((resolve) => setImmediate(resolve));
		first.child.kill("SIGTERM");
		assert.equal(await first.exit(), 0);
		assert.match(head()?.text ?? "", /I am restarting\. The result will appear here/);
		lab.turnSilent("healthy");
		const second = run([], env);
		await second.event("question");
		assert.match(head()?.text ?? "", /works\. 5 of 5 requests returned 200/);
		assert.equal(slack.messages.slice(before).filter((one) => one.threadTs === null).length, 1);
		second.child.kill("SIGTERM");
		assert.equal(await second.exit(), 0);
		rmSync(folder, { recursive: true, force: true });
		lab.turnSilent(null);
	});

	it("SIGTERM in the middle of a question marks it as interrupted", async () => {
		const one = run([], both());
		await one.event("slack-connected");
		// TLS of the laboratory is not trusted by the process, so this goes over plain HTTP; the origin stays silent for 20 s.
		await slack.command(`http://silent.lab.example:${lab.edge.httpPort}/`, { channel: "C1", user: "U7" });
		while (!slack.messages.some((message) => message.text.includes("Checking")))
			await new Promise((resolve) => setImmediate(resolve));
		one.child.kill("SIGTERM");
		assert.equal(await one.exit(), 0);
		assert.match(slack.messages.map((message) => message.text).join("\n"), /I am restarting/);
		assert.ok(!slack.messages.some((message) => message.text.includes("Checking")));
	});

	it("one platform that cannot be reached does not stop the other", async () => {
		const address = hole.address();
		assert.ok(typeof address === "object" && address !== null);
		const one = run([], { ...both(), SLACK_API_URL: `http://127.0.0.1:${address.port}/api/` });
		await one.event("discord-connected");
		await discord.command("help");
		await one.event("question");
		one.child.kill("SIGTERM");
		assert.equal(await one.exit(), 0);
	});
});
