/** How the bytes of a connection came to their end (DESIGN: ending). `enough`: we stopped reading, the message was whole or our cap reached. */
export const ENDINGS = ["fin", "reset", "tls-eof", "tls-alert", "tls-garbage", "deadline", "enough"] as const;
export type Ending = (typeof ENDINGS)[number];

/** Endings in which the other side ended the connection in order. TLS without close_notify reads as an ordinary end (BoringSSL). */
export const ORDERLY: ReadonlySet<Ending> = new Set(["fin", "tls-eof"]);
/** Endings in which it closed the connection, in order or not. */
export const CLOSED: ReadonlySet<Ending> = new Set([...ORDERLY, "reset"]);
