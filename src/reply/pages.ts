import { findCode } from "../knowledge/codes/codes.ts";
import { codeWordsOf } from "../knowledge/codes/words.ts";
import { buttons, type Message, message, say } from "../message/message.ts";
import { ask, bold, code, ours, text } from "../message/text.ts";
import { labeled, pages } from "./paged.ts";
import { nothing, type Reply } from "./reply.ts";
import { topicOf } from "./topics.ts";

/** The pages that people ask for: `explain …` and `privacy`. Only for the asker; short first, the rest behind More. */

/** Page `nth` of all, counted from 1; behind the last one is the last one. */
const pageOf = (all: readonly Message[], nth: number): Message => all[Math.min(nth, all.length) - 1] ?? message("neutral");

/** `520 more 2` -> the topic and the number of its page, from 1. */
function pageIn(typed: string): { readonly topic: string; readonly nth: number } {
	const [, topic, more = "1"] = /^(.{1,200}?)\s{1,9}more(?:\s{1,9}(\d{1,2}))?$/i.exec(typed.trim()) ?? [];
	return topic === undefined ? { topic: typed, nth: 1 } : { topic, nth: Number(more) + 1 };
}

/** All pages of a topic; empty for an unknown topic. */
export function explainPages(topic: string): readonly Message[] {
	const found = topicOf(topic);
	return found === null ? [] : pages({ ...found.page, more: `explain ${found.topic} more` });
}

/**
 * `explain <topic>`; with `more`, and a number behind it, the further pages. null when there is no such topic.
 * @param typed the words after the verb
 */
export function explainReply(typed: string): Reply | null {
	const { topic, nth } = pageIn(typed);
	const found = topicOf(topic);
	if (found === null) return null;
	return { private: true, head: pageOf(explainPages(topic), nth), thread: [], data: { ...nothing, explain: found.data } };
}

/** What Cloudflare says with a code, for people who have seen nothing but the code. */
const ALONE: Readonly<Record<string, string>> = {
	"520": "Cloudflare got an empty or invalid response from the site's server.",
};

/** The answer to a code without a site: what it means, and what is missing to find out more. null for an unknown code. */
export function codeAloneReply(told: string): Reply | null {
	const entry = /^\d{3,4}$/.test(told) ? findCode(Number(told)) : undefined;
	if (entry === undefined) return null;
	const explain = `explain ${told}`;
	return {
		private: true,
		head: message(
			"neutral",
			say(text`${bold(told)}: ${ours(ALONE[told] ?? codeWordsOf(told).means)} ${bold("Which site?")}`),
			say(text`If it is someone else's API, nothing on your side fixes it: send them the Ray ID.`),
			buttons(
				text`For more: ${ask(explain)}`,
				{ label: "Enter the URL…", action: { do: "url-form" }, primary: true },
				{ label: "Explain", action: { do: "ask", text: explain } },
			),
		),
		thread: [],
		data: { ...nothing, explain: entry },
	};
}

/** `privacy`: what is requested, stored, logged and shared, and for how long. */
export const privacyPages = (): readonly Message[] =>
	pages({
		title: text`What I request, store and share`,
		more: "privacy more",
		first: [
			say(
				text`${bold("Requested:")} I send about 8 GET requests to the site you name, and follow no redirects. The origin only if you give its IP address.`,
			),
			say(
				text`${bold("Read:")} I read only what you send me: commands, mentions, direct messages, “Diagnose 520”. Other messages only where an admin turned that on.`,
			),
			say(
				text`${bold("Stored:")} cases for 30 days, or as your admins set; watches for a week. All of it is encrypted. Pasted lines and origin IP addresses are never stored.`,
			),
			say(text`${bold("Logged:")} per question: workspace, channel, hashed user, host, result. No message text.`),
			say(text`${bold("Shared:")} nothing. I never show visitors' IP addresses, cookies or tokens.`),
			say(
				text`Cloudflare's status page is read once a minute, without anything about you; other third parties only with ${code("from")} or ${code("connect")}.`,
			),
		],
		rest: [
			...labeled("Requests:", [
				text`the page, another URL on the host and ${code("/cdn-cgi/trace")}, with a User-Agent that says cf520`,
				text`up to 18 more if you press “Try other requests”`,
				text`one at each check of a watch`,
				text`never to private or special IP addresses`,
			]),
			...labeled("Stored in the operator's database or in memory:", [
				text`cases: the URL, Ray IDs, answers and who gave them`,
				text`watches: the URL, who asked, and up to 64 bytes around a fault, with cookies and tokens masked`,
				text`open questions, until they are answered`,
				text`for an hour: how many requests went to a host or IP address, and how many checks were asked for`,
				text`for a day: a keyed hash of the origin IP addresses that a person gave`,
				text`for a week: a keyed hash of person and IP address of each origin check, so that abuse can be traced`,
				text`for 10 minutes: IDs of handled commands, so that none is answered twice`,
				text`if your Slack workspace installed me itself: its name, my token and who installed me; removing me deletes all that I store about it`,
			]),
			...labeled("With “from” or “Other places”:", [
				text`Globalping requests the page from volunteers' machines in up to 8 networks`,
				text`it gets the URL without its query and without what may be a secret, and nothing about you`,
				text`anyone who has the measurement's number can read it for a week; that number is shown and kept nowhere`,
			]),
			...labeled("With a connected Cloudflare account:", [
				text`I read numbers about your zone: counts by path, country, browser, minute and data center`,
				text`I never ask for a visitor's IP address, and keep nothing longer than the case`,
				text`the token is encrypted with ${code("CF520_KEY")} (without it, in memory only), used for that one zone and never shown; ${ask("disconnect shop.example")} deletes it here, so delete it at Cloudflare too`,
			]),
			say(text`Where messages are read without a mention, what does not concern me is neither stored nor logged.`),
			say(text`Admins: ${ask("forget shop.example")} deletes what is stored about a host. Backups are the operator's.`),
		],
	});

/** @param nth which page, from 1 */
export const privacyReply = (nth = 1): Reply => ({
	private: true,
	head: pageOf(privacyPages(), nth),
	thread: [],
	data: { ...nothing, privacy: true },
});
