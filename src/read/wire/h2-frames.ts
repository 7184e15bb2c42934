/** Types of frames (RFC 9113 §6). */
export const DATA = 0;
export const HEADERS = 1;
export const PRIORITY = 2;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PUSH_PROMISE = 5;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;
export const CONTINUATION = 9;
/** Their names, by type. */
export const FRAME_NAMES: readonly string[] = [
	"DATA",
	"HEADERS",
	"PRIORITY",
	"RST_STREAM",
	"SETTINGS",
	"PUSH_PROMISE",
	"PING",
	"GOAWAY",
	"WINDOW_UPDATE",
	"CONTINUATION",
];

/** Flags; the same bit means one or the other by the type. */
export const END_STREAM = 1;
export const ACK = 1;
export const END_HEADERS = 4;
export const PADDED = 8;
export const WITH_PRIORITY = 32;

/** The stream of the one request that a look sends. */
export const STREAM = 1;
/** RFC 9113 §4.1. */
export const FRAME_HEAD_BYTES = 9;
/** What Cloudflare's open-source proxy asks for (connectors/http/v2.rs:580-592), and what a look announces as well. */
export const FRAME_ANNOUNCED_BYTES = 65_536;
