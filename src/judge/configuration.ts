import type { SettingName } from "../knowledge/analytics.ts";
import type { FineValueOf } from "../knowledge/evidence.ts";
import type { Configuration, Route } from "../services/cloudflare/shares.ts";
import type { ChangeBefore } from "./posterior.ts";
import type { AccountFact } from "./shares.ts";

/** A change that came so long before the first failure may be why; an earlier one is not "just before". */
const CHANGED_WITHIN_MS = 24 * 3_600_000;
/** A change in the minute of the first failure came before it: minutes are the finest time of the numbers. */
const MINUTE_MS = 60_000;

/** A setting that was changed before it began. */
export interface ChangedSetting {
	readonly setting: SettingName;
	readonly atMs: number;
}

/** Whether a setting can break the way to the origin as it stands now: one that is off does not. */
const CAN_BREAK: Readonly<Record<SettingName, (value: string) => boolean>> = {
	ssl: () => true,
	http: (value) => value === "2",
	pulls: (value) => value === "on",
};

export interface ConfigurationJudged {
	readonly evidence: readonly AccountFact[];
	/** The newest one. */
	readonly changed: ChangedSetting | null;
	/** Flexible: Cloudflare speaks plain HTTP to the origin. */
	readonly isFlexible: boolean;
}

/**
 * What the zone's settings are evidence for. A change just before it began is a coincidence that was measured: it speaks for what this setting
 * can break, and against nothing. Pure; total.
 * @param about `url` that failed; `beganAtMs` since when it fails, Unix milliseconds, null where
 * nobody knows: the first failure of a window may be one of many before it; `speaksHttp2` the origin
 * takes HTTP/2 by a look at it: the setting alone is on in every zone
 */
export function judgeConfiguration(
	{ ssl, http, pulls, routes }: Configuration,
	about: { readonly url: string; readonly beganAtMs: number | null; readonly speaksHttp2?: boolean | undefined },
): ConfigurationJudged {
	const features: FineValueOf<"cloudflare-features">[] = [
		...(hasWorker(routes ?? [], about.url) ? (["worker-on-route"] as const) : []),
		...(http?.value === "2" && about.speaksHttp2 === true ? (["http2-to-origin"] as const) : []),
		...(pulls?.value === "on" ? (["origin-pulls"] as const) : []),
	];
	const { beganAtMs } = about;
	const changed = Object.entries({ ssl, http, pulls } as const)
		.flatMap(([name, setting]): ChangedSetting[] => {
			const atMs = setting?.modifiedAtMs ?? null;
			const isBefore =
				atMs !== null && beganAtMs !== null && atMs < beganAtMs + MINUTE_MS && atMs >= beganAtMs - CHANGED_WITHIN_MS;
			const of = name as SettingName;
			return isBefore && CAN_BREAK[of](setting?.value ?? "") ? [{ setting: of, atMs }] : [];
		})
		.sort((a, b) => b.atMs - a.atMs);
	const changes = changed.map(
		({ setting, atMs }): ChangeBefore => ({ setting, beforeMs: Math.max(0, (beganAtMs ?? atMs) - atMs) }),
	);
	const [only] = features;
	return {
		evidence: [
			...(only === undefined
				? []
				: [{ key: "cloudflare-features" as const, value: features.length === 1 ? only : features, n: 0 }]),
			...(changes.length === 0 ? [] : [{ key: "what-changed" as const, value: "tls-dns-or-cloudflare", n: 0, changes }]),
		],
		changed: changed[0] ?? null,
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
