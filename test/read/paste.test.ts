import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { autopsy } from "../../src/judge/autopsy.ts";
import { type PasteKind, readPaste } from "../../src/read/paste.ts";

/**
 * What a person pastes, and the finding that stands first in the answer. Files are what curl 7.88 printed of the laboratory's origins, and
 * what HAProxy 2.6, strace 6.1 and nginx 1.22 printed of an application that fails on purpose.
 */
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
	["haproxy-show-errors.txt", "HAProxy show errors", "bad-field-name"],
	["haproxy-show-errors-both.txt", "HAProxy show errors", "not-http"],
	["strace.txt", "strace", "content-short"],
	["strace-hex.txt", "strace", "content-short"],
	["nginx-debug.txt", "nginx debug log", "whole"],
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

/** Calls of a worker as strace prints them, and the bytes and the ending that they are. */
const CALLS: readonly (readonly [what: string, text: string, bytes: string | null, ending: string])[] = [
	["a whole response", 'write(7, "HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok", 40) = 40\nclose(7) = 0', "ok", "fin"],
	["no close", 'write(7, "HTTP/1.1 200 OK\\r\\n\\r\\nok", 21) = 21', "ok", "enough"],
	[
		"two descriptors",
		'write(7, "HTTP/1.1 200 OK\\r\\n\\r\\n", 19) = 19\nwrite(8, "no", 2) = 2\nwrite(7, "ok", 2) = 2\nclose(8) = 0',
		"ok",
		"enough",
	],
	["a part that was taken", 'write(7, "HTTP/1.1 200 OK\\r\\n\\r\\nok and more", 30) = 21\nclose(7) = 0', "ok", "fin"],
	[
		"a client that is gone",
		'write(7, "HTTP/1.1 200 OK\\r\\n\\r\\nok", 21) = 21\nwrite(7, "more", 4) = -1 EPIPE (Broken pipe)',
		"ok",
		"enough",
	],
	["what strace left out", 'write(7, "HTTP/1.1 200 OK\\r\\n\\r\\nok"..., 900) = 900\nclose(7) = 0', "ok", "enough"],
	[
		"an unfinished call",
		'[pid 3] write(7, "HTTP/1.1 200 OK\\r\\n\\r\\nok", 21 <unfinished ...>\n[pid 4] close(9) = 0\n[pid 3] <... write resumed>) = 21\n[pid 3] close(7) = 0',
		"ok",
		"fin",
	],
	[
		"descriptors with names",
		'sendto(7<TCP:[127.0.0.1:80->127.0.0.1:4]>, "HTTP/1.1 200 OK\\r\\n\\r\\nok", 21, 0, NULL, 0) = 21\nshutdown(7<TCP:[127.0.0.1:80->127.0.0.1:4]>, SHUT_WR) = 0',
		"ok",
		"fin",
	],
	[
		"a worker that is killed",
		'12 writev(7, [{iov_base="HTTP/1.1 200 OK\\r\\n\\r\\n", iov_len=19}, {iov_base="ok", iov_len=2}], 2) = 21\n12 +++ killed by SIGSEGV +++',
		"ok",
		"fin",
	],
	[
		"two workers",
		'[pid 1] write(7, "HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\n", 40) = 40\n[pid 2] write(7, "HTTP/1.1 204 No\\r\\n\\r\\n", 19) = 19\n[pid 1] write(7, "ok", 2) = 2\n[pid 2] close(7) = 0\n[pid 1] close(7) = 0',
		"ok",
		"fin",
	],
	["an octal escape", 'write(7, "HTTP/1.1 200 OK\\r\\n\\r\\n\\0\\3012\\\\\\"", 24) = 24', '\u0000\u00c12\\"', "enough"],
	["no response", 'write(7, "GET / HTTP/1.1\\r\\n\\r\\n", 18) = 18', null, ""],
];

for (const [what, text, bytes, ending] of CALLS)
	test(`strace shows ${what}`, () => {
		const paste = readPaste(text);
		const got = paste === null ? null : Buffer.from(paste.bytes).toString("latin1").split("\r\n\r\n")[1];
		assert.equal(got ?? null, bytes);
		if (bytes !== null) assert.equal(paste?.ending, ending);
	});

test("of what nginx logs, the response is what comes after its status", () => {
	const line = (words: string) => `2026/11/24 14:30:58 [debug] 7#7: *3 http ${words}\n`;
	const head = (text: string) => Buffer.from(readPaste(text)?.bytes ?? []).toString("latin1");
	assert.equal(head(line('proxy header: "Accept: */*"') + line("proxy header done")), "");
	assert.equal(
		head(
			line('proxy header: "Accept: */*"') +
				line('proxy status 502 "502 Bad"') +
				line('proxy header: "A: b"') +
				line("proxy header done"),
		),
		"HTTP/1.1 502 Bad\r\nA: b\r\n\r\n",
	);
	assert.equal(
		head(line('fastcgi header: "Status: 404 Not Found"') + line("fastcgi header done")),
		"HTTP/1.1 404 Not Found\r\nStatus: 404 Not Found\r\n\r\n",
	);
});
