import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { MODEL, modelOf } from "../../src/judge/model.ts";
import { CAUSE_IDS, CAUSES } from "../../src/knowledge/causes/list.ts";
import { COUNTED } from "../../src/knowledge/counted.ts";
import { EVIDENCE, EVIDENCE_KEYS, fineValues } from "../../src/knowledge/evidence.ts";
import { CASES, countCases, projectOf } from "../bench/cases.ts";
import { COUNTED_FILE, countedFile } from "../bench/count-cases.ts";
import { judgeFigures, LIMITS, questionFigures, SOURCES, sourceFigures } from "../bench/judge.ts";

const figures = judgeFigures();

test("held-out cases are ranked as well as the limits ask", () => {
	const { solved, first, firstThree, family, firstReported } = figures;
	assert.equal(solved, 66);
	assert.ok(first / solved >= LIMITS.first, `first ${first}`);
	assert.ok(firstThree / solved >= LIMITS.firstThree, `in three ${firstThree}`);
	assert.ok(family / solved >= LIMITS.family, `family in two ${family}`);
	assert.ok(firstReported / solved >= LIMITS.firstReported, `first without inferred looks ${firstReported}`);
});

test("of held-out causes that are told with 80 % or more nearly all are right, and they are not few", () => {
	const { solved, sure, sureDefensible } = figures;
	assert.ok(sure / solved >= LIMITS.sure, `${sure} of ${solved}`);
	assert.ok(sureDefensible / sure >= LIMITS.sureDefensible, `${sureDefensible} of ${sure}`);
});

test("the judge is not surer than it is right: no band holds fewer right ones than it tells, but for chance, and no temperature above 1 would fit better", () => {
	assert.ok(figures.temperature <= 1, String(figures.temperature));
	for (const { from, told, meanProbability, defensible } of figures.bands)
		assert.ok(
			defensible >= told * meanProbability - 2 * Math.sqrt(told * meanProbability * (1 - meanProbability)),
			`from ${from}: ${defensible} of ${told}, told with ${meanProbability}`,
		);
});

test("most cases that nobody solved are left open, and few right answers are held back", () => {
	assert.equal(figures.unsolved, 12);
	assert.ok(figures.abstained / figures.unsolved >= LIMITS.abstained, `${figures.abstained} of ${figures.unsolved}`);
	assert.ok(figures.withheld / figures.first <= LIMITS.withheld, `${figures.withheld} of ${figures.first}`);
});

test("more sources never rank fewer cases right, and each has its row", () => {
	const rows = sourceFigures();
	assert.deepEqual(
		rows.map(({ source }) => source),
		Object.keys(SOURCES),
	);
	assert.deepEqual(
		rows.map(({ firstThree }) => firstThree),
		rows.map(({ firstThree }) => firstThree).sort((a, b) => a - b),
	);
});

test("the order of the questions saves some of them", () => {
	const { medianAsked, fewerThanFixed } = questionFigures();
	assert.ok(medianAsked <= LIMITS.medianAsked && fewerThanFixed >= LIMITS.fewerThanFixed, `${medianAsked}, ${fewerThanFixed}`);
});

test("the counts are those of the public cases", () =>
	assert.equal(readFileSync(COUNTED_FILE, "utf8"), countedFile(), "stale: npm run count:cases"));

test("a project counts once for each cause, however many of its cases there are", () => {
	const [one] = CASES.filter(({ id }) => id === "gh-http2push-7");
	assert.ok(one !== undefined);
	const again = { ...one, id: "gh-http2push-8" };
	assert.equal(projectOf(again), projectOf(one));
	assert.deepEqual(countCases([one, again]), countCases([one]));
});

test("every row is a distribution, with counts and without, and nothing is impossible", () => {
	for (const model of [MODEL, modelOf({})])
		for (const cause of CAUSE_IDS)
			for (const key of EVIDENCE_KEYS) {
				const row = fineValues(key).map((value) => model.likelihood(cause, key, value));
				assert.ok(Math.abs(row.reduce((sum, p) => sum + p, 0) - 1) < 1e-9, `${cause} ${key}`);
				assert.ok(Math.min(...row) > 0, `${cause} ${key}`);
			}
});

test("counts move a row toward what was counted, and leave the share of nothing of the kind as it was", () => {
	const table = modelOf({});
	const counted = modelOf({ "origin-crashed": { cases: 1, answers: { "host-health": { saturated: 4 } } } });
	const of = (model: typeof MODEL, value: string) => model.likelihood("origin-crashed", "host-health", value);
	assert.ok(of(counted, "saturated") > of(table, "saturated"));
	assert.ok(Math.abs(of(counted, "normal") - of(table, "normal")) < 1e-9);
});

test("who asks is not changed by a mechanism that does not say so", () => {
	const table = modelOf({});
	const silent = CAUSE_IDS.filter((cause) => {
		const row: { readonly values: object } | undefined = CAUSES[cause].given["origin-log"];
		return row === undefined || !Object.hasOwn(row.values, "no-access");
	});
	assert.ok(silent.length > 10);
	const [usual] = silent.map((cause) => table.likelihood(cause, "origin-log", "no-access"));
	for (const cause of silent)
		assert.ok(Math.abs(table.likelihood(cause, "origin-log", "no-access") - (usual ?? 0)) < 1e-9, cause);
});

test("a coarse answer is counted for its fine ones", () => {
	const before = modelOf({});
	const after = modelOf({ "cold-start": { cases: 1, answers: { variants: { "request-size": 8 } } } });
	for (const value of EVIDENCE.variants.coarse?.["request-size"]?.of ?? [])
		assert.ok(after.likelihood("cold-start", "variants", value) > 3 * before.likelihood("cold-start", "variants", value));
});

test("the counts hold every cause of the public 520s and none that does not exist", () => {
	for (const cause of Object.keys(COUNTED)) assert.ok(CAUSE_IDS.some((id) => id === cause));
	for (const { cause, code, resolved } of CASES)
		if (code === "520" && resolved) assert.ok(Object.hasOwn(COUNTED, String(cause)), String(cause));
});
