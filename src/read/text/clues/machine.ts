import type { Thread } from "../understood.ts";

/** What the output of a command shows that is neither curl's nor a log: a list of listeners, a search without a hit. */
export interface ShellClue {
	/** The answer to a question of the playbook; null when it decides none. */
	readonly answer: { readonly key: string; readonly value: string } | null;
	/** The output itself shows it; else it has to be asked back. */
	readonly isShown: boolean;
}

/** What the commands under a 523 and a 526 print: a route, and a certificate. */

/** iproute2: the route, or the kernel's refusal (`ip route get`; errors of rtnetlink). */
const ROUTE = /^[0-9a-f.:]{3,45} (?:from \S{1,45} )?(?:via \S{1,60} )?dev \S{1,20} /m;
const NO_ROUTE =
	/^(?:unreachable|prohibit|blackhole) [0-9a-f.:]{3,45} |^RTNETLINK answers: (?:Network is unreachable|No route to host)/m;

/** Whether this machine has a route to Cloudflare; null where the text says nothing of one. */
export function route(text: string, { code }: Thread): ShellClue | null {
	if (code !== "523") return null;
	if (NO_ROUTE.test(text)) return { answer: { key: "direct-origin", value: "no-route" }, isShown: true };
	return ROUTE.test(text) ? { answer: { key: "direct-origin", value: "ok" }, isShown: true } : null;
}

/** `openssl x509 -dates`: `Nov  1 00:00:00 2026 GMT`. */
const DATE = /^(not(?:Before|After))=([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{2}:\d{2}:\d{2}) (\d{4}) GMT\s*$/gm;
/** `openssl x509 -ext subjectAltName`: ` DNS:shop.example, DNS:*.shop.example`. */
const NAMES = /^ {0,20}((?:DNS|IP Address):\S{1,253}(?:, (?:DNS|IP Address):\S{1,253}){0,200})\s*$/m;

/**
 * Whether a certificate is in date and for the site's name (RFC 9110 §4.3.4, RFC 6125 §6.4.3). Who issued it cannot be told from this: what
 * speaks for a valid one is asked back.
 * @param atMs when the failure was
 */
export function certificate(text: string, { code, url }: Thread, atMs: number): ShellClue | null {
	if (code !== "526" || url == null || !URL.canParse(url)) return null;
	const dates = new Map(
		[...text.matchAll(DATE)].map(([, which = "", month, day, clock, year]) => [
			which,
			Date.parse(`${day} ${month} ${year} ${clock} GMT`),
		]),
	);
	const [from, until] = [dates.get("notBefore"), dates.get("notAfter")];
	const names = NAMES.exec(text)?.[1]?.split(", ") ?? null;
	if (until === undefined) return null;
	const isInDate = atMs <= until && (from === undefined || atMs >= from);
	const isNamed = names === null ? null : names.some((name) => covers(name, new URL(url).hostname));
	if (!isInDate || isNamed === false) return { answer: { key: "direct-origin", value: "tls-failure" }, isShown: true };
	return { answer: isNamed === null ? null : { key: "direct-origin", value: "ok" }, isShown: false };
}

/** A wildcard stands for one label. */
function covers(entry: string, host: string): boolean {
	const name = entry.replace(/^(?:DNS|IP Address):/, "").toLowerCase();
	return name === host || (name.startsWith("*.") && host.slice(host.indexOf(".")) === name.slice(1));
}
