import type { Ending } from "../wire/ending.ts";
import type { Reading } from "../wire/reading.ts";

/** What takes most of a large header section: all fields of one name together, or one cookie. */
export interface LargestField {
	readonly name: string;
	/** The cookie's name. */
	readonly cookie: string | null;
	readonly bytes: number;
}

/** One request and the response to it, as far as they were recorded. */
export interface RecordedExchange {
	/** null, with `target`, `ray` and `host`: the request itself was not recorded. */
	readonly method: string | null;
	/** As it was written, also with its query; its beginning when it is long. */
	readonly target: string | null;
	/** The Ray ID of its CF-Ray field, 16 lower-case hex digits. */
	readonly ray: string | null;
	/** The name in its Host field; null for an IP address. */
	readonly host: string | null;
	readonly requestHeadBytes: number;
	/** The request's header section as it came; null where that is not wanted. */
	readonly requestHead: Buffer | null;
	/** The request's first byte, Unix milliseconds. */
	readonly startedAtMs: number;
	/** The end of the response, or what came instead of it. */
	readonly endedAtMs: number;
	/** Without its fields and its content. */
	readonly reading: Reading;
	/** Where its first byte is in the server's direction, as sequence numbers count; null: none was recorded, or its place is not known. */
	readonly responseAt: number | null;
	/** Bytes of the response that were recorded. */
	readonly responseBytes: number;
	/** null: its header section is small. */
	readonly largest: LargestField | null;
	/** How the server ended the connection before the response was complete, or after it; `enough` where it did not, or the recording does not show it. */
	readonly ending: Ending;
	/** No other exchange followed on its connection. */
	readonly isLast: boolean;
	/** Who sent FIN or RST first; null for all but the last exchange of a connection, and where nobody did. */
	readonly closedFirst: "client" | "server" | null;
	/** The client closed or reset the connection before the response was complete. */
	readonly gaveUp: boolean;
	/** The recording lost bytes of it, or ends inside it. */
	readonly gap: boolean;
	/** Another protocol took the connection over, as asked: nothing of it is HTTP. */
	readonly switched: boolean;
	readonly serverPort: number;
}

/** What a recording holds beside its exchanges. */
export interface CaptureFacts {
	readonly problem: "not-a-capture" | "gzip" | "damaged" | "cut" | null;
	/** The first and the last packet; null: there is none with a time. */
	readonly fromMs: number | null;
	readonly toMs: number | null;
	/** null: it was read as it passed, without packets. */
	readonly packets: number | null;
	/** Connections that carried something. */
	readonly connections: number;
	/** Of these, by what they carried. */
	readonly protocols: { readonly http: number; readonly tls: number; readonly h2: number; readonly other: number };
	/** What most connections look like that carried none of these, in our own words; null: like nothing known. */
	readonly otherProtocol: string | null;
	/** Connections that the server refused. */
	readonly refused: number;
	/** Connections that were given up because there were too many at once. */
	readonly givenUp: number;
	/** Packets that could not be read as TCP, by reason. */
	readonly unread: Readonly<Record<"fragment" | "tunnel" | "extension-header" | "link-type" | "short", number>>;
	/** Segments that were recorded in part. */
	readonly cutPackets: number;
	/** Packets that the recorder says it lost. */
	readonly dropped: number;
	/** It holds secrets of TLS connections. */
	readonly hasKeys: boolean;
}
