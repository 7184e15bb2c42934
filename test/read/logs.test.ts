import assert from "node:assert/strict";
import { test } from "node:test";
import { SIGNATURES } from "../../src/knowledge/log-lines/list.ts";
import { evidenceByKey, type FailingRequest, weighLogs } from "../../src/read/logs/evidence.ts";
import { isLog, type LogReading, readLogs } from "../../src/read/logs/read.ts";
import { timeIn } from "../../src/read/logs/time.ts";

const logEvidence = (reading: LogReading, failing: FailingRequest | null = null) => weighLogs(reading, failing).evidence;

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
	["the zone of a name", "2026-11-22 13:00:05 CET kernel: Out of memory", at, false],
	["the zone of a place", "[22-Nov-2026 13:00:05 Europe/Berlin] PHP Fatal error:  Uncaught", at, false],
	[
		"a place in summer",
		"[22-Jul-2026 14:00:05 Europe/Berlin] PHP Fatal error:  Uncaught",
		Date.UTC(2026, 6, 22, 12, 0, 5),
		false,
	],
	["an offset of hours", "2026-11-22 13:00:05+01 kernel: Out of memory", at, false],
	["an offset of half hours", "2026-11-22 17:30:05 +0530 kernel: Out of memory", at, false],
	["a container's time before a local one", "2026-11-22T12:00:05.000000001Z 2026/11/22 13:00:05 [error] 7#7", at, false],
	["syslog's time before a local one", "2026-11-22T13:00:05+01:00 lb haproxy[7]: … [22/Nov/2026:13:00:05.100] fe", at, false],
	["a word behind the time is no zone", "2026-11-22 12:00:05 ERROR x", at, true],
	["dmesg -T", "[Sun Nov 22 12:00:05 2026] Out of memory", at, true],
	["the output of date", "Sun Nov 22 13:00:05 CET 2026 x", at, false],
	["days first", "22.11.2026 12:00:05 kernel: x", at, true],
	["months first, twelve hours", "11/22/2026 12:00:05 PM kernel: x", at, true],
	["Tomcat", "22-Nov-2026 12:00:05.250 SEVERE [main] x", at + 250, true],
	["java.util.logging", "Nov 22, 2026 12:00:05 PM org.apache.x", at, true],
	["Gin", "[GIN] 2026/11/22 - 12:00:05 | 500 |", at, true],
	["pino", '{"level":50,"time":1795348805250,"pid":7}', at + 250, false],
	["squid", "1795348805.250    120 192.0.2.10 TCP_MISS/502", at + 250, false],
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
		"a process that was killed, and a server that is full",
		"kernel: Out of memory: Killed process 812 (node) total-vm\n2026/11/22 12:00:05 [alert] 7#7: 768 worker_connections are not enough",
		{ "origin-log": "crash", "host-health": ["restarted-or-oom", "saturated"] },
	],
	[
		"the same kill twice",
		"kernel: Out of memory: Killed process 812 (node) total-vm\nkernel: Out of memory: Killed process 813 (node) total-vm",
		{ "origin-log": "crash", "host-health": "restarted-or-oom" },
	],
	[
		"a 200 beside the line that says it was cut",
		'2026/11/22 12:00:05 [error] 7#7: *6 upstream prematurely closed connection while reading upstream\n… "GET /a HTTP/1.1" 200 51 "-"',
		{},
	],
	["nothing that is known", "hello", {}],
] as const)
	test(`evidence in log lines: ${what}`, () => assert.deepEqual(evidenceByKey(logEvidence(readLogs(text))), evidence));

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
	["kubectl --prefix", (line) => `[pod/web-1/app] ${line}`],
	["grep", (line) => `/var/log/app/error.log:812:${line}`],
	["Docker's JSON", (line) => JSON.stringify({ log: `${line}\n`, stream: "stderr", time: "2026-11-22T12:00:05.1Z" })],
	["Elasticsearch", (line) => JSON.stringify({ "@timestamp": "2026-11-22T12:00:05Z", host: { name: "web-1" }, message: line })],
	["the journal as JSON", (line) => JSON.stringify({ MESSAGE: line, __REALTIME_TIMESTAMP: "1795348805000000" })],
	["pretty-printed JSON", (line) => JSON.stringify({ time: "2026-11-22T12:00:05Z", level: "error", msg: line }, null, 2)],
	["an array", (line) => JSON.stringify([{ time: "2026-11-22T12:00:05Z", level: "error", msg: line }])],
	["a terminal's colors", (line) => `\u001b[1;31m${line.replace(/(\w+) /g, "$1\u001b[0m ")}\u001b[0m`],
	["a fence", (line) => `\`\`\`${line}\`\`\``],
	["a quote", (line) => `> ${line}`],
	["a word processor", (line) => line.replace(/"([^"]*)"/g, "\u201c$1\u201d")],
	["HTML", (line) => line.replaceAll('"', "&quot;")],
	["invisible characters", (line) => line.replaceAll(" ", "\u00a0").replace(/([a-z]{5})/g, "$1\u200b")],
	["mail that wraps", (line) => (line.length < 100 ? line : line.replace(/(.{60,80}) /g, "$1\n  "))],
];
for (const [what, around] of AROUND)
	test(`every known line is recognised inside ${what}`, () => {
		for (const { id, example } of SIGNATURES) {
			const reading = readLogs(example.split("\n").map(around).join("\n"));
			const found = reading.recognised.map((one) => one.signature.id);
			const better = SIGNATURES.some((one) => one.betterThan === id && found.includes(one.id));
			assert.ok(found.includes(id) || better, `${id}: ${found.join(", ") || "nothing"}`);
			assert.equal(isLog(reading), "certain");
		}
	});

test("every known line is recognised at other hosts and times", () => {
	for (const { id, example } of SIGNATURES) {
		const other = example
			.replace(/(?<=\d{4}-\d\d-\d\d[T ])\d\d:\d\d:\d\d/g, "17:25:41")
			.replaceAll("2026", "2027")
			.replaceAll("shop.example", "www.other-shop.test")
			.replace(/(?<!SRC=)192\.0\.2\.10/g, "203.0.113.201")
			.replace(/#\d+/g, "#88123")
			.replace(/(?<=\w\[)\d{1,5}(?=\]: )/g, "40211")
			.replaceAll("/cart", "/api/v2/items")
			.replaceAll("web1", "prod-eu-7");
		const found = readLogs(other).recognised.map((one) => one.signature.id);
		assert.ok(found.includes(id) || SIGNATURES.some((one) => one.betterThan === id && found.includes(one.id)), `${id}: ${other}`);
	}
});

/** What healthy programs write; `#` stands for a number. */
const HEALTHY: readonly string[] = [
	'192.0.2.9 - - [22/Nov/2026:12:00:05 +0000] "GET /cart HTTP/2.0" 200 # "-" "Mozilla/5.0" # "shop@docker" "http://10.0.0.5:80" 2ms',
	'time="2026-11-22T12:00:05Z" level=info msg="Configuration loaded from file: /etc/traefik/traefik.yml"',
	'[2026-11-22T12:00:05.123Z] "GET /cart HTTP/1.1" 200 - via_upstream - "-" 0 # 12 11 "192.0.2.9" "Mozilla/5.0" "f2" "shop.example" "10.0.0.9:8080"',
	'h2 2026-11-22T12:00:05.000111Z app/front/1f2e 192.0.2.9:44012 10.0.1.20:8080 0.000 0.012 0.000 200 200 811 # "GET https://shop.example:443/cart HTTP/2.0" "Mozilla/5.0" ECDHE-RSA TLSv1.2 arn',
	'{"httpRequest":{"requestMethod":"GET","requestUrl":"https://shop.example/cart","status":200,"responseSize":"#"},"timestamp":"2026-11-22T12:00:05Z","jsonPayload":{"statusDetails":"response_sent_by_backend"}}',
	'2026-11-22T12:00:05.123456+00:00 heroku[router]: at=info method=GET path="/cart" host=shop.example dyno=web.1 connect=1ms service=22ms status=200 bytes=# protocol=https',
	"2026-11-22T12:00:05.123456+00:00 heroku[web.1]: State changed from starting to up",
	'INFO:     192.0.2.9:# - "GET /cart HTTP/1.1" 200 OK',
	"INFO:     Application startup complete.",
	"2026/11/22 12:00:05 http: TLS handshake error from 192.0.2.9:#: EOF",
	'[GIN] 2026/11/22 - 12:00:05 | 200 |    3.412ms |      192.0.2.9 | GET      "/cart"',
	"[7] * Listening on http://0.0.0.0:#",
	"[7] - Worker 0 (PID: #) booted in 0.01s, phase: 0",
	"I, [2026-11-22T12:00:05.123456 #7]  INFO -- : method=GET path=/cart format=html status=200 duration=#",
	"[pid: #|app: 0|req: 1/1] 192.0.2.9 () {40 vars in 600 bytes} [Sun Nov 22 12:00:05 2026] GET /cart => generated 512 bytes in 3 msecs (HTTP/1.1 200) 3 headers in 100 bytes",
	"*** uWSGI is running in multiple interpreter mode ***",
	"22-Nov-2026 12:00:05.123 INFO [main] org.apache.catalina.startup.Catalina.start Server startup in [#] milliseconds",
	"2026-11-22 12:00:05.123  INFO 1 --- [nio-8080-exec-1] o.s.web.servlet.DispatcherServlet        : Completed initialization in # ms",
	"2026-11-22 12:00:05 198.51.100.7 GET /cart - 443 - 192.0.2.9 Mozilla/5.0 https://shop.example/ 200 0 0 #",
	'4c01db0b339c   shop:1  "node"    2 hours ago   Up # minutes   80/tcp   shop',
	'4c01db0b339c   job:1  "node"    2 hours ago   Exited (0) # minutes ago   job',
	"front-6d4cf56db6-kx2lp   1/1     Running   0   #m",
	"2026-11-22T12:00:05Z INF Registered tunnel connection connIndex=0 event=0 ip=198.41.200.13 location=fra08 protocol=quic",
	"Nov 22 12:00:05 web1 kernel: [#.678] [UFW ALLOW] IN=eth0 OUT= SRC=192.0.2.9 DST=198.51.100.7 PROTO=TCP SPT=33210 DPT=443 SYN",
	"Nov 22 12:00:05 web1 lfd[#]: *Security Check* *Relay* 0 of 100",
	"2026-11-22 12:00:05,345 fail2ban.filter         [#]: INFO    [sshd] Found 203.0.113.9 - 2026-11-22 12:00:05",
	"2026-11-22 12:00:05,345 fail2ban.actions        [#]: NOTICE  [sshd] Unban 203.0.113.9",
	"2026-11-22 12:00:05,345 INFO exited: worker_00 (exit status 0; expected)",
	"2026-11-22 12:00:05,345 INFO success: front entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)",
	"PM2        | App [front:#] online",
	'{"level":30,"time":1795348805123,"pid":#,"req":{"method":"GET","url":"/cart"},"res":{"statusCode":200},"responseTime":12,"msg":"request completed"}',
	'2026/11/22 12:00:05 [warn] 7#7: *# an upstream response is buffered to a temporary file /var/cache/nginx/1 while reading upstream, request: "GET /cart HTTP/1.1"',
	"ModSecurity: Warning. Matched phrase at REQUEST_HEADERS. [id #]",
	"-   VCL_return     fetch",
	"-   BackendOpen    # boot.web1 10.0.0.5 80",
	"2026-11-22 12:00:05.120 UTC [#] LOG:  checkpoint complete: wrote 12 buffers",
	"Nov 22 12:00:05 web1 systemd[1]: shop.service: Main process exited, code=exited, status=0/SUCCESS",
	"Node.js v22.9.0",
	'time="2026-11-22T12:00:05Z" level=info msg="Ip 203.0.113.9 performed \'crowdsecurity/http-probing\' (11 events over 3s)"',
];

test("healthy lines of every program raise no alarm", () => {
	const lines = Array.from({ length: 5_000 }, (_, nth) => (HEALTHY[nth % HEALTHY.length] ?? "").replaceAll("#", String(nth)));
	const reading = readLogs(lines.join("\n"));
	assert.deepEqual(
		reading.recognised.map((one) => `${one.signature.id}: ${lines[one.line - 1]}`),
		[],
	);
	assert.deepEqual(
		logEvidence(reading).map(({ key, value }) => `${key} ${value}`),
		["origin-log complete-200"],
	);
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
