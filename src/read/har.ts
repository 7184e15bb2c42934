import { isServerError } from "./wire/status.ts";

const of = (value: unknown, key: string): unknown =>
	typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;

const statusOf = (entry: unknown): number => Number(of(of(entry, "response") ?? entry, "status"));

/** What Chromium says of requests that the browser, an extension or the page itself stopped: no server failed. */
const STOPPED = /ERR_(?:BLOCKED_BY|ABORTED|CACHE_MISS|FILE_|UNKNOWN_URL_SCHEME|INTERNET_DISCONNECTED)|NS_BINDING_ABORTED/;

/**
 * The entries of a HAR file that failed (http://www.softwareishard.com/blog/har-12-spec/): Cloudflare's own codes where there are any, else
 * server errors, else responses that never came.
 * @param entries as many as are looked at
 */
export function failedEntries(entries: readonly unknown[]): unknown[] {
	const isEdge = (entry: unknown) => statusOf(entry) >= 520 && statusOf(entry) <= 530;
	const isMissing = (entry: unknown) => {
		const error = of(of(entry, "response"), "_error") ?? of(entry, "_error");
		return statusOf(entry) === 0 && !(typeof error === "string" && STOPPED.test(error));
	};
	for (const hasFailed of [isEdge, (entry: unknown) => isServerError(statusOf(entry)), isMissing]) {
		const failed = entries.filter(hasFailed);
		if (failed.length > 0) return failed;
	}
	return [];
}
