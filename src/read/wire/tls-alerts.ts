/**
 * The alerts by which a TLS peer says why it ends a connection (IANA TLS Alerts registry; RFC 8446 §6, RFC 5246 §7.2). Those that older
 * versions had are kept: servers still send them.
 */
const ALERTS: ReadonlyMap<number, string> = new Map([
	[0, "close notify"],
	[10, "unexpected message"],
	[20, "bad record mac"],
	[21, "decryption failed"],
	[22, "record overflow"],
	[30, "decompression failure"],
	[40, "handshake failure"],
	[41, "no certificate"],
	[42, "bad certificate"],
	[43, "unsupported certificate"],
	[44, "certificate revoked"],
	[45, "certificate expired"],
	[46, "certificate unknown"],
	[47, "illegal parameter"],
	[48, "unknown ca"],
	[49, "access denied"],
	[50, "decode error"],
	[51, "decrypt error"],
	[52, "too many cids requested"],
	[60, "export restriction"],
	[70, "protocol version"],
	[71, "insufficient security"],
	[80, "internal error"],
	[86, "inappropriate fallback"],
	[90, "user canceled"],
	[100, "no renegotiation"],
	[109, "missing extension"],
	[110, "unsupported extension"],
	[111, "certificate unobtainable"],
	[112, "unrecognized name"],
	[113, "bad certificate status response"],
	[114, "bad certificate hash value"],
	[115, "unknown psk identity"],
	[116, "certificate required"],
	[117, "general error"],
	[120, "no application protocol"],
	[121, "ech required"],
]);
const NUMBERS: ReadonlyMap<string, number> = new Map([...ALERTS].map(([number, name]) => [name, number]));

/** RFC 8446 §4.4.2.4, §6.2. */
export const NO_APPLICATION_PROTOCOL = 120;

/**
 * OpenSSL's reasons for an alert that came (include/openssl/sslerr.h, ssl/ssl_err.c), in Node's spelling: a version, often the word
 * ALERT, then the name. OpenSSL 3.2 and later write `ssl/tls alert …`, so that the code holds a slash. Without a version it is an error
 * that our own side found.
 */
const OPENSSL = /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13|SSL\/TLS|TLS)_(ALERT_)?([A-Z_]+)$/;

/**
 * The number of the alert that a Node.js error code tells of.
 * @param code for example ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE
 * @returns null when it tells of none, or of one without a number here
 */
export function alertOfCode(code: string | null | undefined): number | null {
	const name = OPENSSL.exec(code ?? "")?.[2];
	return name === undefined ? null : (NUMBERS.get(spelled(name)) ?? null);
}

/** Whether a Node.js error code says that the other side sent an alert, known or not. */
export function isAlertCode(code: string): boolean {
	return alertOfCode(code) !== null || OPENSSL.exec(code)?.[1] !== undefined;
}

/** OpenSSL writes `cancelled`; the registry does not. */
const spelled = (name: string) => name.toLowerCase().replaceAll("_", " ").replace("cancelled", "canceled");

/** An alert as the registry calls it; one without a name by its number: `alert 199`. */
export const alertName = (alert: number): string => ALERTS.get(alert) ?? `alert ${alert}`;

/** The same by a Node.js error code; null when that names none. An alert that the registry does not have keeps OpenSSL's words. */
export function alertNameOfCode(code: string | null | undefined): string | null {
	const alert = alertOfCode(code);
	if (alert !== null) return alertName(alert);
	const [, said, name] = OPENSSL.exec(code ?? "") ?? [];
	return said === undefined || name === undefined ? null : spelled(name);
}
