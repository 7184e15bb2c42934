import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startDiscord } from "../src/adapters/discord/discord.ts";
import { startSlack } from "../src/adapters/slack/slack.ts";
import type { Stores } from "../src/desk/stores.ts";
import { memoryStores } from "../src/store/sqlite/sqlite.ts";
import { countingDesk } from "./adapters/contract.ts";
import { realClock } from "./clock.ts";
import { fakeDiscord } from "./fakes/discord.ts";
import { fakeSlack, type SlackMessage } from "./fakes/slack.ts";
import { labDesk } from "./lab/desk.ts";
import { type Lab, openLab } from "./lab/lab.ts";
import { flatSlack } from "./normal.ts";

/** What admins decide in chat, and that no one else can. */

describe("administration", () => {
	let lab: Lab;
	before(async () => {
		lab = await openLab();
	});
	after(() => lab.close());

	async function inSlack(
		run: (chat: {
			slack: Awaited<ReturnType<typeof fakeSlack>>;
			/** Asks, and returns the public and the private messages. */
			ask: (text: string, more?: { user?: string; channel?: string }) => Promise<{ all: string; alone: string }>;
			store: Stores;
			logs: readonly string[];
		}) => Promise<void>,
		admins: ReadonlySet<string> | null = new Set(["UADMIN"]),
		settings: { admins?: readonly string[] } = {},
	) {
		const slack = await fakeSlack();
		slack.admins = admins;
		slack.members.add("C2");
		const store = memoryStores(realClock);
		const logs: string[] = [];
		const desk = countingDesk(labDesk(lab, { stores: store, log: (line) => logs.push(JSON.stringify(line)) }));
		const bot = await startSlack(
			{ botToken: "xoxb-test", appToken: "xapp-test", apiUrl: slack.apiUrl, ...settings },
			desk,
			() => {},
		);
		let asked = 0;
		try {
			await run({
				slack,
				store,
				logs,
				ask: async (text, more = {}) => {
					const before = slack.messages.length;
					await slack.command(text, more);
					await desk.settled(++asked);
					const flat = (some: readonly SlackMessage[]) => some.map(flatSlack).join("\n");
					const came = slack.messages.slice(before);
					return {
						all: flat(came.filter((one) => one.onlyFor === null)),
						alone: flat(came.filter((one) => one.onlyFor === (more.user ?? "U1"))),
					};
				},
			});
		} finally {
			await bot.stop();
			await slack.close();
		}
	}
	const admin = { user: "UADMIN" };

	it("shows what is decided and how to change it, to admins alone", () =>
		inSlack(async ({ ask }) => {
			const { all, alone } = await ask("admin", admin);
			assert.equal(all, "");
			assert.match(alone, /Channels: all\..*any host.*15 per person.*visible to everyone.*30 days.*admin channels here/s);
			const other = await ask("admin privacy private", { user: "U2" });
			assert.match(other.alone, /Only admins can do that/);
			assert.match((await ask("forget shop.example", { user: "U2" })).alone, /Only admins can do that/);
		}));

	it("where the bot cannot see who is an admin it says how to mend that; ids in the settings count", () =>
		inSlack(async ({ ask }) => {
			assert.match((await ask("admin", admin)).alone, /users:read.*CF520_SLACK_ADMINS/s);
		}, null));
	it("members named in the settings are admins", () =>
		inSlack(async ({ ask }) => assert.match((await ask("admin", { user: "U7" })).alone, /Settings for this workspace/), null, {
			admins: ["U7"],
		}));

	it("channels: answered in those only, with a kind word elsewhere; help works everywhere", () =>
		inSlack(async ({ ask }) => {
			assert.match((await ask("admin channels here", { ...admin, channel: "C2" })).alone, /Settings saved.*Channels: C2\./s);
			const elsewhere = await ask("8a7d5e2fbcd1a1c3-DFW");
			assert.deepEqual([elsewhere.all, /not enabled in this channel/.test(elsewhere.alone)], ["", true]);
			assert.match((await ask("8a7d5e2fbcd1a1c3-DFW", { channel: "C2" })).all, /Dallas/);
			assert.match((await ask("help")).alone, /why Cloudflare returns a 520/);
			assert.match((await ask("admin channels not-here", { ...admin, channel: "C2" })).alone, /Channels: none/);
			assert.match((await ask("admin channels none", admin)).alone, /Channels: none/);
			assert.match((await ask("admin channels all", admin)).alone, /Channels: all/);
			assert.match((await ask("8a7d5e2fbcd1a1c3-DFW")).all, /Dallas/);
		}));

	it("origins: only those of the allowed hosts are looked at", () =>
		inSlack(async ({ ask, slack }) => {
			await ask(lab.url("closes-empty"));
			const offers = (one: SlackMessage) => JSON.stringify(one.blocks).includes("o:https");
			const next = slack.messages.find(offers) as SlackMessage;
			await ask("admin origins shop.example", admin);
			const refused = await ask(`origin ${lab.url("closes-empty")} 127.0.0.1`);
			assert.match(refused.alone, /admins turned off origin checks/);
			assert.match((await ask(`origin ${lab.url("closes-empty")}`)).alone, /admins turned off origin checks/, "no form either");
			const before = slack.messages.length;
			await ask(lab.url("closes-empty"), { channel: "C2" });
			assert.match(flatSlack(slack.messages[before] as SlackMessage), /fails with 520/);
			assert.ok(!slack.messages.slice(before).some(offers), "nor is one offered");
			await slack.press(next, `o:${lab.url("closes-empty")}`);
			const last = () => slack.messages.at(-1) as SlackMessage;
			while (last().onlyFor === null) await new Promise((resolve) => setImmediate(resolve));
			assert.match(flatSlack(last()), /admins turned off origin checks/, "nor by the button");
			assert.equal(slack.views.length, 0);
		}));

	it("origins: for full members alone, for everybody where an admin pressed Allow", () =>
		inSlack(async ({ ask, slack, store, logs }) => {
			const question = `origin ${lab.url("closes-empty")} 127.0.0.1`;
			const others = { UGUEST: { is_restricted: true }, USINGLE: { is_ultra_restricted: true }, UOTHER: { team_id: "T2" } };
			const more = { USTRANGER: { is_stranger: true }, UBOT: { is_bot: true }, UADMIN: { is_restricted: true } };
			for (const [user, says] of Object.entries({ ...others, ...more })) slack.people.set(user, says);
			for (const user of Object.keys({ ...others, ...more }).filter((one) => one !== "UADMIN")) {
				const { all, alone } = await ask(question, { user });
				assert.deepEqual([all, /only for full members of this workspace/.test(alone)], ["", true], user);
				assert.doesNotMatch(JSON.stringify(slack.messages.at(-1)?.blocks), /"h:/);
			}
			const edge = lab.edge.requests.length;
			await ask(question, admin);
			assert.equal(lab.edge.requests.length, edge, "nothing goes out");
			const offer = slack.messages.at(-1) as SlackMessage;
			const allow = /"(h:[^"]+)"/.exec(JSON.stringify(offer.blocks))?.[1] ?? "";
			assert.equal(allow, "h:closes-empty.lab.example");
			const press = async (user: string) => {
				const before = slack.messages.length;
				await slack.press(offer, allow, { user });
				while (slack.messages.length === before) await new Promise((resolve) => setImmediate(resolve));
				return flatSlack(slack.messages.at(-1) as SlackMessage);
			};
			assert.match(await press("UGUEST"), /Only admins can do that/, "a forged press decides nothing");
			assert.deepEqual((await store.policies.of("slack T1")).openOrigins, []);
			assert.match(await press("UADMIN"), /Done\. Everyone here can check/);
			const { origins, openOrigins } = await store.policies.of("slack T1");
			assert.deepEqual([origins, openOrigins], [null, ["closes-empty.lab.example"]], "members go on with any host");
			assert.ok(logs.some((line) => /"event":"admin".*"what":"origins"/.test(line)));
		}));

	it("origins: without users:read nobody is known to be a full member, and the refusal names the scope", () =>
		inSlack(
			async ({ ask }) => assert.match((await ask(`origin ${lab.url("closes-empty")} 127.0.0.1`)).alone, /grant users:read/),
			null,
		));

	it("limits: a person is told when there is room again, and others go on", () =>
		inSlack(async ({ ask }) => {
			await ask("admin limits person 2", admin);
			for (const path of ["/1", "/2"]) assert.match((await ask(lab.url("healthy", path))).all, /healthy/);
			const third = await ask(lab.url("healthy", "/3"));
			assert.deepEqual([third.all, /used your \d+ checks for 5 minutes.*Try again in/s.test(third.alone)], ["", true]);
			assert.match((await ask(lab.url("healthy", "/3"), { user: "U2" })).all, /healthy/);
			assert.match((await ask("8a7d5e2fbcd1a1c3-DFW")).all, /Dallas/, "a Ray ID looks nowhere");
		}));

	it("privacy: verdicts go to the asker alone, buttons too", () =>
		inSlack(async ({ ask, slack, store }) => {
			await ask("admin privacy private", admin);
			const { all, alone } = await ask(lab.url("closes-empty"));
			assert.equal(all, "");
			assert.match(alone, /520.*At fault.*Next: /s);
			assert.ok((await store.cases.ofHost("slack T1", "closes-empty.lab.example", 1))[0]);
			assert.ok(slack.messages.every((one) => one.onlyFor !== null));
		}));

	it("privacy: a report is told alone and sends no file, a watch is told in a direct message", () =>
		inSlack(async ({ ask, slack, store }) => {
			await ask("admin privacy private", admin);
			await ask(lab.url("closes-empty"));
			const last = slack.messages.at(-1) as SlackMessage;
			await slack.press(last, `r:${(await store.cases.ofHost("slack T1", "closes-empty.lab.example", 1))[0]?.id}`);
			while (!flatSlack(slack.messages.at(-1) as SlackMessage).includes("Status page"))
				await new Promise((resolve) => setImmediate(resolve));
			assert.deepEqual([slack.uploads.length, slack.messages.every((one) => one.onlyFor !== null)], [0, true]);
			await slack.press(last, `k:${lab.url("closes-empty")}`);
			while ((await store.watches.count({})) === 0) await new Promise((resolve) => setImmediate(resolve));
			assert.ok(slack.messages.every((one) => one.onlyFor !== null || one.channel.startsWith("D")));
		}));

	it("what one person watches privately nobody else is told of, and nobody else ends", () =>
		inSlack(async ({ ask, store }) => {
			const page = lab.url("healthy", "/secret");
			await ask(`watch ${page} privately`, { user: "U3" });
			const second = await ask(`watch ${page} privately`, { user: "U4" });
			assert.doesNotMatch(second.alone, /watched already/);
			await ask(`unwatch ${page}`, { user: "U4" });
			assert.deepEqual(
				(await store.watches.open({}, 9)).map(({ asker }) => asker),
				["slack U3"],
			);
		}));

	it("a watch can be ended where nothing else is answered any more", () =>
		inSlack(async ({ ask, store }) => {
			await ask(`watch ${lab.url("healthy")}`, { channel: "C2" });
			await ask("admin channels here", admin);
			assert.match(
				(await ask(`unwatch ${lab.url("healthy")}`, { channel: "C2" })).alone,
				/Stopped watching healthy\.lab\.example:\d+\./,
			);
			assert.equal((await store.watches.open({}, 9)).length, 0);
		}));

	for (const [what, said] of [
		["a channel's name", "admin channels incidents"],
		["two words for one", "admin channels not here"],
	] as const)
		it(`${what} decides nothing`, () =>
			inSlack(async ({ ask, store }) => {
				assert.match((await ask(said, admin)).alone, /Unknown setting .*admin channels here/s);
				assert.equal((await store.policies.of("slack T1")).channels, null);
			}));

	it("one channel cannot be kept out while all are allowed, and a list without this channel says so", () =>
		inSlack(async ({ ask, store }) => {
			assert.match((await ask("admin channels not-here", admin)).alone, /First list those to keep/);
			assert.equal((await store.policies.of("slack T1")).channels, null);
			assert.match(
				(await ask("admin channels <#C77AB|incidents>", admin)).alone,
				/Channels: C77AB\..*This channel is not allowed/s,
			);
		}));

	it("forget: cases and watches of a host are gone, and an audit line says who did it, without a name", () =>
		inSlack(async ({ ask, store, logs }) => {
			await ask(lab.url("closes-empty"));
			await ask(`watch ${lab.url("closes-empty")} for 1h`);
			const { alone } = await ask("forget closes-empty.lab.example", admin);
			assert.match(alone, /Deleted 1 case and 1 watch of closes-empty\.lab\.example/);
			assert.deepEqual(await store.cases.ofHost("slack T1", "closes-empty.lab.example", 9), []);
			assert.match(
				logs.join("\n"),
				/"event":"admin","audit":true,"caseId":"[^"]+","platform":"slack","workspace":"slack T1","channel":"C1","person":"hash of \d+","what":"forget"/,
			);
			assert.doesNotMatch(logs.join("\n"), /UADMIN/);
		}));

	it("earlier verdicts about a host stand in a new case, those of other workspaces do not", () =>
		inSlack(async ({ ask, store }) => {
			const first = await ask(lab.url("closes-empty"));
			assert.doesNotMatch(first.all, /Before: /);
			await ask("solved origin-crashed");
			const one = (await store.cases.ofHost("slack T1", "closes-empty.lab.example", 1))[0];
			assert.ok(one);
			await store.cases.change(one.id, (now) => ({
				...now,
				solved: { cause: "origin-crashed", who: "Ann", atMs: Date.now() - 2 * 86_400_000 },
			}));
			await store.cases.open({ ...one, id: "elsewhere", threadKey: "elsewhere", workspace: "slack T2", code: "525" });
			const { all } = await ask(lab.url("closes-empty", "/again"));
			assert.match(all, /Before: solved as application crash or restart\./);
			assert.doesNotMatch(all, /525/);
		}));

	async function inDiscord(
		run: (
			discord: Awaited<ReturnType<typeof fakeDiscord>>,
			settled: (n: number) => Promise<void>,
			store: Stores,
		) => Promise<void>,
	) {
		const discord = await fakeDiscord();
		// Manage Server.
		discord.personPermissions = 32n;
		const store = memoryStores(realClock);
		const desk = countingDesk(labDesk(lab, { stores: store }));
		const bot = await startDiscord({ token: "aaaaaaaaaa.bbbb.cccc", apiUrl: discord.apiUrl, guildId: undefined }, desk, () => {});
		try {
			await run(discord, desk.settled, store);
		} finally {
			await bot.stop();
			await discord.close();
		}
	}
	const own = (discord: Awaited<ReturnType<typeof fakeDiscord>>) =>
		discord.messages.filter((one) => one.author === "bot" && !one.deleted);

	it("in Discord what is allowed in a channel is allowed in its threads, buttons and mentions too", () =>
		inDiscord(async (discord, settled) => {
			await discord.command("admin channels here");
			await settled(1);
			assert.match(own(discord).at(-1)?.content ?? "", /Settings saved/);
			await discord.command(lab.url("closes-empty"));
			await settled(2);
			const question = own(discord).at(-1);
			assert.ok(question && discord.threads.has(question.channelId));
			await discord.press(question, "a:case-2:origin-log:crash");
			await settled(3);
			assert.match(own(discord).at(-1)?.content ?? "", /A crash or kill/);
			discord.mention("answer what-changed deploy", { channel: question.channelId });
			await settled(4);
			assert.match(own(discord).at(-1)?.content ?? "", /A deploy or update/);
		}));

	it("in Discord, the button for an origin that may not be looked at says so instead of asking for its address", () =>
		inDiscord(async (discord, settled) => {
			await discord.command(lab.url("closes-empty"));
			await settled(1);
			const next = own(discord).find((one) => JSON.stringify(one.sent.components ?? []).includes("o:https"));
			assert.ok(next);
			await discord.command("admin origins none");
			await settled(2);
			const answer = await discord.press(next, `o:${lab.url("closes-empty")}`);
			assert.notEqual(answer.type, 9);
			await settled(3);
			assert.match(own(discord).at(-1)?.content ?? "", /admins turned off origin checks/);
			assert.notEqual(own(discord).at(-1)?.onlyFor, null);
		}));

	it("in Discord, under privacy: commands, buttons, watches and mentions are for the asker alone", () =>
		inDiscord(async (discord, settled, store) => {
			await discord.command(lab.url("closes-empty"));
			await settled(1);
			const public_ = own(discord).at(-1);
			assert.ok(public_);
			await discord.command("admin privacy private");
			await settled(2);
			const before = discord.messages.length;
			const mine = () => discord.messages.slice(before).filter((one) => one.author === "bot" && !one.deleted);
			await discord.press(public_, "a:case-1:origin-log:crash");
			await settled(3);
			await discord.press(public_, "r:case-1");
			await settled(4);
			await discord.press(public_, `k:${lab.url("closes-empty")}`);
			await settled(5);
			await discord.command(lab.url("closes-empty", "/2"));
			await settled(6);
			discord.mention("8a7d5e2fbcd1a1c3-DFW");
			await settled(7);
			assert.equal(await store.watches.count({}), 1);
			assert.match(
				mine()
					.map((one) => one.content)
					.join("\n"),
				/Dallas/,
			);
			assert.deepEqual(
				mine()
					.filter((one) => one.onlyFor === null && !one.channelId.startsWith("5"))
					.map((one) => one.content.slice(0, 80)),
				[],
			);
		}));

	it("in Discord, admin by mention is not answered where everybody reads it", () =>
		inDiscord(async (discord, settled) => {
			discord.mention("admin");
			await settled(1);
			assert.match(own(discord).at(-1)?.content ?? "", /My reply would be public here/);
			assert.doesNotMatch(own(discord).at(-1)?.content ?? "", /Channels:/);
		}));

	it("in Discord the right to manage the server makes an admin", async () => {
		const discord = await fakeDiscord();
		const desk = countingDesk(labDesk(lab));
		const bot = await startDiscord({ token: "aaaaaaaaaa.bbbb.cccc", apiUrl: discord.apiUrl, guildId: undefined }, desk, () => {});
		try {
			await discord.command("admin");
			await desk.settled(1);
			assert.match(discord.messages.at(-1)?.content ?? "", /Only admins can do that/);
			discord.personPermissions = 32n;
			await discord.command("admin channels here");
			await desk.settled(2);
			const last = discord.messages.at(-1);
			assert.match(last?.content ?? "", /Settings saved/);
			assert.notEqual(last?.onlyFor, null);
			await discord.command("8a7d5e2fbcd1a1c3-DFW", { channel: "300000000000000777" });
			await desk.settled(3);
			assert.match(discord.messages.filter((one) => !one.deleted).at(-1)?.content ?? "", /not enabled in this channel/);
		} finally {
			await bot.stop();
			await discord.close();
		}
	});
});
