import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { startDiscord } from "../../src/adapters/discord/discord.ts";
import { DISCORD_PATH } from "../../src/adapters/discord/http.ts";
import { startSlack } from "../../src/adapters/slack/slack.ts";
import type { AccountsContext } from "../../src/desk/context.ts";
import { serve } from "../../src/http-server.ts";
import { actionText } from "../../src/read/action.ts";
import { tokenFormButton } from "../../src/reply/account.ts";
import { openCloudflare } from "../../src/services/cloudflare/cloudflare.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { realClock } from "../clock.ts";
import { type FakeCloudflare, startFakeCloudflare } from "../fakes/cloudflare.ts";
import { CHANNEL, type FakeDiscord, fakeDiscord, GUILD } from "../fakes/discord.ts";
import { BOT_USER, type FakeSlack, fakeSlack } from "../fakes/slack.ts";
import { seeded, traffic } from "../fakes/traffic.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { flatSlack } from "../normal.ts";
import { anAccess } from "../store/values.ts";
import { countingDesk } from "./contract.ts";

/** Who reads what of an owner's account, in each chat and on every way to it, through the real SDKs. */

const ZONE = "023e105f4ecef8ad9ca31a8372d0c353";
const HOST = "closes-empty.lab.example";
const SECRET = `cfut_${"s".repeat(40)}0badc0de`;
/** What only the account knows. */
const NUMBERS =
	/of [\d,]+\s+requests\s+to\s+closes-empty|no longer has the numbers|no status from the origin|POST \/login|analytics (?:show|say)/i;
const ACCOUNT = /\d connected zone|Connect closes-empty|I take no tokens|I deleted the token|The operator set/;

let lab: Lab;
let cloudflare: FakeCloudflare;
before(async () => {
	[lab, cloudflare] = await Promise.all([openLab(), startFakeCloudflare(Date.now, seeded(7))]);
	const requests = traffic(Date.now() - 60_000, 59, 60, {
		fails: ({ path }, _minute, random) => path === "/login" && random() < 0.6,
	});
	const ofHost = requests.map((one) => ({ ...one, host: HOST }));
	cloudflare.zones.push({ id: ZONE, name: "lab.example", plan: "free", account: ZONE, requests: ofHost });
	const permissions = ["zone", "analytics", "settings", "routes"] as const;
	cloudflare.tokens.push({ token: SECRET, id: ZONE, kind: "user", status: "active", zones: [ZONE], permissions });
});
after(() => Promise.all([lab.close(), cloudflare.close()]));

const site = () => lab.url("closes-empty", "/checkout");
const QUESTIONS: Readonly<Record<string, () => string>> = {
	"a site": site,
	"a Ray ID with its site": () => `${site()} Ray ID: 8a7d5e2fbcd1a1c3-DFW`,
	numbers: () => `numbers ${HOST}`,
	account: () => "account",
	connect: () => `connect ${HOST}`,
	disconnect: () => `disconnect ${HOST}`,
};
const OF_ADMINS = new Set(["account", "connect", "disconnect"]);

function deskWith(own: AccountsContext["own"], workspace: string) {
	const stores = memoryStores(realClock);
	const client = openCloudflare({ base: cloudflare.url, userAgent: "cf520-test" }, realClock);
	const tokenForm: AccountsContext["tokenForm"] = ({ platform }, host) => (platform === "slack" ? tokenFormButton(host) : null);
	const desk = countingDesk(labDesk(lab, { stores, accounts: { client, own, tokenForm } }));
	const kept = anAccess({ workspace, zoneId: ZONE, zoneName: "lab.example", token: SECRET });
	return { stores, desk, kept };
}

describe("in Slack", () => {
	async function withBot(run: (slack: FakeSlack, said: (ask: () => Promise<unknown>) => Promise<string>) => Promise<void>) {
		const { stores, desk, kept } = deskWith(null, "slack T1");
		await stores.accesses.put(kept);
		const slack = await fakeSlack();
		for (const channel of ["C1", "C2", "C3"]) slack.members.add(channel);
		slack.admins = new Set(["U1", "UGUEST"]);
		const settings = { botToken: "xoxb-test", appToken: "xapp-test", apiUrl: slack.apiUrl, admins: ["UGUEST"] };
		const bot = await startSlack(settings, desk, () => {});
		let settled = 0;
		const said = async (ask: () => Promise<unknown>): Promise<string> => {
			const from = slack.messages.length;
			(cloudflare.log as unknown[]).splice(0);
			await ask();
			settled += 1;
			await desk.settled(settled);
			return slack.messages
				.slice(from)
				.map((one) => flatSlack(one))
				.join("\n");
		};
		try {
			await run(slack, said);
		} finally {
			await bot.stop();
			await slack.close();
		}
	}

	type Row = readonly [who: string, person: Record<string, unknown> | null, asks: { user?: string; team?: string }];
	const outside: readonly Row[] = [
		["a guest of several channels", { is_restricted: true }, {}],
		["a guest of one channel", { is_restricted: true, is_ultra_restricted: true }, {}],
		["a person of another organization", { is_stranger: true, team_id: "T9" }, { team: "T9" }],
		["a person of another organization whom Slack calls ours", { team_id: "T9" }, {}],
		["a person of whom Slack tells no workspace", { team_id: undefined }, {}],
		["another app", { is_bot: true }, {}],
		["a person who has left", { deleted: true }, {}],
	];
	for (const [who, person, from] of outside)
		it(`${who} reads nothing of the account on any way, an admin by the settings or not, and Cloudflare is not asked`, () =>
			withBot(async (slack, said) => {
				for (const user of ["UGUEST", "UPLAIN"]) {
					slack.people.set(user, { ...person });
					for (const [what, question] of Object.entries(QUESTIONS)) {
						const text = await said(() => slack.command(question(), { user, channel: "C2", ...from }));
						assert.doesNotMatch(text, NUMBERS, `${what}: ${text}`);
						assert.doesNotMatch(text, ACCOUNT, `${what}: ${text}`);
						assert.deepEqual(cloudflare.log, [], what);
					}
				}
			}));

	it("a full member reads them in a channel, and only an admin reads and changes what is connected", () =>
		withBot(async (slack, said) => {
			for (const user of ["U1", "U2"])
				for (const [what, question] of Object.entries(QUESTIONS)) {
					if (what === "disconnect" && user === "U1") continue;
					// A page has one case a channel.
					const channel = user === "U1" && what === "a site" ? "C1" : "C2";
					const text = await said(() => slack.command(question(), { user, channel }));
					assert.match(text, OF_ADMINS.has(what) ? (user === "U1" ? ACCOUNT : /Only admins can do that/) : NUMBERS, what);
				}
		}));

	it("in a shared channel an admin alone reads numbers, by himself; once a message told of it, by command and by button too", () =>
		withBot(async (slack, said) => {
			const mention = (text: string, user: string) =>
				slack.deliver("events_api", {
					type: "event_callback",
					team_id: "T1",
					event_id: `Ev${Math.random()}`,
					event_time: 1_700_000_000,
					is_ext_shared_channel: true,
					authorizations: [{ team_id: "T1", user_id: BOT_USER, is_bot: true }],
					event: { type: "app_mention", channel: "C3", user, text: `<@${BOT_USER}> ${text}`, ts: `1700000001.${Math.random()}` },
				});
			const byMention = await said(() => mention(`numbers ${HOST}`, "U2"));
			assert.match(byMention, /only to full members/);
			const message = slack.messages.at(-1);
			assert.ok(message !== undefined);
			const press = actionText({ do: "ask", text: `numbers ${HOST}` }, 2_000) ?? "";
			for (const ask of [
				() => mention(site(), "U2"),
				() => slack.command(site(), { user: "U2", channel: "C3" }),
				() => slack.command(`numbers ${HOST}`, { user: "U2", channel: "C3" }),
				() => slack.press({ ...message, onlyFor: null }, press, { user: "U2" }),
			]) {
				assert.doesNotMatch(await said(ask), NUMBERS);
				assert.deepEqual(cloudflare.log, []);
			}
			const from = slack.messages.length;
			assert.match(await said(() => slack.command(`numbers ${HOST}`, { user: "U1", channel: "C3" })), NUMBERS);
			assert.deepEqual([...new Set(slack.messages.slice(from).map(({ onlyFor }) => onlyFor))], ["U1"]);
			assert.doesNotMatch(await said(() => slack.command(site(), { user: "U1", channel: "C3" })), NUMBERS);
		}));

	it("in a channel of which Slack says that it is shared, no command tells a number; it is asked once, and not in direct conversations", () =>
		withBot(async (slack, said) => {
			slack.shared = new Set(["C3"]);
			const about = (text: string, channel: string) => said(() => slack.command(text, { user: "U2", channel }));
			for (const text of [site(), `numbers ${HOST}`]) {
				assert.doesNotMatch(await about(text, "C3"), NUMBERS);
				assert.deepEqual(cloudflare.log, []);
			}
			for (let nth = 0; nth < 2; nth += 1) assert.match(await about(`numbers ${HOST}`, "C2"), NUMBERS);
			assert.match(await about(`numbers ${HOST}`, "D2"), NUMBERS);
			const infos = slack.calls.filter(({ method }) => method === "conversations.info").map(({ args }) => args.channel);
			assert.deepEqual(infos, ["C3", "C2"]);
		}));

	it("a case that holds numbers says none of them elsewhere: to a guest, and in a shared channel, they are of no case there", () =>
		withBot(async (slack, said) => {
			assert.match(await said(() => slack.command(site())), NUMBERS);
			slack.people.set("U3", { is_restricted: true });
			const asked = await said(() => slack.command(site(), { user: "U3", channel: "C2" }));
			assert.doesNotMatch(asked, NUMBERS);
			const head = slack.messages.findLast((one) => one.channel === "C2" && one.threadTs === null);
			for (const text of ["evidence", "status", "check again", "report"])
				assert.doesNotMatch(
					await said(() => slack.mention(text, { user: "U3", channel: "C2", threadTs: head?.ts ?? "" })),
					NUMBERS,
					text,
				);
			assert.doesNotMatch(slack.uploads.map(({ content }) => content).join("\n"), NUMBERS);
		}));
});

describe("in Discord", () => {
	const own = { token: SECRET, platform: "discord", workspace: `discord ${GUILD}` };
	async function withBot(
		run: (discord: FakeDiscord, said: (ask: () => unknown) => Promise<string>) => Promise<void>,
		isOverHttp = false,
	) {
		const { desk } = deskWith(own, "slack T1");
		const discord = await fakeDiscord();
		const { publicKey, privateKey } = generateKeyPairSync("ed25519");
		const port = await serve("127.0.0.1", 0, null);
		if (isOverHttp) discord.overHttp(`http://127.0.0.1:${port.port}${DISCORD_PATH}`, privateKey);
		const key = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url").toString("hex");
		const settings = { token: "aaaaaaaaaa.bbbb.cccc", apiUrl: discord.apiUrl, guildId: undefined };
		const bot = await startDiscord(isOverHttp ? { ...settings, publicKey: key } : settings, desk, () => {}, {
			mount: port.mount,
		});
		let settled = 0;
		const said = async (ask: () => unknown): Promise<string> => {
			const from = discord.messages.length;
			(cloudflare.log as unknown[]).splice(0);
			await ask();
			settled += 1;
			await desk.settled(settled);
			return discord.messages
				.slice(from)
				.filter(({ author }) => author === "bot")
				.map(({ content }) => content)
				.join("\n");
		};
		try {
			await run(discord, said);
		} finally {
			await bot.stop();
			await port.close();
			await discord.close();
		}
	}
	const MANAGE_GUILD = 1n << 5n;
	type As = NonNullable<NonNullable<Parameters<FakeDiscord["command"]>[1]>["as"]>;
	const outside: readonly (readonly [who: string, as: As, more: { guild?: string; channel?: string }])[] = [
		["a person whose own installation brought the bot into the server", { installedBy: { "1": "400000000000000001" } }, {}],
		["a person of another server", {}, { guild: "200000000000000002" }],
		["the same with an own installation", { installedBy: { "1": "400000000000000001" } }, { guild: "200000000000000002" }],
		["a direct conversation", { direct: true, installedBy: { "0": "0" } }, { channel: "500000000000000001" }],
		[
			"a direct conversation of an own installation",
			{ direct: true, installedBy: { "1": "4" } },
			{ channel: "500000000000000001" },
		],
		["a guest of a voice channel", { flags: 16 }, {}],
		["a person whom the server has not let in yet", { pending: true }, {}],
	];
	const WAYS = [true, false].flatMap((isOverHttp) => outside.map((row) => [isOverHttp, ...row] as const));
	for (const [isOverHttp, who, as, more] of WAYS)
		it(`${who} reads nothing of the account${isOverHttp ? " over HTTP" : ""} on any way, and Cloudflare is not asked`, () =>
			withBot(async (discord, said) => {
				discord.personPermissions |= MANAGE_GUILD;
				for (const [what, question] of Object.entries(QUESTIONS)) {
					const text = await said(() => discord.command(question(), { as, ...more }));
					assert.doesNotMatch(text, NUMBERS, `${what}: ${text}`);
					// An admin of another server is told how its own operator could set one.
					if (what !== "connect" || more.guild === undefined) assert.doesNotMatch(text, ACCOUNT, `${what}: ${text}`);
					assert.deepEqual(cloudflare.log, [], what);
				}
			}, isOverHttp));

	for (const [who, as] of [
		["a guest", { flags: 16 }],
		["another app", { bot: true }],
	] as const)
		it(`${who} that mentions the bot reads nothing of the account`, () =>
			withBot(async (discord, said) => {
				if (as === undefined || "bot" in as) {
					// Another app's messages are no questions at all.
					discord.mention(`numbers ${HOST}`, { as });
					await setImmediate();
					assert.deepEqual(cloudflare.log, []);
					return;
				}
				for (const text of [`numbers ${HOST}`, site()]) {
					assert.doesNotMatch(await said(() => discord.mention(text, { as })), NUMBERS);
					assert.deepEqual(cloudflare.log, []);
				}
			}));

	it("members of the server that the settings name read them, by command, mention and button; account is for admins", () =>
		withBot(async (discord, said) => {
			for (const [what, question] of Object.entries(QUESTIONS))
				assert.match(
					await said(() => discord.command(question())),
					OF_ADMINS.has(what) ? /Only admins can do that/ : NUMBERS,
					what,
				);
			assert.match(await said(() => discord.mention(`numbers ${HOST}`)), NUMBERS);
			const message = discord.messages.findLast(({ author, channelId }) => author === "bot" && channelId === CHANNEL);
			assert.ok(message !== undefined);
			const press = actionText({ do: "ask", text: `numbers ${HOST}` }, 100) ?? "";
			assert.match(await said(() => discord.press(message, press)), NUMBERS);
			assert.doesNotMatch(await said(() => discord.press(message, press, { as: { installedBy: { "1": "4" } } })), NUMBERS);
			discord.personPermissions |= MANAGE_GUILD;
			for (const what of OF_ADMINS) assert.match(await said(() => discord.command(QUESTIONS[what]?.() ?? "")), ACCOUNT, what);
		}));
});
