import assert from "node:assert/strict";
import { test } from "node:test";
import { fitted, modal, readModal } from "../../src/adapters/discord/form.ts";
import { blockTexts } from "../../src/adapters/discord/markup.ts";
import { MessageForms } from "../../src/adapters/discord/message-forms.ts";
import { inOneLine } from "../../src/adapters/discord/one-line.ts";
import { callsOf, type Form, partsOf } from "../../src/adapters/discord/parts.ts";
import { ThreadNames, threadName } from "../../src/adapters/discord/thread-names.ts";
import { FORMS, type FormAction } from "../../src/adapters/form.ts";
import { CAUSE_IDS, type CauseId } from "../../src/knowledge/causes/list.ts";
import {
	type Button,
	buttons,
	command,
	controls,
	fields,
	grid,
	list,
	type Menu,
	type Message,
	message,
	note,
	say,
	title,
} from "../../src/message/message.ts";
import { ask, bold, code, ours, text } from "../../src/message/text.ts";
import { ACTION_MAX_CHARS, actionText, readAction } from "../../src/read/action.ts";
import { discordLines, discordTexts } from "../discord-lines.ts";
import { flat } from "../flat.ts";
import { messageRefusal, modalRefusal } from "./discord-limits.ts";

/** What Discord is sent: containers, controls, forms and names, without the SDK. */

const button = (label: string, nth = label): Button => ({ label, action: { do: "recheck", case: nth.replace(/\W/g, "") } });
const menu = (label: string, ...options: Button[]): Menu => ({ label, options });
const only = (one: Message, form: Form = "container") => {
	const parts = partsOf(one, form, []);
	assert.equal(parts.length, 1);
	return parts[0];
};
const taken = (one: Message, calls: readonly string[] = []) => {
	for (const form of ["container", "content"] as const)
		for (const { allowedMentions, ...part } of partsOf(one, form, calls))
			assert.equal(messageRefusal({ ...part, allowed_mentions: allowedMentions }), null);
};

test("a message reads in its order, with controls under what they belong to", () => {
	const one = message(
		"bad",
		title(text`${code("shop.example")} fails with ${520}`, text`5 of 5 requests`),
		say(text`At fault: ${bold("the origin")}.`),
		command(text`Run this:`, "curl -sv x"),
		controls(
			text`unused`,
			[{ ...button("Empty reply"), primary: true }, button("Other")],
			[menu("Other result…", button("Reset"))],
		),
		grid(["Request", "Result"], [["/", "200"]]),
		fields({ name: "Since", value: text`13:56:05 UTC` }),
		list([text`one`, text`two`]),
		note(text`small`),
		title(text`Another part`),
	);
	taken(one);
	assert.deepEqual(discordLines(only(one)), [
		"🔴 **`shop.example` fails with 520** · 5 of 5 requests",
		"At fault: **the origin**.",
		"Run this:",
		"```sh",
		"curl -sv x",
		"```",
		"[Empty reply] [Other]",
		"[Other result… ▾]",
		"```",
		"Request  Result",
		"/        200",
		"```",
		"**Since:** 13:56:05 UTC",
		"- one",
		"- two",
		"-# small",
		"───",
		"**Another part**",
	]);
	assert.equal(
		discordTexts(only(one))[0],
		"🔴 **`shop.example` fails with 520** · 5 of 5 requests",
		"the sentence for screen readers",
	);
});

test("each state has its color, beside its sign and its words", () => {
	const color = (mood: Message["mood"]) =>
		(only(message(mood, say(text`x`))).components[0] as { accent_color?: number }).accent_color;
	const colors = (["bad", "likely", "good", "unclear"] as const).map(color);
	assert.equal(new Set(colors).size, 4);
	assert.ok(!colors.includes(undefined));
	assert.equal(color("neutral"), undefined);
	assert.deepEqual(discordTexts(only(message("solved", say(text`x`)))), ["✅ x"]);
});

for (const [what, one, expected] of [
	["five controls stay", [buttons(text``, ...[1, 2, 3, 4, 5].map((nth) => button(`b${nth}`)))], "[b1] [b2] [b3] [b4] [b5]"],
	[
		"of six buttons, two go behind More",
		[buttons(text``, ...[1, 2, 3, 4, 5, 6].map((nth) => button(`b${nth}`)))],
		"[b1] [b2] [b3] [b4]|[More ▾]: b5 b6",
	],
	[
		"buttons too many go in front of what is rarer",
		[
			controls(
				text``,
				[1, 2, 3, 4, 5].map((nth) => button(`b${nth}`)),
				[menu("⋯", button("rare"))],
			),
		],
		"[b1] [b2] [b3] [b4]|[More ▾]: b5 rare",
	],
	[
		"the blocks of a message share the five",
		[
			controls(text``, [button("a1"), button("a2"), button("a3")], [menu("Other…", button("o"))]),
			buttons(text``, button("b1"), button("b2")),
		],
		"[a1] [a2] [a3]|[Other… ▾]: o|[More ▾]: b1 b2",
	],
	[
		"the same action stands once",
		[buttons(text``, button("one", "x"), button("again", "x")), buttons(text`say it`, button("third", "x"))],
		"[one]|say it",
	],
	["an action that does not fit is said in words", [buttons(text`type it`, button("long", "x".repeat(101)))], "type it"],
	[
		"a menu without an option that fits is left out",
		[controls(text`type it`, [], [menu("m", button("long", "x".repeat(101)))])],
		"type it",
	],
	[
		"of 40 options 25 are offered",
		[controls(text``, [], [menu("m", ...Array.from({ length: 40 }, (_, nth) => button(`o${nth}`)))])],
		`[m ▾]: ${Array.from({ length: 25 }, (_, nth) => `o${nth}`).join(" ")}`,
	],
] as const)
	test(`controls: ${what}`, () => {
		const all = message("neutral", say(text`x`), ...one);
		taken(all);
		const part = only(all);
		const options = (line: string) => {
			const select = JSON.stringify(part).includes("options")
				? selects(part).find((each) => line === `[${each.placeholder} ▾]`)
				: undefined;
			return select === undefined ? line : `${line}: ${select.options.map(({ label }) => label).join(" ")}`;
		};
		assert.equal(discordLines(part).slice(1).map(options).join("|"), expected);
	});

interface Select {
	readonly type: number;
	readonly placeholder: string;
	readonly options: readonly { readonly label: string }[];
}
const selects = (part: { readonly components: readonly unknown[] }): Select[] => {
	const walk = (one: unknown): Select[] => {
		const { type, components = [] } = one as { type: number; components?: unknown[] };
		return type === 3 ? [one as Select] : components.flatMap(walk);
	};
	return part.components.flatMap(walk);
};

test("labels of any length and any number of blocks are taken", () => {
	const long = "w".repeat(300);
	taken(
		message(
			"bad",
			...Array.from({ length: 60 }, (_, nth) =>
				nth % 2 === 0 ? title(ours(long)) : buttons(text`${long}`, button(long, `c${nth}`)),
			),
		),
	);
	taken(message("good", controls(text``, [{ ...button(long, "a"), primary: true }], [menu(long, button(long, "b"))])));
	taken(message("neutral"));
	taken(message("bad", buttons(text``, button("a"))), ["1"]);
});

test("whoever a message calls is mentioned in front of its first text, and nobody else may be", () => {
	const called: Message = {
		...message("good", title(text`recovered`), say(text`<@7> @everyone`)),
		notify: { people: ["discord 42", "slack U1", "discord x", "discord 42", "discord 43"], broadcast: true },
	};
	assert.deepEqual(callsOf(called), ["42", "43"]);
	for (const form of ["container", "content"] as const) {
		const [part] = partsOf(called, form, callsOf(called));
		assert.match(discordTexts(part)[0] ?? "", /^<@42> <@43> 🟢 \*\*recovered\*\*/);
		assert.deepEqual(part.allowedMentions, { parse: [], repliedUser: false, users: ["42", "43"] });
		const [quiet] = partsOf(called, form, []);
		assert.doesNotMatch(discordTexts(quiet).join("\n"), /<@\d+>(?<!\\<@7>)/);
		assert.deepEqual(quiet.allowedMentions, { parse: [], repliedUser: false });
	}
	const many = message("bad", say(ours("x".repeat(9_000))));
	assert.deepEqual(
		partsOf(many, "container", ["42"]).map(({ allowedMentions }) => allowedMentions.users ?? []),
		[["42"], [], []],
	);
	assert.equal(callsOf({ ...called, notify: { people: Array.from({ length: 90 }, (_, nth) => `discord ${nth}`) } }).length, 25);
});

test("a server that refuses containers gets plain messages from then on, and only that one", async () => {
	const forms = new MessageForms();
	const { DiscordAPIError } = await import("discord.js");
	const refused = (code: number) =>
		new DiscordAPIError({ message: "Invalid Form Body", code }, code, 400, "POST", "x", { files: undefined, body: undefined });
	const said: string[] = [];
	const say_ = (server: string | null, refuses: boolean) =>
		forms.say(message("neutral", say(text`hi`)), server, [], async ([part]) => {
			const form = part.content === undefined ? "container" : "content";
			said.push(`${server} ${form}`);
			if (refuses && form === "container") throw refused(50_035);
		});
	await say_("1", true);
	await say_("1", true);
	await say_("2", false);
	await say_(null, false);
	assert.deepEqual(said, ["1 container", "1 content", "1 content", "2 container", "null container"]);
	await assert.rejects(forms.say(message("neutral"), "2", [], async () => Promise.reject(refused(50_013))));
	await assert.rejects(forms.say(message("neutral"), "2", [], async () => Promise.reject(refused(50_035))));
	await say_("2", false);
	assert.equal(said.at(-1), "2 container", "what both forms are refused says nothing of the server");
});

const FORM_ACTIONS: readonly FormAction[] = [
	{ do: "origin-form", url: "https://shop.example/checkout" },
	{ do: "paste-form", case: "case-1" },
	{ do: "solved-form", case: "case-1" },
	{ do: "url-form" },
	{ do: "text-form" },
	{ do: "token-form", host: "shop.example" },
];
test("every form is one that Discord takes, and its labels are whole", () => {
	assert.deepEqual(FORM_ACTIONS.map((action) => action.do).sort(), Object.keys(FORMS).sort());
	for (const action of FORM_ACTIONS) {
		const form = modal(action);
		assert.ok(form);
		assert.equal(modalRefusal({ ...form }), null);
		const labels = form.components.map((one) => ("label" in one ? one.label : ""));
		for (const label of labels) assert.doesNotMatch(label, /…$/, `${label} is cut`);
	}
});

for (const [whole, max, short] of [
	["Address of the origin, with a port if it is unusual", 45, "Address of the origin"],
	["fits", 4, "fits"],
	["one two three", 10, "one two…"],
	["a, b, c, d", 8, "a, b, c"],
	["onewordthatislong", 8, "onewordthatislong".slice(0, 7)],
] as const)
	test(`${whole} in ${max} characters`, () => {
		const out = fitted(whole, max);
		assert.ok(out.length <= max);
		assert.ok(out.startsWith(short.replace(/…$/, "")), out);
	});

const submitted = (customId: string, values: Readonly<Record<string, string | readonly string[]>>) =>
	readModal({
		customId,
		fields: {
			fields: new Map(
				Object.entries(values).map(([id, value]) => [
					id,
					typeof value === "string" ? { type: 4, id: 1, customId: id, value } : { type: 3, id: 1, customId: id, values: value },
				]),
			),
		},
	} as never);

test("the form for a solved case offers every title, and gives back a title or a sentence", () => {
	const titles = (causes?: readonly CauseId[]) => {
		const row = modal({ do: "solved-form", case: "case-1" }, causes)?.components[0];
		return row !== undefined && "component" in row && "options" in row.component ? row.component.options : [];
	};
	assert.equal(titles().length, Math.min(25, CAUSE_IDS.length));
	assert.deepEqual(
		titles(["tls-broken", "cold-start"]).map(({ value }) => value),
		["tls-broken", "cold-start"],
	);
	const press = actionText({ do: "it-was", case: "case-1", cause: "tls-broken" }, ACTION_MAX_CHARS);
	const of = (values: Readonly<Record<string, string | readonly string[]>>) => {
		const read = submitted("d:case-1", values);
		return read === null ? null : "press" in read ? read.press : read.question;
	};
	assert.equal(of({ titles: ["tls-broken"], cause: " " }), press);
	const itWas = (values: Parameters<typeof of>[0]) => readAction(of(values) ?? "");
	const own = (cause: string) => ({ do: "it-was", case: "case-1", cause });
	assert.deepEqual(itWas({ titles: ["tls-broken"], cause: "a deploy" }), own("a deploy"), "one's own words say more");
	assert.deepEqual(itWas({ titles: [], cause: "DNS: a typo, 50% of it \u2603 =:w:" }), own("DNS: a typo, 50% of it \u2603 =:w:"));
	assert.deepEqual(itWas({ titles: [], cause: "Application crash or restart" }), own("origin-crashed"));
	assert.deepEqual(itWas({ titles: [], cause: "" }), { do: "solved", case: "case-1" }, "asked once more");
	assert.equal(of({ titles: ["no-such-cause"], cause: "" }), null);
	assert.deepEqual(itWas({ cause: "\u2603".repeat(9_000) }), own("\u2603".repeat(FORMS["solved-form"].maxChars)));
	assert.doesNotThrow(() => itWas({ cause: "\ud83d".repeat(9) }));
	for (const hostile of [{}, { cause: ["a"] }, { other: "x" }] as const) assert.equal(of(hostile), null);
	for (const id of ["d:", "r:case-1", "", "menu:0"]) assert.equal(submitted(id, { cause: "x" }), null);
});

for (const [head, name] of [
	[message("bad", title(text`shop.example/checkout fails with 520`, text`5 of 5 requests`)), "🔴 shop.example/checkout: 520"],
	[message("likely", title(text`shop.example/checkout fails with 520`)), "🟠 shop.example/checkout: 520"],
	[
		message("solved", title(text`${bold("shop.example/checkout: solved")} by alice`)),
		"✅ shop.example/checkout: solved by alice",
	],
	[
		message("good", title(text`shop.example works: 5 of 5 requests returned 200. Failing for you?`)),
		"🟢 shop.example works: 5 of 5 requests returned 200",
	],
	[message("good", say(text`🟢 shop.example recovered at 14:22 UTC.`)), "🟢 shop.example recovered at 14:22 UTC"],
	[message("neutral", say(text`${ask("help")} shows it.`)), "help shows it"],
	[message("neutral"), "cf520"],
	[message("bad", title(ours(`${"word ".repeat(40)}end`))), /^🔴 (?:word )+…$/],
] as const)
	test(`a thread is named ${name}`, () => {
		const named = threadName(head);
		assert.ok(named.length <= 100);
		if (typeof name === "string") assert.equal(named, name);
		else assert.match(named, name);
	});

test("of the names that a thread is to have while Discord makes us wait, only the newest is asked for, and nobody waits", async () => {
	const names = new ThreadNames();
	const asked: string[] = [];
	const first = Promise.withResolvers<void>();
	const done = Promise.withResolvers<void>();
	const rename = async (name: string) => {
		asked.push(name);
		if (name === "one") return first.promise;
		done.resolve();
		throw new Error("refused");
	};
	for (const name of ["one", "two", "three"]) names.want("t", name, rename);
	assert.deepEqual(asked, ["one"]);
	first.resolve();
	await done.promise;
	assert.deepEqual(asked, ["one", "three"]);
});

test("what is told in front of everybody to one person is one short line with its controls", () => {
	const long = "This is a sentence of a good length that says something. ".repeat(6).trim();
	const told = flat(
		inOneLine(message("neutral", say(ours(long)), list([text`a`]), note(text`b`), buttons(text``, button("Help")))),
	);
	const [line = "", ...others] = told.split("\n");
	assert.ok(line.length <= 160 && line.endsWith("."), line);
	assert.deepEqual(others, ["[Help]"]);
	const whole = message("neutral", say(text`I see error ${520} but no URL. Which site?`));
	assert.deepEqual(inOneLine(whole), whole);
	assert.equal(flat(inOneLine(message("neutral", say(ours(`${"x".repeat(200)}. Second.`))))), `${"x".repeat(200)}.`);
	assert.deepEqual(inOneLine(message("neutral")).blocks, []);
});

test("columns that a phone would break are a line a row, with nothing in them that Discord reads as its own", () => {
	const wide = "Some place with a long name, Some country";
	for (const [rows, expected] of [
		[[["520", "1"]], ["```\ncode  n\n520   1\n```"]],
		[[[wide, "-"]], [`-# code: n\n- ${wide}`]],
		[[[`${wide} @everyone`, "<@1> *x* https://evil.example `y`"]], null],
	] as const) {
		const told = blockTexts({ kind: "grid", header: ["code", "n"], rows });
		if (expected !== null) assert.deepEqual(told, expected);
		assert.doesNotMatch(told.join("\n"), /@everyone|(?<!\\)<@|:\/\/|(?<!\\)\*x/);
	}
});
