import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { differs, judgeVariants } from "../../src/judge/variants.ts";
import { ranges } from "../../src/looks/addresses.ts";
import { checkTarget } from "../../src/looks/guard.ts";
import { lookInVariants, VARIANTS } from "../../src/looks/variants.ts";
import { readTarget } from "../../src/read/text/target.ts";
import { type Lab, openLab } from "../lab/lab.ts";

let lab: Lab;
before(async () => {
	lab = await openLab();
});
after(() => lab.close());

/** Looks at a host of the laboratory in variants. */
async function inVariants(host: string) {
	const rules = { allow: ranges(["127.0.0.0/8"]), resolve: lab.resolve, resolver: async () => [] };
	const target = readTarget(lab.url(host));
	assert.ok("url" in target);
	const checked = await checkTarget(target, rules);
	assert.ok(!("why" in checked));
	const options = { ca: lab.certificates.ca, insecure: false, httpVersion: 1, userAgent: "cf520-test", limitMs: 3_000 } as const;
	const seen = await lookInVariants(checked, rules, options, Date.now, (plain, other, variant) =>
		differs(plain, other, variant, Date.now()),
	);
	return { seen, verdict: judgeVariants(seen, Date.now()) };
}

for (const [host, value, by] of [
	["cookie-jar", "cookies", "cookies-16k"],
	["no-head", "method", "head"],
	["closes-empty", "same", null],
	["healthy", null, null],
] as const)
	test(`variants of ${host}: ${value ?? "nothing to say"}`, async () => {
		const { seen, verdict } = await inVariants(host);
		assert.deepEqual([verdict.value, verdict.by], [value, by]);
		// It stops at the first answer.
		if (by !== null) assert.equal(seen.at(-1)?.variant, by);
		else assert.equal(seen.length, VARIANTS.length);
	});

test("the size of cookies at which it begins to fail is found by halving", async () => {
	const { seen } = await inVariants("cookie-jar");
	const [works, fails] = seen.at(-1)?.limitKb ?? [0, 0];
	// The host hangs up from 8,000 bytes of request on.
	assert.ok(works >= 4 && works < 8 && fails >= 7 && fails <= 10 && fails - works <= 2, `${works} to ${fails}`);
});

test("a result that changes by itself is chance, and no variant is blamed", async () => {
	const { verdict } = await inVariants("now-and-then");
	if (verdict.by === "again") assert.equal(verdict.value, null);
});
