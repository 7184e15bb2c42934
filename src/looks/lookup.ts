import { Resolver as NameServers } from "node:dns/promises";
import { isIP } from "node:net";
import { codeOf } from "../read/error.ts";
import type { Resolver } from "./guard.ts";
import { HOSTS_FILE, type HostsFile, openHostsFile } from "./hosts-file.ts";
import { NOBODY, openTurns, type TurnsSettings } from "./turns.ts";

/** What a resolver is handed: where it asks, its clock, and how many lookups there are at a time. */
interface LookupSettings {
	/** Name servers as `address:port`; null: the system's, as they are set when a lookup begins. */
	readonly servers: readonly string[] | null;
	readonly hosts: HostsFile;
	/** Milliseconds of a clock that never goes back. */
	readonly now: () => number;
	/** Does some work after so many milliseconds; the result takes that back. */
	readonly later: (ms: number, work: () => void) => () => void;
	readonly turns: TurnsSettings;
}

/** One lookup, both families, all tries. */
const DNS_MS_MAX = 5_000;
/** When one family has answered: how long to wait for the other one, whose queries some name servers drop. */
const OTHER_FAMILY_MS = 1_000;
/** c-ares doubles it with each try, so that a lost packet costs one second and a second server is asked in time. */
const FIRST_TRY_MS = 1_000;
const TRIES = 3;
/** Behind lookups of the same people. */
const TURN_MS_MAX = 30_000;
/** How long a name that failed is not asked again, and how many such names are remembered. */
const FAILED_MS = 30_000;
const FAILED_MAX = 1_000;
/** What a name's own servers are to blame for; anything else (no route, no memory) may be over at once. */
const REMEMBERED_CODES: ReadonlySet<string> = new Set(["ENOTFOUND", "EAI_AGAIN", "ESERVFAIL", "EREFUSED"]);

/** A lookup costs one UDP socket and no thread, so many fit; one person with dead names holds at most four. */
export const LOOKUP_TURNS: TurnsSettings = {
	all: 256,
	perWorkspace: 64,
	perPerson: 4,
	waiting: { all: 1_000, perWorkspace: 250, perPerson: 50 },
};

/**
 * Looks names up in the hosts file, else with c-ares: A and AAAA side by side, without search domains. Not with `dns.lookup`: that runs
 * on libuv's four threads, which a time limit does not free, and which the chats' own connections need.
 *
 * Rejects with an error that has a `code`: ENOTFOUND (neither family has an address), EAI_AGAIN (no answer in time), EBUSY (too many
 * lookups wait), ECANCELLED (the signal), or what the name server said (ESERVFAIL …).
 */
export function openResolver(settings: LookupSettings): Resolver {
	const { hosts, later, now } = settings;
	const turns = openTurns(settings.turns);
	const failed = openFailures(now);
	return async (host, { asker = NOBODY, signal, begun } = {}) => {
		const name = host.toLowerCase();
		if (isIP(name) !== 0) return [name];
		const fixed = hosts(name) ?? loopbackOf(name);
		if (fixed !== null) return fixed;
		const known = failed.of(name);
		if (known !== null) throw failure(known);
		const leave = await inTime(TURN_MS_MAX, later, signal, (limit) => turns.enter(asker, limit));
		try {
			// An earlier caller may have resolved the same name.
			const meanwhile = failed.of(name);
			if (meanwhile !== null) throw failure(meanwhile);
			begun?.();
			return await bothFamilies(name, settings, signal);
		} catch (error) {
			const code = codeOf(error);
			if (code !== null && REMEMBERED_CODES.has(code)) failed.add(name, code);
			throw error;
		} finally {
			leave();
		}
	};
}

/** The machine's hosts file and name servers. */
export const systemResolver: Resolver = openResolver({
	servers: null,
	hosts: openHostsFile(HOSTS_FILE),
	now: () => performance.now(),
	later: (ms, work) => {
		const timer = setTimeout(work, ms);
		return () => clearTimeout(timer);
	},
	turns: LOOKUP_TURNS,
});

/** RFC 6761 §6.3: localhost is this machine, and no name server is asked about it. */
const loopbackOf = (name: string) => (name === "localhost" || name.endsWith(".localhost") ? ["127.0.0.1"] : null);

const failure = (code: string) => Object.assign(new Error("the name could not be resolved"), { code });

/** Hands a signal to `work` that aborts with EAI_AGAIN after `ms`, or with ECANCELLED when `signal` does. */
async function inTime<T>(
	ms: number,
	later: LookupSettings["later"],
	signal: AbortSignal | undefined,
	work: (limit: AbortSignal) => Promise<T>,
): Promise<T> {
	const ends = new AbortController();
	const cancelled = () => ends.abort(failure("ECANCELLED"));
	const forget = later(ms, () => ends.abort(failure("EAI_AGAIN")));
	signal?.addEventListener("abort", cancelled, { once: true });
	if (signal?.aborted === true) cancelled();
	try {
		return await work(ends.signal);
	} finally {
		forget();
		signal?.removeEventListener("abort", cancelled);
	}
}

/** One lookup on sockets of its own, so that it can be cancelled alone. */
function bothFamilies(
	name: string,
	{ servers, later }: Pick<LookupSettings, "servers" | "later">,
	signal: AbortSignal | undefined,
): Promise<readonly string[]> {
	const names = new NameServers({ timeout: FIRST_TRY_MS, tries: TRIES });
	if (servers !== null) names.setServers(servers);
	return inTime(
		DNS_MS_MAX,
		later,
		signal,
		(limit) =>
			new Promise((resolve, reject) => {
				const addresses: string[] = [];
				const codes: string[] = [];
				let open = 2;
				let forget = () => {};
				const end = () => {
					forget();
					limit.removeEventListener("abort", end);
					names.cancel();
					if (addresses.length > 0) resolve(addresses);
					else reject(limit.aborted ? limit.reason : failure(codes.find((code) => code !== "ENOTFOUND") ?? "ENOTFOUND"));
				};
				const settled = () => {
					open -= 1;
					if (open === 0) end();
					else if (addresses.length > 0) forget = later(OTHER_FAMILY_MS, end);
				};
				for (const family of [names.resolve4(name), names.resolve6(name)])
					family.then(
						(found) => {
							addresses.push(...found);
							settled();
						},
						(error: unknown) => {
							codes.push(codeFrom(error));
							settled();
						},
					);
				limit.addEventListener("abort", end, { once: true });
				if (limit.aborted) end();
			}),
	);
}

/** The words of getaddrinfo(3) where it has one for the same: people and other parts know those. */
function codeFrom(error: unknown): string {
	const code = codeOf(error) ?? "EAI_FAIL";
	if (code === "ENODATA") return "ENOTFOUND";
	return code === "ETIMEOUT" ? "EAI_AGAIN" : code;
}

/** The names that just failed, each with its code. */
function openFailures(now: () => number) {
	const names = new Map<string, { readonly code: string; readonly untilMs: number }>();
	return {
		of: (name: string): string | null => {
			const one = names.get(name);
			return one === undefined || one.untilMs <= now() ? null : one.code;
		},
		add: (name: string, code: string): void => {
			if (names.has(name) && (names.get(name)?.untilMs ?? 0) > now()) return;
			names.delete(name);
			names.set(name, { code, untilMs: now() + FAILED_MS });
			for (const old of names.keys()) {
				if (names.size <= FAILED_MAX) break;
				names.delete(old);
			}
		},
	};
}
