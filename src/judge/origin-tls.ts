import type { OriginFindingId } from "../knowledge/findings/list.ts";
import type { Answered, TlsFacts, Unreached } from "../looks/observation.ts";
import { FOREIGN_PLAIN, foreignProtocol, isPlainHttp } from "../read/wire/foreign.ts";
import { alertName, alertNameOfCode, alertOfCode, NO_APPLICATION_PROTOCOL } from "../read/wire/tls-alerts.ts";

/** A finding without its look: its id, and more precisely what. */
type ShownFinding = readonly [id: OriginFindingId, what?: string];

/** RFC 8446 §6.2: the alert that says so itself. */
const CERTIFICATE_REQUIRED = 116;
/** Alerts about a certificate: what servers send for a missing one, encrypted and after the handshake under TLS 1.3. */
const ABOUT_CERTIFICATE: ReadonlySet<number> = new Set([CERTIFICATE_REQUIRED, 42, 46, 48]);
/**
 * Alerts after a CertificateRequest that mean our empty answer to it: 40 of OpenSSL and Node, 42 of Go and Java, the others of a server
 * that judges certificates. Without the request 40 means that no cipher is shared.
 */
const FOR_NO_CERTIFICATE: ReadonlySet<number> = new Set([...ABOUT_CERTIFICATE, 40, 41, 43, 44, 45, 49]);

/** Whether a handshake ended because the server demands a client certificate, which TLS up to 1.2 asks for in clear. */
function demandsCertificate({ code, handshake }: Unreached): boolean {
	const alert = handshake?.alert ?? null;
	const told = alertOfCode(code);
	if (handshake?.certificateRequested === true)
		return alert === null
			? told === null
				? code === "ECONNRESET"
				: FOR_NO_CERTIFICATE.has(told)
			: FOR_NO_CERTIFICATE.has(alert);
	if (alert !== null) return alert === CERTIFICATE_REQUIRED;
	// An encrypted alert: TLS 1.3 asks for the certificate in an encrypted record.
	return told !== null && ABOUT_CERTIFICATE.has(told);
}

/** The alert of a handshake that failed, by the record in clear or by OpenSSL's word; null for none. */
const alertNameOf = ({ code, handshake }: Unreached): string | null =>
	handshake?.alert == null ? alertNameOfCode(code) : alertName(handshake.alert);

/** The server shares none of the protocols that were offered (RFC 7301 §3.2). */
export const refusesProtocol = ({ code, handshake }: Unreached): boolean =>
	(handshake?.alert ?? alertOfCode(code)) === NO_APPLICATION_PROTOCOL;

/**
 * Why TLS did not come about.
 * @param plain what one plain request at the same port showed: `http`, or nothing of use; null when none was made
 */
export function handshakeFinding(look: Unreached, plain: "http" | "silent" | null): ShownFinding {
	const first = look.firstBytes ?? new Uint8Array();
	if (isPlainHttp(first) || plain === "http") return ["plain-http-on-tls-port"];
	const alert = alertNameOf(look);
	if (demandsCertificate(look)) return alert === null ? ["client-certificate-wanted"] : ["client-certificate-wanted", alert];
	const foreign = first.length > 0 ? foreignProtocol(first) : null;
	if (foreign !== null && FOREIGN_PLAIN.test(foreign)) return ["handshake-failed", foreign];
	if (first.length === 0 && look.code === "ETIMEDOUT") return ["tls-greeting-unanswered"];
	return ["handshake-failed", alert ?? look.code];
}

/** The alert with which a server ends a connection after the handshake, when that is for a missing client certificate; null otherwise. */
export function alertForCertificate({ ending, endingCode, received }: Answered): string | null {
	const alert = alertOfCode(endingCode);
	return ending === "tls-alert" && received === 0 && alert !== null && ABOUT_CERTIFICATE.has(alert) ? alertName(alert) : null;
}

/**
 * What Full (strict) would say; Full accepts any certificate (https://developers.cloudflare.com/ssl/origin-configuration/ssl-modes/). Each
 * problem by itself: OpenSSL names the first one only.
 */
export function certificateFindings({ certificate, refusedBecause }: TlsFacts, nowMs: number): ShownFinding[] {
	if (certificate === null) return [];
	const out: ShownFinding[] = [];
	if (nowMs > certificate.validToMs || nowMs < certificate.validFromMs) out.push(["certificate-expired"]);
	if (!certificate.coversHost) out.push(["certificate-wrong-name"]);
	if (refusedBecause !== null && !ABOUT_ITSELF.has(refusedBecause)) {
		if (/cloudflare origin/i.test(certificate.issuer)) out.push(["certificate-origin-ca"]);
		else out.push(certificate.selfSigned ? ["certificate-untrusted", "self-signed"] : ["certificate-untrusted"]);
	}
	return out;
}

/** OpenSSL's reasons that say nothing about who signed it. */
const ABOUT_ITSELF: ReadonlySet<string> = new Set(["ERR_TLS_CERT_ALTNAME_INVALID", "CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"]);
