import { setTimeout as sleep } from "node:timers/promises";
import type { SlackMessage } from "../fakes/slack.ts";
import { flatSlack } from "../normal.ts";
import { at, type Bot, discordUser, type Question, readSlack, startBot, until, url } from "./bot.ts";
import { broken, type Result, type Row } from "./row.ts";
import type { OpenServer, Servers } from "./servers.ts";

/** What crosses workspaces: buttons, earlier cases, watches, limits, and whose origin is looked at. */

const ANSWERED_MS_MAX = 15_000;
/** What is pressed is worked through within this; what changes nothing leaves no other sign. */
const PRESSES_MS_MAX = 8_000;
const MANAGE_GUILD = 1n << 5n;
const OTHER_GUILD = "200000000000000002";

const answered = (questions: readonly Question[]) => until(() => questions.every((one) => one.answered()), ANSWERED_MS_MAX);
const buttonValues = (messages: readonly { readonly blocks?: unknown; readonly sent?: unknown }[]): string[] => [
	...new Set(
		messages.flatMap((one) =>
			[...JSON.stringify(one.blocks ?? one.sent).matchAll(/"(?:value|custom_id)":"([a-z]:[^"]+)"/g)].map(
				([, value = ""]) => value,
			),
		),
	),
];
const idIn = (values: readonly string[], what: string): string =>
	values.find((value) => value.startsWith(`${what}:`))?.split(":")[1] ?? "";
const inChannel = (bot: Bot, channel: string): SlackMessage[] => bot.slack.messages.filter((one) => one.channel === channel);
/** What a place says and how often it was edited: any change of it is one. */
const stateOf = (messages: readonly { readonly edits: number }[]): string =>
	`${messages.length} messages, ${messages.reduce((sum, one) => sum + one.edits, 0)} edits`;
const withoutButtons = (texts: readonly string[]): string => texts.join("\n").replace(/\[[^\]]*\]/g, "");

/** The actions that name a case. */
const caseActions = (id: string): string[] => [
	`r:${id}`,
	`t:${id}:host`,
	`a:${id}:origin-log:nothing`,
	`a:${id}:direct-origin:?`,
	`y:${id}:origin-log:nothing`,
	`z:${id}:direct-origin:none`,
	`b:${id}:origin-log`,
	`g:${id}:origin-crashed`,
	`v:${id}`,
	`c:${id}`,
	`e:${id}`,
	`S:${id}`,
	`l:${id}`,
	`s:${id}`,
	`w:${id}:origin-crashed`,
	`x:${id}`,
];
const pressesOf = (bot: Bot): number => bot.log.filter((line) => line.event === "press").length;

async function pressed(bot: Bot, presses: readonly Promise<unknown>[], before: number): Promise<void> {
	await Promise.race([Promise.allSettled(presses), sleep(PRESSES_MS_MAX)]);
	await until(() => pressesOf(bot) - before >= presses.length, 3_000);
	await sleep(500);
}

interface Tenant {
	readonly channel: string;
	readonly host: string;
	readonly caseId: string;
	readonly watchId: string;
}

/** A workspace with a case and a watch of its own, about a page whose path nobody else should read. */
async function tenant(bot: Bot, chat: "slack" | "discord", host: string, server: OpenServer, guild?: string): Promise<Tenant> {
	const more = guild === undefined ? {} : { guild };
	const site = bot.ask(chat, url(host, server, `/path-of-${host}?of=${host}`), more);
	const watch = bot.ask(chat, `watch ${url(host, server, `/watched-of-${host}`)} for 1h every 60s`, more);
	await answered([site, watch]);
	const messagesIn = (channel: string) =>
		chat === "slack"
			? inChannel(bot, channel)
			: bot.discord.messages.filter(
					(one) => one.channelId === channel || bot.discord.threads.get(one.channelId)?.parent === channel,
				);
	await until(() => idIn(buttonValues(messagesIn(site.channel)), "c") !== "", ANSWERED_MS_MAX);
	return {
		channel: site.channel,
		host,
		caseId: idIn(buttonValues(messagesIn(site.channel)), "c"),
		// Where the bot may not post, a watch stands in a direct conversation.
		watchId: idIn(
			buttonValues(
				[...bot.slack.messages, ...bot.discord.messages].filter((one) => JSON.stringify(one).includes(`watched-of-${host}`)),
			),
			"u",
		),
	};
}

async function foreignButtons(servers: Servers): Promise<Result> {
	const server = await servers.open("honest", "127.0.0.3");
	const hosts = ["slacks.lab.example", "discords.lab.example", "others.lab.example", "privates.lab.example"] as const;
	const bot = await startBot({ resolve: hosts.map((host) => at(host, server)) });
	try {
		const [inSlack, inDiscord, inOther] = [
			await tenant(bot, "slack", hosts[0], server),
			await tenant(bot, "discord", hosts[1], server),
			await tenant(bot, "discord", hosts[2], server, OTHER_GUILD),
		];
		const alone = bot.ask("slack", `watch ${url(hosts[3], server)} for 1h every 60s privately`, { user: "UBOB" });
		await answered([alone]);
		const privateWatch = idIn(buttonValues(bot.slack.messages.filter((one) => JSON.stringify(one).includes(hosts[3]))), "u");
		const slackBefore = stateOf(inChannel(bot, inSlack.channel));
		const otherBefore = stateOf(discordIn(bot, inOther.channel));

		// From Discord: Slack's ids, and those of another server; forms too.
		const before = pressesOf(bot);
		const discordMessage = discordIn(bot, inDiscord.channel)[0];
		const slackMessage = inChannel(bot, inSlack.channel)[0];
		if (discordMessage === undefined || slackMessage === undefined) return { now: {}, broken: ["no message to press"] };
		const foreign = [inSlack, inOther].flatMap((one) => [...caseActions(one.caseId), `u:${one.watchId}`, `G:${one.watchId}`]);
		const user = discordUser(66);
		await pressed(
			bot,
			foreign.map((value) => bot.discord.press(discordMessage, value, { user })),
			before,
		);
		await Promise.race([bot.discord.submit(`p:${inSlack.caseId}`, { paste: "HTTP/1.1 200 OK" }, { user }), sleep(2_000)]);
		const leakedToDiscord = leaks(textOfDiscord(bot, inDiscord.channel, user), [inSlack.host, inOther.host]);

		// From Slack: Discord's ids, and a private watch of somebody else's.
		const fromSlack = [inDiscord, inOther].flatMap((one) => [...caseActions(one.caseId), `u:${one.watchId}`, `G:${one.watchId}`]);
		const beforeSlack = pressesOf(bot);
		const slackAtFirst = stateOf(inChannel(bot, inSlack.channel));
		await pressed(
			bot,
			[...fromSlack, `u:${privateWatch}`].map((value) =>
				bot.slack.press(slackMessage, value, { user: "UMALLORY", name: "mallory" }),
			),
			beforeSlack,
		);
		const leakedToSlack = leaks(bot.slack.messages.map((one) => JSON.stringify(one)).join("\n"), [inDiscord.host, inOther.host]);
		// An answer moves a case that is open, where everybody reads it.
		const publicBefore = stateOf(inChannel(bot, inSlack.channel).filter((one) => one.onlyFor === null));
		const beforeOwn = pressesOf(bot);
		await pressed(bot, [bot.slack.press(slackMessage, `a:${inSlack.caseId}:what-changed:deploy`, { user: "UANN" })], beforeOwn);
		const stillOpen = stateOf(inChannel(bot, inSlack.channel).filter((one) => one.onlyFor === null)) !== publicBefore;
		const ids = [inSlack, inDiscord, inOther].flatMap((one) => [one.caseId, one.watchId.replace(/^w/, "")]);
		const now = {
			pressed: foreign.length + fromSlack.length + 1,
			leakedToDiscord,
			leakedToSlack,
			slackCase: `${slackBefore} -> ${slackAtFirst}`,
			otherServersCase: `${otherBefore} -> ${stateOf(discordIn(bot, inOther.channel))}`,
			watchesEnded: await endedOf(bot, [...[inSlack, inDiscord, inOther].map((one) => one.watchId), privateWatch]),
			stillOpen,
			shortestId: Math.min(...ids.map((id) => id.length)),
		};
		return {
			now,
			broken: broken({
				"ids were found": ids.every((id) => id !== "") && privateWatch !== "",
				"nothing of another workspace is told": leakedToDiscord + leakedToSlack === 0,
				"the case in Slack stays as it was": slackBefore === slackAtFirst && stillOpen,
				"the other server's case stays as it was": otherBefore === stateOf(discordIn(bot, inOther.channel)),
				"foreign watches go on": now.watchesEnded === 0,
				// 16 bytes: 32 hex digits, or 22 characters of base64.
				"ids have 16 bytes": now.shortestId >= 22,
				"no death": bot.deaths.length === 0,
			}),
		};
	} finally {
		await bot.close();
	}
}

const discordIn = (bot: Bot, channel: string) =>
	bot.discord.messages.filter(
		(one) =>
			one.author === "bot" &&
			!one.deleted &&
			(one.channelId === channel || bot.discord.threads.get(one.channelId)?.parent === channel),
	);
const textOfDiscord = (bot: Bot, channel: string, user: string): string =>
	[...discordIn(bot, channel), ...bot.discord.messages.filter((one) => one.onlyFor === user)]
		.map((one) => `${one.content} ${JSON.stringify(one.sent)}`)
		.join("\n");
const leaks = (text: string, words: readonly string[]): number =>
	words.reduce((sum, word) => sum + text.split(word).length - 1, 0);

/** How many of these watches do not run any more: the head of one that ended has lost its button. */
async function endedOf(bot: Bot, ids: readonly string[]): Promise<number> {
	await sleep(1_500);
	const said = [
		...bot.slack.messages.map((one) => JSON.stringify(one.blocks)),
		...bot.discord.messages.map((one) => (one.deleted ? "" : JSON.stringify(one.sent))),
	].join("\n");
	return ids.filter((id) => id !== "" && !said.includes(`u:${id}"`)).length;
}

/** A private case is solved; then others ask in public about the same host. */
async function privateCases(servers: Servers): Promise<Result> {
	const server = await servers.open("honest", "127.0.0.3");
	const places = {
		"a public channel": { channel: "C70" },
		"a private channel": { channel: "G71", channelName: "privategroup" },
		"answered alone": { channel: "C72", outside: true },
		"a direct conversation": { channel: "D73", channelName: "directmessage" },
	} as const;
	const hosts = Object.keys(places).map((_, nth) => `private${nth}.lab.example`);
	const watchedHost = "watched.lab.example";
	const bot = await startBot({ resolve: [...hosts, watchedHost].map((host) => at(host, server)) });
	try {
		const now: Record<string, unknown> = {};
		const held: Record<string, boolean> = {};
		for (const [nth, [place, more]] of Object.entries(places).entries()) {
			const host = hosts[nth] ?? "";
			const site = bot.ask("slack", url(host, server, "/inner"), { user: "UBOB", ...more });
			await answered([site]);
			await until(() => idIn(buttonValues(inChannel(bot, more.channel)), "c") !== "", 5_000);
			const id = idIn(buttonValues(inChannel(bot, more.channel)), "c");
			const message = inChannel(bot, more.channel)[0];
			const before = pressesOf(bot);
			if (message !== undefined && id !== "")
				await pressed(bot, [bot.slack.press(message, `w:${id}:origin-crashed`, { user: "UBOB", name: "bob" })], before);
			const publicly = bot.ask("slack", url(host, server, "/outer"), { user: "UANN" });
			await answered([publicly]);
			await sleep(500);
			const told = /Before: solved|already has an open case|\bbob\b|\/inner/i.test(
				withoutButtons(readSlack(bot.slack, publicly.channel, "UANN")),
			);
			const solved = /Solved by bob after .*application crash/.test(
				inChannel(bot, more.channel).map(flatSlack).join("\n").replaceAll("*", ""),
			);
			now[place] = { solved, toldInPublic: told };
			held[`${place}: solved`] = solved;
			// What happened in public is told.
			held[place === "a public channel" ? `${place}: told` : `${place}: not told in public`] =
				publicly.answered() && told === (place === "a public channel");
		}
		const watches = await privateWatches(bot, server, watchedHost);
		return {
			now: { ...now, watches },
			broken: broken({
				...held,
				"a private channel's watch is not told to others": !watches.namesBob,
				"a guest does not end it": watches.running,
				"no death": bot.deaths.length === 0,
			}),
		};
	} finally {
		await bot.close();
	}
}

/** Bob watches in a private channel; Ann and a guest ask about the same page elsewhere. */
async function privateWatches(bot: Bot, server: OpenServer, host: string) {
	bot.slack.people.set("UGUEST", { is_restricted: true });
	const page = url(host, server, "/inner");
	const own = bot.ask("slack", `watch ${page} for 1h every 60s`, { user: "UBOB", channel: "G74", channelName: "privategroup" });
	await answered([own]);
	await until(() => idIn(buttonValues(inChannel(bot, "G74")), "u") !== "", 5_000);
	const id = idIn(buttonValues(inChannel(bot, "G74")), "u");
	const again = bot.ask("slack", `watch ${page} for 1h every 60s`, { user: "UANN" });
	await answered([again]);
	const namesBob = /\b(?:UBOB|bob)\b|already watching/i.test(withoutButtons(again.read()));
	const stop = bot.ask("slack", `unwatch ${page}`, { user: "UGUEST" });
	await until(() => stop.outcome() !== null, 5_000);
	await sleep(1_500);
	const running = inChannel(bot, "G74").some((one) => JSON.stringify(one.blocks).includes(`u:${id}"`));
	return { found: id !== "", namesBob, running: id !== "" && running };
}

const WATCHES_OF_STRANGERS = 5;
const QUESTIONS_OF_STRANGERS = 48;
const STRANGERS = 4;

async function lockedOut(servers: Servers): Promise<Result> {
	const server = await servers.open("honest", "127.0.0.5");
	const host = "shop.lab.example";
	const bot = await startBot({ resolve: [at(host, server)] });
	try {
		const strangers = Array.from({ length: WATCHES_OF_STRANGERS }, (_, nth) =>
			bot.ask("discord", `watch ${url(host, server, `/w${nth}`)} for 24h every 30s`),
		);
		await answered(strangers);
		const asked = Array.from({ length: QUESTIONS_OF_STRANGERS }, (_, nth) =>
			bot.ask("discord", url(host, server, `/q${nth}`), { user: discordUser(80 + (nth % STRANGERS)) }),
		);
		await until(() => asked.every((one) => one.answered()), 40_000);
		const owners = bot.ask("slack", `watch ${url(host, server, "/owner-watch")} for 1h every 60s`, { user: "UOWNER" });
		const first = bot.ask("slack", url(host, server, "/owner"), { user: "UOWNER" });
		await answered([owners, first]);
		await sleep(1_500);
		const { count, requests } = await server.counts();
		const now = {
			requestsOfStrangers: requests.filter((request) => !request.includes("/owner")).length,
			requests: count,
			ownersWatch: idIn(buttonValues(inChannel(bot, owners.channel)), "u") !== "",
			ownersQuestion: first.outcome(),
			ownersRequests: requests.filter((request) => request.endsWith("/owner")).length,
		};
		return {
			now,
			broken: broken({
				"the owner can watch": now.ownersWatch,
				"the owner's first question is looked at": now.ownersQuestion === "answered" && now.ownersRequests > 0,
				"at most 400 requests to the host": count <= 400,
				"no death": bot.deaths.length === 0,
			}),
		};
	} finally {
		await bot.close();
	}
}

/** Different addresses of one person in a day. */
const ADDRESSES_MAX = 20;
const ADDRESSES_TRIED = 24;

async function foreignOrigins(servers: Servers): Promise<Result> {
	const site = await servers.open("honest", "127.0.0.3");
	const host = "shop.lab.example";
	const asks = (origin: OpenServer) => `origin ${url(host, site)} ${origin.host}:${origin.port}`;
	const bot = await startBot({ resolve: [at(host, site)] });
	bot.slack.people.set("UGUEST", { is_restricted: true });
	bot.slack.people.set("USINGLE", { is_restricted: true, is_ultra_restricted: true });
	bot.slack.people.set("USTRANGER", { team_id: "T2", is_stranger: true });
	try {
		const now: Record<string, unknown> = {};
		const held: Record<string, boolean> = {};
		const outsiders = {
			"a guest": { chat: "slack", user: "UGUEST", team: "T1" },
			"a guest of one channel": { chat: "slack", user: "USINGLE", team: "T1" },
			"somebody of another organization": { chat: "slack", user: "USTRANGER", team: "T2" },
			"a member of a Discord server": { chat: "discord", user: discordUser(91), team: "T1" },
		} as const;
		for (const [who, { chat, user, team }] of Object.entries(outsiders)) {
			const { connections, question } = await originAsked(servers, bot, chat, user, asks, team);
			now[who] = { connections, outcome: question.outcome(), saidInPublic: saidInPublic(bot, question) };
			held[`${who}: no connection`] = connections === 0;
			held[`${who}: refused in private`] = question.outcome() === "refused" && !saidInPublic(bot, question);
		}
		const member = await originAsked(servers, bot, "slack", "UMEMBER", asks);
		held["a full member is answered"] = member.connections > 0 && member.question.outcome() === "answered";
		const many = await manyAddresses(servers, bot, host, site);
		held["at most 20 addresses of one person"] = many <= ADDRESSES_MAX && many > ADDRESSES_MAX / 2;
		bot.discord.personPermissions |= MANAGE_GUILD;
		const admin = await originAsked(servers, bot, "discord", discordUser(92), asks);
		const offered = /"label":"Allow/.test(
			JSON.stringify(bot.discord.messages.filter((one) => one.onlyFor === admin.question.user)),
		);
		await answered([bot.ask("discord", `admin origins ${host}`, { user: discordUser(92) })]);
		const allowed = await originAsked(servers, bot, "discord", discordUser(91), asks);
		held["an admin is offered to allow the host"] = offered;
		held["an allowed host is looked at for everybody"] = allowed.connections > 0;
		bot.slack.admins = null;
		const unknown = await originAsked(servers, bot, "slack", "UUNKNOWN", asks);
		const names = unknown.question.read().join("\n").includes("users:read");
		held["without users:read nobody is known"] = unknown.connections === 0 && names;
		return {
			now: {
				...now,
				member: member.connections,
				addressesOfOnePerson: many,
				offered,
				allowed: allowed.connections,
				unknown: unknown.connections,
			},
			broken: broken({ ...held, "no death": bot.deaths.length === 0 }),
		};
	} finally {
		await bot.close();
	}
}

const saidInPublic = (bot: Bot, { channel }: Question): boolean =>
	bot.slack.messages.some((one) => one.channel === channel && one.onlyFor === null) ||
	bot.discord.messages.some(
		(one) => one.channelId === channel && one.author === "bot" && !one.deleted && one.onlyFor === null && one.content !== "",
	);

let origins = 0;
/** Somebody asks for a look at an origin that nobody has asked for before: how many connections it had. */
async function originAsked(
	servers: Servers,
	bot: Bot,
	chat: "slack" | "discord",
	user: string,
	asks: (origin: OpenServer) => string,
	team = "T1",
) {
	const origin = await servers.open("honest", `127.0.2.${++origins}`);
	const question = bot.ask(chat, asks(origin), { user, team });
	await answered([question]);
	return { question, connections: (await origin.counts()).connections };
}

/** How many different addresses one person gets looked at, two a question. */
async function manyAddresses(servers: Servers, bot: Bot, host: string, site: OpenServer): Promise<number> {
	const open: OpenServer[] = [];
	for (let nth = 1; nth <= ADDRESSES_TRIED; nth += 1) open.push(await servers.open("honest", `127.0.3.${nth}`));
	for (let nth = 0; nth < open.length; nth += 2) {
		const pair = open.slice(nth, nth + 2).map((one) => `${one.host}:${one.port}`);
		await answered([bot.ask("slack", `origin ${url(host, site, `/m${nth}`)} ${pair.join(" ")}`, { user: "UMANY" })]);
	}
	const counts = await Promise.all(open.map((one) => one.counts()));
	return counts.filter((one) => one.connections > 0).length;
}

export const TENANT_ROWS: readonly Row[] = [
	{
		id: "R10",
		what: "buttons and forms with the case and watch ids of other workspaces, and of a private watch",
		today:
			"the other workspace's report, paths and query are told; cases are closed, answers changed, watches ended; ids of 4 bytes",
		run: foreignButtons,
	},
	{
		id: "R11",
		what: "cases solved in a private channel, alone and in a direct conversation, then asked about in public; a private channel's watch",
		today: 'told in public: "Before, here: … solved: …", "Bob asked for it"; a guest ends the watch',
		run: privateCases,
	},
	{
		id: "R12",
		what: "five watches for 24 h and 48 questions of strangers about a host, then its owner in another workspace",
		today: "the owner cannot watch it and has to wait 45 min",
		run: lockedOut,
	},
	{
		id: "R13",
		what: "a look at an origin, asked for by guests, strangers, a Discord member and without users:read; 24 addresses of one person",
		today: "open to anybody, 360 addresses an hour",
		run: foreignOrigins,
	},
];
