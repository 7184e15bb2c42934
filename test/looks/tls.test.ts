import assert from "node:assert/strict";
import { createSecureServer } from "node:http2";
import { connect, createServer, type Server, type Socket } from "node:net";
import { test } from "node:test";
import { createServer as createTls, type TlsOptions } from "node:tls";
import type { OriginVerdict } from "../../src/judge/origin.ts";
import { alertNameOfCode, alertOfCode } from "../../src/read/wire/tls-alerts.ts";
import { makeCertificates } from "../lab/ca.ts";
import { listening } from "../lab/origin.ts";
import { findingsOf, judged } from "./origin-looks.ts";

/** What an origin's TLS port shows, met on real sockets. */

const certificates = await makeCertificates();
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

const told = ({ directOrigin, cause, confidence, code }: OriginVerdict) =>
	`${directOrigin} ${code} ${cause} ${cause === null ? "" : confidence}`.trim();

/** A response without content where the request is HEAD. */
const toMethod = (request: Buffer, answer: string) =>
	request.toString("latin1").startsWith("HEAD ") ? answer.slice(0, answer.indexOf("\r\n\r\n") + 4) : answer;

/** Answers every request in plain HTTP. */
const plain = (answer: string, onOther: (socket: Socket) => void = () => {}): Server =>
	createServer((socket) =>
		socket.on("data", (chunk) => {
			if (/^(?:GET|HEAD) /.test(chunk.toString("latin1"))) socket.write(toMethod(chunk, answer));
			else onOther(socket);
		}),
	);

/** A TLS server that answers every request alike. */
const secured = (options: TlsOptions, answer = OK): Server =>
	createTls({ key: certificates.edge.key, cert: certificates.edge.cert, ALPNProtocols: ["http/1.1"], ...options }, (socket) =>
		socket.on("error", () => {}).on("data", (chunk) => void socket.write(toMethod(chunk, answer))),
	).on("tlsClientError", () => {});

/** Stands before a server and changes what it sends. */
async function changing(server: Server, change: (bytes: Buffer) => Buffer): Promise<{ front: Server; close: () => void }> {
	const port = await listening(server);
	const front = createServer((socket) => {
		const to = connect(port, "127.0.0.1");
		socket.on("data", (chunk) => void to.write(chunk)).on("close", () => to.destroy());
		to.on("data", (chunk) => void socket.write(change(chunk)))
			.on("error", () => {})
			.on("end", () => socket.end());
	});
	return { front, close: () => void server.close() };
}

/** An alert record in clear: level fatal (RFC 8446 §6). */
const alertRecord = (alert: number) => Buffer.from([21, 3, 3, 0, 2, 2, alert]);

for (const [alert, name] of [
	[10, "unexpected message"],
	[20, "bad record mac"],
	[40, "handshake failure"],
	[42, "bad certificate"],
	[43, "unsupported certificate"],
	[45, "certificate expired"],
	[47, "illegal parameter"],
	[49, "access denied"],
	[70, "protocol version"],
	[71, "insufficient security"],
	[80, "internal error"],
	[86, "inappropriate fallback"],
	[109, "missing extension"],
	[112, "unrecognized name"],
	[199, "alert 199"],
] as const)
	test(`the alert ${alert} in a handshake is called ${name}`, async () => {
		const verdict = await judged(
			createServer((socket) => socket.once("data", () => socket.end(alertRecord(alert)))),
			"https",
		);
		assert.deepEqual(findingsOf(verdict), [`handshake-failed (${name})`]);
		assert.equal(verdict.code, 525);
	});

test("a warning before the handshake goes on is not the reason for its end", async () => {
	const warning = Buffer.from([21, 3, 3, 0, 2, 1, 112]);
	const verdict = await judged(
		createServer((socket) => socket.once("data", () => socket.end(Buffer.concat([warning, alertRecord(80)])))),
		"https",
	);
	assert.deepEqual(findingsOf(verdict), ["handshake-failed (internal error)"]);
});

test("OpenSSL's words for an alert are read in every spelling, and its own errors are none", () => {
	for (const [code, alert, name] of [
		["ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE", 40, "handshake failure"],
		["ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", 40, "handshake failure"],
		["ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE", 42, "bad certificate"],
		["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", 48, "unknown ca"],
		["ERR_SSL_TLSV1_ALERT_USER_CANCELLED", 90, "user canceled"],
		["ERR_SSL_TLSV1_UNRECOGNIZED_NAME", 112, "unrecognized name"],
		["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", 116, "certificate required"],
		["ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL", 120, "no application protocol"],
		["ERR_SSL_SSL/TLS_ALERT_SOMETHING_NEW", null, "something new"],
		["ERR_SSL_WRONG_VERSION_NUMBER", null, null],
		["ERR_SSL_UNEXPECTED_MESSAGE", null, null],
		["ECONNRESET", null, null],
		[null, null, null],
	] as const)
		assert.deepEqual([alertOfCode(code), alertNameOfCode(code)], [alert, name], String(code));
});

for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const)
	test(`a client certificate demanded under ${maxVersion} is Authenticated Origin Pulls, not broken TLS`, async () => {
		const verdict = await judged(
			secured({ minVersion: "TLSv1.2", maxVersion, requestCert: true, rejectUnauthorized: true, ca: certificates.ca }),
			"https",
		);
		assert.equal(told(verdict), "client-certificate-wanted null origin-pulls possible");
		assert.ok(findingsOf(verdict).some((one) => one.startsWith("client-certificate-wanted (")));
	});

for (const [alert, says] of [
	[42, "client-certificate-wanted null origin-pulls possible"],
	[46, "client-certificate-wanted null origin-pulls possible"],
	[48, "client-certificate-wanted null origin-pulls possible"],
	[116, "client-certificate-wanted null origin-pulls possible"],
	// What has nothing to do with a certificate keeps its name.
	[20, "tls-failure 525 tls-broken likely"],
	[80, "tls-failure 525 tls-broken likely"],
] as const)
	test(`a TLS 1.2 server that asks for a certificate and ends with the alert ${alert}: ${says}`, async () => {
		const inner = secured({ maxVersion: "TLSv1.2", requestCert: true, rejectUnauthorized: true, ca: certificates.ca });
		const { front, close } = await changing(inner, (bytes) =>
			bytes[0] === 21 && bytes.length === 7 ? alertRecord(alert) : bytes,
		);
		const verdict = await judged(front, "https");
		close();
		assert.equal(told(verdict), says);
	});

test("a TLS 1.2 server that drops the connection for want of a certificate says nothing, and is understood", async () => {
	const inner = secured({ maxVersion: "TLSv1.2", requestCert: true, rejectUnauthorized: true, ca: certificates.ca });
	const { front, close } = await changing(inner, (bytes) => (bytes[0] === 21 ? Buffer.alloc(0) : bytes));
	const verdict = await judged(front, "https");
	close();
	assert.equal(told(verdict), "client-certificate-wanted null origin-pulls possible");
});

test("no shared cipher is the same alert as a missing certificate, and is not taken for it", async () => {
	const verdict = await judged(secured({ maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES128-GCM-SHA256" }), "https");
	assert.equal(told(verdict), "tls-failure 525 tls-broken likely");
	assert.deepEqual(findingsOf(verdict), ["handshake-failed (handshake failure)"]);
});

/** TLS 1.2 shows in clear which records carry a request or a response (RFC 8446 §5.1, content type 23). */
const carriesData = (record: Buffer) => record[0] === 23;

for (const [when, says] of [
	["before its response", "reset 520 null"],
	["in the middle of its response", "reset null closed-mid-response possible"],
] as const)
	test(`a server that resets the TCP connection under TLS ${when} did not close it in order`, async () => {
		const cut = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart";
		const inner = secured({ maxVersion: "TLSv1.2" }, cut);
		const port = await listening(inner);
		const front = createServer((socket) => {
			const to = connect(port, "127.0.0.1");
			to.on("error", () => {}).on("data", (chunk) => {
				socket.write(chunk, () => carriesData(chunk) && socket.resetAndDestroy());
			});
			socket
				.on("close", () => to.destroy())
				.on("data", (chunk) => {
					if (when === "before its response" && carriesData(chunk)) socket.resetAndDestroy();
					else to.write(chunk);
				});
		});
		const verdict = await judged(front, "https");
		inner.close();
		assert.equal(told(verdict), says);
		assert.ok(findingsOf(verdict).includes("reset"));
	});

test("a client certificate that is asked for and not demanded is nothing", async () => {
	for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
		const verdict = await judged(secured({ maxVersion, requestCert: true, rejectUnauthorized: false }), "https", {
			ca: certificates.ca,
		});
		assert.deepEqual([told(verdict), findingsOf(verdict)], ["ok null null", []]);
	}
});

for (const [what, pair, host, findings] of [
	["the right name", certificates.edge, "shop.lab.example", []],
	["the right name with a dot at its end", certificates.edge, "shop.lab.example.", []],
	["another name", certificates.otherName, "shop.lab.example", ["certificate-wrong-name"]],
	[
		"another name, self-signed",
		certificates.untrusted,
		"shop.lab.example",
		["certificate-wrong-name", "certificate-untrusted (self-signed)"],
	],
	[
		"another name, of the Origin CA",
		certificates.originCaOtherName,
		"shop.lab.example",
		["certificate-wrong-name", "certificate-origin-ca"],
	],
	["the right name, of the Origin CA", certificates.originCa, "shop.lab.example", ["certificate-origin-ca"]],
	["expired, and another name", certificates.expired, "shop.example", ["certificate-expired", "certificate-wrong-name"]],
	["a name two levels below a wildcard", certificates.edge, "a.shop.lab.example", ["certificate-wrong-name"]],
] as const)
	test(`a certificate for ${what}: ${findings.join(", ") || "nothing"}`, async () => {
		const verdict = await judged(secured({ key: pair.key, cert: pair.cert }), "https", { host, ca: certificates.ca });
		assert.deepEqual(findingsOf(verdict), findings);
		assert.equal(verdict.directOrigin, "ok");
	});

test("a server that speaks only HTTP/2 is told so, with the setting that it depends on", async () => {
	const server = createSecureServer({ key: certificates.edge.key, cert: certificates.edge.cert });
	server.on("stream", (stream) => {
		stream.respond({ ":status": 200 });
		stream.end("ok");
	});
	const verdict = await judged(server as unknown as Server, "https", { ca: certificates.ca });
	assert.deepEqual(findingsOf(verdict), ["http2-only"]);
	assert.equal(told(verdict), "tls-failure 525 protocol-mismatch possible");
});

test("a server without a protocol in common is no HTTP/2 server", async () => {
	const verdict = await judged(secured({ ALPNProtocols: ["spdy/3.1"] }), "https");
	assert.deepEqual(findingsOf(verdict), ["handshake-failed (no application protocol)"]);
});

const HTML = "<!DOCTYPE HTML PUBLIC '-//W3C//DTD HTML 4.01//EN'>\n<html><head><title>Error response</title></head></html>";
for (const [what, onGreeting] of [
	["says nothing", () => {}],
	["closes", (socket: Socket) => void socket.end()],
	["resets", (socket: Socket) => void socket.resetAndDestroy()],
	["answers in HTTP", (socket: Socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")],
	["answers with bare HTML", (socket: Socket) => void socket.end(HTML)],
	["answers with a line of text", (socket: Socket) => void socket.end("Invalid HTTP request received.")],
] as const)
	test(`a port of plain HTTP that ${what} to a TLS greeting is told by one plain request`, async () => {
		const verdict = await judged(plain(OK, onGreeting), "https");
		assert.equal(told(verdict), "wrong-protocol 525 protocol-mismatch likely");
		assert.deepEqual(findingsOf(verdict), ["plain-http-on-tls-port"]);
	});

test("a port that says nothing to anybody is not called broken TLS", async () => {
	const verdict = await judged(createServer(), "https");
	assert.equal(told(verdict), "tls-failure 525 null");
	assert.ok(findingsOf(verdict).includes("tls-greeting-unanswered"));
});

test("a TLS port that fails is not asked in plain HTTP, and another service is not either", async () => {
	for (const bytes of [alertRecord(40), Buffer.from("SSH-2.0-OpenSSH_9.2p1\r\n"), Buffer.from("220 mail.example ESMTP\r\n")]) {
		const verdict = await judged(
			createServer((socket) => socket.once("data", () => socket.end(bytes))),
			"https",
		);
		assert.ok(verdict.seen.every(({ of }) => of !== "plain-port"));
		assert.equal(verdict.directOrigin, "tls-failure");
	}
});

const answer400 = (version: string, words: string, more = "") =>
	`HTTP/${version} 400 Bad Request\r\n${more}Connection: close\r\n\r\n${words}`;
for (const [server, answer] of [
	["nginx", answer400("1.1", "<center>The plain HTTP request was sent to HTTPS port</center>")],
	["Apache", answer400("1.1", "Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />")],
	["Go, Caddy, Traefik", answer400("1.0", "Client sent an HTTP request to an HTTPS server.\n")],
	["Tomcat", answer400("1.1", `<style>${"x".repeat(6_000)}</style>This combination of host and port requires TLS.`)],
	[
		"Tomcat in chunks",
		answer400("1.1", "2f\r\nThis combination of host and port requires TLS.\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n"),
	],
	["Deno", alertRecord(22).toString("latin1")],
] as const)
	test(`plain HTTP to a TLS port of ${server} is a wrong protocol`, async () => {
		const verdict = await judged(
			createServer((socket) => socket.once("data", () => socket.end(answer, "latin1"))),
			"http",
		);
		assert.ok(findingsOf(verdict).includes("tls-on-plain-port"), findingsOf(verdict).join(", "));
		assert.deepEqual([verdict.directOrigin, verdict.cause], ["wrong-protocol", "protocol-mismatch"]);
	});

for (const [what, answer, scheme] of [
	[
		"a page about that error",
		"HTTP/1.1 200 OK\r\nContent-Length: 47\r\n\r\nThe plain HTTP request was sent to HTTPS port.\n",
		"http",
	],
	["another 400", "HTTP/1.1 400 Bad Request\r\nContent-Length: 11\r\n\r\nBad Request", "http"],
	[
		"a backend's 400 behind TLS",
		"HTTP/1.1 400 Bad Request\r\nContent-Length: 47\r\n\r\nClient sent an HTTP request to an HTTPS server.",
		"https",
	],
] as const)
	test(`${what} is no wrong protocol`, async () => {
		const verdict = await judged(scheme === "https" ? secured({}, answer) : plain(answer), scheme, { ca: certificates.ca });
		assert.deepEqual([verdict.directOrigin, findingsOf(verdict)], ["ok", []]);
	});
