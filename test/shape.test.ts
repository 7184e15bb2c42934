import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { validate } from "dockerfile-utils";
import { parse } from "yaml";
import { z } from "zod";
import { COMMANDS, COMMAND as DISCORD_COMMAND, MESSAGE_COMMAND } from "../src/adapters/discord/commands.ts";
import { COMMAND, SHORTCUT } from "../src/adapters/slack/intake.ts";
import { CAUSE_IDS } from "../src/core/causes/causes.ts";
import { KNOWN_CODES } from "../src/core/codes/codes.ts";
import { VERBS } from "../src/core/question.ts";
import { plainText } from "../src/message/text.ts";
import { FINDING_WORDS } from "../src/reply/findings.ts";
import { explainReply, HELP_ROWS } from "../src/reply/pages.ts";
import { allOriginFiles, findingFiles } from "./lab/origin-files.ts";

const Manifest = z.looseObject({
	features: z.looseObject({
		slash_commands: z.array(z.looseObject({ command: z.string() })),
		shortcuts: z.array(z.looseObject({ callback_id: z.string(), name: z.string() })),
	}),
	settings: z.looseObject({ socket_mode_enabled: z.boolean() }),
});

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** What each room may import of ours and from outside; the first prefix that fits a file decides. `type:` allows types only. */
const ROOMS: readonly (readonly [room: string, may: readonly string[]])[] = [
	["src/core/wire/", ["src/core/wire/", "src/core/error.ts", "node:zlib"]],
	["src/core/ray/", ["src/core/ray/"]],
	["src/core/codes/", ["src/core/codes/"]],
	["src/core/target.ts", ["node:url"]],
	["src/core/paste.ts", ["type:src/core/looks/observation.ts", "type:src/core/judge/"]],
	["src/core/press.ts", ["src/core/causes/"]],
	["src/core/case.ts", ["type:src/core/causes/", "type:src/message/"]],
	[
		"src/core/question.ts",
		[
			"src/core/admin.ts",
			"src/core/causes/",
			"src/core/logs/",
			"src/core/ray/",
			"src/core/target.ts",
			"src/core/paste.ts",
			"src/core/watch.ts",
			"node:net",
		],
	],
	[
		"src/core/looks/",
		[
			"src/core/looks/",
			"src/core/target.ts",
			"src/core/slots.ts",
			"src/core/error.ts",
			"src/core/non-empty.ts",
			"src/core/wire/",
			"undici",
			"node:net",
			"node:tls",
			"node:dns/promises",
			"node:stream",
		],
	],
	["src/core/causes/", ["src/core/causes/"]],
	["src/core/logs/", ["src/core/logs/"]],
	[
		"src/core/judge/",
		[
			"src/core/judge/",
			"src/core/non-empty.ts",
			"src/core/causes/",
			"src/core/case.ts",
			"src/core/watch.ts",
			"type:src/core/paste.ts",
			"src/core/wire/",
			"src/core/ray/",
			"src/core/codes/",
			"type:src/core/looks/",
			"zod",
		],
	],
	["src/core/context.ts", ["type:src/core/"]],
	["src/core/error.ts", []],
	["src/core/non-empty.ts", []],
	["src/message/", ["src/message/", "type:src/core/press.ts"]],
	["src/core/conversation.ts", []],
	["src/core/durable.ts", ["type:src/core/", "src/reply/", "src/message/"]],
	["src/core/slots.ts", []],
	["src/core/turns.ts", []],
	["src/core/limits.ts", []],
	["src/core/measure.ts", ["type:src/core/"]],
	["src/core/pending.ts", []],
	["src/core/policy.ts", []],
	["src/core/admin.ts", ["src/core/policy.ts", "src/core/target.ts"]],
	["src/core/watch.ts", []],
	["src/core/watching.ts", ["src/core/", "src/reply/", "src/message/"]],
	["src/core/looking.ts", ["src/core/", "src/reply/", "src/message/"]],
	["src/core/desk.ts", ["src/core/", "src/reply/", "src/message/"]],
	["src/core/thread.ts", ["src/core/", "src/reply/", "src/message/"]],
	[
		"src/reply/",
		[
			"src/message/",
			"src/reply/",
			"src/core/judge/proxy.ts",
			"src/core/judge/rank.ts",
			"src/core/judge/of-case.ts",
			"src/core/judge/origin-findings.ts",
			"src/core/judge/answer.ts",
			"src/core/judge/pattern.ts",
			"src/core/judge/share.ts",
			"src/core/case.ts",
			"src/core/policy.ts",
			"src/core/watch.ts",
			"src/core/causes/",
			"src/core/codes/",
			"src/core/ray/",
			"src/core/target.ts",
			"type:src/core/",
		],
	],
	["src/store/", ["src/store/", "src/core/policy.ts", "type:src/core/", "zod", "node:sqlite", "node:fs", "node:crypto"]],
	["src/adapters/attached.ts", []],
	["src/adapters/noted.ts", []],
	[
		"src/adapters/slack/",
		[
			"node:timers/promises",
			"type:node:http",
			"src/adapters/slack/",
			"src/adapters/attached.ts",
			"src/adapters/noted.ts",
			"src/core/conversation.ts",
			"src/core/measure.ts",
			"src/core/press.ts",
			"src/message/",
			"src/reply/",
			"type:src/core/",
			"@slack/",
			"zod",
		],
	],
	[
		"src/adapters/discord/",
		[
			"src/adapters/discord/",
			"src/adapters/attached.ts",
			"src/adapters/noted.ts",
			"src/core/conversation.ts",
			"src/core/measure.ts",
			"node:crypto",
			"node:timers/promises",
			"type:node:http",
			"src/message/",
			"src/reply/",
			"src/core/question.ts",
			"src/core/press.ts",
			"type:src/core/",
			"discord.js",
			"zod",
		],
	],
	[
		"src/adapters/terminal/",
		[
			"src/adapters/terminal/",
			"src/message/",
			"src/reply/",
			"src/core/ray/",
			"src/core/judge/autopsy.ts",
			"src/core/paste.ts",
			"src/core/causes/",
			"src/core/logs/",
			"src/settings.ts",
			"type:src/core/",
			"zod",
			"node:",
		],
	],
	["src/settings.ts", ["src/core/looks/addresses.ts", "zod", "node:"]],
	["src/serve.ts", ["node:"]],
	["src/log.ts", ["pino", "node:"]],
	["src/metrics.ts", ["prom-client", "type:src/core/"]],
	["src/bots.ts", ["src/"]],
	["src/main.ts", ["src/", "test/lab/", "node:"]],
	["src/install.mjs", ["node:"]],
];

const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
	.map((file) => `src/${file.split(sep).join("/")}`)
	.filter((file) => /\.(?:ts|mjs)$/.test(file));

for (const file of sources) {
	test(`${file} imports only what its room may`, () => {
		const rule = ROOMS.find(([room]) => file.startsWith(room));
		assert.ok(rule, `${file} is in no room: add a row to ROOMS here and to src/README.md`);
		const text = read(file);
		for (const [, type, names = "", from = ""] of text.matchAll(
			/^(?:import|export)\s+(type\s+)?([^;"]*?)\s*from\s+"([^"]+)";/gm,
		)) {
			const specifiers = names
				.replace(/[{}]/g, "")
				.split(",")
				.map((one) => one.trim())
				.filter((one) => one !== "");
			const onlyTypes = type !== undefined || specifiers.every((one) => one.startsWith("type "));
			const target = from.startsWith(".")
				? relative(root, join(root, dirname(file), from))
						.split(sep)
						.join("/")
				: from;
			const allowed = rule[1].some((may) =>
				may.startsWith("type:") ? onlyTypes && target.startsWith(may.slice(5)) : target.startsWith(may),
			);
			assert.ok(allowed, `${file} may not import ${target}`);
		}
	});
}

test("only settings.ts reads the environment, and nobody sets undici's global dispatcher", () => {
	for (const file of sources) {
		const text = read(file);
		if (file !== "src/settings.ts" && file !== "src/main.ts" && file !== "src/install.mjs")
			assert.doesNotMatch(text, /process\.env/, file);
		assert.doesNotMatch(text, /setGlobalDispatcher\(/, file);
	}
	assert.deepEqual(
		[...read("src/main.ts").matchAll(/process\.env(?!\))\S*/g)].map(([use]) => use),
		["process.env.NO_COLOR"],
		"main.ts hands process.env to settings.ts and reads NO_COLOR",
	);
});

test("manifest.yml follows Slack's schema and names what the program listens to", () => {
	const manifest = Manifest.parse(parse(read("manifest.yml")));
	const follows = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(
		JSON.parse(read("test/fixtures/slack-manifest.schema.json")),
	);
	assert.ok(follows(manifest), JSON.stringify(follows.errors, null, 1));
	assert.deepEqual(
		manifest.features.slash_commands.map((one) => one.command),
		[COMMAND],
	);
	assert.deepEqual(
		manifest.features.shortcuts.map((one) => one.callback_id),
		[SHORTCUT],
	);
	assert.ok(manifest.features.shortcuts.every((one) => one.name.length <= 24));
	assert.equal(manifest.settings.socket_mode_enabled, true);
});

test("README's one-click link holds manifest.yml as it is", () => {
	const link = `https://api.slack.com/apps?new_app=1&manifest_yaml=${encodeURIComponent(read("manifest.yml"))}`;
	assert.ok(read("README.md").includes(link), `put this into README.md: ${link}`);
});

test("the verbs are the same in the grammar, help, README, the manifest and the Discord option", () => {
	const help = HELP_ROWS.map((row) => row.usage.split(" ")[0]).filter((word) => !word?.startsWith("<"));
	assert.deepEqual([...help].sort(), VERBS.filter((verb) => verb !== "ray").sort());
	const readme = read("README.md");
	for (const row of HELP_ROWS) assert.ok(readme.includes(`\`${row.usage}\``), `README.md lacks \`${row.usage}\``);
	const option = JSON.stringify(COMMANDS);
	for (const verb of help)
		assert.ok(
			option.includes(String(verb)) && read("manifest.yml").includes(String(verb)),
			`${verb} is missing in the Discord option or in manifest.yml`,
		);
	assert.deepEqual([COMMAND, DISCORD_COMMAND, MESSAGE_COMMAND], ["/cf520", "cf520", "Diagnose 520"]);
});

test("every code has a page with what was seen, whose side, where to look, and a source", () => {
	for (const code of KNOWN_CODES) {
		const page = explainReply(String(code));
		assert.ok(page, String(code));
		const words = page.head.blocks
			.map((block) =>
				"text" in block ? plainText(block.text) : "items" in block ? block.items.map((item) => plainText(item)).join("\n") : "",
			)
			.join("\n");
		assert.match(
			words,
			/What Cloudflare saw:.*Whose side:.*Look here first:.*https:\/\/developers\.cloudflare\.com\//s,
			String(code),
		);
		assert.doesNotMatch(words, /undefined|null|\[object/, String(code));
	}
});

test("every finding has a sentence, a page, an origin that shows it, and goldens in each adapter", () => {
	const files = new Set(findingFiles().map((file) => file.name));
	for (const id of Object.keys(FINDING_WORDS) as (keyof typeof FINDING_WORDS)[]) {
		const page = explainReply(id);
		assert.ok(page, id);
		const words = page.head.blocks
			.map((block) =>
				"text" in block ? plainText(block.text) : "items" in block ? block.items.map((item) => plainText(item)).join("\n") : "",
			)
			.join("\n");
		assert.match(words, /^[\w.-]+: [A-Z].*\./, id);
		assert.doesNotMatch(words, /undefined|null\b|\[object/, id);
		if (!["whole", "certificate-origin-ca"].includes(id)) assert.match(words, /What helps, common first:/, id);
		assert.ok(files.delete(id), `test/origins/findings/${id}.http is missing`);
		for (const adapter of ["terminal", "slack", "discord"])
			assert.ok(read(`test/golden/findings/${adapter}/${id}.txt`).length > 0, `run npm run golden for ${id}`);
	}
	assert.deepEqual([...files], [], "a file that no finding is called like");
});

test("every cause has a page with what helps and what one sees", () => {
	for (const id of CAUSE_IDS) {
		const page = explainReply(id);
		assert.ok(page, id);
		const words = page.head.blocks
			.map((block) =>
				"text" in block ? plainText(block.text) : "items" in block ? block.items.map((item) => plainText(item)).join("\n") : "",
			)
			.join("\n");
		assert.match(words, /What helps, common first:.*What one sees then:.*https:/s, id);
		assert.doesNotMatch(words, /undefined|null\b|\[object/, id);
	}
});

test("the questions that people ask have pages", () => {
	for (const topic of [
		"why does cloudflare not pass it through",
		"can cloudflare be the cause",
		"how it differs from a 502",
		"what switching dns does",
	])
		assert.ok(explainReply(topic), topic);
});

test("every origin file is asked about and has a golden in each adapter", () => {
	const asked = read("test/replies.test.ts");
	for (const { name, what, edge } of allOriginFiles()) {
		assert.ok(what !== "" && edge >= 200, `${name}.http lacks its first lines`);
		assert.ok(asked.includes(`["${name}"`), `test/replies.test.ts does not ask about ${name}`);
		for (const adapter of ["terminal", "slack", "discord"])
			assert.ok(read(`test/golden/${adapter}/site-${name}.txt`).includes(name), `run npm run golden for ${name}`);
	}
});

test("README's compose.yaml is one, and sets nothing that is no setting", () => {
	const [, yaml = ""] = /```yaml\n([\s\S]*?)```/.exec(read("README.md")) ?? [];
	const compose = z
		.object({
			services: z.object({
				cf520: z
					.object({
						read_only: z.literal(true),
						environment: z.record(z.string(), z.string()),
						volumes: z.array(z.string()),
						ports: z.array(z.string()),
					})
					.loose(),
			}),
			volumes: z.object({ "cf520-data": z.null() }),
		})
		.parse(parse(yaml));
	const settings = new Set([...read("src/settings.ts").matchAll(/^\t([A-Z][A-Z0-9_]+):/gm)].map(([, name]) => name));
	for (const name of Object.keys(compose.services.cf520.environment)) assert.ok(settings.has(name), name);
	assert.ok(
		compose.services.cf520.ports.every((one) => one.startsWith("127.0.0.1:")),
		"loopback only",
	);
});

test("the Dockerfile has no faults that its linter knows, and copies what is there", () => {
	const dockerfile = read("Dockerfile");
	assert.deepEqual(
		validate(dockerfile).map(({ message, range }) => `${range.start.line + 1}: ${message}`),
		[],
	);
	for (const [, from] of dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm))
		for (const name of (from ?? "").split(" ")) assert.ok(existsSync(join(root, name)), name);
	assert.match(dockerfile, /^USER node$/m);
	assert.match(dockerfile, /^HEALTHCHECK /m);
	const main = /^CMD \["node", "(.+)"\]$/m.exec(dockerfile)?.[1];
	assert.ok(main !== undefined && existsSync(join(root, main)));
});

test("README's settings table names every setting, and no other", () => {
	const settings = new Set([...read("src/settings.ts").matchAll(/^\t([A-Z][A-Z0-9_]+):/gm)].map(([, name]) => name));
	const documented = new Set([...read("README.md").matchAll(/^\| `([A-Z][A-Z0-9_]+)`/gm)].map(([, name]) => name));
	assert.deepEqual([...documented].sort(), [...settings].sort());
});
