import {
	createServer,
	type IncomingHttpHeaders,
	type IncomingMessage,
	request as plainRequest,
	type ServerResponse,
} from "node:http";
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse, type SecureServerOptions } from "node:http2";
import { request as tlsRequest } from "node:https";
import type { Server, Socket } from "node:net";
import { findCode } from "../../src/knowledge/codes/codes.ts";
import { findColo } from "../../src/knowledge/colos/colos.ts";
import { errorAnswer } from "./error-answer.ts";
import { closed, listening } from "./origin.ts";

/** What the edge does for one host name. */
export type Site =
	/** Passes requests to an origin on loopback: plain (SSL mode Flexible), or TLS with (strict) or without looking at its certificate. */
	| { readonly to: "origin"; readonly port: number; readonly tls?: "full" | "strict" }
	/** Answers one of its own errors at once; `code` may be a 1xxx number. */
	| { readonly to: "error"; readonly code: number }
	/** Its own failure, unbranded, whatever the client accepts. */
	| { readonly to: "blank"; readonly status: number }
	/** From its cache: the origin is not asked. */
	| { readonly to: "cached"; readonly status: number }
	| { readonly to: "challenge" }
	| { readonly to: "block" }
	/** A page of the owner's own in place of Cloudflare's error pages, whatever the client accepts (Custom Errors documentation). */
	| { readonly to: "custom-page"; readonly status: number }
	/** Not proxied at all: the bytes of the origin itself. */
	| { readonly to: "direct"; readonly port: number };

export interface EdgeOptions {
	readonly sites: (host: string, path: string) => Site | undefined;
	readonly tls: { readonly key: string; readonly cert: string };
	/** Authority that the edge trusts for origins in strict mode. */
	readonly ca: string;
	/** The data center of a request. */
	readonly colo: () => string;
	/** How long the edge waits for an origin: 125 s at Cloudflare, short in a laboratory. */
	readonly readTimeoutMs: number;
	readonly now?: () => number;
	/** Fixed ports for people; 0 or nothing lets the system pick. */
	readonly ports?: { readonly http: number; readonly https: number };
	/** Milliseconds before every answer: a distant edge. */
	readonly delayMs?: number;
}

export interface RunningEdge {
	readonly httpPort: number;
	readonly httpsPort: number;
	/** Whether it listens on ::1 too, on the same ports. */
	readonly ipv6: boolean;
	/** Requests so far, newest last: host, path and what the client said it accepts. */
	readonly requests: { host: string; path: string; accept: string; userAgent: string; method: string }[];
	close(): Promise<void>;
}

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

const RESPONSE_HEADERS_MAX_BYTES = 128 * 1024;
const REQUEST_HEADERS_MAX_BYTES = 128 * 1024;
let counter = 0;

/** A Ray ID as Cloudflare makes them now: 36 bits of 10 ms ticks since 2012-10-12, a counter with its top bit set, a machine. */
export function rayAt(ms: number): string {
	counter = (counter + 1) % 2048;
	const ticks = Math.floor((ms - 1_350_000_000_000) / 10);
	return `${ticks.toString(16).padStart(9, "0")}${(0x800 | counter).toString(16)}d1c3`;
}

/** An edge on loopback, HTTP/1.1 and HTTP/2 over TLS, HTTP/1.1 plain, that answers as Cloudflare's documentation and captures say. */
export async function runEdge(options: EdgeOptions): Promise<RunningEdge> {
	const now = options.now ?? Date.now;
	const requests: RunningEdge["requests"] = [];
	const handle = async (request: Request, response: Response, scheme: string) => {
		const receivedAt = now();
		const rayId = rayAt(receivedAt);
		const colo = options.colo();
		const host = (request.headers.host ?? (request.headers[":authority"] as string | undefined) ?? "").replace(/:\d+$/, "");
		const path = request.url ?? "/";
		const accept = String(request.headers.accept ?? "*/*");
		requests.push({ host, path, accept, userAgent: String(request.headers["user-agent"] ?? ""), method: request.method ?? "" });
		request.resume();
		if ((options.delayMs ?? 0) > 0) await new Promise((resolve) => setTimeout(resolve, options.delayMs));
		const send = (status: number, headers: Record<string, string | string[]>, body: string | Buffer) => {
			if (response.headersSent || response.destroyed) return;
			(response as ServerResponse).writeHead(status, {
				date: new Date(now()).toUTCString(),
				server: "cloudflare",
				"cf-ray": `${rayId}-${colo}`,
				"content-length": String(Buffer.byteLength(body)),
				...headers,
			});
			response.end(body);
		};
		const fail = (code: number) => {
			const status = findCode(code)?.httpStatus ?? (code < 1000 ? code : 500);
			const city = findColo(colo)?.city ?? colo;
			const answer = errorAnswer(accept, { code, host, rayId, city, at: new Date(now()) });
			const retry = findCode(code)?.retryAfter ?? null;
			send(
				status,
				{
					"content-type": answer.type,
					"cache-control": "private, max-age=0, no-store",
					...(retry === null ? {} : { "retry-after": String(retry) }),
				},
				answer.body,
			);
		};
		const site = options.sites(host, path);
		if (path === "/cdn-cgi/trace" && site?.to !== "direct") {
			const version = request.httpVersionMajor === 2 ? "http/2" : "http/1.1";
			return send(
				200,
				{ "content-type": "text/plain" },
				`fl=1f1\nh=${host}\nip=198.51.100.23\nts=${(now() / 1000).toFixed(3)}\nvisit_scheme=${scheme}\nuag=x\ncolo=${colo}\nsliver=none\nhttp=${version}\nloc=US\ntls=off\nsni=off\nwarp=off\ngateway=off\nrbi=off\nkex=none\n`,
			);
		}
		switch (site?.to) {
			case undefined:
				return fail(1001);
			case "error":
				return fail(site.code);
			case "blank":
				return send(
					site.status,
					{ "content-type": "text/html" },
					`<html>\r\n<head><title>${site.status} Bad Gateway</title></head>\r\n<body>\r\n<center><h1>${site.status} Bad Gateway</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n`,
				);
			case "cached":
				return send(site.status, { "content-type": "text/html", "cf-cache-status": "HIT", age: "7646" }, "<title>Shop</title>");
			case "challenge":
				return send(
					403,
					{ "content-type": "text/html; charset=UTF-8", "cf-mitigated": "challenge" },
					`<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1?ray=${rayId}"></script></body></html>`,
				);
			case "block":
				return send(
					403,
					{ "content-type": "text/html; charset=UTF-8" },
					`<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head><body><h1>Sorry, you have been blocked</h1><span>Cloudflare Ray ID: <strong class="font-semibold">${rayId}</strong></span><span>Your IP: 198.51.100.23</span></body></html>`,
				);
			case "custom-page":
				return send(
					site.status,
					{ "content-type": "text/html; charset=UTF-8" },
					"<!DOCTYPE html><title>We will be right back</title><p>Our shop is taking a short break.</p>",
				);
			case "direct":
			case "origin":
				return passOn(site, { request, host, path, rayId, colo, options, now }, response, fail);
		}
	};
	const open = new Set<Socket>();
	const running: Server[] = [];
	/** Both schemes on one address; servers of HTTP/1.1 and HTTP/2 are net servers underneath. */
	const listen = async (host: "127.0.0.1" | "::1", ports: { http: number; https: number }) => {
		const plain = createServer(
			{ maxHeaderSize: REQUEST_HEADERS_MAX_BYTES },
			(request, response) => void handle(request, response, "http"),
		) as unknown as Server;
		const secure = createSecureServer(
			{ ...options.tls, allowHTTP1: true, maxHeaderSize: REQUEST_HEADERS_MAX_BYTES } as SecureServerOptions,
			(request, response) => void handle(request, response, "https"),
		) as unknown as Server;
		for (const server of [plain, secure]) {
			server.on("connection", (socket: Socket) => {
				open.add(socket);
				socket.on("close", () => open.delete(socket)).on("error", () => {});
			});
		}
		const taken = { http: await listening(plain, ports.http, host), https: await listening(secure, ports.https, host) };
		running.push(plain, secure);
		return taken;
	};
	const ports = await listen("127.0.0.1", options.ports ?? { http: 0, https: 0 });
	// The same ports over IPv6, where the machine has it.
	const ipv6 = await listen("::1", ports).then(
		() => true,
		() => false,
	);
	return {
		httpPort: ports.http,
		httpsPort: ports.https,
		ipv6,
		requests,
		close: async () => {
			await Promise.all(running.map((server) => closed(server, open)));
		},
	};
}

interface Passing {
	readonly request: Request;
	readonly host: string;
	readonly path: string;
	readonly rayId: string;
	readonly colo: string;
	readonly options: EdgeOptions;
	readonly now: () => number;
}

/** Which of Cloudflare's codes a failure before the origin's headers is. */
function codeOfFailure(error: NodeJS.ErrnoException, secured: boolean, tls: boolean): number {
	switch (error.code) {
		case "ECONNREFUSED":
			return 521;
		case "ETIMEDOUT":
			return 522;
		case "ENETUNREACH":
		case "EHOSTUNREACH":
			return 523;
		case "ENOTFOUND":
			return 1016;
		case "ECF_READ_TIMEOUT":
			return 524;
	}
	if (/CERT|SIGNED|ALTNAME|VERIFY/.test(error.code ?? "")) return 526;
	return tls && !secured ? 525 : 520;
}

function passOn(site: Extract<Site, { port: number }>, passing: Passing, response: Response, fail: (code: number) => void): void {
	const { request, host, path, options } = passing;
	const secureOrigin = site.to === "origin" && site.tls !== undefined;
	let secured = false;
	const headers: IncomingHttpHeaders = Object.fromEntries(
		Object.entries(request.headers).filter(([name]) => !name.startsWith(":") && name !== "connection"),
	);
	const upstream = (secureOrigin ? tlsRequest : plainRequest)({
		host: "127.0.0.1",
		port: site.port,
		method: request.method,
		path,
		headers: { ...headers, host, "cf-ray": `${passing.rayId}-${passing.colo}`, "x-forwarded-proto": "https" },
		agent: false,
		maxHeaderSize: RESPONSE_HEADERS_MAX_BYTES,
		...(secureOrigin
			? { servername: host, ca: options.ca, rejectUnauthorized: site.to === "origin" && site.tls === "strict" }
			: {}),
	});
	upstream.setTimeout(options.readTimeoutMs, () =>
		upstream.destroy(Object.assign(new Error("read timeout"), { code: "ECF_READ_TIMEOUT" })),
	);
	upstream.on("socket", (socket) => socket.on("secureConnect", () => (secured = true)));
	upstream.on("error", (error: NodeJS.ErrnoException) =>
		response.headersSent ? response.destroy() : fail(codeOfFailure(error, secured, secureOrigin)),
	);
	upstream.on("response", (answer) => {
		const status = answer.statusCode ?? 502;
		if (site.to === "origin" && (status === 502 || status === 504)) {
			// Documented: the body of an origin's 502 or 504 is replaced by Cloudflare's branded page.
			answer.resume();
			return fail(status);
		}
		const passed = Object.fromEntries(
			Object.entries(answer.headers).filter(
				([name]) => name !== "connection" && name !== "keep-alive" && name !== "transfer-encoding",
			),
		) as Record<string, string | string[]>;
		const own: Record<string, string> =
			site.to === "direct"
				? {}
				: { server: "cloudflare", "cf-ray": `${passing.rayId}-${passing.colo}`, "cf-cache-status": "DYNAMIC" };
		// Bytes go on as they arrive: once the header section is out, the status cannot change any more.
		(response as ServerResponse).writeHead(status, { date: new Date(passing.now()).toUTCString(), ...passed, ...own });
		answer.on("data", (chunk: Buffer) => (response as ServerResponse).write(chunk));
		answer.on("end", () => (answer.complete ? response.end() : response.destroy()));
		answer.on("error", () => response.destroy());
	});
	upstream.end();
}
