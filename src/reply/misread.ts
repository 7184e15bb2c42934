import { allValues, EVIDENCE } from "../knowledge/evidence.ts";
import type { GuardRefusal } from "../looks/guard.ts";
import { ADDRESSES_A_DAY, type Busy, LIMITS } from "../looks/limits.ts";
import { maskedUrl } from "../message/masking.ts";
import { type Button, buttons, type Message, message, note, plainTitle, say } from "../message/message.ts";
import { ask, code, join, ours, plainText, type Text, text, time } from "../message/text.ts";
import type { Misread } from "../read/text/question.ts";
import type { Refusal } from "../read/text/target.ts";
import { type Verb, verbRow } from "../read/text/verbs.ts";
import { tokenTyped } from "./account.ts";
import { ADMIN_EXAMPLES } from "./admin.ts";
import { readCapture } from "./commands.ts";
import { VERB_WORDS } from "./help.ts";
import { notARayWords } from "./rays.ts";
import { nothing, type Reply } from "./reply.ts";
import { closestTopics } from "./topics.ts";
import { grouped, seconds } from "./words.ts";

/** What happened and what to do, in two sentences, and an example; for the asker only. */
function told(why: Text, example: string | null, kind: string): Reply {
	return {
		private: true,
		head: message("neutral", say(why), example === null ? null : note(text`Example: ${ask(example)}`)),
		thread: [],
		data: { ...nothing, misread: { why: kind, say: plainText(why), example } },
		refusal: kind,
	};
}

const SITE_LABEL_MAX_CHARS = 24;
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

const asking = (label: string, question: string): Button => ({ label, action: { do: "ask", text: question } });
const HELP: Button = asking("Help", "help");
const CHECK_A_SITE: Button = { label: "Check a site…", action: { do: "url-form" } };
const PASTE_AN_ERROR: Button = { label: "Paste an error…", action: { do: "text-form" } };

/** Whether a bare id is a Ray ID, with Yes and No. */
const isItARay = (id: string, when: Text, kind: string): Reply =>
	withButtons(
		told(text`Is ${code(id)} a Ray ID${when}?`, `ray ${id}`, kind),
		text`If so: ${ask(`ray ${id}`)}`,
		asking("Yes", `ray ${id}`),
		{ label: "No", action: { do: "leave" } },
	);

const SITE_EXAMPLE = "shop.example/checkout";
const ORIGIN_EXAMPLE = "origin shop.example 198.51.100.7";

const IN_A_MESSAGE = { platform: "", canReplyPrivately: false };

/** @param where it was typed: a token in a message is read by others */
export function misreadReply(misread: Misread, where: Parameters<typeof tokenTyped>[0] = IN_A_MESSAGE): Reply {
	switch (misread.why) {
		case "empty":
			return withButtons(
				told(text`Send me a URL or a Ray ID.`, SITE_EXAMPLE, misread.why),
				text`More: ${ask("help")}`,
				CHECK_A_SITE,
				PASTE_AN_ERROR,
				HELP,
			);
		case "too-long":
			return told(
				text`That is ${grouped(misread.chars)} characters, too many. Send the part around the error.`,
				null,
				misread.why,
			);
		case "bare-hex":
			return isItARay(misread.id, text``, misread.why);
		case "may-be-ray":
			return isItARay(misread.id, text` from ${time(misread.receivedAtMs)}`, misread.why);
		case "not-a-ray": {
			const [first, ...others] = misread.found.notRays.map(notARayWords);
			return told(
				first === undefined ? text`That Ray ID is incomplete. Copy all 16 hex digits.` : join([first, ...others.slice(0, 1)]),
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
				? told(text`I do not know that question. Use the buttons.`, "answer origin-log nothing", misread.why)
				: told(
						text`I do not know that answer. Use the buttons under “${ours(EVIDENCE[misread.key].ask)}”`,
						`answer ${misread.key} ${allValues(misread.key)[0]}`,
						misread.why,
					);
		case "no-such-cause":
			return told(text`What was the cause? Use its title.`, verbRow("solved").example, misread.why);
		case "not-a-paste":
			return told(
				text`I found no response in that. Paste the output of ${code("curl -i")}.`,
				"autopsy HTTP/1.1 200 OK",
				misread.why,
			);
		case "origin-address":
			return told(text`Enter an IP address such as 198.51.100.7, not a hostname.`, ORIGIN_EXAMPLE, misread.why);
		case "several":
			return withButtons(
				told(text`Which site?`, maskedUrl(misread.sites[0]?.url ?? SITE_EXAMPLE), misread.why),
				join(
					misread.sites.map(({ host }) => text`${ask(host)}`),
					", ",
				),
				...misread.sites.map(({ url }): Button => asking(siteLabel(url), url)),
			);
		case "which-site":
			return withButtons(
				told(text`Which site?`, SITE_EXAMPLE, misread.why),
				text`Example: ${ask(SITE_EXAMPLE)}`,
				{ label: "Enter the URL…", action: { do: "url-form" } },
				PASTE_AN_ERROR,
			);
		case "token": {
			const { words, message: head } = tokenTyped(where);
			return { ...told(words, null, misread.why), head };
		}
		case "offline":
			return told(text`${code(misread.verb)} works only in the terminal, with files.`, SITE_EXAMPLE, misread.why);
		case "watch-times":
			return told(text`I did not understand the time.`, "watch shop.example for 30m every 60s", misread.why);
		case "numbers-time":
			return told(text`I did not understand the time.`, "numbers shop.example since 3h", misread.why);
		case "admin-words": {
			const [setting = ""] = misread.said.split(" ", 1);
			const guess = ADMIN_EXAMPLES[setting.toLowerCase()] ?? "admin";
			return told(
				text`Unknown setting${isQuotable(misread.said.replaceAll(" ", "")) ? text` ${code(misread.said, 60)}` : text``}. Did you mean ${ask(guess)}?`,
				null,
				misread.why,
			);
		}
		case "unknown":
			return withButtons(
				told(text`I can check a site, read a Ray ID, an error or log lines.`, SITE_EXAMPLE, misread.why),
				text`Example: ${ask(SITE_EXAMPLE)}. More: ${ask("help")}`,
				CHECK_A_SITE,
				PASTE_AN_ERROR,
				HELP,
			);
	}
}

/** A verb with too little behind it. */
function needsReply(verb: Verb): Reply {
	const { usage, example } = verbRow(verb);
	const needs = VERB_WORDS[verb].needs ?? { say: text`${code(verb)} needs more: ${code(usage)}.`, example };
	return told(needs.say, needs.example, "needs");
}

/** Slack and Discord show so much of a label on a phone. */
const LABEL_MAX_CHARS = 24;
const cutLabel = (s: string): string => (s.length <= LABEL_MAX_CHARS ? s : `${s.slice(0, LABEL_MAX_CHARS - 1).trimEnd()}…`);

/** `explain` for something that has no page. */
export function noPageReply(topic: string): Reply {
	const closest = closestTopics(topic);
	const none = text`I have no page about ${isQuotable(topic) ? code(topic, 60) : text`that`}.`;
	if (closest.length === 0) return told(text`${none} Send a code, a cause or a word that I used.`, "explain 520", "no-page");
	return withButtons(
		told(text`${none} Closest: ${ours(closest.join(", "))}.`, `explain ${closest[0]}`, "no-page"),
		join(
			closest.map((one) => text`${ask(`explain ${one}`)}`),
			", ",
		),
		...closest.map((one) => asking(cutLabel(one), `explain ${one}`)),
	);
}

/** One short word can be said back; a longer text may hold a visitor's IP address, a card number or a secret. */
function isQuotable(said: string): boolean {
	return !/[\s@]/.test(said) && said.length <= 60 && !/\d{9}|\d+\.\d+\.\d+\.\d+|(?:[0-9a-f]{1,4}:){3}/i.test(said);
}

function refusalWords(refusal: Refusal, asked: string): Text {
	switch (refusal.why) {
		case "not-a-url":
			return text`${isQuotable(asked) ? code(asked, 80) : text`That`} is not a URL.`;
		case "too-long":
			return text`That URL has ${grouped(refusal.chars)} characters, too many. Send it without its query.`;
		case "scheme":
			return text`I only check http and https URLs, not ${code(`${refusal.scheme}:`, 40)}.`;
		case "credentials":
			return text`Remove the name and password before the @. If the password was real, change it.`;
		case "cloudflares-own":
			return text`Cloudflare itself generates the pages under ${code("/cdn-cgi/")}. Send the URL that failed, or ${ask(refusal.site)}`;
		case "special-name":
			return specialName(refusal.host);
		case "port":
			return portWords(refusal.port);
	}
}

const specialName = (host: string): Text => text`${code(host, 80)} is an internal name. I only check public sites.`;
const portWords = (port: number): Text => text`Cloudflare does not proxy port ${port}, so I do not check it.`;

/** A host that is an IP address itself, as URLs have it or without the brackets. */
const IP_LITERAL = /^(?:[\d.]+|.*:.*)$/;

/** The guard said no: the reason, for the asker only. */
export function refusedReply(refusal: GuardRefusal): Reply {
	switch (refusal.why) {
		case "special-name":
			return told(specialName(refusal.host), SITE_EXAMPLE, refusal.why);
		case "special-address":
			return told(
				text`${code(refusal.host, 80)} ${IP_LITERAL.test(refusal.host) ? "is" : "resolves to"} a private IP address. I only check public sites.`,
				SITE_EXAMPLE,
				refusal.why,
			);
		case "special-origin":
			return told(
				text`That is a private IP address, and I only check public ones. Run ${code("curl -i --raw")} where the origin can be reached, and paste the output.`,
				ORIGIN_EXAMPLE,
				refusal.why,
			);
		case "cloudflare-origin":
			return told(text`That is a Cloudflare IP address. The origin's is on Cloudflare's DNS page.`, ORIGIN_EXAMPLE, refusal.why);
		case "port":
			return told(portWords(refusal.port), SITE_EXAMPLE, refusal.why);
		case "no-such-name":
			return told(
				text`${code(refusal.host, 80)} does not exist in DNS. Check the spelling or the DNS record.`,
				SITE_EXAMPLE,
				refusal.why,
			);
		case "dns-failed":
			return told(
				text`DNS lookup for ${code(refusal.host, 80)} failed (${code(refusal.code, 40)}). Try again, then check DNSSEC.`,
				SITE_EXAMPLE,
				refusal.why,
			);
	}
}

/** In the unit that people count in: seconds, minutes, hours. */
function waitFor(ms: number): string {
	if (ms < 90_000) return `${Math.max(1, Math.round(ms / 1000))} s`;
	return ms < 2 * 3_600_000 ? `${Math.ceil(ms / 60_000)} min` : `${Math.ceil(ms / 3_600_000)} h`;
}

/** No room for now: nothing went out, nothing is lost. */
export function busyReply({ why, againMs, max }: Busy): Reply {
	const again = text`Try again in ${waitFor(againMs)}.`;
	const checks = max === undefined ? "checks" : `${max} checks`;
	switch (why) {
		case "host":
			return told(text`That host has reached its limit of ${LIMITS.hostPerHour} requests per hour. ${again}`, null, "busy");
		case "host-part":
			return told(
				text`This workspace has used its half of the ${LIMITS.hostPerHour} requests per hour to that host. ${again}`,
				null,
				"busy",
			);
		case "cloudflare":
			return told(text`This workspace has used its requests per hour to sites behind Cloudflare. ${again}`, null, "busy");
		case "person":
			return told(text`You have used your ${checks} for 5 minutes. ${again}`, null, "busy");
		case "addresses":
			return told(text`You have used your ${ADDRESSES_A_DAY} origin IP addresses for 24 hours. ${again}`, null, "busy");
		case "channel":
			return told(text`This channel has used its ${checks} for 5 minutes. ${again}`, null, "busy");
		case "workspace":
			return told(text`This workspace has used its ${checks} for 5 minutes. ${again}`, null, "busy");
		case "thread":
			return told(text`This thread already has questions waiting. ${again}`, null, "busy");
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
		why === "time" ? text`I stopped reading that text after ${seconds(ms)}` : text`That text needs more memory than I may use`;
	return told(text`${what}. Send only the lines around the error.`, null, "not-read");
}

/** An internal error. The ID ties the message to the log line. */
export const brokeReply = (caseId: string): Reply =>
	told(text`Something went wrong on my side. Ask again. (${code(caseId)})`, null, "broke");

/** The process is going down while a question is open. */
export function interruptedReply(goesOn: boolean): Reply {
	if (!goesOn) return told(text`I am restarting. Ask again in a minute.`, null, "interrupted");
	return {
		...told(text`Interrupted`, null, "interrupted"),
		head: message("neutral", say(text`I am restarting. The result will appear here.`)),
	};
}

/** The disk is full or broken, and the wish is nothing else than kept. */
export const notKeptReply = (): Reply =>
	told(text`My disk is full or failing, so I did not save that. Tell the operator, then ask again.`, null, "not-kept");

/** Several processes share a database, and it does not answer: what is not noted there, another one would answer too. */
export const STORE_AWAY = "My database does not answer. Try again in a minute.";
/** The same as a message. */
export const storeAwayReply = (): Reply => told(ours(STORE_AWAY), null, "store-away");

/** For who asks from a workspace that has not installed the app, or no longer may use it. */
export const NOT_INSTALLED = "cf520 is not installed in your workspace. Ask an admin there to install it.";
/** The same as a message. */
export const notInstalledReply = (): Reply => told(ours(NOT_INSTALLED), null, "not-installed");

/** The process ended each time while it worked on this. */
export const gaveUpReply = (caseId: string): Reply =>
	told(
		text`I was stopped twice while working on this question. Ask once more; if it fails, give the operator this ID: ${code(caseId)}`,
		null,
		"gave-up",
	);

/** The process ended while this was on its way to the asker. */
export const maybeTwice = (one: Message): Message => ({
	...one,
	blocks: [...one.blocks, note(text`Only you can see this. I restarted while sending this, so you may see it twice.`)],
});

/** Attached files that were not read; the rest of the question goes on. */
export function unreadFiles(count: number): Message {
	return message(
		"neutral",
		say(
			text`${count === 1 ? "1 file" : `${count} files`} not read. I read at most three text files, each under 900 KB, and only where I have permission.`,
		),
	);
}

/**
 * Packet captures were attached: they are read where they lie, and what is printed there is taken.
 * @param names of the files; "" where one is not known
 */
export function captureNotTaken(names: readonly string[]): Message {
	const known = names.every((name) => /^\w[\w.+-]{0,99}$/.test(name)) ? names.slice(0, CAPTURES_NAMED) : [];
	const files = known.length === 0 ? ["FILE"] : known;
	const plain = files.map((file) => file.replace(/\.gz$/i, "")).join(" ");
	const packed = files.filter((file) => /\.gz$/i.test(file));
	const unpack = packed.length === 0 ? "" : `gunzip -k ${packed.join(" ")} && `;
	const run = code(`${unpack}${readCapture(plain, null)}`, 300);
	// One sentence may be all that a chat has room for.
	return message(
		"neutral",
		say(
			text`Captures contain other people's data, so I did not read ${names.length > 1 ? "these" : "this one"}: run ${run} where ${names.length > 1 ? "they were" : "it was"} recorded, and paste the result.`,
		),
		note(
			text`Delete ${names.length > 1 ? "them" : "it"} here. The command runs in the folder of cf520; with the Ray ID of an error page it shows only that request.`,
		),
	);
}

const CAPTURES_NAMED = 3;

/** The chat gives us no file. */
export const filesNotAllowed: Message = message(
	"neutral",
	say(text`I cannot read files here. Paste the text, or ask an admin to grant files:read to the Slack app.`),
);

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
