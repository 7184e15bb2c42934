import assert from "node:assert/strict";
import { test } from "node:test";
import { readSettings } from "../src/settings.ts";

const good = { SLACK_BOT_TOKEN: "xoxb-1-secret", SLACK_APP_TOKEN: "xapp-1-secret", DISCORD_TOKEN: "aaaaaaaaaa.bbbb.cccc" };

/** Which settings are complained about. */
const check = (what: string, env: Record<string, string>, names: readonly string[], files: Record<string, string> = {}) =>
	test(what, () => {
		const read = readSettings(env, (path) => {
			const content = files[path];
			if (content === undefined) throw new Error("ENOENT");
			return content;
		});
		const problems = "host" in read ? [] : read;
		assert.deepEqual(
			problems.map((one) => one.name),
			names,
		);
		for (const { say } of problems) {
			assert.match(say, /^[A-Z"].{20,}\.$/);
			assert.doesNotMatch(say, /secret/);
		}
	});

check("nothing set: the terminal", {}, []);
check("both platforms", good, []);
check("secrets from files", { SLACK_BOT_TOKEN_FILE: "/a", SLACK_APP_TOKEN_FILE: "/b" }, [], {
	"/a": "xoxb-1\n",
	"/b": "xapp-1\n",
});
check("a bot token without the app token", { SLACK_BOT_TOKEN: good.SLACK_BOT_TOKEN }, ["SLACK_APP_TOKEN"]);
check("an app token without the bot token", { SLACK_APP_TOKEN: good.SLACK_APP_TOKEN }, ["SLACK_BOT_TOKEN"]);
check("Slack over HTTP", { SLACK_BOT_TOKEN: "xoxb-1", SLACK_SIGNING_SECRET: "0123456789abcdef", PORT: "8520" }, []);
check("Slack over HTTP without a port", { SLACK_BOT_TOKEN: "xoxb-1", SLACK_SIGNING_SECRET: "0123456789abcdef" }, ["PORT"]);
check("both ways into Slack", { ...good, SLACK_SIGNING_SECRET: "0123456789abcdef" }, ["SLACK_SIGNING_SECRET"]);
check("a signing secret without the bot token", { SLACK_SIGNING_SECRET: "0123456789abcdef", PORT: "1" }, ["SLACK_BOT_TOKEN"]);
check("a signing secret that is none", { SLACK_BOT_TOKEN: "xoxb-1", SLACK_SIGNING_SECRET: "secret", PORT: "1" }, [
	"SLACK_SIGNING_SECRET",
]);
const app = {
	SLACK_CLIENT_ID: "123.456",
	SLACK_CLIENT_SECRET: "0123456789abcdef",
	CF520_URL: "https://bot.example",
	CF520_KEY: "ab".repeat(32),
	PORT: "8520",
};
const SIGNING = { SLACK_SIGNING_SECRET: "0123456789abcdef" };
check("Slack for many workspaces, over HTTP", { ...app, ...SIGNING }, []);
check("Slack for many workspaces, over a socket", { ...app, SLACK_APP_TOKEN: good.SLACK_APP_TOKEN }, []);
check("Slack for many workspaces, for some of them", { ...app, ...SIGNING, CF520_SLACK_WORKSPACES: "T012AB3CD, E012AB3CD" }, []);
check(
	"the client's id and secret from files",
	{
		CF520_URL: app.CF520_URL,
		CF520_KEY: app.CF520_KEY,
		PORT: "1",
		...SIGNING,
		SLACK_CLIENT_ID_FILE: "/i",
		SLACK_CLIENT_SECRET_FILE: "/s",
	},
	[],
	{ "/i": "123.456\n", "/s": "0123456789abcdef\n" },
);
check("many workspaces and one", { ...app, ...SIGNING, SLACK_BOT_TOKEN: good.SLACK_BOT_TOKEN }, ["SLACK_BOT_TOKEN"]);
check("many workspaces without a way in", app, ["SLACK_APP_TOKEN"]);
check("many workspaces, both ways in", { ...app, ...SIGNING, SLACK_APP_TOKEN: good.SLACK_APP_TOKEN }, ["SLACK_SIGNING_SECRET"]);
for (const [name, missing = name] of [
	["SLACK_CLIENT_ID"],
	["SLACK_CLIENT_SECRET"],
	["CF520_URL"],
	["CF520_KEY"],
	["PORT"],
] as const)
	check(`many workspaces without ${missing}`, { ...app, ...SIGNING, [name]: "" }, [missing]);
check("many workspaces with a client id and nothing else", { SLACK_CLIENT_ID: app.SLACK_CLIENT_ID }, [
	"SLACK_APP_TOKEN",
	"SLACK_CLIENT_SECRET",
	"CF520_URL",
	"CF520_KEY",
	"PORT",
]);
check("a list of workspaces with one bot token", { ...good, CF520_SLACK_WORKSPACES: "T012AB3CD" }, ["CF520_SLACK_WORKSPACES"]);
for (const value of ["http://secret.example", "https://secret@a.example", "https://a.example/?secret", "secret.example"])
	check(`a public address that is none: ${value}`, { ...app, ...SIGNING, CF520_URL: value }, ["CF520_URL"]);
check("workspaces by name", { ...app, ...SIGNING, CF520_SLACK_WORKSPACES: "secret" }, ["CF520_SLACK_WORKSPACES"]);
check("a client id and secret that are none", { ...app, ...SIGNING, SLACK_CLIENT_ID: "secret", SLACK_CLIENT_SECRET: "secret" }, [
	"SLACK_CLIENT_ID",
	"SLACK_CLIENT_SECRET",
]);
test("many workspaces: where people install the app, and who may", () => {
	const read = readSettings({ ...app, ...SIGNING, CF520_URL: "https://bot.example/cf520/", CF520_SLACK_WORKSPACES: "T1AB,E1AB" });
	assert.ok("host" in read);
	const { key, ...installed } = read.slack?.app ?? { key: new Uint8Array() };
	assert.deepEqual(installed, {
		clientId: "123.456",
		clientSecret: "0123456789abcdef",
		url: "https://bot.example/cf520",
		workspaces: ["T1AB", "E1AB"],
	});
	assert.deepEqual([key.length, read.slack?.botToken], [32, null]);
	const one = readSettings({ SLACK_BOT_TOKEN: "xoxb-1", SLACK_APP_TOKEN: "xapp-1" });
	assert.ok("host" in one);
	assert.equal(one.slack?.app, null);
});
check("Discord over HTTP", { DISCORD_TOKEN: good.DISCORD_TOKEN, DISCORD_PUBLIC_KEY: "ab".repeat(32), PORT: "8520" }, []);
check("a public key without a port and a token", { DISCORD_PUBLIC_KEY: "ab".repeat(32) }, ["DISCORD_TOKEN", "PORT"]);
check("a public key that is none", { DISCORD_TOKEN: good.DISCORD_TOKEN, DISCORD_PUBLIC_KEY: "secret", PORT: "1" }, [
	"DISCORD_PUBLIC_KEY",
]);
const token = `cfut_${"secret".repeat(8)}`;
check(
	"a Cloudflare token and whose it is",
	{ ...good, CF520_CLOUDFLARE_TOKEN: token, CF520_CLOUDFLARE_WORKSPACE: "slack:T012AB3CD" },
	[],
);
check("a Cloudflare token at a terminal", { CF520_CLOUDFLARE_TOKEN: token }, []);
check("a Cloudflare token from a file", { CF520_CLOUDFLARE_TOKEN_FILE: "/t" }, [], { "/t": `${token}\n` });
check("a Cloudflare token of no workspace, beside a chat", { ...good, CF520_CLOUDFLARE_TOKEN: token }, [
	"CF520_CLOUDFLARE_WORKSPACE",
]);
check("a workspace without a Cloudflare token", { ...good, CF520_CLOUDFLARE_WORKSPACE: "terminal" }, ["CF520_CLOUDFLARE_TOKEN"]);
check(
	"a person as a workspace",
	{ CF520_CLOUDFLARE_TOKEN: token, CF520_CLOUDFLARE_WORKSPACE: "discord:person 123456789012345678" },
	["CF520_CLOUDFLARE_WORKSPACE"],
);
check("a workspace by its name", { CF520_CLOUDFLARE_TOKEN: token, CF520_CLOUDFLARE_WORKSPACE: "secret" }, [
	"CF520_CLOUDFLARE_WORKSPACE",
]);
check("a new global API key of Cloudflare", { CF520_CLOUDFLARE_TOKEN: `cfk_${"secret".repeat(8)}` }, ["CF520_CLOUDFLARE_TOKEN"]);
check("an old global API key of Cloudflare", { CF520_CLOUDFLARE_TOKEN: "0123456789abcdef0123456789abcdef01234" }, [
	"CF520_CLOUDFLARE_TOKEN",
]);
check("a Cloudflare token with a space", { CF520_CLOUDFLARE_TOKEN: "Bearer secret" }, ["CF520_CLOUDFLARE_TOKEN"]);
check("no Cloudflare", { CF520_CLOUDFLARE_URL: "off" }, []);
check("a Cloudflare with a query", { CF520_CLOUDFLARE_URL: "https://secret.example/?a=b" }, ["CF520_CLOUDFLARE_URL"]);
check("a key in hex", { ...good, CF520_KEY: "ab".repeat(32) }, []);
check("a key in base64, from a file", { ...good, CF520_KEY_FILE: "/k" }, [], {
	"/k": `${Buffer.alloc(32, 9).toString("base64")}\n`,
});
check("a key that is too short", { ...good, CF520_KEY: "secret" }, ["CF520_KEY"]);
const database = "postgres://cf520:secret@127.0.0.1:5432/cf520";
const key = "ab".repeat(32);
check("a database and a key", { ...good, DATABASE_URL: database, CF520_KEY: key }, []);
check("a database from a file", { DATABASE_URL_FILE: "/d", CF520_KEY: key }, [], { "/d": `${database}\n` });
check("a database by its socket", { DATABASE_URL: "postgresql:///cf520?host=/run/postgresql", CF520_KEY: key }, []);
check("a database and its file", { DATABASE_URL: database, DATABASE_URL_FILE: "/d", CF520_KEY: key }, ["DATABASE_URL_FILE"], {
	"/d": database,
});
check("a database without a key", { ...good, DATABASE_URL: database }, ["CF520_KEY"]);
check("a database beside a file", { DATABASE_URL: database, CF520_DATA: "/data/cf520.sqlite", CF520_KEY: key }, ["DATABASE_URL"]);
check("a database in the image, which sets CF520_DATA", { DATABASE_URL: database, CF520_DATA: "", CF520_KEY: key }, []);
check("another database than PostgreSQL", { DATABASE_URL: "mysql://secret@db/cf520", CF520_KEY: key }, ["DATABASE_URL"]);
for (const password of ["p@ss/w#rd", "12/x", "12?x", "12#x", "p?x"])
	check(
		`a database whose password is not encoded: ${password}`,
		{ DATABASE_URL: `postgres://cf520:${password}@db:5432/cf520`, CF520_KEY: key },
		["DATABASE_URL"],
	);
check(
	"a database with a certificate's authority",
	{ DATABASE_URL: `${database}?sslmode=verify-full&sslrootcert=/etc/ca.pem`, CF520_KEY: key },
	[],
);
check("a database that is no URL", { DATABASE_URL: "secret", CF520_KEY: key }, ["DATABASE_URL"]);
check("address ranges", { CF520_DENY_TARGETS: "198.51.100.0/24, 2001:db8::/32", CF520_ALLOW_TARGETS: "127.0.0.1" }, []);
check("admins by their ids", { ...good, CF520_SLACK_ADMINS: "U012AB3CD, W9XYZ" }, []);
check("admins by name", { ...good, CF520_SLACK_ADMINS: "@secret" }, ["CF520_SLACK_ADMINS"]);
check("tokens in each other's place", { SLACK_BOT_TOKEN: good.SLACK_APP_TOKEN, SLACK_APP_TOKEN: good.SLACK_BOT_TOKEN }, [
	"SLACK_BOT_TOKEN",
	"SLACK_APP_TOKEN",
]);
check(
	"everything wrong at once, all told",
	{
		SLACK_BOT_TOKEN: "secret",
		DISCORD_TOKEN: "secret",
		PORT: "99999",
		HOST: "secret host",
		CF520_ALLOW_TARGETS: "10.0.0.0/99",
		CF520_DENY_TARGETS: "shop.example",
		CF520_RESOLVE: "x",
		SLACK_API_URL: "ftp://x",
	},
	[
		"SLACK_BOT_TOKEN",
		"SLACK_API_URL",
		"DISCORD_TOKEN",
		"HOST",
		"PORT",
		"SLACK_APP_TOKEN",
		"CF520_ALLOW_TARGETS",
		"CF520_DENY_TARGETS",
		"CF520_RESOLVE",
	],
);
check("metrics on a port of their own", { ...good, PORT: "8520", CF520_METRICS_PORT: "8521" }, []);
check("metrics alone", { ...good, CF520_METRICS_PORT: "8521" }, []);
check("metrics on the chats' own port", { ...good, PORT: "8520", CF520_METRICS_PORT: "8520" }, ["CF520_METRICS_PORT"]);
check("metrics on no port", { ...good, CF520_METRICS_PORT: "secret" }, ["CF520_METRICS_PORT"]);
check("a secret and its file", { DISCORD_TOKEN: good.DISCORD_TOKEN, DISCORD_TOKEN_FILE: "/a" }, ["DISCORD_TOKEN_FILE"], {
	"/a": "x",
});
check("a file that is not there", { DISCORD_TOKEN_FILE: "/nowhere" }, ["DISCORD_TOKEN_FILE"]);

/** Where the status page is asked, by what is set. */
const STATUS_URLS: readonly (readonly [what: string, env: Record<string, string>, url: string | null])[] = [
	["unset: Cloudflare's own", {}, "https://yh6f0r4529hb.statuspage.io"],
	["unset in a laboratory: nowhere", { CF520_ALLOW_TARGETS: "127.0.0.0/8" }, null],
	["off", { CF520_STATUS_URL: "off" }, null],
	["empty: as unset", { CF520_STATUS_URL: "" }, "https://yh6f0r4529hb.statuspage.io"],
	[
		"another one, in a laboratory too",
		{ CF520_STATUS_URL: "http://127.0.0.1:8", CF520_ALLOW_TARGETS: "127.0.0.0/8" },
		"http://127.0.0.1:8",
	],
	["with a path and slashes at its end", { CF520_STATUS_URL: "https://proxy.example/status//" }, "https://proxy.example/status"],
];
for (const [what, env, url] of STATUS_URLS)
	test(`the status page's address: ${what}`, () => {
		const read = readSettings(env);
		assert.ok("host" in read);
		assert.equal(read.statusUrl, url);
	});
for (const value of [
	"secret",
	"OFF?",
	"ftp://secret.example",
	"https://secret@a.example",
	"https://a.example/?secret",
	"https://a.example/#secret",
])
	check(`a status page's address that is none: ${value}`, { CF520_STATUS_URL: value }, ["CF520_STATUS_URL"]);
/** What Globalping's settings lead to. */
const globalping = (what: string, env: Record<string, string>, expected: unknown, files: Record<string, string> = {}) =>
	test(`other places: ${what}`, () => {
		const read = readSettings(env, (path) => files[path] ?? "");
		assert.ok("host" in read);
		assert.deepEqual(read.globalping, expected);
	});
const LAB = { CF520_ALLOW_TARGETS: "127.0.0.1" };
globalping("unset", {}, { base: "https://api.globalping.io" });
globalping("off", { CF520_GLOBALPING_URL: "off", CF520_GLOBALPING_TOKEN: "gp-secret-1" }, null);
globalping("unset in a laboratory", LAB, null);
globalping("named in a laboratory", { ...LAB, CF520_GLOBALPING_URL: "http://127.0.0.1:8080" }, { base: "http://127.0.0.1:8080" });
globalping(
	"a path, and slashes at the end",
	{ CF520_GLOBALPING_URL: "https://gp.example/api//" },
	{ base: "https://gp.example/api" },
);
globalping("a token", { CF520_GLOBALPING_TOKEN: "gp-secret-1" }, { base: "https://api.globalping.io", token: "gp-secret-1" });
globalping(
	"a token from a file",
	{ CF520_GLOBALPING_TOKEN_FILE: "/t" },
	{ base: "https://api.globalping.io", token: "gp-secret-1" },
	{ "/t": "gp-secret-1\n" },
);
for (const url of ["ftp://secret", "secret", "https://user:secret@gp.example", "https://gp.example/?secret", "https:///"])
	check(`a Globalping URL that is none: ${url}`, { CF520_GLOBALPING_URL: url }, ["CF520_GLOBALPING_URL"]);
check("a Globalping token that is none", { CF520_GLOBALPING_TOKEN: "a secret" }, ["CF520_GLOBALPING_TOKEN"]);
test("Cloudflare's API is the public one, another one, or none; laboratories have none unless it is named", () => {
	const of = (env: Record<string, string>) => {
		const read = readSettings(env);
		return "host" in read ? read.cloudflare : assert.fail("unusable settings");
	};
	assert.deepEqual(of({}), { url: "https://api.cloudflare.com/client/v4", own: null });
	assert.deepEqual(of({ CF520_CLOUDFLARE_URL: "http://127.0.0.1:9/client/v4/" }), {
		url: "http://127.0.0.1:9/client/v4",
		own: null,
	});
	assert.equal(of({ CF520_CLOUDFLARE_URL: "off", CF520_CLOUDFLARE_TOKEN: token }), null);
	assert.equal(of({ CF520_ALLOW_TARGETS: "127.0.0.0/8" }), null);
	assert.equal(of({ CF520_ALLOW_TARGETS: "127.0.0.0/8", CF520_CLOUDFLARE_URL: "http://127.0.0.1:9" })?.url, "http://127.0.0.1:9");
});

test("the operator's own token belongs to one workspace, by the name that conversations have", () => {
	const of = (env: Record<string, string>) => {
		const read = readSettings({ ...env, CF520_CLOUDFLARE_TOKEN: token });
		return "host" in read ? read.cloudflare?.own : assert.fail("unusable settings");
	};
	assert.deepEqual(of({}), { token, platform: "terminal", workspace: "terminal" });
	assert.deepEqual(of({ CF520_CLOUDFLARE_WORKSPACE: "slack:T012AB3CD" }), {
		token,
		platform: "slack",
		workspace: "slack T012AB3CD",
	});
	assert.deepEqual(of({ CF520_CLOUDFLARE_WORKSPACE: "discord:123456789012345678" }), {
		token,
		platform: "discord",
		workspace: "discord 123456789012345678",
	});
});
