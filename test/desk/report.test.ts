import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AUDIENCES } from "../../src/read/action.ts";
import { chat } from "../chat.ts";
import { flat } from "../flat.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { checkPage } from "../reply/markup.ts";

let lab: Lab;
before(async () => {
	lab = await openLab();
});
after(() => lab.close());

/** A thread with a case: public messages, private messages, files. */
async function thread({ takesFiles = true, isPublic = true } = {}) {
	const told: string[] = [];
	const alone: string[] = [];
	const files: { readonly name: string; readonly content: string; readonly about: string }[] = [];
	const conversation = chat({
		begin: async () => {},
		update: async () => {},
		followUp: async (message) => {
			told.push(flat(message));
			return null;
		},
		replyPrivately: async (message) => void alone.push(flat(message)),
		attach: async (name, content, about) => {
			if (!takesFiles) throw new Error("no files");
			files.push({ name, content, about });
		},
		location: () => ({ messageRef: "head", threadKey: "thread" }),
		isPublic: () => isPublic,
	});
	const desk = labDesk(lab);
	await desk.handle(lab.url("closes-empty", "/pay?ticket=s3same"), conversation, "Ann Blyth");
	await desk.handle({ do: "answer", case: "case-1", key: "origin-log", value: "crash" }, conversation, "Ben Okri");
	told.length = 0;
	return { desk, conversation, told, alone, files };
}

test("a report is one short message, one file, and a choice for the person who asked", async () => {
	const { desk, conversation, told, alone, files } = await thread();
	await desk.handle({ do: "report", case: "case-1" }, conversation, "Ann Blyth");
	assert.deepEqual([told.length, alone.length, files.length], [1, 1, 1]);
	assert.match(told[0] ?? "", /^Report on closes-empty\.lab\.example\n/);
	assert.match(
		alone[0] ?? "",
		/^Who should get it\?\n\[Hosting provider\] \[Developer\] \[Cloudflare support\] \[Status page\]$/,
	);
	const [file] = files;
	assert.match(file?.name ?? "", /^cf520-closes-empty\.lab\.example-\d{4}-\d{2}-\d{2}\.html$/);
	assert.match(file?.about ?? "", /^Report on error 520 at closes-empty\.lab\.example: /);
	checkPage(file?.content ?? "");
	assert.match(file?.content ?? "", /5 of 5 requests failed.*Dallas \(DFW\)/s, "what the check counted");
	assert.doesNotMatch(file?.content ?? "", /s3same|Ann|Ben Okri/);
});

for (const audience of AUDIENCES)
	test(`the text for ${audience} goes to the person who chose it, also by words`, async () => {
		const { desk, conversation, told, alone } = await thread();
		await desk.handle({ do: "statement", case: "case-1", audience }, conversation, "Ann Blyth");
		await desk.handle(`report ${audience}`, conversation, "Ann Blyth");
		assert.equal(told.length, 0);
		assert.equal(alone.length, 2);
		for (const text of alone)
			assert.match(text, /^For (?:the hosting provider|the developer|Cloudflare support|the status page)\n/);
		assert.doesNotMatch(alone.join("\n"), /s3same|Ann|Ben Okri/);
	});

test("where no file can be sent, the texts are there all the same", async () => {
	const { desk, conversation, told, alone } = await thread({ takesFiles: false });
	await desk.handle({ do: "report", case: "case-1" }, conversation, "Ann Blyth");
	assert.match(told.join("\n"), /^I could not send the report on closes-empty\.lab\.example as a file here\./);
	assert.match(alone.join("\n"), /Who should get it\?/);
});

test("where one person alone is told, nothing is said of a file that they may not get", async () => {
	const { desk, conversation, told, alone } = await thread({ isPublic: false });
	await desk.handle({ do: "report", case: "case-1" }, conversation, "Ann Blyth");
	assert.deepEqual([told.length, alone.length], [0, 1]);
});

test("bytes of an origin that was requested directly are in the report as sizes", async () => {
	const { desk, conversation, files } = await thread();
	await desk.handle(lab.url("cut-content"), conversation, "Ann Blyth");
	await desk.handle(
		`origin ${lab.url("closes-empty", "/pay")} 127.0.0.1:${lab.originPort("closes-empty")}`,
		conversation,
		"Ann Blyth",
	);
	await desk.handle("report", conversation, "Ann Blyth");
	assert.equal(files.length, 1);
	checkPage(files[0]?.content ?? "");
});
