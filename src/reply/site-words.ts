import type { Verdict } from "../judge/verdict.ts";
import { articleCauseOf } from "../knowledge/causes/list.ts";
import { maskedUrl, maskedValue } from "../message/masking.ts";
import type { Mood } from "../message/message.ts";
import { ask, bold, code, ours, type Text, text } from "../message/text.ts";
import type { Target } from "../read/text/target.ts";
import { codeWords, confidenceWords, dataCenter, hostWords, percent, seconds, sideOf } from "./words.ts";

export function moodOf(verdict: Verdict): Mood {
	if (verdict.kind === "working") return "good";
	if (verdict.kind === "not-cloudflare") return verdict.fails ? "bad" : "good";
	return verdict.kind === "challenge" || verdict.kind === "block" || verdict.kind === "silent" ? "unclear" : "bad";
}

/** The verdict in one or two sentences. */
export function headline(verdict: Verdict, target: Target): Text {
	const host = hostWords(target);
	const { classification, look } = verdict.example;
	const carried =
		classification.status !== null && classification.status !== verdict.code
			? text`${bold(String(classification.status))}, error `
			: text``;
	const what = verdict.code === null ? text`no status` : text`${carried}${codeWords(verdict.code)}`;
	switch (verdict.kind) {
		case "cloudflare-error":
			return text`${host} fails with ${what}. Cloudflare itself made this answer.`;
		case "edge-code":
			return text`${host} answers ${what}, but nothing proves that Cloudflare made it: the origin may have sent the number itself, or a custom error page stands before it.`;
		case "gateway-error":
			return classification.maker === "cloudflare"
				? text`${host} fails with ${what}. Cloudflare wrote this page itself: it could not use the origin's answer, or could not pass the request on.`
				: classification.maker === "origin"
					? text`${host} fails with ${what}. Cloudflare shows its page, but for this number the failure is normally the origin's own.`
					: text`${host} fails with ${what}. The answer carries no mark of who made it; the origin's own is the likelier.`;
		case "cut":
			return text`${host} answers ${bold(String(classification.status))}${ours(`, but the answer is cut: its content stops before the promised end. Most likely the origin closed the connection mid-response (cause ${articleCauseOf("closed-mid-response")} of the five that `)}${ask("explain 520")} lists); visitors see a broken page or download rather than a 520.`;
		case "origin-error":
			return text`${host} answers ${what}. Most likely it is the origin's own answer, passed on by Cloudflare.`;
		case "challenge":
			return text`${host} shows a Cloudflare challenge, so what the origin does cannot be seen from here.`;
		case "block":
			return text`${host} turned this look away: a rule at Cloudflare blocks it${classification.code !== null && classification.code >= 1000 ? text`: ${codeWords(classification.code)}` : text``}. What visitors get cannot be seen from here.`;
		case "working":
			if (classification.cached)
				return text`${host} answers ${what} from Cloudflare's cache: the origin was not asked, so nothing is known about it.`;
			return classification.location === null
				? text`${host} answers ${what}: nothing failed just now.`
				: text`${host} answers ${what} and redirects to ${code(maskedValue("location", classification.location), 120)}: nothing failed just now, and the redirect was not followed.`;
		case "silent":
			return text`${host} took the request and then said nothing for ${seconds(look.timings.endedMs)}, when we stopped waiting.`;
		case "broken":
			return text`${host} answers with something that is no usable HTTP${verdict.throughCloudflare ? text`` : text`, and without a mark of Cloudflare`}.`;
		case "not-cloudflare":
			return look.kind === "answered" && look.cloudflareAddress
				? text`${host} answers ${what} from one of Cloudflare's addresses, but without Cloudflare's marks: something removes them, or it is another of Cloudflare's products.`
				: text`${host} answers ${what}, but not through Cloudflare as seen from here.`;
		case "unreached":
			return look.kind === "unreached"
				? text`${host} cannot be reached from here: ${unreachedWords(look.stage, look.code)}.`
				: text`${host} cannot be reached from here.`;
	}
}

/** Why no exchange took place. */
export function unreachedWords(stage: "connect" | "tls" | "certificate", systemCode: string): Text {
	if (stage === "certificate") return text`its certificate is not one that a browser accepts (${code(systemCode)})`;
	if (stage === "tls") return text`the TLS handshake failed (${code(systemCode)})`;
	const why: Readonly<Record<string, string>> = {
		ECONNREFUSED: "the connection was refused",
		ETIMEDOUT: "no answer to the connection within 5 s",
		ENETUNREACH: "there is no route to its address",
		EHOSTUNREACH: "there is no route to its address",
		ECONNRESET: "the connection was reset",
	};
	return text`${why[systemCode] ?? "the connection failed"} (${code(systemCode)})`;
}

function spreadWords(kind: Verdict["pattern"]["kind"], otherUrlFails: boolean | null): Text {
	switch (kind) {
		case "all":
			return text` Every request, and another URL of the same host fails too.`;
		case "some-urls":
			return text` Every request here, but another URL of the same host answers: some URLs only.`;
		case "random":
			return text` Now and then, not every time.`;
		default:
			return otherUrlFails === null ? text` Every request to this URL; no other URL could be compared.` : text``;
	}
}

/** How often it fails, how fast, and where. */
export function patternWords(verdict: Verdict, target: Target): Text {
	const { share, kind, timeToFailure, otherUrlFails } = verdict.pattern;
	const path = code(maskedUrl(target.path), 80);
	if (share === null) return text`None of the looks at ${path} says anything about the origin.`;
	if (share.hits === 0) {
		return text`${share.of} of ${share.of} looks at ${path} were answered. That does not prove health: up to ${percent(share.high)} of requests could still fail (95 % interval).`;
	}
	const speed: Record<NonNullable<typeof timeToFailure>, string> = {
		instant: ", within a second",
		seconds: ", after some seconds",
		"round-number": ", at a round number of seconds (a time-out somewhere)",
		"two-minutes": ", after about two minutes",
	};
	const spread = spreadWords(kind, otherUrlFails);
	return text`${bold(`${share.hits} of ${share.of}`)} looks at ${path} failed (between ${percent(share.low)} and ${percent(share.high)} of requests, 95 % interval)${timeToFailure === null ? text`` : speed[timeToFailure]}.${spread}`;
}

/** Data center, whose side, how sure. */
export function sideWords(verdict: Verdict): Text {
	const [colo] = verdict.pattern.colos;
	const where = colo === undefined ? text`` : text`Data center: ${dataCenter(colo.colo)}. `;
	if (verdict.kind === "working" || verdict.kind === "unreached" || (verdict.kind === "not-cloudflare" && !verdict.fails))
		return text`${where}The next step follows.`;
	return text`${where}Whose side: ${sideOf(verdict)}. How sure of the verdict: ${bold(confidenceWords(verdict.confidence))}. The next step follows.`;
}

/** What a visitor can do; null when there is nothing to say. */
export function visitorWords(verdict: Verdict): Text | null {
	const { classification } = verdict.example;
	const ray =
		classification.ray === null ? text`` : text` Tell the site's owner the Ray ID ${code(classification.ray.id)} and the time.`;
	switch (verdict.kind) {
		case "cloudflare-error":
		case "edge-code":
		case "gateway-error":
		case "cut":
		case "origin-error": {
			if (verdict.structured?.retryable === false) return text`nothing on your side mends this.${ray}`;
			const after = classification.retryAfter ?? verdict.structured?.retryAfter ?? null;
			return text`try again ${after === null ? text`in a minute` : text`after ${after} s`}; your browser is not the fault.${ray}`;
		}
		case "challenge":
		case "block":
			return text`open the page in an ordinary browser; if that is blocked too, tell the owner the Ray ID on the page.`;
		case "silent":
			return text`try again in a few minutes.`;
		case "working":
			return text`if it still fails for you, try a private window and another network, and note the Ray ID at the bottom of the error page.`;
		default:
			return null;
	}
}
