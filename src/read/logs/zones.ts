/** How sure the zone of a time is: told by an offset or a name with one meaning; by a name with several; not at all. */
export type ZoneSure = "certain" | "likely" | "unknown";

/** Minutes east of UTC that a zone's name stands for. */
interface NamedZone {
	readonly minutes: number;
	/** The name is used for other zones too; this is the one that most logs mean. */
	readonly several?: true;
}

/**
 * Names that servers print (tzdata, https://www.iana.org/time-zones). Those with several meanings: BST of Britain and Bangladesh, IST of
 * India, Ireland and Israel, CST of America, China and Cuba, AST of the Atlantic and Arabia.
 */
const NAMES: Readonly<Record<string, NamedZone>> = {
	Z: { minutes: 0 },
	UTC: { minutes: 0 },
	GMT: { minutes: 0 },
	WET: { minutes: 0 },
	WEST: { minutes: 60 },
	WAT: { minutes: 60 },
	BST: { minutes: 60, several: true },
	CET: { minutes: 60 },
	MEZ: { minutes: 60 },
	CEST: { minutes: 120 },
	MESZ: { minutes: 120 },
	EET: { minutes: 120 },
	SAST: { minutes: 120 },
	CAT: { minutes: 120 },
	EEST: { minutes: 180 },
	MSK: { minutes: 180 },
	EAT: { minutes: 180 },
	PKT: { minutes: 300 },
	IST: { minutes: 330, several: true },
	WIB: { minutes: 420 },
	HKT: { minutes: 480 },
	AWST: { minutes: 480 },
	JST: { minutes: 540 },
	KST: { minutes: 540 },
	ACST: { minutes: 570 },
	AEST: { minutes: 600 },
	ACDT: { minutes: 630 },
	AEDT: { minutes: 660 },
	NZST: { minutes: 720 },
	NZDT: { minutes: 780 },
	NST: { minutes: -210 },
	NDT: { minutes: -150 },
	ADT: { minutes: -180 },
	AST: { minutes: -240, several: true },
	EDT: { minutes: -240 },
	EST: { minutes: -300 },
	CDT: { minutes: -300 },
	CST: { minutes: -360, several: true },
	MDT: { minutes: -360 },
	MST: { minutes: -420 },
	PDT: { minutes: -420 },
	PST: { minutes: -480 },
	AKDT: { minutes: -480 },
	AKST: { minutes: -540 },
	HST: { minutes: -600 },
};

const AREAS = "Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Etc|Europe|Indian|Pacific|US";

/** The start of what follows a time of day: its zone, by offset, name or place. An offset of two digits follows without a blank. */
export const ZONE = new RegExp(
	`^(?:\\s?(?<offset>[+-]\\d{2}:?\\d{2})(?![\\d.])|(?<hours>[+-]\\d{2})(?![\\d.:])|\\s?\\(?(?<name>${Object.keys(NAMES).join("|")})(?![A-Za-z0-9_/-])|\\s?(?<place>(?:${AREAS})/[A-Z][A-Za-z_]{1,30}(?:[/-][A-Z][A-Za-z_]{1,30})?)(?![A-Za-z0-9_/]))`,
);

/**
 * @param found the groups of {@link ZONE}; undefined where it found nothing
 * @param localMs the time on the clock as if it were UTC, Unix milliseconds: a place has other offsets in summer
 * @returns milliseconds east of UTC, and how sure that is; 0 and unknown where no zone is told
 */
export function zoneOf(
	found: Readonly<Record<string, string | undefined>> | undefined,
	localMs: number,
): { readonly eastMs: number; readonly sure: ZoneSure } {
	const { offset, hours, name, place } = found ?? {};
	const digits = offset ?? hours;
	if (digits !== undefined) {
		const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3).replace(":", "") || 0);
		// No zone is further than 14 h from UTC (tzdata): more is not an offset.
		if (minutes <= 840) return { eastMs: (digits.startsWith("-") ? -1 : 1) * minutes * 60_000, sure: "certain" };
	}
	const named = name === undefined ? undefined : NAMES[name];
	if (named !== undefined) return { eastMs: named.minutes * 60_000, sure: named.several === true ? "likely" : "certain" };
	const east = place === undefined ? null : eastOf(place, localMs);
	return east === null ? { eastMs: 0, sure: "unknown" } : { eastMs: east, sure: "certain" };
}

/** Formats of places that were asked for: making one takes much longer than using it. There are about 600 names of places. */
const formats = new Map<string, Intl.DateTimeFormat>();
const FORMATS_MAX = 700;

/** Offsets that were asked for: lines of one log are of the same quarter of an hour, within which no clock was ever changed. */
const offsets = new Map<string, number>();
const OFFSETS_MAX = 500;
const QUARTER_HOUR_MS = 900_000;

/** Milliseconds that a place's clocks are ahead of UTC; null for an unknown place. */
function eastOf(place: string, localMs: number): number | null {
	try {
		const format = formats.get(place) ?? new Intl.DateTimeFormat("en-US", { timeZone: place, timeZoneName: "longOffset" });
		if (formats.size < FORMATS_MAX) formats.set(place, format);
		const at = (ms: number) => {
			const key = `${place} ${Math.floor(ms / QUARTER_HOUR_MS)}`;
			const known = offsets.get(key);
			if (known !== undefined) return known;
			const said = format.formatToParts(ms).find(({ type }) => type === "timeZoneName")?.value ?? "";
			const [, sign, h = "0", m = "0"] = /^GMT(?:([+-])(\d{2}):(\d{2}))?/.exec(said) ?? [];
			const offset = (sign === "-" ? -1 : 1) * (Number(h) * 60 + Number(m)) * 60_000;
			if (offsets.size >= OFFSETS_MAX) offsets.clear();
			offsets.set(key, offset);
			return offset;
		};
		// The offset depends on the moment, which depends on the offset; twice is enough but for the hour that a clock shows twice.
		return at(localMs - at(localMs));
	} catch {
		return null;
	}
}
