import type { ClassifiedLook } from "../judge/pattern.ts";
import type { Verdict } from "../judge/verdict.ts";
import { codeWordsOf } from "../knowledge/codes/words.ts";
import { maskedValue } from "../message/masking.ts";
import type { Mood } from "../message/message.ts";
import { bold, clock, code, join, ours, type Text, text } from "../message/text.ts";
import type { Target } from "../read/text/target.ts";
import { CUT_OFF, codeWords, confidenceWords, FAULT, pageWords, requestShare, seconds, shortPlace, sideOf } from "./words.ts";

export function moodOf(verdict: Verdict): Mood {
	if (verdict.kind === "working") return "good";
	if (verdict.kind === "not-cloudflare") return verdict.fails ? "bad" : "good";
	return verdict.kind === "challenge" || verdict.kind === "block" || verdict.kind === "silent" ? "unclear" : "bad";
}

/** What is wrong, in the fewest words. */
export function headline(verdict: Verdict, target: Target): Text {
	const page = pageWords(target);
	const { classification, look } = verdict.example;
	const status = String(classification.status ?? "");
	switch (verdict.kind) {
		case "cloudflare-error":
		case "edge-code":
		case "gateway-error":
		case "origin-error":
			return text`${page} fails with ${failureName(verdict)}`;
		case "cut":
			return text`${page} returns ${status}, ${CUT_OFF}`;
		case "challenge":
			return text`${page} shows a Cloudflare challenge`;
		case "block":
			return text`A Cloudflare rule blocked my request to ${page}`;
		case "working":
			if (classification.cached) return text`${page} works, but from Cloudflare's cache`;
			return isServed(classification.status) ? text`${page} works` : text`${page} returns ${status}`;
		case "silent":
			return text`${page} sends no response`;
		case "broken":
			return text`${page} returns invalid HTTP`;
		case "not-cloudflare":
			if (verdict.fails) return text`${page} returns ${status}, but not through Cloudflare`;
			return look.kind === "answered" && look.cloudflareAddress
				? text`${page} works, but without Cloudflare's headers`
				: text`${page} does not use Cloudflare`;
		case "unreached":
			return look.kind === "unreached" && look.stage === "certificate"
				? text`${page} has an invalid certificate`
				: text`I could not connect to ${page}`;
	}
}

/** `520`, or `530, error 1016` where the page's number is not the response's status. */
function failureName({ code: number, example }: Verdict): string {
	const { status } = example.classification;
	return status === null || status === number ? String(number) : `${status}, error ${number}`;
}

/** Success, or a redirect: what a visitor takes for a page. */
const isServed = (status: number | null): boolean => status !== null && status < 400;

/** Which requests fail, beside the title; null when nothing failed or it is unknown. */
export function asideWords({ pattern, fails }: Verdict, { path }: Target): Text | null {
	const { share, kind } = pattern;
	if (!fails || share === null) return null;
	switch (kind) {
		case "all":
			return path === "/" ? text`every request` : text`every request, other pages too`;
		case "some-urls":
			return text`${requestShare(share)}, only this page`;
		case "random":
			return text`${requestShare(share)}, intermittent`;
		default:
			return text`${requestShare(share)}`;
	}
}

/** What codes mean that say what failed between Cloudflare and the origin: the shortest true sentence. */
const CODE_MEANS: Readonly<Record<number, (target: Target) => Text>> = {
	520: () => text`The origin sent Cloudflare an empty or invalid response.`,
	521: ({ port }) =>
		text`Nothing accepts Cloudflare's connection on port ${port}: the web server is down, or a firewall rejects Cloudflare.`,
	522: () =>
		text`The origin did not respond to Cloudflare's connection in time: it is overloaded, or a firewall drops Cloudflare's packets.`,
	523: () =>
		text`Cloudflare has no route to the origin: the IP address in Cloudflare DNS is wrong, or the provider's network has no route back.`,
	524: () => text`The origin accepted the request, then sent nothing for 125 s.`,
	525: () => text`The TLS handshake between Cloudflare and the origin failed.`,
	526: () => text`Cloudflare does not accept the origin's certificate in Full (strict) mode.`,
	1016: () => text`Cloudflare cannot resolve the origin's hostname.`,
	1033: () => text`The site uses Cloudflare Tunnel, but no connector (cloudflared) is connected.`,
	1101: () => text`The Worker on this URL threw an exception.`,
};

/** A 500 or 503 that Cloudflare wrote: our table speaks of the origin's. */
export const isCloudflaresOwn = ({ kind, code: number }: Pick<Verdict, "kind" | "code">): boolean =>
	kind === "cloudflare-error" && (number === 500 || number === 503);

function codeMeans(number: number | null, target: Target): Text {
	if (number === null) return text``;
	const words = CODE_MEANS[number];
	return words === undefined ? ours(codeWordsOf(String(number)).means) : words(target);
}

/**
 * What the verdict means, in one or two sentences.
 * @param seen every look, where the words may count what they returned
 */
export function meaningWords(verdict: Verdict, target: Target, seen: readonly ClassifiedLook[]): Text {
	const { classification, look } = verdict.example;
	switch (verdict.kind) {
		case "cloudflare-error":
			return isCloudflaresOwn(verdict) ? text`Cloudflare generated this error itself.` : codeMeans(verdict.code, target);
		case "edge-code":
			return text`Nothing proves that Cloudflare generated this ${String(verdict.code)}: the origin may have sent it, or a custom error page hides Cloudflare's.`;
		case "gateway-error":
			if (classification.maker === "cloudflare")
				return text`Cloudflare could not use the origin's response, or could not reach it.`;
			return classification.maker === "origin"
				? text`The page is Cloudflare's, but the origin or its proxy returned this error.`
				: text`Nothing shows who generated this error.`;
		case "cut":
			return text`The response ends before its promised length, so visitors get a broken page or download.`;
		case "origin-error":
			return text`The origin returned this error itself, and Cloudflare passed it on.`;
		case "challenge":
			return text`The challenge hides the origin's response from me.`;
		case "block":
			return classification.code !== null && classification.code >= 1000
				? text`Error ${codeWords(classification.code)}, so I cannot see what visitors get.`
				: text`I cannot see what visitors get.`;
		case "working":
			return workingWords(verdict, seen);
		case "silent":
			return text`It accepted the request and sent nothing for ${seconds(look.timings.endedMs)}, so I stopped waiting. Cloudflare waits 125 s, then returns 524.`;
		case "broken":
			return verdict.throughCloudflare
				? text`The response is not valid HTTP.`
				: text`The response is not valid HTTP, and Cloudflare is not in front of it.`;
		case "not-cloudflare":
			if (verdict.fails) return text`Cloudflare is not in front of this host, as seen from here.`;
			return look.kind === "answered" && look.cloudflareAddress
				? text`It responds from a Cloudflare IP address. Something removes the headers, or it is another Cloudflare product.`
				: text`From here, it returns ${String(classification.status)} without Cloudflare.`;
		case "unreached":
			if (look.kind !== "unreached") return text`This is not a 520.`;
			return look.stage === "certificate"
				? text`Browsers reject its certificate (${code(look.code)}), so visitors get a warning before any 520. What is behind it is untested.`
				: text`${capital(unreachedWords(look.stage, look.code))}, so this is not a 520.`;
	}
}

function workingWords({ pattern, example, throughCloudflare }: Verdict, seen: readonly ClassifiedLook[]): Text {
	const { status, cached, location } = example.classification;
	const [colo] = pattern.colos;
	const via = throughCloudflare ? ` through Cloudflare${colo === undefined ? "" : ` (${colo.colo})`}` : "";
	if (cached || pattern.share === null)
		return text`Cloudflare returned ${String(status)} without a request to the origin, so the origin is untested.`;
	const statuses = new Set(
		seen.filter(({ look }) => look.asked.purpose === "page").map(({ classification }) => classification.status),
	);
	const returned = statuses.size > 1 ? "worked" : `returned ${status}`;
	const counted = text`${pattern.share.of} of ${pattern.share.of === 1 ? "1 request" : `${pattern.share.of} requests`} ${returned}${via}`;
	if (location !== null && statuses.size <= 1)
		return text`${counted}, a redirect to ${code(maskedValue("location", location), 80)}. I did not follow it.`;
	return isServed(status) ? text`${counted}.` : text`${counted}, so the origin responds.`;
}

/** Why no exchange took place, as a clause. */
export function unreachedWords(stage: "connect" | "tls" | "certificate", systemCode: string): Text {
	if (stage === "certificate") return text`browsers reject its certificate (${code(systemCode)})`;
	if (stage === "tls") return text`the TLS handshake failed (${code(systemCode)})`;
	return text`${CONNECT_WORDS[systemCode] ?? "the connection failed"} (${code(systemCode)})`;
}

const CONNECT_WORDS: Readonly<Record<string, string>> = {
	ECONNREFUSED: "the connection was refused",
	ETIMEDOUT: "the connection timed out after 5 s",
	ENETUNREACH: "its IP address cannot be reached",
	EHOSTUNREACH: "its IP address cannot be reached",
	ECONNRESET: "the connection was reset",
};

/** A clause as the beginning of a sentence. */
const capital = ([first, ...rest]: Text): Text =>
	first?.t === "plain" ? [{ t: "plain", s: first.s.slice(0, 1).toUpperCase() + first.s.slice(1) }, ...rest] : [];

/** Whose side, and how sure; null when nothing failed or that is unknown. */
export function faultWords(verdict: Verdict): Text | null {
	if (!verdict.fails || verdict.kind === "silent" || verdict.kind === "unreached") return null;
	switch (verdict.owner) {
		case "unknown":
			return text`${bold(`${FAULT} unknown so far.`)}`;
		case "depends":
			return text`${bold(`${FAULT} depends on the request.`)}`;
		default:
			return text`${bold(`${FAULT} ${sideOf(verdict)}`)} (${confidenceWords(verdict.confidence)}).`;
	}
}

/** Who asked for a verdict, and when it is read. */
export interface About {
	/** As the chat shows them; null when unknown. */
	readonly who: string | null;
	/** Unix milliseconds. */
	readonly nowMs: number;
	/** In the thread of another site's case, without controls: nothing is asked that has no answer there. */
	readonly beside?: boolean;
}

const PLACES_MAX = 2;

/** Where, which request, when, for whom: each once. */
export function whereWords(verdict: Verdict, { who, nowMs }: About): Text {
	const { classification, look } = verdict.example;
	const { ray } = classification;
	const isHealthy = verdict.kind === "working";
	const { colos } = verdict.pattern;
	const places = colos.slice(0, PLACES_MAX).map(({ colo }) => shortPlace(colo));
	const more = colos.length > PLACES_MAX ? ` and ${colos.length - PLACES_MAX} more` : "";
	const parts = [
		places.length === 0 || isHealthy ? null : text`${places.join(", ")}${more}`,
		ray === null || isHealthy ? null : text`Ray ${code(ray.id)}`,
		text`${clock(ray?.receivedAtMs ?? look.asked.startedAtMs, nowMs)}`,
		who === null ? null : text`for ${who}`,
	];
	return join(
		parts.filter((part) => part !== null),
		" · ",
	);
}

/** The share of failures, where and how fast: for the evidence. */
export const SPEED: Readonly<Record<NonNullable<Verdict["pattern"]["timeToFailure"]>, string>> = {
	instant: ", each within 1 s",
	seconds: ", after a few seconds",
	"round-number": ", always after the same number of seconds (a timeout)",
	"two-minutes": ", after about two minutes (Cloudflare's own limit)",
};
