// Node's own servers: HTTP/1.1, HTTP/2 with HTTP/1.1 beside it, HTTP/2 alone, and with a client certificate demanded.
import { readFileSync } from "node:fs";
import http from "node:http";
import http2 from "node:http2";
import { gzipSync } from "node:zlib";

const { PORTS, DIR } = process.env;
const ports = JSON.parse(PORTS);
const page = "<p>" + "hello ".repeat(2_000);
const big = Buffer.alloc(300_000, "0123456789abcdef");

const paths = {
	"/ok": (_, answer) => answer.end("ok"),
	"/stream": (_, answer) => {
		answer.write("one");
		setTimeout(() => answer.write("two"), 20);
		setTimeout(() => answer.end("three"), 40);
	},
	"/trailers": (_, answer) => {
		answer.writeHead(200, answer.stream === undefined ? { Trailer: "X-Sum", "Transfer-Encoding": "chunked" } : {});
		answer.write("hello");
		answer.addTrailers({ "x-sum": "5" });
		answer.end();
	},
	"/gzip": (_, answer) => {
		answer.setHeader("Content-Encoding", "gzip");
		answer.end(gzipSync(page));
	},
	"/big": (_, answer) => {
		answer.setHeader("Content-Length", big.length);
		answer.end(big);
	},
	"/big-stream": (_, answer) => answer.end(big),
	"/empty": (_, answer) => {
		answer.writeHead(204);
		answer.end();
	},
	"/not-modified": (_, answer) => {
		answer.writeHead(304, { ETag: '"1"' });
		answer.end();
	},
	"/moved": (_, answer) => {
		answer.writeHead(302, { Location: "/ok" });
		answer.end();
	},
	"/missing": (_, answer) => {
		answer.writeHead(404);
		answer.end("not here");
	},
	"/hints": (_, answer) => {
		answer.writeEarlyHints({ link: "</a.css>; rel=preload; as=style" });
		answer.end("ok");
	},
	"/cookies": (_, answer) => {
		answer.setHeader(
			"Set-Cookie",
			Array.from({ length: 20 }, (__, nth) => `c${nth}=${"a".repeat(150)}; Path=/`),
		);
		answer.end("ok");
	},
	"/file": (_, answer) => {
		const fields = { "Accept-Ranges": "bytes", ETag: '"1"', "Last-Modified": "Sun, 01 Nov 2026 00:00:00 GMT" };
		answer.writeHead(200, { ...fields, "Content-Length": big.length });
		answer.end(big);
	},
	"/close": (_, answer) => {
		if (answer.stream === undefined) answer.setHeader("Connection", "close");
		answer.end("ok");
	},
	"/slow": (_, answer) => setTimeout(() => answer.end("ok"), 300),
	"/999": (_, answer) => {
		answer.writeHead(999);
		answer.end("no");
	},
	// what breaks
	"/throw": () => {
		throw new Error("before headers");
	},
	"/throw-in-stream": (_, answer) => {
		answer.write("part");
		setTimeout(() => {
			throw new Error("after");
		}, 50);
	},
	"/long": (_, answer) => {
		answer.writeHead(200, { "Content-Length": 100 });
		answer.end("short");
	},
	"/kill": () => process.kill(process.pid, "SIGKILL"),
	"/kill-in-stream": (_, answer) => {
		answer.write("part");
		setTimeout(() => process.kill(process.pid, "SIGKILL"), 50);
	},
	"/reset": (_, answer) => answer.socket.resetAndDestroy(),
	"/reset-in-stream": (asked, answer) => {
		answer.write("part");
		setTimeout(() => asked.socket.resetAndDestroy(), 50);
	},
	"/140-kb": (_, answer) => {
		for (let nth = 0; nth < 35; nth += 1) answer.setHeader(`X-F${nth}`, "a".repeat(4_000));
		answer.end("ok");
	},
	"/300-fields": (_, answer) => {
		for (let nth = 0; nth < 300; nth += 1) answer.setHeader(`X-F${nth}`, "aaaa");
		answer.end("ok");
	},
	"/hang": () => {},
	"/stall": (_, answer) => answer.write("part"),
	"/502": (_, answer) => {
		answer.writeHead(502);
		answer.end("bad gateway");
	},
	"/hints-with-length": (_, answer) => {
		if (answer.stream === undefined) return answer.end("ok");
		answer.stream.additionalHeaders({ ":status": 103, "content-length": "7" });
		answer.end("ok");
	},
	"/goaway-and-answer": (_, answer) => {
		answer.stream?.session.goaway(11);
		answer.end("ok");
	},
	"/wants-http1": (_, answer) => (answer.stream === undefined ? answer.end("ok") : answer.stream.close(13)),
	"/502-without-encoding": (asked, answer) =>
		paths[asked.headers["accept-encoding"] === undefined ? "/502" : "/ok"](asked, answer),
	"/502-or-300-fields": (asked, answer) =>
		paths[asked.headers["accept-encoding"] === undefined ? "/502" : "/300-fields"](asked, answer),
};
const app = (asked, answer) => (paths[asked.url] ?? paths["/missing"])(asked, answer);

const pair = { key: readFileSync(`${DIR}/srv.key`), cert: readFileSync(`${DIR}/srv.crt`) };
const mutual = { ...pair, ca: readFileSync(`${DIR}/ca.crt`), requestCert: true, rejectUnauthorized: true, allowHTTP1: true };
const listen = (server, port) => port === undefined || server.listen(port, "127.0.0.1");
const quick = (server, ms) =>
	// Closes each connection some time after its answer, and does not say so.
	server.on("request", (_, answer) => answer.on("finish", () => setTimeout(() => answer.req.socket.destroySoon(), ms)));
listen(http.createServer(app), ports.http);
listen(http2.createSecureServer({ ...pair, allowHTTP1: true }, app), ports.https);
listen(http2.createSecureServer(pair, app), ports.h2only);
listen(http2.createSecureServer({ ...mutual, maxVersion: "TLSv1.2" }, app), ports.mtls12);
listen(http2.createSecureServer({ ...mutual, minVersion: "TLSv1.3" }, app), ports.mtls13);
listen(quick(http.createServer(app), 20), ports.closes20);
listen(quick(http.createServer(app), 80), ports.closes80);
