import assert from "node:assert/strict";
import { test } from "node:test";
import { hasher, openLog } from "../src/log.ts";

/** What the operator reads: one JSON line per event, without secrets. */

function lines(write: (log: ReturnType<typeof openLog>) => void): Record<string, unknown>[] {
	const out: string[] = [];
	write(openLog((line) => out.push(line)));
	return out.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const SECRETS: readonly (readonly [what: string, text: string, left: RegExp])[] = [
	["a bot token", "failed with xoxb-1234567890-abcdefghij at once", /failed with \[masked\] at once/],
	["an app token", "xapp-1-A01-123-abcdef", /^\[masked\]$/],
	["a Discord token", "token MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs bad", /token \[masked\] bad/],
	["an interaction token", "POST aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=", /POST \[masked\]/],
	["a response URL", "POST https://hooks.slack.com/commands/T1/2/secret failed", /POST \[masked\] failed/],
	["a web socket ticket", "wss://wss-primary.slack.com/link/?ticket=secret", /^\[masked\]$/],
	["an origin's address", "connect ECONNREFUSED 198.51.100.7:443", /ECONNREFUSED \[masked\]:443/],
	["an origin's IPv6 address", "connect ECONNREFUSED 2001:db8:85a3::8a2e:370:7334", /ECONNREFUSED \[masked\]$/],
	["a long opaque word", "refused k3jd8sK2mN4pQ7rS9tU1vW3xY5zA7bC9dE today", /refused \[masked\] today/],
	["a cookie", "bad header Cookie: sid=secret; x=1", /bad header \[masked\]$/],
	["a credential", "authorization: Bearer secret", /^\[masked\]$/],
	["a log paste", "x ".repeat(300), /^(?:x ){250}$/],
];
for (const [what, text, left] of SECRETS)
	test(`${what} in any text, however deep, is masked`, () => {
		for (const line of [
			{ event: "broke", error: text },
			{ event: "broke", deep: { list: [{ error: text }] } },
		]) {
			const [logged] = lines((log) => log(line));
			const deep = logged?.deep as { list: { error: string }[] } | undefined;
			const found = "error" in line ? logged?.error : deep?.list[0]?.error;
			assert.match(String(found), left);
		}
	});

for (const key of [
	"token",
	"authorization",
	"cookie",
	"set-cookie",
	"response_url",
	"responseUrl",
	"address",
	"text",
	"body",
	"requestBody",
	"url",
])
	test(`whatever stands under ${key} is masked`, () => {
		const [logged] = lines((log) => log({ event: "broke", inner: { [key]: "something short" } }));
		assert.deepEqual(logged?.inner, { [key]: "[masked]" });
	});

test("a line says when, how bad, what, and which case it belongs to", async () => {
	const out: string[] = [];
	const log = openLog((line) => out.push(line));
	await log.withCaseId("c1", async () => {
		log({ event: "slack-listener-failed", error: "x" });
		await Promise.resolve();
		log({ event: "question", caseId: "c2" });
	});
	log({ event: "broke" });
	const [first, second, third] = out.map((line) => JSON.parse(line) as Record<string, unknown>);
	assert.deepEqual([first?.level, first?.event, first?.caseId], ["warn", "slack-listener-failed", "c1"]);
	assert.deepEqual([second?.level, second?.caseId], ["info", "c2"]);
	assert.deepEqual([third?.level, third?.caseId], ["error", undefined]);
	assert.match(String(first?.at), /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/);
});

test("times, versions and codes stay readable", () => {
	const [logged] = lines((log) =>
		log({ event: "slack-connected", at2: "12:30:45", version: "14.28.1", code: "ECONNRESET", ms: 12 }),
	);
	assert.deepEqual([logged?.at2, logged?.version, logged?.code, logged?.ms], ["12:30:45", "14.28.1", "ECONNRESET", 12]);
});

test("a stack keeps its places", () => {
	const [logged] = lines((log) => log({ event: "broke", stack: ["at look (file:///app/src/core/desk.ts:12:3)"] }));
	assert.match(JSON.stringify(logged?.stack), /desk\.ts:12:3/);
});

test("a person is the same word within one process, and another one in the next", () => {
	const [one, other] = [hasher(), hasher()];
	assert.equal(one("slack U1"), one("slack U1"));
	assert.notEqual(one("slack U1"), one("slack U2"));
	assert.notEqual(one("slack U1"), other("slack U1"));
	assert.match(one("slack U1"), /^[0-9a-f]{12}$/);
});

test("with a key from outside, a person is the same word in every process for a day, and another one the next day", () => {
	const [key, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
	const at = (iso: string, of = key) => hasher(of, () => Date.parse(iso))("slack U1");
	assert.equal(at("2026-11-26T00:00:00Z"), at("2026-11-26T23:59:59Z"));
	const all = [at("2026-11-26T12:00:00Z"), at("2026-11-27T00:00:00Z"), at("2026-11-26T12:00:00Z", other)];
	assert.equal(new Set(all).size, all.length);
	for (const word of all) assert.match(word, /^[0-9a-f]{12}$/);
});
