import type { FindingEntry } from "./finding.ts";
import { cloudflareHttp2Off, haproxyHttp1Only, nginxHttp2Off, updateHttp2Server } from "./fixes.ts";

export const h2SettingsMissing = {
	shownBy: "bytes",
	level: "fault",
	outcome: "ends",
	certainty: "high",
	cause: "http2-to-origin",
	// Pingora takes a response without them; only where none came either does their absence tell something.
	say: "Over HTTP/2 the server sent neither SETTINGS nor a response.",
	fix: "Something that is not an HTTP/2 server accepted the connection. Check what terminates TLS there.",
	why: "An HTTP/2 server must send SETTINGS first. Cloudflare waits for a response, and visitors get a timeout or a 520.",
	rfc: "RFC 9113 §3.4",
	curl: "52 (Empty reply from server)",
	accept: [],
	reject: ["Pingora", "Node", "curl"],
	fixes: [
		{
			where: "any",
			do: "Something that is not an HTTP/2 server accepted the connection. The server that terminates TLS must not offer h2 if the program behind it does not support it.",
		},
		cloudflareHttp2Off,
		nginxHttp2Off,
		haproxyHttp1Only,
		updateHttp2Server,
	],
} as const satisfies FindingEntry;
