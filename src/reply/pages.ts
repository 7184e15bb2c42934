import type { AnyRow } from "../knowledge/causes/cause.ts";
import { CAUSES, type CauseId, isCause } from "../knowledge/causes/list.ts";
import { findCode, KNOWN_CODES } from "../knowledge/codes/codes.ts";
import { CODES_AS_OF, type CodeEntry } from "../knowledge/codes/table.ts";
import { EVIDENCE, type EvidenceKey, labelOf } from "../knowledge/evidence.ts";
import { PARSERS_MEASURED, type ProxyRule } from "../knowledge/findings/finding.ts";
import { FINDINGS, type FindingId, isFinding } from "../knowledge/findings/list.ts";
import { USUAL } from "../knowledge/levels.ts";
import { type Block, command, list, message, note, say, title } from "../message/message.ts";
import { ask, bold, code, join, link, ours, text } from "../message/text.ts";
import { disagreement } from "./findings.ts";
import { sentence } from "./next-step.ts";
import type { Reply } from "./reply.ts";
import { ownerWords } from "./words.ts";

/** The page of a code that somebody tells of without a site: first what is missing to find out more. */
export const withSiteAsked = (page: Reply): Reply => ({
	...page,
	head: {
		...page.head,
		blocks: [
			...page.head.blocks.slice(0, 1),
			say(
				text`${bold("Which URL fails?")} Send it, and I check it. If it is somebody else's API, nothing on your side fixes it: send them the Ray ID.`,
			),
			...page.head.blocks.slice(1),
		],
	},
});

/** The data of a page: nothing was looked at or judged. */
export const nothing = { verdict: null, ranked: [], ruledOut: [], findings: [], rays: [], pattern: null, next: null, looks: [] };

export function privacyReply(): Reply {
	return {
		private: true,
		head: message(
			"neutral",
			title(text`What is looked at, kept, and sent where`),
			list([
				text`Looked at: only the public address that you name, as any browser would: about eight GET requests, to the page, one other URL of the host and ${code("/cdn-cgi/trace")}; up to eighteen more when somebody asks for variants; one at every look of a watch; and an origin only when somebody gives its address. Redirects are not followed. Internal and special addresses are refused.`,
				text`Read: the text that you send to me, by command, by mention or by “Diagnose 520”. I do not read other messages.`,
				text`Kept, in a file of whoever runs me or in memory: the cases of threads (the address asked about, answers, who gave them, Ray IDs; never pasted lines or addresses of origins) for 30 days after their last answer, or as the admins decide; watches (the address, who asked, what failed with 64 bytes around a fault, cookies and tokens masked) for a week after their end; ids of handled commands for ten minutes, so that none is answered twice; how many requests went to a host or an IP address and for whom, and how often a person, a channel and a workspace asked, for an hour; and a question with all that is needed to answer it, until it is answered. Of a look at an origin, a keyed hash of person and address for a week, so that abuse can be traced. All of it is encrypted, and names are keyed hashes. ${ask("forget shop.example")} (for admins) deletes what is kept about a host.`,
				text`Logged: one line a question with the workspace, the channel, a hash of the person, the host asked about, and the outcome. No message text, no answers, no addresses of origins.`,
				text`Shown: never a visitor's address from a pasted error page, never values of cookies or tokens.`,
				text`Sent elsewhere: nothing. The site that you name sees the requests, with a User-Agent that says cf520.`,
			]),
		),
		thread: [],
		data: { ...nothing, privacy: true },
	};
}

/** What a proxy does with a message that shows a finding, in words. */
const OUTCOME_WORDS: Readonly<Record<ProxyRule["outcome"], string>> = {
	rejects: "It refuses the message before it has a header section to pass on: visitors get a 520.",
	truncates: "It passes on the beginning and then has to cut: visitors get a broken page.",
	ends: "The response ends there: a 520 when its header section was not passed on yet, a broken page after that.",
	stalls: "It reads on until its time is up: a 524 when no header section came, a broken page after that.",
	accepts: "It takes the message.",
};

/** The page of a finding. */
function findingPage(id: FindingId): Reply {
	const page = FINDINGS[id];
	const { say: what, why, rfc, curl, accept, reject, fixes } = page;
	const rule = page.shownBy === "bytes" ? page : null;
	const parsers = disagreement(id);
	const commands = fixes.filter((fix) => fix.command !== undefined).slice(0, 2);
	return {
		private: false,
		head: message(
			"neutral",
			title(text`${bold(id)}: ${ours(what)}`),
			say(text`${ours(why)}`),
			rule === null
				? null
				: say(
						text`${bold("What a proxy with Cloudflare's published parser does:")} ${ours(OUTCOME_WORDS[rule.outcome])}${rule.certainty === "medium" ? text` Cloudflare's own build may differ here, or only a limit decides.` : text``}`,
					),
			parsers === null ? null : say(text`${bold("Others:")} ${parsers}`),
			curl === null ? null : say(text`${bold("What curl reports:")} ${ours(curl)}.`),
			...(fixes.length === 0
				? []
				: items(
						"What helps, common first:",
						fixes.map((fix) => `${fix.where === "any" ? "" : `${fix.where}: `}${fix.do}`),
					)),
			...commands.map((fix) =>
				command(text`${ours(fix.where === "any" ? "To copy:" : `To copy (${fix.where}):`)}`, fix.command ?? ""),
			),
			note(
				text`${rfc === null ? text`No clause of the HTTP standards forbids it.` : text`${ours(rfc)}.`}${accept.length + reject.length > 0 && page.shownBy !== "look" ? text` Measured: ${ours(PARSERS_MEASURED)}.` : text``}`,
			),
		),
		thread: [],
		data: {
			...nothing,
			explain: {
				id,
				say: what,
				// Tools read these under the names that they had first.
				...{ why, rfc, curl, take: accept, refuse: reject, fixes },
				...(rule === null ? {} : { does: rule.outcome, sure: rule.certainty, level: rule.level }),
			},
		},
	};
}

/** The page of a cause: what it is, what speaks for and against it, what to do. */
function causePage(id: CauseId): Reply {
	const { articleCause, title: name, what, fixes, source, prior, given } = CAUSES[id];
	const rows = Object.entries(given) as [EvidenceKey, AnyRow][];
	const speaks = rows.map(([key, { values, why }]) => {
		const usual = Object.entries(values)
			.filter(([, level]) => level !== undefined && level >= USUAL)
			.map(([value]) => labelOf(key, value));
		return usual.length === 0 ? null : `${EVIDENCE[key].name}: ${usual.join(" or ")} (${why})`;
	});
	return {
		private: false,
		head: message(
			"neutral",
			title(text`${bold(id)}: ${ours(name)}`),
			say(
				text`${ours(what)}${articleCause === null ? text`` : text` A kind of cause ${articleCause} of the five that ${ask("explain 520")} lists.`}`,
			),
			...items("What helps, common first:", fixes),
			...items(
				"What one sees then:",
				speaks.filter((one) => one !== null),
			),
			note(text`How common: ${ours(prior.why)}. Source: ${[link(source[1], source[0])]}, read in 2026.`),
		),
		thread: [],
		data: { ...nothing, explain: { id, articleCause, title: name, what, do: fixes, source: source[1] } },
	};
}

/** The questions that people ask about a 520, with what holds and where it stands. */
const TOPICS: readonly (readonly [looks: RegExp, question: string, answer: string, source: readonly [string, string]])[] = [
	[
		/pass.*through|why.*(?:not|520)|show.*origin/,
		"Why does Cloudflare not pass the origin's answer through?",
		"A 520 means that there is none to pass on: the connection closed, or what came is no HTTP that its proxy can read. Once the headers of an answer are read, Cloudflare does pass it on; if it breaks after that, the visitor gets a cut page instead of a 520.",
		[
			"Cloudflare: Error 520",
			"https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/error-520/",
		],
	],
	[
		/can.*cloudflare|cloudflare.*(?:cause|fault)/,
		"Can Cloudflare itself be the cause?",
		"Seldom. HTTP/2 to the origin, Workers and rules can be, and an incident shows at cloudflarestatus.com in many places at once. A 520 of one site, while /cdn-cgi/trace answers, is between Cloudflare and that origin.",
		["Cloudflare status", "https://www.cloudflarestatus.com/"],
	],
	[
		/502|differ/,
		"How does a 520 differ from a 502?",
		"A 502 or 504 is mostly the origin's own: a proxy there answered for a dead application, and said so. A 520 is no answer, or none that can be read.",
		[
			"Cloudflare: Error 502/504",
			"https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/error-502/",
		],
	],
	[
		/dns|grey|pause|bypass|switch/,
		"What does switching Cloudflare off in DNS do?",
		"Visitors then reach the origin directly, after the record's TTL, without protection, and its address is public. It shows whether the fault is gone without Cloudflare, but curl --connect-to shows the same in a minute, for you alone. A certificate of Cloudflare's Origin CA is not trusted by browsers.",
		["Cloudflare: proxy status", "https://developers.cloudflare.com/dns/proxy-status/"],
	],
];

function topicPage(topic: string): Reply | null {
	const found = TOPICS.find(([looks]) => looks.test(topic));
	if (found === undefined) return null;
	const [, question, words, source] = found;
	return {
		private: false,
		head: message(
			"neutral",
			title(text`${ours(question)}`),
			say(text`${ours(words)}`),
			note(text`Source: ${[link(source[1], source[0])]}, read in 2026.`),
		),
		thread: [],
		data: { ...nothing, explain: { question, answer: words, source: source[1] } },
	};
}

/** `explain <code or finding>`. null when there is no such page. */
export function explainReply(topic: string): Reply | null {
	const number = /^(?:http\s*)?(?:status\s*)?(?:error\s*)?(?:code\s*)?:?\s*(\d{3,4})$/.exec(topic)?.[1];
	const entry = number === undefined ? undefined : findCode(Number(number));
	if (entry === undefined) return isFinding(topic) ? findingPage(topic) : isCause(topic) ? causePage(topic) : topicPage(topic);
	return {
		private: false,
		head: message("neutral", title(text`${bold(String(entry.code))}: ${entry.name}`), ...pageBlocks(entry)),
		thread: [],
		data: { ...nothing, explain: entry },
	};
}

const items = (label: string, all: readonly string[]): Block[] => {
	const block = list(all.map((one) => text`${ours(one)}`));
	return block === null ? [] : [say(text`${bold(label)}`), block];
};

/** Corrections that people need because widely read pages say otherwise: the claim, then what holds. */
const OFTEN_CLAIMED: Readonly<Record<number, readonly [claim: string, holds: string]>> = {
	502: [
		"the page with Cloudflare's branding means that Cloudflare failed",
		"the branded page means that the origin sent the 502; Cloudflare's own is blank and unbranded.",
	],
	520: [
		"a response over 100 MB gives a 520",
		"there is no cap on response content; 100 MB is the upload limit (413). The limit that counts is 128 KB for all response headers.",
	],
	523: ["DNS failure at Cloudflare gives a 523", "a name that does not resolve is 530 with error 1016."],
	524: [
		"the whole response has to come within 100 s",
		"it is 125 s of silence between two reads; an answer that keeps sending survives.",
	],
	1101: ["a Worker that throws gives a 520", "it gives error 1101, and 1102 when it runs out of CPU time."],
};

/** The five causes that people know by number, as far as the documentation bears them out. */
const FIVE_CAUSES: readonly string[] = [
	"1: the origin closed the connection mid-response. Before its headers were complete that is a 520; after that visitors get a cut page.",
	"2: nothing usable before the close: no headers, or no byte at all (a crash on arrival, return 444).",
	"3: too large: more than 128 KB of response headers, mostly cookies. (Not the content: it has no cap.)",
	"4: malformed headers: bytes that no parser takes, a second Content-Length, another protocol on the port.",
	"5: TLS broken after the handshake: an alert in mid-answer, a client certificate demanded, a reset by a box in between.",
];

function pageBlocks(entry: CodeEntry): Block[] {
	const carried =
		entry.httpStatus !== null && entry.httpStatus !== entry.code
			? text` It comes in the body of an HTTP ${entry.httpStatus}.`
			: text``;
	const retry =
		entry.retryable === null
			? null
			: entry.retryable
				? text`Worth trying again${entry.retryAfter === null ? text`` : text` (Cloudflare says after ${entry.retryAfter} s)`}.`
				: text`Trying again does not help until somebody changes something.`;
	const claimed = OFTEN_CLAIMED[entry.code];
	const date = entry.sourceDate === null ? text`read ${CODES_AS_OF}` : text`page of ${entry.sourceDate}`;
	return [
		say(text`${bold("What Cloudflare saw:")} ${sentence(entry.saw)}${carried}`),
		say(text`${bold("Whose side:")} ${ownerWords(entry.owner)}. ${bold("Look here first:")} ${sentence(entry.lookFirst)}`),
		...(entry.code === 520 ? items("The five causes that people know by number", FIVE_CAUSES) : []),
		...items("Causes, as documented", entry.causes),
		...items("What helps", entry.fixes),
		...(retry === null ? [] : [say(retry)]),
		...(claimed === undefined ? [] : [say(text`Often claimed, and wrong: ${ours(claimed[0])}. In fact ${ours(claimed[1])}`)]),
		note(text`How sure: ${entry.confidence}. Sources (${date}): ${join(entry.source.map((url) => [link(url, url)]))}`),
	];
}

/** What `explain` has pages for, in one line. */
export function explainTopics(): string {
	const fives = KNOWN_CODES.filter((known) => known < 1000);
	const ones = KNOWN_CODES.filter((known) => known >= 1000);
	return `${fives.join(", ")}, ${ones.length} of the numbers from ${ones[0]} to ${ones.at(-1)}, and the findings of the autopsy by their names`;
}
