/** How the bytes of a connection came to their end (DESIGN: ending). `enough`: we stopped reading, the message was whole or our cap reached. */
export const ENDINGS = ["fin", "reset", "tls-eof", "tls-alert", "tls-garbage", "deadline", "enough"] as const;
export type Ending = (typeof ENDINGS)[number];
