import assert from "node:assert/strict";
import { test } from "node:test";
import { nextKeys } from "../../src/judge/next-question.ts";
import { OF_ANOTHER_FAILURE } from "../../src/judge/posterior.ts";
import { rank } from "../../src/judge/rank.ts";
import { SAYS_AGAIN } from "../../src/knowledge/again.ts";
import { CAUSE_IDS, CAUSES, isCause } from "../../src/knowledge/causes/list.ts";
import { allValues, EVIDENCE, EVIDENCE_KEYS, type Evidence } from "../../src/knowledge/evidence.ts";
import { FINDING_IDS, FINDINGS } from "../../src/knowledge/findings/list.ts";
import { CASES, evidenceOf } from "../bench/cases.ts";

test("the ranking is a distribution, the same every time, whatever is known", () => {
	for (const one of CASES) {
		const evidence = evidenceOf(one);
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

/** A front end that says 503 or 504 by itself is busy or at its limit: nothing of it says that a process died. */
for (const code of ["503", "504", "524"])
	for (const pattern of ["all", "some-urls", "bursts", "random", undefined])
		test(`behind a ${code} with the origin's own 5xx (${pattern ?? "no pattern"}), no crash is likely`, () => {
			const { ranked } = rank(code, { "direct-origin": "server-error", ...(pattern && { "edge-pattern": pattern }) });
			assert.ok((ranked.find(({ cause }) => cause === "origin-crashed")?.probability ?? 0) < 0.6, JSON.stringify(ranked));
		});

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

const NAMED_BY_BYTES = new Set(FINDING_IDS.map((id) => FINDINGS[id].cause).filter((cause) => cause !== null));
for (const cause of NAMED_BY_BYTES)
	test(`${cause} stands first where the bytes show it, whether all pages fail or some`, () => {
		const row: { readonly values: Readonly<Record<string, number>> } | undefined = CAUSES[cause].given["direct-origin"];
		const [value] = Object.entries(row?.values ?? {}).reduce((best, one) => (one[1] > best[1] ? one : best));
		for (const pattern of ["all", "some-urls"]) {
			const { ranked } = rank(
				"520",
				{ "edge-pattern": pattern, "direct-origin": value, "time-to-failure": "instant", "edge-trace": "ok" },
				{ found: { cause, confidence: "likely" } },
			);
			assert.equal(ranked[0]?.cause, cause, `${pattern}, ${value}`);
		}
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
		const { ranked, families } = rank(one.code, evidenceOf(one));
		const causes = ranked.filter(({ cause }) => isCause(cause));
		const sum = (all: readonly { readonly probability: number }[]) => all.reduce((total, one) => total + one.probability, 0);
		assert.ok(Math.abs(sum(families) - sum(causes)) < 1e-9, one.id);
		assert.deepEqual(
			families.map(({ probability }) => probability),
			families.map(({ probability }) => probability).sort((a, b) => b - a),
		);
	}
});

/** What one stranger tells whose program fails at somebody else's server. */
const ONE_STRANGER = {
	variants: "method-agent-or-encoding",
	"who-is-hit": "one-client",
	"edge-pattern": "not-reproduced",
	"origin-log": "no-access",
} as const;

/** How far what was told moved each cause: its log probability against nothing told, without the share that no evidence moves. */
function shifts(evidence: Evidence): ReadonlyMap<string, number> {
	const before = probabilities({});
	const after = probabilities(evidence);
	return new Map([...after].map(([cause, p]) => [cause, Math.log(p / (before.get(cause) ?? 1) - OF_ANOTHER_FAILURE)]));
}
const spread = (one: ReadonlyMap<string, number>) => Math.max(...one.values()) - Math.min(...one.values());
const difference = (one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>) =>
	new Map([...one].map(([cause, shift]) => [cause, shift - (other.get(cause) ?? 0)]));

test("one observation counts once: what only says the first answer again adds no more than one of them alone would", () => {
	const { variants, ...again } = ONE_STRANGER;
	const added = spread(difference(shifts(ONE_STRANGER), shifts({ variants })));
	const alone = Object.entries(again).map(([key, value]) => spread(shifts({ [key]: value })));
	assert.ok(added <= Math.max(...alone), `${added}, alone ${alone.join(", ")}`);
});

for (const { key, says, againIn, values, wholly } of SAYS_AGAIN)
	test(`${againIn} says ${key} ${says.join(", ")} again: less than it says alone, and not the other way round`, () => {
		for (const first of says)
			for (const value of values) {
				const alone = spread(shifts({ [againIn]: value }));
				const beside = spread(difference(shifts({ [key]: first, [againIn]: value }), shifts({ [key]: first })));
				assert.ok(
					beside <= (wholly ? 0 : alone * 0.51) + 1e-9,
					`${key} ${first}, then ${againIn} ${value}: ${beside}, alone ${alone}`,
				);
				// News for the same key keeps its full weight.
				const other = allValues(againIn).find(
					(one) => !SAYS_AGAIN.some((rule) => rule.key === key && rule.againIn === againIn && rule.values.includes(one)),
				);
				if (other === undefined) continue;
				const news = spread(difference(shifts({ [key]: first, [againIn]: other }), shifts({ [key]: first })));
				assert.ok(news > spread(shifts({ [againIn]: other })) * 0.99, `${key} ${first}, then ${againIn} ${other}`);
			}
	});

test("no answer says itself again over others: the more special one always keeps its weight", () => {
	const leads = (from: string, seen: readonly string[]): boolean =>
		SAYS_AGAIN.some(
			({ key, says, againIn, values }) =>
				says.some((value) => `${key} ${value}` === from) &&
				values.some((value) => seen.includes(`${againIn} ${value}`) || leads(`${againIn} ${value}`, [...seen, from])),
		);
	for (const { key, says } of SAYS_AGAIN)
		for (const value of says) assert.ok(!leads(`${key} ${value}`, [`${key} ${value}`]), `${key} ${value}`);
});

test("to name one feature does not deny another", () => {
	const { ranked } = rank("520", { "direct-origin": "client-certificate-wanted", "cloudflare-features": "tunnel" });
	assert.equal(ranked[0]?.cause, "origin-pulls");
});

test("one data center and one country are one place, told twice", () => {
	const country = { "edge-pattern": "some-visitors", "who-is-hit": "one-network-or-country" } as const;
	const both = spread(shifts({ ...country, "colo-spread": "one" }));
	assert.ok(both <= spread(shifts(country)) + spread(shifts({ "colo-spread": "one" })) / 2);
});

for (const cause of CAUSE_IDS)
	test(`${cause}: what its row of Cloudflare's features leaves out, or says that it needs, agrees`, () => {
		const { needs, given } = CAUSES[cause];
		const row: { readonly values: Readonly<Record<string, number>> } | undefined = given["cloudflare-features"];
		assert.equal(needs !== undefined, row !== undefined && !Object.hasOwn(row.values, "none"));
		for (const value of Object.keys(row?.values ?? {}))
			if (needs !== undefined)
				assert.ok(
					needs.oneOf.some((one) => one === value),
					value,
				);
	});

test("no cause is ever certain, whatever agrees with it", () => {
	const { ranked } = rank("520", {
		"edge-pattern": "bursts",
		"who-is-hit": "under-load",
		"host-health": "saturated",
		"direct-origin": "slow",
		"other-codes": "timeouts",
		"origin-log": "client-closed-499",
		"waits-for": "own-backend",
		"time-to-failure": "seconds",
	});
	assert.equal(ranked[0]?.cause, "origin-overloaded");
	assert.ok((ranked[0]?.probability ?? 1) < 0.995);
});

test("a cause is told surely only when it is named", () => {
	for (const one of CASES) {
		const { surely, abstains, ranked } = rank(one.code, evidenceOf(one));
		if (surely) assert.ok(!abstains && (ranked[0]?.probability ?? 0) >= 0.8, one.id);
	}
});

test("numbers alone, of a success that was rejected, name no cause for sure: cookies that are too large look random too", () => {
	const { ranked, surely } = rank("520", {
		"edge-pattern": "random",
		"who-is-hit": "everyone",
		"colo-spread": "many",
		"edge-saw": "success",
		"other-codes": "none",
	});
	assert.ok(!surely, JSON.stringify(ranked[0]));
	assert.deepEqual(
		ranked.slice(0, 2).map(({ cause }) => cause),
		["http2-to-origin", "headers-too-large"],
	);
	assert.ok((ranked[1]?.probability ?? 0) > 0.15, JSON.stringify(ranked[1]));
});

test("random among requests is random among visitors: one observation", () =>
	assert.deepEqual(
		rank("520", { "edge-pattern": "random", "who-is-hit": "everyone" }).ranked,
		rank("520", { "edge-pattern": "random" }).ranked,
	));
