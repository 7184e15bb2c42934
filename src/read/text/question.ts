import { isIP } from "node:net";
import { isCause, SOMETHING_ELSE } from "../../knowledge/causes/list.ts";
import { type EvidenceKey, isEvidenceKey, isValue } from "../../knowledge/evidence.ts";
import { readLogs } from "../logs/read.ts";
import { looksPasted, type Paste, readPaste } from "../paste.ts";
import { type FoundRays, findRays } from "../ray/find.ts";
import { ADMIN_WORDS, type AdminChange, hostIn, readAdminChange } from "./admin.ts";
import { looksLikeHost, type Refusal, readTarget, type Target, withPath } from "./target.ts";
import { WATCH_EVERY_MS, WATCH_FOR_MS } from "./watch-times.ts";

/** What a person wants to know. The same in every chat and in the terminal. */
export type Question =
	| { readonly kind: "site"; readonly target: Target }
	| {
			readonly kind: "rays";
			readonly found: FoundRays;
			/** The one site that the text names besides, for a look at it. */
			readonly target: Target | null;
			/** The code that an error page or Cloudflare's JSON in the text tells, 520 to 530; null for none. */
			readonly code: string | null;
			/** The UTC time that an error page prints beside its only Ray ID, Unix milliseconds. */
			readonly pageAtMs: number | null;
	  }
	| { readonly kind: "headers"; readonly target: Target }
	| {
			readonly kind: "origin";
			readonly target: Target;
			/** As the person gave them; none: they have to be asked for, in private. */
			readonly addresses: readonly OriginAddress[];
	  }
	| { readonly kind: "autopsy"; readonly paste: Paste }
	| { readonly kind: "logs"; readonly text: string }
	/** The three that belong to the case of a thread. */
	| { readonly kind: "answer"; readonly key: EvidenceKey; readonly value: string | null }
	| { readonly kind: "solved"; readonly cause: string }
	| { readonly kind: "report" }
	| {
			readonly kind: "watch";
			readonly target: Target;
			readonly forMs: number;
			readonly everyMs: number;
			/** Only the person who asks is told. */
			readonly alone: boolean;
	  }
	/** null: whatever is watched here. */
	| { readonly kind: "unwatch"; readonly target: Target | null }
	/** null: show what is decided. */
	| { readonly kind: "admin"; readonly change: AdminChange | null }
	| { readonly kind: "forget"; readonly host: string }
	| { readonly kind: "explain"; readonly topic: string }
	| { readonly kind: "help" }
	| { readonly kind: "privacy" };

/** An address of an origin. Never shown, logged or kept beyond its case. */
export interface OriginAddress {
	readonly address: string;
	/** null: the site's own port. */
	readonly port: number | null;
}

/** Why a text is no question. Words are in `reply`. */
export type Misread =
	| { readonly kind: "misread"; readonly why: "empty" }
	| { readonly kind: "misread"; readonly why: "too-long"; readonly chars: number }
	| { readonly kind: "misread"; readonly why: "bare-hex" }
	| { readonly kind: "misread"; readonly why: "not-a-ray"; readonly found: FoundRays }
	| { readonly kind: "misread"; readonly why: "needs"; readonly verb: Verb }
	| { readonly kind: "misread"; readonly why: "target"; readonly text: string; readonly refusal: Refusal }
	| { readonly kind: "misread"; readonly why: "origin-address" }
	| { readonly kind: "misread"; readonly why: "no-such-cause" }
	| { readonly kind: "misread"; readonly why: "not-a-paste" }
	| { readonly kind: "misread"; readonly why: "no-such-answer"; readonly key: EvidenceKey | null }
	| { readonly kind: "misread"; readonly why: "several"; readonly sites: readonly Target[] }
	| { readonly kind: "misread"; readonly why: "offline"; readonly verb: string }
	| { readonly kind: "misread"; readonly why: "watch-times" }
	| { readonly kind: "misread"; readonly why: "admin-words" }
	| { readonly kind: "misread"; readonly why: "unknown"; readonly text: string };

/** The verbs of the grammar; a text without one is a host, a URL or a paste with Ray IDs. */
export const VERBS = [
	"ray",
	"headers",
	"origin",
	"autopsy",
	"logs",
	"answer",
	"solved",
	"report",
	"watch",
	"unwatch",
	"explain",
	"admin",
	"forget",
	"help",
	"privacy",
] as const;
export type Verb = (typeof VERBS)[number];

/** Words that work in the terminal with files only: said so, instead of doing something else with the rest. */
const OFFLINE: ReadonlySet<string> = new Set(["judge"]);

/** The longest text that is read as a question; a paste with Ray IDs may be as long as this. */
export const QUESTION_MAX_CHARS = 1_000_000;
const TOPIC_MAX_CHARS = 60;

/** What chats and editors do to plain text: typographic quotes and dashes, no-break spaces, zero-width characters. */
function plain(text: string): string {
	return text
		.replace(/[\u200b-\u200d\u2060\ufeff\u00ad]/g, "")
		.replace(/[\u00a0\u2007\u202f]/g, " ")
		.replace(/[\u201c\u201d\u201e]/g, '"')
		.replace(/[\u2018\u2019\u201a]/g, "'");
}

const BEFORE_WORD = new Set("`\"'*_~<([{|");
const AFTER_WORD = new Set("`\"'*_~>)]}|.,;!?…");

/** One word without the quotes, code marks, brackets and punctuation that surround it in a sentence. Linear. */
function bareWord(word: string): string {
	let start = 0;
	let end = word.length;
	while (start < end && BEFORE_WORD.has(word[start] ?? "")) start += 1;
	while (end > start && AFTER_WORD.has(word[end - 1] ?? "")) end -= 1;
	return word.slice(start, end);
}

/**
 * Reads a text as a question. Total; never throws.
 * @param text already free of a chat's own markup (the adapter's part)
 * @param nowMs Unix milliseconds
 */
export function readQuestion(text: string, nowMs: number): Question | Misread {
	if (text.length > QUESTION_MAX_CHARS) return { kind: "misread", why: "too-long", chars: text.length };
	const clean = plain(text).trim();
	if (clean === "") return { kind: "misread", why: "empty" };
	if (/^\?+$/.test(clean)) return { kind: "help" };
	const [first = "", ...others] = clean.split(/\s+/, 2_000);
	const verb = bareWord(first).toLowerCase().replace(/:$/, "");
	const rest = clean.slice(first.length).trim();
	switch (verb) {
		case "help":
		case "privacy":
			if (others.length === 0) return { kind: verb };
			break;
		case "explain":
			return rest === ""
				? { kind: "misread", why: "needs", verb }
				: { kind: "explain", topic: bareWord(rest.slice(0, TOPIC_MAX_CHARS)).toLowerCase() };
		case "headers":
			return others.length === 0 ? { kind: "misread", why: "needs", verb } : targetQuestion("headers", others[0] ?? "");
		case "origin":
			return others.length === 0 ? { kind: "misread", why: "needs", verb } : originQuestion(others[0] ?? "", others.slice(1));
		case "logs":
			return rest === "" ? { kind: "misread", why: "needs", verb } : { kind: "logs", text: rest };
		case "report":
			if (others.length <= 2) return { kind: "report" };
			break;
		case "watch":
			if (others.length === 0) return { kind: "misread", why: "needs", verb };
			if (looksLikeTarget(bareWord(others[0] ?? ""))) return watchQuestion(others);
			break;
		case "unwatch": {
			if (others.length === 0) return { kind: "unwatch", target: null };
			if (!looksLikeTarget(bareWord(others[0] ?? ""))) break;
			const question = targetQuestion("headers", others[0] ?? "");
			return question.kind === "headers" ? { kind: "unwatch", target: question.target } : question;
		}
		case "admin": {
			if (others.length === 0) return { kind: "admin", change: null };
			if (!ADMIN_WORDS.has(bareWord(others[0] ?? "").toLowerCase())) break;
			const change = readAdminChange(others.map(bareWord));
			return change === null ? { kind: "misread", why: "admin-words" } : { kind: "admin", change };
		}
		case "forget": {
			const host = hostIn(bareWord(others[0] ?? ""));
			if (others.length === 1 && host !== null) return { kind: "forget", host };
			if (others.length <= 1) return { kind: "misread", why: "needs", verb };
			break;
		}
		case "solved":
			if (others.length === 1) {
				const cause = bareWord(others[0] ?? "").toLowerCase();
				return isCause(cause) || cause === SOMETHING_ELSE ? { kind: "solved", cause } : { kind: "misread", why: "no-such-cause" };
			}
			if (others.length === 0) return { kind: "misread", why: "needs", verb };
			break;
		case "answer":
			return others.length === 0 ? { kind: "misread", why: "needs", verb } : answerQuestion(others);
		case "autopsy": {
			if (rest === "") return { kind: "misread", why: "needs", verb };
			// As it came, without what chats do to plain text taken off: a recorded response is bytes.
			const paste = readPaste(text.replace(/^\s*\S+\s+/, ""));
			if (paste !== null) return { kind: "autopsy", paste };
			return raysOr(clean, nowMs, false, { kind: "misread", why: "not-a-paste" });
		}
		case "ray":
			if (rest === "") return { kind: "misread", why: "needs", verb };
			// `ray id: …` and `ray=…` are forms of the label too; after the bare verb an id needs no label of its own.
			return raysOr(clean, nowMs, /^ray:?\s+/i.test(clean), {
				kind: "misread",
				why: "not-a-ray",
				found: findRays(clean, nowMs, true),
			});
	}

	if (OFFLINE.has(verb) && (others.length === 0 || looksLikeTarget(bareWord(others[0] ?? "")))) {
		return { kind: "misread", why: "offline", verb };
	}
	if (others.length === 0) {
		const upper = /^[`"'<(]*([0-9a-f]{15,16})-([a-z]{3})[`"'>).,;]*$/i.exec(first);
		if (upper)
			return raysOr(`${upper[1]}-${upper[2]?.toUpperCase()}`, nowMs, false, {
				kind: "misread",
				why: "not-a-ray",
				found: findRays(first, nowMs),
			});
		if (/^[0-9a-f]{15,16}$/i.test(bareWord(first))) return { kind: "misread", why: "bare-hex" };
	}
	const found = findRays(clean, nowMs);
	if (found.rays.length > 0) return raysQuestion(clean, found);
	// What curl printed of an answer that did not come through Cloudflare: there is more in it than a host name.
	const paste = looksPasted(clean) ? readPaste(clean) : null;
	if (paste !== null) return { kind: "autopsy", paste };
	const logs = others.length > 3 ? readLogs(clean) : null;
	if (logs !== null && logs.recognised.length + logs.access.length > 0) return { kind: "logs", text: clean };
	if (others.length === 0) {
		if (found.notRays.length > 0) return { kind: "misread", why: "not-a-ray", found };
		const word = bareWord(first);
		// A number alone is a code that somebody wants explained.
		if (/^\d{3,4}$/.test(word)) return { kind: "explain", topic: word };
		return looksLikeTarget(word) ? targetQuestion("site", word) : { kind: "misread", why: "unknown", text: first };
	}
	const targets = targetsIn(clean);
	const hosts = [...new Set(targets.map((target) => target.host))];
	const [target] = targets;
	if (target !== undefined && hosts.length === 1) return aboutSite("site", target);
	if (hosts.length > 1)
		return {
			kind: "misread",
			why: "several",
			sites: hosts.slice(0, 3).flatMap((host) => targets.find((target) => target.host === host) ?? []),
		};
	if (found.notRays.length > 0) return { kind: "misread", why: "not-a-ray", found };
	return { kind: "misread", why: "unknown", text: clean };
}

function raysOr(text: string, nowMs: number, labelled: boolean, otherwise: Misread): Question | Misread {
	const found = findRays(text, nowMs, labelled);
	return found.rays.length > 0 ? raysQuestion(text, found) : otherwise;
}

/** The three forms in which an answer tells its own time: the page's UTC line, the JSON timestamp, the Date field. */
const ERROR_TIME =
	/(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) UTC|"timestamp":\s?"(\d{4}-\d{2}-\d{2}T[\d:.]{8,20}Z)"|\bdate: (\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT)/gi;

/** As Cloudflare's pages, titles and JSON say it. */
const PAGE_CODE = /"(?:error_code|status)":\s?"?(5[23]\d)\b|\b[Ee]rror(?: code)?:? (5[23]\d)\b|\| (5[23]\d): /;
const pageCode = (text: string): string | null => PAGE_CODE.exec(text.slice(0, 20_000))?.slice(1).find(Boolean) ?? null;

function raysQuestion(text: string, found: FoundRays): Question {
	const times = [...text.slice(0, 20_000).matchAll(ERROR_TIME)].map(([, day, clock, iso, http]) =>
		Date.parse(day === undefined ? (iso ?? http ?? "") : `${day}T${clock}Z`),
	);
	const [only] = times;
	const pageAtMs = found.rays.length === 1 && times.length === 1 && only !== undefined && !Number.isNaN(only) ? only : null;
	return { kind: "rays", found, target: onlyTarget(text), pageAtMs, code: pageCode(text) };
}

function targetQuestion(kind: "site" | "headers", word: string): Question | Misread {
	const target = readTarget(bareWord(word));
	return "why" in target ? { kind: "misread", why: "target", text: word, refusal: target } : aboutSite(kind, target);
}

/** `answer <key> <value>`, or `?` for "nobody knows". */
function answerQuestion(words: readonly string[]): Question | Misread {
	const [key = "", value = ""] = words.map((word) => (word === "?" ? word : bareWord(word).toLowerCase()));
	if (!isEvidenceKey(key)) return { kind: "misread", why: "no-such-answer", key: null };
	if (value === "?" || value === "unknown") return { kind: "answer", key, value: null };
	return isValue(key, value) ? { kind: "answer", key, value } : { kind: "misread", why: "no-such-answer", key };
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** `90s`, `30m`, `2h`, `30 minutes`, a bare number in the unit that is meant there; null for anything else. Bounded, never refused for its size. */
function durationMs(text: string, bareUnitMs: number, range: { readonly min: number; readonly max: number }): number | null {
	const [, digits = "", unit = ""] = /^(\d{1,6})(?:\s*(s|m|h|d)[a-z]*)?$/i.exec(text) ?? [];
	if (digits === "") return null;
	const ms = Number(digits) * (UNIT_MS[unit.toLowerCase()] ?? bareUnitMs);
	return Math.min(Math.max(ms, range.min), range.max);
}

/** `watch <url> [for 30m] [every 60s] [privately]`, in any order behind the address. */
function watchQuestion(words: readonly string[]): Question | Misread {
	const question = targetQuestion("headers", words[0] ?? "");
	if (question.kind !== "headers") return question;
	const wrong: Misread = { kind: "misread", why: "watch-times" };
	let forMs: number = WATCH_FOR_MS.default;
	let everyMs: number = WATCH_EVERY_MS.default;
	let alone = false;
	const rest = words.slice(1).map((word) => bareWord(word).toLowerCase());
	while (rest.length > 0) {
		const word = rest.shift() ?? "";
		if (word === "privately" || word === "private") {
			alone = true;
			continue;
		}
		if (word !== "for" && word !== "every" && !/^\d/.test(word)) return wrong;
		// A bare time is how long.
		const amount = /^\d/.test(word) ? word : (rest.shift() ?? "");
		const spelt = /^\d+$/.test(amount) && /^(?:s|m|h|d)[a-z]*$/.test(rest[0] ?? "") ? `${amount}${rest.shift()}` : amount;
		const ms = word === "every" ? durationMs(spelt, 1_000, WATCH_EVERY_MS) : durationMs(spelt, 60_000, WATCH_FOR_MS);
		if (ms === null) return wrong;
		if (word === "every") everyMs = ms;
		else forMs = ms;
	}
	return { kind: "watch", target: question.target, forMs, everyMs, alone };
}

const ADDRESSES_MAX = 2;

/** `origin <url> <address[:port]> …`. */
function originQuestion(site: string, words: readonly string[]): Question | Misread {
	const question = targetQuestion("headers", site);
	if (question.kind !== "headers") return question;
	const addresses = words.map((word) => readOriginAddress(word.replace(/^[`"'<(]+|[`"'>),;.]+$/g, "")));
	if (words.length > ADDRESSES_MAX || addresses.includes(null)) return { kind: "misread", why: "origin-address" };
	return { kind: "origin", target: question.target, addresses: addresses.filter((one) => one !== null) };
}

/** `198.51.100.7`, `198.51.100.7:8443`, `2001:db8::7`, `[2001:db8::7]:8443`; null for anything else, host names too. */
export function readOriginAddress(text: string): OriginAddress | null {
	const [, v4, v6, bracketed, digits] =
		/^(?:(\d{1,3}(?:\.\d{1,3}){3})|([0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*)|\[([0-9a-f:.]+)\])(?::(\d{1,5}))?$/i.exec(text) ?? [];
	// An IPv6 address takes a port in brackets only.
	const address =
		v4 ?? bracketed ?? (digits === undefined ? v6 : undefined) ?? (v6 === undefined ? undefined : `${v6}:${digits}`);
	if (address === undefined || isIP(address) === 0) return null;
	const port = v6 !== undefined || digits === undefined ? null : Number(digits);
	return port !== null && (port < 1 || port > 65_535) ? null : { address, port };
}

/** Pages under /cdn-cgi/ are Cloudflare's: /cdn-cgi/error/520 is a sample made on request, with a real Ray ID, and proves nothing. */
function aboutSite(kind: "site" | "headers", target: Target): Question | Misread {
	if (!target.path.startsWith("/cdn-cgi/")) return { kind, target };
	return {
		kind: "misread",
		why: "target",
		text: target.url,
		refusal: { why: "cloudflares-own", site: withPath(target, "/").url },
	};
}

/** A single word that can only be meant as a URL, a host or an address. */
function looksLikeTarget(word: string): boolean {
	return /[.:/@[]/.test(word) || word.toLowerCase() === "localhost";
}

/** Hosts of Cloudflare's own pages and links stand in every pasted error page; nobody asks about them that way. */
const NOT_MEANT = /(?:^|\.)(?:cloudflare\.com|cloudflareinsights\.com|cloudflarestatus\.com)$/;
const WORDS_READ_MAX = 2_000;
/** The longest URL that is read, and some. */
const WORD_MAX_CHARS = 2_200;
const FILE_NAME = /\.(?:log|conf|js|ts|py|php|json|html|txt|md|yml|yaml|gz|css|png)$/i;

/** URLs and host names in prose, in order of appearance, without Cloudflare's own. */
function targetsIn(text: string): Target[] {
	const out: Target[] = [];
	for (const split of text.split(/[\s<>"'|]+/, WORDS_READ_MAX)) {
		if (split.length > WORD_MAX_CHARS) continue;
		const word = bareWord(split);
		const schemed = /^https?:\/\//i.test(word);
		const host = word.replace(/^https?:\/\//i, "").split(/[/?#:]/)[0] ?? "";
		if (!schemed && !looksLikeHost(host)) continue;
		// Without a scheme an e-mail address is no site, and a file name such as access.log is none either.
		if (!schemed && (word.includes("@") || FILE_NAME.test(host))) continue;
		const target = readTarget(word);
		if (!("why" in target) && !NOT_MEANT.test(target.host)) out.push(target);
	}
	return out;
}

function onlyTarget(text: string): Target | null {
	const targets = targetsIn(text.slice(0, 20_000));
	return new Set(targets.map((target) => target.host)).size === 1 ? (targets[0] ?? null) : null;
}
