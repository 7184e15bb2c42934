import assert from "node:assert/strict";
import { test } from "node:test";
import { nextKeys, rank } from "../../src/judge/rank.ts";
import { CAUSES, isCause } from "../../src/knowledge/causes/list.ts";
import { EVIDENCE, EVIDENCE_KEYS, type Evidence } from "../../src/knowledge/evidence.ts";
import { SAID_AGAIN } from "../../src/knowledge/said-again.ts";
import { CASES, judgeFigures, LIMITS } from "../bench/judge.ts";

test("the solved public cases are ranked as well as the limits ask, each without its own vote", () => {
	const figures = judgeFigures();
	assert.equal(figures.solved, 66);
	assert.ok(figures.first >= LIMITS.first && figures.firstThree >= LIMITS.firstThree, JSON.stringify(figures));
	assert.ok(figures.abstained * 2 >= figures.unsolved && figures.withheld * 4 <= figures.first, JSON.stringify(figures));
	assert.ok(
		figures.medianAsked <= LIMITS.medianAsked && figures.fewerThanFixed >= LIMITS.fewerThanFixed,
		JSON.stringify(figures),
	);
});

test("the ranking is a distribution, the same every time, whatever is known", () => {
	for (const one of CASES) {
		const evidence = { ...one.seen, ...one.direct, ...one.told };
		const first = rank(one.code, evidence);
		assert.deepEqual(rank(one.code, evidence), first);
		assert.ok(Math.abs(first.ranked.reduce((sum, { probability }) => sum + probability, 0) - 1) < 1e-9);
	}
});

/** Codes that are only named as their own cause once a look past Cloudflare has shown it. */
const SHOWN_BY_A_LOOK = ["521", "522", "523", "524", "525", "526"];

const top = (evidence: Parameters<typeof rank>[1], code = "520") => rank(code, evidence).ranked[0]?.cause;
for (const [what, evidence, cause] of [
	[
		"signed-in people are hit and the log says 200",
		{ "who-is-hit": "signed-in", "origin-log": "complete-200", variants: "cookies" },
		"headers-too-large",
	],
	[
		"the origin hangs up at once and logs a 444",
		{ "direct-origin": "closed-empty", "origin-log": "refused-or-444" },
		"deliberate-close",
	],
	[
		"it fails after exactly 30 s on one address",
		{ "edge-pattern": "some-urls", "time-to-failure": "round-number" },
		"middle-timeout",
	],
	["the process was killed", { "edge-pattern": "all", "host-health": "restarted-or-oom" }, "origin-crashed"],
	["a client certificate is wanted", { "direct-origin": "client-certificate-wanted", "edge-pattern": "all" }, "origin-pulls"],
	["plain HTTP on the TLS port", { "direct-origin": "wrong-protocol", variants: "scheme" }, "protocol-mismatch"],
	[
		"well over HTTP/1, now and then broken over HTTP/2",
		{ "edge-pattern": "random", variants: "http-version", "direct-origin": "ok" },
		"http2-to-origin",
	],
	["one network alone", { "who-is-hit": "one-network-or-country", "direct-origin": "ok" }, "visitor-banned"],
	["only under load, everything together", { "edge-pattern": "bursts", "who-is-hit": "under-load" }, "origin-overloaded"],
] as const)
	test(`${what}: ${cause} stands first`, () => assert.equal(top(evidence), cause));

test("with nothing known nothing is named, and the first question is one that anybody can answer", () => {
	assert.equal(rank("520", {}).abstains, true);
	assert.equal(nextKeys("520", {}, [])[0]?.key, "edge-pattern");
});

const order = (evidence: Evidence, unknown: readonly string[] = []) => nextKeys("520", evidence, unknown).map(({ key }) => key);
for (const [what, evidence, unknown, key] of [
	["a look met nothing", { "edge-pattern": "not-reproduced", "edge-trace": "ok" }, [], "who-is-hit"],
	["only some pages fail", { "edge-pattern": "some-urls", "time-to-failure": "seconds" }, [], "who-is-hit"],
	["it fails now and then", { "edge-pattern": "random", "time-to-failure": "instant" }, [], "who-is-hit"],
	["no look was possible", { "time-to-failure": "instant" }, [], "edge-pattern"],
	["nobody knows which requests", {}, ["edge-pattern"], "who-is-hit"],
	["everything fails, so that everyone is hit", { "edge-pattern": "all" }, [], "direct-origin"],
] as const)
	test(`asked first when ${what}: ${key}`, () => assert.equal(order(evidence, unknown)[0], key));

test("between two questions that tell as much for the same effort, the one that people can answer comes first", () => {
	const values = nextKeys("520", { "edge-pattern": "all" }, []);
	const rest = values.filter(({ key }) => EVIDENCE[key].first !== true);
	const worth = rest.map(({ bits, cost, known }) => (bits * known) / cost);
	assert.deepEqual(
		worth,
		[...worth].sort((a, b) => b - a),
	);
	for (const { key, known } of values)
		assert.ok(known > 0 && known < 1 && Math.abs(known - EVIDENCE[key].answered.by / EVIDENCE[key].answered.of) < 0.05, key);
	assert.ok(values.findIndex(({ key }) => key === "origin-log") < values.findIndex(({ key }) => key === "edge-saw"));
});

test("the counts of how often people know an answer are those of the shared cases", () => {
	for (const key of EVIDENCE_KEYS) {
		const seen = CASES.filter((one) => one.seen[key] !== undefined).length;
		const by = CASES.filter((one) => one.told[key] !== undefined || one.direct[key] !== undefined).length;
		assert.deepEqual(EVIDENCE[key].answered, { by, of: CASES.length - seen }, key);
	}
});

test("what was asked in vain is not asked again", () => {
	const keys = nextKeys("520", { "edge-pattern": "all" }, ["direct-origin", "origin-log"]).map((one) => one.key);
	assert.ok(!keys.includes("direct-origin") && !keys.includes("origin-log") && !keys.includes("edge-pattern"));
});

test("evidence against what stands first is pointed out", () => {
	const { contradicting } = rank("520", {
		"direct-origin": "closed-empty",
		"origin-log": "refused-or-444",
		"host-health": "restarted-or-oom",
	});
	assert.deepEqual(
		contradicting.map(({ key }) => key),
		["host-health"],
	);
});

test("a fault in the bytes of the origin's own answer puts its cause first, and does not silence the rest", () => {
	const evidence = { "edge-pattern": "all", "direct-origin": "malformed" } as const;
	const without = rank("520", evidence);
	const found = rank("520", evidence, { found: { cause: "framing-conflict", confidence: "likely" } });
	assert.notEqual(without.ranked[0]?.cause, "framing-conflict");
	assert.equal(found.ranked[0]?.cause, "framing-conflict");
	assert.equal(found.abstains, false);
	assert.ok((found.ranked[0]?.probability ?? 1) < 0.99);
	assert.deepEqual(rank("520", evidence, { found: null }).ranked, without.ranked);
});

test("everyone is no news when all requests fail", () => {
	assert.deepEqual(
		rank("520", { "edge-pattern": "all", "who-is-hit": "everyone" }).ranked,
		rank("520", { "edge-pattern": "all" }).ranked,
	);
});

for (const code of ["521", "522", "523", "524", "525", "526", "530", "1016", "1033"])
	test(`${code} says itself what it is: nothing is ranked behind it until something else is known`, () => {
		for (const evidence of [
			{},
			{ "edge-trace": "ok", "colo-spread": "many" },
			{ "who-is-hit": "everyone", "other-codes": "none" },
		] as const) {
			const { ranked, ruledOut, abstains } = rank(code, evidence);
			assert.deepEqual([ranked.map(({ cause }) => cause), ruledOut], [[code], []]);
			assert.equal(abstains, SHOWN_BY_A_LOOK.includes(code));
		}
		const asked = nextKeys(code, {}, []);
		assert.ok((asked[0]?.bits ?? 0) > 0);
		// The log of the failing request is asked for only where a request came.
		assert.equal((asked.find(({ key }) => key === "origin-log")?.bits ?? 0) > 0, code === "524");
		assert.ok(rank(code, { "what-changed": "firewall-or-host", "host-health": "saturated" }).ranked.length > 1);
	});

for (const [what, code, evidence, first] of [
	["the origin refuses, as it says", "521", { "direct-origin": "refused", "edge-pattern": "all" }, "521"],
	["the process was killed", "521", { "edge-pattern": "all", "host-health": "restarted-or-oom" }, "origin-crashed"],
	["the log shows a crash", "521", { "direct-origin": "refused", "origin-log": "crash" }, "origin-crashed"],
	["the machine restarted", "522", { "host-health": "restarted-or-oom", "origin-log": "crash" }, "origin-crashed"],
	[
		"it works without Cloudflare after a new firewall",
		"521",
		{ "direct-origin": "ok", "what-changed": "firewall-or-host" },
		"cloudflare-blocked",
	],
	["the server is full", "522", { "host-health": "saturated", "who-is-hit": "under-load" }, "origin-overloaded"],
	["one address family fails", "522", { "edge-pattern": "some-urls", variants: "ip-version" }, "path-drops"],
	["plain HTTP on the TLS port", "525", { "direct-origin": "wrong-protocol" }, "protocol-mismatch"],
] as const)
	test(`${code}, ${what}: ${first}`, () => assert.equal(top(evidence, code), first));

test("a code that is in no table stands for itself", () => {
	assert.deepEqual(
		rank("1020", {}).ranked.map((one) => one.cause),
		["1020"],
	);
});

for (const [what, cause, without, denied] of [
	[
		"a Worker or a rule, and there is neither",
		"edge-feature",
		{ "edge-pattern": "some-urls", "origin-log": "complete-200" },
		true,
	],
	["client certificates, and there are none", "origin-pulls", { "edge-pattern": "all" }, true],
	[
		"client certificates, and the origin asks for one whatever people say",
		"origin-pulls",
		{ "edge-pattern": "all", "direct-origin": "client-certificate-wanted" },
		false,
	],
] as const)
	test(`${cause} needs ${what}`, () => {
		const at = (features: Evidence) =>
			rank("520", { ...without, ...features }).ranked.find((one) => one.cause === cause)?.probability ?? Number.NaN;
		const [open, none] = [at({}), at({ "cloudflare-features": "none" })];
		assert.ok(denied ? none < open / 20 : none > open / 20, `${open} became ${none}`);
		// One of several that are there denies nothing.
		const tunnel = at({ "cloudflare-features": ["tunnel"] });
		assert.ok(tunnel > open / 20, `${open} became ${tunnel}`);
		if (!denied) return;
		const { ruledOut } = rank("520", { ...without, "cloudflare-features": "none" });
		assert.ok(
			ruledOut.some((one) => one.cause === cause && one.key === "cloudflare-features" && one.why === CAUSES[cause].needs?.why),
		);
	});

for (const { key, value, by, why } of SAID_AGAIN)
	test(`${key} ${value} says again what ${by.key} ${by.values.join(" or ")} says: ${why}`, () => {
		for (const said of by.values) {
			const alone = { [by.key]: said } as Evidence;
			assert.deepEqual(rank("520", { ...alone, [key]: value }).ranked, rank("520", alone).ranked);
			// It speaks where the other is something else.
			const other =
				Object.keys(EVIDENCE[by.key].values).find((one) => !SAID_AGAIN.some((again) => again.by.values.includes(one))) ?? "";
			const beside = { [by.key]: other } as Evidence;
			assert.notDeepEqual(rank("520", { ...beside, [key]: value }).ranked, rank("520", beside).ranked);
		}
	});

const probabilities = (evidence: Evidence) =>
	new Map(rank("520", evidence).ranked.map(({ cause, probability }) => [cause, probability]));

test("a coarse answer is exactly one of its fine ones: what it leaves of each cause lies between theirs", () => {
	for (const key of EVIDENCE_KEYS)
		for (const [coarse, { of }] of Object.entries(EVIDENCE[key].coarse ?? {})) {
			const fine = of.map((value) => probabilities({ [key]: value }));
			for (const [cause, probability] of probabilities({ [key]: coarse })) {
				const each = fine.map((one) => one.get(cause) ?? Number.NaN);
				assert.ok(
					probability >= Math.min(...each) - 1e-9 && probability <= Math.max(...each) + 1e-9,
					`${cause} given ${key} ${coarse}: ${probability}, fine ${each.join(", ")}`,
				);
			}
		}
});

test("a list of one says what the value alone says, and the same thing in coarse words is not counted again", () => {
	const alone = rank("520", { "cloudflare-features": "worker-on-route" }).ranked;
	assert.deepEqual(rank("520", { "cloudflare-features": ["worker-on-route"] }).ranked, alone);
	assert.deepEqual(rank("520", { "cloudflare-features": ["worker-on-route", "worker", "worker-on-route"] }).ranked, alone);
	assert.notDeepEqual(rank("520", { "cloudflare-features": ["worker-on-route", "tunnel"] }).ranked, alone);
});

test("the families share out what the causes have, each cause in one, likeliest first", () => {
	for (const one of CASES) {
		const { ranked, families } = rank(one.code, { ...one.seen, ...one.direct, ...one.told });
		const causes = ranked.filter(({ cause }) => isCause(cause));
		const sum = (all: readonly { readonly probability: number }[]) => all.reduce((total, one) => total + one.probability, 0);
		assert.ok(Math.abs(sum(families) - sum(causes)) < 1e-9, one.id);
		assert.deepEqual(
			families.map(({ probability }) => probability),
			families.map(({ probability }) => probability).sort((a, b) => b - a),
		);
	}
});
