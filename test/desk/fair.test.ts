import assert from "node:assert/strict";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { after, before, type TestContext, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { ranges } from "../../src/looks/addresses.ts";
import { openConnection } from "../../src/looks/connection.ts";
import { type CheckedTarget, checkTarget } from "../../src/looks/guard.ts";
import { openLimits } from "../../src/looks/limits.ts";
import { readTarget } from "../../src/read/text/target.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { chat } from "../chat.ts";
import { handClock, realClock } from "../clock.ts";
import { flat } from "../flat.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { closed } from "../lab/origin.ts";

/** One person's slow targets, as real servers: everyone else is answered all the same. */

let lab: Lab;
before(async () => {
	lab = await openLab();
});
after(() => lab.close());

/** A server that accepts connections and sends nothing until it is released: then it drops all of them. */
async function silentServer(t: TestContext) {
	const open = new Set<Socket>();
	let [accepted, dropping] = [0, false];
	const server = createServer((socket) => {
		accepted += 1;
		socket
			.on("error", () => {})
			.on("close", () => open.delete(socket))
			.resume();
		open.add(socket);
		if (dropping) socket.destroy();
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	t.after(() => closed(server, open));
	return {
		port,
		get accepted() {
			return accepted;
		},
		get open() {
			return open.size;
		},
		letGo: () => {
			dropping = true;
			for (const socket of open) socket.destroy();
		},
	};
}

const until = async (what: () => boolean | Promise<boolean>, meanwhile: () => void = () => {}) => {
	while (!(await what())) {
		meanwhile();
		await setImmediate();
	}
};

/** The laboratory's names, and `h0.slow.example` … at that port. */
const rulesWith = (port: number) => ({
	allow: ranges(["127.0.0.0/8"]),
	resolve: new Map([
		...lab.resolve,
		...Array.from({ length: 30 }, (_, nth) => [`h${nth}.slow.example:${port}`, ["127.0.0.1"]] as const),
	]),
	resolver: async () => [],
});

test("while 15 questions of one person hang, others are answered, also in the same workspace", async (t) => {
	const slow = await silentServer(t);
	const desk = labDesk(lab, { rules: rulesWith(slow.port) });
	const order: string[] = [];
	const asks = async (person: string, workspace: string, url: string) => {
		const { kind } = await desk.handle(url, chat({ asker: person, workspace }));
		order.push(`${person} ${kind}`);
	};
	const hang = Array.from({ length: 15 }, (_, nth) => asks("mal", "T1", `https://h${nth}.slow.example:${slow.port}/`));
	await until(() => slow.open === 2);
	await asks("ann", "T2", lab.url("healthy"));
	await asks("ben", "T1", lab.url("closes-empty"));
	assert.deepEqual(order, ["ann answered", "ben answered"]);
	assert.equal(slow.open, 2, "a person opens two connections at a time");
	slow.letGo();
	await Promise.all(hang);
	assert.equal(order.filter((one) => one === "mal answered").length, 15);
	assert.ok(slow.accepted <= 30, `the other requests of a page are not made: ${slow.accepted} of 120`);
});

test("while sites of six people of one workspace are slow, another workspace is answered", async (t) => {
	const slow = await silentServer(t);
	const desk = labDesk(lab, { rules: rulesWith(slow.port) });
	let answered = 0;
	const asks = async (person: string, workspace: string, url: string) => {
		await desk.handle(url, chat({ asker: person, workspace }));
		answered += 1;
	};
	// Connected at once, over plain HTTP, and then silent: what is held is a site, not an opening.
	const hang = Array.from({ length: 24 }, (_, nth) => asks(`mal${nth % 6}`, "T1", `http://h${nth}.slow.example:${slow.port}/`));
	await until(() => slow.open === 12 * 8);
	await asks("ann", "T2", lab.url("healthy"));
	assert.deepEqual([answered, slow.open], [1, 12 * 8], "12 of 16 sites are one workspace's");
	slow.letGo();
	await Promise.all(hang);
});

const checkedAt = async (url: string, port: number): Promise<CheckedTarget> => {
	const target = readTarget(url);
	assert.ok(!("why" in target));
	const checked = await checkTarget(target, rulesWith(port));
	assert.ok(!("why" in checked));
	return checked;
};

test("openings of watches and of questions wait for each other in neither direction", async (t) => {
	const slow = await silentServer(t);
	const [hanging, healthy] = [
		await checkedAt(`https://h0.slow.example:${slow.port}/`, slow.port),
		await checkedAt(lab.url("healthy"), slow.port),
	];
	const open = (target: CheckedTarget, of: "question" | "watch", nth: number, signal?: AbortSignal) =>
		openConnection(target, {
			ca: lab.certificates.ca,
			insecure: false,
			alpn: ["http/1.1"],
			startedMono: performance.now(),
			turn: { asker: { workspace: `T${nth}`, person: `U${nth}` }, of },
			...(signal === undefined ? {} : { signal }),
		});
	for (const [full, other, places] of [
		["question", "watch", 8],
		["watch", "question", 4],
	] as const) {
		const gone = new AbortController();
		const hang = Array.from({ length: places + 3 }, (_, nth) => open(hanging, full, nth, gone.signal));
		await until(() => slow.open === places);
		const connection = await open(healthy, other, 99);
		assert.ok(!("stage" in connection));
		connection.socket.destroy();
		gone.abort();
		for (const one of await Promise.all(hang)) assert.equal("code" in one && one.code, "ECANCELED");
		await until(() => slow.open === 0);
	}
});

test("a watch is looked at while every site that questions may hold is slow", async (t) => {
	const slow = await silentServer(t);
	const clock = handClock(Date.UTC(2026, 10, 22, 12));
	const stores = memoryStores(clock);
	const desk = labDesk(lab, { rules: rulesWith(slow.port), now: clock.now, later: clock.later, stores, sitesAtOnce: 1 });
	const watcher = chat({ asker: "ann", workspace: "T1", resumeRef: () => "{}" });
	desk.connect("test", () => watcher);
	await desk.handle(`watch ${lab.url("healthy")}`, watcher);
	const hang = desk.handle(`http://h0.slow.example:${slow.port}/`, chat({ asker: "mal", workspace: "T2" }));
	await until(() => slow.open === 8);
	const looks = async () => (await stores.watches.open({}, 1))[0]?.looks ?? 0;
	await until(
		async () => (await looks()) > 0,
		() => clock.turn(50),
	);
	assert.equal(slow.open, 8);
	slow.letGo();
	await hang;
	await desk.stop(0);
});

test("names under a wildcard that lead to one address send it no more than one host gets", async (t) => {
	const slow = await silentServer(t);
	slow.letGo();
	const limits = openLimits(
		{ hostPerHour: 40, open: 100 },
		{ counts: memoryStores(realClock).requestCounts, now: Date.now, hashed: (text) => text, storeFailed: () => {} },
	);
	const desk = labDesk(lab, { rules: rulesWith(slow.port), limits });
	const outcomes = await Promise.all(
		Array.from({ length: 30 }, (_, nth) => desk.handle(`http://h${nth}.slow.example:${slow.port}/`, chat())),
	);
	assert.equal(outcomes.filter(({ kind }) => kind === "answered").length, 4, "9 requests are counted for each");
	assert.ok(slow.accepted <= 36);
});

test("what one look could not connect to, the others of the page do not ask; what they say is counted as it was", async (t) => {
	const slow = await silentServer(t);
	slow.letGo();
	let head = "";
	const { kind, reply } = await labDesk(lab, { rules: rulesWith(slow.port) }).handle(
		`https://h0.slow.example:${slow.port}/`,
		chat({
			update: async (message) => {
				head = flat(message);
			},
		}),
	);
	assert.deepEqual([kind, (reply.data as { looks: readonly unknown[] }).looks.length], ["answered", 1]);
	assert.match(head, /^I could not connect to .* · 1 request\n.*, so this is not a 520/);
});
