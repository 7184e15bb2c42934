import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { INSTALL_SETTINGS } from "../src/adapters/discord/application.ts";
import { COMMANDS } from "../src/adapters/discord/commands.ts";
import { doctorJson, doctorScreen } from "../src/adapters/terminal/doctor.ts";
import { examine } from "../src/doctor/doctor.ts";
import { givenOf, readDoctorWords } from "../src/doctor/given.ts";
import type { Machine } from "../src/doctor/machine.ts";
import type { Told } from "../src/reply/doctor.ts";
import { readSettingsPart } from "../src/settings.ts";
import { sqliteStores } from "../src/store/sqlite/sqlite.ts";
import { realClock } from "./clock.ts";
import { type FakeCloudflare, type FakeToken, startFakeCloudflare } from "./fakes/cloudflare.ts";
import { type FakeDiscord, fakeDiscord } from "./fakes/discord.ts";
import { type FakeGlobalping, openFakeGlobalping } from "./fakes/globalping.ts";
import { type FakePostgres, fakePostgres } from "./fakes/postgres.ts";
import { type FakeSlack, fakeSlack } from "./fakes/slack.ts";
import { CLEAN, type FakeStatus, openFakeStatus } from "./fakes/status.ts";
import { closed } from "./lab/origin.ts";

/** Everything that must never be on the screen. */
export const SECRETS = {
	SLACK_BOT_TOKEN: "xoxb-1111-sesame-bot",
	SLACK_APP_TOKEN: "xapp-1-A1-sesame-app",
	SLACK_SIGNING_SECRET: "5e5a3e0123456789abcdef0123456789",
	SLACK_CLIENT_SECRET: "5e5a3ec11e47000000000000000000ff",
	DISCORD_TOKEN: "c2VzYW1lLWRpc2NvcmQ.sesame.discord-token",
	CF520_KEY: "5e5a3e".padEnd(64, "0"),
	POSTGRES_PASSWORD: "sesame@postgres/word",
	CF520_GLOBALPING_TOKEN: "sesame-globalping-token",
	CF520_CLOUDFLARE_TOKEN: `cfut_${"sesame".repeat(6)}0badc0de`,
} as const;
export const PUBLIC_KEY = "ab".repeat(32);
/** How the fake Discord is asked about the application. */
export const APPLICATION = "GET /applications/@me";

/** An installation on loopback: every platform and service, a data file, and a free port. */
export interface Installation {
	readonly slack: FakeSlack;
	readonly discord: FakeDiscord;
	readonly status: FakeStatus;
	readonly globalping: FakeGlobalping;
	readonly cloudflare: FakeCloudflare;
	/** PostgreSQL, where a scene sets it in the place of the file. */
	readonly postgres: FakePostgres;
	/** A folder of its own. */
	readonly folder: string;
	/** No one listens on it. */
	readonly port: number;
	/** Settings with which everything is as it should be; a scene changes some. */
	readonly env: Record<string, string | undefined>;
	/** What the machine is like. */
	machine: Machine;
	/** Words behind `doctor`. */
	words: string[];
	/** What has to be closed too. */
	readonly after: (() => Promise<void>)[];
}

export const DISK = 42e9;
const TOKEN: FakeToken = {
	token: SECRETS.CF520_CLOUDFLARE_TOKEN,
	id: "t1",
	kind: "user",
	status: "active",
	zones: [],
	permissions: ["zone", "analytics"],
};

/** A port that is free now, below those that the system hands out by itself: no server that starts meanwhile gets it. */
export async function freePort(): Promise<number> {
	for (;;) {
		const port = 15_000 + Math.floor(Math.random() * 15_000);
		const server = createServer();
		const isFree = await new Promise<boolean>((resolve) => {
			server.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => resolve(true));
		});
		await closed(server, []);
		if (isFree) return port;
	}
}

/** Writes a data file as the bot does. */
export async function writeData(path: string, key: string | null, version = "0.1.0"): Promise<void> {
	const stores = sqliteStores(path, realClock, { key: key === null ? null : Buffer.from(key, "hex"), version });
	await stores.close();
}

/** Sets everything up, hands it over, and takes it down. */
export async function withInstallation<T>(work: (one: Installation) => Promise<T>): Promise<T> {
	const [slack, discord, status, globalping, cloudflare, postgres, port] = await Promise.all([
		fakeSlack(),
		fakeDiscord(),
		openFakeStatus(CLEAN),
		openFakeGlobalping({ now: Date.now, token: SECRETS.CF520_GLOBALPING_TOKEN }),
		startFakeCloudflare(Date.now, () => 0.5),
		fakePostgres(),
		freePort(),
	]);
	const folder = mkdtempSync(join(tmpdir(), "cf520-doctor-"));
	discord.commands = [...COMMANDS];
	discord.about.more.set(APPLICATION, { verify_key: PUBLIC_KEY, integration_types_config: INSTALL_SETTINGS, bot_public: true });
	slack.shared = new Set();
	cloudflare.tokens.push(TOKEN);
	const after: Installation["after"] = [];
	const { SLACK_SIGNING_SECRET: _, SLACK_CLIENT_SECRET: __, POSTGRES_PASSWORD: ___, ...secrets } = SECRETS;
	try {
		const data = join(folder, "cf520.sqlite");
		await writeData(data, SECRETS.CF520_KEY);
		return await work({
			slack,
			discord,
			status,
			globalping,
			cloudflare,
			postgres,
			folder,
			port,
			after,
			env: {
				...secrets,
				SLACK_API_URL: slack.apiUrl,
				DISCORD_API_URL: discord.apiUrl,
				CF520_STATUS_URL: status.url,
				CF520_GLOBALPING_URL: globalping.url,
				CF520_CLOUDFLARE_URL: cloudflare.url,
				CF520_CLOUDFLARE_WORKSPACE: "slack:T012AB3CD",
				CF520_DATA: data,
				PORT: String(port),
			},
			machine: {
				resolve: async () => {},
				connect: async () => {},
				runMs: 15_000,
				nodeVersion: "24.21.0",
				freeBytes: () => DISK,
			},
			words: [],
		});
	} finally {
		for (const close of after) await close();
		await Promise.all([slack, discord, status, globalping, cloudflare, postgres].map((one) => one.close()));
		rmSync(folder, { recursive: true, force: true });
	}
}

/** What `doctor` says of an installation, without what differs from run to run. */
export async function asked(
	one: Installation,
): Promise<{ readonly told: readonly Told[]; readonly screen: string; readonly json: string }> {
	const words = readDoctorWords(one.words);
	if (typeof words === "string") throw new Error(words);
	const told = (await examine(givenOf(readSettingsPart(one.env), words, "0.1.0"), one.machine)).map((line) => ({
		...line,
		say: steady(line.say, one),
		todo: line.todo === null ? null : steady(line.todo, one),
	}));
	return { told, screen: doctorScreen(told, { colour: false, width: 80 }), json: doctorJson(told) };
}

const steady = (text: string, { folder, port }: Installation): string =>
	text
		.replaceAll(folder, "/data")
		.replaceAll(String(port), "8520")
		.replace(/(127\.0\.0\.1|localhost):(?!8520)\d{4,5}/g, "$1:9000");
