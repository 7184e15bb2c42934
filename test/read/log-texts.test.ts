import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { z } from "zod";
import { weighLogs } from "../../src/read/logs/evidence.ts";
import { isLog, readLogs } from "../../src/read/logs/read.ts";

/** Texts with log lines and their close neighbors: what is recognised, what enters a case, what is no log at all. */
const Row = z.strictObject({
	what: z.string(),
	text: z.string(),
	/** What is known of the request that failed; nothing when it is absent. */
	failing: z
		.strictObject({
			window: z.strictObject({ fromMs: z.number(), toMs: z.number() }),
			rays: z.array(z.string()),
			url: z.string(),
		})
		.optional(),
	want: z.strictObject({
		/** Ids of the lines that are known, each once. */
		logs: z.array(z.string()).optional(),
		/** Whether it is log lines at all; and surely. */
		log: z.boolean().optional(),
		certain: z.boolean().optional(),
		/** What enters a case; `host-health` is compared where it is named. */
		evidence: z.record(z.string(), z.string()).optional(),
		/** The first time with a known zone. */
		at: z.string().optional(),
	}),
});

const rows = readFileSync(new URL("../fixtures/log-texts.jsonl", import.meta.url), "utf8")
	.split("\n")
	.filter((line) => line !== "")
	.map((line) => Row.parse(JSON.parse(line)));
const nearMs = Date.UTC(2026, 10, 24, 9, 20);

for (const { what, text, failing, want } of rows)
	test(`log lines: ${what}`, () => {
		const reading = readLogs(text, nearMs);
		if (want.logs !== undefined)
			assert.deepEqual([...new Set(reading.recognised.map((one) => one.signature.id))].sort(), want.logs.toSorted());
		// What is known is a log.
		const isOne = want.log ?? (want.logs !== undefined && want.logs.length > 0 ? true : undefined);
		if (isOne !== undefined) assert.equal(isLog(reading) !== null, isOne);
		if (want.certain !== undefined) assert.equal(isLog(reading) === "certain", want.certain);
		if (want.evidence !== undefined) {
			const { evidence } = weighLogs(reading, failing ?? null);
			const found = Object.fromEntries(evidence.map((one) => [one.key, one.value]));
			if (!("host-health" in want.evidence) && Object.keys(want.evidence).length > 0) delete found["host-health"];
			assert.deepEqual(found, want.evidence);
		}
		if (want.at !== undefined) assert.equal(reading.firstMs === null ? null : new Date(reading.firstMs).toISOString(), want.at);
	});
