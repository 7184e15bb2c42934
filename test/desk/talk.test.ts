import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { renderSlack } from "../../src/adapters/slack/render.ts";
import { newCase } from "../../src/judge/case.ts";
import type { Message } from "../../src/message/message.ts";
import { actionText } from "../../src/read/action.ts";
import { agoMs } from "../../src/read/text/ago.ts";
import { askBack, offerMessage } from "../../src/reply/talk.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { chat } from "../chat.ts";
import { realClock } from "../clock.ts";
import { flat } from "../flat.ts";
import { labDesk } from "../lab/desk.ts";
import { rayAt } from "../lab/edge.ts";
import { type Lab, openLab } from "../lab/lab.ts";

/** Everyday talk in the thread of a case: understood there, never a mistake in the grammar. */

let lab: Lab;
before(async () => {
	lab = await openLab();
});
after(() => lab.close());

/** A thread with a case about a site, by itself one that closes without a byte; what was said since then. */
async function threadOfCase(site = "closes-empty") {
	const stores = memoryStores(realClock);
	const desk = labDesk(lab, { stores });
	const heads: string[] = [];
	const told: string[] = [];
	const alone: Message[] = [];
	const conversation = chat({
		begin: async (message) => void heads.push(flat(message)),
		update: async (message) => void heads.push(flat(message)),
		followUp: async (message) => {
			told.push(flat(message));
			return null;
		},
		replyPrivately: async (message) => void alone.push(message),
		location: () => ({ messageRef: "head", threadKey: "thread" }),
		resumeRef: () => "thread",
		edit: async () => {},
	});
	await desk.handle(lab.url(site), conversation, "alice");
	for (const said of [heads, told, alone]) said.length = 0;
	return { stores, desk, conversation, heads, told, alone, say: (text: string) => desk.handle(text, conversation, "bob") };
}

const MISREAD = /I can check a site/;

const OWN = new URL("http://closes-empty.lab.example/checkout");
/** A row of Cloudflare's own logs. */
const logpush = (changes: Readonly<Record<string, unknown>> = {}) =>
	JSON.stringify({
		ClientRequestHost: OWN.hostname,
		ClientRequestURI: "/",
		EdgeResponseStatus: 520,
		OriginResponseStatus: 0,
		RayID: rayAt(Date.now() - 60_000),
		...changes,
	});

for (const [what, text, value] of [
	["of a request that failed", () => logpush(), "no-status"],
	["in words around it", () => `this is what Logpush has: ${logpush({ OriginResponseStatus: 200 })}`, "success"],
	["of www beside the apex", () => logpush({ ClientRequestHost: `www.${OWN.hostname}` }), "no-status"],
	["without a Ray ID, a host or a path", () => '{"EdgeResponseStatus":520,"OriginResponseStatus":0}', "no-status"],
	[
		"in analytics",
		() => '{"data":{"dimensions":{"edgeResponseStatus":520,"originResponseStatus":503,"datetime":"2026-11-24T09:14:00Z"}}}',
		"error",
	],
	["of another host", () => logpush({ ClientRequestHost: "shop.example" }), undefined],
	["of another code", () => logpush({ EdgeResponseStatus: 522 }), undefined],
	["and another that says something else", () => `${logpush()}\n${logpush({ OriginResponseStatus: 200 })}`, undefined],
] as const)
	test(`Cloudflare's record ${what}, pasted in the thread of a case: ${value ?? "nothing"} enters it`, async () => {
		const { stores, told, say } = await threadOfCase();
		await say(text());
		const fact = (await stores.cases.get("case-1"))?.facts.find(({ key }) => key === "edge-saw");
		assert.deepEqual([fact?.value, fact?.who], [value, value && "bob"]);
		if (value !== undefined) assert.match(told.join("\n"), /(?:No status|A success \(2xx or 3xx\)|An error \(4xx or 5xx\)): /);
	});

test("Cloudflare's record without a Ray ID checks its page, and enters the case that this opens", async () => {
	const stores = memoryStores(realClock);
	const desk = labDesk(lab, { stores });
	const conversation = chat({ location: () => ({ messageRef: "head", threadKey: "thread" }) });
	const { host, pathname } = new URL(lab.url("closes-empty"));
	const row = { ClientRequestHost: host, ClientRequestURI: pathname, RayID: undefined };
	await desk.handle(logpush(row), conversation, "bob");
	const [one] = (await stores.cases.get("case-1"))?.facts.filter(({ key }) => key === "edge-saw") ?? [];
	assert.deepEqual([one?.value, one?.by, one?.who], ["no-status", "paste", "bob"]);
});

for (const sentence of [
	"check again",
	"is it fixed now?",
	"fixed",
	"it's fixed now!",
	"rolled back, works now",
	"geht es wieder?",
	"recheck please",
])
	test(`“${sentence}” checks the page of the case again`, async () => {
		const { heads, alone, say } = await threadOfCase();
		await say(sentence);
		assert.match(heads.join("\n"), /closes-empty.*520/s);
		assert.equal(alone.length, 0);
	});

for (const sentence of ["thanks!", "merci beaucoup", "danke dir"])
	test(`“${sentence}” is a thank-you`, async () => {
		const { heads, say } = await threadOfCase();
		await say(sentence);
		assert.deepEqual(heads, ["Glad to help."]);
	});

for (const sentence of [
	"status",
	"what now?",
	"520",
	"we get error 520",
	"the coffee machine on the third floor is out of beans again",
	"hmm, let me think about that for a second",
])
	test(`“${sentence}” gets where the case stands, with its open question`, async () => {
		const { heads, told, alone, say } = await threadOfCase();
		await say(sentence);
		assert.equal(heads.length, 1);
		assert.match(heads[0] ?? "", /closes-empty\.lab\.example.*520.*\?/s);
		assert.doesNotMatch([...heads, ...told, ...alone.map(flat)].join("\n"), MISREAD);
	});

test("whose fault it is gets a side", async () => {
	const { heads, say } = await threadOfCase();
	await say("whose fault is it?");
	assert.match(heads[0] ?? "", /Your origin: .*\(certain\)/);
});

test("a code that says it itself is said once", async () => {
	const { heads, say } = await threadOfCase("refuses");
	await say("status");
	assert.match(heads[0] ?? "", /^[^\n]*refuses\.lab\.example[^\n]* fails with 521(?!.*521)/s);
});

test("where nothing failed, no code is told as the state", async () => {
	const { heads, say } = await threadOfCase("healthy");
	await say("whose fault is it?");
	assert.match(heads[0] ?? "", /Neither.*healthy\.lab\.example:\d+ worked/);
	assert.doesNotMatch(heads[0] ?? "", /520|unknown/);
});

const ANSWERS: readonly (readonly [sentence: string, key: string, value: string])[] = [
	["we just deployed 10 minutes ago", "what-changed", "deploy"],
	["only logged-in users see it", "who-is-hit", "signed-in"],
];
for (const [sentence, key, value] of ANSWERS)
	test(`“${sentence}” is asked back, and enters with Yes alone`, async () => {
		const { stores, desk, conversation, alone, say } = await threadOfCase();
		const noted = async () => (await stores.cases.get("case-1"))?.facts.find((fact) => fact.key === key)?.value;
		await say(sentence);
		const [asked] = alone;
		assert.ok(asked !== undefined);
		assert.match(flat(asked), /Note .* as (?:the answer|what changed)\?/);
		const row = asked.blocks.find((block) => block.kind === "buttons");
		assert.ok(row?.kind === "buttons");
		assert.deepEqual(
			row.buttons.map((one) => [one.label, actionText(one.action, 100)]),
			[
				["Yes", `y:case-1:${key}:${value}`],
				["No", "n:"],
			],
		);
		assert.equal(await noted(), undefined, "nothing enters by itself");
		await desk.handle({ do: "leave" }, conversation, "bob");
		assert.match(alone.map(flat).at(-1) ?? "", /Not noted/);
		assert.equal(await noted(), undefined);
		await desk.handle({ do: "answer", case: "case-1", key: key as "what-changed", value }, conversation, "bob");
		assert.equal(await noted(), value);
	});

for (const sentence of ["no idea", "I don't know", "I cannot run this", "keine Ahnung", "no sé", "je ne sais pas"])
	test(`“${sentence}” leaves the open question: who runs the server is asked, then another question`, async () => {
		const { stores, desk, conversation, told, say } = await threadOfCase();
		const key = (await stores.cases.get("case-1"))?.open?.key;
		assert.ok(key !== undefined);
		await say(sentence);
		assert.match(told.at(-1) ?? "", /do you or your team run this server\?\n\[Yes\] \[Not my server\]/);
		await desk.handle({ do: "access", case: "case-1", key, has: true }, conversation, "bob");
		assert.deepEqual((await stores.cases.get("case-1"))?.unknown, [key]);
		assert.match(told.at(-1) ?? "", /bob does not know\.\nNext: .*\?/s);
	});

/** What the command under the open question prints, and what of it enters. */
const PRINTED: readonly (readonly [printed: string, value: string | undefined])[] = [
	["status 000, 0 bytes of headers\ncurl exit 52", "closed-empty"],
	["```status 000, 0 bytes of headers\ncurl exit 56```", "reset"],
	["curl: (52) Empty reply from server", "closed-empty"],
	["status 200, 512 bytes of headers\ncurl exit 0", "ok"],
	["status 200, 140000 bytes of headers\ncurl exit 0", "header-section-too-large"],
	["status 502, 180 bytes of headers\ncurl exit 0", "server-error"],
	["status 000, 0 bytes of headers\ncurl exit 7", "refused"],
	["curl exit 0", undefined],
];
for (const [printed, value] of PRINTED)
	test(`what the printed command says moves the case: ${JSON.stringify(printed)}`, async () => {
		const { stores, told, say } = await threadOfCase();
		await say(printed);
		const fact = (await stores.cases.get("case-1"))?.facts.find(({ key }) => key === "direct-origin");
		assert.equal(fact?.value, value);
		assert.equal(told.length, value === undefined ? 0 : 1);
	});

for (const first of ["the crash", "its own line"] as const)
	test(`the log line with the case's own Ray ID outweighs a crash of that second, ${first} first`, async () => {
		const { stores, told, say } = await threadOfCase();
		const one = await stores.cases.get("case-1");
		const second = new Date(one?.openedAtMs ?? 0);
		const at = second.toUTCString().replace(/^\w+, (\d+) (\w+) (\d+) ([\d:]+) GMT$/, "$1/$2/$3:$4 +0000");
		const own = `172.68.1.2 - - [${at}] "GET / HTTP/1.1" 444 0 "-" "Mozilla/5.0" ${one?.rays[0]}`;
		const crash = `${second.toISOString()} web1 kernel: Out of memory: Killed process 812 (php-fpm8.2) total-vm:812345kB`;
		for (const line of first === "the crash" ? [crash, own] : [own, crash]) await say(line);
		const fact = (await stores.cases.get("case-1"))?.facts.find(({ key }) => key === "origin-log");
		assert.equal(fact?.value, "refused-or-444");
		assert.match(told.join("\n"), first === "the crash" ? /return 444 rule.*at [\d:]+ UTC/ : /Line 1: .*kill/i);
	});

test("“undo” takes the newest answer back", async () => {
	const { stores, desk, conversation, say } = await threadOfCase();
	await desk.handle({ do: "answer", case: "case-1", key: "what-changed", value: "deploy" }, conversation, "bob");
	await say("undo that");
	const facts = (await stores.cases.get("case-1"))?.facts ?? [];
	assert.ok(facts.length > 0 && !facts.some((fact) => fact.key === "what-changed"));
});

for (const [sentence, cause] of [
	["it was the WAF", "connection dropped by a rule"],
	["fixed: mod_security returned 444 for it", "connection dropped by a rule"],
	["it was fail2ban", "visitor banned or rate-limited"],
	["the firewall had blocked Cloudflare, that was the problem", "Cloudflare's IP addresses blocked"],
	["the cause was a segfault in PHP", "application crash or restart"],
	["it was the keep-alive timeout of the proxy", "idle connection closed too early"],
	["the problem was too many cookies, the headers were huge", "response headers over 128 KB"],
	["it turned out that DNS pointed to the wrong server", "requests sent to the wrong server"],
] as const)
	test(`“${sentence}” names its cause, and Yes closes the case`, async () => {
		const { alone, say } = await threadOfCase();
		await say(sentence);
		assert.equal(flat(alone.at(-1) ?? { mood: "neutral", blocks: [] }), `Solved as ${cause}?\n[Yes] [Other…]`);
	});

for (const [said, ago] of [
	["we just deployed 10 minutes ago", 600_000],
	["deployed about an hour ago", 3_600_000],
	["we released it half an hour ago", 1_800_000],
	["vor 5 minuten deployt", 300_000],
	["wir haben vor einer stunde deployt", 3_600_000],
	["hace 20 minutos", 1_200_000],
	["il y a 2 heures", 7_200_000],
	["3分前", 180_000],
	["we just deployed", null],
	["long ago", null],
	["version 1.5 min ago", null],
] as const)
	test(`“${said}” is ${ago === null ? "no time" : `${ago / 60_000} min ago`}`, () => assert.equal(agoMs(said), ago));

test("when something changed is asked back with the minute", async () => {
	const nowMs = Date.UTC(2026, 10, 22, 13, 56, 5);
	const heard = { key: "what-changed", value: "deploy", atMs: nowMs - 600_000 } as const;
	const one = newCase({ id: "c", url: "https://shop.example/", code: "520" } as never, nowMs);
	assert.match(
		flat(askBack(one, heard, nowMs)),
		/^Note a deploy or update at about 13:46 UTC as what changed\?\n\[Yes\] \[No\]$/,
	);
	assert.match(flat(askBack(one, { ...heard, atMs: nowMs - 86_400_000 }, nowMs)), /at about 2026-11-21 13:56 UTC as/);
});

for (const [sentence, asks] of [
	["it was the WAF", /What was the cause\?|Solved as .*\?\n\[Yes\] \[Other…\]/],
	["solved", /What was the cause\? Likeliest: [a-z].*\.\n\[The likeliest\] \[Something else…\] \[Another cause…\]/],
	["fixed: the WAF blocked it", /What was the cause\?|Solved as .*\?\n\[Yes\] \[Other…\]/],
] as const)
	test(`“${sentence}” asks which cause it was`, async () => {
		const { told, alone, say } = await threadOfCase();
		await say(sentence);
		assert.match([...told, ...alone.map(flat)].join("\n"), asks);
	});

for (const [sentence, everyMs, minutes] of [
	["watch", 60_000, 30],
	["watch it for 2h every 30s", 30_000, 120],
	["watch it for half an hour every two minutes", 120_000, 30],
	["please watch this for an hour", 60_000, 60],
] as const)
	test(`“${sentence}” watches the page of the case, and “stop watching” ends that`, async () => {
		const { stores, alone, say } = await threadOfCase();
		await say(sentence);
		const [watch] = await stores.watches.open({}, 10);
		assert.ok(watch !== undefined);
		assert.equal(new URL(watch.url).hostname, "closes-empty.lab.example");
		assert.equal(watch.everyMs, everyMs);
		assert.equal(Math.round((watch.untilMs - watch.openedAtMs) / 60_000), minutes);
		await say("stop watching");
		assert.match(alone.map(flat).join("\n"), /Stopped watching closes-empty/);
		assert.deepEqual(await stores.watches.open({}, 10), []);
	});

test("a site that is down and has no name is a check in a thread, and a question elsewhere", async () => {
	const { heads, say } = await threadOfCase();
	await say("checkout is down");
	assert.match(heads.at(-1) ?? "", /Checked again: still 520/);
});

test("in a thread without a case a sentence is what it is anywhere", async () => {
	const desk = labDesk(lab);
	const alone: string[] = [];
	const conversation = chat({
		replyPrivately: async (message) => void alone.push(flat(message)),
		begin: async (message) => void alone.push(flat(message)),
		location: () => ({ messageRef: null, threadKey: "elsewhere" }),
	});
	await desk.handle("thanks!", conversation, "bob");
	assert.match(alone.join("\n"), MISREAD);
});

/** What a private question asks back, and its buttons. */
async function askedBack(
	text: string,
): Promise<{ says: string; buttons: readonly (readonly [label: string, action: string | null])[] }> {
	const alone: Message[] = [];
	const conversation = chat({ replyPrivately: async (message) => void alone.push(message) });
	await labDesk(lab).handle(text, conversation, "bob");
	const [asked] = alone;
	const row = asked?.blocks.find((block) => block.kind === "buttons");
	return {
		says: asked === undefined ? "" : flat(asked),
		buttons: row?.kind === "buttons" ? row.buttons.map(({ label, action }) => [label, actionText(action, 200)] as const) : [],
	};
}

test("a bare id of the last days is asked about; Yes reads it", async () => {
	const id = rayAt(Date.now() - 180_000);
	const { says, buttons } = await askedBack(id);
	assert.match(says, new RegExp(`Is ${id} a Ray ID from`));
	assert.deepEqual(buttons, [
		["Yes", `q:ray ${id}`],
		["No", "n:"],
	]);
	assert.match(
		(await askedBack("5f3c9a7b1d2e4f60")).says,
		/Is 5f3c9a7b1d2e4f60 a Ray ID\?/,
		"one of another time without the time",
	);
});

test("in the thread of a case a bare id is read without asking", async () => {
	const { heads, say } = await threadOfCase();
	await say(rayAt(Date.now() - 60_000));
	assert.match(heads.join("\n"), /Ray [0-9a-f]{16}: received /);
});

test("no value of a query is shown, neither beside a site to choose nor in an offer", async () => {
	const { says, buttons } = await askedBack(
		"is https://a.example/cart?token=s3cr3tValue1 or https://b.example/?key=s3cr3tValue2 down?",
	);
	assert.doesNotMatch(says + buttons.map(([label]) => label).join(" "), /s3cr3t/);
	assert.deepEqual(
		buttons.map(([label]) => label),
		["a.example/cart?token=***", "b.example/?key=***"],
	);
	const offer = offerMessage({ host: "a.example", code: "520" }, "https://a.example/cart?token=s3cr3tValue1");
	assert.doesNotMatch(renderSlack(offer).text, /s3cr3t/);
});

test("in the thread of a case, other sites are asked about too", async () => {
	const { alone, say } = await threadOfCase();
	await say("https://a.example/cart and https://b.example/ both fail with 520");
	assert.match(alone.map(flat).join("\n"), /Which site\?/);
});

test("of several sites each gets a button", async () => {
	const { says, buttons } = await askedBack("is https://a.example/cart or https://b.example/ down?");
	assert.match(says, /Which site\?/);
	assert.deepEqual(buttons, [
		["a.example/cart", "q:https://a.example/cart"],
		["b.example", "q:https://b.example/"],
	]);
});

for (const [said, asks] of [
	["Error 520", true],
	["AxiosError: Request failed with status code 522", true],
	["explain 520", false],
] as const)
	test(`“${said}” ${asks ? "asks for the URL" : "asks for nothing"}`, async () => {
		const alone: string[] = [];
		await labDesk(lab).handle(said, chat({ replyPrivately: async (message) => void alone.push(flat(message)) }), "bob");
		assert.match(alone[0] ?? "", /^5\d\d/);
		assert.equal(/Which site\?/.test(alone[0] ?? ""), asks);
		assert.equal(/\n\[Enter the URL…\] \[Explain\]$/.test(alone[0] ?? ""), asks);
	});

for (const said of ["hmm, what is this", "purple", ""])
	test(`what nobody understands outside of a thread, “${said}”, is answered with forms to fill in`, async () => {
		const alone: string[] = [];
		await labDesk(lab).handle(said, chat({ replyPrivately: async (message) => void alone.push(flat(message)) }), "bob");
		assert.match(alone[0] ?? "", /\n\[Check a site…\] \[Paste an error…\] \[Help\]$/);
	});

for (const [said, isChecked] of [
	["is it only me?", true],
	["is it down only for me?", true],
	["ist das nur bei mir so?", true],
	["c'est que chez moi ?", true],
	["is it only the checkout?", false],
	["only us, everybody else is fine", false],
	["it is only me who deployed", false],
] as const)
	test(`whether others see it too is asked of another check, not of the person: ${said}`, async () => {
		const { heads, say } = await threadOfCase();
		await say(said);
		assert.equal(/^Checked again: still 520/m.test(heads.join("\n")), isChecked, heads.join("\n"));
	});

for (const [sentence, says] of [
	["how many requests fail?", /^Cloudflare accounts are turned off here/],
	["how many fail?", /^Cloudflare accounts are turned off here/],
	["which paths fail?", /^Cloudflare accounts are turned off here/],
	["show me the numbers", /^Cloudflare accounts are turned off here/],
	["numbers please", /^Cloudflare accounts are turned off here/],
	["how many requests failed in the last two hours?", /^Cloudflare accounts are turned off here/],
	["is everyone seeing this?", /^I checked from one place only\./],
	["who else sees it?", /^I checked from one place only\./],
	["does anyone else see this?", /^I checked from one place only\./],
	["undo", /^There is no answer to undo\.$/],
] as const)
	test(`“${sentence}” gets one private line, and not where the case stands`, async () => {
		const { heads, told, alone, say } = await threadOfCase();
		await say(sentence);
		assert.deepEqual([...heads, ...told], []);
		assert.equal(alone.length, 1);
		assert.match(alone.map(flat).join("\n"), says);
	});
