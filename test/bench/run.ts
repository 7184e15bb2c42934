import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import type { AccountsContext } from "../../src/desk/context.ts";
import { SIGNATURES } from "../../src/knowledge/log-lines/list.ts";
import { ranges } from "../../src/looks/addresses.ts";
import { look } from "../../src/looks/exchange.ts";
import { checkOrigin, checkTarget } from "../../src/looks/guard.ts";
import { lookAtOrigin } from "../../src/looks/origin.ts";
import { readLogs } from "../../src/read/logs/read.ts";
import { findRays } from "../../src/read/ray/find.ts";
import { readTarget } from "../../src/read/text/target.ts";
import type { Globalping } from "../../src/services/globalping.ts";
import type { StatusPageReader } from "../../src/services/status-page.ts";
import { chat } from "../chat.ts";
import { fakeDiscord } from "../fakes/discord.ts";
import { fakeSlack } from "../fakes/slack.ts";
import { labDesk } from "../lab/desk.ts";
import { openLab } from "../lab/lab.ts";
import { serveOrigin } from "../lab/origin.ts";
import { readOriginFile } from "../lab/origin-files.ts";
import { benchReader } from "./reader.ts";
import { benchReading } from "./reading.ts";
import { benchReplicas } from "./replicas.ts";
import { benchService } from "./service.ts";
import { benchStore } from "./store.ts";
import { benchTap } from "./tap.ts";

/** `npm run bench`: each figure as one JSON line, ratios from side by side runs; `within` says whether it holds its limit. */

const run = promisify(execFile);
let missed = 0;
function tell(bench: string, figures: Record<string, number>, value: number, limit: number): void {
	const within = value <= limit;
	if (!within) missed += 1;
	const rounded = Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, Number(figure.toFixed(3))]));
	process.stdout.write(`${JSON.stringify({ bench, ...rounded, limit, within })}\n`);
}
const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
const quantile = (values: readonly number[], q: number) =>
	sorted(values)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? Number.NaN;
const median = (values: readonly number[]) => quantile(values, 0.5);

const MAIN = new URL("../../src/main.ts", import.meta.url).pathname;
const AT_ONCE = 200;
const ACK_P99_MS_MAX = 250;

/** The bot and the laboratory as processes of their own; the fakes here measure. */
async function acknowledgements(): Promise<void> {
	const [slack, discord] = await Promise.all([fakeSlack(), fakeDiscord()]);
	const lab = spawn(process.execPath, [new URL("lab-process.ts", import.meta.url).pathname], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	const { url, resolve } = JSON.parse(String((await once(lab.stdout, "data"))[0])) as { url: string; resolve: string };
	const env = {
		PATH: process.env.PATH ?? "",
		...{
			SLACK_BOT_TOKEN: "xoxb-1",
			SLACK_APP_TOKEN: "xapp-1",
			SLACK_API_URL: slack.apiUrl,
			DISCORD_TOKEN: "aaaaaaaaaa.bbbb.cccc",
			DISCORD_API_URL: discord.apiUrl,
		},
		...{ CF520_ALLOW_TARGETS: "127.0.0.0/8", CF520_RESOLVE: resolve },
	};
	const bot = spawn(process.execPath, [MAIN], { env, stdio: ["ignore", "ignore", "pipe"] });
	let log = "";
	await new Promise<void>((ready) =>
		bot.stderr.on("data", (data) => {
			log += data;
			if (log.includes("slack-connected") && log.includes("discord-connected")) ready();
		}),
	);
	const question = (nth: number) => (nth % 2 === 0 ? url : "8a7d5e2fbcd1a1c3-DFW");
	await Promise.all(Array.from({ length: AT_ONCE }, (_, nth) => slack.command(question(nth), { user: `U${nth}` })));
	tell(
		"slack-acknowledgement-ms",
		{ concurrent: AT_ONCE, p50: median(slack.ackMs), p99: quantile(slack.ackMs, 0.99) },
		quantile(slack.ackMs, 0.99),
		ACK_P99_MS_MAX,
	);
	const answered = () => log.split('"event":"question"').length - 1;
	while (answered() < AT_ONCE) await once(bot.stderr, "data");
	await Promise.all(
		Array.from({ length: AT_ONCE }, (_, nth) => discord.command(question(nth), { user: `4000000000000000${100 + nth}` })),
	);
	tell(
		"discord-acknowledgement-ms",
		{ concurrent: AT_ONCE, p50: median(discord.ackMs), p99: quantile(discord.ackMs, 0.99) },
		quantile(discord.ackMs, 0.99),
		ACK_P99_MS_MAX,
	);
	bot.kill("SIGTERM");
	await once(bot, "close");
	lab.kill("SIGTERM");
	await Promise.all([slack.close(), discord.close()]);
}

/** A look and curl's own time_total in turn, same address, same page, an edge 50 ms away. */
async function lookAgainstCurl(): Promise<void> {
	const lab = await openLab({ delayMs: 50 });
	const url = lab.url("healthy", "/x");
	const target = readTarget(url);
	if ("why" in target) throw new Error("unreadable");
	const checked = await checkTarget(target, { allow: ranges(["127.0.0.0/8"]), resolve: lab.resolve, resolver: async () => [] });
	if ("why" in checked) throw new Error(checked.why);
	const ratios: number[] = [];
	const ours: number[] = [];
	const curls: number[] = [];
	for (let nth = 0; nth < 31; nth += 1) {
		const seen = await look(
			checked,
			{ route: "through-edge", purpose: "page", url, method: "GET", startedAtMs: 0 },
			{ accept: "*/*" },
			{ ca: lab.certificates.ca, insecure: false, httpVersion: 1, userAgent: "bench", limitMs: 5_000 },
		);
		const { stdout } = await run("curl", [
			"-sk",
			"-o",
			"/dev/null",
			"-w",
			"%{time_total}",
			"--http1.1",
			"--resolve",
			`${target.host}:${target.port}:127.0.0.1`,
			url,
		]);
		// The first one of each warms up.
		if (nth === 0) continue;
		ours.push(seen.timings.endedMs);
		curls.push(Number(stdout) * 1000);
		ratios.push(seen.timings.endedMs / (Number(stdout) * 1000));
	}
	tell("look-against-curl", { look: median(ours), curl: median(curls), ratio: median(ratios) }, median(ratios), 1.25);
	await lab.close();
}

/** From the question to the last message, against the slowest single look in it, an edge 300 ms away. */
async function verdictAgainstSlowestLook(): Promise<void> {
	const lab = await openLab({ delayMs: 300 });
	const ratios: number[] = [];
	for (let nth = 0; nth < 9; nth += 1) {
		const started = performance.now();
		const { reply } = await labDesk(lab).handle(lab.url("closes-empty", `/checkout?${nth}`), chat());
		const whole = performance.now() - started;
		const looks = reply.data.looks as { endedMs: number }[];
		if (nth > 0) ratios.push(whole / Math.max(...looks.map((one) => one.endedMs)));
	}
	tell("verdict-against-slowest-look", { ratio: median(ratios) }, median(ratios), 1.5);
	await lab.close();
}

/** From the question to the verdict with its question, with services that hang against none, in one run. */
async function verdictBesideHangingServices(): Promise<void> {
	const lab = await openLab({ delayMs: 300 });
	const late = <T>(kind: T) => new Promise<{ readonly kind: T }>((resolve) => setTimeout(resolve, 300, { kind }));
	const lost = () => late("unreachable" as const);
	const statusPage: StatusPageReader = { read: () => late("unreadable" as const) };
	const globalping: Globalping = { hasToken: false, create: lost, repeat: lost, read: lost, limits: lost };
	const question = { zoneOf: lost, shares: lost, configuration: lost, ray: lost };
	const accounts: AccountsContext = {
		client: { connect: lost, forget: () => {}, question: () => question },
		own: { token: "cfut_hangs", platform: "test", workspace: "test T1" },
	};
	const hangs = { with: { statusPage, globalping, accounts }, without: {} } as const;
	const took: Record<"with" | "without", number[]> = { with: [], without: [] };
	for (let nth = 0; nth < 9; nth += 1)
		for (const name of ["with", "without"] as const) {
			const started = performance.now();
			let told = 0;
			const asked = chat({
				location: () => ({ messageRef: "head", threadKey: "thread" }),
				workspace: "test T1",
				followUp: async () => {
					told ||= performance.now() - started;
					return "question";
				},
			});
			await labDesk(lab, hangs[name]).handle(`${lab.url("closes-empty", `/s?${name}${nth}`)} from world`, asked);
			if (nth > 0) took[name].push(told);
		}
	const ratio = median(took.with) / median(took.without);
	tell("verdict-beside-hanging-services", { with: median(took.with), without: median(took.without), ratio }, ratio, 1.05);
	await lab.close();
}

/** Time per byte over 1 MB against 250 KB: near 1 where it is linear. */
function extraction(): void {
	const now = Date.UTC(2026, 10, 22);
	const fill = (bytes: number) =>
		'x "cf-ray": "8a7d5e2fbcd1a1c3-DFW", ETag: "5d8c72a5edda8d6a" Ray ID: <b>9280b115fca3dbe0</b> '
			.repeat(Math.ceil(bytes / 90))
			.slice(0, bytes);
	const perByte = (bytes: number) => {
		const text = fill(bytes);
		return median(
			Array.from({ length: 9 }, () => {
				const started = performance.now();
				findRays(text, now);
				return (performance.now() - started) / bytes;
			}),
		);
	};
	perByte(250_000);
	const small = perByte(250_000);
	const large = perByte(1_000_000);
	tell("extraction-linear", { msFor1MB: large * 1_000_000, ratio: large / small }, large / small, 1.5);
}

/** 5,000 lines of logs, every eighth of them one that is known. */
function logs(): void {
	const text = Array.from({ length: 5_000 }, (_, nth) =>
		nth % 8 === 0
			? (SIGNATURES[(nth / 8) % SIGNATURES.length]?.example.split("\n").at(-1) ?? "")
			: `192.0.2.1 - - [22/Nov/2026:12:00:05 +0000] "GET /${nth} HTTP/1.1" 200 ${nth} "-" "Mozilla/5.0"`,
	).join("\n");
	const took = median(
		Array.from({ length: 5 }, () => {
			const started = performance.now();
			readLogs(text);
			return performance.now() - started;
		}),
	);
	tell("logs-5000-lines-ms", { ms: took }, took, 1_000);
}

/** A one-shot Ray question against an empty program: the chat SDKs must not be loaded for it. */
function start(): void {
	const timed = (args: string[]) => {
		const started = performance.now();
		execFileSync(process.execPath, args, { stdio: "ignore" });
		return performance.now() - started;
	};
	const ratios: number[] = [];
	const ours: number[] = [];
	for (let nth = 0; nth < 11; nth += 1) {
		const one = timed([MAIN, "8a7d5e2fbcd1a1c3-DFW"]);
		const empty = timed(["--input-type=module", "-e", ""]);
		ours.push(one);
		ratios.push(one / empty);
	}
	const sdks = (name: string) =>
		ratios.length > 0 &&
		execFileSync(
			process.execPath,
			[
				"--input-type=module",
				"-e",
				`const t = performance.now(); await import(${JSON.stringify(name)}); process.stdout.write(String(performance.now() - t))`,
			],
			{ encoding: "utf8" },
		);
	tell(
		"start-of-one-question",
		{
			ms: median(ours),
			ratioToEmptyProgram: median(ratios),
			boltAloneMs: Number(sdks("@slack/bolt")),
			discordJsAloneMs: Number(sdks("discord.js")),
		},
		median(ratios),
		12,
	);
}

/** The reader against two others on the same bytes: ahead of http-parser-js everywhere, within a factor of 3 of llhttp on content. */
function reader(): void {
	for (const { name, ours, llhttp, httpParserJs } of benchReader()) {
		const toJs = ours / httpParserJs;
		tell(`reader-${name}-against-http-parser-js`, { ours, httpParserJs, ratio: toJs }, toJs, 1);
		const toLlhttp = ours / llhttp;
		if (name.startsWith("chunked")) tell(`reader-${name}-against-llhttp`, { ours, llhttp, ratio: toLlhttp }, toLlhttp, 3);
		else
			process.stdout.write(
				`${JSON.stringify({ bench: `reader-${name}-against-llhttp`, ours: Number(ours.toFixed(3)), llhttp: Number(llhttp.toFixed(3)), ratio: Number(toLlhttp.toFixed(3)) })}\n`,
			);
	}
}

/** Peak memory of a process of its own that reads a streamed response of 1 GB, against one of 1 MB. */
function memory(): void {
	const peak = (bytes: number) =>
		Number(
			execFileSync(process.execPath, [new URL("reader-memory.ts", import.meta.url).pathname, String(bytes)], {
				encoding: "utf8",
			}),
		);
	const small = peak(1_000_000);
	const large = peak(1_000_000_000);
	tell("reader-memory-1gb-against-1mb", { small, large, ratio: large / small }, large / small, 1.25);
}

/** Peak memory of processes that read recordings of packets made on the fly, in MB: a site as it is, then what would fill it. */
function captures(): void {
	for (const [kind, bytes] of [
		["kept-alive", 2_000_000_000],
		["left-open", 400_000_000],
		["without-length", 400_000_000],
		["requests-only", 400_000_000],
		["barely-begun", 200_000_000],
		["endless-headers", 400_000_000],
		["compressed", 400_000_000],
	] as const) {
		const { peakKb, tookMs, exchanges, listed } = JSON.parse(
			execFileSync(process.execPath, [new URL("capture-memory.ts", import.meta.url).pathname, String(bytes), kind], {
				encoding: "utf8",
			}),
		) as { peakKb: number; tookMs: number; exchanges: number; listed: number };
		const peakMb = peakKb / 1_024;
		tell(
			`capture-memory-${kind}`,
			{ peakMb, readMb: bytes / 1_000_000, mbPerSecond: bytes / 1_000 / tookMs, exchanges, listed },
			peakMb,
			256,
		);
	}
}

/** The plain one of the looks at an origin and curl's own time_total in turn, same address, an origin that takes 50 ms. */
async function originLookAgainstCurl(): Promise<void> {
	const origin = await serveOrigin(() => ({ ...readOriginFile("findings/whole"), afterMs: 50 }));
	const target = readTarget(`http://origin.lab.example:${origin.port}/`);
	if ("why" in target) throw new Error("unreadable");
	const checked = checkOrigin(target, "127.0.0.1", origin.port, {
		allow: ranges(["127.0.0.0/8"]),
		resolve: new Map(),
		resolver: async () => [],
	});
	if ("why" in checked) throw new Error(checked.why);
	const ratios: number[] = [];
	const ours: number[] = [];
	const curls: number[] = [];
	for (let nth = 0; nth < 21; nth += 1) {
		const [plain] = await lookAtOrigin(
			[checked],
			{ ca: null, insecure: true, httpVersion: 1, userAgent: "bench", limitMs: 5_000 },
			Date.now,
		);
		const { stdout } = await run("curl", [
			"-s",
			"-o",
			"/dev/null",
			"-w",
			"%{time_total}",
			"--http1.1",
			`http://127.0.0.1:${origin.port}/`,
		]);
		if (nth === 0 || plain === undefined) continue;
		ours.push(plain.timings.endedMs);
		curls.push(Number(stdout) * 1000);
		ratios.push(plain.timings.endedMs / (Number(stdout) * 1000));
	}
	tell("origin-look-against-curl", { look: median(ours), curl: median(curls), ratio: median(ratios) }, median(ratios), 1.25);
	await origin.close();
}

reader();
memory();
captures();
await originLookAgainstCurl();
await acknowledgements();
await lookAgainstCurl();
await verdictAgainstSlowestLook();
await verdictBesideHangingServices();
await benchService(tell);
await benchStore(tell);
await benchReplicas();
await benchTap(tell);
extraction();
logs();
await benchReading(tell);
start();
process.exitCode = missed === 0 ? 0 : 1;
