import { z } from "zod";
import { type CaptureFindingId, FINDING_IDS, FINDINGS, isFinding } from "../../knowledge/findings/list.ts";

/** What `capture` and `tap` print (`reply/capture.ts`, `reply/capture-data.ts`), read back from a text. */

/** A recorded exchange, as it is told. */
export interface ToldExchange {
	readonly ray: string | null;
	readonly host: string | null;
	readonly path: string | null;
	readonly status: number | null;
	readonly proxy: "accepts" | "rejects" | "truncates" | "waits";
	readonly isReset: boolean;
	readonly closedFirst: "client" | "server" | null;
	/** null: it is not told. */
	readonly tookMs: number | null;
	readonly gap: boolean;
	readonly findings: readonly ToldFinding[];
	readonly headerBytes: number | null;
}

export interface ToldFinding {
	readonly id: CaptureFindingId;
	/** `after 60 s`: our own words only. */
	readonly what?: string;
}

/** Exchanges that fail alike. */
export interface ToldKind {
	readonly finding: CaptureFindingId;
	readonly count: number;
	readonly leastMs: number | null;
	readonly mostMs: number | null;
}

/** What a text tells of a recording. */
export interface ToldCapture {
	readonly exchanges: readonly ToldExchange[];
	/** Not all exchanges that fail are in the text. */
	readonly hasMore: boolean;
	readonly kinds: readonly ToldKind[];
	/** It was asked for Ray IDs: these exchanges are told, whole or not. */
	readonly isAsked: boolean;
	/** Of the Ray IDs that it was asked for, none is in the recording. */
	readonly isMissing: boolean;
	/** null: the text does not count. */
	readonly failed: number | null;
	readonly judged: number | null;
	readonly pattern: { readonly value: ToldPattern; readonly failed: number; readonly of: number } | null;
	readonly over128k: number;
	readonly over64k: number;
	/** Names of its requests' Host fields; several more may be left out. */
	readonly hosts: readonly string[];
	readonly hasMoreHosts: boolean;
	/** When it was recorded, Unix milliseconds. */
	readonly fromMs: number | null;
	readonly toMs: number | null;
}

type ToldPattern = "all" | "some-urls" | "random" | "bursts";

const EXCHANGES_MAX = 200;
const LINES_MAX = 2_000;
/** Longer than any summary; of JSON lines the first are enough. */
const TEXT_MAX_CHARS = 1_000_000;

/** What a text tells of a recording; null for any other text. Total; linear. */
export function readToldCapture(text: string): ToldCapture | null {
	const bounded = text.slice(0, TEXT_MAX_CHARS);
	return readLines(bounded) ?? readSummary(bounded);
}

// The lines of `capture -`, `capture FILE --json` and `tap`.

const count = z.number().int().min(0).max(1e12);
const Finding = z.object({ id: z.string(), what: z.string().max(200).optional() });
const Exchange = z.object({
	ray: z
		.string()
		.regex(/^[0-9a-f]{16}$/)
		.nullable(),
	host: z.string().max(300).nullish(),
	path: z.string().max(5_000).nullable(),
	status: z.number().int().nullable(),
	proxy: z.enum(["accepts", "rejects", "truncates", "waits"]),
	ending: z.string(),
	closedFirst: z.enum(["client", "server"]).nullable(),
	startedAt: z.string(),
	tookMs: z.number().min(0).max(1e12),
	gap: z.boolean(),
	findings: z.array(Finding).max(100),
});
const Summary = z.object({
	rays: z.array(z.string()).nullish(),
	hosts: z.array(z.string().max(300)).max(100).nullish(),
	pattern: z.object({ value: z.enum(["all", "some-urls", "random", "bursts"]), failed: count, of: count }).nullish(),
	whole: count,
	failed: count,
	switched: count.optional(),
	leftOut: count.optional(),
	kinds: z
		.array(z.object({ finding: z.string(), count, leastMs: z.number().optional(), mostMs: z.number().optional() }))
		.max(100)
		.optional(),
	responseHeaderBytes: z.object({ over128k: count }).optional(),
	recorded: z.object({ from: z.string().nullable(), to: z.string().nullable() }).optional(),
});
const Line = z.object({ exchanges: z.array(Exchange).max(50_000), summary: Summary.optional() });

function readLines(text: string): ToldCapture | null {
	if (!text.includes('"exchanges"') && !text.includes('"closedFirst"')) return null;
	const exchanges: z.infer<typeof Exchange>[] = [];
	let summary: z.infer<typeof Summary> | null = null;
	let isOne = false;
	for (const line of text.split("\n").slice(0, LINES_MAX)) {
		if (!line.trimStart().startsWith("{")) continue;
		const json = parsed(line);
		const file = Line.safeParse(json);
		if (file.success) {
			isOne = true;
			exchanges.push(...file.data.exchanges);
			summary ??= file.data.summary ?? null;
			continue;
		}
		const one = Exchange.safeParse(json);
		if (one.success) exchanges.push(one.data);
	}
	if (!isOne && exchanges.length === 0) return null;
	const told = exchanges.slice(0, EXCHANGES_MAX).map(exchangeOf);
	const { recorded, kinds = [], rays, hosts } = summary ?? {};
	return {
		exchanges: told,
		hasMore: exchanges.length > told.length || (summary?.leftOut ?? 0) > 0,
		kinds: kinds.flatMap(({ finding, count, leastMs = null, mostMs = null }) =>
			isCaptureFinding(finding) ? [{ finding, count, leastMs, mostMs }] : [],
		),
		// Without a Ray ID only what fails is told.
		isAsked: (rays != null && rays.length > 0) || (summary === null && told.some(({ proxy }) => proxy === "accepts")),
		isMissing: rays != null && rays.length > 0 && told.length === 0,
		failed: summary?.failed ?? null,
		judged: summary === null ? null : summary.whole + summary.failed + (summary.switched ?? 0),
		pattern: summary?.pattern ?? null,
		over128k: summary?.responseHeaderBytes?.over128k ?? 0,
		over64k: 0,
		hosts: hosts ?? [...new Set(told.flatMap(({ host }) => host ?? []))],
		hasMoreHosts: (hosts ?? []).length >= 20,
		fromMs: momentOf(recorded?.from ?? null),
		toMs: momentOf(recorded?.to ?? null),
	};
}

function parsed(line: string): unknown {
	try {
		return JSON.parse(line);
	} catch {
		return null;
	}
}

const isCaptureFinding = (id: string): id is CaptureFindingId => isFinding(id) && FINDINGS[id].shownBy !== "look";

function exchangeOf(one: z.infer<typeof Exchange>): ToldExchange {
	const { ray, path, status, proxy, closedFirst, tookMs, gap } = one;
	return {
		...{ ray, path, status, proxy, closedFirst, tookMs, gap },
		host: one.host ?? null,
		isReset: one.ending === "reset",
		findings: one.findings.flatMap(({ id, what }) =>
			isCaptureFinding(id) ? [{ id, ...(what === undefined || !OUR_WORDS.test(what) ? {} : { what }) }] : [],
		),
		headerBytes: null,
	};
}
const OUR_WORDS = /^after \d{1,6}(?:\.\d)? s$/;

const momentOf = (iso: string | null): number | null => {
	const ms = iso === null ? Number.NaN : Date.parse(iso);
	return Number.isNaN(ms) ? null : ms;
};

// What is printed for people. Terminals and chats break lines where they like.

const N = "(\\d[\\d,]{0,15})";
const FAILS = new RegExp(`: ${N} of ${N} responses? would fail behind Cloudflare\\.`);
const TOO_LARGE = new RegExp(`: ${N} of ${N} responses? exceed Cloudflare's limit for headers\\.`);
const ALL_WHOLE = new RegExp(`: (?:All ${N} responses are|The one response is) complete and valid\\.`);
const OF_A_RAY =
	/: (?:The server returned this response completely\.|This response would fail behind Cloudflare\.|The headers are over Cloudflare's limit of 128 KB, so visitors get a 520\.|The recording does not contain all of this exchange\.)/;
const NO_RAY = /: The recording does not contain (?:this Ray ID|these Ray IDs)\./;
const PART = /: The recording does not contain all of this exchange\./;
const PATTERNS: readonly (readonly [RegExp, ToldPattern])[] = [
	[new RegExp(`Fails at random: ${N} of ${N} requests? to`), "random"],
	[new RegExp(`Fails in bursts: ${N} of ${N} requests? to`), "bursts"],
	[new RegExp(`Fails on some pages only: ${N} of ${N} requests? to`), "some-urls"],
	[new RegExp(`Fails always: ${N} of ${N} requests? to`), "all"],
];
const OVER_128K = new RegExp(`${N} responses? (?:is|are) over Cloudflare's limit of 128 KB`);
const OVER_64K = new RegExp(`${N} responses? (?:has|have) headers over 64 KB`);
const RECORDED =
	/Recorded (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?: UTC)?(?: to (?:(\d{4}-\d\d-\d\d) )?(\d\d:\d\d:\d\d) UTC)?: [\d,]{1,15} connections?(?: to ports? [\d, and]{1,30}?)?(?: for (?:https?:\/\/)?([a-z0-9._-]{1,253})\/?(?: and ([\d,]{1,9}) other hosts?)?)? ?,/;
/** An exchange begins with the exact time of its request. */
const BEGINS = /\d\d:\d\d:\d\d\.\d{3} UTC (?=[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32} |a request that was not recorded)/g;
const EXCHANGE =
	/^(?:a request that was not recorded|[^ ]{1,32} (\S{0,400}(?: [^ (]\S{0,400}){0,3}?))(?: \(Ray ID ([0-9a-f]{16})\))?(?: to (?:https?:\/\/)?([a-z0-9._-]{1,253})\/?)?(?: on port \d{1,5})?: (no status|\d{3}), (?:(rejected) \(520\)|(cut off) after [\d,]{1,20}(?: of [\d,]{1,20})? bytes?|(not finished)|[\d,]{1,20} bytes?)(?:, ([\d,]{1,15}) bytes of headers)?(?:, ([\d.,]{1,12} m?s))?\./;
const KIND = /(\d[\d,]{0,15}) × /g;
const CLOSED = /(Closed|Reset) first by the (client|server), after ([\d.,]{1,12} m?s)\./;
const TOOK = /(?:It took|They took|Each took about) ([\d.,]{1,12} m?s)(?: to ([\d.,]{1,12} m?s)|, which suggests a timeout)?\.?/;
/** Longer than what is said of one exchange. */
const SAID_MAX_CHARS = 1_000;

function readSummary(text: string): ToldCapture | null {
	if (!/Recorded|UTC/.test(text)) return null;
	const flat = text.replace(/\*\*|`/g, "").replace(/\s+/g, " ");
	const fails = FAILS.exec(flat);
	const tooLarge = TOO_LARGE.exec(flat);
	const whole = ALL_WHOLE.exec(flat);
	const isMissing = NO_RAY.test(flat);
	const isAsked = isMissing || OF_A_RAY.test(flat);
	const recorded = RECORDED.exec(flat);
	const { exchanges, found } = exchangesIn(flat, PART.test(flat));
	const isTitled = fails !== null || tooLarge !== null || whole !== null || isAsked;
	// One of the two may be all that was copied.
	if (!isTitled && exchanges.length === 0) return null;
	if (isTitled && recorded === null && exchanges.length === 0) return null;
	const pattern = PATTERNS.flatMap(([looks, value]) => {
		const [, failed, of] = looks.exec(flat) ?? [];
		return failed === undefined || of === undefined ? [] : [{ value, failed: numberOf(failed), of: numberOf(of) }];
	});
	const [, day = "", from = "", untilDay, until, host, others] = recorded ?? [];
	const counted = whole?.[0] === undefined ? (fails?.[2] ?? tooLarge?.[2]) : (whole[1] ?? "1");
	return {
		exchanges,
		hasMore: found > exchanges.length || /[\d,]{1,9} more\. To list all of them/.test(flat),
		kinds: kindsIn(flat),
		isAsked,
		isMissing,
		failed: fails?.[1] === undefined ? (whole === null && tooLarge === null ? null : 0) : numberOf(fails[1]),
		judged: counted === undefined ? null : numberOf(counted),
		pattern: pattern[0] ?? null,
		over128k: firstNumber(OVER_128K.exec(flat)),
		over64k: firstNumber(OVER_64K.exec(flat)),
		hosts: host === undefined ? [] : [host],
		hasMoreHosts: others !== undefined,
		fromMs: momentOf(recorded === null ? null : `${day}T${from}Z`),
		toMs: momentOf(recorded === null ? null : `${untilDay ?? day}T${until ?? from}Z`),
	};
}

const numberOf = (words: string): number => Number(words.replaceAll(",", ""));
const firstNumber = (found: RegExpExecArray | null): number => (found?.[1] === undefined ? 0 : numberOf(found[1]));

function exchangesIn(flat: string, isPart: boolean): { exchanges: ToldExchange[]; found: number } {
	const begins = [...flat.matchAll(BEGINS)];
	const exchanges = begins.slice(0, EXCHANGES_MAX).flatMap((begin, nth) => {
		const from = begin.index + begin[0].length;
		const said = flat.slice(from, Math.min(begins[nth + 1]?.index ?? flat.length, from + SAID_MAX_CHARS));
		return exchangeIn(said, isPart) ?? [];
	});
	return { exchanges, found: begins.length };
}

function exchangeIn(said: string, isPart: boolean): ToldExchange | null {
	const read = EXCHANGE.exec(said);
	if (read === null) return null;
	const [all, path, ray, host, status = "", rejected, cut, waits, headers, took] = read;
	const rest = said.slice(all.length);
	const [, how, who, after] = CLOSED.exec(rest) ?? [];
	const findings = findingsIn(rest);
	const gaveUp = findings.find(({ id }) => id === "client-closed-first");
	const proxy = rejected !== undefined ? "rejects" : cut !== undefined ? "truncates" : waits !== undefined ? "waits" : "accepts";
	return {
		ray: ray ?? null,
		host: host ?? null,
		path: path ?? null,
		status: status === "no status" ? null : Number(status),
		proxy,
		isReset: how === "Reset" || findings.some(({ id }) => id === "reset"),
		closedFirst: gaveUp !== undefined ? "client" : who === "client" || who === "server" ? who : null,
		tookMs: durationOf(took ?? after ?? gaveUp?.what?.replace(/^after /, "")),
		gap: isPart && proxy === "accepts",
		findings,
		headerBytes: headers === undefined ? null : numberOf(headers),
	};
}

/** `15 ms`, `0.24 s`; null for none. */
function durationOf(words: string | undefined): number | null {
	const [, number = "", unit] = /^([\d.,]{1,12}) (m?s)$/.exec(words ?? "") ?? [];
	const value = Number(number.replaceAll(",", ""));
	return unit === undefined || Number.isNaN(value) ? null : unit === "ms" ? value : value * 1_000;
}

/** Sentences of findings without their full stops, in the order of the list. */
const SAYS = FINDING_IDS.filter(isCaptureFinding).map((id) => ({
	id,
	says: FINDINGS[id].say.replace(/\.(?: .*)?$/s, ""),
}));

function findingsIn(said: string): ToldFinding[] {
	return SAYS.flatMap(({ id, says }) => {
		const at = said.indexOf(says);
		if (at < 0 || !/^(?:\.| \()/.test(said.slice(at + says.length, at + says.length + 2))) return [];
		const what = /^ \((after \d{1,6}(?:\.\d)? s)\)/.exec(said.slice(at + says.length, at + says.length + 30))?.[1];
		return [{ id, at, ...(what === undefined ? {} : { what }) }];
	})
		.sort((a, b) => a.at - b.at)
		.map(({ at: _at, ...finding }) => finding);
}

function kindsIn(flat: string): ToldKind[] {
	const marks = [...flat.matchAll(KIND)].slice(0, 20);
	return marks.flatMap((mark, nth) => {
		const from = mark.index + mark[0].length;
		const said = flat.slice(from, Math.min(marks[nth + 1]?.index ?? flat.length, from + 500));
		const [finding] = findingsIn(said.split("The first ones:")[0] ?? "");
		if (finding === undefined) return [];
		const [, least, most] = TOOK.exec(said) ?? [];
		const leastMs = durationOf(least);
		return [{ finding: finding.id, count: firstNumber(mark), leastMs, mostMs: durationOf(most) ?? leastMs }];
	});
}
