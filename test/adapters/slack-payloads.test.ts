import assert from "node:assert/strict";
import { test } from "node:test";
import { renderSlack } from "../../src/adapters/slack/render.ts";
import { type Block, buttons, command, type Message, message, note, say, table, title } from "../../src/message/message.ts";
import { ask, bold, code, link, text, time } from "../../src/message/text.ts";
import { slackLines } from "../slack-lines.ts";

/** One reply of each kind of block, as Slack gets it: the other goldens leave out what is not visible. */
const NOON = Date.UTC(2026, 10, 22, 12);
const EXAMPLES: { readonly [Kind in Block["kind"]]: Message } = {
	title: message("bad", title(text`${code("shop.example")} fails with ${520} since ${time(NOON)}`)),
	say: message(
		"neutral",
		say(
			text`${bold("5 of 5")} looks at ${code("/a<b>")} failed at ${time(NOON)}; ${ask("explain 520")} and ${[link("https://developers.cloudflare.com/", "Cloudflare")]} tell why.`,
		),
	),
	list: message("neutral", { kind: "list", items: [text`The first & ${code("second")}`, text`The third`] }),
	command: message("neutral", command(text`On the origin itself:`, "curl -sv 'https://shop.example/?a=1&b=<2>'\necho $?")),
	table: message("neutral", table(["look  status", "page  520"])),
	grid: message("neutral", {
		kind: "grid",
		header: ["Request", "Result"],
		rows: [
			["/checkout", "520"],
			["/", "200"],
		],
	}),
	fields: message("neutral", { kind: "fields", fields: [{ name: "At fault", value: text`the origin ${code("a<b>")}` }] }),
	chart: message("neutral", {
		kind: "chart",
		title: "Checks of shop.example",
		categories: ["12:00", "12:05"],
		series: [
			{ name: "failed", values: [3, 0] },
			{ name: "worked", values: [2, 5] },
		],
		text: text`xx. at 12:00`,
	}),
	note: message("neutral", note(text`Asked at ${time(NOON)}; ${ask("report")} makes a statement.`)),
	buttons: message(
		"neutral",
		say(text`What does the origin answer?`),
		buttons(
			text`To answer: ${ask("answer direct-origin ok")}`,
			{ label: "a complete answer", action: { do: "answer", case: "c1", key: "direct-origin", value: "ok" } },
			{ label: "Watch", action: { do: "watch", url: "https://shop.example/" } },
		),
	),
};
for (const [kind, example] of Object.entries(EXAMPLES))
	test(`Slack gets a ${kind} as it is recorded`, (t) =>
		t.assert.fileSnapshot(
			`${JSON.stringify(renderSlack(example), null, 1)}\n`,
			new URL(`../golden/slack-raw/${kind}.json`, import.meta.url).pathname,
			{ serializers: [String] },
		));

const section = (...elements: unknown[]) => ({
	type: "rich_text",
	elements: [{ type: "rich_text_section", elements: [...elements, { type: "text", text: "\n" }] }],
});
const plain = (text: string, more = {}) => ({ type: "text", text, ...more });
const words = (text: string) => ({ type: "plain_text", text, emoji: false });

const cases: readonly (readonly [what: string, blocks: readonly unknown[], lines: readonly string[]])[] = [
	["styles", [section(plain("a ", { style: { bold: true } }), plain("b", { style: { bold: true, code: true } }))], ["**a `b`**"]],
	["signs in text", [section(plain("*a* `b` <c"))], ["\\*a\\* \\`b\\` \\<c"]],
	["what reads as an item of a list", [section(plain("- a"))], ["\\- a"]],
	["what reads as a header", [section(plain("# a"))], ["\\# a"]],
	[
		"a header, a context and fields",
		[
			{ type: "header", text: words("a") },
			{ type: "context", elements: [words("b")] },
			{ type: "section", fields: [words("At fault:\nc")] },
		],
		["# a", "-# b", ":: At fault: c"],
	],
	["where one rich text block follows another", [section(plain("a")), section(plain("b"))], ["a", "---", "b"]],
	["whom it calls", [section({ type: "user", user_id: "U1" }, plain(" a"))], ["<@U1> a"]],
	[
		"controls",
		[
			{
				type: "actions",
				elements: [
					{ type: "button", action_id: "x_0", text: words("a"), value: "1", style: "primary", accessibility_label: "a: b" },
					{ type: "overflow", action_id: "x_1", options: [{ text: words("b"), value: "2" }] },
				],
			},
			{
				type: "actions",
				elements: [
					{ type: "static_select", action_id: "x_0", placeholder: words("c"), options: [{ text: words("d"), value: "3" }] },
				],
			},
		],
		["[*a*](1){a: b} [⋯ b(2)]", "[c ▾ d(3)]#x_0"],
	],
	[
		"a table",
		[
			{
				type: "table",
				rows: [
					[
						{ type: "raw_text", text: "a" },
						{ type: "raw_text", text: "b" },
					],
				],
			},
		],
		["| a | b |"],
	],
	["an unknown block", [{ type: "image", image_url: "x" }], ['{"type":"image","image_url":"x"}']],
	["a span that calls everyone", [section({ type: "broadcast", range: "here" })], ['<{"type":"broadcast","range":"here"}>']],
	[
		"an unknown style",
		[section(plain("a", { style: { italic: true } }))],
		['<{"type":"text","text":"a","style":{"italic":true}}>'],
	],
	[
		"an unknown property of a block",
		[{ type: "context", block_id: "b", elements: [] }],
		['{"type":"context","block_id":"b","elements":[]}'],
	],
	[
		"names of emoji that are read",
		[{ type: "header", text: { ...words("a"), emoji: true } }],
		['{"type":"header","text":{"type":"plain_text","text":"a","emoji":true}}'],
	],
	[
		"a time that is said otherwise",
		[section({ type: "date", timestamp: 1795348800, format: "{time}", fallback: "2026" })],
		['<{"type":"date","timestamp":1795348800,"format":"{time}","fallback":"2026"}>'],
	],
];
for (const [what, blocks, lines] of cases)
	test(`a golden shows ${what}`, () => assert.deepEqual(slackLines({ text: "t", blocks }), ["text: t", ...lines]));
