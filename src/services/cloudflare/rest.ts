import { z } from "zod";
import type { Answered, Requests } from "./requests.ts";
import type { Configuration, Refused, Route, Setting, Verified, Zone } from "./shares.ts";
import { isRefused } from "./shares.ts";

/** An id of Cloudflare's: it becomes a part of a path. */
const Id = z.string().regex(/^[0-9a-f]{32}$/);
const NAME_MAX_CHARS = 253;
const ROUTES_MAX = 1_000;
const PATTERN_MAX_CHARS = 500;

const Envelope = z.object({
	success: z.boolean().nullish().catch(null),
	errors: z.array(z.unknown()).catch([]).default([]),
	result: z.unknown().optional(),
});
const Failure = z.object({ code: z.number().nullish().catch(null), message: z.string().catch("") });

/** What an answer of the client API holds; null: it is none of its own. */
const resultOf = ({ status, json }: Answered): { readonly result: unknown } | null => {
	const read = Envelope.safeParse(json);
	return status === 200 && read.success && read.data.success === true ? { result: read.data.result } : null;
};

/** "Cannot use the access token from location: …" (recalled). */
export const FROM_LOCATION = /from location/i;

/** Why an answer is a refusal, by its status: texts differ, and may hold an address. */
function refusalOf({ status, json }: Answered, needs: Extract<Refused, { kind: "no-right" }>["needs"]): Refused {
	if (status !== 400 && status !== 401 && status !== 403) return { kind: "unreachable" };
	const read = Envelope.safeParse(json);
	const errors = (read.success ? read.data.errors : []).slice(0, 20).flatMap((one) => Failure.safeParse(one).data ?? []);
	// A token for other addresses than ours, and one that is none (reported: 9109, 6003 with 6111 or 6103).
	if (errors.some(({ message }) => FROM_LOCATION.test(message))) return { kind: "refused", of: "address" };
	if (status === 401 || errors.some(({ code }) => code === 6003 || code === 1000)) return { kind: "refused" };
	return status === 403 ? { kind: "no-right", needs } : { kind: "unreachable" };
}

const ZoneRow = z.object({
	id: Id,
	name: z.string().max(NAME_MAX_CHARS),
	status: z.string().nullish().catch(null),
	paused: z.boolean().nullish().catch(null),
	plan: z
		.object({ legacy_id: z.string().max(40).nullish().catch(null) })
		.nullish()
		.catch(null),
	account: z
		.object({ id: Id.nullish().catch(null) })
		.nullish()
		.catch(null),
});
export const ZONE_CALLS_MAX = 5;

/** The names that a host's zone can have, longest first: labels are taken off from the left. */
export function zoneNames(host: string): readonly string[] {
	const labels = host.toLowerCase().split(".");
	return labels
		.map((_, nth) => labels.slice(nth).join("."))
		.slice(0, -1)
		.slice(-ZONE_CALLS_MAX);
}

/** The zone of a host, as far as the token reaches it. */
export async function zoneOf(requests: Requests, host: string): Promise<Zone | Refused> {
	for (const name of zoneNames(host)) {
		const answer = await requests.ask({ method: "GET", path: `/zones?name=${encodeURIComponent(name)}` });
		if (isRefused(answer)) return answer;
		const read = resultOf(answer);
		if (read === null) return refusalOf(answer, "zone");
		const rows = z.array(z.unknown()).safeParse(read.result);
		if (!rows.success) return { kind: "unreachable" };
		const zones = rows.data.slice(0, 50).map((row) => ZoneRow.safeParse(row));
		// Rows that are no zones tell nothing of whether there is one.
		if (zones.length > 0 && zones.every(({ success }) => !success)) return { kind: "unreachable" };
		for (const zone of zones) {
			if (!zone.success || zone.data.name.toLowerCase() !== name) continue;
			const { id, status, paused, plan, account } = zone.data;
			return {
				id,
				name,
				plan: plan?.legacy_id?.toLowerCase() ?? null,
				isActive: status === "active" && paused !== true,
				accountId: account?.id ?? null,
			};
		}
	}
	return { kind: "zone-not-reached" };
}

const Token = z.object({ id: Id, status: z.string(), expires_on: z.string().nullish().catch(null) });

/** The person behind a token, which one that reads a zone does not tell. */
const User = z.object({ id: z.string().min(1) });

/** Whether the token works, by the check of its kind, and whether it can do more than is needed. */
export async function verified(requests: Requests, { accountId }: Pick<Zone, "accountId">): Promise<Verified | Refused> {
	let found: z.infer<typeof Token> | null = null;
	// A user's token is refused by the account's check, and the other way round.
	for (const path of ["/user/tokens/verify", ...(accountId === null ? [] : [`/accounts/${accountId}/tokens/verify`])]) {
		const answer = await requests.ask({ method: "GET", path });
		if (isRefused(answer)) return answer;
		const token = Token.safeParse(resultOf(answer)?.result);
		found = token.success ? token.data : null;
		if (found !== null) break;
	}
	if (found !== null && found.status !== "active") return { kind: "refused" };
	const user = await requests.ask({ method: "GET", path: "/user" });
	const expires = Date.parse(found?.expires_on ?? "");
	return {
		id: found?.id ?? null,
		expiresAtMs: Number.isNaN(expires) ? null : expires,
		canMore: !isRefused(user) && User.safeParse(resultOf(user)?.result).success,
	};
}

const SettingRow = z.object({
	value: z.union([z.string().max(200), z.number(), z.boolean()]),
	modified_on: z.string().nullish().catch(null),
});
const RouteRow = z.object({ pattern: z.string().max(PATTERN_MAX_CHARS), script: z.string().nullish().catch(null) });

/**
 * The settings that decide how Cloudflare talks to the origin, as far as the token may read them. What the plan or the token does not
 * have is null.
 * @param zone its id
 */
export async function configurationOf(requests: Requests, zone: string): Promise<Configuration | Refused> {
	let isPartly = false;
	const read = async (path: string, needs: "settings" | "routes"): Promise<unknown> => {
		const answer = await requests.ask({ method: "GET", path: `/zones/${zone}${path}` });
		if (isRefused(answer)) return answer;
		const found = resultOf(answer);
		if (found !== null) return found.result;
		const why = refusalOf(answer, needs);
		if (why.kind === "refused") return why;
		isPartly ||= why.kind === "no-right";
		return null;
	};
	const settings: (Setting | null)[] = [];
	for (const name of ["ssl", "origin_max_http_version", "tls_client_auth"]) {
		const result = await read(`/settings/${name}`, "settings");
		if (typeof result === "object" && result !== null && isRefused(result)) return result;
		settings.push(settingIn(result));
	}
	const routes = await read("/workers/routes", "routes");
	if (typeof routes === "object" && routes !== null && isRefused(routes)) return routes;
	const [ssl = null, http = null, pulls = null] = settings;
	return { ssl, http, pulls, routes: routesIn(routes), isPartly };
}

function settingIn(result: unknown): Setting | null {
	const row = SettingRow.safeParse(result);
	if (!row.success) return null;
	const modified = Date.parse(row.data.modified_on ?? "");
	return { value: String(row.data.value).toLowerCase(), modifiedAtMs: Number.isNaN(modified) ? null : modified };
}

/** null: not to be read. An empty list may mean the same, and says nothing. */
function routesIn(result: unknown): readonly Route[] | null {
	const rows = z.array(z.unknown()).safeParse(result);
	if (!rows.success) return null;
	return rows.data.slice(0, ROUTES_MAX).flatMap((one) => {
		const row = RouteRow.safeParse(one);
		return row.success ? [{ pattern: row.data.pattern, isOn: row.data.script != null && row.data.script !== "" }] : [];
	});
}
