import { type TestContext, test } from "node:test";
import { renderTerminal } from "../../src/adapters/terminal/render.ts";
import { type TapProblem, tapHelp, tapProblem, tapSays, tapStart, tapVersion } from "../../src/reply/tap.ts";
import { got, originOf, rayOf, requestOf, tapFor } from "./tapping.ts";

/** Everything that a tap says, as a person sees it: golden/tap/NAME.txt. */
function golden(t: TestContext, name: string, parts: readonly (readonly [when: string, text: string])[]): void {
	const page = parts.map(([when, text]) => `[${when}]\n${text.trimEnd()}\n`).join("\n");
	t.assert.fileSnapshot(page, new URL(`../golden/tap/${name}.txt`, import.meta.url).pathname, { serializers: [String] });
}

test("what a tap says of flags that it cannot use, and of places", (t) => {
	const all: Record<TapProblem["problem"], true> = {
		...{
			"unknown-flag": true,
			"no-value": true,
			"no-listen": true,
			"no-to": true,
			"bad-listen": true,
			"bad-to": true,
			"same-place": true,
		},
		...{ "listen-not-loopback": true, "to-not-loopback": true, "no-proxy-protocol": true, "bad-for": true, "bad-ray": true },
		...{ "bad-keep": true, "keep-not-made": true, "port-taken": true, "port-not-allowed": true },
		...{ "address-not-here": true, "not-listening": true },
	};
	const problems = Object.keys(all) as TapProblem["problem"][];
	golden(
		t,
		"problems",
		problems.map((problem) => [problem, `cf520: ${tapProblem({ problem, word: "--verbose" }, "npm start -- tap")}`]),
	);
});

test("what tap --help says, in the tree and in one file", (t) => {
	const style = { colour: false, width: 100, askPrefix: "" };
	golden(t, "help", [
		["npm start -- tap --help", renderTerminal(tapHelp("npm start -- tap"), style)],
		["node cf520-tap.mjs --version", tapVersion("0.1.0")],
	]);
});

test("what a tap says when it starts", (t) => {
	const loopback = {
		...{ listen: "127.0.0.1:8081", to: "127.0.0.1:8080", endsAtMs: null, whole: false },
		...{ proxyProtocol: false, isOpen: false, isToLocal: true, isTerminal: false },
	};
	const open = { ...loopback, listen: "10.0.0.5:8081", isOpen: true };
	golden(t, "starts", [
		["between a proxy and its application", tapStart(loopback)],
		["--for 1h", tapStart({ ...loopback, endsAtMs: Date.UTC(2026, 10, 26, 13) })],
		["at a terminal", tapStart({ ...loopback, isTerminal: true })],
		["--whole", tapStart({ ...loopback, whole: true })],
		["--proxy-protocol", tapStart({ ...loopback, proxyProtocol: true })],
		["--anywhere, to another machine", tapStart({ ...loopback, to: "app:8080", isToLocal: false })],
		["--anywhere, in a private network", tapStart(open)],
		["--anywhere, in a private network to another machine", tapStart({ ...open, to: "10.0.0.6:8080", isToLocal: false })],
		["--anywhere --proxy-protocol, in front of a public port", tapStart({ ...open, listen: "0.0.0.0:80", proxyProtocol: true })],
	]);
});

/** Ports, moments and durations, made the same. */
const normal = (text: string): string =>
	text
		.replace(/(127\.0\.0\.1:|\bport )\d+/g, "$1PORT")
		.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?: to \d\d:\d\d:\d\d)? UTC/g, "2026-11-26 12:00:00 UTC")
		.replace(/\d\d:\d\d:\d\d\.\d{3} UTC/g, "12:00:00.000 UTC")
		.replace(/\b\d+ ms\b/g, "N ms")
		.replace(/N ms to N ms/g, "N ms")
		.replace(/N ms, p99 N ms, largest N ms/g, "N ms, p99 N ms, largest N ms");

/** Without the start, and without what depends on how fast a connection ends. */
const said = (aside: readonly string[]): string =>
	normal(
		aside
			.slice(1)
			.filter((line) => !line.startsWith("tap: I accept no new connections"))
			.join("\n"),
	);

const WHOLE =
	"HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Thu, 26 Nov 2026 12:00:00 GMT\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok";
const ANSWERS: Readonly<Record<string, string | null>> = {
	"/whole": WHOLE,
	"/short": "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nabc",
	"/empty": "",
	"/malformed": "HTTP/1.1 200 OK\r\nX Y: 1\r\nContent-Length: 2\r\n\r\nok",
	"/large": `HTTP/1.1 200 OK\r\nSet-Cookie: basket=${"x".repeat(70_000)}\r\nContent-Length: 0\r\n\r\n`,
	"/websocket": "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
};

/** One run: what was asked for, by its paths or by its bytes. */
const RUNS: Readonly<Record<string, { readonly asks: readonly (string | Buffer)[]; readonly flags?: readonly string[] }>> = {
	"nothing passed": { asks: [] },
	"only TLS": { asks: [Buffer.from("16030100050102030405", "hex")] },
	"only HTTP/2": { asks: [Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")] },
	"something else": { asks: [Buffer.from("\0\x01\x02hello\n\n")] },
	"one, and it was complete": { asks: ["/whole"] },
	"all were complete": { asks: ["/whole", "/whole", "/whole"] },
	"one failed": { asks: ["/whole", "/short", "/whole"] },
	"many failed": { asks: ["/short", "/empty", "/short", "/malformed", "/whole", "/short", "/short", "/short", "/short"] },
	"headers are close to the limit": { asks: ["/whole", "/large"] },
	"a WebSocket among others": { asks: ["/websocket", "/whole"] },
	"TLS among others": { asks: ["/whole", Buffer.from("16030100050102030405", "hex")] },
	"--ray, and it was complete": { asks: ["/empty", "/whole"], flags: ["--ray", rayOf(1)] },
	"--ray, and it failed": { asks: ["/whole", "/short"], flags: ["--ray", `${rayOf(1)}-FRA`] },
	"--ray, which did not come": { asks: ["/whole"], flags: ["--ray", "a6046ccef050d1c3"] },
	"--ray, and nothing passed": { asks: [], flags: ["--ray", "a6046ccef050d1c3"] },
};

test("what a tap says while it runs, and at its end", async (t) => {
	const parts: [string, string][] = [];
	await using origin = await originOf((s) =>
		s.once("data", (request) => s.end(ANSWERS[/^GET (\S+) /.exec(request.toString())?.[1] ?? ""] ?? request)),
	);
	for (const [when, { asks, flags = [] }] of Object.entries(RUNS)) {
		const tap = await tapFor(origin.port, ...flags);
		for (const [nth, ask] of asks.entries()) await got(tap.port, typeof ask === "string" ? requestOf(nth, ask) : ask);
		await tap.ended();
		parts.push([when, said(tap.aside)]);
	}
	const tap = await tapFor(1);
	await got(tap.port, requestOf(1));
	await got(tap.port, requestOf(2));
	await tap.ended();
	parts.push(["the application does not run", said(tap.aside)]);
	golden(t, "summaries", parts);
});

test("what a tap says beside exchanges", (t) => {
	golden(t, "lines", [
		["out of file descriptors", tapSays.noDescriptors(1)],
		["out of file descriptors, many open", tapSays.noDescriptors(12_000)],
		["the application does not run", tapSays.refused("127.0.0.1:8080", Date.UTC(2026, 10, 26, 12))],
		["the application runs again", tapSays.accepts("127.0.0.1:8080", Date.UTC(2026, 10, 26, 12, 0, 4), 31)],
		["the disk is full", tapSays.fileFailed()],
		["stopped, with one open", tapSays.stopping(1)],
		["stopped, with some open", tapSays.stopping(7)],
	]);
});
