import type { Observation } from "../looks/observation.ts";
import { type PageMarks, readPage } from "../read/edge/page.ts";
import { readStructured, type Structured } from "../read/edge/structured.ts";
import { decodeRay, type Ray } from "../read/ray/decode.ts";
import { decodeContent } from "../read/wire/decode-content.ts";
import { ORDERLY } from "../read/wire/ending.ts";
import { readH2 } from "../read/wire/h2.ts";
import { readResponse } from "../read/wire/read.ts";
import { type FieldLine, fieldValues, keepsField, type Reading } from "../read/wire/reading.ts";

/** What one look met. The order of the rules that decide it: {@link classify}. */
const CLASSIFICATION_KINDS = [
	"unreached", // no exchange took place
	"silent", // connected, asked, nothing came in time
	"broken", // what came is no usable HTTP response
	"not-cloudflare",
	"challenge",
	"block",
	"cloudflare-error", // Cloudflare wrote it, proven
	"edge-code", // one of Cloudflare's codes, but nothing proves who wrote the answer
	"gateway-error", // 502 or 504
	"cut", // a header section, then less content than it promised
	"passed-on", // the origin's own answer
] as const;
type ClassificationKind = (typeof CLASSIFICATION_KINDS)[number];

/** What proves who made an answer. */
export type Basis =
	| "structured"
	| "cf-error-type"
	| "page-ray-equal"
	| "plain-body"
	| "names-cloudflare"
	| "branded"
	| "cf-mitigated"
	| "status-only"
	| "no-marks";

export interface Classification {
	readonly kind: ClassificationKind;
	readonly status: number | null;
	/** The number that matters: the 1xxx in the body of a 530, else the status. */
	readonly code: number | null;
	readonly basis: Basis;
	/** Who wrote the answer, as far as it can be told. */
	readonly maker: "cloudflare" | "origin" | "unclear";
	readonly ray: Ray | null;
	/** How long Cloudflare waited before it gave up: error time minus Ray time, milliseconds; null where either is missing. */
	readonly waitMs: number | null;
	readonly structured: Structured | null;
	/** Served by Cloudflare's cache: the origin was not asked. */
	readonly cached: boolean;
	/** Seconds of Retry-After, or null. */
	readonly retryAfter: number | null;
	/** Location of a redirect, as sent: hostile text. */
	readonly location: string | null;
	readonly reading: Reading;
	/** Bytes of the header section, status line to empty line; null for HTTP/2 or when incomplete. */
	readonly headerBytes: number | null;
}

const CLOUDFLARE_5XX: ReadonlySet<number> = new Set([520, 521, 522, 523, 524, 525, 526, 527, 530]);
/** Values of cf-cache-status under which the origin was not asked for this answer. */
const CACHED: ReadonlySet<string> = new Set(["HIT", "REVALIDATED", "UPDATING", "STALE"]);
/** Numbers of the categories access_denied and rate_limit: a rule turned this client away, whatever the form of the answer. */
const BLOCK_CODES: ReadonlySet<number> = new Set([
	1005, 1006, 1007, 1008, 1009, 1010, 1012, 1015, 1020, 1025, 1027, 1106, 1107, 1108, 1109, 1200,
]);
const BLOCK_CATEGORIES: ReadonlySet<string> = new Set(["access_denied", "rate_limit"]);

/** Reads what one look recorded. HTTP/1.1 from its bytes; HTTP/2 from what undici made of the frames. */
function readingOf(seen: Observation & { kind: "answered" }): Reading {
	if (seen.protocol === "h2") {
		const { secondOpinion: opinion } = seen;
		if (opinion === null) return readH2(seen.bytes, { method: seen.asked.method });
		const named = opinion.kind === "read" ? opinion.fields.filter(([name]) => !name.startsWith(":")) : [];
		const fields: FieldLine[] = [];
		for (const [name, value] of named)
			if (keepsField(fields.length, name)) fields.push({ name, value, span: { start: 0, end: 0 } });
		return {
			version: "HTTP/2",
			status: opinion.kind === "read" ? opinion.status : null,
			reason: "",
			fields,
			fieldCount: named.length,
			headerSection: null,
			interim: [],
			framing: null,
			content: seen.content,
			contentBytes: seen.content.length,
			complete: opinion.kind === "read" && opinion.whole,
			oddities:
				opinion.kind === "read"
					? []
					: [{ kind: seen.bytes.length === 0 ? "no-bytes" : "not-http", span: { start: 0, end: seen.bytes.length } }],
		};
	}
	return readResponse(seen.bytes, { method: seen.asked.method, closed: ORDERLY.has(seen.ending) });
}

/**
 * Decides who made an answer. Order of the rules after Cloudflare's documentation
 * (https://developers.cloudflare.com/support/troubleshooting/http-status-codes/ and
 * https://developers.cloudflare.com/fundamentals/reference/error-responses/, 2026); HTML alone is never proof.
 * @param nowMs Unix milliseconds, for the Ray ID's plausibility
 */
export function classify(seen: Observation, nowMs: number): Classification {
	if (seen.kind === "unreached") return { ...NOTHING, kind: "unreached" };
	const reading = readingOf(seen);
	const { status } = reading;
	const headerBytes = reading.headerSection === null ? null : reading.headerSection.end - reading.headerSection.start;
	if (status === null || (reading.headerSection === null && seen.protocol !== "h2")) {
		return { ...NOTHING, kind: seen.ending === "deadline" ? "silent" : "broken", reading };
	}
	const coding = fieldValues(reading, "content-encoding")[0] ?? "";
	const content = Buffer.from(decodeContent(reading.content, coding)).toString("utf8");
	const answered = { ...classifyReading({ ...reading, status }, content, nowMs), headerBytes };
	return answered.kind === "passed-on" && cutShort(seen, reading) ? { ...answered, kind: "cut", maker: "unclear" } : answered;
}

/**
 * The same for a response of which only status, fields and content are known, as other places tell it. Whether it is whole is not decided.
 * @param content decoded
 * @param nowMs Unix milliseconds
 */
export function classifyReading(reading: Reading & { readonly status: number }, content: string, nowMs: number): Classification {
	const { status } = reading;
	const first = (name: string) => fieldValues(reading, name)[0] ?? null;
	const structured = readStructured(content);
	const page = readPage(content, nowMs);
	const ray = rayOf(first("cf-ray"), nowMs);
	const errorAtMs = structured?.atMs ?? page.atMs ?? dateOf(first("date"));
	const retry = Number(first("retry-after") ?? Number.NaN);
	const facts = {
		status,
		ray,
		waitMs: ray === null || errorAtMs === null ? null : plausibleWait(errorAtMs - ray.receivedAtMs),
		structured,
		cached: CACHED.has((first("cf-cache-status") ?? "").toUpperCase()),
		retryAfter: structured?.retryAfter ?? (Number.isInteger(retry) && retry >= 0 ? retry : null),
		location: status >= 300 && status < 400 ? first("location") : null,
		reading,
		headerBytes: null,
	};
	const server = (first("server") ?? "").toLowerCase();
	const decided = decide(status, structured, page, {
		throughCloudflare: first("cf-ray") !== null || server === "cloudflare",
		mitigated: (first("cf-mitigated") ?? "").toLowerCase() === "challenge",
		errorType: first("cf-error-type"),
		rayId: ray?.id ?? null,
	});
	return { ...facts, ...decided };
}

/** The other side ended the content before the end that it had promised; our own cap does not count. */
function cutShort(seen: Observation & { kind: "answered" }, reading: Reading): boolean {
	if (reading.complete || seen.received > seen.bytes.length || seen.ending === "deadline") return false;
	if (seen.protocol === "h2") return seen.secondOpinion?.kind === "read" && !seen.secondOpinion.whole;
	return (
		seen.ending !== "enough" &&
		(reading.framing?.kind === "length" || reading.framing?.kind === "chunked" || seen.ending === "reset")
	);
}

/** Enterprise zones may wait up to 6,000 s; a time further off is not of this answer. A Date field is cut to whole seconds. */
function plausibleWait(ms: number): number | null {
	return ms < -1_500 || ms > 6_010_000 ? null : Math.max(0, ms);
}

type Decided = Pick<Classification, "kind" | "code" | "basis" | "maker">;

interface Marks {
	readonly throughCloudflare: boolean;
	readonly mitigated: boolean;
	readonly errorType: string | null;
	readonly rayId: string | null;
}

function decide(status: number, structured: Structured | null, page: PageMarks, marks: Marks): Decided {
	const typed = /^\d{3,4}$/.test(marks.errorType ?? "") ? Number(marks.errorType) : null;
	const code = structured?.code ?? typed ?? (page.kind === "error" || page.kind === "plain" ? page.code : null) ?? status;
	const cloudflare = (kind: ClassificationKind, basis: Basis, what = code): Decided => ({
		kind,
		code: what,
		basis,
		maker: "cloudflare",
	});

	// 1. Nothing of Cloudflare on it. cf-ray outranks the address: own address ranges and stripped Server fields exist.
	if (!marks.throughCloudflare) return { kind: "not-cloudflare", code: status, basis: "no-marks", maker: "origin" };
	// 2. A challenge hides the answer.
	if (marks.mitigated) return cloudflare("challenge", "cf-mitigated", status);
	if ((status === 403 || status === 503) && page.kind === "challenge") return cloudflare("challenge", "branded", status);
	// 3. A block does too.
	if (structured !== null && BLOCK_CATEGORIES.has(structured.category ?? "")) return cloudflare("block", "structured");
	if (status === 403 && page.kind === "block") return cloudflare("block", "branded");
	// 4. and 5. Proof that Cloudflare wrote it. For 502 and 504 that says who wrote the page, not who failed: rule 6.
	const proof = ((): Basis | null => {
		if (structured !== null) return "structured";
		if (marks.errorType !== null) return "cf-error-type";
		if (page.kind === "error" && page.ray !== null && page.ray === marks.rayId) return "page-ray-equal";
		return page.kind === "plain" && (page.code === status || (page.code ?? 0) >= 1000) ? "plain-body" : null;
	})();
	if (proof !== null && BLOCK_CODES.has(code)) return cloudflare("block", proof);
	if (code === 502 || code === 504) {
		if (page.kind === "error") return { kind: "gateway-error", code, basis: "branded", maker: "origin" };
		if (structured === null && page.namesCloudflare) return cloudflare("gateway-error", "names-cloudflare");
		return { kind: "gateway-error", code, basis: proof ?? "no-marks", maker: "unclear" };
	}
	if (proof !== null && status >= 400) return cloudflare("cloudflare-error", proof);
	// 7. One of Cloudflare's numbers without proof: the origin may have sent it itself, or a custom page replaces Cloudflare's.
	if (CLOUDFLARE_5XX.has(status)) return { kind: "edge-code", code: status, basis: "status-only", maker: "unclear" };
	// 8. A 500 or 503 is the origin's unless the body names Cloudflare.
	if ((status === 500 || status === 503) && page.namesCloudflare)
		return cloudflare("cloudflare-error", "names-cloudflare", status);
	return { kind: "passed-on", code: status, basis: "no-marks", maker: "origin" };
}

/** Of a response of which nothing is known. */
export const EMPTY_READING: Reading = {
	version: null,
	status: null,
	reason: "",
	fields: [],
	fieldCount: 0,
	headerSection: null,
	interim: [],
	framing: null,
	content: new Uint8Array(),
	contentBytes: 0,
	complete: false,
	oddities: [],
};

const NOTHING = {
	status: null,
	code: null,
	basis: "no-marks",
	maker: "unclear",
	ray: null,
	waitMs: null,
	structured: null,
	cached: false,
	retryAfter: null,
	location: null,
	reading: EMPTY_READING,
	headerBytes: null,
} as const;

function rayOf(value: string | null, nowMs: number): Ray | null {
	const match = /^([0-9a-f]{15,16})(?:-([A-Z]{3}))?$/i.exec(value ?? "");
	if (match === null) return null;
	const ray = decodeRay(match[1] ?? "", match[2]?.toUpperCase() ?? null, nowMs);
	return "why" in ray ? null : ray;
}

function dateOf(value: string | null): number | null {
	const at = value === null ? Number.NaN : Date.parse(value);
	return Number.isNaN(at) ? null : at;
}
