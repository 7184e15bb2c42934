/** OpenSSL 3.2 and later put a slash into some: ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE. */
const CODE = /^\w[\w/]{1,59}$/;

/** The system's or a library's own word for an error (`ECONNRESET`, `CERT_HAS_EXPIRED`); null when it has none. Total. */
export function codeOf(error: unknown): string | null {
	const code = (error as { code?: unknown } | null | undefined)?.code;
	return typeof code === "string" && CODE.test(code) ? code : null;
}

/** The class of an error, for log lines: its message may hold what people wrote. */
export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "Error");
