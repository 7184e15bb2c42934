import { MONTHS, timeIn } from "../../logs/time.ts";

/** A time in a text. */
export interface TimeClue {
	/** Unix milliseconds. */
	readonly ms: number;
	readonly at: number;
	/** `date`: the field of a response; `page`: one with its zone, as pages and alerts print it. */
	readonly by: "date" | "page";
}

const MONTH = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}";
/** RFC 9110 §5.6.7, in the field `date` however it is written: a line, JSON, a dictionary, two lines of DevTools, an entry of a HAR. */
const HTTP_DATE =
	/(?<![\w-])date["'*`]{0,3}\s{0,3}(?:[:=\t\n|>]|=>|,\s{0,3}["']?value["']?\s{0,2}:)[\s"'[*`>]{0,6}((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT)/gi;
const ISO =
	/(?<!\d)(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(\.\d{1,9})? ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?|[A-Z]{2,5})(?![A-Za-z\d:])/g;
const WORDS = new RegExp(
	`(?<!\\d)(?:(\\d{1,2})(?:st|nd|rd|th)?\\.? ${MONTH},? (\\d{4})|${MONTH} (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})),?(?: at| um| a las|,)? {1,2}(\\d{1,2}):(\\d{2})(?::(\\d{2}))? ?([AaPp]\\.?[Mm]\\.?)? ?\\(?(UTC|GMT|Z|[A-Z]{2,5}|[+-]\\d{2}:?\\d{2})(?![A-Za-z\\d])`,
	"g",
);

/** Hours east of UTC. Names that two zones share are left out, but for those of Europe and North America, which are meant nearly always. */
const ZONES: Readonly<Record<string, number>> = {
	...{
		UTC: 0,
		GMT: 0,
		Z: 0,
		WET: 0,
		BST: 1,
		WEST: 1,
		CET: 1,
		MEZ: 1,
		CEST: 2,
		MESZ: 2,
		EET: 2,
		EEST: 3,
		MSK: 3,
		TRT: 3,
		IST: 5.5,
		PKT: 5,
		ICT: 7,
		WIB: 7,
	},
	...{
		HKT: 8,
		SGT: 8,
		AWST: 8,
		JST: 9,
		KST: 9,
		AEST: 10,
		AEDT: 11,
		NZST: 12,
		NZDT: 13,
		EST: -5,
		EDT: -4,
		CDT: -5,
		MST: -7,
		MDT: -6,
		PST: -8,
		PDT: -7,
		BRT: -3,
		ART: -3,
	},
};

/** Milliseconds east of UTC; null for a zone that is not known. */
function zoneMs(zone: string): number | null {
	const [, sign, hours, minutes = "0"] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
	if (sign !== undefined) return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
	const known = ZONES[zone.toUpperCase()];
	return known === undefined ? null : known * 3_600_000;
}

/** Times with a zone in a text. Linear; at most 50 of each form. */
export function findTimes(text: string): TimeClue[] {
	const out: TimeClue[] = [];
	const add = (ms: number, at: number, by: TimeClue["by"]) => {
		if (Number.isFinite(ms) && ms > 0) out.push({ ms, at, by });
	};
	const few = function* (pattern: RegExp) {
		let nth = 0;
		for (const match of text.matchAll(pattern)) {
			nth += 1;
			if (nth > 50) return;
			yield match;
		}
	};
	for (const match of few(HTTP_DATE)) add(Date.parse(match[1] ?? ""), match.index, "date");
	for (const { index, 1: day = "", 2: clock = "", 3: fraction = "", 4: zone = "" } of few(ISO)) {
		const offset = zoneMs(zone);
		if (offset !== null) add(Date.parse(`${day}T${clock}${fraction.slice(0, 4)}Z`) - offset, index, "page");
	}
	for (const match of few(WORDS)) {
		const [, day1, month1, year1, month2, day2, year2, h = "", m = "", s = "0", half, zone = ""] = match;
		const offset = zoneMs(zone);
		const month = MONTHS.indexOf((month1 ?? month2 ?? "").slice(0, 3).toLowerCase());
		if (offset === null || month < 0) continue;
		const hours = half === undefined ? Number(h) : (Number(h) % 12) + (/p/i.test(half) ? 12 : 0);
		add(Date.UTC(Number(year1 ?? year2), month, Number(day1 ?? day2), hours, Number(m), Number(s)) - offset, match.index, "page");
	}
	return out.sort((a, b) => a.at - b.at);
}

/** The time of a log line whose zone is told; null else. */
export function zonedTimeIn(line: string, nearMs: number): number | null {
	const time = timeIn(line, nearMs);
	return time === null || time.zoneUnknown ? null : time.ms;
}
