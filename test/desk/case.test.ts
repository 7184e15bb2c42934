import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Conversation } from "../../src/desk/conversation.ts";
import { openLimits } from "../../src/looks/limits.ts";
import type { Message } from "../../src/message/message.ts";
import { actionText, readAction } from "../../src/read/action.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { chat } from "../chat.ts";
import { realClock } from "../clock.ts";
import { flat } from "../flat.ts";
import { labDesk } from "../lab/desk.ts";
import { rayAt } from "../lab/edge.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { serveOrigin } from "../lab/origin.ts";
import { readOriginFile } from "../lab/origin-files.ts";

let lab: Lab;
before(async () => {
	lab = await openLab();
});
after(() => lab.close());

/** One thread: its messages and its head. */
function thread() {
	const told: string[] = [];
	const whispered: string[] = [];
	const state = { head: "" };
	const stand = (message: Message) => {
		state.head = flat(message);
	};
	const conversation = chat({
		begin: async (message) => stand(message),
		update: async (message) => stand(message),
		followUp: async (message) => {
			told.push(flat(message));
			return null;
		},
		replyPrivately: async (message) => void whispered.push(flat(message)),
		location: () => ({ messageRef: "head", threadKey: "thread" }),
		edit: async (_ref, message) => stand(message),
	});
	return { conversation, told, whispered, state };
}

test("two people who answer at once, and one who clicks twice, leave one coherent case", async () => {
	const kept = memoryStores(realClock);
	const { cases } = kept;
	const desk = labDesk(lab, { stores: kept });
	const { conversation, told, whispered, state } = thread();
	await desk.handle(lab.url("closes-empty"), conversation);
	const before = told.length;
	const answer = (key: "origin-log" | "what-changed", value: string, who: string) =>
		desk.handle({ do: "answer", case: "case-1", key, value }, conversation, who);
	await Promise.all([
		answer("origin-log", "refused-or-444", "Ann"),
		answer("what-changed", "firewall-or-host", "Ben"),
		answer("origin-log", "refused-or-444", "Ann"),
	]);
	const one = await cases.get("case-1");
	assert.deepEqual(
		one?.facts.filter(({ by }) => by === "person").map(({ key, who }) => `${key} ${who}`),
		["origin-log Ann", "what-changed Ben"],
	);
	assert.equal(told.length, before + 2, "nothing is said twice");
	assert.match(whispered.join("\n"), /Already noted/);
	assert.match(state.head, /likely: connection dropped by a rule \(\d+%\)/);
});

test("a late answer to an older question replaces the answer to that one, and says so", async () => {
	const desk = labDesk(lab);
	const { conversation, told } = thread();
	await desk.handle(lab.url("closes-empty"), conversation);
	await desk.handle({ do: "answer", case: "case-1", key: "origin-log", value: "nothing" }, conversation, "Ann");
	await desk.handle({ do: "answer", case: "case-1", key: "who-is-hit", value: "everyone" }, conversation, "Ben");
	await desk.handle({ do: "answer", case: "case-1", key: "origin-log", value: "crash" }, conversation, "Ann");
	assert.match(told.at(-1) ?? "", /A crash or kill instead of "No entry at all"/);
});

for (const [key, first, second, known, says] of [
	["cloudflare-features", "tunnel", "rules", ["tunnel", "rules"], /Rules or rewrites besides "Cloudflare Tunnel"/],
	["cloudflare-features", "rules", "tunnel", ["tunnel", "rules"], /Cloudflare Tunnel besides "Rules or rewrites"/],
	["cloudflare-features", "worker", "worker-as-caller", "worker-as-caller", /My Worker calls this URL instead of "A Worker"/],
	["cloudflare-features", "none", "tunnel", "tunnel", /Cloudflare Tunnel instead of "None of these"/],
	["cloudflare-features", "tunnel", "none", "none", /None of these instead of "Cloudflare Tunnel"/],
	["host-health", "saturated", "restarted-or-oom", ["restarted-or-oom", "saturated"], /OOM-killed besides "CPU/],
	["host-health", "saturated", "normal", "normal", /Normal instead of "CPU/],
	["other-codes", "origin-5xx", "timeouts", ["timeouts", "origin-5xx"], /522 or 524 besides "Its own 500 to 504"/],
	["what-changed", "deploy", "nothing", "nothing", /Nothing we know of instead of "A deploy or update"/],
] as const)
	test(`${key} is ${first}, and then ${second}: what can be so at once is kept, and one undo takes the answer back`, async () => {
		const kept = memoryStores(realClock);
		const desk = labDesk(lab, { stores: kept });
		const { conversation, told, whispered } = thread();
		await desk.handle(lab.url("closes-empty"), conversation);
		const answer = (value: string, who: string) => desk.handle({ do: "answer", case: "case-1", key, value }, conversation, who);
		const value = async () => (await kept.cases.get("case-1"))?.facts.find((one) => one.key === key)?.value;
		await answer(first, "Ann");
		await answer(second, "Ann");
		assert.deepEqual(await value(), known);
		assert.match(told.at(-1) ?? "", says);
		const before = told.length;
		await answer(second, "Cem");
		assert.equal(told.length, before, "nothing is said twice");
		assert.match(whispered.at(-1) ?? "", /Already noted/);
		await desk.handle({ do: "take-back", case: "case-1", key }, conversation, "Ben");
		assert.equal(await value(), undefined);
	});

test("log lines that are off by whole hours are a matter of the zone, and move nothing", async () => {
	const now = Date.UTC(2026, 10, 22, 12, 0, 10);
	const own = await openLab({ now: () => now });
	after(() => own.close());
	const desk = labDesk(own, { now: () => now });
	const { conversation, told, state } = thread();
	await desk.handle(own.url("closes-empty"), conversation);
	const before = told.length;
	await desk.handle('logs x - - [22/Nov/2026:14:00:30 +0000] "GET /a HTTP/1.1" 444 0 "-" "x"', conversation);
	assert.equal(told.length, before + 1);
	assert.match(told.at(-1) ?? "", /off by about 2 h ahead, probably the log's time zone/);
	assert.doesNotMatch(state.head, /likely/);
});

test("an answer that comes while the site is asked again is kept", async () => {
	const kept = memoryStores(realClock);
	const { cases } = kept;
	const desk = labDesk(lab, { stores: kept });
	const { conversation } = thread();
	await desk.handle(lab.url("closes-empty"), conversation);
	let pressed: Promise<unknown> | null = null;
	const slow: Conversation<Message> = {
		...conversation,
		// A button is pressed while the second verdict is being posted.
		update: async (message) => {
			pressed ??= desk.handle({ do: "answer", case: "case-1", key: "origin-log", value: "crash" }, conversation, "Ann");
			await pressed;
			return conversation.update(message);
		},
	};
	await desk.handle(lab.url("closes-empty"), slow);
	assert.ok((await cases.get("case-1"))?.facts.some(({ key, who }) => key === "origin-log" && who === "Ann"));
});

test("nobody who does not know takes an answer away, and nothing is said twice", async () => {
	const kept = memoryStores(realClock);
	const { cases } = kept;
	const desk = labDesk(lab, { stores: kept });
	const { conversation, told, whispered } = thread();
	await desk.handle(lab.url("closes-empty"), conversation);
	await desk.handle({ do: "answer", case: "case-1", key: "origin-log", value: "crash" }, conversation, "Ann");
	const said = told.length;
	await desk.handle({ do: "answer", case: "case-1", key: "origin-log", value: null }, conversation, "Ben");
	await desk.handle({ do: "take-back", case: "case-1", key: "variants" }, conversation, "Ben");
	assert.equal(told.length, said);
	assert.match(whispered.join("\n"), /Already noted/);
	assert.ok((await cases.get("case-1"))?.facts.some(({ key }) => key === "origin-log"));
});

test("only a cause closes a case, and a closed one can still be reported on", async () => {
	const desk = labDesk(lab);
	const { conversation, told, whispered } = thread();
	await desk.handle(lab.url("closes-empty"), conversation);
	await desk.handle("solved banana", conversation);
	assert.match(told.at(-1) ?? "", /What was the cause\? .*\n.*\[Something else…\]/);
	await desk.handle("solved origin-crashed", conversation);
	await desk.handle("report", conversation);
	assert.match(told.at(-1) ?? "", /^Report on closes-empty/);
	assert.match(whispered.at(-1) ?? "", /Who should get it\?/);
	await desk.handle("report host", conversation);
	assert.match(
		whispered.at(-1) ?? "",
		/^For the hosting provider\nSubject: closes-empty\.lab\.example returned Cloudflare error 520/,
	);
});

test("lines of syslog, which have no year, are put into the time of the case", async () => {
	const now = Date.UTC(2026, 10, 22, 12, 0, 10);
	const own = await openLab({ now: () => now });
	after(() => own.close());
	const desk = labDesk(own, { now: () => now });
	const { conversation, told } = thread();
	await desk.handle(own.url("closes-empty"), conversation);
	const before = told.length;
	await desk.handle("logs Nov 22 09:34:01 web kernel: Out of memory: Killed process 812 (node) total-vm", conversation);
	assert.equal(told.length, before + 1);
	assert.match(told.at(-1) ?? "", /off by about 2\.5 h behind/);
	await desk.handle("logs Nov 22 12:00:12 web kernel: Out of memory: Killed process 812 (node) total-vm", conversation);
	assert.match(told.at(-1) ?? "", /Line 1: .*kernel.*(?:killed|memory).*Likely: application crash/is);
});

test("a head that was deleted loses no answer", async () => {
	const kept = memoryStores(realClock);
	const { cases } = kept;
	const desk = labDesk(lab, { stores: kept });
	const { conversation, told } = thread();
	await desk.handle(lab.url("closes-empty"), conversation);
	const gone: Conversation<Message> = {
		...conversation,
		edit: async () => {
			throw new Error("message_not_found");
		},
	};
	await desk.handle({ do: "answer", case: "case-1", key: "origin-log", value: "crash" }, gone, "Ann");
	assert.match(told.at(-1) ?? "", /A crash or kill/);
	assert.ok((await cases.get("case-1"))?.facts.some(({ key }) => key === "origin-log"));
});

test("a thread of 500 messages stays one case", async () => {
	const kept = memoryStores(realClock);
	const { cases } = kept;
	const desk = labDesk(lab, { stores: kept });
	const { conversation, told } = thread();
	await desk.handle(lab.url("closes-empty"), conversation);
	const before = told.length;
	const values = ["nothing", "crash", "complete-200", "refused-or-444", "client-closed-499"];
	for (let nth = 0; nth < 500; nth += 1)
		await desk.handle(
			{ do: "answer", case: "case-1", key: "origin-log", value: values[nth % values.length] ?? "nothing" },
			conversation,
			"Ann",
		);
	assert.equal(told.length, before + 500);
	const one = await cases.get("case-1");
	assert.equal(one?.facts.length, 4);
	assert.equal(one?.facts.at(-1)?.value, values.at(499 % values.length));
});

test("a case that nobody answered for a day ends quietly", async () => {
	let now = Date.UTC(2026, 10, 22, 12);
	const desk = labDesk(lab, { now: () => now });
	const { conversation, whispered } = thread();
	await desk.handle(lab.url("closes-empty"), conversation);
	now += 25 * 3_600_000;
	await desk.handle({ do: "answer", case: "case-1", key: "origin-log", value: "crash" }, conversation, "Ann");
	assert.match(whispered.join("\n"), /closed after a day without activity/);
});

test("beyond a limit nothing goes out, and the asker is told when there is room again", async () => {
	const counts = memoryStores(realClock).requestCounts;
	const limits = openLimits(
		{ hostPerHour: 20, open: 10 },
		{ counts, now: Date.now, hashed: (text) => text, storeFailed: () => {} },
	);
	const desk = labDesk(lab, { limits });
	const { conversation, told, whispered } = thread();
	for (let nth = 0; nth < 3; nth += 1) await desk.handle(lab.url("closes-empty", `/${nth}`), conversation);
	const before = lab.edge.requests.length;
	const said = told.length;
	await desk.handle(lab.url("closes-empty", "/another"), conversation);
	assert.equal(lab.edge.requests.length, before, "not a packet");
	assert.equal(told.length, said);
	assert.match(whispered.at(-1) ?? "", /reached its limit of \d+ requests per hour.*Try again in/s);
});

test("what a button carries is read back as it was, and anything else is nothing", () => {
	for (const press of [
		{ do: "origin-form", url: "https://shop.example/a?b=1" },
		{ do: "answer", case: "0a1b2c3d", key: "origin-log", value: "nothing" },
		{ do: "answer", case: "0a1b2c3d", key: "origin-log", value: "nothing", askedBack: true },
		{ do: "answer", case: "0a1b2c3d", key: "header", value: null },
		{ do: "take-back", case: "0a1b2c3d", key: "variants" },
		{ do: "variants", case: "0a1b2c3d" },
		{ do: "solved", case: "0a1b2c3d" },
		{ do: "it-was", case: "0a1b2c3d", cause: "origin-crashed" },
		{ do: "report", case: "0a1b2c3d" },
		{ do: "statement", case: "0a1b2c3d", audience: "cloudflare" },
		{ do: "evidence", case: "0a1b2c3d" },
		{ do: "recheck", case: "0a1b2c3d" },
		{ do: "status", case: "0a1b2c3d" },
		{ do: "reopen", case: "0a1b2c3d" },
		{ do: "follow", case: "0a1b2c3d" },
		{ do: "unfollow", case: "0a1b2c3d" },
		{ do: "access", case: "0a1b2c3d", key: "direct-origin", has: false },
		{ do: "not-it", case: "0a1b2c3d", cause: "idle-race" },
		{ do: "solved-form", case: "0a1b2c3d" },
		{ do: "fresh", url: "https://shop.example/a?b=1" },
		{ do: "places", url: "https://shop.example/a?b=1" },
		{ do: "case-places", case: "0a1b2c3d" },
		{ do: "url-form" },
		{ do: "text-form" },
		{ do: "token-form", host: "shop.example" },
	] as const) {
		const text = actionText(press as Parameters<typeof actionText>[0], 100);
		assert.ok(text !== null);
		const back = readAction(text);
		if ("key" in press && press.key === "header") assert.equal(back, null, "no such key");
		else assert.deepEqual(back, press);
	}
	for (const text of [
		"",
		"a",
		"a:",
		"a:x:origin-log:perhaps",
		"a:x:__proto__:y",
		"y:x:__proto__:y",
		"y:x:origin-log:?",
		"w:x:<!channel>",
		"xy:y",
		"g:x:banana",
		"t:x:everybody",
		"z:x:origin-log:perhaps",
		"a:x:origin-log:nothing:more",
		"s:a b",
		"o".repeat(5_000),
	])
		assert.equal(readAction(text), null, text.slice(0, 40));
});

test("an origin that says its own address, in a field's name, a value or its content, does not give it away", async () => {
	const origin = await serveOrigin(() => ({
		...readOriginFile("findings/whole"),
		bytes: Buffer.from("HTTP/1.1 200 OK\r\nX 127.0.0.1: 1\r\nX-Backend: 127.0.0.1\r\nContent-Length: 9\r\n\r\n127.0.0.1"),
	}));
	after(() => origin.close());
	const { conversation, told, whispered, state } = thread();
	const { reply } = await labDesk(lab).handle(`origin http://origin.lab.example:${origin.port}/ 127.0.0.1`, conversation);
	// The one place for a loopback address is the command for the machine itself.
	const said = JSON.stringify([told, whispered, state, reply]).replaceAll(`:127.0.0.1:${origin.port}`, "");
	assert.doesNotMatch(said, /127\.0\.0\.1/);
	assert.match(said, /A header name contains a byte that is not allowed/);
});

test("the codes that the host gives besides the case's own become evidence: of a pasted page, a watch, another thread", async () => {
	const kept = memoryStores(realClock);
	const desk = labDesk(lab, { stores: kept });
	const { conversation, told } = thread();
	const url = lab.url("closes-empty");
	await desk.handle(url, conversation);
	const codes = async (id: string) =>
		(await kept.cases.get(id))?.facts
			.filter(({ key }) => key === "other-codes")
			.map(({ value, by, who }) => ({ value, by, who }));
	assert.deepEqual(await codes("case-1"), []);
	const page = (code: string) =>
		`${url} | ${code}: Connection timed out Ray ID: ${rayAt(Date.now())} • Performance & security by Cloudflare`;
	await desk.handle(page("520"), conversation, "Ann");
	assert.deepEqual(await codes("case-1"), []);
	const before = told.length;
	await desk.handle(page("522"), conversation, "Ann");
	assert.deepEqual(await codes("case-1"), [{ value: ["timeouts"], by: "paste", who: "Ann" }]);
	assert.equal(
		told.slice(before).filter((one) => /^Ann's paste shows 522 or 524/.test(one)).length,
		1,
		told.slice(before).join("\n\n"),
	);
	// The same host in another thread of the room: what is known of it counts there too.
	const other = { ...conversation, location: () => ({ messageRef: "other", threadKey: "other" }) };
	await desk.handle({ do: "fresh", url }, other);
	const second = (await kept.cases.inThread("other"))?.id ?? "";
	assert.deepEqual(await codes(second), [{ value: ["timeouts"], by: "look", who: null }]);
});
