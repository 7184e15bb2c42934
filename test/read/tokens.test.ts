import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { plainFromSlack } from "../../src/adapters/slack/plain.ts";
import { understand } from "../../src/judge/understand.ts";
import { maskedValue } from "../../src/message/masking.ts";
import { show } from "../../src/message/show.ts";
import { hear } from "../../src/read/text/hear.ts";
import { holdsToken, maskTokens, withoutSecrets } from "../../src/read/tokens.ts";
import { misreadReply } from "../../src/reply/misread.ts";
import { flat } from "../flat.ts";

const NOW = Date.UTC(2026, 10, 25, 9, 45);
const FORTY = "V1x_-9aBcDeFgHiJkLmNoPqRsTuVwXyZ01234567";
const USER = `cfut_${FORTY}0badc0de`;
const ACCOUNT = `cfat_${FORTY}0badc0de`;
const GLOBAL = `cfk_${FORTY}0badc0de`;
const OLD_GLOBAL = "0123456789abcdef0123456789abcdef01234";

const SECRETS: readonly (readonly [string, string])[] = [
	[USER, USER],
	[`my token: ${ACCOUNT}, please`, ACCOUNT],
	[`export TOKEN=${GLOBAL}`, GLOBAL],
	[`curl -H "Authorization: Bearer ${FORTY}" https://api.cloudflare.com/`, FORTY],
	[`token ${FORTY}`, FORTY],
	[`the API token is ${FORTY}`, FORTY],
	[`"token": "${FORTY}"`, FORTY],
	[`CLOUDFLARE_API_TOKEN=${FORTY}`, FORTY],
	[`CF_API_TOKEN='${FORTY}'`, FORTY],
	[`X-Auth-Key: ${FORTY}`, FORTY],
	[`x-auth-key: ${OLD_GLOBAL}`, OLD_GLOBAL],
	[`[error] request failed, authorization: bearer ${FORTY}`, FORTY],
];
const HARMLESS = [
	"a token of 40 characters",
	`https://shop.example/reset?token=${FORTY}`,
	`https://shop.example/a?x=1&token=${FORTY}`,
	`csrf_token=${FORTY}`,
	`commit ${FORTY}`,
	`token ${FORTY}x`,
	`ray ${OLD_GLOBAL.slice(0, 16)}`,
	"cfut_short",
	"cf_ray",
];

describe("tokens of Cloudflare's API in a text", () => {
	for (const [text, secret] of SECRETS)
		it(`${text.slice(0, 30)}… is masked wherever it is shown, and every place in the text stays`, () => {
			assert.ok(holdsToken(text));
			const masked = maskTokens(text);
			assert.equal(masked.length, text.length);
			assert.ok(!masked.includes(secret.slice(6, 30)));
			assert.ok(holdsToken(masked), "a masked one is still told");
			assert.equal(maskTokens(masked), masked);
			for (const shown of [show(text), show(text, 30), maskedValue("x-log", text)])
				for (let at = 6; at + 8 <= 38; at += 4) assert.ok(!shown.includes(secret.slice(at, at + 8)), shown);
		});
	for (const text of HARMLESS)
		it(`${text.slice(0, 40)} is none`, () => assert.deepEqual([holdsToken(text), maskTokens(text)], [false, text]));
});

describe("a token that was said", () => {
	for (const [text, secret] of SECRETS)
		it(`${text.slice(0, 30)}… is answered as one, or with what else was asked, and is said back nowhere`, () => {
			const asked = hear(text, NOW);
			assert.ok(!JSON.stringify(asked).includes(secret.slice(6, 30)));
			assert.ok(!JSON.stringify(understand(text, {}, NOW)).includes(secret.slice(6, 30)));
			if (asked.kind === "misread") {
				assert.equal(asked.why, "token");
				assert.match(flat(misreadReply(asked).head), /^That looks like a Cloudflare API token\. I did not use it\. Roll it now/);
			}
		});

	it("beside a site, the site is checked", () => {
		const asked = hear(`https://shop.example/checkout fails with 520, token ${FORTY}`, NOW);
		assert.ok(asked.kind === "site" && asked.target.host === "shop.example");
	});
});

describe("what stands behind the host of connect", () => {
	const behind: readonly string[] = [
		`connect shop.example ${USER}`,
		`connect shop.example hunter2`,
		`Connect https://shop.example/ my key is hunter2 and some more words behind that`,
		`connect: shop.example\nhunter2`,
		`<@U012AB3CD> connect <http://shop.example|shop.example> hunter2`,
		`/cf520 connect shop.example "hunter2"`,
		`please connect \`shop.example\` hunter2`,
		`connect \u201cshop.example\u201d hunter2`,
		`reconnect shop.example hunter2`,
		`could you please connect the zone shop.example with hunter2`,
		`connect my site: shop.example hunter2`,
		`connect shop.example: hunter2`,
		`connect shop.example:hunter2`,
		`connect shop.example=hunter2`,
		`connect shop.example,hunter2`,
		`connect shop.example?hunter2`,
		`connect shop.example#hunter2`,
		`connect https://shop.example/?token=hunter2`,
		`connect https://user:hunter2@shop.example/`,
		`connect shop.example/a=hunter2`,
		`connect shop.example:443 hunter2`,
		`connect ${FORTY} shop.example`,
		`connect ${FORTY} to the zone https://shop.example/`,
		`<@U012AB3CD> connect <https://shop.example/?hunter2|shop.example/?hunter2>`,
	];
	for (const text of behind)
		it(`${text.slice(0, 40)} is a secret: it is in nothing that is kept or understood`, () => {
			const kept = withoutSecrets(text);
			assert.equal(kept.length, text.length);
			assert.ok(!kept.includes("hunter2") && !kept.includes(FORTY));
			for (const said of [text, kept].map((one) => plainFromSlack(one).replace(/^ |^\/cf520 /, ""))) {
				const asked = hear(said, NOW);
				assert.deepEqual(asked.kind === "connect" ? [asked.target.host, asked.hasMore] : asked, ["shop.example", true]);
				assert.ok(!JSON.stringify(asked).includes("hunter2"));
				const read = understand(said, {}, NOW);
				assert.deepEqual([read.intent, read.target], ["connect", "https://shop.example/"]);
				assert.ok(!JSON.stringify(read).includes("hunter2"));
			}
		});

	for (const [text, kept] of [
		["connect https://shop.example/hunter2", "connect https://shop.example/*******"],
		["connect <http://shop.example/hunter2|shop.example/hunter2>", "connect <http://shop.example/*******|****.*******/*******>"],
		["please connect m\u00fcller.example.", "please connect m\u00fcller.example."],
		["connect shop.example:443", "connect shop.example:443"],
	] as const)
		it(`${text}: a path is dropped, and nothing is told of a token`, () => {
			assert.equal(withoutSecrets(text), kept);
			for (const said of [text, kept].map(plainFromSlack)) {
				const asked = hear(said, NOW);
				assert.deepEqual(asked.kind === "connect" ? [asked.target.path, asked.hasMore] : asked, ["/", false]);
				assert.ok(!JSON.stringify([asked, understand(said, {}, NOW)]).includes("hunter2"));
			}
		});

	const others = [
		"connect UND_ERR_CONNECT_TIMEOUT shop.example",
		"connect ECONNREFUSED 127.0.0.1:443",
		"connect ETIMEDOUT 203.0.113.7:443 at TCPConnectWrap",
		"connect to shop.example fails with 522",
		"connect() to 127.0.0.1:9000 failed",
	];
	for (const text of others)
		it(`${text} connects nothing`, () => {
			assert.equal(withoutSecrets(text), text);
			assert.notEqual(hear(text, NOW).kind, "connect");
		});
});

const DAY_MS = 24 * 3_600_000;

describe("verbs of the account", () => {
	const rows: readonly (readonly [string, object])[] = [
		["connect shop.example", { kind: "connect", hasMore: false, hasToken: false }],
		["connect WWW.Shop.example", { kind: "connect", hasMore: false, hasToken: false }],
		["disconnect shop.example", { kind: "disconnect" }],
		["disconnect shop.example please", { kind: "disconnect" }],
		["account", { kind: "account" }],
		["numbers shop.example", { kind: "numbers", sinceMs: null }],
		["numbers shop.example since 3h", { kind: "numbers", sinceMs: 3 * 3_600_000 }],
		["numbers shop.example since 3 hours", { kind: "numbers", sinceMs: 3 * 3_600_000 }],
		["numbers shop.example since an hour ago", { kind: "numbers", sinceMs: 3_600_000 }],
		["numbers shop.example since half an hour", { kind: "numbers", sinceMs: 1_800_000 }],
		["numbers shop.example for the last two hours", { kind: "numbers", sinceMs: 2 * 3_600_000 }],
		["numbers shop.example the last hour", { kind: "numbers", sinceMs: 3_600_000 }],
		["numbers shop.example since a day", { kind: "numbers", sinceMs: 24 * 3_600_000 }],
		["please numbers shop.example since a week", { kind: "numbers", sinceMs: 7 * 24 * 3_600_000 }],
		["numbers shop.example for the last 90 min", { kind: "numbers", sinceMs: 90 * 60_000 }],
		["numbers https://shop.example/a 2d", { kind: "numbers", sinceMs: 48 * 3_600_000 }],
		["numbers shop.example since 1s", { kind: "numbers", sinceMs: 5 * 60_000 }],
		["connect", { kind: "misread", why: "needs" }],
		["numbers shop.example since 0m", { kind: "numbers", sinceMs: 5 * 60_000 }],
		["numbers shop.example since 90d", { kind: "numbers", sinceMs: 90 * 24 * 3_600_000 }],
		["numbers shop.example since 99999999d", { kind: "misread", why: "numbers-time" }],
		["numbers shop.example since tomorrow", { kind: "misread", why: "numbers-time" }],
		["numbers shop.example since -3h", { kind: "misread", why: "numbers-time" }],
		["numbers shop.example since", { kind: "misread", why: "numbers-time" }],
		["numbers", { kind: "misread", why: "needs" }],
		["numbers for shop.example", { kind: "numbers", sinceMs: null }],
		["numbers for shop.example since 3h", { kind: "numbers", sinceMs: 3 * 3_600_000 }],
		["numbers shop.example lately", { kind: "numbers", sinceMs: null }],
		["numbers shop.example since 3h please", { kind: "numbers", sinceMs: 3 * 3_600_000 }],
		["numbers shop.example today", { kind: "numbers", sinceMs: NOW % DAY_MS }],
		["numbers shop.example since yesterday", { kind: "numbers", sinceMs: DAY_MS + (NOW % DAY_MS) }],
		["numbers shop.example since 00:00", { kind: "numbers", sinceMs: NOW % DAY_MS }],
		["numbers shop.example since 00:30 UTC", { kind: "numbers", sinceMs: (NOW % DAY_MS) - 30 * 60_000 }],
		["numbers shop.example since 23:59", { kind: "numbers", sinceMs: (NOW % DAY_MS) + 60_000 }],
		["numbers shop.example since 25:00", { kind: "misread", why: "numbers-time" }],
		["account shop.example", { kind: "account" }],
	];
	for (const [text, expected] of rows)
		it(text, () => {
			const asked = hear(text, NOW);
			const target = "target" in asked && asked.target !== null ? { target: asked.target } : {};
			const verb = "verb" in asked ? { verb: asked.verb } : {};
			assert.deepEqual(asked, { ...expected, ...target, ...verb });
			if ("target" in asked) assert.match(asked.target?.host ?? "", /^(?:www\.)?shop\.example$/);
			assert.equal(understand(text, {}, NOW).intent, "connect");
		});

	for (const text of [
		"connect 198.51.100.7",
		"numbers 520 521",
		"account suspended at shop.example",
		"numbers shop.example fails with 520",
	])
		it(`${text} is none`, () => assert.ok(!["connect", "disconnect", "account", "numbers"].includes(hear(text, NOW).kind)));

	it("since is told in the person's words", () => assert.equal(understand("numbers shop.example since 3h", {}, NOW).since, "3h"));
});
