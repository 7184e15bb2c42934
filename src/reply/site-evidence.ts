import type { Basis, Classification } from "../judge/classify.ts";
import type { ClassifiedLook } from "../judge/pattern.ts";
import type { Verdict } from "../judge/verdict.ts";
import { maskedUrl, maskedValue } from "../message/masking.ts";
import { columns } from "../message/message.ts";
import { show } from "../message/show.ts";
import { ask, code, join, type Text, text, time } from "../message/text.ts";
import type { Ray } from "../read/ray/decode.ts";
import type { Target } from "../read/text/target.ts";
import { ageWords, dataCenter, seconds } from "./words.ts";

const BASIS_WORDS: Record<Basis, string | null> = {
	structured: "Proof: asked for application/problem+json, Cloudflare's structured answer came back.",
	"cf-error-type": "Proof: the header cf-error-type stands only on answers that Cloudflare made.",
	"page-ray-equal": "Mark: Cloudflare's error page with the same Ray ID as the header.",
	"plain-body": 'Mark: Cloudflare\'s plain form of the error, "error code" and the number.',
	"names-cloudflare": "Mark: the body names Cloudflare.",
	branded: "Mark: Cloudflare's branded page.",
	"cf-mitigated": "Proof: the header cf-mitigated says challenge.",
	"status-only": "No structured answer came, and no page of Cloudflare's with a matching Ray ID.",
	"no-marks": null,
};

/** What Cloudflare took until 2025-10-16; other proxies still take less. */
const LARGE_HEADERS_BYTES = 32 * 1024;

/** What was seen, one line each, with its proof. */
export function evidence(verdict: Verdict, target: Target, nowMs: number): Text[] {
	const { classification, look } = verdict.example;
	const out: Text[] = [text`Asked for ${code(maskedUrl(target.url), 160)} at ${time(look.asked.startedAtMs)}.`];
	const basis =
		verdict.kind === "gateway-error" && verdict.basis !== "no-marks" && verdict.basis !== "names-cloudflare"
			? "Cloudflare wrote this page; for this number that does not tell who failed."
			: BASIS_WORDS[verdict.basis];
	if (basis !== null) out.push(text`${basis}`);
	if (verdict.structured !== null) out.push(structuredWords(verdict.structured));
	if (classification.ray !== null)
		out.push(
			rayWords(
				classification.ray,
				nowMs,
				verdict.fails && verdict.kind !== "origin-error" ? classification.waitMs : null,
				verdict.kind === "cloudflare-error" && (verdict.code ?? 0) >= 520 && (verdict.code ?? 0) <= 524,
			),
		);
	if (verdict.pattern.colos.length > 1)
		out.push(
			text`Several data centers answered: ${join(
				verdict.pattern.colos.map((one) => text`${dataCenter(one.colo)} ${one.looks} times`),
				", ",
			)}.`,
		);
	if (verdict.traceColo !== null)
		out.push(
			text`${code("/cdn-cgi/trace")} answers from ${dataCenter(verdict.traceColo)}: the name goes through Cloudflare and the edge is well.`,
		);
	if (classification.location !== null)
		out.push(
			text`To look where it redirects to: ${ask(maskedValue("location", redirectQuestion(target, classification.location)))}`,
		);
	if (classification.cached) out.push(text`This answer came from Cloudflare's cache; the origin was not asked for it.`);
	if (look.kind === "answered" && look.ending === "deadline" && classification.status !== null)
		out.push(text`Its content was still coming, or had stalled, when we stopped after ${seconds(look.timings.endedMs)}.`);
	if (look.kind === "answered" && look.tls?.refusedBecause != null)
		out.push(text`The certificate is not one that a browser accepts (${code(look.tls.refusedBecause)}); looked at all the same.`);
	if (
		classification.headerBytes !== null &&
		classification.kind === "passed-on" &&
		classification.headerBytes > LARGE_HEADERS_BYTES
	)
		out.push(text`Header section: ${classification.headerBytes} bytes, of at most 131,072 that Cloudflare takes.`);
	return out;
}

/** What to type to look at the other end of a redirect: absolute, or joined to the page's own address. */
function redirectQuestion(target: Target, location: string): string {
	try {
		return new URL(location, target.url).href;
	} catch {
		return target.url;
	}
}

function structuredWords(structured: NonNullable<Classification["structured"]>): Text {
	const parts: Text[] = [text`${structured.code}${structured.name === null ? text`` : text` ${code(structured.name)}`}`];
	if (structured.retryable !== null)
		parts.push(
			structured.retryable
				? text`worth trying again${structured.retryAfter === null ? text`` : text` after ${structured.retryAfter} s`}`
				: text`trying again will not help`,
		);
	if (structured.ownerActionRequired !== null)
		parts.push(structured.ownerActionRequired ? text`the owner has to act` : text`no action by the owner needed`);
	return text`Cloudflare says: ${join(parts, "; ")}.`;
}

function rayWords(ray: Ray, nowMs: number, waitMs: number | null, gaveUp: boolean): Text {
	const ended = gaveUp ? "It gave up" : "The answer came";
	const wait =
		waitMs === null
			? text``
			: waitMs < 1_000
				? text` ${ended} within a second of that.`
				: text` ${ended} about ${seconds(waitMs)} later.`;
	return text`Ray ID ${code(ray.id)}: Cloudflare received that request at ${time(ray.receivedAtMs)} (± 1 s, inferred from the Ray ID, ${ageWords(Math.max(0, nowMs - ray.receivedAtMs))} ago).${wait}`;
}

const PURPOSE_WORDS = {
	page: "page",
	structured: "page as JSON (not counted)",
	"other-url": "other URL",
	trace: "edge trace",
	origin: "origin",
} as const;

/** One line a look. */
export function lookTable(seen: readonly ClassifiedLook[]): string[] {
	const rows = seen.map(({ look, classification }) => [
		PURPOSE_WORDS[look.asked.purpose],
		look.kind === "unreached"
			? look.code
			: classification.kind === "cut"
				? `${classification.status} cut`
				: (classification.status?.toString() ?? (classification.kind === "silent" ? "silence" : "not HTTP")),
		look.kind === "unreached" || look.timings.firstByteMs === null ? "-" : seconds(look.timings.firstByteMs),
		seconds(look.timings.endedMs),
		classification.ray?.colo ?? "-",
		classification.ray?.id ?? "-",
	]);
	return columns([["look", "status", "first byte", "done", "colo", "ray"], ...rows]).map((line) => show(line, 160));
}

/** What stayed unknown. */
export function unknowns(verdict: Verdict): string[] {
	const out: string[] = [];
	if (verdict.pattern.kind === null && verdict.pattern.share !== null) out.push("whether other URLs of the host fail too.");
	if (verdict.throughCloudflare && verdict.traceColo === null)
		out.push("whether the edge itself is well: /cdn-cgi/trace gave no data center.");
	if (verdict.kind !== "not-cloudflare" && verdict.kind !== "unreached")
		out.push(
			"what other visitors and other data centers see: all looks start from one place, and one place always enters at one data center.",
		);
	if (verdict.kind === "cloudflare-error" && verdict.code === 520) {
		out.push(
			"which of the causes of a 520 it is: an empty, cut, malformed or too large answer and a crash look the same from outside. The origin's answer and its log tell.",
		);
	}
	return out;
}
