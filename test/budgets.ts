import assert from "node:assert/strict";
import type { Message } from "../src/message/message.ts";
import type { Added } from "./tap.ts";

/** What people have to read at most: words of visible text, without code blocks and the labels of controls. */
export interface Budget {
	readonly words: number;
	/** Messages; null: not counted. */
	readonly messages: number | null;
}

export const BUDGETS = {
	/** The state of a case. */
	head: { words: 60, messages: 1 },
	/** Head and first question of a 520. */
	first: { words: 150, messages: 2 },
	/** What changed, with the next question. */
	delta: { words: 50, messages: 1 },
	healthy: { words: 45, messages: 1 },
	/** 521, 522, 525 and the other codes that say it themselves. */
	otherCode: { words: 110, messages: 2 },
	ray: { words: 60, messages: 1 },
	evidence: { words: 150, messages: 1 },
	/** `status`, `account`. */
	status: { words: 45, messages: 1 },
	explain: { words: 140, messages: 1 },
	help: { words: 110, messages: 1 },
	/** In public; the statements are in the file. */
	report: { words: 40, messages: 1 },
	/** A whole incident of five human steps. */
	incident: { words: 700, messages: null },
} as const satisfies Readonly<Record<string, Budget>>;

/** A table in evidence: columns of characters, and rows under its header. */
export const TABLE = { columns: 40, rows: 6 };
/** `npm start -- demo`. */
export const DEMO_LINES = 60;

/**
 * What does not hold yet, by kind: names of incidents and replies. It only shrinks: an entry that holds fails the test that checks it.
 */
export const NOT_YET: Readonly<Record<string, string>> = {
	head: [
		"api-user bad-certificate blank-502 closed-mid-response closes-empty cloudflare-blocked cookies custom-page",
		"cut-content deliberate-444 half-header headers-malformed headers-missing http2-to-origin huge-headers no-dns",
		"no-route now-and-then own-500 own-502 own-504 own-520 plain-on-tls refuses resets silent some-urls",
		"space-in-name ssh-banner times-out tls-broken too-large tunnel-down two-disagree visitor worker-throws",
		"wrong-address",
	].join(" "),
	first: [
		"api-user cannot-reproduce closed-mid-response closes-empty cloudflare-blocked cookies custom-page cut-content",
		"deliberate-444 half-header headers-malformed headers-missing http2-to-origin huge-headers middle-timeout",
		"now-and-then own-520 resets some-urls space-in-name ssh-banner tls-broken too-large two-disagree visitor",
		"wrong-address",
	].join(" "),
	delta: [
		"api-user cannot-reproduce closed-mid-response cloudflare-blocked cookies deliberate-444 headers-malformed",
		"headers-missing http2-to-origin middle-timeout tls-broken too-large two-disagree visitor wrong-address",
	].join(" "),
	incident: [
		"api-user cannot-reproduce closed-mid-response cloudflare-blocked cookies deliberate-444 headers-malformed",
		"headers-missing http2-to-origin middle-timeout tls-broken too-large two-disagree visitor wrong-address",
	].join(" "),
	both: "two-disagree",
	healthy: "cached healthy not-proxied redirects xn--mnchen-3ya",
	otherCode: [
		"bad-certificate blank-502 blocked challenged no-dns no-route no-script-browser own-500 own-502 own-504",
		"plain-on-tls refuses silent times-out tunnel-down worker-throws",
	].join(" "),
	ray: [
		"ray-far-apart ray-one ray-one-place ray-page-footer ray-page-with-time ray-retired-colo ray-several",
		"ray-unknown-colo",
	].join(" "),
	evidence: "case",
	status: "case",
	report: "api-user case middle-timeout",
	explain: [
		"502 520 bad-field-name bad-status-code bad-status-line bare-cr bare-lf bytes-after-the-end chunk-end-missing",
		"chunk-line-too-long chunk-size-bad chunk-size-empty chunks-cut client-certificate-wanted closed-before-the-end",
		"closed-mid-response cloudflare-blocked cold-start content-coding-broken content-length-differs",
		"content-length-invalid content-length-list content-length-repeated content-short control-in-reason",
		"control-in-value deliberate-close edge-feature empty-field-name endless-interim field-name-too-long",
		"framing-conflict h2-asks-for-http1 h2-bad-field h2-bad-frame h2-bad-header-block h2-bad-settings h2-bad-status",
		"h2-content-length-mismatch h2-content-length-repeated h2-endless-frames h2-endless-header-block h2-frame-large",
		"h2-goaway h2-http1-text h2-settings-missing h2-status-missing h2-stream-reset header-section-endless",
		"header-section-large header-section-over-128k headers-malformed headers-missing headers-too-large",
		"http2-to-origin idle-race incomplete-header-section leading-empty-lines length-and-transfer-encoding",
		"middle-timeout missing-colon no-bytes not-http nul-byte odd-client-request only-interim origin-crashed",
		"origin-overloaded origin-pulls path-drops protocol-mismatch relabelled-5xx request-too-large reset",
		"response-too-large reused-connection-fails silence single-field-repeated space-before-colon",
		"space-before-first-field status-below-100 status-line-in-chunks tls-alert tls-broken too-many-fields",
		"trailer-without-colon transfer-encoding-not-chunked upgrade-or-1xx visitor-banned wrong-target wrong-version",
	].join(" "),
	help: "help",
	demo: "demo",
};

/**
 * What has to hold, but for what is in NOT_YET: that must not hold.
 * @param decides whether this run decides that an entry has to go; others only have to hold
 * @returns what is wrong, null for nothing
 */
export function holds(kind: string, name: string, check: () => void, decides = true): string | null {
	const wrong = wrongWith(check);
	const isListed = (NOT_YET[kind] ?? "").split(" ").includes(name);
	if (!isListed) return wrong === null ? null : `${kind} of ${name}: ${wrong}`;
	return wrong === null && decides ? `${kind} of ${name} holds now: take it out of NOT_YET in test/budgets.ts` : null;
}

/** What a check says; null: it holds. */
export function wrongWith(check: () => void): string | null {
	try {
		check();
		return null;
	} catch (error) {
		return error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
	}
}

/** Whether these messages are within a budget. */
export function within(budget: keyof typeof BUDGETS, read: readonly Pick<Added, "words">[]): void {
	const { words, messages } = BUDGETS[budget];
	const total = read.reduce((sum, one) => sum + one.words, 0);
	assert.ok(total <= words, `${total} words of ${words}`);
	if (messages !== null) assert.ok(read.length <= messages, `${read.length} messages of ${messages}`);
}

/** The widest line and the most rows of the tables in a message. */
export function tables({ blocks }: Message): { readonly count: number; readonly columns: number; readonly rows: number } {
	const all = blocks.flatMap((block) => {
		if (block.kind === "table")
			return [{ columns: Math.max(...block.lines.map((line) => line.length)), rows: block.lines.length - 1 }];
		if (block.kind !== "grid") return [];
		const widths = block.header.map((cell, index) => Math.max(cell.length, ...block.rows.map((row) => row[index]?.length ?? 0)));
		return [{ columns: widths.reduce((sum, one) => sum + one, 2 * (widths.length - 1)), rows: block.rows.length }];
	});
	return {
		count: all.length,
		columns: Math.max(0, ...all.map(({ columns }) => columns)),
		rows: Math.max(0, ...all.map(({ rows }) => rows)),
	};
}
