import assert from "node:assert/strict";
import { test } from "node:test";
import { messageText } from "../../src/adapters/slack/message-text.ts";
import { plainFromSlack } from "../../src/adapters/slack/plain.ts";

/** The shapes in which people and alerts of other tools write messages, and the words that come out of each. */
const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text } });
const rich = (...elements: unknown[]) => ({ type: "rich_text", elements: [{ type: "rich_text_section", elements }] });
const CASES: readonly (readonly [what: string, message: unknown, says: string])[] = [
	["text alone", { text: "see <https://shop.example/a|shop.example/a>" }, "see shop.example/a"],
	[
		"what a person types: the same words as text and as a rich text",
		{
			text: "down: <https://shop.example/>",
			blocks: [rich({ type: "text", text: "down: " }, { type: "link", url: "https://shop.example/" })],
		},
		"down: https://shop.example/",
	],
	[
		"an attachment with title, fields and no text",
		{
			text: "",
			attachments: [
				{
					fallback: "[Alerting] checkout",
					pretext: "Firing",
					title: "[Alerting] checkout",
					title_link: "https://grafana.example/d/1",
					fields: [
						{ title: "URL", value: "<https://shop.example/checkout>", short: true },
						{ title: "Code", value: "520" },
					],
					footer: "Grafana",
				},
			],
		},
		"Firing\n[Alerting] checkout https://grafana.example/d/1\nURL: https://shop.example/checkout\nCode: 520\nGrafana",
	],
	[
		"blocks alone: header, section with fields, context, rich text with a code block",
		{
			blocks: [
				{ type: "header", text: { type: "plain_text", text: "520 at <shop> & co" } },
				{
					type: "section",
					fields: [
						{ type: "mrkdwn", text: "*Host:* shop.example" },
						{ type: "plain_text", text: "Ray: 8a7d5e2fbcd1a1c3" },
					],
				},
				{
					type: "context",
					elements: [
						{ type: "image", image_url: "https://x.example/a.png", alt_text: "a" },
						{ type: "mrkdwn", text: "12:00 UTC" },
					],
				},
				{ type: "divider" },
				{ type: "actions", elements: [{ type: "button", text: { type: "plain_text", text: "Acknowledge" }, value: "1" }] },
				{
					type: "rich_text",
					elements: [
						{ type: "rich_text_list", elements: [{ type: "rich_text_section", elements: [{ type: "text", text: "first" }] }] },
						{ type: "rich_text_preformatted", elements: [{ type: "text", text: "HTTP/1.1 520 <none>\n" }] },
					],
				},
			],
		},
		"520 at <shop> & co\n*Host:* shop.example\nRay: 8a7d5e2fbcd1a1c3\n12:00 UTC\nfirst\n```\nHTTP/1.1 520 <none>\n\n```",
	],
	[
		"blocks in an attachment, whose fallback is for clients of long ago",
		{
			text: "",
			attachments: [{ fallback: "[no preview available]", blocks: [section("<https://shop.example/|shop> answers 520")] }],
		},
		"https://shop.example/ answers 520",
	],
	["a fallback where there is nothing else", { attachments: [{ fallback: "shop.example is down" }] }, "shop.example is down"],
	[
		"a table",
		{
			blocks: [
				{
					type: "table",
					rows: [
						[
							{ type: "raw_text", text: "host" },
							{ type: "raw_text", text: "code" },
						],
						[{ type: "raw_text", text: "a.example" }, rich({ type: "text", text: "520" })],
					],
				},
			],
		},
		"host code\na.example 520",
	],
	[
		"mentions and a channel",
		{
			text: "",
			blocks: [rich({ type: "user", user_id: "U1" }, { type: "text", text: "see" }, { type: "channel", channel_id: "C1" })],
		},
		"see C1 ",
	],
	[
		"a text that is repeated in an attachment",
		{ text: "shop.example 520", attachments: [{ text: "shop.example 520" }] },
		"shop.example 520",
	],
	["no message", null, ""],
	["nothing that can be read", { text: 5, blocks: "x", attachments: [7, { fields: [null], blocks: { a: 1 } }] }, ""],
];
for (const [what, message, says] of CASES)
	test(`a message as Slack carries it: ${what}`, () => assert.equal(plainFromSlack(messageText(message)).trimStart(), says));

test("a message without end is read in bounded time and size", () => {
	let deep: unknown = { type: "rich_text_section", elements: [{ type: "text", text: "deep" }] };
	for (let level = 0; level < 5_000; level += 1) deep = { type: "rich_text_list", elements: [deep] };
	assert.equal(messageText({ blocks: [{ type: "rich_text", elements: [deep] }] }), "");
	const wide = { blocks: Array.from({ length: 100_000 }, (_, nth) => section(`line ${nth} ${"x".repeat(200)}`)) };
	assert.ok(messageText(wide).length <= 200_000);
});
