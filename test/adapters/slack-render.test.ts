import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CAUSE_LINE, FORMS } from "../../src/adapters/form.ts";
import { formView } from "../../src/adapters/slack/form.ts";
import { homeView } from "../../src/adapters/slack/home.ts";
import { renderSlack, type SlackTarget } from "../../src/adapters/slack/render.ts";
import { readSettings, settingsView } from "../../src/adapters/slack/settings-form.ts";
import { WIDGETS } from "../../src/adapters/slack/widgets.ts";
import { newCase } from "../../src/judge/case.ts";
import { newWatch } from "../../src/judge/watch.ts";
import { CAUSE_IDS } from "../../src/knowledge/causes/list.ts";
import {
	type Button,
	buttons,
	command,
	controls,
	fields,
	grid,
	type Message,
	message,
	note,
	say,
	table,
	title,
} from "../../src/message/message.ts";
import { show } from "../../src/message/show.ts";
import { ask, bold, code, text, time } from "../../src/message/text.ts";
import { readAction } from "../../src/read/action.ts";
import { DEFAULT_POLICY, type Policy } from "../../src/read/policy.ts";
import { SETTINGS_FORM } from "../../src/reply/home.ts";
import { HOSTILE } from "../hostile-words.ts";
import { slackLines } from "../slack-lines.ts";
import { calledIn, messageProblems, viewProblems } from "./slack-limits.ts";

const NOON = Date.UTC(2026, 10, 22, 12);
const watch = (nth: number, path = ""): Button => ({
	label: `Watch ${nth}`,
	action: { do: "watch", url: `https://shop.example/${nth}${path}` },
});
const watches = (count: number, path = "") => Array.from({ length: count }, (_, nth) => watch(nth, path));
const lines = (one: Message, target: SlackTarget = {}) => {
	const payload = renderSlack(one, target);
	assert.deepEqual(messageProblems(payload), []);
	return slackLines(payload);
};
const chart = (more: Partial<Extract<Message["blocks"][number], { kind: "chart" }>> = {}): Message["blocks"][number] => ({
	kind: "chart",
	title: "Checks of shop.example",
	categories: ["12:00", "12:05"],
	series: [
		{ name: "failed", values: [3, 0] },
		{ name: "worked", values: [2, 5] },
	],
	text: text`3 of 10 checks failed.`,
	...more,
});
const cells = (rows: number, columns: number, cell = "x") =>
	grid(
		Array.from({ length: columns }, (_, nth) => `h${nth}`),
		Array.from({ length: rows }, () => Array.from({ length: columns }, () => cell)),
	);

/** A message, and the lines that Slack shows of it. */
const SHOWN: readonly (readonly [what: string, message: Message, lines: readonly string[], target?: SlackTarget])[] = [
	[
		"what goes beside a title begins its own line with a capital letter, and a number or a name of others stays as it is",
		message(
			"neutral",
			title(text`A`, text`every request`),
			title(text`B`, text`5 of 5`),
			title(text`C`, text`${code("a")} of 5`),
		),
		["text: A · every request.", "# A", "Every request", "# B", "5 of 5", "# C", "`a` of 5"],
	],
	[
		"a title is a header with the sign of the state in front, and what goes beside it is the line below",
		message("bad", title(text`${bold("shop.example")} fails`, text`5 of 5, ${code("/a")}`), say(text`The origin is down.`)),
		[
			"text: 🔴 shop.example fails · 5 of 5, /a. The origin is down.",
			"# 🔴 shop.example fails",
			"5 of 5, `/a`",
			"The origin is down.",
		],
	],
	[
		"a title that is too long for a header is a line, whole",
		message("good", title(text`${"x".repeat(160)} works`, text`5 of 5`)),
		[`text: 🟢 ${"x".repeat(160)} works · 5 of 5.`, `🟢 **${"x".repeat(160)} works** · 5 of 5`],
	],
	[
		"what has a state and no title has its sign in front of its sentence",
		message("solved", say(text`Solved by ann.`)),
		["text: ✅ Solved by ann.", "✅ Solved by ann."],
	],
	[
		"a note keeps its times and code readable",
		message("neutral", say(text`a`), note(text`Ray ${code("a5e8")} at ${time(NOON)}; ${ask("report")}`)),
		["text: a", "a", "-# Ray a5e8 at 2026-11-22 12:00:00 UTC; @cf520 report"],
	],
	[
		"fields stand beside each other, ten in a block",
		message("neutral", fields(...Array.from({ length: 12 }, (_, nth) => ({ name: `n${nth}`, value: text`v` })))),
		["text: n0: v", ...Array.from({ length: 12 }, (_, nth) => `:: n${nth}: v`)],
	],
	[
		"a grid is a table; an empty cell has a dash, and a short row is filled",
		message("neutral", grid(["a", "b"], [["1", ""], ["2"]])),
		["text: cf520", "| a | b |", "| 1 | – |", "| 2 | – |"],
	],
	[
		"a second table of one message is text in columns",
		message("neutral", grid(["a"], [["1"]]), grid(["b"], [["2"]])),
		["text: cf520", "| a |", "| 1 |", "```", "b", "2", "```"],
	],
	[
		"counts are a chart",
		message("neutral", chart()),
		["text: 3 of 10 checks failed.", "chart: Checks of shop.example: failed 12:00=3 12:05=0; worked 12:00=2 12:05=5"],
	],
	[
		"a chart that Slack could not draw is its sentence",
		message(
			"neutral",
			chart({ categories: ["12:00", "x".repeat(21)] }),
			chart({ categories: ["a", "a"] }),
			chart({ categories: [] }),
		),
		["text: 3 of 10 checks failed.", "3 of 10 checks failed.", "3 of 10 checks failed.", "3 of 10 checks failed."],
	],
	[
		"the rarer choices are behind an overflow menu, others have a name; one button stands out",
		message(
			"neutral",
			say(text`a`),
			controls(
				text`else`,
				[
					{
						label: "Empty reply (52)",
						action: { do: "answer", case: "c", key: "direct-origin", value: "closed-empty" },
						primary: true,
					},
					{ label: "I do not know", action: { do: "answer", case: "c", key: "direct-origin", value: null }, primary: true },
				],
				[
					{
						label: "Other result…",
						options: [{ label: "Reset", action: { do: "answer", case: "c", key: "direct-origin", value: "reset" } }],
					},
					{ label: "⋯", options: watches(2) },
				],
			),
		),
		[
			"text: a",
			"a",
			"[*Empty reply (52)*](a:c:direct-origin:closed-empty){Empty reply (52): answers this question} [I do not know](a:c:direct-origin:?){I do not know: skips this question} [Other result… ▾ Reset(a:c:direct-origin:reset)] [⋯ Watch 0(k:https://shop.example/0) | Watch 1(k:https://shop.example/1)]",
		],
	],
	[
		"an overflow menu with one choice, or with more than five, is a select",
		message(
			"neutral",
			say(text`a`),
			controls(
				text`else`,
				[],
				[
					{ label: "⋯", options: watches(1) },
					{ label: "⋯", options: watches(6) },
				],
			),
		),
		[
			"text: a",
			"a",
			`[More… ▾ Watch 0(k:https://shop.example/0)] [More… ▾ ${[0, 1, 2, 3, 4, 5].map((nth) => `Watch ${nth}(k:https://shop.example/${nth})`).join(" | ")}]`,
		],
	],
	[
		"a choice whose action does not fit is left out, and a menu without choices too",
		message(
			"neutral",
			say(text`a`),
			controls(text`else ${ask("help")}`, [], [{ label: "⋯", options: watches(2, "x".repeat(150)) }]),
		),
		["text: a", "a", "-# else /cf520 help"],
	],
	[
		"more than five controls in a message: the last ones are behind one menu, and no two have one id",
		message(
			"neutral",
			say(text`a`),
			buttons(text`else`, ...watches(3)),
			say(text`b`),
			buttons(text`else`, ...watches(4).map((one) => ({ ...one, label: `b ${one.label}` }))),
		),
		[
			"text: a b",
			"a",
			...[0, 1, 2]
				.map((nth) => `[Watch ${nth}](k:https://shop.example/${nth}){Watch ${nth}: checks the site until it recovers}`)
				.join(" ")
				.split("\n"),
			"b",
			"[b Watch 0](k:https://shop.example/0){b Watch 0: checks the site until it recovers} [⋯ b Watch 1(k:https://shop.example/1) | b Watch 2(k:https://shop.example/2) | b Watch 3(k:https://shop.example/3)]",
		],
	],
	[
		"in a thread nothing recommends a slash command",
		message(
			"neutral",
			title(text`Ask ${ask("help")}`),
			say(text`${ask("admin")}`),
			note(text`${ask("privacy")}`),
			buttons(text`${ask("unwatch")}`),
		),
		["text: Ask help.", "# Ask @cf520 help", "`@cf520 admin`", "-# @cf520 privacy"],
		{ inThread: true },
	],
	[
		"outside of threads a question is asked by the slash command, and what is of a thread by a mention",
		message("neutral", say(text`${ask("help")} ${ask("report")}`)),
		["text: cf520", "`/cf520 help` `@cf520 report`"],
	],
	[
		"what a workspace refused before has its plain form",
		message(
			"bad",
			title(text`a`, text`b`),
			fields({ name: "n", value: text`v` }),
			grid(["h"], [["1"]]),
			chart(),
			note(text`c`),
			buttons(text`d`, watch(0)),
		),
		["text: 🔴 a · b.", "🔴 **a** · b", "- n: v", "```", "h", "1", "```", "3 of 10 checks failed.", "c", "d"],
		{ plain: new Set(WIDGETS) },
	],
];

describe("Slack shows", () => {
	for (const [what, one, expected, target] of SHOWN)
		it(what, () => {
			assert.deepEqual(lines(one, target), expected);
		});

	for (const [rows, columns, cell, isTable] of [
		[99, 20, "x", true],
		[100, 2, "x", false],
		[2, 21, "x", false],
		[50, 4, "y".repeat(49), true],
		[51, 4, "y".repeat(50), false],
	] as const)
		it(`a grid of ${rows} × ${columns} cells of ${cell.length} ${isTable ? "as a table" : "as text in columns, within the limits"}`, () => {
			const payload = renderSlack(message("neutral", cells(rows, columns, cell)));
			assert.deepEqual(messageProblems(payload), []);
			assert.equal(
				payload.blocks.some(({ type }) => type === "table"),
				isTable,
			);
		});
});

describe("the notification, and what a screen reader says first", () => {
	const SAID: readonly (readonly [what: string, message: Message, said: string])[] = [
		["two sentences at most", message("neutral", say(text`One is. Two is. Three is.`)), "One is. Two is."],
		[
			"a host and a version are no ends of sentences",
			message("neutral", title(text`shop.example runs 5.1`), say(text`It has nginx 1.2 on it. More.`)),
			"shop.example runs 5.1. It has nginx 1.2 on it.",
		],
		[
			"no command",
			message("neutral", title(text`a`), say(text`Send ${ask("help")}. Then wait.`), command(text`Run this:`, "rm")),
			"a. Then wait.",
		],
		[
			"no command as code",
			message("neutral", say(text`Run ${code("curl -i --raw")} first. The host is ${code("shop.example")}.`)),
			"The host is shop.example.",
		],
		["no table and no buttons", message("bad", table(["a  b"]), buttons(text`else`, watch(0))), "🔴 cf520"],
		[
			"what a list begins with where nothing else is said",
			message("neutral", { kind: "list", items: [text`First. More.`] }),
			"First.",
		],
		["hostile text is escaped", message("neutral", say(text`${"<!channel> & <@U1>"}`)), "&lt;!channel&gt; &amp; &lt;@U1&gt;"],
	];
	for (const [what, one, said] of SAID) it(what, () => assert.equal(renderSlack(one).text, said));

	it("200 characters at most: a sentence that does not fit is left out, one that is too long is cut at a word", () => {
		const more = say(text`${"more ".repeat(30)}`);
		assert.match(
			renderSlack(message("bad", title(text`shop.example ${"is ".repeat(20)}so`), more)).text,
			/^🔴 shop\.example (?:is )+so\.$/,
		);
		const { text: said } = renderSlack(message("bad", title(text`${"word ".repeat(39)}${"word ".repeat(39)}`), more));
		assert.ok(said.length > 150 && said.length <= 200, said);
		assert.match(said, /word…$/);
	});
});

describe("whom a message calls", () => {
	const recovered: Message = {
		...message("good", title(text`shop.example recovered`, text`after 26 min`), say(text`5 of 5 worked.`)),
		notify: {
			people: ["slack U1", "slack W2", "slack U1", "discord 3", "U4", "slack !here", "slack U5> <!channel"],
			broadcast: true,
		},
	};
	it("people of Slack alone, once, in front of the state; nobody else, and never all", () => {
		const payload = renderSlack(recovered, { calls: true, inThread: true });
		assert.deepEqual(messageProblems(payload), []);
		assert.deepEqual(slackLines(payload), [
			"text: <@U1> <@W2> 🟢 shop.example recovered · after 26 min. 5 of 5 worked.",
			"<@U1> <@W2> 🟢 **shop.example recovered** · after 26 min",
			"5 of 5 worked.",
		]);
		assert.deepEqual(calledIn(payload), ["U1", "W2"]);
	});
	it("an edit and a private message call nobody", () => {
		const payload = renderSlack(recovered);
		assert.deepEqual(calledIn(payload), []);
		assert.doesNotMatch(payload.text, /</);
	});
	it("also where the message begins with neither a title nor a sentence", () => {
		const payload = renderSlack({ ...message("neutral", table(["a"])), notify: { people: ["slack U1"] } }, { calls: true });
		assert.deepEqual([messageProblems(payload), calledIn(payload)], [[], ["U1"]]);
	});
});

describe("text of others, in every widget", () => {
	for (const [what, foreign] of Object.entries(HOSTILE))
		it(what, () => {
			const word = show(foreign);
			const label: Button = { label: word, action: { do: "ask", text: foreign.slice(0, 300) || "x" } };
			const one: Message = {
				...message(
					"likely",
					title(text`${foreign}`, text`${code(foreign)}`),
					fields({ name: word, value: text`${foreign}` }),
					grid([word, "b"], [[word, word]]),
					chart({ title: word, categories: [word.slice(0, 20), "b"], series: [{ name: word.slice(0, 20), values: [1, 2] }] }),
					note(text`${foreign} ${ask(foreign)}`),
					controls(
						text`${foreign}`,
						[label],
						[
							{ label: word, options: [label, watch(1)] },
							{ label: "⋯", options: [label, watch(2)] },
						],
					),
				),
				notify: { people: [foreign, `slack ${foreign}`], broadcast: true },
			};
			for (const target of [{ calls: true }, { calls: true, inThread: true, plain: new Set(WIDGETS) }]) {
				const payload = renderSlack(one, target);
				assert.deepEqual([messageProblems(payload), calledIn(payload)], [[], []]);
				assert.doesNotMatch(payload.text, /[<>]/);
				assert.doesNotMatch(JSON.stringify(payload), /mrkdwn"/);
			}
		});
});

describe("Slack's forms", () => {
	const place = { channel: "C1", threadTs: "1.1", isNewThread: false, open: true, alone: false };
	const url = `https://shop.example/${"a".repeat(2_050)}`;
	for (const action of [
		{ do: "origin-form", url },
		{ do: "paste-form", case: "c" },
		{ do: "solved-form", case: "c" },
		{ do: "url-form" },
		{ do: "text-form" },
		{ do: "token-form", host: "shop.example" },
	] as const)
		it(`${action.do} is within Slack's limits, with words that fit, in sentence case`, () => {
			assert.deepEqual(viewProblems(formView(action, place, CAUSE_IDS)), []);
			const { title: name, submit, label } = FORMS[action.do];
			for (const one of [name, submit]) {
				assert.ok(one.length <= 24, one);
				assert.match(one, /^[A-Z][^A-Z]*$/);
			}
			assert.ok(label.length <= 45, label);
		});
	it("a case is closed by a choice among all causes, in the order that is handed in", () => {
		const view = formView({ do: "solved-form", case: "c" }, place, [...CAUSE_IDS].reverse());
		const values = [...JSON.stringify(view.blocks[0]).matchAll(/"value":"([^"]+)"/g)].map(([, value]) => value);
		assert.deepEqual(values, [...CAUSE_IDS].reverse());
		assert.match(JSON.stringify(view), new RegExp(CAUSE_LINE.label));
	});
});

describe("what admins decide, as a form", () => {
	const policy: Policy = { ...DEFAULT_POLICY, channels: ["C1", "G2"], origins: ["shop.example"] };
	const state = (values: Readonly<Record<string, unknown>>) => ({
		state: {
			values: Object.fromEntries(
				Object.entries({
					privacy: { selected_option: { value: "public" } },
					retention: { value: "30" },
					person: { value: "15" },
					channel: { value: "40" },
					workspace: { value: "150" },
					channels: { selected_option: { value: "these" } },
					channel_list: { selected_conversations: ["G2", "C1"] },
					origins: { selected_option: { value: "these" } },
					origin_list: { value: "shop.example" },
					...values,
				}).map(([field, value]) => [field, { [field]: value }]),
			),
		},
	});
	it("shows what holds now, within Slack's limits", () => {
		for (const one of [policy, DEFAULT_POLICY]) assert.deepEqual(viewProblems(settingsView(one)), []);
		const many = { ...policy, origins: Array.from({ length: 200 }, (_, nth) => `host-${nth}.shop.example`) };
		assert.deepEqual(viewProblems(settingsView(many)), []);
	});
	for (const [what, values, wanted] of [
		["nothing changed asks nothing", {}, { questions: [] }],
		[
			"every change is what an admin would type",
			{
				privacy: { selected_option: { value: "private" } },
				retention: { value: "14" },
				person: { value: "10" },
				workspace: { value: "100" },
				channels: { selected_option: { value: "all" } },
				origin_list: { value: "shop.example\napi.example" },
			},
			{
				questions: [
					"admin privacy private",
					"admin retention 14",
					"admin limits person 10 workspace 100",
					"admin channels all",
					"admin origins shop.example api.example",
				],
			},
		],
		["channels by their ids", { channel_list: { selected_conversations: ["C0123"] } }, { questions: ["admin channels C0123"] }],
		["no host", { origins: { selected_option: { value: "none" } } }, { questions: ["admin origins none"] }],
		[
			"a list that names nothing, and what is no host, are said beside the field",
			{ channel_list: { selected_conversations: [] }, origin_list: { value: "shop.example ://" } },
			{ errors: { channel_list: SETTINGS_FORM.nothingNamed, origin_list: SETTINGS_FORM.notRead } },
		],
		["what is no number", { retention: { value: "soon" } }, { errors: { retention: SETTINGS_FORM.notRead } }],
	] as const)
		it(what, () => {
			assert.deepEqual(readSettings(state(values), policy), wanted);
		});
	it("what is none of ours is nothing", () => {
		for (const one of [null, {}, { state: { values: [] } }, { state: { values: { privacy: { privacy: 1 } } } }])
			assert.equal(readSettings(one, policy), null);
	});
});

describe("the app's own page", () => {
	const head = message("bad", title(text`shop.example fails with 520`));
	const one = (nth: number) =>
		newCase(
			{
				id: `c${nth}`,
				code: "520",
				url: "https://shop.example/",
				workspace: "slack T1",
				rays: [],
				head,
				messageRef: `["C1","${nth}"]`,
			},
			NOON,
		);
	const watched = (nth: number) =>
		newWatch(
			{
				id: `w${nth}`,
				url: `https://shop.example/${nth}`,
				workspace: "slack T1",
				who: "ann",
				asker: "slack U1",
				platform: "slack",
				isPrivate: false,
				room: "slack C1",
				isOpen: true,
				caseId: null,
				everyMs: 60_000,
				untilMs: NOON + 3_600_000,
			},
			NOON,
		);
	const ten = Array.from({ length: 10 }, (_, nth) => nth);
	it("is within Slack's limits when it is full, and every control is told from the others", () => {
		const view = homeView({ cases: ten.map(one), watches: ten.map(watched), atMs: NOON, links: new Map(), isAdmin: true });
		assert.deepEqual(viewProblems(view), []);
		const actions = [...JSON.stringify(view).matchAll(/"value":"([^"]+)"/g)].map(([, value = ""]) => readAction(value)?.do);
		assert.deepEqual(
			["recheck", "unwatch", "text-form", "url-form"].map((does) => actions.filter((found) => found === does).length),
			[10, 10, 1, 1],
		);
	});
	it("is for everyone without settings, and says so where nothing is open", () => {
		const view = homeView({ cases: [], watches: [], atMs: NOON, links: new Map(), isAdmin: false });
		assert.deepEqual(viewProblems(view), []);
		assert.match(JSON.stringify(view), /My open cases.*None\..*My watches.*None\./s);
		assert.doesNotMatch(JSON.stringify(view), /Settings/);
	});
	it("opens the thread of a case", () => {
		const links = new Map([['["C1","1"]', "https://lab.slack.com/archives/C1/p1"]]);
		const view = homeView({ cases: [one(1), one(2)], watches: [], atMs: NOON, links, isAdmin: false });
		assert.equal(JSON.stringify(view).split("https://lab.slack.com/archives/C1/p1").length, 2);
	});
});
