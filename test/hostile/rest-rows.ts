import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { checkOrigin, checkTarget, type GuardRules } from "../../src/looks/guard.ts";
import { readTarget } from "../../src/read/text/target.ts";
import { at, type Bot, everythingSaid, type Question, startBot, until, url } from "./bot.ts";
import { broken, type Result, type Row } from "./row.ts";
import { HONEST_COOKIE, type OpenServer, type Servers } from "./servers.ts";

/** Addresses that only look public, and what stands in the file. */

/** Never connected to: the guard alone is asked, and some of these answer on real machines. */
const SPECIAL: Readonly<Record<string, string>> = {
	"Azure's platform service": "168.63.129.16",
	"the same, IPv4-mapped": "::ffff:168.63.129.16",
	"IPv4-translated loopback": "::ffff:0:127.0.0.1",
	"IPv4-translated private": "::ffff:0:a00:1",
	"ISATAP, private": "2001:4860:1::5efe:10.0.0.1",
	"ISATAP, local bit set": "2001:4860:1::200:5efe:7f00:1",
	"ISATAP, metadata": "2001:4860:1::5efe:a9fe:a9fe",
};
/** Public, and to stay so. */
const PUBLIC = ["168.63.129.17", "8.8.8.8", "2001:4860:4860::8888"];

async function special(servers: Servers): Promise<Result> {
	const passed: string[] = [];
	for (const [name, address] of Object.entries(SPECIAL)) {
		if (await passes(address)) passed.push(`${name}, as a site`);
		if (await passesAsOrigin(address)) passed.push(`${name}, as an origin`);
	}
	const refused: string[] = [];
	for (const address of PUBLIC) if (!(await passes(address))) refused.push(address);

	// An operator's own range, on loopback: whatever else allows it, nothing is sent there.
	const [denied, open] = [await servers.open("honest", "127.0.0.9"), await servers.open("honest", "127.0.0.3")];
	const bot = await startBot({
		env: { CF520_DENY_TARGETS: "127.0.0.8/31" },
		resolve: [at("denied.lab.example", denied), at("open.lab.example", open)],
	});
	try {
		const asked = [
			bot.ask("slack", url("denied.lab.example", denied)),
			bot.ask("slack", url("127.0.0.9", denied)),
			bot.ask("slack", `origin ${url("open.lab.example", open)} 127.0.0.9:${denied.port}`),
			bot.ask("discord", `watch ${url("denied.lab.example", denied)} for 1h every 60s`),
		];
		const allowed = bot.ask("slack", url("open.lab.example", open));
		await until(() => [...asked, allowed].every((one) => one.answered()), 15_000);
		await sleep(1_500);
		const connections = (await denied.counts()).connections;
		return {
			now: { passed, refusedAlthoughPublic: refused, connectionsToDenied: connections, allowed: allowed.outcome() },
			broken: broken({
				"no special address passes": passed.length === 0,
				"public addresses pass": refused.length === 0,
				"CF520_DENY_TARGETS: no connection": connections === 0,
				"other addresses are looked at": allowed.outcome() === "answered",
				"every question answered": asked.every((one) => one.answered()),
			}),
		};
	} finally {
		await bot.close();
	}
}

const SITE = "http://shop.example:8880/";
const rulesFor = (address: string): GuardRules => ({ allow: null, resolve: new Map(), resolver: async () => [address] });
async function passes(address: string): Promise<boolean> {
	const target = readTarget(SITE);
	if ("why" in target) throw new Error("the site is read");
	return !("why" in (await checkTarget(target, rulesFor(address))));
}
async function passesAsOrigin(address: string): Promise<boolean> {
	const target = readTarget(SITE);
	if ("why" in target) throw new Error("the site is read");
	return !("why" in (await checkOrigin(target, address, 8_880, rulesFor(address))));
}

/** What may not stand there any more so long after its question ended. */
const AT_REST_MS = 5_000;

/** The file and everything beside it, such as its write-ahead log and its shared memory, as bytes. */
function atRest(bot: Bot): string {
	const folder = dirname(bot.data);
	return readdirSync(folder)
		.map((name) => {
			try {
				return readFileSync(join(folder, name), "latin1");
			} catch {
				// Emptied or removed just now.
				return "";
			}
		})
		.join("\n");
}

/** How often each word stands there, five seconds after at most; words that do not are left out. */
async function found(bot: Bot, words: Readonly<Record<string, string>>): Promise<Record<string, number>> {
	const count = (): Record<string, number> => {
		const bytes = atRest(bot);
		return Object.fromEntries(
			Object.entries(words).flatMap(([name, word]) => {
				const times = bytes.split(word).length - 1;
				return times === 0 ? [] : [[name, times] as const];
			}),
		);
	};
	const by = performance.now() + AT_REST_MS;
	let standing = count();
	while (Object.keys(standing).length > 0 && performance.now() < by) {
		await sleep(200);
		standing = count();
	}
	return standing;
}

const answered = (questions: readonly Question[], ms = 20_000) => until(() => questions.every((one) => one.answered()), ms);

const WORDS = {
	cookie: HONEST_COOKIE,
	pastedCookie: "pastedCookieZ9y8x7",
	pastedLogWord: "pastedLogWordM5n6b7",
	privateOrigin: "127.0.77.77",
	askedPath: "asked-path-K3l4",
	host: "forgotten.lab.example",
} as const;
const { host: FORGOTTEN, ...NEVER_KEPT } = WORDS;

async function kept(servers: Servers): Promise<Result> {
	const site = await servers.open("honest", "127.0.0.3");
	const origin = await servers.open("honest", WORDS.privateOrigin);
	const drip = await servers.open("drip", "127.0.0.6");
	const resolve = [at(FORGOTTEN, site), at("slow.lab.example", drip)];
	const runs: Record<string, unknown> = {};
	const held: Record<string, boolean> = {};
	for (const [name, env] of Object.entries({ "without a key": {}, "with CF520_KEY": { CF520_KEY: "ab".repeat(32) } })) {
		const bot = await startBot({ resolve, env });
		try {
			const page = url(FORGOTTEN, site, `/${WORDS.askedPath}`);
			const asked = [
				bot.ask("slack", page),
				bot.ask("discord", page),
				bot.ask("slack", `autopsy HTTP/1.1 520\nServer: cloudflare\nSet-Cookie: a=${WORDS.pastedCookie}\n\nhello`),
				bot.ask("slack", `logs 2026/11/22 12:00:00 [error] upstream prematurely closed connection ${WORDS.pastedLogWord}`),
			];
			const byForm = await throughForm(bot, url(FORGOTTEN, site), `${WORDS.privateOrigin}:${origin.port}`);
			const inTime = (await answered(asked)) && byForm;
			const afterAnswers = await found(bot, NEVER_KEPT);
			const afterKill = await afterKilled(bot, page, drip);
			const forget = [bot.ask("slack", `forget ${FORGOTTEN}`, { user: "UADMIN" })];
			await answered(forget);
			bot.discord.personPermissions |= 1n << 5n;
			await answered([bot.ask("discord", `forget ${FORGOTTEN}`)]);
			const afterForget = await found(bot, WORDS);
			runs[name] = { afterAnswers, afterKill, afterForget };
			held[`${name}: every question answered`] = inTime;
			held[`${name}: nothing stands there after the answers`] = Object.keys(afterAnswers).length === 0;
			held[`${name}: nor after kill -9 and a start`] = Object.keys(afterKill).length === 0;
			held[`${name}: nor after forget, the host's name included`] = Object.keys(afterForget).length === 0;
			held[`${name}: no death`] = bot.deaths.length === 0;
		} finally {
			await bot.close();
		}
	}
	return { now: runs, broken: broken(held) };
}

/** An origin's address, written into the private form: whether it was answered. */
async function throughForm(bot: Bot, page: string, address: string): Promise<boolean> {
	const channel = "C7788";
	bot.slack.members.add(channel);
	void bot.slack.command(`origin ${page}`, { user: "UMEMBER", channel });
	const view = await Promise.race([bot.slack.view(bot.slack.views.length), sleep(5_000).then(() => null)]);
	if (view === null) return false;
	await bot.slack.submit(view, { address: { address } }, { user: "UMEMBER" });
	return until(() => bot.outcomes(channel).includes("answered"), 20_000);
}

/** Killed while the same is asked again, started, and waited for its end. */
async function afterKilled(bot: Bot, page: string, drip: OpenServer) {
	const { connections } = await drip.counts();
	const asked = [
		bot.ask("slack", page),
		bot.ask("slack", `logs upstream prematurely closed connection ${WORDS.pastedLogWord}`),
		bot.ask("slack", `autopsy HTTP/1.1 520\nSet-Cookie: a=${WORDS.pastedCookie}\n\nhello`),
		// Long under way, so that the kill comes in between.
		bot.ask("slack", `${url("slow.lab.example", drip, `/${WORDS.askedPath}`)}`),
	];
	for (let waited = 0; waited < 60 && (await drip.counts()).connections === connections; waited += 1) await sleep(50);
	await until(() => asked.every((one) => one.ackMs() !== null), 3_000);
	await bot.kill();
	await bot.start();
	// The slow one ends with its own limit of 30 s; the file is looked at when the others have ended.
	await answered(asked.slice(0, 3));
	const { askedPath: _stillAsked, ...ended } = NEVER_KEPT;
	return found(bot, ended);
}

const TOKEN = "tokenInQueryT7u8i9o0";

async function queries(servers: Servers): Promise<Result> {
	const site = await servers.open("honest", "127.0.0.3");
	const host = "queries.lab.example";
	const bot = await startBot({ resolve: [at(host, site)], env: { CF520_KEY: "cd".repeat(32) } });
	try {
		const page = (path: string) => url(host, site, `${path}?page=2&token=${TOKEN}`);
		const asked = [
			bot.ask("slack", page("/a")),
			bot.ask("discord", page("/b")),
			bot.ask("slack", `headers ${page("/c")}`),
			bot.ask("slack", `origin ${page("/d")} ${site.host}:${site.port}`),
			bot.ask("slack", `watch ${page("/e")} for 1h every 60s`),
			bot.ask("discord", `watch ${page("/f")} for 1h every 60s`),
		];
		const inTime = await answered(asked);
		await sleep(2_000);
		const report = bot.slack.messages.find((one) => /"value":"r:/.test(JSON.stringify(one.blocks)));
		const value = /"value":"(r:[^"]+)"/.exec(JSON.stringify(report?.blocks ?? ""))?.[1];
		if (report !== undefined && value !== undefined) {
			const said = bot.slack.messages.length + bot.slack.uploads.length;
			await bot.slack.press(report, value, { user: "UANN" });
			await until(() => bot.slack.messages.length + bot.slack.uploads.length > said, 5_000);
			await sleep(500);
		}
		const { shown, carried } = saidOf(bot, TOKEN);
		const inFile = await found(bot, { token: TOKEN });
		const requests = (await site.counts()).requests.filter((one) => one.includes(TOKEN)).length;
		const now = {
			inChats: shown,
			inButtons: carried,
			inFile: inFile.token ?? 0,
			inLog: JSON.stringify(bot.log).split(TOKEN).length - 1,
			requestsWithIt: requests,
		};
		return {
			now,
			broken: broken({
				"every question answered": inTime,
				"not in the chats": shown === 0,
				"not in the file": now.inFile === 0,
				"not in the log": now.inLog === 0,
				"the request itself has it": requests > 0,
				"no death": bot.deaths.length === 0,
			}),
		};
	} finally {
		await bot.close();
	}
}

/** How often a word stands where people read it, and in what buttons carry. */
function saidOf(bot: Bot, word: string): { shown: number; carried: number } {
	const said = everythingSaid(bot);
	const shown = said.replace(/"(?:value|custom_id)":"(?:[^"\\]|\\.)*"/g, "");
	const count = (text: string) => text.split(word).length - 1;
	return { shown: count(shown), carried: count(said) - count(shown) };
}

export const REST_ROWS: readonly Row[] = [
	{
		id: "R14",
		what: "Azure's platform service, IPv4-translated and ISATAP forms (the guard alone is asked), and a range that the operator denies",
		today: "all pass the guard",
		run: special,
	},
	{
		id: "R15",
		what: "cookies, a private origin, pasted lines and a forgotten host in the file, its log and its shared memory",
		today: "in clear for ten minutes; after forget of 20 cases their text 126 times",
		run: kept,
	},
	{
		id: "R16",
		what: "a token in a URL's query, in chats, file and log, with CF520_KEY",
		today: "18 times in the chat, 4 times in the file",
		run: queries,
	},
];
