import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { z } from "zod";
import { INSTALL_SETTINGS } from "../src/adapters/discord/application.ts";
import { httpDelivery } from "../src/adapters/slack/delivery.ts";
import { Installing } from "../src/adapters/slack/installing.ts";
import { PROOF_HEADER, proofBody, proofFor, proofOf, slackSignature } from "../src/adapters/slack/proof.ts";
import { doctorScreen } from "../src/adapters/terminal/doctor.ts";
import { outgoingLine } from "../src/doctor/findings/machine.ts";
import { type SlackSeen, slackLines } from "../src/doctor/findings/slack.ts";
import { givenOf, readDoctorWords } from "../src/doctor/given.ts";
import { lookAtOutgoing } from "../src/doctor/machine.ts";
import { serve, serveOperators } from "../src/http-server.ts";
import { CHECKS, type CheckId, type Level, statusOf, type Told } from "../src/reply/doctor.ts";
import { isOptional, SLACK_SCOPES } from "../src/reply/doctor-slack.ts";
import { readSettingsPart } from "../src/settings.ts";
import { lockFile } from "../src/store/lock.ts";
import { MIGRATIONS } from "../src/store/postgres/migrations.ts";
import { KEY_MARK } from "../src/store/postgres/postgres.ts";
import { vaultWith } from "../src/store/seal.ts";
import { sqliteStores } from "../src/store/sqlite/sqlite.ts";
import { realClock } from "./clock.ts";
import {
	APPLICATION,
	asked,
	DISK,
	freePort,
	type Installation,
	PUBLIC_KEY,
	SECRETS,
	withInstallation,
	writeData,
} from "./doctor.ts";
import { MISBEHAVIORS, misbehaving } from "./fakes/misbehaving.ts";
import { ALL_SCOPES } from "./fakes/slack.ts";
import { closed, listening } from "./lab/origin.ts";

/** One thing that is as it should be, or is not, and what the check of it says. */
interface Scene {
	readonly check: CheckId;
	/** What the installation is like. */
	readonly when: string;
	readonly level: Level;
	readonly set?: (one: Installation) => unknown;
	/** What was read, where no installation is looked at. */
	readonly seen?: Partial<SlackSeen>;
	/** Other checks that have something to fix too in this scene. */
	readonly with?: readonly CheckId[];
}

const CHANNEL = "300000000000000001";
const ATTACH_FILES = String(1n << 15n);
const SILENT = () => {};
const METRICS = { contentType: "text/plain", text: async () => "" };

/** A cf520 that runs on the port, with these states of its chats. */
async function running(
	one: Installation,
	platforms: Record<string, "ready" | "starting" | "down" | "refused">,
	secret: string | null = null,
) {
	const server = await serve("127.0.0.1", one.port, { platforms: () => platforms, metrics: METRICS });
	one.after.push(server.close);
	if (secret !== null) {
		await httpDelivery(secret, server.mount, LOGGER, SILENT).start(null as never);
	}
}

const LOGGER = { ...console, setLevel: SILENT, getLevel: () => "error", setName: SILENT } as never;

/** A cf520 that runs on the port, whose app any workspace may install. */
async function installing(one: Installation, clientSecret: string) {
	const server = await serve("127.0.0.1", one.port, {
		platforms: () => ({ slack: "ready", discord: "ready" }),
		metrics: METRICS,
	});
	one.after.push(server.close);
	const app = { clientId: "123.456", clientSecret, url: "https://bot.example", workspaces: null, key: Buffer.alloc(32) };
	new Installing(app, null as never, {}, LOGGER, SILENT, Date.now).mount(server.mount);
}

/** Another program on a port; what it answers to everything. */
async function program(one: Installation, port: number, status: number, body: string, headers: Record<string, string> = {}) {
	const server = createServer((request, response) => {
		request.resume();
		response.writeHead(status, { connection: "close", ...headers }).end(body);
	});
	await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
	one.after.push(() => closed(server, []));
}

/** Something in front of the port that hands every request on, as a load balancer does. */
async function front(one: Installation, to: number): Promise<string> {
	const server = createServer((request, response) => {
		void (async () => {
			const body: Buffer[] = [];
			for await (const part of request) body.push(part as Buffer);
			const { host: _, connection: __, "content-length": ___, ...headers } = request.headers;
			const answer = await fetch(`http://127.0.0.1:${to}${request.url}`, {
				method: request.method ?? "GET",
				headers: headers as Record<string, string>,
				body: request.method === "GET" ? null : Buffer.concat(body),
			});
			response.writeHead(answer.status, { connection: "close" }).end(Buffer.from(await answer.arrayBuffer()));
		})().catch(() => response.writeHead(502).end());
	});
	one.after.push(() => closed(server, []));
	return `http://127.0.0.1:${await listening(server)}`;
}

/** The database in the place of the file. */
const onDatabase = (change: (postgres: Installation["postgres"]) => void) => (one: Installation) => {
	Object.assign(one.env, { CF520_DATA: undefined, DATABASE_URL: one.postgres.url(SECRETS.POSTGRES_PASSWORD) });
	change(one.postgres);
};
const upToDate = () => ({
	schema: String(MIGRATIONS.length),
	oldest_reader: "1",
	version: "0.1.0",
	key: vaultWith(Buffer.from(SECRETS.CF520_KEY, "hex")).seal(KEY_MARK, "cf520"),
});

const env = (changes: Record<string, string | undefined>) => (one: Installation) => void Object.assign(one.env, changes);
const overHttp = (one: Installation) =>
	void Object.assign(one.env, { SLACK_APP_TOKEN: undefined, SLACK_SIGNING_SECRET: SECRETS.SLACK_SIGNING_SECRET });
const discordHttp = (url: string | undefined) => (one: Installation) => {
	one.env.DISCORD_PUBLIC_KEY = PUBLIC_KEY;
	one.words.push("https://bot.example");
	application(one, { interactions_endpoint_url: url ?? null });
};
function application(one: Installation, more: Record<string, unknown>): void {
	one.discord.about.more.set(APPLICATION, { ...one.discord.about.more.get(APPLICATION), ...more });
}
const everyChannel =
	(...more: readonly Record<string, unknown>[]) =>
	(one: Installation) => {
		one.words.push(`discord:${CHANNEL}`);
		const everyone = { id: "200000000000000001", type: 0, allow: ATTACH_FILES, deny: "0" };
		one.discord.about.more.set(`GET /channels/${CHANNEL}`, { permission_overwrites: [everyone, ...more] });
	};

const unreached = (code: string): SlackSeen["signed"] => ({
	url: "https://bot.example/slack/events",
	asked: { kind: "failed", why: "unreachable", code, aheadMs: null },
	isProven: false,
	isRunning: false,
});

const SCENES: readonly Scene[] = [
	{ check: "settings", when: "as it should be", level: "ok" },
	{
		check: "settings",
		when: "no chat is set up",
		level: "note",
		set: env({
			SLACK_BOT_TOKEN: undefined,
			SLACK_APP_TOKEN: undefined,
			DISCORD_TOKEN: undefined,
			CF520_CLOUDFLARE_WORKSPACE: undefined,
		}),
	},
	{
		check: "settings",
		when: "a token is missing, another is none, and HOST is a name",
		level: "fix",
		set: env({ SLACK_APP_TOKEN: undefined, DISCORD_TOKEN: "sesame", HOST: "localhost" }),
	},
	{
		check: "settings",
		when: "a secret's file cannot be read",
		level: "fix",
		set: env({ CF520_KEY: undefined, CF520_KEY_FILE: "/nowhere/key" }),
	},
	{ check: "names", when: "a setting has a slip in it", level: "fix", set: env({ SLACK_BOT_TOKN: "sesame", CF520_DATAA: "/x" }) },
	{
		check: "names",
		when: "other programs' settings",
		level: "note",
		set: env({ SLACK_WEBHOOK_OF_ALERTS: "https://sesame", DISCORD_CHANNEL_FOR_DEPLOYS: "1" }),
	},
	{ check: "runtime", when: "as it should be", level: "ok" },
	{
		check: "runtime",
		when: "Node.js 20",
		level: "fix",
		set: (one) => {
			one.machine = { ...one.machine, nodeVersion: "20.20.2" };
		},
	},
	{ check: "clock", when: "as it should be", level: "ok" },
	{
		check: "clock",
		when: "ours is seven minutes behind",
		level: "fix",
		set: (one) => {
			one.slack.about.aheadMs = 7 * 60_000;
		},
	},
	{
		check: "clock",
		when: "ours is four minutes ahead",
		level: "fix",
		set: (one) => {
			one.discord.about.aheadMs = -240_000;
		},
	},
	{
		check: "clock",
		when: "no platform tells",
		level: "unknown",
		set: env({ SLACK_API_URL: "http://127.0.0.1:9/api/", DISCORD_API_URL: "http://127.0.0.1:9/api" }),
	},
	{
		check: "clock",
		when: "nothing is asked",
		level: "off",
		set: env({
			SLACK_BOT_TOKEN: undefined,
			SLACK_APP_TOKEN: undefined,
			DISCORD_TOKEN: undefined,
			CF520_STATUS_URL: "off",
			CF520_GLOBALPING_URL: "off",
			CF520_CLOUDFLARE_URL: "off",
			CF520_CLOUDFLARE_WORKSPACE: undefined,
		}),
	},
	{ check: "dns", when: "every host is an IP address", level: "off" },
	{
		check: "dns",
		when: "as it should be",
		level: "ok",
		set: (one) => {
			one.env.SLACK_API_URL = one.slack.apiUrl.replace("127.0.0.1", "localhost");
		},
	},
	{
		check: "dns",
		when: "the name servers do not answer",
		level: "fix",
		set: (one) => {
			one.env.DISCORD_API_URL = one.discord.apiUrl.replace("127.0.0.1", "localhost");
			one.machine = { ...one.machine, resolve: () => Promise.reject(Object.assign(new Error(), { code: "EAI_AGAIN" })) };
		},
	},
	{ check: "outgoing", when: "everything is replaced", level: "off" },
	{ check: "port", when: "no one has it", level: "ok" },
	{ check: "port", when: "a cf520 runs", level: "ok", set: (one) => running(one, { slack: "ready", discord: "ready" }) },
	{
		check: "port",
		when: "a cf520 runs, and Slack rejects it",
		level: "fix",
		set: (one) => running(one, { slack: "refused", discord: "ready" }),
	},
	{ check: "port", when: "another program has it", level: "fix", set: (one) => program(one, one.port, 200, "hello") },
	{
		check: "port",
		when: "a cf520 runs, with a port for operators",
		level: "ok",
		set: async (one) => {
			const [server, port] = [await serve("127.0.0.1", one.port, null), await freePort()];
			const platforms = () => ({ slack: "ready", discord: "ready" }) as const;
			const operators = await serveOperators("127.0.0.1", port, { platforms, metrics: METRICS });
			one.env.CF520_METRICS_PORT = String(port);
			one.after.push(server.close, operators.close);
		},
	},
	{
		check: "port",
		when: "a cf520 has just started",
		level: "unknown",
		set: (one) => running(one, { slack: "starting", discord: "ready" }),
	},
	{
		check: "port",
		when: "something has it that is silent",
		level: "unknown",
		set: async (one) => {
			const server = createServer(() => {});
			await new Promise<void>((resolve) => server.listen(one.port, "127.0.0.1", resolve));
			one.after.push(async () => {
				server.closeAllConnections();
				await closed(server, []);
			});
			one.machine = { ...one.machine, runMs: 1_000 };
		},
	},
	{ check: "port", when: "HOST is another machine's", level: "fix", set: env({ HOST: "192.0.2.1" }), with: [] },
	{ check: "port", when: "none is set", level: "note", set: env({ PORT: undefined }) },
	{
		check: "port",
		when: "neither is usable",
		level: "unknown",
		set: env({ PORT: "http", CF520_METRICS_PORT: "http" }),
		with: ["settings"],
	},
	{ check: "data", when: "as it should be", level: "ok" },
	{ check: "data", when: "a cf520 has it", level: "ok", set: (one) => taken(one) },
	{ check: "data", when: "no file is set", level: "note", set: env({ CF520_DATA: undefined }) },
	{
		check: "data",
		when: "there is none yet",
		level: "ok",
		set: (one) => {
			one.env.CF520_DATA = join(one.folder, "new.sqlite");
		},
	},
	{
		check: "data",
		when: "there is no directory",
		level: "fix",
		set: (one) => {
			one.env.CF520_DATA = join(one.folder, "no", "new.sqlite");
		},
	},
	{
		check: "data",
		when: "it is a folder",
		level: "fix",
		set: (one) => {
			one.env.CF520_DATA = one.folder;
		},
	},
	{
		check: "data",
		when: "it is another program's",
		level: "fix",
		set: (one) => writeFileSync(one.env.CF520_DATA ?? "", "hello, this is no database"),
	},
	{ check: "data", when: "others may read it", level: "fix", set: (one) => chmodSync(one.env.CF520_DATA ?? "", 0o644) },
	{ check: "data", when: "an earlier version wrote it", level: "ok", set: (one) => schema(one, 3), with: [] },
	{ check: "data", when: "a newer version wrote it", level: "fix", set: (one) => schema(one, 999), with: [] },
	{
		check: "data",
		when: "the process was killed",
		level: "unknown",
		set: (one) => {
			const path = one.env.CF520_DATA ?? "";
			writeFileSync(`${path}-wal`, "what was not yet in the file");
			writeFileSync(path, readFileSync(path).subarray(0, 4_096));
		},
	},
	{
		check: "database",
		when: "as it should be",
		level: "ok",
		set: onDatabase((postgres) => {
			postgres.meta = upToDate();
		}),
	},
	{ check: "database", when: "it is empty", level: "ok", set: onDatabase(() => {}) },
	{
		check: "database",
		when: "through PgBouncer in transaction mode",
		level: "ok",
		set: onDatabase((postgres) => {
			postgres.meta = upToDate();
			postgres.pooler = "transaction";
		}),
	},
	{
		check: "database",
		when: "through PgBouncer in session mode",
		level: "ok",
		set: onDatabase((postgres) => {
			postgres.meta = upToDate();
			postgres.pooler = "session";
		}),
	},
	{
		check: "database",
		when: "through PgBouncer in statement mode",
		level: "fix",
		set: onDatabase((postgres) => {
			postgres.meta = upToDate();
			postgres.pooler = "statement";
		}),
	},
	{
		check: "database",
		when: "an earlier version wrote it",
		level: "ok",
		set: onDatabase((postgres) => {
			postgres.meta = { ...upToDate(), schema: "0" };
		}),
	},
	{
		check: "database",
		when: "a newer version wrote it, and this one goes on",
		level: "note",
		set: onDatabase((postgres) => {
			postgres.meta = { ...upToDate(), schema: "99", oldest_reader: "1", version: "7.0.0" };
		}),
	},
	{
		check: "database",
		when: "a newer version wrote it",
		level: "fix",
		set: onDatabase((postgres) => {
			postgres.meta = { ...upToDate(), schema: "99", oldest_reader: "99", version: "7.0.0" };
		}),
	},
	...(["require", "verify-full"] as const).map(
		(mode): Scene => ({
			check: "database",
			when: `sslmode=${mode}, and it has no TLS`,
			level: "fix",
			set: (one) => {
				onDatabase(() => {})(one);
				one.env.DATABASE_URL += `?sslmode=${mode}`;
			},
		}),
	),
	{
		check: "database",
		when: "its certificate's authority is in no file",
		level: "fix",
		set: (one) => {
			onDatabase(() => {})(one);
			one.env.DATABASE_URL += "?sslmode=verify-full&sslrootcert=/nonexistent/sesame.pem";
		},
	},
	{
		check: "database",
		when: "it is a standby",
		level: "fix",
		set: onDatabase((postgres) => {
			postgres.recovery = true;
		}),
	},
	{
		check: "database",
		when: "its user may not create tables",
		level: "fix",
		set: onDatabase((postgres) => {
			postgres.creates = false;
		}),
	},
	{
		check: "database",
		when: "PostgreSQL 12",
		level: "fix",
		set: onDatabase((postgres) => {
			postgres.version = "120022";
		}),
	},
	{
		check: "database",
		when: "the password is another one",
		level: "fix",
		set: onDatabase((postgres) => {
			postgres.refuses = "28P01";
		}),
	},
	{
		check: "database",
		when: "there is no such database",
		level: "fix",
		set: onDatabase((postgres) => {
			postgres.refuses = "3D000";
		}),
	},
	{
		check: "database",
		when: "it has no connection left",
		level: "fix",
		set: onDatabase((postgres) => {
			postgres.refuses = "53300";
		}),
	},
	{
		check: "database",
		when: "it is starting",
		level: "unknown",
		set: onDatabase((postgres) => {
			postgres.refuses = "57P03";
		}),
	},
	{
		check: "database",
		when: "it has an error",
		level: "fix",
		set: onDatabase((postgres) => {
			postgres.refuses = "XX000";
		}),
	},
	{
		check: "database",
		when: "it is not there",
		level: "fix",
		set: (one) => {
			onDatabase(() => {})(one);
			one.env.DATABASE_URL = "postgres://cf520:sesame@127.0.0.1:9/cf520";
		},
	},
	{
		check: "database",
		when: "it is silent",
		level: "fix",
		set: (one) => {
			onDatabase((postgres) => {
				postgres.isSilent = true;
			})(one);
			one.machine = { ...one.machine, runMs: 1_000 };
		},
	},
	{
		check: "database",
		when: "its setting is none",
		level: "unknown",
		set: (one) => {
			onDatabase(() => {})(one);
			one.env.DATABASE_URL = "sesame";
		},
		with: ["settings"],
	},
	{
		check: "key",
		when: "it is not the database's",
		level: "fix",
		set: onDatabase((postgres) => {
			postgres.meta = { ...upToDate(), key: vaultWith(Buffer.alloc(32, 7)).seal("key", "cf520") };
		}),
	},
	{ check: "key", when: "as it should be", level: "ok" },
	{ check: "key", when: "CF520_KEY is another one", level: "fix", set: env({ CF520_KEY: "77".repeat(32) }) },
	{ check: "key", when: "it is too short", level: "unknown", set: env({ CF520_KEY: "5e5a3e" }), with: ["settings"] },
	{ check: "key", when: "it is next to the file", level: "ok", set: (one) => ownKey(one) },
	{
		check: "key",
		when: "the one next to the file is another's",
		level: "fix",
		set: async (one) => {
			await ownKey(one);
			writeFileSync(`${one.env.CF520_DATA}.key`, `${"77".repeat(32)}\n`);
		},
	},
	{
		check: "key",
		when: "the one next to the file is gone",
		level: "fix",
		set: async (one) => {
			await ownKey(one);
			rmSync(`${one.env.CF520_DATA}.key`);
		},
	},
	{
		check: "key",
		when: "the one next to the file is none",
		level: "fix",
		set: async (one) => {
			await ownKey(one);
			writeFileSync(`${one.env.CF520_DATA}.key`, "sesame");
		},
	},
	{
		check: "key",
		when: "neither a key nor a file is set",
		level: "off",
		set: env({ CF520_KEY: undefined, CF520_DATA: undefined }),
	},
	{
		check: "key",
		when: "a key will be made",
		level: "ok",
		set: (one) => Object.assign(one.env, { CF520_KEY: undefined, CF520_DATA: join(one.folder, "new.sqlite") }),
	},
	{ check: "disk", when: "as it should be", level: "ok" },
	{
		check: "disk",
		when: "it is nearly full",
		level: "fix",
		set: (one) => {
			one.machine = { ...one.machine, freeBytes: () => 12e6 };
		},
	},
	{
		check: "disk",
		when: "it is not told",
		level: "unknown",
		set: (one) => {
			one.machine = { ...one.machine, freeBytes: () => null };
		},
	},
	{ check: "slack-token", when: "as it should be", level: "ok" },
	{
		check: "slack-token",
		when: "it was revoked",
		level: "fix",
		set: (one) => one.slack.fail("auth.test", { error: "token_revoked" }),
	},
	{
		check: "slack-token",
		when: "it is another one",
		level: "fix",
		set: (one) => one.slack.fail("auth.test", { error: "invalid_auth" }),
	},
	{
		check: "slack-token",
		when: "it has an outage",
		level: "unknown",
		set: (one) => one.slack.fail("auth.test", { status: 503 }),
	},
	{
		check: "slack-token",
		when: "Slack is not there",
		level: "unknown",
		set: env({ SLACK_API_URL: "http://127.0.0.1:9/api/" }),
	},
	{
		check: "slack-token",
		when: "it is not usable",
		level: "unknown",
		set: env({ SLACK_BOT_TOKEN: "xoxp-sesame" }),
		with: ["settings"],
	},
	{
		check: "slack-token",
		when: "there is no Slack",
		level: "off",
		set: env({ SLACK_BOT_TOKEN: undefined, SLACK_APP_TOKEN: undefined }),
	},
	{ check: "slack-scopes", when: "as it should be", level: "ok" },
	{
		check: "slack-scopes",
		when: "two required ones are missing",
		level: "fix",
		set: (one) => {
			one.slack.scopes = ALL_SCOPES.filter((scope) => scope !== "commands" && scope !== "files:write");
		},
	},
	{
		check: "slack-scopes",
		when: "most required ones are missing",
		level: "fix",
		set: (one) => {
			one.slack.scopes = ["commands"];
		},
	},
	{
		check: "slack-scopes",
		when: "the optional ones are missing",
		level: "note",
		set: (one) => {
			one.slack.scopes = ALL_SCOPES.filter((scope) => !isOptional(scope));
		},
	},
	{
		check: "slack-scopes",
		when: "Slack does not list them",
		level: "unknown",
		set: (one) => {
			one.slack.scopes = null;
		},
	},
	{ check: "slack-socket", when: "as it should be", level: "ok" },
	{
		check: "slack-socket",
		when: "a cf520 is connected",
		level: "ok",
		set: (one) => running(one, { slack: "ready", discord: "ready" }),
	},
	{
		check: "slack-socket",
		when: "the socket is none",
		level: "unknown",
		set: (one) => {
			one.slack.about.socketUrl = "ftp://127.0.0.1/link";
		},
	},
	{
		check: "slack-socket",
		when: "others are connected",
		level: "ok",
		set: (one) => {
			one.slack.about.connections = 3;
		},
	},
	{
		check: "slack-socket",
		when: "ten others are connected",
		level: "fix",
		set: (one) => {
			one.slack.about.connections = 10;
		},
	},
	{
		check: "slack-socket",
		when: "it is revoked",
		level: "fix",
		set: (one) => one.slack.fail("apps.connections.open", { error: "invalid_auth" }),
	},
	{
		check: "slack-socket",
		when: "it lacks its scope",
		level: "fix",
		set: (one) => one.slack.fail("apps.connections.open", { error: "missing_scope" }),
	},
	{
		check: "slack-socket",
		when: "it is another app's",
		level: "fix",
		set: (one) => {
			one.slack.about.botAppId = "A2";
		},
	},
	{
		check: "slack-socket",
		when: "the socket closes",
		level: "fix",
		set: (one) => {
			one.slack.about.greeting = "closes";
		},
	},
	{
		check: "slack-socket",
		when: "the socket says something else",
		level: "fix",
		set: (one) => {
			one.slack.about.greeting = "nonsense";
		},
	},
	{
		check: "slack-socket",
		when: "the socket is another host's",
		level: "unknown",
		set: (one) => {
			one.slack.about.socketUrl = "wss://slack.com.evil.example/link?ticket=sesame";
		},
	},
	{
		check: "slack-socket",
		when: "it is not usable",
		level: "unknown",
		set: env({ SLACK_APP_TOKEN: "xoxb-sesame" }),
		with: ["settings"],
	},
	{
		check: "slack-url",
		when: "no cf520 runs yet",
		level: "ok",
		set: async (one) => {
			overHttp(one);
			one.words.push(await front(one, one.port));
		},
	},
	{
		check: "slack-url",
		when: "a cf520 runs",
		level: "ok",
		set: async (one) => {
			overHttp(one);
			await running(one, { slack: "ready", discord: "ready" }, SECRETS.SLACK_SIGNING_SECRET);
			one.words.push(await front(one, one.port));
		},
	},
	{
		check: "slack-url",
		when: "the cf520 there has another secret",
		level: "fix",
		set: async (one) => {
			overHttp(one);
			await running(one, { slack: "ready", discord: "ready" }, "0".repeat(32));
			one.words.push(await front(one, one.port));
		},
	},
	{
		check: "slack-url",
		when: "the cf520 there waits for its database, or a load balancer has none",
		level: "unknown",
		set: async (one) => {
			overHttp(one);
			const port = await freePort();
			await program(one, port, 503, "");
			one.words.push(`http://127.0.0.1:${port}`);
		},
	},
	{
		check: "slack-url",
		when: "Socket Mode of one workspace needs none",
		level: "off",
		set: (one) => void one.words.push("http://127.0.0.1:9"),
	},
	{
		check: "slack-url",
		when: "another server repeats what it gets",
		level: "fix",
		set: async (one) => {
			overHttp(one);
			const { url, close } = await misbehaving(
				(_request, response, body) => void response.writeHead(200).end(body.replace("}", ',"proof":"sesame"}')),
			);
			one.after.push(close);
			one.words.push(url);
		},
		with: [],
	},
	{
		check: "slack-url",
		when: "another server answers",
		level: "fix",
		set: async (one) => {
			overHttp(one);
			const port = await freePort();
			await program(one, port, 404, "not here");
			one.words.push(`http://127.0.0.1:${port}`);
		},
	},
	{
		check: "slack-url",
		when: "it redirects",
		level: "fix",
		set: async (one) => {
			overHttp(one);
			const port = await freePort();
			await program(one, port, 301, "", { location: "http://192.0.2.1/" });
			one.words.push(`http://127.0.0.1:${port}`);
		},
	},
	{
		check: "slack-url",
		when: "nothing is there",
		level: "unknown",
		set: (one) => {
			overHttp(one);
			one.words.push("http://127.0.0.1:9");
		},
	},
	{ check: "slack-url", when: "no public URL is known", level: "unknown", set: overHttp },
	{ check: "slack-command", when: "always", level: "note" },
	{
		check: "slack-command",
		when: "over HTTP",
		level: "note",
		set: async (one) => {
			overHttp(one);
			one.words.push(await front(one, one.port));
		},
	},
	{
		check: "slack-url",
		when: "Socket Mode for many workspaces, and no cf520 runs yet",
		level: "ok",
		set: (one) => forMany(one, {}, []),
	},
	{
		check: "slack-url",
		when: "Socket Mode for many workspaces, and a cf520 runs",
		level: "ok",
		set: async (one) => {
			await forMany(one, {}, []);
			await installing(one, SECRETS.SLACK_CLIENT_SECRET);
		},
	},
	{
		check: "slack-url",
		when: "Socket Mode for many workspaces, and the cf520 there has another secret",
		level: "fix",
		set: async (one) => {
			await forMany(one, {}, []);
			await installing(one, "0".repeat(32));
		},
	},
	{
		check: "slack-url",
		when: "its certificate is not valid",
		level: "fix",
		seen: { signed: unreached("DEPTH_ZERO_SELF_SIGNED_CERT") },
	},
	{ check: "slack-url", when: "its name is not in DNS", level: "fix", seen: { signed: unreached("ENOTFOUND") } },
	{
		check: "slack-channel",
		when: "with many workspaces",
		level: "unknown",
		seen: { channels: [{ id: "C012AB3CD", asked: null }], many: { lacking: [], allowed: [], installs: 2, url: null } },
	},
	{ check: "slack-workspaces", when: "as it should be", level: "ok", set: (one) => forMany(one, {}, ["T1", "T2"]) },
	{
		check: "slack-workspaces",
		when: "one, of those that are allowed",
		level: "ok",
		set: (one) => forMany(one, { CF520_SLACK_WORKSPACES: "T012AB3CD, E012AB3CD" }, ["T1"]),
	},
	{ check: "slack-workspaces", when: "none yet", level: "ok", set: (one) => forMany(one, {}, []) },
	{
		check: "slack-workspaces",
		when: "in a database",
		level: "ok",
		set: async (one) => {
			await forMany(one, {}, []);
			onDatabase((postgres) => {
				postgres.meta = upToDate();
			})(one);
		},
	},
	{ check: "slack-workspaces", when: "no data is kept", level: "ok", set: (one) => forMany(one, { CF520_DATA: undefined }, []) },
	{
		check: "slack-workspaces",
		when: "one setting is missing",
		level: "fix",
		set: (one) => forMany(one, { CF520_URL: undefined }, []),
		with: ["settings"],
	},
	{
		check: "slack-workspaces",
		when: "two settings are missing",
		level: "fix",
		set: (one) => forMany(one, { SLACK_CLIENT_SECRET: undefined, CF520_KEY: undefined }, []),
		with: ["settings", "key"],
	},
	{ check: "slack-redirect", when: "always", level: "note", set: (one) => forMany(one, {}, []) },
	{
		check: "slack-redirect",
		when: "CF520_URL is missing",
		level: "note",
		set: (one) => forMany(one, { CF520_URL: undefined }, []),
		with: ["settings", "slack-workspaces"],
	},
	{ check: "slack-token", when: "many workspaces", level: "off", set: (one) => forMany(one, {}, []) },
	{
		check: "slack-channel",
		when: "a member",
		level: "ok",
		set: (one) => {
			one.words.push("slack:C012AB3CD");
			one.slack.about.channels.set("C012AB3CD", { name: "incidents", is_member: true });
		},
	},
	{
		check: "slack-channel",
		when: "a public channel",
		level: "ok",
		set: (one) => {
			one.words.push("slack:C012AB3CD");
			one.slack.about.channels.set("C012AB3CD", { name: "incidents" });
		},
	},
	{
		check: "slack-channel",
		when: "a private channel that it is not in",
		level: "fix",
		set: (one) => {
			one.words.push("slack:C012AB3CD");
			one.slack.about.channels.set("C012AB3CD", { name: "secret", is_private: true });
		},
	},
	{
		check: "slack-channel",
		when: "a channel that it does not see",
		level: "fix",
		set: (one) => {
			one.words.push("slack:C012AB3CD");
			one.slack.about.channels.set("C012AB3CD", null);
		},
	},
	{
		check: "slack-channel",
		when: "an archived channel",
		level: "fix",
		set: (one) => {
			one.words.push("slack:C012AB3CD");
			one.slack.about.channels.set("C012AB3CD", { name: "old", is_archived: true });
		},
	},
	{
		check: "slack-channel",
		when: "a shared channel",
		level: "note",
		set: (one) => {
			one.words.push("slack:C012AB3CD");
			one.slack.about.channels.set("C012AB3CD", { name: "with-acme", is_member: true, is_ext_shared: true });
		},
	},
	{
		check: "slack-channel",
		when: "without the scope",
		level: "unknown",
		set: (one) => {
			one.words.push("slack:C012AB3CD");
			one.slack.shared = null;
		},
	},
	{
		check: "slack-channel",
		when: "without a token",
		level: "unknown",
		set: (one) => {
			one.words.push("slack:C012AB3CD");
			Object.assign(one.env, { SLACK_BOT_TOKEN: undefined, SLACK_APP_TOKEN: undefined });
		},
	},
	{ check: "discord-token", when: "as it should be", level: "ok" },
	{ check: "discord-token", when: "it was reset", level: "fix", set: (one) => one.discord.fail(/users\/@me$/, { status: 401 }) },
	{
		check: "discord-token",
		when: "it is limited",
		level: "unknown",
		set: (one) => one.discord.fail(/users\/@me$/, { status: 429, retryAfter: 60 }),
	},
	{
		check: "discord-token",
		when: "Discord has an outage",
		level: "unknown",
		set: (one) => one.discord.fail(/users\/@me$/, { status: 503 }),
	},
	{
		check: "discord-token",
		when: "it is not usable",
		level: "unknown",
		set: env({ DISCORD_TOKEN: "sesame" }),
		with: ["settings"],
	},
	{ check: "discord-token", when: "there is no Discord", level: "off", set: env({ DISCORD_TOKEN: undefined }) },
	{ check: "discord-intents", when: "none is asked for", level: "ok" },
	{
		check: "discord-intents",
		when: "it is on",
		level: "ok",
		set: (one) => {
			one.env.DISCORD_MESSAGE_CONTENT = "1";
			application(one, { flags: 1 << 19 });
		},
	},
	{ check: "discord-intents", when: "it is off", level: "fix", set: env({ DISCORD_MESSAGE_CONTENT: "1" }) },
	{
		check: "discord-intents",
		when: "over HTTP",
		level: "note",
		set: (one) => {
			discordHttp("https://bot.example/discord/interactions")(one);
			one.env.DISCORD_MESSAGE_CONTENT = "1";
		},
	},
	{
		check: "discord-intents",
		when: "the application is not told",
		level: "unknown",
		set: (one) => {
			one.env.DISCORD_MESSAGE_CONTENT = "1";
			one.discord.fail(/applications\/@me$/, { status: 500 });
		},
	},
	{ check: "discord-commands", when: "as it should be", level: "ok" },
	{ check: "discord-commands", when: "in one server", level: "ok", set: env({ DISCORD_GUILD_ID: "200000000000000001" }) },
	{
		check: "discord-commands",
		when: "none is registered",
		level: "fix",
		set: (one) => {
			one.discord.commands = [];
		},
	},
	{
		check: "discord-commands",
		when: "an older version registered them",
		level: "fix",
		set: (one) => {
			one.discord.commands = [{ name: "cf520", type: 1, description: "old" }];
		},
	},
	{ check: "discord-install", when: "as it should be", level: "ok" },
	{
		check: "discord-install",
		when: "Public Bot is off",
		level: "ok",
		set: (one) => {
			application(one, { bot_public: false });
		},
	},
	{
		check: "discord-install",
		when: "nothing is set",
		level: "fix",
		set: (one) => {
			application(one, { integration_types_config: {} });
		},
	},
	{
		check: "discord-install",
		when: "for a person it is off",
		level: "fix",
		set: (one) => {
			application(one, { integration_types_config: { "0": INSTALL_SETTINGS[0] } });
		},
	},
	{ check: "discord-key", when: "as it should be", level: "ok", set: discordHttp("https://bot.example/discord/interactions") },
	{
		check: "discord-key",
		when: "it is another application's",
		level: "fix",
		set: (one) => {
			discordHttp("https://bot.example/discord/interactions")(one);
			one.env.DISCORD_PUBLIC_KEY = "cd".repeat(32);
		},
	},
	{ check: "discord-endpoint", when: "over the gateway", level: "ok" },
	{ check: "discord-endpoint", when: "over HTTP", level: "ok", set: discordHttp("https://bot.example/discord/interactions") },
	{
		check: "discord-endpoint",
		when: "over the gateway, and one is entered",
		level: "fix",
		set: (one) => {
			application(one, { interactions_endpoint_url: "https://old.example/discord/interactions" });
		},
	},
	{ check: "discord-endpoint", when: "over HTTP, and none is entered", level: "fix", set: discordHttp(undefined) },
	{
		check: "discord-endpoint",
		when: "over HTTP, and another is entered",
		level: "fix",
		set: discordHttp("https://old.example/discord/interactions"),
	},
	{ check: "discord-guild", when: "as it should be", level: "ok", set: env({ DISCORD_GUILD_ID: "200000000000000001" }) },
	{
		check: "discord-guild",
		when: "the bot is not in it",
		level: "fix",
		set: (one) => {
			one.env.DISCORD_GUILD_ID = "200000000000000001";
			one.discord.fail(/GET \/guilds\/\d+$/, { status: 404 });
		},
	},
	{ check: "discord-channel", when: "as it should be", level: "ok", set: everyChannel() },
	{
		check: "discord-channel",
		when: "a role may not make threads and send files",
		level: "fix",
		set: everyChannel(
			{ id: "200000000000000001", type: 0, allow: "0", deny: String((1n << 35n) | (1n << 15n)) },
			{ id: "100000000000000001", type: 1, allow: ATTACH_FILES, deny: "0" },
		),
	},
	{
		check: "discord-channel",
		when: "it does not see the channel",
		level: "fix",
		set: everyChannel({ id: "100000000000000001", type: 1, allow: "0", deny: "1024" }),
	},
	{
		check: "discord-channel",
		when: "there is none for it",
		level: "fix",
		set: (one) => {
			everyChannel()(one);
			one.discord.fail(/channels\/\d+$/, { status: 403 });
		},
	},
	{
		check: "discord-channel",
		when: "it is for voices",
		level: "fix",
		set: (one) => {
			one.words.push(`discord:${CHANNEL}`);
			one.discord.about.more.set(`GET /channels/${CHANNEL}`, { type: 2, name: "talk" });
		},
	},
	{
		check: "discord-channel",
		when: "the server is not told",
		level: "unknown",
		set: (one) => {
			everyChannel()(one);
			one.discord.fail(/guilds\/\d+$/, { status: 500 });
		},
	},
	{
		check: "discord-channel",
		when: "without a token",
		level: "unknown",
		set: (one) => {
			everyChannel()(one);
			one.env.DISCORD_TOKEN = undefined;
		},
	},
	{ check: "status-page", when: "as it should be", level: "ok" },
	{
		check: "status-page",
		when: "it refuses programs",
		level: "fix",
		set: (one) => {
			one.status.fault = "forbidden";
		},
	},
	{ check: "status-page", when: "it is not there", level: "unknown", set: env({ CF520_STATUS_URL: "http://127.0.0.1:9" }) },
	{ check: "status-page", when: "it is off", level: "off", set: env({ CF520_STATUS_URL: "off" }) },
	{
		check: "status-page",
		when: "in a laboratory",
		level: "off",
		set: env({ CF520_STATUS_URL: undefined, CF520_ALLOW_TARGETS: "127.0.0.0/8" }),
	},
	{
		check: "status-page",
		when: "its setting is none",
		level: "unknown",
		set: env({ CF520_STATUS_URL: "sesame" }),
		with: ["settings"],
	},
	{ check: "globalping", when: "as it should be", level: "ok" },
	{ check: "globalping", when: "without a token", level: "ok", set: env({ CF520_GLOBALPING_TOKEN: undefined }) },
	{
		check: "globalping",
		when: "the token is not valid",
		level: "fix",
		set: env({ CF520_GLOBALPING_TOKEN: "sesame-and-another" }),
	},
	{
		check: "globalping",
		when: "the hour is used up",
		level: "note",
		set: (one) => {
			one.globalping.remaining = 0;
		},
	},
	{ check: "cloudflare", when: "as it should be", level: "ok" },
	{
		check: "cloudflare",
		when: "an account's token",
		level: "ok",
		set: (one) =>
			(one.cloudflare.tokens[0] = { ...(one.cloudflare.tokens[0] as (typeof one.cloudflare.tokens)[0]), kind: "account" }),
	},
	{
		check: "cloudflare",
		when: "without a token",
		level: "ok",
		set: env({ CF520_CLOUDFLARE_TOKEN: undefined, CF520_CLOUDFLARE_WORKSPACE: undefined }),
	},
	{ check: "cloudflare", when: "the token is not valid", level: "fix", set: (one) => one.cloudflare.tokens.pop() },
	{ check: "cloudflare", when: "it is limited", level: "fix", set: (one) => one.cloudflare.faults.push("html") },
];

/** Any workspace may install the app, and these did. */
async function forMany(one: Installation, changes: Record<string, string | undefined>, ids: readonly string[]): Promise<void> {
	const stores = sqliteStores(one.env.CF520_DATA ?? "", realClock, { key: Buffer.from(SECRETS.CF520_KEY, "hex") });
	for (const id of ids) await stores.installs.put({ platform: "slack", id, atMs: 1, body: "{}" });
	await stores.close();
	Object.assign(one.env, {
		SLACK_BOT_TOKEN: undefined,
		SLACK_CLIENT_ID: "123.456",
		SLACK_CLIENT_SECRET: SECRETS.SLACK_CLIENT_SECRET,
		CF520_URL: "https://bot.example",
		...changes,
	});
	// That URL is someone else's: what is on the command line is asked instead.
	one.words.push(await front(one, one.port));
}
function taken(one: Installation): void {
	const unlock = lockFile(one.env.CF520_DATA ?? "", 0) ?? SILENT;
	one.after.push(async () => unlock());
}
function schema(one: Installation, number: number): void {
	const database = new DatabaseSync(one.env.CF520_DATA ?? "");
	database.exec(`PRAGMA user_version = ${number}`);
	database.close();
}
async function ownKey(one: Installation): Promise<void> {
	const path = join(one.folder, "own.sqlite");
	await writeData(path, null);
	Object.assign(one.env, { CF520_KEY: undefined, CF520_DATA: path });
}

/** Nothing on the screen is a secret, whole or cut. */
function withoutSecrets(...texts: readonly string[]): void {
	for (const text of texts)
		for (const secret of [...Object.values(SECRETS), "sesame", "5e5a3e"])
			assert.ok(!text.includes(secret), `${secret.slice(0, 9)}… is in: ${text}`);
}

const NO_SLACK: SlackSeen = {
	botToken: "absent",
	appToken: "absent",
	signingSecret: "usable",
	auth: null,
	bot: null,
	ticket: null,
	socket: null,
	signed: null,
	publicUrl: null,
	channels: [],
	many: null,
};
const golden = (name: string) => new URL(`golden/doctor/${name}.txt`, import.meta.url).pathname;
const AS_IT_IS = { serializers: [String] };
const shown = (told: readonly Told[]) => doctorScreen(told, { colour: false, width: 80 }).split("\n").slice(0, -2).join("\n");

describe("doctor", () => {
	for (const check of CHECKS) {
		const scenes = SCENES.filter((scene) => scene.check === check);
		test(`${check}: ${scenes.map(({ when }) => when).join("; ")}`, async (t) => {
			assert.ok(scenes.length > 0, `write scenes of ${check}`);
			const lines: string[] = [];
			for (const { when, level, set, seen, with: others = [] } of scenes) {
				if (seen !== undefined) {
					const mine = slackLines({ ...NO_SLACK, ...seen }).filter((line) => line.check === check);
					assert.deepEqual([...new Set(mine.map((line) => line.level))], [level], `${check}, ${when}`);
					lines.push(`[${when}]\n${shown(mine)}`);
					continue;
				}
				await withInstallation(async (one) => {
					await set?.(one);
					const { told, screen, json } = await asked(one);
					withoutSecrets(screen, json);
					const mine = told.filter((line) => line.check === check);
					assert.deepEqual([...new Set(mine.map((line) => line.level))], [level], `${check}, ${when}: ${screen}`);
					const wrong = told.filter((line) => line.level === "fix").map((line) => line.check);
					assert.deepEqual(new Set(wrong.filter((other) => other !== check)), new Set(others), `${when}: ${screen}`);
					lines.push(`[${when}]\n${shown(mine)}`);
				});
			}
			t.assert.fileSnapshot(`${lines.join("\n\n")}\n`, golden(check), AS_IT_IS);
		});
	}

	test("every check has a scene that is as it should be, and one that is not", () => {
		const bad: readonly Level[] = ["fix", "unknown"];
		for (const check of CHECKS) {
			const levels = SCENES.filter((scene) => scene.check === check).map(({ level }) => level);
			// What no API tells is always a note, and other programs' settings are none of ours.
			if (["slack-command", "slack-redirect"].includes(check)) assert.deepEqual(new Set(levels), new Set(["note"]));
			else if (check === "outgoing") assert.ok(levels.includes("off"));
			else {
				assert.ok(
					levels.some((level) => bad.includes(level)),
					`${check} is never wrong`,
				);
				assert.ok(check === "names" || levels.includes("ok"), `${check} is never right`);
			}
		}
	});

	for (const [name, status, set] of [
		["screen-good", 0, () => {}],
		[
			"screen-good-http",
			0,
			async (one: Installation) => {
				overHttp(one);
				await running(one, { slack: "ready", discord: "ready" }, SECRETS.SLACK_SIGNING_SECRET);
				const url = await front(one, one.port);
				discordHttp(`${url}/discord/interactions`)(one);
				one.words.splice(0, 9, url);
			},
		],
		["screen-good-many", 0, (one: Installation) => forMany(one, {}, ["T1", "T2"])],
		["screen-cannot-tell", 2, (one: Installation) => (one.slack.scopes = null)],
		[
			"screen-unusable-settings",
			1,
			env({ SLACK_BOT_TOKEN: "sesame", PORT: "many", CF520_KEY: "sesame", CF520_DATA: "/nowhere/cf520.sqlite" }),
		],
		[
			"screen-nothing-set",
			0,
			(one: Installation) => {
				for (const setting of Object.keys(one.env)) if (!/_URL$/.test(setting)) one.env[setting] = undefined;
			},
		],
	] as const)
		test(`${name}: exit status ${status}, on one screen`, (t) =>
			withInstallation(async (one) => {
				await set(one);
				const { told, screen, json } = await asked(one);
				withoutSecrets(screen, json);
				t.assert.fileSnapshot(screen, golden(name), AS_IT_IS);
				assert.equal(statusOf(told), status);
				const lines = screen.trimEnd().split("\n");
				assert.ok(lines.length <= 45, `${lines.length} lines`);
				assert.ok(
					lines.every((line) => line.length <= 80 || /^\s*(?:→ )?\S+$/.test(line)),
					"80 columns",
				);
				assert.match(lines.at(-1) ?? "", /^\d+ ok, \d+ to fix, \d+ cannot tell\./);
				const objects = json
					.trimEnd()
					.split("\n")
					.map((line) => JSON.parse(line));
				assert.deepEqual(
					objects.map((object) => [object.check, object.say, object.do]),
					told.map((line) => [line.check, line.say, line.todo]),
				);
				// What is to fix says how, and what cannot be told says where to see it.
				for (const { level, todo, check } of told)
					assert.equal(todo !== null, level === "fix" || level === "unknown" || (level === "note" && todo !== null), check);
			}));

	for (const [how, behavior] of Object.entries(MISBEHAVIORS))
		test(`a server that ${how} in the place of every platform: every check still says something, and nothing of it`, () =>
			withInstallation(async (one) => {
				const { url, close } = await misbehaving(behavior);
				one.after.push(close);
				for (const name of [
					"SLACK_API_URL",
					"DISCORD_API_URL",
					"CF520_STATUS_URL",
					"CF520_GLOBALPING_URL",
					"CF520_CLOUDFLARE_URL",
				])
					one.env[name] = url;
				one.words.push("slack:C012AB3CD", `discord:${CHANNEL}`, url);
				one.env.DISCORD_GUILD_ID = "200000000000000001";
				one.machine = { ...one.machine, runMs: /never/.test(how) ? 300 : 15_000 };
				for (const http of [false, true]) {
					if (http) overHttp(one);
					const { told, screen, json } = await asked(one);
					withoutSecrets(screen, json);
					for (const check of [
						"slack-token",
						"slack-channel",
						"discord-token",
						"discord-channel",
						"status-page",
						"globalping",
						"cloudflare",
					])
						assert.ok(
							told.some((line) => line.check === check),
							`${check} is missing: ${screen}`,
						);
					assert.doesNotMatch(screen, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]|undefined|\[object/);
					assert.ok(screen.length < 12_000, "too long for a screen");
					assert.ok(!screen.split("\n").some((line) => line.startsWith("ok           settings: all good")));
					if (!http) assert.notEqual(statusOf(told), 0);
				}
			}));

	test("only what the settings name is asked, once a read, with each token at its own service", () =>
		withInstallation(async (one) => {
			await asked(one);
			assert.deepEqual(one.slack.calls.map(({ method }) => method).toSorted(), [
				"apps.connections.open",
				"auth.test",
				"bots.info",
			]);
			assert.deepEqual(one.discord.calls.map(({ route }) => route).toSorted(), [
				"GET /applications/100000000000000001/commands",
				"GET /applications/@me",
				"GET /users/@me",
			]);
			assert.deepEqual(
				one.status.seen.map(({ path }) => path),
				["/api/v2/summary.json"],
			);
			assert.deepEqual(
				one.globalping.seen.map(({ path }) => path),
				["/v1/limits"],
			);
			assert.deepEqual(
				one.cloudflare.log.map(({ path }) => path),
				["/client/v4/user/tokens/verify"],
			);
			assert.equal(one.slack.messages.length + one.discord.messages.length, 0);
		}));

	test("a token that Discord rejects is sent once: such calls shut an IP address out", () =>
		withInstallation(async (one) => {
			one.discord.fail(/users\/@me$/, { status: 401 });
			one.words.push(`discord:${CHANNEL}`);
			one.env.DISCORD_GUILD_ID = "200000000000000001";
			await asked(one);
			assert.equal(one.discord.calls.length, 1);
		}));

	test("nothing is changed where the data is: no file made, none written, no key, no log", () =>
		withInstallation(async (one) => {
			const before = snapshot(one.folder);
			await asked(one);
			one.env.CF520_DATA = join(one.folder, "new.sqlite");
			one.env.CF520_KEY = undefined;
			await asked(one);
			assert.deepEqual(snapshot(one.folder), before);
			const elsewhere = join(one.folder, "moved");
			mkdirSync(elsewhere);
			renameSync(join(one.folder, "cf520.sqlite"), join(elsewhere, "cf520.sqlite"));
			one.env.CF520_DATA = join(elsewhere, "cf520.sqlite");
			one.env.CF520_KEY = SECRETS.CF520_KEY;
			await asked(one);
			assert.deepEqual(Object.keys(snapshot(elsewhere)), ["cf520.sqlite"]);
		}));
});

/** Every file with its bytes. */
const snapshot = (folder: string): Record<string, string> =>
	Object.fromEntries(
		readdirSync(folder)
			.toSorted()
			.flatMap((name) =>
				statSync(join(folder, name)).isFile() ? [[name, readFileSync(join(folder, name)).toString("base64")]] : [],
			),
	);

describe("outgoing ports, at the hosts of the platforms and services", () => {
	const bases = { CF520_STATUS_URL: "off", CF520_GLOBALPING_URL: "off", SLACK_BOT_TOKEN: undefined, SLACK_APP_TOKEN: undefined };
	for (const [when, changes, closedPorts, level, tried] of [
		["open", { CF520_CLOUDFLARE_URL: undefined }, [], "ok", [80, 443, 8443]],
		["80 is closed", { CF520_CLOUDFLARE_URL: undefined }, [80], "fix", [80, 443, 8443]],
		["8443 is closed", { CF520_CLOUDFLARE_URL: undefined }, [8443], "note", [80, 443, 8443]],
		[
			"slack alone",
			{ CF520_CLOUDFLARE_URL: "off", DISCORD_TOKEN: undefined, SLACK_BOT_TOKEN: "xoxb-1", SLACK_API_URL: undefined },
			[],
			"ok",
			[80, 443],
		],
	] as const)
		test(when, (t) => {
			const tries: number[] = [];
			const part = readSettingsPart({ ...bases, ...changes });
			const machine = {
				resolve: async () => {},
				runMs: 1_000,
				nodeVersion: "24.21.0",
				freeBytes: () => DISK,
				connect: async (_host: string, port: number) => {
					tries.push(port);
					if (closedPorts.some((one) => one === port)) throw Object.assign(new Error(), { code: "ETIMEDOUT" });
				},
			};
			return lookAtOutgoing(givenOf(part, { channels: [], publicUrl: null }, "0.1.0"), machine, AbortSignal.timeout(1_000)).then(
				(seen) => {
					const line = outgoingLine(seen);
					assert.deepEqual([line.level, tries.toSorted((a, b) => a - b)], [level, tried]);
					t.assert.fileSnapshot(`${shown([line])}\n`, golden(`outgoing-${when.replaceAll(" ", "-")}`), AS_IT_IS);
				},
			);
		});
});

describe("the bot's answer to doctor's signed request", () => {
	const word = "0123456789abcdef0123456789abcdef";
	const now = "1764172800";
	const signed = (secret: string, of: string, body: string) => ({
		"x-slack-request-timestamp": now,
		"x-slack-signature": slackSignature(secret, now, body),
		[PROOF_HEADER]: of,
	});
	test("proves the secret, and is no signature that Slack would take", () => {
		const answer = proofFor("a".repeat(32), signed("a".repeat(32), word, proofBody(word)));
		assert.deepEqual(JSON.parse(answer ?? ""), { proof: proofOf("a".repeat(32), word) });
		assert.notEqual(proofOf("a".repeat(32), word), proofOf("b".repeat(32), word));
		assert.ok(!slackSignature("a".repeat(32), now, word).includes(proofOf("a".repeat(32), word)));
	});
	for (const [what, headers] of [
		["nothing of it", {}],
		["another secret", signed("b".repeat(32), word, proofBody(word))],
		["the signature of another word", signed("a".repeat(32), word, proofBody("f".repeat(32)))],
		["a word that is none", signed("a".repeat(32), "sesame", proofBody("sesame"))],
		["no signature", { [PROOF_HEADER]: word }],
	] as const)
		test(`none for ${what}`, () => assert.equal(proofFor("a".repeat(32), headers), null));
});

describe("what stands behind doctor", () => {
	for (const [words, what] of [
		[
			["slack:C012AB3CD", "discord:123456789012345678"],
			{
				channels: [
					{ platform: "slack", id: "C012AB3CD" },
					{ platform: "discord", id: "123456789012345678" },
				],
				publicUrl: null,
			},
		],
		[["https://bot.example/"], { channels: [], publicUrl: "https://bot.example" }],
		[["http://127.0.0.1:8520"], { channels: [], publicUrl: "http://127.0.0.1:8520" }],
		[[], { channels: [], publicUrl: null }],
	] as const)
		test(`"${words.join(" ")}" is read`, () => assert.deepEqual(readDoctorWords(words), what));
	for (const word of [
		"shop.example",
		"http://bot.example",
		"http://127.0.0.1.evil.example",
		"https://user@bot.example",
		"https://bot.example?x",
		"slack:#incidents",
		"discord:1",
		"--",
	])
		test(`"${word}" is not`, () => assert.equal(typeof readDoctorWords([word]), "string"));
	test("six channels are not, and neither are two URLs", () => {
		assert.equal(typeof readDoctorWords(Array.from({ length: 6 }, () => "slack:C012AB3CD")), "string");
		assert.equal(typeof readDoctorWords(["https://a.example", "https://b.example"]), "string");
	});
});

describe("documents", () => {
	test("README's troubleshooting has a row for each check, and no other", () => {
		const rows = [...doctorsPart(readme()).matchAll(/^\| `([a-z]+(?:-[a-z]+)*)` \|/gm)].map(([, check]) => check);
		assert.deepEqual(rows, [...CHECKS]);
	});
	test("the scopes are those of manifest.yml, required and optional", () => {
		const Scopes = z.object({
			oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()), bot_optional: z.array(z.string()) }) }),
		});
		const { bot, bot_optional: optional } = Scopes.parse(parse(readFileSync(new URL("../manifest.yml", import.meta.url), "utf8")))
			.oauth_config.scopes;
		const of = (optionalOnes: boolean) => Object.keys(SLACK_SCOPES).filter((scope) => isOptional(scope) === optionalOnes);
		assert.deepEqual([of(false).toSorted(), of(true).toSorted()], [bot.toSorted(), optional.toSorted()]);
		assert.deepEqual([...ALL_SCOPES].toSorted(), [...bot, ...optional].toSorted());
	});
});

const doctorsPart = (text: string) => text.split("What <code>doctor</code> checks", 2)[1]?.split("</details>", 1)[0] ?? "";
const readme = () => readFileSync(new URL("../README.md", import.meta.url), "utf8");

describe("the program", () => {
	const MAIN = new URL("../src/main.ts", import.meta.url).pathname;
	const run = async (one: Installation, ...words: string[]) => {
		const settings = Object.entries(one.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
		const child = spawn(process.execPath, [MAIN, "doctor", ...words], {
			env: { PATH: process.env.PATH ?? "", ...Object.fromEntries(settings) },
		});
		let out = "";
		child.stdout.on("data", (data) => {
			out += data;
		});
		let err = "";
		child.stderr.on("data", (data) => {
			err += data;
		});
		const [status] = await once(child, "close");
		return { status, out, err };
	};
	test("prints the screen, exits 0 when all is good, and prints no secret", () =>
		withInstallation(async (one) => {
			const { status, out, err } = await run(one);
			assert.deepEqual([status, err], [0, ""], out);
			assert.match(out, /^ok {11}settings: Slack over Socket Mode, Discord over the gateway\./);
			withoutSecrets(out, err);
		}));
	test("with settings that are not usable, they come first, the rest is checked, and it exits 1", () =>
		withInstallation(async (one) => {
			one.env.DISCORD_TOKEN = "sesame";
			const { status, out } = await run(one);
			assert.equal(status, 1);
			assert.match(out, /^fix {10}settings: DISCORD_TOKEN must have three parts[\s\S]*\nok {11}slack-token: /);
			withoutSecrets(out);
		}));
	test("--json prints one object a check, and what it cannot tell exits 2", () =>
		withInstallation(async (one) => {
			one.slack.scopes = null;
			const { status, out } = await run(one, "--json");
			assert.equal(status, 2, out);
			const results = out
				.trimEnd()
				.split("\n")
				.map((line) => JSON.parse(line));
			assert.ok(results.every((result) => CHECKS.includes(result.check)));
			assert.deepEqual(
				results.filter(({ result }) => result === "cannot tell").map(({ check }) => check),
				["slack-scopes"],
			);
		}));
	test("a word that is neither a channel nor a URL: what it takes, and 2", () =>
		withInstallation(async (one) => {
			const { status, out, err } = await run(one, "shop.example");
			assert.deepEqual([status, out], [2, ""]);
			assert.match(err, /^cf520: doctor takes a channel/);
		}));
});
