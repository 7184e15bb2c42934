import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judgeConfiguration, matchesRoute } from "../../src/judge/configuration.ts";
import type { Configuration } from "../../src/services/cloudflare/shares.ts";

const FIRST = Date.UTC(2026, 10, 25, 9, 20);
const HOUR_MS = 3_600_000;
const ABOUT = { url: "https://www.example.com/api/orders?x=1", beganAtMs: FIRST, speaksHttp2: true };
const NONE: Configuration = { ssl: null, http: null, pulls: null, routes: null, isPartly: true };
const setting = (value: string, modifiedAtMs: number | null = null) => ({ value, modifiedAtMs });
const said = (more: Partial<Configuration>, about = ABOUT) =>
	Object.fromEntries(judgeConfiguration({ ...NONE, ...more }, about).evidence.map(({ key, value }) => [key, value]));

describe("what the zone's settings are evidence for", () => {
	const worker = { pattern: "*example.com/api/*", isOn: true };
	const rows: readonly (readonly [string, Partial<Configuration>, Readonly<Record<string, unknown>>])[] = [
		["nothing that can be read", {}, {}],
		["no routes", { routes: [], http: setting("1"), pulls: setting("off"), ssl: setting("full") }, {}],
		["a Worker on the URL", { routes: [worker] }, { "cloudflare-features": "worker-on-route" }],
		["a Worker on another URL", { routes: [{ ...worker, pattern: "www.example.com/shop/*" }] }, {}],
		[
			"a Worker, and a route that takes the URL out of it",
			{ routes: [worker, { pattern: "www.example.com/api/orders*", isOn: false }] },
			{},
		],
		["origin pulls", { pulls: setting("on") }, { "cloudflare-features": "origin-pulls" }],
		[
			"several",
			{ routes: [worker], http: setting("2"), pulls: setting("on") },
			{ "cloudflare-features": ["worker-on-route", "http2-to-origin", "origin-pulls"] },
		],
		["a change a day before", { ssl: setting("full", FIRST - 24 * HOUR_MS) }, { "what-changed": "tls-dns-or-cloudflare" }],
		["a change earlier", { ssl: setting("full", FIRST - 24 * HOUR_MS - 1) }, {}],
		["HTTP/2 to the origin turned off", { http: setting("1", FIRST - HOUR_MS) }, {}],
		["origin pulls turned off", { pulls: setting("off", FIRST - HOUR_MS) }, {}],
		["a change after it began", { pulls: setting("off", FIRST + HOUR_MS) }, {}],
	];
	for (const [what, more, expected] of rows) it(what, () => assert.deepEqual(said(more), expected));

	it("HTTP/2 is on in every zone: it counts where the origin takes it", () =>
		assert.deepEqual(said({ http: setting("2") }, { ...ABOUT, speaksHttp2: false }), {}));

	it("without a first failure nothing changed before it", () =>
		assert.deepEqual(
			judgeConfiguration({ ...NONE, ssl: setting("full", FIRST) }, { ...ABOUT, beganAtMs: null as number | null }).evidence,
			[],
		));
});

describe("routes of Workers", () => {
	const rows: readonly (readonly [string, boolean])[] = [
		["www.example.com/api/*", true],
		["WWW.example.com/api/*", true],
		["https://www.example.com/*", true],
		["http://www.example.com/*", false],
		["*.example.com/*", true],
		["*example.com/*", true],
		["example.com/*", false],
		["www.example.com/api/orders", false],
		["www.example.com/api/orders?x=1", true],
		["www.example.com", false],
		["", false],
		["*", false],
	];
	for (const [pattern, expected] of rows)
		it(`${pattern || "an empty one"} ${expected ? "matches" : "does not match"}`, () =>
			assert.equal(matchesRoute(pattern, ABOUT.url), expected));
	it("has no port", () => assert.ok(matchesRoute("www.example.com/*", "https://www.example.com:8443/a")));
	it("of a host without a wildcard is the more specific one, however short its path is", () => {
		const routes = [
			{ pattern: "*.example.com/api/orders*", isOn: true },
			{ pattern: "www.example.com/*", isOn: false },
		];
		assert.deepEqual(said({ routes }), {});
		assert.deepEqual(said({ routes: routes.map((one) => ({ ...one, isOn: !one.isOn })) }), {
			"cloudflare-features": "worker-on-route",
		});
	});
	it("matches no text that is no URL", () => assert.equal(matchesRoute("*", "none"), false));
});
