import { COLO_ROWS } from "./colos/table.ts";

/**
 * Names of places, as people say where somebody looks from: countries (ISO 3166, by the names that ICU has), states of the US, continents and
 * regions as Globalping describes its probes (UN M49), towns of Cloudflare's data centers.
 */

/** What a name may mean. */
export type PlaceMeaning =
	/** ISO 3166-1 alpha-2. */
	| { readonly kind: "country"; readonly code: string }
	/** A state of the US, by its postal code. */
	| { readonly kind: "state"; readonly code: string }
	/** AF, AN, AS, EU, NA, OC, SA. */
	| { readonly kind: "continent"; readonly code: string }
	/** A region of UN M49 by its folded name. */
	| { readonly kind: "region"; readonly name: string }
	/** A town with one of Cloudflare's data centers, by its folded name. */
	| { readonly kind: "town"; readonly name: string };

const STATES: readonly (readonly [code: string, name: string])[] = [
	["AL", "Alabama"],
	["AK", "Alaska"],
	["AZ", "Arizona"],
	["AR", "Arkansas"],
	["CA", "California"],
	["CO", "Colorado"],
	["CT", "Connecticut"],
	["DE", "Delaware"],
	["DC", "District of Columbia"],
	["FL", "Florida"],
	["GA", "Georgia"],
	["HI", "Hawaii"],
	["ID", "Idaho"],
	["IL", "Illinois"],
	["IN", "Indiana"],
	["IA", "Iowa"],
	["KS", "Kansas"],
	["KY", "Kentucky"],
	["LA", "Louisiana"],
	["ME", "Maine"],
	["MD", "Maryland"],
	["MA", "Massachusetts"],
	["MI", "Michigan"],
	["MN", "Minnesota"],
	["MS", "Mississippi"],
	["MO", "Missouri"],
	["MT", "Montana"],
	["NE", "Nebraska"],
	["NV", "Nevada"],
	["NH", "New Hampshire"],
	["NJ", "New Jersey"],
	["NM", "New Mexico"],
	["NY", "New York"],
	["NC", "North Carolina"],
	["ND", "North Dakota"],
	["OH", "Ohio"],
	["OK", "Oklahoma"],
	["OR", "Oregon"],
	["PA", "Pennsylvania"],
	["RI", "Rhode Island"],
	["SC", "South Carolina"],
	["SD", "South Dakota"],
	["TN", "Tennessee"],
	["TX", "Texas"],
	["UT", "Utah"],
	["VT", "Vermont"],
	["VA", "Virginia"],
	["WA", "Washington"],
	["WV", "West Virginia"],
	["WI", "Wisconsin"],
	["WY", "Wyoming"],
];

const CONTINENTS: readonly (readonly [code: string, name: string, ...others: string[]])[] = [
	["AF", "Africa"],
	["AN", "Antarctica"],
	["AS", "Asia"],
	["EU", "Europe", "eu", "europa"],
	["NA", "North America"],
	["OC", "Oceania"],
	["SA", "South America", "latin america"],
];

/** UN M49, as Globalping writes them. */
const REGIONS: readonly string[] = [
	"Northern Africa",
	"Eastern Africa",
	"Middle Africa",
	"Southern Africa",
	"Western Africa",
	"Caribbean",
	"Central America",
	"Northern America",
	"Central Asia",
	"Eastern Asia",
	"South-eastern Asia",
	"Southern Asia",
	"Western Asia",
	"Eastern Europe",
	"Northern Europe",
	"Southern Europe",
	"Western Europe",
	"Australia and New Zealand",
	"Melanesia",
	"Micronesia",
	"Polynesia",
];

/** Names that people use and ICU does not have. */
const COUNTRY_ALIASES: Readonly<Record<string, string>> = {
	usa: "US",
	"united states of america": "US",
	america: "US",
	uk: "GB",
	"great britain": "GB",
	britain: "GB",
	england: "GB",
	scotland: "GB",
	wales: "GB",
	uae: "AE",
	emirates: "AE",
	holland: "NL",
	"czech republic": "CZ",
	"south korea": "KR",
	korea: "KR",
	turkey: "TR",
	"ivory coast": "CI",
	"hong kong": "HK",
	hongkong: "HK",
	macau: "MO",
	burma: "MM",
	bosnia: "BA",
	"north macedonia": "MK",
	palestine: "PS",
	"republic of ireland": "IE",
	congo: "CD",
	// ISO 3166-1 alpha-3, where people write it, or where a data center has the same code: Guangzhou, Austin, Indianapolis.
	...{ can: "CA", aus: "AU", ind: "IN", deu: "DE", gbr: "GB", jpn: "JP", bra: "BR", ita: "IT", esp: "ES", nld: "NL" },
	...{ pol: "PL", swe: "SE", nor: "NO", fin: "FI", dnk: "DK", che: "CH", aut: "AT", bel: "BE", prt: "PT", irl: "IE" },
	...{ chn: "CN", kor: "KR", sgp: "SG", zaf: "ZA", mex: "MX", arg: "AR", tur: "TR", ukr: "UA", idn: "ID", nzl: "NZ" },
};

/** The languages that the bot is talked to in (knowledge/talk). */
const LANGUAGES = ["en", "de", "es", "fr", "it", "pt"] as const;

/** Words for no place in particular: probes spread over the globe. */
const WORLD: ReadonlySet<string> = new Set([
	"world",
	"the world",
	"worldwide",
	"everywhere",
	"other places",
	"other locations",
	"elsewhere",
	"all over the world",
	"all over",
	"around the world",
	"around the globe",
	"all over the globe",
	"the globe",
	"globally",
	"abroad",
	"anywhere",
]);
/** `several places`, `12 other countries`. */
const MANY =
	/^(?:all|any|every|many|several|some|multiple|different|various|other|more|a few|lots of|\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty)(?: (?:other|different|more|of the|the))? (?:places?|locations?|countr(?:y|ies)|regions?|cit(?:y|ies)|continents?|parts of the world|vantage points?|probes?)$/;

/** Programs and devices that errors and requests are "from". */
export const NO_PLACES: ReadonlySet<string> = new Set([
	...["nginx", "apache", "caddy", "haproxy", "iis", "varnish", "traefik", "envoy", "cloudflared", "cloudflare", "litespeed"],
	...[
		"php",
		"php-fpm",
		"node",
		"nodejs",
		"python",
		"java",
		"ruby",
		"rails",
		"django",
		"laravel",
		"wordpress",
		"gunicorn",
		"tomcat",
	],
	...[
		"curl",
		"wget",
		"postman",
		"insomnia",
		"axios",
		"fetch",
		"chrome",
		"firefox",
		"safari",
		"edge",
		"opera",
		"brave",
		"browsers",
	],
	...["docker", "kubernetes", "k8s", "vercel", "netlify", "github", "gitlab", "jenkins", "zapier", "stripe", "shopify", "google"],
	...[
		"uptimerobot",
		"pingdom",
		"datadog",
		"grafana",
		"sentry",
		"pagerduty",
		"monitoring",
		"monitor",
		"slack",
		"discord",
		"zendesk",
	],
	...["android", "ios", "iphone", "mobile", "desktop", "phone", "home", "office", "work", "vpn", "wifi", "4g", "5g", "lte"],
	...[
		"localhost",
		"cron",
		"cronjob",
		"logs",
		"log",
		"scratch",
		"support",
		"backend",
		"frontend",
		"upstream",
		"origin",
		"server",
		"api",
	],
]);

/** In small letters, without accents, dots and double blanks: as names are compared. Linear. */
export const foldedPlace = (name: string): string =>
	name
		.slice(0, 200)
		.normalize("NFD")
		.replace(/\p{M}/gu, "")
		.toLowerCase()
		.replace(/[.'\u2019]/g, "")
		.replace(/[\s_]+/g, " ")
		.trim();

const names = new Map<string, Intl.DisplayNames>();
const namesIn = (language: string): Intl.DisplayNames => {
	const known = names.get(language) ?? new Intl.DisplayNames(language, { type: "region", fallback: "none" });
	names.set(language, known);
	return known;
};

const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
/** Of what ICU knows as regions, those that are no countries: https://www.unicode.org/reports/tr35/#unicode_region_subtag_validity. */
const NO_COUNTRIES: ReadonlySet<string> = new Set(["EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"]);

/** Former codes of a country are its present one: DD is DE. */
function countryCodes(): readonly string[] {
	const all = LETTERS.flatMap((first) => LETTERS.map((second) => `${first}${second}`));
	return all.filter(
		(code) => !NO_COUNTRIES.has(code) && namesIn("en").of(code) !== undefined && new Intl.Locale(`und-${code}`).region === code,
	);
}

/** Every name, folded, to what it may mean. Made with the first question that names a place. */
function table(): ReadonlyMap<string, readonly PlaceMeaning[]> {
	const out = new Map<string, PlaceMeaning[]>();
	const add = (name: string, meaning: PlaceMeaning) => {
		const key = foldedPlace(name);
		const has = out.get(key) ?? [];
		if (!has.some((one) => JSON.stringify(one) === JSON.stringify(meaning))) out.set(key, [...has, meaning]);
	};
	for (const code of countryCodes()) {
		const country = { kind: "country", code } as const;
		add(code, country);
		for (const language of LANGUAGES) {
			const name = namesIn(language).of(code) ?? code;
			add(name, country);
			// "Myanmar (Burma)".
			add(name.replace(/ \([^)]*\)/, ""), country);
		}
	}
	for (const [name, code] of Object.entries(COUNTRY_ALIASES)) add(name, { kind: "country", code });
	for (const [code, name] of STATES) {
		add(name, { kind: "state", code });
		add(`US-${code}`, { kind: "state", code });
		// "CA" is Canada; "TX" is no country.
		if (!out.has(code.toLowerCase())) add(code, { kind: "state", code });
	}
	add("Washington DC", { kind: "state", code: "DC" });
	for (const [code, ...all] of CONTINENTS) for (const name of all) add(name, { kind: "continent", code });
	for (const name of REGIONS) add(name, { kind: "region", name: foldedPlace(name) });
	for (const [, town] of COLO_ROWS) {
		const name = foldedPlace(town);
		if (!out.has(name)) add(name, { kind: "town", name });
	}
	return out;
}

let all: ReadonlyMap<string, readonly PlaceMeaning[]> | null = null;

/** What a name of a place may mean, in any case and with or without accents; none: it is in no table of ours, and may be one all the same. */
export function placeMeanings(name: string): readonly PlaceMeaning[] {
	all ??= table();
	const folded = foldedPlace(name);
	const without = folded.replace(ARTICLE, "");
	return all.get(folded) ?? all.get(without) ?? all.get(without.replaceAll("-", " ")) ?? [];
}

/** In the languages that the bot is talked to in: "la France", "the US". */
const ARTICLE = /^(?:the|la|le|les|el|los|las|il|lo|gli|die|der|den|a|o|as|os) /;

/** Whether a name stands for the whole globe. */
export const isWorld = (name: string): boolean => WORLD.has(foldedPlace(name)) || MANY.test(foldedPlace(name));

/** Short names in sentences; ICU's are long. */
const SHORT: Readonly<Record<string, string>> = { US: "US", GB: "UK", AE: "UAE", HK: "Hong Kong", MO: "Macao" };

/** English name of a country in a sentence; the code itself when unknown. */
export const shortCountry = (code: string): string =>
	SHORT[code] ?? (/^[A-Z]{2}$/.test(code) ? namesIn("en").of(code) : null) ?? code;

/** English name of what a name means. */
export function meaningName(meaning: PlaceMeaning): string | null {
	switch (meaning.kind) {
		case "country":
			return shortCountry(meaning.code);
		case "state":
			return STATES.find(([code]) => code === meaning.code)?.[1] ?? null;
		case "continent":
			return CONTINENTS.find(([code]) => code === meaning.code)?.[1] ?? null;
		case "region":
			return REGIONS.find((one) => foldedPlace(one) === meaning.name) ?? null;
		case "town":
			return COLO_ROWS.find(([, town]) => foldedPlace(town) === meaning.name)?.[1] ?? null;
	}
}
