import { CAUSE_IDS, SOMETHING_ELSE } from "../knowledge/causes/list.ts";
import { allValues, EVIDENCE_KEYS } from "../knowledge/evidence.ts";
import type { GuardRefusal } from "../looks/guard.ts";
import type { Busy } from "../looks/limits.ts";
import { maskedUrl } from "../message/masking.ts";
import { type Button, buttons, type Message, message, note, plainTitle, say } from "../message/message.ts";
import { ask, code, join, plainText, type Text, text, time } from "../message/text.ts";
import type { Misread } from "../read/text/question.ts";
import { PORTS, type Refusal } from "../read/text/target.ts";
import { type Verb, verbRow } from "../read/text/verbs.ts";
import { ADMIN_FORMS } from "./admin.ts";
import { VERB_WORDS } from "./help.ts";
import { explainTopics } from "./pages.ts";
import { notARayWords } from "./rays.ts";
import type { Reply } from "./reply.ts";
import { seconds } from "./words.ts";

/** One sentence why, one example: for the asker only. */
function told(why: Text, example: string | null, kind: string): Reply {
	return {
		private: true,
		head: message("neutral", say(why), example === null ? null : note(text`For example: ${ask(example)}`)),
		thread: [],
		data: {
			verdict: null,
			ranked: [],
			ruledOut: [],
			findings: [],
			rays: [],
			pattern: null,
			next: null,
			looks: [],
			misread: { why: kind, say: plainText(why), example },
		},
		refusal: kind,
	};
}

const SITE_LABEL_MAX_CHARS = 40;
/** A page as a button names it: without its scheme, and without the values of its query. */
const siteLabel = (url: string): string =>
	maskedUrl(url)
		.replace(/^https?:\/\//, "")
		.replace(/\/$/, "")
		.slice(0, SITE_LABEL_MAX_CHARS);

/** The same with buttons; where a chat has none, `otherwise` says what to type. */
const withButtons = (reply: Reply, otherwise: Text, ...all: readonly Button[]): Reply => ({
	...reply,
	head: { ...reply.head, blocks: [...reply.head.blocks.filter(({ kind }) => kind !== "note"), buttons(otherwise, ...all)] },
});

const SITE_EXAMPLE = "shop.example/checkout";

export function misreadReply(misread: Misread): Reply {
	switch (misread.why) {
		case "empty":
			return told(text`Tell me a site's address or a Ray ID; ${ask("help")} shows what else.`, SITE_EXAMPLE, misread.why);
		case "too-long":
			return told(
				text`That is ${misread.chars} characters, more than I read at once: send the part around the error, with its Ray ID.`,
				"8a7d5e2fbcd1a1c3-DFW",
				misread.why,
			);
		case "bare-hex":
			return told(
				text`A bare string of hex digits may be many things; if it is a Ray ID, say so with the word ${code("ray")} before it, or with its three-letter code behind it.`,
				"ray 8a7d5e2fbcd1a1c3",
				misread.why,
			);
		case "may-be-ray": {
			const { id, receivedAtMs } = misread;
			const asked = text`Is ${code(id)} a Ray ID from ${time(receivedAtMs)}?`;
			const yes = { label: "Yes", action: { do: "ask", text: `ray ${id}` } } as const;
			return withButtons(told(asked, null, misread.why), text`${ask(`ray ${id}`)}`, yes, {
				label: "No",
				action: { do: "leave" },
			});
		}
		case "not-a-ray": {
			const words = misread.found.notRays.map(notARayWords);
			return told(
				words.length > 0
					? join(words)
					: text`There is no complete Ray ID in that: it is 16 hex digits, with a three-letter code behind it in the response header.`,
				"ray 8a7d5e2fbcd1a1c3-DFW",
				misread.why,
			);
		}
		case "needs":
			return needsReply(misread.verb);
		case "target":
			return told(refusalWords(misread.refusal, misread.text), SITE_EXAMPLE, misread.refusal.why);
		case "no-such-answer":
			return misread.key === null
				? told(text`That is no question of mine: ${EVIDENCE_KEYS.join(", ")}.`, "answer origin-log nothing", misread.why)
				: told(
						text`To ${code(misread.key)} the answers are ${allValues(misread.key).join(", ")}, or ? when nobody knows.`,
						`answer ${misread.key} ${allValues(misread.key)[0]}`,
						misread.why,
					);
		case "no-such-cause":
			return told(
				text`To close a case, name one of: ${CAUSE_IDS.join(", ")}, or ${SOMETHING_ELSE}.`,
				"solved origin-crashed",
				misread.why,
			);
		case "not-a-paste":
			return told(
				text`I find no response in that: paste what ${code("curl -i")}, ${code("curl -v")} or ${code("curl --trace -")} printed, a HAR entry, or the response itself, from its status line on.`,
				"autopsy HTTP/1.1 200 OK",
				misread.why,
			);
		case "origin-address":
			return told(
				text`An origin is given by its IP address, with a port if it is unusual, at most two of them. I look no name up: that could be Cloudflare again.`,
				ORIGIN_EXAMPLE,
				misread.why,
			);
		case "several":
			return withButtons(
				told(text`Which site?`, maskedUrl(misread.sites[0]?.url ?? SITE_EXAMPLE), misread.why),
				join(
					misread.sites.map(({ host }) => text`${ask(host)}`),
					", ",
				),
				...misread.sites.map(({ url }): Button => ({ label: siteLabel(url), action: { do: "ask", text: url } })),
			);
		case "offline":
			return told(text`${code(misread.verb)} reads files and works in the terminal only.`, SITE_EXAMPLE, misread.why);
		case "watch-times":
			return told(
				text`Behind the address I read how long (${code("for 30m")}, up to 24 hours), how often (${code("every 60s")}, from 30 s to an hour) and ${code("privately")}.`,
				"watch shop.example for 30m every 60s",
				misread.why,
			);
		case "admin-words":
			return told(text`I read ${ADMIN_FORMS}; ${ask("admin")} alone shows what is decided.`, "admin channels here", misread.why);
		case "unknown":
			return told(
				text`I did not understand ${isQuotable(misread.text) ? code(misread.text, 60) : text`that`}. Send a URL, a Ray ID, an error or log lines; ${ask("help")} lists what else.`,
				SITE_EXAMPLE,
				misread.why,
			);
	}
}

/** A verb with too little behind it. */
function needsReply(verb: Verb): Reply {
	const { usage, example } = verbRow(verb);
	const needs = VERB_WORDS[verb].needs ?? { say: text`${code(verb)} needs more: ${code(usage)}.`, example };
	return told(needs.say, needs.example, "needs");
}

/** `explain` for something that has no page. */
export function noPageReply(topic: string): Reply {
	return told(
		text`There is no page about ${isQuotable(topic) ? code(topic, 60) : text`that`}; there are pages about ${explainTopics()}.`,
		"explain 520",
		"no-page",
	);
}

/** One short word can be said back; a longer text may hold a visitor's address, a card number or a secret. */
function isQuotable(said: string): boolean {
	return !/[\s@]/.test(said) && said.length <= 60 && !/\d{9}|\d+\.\d+\.\d+\.\d+|(?:[0-9a-f]{1,4}:){3}/i.test(said);
}

function refusalWords(refusal: Refusal, asked: string): Text {
	switch (refusal.why) {
		case "not-a-url":
			return text`${isQuotable(asked) ? code(asked, 80) : text`That`} is no address of a web site.`;
		case "too-long":
			return text`That address has ${refusal.chars} characters; I read up to 2048.`;
		case "scheme":
			return text`I look at http and https addresses only, not at ${code(`${refusal.scheme}:`, 40)}.`;
		case "credentials":
			return text`That address has a user name or password in it; I do not send any. Leave the part before the @ away, and change the password if it was real.`;
		case "cloudflares-own":
			return text`Pages under ${code("/cdn-cgi/")} are made by Cloudflare itself, error samples too, so they say nothing about the site. Ask about the page that failed, or ${ask(refusal.site)}`;
		case "special-name":
			return text`${code(refusal.host, 80)} is a name for internal use; I look at public sites only.`;
		case "port":
			return portWords(refusal.port);
	}
}

function portWords(port: number): Text {
	return text`Port ${port} is none that Cloudflare proxies, so I do not look there; it proxies ${[...PORTS].sort((a, b) => a - b).join(", ")}.`;
}

const ORIGIN_EXAMPLE = "origin shop.example 198.51.100.7";

/** The guard said no: the reason, for the asker only. */
export function refusedReply(refusal: GuardRefusal): Reply {
	switch (refusal.why) {
		case "special-name":
			return told(
				text`${code(refusal.host, 80)} is a name for internal use; I look at public sites only.`,
				SITE_EXAMPLE,
				refusal.why,
			);
		case "special-address":
			return told(
				text`${code(refusal.host, 80)} leads to an internal or special address, and I look at public sites only.`,
				SITE_EXAMPLE,
				refusal.why,
			);
		case "special-origin":
			return told(
				text`That is an internal or special address, which I do not look at. Run ${code("curl -i --raw")} on a machine that reaches the origin and paste what it prints.`,
				ORIGIN_EXAMPLE,
				refusal.why,
			);
		case "cloudflare-origin":
			return told(
				text`That address is one of Cloudflare's own: it is the edge, not the origin. The origin's address stands on Cloudflare's DNS page, or with the hosting provider.`,
				ORIGIN_EXAMPLE,
				refusal.why,
			);
		case "port":
			return told(portWords(refusal.port), SITE_EXAMPLE, refusal.why);
		case "no-such-name":
			return told(
				text`${code(refusal.host, 80)} does not exist in DNS, so no visitor gets anywhere with it: check the spelling, or the record at your DNS provider.`,
				SITE_EXAMPLE,
				refusal.why,
			);
		case "dns-failed":
			return told(
				text`The name ${code(refusal.host, 80)} could not be resolved from here just now (${code(refusal.code, 40)}): try again; if it stays, look at DNSSEC and the name servers of the domain.`,
				SITE_EXAMPLE,
				refusal.why,
			);
	}
}

/** In the unit that people count in: seconds, minutes, hours. */
function waitFor(ms: number): string {
	if (ms < 90_000) return seconds(Math.max(1_000, ms));
	return ms < 2 * 3_600_000 ? `${Math.ceil(ms / 60_000)} min` : `${Math.ceil(ms / 3_600_000)} h`;
}

/** No room for now: nothing went out, nothing is lost. */
export function busyReply({ why, againMs }: Busy): Reply {
	const again = text`Ask again in ${waitFor(againMs)}.`;
	switch (why) {
		case "host":
			return told(text`That host was looked at as often as I may within an hour, whoever asks. ${again}`, null, "busy");
		case "host-part":
			return told(
				text`Others ask about that host too, and this workspace has used its half for this hour. ${again}`,
				null,
				"busy",
			);
		case "cloudflare":
			return told(text`People here requested as much behind Cloudflare as they may within an hour. ${again}`, null, "busy");
		case "person":
			return told(text`Those were many questions in five minutes; others ask too. ${again}`, null, "busy");
		case "addresses":
			return told(
				text`You gave as many different IP addresses of origins as I look at for one person in a day. ${again}`,
				null,
				"busy",
			);
		case "channel":
			return told(text`This channel asked as much as it may in five minutes. ${again}`, null, "busy");
		case "workspace":
			return told(text`People here asked as much as they may in five minutes. ${again}`, null, "busy");
		case "thread":
			return told(text`Too much waits in this thread already, and is answered first. ${again}`, null, "busy");
		case "everybody":
			return told(text`I am busy with many questions at once. ${again}`, null, "busy");
	}
}

/**
 * A text that was not read to its end.
 * @param ms how long it may take, in milliseconds
 */
export function notReadReply(why: "time" | "memory", ms: number): Reply {
	const what =
		why === "time" ? text`I stopped reading that text after ${seconds(ms)}` : text`That text takes more memory than I may use`;
	return told(text`${what}. Send only the lines around the error.`, null, "not-read");
}

/** Something of ours broke. The id ties the message to the log line. */
export function brokeReply(caseId: string): Reply {
	return told(
		text`I broke while looking (case ${code(caseId)}); what you asked is not lost, ask again. If it stays, give the case id to whoever runs me.`,
		null,
		"broke",
	);
}

/** The process is going down while a question is open. */
export function interruptedReply(goesOn: boolean): Reply {
	if (!goesOn) return told(text`Interrupted: I am being restarted. Ask again in a minute.`, null, "interrupted");
	return {
		...told(text`Interrupted`, null, "interrupted"),
		head: message("neutral", say(text`Interrupted: I am being restarted. The answer comes here by itself when I am back.`)),
	};
}

/** The disk is full or broken, and the wish is nothing else than kept. */
export const notKeptReply = (): Reply =>
	told(text`My disk is full or broken, so I cannot keep that. Tell the operator, then ask again.`, null, "not-kept");

/** The process ended each time while it worked on this. */
export const gaveUpReply = (caseId: string): Reply =>
	told(
		text`I gave up on this question because I was stopped twice while I worked on it. Ask again once; if I stop again, tell the operator the case id ${code(caseId)}.`,
		null,
		"gave-up",
	);

/** The process ended while this was on its way to the asker. */
export const maybeTwice = (one: Message): Message => ({
	...one,
	blocks: [...one.blocks, note(text`Only you see this. I was restarted just when I said it, so it may stand here twice.`)],
});

/** Attached files that were not read; the rest of the question goes on. */
export function unreadFiles(count: number): Message {
	return message(
		"neutral",
		say(
			text`${count === 1 ? "One attached file was" : `${count} attached files were`} not read: I take up to three text files of less than 900 KB each, and need the right to read files here.`,
		),
	);
}

/** The sentence of a private reply, in plain words, for the form that it is about. */
export const problemWords = (reply: Reply): string => plainTitle(reply.head, 280);

/** Words of the private form for a URL. */
export const URL_FORM = {
	title: "Check a site",
	label: "URL of the page that fails",
	hint: "For example https://shop.example/checkout",
	submit: "Check",
} as const;

/** Words of the private form for a text. */
export const TEXT_FORM = {
	title: "Paste an error",
	label: "Error, Ray ID, log lines or curl output",
	hint: "I read it and do not keep it.",
	submit: "Read",
} as const;
