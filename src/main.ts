import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { TerminalArguments } from "./adapters/terminal/arguments.ts";
import type { TerminalStyle } from "./adapters/terminal/render.ts";
import type { AccountsContext } from "./desk/context.ts";
import type { Desk } from "./desk/desk.ts";
import type { Metrics, ServiceName } from "./desk/metrics.ts";
import type { Stores } from "./desk/stores.ts";
import type { Log } from "./log.ts";
import type { Service } from "./services/call.ts";
import type { Database, Settings } from "./settings.ts";
import type { Clock } from "./store/clock.ts";

// Before anything of ours is loaded: what is compiled once starts in half the time. Where it cannot be written, nothing is cached.
enableCompileCache(fileURLToPath(new URL("../node_modules/.cache/cf520", import.meta.url)));
// A question on the command line is over before that matters; a recording of gigabytes and a tap are not.
if (process.argv.length <= 2 || process.argv.includes("capture") || process.argv[2] === "tap")
	(await import("./process-memory.ts")).keepMemorySmall();
const { readArguments } = await import("./adapters/terminal/arguments.ts");
const { openDesk } = await import("./desk/desk.ts");
const { noMetrics } = await import("./desk/metrics.ts");
const { hasher, openLog } = await import("./log.ts");
const { LIMITS, openLimits } = await import("./looks/limits.ts");
const { systemResolver } = await import("./looks/lookup.ts");
const { codeOf, nameOf } = await import("./read/error.ts");
const { tokenFormButton } = await import("./reply/account.ts");
const { openCloudflare } = await import("./services/cloudflare/cloudflare.ts");
const { openGlobalping } = await import("./services/globalping.ts");
const { statusPage } = await import("./services/status-page.ts");
const { dropSecrets, readSettings } = await import("./settings.ts");

/** One look at most; Cloudflare's own 125 s are too long to keep people waiting. */
const LOOK_MS_MAX = 30_000;
/** Past the usual time-outs of 60 s in front of applications. */
const ORIGIN_LOOK_MS_MAX = 65_000;
const SITES_AT_ONCE = 16;
/** Slack allows about one edit a second in a channel. */
const PROGRESS_EVERY_MS = 2_000;
/** A terminal only writes a line over. */
const TERMINAL_PROGRESS_EVERY_MS = 250;
/** What a terminal has that does not say, and what is still easy to read across. */
const TERMINAL_COLUMNS = 80;
const TERMINAL_COLUMNS_MAX = 110;
/** Docker sends SIGKILL 10 s after SIGTERM. */
const STOP_MS_MAX = 8_000;

const VERSION = (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }).version;

const CLOCK: Clock = {
	now: Date.now,
	later: (ms, work) => {
		const timer = setTimeout(work, ms);
		return () => clearTimeout(timer);
	},
};

/** Ends at once when it is aborted. */
const wait = (ms: number, signal?: AbortSignal): Promise<void> => sleep(ms, undefined, { signal }).catch(() => {});

const say = (text: string) => process.stderr.write(text);

const log = openLog();
/** For a person at a terminal only what broke is worth a line. */
const quiet: Log = Object.assign((line: Parameters<Log>[0]) => void (line.event === "broke" && log(line)), {
	withCaseId: log.withCaseId,
});

const contactIn = ({ contact }: Settings): string => (contact === undefined ? "" : `; +${contact}`);
const serviceAgent = (settings: Settings): string => `cf520/${VERSION} (chat bot${contactIn(settings)})`;

/** As third parties see us, and how often each is asked. */
const serviceOf = (settings: Settings, name: ServiceName, metrics: Metrics): Pick<Service, "userAgent" | "counted"> => ({
	userAgent: serviceAgent(settings),
	counted: (result) => metrics.serviceCalled(name, result),
});

/** null: they are switched off. */
function accountsOf(settings: Settings, stores: Stores, metrics: Metrics): AccountsContext | null {
	const { cloudflare } = settings;
	if (cloudflare === null) return null;
	const { hashed, requestCounts, sweepMs } = stores;
	const shared = async (access: string, max: number, windowMs: number): Promise<number | null> => {
		const full = await requestCounts.reserve([{ key: `cloudflare-api ${hashed(access)}`, amount: 1, max, windowMs }]);
		return full === null ? null : full.againMs;
	};
	return {
		client: openCloudflare(
			{ base: cloudflare.url, ...serviceOf(settings, "cloudflare", metrics) },
			CLOCK,
			sweepMs === null ? undefined : shared,
		),
		own: cloudflare.own,
		tokenForm: ({ platform }, host) => (platform === "slack" ? tokenFormButton(host) : null),
	};
}

function deskFor(
	settings: Settings,
	args: Pick<TerminalArguments, "insecure" | "httpVersion" | "resolve"> & { readonly progressEveryMs?: number },
	stores: Stores,
	own: Log,
	metrics: Metrics = noMetrics,
): Desk {
	return openDesk({
		...CLOCK,
		random: Math.random,
		newCaseId: () => randomBytes(16).toString("base64url"),
		rules: {
			allow: settings.allowTargets,
			deny: settings.denyTargets,
			resolve: new Map([...settings.resolve, ...args.resolve]),
			resolver: systemResolver,
		},
		lookOptions: {
			ca: null,
			insecure: args.insecure,
			httpVersion: args.httpVersion,
			userAgent: `Mozilla/5.0 (compatible; cf520/0.1; diagnoses Cloudflare error pages on request${contactIn(settings)})`,
			limitMs: LOOK_MS_MAX,
		},
		originLimitMs: ORIGIN_LOOK_MS_MAX,
		stores,
		limits: openLimits(LIMITS, {
			counts: stores.requestCounts,
			now: CLOCK.now,
			hashed: stores.hashed,
			storeFailed: (error) => {
				// Nothing is requested that other processes do not count.
				if (stores.sweepMs !== null) throw error;
				own({ event: "store-failed", error: nameOf(error) });
			},
		}),
		statusPage:
			settings.statusUrl === null
				? null
				: statusPage({ base: settings.statusUrl, ...serviceOf(settings, "status", metrics) }, CLOCK, () =>
						own({ event: "status-page-not-read" }),
					),
		globalping:
			settings.globalping === null
				? null
				: openGlobalping({ ...settings.globalping, ...serviceOf(settings, "globalping", metrics) }, { now: CLOCK.now, wait }),
		log: own,
		withCaseId: own.withCaseId,
		metrics,
		hashed: hasher(settings.key),
		accounts: accountsOf(settings, stores, metrics),
		sitesAtOnce: SITES_AT_ONCE,
		progressEveryMs: args.progressEveryMs ?? PROGRESS_EVERY_MS,
		version: VERSION,
	});
}

const NO_FILE =
	"I cannot open the file that CF520_DATA names as an SQLite database. Check its path and permissions. Move it aside if it is not a cf520 database; I will create a new one.";
const NO_DATABASE =
	"The database that DATABASE_URL names does not take me. Check its name, user and password, and that the user owns the database.";
const NOT_THEIR_KEY =
	"Processes with another CF520_KEY run on the database that DATABASE_URL names. Set their key, or stop all of them first: what they stored is unreadable then.";
const NO_TLS =
	"The database that DATABASE_URL names and I do not agree on TLS. Set sslmode and sslrootcert in DATABASE_URL as its operator says, or sslmode=disable where it has none.";
const WAITING = "The database that DATABASE_URL names does not answer. I wait for it.";

/** What was written with another key stays unreadable, and is told once. */
const toldOtherKey = (where: string) => () =>
	log({
		event: "other-key",
		say: `${where} was written with another key, so I cannot read its questions, cases, watches and admin settings. New data is stored as usual.`,
	});

const newer = (where: string, what: string, { version }: { readonly version: string | null }): string =>
	`${where} was written by ${version === null ? "a newer version" : `version ${version}`}, and this is ${VERSION}. Keep the ${what}, and start the newer version again.`;

/** What outlives a question; a text is what to tell the operator when that cannot be opened. */
async function openStores({ dataFile: file, database, key }: Settings, signal: AbortSignal): Promise<Stores | string> {
	// Without a key the settings are unusable.
	if (database !== null && key !== null) return openDatabase(database, key, signal);
	const { memoryStores } = await import("./store/sqlite/sqlite.ts");
	if (file === undefined) return memoryStores(CLOCK);
	const { lockedStores } = await import("./store/sqlite/locked.ts");
	const { BadKeyFile } = await import("./store/key-file.ts");
	const { NewerDatabase } = await import("./store/sqlite/migrations.ts");
	try {
		return (
			lockedStores(file, CLOCK, { key, version: VERSION, otherKey: toldOtherKey("CF520_DATA") }) ??
			"CF520_DATA is in use by another process. Give each process its own file, or stop the other one."
		);
	} catch (error) {
		if (error instanceof BadKeyFile)
			return "The .key file next to CF520_DATA is not a cf520 key. Restore the right one, or move it aside; I will create a new one, but cannot read the data stored so far.";
		return error instanceof NewerDatabase ? newer("CF520_DATA", "file", error) : NO_FILE;
	}
}

/** The database of several processes, which is waited for: it may be starting beside us. */
async function openDatabase({ url, leaseMs }: Database, key: Uint8Array, signal: AbortSignal): Promise<Stores | string> {
	const { DatabaseRefused, postgresStores } = await import("./store/postgres/postgres.ts");
	const { NewerDatabase } = await import("./store/newer-database.ts");
	const { OtherKey } = await import("./store/other-key.ts");
	let isOpen = false;
	/** Later the desk says so: it knows what else does not answer. */
	const away = (code: string | null) => {
		if (!isOpen) log(code === null ? { event: "store-back" } : { event: "store-away", code, say: WAITING });
	};
	const options = { key, version: VERSION, otherKey: toldOtherKey("DATABASE_URL"), away, signal };
	try {
		const stores = await postgresStores(url, CLOCK, leaseMs === null ? options : { ...options, leaseMs });
		isOpen = true;
		return stores;
	} catch (error) {
		if (error instanceof NewerDatabase) return newer("DATABASE_URL", "database", error);
		if (error instanceof OtherKey) return NOT_THEIR_KEY;
		const code = codeOf(error);
		const why = error instanceof DatabaseRefused && error.isTls ? NO_TLS : NO_DATABASE;
		return `${why}${code === null ? "" : ` (${code})`}`;
	}
}

/** https://no-color.org: any value but an empty one. */
const noColor = (process.env.NO_COLOR ?? "") !== "";

/** A pipe has no columns, and some terminals say 0. */
const columnsOf = ({ columns }: NodeJS.WriteStream): number => (columns > 0 ? columns : TERMINAL_COLUMNS);

function terminalStyle(askPrefix: string): TerminalStyle {
	return {
		colour: process.stdout.isTTY === true && !noColor,
		width: Math.min(columnsOf(process.stdout), TERMINAL_COLUMNS_MAX),
		askPrefix,
	};
}

async function runTerminal(settings: Settings, args: TerminalArguments): Promise<number> {
	const { askOnce, prompt } = await import("./adapters/terminal/terminal.ts");
	const style = terminalStyle(args.question === "" ? "" : "npm start -- ");
	const liveColumns = process.stderr.isTTY === true ? columnsOf(process.stderr) : null;
	const streams = { out: (text: string) => void process.stdout.write(text), aside: say, liveColumns };
	const { memoryStores } = await import("./store/sqlite/sqlite.ts");
	const stores = memoryStores(CLOCK);
	const desk = deskFor(settings, { ...args, progressEveryMs: TERMINAL_PROGRESS_EVERY_MS }, stores, quiet);
	if (args.html !== null) {
		const { askForReport } = await import("./adapters/terminal/terminal.ts");
		const { whyNoReportFile, writeReportFile } = await import("./adapters/terminal/report-file.ts");
		const file = args.html;
		const report = {
			file,
			whyNot: () => whyNoReportFile(file),
			write: (page: string) => writeReportFile(file, page),
			opened: () => stores.cases.inThread("terminal"),
			now: CLOCK.now,
			version: VERSION,
		};
		return askForReport(desk, args.question, args, style, streams, report);
	}
	if (args.question === "") return prompt(desk, args, style, process.stdin, streams);
	const status = await askOnce(desk, args.question, args, style, streams);
	if (args.question === "help" && !args.json) streams.out((await import("./reply/help.ts")).operatorHelp);
	return status;
}

/** `trace`: for the owner of the key, after a complaint about a check of an IP address. */
async function runTrace(settings: Settings, words: readonly string[]): Promise<number> {
	const { readTrace, traceLines } = await import("./adapters/terminal/trace.ts");
	const { traceKeyOf } = await import("./looks/limits.ts");
	const asked = readTrace(words);
	if (typeof asked === "string") {
		say(`cf520: ${asked}\n`);
		return 2;
	}
	const { dataFile, database, key } = settings;
	const keyOf = (person: string, hashed: (text: string) => string) => traceKeyOf(person, asked.address, hashed);
	try {
		let times: readonly (readonly number[])[];
		if (database !== null && key !== null) {
			const { countedAt } = await import("./store/postgres/traces.ts");
			times = await countedAt(database.url, key, (hashed) => asked.people.map((person) => keyOf(person, hashed)));
		} else if (dataFile !== undefined) {
			const { countedAt } = await import("./store/sqlite/traces.ts");
			times = asked.people.map((person) => countedAt(dataFile, key, (hashed) => keyOf(person, hashed)));
		} else {
			say("cf520: trace needs CF520_DATA, the path of the bot's file, or DATABASE_URL, its database.\n");
			return 2;
		}
		process.stdout.write(`${traceLines(asked, times).join("\n")}\n`);
		return 0;
	} catch (error) {
		const { OtherKey } = await import("./store/other-key.ts");
		const why =
			error instanceof OtherKey
				? "What is stored was encrypted with another key than CF520_KEY, so nothing can be found. Use the bot's key."
				: database === null
					? "I cannot read the file that CF520_DATA names, or its key (CF520_KEY, or the .key file next to it)."
					: `I cannot read the database that DATABASE_URL names (${codeOf(error) ?? nameOf(error)}).`;
		say(`cf520: ${why}\n`);
		return 2;
	}
}

/** `doctor`: what is wrong with this installation, also when its settings are not usable. */
async function runDoctor(words: readonly string[], json: boolean): Promise<number> {
	const { readSettingsPart } = await import("./settings.ts");
	const { givenOf, readDoctorWords } = await import("./doctor/given.ts");
	const { examine } = await import("./doctor/doctor.ts");
	const { doctorJson, doctorScreen } = await import("./adapters/terminal/doctor.ts");
	const { statusOf } = await import("./reply/doctor.ts");
	const asked = readDoctorWords(words);
	if (typeof asked === "string") {
		say(`cf520: ${asked}\n`);
		return 2;
	}
	const part = readSettingsPart(process.env);
	dropSecrets(process.env);
	const told = await examine(givenOf(part, asked, VERSION));
	process.stdout.write(json ? doctorJson(told) : doctorScreen(told, terminalStyle("")));
	return statusOf(told);
}

async function main(): Promise<number> {
	// A closed pipe (head, less) is not an error.
	process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
	const [first, ...flags] = process.argv.slice(2);
	if (first === "tap") {
		const { processStreams, runTap } = await import("./tap/tap.ts");
		const { renderTerminal } = await import("./adapters/terminal/render.ts");
		return runTap(
			flags,
			processStreams("npm start -- tap", VERSION, (message) =>
				renderTerminal(message, { ...terminalStyle("npm start -- "), colour: false }),
			),
		);
	}
	if (first === "capture" && flags.length === 1 && /^(?:--help|-h|help)$/.test(flags[0] ?? "")) {
		const { renderTerminal } = await import("./adapters/terminal/render.ts");
		const { captureHelp } = await import("./reply/capture.ts");
		process.stdout.write(`${renderTerminal(captureHelp, terminalStyle(""))}\n\n`);
		return 0;
	}
	const args = readArguments(process.argv.slice(2));
	if (typeof args === "string") {
		say(`cf520: ${args}\n`);
		return 2;
	}
	if (args.question === "ray -") {
		const { rayLines } = await import("./adapters/terminal/ray-lines.ts");
		await rayLines(process.stdin, (line) => process.stdout.write(`${line}\n`), Date.now());
		return 0;
	}
	if (args.question === "read -") {
		const { readLines } = await import("./adapters/terminal/read-lines.ts");
		await readLines(process.stdin, (line) => process.stdout.write(`${line}\n`), Date.now);
		return 0;
	}
	const [verb, ...names] = args.words;
	if (verb === "doctor") return runDoctor(names, args.json);
	// A paste given as an argument is a question; a name is a file.
	const pasted = names.some((name) => name.includes("\n")) || /^HTTP\/\d/.test(names[0] ?? "");
	if (verb === "autopsy" && names.length > 0 && !pasted) {
		const { autopsyFiles, autopsyLines } = await import("./adapters/terminal/autopsy.ts");
		const out = (text: string) => void process.stdout.write(text);
		if (names.length === 1 && names[0] === "-") {
			await autopsyLines(process.stdin, (line) => out(`${line}\n`));
			return 0;
		}
		return autopsyFiles(names, args.json, terminalStyle(""), out, say);
	}
	if (args.question === "logs -") {
		const { logLines } = await import("./adapters/terminal/logs.ts");
		await logLines(process.stdin, (line) => process.stdout.write(`${line}\n`));
		return 0;
	}
	if (verb === "judge" && names.length > 0) {
		const { judgeFiles, judgeLines } = await import("./adapters/terminal/judge.ts");
		const out = (line: string) => void process.stdout.write(`${line}\n`);
		if (names.length === 1 && names[0] === "-") {
			await judgeLines(process.stdin, out);
			return 0;
		}
		return judgeFiles(names, out, say);
	}
	if (verb === "manifest") {
		const { manifestFor } = await import("./adapters/slack/manifest.ts");
		const asked = manifestFor(names);
		if ("problem" in asked) {
			say(`cf520: ${asked.problem}\n`);
			return 2;
		}
		process.stdout.write(asked.yaml);
		return 0;
	}
	if (verb === "capture") {
		const { captureFiles, captureLines } = await import("./adapters/terminal/capture.ts");
		const out = (text: string) => void process.stdout.write(text);
		if (names.length === 1 && names[0] === "-") {
			await captureLines(process.stdin, (line) => out(`${line}\n`));
			return 0;
		}
		return captureFiles(names, args.json, terminalStyle(""), out, say);
	}
	const settings = readSettings(process.env);
	dropSecrets(process.env);
	if (!("host" in settings)) {
		for (const problem of settings) say(`cf520: ${problem.say}\n`);
		return 2;
	}
	if (verb === "trace") return runTrace(settings, names);
	if (args.question === "demo" || args.question === "demo all") {
		const laboratory = await import("../test/lab/demo.ts").catch(() => null);
		if (laboratory === null) {
			say("cf520: the demo needs a source checkout with its dev dependencies, which the image does not contain.\n");
			return 2;
		}
		return laboratory.demo(terminalStyle(""), args.question === "demo all");
	}
	if (args.question !== "" || (settings.slack === null && settings.discord === null)) return runTerminal(settings, args);
	const { runBots } = await import("./supervisor.ts");
	const open = async (metrics: Metrics, signal: AbortSignal) => {
		const stores = await openStores(settings, signal);
		if (typeof stores === "string") return stores;
		const { installs, leases, close } = stores;
		return { desk: deskFor(settings, args, stores, log, metrics), installs, leases, close };
	};
	return runBots(settings, open, log, STOP_MS_MAX);
}

process.exitCode = await main();
