import { z } from "zod";
import { type CaptureFindingId, FAILS_BEHIND, FINDING_IDS, FINDINGS, isFinding } from "../../knowledge/findings/list.ts";

/** What `capture` and `tap` print (`reply/capture.ts`, `reply/capture-data.ts`), read back from a text. */

/** A recorded exchange, as it is told. */
export interface ToldExchange {
	/** When it began, as it is printed: `23:27:44.598`. */
	readonly clock: string | null;
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

/** What a text tells of one recording. */
export interface ToldCapture {
	/** What is missing: all but that it began; all but when and where; there is no exchange in it. null: nothing, or only a part of it. */
	readonly lacks: "end" | "result" | "exchange" | null;
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
const RECORDINGS_MAX = 20;
/** Longer than any summary; of JSON lines the first are enough. */
const TEXT_MAX_CHARS = 1_000_000;

/** What a text tells of recordings, one after the other; none for any other text. Total; linear. */
export function readToldCaptures(text: string): readonly ToldCapture[] {
	const { files, loose, isCut, rest } = readLines(text.slice(0, TEXT_MAX_CHARS));
	const summaries = readSummaries(rest);
	const [only] = summaries;
	const told =
		loose.length === 0
			? [...files, ...summaries]
			: // A terminal shows both what a tap keeps and what it says.
				summaries.length === 1 && only !== undefined && !only.isAsked
				? [...files, withExchanges(only, loose)]
				: [...files, ofExchanges(loose, isCut), ...summaries];
	return told.length === 0 && END_OF_LINE.every((name) => text.includes(name))
		? [{ ...EMPTY, lacks: "result" }]
		: told.slice(0, RECORDINGS_MAX);
}

/** At the end of a line of `capture --json` whose beginning is missing. */
const END_OF_LINE = ['"requestHeaderBytes":{', '"recorded":{"from":'];

/** A recording with further exchanges of it, each once. */
function withExchanges(told: ToldCapture, more: readonly ToldExchange[]): ToldCapture {
	const exchanges = eachOnce([...more, ...told.exchanges]);
	return { ...told, lacks: null, exchanges: exchanges.slice(0, EXCHANGES_MAX) };
}

/** A tap tells an exchange when it meets it, and again at the end, where it may name the host. */
function eachOnce(exchanges: readonly ToldExchange[]): ToldExchange[] {
	const known = new Map<string | ToldExchange, ToldExchange>();
	for (const one of exchanges) {
		const { clock, ray, status, path } = one;
		const name = clock === null ? one : `${clock} ${ray} ${status} ${ray === null ? path : ""}`;
		const before = known.get(name);
		if (before === undefined || (before.host === null && one.host !== null)) known.set(name, one);
	}
	return [...known.values()];
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
	status: z.number().int().min(0).max(999).nullable(),
	proxy: z.enum(["accepts", "rejects", "truncates", "waits"]),
	ending: z.string(),
	closedFirst: z.enum(["client", "server"]).nullable(),
	startedAt: z.string(),
	tookMs: z.number().min(0).max(1e12),
	gap: z.boolean(),
	findings: z.array(Finding).max(100),
	/** Of a tap: values of a few of the request's headers. */
	request: z
		.object({ headers: z.array(z.object({ name: z.string(), value: z.string().max(300).optional() })).max(1_000) })
		.nullish()
		.catch(null),
});
const Summary = z.object({
	rays: z.array(z.string()).nullish(),
	hosts: z.array(z.string().max(300)).max(100).nullish(),
	pattern: z
		.object({ value: z.enum(["all", "some-urls", "random", "bursts"]), failed: count, of: count.min(1) })
		.refine(({ failed, of }) => failed <= of)
		.nullish()
		.catch(null),
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

interface JsonLines {
	/** Lines of whole recordings. */
	readonly files: readonly ToldCapture[];
	/** Exchanges that have a line each. */
	readonly loose: readonly ToldExchange[];
	/** A line of them was not whole. */
	readonly isCut: boolean;
	/** The text without these lines. */
	readonly rest: string;
}

/** Names in these lines; a line end may be in one of them. */
const NAMES = ['"exchanges"', '"closedFirst"', '"startedAt"', '"findings"'];
/** How a line may begin, and how it does in the middle of another one that was cut. */
const BEGINNING = /^\s{0,8}\{"(?:id|ray|exchanges)":/;
const RECORD = /^\s{0,8}\{"(?:(?:ray|exchanges)":|id":[^,]{0,4000},"(?:ray|exchanges)":)/;
/** What a tap or `capture` says to people ends such a line. */
const SAID = /^\s{0,8}(?:tap: |-{20}|🔴|🟢|⚪)/u;

function readLines(text: string): JsonLines {
	if (NAMES.every((name) => !text.includes(name))) return { files: [], loose: [], isCut: false, rest: text };
	const files: ToldCapture[] = [];
	const loose: ToldExchange[] = [];
	const rest: string[] = [];
	let isCut = false;
	const take = (json: unknown, isWhole: boolean): boolean => {
		const file = Line.safeParse(json);
		if (file.success) files.push(ofFile(file.data, isWhole));
		else {
			const one = Exchange.safeParse(json);
			if (!one.success) return false;
			if (loose.length < EXCHANGES_MAX) loose.push(exchangeOf(one.data));
		}
		isCut ||= !isWhole;
		return true;
	};
	let open: OpenRecord | null = null;
	/** What is open was cut: what came of it still counts. */
	const giveUp = () => {
		if (open !== null && !open.parts().some((json) => take(json, false))) rest.push(open.text);
		open = null;
	};
	for (const line of text.split("\n")) {
		if (open !== null && ((RECORD.test(line) && !open.isBetweenItems) || SAID.test(line))) giveUp();
		if (open === null && !BEGINNING.test(line)) {
			rest.push(line);
			continue;
		}
		// Terminals and chats break long lines.
		open ??= new OpenRecord();
		open.add(line);
		if (!open.isWhole) continue;
		if (!take(open.whole(), true)) rest.push(open.text);
		open = null;
	}
	giveUp();
	return { files, loose, isCut, rest: rest.join("\n") };
}

/** A JSON line that comes in pieces, the line ends between which are not its own. */
class OpenRecord {
	readonly #pieces: string[] = [];
	#chars = 0;
	/** What is open, outermost first; deeper than it goes in our lines it is only counted. */
	#stack = "";
	#deeper = 0;
	#inString = false;
	#isEscaped = false;
	/** Where the last comma in its object is, and the last one in a list of that. */
	#commaAt = -1;
	#listCommaAt = -1;
	#endAt = -1;

	get isWhole(): boolean {
		return this.#endAt >= 0;
	}

	/** The next item of a list in it may begin. */
	get isBetweenItems(): boolean {
		return this.#stack === "{[" && this.#deeper === 0 && !this.#inString && /[,[]$/.test(this.#pieces.at(-1) ?? "");
	}

	add(piece: string): void {
		for (let at = 0; at < piece.length && !this.isWhole; at += 1) this.#next(piece[at] ?? "", this.#chars + at);
		this.#pieces.push(piece);
		this.#chars += piece.length;
	}

	#next(char: string, at: number): void {
		if (this.#inString) {
			if (this.#isEscaped) this.#isEscaped = false;
			else if (char === "\\") this.#isEscaped = true;
			else if (char === '"') this.#inString = false;
			return;
		}
		switch (char) {
			case '"':
				this.#inString = true;
				break;
			case "{":
			case "[":
				if (this.#stack.length < 2) this.#stack += char;
				else this.#deeper += 1;
				break;
			case "}":
			case "]":
				if (this.#deeper > 0) this.#deeper -= 1;
				else this.#stack = this.#stack.slice(0, -1);
				if (this.#stack === "") this.#endAt = at + 1;
				break;
			case ",":
				if (this.#deeper > 0) break;
				if (this.#stack === "{") this.#commaAt = at;
				else if (this.#stack === "{[") this.#listCommaAt = at;
		}
	}

	get text(): string {
		return this.#pieces.join("\n");
	}

	whole(): unknown {
		return parsed(this.#pieces.join("").slice(0, this.#endAt));
	}

	/** What is there of it, as if it ended at a comma: the most first. */
	parts(): unknown[] {
		const text = this.#pieces.join("");
		const parts = [
			{ at: this.#commaAt, end: "}" },
			{ at: this.#listCommaAt, end: "]}" },
		].sort((a, b) => b.at - a.at);
		return parts.flatMap(({ at, end }) => (at < 0 ? [] : [parsed(text.slice(0, at) + end)]));
	}
}

/** What the line of a whole recording tells. */
function ofFile({ exchanges, summary }: z.infer<typeof Line>, isWhole: boolean): ToldCapture {
	const told = exchanges.slice(0, EXCHANGES_MAX).map(exchangeOf);
	if (summary === undefined) return ofExchanges(told, !isWhole || exchanges.length > told.length);
	const { recorded, kinds = [], rays, hosts } = summary;
	const judged = summary.whole + summary.failed + (summary.switched ?? 0);
	return {
		lacks: judged === 0 && rays == null ? "exchange" : null,
		exchanges: told,
		hasMore: exchanges.length > told.length || (summary.leftOut ?? 0) > 0,
		kinds: kinds.flatMap(({ finding, count, leastMs = null, mostMs = null }) =>
			isCaptureFinding(finding) ? [{ finding, count, leastMs, mostMs }] : [],
		),
		isAsked: rays != null && rays.length > 0,
		isMissing: rays != null && rays.length > 0 && told.length === 0,
		failed: summary.failed,
		judged,
		pattern: summary.pattern ?? null,
		over128k: summary.responseHeaderBytes?.over128k ?? 0,
		over64k: 0,
		hosts: hosts ?? hostsOf(told),
		hasMoreHosts: (hosts ?? []).length >= 20,
		fromMs: momentOf(recorded?.from ?? null),
		toMs: momentOf(recorded?.to ?? null),
	};
}

/** Exchanges that are told without anything of their recording. */
const ofExchanges = (exchanges: readonly ToldExchange[], hasMore: boolean): ToldCapture => ({
	...EMPTY,
	exchanges,
	hasMore,
	// Without a Ray ID only what fails is told.
	isAsked: exchanges.some(({ proxy, findings }) => proxy === "accepts" && !findings.some(({ id }) => FAILS_BEHIND.has(id))),
	hosts: hostsOf(exchanges),
});

const EMPTY: ToldCapture = {
	...{ lacks: null, exchanges: [], hasMore: false, kinds: [], isAsked: false, isMissing: false, failed: null, judged: null },
	...{ pattern: null, over128k: 0, over64k: 0, hosts: [], hasMoreHosts: false, fromMs: null, toMs: null },
};

const hostsOf = (exchanges: readonly ToldExchange[]): readonly string[] => [
	...new Set(exchanges.flatMap(({ host }) => host ?? [])),
];

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
		clock: /T(\d\d:\d\d:\d\d\.\d{3})Z$/.exec(one.startedAt)?.[1] ?? null,
		host: one.host ?? hostHeader(one),
		isReset: one.ending === "reset",
		findings: one.findings.flatMap(({ id, what }) =>
			isCaptureFinding(id) ? [{ id, ...(what === undefined || !OUR_WORDS.test(what) ? {} : { what }) }] : [],
		),
		headerBytes: null,
	};
}
/** The name in a request's Host header. */
function hostHeader({ request }: z.infer<typeof Exchange>): string | null {
	const value = request?.headers.find(({ name }) => name.toLowerCase() === "host")?.value;
	return /^([a-z0-9._-]{1,253})(?::\d{1,5})?$/i.exec(value ?? "")?.[1]?.toLowerCase() ?? null;
}
const OUR_WORDS = /^after \d{1,6}(?:\.\d)? s$/;

const momentOf = (iso: string | null): number | null => {
	const ms = iso === null ? Number.NaN : Date.parse(iso);
	return Number.isNaN(ms) ? null : ms;
};

// What is printed for people. Terminals and chats break lines where they like.

const N = "(\\d[\\d,]{0,15})";
const FAILS = `: ${N} of ${N} responses? would fail behind Cloudflare\\.`;
const TOO_LARGE = `: ${N} of ${N} responses? exceed Cloudflare's limit for headers\\.`;
const ALL_WHOLE = `: (?:All ${N} responses are|The one response is) complete and valid\\.`;
const OF_A_RAY =
	": (?:The server returned this response completely\\.|This response would fail behind Cloudflare\\.|The headers are over Cloudflare's limit of 128 KB, so visitors get a 520\\.|The recording does not contain all of this exchange\\.)";
const NO_RAY = ": The recording does not contain (?:this Ray ID|these Ray IDs)\\.";
/** Groups: failed, judged; too large, judged; whole; of a Ray ID; without it. */
const TITLE = new RegExp(`${FAILS}|${TOO_LARGE}|${ALL_WHOLE}|(${OF_A_RAY})|(${NO_RAY})`);
const PART = /contain all of this exchange\.|exchanges? (?:is|are) incomplete in the recording/;
/** Behind an exchange that was whole. */
const BETWEEN = /the fault is between here and Cloudflare\./;
const PATTERNS: readonly (readonly [RegExp, ToldPattern])[] = [
	[new RegExp(`Fails at random: ${N} of ${N} requests? to`), "random"],
	[new RegExp(`Fails in bursts: ${N} of ${N} requests? to`), "bursts"],
	[new RegExp(`Fails on some pages only: ${N} of ${N} requests? to`), "some-urls"],
	[new RegExp(`Fails always: ${N} of ${N} requests? to`), "all"],
];
const OVER_128K = new RegExp(`${N} responses? (?:is|are) over Cloudflare's limit of 128 KB`);
const OVER_64K = new RegExp(`${N} responses? (?:has|have) headers over 64 KB`);
const RECORDED =
	/Recorded (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?: UTC)?(?: to (?:(\d{4}-\d\d-\d\d) )?(\d\d:\d\d:\d\d) UTC)?: [\d,]{1,15} connections?(?: to ports? [\d, and]{1,30}?)?(?: for (?:https?:\/\/)?([a-z0-9._-]{1,253}?)\/?(?: and ([\d,]{1,9}) other hosts?)?)?(?: ?,|\.(?![a-z0-9]))/;
/** Nothing that could be judged. */
const NOTHING_IN_IT =
	/: (?:I see (?:only (?:TLS, which|HTTP\/2, which)|no HTTP request|no TCP connection with data)|The recording (?:is empty|contains no complete exchange)\.|No request began in that time\.|Only (?:TLS|HTTP\/2) passed, which I|Something passed, but no HTTP request\.|Nothing passed in [\d.,]{1,12} (?:m?s|min|h)\b)/;
/** One of these is in everything that is printed. */
const MARKS =
	/Recorded|UTC|passes everything on|behind Cloudflare|Cloudflare's limit|complete and valid|I see (?:no|only)|passed/;
const TITLES = new RegExp(TITLE, "g");
const ALL_RECORDED = new RegExp(RECORDED, "g");
const MORE = /[\d,]{1,15} more\. To list all of them/;
const MORE_LIVE = /\(and [\d,]{1,15} more\)|[\d,]{1,15} more\. To list all of them/;
/** What a tap says when it begins. */
const BEGUN = /(?:^| )tap: [\w.:[\]-]{1,100} passes everything on to /;
/** An exchange begins with the exact time of its request. */
const BEGINS = /(\d\d:\d\d:\d\d\.\d{3}) UTC (?=[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32} |a request that was not recorded)/g;
const EXCHANGE =
	/^(?:a request that was not recorded|[^ ]{1,32} (\S{0,400}(?: [^ (]\S{0,400}){0,3}?))(?: \(Ray ID ([0-9a-f]{16})\))?(?: to (?:https?:\/\/)?([a-z0-9._-]{1,253})\/?)?(?: on port \d{1,5})?: (no status|\d{3}), (?:(rejected) \(520\)|(cut off) after [\d,]{1,20}(?: of [\d,]{1,20})? bytes?|(not finished)|[\d,]{1,20} bytes?)(?:, ([\d,]{1,15}) bytes of headers)?(?:, ([\d.,]{1,12} m?s))?\./;
const KIND = /(\d[\d,]{0,15}) × /g;
const CLOSED = /(Closed|Reset) first by the (client|server), after ([\d.,]{1,12} m?s)\./;
const TOOK = /(?:It took|They took|Each took about) ([\d.,]{1,12} m?s)(?: to ([\d.,]{1,12} m?s)|, which suggests a timeout)?\.?/;
/** Longer than what is said of one exchange. */
const SAID_MAX_CHARS = 1_000;

function readSummaries(text: string): ToldCapture[] {
	if (!MARKS.test(text)) return [];
	const plain = text.replace(/\*\*|`/g, "");
	const flat = plain.replace(/\s+/g, " ");
	const told = readFlat(flat);
	const count = (all: readonly ToldCapture[]) => all.reduce((sum, { exchanges }) => sum + exchanges.length, 0);
	if (count(told) < [...flat.matchAll(BEGINS)].length) {
		// A terminal may have cut long lines within a word.
		const joined = readFlat(plain.replace(/\n(?=[^\s-])(?!tap: )/g, "").replace(/\s+/g, " "));
		if (count(joined) > count(told)) return joined;
	}
	if (told.length > 0) return told;
	const lacks = NOTHING_IN_IT.test(flat) ? "exchange" : BEGUN.test(flat) ? "end" : RECORDED.test(flat) ? "result" : null;
	return lacks === null ? [] : [{ ...EMPTY, lacks }];
}

const readFlat = (flat: string): ToldCapture[] => partsOf(flat).flatMap((part) => readSummary(part) ?? []);

/** A text with one summary each: where it was recorded is said near the end of it, and a tap tells exchanges before it. */
function partsOf(flat: string): string[] {
	const titles = [...flat.matchAll(TITLES)].slice(0, RECORDINGS_MAX);
	const ends = [...flat.matchAll(ALL_RECORDED)].slice(0, 2 * RECORDINGS_MAX).map((end) => end.index + end[0].length);
	const starts = titles.slice(1).map((title, nth) => {
		const end = ends.findLast((one) => one <= title.index);
		return end !== undefined && end > (titles[nth]?.index ?? 0) ? end : title.index;
	});
	return [0, ...starts].map((start, nth) => flat.slice(start, starts[nth] ?? flat.length));
}

/** No more fail than there are. */
const sane = (title: RegExpExecArray | null): RegExpExecArray | null => {
	const [, failed = "0", judged = "0", large = "0", of = "0"] = title ?? [];
	return numberOf(failed) > numberOf(judged) || numberOf(large) > numberOf(of) ? null : title;
};

function readSummary(flat: string): ToldCapture | null {
	const title = sane(TITLE.exec(flat));
	const [all, fail, ofFail, large, ofLarge, whole, ofRay, noRay] = title ?? [];
	const isMissing = noRay !== undefined;
	const isAsked = isMissing || ofRay !== undefined;
	const recorded = RECORDED.exec(flat);
	// An exchange without its result may be one that is not whole in the recording.
	const isPart = PART.test(flat) || (title === null && !BETWEEN.test(flat));
	const { exchanges } = exchangesIn(flat, isPart);
	// What a tap told before is told again behind the title.
	const summed = title === null ? exchangesIn(flat, isPart) : exchangesIn(flat.slice(title.index), isPart);
	const pattern = PATTERNS.flatMap(([looks, value]) => {
		const [failed, of] = (looks.exec(flat) ?? []).slice(1, 3).map(numberOf);
		return failed === undefined || of === undefined || of < 1 || failed > of ? [] : [{ value, failed, of }];
	})[0];
	const over128k = large === undefined ? firstNumber(OVER_128K.exec(flat)) : numberOf(large);
	// A part of it may be all that was copied.
	const isTold = isAsked || pattern !== undefined || over128k > 0;
	if (exchanges.length === 0 && (all === undefined || isAsked) && (!isTold || recorded === null)) return null;
	const [, day = "", from = "", untilDay, until, host, others] = recorded ?? [];
	const judged = ofFail ?? ofLarge ?? whole ?? (all === undefined || isAsked ? undefined : "1");
	return {
		lacks: null,
		exchanges,
		hasMore: summed.found > summed.exchanges.length || (all === undefined ? MORE_LIVE : MORE).test(flat),
		// Some of the kinds alone are not most of the failures.
		kinds: title === null ? [] : kindsIn(flat),
		isAsked,
		isMissing,
		failed: fail !== undefined ? numberOf(fail) : judged !== undefined ? 0 : (pattern?.failed ?? null),
		judged: judged === undefined ? null : numberOf(judged),
		pattern: pattern ?? null,
		over128k,
		over64k: firstNumber(OVER_64K.exec(flat)),
		hosts: host === undefined ? hostsOf(exchanges) : [host],
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
		// What a tap tells at once is whole.
		const isLive = flat.slice(Math.max(0, begin.index - 5), begin.index) === "tap: ";
		const one = exchangeIn(said, begin[1] ?? null, isPart && !isLive);
		// It tells at once what it found, also that a response is whole: without that, the line was cut.
		return one === null || (isLive && one.proxy === "accepts" && one.findings.length === 0) ? [] : one;
	});
	const once = eachOnce(exchanges);
	// What is not read of an exchange is still one more.
	return { exchanges: once, found: begins.length - (exchanges.length - once.length) };
}

function exchangeIn(said: string, clock: string | null, isPart: boolean): ToldExchange | null {
	const read = EXCHANGE.exec(said);
	if (read === null) return null;
	const [all, path, ray, host, status = "", rejected, cut, waits, headers, took] = read;
	const rest = said.slice(all.length);
	const [, how, who, after] = CLOSED.exec(rest) ?? [];
	const findings = findingsIn(rest);
	const gaveUp = findings.find(({ id }) => id === "client-closed-first");
	const proxy = rejected !== undefined ? "rejects" : cut !== undefined ? "truncates" : waits !== undefined ? "waits" : "accepts";
	return {
		clock,
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
