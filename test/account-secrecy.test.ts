import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { type FakeCloudflare, startFakeCloudflare } from "./fakes/cloudflare.ts";
import { type FakeDiscord, fakeDiscord } from "./fakes/discord.ts";
import { type FakeGlobalping, openFakeGlobalping } from "./fakes/globalping.ts";
import { type FakeSlack, fakeSlack, type SlackMessage } from "./fakes/slack.ts";
import { CLEAN, type FakeStatus, openFakeStatus } from "./fakes/status.ts";
import { seeded, traffic } from "./fakes/traffic.ts";
import { type Lab, openLab } from "./lab/lab.ts";
import { closed, listening } from "./lab/origin.ts";
import { flatSlack } from "./normal.ts";

/**
 * The owner's token and the program as a process: every file that it writes, everything that it prints, its metrics, Node's diagnostic
 * reports, and every byte that anybody receives from it. The token goes to one host, in one header.
 */

const MAIN = new URL("../src/main.ts", import.meta.url).pathname;
const ZONE = "023e105f4ecef8ad9ca31a8372d0c353";
const HOST = "closes-empty.lab.example";
/** Given in the form. */
const GIVEN = `cfut_${"g1v3n".repeat(8)}0badc0de`;
/** Typed where no token belongs. */
const TYPED = `cfat_${"typ3d".repeat(8)}0badc0de`;
/** A secret of no form that is known. */
const ODD = "odd-s3cret-of-no-form";
const OWN: Readonly<Record<string, string>> = {
	SLACK_BOT_TOKEN: "xoxb-s3same-bot",
	SLACK_APP_TOKEN: "xapp-s3same-app",
	DISCORD_TOKEN: "s3same0000.bbbb.cccc",
	CF520_GLOBALPING_TOKEN: "s3same-globalping",
	CF520_CLOUDFLARE_TOKEN: `cfut_${"s3sam".repeat(8)}0badc0de`,
	CF520_KEY: "5e5a3e".repeat(11).slice(0, 64),
};
/** Ends the program as a defect would, with a token in the error's own text. */
const CRASHES: Readonly<Record<string, string>> = {
	thrown: `setImmediate(() => { throw new Error("about ${GIVEN}\\n    at ${GIVEN} (${TYPED})"); })`,
	rejected: `Promise.reject(new Error("about ${GIVEN}\\n    at ${GIVEN} (${TYPED})"))`,
};

/** Somebody between the program and a server, who keeps all that the server receives. */
async function tap(to: string) {
	const target = new URL(to);
	const received: Buffer[] = [];
	const server = createServer((from) => {
		const onward = connect(Number(target.port), "127.0.0.1");
		from.on("data", (bytes: Buffer) => void received.push(bytes));
		from.pipe(onward).pipe(from);
		for (const one of [from, onward]) one.on("error", () => one.destroy()).on("close", () => onward.destroy());
		open.add(from);
	});
	const open = new Set<import("node:net").Socket>();
	const port = await listening(server);
	const url = new URL(to);
	url.port = String(port);
	return {
		url: url.href.replace(/\/$/, to.endsWith("/") ? "/" : ""),
		port,
		text: () => Buffer.concat(received).toString("latin1"),
		close: () => closed(server, open),
	};
}
type Tap = Awaited<ReturnType<typeof tap>>;
const SERVERS = ["slack", "discord", "status", "globalping", "edge", "cloudflare"] as const;
type Server = (typeof SERVERS)[number];

let lab: Lab;
let slack: FakeSlack;
let discord: FakeDiscord;
let status: FakeStatus;
let globalping: FakeGlobalping;
let cloudflare: FakeCloudflare;
let taps: Readonly<Record<Server, Tap>>;

before(async () => {
	lab = await openLab();
	const edge = { port: lab.edge.httpsPort, ca: lab.certificates.ca, enter: () => {} };
	[slack, discord, status, globalping, cloudflare] = await Promise.all([
		fakeSlack(),
		fakeDiscord(),
		openFakeStatus(CLEAN),
		openFakeGlobalping({ now: Date.now, edge, token: OWN.CF520_GLOBALPING_TOKEN ?? "" }),
		startFakeCloudflare(Date.now, seeded(7)),
	]);
	slack.admins = new Set(["U1"]);
	const all = {
		slack: slack.apiUrl,
		discord: discord.apiUrl,
		status: status.url,
		globalping: globalping.url,
		cloudflare: cloudflare.url,
	};
	const opened = { ...all, edge: `http://127.0.0.1:${lab.edge.httpPort}/` };
	taps = Object.fromEntries(await Promise.all(SERVERS.map(async (name) => [name, await tap(opened[name])] as const))) as Record<
		Server,
		Tap
	>;
	const requests = traffic(Date.now() - 60_000, 57, 60, { fails: (_request, _minute, random) => random() < 0.2 });
	const ofHost = requests.map((one) => ({ ...one, host: HOST }));
	cloudflare.zones.push({ id: ZONE, name: "lab.example", plan: "free", account: ZONE, requests: ofHost });
	const permissions = ["zone", "analytics", "settings", "routes", "user"] as const;
	cloudflare.tokens.push({ token: GIVEN, id: ZONE, kind: "user", status: "active", zones: [ZONE], permissions });
});
after(async () => {
	await Promise.all(Object.values(taps).map((one) => one.close()));
	await Promise.all([slack.close(), discord.close(), status.close(), globalping.close(), cloudflare.close(), lab.close()]);
});

const until = async (holds: () => boolean) => {
	while (!holds()) await setImmediate();
};

/** The program between both chats, with everything that it leaves behind in one folder. */
function start(folder: string, env: Readonly<Record<string, string>> = OWN, preload?: string) {
	const reports = ["--report-on-signal", "--report-uncaught-exception", "--report-on-fatalerror", `--report-directory=${folder}`];
	const crash = join(folder, "crash.mjs");
	if (preload !== undefined) writeFileSync(crash, `process.on("SIGHUP", () => { ${preload}; });\n`);
	const child = spawn(process.execPath, [...reports, ...(preload === undefined ? [] : ["--import", crash]), MAIN], {
		env: {
			PATH: process.env.PATH ?? "",
			SLACK_API_URL: taps.slack.url,
			DISCORD_API_URL: taps.discord.url,
			CF520_STATUS_URL: taps.status.url,
			CF520_GLOBALPING_URL: taps.globalping.url,
			CF520_CLOUDFLARE_URL: taps.cloudflare.url,
			CF520_CLOUDFLARE_WORKSPACE: "terminal",
			CF520_ALLOW_TARGETS: "127.0.0.0/8",
			CF520_RESOLVE: `${HOST}:${taps.edge.port}:127.0.0.1`,
			CF520_DATA: join(folder, "cf520.sqlite"),
			PORT: "0",
			...env,
		},
		stdio: ["ignore", "pipe", "pipe"],
	});
	let printed = "";
	for (const stream of [child.stdout, child.stderr])
		stream.on("data", (data) => {
			printed += data;
		});
	const ended = once(child, "close");
	return {
		printed: () => printed,
		said: (event: string, times = 1) => until(() => printed.split(`"event":"${event}"`).length > times),
		kill: async (signal: NodeJS.Signals) => {
			child.kill(signal);
			await ended;
		},
		signal: (signal: NodeJS.Signals) => child.kill(signal),
		ended,
		metrics: async () => (await fetch(`http://127.0.0.1:${/"health-listening","port":(\d+)/.exec(printed)?.[1]}/metrics`)).text(),
	};
}
type Program = ReturnType<typeof start>;
const connected = (program: Program) =>
	Promise.all(["slack-connected", "discord-connected", "health-listening"].map((event) => program.said(event)));

/** Everything that is in a folder, the write-ahead log and Node's reports too. */
const filesIn = (folder: string): Readonly<Record<string, string>> =>
	Object.fromEntries(
		readdirSync(folder)
			.filter((name) => name !== "crash.mjs")
			.map((name) => [name, readFileSync(join(folder, name), "latin1")]),
	);
const reportIn = async (folder: string): Promise<string> => {
	const whole = () =>
		Object.entries(filesIn(folder)).find(([name, text]) => name.startsWith("report.") && /\}\s*$/.test(text))?.[1];
	await until(() => whole() !== undefined);
	return whole() ?? "";
};
const ofBot = () => discord.messages.filter(({ author }) => author === "bot");
const inChats = () => JSON.stringify([slack.messages, slack.calls, slack.homes, slack.uploads, ofBot(), discord.calls]);
/** What is looked for: the whole secret, and pieces of it. */
const PIECES = [GIVEN, TYPED, ODD, GIVEN.slice(5, 25), TYPED.slice(5, 25), GIVEN.slice(-20)];

function assertNowhere(texts: Readonly<Record<string, string>>, pieces: readonly string[] = PIECES): void {
	for (const [where, text] of Object.entries(texts))
		for (const secret of pieces)
			for (const form of [secret, Buffer.from(secret).toString("base64").slice(0, -4), Buffer.from(secret).toString("hex")])
				assert.ok(!text.includes(form), `${where} has ${secret.slice(0, 12)}…`);
}
/** What the others receive, and what Cloudflare does beside that one header. */
const received = () =>
	Object.fromEntries(
		SERVERS.map((name) => {
			const text = taps[name].text();
			return [name, name === "cloudflare" ? text.replaceAll(`\r\nauthorization: Bearer ${GIVEN}\r\n`, "\r\n") : text];
		}),
	);

async function inFolder(run: (folder: string) => Promise<void>) {
	const folder = mkdtempSync(join(tmpdir(), "cf520-secrecy-"));
	try {
		await run(folder);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
const shown = (messages: readonly SlackMessage[]) => messages.map((one) => flatSlack(one)).join("\n");

/** An admin connects the zone by the form. */
async function connects(program: Program): Promise<void> {
	const [from, views] = [slack.messages.length, slack.views.length];
	await slack.command(`connect ${HOST}`);
	await until(() => slack.messages.length > from);
	await slack.press(slack.messages[from] as SlackMessage, `T:${HOST}`);
	await slack.submit(await slack.view(views), { token: { token: GIVEN } });
	await program.said("account-connected");
	await until(() => /is connected/.test(shown(slack.messages.slice(from))));
}

/** One question by command, and what is said until it has ended. */
async function asks(program: Program, text: string): Promise<string> {
	const from = slack.messages.length;
	const questions = () => program.printed().split('"event":"question"').length;
	const before = questions();
	await slack.command(text);
	await until(() => questions() > before);
	return shown(slack.messages.slice(from));
}

describe("the owner's token", () => {
	for (const [how, env] of [
		["with CF520_KEY", OWN],
		["without it", { ...OWN, CF520_KEY: "" }],
	] as const)
		it(`${how}: is in one header to one host, and nowhere else, whatever is asked, after kill -9 and a start too`, () =>
			inFolder(async (folder) => {
				const site = `http://${HOST}:${taps.edge.port}/login`;
				const first = start(folder, env);
				await connected(first);
				await connects(first);
				const said = [await asks(first, `${site} from frankfurt`), await asks(first, `numbers ${HOST}`)];
				for (const text of said) assert.match(text, /In the last hour, \d+ of [\d,]+ requests/);
				assert.match(await asks(first, "account"), /1 connected zone/);
				// In the thread of the case: what it holds, and what leaves the chat.
				const head = slack.messages.findLast((one) => one.threadTs === null && one.onlyFor === null);
				for (const text of ["evidence", "status", "report"]) await slack.mention(text, { threadTs: head?.ts ?? "" });
				await until(() => slack.uploads.some(({ content }) => content.includes("<!doctype html>")));
				// Where no token belongs.
				for (const text of [
					`connect ${HOST} ${TYPED}`,
					`connect ${HOST} ${ODD}`,
					`connect ${HOST}:${ODD}`,
					TYPED,
					`logs token=${TYPED}`,
				])
					await asks(first, text);
				await slack.mention(`${site} fails, our token is ${TYPED}`);
				await discord.command(`connect ${HOST} ${ODD}`);
				discord.mention(`connect ${HOST} ${TYPED}`);
				await until(() => ofBot().length >= 2);
				const from = slack.messages.length;
				const views = slack.views.length;
				await slack.command(`connect ${HOST}`);
				await until(() => slack.messages.length > from);
				await slack.press(slack.messages[from] as SlackMessage, `T:${HOST}`);
				const refused = await slack.view(views);
				await slack.submit(refused, { token: { token: "0123456789abcdef0123456789abcdef01234" } });
				await until(() => /global API key/.test(shown(slack.messages.slice(from))));
				first.signal("SIGUSR2");
				const report = await reportIn(folder);
				assert.match(report, /"environmentVariables"/);
				assertNowhere({ report }, [...PIECES, ...Object.values(OWN), "s3sam"]);
				const metrics = await first.metrics();
				assert.match(metrics, /cf520_/);
				await first.kill("SIGKILL");
				assertNowhere({ printed: first.printed(), metrics, chats: inChats(), ...received(), ...filesIn(folder) }, [
					...PIECES,
					"0123456789abcdef0123456789abcdef01234",
				]);
				const second = start(folder, env);
				await connected(second);
				const again = await asks(second, `numbers ${HOST}`);
				assert.match(again, how === "without it" ? /is not connected/ : /In the last hour, \d+ of/);
				if (how !== "without it") assert.match(await asks(second, `disconnect ${HOST}`), /I deleted the token/);
				await second.kill("SIGTERM");
				assertNowhere({ printed: second.printed(), chats: inChats(), ...received(), ...filesIn(folder) });
				assert.ok(taps.cloudflare.text().includes(`authorization: Bearer ${GIVEN}`), "it was used");
			}));

	it("is lost with a process that is killed between the form and the store: nothing of it is kept, and the form is offered again", () =>
		inFolder(async (folder) => {
			const first = start(folder);
			await connected(first);
			const [from, views, calls] = [slack.messages.length, slack.views.length, cloudflare.log.length];
			await slack.command(`connect ${HOST}`);
			await until(() => slack.messages.length > from);
			await slack.press(slack.messages[from] as SlackMessage, `T:${HOST}`);
			cloudflare.faults.push("hang");
			// Acknowledged, and Cloudflare is being asked.
			await slack.submit(await slack.view(views), { token: { token: GIVEN } });
			await until(() => cloudflare.log.length > calls);
			await first.kill("SIGKILL");
			assertNowhere({ printed: first.printed(), ...received(), ...filesIn(folder) });
			const [told, asked] = [slack.messages.length, cloudflare.log.length];
			const second = start(folder);
			await connected(second);
			await until(() => slack.messages.length > told);
			const again = slack.messages.slice(told);
			assert.deepEqual(
				again.map(({ onlyFor }) => onlyFor !== null),
				[true],
			);
			assert.match(shown(again), /\[?Enter the token…/);
			await second.said("question");
			assert.match(await asks(second, "account"), /No zone is connected/);
			await second.kill("SIGTERM");
			assert.deepEqual([slack.messages.length, cloudflare.log.length], [told + 2, asked]);
			assertNowhere({ printed: second.printed(), ...filesIn(folder) });
		}));

	for (const [how, preload] of Object.entries(CRASHES))
		it(`is in nothing that a crash prints, were it in the error's own text (${how})`, () =>
			inFolder(async (folder) => {
				const program = start(folder, OWN, preload);
				await connected(program);
				await connects(program);
				program.signal("SIGHUP");
				await program.ended;
				assert.match(program.printed(), /"event":"(?:uncaught-exception|unhandled-rejection)"/);
				assertNowhere({ printed: program.printed() }, [...PIECES, ...Object.values(OWN)]);
			}));
});
