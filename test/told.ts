import { decodeRay } from "../src/read/ray/decode.ts";
import type { ProbePlace, Told } from "../src/services/globalping.ts";

/** What places told, as values: for tests of what is decided and said of it. */

export const NOW = Date.UTC(2026, 10, 25, 9, 41, 8);
/** A Ray ID of just before that. */
const RAY = "a5ffb22474c1d011";
if ("why" in decodeRay(RAY, "FRA", NOW)) throw new Error("the Ray ID is not of that time");

const place = (
	[continent, region, country, state, city, asn, network]: readonly [string, string, string, string, string, number, string],
	kind: "eyeball" | "datacenter" = "eyeball",
): ProbePlace => ({ continent, region, country, state, city, asn, network, kind, tags: [`${kind}-network`] });

const PLACES: readonly (readonly [place: ProbePlace, colo: string])[] = [
	[place(["EU", "Western Europe", "DE", "", "Frankfurt", 24940, "Hetzner Online"], "datacenter"), "FRA"],
	[place(["EU", "Western Europe", "DE", "", "Berlin", 3320, "Deutsche Telekom"]), "TXL"],
	[place(["NA", "Northern America", "US", "TX", "Dallas", 7018, "AT&T Enterprises"]), "DFW"],
	[place(["NA", "Northern America", "US", "NY", "New York", 701, "Verizon Business"]), "EWR"],
	[place(["AS", "Eastern Asia", "JP", "", "Tokyo", 2516, "KDDI Corporation"]), "NRT"],
	[place(["SA", "South America", "BR", "", "Sao Paulo", 27699, "Telefonica Brasil"]), "GRU"],
	[place(["EU", "Northern Europe", "GB", "", "London", 2856, "British Telecom"]), "LHR"],
	[place(["OC", "Australia and New Zealand", "AU", "", "Sydney", 1221, "Telstra"]), "SYD"],
];

const edge = { server: "cloudflare" };
const MEETS = {
	"520": [520, edge, `<div id="cf-error-details">Error code 520</div> Cloudflare Ray ID: <strong>${RAY}</strong>`],
	"520@FRA": [520, edge, ""],
	"520-plain": [520, edge, "error code: 520"],
	"502": [502, edge, ""],
	"530-1016": [530, edge, "error code: 1016"],
	"503-own": [503, edge, "down for maintenance"],
	"200": [200, edge, "<title>ok</title>"],
	"301": [301, { ...edge, location: "/x" }, ""],
	"404": [404, edge, ""],
	cached: [200, { ...edge, "cf-cache-status": "HIT" }, "<title>ok</title>"],
	challenge: [403, { ...edge, "cf-mitigated": "challenge" }, ""],
	"403": [403, edge, ""],
	"429": [429, edge, ""],
	"1020": [403, edge, "error code: 1020"],
	"not-cloudflare": [200, { server: "nginx" }, ""],
	"not-cloudflare-500": [500, { server: "nginx" }, ""],
} as const satisfies Readonly<Record<string, readonly [number, Readonly<Record<string, string>>, string]>>;

export type Meets = keyof typeof MEETS | "silent" | "closed" | "offline" | "unfinished";

const failed = (text: string): Told["answer"] => ({ kind: "failed", text, source: "target" });

function answerOf(meets: Meets, colo: string): Told["answer"] {
	switch (meets) {
		case "silent":
			return failed("Request timeout.");
		case "closed":
			return failed("other side closed");
		case "offline":
		case "unfinished":
			return { kind: meets };
		default: {
			const [status, fields, content]: readonly [number, Readonly<Record<string, string>>, string] = MEETS[meets];
			const at = meets.endsWith("@FRA") ? "FRA" : colo;
			const ray = "server" in fields && fields.server === "cloudflare" ? { "cf-ray": `${RAY}-${at}` } : {};
			return {
				kind: "answered",
				status,
				fields: Object.entries({ ...fields, ...ray }).map(([name, value]) => ({ name, value })),
				content,
				tookMs: 212,
			};
		}
	}
}

/** One place each, in this order: Frankfurt, Berlin, Dallas, New York, Tokyo, Sao Paulo, London, Sydney. */
export const toldOf = (meets: readonly Meets[]): Told[] =>
	meets.flatMap((one, nth) => {
		const [where, colo] = PLACES[nth] ?? [];
		return where === undefined || colo === undefined ? [] : [{ place: where, answer: answerOf(one, colo) }];
	});
