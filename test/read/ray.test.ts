import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { z } from "zod";
import { findColo } from "../../src/knowledge/colos/colos.ts";
import { decodeRay } from "../../src/read/ray/decode.ts";
import { findRays } from "../../src/read/ray/find.ts";
import { logMinutes, logWindow } from "../../src/read/ray/log-window.ts";
import { spreadOf } from "../../src/read/ray/spread.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8");

const Forms = z.array(z.object({ text: z.string(), expect: z.array(z.object({ id: z.string(), colo: z.string().nullable() })) }));
const forms = Forms.parse(JSON.parse(fixture("ray-forms.json")));

test("all 42 recorded forms are there", () => assert.equal(forms.length, 42));
for (const { text, expect } of forms) {
	test(`${expect.length === 0 ? "finds no Ray ID in" : "finds the Ray ID in"}: ${text.replaceAll(/\s+/g, " ").slice(0, 70)}`, () => {
		const found = findRays(text, NOW).rays.map(({ id, colo }) => ({ id, colo }));
		// Ids are told with 16 digits; one of 15 was minted with a leading zero.
		assert.deepEqual(
			found,
			expect.map(({ id, colo }) => ({ id: id.padStart(16, "0"), colo })),
		);
	});
}

test("on 200 dated pairs from 2014 to 2026 the Date lies between 1 s before and 60 s after the decoded time, in a known data center", () => {
	const rows = fixture("ray-pairs.csv")
		.trim()
		.split("\n")
		.slice(1)
		.map((row) => row.split(","));
	assert.equal(rows.length, 200);
	for (const [id = "", colo = "", date = ""] of rows) {
		const ray = decodeRay(id, colo, NOW);
		assert.ok(!("why" in ray), id);
		const late = (Date.parse(date) - ray.receivedAtMs) / 1000;
		assert.ok(late >= -1 && late <= 60, `${id}: ${late} s`);
		assert.ok(findColo(colo), `${colo} is in the table`);
	}
});

const check = (name: string, text: string, expected: unknown, labelled = false) =>
	test(name, () => {
		const { rays, notRays } = findRays(text, NOW, labelled);
		assert.deepEqual({ ids: rays.map((ray) => ray.id), not: notRays.map((one) => `${one.why} ${one.text}`) }, expected);
	});

check("the same id twice counts once and keeps the suffix", "Ray ID: 8a7d5e2fbcd1a1c3 and cf-ray: 8a7d5e2fbcd1a1c3-DFW", {
	ids: ["8a7d5e2fbcd1a1c3"],
	not: [],
});
check("after the word ray a bare id counts", "8a7d5e2fbcd1a1c3", { ids: ["8a7d5e2fbcd1a1c3"], not: [] }, true);
check("an id from the future is told, not decoded", "cf-ray: c7c463f309e48dec-VIE", {
	ids: [],
	not: ["future c7c463f309e48dec-VIE"],
});
check("an id with letters beyond f is told", "CF-RAY: 3fien1q9ehpen-HKG", { ids: [], not: ["incomplete 3fien1q9ehpen-HKG"] });
test("behind a label a suffix in small letters counts too", () =>
	assert.equal(findRays("cf-ray: a5e86f7c780ad1c3-dfw", NOW).rays[0]?.colo, "DFW"));
check("an en dash before the code is a hyphen", "8a7d5e2fbcd1a1c3–DFW", { ids: ["8a7d5e2fbcd1a1c3"], not: [] });
check("four letters behind the hyphen are no code", "8a7d5e2fbcd1a1c3-DFWX", { ids: [], not: [] });
check("a card number is neither decoded nor told", "card 4111111111111111 and ray", { ids: [], not: [] });

test("the article's example is received at 2024-07-23T17:25:07.150Z", () => {
	const ray = decodeRay("8A7D5E2FBCD1A1C3", "DFW", NOW);
	assert.deepEqual(ray, {
		id: "8a7d5e2fbcd1a1c3",
		colo: "DFW",
		receivedAtMs: Date.parse("2024-07-23T17:25:07.150Z"),
		machine: "a1c3",
	});
});

test("the log window starts before the request and ends when Cloudflare would have given up", () => {
	const at = Date.parse("2024-07-23T17:25:07.150Z");
	const window = logWindow(at);
	assert.deepEqual(
		[new Date(window.fromMs).toISOString(), new Date(window.toMs).toISOString()],
		["2024-07-23T17:25:05.150Z", "2024-07-23T17:27:14.150Z"],
	);
	const minutes = (received: string, waitMs?: number) =>
		logMinutes(Date.parse(received), waitMs).map((ms) => new Date(ms).toISOString().slice(11, 19));
	assert.deepEqual(minutes("2024-07-23T17:25:07.150Z"), ["17:25:07"]);
	assert.deepEqual(minutes("2024-07-23T17:25:59.150Z"), ["17:25:59", "17:26:00"]);
	assert.deepEqual(minutes("2024-07-23T17:25:07.150Z", 125_000), ["17:25:07", "17:26:00", "17:27:00"]);
});

test("two ids with the same last four digits on one day passed the same machine; a year apart they tell nothing", () => {
	const at = (id: string) => decodeRay(id, "DFW", NOW) as Exclude<ReturnType<typeof decodeRay>, { why: string }>;
	assert.deepEqual(spreadOf([at("8a7d5e2fbcd1a1c3"), at("8a7d5e3fbcd2a1c3")]).sameMachine, [{ machine: "a1c3", rays: 2 }]);
	assert.deepEqual(spreadOf([at("8a7d5e2fbcd1a1c3"), at("9a7d5e3fbcd2a1c3")]).sameMachine, []);
});
