import type { AnyRow } from "../knowledge/causes/cause.ts";
import { CAUSE_IDS, CAUSES, type CauseId } from "../knowledge/causes/list.ts";
import type { CodeEntry } from "../knowledge/codes/table.ts";
import { codeWordsOf } from "../knowledge/codes/words.ts";
import { type Colo, countryName } from "../knowledge/colos/colos.ts";
import { CURL_EXITS, CURL_EXITS_PAGE } from "../knowledge/curl-exits.ts";
import { answers, EVIDENCE, type EvidenceKey, fineOf, labelOf } from "../knowledge/evidence.ts";
import { FAMILIES, FAMILY_IDS, type Family } from "../knowledge/families.ts";
import { PARSERS_MEASURED, type ProxyRule } from "../knowledge/findings/finding.ts";
import { FINDINGS, type FindingId } from "../knowledge/findings/list.ts";
import type { Term } from "../knowledge/glossary.ts";
import { type Level, USUAL } from "../knowledge/levels.ts";
import type { Source } from "../knowledge/sources.ts";
import { type Block, note, say } from "../message/message.ts";
import { bold, code, link, ours, type Text, text } from "../message/text.ts";
import { disagreement } from "./findings.ts";
import { labeled, type Paged, type Part } from "./paged.ts";
import { toRun } from "./to-run.ts";
import { codeSide, counted, lowered } from "./words.ts";

/** What `explain` says of each kind of thing that the bot names: short first, and the rest. */

/** A topic's pages and its data, but for what to type to see more. */
export interface Explained {
	/** As it is typed after `explain`. */
	readonly topic: string;
	readonly page: Omit<Paged, "more">;
	readonly data: Readonly<Record<string, unknown>>;
}

/** Above what helps; one thing alone has no order. */
const fixesTitle = (fixes: readonly unknown[]): string =>
	fixes.length > 1 ? "How to fix it, most common first:" : "How to fix it:";

/** A sentence from our tables: with a capital letter and a full stop. */
const sentence = (s: string): Text => ours(`${s.charAt(0).toUpperCase()}${s.slice(1)}${/[.?!]$/.test(s) ? "" : "."}`);
const documentation = (source: Source | null): Part[] =>
	source === null ? [] : [note(text`Documentation: ${[link(source[1], source[0])]}`)];

/** The page of a finding. */
export function findingPage(id: FindingId): Explained {
	const page = FINDINGS[id];
	const { say: what, why, rfc, curl, accept, reject, fixes } = page;
	const rule = page.shownBy === "bytes" ? page : null;
	const parsers = disagreement(id);
	const steps = fixes.map((fix) => ours(`${fix.where === "any" ? "" : `${fix.where}: `}${fix.do}`));
	return {
		topic: id,
		page: {
			title: ours(what),
			first: [
				say(ours(why)),
				...(rule === null ? [] : [say(text`${OUTCOME_WORDS[rule.outcome]}${doubtWords(rule)}`)]),
				...labeled(fixesTitle(steps.slice(0, 1)), steps.slice(0, 1)),
				...documentation(rfc === null ? null : [rfc, rfcUrl(rfc)]),
			],
			rest: [
				...(parsers === null ? [] : [say(text`${bold("Other parsers:")} ${parsers}`)]),
				...(curl === null ? [] : [say(text`${bold("curl exit code:")} ${ours(curl)}.`)]),
				...labeled("More fixes:", steps.slice(1)),
				...fixes
					.flatMap((fix): Block[] =>
						fix.command === undefined
							? []
							: toRun(text`${ours(fix.where === "any" ? "To copy:" : `To copy (${fix.where}):`)}`, fix.command),
					)
					.slice(0, 2),
				...(rfc === null ? [note(text`The HTTP standards allow it.`)] : []),
				...(accept.length + reject.length > 0 && page.shownBy !== "look" ? [note(text`Measured: ${PARSERS_MEASURED}.`)] : []),
			],
		},
		data: {
			id,
			say: what,
			// Tools read these under the names that they had first.
			...{ why, rfc, curl, take: accept, refuse: reject, fixes },
			...(rule === null ? {} : { does: rule.outcome, sure: rule.certainty, level: rule.level }),
		},
	};
}

/** What a proxy does with a message that shows a finding, in words. */
const OUTCOME_WORDS: Readonly<Record<ProxyRule["outcome"], Text>> = {
	rejects: text`Rejected before the headers are complete: visitors get a 520.`,
	truncates: text`Passed on, then cut off: visitors get a broken page.`,
	ends: text`The response ends there: visitors get a 520, or a broken page if the headers were complete.`,
	stalls: text`Cloudflare waits for a timeout: visitors get a 524, or a broken page if the headers were complete.`,
	accepts: text`Accepted.`,
};

const doubtWords = ({ certainty }: ProxyRule): Text =>
	certainty === "medium" ? text` Cloudflare's open-source parser does this; Cloudflare likely does too.` : text``;

/** `RFC 9112 §6.3 item 5` -> the page of that section. */
function rfcUrl(clause: string): string {
	const [, number = "", section] = /RFC (\d+)(?: §([\d.]*\d))?/.exec(clause) ?? [];
	return `https://www.rfc-editor.org/rfc/rfc${number}${section === undefined ? "" : `#section-${section}`}`;
}

/** The page of a cause: what it is, what to do, what one sees. */
export function causePage(id: CauseId): Explained {
	const { articleCause, title, what, fixes, source, given } = CAUSES[id];
	const rows = Object.entries(given) as [EvidenceKey, AnyRow][];
	const signs = rows.flatMap(([key, { values }]) => {
		const usual = Object.entries(values).flatMap(([value, level]) => (isUsual(level) ? [labelOf(key, value)] : []));
		return usual.length === 0 ? [] : [text`${EVIDENCE[key].ask} ${usual.join(", or: ")}.`];
	});
	return {
		topic: title,
		page: {
			title: ours(title),
			first: [say(ours(what)), ...labeled(fixesTitle(fixes), fixes.map(ours)), ...documentation(source)],
			rest: labeled("Typical signs:", signs),
		},
		data: { id, articleCause, title, what, do: fixes, source: source[1] },
	};
}

const isUsual = (level: Level | undefined): boolean => level !== undefined && level >= USUAL;

/** The page of a code, with what widely read pages say wrongly. */
export function codePage(entry: CodeEntry): Explained {
	const { title, means } = codeWordsOf(String(entry.code));
	const saw = /[.?!]$/.test(entry.saw) ? entry.saw : `${entry.saw}.`;
	const claimed = MISCONCEPTIONS[entry.code];
	const carried =
		entry.httpStatus !== null && entry.httpStatus !== entry.code
			? text` It is in the body of an HTTP ${entry.httpStatus}.`
			: text``;
	const [page] = entry.source;
	return {
		topic: String(entry.code),
		page: {
			title: ours(title),
			first: [
				say(text`${sentence(means)}${carried}`),
				say(text`${bold("At fault:")} ${codeSide(entry)}. ${bold("Check first:")} ${afterColon(entry.lookFirst)}`),
				...retryWords(entry),
				...(entry.code === 520 ? [say(text`${bold("Usual causes:")} ${ours(`${usualCauses().join("; ")}.`)}`)] : []),
				...documentation(page === undefined ? null : [`Cloudflare: ${entry.code}`, page.replace(/ .*$/s, "")]),
			],
			rest: [
				...(saw === means ? [] : [say(text`${bold("What Cloudflare saw:")} ${afterColon(saw)}`)]),
				...labeled("Causes, by Cloudflare's documentation:", entry.causes.map(sentence)),
				...labeled(fixesTitle(entry.fixes), entry.fixes.map(sentence)),
				...(claimed === undefined
					? []
					: [say(text`${bold("Common misconception:")} ${ours(claimed[0])} ${bold("In fact:")} ${ours(claimed[1])}`)]),
				...(entry.code === 520
					? labeled(
							"All causes that I know:",
							FAMILY_IDS.map((family) => text`${ours(FAMILIES[family])}: ${ours(titlesOf(family).join("; "))}`),
						)
					: []),
			],
		},
		data: { ...entry },
	};
}

/** As a sentence after a colon. */
const afterColon = (s: string): Text => ours(`${lowered(s)}${/[.?!]$/.test(s) ? "" : "."}`);

function retryWords({ retryable, retryAfter }: CodeEntry): Part[] {
	if (retryable === null) return [];
	if (!retryable) return [say(text`Retrying does not help until someone fixes the cause.`)];
	return [say(retryAfter === null ? text`Retrying can help.` : text`Retry after ${retryAfter} s.`)];
}

/** The first causes that the documentation names and that were reproduced. */
const usualCauses = (): string[] =>
	CAUSE_IDS.filter((id) => CAUSES[id].prior.base >= 2)
		.toSorted((a, b) => CAUSES[b].prior.base - CAUSES[a].prior.base)
		.slice(0, 4)
		.map((id) => CAUSES[id].title);

const titlesOf = (family: Family): string[] =>
	CAUSE_IDS.filter((id) => CAUSES[id].family === family).map((id) => CAUSES[id].title);

const causesOf = (family: Family): Text[] =>
	CAUSE_IDS.filter((id) => CAUSES[id].family === family).map((id) => text`${ours(CAUSES[id].title)}: ${ours(CAUSES[id].what)}`);

/** Corrections that people need because widely read pages say otherwise: the claim, then what holds. */
const MISCONCEPTIONS: Readonly<Record<number, readonly [claim: string, holds: string]>> = {
	502: [
		"the page with Cloudflare's branding means that Cloudflare failed.",
		"the branded page means that the origin sent the 502. Cloudflare's own page is blank.",
	],
	520: [
		"a response over 100 MB gives a 520.",
		"content has no limit. The limit is 128 KB for all response headers; 100 MB is the limit for uploads (413).",
	],
	523: ["a DNS failure gives a 523.", "a name that does not resolve gives a 530 with error 1016."],
	524: [
		"the whole response has to arrive within 100 s.",
		"the limit is 125 s without a byte. A response that keeps sending can take longer.",
	],
	1101: ["a Worker that throws gives a 520.", "it gives error 1101, and 1102 when it runs out of CPU time."],
};

/** The page of an exit code of curl. */
export function curlPage(number: number): Explained | null {
	const exit = CURL_EXITS[number];
	if (exit === undefined) return null;
	const { says, means, shows } = exit;
	return {
		topic: `curl exit ${number}`,
		page: {
			title: text`curl exit ${number}: ${ours(says)}`,
			first: [
				say(ours(means)),
				...(shows === null ? [] : causesOfAnswer("direct-origin", shows)),
				...documentation(CURL_EXITS_PAGE),
			],
			rest: [],
		},
		data: { curl: number, says, means, shows },
	};
}

/** The page of a question of the playbook. */
export function questionPage(key: EvidenceKey): Explained {
	const { ask, how } = EVIDENCE[key];
	return {
		topic: key,
		page: {
			title: ours(ask),
			first: [say(text`${bold("How to find out:")} ${ours(how)}`)],
			rest: labeled(
				"Answers:",
				answers(key).map(({ label, means }) => text`${ours(label)}: ${ours(means)}.`),
			),
		},
		data: { key, ask, how, answers: answers(key) },
	};
}

/** The page of one answer to a question. */
export function answerPage(key: EvidenceKey, value: string): Explained {
	const { ask, how } = EVIDENCE[key];
	const label = labelOf(key, value);
	const means = answers(key).find((one) => one.value === value)?.means ?? "";
	const fine = fineOf(key, value).filter((one) => one !== value);
	return {
		topic: label,
		page: {
			title: ours(label),
			first: [
				say(text`An answer to “${ours(ask)}” ${bold("It means:")} ${ours(means)}.`),
				...(fine.length === 0
					? causesOfAnswer(key, value)
					: [say(text`It means one of these: ${fine.map((one) => labelOf(key, one)).join(", ")}.`)]),
			],
			rest: [say(text`${bold("How to find out:")} ${ours(how)}`)],
		},
		data: { key, value, label, means },
	};
}

const CAUSES_SHOWN_MAX = 5;

/** The causes under which an answer is usual, the most likely first. */
function causesOfAnswer(key: EvidenceKey, value: string): Part[] {
	const levelOf = (id: CauseId): number => (CAUSES[id].given[key] as AnyRow | undefined)?.values[value] ?? 0;
	const titles = CAUSE_IDS.filter((id) => levelOf(id) >= USUAL)
		.toSorted((a, b) => levelOf(b) - levelOf(a))
		.slice(0, CAUSES_SHOWN_MAX)
		.map((id) => ours(CAUSES[id].title));
	return labeled("Points to:", titles);
}

/** The page of a kind of causes. */
export function familyPage(family: Family): Explained {
	const words = FAMILIES[family];
	return {
		topic: words,
		page: {
			title: sentence(words),
			first: [say(text`A family of causes. The same person usually fixes all of them.`), ...labeled("Causes:", causesOf(family))],
			rest: [],
		},
		data: { family, words },
	};
}

/** The page of a word of the bot. */
export function termPage({ word, means, doc }: Term, family: Family | null): Explained {
	return {
		topic: word,
		page: {
			title: ours(word),
			first: [say(ours(means)), ...documentation(doc)],
			rest: family === null ? [] : labeled(`Causes: ${FAMILIES[family]}`, causesOf(family)),
		},
		data: { word, means, source: doc?.[1] ?? null },
	};
}

/** The page of a data center. */
export function coloPage(name: string, colo: Colo): Explained {
	const where = [colo.city, colo.region, countryName(colo.country)].filter((part) => part !== "").join(", ");
	const gone = colo.lastSeen === undefined ? text`` : text` Cloudflare no longer lists it.`;
	return {
		topic: name,
		page: {
			title: text`${colo.city} (${name})`,
			first: [say(text`A Cloudflare data center: ${where}. Ray IDs end with ${code(`-${name}`)}.${gone}`)],
			rest: [],
		},
		data: { colo: name, city: colo.city, country: colo.country },
	};
}

/** The page of a program whose log lines are recognized. */
export const programPage = (server: string, meanings: readonly string[]): Explained => ({
	topic: server,
	page: {
		title: ours(server),
		first: [say(text`I recognize ${counted(meanings.length, "log line")} of this program.`)],
		rest: labeled("They mean:", meanings.map(sentence)),
	},
	data: { program: server, meanings },
});

/** The page of a verb: how it is typed and what it gives. */
export const verbPage = (verb: string, usage: string, gives: string): Explained => ({
	topic: verb,
	page: { title: text`${code(usage)}`, first: [say(sentence(gives))], rest: [] },
	data: { verb, usage, gives },
});

/** A question that people ask about a 520, with what holds. */
export const topicPage = (topic: string, question: string, answer: string, source: Source): Explained => ({
	topic,
	page: { title: ours(question), first: [say(ours(answer)), ...documentation(source)], rest: [] },
	data: { question, answer, source: source[1] },
});
