import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Conversation } from "../src/desk/conversation.ts";
import { maskedUrl, maskedValue } from "../src/message/masking.ts";
import type { Message } from "../src/message/message.ts";
import { memoryStores } from "../src/store/sqlite/sqlite.ts";
import { chat } from "./chat.ts";
import { realClock } from "./clock.ts";
import { labDesk } from "./lab/desk.ts";
import { type Lab, openLab } from "./lab/lab.ts";

let lab: Lab;
before(async () => {
	lab = await openLab();
});
after(() => lab.close());

test("the values of a query are masked, whatever their names; pages and steps stay", () => {
	for (const [url, shown] of [
		["https://shop.example/a?token=sesame&page=12", "https://shop.example/a?token=***&page=12"],
		["/a?q=word&pin=123&=x", "/a?q=***&pin=***&=***"],
		["/a?next=https://b.example/?k=v", "/a?next=***"],
		["/a?wsdl", "/a?wsdl"],
		[`/a?${"s".repeat(30)}`, "/a?***"],
		["/a?a=b;c=secret", "/a?a=***"],
		["https://shop.example/a=b", "https://shop.example/a=b"],
		[`/a?${"n".repeat(3_000)}=secret`, `/a?${"n".repeat(3_000)}=***`],
	] as const)
		assert.equal(maskedUrl(url), shown);
	assert.equal(maskedValue("Location", "/login?ticket=sesame#x"), "/login?ticket=***#x");
	assert.equal(maskedValue("Refresh", "5; url=/a?ticket=sesame"), "5; url=/a?ticket=***");
});

test("a secret in a URL's query is requested, and neither told nor kept in what was told", async () => {
	const stores = memoryStores(realClock);
	const said: string[] = [];
	/** Everything but what buttons carry. */
	const say = (message: Message) => void said.push(JSON.stringify({ ...message, blocks: message.blocks.map(withoutActions) }));
	const conversation: Conversation<Message> = chat({
		begin: async (message) => say(message),
		progress: async (message) => say(message),
		update: async (message) => say(message),
		followUp: async (message) => {
			say(message);
			return "ref";
		},
		replyPrivately: async (message) => say(message),
		attach: async (name, content) => void said.push(name, content),
		askAddress: async (_url, why) => say(why),
		asker: "test U1",
		location: () => ({ messageRef: "head", threadKey: "thread" }),
		resumeRef: () => "here",
	});
	const desk = labDesk(lab, { stores });
	const url = lab.url("closes-empty", "/pay?ticket=s3same");
	const outcome = await desk.handle(url, conversation);
	assert.ok(
		lab.edge.requests.some((one) => JSON.stringify(one).includes("s3same")),
		"the request itself has it",
	);
	await desk.handle({ do: "report", case: "case-1" }, conversation);
	await desk.handle({ do: "variants", case: "case-1" }, conversation);
	await desk.handle({ do: "it-was", case: "case-1", cause: "origin-crashed" }, conversation);
	for (const ask of ["headers", "origin", "watch", "watch", "unwatch"]) await desk.handle(`${ask} ${url}`, conversation);
	assert.ok(said.length > 10);
	assert.doesNotMatch(said.join("\n"), /s3same/);
	assert.match(said.join("\n"), /pay\?ticket=\*\*\*/);
	assert.doesNotMatch(JSON.stringify([outcome.reply.data, (await stores.cases.get("case-1"))?.head]), /s3same/);
	await desk.stop(100);
});

const withoutActions = (block: Message["blocks"][number]): unknown =>
	block.kind === "buttons" ? { ...block, buttons: block.buttons.map(({ label }) => label) } : block;
