import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { autopsy } from "../../src/judge/autopsy.ts";
import { judgeOrigin } from "../../src/judge/origin.ts";
import type { FindingId, OriginFindingId } from "../../src/knowledge/findings/list.ts";
import { ranges } from "../../src/looks/addresses.ts";
import { openConnection } from "../../src/looks/connection.ts";
import { http1End } from "../../src/looks/end-detector.ts";
import { type CheckedTarget, checkOrigin } from "../../src/looks/guard.ts";
import type { Observation } from "../../src/looks/observation.ts";
import { lookAtOrigin } from "../../src/looks/origin.ts";
import type { RawResponse } from "../../src/looks/raw-connection.ts";
import { RawConnection } from "../../src/looks/raw-connection.ts";
import { http1Request } from "../../src/looks/request-bytes.ts";
import { readTarget } from "../../src/read/text/target.ts";
import { metAs } from "../met-as.ts";
import { startBackend } from "./backend.ts";
import { files, type Places, SERVERS, type ServerName, starts } from "./configs.ts";
import { found, freePort, up } from "./programs.ts";

/** What real servers send when things break, read by the autopsy. See README.md in this folder. */

type Cause = 1 | 2 | 4 | 5 | null;
interface Case {
	readonly what: string;
	readonly by: ServerName;
	/** Further servers that have to be there. */
	readonly with?: ServerName;
	readonly path: string;
	/** The broken answer comes to the second request of a connection. */
	readonly second?: true;
	readonly proxy: "accepts" | "rejects" | "truncates" | "waits";
	readonly finding: FindingId;
	/** The article's number by what is met on the wire; null where nothing is. */
	readonly cause: Cause;
}

const CASES: readonly Case[] = [
	// 1: the origin closed mid-response
	{ what: "content shorter than promised", by: "nginx", path: "/short", proxy: "truncates", finding: "content-short", cause: 1 },
	{ what: "content shorter than promised", by: "apache", path: "/short", proxy: "truncates", finding: "content-short", cause: 1 },
	{
		what: "content shorter than promised",
		by: "haproxy",
		path: "/short",
		proxy: "truncates",
		finding: "content-short",
		cause: 1,
	},
	{
		what: "a good chunk, then a bad one",
		by: "apache",
		path: "/good-then-bad-chunk",
		proxy: "truncates",
		finding: "chunks-cut",
		cause: 1,
	},
	{
		what: "an exception in mid-answer",
		by: "gunicorn",
		path: "/raise-in-answer",
		proxy: "truncates",
		finding: "content-short",
		cause: 1,
	},
	{
		what: "a worker killed in mid-answer",
		by: "gunicorn",
		path: "/kill-in-answer",
		proxy: "truncates",
		finding: "chunks-cut",
		cause: 1,
	},
	{
		what: "an uncaught error in mid-answer",
		by: "node",
		path: "/throw-in-answer",
		proxy: "truncates",
		finding: "content-short",
		cause: 1,
	},
	{
		what: "a PHP child killed in mid-answer",
		by: "nginx",
		with: "php-fpm",
		path: "/php/kill-in-answer.php",
		proxy: "truncates",
		finding: "content-short",
		cause: 1,
	},
	{
		what: "PHP out of memory in mid-answer",
		by: "nginx",
		with: "php-fpm",
		path: "/php/memory.php",
		proxy: "truncates",
		finding: "content-short",
		cause: 1,
	},
	// 2: headers missing, or nothing at all
	{ what: "return 444", by: "nginx", path: "/444", proxy: "rejects", finding: "no-bytes", cause: 2 },
	{ what: "a bad first chunk", by: "nginx", path: "/bad-chunk", proxy: "rejects", finding: "no-bytes", cause: 2 },
	{
		what: "the backend dies on a later request",
		by: "apache",
		path: "/nothing",
		second: true,
		proxy: "rejects",
		finding: "no-bytes",
		cause: 2,
	},
	{
		what: "the backend dies on a later request",
		by: "haproxy",
		path: "/nothing",
		second: true,
		proxy: "rejects",
		finding: "no-bytes",
		cause: 2,
	},
	{ what: "http-request reject", by: "haproxy", path: "/reject", proxy: "rejects", finding: "no-bytes", cause: 2 },
	{
		what: "early hints, then the backend dies on a later request",
		by: "apache",
		path: "/early-hints",
		second: true,
		proxy: "rejects",
		finding: "only-interim",
		cause: 2,
	},
	{ what: "a worker killed", by: "gunicorn", path: "/kill", proxy: "rejects", finding: "no-bytes", cause: 2 },
	{
		what: "a worker that takes longer than --timeout",
		by: "gunicorn",
		path: "/hang",
		proxy: "rejects",
		finding: "no-bytes",
		cause: 2,
	},
	{ what: "an uncaught error", by: "node", path: "/throw", proxy: "rejects", finding: "no-bytes", cause: 2 },
	{ what: "out of memory", by: "node", path: "/memory", proxy: "rejects", finding: "no-bytes", cause: 2 },
	// 3 of the article does not exist in its words; headers that are too large are a kind of 4
	{
		what: "140 KB of headers",
		by: "nginx",
		path: "/large/140-kb",
		proxy: "accepts",
		finding: "header-section-over-128k",
		cause: 4,
	},
	{ what: "300 fields", by: "nginx", path: "/large/300-fields", proxy: "rejects", finding: "too-many-fields", cause: 4 },
	{ what: "140 KB of headers", by: "apache", path: "/140-kb", proxy: "accepts", finding: "header-section-over-128k", cause: 4 },
	{ what: "140 KB of headers", by: "gunicorn", path: "/140-kb", proxy: "accepts", finding: "header-section-over-128k", cause: 4 },
	{ what: "140 KB of headers", by: "node", path: "/140-kb", proxy: "accepts", finding: "header-section-over-128k", cause: 4 },
	{
		what: "140 KB of headers from PHP",
		by: "apache",
		with: "php-fpm",
		path: "/php/headers.php",
		proxy: "accepts",
		finding: "header-section-over-128k",
		cause: 4,
	},
	{
		what: "140 KB of headers from PHP, with large buffers",
		by: "nginx",
		with: "php-fpm",
		path: "/php-large/headers.php",
		proxy: "accepts",
		finding: "header-section-over-128k",
		cause: 4,
	},
	// 4: malformed headers
	{ what: "another protocol behind it", by: "nginx", path: "/ssh", proxy: "rejects", finding: "not-http", cause: 4 },
	{ what: "a status of two digits", by: "nginx", path: "/status-20", proxy: "rejects", finding: "bad-status-code", cause: 4 },
	{ what: "a status of two digits", by: "haproxy", path: "/status-20", proxy: "rejects", finding: "bad-status-code", cause: 4 },
	{ what: "a NUL byte in a value", by: "haproxy", path: "/nul", proxy: "rejects", finding: "nul-byte", cause: 4 },
	{ what: "a control byte in a value", by: "nginx", path: "/control", proxy: "rejects", finding: "control-in-value", cause: 4 },
	{ what: "a blank in a field name", by: "node", path: "/bad-name", proxy: "rejects", finding: "bad-field-name", cause: 4 },
	{ what: "the length twice", by: "node", path: "/two-lengths", proxy: "rejects", finding: "content-length-repeated", cause: 4 },
	// 5: broken on the way
	{ what: "a reset", by: "node", path: "/reset", proxy: "rejects", finding: "reset", cause: 5 },
	// and what is no 520: a proxy in front turns a death into its own answer
	{ what: "the backend closes without a byte", by: "nginx", path: "/nothing", proxy: "accepts", finding: "whole", cause: null },
	{
		what: "a PHP child killed before its answer",
		by: "nginx",
		with: "php-fpm",
		path: "/php/kill.php",
		proxy: "accepts",
		finding: "whole",
		cause: null,
	},
	{
		what: "a PHP child killed before its answer",
		by: "apache",
		with: "php-fpm",
		path: "/php/kill.php",
		proxy: "accepts",
		finding: "whole",
		cause: null,
	},
	{
		what: "the length twice, behind Apache",
		by: "apache",
		path: "/two-lengths",
		proxy: "accepts",
		finding: "whole",
		cause: null,
	},
];

/** TLS: what a direct look at the whole origin says. */
const TLS_CASES: readonly {
	readonly what: string;
	readonly by: ServerName;
	readonly port: keyof Places;
	readonly finding: OriginFindingId;
	readonly directOrigin: string;
}[] = [
	{
		what: "wants a client certificate (400)",
		by: "nginx",
		port: "nginxTls",
		finding: "client-certificate-wanted",
		directOrigin: "client-certificate-wanted",
	},
	{
		what: "wants a client certificate (alert)",
		by: "apache",
		port: "apacheTls",
		finding: "client-certificate-wanted",
		directOrigin: "client-certificate-wanted",
	},
	{
		what: "wants a client certificate (alert)",
		by: "haproxy",
		port: "haproxyTls",
		finding: "client-certificate-wanted",
		directOrigin: "client-certificate-wanted",
	},
	{
		what: "plain HTTP on the TLS port",
		by: "nginx",
		port: "nginx",
		finding: "plain-http-on-tls-port",
		directOrigin: "wrong-protocol",
	},
	{
		what: "plain HTTP on the TLS port",
		by: "apache",
		port: "apache",
		finding: "plain-http-on-tls-port",
		directOrigin: "wrong-protocol",
	},
	{
		what: "plain HTTP on the TLS port",
		by: "node",
		port: "node",
		finding: "plain-http-on-tls-port",
		directOrigin: "wrong-protocol",
	},
];

describe("real servers as the last hop", { concurrency: false }, () => {
	let at: Places;
	let backend: { port: number; close: () => Promise<void> };
	const running = new Map<ServerName, ChildProcess>();
	const lacking = new Map<ServerName, string>();
	for (const [name, { program }] of Object.entries(starts({ dir: "" } as Places)) as [ServerName, { program: string }][])
		if (found(program) === null) lacking.set(name, program);
	/** What `it` gets: a server that is not installed is named. */
	const needs = (...names: (ServerName | undefined)[]) => {
		const missing = names.filter((name) => name !== undefined && lacking.has(name));
		return missing.length === 0
			? {}
			: { skip: `not installed: ${missing.map((name) => lacking.get(name as ServerName)).join(", ")}` };
	};
	const start = async (name: ServerName): Promise<void> => {
		const { program, args, port } = starts(at)[name];
		const child = spawn(found(program) ?? program, args, { stdio: "ignore" });
		running.set(name, child);
		await up(port);
	};

	before(async () => {
		const dir = mkdtempSync(join(tmpdir(), "cf520-servers-"));
		chmodSync(dir, 0o777);
		backend = await startBackend();
		const port = freePort;
		at = {
			dir,
			backend: backend.port,
			nginx: await port(),
			nginxTls: await port(),
			apache: await port(),
			apacheTls: await port(),
			haproxy: await port(),
			haproxyTls: await port(),
			fpm: await port(),
			gunicorn: await port(),
			node: await port(),
		};
		for (const [name, text] of Object.entries(files(at))) {
			writeFileSync(join(dir, name), text);
			chmodSync(join(dir, name), 0o644);
		}
		const key = join(dir, "srv.key");
		execFileSync(
			"openssl",
			[
				"req",
				"-x509",
				"-newkey",
				"ec",
				"-pkeyopt",
				"ec_paramgen_curve:P-256",
				"-nodes",
				"-keyout",
				key,
				"-out",
				join(dir, "srv.crt"),
				"-days",
				"2",
				"-subj",
				"/CN=shop.example",
			],
			{ stdio: "ignore" },
		);
		chmodSync(key, 0o644);
		writeFileSync(join(dir, "srv.pem"), readFileSync(join(dir, "srv.crt"), "utf8") + readFileSync(key, "utf8"));
		for (const name of SERVERS) if (!lacking.has(name)) await start(name);
	});

	after(async () => {
		await Promise.all(
			[...running.values()].map(
				(child) =>
					new Promise<void>((resolve) => {
						if (child.exitCode !== null || child.signalCode !== null) return resolve();
						child.once("exit", () => resolve());
						child.kill("SIGTERM");
					}),
			),
		);
		await backend.close();
		rmSync(at.dir, { recursive: true, force: true });
	});

	const RULES = { allow: ranges(["127.0.0.0/8"]), resolve: new Map(), resolver: async () => [] };
	const target = (scheme: "http" | "https", port: number, path: string): CheckedTarget => {
		const site = readTarget(`${scheme}://shop.example${path}`);
		assert.ok("url" in site);
		const checked = checkOrigin(site, "127.0.0.1", port, RULES);
		assert.ok(!("why" in checked));
		return checked;
	};

	/** The answer to the request, after another one on the same connection where that is what it is about. */
	const answerOf = async (port: number, path: string, second: boolean): Promise<RawResponse> => {
		const startedMono = performance.now();
		const connection = await openConnection(target("http", port, path), { ca: null, insecure: true, alpn: [], startedMono });
		assert.ok(!("stage" in connection));
		const raw = new RawConnection(connection, startedMono);
		const ask = (what: string, last: boolean) =>
			raw.ask(
				http1Request("GET", what, [
					["Host", "shop.example"],
					["Connection", "Keep-Alive"],
				]),
				http1End("GET"),
				8_000,
				undefined,
				last,
			);
		try {
			if (second) assert.equal((await ask("/ok", false)).whole, true);
			return await ask(path, true);
		} finally {
			raw.close();
		}
	};

	for (const one of CASES)
		it(`${one.by}${one.with === undefined ? "" : ` and ${one.with}`}: ${one.what}`, needs(one.by, one.with), async () => {
			const { port } = starts(at)[one.by];
			const answer = await answerOf(port, one.path, one.second === true);
			const result = autopsy(answer.bytes, answer.ending, "GET");
			const told = `${answer.ending}: ${result.findings.map((finding) => finding.id).join(", ")}`;
			assert.equal(result.proxy, one.proxy, told);
			assert.ok(
				result.findings.some((finding) => finding.id === one.finding),
				told,
			);
			if (one.cause === null) assert.equal(result.cause, null, told);
			else assert.ok(metAs(result.cause).includes(one.cause), `${result.cause}: ${told}`);
			// Some of these end the server: the next test finds it as new.
			const child = running.get(one.by);
			if (child !== undefined && (child.exitCode !== null || child.signalCode !== null || one.by === "node")) {
				if (child.exitCode === null && child.signalCode === null) {
					child.kill("SIGTERM");
					await new Promise((resolve) => child.once("exit", resolve));
				}
				await start(one.by);
			}
		});

	for (const one of TLS_CASES)
		it(`${one.by}: ${one.what}`, needs(one.by), async () => {
			const looks = await lookAtOrigin(
				[target("https", Number(at[one.port]), "/ok")],
				{ ca: null, insecure: true, httpVersion: 1, userAgent: "cf520-test", limitMs: 8_000 },
				Date.now,
			);
			const verdict = judgeOrigin(looks as [Observation, ...Observation[]], null, Date.now());
			assert.equal(verdict.directOrigin, one.directOrigin);
			assert.ok(verdict.findings.some((finding) => finding.id === one.finding));
		});

	it("each of the article's causes that bytes can show is produced by two servers", () => {
		const by = (cause: Cause, test: (one: Case) => boolean = () => true) =>
			new Set(CASES.filter((one) => one.cause === cause && test(one)).map((one) => one.by)).size;
		const large = (one: Case) => one.finding === "header-section-over-128k" || one.finding === "too-many-fields";
		assert.ok(by(1) >= 2 && by(2) >= 2 && by(4, large) >= 2 && by(4, (one) => !large(one)) >= 2);
		// 5: a reset by one, an alert after the handshake by two others.
		assert.ok(by(5) + TLS_CASES.filter((one) => one.what.endsWith("(alert)")).length >= 2);
	});
});
