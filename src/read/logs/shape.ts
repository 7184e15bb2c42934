import { accessOf, type ResponseTold } from "./access.ts";
import { afterPrefix } from "./clean.ts";
import { timeSpan } from "./time.ts";

/** How much a line looks like one of a log: by a form that only logs have; by a time at its head alone; not at all. */
export type Shape = "strong" | "weak" | null;

const LEVEL =
	/(?:^|[\s[(<|"])(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRIT|CRITICAL|ALERT|EMERG|FATAL|SEVERE|PANIC|DBG|INF|WRN|ERR|FTL|LOG|STATEMENT|DETAIL|HINT)(?=[\s\])>|:"]|$)|\[(?:[\w-]{1,30}:)?(?:trace\d?|debug|info|notice|warn|warning|error|crit|alert|emerg|fatal)\]|\blevel=/;
/** The longest distance from the time to the level. */
const LEVEL_REACH_CHARS = 120;

/** What follows the time at the beginning of a line. */
const BEHIND_TIME: readonly RegExp[] = [
	// syslog: host and program, with a process or without; journalctl -o cat has none
	/^[\w.-]{1,120} [\w./()@-]{1,80}(?:\[[\w.:]{1,40}\])?: /,
	// a program alone: `kernel: `, `heroku[router]: `, `app[web.1]: `
	/^(?:[a-z][\w./-]{0,60}\[[\w.:-]{1,40}\]|kernel|sshd|cron|sudo|dockerd|containerd|kubelet): /,
	// process and thread: nginx, fail2ban, Gunicorn, Spring
	/^\[?\w{1,12}\]? ?\d{1,10}#\d{1,10}: |^\S{1,60} {1,20}\[\d{1,10}\]: |^\[\d{1,10}\] |^\d{1,10} --- \[/,
	// Go's own packages, PHP, and a name in brackets
	/^https?(?:util)?: |^PHP (?:Fatal|Parse|Warning|Notice|Deprecated)|^\[\w{2,20}\] /,
	// IIS's HTTPERR: two addresses with their ports
	/^[\da-fA-F.:]{7,45} \d{1,5} [\da-fA-F.:]{7,45} \d{1,5} /,
	// load balancers of AWS
	/^app\/\S{1,200} \S/,
	// klog: the thread, the line of the source
	/^\d{1,10} \S{1,120}:\d{1,6}\] /,
	// two pairs or more
	/^(?:[^=]{0,200} )?[\w.]{1,40}=\S{1,400}(?: .{0,400})? [\w.]{1,40}=\S/,
];

/** Forms without a date at their head. */
const ALONE: readonly RegExp[] = [
	// logfmt
	/^(?:time|ts|t|level|lvl|at)="?\S{1,80} .{0,400}\b\w{1,40}=/,
	// klog
	/^[IWEF]\d{4} \d{2}:\d{2}:\d{2}\.\d{3,9}\s{1,8}\d{1,10} \S{1,120}:\d{1,6}\] /,
	// an access line that was cut
	/^\S{1,253} \S{1,100} \S{1,100} \[\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:/,
	// NestJS: its process, then the time as the locale writes it
	/^\[Nest\] \d{1,9} {1,4}- \d/,
	// the kernel's ring buffer
	/^\[ {0,7}\d{1,9}\.\d{6}\] \S/,
	// IIS and CloudFront: the head of the file
	/^#(?:Fields|Software|Version): /,
	// uWSGI
	/^\[pid: \d{1,10}\|app: |^\*{3} .{1,200} \*{3}$|^DAMN ! |^!!! uWSGI/,
	// Puma's cluster: its own process, then what it does
	/^\[\d{1,10}\] (?:[!*-]|\+) \S/,
	// varnishlog
	/^(?:-{1,3}|\*) {1,4}(?:<< |[A-Z][A-Za-z]{3,20} {2,}\S)/,
	// tables of docker and kubectl
	/^CONTAINER ID {2,}IMAGE|^NAME {2,}READY {2,}STATUS|^[0-9a-f]{12} {2,}\S.{0,400}(?:Up|Exited \(\d{1,3}\)) /,
	/^[a-z0-9][a-z0-9.-]{1,120}-[a-z0-9]{4,10} {2,}\d{1,3}\/\d{1,3} {2,}[A-Z]\w{2,30} {2,}\d/,
	// Unix time: nginx with $msec, squid, journalctl -o short-unix
	/^1\d{9}\.\d{3,6} {1,8}\S{1,60} \S/,
	// Heroku and others without their time
	/^(?:heroku|app)\[[\w.-]{1,40}\]: /,
];
/** A level at the head, as Uvicorn, Python and many others write it; people and tools write one such line too. */
const LEVEL_FIRST = /^(?:DEBUG|INFO|NOTICE|WARNING|WARN|ERROR|CRITICAL|FATAL)(?:: {1,8}|\s{0,3}\[|\s-\s|\s{2,}\|)\S/;
/** A time of day alone. */
const CLOCK_FIRST = /^\[?\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?\]? {1,3}/;

/** Output of curl -v with times, and of its kind: the tool's own lines. */
const TOOL_LINE = /^(?:[*<>{}] |== |=> |<= )/;
/** Words of people about what happened, in what follows a time. */
const TALK =
	/(?:^|[\s"'(])(?:we|our|us|I|I'm|I've|my|me|you|your|could|maybe|think|guess|why|what|how|please|someone|anyone|thanks|hello|hi|there|seems|seeing|saw|wir|ich|unser|nous|je|nosotros|temos|vemos)(?=[\s,.!?'")]|$)/;
const TALK_OTHER = /[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]/;

/** Whether people talk in a line: words that programs do not use of themselves. */
export const isTalk = (text: string): boolean => TALK.test(text) || TALK_OTHER.test(text);

/** What a program says in a line, without prefixes, time, host and its own name. */
export function bodyOf(line: string): string {
	const rest = afterPrefix(line).trimStart();
	const span = timeSpan(rest);
	const body = span === null || span.start > TIME_WITHIN_CHARS ? rest : rest.slice(span.end).replace(/^[\])\s:|"'-]{1,12}/, "");
	return body.replace(/^(?:[\w.-]{1,120} )?[\w./()@-]{1,80}\[[\w.:]{1,40}\]: /, "");
}

/** Who says it, in a chat that was copied or exported; programs write words of trouble so. */
const SPEAKER =
	/^(?!(?:Error|Warning|Warn|Info|Notice|Fatal|Exception|Critical|Debug|Alert|PHP|\w+(?:Error|Exception))\b)\p{Lu}[\p{L}.' ]{1,40}: \p{L}/u;

/** How far behind the start of a line its time begins: brackets, a day, a level's letter. */
const TIME_WITHIN_CHARS = 12;
const REST_MIN_CHARS = 3;
const BEFORE_TIME = /^(?:(?:https?|h2|wss?|grpcs?) |[A-Z][a-z]{2},? |[\s[("'<A-Z,|]){0,12}$/;

/** What a line looks like, and the access line that it is. */
export interface Look {
	readonly shape: Shape;
	readonly access: ResponseTold | null;
}

const NOTHING: Look = { shape: null, access: null };

/**
 * How much a line of text looks like one of a log. JSON is judged elsewhere. Total; linear.
 * @param line clean
 */
export function lookAt(line: string): Look {
	const rest = afterPrefix(line).trimStart();
	if (rest.length < 8 || TOOL_LINE.test(rest)) return NOTHING;
	const access = accessOf(rest);
	if (access !== null) return { shape: "strong", access };
	return { shape: shapeOf(rest), access };
}

function shapeOf(rest: string): Shape {
	const span = timeSpan(rest);
	const isTimed = span !== null && span.start <= TIME_WITHIN_CHARS && BEFORE_TIME.test(rest.slice(0, span.start));
	if (isTimed) {
		const behind = rest.slice(span.end);
		// A table with commas.
		if (/^\s*,\s*\S/.test(behind)) return null;
		const body = behind.replace(/^[\])\s:|"'-]{1,12}/, "");
		if (body.length < REST_MIN_CHARS || TOOL_LINE.test(body)) return null;
		if (LEVEL.test(behind.slice(0, LEVEL_REACH_CHARS)) || BEHIND_TIME.some((form) => form.test(body))) return "strong";
		return isTalk(body) || SPEAKER.test(body) ? null : "weak";
	}
	if (ALONE.some((form) => form.test(rest))) return "strong";
	if (LEVEL_FIRST.test(rest)) return isTalk(rest) ? null : "weak";
	if (CLOCK_FIRST.test(rest)) return LEVEL.test(rest.slice(0, LEVEL_REACH_CHARS)) ? "strong" : null;
	return null;
}
