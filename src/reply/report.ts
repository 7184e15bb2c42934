import type { Case } from "../judge/case.ts";
import { type Block, type Button, buttons, type Message, message, note, say, table, title } from "../message/message.ts";
import { ask, clock, code, plainText, text } from "../message/text.ts";
import { AUDIENCES, type Audience } from "../read/action.ts";
import { readTarget } from "../read/text/target.ts";
import { zoneOf } from "../read/text/zone.ts";
import { placesCounted } from "./case-words.ts";
import { directCurl } from "./commands.ts";
import {
	cityOf,
	codeMeans,
	errorOf,
	type FailingRay,
	hostOf,
	metBy,
	metWords,
	namedCause,
	raysOf,
	requestsOf,
	seenBetween,
	sentencesOf,
	urlOf,
	utcTime,
	windowFor,
	worksForUs,
} from "./incident.ts";
import { fillIn } from "./to-run.ts";
import { ageWords } from "./words.ts";

/** Facts that a statement tells: what is further down decides nothing. */
const FACTS_MAX = { host: 3, developer: 4, cloudflare: 2 } as const;
const RAYS_MAX = 5;
/** A usual pace for status pages; the time is the next full five minutes. */
const NEXT_UPDATE_MS = 30 * 60_000;
const ROUND_TO_MS = 5 * 60_000;

/** What curl's exit says of each direct response (curl's own numbers). */
const CURL_EXITS: Readonly<Record<string, number>> = {
	refused: 7,
	"closed-mid-body": 18,
	slow: 28,
	"tls-failure": 35,
	"closed-empty": 52,
	reset: 56,
};

/** What the origin did when it was asked past Cloudflare. */
const DID: Readonly<Record<string, string>> = {
	ok: "returned a complete response",
	"closed-empty": "closed the connection without a response",
	"closed-mid-body": "closed the connection before its response was complete",
	malformed: "sent a malformed response",
	"header-section-too-large": "sent more than 128 KB of headers",
	reset: "reset the connection",
	"tls-failure": "failed the TLS handshake",
	"client-certificate-wanted": "required Cloudflare's client certificate",
	"wrong-protocol": "spoke another protocol on this port",
	"server-error": "returned its own 5xx error",
	slow: "sent nothing in time",
	refused: "refused the connection",
	"no-route": "could not be reached",
};
const LOGGED: Readonly<Record<string, string>> = {
	"complete-200": "a complete 200",
	nothing: "no entry",
	crash: "a crash or kill",
	"refused-or-444": "a 444 or another 4xx",
	"client-closed-499": "a 499",
};

const factOf = (one: Case, wanted: "direct-origin" | "origin-log") => one.facts.find(({ key }) => key === wanted);
const sentences = (...all: readonly (string | null)[]): string => all.filter((each) => each !== null && each !== "").join(" ");

/**
 * A statement to forward as it is: plain text with evidence and nothing private (no origin's IP address, cookie, token, query value or name
 * of a person). What is not known is left out. Pure.
 * @param nowMs Unix milliseconds
 */
export function statement(one: Case, audience: Audience, nowMs: number): string {
	if (isHealthy(one)) return healthyWords(one);
	switch (audience) {
		case "host":
			return forHost(one, nowMs);
		case "developer":
			return forDeveloper(one, nowMs);
		case "cloudflare":
			return forCloudflare(one, nowMs);
		case "status":
			return forStatusPage(one, nowMs);
	}
}

/** `at 13:56:05 UTC`, with the day where it is not the day that the statement begins with. */
const at = (ms: number, one: Case, nowMs: number) => clock(ms, seenBetween(one, nowMs).startMs);

const worked = ({ counted, openedAtMs }: Case): string => {
	const requests = counted === null ? "requests" : `${counted.of} ${counted.of === 1 ? "request" : "requests"}`;
	return `ur ${requests} at ${utcTime(counted?.atMs ?? openedAtMs)} UTC worked.`;
};

/** Somebody has met it, and the newest check met nothing. */
const unseenOpening = (one: Case, nowMs: number): string => `${metWords(one, nowMs)}. O${worked(one)}`;

/** Its subject. */
function unseenSubject(one: Case): string {
	switch (metBy(one)) {
		case "people":
			return `Visitors of ${hostOf(one)} report ${errorOf(one)}`;
		case "places":
			return `${hostOf(one)} returns ${errorOf(one)} in other places`;
		default:
			return `${hostOf(one)} returned ${errorOf(one)}`;
	}
}

/** Nobody has met a failure: there is nothing to forward. */
const isHealthy = (one: Case): boolean => one.solved === null && worksForUs(one) && metBy(one) === null;
const healthyWords = (one: Case): string => `No failure of ${urlOf(one)} was seen here: o${worked(one)}`;

/** Since when it fails; once it is solved, from when to when it did. */
const when = (one: Case, nowMs: number): string =>
	one.solved === null
		? `since ${utcTime(seenBetween(one, nowMs).startMs)} UTC`
		: `from ${utcTime(seenBetween(one, nowMs).startMs)} to ${utcTime(one.solved.atMs)} UTC`;

/** What other places told, where they were asked. */
const elsewhere = (one: Case, nowMs: number): string =>
	one.places === null ? "" : `Other places at ${at(one.places.atMs, one, nowMs)}: ${placesCounted(one.places)}.`;

const causeSentence = (one: Case, before: string): string => {
	const cause = namedCause(one);
	if (cause !== null) return `${cause.certainty === "confirmed" ? "Cause" : before}: ${cause.title} (${cause.certainty}).`;
	return one.solved === null ? "The cause is not known yet." : "";
};

/** The one that says most: with its data center, where that is known. */
const exampleOf = (rays: readonly FailingRay[]): FailingRay | undefined => rays.find(({ colo }) => colo !== null) ?? rays[0];

function forHost(one: Case, nowMs: number): string {
	const isUnseen = worksForUs(one) && one.solved === null;
	const example = exampleOf(raysOf(one, nowMs));
	const { fromMs, toMs } = windowFor(one, nowMs);
	const subject = isUnseen
		? unseenSubject(one)
		: `${hostOf(one)} ${one.solved === null ? "returns" : "returned"} ${errorOf(one)} ${when(one, nowMs)}`;
	const opening = isUnseen
		? unseenOpening(one, nowMs)
		: `${when(one, nowMs)}, ${requestsOf(one)} to ${urlOf(one)} ${one.solved === null ? "have failed" : "failed"} with ${errorOf(one)}.`;
	return [
		`Subject: ${subject}`,
		"",
		"Hello,",
		sentences(opening, codeMeans(one), elsewhere(one, nowMs), ...sentencesOf(one.facts).slice(0, FACTS_MAX.host)),
		sentences(
			example === undefined
				? null
				: `Example: Ray ID ${example.id}, ${at(example.atMs, one, nowMs)}${example.colo === null ? "" : `, data center ${cityOf(example.colo)}`}.`,
			causeSentence(one, "Most likely cause"),
		),
		`Could you please check the server from ${at(fromMs, one, nowMs).slice(0, -4)} to ${at(toMs, one, nowMs)} for:`,
		"1. crashes, restarts and out-of-memory kills,",
		"2. a firewall, rate limit or plugin that blocks Cloudflare (https://www.cloudflare.com/ips/),",
		"3. exhausted workers, memory or CPU?",
		"",
		"Thank you.",
	].join("\n");
}

function forDeveloper(one: Case, nowMs: number): string {
	const isUnseen = worksForUs(one) && one.solved === null;
	const target = readTarget(one.url);
	const rays = raysOf(one, nowMs).slice(0, RAYS_MAX);
	const { fromMs, toMs } = windowFor(one, nowMs);
	const direct = factOf(one, "direct-origin");
	const exit = direct === undefined ? undefined : CURL_EXITS[String(direct.value)];
	const opening = isUnseen
		? unseenOpening(one, nowMs)
		: `${urlOf(one)} ${one.solved === null ? "has returned" : "returned"} ${one.code} ${when(one, nowMs)}: ${requestsOf(one)}.`;
	const fix = namedCause(one)?.fixes[0];
	const fill = "why" in target ? null : fillIn(directCurl(target));
	const filled = fill === null ? "" : ` ${plainText(fill)}`;
	return [
		sentences(opening, elsewhere(one, nowMs), ...sentencesOf(one.facts).slice(0, FACTS_MAX.developer)),
		sentences(causeSentence(one, "Most likely"), fix === undefined ? null : `Start here: ${fix}`),
		"why" in target
			? null
			: `To reproduce it on the server: \`${directCurl(target)}\`${exit === undefined ? "" : ` (currently exit ${exit})`}.${filled}`,
		sentences(
			`Log window: ${at(fromMs, one, nowMs).slice(0, -4)} to ${at(toMs, one, nowMs)}.`,
			rays.length === 0 ? null : `Ray IDs: ${rays.map(({ id }) => id).join(", ")}.`,
		),
	]
		.filter((line) => line !== null && line !== "")
		.join("\n");
}

function forCloudflare(one: Case, nowMs: number): string {
	const isUnseen = worksForUs(one) && one.solved === null;
	const rays = raysOf(one, nowMs).slice(0, RAYS_MAX);
	const zone = zoneOf(hostOf(one));
	const these = rays.length === 0 ? "these requests" : "these Ray IDs";
	const { endMs } = seenBetween(one, nowMs);
	const [direct, log] = [factOf(one, "direct-origin"), factOf(one, "origin-log")];
	const did = direct === undefined ? undefined : DID[String(direct.value)];
	const logged = log === undefined ? undefined : LOGGED[String(log.value)];
	const opening = isUnseen
		? unseenOpening(one, nowMs)
		: `${urlOf(one)} ${one.solved === null ? "has returned" : "returned"} ${one.code} ${when(one, nowMs)} (${requestsOf(one)}, last at ${at(endMs, one, nowMs)}).`;
	return [
		sentences(`${zone === null ? "" : `Zone ${zone}: `}${opening}`, elsewhere(one, nowMs)),
		rays.length === 0
			? null
			: `Ray IDs: ${rays.map(({ id, colo, atMs }) => `${id} (${colo === null ? "" : `${colo}, `}${at(atMs, one, nowMs)})`).join(", ")}.`,
		sentences(
			did === undefined || direct === undefined
				? null
				: `Requested directly at ${at(direct.atMs, one, nowMs)}, the origin ${did}.`,
			logged === undefined ? null : `${did === undefined ? "The origin's" : "Its"} log shows ${logged} for ${these}.`,
			...sentencesOf(one.facts, ["direct-origin", "origin-log"]).slice(0, FACTS_MAX.cloudflare),
		),
		`Which response did your proxy receive for ${these}, and why did it reject it?`,
		"Attached: /cdn-cgi/trace output, a HAR file and the raw origin response.",
	]
		.filter((line) => line !== null && line !== "")
		.join("\n");
}

/** Whether the newest that is known of it is a failure: of our own requests, unless a watch has seen it work since, or in other places. */
function stillFails({ counted, head, places }: Case): boolean {
	if (counted !== null && counted.failed > 0 && head.mood !== "good") return true;
	return places !== null && places.failing > 0 && (counted === null || places.atMs >= counted.atMs);
}

/** The line for where the case is now, without anything technical. */
function forStatusPage(one: Case, nowMs: number): string {
	const service = hostOf(one);
	const { startMs } = seenBetween(one, nowMs);
	const nextMs = Math.ceil((nowMs + NEXT_UPDATE_MS) / ROUND_TO_MS) * ROUND_TO_MS;
	const next = `Next update by ${utcTime(nextMs).slice(11, 16)} UTC.`;
	if (one.solved !== null)
		return stillFails(one)
			? `Monitoring: The cause is known, and we are checking whether ${service} works again. ${next}`
			: `Resolved (${utcTime(one.solved.atMs)} UTC): ${service} works again after ${ageWords(one.solved.atMs - startMs)} of errors. We apologize for the disruption.`;
	// Only what we have met ourselves can have ended for us, and not while it goes on elsewhere.
	if (worksForUs(one) && one.failedAtMs !== null && (one.places?.failing ?? 0) === 0)
		return "Monitoring: The fix is in place, and we are monitoring the results.";
	if (namedCause(one) !== null) return `Identified: We found the cause and are working on a fix. ${next}`;
	return `Investigating (${utcTime(startMs)} UTC): Some requests to ${service} return an error page. ${next}`;
}

/** The reader of a statement, as a heading and on a button. */
export const AUDIENCE_WORDS: Readonly<Record<Audience, { readonly title: string; readonly label: string }>> = {
	host: { title: "For the hosting provider", label: "Hosting provider" },
	developer: { title: "For the developer", label: "Developer" },
	cloudflare: { title: "For Cloudflare support", label: "Cloudflare support" },
	status: { title: "For the status page", label: "Status page" },
};

const choice = (one: Case): Block =>
	buttons(
		text`For a text: ${ask("report host")}, ${ask("report developer")}, ${ask("report cloudflare")} or ${ask("report status")}.`,
		...AUDIENCES.map(
			(audience): Button => ({
				label: AUDIENCE_WORDS[audience].label,
				action: { do: "statement", case: one.id, audience },
			}),
		),
	);

/** `cf520-shop.example-2026-11-25.html` */
export const reportFileName = (one: Case, nowMs: number): string =>
	`cf520-${hostOf(one).replace(/[^\w.-]/g, "")}-${utcTime(nowMs).slice(0, 10)}.html`;

/** Alternative text of the file. */
export const reportFileAbout = (one: Case): string =>
	`Report on error ${one.code} at ${hostOf(one)}: evidence, timeline, what is ruled out, next steps, texts to forward.`;

/** The public message beside the report's file. */
export const reportMessage = (one: Case): Message =>
	message(
		"neutral",
		title(text`Report on ${code(hostOf(one))}`),
		say(
			text`The file has the evidence, the next steps, and a text each for the hosting provider, the developer, Cloudflare support and the status page. Names, IP addresses and secrets are left out.`,
		),
	);

/**
 * The same where no file can be sent.
 * @param platform which chat it is; a terminal writes files itself
 */
export const reportWithoutFile = (one: Case, platform: string): Message =>
	message(
		"neutral",
		say(
			platform === "terminal"
				? text`For the report as a file, start with ${code("--html FILE")}.`
				: text`I could not send the report on ${code(hostOf(one))} as a file here. Its texts are ready to copy.`,
		),
	);

/** Private: asks who will read it. */
export const reportChooser = (one: Case): Message => message("neutral", title(text`Who should get it?`), choice(one));

/** Private: the text as one block to copy. */
export const statementMessage = (one: Case, audience: Audience, nowMs: number): Message =>
	message(
		"neutral",
		title(text`${AUDIENCE_WORDS[audience].title}`),
		table(statement(one, audience, nowMs).split("\n")),
		note(text`Names, IP addresses, cookies and query values are left out.`),
	);

export const nothingToReport: Message = message("neutral", say(text`There is no open case here. Ask about the site first.`));
