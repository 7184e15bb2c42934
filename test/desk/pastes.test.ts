import assert from "node:assert/strict";
import { test } from "node:test";
import { readInPlace } from "../../src/desk/text-readers.ts";
import { plainTitle } from "../../src/message/message.ts";
import { plainText } from "../../src/message/text.ts";
import { readPaste } from "../../src/read/paste.ts";

/** What somebody pasted, read as in the thread of a case. */
function read(text: string) {
	const paste = readPaste(text);
	assert.ok(paste !== null, text);
	const { reply, evidence, found, delta } = readInPlace("paste", { paste });
	return { evidence, found: found ?? null, delta: plainText(delta), title: plainTitle(reply.head, 200) };
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
		assert.deepEqual(read(text), {
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
