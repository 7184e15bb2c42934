import assert from "node:assert/strict";
import { once } from "node:events";
import test, { type TestContext } from "node:test";
import { WebSocket } from "ws";
import { fakeDiscord } from "./discord.ts";
import { fakeSlack } from "./slack.ts";
import type { SlackDelivery } from "./slack-sockets.ts";
import { seeded } from "./traffic.ts";

interface Envelope {
	readonly envelope_id: string;
	readonly type: string;
	readonly retry_attempt?: number;
}

/** A connection of Socket Mode that acknowledges what it is told to. */
interface Connection {
	readonly socket: WebSocket;
	readonly got: Envelope[];
	/** The reason for which it was closed at once. */
	readonly refused: string | null;
}

async function slackWith(t: TestContext, count: number, delivery: SlackDelivery, acknowledges: (nth: number) => boolean) {
	const slack = await fakeSlack(delivery);
	t.after(slack.close);
	const connections: Connection[] = [];
	for (let nth = 0; nth < count; nth += 1) {
		const opened = (await (await fetch(`${slack.apiUrl}apps.connections.open`, { method: "POST" })).json()) as { url: string };
		const socket = new WebSocket(opened.url);
		const got: Envelope[] = [];
		const greeting = await new Promise<{ reason?: string }>((resolve) =>
			socket.on("message", (data) => {
				const one = JSON.parse(String(data)) as Envelope;
				if (one.type === "hello" || one.type === "disconnect") return resolve(one as { reason?: string });
				got.push(one);
				if (acknowledges(nth)) socket.send(JSON.stringify({ envelope_id: one.envelope_id }));
			}),
		);
		connections.push({ socket, got, refused: greeting.reason ?? null });
	}
	return { slack, connections };
}

test("Slack gives each payload to one of its connections at random", async (t) => {
	const { slack, connections } = await slackWith(t, 3, { random: seeded(1) }, () => true);
	for (let nth = 0; nth < 30; nth += 1) await slack.command("help");
	const got = connections.map((one) => one.got.length);
	assert.equal(
		got.reduce((sum, one) => sum + one, 0),
		30,
	);
	assert.ok(Math.min(...got) > 0, `all are used: ${got}`);
});

test("Slack refuses an eleventh connection", async (t) => {
	const { slack, connections } = await slackWith(t, 11, {}, () => true);
	assert.deepEqual(
		connections.map((one) => one.refused),
		[...Array.from({ length: 10 }, () => null), "too_many_websockets"],
	);
	assert.equal(slack.sockets(), 10);
});

test("Slack sends an event that is not acknowledged to another connection, and a command not", async (t) => {
	const { slack, connections } = await slackWith(t, 2, { random: seeded(2), againMs: 20 }, (nth) => nth === 1);
	for (let nth = 0; nth < 20; nth += 1) await slack.mention(`question ${nth}`);
	assert.ok((connections[0]?.got.length ?? 0) > 0, "some went to the silent one first");
	assert.ok(connections[1]?.got.some((one) => one.retry_attempt === 1));
	const all = Array.from({ length: 20 }, () => slack.command("help"));
	const first = await Promise.race([Promise.all(all).then(() => "all acknowledged"), slack.mention("later").then(() => "lost")]);
	assert.equal(first, "lost");
});

test("Slack sends an event again when its connection closes", async (t) => {
	const { slack, connections } = await slackWith(t, 2, { random: () => 0, againMs: 60_000 }, (nth) => nth === 1);
	const [silent] = connections;
	const asked = slack.mention("question");
	while (silent?.got.length === 0) await once(silent.socket, "message");
	silent?.socket.terminate();
	await asked;
});

test("Slack delivers a share of all payloads twice where that is asked for", async (t) => {
	const { slack, connections } = await slackWith(t, 3, { random: seeded(3), twice: 0.5 }, () => true);
	for (let nth = 0; nth < 40; nth += 1) await slack.command("help");
	// The second of the last one is on its way.
	await slack.command("help");
	const sum = connections.reduce((all, one) => all + one.got.length, 0);
	assert.ok(sum > 50 && sum < 75, `${sum} of 41`);
});

/** A session of Discord's gateway. */
interface Session {
	readonly socket: WebSocket;
	readonly got: { readonly t: string; readonly s: number; readonly d: Record<string, unknown> }[];
	until(t: string): Promise<void>;
}

async function session(url: string, hello: Record<string, unknown>): Promise<Session> {
	const socket = new WebSocket(url.replace("http", "ws"));
	const got: Session["got"] = [];
	const until = async (t: string) => {
		while (!got.some((one) => one.t === t)) await once(socket, "message");
	};
	socket.on("message", (data) => {
		const one = JSON.parse(String(data)) as { op: number } & Session["got"][number];
		if (one.op === 10) socket.send(JSON.stringify(hello));
		if (one.op === 0) got.push(one);
	});
	const ready = hello.op === 2 ? "GUILD_CREATE" : "RESUMED";
	await until(ready);
	return { socket, got, until };
}

test("every session of Discord's shard gets every event, and one of them answers an interaction", async (t) => {
	const discord = await fakeDiscord();
	t.after(discord.close);
	const sessions = await Promise.all([1, 2].map(() => session(discord.apiUrl, { op: 2, d: { intents: 0 } })));
	const id = discord.mention("hello");
	void discord.command("help");
	for (const one of sessions) await Promise.all([one.until("MESSAGE_CREATE"), one.until("INTERACTION_CREATE")]);
	assert.equal(discord.sessions.stillThere(id), 2);
	const interaction = sessions[0]?.got.find((one) => one.t === "INTERACTION_CREATE")?.d as { id: string; token: string };
	const callback = async (name: string) => {
		const response = await fetch(`${discord.apiUrlOf(name)}/v10/interactions/${interaction.id}/${interaction.token}/callback`, {
			method: "POST",
			body: JSON.stringify({ type: 5, data: {} }),
		});
		return response.status === 204 ? null : ((await response.json()) as { code: number }).code;
	};
	assert.deepEqual([await callback("one"), await callback("two")], [null, 40_060]);
	assert.deepEqual(
		discord.touched.map(({ by }) => by),
		["one"],
	);
	assert.equal(discord.sessions.identifies(), 2);
	sessions[0]?.socket.terminate();
	while (discord.sessions.count() > 1) await new Promise((resolve) => setImmediate(resolve));
	assert.equal(discord.sessions.stillThere(id), 1);
});

test("a session of Discord that is resumed gets what it missed, and is no new one", async (t) => {
	const discord = await fakeDiscord();
	t.after(discord.close);
	const before = await session(discord.apiUrl, { op: 2, d: { intents: 0 } });
	const { s } = before.got.at(-1) ?? { s: 0 };
	before.socket.terminate();
	while (discord.sessions.count() > 0) await new Promise((resolve) => setImmediate(resolve));
	const id = discord.mention("missed");
	const after = await session(discord.apiUrl, { op: 6, d: { session_id: "s1", seq: s } });
	await after.until("MESSAGE_CREATE");
	assert.equal(after.got.find((one) => one.t === "MESSAGE_CREATE")?.d.id, id);
	assert.deepEqual([discord.sessions.identifies(), discord.sessions.resumes()], [1, 1]);
});
