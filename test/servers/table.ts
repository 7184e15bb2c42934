import type { CauseId } from "../../src/knowledge/causes/list.ts";
import type { ValueOf } from "../../src/knowledge/evidence.ts";
import type { FarmName, PortName } from "./farm.ts";

/** What is right to say of a server. Everything that a verdict says beyond it is a false alarm. */
export interface Expected {
	readonly direct: readonly ValueOf<"direct-origin">[];
	readonly codes: readonly (number | null)[];
	readonly causes: readonly (CauseId | null)[];
	/** Findings that have to be there, by id; `rows.ts` looks whether there are such findings. */
	readonly says: readonly string[];
	/** Further faults and warnings that are true too, or depend on which of the looks came first. */
	readonly may: readonly string[];
}

export interface Row {
	readonly server: FarmName;
	readonly scheme: "http" | "https";
	readonly port: PortName;
	readonly path: string;
	readonly does: string;
	readonly expected: Expected;
	/** Milliseconds that one look may take. */
	readonly limitMs: number;
}

type Way = readonly ["http" | "https", PortName];
const PLAIN: Way = ["http", "http"];
const TLS: Way = ["https", "https"];
const BOTH = [PLAIN, TLS];

/** A look that waits for an answer that never comes waits for so long. */
const PATIENCE_MS = 1_500;
const USUAL_MS = 8_000;

const expect = (
	direct: Expected["direct"],
	codes: Expected["codes"],
	causes: Expected["causes"],
	says: readonly string[],
	may: readonly string[] = [],
): Expected => ({ direct, codes, causes, says, may });

/** Nothing to say, and no cause. */
const HEALTHY = expect(["ok"], [null], [null], []);
/** Findings of further looks at a process that is ending or gone. */
const GONE: readonly string[] = [
	"no-bytes",
	"reset",
	"origin-refused",
	"handshake-failed",
	"closed-before-the-end",
	"h2-stream-reset",
	"some-requests-fail",
];
/** It ended without an answer. Why, bytes do not say. */
const died = (...may: string[]) =>
	expect(["closed-empty", "reset"], [520], [null, "origin-crashed"], ["no-bytes"], [...GONE, ...may]);
/** The answer is cut, and visitors have its beginning. */
const cut = (says: readonly string[], ...may: string[]) =>
	expect(["closed-mid-body"], [null], ["closed-mid-response"], says, may);
/** The server answers with an error of its own, which is passed on. */
const ownError = (...may: string[]) => expect(["server-error"], [null], ["relabelled-5xx"], ["own-error"], may);
const tooLarge = (says: string, ...may: string[]) =>
	expect(["header-section-too-large"], [520], ["headers-too-large"], [says], may);
const malformed = (says: string, ...may: string[]) => expect(["malformed"], [520], ["headers-malformed"], [says], may);
/** No answer while one look lasts. */
const HANGS = expect(["slow"], [524], [null, "origin-overloaded"], ["silence"]);
const STALLS = expect(["slow"], [null], [null, "origin-overloaded"], ["silence", "chunks-cut"]);
const WANTS_CERTIFICATE = expect(
	["client-certificate-wanted"],
	[null, 525],
	["origin-pulls"],
	["client-certificate-wanted"],
	["no-bytes", "tls-alert", "handshake-failed"],
);
const PLAIN_ON_TLS = expect(["wrong-protocol"], [525], ["protocol-mismatch"], ["plain-http-on-tls-port"]);
/** The same of a server whose plain port closes each connection. */
const PLAIN_ON_TLS_CLOSES = { ...PLAIN_ON_TLS, may: ["closes-unannounced"] };
const TLS_ON_PLAIN = expect(["wrong-protocol"], [null], ["protocol-mismatch"], ["tls-on-plain-port"]);
/** It closes on what is no TLS for it, without a word: no more can be said. */
const CLOSES_ON_PLAIN = expect(["closed-empty", "reset"], [520], [null], ["no-bytes"], ["reset"]);
/** A server that speaks HTTP/2 alone is healthy while HTTP/2 to Origin is on, and fails with 525 while it is off. */
const ONLY_HTTP2 = expect(
	["tls-failure", "ok"],
	[525, null],
	["protocol-mismatch", "http2-to-origin"],
	["http2-only"],
	["handshake-failed"],
);
/** Healthy, but each connection serves one request, and nothing says so. */
const CLOSES_UNANNOUNCED = expect(["ok"], [null], [null, "idle-race"], ["closes-unannounced"]);

function rows(
	server: FarmName,
	ways: readonly Way[],
	path: string,
	does: string,
	expected: Expected,
	limitMs: number = USUAL_MS,
): readonly Row[] {
	return ways.map(([scheme, port]) => ({ server, scheme, port, path, does, expected, limitMs }));
}

const healthy = (server: FarmName, ways: readonly Way[], ...paths: readonly string[]): readonly Row[] =>
	paths.flatMap((path) => rows(server, ways, path, WHOLE[path] ?? "healthy", HEALTHY));

/** What a healthy server does in everyday life. */
const WHOLE: Readonly<Record<string, string>> = {
	"/ok": "answers, and keeps the connection",
	"/stream": "sends chunks",
	"/trailers": "sends trailers",
	"/gzip": "sends gzip",
	"/big": "sends 300 KB",
	"/big-stream": "sends 300 KB of no known length",
	"/empty": "answers 204",
	"/not-modified": "answers 304",
	"/moved": "answers 302",
	"/missing": "answers 404",
	"/hints": "sends early hints",
	"/cookies": "sets 20 cookies",
	"/file": "serves a file that takes ranges",
	"/files/a.txt": "serves a file that takes ranges",
	"/close": "says that it closes the connection",
	"/slow": "thinks for 300 ms",
	"/999": "answers 999",
};
const EVERYDAY = Object.keys(WHOLE).filter((path) => path !== "/999" && path !== "/files/a.txt");
const without = (...paths: readonly string[]) => EVERYDAY.filter((path) => !paths.includes(path));
const STALL = "stops in the middle of its answer";
const HANG = "does not answer";

const NODE: readonly Row[] = [
	...healthy("node", BOTH, ...EVERYDAY),
	...healthy("node", [PLAIN], "/999", "/hints-with-length", "/wants-http1"),
	...rows("node", [TLS], "/goaway-and-answer", "GOAWAY with an error code, and a whole answer", HEALTHY),
	...rows("node", [TLS], "/wants-http1", "asks for HTTP/1.1", HEALTHY),
	...rows(
		"node",
		[TLS],
		"/hints-with-length",
		"early hints with a Content-Length over HTTP/2",
		expect(["closed-mid-body", "malformed"], [null], ["http2-to-origin"], ["http2-worse"], ["h2-content-length-mismatch"]),
	),
	...rows("node", BOTH, "/throw", "an uncaught error", died()),
	...rows("node", BOTH, "/throw-in-stream", "an uncaught error in mid-answer", cut(["chunks-cut"], ...GONE)),
	...rows("node", BOTH, "/kill", "killed", died()),
	...rows("node", BOTH, "/kill-in-stream", "killed in mid-answer", cut(["chunks-cut"], ...GONE)),
	...rows(
		"node",
		BOTH,
		"/long",
		"promises more than it sends",
		cut(["content-short"], "length-too-long", "h2-content-length-mismatch"),
	),
	...rows(
		"node",
		[PLAIN],
		"/reset",
		"resets the connection",
		expect(["reset"], [520], [null, "origin-crashed"], ["reset"], ["no-bytes"]),
	),
	...rows(
		"node",
		[PLAIN],
		"/reset-in-stream",
		"resets the connection in mid-answer",
		expect(["reset"], [null], ["closed-mid-response", "origin-crashed"], ["reset", "chunks-cut"], ["no-bytes"]),
	),
	...rows("node", BOTH, "/140-kb", "140 KB of headers", tooLarge("header-section-over-128k", "h2-stream-reset")),
	...rows("node", BOTH, "/300-fields", "300 fields", tooLarge("too-many-fields")),
	...rows("node", BOTH, "/hang", HANG, HANGS, PATIENCE_MS),
	...rows("node", BOTH, "/stall", STALL, STALLS, PATIENCE_MS),
	...rows("node", BOTH, "/502", "its own 502", ownError()),
	...rows(
		"node",
		BOTH,
		"/502-without-encoding",
		"a 502 for one of its looks",
		ownError("some-requests-fail", "encoding-matters"),
	),
	...rows(
		"node",
		BOTH,
		"/502-or-300-fields",
		"300 fields, or a 502",
		tooLarge("too-many-fields", "own-error", "some-requests-fail"),
	),
	...rows("node", [["https", "h2only"]], "/ok", "speaks only HTTP/2", ONLY_HTTP2),
	...rows("node", [["https", "mtls12"]], "/ok", "wants a client certificate, TLS 1.2", WANTS_CERTIFICATE),
	...rows("node", [["https", "mtls13"]], "/ok", "wants a client certificate, TLS 1.3", WANTS_CERTIFICATE),
	...rows("node", [["http", "https"]], "/ok", "plain HTTP to the TLS port", CLOSES_ON_PLAIN),
	...rows("node", [["https", "http"]], "/ok", "TLS to the plain port", PLAIN_ON_TLS),
	...rows("node", [["http", "closes20"]], "/ok", "closes after 20 ms, unannounced", CLOSES_UNANNOUNCED),
	...rows("node", [["http", "closes80"]], "/ok", "closes after 80 ms, unannounced", CLOSES_UNANNOUNCED),
];

const GO: readonly Row[] = [
	...healthy("go", BOTH, ...EVERYDAY, "/999"),
	...rows("go", BOTH, "/throw", "a panic", died()),
	...rows("go", BOTH, "/throw-in-stream", "a panic in mid-answer", cut(["chunks-cut"], "h2-stream-reset")),
	...rows("go", BOTH, "/kill", "ends", died()),
	...rows("go", BOTH, "/kill-in-stream", "ends in mid-answer", cut(["chunks-cut"], ...GONE)),
	...rows(
		"go",
		BOTH,
		"/long",
		"promises more than it sends",
		cut(["content-short"], "length-too-long", "h2-content-length-mismatch"),
	),
	...rows(
		"go",
		[PLAIN],
		"/reset",
		"resets the connection",
		expect(["reset"], [520], [null, "origin-crashed"], ["reset"], ["no-bytes"]),
	),
	...rows(
		"go",
		[TLS],
		"/reset",
		"resets the connection under TLS",
		expect(["reset"], [520], [null, "origin-crashed", "tls-broken"], ["reset"], ["no-bytes", "h2-stream-reset"]),
	),
	...rows(
		"go",
		[PLAIN],
		"/reset-in-stream",
		"resets the connection in mid-answer",
		expect(["reset"], [null], ["closed-mid-response", "origin-crashed"], ["reset", "chunks-cut"]),
	),
	...rows(
		"go",
		[TLS],
		"/reset-in-stream",
		"resets the connection under TLS in mid-answer",
		expect(
			["reset"],
			[null],
			["closed-mid-response", "origin-crashed", "tls-broken"],
			["reset", "chunks-cut"],
			["h2-stream-reset"],
		),
	),
	...rows("go", BOTH, "/140-kb", "140 KB of headers", tooLarge("header-section-over-128k")),
	...rows("go", BOTH, "/300-fields", "300 fields", tooLarge("too-many-fields")),
	...rows("go", BOTH, "/hang", HANG, HANGS, PATIENCE_MS),
	...rows("go", BOTH, "/stall", STALL, STALLS, PATIENCE_MS),
	...rows("go", BOTH, "/502", "its proxy's own 502", ownError()),
	...rows("go", [["http", "impatient"]], "/late", "WriteTimeout", died()),
	// The record that Go sends after its time-out cannot be decrypted: TLS is broken, whatever broke it.
	...rows(
		"go",
		[["https", "impatientTls"]],
		"/late",
		"WriteTimeout over TLS",
		expect(["tls-failure"], [520], ["tls-broken"], ["tls-garbage"], ["no-bytes", "h2-stream-reset"]),
	),
	...rows("go", [["https", "mtls12"]], "/ok", "wants a client certificate, TLS 1.2", WANTS_CERTIFICATE),
	...rows("go", [["https", "mtls13"]], "/ok", "wants a client certificate, TLS 1.3", WANTS_CERTIFICATE),
	...rows("go", [["http", "https"]], "/ok", "plain HTTP to the TLS port", TLS_ON_PLAIN),
	...rows("go", [["https", "http"]], "/ok", "TLS to the plain port", PLAIN_ON_TLS),
	...rows("go", [["http", "closes20"]], "/ok", "IdleTimeout of 20 ms", CLOSES_UNANNOUNCED),
	...rows("go", [["http", "closes80"]], "/ok", "IdleTimeout of 80 ms", CLOSES_UNANNOUNCED),
];

const CADDY: readonly Row[] = [
	...healthy("caddy", BOTH, ...EVERYDAY, "/files/a.txt", "/999"),
	...rows("caddy", BOTH, "/502", "its own 502", ownError()),
	...rows("caddy", BOTH, "/abort", "abort", died()),
	...rows("caddy", BOTH, "/raw/nothing", "its backend closes without a byte", ownError()),
	...rows("caddy", BOTH, "/raw/reset", "its backend resets", ownError()),
	...rows("caddy", BOTH, "/raw/half-head", "its backend sends half a header section", ownError()),
	...rows("caddy", BOTH, "/raw/hang", "its backend does not answer", ownError(), PATIENCE_MS),
	// It compresses what came and ends it properly: only the answer that it does not compress is cut.
	...rows(
		"caddy",
		BOTH,
		"/raw/short",
		"its backend promises more than it sends",
		expect(["ok", "closed-mid-body"], [null], [null, "closed-mid-response"], ["content-short"], ["some-requests-fail"]),
	),
	// Without a length it ends whatever came as if it were whole.
	...rows("caddy", BOTH, "/raw/reset-in-chunks", "its backend resets in mid-answer", HEALTHY),
	...rows("caddy", BOTH, "/raw/stall", STALL, STALLS, PATIENCE_MS),
	...rows("caddy", BOTH, "/raw/140-kb", "140 KB of headers", tooLarge("header-section-over-128k")),
	...rows("caddy", BOTH, "/raw/300-fields", "300 fields", tooLarge("too-many-fields")),
	...rows("caddy", BOTH, "/raw/nul", "a NUL byte in a value", malformed("nul-byte")),
	...rows("caddy", BOTH, "/raw/control", "a control byte in a value", malformed("control-in-value")),
	...rows("caddy", [["https", "mtls12"]], "/ok", "wants a client certificate, TLS 1.2", WANTS_CERTIFICATE),
	...rows("caddy", [["https", "mtls13"]], "/ok", "wants a client certificate, TLS 1.3", WANTS_CERTIFICATE),
	...rows("caddy", [["http", "https"]], "/ok", "plain HTTP to the TLS port", TLS_ON_PLAIN),
	...rows("caddy", [["https", "http"]], "/ok", "TLS to the plain port", PLAIN_ON_TLS),
];

const TOMCAT: readonly Row[] = [
	...healthy("tomcat", BOTH, ...without("/hints", "/file", "/close"), "/999"),
	...healthy("tomcat", [PLAIN], "/close"),
	// It passes on over HTTP/2 what HTTP/2 forbids (RFC 9113 §8.2.2).
	...rows(
		"tomcat",
		[TLS],
		"/close",
		"an application that sends Connection: close over HTTP/2",
		expect(["malformed"], [520], ["http2-to-origin"], ["http2-worse", "h2-bad-field"]),
	),
	...rows("tomcat", BOTH, "/throw", "an exception", ownError()),
	...rows("tomcat", BOTH, "/throw-in-stream", "an exception in mid-answer", cut(["chunks-cut"], "h2-stream-reset")),
	...rows("tomcat", BOTH, "/kill", "ends", died()),
	...rows("tomcat", BOTH, "/kill-in-stream", "ends in mid-answer", cut(["chunks-cut"], ...GONE)),
	...rows(
		"tomcat",
		BOTH,
		"/long",
		"promises more than it sends, and closes after 10 s of keep-alive",
		cut(["content-short"], "length-too-long", "h2-content-length-mismatch", "h2-stream-reset"),
		14_000,
	),
	...rows("tomcat", [PLAIN], "/140-kb", "140 KB of headers, 8 KB allowed", ownError()),
	...rows(
		"tomcat",
		[TLS],
		"/140-kb",
		"140 KB of headers, 256 KB allowed",
		tooLarge("header-section-over-128k", "h2-stream-reset"),
	),
	...rows("tomcat", BOTH, "/300-fields", "300 fields", tooLarge("too-many-fields")),
	...rows("tomcat", BOTH, "/hang", HANG, HANGS, PATIENCE_MS),
	...rows("tomcat", BOTH, "/stall", STALL, STALLS, PATIENCE_MS),
	...rows("tomcat", BOTH, "/502", "its own 502", ownError()),
	...rows("tomcat", [["https", "mtls12"]], "/ok", "wants a client certificate, TLS 1.2", WANTS_CERTIFICATE),
	...rows("tomcat", [["https", "mtls13"]], "/ok", "wants a client certificate, TLS 1.3", WANTS_CERTIFICATE),
	...rows("tomcat", [["http", "https"]], "/ok", "plain HTTP to the TLS port", TLS_ON_PLAIN),
	...rows("tomcat", [["https", "http"]], "/ok", "TLS to the plain port", PLAIN_ON_TLS),
];

const PUMA: readonly Row[] = [
	...healthy("puma", BOTH, ...without("/trailers", "/file"), "/999"),
	...rows("puma", BOTH, "/throw", "an exception", ownError()),
	...rows("puma", BOTH, "/throw-in-stream", "an exception in mid-answer", cut(["status-line-in-chunks"])),
	...rows("puma", BOTH, "/throw-in-length", "an exception in mid-answer", cut(["content-short"], "length-too-long")),
	...rows("puma", BOTH, "/kill", "its worker is killed", died()),
	...rows("puma", BOTH, "/kill-in-stream", "its worker is killed in mid-answer", cut(["chunks-cut"], ...GONE)),
	...rows(
		"puma",
		BOTH,
		"/long",
		"promises more than it sends, and closes after 10 s of keep-alive",
		cut(["content-short"], "length-too-long"),
		14_000,
	),
	...rows("puma", BOTH, "/140-kb", "140 KB of headers", tooLarge("header-section-over-128k")),
	...rows("puma", BOTH, "/300-fields", "300 fields", tooLarge("too-many-fields")),
	...rows("puma", BOTH, "/hang", HANG, HANGS, PATIENCE_MS),
	...rows("puma", BOTH, "/stall", STALL, STALLS, PATIENCE_MS),
	...rows("puma", BOTH, "/502", "its own 502", ownError()),
	// It closes without an alert, and what it wanted was said in an encrypted record: no more can be seen from here.
	...rows("puma", [["https", "mtls13"]], "/ok", "wants a client certificate, TLS 1.3", died()),
	...rows(
		"puma",
		[["http", "https"]],
		"/ok",
		"plain HTTP to the TLS port: it waits for the rest of a greeting",
		expect(["slow"], [524], [null, "protocol-mismatch"], ["silence"]),
		PATIENCE_MS,
	),
	...rows("puma", [["https", "http"]], "/ok", "TLS to the plain port", PLAIN_ON_TLS),
];

const ROUTER: Way = ["http", "router"];
/** What uWSGI's own sockets answer; without a length and without chunks the end of the connection is the end of the answer. */
const UWSGI: readonly Row[] = [
	...["/ok", "/gzip", "/big", "/moved", "/missing", "/cookies", "/slow"].flatMap((path) =>
		rows("uwsgi", [PLAIN], path, `${WHOLE[path]}, then closes`, CLOSES_UNANNOUNCED),
	),
	...healthy("uwsgi", [PLAIN], "/stream", "/close"),
	...rows("uwsgi", [PLAIN], "/empty", `${WHOLE["/empty"]}, then closes`, CLOSES_UNANNOUNCED),
	...rows("uwsgi", [PLAIN], "/not-modified", `${WHOLE["/not-modified"]}, then closes`, CLOSES_UNANNOUNCED),
	...healthy("uwsgi", [ROUTER, TLS], "/ok", "/gzip", "/big", "/moved", "/missing", "/cookies", "/slow"),
	...[PLAIN, ROUTER, TLS].flatMap((way) => [
		...rows("uwsgi", [way], "/throw", "an exception", died()),
		...rows("uwsgi", [way], "/throw-in-length", "an exception in mid-answer", cut(["content-short"], "length-too-long")),
		...rows("uwsgi", [way], "/long", "promises more than it sends", cut(["content-short"], "length-too-long")),
		...rows("uwsgi", [way], "/kill", "its worker is killed", died()),
		...rows("uwsgi", [way], "/kill-in-length", "its worker is killed in mid-answer", cut(["content-short"], "length-too-long")),
		...rows("uwsgi", [way], "/140-kb", "140 KB of headers, 4 KB allowed a field", died()),
		...rows("uwsgi", [way], "/300-fields", "300 fields", tooLarge("too-many-fields", "closes-unannounced")),
		...rows("uwsgi", [way], "/hang", HANG, HANGS, PATIENCE_MS),
		...rows("uwsgi", [way], "/502", "its own 502", ownError("closes-unannounced")),
	]),
	...rows("uwsgi", [["http", "https"]], "/ok", "plain HTTP to the TLS port", CLOSES_ON_PLAIN),
	...rows("uwsgi", [["https", "http"]], "/ok", "TLS to the plain port, which closes", PLAIN_ON_TLS_CLOSES),
];

/** Hypercorn 0.13 closes the connection after most answers of a known length, and does not say so. */
const HYPERCORN_HEALTHY = expect(["ok"], [null], [null, "idle-race"], [], ["closes-unannounced"]);
const HYPERCORN: readonly Row[] = [
	...without("/trailers", "/hints", "/file").flatMap((path) =>
		rows("hypercorn", BOTH, path, WHOLE[path] ?? path, HYPERCORN_HEALTHY),
	),
	...rows("hypercorn", BOTH, "/throw", "an exception", ownError()),
	...rows(
		"hypercorn",
		BOTH,
		"/throw-in-stream",
		"an exception in mid-answer",
		cut(["chunks-cut"], "silence", "h2-stream-reset"),
		3_000,
	),
	...rows(
		"hypercorn",
		BOTH,
		"/throw-in-length",
		"an exception in mid-answer",
		cut(["content-short"], "length-too-long", "silence", "h2-stream-reset"),
		3_000,
	),
	...rows("hypercorn", BOTH, "/kill", "killed", died()),
	...rows("hypercorn", BOTH, "/kill-in-stream", "killed in mid-answer", cut(["chunks-cut"], ...GONE)),
	...rows(
		"hypercorn",
		BOTH,
		"/long",
		"promises more than it sends",
		cut(["content-short"], "length-too-long", "h2-content-length-mismatch"),
	),
	...rows("hypercorn", BOTH, "/140-kb", "140 KB of headers", tooLarge("header-section-over-128k", "closes-unannounced")),
	...rows("hypercorn", BOTH, "/300-fields", "300 fields", tooLarge("too-many-fields", "closes-unannounced")),
	...rows("hypercorn", BOTH, "/hang", HANG, HANGS, PATIENCE_MS),
	...rows("hypercorn", BOTH, "/stall", STALL, STALLS, PATIENCE_MS),
	...rows("hypercorn", BOTH, "/502", "its own 502", ownError()),
	...rows("hypercorn", [["https", "mtls13"]], "/ok", "wants a client certificate, TLS 1.3", died()),
	...rows("hypercorn", [["http", "https"]], "/ok", "plain HTTP to the TLS port", CLOSES_ON_PLAIN),
	...rows("hypercorn", [["https", "http"]], "/ok", "TLS to the plain port", PLAIN_ON_TLS_CLOSES),
];

const UVICORN: readonly Row[] = [
	...healthy("uvicorn", BOTH, ...without("/trailers", "/hints", "/file")),
	...rows("uvicorn", BOTH, "/throw", "an exception", ownError()),
	...rows("uvicorn", BOTH, "/throw-in-stream", "an exception in mid-answer", cut(["chunks-cut"])),
	...rows("uvicorn", BOTH, "/throw-in-length", "an exception in mid-answer", cut(["content-short"], "length-too-long")),
	...rows("uvicorn", BOTH, "/kill", "killed", died()),
	...rows("uvicorn", BOTH, "/kill-in-stream", "killed in mid-answer", cut(["chunks-cut"], ...GONE)),
	...rows("uvicorn", BOTH, "/long", "promises more than it sends", cut(["content-short"], "length-too-long")),
	...rows("uvicorn", BOTH, "/140-kb", "140 KB of headers", tooLarge("header-section-over-128k")),
	...rows("uvicorn", BOTH, "/300-fields", "300 fields", tooLarge("too-many-fields")),
	...rows("uvicorn", BOTH, "/hang", HANG, HANGS, PATIENCE_MS),
	...rows("uvicorn", BOTH, "/stall", STALL, STALLS, PATIENCE_MS),
	...rows("uvicorn", BOTH, "/502", "its own 502", ownError()),
	...rows("uvicorn", [["https", "mtls13"]], "/ok", "wants a client certificate, TLS 1.3", died()),
	...rows("uvicorn", [["http", "https"]], "/ok", "plain HTTP to the TLS port", CLOSES_ON_PLAIN),
	...rows("uvicorn", [["https", "http"]], "/ok", "TLS to the plain port", PLAIN_ON_TLS),
];

/**
 * Varnish answers as soon as it has a header section, or with its 503 when the fault came as early. A 503 proves nothing about encoding or
 * reuse. Of two requests at once it may also cut one and end the other well before it closes, which then looks like the encoding's doing.
 */
const CUT_OR_OWN_ERROR = expect(
	["closed-mid-body", "server-error"],
	[null],
	["closed-mid-response", "relabelled-5xx"],
	[],
	["chunks-cut", "content-short", "own-error", "some-requests-fail", "closes-unannounced", "encoding-matters"],
);
const VARNISH: readonly Row[] = [
	...healthy("varnish", [PLAIN], ...without("/trailers", "/not-modified", "/hints")),
	// Varnish 7.1 takes neither of these from a backend.
	...rows("varnish", [PLAIN], "/trailers", "its backend sends trailers", CUT_OR_OWN_ERROR),
	...rows("varnish", [PLAIN], "/hints", "its backend sends early hints", ownError()),
	...rows("varnish", [PLAIN], "/not-modified", "its backend answers 304 unasked", ownError()),
	...rows("varnish", [PLAIN], "/502", "its own 502", ownError()),
	...rows("varnish", [PLAIN], "/raw/nothing", "its backend closes without a byte", ownError()),
	...rows("varnish", [PLAIN], "/raw/reset", "its backend resets", ownError()),
	...rows("varnish", [PLAIN], "/raw/half-head", "its backend sends half a header section", ownError()),
	...rows("varnish", [PLAIN], "/raw/hang", "its backend does not answer", ownError(), 3_000),
	...rows("varnish", [PLAIN], "/raw/300-fields", "300 fields", ownError()),
	...rows("varnish", [PLAIN], "/raw/140-kb", "140 KB of headers", ownError()),
	...rows("varnish", [PLAIN], "/raw/nul", "a NUL byte in a value", ownError()),
	...rows("varnish", [PLAIN], "/raw/short", "its backend promises more than it sends", CUT_OR_OWN_ERROR),
	...rows("varnish", [PLAIN], "/raw/good-then-bad-chunk", "a good chunk, then a bad one", CUT_OR_OWN_ERROR),
	...rows("varnish", [PLAIN], "/raw/bad-chunk", "a bad first chunk", CUT_OR_OWN_ERROR),
	...rows("varnish", [PLAIN], "/raw/reset-in-chunks", "its backend resets in mid-answer", CUT_OR_OWN_ERROR),
	...rows("varnish", [PLAIN], "/raw/stall", "its backend stops in mid-answer", cut(["chunks-cut"]), 3_000),
	...rows(
		"varnish",
		[PLAIN],
		"/raw/two-lengths",
		"two lengths",
		expect(["malformed"], [520], ["framing-conflict"], ["content-length-differs"]),
	),
	// It waits for a whole request, and a greeting is none.
	...rows("varnish", [["https", "http"]], "/ok", "TLS to the plain port, which says nothing", PLAIN_ON_TLS),
];

const H2O: readonly Row[] = [
	...healthy("h2o", BOTH, ...EVERYDAY, "/files/a.txt", "/999"),
	...rows("h2o", BOTH, "/502", "its backend's 502", ownError()),
	...rows("h2o", BOTH, "/raw/nothing", "its backend closes without a byte", ownError()),
	...rows("h2o", BOTH, "/raw/reset", "its backend resets", ownError()),
	...rows("h2o", BOTH, "/raw/half-head", "its backend sends half a header section", ownError()),
	...rows("h2o", BOTH, "/raw/hang", "its backend does not answer", ownError(), 3_000),
	...rows("h2o", BOTH, "/raw/300-fields", "300 fields", ownError()),
	...rows("h2o", BOTH, "/raw/nul", "a NUL byte in a value", ownError()),
	...rows("h2o", BOTH, "/raw/140-kb", "140 KB of headers", tooLarge("header-section-over-128k")),
	...rows(
		"h2o",
		BOTH,
		"/raw/short",
		"its backend promises more than it sends",
		cut(["content-short"], "length-too-long", "h2-stream-reset"),
	),
	...rows("h2o", BOTH, "/raw/bad-chunk", "a bad first chunk", cut(["chunks-cut"], "h2-stream-reset")),
	...rows("h2o", BOTH, "/raw/good-then-bad-chunk", "a good chunk, then a bad one", cut(["chunks-cut"], "h2-stream-reset")),
	// In both of these it begins a chunk with an empty line, and closes.
	...rows(
		"h2o",
		BOTH,
		"/raw/reset-in-chunks",
		"its backend resets in mid-answer",
		cut(["chunks-cut"], "chunk-size-empty", "trailer-without-colon", "h2-stream-reset"),
	),
	...rows(
		"h2o",
		BOTH,
		"/raw/stall",
		"its backend stops in mid-answer",
		cut(["chunks-cut"], "chunk-size-empty", "trailer-without-colon", "h2-stream-reset"),
		3_000,
	),
	...rows("h2o", [["http", "https"]], "/ok", "plain HTTP to the TLS port", CLOSES_ON_PLAIN),
	...rows("h2o", [["https", "http"]], "/ok", "TLS to the plain port", PLAIN_ON_TLS),
];

const NGINX: readonly Row[] = [
	...healthy("nginx", BOTH, ...without("/hints"), "/files/a.txt", "/999"),
	// nginx 1.22 takes a 103 from its backend for the whole answer.
	...rows(
		"nginx",
		BOTH,
		"/hints",
		"its backend sends early hints",
		expect(
			["malformed", "slow"],
			[520, 524],
			["upgrade-or-1xx"],
			["only-interim"],
			["incomplete-header-section", "silence", "h2-stream-reset", "h2-bad-frame"],
		),
		3_000,
	),
	...rows("nginx", BOTH, "/502", "its own 502", ownError()),
	...rows("nginx", BOTH, "/raw/nothing", "its backend closes without a byte", ownError()),
	...rows("nginx", BOTH, "/raw/hang", "its backend does not answer", ownError(), 3_000),
	...rows("nginx", BOTH, "/raw/300-fields", "300 fields, one page allowed", ownError()),
	...rows("nginx", BOTH, "/raw/nul", "a NUL byte in a value", ownError()),
	...rows("nginx", BOTH, "/raw/control", "a control byte in a value", malformed("control-in-value", "h2-bad-field")),
	...rows(
		"nginx",
		BOTH,
		"/raw/ssh",
		"another protocol behind it",
		expect(["wrong-protocol"], [520], ["protocol-mismatch"], ["not-http"], ["silence", "h2-bad-status"]),
		PATIENCE_MS,
	),
	...rows(
		"nginx",
		BOTH,
		"/raw/status-20",
		"a status of two digits",
		malformed("bad-status-code", "silence", "h2-bad-status"),
		PATIENCE_MS,
	),
	...rows(
		"nginx",
		BOTH,
		"/raw/short",
		"its backend promises more than it sends",
		cut(["content-short"], "length-too-long", "h2-stream-reset"),
	),
	...rows("nginx", BOTH, "/raw/reset-in-chunks", "its backend resets in mid-answer", cut(["chunks-cut"], "h2-stream-reset")),
	...rows("nginx", BOTH, "/raw/stall", "its backend stops in mid-answer", cut(["chunks-cut"], "h2-stream-reset"), 3_000),
	...rows("nginx", BOTH, "/raw/bad-chunk", "a bad first chunk", died()),
	...rows("nginx", [["http", "https"]], "/ok", "plain HTTP to the TLS port", TLS_ON_PLAIN),
	...rows("nginx", [["https", "http"]], "/ok", "TLS to the plain port", PLAIN_ON_TLS),
];

/** The silent close of Apache and HAProxy on a later request of a connection: a 502 on the first one proves nothing about reuse. */
const SILENT_LATER = expect(
	["server-error", "closed-empty"],
	[null, 520],
	["relabelled-5xx", null, "origin-crashed"],
	["own-error", "no-bytes"],
	["h2-stream-reset", "some-requests-fail"],
);
const SILENT_LATER_HINTS = expect(
	["server-error", "malformed"],
	[null, 520],
	["relabelled-5xx", null, "origin-crashed", "upgrade-or-1xx"],
	["own-error", "only-interim"],
	["incomplete-header-section", "h2-stream-reset", "some-requests-fail"],
);

const APACHE: readonly Row[] = [
	...healthy("apache", BOTH, ...EVERYDAY, "/files/a.txt", "/999"),
	...rows("apache", BOTH, "/502", "its backend's 502", ownError()),
	...rows("apache", BOTH, "/raw/nothing", "its backend closes without a byte", SILENT_LATER),
	...rows("apache", BOTH, "/raw/early-hints", "its backend dies after early hints", SILENT_LATER_HINTS),
	...rows("apache", BOTH, "/raw/half-head", "its backend sends half a header section", ownError()),
	...rows("apache", BOTH, "/raw/hang", "its backend does not answer", ownError(), 3_000),
	...rows("apache", BOTH, "/raw/nul", "a NUL byte in a value", ownError()),
	// Its 500 over HTTP/1.1; over HTTP/2 it resets the stream.
	...rows("apache", [PLAIN], "/raw/control", "a control byte in a value", ownError()),
	...rows(
		"apache",
		[TLS],
		"/raw/control",
		"a control byte in a value",
		expect(
			["server-error", "malformed"],
			[null, 520],
			["relabelled-5xx"],
			["own-error"],
			["h2-stream-reset", "some-requests-fail"],
		),
	),
	...rows("apache", BOTH, "/raw/bad-chunk", "a bad first chunk", ownError()),
	...rows("apache", BOTH, "/raw/good-then-bad-chunk", "a good chunk, then a bad one", cut(["chunks-cut"], "h2-stream-reset")),
	...rows(
		"apache",
		BOTH,
		"/raw/short",
		"its backend promises more than it sends",
		cut(["content-short"], "length-too-long", "h2-stream-reset"),
	),
	...rows("apache", BOTH, "/raw/reset-in-chunks", "its backend resets in mid-answer", cut(["chunks-cut"], "h2-stream-reset")),
	...rows("apache", BOTH, "/raw/stall", "its backend stops in mid-answer", cut(["chunks-cut"], "h2-stream-reset"), 3_000),
	...rows("apache", BOTH, "/raw/140-kb", "140 KB of headers", tooLarge("header-section-over-128k", "h2-stream-reset")),
	...rows("apache", BOTH, "/raw/300-fields", "300 fields", tooLarge("too-many-fields")),
	// It sends both lengths in answer to HEAD only.
	...rows(
		"apache",
		BOTH,
		"/raw/two-lengths",
		"two lengths in answer to HEAD",
		expect(["ok"], [null], [null], ["method-matters", "content-length-differs"]),
	),
	...rows("apache", [["http", "https"]], "/ok", "plain HTTP to the TLS port", TLS_ON_PLAIN),
	...rows("apache", [["https", "http"]], "/ok", "TLS to the plain port", PLAIN_ON_TLS),
];

const HAPROXY: readonly Row[] = [
	...healthy("haproxy", BOTH, ...EVERYDAY, "/999"),
	...rows("haproxy", BOTH, "/502", "its own 502", ownError()),
	...rows("haproxy", BOTH, "/raw/nothing", "its backend closes without a byte", SILENT_LATER),
	...rows("haproxy", BOTH, "/raw/half-head", "its backend sends half a header section", SILENT_LATER),
	...rows("haproxy", BOTH, "/raw/early-hints", "its backend dies after early hints", SILENT_LATER_HINTS),
	...rows("haproxy", BOTH, "/raw/hang", "its backend does not answer", ownError(), 3_000),
	...rows("haproxy", BOTH, "/raw/300-fields", "300 fields", ownError()),
	...rows("haproxy", BOTH, "/raw/two-lengths", "two lengths", ownError()),
	...rows("haproxy", BOTH, "/raw/bad-chunk", "a bad first chunk", ownError()),
	// The status was wrong at once; that it closes after 10 s of idling says nothing.
	...rows("haproxy", BOTH, "/raw/status-20", "a status of two digits", malformed("bad-status-code", "h2-stream-reset"), 14_000),
	...rows("haproxy", BOTH, "/raw/nul", "a NUL byte in a value", malformed("nul-byte", "h2-bad-field")),
	...rows("haproxy", BOTH, "/raw/control", "a control byte in a value", malformed("control-in-value", "h2-bad-field")),
	...rows(
		"haproxy",
		BOTH,
		"/raw/short",
		"its backend promises more than it sends",
		cut(["content-short"], "length-too-long", "h2-content-length-mismatch"),
	),
	...rows("haproxy", BOTH, "/raw/stall", "its backend stops in mid-answer", cut(["chunks-cut"]), 3_000),
	...rows("haproxy", [["http", "https"]], "/ok", "plain HTTP to the TLS port", CLOSES_ON_PLAIN),
	...rows("haproxy", [["https", "http"]], "/ok", "TLS to the plain port", PLAIN_ON_TLS),
];

const PYTHON: readonly Row[] = [
	...healthy("python", [PLAIN], "/a.txt", "/missing"),
	...rows("python", [["https", "http"]], "/a.txt", "TLS to a plain port that answers with a bare page", PLAIN_ON_TLS),
];

export const TABLE: readonly Row[] = [
	...NODE,
	...GO,
	...CADDY,
	...TOMCAT,
	...PUMA,
	...UWSGI,
	...HYPERCORN,
	...UVICORN,
	...VARNISH,
	...H2O,
	...NGINX,
	...APACHE,
	...HAPROXY,
	...PYTHON,
];
