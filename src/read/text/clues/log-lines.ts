import { type LogReading, readLogs } from "../../logs/read.ts";

/** What a line is shaped like. `access`: a request and its status; `strong`: nothing else looks like it; `weak`: a time and words. */
export type Shape = "access" | "strong" | "weak" | null;

/** A line of the text, with where it begins. */
export interface Line {
	readonly start: number;
	readonly text: string;
}

/** The log lines of a text. */
export interface LogClue {
	readonly reading: LogReading;
	/** All lines of the text that was read, log lines or not. */
	readonly lines: readonly Line[];
	/** Of each line. */
	readonly shapes: readonly Shape[];
}

/** `web-1  | `, `front.1.76dv@node2 | `, `[pod/shop/front] `: what collectors put before a line. */
const COLLECTOR = /^(?:[\w./@:-]{1,80}\s{0,12}\| {1,3}|\[?pod\/\S{1,120} )/;
const CLOCK = "\\d{1,2}:\\d{2}:\\d{2}(?:[.,]\\d{1,9})?";
const MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)";
/** A line begins with when it was written. */
const TIMED = new RegExp(
	[
		`^\\[?\\d{4}[-/]\\d{2}[-/]\\d{2}[T ,_]{1,2}${CLOCK}`,
		`^\\[?\\d{1,2}[-/. ]${MONTH}[-/. ]\\d{4}[: ]${CLOCK}`,
		`^\\[?\\d{1,2}[./]\\d{1,2}[./]\\d{4},? ${CLOCK}`,
		`^\\[?(?:(?:mon|tue|wed|thu|fri|sat|sun),? )?${MONTH} {1,2}\\d{1,2},? (?:\\d{4} )?${CLOCK}`,
		`^\\[?(?:mon|tue|wed|thu|fri|sat|sun),? \\d{1,2} ${MONTH} \\d{4} ${CLOCK}`,
		"^\\[?1\\d{9}(?:[.,]\\d{1,9})?\\]? \\S",
		"^\\[Nest\\] \\d{1,9} {1,4}- [\\d./-]{6,10},? ",
		"^[IWEF]\\d{4} \\d{2}:\\d{2}:\\d{2}\\.\\d{4,6} ",
		"^\\[ {0,6}\\d{1,9}\\.\\d{6}\\] ",
		"^(?:https?|h2|wss?|grpcs?) \\d{4}-\\d{2}-\\d{2}T",
	].join("|"),
	"i",
);
const ACCESS =
	/(?:^|\s)\S{1,60} \S{1,40} \S{1,60} \[\d{1,2}\/[A-Za-z]{3}\/\d{4}:\d{2}:\d{2}:\d{2}|"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|PROPFIND) \S{1,2000}(?: HTTP\/\d(?:\.\d)?)?" \d{3}\b/;
const LEVEL =
	/(?:^|[\s[|:(<"=])(?:TRACE|DEBUG|DBG|INFO|INF|NOTICE|WARN(?:ING)?|WRN|ERROR|ERR|CRIT(?:ICAL)?|ALERT|EMERG|FATAL|PANIC|SEVERE|LOG|NOTE)(?=[\s\]|:)>",]|$)|\[(?:debug|info|notice|warn|warning|error|crit|alert|emerg|[a-z_]{2,30}:(?:debug|info|notice|warn|error|crit|alert|emerg))\]|(?:^|\s)(?:level|lvl|severity|loglevel)=\S/;
const PROCESS = /\s[\w./@-]{1,60}\[\d{1,9}\]: |\s(?:kernel|systemd|containerd|dockerd|sshd|cron|sudo): /;
const LEVEL_FIRST =
	/^(?:\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL|SEVERE)\]?:? {2,}\S|\[(?:debug|info|notice|warn|warning|error|crit|alert|emerg)\] \S|(?:time|ts|level|lvl)="?[\w:.+-]{3,40}"? \S)/;
/** JSON that a program wrote as a line of its log. */
const JSON_TIME = /"(?:time|ts|timestamp|@timestamp|time_local|time_iso8601|date|datetime|asctime|eventtime|start_time|t)":/i;
const JSON_TELLS =
	/"(?:level|lvl|severity|loglevel|log\.level|msg|message|@message|logger|status|request|uri|path|method|remote_addr|remote_ip|upstream_status|httpRequest|jsonPayload|textPayload|pid|stream|log)":/i;
const JSON_ACCESS = /"(?:status|status_code|code)":\s?"?\d{3}\b/;
const JSON_REQUEST =
	/"(?:request|uri|request_uri|path|url|body_bytes_sent|bytes_sent|remote_addr|remote_ip|http_host|upstream_status|size|bytes)":/;

const LINE_READ_CHARS = 2_000;

/** What one line is shaped like. */
export function shapeOf(whole: string): Shape {
	const line = whole.slice(0, LINE_READ_CHARS).trimStart().replace(COLLECTOR, "");
	if (line.length < 8) return null;
	if (line.startsWith("{") || line.startsWith("[{")) {
		if (
			JSON_ACCESS.test(line) &&
			JSON_REQUEST.test(line) &&
			!/"headers":|"cloudflare_error"|"EdgeResponseStatus"/.test(line) &&
			// An error that an API answered with.
			(JSON_TIME.test(line) || !/"(?:error|errors)":/.test(line))
		)
			return "access";
		return JSON_TIME.test(line) &&
			JSON_TELLS.test(line) &&
			!/"(?:startedDateTime|EdgeResponseStatus|cloudflare_error|headers)"/.test(line)
			? "strong"
			: null;
	}
	if (ACCESS.test(line)) return "access";
	if (LEVEL_FIRST.test(line)) return "strong";
	const timed = TIMED.exec(line);
	if (timed === null) return null;
	const rest = line.slice(timed[0].length);
	if (LEVEL.test(rest) || PROCESS.test(line) || /^\S{0,8}\]? [\w.-]{1,60} [\w./-]{1,40}(?:\[\d+\])?: /.test(rest))
		return "strong";
	// A time alone, or one beside a Ray ID, is that of a page.
	return /[a-z]{2}/i.test(rest.replace(/\b(?:utc|gmt|z|[ap]m|[a-z]{3,4}t)\b/gi, "")) && !/\bray[- ]?id\b/i.test(line)
		? "weak"
		: null;
}

/** How a wrapped line goes on. */
const GOES_ON =
	/^(?:client|server|request|upstream|host|referrer|subrequest): |^while |^from upstream|^header from|^reading response|^connection while|^\(\d{1,3}: |^closed connection/;
const BEGINS_NEW = /^\s*(?:at |[{}[\]<|>*#$-]|\d+[.)] |HTTP\/|curl: |File "|from |\.\.\. |Caused by)/;

/** Whether a line is the rest of the log line above it, which a chat or a terminal wrapped. */
function isRest(line: string, above: string): boolean {
	if (line.trim() === "" || above.trimStart().startsWith("{")) return false;
	if (GOES_ON.test(line)) return true;
	return /^[ \t]{1,12}\S/.test(line) ? !BEGINS_NEW.test(line) : above.endsWith(",") && /^[a-z]+: /.test(line);
}

/** The lines of a text with where they begin; at most {@link LINES_MAX}. */
function linesOf(text: string): Line[] {
	const out: Line[] = [];
	let start = 0;
	for (const line of text.split("\n", LINES_MAX)) {
		out.push({ start, text: line });
		start += line.length + 1;
	}
	return out;
}

/** As many as the reader of log lines reads. */
const LINES_MAX = 20_000;

/**
 * The log lines in a text, known or not. Linear.
 * @param nearMs about when they were written: syslog writes no year
 */
export function findLogLines(text: string, nearMs: number): LogClue {
	const lines = linesOf(text);
	const shapes: Shape[] = [];
	for (const [nth, { text: line }] of lines.entries()) {
		const own = shapeOf(line);
		const above = shapes[nth - 1] ?? null;
		shapes.push(own === null && above !== null && isRest(line, lines[nth - 1]?.text ?? "") ? above : own);
	}
	return { reading: readLogs(text, nearMs), lines, shapes };
}
