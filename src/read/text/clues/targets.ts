import { isIP } from "node:net";
import { parse } from "tldts";
import {
	CLOSED_TLDS,
	FILE_RATHER,
	FILE_STEMS,
	FILE_TLDS,
	RECEIVERS,
	RESERVED_TLDS,
	SERVICE_DOMAINS,
	SOFTWARE_NAMES,
	WORD_TLDS,
} from "../../../knowledge/hosts.ts";
import { isSpecialName, readTarget, type Target } from "../target.ts";

/** A URL or a host in a text, and its place. */
export interface TargetClue {
	readonly target: Target;
	/** Where it begins and ends in the text. */
	readonly start: number;
	readonly end: number;
	/** Written with a scheme. */
	readonly schemed: boolean;
	/** Put right: `http:/shop.example`, `shop,example`. `offered`: it may as well be no host. */
	readonly mended: "no" | "certain" | "offered";
	/** The number behind the colon of `shop.example:520`, which is not a port of a website. */
	readonly codeAsPort: string | null;
}

/** More than a person brings on purpose; the rest are left out. */
const TARGETS_MAX = 400;

/** Words with a dot that are looked at, to find those. */
const NAMES_SEEN_MAX = 20_000;

/** Characters that a URL ends at, whatever follows: white space, quotes, brackets of code, punctuation of Chinese and Japanese. */
const URL_REST = /[^\s<>"'`|\\^{}\u3001\u3002\u300a-\u300f\uff0c\uff1b\uff1a\ufffd]{1,3000}/y;
const SCHEME =
	/(?<![a-z0-9])(?:(https?|wss?):\/{2}(?!\/)|(h{0,2}t{1,3}p{1,2}s{0,2})(?:[:;]\/{1,4}|\/\/|:(?=[a-z0-9][a-z0-9-]*\.[a-z])))/gi;
const LETTER = "A-Za-z0-9\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u024f\\u0370-\\u052f";
/** A name with a dot in it, in an alphabet that is written with blanks between words. */
const NAME = new RegExp(
	`(?<![${LETTER}_.@/\\\\$%~&+-]|:\\/)[${LETTER}](?:[${LETTER}_-]{0,62})(?:\\.[${LETTER}_-]{1,63}){1,12}`,
	"g",
);
/** The same in scripts without blanks: only with blanks around it. */
const WIDE_NAME = /(?<=^|[\s(<"'])[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,6}(?=$|[\s)>"'/:,])/gu;
/** A comma for the dot, or a blank beside it. */
const COMMA_NAME = new RegExp(`(?<=^|\\s)[${LETTER}][${LETTER}-]{1,62}(?:,| \\.)[a-z]{2,20}(?=$|\\s)`, "gi");
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/** Whether a name ends in a public suffix, and has more than that. IANA's special names are none. */
function isPublicName(host: string): boolean {
	if (isSpecialName(host)) return false;
	const { isIcann, domain, publicSuffix } = parse(host, { validateHostname: false });
	if (domain === null) return false;
	return isIcann === true || RESERVED_TLDS.has(publicSuffix ?? "");
}

/** The registered domain; the host itself if there is none. */
const registeredOf = (host: string): string => parse(host, { validateHostname: false }).domain ?? host;

/** Without a leading `www.`: the name under which apex and www are one. */
export const siteKey = (host: string): string => host.replace(/^www\./, "");

/**
 * URLs and host names of a text, in order. A URL with a scheme beats words; a bare name needs a public suffix and no context of a stack trace,
 * a package, a file or a version. Linear.
 */
export function findTargets(text: string): TargetClue[] {
	const out: TargetClue[] = [];
	const taken: [number, number][] = [];
	const add = (clue: TargetClue) => {
		out.push(clue);
		taken.push([clue.start, clue.end]);
	};
	for (const match of text.matchAll(SCHEME)) {
		if (out.length >= TARGETS_MAX) break;
		const last = taken.at(-1);
		// A URL inside a URL is part of it.
		if (last !== undefined && match.index < last[1]) continue;
		const clue = schemed(text, match);
		if (typeof clue === "number") taken.push([match.index, clue]);
		else add(clue);
	}
	const free = openBetween(taken);
	let names = 0;
	let seen = 0;
	for (const pattern of [NAME, WIDE_NAME]) {
		if (pattern === WIDE_NAME && !/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f\u0600-\u06ff]/.test(text)) continue;
		for (const match of text.matchAll(pattern)) {
			seen += 1;
			if (names >= TARGETS_MAX || seen > NAMES_SEEN_MAX) break;
			if (!free(match.index)) continue;
			const clue = bare(text, match.index, match[0]);
			if (clue === null) continue;
			names += 1;
			out.push(clue);
		}
	}
	out.sort((a, b) => a.start - b.start);
	return out.length > 0 || text.length > 400 ? out : commaNames(text);
}

/** Whether a place is in none of these stretches, asked with places that only grow. */
function openBetween(stretches: readonly [number, number][]): (at: number) => boolean {
	let nth = 0;
	let before = -1;
	return (at) => {
		if (at < before) nth = 0;
		before = at;
		while (nth < stretches.length && (stretches[nth]?.[1] ?? 0) <= at) nth += 1;
		const next = stretches[nth];
		return next === undefined || at < next[0];
	};
}

/** A URL, or the end of what only looks like one. */
function schemed(text: string, match: RegExpExecArray | RegExpMatchArray): TargetClue | number {
	const start = match.index ?? 0;
	const [whole, right, slip = ""] = match;
	URL_REST.lastIndex = start + whole.length;
	const rest = trimmed(URL_REST.exec(text)?.[0] ?? "");
	if (rest === "") return start + whole.length;
	// A script's place in a stack trace: `https://shop.example/app.js:12:34`.
	if (/:\d{1,7}:\d{1,7}$/.test(rest)) return start + whole.length + rest.length;
	const authority = /^[^/?#]*/.exec(rest)?.[0] ?? "";
	if (right === undefined) {
		// `ttp` alone is not a scheme.
		const host = authority.replace(/:\d{1,5}$/, "").toLowerCase();
		if (!/^h?h?t+p+s*$/i.test(slip) || (!isPublicName(host) && isIP(host) === 0)) return start + whole.length;
	}
	const scheme = right === undefined ? (/s/i.test(slip) ? "https" : "http") : /s$/i.test(right) ? "https" : "http";
	const end = start + whole.length + rest.length;
	const asPort = codePort(authority);
	const target = readTarget(`${scheme}://${asPort === null ? rest : rest.replace(`:${asPort}`, "")}`);
	if ("why" in target) return end;
	return { target, start, end, schemed: true, mended: right === undefined ? "certain" : "no", codeAsPort: asPort };
}

/** `520` of `shop.example:520`. */
function codePort(authority: string): string | null {
	return /:(5[023]\d|1[0-2]\d\d)$/.exec(authority)?.[1] ?? null;
}

/** Without what belongs to the sentence: punctuation at the end, a bracket that was opened before, a word of a script without blanks. */
function trimmed(rest: string): string {
	let out = rest;
	// A host of ASCII ends where another script begins; so does a path, unless a segment or a value begins with it.
	const wide = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uffef]/.exec(out);
	if (wide !== null && !/[/=_-]$/.test(out.slice(0, wide.index)) && /[a-z0-9]/i.test(out.slice(0, wide.index)))
		out = out.slice(0, wide.index);
	for (;;) {
		const last = out.at(-1) ?? "";
		if (".,;:!?*_~…、。".includes(last) && last !== "") out = out.slice(0, -1);
		else if (last === ")" && !balanced(out, "(", ")")) out = out.slice(0, -1);
		else if (last === "]" && !balanced(out, "[", "]")) out = out.slice(0, -1);
		else if (last === "(" || last === "[") out = out.slice(0, -1);
		else return out;
	}
}

function balanced(text: string, open: string, close: string): boolean {
	let depth = 0;
	for (const one of text) depth += one === open ? 1 : one === close ? -1 : 0;
	return depth >= 0;
}

const PATH_REST = /[/?][^\s<>"'`|\\^{}\u3001\u3002\u300a-\u300f]{0,3000}/y;
const LINE_REACH = 200;
/** A line of a stack trace, in the languages that people run. */
const FRAME =
	/^\s+at |^\s*at (?:async )?[\w$.<>]+\s?[(<[]|^\s*File "|^\s*#\d+ |^\s*from \S+:\d+:in |^\s*\S+\.\w{1,5}:\d+:in |^\s*\.{3} \d+ more|^\s*goroutine \d|^\s+\S+\.go:\d+/;
/** A line of a program. */
const CODE_LINE =
	/^\s*(?:(?:const|let|var|export|import|return|function|class|def|public|private|static|async|await)\s+[\w{*]|(?:if|for|while|switch|catch)\s*\(|#include|@\w+\(|\/\/|\/\*)/;
/** Words before a name that make it one of code or of a package. */
const CODE_BEFORE =
	/(?:\b(?:import|require|package|namespace|using|module|class|extends|implements|instanceof|new|throw|logger|caller|func|function|def|pip3? install|npm (?:i|install)|composer require|gem|go get|from|unit|service|pod|container|image|cluster|namespace|deployment|node)["']?[\s:=("']{1,3})$/i;
const FILE_BEFORE =
	/\b(?:file|script|edit(?:ed|ing)?|chang(?:e|ed|ing)|run(?:s|ning)?|ran|execut\w+|chmod|bash|sh|python3?|perl|source|module|open(?:ed)?|sav(?:e|ed)|attach(?:ed|ment)?|see|in|line \d+(?: of)?)\W{1,3}$/i;
const FILE_AFTER = /^\s(?:raise[sd]?|raising|throws?|threw|line \d|exit(?:s|ed)\b|crash)/i;
/** Words at the end of a sentence whose blank before the next one is missing: `is down.it began`. */
const SENTENCE_END =
	/^(?:down|today|again|now|error|fails?|works?|fine|here|there|problem|issue|yesterday|broken|site|cloudflare|up|back|it|this|that|not|\d{1,4})$/;

/** A name without a scheme, or null when it is none of a site. */
function bare(text: string, start: number, found: string): TargetClue | null {
	let name = found;
	while (/[._-]$/.test(name)) name = name.slice(0, -1);
	const end = start + name.length;
	const next = text[end] ?? "";
	if (next === "@" || next === "(" || (next === ":" && text[end + 1] === ":") || next === "$" || next === "\\") return null;
	const labels = name.split(".");
	if (labels.length < 2 || IPV4.test(name) || /^[\d.]+$/.test(name) || name.includes("_")) return null;
	const host = name.toLowerCase();
	if (host.length > 253 || !isPublicName(host)) return null;
	const port = /^:(\d{2,5})(?![\d.:-])/.exec(text.slice(end, end + 8))?.[1];
	const path = pathAfter(text, end + (port === undefined ? 0 : port.length + 1));
	const www = labels[0]?.toLowerCase() === "www";
	const reserved = RESERVED_TLDS.has(labels.at(-1)?.toLowerCase() ?? "");
	if (!www && !isCased(name, reserved)) return null;
	const back = text.slice(Math.max(0, start - LINE_REACH), start);
	const line = back.slice(back.lastIndexOf("\n") + 1);
	if (!www && !reserved && CODE_LINE.test(line)) return null;
	if (FRAME.test(line) || FRAME.test(`${line}${name}${text.slice(end, end + 20)}`)) return null;
	if (
		!www &&
		!reserved &&
		isOfCode(labels, host, path, port, text.slice(Math.max(0, start - 40), start), text.slice(end, end + 12))
	)
		return null;
	const asPort = port === undefined ? null : codePort(`:${port}`);
	const written = `${name}${port === undefined || asPort !== null ? "" : `:${port}`}${path}`;
	const target = readTarget(written);
	if ("why" in target) return null;
	return {
		target,
		start,
		end: end + (port === undefined ? 0 : port.length + 1) + path.length,
		schemed: false,
		mended: "no",
		codeAsPort: asPort,
	};
}

function pathAfter(text: string, at: number): string {
	PATH_REST.lastIndex = at;
	const found = PATH_REST.exec(text)?.[0] ?? "";
	// A question mark that ends a sentence is not a query.
	return trimmed(found).replace(/^\?$/, "");
}

/** Hosts are written in small letters; a sentence may begin with one, and some write all in capitals. `System.Net`, `ASP.NET` are no hosts. */
function isCased(name: string, reserved: boolean): boolean {
	if (name === name.toLowerCase()) return true;
	if (reserved) return !/[a-z][A-Z]/.test(name);
	const [first = "", ...rest] = name.split(".");
	const small = rest.join(".");
	return small === small.toLowerCase() && first.slice(1) === first.slice(1).toLowerCase();
}

/** Whether a name is one of a program, a file, a package or a version rather than of a site. */
function isOfCode(
	labels: readonly string[],
	host: string,
	path: string,
	port: string | undefined,
	before: string,
	after: string,
): boolean {
	const [first = ""] = labels.map((label) => label.toLowerCase());
	const tld = host.slice(host.lastIndexOf(".") + 1);
	if (SOFTWARE_NAMES.has(host) || CLOSED_TLDS.has(tld)) return true;
	// A key of JSON: `"service.name":`.
	if (WORD_TLDS.has(tld) && /["']$/.test(before) && /^["']\s?:/.test(after)) return true;
	if (labels.length === 2 && SENTENCE_END.test(first) && (WORD_TLDS.has(tld) || labels[0] !== first)) return true;
	if (/^(?:50[24]|5[23]\d|1\d{3})$/.test(first)) return true;
	// com.shop.app, org.apache.x, io.netty.channel
	if (labels.length > 2 && (first === "com" || first === "org" || first === "java" || (first === "io" && WORD_TLDS.has(tld))))
		return true;
	if (CODE_BEFORE.test(before) && !/\b(?:from|new|service|node)\W{1,3}$/i.test(before)) return true;
	if (path !== "") return false;
	if (WORD_TLDS.has(tld) && (RECEIVERS.has(first) || /^[=(.[]/.test(after))) return true;
	if (FILE_TLDS.has(tld))
		return (
			port !== undefined ||
			FILE_STEMS.has(labels.at(-2)?.toLowerCase() ?? "") ||
			first.startsWith("lib") ||
			FILE_BEFORE.test(before) ||
			/^:\d/.test(after) ||
			FILE_AFTER.test(after) ||
			(FILE_RATHER.has(tld) && labels.length === 2)
		);
	return false;
}

/** `shop,example` in a text that names nothing else: offered, because a comma may be one. */
function commaNames(text: string): TargetClue[] {
	if (text.length > 120) return [];
	return [...text.matchAll(COMMA_NAME)].flatMap((match): TargetClue[] => {
		const host = match[0].replace(/,| \./, ".").toLowerCase();
		const target = isPublicName(host) ? readTarget(host) : { why: "not-a-url" };
		if ("why" in target) return [];
		return [
			{ target, start: match.index, end: match.index + match[0].length, schemed: false, mended: "offered", codeAsPort: null },
		];
	});
}

/**
 * A link that tells of the incident, not to the site: `surely` by its domain; `perhaps` by its host's name, its path or its kind of file, as
 * own monitors, tickets and pictures have them.
 */
export function isServiceLink({ host, path }: Target): "surely" | "perhaps" | null {
	if (SERVICE_DOMAINS.has(registeredOf(host)) || SERVICE_DOMAINS.has(host)) return "surely";
	if (SERVICE_HOST.test(host) || SERVICE_PATH.test(path)) return "perhaps";
	const isPicture = /\.(?:png|jpe?g|gif|webp|bmp|mp4|mov|pdf)(?:$|\?)/i.test(path);
	return isPicture && /\b(?:screen|shot|img|image|pic|upload|attach|file|cap)/i.test(`${host}${path}`) ? "perhaps" : null;
}
const SERVICE_HOST =
	/^(?:status|monitor(?:ing)?|uptime|grafana|kibana|jira|sentry|nagios|zabbix|prometheus|alertmanager|alerts?|dashboards?|pagerduty|runbooks?|wiki|confluence|docs?|helpdesk|tickets?)\./;
const SERVICE_PATH =
	/^\/(?:[a-z]{2}\/)?(?:monitors?|incidents?|alerts?|synthetics|tickets?|issues?|runbooks?|checks?\/\w+\/(?:edit|history)|browse\/[A-Z]{2,10}-\d+|d\/\w{6,}\/)/;

/** An address that no visitor reaches: private, loopback, a name without a dot. */
export function isInside({ host }: Target): boolean {
	if (isSpecialName(host) || !/[.:]/.test(host)) return true;
	if (isIP(host) === 6) return /^(?:::1?$|f[cd]|fe[89ab])/.test(host);
	return (
		isIP(host) === 4 &&
		/^(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(host)
	);
}
