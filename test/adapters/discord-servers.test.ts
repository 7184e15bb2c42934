import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { REST } from "discord.js";
import { startDiscord } from "../../src/adapters/discord/discord.ts";
import { DISCORD_EVENTS_PATH, DISCORD_PATH } from "../../src/adapters/discord/http.ts";
import { Servers } from "../../src/adapters/discord/servers.ts";
import { StoreAway, type Stores } from "../../src/desk/stores.ts";
import { serve } from "../../src/http-server.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { realClock } from "../clock.ts";
import { type DiscordFault, type FakeDiscord, fakeDiscord, GUILD } from "../fakes/discord.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { aCase, anAccess, aWatch } from "../store/values.ts";
import { countingDesk } from "./contract.ts";

/** Which servers the Discord bot is in, and what becomes of the data of one that it left, through the real discord.js. */

const token = "aaaaaaaaaa.bbbb.cccc";
const OTHER = "200000000000000002";
const [HOUR, DAY] = [3_600_000, 24 * 3_600_000];
const workspace = (guild: string) => `discord ${guild}`;
const until = async (holds: () => boolean | Promise<boolean>) => {
	while (!(await holds())) await setImmediate();
};

/** Something of everything that is kept of a workspace. */
async function fill(stores: Stores, of: string): Promise<void> {
	await stores.cases.open(aCase(`case ${of}`, { workspace: of, threadKey: `thread ${of}` }));
	await stores.policies.change(of, (now) => ({ ...now, keepDays: 7 }));
	await stores.accesses.put(anAccess({ platform: "discord", workspace: of }));
	const limits = { host: 9, hostInAll: 9, workspace: 9, all: 9 };
	await stores.watches.begin(aWatch(`w ${of}`, { platform: "discord", workspace: of }), limits);
	await stores.inbox.open(`question ${of}`, `event ${of}`, "discord", "{}", of);
}
const left = async (stores: Stores, of: string) => [
	(await stores.cases.ofWorkspace(of, 0, 10)).length,
	(await stores.policies.of(of)).keepDays === 30 ? 0 : 1,
	(await stores.accesses.of({ platform: "discord", workspace: of })).length,
	(await stores.watches.open({ workspace: of }, 10)).length,
];
const ALL = [1, 1, 1, 1];
const NOTHING = [0, 0, 0, 0];
const servers = async (stores: Stores) => (await stores.installs.all("discord", 10_000)).map(({ id }) => id).toSorted();

/** A clock that is turned by hand. */
function handClock() {
	const clock = { at: Date.UTC(2026, 10, 26, 12), works: [] as (() => void)[] };
	return {
		clock: {
			now: () => clock.at,
			every: (_ms: number, work: () => void) => {
				clock.works.push(work);
				return () => {
					clock.works = clock.works.filter((one) => one !== work);
				};
			},
		},
		wait: (ms: number) => {
			clock.at += ms;
			for (const work of clock.works) work();
		},
		running: () => clock.works.length,
	};
}

describe("servers of Discord", () => {
	let lab: Lab;
	before(async () => {
		lab = await openLab();
	});
	after(() => lab.close());

	async function withBot(
		run: (chat: {
			discord: FakeDiscord;
			stores: Stores;
			lines: string[];
			settled: (n: number) => Promise<void>;
			wait: (ms: number) => void;
		}) => Promise<void>,
		{
			overHttp = false,
			stores = memoryStores(realClock),
			prepare = () => {},
		}: { overHttp?: boolean; stores?: Stores; prepare?: (discord: FakeDiscord) => void } = {},
	) {
		const discord = await fakeDiscord();
		prepare(discord);
		const lines: string[] = [];
		const log = (line: object) => void lines.push(JSON.stringify(line));
		const desk = countingDesk(labDesk(lab, { stores, log }));
		const { publicKey, privateKey } = generateKeyPairSync("ed25519");
		const hex = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
		const own = await serve("127.0.0.1", 0, null);
		const { clock, wait, running } = handClock();
		const settings = { token, apiUrl: discord.apiUrl, guildId: undefined, publicKey: overHttp ? hex : null };
		const { installs, leases } = stores;
		const bot = await startDiscord(settings, desk, log, { mount: own.mount, installs, leases, clock });
		const base = `http://127.0.0.1:${own.port}`;
		if (overHttp) discord.overHttp(base + DISCORD_PATH, privateKey, base + DISCORD_EVENTS_PATH);
		try {
			await run({ discord, stores, lines, settled: desk.settled, wait });
		} finally {
			await bot.stop();
			assert.equal(running(), 0);
			await own.close();
			await discord.close();
		}
	}

	it("one that the bot is in is kept, with nothing about it", () =>
		withBot(async ({ stores }) => {
			await until(async () => (await servers(stores)).length > 0);
			assert.deepEqual(
				(await stores.installs.all("discord", 9)).map(({ id, body }) => [id, body]),
				[[GUILD, "{}"]],
			);
		}));

	it("one that removed the bot: everything of it is deleted, of others nothing; an outage deletes nothing", () =>
		withBot(async ({ discord, stores, settled, lines }) => {
			for (const one of [GUILD, OTHER]) await fill(stores, workspace(one));
			await fill(stores, `discord person ${GUILD}`);
			discord.guildGoes(true);
			// Dispatches come in order: what was answered came after it.
			await discord.command("help");
			await settled(1);
			assert.deepEqual(await left(stores, workspace(GUILD)), ALL);
			discord.disconnect();
			discord.guildGoes(false);
			await until(async () => !(await servers(stores)).includes(GUILD));
			assert.deepEqual(await left(stores, workspace(GUILD)), NOTHING);
			for (const stays of [workspace(OTHER), `discord person ${GUILD}`]) assert.deepEqual(await left(stores, stays), ALL);
			await stores.inbox.release();
			assert.deepEqual(
				(await stores.inbox.unfinished("discord", 9)).map(({ id }) => id),
				[`question ${workspace(OTHER)}`, `question discord person ${GUILD}`],
			);
			const audit = lines.map((line) => JSON.parse(line)).filter(({ event }) => event === "workspace-left");
			assert.deepEqual(
				audit.map(({ platform, workspace: of, cases, watches }) => [platform, of, cases, watches]),
				[["discord", workspace(GUILD), 1, 1]],
			);
		}));

	const away: readonly (readonly [what: string, stays: boolean, prepare: (discord: FakeDiscord) => void])[] = [
		["was left", false, () => {}],
		[
			"has an outage",
			true,
			(discord) => {
				discord.guilds = [GUILD, OTHER];
				discord.unavailable.add(OTHER);
			},
		],
		["is there", true, (discord) => void discord.guilds.push(OTHER)],
		["is missing from a listing that breaks off", true, (discord) => discord.fail(/guilds$/, { status: 403 })],
	];
	for (const [what, stays, prepare] of away)
		it(`one that ${what} while the process was away ${stays ? "keeps what it has" : "has nothing any more"}, at the next start`, async () => {
			const stores = memoryStores(realClock);
			await fill(stores, workspace(OTHER));
			await stores.installs.put({ platform: "discord", id: OTHER, atMs: 1, body: "{}" });
			await withBot(
				async ({ discord, settled }) => {
					if (!stays) await until(async () => !(await servers(stores)).includes(OTHER));
					await until(() => stays || discord.calls.some(({ route }) => route === "GET /users/@me/guilds"));
					await discord.command("help");
					await settled(1);
					assert.deepEqual(await left(stores, workspace(OTHER)), stays ? ALL : NOTHING);
				},
				{ stores, prepare },
			);
		});

	it("over HTTP, one is kept once it asks, and left when two listings a day apart do not name it", () =>
		withBot(
			async ({ discord, stores, settled, wait }) => {
				await discord.command("help");
				await settled(1);
				await until(async () => (await servers(stores)).length === 1);
				await fill(stores, workspace(GUILD));
				discord.guilds = [OTHER];
				const kept = async () => (await stores.installs.get("discord", GUILD))?.body ?? null;
				wait(DAY);
				await until(async () => (await kept()) !== "{}");
				assert.deepEqual(await left(stores, workspace(GUILD)), ALL);
				wait(DAY);
				await until(async () => (await kept()) === null);
				assert.deepEqual(await left(stores, workspace(GUILD)), NOTHING);
			},
			{ overHttp: true },
		));

	it("over HTTP, one that only a person's installation asks from is none of ours", () =>
		withBot(
			async ({ discord, stores, settled }) => {
				await discord.command("help", { guild: OTHER, as: { installedBy: { "1": "400000000000000001" } } });
				await settled(1);
				assert.deepEqual(await servers(stores), []);
			},
			{ overHttp: true },
		));

	/** What becomes of a kept server at listings, each so long after the one before. */
	const listings: readonly (readonly [
		what: string,
		at: readonly (readonly [afterMs: number, names: boolean, fault?: DiscordFault])[],
		stays: boolean,
	])[] = [
		["named", [[0, true]], true],
		["missing once", [[0, false]], true],
		[
			"missing twice, a day apart",
			[
				[0, false],
				[DAY, false],
			],
			false,
		],
		[
			"missing twice within a day",
			[
				[0, false],
				[2 * HOUR, false],
			],
			true,
		],
		[
			"missing, named, missing",
			[
				[0, false],
				[DAY, true],
				[DAY, false],
			],
			true,
		],
		[
			"missing, then a listing that breaks off",
			[
				[0, false],
				[DAY, false, { status: 403 }],
			],
			true,
		],
		[
			"missing, one that breaks off, missing an hour later",
			[
				[0, false],
				[DAY, false, { status: 403 }],
				[HOUR, false],
			],
			false,
		],
		[
			"missing first after a week",
			[
				[0, true],
				[7 * DAY, false],
			],
			true,
		],
	];
	for (const [what, at, stays] of listings)
		it(`one that is ${what} ${stays ? "stays" : "is left"}`, async () => {
			const discord = await fakeDiscord();
			const stores = memoryStores(realClock);
			const gone: string[] = [];
			const { clock, wait } = handClock();
			const options = { installs: stores.installs, leases: stores.leases, clock };
			const desk = { workspaceLeft: async (_platform: string, of: string) => void gone.push(of) };
			const rest = new REST({ api: discord.apiUrl }).setToken(token);
			const compared = new Servers(desk, options, rest, () => {});
			await stores.installs.put({ platform: "discord", id: OTHER, atMs: clock.now() - 1, body: "{}" });
			for (const [afterMs, isNamed, fault] of at) {
				wait(afterMs);
				discord.guilds = isNamed ? [GUILD, OTHER] : [GUILD];
				if (fault !== undefined) discord.fail(/guilds$/, fault);
				await compared.compare();
			}
			assert.deepEqual([gone, await servers(stores)], stays ? [[], [OTHER]] : [[workspace(OTHER)], []]);
			await discord.close();
		});

	it("of many, all pages are read, and a page that fails decides nothing", async () => {
		const discord = await fakeDiscord();
		const stores = memoryStores(realClock);
		const gone: string[] = [];
		const { clock, wait } = handClock();
		const desk = { workspaceLeft: async (_platform: string, of: string) => void gone.push(of) };
		const rest = new REST({ api: discord.apiUrl }).setToken(token);
		const compared = new Servers(desk, { installs: stores.installs, clock }, rest, () => {});
		const all = Array.from({ length: 450 }, (_, nth) => String(200_000_000_000_001_000n + BigInt(nth)));
		discord.guilds = [...all];
		const [last = ""] = all.slice(-1);
		for (const id of [last, OTHER]) await stores.installs.put({ platform: "discord", id, atMs: clock.now() - 1, body: "{}" });
		await compared.compare();
		assert.equal(discord.calls.length, 3);
		discord.fail(/guilds$/, { status: 403 });
		wait(DAY);
		await compared.compare();
		assert.deepEqual(gone, []);
		wait(HOUR);
		await compared.compare();
		assert.deepEqual(gone, [workspace(OTHER)]);
		await discord.close();
	});

	it("are compared by one of several processes", async () => {
		const discord = await fakeDiscord();
		const stores = memoryStores(realClock);
		const { clock } = handClock();
		const held = new Set<string>();
		const leases = { hold: async (name: string) => !held.has(name) && held.add(name).size > 0, drop: async () => {} };
		const rest = new REST({ api: discord.apiUrl }).setToken(token);
		const compared = [1, 2].map(
			() => new Servers({ workspaceLeft: async () => {} }, { installs: stores.installs, leases, clock }, rest, () => {}),
		);
		for (const one of compared) await one.compare();
		assert.equal(discord.calls.length, 1);
		await discord.close();
	});

	it("whose data cannot be deleted just now are kept, and deleted later", async () => {
		const discord = await fakeDiscord();
		const stores = memoryStores(realClock);
		const { clock } = handClock();
		let isBroken = true;
		const desk = { workspaceLeft: async () => (isBroken ? Promise.reject(new Error("disk")) : undefined) };
		const rest = new REST({ api: discord.apiUrl }).setToken(token);
		const compared = new Servers(desk, { installs: stores.installs, clock }, rest, () => {});
		await compared.met(OTHER);
		await assert.rejects(compared.left(OTHER));
		assert.deepEqual(await servers(stores), [OTHER]);
		isBroken = false;
		await compared.began([GUILD], () => true);
		assert.deepEqual(await servers(stores), [GUILD]);
		await discord.close();
	});

	it("that could not be kept are kept at the next question; a database that is away is no line of ours", async () => {
		const discord = await fakeDiscord();
		const stores = memoryStores(realClock);
		const { clock } = handClock();
		const lines: string[] = [];
		const rest = new REST({ api: discord.apiUrl }).setToken(token);
		let failing: Error | null = null;
		const put: Stores["installs"]["put"] = async (one) => {
			if (failing !== null) throw failing;
			await stores.installs.put(one);
		};
		const desk = { workspaceLeft: async () => {} };
		const log = ({ event: name }: { event: string }) => void lines.push(name);
		const compared = new Servers(desk, { installs: { ...stores.installs, put }, clock }, rest, log);
		for (const error of [new StoreAway("away"), new Error("disk"), null]) {
			failing = error;
			await compared.met(OTHER);
		}
		assert.deepEqual([await servers(stores), lines], [[OTHER], ["discord-servers-not-kept"]]);
		await discord.close();
	});

	const event = (type: string, data: unknown) => ({
		version: 1,
		application_id: "100000000000000001",
		type: 1,
		event: { type, timestamp: "2026-11-26T12:00:00.000000", data },
	});
	const ANN = "400000000000000001";
	const removed = event("APPLICATION_DEAUTHORIZED", { user: { id: ANN, username: "ann" } });
	const events: readonly (readonly [
		what: string,
		sent: Record<string, unknown>,
		status: number,
		stays: boolean,
		more?: { age?: number },
	])[] = [
		["a check of the address", { version: 1, application_id: "1", type: 0 }, 204, true],
		["a person who removed it", removed, 204, false],
		["another person who removed it", event("APPLICATION_DEAUTHORIZED", { user: { id: "4" } }), 204, true],
		["somebody who added it", event("APPLICATION_AUTHORIZED", { user: { id: ANN } }), 204, true],
		["one of no person", event("APPLICATION_DEAUTHORIZED", { user: { id: "x" } }), 400, true],
		["one of a kind to come", event("SOMETHING", null), 204, true],
		["nothing that Discord sends", { type: 7 }, 400, true],
		["an event without one", { version: 1, type: 1 }, 400, true],
		["an old one, sent again", removed, 401, true, { age: 600 }],
	];
	for (const [what, sent, status, stays, more] of events)
		it(`over HTTP, of webhook events ${what} is answered ${status}, and that person's data ${stays ? "stay" : "are gone"}`, () =>
			withBot(
				async ({ discord, stores, lines }) => {
					for (const one of [`discord person ${ANN}`, workspace(ANN), workspace(GUILD)]) await fill(stores, one);
					assert.equal(await discord.webhookEvent(sent, more), status);
					assert.deepEqual(await left(stores, `discord person ${ANN}`), stays ? ALL : NOTHING);
					for (const one of [workspace(ANN), workspace(GUILD)]) assert.deepEqual(await left(stores, one), ALL);
					assert.doesNotMatch(lines.join("\n"), new RegExp(ANN));
				},
				{ overHttp: true },
			));
});
