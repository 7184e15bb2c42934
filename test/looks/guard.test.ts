import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { ranges } from "../../src/looks/addresses.ts";
import { openConnection } from "../../src/looks/connection.ts";
import { look } from "../../src/looks/exchange.ts";
import { checkOrigin, checkTarget, type GuardRules } from "../../src/looks/guard.ts";
import { readTarget } from "../../src/read/text/target.ts";
import { closed, listening, vacantPort } from "../lab/origin.ts";

const NAMES: Readonly<Record<string, readonly string[]>> = {
	"one-bad.example": ["93.184.216.34", "127.0.0.1"],
	"mapped.example": ["::ffff:127.0.0.1"],
	"nat64.example": ["64:ff9b::7f00:1"],
	"metadata.example": ["169.254.169.254"],
	"v6.example": ["fd00::1"],
	"zone.example": ["fe80::1%eth0"],
	"none.example": [],
};
const rules = (changes: Partial<GuardRules> = {}): GuardRules => ({
	allow: null,
	resolve: new Map(),
	resolver: async (host) => {
		const found = NAMES[host];
		if (found === undefined) throw Object.assign(new Error("no"), { code: "ENOTFOUND" });
		return found;
	},
	...changes,
});

const refused: readonly (readonly [text: string, why: string])[] = [
	["http://127.0.0.1/", "special-address"],
	["http://127.1/", "special-address"],
	["http://2130706433/", "special-address"],
	["http://0x7f000001/", "special-address"],
	["http://0177.0.0.1/", "special-address"],
	["http://0/", "special-address"],
	["http://[::1]/", "special-address"],
	["http://[::]/", "special-address"],
	["http://[::ffff:127.0.0.1]/", "special-address"],
	["http://[::ffff:7f00:1]/", "special-address"],
	["http://[64:ff9b::10.0.0.1]/", "special-address"],
	["http://[2002:7f00:1::]/", "special-address"],
	["http://[fd12::1]/", "special-address"],
	["http://10.0.0.1/", "special-address"],
	["http://172.16.0.1/", "special-address"],
	["http://192.168.1.1/", "special-address"],
	["http://100.64.0.1/", "special-address"],
	["http://169.254.169.254/latest/meta-data/", "special-address"],
	["http://198.18.0.1/", "special-address"],
	["http://203.0.113.9/", "special-address"],
	["http://224.0.0.1/", "special-address"],
	["http://255.255.255.255/", "special-address"],
	["http://one-bad.example/", "special-address"],
	["http://mapped.example/", "special-address"],
	["http://nat64.example/", "special-address"],
	["http://metadata.example/", "special-address"],
	["http://v6.example/", "special-address"],
	["http://zone.example/", "special-address"],
	["http://localhost/", "special-name"],
	["http://a.localhost/", "special-name"],
	["http://metadata.google.internal/", "special-name"],
	["http://printer.local/", "special-name"],
	["http://example.com:22/", "port"],
	["http://example.com:6379/", "port"],
	["http://none.example/", "no-such-name"],
	["http://unknown.example/", "no-such-name"],
];
for (const [text, why] of refused) {
	test(`${text} is refused: ${why}`, async () => {
		const target = readTarget(text);
		assert.ok(!("why" in target), text);
		const result = await checkTarget(target, rules());
		assert.equal("why" in result ? result.why : "let through", why);
	});
}

test("a laboratory's addresses and ports are open only where CF520_ALLOW_TARGETS names them", async () => {
	const target = readTarget("http://lab.example:34567/");
	assert.ok(!("why" in target));
	const resolve = new Map([["lab.example:34567", ["127.0.0.1"]]]);
	const closedLab = await checkTarget(target, rules({ resolve }));
	assert.equal("why" in closedLab && closedLab.why, "port");
	const openLab = await checkTarget(target, rules({ resolve, allow: ranges(["127.0.0.0/8"]) }));
	assert.ok(!("why" in openLab));
	const elsewhere = await checkTarget(target, rules({ resolve, allow: ranges(["10.0.0.0/8"]) }));
	assert.equal("why" in elsewhere && elsewhere.why, "special-address");
});

const denied: readonly (readonly [text: string, denyList: string])[] = [
	["http://93.184.216.34/", "93.184.216.0/24"],
	["http://[::ffff:93.184.216.34]/", "93.184.216.0/24"],
	["http://[::ffff:0:93.184.216.34]/", "93.184.216.0/24"],
	["http://[64:ff9b::93.184.216.34]/", "93.184.216.0/24"],
	["http://[2606:2800::5efe:93.184.216.34]/", "93.184.216.0/24"],
	["http://[2606:2800:220:1::7]/", "2606:2800:220::/48"],
	["http://one-denied.example/", "93.184.216.35"],
];
for (const [text, denyList] of denied) {
	test(`${text} is refused where CF520_DENY_TARGETS is ${denyList}, even when it is allowed or fixed`, async () => {
		const target = readTarget(text);
		assert.ok(!("why" in target));
		const resolver = async () => ["93.184.216.34", "93.184.216.35"];
		const open = await checkTarget(target, rules({ resolver, deny: null }));
		assert.ok(!("why" in open));
		const deny = ranges([denyList]);
		const allow = ranges(["0.0.0.0/0", "::/0"]);
		const resolve = new Map([["one-denied.example:80", ["93.184.216.35"]]]);
		for (const changes of [{ deny }, { deny, allow }, { deny, allow, resolve }]) {
			const result = await checkTarget(target, rules({ resolver, ...changes }));
			assert.equal("why" in result && result.why, "special-address");
		}
		const site = readTarget("http://shop.example/");
		assert.ok(!("why" in site));
		const origin = checkOrigin(site, target.host.includes("example") ? "93.184.216.35" : target.host, 80, rules({ deny, allow }));
		assert.equal("why" in origin && origin.why, "special-origin");
	});
}

test("a socket that leads to a denied address is closed before a byte is sent", async () => {
	let bytes = 0;
	const server = createServer((socket) => {
		socket
			.on("error", () => {})
			.on("data", (data) => {
				bytes += data.length;
			});
	});
	const port = await listening(server);
	try {
		const target = readTarget(`http://127.0.0.1:${port}/`);
		assert.ok(!("why" in target));
		const checked = await checkTarget(target, rules({ allow: ranges(["127.0.0.0/8"]) }));
		assert.ok(!("why" in checked));
		const options = { ca: null, insecure: false, alpn: ["http/1.1"], startedMono: 0 };
		const connection = await openConnection({ ...checked, deny: ranges(["127.0.0.1"]) }, options);
		if ("socket" in connection) connection.socket.destroy();
		assert.equal("stage" in connection && connection.code, "EADDRMISMATCH");
		assert.equal(bytes, 0);
	} finally {
		await closed(server, []);
	}
});

test("the wait for a turn is not the name server's time", async () => {
	const target = readTarget("http://waits.example/");
	assert.ok(!("why" in target));
	const waited = 60;
	const checked = await checkTarget(
		target,
		rules({
			resolver: async (_host, context) => {
				const until = performance.now() + waited;
				while (performance.now() < until);
				context?.begun?.();
				return ["93.184.216.34"];
			},
		}),
	);
	assert.ok(!("why" in checked));
	assert.ok((checked.dnsMs ?? waited) < waited);
});

test("a name is resolved once: what it answers afterwards does not matter", async () => {
	let asked = 0;
	const resolver = async () => (asked++ === 0 ? ["93.184.216.34"] : ["127.0.0.1"]);
	const target = readTarget("http://rebinds.example/");
	assert.ok(!("why" in target));
	const checked = await checkTarget(target, rules({ resolver }));
	assert.ok(!("why" in checked));
	assert.deepEqual([checked.addresses, asked], [["93.184.216.34"], 1]);
});

test("a look at a port where nobody listens is an observation, not an exception", async (t) => {
	const vacant = await vacantPort();
	t.after(vacant.close);
	const target = readTarget(`http://127.0.0.1:${vacant.port}/`);
	assert.ok(!("why" in target));
	const checked = await checkTarget(target, rules({ allow: ranges(["127.0.0.0/8"]) }));
	assert.ok(!("why" in checked));
	const seen = await look(
		checked,
		{ route: "through-edge", purpose: "page", url: target.url, method: "GET", startedAtMs: 0 },
		{},
		{ ca: null, insecure: false, httpVersion: 1, userAgent: "test", limitMs: 2_000 },
	);
	assert.deepEqual([seen.kind, seen.kind === "unreached" && seen.code], ["unreached", "ECONNREFUSED"]);
});
