import type { Answer, Basis } from "../core/judge/answer.ts";
import type { Seen } from "../core/judge/pattern.ts";
import type { Verdict } from "../core/judge/verdict.ts";
import { findColo } from "../core/ray/colos.ts";
import type { Ray } from "../core/ray/decode.ts";
import type { Target } from "../core/target.ts";
import { maskedValue } from "./headers.ts";
import { rayData } from "./json.ts";
import { nextStep, stepBlocks } from "./next-step.ts";
import { columns, list, type Mood, message, note, type Reply, say, table, title } from "./reply.ts";
import { show } from "./show.ts";
import { ask, bold, code, join, plainText, type Text, text, time } from "./text.ts";
import { ageWords, codeWords, confidenceWords, dataCenter, hostWords, percent, ruledOutWords, seconds, sideOf } from "./words.ts";

/** "looking at …": the first sign of life. */
export function lookingMessage(target: Target, looks: number) {
	return message(
		"neutral",
		title(text`Looking at ${hostWords(target)}`),
		say(text`${looks} looks side by side; the verdict will stand here.`),
	);
}

/** Progress while slow looks are under way. */
export function progressMessage(target: Target, done: number, of: number) {
	return message(
		"neutral",
		title(text`Looking at ${hostWords(target)}`),
		say(text`${done} of ${of} looks are back; the verdict will stand here.`),
	);
}

/** Stands where "looking at …" stood when the look was refused; the reason is the asker's alone. */
export function declinedMessage(target: Target) {
	return message("neutral", title(text`Not looked at ${hostWords(target)}`), say(text`Whoever asked was told why.`));
}

/** The answer to a question about a site. Pure. */
export function siteReply(target: Target, verdict: Verdict, seen: readonly Seen[], nowMs: number): Reply {
	const step = nextStep(verdict, target);
	const mood = moodOf(verdict);
	const visitor = visitorWords(verdict);
	const head = message(mood, title(headline(verdict, target)), say(patternWords(verdict, target)), say(sideWords(verdict)));
	const details = message(
		"neutral",
		title(text`What was seen`),
		list(evidence(verdict, target, nowMs)),
		table(lookTable(seen)),
		list(verdict.ruledOut.map((one) => text`Ruled out: ${ruledOutWords(one)}`)),
		list(unknowns(verdict).map((one) => text`Not known: ${one}`)),
	);
	const next = message(
		"neutral",
		title(text`Next step`),
		...stepBlocks(step),
		visitor === null ? null : note(text`For visitors: ${visitor}`),
	);
	const rays = distinctRays(seen);
	return {
		private: false,
		head,
		thread: [details, next],
		data: {
			verdict: {
				kind: verdict.kind,
				code: verdict.code,
				status: verdict.example.answer.status,
				cause: verdict.cause?.id ?? null,
				articleCause: verdict.cause?.articleCause ?? null,
				confidence: verdict.confidence,
				owner: verdict.owner,
			},
			ranked: [],
			ruledOut: verdict.ruledOut.map((one) => ({ cause: one, why: ruledOutWords(one) })),
			findings: evidence(verdict, target, nowMs).map((say, index) => ({ id: `seen-${index + 1}`, say: plainText(say) })),
			rays: rays.map(rayData),
			pattern: patternData(verdict),
			next: {
				step: step.step,
				ask: plainText(step.ask),
				...(step.commands[0] === undefined ? {} : { command: step.commands[0].command }),
			},
			looks: seen.map(lookData),
		},
	};
}

function moodOf(verdict: Verdict): Mood {
	if (verdict.kind === "working") return "good";
	if (verdict.kind === "not-cloudflare") return verdict.fails ? "bad" : "good";
	return verdict.kind === "challenge" || verdict.kind === "block" || verdict.kind === "silent" ? "warn" : "bad";
}

function headline(verdict: Verdict, target: Target): Text {
	const host = hostWords(target);
	const { answer, look } = verdict.example;
	const carried =
		answer.status !== null && answer.status !== verdict.code ? text`${bold(String(answer.status))}, error ` : text``;
	const what = verdict.code === null ? text`no status` : text`${carried}${codeWords(verdict.code)}`;
	switch (verdict.kind) {
		case "cloudflare-error":
			return text`${host} fails with ${what}. Cloudflare itself made this answer.`;
		case "edge-code":
			return text`${host} answers ${what}, but nothing proves that Cloudflare made it: the origin may have sent the number itself, or a custom error page stands before it.`;
		case "gateway-error":
			return answer.maker === "cloudflare"
				? text`${host} fails with ${what}. Cloudflare wrote this page itself: it could not use the origin's answer, or could not pass the request on.`
				: answer.maker === "origin"
					? text`${host} fails with ${what}. Cloudflare shows its page, but for this number the failure is normally the origin's own.`
					: text`${host} fails with ${what}. The answer carries no mark of who made it; the origin's own is the likelier.`;
		case "cut":
			return text`${host} answers ${bold(String(answer.status))}, but the answer is cut: its content stops before the promised end. Most likely the origin closed the connection mid-response (cause 1 of the five that ${ask("explain 520")} lists); visitors see a broken page or download rather than a 520.`;
		case "origin-error":
			return text`${host} answers ${what}. Most likely it is the origin's own answer, passed on by Cloudflare.`;
		case "challenge":
			return text`${host} shows a Cloudflare challenge, so what the origin does cannot be seen from here.`;
		case "block":
			return text`${host} turned this look away: a rule at Cloudflare blocks it${answer.code !== null && answer.code >= 1000 ? text`: ${codeWords(answer.code)}` : text``}. What visitors get cannot be seen from here.`;
		case "working":
			if (answer.cached)
				return text`${host} answers ${what} from Cloudflare's cache: the origin was not asked, so nothing is known about it.`;
			return answer.location === null
				? text`${host} answers ${what}: nothing failed just now.`
				: text`${host} answers ${what} and redirects to ${code(maskedValue("location", answer.location), 120)}: nothing failed just now, and the redirect was not followed.`;
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

function patternWords(verdict: Verdict, target: Target): Text {
	const { share, kind, timeToFailure, otherUrlFails } = verdict.pattern;
	const path = code(target.path, 80);
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
	const spread =
		kind === "all"
			? text` Every request, and another URL of the same host fails too.`
			: kind === "some-urls"
				? text` Every request here, but another URL of the same host answers: some URLs only.`
				: kind === "random"
					? text` Now and then, not every time.`
					: otherUrlFails === null
						? text` Every request to this URL; no other URL could be compared.`
						: text``;
	return text`${bold(`${share.hits} of ${share.of}`)} looks at ${path} failed (between ${percent(share.low)} and ${percent(share.high)} of requests, 95 % interval)${timeToFailure === null ? text`` : speed[timeToFailure]}.${spread}`;
}

function sideWords(verdict: Verdict): Text {
	const [colo] = verdict.pattern.colos;
	const where = colo === undefined ? text`` : text`Data center: ${dataCenter(colo.colo)}. `;
	if (verdict.kind === "working" || verdict.kind === "unreached" || (verdict.kind === "not-cloudflare" && !verdict.fails))
		return text`${where}The next step follows.`;
	return text`${where}Whose side: ${sideOf(verdict)}. How sure of the verdict: ${bold(confidenceWords(verdict.confidence))}. The next step follows.`;
}

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

function evidence(verdict: Verdict, target: Target, nowMs: number): Text[] {
	const { answer, look } = verdict.example;
	const out: Text[] = [text`Asked for ${code(target.url, 160)} at ${time(look.asked.startedAtMs)}.`];
	const basis =
		verdict.kind === "gateway-error" && verdict.basis !== "no-marks" && verdict.basis !== "names-cloudflare"
			? "Cloudflare wrote this page; for this number that does not tell who failed."
			: BASIS_WORDS[verdict.basis];
	if (basis !== null) out.push(text`${basis}`);
	if (verdict.structured !== null) out.push(structuredWords(verdict.structured));
	if (answer.ray !== null)
		out.push(
			rayWords(
				answer.ray,
				nowMs,
				verdict.fails && verdict.kind !== "origin-error" ? answer.waitMs : null,
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
	if (answer.location !== null)
		out.push(text`To look where it redirects to: ${ask(maskedValue("location", redirectQuestion(target, answer.location)))}`);
	if (answer.cached) out.push(text`This answer came from Cloudflare's cache; the origin was not asked for it.`);
	if (look.kind === "answered" && look.ending === "deadline" && answer.status !== null)
		out.push(text`Its content was still coming, or had stalled, when we stopped after ${seconds(look.timings.endedMs)}.`);
	if (look.kind === "answered" && look.tls?.refusedBecause != null)
		out.push(text`The certificate is not one that a browser accepts (${code(look.tls.refusedBecause)}); looked at all the same.`);
	if (answer.headerBytes !== null && answer.kind === "passed-on" && answer.headerBytes > LARGE_HEADERS_BYTES)
		out.push(text`Header section: ${answer.headerBytes} bytes, of at most 131,072 that Cloudflare takes.`);
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

function structuredWords(structured: NonNullable<Answer["structured"]>): Text {
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
} as const;

function lookTable(seen: readonly Seen[]): string[] {
	const rows = seen.map(({ look, answer }) => [
		PURPOSE_WORDS[look.asked.purpose],
		look.kind === "unreached"
			? look.code
			: answer.kind === "cut"
				? `${answer.status} cut`
				: (answer.status?.toString() ?? (answer.kind === "silent" ? "silence" : "not HTTP")),
		look.kind === "unreached" || look.timings.firstByteMs === null ? "-" : seconds(look.timings.firstByteMs),
		seconds(look.timings.endedMs),
		answer.ray?.colo ?? "-",
		answer.ray?.id ?? "-",
	]);
	return columns([["look", "status", "first byte", "done", "colo", "ray"], ...rows]).map((line) => show(line, 160));
}

function unknowns(verdict: Verdict): string[] {
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

function visitorWords(verdict: Verdict): Text | null {
	const { answer } = verdict.example;
	const ray = answer.ray === null ? text`` : text` Tell the site's owner the Ray ID ${code(answer.ray.id)} and the time.`;
	switch (verdict.kind) {
		case "cloudflare-error":
		case "edge-code":
		case "gateway-error":
		case "cut":
		case "origin-error": {
			if (verdict.structured?.retryable === false) return text`nothing on your side mends this.${ray}`;
			const after = answer.retryAfter ?? verdict.structured?.retryAfter ?? null;
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

function distinctRays(seen: readonly Seen[]): Ray[] {
	const byId = new Map<string, Ray>();
	for (const { answer } of seen) if (answer.ray !== null) byId.set(answer.ray.id, answer.ray);
	return [...byId.values()];
}

function patternData(verdict: Verdict) {
	const { kind, share, timeToFailure, otherUrlFails, colos } = verdict.pattern;
	return {
		"edge-pattern": kind,
		failures: share?.hits ?? null,
		looks: share?.of ?? null,
		low: share === null ? null : Number(share.low.toFixed(3)),
		high: share === null ? null : Number(share.high.toFixed(3)),
		"time-to-failure": timeToFailure,
		"other-url-fails": otherUrlFails,
		"edge-trace": verdict.traceColo !== null ? "ok" : verdict.throughCloudflare ? "failed" : null,
		colos: colos.map((one) => ({ ...one, city: findColo(one.colo)?.city ?? null })),
	};
}

function lookData({ look, answer }: Seen) {
	const round = (ms: number | null) => (ms === null ? null : Number(ms.toFixed(1)));
	const { dnsMs, connectedMs, securedMs, sentMs, firstByteMs, lastByteMs, endedMs } = look.timings;
	return {
		purpose: look.asked.purpose,
		url: look.asked.url,
		startedAt: new Date(look.asked.startedAtMs).toISOString(),
		status: answer.status,
		kind: answer.kind,
		...(look.kind === "unreached"
			? { stage: look.stage, error: look.code }
			: {
					ending: look.ending,
					received: look.received,
					protocol: look.protocol,
					ipVersion: look.family,
					tls: look.tls?.protocol ?? null,
				}),
		ray: answer.ray?.id ?? null,
		colo: answer.ray?.colo ?? null,
		waitMs: answer.waitMs,
		dnsMs: round(dnsMs),
		connectedMs: round(connectedMs),
		securedMs: round(securedMs),
		sentMs: round(sentMs),
		firstByteMs: round(firstByteMs),
		lastByteMs: round(lastByteMs),
		endedMs: round(endedMs),
	};
}
