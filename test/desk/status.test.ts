import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { askOnce } from "../../src/adapters/terminal/terminal.ts";
import type { DeskContext } from "../../src/desk/context.ts";
import type { Desk } from "../../src/desk/desk.ts";
import { text } from "../../src/message/text.ts";
import { reportHtml } from "../../src/reply/html/report.ts";
import { statusPage } from "../../src/services/status-page.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { chat } from "../chat.ts";
import { realClock } from "../clock.ts";
import { CLEAN, type FakeStatus, openFakeStatus } from "../fakes/status.ts";
import { flat } from "../flat.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";

/** Cloudflare's status page in what people ask: by its verb, and beside other answers. The page is the fake on loopback. */

let lab: Lab;
let fake: FakeStatus;
before(async () => {
	[lab, fake] = await Promise.all([openLab(), openFakeStatus(CLEAN)]);
});
after(() => Promise.all([lab.close(), fake.close()]));
afterEach(() => {
	fake.scene = CLEAN;
	fake.fault = null;
	fake.seen.length = 0;
});

const reader = (deadlineMs?: number) => statusPage({ base: fake.url, userAgent: "cf520-test" }, realClock, () => {}, deadlineMs);
const deskWith = (changes: Partial<DeskContext> = {}): Desk => labDesk(lab, { statusPage: reader(), ...changes });

/** A place where people talk, and everything that was told there, in order. */
function place(threadKey: string | null) {
	const told: string[] = [];
	const tell = (how: string) => async (message: Parameters<typeof flat>[0]) => void told.push(`${how}: ${flat(message)}`);
	let refs = 0;
	const conversation = chat({
		begin: tell("begin"),
		update: tell("update"),
		edit: async (_ref, message) => tell("edit")(message),
		followUp: async (message) => {
			await tell("thread")(message);
			refs += 1;
			return `message ${refs}`;
		},
		replyPrivately: tell("alone"),
		location: () => ({ messageRef: "head", threadKey }),
	});
	return { told, conversation };
}
const last = (told: readonly string[]): string => told.at(-1) ?? "";

describe("somebody asks what Cloudflare's status page says", () => {
	it("outside of a case the page is read; in the thread of one `status` is where that stands, and nothing is asked", async () => {
		const desk = deskWith();
		const outside = place("somewhere");
		await desk.handle("status", outside.conversation);
		assert.match(last(outside.told), /^begin: Cloudflare's status page lists no open incident/);
		assert.equal(fake.seen.length, 3);
		const thread = place("thread");
		await desk.handle(lab.url("closes-empty", "/checkout"), thread.conversation, "ann");
		const before = fake.seen.length;
		await desk.handle("status", thread.conversation, "bob");
		assert.ok(thread.told.some((told) => /^begin: .* fails with 520/.test(told)));
		assert.equal(fake.seen.length, before);
		// A data center is none of the case's.
		await desk.handle("status fra", thread.conversation, "bob");
		assert.match(last(thread.told), /lists nothing for Frankfurt \(FRA\) now/);
	});

	it("an open case of the channel changes nothing of that", async () => {
		const desk = deskWith();
		const thread = place("thread");
		await desk.handle(lab.url("closes-empty", "/checkout"), thread.conversation, "ann");
		const channel = place("another");
		await desk.handle("status", channel.conversation, "bob");
		assert.match(last(channel.told), /lists no open incident/);
	});

	it("a code behind it is explained, and asks nobody", async () => {
		const { told, conversation } = place(null);
		await deskWith().handle("status 520", conversation);
		assert.match(last(told), /^alone: 520 Unknown error/);
		assert.equal(fake.seen.length, 0);
	});

	it("switched off: that is said, to the asker alone", async () => {
		const { told, conversation } = place(null);
		const { kind } = await deskWith({ statusPage: null }).handle("status FRA", conversation);
		assert.deepEqual(told, ["alone: Cloudflare's status page is switched off here."]);
		assert.equal(kind, "refused");
	});

	it("many who ask at once make one read", async () => {
		const desk = deskWith();
		await Promise.all(Array.from({ length: 30 }, (_, nth) => desk.handle("status", place(`thread ${nth}`).conversation)));
		assert.equal(fake.seen.length, 3);
	});
});

/** The data center through which the laboratory's edge answers. */
const HERE = "Dallas, TX, United States - (DFW)";
const startedAt = () => new Date(Date.now() - 600_000).toISOString();
const incident = (name = "Elevated errors in Dallas") => ({ id: "i1", name, startedAt: startedAt(), components: [HERE] });
const SAID = /Cloudflare incident since \d\d:\d\d UTC: Elevated errors in Dallas\./;
const rayNow = () => `${((Date.now() - 1_350_000_000_000) / 10 - 6_000).toString(16).split(".")[0]?.padStart(9, "0")}16e1c3d`;

describe("something is named for the data center of an answer", () => {
	it("the own verdict is told first, then one edit adds the clause, and later edits keep it", async () => {
		fake.scene = { ...CLEAN, incidents: [incident()] };
		const desk = deskWith();
		const { told, conversation } = place("thread");
		const { reply } = await desk.handle(lab.url("closes-empty", "/checkout"), conversation, "ann");
		const heads = told.filter((one) => /^(?:update|edit): .* fails with 520/.test(one));
		assert.equal(heads.length, 2, told.join("\n\n"));
		assert.doesNotMatch(heads[0] ?? "", /incident/);
		assert.match(heads[1] ?? "", SAID);
		assert.ok(told.indexOf(heads[0] ?? "") < told.indexOf(heads[1] ?? ""));
		assert.deepEqual(
			(reply.data.beside as readonly { readonly service: string }[]).map(({ service }) => service),
			["status"],
		);
		await desk.handle("answer origin-log crash", conversation, "bob");
		assert.match(last(told.filter((one) => /^edit: .*520/.test(one))), SAID);
	});

	it("the next check says what is named then: nothing any more", async () => {
		fake.scene = { ...CLEAN, incidents: [incident()] };
		let page = reader();
		const desk = deskWith({ statusPage: { read: () => page.read() } });
		const { told, conversation } = place("thread");
		await desk.handle(lab.url("closes-empty", "/checkout"), conversation, "ann");
		fake.scene = CLEAN;
		page = reader();
		await desk.handle("check again", conversation, "ann");
		const edited = told.filter((one) => /^(?:update|edit): .* fails with 520/.test(one));
		assert.doesNotMatch(last(edited), /incident/);
	});

	it("nothing is named: nothing is edited, nothing is said", async () => {
		const { told, conversation } = place("thread");
		await deskWith().handle(lab.url("closes-empty", "/checkout"), conversation, "ann");
		assert.equal(fake.seen.length, 3);
		const without = place("thread");
		await deskWith({ statusPage: null }).handle(lab.url("closes-empty", "/checkout"), without.conversation, "ann");
		assert.equal(told.length, without.told.length);
		assert.equal(fake.seen.length, 3);
	});

	for (const fault of ["forbidden", "cut-json", "reset", "too-large", "redirect", "wrong-types"] as const)
		it(`a page that fails says nothing there: ${fault}`, async () => {
			fake.fault = fault;
			const { told, conversation } = place("thread");
			const { kind } = await deskWith().handle(lab.url("closes-empty", "/checkout"), conversation, "ann");
			assert.equal(kind, "answered");
			assert.doesNotMatch(told.join("\n"), /status page|incident/);
		});

	it("a page that hangs keeps nobody from the verdict and its question", async () => {
		fake.fault = "hang";
		let toldBefore = 0;
		const { told, conversation } = place("thread");
		const page = reader(50);
		const desk = deskWith({
			statusPage: {
				read: () => {
					toldBefore = told.length;
					return page.read();
				},
			},
		});
		await desk.handle(lab.url("closes-empty", "/checkout"), conversation, "ann");
		assert.equal(told.length, toldBefore, "all of it was told before the page was asked");
		assert.match(last(told), /^thread: .*\?/s);
	});

	it("a Ray ID's answer has it for the time of the request", async () => {
		fake.scene = { ...CLEAN, incidents: [incident()] };
		const { told, conversation } = place(null);
		await deskWith().handle(`${rayNow()}-DFW`, conversation, "ann");
		assert.equal(told.length, 2);
		assert.doesNotMatch(told[0] ?? "", /incident/);
		assert.match(told[1] ?? "", SAID);
		const elsewhere = place(null);
		await deskWith().handle(`${rayNow()}-FRA`, elsewhere.conversation, "ann");
		assert.equal(elsewhere.told.length, 1);
	});

	it("where the head cannot be found again, the clause is told alone, and the head not twice", async () => {
		fake.scene = { ...CLEAN, incidents: [incident()] };
		for (const question of [lab.url("closes-empty", "/checkout"), `${rayNow()}-DFW`, lab.url("challenged")]) {
			const { told, conversation } = place(null);
			const alone = { ...conversation, location: () => ({ messageRef: null, threadKey: null }) };
			await deskWith().handle(question, alone, "ann");
			const clauses = told.filter((one) => SAID.test(one));
			assert.deepEqual(clauses.length, 1, told.join("\n\n"));
			assert.match(clauses[0] ?? "", /^alone: Cloudflare incident [^\n]*$/);
		}
	});

	it("a page that fails again after it was solved has it under the question whether to reopen", async () => {
		const desk = deskWith({ statusPage: { read: () => reader().read() } });
		const thread = place("thread");
		await desk.handle(lab.url("closes-empty", "/checkout"), thread.conversation, "ann");
		await desk.handle("solved origin-crashed", thread.conversation, "ann");
		fake.scene = { ...CLEAN, incidents: [incident()] };
		const later = place("another");
		await desk.handle(lab.url("closes-empty", "/checkout"), later.conversation, "bob");
		const [before, after] = later.told.filter((one) => /fails again/.test(one));
		assert.doesNotMatch(before ?? assert.fail(), /incident/);
		assert.match(after ?? assert.fail(), /fails again\. Reopen\?\nCloudflare incident since .*\n\[Reopen\]/);
	});

	it("the report of its case names it, and never what the owner's numbers said beside it", async () => {
		const evil = "Elevated errors <script>alert(1)</script> <img src=https://evil.example/x>";
		fake.scene = { ...CLEAN, incidents: [incident(evil)] };
		const stores = memoryStores(realClock);
		const { conversation } = place("thread");
		await deskWith({ stores }).handle(lab.url("closes-empty", "/checkout"), conversation, "ann");
		const one = await stores.cases.get("case-1");
		assert.deepEqual(
			one?.beside.map(({ service }) => service),
			["status"],
		);
		const numbers = { service: "account", says: text`1,340 of 2,100 requests failed.` } as const;
		const page = reportHtml({ ...one, beside: [...one.beside, numbers] }, Date.now(), "0.0.0");
		assert.match(page, /Cloudflare&#39;s status page<\/th><td>Cloudflare incident since \d\d:\d\d UTC: Elevated errors/);
		assert.doesNotMatch(page, /<script|<img|1,340/);
	});

	it("another site in the thread of a case has it in its own head", async () => {
		const desk = deskWith({ statusPage: { read: () => reader().read() } });
		const { told, conversation } = place("thread");
		await desk.handle(lab.url("closes-empty", "/checkout"), conversation, "ann");
		fake.scene = { ...CLEAN, incidents: [incident()] };
		await desk.handle(lab.url("own-502"), conversation, "ann");
		assert.match(last(told.filter((one) => /^update: .*own-502/.test(one))), SAID);
	});

	it("an error page's Ray ID counts with its own data center and time", async () => {
		const frankfurt = { ...incident("Elevated errors in Frankfurt"), components: ["Frankfurt, Germany - (FRA)"] };
		fake.scene = { ...CLEAN, incidents: [frankfurt] };
		const { told, conversation } = place("thread");
		await deskWith().handle(`${lab.url("closes-empty", "/checkout")} error 520, Ray ID: ${rayNow()}-FRA`, conversation, "ann");
		assert.ok(
			told.some((one) => /^(?:update|edit): .*Elevated errors in Frankfurt/s.test(one)),
			told.join("\n\n"),
		);
	});

	it("at a terminal the head is printed before the page has said anything, the clause after it, the question last", async () => {
		fake.scene = { ...CLEAN, incidents: [incident()] };
		const page = reader();
		const out: string[] = [];
		let printedBefore = -1;
		const desk = deskWith({
			statusPage: {
				read: () => {
					printedBefore = out.length;
					return page.read();
				},
			},
		});
		const style = { colour: false, width: 200, askPrefix: "" };
		await askOnce(desk, lab.url("closes-empty", "/checkout"), false, style, {
			out: (text) => void out.push(text),
			aside: () => {},
		});
		assert.equal(printedBefore, 1);
		assert.match(out[0] ?? "", /fails with 520/);
		assert.match(out[1] ?? "", SAID);
		assert.match(out[2] ?? "", /^Next: /);
		assert.equal(out.join("").match(/Elevated errors/g)?.length, 1);
	});

	it("as JSON, a site's answer lists what was said beside it", async () => {
		fake.scene = { ...CLEAN, incidents: [incident()] };
		const out: string[] = [];
		const style = { colour: false, width: 200, askPrefix: "" };
		await askOnce(deskWith(), lab.url("healthy"), true, style, { out: (text) => void out.push(text), aside: () => {} });
		const { beside } = JSON.parse(out.join("")) as { beside: readonly { readonly service: string; readonly say: string }[] };
		assert.deepEqual(
			beside.map(({ service }) => service),
			["status"],
		);
		assert.match(beside[0]?.say ?? "", SAID);
	});

	it("a site without Cloudflare in front asks nobody", async () => {
		await deskWith().handle(lab.url("not-proxied"), place("thread").conversation, "ann");
		assert.equal(fake.seen.length, 0);
	});

	it("nothing of the question reaches the page", async () => {
		await deskWith().handle(lab.url("closes-empty", "/checkout?token=secret"), place("thread").conversation, "ann");
		assert.equal(fake.seen.length, 3);
		assert.doesNotMatch(JSON.stringify(fake.seen), /lab\.example|secret|ann/);
	});
});
