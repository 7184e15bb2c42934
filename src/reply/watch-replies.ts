import { WATCHES_MAX, type Watch } from "../judge/watch.ts";
import { type Message, message, say } from "../message/message.ts";
import { ask, link, type Text, text } from "../message/text.ts";
import { endWords } from "./watch.ts";
import { askedBy, minute, pageName } from "./watch-words.ts";

/** Replies to people who start or stop a watch. */

const plain = (words: Text): Message => message("neutral", say(words));

/** @param isOwn the person who asks started this watch */
export function watchedAlready(watch: Watch, isOwn: boolean, nowMs: number): Message {
	const who = askedBy(watch) ?? "Someone";
	const words = isOwn ? "You are" : `${who} is`;
	return plain(text`${words} already watching ${pageName(watch)} until ${minute(watch.untilMs, nowMs)}.`);
}

export const watchedAlone = (watch: Watch, nowMs: number): Message =>
	plain(text`Watching ${pageName(watch)} until ${minute(watch.untilMs, nowMs)}. I will message you directly.`);

export const watchEnded = (watch: Watch | null): Message =>
	plain(
		watch === null
			? text`I do not know that watch.`
			: text`That watch has ended: ${pageName(watch)}, ${endWords(watch).replace(/^watch /, "")}.`,
	);

export const notYourWatch = (watch: Watch): Message =>
	plain(
		text`Only ${askedBy(watch) ?? "the person who asked"}, the people in its channel and admins can stop watching ${pageName(watch)}.`,
	);

export function stoppedWatching(watches: readonly Watch[]): Message {
	const [first] = watches;
	return plain(
		watches.length === 1 && first !== undefined
			? text`Stopped watching ${pageName(first)}. The results are in its thread.`
			: text`Stopped ${watches.length} watches. The results are in their threads.`,
	);
}

export const nothingWatched: Message = plain(
	text`I am not watching anything here or for you. To start: ${ask("watch shop.example for 30m")}`,
);

export const justBegun: Message = plain(text`Someone just started this watch.`);

/** @param ofPerson only the person who asks has the bot: a channel is no way to tell them */
export const nowhereToTell = (ofPerson: boolean): Message =>
	plain(
		ofPerson
			? text`I cannot watch this, because I cannot message you. Allow direct messages from apps, and ask again.`
			: text`I cannot post here or message you. Invite me to this channel.`,
	);

/** @param url where the failures were posted; null where that cannot be linked */
export const evidencePosted = (url: string | null): Message =>
	plain(
		url === null ? text`The failed requests are in this thread already.` : text`Already posted: ${link(url, "failed requests")}`,
	);

export const nothingFailed: Message = plain(text`No request has failed so far.`);

const MANY_WORDS = {
	host: `This host is already watched ${WATCHES_MAX.host} times here, which is the limit`,
	hostInAll: `This host is already watched ${WATCHES_MAX.hostInAll} times, which is the limit for everyone together`,
	workspace: `${WATCHES_MAX.workspace} pages are already watched here, which is the limit`,
	all: "I am watching as many pages as I can",
} as const;
export const tooManyWatches = (of: keyof typeof MANY_WORDS): Message =>
	plain(text`${MANY_WORDS[of]}. Stop one first: ${ask("unwatch shop.example")}`);
