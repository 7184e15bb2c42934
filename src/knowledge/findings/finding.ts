import type { CauseId } from "../causes/list.ts";

/** How much it matters: `good` is a finding too. */
export type FindingLevel = "fault" | "warn" | "note" | "good";

/** One fix: where it is done, what, and what to paste there. */
export interface Fix {
	readonly where: string;
	readonly do: string;
	readonly command?: string;
}

/** What is said of every finding. */
interface Said {
	readonly level: FindingLevel;
	/** In one sentence. */
	readonly say: string;
	/** What to do about it, in one sentence; null where nothing is to be done. */
	readonly fix: string | null;
	/** Why it matters behind Cloudflare. */
	readonly why: string;
	/** The clause that it deviates from; null where nothing forbids it. */
	readonly rfc: string | null;
	/** What curl 7.88 makes of it with its usual options: exit status and words; measured for findings in bytes, by its documentation for those of a look. */
	readonly curl: string | null;
	/** Who accepts it and who rejects it, measured 2026-11 (versions: {@link PARSERS_MEASURED}); mixed: depends on the details. */
	readonly accept: readonly string[];
	readonly reject: readonly string[];
	/** From common to rare. */
	readonly fixes: readonly Fix[];
}

/** What an HTTP/1 proxy with Cloudflare's open-source parser settings does with a message in whose bytes it is. */
export interface ProxyRule {
	readonly level: Exclude<FindingLevel, "good">;
	/**
	 * `ends`: the response ends there, whether its header section was passed on already or not. `stalls`: nothing more of it comes, and no
	 * parser objects: the proxy waits for the header section until its time is up, or cuts the content then.
	 */
	readonly outcome: "rejects" | "truncates" | "ends" | "stalls" | "accepts";
	/** How sure that is of Cloudflare's own build (three parsers compared, 2026-11). */
	readonly certainty: "high" | "medium";
	/** The cause that it speaks for; null where it speaks for none, or bytes alone do not tell. */
	readonly cause: CauseId | null;
}

/** The cause that a finding of a look speaks for, and how sure that is; null where it speaks for none. */
export type LookRule =
	| { readonly cause: CauseId; readonly confidence: "likely" | "possible" }
	| { readonly cause: null; readonly confidence: null };

/** A deviation from RFC 9110, 9112 or 9113 that the reader names, with the bytes that show it. */
interface InBytes extends Said, ProxyRule {
	readonly shownBy: "bytes";
	readonly level: ProxyRule["level"];
}

/** How the connection ended, where that is a fault of its own; or that nothing is wrong. */
interface AtTheEnd extends Said {
	readonly shownBy: "ending";
	readonly cause: CauseId | null;
}

/** What only a look at an origin shows: by its connection, its certificate, or the comparison with another look. No bytes, so no parser was asked. */
type InALook = Said & LookRule & { readonly shownBy: "look" };

/** What only a recording of both directions shows. */
interface InACapture extends Said {
	readonly shownBy: "capture";
	readonly cause: CauseId;
}

/** Everything about one finding. */
export type FindingEntry = InBytes | AtTheEnd | InALook | InACapture;

/** What was compared. */
export const PARSERS_MEASURED =
	"Cloudflare's open-source proxy Pingora (c0845a8), workerd 1.20261117, Node 24 (llhttp 9.4), undici 8.12, Go 1.19, curl 7.88, Python 3.11, nginx 1.22, HAProxy 2.6, Apache 2.4, Varnish 7.1";
