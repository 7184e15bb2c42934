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

/** How long requests took that failed with one of Cloudflare's codes. */
export interface Took {
	readonly code: string;
	readonly ms: readonly number[];
}

/** What a HAR file says of the requests that failed. */
interface FailedHar {
	/** The request line, the status and the fields of each; "" where nothing failed. */
	readonly text: string;
	/** Of those with the first one's code; null: none has one of Cloudflare's, or the file does not tell. */
	readonly took: Took | null;
}

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
	const failed = failedEntries(entries.slice(0, ENTRIES_MAX));
	// What worked is neither a site that failed nor its Ray ID.
	if (failed.length === 0) return file === undefined ? null : { text: "", took: null };
	return { text: failed.slice(0, 20).map(asText).join("\n\n"), took: tookOf(failed.slice(0, 20)) };
}

function tookOf(failed: readonly unknown[]): Took | null {
	const codeOf = (entry: unknown): string => word(of(of(entry, "response"), "status"));
	const [first] = failed;
	const code = codeOf(first);
	if (!/^5[23]\d$/.test(code)) return null;
	const ms = failed.flatMap((entry) => (codeOf(entry) === code ? (waitedMs(entry) ?? []) : []));
	return ms.length === 0 ? null : { code, ms };
}

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
