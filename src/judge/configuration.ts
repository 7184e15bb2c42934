import type { FineValueOf } from "../knowledge/evidence.ts";
import type { Configuration, Route } from "../services/cloudflare/shares.ts";
import type { AccountFact } from "./shares.ts";

/** A change that came so long before the first failure may be why; an earlier one is not "just before". */
const CHANGED_WITHIN_MS = 24 * 3_600_000;
/** A change in the minute of the first failure came before it: minutes are the finest time of the numbers. */
const MINUTE_MS = 60_000;

/** A setting that was changed before it began. */
export interface ChangedSetting {
	readonly setting: "ssl" | "http" | "pulls";
	readonly atMs: number;
}

export interface ConfigurationJudged {
	readonly evidence: readonly AccountFact[];
	/** The newest one. */
	readonly changed: ChangedSetting | null;
	/** Flexible: Cloudflare speaks plain HTTP to the origin. */
	readonly isFlexible: boolean;
}

/**
 * What the zone's settings are evidence for. Pure; total.
 * @param about `url` that failed; `firstAtMs` its first failure, Unix milliseconds, null where nobody knows; `speaksHttp2` the origin
 * takes HTTP/2 by a look at it: the setting alone is on in every zone
 */
export function judgeConfiguration(
	{ ssl, http, pulls, routes }: Configuration,
	about: { readonly url: string; readonly firstAtMs: number | null; readonly speaksHttp2?: boolean | undefined },
): ConfigurationJudged {
	const features: FineValueOf<"cloudflare-features">[] = [
		...(hasWorker(routes ?? [], about.url) ? (["worker-on-route"] as const) : []),
		...(http?.value === "2" && about.speaksHttp2 === true ? (["http2-to-origin"] as const) : []),
		...(pulls?.value === "on" ? (["origin-pulls"] as const) : []),
	];
	const { firstAtMs } = about;
	const [changed = null] = Object.entries({ ssl, http, pulls } as const)
		.flatMap(([name, setting]): ChangedSetting[] => {
			const atMs = setting?.modifiedAtMs ?? null;
			const isBefore =
				atMs !== null && firstAtMs !== null && atMs < firstAtMs + MINUTE_MS && atMs >= firstAtMs - CHANGED_WITHIN_MS;
			return isBefore ? [{ setting: name as ChangedSetting["setting"], atMs }] : [];
		})
		.sort((a, b) => b.atMs - a.atMs);
	const [only] = features;
	return {
		evidence: [
			...(only === undefined
				? []
				: [{ key: "cloudflare-features" as const, value: features.length === 1 ? only : features, n: 0 }]),
			...(changed === null ? [] : [{ key: "what-changed" as const, value: "tls-dns-or-cloudflare", n: 0 }]),
		],
		changed,
		isFlexible: ssl?.value === "flexible",
	};
}

/** Whether a Worker runs for a URL: of the routes that match, the most specific one decides, and one without a script takes it out. */
function hasWorker(routes: readonly Route[], url: string): boolean {
	const matching = routes.filter(({ pattern }) => matchesRoute(pattern, url));
	// A host without a wildcard is more specific than any with one, however long its path is.
	const isWide = ({ pattern }: Route) => Number(hostPart(pattern).startsWith("*"));
	const [most] = [...matching].sort((a, b) => isWide(a) - isWide(b) || b.pattern.length - a.pattern.length);
	return most?.isOn === true;
}

const PATTERN = /^(?:(https?):\/\/)?(.*)$/s;
const hostPart = (pattern: string): string => (PATTERN.exec(pattern.trim())?.[2] ?? "").split("/", 1)[0] ?? "";

/**
 * Whether a Workers route matches: `*` at the beginning of its host and at the end of its path stands for anything; without a scheme it
 * is of both (developers.cloudflare.com, workers/configuration/routing/routes). The query counts.
 */
export function matchesRoute(pattern: string, url: string): boolean {
	if (!URL.canParse(url)) return false;
	// Routes have no ports: a page on another one is none of the zone's usual ones.
	const { protocol, hostname: host, pathname, search } = new URL(url);
	const [, scheme = "", rest = ""] = PATTERN.exec(pattern.trim()) ?? [];
	if (scheme !== "" && `${scheme}:` !== protocol) return false;
	const slash = rest.indexOf("/");
	const [hosts, paths] = slash < 0 ? [rest, "/"] : [rest.slice(0, slash), rest.slice(slash)];
	const isHost = hosts.startsWith("*") ? host.endsWith(hosts.slice(1).toLowerCase()) : host === hosts.toLowerCase();
	const path = `${pathname}${search}`;
	return isHost && (paths.endsWith("*") ? path.startsWith(paths.slice(0, -1)) : path === paths);
}
