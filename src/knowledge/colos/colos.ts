import { COLO_ROWS } from "./table.ts";

/** A data center behind a three-letter code. */
export interface Colo {
	readonly code: string;
	readonly city: string;
	/** State or province where Cloudflare writes one, else "". */
	readonly region: string;
	/** ISO 3166-1 alpha-2. */
	readonly country: string;
	/** For a code that is no longer listed: the last day it was (ISO date or month), or "?" where unknown. Absent while listed. */
	readonly lastSeen?: string;
}

const BY_CODE: ReadonlyMap<string, Colo> = new Map(
	COLO_ROWS.map(([code, city, region, country, lastSeen]) => [
		code,
		{ code, city, region, country, ...(lastSeen === undefined ? {} : { lastSeen }) },
	]),
);

const COUNTRY_NAMES = new Intl.DisplayNames("en", { type: "region" });

/** The data center behind `code` (upper case), or undefined when our table does not hold it: never a guess. */
export function findColo(code: string): Colo | undefined {
	return BY_CODE.get(code);
}

/** English name of an ISO 3166-1 alpha-2 country; the code itself when unknown. */
export function countryName(code: string): string {
	return COUNTRY_NAMES.of(code) ?? code;
}
