import { codeOf } from "../../read/error.ts";

/** `pg` checks the certificate with each of these, and says on standard error, between the lines of the log, that it will not for ever. */
const CHECKED = /([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/;
const AS_LIBPQ = /[?&]uselibpqcompat=true(?:&|$)/;
const NO_TLS = "NO_TLS";
/** OpenSSL's and Node's words for a certificate that is not accepted, and ours for a server that has none. */
const TLS = /CERT|TLS|SSL|^UNABLE_TO/;

/** The same address, with the mode of TLS that `pg` takes it for. */
export const namingTls = (url: string): string => (AS_LIBPQ.test(url) ? url : url.replace(CHECKED, "$1verify-full"));

/** The word for why there is no connection; null when there is none. `pg` has none for a server without TLS. */
export const connectCodeOf = (error: unknown): string | null =>
	codeOf(error) ?? (error instanceof Error && /server does not support SSL/.test(error.message) ? NO_TLS : null);

/** Whether it is about TLS, which no waiting cures. */
export const isTlsCode = (code: string): boolean => TLS.test(code);
