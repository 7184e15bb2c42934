import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { COMMAND, SHORTCUT, SlackIntake } from "../../src/adapters/slack/intake.ts";
import { manifestFor, slackManifest } from "../../src/adapters/slack/manifest.ts";
import { yamlText } from "../../src/adapters/slack/yaml.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const schema = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(
	JSON.parse(read("test/fixtures/slack-manifest.schema.json")),
);
/** What breaks Slack's schema. */
const problems = (manifest: unknown): string => (schema(manifest) ? "" : JSON.stringify(schema.errors, null, 1));
const MANY = { url: "https://bot.example", socket: false };
const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
/** Settings that nothing starts with. */
const UNUSABLE = { SLACK_BOT_TOKEN: "no token", CF520_KEY: "no key", PORT: "none" };
const run = (...words: string[]) =>
	spawnSync(process.execPath, [main, "manifest", ...words], { encoding: "utf8", env: { ...UNUSABLE } });

/** The events that the bot has listeners for. */
function listened(): Set<string> {
	const names = new Set<string>();
	const anything = { tab: "none" };
	const app = new Proxy(
		{},
		{
			get: (_app, kind) => (name: unknown) => {
				if (kind === "event") names.add(String(name));
				if (kind === "function") names.add("function_executed");
			},
		},
	);
	new SlackIntake(...([anything, anything, anything] as unknown as ConstructorParameters<typeof SlackIntake>)).listen(
		app as Parameters<SlackIntake["listen"]>[0],
	);
	return names;
}

describe("the manifest of the Slack app", () => {
	it("without an address is manifest.yml, byte for byte, whatever the settings", () => {
		const { stdout, stderr, status } = run();
		assert.deepEqual([stdout, stderr, status], [read("manifest.yml"), "", 0]);
	});

	for (const socket of [false, true])
		it(`for many workspaces${socket ? " over a socket" : ""} follows Slack's schema, and differs only in what they need`, () => {
			const many = parse(slackManifest({ ...MANY, socket }));
			assert.equal(problems(many), "");
			const one = parse(read("manifest.yml"));
			const at = socket ? {} : { request_url: "https://bot.example/slack/events" };
			const {
				oauth_config: { scopes, redirect_urls },
				settings,
				functions,
			} = many;
			assert.deepEqual(redirect_urls, ["https://bot.example/slack/oauth_redirect"]);
			assert.deepEqual(
				[...scopes.bot, ...scopes.bot_optional].toSorted(),
				[...one.oauth_config.scopes.bot, ...one.oauth_config.scopes.bot_optional].toSorted(),
			);
			assert.deepEqual(
				one.oauth_config.scopes.bot.filter((scope: string) => !scopes.bot.includes(scope)),
				["files:read", "im:history"],
			);
			const { bot_events: events } = settings.event_subscriptions;
			const { bot_events: before } = one.settings.event_subscriptions;
			assert.deepEqual(events, [...before, "tokens_revoked", "function_executed"]);
			assert.deepEqual(settings, {
				event_subscriptions: { ...at, bot_events: events },
				interactivity: { is_enabled: true, ...at },
				org_deploy_enabled: true,
				socket_mode_enabled: socket,
				token_rotation_enabled: false,
				function_runtime: "remote",
			});
			assert.deepEqual(Object.keys(functions), ["diagnose"]);
			const [command] = many.features.slash_commands;
			assert.deepEqual(command, { ...one.features.slash_commands[0], ...(socket ? {} : { url: at.request_url }) });
			for (const same of ["_metadata", "display_information"]) assert.deepEqual(many[same], one[same]);
			assert.deepEqual({ ...many.features, slash_commands: [] }, { ...one.features, slash_commands: [] });
		});

	it("names the command, the shortcut and the step that the code answers, and asks for no event without a listener", () => {
		const many = parse(slackManifest(MANY));
		assert.deepEqual(
			many.features.slash_commands.map(({ command }: { command: string }) => command),
			[COMMAND],
		);
		assert.deepEqual(
			many.features.shortcuts.map(({ callback_id }: { callback_id: string }) => callback_id),
			[SHORTCUT],
		);
		const heard = listened();
		const asked = new Set<string>(many.settings.event_subscriptions.bot_events.map((one: string) => one.split(".")[0]));
		// Heard before Bolt's listeners run (see OwnApp).
		for (const early of ["app_uninstalled", "tokens_revoked"]) asked.delete(early);
		assert.deepEqual([...asked].toSorted(), [...heard].toSorted());
	});

	it("declares the step as Slack takes it", () => {
		const {
			title,
			description,
			input_parameters: inputs,
			output_parameters: outputs,
		} = parse(slackManifest(MANY)).functions.diagnose;
		assert.equal(title, "Diagnose a Cloudflare error");
		assert.notEqual(description, "");
		const shortly = (all: Record<string, { type: string; name: string; is_required: boolean }>) =>
			Object.entries(all).map(([key, { type, name, is_required: required }]) => [key, name === key, type, required]);
		assert.deepEqual(shortly(inputs), [
			["url", true, "string", true],
			["channel", true, "slack#/types/channel_id", false],
		]);
		assert.deepEqual(
			shortly(outputs).map(([key, isNamed, type]) => [key, isNamed, type]),
			["verdict", "code", "cause", "confidence", "ray", "permalink"].map((key) => [key, true, "string"]),
		);
	});

	for (const [what, given] of [
		["a name with capitals, a slash at the end", "HTTPS://Bot.Example/"],
		["another port", "https://bot.example:8443"],
		["a name beyond ASCII", "https://bücher.example"],
		["an IPv6 address", "https://[2001:db8::1]:8443"],
	] as const)
		it(`takes ${what}`, () => {
			const asked = manifestFor([given]);
			assert.ok("yaml" in asked);
			const { origin } = new URL(given);
			assert.equal(parse(asked.yaml).settings.event_subscriptions.request_url, `${origin}/slack/events`);
			assert.equal(problems(parse(asked.yaml)), "");
		});

	for (const [what, ...words] of [
		["no https", "http://bot.example"],
		["no scheme", "bot.example"],
		["a path", "https://bot.example/slack"],
		["a query", "https://bot.example?x=1"],
		["a fragment", "https://bot.example#x"],
		["a password", "https://user:secret@bot.example"],
		["a name in front of @", "https://@bot.example"],
		["a backslash", "https://bot.example\\@other.example"],
		["a blank", "https://bot.example x"],
		["a line break", "https://bot.example\nfunctions: {}"],
		["a control character", "https://bot\u0001.example"],
		["an invisible sign", "https://bot\u202e.example"],
		["a port that is none", "https://bot.example:99999"],
		["only one slash", "https:/bot.example"],
		["nothing", ""],
		["hundreds of characters", `https://${"a.".repeat(200)}example`],
		["a comma behind it", "https://bot.example,"],
		["a dot and a comma behind it", "https://bot.example.,"],
		["a name of this machine", "https://localhost"],
		["a quotation mark", 'https://bot.example"'],
		["an unknown word behind it", "https://bot.example", "tunnel"],
		["too many words", "https://bot.example", "socket", "socket"],
	] as const)
		it(`${what}: one sentence, without what was given`, () => {
			const asked = manifestFor(words);
			assert.ok("problem" in asked, JSON.stringify(asked).slice(0, 200));
			assert.match(asked.problem, /^manifest takes the bot's own https URL without a path, such as https:\/\/bot\.example,.*\.$/);
			assert.doesNotMatch(asked.problem, /secret|other\.example/);
		});

	it("what is wrong with the address goes to standard error, with exit status 2", () => {
		const { stdout, stderr, status } = run("http://bot.example");
		assert.deepEqual([stdout, status], ["", 2]);
		assert.match(stderr, /^cf520: manifest takes [^\n]+\.\n$/);
	});
});

it("YAML: what is written is read back as it was, whatever a text looks like", () => {
	const texts = [
		"yes",
		"No",
		"null",
		"1",
		"1.5",
		"",
		" x",
		"x ",
		"a: b",
		"a #b",
		"a:",
		"- a",
		"[x",
		"*x",
		"&x",
		"a\nb",
		"\u2028",
		"#x",
		"@x",
		"%x",
		"x",
	];
	const long = ["word ".repeat(60).trim(), `${"w".repeat(200)} ${"v".repeat(200)}`, `"${"x ".repeat(100)}`];
	const value = {
		texts,
		long,
		...Object.fromEntries([...texts, ...long].map((text, nth) => [`k${nth}`, text])),
		deep: { list: [{ a: "x", b: { c: true, d: ["y"] } }, { a: 2 }] },
	};
	for (const version of ["1.1", "1.2"] as const) assert.deepEqual(parse(yamlText(value), { version }), value, version);
});
