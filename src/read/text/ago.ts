/** Numbers as people write them out, in the languages of `knowledge/talk`. */
const NUMBERS: Readonly<Record<string, number>> = {
	...{ half: 0.5, "half a": 0.5, "half an": 0.5, a: 1, an: 1, one: 1, "a couple of": 2, two: 2, "a few": 3, three: 3 },
	...{
		four: 4,
		five: 5,
		six: 6,
		seven: 7,
		eight: 8,
		nine: 9,
		ten: 10,
		eleven: 11,
		twelve: 12,
		fifteen: 15,
		twenty: 20,
		thirty: 30,
	},
	...{ einer: 1, einem: 1, zwei: 2, drei: 3, zehn: 10, una: 1, un: 1, uma: 1, um: 1, une: 1, dos: 2, dois: 2, duas: 2, deux: 2 },
};
const COUNT = `\\d{1,3}|${Object.keys(NUMBERS)
	.sort((a, b) => b.length - a.length)
	.join("|")}`;
const UNIT = "s|sec|m|min|h|hr|d|second|minute|hour|day|sekunde|minuto|stunde|segundo|hora|heure|seconde|tag|dia|jour";
const [ABOUT, ENDS] = ["(?:about |around |roughly |etwa |ca\\.? |~ ?)?", "(?:e?n|e?s)?"];
const BEFORE_AGO = new RegExp(`(?<![\\w.:])${ABOUT}(${COUNT}) ?(${UNIT})${ENDS} ago\\b`);
const BEHIND_AGO = new RegExp(`\\b(?:vor|hace|ha|il y a) ${ABOUT}(${COUNT}) ?(${UNIT})${ENDS}\\b`);
const JAPANESE = /(\d{1,3}) ?(秒|分|時間|日)前/;

const MINUTE_MS = 60_000;
/** By the first letter or sign of a unit; `s` and `st` are told apart below. */
const UNIT_MS: Readonly<Record<string, number>> = {
	...{ s: 1_000, m: MINUTE_MS, h: 60 * MINUTE_MS, d: 1_440 * MINUTE_MS, t: 1_440 * MINUTE_MS, j: 1_440 * MINUTE_MS },
	...{ 秒: 1_000, 分: MINUTE_MS, 時間: 60 * MINUTE_MS, 日: 1_440 * MINUTE_MS },
};

/**
 * How long ago a sentence says that something was: `10 minutes ago`, `vor einer Stunde`, `hace 5 minutos`. Pure, linear in the text.
 * @param spoken in small letters, without accents
 * @returns milliseconds; null where it says nothing of that
 */
export function agoMs(spoken: string): number | null {
	const [, count = "", unit = ""] = BEFORE_AGO.exec(spoken) ?? BEHIND_AGO.exec(spoken) ?? JAPANESE.exec(spoken) ?? [];
	const ms = unit.startsWith("stunde") ? UNIT_MS.h : (UNIT_MS[unit] ?? UNIT_MS[unit.slice(0, 1)]);
	const many = NUMBERS[count] ?? Number(count);
	return count === "" || ms === undefined || Number.isNaN(many) ? null : many * ms;
}

const SPELLED = new RegExp(`\\b(?:(${COUNT}) )?((?:half )?)(seconds?|minutes?|hours?|days?|weeks?)(?= |$)`, "g");
const WEEK_MS = 7 * 1_440 * MINUTE_MS;

/**
 * Times that people write out, in digits: `for an hour` is `for 60m`, `half a minute` is `30s`, `the last two days` is `the last 2880m`.
 * Those in digits stay. Pure, linear in the text.
 * @param spoken in small letters, with single blanks
 */
export const timesInDigits = (spoken: string): string =>
	spoken.replace(SPELLED, (whole: string, count: string | undefined, half: string, unit: string) => {
		if (count !== undefined && /^\d/.test(count) && !unit.startsWith("week")) return whole;
		const ms = unit.startsWith("week") ? WEEK_MS : (UNIT_MS[unit.slice(0, 1)] ?? 0);
		const many = (count === undefined ? 1 : (NUMBERS[count] ?? Number(count))) * (half === "" ? 1 : 0.5);
		const minutes = (many * ms) / MINUTE_MS;
		return Number.isInteger(minutes) ? `${minutes}m` : `${Math.round((many * ms) / 1_000)}s`;
	});
