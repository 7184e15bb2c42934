import { setTimeout as sleep } from "node:timers/promises";
import { at, type Bot, type Question, startBot, until, url } from "./bot.ts";
import { crowd, figures, othersHeld, quiet } from "./crowd.ts";
import { broken, MEMORY_MB_MAX, type Result, type Row } from "./row.ts";
import type { Kind, OpenServer, Servers } from "./servers.ts";

/** Bytes that a server repeats: frames, header fields, interim responses, header compression. */

const TARGET = "127.0.0.2";
/** Longer than a flood is served. */
const ENDED_MS_MAX = 20_000;
const HEAP_MB = 512;
const TOLD_MS_MAX = 8_000;

const originOf = (name: string, server: OpenServer, path = "/"): string =>
	`origin ${url(name, server, path, "https")} ${server.host}:${server.port}`;
const answeredBy = (questions: readonly Question[], ms: number) => until(() => questions.every((one) => one.answered()), ms);
const unanswered = (questions: readonly Question[]): number => questions.filter((one) => !one.answered()).length;

/** Floods, one after the other; then a question that was under way when the process died twice. */
async function frameFloods(servers: Servers): Promise<Result> {
	const kinds: readonly Kind[] = ["pings", "settings", "continuations"];
	const open: OpenServer[] = [];
	for (const kind of kinds) open.push(await servers.open(kind, TARGET, true));
	const drip = await servers.open("drip", "127.0.0.6");
	const bot = await startBot({
		node: [`--max-old-space-size=${HEAP_MB}`],
		resolve: [...open.map((one, nth) => at(`${kinds[nth]}.lab.example`, one)), at("drip.lab.example", drip)],
	});
	try {
		const before = await quiet(bot);
		const others = crowd(bot);
		const peaks: Record<string, number> = {};
		const asked: Question[] = [];
		for (const [nth, kind] of kinds.entries()) {
			if (!bot.running) await bot.start();
			const question = bot.ask("slack", originOf(`${kind}.lab.example`, open[nth] as OpenServer));
			asked.push(question);
			await until(() => question.answered() || !bot.running, ENDED_MS_MAX);
			peaks[kind] = bot.peakMb();
		}
		const during = await others.stop();
		const floods = { deaths: bot.deaths.length, unanswered: unanswered(asked) };
		const twice = await diedTwice(bot, drip);
		const now = { ...figures(before, during), peakMbAfter: peaks, ...floods, ...twice };
		return {
			now,
			broken: broken({
				"no death": bot.deaths.length === 0,
				"every flood answered": floods.unanswered === 0,
				"memory under 400 MB": Math.max(...Object.values(peaks)) < MEMORY_MB_MAX,
				...othersHeld(during),
				"given up after two deaths": twice.connectionsAfterTwoDeaths === 0 && twice.toldAfterTwoDeaths,
			}),
		};
	} finally {
		await bot.close();
	}
}

/** Two processes die while an origin is looked at: the third one does not look again, and says so. */
async function diedTwice(bot: Bot, drip: OpenServer) {
	if (!bot.running) await bot.start();
	const question = bot.ask("slack", `origin ${url("drip.lab.example", drip)} ${drip.host}:${drip.port}`);
	let connections = 0;
	for (let death = 1; death <= 2; death += 1) {
		connections = await connectionsBeyond(drip, connections);
		await bot.kill();
		if (death === 1) await bot.start();
	}
	connections = (await drip.counts()).connections;
	await bot.start();
	const told = await until(() => question.answered(), TOLD_MS_MAX);
	return { connectionsAfterTwoDeaths: (await drip.counts()).connections - connections, toldAfterTwoDeaths: told };
}

/** Waits until a server has more connections than before; how many it has then. */
async function connectionsBeyond(server: OpenServer, before: number): Promise<number> {
	const by = performance.now() + TOLD_MS_MAX;
	let { connections } = await server.counts();
	while (connections <= before && performance.now() < by) {
		await sleep(50);
		connections = (await server.counts()).connections;
	}
	return connections;
}

/** Questions about one server, all at once, while others ask. */
async function attack(
	servers: Servers,
	kinds: readonly { readonly kind: Kind; readonly tls: boolean }[],
	ask: (open: readonly OpenServer[], bot: Bot) => readonly Question[],
	ms: number,
): Promise<Result> {
	const open: OpenServer[] = [];
	for (const { kind, tls } of kinds) open.push(await servers.open(kind, TARGET, tls));
	// Names of their own, so that no two questions share their looks.
	const resolve = open.flatMap((one) => Array.from({ length: 20 }, (_, nth) => at(`h${nth}.lab.example`, one)));
	const bot = await startBot({ resolve });
	try {
		const before = await quiet(bot);
		const others = crowd(bot);
		const questions = ask(open, bot);
		await answeredBy(questions, ms);
		const during = await others.stop();
		const now = {
			...figures(before, during),
			peakMb: bot.peakMb(),
			deaths: bot.deaths.length,
			asked: questions.length,
			unansweredAttacks: unanswered(questions),
		};
		return {
			now,
			broken: broken({
				"no death": now.deaths === 0,
				"every question answered": now.unansweredAttacks === 0,
				"memory under 400 MB": now.peakMb < MEMORY_MB_MAX,
				...othersHeld(during),
			}),
		};
	} finally {
		await bot.close();
	}
}

const ATTACKS = 15;
const PLAIN_AND_TLS = (kind: Kind) => [
	{ kind, tls: false },
	{ kind, tls: true },
];

/** Fifteen people ask about a page, one about the origin over HTTP/2. */
function pageAndOrigin([plain, secure]: readonly OpenServer[], bot: Bot, path: (nth: number) => string): Question[] {
	const pages = Array.from({ length: ATTACKS }, (_, nth) =>
		bot.ask("slack", url(`h${nth}.lab.example`, plain as OpenServer, path(nth))),
	);
	return [...pages, bot.ask("slack", originOf("h0.lab.example", secure as OpenServer))];
}

export const BYTE_ROWS: readonly Row[] = [
	{
		id: "R1",
		what: "an origin that sends PING, SETTINGS or CONTINUATION frames without end; a question under way in two dead processes",
		today: "1,073 MB (PING), 1,654 MB (SETTINGS); dies after 14 s with a heap of 512 MB, and at each restart",
		run: frameFloods,
	},
	{
		id: "R7",
		what: "15 pages with 64,000 header fields or trailers, one origin with as many over HTTP/2",
		today: "149 to 3,552 MB, others acknowledged after up to 3.5 s",
		run: (servers) =>
			attack(
				servers,
				PLAIN_AND_TLS("fields"),
				(open, bot) => pageAndOrigin(open, bot, (nth) => (nth % 3 === 0 ? "/trailers" : "/")),
				60_000,
			),
	},
	{
		id: "R8",
		what: "15 pages that send interim responses without end, one origin that does over HTTP/2",
		today: "others acknowledged after 8 s and more, for 50 s",
		run: (servers) =>
			attack(
				servers,
				PLAIN_AND_TLS("interim"),
				(open, bot) => pageAndOrigin(open, bot, (nth) => (nth % 2 === 0 ? "/hints" : "/")),
				40_000,
			),
	},
	{
		id: "R9",
		what: "origins whose 1.1 MB of HTTP/2 header blocks unpack to gigabytes, in one section and in many",
		today: "reading takes 3.2 s, others wait 7.0 s",
		run: (servers) =>
			attack(
				servers,
				[
					{ kind: "hpack-one-block", tls: true },
					{ kind: "hpack-many-blocks", tls: true },
				],
				(open, bot) => [0, 1, 2].flatMap((nth) => open.map((one) => bot.ask("slack", originOf(`h${nth}.lab.example`, one)))),
				60_000,
			),
	},
];
