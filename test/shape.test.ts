import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { validate } from "dockerfile-utils";
import { parse } from "yaml";
import { z } from "zod";
import { COMMAND as DISCORD_COMMAND, MESSAGE_COMMAND } from "../src/adapters/discord/commands.ts";
import { COMMAND, SHORTCUT } from "../src/adapters/slack/intake.ts";
import { KNOWN_CODES } from "../src/knowledge/codes/codes.ts";
import { explainPages, explainReply } from "../src/reply/pages.ts";
import { readSettings } from "../src/settings.ts";
import { flat } from "./flat.ts";
import { allOriginFiles } from "./lab/origin-files.ts";

const Manifest = z.looseObject({
	features: z.looseObject({
		slash_commands: z.array(z.looseObject({ command: z.string() })),
		shortcuts: z.array(z.looseObject({ callback_id: z.string(), name: z.string() })),
	}),
	settings: z.looseObject({ socket_mode_enabled: z.boolean() }),
});

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** A room of the house: what it may take from outside, and what it never does. */
interface Room {
	/** What its files' paths begin with. */
	readonly name: string;
	/** Packages and modules of Node.js that it may import; a name that ends in `:` or `/` stands for all below it. */
	readonly outside: readonly string[];
	/** In words, for the person who meets the failure. */
	readonly never: string;
	/** What none of its lines holds. */
	readonly forbids?: RegExp;
}

/** No clock, no chance, no environment: the same input gives the same output. */
const IMPURE = /\b(?:Date\.now|performance\.now|Math\.random|setTimeout|setInterval|setImmediate|fetch)\(|\bnew Date\(\)/;

/** From the ground up: a room imports only itself and rooms of lower rows. Rooms in one row are neighbors and import each other never. */
const ROOMS: readonly (readonly Room[])[] = [
	[
		{
			name: "src/knowledge/",
			outside: [],
			never: "code that decides; a number without a reason; two places for one fact",
			forbids: IMPURE,
		},
	],
	[
		{
			name: "src/read/",
			outside: ["node:buffer", "node:net", "node:url", "node:zlib", "tldts", "zod"],
			never: "I/O, opinions, throwing on any input, more than linear time or bounded memory",
			forbids: IMPURE,
		},
	],
	[
		{ name: "src/message/", outside: [], never: "a platform's markup", forbids: /mrkdwn|<@|<!|discord/i },
		{
			name: "src/looks/",
			outside: ["undici", "node:net", "node:tls", "node:dns/promises", "node:fs", "node:stream"],
			never: "judgment; an unchecked address; losing bytes on failure; a token in an error or a log",
		},
		{
			name: "src/services/",
			outside: ["undici", "zod", "node:stream", "node:stream/promises", "node:zlib"],
			never: "judgment; a target; a token anywhere but in its own service's authorization header",
		},
	],
	[{ name: "src/judge/", outside: [], never: "I/O, clock, platform words", forbids: IMPURE }],
	// A hash says of what a report's data is the same.
	[
		{
			name: "src/reply/",
			outside: ["node:crypto"],
			never: "I/O, a platform's markup; facts that the case does not hold",
			forbids: IMPURE,
		},
	],
	[{ name: "src/desk/", outside: ["piscina"], never: "wording, platform types", forbids: /@slack|discord\.js/ }],
	[
		{
			name: "src/adapters/",
			outside: ["@slack/", "discord.js", "zod", "node:"],
			never: "diagnosis, wording of verdicts, another adapter",
		},
		{
			name: "src/tap/",
			outside: ["node:"],
			never: "a changed byte; anything that the stream waits for; a package, so that it is one file elsewhere",
		},
		{
			name: "src/store/",
			outside: ["zod", "pg", "node:sqlite", "node:fs", "node:crypto"],
			never: "knowledge of platforms",
			forbids: /\b(?:slack|discord)\b/i,
		},
	],
	[
		{ name: "src/settings.ts", outside: ["zod", "node:"], never: "values in messages" },
		{ name: "src/http-server.ts", outside: ["node:"], never: "anything of a chat" },
		{ name: "src/log.ts", outside: ["pino", "node:"], never: "what people wrote" },
		{ name: "src/metrics.ts", outside: ["prom-client"], never: "labels that people wrote" },
		{ name: "src/process-memory.ts", outside: ["node:v8"], never: "anything of ours" },
		{
			name: "src/doctor/findings/",
			outside: ["discord.js", "zod"],
			never: "I/O, clock, wording",
			forbids: IMPURE,
		},
	],
	[
		{ name: "src/supervisor.ts", outside: [], never: "anything of a question" },
		{
			name: "src/doctor/",
			outside: ["undici", "zod", "pg", "node:"],
			never: "a change of anything; a secret in a line; a host that the settings do not name",
		},
	],
	[
		{ name: "src/main.ts", outside: ["test/lab/", "node:"], never: "anything but putting the parts together" },
		{ name: "src/tap-main.ts", outside: ["node:"], never: "anything but the tap: it becomes one file" },
		{ name: "src/bundle-tap.mjs", outside: ["node:", "esbuild"], never: "TypeScript" },
		{ name: "src/install.mjs", outside: ["node:"], never: "TypeScript, dependencies" },
	],
];
const HOUSE = ROOMS.flatMap((row, level) => row.map((room) => ({ ...room, level })));
const roomOf = (file: string) => HOUSE.find(({ name }) => file.startsWith(name));

/** Arrows that still point up; none may join them. The ids of findings become knowledge with a file each. */
const EXCEPTIONS: ReadonlySet<string> = new Set([
	"src/read/paste.ts imports src/judge/autopsy.ts",
	"src/read/paste.ts imports src/judge/origin-findings.ts",
]);

const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
	.map((file) => `src/${file.split(sep).join("/")}`)
	.filter((file) => /\.(?:ts|mjs)$/.test(file));

/** What a file imports: ours by path, others by name. */
const importsOf = (file: string, text = read(file)): string[] =>
	[...text.matchAll(/(?:^(?:import|export)\s[^;"]*?from\s+|\bimport\()"([^"]+)"/gm)].map(([, from = ""]) =>
		from.startsWith(".")
			? relative(root, join(root, dirname(file), from))
					.split(sep)
					.join("/")
			: from,
	);

for (const file of sources) {
	test(`${file} stands in a room and imports only rooms below it`, () => {
		const room = roomOf(file);
		assert.ok(room, `${file} is in no room: move it into one of src/README.md's, or add a row to ROOMS here and there`);
		for (const target of importsOf(file)) {
			const other = roomOf(target);
			if (EXCEPTIONS.has(`${file} imports ${target}`)) continue;
			if (other === undefined) {
				const allowed = room.outside.some((may) => (/[:/]$/.test(may) ? target.startsWith(may) : target === may));
				assert.ok(allowed, `${file} may not import ${target}: ${room.name} never holds ${room.never}`);
			} else if (other.name !== room.name)
				assert.ok(
					other.level < room.level,
					`${file} imports ${target}, which is ${other.level === room.level ? "beside" : "above"} it: move ${file}, or turn the import around (hand in what it needs)`,
				);
			const [, chat] = /^src\/adapters\/(\w+)\//.exec(file) ?? [];
			const [, otherChat] = /^src\/adapters\/(\w+)\//.exec(target) ?? [];
			assert.ok(
				chat === undefined || otherChat === undefined || chat === otherChat,
				`${file} imports another adapter, ${target}: what both need stands in src/adapters/`,
			);
		}
		if (room.forbids !== undefined)
			for (const [index, line] of read(file).split("\n").entries())
				assert.doesNotMatch(line, room.forbids, `${file}:${index + 1}: ${room.name} never holds ${room.never}`);
	});
}

test("no file imports itself in a circle", () => {
	const done = new Set<string>();
	const visit = (file: string, way: readonly string[]): void => {
		const from = way.indexOf(file);
		assert.ok(from < 0, `a circle: ${[...way.slice(Math.max(0, from)), file].join(" -> ")}`);
		if (done.has(file)) return;
		for (const target of importsOf(file)) if (target.startsWith("src/")) visit(target, [...way, file]);
		done.add(file);
	};
	for (const file of sources) visit(file, []);
});

test("the tap is made of our own files and Node.js alone, so that one file runs without our tree", () => {
	const seen = new Set<string>();
	const visit = (file: string, way: string): void => {
		if (seen.has(file)) return;
		seen.add(file);
		// Types are gone when it runs.
		for (const target of importsOf(file, read(file).replace(/^import type [^;]*;$/gm, ""))) {
			if (target.startsWith("src/")) visit(target, `${way} -> ${target}`);
			else assert.ok(target.startsWith("node:"), `${way} imports ${target}`);
		}
		assert.doesNotMatch(read(file), /import\.meta\.(?:url|dirname|filename|resolve)/, `${way}: a bundled file has no neighbors`);
	};
	visit("src/tap-main.ts", "src/tap-main.ts");
	assert.ok(seen.has("src/read/capture/connection.ts"));
});

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
		["/cf520"],
	);
	assert.deepEqual([COMMAND, DISCORD_COMMAND, MESSAGE_COMMAND], ["/cf520", "cf520", "Diagnose 520"]);
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

test("every code has a page with what it means, who is at fault, what to check first, and the documentation", () => {
	for (const code of KNOWN_CODES) {
		const pages = explainPages(String(code));
		const [first] = pages;
		assert.ok(first, String(code));
		assert.match(
			flat(first),
			/^\d+ .*At fault:.*Check first:.*Documentation: https:\/\/developers\.cloudflare\.com\//s,
			String(code),
		);
		const words = pages.map(flat).join("\n");
		assert.doesNotMatch(words, /undefined|null|\[object/, String(code));
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
	const asked = read("test/asked.ts");
	for (const { name, what, edge } of allOriginFiles()) {
		assert.ok(what !== "" && edge >= 200, `${name}.http lacks its first lines`);
		assert.ok(asked.includes(`["${name}"`), `test/asked.ts does not ask about ${name}`);
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

test("README's compose.yaml for replicas starts two on one PostgreSQL, with settings that are taken", () => {
	const [, yaml = ""] =
		/```yaml\n(services:\n(?:(?!```)[^\n]*\n)*?\s+replicas:(?:(?!```)[^\n]*\n)*)```/.exec(read("README.md")) ?? [];
	const Service = z.object({
		restart: z.literal("unless-stopped"),
		environment: z.record(z.string(), z.string()),
	});
	const { services, volumes } = z
		.object({
			services: z.strictObject({
				cf520: Service.extend({
					build: z.literal("."),
					read_only: z.literal(true),
					deploy: z.object({ replicas: z.literal(2) }),
					depends_on: z.object({ database: z.object({ condition: z.literal("service_healthy") }) }),
				}).strict(),
				database: Service.extend({
					image: z.string(),
					volumes: z.array(z.string()),
					healthcheck: z.object({ test: z.array(z.string()), interval: z.string() }).strict(),
				}).strict(),
			}),
			volumes: z.record(z.string(), z.null()),
		})
		.parse(parse(yaml));
	const { cf520, database } = services;
	const dockerfile = read("Dockerfile");
	// By what the image has: Node, and no curl. It answers while the database is away too.
	assert.match(
		dockerfile,
		/^HEALTHCHECK .*CMD \["node", "-e", "fetch\(`http:\/\/127\.0\.0\.1:\$\{process\.env\.PORT\}\/healthz`\)/m,
	);
	assert.match(read("src/http-server.ts"), /path === "\/healthz"/);
	assert.deepEqual(
		database.volumes.map((one) => one.split(":")[0]),
		Object.keys(volumes),
	);
	// As Compose fills it in, with a key and passwords that somebody chose, and with what the image sets.
	const filled = (value: string) =>
		value.replace(
			/\$\{(\w+)(?::[-?][^}]*)?\}/g,
			(_, name) => ({ CF520_KEY: "ab".repeat(32), POSTGRES_PASSWORD: "c0ffee" })[String(name)] ?? "",
		);
	const image = Object.fromEntries(
		[...dockerfile.matchAll(/^ENV (.+)$/gm)].flatMap(([, line = ""]) => line.split(" ").map((one) => one.split("="))),
	);
	const env = {
		...image,
		...Object.fromEntries(Object.entries(cf520.environment).map(([name, value]) => [name, filled(value)])),
	};
	const settings = readSettings(env);
	assert.ok("host" in settings, JSON.stringify(settings));
	assert.equal(settings.dataFile, undefined);
	const url = new URL(settings.database?.url ?? "");
	const { POSTGRES_USER: user, POSTGRES_DB: name, POSTGRES_PASSWORD: password } = database.environment;
	assert.deepEqual(
		[url.hostname, url.username, url.password, url.pathname],
		["database", user, filled(password ?? ""), `/${name}`],
	);
	assert.ok(database.healthcheck.test.includes(user ?? ""));
	// Over TCP: while the image creates the database, a server that is about to stop answers at the socket alone.
	assert.equal(database.healthcheck.test[database.healthcheck.test.indexOf("-h") + 1], "127.0.0.1");
	for (const one of Object.keys(cf520.environment)) assert.match(read("src/settings.ts"), new RegExp(`^\\t${one}:`, "m"));
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

test("the image has one base, and CI's Debian packages one list that names their versions", () => {
	const bases = [...read("Dockerfile").matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
	assert.ok(bases.length === 2 && bases.every((base) => /^\$\{NODE_IMAGE\}$/.test(base ?? "")), String(bases));
	const packages = read(".ci/packages.txt").split("\n").slice(1, -1);
	for (const line of packages) assert.match(line, /^\S+ [a-z0-9.+-]+ \d\S*$/, line);
	for (const program of ["nginx", "apache2", "haproxy", "gunicorn", "php-fpm8.2", "openssl"])
		assert.ok(
			packages.some((line) => line.startsWith(`${program} `)),
			`.ci/packages.txt lacks ${program}`,
		);
	// A system's own decision on services is never overwritten, and ours never stays.
	assert.match(read(".ci/packages"), /set -o noclobber && printf [^\n]*"\$policy"/);
	assert.doesNotMatch(read(".ci/run"), /policy-rc\.d|apt-get/);
});

test("every script of package.json runs files that are there", () => {
	const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read("package.json")));
	for (const [name, script] of Object.entries(scripts))
		for (const [file] of script.matchAll(/(?<=\s)(?:src|test)\/[\w./-]+/g))
			assert.ok(existsSync(join(root, file)), `npm run ${name} lacks ${file}: .gitignore may hide it`);
});

test("README's settings table names every setting, and no other", () => {
	const settings = new Set([...read("src/settings.ts").matchAll(/^\t([A-Z][A-Z0-9_]+):/gm)].map(([, name]) => name));
	const documented = new Set([...read("README.md").matchAll(/^\| `([A-Z][A-Z0-9_]+)`/gm)].map(([, name]) => name));
	assert.deepEqual([...documented].sort(), [...settings].sort());
});
