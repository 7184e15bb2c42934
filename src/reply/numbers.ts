import { boundsOf } from "../judge/chance.ts";
import type { ConfigurationJudged } from "../judge/configuration.ts";
import type { Common, Numbers } from "../judge/shares.ts";
import { shownPath } from "../judge/shown-path.ts";
import { FROM_CACHE, SETTING_NAMES } from "../knowledge/analytics.ts";
import { countryName } from "../knowledge/colos/colos.ts";
import { wordsInText } from "../message/count-words.ts";
import { type Block, grid, message, say, title } from "../message/message.ts";
import { show } from "../message/show.ts";
import { clock, code, join, type Text, text } from "../message/text.ts";
import type { Count, PathOf, RayFound, RayRow } from "../services/cloudflare/shares.ts";
import { nothing, type Reply } from "./reply.ts";
import { grouped, shortPlace } from "./words.ts";

/** Words of what is added to an answer, and of `numbers` alone (CONVERSATION: budgets). */
const DELTA_MAX_WORDS = 50;
const NUMBERS_MAX_WORDS = 80;
const TABLE_ROWS_MAX = 6;
const PAGE_MAX_CHARS = 60;
/** Of a page in the table. */
const CELL_MAX_CHARS = 26;
const AGENT_MAX_CHARS = 40;
/** Rows arrive so late (reported: one to five minutes). */
const LAG_MS = 5 * 60_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** A share as people read it: none is rounded to nothing or to all. */
export function shareWords(share: number): string {
	const percent = share * 100;
	if (percent > 0 && percent < 0.1) return "under 0.1%";
	if (percent < 100 && percent > 99) return "over 99%";
	return percent < 10 ? `${Number(percent.toFixed(1))}%` : `${Math.round(percent)}%`;
}

/** A page: its method and its path, ids as `…`, without a query. */
const pageWords = ({ method, path }: PathOf, max = PAGE_MAX_CHARS): string =>
	show(`${method === null ? "" : `${method} `}${shownPath(path)}`, max);

/** When that was. */
function windowWords({ fromMs, toMs }: Pick<Numbers, "fromMs" | "toMs">, nowMs: number): string {
	const ms = toMs - fromMs;
	// Whole seconds are asked for, and a moment passes until it is told.
	if (Math.abs(nowMs - toMs) > 3 * MINUTE_MS) return `From ${clock(fromMs, nowMs)} to ${clock(toMs, nowMs)}`;
	return Math.abs(ms - HOUR_MS) < MINUTE_MS ? "In the last hour" : `In the last ${lastingWords(ms)}`;
}

function lastingWords(ms: number): string {
	if (ms < 2 * HOUR_MS) return `${Math.round(ms / MINUTE_MS)} min`;
	return ms <= 48 * HOUR_MS ? `${Math.round(ms / HOUR_MS)} h` : `${Math.round(ms / (24 * HOUR_MS))} days`;
}

function totalWords(numbers: Numbers, nowMs: number): Text {
	const { fails, total, rate, host } = numbers;
	const when = windowWords(numbers, nowMs);
	// Of two samples, the part can be larger than the whole.
	const of = grouped(Math.max(total.estimate, fails.estimate));
	if (total.estimate === 0) return text`${when}, Cloudflare counted no requests to ${code(host)}.`;
	if (fails.estimate === 0)
		return text`${when}, none of ${of} requests to ${code(host)} got a ${numbers.code}${sampledWords(total)}.`;
	const about = fails.interval > 1 ? "about " : "";
	return text`${when}, ${about}${grouped(fails.estimate)} of ${of} requests to ${code(host)} got a ${numbers.code} (${shareWords(rate)}).`;
}

const oneIn = ({ interval }: Pick<Count, "interval">): string => `1 in ${Math.round(interval)}`;
const sampledWords = (count: Pick<Count, "interval">): string => (count.interval > 1 ? ` (sampled ${oneIn(count)})` : "");

/** How sure a sampled count is. */
function boundsWords({ fails }: Numbers): Text | null {
	if (fails.interval <= 1 || fails.estimate === 0) return null;
	const { lower, upper } = boundsOf(fails);
	return text`Sampled ${oneIn(fails)}: between ${grouped(lower)} and ${grouped(upper)}.`;
}

/** `All of them`, `95% of them`. */
const ofThem = ({ share }: Pick<Common, "share">): string => {
	if (share >= 1) return "All of them";
	const words = shareWords(share);
	return `${words.slice(0, 1).toUpperCase()}${words.slice(1)} of them`;
};

/** How many of the requests to these pages that is: a page may be a small part of the host, and fail always. */
function ofPagesWords(pages: readonly PathOf[], numbers: Numbers): Text {
	const found = pages.map((page) => numbers.pages.find(({ of }) => of.path === page.path && of.method === page.method));
	const all = found.reduce((sum, one) => sum + Math.max(one?.all?.estimate ?? 0, one?.fails.estimate ?? 0), 0);
	const failed = found.reduce((sum, one) => sum + (one?.fails.estimate ?? 0), 0);
	const isTold = found.every((one) => one?.all != null) && all < numbers.total.estimate;
	return isTold ? text` (${grouped(failed)} of ${grouped(all)} there)` : text``;
}

function whereWords(numbers: Numbers): Text | null {
	const { where, colo, otherThan } = numbers;
	if (where === null) return otherThan === null ? null : noneOfPage(otherThan);
	const place = colo === "many" ? ", through several data centers" : "";
	if ("method" in where)
		return text`${ofThem(where)} are ${where.method} requests${place}.${otherThan === null ? text`` : text` ${noneOfPage(otherThan)}`}`;
	const pages = join(
		where.paths.map((one) => text`${code(pageWords(one), PAGE_MAX_CHARS + 1)}`),
		", ",
	);
	return text`${ofThem(where)} are ${pages}${ofPagesWords(where.paths, numbers)}${place}.${otherThan === null ? text`` : text` ${noneOfPage(otherThan)}`}`;
}

/** Where they fail; in fewer words the pages alone. */
function whereWays(numbers: Numbers): Fact {
	const whole = whereWords(numbers);
	const { where } = numbers;
	if (whole === null || where === null || "method" in where) return whole;
	return { ways: [whole, whereWords({ ...numbers, colo: null, otherThan: null, pages: [] }) ?? whole] };
}

/** The page that was asked about is none of those that fail. */
const noneOfPage = (path: string): Text => text`None of them is ${code(show(path, PAGE_MAX_CHARS), PAGE_MAX_CHARS + 1)}.`;

function coloWords({ colo }: Numbers): Text | null {
	if (colo === null || colo === "many") return null;
	return text`${ofThem(colo)} came through ${shortPlace(colo.of)}, which carries ${shareWords(colo.ofAll)} of all requests.`;
}

function whoWords({ who }: Numbers): Text | null {
	if (who === null) return null;
	const all = text`${shareWords(who.ofAll)} of all requests`;
	switch (who.by) {
		case "country":
			return text`${ofThem(who)} come from ${countryName(who.of)}, which sends ${all}.`;
		case "network":
			return text`${ofThem(who)} come from network AS${who.of}, which sends ${all}.`;
		case "agent":
			return text`${ofThem(who)} are from ${code(who.of, AGENT_MAX_CHARS)}, which sends ${all}.`;
	}
}

function sawWords({ saw, code: of }: Numbers): Text | null {
	if (saw === null) return null;
	const part = saw.share >= 1 ? "all" : shareWords(saw.share);
	switch (saw.value) {
		case "no-status":
			return text`In ${part} of them, Cloudflare got no HTTP status from your server: the connection ended first.`;
		case "own":
			return text`In ${part} of them, your server sent the ${of} itself.`;
		case "success":
			return text`In ${part} of them, your server sent a 2xx or 3xx, which was rejected or cut off: check header size and framing.`;
		case "error":
			return text`In ${part} of them, your server sent its own 4xx or 5xx: something relabels it as ${of}.`;
	}
}

function whenWords({ when, endedAtMs }: Numbers, nowMs: number): Text | null {
	if (endedAtMs !== null && when?.kind === "since") {
		const [from, to] = [clock(when.atMs, nowMs), clock(endedAtMs, nowMs)].map((at) => at.replace(/:00 UTC$/, ""));
		// The day of the beginning is that of the end where it is named once.
		const end = from?.slice(0, -5) === to?.slice(0, -5) ? to?.slice(-5) : to;
		return text`They came from ${from ?? ""} to ${end ?? ""} UTC, none since.`;
	}
	if (endedAtMs !== null)
		return text`${when?.kind === "bursts" ? `Most of them fall into ${when.runs} bursts. ` : ""}None since ${clock(endedAtMs, nowMs).replace(/:00 UTC$/, " UTC")}.`;
	if (when === null) return null;
	return when.kind === "since"
		? text`They started at ${clock(when.atMs, nowMs)}.`
		: text`Most of them fall into ${when.runs} bursts.`;
}

function otherWords({ others }: Numbers): Text | null {
	const listed = others
		.filter(({ code: one }) => one >= 500)
		.map(({ code: one, count }) => `${one} (${grouped(count.estimate)})`);
	return listed.length === 0 ? null : text`The host also returned ${listed.join(", ")}.`;
}

/** A sentence, or ways to say it, the longest first; null: there is none. */
type Fact = { readonly ways: readonly Text[] } | Text | null;
const waysOf = (fact: Fact): readonly Text[] => (fact === null ? [] : "ways" in fact ? fact.ways : [fact]);

/** As many sentences as fit, the more telling ones first. */
function fitted(sentences: readonly Fact[], max: number): readonly Text[] {
	const out: Text[] = [];
	let words = 0;
	for (const sentence of sentences) {
		// Of several ways to say it, the longest that fits.
		const said = waysOf(sentence).find((one) => words + wordsInText(one) <= max);
		if (said == null) continue;
		words += wordsInText(said);
		out.push(said);
	}
	return out;
}

/** What the fails have in common. */
const factsOf = (numbers: Numbers, nowMs: number): readonly Fact[] => [
	...(numbers.endedAtMs === null ? [] : [whenWords(numbers, nowMs)]),
	whereWays(numbers),
	coloWords(numbers),
	whoWords(numbers),
	sawWords(numbers),
	numbers.endedAtMs === null ? whenWords(numbers, nowMs) : null,
];

/** How many fail, in as few words as there are: the answer beside it names the host, and mostly the code. */
function briefWords(numbers: Numbers, nowMs: number, max: number): Text {
	const { fails, total, code: of } = numbers;
	const when = windowWords(numbers, nowMs);
	const briefly = when.startsWith("In the last ") ? `Last ${when.slice("In the last ".length)}` : "Around then";
	const about = fails.interval > 1 ? "about " : "";
	const [part, all] = [grouped(fails.estimate), grouped(Math.max(total.estimate, fails.estimate))];
	const { endedAtMs, otherThan } = numbers;
	const but = [
		...(otherThan === null ? [] : ["none on this page"]),
		...(endedAtMs === null ? [] : [`none since ${clock(endedAtMs, nowMs).replace(/:00 UTC$/, " UTC")}`]),
	]
		.map((one) => `, ${one}`)
		.join("");
	const brief = text`${briefly}: ${fails.estimate === 0 ? "none" : `${about}${part}`} of ${all} got ${of}${but}.`;
	if (wordsInText(brief) <= max) return brief;
	// Without it, the fails of other pages would be read as those of this one.
	return text`${briefly}: ${about}${part}/${all} failed${otherThan === null ? (endedAtMs === null ? "" : ", now none") : ", none here"}.`;
}

/**
 * What the numbers add to an answer about a site or a Ray ID: how many fail, and as much as fits. How sure a sampled count is stands in
 * `numbers` and in the data, not in a head.
 * @param also a setting's sentence, behind the first
 * @param max words; where the first sentence is longer, a shorter one stands alone
 */
export function numbersWords(numbers: Numbers, nowMs: number, also: Text | null = null, max: number = DELTA_MAX_WORDS): Text {
	const total = totalWords(numbers, nowMs);
	const words = wordsInText(total);
	const [first] = factsOf(numbers, nowMs).filter((one) => one !== null);
	const least = waysOf(first ?? null).at(-1);
	// That it is over, or not of this page, changes what the first sentence means.
	const isChanged = numbers.endedAtMs !== null || numbers.otherThan !== null;
	if (words + (isChanged && least !== undefined ? wordsInText(least) : 0) > max) return briefWords(numbers, nowMs, max);
	const sampled = numbers.fails.interval <= 1 || numbers.fails.estimate === 0 ? null : text`Sampled ${oneIn(numbers.fails)}.`;
	return join([
		total,
		...fitted(
			[
				...(isChanged ? factsOf(numbers, nowMs) : [also, ...factsOf(numbers, nowMs)]),
				sampled,
				otherWords(numbers),
				isChanged ? also : null,
			],
			max - words,
		),
	]);
}

/**
 * What is said of a request's own row, and of the numbers around it: a row says more than the numbers, which give way.
 * @param others the numbers; null: they say nothing
 */
export function besideRow(row: RayWords | null, others: ((max: number) => Text) | null, max: number): Text {
	if (row === null) return others?.(max) ?? [];
	const first = wordsInText(row.say) > max ? row.brief : row.say;
	const left = max - wordsInText(first);
	const more = others?.(left) ?? [];
	return wordsInText(more) > left ? first : join([first, ...(more.length === 0 ? [] : [more])]);
}

/** A setting that speaks, in one sentence; null: none does. */
export function configurationWords({ changed, isFlexible, evidence }: ConfigurationJudged, nowMs: number): Text | null {
	if (changed !== null)
		return text`The setting ${SETTING_NAMES[changed.setting]} was changed at ${clock(changed.atMs, nowMs)}, before they started.`;
	if (isFlexible) return text`The SSL/TLS mode is Flexible: Cloudflare sends plain HTTP to your server.`;
	const features = evidence.flatMap(({ key, value }) => (key === "cloudflare-features" ? [value].flat() : []));
	if (features.includes("worker-on-route")) return text`A Worker runs on this URL.`;
	return features.includes("origin-pulls")
		? text`Authenticated Origin Pulls is on: your server must accept Cloudflare's certificate.`
		: null;
}

/** Asked words are not dropped silently: a plan keeps, and gives at once, only so much. */
function shorterWords({ fromMs, toMs }: Numbers, askedMs: number | null): Text | null {
	const ms = toMs - fromMs;
	return askedMs === null || ms >= askedMs - 5 * MINUTE_MS
		? null
		: text`This plan gives no more than ${lastingWords(ms)} at once.`;
}

/** Pages that failed, in a table. */
function pagesTable({ pages, code: of }: Numbers): Block | null {
	const rows = pages
		.slice(0, TABLE_ROWS_MAX)
		.map(({ of: page, fails, all }) => [
			pageWords(page, CELL_MAX_CHARS),
			grouped(fails.estimate),
			all === null ? "?" : grouped(Math.max(all.estimate, fails.estimate)),
		]);
	return rows.length < 2 ? null : grid(["page", `${of}s`, "of"], rows);
}

/**
 * `numbers <host>`.
 * @param also further sentences, such as a setting's
 * @param askedMs how long back was asked for; null: nobody said
 */
export function numbersReply(
	numbers: Numbers,
	nowMs: number,
	also: readonly (Text | null)[] = [],
	askedMs: number | null = null,
): Reply {
	const first = totalWords(numbers, nowMs);
	const rest = [...factsOf(numbers, nowMs), boundsWords(numbers), otherWords(numbers), ...also];
	const others = fitted([shorterWords(numbers, askedMs), ...rest], NUMBERS_MAX_WORDS - wordsInText(first));
	return {
		private: false,
		head: message("neutral", title(first), others.length === 0 ? null : say(join(others)), pagesTable(numbers)),
		thread: [],
		data: { ...nothing, numbers: numbersData(numbers) },
	};
}

/** The same as data, for `--json`. */
export const numbersData = (numbers: Numbers) => ({
	host: numbers.host,
	code: numbers.code,
	from: new Date(numbers.fromMs).toISOString(),
	to: new Date(numbers.toMs).toISOString(),
	failed: numbers.fails.estimate,
	of: numbers.total.estimate,
	sampledOneIn: Math.max(numbers.fails.interval, numbers.total.interval),
	bounds: boundsOf(numbers.fails),
	edgeSaw: numbers.saw,
	endedAt: numbers.endedAtMs === null ? null : new Date(numbers.endedAtMs).toISOString(),
	startedAt: numbers.when?.kind === "since" ? new Date(numbers.when.atMs).toISOString() : null,
	pages: numbers.pages.slice(0, TABLE_ROWS_MAX).map(({ of, fails, all }) => ({
		page: pageWords(of),
		failed: fails.estimate,
		of: all?.estimate ?? null,
	})),
});

/** What the account says of one Ray ID. */
export interface RayWords {
	readonly say: Text;
	/** The same in fewer words. */
	readonly brief: Text;
	/** It may be there in a few minutes: worth a button. */
	readonly isEarly: boolean;
}

/**
 * One request, in one sentence or two.
 * @param host that was asked about: a Ray ID may be of another one of the zone
 * @param ageMs since Cloudflare received it
 */
export function rayNumbersWords(found: RayFound, host: string, ageMs: number): RayWords {
	const alone = (say: Text, isEarly = false): RayWords => ({ say, brief: say, isEarly });
	switch (found.kind) {
		case "row":
			return { say: rowWords(found.row, found.events, host), brief: rowWords(found.row, [], host), isEarly: false };
		case "no-single-requests":
			return alone(text`Your plan's data has no single requests.`);
		case "none":
			if (ageMs < LAG_MS) return alone(text`Not there yet: these numbers lag by a few minutes.`, true);
			return alone(
				found.interval === 1 ? text`No request to this zone has this Ray ID.` : text`Not in the sample, which proves nothing.`,
			);
	}
}

function rowWords(row: RayRow, events: Extract<RayFound, { kind: "row" }>["events"], host: string): Text {
	const page =
		row.path === null ? text`` : text`${code(pageWords({ method: row.method, path: row.path }), PAGE_MAX_CHARS + 1)}, `;
	const facts = [
		...(row.edge === null ? [] : [String(row.edge)]),
		...(row.origin === null ? [] : [row.origin === 0 ? "no status from the origin" : `${row.origin} from the origin`]),
		...(row.cache === null ? [] : [FROM_CACHE.has(row.cache) ? "from the cache" : "not cached"]),
	].join(", ");
	const [event] = events;
	const rule = event === undefined ? text`` : text` A security rule acted on it: ${code(event.action, 40)}.`;
	const elsewhere = row.host === host ? text`` : text` to ${code(row.host)}`;
	return text`This request${elsewhere}: ${page}${facts}.${rule}`;
}
