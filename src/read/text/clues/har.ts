import { failedEntries } from "../../har.ts";

const LOOKS = /^\s*\{[\s\S]{0,2000}"(?:entries|startedDateTime)"\s*:/;
const ENTRIES_MAX = 5_000;
const FIELDS_MAX = 200;

const of = (value: unknown, key: string): unknown =>
	typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
const word = (value: unknown): string =>
	typeof value === "string" || typeof value === "number"
		? String(value)
				.replace(/[\r\n]+/g, " ")
				.slice(0, 3_000)
		: "";

/** What a HAR tells of the requests that failed with one of Cloudflare's codes. */
export interface HarFailure {
	readonly code: string;
	/** How long they took, as far as the file tells. */
	readonly ms: readonly number[];
	/** The sizes of Cookie headers, where these grew from one request to the next until those with the largest failed; else null. */
	readonly cookies: GrownCookies | null;
}

/** Bytes of Cookie headers; what is in them is not kept. */
export interface GrownCookies {
	/** The smallest of a request to the same host. */
	readonly fromBytes: number;
	/** The largest of one that worked, and the smallest of one that failed. */
	readonly workedBytes: number;
	readonly failedBytes: number;
}

/** What a HAR file says of the requests that failed. */
interface FailedHar {
	/** The request line, the status and the fields of each; "" where nothing failed. */
	readonly text: string;
	/** Of those with the first one's code; null: none has one of Cloudflare's, or the file tells nothing of them. */
	readonly failure: HarFailure | null;
}

/** A HAR file, and what a person said in front of it; the whole text as the file where nothing was said. */
export function besideHar(text: string): { readonly words: string; readonly file: string } {
	const start = text.slice(0, WORDS_MAX_CHARS).search(/^[ \t]*\{/m);
	const file = start <= 0 ? "" : text.slice(start, text.lastIndexOf("}") + 1);
	return LOOKS.test(file.slice(0, 4_000)) ? { words: text.slice(0, start).trim(), file } : { words: "", file: text };
}
const WORDS_MAX_CHARS = 4_000;

/**
 * What a HAR file, or one entry of it, says of the requests that failed (http://www.softwareishard.com/blog/har-12-spec/). null for any other
 * text. Total.
 */
export function failedHar(text: string): FailedHar | null {
	if (!LOOKS.test(text.slice(0, 4_000))) return null;
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch {
		return null;
	}
	const file = of(of(json, "log"), "entries");
	const entries = file ?? [json];
	if (!Array.isArray(entries)) return null;
	const all: readonly unknown[] = entries.slice(0, ENTRIES_MAX);
	const failed = failedEntries(all);
	// What worked is neither a site that failed nor its Ray ID.
	if (failed.length === 0) return file === undefined ? null : { text: "", failure: null };
	return { text: failed.slice(0, 20).map(asText).join("\n\n"), failure: failureOf(failed.slice(0, 20), all) };
}

const codeOf = (entry: unknown): string => word(of(of(entry, "response"), "status"));

function failureOf(failed: readonly unknown[], all: readonly unknown[]): HarFailure | null {
	const code = codeOf(failed[0]);
	if (!/^5[23]\d$/.test(code)) return null;
	const ms = failed.flatMap((entry) => (codeOf(entry) === code ? (waitedMs(entry) ?? []) : []));
	const cookies = grownCookies(all, code, hostOf(failed[0]));
	return ms.length === 0 && cookies === null ? null : { code, ms, cookies };
}

/** Servers take at least so much of a Cookie header. */
const COOKIES_FROM_BYTES = 4_096;
/** Less is no growth: a cookie or two come with most pages. */
const GROWTH = 1.5;

/** Whether the Cookie headers of a host's requests grew until the largest failed, and no request with as large a one worked. */
function grownCookies(entries: readonly unknown[], code: string, host: string | null): GrownCookies | null {
	const sizes = { worked: [] as number[], failed: [] as number[] };
	for (const entry of entries) {
		if (host === null || hostOf(entry) !== host) continue;
		const status = Number(codeOf(entry));
		const how = codeOf(entry) === code ? "failed" : status >= 200 && status < 500 ? "worked" : null;
		const bytes = how === null ? null : cookieBytes(of(entry, "request"));
		if (how !== null && bytes !== null) sizes[how].push(bytes);
	}
	if (sizes.worked.length === 0 || sizes.failed.length === 0) return null;
	const most = (all: readonly number[]) => all.reduce((a, b) => Math.max(a, b));
	const least = (all: readonly number[]) => all.reduce((a, b) => Math.min(a, b));
	const [fromBytes, workedBytes, failedBytes] = [least(sizes.worked), most(sizes.worked), least(sizes.failed)];
	const grew = failedBytes > workedBytes && failedBytes >= COOKIES_FROM_BYTES && failedBytes >= GROWTH * fromBytes;
	return grew ? { fromBytes, workedBytes, failedBytes } : null;
}

/** The size of a request's Cookie headers; null where the file has none, as one without sensitive data. */
function cookieBytes(request: unknown): number | null {
	const headers = of(request, "headers");
	const named = Array.isArray(headers)
		? headers.slice(0, FIELDS_MAX).filter((one) => word(of(one, "name")).toLowerCase() === "cookie")
		: [];
	const cookies = of(request, "cookies");
	const listed = named.length > 0 || !Array.isArray(cookies) ? [] : cookies.slice(0, COOKIES_MAX);
	const pieces = [
		...named.map((one) => lengthOf(of(one, "value"))),
		...listed.map((one) => lengthOf(of(one, "name")) + 1 + lengthOf(of(one, "value"))),
	];
	return pieces.length === 0 ? null : pieces.reduce((sum, bytes) => sum + bytes + "; ".length, -"; ".length);
}
const COOKIES_MAX = 1_000;
const lengthOf = (value: unknown): number => (typeof value === "string" ? Buffer.byteLength(value) : 0);

const hostOf = (entry: unknown): string | null => {
	const url = of(of(entry, "request"), "url");
	return typeof url === "string" ? (URL.parse(url.slice(0, 3_000))?.hostname ?? null) : null;
};

/** From the request sent to the first byte; else all of it. A browser writes -1 for what it does not know. */
function waitedMs(entry: unknown): number | null {
	const [wait, time] = [of(of(entry, "timings"), "wait"), of(entry, "time")];
	const ms = typeof wait === "number" && wait > 0 ? wait : time;
	return typeof ms === "number" && Number.isFinite(ms) && ms > 0 ? ms : null;
}

function asText(entry: unknown): string {
	const request = of(entry, "request");
	const response = of(entry, "response");
	const headers = of(response, "headers");
	const fields = Array.isArray(headers)
		? headers.slice(0, FIELDS_MAX).map((one) => `${word(of(one, "name"))}: ${word(of(one, "value"))}`)
		: [];
	return [`${word(of(request, "method"))} ${word(of(request, "url"))} ${word(of(response, "status"))}`, ...fields].join("\n");
}
