import { isIP } from "node:net";
import { codeOf } from "../read/error.ts";
import { nonEmpty } from "../read/non-empty.ts";
import { isSpecialName, PORTS, type Target } from "../read/text/target.ts";
import { isAllowedAddress, isCloudflareAddress, isSpecialAddress, type Ranges, touches } from "./addresses.ts";
import type { Asker } from "./turns.ts";

/** For whom a name is looked up, and until when; lookups take turns by workspace, then by person. */
interface LookupContext {
	readonly asker?: Asker;
	/** Ends the lookup, with ECANCELLED. */
	readonly signal?: AbortSignal;
}

/**
 * All addresses of a name, in bounded time. Rejects with an error that has a DNS `code` (ENOTFOUND, EAI_AGAIN …). It calls `begun` when
 * its turn has come and it asks a name server.
 */
export type Resolver = (host: string, context?: LookupContext & { readonly begun?: () => void }) => Promise<readonly string[]>;

/** What the guard may do beyond public sites (laboratories), and what it may not; from the settings. */
export interface GuardRules {
	/** CF520_ALLOW_TARGETS: special ranges that are reachable although special; null for none. */
	readonly allow: Ranges | null;
	/** CF520_DENY_TARGETS: ranges that are refused although public, whatever else allows them. */
	readonly deny?: Ranges | null;
	/** CF520_RESOLVE and --resolve: `host:port` to addresses, instead of DNS (as curl's --resolve). */
	readonly resolve: ReadonlyMap<string, readonly string[]>;
	readonly resolver: Resolver;
}

/** The same rules for one asker: names are looked up in this asker's turn, and until the signal. */
export function rulesFor(rules: GuardRules, context: LookupContext): GuardRules {
	return { ...rules, resolver: (host, more) => rules.resolver(host, { ...context, ...more }) };
}

const checked: unique symbol = Symbol("checked");

/** A target whose every address was checked. Only {@link checkTarget} makes one; only it may be connected to. */
export interface CheckedTarget {
	readonly target: Target;
	/** In the order in which to try them; all of them passed the check. */
	readonly addresses: readonly [string, ...string[]];
	/** Milliseconds that the name took to resolve; null for an address or a fixed entry. */
	readonly dnsMs: number | null;
	/** Every address is one that CF520_ALLOW_TARGETS names. */
	readonly laboratory: boolean;
	/** The rules' own: what a connection must not lead to either. */
	readonly deny: Ranges | null;
	readonly [checked]: true;
}

/** Why a target is not looked at. `address` is never told in public for an origin, only for what DNS says in public. */
export type GuardRefusal =
	| { readonly why: "special-name"; readonly host: string }
	| { readonly why: "special-address"; readonly host: string; readonly address: string }
	| { readonly why: "special-origin" }
	/** The address is one of Cloudflare's own: that is the edge, not the origin. */
	| { readonly why: "cloudflare-origin" }
	| { readonly why: "port"; readonly port: number }
	| { readonly why: "no-such-name"; readonly host: string }
	| { readonly why: "dns-failed"; readonly host: string; readonly code: string };

const ADDRESSES_MAX = 4;

/**
 * Resolves a target once and checks every address that comes back: one special address refuses the whole name, so that a second
 * answer cannot be smuggled in. The result pins the addresses; a later lookup never happens.
 */
export async function checkTarget(target: Target, rules: GuardRules): Promise<CheckedTarget | GuardRefusal> {
	let started = performance.now();
	const fixed = rules.resolve.get(`${target.host}:${target.port}`);
	const literal = isIP(target.host) !== 0;
	if (fixed === undefined && !literal && rules.allow === null && isSpecialName(target.host)) {
		return { why: "special-name", host: target.host };
	}
	if (rules.allow === null && !PORTS.has(target.port)) return { why: "port", port: target.port };

	let addresses: readonly string[];
	if (fixed !== undefined) addresses = fixed;
	else if (literal) addresses = [target.host];
	else {
		try {
			addresses = await rules.resolver(target.host, {
				// The wait for a turn says nothing about the site's name servers.
				begun: () => {
					started = performance.now();
				},
			});
		} catch (error) {
			if (!PORTS.has(target.port)) return { why: "port", port: target.port };
			const code = codeOf(error);
			if (code === "ENOTFOUND" || code === "ENODATA") return { why: "no-such-name", host: target.host };
			return { why: "dns-failed", host: target.host, code: code ?? "EAI_FAIL" };
		}
	}
	if (addresses.length === 0) return { why: "no-such-name", host: target.host };

	const deny = rules.deny ?? null;
	const allowed = (address: string) => rules.allow !== null && isAllowedAddress(rules.allow, address);
	const laboratory = addresses.every(allowed);
	const special = addresses.find((address) => isDenied(address, deny) || (isSpecialAddress(address) && !allowed(address)));
	if (special !== undefined) return { why: "special-address", host: target.host, address: special };
	if (!laboratory && !PORTS.has(target.port)) return { why: "port", port: target.port };
	if (!laboratory && isSpecialName(target.host)) return { why: "special-name", host: target.host };

	// IPv4 first: a machine without an IPv6 route answers ENETUNREACH at once, but some containers only time out.
	const ordered = [...new Set(addresses)].sort((a, b) => isIP(a) - isIP(b));
	const first = ordered[0] ?? target.host;
	const other = ordered.find((address) => isIP(address) !== isIP(first));
	const picked = [first, ...(other === undefined ? [] : [other]), ...ordered.slice(1)].slice(0, ADDRESSES_MAX);
	return {
		target,
		addresses: nonEmpty([...new Set(picked)]),
		dnsMs: fixed !== undefined || literal ? null : performance.now() - started,
		laboratory,
		deny,
		[checked]: true,
	};
}

/** Whether CF520_DENY_TARGETS refuses an address, in whatever form it is written or carried. */
export function isDenied(address: string, deny: Ranges | null): boolean {
	return deny !== null && isIP(address) !== 0 && touches(deny, address);
}

/**
 * Checks an origin's address, as the person who asks has given it: the site keeps its name (SNI, Host), the connection goes there.
 * @param port the address's own port, or the site's
 */
export function checkOrigin(site: Target, address: string, port: number, rules: GuardRules): CheckedTarget | GuardRefusal {
	const deny = rules.deny ?? null;
	const laboratory = rules.allow !== null && isAllowedAddress(rules.allow, address);
	if (isIP(address) === 0) return { why: "no-such-name", host: site.host };
	if (isDenied(address, deny) || (isSpecialAddress(address) && !laboratory)) return { why: "special-origin" };
	if (isCloudflareAddress(address)) return { why: "cloudflare-origin" };
	if (!laboratory && !PORTS.has(port)) return { why: "port", port };
	return { target: { ...site, port }, addresses: [address], dnsMs: null, laboratory, deny, [checked]: true };
}

/** Where Cloudflare connects in the SSL/TLS mode Flexible, without an Origin Rule (https://developers.cloudflare.com/ssl/origin-configuration/ssl-modes/flexible/). */
const FLEXIBLE_PORT = 80;

/** The same addresses in plain HTTP, on the port that was checked: nothing to check again. */
export function inPlainHttp(origin: CheckedTarget): CheckedTarget {
	return { ...origin, target: { ...origin.target, scheme: "http" } };
}

/**
 * The same addresses as Cloudflare requests them in the SSL/TLS mode Flexible.
 * @param port stands for its port in a laboratory; nothing else has another one
 */
export function asFlexible(origin: CheckedTarget, port: number = FLEXIBLE_PORT): CheckedTarget {
	const allowed = origin.laboratory ? port : FLEXIBLE_PORT;
	return { ...origin, target: { ...origin.target, scheme: "http", port: allowed } };
}

/** The same check result for another path of the same host and port: nothing to resolve again. */
export function checkedPath(checkedTarget: CheckedTarget, target: Target): CheckedTarget {
	const { host, port, scheme } = checkedTarget.target;
	if (target.host !== host || target.port !== port || target.scheme !== scheme) {
		throw new Error("checkedPath is for another path of the same site; another host or port needs checkTarget");
	}
	return { ...checkedTarget, target, dnsMs: null };
}
