import assert from "node:assert/strict";
import { after, before, describe, it, test } from "node:test";
import { opensCase } from "../../src/judge/case-evidence.ts";
import { classify } from "../../src/judge/classify.ts";
import type { ClassifiedLook } from "../../src/judge/pattern.ts";
import { judgeSite, type Verdict } from "../../src/judge/verdict.ts";
import { KNOWN_CODES } from "../../src/knowledge/codes/codes.ts";
import { allValues, EVIDENCE_KEYS } from "../../src/knowledge/evidence.ts";
import { ranges } from "../../src/looks/addresses.ts";
import { checkTarget } from "../../src/looks/guard.ts";
import type { Answered, Observation } from "../../src/looks/observation.ts";
import { planLooks, runLooks } from "../../src/looks/plan.ts";
import { gridLines, type Message } from "../../src/message/message.ts";
import { plainText } from "../../src/message/text.ts";
import { nonEmpty } from "../../src/read/non-empty.ts";
import { findRays } from "../../src/read/ray/find.ts";
import { readTarget, type Target } from "../../src/read/text/target.ts";
import { type QuestionAbout, questionStep, visitorStep } from "../../src/reply/next-step.ts";
import { raysReply } from "../../src/reply/rays.ts";
import { declinedMessage, lookingMessage, progressMessage, siteHead, siteReply } from "../../src/reply/site.ts";
import { siteEvidence } from "../../src/reply/site-evidence.ts";
import { SITES, standing, TEXTS, WHEN } from "../asked.ts";
import { flat } from "../flat.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { words, wordsIn } from "../words.ts";

/** What the first answers say, and how short they are (budgets of words: `test/words.ts`). */

const HEAD_MAX = 60;
const FIRST_ANSWER_MAX = 150;
const OTHER_CODE_MAX = 110;
const HEALTHY_MAX = 45;
const RAY_MAX = 60;
const EVIDENCE_MAX = 150;
const QUESTION_MAX = 25;
const VISITOR_MAX = 40;
const TABLE_ROWS_MAX = 6;
const TABLE_COLUMNS_MAX = 40;
const LABEL_MAX_CHARS = 24;

const NOW = Date.parse("2026-11-22T13:59:10.000Z");
const AT = Date.parse("2026-11-22T13:56:05.000Z");
const RAY = "a5e86f7c780ad1c3";
const ABOUT = { who: "alice", nowMs: NOW };

/** Words that no message for people holds. */
const OLD_WORDS =
	/\b(?:looks?(?! for\b)|looked|looking|hangs? up|mends?|repairs?|remed(?:y|ies)|somebody|whoever|stands?|is no|time-out|host names?|answers?)\b/i;

const targetOf = (url: string): Target => {
	const target = readTarget(url);
	assert.ok(!("why" in target), url);
	return target;
};

/** An answer with these bytes. */
function met(
	bytes: string,
	purpose: Observation["asked"]["purpose"] = "page",
	url = "https://shop.example/checkout",
): ClassifiedLook {
	const look: Answered = {
		kind: "answered",
		asked: { route: "through-edge", purpose, url, method: "GET", startedAtMs: AT },
		protocol: "http/1.1",
		family: 4,
		cloudflareAddress: false,
		bytes: Buffer.from(bytes, "latin1"),
		received: bytes.length,
		ending: "enough",
		tls: null,
		secondOpinion: null,
		content: new Uint8Array(),
		timings: { dnsMs: 1, connectedMs: 2, securedMs: 3, sentMs: 4, firstByteMs: 60, lastByteMs: 61, endedMs: 61 },
	};
	return { look, classification: classify(look, NOW) };
}
const response = (status: number, body: string, more = "") =>
	`HTTP/1.1 ${status} X\r\nserver: cloudflare\r\ncf-ray: ${RAY}-DFW\r\n${more}content-length: ${body.length}\r\n\r\n${body}`;
const cloudflares = (code: number) =>
	response(code >= 1000 ? 530 : code, JSON.stringify({ cloudflare_error: true, error_code: code, ray_id: RAY, retryable: true }));
const unreached = (stage: "connect" | "tls" | "certificate", code: string): ClassifiedLook => {
	const look: Observation = {
		kind: "unreached",
		asked: { route: "through-edge", purpose: "page", url: "https://shop.example/checkout", method: "GET", startedAtMs: AT },
		stage,
		code,
		timings: { dnsMs: 1, connectedMs: null, securedMs: null, sentMs: null, firstByteMs: null, lastByteMs: null, endedMs: 5 },
	};
	return { look, classification: classify(look, NOW) };
};
const TRACE = met(response(200, "fl=1\ncolo=DFW\n"), "trace");
const SHOP = targetOf("https://shop.example/checkout");

const checkTable = (message: Message) => {
	const grids = message.blocks.filter((block) => block.kind === "grid");
	assert.ok(grids.length <= 1);
	for (const grid of grids) {
		assert.ok(grid.rows.length <= TABLE_ROWS_MAX, flat(message));
		for (const line of gridLines(grid)) assert.ok(line.length <= TABLE_COLUMNS_MAX, line);
	}
	assert.ok(!message.blocks.some(({ kind }) => kind === "table"));
};
const atMost = (count: number, max: number, message: Message | string) =>
	assert.ok(count <= max, `${count} words, at most ${max}:\n${typeof message === "string" ? message : flat(message)}`);

/** Every budget and rule that holds whatever was met. */
function checkAnswer(target: Target, verdict: Verdict, seen: readonly ClassifiedLook[], isOurWords: boolean): void {
	const head = siteHead(target, verdict, ABOUT, seen);
	atMost(words(head), HEAD_MAX, head);
	assert.equal(flat(head).split("for alice").length, 2, flat(head));
	for (const time of flat(head).match(/\d\d:\d\d:\d\d UTC/g) ?? [])
		assert.equal(flat(head).split(time).length, 2, "each time once");
	const reply = siteReply(target, verdict, seen, NOW, ABOUT);
	assert.deepEqual(reply.thread, []);
	const healthy = verdict.kind === "working";
	const isOfCase = opensCase(verdict) && !healthy;
	if (isOfCase) assert.deepEqual(reply.head, head);
	else assert.equal(reply.head.blocks.filter(({ kind }) => kind === "buttons").length, 1, "its controls");
	atMost(words(reply.head), healthy ? HEALTHY_MAX : OTHER_CODE_MAX, reply.head);
	if (isOfCase) {
		const question = questionStep("direct-origin", { target, code: String(verdict.code), rays: [RAY], atMs: AT });
		const first = words(head) + 1 + wordsIn(question.ask);
		atMost(first, verdict.code === 520 ? FIRST_ANSWER_MAX : OTHER_CODE_MAX, head);
	}
	const evidence = siteEvidence(target, verdict, seen, NOW);
	atMost(words(evidence), EVIDENCE_MAX, evidence);
	checkTable(evidence);
	assert.ok((flat(evidence).match(/^Ruled out: /gm) ?? []).length <= 3, flat(evidence));
	for (const one of [head, evidence])
		for (const time of flat(one).match(/\d\d:\d\d:\d\d UTC/g) ?? [])
			assert.equal(flat(one).split(time).length, 2, "each time once");
	if (isOurWords) for (const one of [reply.head, evidence]) assert.doesNotMatch(flat(one), OLD_WORDS);
}

describe("a site that somebody asks about", () => {
	let lab: Lab;
	const now = () => Date.UTC(2026, 10, 22, 12, 0, 10);
	before(async () => {
		lab = await openLab({ now });
	});
	after(() => lab.close());

	for (const [name, path] of SITES)
		it(name, async () => {
			const target = targetOf(lab.url(name, path));
			const checked = await checkTarget(target, {
				allow: ranges(["127.0.0.0/8"]),
				resolve: lab.resolve,
				resolver: async () => [],
			});
			assert.ok(!("why" in checked));
			const options = { ca: lab.certificates.ca, insecure: false, httpVersion: 1, userAgent: "test", limitMs: 4_000 } as const;
			const seen = nonEmpty(
				await runLooks(checked, planLooks(target), options, now, (look) => ({ look, classification: classify(look, now()) })),
			);
			checkAnswer(target, judgeSite(seen), seen, true);
		});
	for (const name of Object.keys(TEXTS).filter((key) => key.startsWith("ray")))
		it(`a Ray ID: ${name}`, async () => {
			const told = await standing(lab, TEXTS[name] ?? "", WHEN);
			assert.equal(told.length, 1);
			for (const { message } of told) {
				atMost(words(message), RAY_MAX, message);
				checkTable(message);
			}
		});
	it("twelve Ray IDs of several years, and two that are none", async () => {
		const ids = Array.from({ length: 12 }, (_, nth) => `${(0x8a7d5e2fb + nth * 0x1000000).toString(16)}cd1a1c3-DFW`);
		const [{ message } = { message: null }] = await standing(
			lab,
			`${ids.join(" ")} cf-ray: 8a7b2c-LAX c7c463f309e48dec-VIE`,
			WHEN,
		);
		assert.ok(message !== null);
		atMost(words(message), RAY_MAX, message);
		checkTable(message);
	});
});

describe("every code of Cloudflare's, on every page or on one", () => {
	for (const code of KNOWN_CODES)
		for (const other of [response(200, "ok"), cloudflares(code)])
			it(`${code}, other URL ${other.slice(9, 12)}`, () => {
				const page = met(cloudflares(code));
				const seen = [
					page,
					page,
					page,
					page,
					page,
					met(cloudflares(code), "structured"),
					met(other, "other-url"),
					TRACE,
				] as const;
				checkAnswer(SHOP, judgeSite(seen), seen, false);
			});
});

describe("what is met beside codes", () => {
	const cut = (): ClassifiedLook => {
		const { look } = met(response(200, "ok").replace(/content-length: \d+/, "content-length: 5000"));
		assert.ok(look.kind === "answered");
		const ended = { ...look, ending: "fin" } as const;
		return { look: ended, classification: classify(ended, NOW) };
	};
	const long = `https://${"a".repeat(60)}.${"b".repeat(60)}.example:8443/${"c/".repeat(200)}?token=${"d".repeat(300)}`;
	for (const [what, url, looks] of [
		["no route", SHOP.url, [unreached("connect", "EHOSTUNREACH")]],
		["a certificate", SHOP.url, [unreached("certificate", "UNABLE_TO_VERIFY_LEAF_SIGNATURE")]],
		["no handshake", SHOP.url, [unreached("tls", "ERR_SSL_WRONG_VERSION_NUMBER")]],
		["an error of the system that nobody knows", SHOP.url, [unreached("connect", "EPERM")]],
		["a status that was passed on", SHOP.url, [met(response(503, "busy"))]],
		["a page that does not exist", SHOP.url, [met(response(404, "no"))]],
		["pages of several kinds", SHOP.url, [met(response(200, "ok")), met(response(404, "no"))]],
		["no HTTP", SHOP.url, [met("SSH-2.0-OpenSSH_9.2\r\n")]],
		["its own error, without Cloudflare", SHOP.url, [met("HTTP/1.1 500 X\r\ncontent-length: 0\r\n\r\n")]],
		["a cut page", SHOP.url, [cut()]],
		["a URL longer than a line", long, [met(cloudflares(520))]],
		["a redirect longer than a line", SHOP.url, [met(response(302, "", `location: ${long}\r\n`))]],
		[
			"ten kinds of answers at once",
			SHOP.url,
			[500, 501, 502, 503, 504, 520, 521, 522, 523, 524].map((status) => met(response(status, "busy"))),
		],
	] as const)
		it(what, () => {
			const seen = nonEmpty([...looks]);
			checkAnswer(targetOf(url), judgeSite(seen), seen, true);
		});
});

describe("a 503", () => {
	it("of Cloudflare's own", () => {
		const seen = [met(response(503, "<center>cloudflare</center>"))] as const;
		assert.match(
			flat(siteReply(SHOP, judgeSite(seen), seen, NOW, ABOUT).head),
			/generated this error itself\. At fault: Cloudflare \(likely\)\.[\s\S]*send the Ray ID to Cloudflare support\./,
		);
	});
	it("that it passed on", () => {
		const seen = [met(response(503, "busy"))] as const;
		assert.match(
			flat(siteHead(SHOP, judgeSite(seen), ABOUT)),
			/origin returned this error itself[\s\S]*At fault: the origin \(likely\)/,
		);
	});
});

describe("the models", () => {
	const page = met(cloudflares(520));
	const failing = [page, page, page, page, page, met(response(200, "ok"), "other-url"), TRACE] as const;
	it("a 520 on one page", () =>
		assert.equal(
			flat(siteHead(SHOP, judgeSite(failing), ABOUT)),
			`shop.example/checkout fails with 520 · 5 of 5 requests, only this page
The origin sent Cloudflare an empty or invalid response. At fault: the origin (certain).
Dallas (DFW) · Ray a5e86f7c780ad1c3 · 13:56:05 UTC · for alice`,
		));
	it("a 521 on every page", () => {
		const all = [met(cloudflares(521)), met(cloudflares(521), "other-url"), TRACE] as const;
		const root = targetOf("https://shop.example/");
		assert.equal(
			flat(siteHead(root, judgeSite(all), { who: null, nowMs: NOW })),
			`shop.example fails with 521 · every request
Nothing accepts Cloudflare's connection on port 443: the web server is down, or a firewall rejects Cloudflare. At fault: the origin (certain).
Dallas (DFW) · Ray a5e86f7c780ad1c3 · 13:56:05 UTC`,
		);
	});
	it("now and then", () => {
		const some = [page, met(response(200, "ok")), met(response(200, "ok")), TRACE] as const;
		assert.match(
			flat(siteHead(SHOP, judgeSite(some), ABOUT)),
			/^shop\.example\/checkout fails with 520 · 1 of 3 requests, intermittent$/m,
		);
	});
	it("a healthy site", () => {
		const ok = met(response(200, "ok"));
		const seen = [ok, ok, ok, ok, ok, met(response(200, "ok"), "other-url"), TRACE] as const;
		assert.equal(
			flat(siteReply(targetOf("https://shop.example/"), judgeSite(seen), seen, NOW, ABOUT).head),
			`shop.example works
5 of 5 requests returned 200 through Cloudflare (DFW).
13:56:05 UTC · for alice
Failing for you?
[Other places] [Watch] [Paste the error…]`,
		);
	});
	it("of another day, with its day", () =>
		assert.match(
			flat(siteHead(SHOP, judgeSite(failing), { who: null, nowMs: NOW + 86_400_000 })),
			/ · 2026-11-22 13:56:05 UTC$/,
		));
	it("while it is checked", () => {
		assert.equal(flat(lookingMessage(SHOP, 8)), "Checking shop.example…\nSending 8 requests. The result will appear here.");
		assert.equal(flat(progressMessage(SHOP, 3, 8)), "Checking shop.example…\n3 of 8 requests done.");
		assert.equal(flat(lookingMessage(SHOP, 1)), "Checking shop.example…\nSending 1 request. The result will appear here.");
		assert.equal(flat(declinedMessage(SHOP)), "shop.example was not checked\nOnly the person who asked can see the reason.");
	});
	it("the evidence", () => {
		const seen = [page, page, page, page, page, met(response(200, "ok"), "other-url"), TRACE] as const;
		assert.equal(
			flat(siteEvidence(SHOP, judgeSite(seen), seen, NOW)),
			`Evidence
Requested https://shop.example/checkout.
All 5 requests to /checkout failed, each within 1 s; another URL on this host works. So 57% to 100% of requests from one place fail (95% interval).
Confirmed by Cloudflare's machine-readable error.
Cloudflare says: retry later.
Ray ID a5e86f7c780ad1c3: received at 13:56:05 UTC (± 1 s).
Request     Result  Count  Slowest
page        520     5      0.06 s
other URL   200     1      0.06 s
edge trace  200     1      0.06 s
Ruled out: Cloudflare's edge, because /cdn-cgi/trace works on this host.
Ruled out: Slow origin (would be 524).
Ruled out: Connection failure (would be 521, 522 or 523).
Still unknown: the cause. The origin's response or log will show it.
I tested from one location only (DFW).`,
		);
	});
});

describe("Ray IDs", () => {
	const asked = (text: string, pageAtMs: number | null = null, nowMs = NOW, target: Target | null = null) => {
		const found = findRays(text, nowMs, true);
		return raysReply({ ...found, rays: nonEmpty(found.rays) }, target, pageAtMs, nowMs);
	};
	const search = (rays: string) =>
		`sudo grep -rsE "${rays}|$(LC_ALL=C date -d '2026-11-22 13:56:05 UTC' +'%d/%b/%Y:%H:%M|%Y/%m/%d %H:%M|%b %d %H:%M' || echo 22/Nov/2026:13:56)" /var/log/nginx /var/log/apache2 /var/log/httpd`;
	it("one", () =>
		assert.equal(
			flat(asked(`${RAY}-DFW`).head),
			`Ray ${RAY}: received 13:56:05 UTC, 3 min ago, at Dallas (DFW).
Search your origin's log from 13:56:03 to 13:56:07 UTC:
${search(RAY)}
[Check the site…] [⋯]`,
		));
	it("one with the time of its page: how long Cloudflare waited", () => {
		assert.match(
			flat(asked(RAY, AT + 30_000, NOW, SHOP).head),
			/waited about 30 s for the origin\. .*from 13:56:03 to 13:56:37 UTC:.*\[Check the site\]/s,
		);
		assert.match(flat(asked(RAY, AT + 400).head), /Cloudflare gave up within 1 s\./);
		for (const other of [AT - 60_000, AT + 3_600_000])
			assert.match(flat(asked(RAY, other).head), /The time next to it does not match\. Trust the Ray ID\..*to 13:56:07 UTC/s);
	});
	it("of a clock that is ahead, of long ago, and of before 2014", () => {
		assert.match(flat(asked(RAY, null, AT - 60_000).head), /That is 1 min in the future\. One of the clocks is wrong\./);
		assert.match(
			flat(asked(`${RAY}-DFW`, null, AT + 91 * 86_400_000).head),
			/received 2026-11-22 13:56:05 UTC, 90 days ago.*copy a new Ray ID\./s,
		);
		assert.match(flat(asked("00d5e2fbcd1a1c3").head), /probably mistyped\. Copy it again\./);
	});
	it("several at several places", () =>
		assert.equal(
			flat(asked(`${RAY}-DFW a5e86f7c780ad1c4-FRA`).head),
			`2 Ray IDs · 13:56:05 UTC
They are from 2 data centers. If all failed, the origin is at fault (likely).
Ray ID            UTC       At
a5e86f7c780ad1c3  13:56:05  DFW
a5e86f7c780ad1c4  13:56:05  FRA
Search your origin's log from 13:56:03 to 13:56:07 UTC:
${search(`${RAY}|a5e86f7c780ad1c4`)}
[Check the site…] [⋯]`,
		));
	it("several, none of which names a place, or all the same", () => {
		assert.match(flat(asked(`${RAY} a5e86f7c780ad1c4`).head), /Error pages omit the data center; the cf-ray header has it\./);
		assert.match(
			flat(asked(`${RAY}-DFW a5e86f7c780bd1c4-DFW`).head),
			/All are from Dallas \(DFW\); from one person, that is normal\./,
		);
	});
});

describe("the question of a case", () => {
	const about: QuestionAbout = { target: SHOP, code: "520", rays: [RAY], atMs: AT };
	const CODES = ["502", "504", "520", "521", "522", "523", "524", "525", "526", "530", "1016", "1033", "1101"];
	for (const key of EVIDENCE_KEYS)
		test(key, () => {
			for (const code of CODES)
				for (const atMs of [AT, null])
					for (const intermittent of [true, false]) {
						const step = questionStep(key, { ...about, code, atMs, intermittent });
						const said = plainText(step.ask);
						assert.match(said, /\?$/);
						assert.doesNotMatch(said, /^[A-Z]/, 'it follows "Next:"');
						assert.doesNotMatch(said, OLD_WORDS);
						atMost(wordsIn(step.ask), QUESTION_MAX, said);
						for (const [value, label] of Object.entries(step.labels)) {
							assert.ok(allValues(key).includes(value), value);
							assert.ok(label.length <= LABEL_MAX_CHARS, label);
						}
						assert.equal(new Set(Object.values(step.labels)).size, Object.keys(step.labels).length);
					}
		});
	for (const [key, code, ask, command] of [
		[
			"direct-origin",
			"520",
			"run this on the origin server. What does it print?",
			/^curl -sSk --http1\.1 -o .* --connect-to ::127/,
		],
		["direct-origin", "502", "run this on the origin server. What does it print?", /^curl -sSk --http1\.1 -o /],
		[
			"origin-log",
			"520",
			"what does the origin's log show for 13:56:05 UTC?",
			/^sudo grep -rsE "a5e86f7c780ad1c3\|\$\(LC_ALL=C date /,
		],
		["direct-origin", "521", "on the server, does anything listen?", /^sudo ss -ltnp 'sport = :443'$/],
		["direct-origin", "522", "run this on the origin server. Does it respond there?", / -m 130 /],
		["direct-origin", "524", "run this on the origin server. How long does it take?", / -m 130 /],
		["direct-origin", "525", "run this on the origin server. Does the TLS handshake work?", /^openssl s_client /],
		["host-health", "520", "how was the server at 13:56:05 UTC? Did anything crash or restart?", /^sudo journalctl /],
		["who-is-hit", "520", "who sees the error?", null],
	] as const)
		test(`${key} under ${code}`, () => {
			const step = questionStep(key, { ...about, code });
			assert.equal(plainText(step.ask), ask);
			if (command === null) assert.equal(step.command, null);
			else assert.match(step.command ?? "", command);
		});
	test("without a time, no search: a Ray ID alone finds nothing in default logs", () => {
		assert.equal(questionStep("origin-log", { ...about, atMs: null }).command, null);
	});
	test("an intermittent failure is read from the log first", () => {
		assert.match(
			plainText(questionStep("origin-log", { ...about, intermittent: true }).ask),
			/^the failure is intermittent, so what /,
		);
	});
	test("what a visitor can do", () => {
		for (const rays of [[RAY], []])
			for (const atMs of [AT, null])
				for (const retryAfterS of [60, null]) {
					const step = visitorStep(SHOP, { code: "520", rays, atMs, retryAfterS });
					atMost(wordsIn(step), VISITOR_MAX, plainText(step));
					assert.doesNotMatch(plainText(step), OLD_WORDS);
				}
		assert.equal(
			plainText(visitorStep(SHOP, { code: "520", rays: [RAY], atMs: AT, retryAfterS: 60 })),
			"You cannot fix this from your side. Send the owner of shop.example, or the API's support: error 520, Ray ID a5e86f7c780ad1c3, 13:56:05 UTC. Try again after 60 s.",
		);
	});
});
