import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { checkTarget, type Resolver } from "../../src/looks/guard.ts";
import { openHostsFile } from "../../src/looks/hosts-file.ts";
import { LOOKUP_TURNS, openResolver } from "../../src/looks/lookup.ts";
import type { Asker } from "../../src/looks/turns.ts";
import { readTarget } from "../../src/read/text/target.ts";
import { type NameAnswer, type NameQuestion, openNameServer } from "../lab/name-server.ts";

const A = [93, 184, 216, 34];
const AAAA = [0x26, 0x06, 0x28, 0, 2, 0x20, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1];
const ann: Asker = { workspace: "T1", person: "U1" };

/** A resolver at a name server of ours, with a clock and timers that only the test moves. */
async function dns(answer: (question: NameQuestion) => NameAnswer | null, hosts: (host: string) => string[] | null = () => null) {
	const server = await openNameServer(answer);
	let atMs = 0;
	const timers = new Set<{ readonly dueMs: number; readonly work: () => void }>();
	const ends = new AbortController();
	const resolver = openResolver({
		servers: [server.at],
		hosts,
		now: () => atMs,
		later: (ms, work) => {
			const timer = { dueMs: atMs + ms, work };
			timers.add(timer);
			return () => timers.delete(timer);
		},
		turns: LOOKUP_TURNS,
	});
	const ask: Resolver = (host, context) => resolver(host, { asker: ann, signal: ends.signal, ...context });
	return {
		ask,
		asked: server.asked,
		names: () => [...new Set(server.asked.map(({ host }) => host))],
		timers: () => timers.size,
		passMs: (ms: number) => {
			atMs += ms;
			for (const timer of [...timers].filter(({ dueMs }) => dueMs <= atMs)) if (timers.delete(timer)) timer.work();
		},
		close: async () => {
			ends.abort();
			await server.close();
		},
	};
}

/** Whether a promise is settled by now, and as what. */
async function stateOf(work: Promise<unknown>): Promise<string> {
	const open = Symbol("open");
	return Promise.race([work, Promise.resolve(open)]).then(
		(value) => (value === open ? "open" : "resolved"),
		(error) => String(error.code),
	);
}

/** Until the name server has heard of so many names. */
async function heard(server: { readonly names: () => readonly string[] }, count: number): Promise<void> {
	while (server.names().length < count) await new Promise((resolve) => setImmediate(resolve));
}

const codeOf = (work: Promise<unknown>) =>
	work.then(
		() => "resolved",
		(error) => String(error.code),
	);

const numbered = (count: number, address: readonly number[]) =>
	Array.from({ length: count }, (_, nth) => [...address.slice(0, -2), nth >> 8, nth & 255]);

const answers: readonly (readonly [what: string, answer: (question: NameQuestion) => NameAnswer, result: string])[] = [
	["both families", ({ type }) => ({ addresses: [type === "A" ? A : AAAA] }), "2606:2800:220:1::1 93.184.216.34"],
	["IPv4 alone", ({ type }) => ({ addresses: type === "A" ? [A] : [] }), "93.184.216.34"],
	[
		"no such name for A, an address for AAAA",
		({ type }) => (type === "A" ? { rcode: 3 } : { addresses: [AAAA] }),
		"2606:2800:220:1::1",
	],
	[
		"a failing server for AAAA, an address for A",
		({ type }) => (type === "A" ? { addresses: [A] } : { rcode: 2 }),
		"93.184.216.34",
	],
	["no such name", () => ({ rcode: 3 }), "ENOTFOUND"],
	["a name without addresses", () => ({}), "ENOTFOUND"],
	["no such name for A, a failing server for AAAA", ({ type }) => ({ rcode: type === "A" ? 3 : 2 }), "ESERVFAIL"],
	[
		"a chain of aliases",
		({ type }) => ({ aliases: ["b.example", "c.example"], addresses: type === "A" ? [A] : [] }),
		"93.184.216.34",
	],
	["aliases in a circle", () => ({ aliases: ["b.example", "circle.example", "b.example"] }), "ENOTFOUND"],
	["more than fits into a datagram", ({ type }) => ({ addresses: type === "A" ? [A] : [], truncated: true }), "93.184.216.34"],
];
for (const [what, answer, result] of answers) {
	test(`a name server that says: ${what}`, async () => {
		const server = await dns(answer);
		try {
			const said = await server.ask("circle.example").then(
				(addresses) => [...addresses].sort().join(" "),
				(error) => error.code,
			);
			assert.equal(said, result);
		} finally {
			await server.close();
		}
	});
}

test("5,001 addresses: every one is checked, four are kept", async () => {
	const last = { special: false };
	const server = await dns(({ type }) => ({
		truncated: true,
		addresses: type === "A" ? [...numbered(2_999, A), last.special ? [10, 0, 0, 1] : A] : numbered(2_001, AAAA),
	}));
	try {
		const target = readTarget("http://many.example/");
		assert.ok(!("why" in target));
		const rules = { allow: null, resolve: new Map(), resolver: server.ask };
		const checked = await checkTarget(target, rules);
		assert.ok(!("why" in checked));
		assert.equal(checked.addresses.length, 4);
		assert.deepEqual(
			server.asked
				.filter(({ over }) => over === "tcp")
				.map(({ type }) => type)
				.sort(),
			["A", "AAAA"],
		);
		last.special = true;
		const refused = await checkTarget(target, rules);
		assert.equal("why" in refused && refused.why, "special-address");
	} finally {
		await server.close();
	}
});

test("15 names that nobody answers for: somebody else's name resolves at once, and no thread is held", async () => {
	const server = await dns(({ host, type }) => (host.startsWith("dead") ? null : { addresses: type === "A" ? [A] : [] }));
	try {
		const dead = Array.from({ length: 15 }, (_, nth) => server.ask(`dead-${nth}.example`));
		const codes = dead.map(codeOf);
		await heard(server, LOOKUP_TURNS.perPerson);
		const good = await Promise.all([
			server.ask("good.example", { asker: { workspace: "T1", person: "U2" } }),
			server.ask("fine.example", { asker: { workspace: "T2", person: "U1" } }),
		]);
		assert.deepEqual(
			good.flat(),
			["93.184.216.34", "93.184.216.34", "93.184.216.34", "93.184.216.34"].slice(0, good.flat().length),
		);
		assert.deepEqual(new Set(await Promise.all(dead.map(stateOf))), new Set(["open"]));
		assert.equal(server.names().filter((name) => name.startsWith("dead")).length, LOOKUP_TURNS.perPerson);
		assert.ok(!process.getActiveResourcesInfo().some((one) => /GetAddrInfo/i.test(one)));

		// The time of the first four is up: the next four have their turn, and the first are not asked again.
		server.passMs(5_000);
		assert.deepEqual(await Promise.all(codes.slice(0, 4)), ["EAI_AGAIN", "EAI_AGAIN", "EAI_AGAIN", "EAI_AGAIN"]);
		await heard(server, 2 + 2 * LOOKUP_TURNS.perPerson);
		const before = server.asked.length;
		assert.equal(await codeOf(server.ask("dead-0.example", { asker: { workspace: "T2", person: "U9" } })), "EAI_AGAIN");
		assert.equal(server.asked.slice(before).filter(({ host }) => host === "dead-0.example").length, 0);
	} finally {
		await server.close();
	}
});

test("a name that failed is not asked again for 30 s, and then is", async () => {
	let there = false;
	const server = await dns(({ type }) => (there ? { addresses: type === "A" ? [A] : [] } : { rcode: 3 }));
	try {
		assert.equal(await codeOf(server.ask("soon.example")), "ENOTFOUND");
		there = true;
		server.passMs(29_999);
		assert.equal(await codeOf(server.ask("soon.example")), "ENOTFOUND");
		assert.equal(server.asked.length, 2);
		server.passMs(1);
		assert.deepEqual(await server.ask("soon.example"), ["93.184.216.34"]);
	} finally {
		await server.close();
	}
});

test("a server that drops AAAA queries: the addresses of the other family are enough after a second", async () => {
	const server = await dns(({ type }) => (type === "A" ? { addresses: [A] } : null));
	try {
		const found = server.ask("half.example");
		// The timer for the other family is set once the first one has answered.
		while (server.timers() < 2 && (await stateOf(found)) === "open") await new Promise((resolve) => setImmediate(resolve));
		assert.equal(await stateOf(found), "open");
		server.passMs(1_000);
		assert.deepEqual(await found, ["93.184.216.34"]);
	} finally {
		await server.close();
	}
});

test("a lookup ends with its question, whether it runs or waits for its turn", async () => {
	const server = await dns(() => null);
	const firstQueries = () => server.asked.filter(({ type }) => type === "A").length;
	try {
		const question = new AbortController();
		const lookups = Array.from({ length: 6 }, (_, nth) => codeOf(server.ask(`dead-${nth}.example`, { signal: question.signal })));
		await heard(server, LOOKUP_TURNS.perPerson);
		question.abort();
		assert.deepEqual(new Set(await Promise.all(lookups)), new Set(["ECANCELLED"]));
		// Its sockets are closed: their ports are free for others.
		for (const port of new Set(server.asked.map((one) => one.port))) {
			const other = createSocket("udp4").bind(port);
			await once(other, "listening");
			other.close();
		}
		// Nothing of it is remembered, and no place is left taken.
		const before = firstQueries();
		const codes = Array.from({ length: 4 }, (_, nth) => codeOf(server.ask(`dead-${nth}.example`)));
		while (firstQueries() < before + 4) await new Promise((resolve) => setImmediate(resolve));
		server.passMs(5_000);
		assert.deepEqual(await Promise.all(codes), ["EAI_AGAIN", "EAI_AGAIN", "EAI_AGAIN", "EAI_AGAIN"]);
	} finally {
		await server.close();
	}
});

test("what the hosts file names, numbers and localhost are asked of nobody", async () => {
	const server = await dns(
		() => ({ rcode: 3 }),
		(host) => (host === "lab.example" ? ["127.0.0.7", "::1"] : null),
	);
	try {
		assert.deepEqual(await server.ask("LAB.example"), ["127.0.0.7", "::1"]);
		assert.deepEqual(await server.ask("localhost"), ["127.0.0.1"]);
		assert.deepEqual(await server.ask("a.localhost"), ["127.0.0.1"]);
		assert.deepEqual(await server.ask("127.0.0.1"), ["127.0.0.1"]);
		assert.deepEqual(await server.ask("::1"), ["::1"]);
		assert.deepEqual(server.asked, []);
	} finally {
		await server.close();
	}
});

const folder = mkdtempSync(join(tmpdir(), "cf520-hosts-"));
after(() => rmSync(folder, { recursive: true }));

test("the hosts file: its forms, its bound, its changes", () => {
	const path = join(folder, "hosts");
	const hosts = openHostsFile(path);
	assert.equal(hosts("lab.example"), null);
	writeFileSync(
		path,
		"# 10.0.0.1 comment.example\n127.0.0.1\tlocalhost LAB.example. # 10.0.0.2 late.example\r\n::1 localhost ip6-localhost\n127.0.0.1 localhost\nnonsense x.example\n\n",
	);
	assert.deepEqual(
		["localhost", "lab.example", "ip6-localhost", "comment.example", "late.example", "x.example", "__proto__"].map(hosts),
		[["127.0.0.1", "::1"], ["127.0.0.1"], ["::1"], null, null, null, null],
	);
	writeFileSync(path, "127.0.0.9 lab.example\n");
	utimesSync(path, 1, 1);
	assert.deepEqual([hosts("lab.example"), hosts("localhost")], [["127.0.0.9"], null]);
	writeFileSync(path, `127.0.0.1 first.example\n${"#".repeat(1024 * 1024 - 40)}\n127.0.0.1 beyond.example\n`);
	assert.deepEqual([hosts("first.example"), hosts("beyond.example"), hosts("beyond")], [["127.0.0.1"], null, null]);
	rmSync(path);
	assert.equal(hosts("first.example"), null);
});
