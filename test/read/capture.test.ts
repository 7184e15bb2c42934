import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { test } from "node:test";
import { z } from "zod";
import { captureLines } from "../../src/adapters/terminal/capture.ts";
import { autopsy } from "../../src/judge/autopsy.ts";
import { isListed, type JudgedExchange, judgeExchange } from "../../src/judge/capture.ts";
import { CaptureReader } from "../../src/read/capture/capture.ts";
import type { CaptureFacts } from "../../src/read/capture/exchange.ts";
import { allOriginFiles, findingFiles } from "../lab/origin-files.ts";
import { Conversation, type Frame, PLAIN, recording, request, response, type Shape } from "../packets.ts";
import { seeded } from "../reference/random.ts";

const START = Date.UTC(2026, 10, 25, 23, 27, 36, 500);
const RAY = "a6046ccef050d1c3";
const OTHER_RAY = "a6046ccef830d1c3";

/** Everything in a recording, in the order of time. */
function read(bytes: Buffer, pieceBytes = 65_536): { all: JudgedExchange[]; facts: CaptureFacts } {
	const all: JudgedExchange[] = [];
	const reader = new CaptureReader((one) => all.push(judgeExchange(one)));
	for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes));
	const facts = reader.end();
	return { all: all.sort((a, b) => a.startedAtMs - b.startedAtMs), facts };
}

/** An exchange in one line: what is told of it. */
const line = ({ ray, path, status, proxy, ending, closedFirst, gap, findings }: JudgedExchange): string =>
	`${ray === null ? "-" : ray === RAY ? "R" : ray === OTHER_RAY ? "S" : ray} ${path} ${status} ${proxy} ${ending} ${closedFirst} ${gap ? "gap " : ""}${findings.map(({ id }) => id).join(",")}`;

const talk = (options: Partial<ConstructorParameters<typeof Conversation>[0]> = {}) =>
	new Conversation({ atMs: START, ...options });
const whole = (path = "/a", ray = RAY) => talk().open().client(request(path, ray)).server(response("hello"));

interface Row {
	readonly name: string;
	readonly frames: readonly Frame[];
	/** All exchanges, listed or not. */
	readonly want: readonly string[];
}

const big = (n: number) => "x".repeat(n);
const drop = (frames: readonly Frame[], which: (frame: Frame, index: number) => boolean) =>
	frames.filter((frame, index) => !which(frame, index));
const swapped = (frames: readonly Frame[], a: number, b: number): Frame[] =>
	frames.map((frame, index) => (index === a ? (frames[b] ?? frame) : index === b ? (frames[a] ?? frame) : frame));
/** The n-th segment with data of one side. */
const nth = (frames: readonly Frame[], fromClient: boolean, n: number): Frame | undefined =>
	frames.filter((frame) => frame.fromClient === fromClient && frame.data.length > 0)[n];
const without = (frames: readonly Frame[], fromClient: boolean, n: number) => {
	const gone = nth(frames, fromClient, n);
	return drop(frames, (frame) => frame === gone);
};

const OK = "accepts enough null whole";

const ROWS: readonly Row[] = [
	{ name: "a whole response", frames: whole().fin("server").fin("client").frames, want: ["R /a 200 accepts fin server whole"] },
	{
		name: "the client closes after it",
		frames: whole().fin("client").fin("server").frames,
		want: ["R /a 200 accepts fin client whole"],
	},
	{ name: "the client resets after it", frames: whole().reset("client").frames, want: ["R /a 200 accepts enough client whole"] },
	{ name: "nobody closes", frames: whole().frames, want: ["R /a 200 accepts enough null whole"] },
	{
		name: "two requests on one connection",
		frames: whole().client(request("/b", OTHER_RAY)).server(response("world")).fin("server").frames,
		want: [`R /a 200 ${OK}`, "S /b 200 accepts fin server whole"],
	},
	{
		name: "cut content",
		frames: talk()
			.open()
			.client(request("/a?b=c", RAY))
			.server(response(big(9_000)).slice(0, 4_000))
			.fin("server").frames,
		want: ["R /a 200 truncates fin server content-short"],
	},
	{
		name: "reset in the content",
		frames: talk()
			.open()
			.client(request("/a", RAY))
			.server(response(big(9_000)).slice(0, 4_000))
			.reset("server").frames,
		want: ["R /a 200 truncates reset server content-short,reset"],
	},
	{
		name: "closed empty",
		frames: talk().open().client(request("/a", RAY)).fin("server").fin("client").frames,
		want: ["R /a null rejects fin server no-bytes"],
	},
	{
		name: "reset empty",
		frames: talk().open().client(request("/a", RAY)).reset("server").frames,
		want: ["R /a null rejects reset server no-bytes,reset"],
	},
	{
		name: "closed when the second request came",
		frames: whole().wait(60_000).fin("server").client(request("/b", OTHER_RAY)).reset("server").frames,
		want: [`R /a 200 ${OK}`, "S /b null rejects fin server no-bytes"],
	},
	{
		name: "half a header section",
		frames: talk().open().client(request("/a", RAY)).server("HTTP/1.1 200 OK\r\nServer: x\r\nCont").fin("server").frames,
		want: ["R /a 200 rejects fin server incomplete-header-section"],
	},
	{
		name: "the client gives up before a byte",
		frames: talk().open().client(request("/a", RAY)).wait(60_000).fin("client").fin("server").frames,
		want: ["R /a null waits enough client client-closed-first"],
	},
	{
		name: "the client gives up before a byte and the server does not notice",
		frames: talk().open().client(request("/a", RAY)).wait(30_000).fin("client").frames,
		want: ["R /a null waits enough client client-closed-first"],
	},
	{
		name: "the client gives up inside the response",
		frames: talk()
			.open()
			.client(request("/a", RAY))
			.server(response(big(9_000)).slice(0, 4_000))
			.wait(9_000)
			.reset("client").frames,
		want: ["R /a 200 waits enough client client-closed-first"],
	},
	{
		name: "the client gives up, and rejects the whole response that comes then",
		frames: drop(
			talk().open().client(request("/a", RAY)).wait(30_000).fin("client").wait(9_000).server(response("hello")).reset("client")
				.frames,
			({ fromClient, flags, data }, index) => index > 7 && fromClient && flags === "" && data.length === 0,
		),
		want: ["R /a 200 waits enough client client-closed-first"],
	},
	{
		name: "what the client gave up because of is proven",
		frames: talk().open().client(request("/a", RAY)).server("SSH-2.0-OpenSSH_9.2\r\n").fin("client").fin("server").frames,
		want: ["R /a null waits enough client not-http,client-closed-first"],
	},
	{
		name: "the client gives up on a chunk that it cannot read",
		frames: talk()
			.open()
			.client(request("/a", RAY))
			.server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n")
			.reset("client").frames,
		want: ["R /a 200 waits enough client chunk-size-bad,client-closed-first"],
	},
	{
		name: "the client closes after a malformed response that is all there",
		frames: talk()
			.open()
			.client(request("/a", RAY))
			.server("HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok")
			.fin("client")
			.fin("server").frames,
		want: ["R /a 20 rejects fin client bad-status-code"],
	},
	{
		name: "a half-close, after which no HTTP comes",
		frames: talk().open().client(request("/a", RAY)).fin("client").wait(100).server("SSH-2.0-x\r\n").fin("server").frames,
		want: ["R /a null rejects fin client not-http"],
	},
	...(
		[
			["no length", "HTTP/1.1 200 OK\r\n\r\nhello", `R /a 200 ${OK}`],
			[
				"a list of lengths",
				"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
				"R /a 200 rejects enough null content-length-list",
			],
			["no HTTP", "SSH-2.0-OpenSSH_9.2\r\n", "R /a null rejects enough null not-http"],
			[
				"a chunk that cannot be read",
				"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
				"R /a 200 truncates enough null chunk-size-bad",
			],
		] as const
	).flatMap(([what, answer, first]): Row[] => [
		{
			name: `${what}, and the connection goes on`,
			frames: talk()
				.open()
				.client(request("/a", RAY))
				.server(answer)
				.client(request("/b", OTHER_RAY))
				.server(response(big(900)).slice(0, 300))
				.fin("server").frames,
			want: [first, "S /b 200 truncates fin server content-short"],
		},
		{
			name: `${what}, and the next request is not answered`,
			frames: talk().open().client(request("/a", RAY)).server(answer).client(request("/b", OTHER_RAY)).wait(30_000).fin("client")
				.frames,
			want: [first, "S /b null waits enough client client-closed-first"],
		},
	]),
	{
		name: "no length, and a next request before its end",
		frames: talk()
			.open()
			.client(request("/a", RAY))
			.server("HTTP/1.1 200 OK\r\n\r\nhello")
			.client(request("/b", OTHER_RAY))
			.server("and more")
			.fin("server").frames,
		want: [`R /a 200 ${OK}`, "S /b null rejects fin server no-bytes"],
	},
	{
		name: "a half-close, after which all comes",
		frames: talk().open().client(request("/a", RAY)).fin("client").wait(100).server(response("hello")).fin("server").frames,
		want: ["R /a 200 accepts fin client whole"],
	},
	{
		name: "a half-close, and a response until the connection closes",
		frames: talk().open().client(request("/a", RAY)).fin("client").wait(100).server("HTTP/1.0 200 OK\r\n\r\nhello").fin("server")
			.frames,
		want: ["R /a 200 accepts fin client whole"],
	},
	{
		name: "the client leaves a response that has no length",
		frames: talk()
			.open()
			.client(request("/a", RAY))
			.server("HTTP/1.0 200 OK\r\n\r\nhello")
			.wait(5_000)
			.fin("client")
			.fin("server").frames,
		want: ["R /a 200 waits enough client client-closed-first"],
	},
	{
		name: "until the connection closes",
		frames: talk().open().client(request("/a", RAY)).server("HTTP/1.0 200 OK\r\n\r\nhello").fin("server").frames,
		want: ["R /a 200 accepts fin server whole"],
	},
	{
		name: "the recording ends inside the response",
		frames: talk()
			.open()
			.client(request("/a", RAY))
			.server(response(big(9_000)).slice(0, 4_000)).frames,
		want: ["R /a 200 accepts enough null gap "],
	},
	{
		name: "the recording ends before the response",
		frames: talk().open().client(request("/a", RAY)).frames,
		want: ["R /a null accepts enough null gap "],
	},
	{
		name: "a hole before the FIN",
		frames: without(
			talk()
				.open()
				.client(request("/a", RAY))
				.server(response(big(4_000)))
				.fin("server").frames,
			false,
			2,
		),
		want: ["R /a 200 accepts enough server gap "],
	},
	{
		name: "a hole in the middle",
		frames: without(
			talk()
				.open()
				.client(request("/a", RAY))
				.server(response(big(9_000)))
				.fin("server").frames,
			false,
			2,
		),
		want: ["R /a 200 accepts enough server gap "],
	},
	{
		name: "a hole wins over a client that gave up",
		frames: without(
			talk()
				.open()
				.client(request("/a", RAY))
				.server(response(big(9_000)).slice(0, 6_000))
				.fin("client").frames,
			false,
			1,
		),
		want: ["R /a 200 accepts enough client gap "],
	},
	{
		name: "the end was not recorded, by what the client confirmed",
		frames: drop(
			talk()
				.open()
				.client(request("/a", RAY))
				.server(response(big(4_000)))
				.fin("server")
				.fin("client").frames,
			({ fromClient, seq, flags }, index) => !fromClient && index > 5 && (flags === "F" || seq > 780_000 + 1_448),
		),
		want: ["R /a 200 accepts enough client gap "],
	},
	{
		name: "a fault before a hole is proven",
		frames: without(
			talk()
				.open()
				.client(request("/a", RAY))
				.server(`HTTP/1.1 200 OK\r\nBad Name: x\r\nContent-Length: 9000\r\n\r\n${big(9_000)}`)
				.fin("server").frames,
			false,
			3,
		),
		want: ["R /a 200 rejects enough server gap bad-field-name"],
	},
	{
		name: "after a hole the next response is read again",
		frames: without(
			talk()
				.open()
				.client(request("/a", RAY))
				.server(response(big(9_000)))
				.client(request("/b", OTHER_RAY))
				.server(response(big(900)).slice(0, 300))
				.fin("server").frames,
			false,
			2,
		),
		want: ["R /a 200 accepts enough null gap ", "S /b 200 truncates fin server content-short"],
	},
	{
		name: "a hole that holds the next response's beginning",
		frames: drop(
			talk()
				.open()
				.client(request("/a", RAY))
				.server(response(big(2_000)))
				.client(request("/b", OTHER_RAY))
				.server(response(big(2_000)))
				.fin("server").frames,
			(frame, _index) =>
				!frame.fromClient &&
				frame.data.length > 0 &&
				(frame.data.toString().startsWith("x") ? frame.data.length < 1_000 : frame.seq > 779_000 + 1_500),
		),
		want: ["R /a 200 accepts enough null gap ", "S /b null accepts enough server gap "],
	},
	{
		name: "a request that was not recorded",
		frames: without(
			whole()
				.client(request("/b", OTHER_RAY))
				.server(response("world"))
				.client(request("/c", RAY))
				.server(response("again"))
				.fin("server").frames,
			true,
			1,
		),
		want: [`R /a 200 ${OK}`, "- null 200 accepts enough null gap ", "R /c 200 accepts fin server whole"],
	},
	{
		name: "a first request that was not recorded, nor the client's SYN",
		frames: drop(
			talk()
				.open()
				.client(request("/a", RAY))
				.server("HTTP/1.1 200 OK\r\nBad Name: x\r\nContent-Length: 0\r\n\r\n")
				.client(request("/b", OTHER_RAY))
				.server(response("hello"))
				.fin("server").frames,
			(_frame, index) => index === 0 || index === 3,
		),
		want: ["- null 200 rejects enough null gap bad-field-name", "S /b 200 accepts fin server whole"],
	},
	{
		name: "a last request that was not recorded, and no HTTP in the response to it",
		frames: without(
			whole().client(request("/b", OTHER_RAY)).server("SSH-2.0-OpenSSH_9.2\r\n").fin("client").fin("server").frames,
			true,
			1,
		),
		want: [`R /a 200 ${OK}`],
	},
	{
		name: "a response of which only the client's reset tells",
		frames: without(talk().open().client(request("/a", RAY)).server(response("hello")).reset("client").frames, false, 0).filter(
			({ fromClient, flags, data }, index) => index < 4 || !fromClient || flags !== "" || data.length > 0,
		),
		want: ["R /a null accepts enough client gap "],
	},
	{
		name: "the FIN of a server that said no HTTP was not recorded",
		frames: talk()
			.open()
			.client(request("/a", RAY))
			.server("SSH-2.0-OpenSSH_9.2\r\n")
			.fin("server")
			.fin("client")
			.frames.filter(({ fromClient, flags }) => fromClient || flags !== "F"),
		want: ["R /a null rejects enough client gap not-http"],
	},
	{
		name: "the FIN of a client that left what is no HTTP was not recorded",
		frames: talk()
			.open()
			.client(request("/a", RAY))
			.server("SSH-2.0-OpenSSH_9.2\r\n")
			.fin("client")
			.fin("server")
			.frames.filter(({ fromClient, flags }) => !fromClient || flags !== "F"),
		want: ["R /a null rejects enough client gap not-http"],
	},
	{
		name: "a client that left after a hole",
		frames: without(
			talk()
				.open()
				.client(request("/a", RAY))
				.server(response("hello"))
				.client(request("/b", OTHER_RAY))
				.server("SSH-2.0-OpenSSH_9.2\r\n")
				.fin("client")
				.fin("server").frames,
			false,
			0,
		),
		want: ["R /a null accepts enough null gap ", "S /b null waits enough client not-http,client-closed-first"],
	},
	{
		name: "a part of a request that was not recorded",
		frames: without(
			talk({ segmentBytes: 60 })
				.open()
				.client(request("/a", RAY, `X: ${big(200)}\r\n`))
				.server(response("hello"))
				.fin("server").frames,
			true,
			3,
		),
		want: ["R /a 200 accepts enough server gap "],
	},
	{
		name: "a part of an upload that was not recorded",
		frames: without(
			talk()
				.open()
				.client(request("/a", RAY, "Content-Length: 6000\r\n", "POST") + big(6_000))
				.server(response("hello"))
				.client(request("/b", OTHER_RAY))
				.server(response("x"))
				.fin("server").frames,
			true,
			2,
		),
		want: ["R /a 200 accepts enough null gap ", "S /b 200 accepts fin server whole"],
	},
	{
		name: "a connection that began earlier",
		frames: talk()
			.client(request("/a", RAY))
			.server(response(big(900)).slice(0, 300))
			.fin("server").frames,
		want: ["R /a 200 truncates fin server content-short"],
	},
	...[1_448, 20].map(
		(segmentBytes): Row => ({
			name: `a connection that began earlier, and a request line in several packets (${segmentBytes})`,
			frames: talk({ segmentBytes })
				.server("x".repeat(20))
				.client(request(`/a?${big(segmentBytes === 1_448 ? 4_000 : 40)}`, RAY))
				.server(response(big(90)).slice(0, 100))
				.fin("server").frames,
			want: ["R /a 200 truncates fin server content-short"],
		}),
	),
	{
		name: "a connection that began earlier, inside an upload in which lines look like the beginning of a request",
		frames: talk({ segmentBytes: 100 })
			.client(`GET /${big(95)}${big(40)}\nnot a request\r\n\r\n`)
			.server(response("x"))
			.client(request("/a", RAY))
			.server(response("hello"))
			.fin("server").frames,
		want: ["- null 200 accepts enough null gap ", "R /a 200 accepts fin server whole"],
	},
	{
		name: "a connection that began earlier, inside a response",
		frames: talk()
			.server(`${big(700)}HTTP/1.1 200 OK\r\n`)
			.client(request("/a", RAY))
			.server(response("hello"))
			.fin("server").frames,
		want: ["R /a 200 accepts fin server whole"],
	},
	{
		name: "a connection that began earlier, before a malformed response",
		frames: talk()
			.server("HTTP/1.1 200 OK\r\nBad Name: x\r\nContent-Length: 0\r\n\r\n")
			.client(request("/a", RAY))
			.server(response("hello")).frames,
		want: ["- null 200 rejects enough null gap bad-field-name", `R /a 200 ${OK}`],
	},
	{
		name: "a connection that began earlier, inside a response, from a higher port than the client's",
		frames: talk({ clientPort: 1_024, serverPort: 50_000 })
			.server(big(700))
			.client(request("/a", RAY))
			.server(response(big(900)).slice(0, 300))
			.fin("server").frames,
		want: ["R /a 200 truncates fin server content-short"],
	},
	{
		name: "a response with a hole whose request was not recorded",
		frames: drop(
			talk({ segmentBytes: 20 })
				.client("x: y\r\n\r\n")
				.server(response(big(40), "X-A: b\r\nX-C: d\r\n"))
				.client(request("/b", OTHER_RAY))
				.server(response("x"))
				.fin("server").frames,
			({ fromClient, data }, index) => !fromClient && data.length > 0 && (index === 3 || index === 4),
		),
		want: ["- null 200 accepts enough null gap ", "S /b 200 accepts fin server whole"],
	},
	{
		name: "a connection that began earlier, inside an upload",
		frames: talk().client(big(3_000)).server(response("x")).client(request("/a", RAY)).server(response("hello")).fin("server")
			.frames,
		want: ["- null 200 accepts enough null gap ", "R /a 200 accepts fin server whole"],
	},
	{
		name: "pipelined requests",
		frames: talk()
			.open()
			.client(request("/a", RAY) + request("/b", OTHER_RAY))
			.server(response("hello") + response(big(900)).slice(0, 300))
			.fin("server").frames,
		want: [`R /a 200 ${OK}`, "S /b 200 truncates fin server content-short"],
	},
	{
		name: "a HEAD request",
		frames: talk()
			.open()
			.client(request("/a", RAY, "", "HEAD"))
			.server("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
			.client(request("/b", OTHER_RAY))
			.server(response("x"))
			.fin("server").frames,
		want: [`R /a 200 ${OK}`, "S /b 200 accepts fin server whole"],
	},
	{
		name: "interim responses",
		frames: talk()
			.open()
			.client(request("/a", RAY, "Expect: 100-continue\r\nContent-Length: 3\r\n", "PUT"))
			.server("HTTP/1.1 100 Continue\r\n\r\n")
			.client("abc")
			.server(response("x"))
			.fin("server").frames,
		want: ["R /a 200 accepts fin server whole"],
	},
	{
		name: "an upload in chunks that looks like a request",
		frames: talk({ segmentBytes: 200 })
			.open()
			.client(`${request("/a", RAY, "Transfer-Encoding: chunked\r\n", "POST")}5a\r\n`)
			.client(`${request("/no", OTHER_RAY).padEnd(90, "-").slice(0, 90)}\r\n0\r\n\r\n`)
			.server(response("hello"))
			.client(request("/b", OTHER_RAY))
			.server(response("x"))
			.fin("server").frames,
		want: [`R /a 200 ${OK}`, "S /b 200 accepts fin server whole"],
	},
	{
		name: "another protocol, as asked",
		frames: talk()
			.open()
			.client(request("/a", RAY, "Upgrade: websocket\r\nConnection: Upgrade\r\n"))
			.server("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")
			.server("\x81\x05hello")
			.client("\x81\x85garbage")
			.fin("client")
			.fin("server").frames,
		want: ["R /a 101 accepts fin client "],
	},
	{
		name: "a tunnel",
		frames: talk()
			.open()
			.client(request("shop.example:443", RAY, "", "CONNECT"))
			.server("HTTP/1.1 200 OK\r\n\r\n")
			.client("\x16\x03\x01xxx")
			.server("nothing of HTTP")
			.reset("server").frames,
		want: ["R shop.example:443 200 accepts reset server "],
	},
	{
		name: "ports used again",
		frames: [
			...whole().frames,
			...talk({ atMs: START + 9_000, isn: 3_000_000_000 })
				.open()
				.client(request("/b", OTHER_RAY))
				.fin("server").frames,
		],
		want: [`R /a 200 ${OK}`, "S /b null rejects fin server no-bytes"],
	},
	...[2_000_000, 3_000_000_000].map(
		(isn): Row => ({
			name: `ports used again, and the new connection's SYN was not recorded (${isn})`,
			frames: [
				...whole().fin("server").fin("client").frames,
				...talk({ atMs: START + 9_000, isn })
					.open()
					.client(request("/b", OTHER_RAY))
					.fin("server")
					.frames.slice(3),
			],
			want: ["R /a 200 accepts fin server whole", "S /b null rejects fin server no-bytes"],
		}),
	),
	{
		name: "a request and its response, recorded before the SYN",
		frames: (({ frames }) => [...frames.slice(3, 6), ...frames.slice(0, 3), ...frames.slice(6)])(
			talk()
				.open()
				.client(request("/a", RAY))
				.server(response(big(900)).slice(0, 300))
				.fin("server"),
		),
		want: ["R /a 200 truncates fin server content-short"],
	},
	{
		name: "sequence numbers that wrap",
		frames: talk({ isn: 2 ** 32 - 777_777 - 2_000 })
			.open()
			.client(request("/a", RAY))
			.server(response(big(9_000)).slice(0, 8_000))
			.fin("server").frames,
		want: ["R /a 200 truncates fin server content-short"],
	},
	{
		name: "keepalive probes",
		frames: whole()
			.wait(7_000)
			.probe("server")
			.probe("client")
			.client(request("/b", OTHER_RAY))
			.probe("client")
			.server(response("world"))
			.fin("server").frames,
		want: [`R /a 200 ${OK}`, "S /b 200 accepts fin server whole"],
	},
	{
		name: "more than the length promises",
		frames: whole().server("more").client(request("/b", OTHER_RAY)).server(response("x")).fin("server").frames,
		want: ["R /a 200 accepts enough null bytes-after-the-end", "S /b 200 accepts fin server whole"],
	},
	{
		name: "a 408 that nobody asked for",
		frames: whole().wait(60_000).server("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n").fin("server").frames,
		want: ["R /a 200 accepts fin server whole"],
	},
	{
		name: "a server that speaks first",
		frames: talk().open().server("SSH-2.0-x\r\n").client(request("/a", RAY)).fin("server").frames,
		want: ["R /a null rejects fin server not-http"],
	},
	{
		name: "a PROXY protocol header in front",
		frames: talk()
			.open()
			.client(`PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n${request("/a", RAY)}`)
			.server(response("x"))
			.fin("server").frames,
		want: ["R /a 200 accepts fin server whole"],
	},
	{
		name: "a request that the server does not read to its end",
		frames: talk()
			.open()
			.client(request("/a", RAY, `Cookie: ${big(9_000)}\r\n`).slice(0, 8_000))
			.reset("server").frames,
		want: ["R /a null rejects reset server no-bytes,reset"],
	},
	{
		name: "TLS",
		frames: talk().open().client("\x16\x03\x01\x00\x05hello").server("\x16\x03\x03\x00\x05hello").fin("server").frames,
		want: [],
	},
	{
		name: "HTTP/2",
		frames: talk().open().client("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").server("\0\0\0\x04\0\0\0\0\0").fin("server").frames,
		want: [],
	},
	{
		name: "a refused connection",
		frames: talk()
			.open()
			.reset("server")
			.frames.filter((_, nth) => nth === 0 || nth === 3),
		want: [],
	},
];

const forms: readonly (readonly [name: string, change: Partial<Shape>])[] = [
	["pcap", {}],
	["pcap, big-endian", { bigEndian: true }],
	["pcap, nanoseconds", { nanoseconds: true }],
	["pcap, nanoseconds, big-endian", { nanoseconds: true, bigEndian: true }],
	["pcapng", { form: "pcapng" }],
	["pcapng, big-endian", { form: "pcapng", bigEndian: true }],
	["pcapng, nanoseconds", { form: "pcapng", nanoseconds: true }],
	["one VLAN", { vlans: 1 }],
	["two VLANs over IPv6", { vlans: 2, ip: 6 }],
	["Linux cooked", { link: 113 }],
	["Linux cooked with a VLAN, IPv6", { link: 113, ip: 6, vlans: 1 }],
	["Linux cooked 2", { link: 276, ip: 6 }],
	["raw IP", { link: 101 }],
	["raw IPv6", { link: 229, ip: 6 }],
	["raw IPv4", { link: 228 }],
	["raw, by BSD's number", { link: 12 }],
	["BSD loopback", { link: 0 }],
	["BSD loopback, IPv6", { link: 0, ip: 6 }],
	["OpenBSD loopback", { link: 108, form: "pcapng" }],
	["padding", { padding: 6 }],
	["no length in the IP header", { noLength: true }],
	["no length in the IPv6 header", { noLength: true, ip: 6 }],
];

for (const { name, frames, want } of ROWS)
	test(`a recording: ${name}`, () => {
		for (const [form, change] of forms) {
			const bytes = recording(frames, { ...PLAIN, ...change });
			for (const pieceBytes of form === "pcap" || form === "pcapng" ? [1, 7, 65_536] : [65_536])
				assert.deepEqual(read(bytes, pieceBytes).all.map(line), want, `${form}, ${pieceBytes} bytes at a time`);
		}
	});

test("every packet twice changes nothing", () => {
	for (const { name, frames, want } of ROWS)
		assert.deepEqual(
			read(
				recording(
					frames.flatMap((frame) => [frame, frame]),
					PLAIN,
				),
			).all.map(line),
			want,
			name,
		);
});

test("data that comes again in other pieces changes nothing", () => {
	for (const { name, frames, want } of ROWS) {
		const again = frames.flatMap((frame, index) => {
			const before = frames[index - 1];
			if (before === undefined || before.fromClient !== frame.fromClient || before.data.length === 0 || frame.data.length === 0)
				return [frame];
			if ((before.seq + before.data.length) >>> 0 !== frame.seq) return [frame];
			return [frame, { ...before, data: Buffer.concat([before.data, frame.data]) }];
		});
		assert.deepEqual(read(recording(again, PLAIN)).all.map(line), want, name);
	}
});

/** Rows in which who closed first, or which bytes came, does not depend on the order of neighbors. */
test("neighbors that were recorded in another order change nothing", () => {
	for (const { name, frames, want } of ROWS.slice(0, 12).concat(
		ROWS.filter((row) => /pipelined|HEAD|chunks|wrap/.test(row.name)),
	))
		for (let at = 3; at + 1 < frames.length; at += 1) {
			const [a, b] = [frames[at], frames[at + 1]];
			// A close and what it answers are told apart by what they confirm; a reset confirms nothing.
			if (a === undefined || b === undefined || a.flags === "R" || b.flags === "R") continue;
			const found = read(recording(swapped(frames, at, at + 1), PLAIN)).all.map(line);
			assert.deepEqual(found, want, `${name}, ${at} with ${at + 1}`);
		}
});

test("the two directions out of step change nothing", () => {
	for (const row of [
		"two requests on one connection",
		"cut content",
		"pipelined requests",
		"a HEAD request",
		"more than the length promises",
		...ROWS.map(({ name }) => name).filter((name) => name.endsWith("and the connection goes on")),
	]) {
		const { frames, want } = ROWS.find(({ name }) => name === row) ?? { frames: [], want: [] };
		const handshake = frames.slice(0, 3);
		const [client, server] = [true, false].map((fromClient) =>
			frames.slice(3).filter((frame) => frame.fromClient === fromClient),
		) as [Frame[], Frame[]];
		for (const late of [
			[...server, ...client],
			[...client, ...server],
		])
			assert.deepEqual(
				read(recording([...handshake, ...late], PLAIN)).all.map((one) => line(one)),
				want,
				row,
			);
	}
});

test("a snap length makes gaps, never faults", () => {
	for (const snap of [66, 96, 200, 400])
		for (const { name, frames } of ROWS) {
			const { all } = read(recording(frames, { ...PLAIN, snap }));
			for (const one of all.filter(isListed)) {
				const isSmall = frames.every(({ data }) => data.length + 66 <= snap);
				const proven =
					one.findings.filter(({ id }) =>
						/bad-field-name|bad-status-code|chunk-size-bad|not-http|no-bytes|client-closed-first/.test(id),
					).length > 0;
				assert.ok(isSmall || proven || !one.gap, `${name} at ${snap}: ${line(one)}`);
			}
			for (const one of all) assert.ok(!one.gap || one.findings.every(({ id }) => id !== "whole"), `${name} at ${snap}`);
		}
});

test("every truncation of a recording ends in gaps, never in faults that are not there", () => {
	for (const { name, frames, want } of ROWS.filter((row) => row.want.every((one) => one.includes(" accepts ")))) {
		const bytes = recording(frames, { ...PLAIN, form: "pcapng" });
		for (let end = 0; end < bytes.length; end += 61) {
			const listed = read(bytes.subarray(0, end)).all.filter(isListed);
			assert.deepEqual(
				listed.filter((one) => !one.findings.some(({ id }) => id === "client-closed-first")).map(line),
				[],
				`${name} up to ${end}, of ${want}`,
			);
		}
	}
});

for (const file of [...allOriginFiles(), ...findingFiles()])
	if (file.serve === "plain" && file.bytes.length > 0)
		test(`a recording of the origin ${file.name} says what autopsy says`, () => {
			const ends = file.ending === "reset" ? "reset" : "fin";
			const talked = talk().open().client(request("/", RAY)).server(file.bytes);
			const frames = (ends === "reset" ? talked.reset("server") : talked.fin("server")).frames;
			const { all } = read(recording(frames, PLAIN));
			const expected = autopsy(file.bytes, ends, "GET");
			const [first, ...others] = all;
			assert.equal(others.length, 0);
			assert.deepEqual(
				[first?.proxy, first?.findings.map(({ id }) => id)],
				[expected.proxy, expected.findings.map(({ id }) => id)],
			);
		});

test("what a request's CF-Ray may look like", () => {
	for (const [value, ray] of [
		[RAY, RAY],
		[`${RAY}-FRA`, RAY],
		[RAY.toUpperCase(), RAY],
		[`  ${RAY}-fra  `, RAY],
		["none", null],
		["", null],
	] as const) {
		const head = `GET / HTTP/1.1\r\nHost: a\r\ncf-ray:${value}\r\n\r\n`;
		const { all } = read(recording(talk().open().client(head).server(response("x")).frames, PLAIN));
		assert.equal(all[0]?.ray, ray, value);
	}
});

test("times are those of the request's first byte and of the end", () => {
	const talked = talk({ segmentBytes: 100 }).open().wait(40);
	const startedAtMs = talked.atMs;
	const { frames } = talked
		.client(request("/a", RAY, `X: ${big(300)}\r\n`))
		.wait(1_500)
		.server(response(big(500)).slice(0, 200))
		.wait(250)
		.fin("server");
	const { all, facts } = read(recording(frames, { ...PLAIN, nanoseconds: true }));
	assert.ok(Math.abs((all[0]?.startedAtMs ?? 0) - startedAtMs) < 0.01);
	assert.ok(Math.abs((all[0]?.tookMs ?? 0) - 1_751) < 3, String(all[0]?.tookMs));
	assert.ok(Math.abs((facts.fromMs ?? 0) - START) < 0.01);
});

test("what a recording holds beside HTTP is counted, never guessed at", () => {
	const fragment = Buffer.from(recording(whole().frames, PLAIN));
	// The flag "more fragments" of the first packet.
	fragment[24 + 16 + 14 + 6] = 0x20;
	assert.equal(read(fragment).facts.unread.fragment, 1);
	const wifi = recording(whole().frames, { ...PLAIN, link: 105 as Shape["link"] });
	assert.equal(read(wifi).facts.unread["link-type"], whole().frames.length);
	const { facts } = read(recording([...(ROWS.find(({ name }) => name === "TLS")?.frames ?? [])], PLAIN));
	assert.deepEqual(facts.protocols, { http: 0, tls: 1, h2: 0, other: 0 });
});

test("what is not a recording is said", () => {
	for (const [bytes, problem] of [
		["", "not-a-capture"],
		["HTTP/1.1 200 OK\r\n\r\n", "not-a-capture"],
		["\x1f\x8b\x08\x00\x00", "gzip"],
		["\xd4\xc3\xb2\xa1\x02\x00", "not-a-capture"],
	] as const)
		assert.equal(read(Buffer.from(bytes, "latin1")).facts.problem, problem);
	const good = recording(whole().frames, PLAIN);
	assert.equal(read(good).facts.problem, null);
	assert.equal(read(good.subarray(0, good.length - 3)).facts.problem, "cut");
	assert.equal(read(Buffer.concat([good, Buffer.alloc(16, 0xff)])).facts.problem, "damaged");
});

const Case = z.object({
	id: z.string(),
	pcap_b64: z.string(),
	ray: z.string().optional(),
	want: z.object({
		error: z.unknown().optional(),
		count: z.number().optional(),
		exchanges: z
			.array(
				z.looseObject({
					findings: z.array(z.string()).optional(),
					no_fault: z.boolean().optional(),
					tookMs: z.tuple([z.number(), z.number()]).optional(),
					startedAt: z.string().optional(),
				}),
			)
			.default([]),
	}),
});
const cases = readFileSync(new URL("../fixtures/captures.jsonl", import.meta.url), "utf8")
	.trim()
	.split("\n")
	.map((text) => Case.parse(JSON.parse(text)));

for (const one of cases)
	test(`a recorded case: ${one.id}`, async () => {
		const out: string[] = [];
		await captureLines(Readable.from([JSON.stringify(one)]), (text) => out.push(text));
		const answer = JSON.parse(out[0] ?? "") as { id: string; exchanges: Record<string, unknown>[] };
		assert.equal(answer.id, one.id);
		assert.equal(answer.exchanges.length, one.want.count ?? one.want.exchanges.length);
		for (const [nth, { findings, no_fault: noFault, tookMs, startedAt, ...fields }] of one.want.exchanges.entries()) {
			const got = answer.exchanges[nth] ?? {};
			const told = got.findings as { id: string; level: string }[];
			for (const [name, value] of Object.entries(fields)) assert.deepEqual(got[name], value, name);
			for (const id of findings ?? [])
				assert.ok(
					told.some((finding) => finding.id === id),
					id,
				);
			if (noFault === true) assert.ok(told.every(({ level }) => level !== "fault"));
			if (startedAt !== undefined) assert.ok(Math.abs(Date.parse(String(got.startedAt)) - Date.parse(startedAt)) <= 20);
			if (tookMs !== undefined) assert.ok(Number(got.tookMs) >= tookMs[0] && Number(got.tookMs) <= tookMs[1]);
		}
	});

/** Ways in which an exchange ends, with what has to be found of each; null: nothing. */
const PLANTED: readonly (readonly [proxy: string | null, finding: string, tell: (on: Conversation) => Conversation])[] = [
	[null, "", (on) => on.server(response(big(3_000)))],
	[null, "", (on) => on.server("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno")],
	[null, "", (on) => on.server(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`)],
	["truncates", "content-short", (on) => on.server(response(big(3_000)).slice(0, 1_700)).fin("server")],
	["truncates", "content-short", (on) => on.server(response(big(3_000)).slice(0, 1_700)).reset("server")],
	[
		"truncates",
		"chunks-cut",
		(on) => on.server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n").fin("server"),
	],
	["rejects", "no-bytes", (on) => on.fin("server")],
	["rejects", "no-bytes", (on) => on.reset("server")],
	["rejects", "bad-field-name", (on) => on.server("HTTP/1.1 200 OK\r\nX Y: 1\r\nContent-Length: 2\r\n\r\nok")],
	["rejects", "content-length-differs", (on) => on.server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok")],
	["rejects", "incomplete-header-section", (on) => on.server("HTTP/1.1 200 OK\r\nContent-Le").fin("server")],
	["waits", "client-closed-first", (on) => on.wait(60_000).fin("client")],
	[
		"waits",
		"client-closed-first",
		(on) =>
			on
				.server(response(big(3_000)).slice(0, 900))
				.wait(10_000)
				.reset("client"),
	],
];

test("of generated recordings, what was planted is found, and nothing else", () => {
	for (let seed = 1; seed <= 40; seed += 1) {
		const random = seeded(seed);
		const planted: string[] = [];
		const frames: Frame[] = [];
		let nth = 0;
		for (let connection = 0; connection < 12; connection += 1) {
			const on = talk({
				atMs: START + random(20_000),
				clientPort: 20_000 + connection,
				isn: random(2 ** 31),
				segmentBytes: 200 + random(1_400),
			}).open();
			for (let left = 1 + random(6); left > 0; left -= 1) {
				const [proxy, finding, tell] = PLANTED[random(3) === 0 ? random(PLANTED.length) : random(3)] ?? PLANTED[0]!;
				const ray = (0xa6046cc000000000n + BigInt(seed * 10_000 + nth)).toString(16);
				nth += 1;
				on.wait(random(300)).client(
					request(`/${nth}?q=${seed}`, `${ray}-FRA`, random(4) === 0 ? "Content-Length: 700\r\n" : "", "POST"),
				);
				const sent = on.frames.findLast(({ fromClient, data }) => fromClient && data.length > 0)?.data.toString() ?? "";
				if (sent.includes("Content-Length: 700")) on.client(big(700));
				tell(on);
				if (proxy !== null) planted.push(`${ray} ${proxy} ${finding}`);
				if (on.frames.at(-1)?.flags === "R" || on.frames.slice(-2).some(({ flags }) => flags === "F")) break;
			}
			frames.push(...on.frames);
		}
		frames.sort((a, b) => a.atMs - b.atMs);
		// Repeated, and neighbors out of order.
		const stirred = frames.flatMap((frame) => (random(10) === 0 ? [frame, frame] : [frame]));
		for (let at = 0; at + 1 < stirred.length; at += 1) {
			const [a, b] = [stirred[at], stirred[at + 1]];
			const isHarmless = a !== undefined && b !== undefined && !/[SRF]/.test(a.flags + b.flags);
			if (isHarmless && random(12) === 0) stirred.splice(at, 2, b, a);
		}
		const [, change] = forms[random(forms.length)] ?? ["", {}];
		const { all } = read(recording(stirred, { ...PLAIN, ...change }), 1 + random(9_000));
		const found = all
			.filter(isListed)
			.map(
				({ ray, proxy, findings }) =>
					`${ray} ${proxy} ${findings.find(({ id }) => planted.some((one) => one.endsWith(` ${id}`)))?.id}`,
			);
		assert.deepEqual(found.sort(), planted.sort(), `seed ${seed}`);
	}
});

test("of generated recordings with lost packets, nothing is found that was not planted", () => {
	for (let seed = 1; seed <= 40; seed += 1) {
		const random = seeded(1_000 + seed);
		const frames: Frame[] = [];
		for (let connection = 0; connection < 12; connection += 1) {
			const on = talk({
				atMs: START + random(9_000),
				clientPort: 20_000 + connection,
				isn: random(2 ** 31),
				segmentBytes: 300 + random(1_000),
			}).open();
			for (let left = 1 + random(8); left > 0; left -= 1)
				on.wait(random(200))
					.client(request("/a", RAY))
					.server(response(big(random(5_000))));
			frames.push(...(random(2) === 0 ? on.fin("server").fin("client") : on).frames);
		}
		frames.sort((a, b) => a.atMs - b.atMs);
		const { all } = read(
			recording(
				frames.filter(() => random(15) !== 0),
				PLAIN,
			),
		);
		assert.deepEqual(all.filter(isListed).map(line), [], `seed ${seed}`);
	}
});
