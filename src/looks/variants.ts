import { isIP } from "node:net";
import type { Target } from "../read/text/target.ts";
import { type LookOptions, look } from "./exchange.ts";
import { type CheckedTarget, checkTarget, type GuardRules } from "./guard.ts";
import type { Asked, Observation } from "./observation.ts";

/** One way in which a request may differ from the plain one; the first that changes the result names what it is. */
export const VARIANTS = [
	"plain",
	"again",
	"head",
	"no-encoding",
	"other-agent",
	"http2",
	"ipv6",
	"other-scheme",
	"cookies-4k",
	"cookies-16k",
	"cookies-32k",
	"cookies-64k",
	"cookies-100k",
] as const;
export type Variant = (typeof VARIANTS)[number];

export interface VariantSeen {
	readonly variant: Variant;
	/** null: it could not be tried (no IPv6 address, no such port). */
	readonly look: Observation | null;
	/** For cookies that change the result: thousands of bytes that still work, and that do not any more. */
	readonly limitKb?: readonly [works: number, fails: number];
}

const PLAIN = { accept: "text/html,*/*;q=0.8", "accept-encoding": "gzip, br", "accept-language": "en" } as const;
/** User agents of a browser and of a tool; ours is in between. */
const OTHER_AGENT = "curl/8.10.1";
/** Between two looks: polite, and no burst that a rate limit would answer for. */
const PAUSE_MS = 40;

const BISECT_STEPS = 3;
/** All variants, both sides once more, and the halving. */
export const VARIANT_REQUESTS_MAX = VARIANTS.length + 2 + BISECT_STEPS;
const cookieKbOf = (variant: Variant): number => Number(/^cookies-(\d+)k$/.exec(variant)?.[1] ?? 0);

/** Cookies of so many bytes, in fields of 4 KB as browsers keep them. Cloudflare takes 128 KB of request headers. */
function cookies(bytes: number): string {
	return Array.from(
		{ length: Math.ceil(bytes / 4_000) },
		(_, nth) => `cf520_${nth}=${"x".repeat(Math.min(4_000, bytes - nth * 4_000))}`,
	).join("; ");
}

/**
 * Looks at the page in variants, one after the other, and stops as soon as one changes the result. Never throws for anything that the
 * network does.
 * @param differs whether two looks met different results; the judge's part
 * @param now Unix milliseconds
 */
export async function lookInVariants(
	checked: CheckedTarget,
	rules: GuardRules,
	options: LookOptions,
	now: () => number,
	differs: (plain: Observation, other: Observation, variant: Variant) => boolean,
	landed: (done: number) => void = () => {},
): Promise<VariantSeen[]> {
	const seen: VariantSeen[] = [];
	const ask = async (variant: Variant, cookieKb = cookieKbOf(variant)): Promise<Observation | null> => {
		const place = await placeFor(variant, checked, rules);
		if (place === null) return null;
		const asked: Asked = {
			route: "through-edge",
			purpose: "page",
			url: place.target.url,
			method: variant === "head" ? "HEAD" : "GET",
			startedAtMs: now(),
		};
		const { "accept-encoding": encoding, ...bare } = PLAIN;
		const headers = {
			...bare,
			...(variant === "no-encoding" ? { "accept-encoding": "identity" } : { "accept-encoding": encoding }),
			...(cookieKb > 0 ? { cookie: cookies(cookieKb * 1_000) } : {}),
		};
		await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
		return look(place, asked, headers, {
			...options,
			httpVersion: variant === "http2" ? 2 : 1,
			userAgent: variant === "other-agent" ? OTHER_AGENT : options.userAgent,
		});
	};
	/** Between the size that worked last and the one that did not: halved until it is told to about an eighth. */
	const bisect = async (variant: Variant, plain: Observation): Promise<readonly [number, number]> => {
		let [works, fails] = [cookieKbOf(VARIANTS[VARIANTS.indexOf(variant) - 1] ?? "plain"), cookieKbOf(variant)];
		for (let step = 0; step < BISECT_STEPS && fails - works > 1; step += 1) {
			const middle = Math.round((works + fails) / 2);
			const between = await ask(variant, middle);
			if (between === null) break;
			if (differs(plain, between, variant)) fails = middle;
			else works = middle;
		}
		return [works, fails];
	};
	for (const variant of VARIANTS) {
		if (options.signal?.aborted === true) break;
		const back = await ask(variant);
		seen.push({ variant, look: back });
		landed(seen.length);
		const plain = seen[0]?.look ?? null;
		if (variant === "plain" || back === null || plain === null || !differs(plain, back, variant)) continue;
		if (variant === "again") break;
		// What happens now and then looks like this too: both once more, before anything is believed.
		const [plainAgain, backAgain] = [await ask("plain"), await ask(variant)];
		if (
			plainAgain === null ||
			backAgain === null ||
			!differs(plainAgain, backAgain, variant) ||
			differs(plain, plainAgain, "again")
		)
			seen.push({ variant: "again", look: plainAgain !== null && differs(plain, plainAgain, "again") ? plainAgain : backAgain });
		else if (cookieKbOf(variant) > 0) seen[seen.length - 1] = { variant, look: back, limitKb: await bisect(variant, plain) };
		break;
	}
	return seen;
}

/** The URL of a variant; null when it has none. */
async function placeFor(variant: Variant, checked: CheckedTarget, rules: GuardRules): Promise<CheckedTarget | null> {
	const { target } = checked;
	if (variant === "http2") return target.scheme === "https" ? checked : null;
	if (variant === "ipv6") {
		const v6 = checked.addresses.filter((address) => isIP(address) === 6);
		const [first, ...others] = v6;
		return first === undefined || checked.addresses.length === v6.length ? null : { ...checked, addresses: [first, ...others] };
	}
	if (variant !== "other-scheme") return checked;
	// The usual ports only: another one has no other scheme beside it.
	if (target.port !== 80 && target.port !== 443) return null;
	const scheme = target.scheme === "https" ? "http" : "https";
	const other: Target = { ...target, scheme, port: scheme === "https" ? 443 : 80, url: target.url.replace(/^https?/, scheme) };
	// Looked up once: a second answer could lead to an address that was not counted.
	if (!rules.resolve.has(`${other.host}:${other.port}`)) return { ...checked, target: other };
	const place = await checkTarget(other, rules);
	return "why" in place ? null : place;
}
