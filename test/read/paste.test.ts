import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { autopsy } from "../../src/judge/autopsy.ts";
import { type PasteKind, readPaste } from "../../src/read/paste.ts";

/** What a person pastes, and the finding that stands first in the answer. Files are what curl 7.88 printed of the laboratory's origins. */
const CASES: readonly (readonly [file: string, kind: PasteKind, finding: string])[] = [
	["curl-i-repeated-length.txt", "raw", "content-length-repeated"],
	["curl-v-empty-reply.txt", "curl -v", "no-bytes"],
	["curl-v-short.txt", "curl -v", "content-short"],
	["curl-v-reset.txt", "curl -v", "content-short"],
	["curl-trace-ascii-bad-name.txt", "curl --trace-ascii", "bad-field-name"],
	["curl-trace-bare-cr.txt", "curl --trace", "bare-cr"],
	["curl-v-http2-reset.txt", "curl -v", "h2-stream-reset"],
	["curl-v-client-certificate.txt", "curl -v", "client-certificate-wanted"],
	["curl-v-silence.txt", "curl -v", "silence"],
	["curl-v-ssh.txt", "curl -v", "not-http"],
	["chrome.har", "HAR", "whole"],
];

const read = (file: string) => readFileSync(new URL(`../fixtures/pastes/${file}`, import.meta.url), "latin1");

for (const [file, kind, finding] of CASES)
	test(`somebody pastes ${file}`, () => {
		const paste = readPaste(read(file));
		assert.ok(paste);
		assert.equal(paste.kind, kind);
		const first = paste.told?.id ?? autopsy(paste.bytes, paste.ending, paste.method).findings[0]?.id;
		assert.equal(first, finding);
	});

test("every truncation of every paste is read or refused", () => {
	for (const [file] of CASES) {
		const text = read(file);
		for (let end = 0; end <= text.length; end += 7) {
			const paste = readPaste(text.slice(0, end));
			if (paste !== null) autopsy(paste.bytes, paste.ending, paste.method);
		}
	}
});

test("a megabyte of status lines, of folded lines and of broken JSON does not take long to read", () => {
	for (const text of [
		"HTTP/1.1 200 OK\n".repeat(60_000),
		`HTTP/1.1 200 OK\n${" x\n".repeat(300_000)}`,
		"[".repeat(1_000_000),
		"< \n".repeat(300_000),
	])
		readPaste(text);
});

const verbose = (lines: string) =>
	`*   Trying 192.0.2.1:80...\n* Connected to shop.example (192.0.2.1) port 80 (#0)\n> GET / HTTP/1.1\n> Host: shop.example\n> \n${lines}`;
for (const [what, text, finding] of [
	["curl -sv, which leaves its last line out", verbose("* Empty reply from server\n* Closing connection 0\n"), "no-bytes"],
	[
		"the same, cut short",
		verbose(
			"< HTTP/1.1 200 OK\n< Content-Length: 100\n< \nhello* transfer closed with 95 bytes remaining to read\n* Closing connection 0\n",
		),
		"content-short",
	],
	[
		"a time-out",
		verbose("* Operation timed out after 3001 milliseconds with 0 bytes received\n* Closing connection 0\n"),
		"silence",
	],
	[
		"a refused connection",
		"*   Trying 192.0.2.1:80...\n* connect to 192.0.2.1 port 80 failed: Connection refused\n* Failed to connect to shop.example port 80 after 1 ms\n",
		"origin-refused",
	],
	[
		"an HTTP/2 stream that was reset",
		verbose("* HTTP/2 stream 1 was not closed cleanly: PROTOCOL_ERROR (err 1)\n"),
		"h2-stream-reset",
	],
	[
		"a stream that the server wants over HTTP/1.1",
		verbose("* HTTP/2 stream 1 was not closed cleanly: HTTP_1_1_REQUIRED (err 13)\n"),
		"h2-asks-for-http1",
	],
	["an indented paste", "    HTTP/1.1 200 OK\n    X Bad: 1\n\n    hello", "bad-field-name"],
] as const)
	test(`somebody pastes ${what}`, () => {
		const paste = readPaste(text);
		assert.ok(paste);
		assert.equal(paste.told?.id ?? autopsy(paste.bytes, paste.ending, paste.method).findings[0]?.id, finding);
	});
