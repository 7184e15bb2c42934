import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type Conversation, NotHere } from "../../src/desk/conversation.ts";
import type { Desk } from "../../src/desk/desk.ts";
import type { Stores } from "../../src/desk/stores.ts";
import type { EvidenceKey } from "../../src/knowledge/evidence.ts";
import type { Button, Message, Notify } from "../../src/message/message.ts";
import type { DeskAction } from "../../src/read/action.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { chat } from "../chat.ts";
import { flat } from "../flat.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";

/** What people see of one case: a head that is edited, one delta a change, one open question. */

let lab: Lab;
before(async () => {
	lab = await openLab();
});
after(() => lab.close());

const START = Date.UTC(2026, 10, 22, 12);
let nowMs = START;
let stores: Stores;
let desk: Desk;
beforeEach(() => {
	nowMs = START;
	stores = memoryStores({ now: () => nowMs, later: () => () => {} });
	desk = labDesk(lab, { stores, now: () => nowMs });
});

/**
 * A channel in memory: every message by its ref, as it reads now.
 * @param isFixed what stands in it cannot be edited later: the chat says where no message is
 */
function channel(room = "C1", workspace = "slack T1", isFixed = false) {
	const messages = new Map<string, Message>();
	const calls: Notify[] = [];
	const alone: string[] = [];
	const names: string[] = [];
	let refs = 0;
	const post = (message: Message): string => {
		refs += 1;
		const ref = `m${refs}`;
		messages.set(ref, message);
		if (message.notify !== undefined) calls.push(message.notify);
		return ref;
	};
	/** @param thread the thread that is spoken in; null: in the channel, where each question opens one */
	const speaks = (who: string, thread: string | null = null): Conversation<Message> => {
		let head: string | null = null;
		return chat({
			begin: async (message) => {
				head = post(message);
			},
			update: async (message) => {
				if (head === null) head = post(message);
				else messages.set(head, message);
			},
			followUp: async (message) => post(message),
			replyPrivately: async (message) => void alone.push(`${who}: ${flat(message)}`),
			edit: async (ref, message) => {
				assert.equal(message.notify, undefined, "an edit calls nobody");
				messages.set(ref, message);
			},
			permalink: async (ref) => `https://chat.example/${ref}`,
			renameThread: async (message) => void names.push(flat(message).split("\n")[0] ?? ""),
			location: () => ({ messageRef: isFixed ? null : head, threadKey: `slack ${room} ${thread ?? head}` }),
			asker: `slack ${who}`,
			workspace,
			channel: room,
			platform: "slack",
			room: { key: `slack ${room}`, isOpen: true, hasOutsiders: false },
		});
	};
	return {
		speaks,
		alone,
		calls,
		names,
		/** All messages, in the order of posting. */
		lines: () => [...messages.values()].map(flat),
		/** How the message of that number reads, the head being the first. */
		at: (nth: number) => flat([...messages.values()].at(nth) ?? { mood: "neutral", blocks: [] }),
		buttons: (): Button[] =>
			[...messages.values()].flatMap(({ blocks }) =>
				blocks.flatMap((block) =>
					block.kind === "buttons" ? [...block.buttons, ...(block.menus ?? []).flatMap(({ options }) => options)] : [],
				),
			),
	};
}

/** A case about a failing page, in the thread of its head. */
async function openCase(site = "closes-empty", path = "/checkout", room = channel()) {
	await desk.handle(lab.url(site, path), room.speaks("alice"), "alice");
	const say = (what: string | DeskAction, who = "bob") => desk.handle(what, room.speaks(who, "m1"), who);
	const answer = (value: string | null, who = "bob", key: EvidenceKey = "direct-origin") =>
		say({ do: "answer", case: "case-1", key, value }, who);
	const one = async () => {
		const found = await stores.cases.get("case-1");
		assert.ok(found !== null);
		return found;
	};
	return { ...room, say, answer, one };
}

const ASKS = /\n\[.*\[I (?:cannot run this|do not know)\]/;

test("a first answer is the head and one question, with its command and its answers", async () => {
	const { lines } = await openCase();
	assert.equal(lines().length, 2);
	const [head = "", question = ""] = lines();
	assert.match(
		head,
		/closes-empty\.lab\.example:\d+\/checkout fails with 520 · .*\n.*At fault: the origin \(certain\)\.\n.* · for alice\n\[Check again\] \[Watch\] \[Evidence\] \[⋯\]$/,
	);
	assert.match(question, /^Next: run this on the origin server\. What does it print\?\ncurl /);
	assert.match(
		question,
		/\[Empty reply \(52\)\] \[Exit 0…\] \[Check it for me…\] \[I cannot run this\] \[Other result…\]\nTo paste/,
	);
});

test("an answer turns its question into what was said, with Undo; the next question comes with what it means", async () => {
	const { lines, answer, at } = await openCase();
	await answer("closed-empty");
	assert.equal(lines().length, 3);
	assert.match(at(1), /^✅ bob: Empty reply \(curl 52\)\n\[Undo\]$/);
	assert.match(at(2), /crash or a deliberate close.*\nNext: .*\?/s);
	assert.match(at(2), ASKS);
});

test("Undo is told to everybody, marks the answer, and asks again", async () => {
	const { answer, say, at, one, lines } = await openCase();
	await answer("closed-empty");
	await say({ do: "take-back", case: "case-1", key: "direct-origin" }, "carol");
	assert.match(at(1), /^↩ carol undid the answer to: What does the origin return/);
	assert.match(at(3), /^carol undid the answer "Empty reply \(curl 52\)"\./);
	assert.equal(lines().filter((text) => ASKS.test(text)).length, 1, "one question is open");
	assert.ok(!(await one()).facts.some(({ key }) => key === "direct-origin"));
});

test("whatever is answered, asked and undone, one question is open", async () => {
	const { answer, say, lines, one } = await openCase();
	const steps: (() => Promise<unknown>)[] = [
		() => answer("closed-empty"),
		() => say({ do: "take-back", case: "case-1", key: "direct-origin" }),
		() => answer("deploy", "bob", "what-changed"),
		() => say("status"),
		() => answer("everyone", "ann", "who-is-hit"),
		() => say("check again"),
		() => say("hmm, no idea what that means"),
		() => answer("normal", "ann", "host-health"),
	];
	for (const [index, step] of steps.entries()) {
		await step();
		const open = lines().filter((text) => ASKS.test(text)).length;
		assert.equal(open, (await one()).open === null ? 0 : 1, `after step ${index + 1}:\n${lines().join("\n\n")}`);
	}
});

test("two who disagree within a minute are both named, and asked which is right; the one that is pressed counts", async () => {
	const { answer, say, at, one } = await openCase();
	await answer("closed-empty", "bob");
	await answer("reset", "carol");
	assert.match(at(3), /^bob says Empty reply \(curl 52\), carol says Reset \(curl 56\)\. Which is right\?\n\[.*\] \[.*\]$/);
	assert.equal((await one()).facts.find(({ key }) => key === "direct-origin")?.value, "closed-empty");
	await say({ do: "answer", case: "case-1", key: "direct-origin", value: "reset", askedBack: true }, "bob");
	assert.equal((await one()).facts.find(({ key }) => key === "direct-origin")?.value, "reset");
	assert.match(at(3), /✅ bob: Reset \(curl 56\)\n\[Undo\]$/);
});

test("a later answer of somebody else, and one against what was measured, is asked back from whoever gave it", async () => {
	const { answer, say, alone, one } = await openCase();
	await answer("closed-empty", "bob");
	nowMs += 120_000;
	await answer("reset", "carol");
	assert.match(alone.at(-1) ?? "", /^carol: bob answered Empty reply \(curl 52\)\. Replace it\?\n\[Replace\] \[Keep\]$/);
	await say("autopsy HTTP/1.1 200 OK\nX Bad: 1\nContent-Length: 0\n\n", "grace");
	const measured = (await one()).facts.find(({ key }) => key === "direct-origin");
	assert.deepEqual([measured?.by, measured?.value], ["paste", "malformed"]);
	await answer("closed-empty", "carol");
	assert.match(alone.at(-1) ?? "", /^carol: grace's curl output shows Malformed response\. Replace it\?/);
	assert.equal((await one()).facts.find(({ key }) => key === "direct-origin")?.value, "malformed");
	await say({ do: "answer", case: "case-1", key: "direct-origin", value: "closed-empty", askedBack: true }, "carol");
	assert.equal((await one()).facts.find(({ key }) => key === "direct-origin")?.value, "closed-empty");
	await say("autopsy HTTP/1.1 200 OK\nX Bad: 1\nContent-Length: 0\n\n", "grace");
	assert.equal((await one()).facts.find(({ key }) => key === "direct-origin")?.value, "closed-empty", "what was confirmed stays");
});

test("a paste that decides changes the head, and says what to do", async () => {
	const { say, at, one } = await openCase();
	const [ray] = (await one()).rays;
	await say(
		`logs ${new Date(nowMs).toISOString()} web1 php-fpm[77]: WARNING: [pool www] child 812 exited on signal 11 (SIGSEGV) after 3.1 seconds ray=${ray}`,
	);
	assert.match(at(0), /fails with 520 · likely: application crash or restart \(\d+%\)/);
	assert.match(
		at(-1),
		/^Line 1: .*\. Likely: application crash or restart\.\nFix: .*\n\[Solved…\] \[Not it\] \[Report…\] \[Explain\]$/s,
	);
	await say({ do: "not-it", case: "case-1", cause: "origin-crashed" });
	assert.doesNotMatch(at(0), /likely: application crash/);
	assert.match(at(-1), /^bob: not application crash or restart\./);
});

test("evidence is posted once a check; later it is linked", async () => {
	const { say, answer, at, alone, lines } = await openCase();
	await answer("closed-empty");
	await say({ do: "evidence", case: "case-1" });
	assert.match(at(3), /^Evidence/);
	assert.match(at(3), /Requested directly, the origin closes the connection without a response \(reported\)\./);
	assert.ok(at(3).split("Ruled out:").length - 1 <= 3, at(3));
	await say("evidence");
	assert.equal(lines().length, 4);
	assert.match(alone.at(-1) ?? "", /https:\/\/chat\.example\/m4/);
	await say("check again");
	await say("evidence");
	assert.match(at(-1), /^Evidence/, "of the newer check");
});

test("who cannot answer is asked who runs the server; where nobody here does, no server command comes again", async () => {
	const { answer, say, at, lines, one } = await openCase();
	await answer(null);
	assert.match(at(2), /^Next: do you or your team run this server\?\n\[Yes\] \[Not my server\]$/);
	await say({ do: "access", case: "case-1", key: "direct-origin", has: false });
	assert.match(at(2), /^⏭ bob cannot run this\.$/);
	assert.match(at(3), /You cannot fix this from your side\. Send the owner/);
	assert.equal(at(2), "⏭ bob cannot run this.");
	assert.ok((await one()).facts.some(({ key, value }) => key === "origin-log" && value === "no-access"));
	await say("status");
	assert.doesNotMatch(lines().slice(2).join("\n"), /curl -|sudo/);
	await say("is it us or cloudflare?");
	assert.match(at(-1), /^The origin: Cloudflare reached it/);
});

test("no press of an old button is left without a sign, and nothing is said twice", async () => {
	const { answer, say, alone, lines } = await openCase();
	await answer("closed-empty");
	await say({ do: "take-back", case: "case-1", key: "direct-origin" });
	await say({ do: "not-it", case: "case-1", cause: "origin-crashed" });
	await say({ do: "access", case: "case-1", key: "origin-log", has: true });
	const told = lines().length;
	for (const [action, sign] of [
		[{ do: "take-back", case: "case-1", key: "direct-origin" }, "That answer is already undone."],
		[{ do: "not-it", case: "case-1", cause: "origin-crashed" }, "Already noted."],
		[{ do: "access", case: "case-1", key: "origin-log", has: false }, "Already noted."],
		[{ do: "answer", case: "case-1", key: "origin-log", value: null }, "Already noted."],
		[{ do: "reopen", case: "case-1" }, "This case is already open."],
		["reopen", "This case is already open."],
	] as const) {
		await say(action, "carol");
		assert.equal(alone.at(-1), `carol: ${sign}`);
	}
	assert.equal(lines().length, told);
});

test("what is likely begins with its name as it is written", async () => {
	const { answer, at } = await openCase();
	await answer("ok");
	await answer("complete-200", "bob", "origin-log");
	await answer("same", "bob", "variants");
	assert.match(at(-1), /Likely: Cloudflare Worker or rule\./);
});

test("a status that somebody asked for stays told when its question moves on", async () => {
	const { say, answer, at } = await openCase();
	await answer("deploy", "bob", "what-changed");
	await say("status");
	const status = /^[^\n]*fails with 520[^\n]*\nSince .*Answers: bob: A deploy or update\./;
	await say("status", "carol");
	assert.match(at(-2), status);
	assert.doesNotMatch(at(-2), /Next:|\[/);
	await answer("closed-empty");
	assert.match(at(-2), status);
	assert.match(at(-2), /\n✅ bob: Empty reply \(curl 52\)\n\[Undo\]$/);
});

test("a page that never failed still works: nothing is to be solved", async () => {
	const { say, at } = await openCase("healthy");
	await say("check again");
	assert.match(at(-1), /^Still works: 5 of 5 requests returned a page\n\[Watch\] \[Paste the error…\]$/);
});

test("a response that is cut off is called so when it is checked again", async () => {
	const { say, at } = await openCase("cut-content");
	await say("check again");
	assert.match(at(-1), /^Checked again: still cut off midway, 5 of 5 /);
});

test("checked again by somebody else, the case stays whose it is; elsewhere the page is named", async () => {
	const { say, at, speaks } = await openCase();
	await say("check again", "bob");
	assert.match(at(0), / · for alice\n/);
	await desk.handle("is it fixed?", speaks("carol"), "carol");
	assert.match(at(-1), /^Checked closes-empty\.lab\.example:\d+\/checkout again: still 520/);
	assert.match(at(0), / · for alice\n/);
});

test("in the thread of another site's case nothing is asked that has no answer there", async () => {
	const { say, at } = await openCase();
	await say(lab.url("healthy"));
	assert.match(at(-1), /healthy\.lab\.example.* works/);
	assert.doesNotMatch(at(-1), /\?/);
});

test("a case that nothing failed in gives way to a site that fails", async () => {
	const { say, at } = await openCase("healthy");
	await say(lab.url("closes-empty"));
	assert.match(at(-1), /^Next: run this on the origin server/);
	await say("status");
	assert.match(at(-1), /closes-empty\.lab\.example:\d+ fails with 520/);
});

test("checked again, a case says what changed; one that works again asks whether it is solved", async () => {
	const { say, at, names } = await openCase();
	await say("check again");
	assert.match(at(-1), /^Checked again: still 520, 5 of 5 \(12:00:\d\d UTC\)\.$/);
	await stores.cases.change("case-1", (was) => ({ ...was, url: lab.url("healthy", "/checkout") }));
	await say({ do: "recheck", case: "case-1" });
	assert.match(at(-1), /^Works again: 5 of 5 .*Solved\?\n\[Solved…\] \[Keep watching\]$/);
	assert.equal(at(1), "No answer is needed anymore.", "one question is open at a time");
	assert.match(at(0), / · for alice\n/, "whoever checks again, alice asked");
	assert.match(at(0), /healthy\.lab\.example.* works/);
	assert.equal(names.length, 1, "the thread is named after it");
});

test("what works again asks nothing, and asks again once it fails", async () => {
	const { say, at, lines, one } = await openCase();
	const { url } = await one();
	const turnTo = (to: string) => stores.cases.change("case-1", (was) => ({ ...was, url: to }));
	await turnTo(lab.url("healthy", "/checkout"));
	await say("check again");
	assert.deepEqual([lines().filter((text) => ASKS.test(text)).length, (await one()).open], [0, null]);
	await turnTo(url);
	await say("check again", "carol");
	assert.match(at(-1), /^Checked again: still 520.*\nNext: /);
	assert.match(at(0), / · for alice\n/);
	assert.equal(lines().filter((text) => ASKS.test(text)).length, 1);
});

test("who does not know is named where the question was, and not once more", async () => {
	const { say, answer, at } = await openCase();
	await answer(null);
	await say({ do: "access", case: "case-1", key: "direct-origin", has: true });
	assert.equal(at(2), "⏭ bob cannot run this.");
	assert.match(at(3), /^Next: what does the origin's log show/);
	await answer(null, "ann", "origin-log");
	assert.equal(at(3), "⏭ ann does not know.");
	assert.match(at(4), /^Next: /);
});

test("an answer is called what its button said under this code", async () => {
	const { answer, at } = await openCase("refuses");
	await answer("refused");
	assert.equal(at(1), "✅ bob: Nothing listens\n[Undo]");
	assert.match(at(2), /^Nothing listens\.\n/);
});

test("of several answers, the one that came is explained", async () => {
	const { answer, at } = await openCase();
	await answer("saturated", "ann", "host-health");
	await answer("restarted-or-oom", "ann", "host-health");
	assert.match(at(-1), /^ann said Restarted or OOM-killed besides "CPU, RAM or workers full": a crash\./);
});

test("what we can do ourselves is a button under the fix, not a command", async () => {
	const { say, at } = await openCase();
	await say("autopsy HTTP/1.1 200 OK\nX Bad: 1\nContent-Length: 0\n\n");
	assert.match(at(-1), /\nFix: check the origin directly: it names .*\n\[Check it for me…\] \[Solved…\]/);
	assert.doesNotMatch(at(-1), /`/);
});

test("solved is in the head, and can be taken back; a check that fails within a day asks whether to", async () => {
	const { say, at, names, lines } = await openCase();
	nowMs += 18 * 60_000;
	await say({ do: "it-was", case: "case-1", cause: "origin-crashed" }, "alice");
	assert.match(at(0), /\/checkout: solved · by alice after 18 min · application crash or restart\n.*\n\[Reopen\] \[Report…\]$/);
	assert.match(at(-1), /^Solved by alice after 18 min: application crash or restart\.\n\[Reopen\] \[Report…\]$/);
	assert.equal(lines().filter((text) => ASKS.test(text)).length, 0);
	await say(lab.url("closes-empty", "/checkout"));
	assert.match(at(-1), /fails again\. Reopen\?\n\[Reopen\] \[New case\]$/);
	await say({ do: "reopen", case: "case-1" }, "dave");
	assert.match(at(0), /fails with 520/);
	assert.match(at(-1), /^dave reopened this case\./);
	assert.equal(names.length, 2);
});

test("a cause in one's own words solves a case too", async () => {
	const { say, at } = await openCase();
	await say("solved : somebody unplugged the <!channel> rack", "alice");
	assert.match(at(0), /solved · by alice after 1 min · somebody unplugged the/);
});

test("another site in the thread of a case gets its own line, and the case stays what it is about", async () => {
	const { say, at, one } = await openCase();
	await say(lab.url("resets", "/"));
	assert.match(at(-1), /resets\.lab\.example:\d+ fails with 520/);
	assert.match(at(-1), /\n\[Check resets\.lab\.example\] \[Watch resets\.lab\.example\]$/);
	await say(lab.url("healthy", "/"));
	assert.match(at(-1), /healthy\.lab\.example:\d+ works/);
	assert.doesNotMatch(at(-1), /\?/, "no question without its answers");
	assert.equal(new URL((await one()).url).hostname, "closes-empty.lab.example");
	assert.equal((await stores.cases.inThread("slack C1 m1"))?.id, "case-1");
});

test("the same host again in the channel leads to its thread; a new case is a button away", async () => {
	const room = channel();
	await desk.handle(lab.url("closes-empty", "/checkout"), room.speaks("alice"), "alice");
	const requests = lab.edge.requests.length;
	await desk.handle(lab.url("closes-empty", "/cart"), room.speaks("erin"), "erin");
	assert.match(room.at(-1), /already has an open case.*https:\/\/chat\.example\/m1.*\[Check again there\] \[New case\]$/s);
	assert.equal(lab.edge.requests.length, requests, "nothing is requested");
	await desk.handle({ do: "fresh", url: lab.url("closes-empty", "/cart") }, room.speaks("erin"), "erin");
	assert.match(room.at(-1), /^Next: /);
	const elsewhere = channel("C2");
	await desk.handle(lab.url("closes-empty", "/cart"), elsewhere.speaks("erin"), "erin");
	assert.match(elsewhere.at(0), /fails with 520/, "another channel has its own");
});

test("a question outside of any thread is about the channel's one open case, or asks which", async () => {
	const room = channel();
	await desk.handle(lab.url("closes-empty", "/a"), room.speaks("alice"), "alice");
	await desk.handle("is it fixed?", room.speaks("bob"), "bob");
	assert.match(room.at(-1), /still 520/);
	await desk.handle({ do: "fresh", url: lab.url("closes-empty", "/a") }, room.speaks("bob"), "bob");
	await desk.handle("is it fixed?", room.speaks("bob"), "bob");
	assert.match(room.at(-1), /still 520/, "two cases of one page are one page");
	await desk.handle(lab.url("resets", "/b"), room.speaks("alice"), "alice");
	await desk.handle("is it fixed?", room.speaks("bob"), "bob");
	assert.match(room.at(-1), /^Which site\?\n\[.*\] \[.*\]$/);
	await desk.handle("solved application crash or restart", room.speaks("bob"), "bob");
	assert.match(room.alone.at(-1) ?? "", /^bob: Which site\?\n\[resets\.lab\.example\] \[closes-empty\.lab\.example\]/);
	await desk.handle({ do: "fresh", url: lab.url("resets", "/c") }, room.speaks("bob"), "bob");
	await desk.handle("is it fixed?", room.speaks("bob"), "bob");
	assert.match(room.at(-1), /\[\/c\] \[\/b\] \[closes-empty\.lab\.example\]$/, "each label is told from the others");
});

test("who waited long for a verdict is called, and nobody else", async () => {
	const slow = labDesk(lab, {
		stores,
		now: () => {
			nowMs += 2_000;
			return nowMs;
		},
	});
	const room = channel();
	await slow.handle(lab.url("closes-empty", "/slow"), room.speaks("alice"), "alice");
	assert.deepEqual(room.calls, [{ people: ["slack alice"] }]);
	const quick = await openCase();
	assert.deepEqual(quick.calls, []);
	await quick.answer("closed-empty");
	await quick.say({ do: "follow", case: "case-1" }, "carol");
	assert.deepEqual(quick.calls, []);
	assert.match(quick.alone.at(-1) ?? "", /^carol: I will mention you when .* recovers or fails again\.\n\[Stop following\]$/);
	assert.deepEqual((await quick.one()).followers, ["slack carol"]);
	await slow.handle({ do: "recheck", case: "case-1" }, quick.speaks("erin", "m1"), "erin");
	assert.deepEqual(quick.calls, [{ people: ["slack erin", "slack carol"] }], "not who asked first");
	await slow.handle(lab.url("resets"), quick.speaks("frank", "m1"), "frank");
	assert.deepEqual(quick.calls.at(-1), { people: ["slack frank"] });
});

test("a question that ten messages came under is asked again, further down", async () => {
	const { answer, lines, say } = await openCase();
	const asked = () => lines().findIndex((text) => ASKS.test(text));
	assert.equal(asked(), 1);
	for (let nth = 0; nth < 11; nth += 1) await answer(nth % 2 === 0 ? "deploy" : "firewall-or-host", "ann", "what-changed");
	assert.equal(asked(), lines().length - 1);
	await say("thanks");
	assert.equal(lines().filter((text) => ASKS.test(text)).length, 1);
});

test("where a setting at Cloudflare is the likely cause, nothing says that the origin is at fault", async () => {
	const { answer, say, at } = await openCase();
	assert.match(at(0), /At fault: the origin \(certain\)/);
	await answer("ok");
	await answer("complete-200", "bob", "origin-log");
	await answer("worker-on-route", "bob", "cloudflare-features");
	await answer("tls-dns-or-cloudflare", "bob", "what-changed");
	assert.match(at(0), /likely: Cloudflare Worker or rule \(\d+%\)/);
	assert.match(at(0), /At fault: the site's Cloudflare settings \(likely\)\./);
	assert.doesNotMatch(at(0), /certain/);
	await say("is it us or cloudflare?");
	assert.match(at(-1), /^Cloudflare returned 520 for this URL\. At fault: the site's Cloudflare settings \(likely\)\.$/);
	await say({ do: "not-it", case: "case-1", cause: "edge-feature" });
	assert.match(at(0), /At fault: the origin \(certain\)/);
});

for (const [said, expected] of [
	["is it us or cloudflare?", /^Your origin: Cloudflare reached it/],
	["is it me?", /^Your origin: Cloudflare reached it/],
	["thanks", /^Glad to help\.$/],
	["status", /fails with 520.*Since .*Next: /s],
	["who knows what this purple thing does", /fails with 520.*Next: /s],
] as const)
	test(`in the thread, “${said}” is talk, and no error`, async () => {
		const { say, at, alone } = await openCase();
		await say(said);
		assert.match(at(-1), expected);
		assert.doesNotMatch(alone.join("\n"), /not understand/);
	});

test("status says what was ruled out, for whoever comes in later", async () => {
	const { answer, say, at } = await openCase();
	await answer("closed-empty");
	await say("status", "carol");
	assert.match(at(-1), /\nSince .*Answers: bob: Empty reply \(curl 52\)\. Ruled out: [a-z].*\./);
	const [handover = ""] = at(-1).split("\nNext:");
	assert.ok(handover.split(/\s+/).length <= 90, handover);
});

test("a recovery and a renewed failure call those who wait for it, but not the person who asked for the check", async () => {
	const { say, one, calls, at } = await openCase();
	const moveTo = (site: string) => stores.cases.change("case-1", (was) => ({ ...was, url: lab.url(site, "/checkout") }));
	const again = (who: string) => say({ do: "recheck", case: "case-1" }, who);
	await say({ do: "follow", case: "case-1" }, "carol");
	await again("bob");
	assert.deepEqual(calls, [], "nothing changed");
	await moveTo("healthy");
	await again("bob");
	assert.deepEqual(calls.at(-1), { people: ["slack alice", "slack carol"], broadcast: true });
	assert.match(at(-1), /^Works again/);
	await moveTo("closes-empty");
	await again("carol");
	assert.deepEqual(calls.at(-1), { people: ["slack alice"] });
	assert.equal(calls.length, 2);
	assert.deepEqual((await one()).followers, ["slack carol"]);
});

test("where the head cannot be edited, a change begins with its first line, and a check again begins a new head", async () => {
	const { answer, say, at } = await openCase("closes-empty", "/checkout", channel("C1", "slack T1", true));
	await answer("closed-empty");
	assert.match(at(-1), /fails with 520.*\n.*crash or a deliberate close/);
	await say({ do: "recheck", case: "case-1" });
	assert.match(at(-2), /fails with 520 .*\n.*At fault[\s\S]*\n\[Check again\] \[Watch\]/);
	assert.match(at(-1), /^Checked again: still 520/);
});

test("a head that can no longer be edited is followed by its first line, and a check again begins a new one", async () => {
	const room = channel();
	const { answer, at, one } = await openCase("closes-empty", "/checkout", room);
	const gone = (who: string): Conversation<Message> => ({
		...room.speaks(who, "m1"),
		edit: async () => {
			throw new NotHere("gone");
		},
	});
	await desk.handle({ do: "answer", case: "case-1", key: "what-changed", value: "deploy" }, gone("bob"), "bob");
	await answer("closed-empty");
	assert.match(at(-1), /fails with 520.*\n.*crash or a deliberate close/);
	await desk.handle({ do: "recheck", case: "case-1" }, room.speaks("bob", "m1"), "bob");
	assert.match(at(-2), /fails with 520 .*\n.*At fault[\s\S]*\n\[Check again\] \[Watch\]/);
	assert.notEqual((await one()).messageRef, null, "the new head is the one that is edited");
	await answer("reset", "ann", "direct-origin");
	assert.doesNotMatch(at(-1), /fails with 520/);
});

for (const [said, expected] of [
	["thanks!", /^Glad to help\.$/],
	["is it us or cloudflare?", /^Your origin: /],
	["it was the WAF", /^bob: Solved as connection dropped by a rule\?/],
	["we deployed 10 minutes ago", /^bob: Note a deploy or update at about 11:50 UTC as what changed\?/],
] as const)
	test(`outside of any thread, “${said}” is about the channel's one open case`, async () => {
		const room = channel();
		await desk.handle(lab.url("closes-empty", "/a"), room.speaks("alice"), "alice");
		const before = room.lines().length;
		await desk.handle(said, room.speaks("bob"), "bob");
		assert.match([...room.lines().slice(before), ...room.alone].at(-1) ?? "", expected);
	});

test("a solved case that still works stays solved when it is checked in its thread", async () => {
	const { say, at, lines, one } = await openCase();
	await say({ do: "it-was", case: "case-1", cause: "origin-crashed" }, "alice");
	await stores.cases.change("case-1", (was) => ({ ...was, url: lab.url("healthy", "/checkout") }));
	const before = lines().length;
	await say("check again");
	assert.equal(lines().length, before + 1);
	assert.match(at(-1), /^Checked again: healthy\.\S+ works, 5 of 5 requests \(12:00:00 UTC\)\. It stays solved\.$/);
	assert.equal((await stores.cases.inThread("slack C1 m1"))?.id, "case-1");
	assert.ok((await one()).solved !== null);
});

test("beside a page that works, the one that fails is the channel's open case", async () => {
	const room = channel();
	await desk.handle(lab.url("closes-empty", "/a"), room.speaks("alice"), "alice");
	await desk.handle(lab.url("healthy", "/b"), room.speaks("alice"), "alice");
	await desk.handle("is it fixed?", room.speaks("bob"), "bob");
	assert.match(room.at(-1), /still 520/);
});

test("where the admins turned off checks of an origin, nothing offers one", async () => {
	await stores.policies.change("slack T1", (was) => ({ ...was, origins: ["other.example"] }));
	const { say, lines } = await openCase();
	await say("status");
	assert.equal(lines().filter((text) => text.includes("[Check it for me…]")).length, 0, lines().join("\n\n"));
	assert.match(lines().at(-1) ?? "", /\[Empty reply \(52\)\] \[Exit 0…\] \[I cannot run this\]/);
});

test("outside of its thread a case is told without its question, which stays where it is", async () => {
	const { speaks, say, at, one, names } = await openCase();
	await desk.handle({ do: "status", case: "case-1" }, speaks("bob"), "bob");
	assert.match(at(1), ASKS);
	assert.doesNotMatch(at(-1), ASKS);
	assert.equal((await one()).open?.messageRef, "m2");
	await desk.handle({ do: "recheck", case: "case-1" }, speaks("bob"), "bob");
	assert.match(at(1), ASKS);
	assert.equal((await one()).open?.messageRef, "m2");
	await say({ do: "it-was", case: "case-1", cause: "origin-crashed" }, "alice");
	const named = names.length;
	await desk.handle({ do: "reopen", case: "case-1" }, speaks("erin", "m77"), "erin");
	assert.doesNotMatch(at(-1), ASKS);
	assert.equal(names.length, named, "the other thread keeps its name");
	await say("status");
	assert.match(at(-1), ASKS);
});

const MALFORMED = "autopsy HTTP/1.1 200 OK\nX Bad: 1\nContent-Length: 0\n\n";
/** A line of PHP-FPM about the first request of a case. */
const killed = ({ rays: [ray = ""] }: { readonly rays: readonly string[] }) =>
	`logs ${new Date(nowMs).toISOString()} web1 php-fpm[77]: WARNING: [pool www] child 812 exited on signal 11 (SIGSEGV) after 3.1 seconds ray=${ray}`;

test("where a cause is likely, the state of a case asks nothing", async () => {
	const { say, at } = await openCase();
	await say(MALFORMED, "grace");
	await say("status");
	assert.match(at(-1), /fails with 520/);
	assert.doesNotMatch(at(-1), ASKS);
});

test("a sentence against what was measured is asked back with both", async () => {
	const { say, one, alone } = await openCase();
	await say(killed(await one()), "grace");
	await say("the log shows nothing", "dave");
	assert.match(alone.at(-1) ?? "", /^dave: grace's paste shows A crash or kill\. Replace it\?\n\[Replace\] \[Keep\]$/);
});

test("who runs the server but cannot answer takes nothing away that came meanwhile", async () => {
	const { say, answer, one, alone } = await openCase();
	await answer(null);
	await say(MALFORMED, "grace");
	await say({ do: "access", case: "case-1", key: "direct-origin", has: true });
	assert.equal((await one()).facts.find(({ key }) => key === "direct-origin")?.value, "malformed");
	assert.match(alone.at(-1) ?? "", /^bob: Already noted/);
});

test("Not my server can be taken back, and gives way to whoever can reach it", async () => {
	const { say, answer, one, at } = await openCase();
	const notMine = async () => {
		await answer(null);
		await say({ do: "access", case: "case-1", key: "direct-origin", has: false });
	};
	await notMine();
	await say("undo", "carol");
	assert.equal((await one()).access, null);
	assert.match(at(-1), ASKS);
	await notMine();
	await say(killed(await one()), "dave");
	assert.match(at(-1), /\[Solved…\]/);
});

test("a replaced answer changes where it was given", async () => {
	const { say, answer, at } = await openCase();
	await answer("closed-empty");
	nowMs += 120_000;
	await say({ do: "answer", case: "case-1", key: "direct-origin", value: "reset", askedBack: true }, "carol");
	assert.match(at(1), /^✅ carol: Reset/);
});

test("a paste in the place of an answer changes where that was given", async () => {
	const { say, answer, at } = await openCase();
	await answer("closed-empty");
	nowMs += 120_000;
	await say(MALFORMED, "grace");
	assert.match(at(1), /^✅ grace/);
});

test("a name cannot change how a question reads", async () => {
	const { say, answer, alone } = await openCase();
	await say(MALFORMED, "ev`x`il\u202e\nrm");
	await answer("closed-empty", "carol");
	assert.match(alone.at(-1) ?? "", /^carol: ev`x`il[^\u202e\n]*rm's curl output shows .* Replace it\?/);
});
