/** A time that a line of a log tells. */
interface LineTime {
	/** Unix milliseconds. */
	readonly ms: number;
	/** No zone stands beside it: it was taken for UTC. */
	readonly zoneUnknown: boolean;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** The forms of time in the logs of servers; groups by name, read by one function. */
const FORMS: readonly RegExp[] = [
	// Access logs of nginx, Apache and HAProxy: 22/Nov/2026:12:00:05 +0100
	/(?<day>\d{2})\/(?<name>[A-Z][a-z]{2})\/(?<year>\d{4}):(?<h>\d{2}):(?<m>\d{2}):(?<s>\d{2})(?:\.(?<fraction>\d{1,6}))?(?: (?<zone>[+-]\d{4}))?/,
	// 2026-11-22T12:00:05.123Z, with a blank, a comma, a zone or none
	/(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})[T ](?<h>\d{2}):(?<m>\d{2}):(?<s>\d{2})(?:[.,](?<fraction>\d{1,9}))?(?:\s?(?<zone>Z|UTC|[+-]\d{2}:?\d{2}))?/,
	// nginx error log
	/(?<year>\d{4})\/(?<month>\d{2})\/(?<day>\d{2}) (?<h>\d{2}):(?<m>\d{2}):(?<s>\d{2})/,
	// Apache error log: Sun Nov 22 12:00:05.123456 2026
	/[A-Z][a-z]{2} (?<name>[A-Z][a-z]{2}) +(?<day>\d{1,2}) (?<h>\d{2}):(?<m>\d{2}):(?<s>\d{2})(?:\.\d{1,6})? (?<year>\d{4})/,
	// PHP and PHP-FPM: 22-Nov-2026 12:00:05 UTC
	/(?<day>\d{2})-(?<name>[A-Z][a-z]{2})-(?<year>\d{4}) (?<h>\d{2}):(?<m>\d{2}):(?<s>\d{2})(?: (?<zone>UTC|Z))?/,
];
/** Caddy, and journalctl -o short-unix: seconds with a fraction. */
const UNIX = /"ts":\s?(1\d{9}(?:\.\d{1,9})?)|^(1\d{9}\.\d{1,6}) /;

/** syslog and journalctl: `Nov 22 12:00:05`, without a year. */
const SYSLOG = /(?:^|\s)([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{2}):(\d{2}):(\d{2})(?=\s)/;

/**
 * Finds the first time in a line. Total.
 * @param nearMs about when it was written; without it a time without a year is none
 */
export function timeIn(line: string, nearMs: number | null = null): LineTime | null {
	const head = line.slice(0, 600);
	for (const form of FORMS) {
		const found = form.exec(head)?.groups;
		if (found === undefined) continue;
		const month = found.name === undefined ? Number(found.month) - 1 : MONTHS.indexOf(found.name.toLowerCase());
		if (month < 0) continue;
		const fraction = found.fraction === undefined ? 0 : Number(`0.${found.fraction}`) * 1_000;
		const at = Date.UTC(Number(found.year), month, Number(found.day), Number(found.h), Number(found.m), Number(found.s));
		return { ms: Math.round(at + fraction - offsetOf(found.zone)), zoneUnknown: found.zone === undefined };
	}
	const syslog = nearMs === null ? null : SYSLOG.exec(head);
	if (syslog !== null && nearMs !== null) {
		const [, name = "", day, h, m, s] = syslog;
		const month = MONTHS.indexOf(name.toLowerCase());
		const year = new Date(nearMs).getUTCFullYear();
		// Around New Year the nearest one is meant.
		const at = [year - 1, year, year + 1]
			.map((one) => Date.UTC(one, month, Number(day), Number(h), Number(m), Number(s)))
			.sort((a, b) => Math.abs(a - nearMs) - Math.abs(b - nearMs))[0];
		if (month >= 0 && at !== undefined) return { ms: at, zoneUnknown: true };
	}
	const unix = UNIX.exec(head);
	return unix === null ? null : { ms: Math.round(Number(unix[1] ?? unix[2]) * 1_000), zoneUnknown: false };
}

/** Milliseconds east of UTC. */
function offsetOf(zone: string | undefined): number {
	const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? "") ?? [];
	return sign === undefined ? 0 : (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
