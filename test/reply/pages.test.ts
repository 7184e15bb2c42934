import assert from "node:assert/strict";
import { test } from "node:test";
import { autopsy } from "../../src/judge/autopsy.ts";
import { CAUSE_IDS, CAUSES } from "../../src/knowledge/causes/list.ts";
import { KNOWN_CODES } from "../../src/knowledge/codes/codes.ts";
import { CURL_EXIT_NUMBERS } from "../../src/knowledge/curl-exits.ts";
import { allValues, EVIDENCE, EVIDENCE_KEYS, labelOf } from "../../src/knowledge/evidence.ts";
import { FAMILIES, FAMILY_IDS } from "../../src/knowledge/families.ts";
import { FINDING_IDS, FINDINGS } from "../../src/knowledge/findings/list.ts";
import { GLOSSARY } from "../../src/knowledge/glossary.ts";
import { SIGNATURES } from "../../src/knowledge/log-lines/list.ts";
import { wordsInMessage } from "../../src/message/count-words.ts";
import type { Message } from "../../src/message/message.ts";
import { plainText } from "../../src/message/text.ts";
import { weighLogs } from "../../src/read/logs/evidence.ts";
import { readLogs } from "../../src/read/logs/read.ts";
import { DEFAULT_POLICY } from "../../src/read/policy.ts";
import { hear } from "../../src/read/text/hear.ts";
import { isVerb, VERB_LIST } from "../../src/read/text/verbs.ts";
import { adminMessage, forgotten } from "../../src/reply/admin.ts";
import { autopsyMessage } from "../../src/reply/autopsy.ts";
import { helpReply } from "../../src/reply/help.ts";
import { logsReply } from "../../src/reply/logs.ts";
import { busyReply, misreadReply, noPageReply, refusedReply } from "../../src/reply/misread.ts";
import { codeAloneReply, explainPages, explainReply, privacyPages } from "../../src/reply/pages.ts";
import { pasteReply } from "../../src/reply/paste.ts";
import { TEXTS } from "../asked.ts";
import { flat } from "../flat.ts";
import { allOriginFiles, findingFiles } from "../lab/origin-files.ts";

/** Pages, errors and pasted evidence: that everything the bot says can be asked about, and that each reply is short. */

const NOW = Date.UTC(2026, 10, 22, 12);

/** Every topic that has a page, by its title or its id. */
const TOPICS: readonly string[] = [
	...KNOWN_CODES.map(String),
	...CURL_EXIT_NUMBERS.map((number) => `curl ${number}`),
	...FINDING_IDS,
	...FINDING_IDS.map((id) => FINDINGS[id].say),
	...CAUSE_IDS,
	...CAUSE_IDS.map((id) => CAUSES[id].title),
	...EVIDENCE_KEYS,
	...EVIDENCE_KEYS.map((key) => EVIDENCE[key].ask),
	...EVIDENCE_KEYS.flatMap((key) => allValues(key).flatMap((value) => [value, labelOf(key, value)])),
	...FAMILY_IDS,
	...Object.values(FAMILIES),
	...GLOSSARY.flatMap(({ word, also }) => [word, ...also]),
	...VERB_LIST,
	...SIGNATURES.map(({ server }) => server),
	// What people met in the replies so far.
	..."check, request, response, case, finding, cause, certain, likely, possible, colo, chunked, GOAWAY, OOM, readiness check, At fault, Next, Usual causes, Check first, Evidence, Documentation, Retry".split(
		", ",
	),
];

test("everything that the bot names has a page", () => {
	assert.deepEqual(
		TOPICS.filter((topic) => explainPages(topic).length === 0),
		[],
	);
});

/** `explain …` as it is typed: by the grammar, and what comes of it. */
function typed(text: string): Message | null {
	const asked = hear(text, NOW);
	return asked.kind === "explain" ? (explainReply(asked.topic)?.head ?? null) : null;
}

test("everything that has a page is found as it is typed", () => {
	assert.deepEqual(
		TOPICS.filter((topic) => typed(`explain ${topic}`) === null),
		[],
	);
});

for (const [text, says] of [
	["explain 444", /closing the connection without a response/],
	["explain 499", /^499 Client closed/],
	["explain curl 52", /^curl exit 52: Empty reply/],
	["explain curl: (52) Empty reply from server", /^curl exit 52/],
	["explain curl exit code 56", /^curl exit 56/],
	["explain exit 18", /^curl exit 18/],
	["explain error 1033", /^1033 Tunnel down/],
	["explain Full (strict)", /^Full \(strict\)/],
	["explain HTTP/2 to Origin", /^HTTP\/2 to Origin/],
	["explain a readiness check", /^readiness check/],
	["explain data centers", /^data center/],
	["explain cf-ray", /^cf-ray/],
	["explain GOAWAY", /^GOAWAY/],
	["explain DFW", /^Dallas \(DFW\)/],
	["explain `Connection dropped by a rule`", /^Connection dropped by a rule/],
	["explain can cloudflare be the cause?", /^Can Cloudflare itself be the cause\?/],
	["explain 520 more", /^520 Unknown error \(2 of 4\)/],
	["explain 520 more 40", /^520 Unknown error \(4 of 4\)/],
] as const)
	test(`“${text}” is answered`, () => assert.match(flat(typed(text) ?? { mood: "neutral", blocks: [] }), says));

const WORDS_MAX = { explain: 140, help: 110, privacy: 140, pasted: 150, error: 45, admin: 140 } as const;

test("each page of explain and privacy is within its budget, and More leads to the next one", () => {
	const tooLong = (all: readonly Message[], max: number) => all.map(wordsInMessage).filter((words) => words > max);
	for (const topic of new Set(TOPICS)) {
		const all = explainPages(topic);
		assert.deepEqual(tooLong(all, WORDS_MAX.explain), [], topic);
		all.slice(0, -1).forEach((page, at) => {
			const more = page.blocks.flatMap((block) => (block.kind === "buttons" ? block.buttons : [])).at(-1);
			assert.equal(more?.label, "More", topic);
			assert.equal(more?.action.do, "ask");
			if (more?.action.do !== "ask") return;
			assert.deepEqual(typed(more.action.text), all[at + 1], `${topic}: ${more.action.text}`);
		});
	}
	assert.deepEqual(tooLong(privacyPages(), WORDS_MAX.privacy), []);
	assert.deepEqual(tooLong([helpReply().head, helpReply(2).head, helpReply(3).head], WORDS_MAX.help), []);
});

test("the pages behind More can be typed", () => {
	assert.deepEqual(hear("help more", NOW), { kind: "help", page: 2 });
	assert.deepEqual(hear("privacy more", NOW), { kind: "privacy", page: 2 });
	assert.deepEqual(hear("privacy more 2", NOW), { kind: "privacy", page: 3 });
});

test("no page names a cause by its id or by a number", () => {
	const id = new RegExp(
		`(?<![\\w./-])(?:${CAUSE_IDS.filter((one) => one.includes("-")).join("|")})(?![\\w-])|cause \\d of the five`,
	);
	for (const topic of new Set(TOPICS)) for (const page of explainPages(topic)) assert.doesNotMatch(flat(page), id, topic);
});

test("an unknown topic gets the three closest", () => {
	for (const [topic, wants] of [
		["keepalve", "keep-alive"],
		["aplication crash", "Application crash or restart"],
		["authentic origin pull", "Authenticated Origin Pulls"],
		["readyness chek", "readiness check"],
	] as const) {
		const says = flat(noPageReply(topic).head);
		assert.match(says, /^I have no page about/);
		assert.match(says, new RegExp(`Closest: .*${wants}`), says);
	}
});

/** Words that our texts set as names: abbreviations, headers, names of settings. */
const NAMES =
	/\b(?:CF-[A-Z][A-Za-z-]+|[A-Z]{2,}(?:-[A-Z]{2,})*(?:[/_][A-Z0-9_]+)?(?:\/\d(?:\.\d)?)?|[A-Z][a-z]+(?:-[A-Z][A-Za-z]+)+)\b/g;
/** Examples and parts of names that are no words of ours. */
const NO_WORDS = new Set([
	..."A AAAA AND NOT OR CC PID POD NAME HOST URI ERR SIGKILL SIGSEGV SIGTERM SIGABRT SIGBUS EOF ID MDN Non-TLS".split(" "),
]);

test("the names in our own texts can be asked about", () => {
	const texts = [
		...CAUSE_IDS.flatMap((id) => [CAUSES[id].title, CAUSES[id].what, ...CAUSES[id].fixes]),
		...FINDING_IDS.flatMap((id) => [FINDINGS[id].say, FINDINGS[id].fix ?? "", FINDINGS[id].why]),
		...EVIDENCE_KEYS.flatMap((key) => [
			EVIDENCE[key].ask,
			EVIDENCE[key].name,
			...allValues(key).map((value) => labelOf(key, value)),
		]),
		...GLOSSARY.map(({ means }) => means),
	].map((one) => one.replace(/`[^`]*`/g, ""));
	const names = [...new Set(texts.flatMap((one) => one.match(NAMES) ?? []))].filter(
		(name) => !NO_WORDS.has(name) && !name.startsWith("ERR_"),
	);
	assert.deepEqual(
		names.filter((name) => explainPages(name).length === 0),
		[],
		"add these words to src/knowledge/glossary.ts",
	);
});

test("the glossary has each spelling once, short meanings, and links that are https", () => {
	const spellings = GLOSSARY.flatMap(({ word, also }) => [word.toLowerCase(), ...also]);
	assert.deepEqual(
		spellings.filter((word, at) => spellings.indexOf(word) !== at || word !== word.toLowerCase()),
		[],
	);
	for (const { word, means, doc } of GLOSSARY) {
		assert.ok(means.endsWith(".") && means.split(" ").length <= 40, word);
		assert.ok(doc === null || doc[1].startsWith("https://"), word);
	}
});

test("an error says what happened and what to do in two sentences", () => {
	const replies = [
		...(["host", "host-part", "cloudflare", "person", "addresses", "channel", "workspace", "everybody", "thread"] as const).map(
			(why) => busyReply({ why, againMs: 60_000, max: 15 }),
		),
		...[
			"",
			"answer x y",
			"answer origin-log perhaps",
			"solved by magic",
			"autopsy hello",
			"origin shop.example name.example",
			"judge shop.example",
			"watch shop.example for ever",
			"admin limits many",
			"frobnicate",
			"ftp://a.example/",
			"https://a:b@example.com/",
			"https://example.com:22/",
			"http://intranet/",
			"8a7d5e2fbcd1a1c3",
			"cf-ray: 8a7b2c-LAX",
			"headers",
			"https://x.example/cdn-cgi/trace",
			"a".repeat(1_000_001),
		].flatMap((said) => {
			const read = hear(said, NOW);
			return read.kind === "misread" ? [misreadReply(read)] : [];
		}),
		...(
			[
				{ why: "special-name", host: "intranet" },
				{ why: "special-address", host: "shop.example", address: "10.0.0.1" },
				{ why: "special-origin", address: "10.0.0.1" },
				{ why: "cloudflare-origin", address: "104.16.1.1" },
				{ why: "port", port: 22 },
				{ why: "no-such-name", host: "shop.example" },
				{ why: "dns-failed", host: "shop.example", code: "SERVFAIL" },
			] as const
		).map((refusal) => refusedReply(refusal)),
	];
	assert.ok(replies.length > 28);
	for (const { head, private: isPrivate } of replies) {
		const [why] = head.blocks;
		const says = why?.kind === "say" ? plainText(why.text) : "";
		assert.ok(isPrivate);
		assert.ok(says.split(/[.?!](?: |$)/).filter((part) => part.trim() !== "").length <= 2, says);
		assert.ok(wordsInMessage(head) <= WORDS_MAX.error, flat(head));
	}
});

test("what is not understood outside a thread is answered by what can be done", () => {
	const read = hear("frobnicate", NOW);
	assert.ok(read.kind === "misread");
	assert.match(
		flat(misreadReply(read).head),
		/^I can check a site, read a Ray ID, an error or log lines\.\n\[Check a site…\] \[Paste an error…\] \[Help\]/,
	);
	const down = hear("checkout is down", NOW);
	assert.ok(down.kind === "misread");
	assert.match(flat(misreadReply(down).head), /^Which site\?\n\[Enter the URL…\] \[Paste an error…\]/);
});

test("a code alone is explained in a sentence, and the site is asked for", () => {
	for (const code of ["520", "522", "1016", "525"]) {
		const reply = codeAloneReply(code);
		assert.match(
			flat(reply?.head ?? { mood: "neutral", blocks: [] }),
			new RegExp(`^${code}: [A-Z].* Which site\\?[^]*\\[Enter the URL…\\] \\[Explain\\]`),
		);
		assert.ok(wordsInMessage(reply?.head ?? { mood: "neutral", blocks: [] }) <= WORDS_MAX.error);
	}
});

/** Nothing wide or long in a code block: a phone shows so much without wrapping. */
function tablesOf({ blocks }: Message): readonly string[] {
	const tables = blocks.flatMap((block) => (block.kind === "table" ? [block.lines] : []));
	return [
		...(tables.length > 1 ? ["more than one table"] : []),
		...tables.flatMap((lines) => [
			...(lines.length > 6 ? [`${lines.length} rows`] : []),
			...lines.filter((line) => line.length > 40),
		]),
	];
}

test("pasted responses and log lines are answered within the budget", () => {
	const recorded = [...allOriginFiles(), ...findingFiles()].map(({ bytes, ending }) => {
		const found = autopsy(bytes, ending, "GET");
		return { head: autopsyMessage("Your paste", bytes, found), thread: [] };
	});
	const pasted = Object.values(TEXTS).flatMap((text) => {
		const read = hear(text, NOW);
		return read.kind === "autopsy"
			? [pasteReply(read.paste, autopsy(read.paste.bytes, read.paste.ending, read.paste.method))]
			: [];
	});
	const logs = [
		...SIGNATURES.map(({ example }) => example),
		SIGNATURES.map(({ example }) => example).join("\n"),
		Array.from({ length: 50 }, (_, at) => SIGNATURES[at % 3]?.example ?? "").join("\n"),
	].map((text) => {
		const reading = readLogs(text, NOW);
		return logsReply(reading, weighLogs(reading, null), { fromMs: NOW - 1_000, toMs: NOW });
	});
	const all = [...recorded, ...pasted, ...logs];
	assert.ok(all.length > 50);
	for (const { head, thread } of all) {
		assert.ok(wordsInMessage(head) <= WORDS_MAX.pasted, `${wordsInMessage(head)} words:\n${flat(head)}`);
		assert.deepEqual(thread, []);
		assert.deepEqual(tablesOf(head), [], flat(head));
	}
});

const NGINX =
	"2026/11/22 12:00:05 [error] 7#7: *6 upstream prematurely closed connection while reading upstream, client: 192.0.2.10";
for (const [what, text, line] of [
	["from the first line", `${NGINX}`, 1],
	["behind an introduction", `here is our log:\n${NGINX}`, 1],
	["behind a fence", `here is our log\n\`\`\`\nstarting\n${NGINX}\n\`\`\``, 2],
	["behind a fence that begins with the log", `look at this\n\`\`\`${NGINX}\n${NGINX}\`\`\``, 1],
	["behind a blank line", `logs of the origin\n\n${NGINX}`, 1],
	["behind lines of the log itself", `Starting worker 7\nListening on 8080\n${NGINX}`, 3],
	["behind a header of the log", `#Software: nginx.\n${NGINX}`, 2],
] as const)
	test(`lines are numbered as the person counts them: ${what}`, () => {
		const reading = readLogs(text, NOW);
		const says = flat(logsReply(reading, weighLogs(reading, null), null).head);
		assert.match(says, new RegExp(`^Lines? ${line}\\b`, "m"), says);
	});

test("counts have the right plural", () => {
	const one = readLogs(NGINX, NOW);
	assert.match(flat(logsReply(one, weighLogs(one, null), null).head), /^1 line: 1 known error, 0 requests\./);
	assert.match(flat(forgotten("shop.example", { cases: 1, watches: 0 })), /Deleted 1 case and 0 watches of/);
});

test("settings are short", () => {
	assert.ok(wordsInMessage(adminMessage(DEFAULT_POLICY, false, "C1")) <= WORDS_MAX.admin);
	assert.match(flat(adminMessage(DEFAULT_POLICY, false, "C1")), /^Settings for this workspace\n/);
	assert.match(flat(adminMessage(DEFAULT_POLICY, true, "C1")), /^Settings saved\n/);
});

test("verbs can be asked about too", () => {
	for (const verb of VERB_LIST) assert.ok(isVerb(verb) && explainPages(verb).length > 0, verb);
});
