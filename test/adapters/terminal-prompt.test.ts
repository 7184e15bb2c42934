import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { renderTerminal } from "../../src/adapters/terminal/render.ts";
import { askOnce } from "../../src/adapters/terminal/terminal.ts";
import {
	type Block,
	command,
	controls,
	fields,
	grid,
	type Menu,
	type Message,
	type Mood,
	message,
	note,
	SIGN,
	say,
	title,
} from "../../src/message/message.ts";
import { bold, ours, text } from "../../src/message/text.ts";
import type { Action } from "../../src/read/action.ts";
import { labDesk } from "../lab/desk.ts";
import { openLab } from "../lab/lab.ts";
import { atPrompt, STYLE, scriptedDesk, type Told } from "./terminal-prompt.ts";

/** The prompt with a pseudo terminal, and what every block looks like on one. */

const press = (label: string, action: Action) => ({ label, action });
const answer = (label: string, value: string) => press(label, { do: "answer", case: "case-1", key: "direct-origin", value });
const recheck = press("Check again", { do: "recheck", case: "case-1" });
const evidence = press("Evidence", { do: "evidence", case: "case-1" });
const report = press("Report…", { do: "report", case: "case-1" });
const follow = press("Follow", { do: "follow", case: "case-1" });
const OTHERS: Menu = {
	label: "Other result…",
	options: [answer("Cut off (18)", "closed-mid-body"), answer("Reset (56)", "reset")],
};

const HEAD = message(
	"bad",
	title(text`${bold("shop.example/checkout fails with 520")}`, text`5 of 5 requests, only this page`),
	say(text`The origin sent Cloudflare an empty or invalid response. ${bold("At fault: the origin")} (certain).`),
	controls(text``, [recheck, evidence], [{ label: "⋯", options: [report, follow] }]),
);
const QUESTION = message(
	"neutral",
	say(text`${bold("Next:")} run this on the origin server. What does it print?`),
	command(text``, "curl -sSk https://shop.example/checkout"),
	controls(
		text`To answer: answer direct-origin ok`,
		[answer("Empty reply (52)", "closed-empty"), press("Check it for me…", { do: "origin-form", url: "https://shop.example/" })],
		[OTHERS],
	),
);
const site: Told = async (_what, conversation) => {
	await conversation.begin(message("neutral", title(text`Checking shop.example…`)));
	await conversation.update(HEAD);
	await conversation.followUp(QUESTION);
};
const nothing: Told = async (_what, conversation) => conversation.replyPrivately(message("neutral", say(text`Done.`)));
/** The first thing that is asked opens a case. */
const first =
	(then: Told): Told =>
	(what, conversation) =>
		typeof what === "string" && what.startsWith("shop.example") ? site(what, conversation) : then(what, conversation);

test("an answer reads like its model, its choices have numbers, and more lists the rest", async () => {
	const desk = scriptedDesk(first(nothing));
	const person = await atPrompt(desk);
	assert.equal(
		await person.types("shop.example/checkout\n"),
		`shop.example/checkout
🔴 shop.example/checkout fails with 520 · 5 of 5 requests, only this page
The origin sent Cloudflare an empty or invalid response. At fault: the origin
(certain).

Next: run this on the origin server. What does it print?

    curl -sSk https://shop.example/checkout

1 Empty reply (52) · 2 Check it for me… · more: Other result
3 Check again · 4 Evidence · more

cf520> `,
	);
	assert.equal(
		await person.types("more\n"),
		`more
Other result: 5 Cut off (18) · 6 Reset (56)
More: 7 Report… · 8 Follow

cf520> `,
	);
	await person.types("6\n");
	await person.types("3\n");
	await person.types("1\n");
	assert.deepEqual(desk.asked, [
		"shop.example/checkout",
		OTHERS.options[1]?.action,
		recheck.action,
		answer("", "closed-empty").action,
	]);
	assert.equal(await person.leaves(), 0);
});

test("what is no choice goes to the desk: other numbers, more without a menu, and every word", async () => {
	const desk = scriptedDesk(first(nothing));
	const person = await atPrompt(desk);
	const words = ["520", "99", "0", "more", "evidence", "undo", "reopen", "check again", "solved", "report", "status", "follow"];
	await person.types("more\n");
	await person.types("shop.example\n");
	for (const word of words.filter((one) => one !== "more")) await person.types(`${word}\n`);
	assert.deepEqual(desk.asked, ["more", "shop.example", ...words.filter((one) => one !== "more")]);
	await person.leaves();
});

test("yes and no answer a question that has them", async () => {
	const yes = answer("Yes", "ok");
	const desk = scriptedDesk(
		first((what, conversation) =>
			what === "we deployed"
				? conversation.replyPrivately(
						message("neutral", say(text`Note it?`), controls(text``, [yes, press("No", { do: "leave" })], [])),
					)
				: nothing(what, conversation),
		),
	);
	const person = await atPrompt(desk);
	await person.types("yes\n");
	await person.types("we deployed\n");
	await person.types("yes\n");
	assert.deepEqual(desk.asked, ["yes", "we deployed", yes.action]);
	await person.leaves();
});

test("as JSON nothing has a number, and a number is for the desk", async () => {
	const desk = scriptedDesk(first(nothing));
	const person = await atPrompt(desk, { json: true });
	assert.match(await person.types("shop.example\n"), /^shop\.example\n\{"question":"shop\.example",.*\}\ncf520> $/);
	await person.types("1\n");
	assert.deepEqual(desk.asked, ["shop.example", "1"]);
	await person.leaves();
});

test("a form is one line at the prompt; the IP address is asked again where it is wrong, and in no history", async () => {
	const desk = scriptedDesk(first(nothing));
	const person = await atPrompt(desk);
	await person.types("shop.example\n");
	await person.types("2\n", /: $/);
	assert.match(await person.types("nonsense\n", /\n.*: $/), /That is not an IP address\.\n/);
	await person.types("198.51.100.7\n");
	assert.equal(desk.asked.at(-1), "origin https://shop.example/ 198.51.100.7");
	// Arrow up: what was typed before the form.
	const up = await person.types("\u001b[A", /\S$/);
	assert.doesNotMatch(up, /198\.51\.100\.7|nonsense/);
	await person.leaves();
});

for (const line of ["connect shop.example hunter2", `explain 520 cfut_${"hunter2x".repeat(6)}`])
	test(`a secret that is typed is in no history: ${line.slice(0, 30)}`, async () => {
		const person = await atPrompt(scriptedDesk(nothing));
		await person.types("shop.example\n");
		await person.types(`${line}\n`);
		const up = await person.types("\u001b[A", /\S$/);
		assert.match(up, /shop\.example/);
		assert.doesNotMatch(up, /hunter2/);
		await person.leaves();
	});

test("a form that is left asks nothing", async () => {
	const desk = scriptedDesk(first(nothing));
	const person = await atPrompt(desk);
	await person.types("shop.example\n");
	for (const keys of ["\u0003", "\n"]) {
		await person.types("2\n", /: $/);
		await person.types(keys);
	}
	assert.deepEqual(desk.asked, ["shop.example"]);
	await person.leaves();
});

test("where the desk asks for the IP address, the next line is the answer", async () => {
	const desk = scriptedDesk(async (what, conversation) => {
		if (what === "origin shop.example")
			await conversation.askAddress("https://shop.example/", message("neutral", say(text`Which IP address has the origin?`)));
	});
	const person = await atPrompt(desk);
	assert.match(await person.types("origin shop.example\n", /: $/), /Which IP address has the origin\?/);
	await person.types("198.51.100.7\n");
	assert.deepEqual(desk.asked, ["origin shop.example", "origin https://shop.example/ 198.51.100.7"]);
	await person.leaves();
});

test("a paste of several lines is one text; in a form, an empty line ends it", async () => {
	const paste = press("Paste logs…", { do: "paste-form", case: "case-1" });
	const desk = scriptedDesk(async (_what, conversation) => {
		await conversation.begin(message("bad", title(text`shop.example fails`), controls(text``, [paste], [])));
	});
	const person = await atPrompt(desk);
	await person.types("one\ntwo\n");
	assert.match(await person.types("1\n", /empty line:\n/), /Paste, then an empty line:\n$/);
	await person.types("HTTP/1.1 200 OK\nA: b\n\nbody\n\n");
	await person.types("1\n", /empty line:\n/);
	await person.types("line 1\n", /line 1\n/);
	await person.types("\n");
	const texts = desk.asked.map((one) => (typeof one === "string" ? one.trimEnd() : ""));
	assert.deepEqual(texts, ["one\ntwo", "HTTP/1.1 200 OK\nA: b\n\nbody", "line 1"]);
	await person.leaves();
});

test("of a head that changed, only the first line is printed, once, and a delta once; the question is last", async () => {
	const changed = { ...HEAD, mood: "likely" as const };
	const desk = scriptedDesk(
		first(async (what, conversation) => {
			await conversation.followUp(QUESTION);
			for (const head of typeof what === "string" ? [changed] : [HEAD, changed, changed])
				await conversation.edit("terminal 1", head);
			// The question that was answered: who answered it knows.
			await conversation.edit("terminal 1.1", message("neutral", say(text`✅ you: empty reply (52)`)));
		}),
	);
	const person = await atPrompt(desk);
	await person.types("shop.example\n");
	assert.equal(
		await person.types("1\n"),
		`1
🟠 shop.example/checkout fails with 520 · 5 of 5 requests, only this page

Next: run this on the origin server. What does it print?

    curl -sSk https://shop.example/checkout

1 Empty reply (52) · 2 Check it for me… · more: Other result

cf520> `,
	);
	assert.doesNotMatch(await person.types("status\n"), /🟠|🔴/);
	await person.leaves();
});

test("a question of an earlier answer that has moved on is not printed", async () => {
	const person = await atPrompt(
		scriptedDesk(
			first(async (_what, conversation) => {
				await conversation.begin(HEAD);
				await conversation.edit("terminal 1", message("neutral", say(text`This question has moved on.`)));
			}),
		),
	);
	await person.types("shop.example\n");
	assert.doesNotMatch(await person.types("status\n"), /moved on/);
	await person.leaves();
});

test("what the one person at a terminal did is told of them", async () => {
	const lab = await openLab();
	const person = await atPrompt(labDesk(lab));
	await person.types(`${lab.url("closes-empty")}\n`);
	await person.types("1\n");
	assert.match(await person.types("undo\n"), /\nYou undid the answer/);
	await person.types("answer who-is-hit everyone\n");
	assert.match(await person.types("I do not know\n"), /do you or your team run this server/);
	assert.match(await person.types("yes\n"), /^yes\nNext: what does the origin's log show/);
	await person.types("solved application crash or restart\n");
	assert.match(await person.types("reopen\n"), /\nYou reopened this case\./);
	assert.equal(await person.leaves(), 0);
	await lab.close();
});

test("at a terminal a watch that is stopped says so, and speaks of no thread", async () => {
	const lab = await openLab();
	const person = await atPrompt(labDesk(lab));
	await person.types(`watch ${lab.url("healthy")}\n`);
	const told = await person.types("unwatch\n", /stopped by you.*cf520> $/s);
	assert.match(told, /healthy\.lab\.example:\d+: watch stopped/);
	assert.doesNotMatch(told, /thread|Stopped watching/);
	await person.types(`watch ${lab.url("healthy")}\n`);
	assert.match(await person.types("\u0003", /stopped by you.*cf520> $/s), /healthy\.lab\.example:\d+: watch stopped/);
	assert.match(
		await person.types("8a7d5e2fbcd1a1c3-DFW\n"),
		/Dallas/,
		"the first Ctrl-C ends what is watched, and not the program",
	);
	await person.leaves();
	await lab.close();
});

test("at a terminal, what was asked about last is the case", async () => {
	const lab = await openLab();
	const person = await atPrompt(labDesk(lab));
	await person.types(`${lab.url("closes-empty")}\n`);
	assert.match(await person.types(`${lab.url("resets")}\n`), /resets\.lab\.example.*\n1 Empty reply \(52\)/s);
	assert.match(await person.types("status\n"), /resets\.lab\.example:\d+ fails/);
	await person.leaves();
	await lab.close();
});

test("what is told unasked keeps the numbers of the open question, and the prompt comes back", async () => {
	const desk = scriptedDesk(first(nothing));
	const person = await atPrompt(desk);
	await person.types("shop.example\n");
	const came = person.types("", /recovered[\s\S]*cf520> $/);
	await desk.open?.("terminal")?.followUp(message("good", title(text`shop.example recovered`), controls(text``, [report], [])));
	assert.match(await came, /🟢 shop\.example recovered\n5 Report…\n\ncf520> $/);
	await person.types("1\n");
	assert.deepEqual(desk.asked.at(-1), answer("", "closed-empty").action);
	await person.leaves();
});

/** A check that goes on until it is let go. */
function slow() {
	const under = Promise.withResolvers<void>();
	const go = Promise.withResolvers<void>();
	const threads: (string | null)[] = [];
	const told: Told = async (_what, conversation) => {
		await conversation.begin(message("neutral", title(text`Checking shop.example…`)));
		await conversation.progress(message("neutral", title(text`Checking shop.example…`), say(text`3 of 8 requests done.`)));
		under.resolve();
		await go.promise;
		await conversation.update(HEAD);
		await conversation.followUp(QUESTION);
		threads.push(conversation.location().threadKey);
	};
	return { told, under: under.promise, go: go.resolve, threads };
}

test("progress is one line that is written over, and gone when the answer is there", async () => {
	const check = slow();
	const person = await atPrompt(scriptedDesk(check.told));
	const came = person.types("shop.example\n");
	await check.under;
	check.go();
	await came;
	const [, after = ""] = person.raw().split("\r\u001b[KChecking shop.example… 3 of 8 requests done.");
	assert.ok(after.startsWith("\r\u001b[K🔴 shop.example"), JSON.stringify(after.slice(0, 60)));
	await person.leaves();
});

test("Ctrl-C cancels a check, whose result is never told and is no case of this terminal; at an empty prompt it leaves", async () => {
	const check = slow();
	const desk = scriptedDesk((what, conversation) =>
		what === "shop.example" ? check.told(what, conversation) : nothing(what, conversation),
	);
	const person = await atPrompt(desk);
	void person.types("shop.example\n");
	await check.under;
	assert.match(await person.types("\u0003"), /Canceled\.\ncf520> $/);
	check.go();
	assert.match(await person.types("help me\n"), /^help me\nDone\.\n\ncf520> $/);
	assert.deepEqual(check.threads, ["terminal 1"]);
	assert.doesNotMatch(person.raw(), /fails with 520/);
	// With text on the line it only takes that away.
	await person.types("half a li\u0003", /li/);
	await person.types("ne\n");
	assert.equal(desk.asked.at(-1), "ne");
	await person.types("\u0003", /\n$/);
	await person.leaves();
	assert.equal(desk.stops.length, 1, "what was canceled is not waited for");
});

test("help at the prompt tells what the prompt understands, within 80 columns", async () => {
	const person = await atPrompt(scriptedDesk(nothing));
	const help = await person.types("help\n");
	for (const word of [
		"number",
		"more",
		"evidence",
		"check again",
		"undo",
		"status",
		"solved",
		"reopen",
		"report",
		"follow",
		"Ctrl-C",
	])
		assert.match(help, new RegExp(word));
	for (const line of help.split("\n")) assert.ok(line.length <= 80, line);
	await person.leaves();
});

const oneShot = async (all: boolean, live: number | null = null) => {
	let out = "";
	let aside = "";
	const desk = scriptedDesk(async (what, conversation) => {
		if (typeof what === "string") return site(what, conversation);
		await conversation.followUp(message("neutral", title(text`Evidence`), grid(["Request", "Result"], [["/checkout", "520"]])));
	});
	const style = { ...STYLE, askPrefix: "npm start -- " };
	const take = (part: string) => {
		out += part;
	};
	const takeAside = (part: string) => {
		aside += part;
	};
	await askOnce(desk, "shop.example", { json: false, all }, style, { out: take, aside: takeAside, liveColumns: live });
	return { out, aside, asked: desk.asked };
};

test("asked in one go there are no numbers: one line says where the conversation is", async () => {
	const { out, asked } = await oneShot(false);
	assert.doesNotMatch(out, /\b1 |Check again|answer direct-origin/);
	assert.ok(out.endsWith("\n\nTo answer, paste logs or check again: npm start, then the same question.\n"), out);
	assert.deepEqual(asked, ["shop.example"]);
});

test("with --all the evidence comes at once, and nothing is asked that does more than show", async () => {
	const { out, asked } = await oneShot(true);
	assert.match(out, /Evidence\n {4}Request {4}Result\n {4}\/checkout {2}520\n/);
	assert.deepEqual(asked, ["shop.example", evidence.action]);
	const desk = scriptedDesk(first(nothing));
	const person = await atPrompt(desk, { json: false, all: true });
	assert.match(
		await person.types("shop.example\n"),
		/Other result: 3 Cut off \(18\) · 4 Reset \(56\)\n5 Check again · 6 Evidence\nMore: 7 Report… · 8 Follow\n/,
	);
	await person.leaves();
});

/** Every block as it is on 80 columns. */
const WIDE_ROW = [
	"/a/path/that/is/longer/than/anybody/would/like/it/to/be",
	"520 after a time",
	"a note that goes on and on and on",
];
const BLOCKS: Readonly<Record<string, readonly [Message, string]>> = {
	"a title with an aside, which breaks where the line ends": [
		message(
			"likely",
			title(text`shop.example/checkout fails with 520`, text`likely: application crash or restart (93%), since 13:56`),
		),
		"🟠 shop.example/checkout fails with 520 · likely: application crash or restart\n(93%), since 13:56",
	],
	"a title without a state has no sign": [message("neutral", title(text`Settings`)), "Settings"],
	fields: [
		message("neutral", fields({ name: "At fault", value: text`the origin` }, { name: "Since", value: text`13:56:05 UTC` })),
		"At fault: the origin\nSince: 13:56:05 UTC",
	],
	"a chart as its line": [
		message("neutral", {
			kind: "chart",
			title: "Checks",
			categories: ["a"],
			series: [{ name: "b", values: [1] }],
			text: text`xx.. since 13:56`,
		}),
		"xx.. since 13:56",
	],
	"a grid": [
		message(
			"neutral",
			grid(
				["Place", "Result"],
				[
					["東京", "520"],
					["Dallas (DFW)", "200"],
				],
			),
		),
		"    Place         Result\n    東京          520\n    Dallas (DFW)  200",
	],
	"a grid that is too wide: the widest cells give way": [
		message("neutral", grid(["Request", "Result", "Note"], [WIDE_ROW])),
		"    Request                       Result            Note\n    /a/path/that/is/longer/than…  520 after a time  a note that goes on and on…",
	],
	"a command, never broken": [
		message("neutral", command(text`On the origin:`, `curl ${"x".repeat(120)} && echo done`)),
		`On the origin:\n\n    curl ${"x".repeat(120)} && echo done\n`,
	],
	"a note": [message("neutral", note(text`To paste logs here, type them.`)), "To paste logs here, type them."],
};
for (const [what, [one, lines]] of Object.entries(BLOCKS)) {
	test(`on a terminal: ${what}`, () => {
		assert.equal(renderTerminal(one, STYLE), lines);
		// Color only paints: the words are the same.
		const painted = renderTerminal(one, { ...STYLE, colour: true });
		assert.equal(stripVTControlCharacters(painted), lines);
	});
}

test("every state has its sign and its words, with and without color", () => {
	const moods = Object.keys(SIGN) as Mood[];
	for (const mood of moods) {
		const one = message(mood, title(text`shop.example fails`));
		const sign = SIGN[mood] === null ? "" : `${SIGN[mood]} `;
		assert.equal(renderTerminal(one, STYLE), `${sign}shop.example fails`);
		assert.match(renderTerminal(one, { ...STYLE, colour: true }), /^\u001b\[1;\d+m.*\u001b\[0m$/);
	}
});

test("bold, dimmed and colored words close what they open on every line", () => {
	const one = message(
		"bad",
		title(ours("word ".repeat(40).trim()), text`aside`),
		say(text`plain ${bold("bold ".repeat(40))} plain`),
		note(ours("dim ".repeat(60).trim())),
	);
	for (const line of renderTerminal(one, { ...STYLE, colour: true }).split("\n")) {
		assert.equal((line.match(/\u001b\[[\d;]+m/g) ?? []).length, 2 * (line.match(/\u001b\[0m/g) ?? []).length, line);
		assert.ok(stripVTControlCharacters(line).length <= 80);
	}
});

const HOSTILE = [
	"\u001b[31mred\u001b[0m\u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007",
	"\u001b[2J\u001b[H\u009b2J\u0007\u0008\u000b\r",
	"\u202egpj.exe\u202c\u2066x\u2069\u200b\u2028\u2029",
	"one\r\ntwo\nthree",
	"\ud800 lone \udc00",
	"W".repeat(5_000),
	"",
];
/** Every widget, with foreign text wherever it may come. */
const WIDGETS: Readonly<Record<string, (foreign: string) => Block | null>> = {
	title: (foreign) => title(text`a ${foreign}`, text`b ${foreign}`),
	grid: (foreign) => grid([foreign, "b"], [[foreign, foreign]]),
	fields: (foreign) => fields({ name: foreign, value: text`v ${foreign}` }),
	chart: (foreign) => ({ kind: "chart", title: foreign, categories: [foreign], series: [], text: text`c ${foreign}` }),
	command: (foreign) => command(text`d ${foreign}`, foreign.replaceAll(/[\r\n]/g, " ")),
	table: (foreign) => ({ kind: "table", lines: [foreign.replaceAll(/[\r\n]/g, " ")] }),
	choices: (foreign) =>
		controls(
			text`e ${foreign}`,
			[press(foreign, recheck.action)],
			[{ label: foreign, options: [press(foreign, report.action)] }],
		),
	note: (foreign) => note(text`f ${foreign}`),
};
for (const [widget, build] of Object.entries(WIDGETS)) {
	test(`hostile text in a ${widget} does not steer the terminal`, async () => {
		for (const foreign of HOSTILE) {
			const one = message("bad", build(foreign));
			const lines = [
				renderTerminal(one, STYLE),
				renderTerminal(one, STYLE, { from: 1, menus: "all" }),
				renderTerminal(one, STYLE, "shell"),
			];
			for (const shown of lines)
				assert.doesNotMatch(shown.replaceAll("\n", ""), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u, JSON.stringify(foreign));
		}
	});
}
test("hostile text in progress and behind more does not steer the terminal", async () => {
	for (const foreign of HOSTILE) {
		const desk = scriptedDesk(async (_what, conversation) => {
			await conversation.begin(message("neutral", title(text`Checking ${foreign}`)));
			await conversation.progress(message("neutral", title(text`Checking ${foreign}`), say(text`${foreign}`)));
			await conversation.update(
				message("bad", title(text`x`), controls(text``, [], [{ label: foreign, options: [press(foreign, report.action)] }])),
			);
		});
		const person = await atPrompt(desk);
		await person.types("x\n");
		await person.types("more\n");
		assert.doesNotMatch(
			person.raw().replaceAll(/\r\u001b\[K|\u001b\[1G\u001b\[0J|\u001b\[8G|[\r\n]/g, ""),
			/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u,
			JSON.stringify(foreign),
		);
		await person.leaves();
	}
});
