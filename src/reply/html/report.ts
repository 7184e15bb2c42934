import { createHash } from "node:crypto";
import { type Case, isMeasured, nextQuestion, rankCase } from "../../judge/case.ts";
import { CAUSES, isCause } from "../../knowledge/causes/list.ts";
import { findCode } from "../../knowledge/codes/codes.ts";
import { codeWordsOf } from "../../knowledge/codes/words.ts";
import { EVIDENCE } from "../../knowledge/evidence.ts";
import { clock, plainText, type Text, text, utc } from "../../message/text.ts";
import { AUDIENCES } from "../../read/action.ts";
import { logMinutes } from "../../read/ray/log-window.ts";
import { readTarget } from "../../read/text/target.ts";
import { withOtherPlaces } from "../case.ts";
import { placesCounted, sideByCause } from "../case-words.ts";
import { directCurl, journal, logSearch } from "../commands.ts";
import { answerSentence } from "../fact-sentences.ts";
import {
	cityOf,
	codeMeans,
	errorOf,
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
} from "../incident.ts";
import { codeStep } from "../next-step.ts";
import { AUDIENCE_WORDS, statement } from "../report.ts";
import { fillIn } from "../to-run.ts";
import { ageWords, FAULT } from "../words.ts";
import { commandOf, type Hide, messageOf, tableOf, timeOf } from "./blocks.ts";
import { byteMapOf } from "./byte-map.ts";
import { EVENTS_MAX, eventsOf } from "./events.ts";
import { type Html, html } from "./html.ts";
import { type People, peopleOf, withoutIps } from "./privacy.ts";
import { STYLE } from "./style.ts";
import { timelineOf } from "./timeline.ts";

/** Ruled-out causes that a report lists; all of them are those of a mechanism. */
const RULED_OUT_MAX = 12;
const RAYS_SEARCHED = 5;

const OWNERS: Readonly<Record<string, string>> = {
	origin: "the origin server",
	"site-owner": "the site's Cloudflare settings",
	visitor: "the visitor's request",
	cloudflare: "Cloudflare",
};

const section = (heading: string, ...inside: readonly Html[]): Html =>
	inside.every(({ markup }) => markup === "")
		? html``
		: html`<section>
<h2>${heading}</h2>
${inside}</section>
`;

/** One paragraph: what, since when and until when, who, why. */
function leadOf(one: Case, nowMs: number): string {
	const { startMs } = seenBetween(one, nowMs);
	const { solved } = one;
	const entry = /^\d{3,4}$/.test(one.code) ? findCode(Number(one.code)) : undefined;
	const side = sideByCause(one) ?? entry?.side ?? (entry === undefined ? undefined : OWNERS[entry.owner]);
	const isUnseen = worksForUs(one) && solved === null;
	const cause = namedCause(one);
	return [
		isUnseen
			? metBy(one) === null
				? `No failure of ${urlOf(one)} was seen here; the newest check worked.`
				: `${metWords(one, nowMs)}; the newest check worked.`
			: solved === null
				? `Since ${utc(startMs)}, ${requestsOf(one)} to ${urlOf(one)} have failed with ${errorOf(one)}.`
				: `From ${utc(startMs)} to ${utc(solved.atMs)} (${ageWords(solved.atMs - startMs)}), ${requestsOf(one)} to ${urlOf(one)} failed with ${errorOf(one)}.`,
		codeMeans(one),
		side === undefined || isUnseen ? "" : `${FAULT} ${side}.`,
		cause === null
			? solved === null
				? "The cause is not known yet."
				: ""
			: `${cause.certainty === "confirmed" ? "Cause" : "Most likely cause"}: ${cause.title} (${cause.certainty}).`,
	]
		.filter((sentence) => sentence !== "")
		.join(" ");
}

function impactOf(one: Case, nowMs: number): Html {
	const { startMs, endMs } = seenBetween(one, nowMs);
	const colos = [...new Set(Object.values(one.colos))].map(cityOf);
	const codes = [...new Set([one.code, ...one.codes.map(({ code }) => code)])];
	const rows: (readonly (string | Html)[])[] = [
		["Page", urlOf(one)],
		["First seen", timeOf(startMs)],
		[one.solved === null ? "Last seen" : "Solved", timeOf(one.solved?.atMs ?? endMs)],
		...(one.counted === null
			? []
			: [
					[
						"Newest check",
						html`${one.counted.failed} of ${one.counted.of} requests failed, ${timeOf(one.counted.atMs)}`,
					] as const,
				]),
		[codes.length === 1 ? "Error" : "Errors", codes.map((code) => codeWordsOf(code).title).join("; ")],
		...(one.places === null ? [] : [["Other places", html`${placesCounted(one.places)}, ${timeOf(one.places.atMs)}`] as const]),
		// The owner's numbers are not among it: a report is passed on.
		...one.beside
			.filter(({ service }) => service === "status")
			.map(({ says }) => ["Cloudflare's status page", plainText(says)] as const),
		...(colos.length === 0 ? [] : [[colos.length === 1 ? "Data center" : "Data centers", colos.join(", ")]]),
	];
	return html`<table><caption>What failed, and how much of it</caption><tbody>
${rows.map(([name = "", value = ""]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>\n`)}</tbody></table>
`;
}

function timelineSection(one: Case, people: People, nowMs: number): Html {
	const { events, leftOut } = eventsOf(one, people, nowMs);
	return section(
		"Timeline",
		timelineOf(events),
		tableOf(
			`All times are in UTC, of ${utc(one.openedAtMs).slice(0, 10)} where no other day is given.${leftOut === 0 ? "" : ` ${leftOut} events in the middle are left out.`}`,
			["Time", "What", "From"],
			events.map(({ atMs, what, who }) => [timeOf(atMs, clock(atMs, one.openedAtMs).slice(0, -4)), what, who]),
			"narrow",
		),
	);
}

function happened(one: Case, hide: Hide): Html {
	const known = sentencesOf(one.facts);
	return section(
		"What happened",
		known.length === 0 ? html`` : html`<ul>${known.map((sentence) => html`<li>${sentence}</li>\n`)}</ul>\n`,
		one.evidence === null ? html`` : messageOf(withOtherPlaces(one.evidence, one), hide),
		one.bytes === null ? html`` : byteMapOf(one.bytes),
	);
}

function ruledOutSection(one: Case): Html {
	const rows = rankCase(one)
		.ruledOut.filter(({ cause }) => isCause(cause))
		.slice(0, RULED_OUT_MAX)
		.map(({ cause, key, value }) => [
			isCause(cause) ? CAUSES[cause].title : cause,
			value
				.split(", ")
				.map((each) => answerSentence(key, each))
				.join(" "),
		]);
	return rows.length === 0
		? html``
		: section("Ruled out", tableOf("Causes that the evidence contradicts", ["Cause", "Because"], rows));
}

function unknownSection(one: Case): Html {
	const open = one.solved === null ? nextQuestion(one) : undefined;
	const keys = [...new Set([...(open === undefined ? [] : [open.key]), ...one.unknown])];
	const items = keys.map((key) => (one.unknown.includes(key) ? `${EVIDENCE[key].ask} Nobody knew.` : EVIDENCE[key].ask));
	return items.length === 0 ? html`` : section("Not known", html`<ul>${items.map((item) => html`<li>${item}</li>\n`)}</ul>\n`);
}

function stepsSection(one: Case, nowMs: number): Html {
	const target = readTarget(one.url);
	const rays = raysOf(one, nowMs);
	const step = "why" in target || one.code === "520" ? null : codeStep(Number(one.code), target);
	const cause = namedCause(one);
	const commands = [
		...(step === null || step.command === null ? [] : [{ about: step.ask, command: step.command }]),
		...("why" in target || step !== null
			? []
			: [
					{
						about: text`On the origin (elsewhere, replace 127.0.0.1 with its IP address):`,
						command: directCurl(target),
					},
				]),
		{
			about: text`In the origin's log (run it as root):`,
			command: logSearch(
				rays.slice(0, RAYS_SEARCHED).map(({ id }) => id),
				rays[0] === undefined ? [seenBetween(one, nowMs).endMs] : logMinutes(rays[0].atMs),
			),
		},
		{ about: text`Errors, crashes and restarts at that time:`, command: journal(windowFor(one, nowMs)) },
	];
	return section(
		"Next steps",
		cause === null ? html`` : html`<ol>${cause.fixes.map((fix) => html`<li>${fix}</li>\n`)}</ol>\n`,
		step === null || step.command !== null ? html`` : html`<p>${plainText(step.ask)}</p>\n`,
		...commands.map(({ about, command }) => commandOf(html`${plainText(aboutFilled(about, command))}`, command)),
	);
}

/** What a command is for, with what has to be filled in. */
function aboutFilled(about: Text, command: string): Text {
	const fill = fillIn(command);
	return fill === null ? about : text`${fill} ${about}`;
}

const statementsSection = (one: Case, nowMs: number): Html =>
	section(
		"Texts to forward",
		...AUDIENCES.map(
			(audience) => html`<details><summary>${AUDIENCE_WORDS[audience].title}</summary>
<pre>${statement(one, audience, nowMs)}</pre></details>
`,
		),
	);

/** The case as data: what the page says, without names, secrets and the messages. */
function dataOf(one: Case, people: People, nowMs: number) {
	const { ranked, ruledOut } = rankCase(one);
	return {
		code: one.code,
		url: urlOf(one),
		openedAt: new Date(one.openedAtMs).toISOString(),
		counted: one.counted === null ? null : { ...one.counted, atMs: undefined, at: new Date(one.counted.atMs).toISOString() },
		rays: raysOf(one, nowMs).map(({ id, colo, atMs }) => ({ id, colo, receivedAt: new Date(atMs).toISOString() })),
		codes: one.codes.slice(-EVENTS_MAX).map(({ code, atMs }) => ({ code, at: new Date(atMs).toISOString() })),
		evidence: one.facts.map(({ key, value, by, who, atMs }) => ({
			key,
			value,
			by: by === "look" ? "check" : by,
			who: isMeasured(by) ? null : people.nameOf(who),
			at: new Date(atMs).toISOString(),
		})),
		unknown: one.unknown,
		ranked: ranked.slice(0, 5).map(({ cause, probability }) => ({ cause, probability: Number(probability.toFixed(4)) })),
		ruledOut: ruledOut.map(({ cause, key, value }) => ({ cause, key, value })),
		bytes: one.bytes,
		solved:
			one.solved === null
				? null
				: { cause: isCause(one.solved.cause) ? one.solved.cause : null, at: new Date(one.solved.atMs).toISOString() },
	};
}

/** JSON with a line for each member, and for each element of a list: as long as it has to be, and still to be read. */
const jsonLines = (data: Readonly<Record<string, unknown>>): string =>
	`{\n${Object.entries(data)
		.map(
			([key, value]) =>
				`${JSON.stringify(key)}: ${Array.isArray(value) && value.length > 0 ? `[\n ${value.map((one) => JSON.stringify(one)).join(",\n ")}\n]` : JSON.stringify(value)}`,
		)
		.join(",\n")}\n}`;

/**
 * A case as one file that can be forwarded, printed and kept: no script, nothing loaded, nothing private (no name of a person, origin's IP
 * address, cookie, token or query value). Pure.
 * @param nowMs Unix milliseconds; the report is as of then
 * @param version of cf520
 */
export function reportHtml(one: Case, nowMs: number, version: string): string {
	const people = peopleOf(one);
	const hide: Hide = (text) => withoutIps(people.hidden(text));
	const data = jsonLines(dataOf(one, people, nowMs));
	const heading = `${hostOf(one)} ${one.solved === null && !worksForUs(one) ? "returns" : "returned"} ${one.code}`;
	const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta name="generator" content="cf520 ${version}">
<title>${heading}: report of ${utcTime(nowMs)} UTC</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<main>
<h1>${heading}</h1>
<p class="lead">${leadOf(one, nowMs)}</p>
${section("Impact", impactOf(one, nowMs))}${timelineSection(one, people, nowMs)}${happened(one, hide)}${ruledOutSection(one)}${unknownSection(one)}${stepsSection(one, nowMs)}${statementsSection(one, nowMs)}${section(
	"Data",
	html`<details><summary>The case as JSON</summary>
<pre>${data}</pre></details>
`,
)}<footer>
<p>Written by cf520 ${version} at ${timeOf(nowMs)}. SHA-256 of the data: <code>${createHash("sha256").update(data).digest("hex")}</code></p>
<p>Left out: names of people, IP addresses of the origin and of visitors, cookies, tokens and query values.</p>
</footer>
</main>
</body>
</html>
`;
	return page.markup;
}
