import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it, test } from "node:test";
import { understand } from "../../src/judge/understand.ts";
import { logMinutes, logWindow } from "../../src/read/ray/log-window.ts";
import { findCommands } from "../../src/read/text/clues/shell.ts";
import { readTarget, type Target } from "../../src/read/text/target.ts";
import type { Thread, Understood } from "../../src/read/text/understood.ts";
import { directCurl, journal, logSearch } from "../../src/reply/commands.ts";
import { codeStep } from "../../src/reply/next-step.ts";
import { curlCommand } from "../../src/reply/origin.ts";
import { type Behavior, brought, lacks, origins, scratch, script, terminal } from "./printed.ts";

const RAY = "a5e86f7c780ad1c3";
const RECEIVED_MS = Date.parse("2026-11-22T13:56:05.000Z");
const WINDOW = logWindow(RECEIVED_MS);
const NOW = RECEIVED_MS + 180_000;

const target = (url: string): Target => {
	const found = readTarget(url);
	assert.ok(!("why" in found));
	return found;
};
const thread = (asks: string | null, more: Partial<Thread> = {}): Thread => ({
	url: "https://shop.example/checkout",
	code: "520",
	rays: [RAY],
	...WINDOW,
	asks,
	...more,
});
/** What is left of what was understood: what enters, what is asked back, and no site or time that is not there. */
const moved = ({ evidence, answer, asks, candidates }: Understood) => ({
	evidence,
	asksBack: asks === "answer" ? `${answer?.key} ${answer?.value}` : null,
	candidates,
});

interface Expected {
	readonly evidence?: Record<string, string>;
	readonly asksBack?: string;
}
function check(command: string, output: string, known: Thread, { evidence = {}, asksBack }: Expected): void {
	for (const [how, text] of brought(command, output))
		assert.deepEqual(
			moved(understand(text, known, NOW)),
			{ evidence, asksBack: asksBack ?? null, candidates: [] },
			`${how}:\n${text.slice(0, 600)}`,
		);
}

/** Every command that is printed anywhere, by how it begins. A command that is in no row fails the test below. */
const PRINTED: Readonly<Record<string, RegExp>> = {
	"the request straight to the origin": /^curl -sSk --(?:http1\.1|http2|\$\{version\}) -o \/dev\/null -w 'status /,
	"the same for a slow origin": /^curl -sSk --http1\.1 -m 130 -o \/dev\/null -w 'status /,
	"every byte of the origin": /^curl -sSvk (?:--http|-|\$\{options)/,
	"the first bytes of what is no HTTP": /^curl -svk --http0\.9 --raw -o - --max-time 20 /,
	"whether it answers elsewhere": /^curl -sv -o \/dev\/null --max-time 20 /,
	"the search in the web server's logs": /^grep -rsE /,
	"the journal": /^journalctl --no-pager --utc -o short-iso --since /,
	"what listens": /^ss -ltnp/,
	"the handshake":
		/^openssl s_client -connect .* <\/dev\/null$|^openssl s_client -connect 127\.0\.0\.1:443 -servername shop\.example/,
	"the certificate": /^openssl s_client -connect .*\| openssl x509 -noout |^openssl x509 -noout /,
	"the route back": /^ip route get 172\.64\.0\.1/,
	"where a name leads": /^dig \+short /,
	"the Worker's log": /^npx wrangler tail/,
	"the tunnel": /^systemctl status cloudflared/,
	"the last errors of nginx": /^tail -n 50 \/var\/log\/nginx\/error\.log/,
	"packets that reset": /^tcpdump -ni any /,
	"a ring of packets": /^tcpdump -i any -s 0 /,
	"a certificate anew": /^certbot renew/,
	"Apache's hosts": /^apachectl -S/,
	"what to paste": /^curl (?:-i|-v|--trace -?|-sv --raw --trace - -o \/dev\/null URL|-i --raw)(?![\w])/,
	"how long it takes": /^curl -s -o \/dev\/null -w '%\{time_total\}'/,
	"options that are spoken of": /^curl --connect-to`? shows|^curl (?:-I|--http2)\b/,
	"logs of a service, a container, a pod": /^journalctl -u NAME|^docker logs --timestamps NAME|^kubectl logs --timestamps POD/,
	"what a tap says": /^journalctl -u cf520-tap/,
	"kills of the kernel": /^journalctl -k \| grep -i oom|^grep -i oom|^docker ps/,
};
const TOOL =
	/\b(?:curl|e?grep|zgrep|ss|netstat|journalctl|openssl|dig|ip|systemctl|npx|tail|tcpdump|certbot|apachectl|docker|kubectl|strace|lsof) (?=-|\+|s_client|x509|route get|status |wrangler |renew|logs |ps\b|\$\{)[^\n]*/g;
const rowOf = (command: string) => Object.entries(PRINTED).find(([, begins]) => begins.test(command))?.[0];
const files = (folder: string, ends: string): string[] =>
	readdirSync(new URL(`../../${folder}`, import.meta.url), { recursive: true, encoding: "utf8" })
		.filter((name) => name.endsWith(ends))
		.map((name) => join(folder, name));
const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");

describe("every command that is printed is in the table", () => {
	for (const folder of ["src/reply", "src/knowledge"])
		test(folder, () => {
			for (const file of files(folder, ".ts")) {
				if (file.includes("log-lines")) continue;
				const code = read(file).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
				for (const [command] of code.matchAll(TOOL))
					if (!/^curl \$\{number\}/.test(command)) assert.ok(rowOf(command.replace(/[`"][,;]?$/, "")), `${file}: ${command}`);
			}
		});
	test("the goldens", () => {
		const seen = new Set<string>();
		for (const file of files("test/golden/terminal", ".txt"))
			for (const [, command = ""] of read(file).matchAll(
				/^ {4}(?:sudo )?((?:curl|grep|ss|journalctl|openssl|dig|ip|systemctl) .*)$/gm,
			)) {
				const row = rowOf(command);
				assert.ok(row, `${file}: ${command}`);
				seen.add(row);
			}
		assert.ok(seen.has("the request straight to the origin") && seen.has("the search in the web server's logs"));
	});
	test("each row is printed somewhere", () => {
		const code = [...files("src/reply", ".ts"), ...files("src/knowledge", ".ts")].map(read).join("\n");
		const all = [...code.matchAll(TOOL)].map(([command]) => command.replace(/[`"][,;]?$/, ""));
		for (const [row, begins] of Object.entries(PRINTED))
			assert.ok(
				all.some((command) => begins.test(command)),
				row,
			);
	});
});

const HEADERS = (size: number, lines: number) =>
	Array.from({ length: lines }, (_, nth) => `X-${nth}: ${"a".repeat(Math.floor(size / lines))}\r\n`).join("");
const says =
	(bytes: string): Behavior =>
	(tls) =>
		tls.end(Buffer.from(bytes, "latin1"));
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** What an origin does, curl's exit, and what that shows. */
const ENDINGS: readonly (readonly [what: string, exit: string, shows: Expected, behavior: Behavior])[] = [
	["a whole page", "0", { evidence: { "direct-origin": "ok" } }, says(OK)],
	[
		"a redirect",
		"0",
		{ evidence: { "direct-origin": "ok" } },
		says("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"),
	],
	[
		"its own error",
		"0",
		{ evidence: { "direct-origin": "server-error" } },
		says("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"),
	],
	["a request turned away", "0", {}, says("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")],
	["a stranger turned away", "0", {}, says("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")],
	[
		"150 KB of headers",
		"0",
		{ evidence: { "direct-origin": "header-section-too-large" } },
		says(`HTTP/1.1 200 OK\r\n${HEADERS(150_000, 3)}Content-Length: 2\r\n\r\nok`),
	],
	[
		"100 KB of headers",
		"0",
		{ evidence: { "direct-origin": "ok" } },
		says(`HTTP/1.1 200 OK\r\n${HEADERS(100_000, 3)}Content-Length: 2\r\n\r\nok`),
	],
	[
		"one header of 110 KB",
		// Since curl 8.6: 100.
		"27|100",
		{ asksBack: "direct-origin header-section-too-large" },
		says(`HTTP/1.1 200 OK\r\n${HEADERS(110_000, 1)}Content-Length: 2\r\n\r\nok`),
	],
	[
		"400 KB of headers",
		"56",
		{ evidence: { "direct-origin": "header-section-too-large" } },
		says(`HTTP/1.1 200 OK\r\n${HEADERS(400_000, 20)}Content-Length: 2\r\n\r\nok`),
	],
	["closes without a byte", "52", { evidence: { "direct-origin": "closed-empty" } }, (tls) => tls.end()],
	["dies without a byte: TLS has no end", "52|56", { evidence: { "direct-origin": "closed-empty" } }, (_tls, tcp) => tcp.end()],
	[
		"only an interim response",
		"52",
		{ evidence: { "direct-origin": "closed-empty" } },
		says("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
	],
	[
		"stops in the content",
		"18",
		{ evidence: { "direct-origin": "closed-mid-body" } },
		says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok"),
	],
	[
		"dies in the content: TLS has no end",
		"18|56",
		{ evidence: { "direct-origin": "closed-mid-body" } },
		(tls, tcp) => tls.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok", () => tcp.end()),
	],
	[
		"stops in the chunks",
		"18",
		{ evidence: { "direct-origin": "closed-mid-body" } },
		says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"),
	],
	["resets", "56", { evidence: { "direct-origin": "reset" } }, (_tls, tcp) => tcp.resetAndDestroy()],
	[
		"a broken chunk",
		"56",
		{ evidence: { "direct-origin": "malformed" } },
		says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n"),
	],
	["no HTTP", "1", { evidence: { "direct-origin": "wrong-protocol" } }, says("SSH-2.0-OpenSSH_9.2\r\n")],
	["a bad status line", "1", { evidence: { "direct-origin": "malformed" } }, says("HTTP/7.3 200 OK\r\n\r\n")],
	["a bad length", "8", { evidence: { "direct-origin": "malformed" } }, says("HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok")],
	[
		"a line without a colon",
		"8",
		{ evidence: { "direct-origin": "malformed" } },
		says("HTTP/1.1 200 OK\r\nWarning in line 3\r\n\r\nok"),
	],
	["says nothing", "28", { evidence: { "direct-origin": "slow" } }, () => {}],
];

describe("what curl prints of an origin answers what it returns without Cloudflare", { skip: lacks("curl") }, () => {
	const { bin, remove } = scratch();
	let lab: Awaited<ReturnType<typeof origins>>;
	before(async () => {
		lab = await origins();
	});
	after(async () => {
		await lab.close();
		remove();
	});
	const asked = async (port: number, command = directCurl) => {
		const url = `https://shop.example:${port}/checkout`;
		// An origin that says nothing: the command itself waits longer than a test should.
		const told = command(target(url));
		const output = await terminal(told.replace(/curl -sSk(?<http> --http\S+)(?: -m 130)?/, "curl -sSk$<http> -m 0.4"), bin);
		return { told, output, known: thread("direct-origin", { url }) };
	};
	const timed = (site: Target) => codeStep(524, site)?.command ?? "";

	for (const [what, exit, shows, behavior] of ENDINGS)
		it(`${what}: exit ${exit}`, async () => {
			for (const command of [directCurl, timed]) {
				const { told, output, known } = await asked(await lab.tls(behavior), command);
				assert.match(output, new RegExp(`^status \\d{3}, \\d+ bytes of headers.*\\ncurl exit (?:${exit})\\n$`, "m"), output);
				check(told, output, known, shows);
				// The last two lines are enough, where the words above them do not say more than their number.
				const ends = understand(output.split("\n").slice(-3).join("\n"), known, NOW);
				assert.ok(exit.split("|").includes(String(ends.curlExit)), output);
				if (!/56|^1$/.test(exit)) assert.deepEqual(ends.evidence, shows.evidence ?? {}, output);
			}
		});
	it("nothing listens: exit 7", async () => {
		const { told, output, known } = await asked(await lab.closed());
		assert.match(output, /curl exit 7\n$/);
		check(told, output, known, { evidence: { "direct-origin": "refused" } });
	});
	it("no TLS on the port: exit 35", async () => {
		const { told, output, known } = await asked(await lab.plain((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")));
		assert.match(output, /curl exit 35\n$/);
		check(told, output, known, { evidence: { "direct-origin": "tls-failure" } });
	});
	it("the handshake is cut: exit 35", async () => {
		const { told, output, known } = await asked(await lab.plain((socket) => socket.once("data", () => socket.resetAndDestroy())));
		assert.match(output, /curl exit 35\n$/);
		check(told, output, known, { evidence: { "direct-origin": "tls-failure" } });
	});
	it("a client certificate is wanted: exit 56", async () => {
		const { told, output, known } = await asked(await lab.tls(says(OK), { wantsCertificate: true }));
		assert.match(output, /curl exit 56\n$/);
		check(told, output, known, { evidence: { "direct-origin": "client-certificate-wanted" } });
	});
	it("an HTTP/2 stream breaks: exit 92", async () => {
		// SETTINGS, then RST_STREAM of the first stream with INTERNAL_ERROR (RFC 9113 §6.4, §6.5).
		const port = await lab.tls((tls) => tls.write(Buffer.from("000000040000000000" + "00000403000000000100000002", "hex")), {
			http2: true,
		});
		const { output, known, told } = await asked(port, (site) => directCurl(site).replace("--http1.1", "--http2"));
		assert.match(output, /curl exit 92\n$/, output);
		check(told, output, known, { evidence: { "direct-origin": "reset" } });
	});
	it("it takes longer than Cloudflare waits", () => {
		const command = timed(target("https://shop.example/checkout"));
		const output = (seconds: string) => `status 200, 300 bytes of headers, first byte after ${seconds} s\ncurl exit 0\n`;
		check(command, output("126.203114"), thread("direct-origin"), { evidence: { "direct-origin": "slow" } });
		check(command, output("41.203114"), thread("direct-origin"), { evidence: { "direct-origin": "ok" } });
	});
	it("a curl that takes the missing end of TLS for an error", () => {
		const command = directCurl(target("https://shop.example/checkout"));
		const eof = "curl: (56) OpenSSL SSL_read: error:0A000126:SSL routines::unexpected eof while reading, errno 0";
		for (const [status, value] of [
			["000, 0", "closed-empty"],
			["200, 240", "closed-mid-body"],
		])
			check(command, `${eof}\nstatus ${status} bytes of headers\ncurl exit 56\n`, thread("direct-origin"), {
				evidence: { "direct-origin": value ?? "" },
			});
	});
	it("curl is not there, or was interrupted", () => {
		const command = directCurl(target("https://shop.example/checkout"));
		for (const output of ["bash: curl: command not found\ncurl exit 127\n", "^C\n", "curl exit 130\n"])
			for (const [how, text] of brought(command, output))
				assert.deepEqual(understand(text, thread("direct-origin"), NOW).evidence, {}, how);
	});
	it("of the public name, it went through Cloudflare and shows nothing of the origin", () => {
		for (const command of [
			"curl -sv -o /dev/null --max-time 20 https://shop.example/checkout",
			"curl https://shop.example/checkout",
		])
			for (const [how, text] of brought(command, "curl: (52) Empty reply from server\n"))
				if (text.includes(command)) assert.deepEqual(understand(text, thread("direct-origin"), NOW).evidence, {}, how);
	});
	it("every byte of the origin, as the command after a look prints it", async () => {
		for (const [what, shows, behavior] of [
			["closed", "closed-empty", (tls) => tls.end()],
			["cut", "closed-mid-body", says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok")],
			["whole", "ok", says(OK)],
			[
				"a length twice, which curl takes",
				"malformed",
				says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok"),
			],
		] as const satisfies readonly (readonly [string, string, Behavior])[]) {
			const url = `https://shop.example:${await lab.tls(behavior)}/checkout`;
			const command = curlCommand(target(url), "get");
			const output = await terminal(command, bin);
			const { evidence } = understand(`root@web1:~# ${command}\n${output}root@web1:~# `, thread("direct-origin", { url }), NOW);
			assert.deepEqual(evidence, { "direct-origin": shows }, `${what}\n${output.slice(-900)}`);
		}
	});
});

const access = (ms: number, zone: string, offsetMs: number, rest: string) => {
	const [, day = "", month = "", year = "", clock = ""] =
		/(\d\d) (\w{3}) (\d{4}) ([\d:]{8})/.exec(new Date(ms + offsetMs).toUTCString()) ?? [];
	return `203.0.113.9 - - [${day}/${month}/${year}:${clock} ${zone}] ${rest}\n`;
};
const HIT = '"GET /checkout HTTP/1.1" 499 0 "-" "Mozilla/5.0"';
const OTHER = '"GET /robots.txt HTTP/1.1" 200 31 "-" "Mozilla/5.0"';

/** Logs of a server, by file, and what the search in them answers. `at`: a line that long after the request. */
const LOGS: readonly (readonly [what: string, files: Readonly<Record<string, (at: Line) => string>>, shows: Expected])[] = [
	["no line at all", { "nginx/access.log": () => "" }, { asksBack: "origin-log nothing" }],
	["lines of another minute", { "nginx/access.log": (at) => at(-600, HIT) + at(600, HIT) }, { asksBack: "origin-log nothing" }],
	[
		"the line of the request",
		{ "nginx/access.log": (at) => at(-600, OTHER) + at(0, HIT) },
		{ evidence: { "origin-log": "client-closed-499" } },
	],
	[
		"its line with its Ray ID, in a format of one's own",
		{ "nginx/shop.access.log": (at) => at(1, `"GET /cart HTTP/1.1" 444 0 "-" "Mozilla/5.0" ray=${RAY}`) + at(1, OTHER) },
		{ evidence: { "origin-log": "refused-or-444" } },
	],
	[
		"a whole 200",
		{ "apache2/access_log": (at) => at(0, '"GET /checkout HTTP/1.1" 200 5123 "-" "Mozilla/5.0"') },
		{ evidence: { "origin-log": "complete-200" } },
	],
	["lines of other requests in that minute", { "nginx/access.log": (at) => at(0, OTHER) + at(3, OTHER) }, {}],
	[
		"the request of another visitor, with another Ray ID",
		{ "nginx/access.log": (at) => at(3, `${HIT} ray=a5e86f7c780ad1c4-DFW`) },
		{},
	],
	["a line of that minute that is before the request", { "nginx/access.log": (at) => at(-4.5, HIT) }, {}],
	[
		"a crash in nginx's error log",
		{ "nginx/error.log": (at) => at(0.5, "[alert] 70#70: worker process 71 exited on signal 11 (core dumped)", "nginx") },
		{ evidence: { "origin-log": "crash" } },
	],
	[
		"a crash in Apache's error log",
		{
			"apache2/error.log": (at) =>
				at(
					0.5,
					"[core:notice] [pid 70] AH00051: child pid 71 exit signal Segmentation fault (11), possible coredump in /tmp",
					"apache",
				),
		},
		{ evidence: { "origin-log": "crash" } },
	],
];
type Line = (afterS: number, rest: string, form?: "nginx" | "apache") => string;

describe("what the search in the logs prints answers what the log shows", () => {
	const { bin, folder, remove } = scratch();
	after(remove);
	const printed = logSearch([RAY], logMinutes(RECEIVED_MS));
	it("is the command that people know", () =>
		assert.equal(
			printed,
			`sudo grep -rsE "${RAY}|$(LC_ALL=C date -d '2026-11-22 13:56:05 UTC' +'%d/%b/%Y:%H:%M|%Y/%m/%d %H:%M|%b %d %H:%M' || echo 22/Nov/2026:13:56)" /var/log/nginx /var/log/apache2 /var/log/httpd`,
		));

	const run = async (
		what: string,
		files: (typeof LOGS)[number][1],
		zone: string,
		offsetMs: number,
		env: Record<string, string>,
	) => {
		const root = join(folder, what.replace(/\W+/g, "-"), zone);
		const line: Line = (afterS, rest, form) => {
			const ms = RECEIVED_MS + afterS * 1_000;
			if (form === undefined) return access(ms, zone, offsetMs, rest);
			const local = new Date(ms + offsetMs);
			return form === "nginx"
				? `${local.toISOString().slice(0, 10).replaceAll("-", "/")} ${local.toISOString().slice(11, 19)} ${rest}\n`
				: `[Sun Nov ${local.getUTCDate()} ${local.toISOString().slice(11, 19)}.000000 2026] ${rest}\n`;
		};
		for (const [file, lines] of Object.entries(files)) {
			mkdirSync(join(root, file, ".."), { recursive: true });
			writeFileSync(join(root, file), lines(line));
		}
		const output = await terminal(printed.replaceAll("/var/log", root), bin, env);
		return output.replaceAll(root, "/var/log");
	};
	// Error logs tell no zone: of a server that is not in UTC their time is another one, and they enter nothing.
	for (const [zone, name, offsetMs] of [
		["+0000", "UTC", 0],
		["-0300", "<-03>3", -3 * 3_600_000],
		["+0530", "<+0530>-5:30", 5.5 * 3_600_000],
	] as const)
		for (const [what, files, shows] of LOGS)
			it(`${what}, on a server at ${zone}`, async () => {
				const output = await run(what, files, zone, offsetMs, { TZ: name });
				const isZoneless = offsetMs !== 0 && Object.keys(files).some((file) => file.includes("error"));
				check(printed, output, thread("origin-log"), isZoneless ? {} : shows);
			});
	it("where date converts nothing, the minute is searched as it is, and not every line", async () => {
		script(bin, "date", 'echo "date: invalid date" >&2; exit 1');
		const output = await run("BusyBox", { "nginx/access.log": (at) => at(-600, OTHER) + at(0, HIT) }, "+0000", 0, {});
		assert.equal(output.split("\n").filter((line) => line.includes("HTTP/1.1")).length, 1);
		check(printed, output, thread("origin-log"), { evidence: { "origin-log": "client-closed-499" } });
	});

	const quiet = (command: string, output: string, known: Thread) => {
		for (const [how, text] of brought(command, output)) {
			const { evidence, answer, candidates } = understand(text, known, NOW);
			assert.deepEqual({ evidence, answer, candidates }, { evidence: {}, answer: null, candidates: [] }, `${how}: ${text}`);
		}
	};
	it("a search for the Ray ID alone answers nothing: default formats do not hold it", () =>
		quiet(`sudo grep -rsE ${RAY} /var/log/nginx/ /var/log/apache2/`, "", thread("origin-log")));
	it("a search for the minute of another request answers nothing", () =>
		quiet(printed.replaceAll("13:56", "09:12"), "", thread("origin-log")));
	it("a search that may not read answers nothing", () =>
		quiet(
			printed.replace("sudo ", "").replace("-rsE", "-rE"),
			"grep: /var/log/nginx/access.log: Permission denied\n",
			thread("origin-log"),
		));
	it("a search that did not run answers nothing", () => quiet(printed, "sudo: grep: command not found\n", thread("origin-log")));
	it("an empty search while something else is asked, and of no case", () => {
		quiet(printed, "", thread(null, { fromMs: null, toMs: null }));
		for (const [, text] of brought(printed, "")) assert.deepEqual(understand(text, {}, NOW).evidence, {});
	});
});

describe("what the journal prints", () => {
	const { bin, remove } = scratch();
	after(remove);
	const command = journal(WINDOW);
	it("no entries: the web server's own log is another one", async () => {
		const output = await terminal(command, bin);
		check(command, /No entries/.test(output) ? output : "-- No entries --\n", thread("origin-log"), {});
	});
	for (const [what, line, shows] of [
		[
			"a crash at that second",
			"2026-11-22T13:56:05+0000 web1 php-fpm8.2[812]: [22-Nov-2026 13:56:05] WARNING: [pool www] child 901 exited on signal 11 (SIGSEGV) after 3.2 seconds from start",
			{ evidence: { "origin-log": "crash" } },
		],
		[
			"a kill for memory",
			"2026-11-22T13:56:05+0000 web1 kernel: Out of memory: Killed process 901 (php-fpm) total-vm:1234kB, anon-rss:567kB",
			{ evidence: { "origin-log": "crash", "host-health": "restarted-or-oom" } },
		],
		[
			"the same an hour before",
			"2026-11-22T12:56:05+0000 web1 kernel: Out of memory: Killed process 901 (php-fpm) total-vm:1234kB, anon-rss:567kB",
			{},
		],
		[
			"somebody who signs in",
			"2026-11-22T13:56:05+0000 web1 sshd[77]: Accepted publickey for bob from 203.0.113.9 port 50112 ssh2",
			{},
		],
	] as const satisfies readonly (readonly [string, string, Expected])[])
		it(what, () => check(command, `${line}\n`, thread("origin-log"), shows));
	it("a fenced line keeps its time, wherever the fence begins", () => {
		const oom = "Nov 22 00:41:02 web1 kernel: Out of memory: Killed process 901 (php-fpm) total-vm:1234kB, anon-rss:567kB";
		for (const text of [
			`\`\`\`${oom}\`\`\``,
			`\`\`\`\n${oom}\n\`\`\``,
			`here:\n\`\`\`${oom}\n\`\`\``,
			`\`${oom}\``,
			`> ${oom}`,
		]) {
			assert.deepEqual(understand(text, thread("origin-log"), NOW).evidence, {}, text);
			const inTime = text.replace("00:41:02", "13:56:05");
			assert.equal(understand(inTime, thread("origin-log"), NOW).evidence["origin-log"], "crash", inTime);
		}
	});
});

describe("what ss prints answers whether anything listens", { skip: lacks("ss") }, () => {
	const { bin, remove } = scratch();
	let lab: Awaited<ReturnType<typeof origins>>;
	before(async () => {
		lab = await origins();
	});
	after(async () => {
		await lab.close();
		remove();
	});
	const step = (url: string) => codeStep(521, target(url))?.command ?? "";
	const refused = thread("direct-origin", { code: "521" });
	it("is the command that people know", () => assert.equal(step("https://shop.example/"), "sudo ss -ltnp 'sport = :443'"));
	it("nothing", async () => {
		const url = `https://shop.example:${await lab.closed()}/`;
		const output = await terminal(step(url), bin);
		assert.match(output, /^State +Recv-Q/);
		for (const known of [
			{ ...refused, url },
			{ ...refused, asks: null, url },
		])
			check(step(url), output, known, { evidence: { "direct-origin": "refused" } });
		// Nobody asked: of a page that fails with a 520 something listened.
		check(step(url), output, thread("origin-log", { url }), {});
	});
	it("something: then it is not this", async () => {
		const port = await lab.plain(() => {});
		const url = `https://shop.example:${port}/`;
		const own = await terminal(step(url), bin);
		assert.match(own, /^LISTEN .* 127\.0\.0\.1:/m);
		// A test listens on loopback only; a server does on every address.
		for (const [here, everywhere] of [
			["127.0.0.1:", "  0.0.0.0:"],
			["127.0.0.1:", "     [::]:"],
			["127.0.0.1:", "        *:"],
		] as const)
			check(step(url), own.replaceAll(here, everywhere), { ...refused, url }, {});
		check(step(url), own, { ...refused, url }, { asksBack: "direct-origin refused" });
	});
	it("the whole list, without the site's port and with it", async () => {
		const port = await lab.plain(() => {});
		const whole = (await terminal("sudo ss -ltnp", bin)).replaceAll("127.0.0.1:", "  0.0.0.0:");
		check("sudo ss -ltnp", whole, { ...refused, url: `https://shop.example:${port}/` }, {});
		check(
			"sudo ss -ltnp",
			whole,
			{ ...refused, url: `https://shop.example:${await lab.closed()}/` },
			{ evidence: { "direct-origin": "refused" } },
		);
	});
	it("BusyBox's netstat", () => {
		const head =
			"Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name    \n";
		const row = "tcp        0      0 0.0.0.0:443             0.0.0.0:*               LISTEN      7/nginx: master pro\n";
		check("netstat -ltnp", head, refused, { evidence: { "direct-origin": "refused" } });
		check("netstat -ltnp", head + row, refused, {});
	});
	it("ss that is not there", () => check(step("https://shop.example/"), "sudo: ss: command not found\n", refused, {}));
});

describe("a sentence about a command is no output of it", () => {
	for (const [text, asks, answer] of [
		["grep -i error /var/log/nginx/error.log shows nothing", "origin-log", "origin-log nothing"],
		["we see nothing in the nginx logs", "origin-log", "origin-log nothing"],
		["grep -r 520 /var/log still hangs", "origin-log", null],
		["curl -v works from my laptop", "who-is-hit", null],
		["# curl is not installed here", "direct-origin", null],
	] as const)
		it(text, () => {
			assert.deepEqual(
				findCommands(text).filter(({ tool }) => tool !== "curl"),
				[],
			);
			const read = understand(text, thread(asks), NOW);
			assert.deepEqual(read.evidence, {});
			if (answer !== null) assert.equal(moved(read).asksBack, answer);
		});
	for (const text of [
		...[
			"(empty)",
			"empty",
			"nothing",
			"nothing at all",
			"no output",
			"it prints nothing",
			"The search came back empty.",
			"0 matches",
		],
		...[
			"grep found nothing",
			"nichts",
			"es kommt nichts",
			"keine Treffer",
			"nada",
			"sin resultados",
			"rien",
			"aucun résultat",
			"vazio",
			"何も出ない",
		],
	])
		it(`${text}: what a search without a hit is called`, () => {
			assert.deepEqual(moved(understand(text, thread("origin-log"), NOW)), {
				evidence: {},
				asksBack: "origin-log nothing",
				candidates: [],
			});
			// Of another question it says nothing of the log.
			assert.notEqual(understand(text, thread("direct-origin"), NOW).answer?.key, "origin-log");
		});
	for (const text of ["nothing helps", "there is nothing I can do", "nothing works", "no entry to the building", "is it empty?"])
		it(`${text}: not that`, () => assert.notEqual(understand(text, thread("origin-log"), NOW).answer?.key, "origin-log"));
	it("our own last lines answer, whatever is asked just then", () => {
		const text = "status 000, 0 bytes of headers\ncurl exit 52";
		for (const asks of ["direct-origin", "origin-log", null])
			assert.deepEqual(understand(text, thread(asks), NOW).evidence, { "direct-origin": "closed-empty" });
		assert.deepEqual(understand("curl exit 52", thread("direct-origin"), NOW).evidence, { "direct-origin": "closed-empty" });
		assert.deepEqual(understand("curl: (52) Empty reply from server", thread("direct-origin"), NOW).evidence, {
			"direct-origin": "closed-empty",
		});
	});
});

describe("what openssl and the rest print", { skip: lacks("openssl") }, () => {
	const { bin, remove } = scratch();
	let lab: Awaited<ReturnType<typeof origins>>;
	before(async () => {
		lab = await origins();
	});
	after(async () => {
		await lab.close();
		remove();
	});
	const command = (code: number, port = 443) => codeStep(code, target(`https://shop.example:${port}/`))?.command ?? "";
	const bring = async (code: number, port: number, shows: Expected, matching: RegExp) => {
		const output = await terminal(command(code, port), bin);
		assert.match(output, matching);
		check(command(code, port), output, thread("direct-origin", { code: String(code) }), shows);
	};
	it("a handshake that succeeds shows no page", async () => bring(525, await lab.tls(() => {}), {}, /SSL handshake has read/));
	it("a port without TLS", async () =>
		bring(
			525,
			await lab.plain((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
			{ evidence: { "direct-origin": "tls-failure" } },
			/wrong version number/,
		));
	it("a port that is closed", async () =>
		bring(525, await lab.closed(), { evidence: { "direct-origin": "refused" } }, /Connection refused/));
	it("a certificate for another name", async () =>
		bring(526, await lab.tls(() => {}), { evidence: { "direct-origin": "tls-failure" } }, /notAfter=/));
	const dates = (from: string, until: string) =>
		`subject=CN = shop.example\nissuer=C = US, O = Let's Encrypt, CN = R10\nnotBefore=${from} GMT\nnotAfter=${until} GMT\n`;
	const names = (all: string) => `X509v3 Subject Alternative Name: \n    ${all}\n`;
	const VALID = dates("Nov  1 00:00:00 2026", "Jan 30 00:00:00 2027");
	for (const [what, output, shows] of [
		["in date, for this name", VALID + names("DNS:shop.example, DNS:www.shop.example"), { asksBack: "direct-origin ok" }],
		["in date, by a wildcard", VALID + names("DNS:*.example"), { asksBack: "direct-origin ok" }],
		["for a name below", VALID + names("DNS:*.shop.example"), { evidence: { "direct-origin": "tls-failure" } }],
		["for other names", VALID + names("DNS:other.example"), { evidence: { "direct-origin": "tls-failure" } }],
		["expired", dates("Aug  1 00:00:00 2026", "Nov 21 00:00:00 2026"), { evidence: { "direct-origin": "tls-failure" } }],
		["of tomorrow", dates("Nov 24 00:00:00 2026", "Feb  1 00:00:00 2027"), { evidence: { "direct-origin": "tls-failure" } }],
		["whose names are not there", VALID, {}],
	] as const)
		it(`a certificate ${what}`, () => {
			check(command(526), output, thread("direct-origin", { code: "526" }), shows);
			check(command(526), output, thread("direct-origin", { code: "520" }), {});
		});
	it("the route back, found and not", () => {
		for (const [output, value] of [
			["172.64.0.1 via 10.0.0.1 dev eth0 src 10.0.0.5 uid 0 \n    cache \n", "ok"],
			["172.64.0.1 dev wg0 src 10.0.0.5 uid 0 \n    cache \n", "ok"],
			["RTNETLINK answers: Network is unreachable\n", "no-route"],
			["RTNETLINK answers: No route to host\n", "no-route"],
			["unreachable 172.64.0.1 dev lo src 10.0.0.5 uid 0 \n", "no-route"],
		] as const) {
			for (const asks of [null, "direct-origin"])
				check(command(523), output, thread(asks, { code: "523" }), { evidence: { "direct-origin": value } });
			check(command(523), output, thread("origin-log"), {});
		}
	});
	it("where a name leads", () => {
		for (const output of ["", "origin.shop.example.\n203.0.113.9\n"])
			for (const [how, text] of brought("dig +short origin.shop.example", output))
				assert.deepEqual(understand(text, thread(null, { code: "1016" }), NOW).evidence, {}, how);
	});
	it("a tunnel that does not run", () =>
		assert.deepEqual(
			understand(
				"root@web1:~# systemctl status cloudflared\n○ cloudflared.service - cloudflared\n     Loaded: loaded (/etc/systemd/system/cloudflared.service; enabled; preset: enabled)\n     Active: inactive (dead) since Sun 2026-11-22 11:02:11 UTC; 2h 54min ago\n",
				thread(null, { code: "1033" }),
				NOW,
			).evidence,
			{},
		));
});
