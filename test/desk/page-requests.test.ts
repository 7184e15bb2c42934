import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import type { DeskContext } from "../../src/desk/context.ts";
import { noMetrics } from "../../src/desk/metrics.ts";
import { PageLooks } from "../../src/desk/page-requests.ts";
import { ranges } from "../../src/looks/addresses.ts";
import { checkTarget } from "../../src/looks/guard.ts";
import { NOBODY } from "../../src/looks/turns.ts";
import { readTarget } from "../../src/read/text/target.ts";
import { closed, listening } from "../lab/origin.ts";

test("what is shared for seconds keeps no bytes of judged looks, little content, and a few hundred of 64,000 fields", async () => {
	const page = `HTTP/1.1 200 OK\r\n${"a:\r\n".repeat(50_000)}Content-Length: 50000\r\n\r\n${"x".repeat(50_000)}`;
	const server = createServer((socket) => socket.on("error", () => {}).once("data", () => socket.end(page)));
	const port = await listening(server);
	const target = readTarget(`http://fields.lab.example:${port}/`);
	assert.ok(!("why" in target));
	const checked = await checkTarget(target, {
		allow: ranges(["127.0.0.0/8"]),
		resolve: new Map([[`${target.host}:${port}`, ["127.0.0.1"]]]),
		resolver: async () => [],
	});
	assert.ok(!("why" in checked));
	const context = {
		lookOptions: { ca: null, insecure: false, httpVersion: 1, userAgent: "cf520-test", limitMs: 10_000 },
		now: Date.now,
		sitesAtOnce: 1,
		metrics: noMetrics,
	} satisfies Partial<DeskContext>;
	const pages = new PageLooks(context as DeskContext, new AbortController().signal);
	const seen = await pages.begin(checked, "site", { asker: NOBODY, tenant: "slack T1" }).seen;
	await closed(server, []);
	for (const { look, classification } of seen) {
		assert.ok(look.kind === "answered");
		const { reading } = classification;
		assert.deepEqual([look.bytes.length, look.secondOpinion, classification.status], [0, null, 200]);
		assert.deepEqual([reading.fieldCount, reading.fields.length, reading.contentBytes], [50_001, 258, 50_000]);
		assert.ok(reading.content.buffer.byteLength <= 8_192);
	}
});
