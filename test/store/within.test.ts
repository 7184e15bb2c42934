import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { test } from "node:test";
import { TooLate, within } from "../../src/store/postgres/within.ts";

/** Nothing happens in this process for so long, as when it is frozen. */
const frozenFor = (ms: number) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

test("an answer that came while the process was frozen is no silence: else every replica that wakes up takes the database for gone", async () => {
	const server = createServer();
	await once(server.listen(0, "127.0.0.1"), "listening");
	const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
	const [[accepted]] = await Promise.all([once(server, "connection"), once(client, "connect")]);
	const answer = once(client, "data").then(([data]) => String(data));
	const waited = within(answer, 1);
	accepted.write("here");
	frozenFor(20);
	assert.equal(await waited, "here");
	client.destroy();
	server.close();
});

test("what never answers is too late, and what fails fails", async () => {
	await assert.rejects(within(new Promise(() => {}), 1), TooLate);
	await assert.rejects(within(Promise.reject(new RangeError()), 1_000), RangeError);
});
