import assert from "node:assert/strict";
import { test } from "node:test";
import { readInPlace } from "../../src/desk/text-readers.ts";
import { autopsy } from "../../src/judge/autopsy.ts";
import { directOriginOfBytes } from "../../src/judge/origin-findings.ts";
import { understand } from "../../src/judge/understand.ts";
import { plainTitle } from "../../src/message/message.ts";
import { plainText } from "../../src/message/text.ts";
import { readPaste } from "../../src/read/paste.ts";
import { flat } from "../flat.ts";

/** What somebody pasted, read as in the thread of a case. */
function read(text: string, host: string | null = null) {
	const paste = readPaste(text);
	assert.ok(paste !== null, text);
	const { reply, evidence, found, delta } = readInPlace("paste", { paste, host });
	return { evidence, found: found ?? null, delta: plainText(delta), title: plainTitle(reply.head, 200), all: flat(reply.head) };
}

const ASKED = "* Connected to shop.example (127.0.0.1) port 443\n> GET / HTTP/1.1\n> Host: shop.example\n>\n";
const BEGUN = `${ASKED}< HTTP/1.1 200 OK\n< Server: nginx\n`;
const TRACE =
	"== Info: Connected to shop.example\n<= Recv header, 17 bytes (0x11)\n0000: HTTP/1.1 200 OK\n<= Recv header, 15 bytes (0xf)\n0000: Server: nginx\n";
const hex = (bytes: string) =>
	`<= Recv header, ${bytes.length} bytes (0x1)\n${(bytes.match(/.{1,16}/gs) ?? [])
		.map(
			(row, nth) =>
				`${(nth * 16).toString(16).padStart(4, "0")}: ${Buffer.from(row).toString("hex").replace(/../g, "$& ").padEnd(48)} ${row.replace(/[\r\n]/g, ".")}`,
		)
		.join("\n")}\n`;

for (const [what, text] of [
	["curl -v, cut between two lines", BEGUN],
	["curl -v, cut within a line", `${BEGUN}< X-Debug: qqqq`],
	["curl -v, cut in the status line", `${ASKED}< HTTP/1.1 200 O`],
	["curl -v over HTTP/2", `${ASKED}< HTTP/2 200\n< server: nginx\n< x-debug: q`],
	[
		"curl -v that could write no more",
		`${BEGUN}< X-Debug: qqqq\n* Failure writing output\n* Closing connection\ncurl: (23) Failed`,
	],
	[
		"curl -v whose header line is too long for curl",
		`${BEGUN}* Closing connection\ncurl: (100) A value or data field grew larger`,
	],
	["curl --trace-ascii", TRACE],
	["curl --trace", hex("HTTP/1.1 200 OK\r\nServer: nginx\r\nX-De")],
	["bytes as they came", "HTTP/1.1 200 OK\r\nServer: nginx\r\nX-De"],
] as const)
	test(`a paste that ends inside its headers shows nothing of the rest: ${what}`, () =>
		assert.partialDeepStrictEqual(read(text), {
			evidence: {},
			found: null,
			delta: "That ends inside its headers, so it does not show whether Cloudflare accepts them.",
			title: "Your paste ends inside its headers",
		}));

for (const [what, text] of [
	["the empty line", `${BEGUN}<\n`],
	["the empty line with its blank", `${BEGUN}< \n`],
	["curl says that it kept the connection", `${BEGUN}* Connection #0 to host shop.example left intact`],
	["content came after it", `${BEGUN}{ [5 bytes data]\nhello`],
	["curl --trace-ascii", `${TRACE}<= Recv header, 2 bytes (0x2)\n0000: \n`],
	["curl --trace", hex("HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n")],
	["headers alone, without curl's marks", "HTTP/1.1 200 OK\nServer: nginx"],
] as const)
	test(`a paste whose headers are whole, by ${what}`, () => assert.deepEqual(read(text).evidence, { "direct-origin": "ok" }));

test("headers past curl's own limit are past Cloudflare's, whatever part of them was pasted", () => {
	for (const head of ["", ASKED, BEGUN]) {
		const { evidence, delta } = read(`${head}* Closing connection\ncurl: (56) Too large response headers: 307250 > 307200`);
		// curl's last line alone does not tell where it was run.
		assert.deepEqual(evidence, { "direct-origin": "header-section-too-large" }, head);
		assert.match(delta, /128 KB/);
	}
});

const EMPTY = "> \n* Empty reply from server\ncurl: (52) Empty reply from server";
const har = (url: string) =>
	JSON.stringify({
		log: {
			entries: [
				{ request: { url: "https://other.example/" }, response: { status: 200, httpVersion: "HTTP/1.1", headers: [] } },
				{ request: { url }, response: { status: 503, httpVersion: "HTTP/1.1", headers: [] } },
			],
		},
	});
/** Output of a request to a host, by the tool that prints it. */
const OF_HOST: readonly (readonly [what: string, of: (host: string) => string])[] = [
	["curl -v", (host) => `* Connected to ${host} (192.0.2.1) port 443 (#0)\n${EMPTY}`],
	[
		"curl -v past Cloudflare",
		(host) => `* Connected to 127.0.0.1 (127.0.0.1) port 443\n> GET / HTTP/1.1\n> Host: ${host}\n${EMPTY}`,
	],
	["a newer curl -v", (host) => `* Host ${host}:443 was resolved.\n* Connected to 192.0.2.1 (192.0.2.1) port 443\n${EMPTY}`],
	["curl -v over HTTP/2", (host) => `* [HTTP/2] [1] [:authority: ${host}]\n> \n< HTTP/2 200\n< server: nginx\n<\n`],
	["a command and what it printed", (host) => `$ curl -vk --connect-to ::127.0.0.1 https://${host}/\n${EMPTY}`],
	["an address with the name beside it", (host) => `$ curl -vk https://203.0.113.7/ -H 'Host: ${host}'\n${EMPTY}`],
	[
		"curl --trace-ascii",
		(host) =>
			`=> Send header, 78 bytes (0x4e)\n0000: GET / HTTP/1.1\n0010: Host: ${host}\n${TRACE.replace(/^== .*\n/, "")}<= Recv header, 2 bytes (0x2)\n0000: \n`,
	],
	[
		"a connection that failed",
		(host) => `* Trying 192.0.2.1:443...\ncurl: (7) Failed to connect to ${host} port 443: Connection refused`,
	],
	["a HAR file", (host) => har(`https://${host}/pay`)],
];
for (const [what, of] of OF_HOST)
	test(`a paste counts for its own site alone: ${what}`, () => {
		for (const [host, counts] of [
			["shop.example", true],
			["WWW.shop.example", true],
			["other.example", false],
			["shop.example.net", false],
		] as const) {
			const { evidence, found, delta } = read(of(host), "shop.example");
			assert.equal("direct-origin" in evidence, counts, `${host}: ${JSON.stringify(evidence)}`);
			assert.equal(/^This request went to another host, so it does not count here\. \w/.test(delta), !counts, delta);
			if (!counts) assert.equal(found, null);
			// It may be the name of the origin.
			if (!counts) assert.ok(!delta.includes(host), delta);
			assert.ok("direct-origin" in read(of(host)).evidence, "where there is no case");
		}
	});

test("of an address alone, nothing says that it was another site's", () => {
	for (const host of ["127.0.0.1", "localhost", "[::1]", "web1"])
		assert.deepEqual(
			read(`* Connected to ${host} (127.0.0.1) port 443 (#0)\n${EMPTY}`, "shop.example").evidence,
			{ "direct-origin": "closed-empty" },
			host,
		);
});

test("the printed command of another site answers no question about this one", () => {
	const thread = { url: "https://shop.example/checkout", code: "520", asks: "direct-origin" };
	const told = (host: string) =>
		understand(
			`$ curl -sSk --http1.1 --connect-to ::127.0.0.1 https://${host}/; echo "curl exit $?"\nstatus 503, 120 bytes of headers\ncurl exit 0\n`,
			thread,
			0,
		).evidence;
	assert.deepEqual(told("shop.example"), { "direct-origin": "server-error" });
	assert.deepEqual(told("other.example"), {});
});

const RESET = "* Recv failure: Connection reset by peer\ncurl: (56) Recv failure: Connection reset by peer";
for (const [what, text] of [
	["before a byte", `${ASKED}${RESET}`],
	["curl's last line alone", "curl: (56) Recv failure: Connection reset by peer"],
	["in the headers", `${BEGUN}${RESET}`],
	["in the content", `${BEGUN}< Content-Length: 100\n<\nhello\n${RESET}`],
	["in the chunks", `${BEGUN}< Transfer-Encoding: chunked\n<\nhello\n${RESET}`],
] as const)
	test(`a reset is told as one: ${what}`, () =>
		assert.equal(read(text).delta, "The origin reset the connection before the response was complete."));

for (const [what, content] of [
	["taken apart by curl", "hello"],
	["as they came, with --raw", "5\nhello\n"],
] as const)
	test(`chunks that end early are cut, not malformed: ${what}`, () => {
		const text = `${BEGUN}< Transfer-Encoding: chunked\n<\n${content}\n* transfer closed with outstanding read data remaining\ncurl: (18) transfer closed`;
		assert.deepEqual(read(text).evidence, { "direct-origin": "closed-mid-body" });
	});

for (const [what, text] of [
	["curl -i", "HTTP/1.1 200 OK\nX Bad: 1\n\n<p>hello"],
	["curl -v", `${BEGUN}<\nhello\n`],
	["chunks that curl took apart", `${BEGUN}< Transfer-Encoding: chunked\n<\nhello\n${RESET}`],
	["a HAR file", har("https://shop.example/")],
] as const)
	test(`content that a paste does not hold is not counted: ${what}`, () => {
		const { all } = read(text);
		assert.doesNotMatch(all, /bytes of content/);
		assert.match(all, /^(?:Status \d{3}|No status), \d+ headers?/m);
	});

for (const [what, text] of [
	["no byte", `${ASKED}* Empty reply from server\ncurl: (52) Empty reply from server`],
	["a refused connection", "curl: (7) Failed to connect to shop.example port 443: Connection refused"],
	["a failed handshake", "* TLS connect error\ncurl: (35) error:0A000410:SSL routines::handshake failure"],
] as const)
	test(`a paste without a response says once what happened: ${what}`, () => {
		const { all } = read(text);
		assert.match(all, /^Read as the output of curl (?:-v|-i) \(exit \d+\)\.$/m);
		assert.doesNotMatch(all, /does not show|For every byte|curl exit \d|A 444 or deny/);
	});

for (const [what, text, value] of [
	["the headers end early", "HTTP/1.1 200 OK\r\nServer: nginx\r\n", "closed-mid-body"],
	["a line of them is wrong, too", "HTTP/1.1 200 OK\r\nX Bad: 1\r\n", "malformed"],
] as const)
	test(`headers are malformed only where a line is wrong: ${what}`, () => {
		assert.equal(directOriginOfBytes(autopsy(Buffer.from(text), "fin", "GET"), "fin"), value);
	});

const harEntry = (status: number, url: string, waits: number, time = waits + 2) => ({
	startedDateTime: "2026-11-22T12:00:00.000Z",
	time,
	request: { method: "GET", url, headers: [] },
	response: { status, httpVersion: "http/2.0", headers: [{ name: "server", value: "cloudflare" }] },
	timings: { send: 1, wait: waits, receive: 1 },
});
const harOf = (...entries: unknown[]) => JSON.stringify({ log: { version: "1.2", entries } });

for (const [what, text, thread, value] of [
	[
		"all at 60 s",
		harOf(harEntry(520, "https://shop.example/a", 60_040), harEntry(520, "https://shop.example/a", 59_900)),
		{},
		"round-number",
	],
	[
		"at once, beside a page that takes long",
		harOf(harEntry(200, "https://shop.example/b", 30_000), harEntry(520, "https://shop.example/a", 80)),
		{},
		"instant",
	],
	[
		"unlike each other",
		harOf(harEntry(520, "https://shop.example/a", 80), harEntry(520, "https://shop.example/a", 9_000)),
		{},
		"seconds",
	],
	["without timings", harOf(harEntry(520, "https://shop.example/a", -1, 122_000)), {}, "two-minutes"],
	["of another code", harOf(harEntry(522, "https://shop.example/a", 19_000)), {}, undefined],
	["of another host", harOf(harEntry(520, "https://other.example/a", 60_000)), {}, undefined],
	["of the application", harOf(harEntry(500, "https://shop.example/a", 60_000)), {}, undefined],
] as const)
	test(`how long the failed requests of a HAR took: ${what}`, () => {
		const { evidence } = understand(text, { url: "https://shop.example/a", code: "520", ...thread }, Date.UTC(2026, 10, 22, 13));
		assert.equal(evidence["time-to-failure"], value);
	});

for (const [what, text] of [
	["in front of it", (har: string) => `my browser's recording\n\n${har}`],
	["in two lines", (har: string) => `it fails at checkout\nsee this:\n${har}\n`],
] as const)
	test(`a HAR is read with words beside it: ${what}`, () => {
		const thread = { url: "https://shop.example/a", code: "520" };
		const now = Date.UTC(2026, 10, 22, 13);
		const alone = understand(harOf(harEntry(520, "https://shop.example/a", 60_000)), thread, now);
		const beside = understand(text(harOf(harEntry(520, "https://shop.example/a", 60_000))), thread, now);
		assert.deepEqual(
			[beside.evidence["time-to-failure"], beside.response?.status],
			[alone.evidence["time-to-failure"], alone.response?.status],
		);
	});

const withCookies = (status: number, bytes: number, more: { readonly host?: string; readonly listed?: boolean } = {}) => {
	const entry = harEntry(status, `https://${more.host ?? "shop.example"}/a`, 80);
	const value = `cart=${SECRET}${"a".repeat(bytes - SECRET.length - 5)}`;
	const [name, ...rest] = value.split("=");
	const request =
		more.listed === true
			? { ...entry.request, cookies: [{ name, value: rest.join("=") }] }
			: { ...entry.request, headers: [{ name: "Cookie", value }] };
	return { ...entry, request };
};
const SECRET = "sEcReT012345678";

for (const [what, entries, grew] of [
	["until it fails", [withCookies(200, 900), withCookies(200, 9_000), withCookies(520, 61_000)], true],
	["in a list of cookies", [withCookies(200, 900, { listed: true }), withCookies(520, 61_000, { listed: true })], true],
	["whatever the order", [withCookies(520, 61_000), withCookies(520, 60_000), withCookies(200, 900)], true],
	["but as large ones work", [withCookies(200, 61_000), withCookies(520, 60_000)], false],
	["but no server minds so few", [withCookies(200, 100), withCookies(520, 3_000)], false],
	["hardly", [withCookies(200, 9_000), withCookies(520, 9_100)], false],
	["on another host", [withCookies(200, 900, { host: "cdn.example" }), withCookies(520, 61_000)], false],
	["without a request that works", [withCookies(520, 900), withCookies(520, 61_000)], false],
	["of another code", [withCookies(200, 900), withCookies(522, 61_000)], false],
	[
		"in a file without cookies",
		[harEntry(200, "https://shop.example/a", 80), harEntry(520, "https://shop.example/a", 80)],
		false,
	],
] as const)
	test(`cookies that grow from one request of a HAR to the next: ${what}`, () => {
		const thread = { url: "https://shop.example/a", code: "520" };
		const read = understand(harOf(...entries), thread, Date.UTC(2026, 10, 22, 13));
		assert.equal(read.evidence.variants, grew ? "cookies" : undefined);
		assert.ok(!JSON.stringify(read).includes(SECRET));
	});
