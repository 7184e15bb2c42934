import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Message } from "../../src/message/message.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { allowingOrigins } from "../allowing.ts";
import { chat } from "../chat.ts";
import { realClock } from "../clock.ts";
import { flat } from "../flat.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";

/** Looks at an origin in the thread of a case: what Cloudflare does not meet is told, and moves nothing. */

let lab: Lab;
before(async () => {
	lab = await openLab();
});
after(() => lab.close());

/** A thread about a failing page, and what is told in it. */
async function caseAbout(host: string, flexible: string) {
	const stores = allowingOrigins(memoryStores(realClock), "lab.example");
	const desk = labDesk(lab, { stores, flexiblePort: lab.originPort(flexible) });
	const told: string[] = [];
	const conversation = chat({
		begin: async () => {},
		update: async (message: Message) => void told.push(flat(message)),
		followUp: async (message: Message) => {
			told.push(flat(message));
			return null;
		},
		location: () => ({ messageRef: "head", threadKey: "thread" }),
	});
	await desk.handle(lab.url(host), conversation);
	const ask = async (question: string, who?: string) => {
		told.length = 0;
		await desk.handle(question, conversation, who);
		return told.join("\n");
	};
	const evidence = async () =>
		(await stores.cases.get("case-1"))?.facts.find(({ key }) => key === "direct-origin")?.value ?? null;
	return { ask, evidence };
}

for (const [what, port, flexible, expected, words] of [
	[
		"whose port refuses",
		"refuses",
		"refuses",
		null,
		/rejects connections \(521\), but visitors get 520\..*which IP address, port and SSL\/TLS mode\?/s,
	],
	[
		"whose port speaks no TLS, with a healthy page",
		"healthy",
		"refuses",
		null,
		/does not speak TLS on this port \(525\), but visitors get 520\./,
	],
	[
		"whose port refuses, while port 80 shows the fault",
		"refuses",
		"huge-headers",
		"header-section-too-large",
		/SSL\/TLS mode is probably Flexible/,
	],
	[
		"whose port shows the fault in plain HTTP",
		"huge-headers",
		"refuses",
		"header-section-too-large",
		/SSL\/TLS mode is probably Flexible/,
	],
] as const)
	test(`while visitors get 520, an address ${what}: ${expected === null ? "no evidence" : "what Cloudflare meets"}`, async () => {
		const { ask, evidence } = await caseAbout("huge-headers", flexible);
		assert.match(await ask(`origin ${lab.url("huge-headers")} 127.0.0.1:${lab.originPort(port)}`), words);
		assert.equal(await evidence(), expected);
	});

test("what a person ran and told enters as told, and its address and port are asked for", async () => {
	const { ask, evidence } = await caseAbout("huge-headers", "refuses");
	assert.match(
		await ask("answer direct-origin refused", "Ann"),
		/Visitors get 520, and that would be a 521\. Which IP address and port/,
	);
	assert.equal(await evidence(), "refused");
	assert.doesNotMatch(await ask("answer direct-origin closed-empty", "Ann"), /Which IP address and port/);
});
