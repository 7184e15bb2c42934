import assert from "node:assert/strict";
import { test } from "node:test";
import { openMetrics } from "../src/metrics.ts";

/** What operators see before anything has happened: rate() counts only what comes after a series began. */

const ROWS: readonly string[] = [
	'cf520_reconnects_total{platform="slack"} 0',
	'cf520_reconnects_total{platform="discord"} 0',
	'cf520_acknowledgement_seconds_count{platform="slack"} 0',
	'cf520_service_calls_total{service="status",result="answered"} 0',
	'cf520_service_calls_total{service="globalping",result="deadline"} 0',
	'cf520_service_calls_total{service="cloudflare",result="unreachable"} 0',
	"cf520_replica_taken_over_total 0",
];
const metrics = openMetrics({
	depth: () => ({ open: 0, looking: 0, waiting: 0 }),
	platforms: () => ({ slack: "starting", discord: "starting" }),
});
const lines = (await metrics.text()).split("\n");
for (const row of ROWS) test(`before the first event stands ${row}`, () => assert.ok(lines.includes(row), lines.join("\n")));
