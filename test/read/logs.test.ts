import assert from "node:assert/strict";
import { test } from "node:test";
import { SIGNATURES } from "../../src/knowledge/log-lines/list.ts";
import { logEvidence } from "../../src/read/logs/evidence.ts";
import { readLogs } from "../../src/read/logs/read.ts";
import { timeIn } from "../../src/read/logs/time.ts";

test("ordinary lines are not recognised as trouble", () => {
	const lines = [
		'192.0.2.10 - - [22/Nov/2026:12:00:05 +0000] "GET / HTTP/1.1" 200 5120 "-" "Mozilla/5.0"',
		"2026/11/22 12:00:05 [notice] 1#1: start worker processes",
		"[2026-11-22 12:00:05 +0000] [7] [INFO] Booting worker with pid: 7",
		"Nov 22 12:00:05 web systemd[1]: Started nginx.service - A high performance web server.",
		"[22-Nov-2026 12:00:05] NOTICE: ready to handle connections",
	];
	assert.deepEqual(
		readLogs(lines.join("\n")).recognised.map((one) => one.signature.id),
		[],
	);
});

const at = Date.UTC(2026, 10, 22, 12, 0, 5);
for (const [what, line, ms, zoneUnknown] of [
	["nginx access", '… [22/Nov/2026:12:00:05 +0000] "GET / HTTP/1.1" 200 1', at, false],
	["a zone east of UTC", '… [22/Nov/2026:14:00:05 +0200] "GET / HTTP/1.1" 200 1', at, false],
	["a zone west of UTC with minutes", '… [22/Nov/2026:08:30:05 -0330] "GET / HTTP/1.1" 200 1', at, false],
	["HAProxy", "… [22/Nov/2026:12:00:05.123] web web/s1 0/0/1/2/3 200 1", at + 123, true],
	["nginx error", "2026/11/22 12:00:05 [error] 1#1: *6 upstream", at, true],
	["Apache error", "[Sun Nov 22 12:00:05.123456 2026] [proxy:error] [pid 7] AH00898: ", at + 123, true],
	["Gunicorn", "[2026-11-22 12:00:05 +0000] [7] [CRITICAL] WORKER TIMEOUT (pid:9)", at, false],
	["ISO", '{"time":"2026-11-22T13:00:05.500+01:00"}', at + 500, false],
	["Python logging", "2026-11-22 12:00:05,250 ERROR", at + 250, true],
	["PHP", "[22-Nov-2026 12:00:05 UTC] PHP Fatal error:  Uncaught", at, false],
	["Caddy", '{"level":"error","ts":1795348805.25,"logger":"http"}', 1_795_348_805_250, false],
] as const)
	test(`the time of a line is read: ${what}`, () =>
		assert.deepEqual(timeIn(line), { ms, zoneUnknown, zone: zoneUnknown ? "unknown" : "certain" }));

for (const [what, text, evidence] of [
	["a complete 200", '… [22/Nov/2026:12:00:05 +0000] "GET /a HTTP/1.1" 200 5120 "-"', { "origin-log": "complete-200" }],
	["a 200 without a byte is none", '… "GET /a HTTP/1.1" 200 0 "-"', {}],
	["444", '… "GET /a HTTP/1.1" 444 0 "-"', { "origin-log": "refused-or-444" }],
	["499", '… "GET /a HTTP/1.1" 499 0 "-"', { "origin-log": "client-closed-499" }],
	[
		"a crash counts more than the 200 beside it",
		'… "GET /a HTTP/1.1" 200 51 "-"\n[x] [CRITICAL] WORKER TIMEOUT (pid:9)',
		{ "origin-log": "crash" },
	],
	[
		"out of memory",
		"kernel: Out of memory: Killed process 812 (node) total-vm",
		{ "origin-log": "crash", "host-health": "restarted-or-oom" },
	],
	[
		"a 200 beside the line that says it was cut",
		'2026/11/22 12:00:05 [error] 7#7: *6 upstream prematurely closed connection while reading upstream\n… "GET /a HTTP/1.1" 200 51 "-"',
		{},
	],
	["nothing that is known", "hello", {}],
] as const)
	test(`evidence in log lines: ${what}`, () =>
		assert.deepEqual(Object.fromEntries(logEvidence(readLogs(text)).map((one) => [one.key, one.value])), evidence));

test("lines outside the window of the Ray ID do not count", () => {
	const reading = readLogs('… [22/Nov/2026:12:00:05 +0000] "GET /a HTTP/1.1" 444 0 "-"');
	assert.equal(logEvidence(reading, { window: { fromMs: at - 2_000, toMs: at + 2_000 } }).length, 1);
	assert.equal(logEvidence(reading, { window: { fromMs: at + 60_000, toMs: at + 64_000 } }).length, 0);
});

test("a megabyte of anything is read in one go", () => {
	for (const text of ['"GET '.repeat(200_000), `${"a".repeat(9_000)}\n`.repeat(110), "2026/11/22 12:00:05 ".repeat(50_000)])
		readLogs(text);
});

/** How lines arrive: over syslog, out of a container, a pod, or as JSON. */
const AROUND: readonly (readonly [what: string, around: (line: string) => string])[] = [
	["syslog", (line) => `Nov 22 12:00:05 web-1 app[812]: ${line}`],
	["a container", (line) => `web-1  | ${line}`],
	["a pod", (line) => `2026-11-22T12:00:05.123456789Z stderr F ${line}`],
	["Docker's JSON", (line) => JSON.stringify({ log: `${line}\n`, stream: "stderr", time: "2026-11-22T12:00:05.1Z" })],
];
for (const [what, around] of AROUND)
	test(`every known line is recognised inside ${what}`, () => {
		for (const { id, example } of SIGNATURES) {
			const found = readLogs(example.split("\n").map(around).join("\n")).recognised.map((one) => one.signature.id);
			const better = SIGNATURES.some((one) => one.betterThan === id && found.includes(one.id));
			assert.ok(found.includes(id) || better, `${id}: ${found.join(", ") || "nothing"}`);
		}
	});

test("five thousand ordinary lines raise no alarm", () => {
	const words = ["cart", "login", "api/v1/orders", "static/app.js", "img/logo.png", "search?q=520", "health"];
	const lines = Array.from({ length: 5_000 }, (_, nth) => {
		const path = words[nth % words.length];
		switch (nth % 6) {
			case 0:
				return `192.0.2.${nth % 250} - - [22/Nov/2026:12:00:${String(nth % 60).padStart(2, "0")} +0000] "GET /${path} HTTP/1.1" ${[200, 301, 304, 404][nth % 4]} ${nth} "-" "Mozilla/5.0 (520; 502; error)"`;
			case 1:
				return `2026-11-22T12:00:05Z INFO request ${nth} /${path} took ${nth % 900} ms`;
			case 2:
				return `[2026-11-22 12:00:05 +0000] [${nth}] [INFO] Worker exiting (pid: ${nth})`;
			case 3:
				return `Nov 22 12:00:05 web-1 haproxy[7]: 192.0.2.9:5${nth} [22/Nov/2026:12:00:05.123] fe be/s1 0/0/1/${nth % 90}/${nth % 99} 200 ${nth} - - ---- 1/1/0/0/0 0/0 "GET /${path} HTTP/1.1"`;
			case 4:
				return `{"level":"info","ts":1795348805.${nth},"logger":"http.log.access","request":{"uri":"/${path}"},"status":200,"size":${nth}}`;
			default:
				return `kernel: [${nth}.123] eth0: link up; memory ok; connection reset counters ${nth}`;
		}
	});
	assert.deepEqual(
		readLogs(lines.join("\n")).recognised.map((one) => `${one.signature.id}: ${lines[one.line - 1]}`),
		[],
	);
});
