import type { Ending } from "../read/wire/ending.ts";
import { isAlertCode } from "../read/wire/tls-alerts.ts";

/** Where a look takes its way. */
type Route = "through-edge" | "direct-to-origin";

/** Milliseconds from the start of the look; null for what did not happen. */
interface Timings {
	readonly dnsMs: number | null;
	readonly connectedMs: number | null;
	readonly securedMs: number | null;
	readonly sentMs: number | null;
	readonly firstByteMs: number | null;
	readonly lastByteMs: number | null;
	readonly endedMs: number;
}

/** What TLS agreed on and whether the certificate would convince a browser. */
export interface TlsFacts {
	readonly protocol: string | null;
	readonly alpn: string | null;
	/** Why a browser would refuse the certificate (OpenSSL's code), or null. */
	readonly refusedBecause: string | null;
	readonly certificate: CertificateFacts | null;
}

/** What can be read of a handshake that failed: the records that are not encrypted. */
export interface HandshakeFacts {
	/** At least one TLS record came. */
	readonly speaksTls: boolean;
	/** The number of the alert that came in clear; null for none. */
	readonly alert: number | null;
	/** A CertificateRequest came in clear: up to TLS 1.2 (RFC 5246 §7.4.4); TLS 1.3 encrypts it. */
	readonly certificateRequested: boolean;
}

/** What the certificate says of itself; names and issuer are the other side's own words. */
export interface CertificateFacts {
	readonly subject: string;
	readonly issuer: string;
	readonly names: readonly string[];
	readonly validFromMs: number;
	readonly validToMs: number;
	readonly selfSigned: boolean;
	/** It matches the requested name (RFC 9525), whatever its authority. */
	readonly coversHost: boolean;
}

/** The looks at an origin: plainly, once more on the same connection, without Accept-Encoding, HEAD, over HTTP/2, at another address. */
const PLANNED_LOOKS = ["get", "again", "no-encoding", "head", "http2", "other-address"] as const;
/**
 * By what those met: plainly on a new connection, once more on that one after a pause, over HTTP/2 once more; in plain HTTP on the port
 * that speaks no TLS, or on the port that Cloudflare uses in the SSL/TLS mode Flexible.
 */
const FURTHER_LOOKS = ["once-more", "again-later", "http2-again", "plain-port", "flexible"] as const;
const ORIGIN_LOOKS = [...PLANNED_LOOKS, ...FURTHER_LOOKS] as const;
export type OriginLook = (typeof ORIGIN_LOOKS)[number];

/** What one look asked for. */
export interface Asked {
	readonly route: Route;
	/** Which of the looks of a question this is. */
	readonly purpose: "page" | "structured" | "other-url" | "trace" | "origin";
	/** Which of the looks at an origin, where it is one. */
	readonly originLook?: OriginLook;
	readonly url: string;
	readonly method: "GET" | "HEAD";
	/** When the look began, Unix milliseconds. */
	readonly startedAtMs: number;
}

/** undici's view of the same bytes: the strict second opinion. */
export type SecondOpinion =
	| {
			readonly kind: "read";
			readonly status: number /** The content came to its promised end, or to our cap. */;
			readonly whole: boolean;
			readonly fields: readonly (readonly [string, string])[];
	  }
	| { readonly kind: "refused"; readonly error: string };

/** A connection that carried an exchange: everything that came over it, whole or not. */
export interface Answered {
	readonly kind: "answered";
	readonly asked: Asked;
	readonly protocol: "http/1.1" | "h2";
	/** The largest HTTP/2 frame that our SETTINGS allowed. */
	readonly announcedFrameBytes?: number;
	readonly family: 4 | 6;
	/** The connected address is one of Cloudflare's published ones; the address itself is not kept. */
	readonly cloudflareAddress: boolean;
	/** What the other side sent (after TLS), up to the cap. */
	readonly bytes: Uint8Array;
	/** How many bytes came in all; more than `bytes.length` when the cap cut them. */
	readonly received: number;
	readonly ending: Ending;
	/** The message came to its own end and left the connection open for another request; known where we wrote the request ourselves. */
	readonly persists?: boolean;
	/** The system's or OpenSSL's word for an ending that is an error; a code, no free text. */
	readonly endingCode?: string | null;
	readonly tls: TlsFacts | null;
	/** null: the bytes were read by us alone. */
	readonly secondOpinion: SecondOpinion | null;
	/** Content as undici framed it (still encoded); for HTTP/2, where `bytes` are frames. */
	readonly content: Uint8Array;
	readonly timings: Timings;
}

/** No exchange took place: how far it came, and the system's word for why. */
export interface Unreached {
	readonly kind: "unreached";
	readonly asked: Asked;
	readonly stage: "connect" | "tls" | "certificate";
	/** ECONNREFUSED, ETIMEDOUT, ERR_SSL_…, CERT_HAS_EXPIRED …: a code, no free text. */
	readonly code: string;
	/** The first bytes on the wire where TLS was tried and did not come about. */
	readonly firstBytes?: Uint8Array;
	/** What the other side's TLS records said before it ended; absent where TLS was not tried. */
	readonly handshake?: HandshakeFacts;
	readonly timings: Timings;
}

export type Observation = Answered | Unreached;

/** A page whose name did not resolve: an observation like any other. */
export const unresolved = (url: string, noSuchName: boolean, startedAtMs: number): Observation => ({
	kind: "unreached",
	asked: { route: "through-edge", purpose: "page", url, method: "GET", startedAtMs },
	stage: "connect",
	code: noSuchName ? "ENOTFOUND" : "EAI_AGAIN",
	timings: {
		dnsMs: null,
		connectedMs: null,
		securedMs: null,
		sentMs: null,
		firstByteMs: null,
		lastByteMs: null,
		endedMs: 0,
	},
});

/** What an error of a socket says about how the connection ended. */
export function endingOf(code: string): Ending {
	if (code === "ECONNRESET" || code === "EPIPE" || code === "ECONNABORTED" || code === "ETIMEDOUT") return "reset";
	if (isAlertCode(code)) return "tls-alert";
	return code.startsWith("ERR_SSL") ? "tls-garbage" : "reset";
}
