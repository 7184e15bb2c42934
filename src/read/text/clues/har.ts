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

/**
 * What a HAR file, or one entry of it, says of the requests that failed, as text: the request line, the status and the fields of each
 * (http://www.softwareishard.com/blog/har-12-spec/). "" for a file in which nothing failed; null for any other text. Total.
 */
export function failedEntry(text: string): string | null {
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
	if (failed.length === 0) return file === undefined ? null : "";
	return failed.slice(0, 20).map(asText).join("\n\n");
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
