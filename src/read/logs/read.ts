import type { Signature } from "../../knowledge/log-lines/signature.ts";
import { PORTS } from "../text/target.ts";
import type { RequestTold } from "./access.ts";
import { cleanLines } from "./clean.ts";
import type { EdgeRow } from "./edge-rows.ts";
import { knownIn, type NotTrouble } from "./known.ts";
import { type LogRecord, recordsOf } from "./records.ts";
import type { LineTime } from "./time.ts";
import type { ZoneSure } from "./zones.ts";

/** What every entry of a log tells of where it belongs. */
export interface Told {
	/** Number of the line in the text, from 1. */
	readonly line: number;
	/** When it was written, Unix milliseconds; null when neither the line nor one above it in the same text tells a time that can be read. */
	readonly atMs: number | null;
	/** By how much that may be off: an age is told in whole minutes, hours or days. */
	readonly slackMs: number;
	/** The time has no zone: taken as UTC. */
	readonly zoneUnknown: boolean;
	readonly zone: ZoneSure;
	/** The request that the line tells of. */
	readonly request: RequestTold;
	/** Ids of 16 hex digits that may be Ray IDs, lower case. */
	readonly ids: readonly string[];
	/** Those that are told to be. */
	readonly rays: readonly string[];
	/** The entry is an access line. */
	readonly isAccess: boolean;
}

/** A line that was recognised. */
export interface LogLine extends Told {
	readonly signature: Signature;
	/** The IP address that a firewall or a ban names; null for none. */
	readonly address: string | null;
	/** The jail or rule that a ban is of guards something else than a web server. */
	readonly isElsewhere: boolean;
}

/** An access line: status and size. */
export interface AccessLine extends Told {
	readonly status: number;
	/** Bytes sent; null where the log shows none. */
	readonly bytes: number | null;
}

export interface LogReading {
	/** Lines of the log that are not empty. */
	readonly lines: number;
	/** How many lines of the text are above the log: an introduction, the fence. People count the lines of their log from 1: `line - above`. */
	readonly above: number;
	readonly recognised: readonly LogLine[];
	readonly access: readonly AccessLine[];
	/** Rows of Cloudflare's own logs. */
	readonly edge: readonly EdgeRow[];
	/** Lines that only look like trouble at the origin. */
	readonly not: readonly NotTrouble[];
	/** Entries with a form that only logs have; and with a time at their head, which is less. */
	readonly strong: number;
	readonly weak: number;
	/** A program says in them that it received a 52x. */
	readonly isClients: boolean;
	/** The time of the first entry whose zone is known, Unix milliseconds; null for none. */
	readonly firstMs: number | null;
}

const TEXT_MAX_CHARS = 1_000_000;
const LINES_MAX = 20_000;

/**
 * Reads pasted log lines: text and JSON, behind any prefix, wrapped or not. Total; linear; bounded; nothing of the text is kept.
 * @param nearMs about when they were written, Unix milliseconds: syslog writes no year
 * @param nowMs when they were pasted: docker and kubectl tell ages
 */
export function readLogs(text: string, nearMs: number | null = null, nowMs: number | null = nearMs): LogReading {
	const clean = cleanLines(text.slice(0, TEXT_MAX_CHARS));
	const lines = clean.lines.slice(0, LINES_MAX);
	const records = timed(recordsOf({ lines, exact: clean.exact.slice(0, LINES_MAX) }, { nearMs, nowMs }));
	const { hits, not, ofClients } = knownIn(records);
	const shapes = records.filter((record) => !ofClients.has(record)).map(({ shape }) => shape);
	const firstMs = records.find(({ shape, time }) => shape !== null && time?.zone === "certain")?.time?.ms;
	const firstShaped = records.find(({ shape }) => shape !== null)?.line ?? Number.POSITIVE_INFINITY;
	const firstLine = hits.reduce((least, { line }) => Math.min(least, line), firstShaped);
	const above = linesAbove(clean.fence, lines, firstLine);
	return {
		lines: lines.slice(above).filter((line) => line.trim() !== "").length,
		above,
		recognised: hits.map(({ signature, line, record }) => {
			const { address, isElsewhere } =
				signature.of === "address" ? addressIn(record, line) : { address: null, isElsewhere: false };
			return { ...toldBy(record), line, signature, address, isElsewhere };
		}),
		access: records.flatMap((record) =>
			record.access === null ? [] : [{ ...toldBy(record), status: record.access.status, bytes: record.access.bytes }],
		),
		edge: records.flatMap(({ edge }) => edge),
		not,
		strong: shapes.filter((shape) => shape === "strong").length,
		weak: shapes.filter((shape) => shape === "weak").length,
		isClients: ofClients.size > 0,
		firstMs: firstMs ?? null,
	};
}

/** An introduction is a few sentences. */
const INTRODUCTION_MAX_LINES = 5;

/**
 * How many lines are above a log. Behind a fence its first line is the one below the fence. Without one, sentences above the first line that
 * looks like a log are an introduction when they end like one or a blank line follows; anything else may be the log's own.
 * @param fence number of the line with the first fence, from 1; null for none
 * @param firstLine number of the first line that looks like a log; Infinity for none
 */
function linesAbove(fence: number | null, lines: readonly string[], firstLine: number): number {
	if (fence !== null && fence <= firstLine) return (lines[fence - 1] ?? "").trim() === "" ? fence : fence - 1;
	if (firstLine === 1 || firstLine > INTRODUCTION_MAX_LINES + 1) return 0;
	const over = lines.slice(0, firstLine - 1);
	const [last = ""] = over.filter((line) => line.trim() !== "").slice(-1);
	const isIntroduction = /[:?.!\u2026]\s*$/.test(last) || (over.at(-1) ?? "").trim() === "";
	return isIntroduction && !over.some((line) => /^#|\d/.test(line)) ? firstLine - 1 : 0;
}

const toldBy = ({ line, time, slackMs, request, ids, rays, access }: LogRecord): Told => ({
	line,
	atMs: time?.ms ?? null,
	slackMs,
	zoneUnknown: time?.zoneUnknown ?? false,
	zone: time?.zone ?? "unknown",
	request,
	ids,
	rays,
	isAccess: access !== null,
});

/** Lines without a time belong to the moment of the one above: traces, and what programs print around them. IIS writes UTC without saying so. */
function timed(records: readonly LogRecord[]): LogRecord[] {
	let above: LineTime | null = null;
	return records.map((record) => {
		const time: LineTime | null =
			record.time?.zoneUnknown === true && isIis(record) ? { ...record.time, zoneUnknown: false, zone: "certain" } : record.time;
		if (time !== null) above = time;
		return time === null && above === null ? record : { ...record, time: time ?? above };
	});
}

/** https://learn.microsoft.com/windows/win32/http/w3c-logging: date and time are UTC; HTTPERR's too. */
const IIS_LINE =
	/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} (?:(?:\S{1,100} ){0,3}(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \S{1,2000} \S{1,4000} \d{1,5} \S{1,200} [\da-fA-F.:]{2,45} |[\da-fA-F.:%]{2,45} \d{1,5} [\da-fA-F.:%]{2,45} \d{1,5} )/;
const isIis = ({ units }: LogRecord) => units.some(({ text }) => IIS_LINE.test(text));

const ADDRESS = /(?:\bSRC=|\b(?:Ban|IP|Ip|ip|address|from|by|client)[ :]{1,2})(?<address>[\da-fA-F.:]{3,45})/;
/**
 * Jails of fail2ban that guard something else than a web server, by the names that it gives them (its jail.conf) and users do. One of any other name
 * that caught an address of Cloudflare's read it in a web log.
 */
const OTHER_JAIL =
	/ssh|dropbear|ftp|postfix|dovecot|sasl|smtp|imap|pop3|exim|mail|sieve|cyrus|courier|qmail|named|bind|dns|mysql|maria|postgres|mongo|redis|asterisk|sip|telnet|snmp|rdp|vnc|samba|smb|vpn|wireguard|pam|xinetd|portsentry|webmin|proxmox|minecraft|murmur|teamspeak|ejabberd|screensharing/i;

/** The address that a firewall or a ban names, and whether that is about anything but a web server. */
function addressIn(record: LogRecord, line: number): { readonly address: string | null; readonly isElsewhere: boolean } {
	const text = record.units
		.filter((unit) => unit.line === line)
		.map((unit) => unit.text)
		.join(" ");
	const address = ADDRESS.exec(text)?.groups?.address?.replace(/[.:]$/, "") ?? null;
	const jail = /\]:? {1,4}\w+ {1,8}\[(?<jail>[\w.-]{1,80})\]/.exec(text)?.groups?.jail;
	const port = /\bDPT=(\d{1,5})/.exec(text)?.[1];
	return {
		address,
		isElsewhere: (jail !== undefined && OTHER_JAIL.test(jail)) || (port !== undefined && !PORTS.has(Number(port))),
	};
}

/**
 * Whether a text is log lines, known or not: `certain` with a line that is known or has a form that only logs have, `likely` with several
 * that begin with a time or a level, or with those of a program that received the 520 itself. Prose, lists, code, traces of clients and curl's output are none.
 */
export function isLog({ recognised, access, edge, strong, weak, isClients }: LogReading): "certain" | "likely" | null {
	if (recognised.length + access.length + edge.length + (isClients ? 0 : strong) > 0) return "certain";
	return strong + weak > 1 ? "likely" : null;
}
