import assert from "node:assert/strict";
import { test } from "node:test";
import { newCase } from "../../src/judge/case.ts";
import type { VariantVerdict } from "../../src/judge/variants.ts";
import { VARIANTS, type VariantSeen } from "../../src/looks/variants.ts";
import { gridLines, message, say } from "../../src/message/message.ts";
import { plainText } from "../../src/message/text.ts";
import { readTarget } from "../../src/read/text/target.ts";
import { ADDRESS_FORM, addressWanted } from "../../src/reply/origin-address.ts";
import { lookingInVariants, variantsBlocks, variantsDelta } from "../../src/reply/variants.ts";
import { flat } from "../flat.ts";
import { words } from "../words.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const CASE = newCase(
	{ id: "c1", code: "520", url: "https://shop.example/", workspace: null, rays: [], head: { mood: "bad", blocks: [] } },
	NOW,
);
const verdict = (by: VariantVerdict["by"], value: VariantVerdict["value"], plainFails = true): VariantVerdict => ({
	by,
	value,
	plainFails,
});
const seen = (variant: VariantSeen["variant"], status: number): VariantSeen => ({
	variant,
	look: {
		kind: "answered",
		asked: { route: "through-edge", purpose: "page", url: "https://shop.example/", method: "GET", startedAtMs: NOW },
		family: 4,
		cloudflareAddress: true,
		received: 100,
		secondOpinion: null,
		content: new Uint8Array(),
		protocol: "http/1.1",
		tls: null,
		bytes: Buffer.from(`HTTP/1.1 ${status} X\r\nServer: cloudflare\r\nCF-RAY: a5e86f7c780ad1c3-DFW\r\nContent-Length: 0\r\n\r\n`),
		ending: "enough",
		endingCode: null,
		timings: { dnsMs: null, connectedMs: 1, securedMs: null, sentMs: 1, firstByteMs: 2, lastByteMs: 2, endedMs: 3 },
	},
});

for (const [what, one, words] of [
	["a chance", verdict("again", null), "Intermittent: the same request failed and then worked."],
	["a chance of failing", verdict("again", null, false), "Intermittent: the same request worked and then failed."],
	["another method", verdict("head", "method"), "It works with HEAD; a plain request fails."],
	["cookies", verdict("cookies-16k", "cookies", false), "It fails with 16 KB of cookies; a plain request works."],
	["nothing helps", verdict(null, "same"), "It fails the same way every time."],
	["nothing fails", verdict(null, null, false), "No request failed, in any variant."],
] as const)
	test(`what other requests showed: ${what}`, () => {
		assert.equal(plainText(variantsDelta(one)), words);
		assert.ok(words.split(" ").length <= 30);
	});

test("all variants are one short table, whose rows are shared by equal results", () => {
	const all = VARIANTS.map((variant, nth) => seen(variant, nth === 2 ? 200 : 520));
	const told = message(
		"neutral",
		say(variantsDelta(verdict("head", "method"))),
		...variantsBlocks([...all, { variant: "ipv6", look: null, limitKb: [8, 12] }], NOW),
	);
	assert.equal(
		flat(told),
		[
			"It works with HEAD; a plain request fails.",
			"The limit is between 8 and 12 KB of cookies. Cloudflare accepts 128 KB of request headers, so it is the origin's limit, or its proxy's.",
			"Request        Result",
			"plain GET +11  520, fails",
			"HEAD           200, works",
		].join("\n"),
	);
	assert.ok(words(told) <= 50);
	for (const block of told.blocks) if (block.kind === "grid") assert.ok(gridLines(block).every((line) => line.length <= 40));
	assert.equal(flat(lookingInVariants(CASE)), "Trying other methods, cookies and protocols. I stop at the first difference.");
});

test("the form for an IP address fits into a chat's form, and says what becomes of it", () => {
	// Discord: characters of a label; Slack: of a form's title and of its submit button.
	assert.ok(ADDRESS_FORM.label.length <= 45 && ADDRESS_FORM.title.length <= 24 && ADDRESS_FORM.submit.length <= 24);
	assert.ok(ADDRESS_FORM.button.length <= 24 && ADDRESS_FORM.button.endsWith("…"));
	const target = readTarget("https://shop.example/");
	assert.ok("url" in target);
	assert.equal(
		flat(addressWanted(target)),
		[
			"What is the origin's IP address for shop.example?",
			"I use it for these requests only and never show it. Find it on Cloudflare's DNS page (A or AAAA record), or ask the hosting provider.",
			"[Check it for me…]",
		].join("\n"),
	);
});
